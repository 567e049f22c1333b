package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"github.com/tresen-pos/tresen/tools/e2e/rig"
	"github.com/tresen-pos/tresen/tools/webbuild/bundle"
)

// axeSource is axe-core, which examines a page for what shuts people out.
var axeSource = sync.OnceValues(func() (string, error) {
	root, err := bundle.Root(".")
	if err != nil {
		return "", err
	}
	if err := bundle.Unpack(root); err != nil {
		return "", err
	}
	b, err := os.ReadFile(filepath.Join(bundle.Module(root, "axe-core"), "axe.min.js"))
	return string(b), err
})

// looks are the languages and themes every page is examined in. Contrast hangs
// on the theme and names on the language, so two passes see every one of both.
var looks = []struct{ lang, theme string }{{"de", "light"}, {"en", "dark"}}

// axe examines what is on the screen.
func (s *stage) axe(where string) {
	s.t.Helper()
	var loaded bool
	s.eval(`!!window.axe`, &loaded)
	if !loaded {
		source, err := axeSource()
		fatal(s.t, err)
		s.eval("(() => {"+source+"})()", nil)
	}
	s.still()
	var found []struct{ ID, Help, Impact, Nodes string }
	s.eval(`axe.run(document, {resultTypes: ["violations"]}).then(r => r.violations
		.filter(v => v.impact === "serious" || v.impact === "critical")
		.map(v => ({id: v.id, help: v.help, impact: v.impact, nodes: v.nodes.slice(0, 4)
			.map(n => n.target.join(" ") + ": " + [...n.any, ...n.all, ...n.none].map(c => c.message).join("; ")).join("\n")})))`, &found)
	for _, f := range found {
		s.t.Errorf("%s: %s (%s): %s\n%s", where, f.ID, f.Impact, f.Help, f.Nodes)
	}
}

// still ends what moves, so that the page stands as it will.
func (s *stage) still() {
	s.t.Helper()
	s.eval(`document.getAnimations().forEach(a => a.effect.getComputedTiming().iterations === Infinity ? a.cancel() : a.finish())`, nil)
}

// theme dresses the page.
func (s *stage) theme(name string) {
	s.t.Helper()
	s.eval(fmt.Sprintf(`void (document.documentElement.dataset.theme = %q)`, name), nil)
}

func (s *stage) language(want string) {
	s.t.Helper()
	s.until(`document.documentElement.lang === "` + want + `"`)
}

// speak switches office or desk to a language.
func (s *stage) speak(language string) {
	s.t.Helper()
	var now string
	s.eval(`document.documentElement.lang`, &now)
	if now != language {
		s.tap("lang")
	}
	s.language(language)
}

// TestAxeTill examines the till on a working day: login, float, selling, paying,
// the menu, a receipt, the count, and the bars of trouble.
func TestAxeTill(t *testing.T) {
	s := newStage(t, "P-256", 1280, 800)
	link := s.cable()
	for _, look := range looks {
		where := func(screen string) string { return screen + ", " + look.lang + ", " + look.theme }
		see := func(screen string) {
			t.Helper()
			s.theme(look.theme)
			s.wholesome(where(screen))
			s.axe(where(screen))
		}
		fatal(t, s.page.Go("http://"+link.Addr()+"/login?next=/till&lang="+look.lang))
		s.wait("login-pin")
		see("login")
		s.loginForm("marlene", "1111")
		s.wait("open-shift-form")
		s.tap("menu")
		s.wait("menu-dialog")
		see("menu")
		var now string
		s.eval(`document.documentElement.lang`, &now)
		if now != look.lang {
			s.tap("menu-language")
		}
		s.language(look.lang)
		s.tap("dialog-close")
		see("open shift")
		s.tap("open-shift", "article-espresso", "article-cappuccino")
		see("selling")
		s.tap("pay")
		s.wait("pay-dialog")
		see("pay")
		s.tap("quick-exact")
		s.until(`/\d/.test(document.querySelector('[data-test="done-receipt"]')?.innerText ?? "")`)
		see("paid")
		s.tap("next-sale", "last-receipt")
		s.wait("receipt-reprint")
		see("receipt")
		s.tap("dialog-close")
		fatal(t, link.Cut(true))
		s.wait("offline")
		see("offline")
		fatal(t, link.Cut(false))
		s.gone("offline")
		s.plug(false)
		s.tap("article-espresso", "pay", "quick-exact")
		s.wait("signing-out")
		see("no signing unit")
		s.plug(true)
		s.gone("signing-out")
		s.keys(kb.F10)
		s.wait("count-form")
		see("count")
		s.do(rig.Do("forceClose", rig.Args{"reason": "genug"}))
		s.wait("open-shift-form")
	}
}

// TestAxeOffice examines every page of the office, with a row open.
func TestAxeOffice(t *testing.T) {
	s := newStage(t, "P-256", 1280, 800)
	s.shortDay()
	s.enter(s.box.Addr, "/office", "marlene", "1111")
	s.wait("nav-today")
	for _, look := range looks {
		s.speak(look.lang)
		s.theme(look.theme)
		for _, p := range officePages {
			s.office(p.page, p.row)
			s.axe(p.page + ", " + look.lang + ", " + look.theme)
		}
		s.office("employees", "jonas")
		s.tap("pin")
		s.wait("pin-dialog")
		s.axe("PIN, " + look.lang + ", " + look.theme)
		s.tap("dialog-close")
		s.gone("pin-dialog")
		s.office("articles", "new")
		s.axe("new article, " + look.lang + ", " + look.theme)
	}
}

// TestAxeDesk examines the desk, whole and with everything broken.
func TestAxeDesk(t *testing.T) {
	d := newDesk(t, 1280, 800)
	d.do(rig.Do("openShift", rig.Args{"float": 10000}))
	d.sale()
	d.printed(1)
	d.sale()
	d.printed(2)
	for _, look := range looks {
		d.speak(look.lang)
		d.theme(look.theme)
		d.axe("desk, " + look.lang + ", " + look.theme)
		for _, x := range []string{"do-paper", "do-cover", "do-stick", "do-link"} {
			d.tap(x)
			d.until(`document.querySelector('[data-test="` + x + `"]').ariaPressed === "true"`)
		}
		d.axe("broken desk, " + look.lang + ", " + look.theme)
		for _, x := range []string{"do-paper", "do-cover", "do-stick", "do-link"} {
			d.tap(x)
			d.until(`document.querySelector('[data-test="` + x + `"]').ariaPressed === "false"`)
		}
		d.tap("old-paper")
		d.wait("zoom")
		d.axe("paper, " + look.lang + ", " + look.theme)
		d.tap("dialog-close")
	}
}

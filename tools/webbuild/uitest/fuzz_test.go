package uitest

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"testing"

	"github.com/tresen-pos/tresen/tools/e2e/browser"
	"github.com/tresen-pos/tresen/tools/e2e/rig"
)

// keysScript types keys at given gaps into the till, with the events a keyboard
// or a scanner makes, and says what was wrong afterwards.
const keysScript = `(async () => {
  window.faults ??= (() => { const list = []; addEventListener("error", (e) => list.push(String(e.message)));
    addEventListener("unhandledrejection", (e) => list.push(String(e.reason))); return list; })();
  for (const [key, gap] of %s) {
    if (gap > 0) await new Promise((r) => setTimeout(r, gap));
    const at = document.activeElement ?? document.body;
    for (const type of ["keydown", "keyup"]) at.dispatchEvent(new KeyboardEvent(type, { key, bubbles: true, cancelable: true }));
  }
  await new Promise((r) => setTimeout(r, 0));
  const total = document.querySelector('[data-test="total"]')?.innerText ?? "";
  const faults = window.faults.splice(0);
  if (!/^\d{1,3}(\.\d{3})*,\d\d\s€$/.test(total)) faults.push("the total reads " + JSON.stringify(total));
  for (let i = 0; i < 5 && document.querySelector('[role="dialog"]'); i++) {
    document.activeElement.dispatchEvent(new KeyboardEvent("keydown", { key: "Escape", bubbles: true, cancelable: true }));
    document.querySelector('[data-test="dialog-close"]')?.click();
    await new Promise((r) => setTimeout(r, 0));
  }
  if (document.querySelectorAll('[data-test="lines"] > li').length > 20) {
    document.querySelector('[data-test="cancel-order"]').click();
    await new Promise((r) => setTimeout(r, 0));
    document.querySelector('[data-test="cancel-ok"]').click();
  }
  return faults;
})()`

// What a byte types: mostly what scanners send, and all keys of the till.
var keyboard = append(append([]string{"Enter", "Escape", "Backspace", "Tab", "Shift", "F1", "F2", "F3", "F9", "ArrowUp",
	"ArrowDown", "+", "-", "*", ",", ".", "€", "ß", "\u001d", "?"}, digits(4)...), "a", "A", "z", "Z", "/", ";", "<", "&", "%")

func digits(times int) (list []string) {
	for range times {
		for d := range 10 {
			list = append(list, fmt.Sprint(d))
		}
	}
	return list
}

// FuzzKeys feeds the till's number entry and its scanner input whatever keys at
// whatever speed: no script may fail, and the total stays an amount.
func FuzzKeys(f *testing.F) {
	if testing.Short() {
		f.Skip("needs Chromium and the firmware: run without -short")
	}
	page := fuzzPage(f)
	for _, seed := range []string{"101\r", "4012345678901\r", "3*101\r", "\x00\x00\x00", "99999999999999999999\r", "0,5*101\r", "<script>\r"} {
		f.Add(typed(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		keys, err := json.Marshal(strokes(raw))
		must(t, err)
		var faults []string
		must(t, page.Eval(fmt.Sprintf(keysScript, keys), &faults))
		for _, x := range faults {
			t.Error(x)
		}
	})
}

// strokes reads bytes in pairs: a key, and now and then a pause before it.
func strokes(raw []byte) [][2]any {
	out := [][2]any{}
	for i := 0; i+1 < len(raw) && len(out) < 64; i += 2 {
		gap := 0
		if raw[i+1] >= 250 {
			gap = 60 // slower than any scanner
		}
		out = append(out, [2]any{keyboard[int(raw[i])%len(keyboard)], gap})
	}
	return out
}

// typed is the raw form of a burst.
func typed(text string) []byte {
	var raw []byte
	for _, r := range text {
		key := string(r)
		if r == '\r' {
			key = "Enter"
		}
		for i, k := range keyboard {
			if k == key {
				raw = append(raw, byte(i), 0)
				break
			}
		}
	}
	return raw
}

// fuzzPage is a till that sells, for this worker alone.
func fuzzPage(f *testing.F) *browser.Page {
	f.Helper()
	check := func(err error) {
		f.Helper()
		if err != nil {
			f.Fatal(err)
		}
	}
	dir := f.TempDir()
	program, err := rig.Build(dir)
	check(err)
	box, err := rig.NewBox(program, filepath.Join(dir, "box"), "127.0.0.1:9")
	check(err)
	_, err = box.Start()
	check(err)
	f.Cleanup(func() { _ = box.Kill() })
	boss := rig.NewTill(box.Addr, "boss")
	check(boss.Login("marlene", "1111"))
	_, err = boss.Must(rig.Do("openShift", rig.Args{"float": 10000}))
	check(err)
	page, err := browser.Open(context.Background(), 1280, 800)
	check(err)
	f.Cleanup(page.Close)
	check(page.Go("http://" + box.Addr + "/login?next=/till&lang=de"))
	check(page.Tap("login-employee-marlene"))
	check(page.Keys("1111"))
	check(page.Tap("login-submit"))
	check(page.Wait("total"))
	return page
}

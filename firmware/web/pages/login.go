package pages

import (
	"net/http"
	"net/url"
	"strings"

	"github.com/tresen-pos/tresen/firmware/web/i18n"
)

// LoginData is what the login page shows. The page posts a form to /login with
// the fields employee, pin and next.
type LoginData struct {
	Company, Register string
	Employees         []Person // who can log in
	Selected          string   // employee already chosen, may be empty
	PINLess           bool     // a tap on the name logs in
	SingleUser        bool     // no choice of names: Selected or the first one
	Message           string   // what went wrong last time, in Lang; may be empty
	Next              string   // where to go afterwards; only paths of this box
	Lang              string   // "de" or "en", see Language
	Demo              []Hint   // PINs to show in a demonstration, normally none
	Status            int      // HTTP status, 0 is 200
}

// Person is one name on the login page.
type Person struct{ ID, Name string }

// Hint is a demonstration PIN.
type Hint struct{ Name, PIN string }

// LoginPage writes the login page.
func (p *Pages) LoginPage(w http.ResponseWriter, d LoginData) {
	if !i18n.Known(d.Lang) {
		d.Lang = "de"
	}
	d.Next = Next(d.Next)
	if d.SingleUser && d.Selected == "" && len(d.Employees) > 0 {
		d.Selected = d.Employees[0].ID
	}
	if d.Status == 0 {
		d.Status = http.StatusOK
	}
	http.SetCookie(w, &http.Cookie{Name: langCookie, Value: d.Lang, Path: "/", MaxAge: 365 * 24 * 3600,
		SameSite: http.SameSiteLaxMode})
	render(w, p.login, d, d.Status)
}

// Other is the language the page offers to switch to.
func (d LoginData) Other() string {
	if d.Lang == "de" {
		return "en"
	}
	return "de"
}

// Switch is the address of this page in the other language.
func (d LoginData) Switch() string {
	return "/login?" + url.Values{"lang": {d.Other()}, "next": {d.Next}}.Encode()
}

// Initials are the letters on the tile of a name.
func (p Person) Initials() string {
	var out []rune
	for _, word := range strings.Fields(p.Name) {
		if len(out) < 2 {
			out = append(out, []rune(word)[0])
		}
	}
	return strings.ToUpper(string(out))
}

// Next keeps a login from leading away from the box: only a path of its own,
// /till otherwise.
func Next(next string) string {
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || !strings.HasPrefix(next, "/") ||
		strings.HasPrefix(next, "//") || strings.ContainsAny(next, "\\\r\n") {
		return "/till"
	}
	return next
}

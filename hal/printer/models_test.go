package printer_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/tresen-pos/tresen/hal/printer"
	"github.com/tresen-pos/tresen/hal/printer/printersim"
)

// factory is the simulator of a model: what the machine does, written down apart
// from what the driver believes.
func factory(p printer.Profile, pages map[byte]byte) printersim.Options {
	return printersim.Options{Width: p.DotsWidth, Columns: p.Columns, NativeQR: p.QR == printer.QRNative,
		ProcessID: p.HasProcessID, NoASB: p.NoASB, NoCutter: !p.Cut, Pages: pages}
}

// foreign are the makers' own code page numbers, as the simulated machine has
// them (page 14 of a KR-306 is the usual 19).
var foreign = map[string]map[byte]byte{
	"citizen-ct-s": {9: 16, 16: 0},
	"kr-306":       {14: 19, 11: 16, 19: 0, 16: 0},
}

// testPageText is what must stand on the test page's paper.
func testPageText(p printer.Profile) []string {
	euro := "€"
	if p.CodePage.Name == "CP437" || p.CodePage.Name == "CP850" {
		euro = "EUR"
	}
	amount := "12,80 " + euro
	rule, double := "─", "═"
	if p.CodePage.Name == "CP1252" {
		rule, double = "-", "="
	}
	return []string{"Testseite", p.Name, fmt.Sprintf("%d Zeichen, %s Nr. %d", p.Columns, p.CodePage.Name, p.CodePage.Select),
		strings.Repeat("1234567890", 10)[:p.Columns], strings.Repeat(rule, p.Columns), "äöü ÄÖÜ ß éèç ² °",
		"Betrag" + strings.Repeat(" ", p.Columns-6-len([]rune(amount))) + amount, strings.Repeat(double, p.Columns), "Ende der Testseite"}
}

// TestEveryModelsPage prints the test page of every model in every code page it
// has and reads the paper: text, columns, QR code, cut.
func TestEveryModelsPage(t *testing.T) {
	for _, m := range printer.Models() {
		for _, page := range m.Pages {
			t.Run(m.ID+" "+page.Name, func(t *testing.T) {
				pr, err := m.With(printer.Override{CodePage: &page.Name})
				if err != nil {
					t.Fatal(err)
				}
				if pr.CodePage != page {
					t.Errorf("got code page %+v, want %+v", pr.CodePage, page)
				}
				paper := printed(t, factory(pr, foreign[m.ID]), pr, printer.TestPage(pr))
				got := lines(paper)
				want := testPageText(pr)
				if strings.Join(got, "\n") != strings.Join(want, "\n") {
					t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
				}
				if code := scan(t, paper.Image()); code != printer.TestCode {
					t.Errorf("got code %q", code)
				}
			})
		}
	}
}

// lines are the paper's lines without blanks around them and empty ones.
func lines(p *printersim.Paper) []string {
	var out []string
	for _, l := range p.Lines() {
		if l = strings.TrimSpace(l); l != "" {
			out = append(out, l)
		}
	}
	return out
}

func TestModelsAreSound(t *testing.T) {
	seen := map[string]bool{}
	for _, m := range printer.Models() {
		if seen[m.ID] || m.Profile.Name == "" {
			t.Errorf("model %q is there twice or has no name", m.ID)
		}
		seen[m.ID] = true
		if len(m.Pages) == 0 || m.Pages[0] != m.Profile.CodePage {
			t.Errorf("%s: code page %+v is not the first of %+v", m.ID, m.Profile.CodePage, m.Pages)
		}
		if _, err := m.With(printer.Override{}); err != nil {
			t.Error(err)
		}
		m.Pages[0].Select = 255 // a copy: must not reach the list
	}
	if m, ok := printer.LookupModel("epson-tm-t20"); !ok || m.Pages[0] != printer.CP858 {
		t.Errorf("got %+v, %v", m, ok)
	}
	if _, ok := printer.LookupModel("none"); ok {
		t.Error("an unknown model was found")
	}
}

func TestOverrideEachField(t *testing.T) {
	m, _ := printer.LookupModel("epson-tm-t20")
	base, _ := m.With(printer.Override{})
	for field, want := range map[string]func(*printer.Profile){
		`{}`:                                  func(*printer.Profile) {},
		`{"columns":42}`:                      func(p *printer.Profile) { p.Columns = 42 },
		`{"dotsWidth":640}`:                   func(p *printer.Profile) { p.DotsWidth = 640 },
		`{"codePage":"cp1252"}`:               func(p *printer.Profile) { p.CodePage = printer.CP1252 },
		`{"pageNumber":40}`:                   func(p *printer.Profile) { p.CodePage.Select = 40 },
		`{"codePage":"CP437","pageNumber":0}`: func(p *printer.Profile) { p.CodePage = printer.CP437 },
		`{"qr":"native"}`:                     func(p *printer.Profile) { p.QR = printer.QRNative },
		`{"strip":24}`:                        func(p *printer.Profile) { p.Strip = 24 },
		`{"cut":false}`:                       func(p *printer.Profile) { p.Cut = false },
		`{"asb":false}`:                       func(p *printer.Profile) { p.NoASB = true },
		`{"processId":false}`:                 func(p *printer.Profile) { p.HasProcessID = false },
		`{"answers":false}`:                   func(p *printer.Profile) { p.OneWay, p.HasProcessID = true, false },
		`{"drawerPins":0}`:                    func(p *printer.Profile) { p.Pins = printer.NoDrawer },
		`{"drawerPins":1}`:                    func(p *printer.Profile) { p.Pins = printer.OnlyPin2 },
	} {
		var o printer.Override
		if err := json.Unmarshal([]byte(field), &o); err != nil {
			t.Fatal(err)
		}
		w := base
		want(&w)
		if got, err := m.With(o); err != nil || got != w {
			t.Errorf("%s: got %+v, %v, want %+v", field, got, err, w)
		}
	}
}

func TestOverrideRefusals(t *testing.T) {
	for field, want := range map[string]string{
		`{"columns":8}`:                      "8 columns",
		`{"columns":90}`:                     "90 columns do not fit 576 dots",
		`{"dotsWidth":100}`:                  "100 dots",
		`{"codePage":"EBCDIC"}`:              `codePage "EBCDIC"`,
		`{"codePage":"CP858"}`:               "no known number",
		`{"pageNumber":256}`:                 "pageNumber 256",
		`{"qr":"laser"}`:                     `qr "laser"`,
		`{"strip":7}`:                        "7 rows",
		`{"drawerPins":3}`:                   "drawerPins 3",
		`{"answers":false,"processId":true}`: "never answers",
		`{"qr":"x","pageNumber":-1}`:         "pageNumber -1",
	} {
		var o printer.Override
		if err := json.Unmarshal([]byte(field), &o); err != nil {
			t.Fatal(err)
		}
		m, _ := printer.LookupModel("epson-tm-m30")
		if _, err := m.With(o); err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "epson-tm-m30") {
			t.Errorf("%s: got %v, want the model and %q", field, err, want)
		}
	}
}

func TestDrawerPins(t *testing.T) {
	pr := printer.Paper80x42()
	pr.Pins = printer.OnlyPin2
	sim, p := rig(t, printersim.Options{}, pr, patient)
	if err := p.Kick(t.Context(), 1); err == nil {
		t.Error("a pin that is not there was pulsed")
	}
	out, err := p.Print(t.Context(), printer.Page{Ops: []printer.Op{printer.Kick{Pin: 1}}})
	want(t, out, err, printer.NotSent, printer.Refused)
	if err := p.Kick(t.Context(), 0); err != nil {
		t.Error(err)
	}
	if got := sim.Drawer().Kicks; got != 1 {
		t.Errorf("got %d pulses, want 1", got)
	}
}

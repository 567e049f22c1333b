package printer

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// interpreterSum pins testdata/npos/npos.js.
const interpreterSum = "b41abadcd370c48e80bed0c516df566f57f34906e43d963f74314ce74826e5c2"

// interpreted is what npos makes of a job; see testdata/npos.
type interpreted struct {
	Text   string     `json:"text"`
	Images [][]string `json:"images"` // rows of # and .
	Codes  []string   `json:"codes"`
	Cuts   int        `json:"cuts"`
	Error  string     `json:"error"`
}

// interpret runs a job through npos, an ESC/POS parser that is not ours. Without
// Node.js the test fails, except in short runs, which say so.
func interpret(t *testing.T, job []byte, pages map[byte]string) interpreted {
	t.Helper()
	node, err := exec.LookPath("node")
	if err != nil {
		if testing.Short() {
			t.Skip("node is not installed (Debian: nodejs): the foreign interpreter is left to the full run")
		}
		t.Fatal("node is not installed (Debian: nodejs); the foreign interpreter needs it")
	}
	in, err := json.Marshal(map[string]any{"hex": hex.EncodeToString(job), "pages": pages})
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(node, "--no-deprecation", filepath.Join("testdata", "npos", "npos.js"))
	cmd.Stdin = bytes.NewReader(in)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var got interpreted
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	return got
}

func TestInterpreterIsThePinnedOne(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("testdata", "npos", "npos.js"))
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprintf("%x", sha256.Sum256(b)); got != interpreterSum {
		t.Errorf("npos.js has %s, want %s", got, interpreterSum)
	}
}

// TestForeignInterpreter runs the test page of every model through npos and
// compares text, QR code and cut with what is meant.
func TestForeignInterpreter(t *testing.T) {
	for _, m := range Models() {
		pages := map[byte]string{}
		for _, p := range m.Pages {
			pages[p.Select] = strings.ToLower(p.Name)
		}
		pr := m.Profile.withDefaults()
		cs, _ := newCharset(pr.CodePage.Name)
		job, err := encodePage(pr, cs, TestPage(pr))
		if err != nil {
			t.Fatal(err)
		}
		got := interpret(t, job.out, pages)
		if got.Error != "" {
			t.Errorf("%s: npos cannot read the job: %s", m.ID, got.Error)
			continue
		}
		if text, want := squash(got.Text), squash(meant(pr)); text != want {
			t.Errorf("%s: npos reads\n%s\nwant\n%s", m.ID, text, want)
		}
		if code := foreignCode(t, got); code != TestCode {
			t.Errorf("%s: the code reads %q", m.ID, code)
		}
		if want := int(bit(pr.Cut, 1)); got.Cuts != want {
			t.Errorf("%s: got %d cuts, want %d", m.ID, got.Cuts, want)
		}
	}
}

// TestForeignInterpreterSeesAWrongPage: with another maker's number npos must
// read something else.
func TestForeignInterpreterSeesAWrongPage(t *testing.T) {
	pr := Paper80()
	pr.CodePage.Select = 16
	cs, _ := newCharset("CP858")
	job, err := encodePage(pr.withDefaults(), cs, Page{Ops: []Op{Text("äöü €", Style{})}})
	if err != nil {
		t.Fatal(err)
	}
	if got := interpret(t, job.out, map[byte]string{19: "cp858", 16: "cp1252"}); strings.Contains(got.Text, "äöü") {
		t.Errorf("a wrong code page number went unnoticed: %q", got.Text)
	}
}

// meant is the test page's text, from the page itself: what the code page lacks
// is spelled out by hand.
func meant(p Profile) string {
	rule, double := "─", "═"
	if p.CodePage.Name == "CP1252" {
		rule, double = "-", "="
	}
	amount := "12,80 €"
	return strings.Join([]string{"Testseite", p.Name, fmt.Sprintf("%d Zeichen, %s Nr. %d", p.Columns, p.CodePage.Name, p.CodePage.Select),
		strings.Repeat("1234567890", 10)[:p.Columns], strings.Repeat(rule, p.Columns), "äöü ÄÖÜ ß éèç ² °",
		"Betrag" + strings.Repeat(" ", p.Columns-6-len([]rune(amount))) + amount, strings.Repeat(double, p.Columns), "Ende der Testseite"}, "\n")
}

// squash drops empty lines and blanks at the ends.
func squash(s string) string {
	var out []string
	for _, l := range strings.Split(s, "\n") {
		if l = strings.Trim(l, " \x00"); l != "" {
			out = append(out, l)
		}
	}
	return strings.Join(out, "\n")
}

// foreignCode is the QR code: named by a command, or read from the picture that
// npos has put together from its strips.
func foreignCode(t *testing.T, got interpreted) string {
	t.Helper()
	if len(got.Codes) == 1 && len(got.Images) == 0 {
		return got.Codes[0]
	}
	if len(got.Images) != 1 || len(got.Images[0]) == 0 {
		t.Errorf("got %d codes and %d pictures, want one of either", len(got.Codes), len(got.Images))
		return ""
	}
	rows := got.Images[0]
	m := image.NewGray(image.Rect(0, 0, len(rows[0])+32, len(rows)+32))
	for i := range m.Pix {
		m.Pix[i] = 255
	}
	for y, row := range rows {
		for x, c := range row {
			if c == '#' {
				m.SetGray(x+16, y+16, color.Gray{})
			}
		}
	}
	bmp, err := gozxing.NewBinaryBitmapFromImage(m)
	if err != nil {
		t.Fatal(err)
	}
	r, err := qrcode.NewQRCodeReader().Decode(bmp, nil)
	if err != nil {
		t.Errorf("no code in the picture npos has drawn: %v", err)
		return ""
	}
	return r.GetText()
}

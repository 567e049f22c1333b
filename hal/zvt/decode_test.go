package zvt

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

func vectorMessage(t *testing.T, id string) Message {
	t.Helper()
	for _, v := range loadVectors(t).Vectors {
		if v.ID == id {
			a, err := ParseAPDU(unhex(t, v.Hex))
			if err != nil {
				t.Fatal(err)
			}
			return Parse(a)
		}
	}
	t.Fatalf("no vector %s", id)
	return Message{}
}

func TestDecodeStatus(t *testing.T) {
	s := DecodeStatus(vectorMessage(t, "A005"), Guess)
	if !s.HasResult || s.Result != 0 || s.Amount != 100 || s.Receipt != 607 || s.Trace != 607 || s.Turnover != 607 ||
		s.TID != "28004869" || s.Original != 606 || s.Card != "Debit Mastercard" || s.PAN != "************4771" ||
		s.Currency != 978 || s.Payment != 0x70 || s.Approval != "715691" || s.Incomplete {
		t.Errorf("got %+v", s)
	}
	at := s.At.Near(time.Date(2027, 1, 5, 0, 0, 0, 0, time.UTC))
	if want := time.Date(2027, 2, 1, 15, 48, 58, 0, time.UTC); !at.Equal(want) {
		t.Errorf("got %v, want %v", at, want)
	}
	s = DecodeStatus(vectorMessage(t, "A001"), Guess)
	if s.Result != 0x6c || s.HasAmount || s.Text != "Abbruch durch Kunde" || s.Sentence().German != "Abbruch durch Zeitablauf oder Taste." {
		t.Errorf("got %+v", s)
	}
	if s = DecodeStatus(vectorMessage(t, "A006"), Guess); s.Receipt == 0 || s.Trace == 0 {
		t.Errorf("got %+v", s)
	}
}

func TestClockNearTurnOfTheYear(t *testing.T) {
	c := Clock{Month: 12, Day: 31, Hour: 23, Minute: 59, Second: 50, Known: true}
	got := c.Near(time.Date(2027, 1, 1, 0, 0, 5, 0, time.UTC))
	if got.Year() != 2026 {
		t.Errorf("got %v, want the old year", got)
	}
}

func TestDecodeProgress(t *testing.T) {
	for _, c := range []struct {
		id, text string
		code     byte
		patience time.Duration
	}{
		{"A062", "Bitte Karte einstecken", 0x0a, time.Minute},
		{"A066", "Test ä ö ü ß", 0x0a, 6 * time.Minute},
		{"A102", "", 0x17, 0},
		{"A110", "Karte vorhalten\neinstecken/durchziehen", 0x0a, time.Minute},
	} {
		p := DecodeProgress(vectorMessage(t, c.id), Guess)
		got := fmt.Sprint(p.Code, p.Patience, strings.ToLower(p.Text))
		want := fmt.Sprint(c.code, c.patience, strings.ToLower(c.text))
		if c.id == "A066" {
			got, want = fmt.Sprint(p.Text), c.text
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", c.id, got, want)
		}
	}
}

func TestDecodeLines(t *testing.T) {
	for _, c := range []struct{ id, text string }{
		{"A067", "Test ä ö ü ß"}, {"A069", "Test ä ö ü ß"}, {"A030", "** KASSENSCHNITT **"},
	} {
		l := DecodeLines(vectorMessage(t, c.id), Guess)
		if len(l) != 1 || l[0].Text != c.text {
			t.Errorf("%s: got %+v, want %q", c.id, l, c.text)
		}
	}
	if l := DecodeLines(vectorMessage(t, "A070"), ZVT7); len(l) != 1 || l[0].Text != "Test ä ö ü ß" {
		t.Errorf("got %+v, want the 7 bit letters", l)
	}
	if l := DecodeLines(vectorMessage(t, "A054"), Guess); len(l) != 1 || !l[0].Last {
		t.Errorf("got %+v, want the last line", l)
	}
	block := DecodeLines(vectorMessage(t, "A009"), Guess)
	if len(block) < 10 || block[0].Kind != CustomerReceipt || !strings.Contains(block[0].Text, "Leihstellung von hobex") {
		t.Errorf("got %+v", block)
	}
	with := DecodeLines(Parse(APDU{Code: CodePrintLine, Data: append([]byte{0xc0, 'x'}, 6, 4, 0x1f, 7, 1, 2)}), Guess)
	if len(with) != 1 || with[0].Text != "x" || with[0].Kind != CustomerReceipt || !with[0].Last || !with[0].Centred {
		t.Errorf("got %+v, want the appended kind recognised", with)
	}
}

// Every text of every vector decodes without a control or replacement character.
func TestAllTextsDecode(t *testing.T) {
	for _, v := range loadVectors(t).Vectors {
		a, err := ParseAPDU(unhex(t, v.Hex))
		if err != nil || a.Code != CodePrintBlock && a.Code != CodePrintLine {
			continue
		}
		for _, l := range DecodeLines(Parse(a), Guess) {
			if strings.ContainsAny(l.Text, "\x00\r\ufffd") {
				t.Errorf("%s: got %q", v.ID, l.Text)
			}
		}
	}
}

func TestTables(t *testing.T) {
	for _, c := range []struct {
		file  string
		table map[byte]Sentence
	}{{"results.tsv", resultTable()}, {"progress.tsv", progressTable()}} {
		b, err := os.ReadFile(c.file)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for line := range strings.Lines(string(b)) {
			if line[0] != '#' {
				n++
			}
		}
		if n != len(c.table) || n < 25 {
			t.Errorf("%s: got %d entries of %d lines", c.file, len(c.table), n)
		}
	}
	seen := map[string]byte{}
	for code := range 256 {
		s := ResultSentence(byte(code))
		p := progressSentence(byte(code))
		for _, x := range []string{s.German, s.English, p.German, p.English} {
			if !strings.HasSuffix(x, ".") {
				t.Errorf("%02x: %q is no sentence", code, x)
			}
		}
		seen[s.English] = byte(code)
	}
	if len(seen) < 200 {
		t.Errorf("only %d different sentences", len(seen))
	}
	if got := progressSentence(0x4a).English; got != "Insert or present the card. Remove the card." {
		t.Errorf("got %q", got)
	}
}

func TestMaskingLeavesNoCardNumber(t *testing.T) {
	const pan = "4111111111111111"
	fields := []Field{
		{Tag: bmpPAN, Data: unhex(t, pan)},
		{Tag: bmpTrack2, Data: unhex(t, pan+"d25125")},
		{Tag: bmpText, Data: []byte("Karte " + pan + " 4111 1111 1111 1111 TID 1234567890123")},
	}
	m := Message{Code: CodeStatusInfo, Fields: fields, Tail: append([]byte{0x77}, pan...)}
	inner, err := AppendTLV(nil, Object{Tag: 0x5a, Data: unhex(t, pan)}, Object{Tag: 0x57, Data: unhex(t, pan+"d25125")},
		Object{Tag: 0x25, Data: append([]byte{7, 16}, pan...)})
	if err != nil {
		t.Fatal(err)
	}
	m.Fields = append(m.Fields, Field{Tag: bmpTLV, Data: inner})
	a, err := m.APDU()
	if err != nil {
		t.Fatal(err)
	}
	all := fmt.Sprintf("%v %+v %x %s %q %#v", a, a, a, m, m, DecodeStatus(m, Guess).PAN)
	if strings.Contains(all, pan) || strings.Contains(all, "343131313131") || strings.Contains(all, "11111111111") {
		t.Errorf("a format verb shows the number: %s", all)
	}
	size := len(a.Data)
	maskAPDU(a)
	raw := fmt.Sprintf("%x %s", a.Data, a.Data)
	if len(a.Data) != size || strings.Contains(raw, pan) || strings.Contains(raw, "3431313131313131") || strings.Contains(raw, "4111 1111 1111") {
		t.Errorf("got %s", raw)
	}
	if !strings.Contains(raw, "TID 1234567890123") {
		t.Error("a harmless number was masked")
	}
	if got := DecodeStatus(Parse(a), Guess).PAN; got != "411111******1111" {
		t.Errorf("got %q", got)
	}
}

func TestMaskingTouchesNoMaskedVector(t *testing.T) {
	for _, v := range loadVectors(t).Vectors {
		a, err := ParseAPDU(unhex(t, v.Hex))
		if err != nil || a.Code != CodeStatusInfo || v.ID == "A025" || v.ID == "A026" || v.ID == "A058" {
			continue
		}
		maskAPDU(a)
		if got := fmt.Sprintf("%x", a.Data); !strings.HasSuffix(v.Hex, got) {
			t.Errorf("%s: got %s, want %s", v.ID, got, v.Hex)
		}
	}
}

package zvt

import (
	"fmt"
	"strings"
	"time"
)

// Reference names one booking of a terminal by its own numbers; zero means not
// told. Receipt and trace run over and may restart, so only equality counts.
type Reference struct {
	Receipt  int64  // BMP 87, four digits
	Trace    int64  // BMP 0B or tag 1F2B
	Turnover int64  // BMP 88
	TID      string // BMP 29, eight digits
}

// known reports that the reference can be compared with another.
func (r Reference) known() bool { return r.Receipt != 0 || r.Trace != 0 || r.Turnover != 0 }

// same reports that two references of one terminal name the same booking: all
// numbers that both know are equal, and there is at least one.
func (r Reference) same(o Reference) bool {
	both := 0
	for _, p := range [][2]int64{{r.Receipt, o.Receipt}, {r.Trace, o.Trace}, {r.Turnover, o.Turnover}} {
		if p[0] == 0 || p[1] == 0 {
			continue
		}
		if p[0] != p[1] {
			return false
		}
		both++
	}
	return both > 0
}

// Clock is a terminal's local time without a year (BMP 0C and 0D).
type Clock struct {
	Month, Day, Hour, Minute, Second int
	Known                            bool
}

// Near returns the moment in t's location whose year brings it closest to t.
func (c Clock) Near(t time.Time) time.Time {
	best := time.Time{}
	for y := t.Year() - 1; y <= t.Year()+1; y++ {
		at := time.Date(y, time.Month(c.Month), c.Day, c.Hour, c.Minute, c.Second, 0, t.Location())
		if best.IsZero() || at.Sub(t).Abs() < best.Sub(t).Abs() {
			best = at
		}
	}
	return best
}

// Status is a status information (04 0F) in words of the trade. Fields that were
// not sent are zero. It carries no card data beyond the masked number.
type Status struct {
	Result    byte // BMP 27; 00 is success
	HasResult bool
	Amount    int64 // cents really approved: may be more (tip) or less (partial)
	HasAmount bool
	Tip       int64 // cents within Amount, tag 1F36
	Partial   bool  // tag 1F70: the terminal approved a part only
	Reference
	Original   int64  // trace of the reversed booking, BMP 37
	At         Clock  // terminal's local time
	Currency   int    // ISO 4217 number, BMP 49
	PAN        string // masked, '*' for hidden digits
	Card       string // card name, BMP 8B
	CardType   byte   // BMP 8A
	Payment    byte   // BMP 19: 40 offline, 50 checked, 60 online, 70 PIN
	Merchant   string // contract number, BMP 2A
	Approval   string // AID attribute, BMP 3B
	Text       string // additional text, BMP 3C or tag 24
	Totals     *Totals
	Incomplete bool // an undecodable rest was left out
}

// Totals are the sums of an end of day by card organisation (BMP 60).
type Totals struct {
	From, To int64 // first and last receipt number
	Groups   [7]Group
}

// Group is one card organisation's part of the totals.
type Group struct {
	Count int
	Sum   int64 // cents
}

// GroupNames are the organisations of Totals.Groups, in order.
var GroupNames = [7]string{"girocard", "JCB", "Eurocard/Mastercard", "American Express", "Visa", "Diners", "other"}

// Sentence words the result.
func (s Status) Sentence() Sentence { return ResultSentence(s.Result) }

// String is one line for a log: no card data at all.
func (s Status) String() string {
	return fmt.Sprintf("result %02x, %d cents, receipt %d, trace %d, turnover %d", s.Result, s.Amount, s.Receipt, s.Trace, s.Turnover)
}

// DecodeStatus reads a status information of a parsed message.
func DecodeStatus(m Message, cs Charset) Status {
	s := Status{Incomplete: m.Broken != nil}
	for _, f := range m.Fields {
		s.take(f, cs)
	}
	s.objects(m.objects(), cs)
	return s
}

// take merges one data field. parseField has checked its length.
func (s *Status) take(f Field, cs Charset) {
	d := f.Data
	switch f.Tag {
	case bmpResult:
		s.Result, s.HasResult = d[0], true
	case bmpAmount:
		v, err := ParseBCD(d)
		s.Amount, s.HasAmount = int64(v), err == nil
	case bmpTrace:
		if s.Trace == 0 {
			s.Trace = number(d)
		}
	case bmpTime, bmpDate:
		s.At.take(f)
	case bmpReceipt:
		s.Receipt = number(d)
	case bmpTurnover:
		s.Turnover = number(d)
	case bmpOrigin:
		s.Original = number(d)
	case bmpTID:
		s.TID = fmt.Sprintf("%08d", number(d))
	case bmpCurrency:
		s.Currency = int(number(d))
	case bmpType:
		s.Payment = d[0]
	case bmpCardType:
		s.CardType = d[0]
	case bmpTotals:
		s.Totals = decodeTotals(d)
	default:
		s.takeText(f, cs)
	}
}

func (s *Status) takeText(f Field, cs Charset) {
	text := strings.TrimRight(cs.Decode(f.Data), " \x00")
	switch f.Tag {
	case bmpPAN:
		s.PAN = panText(f.Data)
	case bmpCardName:
		s.Card = text
	case bmpMerchant:
		s.Merchant = text
	case bmpAID:
		s.Approval = text
	case bmpText:
		s.Text = text
	}
}

// objects merges the TLV container.
func (s *Status) objects(objects []Object, cs Charset) {
	if d, ok := Find(objects, 0x1f2b); ok && number(d) != 0 {
		s.Trace = number(d)
	}
	if d, ok := Find(objects, 0x1f36); ok {
		s.Tip = number(d)
	}
	if d, ok := Find(objects, 0x1f70); ok {
		s.Partial = len(d) > 0 && d[len(d)-1] != 0
	}
	if d, ok := Find(objects, 0x24); ok && s.Text == "" {
		s.Text = joinTexts(d, cs)
	}
}

// joinTexts gathers the lines (tag 07) of a text container.
func joinTexts(d []byte, cs Charset) string {
	objects, _ := ParseTLV(d) // what decoded is shown
	var lines []string
	for _, o := range objects {
		if o.Tag == 0x07 {
			lines = append(lines, cs.Decode(o.Data))
		}
	}
	return strings.Join(lines, "\n")
}

func (c *Clock) take(f Field) {
	v := int(number(f.Data))
	if f.Tag == bmpTime {
		c.Hour, c.Minute, c.Second = v/10000, v/100%100, v%100
	} else {
		c.Month, c.Day = v/100, v%100
	}
	c.Known = c.Month >= 1 && c.Month <= 12 && c.Day >= 1 && c.Day <= 31 && c.Hour < 24
}

// decodeTotals reads BMP 60: from, to, then seven times count (binary) and sum.
func decodeTotals(d []byte) *Totals {
	const group = 7
	if len(d) < 4 {
		return nil
	}
	t := &Totals{From: number(d[:2]), To: number(d[2:4])}
	for i := range t.Groups {
		g := d[min(len(d), 4+i*group):]
		if len(g) < group {
			return t
		}
		t.Groups[i] = Group{Count: int(g[0]), Sum: number(g[1:group])}
	}
	return t
}

// panText words a card number masked, even where the bytes are not.
func panText(d []byte) string {
	b := append([]byte(nil), d...)
	maskBCD(b)
	var s strings.Builder
	for i := range 2 * len(b) {
		switch n := nibble(b, i); {
		case n <= 9:
			s.WriteByte('0' + n)
		case n == masked:
			s.WriteByte('*')
		default:
			return s.String() // separator or padding
		}
	}
	return s.String()
}

// Progress is an intermediate status (04 FF).
type Progress struct {
	Code byte
	// Patience is the time limit the terminal asks for until its next message; zero
	// when it did not say.
	Patience time.Duration
	Text     string // the terminal's own words, may have several lines; often empty
}

// Sentence words the code.
func (p Progress) Sentence() Sentence { return progressSentence(p.Code) }

// DecodeProgress reads an intermediate status of a parsed message.
func DecodeProgress(m Message, cs Charset) Progress {
	var p Progress
	if len(m.Lead) > 0 {
		p.Code = m.Lead[0]
	}
	if len(m.Lead) > 1 {
		p.Patience = time.Duration(number(m.Lead[1:2])) * time.Minute
	}
	if d, ok := Find(m.objects(), 0x24); ok {
		p.Text = joinTexts(d, cs)
	}
	return p
}

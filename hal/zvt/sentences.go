package zvt

import (
	_ "embed"
	"fmt"
	"strconv"
	"strings"
	"sync"
)

// Sentence says one thing to a person in both languages of the house.
type Sentence struct{ German, English string }

//go:embed results.tsv
var resultsTSV string

//go:embed progress.tsv
var progressTSV string

var (
	resultTable   = sync.OnceValue(func() map[byte]Sentence { return parseTable(resultsTSV) })
	progressTable = sync.OnceValue(func() map[byte]Sentence { return parseTable(progressTSV) })
)

// parseTable reads "hex<TAB>German<TAB>English" lines. The files are ours, a test
// reads them whole.
func parseTable(s string) map[byte]Sentence {
	out := map[byte]Sentence{}
	for line := range strings.Lines(s) {
		col := strings.Split(strings.TrimSpace(line), "\t")
		code, err := strconv.ParseUint(col[0], 16, 8)
		if err == nil && len(col) == 3 {
			out[byte(code)] = Sentence{col[1], col[2]}
		}
	}
	return out
}

// ResultSentence words a result code (BMP 27, 06 1E, 84 xx). Codes without an
// entry get a sentence with their number: 01 to 63 are the host's own and are
// shown in decimal, as hosts document them.
func ResultSentence(code byte) Sentence {
	if s, ok := resultTable()[code]; ok {
		return s
	}
	if code <= 0x63 {
		return Sentence{fmt.Sprintf("Karte abgelehnt (Host-Code %02d).", code), fmt.Sprintf("Card declined (host code %02d).", code)}
	}
	return Sentence{fmt.Sprintf("Terminal meldet Code %02X.", code), fmt.Sprintf("Terminal reports code %02X.", code)}
}

// progressSentence words an intermediate status.
func progressSentence(code byte) Sentence {
	if s, ok := progressTable()[code]; ok {
		return s
	}
	if s, ok := progressTable()[code-0x40]; ok && code >= 0x40 && code < 0x80 {
		return Sentence{s.German + " Bitte Karte entnehmen.", s.English + " Remove the card."}
	}
	return Sentence{fmt.Sprintf("Terminal arbeitet (%02X).", code), fmt.Sprintf("Terminal is working (%02X).", code)}
}

package tselog

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// FileName is the name of a message's file in an export TAR (TR-03153-1 v1.1.1). same is the number of files that have the name
// already: 0 gives no suffix, k gives _Fc-k.
func FileName(m Message, same int) string {
	name := timeName(m.Time) + "_Sig-" + strconv.FormatUint(m.Counter, 10) + "_Log-"
	switch m.Kind {
	case Transaction:
		step := strings.TrimSuffix(m.step(), "Transaction")
		name += fmt.Sprintf("Tra_No-%d_%s_Client-%s", m.TransactionNo, step, m.ClientID)
	case System:
		name += "Sys_" + m.Operation
	default:
		name += "Aud"
	}
	if same > 0 {
		name += "_Fc-" + strconv.Itoa(same)
	}
	return name + ".log"
}

func timeName(t Time) string {
	switch t.Format {
	case UTCTime, UTCTimeSeconds:
		return "Utc_" + t.Time.Format(layoutOf(t.Format))
	case GeneralizedTime, GeneralizedMillis:
		return "Gent_" + t.Time.Format(layoutOf(t.Format))
	}
	return "Unixt_" + strconv.FormatInt(t.Time.Unix(), 10)
}

func layoutOf(format string) string {
	for _, l := range layouts {
		if l.format == format {
			return l.layout
		}
	}
	return ""
}

// fileCount is the suffix for a name that was there before.
var fileCount = regexp.MustCompile(`_Fc-([1-9][0-9]*)\.log$`)

// nameAgrees tells whether a file's name says what the message in it says. Names differ between generations in the case of
// system operations and transaction steps, and one audit example of v1.0.1 has Unix_ for Unixt_.
func nameAgrees(name string, m Message) bool {
	want := FileName(m, 0)
	if sub := fileCount.FindStringSubmatch(name); sub != nil {
		k, err := strconv.Atoi(sub[1])
		if err != nil {
			return false
		}
		want = FileName(m, k)
	}
	if strings.HasPrefix(name, "Unix_") {
		name = "Unixt_" + strings.TrimPrefix(name, "Unix_")
	}
	client := "_Client-" + m.ClientID // keeps its case
	return strings.EqualFold(name, want) && (m.Kind != Transaction || strings.Contains(name, client))
}

package tselog

import (
	"encoding/hex"
	"errors"
	"fmt"
	"path"
	"strings"
	"time"
)

// Code names what is wrong, for programs; Problem.Text says it for people.
type Code string

// Codes of problems.
const (
	BadFile        Code = "bad-file"        // a file that may not be in an export, or a name used twice
	BadMessage     Code = "bad-message"     // not a log message
	BadName        Code = "bad-name"        // the file name says something else than the message
	BadSignature   Code = "bad-signature"   // signature wrong, or of an algorithm that is not allowed
	BadCertificate Code = "bad-certificate" // unreadable, misnamed, broken chain, missing, or not valid at the time
	BadCounter     Code = "bad-counter"     // a signature counter is missing or there twice
	BadTransaction Code = "bad-transaction" // an impossible order of start, update, finish
	BadTime        Code = "bad-time"        // log time goes back without the time having been set
	OtherKey       Code = "other-key"       // logs of more than one key
)

// Problem is a fault of an export.
type Problem struct {
	Code Code
	File string // empty when the fault is not in one file
	Text string
}

func (p Problem) String() string {
	if p.File == "" {
		return string(p.Code) + ": " + p.Text
	}
	return string(p.Code) + ": " + p.File + ": " + p.Text
}

// Report is the result of checking an export.
type Report struct {
	Serial                       string // 64 hex digits
	Description                  string // info.csv
	Messages                     int
	Transaction, System, Audit   int // messages by kind
	Started, Finished, Open      int // transactions
	FirstCounter, LastCounter    uint64
	FirstTime, LastTime          time.Time
	Verified                     int       // signatures found good
	Problems                     []Problem // the first MaxProblems
	ProblemCount                 int
	Notes                        []string // remarks that are no faults
	FirstTransaction, LastNumber uint64
}

// OK tells whether nothing is wrong.
func (r Report) OK() bool { return r.ProblemCount == 0 }

// MaxProblems bounds the list of problems; all are counted.
const MaxProblems = 1000

// Checker verifies the files of an export one after the other (TR-03153-1 v1.1.1 ch. 10). Memory grows by some 48 bytes per log
// message; messages that come before their certificate are kept until it comes.
type Checker struct {
	report  Report
	certs   map[[32]byte]*Certificate
	waiting map[[32]byte][]parked
	serial  [32]byte // of the first message
	marks   []mark
	names   map[string]struct{} // of files that are not log messages
	info    bool
}

// parked is a message whose certificate has not come yet.
type parked struct {
	name string
	m    Message
}

// NewChecker returns a checker that has seen nothing.
func NewChecker() *Checker {
	return &Checker{certs: map[[32]byte]*Certificate{}, waiting: map[[32]byte][]parked{}, names: map[string]struct{}{}}
}

type fileKind uint8

const (
	otherFile fileKind = iota
	logFile
	certificateFile
	infoFile
)

func kindOfFile(name string) fileKind {
	ext := path.Ext(name)
	switch {
	case strings.ContainsAny(name, `/\`):
		return otherFile
	case name == "info.csv":
		return infoFile
	case ext == ".log":
		return logFile
	case strings.HasSuffix(strings.TrimSuffix(name, ext), "_X509") && strings.Contains(".cer .crt .pem .der", strings.ToLower(ext)):
		return certificateFile
	}
	return otherFile
}

// Add takes the next file.
func (c *Checker) Add(f File) {
	switch kindOfFile(f.Name) {
	case logFile:
		c.addLog(f)
		return
	case infoFile:
		c.info = true
		c.report.Description = strings.TrimSpace(string(f.Data))
	case certificateFile:
		c.addCertificate(f)
	default:
		c.fault(BadFile, f.Name, "a file that does not belong in an export")
	}
	if _, twice := c.names[f.Name]; twice {
		c.fault(BadFile, f.Name, "the name is used twice")
	}
	c.names[f.Name] = struct{}{}
}

func (c *Checker) addLog(f File) {
	m, err := Parse(f.Data)
	if err != nil {
		c.fault(BadMessage, f.Name, err.Error())
		return
	}
	if !nameAgrees(f.Name, m) {
		c.fault(BadName, f.Name, "the message in it belongs in "+FileName(m, 0))
	}
	if m.InternalData != nil {
		c.fault(BadMessage, f.Name, "additionalInternalData must not be used")
	}
	c.count(m)
	if c.serial != m.Serial {
		c.fault(OtherKey, f.Name, fmt.Sprintf("log of key %x among those of %x", m.Serial[:8], c.serial[:8]))
	}
	cert, ok := c.certs[m.Serial]
	if !ok {
		c.waiting[m.Serial] = append(c.waiting[m.Serial], parked{f.Name, m})
		return
	}
	c.verify(f.Name, m, cert)
}

func (c *Checker) count(m Message) {
	r := &c.report
	if r.Messages == 0 {
		c.serial = m.Serial
		r.Serial = hex.EncodeToString(m.Serial[:])
	}
	r.Messages++
	switch m.Kind {
	case Transaction:
		r.Transaction++
	case System:
		r.System++
	default:
		r.Audit++
	}
	c.marks = append(c.marks, newMark(m))
}

func (c *Checker) verify(name string, m Message, cert *Certificate) {
	if err := Verify(m, cert.Key); err != nil {
		c.fault(BadSignature, name, err.Error())
		return
	}
	c.report.Verified++
	if !cert.valid(m.Time.Time) {
		c.fault(BadCertificate, name, fmt.Sprintf("signed %s, certificate is valid from %s to %s",
			m.Time.Time.Format(time.RFC3339), cert.NotBefore.Format(time.RFC3339), cert.NotAfter.Format(time.RFC3339)))
	}
}

func (c *Checker) addCertificate(f File) {
	cert, err := ParseCertificate(f.Data)
	if err != nil {
		c.fault(BadCertificate, f.Name, err.Error())
		return
	}
	serial := cert.Key.Serial()
	if head, _, _ := strings.Cut(f.Name, "_"); !strings.EqualFold(head, hex.EncodeToString(serial[:])) {
		c.fault(BadCertificate, f.Name, fmt.Sprintf("the key in it has the serial number %x", serial))
	}
	c.certs[serial] = cert
	for _, p := range c.waiting[serial] {
		c.verify(p.name, p.m, cert)
	}
	delete(c.waiting, serial)
}

// Report finishes the check. Call it once.
func (c *Checker) Report() Report {
	if !c.info {
		c.fault(BadFile, "", "info.csv is missing")
	}
	for serial, list := range c.waiting {
		c.fault(BadCertificate, "", fmt.Sprintf("no certificate for serial number %x: %d signatures cannot be checked", serial, len(list)))
	}
	if cert, ok := c.certs[c.serial]; ok {
		if err := c.chain(cert); err != nil {
			c.fault(BadCertificate, "", err.Error())
		}
	}
	c.checkMarks()
	return c.report
}

// chain follows the issuers up to a root, checking each signature.
func (c *Checker) chain(cert *Certificate) error {
	for range len(c.certs) {
		parent := c.parent(cert)
		if parent == nil {
			return fmt.Errorf("%w: the certificate of %s, who issued that of %s, is missing", ErrCertificate, cert.Issuer, cert.Subject)
		}
		if err := cert.CheckSignedBy(parent); err != nil {
			return err
		}
		if cert.algorithm.Equal(certificateHashes[0].oid) {
			c.note("the certificate of %s is signed with SHA-256; TR-03116-5 wants 384 bits or more", cert.Subject)
		}
		if parent.selfSigned() {
			if parent != cert {
				return parent.CheckSignedBy(parent)
			}
			return nil
		}
		cert = parent
	}
	return errors.New("certificates name each other in a circle")
}

func (c *Checker) parent(cert *Certificate) *Certificate {
	for _, p := range c.certs {
		if cert.issuedBy(p) && (p != cert || cert.selfSigned()) {
			return p
		}
	}
	return nil
}

func (c *Checker) fault(code Code, file, text string) {
	c.report.ProblemCount++
	if len(c.report.Problems) < MaxProblems {
		c.report.Problems = append(c.report.Problems, Problem{code, file, text})
	}
}

package tselog

import (
	"archive/tar"
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"
)

// unit signs messages with the standard library's P-256.
type unit struct {
	t     testing.TB
	key   *ecdsa.PrivateKey
	files []File // certificates: own, root
	last  Message

	own, root *x509.Certificate
	rootKey   *ecdsa.PrivateKey
}

var born = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func newUnit(t testing.TB) *unit {
	t.Helper()
	u := &unit{t: t, key: newECDSA(t)}
	rootKey := newECDSA(t)
	root := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "root"}, NotBefore: born, NotAfter: born.AddDate(5, 0, 0),
		IsCA: true, BasicConstraintsValid: true, SignatureAlgorithm: x509.ECDSAWithSHA384,
	}
	own := &x509.Certificate{
		SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "unit"}, NotBefore: born, NotAfter: born.AddDate(5, 0, 0),
		SignatureAlgorithm: x509.ECDSAWithSHA512,
	}
	u.own, u.root, u.rootKey = own, root, rootKey
	u.files = []File{u.certificate(own, root, u.key, rootKey), u.certificate(root, root, rootKey, rootKey)}
	u.last = Message{Version: 2, Serial: sha256.Sum256(rawPoint(t, u.key)), Time: Time{born.Add(time.Hour), UnixTime}}
	u.last.Algorithm, _ = AlgorithmByName("ecdsa-plain-SHA256")
	return u
}

func newECDSA(t testing.TB) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func rawPoint(t testing.TB, k *ecdsa.PrivateKey) []byte {
	t.Helper()
	b, err := k.PublicKey.Bytes()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func (u *unit) certificate(c, parent *x509.Certificate, key, signer *ecdsa.PrivateKey) File {
	der, err := x509.CreateCertificate(rand.Reader, c, parent, &key.PublicKey, signer)
	if err != nil {
		u.t.Fatal(err)
	}
	serial := sha256.Sum256(rawPoint(u.t, key))
	return File{Name: hex.EncodeToString(serial[:]) + "_X509.der", Data: der}
}

// sign gives a message the unit's serial number and a signature.
func (u *unit) sign(m Message) File {
	m.Signed = m.encodeSigned()
	h := sha256.Sum256(m.Signed)
	r, s, err := ecdsa.Sign(rand.Reader, u.key, h[:])
	if err != nil {
		u.t.Fatal(err)
	}
	m.Signature = append(r.FillBytes(make([]byte, 32)), s.FillBytes(make([]byte, 32))...)
	return File{Name: FileName(m, 0), Data: m.Encode()}
}

// next is the message after the last one: counter and time go on by one.
func (u *unit) next(change func(*Message)) File {
	u.last.Counter++
	u.last.Time.Time = u.last.Time.Time.Add(time.Second)
	m := u.last
	change(&m)
	return u.sign(m)
}

func (u *unit) tx(op string, number uint64) File {
	return u.next(func(m *Message) {
		m.Kind, m.Operation, m.ClientID, m.ProcessData, m.HasProcessType, m.TransactionNo = Transaction, op, "KASSE-001", []byte{}, true, number
	})
}

func (u *unit) system(op string) File {
	return u.next(func(m *Message) { m.Kind, m.Operation, m.SystemData = System, op, []byte{} })
}

func (u *unit) audit() File {
	return u.next(func(m *Message) { m.Kind, m.AuditData = Audit, []byte("x") })
}

// export is a whole, faultless export: info.csv, two certificates, then the log from index 3 on.
func (u *unit) export() []File {
	list := append([]File{{Name: "info.csv", Data: []byte("\"description:\",\"x\"\n")}}, u.files...)
	return append(list, u.system("initialize"), u.system("updateTime"), u.tx(OpStart, 1), u.tx(OpUpdate, 1), u.tx(OpFinish, 1),
		u.audit(), u.tx(OpStart, 2), u.tx(OpStart, 3), u.tx(OpFinish, 3))
}

func check(files []File) Report { return (&Export{Files: files}).Verify() }

func TestFaultlessExport(t *testing.T) {
	files := newUnit(t).export()
	for range 2 {
		r := check(files)
		if !r.OK() || len(r.Notes) > 0 {
			t.Errorf("problems %v, notes %v", r.Problems, r.Notes)
		}
		if r.Messages != 9 || r.Verified != 9 || r.Audit != 1 || r.System != 2 || r.Started != 3 || r.Finished != 2 || r.Open != 1 || r.LastNumber != 3 {
			t.Errorf("%+v", r)
		}
		if !r.FirstTime.Equal(born.Add(time.Hour+time.Second)) || !r.LastTime.Equal(born.Add(time.Hour+9*time.Second)) {
			t.Errorf("times %s to %s", r.FirstTime, r.LastTime)
		}
		slices.Reverse(files) // the order in the archive does not matter
	}
}

// Each fault is found and gets its code, and nothing else is said to be wrong.
func TestFaults(t *testing.T) {
	without := func(files []File, i int) []File { return slices.Delete(files, i, i+1) }
	for name, c := range map[string]struct {
		change func(u *unit, files []File) []File
		want   Code
		notes  int
	}{
		"info.csv missing":        {func(_ *unit, f []File) []File { return without(f, 0) }, BadFile, 0},
		"own certificate missing": {func(_ *unit, f []File) []File { return without(f, 1) }, BadCertificate, 0},
		"root missing":            {func(_ *unit, f []File) []File { return without(f, 2) }, BadCertificate, 0},
		"certificate misnamed":    {func(_ *unit, f []File) []File { f[2].Name = "00" + f[2].Name[2:]; return f }, BadCertificate, 0},
		"certificate unreadable": {func(_ *unit, f []File) []File {
			return append(f, File{Name: strings.Repeat("ab", 32) + "_X509.cer", Data: []byte("x")})
		}, BadCertificate, 0},
		"weak certificate": {func(u *unit, f []File) []File {
			u.own.SignatureAlgorithm = x509.ECDSAWithSHA256
			f[1] = u.certificate(u.own, u.root, u.key, u.rootKey)
			return f
		}, "", 1},
		"strange file":    {func(_ *unit, f []File) []File { return append(f, File{Name: "readme.txt"}) }, BadFile, 0},
		"file in folder":  {func(_ *unit, f []File) []File { return append(f, File{Name: "log/x.log"}) }, BadFile, 0},
		"info.csv twice":  {func(_ *unit, f []File) []File { return append(f, f[0]) }, BadFile, 0},
		"message twice":   {func(_ *unit, f []File) []File { return append(f, f[3]) }, BadCounter, 0},
		"message missing": {func(_ *unit, f []File) []File { return without(f, 8) }, BadCounter, 0},
		"part of a log":   {func(_ *unit, f []File) []File { return slices.Delete(f, 3, 6) }, "", 1},
		"first missing":   {func(_ *unit, f []File) []File { return without(f, 3) }, "", 1},
		"not a message":   {func(_ *unit, f []File) []File { return append(f, File{Name: "x.log", Data: []byte("x")}) }, BadMessage, 0},
		"wrong name":      {func(_ *unit, f []File) []File { f[5].Name = f[7].Name; return f }, BadName, 0},
		"wrong signature": {func(_ *unit, f []File) []File { f[5].Data[len(f[5].Data)-1] ^= 1; return f }, BadSignature, 0},
		"internal data": {func(u *unit, f []File) []File {
			return append(f, u.next(func(m *Message) { m.Kind, m.Operation, m.SystemData, m.InternalData = System, "x", []byte{}, []byte{} }))
		}, BadMessage, 0},
		"weak algorithm": {func(u *unit, f []File) []File {
			return append(f, u.next(func(m *Message) {
				m.Kind, m.Operation, m.SystemData, m.Algorithm = System, "x", []byte{}, Algorithm{oid: below(oidECDSAPlain, 2)}
			}))
		}, BadSignature, 0},
		"time goes back": {func(u *unit, f []File) []File {
			u.last.Time.Time = u.last.Time.Time.Add(-time.Minute)
			return append(f, u.audit())
		}, BadTime, 0},
		"time set back": {func(u *unit, f []File) []File {
			u.last.Time.Time = u.last.Time.Time.Add(-time.Minute)
			return append(f, u.system("UpdateTime"), u.audit())
		}, "", 0},
		"before the certificate": {func(u *unit, f []File) []File {
			u.last.Time.Time = born.Add(-time.Hour)
			return append(f, u.system("updateTime"))
		}, BadCertificate, 0},
		"after the certificate": {func(u *unit, f []File) []File {
			u.last.Time.Time = born.AddDate(5, 0, 0)
			return append(f, u.system("updateTime"))
		}, BadCertificate, 0},
		"finished twice":     {func(u *unit, f []File) []File { return append(f, u.tx(OpFinish, 3)) }, BadTransaction, 0},
		"update of finished": {func(u *unit, f []File) []File { return append(f, u.tx(OpUpdate, 1)) }, BadTransaction, 0},
		"finish of nothing":  {func(u *unit, f []File) []File { return append(f, u.tx(OpFinish, 9)) }, BadTransaction, 0},
		"started again":      {func(u *unit, f []File) []File { return append(f, u.tx(OpStart, 3)) }, BadTransaction, 0},
		"number burnt":       {func(u *unit, f []File) []File { return append(f, u.tx(OpStart, 6)) }, "", 1},
	} {
		u := newUnit(t)
		r := check(c.change(u, u.export()))
		if len(r.Notes) != c.notes {
			t.Errorf("%s: notes %v, want %d", name, r.Notes, c.notes)
		}
		if c.want == "" {
			if !r.OK() {
				t.Errorf("%s: %v", name, r.Problems)
			}
			continue
		}
		if r.OK() {
			t.Errorf("%s: not found", name)
		}
		for _, p := range r.Problems {
			if p.Code != c.want && !(name == "wrong name" && p.Code == BadFile) {
				t.Errorf("%s: %s, want %s", name, p, c.want)
			}
		}
	}
}

// Logs of a second unit in the archive, with its certificates.
func TestTwoKeys(t *testing.T) {
	a, b := newUnit(t), newUnit(t)
	b.last.Counter = 9
	b.last.Time.Time = born.Add(2 * time.Hour)
	r := check(append(append(a.export(), b.files[0]), b.audit()))
	if r.OK() || r.Problems[0].Code != OtherKey {
		t.Errorf("%v, want %s", r.Problems, OtherKey)
	}
}

// A root that signed itself wrongly, and an issuer that is not the one named.
func TestBrokenChain(t *testing.T) {
	a, b := newUnit(t), newUnit(t)
	files := a.export()
	files[2] = b.files[1] // same name, other key
	r := check(files)
	if r.OK() || r.Problems[0].Code != BadCertificate {
		t.Errorf("%v, want %s", r.Problems, BadCertificate)
	}
}

func TestCertificateForms(t *testing.T) {
	der := newUnit(t).files[0].Data
	c, err := ParseCertificate(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	if err != nil || c.Subject != "CN=unit" || c.Issuer != "CN=root" || !c.NotBefore.Equal(born) {
		t.Errorf("PEM: %+v, %v", c, err)
	}
	for cut := range der {
		if _, err := ParseCertificate(der[:cut]); !errors.Is(err, ErrCertificate) {
			t.Fatalf("cut to %d bytes: %v", cut, err)
		}
	}
}

func writeTAR(t testing.TB, headers ...tar.Header) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, h := range headers {
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(make([]byte, h.Size)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestArchives(t *testing.T) {
	file := tar.Header{Typeflag: tar.TypeReg, Name: "info.csv", Size: 700, Mode: 0o644}
	long := file
	long.Name = strings.Repeat("x", 120) + ".log"
	good := writeTAR(t, file, long)
	e, err := ReadTAR(bytes.NewReader(good))
	if err != nil || len(e.Files) != 2 || e.Files[1].Name != long.Name || len(e.Files[0].Data) != 700 {
		t.Fatalf("%v, %v", e, err)
	}
	cases := map[string][]byte{
		"folder":  writeTAR(t, tar.Header{Typeflag: tar.TypeDir, Name: "log/", Mode: 0o755}),
		"symlink": writeTAR(t, tar.Header{Typeflag: tar.TypeSymlink, Name: "x.log", Linkname: "/etc/passwd"}),
		"garbage": bytes.Repeat([]byte("garbage "), 200),
		"empty":   nil,
	}
	for cut := 100; cut <= len(good)-endOfTAR; cut += 100 {
		cases[fmt.Sprintf("cut to %d", cut)] = good[:cut]
	}
	cases["one empty block"] = good[:len(good)-512]
	for name, b := range cases {
		if _, err := ReadTAR(bytes.NewReader(b)); !errors.Is(err, ErrTAR) {
			t.Errorf("%s: %v, want ErrTAR", name, err)
		}
		if _, err := Check(bytes.NewReader(b)); !errors.Is(err, ErrTAR) {
			t.Errorf("%s: Check: %v, want ErrTAR", name, err)
		}
	}
	stop := errors.New("stop")
	if err := Scan(bytes.NewReader(good), func(File) error { return stop }); !errors.Is(err, stop) {
		t.Errorf("%v, want the callback's error", err)
	}
}

// Many faults are counted, not all listed.
func TestProblemsAreBounded(t *testing.T) {
	c := NewChecker()
	for i := range MaxProblems + 50 {
		c.Add(File{Name: fmt.Sprintf("%d.txt", i)})
	}
	if r := c.Report(); len(r.Problems) != MaxProblems || r.ProblemCount != MaxProblems+51 { // and info.csv is missing
		t.Errorf("%d listed, %d counted", len(r.Problems), r.ProblemCount)
	}
}

// archive writes files as an export TAR.
func archive(t testing.TB, files []File) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, file := range files {
		if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: file.Name, Size: int64(len(file.Data)), Mode: 0o644}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(file.Data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// No archive makes the checker fail in another way than by its report. Certificates have a target of their own.
func FuzzCheck(f *testing.F) {
	m := sample(Transaction)
	f.Add(archive(f, nil))
	f.Add(archive(f, []File{{Name: "info.csv", Data: []byte("x")}, {Name: FileName(m, 0), Data: m.Encode()}}))
	m = sample(Audit)
	f.Add(archive(f, []File{{Name: FileName(m, 1), Data: m.Encode()}, {Name: "x_X509.pem", Data: []byte("x")}}))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := Check(bytes.NewReader(b))
		if err != nil && !errors.Is(err, ErrTAR) {
			t.Errorf("error without ErrTAR: %v", err)
		}
		if r.Verified > r.Messages || r.Transaction+r.System+r.Audit != r.Messages {
			t.Errorf("%+v", r)
		}
	})
}

// A certificate that is taken has a key on a known curve and names that can be printed.
func FuzzParseCertificate(f *testing.F) {
	for _, file := range readExport(f, simCerts).Files {
		f.Add(file.Data)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		c, err := ParseCertificate(b)
		if err != nil {
			if !errors.Is(err, ErrCertificate) {
				t.Errorf("error without ErrCertificate: %v", err)
			}
			return
		}
		if _, err := ParsePublicKey(c.Key.Raw()); err != nil {
			t.Errorf("key of a certificate: %v", err)
		}
		_ = c.CheckSignedBy(c) // must not panic, whatever the signature
	})
}

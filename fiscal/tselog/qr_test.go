package tselog

import (
	"encoding/hex"
	"errors"
	"strings"
	"testing"
)

// Two public QR codes of real devices (published with the project berohndo/tse_signature_verification).
const (
	qrBrainpool = "V0;AMA-6200;KassenBeleg-V1;Beleg^2.90_0.00_0.00_0.00_2.10^5.00:Unbar;160504;344413;2021-07-23T10:12:54.000Z;2021-07-23T10:12:55.000Z;ecdsa-plain-SHA384;unixTime;NgqBkWMvhLmCKa9cJJ8JodfAdlkfcFFyW0J7Ks9lTz9I4QFKhLzyGF/02kWsCRg0LoiJtkq+0Ak9GovodNFLOBG00ewEj40/GbI9zLtNt9j90w4Sz3GcxTSrr3rqhIhN;BCd1vZvSJsJwBTqshgDVsrG4Gg+oN3jeeFEgjGiKs9ELd170vy/jO3iMMF6tAVUfjyYn9jRXng8Z4qWXaqoJ53+y+OFeSY/lQsdZWCODkzhlhkJxJw2k9Z1A4gFX6Riotw=="
	qrP256      = "V0;ERS 8cb8e2de-4052-481b-945b-118022951944;Kassenbeleg-V1;Beleg^21.42_0.00_0.00_0.00_0.00^21.42:Unbar;1;31;2021-08-23T14:36:27.000Z;2021-08-23T14:36:33.000Z;ecdsa-plain-SHA256;unixTime;TGnWiq3ZW7gi4Vs+DxLGsJZj9v271dHmhQAcb057F3oWkdKJ61UW2LLVTZQhW673yLa53Mm6oPeMU1Ns3ZOH7w==;BGFKQP7EENf3s5hTDXvlh+xyJ1Q9BNIa9LyYbYK+pTAKAGQ2fmI40p5QOrpHpvb+UuOrNQJdhzggHNfyyyDyf/g="
)

// The 166 signed bytes of qrBrainpool, element by element.
const workedExample = "020102" + "060904007f000703070101" +
	"801146696e6973685472616e73616374696f6e" +
	"8108414d412d36323030" +
	"822942656c65675e322e39305f302e30305f302e30305f302e30305f322e31305e352e30303a556e626172" +
	"830e4b617373656e42656c65672d5631" +
	"85030272f8" +
	"04202ddbd6b0df57a4d8c1e4578a89952922dfe979e94f5c7444192cf8d04e063127" +
	"300c060a04007f00070101040104" +
	"020305415d" + "020460fa9627"

func TestWorkedExample(t *testing.T) {
	m, err := FromQR(qrBrainpool)
	if err != nil {
		t.Fatal(err)
	}
	if got := hex.EncodeToString(m.Signed); got != workedExample || len(m.Signed) != 166 {
		t.Errorf("%d signed bytes %s, want 166 bytes %s", len(m.Signed), got, workedExample)
	}
	der := m.Encode()
	if len(der) != 268 || hex.EncodeToString(der[:4]) != "30820108" {
		t.Errorf("file of %d bytes beginning %x, want 268 beginning 30820108", len(der), der[:4])
	}
	if got, want := FileName(m, 0), "Unixt_1627035175_Sig-344413_Log-Tra_No-160504_Finish_Client-AMA-6200.log"; got != want {
		t.Errorf("name %s, want %s", got, want)
	}
}

func TestPublicQRCodes(t *testing.T) {
	for name, qr := range map[string]string{"brainpool": qrBrainpool, "P-256": qrP256} {
		m, err := FromQR(qr)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		again, err := Parse(m.Encode())
		if err != nil || again.ClientID != m.ClientID || again.Counter != m.Counter {
			t.Errorf("%s: parsed again: %v", name, err)
		}
	}
}

// No character of a QR code (every other one is tried) can be changed without notice, but for the start time, which the signature does not cover.
func TestChangedQRCode(t *testing.T) {
	start := strings.Index(qrP256, "2021-08-23T14:36:27")
	for i := 0; i < len(qrP256); i += 2 {
		if i >= start && i < start+len("2021-08-23T14:36:27.000Z") {
			continue
		}
		b := []byte(qrP256)
		if b[i]++; b[i] == ';' {
			b[i]++
		}
		if _, err := FromQR(string(b)); err == nil {
			t.Errorf("accepted with character %d changed: %s", i, b)
		}
	}
}

func TestSemicolonsInProcessData(t *testing.T) {
	s := strings.Replace(qrP256, "Beleg^21.42_0.00_0.00_0.00_0.00^21.42:Unbar", `2;"Eis";3.99`, 1)
	q, err := ParseQR(s)
	if err != nil || q.ProcessData != `2;"Eis";3.99` || q.ClientID != "ERS 8cb8e2de-4052-481b-945b-118022951944" {
		t.Errorf("%+v, %v", q, err)
	}
	if _, err := FromQR(s); !errors.Is(err, ErrSignature) {
		t.Errorf("%v, want ErrSignature", err)
	}
}

func TestRefusedQRCodes(t *testing.T) {
	for name, c := range map[string]struct {
		old, new string
		want     error
	}{
		"version":       {"V0;", "V1;", ErrQR},
		"field missing": {";31;", ";", ErrQR},
		"leading zero":  {";31;", ";031;", ErrQR},
		"sign":          {";31;", ";+31;", ErrQR},
		"time":          {"T14:36:33.000Z", "T14:36:33Z", ErrQR},
		"time format":   {"unixTime", "sundial", ErrQR},
		"base64":        {"ZOH7w==", "ZOH7w=", ErrQR},
		"SHA-224":       {"ecdsa-plain-SHA256", "ecdsa-plain-SHA224", ErrAlgorithm},
		"Schnorr":       {"ecdsa-plain-SHA256", "ecsdsa-plain-SHA256", ErrAlgorithm},
		"unknown":       {"ecdsa-plain-SHA256", "rot13", ErrAlgorithm},
		"other hash":    {"ecdsa-plain-SHA256", "ecdsa-plain-SHA384", ErrSignature},
		"key":           {";BGFKQP7E", ";BGFKQP7F", ErrKey},
	} {
		s := strings.Replace(qrP256, c.old, c.new, 1)
		if s == qrP256 {
			t.Fatalf("%s: nothing replaced", name)
		}
		if _, err := FromQR(s); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func FuzzFromQR(f *testing.F) {
	f.Add(qrBrainpool)
	f.Add(qrP256)
	f.Add("V0;;;;;;;;;;;")
	f.Fuzz(func(t *testing.T, s string) {
		if q, err := ParseQR(s); err == nil && q.String() != s {
			t.Errorf("%q becomes %q", s, q)
		}
		m, err := FromQR(s)
		if err != nil {
			return
		}
		if _, err := Parse(m.Encode()); err != nil {
			t.Errorf("verified, but %v", err)
		}
	})
}

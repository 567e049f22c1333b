package tselog

import (
	"bytes"
	"encoding/hex"
	"errors"
	"strings"
	"testing"
	"time"
)

// sample is a message of version 2 with all that is mandatory.
func sample(kind Kind) Message {
	alg, _ := AlgorithmByName("ecdsa-plain-SHA256")
	m := Message{
		Version: 2, Kind: kind, Operation: OpFinish, Algorithm: alg, Counter: 300, Serial: [32]byte{1, 2, 3},
		Time: Time{time.Unix(1627035175, 0).UTC(), UnixTime}, Signature: bytes.Repeat([]byte{7}, 64),
	}
	switch kind {
	case Transaction:
		m.ClientID, m.ProcessData, m.ProcessType, m.HasProcessType, m.TransactionNo = "KASSE-001", []byte("data"), "Kassenbeleg-V1", true, 130
	case System:
		m.Operation, m.SystemData = "UpdateTime", []byte{0x81, 1, 5}
	case Audit:
		m.Operation, m.AuditData = "", []byte("audit")
	}
	return m
}

// shapes are the orders of elements seen in real exports and those of version 3.
func shapes() map[string]Message {
	list := map[string]Message{}
	add := func(name string, kind Kind, change func(*Message)) {
		m := sample(kind)
		change(&m)
		list[name] = m
	}
	v3 := func(m *Message) { m.Version, m.Operation = 3, spelled(m.Operation, 3) }
	add("02 06 80 81 82 83 85 04 30 02 02 04", Transaction, func(*Message) {})
	add("02 06 80 81 82 83 85 04 30 02 17 04", Transaction, func(m *Message) { m.Time.Format = UTCTimeSeconds })
	add("02 06 80 81 82 85 04 30 02 02 04", Transaction, func(m *Message) {
		m.Operation, m.ProcessData, m.HasProcessType, m.ProcessType = OpStart, []byte{}, false, ""
	})
	add("02 06 80 81 a2 83 85 04 30 02 02 04", Transaction, func(m *Message) { m.Chunks = []int{1, 3} })
	add("02 06 80 81 82 83 84 85 04 30 02 02 04", Transaction, func(m *Message) { m.ExternalData = []byte{} })
	add("02 06 80 81 a2 83 84 85 04 30 02 18 04", Transaction, func(m *Message) {
		m.Chunks, m.ExternalData, m.Time.Format = []int{4}, []byte("e"), GeneralizedTime
	})
	add("02 06 80 81 82 83 85 86 04 30 02 02 04", Transaction, func(m *Message) { m.InternalData = []byte{1} })
	add("02 06 80 81 04 30 02 02 04", System, func(*Message) {})
	add("02 06 80 81 82 04 30 02 02 04", System, func(m *Message) { m.InternalData = []byte{} })
	add("02 06 04 30 04 02 02 04", Audit, func(*Message) {})
	add("02 06 80 81 82 83 85 04 30 02 18 04", Transaction, func(m *Message) {
		v3(m)
		m.Time = Time{m.Time.Time.Add(120 * time.Millisecond), GeneralizedMillis}
	})
	add("02 06 80 a3 04 30 02 02 04", System, func(m *Message) { v3(m); m.SystemData = []byte{} })
	add("02 06 80 81 82 a3 84 04 30 02 17 04", System, func(m *Message) {
		v3(m)
		m.EventOrigin, m.EventUser, m.Reserved, m.Time = []byte("device"), []byte("admin"), []byte{}, Time{m.Time.Time.Truncate(time.Minute), UTCTime}
	})
	add("02 06 04 30 04 02 17 04", Audit, func(m *Message) { m.Version, m.Time.Format = 3, UTCTimeSeconds })
	return list
}

// tags lists the tags of a message's elements.
func tags(t *testing.T, der []byte) string {
	t.Helper()
	outer := reader{der}
	body, err := outer.take(tagSequence, "message")
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for r := (reader{body}); !r.empty(); {
		tag := r.peek()
		list = append(list, hex.EncodeToString([]byte{tag}))
		if tag == tagChunks {
			_, _, err = r.chunks("data")
		} else {
			_, err = r.take(tag, "element")
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return strings.Join(list, " ")
}

func TestShapes(t *testing.T) {
	for want, m := range shapes() {
		m.Signed = m.encodeSigned()
		der := m.Encode()
		if got := tags(t, der); got != want {
			t.Errorf("elements %s, want %s", got, want)
		}
		got, err := Parse(der)
		if err != nil {
			t.Errorf("%s: %v", want, err)
			continue
		}
		if !bytes.Equal(got.Encode(), der) || !bytes.Equal(got.Signed, m.Signed) {
			t.Errorf("%s: parsed and encoded it is another message", want)
		}
		if got.Time != m.Time || got.Counter != m.Counter || got.TransactionNo != m.TransactionNo || string(got.ProcessData) != string(m.ProcessData) ||
			got.ProcessType != m.ProcessType || got.ClientID != m.ClientID || got.Operation != m.Operation || got.Algorithm.Name != m.Algorithm.Name {
			t.Errorf("%s: %+v, want %+v", want, got, m)
		}
		for cut := range der {
			if _, err := Parse(der[:cut]); !errors.Is(err, ErrFormat) {
				t.Errorf("%s: cut to %d bytes: %v", want, cut, err)
			}
		}
		if _, err := Parse(append(der, 0)); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: a byte more: %v", want, err)
		}
	}
}

// replaced parses the sample with one run of bytes changed; the outer length is set anew.
func replaced(t *testing.T, m Message, old, with string) error {
	t.Helper()
	body := append(m.encodeSigned(), put(nil, tagOctets, m.Signature)...)
	o := unhex(t, strings.ReplaceAll(old, " ", ""))
	if !bytes.Contains(body, o) {
		t.Fatalf("%s is not in %x", old, body)
	}
	body = bytes.Replace(body, o, unhex(t, strings.ReplaceAll(with, " ", "")), 1)
	_, err := Parse(put(nil, tagSequence, body))
	return err
}

func TestStrictness(t *testing.T) {
	chunked := sample(Transaction)
	chunked.Chunks = []int{4}
	three := sample(Transaction)
	three.Version, three.Operation = 3, spelled(OpFinish, 3)
	utc := sample(Transaction)
	utc.Time.Format = UTCTimeSeconds
	for name, c := range map[string]struct {
		m         Message
		old, with string
	}{
		"version 1":                 {sample(Transaction), "020102", "020101"},
		"version in two bytes":      {sample(Transaction), "020102", "02020002"},
		"negative version":          {sample(Transaction), "020102", "020182"},
		"unknown data type":         {sample(Transaction), "0609 04007f000703070101", "0609 04007f000703070104"},
		"other arc":                 {sample(Transaction), "0609 04007f000703070101", "0609 04007f000703080101"},
		"small letter in version 2": {sample(Transaction), "46696e697368", "66696e697368"},
		"capital in version 3":      {three, "66696e697368", "46696e697368"},
		"long form of a length":     {sample(Transaction), "8204 64617461", "828104 64617461"},
		"elements swapped":          {sample(Transaction), "85020082", "86020082"},
		"leading zero":              {sample(Transaction), "85020082", "8503000082"},
		"negative number":           {sample(Transaction), "85020082", "850182"},
		"empty number":              {sample(Transaction), "85020082", "8500"},
		"number of 10 bytes":        {sample(Transaction), "85020082", "850a 00ffffffffffffffffff"},
		"number above 64 bits":      {sample(Transaction), "85020082", "8509 01ffffffffffffffff"},
		"short serial":              {sample(Transaction), "0420 010203", "041f 0102"},
		"algorithm with NULL":       {sample(Transaction), "300c060a 04007f00070101040103", "300e060a 04007f00070101040103 0500"},
		"time with another tag":     {sample(Transaction), "020460fa9627", "040460fa9627"},
		"time after 9999":           {sample(Transaction), "020460fa9627", "0206 00ffffffffff"},
		"impossible date":           {utc, "170d 323130373233", "170d 323130373332"},
		"time without Z":            {utc, "3535 5a", "3535 30"},
		"definite chunks":           {chunked, "a280 0404 64617461 0000", "a206 0404 64617461"},
		"chunk of another type":     {chunked, "a280 0404", "a280 0c04"},
		"chunks without end":        {chunked, "64617461 0000", "64617461 0400"},
		"indefinite system data":    {sample(System), "8103 810105", "a180 0403 810105 0000"},
	} {
		if err := replaced(t, c.m, c.old, c.with); !errors.Is(err, ErrFormat) {
			t.Errorf("%s: %v, want ErrFormat", name, err)
		}
		if err := replaced(t, c.m, c.old, c.old); err != nil {
			t.Errorf("%s: unchanged: %v", name, err)
		}
	}
	if err := replaced(t, sample(Transaction), "020102", "020104"); !errors.Is(err, ErrVersion) {
		t.Errorf("version 4: %v, want ErrVersion", err)
	}
	three.HasProcessType = false
	if _, err := Parse(three.Encode()); !errors.Is(err, ErrFormat) {
		t.Errorf("version 3 without processType: %v", err)
	}
}

// Algorithms that are not verified are refused by name, before anything is computed.
func TestRefusedAlgorithms(t *testing.T) {
	key, err := ParsePublicKey(append(append([]byte{4}, unhex(t, "6b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296")...),
		unhex(t, "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5")...))
	if err != nil {
		t.Fatal(err)
	}
	for want, oid := range map[string][]byte{
		"ecdsa-plain-SHA224":      below(oidECDSAPlain, 2),
		"ecsdsa-plain-SHA3-384":   below(oidECSDSAPlain, 7),
		"0.4.0.127.0.7.1.1.4.9.9": {0x04, 0, 0x7f, 0, 7, 1, 1, 4, 9, 9},
		"1.2.840.113549.1.1.11":   {0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 1, 1, 0x0b},
	} {
		m := sample(Transaction)
		m.Algorithm, m.Serial = Algorithm{oid: oid}, key.Serial()
		got, err := Parse(m.Encode())
		if err != nil {
			t.Errorf("%s: %v", want, err)
			continue
		}
		if err := Verify(got, key); !errors.Is(err, ErrAlgorithm) || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want ErrAlgorithm naming %s", err, want)
		}
	}
	m := sample(Transaction)
	if err := Verify(m, key); !errors.Is(err, ErrSerial) {
		t.Errorf("other key: %v, want ErrSerial", err)
	}
}

func TestFileNames(t *testing.T) {
	all := shapes()
	for shape, want := range map[string]string{
		"02 06 80 81 82 83 85 04 30 02 02 04": "Unixt_1627035175_Sig-300_Log-Tra_No-130_Finish_Client-KASSE-001.log",
		"02 06 80 81 82 83 85 04 30 02 17 04": "Utc_210723101255Z_Sig-300_Log-Tra_No-130_Finish_Client-KASSE-001.log",
		"02 06 80 81 82 83 85 04 30 02 18 04": "Gent_20210723101255.120Z_Sig-300_Log-Tra_No-130_Finish_Client-KASSE-001.log",
		"02 06 80 81 82 85 04 30 02 02 04":    "Unixt_1627035175_Sig-300_Log-Tra_No-130_Start_Client-KASSE-001.log",
		"02 06 80 81 04 30 02 02 04":          "Unixt_1627035175_Sig-300_Log-Sys_UpdateTime.log",
		"02 06 04 30 04 02 02 04":             "Unixt_1627035175_Sig-300_Log-Aud.log",
	} {
		if got := FileName(all[shape], 0); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	m := sample(System)
	if got, want := FileName(m, 3), "Unixt_1627035175_Sig-300_Log-Sys_UpdateTime_Fc-3.log"; got != want {
		t.Errorf("%s, want %s", got, want)
	}
	for name, want := range map[string]bool{
		"Unixt_1627035175_Sig-300_Log-Sys_UpdateTime.log":       true,
		"Unixt_1627035175_Sig-300_Log-Sys_updateTime.log":       true,
		"Unix_1627035175_Sig-300_Log-Sys_updateTime.log":        true,
		"Unixt_1627035175_Sig-300_Log-Sys_updateTime_Fc-1.log":  true,
		"Unixt_1627035175_Sig-300_Log-Sys_updateTime_Fc-0.log":  false,
		"Unixt_1627035175_Sig-300_Log-Sys_updateTime_Fc-01.log": false,
		"Unixt_1627035175_Sig-0300_Log-Sys_UpdateTime.log":      false,
		"Unixt_1627035176_Sig-300_Log-Sys_UpdateTime.log":       false,
		"Unixt_1627035175_Sig-301_Log-Sys_UpdateTime.log":       false,
		"Unixt_1627035175_Sig-300_Log-Sys_LogOut.log":           false,
		"Utc_210723101255Z_Sig-300_Log-Sys_UpdateTime.log":      false,
		"Unixt_1627035175_Sig-300_Log-Aud.log":                  false,
	} {
		if got := nameAgrees(name, m); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
	tra := sample(Transaction)
	for name, want := range map[string]bool{
		"Unixt_1627035175_Sig-300_Log-Tra_No-130_Finish_Client-KASSE-001.log": true,
		"Unixt_1627035175_Sig-300_Log-Tra_No-130_Finish_Client-Kasse-001.log": false,
		"Unixt_1627035175_Sig-300_Log-Tra_No-131_Finish_Client-KASSE-001.log": false,
		"Unixt_1627035175_Sig-300_Log-Tra_No-130_Start_Client-KASSE-001.log":  false,
	} {
		if got := nameAgrees(name, tra); got != want {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}

// What Parse takes, Encode gives back byte for byte.
func FuzzParse(f *testing.F) {
	for _, m := range shapes() {
		f.Add(m.Encode())
	}
	for _, file := range readExport(f, simTAR).Files[:12] {
		f.Add(file.Data)
	}
	f.Fuzz(func(t *testing.T, der []byte) {
		m, err := Parse(der)
		if err != nil {
			if !errors.Is(err, ErrFormat) {
				t.Errorf("error without ErrFormat: %v", err)
			}
			return
		}
		if !bytes.Equal(m.Encode(), der) {
			t.Errorf("%x becomes %x", der, m.Encode())
		}
		if !bytes.Contains(der, m.Signed) || !bytes.Equal(m.encodeSigned(), m.Signed) {
			t.Errorf("signed bytes %x are not those of %x", m.Signed, der)
		}
		if m.Kind.String() == "unknown" || FileName(m, 0) == "" {
			t.Errorf("message without kind or name: %x", der)
		}
	})
}

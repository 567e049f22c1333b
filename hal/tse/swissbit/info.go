package swissbit

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"time"

	"github.com/tresen-pos/tresen/hal/tse"
)

// Init states of TSE_INFO.DAT [2x].
const (
	Uninitialised  = 0
	Initialised    = 1
	Decommissioned = 2
)

// Status is TSE_INFO.DAT, parsed. Numbers are as the stick gives them.
type Status struct {
	Capacity      uint32 // unit not published
	ValidTime     bool
	SelfTest      bool // passed since power-up
	Init          byte // Uninitialised, Initialised or Decommissioned
	InTransaction bool
	PUKChanged    bool
	AdminPIN      bool // changed
	TimeAdminPIN  bool // changed
	NextSelfTest  time.Duration
	NextTimeSync  time.Duration
	Signatures    uint32 // created
	MaxSignatures uint32
	Clients       uint32
	MaxClients    uint32
	Expires       time.Time // certificate, UTC; zero when not said
	TARSize       uint64    // bytes
	Software      uint32
	PublicKey     []byte // raw point 04||X||Y
	Serial        [32]byte
	Description   string
}

// Offsets in TSE_INFO.DAT, big endian.
const (
	atCapacity = 0x18
	atFlags    = 0x1C
	atInit     = 0x1D
	atInTx     = 0x1E
	atChanged  = 0x20
	atSelfTest = 0x24
	atSigs     = 0x30
	atMaxSigs  = 0x34
	atClients  = 0x38
	atMaxCl    = 0x3C
	atExpiry   = 0x40
	atTARSize  = 0x48
	atSoftware = 0x54
	atKeyLen   = 0x6A
	atSync     = 0xD0
	atSerial   = 0x100
	atText     = 0x120
)

// ParseInfo reads the block of TSE_INFO.DAT. Errors: tse.ErrDamaged.
func ParseInfo(b []byte) (Status, error) {
	if len(b) < BlockSize {
		return Status{}, fmt.Errorf("%w: TSE_INFO.DAT has %d bytes, not %d", tse.ErrDamaged, len(b), BlockSize)
	}
	u32 := func(at int) uint32 { return binary.BigEndian.Uint32(b[at:]) }
	s := Status{
		Capacity: u32(atCapacity), ValidTime: b[atFlags]&1 != 0, SelfTest: b[atFlags]&2 != 0, Init: b[atInit],
		InTransaction: b[atInTx] != 0, PUKChanged: b[atChanged]&1 != 0, AdminPIN: b[atChanged]&2 != 0, TimeAdminPIN: b[atChanged]&4 != 0,
		NextSelfTest: time.Duration(u32(atSelfTest)) * time.Second, NextTimeSync: time.Duration(u32(atSync)) * time.Second,
		Signatures: u32(atSigs), MaxSignatures: u32(atMaxSigs), Clients: u32(atClients), MaxClients: u32(atMaxCl),
		Expires: expiry(b), TARSize: binary.BigEndian.Uint64(b[atTARSize:]), Software: u32(atSoftware),
		Serial: [32]byte(b[atSerial:]),
	}
	n := int(b[atKeyLen])
	if atKeyLen+1+n > atSync {
		return Status{}, fmt.Errorf("%w: public key of %d bytes in TSE_INFO.DAT", tse.ErrDamaged, n)
	}
	s.PublicKey = bytes.Clone(b[atKeyLen+1:][:n])
	text, _, _ := bytes.Cut(b[atText:BlockSize], []byte{0})
	s.Description = string(text)
	return s, nil
}

// expiry reads both forms seen: 4 bytes at 0x40 by one program, 8 by the other. Until 2106 the first half of the long form is zero.
func expiry(b []byte) time.Time {
	sec := binary.BigEndian.Uint32(b[atExpiry:])
	if sec == 0 {
		sec = binary.BigEndian.Uint32(b[atExpiry+4:])
	}
	if sec == 0 {
		return time.Time{}
	}
	return time.Unix(int64(sec), 0).UTC()
}

// tseInfo puts a status into the words of package tse. The algorithm is told by the length of the key: Swissbit units in the
// field sign with brainpoolP384r1 and SHA-384; the other two lengths are [unverified].
func (s Status) tseInfo(certs [][]byte) tse.Info {
	algorithm := map[int]string{65: "ecdsa-plain-SHA256", 97: "ecdsa-plain-SHA384", 129: "ecdsa-plain-SHA512"}[len(s.PublicKey)]
	return tse.Info{
		Serial: hex.EncodeToString(s.Serial[:]), PublicKey: bytes.Clone(s.PublicKey), Algorithm: algorithm, TimeFormat: "unixTime",
		Certificates: certs, Description: s.Description, Manufacturer: "Swissbit", Version: fmt.Sprintf("%08x", s.Software),
	}
}

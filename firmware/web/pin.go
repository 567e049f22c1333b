package web

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// Cost of a PIN hash: 8 MiB and two passes take some 30 ms on a small board.
// A PIN of four digits is guessed by whoever steals the hash anyway; the cost
// is for the longer ones.
const (
	pinMemory = 8 << 10 // KiB
	pinPasses = 2
	pinPrefix = "argon2id$v=19$m=8192,t=2,p=1$"
)

// HashPIN hashes a PIN of 4 to 12 digits.
func HashPIN(pin string) (string, error) {
	if len(pin) < 4 || len(pin) > 12 || strings.Trim(pin, "0123456789") != "" {
		return "", errors.New("a PIN has 4 to 12 digits")
	}
	salt := make([]byte, 16)
	if _, err := rand.Read(salt); err != nil {
		return "", fmt.Errorf("draw salt: %w", err)
	}
	b := base64.RawStdEncoding
	return pinPrefix + b.EncodeToString(salt) + "$" + b.EncodeToString(pinKey(pin, salt)), nil
}

func pinKey(pin string, salt []byte) []byte {
	return argon2.IDKey([]byte(pin), salt, pinPasses, pinMemory, 1, 32)
}

// CheckPIN compares a PIN with a hash; a hash it cannot read fits no PIN.
func CheckPIN(hash, pin string) bool {
	rest, ok := strings.CutPrefix(hash, pinPrefix)
	salt64, key64, found := strings.Cut(rest, "$")
	salt, err1 := base64.RawStdEncoding.DecodeString(salt64)
	key, err2 := base64.RawStdEncoding.DecodeString(key64)
	if !ok || !found || err1 != nil || err2 != nil {
		return false
	}
	return subtle.ConstantTimeCompare(pinKey(pin, salt), key) == 1
}

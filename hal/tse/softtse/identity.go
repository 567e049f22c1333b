package softtse

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/tresen-pos/tresen/hal/tse"
)

// markerName is the file that makes a folder a unit. It is written last and at once (rename), so a unit is whole or not there.
const (
	markerName = "unit.json"
	formatName = "tresen software TSE 1"
)

// minTime is 2024-01-01: a clock before it was never set.
const minTime = 1704067200

// unitFile is the content of markerName.
type unitFile struct {
	Format       string   `json:"format"`
	Notice       string   `json:"notice"`
	Curve        Curve    `json:"curve"`
	PrivateKey   string   `json:"private_key"` // hex; a demonstration unit keeps no secret worth protecting
	Serial       string   `json:"serial"`      // hex
	Description  string   `json:"description"`
	Certificates [][]byte `json:"certificates"` // DER, own first, root last
}

// identity is a unit's key and what goes with it.
type identity struct {
	key         signer
	alg         algorithm
	point       []byte
	serial      [32]byte
	description string
	certs       [][]byte
}

// makeIfEmpty turns an empty folder into a unit.
func makeIfEmpty(dir string, opt Options) error {
	names, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w (no folder %s)", tse.ErrGone, dir)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", tse.ErrStorage, err)
	}
	for _, n := range names {
		if n.Name() == markerName {
			return nil
		}
	}
	for _, n := range names {
		if !leftover(dir, n.Name()) {
			return fmt.Errorf("%w: the folder holds %s and no %s: not a unit and not empty", tse.ErrDamaged, n.Name(), markerName)
		}
	}
	return makeUnit(dir, opt)
}

// leftover tells whether a file may stand in a folder that is to become a unit: it remains of an attempt that was cut off.
func leftover(dir, name string) bool {
	switch name {
	case markerName + ".tmp", segmentName(1) + ".tmp", "lost+found":
		return true
	case segmentName(1):
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return false
		}
		_, end, err := walk(data, func(first bool, body []byte) error {
			if st, err := decodeState(body); !first || err != nil || st.Counter != 0 {
				return tse.ErrDamaged
			}
			return nil
		})
		return err == nil && end > 0
	}
	return false
}

func makeUnit(dir string, opt Options) error {
	if opt.Now().Unix() < minTime {
		return tse.ErrTimeNotSet
	}
	if len(opt.Description) > 100 || !printable(opt.Description) {
		return fmt.Errorf("%w: description %q", tse.ErrParameter, opt.Description)
	}
	key, err := newKey(opt.Curve)
	if err != nil {
		return err
	}
	serial := sha256.Sum256(key.point())
	certs, err := makeChain(opt.Curve, key.point(), serial, opt.Now())
	if err != nil {
		return fmt.Errorf("make certificates: %w", err)
	}
	u := unitFile{
		Format: formatName, Notice: demoPrefix, Curve: opt.Curve,
		PrivateKey: hex.EncodeToString(key.private()), Serial: hex.EncodeToString(serial[:]),
		Description: demoPrefix, Certificates: certs,
	}
	if opt.Description != "" {
		u.Description += " - " + opt.Description
	}
	data, err := json.MarshalIndent(u, "", "  ")
	if err != nil {
		return err
	}
	first := medium{dir: dir}
	if err := first.startSegment(state{Clients: []string{}, Open: map[uint64]openTx{}}); err != nil {
		return err
	}
	if err := first.file.Close(); err != nil {
		return storageError("close "+segmentName(1), err)
	}
	return writeWhole(dir, markerName, data, 0o600) // last: from here on the folder is a unit
}

func loadIdentity(data []byte) (*identity, error) {
	u := unitFile{}
	if err := json.Unmarshal(data, &u); err != nil {
		return nil, fmt.Errorf("%w: %s: %w", tse.ErrDamaged, markerName, err)
	}
	if u.Format != formatName {
		return nil, fmt.Errorf("%w: %s is of format %q, this program knows %q", tse.ErrDamaged, markerName, u.Format, formatName)
	}
	private, err := hex.DecodeString(u.PrivateKey)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: private key: %w", tse.ErrDamaged, markerName, err)
	}
	key, err := loadKey(u.Curve, private)
	if err != nil {
		return nil, err
	}
	id := &identity{key: key, alg: algorithms[u.Curve], point: key.point(), description: u.Description, certs: u.Certificates}
	id.serial = sha256.Sum256(id.point)
	if hex.EncodeToString(id.serial[:]) != u.Serial {
		return nil, fmt.Errorf("%w: key and serial number in %s disagree", tse.ErrDamaged, markerName)
	}
	return id, nil
}

// writeWhole writes a file so that it is there with all its bytes or not at all, also after power loss.
func writeWhole(dir, name string, data []byte, perm fs.FileMode) error {
	tmp := filepath.Join(dir, name+".tmp")
	f, err := os.OpenFile(tmp, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, perm)
	if err != nil {
		return storageError("create "+name, err)
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Sync()
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(tmp, filepath.Join(dir, name))
	}
	if err == nil {
		err = syncDir(dir)
	}
	return storageError("write "+name, err)
}

func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	err = d.Sync()
	if cerr := d.Close(); err == nil {
		err = cerr
	}
	return err
}

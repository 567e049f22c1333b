package book

import (
	"bytes"
	"compress/gzip"
	"encoding/json"

	"github.com/tresen-pos/tresen/pos/till"
)

// pack writes a state small enough for one transaction: ten thousand articles
// are 3 MB of JSON, but a tenth of that packed.
func pack(s *till.State) ([]byte, error) {
	var b bytes.Buffer
	z, err := gzip.NewWriterLevel(&b, gzip.BestSpeed)
	if err != nil {
		return nil, err
	}
	if err := json.NewEncoder(z).Encode(s); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

func unpack(raw []byte) (*till.State, error) {
	z, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil, err
	}
	s := till.New()
	if err := json.NewDecoder(z).Decode(s); err != nil {
		return nil, err
	}
	return s, z.Close()
}

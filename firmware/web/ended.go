package web

import (
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"sync"
)

// ended remembers the sessions that were logged out, by their id, until they
// would have ended by themselves: a token somebody copied must not work on. It
// is kept in a file, because tokens survive a restart, too.
type ended struct {
	file string

	mu    sync.Mutex // guards until
	until map[string]int64
}

// loadEnded reads the file. One that cannot be read ends nothing but is no
// reason not to sell: it is written anew with the next logout.
func loadEnded(file string) *ended {
	e := &ended{file: file, until: map[string]int64{}}
	raw, err := os.ReadFile(file)
	if err == nil && json.Unmarshal(raw, &e.until) != nil || e.until == nil {
		e.until = map[string]int64{}
	}
	return e
}

func (e *ended) has(id string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	_, gone := e.until[id]
	return gone
}

// add ends a session at once, and durably when it returns without an error.
func (e *ended) add(x session, now int64) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	maps.DeleteFunc(e.until, func(_ string, until int64) bool { return until <= now })
	e.until[x.ID] = x.Until
	raw, err := json.Marshal(e.until)
	if err != nil {
		return err
	}
	if err := writeDurable(e.file, raw); err != nil {
		return fmt.Errorf("note the end of a session: %w", err)
	}
	return nil
}

func newSessionID() (string, error) {
	id := make([]byte, 8)
	_, err := rand.Read(id)
	return hex.EncodeToString(id), err
}

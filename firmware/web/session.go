package web

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/tresen-pos/tresen/pos/catalog"
	"github.com/tresen-pos/tresen/pos/till"
)

const (
	cookieName = "tresen_session"
	sessionAge = 16 * time.Hour // longer than any shift
)

// session is who is logged in. It lives in a signed token, so that it
// survives a restart of the box; a new PIN or a leaving employee ends it.
type session struct {
	Employee string `json:"e"`
	Until    int64  `json:"u"` // unix seconds
	PIN      string `json:"p"` // fingerprint of the hash it was made with
	ID       string `json:"i"` // to end it by
}

// sessions signs tokens and slows down guessing.
type sessions struct {
	key   []byte
	now   func() time.Time
	ended *ended

	hashing chan struct{} // 2: hashing a PIN takes 8 MiB

	mu    sync.Mutex // guards tries
	tries map[string]*try
}

// try counts the attempts since the last right PIN.
type try struct {
	begun int
	until time.Time // no try before
}

func newSessions(key []byte, over *ended, now func() time.Time) *sessions {
	return &sessions{key: key, ended: over, now: now, hashing: make(chan struct{}, 2), tries: map[string]*try{}}
}

// loadKey reads the key of the sessions, or makes one.
func loadKey(name string) ([]byte, error) {
	key, err := os.ReadFile(name)
	if err == nil && len(key) == 32 {
		return key, nil
	}
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("read session key: %w", err)
	}
	key = make([]byte, 32)
	if _, err := rand.Read(key); err != nil {
		return nil, err
	}
	if err := writeDurable(name, key); err != nil {
		return nil, fmt.Errorf("write session key: %w", err)
	}
	return key, nil
}

// writeDurable makes a file appear whole or not at all, also over a power cut:
// sessions must survive the first one, too.
func writeDurable(name string, data []byte) error {
	f, err := os.CreateTemp(filepath.Dir(name), ".new-*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	dir, err := os.Open(filepath.Dir(name))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}

func (s *sessions) sign(x session) (string, error) {
	raw, err := json.Marshal(x)
	if err != nil {
		return "", err
	}
	body := base64.RawURLEncoding.EncodeToString(raw)
	return body + "." + base64.RawURLEncoding.EncodeToString(s.mac(body)), nil
}

func (s *sessions) mac(body string) []byte {
	m := hmac.New(sha256.New, s.key)
	m.Write([]byte(body))
	return m.Sum(nil)
}

// read checks a token's signature and age, and that nobody logged it out.
func (s *sessions) read(token string) (x session, ok bool) {
	body, sum, found := strings.Cut(token, ".")
	mac, err := base64.RawURLEncoding.DecodeString(sum)
	if !found || err != nil || !hmac.Equal(mac, s.mac(body)) {
		return x, false
	}
	raw, err := base64.RawURLEncoding.DecodeString(body)
	if err != nil || json.Unmarshal(raw, &x) != nil {
		return x, false
	}
	return x, s.now().Unix() < x.Until && !s.ended.has(x.ID)
}

func fingerprint(hash string) string {
	sum := sha256.Sum256([]byte(hash))
	return base64.RawURLEncoding.EncodeToString(sum[:6])
}

// session finds who asks: by cookie or by bearer token.
func (s *Server) session(c *call) (session, bool) {
	token, bearer := strings.CutPrefix(c.r.Header.Get("Authorization"), "Bearer ")
	if !bearer {
		cookie, err := c.r.Cookie(cookieName)
		if err != nil {
			return session{}, false
		}
		token = cookie.Value
	}
	x, ok := s.sessions.read(token)
	if !ok || c.Shop == nil {
		return x, ok
	}
	c.Engine.Read(func(st *till.State) {
		e := st.Catalog.Employees[x.Employee]
		ok = e.Active && fingerprint(e.PIN) == x.PIN
	})
	return x, ok
}

func setCookie(w http.ResponseWriter, token string) {
	age := int(sessionAge.Seconds())
	if token == "" {
		age = -1
	}
	http.SetCookie(w, &http.Cookie{Name: cookieName, Value: token, Path: "/", MaxAge: age,
		HttpOnly: true, SameSite: http.SameSiteStrictMode})
}

// Wrong PINs: freeTries without a pause, then one try per pause. That makes 44
// tries an hour and 965 a day for each person: a PIN of six digits is found
// within a day with a chance below one in a thousand.
const (
	freeTries = 5
	pause     = 90 * time.Second
)

// nobody counts the tries with names that do not exist, all together.
const nobody = ""

// begin takes a try, or says how long the person must wait for the next one.
// The try counts before the PIN is looked at: many at once gain nothing.
func (s *sessions) begin(employee string) time.Duration {
	s.mu.Lock()
	defer s.mu.Unlock()
	t := s.tries[employee]
	if t == nil {
		t = &try{}
		s.tries[employee] = t
	}
	if d := t.until.Sub(s.now()); d > 0 {
		return d
	}
	if t.begun++; t.begun >= freeTries {
		t.until = s.now().Add(pause)
	}
	return 0
}

// succeeded gives all tries back.
func (s *sessions) succeeded(employee string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.tries, employee)
}

// fits compares a PIN with a hash. No hash fits no PIN, but takes as long.
func (s *sessions) fits(hash, pin string) bool {
	s.hashing <- struct{}{}
	defer func() { <-s.hashing }()
	if hash == "" {
		return CheckPIN(noPIN, pin) && false
	}
	return CheckPIN(hash, pin)
}

// noPIN is a hash that costs as much as any and fits nothing.
const noPIN = pinPrefix + "AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"

// enter checks name and PIN and makes a session. known is the employee if he
// or she exists and the try counted.
func (s *Server) enter(shop *Shop, employee, pin string) (x session, known string, err error) {
	var e catalog.Employee
	var pinLess bool
	shop.Engine.Read(func(st *till.State) {
		e, pinLess = st.Catalog.Employees[employee], st.Catalog.Layout.PINLess
	})
	key := employee
	if !e.Active {
		key, e.PIN, pinLess = nobody, "", false
	}
	if d := s.sessions.begin(key); d > 0 {
		p := fault(http.StatusTooManyRequests, "locked", "Too many wrong PINs.", "Wait a minute, then try again.")
		return x, "", p.with("seconds", int(d.Seconds())+1)
	}
	if !pinLess && !s.sessions.fits(e.PIN, pin) {
		return x, key, fault(http.StatusUnauthorized, "wrongPin", "Name or PIN is wrong.", "Try again.")
	}
	s.sessions.succeeded(key)
	x = session{Employee: employee, Until: s.o.Now().Add(sessionAge).Unix(), PIN: fingerprint(e.PIN)}
	return x, employee, nil
}

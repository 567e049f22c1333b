package web

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tresen-pos/tresen/firmware/health"
	"github.com/tresen-pos/tresen/firmware/paper"
	"github.com/tresen-pos/tresen/fiscal"
	"github.com/tresen-pos/tresen/pos/book"
	"github.com/tresen-pos/tresen/pos/catalog"
	"github.com/tresen-pos/tresen/pos/engine"
	"github.com/tresen-pos/tresen/pos/journal"
	"github.com/tresen-pos/tresen/pos/till"
	"github.com/tresen-pos/tresen/pos/till/tilltest"
)

// rig is a real server over real books; only the signing unit is a stand-in.
type rig struct {
	t      testing.TB
	dir    string
	server *Server
	http   *httptest.Server
	engine *engine.Engine
	board  *health.Board
	unit   *standIn
	clock  *clock
	log    *lockedBuffer
	stop   func()
	n      map[string]uint64

	patience time.Duration
}

// rightPIN is everybody's PIN; its digits stand nowhere else.
const rightPIN = "839204715566"

var rightHash = sync.OnceValue(func() string {
	h, err := HashPIN(rightPIN)
	if err != nil {
		panic(err) // twelve digits
	}
	return h
})

func newRig(t testing.TB) *rig {
	t.Helper()
	return newHastyRig(t, time.Minute) // nobody is too slow on a busy machine
}

// newHastyRig gives requests only so long to arrive.
func newHastyRig(t testing.TB, patience time.Duration) *rig {
	t.Helper()
	r := &rig{t: t, patience: patience, dir: t.TempDir(), clock: &clock{now: tilltest.Opening}, unit: &standIn{}, log: &lockedBuffer{}, n: map[string]uint64{}}
	r.start()
	t.Cleanup(func() { r.stop() })
	return r
}

// roles are one per right and one without any; each has an employee of its name.
func roles() []till.SetMaster {
	rows := []till.SetMaster{}
	add := func(id string, rights ...catalog.Right) {
		rows = append(rows, masterRow(catalog.KindRole, id, catalog.Role{ID: id, Name: id, Rights: rights, Active: true}),
			masterRow(catalog.KindEmployee, id, catalog.Employee{ID: id, Name: id, FullName: id, Role: id, PIN: rightHash(), Active: true, DiscountCap: 10000}))
	}
	add("none")
	for _, x := range catalog.Rights {
		add("only-"+string(x), x)
	}
	return rows
}

func masterRow(k catalog.Kind, id string, v any) till.SetMaster {
	raw, err := json.Marshal(v)
	if err != nil {
		panic(err) // plain structs always encode
	}
	return till.SetMaster{Kind: k, ID: id, Value: raw}
}

// rows are the test shop's, with a PIN that fits, and the roles above.
func rows() []till.SetMaster {
	rows := tilltest.Rows()
	for i := range rows {
		var e catalog.Employee
		if rows[i].Kind == catalog.KindEmployee && json.Unmarshal(rows[i].Value, &e) == nil {
			e.PIN = rightHash()
			rows[i] = masterRow(rows[i].Kind, rows[i].ID, e)
		}
	}
	return append(rows, roles()...)
}

func must[V any](t testing.TB) func(V, error) V {
	return func(v V, err error) V {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func (r *rig) start() {
	t := r.t
	t.Helper()
	j := must[*journal.Journal](t)(journal.Open(filepath.Join(r.dir, "journal"), journal.Options{SegmentSize: 256 << 10, Spares: 1,
		Fatal: func(err error) { t.Error(err) }}))
	b := must[*book.Book](t)(book.Open(filepath.Join(r.dir, "book"), book.Options{Journal: j}))
	if err := b.Catch(t.Context(), engine.Decode, nil); err != nil {
		t.Fatal(err)
	}
	maker := &paper.Maker{Book: b, Journal: j, Demo: func() bool { return true }}
	r.engine = engine.New(engine.Options{Journal: j, State: must[*till.State](t)(b.State()), Now: r.clock.Now, Sealer: r.unit,
		After: func(time.Duration) <-chan time.Time { return nil }, Archive: paper.Archive{Maker: maker}, Fatal: func(err error) { t.Error(err) }})
	maker.Engine = r.engine
	ctx, cancel := context.WithCancel(context.Background())
	var wg sync.WaitGroup
	wg.Go(func() { r.engine.Run(ctx) })
	wg.Go(func() {
		if err := b.Follow(r.engine.Follow(ctx, b.Applied()+1)); err != nil && ctx.Err() == nil {
			t.Error(err)
		}
	})
	if j.Head() == 0 {
		if _, err := r.engine.Do(ctx, "", till.Import{Rows: rows()}); err != nil {
			t.Fatal(err)
		}
	}
	r.serve(Shop{Engine: r.engine, Book: b, Maker: maker, Unit: r.unit, Waiting: func(context.Context) int { return 2 }})
	r.stop = func() {
		r.http.CloseClientConnections()
		r.http.Close()
		cancel()
		wg.Wait()
		if err := errors.Join(b.Close(), j.Close()); err != nil {
			t.Error(err)
		}
		r.stop = func() {}
	}
}

func (r *rig) serve(shop Shop) {
	r.board = health.New(r.clock.Now)
	server, err := New(Options{Board: r.board, Now: r.clock.Now, Version: "test", KeyFile: filepath.Join(r.dir, "key"),
		Log: slog.New(slog.NewTextHandler(r.log, nil)), Patience: r.patience})
	if err != nil {
		r.t.Fatal(err)
	}
	server.Open(shop)
	r.server = server
	r.http = httptest.NewUnstartedServer(nil)
	r.http.Config = server.HTTP(context.Background())
	r.http.Start()
}

// token is a session of the employee, without the way through a PIN.
func (r *rig) token(employee string) string {
	x := session{Employee: employee, Until: r.clock.Now().Add(sessionAge).Unix()}
	r.engine.Read(func(s *till.State) { x.PIN = fingerprint(s.Catalog.Employees[employee].PIN) })
	return must[string](r.t)(r.server.sessions.sign(x))
}

// request is one question; body is sent as it is, as JSON.
type request struct {
	method, path, token, lang, body string
	header                          http.Header
}

func (r *rig) do(q request) *http.Response {
	r.t.Helper()
	req, err := http.NewRequest(q.method, r.http.URL+q.path, strings.NewReader(q.body))
	if err != nil {
		r.t.Fatal(err)
	}
	if q.method == http.MethodPost {
		req.Header.Set("Content-Type", "application/json")
	}
	for k, v := range q.header {
		req.Header[k] = v
	}
	if q.token != "" {
		req.Header.Set("Authorization", "Bearer "+q.token)
	}
	req.Header.Set("Accept-Language", q.lang)
	client := http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	resp, err := client.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	return resp
}

// answer sends a request and returns status and body.
func (r *rig) answer(q request) (int, []byte) {
	r.t.Helper()
	resp := r.do(q)
	defer resp.Body.Close()
	return resp.StatusCode, must[[]byte](r.t)(io.ReadAll(resp.Body))
}

func (r *rig) get(path, token string, out any) {
	r.t.Helper()
	status, raw := r.answer(request{method: "GET", path: path, token: token})
	if status != http.StatusOK {
		r.t.Fatalf("GET %s: %d %s", path, status, raw)
	}
	if err := json.Unmarshal(raw, out); err != nil {
		r.t.Fatal(err)
	}
}

// command sends one command as the employee and returns its result.
func (r *rig) command(employee, op string, args any) Result {
	r.t.Helper()
	client := "c-" + employee
	r.n[client]++
	raw, err := json.Marshal(args)
	if err != nil {
		r.t.Fatal(err)
	}
	body := fmt.Sprintf(`{"client":%q,"commands":[{"n":%d,"op":%q,"args":%s}]}`, client, r.n[client], op, raw)
	status, answer := r.answer(request{method: "POST", path: "/api/v1/commands", token: r.token(employee), body: body, lang: "en"})
	var a Answer
	if err := json.Unmarshal(answer, &a); status != http.StatusOK || err != nil || len(a.Results) != 1 {
		r.t.Fatalf("%s: %d %s", op, status, answer)
	}
	return a.Results[0]
}

// want sends a command that must be accepted.
func (r *rig) want(employee, op string, args any) Result {
	r.t.Helper()
	res := r.command(employee, op, args)
	if !res.OK {
		r.t.Fatalf("%s: %v", op, res.Error)
	}
	return res
}

type args map[string]any

// standIn signs whatever it is given, unless it is away.
type standIn struct {
	mu   sync.Mutex // guards all below
	n    uint64
	away bool
}

var errAway = errors.New("the unit is away")

func (u *standIn) Begin(context.Context, string) (fiscal.Opened, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.away {
		return fiscal.Opened{}, errAway
	}
	u.n++
	return fiscal.Opened{Transaction: u.n, At: tilltest.Opening.UTC(), Serial: "5e41"}, nil
}

func (u *standIn) Seal(_ context.Context, rec fiscal.Record, o *fiscal.Opened) (fiscal.Seal, error) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.away {
		return fiscal.Seal{}, errAway
	}
	s := fiscal.Seal{Regime: "de", Serial: "5e41", Signature: []byte(rec.Process)}
	if o != nil {
		s.Transaction = o.Transaction
	}
	return s, nil
}

func (u *standIn) Settle(context.Context, fiscal.Standing) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.away {
		return errAway
	}
	return nil
}

func (u *standIn) Export(_ context.Context, w io.Writer) error {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.away {
		return errAway
	}
	_, err := io.WriteString(w, "tar")
	return err
}

func (u *standIn) pull(away bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	u.away = away
}

type clock struct {
	mu  sync.Mutex // guards now
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

type lockedBuffer struct {
	mu sync.Mutex // guards b
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}

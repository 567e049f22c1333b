package web

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/tresen-pos/tresen/pos/catalog"
	"github.com/tresen-pos/tresen/pos/till/tilltest"
)

func (r *rig) login(employee, pin string) (int, *Problem) {
	r.t.Helper()
	body, err := json.Marshal(Credentials{Employee: employee, PIN: pin})
	if err != nil {
		r.t.Fatal(err)
	}
	status, raw := r.answer(request{method: "POST", path: "/api/v1/login", body: string(body)})
	var w wrapped
	if status != http.StatusOK {
		if err := json.Unmarshal(raw, &w); err != nil {
			r.t.Fatalf("%d %s", status, raw)
		}
	}
	return status, w.Error
}

// TestThrottleOfAPerson: five tries, then one per pause; the right PIN does not
// help in between, and gives all tries back afterwards.
func TestThrottleOfAPerson(t *testing.T) {
	r := newRig(t)
	for i := range freeTries {
		if status, p := r.login(tilltest.Cashier, "0000"); status != 401 || p.Code != "wrongPin" {
			t.Fatalf("try %d: got %d %v", i, status, p)
		}
	}
	for _, pin := range []string{"0000", rightPIN} {
		status, p := r.login(tilltest.Cashier, pin)
		if status != 429 || p.Code != "locked" || p.Args["seconds"].(float64) != pause.Seconds()+1 || !strings.Contains(p.Hint, "91 Sek") {
			t.Fatalf("got %d %+v", status, p)
		}
	}
	if status, _ := r.login(tilltest.Trainee, rightPIN); status != 200 {
		t.Errorf("one person's tries lock another out: %d", status)
	}
	r.clock.add(pause)
	if status, _ := r.login(tilltest.Cashier, "0000"); status != 401 {
		t.Errorf("after the pause: got %d", status)
	}
	if status, _ := r.login(tilltest.Cashier, rightPIN); status != 429 {
		t.Errorf("a second try in the same pause: got %d", status)
	}
	r.clock.add(pause)
	if status, _ := r.login(tilltest.Cashier, rightPIN); status != 200 {
		t.Errorf("the right PIN after the pause: got %d", status)
	}
	if status, _ := r.login(tilltest.Cashier, "0000"); status != 401 {
		t.Errorf("tries were not given back: got %d", status)
	}
}

// TestThrottleBars: at most 60 wrong logins an hour, and few enough a day that
// six digits are found with a chance of one in a thousand at most.
func TestThrottleBars(t *testing.T) {
	c := &clock{now: tilltest.Opening}
	s := newSessions(nil, loadEnded(""), c.Now)
	var tries []time.Time
	for range 24 * 3600 {
		if s.begin("x") == 0 {
			tries = append(tries, c.Now())
		}
		c.add(time.Second)
	}
	for i := range tries {
		n := 0
		for _, at := range tries[i:] {
			if at.Sub(tries[i]) < time.Hour {
				n++
			}
		}
		if n > 60 {
			t.Fatalf("%d tries in the hour from %s", n, tries[i])
		}
	}
	if len(tries) > 1000 || len(tries) < 500 {
		t.Errorf("%d tries a day", len(tries))
	}
	t.Logf("%d tries a day", len(tries))
}

// TestManyTriesAtOnce: what comes at the same time counts as well.
func TestManyTriesAtOnce(t *testing.T) {
	r := newRig(t)
	var mu sync.Mutex
	got := map[int]int{}
	var wg sync.WaitGroup
	for range 40 {
		wg.Go(func() {
			status, _ := r.login(tilltest.Cashier, "0000")
			mu.Lock()
			got[status]++
			mu.Unlock()
		})
	}
	wg.Wait()
	if got[401] != freeTries || got[429] != 40-freeTries {
		t.Errorf("got %v, want %d tries", got, freeTries)
	}
}

// TestUnknownNames: people who do not exist, left or have no PIN answer like
// those with another PIN, and cannot fill the memory.
func TestUnknownNames(t *testing.T) {
	r := newRig(t)
	r.want(tilltest.Owner, "setMaster", args{"kind": "employee", "id": "new", "value": catalog.Employee{ID: "new", Name: "n", FullName: "n", Role: "learner", Active: true}})
	_, want := r.login(tilltest.Cashier, "0000")
	for _, c := range []struct{ who, pin string }{{"who", rightPIN}, {tilltest.Gone, rightPIN}, {"new", ""}, {"new", rightPIN}, {"", ""}} {
		status, p := r.login(c.who, c.pin)
		if status != 401 || p.Code != want.Code || p.Message != want.Message || p.Hint != want.Hint {
			t.Errorf("%q: got %d %+v, want %+v", c.who, status, p, want)
		}
	}
	for i := range 20 {
		r.login(fmt.Sprint("nobody-", i), "1")
	}
	if n := len(r.server.sessions.tries); n > 3 {
		t.Errorf("%d entries for names that do not exist", n)
	}
}

// TestPINStaysSecret: neither PINs nor their hashes are in any answer, nor PINs
// in the log or on the disk.
func TestPINStaysSecret(t *testing.T) {
	r := newRig(t)
	const newPIN, wrongPIN, inTheRow = "718293645018", "602957183440", "917356280144"
	owner := r.token(tilltest.Owner)
	var answers []string
	say := func(q request) string {
		_, raw := r.answer(q)
		answers = append(answers, string(raw))
		return string(raw)
	}
	creds := func(who, pin string) string { return fmt.Sprintf(`{"employee":%q,"pin":%q}`, who, pin) }
	say(request{method: "POST", path: "/api/v1/login", body: creds(tilltest.Cashier, rightPIN)})
	say(request{method: "POST", path: "/api/v1/login", body: creds(tilltest.Cashier, wrongPIN)})
	say(request{method: "POST", path: "/api/v1/login", body: creds(wrongPIN, wrongPIN)})
	say(request{method: "POST", path: "/api/v1/pin", body: creds(tilltest.Cashier, newPIN), token: owner})
	say(request{method: "POST", path: "/api/v1/pin", body: creds(tilltest.Cashier, wrongPIN+"x"), token: owner})
	say(request{method: "POST", path: "/api/v1/pin", body: `{"employee":"karl","pin":` + wrongPIN + `}`, token: owner})
	if status, _ := r.login(tilltest.Cashier, newPIN); status != 200 {
		t.Errorf("the new PIN: %d", status)
	}
	row := fmt.Sprintf(`{"client":"c","commands":[{"n":1,"op":"setMaster","args":{"kind":"employee","id":"karl","value":{"id":"karl","name":"K","fullName":"K","role":"seller","pin":%q,"discountCap":0,"active":true}}}]}`, inTheRow)
	if got := say(request{method: "POST", path: "/api/v1/commands", body: row, token: owner}); !strings.Contains(got, "pinElsewhere") {
		t.Errorf("a PIN in the row: %s", got)
	}
	say(request{method: "POST", path: "/login", header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}},
		body: url.Values{"employee": {"tina"}, "pin": {wrongPIN}}.Encode()})
	for _, rt := range r.server.routes() {
		if rt.Method == http.MethodGet && rt.File == "" {
			say(request{method: "GET", path: filled.Replace(rt.Path), token: owner})
		}
	}
	if !slices.ContainsFunc(answers, func(s string) bool { return strings.Contains(s, `"pin":"set"`) }) {
		t.Error("no answer shows that there is a PIN")
	}
	r.stop()
	secrets := []string{rightPIN, newPIN, wrongPIN, inTheRow}
	for i, a := range append(answers, r.log.String()) {
		for _, secret := range append(slices.Clone(secrets), "argon2", rightHash()[len(pinPrefix):]) {
			if strings.Contains(a, secret) {
				t.Errorf("answer %d holds %s: %.300s", i, secret, a)
			}
		}
	}
	files := scan(t, r.dir, secrets)
	if files < 5 {
		t.Errorf("only %d files were searched", files)
	}
}

// scan looks for texts in all files of a folder.
func scan(t *testing.T, dir string, texts []string) (files int) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		raw, err := os.ReadFile(path)
		files++
		for _, text := range texts {
			if strings.Contains(string(raw), text) {
				t.Errorf("%s holds %s", path, text)
			}
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestRowAsItWasShown: the office sends a row back as it got it; the PIN stays.
func TestRowAsItWasShown(t *testing.T) {
	r := newRig(t)
	var out struct{ Rows []json.RawMessage }
	r.get("/api/v1/master/employee", r.token(tilltest.Owner), &out)
	for _, raw := range out.Rows {
		var e catalog.Employee
		if err := json.Unmarshal(raw, &e); err != nil {
			t.Fatal(err)
		}
		if e.ID == tilltest.Cashier {
			e.FullName = "Other"
			r.want(tilltest.Owner, "setMaster", args{"kind": "employee", "id": e.ID, "value": e})
		}
	}
	if status, _ := r.login(tilltest.Cashier, rightPIN); status != 200 {
		t.Errorf("the PIN is gone: %d", status)
	}
}

// TestSessionEnds: a new PIN, and leaving, end the sessions made before.
func TestSessionEnds(t *testing.T) {
	r := newRig(t)
	me := func(token string) int {
		status, _ := r.answer(request{method: "GET", path: "/api/v1/me", token: token})
		return status
	}
	karl, tina := r.token(tilltest.Cashier), r.token(tilltest.Trainee)
	if me(karl) != 200 || me(tina) != 200 {
		t.Fatal("the tokens do not fit at all")
	}
	status, raw := r.answer(request{method: "POST", path: "/api/v1/pin", token: r.token(tilltest.Owner), body: `{"employee":"karl","pin":"4711"}`})
	if status != 200 || me(karl) != 401 || me(tina) != 200 {
		t.Errorf("after a new PIN: %d %s, %d, %d", status, raw, me(karl), me(tina))
	}
	r.want(tilltest.Owner, "setMaster", args{"kind": "employee", "id": "tina", "value": catalog.Employee{ID: "tina", Name: "T", FullName: "T", Role: "learner"}})
	if me(tina) != 401 {
		t.Errorf("after leaving: %d", me(tina))
	}
	karl = r.token(tilltest.Cashier)
	r.clock.add(sessionAge - time.Second)
	if me(karl) != 200 {
		t.Error("a session ended early")
	}
	r.clock.add(time.Second)
	if me(karl) != 401 {
		t.Error("a session never ends")
	}
}

// TestLogoutEndsTheToken: every copy of it, over a restart, and nobody else's.
func TestLogoutEndsTheToken(t *testing.T) {
	r := newRig(t)
	enter := func() string {
		status, raw := r.answer(request{method: "POST", path: "/api/v1/login", body: `{"employee":"karl","pin":"` + rightPIN + `"}`})
		var in LoggedIn
		if err := json.Unmarshal(raw, &in); err != nil || status != 200 {
			t.Fatalf("login: %d %s", status, raw)
		}
		return in.Token
	}
	me := func(token string) int {
		status, _ := r.answer(request{method: "GET", path: "/api/v1/me", token: token})
		return status
	}
	first, second := enter(), enter()
	for range 2 { // logging out twice is harmless
		if status, raw := r.answer(request{method: "POST", path: "/api/v1/logout", token: first, body: "{}"}); status != 200 {
			t.Fatalf("logout: %d %s", status, raw)
		}
	}
	if me(first) != 401 || me(second) != 200 {
		t.Errorf("after the logout: %d, the other session %d", me(first), me(second))
	}
	again := loadEnded(filepath.Join(r.dir, "key.ended"))
	x, ok := r.server.sessions.read(second)
	if !ok || len(again.until) != 1 || again.has(x.ID) {
		t.Errorf("kept: %v", again.until)
	}
	r.clock.add(sessionAge)
	if err := again.add(session{ID: "x", Until: r.clock.Now().Unix() + 1}, r.clock.Now().Unix()); err != nil || len(again.until) != 1 {
		t.Errorf("sessions that ended by themselves are kept: %v %v", again.until, err)
	}
	if err := os.WriteFile(again.file, []byte("rubbish"), 0o600); err != nil {
		t.Fatal(err)
	}
	if e := loadEnded(again.file); e.until == nil || len(e.until) != 0 {
		t.Errorf("from rubbish: %v", e.until)
	}
}

// TestCookie: flags, and that logging out takes it away.
func TestCookie(t *testing.T) {
	r := newRig(t)
	form := url.Values{"employee": {tilltest.Cashier}, "pin": {rightPIN}, "next": {"/office"}}.Encode()
	for _, q := range []request{
		{method: "POST", path: "/api/v1/login", body: `{"employee":"karl","pin":"` + rightPIN + `"}`},
		{method: "POST", path: "/login", body: form, header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}}},
	} {
		resp := r.do(q)
		resp.Body.Close()
		i := slices.IndexFunc(resp.Cookies(), func(c *http.Cookie) bool { return c.Name == cookieName })
		if i < 0 {
			t.Fatalf("%s: no cookie (%d)", q.path, resp.StatusCode)
		}
		c := resp.Cookies()[i]
		if !c.HttpOnly || c.SameSite != http.SameSiteStrictMode || c.Path != "/" || c.Domain != "" || c.MaxAge != int(sessionAge.Seconds()) {
			t.Errorf("%s: got %v", q.path, c)
		}
		if q.path == "/login" && (resp.StatusCode != 303 || resp.Header.Get("Location") != "/office") {
			t.Errorf("form: got %d to %s", resp.StatusCode, resp.Header.Get("Location"))
		}
		status, raw := r.answer(request{method: "GET", path: "/api/v1/me", header: http.Header{"Cookie": {c.Name + "=" + c.Value}}})
		if status != 200 || !strings.Contains(string(raw), `"karl"`) {
			t.Errorf("with the cookie: %d %s", status, raw)
		}
	}
	resp := r.do(request{method: "POST", path: "/api/v1/logout", body: "{}"})
	resp.Body.Close()
	if c := resp.Cookies(); len(c) != 1 || c[0].MaxAge >= 0 || c[0].Value != "" {
		t.Errorf("logout: %v", c)
	}
}

// TestCrossSite: what another site makes a browser send is refused, wherever
// it goes.
func TestCrossSite(t *testing.T) {
	r := newRig(t)
	form := url.Values{"employee": {tilltest.Cashier}, "pin": {rightPIN}}.Encode()
	host := strings.TrimPrefix(r.http.URL, "http://")
	for _, c := range []struct {
		header http.Header
		want   bool
	}{
		{http.Header{}, true},
		{http.Header{"Origin": {"http://" + host}}, true},
		{http.Header{"Sec-Fetch-Site": {"same-origin"}, "Origin": {"http://" + host}}, true},
		{http.Header{"Origin": {"http://evil.example"}}, false},
		{http.Header{"Origin": {"null"}}, false},
		{http.Header{"Sec-Fetch-Site": {"cross-site"}}, false},
		{http.Header{"Sec-Fetch-Site": {"same-site"}}, false},
	} {
		for _, q := range []request{
			{method: "POST", path: "/login", body: form}, {method: "POST", path: "/api/v1/login", body: `{"employee":"karl","pin":"` + rightPIN + `"}`},
			{method: "POST", path: "/api/v1/logout", body: `{}`},
		} {
			q.header = c.header.Clone()
			if q.path == "/login" {
				q.header.Set("Content-Type", "application/x-www-form-urlencoded")
			}
			status, raw := r.answer(q)
			if (status < 400) != c.want || !c.want && !strings.Contains(string(raw), "crossSite") {
				t.Errorf("%s with %v: got %d %s", q.path, c.header, status, raw)
			}
		}
	}
	for _, kind := range []string{"", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data", "application/jsonp"} {
		status, _ := r.answer(request{method: "POST", path: "/api/v1/login", body: `{"employee":"karl","pin":"` + rightPIN + `"}`, header: http.Header{"Content-Type": {kind}}})
		if status != http.StatusUnsupportedMediaType {
			t.Errorf("Content-Type %q: got %d", kind, status)
		}
	}
}

// TestNoteOfLogins: who came, and who tried to, stands in the books.
func TestNoteOfLogins(t *testing.T) {
	r := newRig(t)
	before := r.engine.Latest()
	r.login(tilltest.Cashier, "0000")
	r.login(tilltest.Cashier, rightPIN)
	r.login("who", "0000")
	var got []string
	for run, err := range r.engine.Follow(t.Context(), before+1) {
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range run {
			got = append(got, fmt.Sprint(c.By, " ", c.Events[0].LoggedIn != nil, " ", c.Events[0].LoginFailed != nil))
		}
		if len(got) >= 2 {
			break
		}
	}
	if want := []string{"karl false true", "karl true false"}; !slices.Equal(got, want) || r.engine.Latest() != before+2 {
		t.Errorf("got %v, want %v", got, want)
	}
}

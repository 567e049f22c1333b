package web

import (
	"context"
	"errors"
	"net/http"

	"github.com/tresen-pos/tresen/firmware/web/pages"
	"github.com/tresen-pos/tresen/pos/catalog"
	"github.com/tresen-pos/tresen/pos/money"
	"github.com/tresen-pos/tresen/pos/till"
)

// Person is somebody who can log in.
type Person struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

// LoginInfo says who can log in.
type LoginInfo struct {
	Register   string   `json:"register"`
	Company    string   `json:"company"`
	PINLess    bool     `json:"pinLess"`
	SingleUser bool     `json:"singleUser"`
	Employees  []Person `json:"employees"`
}

// Credentials are a name and a PIN.
type Credentials struct {
	Employee string `json:"employee"`
	PIN      string `json:"pin"`
}

// Session tells a page who is logged in and what they may do.
type Session struct {
	Employee    string          `json:"employee"`
	Name        string          `json:"name"`
	Rights      []catalog.Right `json:"rights"`
	DiscountCap money.Rate      `json:"discountCap"`
	Language    string          `json:"language"`
}

// LoggedIn is the answer to a login.
type LoggedIn struct {
	Session Session `json:"session"`
	Token   string  `json:"token"`
}

type loggedOut struct{}

func loginInfo(shop *Shop) LoginInfo {
	var out LoginInfo
	shop.Engine.Read(func(s *till.State) {
		out = LoginInfo{Register: s.Catalog.Register.Name, Company: s.Catalog.Company.Name,
			PINLess: s.Catalog.Layout.PINLess, SingleUser: s.Catalog.Layout.SingleUser, Employees: people(s)}
	})
	return out
}

func people(s *till.State) []Person {
	out := []Person{}
	for _, id := range catalog.SortedIDs(s.Catalog.Employees) {
		if e := s.Catalog.Employees[id]; e.Active {
			out = append(out, Person{id, e.Name})
		}
	}
	return out
}

func getLogin(c *call) (any, error) { return loginInfo(c.Shop), nil }

func postLogin(c *call) (any, error) {
	var in Credentials
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	token, err := c.server.login(c.r.Context(), c.Shop, in)
	if err != nil {
		return nil, err
	}
	return LoggedIn{Session: sessionOf(c.Shop, in.Employee, c.lang), Token: token}, nil
}

// login checks the credentials and notes who came, or tried to.
func (s *Server) login(ctx context.Context, shop *Shop, in Credentials) (string, error) {
	x, known, err := s.enter(shop, in.Employee, in.PIN)
	if known != "" {
		_, noteErr := shop.Engine.Do(ctx, known, till.NoteLogin{Employee: known, Failed: err != nil})
		err = errors.Join(err, noteErr)
	}
	if err != nil {
		return "", err
	}
	if x.ID, err = newSessionID(); err != nil {
		return "", err
	}
	return s.sessions.sign(x)
}

func sessionOf(shop *Shop, employee, lang string) Session {
	var out Session
	shop.Engine.Read(func(s *till.State) {
		e := s.Catalog.Employees[employee]
		out = Session{Employee: e.ID, Name: e.Name, DiscountCap: e.DiscountCap, Language: e.Language, Rights: []catalog.Right{}}
		for _, r := range catalog.Rights {
			if s.Catalog.May(employee, r) {
				out.Rights = append(out.Rights, r)
			}
		}
	})
	if out.Language == "" {
		out.Language = lang
	}
	return out
}

func getMe(c *call) (any, error) { return sessionOf(c.Shop, c.who.Employee, c.lang), nil }

// postLogout ends the session, here and for every copy of its token. The page
// forgets it in any case.
func postLogout(c *call) (any, error) {
	if x, ok := c.server.session(c); ok && x.ID != "" {
		if err := c.server.sessions.ended.add(x, c.server.o.Now().Unix()); err != nil {
			c.server.o.Log.Error("logout", "error", err)
		}
	}
	return loggedOut{}, nil
}

// postPIN sets the PIN of an employee; the engine sees only its hash.
func postPIN(c *call) (any, error) {
	var in Credentials
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	hash, err := HashPIN(in.PIN)
	if err != nil {
		return nil, fault(http.StatusBadRequest, "badPin", err.Error(), "Enter 4 to 12 digits.")
	}
	var e catalog.Employee
	c.Engine.Read(func(s *till.State) { e = s.Catalog.Employees[in.Employee] })
	if e.ID == "" {
		return nil, fault(http.StatusNotFound, "notFound", "There is no such employee.", "")
	}
	e.PIN = hash
	value, err := marshal(e)
	if err != nil {
		return nil, err
	}
	res, err := c.Engine.Do(c.r.Context(), c.who.Employee, &till.SetMaster{Kind: catalog.KindEmployee, ID: e.ID, Value: value})
	if err != nil {
		return nil, err
	}
	return Accepted{Seq: res.Seq}, nil
}

// Accepted says that a change is durable.
type Accepted struct {
	Seq uint64 `json:"seq"`
}

func (s *Server) loginPage(w http.ResponseWriter, r *http.Request) {
	s.showLogin(w, r, "", "", http.StatusOK)
}

func (s *Server) showLogin(w http.ResponseWriter, r *http.Request, selected, message string, status int) {
	d := pages.LoginData{Selected: selected, Message: message, Status: status,
		Next: r.FormValue("next"), Lang: pages.Language(r)}
	shop := s.shop.Load()
	if shop == nil {
		s.startingPage(w, r)
		return
	}
	info := loginInfo(shop)
	d.Company, d.Register, d.PINLess, d.SingleUser = info.Company, info.Register, info.PINLess, info.SingleUser
	for _, p := range info.Employees {
		d.Employees = append(d.Employees, pages.Person{ID: p.ID, Name: p.Name})
	}
	s.pages.LoginPage(w, d)
}

// loginForm serves browsers without scripts.
func (s *Server) loginForm(w http.ResponseWriter, r *http.Request) {
	r.Body = http.MaxBytesReader(w, r.Body, 4096)
	shop := s.shop.Load()
	if shop == nil {
		s.startingPage(w, r)
		return
	}
	in := Credentials{Employee: r.PostFormValue("employee"), PIN: r.PostFormValue("pin")}
	token, err := s.login(r.Context(), shop, in)
	if err != nil {
		p := s.problem(&call{server: s, r: r, lang: pages.Language(r)}, err)
		s.showLogin(w, r, in.Employee, p.Message+" "+p.Hint, p.status)
		return
	}
	setCookie(w, token)
	http.Redirect(w, r, pages.Next(r.FormValue("next")), http.StatusSeeOther)
}

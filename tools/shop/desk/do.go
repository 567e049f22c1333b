package desk

import (
	"encoding/json"
	"errors"
	"mime"
	"net/http"
)

// maxBody bounds the body of an action.
const maxBody = 1 << 10

var errNotHere = errors.New("this device is not on the desk")

// do performs one action: POST do/WHAT {"on":true}. "on" means that the evil
// is there: paper out, cover open, power off, stick pulled, link cut.
func (k *Desk) do(w http.ResponseWriter, r *http.Request) {
	if t, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); t != "application/json" {
		fail(w, http.StatusUnsupportedMediaType, errors.New("send Content-Type application/json"))
		return
	}
	var body struct {
		On bool `json:"on"`
	}
	d := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxBody))
	d.DisallowUnknownFields()
	if err := d.Decode(&body); err != nil {
		fail(w, http.StatusBadRequest, err)
		return
	}
	act, ok := k.action(r.PathValue("what"))
	if !ok {
		http.NotFound(w, r)
		return
	}
	if err := act(body.On); err != nil {
		fail(w, http.StatusConflict, err)
		return
	}
	k.Poke()
	answer(w, k.look(r))
}

func (k *Desk) action(what string) (func(on bool) error, bool) {
	d := k.deps
	switch what {
	case string(PaperOut), string(CoverOpen), string(PowerOff):
		return func(on bool) error {
			if d.Printer == nil {
				return errNotHere
			}
			return d.Printer.Set(Fault(what), on)
		}, true
	case "stick":
		return func(on bool) error {
			if d.Stick == nil {
				return errNotHere
			}
			return d.Stick.Plug(!on)
		}, true
	case "link":
		return func(on bool) error {
			if d.Link == nil {
				return errNotHere
			}
			return d.Link.Cut(on)
		}, true
	case "drawer":
		return func(bool) error {
			if d.Drawer == nil {
				return errNotHere
			}
			return d.Drawer.Push()
		}, true
	case "kill":
		return func(bool) error {
			if d.Box == nil {
				return errNotHere
			}
			return d.Box.Kill()
		}, true
	}
	return nil, false
}

func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(v) // a reader that has gone needs no answer
}

// fail answers in the error shape of the box's API.
func fail(w http.ResponseWriter, status int, err error) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]string{"code": "desk", "message": err.Error()}})
}

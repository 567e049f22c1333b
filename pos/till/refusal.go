package till

import (
	"errors"
	"fmt"

	"github.com/tresen-pos/tresen/pos/catalog"
)

// Refusal is the rules saying no: a stable code, one sentence for people, and
// what to do about it. Nothing has changed when a command is refused.
type Refusal struct {
	Code     string         `json:"code"`
	Sentence string         `json:"message"`
	Hint     string         `json:"hint,omitempty"`
	Args     map[string]any `json:"args,omitempty"` // for translations of the sentence
}

func (r *Refusal) Error() string { return r.Code + ": " + r.Sentence }

func refuse(code, sentence, hint string) *Refusal {
	return &Refusal{Code: code, Sentence: sentence, Hint: hint}
}

func (r *Refusal) with(key string, value any) *Refusal {
	if r.Args == nil {
		r.Args = map[string]any{}
	}
	r.Args[key] = value
	return r
}

func forbidden(right catalog.Right) *Refusal {
	return refuse("forbidden", "You may not do this.", "Ask somebody with the right to do it.").
		with("right", string(right))
}

func unknownOrder(id string) *Refusal {
	return refuse("unknownOrder", "This order is no longer open.", "It was paid or cancelled; start a new one.").
		with("order", id)
}

// fromProblem turns a bad row of master data into a refusal.
func fromProblem(err error) *Refusal {
	var p *catalog.Problem
	if errors.As(err, &p) {
		return refuse("master."+p.Code, p.Sentence, "Correct the field and save again.").with("field", p.Field)
	}
	return refuse("badRequest", fmt.Sprint(err), "")
}

// Package fault is the one shape of an error that a person will read.
//
// A room that refuses something returns a *fault.Error: a stable code, the
// place (file, sheet, row, column, entry index, body path), what stood there
// and what was wanted. The code is an API: `--json` prints it, transcripts
// compare it, and package words holds one Chinese sentence and one remedy for
// each. The English text of Error is for logs and for tests.
//
//	return fault.New("draw.bad-weight", "objects[3]", "17", "1..16")
//
// Codes are `room.kebab-case`. Only the doors (cmd, desk) turn a code into
// words; rooms in between wrap with %w or pass the error on.
package fault

import (
	"errors"
	"strings"
)

// Kind decides the exit code of a door (house rule 10).
type Kind int

const (
	Unsound     Kind = iota // 1: form, signature, tree, draw, commitment, opening, a rule refused
	Usage                   // 2: wrong command line or a choice that a person must make
	Unreachable             // 3: could not be reached or read
)

// Error is a refusal with a code. The zero Kind is Unsound.
type Error struct {
	Code  string // room.kebab-case, stable
	Place string // where: "firms.xlsx Sheet1!C14", "entry 17 body.items[2]"
	Got   string // what stood there, shortened by the room if long
	Want  string // what was expected, or the limit
	Kind  Kind
	Err   error // cause, may be nil
}

// New is an Unsound error.
func New(code, place, got, want string) *Error {
	return &Error{Code: code, Place: place, Got: got, Want: want}
}

// Wrap is an Unsound error with a cause.
func Wrap(code, place string, err error) *Error {
	return &Error{Code: code, Place: place, Err: err}
}

// Of sets the kind and returns e, for one-line returns.
func (e *Error) Of(k Kind) *Error { e.Kind = k; return e }

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Code)
	if e.Place != "" {
		b.WriteString(" at ")
		b.WriteString(e.Place)
	}
	if e.Got != "" {
		b.WriteString(": got ")
		b.WriteString(e.Got)
	}
	if e.Want != "" {
		b.WriteString(", want ")
		b.WriteString(e.Want)
	}
	if e.Err != nil {
		b.WriteString(": ")
		b.WriteString(e.Err.Error())
	}
	return b.String()
}

func (e *Error) Unwrap() error { return e.Err }

// Code returns the code of the first fault in err's chain, "" if there is none.
func Code(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return ""
}

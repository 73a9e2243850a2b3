// Package evidence makes the evidence bundle (证据包): what one enterprise, its
// lawyer, a court or an auditor is handed about one draw or several.
//
// A bundle is a zip of a page to be printed, a page of numbers and steps for
// whoever checks by hand, and the files of the ledger that the pages rest on,
// each under the name that it has on the site:
//
//	证据包.html       what is said, what it rests on, what is not proved
//	核对.html         the numbers and the steps, no program
//	SHA256SUMS        digest and name of every other file, as sha256sum -c reads it
//	ledger/…          checkpoint, policy, entries, proofs, openings, files
//	policy/<n>.policy the policy that charter <n> put in force, for --proof
//	openings/<n>.json sealed form only: what the office gave for this purpose
//	verifier/…        the programs that were given
//
// Nothing is decided here: every figure comes from a verify.Bundle, and where
// that found something 不相符 the bundle says so in its first sentence. The same
// ledger and request give the same bytes: names are sorted, times are those of
// the ledger's last entry, nothing is compressed.
//
//	c, err := evidence.Make(b, evidence.Request{Code: "91370322TT51WGBG6C"})
//	err = c.Write(w)
package evidence

import (
	"io"
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/verify"
)

// Request says about whom a bundle is, and in which form.
type Request struct {
	Code     string                    // id of the enterprise (draw1, Notation)
	Draw     string                    // id of one draw, "": every draw in whose hat the code stands
	Salt     string                    // the enterprise's own salt (随机串), 32 lower hex, if the office gave it before K opens
	Sealed   bool                      // the form that goes to a court and never to the web
	Openings map[int64]*record.Opening // of withheld fields, by entry; sealed form only
	Programs []Program                 // that check the ledger; the first is the running one
}

// Program is a verifier of which the bundle gives the digest, and the bytes
// where Open is not nil.
type Program struct {
	Name, SHA256 string
	Size         int64
	Open         func() (io.ReadCloser, error)
}

// Case is a bundle ready to be written.
type Case struct {
	Verdict string   // in one sentence
	Unsound bool     // the ledger, or what the bundle rests on, failed the check
	Sealed  bool     // marked 非公开, because it was asked for or holds what is not public
	Draws   []string // ids of the draws that it is about
	Unused  []int64  // entries whose given openings have nothing to do with the case

	files []file
	time  string // form time
}

// maker gathers one case.
type maker struct {
	b      *verify.Bundle
	req    Request
	stands []*stand
	sealed map[int64]*record.Opening // given, checked, reduced to this enterprise
	used   map[int64]bool            // entries of the case
	files  []file
}

// Make gathers a bundle. It refuses (kind Usage) a code that is none, a draw
// that there is not, a code that stands in no hat, and one of which nobody can
// tell yet because K is closed and no salt was given.
func Make(b *verify.Bundle, req Request) (*Case, error) {
	m := &maker{b: b, req: req, sealed: map[int64]*record.Opening{}, used: map[int64]bool{}}
	if err := m.check(); err != nil {
		return nil, err
	}
	if err := m.find(); err != nil {
		return nil, err
	}
	m.related()
	m.collect()
	c := &Case{Sealed: req.Sealed, time: m.lastTime()}
	for _, s := range m.stands {
		if s.subject() {
			c.Draws = append(c.Draws, s.lot.Body.Draw)
			c.Sealed = c.Sealed || s.secret
		}
	}
	for i := range req.Openings {
		if !m.used[i] {
			c.Unused = append(c.Unused, i)
		}
	}
	slices.Sort(c.Unused)
	c.Verdict, c.Unsound = m.verdict()
	if err := m.pages(c); err != nil {
		return nil, err
	}
	c.files = m.files
	return c, nil
}

// check brings the request into form and holds given openings to their entries.
func (m *maker) check() error {
	id, ok := draw.ObjectID(m.req.Code)
	if !ok {
		return fault.New("evidence.bad-code", "--code", m.req.Code, "").Of(fault.Usage)
	}
	m.req.Code = id
	if s := m.req.Salt; s != "" && (len(s) != 32 || strings.Trim(s, "0123456789abcdef") != "") {
		return fault.New("evidence.bad-salt", "--salt", s, "").Of(fault.Usage)
	}
	if len(m.req.Openings) > 0 && !m.req.Sealed {
		return fault.New("evidence.openings-public", "--openings", "", "--sealed").Of(fault.Usage)
	}
	if m.req.Draw != "" && m.b.State.Lot(m.req.Draw) == nil {
		return fault.New("evidence.no-draw", m.req.Draw, "", "").Of(fault.Usage)
	}
	return m.take()
}

// value is the opened value of a sealed body path, from the site or from what
// the office gave for this bundle; "" where it is closed.
func (m *maker) value(index int64, path string) string {
	if e := m.entry(index); e != nil {
		if v := e.Value(path); v != "" {
			return v
		}
	}
	if o := m.sealed[index]; o != nil {
		return o.Fields[path].Value
	}
	return ""
}

func (m *maker) entry(index int64) *verify.Entry {
	if index < 0 || index >= int64(len(m.b.Entries)) || m.b.Entries[index].Record == nil {
		return nil
	}
	return m.b.Entries[index]
}

// lastTime is the time that the last readable entry claims.
func (m *maker) lastTime() string {
	for _, e := range slices.Backward(m.b.Entries) {
		if e.Record != nil {
			return e.Record.Env.At
		}
	}
	return "1980-01-01T08:00:00+08:00"
}

// Files is how many files the bundle has.
func (c *Case) Files() int {
	n := 0
	for _, f := range c.files {
		if f.sum != "" {
			n++
		}
	}
	return n
}

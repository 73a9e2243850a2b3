package evidence

import (
	"bytes"
	"slices"
	"strconv"
	"strings"

	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/ledger"
)

// where an enterprise stands in a draw.
type where int

const (
	unknown where = iota // nobody can tell: K is closed, the handle is not opened
	hidden               // the handle is known, the file of the hat is not to be had
	absent               // neither in the hat nor among those left out
	left                 // 未入签筒
	inside               // in the hat (签筒)
)

// stand is what can be said of the enterprise in one draw.
type stand struct {
	lot          *rules.Lot
	where        where
	asked        bool   // --draw names it
	handle, salt string // "" where unknown
	by           string // how the salt is known: opened, key, given, sealed
	secret       bool   // the salt is not on the site
	other        bool   // --draw names another
	withheld     bool   // K failed the check: overdue, lost, missing, wrong
	cell         string
	weight       int    // lots in the hat
	ground       string // of one left out
	object       *rules.Object
}

// subject reports whether the bundle is about this draw. What the office keeps
// back does not keep the enterprise from its bundle: where K is overdue or the
// file of the hat is missing, the bundle says that.
func (s *stand) subject() bool {
	return !s.other && s.where == inside || s.asked && (s.where == left || s.where == hidden || s.where == unknown && s.withheld)
}

// find looks for the code in every draw, or in the one that was asked for.
func (m *maker) find() error {
	subjects, closed := 0, 0
	for _, l := range m.b.State.Lots {
		s, err := m.stand(l)
		if err != nil {
			return err
		}
		s.asked = m.req.Draw == l.Body.Draw && m.b.State.Lot(m.req.Draw) == l
		m.stands = append(m.stands, s)
		if m.req.Draw != "" && !s.asked {
			s.other = true // listed, no more
			continue
		}
		s.withheld = m.kFailed(l)
		if s.subject() {
			subjects++
		}
		if s.where == unknown {
			closed++
		}
	}
	switch {
	case subjects > 0:
		return nil
	case m.req.Draw != "":
		s := m.stands[0]
		for _, s = range m.stands {
			if s.asked {
				break
			}
		}
		if lost := s.lot.KLost(); s.where == unknown && lost != nil {
			return fault.New("evidence.key-lost", m.req.Draw, m.req.Code, num(lost.Index)).Of(fault.Usage)
		}
		if s.where == unknown {
			return fault.New("evidence.undecidable", m.req.Draw, m.req.Code, s.lot.Due.K).Of(fault.Usage)
		}
		return fault.New("evidence.not-in-pool", m.req.Draw, m.req.Code, "").Of(fault.Usage)
	case closed > 0:
		return fault.New("evidence.none-decidable", m.req.Code, num(closed), "").Of(fault.Usage)
	}
	return fault.New("evidence.in-no-pool", m.req.Code, num(len(m.stands)), "").Of(fault.Usage)
}

// stand finds the enterprise in one draw by whatever opens its handle: the
// opening on the site, K on the site, what the office gave, its own salt.
func (m *maker) stand(l *rules.Lot) (*stand, error) {
	s := &stand{lot: l}
	for _, try := range m.salts(l) {
		handle := draw.Handle("O", try.salt, m.req.Code)
		at, err := m.locate(l, handle, s)
		if err != nil {
			return nil, err
		}
		if at == inside || at == left || at == hidden && try.by != "given" {
			s.where, s.handle, s.salt, s.by, s.secret = at, handle, try.salt, try.by, try.secret
			s.object = l.Object(handle)
			return s, nil
		}
		if try.by != "given" {
			s.where = absent // K decides; a salt that fits nowhere may be another draw's
		}
	}
	return s, nil
}

type try struct {
	salt, by string
	secret   bool
}

func (m *maker) salts(l *rules.Lot) []try {
	var list []try
	add := func(o *record.Opening, opened, key string, secret bool) {
		if o == nil {
			return
		}
		for _, h := range o.Handles {
			if h.Kind == "O" && h.ID == m.req.Code {
				list = append(list, try{h.Salt, opened, secret})
			}
		}
		if k := keyOf(o, l); k != nil {
			list = append(list, try{draw.Salt(k, "O", m.req.Code), key, secret})
		}
	}
	if e := m.entry(l.Index); e != nil {
		add(e.Opening, "opened", "key", false)
	}
	add(m.req.Openings[l.Index], "sealed", "sealed", true)
	if m.req.Salt != "" {
		list = append(list, try{m.req.Salt, "given", true})
	}
	return list
}

// keyOf is the opened K of a draw, nil where it is closed or is not the one
// that the notice committed to.
func keyOf(o *record.Opening, l *rules.Lot) []byte {
	if k := unhex(o.K); len(k) == 32 && draw.KeyCommit(k) == l.Body.Key {
		return k
	}
	return nil
}

// kFailed reports whether the check of the draw's K failed.
func (m *maker) kFailed(l *rules.Lot) bool {
	return slices.ContainsFunc(m.b.Findings, func(f rules.Finding) bool {
		return f.Severity == rules.Breach && f.Entry == l.Index && strings.HasPrefix(f.Code, "verify.k-")
	})
}

// locate finds a handle among the pool and those left out. A file that is not
// to be had decides nothing: the check has said that it is missing.
func (m *maker) locate(l *rules.Lot, handle string, s *stand) (where, error) {
	line, ok, err := m.line(l.Body.Pool.SHA256, handle)
	if err != nil || !ok {
		return hidden, err
	}
	if f := strings.Split(line, "|"); len(f) == 3 {
		s.cell = f[1]
		s.weight, _ = strconv.Atoi(f[2])
		return inside, nil
	}
	if line, ok, err = m.line(l.Body.Out.SHA256, handle); err != nil || !ok {
		return hidden, err
	}
	if f := strings.Split(line, "|"); len(f) == 3 {
		s.ground = f[2]
		return left, nil
	}
	return absent, nil
}

// line is the line of a file beside the log that begins with a handle, "" if
// there is none; ok is false where the file is not to be had. The file is read once and not taken apart: a pool may have
// millions of lines.
func (m *maker) line(sum, handle string) (text string, ok bool, err error) {
	data, err := m.b.Dir.Blob(sum, ledger.MaxBlob)
	if err != nil {
		if unreachable(err) {
			return "", false, err
		}
		return "", false, nil
	}
	start := []byte(handle + "|")
	at := 0
	if !bytes.HasPrefix(data, start) {
		if at = bytes.Index(data, append([]byte{'\n'}, start...)) + 1; at == 0 {
			return "", true, nil
		}
	}
	line, _, _ := bytes.Cut(data[at:], []byte{'\n'})
	return string(line), true, nil
}

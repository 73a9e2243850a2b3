package verify

import (
	"encoding/hex"
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/ledger"
)

// HeldHat is what KI and a list of certificate numbers show of the people of one
// draw: the auditor's own check (draw1 §3, §4).
type HeldHat struct {
	Draw    string   `json:"draw"`
	Notice  int64    `json:"notice"`
	Hat     int      `json:"hat"`               // inspectors and experts in the hat
	Known   int      `json:"known"`             // of these, people of the list
	Ghosts  []string `json:"ghosts,omitempty"`  // handles that nobody of the list has
	Missing []string `json:"missing,omitempty"` // of the list, neither in the hat nor left out
	Teams   int      `json:"teams"`             // members of drawn teams that are people of the list
	Empty   int      `json:"recusals_empty"`    // recusal lines that name nobody
	Named   []string `json:"recusals_named,omitempty"`
	Undrawn int      `json:"recusals_undrawn"`          // of the named, lines of objects that were not drawn
	Closed  []string `json:"recusals_closed,omitempty"` // lines that nothing tried opens
}

// Person is one line of a list of certificate holders.
type Person struct {
	Line     int
	ID, Name string
}

// People holds the hat and the recusals of a draw to KI (64 hex) and a list of
// certificate holders; recusals are those that the office hands over with KI:
// object handle → inspector handles. What differs becomes a failed finding.
//
// Errors: verify.no-such-draw, verify.ki-differs.
func (b *Bundle) People(id, key string, people []Person, recusals map[string][]string) (*HeldHat, error) {
	l := b.State.Lot(id)
	if l == nil || l.Failed {
		return nil, fault.New("verify.no-such-draw", id, "", "").Of(fault.Usage)
	}
	ki, err := hex.DecodeString(key)
	if err != nil || draw.KeyCommit(ki) != l.Body.KeyI {
		return nil, fault.New("verify.ki-differs", "--ki", id, l.Body.KeyI)
	}
	h := &HeldHat{Draw: id, Notice: l.Index, Hat: len(l.People) + len(l.Experts)}
	who, err := b.known(l, ki, people, h)
	if err != nil {
		return nil, err
	}
	for _, o := range l.Objects {
		for _, m := range o.Drawn {
			if who[m] != "" {
				h.Teams++
			}
		}
	}
	if err := b.recused(l, key, who, recusals, h); err != nil {
		return nil, err
	}
	b.blameHat(h)
	return h, nil
}

// known finds the people of the list in the hat, in either kind, and among those
// who were left out of it.
func (b *Bundle) known(l *rules.Lot, ki []byte, people []Person, h *HeldHat) (map[string]string, error) {
	out := map[string]bool{}
	files := []string{}
	if l.Body.PeopleOut != nil {
		files = append(files, l.Body.PeopleOut.SHA256)
	}
	if e := l.Body.Experts; e != nil && e.Out != nil {
		files = append(files, e.Out.SHA256)
	}
	for _, sum := range files {
		data, err := b.Dir.Blob(sum, ledger.MaxBlob)
		if err != nil {
			return nil, fault.Wrap("verify.unreadable", ledger.BlobPath(sum), err)
		}
		left, err := draw.ParseLeftOut(data)
		if err != nil {
			return nil, err
		}
		for _, o := range left {
			out[o.Handle] = true
		}
	}
	who := map[string]string{}
	for _, p := range people {
		found := false
		for _, kind := range []string{"I", "E"} {
			handle := draw.Handle(kind, draw.Salt(ki, kind, p.ID), p.ID)
			_, inspector := l.People[handle]
			_, expert := l.Experts[handle]
			if inspector || expert {
				who[handle] = strings.TrimSpace(p.Name + " " + p.ID)
			}
			found = found || inspector || expert || out[handle]
		}
		if !found {
			h.Missing = append(h.Missing, strings.TrimSpace(p.Name+" "+p.ID))
		}
	}
	for handle := range l.People {
		if who[handle] == "" {
			h.Ghosts = append(h.Ghosts, handle)
		}
	}
	for handle := range l.Experts {
		if who[handle] == "" {
			h.Ghosts = append(h.Ghosts, handle)
		}
	}
	slices.Sort(h.Ghosts)
	h.Known = h.Hat - len(h.Ghosts)
	return who, nil
}

// recused opens the recusal lines: those that the draw opened have KI's salts,
// the others are empty, or name whom the office says, or one or two of the hat.
func (b *Bundle) recused(l *rules.Lot, key string, who map[string]string, given map[string][]string, h *HeldHat) error {
	r, err := b.Recusals(l, key)
	if err != nil {
		return fault.Wrap("verify.unreadable", ledger.BlobPath(l.Body.Recusals.SHA256), err)
	}
	if r.Salt != "" {
		b.breach("verify.salt-differs", l.Index, "--ki", r.Salt, "")
	}
	if least, most := int64(len(r.Closed)), int64(len(r.Closed))*l.Body.MostForOne; r.Stated < least || r.Stated > most {
		b.breach("verify.recusals-unlike", l.Index, l.Body.Draw, num(least), num(r.Stated))
	}
	h.Empty = r.Empty
	for _, o := range l.Objects {
		if len(o.Recused) > 0 {
			h.Named = append(h.Named, o.Handle+"："+names(o.Recused, who))
		} else {
			h.Empty++
		}
	}
	ki, _ := hex.DecodeString(key)
	for _, object := range r.Closed {
		salt := draw.RecusalSalt(ki, object)
		set := subset(salt, r.Lines[object], given[object], handlesOf(l))
		if set == nil {
			h.Closed = append(h.Closed, object)
			continue
		}
		h.Named = append(h.Named, object+"："+names(set, who))
		h.Undrawn++
	}
	return nil
}

func handlesOf(l *rules.Lot) []string {
	var list []string
	for handle := range l.People {
		list = append(list, handle)
	}
	slices.Sort(list)
	return list
}

// subset is the list behind a commitment: the one given, or one or two of the
// hat; nil where none of these fits.
func subset(salt, hash string, given, hat []string) []string {
	if len(given) > 0 && draw.RecusalHash(salt, given) == hash {
		return given
	}
	for i, a := range hat {
		if draw.RecusalHash(salt, []string{a}) == hash {
			return []string{a}
		}
		for _, c := range hat[i+1:] {
			if draw.RecusalHash(salt, []string{a, c}) == hash {
				return []string{a, c}
			}
		}
	}
	return nil
}

func names(handles []string, who map[string]string) string {
	var list []string
	for _, h := range handles {
		list = append(list, or(who[h], h))
	}
	return strings.Join(list, "、")
}

func (b *Bundle) blameHat(h *HeldHat) {
	say := func(code string, who []string) {
		if len(who) > 0 {
			b.breach(code, h.Notice, h.Draw, strings.Join(who[:min(len(who), 3)], "、"), num(len(who)))
		}
	}
	say("verify.people-ghost", h.Ghosts)
	say("verify.people-missing", h.Missing)
	say("verify.recusals-closed", h.Closed)
	if len(h.Ghosts)+len(h.Missing)+len(h.Closed) == 0 {
		b.add(rules.Finding{Code: "verify.ok-people", Severity: rules.OK, Entry: h.Notice, Place: h.Draw, Got: num(h.Known), Want: num(h.Empty + len(h.Named))})
	}
	if h.Undrawn > 0 {
		b.add(rules.Finding{Code: "verify.recusals-undrawn", Severity: rules.Note, Entry: h.Notice, Place: h.Draw, Got: num(h.Undrawn)})
	}
}

package rules

import (
	"reflect"
	"strings"

	"github.com/sunlot/sunlot/internal/record"
)

// Adopted is a pack with the charter that brought it.
type Adopted struct {
	Index int64  // of the charter's entry
	File  string // digest of the pack's file
	Pack  *Pack
}

// Turn puts the pack in force that applies on a day (yyyy-mm-dd): of those that
// charters have brought, the latest whose effective_from has come. Before the
// first of all of them has come, the first stands, and judges nothing.
func (s *State) Turn(day string) {
	if len(s.Packs) < 2 {
		return
	}
	if s.Clock > day { // days do not come back
		day = s.Clock[:10]
	}
	for i := len(s.Packs) - 1; i >= 0; i-- {
		if p := s.Packs[i].Pack; i == 0 || p.EffectiveFrom <= day {
			s.Pack = p
			return
		}
	}
}

// PackAt is the pack by which an entry was judged: of what follows a draw the
// pack of its notice, otherwise the one in force.
func (s *State) PackAt(index int64) *Pack {
	if l := s.lots[index]; l != nil {
		return l.Pack
	}
	p := s.Pack
	for _, a := range s.Packs {
		if a.Index <= index || p == nil {
			p = a.Pack
		}
	}
	return p
}

// adopt: a charter's pack. A pack that names its successor is not followed by
// another without a word.
func (j *judge) adopt(p *Pack, b *record.Charter) {
	s := j.s
	if n := len(s.Packs); n > 0 && s.Packs[n-1].File != b.Pack.File.SHA256 {
		old := s.Packs[n-1].Pack
		j.add(Note, "rules.pack-adopted", "", old.ID, p.ID, or(p.EffectiveFrom, j.today()))
		if parts := old.differs(p); p.ID == old.ID && len(parts) > 0 {
			// Under one name two regulations: a reader would look for no difference.
			j.add(Warning, "rules.pack-same-id", "", p.ID, strings.Join(parts, "、"), old.EffectiveFrom)
		}
		if old.SupersededBy != "" && p.ID != old.ID && p.ID != old.SupersededBy {
			j.add(Warning, "rules.other-successor", "", old.ID, p.ID, old.SupersededBy)
		}
	}
	if s.Packs = append(s.Packs, Adopted{j.index, b.Pack.File.SHA256, p}); len(s.Packs) == 1 {
		s.Pack = p
	}
	s.Turn(j.today())
}

// inForce says what a task should carry whose pack is not, or no longer, or
// only by a reading in force on the day of its notice (Y-31, A24).
func (j *judge) inForce(lot *Lot) {
	p, day := lot.Pack, j.today()
	if p.EffectiveFrom != "" && day < p.EffectiveFrom {
		lot.Unjudged = true
		j.add(Note, "rules.before-effect", "", lot.Body.Draw, day, p.EffectiveFrom)
	}
	switch {
	case p.EffectiveTo != "" && day > p.EffectiveTo:
		j.add(Warning, "rules.pack-ended", p.NoteBy, lot.Body.Draw, day, p.EffectiveTo)
	case p.SupersededBy != "":
		j.add(Note, "rules.pack-superseded", p.NoteBy, lot.Body.Draw, p.ID, p.SupersededBy)
	case p.NoteAfter != "" && day > p.NoteAfter:
		j.add(Note, "rules.after-title", p.NoteBy, lot.Body.Draw, day, p.NoteAfter)
	}
}

// unjudged drops what the pack finds late or lacking about a task that was set
// before it took effect. What concerns the lots, the lists and the order of
// entries stays: whoever chooses the day of a pack may not choose what is told.
func (j *judge) unjudged() {
	if j.lot == nil || !j.lot.Unjudged {
		return
	}
	kept := j.found[:0]
	for _, f := range j.found {
		if !f.timely() {
			kept = append(kept, f)
		}
	}
	j.found = kept
}

// timely reports whether a finding says that something is late or lacks; every
// other is about the draw or the ledger itself.
func (f *Finding) timely() bool {
	switch f.Code {
	case "rules.no-scheme", "rules.incomplete", "rules.strict-date", "rules.after-task", "rules.joined-late", "rules.noted-late":
		return true
	}
	return f.Severity == Overdue && f.Clause != ""
}

// differs lists the sections (toml names) in which two packs differ.
func (p *Pack) differs(q *Pack) []string {
	var list []string
	a, b := reflect.ValueOf(p).Elem(), reflect.ValueOf(q).Elem()
	for i := range a.NumField() {
		if f := a.Type().Field(i); f.IsExported() && !reflect.DeepEqual(a.Field(i).Interface(), b.Field(i).Interface()) {
			name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
			list = append(list, or(f.Tag.Get("toml"), name))
		}
	}
	return list
}

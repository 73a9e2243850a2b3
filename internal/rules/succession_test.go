package rules_test

import (
	"testing"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// adopting is a charter of the book that brings another pack.
func adopting(b *book, at string, p *rules.Pack) step {
	s := b.copyOf("charter")
	file, err := rules.FormatPack(p)
	if err != nil {
		panic(err)
	}
	s.At, s.Blobs = at, map[string][]byte{rules.Hash(file): file}
	s.Body.(*record.Charter).Pack = record.PackRef{ID: p.ID, File: rules.FileOf(file)}
	return s
}

// TestSuccession: a pack comes into force on its day, whenever it was adopted;
// a notice keeps the one under which it was said.
func TestSuccession(t *testing.T) {
	b := gaoqing()
	s := b.before("notice B")
	next := mustPack("gaoqing")
	next.ID, next.EffectiveFrom = "demo-2024", "2023-09-10"
	c := adopting(b, "2023-08-23T15:10:00+08:00", next)
	if found := codes(s.Apply(c.input())); found["rules.pack-adopted"] != rules.Note || len(found) != 1 {
		t.Fatalf("adopted: %v", found)
	}
	if s.Pack.ID == next.ID || len(s.Packs) != 2 {
		t.Fatal("in force before its day")
	}
	notice := b.copyOf("notice B")
	if found := codes(s.Apply(notice.input())); found["rules.pack-superseded"] != "" || s.LotAt(s.Size-1).Pack.ID == next.ID {
		t.Fatalf("a notice of the day before: %v under %s", found, s.LotAt(s.Size-1).Pack.ID)
	}
	s.Turn("2023-09-09")
	if s.Pack.ID == next.ID {
		t.Error("in force on the day before its own")
	}
	s.Turn("2023-09-10")
	if s.Pack.ID != next.ID {
		t.Error("not in force on its day")
	}
	if p := s.PackAt(0); p.ID != b.pack.ID {
		t.Errorf("the first entry under %s", p.ID)
	}
	s.Turn("2023-08-01")
	other := adopting(b, "2023-08-23T15:40:00+08:00", mustPack("gaoqing"))
	if found := codes(s.Apply(other.input())); found["rules.other-successor"] != "" {
		t.Errorf("nobody named a successor: %v", found)
	}
}

// TestOtherSuccessor: a pack that names its successor is followed by another.
func TestOtherSuccessor(t *testing.T) {
	for successor, want := range map[string]rules.Severity{"demo-2024": "", "demo-2025": rules.Warning} {
		b := gaoqing()
		s := b.before("checklist")
		first := mustPack("gaoqing")
		first.SupersededBy = successor
		c := adopting(b, "2023-06-12T09:10:00+08:00", first)
		s.Apply(c.input())
		next := mustPack("gaoqing")
		next.ID = "demo-2024"
		c = adopting(b, "2023-06-12T09:20:00+08:00", next)
		if found := codes(s.Apply(c.input())); found["rules.other-successor"] != want {
			t.Errorf("%s is named, demo-2024 comes: %v", successor, found)
		}
	}
}

// TestInForce: what a notice carries before its pack takes effect, after its
// last day, after the year of its title, once another has been named.
func TestInForce(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*rules.Pack)
		code   string
		sev    rules.Severity
	}{
		{"as it is", func(*rules.Pack) {}, "", ""},
		{"from the day of the notice", func(p *rules.Pack) { p.EffectiveFrom = noticed[:10] }, "", ""},
		{"from the day after", func(p *rules.Pack) { p.EffectiveFrom = "2023-08-24" }, "rules.before-effect", rules.Note},
		{"to the day of the notice", func(p *rules.Pack) { p.EffectiveTo = noticed[:10] }, "", ""},
		{"to the day before", func(p *rules.Pack) { p.EffectiveTo = "2023-08-22" }, "rules.pack-ended", rules.Warning},
		{"the title's year", func(p *rules.Pack) { p.NoteAfter = noticed[:10] }, "", ""},
		{"after the title's year", func(p *rules.Pack) { p.NoteAfter = "2023-08-22" }, "rules.after-title", rules.Note},
		{"another is named", func(p *rules.Pack) { p.SupersededBy = "demo-2024" }, "rules.pack-superseded", rules.Note},
	} {
		b := gaoqing()
		notice := b.copyOf("notice")
		changed := mustPack("gaoqing")
		c.change(changed)
		notice.State.Pack = changed
		found := codes(notice.State.Apply(notice.input()))
		delete(found, "rules.no-witness")
		if found[c.code] != c.sev || c.code == "" && len(found) > 0 {
			t.Errorf("%s: %v", c.name, found)
		}
	}
}

// TestUnjudged: of a task that was set before the pack took effect nothing is
// late (Y-31); what the ledger itself must be is held all the same.
func TestUnjudged(t *testing.T) {
	for from, want := range map[string]int{"2023-08-23": 1, "2023-08-24": 0} {
		b := gaoqing()
		s := b.before("notice")
		p := mustPack("gaoqing")
		p.EffectiveFrom = from
		s.Pack = p
		for _, name := range []string{"notice", "draw"} {
			c := b.copyOf(name)
			if found := s.Apply(c.input()); breached(found) {
				t.Fatalf("%s: %v", name, found)
			}
		}
		d := b.copyOf("dispatch")
		body := d.Body.(*record.Dispatch)
		body.Notice, body.Date, d.At = s.Lots[0].Index, "2023-09-01", "2023-09-01T09:00:00+08:00"
		found := codes(s.Apply(d.input()))
		if got := len(found); got != want || want == 1 && found["rules.late-dispatch"] != rules.Overdue {
			t.Errorf("from %s: a dispatch of a week later: %v", from, found)
		}
		for _, duty := range s.Duties("2024-06-01") {
			if duty.Draw == s.Lots[0].Body.Draw && duty.Code == "result" && (duty.Late > 0) != (want == 1) {
				t.Errorf("from %s: %+v", from, duty)
			}
		}
	}
}

package rules_test

import (
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// byPlatform is a small year in which the platform casts the lots of line A and
// sunlot those of line B, whose drawn are entered on the platform.
var byPlatform = sync.OnceValue(func() *book {
	b := open("yanshi", 60, 9)
	declared := map[string][]string{}
	for _, f := range b.reg.Firms {
		declared[f.ID] = []string{"YS0000"}
	}
	b.declare("recusal", "2023-07-03T09:00:00+08:00", "YS0000", len(b.reg.Firms), 0)
	l := b.announce("notice", noticed, rules.Task{Line: "A", Before: "2023-08-24T09:00:00+08:00", Declared: declared})
	first := b.keys
	b.keys = rules.Keys{K: []byte("another 0123456789abcdef01234567"), KI: []byte("another fedcba9876543210fedcba98")}
	own := b.announce("notice B", "2023-08-23T15:30:00+08:00", rules.Task{Line: "B", Round: firstRun})
	b.cast("draw", drawn, own, nil)
	s := b.listed(own)
	b.say("listed", s.At, s.Body, s.Blobs)
	b.keys = first
	s = b.platform(l, declared)
	b.say("platform", s.At, s.Body, s.Blobs)
	s = b.send(l, "执法大队", "2023-08-24T11:00:00+08:00", l.Objects)
	b.say("dispatch", s.At, s.Body, s.Blobs)
	b.say("result", "2023-09-20T09:00:00+08:00", b.result(l, l.Objects[0], "e"), nil)
	return b
})

// platform is what a platform draws that does as the notice says: the first of
// each cell, two people each in turn, nobody who stands back.
func (b *book) platform(l *rules.Lot, declared map[string][]string) step {
	s := step{At: "2023-08-24T10:00:00+08:00", Signers: []string{signer}, Origin: origin}
	opened := map[string]draw.RecusalLine{}
	for _, r := range b.recusals(l, declared) {
		opened[r.Object] = r
	}
	var handles []string
	var lines []draw.RecusalLine
	var teams []draw.Team
	people := slices.DeleteFunc(slices.Clone(b.reg.People), func(p rules.Person) bool { return p.ID == "YS0000" || p.Off != "" })
	person := func(i int) string {
		id := people[i%len(people)].ID
		return draw.Handle("I", draw.Salt(b.keys.KI, "I", id), id)
	}
	for _, c := range l.Body.Groups[0].Cells {
		n := c.Quota
		for _, o := range l.Pool {
			if o.Cell == c.Cell && n > 0 {
				n--
				handles, lines = append(handles, o.Handle), append(lines, opened[o.Handle])
				teams = append(teams, draw.Team{Object: o.Handle, Members: []string{person(len(teams)), person(len(teams) + 1)}})
			}
		}
	}
	slices.Sort(handles)
	s.Body = &record.PlatformDraw{Notice: l.Index, Number: "偃应急抽查[2023]1号", Time: "2023-08-24T09:05:00+08:00", Export: record.Bytes{Bytes: 1000, SHA256: strings.Repeat("a", 64)},
		Objects: s.put(draw.FormatUnstaffed(handles)), Teams: s.put(draw.FormatTeams(teams)), Recusals: s.put(draw.FormatRecusals(lines)), Count: int64(len(handles))}
	s.Blobs[l.Body.Out.SHA256] = b.left(l)
	b.underpin(&s)
	return s
}

// underpin gives a list the declarations behind its opened recusals.
func (b *book) underpin(s *step) {
	body := s.Body.(*record.PlatformDraw)
	d := &record.Draw{Recusals: body.Recusals}
	b.behind(d, s.Blobs)
	body.Declarations = d.Declarations
}

// left is the file of those whom the notice leaves out.
func (b *book) left(l *rules.Lot) []byte {
	for _, s := range b.steps {
		if data, ok := s.Blobs[l.Body.Out.SHA256]; ok {
			return data
		}
	}
	panic("no file of those left out")
}

// listed is the list of an own draw as it stands on the platform.
func (b *book) listed(l *rules.Lot) step {
	s := step{At: "2023-08-24T09:30:00+08:00", Signers: []string{signer}, Origin: origin}
	var handles []string
	var teams []draw.Team
	for _, o := range l.Objects {
		handles = append(handles, o.Handle)
		teams = append(teams, draw.Team{Object: o.Handle, Members: []string{o.Team[1], o.Team[0]}})
	}
	slices.Sort(handles)
	s.Body = &record.PlatformDraw{Notice: l.Index, Number: "偃应急抽查[2023]2号", Time: "2023-08-24T09:20:00+08:00", Export: record.Bytes{Bytes: 1000, SHA256: strings.Repeat("b", 64)},
		Objects: s.put(draw.FormatUnstaffed(handles)), Teams: s.put(draw.FormatTeams(teams)), Recusals: s.put(nil), Count: int64(len(handles))}
	return s
}

func platformObjects(b any) *record.File  { return &b.(*record.PlatformDraw).Objects }
func platformTeams(b any) *record.File    { return &b.(*record.PlatformDraw).Teams }
func platformRecusals(b any) *record.File { return &b.(*record.PlatformDraw).Recusals }

// swap takes another in the place of a listed one: its line of the list, of the
// teams and of the recusals.
func swap(choose func(s *step, l *rules.Lot, listed []string) (out, in string), recusal bool) func(*step) {
	return func(s *step) {
		l := s.State.LotAt(s.Body.(*record.PlatformDraw).Notice)
		listed, _ := draw.ParseUnstaffed(s.Blobs[s.Body.(*record.PlatformDraw).Objects.SHA256])
		out, in := choose(s, l, listed)
		change := func(lines []string) []string {
			for i := range lines {
				lines[i] = strings.Replace(lines[i], out, in, 1)
			}
			slices.Sort(lines)
			return lines
		}
		rewrite(platformObjects, change)(s)
		rewrite(platformTeams, change)(s)
		rewrite(platformRecusals, func(lines []string) []string {
			lines = slices.DeleteFunc(lines, func(l string) bool { return strings.HasPrefix(l, out) })
			if recusal {
				b := byPlatform()
				lines = append(lines, strings.TrimSpace(string(draw.FormatRecusals([]draw.RecusalLine{rules.Recusal(in, []string{"YS0000"},
					map[string]string{"YS0000": draw.Handle("I", draw.Salt(b.keys.KI, "I", "YS0000"), "YS0000")}, b.keys.KI)}))))
				slices.Sort(lines)
			}
			return lines
		})(s)
		byPlatform().underpin(s)
	}
}

// leftOut is one whom the notice left out.
func leftOut(s *step, l *rules.Lot, listed []string) (out, in string) {
	left, _ := draw.ParseLeftOut(s.Blobs[l.Body.Out.SHA256])
	return listed[0], left[0].Handle
}

// nowhere is one who is not in the register.
func nowhere(_ *step, _ *rules.Lot, listed []string) (out, in string) {
	return listed[0], strings.Repeat("e", 32)
}

// otherCell is one of the hat, not listed, in another cell; sameCell in the same.
func otherCell(_ *step, l *rules.Lot, listed []string) (out, in string) {
	return beside(l, listed, false)
}
func sameCell(_ *step, l *rules.Lot, listed []string) (out, in string) {
	return beside(l, listed, true)
}

func beside(l *rules.Lot, listed []string, same bool) (out, in string) {
	cell := ""
	for _, o := range l.Pool {
		if o.Handle == listed[0] {
			cell = o.Cell
		}
	}
	for _, o := range l.Pool {
		if !slices.Contains(listed, o.Handle) && (o.Cell == cell) == same {
			return listed[0], o.Handle
		}
	}
	panic("nobody")
}

// fewer takes the first of the list away, everywhere.
func fewer(s *step) {
	body := s.Body.(*record.PlatformDraw)
	listed, _ := draw.ParseUnstaffed(s.Blobs[body.Objects.SHA256])
	drop := func(lines []string) []string {
		return slices.DeleteFunc(lines, func(l string) bool { return strings.HasPrefix(l, listed[0]) })
	}
	rewrite(platformObjects, drop)(s)
	rewrite(platformTeams, drop)(s)
	rewrite(platformRecusals, drop)(s)
	byPlatform().underpin(s)
	body.Count--
}

// member puts a handle in the place of the first member of the first team.
func member(h string) func(*step) {
	return rewrite(platformTeams, func(lines []string) []string {
		f := strings.Split(lines[0], "|")
		f[1] = h
		lines[0] = strings.Join(f, "|")
		return lines
	})
}

func before(when string) func(*step) { return as(func(b *record.Notice) { b.Before = when }) }

func recusedOne() string {
	b := byPlatform()
	return draw.Handle("I", draw.Salt(b.keys.KI, "I", "YS0000"), "YS0000")
}

var platforms = []trial{
	{pack: "platform", name: "on the office's word", step: "notice", code: "rules.no-witness-platform", sev: rules.Note, bad: func(*step) {}, good: func(s *step) {
		s.Body, s.Blobs = byPlatform().copyOf("notice B").Body, byPlatform().copyOf("notice B").Blobs
		s.State = byPlatform().before("notice B")
	}},
	{pack: "platform", name: "a round as well", step: "notice", code: "rules.randomness", bad: as(func(b *record.Notice) {
		b.Randomness = &record.Randomness{Kind: "drand", Chain: quicknet.Hash, Round: 1000, Time: b.Before}
	})},
	{pack: "platform", name: "no time", step: "notice", code: "rules.randomness", bad: before("")},
	{pack: "platform", name: "a notice of its very second", step: "notice", code: "rules.notice-after", sev: rules.Warning,
		bad: func(s *step) { s.At = "2023-08-24T09:00:00+08:00" }, good: func(s *step) { s.At = "2023-08-24T08:59:59+08:00" }},
	{pack: "platform", name: "as if sunlot had cast", step: "platform", code: "rules.draw-failed", bad: func(s *step) {
		own := byPlatform().copyOf("draw")
		own.Body.(*record.Draw).Notice = s.Body.(*record.PlatformDraw).Notice
		s.Body, s.Blobs = own.Body, own.Blobs
	}},
	{pack: "platform", name: "under the number of another draw", step: "platform", code: "rules.platform-number-twice", sev: rules.Warning,
		bad: as(func(b *record.PlatformDraw) { b.Number = byPlatform().state.Lot("2023-002").Platform.Body.Number })},
	{pack: "platform", name: "twice", step: "dispatch", code: "rules.redraw", bad: func(s *step) {
		again := byPlatform().copyOf("platform")
		s.Body, s.Blobs = again.Body, again.Blobs
	}, also: []string{"rules.bad-file"}},
	{pack: "platform", name: "of an own notice that is not drawn", step: "draw", code: "rules.not-drawn-yet", bad: func(s *step) {
		l := byPlatform().copyOf("listed")
		s.Body, s.Blobs = l.Body, l.Blobs
	}},
	{pack: "platform", name: "later than its entry", step: "platform", code: "rules.date-order",
		bad:  as(func(b *record.PlatformDraw) { b.Time = "2023-08-24T10:00:01+08:00" }),
		good: as(func(b *record.PlatformDraw) { b.Time = "2023-08-24T10:00:00+08:00" })},
	{pack: "platform", name: "drawn before the notice", step: "platform", code: "rules.notice-after", sev: rules.Warning,
		bad:  as(func(b *record.PlatformDraw) { b.Time = noticed }),
		good: as(func(b *record.PlatformDraw) { b.Time = "2023-08-23T15:00:01+08:00" }), also: []string{"rules.platform-other-time"}},
	{pack: "platform", name: "drawn on another day than the notice says", step: "platform", code: "rules.platform-other-time", sev: rules.Warning,
		bad:  as(func(b *record.PlatformDraw) { b.Time = "2023-08-23T23:59:59+08:00" }),
		good: as(func(b *record.PlatformDraw) { b.Time = "2023-08-24T00:00:00+08:00" })},
	{pack: "platform", name: "one whom the notice left out", step: "platform", code: "rules.platform-outside", sev: rules.Warning, bad: swap(leftOut, false),
		good: swap(sameCell, true), also: []string{"rules.platform-cells"}},
	{pack: "platform", name: "one who is not in the register", step: "platform", code: "rules.platform-outside", sev: rules.Warning, bad: swap(nowhere, false), also: []string{"rules.platform-cells"}},
	{pack: "platform", name: "another cell", step: "platform", code: "rules.platform-cells", sev: rules.Warning, bad: swap(otherCell, true), good: swap(sameCell, true)},
	{pack: "platform", name: "one fewer", step: "platform", code: "rules.platform-number", sev: rules.Warning, bad: fewer, also: []string{"rules.platform-cells"}},
	{pack: "platform", name: "a list of another length", step: "platform", code: "rules.bad-file", bad: as(func(b *record.PlatformDraw) { b.Count++ })},
	{pack: "platform", name: "one twice", step: "platform", code: "rules.bad-file", bad: rewrite(platformObjects, func(l []string) []string { return append(l[:1], l...) })},
	{pack: "platform", name: "a team of nobody's", step: "platform", code: "rules.bad-file", bad: rewrite(platformTeams, func(l []string) []string {
		return append(l, strings.Repeat("f", 32)+"|"+recusedOne())
	})},
	{pack: "platform", name: "no recusals", step: "platform", code: "rules.recusals-count", bad: rewrite(platformRecusals, withoutOne)},
	{pack: "platform", name: "other recusals", step: "platform", code: "rules.bad-file", bad: rewrite(platformRecusals, func(l []string) []string {
		l[0] = l[0][:strings.LastIndexByte(l[0], '|')+1]
		return l
	})},
	{pack: "platform", name: "recusals that nobody declared", step: "platform", code: "rules.recusal-undeclared", bad: as(func(b *record.PlatformDraw) { b.Declarations = nil })},
	{pack: "platform", name: "the file of those left out is gone", step: "platform", code: "rules.file-missing", bad: func(s *step) {
		delete(s.Blobs, s.State.Lot("2023-001").Body.Out.SHA256)
	}},
	{pack: "platform", name: "a stranger in a team", step: "platform", code: "rules.platform-person", sev: rules.Warning, bad: member(strings.Repeat("e", 32))},
	{pack: "platform", name: "one who stands back", step: "platform", code: "rules.platform-recused", sev: rules.Warning, bad: func(s *step) { member(recusedOne())(s) }},
	{pack: "platform", name: "teams of one", step: "platform", code: "rules.team-small", sev: rules.Warning, bad: rewrite(platformTeams, func(l []string) []string {
		l[0] = l[0][:strings.LastIndexByte(l[0], '|')]
		return l
	})},
	{pack: "platform", name: "dispatched under another number", step: "dispatch", code: "rules.platform-other-number", sev: rules.Note,
		bad:  as(func(b *record.Dispatch) { b.Platform = "演示[2023]9号" }),
		good: as(func(b *record.Dispatch) { b.Platform = byPlatform().state.Lot("2023-001").Platform.Body.Number })},
	{pack: "platform", name: "dispatch of another", step: "dispatch", code: "rules.not-drawn", bad: rewrite(objects, func(l []string) []string {
		l[0] = strings.Repeat("0", 32)
		return l
	})},
	{pack: "platform", name: "result of another", step: "result", code: "rules.not-drawn", bad: as(func(b *record.Result) { b.Object = strings.Repeat("0", 32) })},
	{pack: "platform", name: "not those that were drawn", step: "listed", code: "rules.platform-differs", sev: rules.Warning, bad: swap(nowhere, false)},
	{pack: "platform", name: "one fewer than were drawn", step: "listed", code: "rules.platform-differs", sev: rules.Warning, bad: fewer},
	{pack: "platform", name: "another team", step: "listed", code: "rules.platform-team", sev: rules.Warning, bad: member(strings.Repeat("e", 32)),
		good: rewrite(platformTeams, func([]string) []string { return nil })},
	{pack: "platform", name: "listed before the round", step: "listed", code: "rules.date-order", sev: rules.Warning,
		bad:  as(func(b *record.PlatformDraw) { b.Time = "2023-08-23T23:59:20+08:00" }),
		good: as(func(b *record.PlatformDraw) { b.Time = "2023-08-23T23:59:24+08:00" })},
	{pack: "platform", name: "recusals are open already", step: "listed", code: "rules.recusals-count", bad: func(s *step) {
		own := byPlatform().copyOf("draw")
		f := own.Body.(*record.Draw).Recusals
		s.Body.(*record.PlatformDraw).Recusals = s.put(own.Blobs[f.SHA256])
	}},
}

// TestPlatformPack: a pack that names no platform lets none cast.
func TestPlatformPack(t *testing.T) {
	b := byPlatform()
	s := b.copyOf("notice")
	p := *s.State.Pack
	p.Platform = nil
	s.State.Pack = &p
	if found := codes(s.State.Apply(s.input())); found["rules.randomness"] != rules.Breach {
		t.Errorf("no platform in the pack: %v", found)
	}
}

// TestPlatformState: what the platform drew is drawn, of the grade that the
// times give, and an equal list of an own draw is said to be equal.
func TestPlatformState(t *testing.T) {
	b := byPlatform()
	l, own := b.state.Lot("2023-001"), b.state.Lot("2023-002")
	index, at := l.Record()
	if !l.Drawn() || !l.ByPlatform() || l.Afterwards() || index != l.Platform.Index || at != l.Platform.Time || l.When() != "2023-08-24T09:05:00+08:00" {
		t.Errorf("by the platform: %v %v %v %d %s %s", l.Drawn(), l.ByPlatform(), l.Afterwards(), index, at, l.When())
	}
	if len(l.Objects) != int(l.Platform.Body.Count) || len(l.Objects[0].Team) != 2 || l.Objects[0].Ticket != "" || l.Objects[0].Recused == nil || l.Pool != nil {
		t.Errorf("objects: %d, %+v", len(l.Objects), l.Objects[0])
	}
	if !own.Equal || own.ByPlatform() || own.Draw == nil || own.When() != own.Body.When() {
		t.Errorf("an equal list: %v", own.Equal)
	}
	for _, c := range []struct {
		name string
		bad  func(*step)
	}{{"other units", swap(nowhere, false)}, {"fewer", fewer}, {"other people", member(strings.Repeat("e", 32))}} {
		s := b.copyOf("listed")
		c.bad(&s)
		if s.State.Apply(s.input()); s.State.Lot("2023-002").Equal {
			t.Errorf("%s: equal", c.name)
		}
	}
	s := b.copyOf("platform")
	s.Body.(*record.PlatformDraw).Time = "2023-08-23T09:00:00+08:00"
	if s.State.Apply(s.input()); !s.State.Lot("2023-001").Afterwards() {
		t.Error("drawn the day before the notice: not 事后登记")
	}
	s = b.copyOf("notice")
	s.At = "2023-08-24T09:10:00+08:00" // too late by what it states itself
	s.State.Apply(s.input())
	if !s.State.Lot("2023-001").Afterwards() {
		t.Error("a notice later than its own time: not 事后登记")
	}
}

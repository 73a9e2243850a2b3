package rules_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// county is an office whose registers and plan lines are thrown at random.
type county struct {
	*book
	r *rand.Rand
}

func randomCounty(name string, seed uint64) *county {
	c := &county{open(name, 12, 6), rand.New(rand.NewPCG(seed, 1))}
	p := c.pack
	towns := []string{"经济开发区", ""}
	for _, t := range p.Towns {
		towns = append(towns, t.Code)
	}
	c.reg.Firms = nil
	for i := range 1 + c.r.IntN(150) {
		f := rules.Firm{ID: fmt.Sprintf("91370322TT%08d", i), Name: "演示", Town: towns[c.r.IntN(len(towns))], Sector: p.Sectors[c.r.IntN(len(p.Sectors))].Code, Status: "存续"}
		if c.r.IntN(8) == 0 {
			f.Status = "注销"
		}
		for _, tag := range p.Tags {
			if c.r.IntN(12) == 0 {
				f.Tags = append(f.Tags, tag.Code)
			}
		}
		slices.Sort(f.Tags)
		c.reg.Firms = append(c.reg.Firms, f)
	}
	c.reg.People = nil
	for i := range 2 + c.r.IntN(8) {
		person := rules.Person{ID: fmt.Sprintf("YS%04d", i), Name: "演示", From: "2020-01-01", To: "2030-01-01", Quals: []string{p.Specialities[c.r.IntN(2)].Code}}
		if i > 2 && c.r.IntN(5) == 0 {
			person.To = "2023-09-01" // lapses within the task
		}
		c.reg.People = append(c.reg.People, person)
	}
	c.reg.Hits = map[string][]string{}
	for _, f := range c.reg.Firms {
		for range c.r.IntN(4) {
			c.reg.Hits[f.ID] = append(c.reg.Hits[f.ID], time.Date(2022, 7, 1+c.r.IntN(420), 0, 0, 0, 0, time.UTC).Format(time.DateOnly))
		}
	}
	c.roster("objects", "2023-07-01T09:00:00+08:00", 2, c.reg.Firms)
	c.roster("inspectors", "2023-07-01T10:00:00+08:00", 2, c.reg.People)
	line := record.PlanLine{No: "R", Name: "随机", Mode: "不定向", Items: []string{"1"}, Scope: "演示范围", From: "2023-08-01", To: "2023-09-28", Unit: "执法大队"}
	if c.r.IntN(2) == 0 {
		f, err := rules.ParseFilter(p, randomFilter(c.r, p, 2))
		if err != nil {
			panic(err)
		}
		line.Mode, line.Filter = "定向", f.Format(p)
	}
	switch c.r.IntN(4) {
	case 0:
		line.Census = true
	case 1:
		line.Count = int64(1 + c.r.IntN(40))
	default:
		line.Ratio = []string{"0.05", "0.1", "0.333333", "1", "0.000001"}[c.r.IntN(5)]
	}
	c.hits("2023-07-02T08:00:00+08:00")
	c.say("plan", "2023-07-02T09:00:00+08:00", &record.Plan{Year: 2023, Version: 2, Date: "2023-07-02", Title: "演示", Reason: "更新", Lines: []record.PlanLine{line}}, nil)
	return c
}

// TestAnnounceIsAccepted: what Announce computes Apply accepts, and the draw of
// it too, whatever the registers; every unit of the register is in the hat or
// left out, once, on the ground that a slow reading of the pack gives.
func TestAnnounceIsAccepted(t *testing.T) {
	cast, empty, shapes := 0, 0, map[string]int{}
	for seed := range uint64(160) {
		name := []string{"gaoqing", "yanshi"}[seed%2]
		c := randomCounty(name, seed)
		declared := map[string][]string{}
		for _, f := range c.reg.Firms {
			if c.r.IntN(3) == 0 {
				declared[f.ID] = []string{c.reg.People[c.r.IntN(len(c.reg.People))].ID, "not in the hat"}
			}
		}
		task := rules.Task{Line: "R", Round: firstRun, Declared: declared}
		if c.r.IntN(2) == 0 {
			task.Slots = []string{c.pack.Specialities[0].Code}
		}
		a, err := c.state.Announce(task, c.reg, c.keys)
		if err != nil {
			if code := fault.Code(err); code != "rules.empty-pool" && code != "rules.few-inspectors" {
				t.Fatalf("%s %d: %v", name, seed, err)
			}
			empty++
			continue
		}
		c.hold(t, a.Notice, a.Blobs)
		for i, p := range c.reg.People {
			c.declare(fmt.Sprint("recusal ", i), "2023-08-22T09:00:00+08:00", p.ID, len(c.reg.Firms), 0)
		}
		c.say("notice", noticed, a.Notice, a.Blobs)
		l := c.state.Lot("2023-001")
		if l.Failed {
			t.Fatalf("%s %d: failed", name, seed)
		}
		shapes[fmt.Sprint(a.Notice.Mode, a.Notice.Groups[0].Rule, len(a.Notice.Groups[0].Cells) > 1)]++
		if seed%4 < 2 {
			c.cast("draw", drawn, l, declared)
			cast++
			c.holdDraw(t, l, declared)
		}
	}
	if cast < 50 || empty > 40 || len(shapes) < 5 {
		t.Errorf("%d cast, %d empty, shapes %v", cast, empty, shapes)
	}
}

// hold recomputes a notice slowly: grounds one by one, cells by hand, total in
// big steps.
func (c *county) hold(t *testing.T, n *record.Notice, blobs map[string][]byte) {
	t.Helper()
	hat, outs := map[string]string{}, map[string]string{}
	for _, l := range lines(blobs[n.Pool.SHA256]) {
		hat[l[:32]] = strings.Split(l, "|")[1]
	}
	for _, l := range lines(blobs[n.Out.SHA256]) {
		outs[l[:32]] = strings.Split(l, "|")[2]
	}
	if len(hat)+len(outs) != len(c.reg.Firms) {
		t.Fatalf("%d in the hat, %d left out, %d in the register", len(hat), len(outs), len(c.reg.Firms))
	}
	capped := 0
	for i := range c.reg.Firms {
		f := &c.reg.Firms[i]
		h := draw.Handle("O", draw.Salt(c.keys.K, "O", f.ID), f.ID)
		want := c.slowGround(f, n)
		if want == "cap" {
			capped++
		}
		if cell, in := hat[h]; outs[h] != want || in != (want == "") || in && cell != c.slowCell(f, n) {
			t.Fatalf("%+v: %q, want %q; cell %q, want %q", f, outs[h], want, cell, c.slowCell(f, n))
		}
	}
	g := n.Groups[0]
	line := c.state.Plan(2023).Body.Lines[0]
	if g.Base != int64(len(hat)+capped) {
		t.Errorf("base %d, want %d and %d", g.Base, len(hat), capped)
	}
	if line.Ratio != "" {
		millionths := map[string]int64{"0.05": 50000, "0.1": 100000, "0.333333": 333333, "1": 1000000, "0.000001": 1}[line.Ratio]
		want := int64(0)
		for want*1000000 < g.Base*millionths {
			want++
		}
		if g.Total != want {
			t.Errorf("%s of %d: %d, want %d", line.Ratio, g.Base, g.Total, want)
		}
	}
	sum := int64(0)
	for _, cell := range g.Cells {
		sum += cell.Quota
		tells := cell.Count < 10 || cell.Count == cell.Quota
		if tells != slices.Contains(n.Told, cell.Cell) {
			t.Errorf("cell %+v: told %v", cell, n.Told)
		}
	}
	want := int64(len(hat))
	if g.Rule == "total" {
		want = min(g.Total, want)
	}
	if sum != want {
		t.Errorf("quotas sum to %d, want %d", sum, want)
	}
}

func (c *county) slowGround(f *rules.Firm, n *record.Notice) string {
	if f.Status != "存续" {
		return "status"
	}
	if c.pack.Roster.Special != "" && slices.Contains(f.Tags, "special") {
		return "special"
	}
	if n.Mode == "定向" {
		filter, err := rules.ParseFilter(c.pack, n.Filter)
		if err != nil {
			panic(err)
		}
		if !filter.Match(f) {
			return "filter"
		}
	}
	hits := 0
	for _, h := range c.reg.Hits[f.ID] {
		if h <= "2023-08-23" && (c.pack.Cap.Window == "calendar-year" && h >= "2023-01-01" || c.pack.Cap.Window != "calendar-year" && h >= "2022-08-24") {
			hits++
		}
	}
	switch c.pack.Prefix {
	case "Y":
		eight := slices.Contains([]string{"metallurgy", "nonferrous", "building_materials", "machinery", "light_industry", "textile", "tobacco", "commerce"}, f.Sector)
		if hits >= 2 && !eight && !slices.Contains(f.Tags, "blacklist") {
			return "cap"
		}
	case "G":
		key := slices.Contains([]string{"hazchem", "non_coal_mine", "fireworks", "metallurgy", "nonferrous"}, f.Sector)
		record := slices.ContainsFunc(f.Tags, func(t string) bool {
			return t == "many_complaints" || t == "watch_list" || t == "dishonest_record" || t == "serious_violation"
		})
		if hits >= 1 && !(key && record) {
			return "cap"
		}
	}
	return ""
}

func (c *county) slowCell(f *rules.Firm, n *record.Notice) string {
	if c.pack.Prefix == "G" || n.Mode == "定向" {
		return "all"
	}
	for _, town := range c.pack.Towns {
		if town.Code == f.Town {
			return town.Code
		}
	}
	return "other"
}

// holdDraw: nobody inspects where he stands back, every place of a team holds
// what it needs, the unstaffed have no team, loads are within the cap.
func (c *county) holdDraw(t *testing.T, l *rules.Lot, declared map[string][]string) {
	t.Helper()
	load := map[string]int64{}
	for _, o := range l.Objects {
		if o.Unstaffed == (len(o.Team) > 0) {
			t.Errorf("%s: unstaffed %v with %d", o.Handle, o.Unstaffed, len(o.Team))
		}
		for i, m := range o.Team {
			load[m]++
			if need := l.Body.Slots[i].Needs; need != "" && !slices.Contains(l.People[m], need) {
				t.Errorf("%s lacks %s", m, need)
			}
			for _, id := range declared[c.firm(o.Handle).ID] {
				if m == draw.Handle("I", draw.Salt(c.keys.KI, "I", id), id) {
					t.Errorf("%s stood back from %s and is in its team", id, o.Handle)
				}
			}
		}
	}
	for m, n := range load {
		if n > l.Draw.Body.Cap {
			t.Errorf("%s: %d, cap %d", m, n, l.Draw.Body.Cap)
		}
	}
}

func lines(data []byte) []string {
	return slices.DeleteFunc(strings.Split(string(data), "\n"), func(l string) bool { return l == "" })
}

// TestAnnounceRefuses: what cannot become a notice.
func TestAnnounceRefuses(t *testing.T) {
	b := open("gaoqing", 30, 4)
	nobody := b.reg
	nobody.Firms = slices.Clone(b.reg.Firms)
	for i := range nobody.Firms {
		nobody.Firms[i].Status = "吊销"
	}
	one := b.reg
	one.People = slices.Clone(b.reg.People)
	for i := range one.People[3:] { // the last two are off duty
		one.People[i].To = "2023-09-27"
	}
	for _, c := range []struct {
		what, code string
		state      *rules.State
		task       rules.Task
		reg        rules.Registers
	}{
		{"nobody in business", "rules.empty-pool", b.state, rules.Task{Line: "A", Round: firstRun}, nobody},
		{"certificates lapse within the task", "rules.few-inspectors", b.state, rules.Task{Line: "A", Round: firstRun}, one},
		{"no such line", "rules.no-line", b.state, rules.Task{Line: "Z", Round: firstRun}, b.reg},
		{"no plan of that year", "rules.no-plan", b.state, rules.Task{Line: "A", Round: 9367912}, b.reg},
		{"experts of no register", "rules.no-expert-roster", b.state, rules.Task{Line: "A", Round: firstRun, Experts: []string{""}}, b.reg},
		{"no registers", "rules.no-roster", withoutRegisters(b), rules.Task{Line: "A", Round: firstRun}, b.reg},
	} {
		if a, err := c.state.Announce(c.task, c.reg, b.keys); fault.Code(err) != c.code || a != nil {
			t.Errorf("%s: %v", c.what, err)
		}
	}
	one.People[0].To = "2023-09-28" // its last day
	if _, err := b.state.Announce(rules.Task{Line: "A", Round: firstRun}, one, b.keys); err != nil {
		t.Errorf("two certificates last: %v", err)
	}
}

func withoutRegisters(b *book) *rules.State {
	s := b.before("")
	s.Rosters = nil
	return s
}

// TestShortfall: where the cap leaves fewer than are to be drawn, all that are
// left are drawn, the officer is told, and nobody is drawn beyond the cap.
func TestShortfall(t *testing.T) {
	b := open("gaoqing", 30, 4)
	b.reg.Hits = map[string][]string{}
	for i, f := range b.reg.Firms {
		if i >= 3 {
			b.reg.Hits[f.ID] = []string{"2023-05-04"}
		}
	}
	b.hits("2023-07-02T09:00:00+08:00")
	a, err := b.state.Announce(rules.Task{Line: "A", Round: firstRun}, b.reg, b.keys)
	if err != nil {
		t.Fatal(err)
	}
	g := a.Notice.Groups[0]
	if g.Base != 27 || g.Total != 6 || g.Cells[0].Count != 3 || g.Cells[0].Quota != 3 || !slices.Equal(a.Notice.Told, []string{"all"}) {
		t.Errorf("%+v, told %v", g, a.Notice.Told)
	}
	found := b.say("notice", noticed, a.Notice, a.Blobs)
	if codes(found)["rules.shortfall"] != rules.Warning {
		t.Errorf("%+v", found)
	}
	all := open("gaoqing", 30, 4)
	if a, err = all.state.Announce(rules.Task{Line: "A", Round: firstRun}, all.reg, b.keys); err != nil || codes(all.say("notice", noticed, a.Notice, a.Blobs))["rules.shortfall"] != "" {
		t.Errorf("nobody at the cap: %v", err)
	}
}

// TestCapWindow walks every day around the edges of both windows, leap days
// included, against calendar arithmetic.
func TestCapWindow(t *testing.T) {
	rolling, yearly := pack(t, "gaoqing"), pack(t, "yanshi")
	rolling.Cap.Options, rolling.Cap.Take, yearly.Cap.Exempt = nil, "", nil
	f := &rules.Firm{Status: "存续"}
	checked := 0
	for day := date("2023-01-01"); day.Before(date("2026-01-02")); day = day.AddDate(0, 0, 1) {
		if d := day.YearDay(); day.Year() != 2024 && d > 70 && d < 350 {
			continue // the middle of ordinary years is all alike
		}
		// The day that does not count any more is the same day a year ago; where
		// that year has none, the last of its month (29 February).
		ago := day.AddDate(-1, 0, 0)
		if ago.Day() != day.Day() {
			ago = ago.AddDate(0, 0, -1)
		}
		for off := -3; off <= 370; off++ {
			if off > 3 && off < 360 && off%30 != 0 {
				continue
			}
			hit := day.AddDate(0, 0, -off)
			checked++
			today, at := day.Format(time.DateOnly), hit.Format(time.DateOnly)
			if got, want := rolling.Capped(f, []string{at}, today, "定向", false), hit.After(ago) && !hit.After(day); got != want {
				t.Errorf("rolling, draw on %s, selected on %s: %v", today, at, got)
			}
			hits := []string{at, at}
			if got, want := yearly.Capped(f, hits, today, "定向", false), hit.Year() == day.Year() && !hit.After(day); got != want {
				t.Errorf("calendar year, draw on %s, selected on %s: %v", today, at, got)
			}
			if yearly.Capped(f, hits[:1], today, "定向", false) {
				t.Errorf("calendar year: one selection of two caps on %s", today)
			}
		}
	}
	if checked < 10000 {
		t.Errorf("only %d days", checked)
	}
}

func date(s string) time.Time {
	d, err := time.Parse(time.DateOnly, s)
	if err != nil {
		panic(err)
	}
	return d
}

// TestExemptions: sector, tag and mode of the cap's exemptions, each alone and
// together (A1, A4); special deployment frees nobody by itself.
func TestExemptions(t *testing.T) {
	hits := []string{"2023-05-01", "2023-05-02", "2023-05-03"}
	for _, c := range []struct {
		pack, sector, tag, mode string
		capped                  bool
	}{
		{"gaoqing", "hazchem", "", "不定向", true},
		{"gaoqing", "", "watch_list", "不定向", true},
		{"gaoqing", "hazchem", "watch_list", "不定向", false},
		{"gaoqing", "hazchem", "watch_list", "定向", false},
		{"gaoqing", "commerce", "watch_list", "定向", true},
		{"gaoqing", "hazchem", "blacklist", "定向", true},
		{"gaoqing", "commerce", "", "定向", true},
		{"yanshi", "commerce", "", "不定向", false},
		{"yanshi", "hazchem", "blacklist", "不定向", false},
		{"yanshi", "hazchem", "", "定向", true},
		{"yanshi", "", "", "不定向", true},
	} {
		f := &rules.Firm{Sector: c.sector}
		if c.tag != "" {
			f.Tags = []string{c.tag}
		}
		if got := pack(t, c.pack).Capped(f, hits, "2023-08-23", c.mode, false); got != c.capped {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

// TestCastRefuses: what never becomes a draw.
func TestCastRefuses(t *testing.T) {
	b := gaoqing()
	s := b.before("draw")
	l := s.Lot("2023-001")
	declared := map[string][]string{}
	for _, f := range b.reg.Firms {
		declared[f.ID] = []string{"YS0000"}
	}
	good := b.recusals(l, declared)
	other := slices.Clone(good)
	other[0].Inspectors = nil
	for _, c := range []struct {
		what, code, signature string
		recusals              []draw.RecusalLine
	}{
		{"no hex", "rules.bad-signature", strings.Repeat("z", 96), good},
		{"another round's", "beacon.bad-signature", rounds()[1001], good},
		{"recusals not declared", "rules.bad-recusal", rounds()[1000], other},
	} {
		if _, _, err := l.Cast(record.Given{Signature: c.signature}, c.recusals); fault.Code(err) != c.code {
			t.Errorf("%s: %v, want %s", c.what, err, c.code)
		}
	}
	if _, _, err := l.Cast(record.Given{Signature: rounds()[1000]}, good); err != nil {
		t.Error(err)
	}
}

// TestRosterFile: a line's digest says nothing without the register's key, and
// equal lines of two versions have nothing in common.
func TestRosterFile(t *testing.T) {
	ids, texts := []string{"a", "b"}, []string{"x", "y"}
	one, two := rules.RosterFile([]byte("k1"), "objects", ids, texts), rules.RosterFile([]byte("k2"), "objects", ids, texts)
	again := rules.RosterFile([]byte("k1"), "objects", []string{"b", "a"}, []string{"y", "x"})
	if string(one) != string(again) || string(one) == string(two) || !slices.IsSorted(lines(one)) || len(lines(one)) != 2 {
		t.Errorf("%s\n%s\n%s", one, two, again)
	}
	all := map[string]bool{}
	for _, l := range slices.Concat(lines(one), lines(two), lines(rules.RosterFile([]byte("k1"), "inspectors", ids, texts))) {
		all[l] = true
	}
	if len(slices.Collect(maps.Keys(all))) != 6 {
		t.Error("lines of two registers are alike")
	}
}

func hasCode(err error, code string) bool { return err != nil && fault.Code(err) == code }

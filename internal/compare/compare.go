// Package compare puts two years side by side: of one ledger, or of two. It
// prints numbers and what they rest on, and judges nothing: a number that
// stands out is a reason to ask, not a finding (indicators, no verdicts).
//
// What can be said depends on what is open. From the ledger alone: how many
// stand in each register, in each hat, how many were drawn, shares of direct
// assignment, replacement and abort, results by team, pairs of inspectors within
// one draw, what was late. Whoever also has a list of codes (--register) and an
// opened K learns which of them stood in which hat and who was never drawn.
// Register lines are salted: who came, went or was re-tagged between two
// versions shows only with the versions themselves, as the office keeps them
// (--roster), which are held to the digest in the ledger. Inspectors bear another
// handle in every draw: across draws a pair shows only with KI and certificate
// numbers.
//
//	r, err := compare.Compare(&compare.Side{Bundle: b, Year: 2023}, &compare.Side{Bundle: b, Year: 2024})
package compare

import (
	"strconv"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/verify"
)

// Side is one year of a ledger, or all of it, with what the reader holds beside.
type Side struct {
	Bundle   *verify.Bundle
	Year     int64             // 0: all
	Register []string          // codes of a list that the reader holds; nil: none
	Lists    []*List           // versions of registers, opened
	KI       map[string][]byte // draw → KI, where the site does not open it
	People   []string          // certificate numbers
}

// Report is the comparison; its JSON is what --json prints.
type Report struct {
	A       SideReport `json:"a"`
	B       SideReport `json:"b"`
	Counts  []Moved    `json:"counts,omitempty"`  // public numbers of the last registers that differ
	Changes *Changes   `json:"changes,omitempty"` // of the registers, where both are open
	Needs   []string   `json:"needs,omitempty"`   // what more could be said, with what: register, roster, k, ki
	packs   [2]*rules.Pack
}

// SideReport is what one side shows.
type SideReport struct {
	Office  string   `json:"office"`
	Origin  string   `json:"origin"`
	Year    int64    `json:"year,omitempty"`
	Entries uint64   `json:"entries"`
	Sound   bool     `json:"sound"`
	Today   string   `json:"today"`
	Rosters []Roster `json:"rosters"`
	Draws   []Draw   `json:"draws"`
	Tally   Tally    `json:"tally"`
	Late    []Late   `json:"late,omitempty"`
	Codes   []Count  `json:"results"` // of results in force, by code
	Teams   []Team   `json:"teams,omitempty"`
	Pairs   []Pair   `json:"pairs,omitempty"` // within a draw, met more than once
	People  *People  `json:"people,omitempty"`
	Never   *Never   `json:"never,omitempty"`
	Away    []Away   `json:"away,omitempty"`
	Watched int      `json:"away_checked,omitempty"` // draws for which Away could be asked
}

// Roster is one version of a register.
type Roster struct {
	Entry   int64          `json:"entry"`
	Kind    string         `json:"kind"`
	Version int64          `json:"version"`
	Date    string         `json:"date"`
	Count   int64          `json:"count"`
	Towns   []record.Count `json:"towns,omitempty"`
	Sectors []record.Count `json:"sectors,omitempty"`
	Classes []record.Count `json:"classes,omitempty"`
	Open    bool           `json:"open"` // the reader holds it
}

// Draw is one draw in figures.
type Draw struct {
	Draw    string `json:"draw"`
	Name    string `json:"name"`
	Grade   string `json:"grade"`
	Pool    int64  `json:"pool"`
	Out     int64  `json:"out"`
	Drawn   int    `json:"drawn"`
	Aborted bool   `json:"aborted,omitempty"`
	K       bool   `json:"k"`  // open
	KI      bool   `json:"ki"` // open, or given and right
}

// Tally sums up; the shares are part and whole, in that order.
type Tally struct {
	Draws     int    `json:"draws"`
	Drawn     int    `json:"drawn"`
	Published int    `json:"published"`
	Direct    [2]int `json:"direct"`    // 直接委派: objects with a member assigned without a lot, of the drawn
	Replaced  [2]int `json:"replaced"`  // 更换: objects with a member replaced, of the drawn
	ByLot     [2]int `json:"by_lot"`    // 换人抽签: objects whose replacement a lot gave, of the drawn
	Recused   [2]int `json:"recused"`   // 回避 after the draw: objects, of the drawn
	Aborted   [2]int `json:"aborted"`   // 终止: draws, of the draws
	Late      [2]int `json:"late"`      // results published late, of the published
	Corrected [2]int `json:"corrected"` // results, of the published
}

// Late is one kind of step that was late.
type Late struct {
	Code  string `json:"code"` // of rules.Duty
	Times int    `json:"times"`
	Most  int    `json:"most"` // working days
	Open  int    `json:"open"` // of these not done yet
}

// Count is a code with its number.
type Count struct {
	Code  string `json:"code"`
	Count int    `json:"count"`
}

// Compare puts two sides next to each other.
func Compare(a, b *Side) (*Report, error) {
	r := &Report{packs: [2]*rules.Pack{a.Bundle.State.Pack, b.Bundle.State.Pack}}
	for _, p := range []struct {
		side *Side
		to   *SideReport
	}{{a, &r.A}, {b, &r.B}} {
		g := &gather{side: p.side, s: p.side.Bundle.State, r: p.to}
		if err := g.run(); err != nil {
			return nil, err
		}
	}
	r.Counts = moved(r.A.last(), r.B.last())
	r.Changes = changes(a, b)
	r.needs()
	return r, nil
}

// needs says what the reader lacks.
func (r *Report) needs() {
	ask := map[string]bool{"register": r.Changes == nil, "roster": r.A.unopened() || r.B.unopened()}
	for _, s := range []*SideReport{&r.A, &r.B} {
		for _, d := range s.Draws {
			ask["k"] = ask["k"] || !d.K
			ask["ki"] = ask["ki"] || !d.KI
		}
		ask["ki"] = ask["ki"] || s.People == nil && len(s.Draws) > 0
	}
	for _, code := range sorted(ask) {
		if ask[code] {
			r.Needs = append(r.Needs, code)
		}
	}
}

func (r *SideReport) unopened() bool {
	for _, v := range r.Rosters {
		if v.Kind == "objects" && !v.Open {
			return true
		}
	}
	return false
}

// gather makes one side's report.
type gather struct {
	side *Side
	s    *rules.State
	r    *SideReport
	lots []*rules.Lot // of the year, those with effect
}

func (g *gather) run() error {
	b, r := g.side.Bundle, g.r
	r.Origin, r.Year, r.Entries, r.Sound, r.Today = b.Checkpoint.Origin, g.side.Year, b.Checkpoint.Size, !b.Failed(), b.Today
	if c := g.s.Charter(); c != nil {
		r.Office = c.Office
	}
	for _, l := range g.s.Lots {
		if !l.Failed && g.in(l.Body.Draw) {
			g.lots = append(g.lots, l)
		}
	}
	g.rosters()
	g.draws()
	g.late()
	g.teams()
	g.pairs()
	g.people()
	return g.register()
}

// in reports whether a date, a time or the id of a draw lies in the year.
func (g *gather) in(date string) bool {
	return g.side.Year == 0 || len(date) > 4 && date[:4] == num(g.side.Year)
}

func (g *gather) rosters() {
	for _, at := range g.s.Rosters {
		if g.in(at.Body.Date) {
			g.r.Rosters = append(g.r.Rosters, Roster{Entry: at.Index, Kind: at.Body.Kind, Version: at.Body.Version, Date: at.Body.Date, Count: at.Body.Count,
				Towns: at.Body.Towns, Sectors: at.Body.Sectors, Classes: at.Body.Classes, Open: g.side.list(at.Body.File.SHA256) != nil})
		}
	}
}

func (g *gather) draws() {
	t := &g.r.Tally
	codes := map[string]int{}
	for _, l := range g.lots {
		d := Draw{Draw: l.Body.Draw, Name: l.Body.Name, Grade: string(l.Grade()), Pool: l.Body.Pool.Lines, Out: l.Body.Out.Lines, Drawn: len(l.Objects), Aborted: l.Abort != nil,
			K: g.side.k(l) != nil, KI: len(g.side.hats(l)) > 0}
		g.r.Draws = append(g.r.Draws, d)
		t.Draws++
		t.Drawn += d.Drawn
		if d.Aborted {
			t.Aborted[0]++
		}
		kinds := map[string]map[string]bool{"": nil} // of moves, by object or group
		for _, m := range l.Moves() {
			if kinds[m.Object] == nil {
				kinds[m.Object] = map[string]bool{}
			}
			kinds[m.Object][m.Kind] = true
		}
		for _, o := range l.Objects {
			t.object(g.s, o, kinds[o.Handle], kinds[o.Group])
			if o.Result != nil {
				for _, c := range o.Result.Outcome().Codes {
					codes[c]++
				}
			}
		}
	}
	t.ByLot[1] = t.Drawn
	t.Direct[1], t.Replaced[1], t.Recused[1], t.Aborted[1] = t.Drawn, t.Drawn, t.Drawn, t.Draws
	t.Late[1], t.Corrected[1] = t.Published, t.Published
	for _, c := range sorted(codes) {
		g.r.Codes = append(g.r.Codes, Count{c, codes[c]})
	}
}

func (t *Tally) object(s *rules.State, o *rules.Object, own, group map[string]bool) {
	for kind, to := range map[string]*[2]int{"lot": &t.ByLot, "direct": &t.Direct, "replacement": &t.Replaced, "recusal": &t.Recused} {
		if own[kind] || group[kind] || kind == "direct" && len(o.Direct) > 0 {
			to[0]++
		}
	}
	if f := o.Result; f != nil {
		t.Published++
		if s.Late(f) > 0 {
			t.Late[0]++
		}
		if len(f.Corrections) > 0 {
			t.Corrected[0]++
		}
	}
}

// late lists what was or is late as of the day, by kind of duty.
func (g *gather) late() {
	if g.side.Bundle.Today == "" {
		return
	}
	byCode := map[string]*Late{}
	for _, d := range g.s.Duties(g.side.Bundle.Today) {
		if d.Late == 0 || !g.in(or(d.Draw, d.Due)) {
			continue
		}
		x := byCode[d.Code]
		if x == nil {
			x = &Late{Code: d.Code}
			byCode[d.Code] = x
		}
		x.Times++
		x.Most = max(x.Most, d.Late)
		if d.Open > 0 {
			x.Open++
		}
	}
	for _, code := range sorted(byCode) {
		g.r.Late = append(g.r.Late, *byCode[code])
	}
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func num[T ~int | ~int64 | ~uint64](n T) string { return strconv.FormatInt(int64(n), 10) }

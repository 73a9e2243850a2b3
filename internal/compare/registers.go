package compare

import (
	"cmp"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/ledger"
)

// Changes are between the last register of A and the last of B.
type Changes struct {
	From    string   `json:"from"` // what is compared: a roster's entry, or register
	To      string   `json:"to"`
	Added   []string `json:"added"`
	Removed []string `json:"removed"`
	Retag   []Retag  `json:"retagged,omitempty"` // only where versions are open
}

// Retag is one enterprise of which something that decides about draws changed.
type Retag struct {
	Code  string `json:"code"`
	Field string `json:"field"` // town, sector, risk, status, tags
	Old   string `json:"old"`
	New   string `json:"new"`
}

// Never says who stood in a hat and was not drawn.
type Never struct {
	Draws int      `json:"draws"` // of which K is open
	Stood int      `json:"stood"` // codes that stood in one of the hats
	Codes []string `json:"codes"` // of these, never drawn
}

// Away is an enterprise that was out of the register, or out of scope, when a
// draw was announced, had been in it less than 30 days before, and came back.
type Away struct {
	Code string `json:"code"`
	Draw string `json:"draw"`
	Gone string `json:"gone"` // date of the version that lacks it
	Back string `json:"back"` // date of the version that has it again
}

const awayDays = 30

// Moved is a published number of a register that is another in B than in A: all
// that shows of who came, went or was re-tagged while the versions are closed.
type Moved struct {
	Field string `json:"field"` // count, town, sector, class
	Name  string `json:"name,omitempty"`
	Old   int64  `json:"old"`
	New   int64  `json:"new"`
}

// last is the last register of objects of the side, nil if there is none.
func (r *SideReport) last() *Roster {
	for i := range slices.Backward(r.Rosters) {
		if r.Rosters[i].Kind == "objects" {
			return &r.Rosters[i]
		}
	}
	return nil
}

func moved(a, b *Roster) []Moved {
	if a == nil || b == nil {
		return nil
	}
	var list []Moved
	add := func(field string, old, now []record.Count) {
		numbers := map[string][2]int64{}
		for _, c := range old {
			numbers[c.Name] = [2]int64{c.Count, 0}
		}
		for _, c := range now {
			numbers[c.Name] = [2]int64{numbers[c.Name][0], c.Count}
		}
		for _, name := range sorted(numbers) {
			if n := numbers[name]; n[0] != n[1] {
				list = append(list, Moved{field, name, n[0], n[1]})
			}
		}
	}
	add("count", []record.Count{{Count: a.Count}}, []record.Count{{Count: b.Count}})
	add("town", a.Towns, b.Towns)
	add("sector", a.Sectors, b.Sectors)
	add("class", a.Classes, b.Classes)
	return list
}

func sorted[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// changes compares the two latest registers that the reader holds.
func changes(a, b *Side) *Changes {
	from, old, oldFirms := a.latest()
	to, now, nowFirms := b.latest()
	if old == nil || now == nil {
		return nil
	}
	c := &Changes{From: from, To: to, Added: minus(now, old), Removed: minus(old, now)}
	for _, code := range sorted(oldFirms) {
		if n, ok := nowFirms[code]; ok {
			o := oldFirms[code]
			for _, f := range [][3]string{{"town", o.Town, n.Town}, {"sector", o.Sector, n.Sector}, {"risk", o.Risk, n.Risk}, {"status", o.Status, n.Status},
				{"tags", strings.Join(o.Tags, "、"), strings.Join(n.Tags, "、")}} {
				if f[1] != f[2] {
					c.Retag = append(c.Retag, Retag{code, f[0], f[1], f[2]})
				}
			}
		}
	}
	return c
}

// latest is the last opened version of the register of objects in the side's
// year, or the reader's own list.
func (s *Side) latest() (name string, codes []string, firms map[string]rules.Firm) {
	if s.Register != nil {
		return "register", s.Register, nil
	}
	g := gather{side: s}
	for _, at := range slices.Backward(s.Bundle.State.Rosters) {
		if at.Body.Kind == "objects" && g.in(at.Body.Date) {
			if l := s.list(at.Body.File.SHA256); l != nil {
				return num(at.Index), sorted(l.Firms), l.Firms
			}
		}
	}
	return "", nil, nil
}

// minus lists what a has and b has not; both are sorted.
func minus(a, b []string) []string {
	list := []string{}
	for _, x := range a {
		if _, ok := slices.BinarySearch(b, x); !ok {
			list = append(list, x)
		}
	}
	return list
}

// candidates are all codes that the reader brought.
func (s *Side) candidates() []string {
	all := map[string]bool{}
	for _, c := range s.Register {
		all[c] = true
	}
	for _, l := range s.Lists {
		for c := range l.Firms {
			all[c] = true
		}
	}
	return sorted(all)
}

// register asks what the reader's codes show: who was never drawn, who was away
// just when lots were cast.
func (g *gather) register() error {
	codes := g.side.candidates()
	if len(codes) == 0 {
		return nil
	}
	if err := g.never(codes); err != nil {
		return err
	}
	return g.away(codes)
}

// never holds the codes against the hats of which K is open.
func (g *gather) never(codes []string) error {
	n := Never{Codes: []string{}}
	stood, drawn := map[string]bool{}, map[string]bool{}
	for _, l := range g.lots {
		k := g.side.k(l)
		if k == nil || !l.Drawn() {
			continue
		}
		in, _, err := g.hat(l)
		if err != nil {
			return err
		}
		if in == nil {
			continue
		}
		n.Draws++
		hit := map[string]bool{}
		for _, o := range l.Objects {
			hit[o.Handle] = true
		}
		for _, code := range codes {
			h := draw.Handle("O", draw.Salt(k, "O", code), code)
			stood[code] = stood[code] || in[h]
			drawn[code] = drawn[code] || hit[h]
		}
	}
	if n.Draws == 0 {
		return nil
	}
	for _, code := range codes {
		if stood[code] {
			if n.Stood++; !drawn[code] {
				n.Codes = append(n.Codes, code)
			}
		}
	}
	g.r.Never = &n
	return nil
}

// hat is the pool of a draw, and those left out who were in scope all the same:
// by the draw's condition, the cap, an earlier batch. nil: the files do not hold.
func (g *gather) hat(l *rules.Lot) (in, scope map[string]bool, err error) {
	poolFile, err := g.blob(l.Body.Pool.SHA256)
	if err != nil {
		return nil, nil, err
	}
	outFile, err := g.blob(l.Body.Out.SHA256)
	if err != nil {
		return nil, nil, err
	}
	pool, bad := draw.ParsePool(poolFile)
	out, badOut := draw.ParseLeftOut(outFile)
	if poolFile == nil || outFile == nil || bad != nil || badOut != nil {
		return nil, nil, nil // the check has said what is wrong with them
	}
	in, scope = make(map[string]bool, len(pool)), make(map[string]bool, len(out))
	for _, o := range pool {
		in[o.Handle] = true
	}
	for _, o := range out {
		scope[o.Handle] = o.Ground != "status" && o.Ground != "special"
	}
	return in, scope, nil
}

// blob is a file beside the log, nil where it does not hold; only a host that
// cannot be reached is an error.
func (g *gather) blob(sum string) ([]byte, error) {
	data, err := g.side.Bundle.Dir.Blob(sum, ledger.MaxBlob)
	var f *fault.Error
	if errors.As(err, &f) && f.Kind == fault.Unreachable {
		return nil, err
	}
	if err != nil {
		return nil, nil
	}
	if data == nil {
		data = []byte{}
	}
	return data, nil
}

// version is one version of the register of objects in the order of the log,
// and who of the codes is in it and may stand in a hat.
type version struct {
	entry int64
	date  string
	has   map[string]bool // nil: nobody knows
}

// versions are those of the whole ledger: opened ones as they are, others as far
// as a draw of which K is open used them.
func (g *gather) versions(codes []string) ([]version, error) {
	var list []version
	for _, at := range g.s.Rosters {
		if at.Body.Kind != "objects" {
			continue
		}
		v := version{entry: at.Index, date: at.Body.Date}
		if l := g.side.list(at.Body.File.SHA256); l != nil {
			v.has = map[string]bool{}
			pack := g.s.PackAt(at.Index)
			for code, f := range l.Firms {
				v.has[code] = pack == nil || pack.InScope(&f)
			}
		} else if has, err := g.seenBy(at.Index, codes); err != nil {
			return nil, err
		} else if has != nil {
			v.has = has
		}
		list = append(list, v)
	}
	return list, nil
}

// seenBy is who stood in a version, by a draw that used it.
func (g *gather) seenBy(roster int64, codes []string) (map[string]bool, error) {
	for _, l := range g.s.Lots {
		k := g.side.k(l)
		if l.Failed || l.Body.Roster.Entry != roster || k == nil {
			continue
		}
		in, scope, err := g.hat(l)
		if err != nil || in == nil {
			return nil, err
		}
		has := map[string]bool{}
		for _, code := range codes {
			h := draw.Handle("O", draw.Salt(k, "O", code), code)
			has[code] = in[h] || scope[h]
		}
		return has, nil
	}
	return nil, nil
}

// away looks, for each draw of the year, for codes that the version it used
// lacks, that the last known version before had, that a later version has
// again, and that went less than awayDays before the notice.
func (g *gather) away(codes []string) error {
	all, err := g.versions(codes)
	if err != nil {
		return err
	}
	known := slices.DeleteFunc(all, func(v version) bool { return v.has == nil })
	for _, l := range g.lots {
		at := slices.IndexFunc(known, func(v version) bool { return v.entry == l.Body.Roster.Entry })
		if at < 1 || at == len(known)-1 {
			continue // no known version before it, or none after
		}
		g.r.Watched++
		for _, code := range codes {
			if a, ok := awayAt(known, at, code, l); ok {
				g.r.Away = append(g.r.Away, a)
			}
		}
	}
	slices.SortFunc(g.r.Away, func(a, b Away) int { return cmp.Or(strings.Compare(a.Draw, b.Draw), strings.Compare(a.Code, b.Code)) })
	return nil
}

func awayAt(known []version, at int, code string, l *rules.Lot) (Away, bool) {
	if known[at].has[code] {
		return Away{}, false
	}
	gone := at
	for gone > 0 && !known[gone-1].has[code] {
		gone--
	}
	if gone == 0 {
		return Away{}, false // it had not been there
	}
	back := slices.IndexFunc(known[at:], func(v version) bool { return v.has[code] })
	if back < 0 || days(known[gone].date, l.Time[:10]) >= awayDays {
		return Away{}, false
	}
	return Away{code, l.Body.Draw, known[gone].date, known[at+back].date}, true
}

// days are the days from one date to another.
func days(from, to string) int {
	a, err1 := time.Parse(time.DateOnly, from)
	b, err2 := time.Parse(time.DateOnly, to)
	if err1 != nil || err2 != nil {
		return awayDays
	}
	return int(b.Sub(a).Hours() / 24)
}

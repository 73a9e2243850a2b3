package rules

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sunlot/sunlot/internal/record"
)

// Reached reports whether selections on the days of hits are as many as the cap
// allows in its window, for a draw on day.
func (p *Pack) Reached(hits []string, day string) bool {
	n := 0
	for _, h := range hits {
		if h >= p.capFrom(day) && h <= day {
			n++
		}
	}
	return n >= p.Cap.Max
}

// capFrom is the first day of the window of a draw on day.
func (p *Pack) capFrom(day string) string {
	if p.Cap.Window == "rolling-12-months" {
		return num(yearOf(day)-1) + day[4:] + "~" // sorts after the same day a year ago, which no longer counts
	}
	return day[:4] + "-01-01"
}

// Free finds the exemption from the cap that holds for the firm (A1, A4), by
// its position in the pack. One by special deployment holds only with a waiver.
func (p *Pack) Free(f *Firm, mode string, deployed bool) (int, bool) {
	i := slices.IndexFunc(p.Exempts(), func(e Exempt) bool { return e.frees(f, mode, deployed) })
	return i, i >= 0
}

// Capped reports whether the cap keeps the firm out of a draw on the day.
func (p *Pack) Capped(f *Firm, hits []string, day, mode string, deployed bool) bool {
	_, free := p.Free(f, mode, deployed)
	return !free && p.Reached(hits, day)
}

// Exempts are the exemptions of the reading that the pack takes.
func (p *Pack) Exempts() []Exempt {
	for _, o := range p.Cap.Options {
		if o.Name == p.Cap.Take {
			return o.Exempt
		}
	}
	return p.Cap.Exempt
}

// frees reports whether the exemption holds for the firm: every given member.
func (e Exempt) frees(f *Firm, mode string, deployed bool) bool {
	if e.Deploy && !deployed || e.Mode != "" && e.Mode != mode {
		return false
	}
	if len(e.Sectors) > 0 && !slices.Contains(e.Sectors, f.Sector) {
		return false
	}
	return len(e.Tags) == 0 || slices.ContainsFunc(e.Tags, func(t string) bool { return slices.Contains(f.Tags, t) })
}

// Tagged adds to a firm's tags what follows from its number of recorded
// complaints, where the register gives one (多次, A4).
func (p *Pack) Tagged(tags []string, records int) []string {
	if p.Cap.RecordsTag != "" && records >= p.Cap.RecordsMin && !slices.Contains(tags, p.Cap.RecordsTag) {
		tags = append(tags, p.Cap.RecordsTag)
	}
	return tags
}

// freedGround is the line of the table of those who reached the cap and stand
// in the hat all the same: code is exempt.N, N from 0.
func (p *Pack) freedGround(code string, n int64) record.Ground {
	digits, ok := strings.CutPrefix(code, "exempt.")
	i, err := strconv.Atoi(digits)
	if list := p.Exempts(); ok && err == nil && i >= 0 && i < len(list) && code == "exempt."+num(i) {
		words := "已达频次上限，依条款不受频次限制"
		if list[i].Deploy {
			words = "已达频次上限，因另行部署不受频次限制"
		}
		return record.Ground{Code: code, Clause: list[i].Clause, Words: words, Count: n}
	}
	return record.Ground{}
}

// freed holds the table of the freed to the pack and to the waivers named.
func (j *judge) freed(b *record.Notice, lines int64) {
	p := j.s.Pack
	for i, g := range b.Freed {
		want := p.freedGround(g.Code, g.Count)
		if g != want || g.Count == 0 || g.Count > lines || i > 0 && b.Freed[i-1].Code >= g.Code {
			j.breach("rules.grounds", p.Cap.Clause, g.Code, g.Clause, want.Clause)
			continue
		}
		n, _ := strconv.Atoi(strings.TrimPrefix(g.Code, "exempt."))
		e := p.Exempts()[n]
		if e.Mode != "" && e.Mode != b.Mode || e.Deploy && !j.s.waived(b, kindDeployment) {
			// Beyond the cap only with what stands in the ledger before it (G-6.2d).
			j.breach("rules.no-waiver", e.Clause, b.Line, num(g.Count), "")
		}
	}
}

// pick is one selection of an object whose code is opened; joined ones another
// department made: they count, and are not judged here (requirements A13).
type pick struct {
	day    string
	lot    *Lot
	obj    *Object
	joined bool
}

// Across finds what shows only once codes are opened: an object selected more
// often than the cap allows, an object that stood in two open tasks at once
// (G-4.3b). Room verify fills the codes and calls it; selections not yet opened
// and those before the charter are not seen.
func (s *State) Across() []Finding {
	byID, order := map[string][]pick{}, []string{}
	for _, l := range s.Lots {
		if l.Failed || !l.Drawn() {
			continue
		}
		for _, o := range l.Objects {
			if o.ID == "" || !l.Selected(o) {
				continue
			}
			if byID[o.ID] == nil {
				order = append(order, o.ID)
			}
			byID[o.ID] = append(byID[o.ID], pick{day: l.day(), lot: l, obj: o})
		}
	}
	for _, f := range s.Results {
		if t := f.Joined; t != nil && f.Code != "" && byID[f.Code] != nil {
			byID[f.Code] = append(byID[f.Code], pick{day: t.Body.Drawn, lot: t.asLot(), obj: &Object{Result: f}, joined: true})
		}
	}
	var found []Finding
	over := map[*Lot]int64{}
	for _, id := range order {
		picks := byID[id]
		slices.SortStableFunc(picks, func(a, b pick) int { return strings.Compare(a.day, b.day) })
		for i := 1; i < len(picks); i++ {
			if !picks[i].joined {
				found = append(found, again(id, picks[:i], picks[i], over)...)
			}
		}
	}
	return found
}

// again judges a selection after the earlier ones of the same object; over
// counts by draw those found beyond the cap so far.
func again(id string, before []pick, now pick, over map[*Lot]int64) []Finding {
	var found []Finding
	p := now.lot.Pack
	var days []string
	for _, b := range before {
		days = append(days, b.day)
	}
	if p.Reached(days, now.day) {
		f := Finding{Code: "rules.over-cap", Severity: Warning, Clause: p.Cap.Clause, Entry: now.lot.Index, Place: id, Got: num(inWindow(days, p.capFrom(now.day)) + 1), Want: num(p.Cap.Max)}
		over[now.lot]++
		freed := int64(0)
		for _, g := range now.lot.Body.Freed {
			freed += g.Count
		}
		if over[now.lot] <= freed && now.mayBeFree() {
			f.Severity = Note // the notice says of how many in its hat the cap does not hold
		}
		found = append(found, f)
	}
	last := before[len(before)-1]
	if cast, _ := now.lot.Record(); last.obj.Result == nil || last.obj.Result.Index > cast {
		found = append(found, Finding{Code: "rules.merge", Severity: Note, Clause: p.Joint.MergeBy, Entry: now.lot.Index, Place: id, Got: last.lot.Body.Draw, Want: now.lot.Body.Draw})
	}
	return found
}

func inWindow(days []string, from string) int {
	n := 0
	for _, d := range days {
		if d >= from {
			n++
		}
	}
	return n
}

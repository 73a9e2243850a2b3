package rules

import (
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
)

// share is a group that a plan line gives each of its notices: who chooses
// groups chooses who is drawn, so they are the line's, which stood before.
type share struct {
	name, words string
	ratio       string
	count       int64
	census      bool
	prefix      string // of its cells' codes: "" for a group alone
}

// shares lists the groups of a plan line: one, or one for each class and a last
// one for the rest, which the line's own quantity holds, so that a closed
// condition leaves nobody out.
func shares(l *record.PlanLine) []share {
	if len(l.Classes) == 0 {
		return []share{{name: groupName, words: l.Scope, ratio: l.Ratio, count: l.Count, census: l.Census}}
	}
	var list []share
	for _, c := range l.Classes {
		list = append(list, share{ratio: c.Ratio, count: c.Count, census: c.Census})
	}
	list = append(list, share{ratio: l.Ratio, count: l.Count, census: l.Census})
	for i := range list {
		list[i].name = "g" + num(i+1)
		list[i].words, list[i].prefix = "第"+num(i+1)+"组", list[i].name+"."
	}
	return list
}

// total is how many of base the group draws: the year's number, or in a batch
// the part of it that the batches so far must have reached, less what they drew
// (A10: the ratio is that of the year over all batches).
func (q share) total(base, batch, batches, before int64) (int64, error) {
	t := q.count
	if q.ratio != "" {
		n, err := total(q.ratio, int(base))
		if err != nil {
			return 0, err
		}
		t = int64(n)
	}
	if batch == 0 {
		return t, nil
	}
	return max(0, (t*batch+batches-1)/batches-before), nil
}

// drawnOf counts what the draws of a plan line that stand have drawn of a group.
func (s *State) drawnOf(line string, year int64, q share) int64 {
	n := int64(0)
	for _, l := range s.lotsOf(line, year) {
		for _, o := range l.Objects {
			if !l.void() && strings.HasPrefix(o.Cell, q.prefix) {
				n++
			}
		}
	}
	return n
}

// lotsOf lists the draws of a plan line or task whose notice has effect.
func (s *State) lotsOf(line string, year int64) []*Lot {
	var list []*Lot
	for _, l := range s.Lots {
		if !l.Failed && l.Body.Line == line && yearOf(l.Body.Draw) == year {
			list = append(list, l)
		}
	}
	return list
}

// nextBatch is the batch of the line's next notice, 0 where it has none.
func (s *State) nextBatch(l *record.PlanLine, year int64) int64 {
	if l.Batches == 0 {
		return 0
	}
	n := int64(1)
	for _, lot := range s.lotsOf(l.No, year) {
		if !lot.void() {
			n++
		}
	}
	return n
}

// groupCell is the name of a cell of a group, false for one that the notice
// cannot have.
func (s *State) groupCell(b *record.Notice, q share, code string) (string, bool) {
	rest, ok := strings.CutPrefix(code, q.prefix)
	name, known := s.cellName(b, rest)
	switch {
	case !ok || !known:
		return "", false
	case q.prefix == "":
		return name, true
	case rest == "all":
		return q.words, true
	}
	return q.words + " " + name, true
}

// classifier finds the group of a firm: the first class whose condition it meets,
// otherwise the rest.
type classifier struct {
	shares  []share
	filters []*Filter
}

func newClassifier(p *Pack, line *record.PlanLine, conditions map[string]string) (*classifier, error) {
	c := &classifier{shares: shares(line)}
	for _, k := range line.Classes {
		text, ok := conditions[k.Name]
		if !ok {
			return nil, fault.New("rules.no-condition", line.No, k.Name, "")
		}
		f, err := ParseFilter(p, text)
		if err != nil {
			return nil, err
		}
		c.filters = append(c.filters, f)
	}
	return c, nil
}

func (c *classifier) of(f *Firm) share {
	i := slices.IndexFunc(c.filters, func(x *Filter) bool { return x.Match(f) })
	if i < 0 {
		i = len(c.filters)
	}
	return c.shares[i]
}

// group sets the groups of a notice, their totals and their cells' quotas. A
// group of nobody is left out of it.
func (s *State) group(b *record.Notice, line *record.PlanLine, v *sieve) error {
	counts := map[string]int{}
	for i := range v.pool {
		counts[v.pool[i].Cell]++
	}
	if b.Batch > line.Batches {
		return fault.New("rules.batch", line.No, num(b.Batch), num(line.Batches))
	}
	var groups []draw.Group
	all := int64(0)
	for _, q := range shares(line) {
		g := record.Group{Name: q.name, Rule: "total", Words: q.words, Ratio: q.ratio, Base: v.kept[q.name], Minimum: line.Minimum}
		var cells []string
		for c, n := range counts {
			if strings.HasPrefix(c, q.prefix) {
				cells, g.Base = append(cells, c), g.Base+int64(n)
			}
		}
		slices.Sort(cells)
		if q.census {
			g.Rule, g.Minimum = "census", 0
		} else {
			var err error
			if g.Total, err = q.total(g.Base, b.Batch, line.Batches, s.drawnOf(line.No, yearOf(b.Draw), q)); err != nil {
				return err
			}
		}
		if g.Base == 0 {
			continue
		}
		if all += g.Total; q.census {
			all++
		}
		for _, c := range cells {
			g.Cells = append(g.Cells, record.Cell{Cell: c, Name: v.names[c], Count: int64(counts[c])})
		}
		b.Groups = append(b.Groups, g)
		groups = append(groups, draw.Group{Name: g.Name, Rule: g.Rule, Total: int(g.Total), Minimum: int(g.Minimum), Cells: cells})
	}
	if all == 0 {
		return fault.New("rules.batch", line.No, num(b.Batch), num(line.Batches)) // the earlier batches drew the year's number
	}
	quotas, err := draw.Quotas(groups, counts)
	if err != nil {
		return err
	}
	for i := range b.Groups {
		for k := range b.Groups[i].Cells {
			c := &b.Groups[i].Cells[k]
			c.Quota = int64(quotas[c.Cell])
		}
	}
	return nil
}

// noticeCells: the groups of the plan line in its order, and the cells that the
// pack gives. Sainte-Laguë starves a cell of one firm beside a large one, so
// whoever chose the cells could choose who is never drawn.
func (j *judge) noticeCells(b *record.Notice, line *record.PlanLine) map[string]share {
	wanted, rest := map[string]share{}, shares(line)
	for _, g := range b.Groups {
		i := slices.IndexFunc(rest, func(q share) bool { return q.name == g.Name })
		if i < 0 || g.Words != rest[i].words || g.Base == 0 {
			j.breach("rules.notice-differs", j.s.Pack.Plan.Clause, "groups", g.Name+" "+g.Words, line.No)
			continue
		}
		q := rest[i]
		wanted[g.Name], rest = q, rest[i+1:]
		if want := map[bool]int64{false: line.Minimum}[q.census]; g.Minimum != want {
			j.breach("rules.notice-differs", j.s.Pack.Plan.Clause, g.Name, num(g.Minimum), num(want))
		}
		for i, c := range g.Cells {
			if want, ok := j.s.groupCell(b, q, c.Cell); !ok || c.Name != want || c.Count == 0 || i > 0 && g.Cells[i-1].Cell >= c.Cell {
				j.breach("rules.notice-differs", j.s.Pack.Draw.Undirected, "cells", c.Cell+" "+c.Name, want)
			}
		}
	}
	return wanted
}

// noticeTotals recomputes what each group draws from its base.
func (j *judge) noticeTotals(b *record.Notice, line *record.PlanLine, wanted map[string]share) {
	short, all := int64(0), int64(0)
	for _, g := range b.Groups {
		q, ok := wanted[g.Name]
		if !ok {
			continue
		}
		if (g.Rule == "census") != q.census || g.Ratio != q.ratio {
			j.breach("rules.notice-differs", j.s.Pack.Plan.Clause, g.Name, g.Rule+" "+g.Ratio, q.ratio+" "+num(q.count))
			continue
		}
		if q.census {
			continue
		}
		want, err := q.total(g.Base, b.Batch, line.Batches, j.s.drawnOf(line.No, yearOf(b.Draw), q))
		if err != nil || g.Total != want {
			j.breach("rules.quota", "", g.Name, num(g.Total), num(want))
		}
		lines := int64(0)
		for _, c := range g.Cells {
			lines += c.Count
		}
		all += g.Total
		short += max(0, g.Total-lines)
	}
	if short > 0 && !j.s.waived(b, kindShortfall) {
		// All that is there is drawn, and the number is not reached (A14): never
		// silently, and never beyond the cap.
		j.add(Warning, "rules.shortfall", j.s.Pack.shortBy(), b.Line, num(all-short), num(all))
	}
	j.classGone(b, line)
	j.floor(b, line)
}

// floor: a line may draw one class less than the regulation's share if the
// whole of it still reaches the share (requirements §1.5 G-5.1.2c).
func (j *judge) floor(b *record.Notice, line *record.PlanLine) {
	if len(line.Classes) == 0 || line.Batches > 0 {
		return
	}
	base, drawn := int64(0), int64(0)
	for _, g := range b.Groups {
		base += g.Base
		if g.Rule == "census" {
			for _, c := range g.Cells {
				drawn += c.Count
			}
		}
		drawn += g.Total
	}
	for _, r := range j.s.Pack.Ratios {
		if r.Op != "min" {
			continue
		}
		if want, err := total(r.Value, int(base)); err == nil && drawn < int64(want) {
			j.add(Warning, "rules.below-floor", r.Clause, b.Line, num(drawn), num(want))
			return
		}
	}
}

// noticeTurn: one open notice a plan line, its batches one after another, and
// no more draws of it than it says.
func (j *judge) noticeTurn(b *record.Notice, line *record.PlanLine) {
	p, year := j.s.Pack, yearOf(b.Draw)
	if want := j.s.nextBatch(line, year); b.Batch != want || b.Batch > line.Batches {
		j.breach("rules.batch", p.Plan.Clause, b.Line, num(b.Batch), num(line.Batches))
	}
	stood := int64(0)
	for _, l := range j.s.lotsOf(b.Line, year) {
		if line.Batches > 0 && l.Drawn() {
			continue // the next batch may be drawn while an earlier one is inspected
		}
		if l.void() {
			continue
		}
		stood++
		if !l.Closed() {
			j.breach("rules.line-open", p.Draw.Before, b.Line, l.Body.Draw, "")
		}
	}
	if times := line.Times(); j.sound() && line.Batches == 0 && stood >= times {
		j.add(Warning, "rules.line-again", p.Plan.Clause, b.Line, num(stood+1), num(times))
	}
	for _, l := range j.s.Lots {
		if !l.Failed && l.Abort == nil && !l.Drawn() && l.Body.Line != b.Line {
			// Whom it draws is not known yet, and so not counted to the cap here (A13).
			j.add(Warning, "rules.undrawn-beside", p.Cap.Clause, b.Line, l.Body.Draw, "")
			break
		}
	}
}

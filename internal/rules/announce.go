package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
)

// Codes of the grounds on which a unit of the register is left out of a pool.
const (
	groundStatus  = "status"  // not 存续
	groundSpecial = "special" // outside 双随机 by the regulation
	groundFilter  = "filter"  // not in the directed conditions
	groundCap     = "cap"     // selected as often as the cap allows
	groundBatch   = "batch"   // drawn in an earlier batch of the plan line
)

// Task (抽查任务) is what an officer decides beside the plan line.
type Task struct {
	Line     string
	Name     string             // "" takes the plan line's
	Round    uint64             // of quicknet; 0 where Before or Random is given
	Random   *record.Randomness // a lottery, a ceremony, contributors; nil: Round alone
	Before   string             // where the platform casts: when its task says it will (form time)
	From, To string             // task period; "" takes the plan line's
	Units    []record.Unit
	Slots    []string            // qualification of each slot; nil: the pack's least number, none needed
	Groups   int                 // group teams (分组检查); 0: a team for each object
	ByLot    bool                // whoever cannot go is replaced by lot, where the pack lets the notice choose
	Later    bool                // objects alone: teams by a later teams notice
	Experts  []string            // speciality of each expert who is drawn beside the team, "" for any
	Scheme   string              // 抽查工作方案
	Earlier  string              // the aborted draw that this one repeats; "": found here
	Declared map[string][]string // object id → inspectors recused beforehand
	Auditor  string              // body to which KI is handed where certificate numbers are not public
}

// Registers are the office's private registers behind the two latest rosters.
type Registers struct {
	Firms   []Firm
	People  []Person
	Experts []Person
	Hits    map[string][]string // object id → dates of selections that count to the cap
	Drawn   map[string][]string // object id → ids of draws, not aborted, that drew it

	Conditions map[string]string // of the plan line's classes, opened: name → filter
}

// Keys of a draw: 32 random bytes each (draw1 §3).
type Keys struct{ K, KI []byte }

// Announcement is a notice with its files by digest.
type Announcement struct {
	Notice *record.Notice
	Blobs  map[string][]byte
}

// Announce computes a notice: population, exclusions by clause, groups, cells,
// quotas and the four files. It does not judge the outcome: the caller applies
// the entry as everybody will.
func (s *State) Announce(t Task, r Registers, k Keys) (*Announcement, error) {
	b, line, err := s.noticeHead(t)
	if err != nil {
		return nil, err
	}
	sieve, err := s.sift(b, line, r, k.K)
	if err != nil {
		return nil, err
	}
	if len(sieve.pool) == 0 {
		return nil, fault.New("rules.empty-pool", b.Line, num(len(r.Firms)), "")
	}
	a := &Announcement{Notice: b, Blobs: map[string][]byte{}}
	put := func(data []byte) record.File {
		f := LinesOf(data)
		a.Blobs[f.SHA256] = data
		return f
	}
	if err := s.group(b, line, sieve); err != nil {
		return nil, err
	}
	b.Pool = put(draw.FormatPool(sieve.pool))
	b.Out = put(draw.FormatLeftOut(sieve.out))
	b.Told = told(b.Groups, sieve.pool)
	if err := s.noticePeople(b, t, r.People, sieve, k.KI, put); err != nil {
		return nil, err
	}
	if len(t.Experts) > 0 && s.Roster("experts") == nil {
		return nil, fault.New("rules.no-expert-roster", b.Line, "", "")
	}
	if err := s.noticeExperts(b, t, r.Experts, k.KI, put); err != nil {
		return nil, err
	}
	b.Key, b.KeyI = draw.KeyCommit(k.K), draw.KeyCommit(k.KI)
	return a, nil
}

// noticeHead fills what does not depend on the registers' lines.
func (s *State) noticeHead(t Task) (*record.Notice, *record.PlanLine, error) {
	p, random := s.Pack, t.randomness()
	when := t.When()
	year := yearOf(when)
	index, line := s.Line(year, t.Line)
	switch {
	case line == nil && s.Plan(year) == nil:
		return nil, nil, fault.New("rules.no-plan", num(year), "", "")
	case line == nil:
		return nil, nil, fault.New("rules.no-line", t.Line, "", "").Of(fault.Usage)
	}
	if line.Joint == joined {
		return nil, nil, fault.New("rules.joined-draw", line.No, line.Lead, "")
	}
	replace, ok := p.Team.replacement(t.ByLot)
	if !ok || t.ByLot && t.Before != "" {
		return nil, nil, fault.New("rules.no-lot", t.Line, p.Team.Replace, replaceLot)
	}
	list, objects, people := s.Checklist(), s.Roster("objects"), s.Roster("inspectors")
	if list == nil || objects == nil || people == nil {
		return nil, nil, fault.New("rules.no-roster", t.Line, "", "")
	}
	earlier, _ := s.repeated(line.No, year)
	b := &record.Notice{
		Serial: s.NextSerial(year), Name: or(t.Name, line.Name), Plan: index, Line: line.No, Batch: s.nextBatch(line, year), Waivers: s.openWaivers(line.No, year),
		Scheme: t.Scheme, Earlier: or(t.Earlier, earlier), Items: line.Items, Checklist: list.Index,
		Mode: line.Mode, Filter: line.Filter, Scope: line.Scope, Casts: "sunlot",
		Roster:     record.RosterRef{Entry: objects.Index, Count: objects.Body.Count, SHA256: objects.Body.File.SHA256},
		Inspectors: record.RosterRef{Entry: people.Index, Count: people.Body.Count, SHA256: people.Body.File.SHA256},
		Leader:     p.Team.Leader, Replace: replace, Names: "on-result",
		From: or(t.From, max(line.From, when[:10])), To: or(t.To, line.To), Units: t.Units, Auditor: t.Auditor,
	}
	b.Draw = fmt.Sprintf("%04d-%03d", year, b.Serial)
	if t.Before != "" {
		b.Casts, b.Before = castByPlatform, t.Before
	} else {
		b.Randomness = random
	}
	if len(b.Units) == 0 {
		b.Units = []record.Unit{{Name: line.Unit}}
	}
	if !t.Later {
		b.Slots, b.GroupTeams = s.teamOf(t, list.Index, b.Items)
	}
	b.Due = p.NoticeDue(s.Workdays(), when, b.To)
	return b, line, nil
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// sieve is the register sorted into those in the hat and those left out.
type sieve struct {
	pool  []draw.Object
	out   []draw.LeftOut
	ids   map[string]string // handle → id, of the pool
	names map[string]string // cell → name
	kept  map[string]int64  // by group: left out, and counted in its base
	why   map[string]int64
	freed map[string]int64 // reached the cap and stand in the hat: by exemption
}

func (s *State) sift(b *record.Notice, line *record.PlanLine, r Registers, k []byte) (*sieve, error) {
	p := s.Pack
	var filter *Filter
	if line.Filter != "" {
		var err error
		if filter, err = ParseFilter(p, line.Filter); err != nil {
			return nil, err
		}
	}
	v := &sieve{ids: make(map[string]string, len(r.Firms)), names: map[string]string{}, why: map[string]int64{}, kept: map[string]int64{}, freed: map[string]int64{}}
	classes, err := newClassifier(p, line, r.Conditions)
	if err != nil {
		return nil, err
	}
	deployed := s.waived(b, kindDeployment)
	day := b.When()[:10]
	for i := range r.Firms {
		f := &r.Firms[i]
		h := draw.Handle("O", draw.Salt(k, "O", f.ID), f.ID)
		q, ground := classes.of(f), ""
		group := q.name
		switch {
		case b.Batch > 1 && s.inBatch(b, r.Drawn[f.ID]):
			ground = groundBatch
			v.kept[group]++
		case !slices.Contains(p.Roster.Statuses, f.Status):
			ground = groundStatus
		case p.Roster.Special != "" && slices.Contains(f.Tags, "special"):
			ground = groundSpecial
		case filter != nil && !filter.Match(f):
			group, ground = "-", groundFilter
		case p.Reached(r.Hits[f.ID], day):
			if n, free := p.Free(f, b.Mode, deployed); free {
				v.freed["exempt."+num(n)]++
				break
			}
			ground = groundCap
			v.kept[group]++
		}
		if ground != "" {
			v.why[ground]++
			v.out = append(v.out, draw.LeftOut{Handle: h, Group: group, Ground: ground})
			continue
		}
		cell := q.prefix + s.cell(b, f)
		v.names[cell], _ = s.groupCell(b, q, cell)
		v.ids[h] = f.ID
		v.pool = append(v.pool, draw.Object{Handle: h, Cell: cell, Weight: 1})
	}
	slices.SortFunc(v.pool, func(a, b draw.Object) int { return strings.Compare(a.Handle, b.Handle) })
	slices.SortFunc(v.out, func(a, b draw.LeftOut) int { return strings.Compare(a.Handle, b.Handle) })
	for code, n := range v.why {
		b.Grounds = append(b.Grounds, p.ground(code, n))
	}
	for code, n := range v.freed {
		b.Freed = append(b.Freed, p.freedGround(code, n))
	}
	for _, list := range [][]record.Ground{b.Grounds, b.Freed} {
		slices.SortFunc(list, func(a, b record.Ground) int { return strings.Compare(a.Code, b.Code) })
	}
	return v, nil
}

// inBatch reports whether one of the draws was of the notice's plan line.
func (s *State) inBatch(b *record.Notice, draws []string) bool {
	return slices.ContainsFunc(s.lotsOf(b.Line, yearOf(b.Draw)), func(l *Lot) bool {
		return !l.void() && slices.Contains(draws, l.Body.Draw)
	})
}

// groupName is neutral: a group's name must not say what its members are.
const groupName = "g1"

// cell is the firm's cell: its town where an undirected draw is balanced by
// towns (Y-6.2), otherwise the one cell of all.
func (s *State) cell(b *record.Notice, f *Firm) string {
	code := "all"
	if s.byTown(b) {
		code = "other"
		if n, ok := Find(s.Pack.Towns, f.Town); ok {
			code = n.Code
		}
	}
	return code
}

// byTown reports whether the cells of the notice are towns (Y-6.2).
func (s *State) byTown(b *record.Notice) bool {
	return s.Pack.Draw.Balance == "town" && b.Mode == "不定向"
}

// cellName is the name of a cell, false for one that the notice cannot have.
func (s *State) cellName(b *record.Notice, code string) (string, bool) {
	switch {
	case !s.byTown(b):
		return "全部", code == "all"
	case code == "other":
		return "其他区域", true
	}
	i := slices.IndexFunc(s.Pack.Towns, func(n Named) bool { return n.Code == code })
	if i < 0 {
		return "", false
	}
	return s.Pack.Towns[i].Name, true
}

// ground is the table line of a ground of being left out.
func (p *Pack) ground(code string, n int64) record.Ground {
	switch code {
	case groundStatus:
		return record.Ground{Code: code, Clause: p.Roster.Status, Words: "登记状态不是存续", Count: n}
	case groundSpecial:
		return record.Ground{Code: code, Clause: p.Roster.Special, Words: "制度列明不适用随机抽查", Count: n}
	case groundFilter:
		return record.Ground{Code: code, Clause: p.Draw.Directed, Words: "不在本次定向条件内", Count: n}
	case groundCap:
		return record.Ground{Code: code, Clause: p.Cap.Clause, Words: "已达频次上限", Count: n}
	case groundBatch:
		return record.Ground{Code: code, Clause: p.Plan.Clause, Words: "本计划项前几批已抽中", Count: n}
	}
	return record.Ground{}
}

// InScope reports whether the firm may stand in a hat at all: 存续 and not taken
// out of 双随机 by the regulation.
func (p *Pack) InScope(f *Firm) bool {
	special := p.Roster.Special != "" && slices.Contains(f.Tags, "special")
	return slices.Contains(p.Roster.Statuses, f.Status) && !special
}

// Estimate (预估数量) is what a plan line will draw from its base.
func (p *Pack) Estimate(l *record.PlanLine) (int64, error) {
	switch {
	case l.Census:
		return l.Base, nil
	case l.Count > 0:
		return min(l.Count, l.Base), nil
	case l.Base == 0 || l.Joint == joined && l.Ratio == "": // who leads decides how many
		return 0, nil
	}
	n, err := total(l.Ratio, int(l.Base))
	return int64(n), err
}

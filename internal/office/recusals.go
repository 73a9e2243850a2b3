package office

import (
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/intake"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// standBack is a line of the private list of a declaration: one unit that the
// inspector must not inspect, by code or name as he wrote it.
type standBack struct {
	Person string `json:"person"` // certificate number
	Unit   string `json:"unit"`
}

func standBackLine(s *standBack) (string, any) { return s.Person + "|" + s.Unit, s }

// declaring is one inspector's declaration as the lines of a sheet give it.
type declaring struct {
	first intake.Recusal
	units []string
}

// Recusals drafts a declaration (回避申报) for each inspector of the sheet. It
// replaces the one that he made before.
func (o *Office) Recusals(rows []intake.Recusal) (*Draft, []intake.Problem, error) {
	s, err := o.State()
	if err != nil {
		return nil, nil, err
	}
	people, err := o.peopleNow(s)
	if err != nil {
		return nil, nil, err
	}
	var problems []intake.Problem
	var order []string
	by := map[string]*declaring{}
	for i := range rows {
		r := &rows[i]
		p := people[r.Certificate]
		switch {
		case p == nil:
			problems = append(problems, problem(r.Line, "执法证号", "office.no-such-person", r.Certificate, ""))
			continue
		case intake.NameKey(p.Name) != intake.NameKey(r.Name):
			problems = append(problems, problem(r.Line, "姓名", "office.other-name", r.Name, p.Name))
			continue
		}
		d := by[r.Certificate]
		if d == nil {
			d = &declaring{first: *r}
			by[r.Certificate], order = d, append(order, r.Certificate)
		}
		if r.Date != d.first.Date || r.Decided != d.first.Decided || r.By != d.first.By || r.None != d.first.None {
			problems = append(problems, problem(r.Line, "申报日期", "office.two-declarations", r.Name, d.first.Line.String()))
		}
		for _, u := range r.Units {
			if !slices.Contains(d.units, u) {
				d.units = append(d.units, u)
			}
		}
	}
	if len(problems) > 0 {
		return nil, problems, nil
	}
	odd, err := o.unlisted(s)
	if err != nil {
		return nil, nil, err
	}
	var confirm []intake.Problem
	for i := range rows {
		confirm = append(confirm, odd(rows[i].Line, rows[i].Name, rows[i].Units)...)
	}
	draft, sheet := &Draft{Blobs: map[string][]byte{}, Review: Review{Confirm: confirm}}, judged{}
	for _, id := range order {
		body, err := o.declaration(s, id, by[id], draft)
		if err != nil {
			return nil, nil, err
		}
		sheet.add(by[id].first.Line, body, nil)
	}
	return sheet.judge(o, draft)
}

// unlisted makes a question: which of the units that an inspector stands back
// from are not in the register of objects, and so keep him from nothing. Without
// a register nothing can be said: the notice asks again.
func (o *Office) unlisted(s *rules.State) (func(at intake.Place, person string, units []string) []intake.Problem, error) {
	var ids map[string]string
	if r := s.Roster("objects"); r != nil {
		firms, err := load(o, r.Body.File.SHA256, firmLine)
		if err != nil {
			return nil, err
		}
		ids = unitIDs(firms.Rows)
	}
	return func(at intake.Place, person string, units []string) []intake.Problem {
		var odd []intake.Problem
		for _, u := range units {
			if ids != nil && ids[u] == "" && ids[intake.NameKey(u)] == "" {
				odd = append(odd, problem(at, "需回避的单位", "office.recusal-unlisted", u, person))
			}
		}
		return odd
	}, nil
}

// peopleNow are the inspectors of the register in force by certificate number.
func (o *Office) peopleNow(s *rules.State) (map[string]*PersonRow, error) {
	r := s.Roster("inspectors")
	if r == nil {
		return nil, fault.New("rules.no-roster", "", "", "")
	}
	people, err := load(o, r.Body.File.SHA256, personLine)
	if err != nil {
		return nil, err
	}
	m := make(map[string]*PersonRow, len(people.Rows))
	for i := range people.Rows {
		m[people.Rows[i].ID] = &people.Rows[i]
	}
	return m, nil
}

func (o *Office) declaration(s *rules.State, person string, in *declaring, draft *Draft) (*record.Recusal, error) {
	body := &record.Recusal{Person: record.Sealed(person), Date: in.first.Date, Decided: in.first.Decided, By: record.Sealed(in.first.By), Scan: in.first.Scan,
		Units: int64(len(in.units))}
	own, err := o.declarations(s, s.Size)
	if err != nil {
		return nil, err
	}
	if d := own[person]; d != nil {
		body.Earlier = d.Index
	}
	reg := &register[standBack]{Kind: "recusal"}
	for _, u := range in.units {
		reg.Rows = append(reg.Rows, standBack{Person: person, Unit: u})
	}
	if reg.Key, err = o.random(32); err != nil {
		return nil, err
	}
	data, err := reg.commit(standBackLine)
	if err != nil {
		return nil, err
	}
	private, err := reg.format()
	if err != nil {
		return nil, err
	}
	body.List = rules.LinesOf(data)
	draft.Blobs[body.List.SHA256] = data
	if len(in.units) > 0 {
		draft.private = append(draft.private, privateFile{registerName(body.List.SHA256), private})
	}
	return body, nil
}

// declared is a declaration with its private list.
type declared struct {
	*rules.Declaration
	units []string
}

// sealed is what a sealed member of one of the office's entries holds: its
// opening is kept below private/ whether the public sees it or not. body is the
// state's: after a saved state the entries themselves are not read again.
func (o *Office) sealed(index int64, body any, path string) (string, error) {
	name := o.path("private", "openings", num(index)+".json")
	data, err := os.ReadFile(name)
	if err != nil {
		return "", fault.Wrap("office.no-register", name, err).Of(fault.Unreachable)
	}
	op, err := record.ParseOpening(data)
	if err != nil {
		return "", fault.Wrap("office.bad-register", name, err)
	}
	if bad := record.CheckFields(body, op.Fields); len(bad) > 0 {
		return "", fault.New("office.bad-register", name, bad[0], "")
	}
	return op.Fields[path].Value, nil
}

// declarations are those in force for an entry, by certificate number.
func (o *Office) declarations(s *rules.State, entry int64) (map[string]*declared, error) {
	m := map[string]*declared{}
	for _, d := range s.Recusals {
		if !d.HoldsAt(entry) {
			continue
		}
		person, err := o.sealed(d.Index, d.Body, "person")
		if err != nil {
			return nil, err
		}
		m[person] = &declared{Declaration: d}
		if d.Body.Units == 0 {
			continue
		}
		r, err := load(o, d.Body.List.SHA256, standBackLine)
		if err != nil {
			return nil, err
		}
		for _, row := range r.Rows {
			m[person].units = append(m[person].units, row.Unit)
		}
	}
	return m, nil
}

// recused resolves the declarations in force against the register of objects:
// object id → certificate numbers. What the register of inspectors says in its
// own column must have been declared: the lot follows declarations alone.
func (o *Office) recused(s *rules.State, ids map[string]string, people []PersonRow) (map[string][]string, []intake.Problem, error) {
	own, err := o.declarations(s, s.Size)
	if err != nil {
		return nil, nil, err
	}
	names := make(map[string]string, len(people))
	for i := range people {
		names[people[i].ID] = people[i].Name
	}
	back := map[string][]string{}
	has := map[[2]string]bool{}
	var odd []intake.Problem
	add := func(person, written string) string {
		id := or(ids[written], ids[intake.NameKey(written)])
		if id == "" { // nobody is kept from it: misspelt, perhaps
			p := problem(intake.Place{}, "需回避的单位", "office.recusal-unlisted", written, or(names[person], person))
			if !slices.Contains(odd, p) {
				odd = append(odd, p)
			}
		}
		if has[[2]string{id, person}] {
			return ""
		}
		return id
	}
	for _, person := range slices.Sorted(maps.Keys(own)) {
		for _, u := range own[person].units {
			if id := add(person, u); id != "" {
				has[[2]string{id, person}] = true
				back[id] = append(back[id], person)
			}
		}
	}
	var missing []string
	for i := range people {
		for _, u := range people[i].Conflicts {
			if add(people[i].ID, u) != "" && !slices.Contains(missing, people[i].Name) {
				missing = append(missing, people[i].Name)
			}
		}
	}
	if len(missing) > 0 {
		return nil, nil, fault.New("office.recusal-undeclared", "需回避的单位", strings.Join(missing[:min(5, len(missing))], "、"), num(len(missing)))
	}
	for id := range back {
		slices.Sort(back[id])
	}
	return back, odd, nil
}

// behind gives a cast the declarations behind its opened recusals.
func (o *Office) behind(d *Drawing, s *rules.State, hat int64, recusals []draw.RecusalLine, blobs map[string][]byte) (*record.File, error) {
	own, err := o.declarations(s, hat)
	if err != nil {
		return nil, err
	}
	var lines []draw.Declared
	for _, r := range recusals {
		for _, h := range r.Inspectors {
			if p := d.People[h]; p != nil && own[p.ID] != nil {
				lines = append(lines, draw.Declared{Object: r.Object, Inspector: h, Entry: own[p.ID].Index})
			}
		}
	}
	if len(lines) == 0 {
		return nil, nil
	}
	data := draw.FormatDeclared(lines)
	f := rules.LinesOf(data)
	blobs[f.SHA256] = data
	return &f, nil
}

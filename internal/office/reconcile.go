package office

import (
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/intake"
	"github.com/sunlot/sunlot/internal/rules"
)

// Reconciled is what comparing a list from elsewhere with the ledger, or with a
// register, has shown. Nothing of it goes into the ledger.
type Reconciled struct {
	Kind        string      `json:"kind"` // results, list, firms, people
	Rows        int         `json:"rows"` // of the list from elsewhere
	Same        int         `json:"same"` // that agree
	Differences []Differing `json:"differences"`
	Blank       []string    `json:"blank,omitempty"` // dispatches whose platform number is 未填
}

// Differing is one difference. Here and There are what stands in the ledger or
// register and in the list from elsewhere; "" where it is not there.
type Differing struct {
	What  string       `json:"what"` // a code with a sentence
	Task  string       `json:"task,omitempty"`
	Code  string       `json:"code,omitempty"` // of the unit, or certificate number
	Name  string       `json:"name,omitempty"`
	Here  string       `json:"here,omitempty"`
	There string       `json:"there,omitempty"`
	Line  intake.Place `json:"-"`
}

// Place says of whom the difference is.
func (d *Differing) Place() string {
	return strings.Join(slices.DeleteFunc([]string{d.Task, d.Name, d.Code}, func(s string) bool { return s == "" }), " ")
}

func (r *Reconciled) differ(d Differing) { r.Differences = append(r.Differences, d) }

// Scope bounds a comparison with a platform's export.
type Scope struct {
	Draw string // all rows are of this draw; "" by their task numbers
	Year string // every task dispatched in this year must be there; "" those that are named
}

// handed is one task of the ledger under its number on the platform.
type handed struct {
	lot     *rules.Lot
	objects []*rules.Object
	listed  bool
}

// ReconcilePlatform compares a platform's export with the ledger: what was
// drawn, by whom it is inspected, and where results is set what was found and
// when (requirements §1.5, deadlines run on the platform's dates).
func (o *Office) ReconcilePlatform(rows []intake.PlatformRow, results bool, in Scope) (*Reconciled, error) {
	s, err := o.State()
	if err != nil {
		return nil, err
	}
	if in.Draw != "" && s.Lot(in.Draw) == nil {
		return nil, fault.New("office.no-such-draw", in.Draw, "", "").Of(fault.Usage)
	}
	rec := &Reconciled{Kind: "list", Rows: len(rows)}
	if results {
		rec.Kind = "results"
	}
	tasks := map[string]*handed{}
	for _, l := range s.Lots {
		rec.tasks(l, tasks, in)
	}
	byTask := map[string][]intake.PlatformRow{}
	var order []string
	for _, row := range rows {
		no := row.Task
		if in.Draw != "" {
			no = in.Draw
		}
		if byTask[no] == nil {
			order = append(order, no)
		}
		byTask[no] = append(byTask[no], row)
	}
	for _, no := range order {
		t := tasks[no]
		if t == nil {
			rec.differ(Differing{What: "office.differs-task", Task: no, There: num(len(byTask[no])), Line: byTask[no][0].Line})
			continue
		}
		t.listed = true
		if err := rec.task(o, no, t, byTask[no], results); err != nil {
			return nil, err
		}
	}
	rec.absent(tasks, in, results)
	return rec, nil
}

// tasks notes the tasks of a draw by their numbers on the platform, and those
// that have none.
func (r *Reconciled) tasks(l *rules.Lot, tasks map[string]*handed, in Scope) {
	if l.Failed || !l.Drawn() {
		return
	}
	add := func(no string, objects []*rules.Object) {
		t := tasks[no]
		if t == nil {
			t = &handed{lot: l}
			tasks[no] = t
		}
		for _, o := range objects {
			if !slices.Contains(t.objects, o) {
				t.objects = append(t.objects, o)
			}
		}
	}
	if in.Draw != "" {
		if l.Body.Draw == in.Draw {
			add(in.Draw, l.Objects)
		}
		return
	}
	whole := ""
	if l.Platform != nil {
		whole = l.Platform.Body.Number
		add(whole, l.Objects)
	}
	for _, d := range l.Sent {
		switch no := d.Body.Platform; {
		case no == "" && whole == "":
			r.Blank = append(r.Blank, d.Body.Number+" "+d.Body.Unit)
		case no != "" && no != whole:
			var objects []*rules.Object
			for _, o := range l.Objects {
				if o.Dispatch == d.Index {
					objects = append(objects, o)
				}
			}
			add(no, objects)
		}
	}
}

// absent lists what the ledger holds of tasks that the export does not name.
func (r *Reconciled) absent(tasks map[string]*handed, in Scope, results bool) {
	var gone []string
	for no, t := range tasks {
		if !t.listed && (in.Draw != "" || in.Year != "" && strings.HasPrefix(t.lot.When(), in.Year)) {
			gone = append(gone, no)
		}
	}
	slices.Sort(gone)
	for _, no := range gone {
		n := 0
		for _, obj := range tasks[no].objects {
			if !results || obj.Result != nil {
				n++
			}
		}
		if n > 0 {
			r.differ(Differing{What: "office.differs-no-task", Task: no, Here: num(n)})
		}
	}
}

// task compares the units of one task.
func (r *Reconciled) task(o *Office, no string, t *handed, rows []intake.PlatformRow, results bool) error {
	d, err := o.drawing(t.lot)
	if err != nil {
		return err
	}
	by := map[string]*rules.Object{}
	for _, obj := range t.objects {
		if id := o.unitCode(d, obj); id != "" {
			by[id] = obj
		} else {
			by[obj.Handle] = obj
		}
	}
	seen := map[string]bool{}
	for i := range rows {
		row := &rows[i]
		about := Differing{Task: no, Code: row.Code, Name: row.Name, Line: row.Line}
		obj := by[row.Code]
		switch {
		case seen[row.Code]:
			about.What = "office.differs-twice"
			r.differ(about)
			continue
		case obj == nil:
			seen[row.Code] = true
			about.What, about.There = "office.differs-only-there", row.Name
			r.differ(about)
			continue
		}
		seen[row.Code] = true
		before := len(r.Differences)
		r.people(d, obj, row, about)
		if results {
			r.result(o, obj, row, about)
		}
		if len(r.Differences) == before {
			r.Same++
		}
	}
	var missing []Differing
	for id, obj := range by {
		if seen[id] || results && obj.Result == nil {
			continue
		}
		about := Differing{What: "office.differs-only-here", Task: no, Code: id, Here: id}
		if f := d.Firms[obj.Handle]; f != nil {
			about.Name, about.Here = f.Name, f.Name
		}
		missing = append(missing, about)
	}
	slices.SortFunc(missing, func(a, b Differing) int { return strings.Compare(a.Code, b.Code) })
	r.Differences = append(r.Differences, missing...)
	return nil
}

// unitCode is the code of a drawn unit: the register's, or for one that the
// platform drew from outside it what its result has opened.
func (o *Office) unitCode(d *Drawing, obj *rules.Object) string {
	if f := d.Firms[obj.Handle]; f != nil {
		return f.ID
	}
	if obj.Result != nil {
		return o.bundle.Entries[obj.Result.Index].Value("code")
	}
	return ""
}

// people compares the team, where the export names one.
func (r *Reconciled) people(d *Drawing, obj *rules.Object, row *intake.PlatformRow, about Differing) {
	written, here, team := row.People, d.Team(obj), []string(nil)
	if len(row.Certificates) > 0 {
		written = row.Certificates
	}
	if len(written) == 0 {
		return
	}
	for _, h := range obj.Team {
		if p := d.People[h]; p != nil && len(row.Certificates) > 0 {
			team = append(team, p.ID)
		} else if p != nil {
			team = append(team, p.Name)
		}
	}
	same := len(written) == len(team)
	for _, w := range written {
		same = same && slices.ContainsFunc(team, func(t string) bool { return intake.NameKey(t) == intake.NameKey(w) })
	}
	if !same {
		about.What, about.Here, about.There = "office.differs-people", strings.Join(here, "、"), strings.Join(written, "、")
		if len(row.Certificates) > 0 {
			about.Here = strings.Join(team, "、")
		}
		r.differ(about)
	}
}

// result compares what was found and when. A date that one side has not filled
// in is told as such, never as late.
func (r *Reconciled) result(o *Office, obj *rules.Object, row *intake.PlatformRow, about Differing) {
	f := obj.Result
	if f == nil {
		about.What, about.There = "office.differs-no-result", row.Result
		r.differ(about)
		return
	}
	p := f.Lot.Pack
	if codes, known := codesIn(p, row.Result); row.Result != "" && (!known || !slices.Equal(codes, sorted(f.Outcome().Codes))) {
		d := about
		d.What, d.Here, d.There = "office.differs-result", o.codeWords(p, f.Outcome().Codes), row.Result
		r.differ(d)
	}
	for _, x := range []struct{ what, here, there string }{
		{"office.differs-ended", f.Ended(), row.Ended}, {"office.differs-entered", f.Body.Entered, row.Entered}, {"office.differs-published", f.Body.Published, row.Published},
	} {
		if x.there != "" && x.here != x.there {
			d := about
			d.What, d.Here, d.There = x.what, or(x.here, "未填"), x.there
			r.differ(d)
		}
	}
}

// codesIn reads result codes out of a platform's words: the names of the pack,
// the longest first, or its letters. False where anything is left over.
func codesIn(p *rules.Pack, words string) (codes []string, known bool) {
	rest := intake.NameKey(words)
	list := slices.Clone(p.Result.Codes)
	slices.SortStableFunc(list, func(a, b rules.Code) int { return len(b.Name) - len(a.Name) })
	for _, c := range list {
		if name := intake.NameKey(c.Name); strings.Contains(rest, name) {
			rest = strings.Replace(rest, name, "、", 1)
			codes = append(codes, c.Code)
		}
	}
	for _, w := range strings.FieldsFunc(rest, func(r rune) bool { return strings.ContainsRune("、，,；;/ \n", r) }) {
		c, ok := p.CodeOf(strings.ToLower(w))
		switch {
		case !ok && len(codes) > 0 && len(w) <= 2 && w[0] < 0x80:
			continue // the platform's own number before its words: 1 未发现问题
		case !ok:
			return nil, false
		}
		if !slices.Contains(codes, c.Code) {
			codes = append(codes, c.Code)
		}
	}
	return sorted(codes), true
}

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }

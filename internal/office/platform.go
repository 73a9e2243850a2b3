package office

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/intake"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/ledger"
)

// PlatformList is what an officer hands in of a list on the state's platform.
type PlatformList struct {
	Draw      string
	Rows      []intake.PlatformRow
	Export    record.Bytes
	Number    string // of the platform's task; "" the export's
	Time      string // when the platform drew, form time; "" the export's
	Explained string // 说明: logs a list that is not what the notice said
	Unread    bool   // rows could not be read: the list is refused, and its number is not compared
}

// RecordDraw drafts the entry of a list that the platform drew, or on which
// the drawn were entered there (draw1 §9). What cannot be understood is
// refused; what differs from the notice is refused too, all of it at once,
// unless the office explains it: then it is logged as it is.
func (o *Office) RecordDraw(in PlatformList) (*Draft, []intake.Problem, error) {
	d, err := o.Drawing(in.Draw)
	if err != nil {
		return nil, nil, err
	}
	switch l := d.Lot; {
	case l.Platform != nil:
		return nil, nil, fault.New("rules.redraw", in.Draw, num(l.Platform.Index), "")
	case !l.ByPlatform() && !l.Drawn():
		return nil, nil, fault.New("rules.not-drawn-yet", in.Draw, "", "")
	case l.Failed || l.Abort != nil:
		return nil, nil, fault.New("rules.notice-failed", in.Draw, "", "")
	}
	r := &platformReading{d: d, now: o.Now().Unix(), in: in, people: d.byName(), taken: map[string]intake.Place{}}
	if err := r.outside(o); err != nil {
		return nil, nil, err
	}
	if len(in.Rows) > 0 {
		r.task()
		r.rows()
	}
	if !in.Unread {
		r.number()
	}
	if problems := r.problems(); len(problems) > 0 || in.Unread {
		return nil, problems, nil
	}
	draft := &Draft{Blobs: r.blobs}
	if len(r.strangers) > 0 {
		data, err := json.Marshal(r.strangers)
		if err != nil {
			return nil, nil, err
		}
		draft.private = append(draft.private, privateFile{strangersName(d.Lot.Body.Key), data})
	}
	put := func(data []byte) record.File {
		f := rules.LinesOf(data)
		draft.Blobs[f.SHA256] = data
		return f
	}
	slices.Sort(r.handles)
	body := &record.PlatformDraw{Notice: d.Lot.Index, Number: r.in.Number, Time: r.in.Time, Export: in.Export, Count: int64(len(r.handles)),
		Objects: put(draw.FormatUnstaffed(r.handles)), Teams: put(draw.FormatTeams(r.teams)), Recusals: put(draw.FormatRecusals(r.recusals())), Explained: in.Explained}
	if body.Declarations, err = o.behind(d, o.bundle.State, d.Lot.Index, r.recusals(), draft.Blobs); err != nil {
		return nil, nil, err
	}
	draft, err = o.draft(draft, body)
	return draft, nil, err
}

// strangersName is the private file of the units that a platform drew from
// outside the register: the ledger has their handles, nobody else their names.
func strangersName(keycommit string) string {
	return strings.TrimSuffix(plainKeysName(keycommit), ".json") + "-platform.json"
}

// strangers adds them to the names behind the handles of a draw.
func (o *Office) strangers(l *rules.Lot, k []byte, firms map[string]*FirmRow) error {
	name := o.path(filepath.FromSlash(strangersName(l.Body.Key)))
	data, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	var list []rules.Firm
	if err == nil {
		err = json.Unmarshal(data, &list)
	}
	if err != nil {
		return fault.Wrap("office.bad-register", name, err)
	}
	for _, f := range list {
		if h := draw.Handle("O", draw.Salt(k, "O", f.ID), f.ID); firms[h] == nil {
			firms[h] = &FirmRow{Firm: f}
		}
	}
	return nil
}

// platformReading turns an export's rows into handles.
type platformReading struct {
	d         *Drawing
	now       int64 // Unix seconds
	in        PlatformList
	people    map[string][]string     // handles by name or certificate
	pool      map[string]string       // cell by handle of those who may be listed
	out       map[string]string       // ground in words by handle of those left out
	taken     map[string]intake.Place // rows by handle
	handles   []string
	strangers []rules.Firm // units that the register does not have
	teams     []draw.Team
	blobs     map[string][]byte
	hard      []intake.Problem // what cannot be logged
	soft      []intake.Problem // what differs from the notice
}

// outside reads who may be listed and who was left out, and why.
func (r *platformReading) outside(o *Office) error {
	l := r.d.Lot
	r.pool, r.out, r.blobs = map[string]string{}, map[string]string{}, map[string][]byte{}
	if !l.ByPlatform() {
		for _, obj := range l.Objects {
			r.pool[obj.Handle] = obj.Cell
		}
		return nil
	}
	for i := range l.Pool {
		r.pool[l.Pool[i].Handle] = l.Pool[i].Cell
	}
	sum := l.Body.Out.SHA256
	data, err := o.bundle.Dir.Blob(sum, ledger.MaxBlob)
	if err != nil {
		return err
	}
	r.blobs[sum] = data
	left, err := draw.ParseLeftOut(data)
	words := map[string]string{}
	for _, g := range l.Body.Grounds {
		words[g.Code] = g.Words
	}
	for _, x := range left {
		r.out[x.Handle] = words[x.Ground]
	}
	return err
}

// problems are those that refuse the list.
func (r *platformReading) problems() []intake.Problem {
	list := r.hard
	if r.in.Explained == "" {
		list = append(slices.Clone(r.hard), r.soft...)
	}
	slices.SortStableFunc(list, func(a, b intake.Problem) int { return a.Row - b.Row })
	return list
}

func (r *platformReading) rows() {
	for i := range r.in.Rows {
		row := &r.in.Rows[i]
		if r.in.Number != "" && row.Task != "" && row.Task != r.in.Number {
			r.hard = append(r.hard, problem(row.Line, "抽查任务编号", "office.platform-other-task", row.Task, r.in.Number))
			r.listed(row, draw.Handle("O", draw.Salt(r.d.Keys.K, "O", row.Code), row.Code))
			r.team(row, draw.Handle("O", draw.Salt(r.d.Keys.K, "O", row.Code), row.Code))
			continue
		}
		h := draw.Handle("O", draw.Salt(r.d.Keys.K, "O", row.Code), row.Code)
		if first, twice := r.taken[h]; twice {
			r.hard = append(r.hard, problem(row.Line, "统一社会信用代码", "office.firm-twice", row.Code+" "+row.Name, first.String()))
			r.team(row, h)
			continue
		}
		r.taken[h] = row.Line
		r.handles = append(r.handles, h)
		r.listed(row, h)
		r.team(row, h)
	}
}

// listed: the unit of a row may have been drawn.
func (r *platformReading) listed(row *intake.PlatformRow, h string) {
	f := r.d.Firms[h]
	if f != nil && intake.NameKey(row.Name) != intake.NameKey(f.Name) {
		r.soft = append(r.soft, problem(row.Line, "市场主体名称", "office.platform-other-name", row.Code+" "+row.Name, f.Name))
	}
	if _, in := r.pool[h]; in {
		return
	}
	switch {
	case f == nil:
		r.strangers = append(r.strangers, rules.Firm{ID: row.Code, Name: row.Name})
		r.soft = append(r.soft, problem(row.Line, "市场主体名称", "office.platform-stranger", row.Code+" "+row.Name, ""))
	case r.d.Lot.ByPlatform():
		r.soft = append(r.soft, problem(row.Line, "市场主体名称", "office.platform-outside", f.ID+" "+f.Name, r.out[h]))
	default:
		r.soft = append(r.soft, problem(row.Line, "市场主体名称", "office.platform-not-drawn", f.ID+" "+f.Name, ""))
	}
}

// team finds the people of a row, the leader first: by certificate, or by name
// where no two of the register bear it.
func (r *platformReading) team(row *intake.PlatformRow, h string) {
	written := row.Certificates
	if len(written) == 0 {
		written = row.People
		if i := slices.Index(written, row.Leader); i > 0 {
			written = slices.Concat(written[i:i+1], written[:i], written[i+1:])
		}
	}
	t, known := draw.Team{Object: h}, true
	for _, w := range written {
		found := r.people[intake.NameKey(w)]
		switch {
		case len(found) == 0:
			r.hard = append(r.hard, problem(row.Line, "检查人员", "office.platform-person", w, ""))
			known = false
			continue
		case len(found) > 1:
			r.hard = append(r.hard, problem(row.Line, "检查人员", "office.platform-namesakes", w, ""))
			known = false
			continue
		case slices.Contains(t.Members, found[0]):
			continue
		}
		t.Members = append(t.Members, found[0])
		if _, in := r.d.Lot.People[found[0]]; !in {
			r.soft = append(r.soft, problem(row.Line, "检查人员", "office.platform-off-duty", w, ""))
		}
		if f := r.d.Firms[h]; f != nil && slices.Contains(r.d.given.Declared[f.ID], r.d.People[found[0]].ID) {
			r.soft = append(r.soft, problem(row.Line, "检查人员", "office.platform-recused", w, ""))
		}
	}
	least := max(len(r.d.Lot.Body.Slots), r.d.Lot.Pack.Team.Min)
	if n := len(t.Members); known && n > 0 && n < least {
		r.soft = append(r.soft, problem(row.Line, "检查人员", "office.platform-team-small", num(n), num(least)))
	}
	if len(t.Members) > 9 {
		r.hard = append(r.hard, problem(row.Line, "检查人员", "intake.many-people", num(len(t.Members)), "9"))
	} else if len(t.Members) > 0 {
		r.teams = append(r.teams, t)
	}
}

// byName are the handles of the people of the draw's register by certificate
// and by name.
func (d *Drawing) byName() map[string][]string {
	m := map[string][]string{}
	for h, p := range d.People {
		for _, key := range slices.Compact([]string{intake.NameKey(p.ID), intake.NameKey(p.Name)}) {
			m[key] = append(m[key], h)
		}
	}
	return m
}

// task finds the one task number and the one time of the list.
func (r *platformReading) task() {
	first := r.in.Rows[0].Line
	whole := intake.Place{File: first.File, Sheet: first.Sheet}
	for i := range r.in.Rows {
		row := &r.in.Rows[i]
		if r.in.Number == "" {
			r.in.Number = row.Task
		}
		switch at := row.Drawn; {
		case at == "":
		case r.in.Time == "" && len(at) > len("2006-01-02"):
			r.in.Time = at
		case r.in.Time != "" && !strings.HasPrefix(r.in.Time, at):
			r.hard = append(r.hard, problem(row.Line, "抽取时间", "office.platform-other-time", at, r.in.Time))
		}
	}
	if r.in.Number == "" {
		r.hard = append(r.hard, problem(whole, "抽查任务编号", "office.platform-no-number", "", ""))
	}
	if now := record.Time(r.now); r.in.Time > now {
		r.hard = append(r.hard, problem(whole, "抽取时间", "office.platform-ahead", r.in.Time, now))
	}
	if r.in.Time == "" {
		r.hard = append(r.hard, problem(whole, "抽取时间", "office.platform-no-time", "", ""))
	}
}

// number compares how many are listed, in all and of each cell, with the
// notice; where sunlot cast, who is missing.
func (r *platformReading) number() {
	l, first := r.d.Lot, r.in.Rows[0].Line
	whole := intake.Place{File: first.File, Sheet: first.Sheet}
	if !l.ByPlatform() {
		for _, obj := range l.Objects {
			if _, listed := r.taken[obj.Handle]; !listed {
				name := obj.Handle
				if f := r.d.Firms[obj.Handle]; f != nil {
					name = f.ID + " " + f.Name
				}
				r.soft = append(r.soft, problem(whole, "市场主体名称", "office.platform-missing", name, ""))
			}
		}
		return
	}
	cells, total := map[string]int64{}, int64(0)
	for _, h := range r.handles {
		if cell, in := r.pool[h]; in {
			cells[cell]++
		}
	}
	for _, g := range l.Body.Groups {
		for _, c := range g.Cells {
			if total += c.Quota; cells[c.Cell] != c.Quota && l.Pack.Draw.Balance == "town" && l.Body.Mode == "不定向" {
				r.soft = append(r.soft, problem(whole, c.Name, "office.platform-cells", num(cells[c.Cell]), num(c.Quota)))
			}
		}
	}
	if n := int64(len(r.handles)); n != total {
		r.soft = append(r.soft, problem(whole, "", "office.platform-number", num(n), num(total)))
	}
}

// recusals open the commitments of every listed object that was in the hat.
func (r *platformReading) recusals() []draw.RecusalLine {
	if !r.d.Lot.ByPlatform() {
		return nil // the draw has opened them
	}
	var lines []draw.RecusalLine
	for _, line := range r.d.recusals() {
		if _, listed := r.taken[line.Object]; listed {
			lines = append(lines, line)
		}
	}
	return lines
}

package office

import (
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/intake"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// Joining (参与联合抽查) is what an officer says about a list that another
// department sent, beside the list itself.
type Joining struct {
	Line      string // of the plan; "": outside it
	Name      string // "": the line's
	Lead      string // "": the line's
	Number    string // the lead's task number; "": the sheet's
	Drawn     string // day of the lead's draw; "": the sheet's
	Received  string // "": today
	Items     []string
	From, To  string // "": the line's
	Unit      string // "": the line's
	Confirmed string
	Document  string
	Ledger    *record.LeadDraw
}

// JoinedFirm is a firm of the lead's list, for the office alone.
type JoinedFirm struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Town    string `json:"town,omitempty"`
	Address string `json:"address,omitempty"`
}

// joinedFile is the private file of one joined task, named by the digest of the
// handles that it makes.
type joinedFile struct {
	Key  string       `json:"key"`
	Rows []JoinedFirm `json:"rows"`
}

func joinedName(digest string) string { return "private/joined/" + digest[:32] + ".json" }

func (f *joinedFile) key() ([]byte, error) {
	key, err := hex.DecodeString(f.Key)
	if err != nil || len(key) != 32 {
		return nil, fault.New("office.bad-register", "key", "", "32 bytes")
	}
	return key, nil
}

func (f *joinedFile) handles() (map[string]*JoinedFirm, []byte, error) {
	key, err := f.key()
	if err != nil {
		return nil, nil, err
	}
	byHandle := make(map[string]*JoinedFirm, len(f.Rows))
	var handles []string
	for i := range f.Rows {
		h := draw.Handle("O", draw.Salt(key, "O", f.Rows[i].ID), f.Rows[i].ID)
		byHandle[h] = &f.Rows[i]
		handles = append(handles, h)
	}
	slices.Sort(handles)
	return byHandle, draw.FormatUnstaffed(handles), nil
}

// joinedList reads the firms behind a joined task and holds them to its handles.
func (o *Office) joinedList(t *rules.JoinedTask) (*joinedFile, map[string]*JoinedFirm, error) {
	name := o.path(filepath.FromSlash(joinedName(t.Body.Objects.SHA256)))
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, nil, fault.Wrap("office.no-register", name, err).Of(fault.Unreachable)
	}
	f := new(joinedFile)
	if err := json.Unmarshal(data, f); err != nil {
		return nil, nil, fault.Wrap("office.bad-register", name, err)
	}
	firms, lines, err := f.handles()
	if err != nil {
		return nil, nil, err
	}
	if got := rules.Hash(lines); got != t.Body.Objects.SHA256 {
		return nil, nil, fault.New("office.register-edited", name, got, t.Body.Objects.SHA256)
	}
	return f, firms, nil
}

// Join drafts the import of the list of a joint check that another department
// drew (Y-26), with the form in which our results come back. sheet is the file
// as it came.
func (o *Office) Join(in Joining, rows []intake.LeadRow, sheet []byte) (*Draft, []intake.Problem, error) {
	s, err := o.State()
	if err != nil {
		return nil, nil, err
	}
	if s.Checklist() == nil {
		return nil, nil, fault.New("rules.no-roster", "", "", "")
	}
	body, problems := o.joinedBody(s, in, rows)
	f := &joinedFile{}
	seen := map[string]intake.Place{}
	for i := range rows {
		r := &rows[i]
		if first, twice := seen[r.Code]; twice {
			problems = append(problems, twiceIn(r.Line, first, r.Name))
			continue
		}
		seen[r.Code] = r.Line
		f.Rows = append(f.Rows, JoinedFirm{ID: r.Code, Name: r.Name, Town: r.Town, Address: r.Address})
	}
	if len(problems) > 0 {
		return nil, problems, nil
	}
	key, err := o.random(32)
	if err != nil {
		return nil, nil, err
	}
	f.Key = hex.EncodeToString(key)
	_, lines, err := f.handles()
	if err != nil {
		return nil, nil, err
	}
	body.Objects, body.Count, body.Sheet = rules.LinesOf(lines), int64(len(f.Rows)), rules.Hash(sheet)
	private, err := json.Marshal(f)
	if err != nil {
		return nil, nil, err
	}
	d := &Draft{Blobs: map[string][]byte{body.Objects.SHA256: lines}, private: []privateFile{{joinedName(body.Objects.SHA256), private}}}
	capped, err := o.joinedCapped(s, f, body.Drawn)
	if err != nil {
		return nil, nil, err
	}
	if d, err = o.draft(d, body); err != nil {
		return nil, nil, err
	}
	if capped > 0 {
		d.Review.Counts = []Tally{{Code: "office.joined-capped", N: capped}}
	}
	list, err := o.joinedForm(s.JoinedAt(d.First), f, nil)
	d.lists = []privateFile{{joinedListName(body), list}}
	return d, nil, err
}

// joinedBody completes what the officer said from the plan's line and the sheet.
func (o *Office) joinedBody(s *rules.State, in Joining, rows []intake.LeadRow) (*record.Joined, []intake.Problem) {
	var problems []intake.Problem
	b := &record.Joined{Name: in.Name, Lead: in.Lead, Number: in.Number, Ledger: in.Ledger, Checklist: s.Checklist().Index, From: in.From, To: in.To,
		Unit: in.Unit, Drawn: in.Drawn, Received: or(in.Received, o.Today()), Confirmed: record.Sealed(in.Confirmed), Document: in.Document}
	for _, r := range rows {
		b.Number, b.Drawn = or(b.Number, r.Number), or(b.Drawn, r.Drawn)
		if r.Number != "" && r.Number != b.Number || r.Drawn != "" && r.Drawn != b.Drawn {
			problems = append(problems, problem(r.Line, "牵头方任务编号", "office.list-differs", strings.TrimSpace(r.Number+" "+r.Drawn), b.Number+" "+b.Drawn))
		}
	}
	first := rows[0].Line
	for _, need := range [][2]string{{b.Number, "--number"}, {b.Drawn, "--drawn"}} {
		if need[0] == "" {
			problems = append(problems, problem(intake.Place{File: first.File, Sheet: first.Sheet}, "", "office.list-lacks", need[1], ""))
		}
	}
	var line *record.PlanLine
	if in.Line != "" {
		at, found := o.planOf(s, in.Line, b.Drawn)
		if found == nil {
			return b, append(problems, problem(intake.Place{File: first.File, Sheet: first.Sheet}, "", "rules.no-line", in.Line, ""))
		}
		line, b.Plan, b.Line = found, at, in.Line
		b.Name, b.Lead, b.Unit = or(b.Name, line.Name), or(b.Lead, line.Lead), or(b.Unit, line.Unit)
		b.From, b.To = or(b.From, line.From), or(b.To, line.To)
	}
	for _, need := range [][2]string{{b.Name, "--name"}, {b.Lead, "--lead"}, {b.From, "--from"}, {b.To, "--to"}} {
		if need[0] == "" {
			problems = append(problems, problem(intake.Place{File: first.File, Sheet: first.Sheet}, "", "office.list-lacks", need[1], ""))
		}
	}
	if line == nil && len(in.Items) == 0 {
		problems = append(problems, problem(intake.Place{File: first.File, Sheet: first.Sheet}, "", "office.list-lacks", "--item", ""))
	}
	var found []intake.Problem
	b.Items, found = itemsOf(s, in.Items, line, intake.Place{File: first.File, Sheet: first.Sheet}, "--item")
	b.Unit = or(b.Unit, o.Config.Name)
	if b.Drawn != "" {
		b.Task = s.NextJoined(number(b.Drawn[:4]))
	}
	return b, append(problems, found...)
}

// joinedCapped counts the firms of a lead's list that this office's own draws
// would leave out by the cap.
func (o *Office) joinedCapped(s *rules.State, f *joinedFile, day string) (int64, error) {
	objects := s.Roster("objects")
	if objects == nil {
		return 0, nil
	}
	reg, err := load(o, objects.Body.File.SHA256, firmLine)
	if err != nil {
		return 0, err
	}
	hits, _, err := o.hits(s)
	if err != nil {
		return 0, err
	}
	listed := map[string]bool{}
	for _, r := range f.Rows {
		listed[r.ID] = true
	}
	n := int64(0)
	for i := range reg.Rows {
		if firm := &reg.Rows[i].Firm; listed[firm.ID] && s.Pack.Capped(firm, hits[firm.ID], day, "", false) {
			n++
		}
	}
	return n, nil
}

// joinedHits adds the selections of joined tasks: one each, on the day of the
// lead's draw (requirements A13).
func (o *Office) joinedHits(s *rules.State, hits map[string][]string) error {
	for _, t := range s.Joined {
		f, _, err := o.joinedList(t)
		if err != nil {
			return err
		}
		for i := range f.Rows {
			hits[f.Rows[i].ID] = append(hits[f.Rows[i].ID], t.Body.Drawn)
		}
	}
	return nil
}

func joinedListName(b *record.Joined) string {
	return "outbox/" + b.Task + "-" + fileName(b.Unit) + "-任务清单.xlsx"
}

// joinedForm is the list of a joined task: what we inspect, and the form in
// which the results come back.
func (o *Office) joinedForm(t *rules.JoinedTask, f *joinedFile, team []string) ([]byte, error) {
	firms, _, err := f.handles()
	if err != nil {
		return nil, err
	}
	var rows []intake.ResultRow
	for _, h := range t.Handles {
		if r := firms[h]; t.Results[h] == nil {
			rows = append(rows, intake.ResultRow{Draw: t.Body.Task, Handle: h, Code: r.ID, Name: r.Name, Town: o.townName(r.Town), Address: r.Address, Team: team})
		}
	}
	return intake.ResultForm(rows, o.intakeCodes(), o.itemNames(&record.Notice{Items: t.Body.Items, Checklist: t.Body.Checklist}))
}

// joinedLists are the lists of the joined tasks of a sheet of teams, anew with
// the names of our people.
func (o *Office) joinedLists(s *rules.State, bodies []any) ([]privateFile, error) {
	var lists []privateFile
	for _, body := range bodies {
		team, ok := body.(*record.PartnerTeam)
		if !ok || team.Joined == 0 {
			continue
		}
		t := s.JoinedAt(team.Joined)
		f, _, err := o.joinedList(t)
		if err != nil {
			return nil, err
		}
		var names []string
		for _, n := range team.Names {
			names = append(names, string(n))
		}
		data, err := o.joinedForm(t, f, names)
		if err != nil {
			return nil, err
		}
		lists = append(lists, privateFile{joinedListName(t.Body), data})
	}
	return lists, nil
}

// ourTeam are the names of our people in a joined task, from their openings.
func (o *Office) ourTeam(t *rules.JoinedTask) ([]string, error) {
	if len(t.Teams) == 0 {
		return nil, nil
	}
	team := &t.Teams[len(t.Teams)-1]
	name := o.path("private", "openings", num(team.Index)+".json")
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fault.Wrap("office.no-register", name, err).Of(fault.Unreachable)
	}
	op, err := record.ParseOpening(data)
	if err != nil {
		return nil, err
	}
	var names []string
	for i := range team.Body.Names {
		names = append(names, op.Fields["names."+num(i)].Value)
	}
	return names, nil
}

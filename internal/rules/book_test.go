package rules_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/sunlot/sunlot/internal/attack"
	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// A book is a small office's ledger as entries in memory: what Apply is fed
// with, step by step, so that one step can be replaced by another and judged
// over the same past.
type book struct {
	pack  *rules.Pack
	steps []step
	names []string
	reg   rules.Registers
	keys  rules.Keys
	state *rules.State
	decl  map[string]int64 // inspector's id → index of the declaration
}

// step is one entry: its claimed time, body, files and who signed it.
type step struct {
	At      string
	Body    any
	Blobs   map[string][]byte
	Signers []string
	Origin  string
	Beacon  *record.Beacon
	Terms   *rules.Terms
	Seen    int64        // by then witnessed
	Present []string     // whose lines under the record of a ceremony verify
	By      string       // "" the office
	State   *rules.State // before it
}

const (
	origin    = "demo.example.cn/test"
	officeKey = "office-key"
	signer    = officeKey
	noticed   = "2023-08-23T15:00:00+08:00" // rounds 1000 … 1009 come at 23:59:24 …
	drawn     = "2023-08-24T08:30:00+08:00"
	firstRun  = uint64(1000)
)

// rounds are signatures of quicknet by number.
var rounds = attack.Rounds

// input is the step as Apply wants it.
func (s *step) input() rules.Input {
	e := &record.Entry{Type: record.TypeOf(s.Body), Origin: s.Origin, Env: record.Env{At: s.At, By: or(s.By, "办公室"), Beacon: s.Beacon}, Body: s.Body}
	data, err := record.Canonical(struct {
		At   string
		Body any
	}{s.At, s.Body})
	if err != nil {
		panic(err)
	}
	return rules.Input{Entry: e, Hash: rules.Hash(data), Signers: s.Signers, Blobs: s.Blobs, Seen: s.Seen, Attested: s.Present, Terms: s.Terms}
}

// put keeps a file of lines with the step and names it.
func (s *step) put(data []byte) record.File {
	if s.Blobs == nil {
		s.Blobs = map[string][]byte{}
	}
	f := rules.LinesOf(data)
	s.Blobs[f.SHA256] = data
	return f
}

// say applies a step and keeps it under a name. A breach is a fault of the test.
func (b *book) say(name, at string, body any, blobs map[string][]byte) []rules.Finding {
	return b.hear(name, step{At: at, Body: body, Blobs: blobs, Signers: []string{signer}, Origin: origin})
}

// hear is say for a step that others have seen or signed.
func (b *book) hear(name string, s step) []rules.Finding {
	found := b.state.Apply(s.input())
	for _, f := range found {
		if f.Severity == rules.Breach {
			panic(fmt.Sprintf("%s: %+v", name, f))
		}
	}
	b.steps, b.names = append(b.steps, s), append(b.names, name)
	return found
}

// before is the state in which the named step is said; until "" all are.
func (b *book) before(name string) *rules.State {
	s := rules.New()
	for i := range b.steps {
		if b.names[i] == name {
			break
		}
		s.Apply(b.steps[i].input())
	}
	return s
}

// copyOf is a step of the book that may be changed at will.
func (b *book) copyOf(name string) step {
	i := slices.Index(b.names, name)
	if i < 0 {
		panic("no step " + name)
	}
	s := b.steps[i]
	s.Body, s.Blobs, s.Signers, s.Present = clone(s.Body), maps.Clone(s.Blobs), slices.Clone(s.Signers), slices.Clone(s.Present)
	s.State = b.before(name)
	return s
}

// clone copies a body through its JSON.
func clone(body any) any {
	data, err := json.Marshal(body)
	fresh := record.Types[record.TypeOf(body)]()
	if err == nil {
		err = json.Unmarshal(data, fresh)
	}
	if err != nil {
		panic(err)
	}
	return fresh
}

func (b *book) firm(handle string) *rules.Firm {
	for i := range b.reg.Firms {
		if f := &b.reg.Firms[i]; draw.Handle("O", draw.Salt(b.keys.K, "O", f.ID), f.ID) == handle {
			return f
		}
	}
	panic("no firm " + handle)
}

func mustPack(name string) *rules.Pack {
	t := new(testing.T)
	return pack(t, name)
}

// open says charter, checklist, registers and plan of an office: enough for a
// notice. Firms cycle through towns and sectors, every tenth is 注销.
func open(name string, firms, people int) *book { return openPack(mustPack(name), firms, people) }

func openPack(p *rules.Pack, firms, people int) *book {
	b := &book{pack: p, state: rules.New(), keys: rules.Keys{K: []byte("0123456789abcdef0123456789abcdef"), KI: []byte("fedcba9876543210fedcba9876543210")}}
	file, err := rules.FormatPack(p)
	if err != nil {
		panic(err)
	}
	b.say("charter", "2023-06-12T09:00:00+08:00", &record.Charter{Office: "演示应急管理局", Region: p.Region, Site: record.Site{Name: "演示"}, Demo: true,
		Keys: []record.RoleKey{{Role: "log", Key: "log-key", Held: "经办人"}, {Role: "office", Key: officeKey, Held: "经办人"}},
		Pack: record.PackRef{ID: p.ID, File: rules.FileOf(file)}}, map[string][]byte{rules.Hash(file): file})
	category := ""
	if len(p.Items.Categories) > 0 {
		category = p.Items.Categories[1]
	}
	item := func(no string) record.Item {
		return record.Item{No: no, Name: "演示事项" + no, Object: "工矿商贸企业", Category: category, Content: "演示", Methods: []string{"检查现场"}, Body: "演示局", Level: "县级",
			Basis: []record.Basis{{Kind: "法律", Title: "《中华人民共和国安全生产法》", Article: "第六十五条"}}}
	}
	b.say("checklist", "2023-06-12T10:00:00+08:00", &record.Checklist{Version: 1, Year: 2023, Date: "2023-06-12", Unit: "演示局", Reason: "制定",
		AllItems: 6, Items: []record.Item{item("1"), item("2"), item("3")}}, nil)
	for i := range firms {
		f := rules.Firm{ID: fmt.Sprintf("91370322TT%08d", i), Name: fmt.Sprintf("演示%d", i), Town: p.Towns[i%3].Code, Sector: p.Sectors[i%len(p.Sectors)].Code, Status: "存续"}
		if i%10 == 9 {
			f.Status = "注销"
		}
		if i%20 == 3 {
			f.Tags = []string{"blacklist"}
		}
		b.reg.Firms = append(b.reg.Firms, f)
	}
	for i := range people {
		b.reg.People = append(b.reg.People, rules.Person{ID: fmt.Sprintf("YS%04d", i), Name: fmt.Sprintf("演示%d", i), From: "2020-01-01", To: "2030-01-01"})
	}
	b.reg.People = append(b.reg.People, rules.Person{ID: "YS9990", Name: "演示", Off: "停用"}, rules.Person{ID: "YS9991", Name: "演示", Off: "专家"})
	b.roster("objects", "2023-06-13T09:00:00+08:00", 1, b.reg.Firms)
	b.roster("inspectors", "2023-06-13T10:00:00+08:00", 1, b.reg.People)
	line := func(no, mode, filter string) record.PlanLine {
		return record.PlanLine{No: no, Name: "演示任务" + no, Mode: mode, Filter: filter, Items: []string{"1", "2"}, Scope: "演示范围", From: "2023-08-01", To: "2023-09-28", Unit: "执法大队"}
	}
	market := record.Partner{Name: "演示市场监管局", Kind: "department"}
	b.say("partners", "2023-06-14T09:00:00+08:00", &record.Partners{Version: 1, Date: "2023-06-14", Reason: "制定",
		List: []record.Partner{market, {Name: "演示危化科", Kind: "section", Matter: "危险化学品"}}}, nil)
	plan := &record.Plan{Year: 2023, Version: 1, Date: "2023-06-20", Title: "演示计划", Reason: "制定",
		Lines: []record.PlanLine{line("A", "不定向", ""), line("B", "定向", "行业 in ("+p.Sectors[0].Name+","+p.Sectors[1].Name+")"), line("C", "定向", "标签 = "+tagName(p, "blacklist")), line("D", "不定向", ""), line("E", "不定向", "")}}
	plan.Lines[0].Ratio, plan.Lines[1].Count, plan.Lines[2].Census = "0.2", 3, true
	plan.Lines[2].Items = []string{"1", "2", "3"}
	plan.Lines[3].Joint, plan.Lines[3].With, plan.Lines[3].Count = "led", []record.Partner{market, {Name: "演示危化科", Kind: "section"}}, 4
	plan.Lines[4].Joint, plan.Lines[4].Lead = "joined", "演示住建局"
	b.say("plan", "2023-06-20T09:00:00+08:00", plan, nil)
	b.say("closure", "2023-06-21T09:00:00+08:00", &record.Calendar{Kind: "closure", Title: "演示停止办公通知", Number: "演示〔2023〕1号", Ground: "洪涝", Off: []string{"2023-06-21", "2023-07-20"}}, nil)
	b.say("year", "2023-06-21T10:00:00+08:00", year2027(), nil)
	return b
}

func tagName(p *rules.Pack, code string) string {
	n, ok := rules.Find(p.Tags, code)
	if !ok {
		panic("no tag " + code)
	}
	return n.Name
}

// roster says a version of a register; the lines are only committed to.
func (b *book) roster(kind, at string, version int64, rows any) {
	var ids, texts []string
	body := &record.Roster{Kind: kind, Version: version, Date: at[:10], Reason: "建库"}
	switch rows := rows.(type) {
	case []rules.Firm:
		for _, f := range rows {
			ids, texts = append(ids, f.ID), append(texts, f.Name)
		}
		body.Sectors, body.Classes = b.counted(rows)
	case []rules.Person:
		for _, p := range rows {
			ids, texts = append(ids, p.ID), append(texts, p.Name)
		}
	}
	data := rules.RosterFile([]byte(kind), kind, ids, texts)
	body.Count, body.File = int64(len(ids)), rules.LinesOf(data)
	b.say(kind, at, body, map[string][]byte{rules.Hash(data): data})
}

// counted are the sectors and ratio classes of a register, as the office counts
// them.
func (b *book) counted(firms []rules.Firm) (sectors, classes []record.Count) {
	for _, sec := range b.pack.Sectors {
		c := record.Count{Name: sec.Name}
		for i := range firms {
			if firms[i].Sector == sec.Code {
				c.Count++
			}
		}
		sectors = append(sectors, c)
	}
	for i := range b.pack.Ratios {
		c := record.Count{Name: b.pack.Ratios[i].Code}
		for n := range firms {
			if b.pack.InScope(&firms[n]) && b.pack.Ratios[i].Has(&firms[n]) {
				c.Count++
			}
		}
		classes = append(classes, c)
	}
	return sectors, classes
}

// announce says a notice under a name.
func (b *book) announce(name, at string, t rules.Task) *rules.Lot {
	a, err := b.state.Announce(t, b.reg, b.keys)
	if err != nil {
		panic(err)
	}
	b.say(name, at, a.Notice, a.Blobs)
	return b.state.Lot(a.Notice.Draw)
}

// recusals are the lines that open the commitments of a lot.
func (b *book) recusals(l *rules.Lot, declared map[string][]string) []draw.RecusalLine {
	handles := map[string]string{}
	for _, p := range b.reg.People {
		if h := draw.Handle("I", draw.Salt(b.keys.KI, "I", p.ID), p.ID); l.People[h] != nil || slices.Contains(slices.Collect(maps.Keys(l.People)), h) {
			handles[p.ID] = h
		}
	}
	var lines []draw.RecusalLine
	for i := range l.Pool {
		lines = append(lines, rules.Recusal(l.Pool[i].Handle, declared[b.firm(l.Pool[i].Handle).ID], handles, b.keys.KI))
	}
	return lines
}

// cast says the draw of a lot.
func (b *book) cast(name, at string, l *rules.Lot, declared map[string][]string) {
	body, blobs, err := l.Cast(record.Given{Signature: rounds()[l.Body.Round()]}, b.recusals(l, declared))
	if err != nil {
		panic(err)
	}
	b.behind(body, blobs)
	b.say(name, at, body, blobs)
}

// declare says the declaration of an inspector who stands back from units.
func (b *book) declare(name, at, person string, units int, earlier int64) {
	ids := make([]string, units)
	for i := range ids {
		ids[i] = fmt.Sprint(person, i)
	}
	data := rules.RosterFile([]byte(person), "recusal", ids, ids)
	if b.decl == nil {
		b.decl = map[string]int64{}
	}
	b.decl[person] = b.state.Size
	b.say(name, at, &record.Recusal{Person: sealed(person), Date: at[:10], Decided: at[:10], By: sealed("x"), Units: int64(units), Earlier: earlier,
		List: rules.LinesOf(data)}, map[string][]byte{rules.Hash(data): data})
}

// behind gives a cast the declarations behind its opened recusals.
func (b *book) behind(body *record.Draw, blobs map[string][]byte) {
	var lines []draw.Declared
	opened, err := draw.ParseRecusals(blobs[body.Recusals.SHA256])
	if err != nil {
		panic(err)
	}
	for _, o := range opened {
		for _, h := range o.Inspectors {
			for _, p := range b.reg.People {
				if draw.Handle("I", draw.Salt(b.keys.KI, "I", p.ID), p.ID) == h {
					lines = append(lines, draw.Declared{Object: o.Object, Inspector: h, Entry: b.decl[p.ID]})
				}
			}
		}
	}
	if len(lines) > 0 {
		data := draw.FormatDeclared(lines)
		f := rules.LinesOf(data)
		body.Declarations, blobs[f.SHA256] = &f, data
	}
}

// send is a dispatch of objects to a unit, with leaders where the pack names
// them.
func (b *book) send(l *rules.Lot, unit, at string, objects []*rules.Object) step {
	s := step{At: at, Signers: []string{signer}, Origin: origin}
	var handles []string
	var leaders []draw.Team
	for _, o := range objects {
		handles = append(handles, o.Handle)
		if l.Body.Leader == "named" && len(o.Team) > 0 {
			leaders = append(leaders, draw.Team{Object: o.Handle, Members: o.Team[:1]})
		}
	}
	slices.Sort(handles)
	s.Body = &record.Dispatch{Notice: l.Index, Number: "1", Unit: unit, Date: at[:10], Count: int64(len(handles)),
		Scheme: "演示实施方案", Objects: s.put(draw.FormatUnstaffed(handles)), Leaders: s.put(draw.FormatTeams(leaders)), From: "2023-08-24", To: l.Body.To}
	return s
}

// result is a sound result of an object: code on both items.
func (b *book) result(l *rules.Lot, o *rules.Object, code string) *record.Result {
	f := b.firm(o.Handle)
	r := b.resultOf(l, o, f.ID, code)
	r.Town, r.Sector, r.Classes, r.ReviewOn = f.Town, f.Sector, b.pack.PublicClasses(f), "2023-09-07"
	return r
}

// resultOf is result for who knows whose handle it is.
func (b *book) resultOf(l *rules.Lot, o *rules.Object, id, code string) *record.Result {
	r := &record.Result{Origin: "random", Notice: l.Index, Object: o.Handle, Code: sealed(id), Name: sealed("演示" + id), Unit: "执法大队",
		EnteredBy: sealed("演示"), Reviewed: sealed("演示"),
		Outcome: record.Outcome{Items: []record.ItemCodes{{Item: "1", Codes: []string{code}}, {Item: "2", Codes: []string{code}}}, Codes: []string{code},
			Methods: b.pack.Result.Methods[:1]},
		Started: "2023-09-05", Ended: "2023-09-06", SignedOn: "2023-09-06", Entered: "2023-09-07", Published: "2023-09-08",
		FollowUp: &record.FollowUpDue{Kind: "责令限期整改"}}
	for range o.Team {
		r.Signed = append(r.Signed, sealed("演示"))
	}
	return r
}

func sealed(v string) record.Sealed {
	return record.Sealed(record.SealDigest(strings.Repeat("0", 64), "x", v))
}

// year is a whole small year: a draw of line A from notice to opened K, a
// draw of line B that is aborted and announced again. declared: inspector
// YS0000 stands back from every firm.
func year(name string) *book {
	b := open(name, 60, 9)
	declared := map[string][]string{}
	for _, f := range b.reg.Firms {
		declared[f.ID] = []string{"YS0000"}
	}
	b.declare("recusal", "2023-07-03T09:00:00+08:00", "YS0000", len(b.reg.Firms), 0)
	b.history("history", "2023-08-20T09:00:00+08:00")
	l := b.announce("notice", noticed, rules.Task{Line: "A", Round: firstRun, Declared: declared})
	first := b.keys
	b.keys = rules.Keys{K: []byte("another 0123456789abcdef01234567"), KI: []byte("another fedcba9876543210fedcba98")}
	b.announce("notice B", "2023-08-23T15:30:00+08:00", rules.Task{Line: "B", Round: firstRun + 1})
	b.say("paper", "2023-08-23T15:30:00+08:00", &record.Paper{Notice: l.Index, Body: "演示司法局", Person: sealed("演示"), Signed: "2023-08-23T15:10:00+08:00",
		Checksum: l.C, Scan: strings.Repeat("d", 64)}, nil)
	b.keys = first
	b.say("abort", "2023-08-23T16:00:00+08:00", &record.Abort{Notice: b.state.Lot("2023-002").Index, Ground: "演示", Date: "2023-08-23"}, nil)
	b.cast("draw", drawn, l, declared)
	s := b.send(l, "执法大队", "2023-08-24T09:00:00+08:00", l.Objects)
	b.say("dispatch", s.At, s.Body, s.Blobs)
	if b.pack.Team.Replace != "none" {
		b.say("change", "2023-08-25T09:00:00+08:00", b.change(l, l.Objects[0], 1), nil)
	}
	b.announce("again", "2023-09-15T09:00:00+08:00", rules.Task{Line: "B", Round: 657413})
	for i, o := range l.Objects {
		what := "result"
		if i > 0 {
			what = fmt.Sprintf("result %d", i)
		}
		b.say(what, "2023-09-20T09:00:00+08:00", b.result(l, o, "e"), nil)
	}
	var handles []string
	for _, o := range l.Objects {
		handles = append(handles, o.Handle)
	}
	slices.Sort(handles)
	b.say("opened", "2023-09-20T09:30:00+08:00", &record.Opened{Notice: l.Index, Handles: handles}, nil)
	f := l.Objects[0].Result
	b.say("correction", "2023-09-21T09:00:00+08:00", &record.Correction{Result: f.Index, Old: f.Hash, Ground: "录入错误", Approved: sealed("演示"), Date: "2023-09-21",
		Outcome: record.Outcome{Items: []record.ItemCodes{{Item: "1", Codes: []string{"a"}}, {Item: "2", Codes: []string{"a"}}}, Codes: []string{"a"}}}, nil)
	b.say("follow-up", "2023-09-22T09:00:00+08:00", &record.FollowUp{Result: f.Index, Kind: "复查", Date: "2023-09-22", Closed: true}, nil)
	b.say("feedback", "2023-09-22T09:30:00+08:00", &record.Feedback{Result: f.Index, Kind: "result", Date: "2023-09-21", Way: "送达文书"}, nil)
	b.say("complaint", "2023-09-22T10:00:00+08:00", &record.Result{Origin: "complaint", Ground: "投诉", Document: "演示受理1号", Code: sealed("1"), Name: sealed("2"), Unit: "执法大队", Started: "2023-09-21", Ended: "2023-09-21",
		Entered: "2023-09-21", Published: "2023-09-22", EnteredBy: sealed("3"), Reviewed: sealed("4"),
		Outcome: record.Outcome{Items: []record.ItemCodes{{Item: "3", Codes: []string{"a"}}}, Codes: []string{"a"}, Methods: b.pack.Result.Methods[:1]}}, nil)
	b.outside()
	b.say("opened K", l.Body.Due.K+"T09:00:00+08:00", &record.Opened{Notice: l.Index, K: true}, nil)
	b.say("filing", l.Body.Due.K+"T10:00:00+08:00", &record.Filing{Plan: b.state.Plan(2023).Index, To: "市场监管局", Date: "2023-06-21"}, nil)
	b.redress(l)
	return b
}

// redress: two objections, one upheld and one that leads to a correction; the
// papers of one result and of the draw in the archive, and purged in 2034.
func (b *book) redress(l *rules.Lot) {
	day := l.Body.Due.K
	at := func(clock string) string { return day + "T" + clock + ":00+08:00" }
	object := func(f *rules.Finished) *record.Objection {
		return &record.Objection{Result: f.Index, Received: day, Applicant: sealed("甲"), Content: sealed("乙"), Way: "当面递交", Number: "1"}
	}
	f := l.Objects[2].Result
	b.say("objection", at("12:00"), object(l.Objects[1].Result), nil)
	b.say("objection 2", at("12:10"), object(f), nil)
	day = "2023-11-20"
	review := func(o int, outcome string, correction int64) *record.Review {
		return &record.Review{Objection: b.state.Objections[o].Index, Decided: day, Outcome: outcome, Correction: correction, Reasons: sealed("丙"), DecidedBy: sealed("丁")}
	}
	b.say("review", at("13:00"), review(0, "upheld", 0), nil)
	told := b.state.Objections[0]
	b.say("told", at("13:10"), &record.Feedback{Result: told.Body.Result, Review: told.Review.Index, Kind: "review", Date: day, Way: "送达文书", Receiver: sealed("甲")}, nil)
	b.say("correction 2", at("13:30"), &record.Correction{Result: f.Index, Old: f.Hash, Ground: "复核", Approved: sealed("演示"), Date: day,
		Outcome: record.Outcome{Items: []record.ItemCodes{{Item: "1", Codes: []string{"b"}}, {Item: "2", Codes: []string{"b"}}}, Codes: []string{"b"}}}, nil)
	b.say("review 2", at("14:00"), review(1, "corrected", f.Corrections[0].Index), nil)
	years, ground := int64(b.pack.Archive.MinYears), ""
	if years == 0 {
		years, ground = 10, "档案管理规定（演示）"
	}
	paper := record.Document{Kind: b.pack.Archive.Documents[0], Number: sealed("1"), Date: "2023-09-06", SHA256: strings.Repeat("a", 64), Pages: 3}
	b.say("archive", at("15:00"), &record.Archive{Result: l.Objects[0].Result.Index, Documents: []record.Document{paper, {Kind: "其他"}}, Date: day, Class: "定期", Years: years, Ground: ground,
		RetainUntil: rules.RetainUntil(day, years), Place: sealed("柜")}, nil)
	b.say("archive of the draw", at("15:10"), &record.Archive{Notice: l.Index, Documents: []record.Document{{Kind: "其他"}}, Date: day, Class: "永久"}, nil)
	b.say("takedown", "2034-01-03T09:00:00+08:00", &record.Takedown{Entry: l.Objects[0].Result.Index, Fields: []string{"code", "name"}, Class: rules.Expired, Years: 5,
		Ground: "公示期限规定（演示）", Date: "2034-01-03", Approved: sealed("戊")}, nil)
	b.say("purge", "2034-01-04T09:00:00+08:00", &record.Purge{Archive: b.state.Archives[0].Index, Date: "2034-01-04", Ground: "保管期满", Approved: sealed("戊")}, nil)
}

func (b *book) history(name, at string) {
	data := rules.RosterFile([]byte("h"), "history", []string{"a|2023-02-01"}, []string{"x"})
	b.say(name, at, &record.History{Date: at[:10], From: "2023-02-01", To: "2023-02-01", Count: 1, File: rules.LinesOf(data)}, map[string][]byte{rules.Hash(data): data})
}

// change replaces the member in a slot by the first who may come.
func (b *book) change(l *rules.Lot, o *rules.Object, slot int) *record.TeamChange {
	return &record.TeamChange{Notice: l.Index, Kind: "replacement", Object: o.Handle, Leave: o.Team[slot], Come: b.free(l, o), Ground: b.pack.Team.Grounds[0],
		Date: "2023-08-25", Consent: "执法大队", Agreed: "2023-08-25", By: sealed("演示"), Leads: o.Leader == o.Team[slot]}
}

// free is the first inspector of the hat who is neither in the team nor recused.
func (b *book) free(l *rules.Lot, o *rules.Object) string {
	for _, h := range slices.Sorted(maps.Keys(l.People)) {
		if !slices.Contains(o.Team, h) && !slices.Contains(o.Recused, h) {
			return h
		}
	}
	panic("nobody is free")
}

// Each office's year is lived once.
var (
	gaoqing = sync.OnceValue(func() *book { return year("gaoqing") })
	yanshi  = sync.OnceValue(func() *book { return year("yanshi") })
)

func bookOf(name string) *book {
	switch name {
	case "platform":
		return byPlatform()
	case "later":
		return afterwards()
	case "chance":
		return byChance()
	case "lot":
		return byLot()
	case "yanshi":
		return yanshi()
	case "gaoqing joint":
		return gaoqingJoint()
	case "yanshi joint":
		return yanshiJoint()
	}
	return gaoqing()
}

// codes are the codes found in a step, each with its gravest severity.
func codes(found []rules.Finding) map[string]rules.Severity {
	m := map[string]rules.Severity{}
	for _, f := range found {
		if m[f.Code] != rules.Breach {
			m[f.Code] = f.Severity
		}
	}
	return m
}

func TestYearIsSound(t *testing.T) {
	for _, name := range []string{"gaoqing", "yanshi"} {
		b := bookOf(name)
		if len(b.steps) < 18 || len(b.state.Lots) != 3 || len(b.state.Results) < 12 {
			t.Errorf("%s: %d steps, %d draws, %d results", name, len(b.steps), len(b.state.Lots), len(b.state.Results))
		}
		s := b.before("")
		if s.Size != b.state.Size || len(s.Results) != len(b.state.Results) {
			t.Errorf("%s: entries applied again give another state", name)
		}
	}
}

package rules_test

import (
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// jointYear is a joint check led (line D) and one joined (line E), from the
// partner's agreement to the first results.
func jointYear(name string) *book {
	b := open(name, 60, 9)
	s := b.state
	b.say("agreement", "2023-08-10T09:00:00+08:00", &record.Agreement{Plan: s.Plan(2023).Index, Line: "D", Partner: "演示市场监管局", Roster: s.Roster("objects").Index,
		Checklist: s.Checklist().Index, Items: []string{"1", "2"}, Theirs: []string{"特种设备"}, From: "2023-08-20", To: "2023-09-28", Confirmed: sealed("甲"), Date: "2023-08-09"}, nil)
	l := b.announce("notice", noticed, rules.Task{Line: "D", Round: firstRun})
	b.cast("draw", drawn, l, nil)
	d := b.send(l, "执法大队", "2023-08-24T09:00:00+08:00", l.Objects)
	b.say("dispatch", d.At, d.Body, d.Blobs)
	p := b.partnerList(l, l.Objects)
	b.say("partner-dispatch", p.At, p.Body, p.Blobs)
	b.say("partner-team", "2023-08-25T09:00:00+08:00", &record.PartnerTeam{Notice: l.Index, Partner: "演示市场监管局", Way: "own-selected", Ground: "对方自行选派",
		Names: []record.Sealed{sealed("乙"), sealed("丙")}, Date: "2023-08-25"}, nil)
	b.joinedTask("joined", "2023-09-04T09:00:00+08:00", b.joined(b.reg.Firms[:3]))
	t := s.JoinedTask("2023-J01")
	b.say("joined team", "2023-09-05T09:00:00+08:00", &record.PartnerTeam{Joined: t.Index, Partner: "执法大队", Way: "own-selected", Ground: "牵头部门统一安排",
		Names: []record.Sealed{sealed("丁"), sealed("戊")}, Date: "2023-09-05"}, nil)
	b.say("joined result", "2023-09-19T09:00:00+08:00", b.joinedResult(t, 0, "e"), nil)
	for i, o := range l.Objects {
		what := "result"
		if i > 0 {
			what = "result " + string(rune('0'+i))
		}
		b.say(what, "2023-09-20T09:00:00+08:00", b.result(l, o, "e"), nil)
	}
	return b
}

var (
	gaoqingJoint = sync.OnceValue(func() *book { return jointYear("gaoqing") })
	yanshiJoint  = sync.OnceValue(func() *book { return jointYear("yanshi") })
)

// jointSteps are the steps that only a joint year has.
var jointSteps = []string{"agreement", "notice", "partner-dispatch", "partner-team", "joined", "joined team", "joined result"}

// joinedResult is a sound result of an object of the lead's list.
func (b *book) joinedResult(t *rules.JoinedTask, i int, code string) *record.Result {
	r := b.result(b.state.Lot("2023-001"), b.state.Lot("2023-001").Objects[0], code)
	r.Origin, r.Notice, r.Joined, r.Object = "joined", 0, t.Index, t.Handles[i]
	r.Code, r.Name = sealed("1"), sealed("2")
	r.Signed = r.Signed[:2]
	return r
}

// jointFree continues the list of free members.
var jointFree = map[string]map[string]string{
	"partners": {"date": own, "reason": own, "list": own, "list.name": own, "list.kind": own, "list.matter": own},
	"agreement": {
		"partner": "another partner of the line", "items": "of the line's; the notice must have the same", "theirs": "free text: what the partner inspects", "from": "within the line; the notice must lie between",
		"to": "likewise", "confirmed_by": "sealed", "date": "up to the day of the entry", "document": "free text",
	},
	"partner-dispatch": {"partner": "another partner of the line", "date": "between the draw and the day of the entry", "received_by": "sealed", "number": "free text"},
	"partner-team":     {"partner": "another partner of the line", "names": "sealed; of another department any number", "ground": "free text", "date": "between the draw and the day of the entry"},
	"joined": {
		"name": "free text", "number": "the lead's own, once", "items": "of the line's", "from": "within the line", "to": "within the line, not before the lead's draw", "unit": own,
		"drawn": "the lead's word, not after the list came", "received": "between the lead's draw and the day of the entry", "sheet_sha256": "digest of the lead's list", "confirmed_by": "sealed", "document": "free text",
	},
}

// partnerList hands objects to the partner.
func (b *book) partnerList(l *rules.Lot, objects []*rules.Object) step {
	s := step{At: "2023-08-24T10:00:00+08:00", Signers: []string{signer}, Origin: origin}
	var handles []string
	for _, o := range objects {
		handles = append(handles, o.Handle)
	}
	slices.Sort(handles)
	s.Body = &record.PartnerDispatch{Notice: l.Index, Partner: "演示市场监管局", Date: "2023-08-24", Count: int64(len(handles)), Objects: s.put(draw.FormatUnstaffed(handles))}
	return s
}

const joinedKey = "joined 0123456789abcdef01234567."

func joinedHandle(id string) string {
	return draw.Handle("O", draw.Salt([]byte(joinedKey), "O", id), id)
}

// joined is a list that another department sent.
func (b *book) joined(firms []rules.Firm) step {
	s := step{At: "2023-09-04T09:00:00+08:00", Signers: []string{signer}, Origin: origin}
	var handles []string
	for _, f := range firms {
		handles = append(handles, joinedHandle(f.ID))
	}
	slices.Sort(handles)
	s.Body = &record.Joined{Task: b.state.NextJoined(2023), Name: "演示联合", Plan: b.state.Plan(2023).Index, Line: "E", Lead: "演示住建局", Number: "住建〔2023〕" + b.state.NextJoined(2023),
		Checklist: b.state.Checklist().Index, Items: []string{"1", "2"}, From: "2023-09-04", To: "2023-09-28", Unit: "执法大队", Drawn: "2023-09-01", Received: "2023-09-02",
		Count: int64(len(handles)), Objects: s.put(draw.FormatUnstaffed(handles)), Sheet: strings.Repeat("0", 64)}
	return s
}

func (b *book) joinedTask(name, at string, s step) { b.say(name, at, s.Body, s.Blobs) }

func jointPack(change func(*rules.JointRule)) func(*step) {
	return func(s *step) {
		p := *s.State.Pack
		change(&p.Joint)
		s.State.Pack = &p
	}
}

// joints: joint checks led and joined.
var joints = []trial{
	{name: "not the next version", step: "partners", code: "rules.version", bad: as(func(b *record.Partners) { b.Version = 2 })},
	{name: "a partner twice", step: "partners", code: "rules.bad-partner", bad: as(func(b *record.Partners) { b.List[1].Name = b.List[0].Name })},
	{name: "a partner of no kind", step: "partners", code: "rules.bad-partner", bad: as(func(b *record.Partners) { b.List[1].Kind = "firm" })},
	{name: "led with nobody", step: "plan", code: "rules.joint-line", bad: as(func(b *record.Plan) { b.Lines[3].With = nil })},
	{name: "led by another", step: "plan", code: "rules.joint-line", bad: as(func(b *record.Plan) { b.Lines[3].Lead = "演示住建局" })},
	{name: "joined without a lead", step: "plan", code: "rules.joint-line", bad: as(func(b *record.Plan) { b.Lines[4].Lead = "" })},
	{name: "partners of the office's own check", step: "plan", code: "rules.joint-line", bad: as(func(b *record.Plan) { b.Lines[0].With = b.Lines[3].With })},
	{name: "neither led nor joined", step: "plan", code: "rules.joint-line", bad: as(func(b *record.Plan) { b.Lines[3].Joint = "both" })},
	{name: "joined and quantities twice", step: "plan", code: "rules.line-quantity", bad: as(func(b *record.Plan) { b.Lines[4].Count, b.Lines[4].Ratio = 3, "0.1" }),
		good: as(func(b *record.Plan) { b.Lines[4].Count = 3 })},
	{name: "names only", step: "plan", code: "rules.joint-unsaid", sev: rules.Warning, bad: as(func(b *record.Plan) { b.Lines[0].Partners = []string{"演示住建局"} })},
	{name: "not in the list", pack: "yanshi", step: "plan", code: "rules.partner-unlisted", sev: rules.Warning, bad: as(func(b *record.Plan) { b.Lines[3].With[0].Name = "演示公安局" })},
	{name: "in the list as another kind", pack: "yanshi", step: "plan", code: "rules.partner-unlisted", sev: rules.Warning, bad: as(func(b *record.Plan) { b.Lines[3].With[0].Kind = "section" })},
	{name: "no joint line", pack: "yanshi", step: "plan", code: "rules.no-joint-line", sev: rules.Warning, bad: as(func(b *record.Plan) { b.Lines = b.Lines[:3] }),
		good: as(func(b *record.Plan) { b.Lines = append(b.Lines[:3], b.Lines[4]) })},
	{name: "an item in no line", pack: "yanshi", step: "plan", code: "rules.item-uncovered", sev: rules.Warning, bad: as(func(b *record.Plan) { b.Lines[2].Items = b.Lines[2].Items[:2] }),
		good: as(func(b *record.Plan) { b.Lines[2].Items, b.Lines[4].Items = b.Lines[2].Items[:2], []string{"3"} })},
	{name: "an item in no joint line", pack: "yanshi", step: "plan", code: "rules.item-uncovered", sev: rules.Warning, bad: jointPack(func(r *rules.JointRule) { r.Coverage = "joint" }),
		good: both(jointPack(func(r *rules.JointRule) { r.Coverage = "joint" }), as(func(b *record.Plan) { b.Lines[4].Items = []string{"3"} }))},

	{name: "another plan", pack: "yanshi joint", step: "agreement", code: "rules.agreed-old", bad: as(func(b *record.Agreement) { b.Plan-- })},
	{name: "another roster", pack: "yanshi joint", step: "agreement", code: "rules.agreed-old", bad: as(func(b *record.Agreement) { b.Roster++ })},
	{name: "another checklist", pack: "yanshi joint", step: "agreement", code: "rules.agreed-old", bad: as(func(b *record.Agreement) { b.Checklist++ })},
	{name: "a line of the office's own", pack: "yanshi joint", step: "agreement", code: "rules.not-joint", bad: as(func(b *record.Agreement) { b.Line = "A" })},
	{name: "a joined line", pack: "yanshi joint", step: "agreement", code: "rules.not-joint", bad: as(func(b *record.Agreement) { b.Line = "E" })},
	{name: "a stranger", pack: "yanshi joint", step: "agreement", code: "rules.no-such-partner", bad: as(func(b *record.Agreement) { b.Partner = "演示住建局" })},
	{name: "an item of no line", pack: "yanshi joint", step: "agreement", code: "rules.item-unknown", bad: as(func(b *record.Agreement) { b.Items[1] = "3" })},
	{name: "a day before the line", pack: "yanshi joint", step: "agreement", code: "rules.joint-dates", bad: as(func(b *record.Agreement) { b.From = "2023-07-31" }),
		good: as(func(b *record.Agreement) { b.From = "2023-08-01" })},
	{name: "a day after the line", pack: "yanshi joint", step: "agreement", code: "rules.joint-dates", bad: as(func(b *record.Agreement) { b.To = "2023-09-29" })},
	{name: "confirmed tomorrow", pack: "yanshi joint", step: "agreement", code: "rules.date-order", bad: as(func(b *record.Agreement) { b.Date = "2023-08-11" }),
		good: as(func(b *record.Agreement) { b.Date = "2023-08-10" })},
	{name: "after the notice", pack: "yanshi joint", step: "draw", code: "rules.agreement-late", bad: func(s *step) { s.Body = yanshiJoint().copyOf("agreement").Body }},

	{name: "a partner has not confirmed", pack: "yanshi joint", step: "notice", code: "rules.not-agreed", bad: func(s *step) { s.State.Agreements = nil }},
	{name: "a partner has not confirmed, where the text says nothing", pack: "gaoqing joint", step: "notice", code: "rules.not-agreed", sev: rules.Warning, bad: func(s *step) { s.State.Agreements = nil }},
	{name: "a section has not confirmed where it must", pack: "yanshi joint", step: "notice", code: "rules.not-agreed",
		bad: jointPack(func(r *rules.JointRule) { r.ConfirmOf = []string{"department", "section"} })},
	{name: "agreed on another plan line", pack: "yanshi joint", step: "notice", code: "rules.not-agreed", bad: func(s *step) {
		newer := *s.State.Plans[0].Body
		newer.Lines = slices.Clone(newer.Lines)
		then := newer.Lines[3]
		then.Name = "另一次"
		s.State.Plans = append([]rules.At[record.Plan]{{Index: s.State.Plans[0].Index, Body: &record.Plan{Year: 2023, Lines: []record.PlanLine{{}, {}, {}, then}}}}, s.State.Plans[0])
		s.State.Plans[1].Index = 99
		s.Body.(*record.Notice).Plan = 99
	}, good: func(s *step) { // base and estimate follow the register: they are no promise
		then := *s.State.Plans[0].Body
		then.Lines = slices.Clone(then.Lines)
		then.Lines[3].Base, then.Lines[3].Estimate = 7, 7
		s.State.Plans = append([]rules.At[record.Plan]{{Index: s.State.Plans[0].Index, Body: &then}}, s.State.Plans[0])
		s.State.Plans[1].Index = 99
		s.Body.(*record.Notice).Plan = 99
	}},
	{name: "another version of the register", pack: "yanshi joint", step: "notice", code: "rules.agreed-otherwise", bad: agreed(func(a *record.Agreement) { a.Roster-- })},
	{name: "another checklist", pack: "yanshi joint", step: "notice", code: "rules.agreed-otherwise", bad: agreed(func(a *record.Agreement) { a.Checklist-- })},
	{name: "an item less", pack: "yanshi joint", step: "notice", code: "rules.agreed-otherwise", also: list("rules.items-less"), bad: as(func(b *record.Notice) { b.Items = b.Items[:1] })},
	{name: "before the agreed days", pack: "yanshi joint", step: "notice", code: "rules.agreed-otherwise", bad: agreed(func(a *record.Agreement) { a.From = "2023-08-24" }),
		good: agreed(func(a *record.Agreement) { a.From = "2023-08-23" })},
	{name: "after the agreed days", pack: "gaoqing joint", step: "notice", code: "rules.agreed-otherwise", bad: agreed(func(a *record.Agreement) { a.To = "2023-09-27" }),
		good: agreed(func(a *record.Agreement) { a.To = "2023-09-28" })},
	{name: "where another department leads", pack: "yanshi joint", step: "notice", code: "rules.joined-draw", bad: as(func(b *record.Notice) { b.Line = "E" })},

	{name: "a list with one less", pack: "yanshi joint", step: "partner-dispatch", code: "rules.partner-list", bad: func(s *step) {
		b := yanshiJoint()
		l := s.State.Lot("2023-001")
		*s = with(b.partnerList(l, l.Objects[1:]), s.State)
	}},
	{name: "a list with a stranger", pack: "yanshi joint", step: "partner-dispatch", code: "rules.partner-list", bad: rewrite(partnerObjects, func(lines []string) []string {
		lines[0] = strings.Repeat("0", 32)
		return lines
	})},
	{name: "a list of no handles", pack: "yanshi joint", step: "partner-dispatch", code: "rules.bad-file", bad: rewrite(partnerObjects, upper)},
	{name: "before the draw", pack: "yanshi joint", step: "partner-dispatch", code: "rules.date-order", bad: as(func(b *record.PartnerDispatch) { b.Date = "2023-08-22" }),
		good: as(func(b *record.PartnerDispatch) { b.Date = "2023-08-23" })},
	{name: "to a stranger", pack: "yanshi joint", step: "partner-dispatch", code: "rules.no-such-partner", bad: as(func(b *record.PartnerDispatch) { b.Partner = "演示住建局" })},
	{name: "to the partner again", pack: "yanshi joint", step: "partner-team", code: "rules.partner-sent", bad: func(s *step) { *s = with(yanshiJoint().copyOf("partner-dispatch"), s.State) }},

	{name: "of no task", pack: "yanshi joint", step: "partner-team", code: "rules.not-joint", bad: as(func(b *record.PartnerTeam) { b.Notice = 0 })},
	{name: "of two tasks", pack: "yanshi joint", step: "joined team", code: "rules.not-joint", bad: as(func(b *record.PartnerTeam) { b.Notice = 3 })},
	{name: "chosen without a ground where they are drawn", pack: "gaoqing joint", step: "partner-team", code: "rules.partner-way", bad: as(func(b *record.PartnerTeam) { b.Ground = "" })},
	{name: "neither chosen nor drawn", pack: "yanshi joint", step: "partner-team", code: "rules.partner-way", bad: as(func(b *record.PartnerTeam) { b.Way = "sent" })},
	{name: "drawn, and no lot of ours shows it", pack: "yanshi joint", step: "joined team", code: "rules.partner-way", bad: as(func(b *record.PartnerTeam) { b.Way = "drawn" })},
	{name: "chosen", pack: "yanshi joint", step: "partner-team", code: "rules.own-selected", sev: rules.Note, bad: func(*step) {}, good: as(func(b *record.PartnerTeam) { b.Way = "drawn" })},
	{name: "said again", pack: "yanshi joint", step: "joined", code: "rules.partner-team-again", sev: rules.Note, also: []string{"rules.own-selected"},
		bad: func(s *step) { *s = with(yanshiJoint().copyOf("partner-team"), s.State) }},
	{name: "tomorrow", pack: "yanshi joint", step: "joined team", code: "rules.date-order", also: []string{"rules.own-selected"}, bad: as(func(b *record.PartnerTeam) { b.Date = "2023-09-06" })},
	{name: "one of ours", pack: "yanshi joint", step: "joined team", code: "rules.team-small", also: []string{"rules.own-selected"}, bad: as(func(b *record.PartnerTeam) { b.Names = b.Names[:1] })},
	{name: "of another unit", pack: "yanshi joint", step: "joined team", code: "rules.joined-unit", also: []string{"rules.own-selected"}, bad: as(func(b *record.PartnerTeam) { b.Partner = "演示住建局" })},
	{name: "of a task that is none", pack: "yanshi joint", step: "joined team", code: "rules.no-such-entry", bad: as(func(b *record.PartnerTeam) { b.Joined = 3 })},
	{name: "the leader is no member of the drawn team", pack: "gaoqing joint", step: "dispatch", code: "rules.no-leader", bad: rewrite(leaders, func(lines []string) []string {
		handle, _, _ := strings.Cut(lines[0], "|")
		lines[0] = handle + "|" + strings.Repeat("0", 32)
		return lines
	})},
	{name: "the partner has no list yet", pack: "yanshi joint", step: "result", code: "rules.partner-not-told", sev: rules.Warning,
		bad: func(s *step) { s.State.Lot("2023-001").Led.Sent = nil }},
	{name: "the partner has named nobody", pack: "yanshi joint", step: "result", code: "rules.partner-unnamed", sev: rules.Warning,
		bad: func(s *step) { s.State.Lot("2023-001").Led.Teams = nil }},

	{name: "not on the lead's list", pack: "yanshi joint", step: "joined result", code: "rules.not-listed", bad: as(func(b *record.Result) { b.Object = strings.Repeat("0", 32) }),
		good: func(s *step) { s.Body.(*record.Result).Object = s.State.Joined[0].Handles[1] }},
	{name: "of no task", pack: "yanshi joint", step: "joined result", code: "rules.no-such-entry", bad: as(func(b *record.Result) { b.Joined = 3 })},
	{name: "of a draw and of a joined task", pack: "yanshi joint", step: "joined result", code: "rules.no-such-entry", bad: func(s *step) {
		s.Body.(*record.Result).Notice = s.State.Lot("2023-001").Index
	}},
	{name: "drawn here and joined", pack: "yanshi joint", step: "result", code: "rules.origin", bad: func(s *step) { s.Body.(*record.Result).Joined = s.State.Joined[0].Index }},
	{name: "the same firm again", pack: "yanshi joint", step: "result", code: "rules.result-twice", bad: func(s *step) { *s = with(yanshiJoint().copyOf("joined result"), s.State) }},
	{name: "by another unit", pack: "yanshi joint", step: "joined result", code: "rules.joined-unit", bad: as(func(b *record.Result) { b.Unit = "演示住建局" })},
	{name: "inspected before the lead drew", pack: "yanshi joint", step: "joined result", code: "rules.date-order",
		bad:  as(func(b *record.Result) { b.Started, b.Ended = "2023-08-31", "2023-08-31" }),
		good: as(func(b *record.Result) { b.Started, b.Ended = "2023-09-01", "2023-09-01" })},
	{name: "inspected before the list stood", pack: "yanshi joint", step: "joined result", code: "rules.joined-late", sev: rules.Warning,
		bad: as(func(b *record.Result) { b.Started = "2023-09-03" }), good: as(func(b *record.Result) { b.Started = "2023-09-04" })},
	{name: "by nobody named", pack: "yanshi joint", step: "joined result", code: "rules.joined-unstaffed", sev: rules.Warning,
		bad: func(s *step) { s.State.Joined[0].Teams = nil }},
	{name: "one of ours has not signed", pack: "gaoqing joint", step: "joined result", code: "rules.sign-off", bad: as(func(b *record.Result) { b.Signed = b.Signed[:1] })},
	{name: "an item less", pack: "yanshi joint", step: "joined result", code: "rules.item-missing", bad: as(func(b *record.Result) { b.Outcome.Items = b.Outcome.Items[:1] })},
	{name: "an item that is not ours", pack: "yanshi joint", step: "joined result", code: "rules.item-unknown", bad: as(func(b *record.Result) { b.Outcome.Items[0].Item = "3" })},
	{name: "public on the eighth working day", pack: "yanshi joint", step: "joined result", code: "rules.late-result", sev: rules.Overdue, also: []string{"rules.strict-date"},
		bad: as(func(b *record.Result) { b.Published = "2023-09-18" }), good: as(func(b *record.Result) { b.Published = "2023-09-15" })},
	{name: "not the next id", pack: "yanshi joint", step: "joined", code: "rules.joined-task", bad: as(func(b *record.Joined) { b.Task = "2023-J02" })},
	{name: "the lead drew in another year", pack: "yanshi joint", step: "joined", code: "rules.joined-task", also: []string{"rules.agreed-old"}, bad: as(func(b *record.Joined) { b.Drawn = "2022-12-31" })},
	{name: "led by somebody else", pack: "yanshi joint", step: "joined", code: "rules.joined-line", bad: as(func(b *record.Joined) { b.Lead = "演示公安局" })},
	{name: "a line that the office leads", pack: "yanshi joint", step: "joined", code: "rules.joined-line", bad: as(func(b *record.Joined) { b.Line = "D" })},
	{name: "outside the plan", pack: "yanshi joint", step: "joined", code: "rules.joined-unplanned", sev: rules.Note, also: []string{"rules.joined-listed"},
		bad: as(func(b *record.Joined) { b.Plan, b.Line = 0, "" })},
	{name: "a list is imported", pack: "yanshi joint", step: "joined", code: "rules.joined-listed", sev: rules.Note, bad: func(*step) {}, good: as(func(b *record.Joined) { b.Task = "2023-J09" })},
	{name: "drawn after it came", pack: "yanshi joint", step: "joined", code: "rules.date-order", bad: as(func(b *record.Joined) { b.Received = "2023-08-31" }),
		good: as(func(b *record.Joined) { b.Received = "2023-09-01" })},
	{name: "over before the draw", pack: "yanshi joint", step: "joined", code: "rules.joint-dates", bad: as(func(b *record.Joined) { b.From, b.To = "2023-08-30", "2023-08-31" })},
	{name: "after the plan's line", pack: "yanshi joint", step: "joined", code: "rules.joint-dates", bad: as(func(b *record.Joined) { b.To = "2023-09-29" })},
	{name: "outside the plan and next year", pack: "yanshi joint", step: "joined", code: "rules.joint-dates", also: []string{"rules.joined-unplanned"},
		bad:  as(func(b *record.Joined) { b.Plan, b.Line, b.To = 0, "", "2024-01-01" }),
		good: as(func(b *record.Joined) { b.Plan, b.Line, b.To = 0, "", "2023-12-31" })},
	{name: "an item twice", pack: "yanshi joint", step: "joined", code: "rules.item-unknown", bad: as(func(b *record.Joined) { b.Items[1] = "1" })},
	{name: "an item that the line has not", pack: "yanshi joint", step: "joined", code: "rules.item-unknown", bad: as(func(b *record.Joined) { b.Items[1] = "3" })},
	{name: "not so many", pack: "yanshi joint", step: "joined", code: "rules.bad-file", bad: as(func(b *record.Joined) { b.Count = 2 })},
	{name: "the same task again", pack: "yanshi joint", step: "joined team", code: "rules.joined-twice", also: []string{}, bad: func(s *step) {
		*s = with(yanshiJoint().copyOf("joined"), s.State)
		s.Body.(*record.Joined).Task = "2023-J02"
	}},
}

func partnerObjects(b any) *record.File { return &b.(*record.PartnerDispatch).Objects }

// agreed changes what the partner of the notice confirmed.
func agreed(change func(*record.Agreement)) func(*step) {
	return func(s *step) {
		a := *s.State.Agreements[0].Body
		change(&a)
		s.State.Agreements = []rules.At[record.Agreement]{{Index: s.State.Agreements[0].Index, Body: &a}}
	}
}

// with is a step over another past.
func with(s step, past *rules.State) step {
	s.State = past
	return s
}

// TestJointPack: what a [joint] cannot say.
func TestJointPack(t *testing.T) {
	for name, change := range map[string]func(*rules.JointRule){
		"confirm":           func(r *rules.JointRule) { r.Confirm = "ask" },
		"confirm of nobody": func(r *rules.JointRule) { r.ConfirmOf = nil },
		"confirm of firms":  func(r *rules.JointRule) { r.ConfirmOf = []string{"firm"} },
		"leader":            func(r *rules.JointRule) { r.Leader = "partner" },
		"team":              func(r *rules.JointRule) { r.Team = "volunteers" },
		"coverage":          func(r *rules.JointRule) { r.Coverage = "most" },
		"month 13":          func(r *rules.JointRule) { r.MinPerYear, r.WarnFrom = 1, 13 },
		"no month":          func(r *rules.JointRule) { r.MinPerYear, r.WarnFrom = 1, 0 },
		"a clause":          func(r *rules.JointRule) { r.VisitBy = "Y-99" },
	} {
		p := *mustPack("yanshi")
		change(&p.Joint)
		if p.Check() == nil {
			t.Errorf("%s: not refused", name)
		}
	}
}

// TestJointYear: at least one a year, told from the pack's month on (Q4), late
// after 31 December; of the charter's own year nothing is asserted.
func TestJointYear(t *testing.T) {
	b := open("gaoqing", 60, 9)
	for _, c := range []struct {
		today string
		want  map[string]rules.Severity // by year
	}{
		{"2023-09-30", map[string]rules.Severity{}},
		{"2023-10-01", map[string]rules.Severity{"2023": rules.Warning}},
		{"2023-12-31", map[string]rules.Severity{"2023": rules.Warning}},
		{"2024-01-01", map[string]rules.Severity{"2023": rules.Note}},
		{"2024-09-30", map[string]rules.Severity{"2023": rules.Note}},
		{"2024-10-01", map[string]rules.Severity{"2023": rules.Note, "2024": rules.Warning}},
		{"2024-12-31", map[string]rules.Severity{"2023": rules.Note, "2024": rules.Warning}},
		{"2025-01-01", map[string]rules.Severity{"2023": rules.Note, "2024": rules.Overdue}},
	} {
		got := map[string]rules.Severity{}
		for _, f := range b.state.JointFindings(c.today) {
			got[f.Place] = f.Severity
		}
		if !maps.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.today, got, c.want)
		}
	}
	if list := open("yanshi", 60, 9).state.JointFindings("2025-01-01"); len(list) > 0 {
		t.Errorf("where the text demands none: %v", list)
	}
}

// TestJointCount: a task is one; what nobody confirmed, and what was aborted, is
// none.
func TestJointCount(t *testing.T) {
	count := func(s *rules.State) [2]int {
		a, b := s.JointCount(2023)
		return [2]int{a, b}
	}
	b := gaoqingJoint()
	if got := count(b.before("")); got != [2]int{1, 1} {
		t.Errorf("both: %v", got)
	}
	if got := count(b.before("joined")); got != [2]int{1, 0} {
		t.Errorf("led alone: %v", got)
	}
	if got := count(b.before("draw")); got != [2]int{0, 0} {
		t.Errorf("announced: %v", got)
	}
	s := b.before("joined")
	s.Lot("2023-001").Led.Agreed = nil
	if got := count(s); got != [2]int{0, 0} {
		t.Errorf("confirmed by nobody: %v", got)
	}
	s = b.before("joined")
	line := *s.Lot("2023-001").Led.Line
	line.With = []record.Partner{{Name: line.With[0].Name, Kind: "section"}}
	s.Lot("2023-001").Led.Line = &line
	if got := count(s); got != [2]int{0, 0} {
		t.Errorf("with sections alone: %v", got)
	}
	s = b.before("result")
	s.Lot("2023-001").Abort = &rules.At[record.Abort]{}
	if got := count(s); got != [2]int{0, 1} {
		t.Errorf("aborted: %v", got)
	}
	if len(b.before("joined").JointFindings("2025-06-01")) != 1 {
		t.Error("2024 has none")
	}
}

// TestJoinedDue: the results of a lead's list are due as those of the office's
// own draws, and open until each of the list has one.
func TestJoinedDue(t *testing.T) {
	for name, want := range map[string]string{"gaoqing joint": "2023-11-01", "yanshi joint": "2023-09-28"} {
		b := bookOf(name)
		var got []rules.Duty
		for _, d := range b.before("").Duties("2023-09-28") {
			if d.Code == "joined" {
				got = append(got, d)
			}
		}
		if len(got) != 1 || got[0].Due != want || got[0].Count != 3 || got[0].Open != 2 || got[0].Late != 0 || got[0].Draw != "2023-J01" {
			t.Errorf("%s: %+v", name, got)
		}
	}
	late := 0
	for _, d := range yanshiJoint().before("").Duties("2023-09-30") {
		if d.Code == "joined" {
			late = d.Late
		}
	}
	if late != 1 {
		t.Errorf("on the day after: late %d", late)
	}
}

// TestJoinedCorrection: a correction of a joined result is held to its items.
func TestJoinedCorrection(t *testing.T) {
	b := yanshiJoint()
	s := b.before("")
	f := s.Joined[0].Results[s.Joined[0].Handles[0]]
	c := &record.Correction{Result: f.Index, Old: f.Hash, Ground: "录入错误", Approved: sealed("演示"), Date: "2023-09-21",
		Outcome: record.Outcome{Items: []record.ItemCodes{{Item: "1", Codes: []string{"a"}}, {Item: "2", Codes: []string{"a"}}}, Codes: []string{"a"}}}
	less := clone(c).(*record.Correction)
	less.Outcome.Items = less.Outcome.Items[:1]
	for _, body := range []*record.Correction{less, c} {
		st := step{At: "2023-09-21T09:00:00+08:00", Body: body, Signers: []string{signer}, Origin: origin}
		if refused := breached(s.Apply(st.input())); refused != (body == less) {
			t.Errorf("%d items: refused %v", len(body.Outcome.Items), refused)
		}
	}
}

// TestAcrossJoined: a selection by another department counts to the cap of the
// office's own draws once both are opened, and is not itself blamed (A13).
func TestAcrossJoined(t *testing.T) {
	const id = "91370322TT00000000"
	for _, c := range []struct {
		joined string
		want   int
	}{{"2023-08-22", 1}, {"2022-08-24", 1}, {"2022-08-23", 0}, {"2023-08-24", 0}} {
		p := mustPack("gaoqing")
		s := rules.New()
		s.Lots = []*rules.Lot{{Pack: p, At: rules.At[record.Notice]{Index: 10, Body: &record.Notice{Draw: "2023-001", Randomness: &record.Randomness{Time: "2023-08-23T10:00:00+08:00"}}},
			Draw: &rules.At[record.Draw]{Index: 11}, Objects: []*rules.Object{{ID: id}}}}
		task := &rules.JoinedTask{At: rules.At[record.Joined]{Index: 3, Body: &record.Joined{Task: "2023-J01", Drawn: c.joined}}, Pack: p}
		s.Results = []*rules.Finished{{At: rules.At[record.Result]{Index: 5, Body: &record.Result{}}, Joined: task, Code: id}}
		over := 0
		for _, f := range s.Across() {
			if f.Code == "rules.over-cap" {
				over++
			}
		}
		if over != c.want {
			t.Errorf("joined on %s: %d over the cap, want %d", c.joined, over, c.want)
		}
	}
}

// TestExtendedBeyondAgreed: a joint task that is put off goes beyond what the
// partner confirmed, and the ledger says so.
func TestExtendedBeyondAgreed(t *testing.T) {
	b := yanshiJoint()
	for _, c := range []struct {
		to   string // of the agreement
		want rules.Severity
	}{{"2023-09-28", rules.Warning}, {"2023-10-31", ""}} {
		s := b.before("result")
		l := s.Lot("2023-001")
		p := *l.Pack
		p.Extend.Max = 1
		l.Pack = &p
		a := *l.Led.Agreed[0].Body
		a.To = c.to
		l.Led.Agreed[0].Body = &a
		st := step{At: "2023-09-20T09:00:00+08:00", Signers: []string{signer}, Origin: origin, Body: &record.Extension{Notice: l.Index, To: "2023-10-31", Ground: "演示", Date: "2023-09-20", Approved: sealed("甲")}}
		found := codes(s.Apply(st.input()))
		if found["rules.extended"] == "" || found["rules.agreed-otherwise"] != c.want {
			t.Errorf("agreed until %s: %v", c.to, found)
		}
	}
}

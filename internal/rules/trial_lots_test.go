package rules_test

import (
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// outside says what stands beside the plan: a waiver, a task of its own where
// the pack knows them, and an extension of the draw that is open.
func (b *book) outside() {
	doc := record.Order{Title: "演示通知", Number: "演示〔2023〕1号", Issuer: "演示省应急管理厅"}
	kind, ground := "shortfall", b.pack.Waiver.Shortfall[0]
	if len(b.pack.Waiver.Deployment) > 0 {
		kind, ground = "deployment", b.pack.Waiver.Deployment[0]
	}
	b.say("waiver", "2023-09-22T11:00:00+08:00", &record.Waiver{Kind: kind, Year: 2023, Line: "B", Ground: ground, Document: doc, Approved: sealed("演示"), Date: "2023-09-22"}, nil)
	if b.pack.Plan.AdHoc {
		line := *b.state.Plan(2023).Body.Line("B")
		line.No, line.Name, line.From, line.To = "L1", "演示临时任务", "2023-09-25", "2023-12-20"
		b.say("task", "2023-09-22T11:10:00+08:00", &record.Task{Year: 2023, Line: line, Ground: "专项整治", Document: doc, Approved: sealed("演示"), Date: "2023-09-22"}, nil)
	}
	b.say("extension", "2023-09-22T11:20:00+08:00", &record.Extension{Notice: b.state.Lot("2023-003").Index, To: "2023-10-31", Ground: "企业停产检修", Approved: sealed("演示"), Date: "2023-09-22"}, nil)
	b.say("lost", "2023-09-22T11:30:00+08:00", &record.Lost{Notice: b.state.Lot("2023-002").Index, K: true, KI: true, Ground: "硬盘损坏", Approved: sealed("演示"), Date: "2023-09-22"}, nil)
	b.say("software", "2023-09-22T11:40:00+08:00", &record.Software{Date: "2023-09-22", Files: []record.Script{{Name: "verify.js", SHA256: rules.Hash([]byte("script")), Bytes: 6}}}, nil)
}

// planAgain is another version of the plan in place of the step.
func planAgain(change func(*record.Plan)) func(*step) {
	return func(s *step) {
		s.Body = clone(gaoqingPlan(s))
		p := s.Body.(*record.Plan)
		p.Version, p.Reason, p.Date = 2, "更新", s.At[:10]
		change(p)
	}
}

func gaoqingPlan(s *step) *record.Plan { return s.State.Plan(2023).Body }

func aClass(ratio string) record.Class {
	return record.Class{Name: "g1", Condition: sealed("标签 = 高风险"), Ratio: ratio}
}

// outsides: plan versions, tasks outside the plan, classes, batches, waivers,
// extensions.
var outsides = []trial{
	{name: "a line with a draw is dropped", step: "filing", code: "rules.line-gone", bad: planAgain(func(p *record.Plan) { p.Lines = p.Lines[1:] }),
		good: planAgain(func(p *record.Plan) { p.Lines = p.Lines[:2] })},
	{name: "a line with a draw gets another number", step: "filing", code: "rules.line-gone", bad: planAgain(func(p *record.Plan) { p.Lines[0].No = "A1" })},
	{name: "a line with a draw says another ratio", step: "filing", code: "rules.line-changed", sev: rules.Warning, also: []string{"rules.plan-changed"},
		bad: planAgain(func(p *record.Plan) { p.Lines[0].Ratio = "0.1" }), good: planAgain(func(p *record.Plan) { p.Lines[0].Base++ })},
	{name: "a new line", step: "filing", code: "rules.plan-changed", sev: rules.Note,
		bad: planAgain(func(p *record.Plan) { p.Lines = append(p.Lines, p.Lines[0]); p.Lines[len(p.Lines)-1].No = "E9" }), good: planAgain(func(p *record.Plan) { p.Lines[0].Estimate++ })},
	{name: "number of a task outside", step: "filing", code: "rules.line-twice", bad: planAgain(func(p *record.Plan) { p.Lines = append(p.Lines, p.Lines[0]); p.Lines[len(p.Lines)-1].No = "L1" }),
		good: planAgain(func(p *record.Plan) { p.Lines = append(p.Lines, p.Lines[0]); p.Lines[len(p.Lines)-1].No = "L2" })},
	{name: "nobody inspects the whole class", pack: "yanshi", step: "plan", code: "rules.class-unplanned", sev: rules.Warning, also: []string{"rules.item-uncovered"}, bad: as(func(b *record.Plan) { b.Lines = slices.Delete(b.Lines, 2, 3) }),
		good: as(func(b *record.Plan) { b.Lines = slices.Delete(b.Lines, 0, 2) })},
	{name: "only in one town", pack: "yanshi", step: "plan", code: "rules.class-unplanned", sev: rules.Warning,
		bad:  as(func(b *record.Plan) { b.Lines[2].Filter += " and 镇街 = 商城街道" }),
		good: as(func(b *record.Plan) { b.Lines[2].Filter += " or 镇街 = 商城街道" })},

	{name: "one class", step: "plan", code: "rules.class-name", bad: as(func(b *record.Plan) {
		b.Lines[0].Classes = []record.Class{aClass("0.5")}
		b.Lines[0].Classes[0].Name = "高风险"
	}),
		good: as(func(b *record.Plan) { b.Lines[0].Classes = []record.Class{aClass("0.5")} })},
	{name: "a class of nobody", step: "plan", code: "rules.line-quantity", bad: as(func(b *record.Plan) { b.Lines[0].Classes = []record.Class{aClass("0.0")} }),
		good: as(func(b *record.Plan) { b.Lines[0].Classes = []record.Class{aClass("0.01")} })},
	{name: "nine classes", step: "plan", code: "rules.no-classes", bad: as(func(b *record.Plan) { b.Lines[0].Classes = make([]record.Class, 9) })},
	{name: "less than the rest", pack: "yanshi", step: "plan", code: "rules.class-lower", bad: as(func(b *record.Plan) { b.Lines[0].Classes = []record.Class{aClass("0.19")} }),
		good: as(func(b *record.Plan) { b.Lines[0].Classes = []record.Class{aClass("0.2")} })},
	{name: "one batch", step: "plan", code: "rules.batches", bad: as(func(b *record.Plan) { b.Lines[0].Batches = 1 }), good: as(func(b *record.Plan) { b.Lines[0].Batches = 2 })},
	{name: "25 batches", step: "plan", code: "rules.batches", bad: as(func(b *record.Plan) { b.Lines[0].Batches = 25 }), good: as(func(b *record.Plan) { b.Lines[0].Batches = 24 })},
	{name: "a census in batches", step: "plan", code: "rules.batches", bad: as(func(b *record.Plan) { b.Lines[2].Batches = 2 })},
	{name: "least of a cell without cells", step: "plan", code: "rules.minimum", bad: as(func(b *record.Plan) { b.Lines[0].Minimum = 1 })},
	{name: "least of a cell, directed", pack: "yanshi", step: "plan", code: "rules.minimum", bad: as(func(b *record.Plan) { b.Lines[1].Minimum = 1 }), good: as(func(b *record.Plan) { b.Lines[0].Minimum = 1 })},

	{name: "yanshi knows none", pack: "yanshi", step: "extension", code: "rules.no-ad-hoc", bad: func(s *step) {
		t := gaoqing().copyOf("task")
		s.Body = t.Body
	}},
	{name: "of tomorrow", step: "task", code: "rules.date-order", bad: as(func(b *record.Task) { b.Date = "2023-09-23" })},
	{name: "number of a line", step: "task", code: "rules.line-twice", bad: as(func(b *record.Task) { b.Line.No = "B" })},
	{name: "begun before it was decided", step: "task", code: "rules.line-dates", bad: as(func(b *record.Task) { b.Line.From = "2023-09-21" }), good: as(func(b *record.Task) { b.Line.From = "2023-09-22" })},
	{name: "into the next year", step: "task", code: "rules.line-dates", bad: as(func(b *record.Task) { b.Line.To = "2024-01-01" }), good: as(func(b *record.Task) { b.Line.To = "2023-12-31" })},
	{name: "outside the plan", step: "task", code: "rules.ad-hoc", sev: rules.Note, bad: func(*step) {}, good: func(s *step) { instead(s, "extension") }},

	{name: "of no line", step: "waiver", code: "rules.no-line", bad: as(func(b *record.Waiver) { b.Line = "Z" })},
	{name: "of another year", step: "waiver", code: "rules.no-line", bad: as(func(b *record.Waiver) { b.Year = 2024 })},
	{name: "of tomorrow", step: "waiver", code: "rules.date-order", bad: as(func(b *record.Waiver) { b.Date = "2023-09-23" })},
	{name: "of a kind of its own", step: "waiver", code: "rules.waiver-kind", bad: as(func(b *record.Waiver) { b.Kind = "friend" })},
	{name: "for an undirected line", step: "waiver", code: "rules.no-deployment", bad: as(func(b *record.Waiver) { b.Line = "A" })},
	{name: "deployment in yanshi", pack: "yanshi", step: "waiver", code: "rules.no-deployment", bad: as(func(b *record.Waiver) { b.Kind, b.Ground = "deployment", "专项整治" })},
	{name: "a ground of its own", step: "waiver", code: "rules.waiver-ground", bad: as(func(b *record.Waiver) { b.Ground = "需要" }), good: as(func(b *record.Waiver) { b.Ground = "上级指令" })},
	{name: "a ground of the other kind", step: "waiver", code: "rules.waiver-ground", bad: as(func(b *record.Waiver) { b.Kind = "shortfall" }),
		good: as(func(b *record.Waiver) { b.Kind, b.Ground, b.Line = "shortfall", "符合条件的企业不足", "A" })},
	{name: "without the document's number", step: "waiver", code: "rules.waiver-document", bad: as(func(b *record.Waiver) { b.Document.Number = "" }),
		good: as(func(b *record.Waiver) {
			b.Kind, b.Ground, b.Document.Number = "shortfall", "符合条件的企业不足", ""
		})},
	{name: "a waiver of nothing", step: "notice", code: "rules.no-such-entry", bad: as(func(b *record.Notice) { b.Waivers = []int64{1} })},
	{name: "freed without a waiver", step: "notice B", code: "rules.no-waiver",
		bad: as(func(b *record.Notice) {
			b.Freed = []record.Ground{{Code: "exempt.1", Clause: "G-6.2d", Words: "已达频次上限，因另行部署不受频次限制", Count: 1}}
		}),
		good: as(func(b *record.Notice) {
			b.Freed = []record.Ground{{Code: "exempt.0", Clause: "G-6.2d", Words: "已达频次上限，依条款不受频次限制", Count: 1}}
		})},
	{name: "freed by no exemption", step: "notice", code: "rules.grounds", bad: as(func(b *record.Notice) {
		b.Freed = []record.Ground{{Code: "exempt.2", Clause: "G-6.2d", Words: "已达频次上限，依条款不受频次限制", Count: 1}}
	})},

	{name: "another draw has not been cast", step: "notice B", code: "rules.undrawn-beside", sev: rules.Warning, bad: func(*step) {}, good: func(s *step) { instead(s, "notice") }},
	{name: "a line drawn already", step: "filing", code: "rules.line-again", sev: rules.Warning, also: []string{"rules.date-order", "rules.notice-late"}, bad: func(s *step) { onceMore(s, "") },
		good: func(s *step) { onceMore(s, "2次") }},
	{name: "a batch of a line without", step: "notice", code: "rules.batch", bad: as(func(b *record.Notice) { b.Batch = 1 })},
	{name: "once draws are announced", step: "notice B", code: "rules.history-late", sev: rules.Warning, bad: func(s *step) { at := s.At; instead(s, "history"); s.At = at },
		good: func(s *step) { s.State = gaoqing().before("notice"); instead(s, "history") }},

	{name: "of nothing", step: "extension", code: "rules.no-such-entry", bad: as(func(b *record.Extension) { b.Notice = 1 })},
	{name: "not later", step: "extension", code: "rules.extended-to", bad: as(func(b *record.Extension) { b.To = "2023-09-28" }), good: as(func(b *record.Extension) { b.To = "2023-09-29" })},
	{name: "beyond the year", step: "extension", code: "rules.extended-to", bad: as(func(b *record.Extension) { b.To = "2024-01-01" }), good: as(func(b *record.Extension) { b.To = "2023-12-31" })},
	{name: "after the end", step: "extension", code: "rules.extended-late", bad: func(s *step) { s.At = "2023-09-29T00:00:00+08:00" }, good: func(s *step) { s.At = "2023-09-28T23:59:59+08:00" }},
	{name: "of tomorrow", step: "extension", code: "rules.extended-late", bad: as(func(b *record.Extension) { b.Date = "2023-09-23" })},
	{name: "when everything is done", step: "extension", code: "rules.extended-late", bad: as(func(b *record.Extension) { b.Notice = gaoqing().state.Lot("2023-001").Index })},
	{name: "twice", step: "filing", code: "rules.extended-often", also: []string{"rules.date-order"}, bad: func(s *step) { at := "2023-10-30T09:00:00+08:00"; instead(s, "extension"); s.At = at }},
	{name: "in time", step: "extension", code: "rules.extended", sev: rules.Note, bad: func(*step) {}, good: func(s *step) { instead(s, "waiver") }},
}

// onceMore announces line A again, whose draw has all its results, in a plan
// that says how often.
func onceMore(s *step, often string) {
	if often != "" {
		p := *s
		planAgain(func(p *record.Plan) { p.Lines[0].Frequency = often })(&p)
		p.State.Apply(p.input())
	}
	s.At = "2023-09-22T12:00:00+08:00"
	b := gaoqing()
	a, err := s.State.Announce(rules.Task{Line: "A", Round: 657413 + 300000}, b.reg, rules.Keys{K: []byte(strings.Repeat("k", 32)), KI: []byte(strings.Repeat("i", 32))})
	if err != nil {
		panic(err)
	}
	s.Body, s.Blobs = a.Notice, a.Blobs
}

// init enters the trials of this file: lists of other files stand in TestTrials.
func init() {
	lists = append(lists, outsides...)
	for code, test := range map[string]string{"rules.over-cap": "TestAcross", "rules.merge": "TestAcross", "rules.no-condition": "TestClasses",
		"rules.waiver-used": "TestWaiverFrees", "rules.below-floor": "TestClasses"} {
		elsewhere[code] = test
	}
}

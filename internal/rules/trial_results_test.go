package rules_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// res changes a result.
func res(change func(*record.Result)) func(*step) { return as(change) }

// proof is evidence of a day.
func proof(day string) []record.Evidence {
	return []record.Evidence{{Kind: "检验检测报告", Issuer: "演示检测中心", Number: "演检1号", Date: day}}
}

// described: what a result says besides its codes.
var described = []trial{
	{name: "a way of its own", step: "result", code: "rules.method", bad: res(func(b *record.Result) { b.Outcome.Methods = list("电话问问") }),
		good: res(func(b *record.Result) { b.Outcome.Methods = list("查阅资料", "检查现场") })},
	{name: "a way of another pack", pack: "yanshi", step: "result", code: "rules.method", bad: res(func(b *record.Result) { b.Outcome.Methods = list("检查现场") })},
	{name: "a form of its own", step: "result", code: "rules.form", bad: res(func(b *record.Result) { b.Outcome.Form = "回头看" }),
		good: res(func(b *record.Result) { b.Outcome.Form = "综合联查" })},
	{name: "the town by its name", step: "result", code: "rules.other-town", bad: res(func(b *record.Result) { b.Town = "田镇街道" }),
		good: res(func(b *record.Result) { b.Town = "370322001" })},
	{name: "another town than the cell", pack: "yanshi", step: "result", code: "rules.other-town", bad: res(func(b *record.Result) { b.Town = "410307110" })},
	{name: "a sector of no pack", step: "result", code: "rules.sector", bad: res(func(b *record.Result) { b.Sector, b.Classes = "farming", nil })},
	{name: "a class that its sector is not of", step: "result", code: "rules.class", bad: res(func(b *record.Result) { b.Sector, b.Classes = "machinery", list("key") }),
		good: res(func(b *record.Result) { b.Sector, b.Classes = "machinery", list("general") })},
	{name: "no class where its sector has one", pack: "yanshi", step: "result", code: "rules.class", bad: res(func(b *record.Result) { b.Sector, b.Classes = "machinery", nil }),
		good: res(func(b *record.Result) { b.Sector, b.Classes = "machinery", list("gongmao8", "blacklist") })},
	{name: "a class of no pack", step: "result", code: "rules.class", bad: res(func(b *record.Result) { b.Sector, b.Classes = "", list("poor") })},
	{name: "classes turned round", pack: "yanshi", step: "result", code: "rules.class", also: []string{"rules.class-sector"}, bad: res(func(b *record.Result) { b.Sector, b.Classes = "", list("blacklist", "gongmao8") })},
	{name: "reviewed after it was public", step: "result", code: "rules.date-order", bad: res(func(b *record.Result) { b.ReviewOn = "2023-09-09" }),
		good: res(func(b *record.Result) { b.ReviewOn = "2023-09-08" })},
	{name: "sent back before the end", step: "result", code: "rules.date-order", bad: res(func(b *record.Result) { b.Returned = list("2023-09-05") }),
		good: res(func(b *record.Result) { b.Returned = list("2023-09-06", "2023-09-07") })},
	{name: "sent back after the review", step: "result", code: "rules.date-order", bad: res(func(b *record.Result) { b.Returned = list("2023-09-08") })},
	{name: "nobody reviewed", step: "result", code: "rules.incomplete", sev: rules.Note, bad: res(func(b *record.Result) { b.Reviewed = "" })},
	{name: "no plan of its own", step: "dispatch", code: "rules.no-scheme", sev: rules.Note, bad: as(func(b *record.Dispatch) { b.Scheme = "" }),
		good: as(func(b *record.Dispatch) { b.Scheme, b.SchemeSum = "", strings.Repeat("a", 64) })},

	{name: "evidence of tomorrow", step: "result", code: "rules.date-order", bad: res(func(b *record.Result) { b.Evidence = proof("2023-09-21") }),
		good: res(func(b *record.Result) { b.Evidence = proof("2023-09-20") })},
	{name: "evidence by hearsay", pack: "yanshi", step: "result", code: "rules.evidence-kind", bad: res(func(b *record.Result) { b.Evidence = proof("2023-09-07"); b.Evidence[0].Kind = "听说" }),
		good: res(func(b *record.Result) { b.Evidence = proof("2023-09-07") })},
	{name: "awaited and not named", step: "result", code: "rules.evidence-missing", bad: res(func(b *record.Result) { b.LastProof, b.Evidence = "2023-09-07", proof("2023-09-08") }),
		good: res(func(b *record.Result) { b.LastProof, b.Evidence = "2023-09-07", proof("2023-09-07") })},
	{name: "awaited before the end", step: "result", code: "rules.date-order", bad: res(func(b *record.Result) { b.LastProof, b.Evidence = "2023-09-05", proof("2023-09-05") }),
		good: res(func(b *record.Result) { b.LastProof, b.Evidence = "2023-09-06", proof("2023-09-06") })},
	{name: "awaited although public", step: "result", code: "rules.date-order", bad: res(func(b *record.Result) { b.LastProof, b.Evidence = "2023-09-09", proof("2023-09-09") })},
	{name: "counts from it", pack: "yanshi", step: "result", code: "rules.counts-from-evidence", sev: rules.Note,
		bad: res(func(b *record.Result) { b.LastProof, b.Evidence = "2023-09-08", proof("2023-09-08") }), good: res(func(b *record.Result) { b.Evidence = proof("2023-09-08") })},
	{name: "from the task's end all the same", step: "result", code: "rules.evidence-missing", bad: res(func(b *record.Result) { b.LastProof = "2023-09-07" })},

	{name: "in time by the law alone", step: "result", code: "rules.strict-date", sev: rules.Note, bad: func(s *step) { published(s, "2023-10-11") }, good: func(s *step) { published(s, "2023-10-10") }},
	{name: "on the seventh day after", pack: "yanshi", step: "result", code: "rules.strict-date", sev: rules.Note, bad: func(s *step) { published(s, "2023-09-15") },
		good: func(s *step) { published(s, "2023-09-14") }},

	{name: "a department twice", step: "result", code: "rules.part", bad: res(func(b *record.Result) { parts(b, "e"); b.Parts[1].Department = b.Parts[0].Department })},
	{name: "a department says better", step: "result", code: "rules.part", bad: res(func(b *record.Result) { parts(b, "a") }), good: res(func(b *record.Result) { parts(b, "e") })},
	{name: "a department goes alone", step: "result", code: "rules.visit-apart", sev: rules.Warning, bad: res(func(b *record.Result) { parts(b, "e"); b.Parts[1].Ended = "2023-09-04" }),
		good: res(func(b *record.Result) { parts(b, "e"); b.Parts[1].Ended = "2023-09-05" })},
	{name: "a department publishes what is to come", step: "result", code: "rules.date-order", bad: res(func(b *record.Result) { parts(b, "e"); b.Parts[1].Published = "2023-09-21" })},
	{name: "a department is late", pack: "yanshi", step: "result", code: "rules.late-part", sev: rules.Overdue,
		bad: res(func(b *record.Result) { parts(b, "e"); b.Parts[1].Published = "2023-09-16" }), good: res(func(b *record.Result) { parts(b, "e"); b.Parts[1].Published = "2023-09-15" })},

	{name: "begun after its end", step: "correction", code: "rules.date-order", bad: as(func(b *record.Correction) { b.Started = "2023-09-07" }),
		good: as(func(b *record.Correction) { b.Started = "2023-09-06" })},
	{name: "public before it was entered", step: "correction", code: "rules.date-order", bad: as(func(b *record.Correction) { b.Published = "2023-09-06" }),
		good: as(func(b *record.Correction) { b.Published = "2023-09-07" })},
	{name: "evidence that nobody named", step: "correction", code: "rules.evidence-missing", also: []string{}, bad: as(func(b *record.Correction) { b.LastProof = "2023-09-07" })},
	{name: "in time after all", step: "correction", code: "rules.corrected-in-time", sev: rules.Warning, also: []string{"rules.corrected"}, bad: func(s *step) { wasLate(s, "2023-11-01") },
		good: func(s *step) { wasLate(s, "2023-11-02") }},
}

// parts are two departments' own results, the second with its code.
func parts(b *record.Result, code string) {
	b.Parts = []record.Part{{Department: "甲局", Items: b.Outcome.Items[:1], Ended: b.Ended},
		{Department: "乙局", Items: []record.ItemCodes{{Item: "2", Codes: list(code)}}, Ended: b.Ended}}
}

// wasLate lets the first result be late and the correction give another day on
// which it was public.
func wasLate(s *step, day string) {
	b := gaoqing()
	late := b.copyOf("result")
	published(&late, "2023-11-03")
	s.State = b.before("result")
	s.State.Apply(late.input())
	f := s.State.Results[0]
	c := s.Body.(*record.Correction)
	c.Result, c.Old, c.Published, c.Date, s.At = f.Index, f.Hash, day, "2023-11-06", "2023-11-06T09:00:00+08:00"
}

// secret withholds a result.
func secret(change func(*record.Result)) func(*step) {
	return res(func(b *record.Result) {
		b.Withheld = &record.Withheld{Ground: "private", Document: "演不公开1号", Outcome: sealed("{}")}
		b.Outcome, b.FollowUp = record.Outcome{}, nil
		change(b)
	})
}

// closedOff: what may be withheld, and how.
var closedOff = []trial{
	{name: "by law", step: "result", code: "rules.withheld", sev: rules.Warning, bad: secret(func(*record.Result) {})},
	{name: "by law with the outcome open", step: "result", code: "rules.withheld", sev: rules.Warning, also: list("rules.no-follow-up"),
		bad: secret(func(b *record.Result) {
			b.Withheld.Outcome = ""
			b.Outcome = record.Outcome{Items: []record.ItemCodes{{Item: "1", Codes: list("e")}, {Item: "2", Codes: list("e")}}, Codes: list("e")}
		})},
	{name: "by no law", step: "result", code: "rules.withheld-ground", bad: secret(func(b *record.Result) { b.Withheld.Ground = "friend" })},
	{name: "by some law", step: "result", code: "rules.withheld-words", bad: secret(func(b *record.Result) { b.Withheld.Ground = "other_law" })},
	{name: "by a law that is named", step: "result", code: "rules.withheld", sev: rules.Warning,
		bad: secret(func(b *record.Result) {
			b.Withheld.Ground, b.Withheld.Words = "other_law", "《演示条例》第一条"
		})},
	{name: "with no outcome at all", step: "result", code: "rules.withheld-outcome", bad: secret(func(b *record.Result) { b.Withheld.Outcome = "" })},
	{name: "sealed and open", step: "result", code: "rules.withheld-outcome", also: list("rules.no-follow-up"), bad: secret(func(b *record.Result) {
		b.Outcome = record.Outcome{Items: []record.ItemCodes{{Item: "1", Codes: list("e")}, {Item: "2", Codes: list("e")}}, Codes: list("e")}
	})},
	{name: "nothing and not withheld", step: "complaint", code: "rules.item-missing", bad: res(func(b *record.Result) { b.Outcome.Items, b.Outcome.Codes = nil, nil })},
	{name: "late although withheld", pack: "yanshi", step: "result", code: "rules.late-result", sev: rules.Overdue, also: list("rules.withheld", "rules.strict-date"),
		bad:  both(secret(func(*record.Result) {}), func(s *step) { published(s, "2023-09-18") }),
		good: both(secret(func(*record.Result) {}), func(s *step) { published(s, "2023-09-15") })},
}

// followed: what must come after a result.
var followed = []trial{
	{name: "by hope", step: "result", code: "rules.follow-kind", bad: res(func(b *record.Result) { b.FollowUp.Kind = "下不为例" })},
	{name: "nothing follows an open code", step: "result", code: "rules.no-follow-up", sev: rules.Warning, bad: res(func(b *record.Result) { b.FollowUp.Kind = "无需后续处置" })},
	{name: "due before it was found", step: "result", code: "rules.date-order", bad: res(func(b *record.Result) { b.FollowUp.Due = "2023-09-05" }),
		good: res(func(b *record.Result) { b.FollowUp.Due = "2023-09-06" })},
	{name: "a crime kept at home", step: "result", code: "rules.no-transfer", sev: rules.Warning, bad: res(func(b *record.Result) { b.Criminal = true }),
		good: res(func(b *record.Result) { b.Criminal, b.FollowUp.Kind = true, "移送公安机关" })},
	{name: "a crime closed at home", step: "follow-up", code: "rules.no-transfer", sev: rules.Warning, bad: func(s *step) { crime(s, "复查") }, good: func(s *step) { crime(s, "移送司法机关") }},
	{name: "by hope again", step: "follow-up", code: "rules.follow-kind", bad: as(func(b *record.FollowUp) { b.Kind = "再说" })},
	{name: "due yesterday", step: "follow-up", code: "rules.date-order", bad: as(func(b *record.FollowUp) { b.Closed, b.Due = false, "2023-09-21" }),
		good: as(func(b *record.FollowUp) { b.Closed, b.Due = false, "2023-09-22" })},
	{name: "closed and due", step: "follow-up", code: "rules.date-order", bad: as(func(b *record.FollowUp) { b.Due = "2023-10-22" })},
	{name: "put off", step: "follow-up", code: "rules.follow-put-off", sev: rules.Note, bad: func(s *step) { dueOn(s, "2023-09-28", "2023-09-29") },
		good: func(s *step) { dueOn(s, "2023-09-28", "2023-09-28") }},
	{name: "closed a day late", step: "follow-up", code: "rules.late-follow-up", sev: rules.Overdue, bad: func(s *step) { dueOn(s, "2023-09-21", "") },
		good: func(s *step) { dueOn(s, "2023-09-22", "") }},
}

// crime makes the first result one of a suspected crime, closed by a kind.
func crime(s *step, kind string) {
	upon(s, func(b *record.Result) { b.Criminal = true })
	s.Body.(*record.FollowUp).Kind = kind
}

// dueOn gives the first result a due date, and the follow-up another or, with
// "", lets it close.
func dueOn(s *step, due, next string) {
	upon(s, func(b *record.Result) { b.FollowUp.Due = due })
	u := s.Body.(*record.FollowUp)
	u.Due, u.Closed = next, next == ""
}

// upon lets the follow-up come after the first result, changed.
func upon(s *step, change func(*record.Result)) {
	b := gaoqing()
	r := b.copyOf("result")
	change(r.Body.(*record.Result))
	s.State = b.before("result")
	s.State.Apply(r.input())
	s.Body.(*record.FollowUp).Result = s.State.Results[0].Index
}

// TestFollow: where the handling of a result stands, step by step.
func TestFollow(t *testing.T) {
	p := mustPack("gaoqing")
	f := &rules.Finished{}
	f.Body = &record.Result{Unit: "大队", Outcome: record.Outcome{Codes: list("a")}}
	if w := f.Follow(p); w.Needed {
		t.Errorf("nothing was found: %+v", w)
	}
	f.Body.FollowUp = &record.FollowUpDue{Kind: "无需后续处置"}
	if w := f.Follow(p); w.Needed {
		t.Errorf("nothing follows: %+v", w)
	}
	f.Body.Outcome.Codes = list("g")
	if w := f.Follow(p); !w.Needed || w.Closed != "" || w.Owner != "大队" {
		t.Errorf("an open code: %+v", w)
	}
	step := func(kind, date, due, owner string, closed bool) rules.Follow {
		f.FollowUps = append(f.FollowUps, rules.At[record.FollowUp]{Body: &record.FollowUp{Kind: kind, Date: date, Due: due, Owner: owner, Closed: closed}})
		return f.Follow(p)
	}
	if w := step("立案", "2023-09-10", "2023-10-10", "法规科", false); w.Due != "2023-10-10" || w.Owner != "法规科" || w.Closed != "" || w.Handed {
		t.Errorf("%+v", w)
	}
	if w := step("移送公安机关", "2023-09-20", "", "", true); w.Closed != "2023-09-20" || !w.Handed || w.Owner != "法规科" {
		t.Errorf("%+v", w)
	}
	if w := step("复查", "2023-10-20", "", "", false); w.Closed != "" {
		t.Errorf("opened again: %+v", w)
	}
}

// TestVisits: what was inspected apart, once the codes behind results are known.
func TestVisits(t *testing.T) {
	s := gaoqing().before("")
	if found := s.Visits(); len(found) > 0 {
		t.Fatalf("without codes: %v", found)
	}
	drawn, other := s.Results[0], s.Results[len(s.Results)-1]
	drawn.Code, other.Code = "91X", "91X"
	other.Body = clone(other.Body).(*record.Result) // the book's own stays
	found := s.Visits()
	if len(found) != 1 || found[0].Code != "rules.visit-apart" || found[0].Clause != "G-8.2c" || found[0].Entry != other.Index {
		t.Errorf("%v", found)
	}
	for _, day := range []string{drawn.Ended(), "2023-09-29", "2023-08-22"} { // with it, after the task, before the draw
		other.Body.Ended = day
		if found := s.Visits(); len(found) > 0 {
			t.Errorf("on %s: %v", day, found)
		}
	}
	for n := 2; n <= 3; n++ {
		r := *other
		s.Results = append(s.Results, &r)
		one := slices.ContainsFunc(s.Visits(), func(f rules.Finding) bool { return f.Code == "rules.one-letter" && f.Clause == "G-4.3c" })
		if one != (n == 3) {
			t.Errorf("%d units under one letter: %v", n, one)
		}
	}
}

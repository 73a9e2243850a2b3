package rules_test

import (
	"strings"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// redress: objections, reviews, the archive and what is destroyed.
var redress = []trial{
	{name: "objection to nothing", step: "objection", code: "rules.no-such-entry", bad: as(func(b *record.Objection) { b.Result = 1 })},
	{name: "objection of tomorrow", step: "objection", code: "rules.date-order", bad: as(func(b *record.Objection) { b.Received = "2023-11-02" })},
	{name: "objection before the end", step: "objection", code: "rules.date-order", bad: as(func(b *record.Objection) { b.Received = "2023-09-05" }),
		good: as(func(b *record.Objection) { b.Received = "2023-09-06" })},
	{name: "objection that lay about", step: "objection", code: "rules.noted-late", sev: rules.Note, bad: as(func(b *record.Objection) { b.Received = "2023-10-30" }),
		good: as(func(b *record.Objection) { b.Received = "2023-10-31" })},

	{name: "reviewed in time, it says", step: "review", code: "rules.noted-late", sev: rules.Warning, bad: func(s *step) { s.At = "2023-11-30T09:00:00+08:00" },
		good: func(s *step) { s.At = "2023-11-21T09:00:00+08:00" }},
	{name: "reviewed and left lying", step: "review", code: "rules.noted-late", sev: rules.Note, bad: func(s *step) { s.At = "2023-11-22T09:00:00+08:00" }},
	{name: "told in time, it says", step: "told", code: "rules.noted-late", sev: rules.Warning, bad: func(s *step) { s.At = "2023-12-12T09:00:00+08:00" },
		good: func(s *step) { s.At = "2023-11-21T09:00:00+08:00" }},
	{name: "review of nothing", step: "review", code: "rules.no-such-entry", bad: as(func(b *record.Review) { b.Objection-- })},
	{name: "review twice", step: "review 2", code: "rules.reviewed-twice", bad: func(s *step) { instead(s, "review") }},
	{name: "review of tomorrow", step: "review", code: "rules.date-order", bad: as(func(b *record.Review) { b.Decided = "2023-11-21" })},
	{name: "review before the objection", step: "review", code: "rules.date-order", bad: as(func(b *record.Review) { b.Decided = "2023-10-31" }),
		good: as(func(b *record.Review) { b.Decided = "2023-11-01" })},
	{name: "review that forgives", step: "review", code: "rules.review-outcome", bad: as(func(b *record.Review) { b.Outcome = "forgiven" })},
	{name: "review that corrects nothing", step: "review", code: "rules.review-outcome", bad: as(func(b *record.Review) { b.Outcome = "corrected" })},
	{name: "review that upholds and corrects", step: "review 2", code: "rules.review-outcome", bad: as(func(b *record.Review) { b.Outcome = "upheld" })},
	{name: "review with the correction of another firm", step: "review 2", code: "rules.review-correction", bad: func(s *step) {
		s.Body.(*record.Review).Correction = team(s, 0).Result.Corrections[0].Index
	}},
	{name: "review with a correction that was there before", step: "objection 2", code: "rules.review-correction", bad: func(s *step) {
		reviewOf(s, team(s, 0).Result, s.At[:10])
	}, good: func(s *step) { reviewOf(s, team(s, 0).Result, "2023-09-21") }},
	{name: "review with a correction that changes nothing", step: "review 2", code: "rules.review-correction", bad: func(s *step) {
		b := s.Body.(*record.Review)
		f := s.State.ObjectionAt(b.Objection).Of
		sham := step{At: s.At, Signers: s.Signers, Origin: s.Origin, Body: &record.Correction{Result: f.Index, Old: f.Corrections[0].Hash, Ground: "复核",
			Outcome: *f.Outcome(), Approved: sealed("演示"), Date: s.At[:10]}}
		s.State.Apply(sham.input())
		b.Correction = f.Corrections[1].Index
	}},
	{name: "upheld, yet corrected", step: "review 2", code: "rules.upheld-corrected", sev: rules.Warning,
		bad: as(func(b *record.Review) { b.Outcome, b.Correction = "upheld", 0 })},
	// Received on 8 September 2023: twenty working days over 中秋 and 国庆 end on
	// 12 October, for 7 and 8 October are worked.
	{name: "a day late", step: "objection 2", code: "rules.late-review", sev: rules.Overdue, bad: func(s *step) { reviewed(s, "2023-09-08", "2023-10-13") },
		good: func(s *step) { reviewed(s, "2023-09-08", "2023-10-12") }},
	{name: "a day late over 春节", step: "purge", code: "rules.late-review", sev: rules.Overdue, bad: func(s *step) { reviewed(s, "2024-02-01", "2024-03-06") },
		good: func(s *step) { reviewed(s, "2024-02-01", "2024-03-05") }},
	{name: "late beyond the calendar", step: "purge", code: "rules.late-review", sev: rules.Overdue, bad: func(s *step) { reviewed(s, "2026-11-20", "2026-12-31") },
		good: func(s *step) { reviewed(s, "2029-12-20", "2030-03-01") }},

	{name: "told of no review", step: "told", code: "rules.no-such-entry", bad: as(func(b *record.Feedback) { b.Review = 1 })},
	{name: "told of another's review", step: "told", code: "rules.no-such-entry", bad: func(s *step) { s.Body.(*record.Feedback).Result = team(s, 0).Result.Index }},
	{name: "told before the review", step: "told", code: "rules.date-order", bad: as(func(b *record.Feedback) { b.Date = "2023-11-19" })},
	// Fifteen working days after 20 November 2023 are over on 11 December.
	{name: "told a day late", step: "told", code: "rules.late-review-feedback", sev: rules.Overdue, bad: toldOn("2023-12-12"), good: toldOn("2023-12-11")},

	{name: "archive of nothing", step: "archive", code: "rules.no-such-entry", bad: as(func(b *record.Archive) { b.Result = 0 })},
	{name: "archive of both", step: "archive", code: "rules.no-such-entry", bad: func(s *step) { s.Body.(*record.Archive).Notice = lot(s, "2023-001").Index }},
	{name: "archive of what is no result", step: "archive", code: "rules.no-such-entry", bad: as(func(b *record.Archive) { b.Result = 1 })},
	{name: "archive of what is no draw", step: "archive of the draw", code: "rules.no-such-entry", bad: as(func(b *record.Archive) { b.Notice = 1 })},
	{name: "archived tomorrow", step: "archive", code: "rules.date-order", bad: archivedOn("2023-11-21", 10)},
	{name: "archived before the end", step: "archive", code: "rules.date-order", bad: archivedOn("2023-09-05", 10), good: archivedOn("2023-09-06", 10)},
	{name: "archived before the draw", step: "archive of the draw", code: "rules.date-order", bad: as(func(b *record.Archive) { b.Date = "2023-08-22" }),
		good: as(func(b *record.Archive) { b.Date = "2023-08-23" })},
	{name: "a paper of the day after", step: "archive", code: "rules.date-order", bad: as(func(b *record.Archive) { b.Documents[0].Date = "2023-11-21" }),
		good: as(func(b *record.Archive) { b.Documents[0].Date = "2023-11-20" })},
	{name: "a kind of its own", step: "archive", code: "rules.archive-kind", bad: as(func(b *record.Archive) { b.Documents[0].Kind = "便条" }),
		good: as(func(b *record.Archive) { b.Documents[0].Kind = "音像记录" })},
	{name: "one scan twice", step: "archive", code: "rules.archived-twice", bad: as(func(b *record.Archive) { b.Documents[1].SHA256 = b.Documents[0].SHA256 }),
		good: as(func(b *record.Archive) { b.Documents[1].SHA256 = strings.Repeat("b", 64) })},
	{name: "one scan in two entries", step: "archive of the draw", code: "rules.archived-twice", bad: func(s *step) { instead(s, "archive") }},
	{name: "kept for some while", step: "archive", code: "rules.archive-class", bad: as(func(b *record.Archive) { b.Class = "短期" })},
	{name: "for ever, for ten years", step: "archive", code: "rules.archive-years", bad: as(func(b *record.Archive) { b.Class = "永久" })},
	{name: "no years where the text has none", step: "archive", code: "rules.archive-years", bad: as(func(b *record.Archive) { b.Years, b.RetainUntil = 0, "" })},
	{name: "four years", pack: "yanshi", step: "archive", code: "rules.archive-years", bad: archivedOn("", 4)},
	{name: "101 years", step: "archive", code: "rules.archive-years", bad: as(func(b *record.Archive) { b.Years = 101 }), good: archivedOn("", 100)},
	{name: "six years and no rule", pack: "yanshi", step: "archive", code: "rules.archive-ground", bad: archivedOn("", 6),
		good: both(archivedOn("", 6), as(func(b *record.Archive) { b.Ground = "机关文件材料归档范围" }))},
	{name: "ten years and no rule", step: "archive", code: "rules.archive-ground", bad: as(func(b *record.Archive) { b.Ground = "" })},
	{name: "a day short", step: "archive", code: "rules.retain-until", bad: as(func(b *record.Archive) { b.RetainUntil = "2033-11-19" })},
	{name: "a day more", step: "archive", code: "rules.retain-until", bad: as(func(b *record.Archive) { b.RetainUntil = "2033-11-21" })},

	{name: "purge of nothing", step: "purge", code: "rules.no-such-entry", bad: as(func(b *record.Purge) { b.Archive = 1 })},
	{name: "purge twice", step: "purge", code: "rules.purged-twice", bad: func(s *step) {
		again := gaoqing().copyOf("purge")
		s.State.Apply(again.input())
	}},
	{name: "purge of tomorrow", step: "purge", code: "rules.date-order", bad: as(func(b *record.Purge) { b.Date = "2034-01-05" })},
	{name: "purge of what stays for ever", step: "purge", code: "rules.purge-early", also: []string{"rules.purge-open"}, bad: as(func(b *record.Purge) { b.Archive++ })},
	// Archived on 20 November 2023 for ten years: 20 November 2033 is the last day.
	{name: "purge on the last day of keeping", step: "purge", code: "rules.purge-early", bad: as(func(b *record.Purge) { b.Date = "2033-11-20" }),
		good: as(func(b *record.Purge) { b.Date = "2033-11-21" })},
	{name: "purge while a follow-up is open", step: "purge", code: "rules.purge-open", bad: func(s *step) {
		again := gaoqing().copyOf("follow-up")
		again.At, again.Body.(*record.FollowUp).Closed = "2024-01-04T09:00:00+08:00", false
		s.State.Apply(again.input())
	}},
	{name: "purge while an objection is open", step: "purge", code: "rules.purge-open", bad: func(s *step) {
		again := gaoqing().copyOf("objection")
		again.At, again.Body.(*record.Objection).Result = "2024-01-04T09:00:00+08:00", team(s, 0).Result.Index
		s.State.Apply(again.input())
	}},
	{name: "takedown of no result", step: "takedown", code: "rules.no-such-entry", bad: as(func(b *record.Takedown) { b.Entry = 1 })},
	{name: "takedown of a member that is open to all", step: "takedown", code: "rules.takedown-fields", bad: as(func(b *record.Takedown) { b.Fields = []string{"outcome.codes.0"} })},
	{name: "takedown of one twice", step: "takedown", code: "rules.takedown-fields", bad: as(func(b *record.Takedown) { b.Fields = []string{"name", "name"} })},
	{name: "takedown again", step: "purge", code: "rules.taken-twice", bad: func(s *step) { instead(s, "takedown") },
		good: func(s *step) { instead(s, "takedown"); s.Body.(*record.Takedown).Fields = []string{"signed.0"} }},
	{name: "takedown tomorrow", step: "takedown", code: "rules.date-order", bad: as(func(b *record.Takedown) { b.Date = "2034-01-04" })},
	{name: "takedown before the result", step: "takedown", code: "rules.date-order",
		bad:  as(func(b *record.Takedown) { b.Class, b.Years, b.Date = rules.ByLaw, 0, "2023-09-19" }),
		good: as(func(b *record.Takedown) { b.Class, b.Years, b.Date = rules.ByLaw, 0, "2023-09-20" })},
	// Public on 8 September 2023 for five years: 8 September 2028 is the last day.
	{name: "takedown on the last day", step: "takedown", code: "rules.takedown-early", bad: as(func(b *record.Takedown) { b.Date = "2028-09-20" }),
		good: as(func(b *record.Takedown) { b.Date = "2028-09-21" })},
	{name: "takedown after no time", step: "takedown", code: "rules.takedown-class", bad: as(func(b *record.Takedown) { b.Years = 0 })},
	{name: "takedown for shame", step: "takedown", code: "rules.takedown-class", bad: as(func(b *record.Takedown) { b.Class = "影响不好" })},
	{name: "takedown by a decision and a term", step: "takedown", code: "rules.takedown-class", bad: as(func(b *record.Takedown) { b.Class = rules.ByLaw }),
		good: as(func(b *record.Takedown) { b.Class, b.Years = rules.ByLaw, 0 })},
	{name: "takedown while an objection is open", step: "takedown", code: "rules.takedown-open", bad: func(s *step) {
		again := gaoqing().copyOf("objection")
		again.At, again.Body.(*record.Objection).Result = "2024-01-04T09:00:00+08:00", team(s, 0).Result.Index
		s.State.Apply(again.input())
	}},
	{name: "takedown", step: "takedown", code: "rules.taken-down", sev: rules.Note, bad: func(*step) {},
		good: as(func(b *record.Takedown) { b.Class, b.Years = rules.ByLaw, 0 })},
	{name: "takedown by a decision", step: "takedown", code: "rules.taken-by-law", sev: rules.Warning, bad: as(func(b *record.Takedown) { b.Class, b.Years = rules.ByLaw, 0 })},
	{name: "archived long ago, it says", step: "purge", code: "rules.purge-backdated", sev: rules.Warning, bad: func(s *step) { longAgo(s, "2033-12-30") },
		good: func(s *step) { longAgo(s, "2023-12-30") }},
}

// reviewOf objects to a result as received on a day, and reviews it with its
// first correction.
func reviewOf(s *step, f *rules.Finished, received string) {
	o := step{At: s.At, Signers: s.Signers, Origin: s.Origin, Body: &record.Objection{Result: f.Index, Received: received, Applicant: sealed("甲"), Content: sealed("乙")}}
	index := s.State.Size
	s.State.Apply(o.input())
	s.Body = &record.Review{Objection: index, Decided: s.At[:10], Outcome: "corrected", Correction: f.Corrections[0].Index, Reasons: sealed("丙"), DecidedBy: sealed("丁")}
}

// reviewed is a review, upheld on a day, of an objection received on another.
func reviewed(s *step, received, decided string) {
	f := team(s, 1).Result
	o := step{At: received + "T09:00:00+08:00", Signers: s.Signers, Origin: s.Origin,
		Body: &record.Objection{Result: f.Index, Received: received, Applicant: sealed("甲"), Content: sealed("乙")}}
	s.State = gaoqing().before("objection")
	if received < "2023-10-01" {
		s.State = gaoqing().before("opened K")
		o.At = "2023-09-22T10:00:00+08:00"
	}
	index := s.State.Size
	s.State.Apply(o.input())
	s.At = max(decided, "2023-10-01") + "T09:00:00+08:00"
	s.Body = &record.Review{Objection: index, Decided: decided, Outcome: "upheld", Reasons: sealed("丙"), DecidedBy: sealed("丁")}
}

// toldOn moves the feedback of the review, and its entry behind it.
func toldOn(day string) func(*step) {
	return func(s *step) { s.At, s.Body.(*record.Feedback).Date = day+"T09:00:00+08:00", day }
}

// archivedOn moves the day of archiving ("" stays) and the years, and what
// follows from them.
func archivedOn(day string, years int64) func(*step) {
	return as(func(b *record.Archive) {
		if day != "" {
			b.Date = day
		}
		for i := range b.Documents {
			b.Documents[i].Date = ""
		}
		b.Years, b.RetainUntil = years, rules.RetainUntil(b.Date, years)
	})
}

// longAgo archives again, in an entry of this day that claims 2023, and purges
// that.
func longAgo(s *step, entered string) {
	again := gaoqing().copyOf("archive")
	again.At, again.Body.(*record.Archive).Documents = entered+"T09:00:00+08:00", []record.Document{{Kind: "其他"}}
	index := s.State.Size
	s.State.Apply(again.input())
	s.Body.(*record.Purge).Archive = index
}

package rules_test

import (
	"github.com/sunlot/sunlot/internal/record"
)

// shown makes certificate numbers public by a later charter, before the step.
func shown(s *step) {
	c := gaoqing().copyOf("charter")
	c.At, c.State = s.At, s.State
	c.Body.(*record.Charter).Visibility = []record.Visible{{Field: "certificate", Rule: "on-result", Ground: "演示"}}
	s.State.Apply(c.input())
}

// of is a loss of a draw's keys in the step's place.
func lostOf(id string, k, ki bool) func(*step) {
	return func(s *step) {
		s.Body = &record.Lost{Notice: lot(s, id).Index, K: k, KI: ki, Ground: "演示", Date: s.At[:10], Approved: sealed("演示")}
	}
}

func openOf(id string, k, ki bool) func(*step) {
	return func(s *step) { s.Body = &record.Opened{Notice: lot(s, id).Index, K: k, KI: ki} }
}

// keysLost: what an office may say of keys that are gone, and of KI.
var keysLost = []trial{
	{name: "of nothing", step: "lost", code: "rules.no-such-entry", bad: as(func(b *record.Lost) { b.Notice = 1 })},
	{name: "no key", step: "lost", code: "rules.lost-nothing", bad: as(func(b *record.Lost) { b.K, b.KI = false, false })},
	{name: "a key that everybody has", step: "filing", code: "rules.lost-nothing", bad: lostOf("2023-001", true, false), good: lostOf("2023-001", false, true)},
	{name: "once more", step: "filing", code: "rules.lost-nothing", bad: lostOf("2023-002", true, false), good: lostOf("2023-003", true, false)},
	{name: "the other once more", step: "filing", code: "rules.lost-nothing", bad: lostOf("2023-002", false, true), good: lostOf("2023-003", false, true)},
	{name: "found out tomorrow", step: "lost", code: "rules.date-order", bad: as(func(b *record.Lost) { b.Date = "2023-09-23" })},
	{name: "found out before the notice", step: "lost", code: "rules.date-order", bad: as(func(b *record.Lost) { b.Date = "2023-08-22" }),
		good: as(func(b *record.Lost) { b.Date = "2023-08-23" })},
	{name: "K", step: "lost", code: "rules.k-lost", sev: "warning", also: []string{"rules.ki-lost"}, bad: func(*step) {}, good: as(func(b *record.Lost) { b.K = false })},
	{name: "KI", step: "lost", code: "rules.ki-lost", sev: "warning", also: []string{"rules.k-lost"}, bad: func(*step) {}, good: as(func(b *record.Lost) { b.KI = false })},
	{name: "K turns up", step: "filing", code: "rules.key-found", sev: "note", bad: openOf("2023-002", true, false), good: func(s *step) {
		s.State = gaoqing().before("lost")
		openOf("2023-002", true, false)(s)
	}},
	{name: "KI where nobody made certificates public", step: "opened K", code: "rules.ki-private", bad: as(func(b *record.Opened) { b.K, b.KI = false, true }),
		good: both(shown, as(func(b *record.Opened) { b.K, b.KI = false, true }))},
	{name: "KI beside K", step: "opened K", code: "rules.ki-private", bad: as(func(b *record.Opened) { b.KI = true })},
	{name: "KI twice", step: "filing", code: "rules.opened-nothing", bad: func(s *step) {
		shown(s)
		again := *s
		openOf("2023-001", false, true)(&again)
		s.State.Apply(again.input())
		openOf("2023-001", false, true)(s)
	}, good: both(shown, openOf("2023-001", false, true))},
}

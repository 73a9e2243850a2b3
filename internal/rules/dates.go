package rules

import (
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/record"
)

// inForce is a date of a result: the last correction's that gives it, or its
// own.
func (f *Finished) inForce(own string, of func(*record.Correction) string) string {
	for i := len(f.Corrections) - 1; i >= 0; i-- {
		if d := of(f.Corrections[i].Body); d != "" {
			return d
		}
	}
	return own
}

// Started is the 检查开始 date in force.
func (f *Finished) Started() string {
	return f.inForce(f.Body.Started, func(c *record.Correction) string { return c.Started })
}

// Ended is the 检查结束 date in force.
func (f *Finished) Ended() string {
	return f.inForce(f.Body.Ended, func(c *record.Correction) string { return c.Ended })
}

// LastProof is the date in force of the last evidence that was awaited, "" if
// none was.
func (f *Finished) LastProof() string {
	return f.inForce(f.Body.LastProof, func(c *record.Correction) string { return c.LastProof })
}

// Entered is the 平台录入 date in force, "" if none is filled in.
func (f *Finished) Entered() string {
	return f.inForce(f.Body.Entered, func(c *record.Correction) string { return c.Entered })
}

// OnPlatform is the 平台公示 date in force, "" if none is filled in.
func (f *Finished) OnPlatform() string {
	return f.inForce(f.Body.Published, func(c *record.Correction) string { return c.Published })
}

// Published is the date on which the result was public: the platform's, which
// the law counts, or the entry's claimed one where none is filled in.
func (f *Finished) Published() string { return or(f.OnPlatform(), f.Time[:10]) }

// Counted is the day from which the time to publish counts where it counts
// from the inspection: its end, or the last evidence where the result had to
// wait for one (requirements A19).
func (f *Finished) Counted() string { return or(f.LastProof(), f.Ended()) }

// Due is when the result of a drawn or listed object must be public, as ResultDue says; the
// strict date knows of no evidence that was awaited.
func (s *State) Due(f *Finished) (legal, strict string, sure bool) {
	legal, _, sure = s.ResultDue(f.due(), f.Counted())
	_, strict, _ = s.ResultDue(f.due(), f.Ended())
	return legal, min(legal, strict), sure
}

// Late is how many working days after its legal date the result was public, 0
// if in time or where the calendar does not reach.
func (s *State) Late(f *Finished) int {
	if f.due() == nil {
		return 0
	}
	legal, _, sure := s.Due(f)
	if !sure || f.due().Unjudged {
		return 0
	}
	return s.late(legal, f.Published(), f.Published())
}

// punctual says what was late, what was in time by the law alone, and what
// would have been late without the days on which the office was closed by its
// own entry.
func (j *judge) punctual(p *Pack, f *Finished) {
	lot := f.due()
	if lot == nil {
		return
	}
	legal, strict, sure := j.s.Due(f)
	nation := j.s.NationalDue(lot, f.Counted())
	public := f.Published()
	if j.s.Late(f) > 0 {
		j.add(Overdue, "rules.late-result", p.Publish.Clause, lot.Body.Draw, public, legal)
	} else if sure && nation != "" && public > nation {
		j.add(Note, "rules.closure-used", p.Publish.Clause, lot.Body.Draw, public, nation)
	}
	if sure && public > strict && strict < legal {
		j.add(Note, "rules.strict-date", p.Publish.Clause, legal, public, strict)
	}
	j.hindsightOf(p, f)
}

// resultDates holds the dates of a result to their order.
func (j *judge) resultDates(b *record.Result, lot *Lot) {
	clause, start := j.packOf(lot).Result.Clause, ""
	if lot != nil {
		start = lot.day()
	}
	order := []struct{ name, date string }{
		{"抽取", start}, {"检查开始", b.Started}, {"检查结束", b.Ended}, {"签字", b.SignedOn}, {"平台录入", b.Entered}, {"审核", b.ReviewOn}, {"平台公示", b.Published}, {"写入", j.today()},
	}
	prev := order[0]
	for _, d := range order[1:] {
		if d.date == "" {
			continue
		}
		if d.date > j.today() { // one word: every later date would seem too early
			j.breach("rules.date-future", clause, d.name, d.date, j.today())
			continue
		}
		// Signing, entering and reviewing may fall on either side of each other.
		aside := (d.name == "平台录入" || d.name == "审核") && prev.name == "签字" && d.date >= b.Ended
		if d.date < prev.date && !aside {
			j.breach("rules.date-order", clause, d.name, d.date, prev.name+" "+prev.date)
		}
		if d.date > prev.date { // the latest so far: nothing after it may be earlier
			prev = d
		}
	}
	for _, d := range b.Returned {
		if d < b.Ended && b.Ended <= j.today() || d > or(b.ReviewOn, j.today()) {
			j.breach("rules.date-order", clause, "退回", d, b.Ended+" … "+or(b.ReviewOn, j.today()))
		}
	}
	if b.Ended > j.today() {
		return // said above; what follows counts from it
	}
	if lot != nil && b.Ended > lot.Ends() {
		j.add(Warning, "rules.after-task", clause, "ended", b.Ended, lot.Ends())
	}
	j.evidence(b, lot)
}

// evidence (Y-18.2, A19): what others found is dated by the entry's day, and
// the last evidence, from which the time counts, is one of those named. Without
// that any date would buy time.
func (j *judge) evidence(b *record.Result, lot *Lot) {
	p := j.packOf(lot)
	named := false
	for _, e := range b.Evidence {
		named = named || e.Date == b.LastProof
		if e.Date > j.today() {
			j.breach("rules.date-order", p.Result.ProofC, "evidence", e.Date, j.today())
		}
		if len(p.Result.Proofs) > 0 && !slices.Contains(p.Result.Proofs, e.Kind) {
			j.breach("rules.evidence-kind", p.Result.ProofC, "evidence", e.Kind, strings.Join(p.Result.Proofs, "、"))
		}
	}
	switch {
	case b.LastProof == "":
	case b.LastProof < b.Ended || b.LastProof > or(b.Published, j.today()):
		j.breach("rules.date-order", p.Result.ProofC, "last_evidence", b.LastProof, b.Ended+" … "+or(b.Published, j.today()))
	case !named:
		j.breach("rules.evidence-missing", p.Result.ProofC, "last_evidence", b.LastProof, "")
	case p.Publish.Start == "inspection_end" && lot != nil:
		j.add(Note, "rules.counts-from-evidence", p.Publish.Clause, lot.Body.Draw, b.LastProof, b.Ended)
	}
}

// corrected holds the dates that a correction gives: those in force after it
// keep their order, none lies ahead, none lies before the draw.
func (j *judge) corrected(f *Finished, b *record.Correction) {
	clause := j.packOf(f.Lot).Correction.Clause
	after := *f
	// Into the room behind the list, which stays as it is: a copy each time would
	// let one result's corrections cost their square.
	after.Corrections = append(f.Corrections, Corrected{At: at(j, b)})
	start := ""
	if f.Lot != nil {
		start = f.Lot.day()
	}
	given := b.Started + b.Ended + b.LastProof + b.Entered + b.Published
	if given == "" {
		return
	}
	order := []struct{ name, date string }{{"抽取", start}, {"检查开始", after.Started()}, {"检查结束", after.Ended()}, {"last_evidence", after.LastProof()},
		{"平台公示", after.OnPlatform()}, {"写入", j.today()}}
	prev := order[0]
	for _, d := range order[1:] {
		if d.date != "" && d.date < prev.date {
			j.breach("rules.date-order", clause, d.name, d.date, prev.name+" "+prev.date)
		}
		if d.date != "" {
			prev = d
		}
	}
	if in := after.Entered(); in != "" && (in < after.Ended() || in > or(after.OnPlatform(), j.today())) {
		j.breach("rules.date-order", clause, "平台录入", in, after.Ended()+" … "+or(after.OnPlatform(), j.today()))
	}
	if d := b.LastProof; d != "" && !slices.ContainsFunc(f.Body.Evidence, func(e record.Evidence) bool { return e.Date == d }) {
		j.breach("rules.evidence-missing", clause, "last_evidence", d, "")
	}
	if j.sound() && j.s.Late(f) > 0 && j.s.Late(&after) == 0 {
		// Both versions stay; that the later one is in time is for readers to weigh.
		legal, _, _ := j.s.Due(&after)
		j.add(Warning, "rules.corrected-in-time", clause, f.due().Body.Draw, after.Published(), legal)
	}
}

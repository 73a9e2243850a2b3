package rules

import (
	"reflect"
	"slices"
	"strconv"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
)

// Redress (异议) holds the working days that a review of an objection and its
// feedback may take (Gaoqing 9.2). A regulation that has none leaves the whole
// section out: objections can still be recorded, and nothing is due.
type Redress struct {
	ReviewDays   int    `json:"review_days,omitempty" toml:"review_days"`     // from receipt
	FeedbackDays int    `json:"feedback_days,omitempty" toml:"feedback_days"` // from the decision
	Clause       string `json:"clause,omitempty" toml:"clause"`
	Told         string `json:"feedback_clause,omitempty" toml:"feedback_clause"`
}

func (p *Pack) checkRedress() error {
	if o := p.Objection; o != (Redress{}) && (o.ReviewDays < 1 || o.FeedbackDays < 1) {
		return fault.New("rules.bad-pack", "objection", "review_days "+strconv.Itoa(o.ReviewDays)+"、feedback_days "+strconv.Itoa(o.FeedbackDays), "review_days、feedback_days 都是 1 以上的整数，或者整节不写")
	}
	if n := p.Archive.MinYears; n < 0 || n > maxYears {
		return fault.New("rules.bad-pack", "archive.min_years", strconv.Itoa(n), "0—100")
	}
	return nil
}

// Objected is an objection with its review.
type Objected struct {
	At[record.Objection]
	Of     *Finished
	Review *At[record.Review]
	Told   []At[record.Feedback] // of the review
	Rule   Redress               // of the pack that judges the result; the zero value asks nothing
}

// ReviewDue is the last day of the review, "" where the regulation names none.
// Sure is false beyond the known calendar.
func (s *State) ReviewDue(o *Objected) (due string, sure bool) {
	if o.Rule.ReviewDays == 0 {
		return "", false
	}
	return s.Workdays().Add(o.Body.Received, o.Rule.ReviewDays)
}

// ReviewLate is how many working days after its due date the review was
// decided; 0 if in time, not decided, or where nothing can be asserted.
func (s *State) ReviewLate(o *Objected) int {
	due, sure := s.ReviewDue(o)
	if o.Review == nil || !sure {
		return 0
	}
	return s.late(due, o.Review.Body.Decided, "")
}

// ObjectionAt finds an objection by its index, nil if there is none.
func (s *State) ObjectionAt(index int64) *Objected {
	i, ok := slices.BinarySearchFunc(s.Objections, index, func(o *Objected, n int64) int { return int(o.Index - n) })
	if !ok {
		return nil
	}
	return s.Objections[i]
}

// ToldDue is the last day on which the enterprise is told of the review, ""
// where there is none yet or the regulation names no days.
func (s *State) ToldDue(o *Objected) (due string, sure bool) {
	if o.Rule.FeedbackDays == 0 || o.Review == nil {
		return "", false
	}
	return s.Workdays().Add(o.Review.Body.Decided, o.Rule.FeedbackDays)
}

// ToldLate is how many working days after its due date the enterprise was told
// of the review; 0 if in time, not told, or where nothing can be asserted.
func (s *State) ToldLate(o *Objected) int {
	due, sure := s.ToldDue(o)
	if len(o.Told) == 0 || !sure {
		return 0
	}
	return s.late(due, o.Told[0].Body.Date, "")
}

// told judges the feedback of a review to the enterprise (Gaoqing 9.2).
func (j *judge) told(f *Finished, b *record.Feedback) {
	i := slices.IndexFunc(f.Objections, func(o *Objected) bool { return o.Review != nil && o.Review.Index == b.Review })
	if i < 0 {
		j.breach("rules.no-such-entry", j.packOf(f.Lot).Objection.Told, "review", num(b.Review), "review")
		return
	}
	o := f.Objections[i]
	if b.Date < o.Review.Body.Decided {
		j.breach("rules.date-order", o.Rule.Told, "date", b.Date, o.Review.Body.Decided+" … "+j.today())
		return
	}
	// Told again, the first time counts.
	first := len(o.Told) == 0
	o.Told = append(o.Told, at(j, b))
	due, _ := j.s.ToldDue(o)
	j.notedLate(o.Rule.Told, b.Date, due)
	if first && j.s.ToldLate(o) > 0 {
		j.add(Overdue, "rules.late-review-feedback", o.Rule.Told, num(o.Index), b.Date, due)
	}
}

func (j *judge) objection(b *record.Objection) {
	f := j.s.ResultAt(b.Result)
	if f == nil {
		j.breach("rules.no-such-entry", j.s.Pack.Objection.Clause, "result", num(b.Result), "result")
		return
	}
	rule := j.packOf(f.Lot).Objection
	// What was found is known on the spot: the objection may come before the
	// result is public, and never before the inspection has ended.
	if b.Received < f.Ended() || b.Received > j.today() {
		j.breach("rules.date-order", rule.Clause, "received", b.Received, f.Ended()+" … "+j.today())
		return
	}
	o := &Objected{At: at(j, b), Of: f, Rule: rule}
	f.Objections = append(f.Objections, o)
	j.s.Objections = append(j.s.Objections, o)
	due, _ := j.s.ReviewDue(o)
	j.notedLate(rule.Clause, b.Received, due)
}

// notedLate: the days run on the dates that the office gives. What is entered
// more than a working day later could not be watched meanwhile: a note; where
// the due date lies between, the claim alone makes it punctual: a warning.
func (j *judge) notedLate(clause, date, due string) {
	if j.s.late(date, j.today(), j.today()) < 2 {
		return
	}
	sev := Note
	if due != "" && date <= due && j.today() > due {
		sev = Warning
	}
	j.add(sev, "rules.noted-late", clause, num(j.index), j.today(), date)
}

func (j *judge) review(b *record.Review) {
	o := j.s.ObjectionAt(b.Objection)
	if o == nil {
		j.breach("rules.no-such-entry", j.s.Pack.Objection.Clause, "objection", num(b.Objection), "objection")
		return
	}
	clause := o.Rule.Clause
	if o.Review != nil {
		j.breach("rules.reviewed-twice", clause, num(b.Objection), num(o.Review.Index), "")
		return
	}
	if b.Decided < o.Body.Received || b.Decided > j.today() {
		j.breach("rules.date-order", clause, "decided", b.Decided, o.Body.Received+" … "+j.today())
	}
	j.reviewOutcome(o, b)
	if !j.sound() {
		return
	}
	r := at(j, b)
	o.Review = &r
	due, _ := j.s.ReviewDue(o)
	j.notedLate(clause, b.Decided, due)
	if j.s.ReviewLate(o) > 0 {
		j.add(Overdue, "rules.late-review", clause, num(b.Objection), b.Decided, due)
	}
}

// reviewOutcome: 经复核确有错误的予以更正. A review that finds the result wrong
// names the correction that mends it, of this result and made since the
// objection came; one that upholds it names none.
func (j *judge) reviewOutcome(o *Objected, b *record.Review) {
	clause, since := o.Rule.Clause, false
	var named *Corrected
	for i := range o.Of.Corrections {
		c := &o.Of.Corrections[i]
		since = since || c.Index > o.Index
		if c.Index == b.Correction {
			named = c
		}
	}
	switch {
	case b.Outcome == "upheld" && b.Correction == 0:
		if since {
			// The result was changed while the review said that it stands.
			j.add(Warning, "rules.upheld-corrected", clause, num(b.Objection), "", "")
		}
	case b.Outcome != "corrected" || b.Correction == 0:
		j.breach("rules.review-outcome", clause, num(b.Objection), b.Outcome+" "+num(b.Correction), "upheld; corrected, a correction")
	case named == nil || named.Body.Date < o.Body.Received || !o.Of.changed(named):
		j.breach("rules.review-correction", clause, num(b.Objection), num(b.Correction), num(o.Of.Index))
	}
}

// changed reports whether a correction says anything else than what it corrects.
func (f *Finished) changed(c *Corrected) bool {
	was := f.Body.Outcome
	for i := range f.Corrections {
		if f.Corrections[i].Index == c.Index {
			break
		}
		was = f.Corrections[i].Body.Outcome
	}
	is := c.Body.Outcome
	was.Facts, is.Facts = "", "" // salted anew each time
	dates := c.Body.Started + c.Body.Ended + c.Body.LastProof + c.Body.Entered + c.Body.Published
	return !reflect.DeepEqual(was, is) || dates != ""
}

// objectionDuties lists the reviews that are due and the feedback of those that
// were decided, and how late what was done.
func (s *State) objectionDuties(today string) []Duty {
	var list []Duty
	for _, o := range s.Objections {
		decided, told := "", ""
		if o.Review != nil {
			decided = o.Review.Body.Decided
		}
		if len(o.Told) > 0 {
			told = o.Told[0].Body.Date
		}
		review := Duty{Code: "review", Clause: o.Rule.Clause, Done: decided}
		feedback := Duty{Code: "review-feedback", Clause: o.Rule.Told, Done: told}
		if o.Rule.ReviewDays > 0 {
			list = append(list, s.dutyOf(o, review, o.Body.Received, o.Rule.ReviewDays, today))
		}
		if o.Rule.FeedbackDays > 0 && decided != "" {
			list = append(list, s.dutyOf(o, feedback, decided, o.Rule.FeedbackDays, today))
		}
	}
	return list
}

// dutyOf completes a duty of an objection that is due so many working days
// after a day.
func (s *State) dutyOf(o *Objected, d Duty, from string, days int, today string) Duty {
	d.Entry, d.Draw, d.Count = o.Index, o.Of.draw(), 1
	if d.Done == "" {
		d.Open = 1
	}
	if d.Due, d.Sure = s.Workdays().Add(from, days); d.Sure {
		d.Late = s.late(d.Due, d.Done, today)
	}
	if nation, ok := s.National().Add(from, days); ok {
		d.National = unlike(nation, d.Due)
	}
	return d
}

// draw is the id of the draw that a result belongs to, "" if it was not drawn.
func (f *Finished) draw() string {
	if f.Lot == nil {
		return ""
	}
	return f.Lot.Body.Draw
}

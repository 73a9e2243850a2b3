package rules

import "github.com/sunlot/sunlot/internal/record"

// feedback (逐户反馈) of a result (Y-19, G-4.1 谁检查谁反馈). The text has no
// number of days: the gap is shown and is no breach. Feedback of a review is
// judged with its objection.
func (j *judge) feedback(b *record.Feedback) {
	p := j.s.Pack
	f := j.s.ResultAt(b.Result)
	if f == nil {
		j.breach("rules.no-such-entry", p.Result.Told, "result", num(b.Result), "result")
		return
	}
	switch {
	case b.Kind != "result" && b.Kind != "review":
		j.breach("rules.feedback-kind", p.Result.Told, "kind", b.Kind, "result, review")
	case (b.Kind == "review") != (b.Review != 0):
		j.breach("rules.feedback-kind", p.Result.Told, "review", num(b.Review), b.Kind)
	case b.Date < f.Ended() || b.Date > j.today():
		j.breach("rules.date-order", p.Result.Told, "date", b.Date, f.Ended()+" … "+j.today())
	}
	switch {
	case !j.sound():
	case b.Kind == "review":
		j.told(f, b)
	default:
		f.Feedbacks = append(f.Feedbacks, at(j, b))
	}
}

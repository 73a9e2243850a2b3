package office

import (
	"os"
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/intake"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// Objections drafts the objections of a sheet (G-9.2b).
func (o *Office) Objections(rows []intake.ObjectionRow) (*Draft, []intake.Problem, error) {
	s, err := o.State()
	if err != nil {
		return nil, nil, err
	}
	draft, sheet := &Draft{}, judged{}
	for i := range rows {
		r := &rows[i]
		f, found := o.resultOf(s, &r.Ref)
		if f == nil {
			sheet.refuse(found...)
			continue
		}
		if n := o.sameObjection(f, r); n > 0 {
			sheet.refuse(problem(r.Line, "异议内容", "office.objection-again", o.firmOf(f), num(n)))
			continue
		}
		draft.About = append(draft.About, About{Firm: o.firmOf(f), Is: f.Outcome().Codes})
		sheet.add(r.Line, &record.Objection{Result: f.Index, Received: r.Received, Applicant: record.Sealed(r.Applicant),
			Content: record.Sealed(r.Content), Way: r.Way, Number: r.Number}, nil)
	}
	return sheet.judge(o, draft)
}

// sameObjection is the entry of an objection to the result that says the same
// already, 0 if there is none: a sheet that is handed in twice.
func (o *Office) sameObjection(f *rules.Finished, r *intake.ObjectionRow) int64 {
	for _, old := range f.Objections {
		if old.Body.Received == r.Received && o.sealedText(old.Index, "content") == r.Content && o.sealedText(old.Index, "applicant") == r.Applicant {
			return old.Index
		}
	}
	return 0
}

// Reviews drafts the reviews of a sheet (G-9.2b).
func (o *Office) Reviews(rows []intake.ReviewRow) (*Draft, []intake.Problem, error) {
	s, err := o.State()
	if err != nil {
		return nil, nil, err
	}
	draft, sheet := &Draft{}, judged{}
	for i := range rows {
		r := &rows[i]
		obj := s.ObjectionAt(int64(r.Objection))
		switch {
		case obj == nil:
			sheet.refuse(problem(r.Line, "异议记录号", "office.no-such-objection", num(r.Objection), openObjections(s)))
			continue
		case r.Name != "" && intake.NameKey(r.Name) != intake.NameKey(o.firmOf(obj.Of)):
			sheet.refuse(problem(r.Line, "单位名称", "office.other-result", r.Name, o.firmOf(obj.Of)))
			continue
		}
		body := reviewBody(obj, r)
		var known []intake.Problem
		if body.Outcome == "corrected" && body.Correction == 0 {
			known = []intake.Problem{problem(r.Line, "更正记录号", "office.no-correction", o.firmOf(obj.Of), "")}
			sheet.refuse(known...)
		}
		draft.About = append(draft.About, About{Firm: o.firmOf(obj.Of), Is: obj.Of.Outcome().Codes})
		sheet.add(r.Line, body, known)
	}
	return sheet.judge(o, draft)
}

// reviewBody names the last correction since the objection where the row names
// none.
func reviewBody(obj *rules.Objected, r *intake.ReviewRow) *record.Review {
	b := &record.Review{Objection: obj.Index, Decided: r.Decided, Outcome: "upheld", Correction: int64(r.Correction),
		Reasons: record.Sealed(r.Reasons), DecidedBy: record.Sealed(r.DecidedBy), Late: r.Late}
	if r.Outcome != "更正" {
		return b
	}
	b.Outcome = "corrected"
	for _, c := range obj.Of.Corrections {
		if r.Correction == 0 && c.Body.Date >= obj.Body.Received {
			b.Correction = c.Index
		}
	}
	return b
}

// openObjections lists the objections that wait for their review.
func openObjections(s *rules.State) string {
	var list []string
	for _, obj := range s.Objections {
		if obj.Review == nil {
			list = append(list, "第 "+num(obj.Index)+" 条")
		}
	}
	return strings.Join(list, "、")
}

// Telling (反馈复核情况) tells an enterprise the outcome of a review.
type Telling struct {
	Objection     int64
	Date          string // "" today
	Way, Receiver string
}

// ToldReview drafts the feedback of a review (G-9.2c).
func (o *Office) ToldReview(in Telling) (*Draft, error) {
	s, err := o.State()
	if err != nil {
		return nil, err
	}
	obj := s.ObjectionAt(in.Objection)
	if obj == nil {
		return nil, fault.New("office.no-such-objection", num(in.Objection), num(in.Objection), openObjections(s))
	}
	if obj.Review == nil {
		return nil, fault.New("office.not-reviewed", num(in.Objection), o.firmOf(obj.Of), "")
	}
	if n := len(obj.Told); n > 0 {
		return nil, fault.New("office.told-already", num(in.Objection), obj.Told[n-1].Body.Date, num(obj.Told[n-1].Index))
	}
	if ways := intake.FeedbackWays(); !slices.Contains(ways, in.Way) {
		return nil, fault.New("office.feedback-way", "--way", in.Way, strings.Join(ways, "、")).Of(fault.Usage)
	}
	return o.draft(&Draft{About: []About{{Firm: o.firmOf(obj.Of)}}}, &record.Feedback{Result: obj.Of.Index, Review: obj.Review.Index, Kind: "review",
		Date: or(in.Date, o.Today()), Way: in.Way, Receiver: record.Sealed(in.Receiver)})
}

// sealedText is what a sealed member of an entry says by the private openings,
// "" where they do not have it.
func (o *Office) sealedText(index int64, path string) string {
	data, err := os.ReadFile(o.path("private", "openings", num(index)+".json"))
	if err != nil {
		return ""
	}
	op, err := record.ParseOpening(data)
	if err != nil {
		return ""
	}
	return op.Fields[path].Value
}

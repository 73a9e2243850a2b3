package rules

import "github.com/sunlot/sunlot/internal/record"

// Void (对象灭失) says why the object could not be inspected, by the outcome in
// force; nil where it was.
func (f *Finished) Void() *record.Void { return f.Outcome().Void }

// voidBefore is Void by what stood in the ledger before an entry.
func (f *Finished) voidBefore(entry int64) *record.Void {
	if f.Index >= entry {
		return nil
	}
	out := &f.Body.Outcome
	for _, c := range f.Corrections {
		if c.Index < entry {
			out = &c.Body.Outcome
		}
	}
	return out.Void
}

// voided: an object that is found void stays drawn, with ground and evidence
// (draw1 §8): with a result code that the pack marks so, and only with one.
func (j *judge) voided(p *Pack, o *record.Outcome) {
	void := false
	for _, c := range o.Codes {
		code, _ := p.CodeOf(c)
		void = void || code.Void
	}
	switch {
	case void != (o.Void != nil):
		got := ""
		if o.Void != nil {
			got = o.Void.Ground
		}
		j.breach("rules.void-evidence", p.Result.Clause, "void", got, p.codeNames(o.Codes))
	case void && o.Void.Date > j.today():
		j.breach("rules.date-future", p.Result.Clause, "void.date", o.Void.Date, j.today())
	}
}

func (p *Pack) codeNames(codes []string) string {
	s := ""
	for i, c := range codes {
		if i > 0 {
			s += "、"
		}
		code, _ := p.CodeOf(c)
		s += or(code.Name, c)
	}
	return s
}

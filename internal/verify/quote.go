package verify

import "github.com/sunlot/sunlot/internal/rules"

// Quoted is a finding with the words of the regulation that it rests on: the
// clause as people cite it, its operative words in the pack in force at the
// entry, and the readings taken where the words leave several senses.
type Quoted struct {
	rules.Finding
	Cite        string   `json:"clause_cite,omitempty"`
	ClauseWords string   `json:"clause_words,omitempty"`
	Reading     []string `json:"reading,omitempty"`
}

// Quote finds the words of a finding's clause.
func (b *Bundle) Quote(f rules.Finding) Quoted {
	q := Quoted{Finding: f}
	if f.Clause == "" {
		return q
	}
	for _, p := range []*rules.Pack{b.State.PackAt(f.Entry), b.State.Pack} {
		if p == nil {
			continue
		}
		if c := p.Clause(f.Clause); c.ID != "" {
			q.Cite, q.ClauseWords = c.Cite, c.Words
			for _, r := range p.ReadingsOf(f.Clause) {
				q.Reading = append(q.Reading, r.ID+" "+r.Text)
			}
			return q
		}
	}
	return q
}

// Text is the quotation on one line, "" for a finding without a clause.
func (q Quoted) Text() string {
	if q.ClauseWords == "" {
		return ""
	}
	s := q.Clause + "（" + q.Cite + "）“" + q.ClauseWords + "”"
	for _, r := range q.Reading {
		s += "　理解 " + r
	}
	return s
}

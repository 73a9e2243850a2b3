package site

import (
	"slices"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/rules"
)

// TestFactsComeLast: what one more opened name makes known stands behind what was
// known before, under every clause.
func TestFactsComeLast(t *testing.T) {
	c := newCityOf(t, 200, 50)
	facts := func() map[string][]rules.Finding {
		m, err := newMaker(c.bundle(), nil, Options{}, memory{})
		if err != nil {
			t.Fatal(err)
		}
		all := map[string][]rules.Finding{}
		for id, list := range m.byClause() {
			for _, f := range list {
				all[id] = append(all[id], rules.Finding{Code: f.Code, Entry: f.Entry, Place: f.Place}) // numbers may move on
			}
		}
		return all
	}
	c.left = c.left[:1] // the last of the last draw
	before := facts()
	c.sheet(c.left)
	after, more := facts(), 0
	for id, list := range before {
		now := after[id]
		if len(now) < len(list) || !slices.Equal(now[:len(list)], list) {
			t.Errorf("%s: %d facts, then %d, not the same before them", id, len(list), len(now))
		}
		for _, f := range now[min(len(list), len(now)):] {
			if f.Code == "rules.over-cap" {
				more++
			}
		}
	}
	if more == 0 {
		t.Error("nothing became known")
	}
}

// Every clause has its page, with its words, how the ledger deals with it and
// its readings; every fact that verification noted under it stands there, and how
// many there are on the page of the rules.
func TestClausePages(t *testing.T) {
	for pack, b := range map[string]built{"gaoqing": gaoqing(), "yanshi": yanshi()} {
		m, err := newMaker(b.bureau.bundle(), nil, Options{}, memory{})
		if err != nil {
			t.Fatal(err)
		}
		page := string(b.files["rules/index.html"])
		many, facts := 0, m.byClause()
		for i := range m.pack.Clauses {
			c := &m.pack.Clauses[i]
			_, row, ok := strings.Cut(page, `<tr id="`+anchor(c.ID)+`">`)
			row, _, _ = strings.Cut(row, "</tr>")
			own := string(b.files[clausePath(c.ID)(1)])
			_, text, err := tokenize(own)
			if err != nil {
				t.Fatal(c.ID, err)
			}
			if !ok || !strings.Contains(row, `href="../`+clausePath(c.ID)(1)+`"`) || !strings.Contains(text, c.Words) || !strings.Contains(text, c.Gist) {
				t.Errorf("%s %s: not led to, or not told", pack, c.ID)
			}
			found, rows := facts[c.ID], 0
			for n := 1; b.files[clausePath(c.ID)(n)] != nil; n++ {
				rows += strings.Count(string(b.files[clausePath(c.ID)(n)]), `<li><span class="tag`)
			}
			if rows != len(found) || (len(found) > 0) == strings.Contains(row, ">无") || (len(found) > 0) != strings.Contains(own, "不是结论") {
				t.Errorf("%s %s: %d of %d facts: %s", pack, c.ID, rows, len(found), row)
			}
			if len(found) > 0 {
				many++
			}
			for _, r := range m.pack.Readings {
				if r.Clause == c.ID && !strings.Contains(text, r.Text) {
					t.Errorf("%s %s does not say how it is read", pack, c.ID)
				}
			}
		}
		if many < 3 {
			t.Errorf("%s: %d clauses with facts", pack, many)
		}
		if n := strings.Count(string(b.files[readingsPath]), "<tr>"); n != len(m.pack.Readings)+1 {
			t.Errorf("%s: %d rows of readings", pack, n)
		}
		if !strings.Contains(page, `id="out"`) || !strings.Contains(page, `期限：<a href="../calendar/index.html">办结`) {
			t.Errorf("%s: what is not judged, or what is due, is not said", pack)
		}
	}
}

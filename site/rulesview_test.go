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

// Every fact that verification noted under a clause can be reached from the
// clause: on the page of the rules itself, or on the clause's own.
func TestClauseFacts(t *testing.T) {
	for pack, b := range map[string]built{"gaoqing": gaoqing(), "yanshi": yanshi()} {
		m, err := newMaker(b.bureau.bundle(), nil, Options{}, memory{})
		if err != nil {
			t.Fatal(err)
		}
		page := string(b.files["rules/index.html"])
		many, few := 0, 0
		at := m.newPage("rules/index.html", "rules", "规则")
		for id, found := range m.byClause() {
			_, row, ok := strings.Cut(page, `<tr id="`+anchor(id)+`">`)
			if row, _, _ = strings.Cut(row, "</tr>"); !ok {
				continue // of an earlier pack
			}
			own := string(b.files[clausePath(id)(1)])
			if len(found) <= clauseFacts {
				few++
				for _, f := range found {
					if f.Entry >= 0 && !strings.Contains(row, `"`+at.entry(f.Entry).Href+`"`) {
						t.Errorf("%s %s: entry %d cannot be reached", pack, id, f.Entry)
					}
				}
				if own != "" {
					t.Errorf("%s %s has a page for %d facts", pack, id, len(found))
				}
				continue
			}
			many++
			rows := 0
			for n := 1; n <= (len(found)+perPage-1)/perPage; n++ {
				rows += strings.Count(string(b.files[clausePath(id)(n)]), `<li><span class="tag`)
			}
			if rows != len(found) || !strings.Contains(row, `href="../`+clausePath(id)(1)+`"`) || !strings.Contains(own, "不是结论") {
				t.Errorf("%s %s: %d of %d facts", pack, id, rows, len(found))
			}
		}
		if few == 0 || pack == "gaoqing" && many == 0 {
			t.Errorf("%s: %d clauses with many facts, %d with few", pack, many, few)
		}
		if !strings.Contains(page, `id="out"`) || !strings.Contains(page, `期限：<a href="../calendar/index.html">办结`) {
			t.Errorf("%s: what is not judged, or what is due, is not said", pack)
		}
	}
}

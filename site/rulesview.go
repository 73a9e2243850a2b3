package site

import (
	"strings"

	"github.com/sunlot/sunlot/internal/rules"
)

// rulesView is the rule pack, clause by clause.
type rulesView struct {
	page
	Facts    facts
	Basis    []string
	Clauses  []clauseRow
	Readings []readingRow
	Codes    []codeRow
}

type clauseRow struct {
	ID, Anchor, Cite, Words, Gist, Kinds string
	Counts                               string // findings under it
	Entries                              []link
}

type readingRow struct {
	ID, Text string
	Clause   *link
	Others   []string
}

type codeRow struct{ Code, Name, Note string }

var kindNames = map[string]string{"field": "填报", "rule": "规则", "deadline": "期限", "publication": "公开", "record": "留痕", "out": "不由程序判断"}

func (m *maker) rulesPage() error {
	k := m.pack
	v := &rulesView{page: m.newPage("rules/index.html", "rules", "规则")}
	p := &v.page
	p.asList()
	v.Facts.add("制度名称", text(k.Title))
	v.Facts.add("文号", text(k.DocNo))
	v.Facts.add("制定单位", text(k.Issuer))
	v.Facts.add("施行", text(k.EffectiveFrom))
	v.Facts.add("失效", text(k.EffectiveTo))
	v.Facts.add("说明", text(k.Note))
	v.Facts.add("规则包", text(k.ID), m.blob(p, m.charter.Pack.File.SHA256, "规则包文件"))
	for _, d := range k.Basis {
		v.Basis = append(v.Basis, strings.TrimSpace(d.Title+" "+d.DocNo))
	}
	found := m.byClause()
	for _, c := range k.Clauses {
		r := clauseRow{ID: c.ID, Anchor: anchor(c.ID), Cite: c.Cite, Words: c.Words, Gist: c.Gist}
		var kinds []string
		for _, kind := range c.Kinds {
			kinds = append(kinds, or(kindNames[kind], kind))
		}
		r.Kinds = strings.Join(kinds, "、")
		r.Counts, r.Entries = m.clauseCounts(p, found[c.ID])
		v.Clauses = append(v.Clauses, r)
	}
	for _, r := range k.Readings {
		v.Readings = append(v.Readings, readingRow{r.ID, r.Text, m.clause(p, r.Clause), r.Others})
	}
	for _, c := range k.Result.Codes {
		row := codeRow{Code: c.Code, Name: c.Name}
		if c.Borrowed {
			row.Note = "制度没有列出，为说明企业状态借用"
		}
		v.Codes = append(v.Codes, row)
	}
	m.list(p, "")
	return m.render("rules", v)
}

func (m *maker) byClause() map[string][]rules.Finding {
	found := map[string][]rules.Finding{}
	for _, f := range m.b.Findings {
		if f.Clause != "" && !inside(f) {
			found[f.Clause] = append(found[f.Clause], f)
		}
	}
	return found
}

// clauseCounts says how many findings stand under a clause and links to the
// first entries of them.
func (m *maker) clauseCounts(p *page, found []rules.Finding) (string, []link) {
	var parts []string
	for _, sev := range []rules.Severity{rules.Breach, rules.Overdue, rules.Warning, rules.Note} {
		n := 0
		for _, f := range found {
			if f.Severity == sev {
				n++
			}
		}
		if n > 0 {
			parts = append(parts, severityTag(sev).Text+" "+num(n))
		}
	}
	const most = 12
	var entries []link
	seen := map[int64]bool{}
	for _, f := range found {
		if f.Entry >= 0 && !seen[f.Entry] && len(entries) < most {
			seen[f.Entry] = true
			entries = append(entries, *p.entry(f.Entry))
		}
	}
	return strings.Join(parts, "，"), entries
}

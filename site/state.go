package site

import (
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/verify"
	"github.com/sunlot/sunlot/ledger"
)

// stateLine stands under the title of every page that shows a record: its
// state in words, between which times it was written, where it stands in the
// ledger, and where the reader checks it himself. 已核验 is not among the
// words: only the reader's own check may say it.
type stateLine struct {
	Tags  []tag
	Times []string
	Entry *link
	Proof *link // nil: missing
	Check *link
}

// stateLine of the record i, after the tags that its kind of page has of its
// own. It depends on the record, its proof and opening, and on corrections.
func (m *maker) stateLine(p *page, i int64, own ...tag) stateLine {
	s := stateLine{Tags: append(own, m.stateTags(i)...), Entry: p.entry(i), Check: p.to(p.home(i)+"#self-check", "自己核验")}
	if p.Path == p.home(i) {
		s.Entry.Href, s.Check.Href = "#record", "#self-check"
	}
	if m.hasProof(i) {
		s.Proof = p.to("ledger/"+ledger.ProofPath(uint64(i)), "入账证明")
	}
	b := m.b.Bracket(i)
	if b.NotBefore > 0 {
		s.Times = append(s.Times, "不早于 "+second(record.Time(b.NotBefore)))
	}
	if b.NotAfter > 0 {
		s.Times = append(s.Times, "不晚于 "+second(record.Time(b.NotAfter)))
	} else {
		s.Times = append(s.Times, "最晚：没有见证，不能确定")
	}
	return s
}

// stateTags are the words of a record's state: 已见证 or not, 已更正, 未公开.
func (m *maker) stateTags(i int64) []tag {
	e := m.b.Entries[i]
	list := []tag{m.seenTag(i)}
	switch {
	case e.Record == nil || voided(e.Findings):
		list = append(list, tag{"不相符，没有效力", "bad"})
	case breached(m.found(i)):
		list = append(list, tag{"不相符", "bad"})
	}
	if f := m.resultAt(i); f != nil {
		if len(f.Corrections) > 0 {
			list = append(list, tag{"已更正", "warn"})
		}
		if t := m.closedTag(f); t.Text != "" {
			list = append(list, t)
		}
	} else if sealed(e) {
		list = append(list, tag{"部分内容" + closed, ""})
	}
	return list
}

// closedTag says what of a result is not public.
func (m *maker) closedTag(f *rules.Finished) tag {
	switch {
	case m.value(f.Index, "name") != "":
		return tag{}
	case f.Taken("name") != nil:
		return tag{"企业名称已撤下", ""}
	case f.Body.Withheld != nil:
		return tag{closed + "：企业名称和结果，依法", ""}
	}
	return tag{closed + "：企业名称", ""}
}

// sealed reports whether a record has sealed contents none of which is open:
// the rest of it is there for everybody to read.
func sealed(e *verify.Entry) bool {
	if e.Record == nil || len(e.Fields) > 0 {
		return false
	}
	return record.HasSealed(e.Record.Body)
}

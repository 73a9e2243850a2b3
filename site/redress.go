package site

import (
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/verify"
)

// objectionView is an objection on its result's page: dates, state and outcome,
// never who objects nor what is said.
type objectionView struct {
	Tag   tag
	Facts facts
}

var outcomeNames = map[string]string{"upheld": "维持原结果", "corrected": "确有错误，已更正"}

// objections lists the objections to a result, oldest first.
func (m *maker) objections(p *page, f *rules.Finished) []objectionView {
	var list []objectionView
	for _, o := range f.Objections {
		v := objectionView{Tag: tag{"复核中", ""}}
		v.Facts.add("接到申请材料", text(o.Body.Received))
		v.Facts.add("异议记录", p.record(o.Index), text("申请人和内容不公开"))
		due, sure := m.s.ReviewDue(o)
		switch {
		case due == "":
		case !sure:
			v.Facts.add("复核期限", text(due+"（暂定：放假安排还没有公布）"))
		default:
			v.Facts.add("复核期限", text(due))
		}
		if r := o.Review; r != nil {
			v.Tag = tag{outcomeNames[r.Body.Outcome], ""}
			v.Facts.add("作出复核", text(r.Body.Decided), p.record(r.Index))
			v.Facts.add("复核结论", text(outcomeNames[r.Body.Outcome]))
			if r.Body.Correction > 0 {
				v.Facts.add("更正", p.record(r.Body.Correction), text("新旧内容并列在上面的“更正”"))
			}
			m.toldFacts(p, &v.Facts, o)
			if n := m.s.ReviewLate(o); n > 0 {
				v.Facts.add("比期限晚", text(num(n)+"个工作日"), text("本单位的说明："+or(r.Body.Late, "未填")))
			}
		}
		list = append(list, v)
	}
	return list
}

// toldFacts say when the enterprise was told of the review.
func (m *maker) toldFacts(p *page, f *facts, o *rules.Objected) {
	due, sure := m.s.ToldDue(o)
	if due != "" && !sure {
		due += "（暂定：放假安排还没有公布）"
	}
	f.add("反馈期限", text(due))
	for _, t := range o.Told {
		f.add("反馈被检查对象", text(t.Body.Date), text(t.Body.Way), p.record(t.Index))
	}
	if n := m.s.ToldLate(o); n > 0 {
		f.add("反馈比期限晚", text(num(n)+"个工作日"))
	}
}

// redressEntries are the records about a result that came by objection or
// archive: what was found about them stands on its page.
func redressEntries(f *rules.Finished) []int64 {
	var list []int64
	for _, o := range f.Objections {
		list = append(list, o.Index)
		if o.Review != nil {
			list = append(list, o.Review.Index)
		}
		for _, t := range o.Told {
			list = append(list, t.Index)
		}
	}
	for _, t := range f.Takedowns {
		list = append(list, t.Index)
	}
	for _, a := range f.Archives {
		list = append(list, a.Index)
		if a.Purge != nil {
			list = append(list, a.Purge.Index)
		}
	}
	return list
}

// archiveFacts say that papers are kept, how many and until when; not which.
func archiveFacts(p *page, archives []*rules.Archived) facts {
	var f facts
	for _, a := range archives {
		until := "永久保管"
		if a.Body.RetainUntil != "" {
			until = "保管到" + a.Body.RetainUntil
		}
		state := text(until)
		if a.Purge != nil {
			state = text("已于" + a.Purge.Body.Date + "销毁")
		}
		f.add("归档", text(a.Body.Date+"，"+num(len(a.Body.Documents))+"份"), state, p.record(a.Index))
	}
	return f
}

// takedownFacts say what was taken down of a result, when and by which rule.
func takedownFacts(p *page, f *rules.Finished) facts {
	var list facts
	for _, t := range f.Takedowns {
		list.add(t.Body.Class, text(t.Body.Date), text("依据："+t.Body.Ground), p.record(t.Index))
	}
	return list
}

// trailRow is one record of what was done about the enterprise of a result.
type trailRow struct {
	Day, Text string
	Entry     *link
}

// trail lists every record about a result and its draw, in order (G-10.2a).
func (m *maker) trail(p *page, f *rules.Finished) []trailRow {
	var rows []trailRow
	for _, i := range f.Trail() {
		e := m.b.Entries[i]
		rows = append(rows, trailRow{day(timeOf(e)), TypeName(e.Record.Type), p.entry(i)})
	}
	return rows
}

// TypeName is what people call a type of entry.
func TypeName(t string) string { return typeName(t) }

// takenText stands for a value without an opening: it was taken down by an
// entry, or was never public.
func takenText(f *rules.Finished, path string) string {
	if f.Taken(path) != nil {
		return "已撤下"
	}
	return closed
}

// entryFirm names the firm of a result's entry, also of one without effect.
func (m *maker) entryFirm(e *verify.Entry) string {
	if f := m.resultAt(e.Index); f != nil {
		return m.firmName(f)
	}
	return or(e.Value("name"), closed)
}

// archived adds of how many enterprises of a draw the papers are in the archive,
// and the draw's own.
func archived(p *page, l *rules.Lot, f *facts) {
	n := 0
	for _, o := range l.Objects {
		if o.Result != nil && len(o.Result.Archives) > 0 {
			n++
		}
	}
	if n > 0 {
		f.add("已归档", text(num(n)+"户"))
	}
	*f = append(*f, archiveFacts(p, l.Archives)...)
}

// takenCount says of how many enterprises of a draw the names were taken down,
// "" for none.
func takenCount(l *rules.Lot) string {
	n := 0
	for _, o := range l.Objects {
		if o.Result != nil && len(o.Result.Takedowns) > 0 {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return "其中" + num(n) + "户已依规定撤下"
}

// objectionCounts say how many objections there were and what came of them.
func (m *maker) objectionCounts(p *page) facts {
	var f facts
	counts := map[string]int{}
	for _, o := range m.s.Objections {
		if o.Review != nil {
			counts[o.Review.Body.Outcome]++
		}
	}
	all := len(m.s.Objections)
	if all == 0 {
		return nil
	}
	received := []value{text(num(all) + "件")}
	for _, s := range m.sorted() {
		if s.key == "objected" {
			received = append(received, p.at(shelfPath(s.dir, 0), s.title))
		}
	}
	f.add("收到异议", received...)
	f.add("复核维持", text(num(counts["upheld"])+"件"))
	f.add("复核更正", text(num(counts["corrected"])+"件"))
	f.add("复核中", text(num(all-counts["upheld"]-counts["corrected"])+"件"))
	return f
}

// summaryRedress says in one sentence what a record of these kinds does, "" for
// any other.
func (m *maker) summaryRedress(e *verify.Entry) string {
	switch b := e.Record.Body.(type) {
	case *record.Objection:
		return "收到对第" + num(b.Result) + "条记录的抽查结果的异议，" + b.Received
	case *record.Review:
		return "复核第" + num(b.Objection) + "条记录的异议：" + or(outcomeNames[b.Outcome], b.Outcome)
	case *record.Archive:
		about := "第" + num(b.Result) + "条记录的抽查结果"
		if b.Notice > 0 {
			about = "抽取 " + m.drawName(b.Notice)
		}
		return "归档：" + about + "，" + num(len(b.Documents)) + "份材料"
	case *record.Takedown:
		return "撤下第" + num(b.Entry) + "条记录的企业名称等内容（" + b.Class + "）：" + b.Ground
	case *record.Purge:
		return "销毁第" + num(b.Archive) + "条记录归档的材料：" + b.Ground
	}
	return ""
}

// resultAbout is the index of the result, or of the notice, that a record is
// about in the end; about is the entry that it names.
func (m *maker) resultAbout(body any, about int64) int64 {
	switch body.(type) {
	case *record.Review:
		if o := m.s.ObjectionAt(about); o != nil {
			return o.Of.Index
		}
	case *record.Purge:
		if a := m.s.ArchiveAt(about); a != nil {
			return max(a.Body.Result, a.Body.Notice)
		}
	}
	return about
}

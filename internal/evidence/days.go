package evidence

import (
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/rules"
)

// event is one line of the day-by-day list: a duty with its due day, or
// something that happened.
type event struct {
	on, what, due, clause, done, late string
	entry                             int64
}

// days lists each duty of the draw as far as it concerns this enterprise: by
// which clause, until when, done when, in order of the days.
func (m *maker) days(v *sheet) []part {
	l := v.stand.lot
	list := m.drawDays(v)
	if v.object != nil {
		list = append(list, m.objectDays(v)...)
	}
	k := event{what: "公开启封钥匙", due: sureWords(l.Due.K, !l.Due.Provisional)}
	for _, o := range l.Opened {
		if o.Body.K {
			k.done, k.entry = day(o.Time), o.Index
		}
	}
	k.late = m.dutyLate("open-k", l)
	if k.done != "" || l.Drawn() || l.Abort != nil {
		list = append(list, k)
	}
	for i := range list {
		list[i].on = or(or(list[i].done, day(list[i].due)), "未定")
	}
	slices.SortStableFunc(list, func(a, b event) int { return strings.Compare(a.on, b.on) })
	t := table("日期", "事项", "期限", "依据", "办成", "记录")
	for _, e := range list {
		entry, done := "–", or(e.done, "没有")
		if e.entry > 0 {
			entry = num(e.entry)
		}
		if e.late != "" {
			done += "，" + e.late
		}
		t.row(e.on, e.what, or(e.due, "–"), or(e.clause, "–"), done, entry)
	}
	text := "日期以本单位填报为准，账本只证明写入的先后；期限按规则包和工作日历重新计算。"
	if m.b.Today != "" {
		text += "没有办成的，是否到期按 " + m.b.Today + " 判断。"
	}
	return []part{t, small(text)}
}

func (m *maker) drawDays(v *sheet) []event {
	l := v.stand.lot
	list := []event{{what: "抽取预告入账", done: day(l.Time), entry: l.Index}, {what: "任务规定的抽取时间", done: day(l.When())}}
	switch {
	case l.Draw != nil:
		list = append(list, event{what: "抽取入账", done: day(l.Draw.Time), entry: l.Draw.Index, clause: clauseWords(l.Pack, l.Pack.Draw.Before)})
	case l.Drawn():
		list = append(list, event{what: "平台名单入账", done: day(l.Platform.Time), entry: l.Platform.Index})
	}
	if l.Abort != nil {
		list = append(list, event{what: "终止：" + l.Abort.Body.Ground, done: l.Abort.Body.Date, entry: l.Abort.Index})
	}
	for _, x := range l.Extensions {
		list = append(list, event{what: "延期到 " + x.Body.To + "：" + x.Body.Ground, done: x.Body.Date, entry: x.Index})
	}
	return list
}

func (m *maker) objectDays(v *sheet) []event {
	l, o, p := v.stand.lot, v.object, v.stand.lot.Pack
	send := event{what: "派发", due: sureWords(l.Due.Dispatch, !l.Due.Provisional), clause: clauseWords(p, p.Draw.Dispatch), entry: o.Dispatch}
	for _, s := range l.Sent {
		if s.Index == o.Dispatch {
			send.done = s.Body.Date
		}
	}
	if send.done > l.Due.Dispatch && send.late == "" && !l.Due.Provisional {
		send.late = lateWords(m.daysBetween(l.Due.Dispatch, send.done))
	}
	list := []event{send}
	for _, c := range moves(l, o) {
		list = append(list, event{what: or(changeNames[c.Kind], c.Kind), done: c.Date, entry: c.Entry, clause: clauseWords(p, p.Team.Change)})
	}
	f := o.Result
	if f == nil {
		return append(list, event{what: "公示抽查结果", due: sureWords(l.Due.Results, !l.Due.Provisional), clause: clauseWords(p, p.Publish.Clause), late: m.dutyLate("result", l)})
	}
	legal, strict, sure := m.b.State.Due(f)
	due := sureWords(legal, sure)
	if strict != legal {
		due += "（从严 " + strict + "）"
	}
	list = append(list, event{what: "检查结束", done: f.Ended(), entry: f.Index},
		event{what: "公示抽查结果", due: due, clause: clauseWords(p, p.Publish.Clause), done: f.Published(), late: lateWords(m.b.State.Late(f)), entry: f.Index})
	return append(list, m.laterDays(f, p)...)
}

// laterDays are what came after the result.
func (m *maker) laterDays(f *rules.Finished, p *rules.Pack) []event {
	var list []event
	for _, c := range f.Corrections {
		list = append(list, event{what: "更正", done: c.Body.Date, entry: c.Index, clause: clauseWords(p, p.Correction.Clause)})
	}
	for _, u := range f.Feedbacks {
		list = append(list, event{what: "反馈检查结果", done: u.Body.Date, entry: u.Index, clause: clauseWords(p, p.Result.Told)})
	}
	if w := f.Follow(p); w.Needed {
		list = append(list, event{what: "后续处置办结", due: w.Due, done: w.Closed, clause: clauseWords(p, p.Follow.Clause), entry: f.Index})
	}
	for _, o := range f.Objections {
		due, sure := m.b.State.ReviewDue(o)
		list = append(list, event{what: "收到异议", done: o.Body.Received, entry: o.Index})
		e := event{what: "复核异议", due: sureWords(due, sure), clause: clauseWords(p, o.Rule.Clause), late: lateWords(m.b.State.ReviewLate(o))}
		if o.Review != nil {
			e.done, e.entry = o.Review.Body.Decided, o.Review.Index
		}
		list = append(list, e)
		if due, sure = m.b.State.ToldDue(o); due != "" {
			e = event{what: "向企业反馈复核情况", due: sureWords(due, sure), clause: clauseWords(p, o.Rule.Told), late: lateWords(m.b.State.ToldLate(o))}
			for _, t := range o.Told {
				e.done, e.entry = t.Body.Date, t.Index
			}
			list = append(list, e)
		}
	}
	for _, a := range f.Archives {
		list = append(list, event{what: "归档", done: a.Body.Date, entry: a.Index})
	}
	return list
}

// dutyLate is how late a duty of the draw was or is, as the judge counts.
func (m *maker) dutyLate(code string, l *rules.Lot) string {
	if m.b.Today == "" {
		return ""
	}
	for _, d := range m.b.State.Duties(m.b.Today) {
		if d.Code == code && d.Draw == l.Body.Draw {
			return lateWords(d.Late)
		}
	}
	return ""
}

// daysBetween counts the working days after a day; one that is later at all is
// late by one.
func (m *maker) daysBetween(due, done string) int {
	n, ok := m.b.State.Workdays().Between(due, done)
	if !ok {
		return 0
	}
	return max(n, 1)
}

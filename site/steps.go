package site

import (
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// noticeStep is the 抽取预告: what was fixed before the randomness existed.
func (m *maker) noticeStep(p *page, l *rules.Lot) step {
	b := l.Body
	s := step{Kind: "notice", Title: "抽取预告", Short: "预告", When: second(l.Time), State: tag{"已封存", ""}}
	if l.Failed {
		s.State = tag{"不相符", "bad"}
	}
	f := &s.Facts
	f.add("记录", p.record(l.Index), text("入账时间（本单位填报）："+second(l.Time)))
	f.add("执行的"+m.s.LineWord(b.Plan), m.planRef(p, b))
	f.add("抽查事项", m.itemRefs(p, b.Checklist, b.Items)...)
	f.add("抽取方式", text(b.Mode))
	f.add("对象范围", text(b.Scope), text(m.s.Pack.FilterWords(b.Filter)))
	f.add("检查对象名录库", text(num(b.Roster.Count)+"户"+poolSum(b)), p.record(b.Roster.Entry))
	f.add("签筒", text(num(b.Pool.Lines)+"户"), m.blob(p, b.Pool.SHA256, "签筒文件（签号|分区|签数）"))
	f.add("未入签筒", text(num(b.Out.Lines)+"户"), m.blob(p, b.Out.SHA256, "未入签筒名单（签号）"))
	m.hatFacts(p, f, b)
	if l.ByPlatform() {
		f.add("由谁抽取", text(m.platformName(l)+"，任务时间"+minute(b.When())))
	}
	m.outsideFacts(p, f, l)
	f.add("任务执行单位", units(b.Units)...)
	f.add("任务期间", text(b.From+" 至 "+b.To))
	f.add("名单何时公开", text(namesWhen(b.Names)))
	f.add("期限", text("派发 "+b.Due.Dispatch), text("结果公示 "+b.Due.Results), text("启封 "+b.Due.K+provisional(b.Due)))
	if earlier := m.s.Lot(b.Earlier); b.Earlier != "" && earlier != nil {
		f.add("重新抽取", text("代替"), p.at(m.drawPath(earlier), b.Earlier))
	}
	s.More.add("抽查工作方案", text(b.Scheme))
	s.More.add("检查人员不能参加时", text(replaceNames[b.Replace]))
	s.More.add("预告校验码 C", hash(l.C))
	s.More.add("启封钥匙指纹", hash(b.Key))
	s.More.add("人员启封钥匙指纹", hash(b.KeyI))
	if !l.Drawn() {
		s.Cells = cellRows(l)
	}
	for _, g := range b.Grounds {
		s.Grounds = append(s.Grounds, groundRow{g.Words, g.Count, m.clause(p, g.Clause)})
	}
	return s
}

// poolSum says how the register divides, where it does so without a rest.
func poolSum(b *record.Notice) string {
	if b.Pool.Lines+b.Out.Lines != b.Roster.Count {
		return ""
	}
	return " = 签筒" + num(b.Pool.Lines) + "户 + 未入签筒" + num(b.Out.Lines) + "户"
}

func provisional(d record.Due) string {
	if d.Provisional {
		return "（暂定：放假安排还没有公布）"
	}
	return ""
}

func namesWhen(rule string) string {
	switch rule {
	case "on-result":
		return "随每户的抽查结果公开"
	case "on-dispatch":
		return "派发时公开"
	}
	return rule
}

func units(list []record.Unit) []value {
	var values []value
	for _, u := range list {
		values = append(values, text(u.Name))
	}
	return values
}

// planRef links to the plan line that a notice executes.
func (m *maker) planRef(p *page, b *record.Notice) value {
	for _, pl := range m.s.Plans {
		if pl.Index == b.Plan {
			href := planPath(pl.Body.Year)
			if latest := m.s.Plan(pl.Body.Year); latest != nil && latest.Body.Line(b.Line) != nil {
				href = m.linePath(pl.Body.Year, b.Line)
			}
			return p.at(href, num(pl.Body.Year)+"年度计划第"+b.Line+"项")
		}
	}
	return text(m.s.LineWord(b.Plan) + b.Line)
}

// itemRefs links to items of the checklist version at an index.
func (m *maker) itemRefs(p *page, index int64, nos []string) []value {
	var values []value
	for _, no := range nos {
		v := text(no)
		for _, c := range m.s.Checklists {
			if c.Index != index {
				continue
			}
			for _, it := range c.Body.Items {
				if it.No == no {
					v = p.at(m.checklistPath(c.Body.Version)+"#"+anchor("item-"+no), no+" "+it.Name)
				}
			}
		}
		values = append(values, v)
	}
	return values
}

// sendStep is the dispatch, from which the 抽查任务公告 is made.
func (m *maker) sendStep(p *page, l *rules.Lot) step {
	s := step{Kind: "send", Title: "派发和抽查任务公告", Short: "派发", State: tag{"未派发", ""}, Open: true}
	sent := 0
	for _, o := range l.Objects {
		if o.Dispatch != 0 {
			sent++
		}
	}
	for _, d := range l.Sent {
		b := d.Body
		s.When = b.Date
		s.Sent = append(s.Sent, sentRow{Unit: b.Unit, Number: b.Number, Date: b.Date, Period: b.From + " 至 " + b.To, Count: b.Count,
			Entry: p.entry(d.Index), File: m.blob(p, b.Objects.SHA256, "签号名单")})
		s.Facts.add(b.Unit, text("抽取后"+gap(l.Body.When(), d.Time)+"派发"))
		s.Facts.add("具体抽查工作方案", text(b.Scheme), hash(b.SchemeSum))
	}
	if sent > 0 {
		s.State = tag{"已派发" + num(sent) + "户，共" + num(len(l.Objects)) + "户", ""}
		s.Open = sent < len(l.Objects)
	}
	s.Text = "期限：" + l.Due.Dispatch + "派发。" + m.lateText("dispatch", l)
	return s
}

// lateText says how late a duty of the draw was or is, "" if it is not.
func (m *maker) lateText(code string, l *rules.Lot) string {
	for _, d := range m.duties() {
		if d.Code != code || d.Draw != l.Body.Draw || d.Late == 0 {
			continue
		}
		if d.Open > 0 {
			return "已过期限" + num(d.Late) + "个工作日，还有" + num(d.Open) + "户未办。"
		}
		return "办结于" + d.Done + "，晚" + num(d.Late) + "个工作日。"
	}
	return ""
}

// duties are computed once a build.
func (m *maker) duties() []rules.Duty {
	if m.due == nil {
		m.due = append([]rules.Duty{}, m.s.Duties(m.b.Today)...)
	}
	return m.due
}

// resultStep counts the results of a draw by code.
func (m *maker) resultStep(p *page, l *rules.Lot) step {
	s := step{Kind: "result", Title: "公示抽查结果", Short: "公示", State: tag{"未公示", ""}, Open: true}
	counts := map[string]int{}
	done, late, corrected, first, last := 0, 0, 0, "", ""
	for _, o := range l.Objects {
		if o.Result == nil {
			continue
		}
		done++
		if m.s.Late(o.Result) > 0 {
			late++
		}
		if len(o.Result.Corrections) > 0 {
			corrected++
		}
		at := o.Result.Published()
		if first == "" || at < first {
			first = at
		}
		last = max(last, at)
		for _, c := range o.Result.Outcome().Codes {
			counts[c]++
		}
	}
	s.Text = "期限：" + l.Due.Results + "公示。"
	if done > 0 {
		s.State = tag{"已公示" + num(done) + "户，共" + num(len(l.Objects)) + "户", ""}
		s.Open = done < len(l.Objects)
		s.When = first
		if last != first {
			s.When = first + " 至 " + last
		}
		if late > 0 {
			s.Text += "其中" + num(late) + "户晚于期限，各户的结果页写明晚几个工作日和本单位的说明。"
		}
	}
	if corrected > 0 {
		s.Text += "其中" + num(corrected) + "份入账后更正过，新旧并列在结果页，下面按更正后的计。"
	}
	if l.Abort == nil && done < len(l.Objects) {
		s.Text += m.lateText("result", l)
	}
	for _, c := range m.pack.Result.Codes {
		if counts[c.Code] > 0 {
			s.Counts = append(s.Counts, countRow{c.Code, c.Name, counts[c.Code], m.shelfLink(p, "draw-"+m.drawDir[l.Index], num(counts[c.Code]))})
		}
	}
	if n := m.shelfOf["draw-"+m.drawDir[l.Index]]; n != nil {
		s.Source = p.to(shelfPath(n.dir, 0), "这次抽取的全部"+num(len(n.list))+"份结果")
	}
	archived(p, l, &s.Facts)
	return s
}

// openStep says what is opened of the draw and when the rest is.
func (m *maker) openStep(p *page, l *rules.Lot) step {
	s := step{Kind: "open", Title: "启封", Short: "启封", State: tag{"未启封", ""}, Open: !l.KOpened}
	names, ki := 0, false
	for _, o := range l.Objects {
		if o.Opened {
			names++
		}
	}
	for _, o := range l.Opened {
		ki = ki || o.Body.KI
		if o.Body.K {
			s.When = day(o.Time)
			s.State = tag{"启封钥匙已公开", "good"}
			if l.KLate() {
				s.State = tag{"启封钥匙已公开，晚于期限", "warn"}
			}
			s.Facts.add("启封记录", p.record(o.Index))
		}
	}
	s.Text = m.keyText(l)
	m.lostFacts(p, l, &s)
	if o := m.b.Entries[l.Index].Opening; o != nil {
		if m.hasOpening(l.Index) {
			s.Facts.add("启封凭据", p.at("ledger/opening/"+num(l.Index)+".json", "凭据文件"))
		}
		s.Facts.add("启封钥匙 K", hash(o.K))
	}
	s.Facts.add("已公开名称", text(num(names)+"户，共"+num(len(l.Objects))+"户"), text(takenCount(l)))
	s.Facts.add("检查人员签筒", text(m.peopleText(l, ki)))
	return s
}

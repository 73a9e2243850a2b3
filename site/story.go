package site

import (
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/words"
)

// story is the draw step by step, in the order in which its parts must come:
// notice, witnesses, number, draw, dispatch, inspection, results, opening. A
// step that has not come yet is there all the same, as one that is open; only
// what cannot come any more is left out.
func (m *maker) story(p *page, l *rules.Lot) []step {
	steps := []step{m.noticeStep(p, l)}
	if !l.Failed {
		steps = append(steps, m.seenStep(p, l))
	}
	if l.Led != nil {
		steps = append(steps, m.jointStep(p, l))
	}
	if !l.Failed && !l.ByPlatform() {
		steps = append(steps, m.numberStep(p, l))
	}
	steps = append(steps, m.castStep(p, l))
	if l.Draw != nil && l.Platform != nil {
		steps = append(steps, m.listedStep(p, l))
	}
	if l.Drawn() {
		steps = append(steps, m.sendStep(p, l))
	}
	if len(l.Requests) > 0 {
		steps = append(steps, m.refillStep(p, l))
	}
	if l.Drawn() {
		steps = append(steps, m.visitStep(p, l), m.resultStep(p, l))
	}
	if l.Drawn() || l.Abort != nil {
		steps = append(steps, m.openStep(p, l))
	}
	if l.Abort != nil {
		steps = append(steps, m.abortStep(p, l))
	}
	return steps
}

// allGrades in the order of what they prove, the strongest first.
var allGrades = []rules.Grade{rules.GradeA, rules.GradeB, rules.GradeC, rules.GradePlatform, rules.GradePaper, rules.GradeUnwitnessed, rules.GradeAfter, rules.GradeNone}

// seenStep (见证) says how long the notice stood before the number that decides,
// and on whose word: the order is what the whole draw rests on (draw1 §1).
func (m *maker) seenStep(p *page, l *rules.Lot) step {
	o, by := l.Order(), m.b.Order(l)
	s := step{Kind: "seen", Title: "见证", Short: "见证", Text: words.Clock(by.Words)}
	f := &s.Facts
	var names []value
	for _, name := range by.Witnesses {
		names = append(names, text(name))
	}
	f.add("见证单位", names...)
	m.bracketFacts(f, l.Index)
	s.State = tag{"已记录，未见证", ""}
	switch {
	case m.b.InForce() == nil && !l.Asked && o.NotAfter == 0:
		s.State = tag{"已记录，本单位未设见证", ""}
	case o.NotAfter > 0 && l.InTime:
		s.When = second(record.Time(o.NotAfter))
		s.State = tag{"已见证，早" + lasting(o.Margin), "good"}
		f.add("早多少", text("比"+deciding(l)+"早"+lasting(o.Margin)+"；"+least(o)))
	case o.NotAfter > 0 && o.Margin >= 0:
		s.When = second(record.Time(o.NotAfter))
		s.State = tag{"只早" + lasting(o.Margin), "bad"}
		f.add("早多少", text("比"+deciding(l)+"早"+lasting(o.Margin)+"，不足"+lasting(o.Least)))
	case o.NotAfter > 0:
		s.When = second(record.Time(o.NotAfter))
		s.State = tag{"晚" + lasting(-o.Margin), "bad"}
		f.add("早多少", text("比"+deciding(l)+"晚"+lasting(-o.Margin)))
	case l.Asked:
		s.State = tag{"没有足够的见证", "bad"}
	}
	if own := o.Decides - record.Unix(l.Time); o.NotAfter == 0 && own >= 0 {
		f.add("早多少", text("按本单位自报的时间，比"+deciding(l)+"早"+lasting(own)+"；没有见证单位看到"))
	}
	for _, w := range l.Paper {
		s.State = tag{"纸面见证", ""}
		f.add("纸面见证", text(w.Body.Body+"在打印的抽取预告上签字，纸面所写时间 "+second(w.Body.Signed)+"，可以向该单位查对"), text("扫描件校验码"), hash(w.Body.Scan), p.record(w.Index))
	}
	f.add("等级", text(l.Grade().Name()+"："+l.Grade().Text()), p.at("draws/index.html#grades", "各个等级是什么意思"))
	return s
}

// least is how early the notice must have been seen.
func least(o rules.Order) string {
	if o.Least <= 1 {
		return "先于平台抽取即可"
	}
	return "至少要早" + lasting(o.Least)
}

// deciding names what the notice must come before.
func deciding(l *rules.Lot) string {
	switch l.Method() {
	case "lottery":
		return "彩票停止销售"
	case "ceremony":
		return "现场掷数"
	case "platform":
		return "平台抽取"
	}
	return "号码产生"
}

// lasting is a length of time as people say it, in two units at most.
func lasting(seconds int64) string {
	switch {
	case seconds < 60:
		return num(seconds) + "秒"
	case seconds < 3600:
		return num(seconds/60) + "分" + rest(seconds%60, "秒")
	case seconds < 86400:
		return num(seconds/3600) + "小时" + rest(seconds%3600/60, "分")
	}
	return num(seconds/86400) + "天" + rest(seconds%86400/3600, "小时")
}

func rest(n int64, unit string) string {
	if n == 0 {
		return ""
	}
	return num(n) + unit
}

// numberStep (第N期) is the number that decides: which it is, and once it is in
// the ledger what it was and how everybody gets from it to the seed.
func (m *maker) numberStep(p *page, l *rules.Lot) step {
	r := l.Body.Randomness
	s := step{Kind: "number", Title: numberName(r), Short: numberWord(l), When: second(l.Body.When()), Open: l.Draw == nil}
	if l.Draw == nil {
		s.State = tag{"还没有写入账本", ""}
		s.Text = numberName(r) + "在" + second(l.Body.When()) + "以前没有人知道。"
		m.numberFacts(&s.Facts, r)
	} else {
		s.State = tag{"已写入账本", ""}
		s.Text = "这个号码事先没有人知道，也不由本单位产生；预告里已经写明用它，不能再换。"
		m.givenFacts(&s.Facts, r, l.Draw.Body.Given(), l.Draw.Body.Rho)
	}
	m.contributorFacts(p, &s.Facts, r, l.Extras)
	return s
}

// numberWord is the number's name on the line of time.
func numberWord(l *rules.Lot) string {
	switch l.Method() {
	case "lottery":
		return "开奖号码"
	case "ceremony":
		return "现场掷数"
	}
	return shortNumber(l.Body.Randomness)
}

// visitStep (检查) says how many were visited in which days, and what changed in
// the teams on the way.
func (m *maker) visitStep(p *page, l *rules.Lot) step {
	s := step{Kind: "visit", Title: "检查", Short: "检查", State: tag{"未检查", ""}, Open: true}
	done, void, first, last := 0, 0, "", ""
	for _, o := range l.Objects {
		if o.Result == nil {
			continue
		}
		if done++; o.Result.Void() != nil {
			void++
			continue
		}
		begun, ended := or(o.Result.Started(), o.Result.Ended()), o.Result.Ended()
		if first == "" || begun < first {
			first = begun
		}
		last = max(last, ended)
	}
	s.Text = "任务期间：" + l.Body.From + " 至 " + l.Ends() + "。"
	if done > 0 {
		s.When = between(first, last)
		s.State = tag{"已检查" + num(done-void) + "户，共" + num(len(l.Objects)) + "户", ""}
		s.Open = done < len(l.Objects)
		s.Text += "账本能证明抽中了谁、派了谁、登记了什么；到没到现场、查得实不实，账本不能证明。"
	}
	if l.Abort != nil {
		s.Open = true
		s.Text += "这次抽取已经终止。"
	}
	s.Text += voidCount(l)
	s.Changes = m.moves(p, l)
	moveFacts(&s.Facts, l)
	return s
}

// between is a day, or two days and what lies between.
func between(first, last string) string {
	if first == last {
		return first
	}
	return first + " 至 " + last
}

// cellRows puts the groups of a draw in one table: what the notice fixed, and
// once it is known what came out.
func cellRows(l *rules.Lot) []cellRow {
	cutoffs, listed := map[string]string{}, map[string]int64{}
	if l.Draw != nil {
		for _, c := range l.Draw.Body.Cells {
			cutoffs[c.Cell] = c.Cutoff
		}
	}
	for _, o := range l.Objects {
		listed[o.Cell]++
	}
	told := map[string]bool{}
	for _, c := range l.Body.Told {
		told[c] = true
	}
	var rows []cellRow
	for _, g := range l.Body.Groups {
		for _, c := range g.Cells {
			rows = append(rows, cellRow{Name: c.Name, Count: c.Count, Quota: c.Quota, Drawn: listed[c.Cell], Share: percent(c.Quota, c.Count), Cutoff: cutoffs[c.Cell], Told: told[c.Cell]})
		}
	}
	if n := listed[""]; n > 0 && l.ByPlatform() {
		rows = append(rows, cellRow{Name: "不在签筒里", Drawn: n, Share: "–"})
	}
	return rows
}

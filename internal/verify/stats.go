package verify

import (
	"fmt"
	"strings"

	"github.com/sunlot/sunlot/internal/rules"
)

// StatsText says the statistics of a year in plain words, for a terminal of 80
// columns. With a unit it is that unit's report to the coordinating office
// (Yanshi 27): its plan lines, what it carried out, what it has still to do.
func StatsText(s *rules.State, st *rules.Stats, unit string) string {
	w := &statsText{s: s, st: st, unit: unit}
	w.head()
	w.lines()
	if unit == "" {
		w.classes()
	}
	w.units()
	w.others()
	return w.b.String()
}

type statsText struct {
	b    strings.Builder
	s    *rules.State
	st   *rules.Stats
	unit string
}

func (w *statsText) say(format string, args ...any) { fmt.Fprintf(&w.b, format+"\n", args...) }

func (w *statsText) head() {
	st := w.st
	title := num(st.Year) + "年双随机抽查统计"
	if w.unit != "" {
		title = w.unit + "　" + title
	}
	w.say("%s（截至 %s）", title, st.Today)
	if st.Since != "" {
		w.say("账本从 %s 起，之前的不在内。", st.Since)
	}
	if w.unit != "" {
		return
	}
	if st.Draws == 0 && st.Total.Drawn == 0 {
		w.say("全部：这一年还没有抽取。")
		return
	}
	w.say("全部：抽取 %d 次", st.Draws)
	w.tally("  ", &st.Total)
	if st.Led+st.Joined > 0 {
		w.say("  部门联合抽查：牵头 %d 次，参与 %d 次", st.Led, st.Joined)
	}
}

// tally says what became of the drawn. Numbers that are 0 and say nothing are
// left out; drawn, inspected and public always stand.
func (w *statsText) tally(indent string, t *rules.Tally) {
	said := fmt.Sprintf("抽中 %d 户次，派发 %d，检查 %d，公示 %d", t.Drawn, t.Dispatched, t.Inspected, t.Published)
	w.say("%s%s%s", indent, said, several("，不予公开 %d", t.Withheld, "，抽中后终止 %d", t.Aborted, "，对象灭失 %d", t.Void, "，未完成 %d", t.Open, "（其中逾期 %d）", t.Overdue))
	if t.Published > 0 {
		most := several("（最晚 %d 个工作日）", t.LateMost)
		w.say("%s按期公示 %d，晚于期限 %d%s%s", indent, t.OnTime, t.Late, most, several("，期限未定 %d", t.Unsure))
	}
	if t.Published > 0 {
		w.say("%s抽查完成率 %s（公示 ÷ 抽中），完结率 %s（完结 ÷ 公示）", indent, t.Completion(), t.Settled())
	}
	if more := several("后续处置未办结 %d　", t.FollowOpen, "更换 %d　", t.Replaced, "回避 %d　", t.Recused, "直接委派 %d　", t.Direct, "换人抽签 %d　", t.ByLot, "更正 %d　", t.Corrections,
		"异议 %d　", t.Objections); more != "" {
		w.say("%s%s", indent, strings.TrimSuffix(more, "　"))
	}
}

// several fills those formats whose number is not 0.
func several(pairs ...any) string {
	var b strings.Builder
	for i := 0; i < len(pairs); i += 2 {
		if n := pairs[i+1].(int); n != 0 {
			fmt.Fprintf(&b, pairs[i].(string), n)
		}
	}
	return b.String()
}

func (w *statsText) lines() {
	w.say("\n计划项")
	n := 0
	for i := range w.st.Lines {
		l := &w.st.Lines[i]
		if w.unit != "" && l.Unit != w.unit {
			continue
		}
		n++
		outside := ""
		if l.AdHoc {
			outside = "（临时任务）"
		}
		w.say("  %s %s%s", l.No, l.Name, outside)
		about := l.Unit + "，" + l.From + " 至 " + l.To
		if l.Base > 0 {
			about += fmt.Sprintf("，基数 %d，预估 %d", l.Base, l.Estimate)
		}
		w.say("    %s", about)
		switch {
		case l.Undrawn:
			w.say("    检查期已过，没有抽取")
		case l.Drawn == 0:
			w.say("    还没有抽取")
		default:
			w.say("    %s", strings.Join(l.Draws, "、"))
			w.tally("    ", &l.Tally)
		}
	}
	if n == 0 {
		w.say("  未填")
	}
}

func (w *statsText) classes() {
	w.say("\n抽查比例（计入的是结果已公示的不同企业）")
	for i := range w.st.Classes {
		c := &w.st.Classes[i]
		w.say("  %s（%s）", c.Name, c.Clause)
		w.say("    %s", ClassBase(c))
		w.say("    抽中 %d 户，检查 %d，公示 %d%s", c.Drawn, c.Inspected, c.Published, several("，不予公开 %d", c.Withheld))
		if r := ClassReached(w.st, c); r != "" {
			w.say("    %s", r)
		}
		if c.Untold > 0 {
			w.say("    另有 %d 户次已抽中，还没有结果，是否属于这一类未公开", c.Untold)
		}
		if c.Unsaid > 0 {
			w.say("    另有 %d 份结果没有写明行业，是否属于这一类无从得知", c.Unsaid)
		}
		if c.ByHandle > 0 {
			w.say("    其中 %d 户的代码没有公开，按签号计，同一户抽中两次会计两次", c.ByHandle)
		}
	}
	if sh := w.st.Share; sh != nil {
		w.say("  随机抽查事项（%s）\n    %s", sh.Clause, ShareWords(sh))
	}
}

// ClassBase says how many a class has and how many are to be inspected, each
// with the record that says so.
func ClassBase(c *rules.ClassStat) string {
	switch {
	case !c.Known:
		return "户数未填"
	case c.Op == "none":
		return fmt.Sprintf("制定计划时 %d 户（第%d条记录），制度没有规定比例下限", c.Base, c.BaseEntry)
	}
	said := fmt.Sprintf("制定计划时 %d 户（第%d条记录），应抽 %d 户", c.Base, c.BaseEntry, c.Floor)
	if c.NowEntry != c.BaseEntry && c.NowEntry > 0 {
		said += fmt.Sprintf("；最近一版 %d 户（第%d条记录），按此为 %d 户", c.Now, c.NowEntry, c.NowFloor)
	}
	return said
}

// ClassReached says how far a class is from its floor; "" without one. While the
// year runs nothing is short: so many are still to come.
func ClassReached(st *rules.Stats, c *rules.ClassStat) string {
	switch n := c.Missing(); {
	case !c.Floored():
		return ""
	case n > 0 && st.Today <= num(st.Year)+"-12-31":
		return fmt.Sprintf("年内还有 %d 户", n)
	case n > 0:
		return fmt.Sprintf("比应抽的少 %d 户", n)
	}
	return "已达到应抽的户数"
}

// ShareWords says the share of random items among all (Y-14.1b).
func ShareWords(sh *rules.ShareStat) string {
	if sh.All == 0 {
		return fmt.Sprintf("清单第%d版 %d 项，全部执法检查事项的总数未填", sh.Version, sh.Items)
	}
	return fmt.Sprintf("清单第%d版 %d 项，全部执法检查事项 %d 项（来源：%s），占 %s，应不少于 %d 项", sh.Version, sh.Items, sh.All, sh.Source,
		rules.Percent(sh.Items, int(sh.All)), sh.Floor)
}

func (w *statsText) units() {
	w.say("\n任务执行单位（只列事实，不打分、不排名）")
	back := w.s.Backlogs(w.st.Today)
	n := 0
	for i := range w.st.Units {
		u := &w.st.Units[i]
		if w.unit != "" && u.Name != w.unit {
			continue
		}
		n++
		name := u.Name
		if name == "" {
			name = "还没有派发"
		}
		w.say("  %s", name)
		w.say("    计划 %d 项、预估 %d 户；涉及清单 %d 项%s", u.Lines, u.Planned, u.Items, several("；联合抽查 %d 次", u.Joint, "；非随机检查 %d 次", u.Others))
		if u.Drawn > 0 {
			w.tally("    ", &u.Tally)
		}
		if w.unit == "" {
			continue
		}
		for _, b := range back {
			if b.Unit == u.Name {
				w.say("    %s", BacklogWords(&b))
			}
		}
	}
	if n == 0 {
		w.say("  没有任务")
	}
}

// BacklogWords says what a unit has still to do of one draw.
func BacklogWords(b *rules.Backlog) string {
	said := b.Draw + "　" + strings.TrimSuffix(several("未派发 %d 户　", b.Unsent, "未公示 %d 户　", b.Open), "　")
	switch {
	case b.Unsent+b.Open == 0:
		return b.Draw + several("　后续处置未办结 %d 件", b.Follow)
	case b.Late > 0:
		said += fmt.Sprintf("，期限 %s，已晚 %d 个工作日", b.Due, b.Late)
	case b.Sure:
		said += "，期限 " + b.Due
	default:
		said += "，期限暂定 " + b.Due
	}
	return said + several("；后续处置未办结 %d 件", b.Follow)
}

func (w *statsText) others() {
	if w.unit != "" || len(w.st.Others) == 0 && w.st.History == 0 {
		return
	}
	w.say("\n不计入以上的")
	for _, o := range w.st.Others {
		name := o.Origin
		if known, ok := w.s.Pack.OriginOf(o.Origin); ok {
			name = known.Name
		}
		w.say("  %s %d 次（非随机检查）", name, o.Count)
	}
	if w.st.History > 0 {
		w.say("  开账前历史 %d 次（没有见证，只计频次）", w.st.History)
	}
}

package compare

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"

	"github.com/sunlot/sunlot/internal/rules"
)

// shown bounds the lines of one list in the text; the JSON has all.
const shown = 10

type writer struct{ b strings.Builder }

func (w *writer) say(format string, a ...any) { fmt.Fprintf(&w.b, format+"\n", a...) }

// Text is the comparison for people.
func (r *Report) Text() string {
	w := &writer{}
	w.say("对照：只列数字，不下结论。数字突出只说明值得问一问。")
	for i, s := range []*SideReport{&r.A, &r.B} {
		year := "全部年度"
		if s.Year > 0 {
			year = num(s.Year) + "年"
		}
		sound := "核验相符"
		if !s.Sound {
			sound = "核验不相符，以下数字不能采信"
		}
		w.say("  %s　%s　%s　%s　账本 %d 条记录，%s，按 %s 判断", sides[i], s.Office, s.Origin, year, s.Entries, sound, s.Today)
	}
	r.textRosters(w)
	r.textDraws(w)
	r.textShares(w)
	r.textTeams(w)
	r.textCodes(w)
	r.textNeeds(w)
	return w.b.String()
}

var sides = [2]string{"A", "B"}

func (r *Report) each(f func(side string, s *SideReport, p *rules.Pack)) {
	f(sides[0], &r.A, r.packs[0])
	f(sides[1], &r.B, r.packs[1])
}

var kinds = map[string]string{"objects": "检查对象名录库", "inspectors": "执法检查人员名录库", "experts": "专家库"}

func (r *Report) textRosters(w *writer) {
	w.say("\n名录库（依据：名录库记录）")
	r.each(func(side string, s *SideReport, _ *rules.Pack) {
		for _, v := range s.Rosters {
			open := ""
			if v.Open {
				open = "，已与持有的名录核对"
			}
			w.say("  %s　%s第%d版　%s　%d 户（人）　第%d条记录%s", side, or(kinds[v.Kind], v.Kind), v.Version, v.Date, v.Count, v.Entry, open)
		}
	})
	for _, m := range r.Counts {
		w.say("  公开的户数　%s　%d → %d", strings.TrimSpace(fields[m.Field]+" "+r.named(m)), m.Old, m.New)
	}
	if c := r.Changes; c != nil {
		w.say("  从 %s 到 %s：新增 %d 户，移出 %d 户，改动 %d 项", listName(c.From), listName(c.To), len(c.Added), len(c.Removed), len(c.Retag))
		w.list("    新增", c.Added)
		w.list("    移出", c.Removed)
		for i, t := range c.Retag {
			if i == shown {
				w.say("    另有 %d 项改动，--json 列出全部", len(c.Retag)-shown)
				break
			}
			w.say("    改动　%s　%s　%s → %s", t.Code, fields[t.Field], or(t.Old, "（空）"), or(t.New, "（空）"))
		}
	}
}

// named is a code of a register as the pack says it.
func (r *Report) named(m Moved) string {
	p := r.packs[0]
	if p == nil {
		return m.Name
	}
	lists := map[string][]rules.Named{"town": p.Towns, "sector": p.Sectors}
	for _, c := range p.Ratios {
		lists["class"] = append(lists["class"], rules.Named{Code: c.Code, Name: c.Name})
	}
	if n, ok := rules.Find(lists[m.Field], m.Name); ok {
		return n.Name
	}
	return m.Name
}

var fields = map[string]string{"count": "总数", "class": "类别", "town": "镇街", "sector": "行业", "risk": "风险", "status": "状态", "tags": "标签"}

func listName(s string) string {
	if s == "register" {
		return "给出的名单"
	}
	return "第" + s + "条记录的名录库"
}

func (w *writer) list(head string, codes []string) {
	if len(codes) == 0 {
		return
	}
	more := ""
	if len(codes) > shown {
		more = fmt.Sprintf(" 等 %d 户，--json 列出全部", len(codes))
		codes = codes[:shown]
	}
	w.say("%s　%s%s", head, strings.Join(codes, " "), more)
}

func (r *Report) textDraws(w *writer) {
	w.say("\n抽取（依据：抽取预告、抽取记录）")
	r.each(func(side string, s *SideReport, _ *rules.Pack) {
		for _, d := range s.Draws {
			state := ""
			if d.Aborted {
				state = "，已终止"
			}
			w.say("  %s　%s　%s　签筒 %d，未入签筒 %d，抽中 %d　%s　启封钥匙%s，检查人员签号%s%s", side, d.Draw, d.Name, d.Pool, d.Out, d.Drawn,
				rules.Grade(d.Grade).Name(), opened(d.K), opened(d.KI), state)
		}
		if n := s.Never; n != nil {
			w.say("  %s　持有名单中的企业：%d 次已启封的抽取里，%d 户进过签筒，其中 %d 户一次没有抽中", side, n.Draws, n.Stood, len(n.Codes))
			w.list("    没有抽中", n.Codes)
		}
		if s.Never != nil || s.Watched > 0 {
			w.say("  %s　抽取前 30 日内移出（或改为不在范围）、抽取后又回来的：查了 %d 次抽取，%d 户次", side, s.Watched, len(s.Away))
		}
		for i, a := range s.Away {
			if i == shown {
				w.say("    另有 %d 户次，--json 列出全部", len(s.Away)-shown)
				break
			}
			w.say("    %s　%s　移出 %s，回来 %s", a.Draw, a.Code, a.Gone, a.Back)
		}
	})
}

func opened(ok bool) string {
	if ok {
		return "已启封"
	}
	return "未启封"
}

// shares are the rows of the table of shares.
func shares(t *Tally) []struct {
	Name string
	Of   [2]int
} {
	return []struct {
		Name string
		Of   [2]int
	}{{"直接委派（户，占抽中）", t.Direct}, {"更换（户，占抽中）", t.Replaced}, {"换人抽签（户，占抽中）", t.ByLot}, {"抽取后回避（户，占抽中）", t.Recused}, {"终止（次，占抽取）", t.Aborted},
		{"结果公示晚于期限（户，占已公示）", t.Late}, {"结果更正（户，占已公示）", t.Corrected}}
}

func share(of [2]int) string {
	if of[1] == 0 {
		return fmt.Sprintf("%d / 0", of[0])
	}
	return fmt.Sprintf("%d / %d（%s）", of[0], of[1], rules.Percent(of[0], of[1]))
}

func (r *Report) textShares(w *writer) {
	w.say("\n份额（依据：抽取、派发、变动、结果、更正、终止各记录）")
	a, b := shares(&r.A.Tally), shares(&r.B.Tally)
	w.say("  抽取次数　A %d　B %d；抽中户次　A %d　B %d；有结果　A %d　B %d", r.A.Tally.Draws, r.B.Tally.Draws, r.A.Tally.Drawn, r.B.Tally.Drawn, r.A.Tally.Published, r.B.Tally.Published)
	for i := range a {
		w.say("  %s　A %s　B %s", a[i].Name, share(a[i].Of), share(b[i].Of))
	}
	r.each(func(side string, s *SideReport, _ *rules.Pack) {
		for _, l := range s.Late {
			w.say("  %s　逾期的步骤　%s %d 次，最多晚 %d 个工作日，还没有办的 %d 次", side, or(duties[l.Code], l.Code), l.Times, l.Most, l.Open)
		}
	})
}

var duties = map[string]string{
	"run": "按预告抽取", "dispatch": "派发名单", "result": "公示抽查结果", "open-names": "公开名单", "open-k": "公开启封钥匙", "open-ki": "公开人员启封钥匙", "file-plan": "年度计划备案",
	"joined": "参与的联合抽查结果公示", "review": "异议复核", "review-feedback": "反馈复核情况", "follow-up": "后续处置办结", "feedback": "逐户反馈检查结果", "joint": "部门联合抽查",
}

func (r *Report) textTeams(w *writer) {
	w.say("\n检查组（依据：抽取、变动、结果各记录；签号只在一次抽取内有效）")
	r.each(func(side string, s *SideReport, _ *rules.Pack) {
		w.say("  %s　有结果的检查组 %d 个；同一次抽取里不止一次同组的两人 %d 对", side, len(s.Teams), len(s.Pairs))
		for _, t := range s.Teams[:min(len(s.Teams), shown)] {
			w.say("    %s　%s　结果 %d 户，未发现问题 %s", t.Draw, brief(t.Members), t.Results, share([2]int{t.Clean, t.Results}))
		}
		for _, p := range s.Pairs[:min(len(s.Pairs), shown)] {
			w.say("    %s　%s　同组 %d 次", p.Draw, brief(p.Two[:]), p.Times)
		}
		if p := s.People; p != nil {
			w.say("  %s　按执法证号（%d 次抽取有 KI）：不止一次同组的两人 %d 对；给出的证号解释不了的组员 %d 人次；进过签筒而没有进组的 %d 人", side, p.Draws, len(p.Pairs), p.Unknown, len(p.Idle))
			for _, x := range p.Pairs[:min(len(p.Pairs), shown)] {
				w.say("    %s %s　同组 %d 次", x.Two[0], x.Two[1], x.Times)
			}
			for _, t := range p.Teams[:min(len(p.Teams), shown)] {
				w.say("    %s　结果 %d 户，未发现问题 %s", t.Members[0], t.Results, share([2]int{t.Clean, t.Results}))
			}
		}
	})
}

func brief(handles []string) string {
	var list []string
	for _, h := range handles {
		list = append(list, h[:min(len(h), 8)])
	}
	return strings.Join(list, " ")
}

func (r *Report) textCodes(w *writer) {
	w.say("\n结果代码（现行结果，户次；一户可有几个代码）")
	r.each(func(side string, s *SideReport, p *rules.Pack) {
		var list []string
		for _, c := range s.Codes {
			name := ""
			if p != nil {
				known, _ := p.CodeOf(c.Code)
				name = known.Name
			}
			list = append(list, fmt.Sprintf("%s %s %d", c.Code, name, c.Count))
		}
		w.say("  %s　%s", side, or(strings.Join(list, "；"), "没有"))
	})
}

var needs = map[string]string{
	"k":        "有的抽取启封钥匙还没有公开：公开以后，拿着名单就能看出谁在签筒里、谁一次没有抽中。",
	"ki":       "跨抽取看同一名检查人员，需要人员启封钥匙（--ki）和执法证号（--people，或人员库 --roster），一般只给审计人员。",
	"register": "谁新增、谁移出，需要两边的名单：--register 甲.csv --register 乙.csv，或名录库各版本（--roster）。",
	"roster":   "有的名录库版本没有给出：移出又回来、改标签，要用单位保存的名录库文件（--roster），程序先与账本里的校验码核对。",
}

func (r *Report) textNeeds(w *writer) {
	if len(r.Needs) > 0 {
		w.say("\n这次看不出的，需要什么")
		for _, n := range r.Needs {
			w.say("  · %s", needs[n])
		}
	}
}

// CSV writes the comparison as rows of side, section, key, number, of, detail.
func (r *Report) CSV(out io.Writer) error {
	w := csv.NewWriter(out)
	row := func(cells ...string) {
		for i, c := range cells {
			// A cell that a spreadsheet would take for a formula is text (T18).
			if c != "" && strings.ContainsRune("=+-@\t\r＝＋－＠", []rune(c)[0]) {
				cells[i] = "'" + c
			}
		}
		w.Write(cells)
	}
	row("side", "section", "key", "number", "of", "detail")
	r.each(func(side string, s *SideReport, _ *rules.Pack) { csvSide(row, side, s) })
	for _, m := range r.Counts {
		row("B", "count-"+m.Field, m.Name, num(m.New), num(m.Old), "")
	}
	if c := r.Changes; c != nil {
		for _, code := range c.Added {
			row("B", "added", code, "1", "", "")
		}
		for _, code := range c.Removed {
			row("A", "removed", code, "1", "", "")
		}
		for _, t := range c.Retag {
			row("B", "retagged", t.Code, "1", "", t.Field+": "+t.Old+" → "+t.New)
		}
	}
	w.Flush()
	return w.Error()
}

func csvSide(row func(...string), side string, s *SideReport) {
	for _, v := range s.Rosters {
		row(side, "roster", v.Kind, num(v.Count), "", v.Date)
	}
	for _, d := range s.Draws {
		row(side, "draw", d.Draw, num(d.Drawn), num(d.Pool), d.Name)
	}
	for _, x := range shares(&s.Tally) {
		row(side, "share", x.Name, num(x.Of[0]), num(x.Of[1]), "")
	}
	for _, l := range s.Late {
		row(side, "late", l.Code, num(l.Times), "", num(l.Most))
	}
	for _, c := range s.Codes {
		row(side, "result", c.Code, num(c.Count), "", "")
	}
	for _, t := range s.Teams {
		row(side, "team", t.Draw, num(t.Clean), num(t.Results), strings.Join(t.Members, " "))
	}
	for _, p := range s.Pairs {
		row(side, "pair", p.Draw, num(p.Times), "", strings.Join(p.Two[:], " "))
	}
	if p := s.People; p != nil {
		for _, x := range p.Pairs {
			row(side, "pair-people", "", num(x.Times), "", strings.Join(x.Two[:], " "))
		}
		for _, t := range p.Teams {
			row(side, "person", t.Members[0], num(t.Clean), num(t.Results), "")
		}
	}
	if s.Never != nil {
		for _, code := range s.Never.Codes {
			row(side, "never", code, "0", num(s.Never.Draws), "")
		}
	}
	for _, a := range s.Away {
		row(side, "away", a.Code, "1", "", a.Draw+" "+a.Gone+" "+a.Back)
	}
}

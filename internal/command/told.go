package command

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/intake"
	"github.com/sunlot/sunlot/internal/office"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/words"
)

// shownFirms is how many firms a summary names, shownNames how many a finding.
const shownFirms, shownNames = 20, 3

// told prints what the rules noticed on a draft whose entries are about firms:
// one line a code, with the firms' names. The draft keeps no findings then.
func (c *Command) told(d *office.Draft) {
	type group struct {
		first rules.Finding
		firms []string
		count int
	}
	var order []string
	groups := map[string]*group{}
	for _, f := range d.Findings {
		if f.Severity == rules.OK {
			continue
		}
		g := groups[f.Code]
		if g == nil {
			g = &group{first: f}
			groups[f.Code], order = g, append(order, f.Code)
		}
		g.count++
		at := f.Entry - d.First
		switch {
		case f.Entry < 0: // of no entry: a row that was passed over
			g.firms = append(g.firms, f.Place)
		case at >= 0 && at < int64(len(d.About)) && d.About[at].Firm != "":
			g.firms = append(g.firms, d.About[at].Firm)
		}
	}
	for _, code := range order {
		g := groups[code]
		s, _ := words.Say(code, g.first.Place, g.first.Got, g.first.Want)
		if g.first.Clause != "" {
			s += "（条款 " + g.first.Clause + "）"
		}
		if len(g.firms) > 0 {
			s = g.firms[0] + "：" + s
		}
		if g.count > 1 {
			s += fmt.Sprintf("同类共 %d 处%s", g.count, colon(some(g.firms, shownNames)))
		}
		c.note("%s：%s\n", severityWord(g.first.Severity), s)
	}
	d.Findings = nil
}

func colon(s string) string {
	if s == "" {
		return ""
	}
	return "：" + s
}

// some lists names, at most n of them.
func some(names []string, n int) string {
	if len(names) <= n {
		return strings.Join(names, "、")
	}
	return strings.Join(names[:n], "、") + fmt.Sprintf(" 等 %d 家", len(names))
}

// codeNames are codes in the words of the pack.
func codeNames(all []intake.Code, codes []string, letters bool) string {
	var list []string
	for _, code := range codes {
		text := code
		for _, k := range all {
			switch {
			case k.Code == code && letters:
				text = k.Code + " " + k.Text
			case k.Code == code:
				text = k.Text
			}
		}
		list = append(list, text)
	}
	return strings.Join(list, "、")
}

// sayResults says what a batch of results will make public.
func (c *Command) sayResults(o *office.Office, d *office.Draft) error {
	all, err := o.Codes()
	if err != nil {
		return err
	}
	var order, marked []string
	counts := map[string]int{}
	for i, e := range d.Entries {
		if _, ok := e.Body.(*record.Result); !ok {
			continue
		}
		found := codeNames(all, d.About[i].Is, false)
		if found == "" {
			found = "依法不予公开"
		}
		if counts[found]++; counts[found] == 1 {
			order = append(order, found)
		}
		if len(all) > 0 && !slices.Equal(d.About[i].Is, []string{all[0].Code}) { // the first of the pack's list is 未发现问题
			marked = append(marked, d.About[i].Firm+"（"+found+"）")
		}
	}
	n := 0
	for i, found := range order {
		order[i] = fmt.Sprintf("%s %d 家", found, counts[found])
		n += counts[found]
	}
	c.note("将公示抽查结果：%d 家\n  %s\n", n, strings.Join(order, "；"))
	for i, m := range marked {
		if i == shownFirms {
			c.note("  另有 %d 家不是“%s”\n", len(marked)-i, all[0].Text)
			break
		}
		c.note("  %s\n", m)
	}
	return nil
}

// sayCorrections says what will stand beside what.
func (c *Command) sayCorrections(o *office.Office, d *office.Draft) error {
	all, err := o.Codes()
	if err != nil {
		return err
	}
	c.note("将更正结果：%d 条，旧结果仍然可见\n", len(d.Entries))
	for i, e := range d.Entries {
		b, a := e.Body.(*record.Correction), d.About[i]
		ended := ""
		if b.Ended != "" {
			ended = "，检查结束日期改为 " + b.Ended
		}
		c.note("  %s：%s → %s%s，理由 %s\n", a.Firm, codeNames(all, a.Was, true), codeNames(all, a.Is, true), ended, b.Ground)
	}
	return nil
}

// say says in one line each what single steps will write.
func (c *Command) say(o *office.Office, d *office.Draft) error {
	s, err := o.State()
	if err != nil {
		return err
	}
	for i, e := range d.Entries {
		var a office.About
		if i < len(d.About) {
			a = d.About[i]
		}
		switch b := e.Body.(type) {
		case *record.Dispatch:
			c.note("将派发：%s %d 家，任务期 %s 至 %s\n", b.Unit, b.Count, b.From, b.To)
		case *record.TeamChange:
			c.note("将更换检查人员：%s\n", changeWords(b, a))
		case *record.Expert:
			c.note("将委派专家：%s\n", expertWords(b, a))
		case *record.FollowUp:
			c.note("将登记后续处置：%s（第 %d 条记录）：%s\n", a.Firm, b.Result, strings.Join(filled(b.Kind, b.Number, b.Date, ended(b.Closed)), "，"))
		case *record.Filing:
			c.note("将登记备案：%s，%s\n", planWords(s, b.Plan), strings.Join(filled(b.Date, "报"+b.To, b.Receipt), "，"))
		case *record.Abort:
			l, drawn := s.LotAt(b.Notice), "还没有抽取"
			if l.Drawn() {
				drawn = fmt.Sprintf("已抽中的 %d 家仍然列出", len(l.Objects))
			}
			c.note("将终止 %s，理由 %s；%s\n", l.Body.Draw, b.Ground, drawn)
		case *record.Feedback, *record.Objection, *record.Review, *record.Archive, *record.Purge, *record.Takedown:
			c.sayRedress(s, b, a)
		case *record.Waiver:
			index, _ := s.Line(b.Year, b.Line)
			c.note("将登记 %d 年%s %s %s：%s，%s\n", b.Year, s.LineWord(index), b.Line, rules.WaiverWords(b.Kind), b.Ground, strings.Join(filled(b.Document.Issuer, b.Document.Title, b.Document.Number), " "))
		case *record.Extension:
			c.note("将延期 %s：任务结束日由 %s 改为 %s，事由 %s；结果公示和启封的期限随之顺延\n", s.LotAt(b.Notice).Body.Draw, s.LotAt(b.Notice).Before(), b.To, b.Ground)
		case *record.Agreement, *record.PartnerDispatch, *record.PartnerTeam, *record.Joined:
			c.sayJoint(s, b)
		case *record.Opened:
			c.sayOpened(s.LotAt(b.Notice).Body.Draw, b)
		case *record.Lost:
			c.sayLost(s, b)
		case *record.Software:
			c.note("将登记网页核验程序的校验码：%d 个文件\n", len(b.Files))
		}
	}
	return nil
}

func filled(parts ...string) []string {
	return slices.DeleteFunc(parts, func(s string) bool { return s == "" })
}

func ended(closed bool) string {
	if closed {
		return "已办结"
	}
	return "未办结"
}

func planWords(s *rules.State, index int64) string {
	for _, c := range s.Checklists {
		if c.Index == index {
			return fmt.Sprintf("随机抽查事项清单第 %d 版", c.Body.Version)
		}
	}
	for _, p := range s.Plans {
		if p.Index == index {
			return fmt.Sprintf("%d 年度计划第 %d 版", p.Body.Year, p.Body.Version)
		}
	}
	return ""
}

// expertWords says who comes, to which firm and why: all but the ground and the
// date stays sealed.
func expertWords(b *record.Expert, a office.About) string {
	place := ""
	if a.Leave != "" {
		place = "，接替 " + a.Leave
	}
	return fmt.Sprintf("%s：%s%s，日期 %s，理由 %s；姓名不公开", a.Firm, a.Come, place, b.Date, b.Ground)
}

func changeWords(b *record.TeamChange, a office.About) string {
	leads, led := "", ""
	if b.Leads {
		leads = "（任组长）"
	}
	if a.Led {
		led = "（组长）"
	}
	if a.Leave == "" {
		return fmt.Sprintf("%s：直接委派 %s%s，理由 %s", a.Firm, a.Come, leads, b.Ground)
	}
	return fmt.Sprintf("%s：%s%s退出，%s接替%s，理由 %s", a.Firm, a.Leave, led, a.Come, leads, b.Ground)
}

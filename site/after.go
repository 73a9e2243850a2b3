package site

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// replaceNames says how a notice lets a member be replaced.
var replaceNames = map[string]string{"appoint": "另行指派，检查前登记", "lot": "换人抽签：由申请以后才产生的公开随机数抽出", "none": "所依据的制度没有规定更换"}

// moves are the changes of a draw's teams as rows.
func (m *maker) moves(p *page, l *rules.Lot) []changeRow {
	var rows []changeRow
	for _, c := range l.Moves() {
		row := changeRow{Date: c.Date, Kind: changeNames[c.Kind], Object: c.Object, Leave: or(short(c.Leave), "–"), Come: short(c.Come), Ground: c.Ground, Consent: c.Consent, Entry: p.entry(c.Entry)}
		if c.Come == "" {
			row.Come = "没有符合条件的人员"
		}
		rows = append(rows, row)
	}
	return rows
}

// moveFacts counts the changes by inspector.
func moveFacts(f *facts, l *rules.Lot) {
	var hands []value
	for _, h := range l.Hands() {
		var said []string
		for _, c := range []struct {
			n    int
			what string
		}{{h.Left, "退出"}, {h.Came - h.Direct - h.ByLot, "另行指派接替"}, {h.ByLot, "抽签接替"}, {h.Direct, "直接委派"}} {
			if c.n > 0 {
				said = append(said, c.what+num(c.n)+"次")
			}
		}
		hands = append(hands, text("签号 "+short(h.Handle)+"："+strings.Join(said, "，")))
	}
	f.add("按人员计的变动", hands...)
}

// refillStep is what was asked of a lot about the teams, and what it gave.
func (m *maker) refillStep(p *page, l *rules.Lot) step {
	s := step{Kind: "refill", Title: "换人抽签"}
	late, open, done := 0, 0, 0
	for _, r := range l.Requests {
		b := r.Body
		said := num(len(b.Slots)) + "个位置，理由：" + b.Ground + "；drand quicknet 第" + num(b.Randomness.Round) + "期，" + second(b.Randomness.Time)
		switch {
		case !r.InTime:
			late++
			said += "；没有在号码产生前十分钟以上得到见证，不起作用"
		case r.Done == nil:
			open++
			said += "；还没有摇号"
		default:
			done++
		}
		s.Facts.add("申请", p.record(r.Index), text(said))
		if r.Done != nil {
			s.Facts.add("抽出", p.record(r.Done.Index), text("摇号种子"), hash(r.Done.Body.Seed))
		}
	}
	s.State = tag{"已抽" + num(done) + "次", ""}
	if s.Open = open > 0; s.Open {
		s.State = tag{"还有" + num(open) + "份申请没有摇号", "warn"}
	}
	s.Text = "接替的人由申请之后才产生的公开随机数抽出，其他人不动；离开过这一户的人不再抽。"
	if late > 0 {
		s.Text += "有" + num(late) + "份申请不及时，不起作用，照样列出。"
	}
	return s
}

func (m *maker) abortStep(p *page, l *rules.Lot) step {
	a := l.Abort
	s := step{Kind: "abort", Title: "终止", Short: "终止", When: a.Body.Date, State: tag{"已终止", "warn"}, Text: a.Body.Ground}
	left := 0
	for _, o := range l.Objects {
		if o.Result == nil {
			left++
		}
	}
	switch {
	case l.Undrawn:
		s.Facts.add("终止在号码之前", text("见证单位在号码产生前十分钟以上看到，什么也没有抽"))
	case l.Hidden():
		s.Facts.add("终止在号码之前", text("以本单位填报为准，没有见证单位看到；本来会抽中谁还没有列出"))
	default:
		s.Facts.add("抽中的企业", text(num(left)+"户已抽中、未执行，列在下面的名单里；共抽中"+num(len(l.Objects))+"户"))
	}
	for _, later := range m.s.Lots {
		if later.Body.Earlier == l.Body.Draw && !later.Failed {
			s.Facts.add("重新抽取", p.at(m.drawPath(later), later.Body.Draw))
		}
	}
	s.Facts.add("记录", p.record(a.Index))
	return s
}

// voidCount says how many of the drawn were not there to be inspected.
func voidCount(l *rules.Lot) string {
	n := 0
	for _, o := range l.Objects {
		if o.Result != nil && o.Result.Void() != nil {
			n++
		}
	}
	if n == 0 {
		return ""
	}
	return "其中" + num(n) + "户对象灭失（已关闭、注销、迁出等），照样列出，不计入检查，也不补抽。"
}

// voidFacts are ground and evidence of an object that was not there.
func voidFacts(f *facts, o *record.Outcome) {
	if v := o.Void; v != nil {
		f.add("对象灭失", text(v.Ground), text("证据："+v.Evidence), text("日期："+v.Date))
		f.add("对象灭失", text("不计入检查"), hash(v.SHA256))
	}
}

// serials says which numbers of a year have no draw behind them (draw1 §8).
func (m *maker) serials(year string) string {
	var said []string
	n, _ := strconv.ParseInt(year, 10, 64)
	all := m.s.Serials(n)
	for _, n := range all {
		id := ""
		if len(n.Lots) > 0 {
			id = n.Lots[0].Body.Draw
		}
		switch {
		case len(n.Lots) == 0:
			said = append(said, "第"+num(n.N)+"号没有预告")
		case n.Lots[0].Failed:
			said = append(said, id+" 预告不发生效力")
		case n.Lots[0].Undrawn:
			said = append(said, id+" 抽取前终止")
		case n.Lots[0].Hidden():
			said = append(said, id+" 终止，没有抽取记录")
		case !n.Lots[0].Drawn():
			said = append(said, id+" 还没有抽取")
		}
	}
	if len(all) == 0 {
		return ""
	}
	text := "编号到" + num(all[len(all)-1].N) + "号，连续。"
	if slices.ContainsFunc(all, func(n rules.Serial) bool { return len(n.Lots) == 0 }) {
		text = "编号到" + num(all[len(all)-1].N) + "号，不连续。"
	}
	if len(said) > 0 {
		text += "没有抽取的：" + strings.Join(said, "；") + "。编号不重用。"
	}
	return text
}

package evidence

import (
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

const closedWords = "未公开"

// resultParts put the versions of the result side by side.
func (m *maker) resultParts(v *sheet) []part {
	f := v.object.Result
	if f == nil {
		return []part{say("账本里还没有这一户的结果。")}
	}
	p := v.stand.lot.Pack
	t := table("版本", "入账（本单位填报）", "结果", "检查", "平台公示", "事由", "记录")
	started, ended, published := f.Body.Started, f.Body.Ended, or(f.Body.Published, day(f.Time))
	t.row("原结果", second(f.Time), m.codes(p, &f.Body.Outcome), span(started, ended), published, "–", num(f.Index))
	for i, c := range f.Corrections {
		started, ended, published = or(c.Body.Started, started), or(c.Body.Ended, ended), or(c.Body.Published, published)
		t.row("更正"+num(i+1), second(c.Time), m.codes(p, &c.Body.Outcome), span(started, ended), published, c.Body.Ground, num(c.Index))
	}
	x := part{}
	if w := f.Void(); w != nil {
		x.is("没有可检查的对象", w.Ground, w.Evidence, w.Date, w.SHA256)
	}
	x.is("企业名称", or(m.value(f.Index, "name"), closedWords))
	x.is("检查机关", f.Body.Unit)
	x.is("结果的校验码", f.Hash)
	if w := f.Body.Withheld; w != nil {
		ground, _ := p.WithholdOf(w.Ground)
		x.is("不予公开", or(w.Words, ground.Name), w.Document)
		x.is("封存的结果", or(m.value(f.Index, "withheld.outcome"), closedWords))
	}
	x.is("签字确认", signed(m, f))
	x.is("签字日期", f.Body.SignedOn)
	x.is("扫描件校验码", f.Body.Scan, scanWord(f.Body.Scan))
	x.is("备注", m.value(f.Index, "remark"))
	x.is("本单位对迟延的说明", f.Body.Late)
	parts := []part{t, x}
	if u := m.items(p, f); len(u.Rows) > 0 {
		parts = append(parts, u)
	}
	for _, d := range f.Takedowns {
		parts = append(parts, say(d.Body.Date+" 撤下："+strings.Join(d.Body.Fields, "、")+"，依据："+d.Body.Ground+"（"+entryWord(d.Index)+"）。"))
	}
	return append(parts, m.follow(f)...)
}

func signed(m *maker, f *rules.Finished) string {
	if len(f.Body.Signed) == 0 {
		return ""
	}
	var names []string
	for i := range f.Body.Signed {
		names = append(names, or(m.value(f.Index, "signed."+num(i)), closedWords))
	}
	return num(len(names)) + "名检查组成员：" + strings.Join(names, "、")
}

// items is the outcome in force by item of the checklist.
func (m *maker) items(p *rules.Pack, f *rules.Finished) part {
	names := map[string]string{}
	for _, c := range m.b.State.Checklists {
		if f.Lot != nil && c.Index == f.Lot.Body.Checklist {
			for _, it := range c.Body.Items {
				names[it.No] = it.Name
			}
		}
	}
	t := table("抽查事项（现行结果）", "结果")
	for _, it := range f.Outcome().Items {
		t.row(it.Item+" "+names[it.Item], codeNames(p, it.Codes))
	}
	return t
}

func (m *maker) follow(f *rules.Finished) []part {
	if len(f.FollowUps)+len(f.Feedbacks) == 0 {
		return nil
	}
	t := table("日期", "后续处置、反馈", "文号", "情况", "记录")
	for _, u := range f.FollowUps {
		state := "办理中"
		if u.Body.Closed {
			state = "办结"
		}
		t.row(u.Body.Date, u.Body.Kind, or(u.Body.Number, "–"), state, num(u.Index))
	}
	for _, u := range f.Feedbacks {
		t.row(u.Body.Date, "反馈检查结果", "–", u.Body.Way, num(u.Index))
	}
	slices.SortStableFunc(t.Rows, func(a, b []string) int { return strings.Compare(a[0], b[0]) })
	return []part{t}
}

func (m *maker) codes(p *rules.Pack, o *record.Outcome) string {
	if len(o.Codes) == 0 {
		return "不予公开"
	}
	return codeNames(p, o.Codes)
}

func codeNames(p *rules.Pack, codes []string) string {
	var list []string
	for _, code := range codes {
		c, ok := p.CodeOf(code)
		if !ok {
			c.Name = ""
		}
		list = append(list, strings.TrimSpace(code+" "+c.Name))
	}
	return strings.Join(list, "；")
}

func span(from, to string) string {
	if from == "" || from == to {
		return to
	}
	return from + " 至 " + to
}

var outcomeNames = map[string]string{"upheld": "维持原结果", "corrected": "确有错误，已更正"}

func (m *maker) redressParts(v *sheet) []part {
	f := v.object.Result
	if f == nil || len(f.Objections) == 0 {
		return []part{say("账本里没有登记过对这一户结果的异议。企业提出的异议是不是都登记了，账本不能证明。")}
	}
	var parts []part
	for _, o := range f.Objections {
		x := part{}
		x.is("收到异议", o.Body.Received, o.Body.Way, entryWord(o.Index))
		x.is("申请人", or(m.value(o.Index, "applicant"), closedWords))
		x.is("内容", or(m.value(o.Index, "content"), closedWords))
		due, sure := m.b.State.ReviewDue(o)
		x.is("复核期限", sureWords(due, sure), clauseWords(v.stand.lot.Pack, o.Rule.Clause))
		if r := o.Review; r != nil {
			x.is("作出复核", r.Body.Decided, or(outcomeNames[r.Body.Outcome], r.Body.Outcome), entryWord(r.Index), lateWords(m.b.State.ReviewLate(o)))
			x.is("理由", or(m.value(r.Index, "reasons"), closedWords))
			if r.Body.Correction > 0 {
				x.is("更正", entryWord(r.Body.Correction))
			}
			for _, t := range o.Told {
				x.is("反馈企业", t.Body.Date, t.Body.Way, entryWord(t.Index))
			}
		} else {
			x.is("复核", "还没有作出")
		}
		parts = append(parts, x)
	}
	return parts
}

func sureWords(due string, sure bool) string {
	if due != "" && !sure {
		return due + "（暂定）"
	}
	return due
}

func lateWords(n int) string {
	if n == 0 {
		return ""
	}
	return "晚" + num(n) + "个工作日"
}

// scanWord warns of a scan that is no scan.
func scanWord(sum string) string {
	if sum == rules.Hash(nil) {
		return "这是空文件的校验码：没有扫描件"
	}
	return ""
}

package site

import "github.com/sunlot/sunlot/internal/verify"

// reportView is the verification of the bundle that this build was made from,
// in its four parts.
type reportView struct {
	page
	Today, Built string
	Sound, Own   bool
	Parts        []reportPart
	Facts        facts
}

type reportPart struct {
	Title, About, None string
	most               int // rows that the page names; all stand on the pages of the records
	Rows               []said
	More               int
}

var partTexts = map[string]reportPart{
	"verified": {Title: "核验相符", About: "由账本里的数据算得出来，并且算出来的与记录一致。", most: 8, None: "没有。"},
	"failed":   {Title: "不相符", About: "算出来的与记录不一致，或者应当公开的没有公开。", most: 24, None: "没有发现。"},
	"believed": {Title: "依单位填报未核验", About: "只有本单位的填报，没有办法从账本里核对。", most: 8, None: "没有。"},
	"unknown":  {Title: "无法核验", About: "缺少核对所需要的东西，或者还没有到公开的日期。", most: 12, None: "没有。"},
	"noted":    {Title: "提示、注意和逾期", About: "列出事实，不作结论。", most: 24, None: "没有。"},
}

func (m *maker) reportPage() error {
	v := &reportView{page: m.newPage("report/index.html", "report", "核验报告"), Today: m.b.Today, Built: minute(m.opt.Built), Sound: !m.b.Failed(), Own: !m.b.Pinned}
	p := &v.page
	v.Facts = m.headFacts(p)
	for _, name := range verify.PartNames {
		v.Parts = append(v.Parts, partTexts[name])
	}
	for i := range m.b.Findings {
		f := &m.b.Findings[i]
		switch r := &v.Parts[verify.PartOf(f)]; {
		case inside(*f):
		case len(r.Rows) == r.most:
			r.More++
		default:
			r.Rows = append(r.Rows, m.say(p, *f))
		}
	}
	m.list(p, "")
	return m.render("report", v)
}

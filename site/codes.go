package site

import (
	"github.com/sunlot/sunlot/internal/rules"
)

// codeGloss says what a result means for people who do not know the list, by
// its name: what was seen, and what it is not.
var codeGloss = map[string]string{
	"未发现问题":             "按所列事项检查，当时没有发现问题。只说明检查的那一天和所列的事项，不是对企业的评价或者担保。",
	"未按规定公示应当公示的信息":     "企业应当自己公示的信息没有公示。",
	"公示信息隐瞒真实情况、弄虚作假":   "企业公示的信息与检查看到的不一致，认定为隐瞒或者作假。",
	"通过登记的住所（经营场所）无法联系": "按登记的地址找不到企业，联系不上，检查没有能进行。",
	"发现问题已责令改正":         "查到了问题，已经要求改正。改到哪一步，看“后续处置”。",
	"不予配合情节严重":          "企业拒绝或者妨碍检查，认定的情形写在结果里。",
	"发现问题待后续处理":         "查到了问题，还要立案、移交或者另作处理，不是最后结论。到了哪一步，看“后续处置”。",
	"未发现开展本次抽查涉及的经营活动":  "企业还在，但是没有从事这次要检查的活动。",
	"已关闭停业或正在组织清算":      "去检查时企业已经关闭、停业或者正在清算，没有可以检查的。照样列出，不计入检查，也不补抽。",
	"注销":                "去检查时企业已经注销，没有可以检查的。照样列出，不计入检查，也不补抽。",
	"被吊销":               "去检查时企业的执照已经被吊销，没有可以检查的。照样列出，不计入检查，也不补抽。",
	"被撤销":               "去检查时企业的登记已经被撤销，没有可以检查的。照样列出，不计入检查，也不补抽。",
	"迁出":                "去检查时企业已经迁走，没有可以检查的。照样列出，不计入检查，也不补抽。",
}

// codeMeaning is one code of a result, explained where it stands.
type codeMeaning struct {
	Code, Name, Gloss string
	Clause            *link
	Note              string
}

// codeMeanings explains the codes of an outcome, each with the clause that
// lists it.
func (m *maker) codeMeanings(p *page, codes []string) []codeMeaning {
	var list []codeMeaning
	for _, code := range codes {
		c, ok := m.pack.CodeOf(code)
		if !ok {
			continue
		}
		r := codeMeaning{Code: c.Code, Name: c.Name, Gloss: codeGloss[c.Name], Clause: m.clause(p, m.pack.Result.Clause)}
		if c.Borrowed {
			r.Note = "制度没有列出这个代码，为说明情况借用。"
		}
		list = append(list, r)
	}
	return list
}

// firmDuty tells the enterprise of a result what it must do, by when, and how
// it objects. It depends on the result, what came after it, the pack and the
// charter.
func (m *maker) firmDuty(p *page, f *rules.Finished) facts {
	var d facts
	if len(f.Outcome().Codes) == 0 {
		return nil // closed by law: nothing may be told of what was found
	}
	w := f.Follow(m.packOf(f))
	switch {
	case !w.Needed:
		d.add("要办什么", text("账本里没有登记要企业办的事；收到文书的，以文书为准。"))
	case w.Closed != "":
		d.add("要办什么", text(or(w.Kind, "后续处置")+"，已于"+w.Closed+"办结。"))
	default:
		d.add("要办什么", text(or(w.Kind, "等待后续处置")+"（"+w.Owner+"）"))
		d.add("到哪一天", text(or(w.Due, "没有登记期限，以收到的文书为准")))
	}
	m.objecting(p, &d, m.packOf(f).Objection)
	return d
}

// packOf is the pack that a result is judged by: that of its draw's notice.
func (m *maker) packOf(f *rules.Finished) *rules.Pack {
	if f.Lot != nil {
		return f.Lot.Pack
	}
	return m.pack
}

// objecting says how an enterprise objects, and what follows by when.
func (m *maker) objecting(p *page, d *facts, r rules.Redress) {
	d.add("有异议怎么办", text("书面告诉"+m.site.Office+"哪一份结果不对，附上材料。"), text(m.contact()))
	if r.ReviewDays > 0 {
		values := []value{text("收到材料后" + num(r.ReviewDays) + "个工作日内复核，复核后" + num(r.FeedbackDays) + "个工作日内告诉企业。")}
		if c := m.clause(p, r.Clause); c != nil {
			values = append(values, value{Text: c.Text, Href: c.Href})
		}
		d.add("多久有答复", values...)
	} else {
		d.add("多久有答复", text("本单位执行的制度没有写明复核的期限。"))
	}
	d.add("谁看得到", text("异议的内容和谁提出的不公开，只公开日期和结论；结果确有错误的登记更正，新旧并列。"), text("对责令改正等决定不服的，文书上写有复议和诉讼的途径。"))
}

// contact is how to reach the office, as the charter gives it.
func (m *maker) contact() string {
	if c := m.site.Site.Contact; c != "" {
		return "联系方式：" + c
	}
	return "联系方式见页面下方的主办单位"
}

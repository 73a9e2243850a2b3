package intake

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// Basis is one provision of law that an item rests on. Kind is one of the six
// words below or 未知; Number is the decree's number where the sheet gives it.
type Basis struct {
	Kind    string // 法律, 行政法规, 地方性法规, 部门规章, 地方政府规章, 规范性文件, 未知
	Title   string // 中华人民共和国安全生产法, without 《》
	Article string // 第六十二条第二款; several joined by 、
	Number  string // 国务院令第493号
}

// basisKinds, the highest first; 未知 is not among them.
var basisKinds = []string{"法律", "行政法规", "地方性法规", "部门规章", "地方政府规章", "规范性文件"}

const basisUnknown = "未知"

var (
	titleRE   = regexp.MustCompile(`[《〈]([^《》〈〉]{2,120})[》〉]`)
	tagRE     = regexp.MustCompile(`[【\[]\s*(法律|行政法规|地方性法规|法规|部门规章|地方政府规章|政府规章|规章|规范性文件|地方规章)\s*[】\]]`)
	articleRE = regexp.MustCompile(`第[〇零一二三四五六七八九十百千\d]{1,9}[条章节款项目](?:之[一二三四五六七八九十])?`)
	decreeRE  = regexp.MustCompile(`[(（]([^()（）]{0,40}(?:令|公告)[^()（）]{0,20})[)）]`)
	docNoRE   = regexp.MustCompile(`[(（]?([\p{Han}]{1,12}[〔\[（(]\d{4}[〕\]）)]\d{1,5}号)[)）]?`)
	placeRE   = regexp.MustCompile(`^(?:北京|天津|河北|山西|内蒙古|辽宁|吉林|黑龙江|上海|江苏|浙江|安徽|福建|江西|山东|河南|湖北|湖南|广东|广西|海南|重庆|四川|贵州|云南|西藏|陕西|甘肃|青海|宁夏|新疆|[\p{Han}]{2,6}(?:省|自治区|自治州|市|自治县))`)
	lawRE     = regexp.MustCompile(`法(?:\(\d{4}年?修[正订]\))?$`)
	orderRE   = regexp.MustCompile(`(?:部|总局|委员会|委|署|局)令`)
	localRE   = regexp.MustCompile(`(?:省|市|自治区|州)(?:人民)?政府令|^(?:省|市)政府令`)
)

// ministryRules are rules of the ministry in charge whose titles alone do not
// tell that they are 部门规章.
var ministryRules = map[string]bool{
	"生产安全事故应急预案管理办法": true, "安全生产事故隐患排查治理暂行规定": true, "安全生产培训管理办法": true, "生产经营单位安全培训规定": true,
	"特种作业人员安全技术培训考核管理规定": true, "危险化学品重大危险源监督管理暂行规定": true, "危险化学品经营许可证管理办法": true,
	"危险化学品建设项目安全监督管理办法": true, "危险化学品安全使用许可证实施办法": true, "危险化学品生产企业安全生产许可证实施办法": true,
	"建设项目安全设施“三同时”监督管理办法": true, "工贸企业粉尘防爆安全规定": true, "工贸企业有限空间作业安全规定": true, "工贸企业重大事故隐患判定标准": true,
	"冶金企业和有色金属企业安全生产规定": true, "食品生产企业安全生产监督管理暂行规定": true, "烟花爆竹经营许可实施办法": true, "烟花爆竹生产经营安全规定": true,
	"生产安全事故信息报告和处置办法": true, "安全生产违法行为行政处罚办法": true, "非煤矿矿山企业安全生产许可证实施办法": true,
	"小型露天采石场安全管理与监督检查规定": true, "尾矿库安全监督管理规定": true, "安全评价检测检验机构管理办法": true, "煤矿重大事故隐患判定标准": true,
	"生产安全事故罚款处罚规定": true, "安全生产严重失信主体名单管理办法": true, "安全生产监督罚款管理暂行办法": true, "危险化学品输送管道安全管理规定": true,
}

// parseBasis reads the text of a cell into provisions:
//
//	《安全生产法》第六十二条第二款;《…办法》(国家安全监管总局令第88号)
//	【法律】《中华人民共和国矿山安全法》第三十四条
//	1.《监控化学品管理条例》第五条;实施细则第三条、第四十四条
//
// kinds are the words of the column 依据类别, in the same order, "" = by rule.
func parseBasis(text string, kinds []string) []Basis {
	var out []Basis
	rest := text
	for {
		m := titleRE.FindStringSubmatchIndex(rest)
		if m == nil {
			break
		}
		head, title := rest[:m[0]], strings.TrimSpace(rest[m[2]:m[3]])
		out = short(out, head)
		rest = rest[m[1]:]
		end := len(rest)
		if next := titleRE.FindStringIndex(rest); next != nil {
			end = next[0]
		}
		// what follows the title up to the next ; belongs to it, and so does a
		// tag in front of it
		own := rest[:end]
		if i := strings.IndexAny(own, ";；\n"); i >= 0 {
			own = own[:i]
		}
		b := Basis{Title: title, Article: articles(own), Number: decree(own)}
		if t := tagRE.FindAllStringSubmatch(head, -1); t != nil {
			b.Kind = t[len(t)-1][1]
		}
		b.Kind = kindOf(b, own)
		out = append(out, b)
		rest = rest[len(own):]
	}
	out = short(out, rest)
	for i := range out {
		if i < len(kinds) && kinds[i] != "" {
			out[i].Kind = kinds[i]
		}
	}
	return out
}

// short reads pieces that name their document without 《》, such as
// "实施细则第三条": the bare words are kept as the title.
func short(out []Basis, text string) []Basis {
	for _, piece := range strings.FieldsFunc(tagRE.ReplaceAllString(text, ""), func(r rune) bool { return strings.ContainsRune(";；\n。", r) }) {
		art := articles(piece)
		at := articleRE.FindStringIndex(piece)
		if art == "" || at == nil {
			if m := docNoRE.FindStringSubmatch(piece); m != nil && utf8.RuneCountInString(piece) <= 120 {
				title := strings.Trim(piece, " 、，,.")
				out = append(out, Basis{Kind: "规范性文件", Title: title, Number: m[1]})
			}
			continue
		}
		title := strings.TrimLeft(strings.Trim(piece[:at[0]], " 、，,.：:和及与"), "0123456789.、（）() ")
		if title == "" || utf8.RuneCountInString(title) > 60 {
			continue
		}
		b := Basis{Title: title, Article: art, Number: decree(piece)}
		b.Kind = kindOf(b, piece)
		out = append(out, b)
	}
	return out
}

// articles joins the articles, each with its paragraphs: 第六十二条第二款、第七十条.
func articles(s string) string {
	var out []string
	last := -1
	for _, m := range articleRE.FindAllStringIndex(s, 64) {
		a := s[m[0]:m[1]]
		if m[0] == last && len(out) > 0 { // 第二款 right behind its 条
			out[len(out)-1] += a
		} else if !contains(out, a) {
			out = append(out, a)
		}
		last = m[1]
	}
	return joinWords(out)
}

func decree(s string) string {
	if m := decreeRE.FindStringSubmatch(s); m != nil {
		return strings.TrimSpace(m[1])
	}
	if m := docNoRE.FindStringSubmatch(s); m != nil {
		return m[1]
	}
	return ""
}

// kindOf ranks a document by the words of its title and its issuer. It says 未知
// where the words do not tell; the column 依据类别 overrides it.
func kindOf(b Basis, around string) string {
	switch b.Kind {
	case "":
	case "法规":
		b.Kind = "行政法规"
		if placeRE.MatchString(b.Title) {
			b.Kind = "地方性法规"
		}
		return b.Kind
	case "规章":
		b.Kind = "部门规章"
		if placeRE.MatchString(b.Title) {
			b.Kind = "地方政府规章"
		}
		return b.Kind
	case "政府规章", "地方规章":
		return "地方政府规章"
	default:
		return b.Kind
	}
	t := strings.ReplaceAll(narrow(b.Title), "中华人民共和国", "")
	local := placeRE.MatchString(t)
	switch {
	case strings.Contains(around, "国务院令"):
		return "行政法规"
	case localRE.MatchString(around):
		return "地方政府规章"
	case orderRE.MatchString(around):
		return "部门规章"
	case docNoRE.MatchString(around), strings.HasSuffix(t, "通知"), strings.HasSuffix(t, "意见"), strings.HasSuffix(t, "方案"), strings.HasSuffix(t, "指引"), strings.HasSuffix(t, "指南"), strings.HasSuffix(t, "通告"):
		return "规范性文件"
	case ministryRules[b.Title]:
		return "部门规章"
	case lawRE.MatchString(t) && !strings.HasSuffix(t, "办法") && !local:
		return "法律"
	case strings.HasSuffix(t, "条例") && local:
		return "地方性法规"
	case strings.HasSuffix(t, "条例"):
		return "行政法规"
	}
	return basisUnknown
}

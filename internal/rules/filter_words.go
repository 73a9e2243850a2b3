package rules

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/sunlot/sunlot/internal/fault"
)

// The words in which officers write a filter. They are read by their place in
// the sentence and without spaces between them, 行业属于机械、化工且镇街为唐坊镇, and
// only where the committed form's grammar does not read the text: what that
// grammar reads never means another thing here.
var (
	saidFields = longest(map[string]string{
		"行业": "行业", "所属行业": "行业", "行业类别": "行业", "行业领域": "行业", "镇街": "镇街", "所属镇街": "镇街", "区域": "镇街", "乡镇": "镇街", "行政区域": "镇街",
		"类型": "类型", "单位类型": "类型", "企业类型": "类型", "市场主体类型": "类型", "监管类型": "监管类型", "监管类别": "监管类型", "标签": "标签", "重点标签": "标签",
		"风险": "风险", "风险等级": "风险", "安全风险等级": "风险", "注册日期": "注册日期", "成立日期": "注册日期", "登记日期": "注册日期", "成立时间": "注册日期", "注册时间": "注册日期",
	})
	saidRels = longest(map[string]string{
		"=": "=", "＝": "=", "==": "=", "是": "=", "为": "=", "等于": "=", "属于": "=", "包含": "=", "包括": "=", "含": "=", "in": "=",
		"!=": "!=", "！=": "!=", "≠": "!=", "不是": "!=", "不为": "!=", "不等于": "!=", "不属于": "!=", "不包含": "!=", "不包括": "!=", "不含": "!=",
		"<": "<", "＜": "<", "早于": "<", ">=": ">=", "≥": ">=", "不早于": ">=", ">": ">", "＞": ">", "晚于": ">", "<=": "<=", "≤": "<=", "不晚于": "<=",
	})
	saidJoints = longest(map[string]string{"且": "and", "并且": "and", "而且": "and", "，且": "and", ",且": "and", "and": "and", "或": "or", "或者": "or", "，或": "or", ",或": "or", "or": "or"})
	saidDay    = regexp.MustCompile(`^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$`)
)

// said is a written word and the committed one.
type said struct{ word, is string }

// longest lists the words, longer ones first, so that 不早于 is not read as 早于.
func longest(m map[string]string) []said {
	list := make([]said, 0, len(m))
	for word, is := range m {
		list = append(list, said{word, is})
	}
	slices.SortFunc(list, func(a, b said) int {
		if len(a.word) != len(b.word) {
			return len(b.word) - len(a.word)
		}
		return strings.Compare(a.word, b.word)
	})
	return list
}

// begins finds the word with which a text begins.
func begins(list []said, text string) (said, bool) {
	i := slices.IndexFunc(list, func(s said) bool { return strings.HasPrefix(text, s.word) })
	if i < 0 {
		return said{}, false
	}
	return list[i], true
}

// saidTokens turns the words of officers into the tokens of the grammar.
func saidTokens(text string) ([]string, error) {
	var toks []string
	rest := strings.TrimSpace(text)
	next := func(n int) { rest = strings.TrimLeftFunc(rest[n:], unicode.IsSpace) }
	wantField := true
	for rest != "" {
		r, size := utf8.DecodeRuneInString(rest)
		joint, isJoint := begins(saidJoints, rest)
		field, isField := begins(saidFields, rest)
		switch {
		case r == '(' || r == '（':
			toks = append(toks, "(")
			next(size)
		case r == ')' || r == '）':
			toks = append(toks, ")")
			next(size)
		case !wantField && isJoint:
			toks, wantField = append(toks, joint.is), true
			next(len(joint.word))
		case wantField && (r == '非' || strings.HasPrefix(rest, "not ")):
			toks = append(toks, "not")
			next(map[bool]int{true: len("not"), false: size}[r == 'n'])
		case wantField && isField:
			next(len(field.word))
			more, left, err := saidCompare(field.is, rest)
			if err != nil {
				return nil, err
			}
			toks, rest, wantField = append(toks, more...), strings.TrimLeftFunc(left, unicode.IsSpace), false
		case wantField:
			return nil, badFilter(head(rest), "项目名称："+strings.Join(filterFields, "、"))
		default:
			return nil, badFilter(head(rest), "“且”“或”，或者到此为止")
		}
	}
	return toks, nil
}

// saidCompare reads relation and values behind a field.
func saidCompare(field, rest string) (toks []string, left string, err error) {
	rel, ok := begins(saidRels, rest)
	date := field == "注册日期"
	if !ok || !date && strings.ContainsAny(rel.is, "<>") {
		want := "“为”“不是”“属于”“不属于”"
		if date {
			want = "“早于”“不早于”“晚于”“不晚于”"
		}
		return nil, "", badFilter(head(rest), field+"后面写"+want)
	}
	rest = strings.TrimLeftFunc(rest[len(rel.word):], unicode.IsSpace)
	list, bracket, left := saidValues(rest)
	for i, v := range list {
		if v = strings.Trim(strings.TrimSpace(v), "“”\"‘’'"); v == "" || strings.ContainsAny(v, "=<>!()（）＝") || strings.ContainsFunc(v, unicode.IsSpace) || strings.HasSuffix(v, "且") || strings.HasSuffix(v, "或") {
			return nil, "", badFilter(or(v, head(rest)), field+"的名称，几个的用顿号分开")
		}
		if date {
			if v, err = saidDate(v, rel.is); err != nil {
				return nil, "", err
			}
		}
		list[i] = v
	}
	many := bracket || len(list) > 1
	switch {
	case many && strings.ContainsAny(rel.is, "<>"):
		return nil, "", badFilter(head(rest), "一个日期")
	case many && rel.is == "!=":
		toks = []string{"not", field, "in"}
	case many:
		toks = []string{field, "in"}
	default:
		return []string{field, map[string]string{">": ">=", "<=": "<"}[rel.is] + map[string]string{"=": "=", "!=": "!=", "<": "<", ">=": ">="}[rel.is], list[0]}, left, nil
	}
	toks = append(toks, "(")
	for i, v := range list {
		if i > 0 {
			toks = append(toks, ",")
		}
		toks = append(toks, v)
	}
	return append(toks, ")"), left, nil
}

// saidValues cuts the values from what follows them: a list in brackets, or
// everything up to a bracket or to a 且 or 或 with a field behind it.
func saidValues(text string) (list []string, bracket bool, left string) {
	end := len(text)
	if strings.HasPrefix(text, "(") || strings.HasPrefix(text, "（") {
		_, size := utf8.DecodeRuneInString(text)
		if i := strings.IndexAny(text, ")）"); i > 0 {
			_, shut := utf8.DecodeRuneInString(text[i:])
			return splitSaid(text[size:i]), true, text[i+shut:]
		}
	}
	for i, r := range text {
		if r == ')' || r == '）' {
			end = i
			break
		}
		if joint, ok := begins(saidJoints, text[i:]); ok {
			behind := strings.TrimLeft(text[i+len(joint.word):], " \t（(非")
			behind = strings.TrimPrefix(behind, "not ")
			if _, field := begins(saidFields, behind); field {
				end = i
				break
			}
		}
	}
	return splitSaid(strings.TrimSpace(text[:end])), false, text[end:]
}

func splitSaid(text string) []string {
	return strings.Split(strings.NewReplacer("、", ",", "，", ",").Replace(text), ",")
}

// saidDate reads 2020年1月1日; after a day and not after it are written with the
// day behind it, for the committed form knows only < and >=.
func saidDate(v, rel string) (string, error) {
	m := saidDay.FindStringSubmatch(v)
	if m == nil {
		return "", badFilter(v, "日期，如 2020-01-01")
	}
	var n [3]int
	for i := range n {
		n[i], _ = strconv.Atoi(m[i+1])
	}
	t := time.Date(n[0], time.Month(n[1]), n[2], 0, 0, 0, 0, time.UTC)
	if t.Day() != n[2] || int(t.Month()) != n[1] {
		return "", badFilter(v, "有这一天的日期，如 2020-01-01")
	}
	if rel == ">" || rel == "<=" {
		t = t.AddDate(0, 0, 1)
	}
	return t.Format(time.DateOnly), nil
}

// badFilter is a refusal: got is the piece of the text, want says in plain
// words what should stand there.
func badFilter(got, want string) error { return fault.New("rules.bad-filter", "", got, want) }

// head is the beginning of a text, to show where reading stopped.
func head(text string) string {
	r := []rune(text)
	switch {
	case len(r) == 0:
		return "写到末尾"
	case len(r) > 12:
		return string(r[:12]) + "…"
	}
	return text
}

// Words says the filter as people do: 行业属于（机械、化工）且镇街为唐坊镇. ParseFilter
// reads it again.
func (f *Filter) Words(p *Pack) string { return f.words(p, false) }

// FilterWords is a committed filter as people say it; one that the pack cannot
// read keeps its text.
func (p *Pack) FilterWords(filter string) string {
	f, err := ParseFilter(p, filter)
	if filter == "" || err != nil {
		return filter
	}
	return f.Words(p)
}

func (f *Filter) words(p *Pack, inner bool) string {
	switch f.op {
	case "not":
		if k := f.kids[0]; k.op == "cmp" && k.rel == "in" {
			return k.field + "不属于" + k.list(p)
		}
		return "非（" + f.kids[0].words(p, false) + "）"
	case "and", "or":
		parts := make([]string, len(f.kids))
		for i, k := range f.kids {
			parts[i] = k.words(p, true)
		}
		s := strings.Join(parts, map[string]string{"and": "且", "or": "或"}[f.op])
		if inner {
			return "（" + s + "）"
		}
		return s
	}
	rel := map[string]string{"=": "为", "!=": "不是", "in": "属于", "<": "早于", ">=": "不早于"}[f.rel]
	if f.field == "标签" {
		rel = map[string]string{"=": "包含", "!=": "不包含", "in": "属于"}[f.rel]
	}
	if f.rel == "in" {
		return f.field + rel + f.list(p)
	}
	return f.field + rel + strings.Join(f.names(p), "")
}

func (f *Filter) list(p *Pack) string { return "（" + strings.Join(f.names(p), "、") + "）" }

// FilterHelp says how a filter is written: its fields with the pack's names,
// the words, examples.
func FilterHelp(p *Pack) []string {
	names := func(list []Named) string {
		var out []string
		for _, n := range list {
			out = append(out, n.Name)
		}
		return strings.Join(out, "、")
	}
	lines := []string{
		"定向条件说明从哪些单位里抽。写法：项目＋关系＋名称，几个条件用“且”“或”连接，可加括号；“非（…）”表示除此以外。",
		"项目：" + strings.Join(filterFields, "、") + "。",
		"关系：为、不是、属于、不属于；标签也可写包含、不包含；注册日期（成立日期、登记日期）写早于、不早于、晚于、不晚于。",
		"行业：" + names(p.Sectors) + "。",
		"镇街：" + names(p.Towns) + "。",
	}
	if len(p.Tags) > 0 {
		lines = append(lines, "标签："+names(p.Tags)+"。")
	}
	town := p.Towns[0].Name
	example := "镇街为" + town
	if len(p.Sectors) > 1 {
		example = "行业属于（" + p.Sectors[0].Name + "、" + p.Sectors[1].Name + "）且" + example
	}
	return append(lines, "类型、监管类型、风险：照名录库里的写法；风险等级带不带“风险”两个字都可以，如“风险为高”就是“风险为高风险”。", "例："+example, "例：注册日期不早于2020-01-01且镇街不是"+town)
}

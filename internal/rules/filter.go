package rules

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Filter (定向条件) says which objects a directed draw is made from (Y-6.3,
// G-7.2a). Its text is committed in the notice before the randomness exists:
//
//	行业 in (危险化学品,烟花爆竹) and not 镇街 = 田镇街道
//
// Fields are 行业, 镇街, 类型, 监管类型, 标签, 风险, 注册日期; operators =, !=,
// in ( … ), and for 注册日期 also < and >=; and, or, not and round brackets.
// The words 且, 或, 非, 属于 are read as well and written as the English ones, and
// so is what officers write in words alone (filter_words.go).
// Values are the names of the pack. 标签 = x means that the object has the tag.
type Filter struct {
	op    string // and, or, not, cmp
	kids  []*Filter
	field string
	rel   string
	vals  []string
}

const (
	maxFilter = 2000 // bytes
	maxHeight = 20
)

var filterFields = []string{"行业", "镇街", "类型", "监管类型", "标签", "风险", "注册日期"}

var filterWords = map[string]string{
	"且": "and", "并且": "and", "或": "or", "或者": "or", "非": "not", "属于": "in", "＝": "=", "等于": "=", "不等于": "!=",
	"区域": "镇街", "乡镇": "镇街", "行政区域": "镇街", "所属行业": "行业", "行业类别": "行业", "单位类型": "类型", "市场主体类型": "类型",
	"风险等级": "风险", "成立日期": "注册日期",
}

// ParseFilter reads a filter and resolves the names of sectors, towns and tags
// with the pack, so that 有色金属 and 有色 are one thing. A name that the pack
// does not know is refused: a filter that silently matches nobody is a trap.
func ParseFilter(p *Pack, text string) (*Filter, error) {
	if len(text) > maxFilter {
		return nil, badFilter("条件太长", "六百字以内")
	}
	if !utf8.ValidString(text) {
		return nil, badFilter("乱码", "UTF-8 文字") // no record could hold it
	}
	f, err := parseFilter(p, filterTokens(text))
	if err == nil {
		return f, nil
	}
	toks, err := saidTokens(text)
	if err != nil {
		return nil, err
	}
	return parseFilter(p, toks)
}

// parseFilter reads the tokens of the committed form's grammar.
func parseFilter(p *Pack, toks []string) (*Filter, error) {
	ps := &filterParser{pack: p, toks: toks}
	f, err := ps.or(0)
	if err != nil {
		return nil, err
	}
	if ps.at < len(ps.toks) {
		return nil, ps.fail("“且”“或”，或者到此为止")
	}
	if f.height() > maxHeight {
		return nil, ps.fail("最多20层括号")
	}
	return f, nil
}

// height is how many levels of brackets and not the committed form needs at
// most, so that what is read can be written and read again.
func (f *Filter) height() int {
	h := 0
	for _, k := range f.kids {
		h = max(h, 1+k.height())
	}
	return h
}

func filterTokens(text string) []string {
	var toks []string
	var word strings.Builder
	flush := func() {
		if word.Len() == 0 {
			return
		}
		w := word.String()
		if v, ok := filterWords[w]; ok {
			w = v
		}
		toks = append(toks, w)
		word.Reset()
	}
	rs := []rune(text)
	for i := 0; i < len(rs); i++ {
		r := rs[i]
		switch {
		case unicode.IsSpace(r):
			flush()
		case strings.ContainsRune("(),（），、<", r):
			flush()
			toks = append(toks, map[rune]string{'（': "(", '）': ")", '，': ",", '、': ","}[r])
			if toks[len(toks)-1] == "" {
				toks[len(toks)-1] = string(r)
			}
		case r == '=' || r == '＝':
			flush()
			toks = append(toks, "=")
		case (r == '!' || r == '>') && i+1 < len(rs) && rs[i+1] == '=':
			flush()
			toks = append(toks, string(r)+"=")
			i++
		default:
			word.WriteRune(r)
		}
	}
	flush()
	return toks
}

type filterParser struct {
	pack *Pack
	toks []string
	at   int
}

func (ps *filterParser) peek() string {
	if ps.at < len(ps.toks) {
		return ps.toks[ps.at]
	}
	return ""
}

func (ps *filterParser) fail(want string) error {
	got := ps.peek()
	if word, ok := map[string]string{"and": "且", "or": "或", "not": "非", "in": "属于", "": "写到末尾"}[got]; ok {
		got = word
	}
	return badFilter(got, want)
}

func (ps *filterParser) or(depth int) (*Filter, error)  { return ps.chain("or", depth, ps.and) }
func (ps *filterParser) and(depth int) (*Filter, error) { return ps.chain("and", depth, ps.not) }

func (ps *filterParser) chain(op string, depth int, next func(int) (*Filter, error)) (*Filter, error) {
	first, err := next(depth)
	if err != nil {
		return nil, err
	}
	kids := []*Filter{first}
	for ps.peek() == op {
		ps.at++
		k, err := next(depth)
		if err != nil {
			return nil, err
		}
		kids = append(kids, k)
	}
	if len(kids) == 1 {
		return first, nil
	}
	return &Filter{op: op, kids: kids}, nil
}

func (ps *filterParser) not(depth int) (*Filter, error) {
	if depth > maxHeight {
		return nil, ps.fail("最多20层括号")
	}
	switch ps.peek() {
	case "not":
		ps.at++
		k, err := ps.not(depth + 1)
		if err != nil {
			return nil, err
		}
		return &Filter{op: "not", kids: []*Filter{k}}, nil
	case "(":
		ps.at++
		k, err := ps.or(depth + 1)
		if err != nil {
			return nil, err
		}
		if ps.peek() != ")" {
			return nil, ps.fail("右括号）")
		}
		ps.at++
		return k, nil
	}
	return ps.compare()
}

func (ps *filterParser) compare() (*Filter, error) {
	f := &Filter{op: "cmp", field: ps.peek()}
	if !slices.Contains(filterFields, f.field) {
		return nil, ps.fail("项目名称：" + strings.Join(filterFields, "、"))
	}
	ps.at++
	f.rel = ps.peek()
	date := f.field == "注册日期"
	if !slices.Contains([]string{"=", "!=", "in"}, f.rel) && !(date && slices.Contains([]string{"<", ">="}, f.rel)) {
		return nil, ps.fail("“为”“不是”“属于”“不属于”")
	}
	ps.at++
	if f.rel != "in" {
		v, err := ps.value(f.field)
		f.vals = []string{v}
		return f, err
	}
	if ps.peek() != "(" {
		return nil, ps.fail("左括号（")
	}
	for ps.peek() == "(" || ps.peek() == "," {
		ps.at++
		v, err := ps.value(f.field)
		if err != nil {
			return nil, err
		}
		f.vals = append(f.vals, v)
	}
	if ps.peek() != ")" {
		return nil, ps.fail("右括号）")
	}
	ps.at++
	return f, nil
}

// value reads one value; names of lists become codes.
func (ps *filterParser) value(field string) (string, error) {
	v := ps.peek()
	if v == "" || strings.ContainsAny(v, "(),=<") {
		return "", ps.fail(field + "的名称")
	}
	if _, ok := parseDay(v); field == "注册日期" && !ok {
		return "", ps.fail("日期，如 2020-01-01")
	}
	if list := ps.pack.list(field); list != nil {
		n, ok := Find(list, v)
		if !ok {
			return "", ps.fail(field + "只有：" + shortList(list))
		}
		v = n.Code
	}
	ps.at++
	return v, nil
}

// list is the pack's list behind a field of the filter, nil for free values.
func (p *Pack) list(field string) []Named {
	switch field {
	case "行业":
		return p.Sectors
	case "镇街":
		return p.Towns
	case "标签":
		return p.Tags
	}
	return nil
}

// Format writes the filter in its one committed form.
func (f *Filter) Format(p *Pack) string { return f.format(p, false) }

func (f *Filter) format(p *Pack, inner bool) string {
	switch f.op {
	case "not":
		return "not " + f.kids[0].format(p, true)
	case "and", "or":
		parts := make([]string, len(f.kids))
		for i, k := range f.kids {
			parts[i] = k.format(p, true)
		}
		s := strings.Join(parts, " "+f.op+" ")
		if inner {
			return "(" + s + ")"
		}
		return s
	}
	names := f.names(p)
	if f.rel == "in" {
		return f.field + " in (" + strings.Join(names, ",") + ")"
	}
	return f.field + " " + f.rel + " " + names[0]
}

// names are the values as the pack names them.
func (f *Filter) names(p *Pack) []string {
	names := make([]string, len(f.vals))
	for i, v := range f.vals {
		names[i] = v
		if n, ok := Find(p.list(f.field), v); ok {
			names[i] = n.Name
		}
	}
	return names
}

// shortList names the entries of a list, not more than thirty.
func shortList(list []Named) string {
	var names []string
	for i, n := range list {
		if i == 30 {
			return strings.Join(names, "、") + "等"
		}
		names = append(names, n.Name)
	}
	return strings.Join(names, "、")
}

// Match reports whether the firm satisfies the filter.
func (f *Filter) Match(firm *Firm) bool {
	switch f.op {
	case "not":
		return !f.kids[0].Match(firm)
	case "and":
		return !slices.ContainsFunc(f.kids, func(k *Filter) bool { return !k.Match(firm) })
	case "or":
		return slices.ContainsFunc(f.kids, func(k *Filter) bool { return k.Match(firm) })
	}
	var v string
	switch f.field {
	case "标签":
		has := slices.ContainsFunc(f.vals, func(t string) bool { return slices.Contains(firm.Tags, t) })
		return has == (f.rel != "!=")
	case "行业":
		v = firm.Sector
	case "镇街":
		v = firm.Town
	case "类型":
		v = firm.Type
	case "监管类型":
		v = firm.Supervision
	case "风险":
		v = firm.Risk
	case "注册日期":
		v = firm.Registered
	}
	vals := f.vals
	if f.field == "风险" {
		v, vals = riskGrade(v), slices.Clone(vals)
		for i := range vals {
			vals[i] = riskGrade(vals[i])
		}
	}
	switch f.rel {
	case "<":
		return v != "" && v < f.vals[0]
	case ">=":
		return v >= f.vals[0]
	}
	return slices.Contains(vals, v) == (f.rel != "!=")
}

// riskGrade is a grade as both registers and plans write it: 高 and 高风险 are
// one word, and no two grades are taken for each other.
func riskGrade(s string) string {
	s = strings.TrimSpace(s)
	return or(strings.TrimSuffix(s, "风险"), s)
}

// Fields lists the fields that a filter asks about, each once.
func (f *Filter) Fields() []string {
	var list []string
	if f.op == "cmp" {
		list = []string{f.field}
	}
	for _, k := range f.kids {
		for _, name := range k.Fields() {
			if !slices.Contains(list, name) {
				list = append(list, name)
			}
		}
	}
	return list
}

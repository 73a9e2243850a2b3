package intake

import (
	"math/big"
	"regexp"
	"strings"
)

// Item is one line of the 随机抽查事项清单 (Gaoqing 5.1.1, Yanshi 8).
type Item struct {
	No         string // token; the sheet's number, else its serial, else the line's position
	Name       string
	Object     string
	Category   string // 重点检查事项, 一般检查事项, or as written
	Class      string // a further classification where the sheet has two
	Content    string
	Body       string // 检查部门
	Level      string // 实施层级
	Methods    []string
	Basis      []Basis
	Group      string // 公示信息, 生产经营行为
	Upstream   string
	Standard   string
	Speciality []string
	Ratio      string // as far as a checklist names one
	Frequency  string // times a year
	Period     string // as written: a checklist's time binds nobody
	Unit       string
	Change     string
	Note       string
	Key        string // NameKey of the name: the same item in two versions
	Line       Place
}

// token is what the ledger takes as a number.
var tokenRE = regexp.MustCompile(`^[0-9A-Za-z._~-]{1,64}$`)

// Items reads a 清单.
func (t *Table) Items() ([]Item, *Report) {
	n := 0
	items, rep := readTable(t, KindItems, func(r *rowReader) Item { n++; return parseItem(r, n) })
	return distinct(items, rep, t, "no", func(i *Item) (string, string, *Place) { return i.No, i.Name, &i.Line }), rep
}

func parseItem(r *rowReader, n int) Item {
	it := Item{
		No: r.number("no", n), Name: r.text("name"), Object: r.text("object"), Category: r.text("category"), Class: r.text("class"),
		Content: r.text("content"), Body: r.text("body"), Level: r.text("level"), Methods: r.list("methods"), Group: r.text("group"),
		Upstream: r.text("upstream"), Standard: r.text("standard"), Speciality: r.list("speciality"), Period: r.text("time"),
		Unit: r.text("unit"), Change: r.text("change"), Note: r.text("note"), Line: r.line(),
	}
	it.Key = NameKey(it.Name)
	// a sheet may call the class 事项类别 and the category 抽查类别: the words decide
	if c, ok := category(it.Category); ok {
		if c != it.Category {
			r.repair("category", "intake.fixed-word", it.Category, c)
		}
		it.Category = c
	} else if c, ok := category(it.Class); ok {
		r.repair("class", "intake.fixed-swapped", it.Class, c)
		it.Category, it.Class = c, it.Category
	} else if it.Category != "" {
		r.problem("category", "intake.unknown-word", it.Category, "重点检查事项、一般检查事项")
	}
	if it.Level == "" {
		it.Level = levelIn(it.Body)
	}
	if s := r.text("ratio"); s != "" {
		it.Ratio, it.Frequency, _ = r.ratioAndTimes("ratio", s)
	}
	it.Basis = r.basis()
	return it
}

func category(s string) (string, bool) {
	k := headKey(s)
	switch {
	case strings.HasPrefix(k, "重点") && len([]rune(k)) <= 8:
		return "重点检查事项", true
	case strings.HasPrefix(k, "一般") && len([]rune(k)) <= 8:
		return "一般检查事项", true
	}
	return "", false
}

// levelIn finds the level in the name of a body, 县应急管理局；县级.
func levelIn(body string) string {
	for _, l := range []string{"省级", "市级", "县级", "区级", "乡级", "镇级"} {
		if strings.Contains(body, l) {
			return l
		}
	}
	return ""
}

// number is the ledger's number of a line: no, else the serial, else n.
func (r *rowReader) number(field string, n int) string {
	for _, f := range []string{field, "serial"} {
		s := narrow(r.text(f))
		switch {
		case s == "" || f == "serial" && (!tokenRE.MatchString(s) || len(r.t.parts) > 1): // each sheet counts from 1
			continue
		case !tokenRE.MatchString(s):
			r.problem(f, "intake.bad-number", s, "GQ-01")
			return ""
		}
		return s
	}
	return itoa(n)
}

// basis parses the legal basis and asks for what is missing in it.
func (r *rowReader) basis() []Basis {
	text := r.cell("basis").Text
	if text == "" {
		return nil // an empty required cell has been reported
	}
	var kinds []string
	for _, k := range strings.FieldsFunc(r.cell("basis_kind").Text, func(x rune) bool { return strings.ContainsRune("；;、\n", x) }) {
		k = strings.TrimSpace(k)
		if !contains(basisKinds, k) {
			r.problem("basis_kind", "intake.unknown-word", k, joinWords(basisKinds))
			return nil
		}
		kinds = append(kinds, k)
	}
	list := parseBasis(text, kinds)
	if len(list) == 0 {
		r.problem("basis", "intake.no-basis", text, "《中华人民共和国安全生产法》第六十五条")
		return nil
	}
	ranked, unknown := false, ""
	for _, b := range list {
		switch b.Kind {
		case basisUnknown:
			unknown = b.Title
		case "规范性文件":
		default:
			ranked = true
		}
		if b.Article == "" && b.Kind != "规范性文件" {
			r.confirm("basis", "intake.basis-no-article", b.Title, "第几条")
		}
	}
	switch {
	case !ranked && unknown != "":
		r.problem("basis", "intake.basis-unknown", unknown, joinWords(basisKinds[:5]))
	case !ranked:
		r.problem("basis", "intake.basis-rank", list[0].Title, joinWords(basisKinds[:5]))
	case unknown != "":
		r.confirm("basis", "intake.basis-unknown", unknown, joinWords(basisKinds[:5]))
	}
	return list
}

// PlanLine is one line of the 年度抽查工作计划 (Gaoqing 6.1). One of Ratio, Count
// and Census says how many; Expected is the number written beside a ratio.
type PlanLine struct {
	No        string
	Name      string
	Mode      string // 不定向, 定向 or ""
	Items     []string
	Basis     []Basis // where a plan names it
	Scope     string
	Filter    string // as written
	Ratio     string // "0.05"
	Count     int
	Census    bool
	Expected  int    // 预估数量 beside a ratio or census
	Frequency string // times a year, "1"
	Cap       string // most times a year, "2"
	From, To  string // 2006-01-02
	Unit      string
	Section   string // 股室
	Partners  string // joined by 、
	Sections  string // of the same office, joined by 、
	Joint     bool
	Role      string // 牵头, 参与 or ""
	Lead      string // of a joint check that another department leads
	Form      string // 综合联查 …
	Method    string // 检查方式, joined by 、
	Classes   string // 信用风险分类要求
	Groups    []Group
	Batches   int    // 分几批抽取
	Minimum   int    // 每个分区至少
	Source    string // 年度计划, 临时任务
	Ground    string // for which ratio and cap do not bind (Gaoqing 6.2)
	Note      string
	Line      Place
}

// Group is a part of a draw with its own quota (draw1 §5).
type Group struct {
	Name, Filter, Ratio string
	Count               int
	Census              bool
}

// PlanLines reads a 计划. Options.Year serves where a time names no year.
func (t *Table) PlanLines() ([]PlanLine, *Report) {
	n := 0
	lines, rep := readTable(t, KindPlan, func(r *rowReader) PlanLine { n++; return parsePlan(r, n) })
	return distinct(lines, rep, t, "no", func(l *PlanLine) (string, string, *Place) { return l.No, l.Name, &l.Line }), rep
}

var modeWords = map[string]string{"不定向抽查": "不定向", "定向抽查": "定向", "不定向抽取": "不定向", "定向抽取": "定向", "1": "定向", "2": "不定向", "随机不定向": "不定向"}

func parsePlan(r *rowReader, n int) PlanLine {
	l := PlanLine{
		No: r.number("no", n), Name: r.text("name"), Mode: r.choice("mode", modeWords), Items: r.itemNumbers("items"),
		Scope: r.text("scope"), Filter: r.text("filter"), From: r.day("from"), To: r.day("to"), Unit: r.text("unit"),
		Section: r.text("section"), Partners: joinWords(r.list("partners")), Sections: joinWords(r.list("sections")), Lead: r.text("lead"), Joint: r.yes("joint"), Role: r.choice("role", map[string]string{"发起": "牵头", "配合": "参与"}),
		Form: r.text("form"), Method: joinWords(r.list("methods")), Classes: r.text("classes"), Groups: r.groups(), Batches: r.count("batches"), Minimum: r.count("minimum"),
		Source: r.text("source"), Ground: r.text("ground"), Note: r.text("note"), Line: r.line(),
	}
	if text := r.cell("basis").Text; text != "" {
		l.Basis = parseBasis(text, nil)
	}
	l.Joint = l.Joint || l.Partners != "" || l.Sections != "" || l.Role != "" || l.Lead != ""
	r.quantity(&l)
	r.often(&l)
	if text := r.text("period"); text != "" && (l.From == "" || l.To == "") {
		from, to, bad := periodOf(text, r.year(l.Name))
		if bad != "" {
			r.problem("period", bad, text, "2023年1月至12月")
		} else {
			l.From, l.To = from, to
			if !strings.Contains(text, from) {
				r.repair("period", "intake.fixed-period", text, from+" "+to)
			}
		}
	}
	if l.From != "" && l.To != "" && l.To < l.From {
		r.problem("to", "intake.period-backwards", l.From+" "+l.To, "")
	}
	return l
}

// drawnRE finds the number drawn where a plan writes it into the scope.
var drawnRE = regexp.MustCompile(`双随机[”"'’]?[^;,。\d]{0,24}?(\d{1,6})[家户]`)

var yearInName = regexp.MustCompile(`(20\d{2})年`)

// year is the plan's year: told, or in the line's name.
func (r *rowReader) year(name string) int {
	if m := yearInName.FindStringSubmatch(narrow(name)); m != nil && r.t.options.Year == 0 {
		y, _ := number(m[1])
		return y
	}
	return r.t.options.Year
}

// quantity fills Ratio, Count, Census and Expected from their columns.
func (r *rowReader) quantity(l *PlanLine) {
	ratio, count := r.ratio("ratio"), r.count("count")
	if s := r.text("ratio_frequency"); s != "" && ratio == "" {
		ratio, l.Frequency, l.Cap = r.ratioAndTimes("ratio_frequency", s)
	}
	switch {
	case ratio == "1":
		l.Census, l.Expected = true, count
	case ratio != "":
		l.Ratio, l.Expected = ratio, count
	default:
		l.Count = count
	}
	if !l.Census && l.Ratio == "" && l.Count == 0 {
		if m := drawnRE.FindStringSubmatch(narrow(l.Scope)); m != nil { // “双随机”检查工贸企业8家
			l.Count, _ = number(m[1])
			r.repair("scope", "intake.fixed-quantity", l.Scope, m[1]+"家")
		}
	}
	if !l.Census && l.Ratio == "" && l.Count == 0 && len(l.Groups) == 0 && l.Role != "参与" { // who leads decides how many
		field := "ratio"
		if p, _ := r.place(field); p.Column == "" {
			field = "count"
		}
		if p, _ := r.place(field); p.Column == "" {
			field = "scope" // the numbers may stand in the words of the scope
		}
		r.problem(field, "intake.no-quantity", "", "抽查比例或预估数量")
	}
}

// often fills Frequency and Cap.
func (r *rowReader) often(l *PlanLine) {
	if s := r.text("frequency"); s != "" {
		times, limit, bad := frequencyOf(s)
		if bad != "" {
			r.problem("frequency", bad, s, "1次/年")
		}
		l.Frequency, l.Cap = times0(times), times0(limit)
		if narrow(s) != l.Frequency && bad == "" {
			r.repair("frequency", "intake.fixed-frequency", s, splitWords("", l.Frequency, l.Cap))
		}
	}
	if n := r.count("cap"); n > 0 {
		l.Cap = itoa(n)
	}
}

// splitWords says a ratio, a frequency and a cap as people do.
func splitWords(ratio, times, limit string) string {
	var out []string
	if ratio != "" {
		out = append(out, Percent(ratio))
	}
	if times != "" {
		out = append(out, "一年"+times+"次")
	}
	if limit != "" {
		out = append(out, "一年最多"+limit+"次")
	}
	return strings.Join(out, "，")
}

// Percent writes a ratio as people do: 0.05 is 5%.
func Percent(ratio string) string {
	v, ok := new(big.Rat).SetString(ratio)
	if !ok {
		return ratio
	}
	s := v.Mul(v, big.NewRat(100, 1)).FloatString(4)
	return strings.TrimRight(strings.TrimRight(s, "0"), ".") + "%"
}

func times0(n int) string {
	if n == 0 {
		return ""
	}
	return itoa(n)
}

// ratioAndTimes reads a cell that holds both: 3%;2次/年, 企业抽查比例为20%；抽查1次.
func (r *rowReader) ratioAndTimes(field, text string) (ratio, times, limit string) {
	s := narrow(text)
	if all := innerPctRE.FindAllString(s, 2); len(all) == 1 {
		v, _, bad := ratioOf(Cell{Text: all[0], Kind: CellText}, false)
		if bad != "" {
			r.problem(field, bad, text, "5%；1次/年")
		}
		ratio = v
	} else if len(all) > 1 {
		r.problem(field, "intake.bad-ratio", text, "5%；1次/年")
		return "", "", ""
	}
	if n, m, bad := frequencyOf(s); bad == "" {
		times, limit = times0(n), times0(m)
	}
	if ratio == "" && times == "" {
		r.problem(field, "intake.bad-ratio", text, "5%；1次/年")
		return "", "", ""
	}
	r.repair(field, "intake.fixed-split", text, splitWords(ratio, times, limit))
	return ratio, times, limit
}

// itemNumbers are numbers of the checklist, or, where prose stands there, its
// lines as they are: the office looks them up by name.
func (r *rowReader) itemNumbers(field string) []string {
	text := r.cell(field).Text
	if r.blank(text) == "" {
		return nil
	}
	var out []string
	all := true
	for _, s := range strings.FieldsFunc(text, func(x rune) bool { return strings.ContainsRune("、；;，,/／\n ", x) }) {
		s = narrow(s)
		all = all && tokenRE.MatchString(s)
		if !contains(out, s) {
			out = append(out, s)
		}
	}
	if all {
		return out
	}
	out = nil
	for _, s := range strings.FieldsFunc(text, func(x rune) bool { return strings.ContainsRune("；;\n", x) }) {
		if s = strings.TrimSpace(s); s != "" && !contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}

// groups reads lines “组名：条件：比例或户数”.
func (r *rowReader) groups() []Group {
	var out []Group
	for _, line := range strings.FieldsFunc(r.cell("groups").Text, func(x rune) bool { return x == '\n' || x == ';' || x == '；' }) {
		p := strings.FieldsFunc(line, func(x rune) bool { return x == ':' || x == '：' })
		if len(p) != 3 {
			r.problem("groups", "intake.bad-group", line, "组名：条件：比例或户数")
			return nil
		}
		g := Group{Name: strings.TrimSpace(p[0]), Filter: strings.TrimSpace(p[1])}
		c := Cell{Text: p[2], Kind: CellText}
		if ratio, _, bad := ratioOf(c, false); bad == "" {
			g.Ratio, g.Census = ratio, ratio == "1"
		} else if n, _, bad := countOf(c); bad == "" && n > 0 {
			g.Count = n
		} else {
			r.problem("groups", "intake.bad-group", line, "组名：条件：比例或户数")
			return nil
		}
		out = append(out, g)
	}
	return out
}

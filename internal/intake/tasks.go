package intake

import (
	"regexp"
	"strings"
)

// Task is one draw to be announced (抽查任务). "" and 0 take the plan line's or
// the pack's value.
type Task struct {
	No         string
	Plan       string // number of the plan line
	Name       string
	Mode       string // 不定向, 定向 or ""
	Filter     string
	Ratio      string
	Count      int
	Census     bool
	Minimum    int // of each cell
	Groups     []Group
	Items      []string
	Units      []Unit
	Partners   []string
	Earlier    string // the aborted draw that this one repeats
	Scheme     string // 抽查工作方案
	From, To   string // task period, 2006-01-02
	DrawAt     string // RFC 3339 +08:00: the randomness is the first round after it
	Randomness string // drand, kl8, ssq, dlt, ceremony or ""
	Rounds     []string
	Closes     string // RFC 3339: close of sales of a lottery
	Caster     string // sunlot, platform or ""
	PlatformNo string
	TeamSize   int
	Slots      []string // speciality that each slot needs, "" = none
	GroupTeams int
	Experts    int
	Names      string // on-result, on-dispatch, at-end, open or ""
	OpenDay    string
	ResultsDue string
	Ground     string
	Note       string
	Line       Place
}

// Unit executes the drawn of its towns; without towns, the rest.
type Unit struct {
	Name  string
	Towns []string
}

// Tasks reads a 任务.
func (t *Table) Tasks() ([]Task, *Report) { return readTable(t, KindTask, parseTask) }

var (
	randomWords = map[string]string{"公共随机数": "drand", "快乐8": "kl8", "双色球": "ssq", "大乐透": "dlt", "现场掷数": "ceremony"}
	casterWords = map[string]string{"本系统": "sunlot", "监管平台": "platform"}
	openWords   = map[string]string{"随结果公开": "on-result", "派发时公开": "on-dispatch", "任务结束公开": "at-end", "立即公开": "open"}
)

func parseTask(r *rowReader) Task {
	t := Task{
		No: r.text("no"), Plan: narrow(r.text("plan")), Name: r.text("name"), Mode: r.choice("mode", modeWords), Filter: r.text("filter"),
		Ratio: r.ratio("ratio"), Count: r.count("count"), Minimum: r.count("minimum"), Groups: r.groups(), Items: r.itemNumbers("items"),
		Units: r.units(), Partners: r.list("partners"), Earlier: r.text("earlier"), Scheme: r.text("scheme"), From: r.day("from"), To: r.day("to"),
		DrawAt: r.instant("draw_at"), Randomness: randomWords[r.choice("randomness", map[string]string{"drand": "公共随机数", "快乐八": "快乐8"})],
		Rounds: r.list("round"), Closes: r.instant("closes"),
		Caster:     casterWords[r.choice("caster", map[string]string{"sunlot": "本系统", "平台": "监管平台", "platform": "监管平台", "省平台": "监管平台"})],
		PlatformNo: r.text("platform_no"), TeamSize: r.count("team_size"), Slots: r.slots(), GroupTeams: r.count("group_teams"),
		Experts: r.count("experts"), Names: openWords[r.choice("names_open", nil)], OpenDay: r.day("open_day"), ResultsDue: r.day("results_due"),
		Ground: r.text("ground"), Note: r.text("note"), Line: r.line(),
	}
	if t.Ratio == "1" {
		t.Ratio, t.Census = "", true
	}
	if t.From != "" && t.To != "" && t.To < t.From {
		r.problem("to", "intake.period-backwards", t.From+" "+t.To, "")
	}
	return t
}

// instant is a date that must have a time of day.
func (r *rowReader) instant(field string) string {
	m := r.moment(field)
	if m.day != "" && m.clock == "" {
		r.problem(field, "intake.no-time", m.day, "2023-08-23 23:15")
		return ""
	}
	return m.String()
}

// slots may repeat a speciality; 不限 is none.
func (r *rowReader) slots() []string {
	var out []string
	for _, s := range strings.FieldsFunc(r.cell("slots").Text, func(x rune) bool { return strings.ContainsRune("、；;，,\n", x) }) {
		if s = strings.TrimSpace(s); s == "不限" || s == "无" || s == "任意" {
			s = ""
		}
		out = append(out, s)
	}
	return out
}

// units reads lines “单位：镇街、镇街”.
func (r *rowReader) units() []Unit {
	var out []Unit
	for _, line := range strings.FieldsFunc(r.cell("unit").Text, func(x rune) bool { return x == '\n' || x == ';' || x == '；' }) {
		name, towns, _ := strings.Cut(strings.Replace(line, "：", ":", 1), ":")
		u := Unit{Name: strings.TrimSpace(name)}
		for _, t := range strings.FieldsFunc(towns, func(x rune) bool { return strings.ContainsRune("、，,", x) }) {
			u.Towns = append(u.Towns, strings.TrimSpace(t))
		}
		if u.Name != "" {
			out = append(out, u)
		}
	}
	return out
}

var (
	handleRE = regexp.MustCompile(`^[0-9a-f]{32}$`)
	digestRE = regexp.MustCompile(`^[0-9a-f]{64}$`)
)

// handle is a 签号.
func (r *rowReader) handle() string {
	s := strings.ToLower(r.digits("handle"))
	if s != "" && !handleRE.MatchString(s) {
		r.problem("handle", "intake.bad-handle", s, "32位签号")
		return ""
	}
	return s
}

// digest is a 校验码.
func (r *rowReader) digest(field string) string {
	s := strings.ToLower(r.digits(field))
	if s != "" && !digestRE.MatchString(s) {
		r.problem(field, "intake.bad-digest", s, "64位校验码")
		return ""
	}
	return s
}

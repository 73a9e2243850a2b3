package intake

import (
	"regexp"
	"strconv"
	"strings"
)

// Task is one draw to be announced (抽查任务). "" and 0 take the plan line's or
// the pack's value.
type Task struct {
	Plan       string // number of the plan line
	Name       string
	Mode       string // 不定向, 定向 or ""
	Filter     string
	Ratio      string
	Count      int
	Census     bool
	Items      []string
	Units      []Unit
	Earlier    string // the aborted draw that this one repeats
	Scheme     string // 抽查工作方案
	From, To   string // task period, 2006-01-02
	DrawAt     string // RFC 3339 +08:00: the randomness is the first round after it
	Round      uint64 // of drand, 0 = by DrawAt
	TeamSize   int
	GroupTeams int      // 0: a team for each object
	TeamsLater bool     // the people are drawn later, by a notice of their own
	ByLot      bool     // whoever cannot go is replaced by lot
	Experts    int      // drawn for each object beside the team
	Slots      []string // speciality that each slot needs, "" = none
	Platform   bool     // the state's platform casts, at DrawAt
	Line       Place
}

// casterWords are other ways to say who casts.
var casterWords = map[string]string{"sunlot": "本系统", "平台": "监管平台", "platform": "监管平台", "省平台": "监管平台", "双随机监管平台": "监管平台"}

// replaceWords are other ways to say how a member is replaced.
var replaceWords = map[string]string{"指派": "另行指派", "抽签": "换人抽签", "抽签更换": "换人抽签", "重新抽签": "换人抽签"}

// Unit executes the drawn of its towns; without towns, the rest.
type Unit struct {
	Name  string
	Towns []string
}

// Tasks reads a 任务.
func (t *Table) Tasks() ([]Task, *Report) { return readTable(t, KindTask, parseTask) }

func parseTask(r *rowReader) Task {
	t := Task{
		Plan: narrow(r.text("plan")), Name: r.text("name"), Mode: r.choice("mode", modeWords), Filter: r.text("filter"),
		Ratio: r.ratio("ratio"), Count: r.count("count"), Items: r.itemNumbers("items"), Units: r.units(),
		Earlier: r.text("earlier"), Scheme: r.text("scheme"), From: r.day("from"), To: r.day("to"), DrawAt: r.instant("draw_at"),
		Round: r.round(), TeamSize: r.count("team_size"), GroupTeams: r.count("group_teams"), TeamsLater: r.yes("teams_later"), ByLot: r.choice("replace", replaceWords) == "换人抽签", Experts: r.count("experts"), Slots: r.slots(), Line: r.line(),
	}
	r.drand()
	r.text("note") // private, but what is in it must be readable
	switch r.choice("caster", casterWords) {
	case "监管平台":
		if t.Platform = true; t.DrawAt == "" || t.Round > 0 {
			r.problem("draw_at", "intake.no-time", t.DrawAt, "平台任务的时间；不写期号")
		}
	}
	r.only("names_open", "企业名称随结果公开", "随结果公开")
	r.only("minimum", "每个分区至少几家写在年度计划里")
	r.only("groups", "分组写在年度计划里")
	r.only("ground", "先用 sunlot waiver 登记依据，抽取预告自动引用")
	if t.Ratio == "1" {
		t.Ratio, t.Census = "", true
	}
	if t.From != "" && t.To != "" && t.To < t.From {
		r.problem("to", "intake.period-backwards", t.From+" "+t.To, "")
	}
	return t
}

// drand refuses every source of randomness but the one there is.
func (r *rowReader) drand() {
	if s := r.blank(r.cell("randomness").Text); s != "" && !contains([]string{"公共随机数", "公开随机数", "drand", "公共随机数drand"}, headKey(s)) {
		r.problem("randomness", "intake.only-drand", s, "公开随机数")
	}
	if s := r.blank(r.cell("closes").Text); s != "" {
		r.problem("closes", "intake.only-drand", s, "公开随机数")
	}
}

// round is the number of a drand round.
func (r *rowReader) round() uint64 {
	s := r.digits("round")
	if s == "" {
		return 0
	}
	n, err := strconv.ParseUint(strings.TrimSuffix(strings.TrimPrefix(s, "第"), "期"), 10, 63)
	if err != nil || n == 0 {
		r.problem("round", "intake.bad-round", s, "123456")
	}
	return n
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

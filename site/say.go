package site

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/words"
)

// Names of the site, in the words of the words page of the project: one thing,
// one word.

func typeName(t string) string { return words.Type(t) }

// tag is a state in words; Class adds colour to it, never instead.
type tag struct{ Text, Class string }

func severityTag(s rules.Severity) tag {
	switch s {
	case rules.OK:
		return tag{"相符", "good"}
	case rules.Note:
		return tag{"提示", ""}
	case rules.Warning:
		return tag{"注意", "warn"}
	case rules.Overdue:
		return tag{"逾期", "warn"}
	case rules.Breach:
		return tag{"不相符", "bad"}
	case rules.Believed:
		return tag{"依单位填报未核验", ""}
	}
	return tag{"无法核验", ""}
}

var dutyNames = map[string]string{
	"run": "按预告抽取", "refill": "换人抽签", "dispatch": "派发名单", "result": "公示抽查结果", "open-names": "公开名单",
	"open-k": "公开启封钥匙", "open-ki": "公开人员启封钥匙", "file-plan": "年度计划备案", "joined": "参与的联合抽查结果公示", "review": "异议复核", "review-feedback": "反馈复核情况",
	"follow-up": "后续处置办结", "feedback": "逐户反馈检查结果", "joint": "发起或参与部门联合抽查",
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// originName is the origin of a result as the pack says it.
func originName(f *rules.Finished, p *rules.Pack) string {
	if f.Body.Origin == rules.Random {
		return "双随机抽查"
	}
	if f.Joined != nil {
		return "参与联合抽查（" + f.Joined.Body.Lead + "牵头）"
	}
	if f.Lot != nil {
		p = f.Lot.Pack
	}
	o, _ := p.OriginOf(f.Body.Origin)
	return or(o.Name, f.Body.Origin)
}

var changeNames = map[string]string{"replacement": "更换（另行指派）", "recusal": "回避", "direct": "直接委派", "lot": "换人抽签"}

var rosterNames = map[string]string{"objects": "检查对象名录库", "inspectors": "执法检查人员名录库"}

// said is a finding in words.
type said struct {
	Tag    tag
	Text   string
	Entry  *link
	Clause *link
}

const maxQuoted = 160 // characters of a value quoted in a sentence

// say puts a finding in words. Remedies are for officers and stay off the
// public pages.
func (m *maker) say(p *page, f rules.Finding) said {
	text := words.Sentence(f.Code, clip(f.Place), clip(f.Got), clip(f.Want))
	s := said{Tag: severityTag(f.Severity), Text: text, Clause: m.clause(p, f.Clause)}
	if f.Entry >= 0 && f.Entry < int64(len(m.b.Entries)) {
		s.Entry = p.entry(f.Entry)
	}
	return s
}

func (m *maker) sayAll(p *page, found []*rules.Finding) []said {
	var list []said
	for _, f := range found {
		list = append(list, m.say(p, *f))
	}
	return list
}

func clip(s string) string {
	if utf8.RuneCountInString(s) <= maxQuoted {
		return s
	}
	return string([]rune(s)[:maxQuoted]) + "…"
}

// clause links to a clause of the pack, nil if the pack has none such.
func (m *maker) clause(p *page, id string) *link {
	c := m.pack.Clause(id)
	if c.ID == "" {
		return nil
	}
	return p.to(clausePath(c.ID)(1), "依据"+or(c.Cite, c.ID))
}

var plainAnchor = regexp.MustCompile(`^[0-9A-Za-z][0-9A-Za-z._-]{0,63}$`)

// anchor is a fragment for a name: itself where that is plain, else a hash.
func anchor(name string) string {
	if plainAnchor.MatchString(name) {
		return name
	}
	return "x-" + hashed(name)
}

func hashed(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:8])
}

var (
	drawID   = regexp.MustCompile(`^[0-9]{4}-[0-9]{3,6}$`)
	firmID   = regexp.MustCompile(`^[0-9A-Z]{18}$`)
	registry = regexp.MustCompile(`^注册号:([0-9A-Z]{8,18})$`)
)

// Names in the published folder come from numbers, dates, lower-case codes and
// hashes alone: nothing that somebody typed can lead out of it (T17).

// The pages of which there is one for every record or enterprise are files and
// not folders with one file: half as much to make, to send and to look through.

func entryPath(i int64) string  { return "book/" + num(i) + ".html" }
func resultPath(i int64) string { return "results/" + num(i) + ".html" }

func (m *maker) drawPath(l *rules.Lot) string { return "draws/" + m.drawDir[l.Index] + "/index.html" }

func firmName(code string) string {
	if firmID.MatchString(code) {
		return strings.ToLower(code)
	}
	if r := registry.FindStringSubmatch(code); r != nil {
		return "reg-" + strings.ToLower(r[1])
	}
	return "x-" + hashed(code)
}

func num[T ~int | ~int64 | ~uint64](n T) string { return strconv.FormatInt(int64(n), 10) }

// short is the beginning of a long value, for people who only recognise it.
func short(s string) string {
	if len(s) <= 8 {
		return s
	}
	return s[:8]
}

// minute is an entry's time as people write it: 2023-09-15 19:00.
func minute(at string) string {
	if len(at) < 16 || at[10] != 'T' {
		return at
	}
	return at[:10] + " " + at[11:16]
}

// second is minute with seconds, for rounds and draws.
func second(at string) string {
	if len(at) < 19 || at[10] != 'T' {
		return at
	}
	return at[:10] + " " + at[11:19]
}

func day(at string) string {
	if len(at) < 10 {
		return at
	}
	return at[:10]
}

// percent is n of d with one decimal, in integers, rounded half up.
func percent(n, d int64) string {
	if d <= 0 {
		return "0%"
	}
	t := (n*2000 + d) / (2 * d)
	return num(t/10) + "." + num(t%10) + "%"
}

// ratioText turns 0.05 into 5%.
func ratioText(r string) string {
	digits, ok := strings.CutPrefix(r, "0.")
	if !ok {
		if r == "1" {
			return "100%"
		}
		return r
	}
	digits += "000000"[:max(0, 6-len(digits))]
	whole := strings.TrimLeft(digits[:2], "0")
	rest := strings.TrimRight(digits[2:], "0")
	if rest != "" {
		rest = "." + rest
	}
	return or(whole, "0") + rest + "%"
}

// quantity is how many a plan line draws.
func quantity(l *record.PlanLine) string {
	switch {
	case l.Census:
		return "全数检查（100%）"
	case l.Count > 0:
		return num(l.Count) + "户"
	}
	return ratioText(l.Ratio)
}

func (m *maker) codeName(code string) string {
	if c, ok := m.pack.CodeOf(code); ok {
		return c.Name
	}
	return code
}

// codeNames is the unit's line in words.
func (m *maker) codeNames(codes []string) string {
	if len(codes) == 0 {
		return withheldWords
	}
	var list []string
	for _, c := range codes {
		list = append(list, m.codeName(c))
	}
	return strings.Join(list, "；")
}

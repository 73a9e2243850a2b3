package rules_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/rules"
)

// randomFilter writes a filter of the grammar in one of its spellings.
func randomFilter(r *rand.Rand, p *rules.Pack, depth int) string {
	if depth > 0 {
		switch r.IntN(5) {
		case 0:
			return randomFilter(r, p, depth-1) + []string{" and ", " 且 ", " 并且 "}[r.IntN(3)] + randomFilter(r, p, depth-1)
		case 1:
			return randomFilter(r, p, depth-1) + []string{" or ", " 或 ", " 或者 "}[r.IntN(3)] + randomFilter(r, p, depth-1)
		case 2:
			return []string{"not ", "非 "}[r.IntN(2)] + "(" + randomFilter(r, p, depth-1) + ")"
		case 3:
			return "（" + randomFilter(r, p, depth-1) + "）"
		}
	}
	field := []string{"行业", "镇街", "标签", "风险", "类型", "监管类型", "注册日期", "所属行业", "区域"}[r.IntN(9)]
	value := func() string {
		pick := func(list []rules.Named) string {
			n := list[r.IntN(len(list))]
			s := append(slices.Clone(n.Also), n.Name, n.Code)[r.IntN(len(n.Also)+2)]
			if strings.ContainsAny(s, "()（），、 ") {
				return n.Name // a spelling of sheets that the grammar would cut up
			}
			return s
		}
		switch field {
		case "行业", "所属行业":
			return pick(p.Sectors)
		case "镇街", "区域":
			return pick(p.Towns)
		case "标签":
			return pick(p.Tags)
		case "注册日期":
			return []string{"2020-01-01", "2023-02-28"}[r.IntN(2)]
		}
		return []string{"高", "低", "重点"}[r.IntN(3)]
	}
	rel := []string{"=", "!=", "＝", "in", "属于"}[r.IntN(5)]
	if field == "注册日期" && r.IntN(2) == 0 {
		rel = []string{"<", ">="}[r.IntN(2)]
	}
	if rel == "in" || rel == "属于" {
		return field + " " + rel + " (" + value() + []string{",", "，", "、"}[r.IntN(3)] + value() + ")"
	}
	return field + " " + rel + " " + value()
}

// eval reads the committed form of a filter once more, by splitting the text
// at its loosest operator, and decides for a firm.
func eval(t *testing.T, p *rules.Pack, text string, f *rules.Firm) bool {
	t.Helper()
	if parts := cut(text, " or "); len(parts) > 1 {
		return slices.ContainsFunc(parts, func(s string) bool { return eval(t, p, s, f) })
	}
	if parts := cut(text, " and "); len(parts) > 1 {
		return !slices.ContainsFunc(parts, func(s string) bool { return !eval(t, p, s, f) })
	}
	if rest, ok := strings.CutPrefix(text, "not "); ok {
		return !eval(t, p, rest, f)
	}
	if strings.HasPrefix(text, "(") {
		return eval(t, p, text[1:len(text)-1], f)
	}
	field, rest, _ := strings.Cut(text, " ")
	rel, rest, _ := strings.Cut(rest, " ")
	values := strings.Split(strings.Trim(rest, "()"), ",")
	if rel != "in" {
		values = []string{rest}
	}
	has := map[string][]string{"行业": {f.Sector}, "镇街": {f.Town}, "标签": f.Tags, "风险": {f.Risk}, "类型": {f.Type}, "监管类型": {f.Supervision}, "注册日期": {f.Registered}}[field]
	any := false
	for _, v := range values {
		for _, list := range [][]rules.Named{p.Sectors, p.Towns, p.Tags} {
			for _, n := range list {
				if n.Name == v && (field == "行业" || field == "镇街" || field == "标签") && slices.Contains(has, n.Code) {
					any = true
				}
			}
		}
		any = any || slices.Contains(has, v) && field != "行业" && field != "镇街" && field != "标签"
	}
	switch rel {
	case "!=":
		return !any
	case "<":
		return f.Registered != "" && f.Registered < rest
	case ">=":
		return f.Registered >= rest
	}
	return any
}

// cut splits at a word that stands outside brackets.
func cut(text, word string) []string {
	var parts []string
	depth, start := 0, 0
	for i := 0; i < len(text); i++ {
		switch {
		case text[i] == '(':
			depth++
		case text[i] == ')':
			depth--
		case depth == 0 && strings.HasPrefix(text[i:], word):
			parts = append(parts, text[start:i])
			start = i + len(word)
		}
	}
	return append(parts, text[start:])
}

func TestFilterAgainstSlowReading(t *testing.T) {
	matched, tried := 0, 0
	for seed := range uint64(600) {
		r := rand.New(rand.NewPCG(seed, 2))
		p := pack(t, []string{"gaoqing", "yanshi"}[seed%2])
		text := randomFilter(r, p, int(seed%5))
		f, err := rules.ParseFilter(p, text)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		form := f.Format(p)
		again, err := rules.ParseFilter(p, form)
		if err != nil || again.Format(p) != form {
			t.Fatalf("%q → %q → %v", text, form, err)
		}
		for range 20 {
			firm := rules.Firm{Sector: p.Sectors[r.IntN(len(p.Sectors))].Code, Town: p.Towns[r.IntN(len(p.Towns))].Code, Risk: []string{"高", "低", ""}[r.IntN(3)],
				Type: []string{"重点", "低"}[r.IntN(2)], Supervision: "重点", Registered: []string{"", "2019-12-31", "2020-01-01", "2023-03-01"}[r.IntN(4)]}
			for range r.IntN(3) {
				firm.Tags = append(firm.Tags, p.Tags[r.IntN(len(p.Tags))].Code)
			}
			got := f.Match(&firm)
			if want := eval(t, p, form, &firm); got != want || again.Match(&firm) != got {
				t.Fatalf("%q (%q) on %+v: %v, want %v", text, form, firm, got, want)
			}
			if tried++; got {
				matched++
			}
		}
	}
	if matched < tried/10 || matched > tried*9/10 {
		t.Errorf("%d of %d match: the test decides little", matched, tried)
	}
}

// TestFilterForms: each operator and spelling, and what it is written as.
func TestFilterForms(t *testing.T) {
	p := pack(t, "gaoqing")
	for text, want := range map[string]string{
		"行业=危化":         "行业 = 危险化学品",
		"行业 != hazchem": "行业 != 危险化学品",
		"行业 属于（危化、加油站，烟花）":              "行业 in (危险化学品,危险化学品,烟花爆竹)",
		"所属行业 等于 机械":                    "行业 = 机械",
		"乡镇 不等于 田镇办事处":                  "镇街 != 田镇街道",
		"注册日期 < 2020-01-01":             "注册日期 < 2020-01-01",
		"成立日期>=2020-01-01":              "注册日期 >= 2020-01-01",
		"非 行业 = 机械 且 风险 = 高 或 类型 = 国有":  "(not 行业 = 机械 and 风险 = 高) or 类型 = 国有",
		"非（行业 = 机械 且 风险 = 高）":           "not (行业 = 机械 and 风险 = 高)",
		"((风险 = 高))":                    "风险 = 高",
		"风险 = 高 and (类型 = a or 类型 = b)": "风险 = 高 and (类型 = a or 类型 = b)",
	} {
		f, err := rules.ParseFilter(p, text)
		if err != nil || f.Format(p) != want {
			t.Errorf("%q: %v, want %q", text, err, want)
			continue
		}
		if g, err := rules.ParseFilter(p, want); err != nil || g.Format(p) != want {
			t.Errorf("%q does not stay: %v", want, err)
		}
	}
}

func TestFilterRefuses(t *testing.T) {
	p := pack(t, "gaoqing")
	deep := func(n int) string { return strings.Repeat("not ", n) + "风险 = 高" }
	nested := func(n int) string {
		s := "风险 = 高"
		for range n {
			s = "类型 = a and (类型 = b or " + s + ")"
		}
		return s
	}
	for what, text := range map[string]string{
		"empty": "", "field alone": "行业", "no value": "行业 =", "unknown field": "资本 = 1", "unknown sector": "行业 = 航天", "unknown town": "镇街 = 北京",
		"unknown tag": "标签 = 好", "less than of a sector": "行业 < 机械", "open": "行业 in (机械", "empty list": "行业 in ()", "list ends in a comma": "行业 in (机械,)",
		"bracket open": "(风险 = 高", "bracket shut": "风险 = 高)", "two": "风险 = 高 风险 = 低", "and at the end": "风险 = 高 and", "not alone": "not", "or first": "or 风险 = 高",
		"no date": "注册日期 < 明天", "no such date": "注册日期 >= 2023-02-29", "year alone": "注册日期 >= 2023", "greater sector": "行业晚于机械", "end of February": "成立日期晚于2023-02-30",
		"too long": "风险 = " + strings.Repeat("高", 700), "21 not": deep(21), "nested so that its form is too deep": nested(11),
	} {
		if f, err := rules.ParseFilter(p, text); fault.Code(err) != "rules.bad-filter" || f != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	for _, text := range []string{deep(20), nested(9)} {
		f, err := rules.ParseFilter(p, text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
		} else if _, err := rules.ParseFilter(p, f.Format(p)); err != nil {
			t.Errorf("%q does not stay: %v", text, err)
		}
	}
}

// TestNamesResolve: every name, code and spelling of the packs' lists leads to
// one entry, and its name back to it: a filter means what it says.
func TestNamesResolve(t *testing.T) {
	for _, name := range []string{"gaoqing", "yanshi"} {
		p := pack(t, name)
		for what, list := range map[string][]rules.Named{"行业": p.Sectors, "镇街": p.Towns, "标签": p.Tags, "specialities": p.Specialities} {
			owner := map[string]string{}
			for _, n := range list {
				for _, s := range append(slices.Clone(n.Also), n.Name, n.Code) {
					if owner[s] != "" && owner[s] != n.Code {
						t.Errorf("%s %s: %q is %s and %s", name, what, s, owner[s], n.Code)
					}
					owner[s] = n.Code
					if got, ok := rules.Find(list, s); !ok || got.Code != n.Code {
						t.Errorf("%s %s: %q leads to %s, not %s", name, what, s, got.Code, n.Code)
					}
				}
				if what == "specialities" {
					continue
				}
				text := fmt.Sprintf("%s = %s", what, n.Code)
				for range 2 {
					f, err := rules.ParseFilter(p, text)
					if err != nil || f.Format(p) != what+" = "+n.Name {
						t.Fatalf("%s: %q: %v", name, text, err)
					}
					text = f.Format(p)
				}
			}
		}
	}
}

// FuzzFilter: what ParseFilter accepts, Format writes in a form that stays.
func FuzzFilter(f *testing.F) {
	p := pack(f, "gaoqing")
	for seed := range uint64(20) {
		f.Add(randomFilter(rand.New(rand.NewPCG(seed, 3)), p, 3))
	}
	f.Add("not not (行业 in (危化,机械) or 注册日期 >= 2020-01-01)")
	f.Add("类型 = and and 类型 = or")
	f.Add("（风险=点\f0）或not (类型=高or注册日期<0000.1.1)")
	f.Add("（类型in\x98\xef\xbc)")
	f.Fuzz(func(t *testing.T, text string) {
		a, err := rules.ParseFilter(p, text)
		if err != nil {
			return
		}
		form := a.Format(p)
		b, err := rules.ParseFilter(p, form)
		if err != nil {
			if len(form) > 2000 {
				return // a plan with it is refused
			}
			t.Fatalf("%q → %q: %v", text, form, err)
		}
		if again := b.Format(p); again != form {
			t.Errorf("%q → %q → %q", text, form, again)
		}
	})
}

// TestFilterWords: what officers write in words alone, and that the words by
// which a filter is shown are read as the same filter.
func TestFilterWords(t *testing.T) {
	p := pack(t, "gaoqing")
	for text, want := range map[string]string{
		"行业属于（机械、化工）且镇街为唐坊镇":               "行业 in (机械,化工) and 镇街 = 唐坊镇",
		"行业属于机械、化工且镇街为唐坊镇":                 "行业 in (机械,化工) and 镇街 = 唐坊镇",
		"行业 属于 机械、化工":                      "行业 in (机械,化工)",
		"行业 in 机械":                         "行业 = 机械",
		"行业是机械":                            "行业 = 机械",
		"行业不是机械 或 标签包含有限空间":                "行业 != 机械 or 标签 = 有限空间",
		"标签不包含有限空间":                        "标签 != 有限空间",
		"行业不属于（机械、化工）":                     "not 行业 in (机械,化工)",
		"成立日期早于2020年1月1日":                  "注册日期 < 2020-01-01",
		"登记日期 晚于 2019-12-31":               "注册日期 >= 2020-01-01",
		"注册日期不晚于2019.12.31，且（行业为机械或行业为化工）": "注册日期 < 2020-01-01 and (行业 = 机械 or 行业 = 化工)",
		"注册日期不早于2020-01-01":                "注册日期 >= 2020-01-01",
		"注册日期 > 2023-01-01":                "注册日期 >= 2023-01-02",
		"非（镇街为唐坊镇）":                        "not 镇街 = 唐坊镇",
		"风险为较大、重大":                         "风险 in (较大,重大)",
	} {
		f, err := rules.ParseFilter(p, text)
		if err != nil || f.Format(p) != want {
			t.Errorf("%q: %v, want %q", text, err, want)
		}
	}
	for seed := range uint64(400) {
		r := rand.New(rand.NewPCG(seed, 7))
		f, err := rules.ParseFilter(p, randomFilter(r, p, int(seed%5)))
		if err != nil {
			t.Fatal(err)
		}
		again, err := rules.ParseFilter(p, f.Words(p))
		if err != nil || again.Format(p) != f.Format(p) {
			t.Fatalf("%q → %q: %v", f.Format(p), f.Words(p), err)
		}
	}
}

// TestFilterFaults: a refusal says in plain words what is wrong and what may
// stand there.
func TestFilterFaults(t *testing.T) {
	p := pack(t, "gaoqing")
	for text, want := range map[string][2]string{
		"行业为航天":        {"航天", "行业只有：非煤矿山"},
		"星座 = 狮子":      {"星座 = 狮子", "项目名称：行业、镇街"},
		"行业大于机械":       {"大于机械", "行业后面写"},
		"成立日期早于去年":     {"去年", "日期，如 2020-01-01"},
		"行业为机械且":       {"机械且", "行业的名称"},
		"（行业为机械":       {"写到末尾", "右括号"},
		"行业为机械）":       {")", "到此为止"},
		"行业属于（机械、）":    {"（机械、）", "行业的名称"},
		"行业为机械 镇街为唐坊镇": {"机械 镇街为唐坊镇", "行业的名称"},
	} {
		_, err := rules.ParseFilter(p, text)
		f, ok := err.(*fault.Error)
		if !ok || f.Code != "rules.bad-filter" || f.Got != want[0] || !strings.Contains(f.Want, want[1]) {
			t.Errorf("%q: %+v", text, f)
		}
	}
	help := strings.Join(rules.FilterHelp(p), "\n")
	for _, word := range []string{"注册日期", "不早于", "唐坊镇", "有限空间", "例："} {
		if !strings.Contains(help, word) {
			t.Errorf("the help lacks %s", word)
		}
	}
	for _, line := range rules.FilterHelp(p) {
		if text, is := strings.CutPrefix(line, "例："); is {
			if _, err := rules.ParseFilter(p, text); err != nil {
				t.Errorf("the help's own example %q: %v", text, err)
			}
		}
	}
}

// TestFilterRisk: a grade is one word with 风险 and without, in the condition
// and in the register; no grade is taken for another.
func TestFilterRisk(t *testing.T) {
	p := pack(t, "gaoqing")
	grades := []string{"低", "一般", "较大", "重大", "高"}
	for _, asked := range grades {
		for _, as := range []string{asked, asked + "风险"} {
			f, err := rules.ParseFilter(p, "风险 in ("+as+",另一级)")
			if err != nil {
				t.Fatal(err)
			}
			for _, have := range grades {
				for _, written := range []string{have, have + "风险"} {
					if got := f.Match(&rules.Firm{Risk: written}); got != (have == asked) {
						t.Errorf("%s asked, %s in the register: %v", as, written, got)
					}
				}
			}
		}
	}
}

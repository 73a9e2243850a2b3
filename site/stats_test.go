package site

import (
	"encoding/csv"
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/rules"
)

// The page of a year says the numbers that the rules count, each beside where it
// comes from, and asserts nothing where there are none.
func TestStatsPage(t *testing.T) {
	b := newBureau(t, "gaoqing", 60)
	lot := b.cast("2023-09-15T19:05:00", b.announce("2023-09-14T09:00:00", "1", 657413, "2023-09-18", "2023-10-31"))
	html := plain(buildOf(t, b)["stats/2023/index.html"])
	for _, no := range []string{"完成率0", "0%", "逾期"} {
		if strings.Contains(html, no) {
			t.Errorf("before the first result the page says %s", no)
		}
	}
	b.dispatch("2023-09-18T09:00:00", lot, "2023-09-18", "2023-10-31")
	for _, o := range lot.Objects[:3] {
		b.finish("2023-10-21T10:00:00", lot, o, "a", "2023-10-12", "2023-10-18")
	}
	files := buildOf(t, b)
	st := b.bundle().State.Stats(2023, b.bundle().Today)
	if st.Total.Published != 3 || st.Total.Drawn != len(lot.Objects) {
		t.Fatalf("%+v", st.Total)
	}
	page := string(files["stats/2023/index.html"])
	html = plain(files["stats/2023/index.html"])
	for _, want := range []string{"抽中" + num(st.Total.Drawn) + "户次", "3（按期3", "抽查完成率" + st.Total.Completion(), "户次，检查3户次", "只列事实，不打分、不排名"} {
		if !strings.Contains(html, want) {
			t.Errorf("the page does not say %s", want)
		}
	}
	for _, link := range []string{`href="../../plan/2023/index.html#line-1"`, `href="../../draws/2023-001/index.html"`, `href="../../rules/G-`, `href="../../data/stats.csv"`} {
		if !strings.Contains(page, link) {
			t.Errorf("the page has no %s", link)
		}
	}
	for _, list := range []string{"results/year-2023/code-a", "stats/2023/month-10"} {
		if got := strings.Count(string(files[list+"/index.html"]), `<tr><th scope="row"`); got != 3 {
			t.Errorf("%s lists %d of 3", list, got)
		}
		if !strings.Contains(page, `href="../../`+list+`/index.html">3</a>`) && !strings.Contains(string(files["stats/2023/months.html"]), `href="../../`+list+`/index.html">3</a>`) {
			t.Errorf("the number does not lead to %s", list)
		}
	}
	if !strings.Contains(page, `href="../../stats/2023/months.html"`) {
		t.Error("nobody finds the months")
	}
	if files["stats/2023/late/index.html"] != nil {
		t.Error("nothing was late")
	}
	// Nobody is judged in public, and 10.1 is not cited.
	if regexp.MustCompile(`10\.1|处理办法|排第|名次|违反|应当追究`).MatchString(html) {
		t.Error("the page judges")
	}
	if !strings.Contains(string(files["index.html"]), `href="stats/index.html"`) || !strings.Contains(string(files["stats/index.html"]), `href="../stats/2023/index.html"`) {
		t.Error("nobody finds the page")
	}
	if strings.Contains(string(files["stats/index.html"]), "stats/2022/") {
		t.Error("a year of which nothing is known")
	}
}

// A late result stands in the list with both dates, the days and the office's
// words; the drawing of the page says each number.
func TestStatsLate(t *testing.T) {
	b := gaoqing()
	late := b.bureau.state.Lots[0].Objects[3].Result
	list := plain(b.files["stats/2023/late/index.html"])
	legal, _, _ := b.bureau.state.Due(late)
	for _, want := range []string{legal, late.Published(), "晚" + num(b.bureau.state.Late(late)) + "个工作日", "企业停产"} {
		if !strings.Contains(list, want) {
			t.Errorf("the list does not say %s", want)
		}
	}
	if !strings.Contains(string(b.files["stats/index.html"]), "2024年：抽中24，检查0，公示0；2023年：抽中24，检查24，公示24。") {
		t.Error("the years are not drawn")
	}
	page := string(b.files["stats/2023/index.html"])
	for _, want := range []string{"按期23，晚于期限1，期限未定0，未完成0", `href="../../stats/2023/late/index.html"`, `href="../../draws/2023-001/index.html#result">24</a>`, `href="../../results/draw-2023-001/index.html">24（`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page has no %s", want)
		}
	}
}

var tagged = regexp.MustCompile(`<[^>]*>`)

func plain(html []byte) string {
	return strings.Join(strings.Fields(tagged.ReplaceAllString(string(html), "")), "")
}

// The table is one row a line, unit and class with as many cells as headings, and
// no cell that a spreadsheet would take for a formula.
func TestStatsCSV(t *testing.T) {
	st := &rules.Stats{Year: 2023, Today: "2023-12-31",
		Lines:   []rules.LineStat{{No: "1", Name: "=HYPERLINK(1)", Unit: "@甲队"}, {No: "2", Unit: "乙队"}},
		Units:   []rules.UnitStat{{Name: "@甲队", Joint: 1}, {Name: ""}},
		Classes: []rules.ClassStat{{Code: "c", Name: "类", Op: "min", Known: true, Base: 21, Floor: 2, Drawn: 3, Inspected: 2, Published: 1}, {Code: "d", Op: "none"}}}
	st.Lines[0].Drawn = 7
	data := StatsCSV(st, "")
	text, ok := strings.CutPrefix(string(data), "\uFEFF")
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll() // it refuses rows of other lengths
	if !ok || err != nil || len(rows) != 8 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	for _, r := range rows {
		for _, c := range r {
			if c != "" && strings.ContainsRune("=+-@", rune(c[0])) {
				t.Errorf("a formula: %q", c)
			}
		}
	}
	at := func(row []string, head string) string {
		for i, h := range rows[0] {
			if h == head {
				return row[i]
			}
		}
		t.Fatal(head)
		return ""
	}
	if c := rows[5]; at(c, "名称") != "类" || at(c, "基数") != "21" || at(c, "预估或应抽") != "2" || at(c, "抽中") != "3" || at(c, "检查") != "2" || at(c, "公示") != "1" || at(c, "派发") != "" {
		t.Errorf("%q", c)
	}
	if at(rows[6], "基数") != "" || at(rows[6], "预估或应抽") != "" || at(rows[7], "类别") != "合计" || at(rows[1], "抽中") != "7" || at(rows[4], "名称") != "还没有派发" {
		t.Errorf("%q", rows)
	}
	if n := strings.Count(string(StatsCSV(st, "@甲队")), "\r\n"); n != 3 {
		t.Errorf("one unit: %d lines", n)
	}
	b := newBureau(t, "gaoqing", 60)
	var set struct{ Rows []map[string]string }
	if err := json.Unmarshal(buildOf(t, b)["data/stats.json"], &set); err != nil || len(set.Rows) == 0 || set.Rows[0]["kind"] != "计划项" {
		t.Errorf("%v %v", set, err)
	}
}

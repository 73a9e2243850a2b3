package site

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/content"
	"github.com/sunlot/sunlot/internal/rules"
)

// What a page weighs with its style sheet and the script that every page has,
// as the files stand there: without the check in the browser (its scripts and
// sheet) and the script of the search.
const maxWeight = 50_000

func weight(files memory, name string) int {
	return len(files[name]) + len(files["style.css"]) + len(files["script/site.js"]) + len(files["icon.svg"])
}

// TestWeight: no page of a site weighs more than it may.
func TestWeight(t *testing.T) {
	for pack, files := range map[string]memory{"gaoqing": gaoqing().files, "yanshi": yanshi().files} {
		heaviest := ""
		for _, name := range pagesOf(files) {
			if n := weight(files, name); n > maxWeight {
				t.Errorf("%s %s: %d bytes", pack, name, n)
			}
			if heaviest == "" || len(files[name]) > len(files[heaviest]) {
				heaviest = name
			}
		}
		if n := weight(files, heaviest); n < maxWeight/2 {
			t.Errorf("%s: the heaviest page, %s, has %d bytes: were all made?", pack, heaviest, n)
		}
	}
}

// TestWeightOfMany: neither does one where thousands of facts stand under a
// record of a draw and under a clause. Every fact is still told.
func TestWeightOfMany(t *testing.T) {
	b := gaoqing().bureau.bundle()
	lot := b.State.Lots[0]
	const many = 2000
	b.Findings = slices.Clone(b.Findings)
	for i := range many {
		severity := rules.Warning
		if i%2 == 1 {
			severity = rules.Breach
		}
		b.Findings = append(b.Findings, rules.Finding{Code: "rules.over-limit", Severity: severity, Entry: lot.Index, Clause: "G-6.2c", Place: "91370322TT" + num(10000000+i), Got: "2", Want: "1"})
	}
	out := memory{}
	if err := Build(b, content.FS, Options{}, out); err != nil {
		t.Fatal(err)
	}
	for _, name := range pagesOf(out) {
		if n := weight(out, name); n > maxWeight {
			t.Errorf("%s: %d bytes", name, n)
		}
	}
	for what, path := range map[string]func(int) string{"record": foundPath(lot.Index), "clause": clausePath("G-6.2c")} {
		rows := map[string]bool{}
		for n := 1; out[path(n)] != nil; n++ {
			for _, code := range regexp.MustCompile(`91370322TT1[0-9]{7}`).FindAllString(string(out[path(n)]), -1) {
				rows[code] = true
			}
		}
		if len(rows) < many {
			t.Errorf("the pages of the %s tell %d facts of %d", what, len(rows), many)
		}
	}
	for _, name := range []string{entryPath(lot.Index), "draws/" + lot.Body.Draw + "/index.html"} {
		if !hrefsOf(t, out, name)[foundPath(lot.Index)(1)] {
			t.Errorf("%s does not lead to the facts that it leaves out", name)
		}
	}
	if !strings.Contains(string(out["report/index.html"]), "列在<a href=\"../rules/index.html\">规则</a>") {
		t.Error("the report does not say where the rest stands")
	}
}

// TestPartList: however many pages a list has, its entrance leads to each of
// them, and to no other, in two steps.
func TestPartList(t *testing.T) {
	for _, parts := range []int{0, 1, latestParts, latestParts + 1, perShelf, perShelf + 1, 2*perShelf + 50} {
		m, out := gaoqingMaker(t), memory{}
		m.out = out
		l := &partList{dir: "book/", section: "book", title: "账本", parts: parts, path: bookPath, name: func(n int) string { return "第" + num(n) + "页" }}
		if err := m.linkPages(l); err != nil {
			t.Fatal(err)
		}
		p := m.newPage("book/index.html", "book", "公开账本")
		to := map[string]bool{}
		for _, at := range append(l.latest(&p), l.older(&p)...) {
			href := strings.TrimPrefix(at.Href, p.Root)
			to[href] = true
			if strings.Contains(href, "/list-") {
				for next := range hrefsOf(t, out, href) {
					to[next] = to[next] || strings.Contains(next, "/page-")
				}
			}
		}
		n := 0
		for href := range to {
			if strings.Contains(href, "/page-") {
				n++
			}
		}
		for k := 1; k <= parts; k++ {
			if !to[bookPath(k)] {
				t.Errorf("%d pages: none leads to page %d", parts, k)
			}
		}
		if n != parts || len(l.latest(&p)) > latestParts || (parts <= latestParts) != (len(out) == 0) {
			t.Errorf("%d pages: %d are led to, %d at once, %d pages of links", parts, n, len(l.latest(&p)), len(out))
		}
	}
}

// TestDrawnParts: every object stands on one page of the drawn list.
func TestDrawnParts(t *testing.T) {
	for _, n := range []int{1, drawnFirst, drawnFirst + 1, drawnFirst + drawnPerPage, drawnFirst + drawnPerPage + 1, 200} {
		next := 0
		for part := 1; part <= drawnPart(n-1); part++ {
			from, to := drawnRows(part, n)
			if from != next || to <= from || drawnPart(from) != part || drawnPart(to-1) != part {
				t.Errorf("%d objects: page %d holds %d to %d after %d", n, part, from, to, next)
			}
			next = to
		}
		if next != n {
			t.Errorf("%d objects: %d are listed", n, next)
		}
	}
}

// TestWeightOfRecord: nor the page of a record of many names, whose text stands
// in the ledger; that of any other stands on its page.
func TestWeightOfRecord(t *testing.T) {
	c := newCity(t, 330)
	files := buildOf(t, c.bureau)
	long := 0
	for i := range c.state.Size {
		raw := len(files["ledger/entry/"+num(i)+".txt"])
		name := entryPath(i)
		if files[name] == nil {
			continue // a result
		}
		if n := weight(files, name); n > maxWeight {
			t.Errorf("%s: %d bytes", name, n)
		}
		page := string(files[name])
		if stands := strings.Contains(page, "<pre>sunlot/v1 "); stands == (raw > longText) || !strings.Contains(page, `href="../ledger/entry/`+num(i)+`.txt"`) {
			t.Errorf("%s: %d bytes of text, on the page: %v", name, raw, stands)
		}
		if raw > longText {
			long++
		}
	}
	if long == 0 {
		t.Error("no record is long")
	}
}

// TestWeightOfPlan: nor do the pages of a year whose plan has many lines; each
// line stands on one of them, and every link to a line leads to it.
func TestWeightOfPlan(t *testing.T) {
	c := newCityOf(t, 330, 15)
	files := buildOf(t, c.bureau)
	plan := c.state.Plan(2023)
	if len(plan.Body.Lines) <= 2*planLines {
		t.Fatalf("only %d lines", len(plan.Body.Lines))
	}
	rows, parts := 0, 0
	for name, page := range files {
		if strings.HasSuffix(name, ".html") && (strings.HasPrefix(name, "plan/") || strings.HasPrefix(name, "stats/")) {
			if n := weight(files, name); n > maxWeight {
				t.Errorf("%s: %d bytes", name, n)
			}
			if strings.HasPrefix(name, "plan/2023/") {
				rows += strings.Count(string(page), ` id="line-`)
			}
			if strings.HasPrefix(name, "stats/2023/lines-") {
				parts++
			}
		}
	}
	if rows != len(plan.Body.Lines) || parts != (rows-1)/statLines {
		t.Errorf("%d of %d lines, %d further pages of statistics", rows, len(plan.Body.Lines), parts)
	}
	for name, n := range map[string]int{"plan/2023/index.html": planLines, "stats/2023/index.html": statLines} {
		if want := "图中只画前" + num(n) + "项，全部"; !strings.Contains(string(files[name]), want) {
			t.Errorf("%s does not say %q", name, want)
		}
	}
	m, err := newMaker(c.bundle(), nil, Options{}, memory{})
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range plan.Body.Lines {
		file, fragment, _ := strings.Cut(m.linePath(2023, l.No), "#")
		if !strings.Contains(string(files[file]), ` id="`+fragment+`"`) {
			t.Errorf("line %s does not stand on %s", l.No, file)
		}
	}
}

// TestWeightOfCalendar: nor the pages of hundreds of duties, each of which stands
// on one.
func TestWeightOfCalendar(t *testing.T) {
	c := newCityOf(t, 330, 8)
	for today, year := range map[string]string{"2023-09-20": "", "2024-03-01": "2023"} {
		b := c.bundle()
		b.Today = today
		out := memory{}
		if err := Build(b, content.FS, Options{}, out); err != nil {
			t.Fatal(err)
		}
		m, err := newMaker(b, nil, Options{}, memory{})
		if err != nil {
			t.Fatal(err)
		}
		open, done := 0, 0
		for _, d := range m.duties() {
			if d.Open > 0 {
				open++
			} else {
				done++
			}
		}
		rows := func(path func(int) string) (n int) {
			for k := 1; out[path(k)] != nil; k++ {
				n += strings.Count(string(out[path(k)]), `<tr><th scope="row" data-label="期限">`)
				if size := weight(out, path(k)); size > maxWeight {
					t.Errorf("%s: %d bytes", path(k), size)
				}
			}
			return n
		}
		all := rows(func(n int) string {
			if n == 1 {
				return "calendar/index.html"
			}
			return openPath(n)
		})
		if all != open+min(done, latestDone) || open <= firstOpen {
			t.Errorf("%s: %d rows, %d open, %d done", today, all, open, done)
		}
		if year != "" && rows(donePath(year)) <= perDuties {
			t.Errorf("%s: %d duties of the year", today, rows(donePath(year)))
		}
	}
}

// TestDrawYears: of many draws the entrance lists the latest years, and leads to
// a page of each year before.
func TestDrawYears(t *testing.T) {
	m, out := gaoqingMaker(t), memory{}
	m.out = out
	s := *m.s
	for i := range 60 {
		l := *m.s.Lots[0]
		body := *l.Body
		round := *body.Randomness
		round.Time = num(2024+i/12) + round.Time[4:]
		body.Randomness, l.Body = &round, &body
		s.Lots = append(slices.Clip(s.Lots), &l)
	}
	m.s = &s
	if err := m.drawList(); err != nil {
		t.Fatal(err)
	}
	entrance := hrefsOf(t, out, "draws/index.html")
	if n := strings.Count(string(out["draws/index.html"]), `data-label="抽取"`); n != 24 || entrance[drawYearPath("2027")] || !entrance[drawYearPath("2026")] || !entrance[drawYearPath("2023")] {
		t.Errorf("the entrance lists %d draws", n)
	}
	rows := 0
	for name, page := range out {
		rows += strings.Count(string(page), `data-label="抽取"`)
		if name != "draws/index.html" && !entrance[name] {
			t.Errorf("nobody finds %s", name)
		}
		if n := len(page) + 20_000; n > maxWeight {
			t.Errorf("%s: %d bytes", name, n)
		}
	}
	if rows != len(s.Lots) {
		t.Errorf("%d of %d draws are listed", rows, len(s.Lots))
	}
}

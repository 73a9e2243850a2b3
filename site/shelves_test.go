package site

import (
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/rules"
)

var resultLink = regexp.MustCompile(`<th scope="row" data-label="企业"><a href="([^"]*)">`)

// onShelf reads all pages of a shelf, oldest row first.
func onShelf(files memory, dir string) []string {
	var rows []string
	read := func(name string) bool {
		found := resultLink.FindAllStringSubmatch(string(files[name]), -1)
		slices.Reverse(found)
		for _, f := range found {
			rows = append(rows, path.Join(path.Dir(name), f[1]))
		}
		return files[name] != nil
	}
	for n := 1; read(shelfPath(dir, n)); n++ {
	}
	read(shelfPath(dir, 0))
	return rows
}

// TestShelves: every result stands on the shelves of its year, town, draw and
// outcomes and on no other; counts are those of the rows; no shelf is empty.
func TestShelves(t *testing.T) {
	for _, b := range []built{gaoqing(), yanshi()} {
		s := b.bureau.state
		all := 0
		for _, y := range []string{"2023", "2024"} {
			all += len(onShelf(b.files, "year-"+y))
		}
		if all != len(s.Results) {
			t.Errorf("%d results on the years' shelves, %d in the ledger", all, len(s.Results))
		}
		for _, f := range s.Results {
			at := resultPath(f.Index)
			dirs := []string{"year-" + yearOf(f)}
			for _, c := range f.Outcome().Codes {
				dirs = append(dirs, "year-"+yearOf(f)+"/code-"+c)
			}
			for _, c := range f.Body.Outcome.Codes {
				dirs = append(dirs, "year-"+yearOf(f)+"/code-"+c)
			}
			if f.Lot != nil {
				dirs = append(dirs, "draw-"+f.Lot.Body.Draw)
			}
			if len(f.Corrections) > 0 {
				dirs = append(dirs, "year-"+yearOf(f)+"/corrected")
			}
			for _, d := range dirs {
				if !slices.Contains(onShelf(b.files, d), at) {
					t.Errorf("%s is not on %s", at, d)
				}
			}
		}
		for _, name := range pagesOf(b.files) {
			if strings.HasPrefix(name, "results/year-") || strings.HasPrefix(name, "results/draw-") {
				if len(resultLink.FindAllString(string(b.files[name]), -1)) == 0 {
					t.Errorf("%s is empty", name)
				}
			}
		}
	}
	page := string(gaoqing().files["results/index.html"])
	year := onShelf(gaoqing().files, "year-2023")
	if !strings.Contains(page, `href="../results/year-2023/index.html">2023年，`+num(len(year))+`份`) {
		t.Error("the entrance does not lead to the year with its number")
	}
	if gaoqing().files["results/year-2024/index.html"] != nil {
		t.Error("a year without a result has a page")
	}
}

// TestShelvesGrow: a shelf only grows at its end; a full page stays as it is.
func TestShelvesGrow(t *testing.T) {
	m := &maker{pack: new(rules.Pack)}
	s := &shelf{dir: "year-2023"}
	for n, want := range map[int]int{1: 0, perPage: 0, perPage + 1: 1, 2 * perPage: 1, 2*perPage + 1: 2} {
		s.list = make([]*rules.Finished, n)
		if got := m.shelfParts(s); got != want {
			t.Errorf("%d results: %d full pages, not %d", n, got, want)
		}
	}
}

// TestCodeGloss: every code of the packs that we know is explained.
func TestCodeGloss(t *testing.T) {
	for _, b := range []built{gaoqing(), yanshi()} {
		for _, c := range b.bureau.state.Pack.Result.Codes {
			if codeGloss[c.Name] == "" {
				t.Errorf("%s is not explained", c.Name)
			}
		}
	}
}

// TestVersus: which is smaller, and by which digit.
func TestVersus(t *testing.T) {
	for _, c := range []struct{ ticket, line, mark, words string }{
		{"0010", "0b64", "0", "前1位相同，第2位不同：0 小于 b，所以签值小于中签线，抽中。"},
		{"10", "2f", "1", "第1位就不同：1 小于 2"},
		{"0c", "0b", "c", "大于中签线，没有抽中"},
		{"0c", "0c", "", "完全相同"},
	} {
		v := versusOf(c.ticket, c.line)
		if v.Ticket.Mark != c.mark || !strings.Contains(v.Words, c.words) || v.Ticket.Before+v.Ticket.Mark+v.Ticket.After != c.ticket || v.Cutoff.Before+v.Cutoff.Mark+v.Cutoff.After != c.line {
			t.Errorf("%s against %s: %+v", c.ticket, c.line, v)
		}
	}
}

// TestFirmDuty: a result tells the enterprise what to do by when, and how to
// object with the clause's days.
func TestFirmDuty(t *testing.T) {
	b := gaoqing()
	for _, f := range b.bureau.state.Results {
		page := string(b.files[resultPath(f.Index)])
		want := []string{"这家企业要做什么", "收到材料后20个工作日内复核", "0533-0000000"}
		if slices.Contains(f.Outcome().Codes, "a") {
			want = append(want, "没有登记要企业办的事")
		}
		if f.Body.FollowUp != nil && len(f.FollowUps) == 0 {
			want = append(want, f.Body.FollowUp.Due, f.Body.FollowUp.Kind)
		}
		for _, w := range want {
			if !strings.Contains(page, w) {
				t.Errorf("result %d does not say %q", f.Index, w)
			}
		}
	}
	for _, f := range yanshi().bureau.state.Results[:1] {
		if !strings.Contains(string(yanshi().files[resultPath(f.Index)]), "制度没有写明复核的期限") {
			t.Error("a term that the regulation does not name")
		}
	}
}

// TestOneMoreResult: one more result touches its draw, the entry before it, and
// of the lists one page each: entrance, last page, year, town, outcome, draw; of
// the enterprises the entrance and the new one's shelves. No page of another
// result or enterprise changes.
func TestOneMoreResult(t *testing.T) {
	b := newBureau(t, "gaoqing", 60)
	lot := b.cast("2023-09-15T19:05:00", b.announce("2023-09-14T09:00:00", "1", 657413, "2023-09-18", "2023-10-31"))
	b.dispatch("2023-09-18T09:00:00", lot, "2023-09-18", "2023-10-31")
	for _, o := range lot.Objects[:3] {
		b.finish("2023-10-21T10:00:00", lot, o, "a", "2023-10-12", "2023-10-18")
	}
	before := buildOf(t, b)
	last := b.state.Size - 1
	b.finish("2023-10-22T10:00:00", lot, lot.Objects[3], "a", "2023-10-12", "2023-10-18")
	after := buildOf(t, b)
	lists := 0
	for name, data := range before {
		if string(after[name]) == string(data) || !strings.HasSuffix(name, ".html") {
			continue
		}
		switch {
		case strings.HasPrefix(name, "results/"), strings.HasPrefix(name, "firms/") && (name == "firms/index.html" || strings.Contains(name, "-")):
			lists++
		case strings.HasPrefix(name, "firms/"):
			t.Errorf("%s changed", name)
		case strings.HasPrefix(name, "inspectors/"), strings.HasPrefix(name, "checklist/"), strings.HasPrefix(name, "book/") && !strings.HasPrefix(name, "book/page-") && !strings.HasPrefix(name, "book/tree/") && name != "book/index.html" && name != entryPath(last) && name != entryPath(lot.Index):
			t.Errorf("%s changed", name)
		}
	}
	// results: entrance, page-1, year, draw, code-a (the towns' shelf may be new);
	// firms: entrance and at most its three shelves.
	if lists < 5 || lists > 11 {
		t.Errorf("%d lists changed", lists)
	}
	for i := range 3 {
		if name := resultPath(lot.Objects[i].Result.Index); string(after[name]) != string(before[name]) {
			t.Errorf("%s changed", name)
		}
	}
}

// TestShelfSealed: beyond a full page of results the first stand on page-1,
// which one more result leaves as it is, and the rest on index.html.
func TestShelfSealed(t *testing.T) {
	b := newBureau(t, "gaoqing", 290)
	lot := b.cast("2023-09-15T19:05:00", b.announce("2023-09-14T09:00:00", "1", 657413, "2023-09-18", "2023-10-31"))
	b.dispatch("2023-09-18T09:00:00", lot, "2023-09-18", "2023-10-31")
	for _, o := range lot.Objects[:perPage+1] {
		b.finish("2023-10-21T10:00:00", lot, o, "a", "2023-10-12", "2023-10-18")
	}
	before := buildOf(t, b)
	b.finish("2023-10-22T10:00:00", lot, lot.Objects[perPage+1], "a", "2023-10-12", "2023-10-18")
	after := buildOf(t, b)
	for _, dir := range []string{"year-2023", "year-2023/code-a", "draw-2023-001"} {
		if full := shelfPath(dir, 1); before[full] == nil || string(before[full]) != string(after[full]) {
			t.Errorf("%s is missing or changed", full)
		}
		rows := onShelf(after, dir)
		if len(rows) != perPage+2 || rows[0] != resultPath(lot.Objects[0].Result.Index) || rows[perPage+1] != resultPath(lot.Objects[perPage+1].Result.Index) {
			t.Errorf("%s: %d rows from %s to %s", dir, len(rows), rows[0], rows[len(rows)-1])
		}
		if n := len(resultLink.FindAllString(string(after[shelfPath(dir, 0)]), -1)); n != 2 {
			t.Errorf("%s: %d rows beside a full page", dir, n)
		}
	}
	if page := string(after[shelfPath("year-2023", 0)]); !strings.Contains(page, `page-1.html">第1至50份`) || !strings.Contains(page, "本页是第51至52份") && !strings.Contains(page, "本页是最近的2份") {
		t.Error("nobody finds the full page")
	}
}

// The shelves of a kind stand in their order whatever stands between them: codes
// as the pack lists them, which is not that of their letters.
func TestSortedShelves(t *testing.T) {
	m := &maker{pack: &rules.Pack{}}
	for _, c := range []string{"x9", "x10", "x11"} {
		m.pack.Result.Codes = append(m.pack.Result.Codes, rules.Code{Code: c})
	}
	for _, key := range []string{"x11", "x10", "x2", "x9", "x3"} {
		kind := "town"
		if len(key) > 2 || key == "x9" {
			kind = "code"
		}
		m.shelves = append(m.shelves, &shelf{kind: kind, key: key})
	}
	for range len(m.shelves) {
		m.shelves = append(m.shelves[1:], m.shelves[0])
		var codes, towns []string
		for _, s := range m.sorted() {
			if s.kind == "code" {
				codes = append(codes, s.key)
			} else {
				towns = append(towns, s.key)
			}
		}
		if got := strings.Join(codes, " ") + ", " + strings.Join(towns, " "); got != "x9 x10 x11, x2 x3" {
			t.Errorf("the shelves stand as %s", got)
		}
	}
}

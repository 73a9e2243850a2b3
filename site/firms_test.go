package site

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

var firmLink = regexp.MustCompile(`data-label="企业"><a href="\.\./(?:\.\./)*firms/([^/]*)\.html"`)

// TestFirmShelves: every enterprise stands once on its character's shelf, and
// on its town's and its sector's where they are public; none is empty.
func TestFirmShelves(t *testing.T) {
	for pack, b := range map[string]built{"gaoqing": gaoqing(), "yanshi": yanshi()} {
		seen := map[string][]string{}
		for _, name := range pagesOf(b.files) {
			dir, _, _ := strings.Cut(strings.TrimPrefix(name, "firms/"), "/")
			if !strings.HasPrefix(name, "firms/") || !regexp.MustCompile(`^(c|town|sector)-`).MatchString(dir) {
				continue
			}
			found := firmLink.FindAllStringSubmatch(string(b.files[name]), -1)
			if len(found) == 0 {
				t.Errorf("%s %s is empty", pack, name)
			}
			if !strings.Contains(string(b.files[name]), "重点检查、举报核查、日常执法不在此列") {
				t.Errorf("%s %s does not say what it leaves out", pack, name)
			}
			kind, _, _ := strings.Cut(dir, "-")
			for _, f := range found {
				seen[f[1]] = append(seen[f[1]], kind)
			}
		}
		for code := range b.firmPages() {
			kinds := seen[code]
			slices.Sort(kinds)
			if got := strings.Join(kinds, " "); got != "c" && got != "c town" && got != "c sector town" && got != "c sector" {
				t.Errorf("%s: %s stands on the shelves %q", pack, code, got)
			}
		}
	}
}

// firmPages are the enterprises that have a page.
func (b built) firmPages() map[string]bool {
	found := map[string]bool{}
	for name := range b.files {
		code, ok := strings.CutSuffix(strings.TrimPrefix(name, "firms/"), ".html")
		if ok && strings.HasPrefix(name, "firms/") && !strings.Contains(code, "/") && (len(code) == 18 || strings.HasPrefix(code, "reg-")) {
			found[code] = true
		}
	}
	return found
}

// TestNoHit: who finds nothing learns which of the four it may be, with the
// numbers of the ledger and how to report an omission; and nobody reads that an
// enterprise was never inspected.
func TestNoHit(t *testing.T) {
	b := gaoqing()
	page := string(b.files["firms/index.html"])
	s := b.bureau.state
	for _, w := range []string{`id="not-listed">不在名录库`, `id="not-drawn">在库未抽中`, `id="not-yet">名单未到公开日期`, `id="left-out">依条款排除`, `id="left-something">怎样反映遗漏`,
		"不等于没有检查过", "0533-0000000", num(s.Roster("objects").Body.Count) + "户", num(len(s.Lot("2024-002").Objects)) + "户名称没有公开", `href="../rules/G-`} {
		if !strings.Contains(page, w) {
			t.Errorf("the entrance does not say %q", w)
		}
	}
	for _, name := range pagesOf(b.files) {
		if strings.HasPrefix(name, "limits/") {
			continue // it says what must not be concluded
		}
		for _, w := range []string{"从未检查", "没有被检查过", "从未被检查", "未曾检查"} {
			if strings.Contains(string(b.files[name]), w) {
				t.Errorf("%s says %q", name, w)
			}
		}
	}
}

// TestFirmPage: an enterprise's page begins with what it leaves out, and puts
// the ticket beside the cut-off.
func TestFirmPage(t *testing.T) {
	b := gaoqing()
	lot := b.bureau.state.Lots[0]
	o := lot.Objects[1]
	page := string(b.files["firms/"+strings.ToLower(b.bureau.firmOf(o.Handle).ID)+".html"])
	main := page[strings.Index(page, "</h1>"):]
	if i, j := strings.Index(main, "本页只列双随机抽查。重点检查、举报核查、日常执法不在此列"), strings.Index(main, "<dl"); i < 0 || i > j || !strings.Contains(main[:j], "https://www.gsxt.gov.cn/") {
		t.Error("the page does not begin with what it leaves out")
	}
	v := versusOf(o.Ticket, cutoff(lot, o.Cell))
	for _, w := range []string{v.Words, "<strong>" + v.Ticket.Mark + "</strong>", "draws/2023-001/index.html", resultPath(o.Result.Index) + "#do", "left-something"} {
		if w != "" && !strings.Contains(page, w) {
			t.Errorf("the page does not say %q", w)
		}
	}
}

package site

import (
	"path"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/ledger"
)

// hrefsOf are the files to which a page leads.
func hrefsOf(t *testing.T, files memory, name string) map[string]bool {
	t.Helper()
	list, _, err := tokenize(string(files[name]))
	if err != nil {
		t.Fatal(name, err)
	}
	to := map[string]bool{}
	for _, e := range list {
		if href := e.attrs["href"]; href != "" {
			file, _, _ := strings.Cut(href, "#")
			to[path.Join(path.Dir(name), file)] = true
		}
	}
	return to
}

// filings makes a ledger of at least n records.
func filings(t *testing.T, n int64) *bureau {
	b := newBureau(t, "gaoqing", 20)
	for b.state.Size < n {
		b.say("2024-01-11T09:00:00", &record.Filing{Plan: b.state.Plans[0].Index, To: "市场监管局", Date: "2024-01-11"}, false)
	}
	return b
}

// The pages of the tree lead to every tile and every bundle that is published,
// and to nothing that is not (TestLinks).
func TestTreePages(t *testing.T) {
	files := buildOf(t, filings(t, ledger.TileWidth+5))
	all := map[string]bool{}
	for name := range files {
		if strings.HasPrefix(name, "book/tree/") {
			for to := range hrefsOf(t, files, name) {
				all[to] = true
			}
		}
	}
	tiles := 0
	for name := range files {
		if strings.HasPrefix(name, "ledger/tile/") {
			if tiles++; !all[name] {
				t.Errorf("no page of the tree leads to %s", name)
			}
		}
	}
	if tiles != 5 { // two bundles, two tiles of level 0, one of level 1
		t.Errorf("%d tiles", tiles)
	}
	text := string(files["book/tree/index.html"])
	for _, w := range []string{"第0层", "第1层", "每个校验码管256条记录", "5个校验码"} {
		if !strings.Contains(text, w) {
			t.Errorf("the tree does not say %s", w)
		}
	}
}

// Every record stands in the list of its kind, or where results stand.
func TestKindLists(t *testing.T) {
	b := gaoqing()
	m := gaoqingMaker(t)
	entrance := hrefsOf(t, b.files, "book/index.html")
	listed := map[string]map[string]bool{}
	for _, e := range m.b.Entries {
		if e.Record == nil {
			continue
		}
		kind := e.Record.Type
		at := or(ownList[kind], bookTypePath(kind)(1))
		if !entrance[at] {
			t.Errorf("the entrance does not lead to %s", at)
		}
		if ownList[kind] != "" {
			continue
		}
		if listed[kind] == nil {
			listed[kind] = hrefsOf(t, b.files, at)
		}
		if !listed[kind][m.home(e.Index)] {
			t.Errorf("%s does not list record %d", at, e.Index)
		}
	}
	if len(listed) < 8 {
		t.Errorf("only %d kinds", len(listed))
	}
}

// Who cosigned is told as the proof files have it, of each checkpoint once.
func TestWitnessPages(t *testing.T) {
	b := newBureau(t, "gaoqing", 60)
	b.seen = record.Unix("2023-08-16T09:00:30+08:00")
	watched(b)
	b.seen = record.Unix("2023-08-23T23:20:22+08:00")
	b.say("2023-08-23T15:01:00", &record.Filing{Plan: b.state.Plan(2023).Index, To: "市场监管局", Date: "2023-08-21"}, false)
	files := buildOf(t, b)
	who := string(files[witnessesPath])
	list := string(files[signedPath(1)])
	for _, w := range []string{"演示档案馆", "演示司法局", "共2家见证单位", "a.example"} {
		if !strings.Contains(who, w) {
			t.Errorf("the witnesses are not told: %s", w)
		}
	}
	if n := strings.Count(list, "演示档案馆、演示司法局"); n != 2 || strings.Count(list, `<tr><th scope="row"`) != int(b.state.Size) {
		t.Errorf("%d checkpoints with both lines", n)
	}
	if !strings.Contains(list, "2023-08-23 23:20:22") || !strings.Contains(list, `<td data-label="见证单位">没有</td>`) {
		t.Error("times, or those that nobody signed, are not told")
	}
	if !hrefsOf(t, files, "book/index.html")[witnessesPath] || gaoqing().files[witnessesPath] != nil {
		t.Error("an office without witnesses has a page of them, or one with has none")
	}
}

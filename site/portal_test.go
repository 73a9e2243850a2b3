package site_test

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sunlot/sunlot/internal/attack"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/portal"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/verify"
	"github.com/sunlot/sunlot/site"
	"github.com/sunlot/sunlot/templates"
)

// now is when the portals of these tests are made.
const now = 1722400200

type files map[string][]byte

func (f files) Put(name string, data []byte) error {
	if f[name] != nil {
		return fmt.Errorf("%s twice", name)
	}
	f[name] = slices.Clone(data)
	return nil
}

func (f files) fs() fstest.MapFS {
	m := fstest.MapFS{}
	for name, data := range f {
		m[name] = &fstest.MapFile{Data: data}
	}
	return m
}

func (f files) pages() []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(f)), func(n string) bool { return !strings.HasSuffix(n, ".html") })
}

func made(t testing.TB, title string, rows ...portal.Row) files {
	t.Helper()
	out := files{}
	if err := portal.Build(rows, portal.Options{Title: title, Base: "https://www.example.gov.cn/all/", At: now, Unit: "演示省应急管理厅", Site: record.Site{Name: title, IDCode: "3700000000"}}, out); err != nil {
		t.Fatal(err)
	}
	return out
}

func row(pack string) portal.Row {
	b, _, _ := site.Fixture(pack)
	return portal.Of(portal.Place{ID: pack, Group: "演示市", Href: pack + "/"}, b, now)
}

// frame holds every page of a portal to what every page must have, and returns
// the text of each.
func frame(t *testing.T, out files) map[string]string {
	t.Helper()
	texts := map[string]string{}
	for _, name := range out.pages() {
		list, text, err := site.Tokenize(string(out[name]))
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		texts[name] = text
		count, ids := map[string]int{}, map[string]bool{}
		for _, e := range list {
			count[e.Name]++
			if id, ok := e.Attrs["id"]; ok {
				if id == "" || ids[id] {
					t.Errorf("%s: id %q", name, id)
				}
				ids[id] = true
			}
		}
		if count["h1"] != 1 || count["main"] != 1 || count["title"] != 1 {
			t.Errorf("%s: %v", name, count)
		}
		if list[0].Attrs["lang"] != "zh-CN" || list[2].Attrs["charset"] != "utf-8" || list[3].Attrs["content"] != templates.Policy() {
			t.Errorf("%s: head is %v", name, list[:4])
		}
		if i := slices.IndexFunc(list, func(e site.Element) bool { return e.Name == "body" }); list[i+1].Attrs["href"] != "#main" {
			t.Errorf("%s: the skip link does not come first", name)
		}
		for _, want := range []string{"法定公示以省平台和国家企业信用信息公示系统为准", "无障碍声明", "网站标识码", "主办单位"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s: no %q", name, want)
			}
		}
		for _, e := range list {
			for _, attr := range []string{"href", "src"} {
				file, _, _ := strings.Cut(e.Attrs[attr], "#")
				if file == "" || strings.Contains(file, "://") {
					continue
				}
				target := path.Join(path.Dir(name), file)
				if office, rest, ok := strings.Cut(target, "/"); ok && (office == "gaoqing" || office == "yanshi") {
					if _, made, _ := site.Fixture(office); made[rest] == nil {
						t.Errorf("%s: %s leads to nothing of %s", name, file, office)
					}
				} else if out[target] == nil && !strings.HasPrefix(target, "o-") {
					t.Errorf("%s: %s leads to nothing", name, file)
				}
			}
		}
	}
	return texts
}

func TestPortalPages(t *testing.T) {
	out := made(t, "演示省双随机抽查公开账本", row("gaoqing"), row("yanshi"),
		portal.Failed(portal.Place{ID: "o-broken", Name: "演示乙县应急管理局", Href: "o-broken/"}, fault.New("ledger.audit-root", "tile/0/000", "", ""), now))
	if want := []string{"draws/index.html", "icon.svg", "index.html", "overdue/index.html", "portal.json", "script/portal.js", "script/site.js", "style.css", "verify/index.html"}; !slices.Equal(slices.Sorted(maps.Keys(out)), want) {
		t.Errorf("files %v", slices.Sorted(maps.Keys(out)))
	}
	texts := frame(t, out)
	for name, words := range map[string][]string{
		"index.html":         {"名称后写着“（演示）”的单位，内容是虚构的", "高青县", "偃师区", "未设见证", "演示乙县应急管理局 不相符", "核验于2024-07-31 12:30", "3个"},
		"draws/index.html":   {"2024-002", "2023-001", "结果已全部公示"},
		"verify/index.html":  {"sunlot-verify https://www.example.gov.cn/all/gaoqing/ --fingerprint ", "example.gov.cn/gaoqing", "example.gov.cn/yanshi"},
		"overdue/index.html": {"演示乙县应急管理局"},
	} {
		for _, w := range words {
			if !strings.Contains(texts[name], w) {
				t.Errorf("%s does not say %q:\n%s", name, w, texts[name])
			}
		}
	}
	for _, pack := range []string{"gaoqing", "yanshi"} {
		b, _, _ := site.Fixture(pack)
		root := hex.EncodeToString(b.Checkpoint.Root[:])
		if !strings.Contains(texts["index.html"], root[:8]) || !strings.Contains(string(out["portal.json"]), root) || !strings.Contains(texts["verify/index.html"], b.LogKey()) {
			t.Errorf("%s: its checkpoint or key is not told", pack)
		}
	}
}

// TestPortalFigures: every figure of portal.json is the bundle's.
func TestPortalFigures(t *testing.T) {
	out := made(t, "演示", row("gaoqing"))
	var got struct {
		Form    string
		Offices []struct {
			ID, State, Verified string
			Facts               portal.Facts
		}
	}
	if err := json.Unmarshal(out[portal.JSONName], &got); err != nil {
		t.Fatal(err)
	}
	b, _, _ := site.Fixture("gaoqing")
	f, open, failed := got.Offices[0].Facts, 0, 0
	for _, d := range b.State.Duties(b.Today) {
		if d.Late > 0 && d.Code != "open-k" && d.Code != "open-ki" {
			open += d.Open
		}
	}
	for _, found := range b.Findings {
		if found.Severity == "breach" {
			failed++
		}
	}
	if got.Form != "sunlot-portal/1" || got.Offices[0].State != "unsound" || f.Size != b.Checkpoint.Size || f.Overdue != open || f.Failed != failed || f.DrawCount != len(b.State.Lots) ||
		len(f.Draws) != len(b.State.Lots) || f.Last != b.Entries[len(b.Entries)-1].Record.Env.At || f.Of != 0 || f.Origin != b.Checkpoint.Origin || got.Offices[0].Verified != "2024-07-31T12:30:00+08:00" {
		t.Errorf("%+v, want %d open, %d failed", got, open, failed)
	}
	if open == 0 || failed == 0 {
		t.Error("the fixture has nothing overdue or nothing that failed: the test shows nothing")
	}
	for _, d := range f.Draws {
		if _, made, _ := site.Fixture("gaoqing"); made[d.Path] == nil {
			t.Errorf("%s is no page of the site", d.Path)
		}
	}
	if again := made(t, "演示", row("gaoqing")); !maps.EqualFunc(out, again, slices.Equal) {
		t.Error("a second portal of the same rows differs")
	}
}

// TestPortalWitnesses: who has signed the checkpoint is counted on it.
func TestPortalWitnesses(t *testing.T) {
	o := attack.New(t, attack.Witnessed)
	dir := t.TempDir()
	o.Spill(dir)
	b, err := verify.Open(os.DirFS(dir), verify.Options{Today: "2023-07-01"})
	if err != nil {
		t.Fatal(err)
	}
	r := portal.Of(portal.Place{ID: "o-seen", Href: "o-seen/"}, b, now)
	f, ok := r.Facts()
	if !ok || f.Needed != 3 || f.Of != 4 || f.Signed < f.Needed || f.Signed > f.Of || f.Seen == "" || r.State() != portal.Sound {
		t.Errorf("%v %+v", r.State(), f)
	}
	texts := frame(t, made(t, "演示", r))
	if want := fmt.Sprintf("见证%d/4家，须3家", f.Signed); !strings.Contains(texts["index.html"], want) || !strings.Contains(texts["index.html"], "核验相符") {
		t.Errorf("no %q in %s", want, texts["index.html"])
	}
}

// TestPortalMutated: one bit of an office's tiles or checkpoint, and its row has
// a reason and not one fact; another office's row is as it was.
func TestPortalMutated(t *testing.T) {
	sound := made(t, "演示", row("gaoqing"), row("yanshi"))
	b, _, ledger := site.Fixture("gaoqing")
	root := hex.EncodeToString(b.Checkpoint.Root[:])
	for _, name := range []string{"checkpoint", "tile/0/000.p/" + fmt.Sprint(b.Checkpoint.Size), "tile/entries/000.p/" + fmt.Sprint(b.Checkpoint.Size)} {
		spoiled := files(maps.Clone(ledger))
		data := slices.Clone(spoiled[name])
		if len(data) == 0 {
			t.Fatalf("no %s in %v", name, slices.Sorted(maps.Keys(ledger))[:8])
		}
		data[len(data)/2] ^= 1
		spoiled[name] = data
		_, err := verify.Open(spoiled.fs(), verify.Options{Today: "2024-07-31"})
		if err == nil {
			t.Fatalf("%s: not noticed", name)
		}
		bad := portal.Failed(portal.Place{ID: "gaoqing", Name: "演示县", Href: "gaoqing/"}, err, now)
		if f, ok := bad.Facts(); ok || bad.State() != portal.Unsound {
			t.Errorf("%s: %s %+v", name, bad.State(), f)
		}
		out := made(t, "演示", bad, row("yanshi"))
		texts := frame(t, out)
		if !strings.Contains(texts["index.html"], "演示县 不相符") || !strings.Contains(string(out[portal.JSONName]), `"state": "unsound"`) {
			t.Errorf("%s: the row does not say so: %s", name, texts["index.html"])
		}
		for page, data := range out {
			for _, fact := range []string{root[:8], "gaoqing/draws/", b.LogKey(), "example.gov.cn/gaoqing", "高青"} {
				if strings.Contains(string(data), fact) && !strings.Contains(string(sound["style.css"]), fact) {
					t.Errorf("%s: %s still tells %q", name, page, fact)
				}
			}
		}
	}
}

// TestPortalHostile: names that carry markup arrive as text, whoever wrote them.
func TestPortalHostile(t *testing.T) {
	for _, h := range site.Hostile {
		b, _, _ := site.Fixture("gaoqing")
		c := *b.State.Charters[0].Body
		c.Office, c.Site.Name = h, h
		b.State.Charters[0].Body = &c
		out := made(t, h, portal.Of(portal.Place{ID: "gaoqing", Group: h, Href: "gaoqing/"}, b, now),
			portal.Failed(portal.Place{ID: "o-b", Name: h, Group: h, Href: "https://www.example.gov.cn/x/"}, fault.New("office.unreadable", h, h, h), now))
		for name, text := range frame(t, out) {
			if !strings.Contains(text, h) {
				t.Errorf("%s: %q did not arrive as text", name, h)
			}
		}
	}
}

// TestPortalReasons: what stands on a public page names no folder of the machine.
func TestPortalReasons(t *testing.T) {
	for _, err := range []error{
		fault.Wrap("office.unreadable", "/srv/private/offices/gaoqing/office.toml", fault.New("site.write", `C:\offices\gaoqing\x`, "", "")).Of(fault.Unreachable),
		fault.New("publish.target-fork", "/srv/private/www", "3 00", "4 11"),
		fault.New("command.unwitnessed", "/srv/private/offices/gaoqing/ledger", "2", "").Of(fault.Unreachable),
		fmt.Errorf("open /srv/private/x: denied"),
	} {
		r := portal.Failed(portal.Place{ID: "o-x", Href: "o-x/"}, err, now)
		for page, data := range made(t, "演示", r) {
			if strings.Contains(string(data), "/srv/") || strings.Contains(string(data), `C:\`) || strings.Contains(string(data), "private") {
				t.Errorf("%s tells where it stood: %v", page, err)
			}
		}
		if want := map[string]string{"publish.target-fork": portal.Unsound}[fault.Code(err)]; want != "" && r.State() != want || want == "" && r.State() != portal.Unknown {
			t.Errorf("%v is %s", err, r.State())
		}
	}
}

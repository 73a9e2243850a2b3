package portal

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/durable"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
)

type memory map[string][]byte

func (m memory) Put(name string, data []byte) error { m[name] = slices.Clone(data); return nil }

// invented is a row as full as an office's can be. Facts come from bundles
// alone (Of) everywhere but here, where only their length matters.
func invented(i int) Row {
	f := &Facts{Region: "演示自治州演示族自治县", Failed: 4, Office: fmt.Sprintf("演示自治州演示族自治县第%d应急管理局", i), Site: "演示", Origin: fmt.Sprintf("www.example-%d.gov.cn/sunlot", i), Size: uint64(100000 + i), Root: strings.Repeat("ab", 32),
		Seen: "2024-07-31T12:00:00+08:00", Signed: 3, Needed: 3, Of: 4, Overdue: 12, Key: "www.example.gov.cn/sunlot+0123abcd+" + strings.Repeat("A", 44), Fingerprint: strings.Repeat("cd", 32), when: "2024-07-31 12:00 见证"}
	for d := range keptDraws {
		f.Draws = append(f.Draws, Draw{fmt.Sprintf("2024-%02d-%02d", 1+d%12, 1+i%28), fmt.Sprintf("2024-%03d 对工矿商贸企业安全生产情况的检查", d), "结果已全部公示", fmt.Sprintf("draws/2024-%03d/index.html", d), "good"})
	}
	for d := range keptLate {
		f.Late = append(f.Late, Late{fmt.Sprintf("2024-%02d-01", 1+d), "公示抽查结果（2024-001）", "逾期12个工作日", 3, "draws/2024-001/index.html"})
	}
	id := fmt.Sprintf("demo-county-%03d", i)
	return Row{place: Place{ID: id, Group: fmt.Sprintf("演示第%d市", i/12), Href: "https://" + id + ".example.gov.cn/sunlot/public/"}, at: 1722400200, facts: f, why: because(fault.New("publish.target-checkpoint", "", "", ""))}
}

func portalOf(t *testing.T, n int) memory {
	t.Helper()
	var rows []Row
	for i := range n {
		rows = append(rows, invented(i))
	}
	out := memory{}
	if err := Build(rows, Options{Title: "演示省双随机抽查公开账本", Base: "https://www.example.gov.cn/all/", At: 1722400200, Unit: "演示省应急管理厅"}, out); err != nil {
		t.Fatal(err)
	}
	return out
}

// TestWeight: no page has more than 50 KB, however many offices there are; every
// office has its row once, and a page leads to it.
func TestWeight(t *testing.T) {
	const most = 50_000
	for _, n := range []int{0, 1, 60, 100, 101, 300, 650} {
		out := portalOf(t, n)
		rows, heaviest := 0, ""
		for name, data := range out {
			if !strings.HasSuffix(name, ".html") {
				continue
			}
			if len(data) > most {
				t.Errorf("%d offices: %s has %d bytes", n, name, len(data))
			}
			if heaviest == "" || len(data) > len(out[heaviest]) {
				heaviest = name
			}
			rows += strings.Count(string(data), `<li class="office" id="`)
		}
		if rows != n {
			t.Errorf("%d offices: %d rows", n, rows)
		}
		names := 0
		for part := 1; out[partName("", part)] != nil; part++ {
			names += strings.Count(string(out[partName("", part)]), `<li class="office"`)
		}
		if names != n {
			t.Errorf("%d offices: the index names %d", n, names)
		}
		for i := range n {
			id := invented(i).place.ID
			at := slices.IndexFunc(slices.Sorted(maps.Keys(out)), func(name string) bool {
				return strings.HasSuffix(name, ".html") && strings.Contains(string(out[name]), `<li class="office" id="`+id+`"`)
			})
			name := slices.Sorted(maps.Keys(out))[at]
			if out["offices/page-1.html"] == nil {
				continue
			}
			if !strings.Contains(string(out[namesName]), `"`+name+"#"+id+`"`) {
				t.Fatalf("%d offices: %s does not say that %s stands on %s", n, namesName, id, name)
			}
			if !slices.ContainsFunc(slices.Sorted(maps.Keys(out)), func(index string) bool {
				return !strings.Contains(index, "/") && strings.Contains(string(out[index]), `href="`+name+"#"+id+`"`)
			}) {
				t.Fatalf("%d offices: no link to %s#%s", n, name, id)
			}
		}
		t.Logf("%d offices: index.html %d bytes, heaviest %s %d, portal.json %d, %d files", n, len(out["index.html"]), heaviest, len(out[heaviest]), len(out[JSONName]), len(out))
	}
}

// none is an office of which nothing was verified.
func none(id string) Row {
	return Failed(Place{ID: id, Name: "无事实" + id, Href: id + "/"}, fault.New("verify.unreadable", "", "", "").Of(fault.Unreachable), 0)
}

func pagesOf(t *testing.T, base string, rows ...Row) memory {
	t.Helper()
	out := memory{}
	if err := Build(rows, Options{Title: "演示", Base: base}, out); err != nil {
		t.Fatal(err)
	}
	return out
}

// tell holds pages to what they must and (after a "!") must not say.
func tell(t *testing.T, what string, out memory, pages map[string][]string) {
	t.Helper()
	for name, list := range pages {
		for _, w := range list {
			not, without := strings.CutPrefix(w, "!")
			if strings.Contains(string(out[name]), not) == without {
				t.Errorf("%s: %s: %q", what, name, w)
			}
		}
	}
}

// TestNothingKnown: 没有 is said of offices that were verified, and of no other.
func TestNothingKnown(t *testing.T) {
	clean := invented(1)
	clean.facts.Overdue, clean.facts.Late, clean.facts.Draws = 0, nil, nil
	tell(t, "all verified", pagesOf(t, "", clean), map[string][]string{
		"index.html": {"<dt>逾期</dt><dd>没有</dd>"}, "overdue/index.html": {"<p>没有逾期的。</p>", "!没有核验成"}, "draws/index.html": {"<p>还没有抽取。</p>", "!没有核验成"}})
	tell(t, "one not", pagesOf(t, "", clean, none("b")), map[string][]string{
		"index.html":         {"<dt>逾期</dt><dd>核验过的没有；1个单位不知道</dd>"},
		"overdue/index.html": {"<p>核验过的单位没有逾期的。</p>", "无事实b"}, "draws/index.html": {"<p>核验过的单位还没有抽取。</p>", "无事实b"}})
	tell(t, "none verified", pagesOf(t, "", none("a"), none("b")), map[string][]string{
		"index.html":         {"<dt>逾期</dt><dd>2个单位不知道</dd>"},
		"overdue/index.html": {"!没有逾期的", "无事实a、无事实b"}, "draws/index.html": {"!还没有抽取", "无事实a、无事实b"}})
	tell(t, "overdue", pagesOf(t, "", invented(1), none("b")), map[string][]string{
		"index.html": {"<dt>逾期</dt><dd>1个单位，12项；1个单位不知道</dd>"}, "draws/index.html": {"无事实b"}})
}

// TestDemoAndReal: the banner calls offices invented only where all are; beside
// others, or one that is not known, the invented ones are marked.
func TestDemoAndReal(t *testing.T) {
	demo, real := invented(1), invented(2)
	demo.facts.Demo = true
	const banner, mixed, mark = "演示：各单位的内容是虚构的", "名称后写着“（演示）”的单位", "第1应急管理局（演示）"
	pages := []string{"index.html", "draws/index.html", "overdue/index.html", "verify/index.html"}
	for what, c := range map[string]struct {
		rows []Row
		say  []string
	}{
		"demo":             {[]Row{demo}, []string{banner, "!" + mixed, "!" + mark}},
		"real":             {[]Row{real}, []string{"!" + banner, "!" + mixed}},
		"demo and real":    {[]Row{demo, real}, []string{"!" + banner, mixed, mark, "!第2应急管理局（演示）"}},
		"demo and unknown": {[]Row{demo, none("b")}, []string{"!" + banner, mixed, mark, "!无事实b（演示）"}},
	} {
		out := pagesOf(t, "", c.rows...)
		for _, name := range pages {
			tell(t, what, out, map[string][]string{name: c.say})
		}
		if got := strings.Contains(string(out[JSONName]), "\n \"demo\": true"); got != (what == "demo") {
			t.Errorf("%s: portal.json says %v", what, got)
		}
	}
}

// TestUngrouped: an office of no group stands under no other's heading.
func TestUngrouped(t *testing.T) {
	a, b, c := none("a"), none("b"), none("c")
	a.place.Group, c.place.Group = "演示甲市", "演示乙市"
	page := string(pagesOf(t, "", a, b, c)["index.html"])
	last := -1
	for _, w := range []string{"<h2>演示甲市</h2>", `id="a"`, "<h2>演示乙市</h2>", `id="c"`, "<h2>其他单位</h2>", `id="b"`} {
		at := strings.Index(page, w)
		if at <= last {
			t.Errorf("%s stands at %d, after %d", w, at, last)
		}
		last = at
	}
	tell(t, "no groups", pagesOf(t, "", none("a")), map[string][]string{"index.html": {"!其他单位"}})
}

// TestAddresses: a command line that can be copied, or says what to put in; no
// link to a site that is not there.
func TestAddresses(t *testing.T) {
	r, failed := invented(1), none("b")
	r.place.Href = "gaoqing/"
	tell(t, "with base", pagesOf(t, "https://www.example.gov.cn/all/", r, failed), map[string][]string{
		"verify/index.html": {"sunlot-verify https://www.example.gov.cn/all/gaoqing/ --f", "sunlot-verify https://www.example.gov.cn/all/b/<", "!网址”换成"}})
	tell(t, "without", pagesOf(t, "", r, failed), map[string][]string{
		"verify/index.html": {"sunlot-verify 网址 --f", "sunlot-verify 网址<", "“网址”换成该单位网站的网址", "!sunlot-verify gaoqing/"}})
	out := pagesOf(t, "https://www.example.gov.cn/all/", r, failed.Unlinked())
	for name := range out {
		if strings.HasSuffix(name, ".html") {
			tell(t, "no site", out, map[string][]string{name: {`!href="b/`, `!../b/`, "!all/b/"}})
		}
	}
}

func TestDrawsNewestFirst(t *testing.T) {
	out, last, count := portalOf(t, 7), "9999", 0
	for part := 1; out[partName("draws/", part)] != nil; part++ {
		for line := range strings.Lines(string(out[partName("draws/", part)])) {
			if _, rest, ok := strings.Cut(line, `<span class="when muted">`); ok {
				if count++; rest[:10] > last {
					t.Errorf("%s after %s", rest[:10], last)
				}
				last = rest[:10]
			}
		}
	}
	if count != 7*keptDraws {
		t.Errorf("%d draws", count)
	}
}

func TestOneOfAName(t *testing.T) {
	if err := Build([]Row{invented(1), invented(1)}, Options{}, memory{}); fault.Code(err) != "portal.twice" {
		t.Errorf("an office twice: %v", err)
	}
}

func put(t *testing.T, dir string, hook durable.Hook, files map[string]string) (*Folder, error) {
	t.Helper()
	f, err := OpenFolder(dir, hook)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	for name, text := range files {
		if err := f.Put(name, []byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	return f, f.Finish()
}

// TestFolder: what is the same is left alone, what is gone goes, what is the
// offices' stays.
func TestFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "public")
	f, err := put(t, dir, nil, map[string]string{"index.html": "a", "draws/page-2.html": "b", "style.css": "c"})
	if err != nil || f.Written != 3 {
		t.Fatal(f, err)
	}
	office := filepath.Join(dir, "gaoqing", "index.html")
	if err := os.MkdirAll(filepath.Dir(office), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(office, []byte("theirs"), 0o644); err != nil {
		t.Fatal(err)
	}
	f, err = put(t, dir, nil, map[string]string{"index.html": "A", "style.css": "c"})
	if err != nil || f.Written != 1 || f.Same != 1 || f.Removed != 1 {
		t.Errorf("%+v %v", f, err)
	}
	if data, err := os.ReadFile(office); err != nil || string(data) != "theirs" {
		t.Errorf("the office's page: %q %v", data, err)
	}
	if _, err := os.Stat(filepath.Join(dir, "draws", "page-2.html")); !os.IsNotExist(err) {
		t.Error("a page that is gone stands there")
	}
	if f, err = put(t, dir, nil, map[string]string{"index.html": "A", "style.css": "c"}); err != nil || f.Written != 0 || f.Removed != 0 {
		t.Errorf("again: %+v %v", f, err)
	}
	if _, err := put(t, dir, nil, map[string]string{"gaoqing/index.html": "ours"}); fault.Code(err) != "portal.foreign" {
		t.Errorf("over an office's page: %v", err)
	}
	for _, bad := range []string{"", "sunlot-portal/2\n", "sunlot-portal/1\n../x\n", "sunlot-portal/1\nb\na\n", "sunlot-portal/1\na"} {
		if err := os.WriteFile(filepath.Join(dir, listName), []byte(bad), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := OpenFolder(dir, nil); fault.Code(err) != "portal.bad-list" {
			t.Errorf("list %q: %v", bad, err)
		}
	}
	if _, err := OpenFolder(filepath.Join(dir, "no", "where"), nil); fault.Code(err) != "portal.folder" {
		t.Errorf("no parent: %v", err)
	}
}

// TestFolderNames: no name leads out of the folder, and no link does (T17).
func TestFolderNames(t *testing.T) {
	dir, outside := t.TempDir(), t.TempDir()
	f, err := OpenFolder(dir, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for _, bad := range []string{"", ".", "../x", "/etc/x", "a/../../x"} {
		if err := f.Put(bad, []byte("x")); fault.Code(err) != "portal.twice" {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if err := os.Symlink(outside, filepath.Join(dir, "draws")); err != nil {
		t.Logf("no links here: %v", err)
		return
	}
	if _, err := put(t, dir, nil, map[string]string{"draws/index.html": "x"}); err == nil {
		t.Error("a link was followed")
	}
	if list, _ := os.ReadDir(outside); len(list) != 0 {
		t.Errorf("written outside: %v", list)
	}
}

// TestFolderCutShort: wherever a run ends, each file is old or new, and the next
// run makes the folder what it shall be.
func TestFolderCutShort(t *testing.T) {
	before := map[string]string{"index.html": "old", "draws/index.html": "old", "gone.html": "old"}
	after := map[string]string{"index.html": "new", "draws/index.html": "new", "verify/index.html": "new"}
	broken := errors.New("broken")
	for at := 0; ; at++ {
		dir := filepath.Join(t.TempDir(), "public")
		if _, err := put(t, dir, nil, before); err != nil {
			t.Fatal(err)
		}
		n := 0
		_, err := put(t, dir, func(op, name string, do func() error) error {
			if n++; n > at {
				return broken
			}
			return do()
		}, after)
		if err == nil {
			if at < 10 {
				t.Errorf("only %d operations", at)
			}
			return
		}
		for name := range after {
			data, err := os.ReadFile(filepath.Join(dir, filepath.FromSlash(name)))
			if err == nil && string(data) != before[name] && string(data) != after[name] || err != nil && before[name] != "" {
				t.Errorf("cut at %d: %s is %q, %v", at, name, data, err)
			}
		}
		if _, err := put(t, dir, nil, after); err != nil {
			t.Fatalf("cut at %d, again: %v", at, err)
		}
		var stand []string
		for _, name := range slices.Sorted(maps.Keys(before)) {
			if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(name))); err == nil {
				stand = append(stand, name)
			}
		}
		if !slices.Equal(stand, []string{"draws/index.html", "index.html"}) {
			t.Errorf("cut at %d: %v stand", at, stand)
		}
	}
}

func TestStates(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{fault.New("ledger.audit-root", "", "", ""), Unsound},
		{fault.New("verify.bad-checkpoint", "", "", ""), Unsound},
		{errors.Join(fault.New("ledger.audit-root", "", "", ""), fault.New("ledger.audit-copy", "", "", "")), Unsound},
		{fault.New("ledger.audit-missing", "", "", "").Of(fault.Unreachable), Unknown},
		{fault.New("publish.damaged", "", "", ""), Unsound},
		{fault.New("publish.foreign", "", "", ""), Unknown},
		{fault.New("site.page-html", "", "", ""), Unknown},
		{fault.New("office.not-an-office", "", "", "").Of(fault.Usage), Unknown},
		{errors.New("input/output error"), Unknown},
	} {
		r := Failed(Place{ID: "x", Name: "演示"}, c.err, 0)
		if r.State() != c.want || r.Name() != "演示" || r.why.text == "" {
			t.Errorf("%v: %s %+v", c.err, r.State(), r.why)
		}
	}
	r := invented(1)
	r.facts.Failed = 0
	r = r.Waiting(fault.New("command.unwitnessed", "/srv/x/ledger", "2", "").Of(fault.Unreachable))
	if r.State() != Sound || !strings.Contains(r.why.text, "未见证") {
		t.Errorf("%s %+v", r.State(), r.why)
	}
	if j := r.json(); j.Code != "command.unwitnessed" || j.Facts == nil || j.Verified != record.Time(1722400200) {
		t.Errorf("%+v", j)
	}
}

// FuzzList: what is read as a list is written as the same bytes.
func FuzzList(f *testing.F) {
	f.Add([]byte("sunlot-portal/1\n"))
	f.Add([]byte("sunlot-portal/1\ndraws/index.html\nindex.html\n"))
	f.Add([]byte("sunlot-portal/1\n../x\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		names, _, ok := parseList(data)
		if ok && string(formatList(names)) != string(data) {
			t.Errorf("%q", data)
		}
		for _, name := range names {
			if !filepath.IsLocal(filepath.FromSlash(name)) {
				t.Errorf("%q leads out", name)
			}
		}
	})
}

package site

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/content"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/verify"
	"github.com/sunlot/sunlot/internal/words"
	"github.com/sunlot/sunlot/ledger"
)

func buildOf(t *testing.T, b *bureau) memory {
	t.Helper()
	out := memory{}
	if err := Build(b.bundle(), content.FS, Options{}, out); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestSameBytes(t *testing.T) {
	b := gaoqing()
	again := memory{}
	if err := Build(b.bureau.bundle(), content.FS, Options{Base: "https://www.example.gov.cn/sunlot/", Built: "2024-07-31T12:00:00+08:00"}, again); err != nil {
		t.Fatal(err)
	}
	if len(again) != len(b.files) {
		t.Fatalf("%d files, then %d", len(b.files), len(again))
	}
	for name, data := range b.files {
		if !bytes.Equal(again[name], data) {
			t.Errorf("%s differs", name)
		}
	}
}

// TestLedgerFolder: what stands under ledger/ is the closed folder, equal to
// the office's own, and a stranger verifies it to the same findings.
func TestLedgerFolder(t *testing.T) {
	b := gaoqing()
	files := memory{}
	for name, data := range b.files {
		if rest, ok := strings.CutPrefix(name, "ledger/"); ok {
			files[rest] = data
		}
	}
	for name := range b.bureau.store {
		if _, ok := files[name]; !ok && !strings.Contains(name, ".p/") { // partial tiles of earlier checkpoints
			t.Errorf("%s was not published", name)
		}
	}
	for name, data := range files {
		if !bytes.Equal(b.bureau.store[name], data) {
			t.Errorf("%s is not the office's", name)
		}
	}
	v, err := verify.Open(b.files.FS(), verify.Options{Today: "2024-07-31"})
	if err != nil {
		t.Fatal(err)
	}
	if want := b.bureau.bundle().Findings; !slices.Equal(v.Findings, want) {
		t.Errorf("findings differ:\n%v\n%v", v.Findings, want)
	}
}

// A leftover in the office's folder is not published, and not linked to.
func TestLeftoversStay(t *testing.T) {
	b := newBureau(t, "gaoqing", 40)
	b.store["entry/999.txt"] = []byte("left by a crash")
	b.store["opening/999.json"] = []byte("{}")
	b.store["notes.html"] = []byte("<p>")
	out := buildOf(t, b)
	for _, name := range []string{"ledger/entry/999.txt", "ledger/opening/999.json", "ledger/notes.html"} {
		if out[name] != nil {
			t.Errorf("%s was published", name)
		}
	}
}

// order is an Out that remembers the order of names.
type order struct {
	memory
	names []string
}

func (o *order) Put(name string, data []byte) error {
	o.names = append(o.names, name)
	return o.memory.Put(name, data)
}

func TestCheckpointLast(t *testing.T) {
	o := &order{memory: memory{}}
	var last, total int
	opt := Options{Progress: func(done, all int) {
		if done < last || done > all {
			t.Fatalf("progress went from %d to %d of %d", last, done, all)
		}
		last, total = done, all
	}}
	if err := Build(gaoqing().bureau.bundle(), content.FS, opt, o); err != nil {
		t.Fatal(err)
	}
	if n := len(o.names); o.names[n-1] != "ledger/checkpoint" {
		t.Errorf("last is %s", o.names[n-1])
	}
	if last != total || total == 0 {
		t.Errorf("progress ended at %d of %d", last, total)
	}
	if o.memory["sitemap.xml"] != nil {
		t.Error("sitemap.xml without an address")
	}
}

// failing is an Out that fails at one name.
type failing struct {
	memory
	at string
}

var errDisk = errors.New("disk full")

func (f failing) Put(name string, data []byte) error {
	if name == f.at {
		return errDisk
	}
	return f.memory.Put(name, data)
}

func TestOutFails(t *testing.T) {
	b := gaoqing().bureau.bundle()
	for _, at := range []string{"ledger/policy", "ledger/entry/3.txt", "style.css", "book/5.html", "results/12.html", "draws/2023-001/index.html", "data/results.csv", "index.html", "ledger/checkpoint"} {
		out := failing{memory{}, at}
		if err := Build(b, content.FS, Options{}, out); !errors.Is(err, errDisk) {
			t.Errorf("%s: %v", at, err)
		}
		if out.memory["ledger/checkpoint"] != nil {
			t.Errorf("%s: a checkpoint over an unfinished site", at)
		}
	}
}

// TestOneMore: one more result rewrites its own page, its draw's and its
// firm's, lists, the year's statistics and front; no other record's page changes.
func TestOneMore(t *testing.T) {
	b := newBureau(t, "gaoqing", 60)
	lot := b.cast("2023-09-15T19:05:00", b.announce("2023-09-14T09:00:00", "1", 657413, "2023-09-18", "2023-10-31"))
	b.dispatch("2023-09-18T09:00:00", lot, "2023-09-18", "2023-10-31")
	for _, o := range lot.Objects[:3] {
		b.finish("2023-10-21T10:00:00", lot, o, "a", "2023-10-12", "2023-10-18")
	}
	before := buildOf(t, b)
	b.correct("2023-10-22T10:00:00", lot.Objects[2].Result.Index)
	after := buildOf(t, b)
	last := num(b.state.Size - 2)
	allowed := []string{"index.html", "report/index.html", "calendar/index.html", "verify/index.html", "book/index.html", "book/page-1.html", "book/" + last + ".html",
		"lookup/index.js", "lookup/entry/0.js", "lookup/key/0.js", "lookup/name/0.js", "rules/index.html", "draws/2023-001/index.html", "results/index.html", "news.xml", "results/atom.xml", "results/page-1.html", "stats/index.html", "stats/2023/index.html", "sitemap.html"}
	allowed = append(allowed, "book/tree/index.html", "book/tree/level-0/page-1.html")
	// A correction joins its outcome's shelf, and the year's pages count anew.
	allowed = append(allowed, "results/year-2023/index.html", "results/year-2023/code-a/index.html", "results/draw-2023-001/index.html")
	result := num(lot.Objects[2].Result.Index)
	allowed = append(allowed, "results/"+result+".html", "book/"+result+".html", "firms/"+strings.ToLower(b.firmOf(lot.Objects[2].Handle).ID)+".html")
	changed := 0
	for name, data := range before {
		if bytes.Equal(after[name], data) || strings.HasPrefix(name, "ledger/") || strings.HasPrefix(name, "data/") {
			continue
		}
		changed++
		if !slices.Contains(allowed, name) && !strings.HasPrefix(name, "stats/2023/") && !strings.HasPrefix(name, "rules/") { // and the lists of its year, and the clauses with one fact more

			t.Errorf("%s changed", name)
		}
	}
	if changed < 8 {
		t.Errorf("only %d pages changed", changed)
	}
	root := b.bundle().Checkpoint.Root.String()
	for _, name := range pagesOf(after) {
		record := strings.HasPrefix(name, "results/") || strings.HasPrefix(name, "draws/") || strings.HasPrefix(name, "firms/")
		if record && bytes.Contains(after[name], []byte(root)) {
			t.Errorf("%s carries the latest checkpoint", name)
		}
	}
}

// What is wrong with the ledger is shown in words, and nothing links to what
// is not there.
func TestDamaged(t *testing.T) {
	b := year(t, "gaoqing", 60)
	raw := []byte("no entry at all")
	index := b.state.Size
	b.must(b.pub.Publish(uint64(index), &ledger.Batch{Entries: [][]byte{raw}}))
	b.state.Unreadable()
	lot := b.state.Lots[0]
	result := lot.Objects[1].Result.Index
	delete(b.store, ledger.BlobPath(lot.Body.Pool.SHA256))
	delete(b.store, ledger.OpeningPath(uint64(result)))
	delete(b.store, ledger.ProofPath(5))
	out := buildOf(t, b)
	for name, words := range map[string][]string{
		"book/" + num(index) + ".html":     {"读不出的记录", "不相符，没有效力", "no entry at all"},
		"results/" + num(result) + ".html": nil,
		"book/5.html":                      {"缺失"},
		"draws/2023-001/index.html":        {"不相符", "签筒文件（签号|分区|签数）缺失", "没有通过核对"},
		"index.html":                       {"项不相符", "核验报告"},
		"report/index.html":                {"本页生成时的核验有不相符的项目"},
	} {
		if words == nil {
			if out[name] != nil {
				t.Errorf("%s: a result of a failed draw has a page", name)
			}
			continue
		}
		for _, w := range words {
			if !strings.Contains(string(out[name]), w) {
				t.Errorf("%s does not say %q", name, w)
			}
		}
	}
	if bytes.Contains(out["index.html"], []byte("本页生成时核验通过")) {
		t.Error("the front page says that all is well")
	}
}

// A result whose opening is missing has a page that says so.
func TestUnopened(t *testing.T) {
	b := year(t, "yanshi", 60)
	result := b.state.Lots[0].Objects[1].Result.Index
	delete(b.store, ledger.OpeningPath(uint64(result)))
	page := string(buildOf(t, b)["results/"+num(result)+".html"])
	for _, w := range []string{"未公开的抽查结果", "核验不相符"} {
		if !strings.Contains(page, w) {
			t.Errorf("no %q", w)
		}
	}
}

func TestNoCharter(t *testing.T) {
	log, err := ledger.NewSigner("example.gov.cn/empty", [32]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	store := memory{}
	pub := &ledger.Publisher{Public: store, Second: memory{}, Log: log, Now: 1, Copies: true}
	if err := pub.Create(nil); err != nil {
		t.Fatal(err)
	}
	v, err := verify.Open(store.FS(), verify.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := Build(v, content.FS, Options{}, memory{}); fault.Code(err) != "site.no-charter" {
		t.Errorf("an empty ledger: %v", err)
	}
}

func TestBase(t *testing.T) {
	for _, bad := range []string{"example.gov.cn", "ftp://example.gov.cn/", "https://u:p@example.gov.cn/", "https://example.gov.cn/?a", "javascript:alert(1)"} {
		if err := Build(gaoqing().bureau.bundle(), content.FS, Options{Base: bad}, memory{}); fault.Code(err) != "site.base" {
			t.Errorf("%s: %v", bad, err)
		}
	}
}

// TestStory: each stage of a draw is told, and what is not public is said so.
func TestStory(t *testing.T) {
	for name, words := range map[string][]string{
		"draws/2023-001/index.html": {"抽取预告", "抽取（第657413期）", "派发和抽查任务公告", "启封钥匙已公开", "结果已全部公示", "中签线", "摇号种子", "没有效力的记录", "更换（另行指派）", "没有进入签筒的户数和依据",
			"| sha256sum", "晚于期限"},
		"draws/2024-002/index.html": {"名单未到公开日期", "未派发", "未启封"},
		"draws/2024-001/index.html": {"已终止", "没有列出抽中名单。终止是否在号码产生以前，没有见证单位看到"},
		"firms/index.html":          {"本页只列双随机抽查。重点检查、举报核查、日常执法不在此列"},
		"verify/index.html":         {"sunlot-verify", "公钥指纹", "| sha256sum"},
		"plan/2023/index.html":      {"已公示 23　晚于期限 1<", "还没有抽取预告", "行业为危险化学品"},
		"calendar/index.html":       {"逾期", "已经办结的", "公开启封钥匙"},
		"rules/index.html":          {"G-7.2b", "对条文的理解", "借用"},
		"results/index.html":        {"投诉", "最近公示", "第1至25份"},
		"results/page-1.html":       {"已更正"},
		"report/index.html":         {"核验相符", "不相符", "依单位填报未核验", "无法核验", "请您自己再核一次"},
	} {
		page := string(gaoqing().files[name])
		for _, w := range words {
			if !strings.Contains(page, w) {
				t.Errorf("%s does not say %q", name, w)
			}
		}
	}
}

// TestResult: a corrected result shows both versions, a late one the days.
func TestResult(t *testing.T) {
	b := gaoqing()
	lot := b.bureau.state.Lots[0]
	corrected := string(b.files["results/"+num(lot.Objects[0].Result.Index)+".html"])
	for _, w := range []string{"新旧并列", "原记录", "第1次更正", "未发现问题", "发现问题已责令改正", "录入错误", "更正所指", "复查"} {
		if !strings.Contains(corrected, w) {
			t.Errorf("the corrected result does not say %q", w)
		}
	}
	late := lot.Objects[3].Result
	n := b.bureau.state.Late(late)
	page := string(b.files["results/"+num(late.Index)+".html"])
	if n == 0 || !strings.Contains(page, "晚"+num(n)+"个工作日") || !strings.Contains(page, "企业停产") {
		t.Errorf("the late result does not say that it is %d days late", n)
	}
	if strings.Contains(page, "备注不公开") {
		t.Error("a sealed remark is on the page")
	}
	intime := string(b.files["results/"+num(lot.Objects[1].Result.Index)+".html"])
	if !strings.Contains(intime, "以内") {
		t.Error("a result in time does not say so")
	}
}

// TestOneHome: the page of a result is that of its record, with its signed text,
// what is opened and its proof; no other page stands for it.
func TestOneHome(t *testing.T) {
	b := gaoqing()
	f := b.bureau.state.Lots[0].Objects[1].Result
	if b.files[entryPath(f.Index)] != nil {
		t.Error("a result has a second page")
	}
	page := string(b.files[resultPath(f.Index)])
	for _, w := range []string{"sunlot/v1 result", "启封凭据", "入账时的账本快照", "ledger/entry/" + num(f.Index) + ".txt", "时间区间", "上一条记录"} {
		if !strings.Contains(page, w) {
			t.Errorf("its page does not say %q", w)
		}
	}
	if list := string(b.files["book/page-1.html"]); !strings.Contains(list, `"../`+resultPath(f.Index)) {
		t.Error("the book does not lead to it")
	}
}

func TestMetas(t *testing.T) {
	files := gaoqing().files
	list, _, err := tokenize(string(files["results/12.html"]))
	if err != nil {
		t.Fatal(err)
	}
	metas := map[string]string{}
	for _, e := range list {
		if e.name == "meta" && e.attrs["name"] != "" {
			metas[e.attrs["name"]] = e.attrs["content"]
		}
	}
	for name, want := range map[string]string{"SiteName": "高青县双随机抽查公开账本", "SiteDomain": "www.example.gov.cn", "SiteIDCode": "3703220000", "ColumnName": "抽查结果",
		"PubDate": "2023-12-21 10:00", "ContentSource": "高青县应急管理局", "Url": "https://www.example.gov.cn/sunlot/results/12.html"} {
		if metas[name] != want {
			t.Errorf("%s is %q, not %q", name, metas[name], want)
		}
	}
	if !strings.Contains(string(files["sitemap.xml"]), "<loc>https://www.example.gov.cn/sunlot/results/12.html</loc><lastmod>2023-12-23</lastmod>") {
		t.Error("sitemap.xml lacks a page, or does not say when something followed last")
	}
}

func TestData(t *testing.T) {
	files := gaoqing().files
	for _, set := range []string{"results", "draws", "drawn", "plan", "checklist", "duties"} {
		raw := files["data/"+set+".csv"]
		if !bytes.HasPrefix(raw, []byte("\xef\xbb\xbf")) {
			t.Errorf("%s.csv has no byte order mark", set)
		}
		rows, err := csv.NewReader(bytes.NewReader(raw[3:])).ReadAll()
		if err != nil {
			t.Fatal(set, err)
		}
		var object struct {
			Columns map[string]string
			Rows    []map[string]string
		}
		if err := json.Unmarshal(files["data/"+set+".json"], &object); err != nil {
			t.Fatal(set, err)
		}
		if len(rows) != len(object.Rows)+1 || len(rows) < 2 || len(object.Columns) != len(rows[0]) {
			t.Errorf("%s: %d rows of CSV, %d of JSON, %d columns", set, len(rows), len(object.Rows), len(object.Columns))
		}
		for _, row := range rows {
			for _, cell := range row {
				if c := strings.TrimLeft(cell, " \u3000"); c != "" && strings.ContainsRune("=+-@\t\r＝＋－＠|", []rune(c)[0]) {
					t.Errorf("%s.csv: a formula %q", set, cell)
				}
			}
		}
	}
	if !bytes.Contains(files["data/results.csv"], []byte(`"'＝`)) && !bytes.Contains(files["data/draws.csv"], []byte(`"'＝1+1`)) {
		t.Error("no hostile cell was there to be guarded")
	}
}

func TestGuard(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "高青": "高青", "=1+1": "'=1+1", "＝1": "'＝1", " +1": "' +1", "\t=1": "'\t=1", "@x": "'@x", "-1": "'-1", "'a": "''a", "\u3000－1": "'\u3000－1",
		"913703220609123450": "'913703220609123450", "12345": "12345", "91370322TT0000007J": "91370322TT0000007J", "a\n=1": "a =1", "|calc": "'|calc",
	} {
		if got := guard(in); got != want {
			t.Errorf("guard(%q) = %q, not %q", in, got, want)
		}
	}
}

func TestWords(t *testing.T) {
	for in, want := range map[string]string{"0.05": "5%", "0.2": "20%", "1": "100%", "0.005": "0.5%", "0.125": "12.5%", "0.000001": "0.0001%"} {
		if got := ratioText(in); got != want {
			t.Errorf("ratioText(%s) = %s", in, got)
		}
	}
	for _, c := range []struct {
		n, d int64
		want string
	}{{0, 0, "0%"}, {1, 3, "33.3%"}, {2, 3, "66.7%"}, {5, 5, "100.0%"}, {1, 2000, "0.1%"}} {
		if got := percent(c.n, c.d); got != c.want {
			t.Errorf("percent(%d,%d) = %s", c.n, c.d, got)
		}
	}
	for in, want := range map[string]string{"91370322TT00000001": "91370322tt00000001", "注册号:370322600012345": "reg-370322600012345"} {
		if got := firmName(in); got != want {
			t.Errorf("firmName(%s) = %s", in, got)
		}
	}
	for _, in := range []string{"../../etc", "CON", "", "a/b", "91370322tt00000001", strings.Repeat("9", 255), "91370322TT0000000\x00"} {
		if got := firmName(in); !strings.HasPrefix(got, "x-") || len(got) != 18 {
			t.Errorf("firmName(%q) = %s", in, got)
		}
	}
	for name := range record.Types {
		if typeName(name) == words.Unread {
			t.Errorf("no word for %s", name)
		}
	}
}

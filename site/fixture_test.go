package site

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/BurntSushi/toml"

	"github.com/sunlot/sunlot/content"
	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/verify"
	"github.com/sunlot/sunlot/ledger"
)

// memory is a ledger.Store, an Out and a file system in one.
type memory map[string][]byte

func (s memory) Put(name string, data []byte) error     { s[name] = slices.Clone(data); return nil }
func (s memory) Replace(name string, data []byte) error { return s.Put(name, data) }
func (s memory) Sync() error                            { return nil }
func (s memory) Remove(name string) error {
	maps.DeleteFunc(s, func(n string, _ []byte) bool { return n == name || strings.HasPrefix(n, name+"/") })
	return nil
}
func (s memory) FS() fs.FS {
	m := fstest.MapFS{}
	for name, data := range s {
		m[name] = &fstest.MapFile{Data: data}
	}
	return m
}

// bureau lives a small year: it says entries that the rules allow, signs them
// and publishes them with the ledger's own publisher.
type bureau struct {
	t       testing.TB
	state   *rules.State
	origin  string
	office  ledger.Signer
	pub     *ledger.Publisher
	store   memory
	salts   int
	firms   []rules.Firm
	people  []rules.Person
	opening map[int64]*record.Opening
	rounds  map[int64]string
	seen    int64  // by then the entries are witnessed
	policy  []byte // goes public with the next entry
	after   func() // each publication
}

func newBureau(t testing.TB, pack string, firms int) *bureau {
	t.Helper()
	b := &bureau{t: t, state: rules.New(), origin: "example.gov.cn/" + pack, store: memory{}, opening: map[int64]*record.Opening{}, rounds: map[int64]string{}}
	log, err := ledger.NewSigner(b.origin, [32]byte{1})
	b.must(err)
	b.office, err = ledger.NewSigner(b.origin+"/office", [32]byte{2})
	b.must(err)
	b.pub = &ledger.Publisher{Public: b.store, Second: memory{}, Log: log, Now: 1, Copies: true}
	b.must(b.pub.Create(nil))
	var rounds []struct {
		Round     int64
		Signature string
	}
	data, err := content.FS.ReadFile("demo/drand-quicknet.json")
	b.must(err)
	b.must(json.Unmarshal(data, &rounds))
	for _, r := range rounds {
		b.rounds[r.Round] = r.Signature
	}
	b.charter(pack)
	b.registers(firms)
	return b
}

func (b *bureau) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *bureau) salt() string {
	b.salts++
	return fmt.Sprintf("%064x", b.salts)
}

// say seals, judges, signs and publishes one entry. A breach is fatal unless
// the test wants the entry to stand there without effect.
func (b *bureau) say(at string, body any, bad bool, blobs ...[]byte) int64 {
	b.t.Helper()
	fields, err := record.Seal(body, b.salt)
	b.must(err)
	e := &record.Entry{Type: record.TypeOf(body), Origin: b.origin, Env: record.Env{At: at + "+08:00", By: "办公室"}, Body: body}
	text, err := record.Format(e)
	b.must(err)
	raw, err := ledger.FormatNote(text, b.office)
	b.must(err)
	in := rules.Input{Entry: e, Hash: rules.Hash(raw), Signers: []string{b.office.Key().String()}, Blobs: map[string][]byte{}}
	for _, blob := range blobs {
		in.Blobs[rules.Hash(blob)] = blob
	}
	if c, ok := body.(*record.Charter); ok {
		in.Terms = verify.Terms(b.state, c)
	}
	in.Seen = b.seen
	index := b.state.Size
	for _, f := range b.state.Apply(in) {
		if f.Severity == rules.Breach && !bad {
			b.t.Fatalf("entry %d %s: %+v", index, e.Type, f)
		}
	}
	batch := &ledger.Batch{Entries: [][]byte{raw}, Blobs: blobs, Openings: map[uint64][]byte{}, Policy: b.policy}
	b.policy = nil
	if open := rules.OpenAtOnce(e); len(open) > 0 {
		o := &record.Opening{Fields: map[string]record.Field{}}
		for _, name := range open {
			o.Fields[name] = fields[name]
		}
		b.opening[index] = o
		data, err := record.FormatOpening(o)
		b.must(err)
		batch.Openings[uint64(index)] = data
	}
	b.must(b.pub.Publish(uint64(index), batch))
	b.published()
	return index
}

func (b *bureau) published() {
	if b.after != nil {
		b.after()
	}
}

func (b *bureau) charter(name string) {
	data, err := content.FS.ReadFile("packs/" + name + ".toml")
	b.must(err)
	pack := new(rules.Pack)
	_, err = toml.Decode(string(data), pack)
	b.must(err)
	file, err := rules.FormatPack(pack)
	b.must(err)
	b.say("2023-08-01T09:00:00", &record.Charter{
		Office: pack.Issuer, Region: pack.Region, Demo: true, Internet: true,
		Site: record.Site{Name: pack.RegionName + "双随机抽查公开账本", Domain: "www.example.gov.cn", IDCode: "3703220000", ICP: "鲁ICP备00000000号",
			Police: "鲁公网安备 37032200000000号", Contact: "0533-0000000", Channel: "https://www.gsxt.gov.cn/", Errors: "https://zfwzgl.www.gov.cn/"},
		Keys: []record.RoleKey{{Role: "log", Key: b.pub.Log.Key().String(), Held: "经办人与负责人"}, {Role: "office", Key: b.office.Key().String(), Held: "办公室"}},
		Pack: record.PackRef{ID: pack.ID, File: rules.FileOf(file)},
	}, false, file)
}

// hostile are texts that must reach pages as text.
var hostile = []string{
	`<script>alert(1)</script>`, `"><img src=x onerror=alert(1)>`, `' onmouseover='alert(1)`, `javascript:alert(1)//`,
	`</title><svg/onload=alert(1)>`, `{{.Root}}`, `=HYPERLINK("http://evil.example")`, `&lt;b&gt;`, `＝1+1`, `</style><style>*{display:none}`,
}

func (b *bureau) registers(firms int) {
	b.say("2023-08-01T10:00:00", &record.Checklist{Version: 1, Year: 2023, Date: "2023-08-01", Unit: "应急管理局", Reason: "制定", Items: []record.Item{
		item("1", "对工矿商贸企业安全生产情况的检查"), item("2", "对危险化学品经营企业的检查"), item("3", hostile[0]+hostile[1]+hostile[2])}}, false)
	towns := b.state.Pack.Towns
	for i := range firms {
		name := fmt.Sprintf("%s%s第%d号机械厂（演示）", b.state.Pack.RegionName, towns[i%len(towns)].Name, i)
		if i < len(hostile) {
			name = hostile[i]
		}
		sector := "machinery"
		if i%10 == 3 {
			sector = "hazchem"
		}
		status := "存续"
		if i%25 == 24 {
			status = "注销"
		}
		b.firms = append(b.firms, rules.Firm{ID: fmt.Sprintf("91370322TT%08d", i), Name: name, Town: towns[i%len(towns)].Code, Sector: sector, Status: status})
	}
	for i := range 12 {
		b.people = append(b.people, rules.Person{ID: fmt.Sprintf("YS%06d", i), Name: fmt.Sprintf("演示%02d", i), From: "2020-01-01", To: "2030-12-31"})
	}
	key := make([]byte, 32)
	roster := func(kind string, ids, texts []string) {
		file := rules.RosterFile(key, kind, ids, texts)
		b.say("2023-08-01T11:00:00", &record.Roster{Kind: kind, Version: 1, Date: "2023-08-01", Source: "登记系统导出", Reason: "建库", Count: int64(len(ids)), File: rules.LinesOf(file)}, false, file)
	}
	var ids, texts []string
	for _, f := range b.firms {
		ids, texts = append(ids, f.ID), append(texts, f.Name)
	}
	roster("objects", ids, texts)
	ids, texts = nil, nil
	for _, p := range b.people {
		ids, texts = append(ids, p.ID), append(texts, p.Name)
	}
	roster("inspectors", ids, texts)
	line := func(no, name, mode, filter, to string) record.PlanLine {
		return record.PlanLine{No: no, Name: name, Mode: mode, Filter: filter, Items: []string{"1", "3"}, Scope: "全体检查对象", Ratio: "0.2", Base: int64(len(b.firms)),
			Estimate: 30, Frequency: "每年一次", From: to[:4] + "-01-01", To: to, Unit: "执法大队", Method: "现场检查"}
	}
	plan := b.say("2023-08-02T09:00:00", &record.Plan{Year: 2023, Version: 1, Date: "2023-08-02", Title: "2023年度抽查工作计划", Reason: "制定", Lines: []record.PlanLine{
		line("1", "工矿商贸企业不定向抽查", "不定向", "", "2023-10-31"), line("2", hostile[4]+hostile[5], "定向", "行业 = 危险化学品", "2023-12-15"),
		line("3", "下半年抽查", "不定向", "", "2023-12-29")}}, false)
	b.say("2023-08-03T09:00:00", &record.Filing{Plan: plan, To: "市场监管局", Date: "2023-08-03", Receipt: "演备〔2023〕1号"}, false)
	b.say("2024-01-10T09:00:00", &record.Plan{Year: 2024, Version: 1, Date: "2024-01-10", Title: "2024年度抽查工作计划", Reason: "制定", Lines: []record.PlanLine{
		line("1", "2024年抽查", "不定向", "", "2024-09-30")}}, false)
}

func item(no, name string) record.Item {
	return record.Item{No: no, Name: name, Object: "工矿商贸企业", Category: "一般检查事项", Content: name, Methods: []string{"检查现场"}, Body: "应急管理局", Level: "县级",
		Basis: []record.Basis{{Kind: "法律", Title: "《中华人民共和国安全生产法》", Article: "第六十五条"}}}
}

var (
	keyK  = []byte("0123456789abcdef0123456789abcdef")
	keyKI = []byte("fedcba9876543210fedcba9876543210")
)

// announce writes a notice for a plan line on a round.
func (b *bureau) announce(at, line string, round uint64, from, to string) int64 {
	a, err := b.state.Announce(rules.Task{Line: line, Round: round, From: from, To: to, Scheme: "抽查工作方案"}, rules.Registers{Firms: b.firms, People: b.people}, rules.Keys{K: keyK, KI: keyKI})
	b.must(err)
	return b.say(at, a.Notice, false, slices.Collect(maps.Values(a.Blobs))...)
}

// announceBad writes one that fails a check.
func (b *bureau) announceBad(at, line string, round uint64) int64 {
	a, err := b.state.Announce(rules.Task{Line: line, Round: round}, rules.Registers{Firms: b.firms, People: b.people}, rules.Keys{K: keyKI, KI: keyK})
	b.must(err)
	return b.say(at, a.Notice, true, slices.Collect(maps.Values(a.Blobs))...)
}

func (b *bureau) cast(at string, notice int64) *rules.Lot {
	lot := b.state.LotAt(notice)
	handles := map[string]string{}
	var recusals []draw.RecusalLine
	for i := range lot.Pool {
		recusals = append(recusals, rules.Recusal(lot.Pool[i].Handle, nil, handles, keyKI))
	}
	body, blobs, err := lot.Cast(record.Given{Signature: b.rounds[lot.Body.Round()]}, recusals)
	b.must(err)
	b.say(at, body, false, slices.Collect(maps.Values(blobs))...)
	return lot
}

func (b *bureau) dispatch(at string, lot *rules.Lot, from, to string) {
	var handles []string
	var leaders []draw.Team
	for _, o := range lot.Objects {
		handles = append(handles, o.Handle)
		if b.state.Pack.Team.Leader == "named" && len(o.Team) > 0 {
			leaders = append(leaders, draw.Team{Object: o.Handle, Members: o.Team[:1]})
		}
	}
	slices.Sort(handles)
	objects, lead := draw.FormatUnstaffed(handles), draw.FormatTeams(leaders)
	b.say(at, &record.Dispatch{Notice: lot.Index, Number: "演应急抽查〔2023〕1号", Unit: lot.Body.Units[0].Name, Date: at[:10], Count: int64(len(handles)),
		Objects: rules.LinesOf(objects), Leaders: rules.LinesOf(lead), From: from, To: to}, false, objects, lead)
}

// idOf finds the firm behind a handle of a draw.
func (b *bureau) firmOf(handle string) rules.Firm {
	for _, f := range b.firms {
		if draw.Handle("O", draw.Salt(keyK, "O", f.ID), f.ID) == handle {
			return f
		}
	}
	b.t.Fatal("no firm for ", handle)
	return rules.Firm{}
}

// finish writes the result of an object and opens its handle.
func (b *bureau) finish(at string, lot *rules.Lot, o *rules.Object, code, ended, published string) int64 {
	f := b.firmOf(o.Handle)
	var items []record.ItemCodes
	for _, no := range lot.Body.Items {
		items = append(items, record.ItemCodes{Item: no, Codes: []string{code}})
	}
	body := &record.Result{Origin: "random", Notice: lot.Index, Object: o.Handle, Code: record.Sealed(f.ID), Name: record.Sealed(f.Name), Unit: "执法大队",
		Outcome: record.Outcome{Items: items, Codes: []string{code}, Methods: b.state.Pack.Result.Methods[:1]},
		Ended:   ended, Published: published, Remark: "备注不公开"}
	if published > lot.Body.Due.Results {
		body.Late = "企业停产，" + hostile[0]
	}
	for range o.Team {
		body.Signed = append(body.Signed, "演示甲")
		body.SignedOn = ended
	}
	if c, _ := b.state.Pack.CodeOf(code); c.Open {
		body.FollowUp = &record.FollowUpDue{Kind: "责令限期整改", Due: "2023-12-01", Number: "演责改〔2023〕1号"}
	}
	index := b.say(at, body, false)
	b.open(at, lot, false, f)
	return index
}

// open logs an opening of handles, or of K, and rewrites the opening file.
func (b *bureau) open(at string, lot *rules.Lot, k bool, firms ...rules.Firm) {
	o := b.opening[lot.Index]
	if o == nil {
		o = new(record.Opening)
		b.opening[lot.Index] = o
	}
	body := &record.Opened{Notice: lot.Index, K: k}
	for _, f := range firms {
		salt := draw.Salt(keyK, "O", f.ID)
		o.Handles = append(o.Handles, record.OpenHandle{Kind: "O", ID: f.ID, Salt: salt})
		body.Handles = append(body.Handles, draw.Handle("O", salt, f.ID))
	}
	if k {
		o.K = hex.EncodeToString(keyK)
	}
	b.say(at, body, false)
	data, err := record.FormatOpening(o)
	b.must(err)
	b.must(b.pub.Publish(uint64(b.state.Size), &ledger.Batch{Openings: map[uint64][]byte{uint64(lot.Index): data}}))
	b.published()
}

// year is a ledger with every kind of record: a draw with all results, one
// late, one corrected, K open; a draw of another year in progress; an aborted
// draw; a notice, a draw and a correction without effect.
func year(t testing.TB, pack string, firms int) *bureau { return newBureau(t, pack, firms).live() }

func (b *bureau) live() *bureau {
	notice := b.announce("2023-09-14T09:00:00", "1", 657413, "2023-09-18", "2023-10-31")
	lot := b.cast("2023-09-15T19:05:00", notice)
	b.say("2023-09-16T09:00:00", lot.Draw.Body, true) // a second draw on one notice
	b.dispatch("2023-09-18T09:00:00", lot, "2023-09-18", "2023-10-31")
	if b.state.Pack.Team.Replace != "none" {
		b.replace("2023-09-20T09:00:00", lot, lot.Objects[0])
	}
	codes := []string{"a", "b", "e", "d", "g"}
	var first int64
	for i, o := range lot.Objects {
		ended, published := "2023-10-12", "2023-10-18"
		if i == 3 {
			published = "2023-12-20"
		}
		index := b.finish("2023-12-21T10:00:00", lot, o, codes[i%len(codes)], ended, published)
		if i == 0 {
			first = index
		}
	}
	b.correct("2023-12-22T10:00:00", first)
	b.say("2023-12-23T10:00:00", &record.FollowUp{Result: first, Kind: "复查", Date: "2023-12-23", Closed: true}, false)
	b.say("2023-12-24T10:00:00", &record.Correction{Result: first, Old: strings.Repeat("0", 64), Ground: "旧值不对", Approved: "演示乙", Date: "2023-12-24",
		Outcome: *b.state.ResultAt(first).Outcome()}, true)
	b.open("2023-12-25T10:00:00", lot, true)
	b.say("2023-12-26T10:00:00", &record.Result{Origin: "complaint", Ground: "投诉线索", Document: "演示受理1号", Code: "91370322TT00000001", Name: record.Sealed(hostile[1]), Unit: "执法大队", Ended: "2023-12-25",
		Outcome: record.Outcome{Items: []record.ItemCodes{{Item: "1", Codes: []string{"a"}}}, Codes: []string{"a"}}}, false)
	bad := *lot.Body
	bad.Draw, bad.Serial, bad.Name = "2023-009", 9, hostile[8]+hostile[9]
	b.say("2023-12-27T10:00:00", &bad, true)
	stopped := b.announce("2024-07-01T09:00:00", "1", 9367912, "2024-07-15", "2024-09-30")
	b.say("2024-07-02T09:00:00", &record.Abort{Notice: stopped, Ground: "名录库更新，" + hostile[7], Date: "2024-07-02"}, false)
	b.cast("2024-07-14T08:00:00", b.announce("2024-07-03T09:00:00", "1", 9367912, "2024-07-15", "2024-09-30"))
	return b
}

func (b *bureau) replace(at string, lot *rules.Lot, o *rules.Object) {
	for _, h := range slices.Sorted(maps.Keys(lot.People)) {
		if !slices.Contains(o.Team, h) {
			b.say(at, &record.TeamChange{Notice: lot.Index, Kind: "replacement", Object: o.Handle, Leave: o.Team[1], Come: h, Ground: b.state.Pack.Team.Grounds[0],
				Date: at[:10], Consent: "执法大队", Agreed: at[:10], By: "演示丙"}, false)
			return
		}
	}
}

func (b *bureau) correct(at string, result int64) {
	f := b.state.ResultAt(result)
	b.say(at, &record.Correction{Result: result, Old: f.Hash, Ground: "录入错误", Approved: "演示乙", Date: at[:10],
		Outcome: record.Outcome{Items: []record.ItemCodes{{Item: "1", Codes: []string{"e"}}, {Item: "3", Codes: []string{"a"}}}, Codes: []string{"e"}}}, false)
}

func (b *bureau) bundle() *verify.Bundle { return b.bundleOn("2024-07-31") }

func (b *bureau) bundleOn(today string) *verify.Bundle {
	v, err := verify.Open(b.store.FS(), verify.Options{Today: today})
	b.must(err)
	return v
}

// gaoqing and yanshi are built once for all tests.
var (
	gaoqing = sync.OnceValue(func() built { return buildFixture("gaoqing", 120) })
	yanshi  = sync.OnceValue(func() built { return buildFixture("yanshi", 90) })
)

type built struct {
	bureau *bureau
	files  memory
}

func buildFixture(pack string, firms int) built {
	b := year(fatal{}, pack, firms)
	out := memory{}
	b.must(Build(b.bundle(), content.FS, Options{Base: "https://www.example.gov.cn/sunlot/", Built: "2024-07-31T12:00:00+08:00"}, out))
	return built{b, out}
}

// fatal lets fixtures be made outside a test.
type fatal struct{ testing.TB }

func (fatal) Helper()                   {}
func (fatal) Fatal(args ...any)         { panic(fmt.Sprint(args...)) }
func (fatal) Fatalf(f string, a ...any) { panic(fmt.Sprintf(f, a...)) }

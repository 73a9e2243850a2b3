// Package attack is the office as its own adversary: it holds every key, its
// clock and its files, says what it likes and is judged by nobody before the
// ledger. Only the witnesses are not its own. Tests that must show how an
// attack is caught make it with this package, for real: every entry is signed
// and in a sound tree, and honest witnesses have looked at every checkpoint.
//
//	o := attack.New(tb, attack.Witnessed)
//	l := o.Announce("2023-08-23T15:00:00", "A", 1000, nil)
//	o.Cast("2023-08-24T08:30:00", l, func(d *record.Draw, files Files) { … })
//	o.Spill(dir)
package attack

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/sunlot/sunlot/content"
	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/office"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/verify"
	"github.com/sunlot/sunlot/ledger"
)

// Origin of the adversary's log.
const Origin = "demo.example.cn/adversary"

// Witnessed and Alone say whether the first charter names witnesses: four, of
// which three must sign.
const (
	Alone     = false
	Witnessed = true
)

// Files are files beside the log, by digest.
type Files map[string][]byte

// Put adds a file of lines and returns its reference.
func (f Files) Put(data []byte) record.File {
	ref := rules.LinesOf(data)
	f[ref.SHA256] = data
	return ref
}

// An Office says what it likes. State is what a judge makes of it, so that a
// step can build on the one before.
type Office struct {
	TB     testing.TB
	Log    ledger.Signer
	Office ledger.Signer
	State  *rules.State
	Firms  []rules.Firm
	People []rules.Person
	// Recused are the inspectors (ids) that the next notices recuse beforehand, by
	// the enterprise's id, whoever has declared it.
	Recused map[string][]string
	Keys    map[int64]rules.Keys // of draws, by index of the notice
	Beside  map[int64]*record.Opening

	Witnesses []*Watcher
	// Truth is the time of the world, unix seconds, by which witnesses sign. A
	// step moves it on to a minute after the time that it claims.
	Truth int64

	// Shameless: what the witnesses do not sign is published all the same.
	Shameless bool

	dir    Memory
	second Memory
	inputs []rules.Input
	pub    *ledger.Publisher
	policy *ledger.Policy
	salts  int
}

func (o *Office) must(err error) {
	o.TB.Helper()
	if err != nil {
		o.TB.Fatal(err)
	}
}

// Signer is a key from a number.
func Signer(tb testing.TB, name string, seed byte) ledger.Signer {
	tb.Helper()
	s, err := ledger.NewSigner(name, [32]byte{seed})
	if err != nil {
		tb.Fatal(err)
	}
	return s
}

// New is an office of 高青's rules with its charter, checklist, registers and a
// plan of two lines, A over the whole library and B over machinery.
func New(tb testing.TB, witnessed bool) *Office { return Begin(tb, witnessed, "gaoqing") }

// Begin is New under a pack.
func Begin(tb testing.TB, witnessed bool, pack string) *Office {
	tb.Helper()
	o := &Office{TB: tb, dir: Memory{}, second: Memory{}, State: rules.New(), Keys: map[int64]rules.Keys{}, Beside: map[int64]*record.Opening{},
		Log: Signer(tb, Origin, 1), Office: Signer(tb, Origin+"/office", 2)}
	o.pub = &ledger.Publisher{Public: o.dir, Second: o.second, Log: o.Log, Now: 1, Copies: true}
	text := ""
	if witnessed {
		text = string(o.engage())
	}
	o.create(text)
	p, err := office.Pack(pack)
	o.must(err)
	file, err := rules.FormatPack(p)
	o.must(err)
	o.Say("2023-06-12T09:00:00", &record.Charter{Office: "演示局", Region: p.Region, Site: record.Site{Name: "演示"}, Demo: true, Policy: text,
		Keys: []record.RoleKey{{Role: "log", Key: o.Log.Key().String(), Held: "甲"}, {Role: "office", Key: o.Office.Key().String(), Held: "甲"}},
		Pack: record.PackRef{ID: p.ID, File: rules.FileOf(file)}}, file)
	o.registers()
	return o
}

// create makes the empty ledger.
func (o *Office) create(policy string) {
	o.TB.Helper()
	if policy == "" {
		o.must(o.pub.Create(nil))
	} else {
		o.must(o.pub.Create([]byte(policy)))
	}
	data, err := ledger.OpenDir(o.dir.FS()).Policy()
	o.must(err)
	o.policy, err = ledger.ParsePolicy(data)
	o.must(err)
	o.pub.Witness = o.ask
}

// Policy is what a citizen pins: the policy of the first charter.
func (o *Office) Policy() []byte {
	if c := o.State.Charters[0].Body; c.Policy != "" {
		return []byte(c.Policy)
	}
	text, err := ledger.FormatPolicy(&ledger.Policy{Logs: []ledger.PolicyKey{{Key: o.Log.Key()}}})
	o.must(err)
	return text
}

func (o *Office) registers() {
	item := record.Item{No: "1", Name: "演示事项", Object: "企业", Category: "一般检查事项", Content: "演示", Methods: []string{"检查现场"}, Body: "演示局", Level: "县级",
		Basis: []record.Basis{{Kind: "法律", Title: "《安全生产法》"}}}
	o.Say("2023-06-12T10:00:00", &record.Checklist{Version: 1, Year: 2023, Date: "2023-06-12", Unit: "演示局", Reason: "制定", Items: []record.Item{item}})
	for i := range 90 {
		o.Firms = append(o.Firms, rules.Firm{ID: fmt.Sprintf("91370322TT%08d", i), Name: fmt.Sprintf("演示%d", i), Town: o.State.Pack.Towns[i%3].Code, Sector: "machinery", Status: "存续"})
	}
	for i := range 8 {
		o.People = append(o.People, rules.Person{ID: fmt.Sprintf("YS%04d", i), Name: fmt.Sprintf("演示%d", i), From: "2020-01-01", To: "2030-01-01"})
	}
	o.Register("2023-06-13T09:00:00", "objects")
	o.Register("2023-06-13T09:10:00", "inspectors")
	line := func(no string) record.PlanLine {
		return record.PlanLine{No: no, Name: "演示" + no, Mode: "不定向", Items: []string{"1"}, Scope: "全部", Ratio: "0.1", From: "2023-08-01", To: "2023-09-28", Unit: "执法大队"}
	}
	o.Say("2023-06-20T09:00:00", &record.Plan{Year: 2023, Version: 1, Date: "2023-06-20", Title: "演示", Reason: "制定", Lines: []record.PlanLine{line("A"), line("B")}})
}

// Register says the next version of a register as Firms or People are now.
func (o *Office) Register(at, kind string) int64 {
	o.TB.Helper()
	var ids, texts []string
	if kind == "objects" {
		for _, f := range o.Firms {
			ids, texts = append(ids, f.ID), append(texts, f.Name)
		}
	} else {
		for _, p := range o.People {
			ids, texts = append(ids, p.ID), append(texts, p.Name)
		}
	}
	version, reason := int64(1), "建库"
	if was := o.State.Roster(kind); was != nil {
		version, reason = was.Body.Version+1, "更新"
	}
	file := rules.RosterFile([]byte(fmt.Sprint(kind, version)), kind, ids, texts)
	return o.Say(at, &record.Roster{Kind: kind, Version: version, Date: at[:10], Reason: reason, Count: int64(len(ids)), File: rules.LinesOf(file)}, file)
}

// Say signs and publishes a body, whatever a judge will think of it. What must
// be open beside it is.
func (o *Office) Say(at string, body any, files ...[]byte) int64 {
	o.TB.Helper()
	return o.SayAs(o.Office, at, body, files...)
}

// SayAs is Say with another key.
func (o *Office) SayAs(signer ledger.Signer, at string, body any, files ...[]byte) int64 {
	o.TB.Helper()
	fields, err := record.Seal(body, func() string { o.salts++; return fmt.Sprintf("%064x", o.salts) })
	o.must(err)
	e := &record.Entry{Type: record.TypeOf(body), Origin: Origin, Env: record.Env{At: at + "+08:00", By: o.By(signer)}, Body: body}
	index := o.State.Size
	if open := rules.OpenAtOnce(e); len(open) > 0 {
		o.Beside[index] = &record.Opening{Fields: map[string]record.Field{}}
		for _, name := range open {
			o.Beside[index].Fields[name] = fields[name]
		}
	}
	return o.SayEntry(signer, e, files...)
}

// Contributor is somebody outside whose number a draw waits for.
const Contributor = "县政协（演示）"

// By is in whose name a key speaks.
func (o *Office) By(signer ledger.Signer) string {
	if signer == o.Office || signer == o.Log {
		return "办公室"
	}
	return Contributor
}

// SayEntry signs and publishes an entry as it is.
func (o *Office) SayEntry(signer ledger.Signer, e *record.Entry, files ...[]byte) int64 {
	o.TB.Helper()
	text, err := record.Format(e)
	o.must(err)
	raw, err := ledger.FormatNote(text, signer)
	o.must(err)
	o.Truth = max(o.Truth, record.Unix(e.Env.At)+60)
	in := rules.Input{Entry: e, Hash: rules.Hash(raw), Blobs: Files{}}
	if key := signer.Key().String(); slices.Contains(o.State.Keys(e), key) {
		in.Signers = []string{key}
	}
	for _, data := range files {
		in.Blobs[rules.Hash(data)] = data
	}
	if len(o.Witnesses) > 0 {
		in.Seen = o.Truth
	}
	if c, ok := e.Body.(*record.Charter); ok {
		in.Terms = verify.Terms(o.State, c)
	}
	index := o.State.Size
	found := o.State.Apply(in)
	if _, ok := e.Body.(*record.Charter); ok && len(o.State.Charters) == 0 {
		o.TB.Fatal(found)
	}
	o.inputs = append(o.inputs, in)
	batch := &ledger.Batch{Entries: [][]byte{raw}, Blobs: files}
	if c, ok := e.Body.(*record.Charter); ok && index > 0 {
		batch.Policy = []byte(c.Policy)
		if c.Policy == "" {
			batch.Policy, err = ledger.FormatPolicy(&ledger.Policy{Logs: []ledger.PolicyKey{{Key: o.Log.Key()}}})
			o.must(err)
		}
	}
	o.publish(index, batch)
	o.Lay(index)
	return index
}

// SayText signs and publishes any text as an entry.
func (o *Office) SayText(text string) int64 {
	o.TB.Helper()
	raw, err := ledger.FormatNote(text, o.Office)
	o.must(err)
	index := o.State.Size
	o.State.Unreadable()
	o.inputs = append(o.inputs, rules.Input{})
	o.Truth += 60
	o.publish(index, &ledger.Batch{Entries: [][]byte{raw}})
	return index
}

// Text is what SayEntry would sign.
func (o *Office) Text(at string, body any) string {
	o.TB.Helper()
	text, err := record.Format(&record.Entry{Type: record.TypeOf(body), Origin: Origin, Env: record.Env{At: at + "+08:00", By: "办公室"}, Body: body})
	o.must(err)
	return text
}

// publish puts a batch under a checkpoint; the adversary's program does not fail
// where the witnesses do not sign, it shows what it has.
func (o *Office) publish(index int64, batch *ledger.Batch) {
	o.TB.Helper()
	honest := o.dir["policy"]
	if o.Shameless {
		none, err := ledger.FormatPolicy(&ledger.Policy{Logs: []ledger.PolicyKey{{Key: o.Log.Key()}}})
		o.must(err)
		o.dir["policy"], batch.Policy = none, nil
	}
	o.must(o.pub.Publish(uint64(index), batch))
	if o.Shameless {
		o.dir["policy"] = honest
	}
	if batch.Policy != nil {
		var err error
		o.policy, err = ledger.ParsePolicy(batch.Policy)
		o.must(err)
	}
}

// Backup is everything the office has, to be put back later.
type Backup struct {
	dir, second Memory
	size        int
}

// Backup copies the office's folder and its guard.
func (o *Office) Backup() *Backup { return &Backup{o.dir.clone(), o.second.clone(), len(o.inputs)} }

// Restore puts a backup in the place of everything that came after it, the
// guard's memory too.
func (o *Office) Restore(b *Backup) {
	o.dir, o.second = b.dir.clone(), b.second.clone()
	o.pub.Public, o.pub.Second = o.dir, o.second
	o.inputs = o.inputs[:b.size:b.size]
	o.State = rules.New()
	for _, in := range o.inputs {
		if in.Entry == nil {
			o.State.Unreadable()
			continue
		}
		o.State.Apply(in)
	}
}

// Lay writes the opening file of an entry as it now is.
func (o *Office) Lay(index int64) {
	o.TB.Helper()
	if op := o.Beside[index]; op != nil && len(op.Fields)+len(op.Handles)+len(op.K)+len(op.KI) > 0 {
		data, err := record.FormatOpening(op)
		o.must(err)
		o.dir[ledger.OpeningPath(uint64(index))] = data
	}
}

// Rounds are signatures of quicknet by number.
var Rounds = sync.OnceValue(func() map[int64]string {
	var list []struct {
		Round     int64
		Signature string
	}
	data, err := content.FS.ReadFile("demo/drand-quicknet.json")
	if err == nil {
		err = json.Unmarshal(data, &list)
	}
	if err != nil {
		panic(err)
	}
	m := map[int64]string{}
	for _, r := range list {
		m[r.Round] = r.Signature
	}
	return m
})

// Announce says the notice that an honest office would say, after change has
// made of it what it liked.
func (o *Office) Announce(at, line string, round uint64, change func(*record.Notice, Files)) *rules.Lot {
	o.TB.Helper()
	k := rules.Keys{K: []byte(fmt.Sprintf("%032d", o.State.Size)), KI: []byte(fmt.Sprintf("i%031d", o.State.Size))}
	a, err := o.State.Announce(rules.Task{Line: line, Round: round, Declared: o.Recused}, rules.Registers{Firms: o.Firms, People: o.People}, k)
	o.must(err)
	files := Files(a.Blobs)
	if change != nil {
		change(a.Notice, files)
	}
	o.Keys[o.State.Size] = k
	o.Beside[o.State.Size] = new(record.Opening)
	return o.State.LotAt(o.Say(at, a.Notice, slices.Collect(maps.Values(files))...))
}

// Cast says the draw of a lot from its round, after change has made of it what
// it liked.
func (o *Office) Cast(at string, l *rules.Lot, change func(*record.Draw, Files)) int64 {
	o.TB.Helper()
	body, files := o.Drawn(l, Rounds()[l.Body.Round()])
	if change != nil {
		change(body, files)
	}
	return o.Say(at, body, slices.Collect(maps.Values(files))...)
}

// Drawn is what a round would draw of a lot.
func (o *Office) Drawn(l *rules.Lot, signature string) (*record.Draw, Files) {
	o.TB.Helper()
	return o.DrawnBy(l, record.Given{Signature: signature, Contributions: l.Added()})
}

// DrawnBy is Drawn by a value of any kind.
func (o *Office) DrawnBy(l *rules.Lot, given record.Given) (*record.Draw, Files) {
	o.TB.Helper()
	ki, handles := o.Keys[l.Index].KI, map[string]string{}
	for _, p := range o.People {
		handles[p.ID] = draw.Handle("I", draw.Salt(ki, "I", p.ID), p.ID)
	}
	var recusals []draw.RecusalLine
	for i := range l.Pool {
		var ids []string
		if h := l.Pool[i].Handle; len(o.Recused) > 0 {
			ids = o.Recused[o.Firm(l, h).ID]
		}
		recusals = append(recusals, rules.Recusal(l.Pool[i].Handle, ids, handles, ki))
	}
	body, files, err := l.Cast(given, recusals)
	o.must(err)
	return body, files
}

// Dispatch hands over the drawn objects, after change has made of the handles
// what it liked.
func (o *Office) Dispatch(at string, l *rules.Lot, change func(handles []string) []string) int64 {
	o.TB.Helper()
	var handles []string
	var leaders []draw.Team
	for _, obj := range l.Objects {
		handles = append(handles, obj.Handle)
	}
	if change != nil {
		handles = change(handles)
	}
	slices.Sort(handles)
	for _, h := range handles {
		if obj := l.Object(h); obj != nil {
			leaders = append(leaders, draw.Team{Object: h, Members: obj.Team[:1]})
		}
	}
	objects, named := draw.FormatUnstaffed(handles), draw.FormatTeams(leaders)
	return o.Say(at, &record.Dispatch{Notice: l.Index, Number: "1", Unit: "执法大队", Date: at[:10], Count: int64(len(handles)),
		Objects: rules.LinesOf(objects), Leaders: rules.LinesOf(named), From: l.Body.From, To: l.Body.To}, objects, named)
}

// Firm is the firm behind a handle of a draw.
func (o *Office) Firm(l *rules.Lot, handle string) *rules.Firm {
	o.TB.Helper()
	for i := range o.Firms {
		if f := &o.Firms[i]; draw.Handle("O", draw.Salt(o.Keys[l.Index].K, "O", f.ID), f.ID) == handle {
			return f
		}
	}
	o.TB.Fatal("no firm has the handle")
	return nil
}

// Result says the result of an object under the code of a firm, after change has
// made of it what it liked.
func (o *Office) Result(at string, l *rules.Lot, handle string, f *rules.Firm, change func(*record.Result)) int64 {
	o.TB.Helper()
	r := &record.Result{Origin: "random", Notice: l.Index, Object: handle, Code: record.Sealed(f.ID), Name: record.Sealed(f.Name), Unit: "执法大队",
		Outcome: record.Outcome{Items: []record.ItemCodes{{Item: "1", Codes: []string{"a"}}}, Codes: []string{"a"}}, Ended: "2023-09-06", SignedOn: "2023-09-06", Published: "2023-09-08"}
	n := 2
	if obj := l.Object(handle); obj != nil {
		n = len(obj.Team)
	}
	for range n {
		r.Signed = append(r.Signed, "演示")
	}
	if change != nil {
		change(r)
	}
	return o.Say(at, r)
}

// Open logs the opening of handles, or of K, and lays it beside the notice.
func (o *Office) Open(at string, l *rules.Lot, k bool, handles ...string) int64 {
	o.TB.Helper()
	body := &record.Opened{Notice: l.Index, K: k, Handles: slices.Sorted(slices.Values(handles))}
	for _, h := range body.Handles {
		f := o.Firm(l, h)
		o.Beside[l.Index].Handles = append(o.Beside[l.Index].Handles, record.OpenHandle{Kind: "O", ID: f.ID, Salt: draw.Salt(o.Keys[l.Index].K, "O", f.ID)})
	}
	if k {
		o.Beside[l.Index].K = hex.EncodeToString(o.Keys[l.Index].K)
	}
	index := o.Say(at, body)
	o.Lay(l.Index)
	return index
}

// Season is an honest draw from its notice to the opened K.
func (o *Office) Season() *rules.Lot {
	o.TB.Helper()
	l := o.Announce("2023-08-23T15:00:00", "A", 1000, nil)
	o.Cast("2023-08-24T08:30:00", l, nil)
	o.Dispatch("2023-08-24T09:00:00", l, nil)
	var handles []string
	for _, obj := range l.Objects {
		o.Result("2023-09-20T09:00:00", l, obj.Handle, o.Firm(l, obj.Handle), nil)
		handles = append(handles, obj.Handle)
	}
	o.Open("2023-09-20T10:00:00", l, false, handles...)
	o.Open(l.Body.Due.K+"T09:00:00", l, true)
	return l
}

// Spill writes the ledger into a folder.
func (o *Office) Spill(dir string) {
	o.TB.Helper()
	for name, data := range o.dir {
		name = filepath.Join(dir, filepath.FromSlash(name))
		o.must(os.MkdirAll(filepath.Dir(name), 0o755))
		o.must(os.WriteFile(name, data, 0o644))
	}
}

// Remove deletes a file of the ledger; Replace puts other bytes in its place.
func (o *Office) Remove(name string) {
	o.TB.Helper()
	if _, ok := o.dir[name]; !ok {
		o.TB.Fatalf("%s is not there", name)
	}
	delete(o.dir, name)
}

// Replace puts other bytes in the place of a file that is there.
func (o *Office) Replace(name string, data []byte) {
	o.TB.Helper()
	if _, ok := o.dir[name]; !ok {
		o.TB.Fatalf("%s is not there", name)
	}
	o.dir[name] = data
}

// File is a file of the ledger as it stands.
func (o *Office) File(name string) []byte { return slices.Clone(o.dir[name]) }

// Lines are the lines of a file beside the log.
func (o *Office) Lines(ref record.File) []string {
	return strings.Split(strings.TrimSuffix(string(o.dir[ledger.BlobPath(ref.SHA256)]), "\n"), "\n")
}

// All lists the files.
func (f Files) All() [][]byte { return slices.Collect(maps.Values(f)) }

// Handle is an enterprise's handle in a draw.
func (o *Office) Handle(l *rules.Lot, id string) string {
	return draw.Handle("O", draw.Salt(o.Keys[l.Index].K, "O", id), id)
}

// DrawnFrom is what a round would draw of a lot if this had been its pool.
func (o *Office) DrawnFrom(l *rules.Lot, signature string, pool []draw.Object) (*record.Draw, Files) {
	other, body := *l, *l.Body
	counts := map[string]int64{}
	for i := range pool {
		counts[pool[i].Cell]++
	}
	body.Groups = slices.Clone(body.Groups)
	for i := range body.Groups {
		body.Groups[i].Cells = slices.Clone(body.Groups[i].Cells)
		for k := range body.Groups[i].Cells {
			body.Groups[i].Cells[k].Count = counts[body.Groups[i].Cells[k].Cell]
		}
	}
	other.Pool, other.Body = pool, &body
	return o.Drawn(&other, signature)
}

// SayForced says the draw of a notice that the rules have refused: its pool is
// read again from its file, as if the notice had an effect.
func (o *Office) SayForced(at string, l *rules.Lot) int64 {
	o.TB.Helper()
	blob := func(ref record.File) []byte { return o.dir[ledger.BlobPath(ref.SHA256)] }
	other := *l
	var err error
	other.Pool, err = draw.ParsePool(blob(l.Body.Pool))
	o.must(err)
	people, err := draw.ParseInspectors(blob(l.Body.People))
	o.must(err)
	commits, err := draw.ParseRecusalCommits(blob(l.Body.Recusals))
	o.must(err)
	other.Hat = rules.Hat{Entry: l.Index, People: map[string][]string{}, Recuse: map[string]string{}}
	for _, p := range people {
		other.People[p.Handle] = p.Qualifications
	}
	for _, c := range commits {
		other.Recuse[c.Handle] = c.Hash
	}
	body, files := o.Drawn(&other, Rounds()[l.Body.Round()])
	return o.Say(at, body, files.All()...)
}

// Reprove puts a proof against another checkpoint in the place of an entry's.
func (o *Office) Reprove(index int64, checkpoint []byte) {
	o.TB.Helper()
	c, _, err := ledger.OpenCheckpoint(checkpoint, o.Log.Key())
	o.must(err)
	path, err := ledger.ProveInclusion(uint64(index), c.Size, ledger.OpenDir(o.dir.FS()).HashReader(c.Size))
	o.must(err)
	o.Replace(ledger.ProofPath(uint64(index)), ledger.FormatProof(uint64(index), path, checkpoint))
}

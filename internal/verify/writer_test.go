package verify_test

import (
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"testing"

	"github.com/BurntSushi/toml"

	"github.com/sunlot/sunlot/content"
	"github.com/sunlot/sunlot/internal/attack"
	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/verify"
	"github.com/sunlot/sunlot/ledger"
)

// A writer is an office that says what it likes: valid signatures, a sound
// tree, every opening that it wants to give, and no judge before the ledger.
// Its state is what a judge would make of it, so that a step can build on the
// one before.
type writer struct {
	tb     testing.TB
	dir    attack.Memory
	pub    *ledger.Publisher
	log    ledger.Signer
	office ledger.Signer
	state  *rules.State
	firms  []rules.Firm
	people []rules.Person
	keys   map[int64]rules.Keys // by index of the notice
	beside map[int64]*record.Opening
	salts  int
	seen   int64  // what its own state is told of the witnesses
	policy []byte // goes public with the next entry; former is what the writer pretends to have promised before
	former []byte
}

const origin = "demo.example.cn/writer"

func (w *writer) must(err error) {
	w.tb.Helper()
	if err != nil {
		w.tb.Fatal(err)
	}
}

func newWriter(tb testing.TB, pack string) *writer {
	tb.Helper()
	w := &writer{tb: tb, dir: attack.Memory{}, state: rules.New(), keys: map[int64]rules.Keys{}, beside: map[int64]*record.Opening{},
		log: attack.Signer(tb, origin, 1), office: attack.Signer(tb, origin+"/office", 2)}
	w.pub = &ledger.Publisher{Public: w.dir, Second: attack.Memory{}, Log: w.log, Now: 1, Copies: true}
	w.must(w.pub.Create(nil))
	data, err := content.FS.ReadFile("packs/" + pack + ".toml")
	w.must(err)
	p := new(rules.Pack)
	_, err = toml.Decode(string(data), p)
	w.must(err)
	file, err := rules.FormatPack(p)
	w.must(err)
	w.say("2023-06-12T09:00:00", w.charter(p, file), file)
	w.registers()
	return w
}

func (w *writer) charter(p *rules.Pack, file []byte) *record.Charter {
	return &record.Charter{Office: "演示局", Region: p.Region, Site: record.Site{Name: "演示"}, Demo: true,
		Keys: []record.RoleKey{{Role: "log", Key: w.log.Key().String(), Held: "甲"}, {Role: "office", Key: w.office.Key().String(), Held: "甲"}},
		Pack: record.PackRef{ID: p.ID, File: rules.FileOf(file)}}
}

func (w *writer) registers() {
	item := func(no string) record.Item {
		return record.Item{No: no, Name: "演示事项" + no, Object: "企业", Category: "一般检查事项", Content: "演示", Methods: []string{"检查现场"}, Body: "演示局", Level: "县级",
			Basis: []record.Basis{{Kind: "法律", Title: "《安全生产法》"}}}
	}
	w.say("2023-06-12T10:00:00", &record.Checklist{Version: 1, Year: 2023, Date: "2023-06-12", Unit: "演示局", Reason: "制定", Items: []record.Item{item("1")}})
	for i := range 30 {
		w.firms = append(w.firms, rules.Firm{ID: fmt.Sprintf("91370322TT%08d", i), Name: fmt.Sprintf("演示%d", i), Town: w.state.Pack.Towns[i%2].Code, Sector: "machinery", Status: "存续"})
	}
	for i := range 5 {
		w.people = append(w.people, rules.Person{ID: fmt.Sprintf("YS%04d", i), Name: fmt.Sprintf("演示%d", i), From: "2020-01-01", To: "2030-01-01"})
	}
	var ids, texts []string
	for _, f := range w.firms {
		ids, texts = append(ids, f.ID), append(texts, f.Name)
	}
	roster := func(kind string, ids, texts []string) {
		file := rules.RosterFile([]byte(kind), kind, ids, texts)
		w.say("2023-06-13T09:00:00", &record.Roster{Kind: kind, Version: 1, Date: "2023-06-13", Reason: "建库", Count: int64(len(ids)), File: rules.LinesOf(file)}, file)
	}
	roster("objects", ids, texts)
	roster("inspectors", ids[:5], texts[:5])
	line := func(no string) record.PlanLine {
		return record.PlanLine{No: no, Name: "演示" + no, Mode: "不定向", Items: []string{"1"}, Scope: "全部", Ratio: "0.1", From: "2023-08-01", To: "2023-09-28", Unit: "执法大队"}
	}
	w.say("2023-06-20T09:00:00", &record.Plan{Year: 2023, Version: 1, Date: "2023-06-20", Title: "演示", Reason: "制定", Lines: []record.PlanLine{line("A"), line("B")}})
}

// say signs and publishes a body, whatever a judge will think of it. The
// openings that must stand beside it do.
func (w *writer) say(at string, body any, blobs ...[]byte) int64 {
	w.tb.Helper()
	return w.sayAs(w.office, at, body, blobs...)
}

func (w *writer) sayAs(signer ledger.Signer, at string, body any, blobs ...[]byte) int64 {
	w.tb.Helper()
	fields, err := record.Seal(body, func() string { w.salts++; return fmt.Sprintf("%064x", w.salts) })
	w.must(err)
	e := &record.Entry{Type: record.TypeOf(body), Origin: origin, Env: record.Env{At: at + "+08:00", By: "办公室"}, Body: body}
	text, err := record.Format(e)
	w.must(err)
	raw, err := ledger.FormatNote(text, signer)
	w.must(err)
	in := rules.Input{Entry: e, Hash: rules.Hash(raw), Blobs: map[string][]byte{}, Seen: w.seen}
	if signer == w.office {
		in.Signers = []string{w.office.Key().String()}
	}
	for _, blob := range blobs {
		in.Blobs[rules.Hash(blob)] = blob
	}
	if c, ok := body.(*record.Charter); ok {
		in.Terms = verify.Terms(w.state, c)
	}
	index := w.state.Size
	w.state.Apply(in)
	w.publish(index, raw, blobs)
	if open := rules.OpenAtOnce(e); len(open) > 0 {
		o := &record.Opening{Fields: map[string]record.Field{}}
		for _, name := range open {
			o.Fields[name] = fields[name]
		}
		w.beside[index] = o
		w.lay(index)
	}
	return index
}

func (w *writer) publish(index int64, raw []byte, blobs [][]byte) {
	w.tb.Helper()
	w.must(w.pub.Publish(uint64(index), &ledger.Batch{Entries: [][]byte{raw}, Blobs: blobs, Policy: w.policy, Former: w.former}))
	w.policy, w.former = nil, nil
}

// lay writes the opening file of an entry as it now is.
func (w *writer) lay(index int64) {
	w.tb.Helper()
	data, err := record.FormatOpening(w.beside[index])
	w.must(err)
	w.dir[ledger.OpeningPath(uint64(index))] = data
}

// announce says the notice that an honest office would say, after change has
// made of it what it liked.
func (w *writer) announce(at, line string, round uint64, change func(*record.Notice)) *rules.Lot {
	w.tb.Helper()
	k := rules.Keys{K: []byte(fmt.Sprintf("%032d", w.state.Size)), KI: []byte(fmt.Sprintf("i%031d", w.state.Size))}
	a, err := w.state.Announce(rules.Task{Line: line, Round: round}, rules.Registers{Firms: w.firms, People: w.people}, k)
	w.must(err)
	if change != nil {
		change(a.Notice)
	}
	index := w.say(at, a.Notice, slices.Collect(maps.Values(a.Blobs))...)
	w.keys[index] = k
	w.beside[index] = new(record.Opening)
	return w.state.LotAt(index)
}

// cast says the draw of a lot, after change has made of it what it liked.
func (w *writer) cast(at string, l *rules.Lot, change func(*record.Draw)) int64 {
	w.tb.Helper()
	var recusals []draw.RecusalLine
	for i := range l.Pool {
		recusals = append(recusals, rules.Recusal(l.Pool[i].Handle, nil, nil, w.keys[l.Index].KI))
	}
	body, blobs, err := l.Cast(record.Given{Signature: attack.Rounds()[l.Body.Round()]}, recusals)
	w.must(err)
	if change != nil {
		change(body)
	}
	return w.say(at, body, slices.Collect(maps.Values(blobs))...)
}

func (w *writer) dispatch(at string, l *rules.Lot) int64 {
	w.tb.Helper()
	var handles []string
	var leaders []draw.Team
	for _, o := range l.Objects {
		handles = append(handles, o.Handle)
		leaders = append(leaders, draw.Team{Object: o.Handle, Members: o.Team[:1]})
	}
	slices.Sort(handles)
	objects, named := draw.FormatUnstaffed(handles), draw.FormatTeams(leaders)
	return w.say(at, &record.Dispatch{Notice: l.Index, Number: "1", Unit: "执法大队", Date: at[:10], Count: int64(len(handles)),
		Objects: rules.LinesOf(objects), Leaders: rules.LinesOf(named), From: l.Body.From, To: l.Body.To}, objects, named)
}

func (w *writer) firm(l *rules.Lot, o *rules.Object) *rules.Firm {
	for i := range w.firms {
		if f := &w.firms[i]; draw.Handle("O", draw.Salt(w.keys[l.Index].K, "O", f.ID), f.ID) == o.Handle {
			return f
		}
	}
	w.tb.Fatal("no firm has the handle")
	return nil
}

// result says the result of an object under the code of a firm.
func (w *writer) result(at string, l *rules.Lot, o *rules.Object, f *rules.Firm) int64 {
	w.tb.Helper()
	r := &record.Result{Origin: "random", Notice: l.Index, Object: o.Handle, Code: record.Sealed(f.ID), Name: record.Sealed(f.Name), Unit: "执法大队",
		Outcome: record.Outcome{Items: []record.ItemCodes{{Item: "1", Codes: []string{"a"}}}, Codes: []string{"a"}}, Ended: "2023-09-06", SignedOn: "2023-09-06", Published: "2023-09-08"}
	for range o.Team {
		r.Signed = append(r.Signed, "演示")
	}
	return w.say(at, r)
}

// open logs the opening of objects, or of K, and lays it beside the notice.
func (w *writer) open(at string, l *rules.Lot, k bool, objects ...*rules.Object) int64 {
	w.tb.Helper()
	body := &record.Opened{Notice: l.Index, K: k}
	for _, o := range objects {
		w.handle(l, o)
		body.Handles = append(body.Handles, o.Handle)
	}
	slices.Sort(body.Handles)
	if k {
		w.beside[l.Index].K = hex.EncodeToString(w.keys[l.Index].K)
	}
	index := w.say(at, body)
	w.lay(l.Index)
	return index
}

// handle adds the opening of an object to its notice's file.
func (w *writer) handle(l *rules.Lot, o *rules.Object) {
	f := w.firm(l, o)
	w.beside[l.Index].Handles = append(w.beside[l.Index].Handles, record.OpenHandle{Kind: "O", ID: f.ID, Salt: draw.Salt(w.keys[l.Index].K, "O", f.ID)})
}

// judge verifies the folder as a citizen would on a day.
func (w *writer) judge(today string) *verify.Bundle {
	w.tb.Helper()
	b, err := verify.Open(w.dir.FS(), verify.Options{Today: today})
	w.must(err)
	return b
}

// blamed are the failed findings, as code at entry.
func blamed(b *verify.Bundle) []string {
	var list []string
	for _, f := range b.Findings {
		if f.Severity == rules.Breach {
			list = append(list, fmt.Sprintf("%s at %d", f.Code, f.Entry))
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}

// season is a draw from notice to opened K: three firms of thirty.
func season(tb testing.TB) (*writer, *rules.Lot) {
	tb.Helper()
	w := newWriter(tb, "gaoqing")
	l := w.announce("2023-08-23T15:00:00", "A", 1000, nil)
	w.cast("2023-08-24T08:30:00", l, nil)
	w.dispatch("2023-08-24T09:00:00", l)
	for _, o := range l.Objects {
		w.result("2023-09-20T09:00:00", l, o, w.firm(l, o))
	}
	w.open("2023-09-20T10:00:00", l, false, l.Objects...)
	w.open(l.Body.Due.K+"T09:00:00", l, true)
	return w, l
}

package site

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/ledger"
)

// perSheet is how many results one sheet of a city's office brings in; each
// sheet is one publication, with one record that opens its enterprises.
const perSheet = 500

// city is a large ledger of results, signed and proved as an office's is: draws
// of up to 2,500 enterprises, a fifth of all, and every result of each.
type city struct {
	*bureau
	byHandle map[string]rules.Firm
	left     []*rules.Object
	lots     map[*rules.Object]*rules.Lot
}

// newCity lays a ledger with at least as many results.
func newCity(t testing.TB, results int) *city { return newCityOf(t, results, 2500) }

// newCityOf is newCity with draws of a given size.
func newCityOf(t testing.TB, results, perDraw int) *city {
	t.Helper()
	c := newDraws(t, results, perDraw)
	for k := 0; len(c.left) > 1 && k < results; {
		n := min(perSheet, len(c.left)-1, results-k)
		c.sheet(c.left[:n])
		c.left, k = c.left[n:], k+n
	}
	return c
}

// newDraws is the city before its first result.
func newDraws(t testing.TB, results, perDraw int) *city {
	t.Helper()
	draws := max(1, (results+perDraw-1)/perDraw)
	each := (results + draws - 1) / draws
	c := &city{bureau: newBureau(t, "gaoqing", each*5+each/5+40), byHandle: map[string]rules.Firm{}, lots: map[*rules.Object]*rules.Lot{}}
	for _, f := range c.firms {
		c.byHandle[draw.Handle("O", draw.Salt(keyK, "O", f.ID), f.ID)] = f
	}
	plan := &record.Plan{Year: 2023, Version: 2, Date: "2023-08-04", Title: "2023年度抽查工作计划", Reason: "调整"}
	for i := range draws {
		plan.Lines = append(plan.Lines, record.PlanLine{No: num(i + 1), Name: "第" + num(i+1) + "次抽查", Mode: "不定向", Items: []string{"1", "2"}, Scope: "全体检查对象", Ratio: "0.2",
			Base: int64(len(c.firms)), Estimate: int64(each), Frequency: "每年一次", From: "2023-01-01", To: "2023-12-29", Unit: "执法大队", Method: "现场检查"})
	}
	c.say("2023-08-04T09:00:00", plan, false)
	var notices []int64
	for i := range draws {
		notices = append(notices, c.announce("2023-09-14T09:00:00", num(i+1), 657413, "2023-09-18", "2023-10-31"))
	}
	for _, n := range notices {
		lot := c.cast("2023-09-15T19:05:00", n)
		c.dispatch("2023-09-18T09:00:00", lot, "2023-09-18", "2023-10-31")
		for _, o := range lot.Objects {
			c.lots[o] = lot
			c.left = append(c.left, o)
		}
	}
	return c
}

// sheet publishes the results of some objects and the record that opens them, as
// one batch.
func (c *city) sheet(objects []*rules.Object) {
	for len(objects) > 0 {
		lot := c.lots[objects[0]]
		n := 0
		for n < len(objects) && c.lots[objects[n]] == lot {
			n++
		}
		c.part(lot, objects[:n])
		objects = objects[n:]
	}
}

func (c *city) part(lot *rules.Lot, objects []*rules.Object) {
	b := c.bureau
	batch := &ledger.Batch{Openings: map[uint64][]byte{}}
	first := uint64(b.state.Size)
	opened := &record.Opened{Notice: lot.Index}
	if b.opening[lot.Index] == nil {
		b.opening[lot.Index] = new(record.Opening)
	}
	codes := []string{"a", "a", "a", "b", "e"}
	for _, o := range objects {
		f := c.byHandle[o.Handle]
		code := codes[len(f.ID)*int(b.state.Size)%len(codes)]
		body := &record.Result{Origin: "random", Notice: lot.Index, Object: o.Handle, Code: record.Sealed(f.ID), Name: record.Sealed(f.Name), Unit: "执法大队",
			Outcome: record.Outcome{Items: []record.ItemCodes{{Item: "1", Codes: []string{code}}, {Item: "2", Codes: []string{"a"}}}, Codes: b.state.Pack.UnitLine([]record.ItemCodes{{Item: "1", Codes: []string{code}}, {Item: "2", Codes: []string{"a"}}}), Methods: b.state.Pack.Result.Methods[:1]},
			Ended:   "2023-10-12", Published: "2023-10-18"}
		for range o.Team {
			body.Signed = append(body.Signed, "演示甲")
			body.SignedOn = body.Ended
		}
		if k, _ := b.state.Pack.CodeOf(code); k.Open {
			body.FollowUp = &record.FollowUpDue{Kind: "责令限期整改", Due: "2023-12-01", Number: "演责改〔2023〕1号"}
		}
		c.enter(batch, "2024-02-01T10:00:00", body)
		salt := draw.Salt(keyK, "O", f.ID)
		o := b.opening[lot.Index]
		o.Handles = append(o.Handles, record.OpenHandle{Kind: "O", ID: f.ID, Salt: salt})
		opened.Handles = append(opened.Handles, draw.Handle("O", salt, f.ID))
	}
	slices.Sort(opened.Handles)
	c.enter(batch, "2024-02-01T10:00:00", opened)
	data, err := record.FormatOpening(b.opening[lot.Index])
	b.must(err)
	batch.Openings[uint64(lot.Index)] = data
	b.must(b.pub.Publish(first, batch))
}

// enter is say for one entry of a batch.
func (c *city) enter(batch *ledger.Batch, at string, body any) {
	b := c.bureau
	fields, err := record.Seal(body, b.salt)
	b.must(err)
	e := &record.Entry{Type: record.TypeOf(body), Origin: b.origin, Env: record.Env{At: at + "+08:00", By: "办公室"}, Body: body}
	text, err := record.Format(e)
	b.must(err)
	raw, err := ledger.FormatNote(text, b.office)
	b.must(err)
	index := b.state.Size
	for _, f := range b.state.Apply(rules.Input{Entry: e, Hash: rules.Hash(raw), Signers: []string{b.office.Key().String()}, Seen: b.seen}) {
		if f.Severity == rules.Breach {
			b.t.Fatalf("entry %d %s: %+v", index, e.Type, f)
		}
	}
	batch.Entries = append(batch.Entries, raw)
	if open := rules.OpenAtOnce(e); len(open) > 0 {
		o := &record.Opening{Fields: map[string]record.Field{}}
		for _, name := range open {
			o.Fields[name] = fields[name]
		}
		data, err := record.FormatOpening(o)
		b.must(err)
		batch.Openings[uint64(index)] = data
	}
}

// lay writes a ledger into a folder.
func (s memory) lay(t testing.TB, dir string) {
	t.Helper()
	made := map[string]bool{}
	for name, data := range s {
		file := filepath.Join(dir, filepath.FromSlash(name))
		if up := filepath.Dir(file); !made[up] {
			made[up] = true
			if err := os.MkdirAll(up, 0o755); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(file, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

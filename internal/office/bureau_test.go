package office_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sunlot/sunlot/content"
	"github.com/sunlot/sunlot/internal/beacon"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/intake"
	"github.com/sunlot/sunlot/internal/keyring"
	"github.com/sunlot/sunlot/internal/office"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/verify"
)

// A bureau is an office's folder on a disk with its clock in the test's hand.
// Each step opens the folder anew, as each command of the product does.
type bureau struct {
	tb    testing.TB
	dir   string
	guard string // as in office.toml
	now   string // 2006-01-02 15:04:05, Beijing
	keys  office.Keys
	sheet string
	rand  *rand.ChaCha8
}

const origin = "demo.example.cn/bureau"

var people = []keyring.NewPerson{{Name: "经办人", Role: "经办人", Passphrase: "first-passphrase-1"}, {Name: "负责人", Role: "负责人", Passphrase: "second-passphrase-2"}}

func (b *bureau) clock() time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04:05", b.now, record.Beijing)
	if err != nil {
		b.tb.Fatal(err)
	}
	return t
}

func beginning(dir, guard string, now func() time.Time, seed byte) office.Beginning {
	return office.Beginning{Dir: dir, Now: now, Rand: rand.NewChaCha8([32]byte{seed}), Config: office.Config{Name: "演示局", Origin: origin, Pack: "gaoqing", Demo: true, Guard: guard},
		Keyring: keyring.Options{Making: keyring.Making{Work: 10, Weak: true}, People: people}}
}

// begin makes an office with its charter.
func begin(tb testing.TB, guard string) *bureau {
	tb.Helper()
	b := &bureau{tb: tb, dir: filepath.Join(tb.TempDir(), "office"), guard: guard, now: "2023-06-12 09:00:00", rand: rand.NewChaCha8([32]byte{7})}
	o, _, sheet, err := office.Begin(beginning(b.dir, guard, b.clock, 1))
	if err != nil {
		tb.Fatal(err)
	}
	b.sheet = sheet
	if b.keys, err = o.Unlock(); err != nil {
		tb.Fatal(err)
	}
	return b
}

// open opens the folder as a command would.
func (b *bureau) open() *office.Office {
	b.tb.Helper()
	o, err := office.Open(b.dir)
	if err != nil {
		b.tb.Fatal(err)
	}
	o.Now, o.Rand, o.Unlock = b.clock, b.rand, func() (office.Keys, error) { return b.keys, nil }
	return o
}

// write drafts a step at a time and writes it.
func (b *bureau) write(now string, step func(*office.Office) (*office.Draft, error)) *office.Written {
	b.tb.Helper()
	b.now = now
	o := b.open()
	d, err := step(o)
	if err != nil {
		b.tb.Fatalf("%s: %v", now, err)
	}
	w, err := o.Write(d)
	if err != nil {
		b.tb.Fatalf("%s: %v", now, err)
	}
	return w
}

// sheet turns the problems of a sheet into an error.
func sheet(d *office.Draft, problems []intake.Problem, err error) (*office.Draft, error) {
	if err == nil && len(problems) > 0 {
		err = fmt.Errorf("%+v", problems[0])
	}
	return d, err
}

func items() []intake.Item {
	return []intake.Item{{No: "1", Name: "演示事项", Object: "企业", Category: "一般检查事项", Body: "演示局", Level: "县级", Methods: []string{"检查现场"},
		Basis: []intake.Basis{{Kind: "法律", Title: "《中华人民共和国安全生产法》", Article: "第六十五条"}}}}
}

// firms have private columns that nothing public may hold.
func firms(n int) []intake.Firm {
	var rows []intake.Firm
	for i := range n {
		rows = append(rows, intake.Firm{Code: fmt.Sprintf("91370322TT%08d", 10000000+i*7919), Name: fmt.Sprintf("高青第%d号企业（演示）", i), LegalRep: fmt.Sprintf("法人代表%d某", i), Address: fmt.Sprintf("演示路%d号院", 1000+i),
			Scope: fmt.Sprintf("经营范围%d", i), Town: "田镇街道", Sector: "机械", Status: "存续", Risk: "高"})
	}
	return rows
}

func inspectors(n int) []intake.Inspector {
	var rows []intake.Inspector
	for i := range n {
		rows = append(rows, intake.Inspector{Certificate: fmt.Sprintf("YS%06d", 370000+i), Name: fmt.Sprintf("检查员%c某", '甲'+rune(i)), Sex: "男", IDNumber: fmt.Sprintf("370399199001%02d%04d", i+1, 100+i),
			Phone: fmt.Sprintf("0533-0%06d", 123456+i), Unit: "执法大队", Title: "一级主任科员", Level: "县级", ValidFrom: "2020-01-01", ValidTo: "2030-01-01"})
	}
	return rows
}

func plan() []intake.PlanLine {
	line := func(no string) intake.PlanLine {
		return intake.PlanLine{No: no, Name: "演示任务" + no, Mode: "不定向", Items: []string{"1"}, Scope: "全部企业", Ratio: "0.1", From: "2023-08-01", To: "2023-09-28", Unit: "执法大队"}
	}
	return []intake.PlanLine{line("A"), line("B")}
}

// furnish records checklist, registers and plan.
func (b *bureau) furnish() {
	b.tb.Helper()
	b.write("2023-06-12 10:00:00", func(o *office.Office) (*office.Draft, error) { return sheet(o.Checklist(items(), office.Listing{})) })
	b.write("2023-06-13 09:00:00", func(o *office.Office) (*office.Draft, error) { return sheet(o.Firms(firms(40), office.Listing{})) })
	b.write("2023-06-13 10:00:00", func(o *office.Office) (*office.Draft, error) {
		return sheet(o.Inspectors(inspectors(6), office.Listing{}))
	})
	b.write("2023-06-20 09:00:00", func(o *office.Office) (*office.Draft, error) { return sheet(o.Plan(plan(), office.Listing{}, "")) })
}

var rounds = sync.OnceValue(func() map[uint64]beacon.Round {
	data, err := content.FS.ReadFile("demo/drand-quicknet.json")
	if err != nil {
		panic(err)
	}
	var list []struct {
		Round     uint64
		Signature string
	}
	if err := json.Unmarshal(data, &list); err != nil {
		panic(err)
	}
	m := map[uint64]beacon.Round{}
	for _, r := range list {
		m[r.Round] = beacon.Round{Chain: beacon.Quicknet().Hash, Number: r.Round, Signature: r.Signature}
	}
	return m
})

func announce(line string, round uint64) func(*office.Office) (*office.Draft, error) {
	return func(o *office.Office) (*office.Draft, error) {
		d, _, err := o.Announce(rules.Task{Line: line, Round: round})
		return d, err
	}
}

func cast(id string, round uint64) func(*office.Office) (*office.Draft, error) {
	return func(o *office.Office) (*office.Draft, error) {
		d, _, err := o.Run(id, office.Value{Round: rounds()[round]})
		return d, err
	}
}

func dispatch(id string) func(*office.Office) (*office.Draft, error) {
	return func(o *office.Office) (*office.Draft, error) {
		return o.Dispatch(office.Sending{Draw: id, Confirmed: "负责人某某"})
	}
}

// results fills the form of some of the drawn.
func results(id string, from, to int) func(*office.Office) (*office.Draft, error) {
	return func(o *office.Office) (*office.Draft, error) {
		d, err := o.Drawing(id)
		if err != nil {
			return nil, err
		}
		var rows []intake.ResultRow
		for _, obj := range d.Lot.Objects[from:to] {
			f := d.Firms[obj.Handle]
			rows = append(rows, intake.ResultRow{Draw: id, Handle: obj.Handle, Code: f.ID, Name: f.Name, Codes: []string{"a"}, Started: "2023-09-05", Ended: "2023-09-06",
				Entered: "2023-09-07", Published: "2023-09-08", EnteredBy: "录入员某", ReviewedBy: "审核员某", Signed: d.Team(obj), SignedOn: "2023-09-06", Remark: "备注里的某人"})
		}
		return sheet(o.Results(rows))
	}
}

// drawn is a furnished office with a draw that is dispatched.
func drawnOffice(tb testing.TB) *bureau {
	b := begin(tb, "guard")
	b.furnish()
	b.write("2023-08-23 15:00:00", announce("A", 1000))
	b.write("2023-08-24 08:30:00", cast("2023-001", 1000))
	b.write("2023-08-24 09:00:00", dispatch("2023-001"))
	return b
}

// judge verifies the public folder as a citizen would.
func (b *bureau) judge() *verify.Bundle {
	b.tb.Helper()
	v, err := verify.Open(os.DirFS(filepath.Join(b.dir, "ledger")), verify.Options{Today: b.now[:10]})
	if err != nil {
		b.tb.Fatal(err)
	}
	if v.Failed() {
		b.tb.Fatalf("%+v", v.Parts()[1].Findings)
	}
	return v
}

// tree reads every file below a folder of the office.
func (b *bureau) tree(folder string) map[string]string {
	b.tb.Helper()
	files := map[string]string{}
	top := filepath.Join(b.dir, folder)
	err := filepath.WalkDir(top, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		rel, _ := filepath.Rel(top, name)
		files[filepath.ToSlash(rel)] = string(data)
		return err
	})
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		b.tb.Fatal(err)
	}
	return files
}

// refused expects a step to be refused with a code, and the ledger as it was.
func (b *bureau) refused(what, code string, step func(*office.Office) (*office.Draft, error)) {
	b.tb.Helper()
	before := b.tree("ledger")
	o := b.open()
	d, err := step(o)
	if err == nil {
		_, err = o.Write(d)
	}
	if fault.Code(err) != code {
		b.tb.Errorf("%s: %v, want %s", what, err, code)
	}
	b.same(what, "ledger", before)
}

func (b *bureau) same(what, folder string, before map[string]string) {
	b.tb.Helper()
	after := b.tree(folder)
	for name := range after {
		if before[name] != after[name] {
			b.tb.Errorf("%s: %s/%s has changed", what, folder, name)
		}
	}
	if len(after) != len(before) {
		b.tb.Errorf("%s: %d files in %s, there were %d", what, len(after), folder, len(before))
	}
}

// private finds the one file below private/ whose name begins so.
func (b *bureau) private(prefix string) string {
	b.tb.Helper()
	found := ""
	for name := range b.tree("private") {
		if strings.HasPrefix(name, prefix) && (found == "" || name < found) {
			found = name
		}
	}
	if found == "" {
		b.tb.Fatalf("nothing private begins with %s", prefix)
	}
	return filepath.Join(b.dir, "private", filepath.FromSlash(found))
}

func (b *bureau) must(err error) {
	b.tb.Helper()
	if err != nil {
		b.tb.Fatal(err)
	}
}

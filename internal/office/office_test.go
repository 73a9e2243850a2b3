package office_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/intake"
	"github.com/sunlot/sunlot/internal/keyring"
	"github.com/sunlot/sunlot/internal/office"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/ledger"
	"github.com/sunlot/sunlot/ledger/local"
)

// TestSmallYear is the chain that every other test here disturbs.
func TestSmallYear(t *testing.T) {
	b := drawnOffice(t)
	b.write("2023-09-20 09:00:00", results("2023-001", 0, 2))
	b.write("2023-09-21 09:00:00", results("2023-001", 2, 4))
	b.write("2023-11-01 09:00:00", func(o *office.Office) (*office.Draft, error) { return o.OpenK("2023-001") })
	v := b.judge()
	if l := v.State.Lot("2023-001"); !l.Closed() || !l.KOpened || len(l.Objects) != 4 {
		t.Errorf("%+v", l)
	}
	for what, mode := range map[string]os.FileMode{"private": 0o700, "guard": 0o700, "private/keys": 0o700, "private/registers": 0o700, "private/draws": 0o700, "private/openings": 0o700} {
		if st, err := os.Stat(filepath.Join(b.dir, what)); err != nil || st.Mode().Perm() != mode {
			t.Errorf("%s: %v", what, st.Mode())
		}
	}
	for name := range b.tree("private") {
		if st, err := os.Stat(filepath.Join(b.dir, "private", name)); err != nil || st.Mode().Perm() != 0o600 {
			t.Errorf("private/%s: %v", name, st.Mode())
		}
	}
	b.refused("K twice", "office.k-open", func(o *office.Office) (*office.Draft, error) { return o.OpenK("2023-001") })
	b.refused("a draw that is not there", "office.no-such-draw", func(o *office.Office) (*office.Draft, error) { return o.OpenK("2023-009") })
	b.refused("a second draw", "rules.redraw", cast("2023-001", 1000))
	b.refused("all is dispatched", "office.nothing-to-dispatch", dispatch("2023-001"))
}

func TestTooEarly(t *testing.T) {
	b := begin(t, "guard")
	b.furnish()
	b.write("2023-08-23 15:00:00", announce("A", 1000))
	b.refused("before its round", "office.too-early", cast("2023-001", 1000))
	b.now = "2023-08-24 08:30:00"
	b.refused("another round", "office.other-round", cast("2023-001", 1001))
	b.refused("not drawn yet", "rules.not-drawn-yet", dispatch("2023-001"))
	b.refused("a notice for a round that has come", "rules.notice-late", announce("B", 1001))
	b.write("2023-08-24 08:30:00", cast("2023-001", 1000))
	b.write("2023-08-24 09:00:00", dispatch("2023-001"))
	b.refused("K before its day", "office.k-early", func(o *office.Office) (*office.Draft, error) { return o.OpenK("2023-001") })
}

// TestEditedRegisters: a register that no longer is what was committed to is
// refused by every step that needs it, and by no other.
func TestEditedRegisters(t *testing.T) {
	b := drawnOffice(t)
	name := b.register("objects")
	data, err := os.ReadFile(name)
	b.must(err)
	for what, edit := range map[string]func(text string) string{
		"a firm taken out":    func(s string) string { i := strings.LastIndex(strings.TrimSpace(s), "\n"); return s[:i+1] },
		"a firm put in twice": func(s string) string { l := strings.SplitAfter(s, "\n"); return s + l[1] },
		"a status changed":    func(s string) string { return strings.Replace(s, "存续", "注销", 1) },
		"a name changed":      func(s string) string { return strings.Replace(s, "第3号", "第三号", 1) },
		"a code changed":      func(s string) string { return strings.Replace(s, "91370322TT10000000", "91370322TT10000001", 1) },
		"another key":         func(s string) string { return strings.Replace(s, `"key":"`, `"key":"00`, 1) },
		"another kind":        func(s string) string { return strings.Replace(s, `"kind":"objects"`, `"kind":"inspectors"`, 1) },
		"a tag added": func(s string) string {
			return strings.Replace(s, `"status":"存续"`, `"status":"存续","tags":["special"]`, 1)
		},
	} {
		edited := edit(string(data))
		if edited == string(data) {
			t.Fatalf("%s: nothing changed", what)
		}
		b.must(os.WriteFile(name, []byte(edited), 0o600))
		for step, do := range map[string]func(*office.Office) (*office.Draft, error){"announce": announce("B", 657413), "results": results("2023-001", 0, 1)} {
			b.refused(what+": "+step, "office.register-edited", do)
		}
	}
	b.must(os.WriteFile(name, data, 0o600))
	b.write("2023-09-20 09:00:00", results("2023-001", 0, 1))
	b.judge()
	for what, data := range map[string]string{"empty": "", "half": `{"kind":"objects","key":"ab`, "no hex": `{"kind":"objects","key":"zz"}`, "a line of rubbish": "{\"kind\":\"objects\",\"key\":\"00\"}\nx\n"} {
		b.must(os.WriteFile(name, []byte(data), 0o600))
		b.refused(what, "office.bad-register", results("2023-001", 1, 2))
	}
}

// register is the file of a register of a kind.
func (b *bureau) register(kind string) string {
	b.tb.Helper()
	for name, data := range b.tree("private") {
		if strings.HasPrefix(name, "registers/") && strings.Contains(data[:40], `"`+kind+`"`) {
			return filepath.Join(b.dir, "private", filepath.FromSlash(name))
		}
	}
	b.tb.Fatal("no register of " + kind)
	return ""
}

// TestOtherDrawKeys: the keys of two draws traded, or made up.
func TestOtherDrawKeys(t *testing.T) {
	b := begin(t, "guard")
	b.furnish()
	b.write("2023-08-23 15:00:00", announce("A", 1000))
	one := b.private("draws/")
	first, err := os.ReadFile(one)
	b.must(err)
	b.write("2023-08-23 15:10:00", announce("B", 1001))
	two := ""
	for name := range b.tree("private") {
		if full := filepath.Join(b.dir, "private", name); strings.HasPrefix(name, "draws/") && full != one {
			two = full
		}
	}
	second, err := os.ReadFile(two)
	b.must(err)
	b.now = "2023-08-24 08:30:00"
	b.must(os.WriteFile(one, second, 0o600))
	b.must(os.WriteFile(two, first, 0o600))
	b.refused("traded", "office.other-draw-keys", cast("2023-001", 1000))
	b.refused("traded", "office.other-draw-keys", cast("2023-002", 1001))
	text := b.unsealed(first)
	b.must(os.WriteFile(one, b.sealed([]byte(`{"k":"00","ki":"00"}`)), 0o600))
	b.refused("made up", "office.other-draw-keys", cast("2023-001", 1000))
	b.must(os.WriteFile(one, b.sealed(bytes.Replace(text, []byte(`"ki":"`), []byte(`"ki":"00`), 1)), 0o600))
	b.refused("KI changed", "office.other-draw-keys", cast("2023-001", 1000))
	b.must(os.WriteFile(one, b.sealed(text[:20]), 0o600))
	b.refused("cut off", "office.bad-register", cast("2023-001", 1000))
	b.must(os.WriteFile(one, first[:len(first)-1], 0o600))
	b.refused("the sealed file cut off", "keyring.damaged", cast("2023-001", 1000))
	b.must(os.Remove(one))
	b.refused("gone", "office.no-draw-keys", cast("2023-001", 1000))
	b.must(os.WriteFile(one, first, 0o600))
	b.must(os.WriteFile(two, second, 0o600))
	b.write(b.now, cast("2023-001", 1000))
	b.write(b.now, cast("2023-002", 1001))
	b.judge()
}

// TestEditedRecusals: who stands back was committed to before the round; what
// is said of it afterwards does not fit.
func TestEditedRecusals(t *testing.T) {
	b := begin(t, "guard")
	b.furnish()
	b.write("2023-07-03 15:00:00", func(o *office.Office) (*office.Draft, error) {
		return sheet(o.Recusals(standBack("YS370000", "YS370001")))
	})
	b.write("2023-08-23 15:00:00", func(o *office.Office) (*office.Draft, error) {
		d, a, err := o.Announce(rules.Task{Line: "A", Round: 1000})
		if err == nil && (a.Notice.Declared != 80 || a.Notice.MostForOne != 2) {
			t.Errorf("%d declared, %d for one", a.Notice.Declared, a.Notice.MostForOne)
		}
		return d, err
	})
	name := b.private("draws/")
	data, err := os.ReadFile(name)
	b.must(err)
	b.now = "2023-08-24 08:30:00"
	b.must(os.WriteFile(name, b.sealed(bytes.ReplaceAll(b.unsealed(data), []byte("YS370001"), []byte("YS370005"))), 0o600))
	b.refused("one for another", "rules.bad-recusal", cast("2023-001", 1000))
	b.must(os.WriteFile(name, data, 0o600))
	b.write(b.now, cast("2023-001", 1000))
	o := b.open()
	d, err := o.Drawing("2023-001")
	b.must(err)
	for _, obj := range d.Lot.Objects {
		for _, h := range obj.Team {
			if id := d.People[h].ID; id == "YS370000" || id == "YS370001" {
				t.Errorf("%s stood back and was drawn", id)
			}
		}
	}
}

// TestMissingPrivate: what a step needs of private/ and is not there is named;
// what it does not need is not asked for.
func TestMissingPrivate(t *testing.T) {
	b := drawnOffice(t)
	away := filepath.Join(t.TempDir(), "away")
	for _, c := range []struct{ gone, code string }{
		{b.register("objects"), "office.no-register"},
		{b.register("inspectors"), "office.no-register"},
		{b.private("draws/"), "office.no-draw-keys"},
		{filepath.Join(b.dir, "private", "registers"), "office.no-register"},
		{filepath.Join(b.dir, "private"), "office.no-draw-keys"},
	} {
		b.must(os.Rename(c.gone, away))
		b.refused(filepath.Base(c.gone)+" gone", c.code, results("2023-001", 0, 1))
		b.refused(filepath.Base(c.gone)+" gone", map[bool]string{true: "office.no-register", false: c.code}[strings.HasSuffix(c.gone, "private")], announce("B", 657413))
		b.must(os.Rename(away, c.gone))
	}
	b.must(os.RemoveAll(filepath.Join(b.dir, "private", "openings")))
	b.write("2023-09-20 09:00:00", results("2023-001", 0, 1))
	b.must(os.RemoveAll(filepath.Join(b.dir, "private", "draws")))
	b.write("2023-09-21 09:00:00", func(o *office.Office) (*office.Draft, error) { return sheet(o.Checklist(items(), office.Listing{})) })
	b.write("2023-09-21 09:10:00", func(o *office.Office) (*office.Draft, error) { return o.Abort("2023-001", "钥匙遗失", nil) })
	b.judge()
}

// TestOvertaken: two commands draft the same step; the second to write is
// refused, and has not touched what belongs to the first.
func TestOvertaken(t *testing.T) {
	b := drawnOffice(t)
	b.now = "2023-09-20 09:00:00"
	slow, quick := b.open(), b.open()
	late, err := results("2023-001", 0, 1)(slow)
	b.must(err)
	first, err := results("2023-001", 1, 2)(quick)
	b.must(err)
	if _, err := quick.Write(first); err != nil {
		t.Fatal(err)
	}
	private, public, out := b.tree("private"), b.tree("ledger"), b.tree("outbox")
	if _, err := slow.Write(late); fault.Code(err) != "office.overtaken" {
		t.Fatalf("%v", err)
	}
	b.same("overtaken", "private", private)
	b.same("overtaken", "ledger", public)
	b.same("overtaken", "outbox", out)
	b.write("2023-09-20 09:05:00", results("2023-001", 0, 1))
	b.judge()
}

// TestLocked: while one writes the other is refused at once, and reads on.
func TestLocked(t *testing.T) {
	b := drawnOffice(t)
	b.now = "2023-09-20 09:00:00"
	log, err := local.Open(local.Options{Dir: filepath.Join(b.dir, "ledger"), Guard: filepath.Join(b.dir, "guard"), Origin: origin, Log: b.keys.Log, Now: b.clock().Unix(), Copies: true})
	b.must(err)
	private := b.tree("private")
	b.refused("locked", "ledger.locked", results("2023-001", 0, 1))
	b.same("locked", "private", private)
	if list, err := b.open().Nexts(); err != nil || len(list) == 0 {
		t.Errorf("status while locked: %v", err)
	}
	b.must(log.Close())
	b.write(b.now, results("2023-001", 0, 1))
	b.judge()
}

// TestOtherOfficeKey: a key that the charter does not name signs nothing. What
// it signed would stand there for ever.
func TestOtherOfficeKey(t *testing.T) {
	b := drawnOffice(t)
	own := b.keys
	other, err := ledger.NewSigner(origin+"/office", [32]byte{9})
	b.must(err)
	private := b.tree("private")
	b.now, b.keys.Office = "2023-09-20 09:00:00", other
	b.refused("another office key", "rules.unsigned", results("2023-001", 0, 1))
	b.keys = own
	if b.keys.Log, err = ledger.NewSigner(origin, [32]byte{9}); err != nil {
		t.Fatal(err)
	}
	o := b.open()
	d, err := results("2023-001", 0, 1)(o)
	b.must(err)
	before := b.tree("ledger")
	if _, err := o.Write(d); err == nil || !strings.HasPrefix(fault.Code(err), "ledger.") {
		t.Errorf("another log key: %v", err)
	}
	b.same("another log key", "ledger", before)
	b.same("another key", "private", private)
	b.keys = own
	b.write("2023-09-20 09:00:00", results("2023-001", 0, 1))
	b.judge()
}

// TestClockBack: an office whose clock has gone back writes nothing.
func TestClockBack(t *testing.T) {
	b := drawnOffice(t)
	private := b.tree("private")
	for _, now := range []string{"2023-08-24 08:59:59", "2023-08-23 09:00:00", "2020-01-01 00:00:00"} {
		b.now = now
		o := b.open()
		d, err := sheet(o.Checklist(items(), office.Listing{Date: "2019-01-01"}))
		if err == nil {
			_, err = o.Write(d)
		}
		if code := fault.Code(err); code != "ledger.guard-clock" && code != "rules.date-order" {
			t.Errorf("%s: %v", now, err)
		}
	}
	b.same("clock back", "private", private)
	b.write("2023-08-24 09:00:00", func(o *office.Office) (*office.Draft, error) { return sheet(o.Checklist(items(), office.Listing{})) })
	b.judge()
}

// TestBeginTwice: an office is not begun over an office, and what stands there
// stays.
func TestBeginTwice(t *testing.T) {
	b := begin(t, "guard")
	all := b.tree(".")
	if _, _, _, err := office.Begin(beginning(b.dir, "guard", b.clock, 2)); fault.Code(err) != "office.exists" {
		t.Fatalf("%v", err)
	}
	b.same("twice", ".", all)
	// Without office.toml it is no office; keys and ledger are still not overwritten.
	b.must(os.Remove(filepath.Join(b.dir, office.ConfigName)))
	all = b.tree(".")
	if _, _, _, err := office.Begin(beginning(b.dir, "guard", b.clock, 2)); err == nil {
		t.Fatal("begun over keys and a ledger")
	}
	b.same("over keys", ".", all)
	for what, change := range map[string]func(*office.Beginning){
		"no name":    func(in *office.Beginning) { in.Config.Name = "" },
		"no origin":  func(in *office.Beginning) { in.Config.Origin = "" },
		"upper case": func(in *office.Beginning) { in.Config.Origin = "Demo.example.cn/x" },
		"no path":    func(in *office.Beginning) { in.Config.Origin = "demo.example.cn" },
		"no pack":    func(in *office.Beginning) { in.Config.Pack = "beijing" },
		"one person": func(in *office.Beginning) { in.Keyring.People = people[:1] },
		"one phrase": func(in *office.Beginning) {
			in.Keyring.People = []keyring.NewPerson{people[0], {Name: "乙", Role: "负责人", Passphrase: people[0].Passphrase}}
		},
		"no entropy":  func(in *office.Beginning) { in.Rand = bytes.NewReader(nil) },
		"guard in it": func(in *office.Beginning) { in.Config.Guard = "ledger/guard" },
	} {
		in := beginning(filepath.Join(t.TempDir(), "office"), "guard", b.clock, 3)
		change(&in)
		if _, _, _, err := office.Begin(in); err == nil {
			t.Errorf("%s: begun", what)
		}
		if _, err := os.Stat(filepath.Join(in.Dir, "ledger", "checkpoint")); err == nil {
			t.Errorf("%s: a ledger stands there", what)
		}
	}
}

var errCut = errors.New("the power is cut")

// TestCut: the power is cut at changes of the disk that a result makes, before
// or after each. Whatever it was, the office goes on and nothing that was
// acknowledged, sealed or kept secret is lost.
func TestCut(t *testing.T) {
	base := drawnOffice(t)
	base.now = "2023-09-20 09:00:00"
	archive := filepath.Join(t.TempDir(), "archive")
	b := &bureau{}
	*b = *base
	for at, done := 0, false; !done; at += 5 {
		if at > 300 {
			t.Fatal("no end")
		}
		b.dir = filepath.Join(archive, fmt.Sprint(at))
		b.must(os.CopyFS(b.dir, os.DirFS(base.dir)))
		for _, private := range []string{"private", "guard"} {
			b.must(os.Chmod(filepath.Join(b.dir, private), 0o700))
		}
		n := 0
		var mu sync.Mutex // several goroutines sync at a time
		o := b.open()
		o.Hook = func(op, name string, do func() error) error {
			mu.Lock()
			defer mu.Unlock()
			if n++; n-1 == at/2 {
				if at%2 == 1 {
					if err := do(); err != nil {
						return err
					}
				}
				return errCut
			}
			if n-1 > at/2 {
				return errCut // nothing happens after the cut
			}
			return do()
		}
		d, err := results("2023-001", 0, 2)(o)
		b.must(err)
		_, err = o.Write(d)
		done = err == nil
		if !done && !errors.Is(err, errCut) {
			t.Fatalf("cut %d: %v", at, err)
		}
		b.recovers(fmt.Sprintf("cut %d", at))
		b.must(os.RemoveAll(b.dir))
	}
}

// recovers: the next command completes or begins again; then the results stand,
// once each, with their private openings.
func (b *bureau) recovers(what string) {
	b.tb.Helper()
	o := b.open()
	if _, err := o.Complete(); err != nil {
		b.tb.Fatalf("%s: %v", what, err)
	}
	o = b.open()
	d, err := o.Drawing("2023-001")
	b.must(err)
	if d.Lot.Objects[0].Result == nil {
		b.write(b.now, results("2023-001", 0, 2))
	}
	v := b.judge()
	if n := len(v.State.Results); n != 2 {
		b.tb.Fatalf("%s: %d results", what, n)
	}
	private := b.tree("private")
	for _, f := range v.State.Results {
		e := v.Entries[f.Index]
		text := private[fmt.Sprintf("openings/%d.json", f.Index)]
		if !strings.Contains(text, "备注里的某人") || e.Fields[0].Path != "code" || !strings.Contains(text, e.Fields[0].Salt) {
			b.tb.Errorf("%s: the private opening of entry %d is not its own", what, f.Index)
		}
	}
}

// TestBackup: away and back, with the guard on another disk. On the machine
// where that disk is the copy goes on under the same guard, which then refuses
// the original; elsewhere it gets a guard of its own. Neither writes before a
// person has looked.
func TestBackup(t *testing.T) {
	guard := filepath.Join(t.TempDir(), "other disk", "guard")
	b := begin(t, guard)
	b.furnish()
	b.write("2023-08-23 15:00:00", announce("A", 1000))
	file := filepath.Join(t.TempDir(), "office.sunlot")
	if n, err := b.open().Backup(file); err != nil || n < 1000 {
		t.Fatalf("%d, %v", n, err)
	}
	data, err := os.ReadFile(file)
	b.must(err)
	for _, secret := range []string{"检查员", "91370322TT", "法人代表", "演示局", "office.toml"} {
		if bytes.Contains(data, []byte(secret)) {
			t.Errorf("the backup holds %q in the clear", secret)
		}
	}
	secret := func(s string) *keyring.Source {
		return &keyring.Source{Env: func(name string) (string, bool) { return s, name == "SUNLOT_PASSPHRASE" }}
	}
	again := filepath.Join(t.TempDir(), "again")
	if err := office.Restore(file, again, secret("wrong-passphrase-3")); err == nil {
		t.Fatal("opened with a wrong passphrase")
	}
	all := b.tree(".")
	if err := office.Restore(file, b.dir, secret(people[1].Passphrase)); fault.Code(err) != "office.exists" {
		t.Errorf("over an office: %v", err)
	}
	b.same("over an office", ".", all)

	c := b.restored(file, again, secret(people[1].Passphrase))
	if o := c.open(); o.Config.Guard != guard {
		t.Errorf("the guard is here, and the copy has %s", o.Config.Guard)
	}
	k, err := c.open().UnlockKeys(secret(people[0].Passphrase))
	b.must(err)
	if k.Log.Key().String() != b.keys.Log.Key().String() || k.Office.Key().String() != b.keys.Office.Key().String() {
		t.Error("other keys")
	}
	c.write("2023-08-24 08:30:00", cast("2023-001", 1000))
	c.judge()
	b.now = "2023-08-24 08:40:00"
	o := b.open()
	d, err := cast("2023-001", 1000)(o)
	b.must(err)
	if _, err := o.Write(d); !strings.HasPrefix(fault.Code(err), "ledger.guard-") {
		t.Errorf("the original draws after the copy has drawn: %v", err)
	}

	// On another machine, and with the printed sheet.
	b.must(os.Rename(guard, guard+" away"))
	e := b.restored(file, filepath.Join(t.TempDir(), "third"), secret(b.sheet))
	if o := e.open(); o.Config.Guard != "guard" {
		t.Errorf("the guard is not here, and the copy has %s", o.Config.Guard)
	}
	e.write("2023-08-24 08:50:00", cast("2023-001", 1000))
	e.write("2023-08-24 09:00:00", dispatch("2023-001"))
	e.judge()
	if _, err := os.Stat(guard); err == nil {
		t.Error("it has made the other machine's place")
	}
	// Its own backup from before is refused by its own guard.
	for name, text := range b.tree("ledger") {
		b.must(os.WriteFile(filepath.Join(e.dir, "ledger", filepath.FromSlash(name)), []byte(text), 0o644))
	}
	e.now = "2023-08-24 10:00:00"
	o = e.open()
	d, err = sheet(o.Checklist(items(), office.Listing{}))
	if err == nil {
		_, err = o.Write(d)
	}
	if !strings.HasPrefix(fault.Code(err), "ledger.") {
		t.Errorf("an old ledger beside a newer guard: %v", err)
	}
}

// restored unpacks a backup and lets a person look at it.
func (b *bureau) restored(file, dir string, src *keyring.Source) *bureau {
	b.tb.Helper()
	b.must(office.Restore(file, dir, src))
	c := &bureau{}
	*c = *b
	c.dir = dir
	c.same("restored", "ledger", b.tree("ledger"))
	private := c.tree("private")
	delete(private, "restored")
	if fmt.Sprint(private) != fmt.Sprint(b.tree("private")) {
		b.tb.Error("private/ came back another")
	}
	if err := c.open().Restored(); fault.Code(err) != "office.restored" {
		b.tb.Errorf("before a person has looked: %v", err)
	}
	b.must(c.open().Adopt())
	if err := c.open().Restored(); err != nil {
		b.tb.Error(err)
	}
	return c
}

// TestInspectorsInTheHat: those off duty, experts and those whose certificate
// ends within the task are in the register and never in the hat.
func TestInspectorsInTheHat(t *testing.T) {
	b := begin(t, "guard")
	rows := inspectors(8)
	rows[0].Status, rows[1].Expert, rows[2].ValidTo = "退休", true, "2023-09-27"
	b.write("2023-06-12 10:00:00", func(o *office.Office) (*office.Draft, error) { return sheet(o.Checklist(items(), office.Listing{})) })
	b.write("2023-06-13 09:00:00", func(o *office.Office) (*office.Draft, error) { return sheet(o.Firms(firms(40), office.Listing{})) })
	b.write("2023-06-13 10:00:00", func(o *office.Office) (*office.Draft, error) { return sheet(o.Inspectors(rows, office.Listing{})) })
	b.write("2023-06-20 09:00:00", func(o *office.Office) (*office.Draft, error) { return sheet(o.Plan(plan(), office.Listing{}, "")) })
	b.write("2023-08-23 15:00:00", announce("A", 1000))
	d, err := b.open().Drawing("2023-001")
	b.must(err)
	if len(d.Lot.People) != 5 || len(d.People) != 8 {
		t.Fatalf("%d of %d in the hat", len(d.Lot.People), len(d.People))
	}
	for h := range d.Lot.People {
		if p := d.People[h]; p.ID == rows[0].Certificate || p.ID == rows[1].Certificate || p.ID == rows[2].Certificate {
			t.Errorf("%s is in the hat", p.Name)
		}
	}
}

// TestHistory: only what a lot chose counts toward the cap (A13).
func TestHistory(t *testing.T) {
	b := begin(t, "guard")
	b.furnish()
	var rows []intake.HistoryRow
	for i, f := range firms(6) {
		rows = append(rows, intake.HistoryRow{Code: f.Code, Name: f.Name, Date: "2023-03-01", Origin: []string{"random", "complaint", ""}[i%3]})
	}
	b.write("2023-06-21 09:00:00", func(o *office.Office) (*office.Draft, error) { return sheet(o.History(rows)) })
	b.now = "2023-08-23 15:00:00"
	d, a, err := b.open().Announce(rules.Task{Line: "A", Round: 1000})
	b.must(err)
	if g := a.Notice.Grounds; len(g) != 1 || g[0].Code != "cap" || g[0].Count != 4 || d == nil {
		t.Errorf("%+v", g)
	}
}

package monitor

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/ledger"
	"github.com/sunlot/sunlot/ledger/local"
)

const origin = "demo.example/sunlot"

func signer(t testing.TB, seed byte) ledger.Signer {
	t.Helper()
	s, err := ledger.NewSigner(origin, [32]byte{seed})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// memory is a folder in memory where there is one: nothing here is about disks.
func memory(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "sunlot-monitor")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// log is a ledger of lines that mean nothing: its tree is sound, its entries are
// blamed, and these tests look at the tree alone.
type log struct {
	t   *testing.T
	opt local.Options
}

func newLog(t *testing.T, seed byte, entries ...string) *log {
	t.Helper()
	dir := memory(t)
	l := &log{t, local.Options{Dir: filepath.Join(dir, "ledger"), Guard: filepath.Join(dir, "guard"), Origin: origin, Log: signer(t, seed), Now: 1, Copies: true}}
	made, err := local.Create(l.opt)
	if err != nil {
		t.Fatal(err)
	}
	made.Close()
	l.add(entries...)
	return l
}

func (l *log) add(entries ...string) {
	l.t.Helper()
	w, err := local.Open(l.opt)
	if err != nil {
		l.t.Fatal(err)
	}
	defer w.Close()
	var b ledger.Batch
	for _, e := range entries {
		b.Entries = append(b.Entries, []byte(e))
	}
	if _, err := w.Append(b); err != nil {
		l.t.Fatal(err)
	}
}

func (l *log) view(name string) View { return View{Name: name, FS: os.DirFS(l.opt.Dir)} }

func (l *log) checkpoint() []byte {
	data, err := os.ReadFile(filepath.Join(l.opt.Dir, "checkpoint"))
	if err != nil {
		l.t.Fatal(err)
	}
	return data
}

// look makes a visit and returns the monitor's own events, "code severity new" each, sorted.
func look(t *testing.T, dir string, opt Options, views ...View) []string {
	t.Helper()
	m, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	rep, err := m.Visit(views, opt)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, e := range rep.Events {
		if e.Code == "monitor.first" {
			if !rep.First || !e.New || e.Severity != Note {
				t.Errorf("first visit: %+v", e)
			}
			continue
		}
		if strings.HasPrefix(e.Code, "monitor.") {
			list = append(list, fmt.Sprintf("%s %s %v", e.Code, e.Severity, e.New))
		}
	}
	slices.Sort(list)
	return list
}

func expect(t *testing.T, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

// lines are n different entries of one history.
func lines(history string, n int) []string {
	var list []string
	for i := range n {
		list = append(list, fmt.Sprintf("%s %d", history, i))
	}
	return list
}

// Every pair of sizes: a longer ledger that continues what was seen is quiet,
// one with another history is proved to be another, by a file that needs no
// ledger.
func TestHistories(t *testing.T) {
	const most = 7
	for m := 1; m <= most; m++ {
		for n := m; n <= most; n++ {
			for split := 0; split <= m; split++ { // entries that both histories share; m: the same history
				dir := memory(t)
				old := newLog(t, 1, lines("a", m)...)
				entries := append(lines("a", m)[:split:split], lines("b", n)[split:]...)
				if split == m {
					entries = append(lines("a", m), lines("b", n)[m:]...)
				}
				expect(t, look(t, dir, Options{}, old.view("site")))
				got := look(t, dir, Options{Now: 5}, newLog(t, 1, entries...).view("site"))
				if split == m {
					expect(t, got)
					continue
				}
				expect(t, got, "monitor.forked breach true")
				checkProof(t, dir, signer(t, 1).Key().String())
			}
		}
	}
}

// checkProof reads the one misbehaviour of a state, which proves it under its
// key, and in no other form.
func checkProof(t *testing.T, dir, key string) {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, "*", "misbehaviour", "*.json"))
	if err != nil || len(names) != 1 {
		t.Fatal(names, err)
	}
	data, err := os.ReadFile(names[0])
	if err != nil {
		t.Fatal(err)
	}
	c, err := ParseMisbehaviour(data)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Check(key); err != nil {
		t.Fatal(err)
	}
	if c.Check(signer(t, 2).Key().String()) == nil {
		t.Error("proved against a key that did not sign")
	}
	same := *c
	same.Newer, same.Prefix, same.Proof = c.Older, "", nil
	if code := fault.Code(same.Check(key)); code != "monitor.no-misbehaviour" {
		t.Errorf("one checkpoint twice: %q", code)
	}
	if len(c.Proof) > 0 {
		wrong := *c
		wrong.Prefix = strings.Repeat("0", 64)
		if wrong.Check(key) == nil {
			t.Error("a prefix that no proof leads from")
		}
	}
	for i := range data {
		flipped := bytes.Clone(data)
		flipped[i] ^= 4
		if again, err := ParseMisbehaviour(flipped); err == nil && again.Check(key) == nil && again.Log == c.Log {
			t.Fatalf("byte %d changed: still a proof", i)
		}
	}
}

// An honest log's checkpoints never contradict: the forger has no proof to give.
func TestNoFalseAccusation(t *testing.T) {
	l := newLog(t, 1, lines("a", 3)...)
	older := l.checkpoint()
	l.add("more")
	key := signer(t, 1).Key().String()
	h := ledger.LeafHash([]byte("x"))
	for _, c := range []*Misbehaviour{
		{Format: misbehaviourForm, Log: key, Older: string(older), Newer: string(l.checkpoint())},
		{Format: misbehaviourForm, Log: key, Older: string(older), Newer: string(l.checkpoint()), Prefix: strings.Repeat("ab", 32), Proof: []string{h.String(), h.String()}},
		{Format: misbehaviourForm, Log: key, Older: string(l.checkpoint()), Newer: string(older)},
	} {
		if c.Check("") == nil {
			t.Errorf("proved: %+v", c)
		}
	}
}

func TestShrunk(t *testing.T) {
	dir := t.TempDir()
	expect(t, look(t, dir, Options{}, newLog(t, 1, "a", "b", "c").view("site")))
	short := newLog(t, 1, "a", "b").view("site")
	expect(t, look(t, dir, Options{}, short), "monitor.shrunk breach true")
	expect(t, look(t, dir, Options{}, short), "monitor.shrunk breach false") // it stays, and is told once
	expect(t, look(t, dir, Options{}, newLog(t, 1, "a", "b", "c", "d").view("site")))
	expect(t, look(t, dir, Options{}, short), "monitor.shrunk breach true")
}

func TestMirrors(t *testing.T) {
	full, behind, fork := newLog(t, 1, "a", "b", "c"), newLog(t, 1, "a"), newLog(t, 1, "a", "x")
	expect(t, look(t, t.TempDir(), Options{}, behind.view("m"), full.view("site")), "monitor.behind note true")
	expect(t, look(t, t.TempDir(), Options{}, full.view("site"), fork.view("m")), "monitor.forked breach true")
	expect(t, look(t, t.TempDir(), Options{}, full.view("site"), newLog(t, 2, "a", "b").view("m")), "monitor.other-key breach true")
	gone := View{Name: "m", Err: fault.New("fetch.status", "m", "", "").Of(fault.Unreachable)}
	expect(t, look(t, t.TempDir(), Options{}, gone, full.view("site")), "monitor.unreachable unreachable true")
}

// A site whose tree is broken says nothing; the checkpoint that it shows may
// still contradict.
func TestBrokenSite(t *testing.T) {
	broken, full := newLog(t, 1, "a", "x"), newLog(t, 1, "a", "b", "c")
	name := filepath.Join(broken.opt.Dir, "tile", "entries", "000.p", "2")
	if err := os.WriteFile(name, []byte("garbage"), 0o644); err != nil {
		t.Fatal(err)
	}
	expect(t, look(t, t.TempDir(), Options{}, broken.view("m"), full.view("site")), "monitor.forked breach true", "monitor.unsound breach true")
	m, err := Open(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	_, err = m.Visit([]View{broken.view("m")}, Options{})
	if f := new(fault.Error); !errors.As(err, &f) || f.Code != "monitor.unsound" || f.Kind != fault.Unsound {
		t.Errorf("alone: %v", err)
	}
}

// A witness that knows more than the site shows: at first that is publishing
// under way, later something is held back.
func TestWitness(t *testing.T) {
	site, more, fork := newLog(t, 1, "a"), newLog(t, 1, "a", "b"), newLog(t, 1, "x")
	dir := t.TempDir()
	w := View{Name: "w", Checkpoint: more.checkpoint()}
	opt := Options{Now: 1000, Grace: 60}
	expect(t, look(t, dir, opt, site.view("site"), w), "monitor.ahead note true")
	opt.Now = 1059
	expect(t, look(t, dir, opt, site.view("site"), w), "monitor.ahead note false")
	opt.Now = 1060
	expect(t, look(t, dir, opt, site.view("site"), w), "monitor.hidden breach true")
	expect(t, look(t, dir, opt, site.view("site")), "monitor.hidden breach true") // the witness's word was kept
	expect(t, look(t, dir, opt, more.view("site")))
	expect(t, look(t, dir, opt, site.view("site")), "monitor.shrunk breach true")
	expect(t, look(t, t.TempDir(), opt, site.view("site"), View{Name: "w", Checkpoint: fork.checkpoint()}), "monitor.forked breach true")
	expect(t, look(t, t.TempDir(), opt, site.view("site"), View{Name: "w", Checkpoint: []byte("x")}), "monitor.other-key breach true")
}

// Whoever takes the state away would have any key believed anew.
func TestStateLost(t *testing.T) {
	dir := t.TempDir()
	l := newLog(t, 1, "a")
	look(t, dir, Options{}, l.view("site"))
	names, _ := filepath.Glob(filepath.Join(dir, "*", stateFile))
	if len(names) != 1 {
		t.Fatal(names)
	}
	saved, err := os.ReadFile(names[0])
	if err != nil {
		t.Fatal(err)
	}
	m, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		data []byte
		code string
	}{{nil, "monitor.state-lost"}, {[]byte("{}"), "monitor.state"}, {bytes.Replace(saved, []byte(origin), []byte("other.example/x"), 1), "monitor.state"}, {saved, ""}} {
		os.Remove(names[0])
		if c.data != nil {
			if err := os.WriteFile(names[0], c.data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := m.Visit([]View{l.view("site")}, Options{}); fault.Code(err) != c.code {
			t.Errorf("%q: %v, want %q", c.data, err, c.code)
		}
	}
}

// An office that opens another ledger at the address of one that went wrong is
// told of at every visit, whichever of the two it shows.
func TestOtherLedger(t *testing.T) {
	dir := t.TempDir()
	old := newLog(t, 1, "a", "b")
	expect(t, look(t, dir, Options{Now: 1}, old.view("https://site/")))
	made, err := ledger.NewSigner("demo.example/again", [32]byte{1})
	if err != nil {
		t.Fatal(err)
	}
	again := &log{t, local.Options{Dir: filepath.Join(memory(t), "ledger"), Guard: filepath.Join(memory(t), "guard"), Origin: "demo.example/again", Log: made, Now: 1, Copies: true}}
	w, err := local.Create(again.opt)
	if err != nil {
		t.Fatal(err)
	}
	w.Close()
	again.add("x")
	expect(t, look(t, dir, Options{Now: 2}, again.view("https://site")), "monitor.other-ledger breach true")
	expect(t, look(t, dir, Options{Now: 3}, again.view("https://site")), "monitor.other-ledger breach false")
	expect(t, look(t, dir, Options{Now: 4}, old.view("https://site")), "monitor.other-ledger breach true")
	expect(t, look(t, dir, Options{Now: 5}, again.view("elsewhere")))
}

// What was proved once is told at every visit, though the log outgrew it and the
// checkpoint that it contradicted is no longer kept.
func TestRemembered(t *testing.T) {
	dir := t.TempDir()
	look(t, dir, Options{Now: 1}, newLog(t, 1, "a").view("site"))
	fork := newLog(t, 1, "x")
	fork.add("y")
	expect(t, look(t, dir, Options{Now: 2}, fork.view("site")), "monitor.forked breach true")
	names, err := filepath.Glob(filepath.Join(dir, "*", keptFolder, "1-*.note"))
	if err != nil || len(names) != 1 {
		t.Fatal(names, err)
	}
	if err := os.Remove(names[0]); err != nil { // as keeping the last 64 does
		t.Fatal(err)
	}
	expect(t, look(t, dir, Options{Now: 3}, fork.view("site")), "monitor.forked breach false")
}

// A fork is told where its proof cannot be written.
func TestUnwritten(t *testing.T) {
	dir := t.TempDir()
	look(t, dir, Options{Now: 1}, newLog(t, 1, "a").view("site"))
	names, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(names) != 1 {
		t.Fatal(names, err)
	}
	if err := os.WriteFile(filepath.Join(names[0], blameDir), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	m, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	rep, err := m.Visit([]View{newLog(t, 1, "x").view("site")}, Options{Now: 2})
	if rep == nil || rep.Worst() != Breach || rep.Events[0].Code != "monitor.forked" || fault.Code(err) != "monitor.state" {
		t.Errorf("%+v, %v", rep, err)
	}
}

// Only the last checkpoints are kept, and of one head the first.
func TestKept(t *testing.T) {
	dir := t.TempDir()
	l := newLog(t, 1, "0")
	for i := range maxKept + 10 {
		look(t, dir, Options{Now: int64(i)}, l.view("site"))
		l.add(fmt.Sprint(i))
	}
	names, _ := filepath.Glob(filepath.Join(dir, "*", keptFolder, "*.note"))
	if len(names) != maxKept {
		t.Errorf("%d kept, want %d", len(names), maxKept)
	}
	for _, n := range names {
		if strings.HasPrefix(filepath.Base(n), "1-") {
			t.Error("the first checkpoint is still there")
		}
	}
}

func FuzzParseMisbehaviour(f *testing.F) {
	f.Add([]byte("{\n  \"format\": \"sunlot/misbehaviour/v1\",\n  \"log\": \"\",\n  \"older\": \"\",\n  \"newer\": \"\"\n}\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		c, err := ParseMisbehaviour(data)
		if err != nil {
			return
		}
		again, err := FormatMisbehaviour(c)
		if err != nil || !bytes.Equal(again, data) {
			t.Fatalf("%q became %q", data, again)
		}
		_ = c.Check("")
	})
}

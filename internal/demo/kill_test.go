package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"html"
	"math/rand/v2"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sunlot/sunlot/internal/command"
	"github.com/sunlot/sunlot/internal/durable"
	"github.com/sunlot/sunlot/internal/intake"
	"github.com/sunlot/sunlot/internal/keyring"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/verify"
	"github.com/sunlot/sunlot/ledger"
)

// sunlot is one run of the program in an office's folder, as a value that goes
// to a child process.
type sunlot struct {
	Dir, When string
	Args      []string
	Seed      byte
	At        int  // dies at this change of the disk, counted from 1; 0 lives
	Torn      bool // and leaves half a temporary file
}

// run performs it in this process; ops gets every change of the disk.
func (s sunlot) run(out *bytes.Buffer, hook durable.Hook) int {
	t, err := time.ParseInLocation("2006-01-02 15:04:05", s.When, record.Beijing)
	if err != nil {
		panic(err)
	}
	c := command.Command{Args: append(slices.Clone(s.Args), "-C", s.Dir), Stdin: strings.NewReader(""), Stdout: out, Stderr: out, Env: env,
		Now: func() time.Time { return t }, Rand: rand.NewChaCha8([32]byte{s.Seed}), Work: keyring.Making{Work: 10, Weak: true}, Dir: s.Dir, Hook: hook}
	return c.Run(context.Background())
}

const childEnv = "SUNLOT_TEST_CHILD"

// inChild runs the program that the parent test asked for and tells whether
// this process is such a child.
func inChild() bool {
	text, ok := os.LookupEnv(childEnv)
	if !ok {
		return false
	}
	var s sunlot
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		panic(err)
	}
	var mu sync.Mutex
	count := 0
	var out bytes.Buffer
	code := s.run(&out, func(op, name string, do func() error) error {
		mu.Lock()
		defer mu.Unlock()
		if count++; count != s.At {
			return do()
		}
		if s.Torn {
			file := filepath.Join(s.Dir, filepath.FromSlash(name))
			_ = os.WriteFile(filepath.Join(filepath.Dir(file), "."+filepath.Base(file)+"1"+durable.TempSuffix), []byte("{\"half"), 0o600)
		}
		p, _ := os.FindProcess(os.Getpid())
		_ = p.Kill()
		select {} // the signal is on its way
	})
	fmt.Print(out.String())
	os.Exit(code)
	return true
}

// die runs it as a process that is killed, and says so if it was not.
func (s sunlot) die(t *testing.T) {
	t.Helper()
	text, err := json.Marshal(s)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childEnv+"="+string(text))
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.Exited() {
		t.Fatalf("not killed: %v\n%s", err, out)
	}
	if strings.Contains(string(out), "已写入") {
		t.Fatalf("acknowledged and then killed:\n%s", out) // an acknowledgement is the last thing
	}
}

// stage is an office's folder just before a command that will be killed.
type stage struct {
	name string
	sunlot
	adds int    // entries that the command appends; 0: it builds the site
	next sunlot // what the office does then

	site     string // where it builds
	old, new uint64 // sizes of the checkpoint there before and after
}

// stages lives the beginning of a year and keeps the office's folder as it was
// before each command.
func stages(t *testing.T) []stage {
	t.Helper()
	home := fast(t)
	r, err := NewRun("gaoqing", filepath.Join(home, "office"), new(bytes.Buffer), nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Office.Firms, r.Office.People = 60, 8
	r.begin()
	data, err := r.Office.register(1, 90)
	r.put("名录库.xlsx", data, err)
	r.beacon()
	var list []stage
	step := func(name string, adds int, when string, args ...string) {
		dir := filepath.Join(home, name)
		if r.err == nil {
			r.err = os.CopyFS(dir, os.DirFS(r.Dir))
		}
		list = append(list, stage{name: name, adds: adds, sunlot: sunlot{Dir: dir, When: when, Args: args}})
		if r.err != nil {
			t.Fatal(r.err)
		}
		var out bytes.Buffer
		if code := (sunlot{Dir: r.Dir, When: when, Args: args}).run(&out, nil); code != 0 {
			t.Fatalf("%s: exit %d\n%s", name, code, &out)
		}
	}
	step("record", 1, "2023-08-22 09:00:00", "record", "inbox/名录库.xlsx", "--yes")
	step("announce", 1, "2023-08-23 15:00:00", "draw", "announce", "--plan", "G2301", "--round", "123", "--yes")
	step("run", 1, "2023-08-23 23:16:00", "draw", "run", "2023-001", "--beacon", "inbox/drand-quicknet.json", "--yes")
	step("dispatch", 1, "2023-08-24 08:50:00", "dispatch", "2023-001", "--confirmed-by", "负责人（演示）", "--yes")
	d := r.show("2023-08-24 08:55:00", "2023-001")
	r.at("2023-08-24 09:00:00", 0, "build", "-o", filepath.Join(r.Dir, "public"))
	if r.err != nil {
		t.Fatal(r.err)
	}
	var rows []map[string]string
	for i := range d.Objects {
		rows = append(rows, r.resultRow(d, i, batch{ended: "2023-09-06", entered: "2023-09-11", published: "2023-09-12"}, []string{"e"}))
	}
	data, err = sheet(intake.KindResults, rows)
	r.put("结果.xlsx", data, err)
	for _, s := range list {
		if err := os.WriteFile(filepath.Join(s.Dir, "inbox", "结果.xlsx"), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	step("result", len(rows)+1, "2023-09-12 15:00:00", "result", "inbox/结果.xlsx", "--yes")
	step("open", 1, "2023-11-01 09:30:00", "draw", "open", "2023-001", "--yes")
	step("build", 0, "2023-11-02 09:30:00", "build")
	step("first build", 0, "2023-11-02 09:30:00", "build", "-o", "new")
	size := opened(t, filepath.Join(r.Dir, "ledger")).Checkpoint.Size
	for i := range list {
		if s := &list[i]; s.adds > 0 {
			s.next = list[i+1].sunlot
		} else if s.site, s.new = "new", size; s.name == "build" {
			s.site, s.old = "public", opened(t, filepath.Join(s.Dir, "public")).Checkpoint.Size
		}
	}
	return list
}

// point is one place to die.
type point struct {
	at   int
	op   string
	torn bool // and a file was half written
}

// points are the changes of the disk that a whole run makes, by counting one.
func points(t *testing.T, s sunlot) []point {
	t.Helper()
	s.Dir = copied(t, s.Dir)
	var mu sync.Mutex
	var list []point
	var out bytes.Buffer
	code := s.run(&out, func(op, name string, do func() error) error {
		mu.Lock()
		defer mu.Unlock()
		list = append(list, point{at: len(list) + 1, op: op + " " + name})
		return do()
	})
	if code != 0 {
		t.Fatalf("%v: exit %d\n%s", s.Args, code, &out)
	}
	for _, p := range list {
		if strings.HasPrefix(p.op, "file ") {
			p.torn = true
			list = append(list, p)
		}
	}
	return list
}

// fast is a folder in memory where there is one: a killed process loses nothing
// there either, and hundreds of them need not wait for a disk.
func fast(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "sunlot-demo")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

func copied(t *testing.T, dir string) string {
	t.Helper()
	to := filepath.Join(fast(t), "office")
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		t.Fatal(err)
	}
	return to
}

// kill -9 of the program at changes of the disk by every command that appends
// and by a build, a hundred of them, or every one with -long: nothing acknowledged is lost, the
// next run completes, the office goes on as if nothing had been.
func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("more than a hundred processes are no short test")
	}
	total := 0
	for _, s := range stages(t) {
		all := points(t, s.sunlot)
		var whole map[string]string
		if s.adds == 0 {
			undisturbed := s.sunlot
			undisturbed.Dir = copied(t, s.Dir)
			undisturbed.works(t, s.name)
			whole = tree(t, filepath.Join(undisturbed.Dir, s.site))
			linked(t, whole)
		}
		some := sample(all)
		total += len(some)
		t.Logf("%s: %d of %d points", s.name, len(some), len(all))
		for _, p := range some {
			t.Run(fmt.Sprintf("%s %d", s.name, p.at), func(t *testing.T) {
				t.Parallel()
				if s.adds > 0 {
					killAppend(t, s, p)
				} else {
					killBuild(t, s, p, whole)
				}
			})
		}
	}
	if total < 100 {
		t.Errorf("only %d points", total)
	}
}

// sample is the first and the last five points and some between; all with
// -long.
func sample(all []point) []point {
	const ends, want = 5, 16
	if *long || len(all) <= want {
		return all
	}
	some := slices.Clone(all[:ends])
	inner, n := all[ends:len(all)-ends], want-2*ends
	for i := range n {
		some = append(some, inner[(2*i+1)*len(inner)/(2*n)])
	}
	return append(some, all[len(all)-ends:]...)
}

// killAppend: whatever the moment, the ledger is what it was or what it was to
// be, and the officer who types the command again gets there.
func killAppend(t *testing.T, s stage, p point) {
	from := s.Dir
	before := opened(t, filepath.Join(from, "ledger"))
	s.Dir, s.At, s.Torn, s.Seed = copied(t, from), p.at, p.torn, byte(p.at)
	what := fmt.Sprintf("%s killed at %d, %s", s.name, p.at, p.op)
	s.die(t)
	now := opened(t, filepath.Join(s.Dir, "ledger"))
	want := before.Checkpoint.Size + uint64(s.adds)
	if size := now.Checkpoint.Size; size != want && now.Checkpoint.Root != before.Checkpoint.Root {
		t.Errorf("%s: %d entries, %d or %d", what, size, before.Checkpoint.Size, want)
	}
	kept(t, what, from, s.Dir, before.Checkpoint.Size)

	// The same command again says what the crash left, or does its work. What
	// was done and not said stands in the ledger, where an officer sees it.
	s.At, s.Seed = 0, byte(p.at)+100
	for n := 0; s.left() || opened(t, filepath.Join(s.Dir, "ledger")).Checkpoint.Size < want; n++ {
		if s.works(t, what+": again"); n == 2 {
			t.Fatalf("%s: again and again, nothing is completed", what)
		}
	}
	sunlot{Dir: s.Dir, When: s.When, Args: []string{"check"}}.works(t, what)
	if b := opened(t, filepath.Join(s.Dir, "ledger")); b.Checkpoint.Size != want || b.Failed() {
		t.Errorf("%s: in the end %d entries, want %d: %v", what, b.Checkpoint.Size, want, b.Parts()[1].Findings)
	}
	kept(t, what, from, s.Dir, before.Checkpoint.Size)
	if s.name == "dispatch" {
		if files, err := filepath.Glob(filepath.Join(s.Dir, "outbox", "*.xlsx")); err != nil || len(files) != 1 {
			t.Errorf("%s: lists to hand out: %q, %v", what, files, err)
		}
	}
	// And the next step, which needs what was kept secret in this one.
	next := s.next
	next.Dir, next.Seed = s.Dir, 1
	if !next.works(t, what+": then") {
		t.Errorf("%s: then something was left", what)
	}
}

// left says whether a crash left a batch, which check reports and which the
// next writing command completes.
func (s sunlot) left() bool {
	var out bytes.Buffer
	code := sunlot{Dir: s.Dir, When: s.When, Args: []string{"check"}}.run(&out, nil)
	return code == 1 && strings.Contains(out.String(), "没有写完")
}

// works runs it in this process: false if it only completed what was left.
func (s sunlot) works(t *testing.T, what string) bool {
	t.Helper()
	var out bytes.Buffer
	code := s.run(&out, nil)
	if code == 1 && strings.Contains(out.String(), "现已补写完") {
		return false
	}
	if code != 0 {
		t.Fatalf("%s: %v: exit %d\n%s", what, s.Args, code, &out)
	}
	return true
}

// opened verifies a ledger's folder; a broken one ends the test. What lies
// beyond the checkpoint (an unfinished batch) is carried in the bundle.
func opened(t *testing.T, dir string) *verify.Bundle {
	t.Helper()
	b, err := verify.Open(os.DirFS(dir), verify.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// kept: the entries that were acknowledged stand where they stood.
func kept(t *testing.T, what, from, dir string, size uint64) {
	t.Helper()
	for i := range size {
		name := filepath.Join("ledger", filepath.FromSlash(ledger.EntryPath(i)))
		if !bytes.Equal(must(os.ReadFile(filepath.Join(from, name))), must(os.ReadFile(filepath.Join(dir, name)))) {
			t.Errorf("%s: entry %d is another", what, i)
		}
	}
}

// killBuild: the site's checkpoint is the old or the new one, with all that it
// covers, and the next build makes the very site that an undisturbed one makes.
func killBuild(t *testing.T, s stage, p point, whole map[string]string) {
	from := s.Dir
	s.Dir, s.At = copied(t, from), p.at
	what := fmt.Sprintf("%s killed at %d, %s", s.name, p.at, p.op)
	s.die(t)
	site := filepath.Join(s.Dir, s.site)
	if _, err := os.Stat(filepath.Join(site, "ledger", "checkpoint")); err == nil {
		b, err := verify.Open(os.DirFS(site), verify.Options{Unlisted: true})
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
		if size := b.Checkpoint.Size; size != s.old && size != s.new {
			t.Errorf("%s: checkpoint of %d entries, the sites have %d and %d", what, size, s.old, s.new)
		}
	} else if s.old > 0 {
		t.Errorf("%s: the old checkpoint is gone", what)
	}
	s.At = 0
	s.works(t, what+": again")
	got := tree(t, site)
	for name, data := range whole {
		if got[name] != data {
			t.Errorf("%s: %s is missing or another", what, name)
		}
		delete(got, name)
	}
	for name := range got {
		t.Errorf("%s: %s was left", what, name)
	}
}

var link = regexp.MustCompile(`(?:href|src)="([^"#?]*)`)

// linked: no page of a site points to a file that is not there.
func linked(t *testing.T, files map[string]string) {
	t.Helper()
	count := 0
	for name, data := range files {
		if !strings.HasSuffix(name, ".html") {
			continue
		}
		for _, m := range link.FindAllStringSubmatch(data, -1) {
			to, err := url.PathUnescape(html.UnescapeString(m[1]))
			if err != nil || to == "" || strings.Contains(to, ":") {
				continue // within the page, or elsewhere in the world
			}
			if to = path.Join(path.Dir(name), to); files[to] == "" && files[path.Join(to, "index.html")] == "" {
				t.Errorf("%s points to %s", name, to)
			}
			count++
		}
	}
	if count < 100 {
		t.Errorf("only %d links", count)
	}
}

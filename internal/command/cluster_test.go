package command_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sunlot/sunlot/internal/command"
	"github.com/sunlot/sunlot/internal/durable"
	"github.com/sunlot/sunlot/internal/province"
)

// counties is a list of n offices, each with an origin and keys of its own, but
// for the first two, which have lived as far as a draw.
func counties(t testing.TB, n int) (dir string) {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "sunlot-province")
	if err != nil {
		dir = t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	p := newPerson(t.Name())
	list := []province.Office{}
	for i := range n {
		id := fmt.Sprintf("county-%03d", i)
		switch folder := filepath.Join(dir, id); i {
		case 0, 1:
			madeLock.Lock()
			from, _, err := stage([]string{"gaoqing", "yanshi"}[i], "dispatched")
			madeLock.Unlock()
			if err == nil {
				err = os.CopyFS(folder, os.DirFS(from))
			}
			if err != nil {
				t.Fatal(err)
			}
		default:
			code, _, errOut := p.run(dir, fixtureEnv, "init", folder, "--pack", "gaoqing", "--name", fmt.Sprintf("演示第%d县应急管理局", i), "--origin", "demo.example/"+id,
				"--demo", "--internet=false")
			if code != 0 {
				t.Fatal(errOut)
			}
		}
		list = append(list, province.Office{ID: id, Group: fmt.Sprintf("演示第%d市", i/12), Folder: id})
	}
	if err := os.WriteFile(filepath.Join(dir, province.Name), province.Format("演示省双随机抽查公开账本（演示）", list), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// toured is what cluster publish --json says.
type toured struct {
	Offices []struct {
		ID, Name, Did, State, Error string
		Size                        uint64
	}
	Portal             *struct{ Written, Same, Removed int }
	Unsound, Unreached int
	Interrupted        bool
}

// publishes runs cluster publish --all, with a hook around every change of the
// disk and a context.
func publishes(t testing.TB, ctx context.Context, dir string, hook durable.Hook, args ...string) (int, toured) {
	t.Helper()
	var out, errOut bytes.Buffer
	c := command.Command{Args: append([]string{"cluster", "publish", "--all", "--json"}, args...), Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errOut, Env: fixtureEnv,
		Now: func() time.Time { return firstMorning.AddDate(0, 3, 0) }, Rand: newPerson(t.Name()).rand, Dir: dir, Hook: hook}
	code := c.Run(ctx)
	var got toured
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatalf("exit %d: %v\n%s%s", code, err, out.String(), errOut.String())
	}
	return code, got
}

// TestProvince: a hundred offices, one of which is broken: every other one is
// published and has its row, with its own origin. So has the broken one, of the
// site that stands.
func TestProvince(t *testing.T) {
	n := 100
	if testing.Short() {
		n = 12
	}
	dir := counties(t, n)
	start := time.Now()
	code, got := publishes(t, t.Context(), dir, nil)
	if code != 0 || got.Portal == nil || got.Portal.Written == 0 {
		t.Fatalf("exit %d: %+v", code, got)
	}
	first := time.Since(start)
	broken := n - 3
	name := filepath.Join(dir, got.Offices[broken].ID, "ledger", "checkpoint")
	sound, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	bad := bytes.Clone(sound)
	bad[len(bad)/2] ^= 1
	if err := os.WriteFile(name, bad, 0o644); err != nil {
		t.Fatal(err)
	}
	start = time.Now()
	if code, got = publishes(t, t.Context(), dir, nil); code != 3 || got.Unsound != 0 || got.Unreached != 1 {
		t.Errorf("exit %d, %d unsound, %d unreached", code, got.Unsound, got.Unreached)
	}
	t.Logf("%d offices: first %.2f s, again %.2f s", n, first.Seconds(), time.Since(start).Seconds())
	facts, err := os.ReadFile(filepath.Join(dir, "public", "portal.json"))
	if err != nil {
		t.Fatal(err)
	}
	for i, o := range got.Offices {
		origin := fmt.Sprintf(`"origin": "demo.example/%s"`, o.ID)
		if i < 2 {
			origin = fmt.Sprintf(`"origin": "demo.example/%s"`, []string{"gaoqing", "yanshi"}[i])
		}
		if (o.Did == "unchanged") == (i == broken) || (o.Did == "failed") != (i == broken) || o.State != "核验相符" || !bytes.Contains(facts, []byte(origin)) {
			t.Errorf("%s: %+v", o.ID, o)
		}
		if _, err := os.Stat(filepath.Join(dir, "public", o.ID, "ledger", "checkpoint")); err != nil {
			t.Error(err)
		}
	}
	entries, err := filepath.Glob(filepath.Join(dir, "public", "*.html"))
	if err != nil || len(entries) == 0 {
		t.Fatal(err)
	}
	for _, name := range entries {
		if info, err := os.Stat(name); err != nil || info.Size() > 50_000 {
			t.Errorf("%s: %v bytes, %v", name, info.Size(), err)
		}
	}
}

// TestProvinceJobs: one at a time and many at a time make the same bytes.
func TestProvinceJobs(t *testing.T) {
	dir := counties(t, 5)
	var trees []string
	for _, jobs := range []string{"1", "4"} {
		if err := os.RemoveAll(filepath.Join(dir, "public")); err != nil {
			t.Fatal(err)
		}
		if code, got := publishes(t, t.Context(), dir, nil, "--jobs", jobs); code != 0 {
			t.Fatalf("exit %d: %+v", code, got)
		}
		digest, err := tree(filepath.Join(dir, "public"))
		if err != nil {
			t.Fatal(err)
		}
		trees = append(trees, digest)
	}
	if trees[0] != trees[1] || !strings.Contains(trees[0], "index.html") {
		t.Error("they differ")
	}
}

// TestProvincePanic: a page maker that breaks takes its office with it, no other.
func TestProvincePanic(t *testing.T) {
	dir := counties(t, 4)
	var did atomic.Bool
	code, got := publishes(t, t.Context(), dir, func(op, name string, do func() error) error {
		// With one job at a time the first of the four comes first.
		if op == "create" && name == "draws/2023-001/index.html" && did.CompareAndSwap(false, true) {
			panic("a bug in a page")
		}
		return do()
	}, "--jobs", "1")
	if !did.Load() {
		t.Fatal("no page broke")
	}
	if code != 3 || got.Offices[0].Error != "province.panic" || got.Offices[0].State != "无法核验" {
		t.Errorf("exit %d: %+v", code, got.Offices)
	}
	for _, o := range got.Offices[1:] {
		if o.Did != "published" {
			t.Errorf("%+v", o)
		}
	}
	if code, got = publishes(t, t.Context(), dir, nil); code != 0 || got.Offices[0].Did != "published" {
		t.Errorf("again: exit %d: %+v", code, got.Offices)
	}
}

// TestProvinceBusy: an office in whose folder somebody builds fails alone.
func TestProvinceBusy(t *testing.T) {
	if !durable.LockDirs {
		t.Log("no locks of folders here")
		return
	}
	dir := counties(t, 3)
	folder := filepath.Join(dir, "county-002", "public")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := durable.TryLock(f); err != nil {
		t.Fatal(err)
	}
	code, got := publishes(t, t.Context(), dir, nil)
	if code != 3 || got.Offices[2].Error != "command.building" || got.Offices[0].Did != "published" || got.Offices[1].Did != "published" {
		t.Errorf("exit %d: %+v", code, got.Offices)
	}
	all, err := os.Open(filepath.Join(dir, "public"))
	if err != nil {
		t.Fatal(err)
	}
	defer all.Close()
	if err := durable.TryLock(all); err != nil {
		t.Fatal(err)
	}
	if code, _, errOut := newPerson(t.Name()).run(dir, fixtureEnv, "cluster", "publish", "--all"); code != 3 || !strings.Contains(errOut, "另一个 sunlot cluster publish") {
		t.Errorf("exit %d: %s", code, errOut)
	}
}

// TestProvinceStopped: an interrupt at whatever moment leaves each office's site
// as it was or as it shall be, and the portal as it was or as it shall be.
func TestProvinceStopped(t *testing.T) {
	const n = 4
	first := counties(t, n)
	if code, _ := publishes(t, t.Context(), first, nil); code != 0 {
		t.Fatal(code)
	}
	before := standing(t, first, n)
	for i := range n { // another address: many pages change
		name := filepath.Join(first, fmt.Sprintf("county-%03d", i), "office.toml")
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		moved := bytes.Replace(data, []byte(`base     = ""`), []byte(`base     = "https://www.example.gov.cn/x/"`), 1)
		if bytes.Equal(moved, data) {
			t.Fatalf("no base in %s", data)
		}
		if err := os.WriteFile(name, moved, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	whole := copied(t, first)
	if code, got := publishes(t, t.Context(), whole, nil); code != 0 {
		t.Fatalf("exit %d: %+v", code, got)
	}
	after := standing(t, whole, n)
	old, renewed := 0, 0
	for _, at := range []int64{1, 50, 500, 1000, 1500, 2000, 3000} {
		dir := copied(t, first)
		ctx, cancel := context.WithCancel(t.Context())
		var ops atomic.Int64
		code, got := publishes(t, ctx, dir, func(op, name string, do func() error) error {
			if ops.Add(1) == at {
				cancel()
			}
			return do()
		}, "--jobs", "1")
		cancel()
		if ops.Load() < at {
			break
		}
		if code != 130 || !got.Interrupted {
			t.Errorf("stopped at %d: exit %d, %+v", at, code, got)
		}
		for _, o := range got.Offices {
			if o.Did == "failed" {
				t.Errorf("stopped at %d: %+v", at, o)
			}
		}
		now := standing(t, dir, n)
		for i := range now {
			switch now[i] {
			case after[i]:
				renewed++
			case before[i]:
				old++
			default:
				t.Errorf("stopped at %d: %d is neither old nor new", at, i)
			}
		}
		if code, _ := publishes(t, t.Context(), dir, nil); code != 0 || !slices.Equal(standing(t, dir, n), after) {
			t.Errorf("stopped at %d, and again: exit %d", at, code)
		}
	}
	if old == 0 || renewed == 0 {
		t.Errorf("%d old, %d new: the test shows nothing", old, renewed)
	}
}

// standing are digests of what everybody sees of each office, and of the portal.
func standing(t *testing.T, dir string, n int) (list []string) {
	t.Helper()
	for i := range n {
		digest, err := tree(filepath.Join(dir, "public", fmt.Sprintf("county-%03d", i)))
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, strings.ReplaceAll(digest, dir, ""))
	}
	page, err := os.ReadFile(filepath.Join(dir, "public", "portal.json"))
	if err != nil {
		t.Fatal(err)
	}
	return append(list, string(page))
}

func copied(t *testing.T, dir string) string {
	t.Helper()
	to, err := os.MkdirTemp(filepath.Dir(dir), "sunlot-province")
	if err == nil {
		t.Cleanup(func() { os.RemoveAll(to) })
		err = os.CopyFS(to, os.DirFS(dir))
	}
	if err != nil {
		t.Fatal(err)
	}
	return to
}

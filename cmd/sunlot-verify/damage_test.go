package main

import (
	"fmt"
	"os"
	"path"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
)

// damage is one file changed by somebody.
type damage struct {
	name string
	at   int // the byte that is flipped; -1: the file is gone; -2: it is there and should not be
}

func (d damage) String() string {
	switch d.at {
	case -1:
		return d.name + " taken away"
	case -2:
		return d.name + " added"
	}
	return fmt.Sprintf("%s with byte %d flipped", d.name, d.at)
}

// orphan is a blob of the right name that no entry speaks of: its content is
// what the test puts into added files.
const orphan = "blob/sha256/ca/ca3d163bab055381827226140568f3bef7eaac187cebd76878e0b63e9e442356"

// exhaustive are the files of which every byte is flipped, one of each kind;
// of the others three, or with -long all (every eleventh of a large file).
func exhaustive(name string) bool {
	return slices.Contains([]string{"checkpoint", "policy", "entry/9.txt", "proof/10.tlog-proof", "opening/7.json", "tile/0/000.p/16"}, name)
}

func offsets(name string, size int) []int {
	step := 1
	switch {
	case exhaustive(name) || *long && size <= 8<<10:
	case *long:
		step = 11
	case strings.HasPrefix(name, "tile/"):
		step = 61 // every entry of a bundle, its length prefix or its text
	case size == 0:
		return []int{0}
	default:
		return slices.Compact([]int{0, size / 2, size - 1})
	}
	var list []int
	for at := 0; at < size; at += step {
		list = append(list, at)
	}
	return list
}

// ledgerFiles are the files of the small ledger.
func ledgerFiles(t *testing.T) map[string]string {
	t.Helper()
	files, err := small()
	if err != nil {
		t.Fatal(err)
	}
	list := map[string]string{}
	for name, data := range files {
		if name, ok := strings.CutPrefix(name, "ledger/"); ok {
			list[name] = data
		}
	}
	if len(list) < 50 {
		t.Fatalf("only %d files", len(list))
	}
	return list
}

// One flipped byte anywhere in the ledger, one file less, one more: the program
// exits 1 and names the file. Only where checkpoint itself is gone there is no
// ledger to speak of, and that is 3.
//
// Pages outside ledger/ are not checked by this program: every figure on them
// can be read from the ledger, and whoever swaps a page swaps no record. The
// site says so on its page about checking.
func TestDamage(t *testing.T) {
	if testing.Short() {
		t.Skip("thousands of verifications are no short test")
	}
	files := ledgerFiles(t)
	var all []damage
	for name, data := range files {
		for _, at := range offsets(name, len(data)) {
			all = append(all, damage{name, at})
		}
		all = append(all, damage{name, -1})
	}
	for _, name := range []string{"note.html", ".hidden", "entry/16.txt", "entry/00.txt", "entry/1.txt.bak", "entry/1.txt~", "proof/16.tlog-proof", "opening/16.json",
		"opening/0.json", "opening/13.json", "tile/0/001", "tile/0/000", "tile/0/000.p/17", "tile/1/000.p/1", "tile/entries/001.p/1", "tile/x", "checkpoint.tmp", "blob/x",
		"blob/sha256/00/" + strings.Repeat("0", 64), orphan, "checkpoint.old/x", "entry/sub/1.txt"} {
		all = append(all, damage{name, -2})
	}
	t.Logf("%d damages of %d files", len(all), len(files))
	work := make(chan damage)
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		dir := memory(t)
		if err := site(dir, "ledger/"); err != nil {
			t.Fatal(err)
		}
		wg.Go(func() {
			for d := range work {
				if err := d.judge(dir, files); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for _, d := range all {
		work <- d
	}
	close(work)
	wg.Wait()
}

// judge does the damage in a folder, runs the program, and mends the folder.
func (d damage) judge(dir string, files map[string]string) error {
	file := filepath.Join(dir, "ledger", filepath.FromSlash(d.name))
	whole := files[d.name]
	switch d.at {
	case -1:
		if err := os.Remove(file); err != nil {
			return err
		}
	case -2:
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, []byte("{}\n"), 0o644); err != nil {
			return err
		}
	default:
		data := append([]byte(whole), 0)[:max(len(whole), 1)] // the empty file gets a byte
		data[d.at] ^= 1 << (d.at % 7)
		if err := os.WriteFile(file, data, 0o644); err != nil {
			return err
		}
	}
	code, out := run(dir)
	want := 1
	if d.at == -1 && d.name == "checkpoint" {
		want = 3
	}
	var err error
	if code != want {
		err = fmt.Errorf("%v: exit %d, want %d\n%s", d, code, want, out)
	} else if !strings.Contains(out, d.name) {
		// A folder that no ledger has is named as a whole.
		if top := path.Dir(d.name); d.at != -2 || !strings.Contains(out, "ledger/"+top) {
			err = fmt.Errorf("%v: not named:\n%s", d, out)
		}
	}
	if d.at == -2 {
		os.Remove(file)
		os.Remove(filepath.Dir(file)) // only a folder that was made for it is empty
		return err
	}
	if werr := os.WriteFile(file, []byte(whole), 0o644); err == nil {
		err = werr
	}
	return err
}

// The folder that the damages start from is sound: otherwise they show nothing.
func TestUndamaged(t *testing.T) {
	dir := memory(t)
	if err := site(dir, "ledger/"); err != nil {
		t.Fatal(err)
	}
	for _, place := range []string{dir, filepath.Join(dir, "ledger")} {
		if code, out := run(place); code != 0 {
			t.Errorf("%s: exit %d\n%s", place, code, out)
		}
	}
}

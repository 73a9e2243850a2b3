package demo

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
)

var (
	update = flag.Bool("update", false, "write testdata anew from what the program prints")
	long   = flag.Bool("long", false, "the long form of tests that otherwise take a sample")
)

// lived is an office that has gone through its two years and built its site.
type lived struct {
	name, dir, site string
	log             bytes.Buffer
	err             error
}

// base holds the folders of all tests that share an office, in memory where
// there is such a place; disk those of the benchmarks.
var base, disk string

func TestMain(m *testing.M) {
	flag.Parse()
	if inChild() {
		return
	}
	disk = must(os.MkdirTemp("", "sunlot-demo-bench"))
	var err error
	if base, err = os.MkdirTemp("/dev/shm", "sunlot-demo-test"); err != nil {
		base = disk
	}
	code := m.Run()
	os.RemoveAll(base)
	os.RemoveAll(disk)
	os.Exit(code)
}

// years are both offices, and each a second time with the judged state saved
// after every entry; each lives once a test binary, side by side.
var years = sync.OnceValue(func() map[string]*lived {
	all := map[string]*lived{}
	var wg sync.WaitGroup
	for _, key := range []string{"gaoqing", "yanshi", "gaoqing again", "yanshi again"} {
		l := &lived{name: strings.Fields(key)[0], dir: filepath.Join(base, key), site: filepath.Join(base, key+" site")}
		all[key] = l
		wg.Go(func() {
			r, err := NewRun(l.name, l.dir, &l.log, nil)
			if err == nil {
				if strings.HasSuffix(key, "again") {
					r.save = 1
				}
				err = r.Live()
			}
			if err == nil {
				err = r.Build(l.site)
			}
			l.err = err
		})
	}
	wg.Wait()
	return all
})

// year is one of them; -short leaves the years out.
func year(t *testing.T, key string) *lived {
	t.Helper()
	if testing.Short() {
		t.Skip("a whole year is no short test")
	}
	l := years()[key]
	if l.err != nil {
		t.Fatal(l.err)
	}
	return l
}

// The transcript of every command of both years, with what it printed and what
// it refused. `go test ./internal/demo -update` writes it anew: read the
// difference before committing it.
func TestYears(t *testing.T) {
	for _, name := range Names {
		t.Run(name, func(t *testing.T) {
			l := year(t, name)
			golden(t, name+".txt", steady(l.log.String(), l.dir, l.site))
		})
	}
}

// What the years' commands must have refused, whatever the transcripts say.
func TestYearsRefuse(t *testing.T) {
	redraw := []string{"draw run 2023-001", "draw run 2023-002"} // before its time; a second time
	for name, want := range map[string][]string{
		"gaoqing": append(slices.Clone(redraw), "joint dispatch 2023-003", "record 工作日补充.xlsx"), // the partner's list a second time; days that are over

		"yanshi": append(slices.Clone(redraw), "replace 2023-002"), // a rule that the other office has
	} {
		var got []string
		command := ""
		for line := range strings.Lines(year(t, name).log.String()) {
			if _, c, ok := strings.Cut(line, "$ sunlot "); ok && line[0] == '[' {
				command = c
			}
			if strings.HasPrefix(line, "（退出码") {
				got = append(got, strings.Join(strings.Fields(command)[:min(3, len(strings.Fields(command)))], " "))
				code := "（退出码 1）\n"
				if last := got[len(got)-1]; last == "check" || last == "draw announce --plan" {
					code = "（退出码 3）\n" // too few witnesses could be reached
				}
				if line != code {
					t.Errorf("%s: %s: %s", name, command, line)
				}
			}
		}
		for i := range got {
			if verb, _, _ := strings.Cut(got[i], " "); slices.Contains([]string{"replace", "expert", "objection", "archive"}, verb) {
				got[i] = strings.Join(strings.Fields(got[i])[:2], " ")
			}
			if _, name, ok := strings.Cut(got[i], "/inbox/"); ok {
				got[i] = strings.Fields(got[i])[0] + " " + strings.Fields(name)[0]
			}
		}
		if name == "yanshi" { // its text knows no recusal after the draw, and no experts
			want = append(want, "replace 2023-002", "expert 2023-002", "draw announce --plan", "check") // then two of four witnesses do not answer
		}
		want = append(want, "objection decide", "archive purge") // a review without its correction; papers before their time
		if name == "yanshi" {                                    // a firm from outside the hat; a date that the platform has otherwise
			want = append(want, "task 临时任务.xlsx", "draw record 2024-002", "reconcile 平台结果.xlsx")
		}
		want = append(want, "draw extend 2024-001")                                        // a second time
		want = append(want, "draw run 2024-003", "draw run 2024-003", "draw run 2024-004") // before the sales close; a number too few; another result than the one signed
		if !slices.Equal(got, want) {
			t.Errorf("%s refused %q, want %q", name, got, want)
		}
	}
}

// Two runs of one year write the same bytes: the whole site, hence checkpoint,
// tiles, entries, proofs and openings. The second begins every step from the
// state that the step before it saved, the first from entry 0.
func TestYearsAreTheSame(t *testing.T) {
	for _, name := range Names {
		a, b := year(t, name), year(t, name+" again")
		if x, y := steady(a.log.String(), a.dir, a.site), steady(b.log.String(), b.dir, b.site); x != y {
			t.Errorf("the transcripts differ: %s", difference(x, y))
		}
		if _, err := os.Stat(filepath.Join(b.dir, "private", "state")); err != nil {
			t.Error(err)
		}
		sameTree(t, a.site, b.site, 800)
		sameTree(t, filepath.Join(a.dir, "ledger"), filepath.Join(b.dir, "ledger"), 400)
	}
}

// sameTree compares two folders of at least so many files.
func sameTree(t *testing.T, a, b string, least int) {
	t.Helper()
	x, y := tree(t, a), tree(t, b)
	if len(x) < least {
		t.Errorf("%s: only %d files", a, len(x))
	}
	for name, data := range x {
		if other, ok := y[name]; !ok || other != data {
			t.Errorf("%s differs", name)
		}
		delete(y, name)
	}
	for name := range y {
		t.Errorf("%s stands in one of them only", name)
	}
}

// tree reads a folder's files by their slash-separated names.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	fsys := os.DirFS(dir)
	err := fs.WalkDir(fsys, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := fs.ReadFile(fsys, name)
		files[name] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

var (
	took   = regexp.MustCompile(`用时 [0-9.]+ 秒`)
	counts = regexp.MustCompile(`写入 [0-9]+ 个文件，未变 [0-9]+ 个，删除 [0-9]+ 个`)
	shown  = regexp.MustCompile(`(?s)(\$ sunlot draw show \S+ --json\n)(\{\n.*?\n\}\n)`)
)

// steady takes out of a transcript what is another machine's or another
// template's: folders, seconds, how many pages there are. The long answers for
// machines stand as their hash.
func steady(log, dir, site string) string {
	log = strings.NewReplacer(site, "网站", dir, "本单位").Replace(log)
	log = took.ReplaceAllString(log, "用时 N 秒")
	log = counts.ReplaceAllString(log, "写入 N 个文件，未变 N 个，删除 N 个")
	return shown.ReplaceAllStringFunc(log, func(s string) string {
		m := shown.FindStringSubmatch(s)
		return fmt.Sprintf("%s{%d 家，sha256 %x}\n", m[1], strings.Count(m[2], `"handle"`), sha256.Sum256([]byte(m[2])))
	})
}

// golden compares text with a file of testdata, or writes it with -update.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("%s is not there: run with -update", file)
	}
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s: %s\nIf that is meant, run with -update and read the difference.", file, difference(string(want), got))
	}
}

// difference shows the first line that two texts do not share.
func difference(want, got string) string {
	a, b := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range max(len(a), len(b)) {
		x, y := "（没有）", "（没有）"
		if i < len(a) {
			x = a[i]
		}
		if i < len(b) {
			y = b[i]
		}
		if x != y {
			return fmt.Sprintf("line %d\n was  %s\n now  %s", i+1, x, y)
		}
	}
	return "no difference"
}

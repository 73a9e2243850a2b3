package province

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/sunlot/sunlot/internal/fault"
)

func opened(t *testing.T, text string) (*List, string, error) {
	t.Helper()
	name := filepath.Join(t.TempDir(), Name)
	if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	l, err := Open(name)
	return l, name, err
}

func TestOpen(t *testing.T) {
	l, name, err := opened(t, `[portal]
title = "演示省"
folder = "public"
base = "https://www.example.gov.cn/all"
[[office]]
id = "gaoqing"
folder = "offices/gaoqing"
[[office]]
id = "yanshi"
folder = "/srv/yanshi"
to = "www/yanshi"
address = "https://yanshi.example.gov.cn"
`)
	if err != nil {
		t.Fatal(err)
	}
	at := filepath.Dir(name)
	want := []Office{
		{ID: "gaoqing", Folder: filepath.Join(at, "offices", "gaoqing"), To: filepath.Join(at, "public", "gaoqing"), Address: "gaoqing/"},
		{ID: "yanshi", Folder: "/srv/yanshi", To: filepath.Join(at, "www", "yanshi"), Address: "https://yanshi.example.gov.cn/"},
	}
	if l.Portal.Base != "https://www.example.gov.cn/all/" || l.Portal.Folder != filepath.Join(at, "public") || len(l.Offices) != 2 || l.Offices[0] != want[0] || l.Offices[1] != want[1] {
		t.Errorf("%+v", l)
	}
	if list, err := l.Find([]string{"yanshi"}); err != nil || len(list) != 1 || list[0] != 1 {
		t.Errorf("%v %v", list, err)
	}
	if list, err := l.Find(nil); err != nil || len(list) != 2 {
		t.Errorf("%v %v", list, err)
	}
	if _, err := l.Find([]string{"nobody"}); fault.Code(err) != "province.no-office" {
		t.Error(err)
	}
}

// TestRefused: each mistake has its code, with the line where it stands.
func TestRefused(t *testing.T) {
	const head, office = "[portal]\ntitle = \"x\"\nfolder = \"public\"\n", "[[office]]\nid = \"a\"\nfolder = \"a\"\n"
	for _, c := range []struct{ text, code, place string }{
		{head, "province.missing", Name},
		{"[portal]\nfolder = \"public\"\n" + office, "province.missing", Name},
		{"[portal]\ntitle = \"x\"\n" + office, "province.missing", Name},
		{head + "colour = \"red\"\n" + office, "intake.toml-unknown-key", Name + ":4"},
		{head + office + "Folder = \"b\"\n", "intake.toml-unknown-key", Name + ":7"},
		{head + office + "folder = \"b\"\n", "intake.toml-bad", Name + ":7"},
		{head + "title = \"y\"\n" + office, "intake.toml-bad", Name + ":4"},
		{head + office + "[[office]]\nfolder = \"b\"\n", "province.missing", Name + ":7"},
		{head + office + "[[office]]\nid = \"b\"\n", "province.missing", Name + ":7"},
		{head + office + office, "province.twice", Name + ":7"},
		{head + office + "[[office]]\nid = \"b\"\nfolder = \"./a\"\n", "province.twice", Name + ":7"},
		{head + office + "[[office]]\nid = \"b\"\nfolder = \"b\"\nto = \"public/a\"\n", "province.twice", Name + ":7"},
		{head + "[[office]]\nid = \"draws\"\nfolder = \"a\"\n", "province.bad-id", Name + ":4"},
		{head + "[[office]]\nid = \"../a\"\nfolder = \"a\"\n", "province.bad-id", Name + ":4"},
		{head + "[[office]]\nid = \"A\"\nfolder = \"a\"\n", "province.bad-id", Name + ":4"},
		{head + office + "to = \"public\"\n", "province.in-portal", Name + ":4"},
		{head + office + "address = \"javascript:alert(1)\"\n", "province.bad-address", Name + ":4"},
		{head + office + "address = \"https://a/?q\"\n", "province.bad-address", Name + ":4"},
		{head + "base = \"ftp://a/\"\n" + office, "province.bad-address", Name},
		{"[portal]\ntitle = \"x\\u001B]0;y\"\nfolder = \"public\"\n" + office, "province.bad-text", Name},
		{head + office + "name = \"a\\u202Eb\"\n", "province.bad-text", Name + ":4"},
		{head + office + "group = \"a\\u0000\"\n", "province.bad-text", Name + ":4"},
		{head + office + "address = \"https://a/\"\n[[office]]\nid = \"b\"\nfolder = \"b\"\naddress = \"https://a\"\n", "province.twice", Name + ":8"},
		{"[portal]\ntitle = \"x\"\nfolder = \".\"\n" + office, "province.overlap", Name + ":4"},
		{"[portal]\ntitle = \"x\"\nfolder = \"a/private\"\n" + office, "province.overlap", Name + ":4"},
		{head + office + "to = \"a/private/site\"\n", "province.overlap", Name + ":4"},
		{head + office + "to = \"b/site\"\n[[office]]\nid = \"b\"\nfolder = \"b\"\n", "province.overlap", Name + ":4"},
		{head + office + "to = \"www\"\n[[office]]\nid = \"b\"\nfolder = \"b\"\nto = \"www/b\"\n", "province.overlap", Name + ":8"},
		{head + office + "to = \"www\"\n[[office]]\nid = \"b\"\nfolder = \"b\"\nto = \"www-1\"\n[[office]]\nid = \"c\"\nfolder = \"c\"\nto = \"www/c/d\"\n", "province.overlap", Name + ":12"},
		{head + office + "to = \"public/draws\"\n", "province.in-portal", Name + ":4"},
		{head + office + "to = \"public/draws/a\"\n", "province.in-portal", Name + ":4"},
		{head + office + "to = \"public/index.html\"\n", "province.in-portal", Name + ":4"},
		{head + office + "to = \".\"\n", "province.overlap", Name + ":4"},
	} {
		_, _, err := opened(t, c.text)
		var f *fault.Error
		if !errors.As(err, &f) || f.Code != c.code || filepath.Base(f.Place) != c.place {
			t.Errorf("%q: %v, want %s at %s", c.text, err, c.code, c.place)
		}
	}
	if _, err := Open(filepath.Join(t.TempDir(), Name)); fault.Code(err) != "province.no-list" {
		t.Error(err)
	}
}

// A link is followed: two names of one folder are one folder.
func TestLinkedFolders(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"a", "b"} {
		if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("b", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	for to, want := range map[string]string{"www": "", "link": "province.overlap", "link/site": "province.overlap"} {
		name := filepath.Join(dir, Name)
		text := "[portal]\ntitle = \"x\"\nfolder = \"public\"\n[[office]]\nid = \"a\"\nfolder = \"a\"\nto = \"" + to + "\"\n[[office]]\nid = \"b\"\nfolder = \"b\"\n"
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := Open(name); fault.Code(err) != want {
			t.Errorf("to = %s: %v, want %q", to, err, want)
		}
	}
}

// TestFormat: what is written is read again, whatever the names.
func TestFormat(t *testing.T) {
	list := []Office{{ID: "a", Name: "演示\"县\\局", Group: "演示市", Folder: "x/a"}, {ID: "b", Name: "乙", Folder: "x/b", Address: "https://b.example.gov.cn/"}}
	l, name, err := opened(t, string(Format("演示“省” ", list)))
	if err != nil {
		t.Fatal(err)
	}
	if l.Portal.Title != "演示“省” " || l.Offices[0].Name != list[0].Name || l.Offices[0].Group != "演示市" || l.Offices[1].Address != list[1].Address ||
		l.Offices[1].Folder != filepath.Join(filepath.Dir(name), "x", "b") {
		t.Errorf("%+v", l)
	}
	for folder, want := range map[string]string{"gaoqing": "gaoqing", "GaoQing": "gaoqing", "高青": "office-3", "verify": "office-3", "a b": "office-3", "": "office-3"} {
		if got := ID(folder, 3); got != want {
			t.Errorf("ID(%q) = %s", folder, got)
		}
	}
}

func FuzzOpen(f *testing.F) {
	f.Add(string(Format("x", []Office{{ID: "a", Folder: "a"}})))
	f.Add("[portal]\ntitle=\"x\"\nfolder=\"y\"\n[[office]]\nid=\"a\"\nfolder=\"b\"\n")
	dir := f.TempDir()
	var n atomic.Int64
	f.Fuzz(func(t *testing.T, text string) {
		name := filepath.Join(dir, "list-"+time.Duration(n.Add(1)).String())
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		defer os.Remove(name)
		l, err := Open(name)
		if err != nil {
			return
		}
		for _, o := range l.Offices {
			if !filepath.IsAbs(o.Folder) || !filepath.IsAbs(o.To) || !idForm.MatchString(o.ID) || strings.Contains(o.Address, "javascript") {
				t.Errorf("%+v", o)
			}
		}
	})
}

func of(weight int64) func() int64 { return func() int64 { return weight } }

// TestEach: never more at a time than the limits let in, and every one is done.
func TestEach(t *testing.T) {
	const n = 60
	var mu sync.Mutex
	running, used, most, heaviest := 0, int64(0), 0, int64(0)
	tasks := make([]Task, n)
	gate := make(chan struct{})
	var began atomic.Int64
	for i := range tasks {
		weight := int64(1 + i%5)
		if i == 30 {
			weight = 99 // above the bound: it runs alone
		}
		tasks[i] = Task{of(weight), func() error {
			mu.Lock()
			running++
			used += weight
			most, heaviest = max(most, running), max(heaviest, used)
			if used > 8 && running > 1 {
				t.Errorf("%d in use by %d", used, running)
			}
			mu.Unlock()
			if began.Add(1) == 3 {
				close(gate) // so many do run beside each other
			}
			<-gate
			mu.Lock()
			running--
			used -= weight
			mu.Unlock()
			if i%7 == 0 {
				return errors.New("no")
			}
			return nil
		}}
	}
	errs := Each(t.Context(), tasks, Limits{Jobs: 4, Memory: 8})
	for i, err := range errs {
		if (err != nil) != (i%7 == 0) {
			t.Errorf("%d: %v", i, err)
		}
	}
	if began.Load() != n || most < 3 || most > 4 || heaviest != 99 {
		t.Errorf("%d began, %d at a time, %d in use", began.Load(), most, heaviest)
	}
}

// TestEachAlone: a panic is one task's failure.
func TestEachAlone(t *testing.T) {
	var done atomic.Int64
	ok := Task{of(1), func() error { done.Add(1); return nil }}
	errs := Each(t.Context(), []Task{ok, {of(1), func() error { panic("page maker\nwith a stack") }}, {of(1), func() error { return any(7).(error) }}, ok}, Limits{Jobs: 2, Memory: 1 << 30})
	var f *fault.Error
	if errs[0] != nil || errs[3] != nil || done.Load() != 2 || fault.Code(errs[2]) != "province.panic" {
		t.Errorf("%v", errs)
	}
	if !errors.As(errs[1], &f) || f.Code != "province.panic" || f.Got != "page maker" {
		t.Errorf("%v", errs[1])
	}
}

// TestEachStopped: what runs is finished, what has not begun does not.
func TestEachStopped(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var done atomic.Int64
	var tasks []Task
	for i := range 10 {
		tasks = append(tasks, Task{of(1), func() error {
			if i == 2 {
				cancel()
			}
			done.Add(1)
			return nil
		}})
	}
	errs := Each(ctx, tasks, Limits{Jobs: 1, Memory: 1})
	for i, err := range errs {
		if i <= 2 && err != nil || i > 2 && fault.Code(err) != "province.not-begun" {
			t.Errorf("%d: %v", i, err)
		}
	}
	if done.Load() != 3 {
		t.Errorf("%d were done", done.Load())
	}
}

// TestEachHung: a task that cannot be weighed keeps one place and no more, and
// waits no longer than ctx.
func TestEachHung(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	never := make(chan struct{})
	defer close(never)
	var done atomic.Int64
	tasks := []Task{{func() int64 { <-never; return 1 }, func() error { return nil }}}
	for range 5 {
		tasks = append(tasks, Task{of(1), func() error {
			if done.Add(1) == 5 {
				cancel()
			}
			return nil
		}})
	}
	errs := Each(ctx, tasks, Limits{Jobs: 2, Memory: 8})
	if done.Load() != 5 || fault.Code(errs[0]) != "province.not-begun" {
		t.Errorf("%d were done, %v", done.Load(), errs)
	}
}

func TestWeight(t *testing.T) {
	checkpoint := func(size string) int64 {
		text := "example.gov.cn/x\n" + size + "\n" + strings.Repeat("A", 43) + "=\n\n— example.gov.cn/x " + strings.Repeat("A", 91) + "=\n"
		return Weight(fstest.MapFS{"checkpoint": {Data: []byte(text)}})
	}
	if small, large := checkpoint("10"), checkpoint("110000"); small < perOffice || large < 400<<20 || large > 600<<20 {
		t.Errorf("%d, %d", small, large)
	}
	for _, bad := range []fstest.MapFS{{}, {"checkpoint": {Data: []byte("x")}}, {"checkpoint": {Mode: 0o755 | os.ModeDir}}} {
		if Weight(bad) != perOffice {
			t.Error("a folder without a checkpoint has a weight")
		}
	}
}

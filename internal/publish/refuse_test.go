package publish

import (
	"bytes"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/ledger/local"
)

// refused runs and fails unless it is refused with the code and nothing in the
// target changed.
func refused(t *testing.T, from, to, code string, kind fault.Kind) {
	t.Helper()
	was := tree(t, to)
	_, err := Dir(from, to, Options{})
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != code || f.Kind != kind {
		t.Errorf("got %v, want %s of kind %d", err, code, kind)
	}
	if now := tree(t, to); !maps.Equal(was, now) {
		t.Errorf("%s: the target changed", code)
	}
}

func TestRefusals(t *testing.T) {
	sites := three(t, 4, 6, 7)
	other := newBook(t, origin, 1)
	other.grow(t, 3, nil)
	stepwise := other.grow(t, 5, pagesOf(1)) // the entries of sites, in other steps
	stranger := newBook(t, "other.example/sunlot", 2).grow(t, 9, pagesOf(2))
	thief := newBook(t, origin, 3).grow(t, 2, pagesOf(2))

	for _, c := range []struct {
		name, code string
		kind       fault.Kind
		from       string
		prepare    func(t *testing.T, to string)
	}{
		{"larger there", "publish.target-newer", fault.Unsound, sites[0], func(t *testing.T, to string) { must(t, sites[2], to) }},
		{"another office", "publish.other-ledger", fault.Unsound, sites[0], func(t *testing.T, to string) { must(t, stranger, to) }},
		{"another office, cut off early", "publish.other-ledger", fault.Unsound, sites[0], func(t *testing.T, to string) {
			write(t, to, map[string]string{listName: string(formatList("other.example/sunlot", nil))})
		}},
		{"another key of the same name", "publish.target-checkpoint", fault.Unsound, sites[0], func(t *testing.T, to string) { must(t, thief, to) }},
		{"a broken checkpoint", "publish.target-checkpoint", fault.Unsound, sites[1], func(t *testing.T, to string) {
			must(t, sites[0], to)
			write(t, to, map[string]string{"ledger/checkpoint": "x\n"})
		}},
		{"somebody's pages", "publish.not-empty", fault.Usage, sites[0], func(t *testing.T, to string) {
			write(t, to, map[string]string{"index.html": "county portal"})
		}},
		{"somebody's folder", "publish.not-empty", fault.Usage, sites[0], func(t *testing.T, to string) {
			write(t, to, map[string]string{"upload/a.jpg": "x", ".user.ini": "x"})
		}},
		{"a copy without its list among other things", "publish.not-empty", fault.Usage, sites[1], func(t *testing.T, to string) {
			must(t, sites[0], to)
			remove(t, to, listName)
			write(t, to, map[string]string{"upload/a.jpg": "x"})
		}},
		{"a foreign file in the ledger", "publish.foreign", fault.Unsound, sites[1], func(t *testing.T, to string) {
			must(t, sites[0], to)
			write(t, to, map[string]string{"ledger/note.txt": "x"})
		}},
		{"a foreign page where ours must stand", "publish.foreign", fault.Unsound, sites[1], func(t *testing.T, to string) {
			must(t, sites[0], to)
			write(t, to, map[string]string{"draws/3/index.html": "x"})
		}},
		{"a foreign robots.txt where ours must stand", "publish.foreign", fault.Unsound, withRobots(t, sites[0]), func(t *testing.T, to string) {
			write(t, to, map[string]string{"robots.txt": "Disallow: /"})
		}},
		{"a folder where a file must be", "publish.in-the-way", fault.Unsound, sites[1], func(t *testing.T, to string) {
			must(t, sites[0], to)
			remove(t, to, "style.css")
			write(t, to, map[string]string{"style.css/x": "x"})
		}},
		{"a file where a folder must be", "publish.in-the-way", fault.Unsound, sites[1], func(t *testing.T, to string) {
			must(t, sites[0], to)
			write(t, to, map[string]string{"draws/3": "x"})
		}},
		{"a link where a file must be", "publish.in-the-way", fault.Unsound, sites[1], func(t *testing.T, to string) {
			must(t, sites[0], to)
			remove(t, to, "style.css")
			symlink(t, "index.html", filepath.Join(to, "style.css"))
		}},
		{"a link out where a folder must be", "publish.in-the-way", fault.Unsound, sites[1], func(t *testing.T, to string) {
			must(t, sites[0], to)
			remove(t, to, "draws")
			symlink(t, t.TempDir(), filepath.Join(to, "draws"))
		}},
		{"a list that leads out", "publish.bad-list", fault.Unsound, sites[1], func(t *testing.T, to string) {
			must(t, sites[0], to)
			write(t, to, map[string]string{listName: listHead + "\n" + origin + "\n../victim\n"})
		}},
		{"a list that is a folder", "publish.bad-list", fault.Unsound, sites[1], func(t *testing.T, to string) {
			write(t, to, map[string]string{listName + "/x": "x"})
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			to := filepath.Join(tempDir(t), "www")
			if err := os.Mkdir(to, 0o755); err != nil {
				t.Fatal(err)
			}
			c.prepare(t, to)
			refused(t, c.from, to, c.code, c.kind)
		})
	}
	t.Run("fork", func(t *testing.T) {
		to := filepath.Join(tempDir(t), "www")
		must(t, forked(t), to)
		refused(t, sites[2], to, "publish.target-fork", fault.Unsound)
		// The same history in other steps is no fork.
		to = filepath.Join(tempDir(t), "www")
		must(t, stepwise, to)
		if _, err := Dir(sites[2], to, Options{}); err != nil {
			t.Error(err)
		}
	})
}

// forked is a site of the same office with another third entry.
func forked(t *testing.T) string {
	t.Helper()
	b := newBook(t, origin, 1)
	b.grow(t, 2, nil)
	if _, err := b.log.Append(local.Batch{Entries: [][]byte{[]byte("another\n")}}); err != nil {
		t.Fatal(err)
	}
	return b.grow(t, 4, pagesOf(1))
}

func withRobots(t *testing.T, site string) string {
	t.Helper()
	dir := filepath.Join(tempDir(t), "site")
	if err := os.CopyFS(dir, os.DirFS(site)); err != nil {
		t.Fatal(err)
	}
	write(t, dir, map[string]string{"robots.txt": "Allow: /"})
	return dir
}

func remove(t *testing.T, dir, name string) {
	t.Helper()
	if err := os.RemoveAll(filepath.Join(dir, filepath.FromSlash(name))); err != nil {
		t.Fatal(err)
	}
}

func symlink(t *testing.T, to, name string) {
	t.Helper()
	if err := os.Symlink(to, name); err != nil {
		t.Fatal(err)
	}
}

// What is wrong with the site itself is found before the target is touched:
// each file of its ledger, one byte changed, missing, or made a link.
func TestBrokenSite(t *testing.T) {
	sites := three(t, 4, 6, 7)
	to := filepath.Join(tempDir(t), "www")
	must(t, sites[0], to)
	for name := range tree(t, sites[1]) {
		if !strings.HasPrefix(name, "ledger/") {
			continue
		}
		for _, manner := range []string{"flipped", "missing", "link"} {
			if manner == "missing" && strings.HasPrefix(name, "ledger/blob/") {
				continue // whether a blob is needed is for the entries to say
			}
			full := filepath.Join(sites[1], filepath.FromSlash(name))
			data, err := os.ReadFile(full)
			if err != nil {
				t.Fatal(err)
			}
			remove(t, sites[1], name)
			switch manner {
			case "flipped":
				bent := bytes.Clone(data)
				bent[len(bent)/2] ^= 1
				write(t, sites[1], map[string]string{name: string(bent)})
			case "link":
				write(t, sites[1], map[string]string{"other": string(data)})
				symlink(t, filepath.Join(sites[1], "other"), full)
			}
			was := tree(t, to)
			_, err = Dir(sites[1], to, Options{})
			code := fault.Code(err)
			if code != "publish.unsound" && code != "publish.damaged" && code != "publish.not-a-file" && code != "publish.no-site" {
				t.Errorf("%s %s: %v", name, manner, err)
			}
			if !maps.Equal(was, tree(t, to)) {
				t.Errorf("%s %s: the target changed", name, manner)
			}
			remove(t, sites[1], name)
			remove(t, sites[1], "other")
			write(t, sites[1], map[string]string{name: string(data)})
		}
	}
	must(t, sites[1], to)
	whole(t, to, sites[1])
}

func TestNoSite(t *testing.T) {
	sites := three(t, 4, 6, 7)
	dir := tempDir(t)
	to := filepath.Join(dir, "www")
	refused(t, filepath.Join(dir, "nowhere"), to, "publish.no-site", fault.Usage)
	refused(t, dir, filepath.Join(tempDir(t), "www"), "publish.no-site", fault.Usage)
	refused(t, sites[0], sites[0], "publish.same-folder", fault.Usage)
	refused(t, sites[0], filepath.Join(sites[0], "www"), "publish.same-folder", fault.Usage)
	refused(t, sites[0], filepath.Dir(sites[0]), "publish.same-folder", fault.Usage)
	round := filepath.Join(dir, "round")
	symlink(t, sites[0], round)
	refused(t, sites[0], filepath.Join(round, "www"), "publish.same-folder", fault.Usage)
	refused(t, sites[0], filepath.Join(dir, "no", "www"), "publish.unwritable", fault.Unreachable)
	if _, err := os.Stat(to); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a refused run made the target")
	}
}

// Nothing that is not ours is ever removed, and what hosts put into an empty
// folder is no reason to refuse.
func TestForeignFilesStay(t *testing.T) {
	sites := three(t, 4, 6, 7)
	to := filepath.Join(tempDir(t), "www")
	foreign := map[string]string{".well-known/acme": "token", ".user.ini": "x", "web.config": "<x/>", "WEB-INF/web.xml": "<x/>"}
	write(t, to, foreign)
	must(t, sites[0], to)
	later := map[string]string{"upload/a.jpg": "x", "only/3/theirs.txt": "x", "draws/readme.txt": "x"}
	write(t, to, later)
	must(t, sites[1], to)
	must(t, sites[2], to)
	var names []string
	for _, m := range []map[string]string{foreign, later} {
		for name := range m {
			names = append(names, name)
		}
	}
	whole(t, to, sites[2], names...)
}

// A target that lost its list (copied without hidden files) is taken back when
// it holds nothing but our own ledger's earlier state.
func TestLostList(t *testing.T) {
	sites := three(t, 4, 6, 7)
	to := filepath.Join(tempDir(t), "www")
	must(t, sites[0], to)
	remove(t, to, listName)
	write(t, to, map[string]string{"sunlot-site.txt": "built here\n", "style.css": "old"})
	must(t, sites[1], to)
	whole(t, to, sites[1], "only/3/index.html")
}

// A host that changed our files gets them back.
func TestChangedTargetIsMended(t *testing.T) {
	sites := three(t, 4, 6, 7)
	to := filepath.Join(tempDir(t), "www")
	must(t, sites[1], to)
	for name := range tree(t, sites[1]) {
		if name != "ledger/checkpoint" && name != ".note" && name != "sunlot-site.txt" {
			write(t, to, map[string]string{name: "defaced"})
		}
	}
	must(t, sites[1], to)
	whole(t, to, sites[1])
}

func TestOneRunAtATime(t *testing.T) {
	sites := three(t, 4, 6, 7)
	to := filepath.Join(tempDir(t), "www")
	inner := errors.New("not tried")
	_, err := run(sites[0], to, Options{}, func(op, name string, do func() error) error {
		if name == "index.html" && op == "rename" {
			_, inner = Dir(sites[0], to, Options{})
		}
		return do()
	})
	if err != nil || fault.Code(inner) != "publish.busy" {
		t.Fatalf("outer %v, inner %v", err, inner)
	}
	must(t, sites[1], to)
}

// The site is built again while it is published: the checkpoint that was
// verified is not put over files that were not.
func TestBuiltMeanwhile(t *testing.T) {
	for _, c := range []struct{ touch, at string }{{"ledger/checkpoint", "index.html"}, {"", "style.css"}} {
		sites := three(t, 4, 6, 7)
		to := filepath.Join(tempDir(t), "www")
		must(t, sites[0], to)
		_, err := run(sites[1], to, Options{}, func(op, name string, do func() error) error {
			if op == "rename" && name == c.at {
				if c.touch == "" {
					remove(t, sites[1], "index.html")
				} else {
					write(t, sites[1], tree(t, sites[2]))
				}
			}
			return do()
		})
		if fault.Code(err) != "publish.changed" {
			t.Errorf("%q: got %v", c.touch, err)
		}
		got, _ := os.ReadFile(filepath.Join(to, "ledger", "checkpoint"))
		want, _ := os.ReadFile(filepath.Join(sites[0], "ledger", "checkpoint"))
		if !bytes.Equal(got, want) {
			t.Errorf("%q: the checkpoint was written", c.touch)
		}
	}
}

func FuzzList(f *testing.F) {
	f.Add([]byte(listHead + "\n" + origin + "\na\nb/c\n"))
	f.Add([]byte(listHead + "\n" + origin + "\n"))
	f.Add([]byte(listHead + "\n" + origin + "\n../a\n"))
	f.Add([]byte(listHead + "\n" + origin + "\nb\na\n"))
	f.Add([]byte(listHead + "\n\na\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		origin, names, bad := parseList(data)
		if bad != nil {
			if bad.Code != "publish.bad-list" {
				t.Fatal(bad)
			}
			return
		}
		if got := formatList(origin, names); !bytes.Equal(got, data) {
			t.Fatalf("%q came back as %q", data, got)
		}
		for _, n := range names {
			if !filepath.IsLocal(n) {
				t.Fatalf("%q leads out", n)
			}
		}
	})
}

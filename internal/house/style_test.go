package house

import (
	"go/ast"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The soft numbers are for a reviewer to quote; only hardLines fails.
const (
	softLines = 500
	hardLines = 600 // above it a file has two subjects
	softFunc  = 60
	softNames = 20
)

// TestFileLength fails for a file that is too long, and lists what is above
// the soft numbers: go test -v -run TestFileLength ./internal/house.
func TestFileLength(t *testing.T) {
	all := rooms(t)
	for _, room := range slices.Sorted(maps.Keys(all)) {
		names := 0
		for _, f := range all[room] {
			if f.lines > hardLines {
				t.Errorf("%s has %d lines, limit %d", f.name, f.lines, hardLines)
			} else if f.lines > softLines {
				t.Logf("%s has %d lines", f.name, f.lines)
			}
			for _, d := range f.tree.Decls {
				names += exported(d)
				if fn, ok := d.(*ast.FuncDecl); ok {
					if n := fset.Position(fn.End()).Line - fset.Position(fn.Pos()).Line + 1; n > softFunc {
						t.Logf("%s: %s has %d lines", f.name, fn.Name.Name, n)
					}
				}
			}
		}
		if names > softNames {
			t.Logf("%s exports %d names", room, names)
		}
	}
}

// exported counts the exported names of a declaration, methods not among them.
func exported(d ast.Decl) int {
	switch d := d.(type) {
	case *ast.FuncDecl:
		if d.Recv == nil && d.Name.IsExported() {
			return 1
		}
	case *ast.GenDecl:
		n := 0
		for _, s := range d.Specs {
			switch s := s.(type) {
			case *ast.TypeSpec:
				if s.Name.IsExported() {
					n++
				}
			case *ast.ValueSpec:
				for _, name := range s.Names {
					if name.IsExported() {
						n++
					}
				}
			}
		}
		return n
	}
	return 0
}

// TestNames: one room, one noun, with its page in the package comment.
func TestNames(t *testing.T) {
	heaps := []string{"util", "utils", "common", "helpers", "types", "pkg", "misc", "shared"}
	for room, files := range rooms(t) {
		if slices.Contains(heaps, path.Base(room)) {
			t.Errorf("%s: not a noun of this house", room)
		}
		if !slices.ContainsFunc(files, func(f file) bool { return f.tree.Doc != nil }) {
			t.Errorf("%s has no package comment", room)
		}
	}
}

// unfinished are the words by which work is left for later; written so that this
// line is none of it.
var unfinished = regexp.MustCompile(`\b(TO[D]O|FIX[M]E|XX[X])\b`)

func TestNothingLeftForLater(t *testing.T) {
	for _, files := range rooms(t) {
		for _, f := range files {
			for _, group := range f.tree.Comments {
				if m := unfinished.FindString(group.Text()); m != "" {
					t.Errorf("%s:%d: %s", f.name, fset.Position(group.Pos()).Line, m)
				}
			}
		}
	}
}

// TestDependenciesHaveReasons: above each direct requirement of go.mod stands
// a comment that says why it is here.
func TestDependenciesHaveReasons(t *testing.T) {
	for _, name := range []string{"go.mod", "tools/go.mod", "tools/witness/go.mod", "tools/trillian/go.mod", "tools/etcd/go.mod"} {
		data, err := os.ReadFile(filepath.Join(top(t), filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		bare, direct := withoutReason(string(data))
		if direct == 0 {
			t.Errorf("%s: no direct requirement found", name)
		}
		for _, line := range bare {
			t.Errorf("%s: no reason above %q", name, line)
		}
	}
}

// requirement is a direct one of a block, or one that stands alone: the go
// command calls a tool's module indirect there. Read by hand, for a parser of
// go.mod would be a dependency of this test alone.
var requirement = regexp.MustCompile(`^(?:([a-z0-9.-]+\.[a-z]+/\S+) v\S+|require ([a-z0-9.-]+\.[a-z]+/\S+) v\S+(?: // indirect)?)$`)

// withoutReason lists the direct requirements whose line above is no comment.
func withoutReason(mod string) (bare []string, direct int) {
	above := ""
	for line := range strings.Lines(mod) {
		line = strings.TrimSpace(line)
		if m := requirement.FindStringSubmatch(line); m != nil {
			direct++
			if len(strings.TrimSpace(strings.TrimPrefix(above, "//"))) < 10 || !strings.HasPrefix(above, "//") {
				bare = append(bare, m[1]+m[2])
			}
		}
		above = line
	}
	return bare, direct
}

// TestSideModulesStayOut: what tests build as a program of its own, the
// witnesses and linters of others, no program of ours may link.
func TestSideModulesStayOut(t *testing.T) {
	ours, err := os.ReadFile(filepath.Join(top(t), "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	for name, programs := range map[string][]string{
		"tools/go.mod":         {"honnef.co/go/tools"},
		"tools/witness/go.mod": {"filippo.io/torchwood", "zombiezen.com/go/sqlite", "modernc.org/sqlite"},
		// Trillian's module itself is the client's too: what only its servers link.
		"tools/trillian/go.mod": {"github.com/jackc/pgx/v5", "cloud.google.com/go/spanner", "github.com/go-sql-driver/mysql"},
		"tools/etcd/go.mod":     {"go.etcd.io/etcd/server/v3"},
	} {
		side, err := os.ReadFile(filepath.Join(top(t), filepath.FromSlash(name)))
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range programs {
			if !strings.Contains(string(side), m+" v") {
				t.Errorf("%s does not require %s: the test looks for the wrong thing", name, m)
			}
			if strings.Contains(string(ours), m) {
				t.Errorf("go.mod requires %s", m)
			}
		}
	}
}

// TestDependenciesAreUsed: what no file imports, tests among them, has left the
// house and its line in go.mod goes too.
func TestDependenciesAreUsed(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(top(t), "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	used := map[string]bool{}
	eachFile(t, func(_ string, _ []byte, tree *ast.File) {
		for _, p := range (file{tree: tree}).imports() {
			used[p] = true
		}
	})
	for line := range strings.Lines(string(data)) {
		m := requirement.FindStringSubmatch(strings.TrimSpace(line))
		if m == nil {
			continue
		}
		ours := func(p string) bool { return p == m[1] || strings.HasPrefix(p, m[1]+"/") }
		if !slices.ContainsFunc(slices.Collect(maps.Keys(used)), ours) {
			t.Errorf("nothing imports %s", m[1])
		}
	}
}

func TestWithoutReason(t *testing.T) {
	const mod = "module m\n\ngo 1.26.0\n\nrequire (\n\t// draws lots for the test\n\ta.org/one v1.0.0\n\ta.org/two v1.0.0\n\t//\n\ta.org/three v1.0.0\n" +
		"\ta.org/four v1.0.0 // indirect\n)\n\nrequire b.org/five v0.1.0 // indirect\n"
	bare, direct := withoutReason(mod)
	if want := []string{"a.org/two", "a.org/three", "b.org/five"}; direct != 4 || !slices.Equal(bare, want) {
		t.Errorf("%d direct, without reason %q", direct, bare)
	}
}

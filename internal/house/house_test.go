package house

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/sunlot/sunlot"

// floors is the plan; a room that is not in it has not been thought about.
var floors = map[string]int{
	"internal/record": 0, "internal/draw": 0, "internal/beacon": 0, "internal/lookup": 0,
	"internal/rules": 1, "ledger": 1,
	"internal/verify": 2,
	"internal/intake": 3, "site": 3, "internal/publish": 3, "internal/keyring": 3, "internal/evidence": 3, "internal/compare": 3, "internal/monitor": 3,
	"ledger/local": 3, "ledger/witness": 3, "ledger/trillian": 3,
	"internal/office": 4, "internal/portal": 4, "internal/province": 4,
	"internal/command": 5, "internal/desk": 5,
	"internal/demo": 6, "internal/attack": 6,
	"cmd/sunlot": 7, "cmd/sunlot-verify": 7, "cmd/sunlot-demo": 7, "internal/cluster/run": 7,
}

// beside lists the rooms beside the floors and the lowest floor that may
// import each; they themselves may import fault and what lower names.
var beside = map[string]struct {
	from  int
	lower []string
}{
	"internal/fault":   {0, nil},
	"internal/graph":   {3, nil},
	"internal/durable": {3, nil},
	"internal/fetch":   {3, nil},
	"internal/words":   {3, nil},
	"templates":        {3, nil},
	"content":          {3, nil},
	"internal/house":   {8, nil},
	// real servers of the many-office engine, for tests and make cluster: no
	// room of the product may start one
	"internal/cluster": {7, []string{"internal/durable"}},
}

// deniedWords: rooms that speak in codes only and must not reach for sentences.
var deniedWords = []string{"internal/intake", "internal/publish", "internal/keyring", "internal/monitor", "ledger/local", "ledger/witness", "ledger/trillian", "internal/office", "internal/province"}

// pure rooms get clock, keys and randomness as values.
var pure = []string{"internal/record", "internal/draw", "internal/beacon", "internal/lookup", "internal/rules", "ledger", "internal/verify"}

// impure are the imports that a pure room has no use for. net/url and
// net/netip only parse, so the list names net's parts one by one.
var impure = []string{"os", "os/exec", "os/signal", "os/user", "net", "net/http", "net/smtp", "net/rpc", "net/textproto", "crypto/rand", "crypto/tls",
	"log", "log/slog", "math/rand", "math/rand/v2", "syscall", "io/ioutil", "unsafe", "plugin"}

// clock lists what package time does with the wall clock.
var clock = []string{"Now", "Since", "Until", "After", "AfterFunc", "NewTimer", "NewTicker", "Tick", "Sleep"}

// importers: a dependency has one importer, so that its replacement is the
// work of one room. x/mod is the exception (tlog and note are the trade's own).
var importers = map[string][]string{
	"filippo.io/age":                     {"internal/keyring"},
	"filippo.io/edwards25519":            {"ledger"},
	"github.com/BurntSushi/toml":         {"internal/intake"},
	"github.com/cloudflare/circl":        {"internal/beacon", "ledger"}, // a pairing, and ML-DSA-44: two schemes of one library, which the citizen's door links anyway
	"github.com/spf13/cobra":             {"internal/command", "cmd/sunlot"},
	"github.com/xuri/excelize/v2":        {"internal/intake"},
	"github.com/yuin/goldmark":           {"site"},
	"github.com/google/trillian":         {"ledger/trillian"},
	"github.com/transparency-dev/merkle": {"ledger/trillian"},
	"google.golang.org/grpc":             {"ledger/trillian"},
	"google.golang.org/protobuf":         {"ledger/trillian"},
	"golang.org/x/crypto":                {"internal/keyring"},
	"golang.org/x/mod":                   nil,                  // any room
	"golang.org/x/net":                   {"internal/cluster"}, // links into no program of the product
	"golang.org/x/sys":                   {"internal/durable"},
	"golang.org/x/term":                  {"internal/keyring"},
	"golang.org/x/text":                  {"internal/intake", "internal/demo", "cmd/sunlot-verify"}, // demo writes what intake reads; lists of the market regulator come in GBK
	"rsc.io/qr":                          {"site"},
}

var fset = token.NewFileSet()

// file is one source file of a room, without those of its tests.
type file struct {
	name  string // path below the top folder
	lines int
	tree  *ast.File
}

// eachFile parses every Go file of the module, tests among them.
func eachFile(t *testing.T, visit func(name string, data []byte, tree *ast.File)) {
	t.Helper()
	err := filepath.WalkDir(top(t), func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(top(t), name)
		rel = filepath.ToSlash(rel)
		if d.IsDir() {
			if rel != "." && (foreign(name) || strings.HasPrefix(d.Name(), ".") || d.Name() == "testdata") {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(rel, ".go") {
			return nil
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return err
		}
		tree, err := parser.ParseFile(fset, name, data, parser.ParseComments|parser.SkipObjectResolution)
		if err == nil {
			visit(rel, data, tree)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

// rooms reads every Go file of the module that is not a test, by folder.
func rooms(t *testing.T) map[string][]file {
	t.Helper()
	all := map[string][]file{}
	eachFile(t, func(name string, data []byte, tree *ast.File) {
		if !strings.HasSuffix(name, "_test.go") {
			room := path.Dir(name)
			all[room] = append(all[room], file{name, strings.Count(string(data), "\n"), tree})
		}
	})
	return all
}

// foreign reports whether a folder is a module of its own.
func foreign(dir string) bool {
	_, err := os.Stat(filepath.Join(dir, "go.mod"))
	return err == nil
}

func top(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// imports lists the import paths of a file.
func (f file) imports() []string {
	var list []string
	for _, spec := range f.tree.Imports {
		p, _ := strconv.Unquote(spec.Path.Value)
		list = append(list, p)
	}
	return list
}

// local is the room of an import path of this module.
func local(importPath string) (room string, ok bool) {
	return strings.CutPrefix(importPath, module+"/")
}

func TestEveryRoomIsInThePlan(t *testing.T) {
	all := rooms(t)
	for room := range all {
		_, onFloor := floors[room]
		_, aside := beside[room]
		if !onFloor && !aside {
			t.Errorf("%s is neither on a floor nor beside them", room)
		}
	}
	for _, core := range []string{"internal/record", "internal/draw", "internal/beacon", "internal/rules", "ledger", "internal/verify", "internal/office", "site"} {
		if len(all[core]) == 0 {
			t.Errorf("%s has no source: the test does not look where the house stands", core)
		}
	}
}

func TestArrowsGoDown(t *testing.T) {
	for room, files := range rooms(t) {
		for _, f := range files {
			for _, imp := range f.imports() {
				to, ok := local(imp)
				if !ok {
					continue
				}
				if why := arrow(room, to); why != "" {
					t.Errorf("%s: %s → %s: %s", f.name, room, to, why)
				}
			}
		}
	}
}

// arrow says why one room may not import another, "" if it may.
func arrow(from, to string) string {
	b, aside := beside[to]
	if own, ok := beside[from]; ok {
		if to != "internal/fault" && !slices.Contains(own.lower, to) {
			return "a room beside the floors imports none of them"
		}
		return ""
	}
	floor, known := floors[from]
	switch target, ok := floors[to]; {
	case !known:
		return "not in the plan"
	case aside && to == "internal/words" && slices.Contains(deniedWords, from):
		return "rooms speak in codes; only the doors and the page builder have sentences"
	case aside && floor < b.from:
		return "open from floor " + strconv.Itoa(b.from) + " up"
	case aside:
		return ""
	case !ok:
		return "not in the plan"
	case target >= floor:
		return "floor " + strconv.Itoa(floor) + " imports floor " + strconv.Itoa(target)
	}
	return ""
}

// TestArrow holds the test itself to what it must refuse.
func TestArrow(t *testing.T) {
	for _, c := range []struct {
		from, to string
		ok       bool
	}{
		{"internal/rules", "internal/draw", true},
		{"internal/rules", "internal/fault", true},
		{"internal/rules", "ledger", false},
		{"ledger", "internal/rules", false},
		{"internal/draw", "internal/beacon", false},
		{"internal/verify", "internal/office", false},
		{"internal/verify", "internal/words", false},
		{"internal/office", "internal/words", false},
		{"internal/command", "internal/words", true},
		{"internal/command", "internal/demo", false},
		{"cmd/sunlot-demo", "internal/demo", true},
		{"internal/fetch", "internal/beacon", false},
		{"internal/words", "internal/fault", true},
		{"internal/nowhere", "internal/fault", false},
		{"internal/office", "internal/nowhere", false},
	} {
		if why := arrow(c.from, c.to); (why == "") != c.ok {
			t.Errorf("%s → %s: %q", c.from, c.to, why)
		}
	}
}

func TestPureRooms(t *testing.T) {
	all := rooms(t)
	for _, room := range pure {
		for _, f := range all[room] {
			for _, imp := range f.imports() {
				if slices.Contains(impure, imp) {
					t.Errorf("%s imports %s: a pure room gets it as a value", f.name, imp)
				}
			}
			for _, use := range clockUses(f.tree) {
				t.Errorf("%s uses time.%s: a pure room gets the time as a value", f.name, use)
			}
		}
	}
}

// clockUses lists the members of package time by which a file reads a clock.
func clockUses(tree *ast.File) []string {
	name := ""
	for _, spec := range tree.Imports {
		if spec.Path.Value == `"time"` {
			name = "time"
			if spec.Name != nil {
				name = spec.Name.Name
			}
		}
	}
	var uses []string
	if name == "" {
		return nil
	}
	ast.Inspect(tree, func(n ast.Node) bool {
		sel, ok := n.(*ast.SelectorExpr)
		if !ok {
			return true
		}
		if x, ok := sel.X.(*ast.Ident); ok && x.Name == name && slices.Contains(clock, sel.Sel.Name) {
			uses = append(uses, sel.Sel.Name)
		}
		return true
	})
	return uses
}

func TestClockUses(t *testing.T) {
	for src, want := range map[string]int{
		"package p\nimport \"time\"\nvar f = time.Now":                          1,
		"package p\nimport c \"time\"\nfunc g() { c.Sleep(c.Second) }":          1,
		"package p\nimport \"time\"\nvar z = time.FixedZone(\"\", 0)":           0,
		"package p\nvar time struct{ Now int }\nvar a = time.Now":               0,
		"package p\nimport \"time\"\nfunc g() { time.Unix(1, 0).In(nil) }":      0,
		"package p\nimport \"time\"\nvar a = time.Since\nvar b = time.NewTimer": 2,
	} {
		tree, err := parser.ParseFile(token.NewFileSet(), "p.go", src, 0)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(clockUses(tree)); got != want {
			t.Errorf("%q: %d uses, want %d", src, got, want)
		}
	}
}

func TestOneImporter(t *testing.T) {
	for room, files := range rooms(t) {
		for _, f := range files {
			for _, imp := range f.imports() {
				first, _, _ := strings.Cut(imp, "/")
				if _, ours := local(imp); ours || !strings.Contains(first, ".") {
					continue
				}
				mod, list := owner(imp)
				if mod == "" {
					t.Errorf("%s imports %s, which no room may", f.name, imp)
				} else if list != nil && !slices.Contains(list, room) {
					t.Errorf("%s imports %s, which belongs to %s", f.name, imp, strings.Join(list, ", "))
				}
			}
		}
	}
}

// owner finds the module of an import path in the table.
func owner(imp string) (mod string, list []string) {
	for m, rooms := range importers {
		if imp == m || strings.HasPrefix(imp, m+"/") {
			return m, rooms
		}
	}
	return "", nil
}

// citizen is what the citizen's door may link of this module.
var citizen = []string{"cmd/sunlot-verify", "internal/verify", "internal/rules", "ledger", "internal/record", "internal/draw", "internal/beacon",
	"internal/fault", "internal/words", "internal/fetch", "internal/evidence", "internal/compare", "internal/durable", "internal/monitor"}

// citizenModules is what it may link of others; x/crypto and x/sys come with
// circl (sha3, cpu), x/text has the table of GBK.
var citizenModules = []string{"golang.org/x/mod", "github.com/cloudflare/circl", "filippo.io/edwards25519", "golang.org/x/sys", "golang.org/x/text"}

func TestCitizensDoorLinksLittle(t *testing.T) {
	all := rooms(t)
	seen := map[string]bool{}
	modules := map[string]bool{}
	var visit func(room string)
	visit = func(room string) {
		if seen[room] {
			return
		}
		seen[room] = true
		for _, f := range all[room] {
			for _, imp := range f.imports() {
				if to, ok := local(imp); ok {
					visit(to)
				} else if mod, _ := owner(imp); mod != "" {
					modules[mod] = true
				}
			}
		}
	}
	if len(all["cmd/sunlot-verify"]) == 0 {
		t.Fatal("cmd/sunlot-verify has no source")
	}
	visit("cmd/sunlot-verify")
	for room := range seen {
		if !slices.Contains(citizen, room) {
			t.Errorf("sunlot-verify links %s", room)
		}
	}
	for mod := range modules {
		if !slices.Contains(citizenModules, mod) {
			t.Errorf("sunlot-verify imports from %s", mod)
		}
	}
	t.Logf("rooms: %s; modules: %s", strings.Join(slices.Sorted(maps.Keys(seen)), " "), strings.Join(slices.Sorted(maps.Keys(modules)), " "))
}

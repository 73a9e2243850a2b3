package office_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/office"
	"github.com/sunlot/sunlot/ledger"
)

func TestLedgerSettings(t *testing.T) {
	for text, want := range map[string]string{
		"[ledger]\naddress = [\"127.0.0.1:8090\"]\n":                           "",
		"[ledger]\naddress = [\"localhost:8090\", \"[::1]:8090\"]\n":           "",
		"[ledger]\naddress = [\"10.0.0.1:8090\"]\nca = \"ca.pem\"\n":           "",
		"[ledger]\naddress = [\"10.0.0.1:8090\"]\nplain = true\n":              "",
		"[ledger]\naddress = [\"10.0.0.1:8090\"]\n":                            "ledger.tree-config", // in the clear, over a network
		"[ledger]\naddress = [\"logs.example:8090\"]\n":                        "ledger.tree-config",
		"[ledger]\naddress = []\n":                                             "ledger.tree-config",
		"[ledger]\naddress = [\"127.0.0.1\"]\n":                                "ledger.tree-config",
		"[ledger]\naddress = [\"10.0.0.1:1\"]\nca = \"a\"\ncert = \"b\"\n":     "ledger.tree-config",
		"[ledger]\naddress = [\"127.0.0.1:1\"]\ncert = \"b\"\nkey = \"c\"\n":   "ledger.tree-config",
		"[ledger]\naddress = [\"127.0.0.1:1\"]\ntree = -1\n":                   "ledger.tree-config",
		"[ledger]\naddress = [\"127.0.0.1:1\"]\nwait_seconds = 3601\n":         "ledger.tree-config",
		"[ledger]\naddress = [\"127.0.0.1:1\"]\ncall_seconds = -1\n":           "ledger.tree-config",
		"[ledger]\nadress = [\"127.0.0.1:1\"]\n":                               "intake.toml-unknown-key",
		"[ledger]\naddress = [\"127.0.0.1:1\"]\naddress = [\"127.0.0.1:1\"]\n": "intake.toml-bad",
		"name = \"x\"\n": "intake.toml-unknown-key",
	} {
		if _, err := office.LedgerSettings("s.toml", []byte(text)); fault.Code(err) != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
	for _, l := range []office.Ledger{{Engine: "mysql"}, {Engine: "trillian"}} {
		if err := l.Check(); fault.Code(err) != "ledger.tree-config" {
			t.Errorf("%+v: %v", l, err)
		}
	}
	if err := (&office.Ledger{}).Check(); err != nil {
		t.Error(err)
	}
}

// The section is replaced; every other line stays as its people wrote it, in
// their order, and the section stands once.
func TestSetLedger(t *testing.T) {
	b := begin(t, "guard")
	name := filepath.Join(b.dir, "office.toml")
	was, err := os.ReadFile(name)
	b.must(err)
	mine := strings.Replace(string(was), "\n[beacon]", "\n# 我们自己的话\n[ledger]\nengine = \"local\"\n# 旧的\ntree = 0\n\n# 随机数的话\n[beacon]", 1)
	b.must(os.WriteFile(name, []byte(mine+"\n[[witness]]\nname = \"邻县\"\nurl  = \"https://w.example/\"\n"), 0o644))
	o := b.open()
	want := office.Ledger{Engine: "trillian", Address: []string{"127.0.0.1:1", "localhost:2"}, Tree: 8770537670243365277, CA: "目录/ca.pem", Cert: "c\"q.pem", Key: "k.pem", Server: "logs", Call: 3, Wait: 9}
	for range 2 {
		b.must(o.SetLedger(want))
	}
	got, err := os.ReadFile(name)
	b.must(err)
	var lines []string
	for line := range strings.Lines(mine) {
		if !strings.Contains(line, "[ledger]") && !strings.Contains(line, "engine = ") && !strings.Contains(line, "# 旧的") && !strings.Contains(line, "tree = 0") {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	for _, line := range lines {
		if !strings.Contains(string(got), line) {
			t.Errorf("%q is gone", line)
		}
	}
	if strings.Count(string(got), "[ledger]") != 1 || strings.Count(string(got), "https://w.example/") != 1 || strings.Contains(string(got), "# 旧的") {
		t.Errorf("%s", got)
	}
	again, err := office.Open(b.dir)
	b.must(err)
	c := again.Config.Ledger
	if c.Tree != want.Tree || !slices.Equal(c.Address, want.Address) || c.CA != want.CA || c.Cert != want.Cert || c.Key != want.Key || c.Server != want.Server || c.Call != 3 || c.Wait != 9 || !c.Shared() {
		t.Errorf("%+v", c)
	}
	if !strings.Contains(string(got), "# 我们自己的话") || !strings.Contains(string(got), "# 随机数的话\n[beacon]") {
		t.Errorf("comments of other sections: %s", got)
	}
	// The header may be written in other ways.
	for _, header := range []string{"[ ledger ]", "[\"ledger\"]", "['ledger'] # 账本"} {
		b.must(os.WriteFile(name, []byte(string(was)+"\n"+header+"\nengine = \"local\"\n"), 0o644))
		b.must(o.SetLedger(want))
	}
	// A section that the cut cannot find is refused, the file stays.
	b.must(os.WriteFile(name, append([]byte("ledger.engine = \"local\"\n"), was...), 0o644))
	before := b.tree(".")["office.toml"]
	if err := o.SetLedger(want); fault.Code(err) != "office.ledger-section" || b.tree(".")["office.toml"] != before {
		t.Errorf("%v", err)
	}
}

func TestSameHistory(t *testing.T) {
	head := func(size uint64, root byte) ledger.Checkpoint {
		return ledger.Checkpoint{Origin: "o", Size: size, Root: ledger.Hash{root}}
	}
	two := &ledger.Batch{Entries: [][]byte{{1}, {2}}}
	for _, c := range []struct {
		head, signed ledger.Checkpoint
		from         uint64
		pending      *ledger.Batch
		want         string
	}{
		{head(3, 1), head(3, 1), 0, nil, ""},
		{head(3, 1), head(3, 1), 3, two, ""},
		{head(3, 1), head(5, 2), 3, two, ""},
		{head(3, 1), head(5, 2), 3, nil, "ledger.guard-rolled-back"},
		{head(3, 1), head(6, 2), 3, two, "ledger.guard-rolled-back"},
		{head(2, 1), head(5, 2), 3, two, "ledger.guard-rolled-back"},
		{head(3, 1), head(3, 2), 0, nil, "ledger.guard-fork"},
		{head(3, 1), head(2, 1), 0, nil, "ledger.guard-other-writer"},
		{head(3, 1), ledger.Checkpoint{}, 0, nil, "ledger.guard-lost"},
	} {
		if err := office.SameHistory(c.head, c.signed, c.from, c.pending); fault.Code(err) != c.want {
			t.Errorf("%d, signed %d, pending from %d: %v, want %q", c.head.Size, c.signed.Size, c.from, err, c.want)
		}
	}
}

// A folder on this machine is mended from its own bundles and from a published
// copy, and only if the root is the one that was signed.
func TestRebuildFiles(t *testing.T) {
	b := drawnOffice(t)
	b.write("2023-09-08 15:00:00", results("2023-001", 0, 2)) // the first whose fields are opened
	whole := b.tree("ledger")
	copied := filepath.Join(t.TempDir(), "copy")
	b.must(os.CopyFS(copied, os.DirFS(filepath.Join(b.dir, "ledger"))))
	file := func(name string) string { return filepath.Join(b.dir, "ledger", filepath.FromSlash(name)) }
	some := func(prefix string) string {
		for name := range whole {
			if strings.HasPrefix(name, prefix) {
				return name
			}
		}
		t.Fatalf("no %s", prefix)
		return ""
	}
	spoil := func(name string) {
		data, err := os.ReadFile(file(name))
		b.must(err)
		data[len(data)/2] ^= 1
		b.must(os.WriteFile(file(name), data, 0o644))
	}
	size := b.judge().Checkpoint.Size
	tile, bundle := ledger.TilePath(0, 0, int(size)), ledger.BundlePath(0, int(size))

	// Nothing to do.
	m, err := b.open().RebuildFiles("", nil)
	if err != nil || len(m.Files) != 0 || len(m.Left) != 0 {
		t.Fatalf("%+v, %v", m, err)
	}
	// Tiles and copies come from the bundles.
	spoil(tile)
	b.must(os.Remove(file("entry/2.txt")))
	m, err = b.open().RebuildFiles("", nil)
	if err != nil || len(m.Left) != 0 || !slices.Equal(m.Files, []string{tile, "entry/2.txt"}) {
		t.Fatalf("%+v, %v", m, err)
	}
	b.same("tiles and copies", "ledger", whole)
	// A bundle does not mend itself, and nothing is touched.
	spoil(bundle)
	spoil(tile)
	spoiled := b.tree("ledger")
	if _, err := b.open().RebuildFiles("", nil); fault.Code(err) != "ledger.rebuild-root" && fault.Code(err) != "ledger.bundle-form" {
		t.Errorf("%v", err)
	}
	b.same("a spoiled bundle", "ledger", spoiled)
	// Nor does a copy that was spoiled too.
	bad := filepath.Join(t.TempDir(), "bad")
	b.must(os.CopyFS(bad, os.DirFS(filepath.Join(b.dir, "ledger"))))
	if _, err := b.open().RebuildFiles(bad, nil); fault.Code(err) != "ledger.rebuild-root" && fault.Code(err) != "ledger.bundle-form" {
		t.Errorf("%v", err)
	}
	b.same("a spoiled copy", "ledger", spoiled)
	// A good copy mends everything, the checkpoint too.
	spoil("checkpoint")
	b.must(os.Remove(file(some("blob/"))))
	b.must(os.Remove(file(some("proof/"))))
	b.must(os.Remove(file(some("opening/"))))
	m, err = b.open().RebuildFiles(copied, nil)
	if err != nil || len(m.Left) != 0 {
		t.Fatalf("%+v, %v", m, err)
	}
	b.same("a good copy", "ledger", whole)
	b.judge()
	// A link in a copy leads nowhere, junk in it is nobody's, and its policy is not
	// asked: that of the charter is.
	secret := filepath.Join(t.TempDir(), "secret")
	b.must(os.WriteFile(secret, []byte("private"), 0o600))
	proof := some("proof/")
	b.must(os.Remove(filepath.Join(copied, filepath.FromSlash(proof))))
	b.must(os.Symlink(secret, filepath.Join(copied, filepath.FromSlash(proof))))
	b.must(os.Remove(file(proof)))
	b.must(os.WriteFile(filepath.Join(copied, "policy"), []byte("log x\nquorum none\n"), 0o644))
	b.must(os.WriteFile(filepath.Join(copied, "blob", "junk"), []byte("junk"), 0o644))
	b.must(os.WriteFile(filepath.Join(copied, "opening", "999.json"), []byte("{}"), 0o644))
	spoil("policy")
	m, err = b.open().RebuildFiles(copied, nil)
	if err != nil || len(m.Left) != 1 || m.Left[0].Place != proof || !slices.Equal(m.Files, []string{"policy"}) {
		t.Errorf("%+v, %v", m, err)
	}
	b.must(os.WriteFile(file(proof), []byte(whole[proof]), 0o644))
	b.same("a copy that lies", "ledger", whole)
	// An older copy has not got what was signed since.
	b.write("2023-09-08 16:00:00", results("2023-001", 2, 3))
	if _, err := b.open().RebuildFiles(copied, nil); fault.Code(err) != "ledger.copy-short" {
		t.Errorf("%v", err)
	}
	b.judge()
	// Somebody edits the policy so that no witness is asked: nothing is written.
	w, err := ledger.NewWitnessSigner("w.example", [32]byte{1})
	b.must(err)
	pol, err := ledger.ParsePolicy([]byte(whole["policy"]))
	b.must(err)
	pol.Witnesses = append(pol.Witnesses, ledger.PolicyKey{Name: "w", Key: w.Key()})
	edited, err := ledger.FormatPolicy(pol)
	b.must(err)
	b.must(os.WriteFile(file("policy"), edited, 0o644))
	b.now = "2023-09-08 17:00:00"
	b.refused("an edited policy", "ledger.policy-not-charter", results("2023-001", 3, 4))
	if _, err := os.Stat(filepath.Join(b.dir, ".rebuilding")); !os.IsNotExist(err) {
		t.Error("the stage was left behind")
	}
}

package keyring

import (
	"archive/tar"
	"bytes"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"filippo.io/age"

	"github.com/sunlot/sunlot/internal/fault"
)

// plant makes files (and directories, names ending in a slash) under dir.
func plant(t testing.TB, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		p := filepath.Join(dir, filepath.FromSlash(name))
		err := os.MkdirAll(filepath.Dir(p), 0o755)
		if strings.HasSuffix(name, "/") {
			err = os.MkdirAll(p, 0o755)
		} else if err == nil {
			err = os.WriteFile(p, []byte(text), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// listing is every name under dir with its content and, off Windows, mode.
func listing(t testing.TB, dir string) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(dir, p)
		if rel == "." {
			return nil
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		mode := info.Mode().Perm()
		if runtime.GOOS == "windows" {
			mode = 0
		}
		text := ""
		if !d.IsDir() {
			raw, err := os.ReadFile(p)
			if err != nil {
				return err
			}
			text = string(raw)
		}
		fmt.Fprintf(&b, "%s %o %.60q %d\n", filepath.ToSlash(rel), mode, text, len(text))
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func office(t testing.TB) (dir string, trees []Tree) {
	dir = t.TempDir()
	plant(t, dir, map[string]string{
		"office.toml": "name = \"演示\"\n", "private/a": "1", "private/b/c.tmp": "2", "private/b/c": strings.Repeat("long ", 60_000),
		"private/empty/in/": "", "private/名录.csv": "3", "guard/checkpoint": "4", "other/left": "5",
		"private/" + strings.Repeat("deep/", 30) + "file": "6",
	})
	return dir, treesIn(dir)
}

func treesIn(dir string) []Tree {
	return []Tree{{Name: "office.toml", Path: filepath.Join(dir, "office.toml")}, {Name: "private", Path: filepath.Join(dir, "private")}, {Name: "guard", Path: filepath.Join(dir, "guard")}}
}

// private makes a listing what it is after a restore.
func private(listing string) string {
	return strings.NewReplacer(" 644 ", " 600 ", " 755 ", " 700 ").Replace(listing)
}

func TestBackupAndRestore(t *testing.T) {
	dir, trees := office(t)
	keys, sheet := made(t)
	r := opened(t, keys)
	var sealed bytes.Buffer
	w, err := r.SealArchive(&sealed)
	if err != nil {
		t.Fatal(err)
	}
	if err := PackTrees(w, trees, Limits{}); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(filepath.Join(dir, "other")); err != nil {
		t.Fatal(err)
	}
	want := private(listing(t, dir))
	for _, c := range []struct{ secret, person string }{
		{passOne, ""}, {passTwo, ""}, {passTwo, "2"}, {passTwo, "演示乙"}, {sheet, ""},
		{unlocked(t, keys, passOne, "1").Identity(), "2"},
	} {
		to := t.TempDir()
		in, err := OpenArchive(iotest.HalfReader(bytes.NewReader(sealed.Bytes())), c.secret, c.person)
		if err != nil {
			t.Fatal(err)
		}
		if err := UnpackTrees(in, treesIn(to), Limits{}); err != nil {
			t.Fatal(err)
		}
		if got := listing(t, to); got != want {
			t.Errorf("restored\n%s\nwant\n%s", got, want)
		}
		in, err = OpenArchive(bytes.NewReader(sealed.Bytes()), c.secret, c.person)
		if err != nil {
			t.Fatal(err)
		}
		wantCode(t, UnpackTrees(in, treesIn(to), Limits{}), "keyring.target-exists")
		if got := listing(t, to); got != want {
			t.Error("a refused restore changed something")
		}
	}
	for _, c := range []struct{ secret, person, code string }{
		{"not the passphrase", "", "keyring.wrong-passphrase"},
		{passTwo, "1", "keyring.wrong-passphrase"},
		{passTwo, "7", "keyring.wrong-passphrase"},
		{encodeIdentity([32]byte{5}), "", "keyring.wrong-identity"},
		{identityPrefix + "QQQQ", "", "keyring.sheet-length"},
	} {
		_, err := OpenArchive(bytes.NewReader(sealed.Bytes()), c.secret, c.person)
		wantCode(t, err, c.code)
	}
	// Any reader of age files opens it with the sheet's secret.
	recovery, _ := ParseSheet(sheet)
	id, err := age.ParseX25519Identity(recovery)
	if err != nil {
		t.Fatal(err)
	}
	plain, err := age.Decrypt(bytes.NewReader(sealed.Bytes()), id)
	if err != nil {
		t.Fatal(err)
	}
	if h, err := tar.NewReader(plain).Next(); err != nil || h.Name != "office.toml" {
		t.Errorf("first entry %+v, %v", h, err)
	}
}

// An archive that was changed or cut anywhere restores nothing.
func TestDamagedArchive(t *testing.T) {
	_, trees := office(t)
	keys, _ := made(t)
	var buf bytes.Buffer
	w, err := opened(t, keys).SealArchive(&buf)
	if err == nil {
		err = PackTrees(w, trees, Limits{})
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	sealed, own := buf.Bytes(), unlocked(t, keys, passOne, "1").Identity()
	to := t.TempDir()
	try := func(raw []byte, at int) {
		in, err := OpenArchive(bytes.NewReader(raw), own, "")
		if err == nil {
			err = UnpackTrees(in, treesIn(to), Limits{})
		}
		if fault.Code(err) == "" {
			t.Fatalf("damage at %d: %v", at, err)
		}
		if left := listing(t, to); left != "" {
			t.Fatalf("damage at %d left %s", at, left)
		}
	}
	for at := 0; at < len(sealed); at += 1 + at/12 { // dense in the header
		bad := bytes.Clone(sealed)
		bad[at] ^= 0x10
		try(bad, at)
		try(sealed[:at], at)
	}
	try(sealed[:len(sealed)-1], len(sealed))
	try(append(bytes.Clone(sealed), 0), len(sealed))
}

func TestSealNeedsEveryPerson(t *testing.T) {
	keys, _ := made(t)
	if err := os.Remove(filepath.Join(keys, "person-2.age")); err != nil {
		t.Fatal(err)
	}
	_, err := opened(t, keys).SealArchive(io.Discard)
	wantCode(t, err, "keyring.missing")
}

// entries writes a tar by hand.
func entries(t testing.TB, hs ...tar.Header) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, h := range hs {
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(make([]byte, h.Size)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestHostileArchives(t *testing.T) {
	top := tar.Header{Typeflag: tar.TypeDir, Name: "private/", Mode: 0o700}
	file := func(name string) tar.Header {
		return tar.Header{Typeflag: tar.TypeReg, Name: name, Size: 3, Mode: 0o777}
	}
	link := func(typ byte) tar.Header {
		return tar.Header{Typeflag: typ, Name: "private/x", Linkname: "/etc/passwd"}
	}
	sound := entries(t, top, file("private/x"))
	for i, c := range []struct {
		raw  []byte
		code string
	}{
		{entries(t, top, file("private/../../x")), "keyring.archive-name"},
		{entries(t, top, file("../x")), "keyring.archive-name"},
		{entries(t, top, file("/private/x")), "keyring.archive-name"},
		{entries(t, top, file("private//x")), "keyring.archive-name"},
		{entries(t, top, file("private/./x")), "keyring.archive-name"},
		{entries(t, top, file(`private\x`)), "keyring.archive-name"},
		{entries(t, top, file(`private/a\..\..\x`)), "keyring.archive-name"},
		{entries(t, top, file("private/x"), file("private/x")), "keyring.archive-name"},
		{entries(t, top, top), "keyring.archive-name"},
		{entries(t, file("private"), file("private/x")), "keyring.archive-name"},
		{entries(t, file("private/x")), "keyring.archive-name"},
		{entries(t, top, file("other")), "keyring.archive-name"},
		{entries(t, top, link(tar.TypeSymlink)), "keyring.archive-kind"},
		{entries(t, top, link(tar.TypeLink)), "keyring.archive-kind"},
		{entries(t, top, tar.Header{Typeflag: tar.TypeChar, Name: "private/x"}), "keyring.archive-kind"},
		{entries(t, top, tar.Header{Typeflag: tar.TypeFifo, Name: "private/x"}), "keyring.archive-kind"},
		{entries(t, tar.Header{Typeflag: tar.TypeSymlink, Name: "private", Linkname: "/"}), "keyring.archive-kind"},
		{entries(t, top, file("private/x"), file("private/x/y")), "keyring.write"},
		{entries(t), "keyring.archive-missing"},
		{nil, "keyring.archive-missing"},
		{append(bytes.Clone(sound), sound...), "keyring.archive-name"},
		{append(bytes.Clone(sound), make([]byte, 2<<20)...), "keyring.archive-limit"},
		{[]byte(strings.Repeat("no tar ", 200)), "keyring.archive"},
		{sound[:700], "keyring.archive"},
		{entries(t, top, tar.Header{Typeflag: tar.TypeReg, Name: "private/x", Size: 101}), "keyring.archive-limit"},
		{entries(t, top, tar.Header{Typeflag: tar.TypeReg, Name: "private/x", Size: 90}, tar.Header{Typeflag: tar.TypeReg, Name: "private/y", Size: 90}), "keyring.archive-limit"},
		{entries(t, top, file("private/1"), file("private/2"), file("private/3"), file("private/4")), "keyring.archive-limit"},
	} {
		parent := t.TempDir()
		to := []Tree{{Name: "private", Path: filepath.Join(parent, "private")}}
		err := UnpackTrees(bytes.NewReader(c.raw), to, Limits{Files: 4, Bytes: 150, File: 100})
		if fault.Code(err) != c.code {
			t.Errorf("case %d: got %v, want %s", i, err, c.code)
		}
		if left := listing(t, parent); left != "" {
			t.Errorf("case %d left %s", i, left)
		}
	}
	parent := t.TempDir()
	to := []Tree{{Name: "private", Path: filepath.Join(parent, "private")}}
	plant(t, parent, map[string]string{"private.restoring/old": "left by a crash"})
	if err := UnpackTrees(bytes.NewReader(sound), to, Limits{}); err != nil {
		t.Fatal(err)
	}
	if got := listing(t, parent); !strings.HasPrefix(got, "private ") || strings.Contains(got, "old") {
		t.Errorf("restored %s", got)
	}
}

// Several trees come together or not at all.
func TestRestoreTogether(t *testing.T) {
	_, trees := office(t)
	var b bytes.Buffer
	if err := PackTrees(&b, trees, Limits{}); err != nil {
		t.Fatal(err)
	}
	to := t.TempDir()
	targets := treesIn(to)
	targets[2].Path = filepath.Join(to, "no", "such", "guard")
	wantCode(t, UnpackTrees(bytes.NewReader(b.Bytes()), targets, Limits{}), "keyring.write")
	wantCode(t, UnpackTrees(bytes.NewReader(b.Bytes()), targets[:2], Limits{}), "keyring.archive-name")
	wantCode(t, UnpackTrees(bytes.NewReader(b.Bytes()), append(treesIn(to), Tree{Name: "more", Path: filepath.Join(to, "more")}), Limits{}), "keyring.archive-missing")
	if left := listing(t, to); left != "" {
		t.Errorf("left %s", left)
	}
}

func TestPackRefuses(t *testing.T) {
	dir := t.TempDir()
	plant(t, dir, map[string]string{"d/a": "12345", "d/b": "12345"})
	d := filepath.Join(dir, "d")
	for code, c := range map[string]struct {
		trees []Tree
		lim   Limits
	}{
		"keyring.archive-limit": {[]Tree{{Name: "d", Path: d}}, Limits{Bytes: 9}},
		"keyring.unreadable":    {[]Tree{{Name: "x", Path: filepath.Join(dir, "x")}}, Limits{}},
		"keyring.tree-name":     {[]Tree{{Name: "d", Path: d}, {Name: "d", Path: d}}, Limits{}},
	} {
		wantCode(t, PackTrees(io.Discard, c.trees, c.lim), code)
	}
	for _, name := range []string{"", ".", "..", "a/b", "/", `a\b`} {
		wantCode(t, PackTrees(io.Discard, []Tree{{Name: name, Path: d}}, Limits{}), "keyring.tree-name")
	}
	wantCode(t, PackTrees(io.Discard, []Tree{{Name: "d", Path: d}}, Limits{Files: 2}), "keyring.archive-limit")
	wantCode(t, PackTrees(io.Discard, []Tree{{Name: "d", Path: d}}, Limits{File: 4}), "keyring.archive-limit")
	if err := os.Symlink(dir, filepath.Join(d, "link")); err == nil {
		wantCode(t, PackTrees(io.Discard, []Tree{{Name: "d", Path: d}}, Limits{}), "keyring.tree-kind")
		wantCode(t, PackTrees(io.Discard, []Tree{{Name: "d", Path: filepath.Join(d, "link")}}, Limits{}), "keyring.tree-kind")
	}
	wantCode(t, PackTrees(failing{}, []Tree{{Name: "d", Path: filepath.Join(d, "a")}}, Limits{}), "keyring.write")
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

// A file that changes while it is packed is not packed half.
func TestPackSeesMovement(t *testing.T) {
	for _, size := range []int64{3, 9} {
		dir := t.TempDir()
		plant(t, dir, map[string]string{"a": "12345"})
		root, err := os.OpenRoot(dir)
		if err != nil {
			t.Fatal(err)
		}
		defer root.Close()
		tw := tar.NewWriter(io.Discard)
		if err := tw.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: "a", Size: size}); err != nil {
			t.Fatal(err)
		}
		wantCode(t, packFile(tw, root, "a", size), "keyring.tree-moved")
	}
}

func FuzzUnpackTrees(f *testing.F) {
	top := tar.Header{Typeflag: tar.TypeDir, Name: "private/", Mode: 0o700}
	f.Add(entries(f, top, tar.Header{Typeflag: tar.TypeReg, Name: "private/x", Size: 3}))
	f.Add(entries(f, top, tar.Header{Typeflag: tar.TypeSymlink, Name: "private/x", Linkname: ".."}))
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, raw []byte) {
		parent := t.TempDir()
		err := UnpackTrees(bytes.NewReader(raw), []Tree{{Name: "private", Path: filepath.Join(parent, "private")}}, Limits{Files: 20, Bytes: 1 << 16, File: 1 << 15})
		names, rerr := os.ReadDir(parent)
		if rerr != nil {
			t.Fatal(rerr)
		}
		if err != nil && (fault.Code(err) == "" || len(names) != 0) || err == nil && (len(names) != 1 || names[0].Name() != "private") {
			t.Fatalf("%v, left %v", err, names)
		}
	})
}

// An open tree comes back readable for everybody, whatever the archive says.
func TestUnpackOpen(t *testing.T) {
	dir, _ := office(t)
	pack := []Tree{{Name: "one", Path: filepath.Join(dir, "office.toml")}, {Name: "tree", Path: filepath.Join(dir, "private")}}
	var b bytes.Buffer
	if err := PackTrees(&b, pack, Limits{}); err != nil {
		t.Fatal(err)
	}
	for _, open := range []bool{true, false} {
		to := t.TempDir()
		trees := []Tree{{"one", filepath.Join(to, "one"), open}, {"tree", filepath.Join(to, "tree"), open}}
		if err := UnpackTrees(bytes.NewReader(b.Bytes()), trees, Limits{}); err != nil {
			t.Fatal(err)
		}
		for name, mode := range map[string][2]os.FileMode{"one": {0o600, 0o644}, "tree/a": {0o600, 0o644}, "tree": {0o700, 0o755}, "tree/empty/in": {0o700, 0o755}} {
			want := mode[0]
			if open {
				want = mode[1]
			}
			if st, err := os.Stat(filepath.Join(to, name)); err != nil || runtime.GOOS != "windows" && st.Mode().Perm() != want {
				t.Errorf("open %v: %s is %v, %v", open, name, st.Mode(), err)
			}
		}
	}
}

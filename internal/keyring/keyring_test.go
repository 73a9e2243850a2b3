package keyring

import (
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"filippo.io/age"
	"golang.org/x/mod/sumdb/note"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/ledger"
)

const (
	passOne = "黄河入海流 2023 演示"
	passTwo = "correct lantern ferry"
	origin  = "demo.example.cn/sunlot"
)

func making(seed byte) Making {
	return Making{Random: rand.NewChaCha8([32]byte{seed}), Work: 4, Weak: true}
}

func options(seed byte) Options {
	return Options{
		Making: making(seed), Office: "演示县市场监督管理局", LogName: origin, OfficeName: origin + "/office",
		People: []NewPerson{{"演示甲", "经办人", passOne}, {"演示乙", "负责人", passTwo}},
		At:     time.Date(2023, 8, 1, 9, 0, 0, 0, time.UTC),
	}
}

// made is a folder in a new directory, and its recovery sheet.
func made(t testing.TB) (dir string, sheet string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "keys")
	k, sheet, err := Create(dir, options(1))
	if err != nil {
		t.Fatal(err)
	}
	k.Close()
	return dir, sheet
}

func opened(t testing.TB, dir string) *Ring {
	t.Helper()
	r, err := Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func unlocked(t testing.TB, dir, secret, person string) *Keys {
	t.Helper()
	k, err := opened(t, dir).Unlock(secret, person)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Close)
	return k
}

func wantCode(t testing.TB, err error, code string) {
	t.Helper()
	if got := fault.Code(err); got != code {
		t.Fatalf("got %v, want %s", err, code)
	}
}

// signs holds both signers against the public keys of the ring.
func signs(t testing.TB, k *Keys) {
	t.Helper()
	for _, c := range []struct {
		s   ledger.Signer
		key ledger.Key
	}{{k.Log(), k.Ring().Log}, {k.Office(), k.Ring().Office}} {
		msg := []byte("a note\n")
		sig, err := c.s.Sign(msg)
		if err != nil || !ed25519.Verify(c.key.Public, msg, sig) || !c.s.Key().Equal(c.key) {
			t.Fatalf("%s signs wrongly: %v", c.key.Name, err)
		}
	}
	if bytes.Equal(k.Log().Key().Public, k.Office().Key().Public) {
		t.Fatal("one key for both")
	}
}

func TestEverySecretUnlocks(t *testing.T) {
	dir, sheet := made(t)
	recovery, err := ParseSheet(sheet)
	if err != nil {
		t.Fatal(err)
	}
	own := unlocked(t, dir, passTwo, "").Identity()
	for _, c := range []struct{ secret, person, who string }{
		{passOne, "", "演示甲"}, {passOne, "1", "演示甲"}, {passOne + "\r\n", "演示甲", "演示甲"},
		{passTwo, "", "演示乙"}, {passTwo, "2", "演示乙"}, {passTwo, "演示乙", "演示乙"},
		{own, "", "演示乙"}, {own, "演示甲", "演示乙"}, {strings.ToLower(own) + "\n", "", "演示乙"},
		{recovery, "", ""}, {sheet, "", ""}, {strings.ToLower(strings.ReplaceAll(sheet, " ", "")), "", ""},
	} {
		k := unlocked(t, dir, c.secret, c.person)
		signs(t, k)
		p, ok := k.Person()
		if p.Name != c.who || ok != (c.who != "") {
			t.Errorf("unlocked by %q, want %q", p.Name, c.who)
		}
		if again := unlocked(t, dir, k.Identity(), ""); again.Identity() != k.Identity() {
			t.Error("the identity handed on is another")
		}
	}
}

func TestWrongSecrets(t *testing.T) {
	dir, sheet := made(t)
	other := filepath.Join(t.TempDir(), "other")
	k, otherSheet, err := Create(other, options(2))
	if err != nil {
		t.Fatal(err)
	}
	stranger := k.Identity() // none: made, not unlocked
	if stranger != "" {
		t.Fatal("an identity before any was used")
	}
	recovery, _ := ParseSheet(sheet)
	r := opened(t, dir)
	for _, c := range []struct{ secret, person, code string }{
		{"", "", "keyring.wrong-passphrase"},
		{"not the passphrase", "", "keyring.wrong-passphrase"},
		{strings.ToUpper(passTwo), "", "keyring.wrong-passphrase"},
		{passOne, "2", "keyring.wrong-passphrase"},
		{passOne, "演示乙", "keyring.wrong-passphrase"},
		{passOne, "演示丙", "keyring.no-person"},
		{passOne, "3", "keyring.no-person"},
		{otherSheet, "", "keyring.wrong-identity"},
		{recovery[:len(recovery)-1], "", "keyring.sheet-length"},
		{recovery[:len(recovery)-1] + "2", "", "keyring.sheet-check"},
		{"AGE-SECRET-KEY-1", "", "keyring.sheet-length"},
	} {
		k, err := r.Unlock(c.secret, c.person)
		if k != nil {
			t.Fatalf("%q unlocked", c.secret)
		}
		wantCode(t, err, c.code)
		if len(c.secret) > 3 && strings.Contains(err.Error(), strings.TrimSpace(c.secret)) {
			t.Errorf("the error says the secret: %v", err)
		}
	}
}

// Nothing secret stands in the folder, and nobody else may read it.
func TestAtRest(t *testing.T) {
	dir, sheet := made(t)
	k := unlocked(t, dir, passOne, "1")
	recovery, _ := ParseSheet(sheet)
	secrets := []string{passOne, passTwo, recovery, recovery[16:], k.Identity(), string(k.secrets[0]), string(k.secrets[1]), secretPrefix}
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
		raw, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		for _, s := range secrets {
			if bytes.Contains(raw, []byte(s)) {
				t.Errorf("%s holds a secret", e.Name())
			}
		}
		if info, _ := e.Info(); runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", e.Name(), info.Mode())
		}
	}
	if got, want := fmt.Sprint(names), "[log.age office.age people.json person-1.age person-2.age]"; got != want {
		t.Errorf("files %s, want %s", got, want)
	}
	if info, _ := os.Stat(dir); runtime.GOOS != "windows" && info.Mode().Perm() != 0o700 {
		t.Errorf("folder has mode %v", info.Mode())
	}
	kept := k.secrets[0]
	k.Close()
	if k.Identity() != "" || bytes.Trim(kept, "\x00") != nil && len(bytes.Trim(kept, "\x00")) > 0 {
		t.Error("Close forgot nothing")
	}
}

// The files are age files and a note signer key: readable without this room.
func TestReadableWithoutUs(t *testing.T) {
	dir, _ := made(t)
	open := func(name string, id age.Identity) string {
		raw, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		r, err := age.Decrypt(bytes.NewReader(raw), id)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	pass, err := age.NewScryptIdentity(passOne)
	if err != nil {
		t.Fatal(err)
	}
	ids, err := age.ParseIdentities(strings.NewReader(open("person-1.age", pass)))
	if err != nil {
		t.Fatal(err)
	}
	for name, key := range map[string]ledger.Key{"log.age": opened(t, dir).Log, "office.age": opened(t, dir).Office} {
		s, err := note.NewSigner(strings.TrimSpace(open(name, ids[0])))
		if err != nil {
			t.Fatal(err)
		}
		signed, err := note.Sign(&note.Note{Text: "text\n"}, s)
		if err != nil {
			t.Fatal(err)
		}
		v, err := note.NewVerifier(key.String())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := note.Open(signed, note.VerifierList(v)); err != nil {
			t.Error(err)
		}
	}
}

func TestIdentitiesAreThoseOfAge(t *testing.T) {
	random := rand.NewChaCha8([32]byte{3})
	for range 200 {
		var scalar [32]byte
		random.Read(scalar[:])
		text := encodeIdentity(scalar)
		id, err := age.ParseX25519Identity(text)
		if err != nil || id.String() != text {
			t.Fatalf("age reads %v, %v", id, err)
		}
	}
}

func TestDeterministic(t *testing.T) {
	a, sheetA := made(t)
	b, sheetB := made(t)
	if sheetA != sheetB || opened(t, a).Log.String() != opened(t, b).Log.String() {
		t.Error("the same randomness made other keys")
	}
	k, sheet, err := Create(filepath.Join(t.TempDir(), "c"), options(9))
	if err != nil || sheet == sheetA || k.Ring().Log.Equal(opened(t, a).Log) {
		t.Errorf("other randomness made the same keys: %v", err)
	}
}

func TestCreateRefuses(t *testing.T) {
	change := func(f func(*Options)) Options { o := options(1); f(&o); return o }
	for code, opts := range map[string][]Options{
		"keyring.work-factor": {
			change(func(o *Options) { o.Weak = false }),
			change(func(o *Options) { o.Weak = false; o.Work = 17 }),
			change(func(o *Options) { o.Work = -1 }),
			change(func(o *Options) { o.Work = 30 }),
		},
		"keyring.few-people":       {change(func(o *Options) { o.People = o.People[:1] }), change(func(o *Options) { o.People = nil })},
		"keyring.key-names":        {change(func(o *Options) { o.OfficeName = o.LogName })},
		"ledger.key-name":          {change(func(o *Options) { o.LogName = "a b" })},
		"keyring.passphrase-short": {change(func(o *Options) { o.People[1].Passphrase = "演示演示演示演示演" })},
		"keyring.passphrase-simple": {
			change(func(o *Options) { o.People[1].Passphrase = "13800000000" }),
			change(func(o *Options) { o.People[1].Passphrase = "aaaaaaaabbbb" }),
			change(func(o *Options) { o.People[1].Passphrase = "abcdefghijkl" }),
			change(func(o *Options) { o.People[1].Passphrase = "zyxwvutsrqpo" }),
		},
		"keyring.passphrase-form": {
			change(func(o *Options) { o.People[1].Passphrase = "one line\nand another" }),
			change(func(o *Options) { o.People[1].Passphrase = "bad \xff bytes here" }),
			change(func(o *Options) { o.People[1].Passphrase = strings.Repeat("long ", 300) }),
			change(func(o *Options) { o.People[1].Passphrase = encodeIdentity([32]byte{1}) }),
		},
		"keyring.same-passphrase": {
			change(func(o *Options) { o.People[1].Passphrase = passOne }),
			change(func(o *Options) {
				o.People[0].Passphrase, o.People[1].Passphrase = "abcd-efgh-jkmn-pqrs-tuvw-x234", "ABCDEFGHJKMNPQRSTUVWX234"
			}),
		},
		"keyring.person-name": {
			change(func(o *Options) { o.People[0].Name = "" }),
			change(func(o *Options) { o.People[0].Name = "12" }),
			change(func(o *Options) { o.People[0].Role = "a\u202eb" }),
			change(func(o *Options) { o.People[0].Role = " 经办人" }),
			change(func(o *Options) { o.People[0].Name = strings.Repeat("甲", 41) }),
		},
		"keyring.random": {change(func(o *Options) { o.Random = strings.NewReader("too short") })},
	} {
		for _, o := range opts {
			parent := t.TempDir()
			_, sheet, err := Create(filepath.Join(parent, "keys"), o)
			wantCode(t, err, code)
			if left, _ := os.ReadDir(parent); len(left) != 0 || sheet != "" {
				t.Errorf("%s left %v", code, left)
			}
		}
	}
}

func TestCreateOverwritesNothing(t *testing.T) {
	dir, _ := made(t)
	_, _, err := Create(dir, options(2))
	wantCode(t, err, "keyring.exists")
	signs(t, unlocked(t, dir, passOne, "1"))

	empty := t.TempDir() // an empty folder that stands there is filled
	if _, _, err := Create(empty, options(2)); err != nil {
		t.Fatal(err)
	}
	signs(t, unlocked(t, empty, passOne, ""))

	full := filepath.Join(t.TempDir(), "full")
	if err := os.WriteFile(full, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	_, _, err = Create(full, options(2))
	wantCode(t, err, "keyring.unreadable")
}

// The product's own strength, once: the file says 18.
func TestProductWorkFactor(t *testing.T) {
	t.Parallel()
	if w, err := (Making{}).work(); w != 18 || err != nil {
		t.Fatalf("default %d, %v", w, err)
	}
	id, err := making(1).identity()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := wrapPerson(id, passOne, productWork)
	if err != nil {
		t.Fatal(err)
	}
	if head, _, _ := strings.Cut(string(raw), "\n---"); !strings.Contains(head+"\n", " 18\n") {
		t.Errorf("header %q", head)
	}
}

// failAt fails the n-th disk operation, before or after it was done.
// Hooks are called from several goroutines.
func failAt(n int, after bool, count *atomic.Int64) func(op, name string, do func() error) error {
	return func(op, name string, do func() error) error {
		if count.Add(1) != int64(n) {
			return do()
		}
		if after {
			do()
		}
		return errors.New("disk failed")
	}
}

func TestCreateFailsWhole(t *testing.T) {
	t.Parallel()
	for _, after := range []bool{false, true} {
		for n := 1; ; n++ {
			var count atomic.Int64
			dir := filepath.Join(t.TempDir(), "keys")
			o := options(1)
			o.hook = failAt(n, after, &count)
			_, sheet, err := Create(dir, o)
			if count.Load() < int64(n) {
				if err != nil {
					t.Fatal(err)
				}
				break
			}
			wantCode(t, err, "keyring.write")
			if _, err := os.Stat(dir); err == nil || sheet != "" {
				t.Fatal("a folder stands after a refusal")
			}
			if _, _, err := Create(dir, options(1)); err != nil {
				t.Fatalf("second run after operation %d: %v", n, err)
			}
			signs(t, unlocked(t, dir, passTwo, "2"))
		}
	}
}

func TestLeftoverOfACrash(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "keys")
	if err := os.MkdirAll(filepath.Join(dir+newSuffix, "half"), 0o700); err != nil {
		t.Fatal(err)
	}
	if _, _, err := Create(dir, options(1)); err != nil {
		t.Fatal(err)
	}
	if left, _ := os.ReadDir(filepath.Dir(dir)); len(left) != 1 {
		t.Errorf("left %v", left)
	}
}

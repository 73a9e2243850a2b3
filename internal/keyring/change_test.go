package keyring

import (
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

const passThree = "three boats on the lake"

func TestPeopleComeAndGo(t *testing.T) {
	dir, sheet := made(t)
	k := unlocked(t, dir, passOne, "1")
	wantCode(t, k.RemovePerson(1), "keyring.few-people")
	wantCode(t, k.RemovePerson(7), "keyring.no-person")
	p, err := k.AddPerson(NewPerson{"演示丙", "分管领导", passThree}, making(5))
	if err != nil {
		t.Fatal(err)
	}
	if p.Number != 3 || len(k.Ring().People) != 3 {
		t.Fatalf("added %+v", p)
	}
	before := k.Ring().Log
	three := unlocked(t, dir, passThree, "演示丙")
	signs(t, three)
	if err := three.RemovePerson(1); err != nil {
		t.Fatal(err)
	}
	r := opened(t, dir)
	if !r.Log.Equal(before) || len(r.People) != 2 || r.People[0].Number != 2 {
		t.Fatalf("after: %+v", r.People)
	}
	if _, err := r.Unlock(k.Identity(), ""); err == nil {
		t.Error("a removed person's identity still opens")
	}
	_, err = r.Unlock(passOne, "")
	wantCode(t, err, "keyring.wrong-passphrase")
	if _, err := os.Stat(filepath.Join(dir, "person-1.age")); err == nil {
		t.Error("the removed person's file stands")
	}
	for _, secret := range []string{passTwo, passThree, sheet} {
		signs(t, unlocked(t, dir, secret, ""))
	}
}

func TestAddRefuses(t *testing.T) {
	dir, _ := made(t)
	k := unlocked(t, dir, passOne, "1")
	for code, c := range map[string]struct {
		np NewPerson
		m  Making
	}{
		"keyring.work-factor":      {NewPerson{"丙", "领导", passThree}, Making{Random: making(1).Random, Work: 10}},
		"keyring.passphrase-short": {NewPerson{"丙", "领导", "short"}, making(1)},
		"keyring.person-name":      {NewPerson{"", "领导", passThree}, making(1)},
	} {
		_, err := k.AddPerson(c.np, c.m)
		wantCode(t, err, code)
	}
	for n := len(k.Ring().People); n < maxPeople; n++ {
		if _, err := k.AddPerson(NewPerson{"丙", "领导", passThree}, making(byte(n))); err != nil {
			t.Fatal(err)
		}
	}
	_, err := k.AddPerson(NewPerson{"丙", "领导", passThree}, making(99))
	wantCode(t, err, "keyring.few-people")
	if len(opened(t, dir).People) != maxPeople {
		t.Fatal("the folder does not hold them all")
	}
}

// One person's file and passphrase are lost: the other one helps, and so does
// the sheet.
func TestOnePersonLost(t *testing.T) {
	dir, sheet := made(t)
	if err := os.Remove(filepath.Join(dir, "person-1.age")); err != nil {
		t.Fatal(err)
	}
	_, err := opened(t, dir).Unlock(passOne, "")
	wantCode(t, err, "keyring.missing")
	signs(t, unlocked(t, dir, passTwo, ""))
	k := unlocked(t, dir, sheet, "")
	if _, err := k.AddPerson(NewPerson{"演示甲", "经办人", passThree}, making(6)); err != nil {
		t.Fatal(err)
	}
	if err := k.RemovePerson(1); err != nil {
		t.Fatal(err)
	}
	signs(t, unlocked(t, dir, passThree, "演示甲"))
}

func TestChangePassphrase(t *testing.T) {
	dir, sheet := made(t)
	r := opened(t, dir)
	two := unlocked(t, dir, passTwo, "2")
	wantCode(t, r.ChangePassphrase(1, "wrong passphrase", passThree, making(1)), "keyring.wrong-passphrase")
	wantCode(t, r.ChangePassphrase(1, two.Identity(), passThree, making(1)), "keyring.wrong-identity")
	wantCode(t, r.ChangePassphrase(1, sheet, passThree, making(1)), "keyring.wrong-identity")
	wantCode(t, r.ChangePassphrase(5, passOne, passThree, making(1)), "keyring.no-person")
	wantCode(t, r.ChangePassphrase(1, passOne, "short", making(1)), "keyring.passphrase-short")
	wantCode(t, r.ChangePassphrase(1, passOne, passThree, Making{Work: 10}), "keyring.work-factor")
	if err := r.ChangePassphrase(1, passOne, passThree, making(1)); err != nil {
		t.Fatal(err)
	}
	_, err := r.Unlock(passOne, "1")
	wantCode(t, err, "keyring.wrong-passphrase")
	one := unlocked(t, dir, passThree, "1")
	if err := r.ChangePassphrase(1, one.Identity(), passOne, making(1)); err != nil {
		t.Fatal(err)
	}
	signs(t, unlocked(t, dir, passOne, "1"))
}

func TestNewRecovery(t *testing.T) {
	dir, old := made(t)
	k := unlocked(t, dir, old, "")
	sheet, err := k.NewRecovery("演示局", time.Date(2024, 1, 2, 0, 0, 0, 0, time.UTC), making(8))
	if err != nil {
		t.Fatal(err)
	}
	r := opened(t, dir)
	_, err = r.Unlock(old, "")
	wantCode(t, err, "keyring.wrong-identity")
	for _, secret := range []string{sheet, passOne, passTwo} {
		signs(t, unlocked(t, dir, secret, ""))
	}
	if !strings.Contains(sheet, "2024-01-02") || !strings.Contains(sheet, r.Recovery) {
		t.Error("the sheet lacks its date or recipient")
	}
}

// At every operation that a change makes, failed or failed but done, those who
// stay can unlock the same keys, and the same change then completes.
func TestChangesFailSafely(t *testing.T) {
	t.Parallel()
	three, _ := made(t)
	if _, err := unlocked(t, three, passOne, "1").AddPerson(NewPerson{"演示丙", "领导", passThree}, making(5)); err != nil {
		t.Fatal(err)
	}
	changes := map[string]func(k *Keys) error{
		"add": func(k *Keys) error {
			_, err := k.AddPerson(NewPerson{"演示丁", "领导", passThree + "!"}, making(byte(len(k.Ring().People))))
			return err
		},
		"remove":     func(k *Keys) error { return k.RemovePerson(1) },
		"passphrase": func(k *Keys) error { return k.Ring().ChangePassphrase(1, passOne, passOne+"2", making(1)) },
		"recovery": func(k *Keys) error {
			_, err := k.NewRecovery("演示局", time.Time{}, making(8))
			return err
		},
	}
	for name, change := range changes {
		for _, after := range []bool{false, true} {
			for n := 1; ; n++ {
				dir := filepath.Join(t.TempDir(), "keys")
				if err := os.CopyFS(dir, os.DirFS(three)); err != nil {
					t.Fatal(err)
				}
				k := unlocked(t, dir, passTwo, "2")
				var count atomic.Int64
				k.ring.durable.Hook = failAt(n, after, &count)
				err := change(k)
				if count.Load() < int64(n) {
					if err != nil {
						t.Fatalf("%s: %v", name, err)
					}
					break
				}
				wantCode(t, err, "keyring.write")
				again := unlocked(t, dir, passTwo, "2")
				signs(t, again)
				signs(t, unlocked(t, dir, passThree, "3"))
				err = change(again)
				// Done before it was reported failed: there is nothing left to do.
				if name == "remove" && len(opened(t, dir).People) == 2 {
					err = nil
				}
				if name == "passphrase" {
					_, err = opened(t, dir).Unlock(passOne+"2", "1")
				}
				if err != nil {
					t.Fatalf("%s after operation %d: %v", name, n, err)
				}
				signs(t, unlocked(t, dir, passTwo, ""))
			}
		}
	}
}

// What a removal that was cut short left goes with the next change.
func TestSweep(t *testing.T) {
	dir, _ := made(t)
	for _, name := range []string{"person-9.age", "log.age.tmp"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("left"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	k := unlocked(t, dir, passOne, "1")
	if _, err := k.NewRecovery("演示局", time.Time{}, making(8)); err != nil {
		t.Fatal(err)
	}
	if names, _ := os.ReadDir(dir); len(names) != 5 {
		t.Errorf("%d files", len(names))
	}
}

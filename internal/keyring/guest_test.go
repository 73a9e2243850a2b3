package keyring

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/sunlot/sunlot/internal/fault"
)

// TestGuest: a guest's key opens with its passphrase alone, is never written
// over, and never stands in the clear.
func TestGuest(t *testing.T) {
	file := filepath.Join(t.TempDir(), "guest.age")
	m := making(9)
	const pass = "guest-passphrase-1"
	s, err := CreateGuest(file, "演示高校", pass, m)
	if err != nil {
		t.Fatal(err)
	}
	open := func(secret string) (string, error) {
		src := &Source{Env: func(name string) (string, bool) { return secret, name == "SUNLOT_PASSPHRASE" }}
		k, err := UnlockGuest(file, src)
		if err != nil {
			return "", err
		}
		return k.Key().String(), nil
	}
	if got, err := open(pass); err != nil || got != s.Key().String() {
		t.Errorf("%s, %v", got, err)
	}
	if _, err := open("another-passphrase-1"); fault.Code(err) != "keyring.wrong-passphrase" {
		t.Error(err)
	}
	if _, err := CreateGuest(file, "演示高校", pass, m); fault.Code(err) != "keyring.guest-exists" {
		t.Error(err)
	}
	for name, code := range map[string]string{"a b": "ledger.key-name", "": "ledger.key-name"} {
		if _, err := CreateGuest(file+"2", name, pass, m); fault.Code(err) != code {
			t.Errorf("%q: %v", name, err)
		}
	}
	if _, err := CreateGuest(file+"2", "x", "short", m); fault.Code(err) != "keyring.passphrase-short" {
		t.Error(err)
	}
	if _, err := os.Stat(file + "2"); err == nil {
		t.Error("a refusal left a file")
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i := range raw {
		if i%17 != 0 {
			continue
		}
		bad := append([]byte(nil), raw...)
		bad[i] ^= 1
		if err := os.WriteFile(file, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := open(pass); err == nil && got != s.Key().String() {
			t.Fatalf("byte %d: another key, %s", i, got)
		}
	}
}

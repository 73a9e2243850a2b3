package keyring

import (
	"path/filepath"
	"testing"
)

func benchUnlock(b *testing.B, work int, secret func(k *Keys) string) {
	dir := filepath.Join(b.TempDir(), "keys")
	o := options(1)
	o.Work = work
	if _, _, err := Create(dir, o); err != nil {
		b.Fatal(err)
	}
	s := secret(unlocked(b, dir, passOne, "1"))
	for b.Loop() {
		k, err := Unlock(dir, &Source{Env: env(map[string]string{"SUNLOT_PASSPHRASE": s}), Person: "1"})
		if err != nil {
			b.Fatal(err)
		}
		k.Close()
	}
}

func BenchmarkUnlock10(b *testing.B) {
	benchUnlock(b, 10, func(*Keys) string { return passOne })
}

func BenchmarkUnlock18(b *testing.B) {
	benchUnlock(b, 18, func(*Keys) string { return passOne })
}

// BenchmarkUnlockHandedOver is what a child process pays.
func BenchmarkUnlockHandedOver(b *testing.B) {
	benchUnlock(b, 10, func(k *Keys) string { return k.Identity() })
}

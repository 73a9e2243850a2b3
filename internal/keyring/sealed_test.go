package keyring

import (
	"bytes"
	"testing"
)

// What is sealed opens to each person and to the recovery sheet, says to whom it
// was sealed, and no changed byte of it opens.
func TestSealed(t *testing.T) {
	dir, sheet := made(t)
	r := opened(t, dir)
	text := []byte(`{"k":"00"}`)
	raw, err := r.Seal(text)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(raw, text) || !r.Seals(raw) {
		t.Fatal("in the clear, or not marked")
	}
	for _, s := range []string{passOne, passTwo, sheet} {
		k, err := r.Unlock(s, "")
		if err != nil {
			t.Fatal(err)
		}
		if got, err := k.OpenSealed("x", raw); err != nil || !bytes.Equal(got, text) {
			t.Errorf("%q %v", got, err)
		}
		k.Close()
	}
	k := unlocked(t, dir, passOne, "1")
	for i := range raw {
		bad := bytes.Clone(raw)
		bad[i] ^= 1 << (i % 8)
		if got, err := k.OpenSealed("x", bad); err == nil && !bytes.Equal(got, text) {
			t.Fatalf("byte %d changed: %q", i, got)
		}
	}
	if _, err := k.AddPerson(NewPerson{"演示丙", "领导", passThree}, making(5)); err != nil {
		t.Fatal(err)
	}
	if k.Ring().Seals(raw) {
		t.Error("sealed to people of whom one came later")
	}
	third := unlocked(t, dir, passThree, "3")
	_, err = third.OpenSealed("x", raw)
	wantCode(t, err, "keyring.wrong-identity")
	if r.Seals([]byte("age-encryption.org/v1\n---\n-> sunlot-ring "+r.mark()+"\n")) || r.Seals(nil) {
		t.Error("a mark behind the header counts")
	}
}

// With an agent nothing is decrypted by the agent: a person's passphrase opens
// what is sealed, and the agent alone does not.
func TestSealedBesideAgent(t *testing.T) {
	socket := openssh(t)
	load(t, socket, "log@demo", "office@demo")
	dir := t.TempDir() + "/keys"
	k, _, err := Create(dir, agentOptions(socket, "log@demo", "office@demo"))
	if err != nil {
		t.Fatal(err)
	}
	raw, err := k.Ring().Seal([]byte("x"))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := k.OpenSealed("x", raw); err != nil || string(got) != "x" {
		t.Errorf("who made the keys: %q %v", got, err)
	}
	k.Close()
	r := opened(t, dir)
	if k, err = r.Agent(socket); err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	_, err = k.OpenSealed("x", raw)
	wantCode(t, err, "keyring.agent-only")
	rd, err := r.Reader(&Source{Env: env(map[string]string{"SUNLOT_PASSPHRASE": passTwo})})
	if err != nil {
		t.Fatal(err)
	}
	if got, err := rd.OpenSealed("x", raw); err != nil || string(got) != "x" {
		t.Errorf("%q %v", got, err)
	}
	_, err = r.Reader(&Source{Env: env(map[string]string{"SUNLOT_PASSPHRASE": passThree})})
	wantCode(t, err, "keyring.wrong-passphrase")
}

package keyring

import (
	"bytes"
	"crypto/rand"
	"os"
	"path/filepath"
	"testing"

	"filippo.io/age"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/ledger"
)

func witnessOptions(seed byte) WitnessOptions {
	return WitnessOptions{Making: making(seed), Name: "witness.demo.example", Passphrase: passOne}
}

// secretOf is a source that gives one secret.
func secretOf(secret string) *Source {
	return &Source{Env: env(map[string]string{envPassphrase: secret})}
}

// TestWitnessKeys: made, opened by the passphrase, and both keys cosign.
func TestWitnessKeys(t *testing.T) {
	file := filepath.Join(t.TempDir(), "witness.age")
	made, err := CreateWitness(file, witnessOptions(1))
	if err != nil {
		t.Fatal(err)
	}
	again, err := UnlockWitness(file, secretOf(passOne))
	if err != nil {
		t.Fatal(err)
	}
	text, err := ledger.FormatCheckpoint(ledger.Checkpoint{Origin: origin, Root: ledger.LinesRoot(nil)})
	if err != nil {
		t.Fatal(err)
	}
	for i, typ := range []byte{ledger.Cosigning, ledger.PostQuantum} {
		if !made[i].Key().Equal(again[i].Key()) || made[i].Key().Type != typ || made[i].Key().Name != "witness.demo.example" {
			t.Errorf("key %d: %v and %v", i, made[i].Key(), again[i].Key())
		}
		if _, err := ledger.Cosign(text, 1, again[i]); err != nil {
			t.Error(err)
		}
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(raw, []byte("PRIVATE")) {
		t.Error("the keys stand there in the clear")
	}
	if st, err := os.Stat(file); err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", st.Mode(), err)
	}
	other, err := CreateWitness(filepath.Join(t.TempDir(), "witness.age"), witnessOptions(2))
	if err != nil || other[0].Key().Equal(made[0].Key()) || bytes.Equal(other[1].Key().Public, made[1].Key().Public) {
		t.Errorf("another witness has the same keys: %v", err)
	}
}

// TestWitnessRecipients: no passphrase, each recipient opens it, nobody else.
func TestWitnessRecipients(t *testing.T) {
	var ids []*age.X25519Identity
	opt := witnessOptions(1)
	opt.Passphrase = ""
	for range 3 {
		id, err := age.GenerateX25519Identity()
		if err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id)
	}
	opt.Recipients = []string{ids[0].Recipient().String(), ids[1].Recipient().String()}
	file := filepath.Join(t.TempDir(), "witness.age")
	made, err := CreateWitness(file, opt)
	if err != nil {
		t.Fatal(err)
	}
	for i, id := range ids {
		got, err := UnlockWitness(file, secretOf(id.String()))
		if i < 2 && (err != nil || !got[0].Key().Equal(made[0].Key())) {
			t.Errorf("recipient %d: %v", i, err)
		}
		if i == 2 && fault.Code(err) != "keyring.wrong-identity" {
			t.Errorf("a stranger: %v", err)
		}
	}
	if _, err := UnlockWitness(file, secretOf(passOne)); fault.Code(err) != "keyring.wrong-passphrase" {
		t.Error(err)
	}
}

func TestWitnessKeyRefusals(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "witness.age")
	for name, c := range map[string]struct {
		change func(*WitnessOptions)
		code   string
	}{
		"short passphrase": {func(o *WitnessOptions) { o.Passphrase = "short" }, "keyring.passphrase-short"},
		"no passphrase":    {func(o *WitnessOptions) { o.Passphrase = "" }, "keyring.passphrase-short"},
		"a weak factor":    {func(o *WitnessOptions) { o.Weak = false }, "keyring.work-factor"},
		"no name":          {func(o *WitnessOptions) { o.Name = "" }, "ledger.key-name"},
		"a plus":           {func(o *WitnessOptions) { o.Name = "a+b" }, "ledger.key-name"},
		"no recipient":     {func(o *WitnessOptions) { o.Recipients = []string{"ssh-ed25519 AAAA"} }, "keyring.recipient"},
		"no randomness":    {func(o *WitnessOptions) { o.Random = bytes.NewReader(nil) }, "keyring.random"},
	} {
		opt := witnessOptions(1)
		c.change(&opt)
		if _, err := CreateWitness(file, opt); fault.Code(err) != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
		if _, err := os.Stat(file); err == nil {
			t.Errorf("%s: a file stands there", name)
		}
	}
	if _, err := UnlockWitness(file, secretOf(passOne)); fault.Code(err) != "keyring.missing" {
		t.Error(err)
	}
	if _, err := CreateWitness(file, witnessOptions(1)); err != nil {
		t.Fatal(err)
	}
	if _, err := CreateWitness(file, witnessOptions(2)); fault.Code(err) != "keyring.witness-exists" {
		t.Error(err)
	}
	if _, err := UnlockWitness(file, secretOf(passTwo)); fault.Code(err) != "keyring.wrong-passphrase" {
		t.Error(err)
	}
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 40 {
		bad := bytes.Clone(raw)
		bad[i*len(raw)/40] ^= 1
		if err := os.WriteFile(file, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := UnlockWitness(file, secretOf(passOne)); err == nil {
			t.Errorf("one bit in byte %d, and it opens", i*len(raw)/40)
		}
	}
	// A file of another kind: the keys of an office, or one key alone.
	for _, text := range []string{"", "hello\n", string(oneSecret(t)), string(oneSecret(t)) + string(oneSecret(t))} {
		rcp, err := age.NewScryptRecipient(passOne)
		if err != nil {
			t.Fatal(err)
		}
		rcp.SetWorkFactor(4)
		raw, err := encrypt([]byte(text), rcp)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, raw, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := UnlockWitness(file, secretOf(passOne)); fault.Code(err) != "keyring.damaged" {
			t.Errorf("%.20q: %v", text, err)
		}
	}
}

// oneSecret is the line of a log's key.
func oneSecret(t *testing.T) []byte {
	t.Helper()
	var seed [32]byte
	if _, err := rand.Read(seed[:]); err != nil {
		t.Fatal(err)
	}
	s, err := ledger.NewSigner("x.example", seed)
	if err != nil {
		t.Fatal(err)
	}
	return formatSecretKey(s.Key(), seed)
}

package office_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/keyring"
	"github.com/sunlot/sunlot/internal/office"
)

// unsealed is what stands in a file of draw keys.
func (b *bureau) unsealed(raw []byte) []byte {
	b.tb.Helper()
	text, err := b.keys.Open("draws", raw)
	b.must(err)
	return text
}

// sealed is a text encrypted as the keys of draws are.
func (b *bureau) sealed(text []byte) []byte {
	b.tb.Helper()
	ring, err := keyring.Open(filepath.Join(b.dir, "private", "keys"))
	b.must(err)
	raw, err := ring.Seal(text)
	b.must(err)
	return raw
}

// secret is a source that knows one passphrase for what stands, and one for
// each new person; asked counts how often the first was asked for.
func secret(pass string, asked *int, fresh ...string) *keyring.Source {
	return &keyring.Source{Env: func(name string) (string, bool) {
		if name == "SUNLOT_PASSPHRASE" {
			*asked++
			return pass, true
		}
		if strings.HasPrefix(name, "SUNLOT_PASSPHRASE_") && len(fresh) > 0 {
			return fresh[0], true
		}
		return "", false
	}}
}

// TestCustody: the keys of a draw stand nowhere in the clear; each person and the
// recovery sheet open them, nobody else; those who only look are asked nothing.
func TestCustody(t *testing.T) {
	b := drawnOffice(t)
	raw, err := os.ReadFile(b.private("draws/"))
	b.must(err)
	text := b.unsealed(raw)
	k := string(text[len(`{"k":"`):][:64])
	ki := string(bytes.SplitAfter(text, []byte(`"ki":"`))[1][:64])
	for name, data := range b.tree(".") {
		if strings.Contains(data, k) || strings.Contains(data, ki) {
			t.Errorf("%s holds a key of a draw in the clear", name)
		}
	}
	for _, s := range []string{people[0].Passphrase, people[1].Passphrase, b.sheet} {
		asked := 0
		o := b.open()
		o.Unlock = func() (office.Keys, error) { return o.UnlockKeys(secret(s, &asked)) }
		d, err := o.Drawing("2023-001")
		b.must(err)
		if len(d.Firms) == 0 || asked == 0 {
			t.Error("opened without a secret")
		}
		n := asked
		if _, err := o.Drawing("2023-001"); err != nil || asked != n {
			t.Errorf("asked twice in one command: %v", err)
		}
	}
	b.write("2023-09-20 09:00:00", results("2023-001", 0, 4))
	o := b.open()
	unlocked := 0
	o.Unlock = func() (office.Keys, error) {
		unlocked++
		return office.Keys{}, fault.New("keyring.no-secret", "", "", "")
	}
	if _, err := o.Nexts(); err != nil {
		t.Error(err)
	}
	if _, err := o.Lapsed(); err != nil {
		t.Error(err)
	}
	if is, err := o.Custody(); err != nil || is != (office.Custody{}) || unlocked > 0 {
		t.Errorf("%+v %v, asked %d times", is, err, unlocked)
	}
	if _, err := o.Drawing("2023-001"); fault.Code(err) != "keyring.no-secret" {
		t.Errorf("the names of a draw without a passphrase: %v", err)
	}
}

// TestPlainKeys: what an earlier version left in the clear is read, encrypted by
// the next step that signs, and told.
func TestPlainKeys(t *testing.T) {
	b := begin(t, "guard")
	b.furnish()
	b.write("2023-08-23 15:00:00", announce("A", 1000))
	name := b.private("draws/")
	raw, err := os.ReadFile(name)
	b.must(err)
	plain := strings.TrimSuffix(name, ".age") + ".json"
	b.must(os.WriteFile(plain, b.unsealed(raw), 0o600))
	b.must(os.Remove(name))
	if is, err := b.open().Custody(); err != nil || is.Plain != 1 {
		t.Errorf("%+v %v", is, err)
	}
	w := b.write("2023-08-24 08:30:00", cast("2023-001", 1000))
	if w.Encrypted != 1 || w.Custody != (office.Custody{}) {
		t.Errorf("%+v", w)
	}
	if _, err := os.Stat(plain); !os.IsNotExist(err) {
		t.Errorf("the plain file stands: %v", err)
	}
	if w := b.write("2023-08-24 09:00:00", dispatch("2023-001")); w.Encrypted != 0 {
		t.Errorf("%+v", w)
	}
	// What is no file of keys is not encrypted over: the step refuses.
	b.must(os.WriteFile(plain, []byte("{"), 0o600))
	o := b.open()
	d, err := sheet(o.Checklist(items(), office.Listing{Reason: "更新"}))
	b.must(err)
	if _, err := o.Write(d); fault.Code(err) != "office.bad-register" {
		t.Error(err)
	}
}

// TestPeopleChange: whoever comes opens the keys of the draws, whoever has gone
// and the sheet of before do not; what a crash left half done is told and mended.
func TestPeopleChange(t *testing.T) {
	b := drawnOffice(t)
	asked := 0
	work := keyring.Making{Work: 10, Weak: true}
	opens := func(s string) string {
		o := b.open()
		o.Unlock = func() (office.Keys, error) { return o.UnlockKeys(secret(s, &asked)) }
		_, err := o.Drawing("2023-001")
		return fault.Code(err)
	}
	before, err := os.ReadFile(b.private("draws/"))
	b.must(err)
	_, err = b.open().AddPerson(secret(people[0].Passphrase, &asked, "third-passphrase-3"), "接任人", "负责人", work)
	b.must(err)
	if c := opens("third-passphrase-3"); c != "" {
		t.Errorf("the new person: %s", c)
	}
	_, err = b.open().RemovePerson(secret("third-passphrase-3", &asked), "2")
	b.must(err)
	if c := opens(people[1].Passphrase); c != "keyring.wrong-passphrase" {
		t.Errorf("the one who left: %q", c)
	}
	after, err := os.ReadFile(b.private("draws/"))
	b.must(err)
	sheet, err := b.open().NewSheet(secret(people[0].Passphrase, &asked), work)
	b.must(err)
	if c := opens(sheet); c != "" {
		t.Errorf("the new sheet: %s", c)
	}
	if c := opens(b.sheet); c != "keyring.wrong-identity" {
		t.Errorf("the old sheet: %q", c)
	}
	// The power went before the keys of the draws were done.
	b.must(os.WriteFile(b.private("draws/"), after, 0o600))
	if is, err := b.open().Custody(); err != nil || is.Stale != 1 {
		t.Errorf("%+v %v", is, err)
	}
	if n, err := b.open().Reseal(secret(people[0].Passphrase, &asked)); err != nil || n != 1 {
		t.Errorf("%d %v", n, err)
	}
	if is, err := b.open().Custody(); err != nil || is != (office.Custody{}) {
		t.Errorf("%+v %v", is, err)
	}
	// Who was added after a file was made cannot mend it, and is told so.
	b.must(os.WriteFile(b.private("draws/"), before, 0o600))
	if _, err := b.open().Reseal(secret("third-passphrase-3", &asked)); fault.Code(err) != "keyring.wrong-identity" {
		t.Error(err)
	}
	if n, err := b.open().Reseal(secret(people[0].Passphrase, &asked)); err != nil || n != 1 {
		t.Errorf("%d %v", n, err)
	}
	if c := opens("third-passphrase-3"); c != "" {
		t.Errorf("after the mending: %s", c)
	}
}

// TestLostKey: after a loss the office can still announce its next draw; the
// firms whose handles were opened before count on, and the draw can be ended.
func TestLostKey(t *testing.T) {
	b := drawnOffice(t)
	b.write("2023-09-11 09:00:00", results("2023-001", 0, 1))
	b.must(os.Remove(b.private("draws/")))
	b.refused("the next draw, and nothing was said", "office.no-draw-keys", announce("B", 657413))
	lose := func(o *office.Office) (*office.Draft, error) {
		return o.LostKey(office.Losing{Draw: "2023-001", Ground: "硬盘损坏", Approved: "演示"})
	}
	b.write("2023-09-11 10:00:00", lose)
	b.refused("twice", "rules.lost-nothing", lose)
	told := false
	b.write("2023-09-14 11:00:00", func(o *office.Office) (*office.Draft, error) {
		d, err := announce("B", 657413)(o)
		for i := 0; err == nil && i < len(d.Findings); i++ {
			told = told || d.Findings[i].Code == "office.lost-uncounted" && d.Findings[i].Got == "3"
		}
		return d, err
	})
	if !told {
		t.Error("nobody is told that three drawn firms count to no cap")
	}
	b.write("2023-09-14 12:00:00", func(o *office.Office) (*office.Draft, error) { return o.Abort("2023-001", "启封钥匙遗失", nil) })
	b.refused("one that is there", "office.not-lost", func(o *office.Office) (*office.Draft, error) {
		return o.LostKey(office.Losing{Draw: "2023-002", Ground: "硬盘损坏", Approved: "演示"})
	})
	if b.judge().Failed() {
		t.Error("before the day")
	}
}

package keyring

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/ledger"
)

// A bit changed in every byte, cut at many lengths, every file: refused with a code.
// age vouches for its files, the seal and the one text for people.json.
func TestDamagedFiles(t *testing.T) {
	t.Parallel()
	dir, _ := made(t)
	own := unlocked(t, dir, passOne, "1").Identity()
	sound := opened(t, dir)
	for _, name := range []string{"people.json", "log.age", "office.age", "person-1.age"} {
		whole, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		secret := own
		if name == "person-1.age" {
			secret = passOne
		}
		try := func(raw []byte, what string, at int) {
			os.Remove(filepath.Join(dir, name)) // a file system may sync what is truncated
			if err := os.WriteFile(filepath.Join(dir, name), raw, 0o600); err != nil {
				t.Fatal(err)
			}
			r, err := sound, error(nil)
			if name == peopleFile {
				r, err = Open(dir)
			}
			if err == nil {
				_, err = r.Unlock(secret, "1")
			}
			if fault.Code(err) == "" {
				t.Fatalf("%s %s at %d: %v", name, what, at, err)
			}
		}
		for i := range whole {
			bad := bytes.Clone(whole)
			bad[i] ^= 1 << (i % 8)
			try(bad, "changed", i)
			if i%5 == 0 {
				try(whole[:i], "cut", i)
			}
		}
		try(append(bytes.Clone(whole), '\n'), "longer", len(whole))
		try(make([]byte, maxFile+1), "huge", maxFile)
		if err := os.WriteFile(filepath.Join(dir, name), whole, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	signs(t, unlocked(t, dir, passOne, "1"))
}

// Whoever damages one person's file has not locked the other one out.
func TestDamagedPersonDoesNotHideTheOther(t *testing.T) {
	dir, _ := made(t)
	if err := os.WriteFile(filepath.Join(dir, "person-1.age"), []byte("rubbish"), 0o600); err != nil {
		t.Fatal(err)
	}
	signs(t, unlocked(t, dir, passTwo, ""))
	_, err := opened(t, dir).Unlock(passOne, "")
	wantCode(t, err, "keyring.damaged")
}

// A file that belongs to another folder, another key or another person.
func TestExchangedFiles(t *testing.T) {
	for _, c := range []struct{ from, to, code string }{
		{"office.age", "log.age", "keyring.key-differs"},
		{"log.age", "office.age", "keyring.key-differs"},
		{"person-2.age", "person-1.age", "keyring.wrong-passphrase"},
	} {
		dir, _ := made(t)
		raw, err := os.ReadFile(filepath.Join(dir, c.from))
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, c.to), raw, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		_, err = opened(t, dir).Unlock(passOne, "1")
		wantCode(t, err, c.code)
	}
	for name := range map[string]bool{"people.json": true, "log.age": true, "office.age": true, "person-1.age": true} {
		dir, _ := made(t)
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
		r, err := Open(dir)
		if err == nil {
			_, err = r.Unlock(passOne, "1")
		}
		wantCode(t, err, "keyring.missing")
	}
	// Another file under the same passphrase: the identity is not the listed one.
	dir, _ := made(t)
	id, err := making(77).identity()
	if err != nil {
		t.Fatal(err)
	}
	raw, err := wrapPerson(id, passOne, 4)
	if err == nil {
		err = os.WriteFile(filepath.Join(dir, "person-1.age"), raw, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	_, err = opened(t, dir).Unlock(passOne, "1")
	wantCode(t, err, "keyring.damaged")
}

// A file that asks for more work than four seconds is not worked on.
func TestHostileWorkFactor(t *testing.T) {
	dir, _ := made(t)
	name := filepath.Join(dir, "person-1.age")
	raw, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	raw = bytes.Replace(raw, []byte(" 4\n"), []byte(" 30\n"), 1)
	if err := os.WriteFile(name, raw, 0o600); err != nil {
		t.Fatal(err)
	}
	_, err = opened(t, dir).Unlock(passOne, "1")
	wantCode(t, err, "keyring.damaged")
}

// resealed writes people.json as somebody would who can write to the folder
// but holds only a key of their own.
func resealed(t *testing.T, dir string, edit func(*Ring), s ledger.Signer) error {
	t.Helper()
	r := opened(t, dir)
	edit(r)
	raw, err := formatPeople(r, s)
	if raw == nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, peopleFile), raw, 0o600); err != nil {
		t.Fatal(err)
	}
	_, again := Open(dir)
	if fault.Code(again) != fault.Code(err) {
		t.Fatalf("written with %v, read with %v", err, again)
	}
	return again
}

func TestSeal(t *testing.T) {
	dir, _ := made(t)
	office := unlocked(t, dir, passOne, "1").Office()
	thief, err := ledger.NewSigner(office.Key().Name, [32]byte{7})
	if err != nil {
		t.Fatal(err)
	}
	id, err := making(66).identity()
	if err != nil {
		t.Fatal(err)
	}
	mine := id.Recipient().String()
	steal := func(r *Ring) { r.Recovery = mine }
	wantCode(t, resealed(t, dir, steal, thief), "keyring.seal")

	dir, _ = made(t) // with a key of the thief's in it too, the keys do not open
	err = resealed(t, dir, func(r *Ring) { steal(r); r.Office = thief.Key() }, thief)
	if err != nil {
		t.Fatal(err)
	}
	_, err = opened(t, dir).Unlock(passOne, "1")
	wantCode(t, err, "keyring.key-differs")

	// The holders' own key over each unsound list.
	for code, edits := range map[string][]func(*Ring){
		"keyring.people-form": {
			func(r *Ring) { r.People = r.People[:1] },
			func(r *Ring) { r.People = append(r.People, make([]Person, maxPeople)...) },
			func(r *Ring) { r.People[1].Number = 1 },
			func(r *Ring) { r.People[0].Number = 0 },
			func(r *Ring) { r.People[1].Number = 10000 },
			func(r *Ring) { r.People[1].Recipient = r.People[0].Recipient },
			func(r *Ring) { r.People[1].Recipient = r.Recovery },
			func(r *Ring) { r.People[1].Recipient = strings.ToUpper(r.People[1].Recipient) },
			func(r *Ring) { r.Recovery = "" },
			func(r *Ring) { r.Log.Name = r.Office.Name; r.Log = r.Office },
		},
		"keyring.person-name": {func(r *Ring) { r.People[1].Name = "a\nb" }},
	} {
		for _, edit := range edits {
			dir, _ := made(t)
			wantCode(t, resealed(t, dir, edit, office), code)
		}
	}
}

func TestPeopleStrict(t *testing.T) {
	dir, _ := made(t)
	raw, err := os.ReadFile(filepath.Join(dir, peopleFile))
	if err != nil {
		t.Fatal(err)
	}
	s := string(raw)
	var compact bytes.Buffer
	if err := json.Compact(&compact, raw); err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{
		"", "{}", "null", "[]", compact.String(), s + s, s + " ", strings.Replace(s, "\n", "\r\n", -1),
		strings.Replace(s, `"format"`, `"Format"`, 1),
		strings.Replace(s, `"format"`, `"extra": 1, "format"`, 1),
		strings.Replace(s, `"number": 1,`, `"number": 1, "number": 1,`, 1),
		strings.Replace(s, `"number": 1`, `"number": 1.0`, 1),
		strings.Replace(s, `sunlot-people/v1`, `sunlot-people/v2`, 1),
		strings.Replace(s, `演示甲`, `演\u793a甲`, 1),
		strings.Replace(s, "==\"\n", "=\"\n", 1),
		"\ufeff" + s,
	} {
		if bad == s {
			t.Fatal("a case that changes nothing")
		}
		_, err := parsePeople([]byte(bad))
		wantCode(t, err, "keyring.people-form")
	}
}

func FuzzPeople(f *testing.F) {
	dir, _ := made(f)
	raw, err := os.ReadFile(filepath.Join(dir, peopleFile))
	if err != nil {
		f.Fatal(err)
	}
	k := unlocked(f, dir, passOne, "1")
	f.Add(raw)
	f.Add([]byte("{}"))
	f.Add(bytes.Replace(raw, []byte("1"), []byte("2"), 1))
	f.Fuzz(func(t *testing.T, raw []byte) {
		r, err := parsePeople(raw)
		if err != nil {
			if fault.Code(err) == "" {
				t.Fatalf("no code: %v", err)
			}
			return
		}
		if !r.Office.Equal(k.Ring().Office) {
			return // sealed by a key of the fuzzer's
		}
		if again, err := formatPeople(r, k.Office()); err != nil || !bytes.Equal(again, raw) {
			t.Fatal("parsed what is formatted otherwise")
		}
	})
}

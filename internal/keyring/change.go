package keyring

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"filippo.io/age"

	"github.com/sunlot/sunlot/internal/durable"
	"github.com/sunlot/sunlot/internal/fault"
)

// AddPerson lets one more person unlock. The number is the highest plus one.
//
// Order: the person's file, then the keys to the old people and the new one,
// then people.json. A crash before the last leaves a folder that everyone
// listed can still unlock, and the same call again completes it.
func (k *Keys) AddPerson(np NewPerson, m Making) (Person, error) {
	r := k.ring
	work, err := m.work()
	if err != nil {
		return Person{}, err
	}
	if len(r.People) >= maxPeople {
		return Person{}, fewPeople(len(r.People) + 1)
	}
	if err := CheckNames(np.Name, np.Role); err != nil {
		return Person{}, err
	}
	if err := checkPassphrase(np.Passphrase); err != nil {
		return Person{}, err
	}
	p, _, raw, err := newPerson(r.People[len(r.People)-1].Number+1, np, m, work)
	if err != nil {
		return Person{}, err
	}
	if err := r.replace(p.file(), raw); err != nil {
		return Person{}, err
	}
	return p, k.change(append(slices.Clone(r.People), p), r.Recovery)
}

// RemovePerson ends a person's access to the keys as they stand in the folder
// from now on. It refuses to leave fewer than two people. Copies made before
// open as before: where that matters, change the keys (an entry of type keys).
//
// Order: the keys to those who stay, then people.json, then the person's file
// goes. A crash between leaves the person listed and locked out; the same call
// again completes it; a file that is left goes with the next change.
func (k *Keys) RemovePerson(number int) error {
	r := k.ring
	i, err := r.find(number)
	if err != nil {
		return err
	}
	if len(r.People) <= minPeople {
		return fewPeople(len(r.People) - 1)
	}
	return k.change(slices.Delete(slices.Clone(r.People), i, i+1), r.Recovery)
}

// find is the place of a number in r.People.
func (r *Ring) find(number int) (int, error) {
	i := slices.IndexFunc(r.People, func(p Person) bool { return p.Number == number })
	if i < 0 {
		return 0, fault.New("keyring.no-person", peopleFile, fmt.Sprint(number), r.names()).Of(fault.Usage)
	}
	return i, nil
}

// NewRecovery makes another recovery sheet: after the envelope was opened, or
// when the sheet was not printed. The one before opens the keys no longer;
// backups that were sealed to it still open with it.
func (k *Keys) NewRecovery(office string, at time.Time, m Making) (sheet string, err error) {
	id, err := m.identity()
	if err != nil {
		return "", err
	}
	if err := k.change(k.ring.People, id.Recipient().String()); err != nil {
		return "", err
	}
	return sheetText(office, at, id, k.ring), nil
}

// change encrypts the keys to these people and this recovery recipient, then
// writes people.json. k.ring becomes the new one when all is durable.
func (k *Keys) change(people []Person, recovery string) error {
	next := *k.ring
	next.People, next.Recovery = people, recovery
	files := map[string][]byte{}
	if !next.agent {
		nk := &Keys{ring: &next, secrets: k.secrets}
		if err := nk.encryptKeys(files); err != nil {
			return err
		}
	}
	text, err := formatPeople(&next, k.office)
	if err != nil {
		return err
	}
	for _, name := range []string{logFile, officeFile} {
		if raw, ok := files[name]; ok {
			if err := next.replace(name, raw); err != nil {
				return err
			}
		}
	}
	if err := next.replace(peopleFile, text); err != nil {
		return err
	}
	k.ring = &next
	return next.sweep()
}

// sweep removes the files of people who are not listed, and what a crash left.
func (r *Ring) sweep() error {
	listed := map[string]bool{}
	for _, p := range r.People {
		listed[p.file()] = true
	}
	names, err := os.ReadDir(r.dir)
	if err != nil {
		return writeFault(r.dir, err)
	}
	d, err := durable.Open(r.dir, r.durable)
	if err != nil {
		return writeFault(r.dir, err)
	}
	for _, e := range names {
		name := e.Name()
		person := strings.HasPrefix(name, "person-") && !listed[name]
		if person || strings.HasSuffix(name, durable.TempSuffix) {
			err = errors.Join(err, d.Remove(name))
		}
	}
	if err := errors.Join(err, d.Close()); err != nil {
		return writeFault(r.dir, err)
	}
	return nil
}

// ChangePassphrase encrypts a person's identity under a new passphrase, one
// file in one rename. old is the passphrase or the person's own identity
// (Keys.Identity). A forgotten passphrase cannot be changed: add the person
// again, then remove the old number.
func (r *Ring) ChangePassphrase(number int, old, new string, m Making) error {
	work, err := m.work()
	if err != nil {
		return err
	}
	if err := checkPassphrase(new); err != nil {
		return err
	}
	i, err := r.find(number)
	if err != nil {
		return err
	}
	p := r.People[i]
	id, err := r.personIdentity(p, old)
	if err != nil {
		return err
	}
	raw, err := wrapPerson(id, canonicalPassphrase(new), work)
	if err != nil {
		return err
	}
	return r.replace(p.file(), raw)
}

// Identity opens a person's own identity, AGE-SECRET-KEY-1…, with that person's
// passphrase, to hand to ChangePassphrase.
//
// Errors: keyring.no-person, keyring.wrong-passphrase, keyring.wrong-identity,
// keyring.sheet-….
func (r *Ring) Identity(number int, secret string) (string, error) {
	i, err := r.find(number)
	if err != nil {
		return "", err
	}
	id, err := r.personIdentity(r.People[i], secret)
	if err != nil {
		return "", err
	}
	return id.String(), nil
}

func (r *Ring) personIdentity(p Person, secret string) (*age.X25519Identity, error) {
	id, err := identityOf(secret)
	if err != nil {
		return nil, err
	}
	if id == nil {
		raw, err := readFile(r.dir, p.file())
		if err != nil {
			return nil, err
		}
		if id, err = unwrapPerson(p.file(), raw, canonicalPassphrase(secret)); err != nil {
			return nil, err
		}
	}
	if id.Recipient().String() != p.Recipient {
		return nil, fault.New("keyring.wrong-identity", p.file(), id.Recipient().String(), p.Recipient).Of(fault.Unreachable)
	}
	return id, nil
}

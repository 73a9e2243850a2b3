package office

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/keyring"
)

// People are those who may open the signing keys with a passphrase of their
// own, and the recipient of the recovery sheet in force.
func (o *Office) People() ([]keyring.Person, string, error) {
	ring, err := keyring.Open(o.keyDir())
	if err != nil {
		return nil, "", err
	}
	return ring.People, ring.Recovery, nil
}

// AddPerson lets one more person open the keys: src gives a secret that opens
// them now, then the new person's passphrase.
func (o *Office) AddPerson(src *keyring.Source, name, role string, m keyring.Making) (keyring.Person, error) {
	if err := keyring.CheckNames(name, role); err != nil {
		return keyring.Person{}, err
	}
	k, open, err := o.custodian(src)
	if err != nil {
		return keyring.Person{}, err
	}
	defer k.Close()
	people := k.Ring().People
	pass, err := src.NewSecret(fmt.Sprintf("请为%s（%s）设定口令", name, role), people[len(people)-1].Number+1)
	if err != nil {
		return keyring.Person{}, err
	}
	m.Random = o.Rand
	p, err := k.AddPerson(keyring.NewPerson{Name: name, Role: role, Passphrase: pass}, m)
	if err != nil {
		return p, err
	}
	return p, o.resealed(k, open)
}

// resealed encrypts the keys of the draws to the people as a change has left
// them. The change stands already: what fails here is told with its remedy.
func (o *Office) resealed(k *keyring.Keys, open func(string, []byte) ([]byte, error)) error {
	if _, err := o.reseal(k.Ring(), open); err != nil {
		return errors.Join(fault.New("office.reseal-failed", o.path("private", "draws"), "", ""), err)
	}
	return nil
}

// RemovePerson ends a person's access; who is a number or a name.
func (o *Office) RemovePerson(src *keyring.Source, who string) (keyring.Person, error) {
	p, _, err := o.findPerson(who)
	if err != nil {
		return p, err
	}
	k, open, err := o.custodian(src)
	if err != nil {
		return p, err
	}
	defer k.Close()
	if err := k.RemovePerson(p.Number); err != nil {
		return p, err
	}
	return p, o.resealed(k, open)
}

// ChangePassphrase gives a person another passphrase: src gives the old one,
// which nobody else's replaces, then the new.
func (o *Office) ChangePassphrase(src *keyring.Source, who string, m keyring.Making) (keyring.Person, error) {
	p, ring, err := o.findPerson(who)
	if err != nil {
		return p, err
	}
	own := ""
	err = src.Try(fmt.Sprintf("请输入%s（%s）原来的口令", p.Name, p.Role), func(secret string) error {
		own, err = ring.Identity(p.Number, secret)
		return err
	})
	if err != nil {
		return p, err
	}
	pass, err := src.NewSecret(fmt.Sprintf("请为%s（%s）设定新口令", p.Name, p.Role), p.Number)
	if err != nil {
		return p, err
	}
	m.Random = o.Rand
	return p, ring.ChangePassphrase(p.Number, own, pass, m)
}

// NewSheet makes another recovery sheet and returns its text, the one place
// where its secret stands. The sheet before opens the keys no longer.
func (o *Office) NewSheet(src *keyring.Source, m keyring.Making) (string, error) {
	k, open, err := o.custodian(src)
	if err != nil {
		return "", err
	}
	defer k.Close()
	m.Random = o.Rand
	sheet, err := k.NewRecovery(o.Config.Name, o.Now(), m)
	if err != nil {
		return "", err
	}
	return sheet, o.resealed(k, open) // with the sheet: the old one opens nothing any more
}

// findPerson is the one that a number or a name means.
func (o *Office) findPerson(who string) (keyring.Person, *keyring.Ring, error) {
	ring, err := keyring.Open(o.keyDir())
	if err != nil {
		return keyring.Person{}, nil, err
	}
	var found []keyring.Person
	var all []string
	for _, p := range ring.People {
		if p.Name == who || strconv.Itoa(p.Number) == who {
			found = append(found, p)
		}
		all = append(all, fmt.Sprintf("%d %s", p.Number, p.Name))
	}
	if len(found) != 1 {
		return keyring.Person{}, nil, fault.New("keyring.no-person", "people", who, strings.Join(all, "、")).Of(fault.Usage)
	}
	return found[0], ring, nil
}

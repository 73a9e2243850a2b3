package keyring

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"filippo.io/age"

	"github.com/sunlot/sunlot/internal/durable"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/ledger"
)

// Options of Create.
type Options struct {
	Making
	Office     string       // the office's name, for the sheet
	LogName    string       // name of the log key, the ledger's origin
	OfficeName string       // name of the office key, another
	People     []NewPerson  // at least two
	Agent      *AgentChoice // nil: the keys are made here and stand in files
	At         time.Time    // date on the sheet

	hook durable.Hook // for tests
}

// newSuffix is what a folder carries while it is being made.
const newSuffix = ".new"

// Create makes both keys and the folder dir, which must be missing or empty;
// its parent must exist. The folder appears whole, in one rename: a crash
// leaves dir+".new", which the next run clears.
//
// It returns the unlocked keys and the recovery sheet, a plain text that holds
// a secret which is stored nowhere: print it or show it, do not keep it. A
// sheet that was lost is replaced with Keys.NewRecovery.
//
// Errors: keyring.exists, keyring.few-people, keyring.same-passphrase,
// keyring.passphrase-…, keyring.person-name, keyring.key-names,
// keyring.work-factor, keyring.agent-….
func Create(dir string, opt Options) (k *Keys, sheet string, err error) {
	work, err := checkOptions(opt)
	if err != nil {
		return nil, "", err
	}
	if err := vacant(dir); err != nil {
		return nil, "", err
	}
	files := map[string][]byte{}
	r := &Ring{dir: dir, agent: opt.Agent != nil, durable: durable.Options{Private: true, Hook: opt.hook}}
	var first *age.X25519Identity
	for i, np := range opt.People {
		p, id, raw, err := newPerson(i+1, np, opt.Making, work)
		if err != nil {
			return nil, "", err
		}
		if first == nil {
			first = id
		}
		r.People = append(r.People, p)
		files[p.file()] = raw
	}
	recovery, err := opt.identity()
	if err != nil {
		return nil, "", err
	}
	r.Recovery = recovery.Recipient().String()
	if opt.Agent != nil {
		k, err = r.agentKeys(opt, files)
	} else {
		k, err = r.newKeys(opt, files)
	}
	if k != nil {
		k.made = first
	}
	if err == nil {
		files[peopleFile], err = formatPeople(r, k.office)
	}
	if err == nil {
		err = r.appear(files)
	}
	if err != nil {
		if k != nil {
			k.Close()
		}
		return nil, "", err
	}
	return k, sheetText(opt.Office, opt.At, recovery, r), nil
}

func checkOptions(opt Options) (work int, err error) {
	if work, err = opt.work(); err != nil {
		return 0, err
	}
	if len(opt.People) < minPeople || len(opt.People) > maxPeople {
		return 0, fewPeople(len(opt.People))
	}
	if opt.LogName == opt.OfficeName {
		return 0, fault.New("keyring.key-names", "keys", clip(opt.LogName), "two different names").Of(fault.Usage)
	}
	seen := map[string]bool{}
	for _, p := range opt.People {
		if err := CheckNames(p.Name, p.Role); err != nil {
			return 0, err
		}
		if err := checkPassphrase(p.Passphrase); err != nil {
			return 0, err
		}
		pass := canonicalPassphrase(p.Passphrase)
		if seen[pass] {
			return 0, fault.New("keyring.same-passphrase", clip(p.Name), "", "").Of(fault.Usage)
		}
		seen[pass] = true
	}
	return work, nil
}

func fewPeople(n int) error {
	return fault.New("keyring.few-people", "people", fmt.Sprint(n), fmt.Sprintf("%d–%d", minPeople, maxPeople)).Of(fault.Usage)
}

// vacant refuses a folder in which anything stands.
func vacant(dir string) error {
	names, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fault.Wrap("keyring.unreadable", dir, err).Of(fault.Unreachable)
	}
	if len(names) > 0 {
		return fault.New("keyring.exists", dir, names[0].Name(), "an empty folder")
	}
	return nil
}

func newPerson(number int, np NewPerson, m Making, work int) (Person, *age.X25519Identity, []byte, error) {
	id, err := m.identity()
	if err != nil {
		return Person{}, nil, nil, err
	}
	raw, err := wrapPerson(id, canonicalPassphrase(np.Passphrase), work)
	p := Person{Number: number, Name: np.Name, Role: np.Role, Recipient: id.Recipient().String()}
	return p, id, raw, err
}

// newKeys draws two seeds and encrypts them to r.
func (r *Ring) newKeys(opt Options, files map[string][]byte) (*Keys, error) {
	k := &Keys{ring: r}
	for i, name := range []string{opt.LogName, opt.OfficeName} {
		seed, err := opt.seed()
		if err != nil {
			return k, err
		}
		s, err := ledger.NewSigner(name, seed)
		if err != nil {
			return k, err
		}
		k.secrets[i] = formatSecretKey(s.Key(), seed)
		clear(seed[:])
		if i == 0 {
			k.log, r.Log = s, s.Key()
		} else {
			k.office, r.Office = s, s.Key()
		}
	}
	return k, k.encryptKeys(files)
}

// encryptKeys puts log.age and office.age for the people and the recovery
// recipient of k's ring into files.
func (k *Keys) encryptKeys(files map[string][]byte) error {
	to, err := k.ring.recipients()
	if err != nil {
		return err
	}
	for i, name := range []string{logFile, officeFile} {
		if files[name], err = encrypt(k.secrets[i], to...); err != nil {
			return err
		}
	}
	return nil
}

func (r *Ring) recipients() ([]age.Recipient, error) {
	all := []string{}
	for _, p := range r.People {
		all = append(all, p.Recipient)
	}
	var to []age.Recipient
	for _, s := range append(all, r.Recovery) {
		rcp, err := age.ParseX25519Recipient(s)
		if err != nil {
			return nil, fault.New("keyring.people-form", peopleFile, clip(s), "an age recipient")
		}
		to = append(to, rcp)
	}
	return to, nil
}

// appear writes the files beside r.dir and renames the folder into place.
func (r *Ring) appear(files map[string][]byte) error {
	tmp := r.dir + newSuffix
	if err := os.RemoveAll(tmp); err != nil {
		return writeFault(tmp, err)
	}
	d, err := durable.Open(tmp, r.durable)
	if err != nil {
		return writeFault(tmp, err)
	}
	for name, raw := range files {
		if err == nil {
			err = d.Put(name, raw)
		}
	}
	if err == nil {
		err = d.Sync()
	}
	err = errors.Join(err, d.Close())
	// Only an empty folder goes; Windows renames onto nothing.
	if err == nil {
		if err = os.Remove(r.dir); errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
	}
	if err == nil {
		err = os.Rename(tmp, r.dir)
	}
	if err == nil {
		err = durable.SyncDir(filepath.Dir(r.dir))
	}
	if err != nil {
		os.RemoveAll(tmp)
		return writeFault(r.dir, err)
	}
	return nil
}

func writeFault(place string, err error) error {
	return fault.Wrap("keyring.write", place, err).Of(fault.Unreachable)
}

// replace writes one file of the folder, durable when it returns.
func (r *Ring) replace(name string, raw []byte) error {
	d, err := durable.Open(r.dir, r.durable)
	if err != nil {
		return writeFault(r.dir, err)
	}
	if err := errors.Join(d.Replace(name, raw), d.Close()); err != nil {
		return writeFault(filepath.Join(r.dir, name), err)
	}
	return nil
}

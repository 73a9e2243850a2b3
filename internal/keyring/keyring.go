// Package keyring keeps an office's two Ed25519 keys at rest: the log key,
// which signs checkpoints, and the office key, which signs entries. Neither
// ever stands in a file in the clear.
//
// The folder, directories 0700 and files 0600, holds plain age files
// (age-encryption.org/v1), which the age command opens as well:
//
//	people.json      who may unlock: numbers, names, roles, age recipients;
//	                 the two public keys; the recovery recipient; a seal
//	person-1.age     person 1's age identity under that person's passphrase (scrypt)
//	log.age          the log key, to every person and to the recovery recipient
//	office.age       the office key, likewise
//	agent.json       instead of log.age and office.age: an ssh-agent signs
//
// log.age and office.age each hold one line, the signer key of
// golang.org/x/mod/sumdb/note: PRIVATE+KEY+name+hash+base64(0x01 ‖ seed).
// A person's file holds one line, AGE-SECRET-KEY-1… The recovery identity is
// stored nowhere: Create returns it once, on a sheet for a sealed envelope.
//
// By hand, with the age command and nothing of ours:
//
//	age -d -i person-1.age log.age
//
// The seal is the office key's signature over the rest of people.json, so that
// nobody who can write to the folder makes the keys, at the next change of
// people, readable to a recipient of their own. Whoever opens the folder
// compares Log and Office with the charter.
package keyring

import (
	"crypto/ed25519"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"filippo.io/age"

	"github.com/sunlot/sunlot/internal/durable"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/ledger"
)

const (
	peopleFile = "people.json"
	logFile    = "log.age"
	officeFile = "office.age"
	agentFile  = "agent.json"

	maxFile   = 64 << 10 // bytes of any file of the folder
	minPeople = 2
	maxPeople = 16
)

// Ring is what can be known of a folder without a secret.
type Ring struct {
	People   []Person // in order of their numbers
	Log      ledger.Key
	Office   ledger.Key
	Recovery string // age recipient of the printed sheet

	dir     string
	agent   bool
	durable durable.Options
}

// Open reads people.json, and agent.json where it stands, and checks the seal.
// It needs no secret and proves nothing about who made the folder: compare Log
// and Office with the charter.
func Open(dir string) (*Ring, error) {
	raw, err := readFile(dir, peopleFile)
	if err != nil {
		return nil, err
	}
	r, err := parsePeople(raw)
	if err != nil {
		return nil, err
	}
	r.dir, r.durable = dir, durable.Options{Private: true}
	raw, err = readFile(dir, agentFile)
	switch {
	case err == nil:
		r.agent = true
		return r, r.checkAgentFile(raw)
	case fault.Code(err) != "keyring.missing":
		return nil, err
	}
	return r, nil
}

// UsesAgent says whether an ssh-agent signs, so that no passphrase is needed.
func (r *Ring) UsesAgent() bool { return r.agent }

// Keys are the two keys, ready to sign. Close them.
type Keys struct {
	ring     *Ring
	log      ledger.Signer
	office   ledger.Signer
	secrets  [2][]byte           // texts of log.age and office.age; nil with an agent
	identity *age.X25519Identity // nil with an agent
	made     *age.X25519Identity // of the keys that Create returns: the first person's, who is not told apart yet
	closer   io.Closer           // connection to the agent
}

// Log signs checkpoints.
func (k *Keys) Log() ledger.Signer { return k.log }

// Office signs entries.
func (k *Keys) Office() ledger.Signer { return k.office }

// Ring is the public part, as it stands after changes of people.
func (k *Keys) Ring() *Ring { return k.ring }

// Identity is the AGE-SECRET-KEY-1… that unlocked, to hand to a child process
// so that it need not ask again and pays no scrypt; "" with an agent and for
// the keys that Create returns.
func (k *Keys) Identity() string {
	if k.identity == nil {
		return ""
	}
	return k.identity.String()
}

// Person is who unlocked; false for the recovery sheet and for an agent.
func (k *Keys) Person() (Person, bool) {
	if k.identity != nil {
		rcp := k.identity.Recipient().String()
		for _, p := range k.ring.People {
			if p.Recipient == rcp {
				return p, true
			}
		}
	}
	return Person{}, false
}

// Close forgets what can be forgotten.
func (k *Keys) Close() {
	for _, b := range k.secrets {
		clear(b)
	}
	k.secrets, k.identity, k.made = [2][]byte{}, nil, nil
	if k.closer != nil {
		k.closer.Close()
	}
}

// Unlock opens both keys. The secret is a passphrase, an age identity
// (AGE-SECRET-KEY-1…: a person's own, handed on by Keys.Identity, or the
// recovery one) or the retyped secret of a recovery sheet. person is a number
// or a name; "" tries each in order, one scrypt a person (about a second each).
//
// Errors: keyring.wrong-passphrase, keyring.wrong-identity, keyring.no-person,
// keyring.identity-form, keyring.damaged, keyring.missing, keyring.key-differs.
func (r *Ring) Unlock(secret, person string) (*Keys, error) {
	if r.agent {
		return nil, fault.New("keyring.agent-only", agentFile, "a passphrase", "an ssh-agent").Of(fault.Usage)
	}
	id, err := r.identify(secret, person)
	if err != nil {
		return nil, err
	}
	k := &Keys{ring: r, identity: id}
	k.log, k.secrets[0], err = r.openKey(logFile, r.Log, id)
	if err == nil {
		k.office, k.secrets[1], err = r.openKey(officeFile, r.Office, id)
	}
	if err != nil {
		k.Close()
		return nil, err
	}
	return k, nil
}

// identify turns a secret into an identity, without asking whether the keys
// are encrypted to it.
func (r *Ring) identify(secret, person string) (*age.X25519Identity, error) {
	id, err := identityOf(secret)
	if id != nil || err != nil {
		return id, err
	}
	people, err := r.choose(person)
	if err != nil {
		return nil, err
	}
	pass := canonicalPassphrase(secret)
	var damaged error
	for _, p := range people {
		raw, err := readFile(r.dir, p.file())
		if err == nil {
			id, err = unwrapPerson(p.file(), raw, pass)
		}
		if err == nil && id.Recipient().String() != p.Recipient {
			err = fault.New("keyring.damaged", p.file(), id.Recipient().String(), p.Recipient)
		}
		if err == nil {
			return id, nil
		}
		if fault.Code(err) != "keyring.wrong-passphrase" && damaged == nil {
			damaged = err
		}
	}
	if damaged != nil {
		return nil, damaged
	}
	return nil, wrongPassphrase(r.dir)
}

// choose are the people that a number or a name means; "" means all.
func (r *Ring) choose(person string) ([]Person, error) {
	if person == "" {
		return r.People, nil
	}
	var found []Person
	for _, p := range r.People {
		if p.Name == person || strconv.Itoa(p.Number) == person {
			found = append(found, p)
		}
	}
	if found == nil {
		return nil, fault.New("keyring.no-person", peopleFile, person, r.names()).Of(fault.Usage)
	}
	return found, nil
}

func (r *Ring) names() string {
	var names []string
	for _, p := range r.People {
		names = append(names, fmt.Sprintf("%d %s", p.Number, p.Name))
	}
	return strings.Join(names, "、")
}

// openKey decrypts one of the two key files and holds it against the public
// key of people.json.
func (r *Ring) openKey(name string, want ledger.Key, id age.Identity) (ledger.Signer, []byte, error) {
	raw, err := readFile(r.dir, name)
	if err != nil {
		return nil, nil, err
	}
	text, err := decrypt(name, raw, id)
	if err != nil {
		return nil, nil, err
	}
	s, err := parseSecretKey(name, text)
	if err != nil {
		clear(text)
		return nil, nil, err
	}
	if !s.Key().Equal(want) {
		clear(text)
		return nil, nil, fault.New("keyring.key-differs", name, s.Key().String(), want.String())
	}
	return s, text, nil
}

const secretPrefix = "PRIVATE+KEY+"

// makers make a signer of each type of key from its seed of 32 bytes.
var makers = map[byte]func(name string, seed [32]byte) (ledger.Signer, error){
	ledger.Ed25519: ledger.NewSigner, ledger.Cosigning: ledger.NewWitnessSigner, ledger.PostQuantum: ledger.NewPostQuantumSigner,
}

// formatSecretKey is the signer key of x/mod/sumdb/note, and a newline.
func formatSecretKey(k ledger.Key, seed [32]byte) []byte {
	raw := append([]byte{k.Type}, seed[:]...)
	defer clear(raw)
	head := fmt.Appendf(nil, "%s%s+%08x+", secretPrefix, k.Name, k.ID)
	return append(base64.StdEncoding.AppendEncode(head, raw), '\n')
}

// parseSecretKey reads what formatSecretKey wrote. Its errors name the file
// and nothing of what stood there.
func parseSecretKey(file string, text []byte) (ledger.Signer, error) {
	bad := fault.New("keyring.damaged", file, "", "PRIVATE+KEY+name+hash+base64")
	parts := strings.Split(strings.TrimPrefix(string(text), secretPrefix), "+")
	if len(parts) < 3 {
		return nil, bad
	}
	// The base64 itself may hold plus signs.
	raw, err := base64.StdEncoding.Strict().DecodeString(strings.TrimSuffix(strings.Join(parts[2:], "+"), "\n"))
	defer clear(raw)
	if err != nil || len(raw) != 1+ed25519.SeedSize || makers[raw[0]] == nil {
		return nil, bad
	}
	var seed [32]byte
	copy(seed[:], raw[1:])
	defer clear(seed[:])
	s, err := makers[raw[0]](parts[0], seed)
	if err != nil {
		return nil, err
	}
	again := formatSecretKey(s.Key(), seed)
	defer clear(again)
	if string(again) != string(text) {
		return nil, bad
	}
	return s, nil
}

// readFile reads a file of the folder, at most maxFile bytes.
func readFile(dir, name string) ([]byte, error) {
	f, err := os.Open(filepath.Join(dir, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New("keyring.missing", filepath.Join(dir, name), "", "a file")
	}
	if err != nil {
		return nil, fault.Wrap("keyring.unreadable", filepath.Join(dir, name), err).Of(fault.Unreachable)
	}
	defer f.Close()
	raw, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err != nil {
		return nil, fault.Wrap("keyring.unreadable", filepath.Join(dir, name), err).Of(fault.Unreachable)
	}
	if len(raw) > maxFile {
		return nil, fault.New("keyring.damaged", name, "a longer file", fmt.Sprintf("at most %d bytes", maxFile))
	}
	return raw, nil
}

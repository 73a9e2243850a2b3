package keyring

import (
	"errors"
	"io"
	"strconv"
	"strings"

	"filippo.io/age"

	"github.com/sunlot/sunlot/internal/fault"
)

// personStanza is the type of a header line of a sealed archive: argument the
// person's number, body that person's file. Whoever restores on an empty
// machine has a passphrase and nothing else; other readers of age files skip
// lines of a type that they do not know.
const personStanza = "sunlot-person"

// SealArchive encrypts what is written to everyone who may unlock and to the
// recovery recipient. The result is an age file: OpenArchive opens it with a
// passphrase or an identity, the age command with an identity. Close it.
func (r *Ring) SealArchive(w io.Writer) (io.WriteCloser, error) {
	to, err := r.recipients()
	if err != nil {
		return nil, err
	}
	for _, p := range r.People {
		raw, err := readFile(r.dir, p.file())
		if err != nil {
			return nil, err
		}
		to = append(to, personFile{p.Number, raw})
	}
	out, err := age.Encrypt(w, to...)
	if err != nil {
		return nil, fault.Wrap("keyring.encrypt", "备份", err).Of(fault.Unreachable)
	}
	return out, nil
}

// personFile is no recipient of its own: it only adds its line.
type personFile struct {
	number int
	raw    []byte
}

func (p personFile) Wrap([]byte) ([]*age.Stanza, error) {
	return []*age.Stanza{{Type: personStanza, Args: []string{strconv.Itoa(p.number)}, Body: p.raw}}, nil
}

// OpenArchive decrypts what SealArchive wrote. The secret is as in Unlock;
// person is a number; a name or "" tries each, since an archive names nobody.
// Nothing that is read can be trusted
// before EOF: a cut or damaged archive shows itself there.
//
// Errors: keyring.wrong-passphrase, keyring.wrong-identity, keyring.archive.
func OpenArchive(r io.Reader, secret, person string) (io.Reader, error) {
	id, err := identityOf(secret)
	if err != nil {
		return nil, err
	}
	if strings.Trim(person, "0123456789") != "" {
		person = ""
	}
	var use age.Identity = &passphraseIdentity{canonicalPassphrase(secret), person}
	if id != nil {
		use = id
	}
	out, err := age.Decrypt(r, use)
	if err != nil {
		if err := openFault("备份", err, use); fault.Code(err) != "keyring.damaged" {
			return nil, err
		}
		return nil, fault.Wrap("keyring.archive", "备份", err)
	}
	return archiveReader{out}, nil
}

// archiveReader gives age's refusals a code.
type archiveReader struct{ r io.Reader }

func (a archiveReader) Read(b []byte) (int, error) {
	n, err := a.r.Read(b)
	if err != nil && err != io.EOF {
		err = fault.Wrap("keyring.archive", "备份", err)
	}
	return n, err
}

// passphraseIdentity opens a person's line with a passphrase and the archive
// with what stood in it.
type passphraseIdentity struct{ pass, person string }

func (p *passphraseIdentity) Unwrap(stanzas []*age.Stanza) ([]byte, error) {
	tried := 0
	for _, s := range stanzas {
		if s.Type != personStanza || len(s.Args) != 1 || p.person != "" && p.person != s.Args[0] {
			continue
		}
		if tried++; tried > maxPeople {
			break
		}
		id, err := unwrapPerson("备份", s.Body, p.pass)
		if err != nil {
			continue
		}
		key, err := id.Unwrap(stanzas)
		if !errors.Is(err, age.ErrIncorrectIdentity) {
			return key, err
		}
	}
	return nil, age.ErrIncorrectIdentity
}

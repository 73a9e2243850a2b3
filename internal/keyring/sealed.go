package keyring

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"filippo.io/age"

	"github.com/sunlot/sunlot/internal/fault"
)

// Small secrets of the office beside the two keys, those of its draws, are age
// files to the same people. Such a file says in a header line of its own to
// whom, so that a change of people finds those that still stand under the old:
//
//	-> sunlot-ring <first 32 hex of SHA-256 over the recipients, each with its LF>
//
// By hand: age -d -i person-1.age file.age

// ringStanza is the type of that line.
const ringStanza = "sunlot-ring"

// maxSealed is the size of the largest file that Open reads whole, in bytes.
const maxSealed = 16 << 20

// mark is the argument of the line for the people and the recovery recipient.
func (r *Ring) mark() string {
	h := sha256.New()
	for _, p := range r.People {
		h.Write([]byte(p.Recipient + "\n"))
	}
	h.Write([]byte(r.Recovery + "\n"))
	return hex.EncodeToString(h.Sum(nil))[:32]
}

// ringMark is no recipient: it only adds its line.
type ringMark string

func (m ringMark) Wrap([]byte) ([]*age.Stanza, error) {
	return []*age.Stanza{{Type: ringStanza, Args: []string{string(m)}}}, nil
}

// Seal encrypts a text to everyone who may unlock and to the recovery
// recipient. It needs no secret.
func (r *Ring) Seal(text []byte) ([]byte, error) {
	to, err := r.recipients()
	if err != nil {
		return nil, err
	}
	return encrypt(text, append(to, ringMark(r.mark()))...)
}

// Seals reports whether a file was sealed to the people as they are now. It
// needs no secret and proves nothing of what stands in the file.
func (r *Ring) Seals(raw []byte) bool {
	head, _, _ := bytes.Cut(raw, []byte("\n---"))
	for line := range strings.SplitSeq(string(head), "\n") {
		if line == "-> "+ringStanza+" "+r.mark() {
			return true
		}
	}
	return false
}

// OpenSealed decrypts what Seal wrote for a ring in which this person stood.
// place names the file in errors.
//
// Errors: keyring.wrong-identity, keyring.damaged; keyring.agent-only with the
// keys of an agent, which signs and decrypts nothing (Ring.Reader).
func (k *Keys) OpenSealed(place string, raw []byte) ([]byte, error) {
	id := k.identity
	if id == nil {
		id = k.made
	}
	if id == nil {
		return nil, fault.New("keyring.agent-only", place, "an ssh-agent", "a passphrase").Of(fault.Usage)
	}
	return openSealed(place, raw, id)
}

func openSealed(place string, raw []byte, id age.Identity) ([]byte, error) {
	if len(raw) > maxSealed {
		return nil, fault.New("keyring.damaged", place, "a longer file", "")
	}
	return decryptUpTo(place, raw, id, maxSealed)
}

// Reader opens sealed files without the signing keys: where an agent holds
// those, the people and their passphrases are there all the same.
type Reader struct{ identity *age.X25519Identity }

// Reader asks src for a secret, as Unlock does.
func (r *Ring) Reader(src *Source) (*Reader, error) {
	rd := &Reader{}
	err := src.Try("口令（或恢复单上的恢复密钥）", func(secret string) (err error) {
		rd.identity, err = r.identify(secret, src.Person)
		return err
	})
	if err != nil {
		return nil, err
	}
	return rd, nil
}

// OpenSealed is that of Keys.
func (rd *Reader) OpenSealed(place string, raw []byte) ([]byte, error) {
	return openSealed(place, raw, rd.identity)
}

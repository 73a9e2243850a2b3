package keyring

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"

	"filippo.io/age"

	"github.com/sunlot/sunlot/internal/fault"
)

const (
	// productWork is age's own default: 2^18 rounds, 256 MiB, about a second.
	productWork = 18
	// maxWork bounds what a damaged or foreign file can cost: four seconds.
	maxWork = 20
)

// Making says how new secrets are made.
type Making struct {
	Random io.Reader // of seeds and identities; age draws its file keys and salts itself
	Work   int       // scrypt work factor, a power of two; 0 is 18
	Weak   bool      // allows Work below 18. Set by the code of tests and the demo, never by a flag
}

func (m Making) work() (int, error) {
	switch {
	case m.Work == 0:
		return productWork, nil
	case m.Work < 1 || m.Work > maxWork || m.Work < productWork && !m.Weak:
		return 0, fault.New("keyring.work-factor", "work factor", fmt.Sprint(m.Work), fmt.Sprintf("%d–%d", productWork, maxWork))
	}
	return m.Work, nil
}

// seed draws 32 bytes.
func (m Making) seed() ([32]byte, error) {
	var b [32]byte
	if m.Random == nil {
		panic("keyring: no source of randomness")
	}
	if _, err := io.ReadFull(m.Random, b[:]); err != nil {
		return b, fault.Wrap("keyring.random", "randomness", err).Of(fault.Unreachable)
	}
	return b, nil
}

func (m Making) identity() (*age.X25519Identity, error) {
	scalar, err := m.seed()
	if err != nil {
		return nil, err
	}
	defer clear(scalar[:])
	id, err := age.ParseX25519Identity(encodeIdentity(scalar))
	if err != nil {
		panic("keyring: age refuses a fresh identity: " + err.Error())
	}
	return id, nil
}

// bech32Digits are the 32 characters of BIP 173.
const bech32Digits = "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L"

// identityPrefix is the human-readable part and its separator.
const identityPrefix = "AGE-SECRET-KEY-1"

// encodeIdentity writes a Curve25519 scalar as age does: Bech32 (BIP 173) in
// upper case. age only makes identities from its own randomness.
func encodeIdentity(scalar [32]byte) string {
	var digits []byte // of five bits
	acc, bits := uint32(0), 0
	for _, b := range scalar {
		acc, bits = acc<<8|uint32(b), bits+8
		for bits >= 5 {
			bits -= 5
			digits = append(digits, byte(acc>>bits)&31)
		}
	}
	digits = append(digits, byte(acc<<(5-bits))&31)

	hrp := strings.ToLower(strings.TrimSuffix(identityPrefix, "1"))
	sum := uint32(1)
	for i := range hrp {
		sum = bech32Step(sum, hrp[i]>>5)
	}
	sum = bech32Step(sum, 0)
	for i := range hrp {
		sum = bech32Step(sum, hrp[i]&31)
	}
	for _, d := range digits {
		sum = bech32Step(sum, d)
	}
	for range 6 {
		sum = bech32Step(sum, 0)
	}
	sum ^= 1
	for i := 5; i >= 0; i-- {
		digits = append(digits, byte(sum>>(5*i))&31)
	}
	out := []byte(identityPrefix)
	for _, d := range digits {
		out = append(out, bech32Digits[d])
	}
	return string(out)
}

// bech32Step multiplies by x and adds v in the checksum's ring, BIP 173.
func bech32Step(sum uint32, v byte) uint32 {
	top := sum >> 25
	sum = sum&0x1ffffff<<5 ^ uint32(v)
	for i, g := range [5]uint32{0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3} {
		if top>>i&1 == 1 {
			sum ^= g
		}
	}
	return sum
}

// wrapPerson encrypts an identity under a passphrase: an identity file that
// the age command reads too.
func wrapPerson(id *age.X25519Identity, pass string, work int) ([]byte, error) {
	rcp, err := age.NewScryptRecipient(pass)
	if err != nil {
		return nil, fault.New("keyring.passphrase-short", "passphrase", "nothing", fmt.Sprint(minPassphrase)).Of(fault.Usage)
	}
	rcp.SetWorkFactor(work)
	return encrypt([]byte(id.String()+"\n"), rcp)
}

// unwrapPerson is the inverse: one scrypt.
func unwrapPerson(name string, raw []byte, pass string) (*age.X25519Identity, error) {
	sid, err := age.NewScryptIdentity(pass)
	if err != nil { // the empty passphrase
		return nil, wrongPassphrase(name)
	}
	sid.SetMaxWorkFactor(maxWork)
	text, err := decrypt(name, raw, sid)
	if err != nil {
		return nil, err
	}
	defer clear(text)
	id, err := age.ParseX25519Identity(strings.TrimSuffix(string(text), "\n"))
	if err != nil || id.String()+"\n" != string(text) {
		return nil, fault.New("keyring.damaged", name, "", "one age identity")
	}
	return id, nil
}

func encrypt(text []byte, to ...age.Recipient) ([]byte, error) {
	var out bytes.Buffer
	w, err := age.Encrypt(&out, to...)
	if err == nil {
		_, err = w.Write(text)
	}
	if err == nil {
		err = w.Close()
	}
	if err != nil {
		return nil, fault.Wrap("keyring.encrypt", "age", err)
	}
	return out.Bytes(), nil
}

// decrypt opens a small age file whole. A secret that does not fit is
// keyring.wrong-passphrase or keyring.wrong-identity; anything else is
// keyring.damaged.
func decrypt(name string, raw []byte, id age.Identity) ([]byte, error) {
	return decryptUpTo(name, raw, id, maxFile)
}

func decryptUpTo(name string, raw []byte, id age.Identity, limit int64) ([]byte, error) {
	r, err := age.Decrypt(bytes.NewReader(raw), id)
	if err != nil {
		return nil, openFault(name, err, id)
	}
	text, err := io.ReadAll(io.LimitReader(r, limit))
	if err != nil {
		clear(text)
		return nil, fault.Wrap("keyring.damaged", name, err)
	}
	return text, nil
}

// openFault is what age's refusal means. age's texts hold nothing secret.
func openFault(name string, err error, id age.Identity) error {
	var none *age.NoIdentityMatchError
	if !errors.As(err, &none) && !errors.Is(err, age.ErrIncorrectIdentity) {
		return fault.Wrap("keyring.damaged", name, err)
	}
	if _, ok := id.(*age.X25519Identity); ok {
		return fault.New("keyring.wrong-identity", name, "", "an identity that the file is encrypted to").Of(fault.Unreachable)
	}
	return wrongPassphrase(name)
}

func wrongPassphrase(place string) error {
	return fault.New("keyring.wrong-passphrase", place, "", "").Of(fault.Unreachable)
}

package keyring

import (
	"bytes"
	"errors"
	"io/fs"
	"os"

	"filippo.io/age"

	"github.com/sunlot/sunlot/internal/durable"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/ledger"
)

// WitnessOptions of CreateWitness.
type WitnessOptions struct {
	Making
	Name       string   // of both keys, as a schema-less URL
	Passphrase string   // who knows it opens the file; or
	Recipients []string // age recipients (age1…) who can; then no passphrase
}

// CreateWitness makes a witness's two keys, Ed25519 for lines of type 0x04 and
// ML-DSA-44 for 0x06, and keeps them in one age file that must not be there
// yet: two lines of the form of log.age. A witness needs no two holders: one
// that lost its key is replaced by another in the next charter.
//
// Errors: keyring.witness-exists, keyring.passphrase-…, keyring.recipient,
// keyring.work-factor, ledger.key-name.
func CreateWitness(file string, opt WitnessOptions) ([]ledger.Signer, error) {
	if _, err := os.Lstat(file); err == nil {
		return nil, fault.New("keyring.witness-exists", file, "", "")
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, fault.Wrap("keyring.unreadable", file, err).Of(fault.Unreachable)
	}
	to, err := witnessRecipients(opt)
	if err != nil {
		return nil, err
	}
	var text []byte
	defer func() { clear(text) }()
	var signers []ledger.Signer
	for _, typ := range []byte{ledger.Cosigning, ledger.PostQuantum} {
		seed, err := opt.seed()
		if err != nil {
			return nil, err
		}
		s, err := makers[typ](opt.Name, seed)
		if err != nil {
			return nil, err
		}
		line := formatSecretKey(s.Key(), seed)
		clear(seed[:])
		text, signers = append(text, line...), append(signers, s)
		clear(line)
	}
	raw, err := encrypt(text, to...)
	if err != nil {
		return nil, err
	}
	if err := durable.WriteFile(file, raw, 0o600); err != nil {
		return nil, fault.Wrap("keyring.unwritable", file, err).Of(fault.Unreachable)
	}
	return signers, nil
}

// witnessRecipients are those who can open the file.
func witnessRecipients(opt WitnessOptions) ([]age.Recipient, error) {
	var to []age.Recipient
	for _, r := range opt.Recipients {
		x, err := age.ParseX25519Recipient(r)
		if err != nil {
			return nil, fault.New("keyring.recipient", "recipient", clip(r), "age1…").Of(fault.Usage)
		}
		to = append(to, x)
	}
	if to != nil {
		return to, nil
	}
	work, err := opt.work()
	if err == nil {
		err = checkPassphrase(opt.Passphrase)
	}
	if err != nil {
		return nil, err
	}
	rcp, err := age.NewScryptRecipient(canonicalPassphrase(opt.Passphrase))
	if err != nil {
		return nil, fault.Wrap("keyring.encrypt", "age", err)
	}
	rcp.SetWorkFactor(work)
	return []age.Recipient{rcp}, nil
}

// UnlockWitness opens a file of CreateWitness with the passphrase or the age
// identity of src: the Ed25519 signer first.
func UnlockWitness(file string, src *Source) (signers []ledger.Signer, err error) {
	raw, err := readFile("", file)
	if err != nil {
		return nil, err
	}
	err = src.Try("见证钥匙的口令", func(secret string) error {
		signers, err = openWitness(file, raw, secret)
		return err
	})
	return signers, err
}

func openWitness(file string, raw []byte, secret string) ([]ledger.Signer, error) {
	var id age.Identity
	x, err := identityOf(secret)
	if err != nil {
		return nil, err
	}
	if id = x; x == nil {
		s, err := age.NewScryptIdentity(canonicalPassphrase(secret))
		if err != nil { // the empty passphrase
			return nil, wrongPassphrase(file)
		}
		s.SetMaxWorkFactor(maxWork)
		id = s
	}
	text, err := decrypt(file, raw, id)
	if err != nil {
		return nil, err
	}
	defer clear(text)
	var signers []ledger.Signer
	for _, line := range bytes.SplitAfter(text, []byte("\n")) {
		if len(line) == 0 {
			continue
		}
		s, err := parseSecretKey(file, line)
		if err != nil {
			return nil, err
		}
		signers = append(signers, s)
	}
	if len(signers) != 2 || signers[0].Key().Type != ledger.Cosigning || signers[1].Key().Type != ledger.PostQuantum {
		return nil, fault.New("keyring.damaged", file, "", "a witness's two keys")
	}
	return signers, nil
}

package keyring

import (
	"errors"
	"io/fs"
	"os"

	"filippo.io/age"

	"github.com/sunlot/sunlot/internal/durable"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/ledger"
)

// CreateGuest makes the key of somebody who is not of the office and signs for
// a draw: a contribution, or the record of a ceremony (draw1 §2). It stands in
// one age file, under a passphrase, that must not be there yet. A key that is
// lost is replaced by another in the next notice.
//
// Errors: keyring.guest-exists, keyring.passphrase-…, ledger.key-name.
func CreateGuest(file, name, passphrase string, m Making) (ledger.Signer, error) {
	if _, err := os.Lstat(file); err == nil {
		return nil, fault.New("keyring.guest-exists", file, "", "")
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, fault.Wrap("keyring.unreadable", file, err).Of(fault.Unreachable)
	}
	work, err := m.work()
	if err == nil {
		err = checkPassphrase(passphrase)
	}
	if err != nil {
		return nil, err
	}
	to, err := age.NewScryptRecipient(canonicalPassphrase(passphrase))
	if err != nil {
		return nil, fault.Wrap("keyring.encrypt", "age", err)
	}
	to.SetWorkFactor(work)
	seed, err := m.seed()
	if err != nil {
		return nil, err
	}
	defer clear(seed[:])
	s, err := ledger.NewSigner(name, seed)
	if err != nil {
		return nil, err
	}
	text := formatSecretKey(s.Key(), seed)
	defer clear(text)
	raw, err := encrypt(text, to)
	if err != nil {
		return nil, err
	}
	if err := durable.WriteFile(file, raw, 0o600); err != nil {
		return nil, fault.Wrap("keyring.unwritable", file, err).Of(fault.Unreachable)
	}
	return s, nil
}

// UnlockGuest opens a file of CreateGuest with the passphrase of src.
func UnlockGuest(file string, src *Source) (s ledger.Signer, err error) {
	raw, err := readFile("", file)
	if err != nil {
		return nil, err
	}
	err = src.Try("钥匙的口令", func(secret string) error {
		id, err := age.NewScryptIdentity(canonicalPassphrase(secret))
		if err != nil { // the empty passphrase
			return wrongPassphrase(file)
		}
		id.SetMaxWorkFactor(maxWork)
		text, err := decrypt(file, raw, id)
		if err != nil {
			return err
		}
		defer clear(text)
		s, err = parseSecretKey(file, text)
		return err
	})
	return s, err
}

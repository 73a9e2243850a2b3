package office

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/durable"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/keyring"
	"github.com/sunlot/sunlot/internal/rules"
)

// The two keys of a draw (启封钥匙 and 人员启封钥匙, draw1 §3) are kept as the
// signing keys are: encrypted to every person of the keyring and to the recovery
// sheet, private/draws/<first 32 hex of the keycommit>.age. Whoever holds K
// knows at the time of the round who was drawn, so no copy of the folder may
// tell; and one person's absence must not lose it.

// drawKeys is the text of such a file.
type drawKeys struct {
	K        string              `json:"k"`
	KI       string              `json:"ki"`
	Declared map[string][]string `json:"declared,omitempty"` // object id → inspectors recused beforehand
}

const drawsFolder = "private/draws"

func drawKeysName(keycommit string) string { return drawsFolder + "/" + keycommit[:32] + ".age" }

// plainKeysName is where earlier versions left the keys unencrypted.
func plainKeysName(keycommit string) string { return drawsFolder + "/" + keycommit[:32] + ".json" }

// plainKeys are the names of such files: lists of strangers stand beside them.
var plainKeys = regexp.MustCompile(`^[0-9a-f]{32}\.json$`)

// sealKeys encrypts the keys of a draw that is being announced.
func (o *Office) sealKeys(keycommit string, d drawKeys) (privateFile, error) {
	ring, err := o.ring()
	if err != nil {
		return privateFile{}, err
	}
	text, err := json.Marshal(d)
	if err != nil {
		return privateFile{}, err
	}
	defer clear(text)
	raw, err := ring.Seal(text)
	return privateFile{drawKeysName(keycommit), raw}, err
}

// ring is the keyring, held to the charter: nothing is encrypted to the people
// of a folder that somebody has put in its place.
func (o *Office) ring() (*keyring.Ring, error) {
	ring, err := keyring.Open(o.keyDir())
	if err != nil {
		return nil, err
	}
	b, err := o.Bundle()
	if err != nil {
		return nil, err
	}
	if key := ring.Office.String(); !slices.Contains(b.State.Charter().KeysOf("office"), key) {
		return nil, fault.New("office.other-ring", o.keyDir(), key, "")
	}
	return ring, nil
}

// keysFile reads the keys of a draw or of a later cast by its keycommit. It asks
// for a person's passphrase, at most once a command.
func (o *Office) keysFile(keycommit string) (*drawKeys, error) {
	place := drawKeysName(keycommit)
	name := o.path(filepath.FromSlash(place))
	raw, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		plain := o.path(filepath.FromSlash(plainKeysName(keycommit)))
		if text, err := os.ReadFile(plain); err == nil {
			return parseKeys(plain, text)
		}
	}
	if err != nil {
		return nil, fault.Wrap("office.no-draw-keys", name, err).Of(fault.Unreachable)
	}
	k, err := o.unlock()
	if err != nil {
		return nil, err
	}
	text, err := k.Open(place, raw)
	if err != nil {
		return nil, err
	}
	defer clear(text)
	return parseKeys(name, text)
}

func parseKeys(name string, text []byte) (*drawKeys, error) {
	d := new(drawKeys)
	if err := json.Unmarshal(text, d); err != nil {
		return nil, fault.Wrap("office.bad-register", name, err)
	}
	return d, nil
}

func (o *Office) drawKeys(l *rules.Lot) (rules.Keys, *drawKeys, error) {
	d, err := o.keysFile(l.Body.Key)
	if err != nil {
		return rules.Keys{}, nil, err
	}
	k, err1 := hex.DecodeString(d.K)
	ki, err2 := hex.DecodeString(d.KI)
	if err1 != nil || err2 != nil || draw.KeyCommit(k) != l.Body.Key || draw.KeyCommit(ki) != l.Body.KeyI {
		return rules.Keys{}, nil, fault.New("office.other-draw-keys", o.path(filepath.FromSlash(drawKeysName(l.Body.Key))), "", l.Body.Key)
	}
	return rules.Keys{K: k, KI: ki}, d, nil
}

// laterKeys are the keys of a teams notice.
func (o *Office) laterKeys(t *rules.Later) ([]byte, *drawKeys, error) {
	d, err := o.keysFile(t.Body.KeyI)
	if err != nil {
		return nil, nil, err
	}
	ki, err := hex.DecodeString(d.KI)
	if err != nil || draw.KeyCommit(ki) != t.Body.KeyI {
		return nil, nil, fault.New("office.other-draw-keys", drawKeysName(t.Body.KeyI), "", t.Body.KeyI)
	}
	return ki, d, nil
}

// openK is the K of a draw that everybody may read already; nil before. The
// office needs no passphrase for what is public.
func (o *Office) openK(l *rules.Lot) []byte {
	if !l.KOpened {
		return nil
	}
	op, err := o.openingOf(l)
	if err != nil {
		return nil
	}
	k, err := hex.DecodeString(op.K)
	if err != nil || draw.KeyCommit(k) != l.Body.Key {
		return nil
	}
	return k
}

// Custody is what does not stand as it should among the keys of the draws.
type Custody struct {
	Plain int // unencrypted files of an earlier version
	Stale int // encrypted to people who have changed since
}

// Custody looks at the keys of the draws. It needs no secret.
func (o *Office) Custody() (Custody, error) {
	c := Custody{}
	ring, err := keyring.Open(o.keyDir())
	if err != nil {
		return c, err
	}
	return c, o.eachKeys(func(name string, raw []byte) error {
		switch {
		case plainKeys.MatchString(name):
			c.Plain++
		case !ring.Seals(raw):
			c.Stale++
		}
		return nil
	})
}

// eachKeys hands every file of draw keys to do, by its name in the folder.
func (o *Office) eachKeys(do func(name string, raw []byte) error) error {
	dir := o.path(filepath.FromSlash(drawsFolder))
	list, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fault.Wrap("office.unreadable", dir, err).Of(fault.Unreachable)
	}
	for _, e := range list {
		if !plainKeys.MatchString(e.Name()) && !strings.HasSuffix(e.Name(), ".age") {
			continue
		}
		raw, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return fault.Wrap("office.unreadable", filepath.Join(dir, e.Name()), err).Of(fault.Unreachable)
		}
		if err := do(e.Name(), raw); err != nil {
			return err
		}
	}
	return nil
}

// convert encrypts what an earlier version left in the clear and says how much
// that was. The plain file goes last: a crash leaves both, and the next signing
// step does it again.
func (o *Office) convert() (int, error) {
	n := 0
	return n, o.eachKeys(func(name string, text []byte) error {
		if !plainKeys.MatchString(name) {
			return nil
		}
		place := filepath.FromSlash(drawsFolder + "/" + name)
		if _, err := parseKeys(o.path(place), text); err != nil {
			return err
		}
		ring, err := o.ring()
		if err != nil {
			return err
		}
		raw, err := ring.Seal(text)
		if err != nil {
			return err
		}
		to := drawsFolder + "/" + strings.TrimSuffix(name, ".json") + ".age"
		if err := o.put([]privateFile{{to, raw}}, 0o600); err != nil {
			return err
		}
		err = os.Remove(o.path(place))
		if err == nil {
			err = durable.SyncDir(o.path(filepath.FromSlash(drawsFolder)))
		}
		if err != nil {
			return fault.Wrap("office.unwritable", o.path(place), err)
		}
		n++
		return nil
	})
}

// reseal encrypts the keys of all draws to the people as they are now; open
// decrypts what was encrypted to those before.
func (o *Office) reseal(ring *keyring.Ring, open func(place string, raw []byte) ([]byte, error)) (int, error) {
	n := 0
	return n, o.eachKeys(func(name string, raw []byte) error {
		if plainKeys.MatchString(name) || ring.Seals(raw) {
			return nil
		}
		place := drawsFolder + "/" + name
		text, err := open(place, raw)
		if err != nil {
			return err
		}
		defer clear(text)
		if raw, err = ring.Seal(text); err != nil {
			return err
		}
		if err := o.put([]privateFile{{place, raw}}, 0o600); err != nil {
			return err
		}
		n++
		return nil
	})
}

// Reseal encrypts the keys of all draws to the people of the keyring, after a
// change of people that did not come to its end, and says how many.
func (o *Office) Reseal(src *keyring.Source) (int, error) {
	k, open, err := o.custodian(src)
	if err != nil {
		return 0, err
	}
	defer k.Close()
	return o.reseal(k.Ring(), open)
}

// custodian unlocks for a change of people: the keys, and how files encrypted to
// the people before are opened. With an agent it asks for a passphrase if there
// is anything to open.
func (o *Office) custodian(src *keyring.Source) (*keyring.Keys, func(string, []byte) ([]byte, error), error) {
	k, err := keyring.Unlock(o.keyDir(), src)
	if err != nil {
		return nil, nil, err
	}
	any := false
	err = o.eachKeys(func(string, []byte) error { any = true; return nil })
	if err != nil || !any || !k.Ring().UsesAgent() {
		return k, k.OpenSealed, err
	}
	rd, err := k.Ring().Reader(src)
	if err != nil {
		k.Close()
		return nil, nil, err
	}
	return k, rd.OpenSealed, nil
}

// opener is how sealed files are opened beside unlocked keys; with an agent a
// passphrase is asked for when the first is needed.
func opener(k *keyring.Keys, src *keyring.Source) func(place string, raw []byte) ([]byte, error) {
	if !k.Ring().UsesAgent() {
		return k.OpenSealed
	}
	var rd *keyring.Reader
	return func(place string, raw []byte) (text []byte, err error) {
		if rd == nil {
			if rd, err = k.Ring().Reader(src); err != nil {
				return nil, err
			}
		}
		return rd.OpenSealed(place, raw)
	}
}

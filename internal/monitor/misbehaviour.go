package monitor

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/ledger"
)

// misbehaviourForm is the value of the member format.
const misbehaviourForm = "sunlot/misbehaviour/v1"

// maxMisbehaviour bounds a file: two notes and a proof.
const maxMisbehaviour = 1 << 20

// Misbehaviour (两份互相矛盾的账本快照) is the proof that one key has signed two
// histories: two checkpoints of which the older is not a beginning of the newer.
// Whoever holds the key can check it, without the ledger:
//
//	Older of size m and Newer of size n ≥ m both carry the key's signature
//	m = n: the roots differ
//	m < n: Prefix, the root of the first m entries of the newer tree, is not
//	       the root of Older, and Proof, a consistency proof (RFC 6962 §2.1.2),
//	       leads from Prefix to the root of Newer
type Misbehaviour struct {
	Format string   `json:"format"`
	Log    string   `json:"log"`   // verifier key
	Older  string   `json:"older"` // signed checkpoints, whole
	Newer  string   `json:"newer"`
	Prefix string   `json:"prefix,omitempty"` // 64 hex
	Proof  []string `json:"proof,omitempty"`  // base64, a hash each
}

// contradiction is the Misbehaviour of an older checkpoint and a site's, nil
// where the site continues it. An error means that the site's tiles do not say.
func contradiction(old seen, s site) (*Misbehaviour, error) {
	m, n := old.head.Size, s.head.Size
	c := &Misbehaviour{Format: misbehaviourForm, Log: s.b.LogKey(), Older: string(old.note), Newer: string(s.note)}
	if m == n || m == 0 {
		if m == 0 || old.head.Root == s.head.Root {
			return nil, nil
		}
		return c, nil
	}
	reader := s.b.Dir.HashReader(n)
	proof, err := ledger.ProveConsistency(m, n, reader)
	if err != nil {
		return nil, err
	}
	if ledger.CheckConsistency(proof, m, old.head.Root, n, s.head.Root) == nil {
		return nil, nil
	}
	prefix, err := tlog.TreeHash(int64(m), reader)
	if err != nil {
		return nil, err
	}
	c.Prefix = hex.EncodeToString(prefix[:])
	for _, h := range proof {
		c.Proof = append(c.Proof, base64.StdEncoding.EncodeToString(h[:]))
	}
	if err := c.Check(s.b.LogKey()); err != nil {
		return nil, err // the site's own tiles do not lead to its root
	}
	return c, nil
}

// FormatMisbehaviour writes the file: JSON, indented.
func FormatMisbehaviour(c *Misbehaviour) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(c)
	return b.Bytes(), err
}

// ParseMisbehaviour reads a file of FormatMisbehaviour, in that form alone. It
// checks nothing else.
func ParseMisbehaviour(data []byte) (*Misbehaviour, error) {
	c := new(Misbehaviour)
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	err := d.Decode(c)
	if _, more := d.Token(); err == nil && more != io.EOF || err == nil && c.Format != misbehaviourForm || len(data) > maxMisbehaviour {
		err = io.ErrUnexpectedEOF
	}
	if err == nil {
		if again, ferr := FormatMisbehaviour(c); ferr != nil || !bytes.Equal(again, data) {
			err = io.ErrUnexpectedEOF
		}
	}
	if err != nil {
		return nil, fault.Wrap("monitor.misbehaviour-form", "", err)
	}
	return c, nil
}

// Check returns nil if the two checkpoints prove that the holder of the key
// (a vkey, "" for the one in the file) has signed two histories.
func (c *Misbehaviour) Check(vkey string) error {
	not := func(place, got, want string) error { return fault.New("monitor.no-misbehaviour", place, got, want) }
	if vkey == "" {
		vkey = c.Log
	}
	key, err := ledger.ParseKey(vkey)
	if err != nil {
		return err
	}
	older, _, err := ledger.OpenCheckpoint([]byte(c.Older), key)
	if err != nil {
		return err
	}
	newer, _, err := ledger.OpenCheckpoint([]byte(c.Newer), key)
	if err != nil {
		return err
	}
	if older.Size == newer.Size && c.Prefix == "" && len(c.Proof) == 0 {
		if older.Root == newer.Root {
			return not("root", older.Root.String(), "")
		}
		return nil
	}
	if older.Size == 0 || older.Size >= newer.Size {
		return not("size", num(older.Size), num(newer.Size))
	}
	raw, err := hex.DecodeString(c.Prefix)
	if err != nil || len(raw) != len(ledger.Hash{}) || hex.EncodeToString(raw) != c.Prefix {
		return not("prefix", c.Prefix, "64 hex")
	}
	prefix := ledger.Hash(raw)
	var proof []ledger.Hash
	for _, line := range c.Proof {
		h, err := tlog.ParseHash(line)
		if err != nil || h.String() != line {
			return not("proof", line, "")
		}
		proof = append(proof, h)
	}
	if err := ledger.CheckConsistency(proof, older.Size, prefix, newer.Size, newer.Root); err != nil {
		return err
	}
	if prefix == older.Root {
		return not("prefix", c.Prefix, "")
	}
	return nil
}

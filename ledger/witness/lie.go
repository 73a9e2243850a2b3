package witness

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"math/bits"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/sunlot/sunlot/ledger"
)

// lieName is where a store keeps the first proof that a log has signed two
// histories, beside what it signed for that log.
const lieName = "misbehaviour.json"

// lie is the proof of spec/monitor.md, Misbehaviour.
type lie struct {
	Format string   `json:"format"`
	Log    string   `json:"log"`
	Older  string   `json:"older"`
	Newer  string   `json:"newer"`
	Prefix string   `json:"prefix,omitempty"`
	Proof  []string `json:"proof,omitempty"`
}

// caught makes the proof from what the witness signed last and a request that
// contradicts it; nil where the two prove nothing by themselves: a key signed
// only one of them, or the proof belongs to no tree (anybody can send that with
// an honest checkpoint), or the size that was signed is a power of two, for
// then the proof does not say what the root of the other history was.
func caught(last *remembered, r *Request, n *ledger.Note, c ledger.Checkpoint, keys []ledger.Key) []byte {
	was, err := ledger.ParseNote(last.note)
	if err != nil {
		return nil
	}
	both := was.SignedBy(n.SignedBy(keys...)...)
	if len(both) == 0 {
		return nil
	}
	older, newer := signedBy(was, both[0]), signedBy(n, both[0])
	l := lie{Format: "sunlot/misbehaviour/v1", Log: both[0].String(), Older: older, Newer: newer}
	if last.head.Size < c.Size {
		prefix, ok := prefixOf(r.Proof, r.Old, c)
		if !ok || prefix == last.head.Root {
			return nil
		}
		l.Prefix = hex.EncodeToString(prefix[:])
		for _, h := range r.Proof {
			l.Proof = append(l.Proof, base64.StdEncoding.EncodeToString(h[:]))
		}
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if enc.Encode(l) != nil {
		return nil
	}
	return b.Bytes()
}

// signedBy is the note with the line of one key alone.
func signedBy(n *ledger.Note, k ledger.Key) string {
	for _, s := range n.Signatures {
		if s.Name == k.Name && s.ID == k.ID {
			msg, err := (&ledger.Note{Text: n.Text, Signatures: []ledger.Signature{s}}).Format()
			if err == nil {
				return string(msg)
			}
		}
	}
	return ""
}

// prefixOf is the root of the first old entries of a tree, as a consistency
// proof from there to the checkpoint gives it, RFC 6962 §2.1.2 read from its
// first hash on; false where it leads to another root, or old is a power of two.
func prefixOf(proof []ledger.Hash, old uint64, c ledger.Checkpoint) (root ledger.Hash, ok bool) {
	if old == 0 || old >= c.Size || old&(old-1) == 0 || len(proof) == 0 {
		return root, false
	}
	first, last := old-1, c.Size-1 // the right edges, level by level
	low := bits.TrailingZeros64(^first)
	first, last, root = first>>low, last>>low, proof[0]
	for _, h := range proof[1:] {
		if first&1 == 1 || first == last {
			root = tlog.NodeHash(h, root)
			for first&1 == 0 && first != 0 {
				first, last = first>>1, last>>1
			}
		}
		first, last = first>>1, last>>1
	}
	return root, ledger.CheckConsistency(proof, old, root, c.Size, c.Root) == nil
}

// keepLie keeps the first proof about a log.
func (s *Store) keepLie(origin string, proof []byte) error {
	name := PathOf(origin) + "/" + lieName
	if _, err := fs.Stat(s.disk.FS(), name); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if err := s.disk.Replace(name, proof); err != nil {
		return unwritable(s.dir, err)
	}
	return nil
}

package witness

import (
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/ledger"
)

// Witness signs for the logs that it was told to watch. Safe for concurrent
// use.
type Witness struct {
	store   *Store
	signers []ledger.Signer
	logs    map[string][]ledger.Key // by origin
	now     func() int64
	last    uint64 // latest time signed, for any log; held by the store's lock
	mux     *http.ServeMux

	// Refused is told of checkpoints that the log signed and that do not follow
	// what the witness signed before; nil: nobody is. Set it before serving.
	Refused func(error)
}

// New is the witness with that memory, those keys and that clock (seconds since
// 1970). The first signer is the store's (0x04); further ones, of type 0x06,
// add their lines. A log may have several keys: any of them signs for it. A
// log whose key is the witness's own is refused (witness.own-log).
func New(store *Store, signers []ledger.Signer, logs []ledger.Key, now func() int64) (*Witness, error) {
	if len(signers) == 0 || !signers[0].Key().Equal(store.key) {
		return nil, fault.New("witness.store-key", store.dir, fmt.Sprintf("%d signers", len(signers)), store.key.String()).Of(fault.Usage)
	}
	w := &Witness{store: store, signers: signers, logs: map[string][]ledger.Key{}, now: now}
	for _, s := range signers[1:] {
		if s.Key().Type != ledger.PostQuantum {
			return nil, fault.New("witness.signer", clip(s.Key().Name), fmt.Sprintf("0x%02x", s.Key().Type), "0x06").Of(fault.Usage)
		}
	}
	for _, k := range logs {
		for _, s := range signers {
			if string(s.Key().Public) == string(k.Public) {
				return nil, fault.New("witness.own-log", clip(k.Name), "", "").Of(fault.Usage)
			}
		}
		w.logs[k.Name] = append(w.logs[k.Name], k)
	}
	err := store.locked(func() (err error) {
		w.last, err = store.latest()
		return err
	})
	if err != nil {
		return nil, err
	}
	w.mux = w.routes()
	return w, nil
}

// Refusal is why a witness did not sign. Status is the one of
// c2sp.org/tlog-witness; at 409 Size is that of the tree that it signed last,
// and tells the log where to begin, except where the roots differ
// (witness.fork).
type Refusal struct {
	Status int
	Size   uint64
	Err    *fault.Error
}

func (r *Refusal) Error() string { return r.Err.Error() }
func (r *Refusal) Unwrap() error { return r.Err }

func refuse(status int, code, place, got, want string) error {
	return &Refusal{Status: status, Err: fault.New(code, place, got, want)}
}

// Answer decides about a request, remembers the checkpoint and returns the
// signature lines, in this order: nothing leaves before it is durable. Every
// request that was not signed comes back as a *Refusal, except where the store
// itself fails.
func (w *Witness) Answer(request []byte) (lines []byte, err error) {
	r, n, c, err := parseRequest(request)
	if err != nil {
		f, ok := err.(*fault.Error)
		if !ok {
			return nil, err
		}
		return nil, &Refusal{Status: http.StatusBadRequest, Err: f}
	}
	keys := w.logs[c.Origin]
	if keys == nil {
		return nil, refuse(http.StatusNotFound, "witness.unknown-log", clip(c.Origin), "", "")
	}
	signed := n.SignedBy(keys...)
	if len(signed) == 0 {
		return nil, refuse(http.StatusForbidden, "witness.unsigned", clip(c.Origin), "", keys[0].String())
	}
	if r.Old > c.Size {
		return nil, refuse(http.StatusBadRequest, "witness.old-above", clip(c.Origin), strconv.FormatUint(r.Old, 10), strconv.FormatUint(c.Size, 10))
	}
	// Only what the log itself has signed gets as far as the lock and the disk.
	err = w.store.locked(func() error {
		last, err := w.store.recall(c.Origin)
		if err != nil {
			return err
		}
		if err := follows(last, r, c); err != nil {
			if proof := caught(last, r, n, c, keys); proof != nil && told(err) {
				err = errors.Join(err, w.store.keepLie(c.Origin, proof))
			}
			return err
		}
		at, err := w.time(last)
		if err != nil {
			return err
		}
		lines, err = w.sign(n, c, signed, at)
		return err
	})
	if err != nil {
		if w.Refused != nil && (told(err) || fault.Code(err) == "witness.rollback") {
			w.Refused(err)
		}
		return nil, err
	}
	return lines, nil
}

// told says whether a refusal is of another history, seemingly.
func told(err error) bool {
	return fault.Code(err) == "witness.fork" || fault.Code(err) == "witness.proof"
}

// follows decides whether the checkpoint continues what was signed last.
func follows(last *remembered, r *Request, c ledger.Checkpoint) error {
	conflict := func(code, got string) error {
		return &Refusal{Status: http.StatusConflict, Size: last.head.Size, Err: fault.New(code, clip(c.Origin), got, strconv.FormatUint(last.head.Size, 10))}
	}
	switch {
	case c.Size == 0 && c.Root != ledger.LinesRoot(nil):
		return refuse(http.StatusUnprocessableEntity, "witness.proof", clip(c.Origin), c.Root.String(), ledger.LinesRoot(nil).String())
	case r.Old != last.head.Size && c.Size < last.head.Size:
		return conflict("witness.rollback", strconv.FormatUint(c.Size, 10))
	case r.Old != last.head.Size:
		return conflict("witness.old-size", strconv.FormatUint(r.Old, 10))
	case r.Old == c.Size && c.Root != last.head.Root:
		return conflict("witness.fork", c.Root.String())
	}
	if err := ledger.CheckConsistency(r.Proof, r.Old, last.head.Root, c.Size, c.Root); err != nil {
		return &Refusal{Status: http.StatusUnprocessableEntity, Err: fault.Wrap("witness.proof", clip(c.Origin), err)}
	}
	return nil
}

// time is the clock's, which must not lie before a signature that was made, for
// this log or another: an office that could turn a witness's clock back would
// be in time when it is late. A clock that stood ahead keeps the witness silent
// until then.
func (w *Witness) time(last *remembered) (uint64, error) {
	now, not := w.now(), max(w.last, last.at)
	if now <= 0 || uint64(now) < not {
		return 0, refuse(http.StatusServiceUnavailable, "witness.clock", clip(last.head.Origin), beijing(now), beijing(int64(not)))
	}
	w.last = uint64(now)
	return uint64(now), nil
}

// beijing writes a time for an error that a person reads.
func beijing(at int64) string {
	return time.Unix(at, 0).In(time.FixedZone("", 8*3600)).Format(time.RFC3339)
}

// sign makes the lines, remembers the checkpoint with them and the log's own,
// and returns them. A crash before the end leaves a memory that answers the
// same request, from its own size, with a new line.
func (w *Witness) sign(n *ledger.Note, c ledger.Checkpoint, log []ledger.Key, at uint64) ([]byte, error) {
	kept := &ledger.Note{Text: n.Text}
	for _, s := range n.Signatures {
		if slices.ContainsFunc(log, func(k ledger.Key) bool { return k.Name == s.Name && k.ID == s.ID }) {
			kept.Signatures = append(kept.Signatures, s)
		}
	}
	var ours []ledger.Signature
	for _, signer := range w.signers {
		s, err := ledger.Cosign(n.Text, at, signer)
		if err != nil {
			return nil, err
		}
		ours = append(ours, s)
	}
	kept.Signatures = append(kept.Signatures, ours...)
	data, err := kept.Format()
	if err != nil {
		return nil, err
	}
	if err := w.store.keep(c.Origin, data); err != nil {
		return nil, err
	}
	return formatLines(n.Text, ours)
}

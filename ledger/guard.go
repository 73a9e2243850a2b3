package ledger

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"

	"github.com/sunlot/sunlot/internal/fault"
)

// The guard: sign nothing that contradicts what was signed. Its memory is one
// record in a second place, outside the ledger folder: the last signed
// checkpoint and the time of signing.
//
//	sunlot/guard/v1
//	time 1692806400
//
//	example.gov.cn/sunlot
//	17
//	n6k…=
//
//	— example.gov.cn/sunlot Az3g…

// GuardRecord is the name of the record in the second place.
const GuardRecord = "signed"

const guardHeader = "sunlot/guard/v1\ntime "

// record is the guard's memory.
type record struct {
	time       int64 // seconds since 1970, as given when it was signed
	checkpoint []byte
	head       Checkpoint
}

func formatRecord(time int64, checkpoint []byte) []byte {
	return fmt.Appendf(nil, "%s%d\n\n%s", guardHeader, time, checkpoint)
}

// parseRecord reads a record and opens its checkpoint with the log's key.
func parseRecord(data []byte, key Key) (*record, error) {
	damaged := fault.New("ledger.guard-record", GuardRecord, clip(string(data)), "the guard's record")
	rest, ok := strings.CutPrefix(string(data), guardHeader)
	num, checkpoint, ok2 := strings.Cut(rest, "\n\n")
	t, err := strconv.ParseInt(num, 10, 64)
	if !ok || !ok2 || err != nil {
		return nil, damaged
	}
	r := &record{time: t, checkpoint: []byte(checkpoint)}
	if !bytes.Equal(formatRecord(t, r.checkpoint), data) {
		return nil, damaged
	}
	n, err := ParseNote(r.checkpoint)
	if err != nil {
		damaged.Err = err
		return nil, damaged
	}
	if r.head, err = ParseCheckpoint(n.Text); err != nil {
		damaged.Err = err
		return nil, damaged
	}
	if r.head.Origin != key.Name || n.line(key) == nil {
		return nil, fault.New("ledger.guard-other-key", GuardRecord, clip(r.head.Origin)+" "+clip(n.Signatures[0].Name), key.String())
	}
	if len(n.SignedBy(key)) == 0 {
		damaged.Got = "a signature that does not verify"
		return nil, damaged
	}
	return r, nil
}

// readRecord returns nil when there is no record.
func readRecord(second fs.FS, key Key) (*record, error) {
	data, err := OpenDir(second).read(GuardRecord, maxNote+100)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return parseRecord(data, key)
}

// Signed is the checkpoint that the guard remembers as signed last, the zero
// one where it remembers none.
func Signed(second fs.FS, key Key) (Checkpoint, error) {
	rec, err := readRecord(second, key)
	if err != nil || rec == nil {
		return Checkpoint{}, err
	}
	return rec.head, nil
}

// SignedSize is the size of the checkpoint that the guard remembers, without a
// look at its signature: for what is told, not for what is decided.
func SignedSize(second fs.FS) uint64 {
	data, err := OpenDir(second).read(GuardRecord, maxNote+100)
	if err != nil {
		return 0
	}
	_, checkpoint, _ := bytes.Cut(data, []byte("\n\n"))
	n, err := ParseNote(checkpoint)
	if err != nil {
		return 0
	}
	c, _ := ParseCheckpoint(n.Text)
	return c.Size
}

// guard is the first run: it decides whether the tree of size from, to be
// followed by the tree of size to, is the one that was signed last. It reads
// and changes nothing. A record of size to is one that a crash left between
// the signature and the checkpoint.
func (p *Publisher) guard(from, to uint64) (*record, *edge, error) {
	key := p.Log.Key()
	rec, err := readRecord(p.Second.FS(), key)
	if err != nil {
		return nil, nil, err
	}
	dir := OpenDir(p.Public.FS())
	msg, err := dir.Checkpoint()
	missing := errors.Is(err, fs.ErrNotExist)
	if err != nil && !missing {
		return nil, nil, err
	}
	switch {
	case rec == nil && missing:
		return nil, nil, fault.New("ledger.not-created", "checkpoint", "neither a checkpoint nor a guard record", "a ledger")
	case rec == nil:
		return nil, nil, fault.New("ledger.guard-lost", GuardRecord, "no guard record", "the record of the last signature")
	case missing:
		return nil, nil, fault.New("ledger.guard-state-lost", "checkpoint", "no checkpoint", fmt.Sprintf("the checkpoint of size %d", rec.head.Size))
	case p.Now < rec.time:
		return nil, nil, fault.New("ledger.guard-clock", "clock", strconv.FormatInt(p.Now, 10), fmt.Sprintf("not before %d", rec.time))
	}
	head, err := p.openPublic(msg)
	if err != nil {
		return nil, nil, err
	}
	if err := compareHeads(head, rec.head, from, to); err != nil {
		return nil, nil, err
	}
	e, err := readEdge(dir, head.Size, head.Root)
	if err != nil {
		return nil, nil, err
	}
	return rec, e, nil
}

// openPublic opens the checkpoint in the folder with the log's key.
func (p *Publisher) openPublic(msg []byte) (Checkpoint, error) {
	key := p.Log.Key()
	n, err := ParseNote(msg)
	if err != nil {
		return Checkpoint{}, edgeFault("checkpoint", err)
	}
	head, err := ParseCheckpoint(n.Text)
	if err != nil {
		return Checkpoint{}, edgeFault("checkpoint", err)
	}
	if head.Origin != key.Name || n.line(key) == nil {
		return Checkpoint{}, fault.New("ledger.guard-other-office", "checkpoint", clip(head.Origin)+" "+clip(n.Signatures[0].Name), key.String())
	}
	if len(n.SignedBy(key)) == 0 {
		return Checkpoint{}, fault.New("ledger.guard-damaged", "checkpoint", "a signature that does not verify", key.String())
	}
	return head, nil
}

// compareHeads holds the folder's head against the last signed one.
func compareHeads(head, signed Checkpoint, from, to uint64) error {
	size := func(c Checkpoint) string { return fmt.Sprintf("size %d", c.Size) }
	switch {
	case head.Size == signed.Size && head.Root != signed.Root:
		return fault.New("ledger.guard-fork", "checkpoint", head.Root.String(), signed.Root.String())
	case head.Size > signed.Size:
		return fault.New("ledger.guard-other-writer", "checkpoint", size(head), size(signed))
	case head.Size < signed.Size && (head.Size != from || signed.Size != to):
		return fault.New("ledger.guard-rolled-back", "checkpoint", size(head), size(signed))
	case head.Size != from:
		return fault.New("ledger.guard-other-writer", "checkpoint", size(head), fmt.Sprintf("size %d", from))
	}
	return nil
}

// guardAgain is the second run, right before the signature: what was written
// is read back, its right edge hashed from its entries, and the new tree
// proved to begin with the last signed one. The record and the checkpoint
// must still be what the first run saw.
func (p *Publisher) guardAgain(rec *record, was []byte, next Checkpoint) error {
	now, err := readRecord(p.Second.FS(), p.Log.Key())
	if err != nil {
		return err
	}
	dir := OpenDir(p.Public.FS())
	msg, err := dir.Checkpoint()
	if err != nil {
		return edgeFault("checkpoint", err)
	}
	if now == nil || now.time != rec.time || !bytes.Equal(now.checkpoint, rec.checkpoint) || !bytes.Equal(msg, was) {
		return fault.New("ledger.guard-other-writer", "checkpoint", "something written meanwhile", fmt.Sprintf("size %d", rec.head.Size))
	}
	if _, err := readEdge(dir, next.Size, next.Root); err != nil {
		return err
	}
	proof, err := ProveConsistency(rec.head.Size, next.Size, dir.HashReader(next.Size))
	if err != nil {
		return edgeFault("tile", err)
	}
	if err := CheckConsistency(proof, rec.head.Size, rec.head.Root, next.Size, next.Root); err != nil {
		return &fault.Error{Code: "ledger.guard-fork", Place: "checkpoint", Err: err}
	}
	return nil
}

// Adopt makes the folder's checkpoint the guard's memory: after the record was
// lost, after another desk wrote, or when the time in it was wrong. A person
// has compared the checkpoint with the last printed one before. It is no way
// around the guard's promise: the folder must pass a whole audit, and a record
// that is there must not be larger, nor of another history.
func (p *Publisher) Adopt() error {
	rec, err := readRecord(p.Second.FS(), p.Log.Key())
	if err != nil {
		return err
	}
	dir := OpenDir(p.Public.FS())
	rep := dir.Audit(p.Log.Key(), AuditOptions{Copies: p.Copies})
	if len(rep.Problems) > 0 {
		return rep.Problems[0]
	}
	head := rep.Checkpoint
	if rec != nil && rec.head.Size > head.Size {
		return compareHeads(head, rec.head, head.Size, head.Size)
	}
	if rec != nil {
		proof, err := ProveConsistency(rec.head.Size, head.Size, dir.HashReader(head.Size))
		if err != nil {
			return err
		}
		if err := CheckConsistency(proof, rec.head.Size, rec.head.Root, head.Size, head.Root); err != nil {
			return &fault.Error{Code: "ledger.guard-fork", Place: "checkpoint", Err: err}
		}
	}
	msg, err := dir.Checkpoint()
	if err != nil {
		return err
	}
	return p.Second.Replace(GuardRecord, formatRecord(p.Now, msg))
}

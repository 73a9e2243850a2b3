package office

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"
	"sync"

	"github.com/sunlot/sunlot/internal/durable"
	"github.com/sunlot/sunlot/internal/graph"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/verify"
	"github.com/sunlot/sunlot/ledger"
)

// A step begins with the whole ledger judged. For a long one that costs more
// than the step, so what the judgement led to is put aside in the private
// folder, and the next step judges only what has come since:
//
//	sunlot state 1
//	<SHA-256 of the program>
//	<origin>
//	<size> <root>
//	<HMAC-SHA-256 of the lines above and the bytes below>
//	bytes of package graph
//
// The key of the HMAC is what the office's own key makes of a fixed text, so
// nobody who cannot sign an entry can make the office begin from a false state.
// Only steps that sign use it: check, build, publish and every sunlot-verify
// judge from the first entry on.
const savedName = "private/state"

const savedHead = "sunlot state 1"

// saveAfter is the number of entries since the last saved state from which a
// new one is worth its cost; a long ledger waits for a twentieth of its length.
const saveAfter = 1000

// maxSaved bounds the file: a ledger of ten million entries.
const maxSaved = 4 << 30

// resumed is the ledger judged from the saved state on; nil without an error
// where there is no state that fits, and all of it is to be judged.
func (o *Office) resumed(public fs.FS) (*verify.Bundle, error) {
	data, err := os.ReadFile(o.path(savedName))
	if err != nil || len(data) > maxSaved {
		return nil, nil
	}
	key, err := o.savedKey()
	if err != nil {
		return nil, err // no step without the key, with or without a saved state
	}
	from, ok := o.parseSaved(key, data)
	if !ok {
		return nil, nil
	}
	b, err := verify.Resume(public, from, verify.Options{Today: o.Today()})
	if err != nil {
		return nil, nil // judged from the first entry on, what is wrong is named
	}
	return b, nil
}

// putAside keeps the state of a ledger that has just been judged and is sound.
// That it fails costs time and nothing else, so it is not told.
func (o *Office) putAside(b *verify.Bundle) {
	after := uint64(saveAfter)
	if o.SaveAfter > 0 {
		after = uint64(o.SaveAfter)
	}
	if since := b.Checkpoint.Size - b.Resumed; since < max(after, b.Resumed/20) || b.Failed() {
		return
	}
	key, err := o.savedKey()
	if err != nil {
		return
	}
	state, err := graph.Write(b.State)
	if err != nil {
		return
	}
	head := o.savedLines(b.Checkpoint.Size, b.Checkpoint.Root)
	_ = durable.WriteFile(o.path(savedName), append(append([]byte(head), savedMAC(key, head, state)...), state...), 0o600)
}

func (o *Office) savedLines(size uint64, root ledger.Hash) string {
	return fmt.Sprintf("%s\n%s\n%s\n%d %s\n", savedHead, Program(), o.Config.Origin, size, hex.EncodeToString(root[:]))
}

// savedMAC is the fifth line.
func savedMAC(key []byte, head string, state []byte) []byte {
	m := hmac.New(sha256.New, key)
	io.WriteString(m, head)
	m.Write(state)
	return append(hex.AppendEncode(nil, m.Sum(nil)), '\n')
}

func (o *Office) parseSaved(key, data []byte) (from verify.Saved, ok bool) {
	lines := bytes.SplitN(data, []byte("\n"), 6)
	if len(lines) != 6 {
		return from, false
	}
	var root string
	if _, err := fmt.Sscanf(string(lines[3]), "%d %64s", &from.Size, &root); err != nil {
		return from, false
	}
	sum, err := hex.DecodeString(root)
	if err != nil || len(sum) != len(from.Root) {
		return from, false
	}
	copy(from.Root[:], sum)
	head, state := o.savedLines(from.Size, from.Root), lines[5]
	if !bytes.HasPrefix(data, []byte(head)) || !hmac.Equal(append(bytes.Clone(lines[4]), '\n'), savedMAC(key, head, state)) {
		return from, false
	}
	from.State, err = rules.Resume(func(s *rules.State) error { return graph.Read(state, s) })
	return from, err == nil
}

// savedKey is the key of the HMAC. The text that is signed for it can be no
// entry and no checkpoint: those begin with sunlot/ and with the origin.
func (o *Office) savedKey() ([]byte, error) {
	k, err := o.unlock()
	if err != nil {
		return nil, err
	}
	sig, err := k.Office.Sign([]byte("sunlot state key\n" + o.Config.Origin + "\n"))
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(sig)
	return sum[:], nil
}

// Program is the digest of the running program: another one may judge, or word
// a page, otherwise, and a version number does not tell them apart. "" where it
// cannot be read.
func Program() string { return program() }

var program = sync.OnceValue(func() string {
	name, err := os.Executable()
	if err != nil {
		return ""
	}
	f, err := os.Open(name)
	if err != nil {
		return ""
	}
	defer f.Close()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return ""
	}
	return strings.ToLower(hex.EncodeToString(h.Sum(nil)))
})

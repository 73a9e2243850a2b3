//go:build !windows

package local

// The outside judges: programs of others read what we wrote.

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	flog "github.com/transparency-dev/formats/log"
	fnote "github.com/transparency-dev/formats/note"
	fproof "github.com/transparency-dev/formats/proof"
	fwitness "github.com/transparency-dev/formats/witness"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/client"
	"github.com/transparency-dev/tessera/fsck"
	"github.com/transparency-dev/tessera/storage/posix"
	"golang.org/x/mod/sumdb/note"

	"github.com/sunlot/sunlot/ledger"
)

func verifier(t testing.TB, key ledger.Key) note.Verifier {
	t.Helper()
	v, err := fnote.NewVerifier(key.String())
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// leafHasher reads a bundle with Tessera's own parser.
func leafHasher(bundle []byte) ([][]byte, error) {
	var b api.EntryBundle
	if err := b.UnmarshalText(bundle); err != nil {
		return nil, err
	}
	var out [][]byte
	for _, e := range b.Entries {
		out = append(out, rfc6962.DefaultHasher.HashLeaf(e))
	}
	return out, nil
}

func tesseraFsck(t testing.TB, dir string, key ledger.Key) {
	t.Helper()
	f := fsck.New(key.Name, verifier(t, key), client.FileFetcher{Root: dir}, leafHasher, fsck.Opts{N: 2})
	if err := f.Check(t.Context()); err != nil {
		t.Errorf("tessera fsck: %v", err)
	}
}

// writeTessera writes entries with Tessera's POSIX driver, in one batch, and
// waits until they are published.
func writeTessera(t testing.TB, dir string, seed byte, entries [][]byte) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	key := signer(t, origin, seed).Key()
	var raw [32]byte
	raw[0] = seed
	skey := fmt.Sprintf("PRIVATE+KEY+%s+%08x+%s", key.Name, key.ID, base64.StdEncoding.EncodeToString(append([]byte{1}, raw[:]...)))
	s, err := note.NewSigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	driver, err := posix.New(ctx, posix.Config{Path: dir})
	if err != nil {
		t.Fatal(err)
	}
	opts := tessera.NewAppendOptions().WithCheckpointSigner(s).
		WithBatching(uint(len(entries)), time.Second).
		WithCheckpointInterval(100 * time.Millisecond).
		WithPushback(uint(len(entries) + 1))
	appender, shutdown, reader, err := tessera.NewAppender(ctx, driver, opts)
	if err != nil {
		t.Fatal(err)
	}
	await := tessera.NewPublicationAwaiter(ctx, reader.ReadCheckpoint, 10*time.Millisecond)
	var last tessera.IndexFuture
	for _, e := range entries {
		last = appender.Add(ctx, tessera.NewEntry(e))
	}
	if _, _, err := await.Await(ctx, last); err != nil {
		t.Fatal(err)
	}
	if err := shutdown(ctx); err != nil {
		t.Fatal(err)
	}
}

func TestTesseraReadsOurs(t *testing.T) {
	opt := options(t)
	l := mustCreate(t, opt)
	all := entries(0, 1100)
	at := 0
	for _, n := range []int{1, 2, 7, 246, 1, 300, 500, 43} {
		mustAppend(t, l, Batch{Entries: all[at : at+n]})
		at += n
		tesseraFsck(t, opt.Dir, opt.Log.Key())
	}
	l.Close()
	clean(t, opt)

	ctx, key := t.Context(), opt.Log.Key()
	files := client.FileFetcher{Root: opt.Dir}
	cp, _, _, err := client.FetchCheckpoint(ctx, files.ReadCheckpoint, verifier(t, key), key.Name)
	if err != nil || cp.Size != 1100 {
		t.Fatal(cp, err)
	}
	builder, err := client.NewProofBuilder(ctx, cp.Size, files.ReadTile)
	if err != nil {
		t.Fatal(err)
	}
	reader := ledger.OpenDir(os.DirFS(opt.Dir)).HashReader(cp.Size)
	for i := range cp.Size {
		// Their proof is our proof, and merkle takes it.
		theirs, err := builder.InclusionProof(ctx, i)
		if err != nil {
			t.Fatal(err)
		}
		ours, err := ledger.ProveInclusion(i, cp.Size, reader)
		if err != nil || !bytes.Equal(flat(ours), bytes.Join(theirs, nil)) {
			t.Fatalf("inclusion of %d: %v", i, err)
		}
		leaf := rfc6962.DefaultHasher.HashLeaf(all[i])
		if err := proof.VerifyInclusion(rfc6962.DefaultHasher, i, cp.Size, leaf, split(ours), cp.Hash); err != nil {
			t.Fatal(err)
		}
		old := i + 1
		theirs, err = builder.ConsistencyProof(ctx, old, cp.Size)
		if err != nil {
			t.Fatal(err)
		}
		ours, err = ledger.ProveConsistency(old, cp.Size, reader)
		if err != nil || !bytes.Equal(flat(ours), bytes.Join(theirs, nil)) {
			t.Fatalf("consistency from %d: %v", old, err)
		}
		root := ledger.LinesRoot(all[:old])
		if err := proof.VerifyConsistency(rfc6962.DefaultHasher, old, cp.Size, split(ours), root[:], cp.Hash); err != nil {
			t.Fatal(err)
		}
	}
	for b, err := range client.EntryBundles(ctx, 2, func(context.Context) (uint64, error) { return cp.Size, nil }, files.ReadEntryBundle, 0, cp.Size) {
		if err != nil {
			t.Fatal(err)
		}
		var eb api.EntryBundle
		if err := eb.UnmarshalText(b.Data); err != nil {
			t.Fatal(err)
		}
		for k := range b.RangeInfo.N {
			i := b.RangeInfo.Index*256 + uint64(b.RangeInfo.First+k)
			if !bytes.Equal(eb.Entries[b.RangeInfo.First+k], all[i]) {
				t.Fatalf("entry %d", i)
			}
		}
	}
}

func flat(hs []ledger.Hash) (b []byte) {
	for _, h := range hs {
		b = append(b, h[:]...)
	}
	return b
}

func split(hs []ledger.Hash) (out [][]byte) {
	for _, h := range hs {
		out = append(out, h[:])
	}
	return out
}

// The same 1,000 entries written by Tessera and by us, in one step and in
// steps: the tiles and bundles are the same files with the same bytes.
func TestTesseraWritesTheSame(t *testing.T) {
	all := entries(0, 1000)
	theirs := t.TempDir()
	writeTessera(t, theirs, 1, all)
	for _, step := range []int{1000, 300} {
		opt := options(t)
		l := mustCreate(t, opt)
		for at := 0; at < 1000; at += step {
			mustAppend(t, l, Batch{Entries: all[at:min(at+step, 1000)]})
		}
		l.Close()
		count := 0
		err := fs.WalkDir(os.DirFS(theirs), "tile", func(name string, e fs.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			count++
			if got, want := read(t, filepath.Join(opt.Dir, name)), read(t, filepath.Join(theirs, name)); got != want {
				t.Errorf("%s differs", name)
			}
			return nil
		})
		if err != nil || count != 9 { // 4 bundles, 4 leaf tiles, 1 above
			t.Fatalf("%d files, %v", count, err)
		}
		if step == 1000 {
			ours := 0
			fs.WalkDir(os.DirFS(opt.Dir), "tile", func(_ string, e fs.DirEntry, _ error) error {
				if !e.IsDir() {
					ours++
				}
				return nil
			})
			if ours != count {
				t.Errorf("%d files of ours, %d of theirs", ours, count)
			}
			if read(t, filepath.Join(opt.Dir, "checkpoint")) != read(t, filepath.Join(theirs, "checkpoint")) {
				t.Error("the checkpoints differ")
			}
		}
	}
	// And our audit takes their folder for what it is: tiles that are right,
	// their state directory foreign, no policy.
	rep := ledger.OpenDir(os.DirFS(theirs)).Audit(signer(t, origin, 1).Key(), ledger.AuditOptions{})
	if len(rep.Problems) != 2 || rep.Problems[0].Place != ".state" || rep.Problems[1].Place != "policy" {
		t.Errorf("audit: %v", rep.Problems)
	}
}

// Checkpoints and proof files read by transparency-dev/formats, each path
// verified by transparency-dev/merkle.
func TestFormatsReadsOurs(t *testing.T) {
	opt := options(t)
	l := mustCreate(t, opt)
	all := entries(0, 300)
	for at := 0; at < 300; {
		n := min(1+at/3, 300-at)
		mustAppend(t, l, Batch{Entries: all[at : at+n]})
		at += n
	}
	defer l.Close()
	v := verifier(t, opt.Log.Key())
	root := ledger.LinesRoot(all)
	checkpoint, err := l.Dir().Checkpoint()
	if err != nil {
		t.Fatal(err)
	}
	cp, rest, _, err := flog.ParseCheckpoint(checkpoint, origin, v)
	if err != nil || cp.Size != 300 || !bytes.Equal(cp.Hash, root[:]) || len(rest) != 0 {
		t.Fatal(cp, rest, err)
	}
	for i, entry := range all {
		data, err := l.Dir().Proof(uint64(i))
		if err != nil {
			t.Fatal(err)
		}
		var p fproof.TLogProof
		if err := p.Unmarshal(data); err != nil || p.Index != uint64(i) || !bytes.Equal(p.Marshal(), data) {
			t.Fatalf("proof %d: %v", i, err)
		}
		cp, _, _, err := flog.ParseCheckpoint(p.Checkpoint, origin, v)
		if err != nil {
			t.Fatal(err)
		}
		var path [][]byte
		for _, h := range p.Hashes {
			path = append(path, h[:])
		}
		if err := proof.VerifyInclusion(rfc6962.DefaultHasher, uint64(i), cp.Size, rfc6962.DefaultHasher.HashLeaf(entry), path, cp.Hash); err != nil {
			t.Fatalf("proof %d: %v", i, err)
		}
	}
}

// Policies: formats skips log lines and wants URLs; where it can read one, it
// and we decide alike about every set of cosignatures.
func TestFormatsDecidesPoliciesAlike(t *testing.T) {
	log := signer(t, origin, 1)
	var ws []ledger.Signer
	var head strings.Builder
	fmt.Fprintf(&head, "log %s\n", log.Key())
	for i := range 5 {
		w, err := ledger.NewWitnessSigner(fmt.Sprintf("w%d.example", i), [32]byte{byte(50 + i)})
		if err != nil {
			t.Fatal(err)
		}
		ws = append(ws, w)
		fmt.Fprintf(&head, "witness w%d %s https://w%d.example/\n", i, w.Key(), i)
	}
	text, err := ledger.FormatCheckpoint(ledger.Checkpoint{Origin: origin, Size: 3, Root: ledger.Hash{1}})
	if err != nil {
		t.Fatal(err)
	}
	for _, tail := range []string{
		"quorum none\n",
		"quorum w3\n",
		"group g any w0 w1\nquorum g\n",
		"group g all w0 w1 w2 w3 w4\nquorum g\n",
		"group g 3 w0 w1 w2 w3 w4\nquorum g\n",
		"group a any w0 w1\ngroup b 2 w2 w3 a\nquorum b\n",
		"group a 2 w0 w1 w2\ngroup b any w3 w4\ngroup c all a b\nquorum c\n",
	} {
		policy := head.String() + tail
		ours, err := ledger.ParsePolicy([]byte(policy))
		if err != nil {
			t.Fatalf("%q: %v", tail, err)
		}
		theirs, err := fwitness.ParsePolicy([]byte(policy))
		if err != nil {
			t.Fatalf("%q: %v", tail, err)
		}
		good := 0
		for set := range 1 << len(ws) {
			msg, err := ledger.FormatNote(text, log)
			if err != nil {
				t.Fatal(err)
			}
			n, err := ledger.ParseNote(msg)
			if err != nil {
				t.Fatal(err)
			}
			for i, w := range ws {
				sig, err := ledger.Cosign(text, 1_692_806_400, w)
				if err != nil {
					t.Fatal(err)
				}
				if set>>i&1 == 1 {
					n.Signatures = append(n.Signatures, sig)
				}
			}
			if msg, err = n.Format(); err != nil {
				t.Fatal(err)
			}
			if got, want := ours.Satisfied(n), theirs.Satisfied(msg); got != want {
				t.Fatalf("%q, set %b: we say %v, formats %v", tail, set, got, want)
			} else if got {
				good++
			}
			if _, err := ours.Open(msg); (err == nil) != ours.Satisfied(n) {
				t.Fatal(err)
			}
		}
		if good == 0 || tail != "quorum none\n" && good == 1<<len(ws) {
			t.Fatalf("%q: %d sets", tail, good)
		}
	}
	// Where it refuses, so do we.
	for _, bad := range []string{"", "quorum x\n", "group g 2 w0\nquorum g\n", "group g any x\nquorum g\n", "witness w0 x y\nquorum none\n", "say\nquorum none\n"} {
		if _, err := fwitness.ParsePolicy([]byte(head.String() + bad)); err == nil {
			t.Fatalf("formats reads %q", bad)
		}
		if _, err := ledger.ParsePolicy([]byte(head.String() + bad)); err == nil {
			t.Fatalf("we read %q", bad)
		}
	}
}

// A cosignature of ours verifies with formats, and theirs with us.
func TestFormatsCosignatures(t *testing.T) {
	log := signer(t, origin, 1)
	text, _ := ledger.FormatCheckpoint(ledger.Checkpoint{Origin: origin, Size: 3, Root: ledger.Hash{1}})
	skey, vkey, err := note.GenerateKey(strings.NewReader(strings.Repeat("x", 64)), "w.example")
	if err != nil {
		t.Fatal(err)
	}
	cv, err := fnote.VKeyToCosignatureV1(vkey)
	if err != nil {
		t.Fatal(err)
	}
	their, err := fnote.NewSignerForCosignatureV1(skey)
	if err != nil {
		t.Fatal(err)
	}
	key, err := ledger.ParseWitnessKey(cv)
	if err != nil {
		t.Fatal(err)
	}
	msg, err := ledger.FormatNote(text, log)
	if err != nil {
		t.Fatal(err)
	}
	open, err := note.Open(msg, note.VerifierList(verifier(t, log.Key())))
	if err != nil {
		t.Fatal(err)
	}
	signed, err := note.Sign(open, their)
	if err != nil {
		t.Fatal(err)
	}
	n, err := ledger.ParseNote(signed)
	if err != nil {
		t.Fatal(err)
	}
	if at, ok := n.CosignedAt(key); !ok || at == 0 {
		t.Fatal("their cosignature does not verify here")
	}
	var seed [32]byte
	raw, err := base64.StdEncoding.DecodeString(skey[strings.LastIndex(skey, "+")+1:])
	if err != nil {
		t.Fatal(err)
	}
	copy(seed[:], raw[1:])
	ours, err := ledger.NewWitnessSigner("w.example", seed)
	if err != nil {
		t.Fatal(err)
	}
	sig, err := ledger.Cosign(text, 99, ours)
	if err != nil {
		t.Fatal(err)
	}
	if !their.Verifier().Verify([]byte(text), sig.Bytes) {
		t.Fatal("our cosignature does not verify there")
	}
}

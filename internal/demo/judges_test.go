package demo

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	flog "github.com/transparency-dev/formats/log"
	fnote "github.com/transparency-dev/formats/note"
	fproof "github.com/transparency-dev/formats/proof"
	"github.com/transparency-dev/merkle/proof"
	"github.com/transparency-dev/merkle/rfc6962"
	"github.com/transparency-dev/tessera/api"
	"github.com/transparency-dev/tessera/client"
	"github.com/transparency-dev/tessera/fsck"
	"golang.org/x/mod/sumdb/note"

	"github.com/sunlot/sunlot/ledger"
)

// The outside judges read what was published: the ledgers of both built sites,
// with the key of their policy files and nothing else of ours.
func TestOutsideJudges(t *testing.T) {
	for _, name := range Names {
		t.Run(name, func(t *testing.T) {
			l := year(t, name)
			dir := filepath.Join(l.site, "ledger")
			policy, err := ledger.ParsePolicy(must(os.ReadFile(filepath.Join(dir, "policy"))))
			if err != nil || len(policy.Logs) != 1 {
				t.Fatal(policy, err)
			}
			v := must(fnote.NewVerifier(policy.Logs[0].Key.String()))
			var witnesses []note.Verifier
			for _, w := range policy.Witnesses {
				witnesses = append(witnesses, must(fnote.NewVerifierForCosignatureV1(w.Key.String())))
			}
			if len(witnesses) != 4 {
				t.Fatalf("%d witnesses", len(witnesses))
			}
			cp := judgeCheckpoint(t, dir, v, witnesses)
			entries := judgeTessera(t, dir, v, cp)
			seen := map[int]int{} // how many entries so many witnesses have signed
			var last time.Time
			for i, e := range entries {
				n, at := judgeProof(t, dir, v, witnesses, uint64(i), e)
				if at.Before(last) || n < 3 && !last.IsZero() {
					t.Errorf("entry %d: %d witnesses, the last at %v, after %v", i, n, at, last)
				}
				last = at
				seen[n]++
				if data := must(os.ReadFile(filepath.Join(dir, filepath.FromSlash(ledger.EntryPath(uint64(i)))))); !bytes.Equal(data, e) {
					t.Errorf("entry %d is not its readable copy", i)
				}
			}
			// Before the charter that names them none, after it all four but once.
			if len(seen) != 3 || seen[0] < 90 || seen[3] != 1 || seen[4] < 150 {
				t.Errorf("witnesses a proof: %v", seen)
			}
		})
	}
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

// judgeCheckpoint: the checkpoint by transparency-dev/formats, with the log's
// signature and those of the four witnesses and nobody else's.
func judgeCheckpoint(t *testing.T, dir string, v note.Verifier, witnesses []note.Verifier) *flog.Checkpoint {
	t.Helper()
	data := must(os.ReadFile(filepath.Join(dir, "checkpoint")))
	cp, rest, n, err := flog.ParseCheckpoint(data, v.Name(), v, witnesses...)
	if err != nil || len(rest) != 0 || len(n.Sigs) != 5 || len(n.UnverifiedSigs) != 0 {
		t.Fatalf("checkpoint: %v, %q, %+v", err, rest, n)
	}
	if cp.Size < 100 {
		t.Fatalf("only %d entries", cp.Size)
	}
	return cp
}

// judgeTessera: the tree by Tessera's fsck, the entries by its client.
func judgeTessera(t *testing.T, dir string, v note.Verifier, cp *flog.Checkpoint) [][]byte {
	t.Helper()
	ctx, files := t.Context(), client.FileFetcher{Root: dir}
	hasher := func(bundle []byte) ([][]byte, error) {
		var b api.EntryBundle
		err := b.UnmarshalText(bundle)
		var out [][]byte
		for _, e := range b.Entries {
			out = append(out, rfc6962.DefaultHasher.HashLeaf(e))
		}
		return out, err
	}
	if err := fsck.New(v.Name(), v, files, hasher, fsck.Opts{N: 1}).Check(ctx); err != nil {
		t.Errorf("tessera fsck: %v", err)
	}
	fetched, _, _, err := client.FetchCheckpoint(ctx, files.ReadCheckpoint, v, v.Name())
	if err != nil || fetched.Size != cp.Size || !bytes.Equal(fetched.Hash, cp.Hash) {
		t.Fatal(fetched, err)
	}
	builder, err := client.NewProofBuilder(ctx, cp.Size, files.ReadTile)
	if err != nil {
		t.Fatal(err)
	}
	var entries [][]byte
	size := func(context.Context) (uint64, error) { return cp.Size, nil }
	for b, err := range client.EntryBundles(ctx, 1, size, files.ReadEntryBundle, 0, cp.Size) {
		var eb api.EntryBundle
		if err == nil {
			err = eb.UnmarshalText(b.Data)
		}
		if err != nil {
			t.Fatal(err)
		}
		entries = append(entries, eb.Entries[b.RangeInfo.First:b.RangeInfo.First+b.RangeInfo.N]...)
	}
	if uint64(len(entries)) != cp.Size {
		t.Fatalf("%d entries read, checkpoint says %d", len(entries), cp.Size)
	}
	for i, e := range entries {
		path, err := builder.InclusionProof(ctx, uint64(i))
		if err == nil {
			err = proof.VerifyInclusion(rfc6962.DefaultHasher, uint64(i), cp.Size, rfc6962.DefaultHasher.HashLeaf(e), path, cp.Hash)
		}
		if err != nil {
			t.Errorf("entry %d: %v", i, err)
		}
	}
	return entries
}

// judgeProof: one proof file by formats, its path by merkle. It proves the
// entry against the first checkpoint that covered it, so that one's size is
// more than the index and no more than the log's. Counted are the witnesses whose
// cosignatures verify, with the latest of their times.
func judgeProof(t *testing.T, dir string, v note.Verifier, witnesses []note.Verifier, index uint64, entry []byte) (n int, at time.Time) {
	t.Helper()
	data := must(os.ReadFile(filepath.Join(dir, filepath.FromSlash(ledger.ProofPath(index)))))
	var p fproof.TLogProof
	err := p.Unmarshal(data)
	if err == nil && (p.Index != index || !bytes.Equal(p.Marshal(), data)) {
		err = fmt.Errorf("index %d, or another form", p.Index)
	}
	var cp *flog.Checkpoint
	var signed *note.Note
	if err == nil {
		cp, _, signed, err = flog.ParseCheckpoint(p.Checkpoint, v.Name(), v, witnesses...)
	}
	if err == nil && len(signed.UnverifiedSigs) != 0 {
		err = fmt.Errorf("signed by nobody we know: %+v", signed.UnverifiedSigs)
	}
	for i := 1; err == nil && i < len(signed.Sigs); i++ { // the first is the log's
		var when time.Time
		if when, err = fnote.CoSigV1Timestamp(signed.Sigs[i]); when.After(at) {
			at = when
		}
		n++
	}
	if err == nil {
		var path [][]byte
		for _, h := range p.Hashes {
			path = append(path, h[:])
		}
		err = proof.VerifyInclusion(rfc6962.DefaultHasher, index, cp.Size, rfc6962.DefaultHasher.HashLeaf(entry), path, cp.Hash)
	}
	if err != nil {
		t.Errorf("proof %d: %v", index, err)
	}
	return n, at
}

package demo

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

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
			cp := judgeCheckpoint(t, dir, v)
			entries := judgeTessera(t, dir, v, cp)
			for i, e := range entries {
				judgeProof(t, dir, v, uint64(i), e)
				if data := must(os.ReadFile(filepath.Join(dir, filepath.FromSlash(ledger.EntryPath(uint64(i)))))); !bytes.Equal(data, e) {
					t.Errorf("entry %d is not its readable copy", i)
				}
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

// judgeCheckpoint: the checkpoint by transparency-dev/formats. It carries no
// other signature: the demonstration has no witnesses.
func judgeCheckpoint(t *testing.T, dir string, v note.Verifier) *flog.Checkpoint {
	t.Helper()
	data := must(os.ReadFile(filepath.Join(dir, "checkpoint")))
	cp, rest, n, err := flog.ParseCheckpoint(data, v.Name(), v)
	if err != nil || len(rest) != 0 || len(n.Sigs) != 1 || len(n.UnverifiedSigs) != 0 {
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
// more than the index and no more than the log's.
func judgeProof(t *testing.T, dir string, v note.Verifier, index uint64, entry []byte) {
	t.Helper()
	data := must(os.ReadFile(filepath.Join(dir, filepath.FromSlash(ledger.ProofPath(index)))))
	var p fproof.TLogProof
	err := p.Unmarshal(data)
	if err == nil && (p.Index != index || !bytes.Equal(p.Marshal(), data)) {
		err = fmt.Errorf("index %d, or another form", p.Index)
	}
	var cp *flog.Checkpoint
	if err == nil {
		cp, _, _, err = flog.ParseCheckpoint(p.Checkpoint, v.Name(), v)
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
}

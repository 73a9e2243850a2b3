package evidence

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/ledger"
)

// overlay is a folder in which some files are others.
type overlay struct {
	fs.FS
	files fstest.MapFS
}

func (o overlay) Open(name string) (fs.File, error) {
	if _, ok := o.files[name]; ok {
		return o.files.Open(name)
	}
	return o.FS.Open(name)
}

// Who cosigned the notice stands in the bundle with name and time, in order of
// the times; a line of a stranger, and one that does not verify, do not.
func TestWitnesses(t *testing.T) {
	b := bundle(t)
	at := lotAt(b)
	dir, _ := office()
	data, err := b.Dir.Proof(uint64(at))
	if err != nil {
		t.Fatal(err)
	}
	p, err := ledger.ParseProof(data)
	if err != nil {
		t.Fatal(err)
	}
	note, err := ledger.ParseNote(p.Checkpoint)
	if err != nil {
		t.Fatal(err)
	}
	policy := &ledger.Policy{Quorum: "w0"}
	logKey, err := ledger.ParseKey(b.LogKey())
	if err != nil {
		t.Fatal(err)
	}
	policy.Logs = append(policy.Logs, ledger.PolicyKey{Key: logKey})
	for i, name := range []string{"witness.example/late", "witness.example/early", "witness.example/forged", "witness.example/stranger"} {
		signer, err := ledger.NewWitnessSigner(name, [32]byte{byte(i + 1)})
		if err != nil {
			t.Fatal(err)
		}
		line, err := ledger.Cosign(note.Text, uint64(1692770000-100*i), signer)
		if err != nil {
			t.Fatal(err)
		}
		if name == "witness.example/forged" {
			line.Bytes[20] ^= 1
		}
		note.Signatures = append(note.Signatures, line)
		if name != "witness.example/stranger" {
			policy.Witnesses = append(policy.Witnesses, ledger.PolicyKey{Name: "w" + num(i), Key: signer.Key()})
		}
	}
	if p.Checkpoint, err = note.Format(); err != nil {
		t.Fatal(err)
	}
	text, err := ledger.FormatPolicy(policy)
	if err != nil {
		t.Fatal(err)
	}
	b.Dir = ledger.OpenDir(overlay{os.DirFS(filepath.Join(dir, "site", "ledger")), fstest.MapFS{ledger.ProofPath(uint64(at)): &fstest.MapFile{Data: p.Format()}}})
	b.State.Charters[0].Body.Policy = string(text)
	l := b.State.Lots[0]
	l.Seen, l.InTime = 1692770000, true
	files, _ := unpacked(t, make1(t, b, Request{Code: drawn(b)}))
	page := files["证据包.html"]
	early, late := strings.Index(page, "witness.example/early"), strings.Index(page, "witness.example/late")
	if early < 0 || late < early || strings.Count(page, "witness.example/stranger") != 0 {
		t.Errorf("early at %d, late at %d", early, late)
	}
	if n := strings.Count(page, "witness.example/forged"); n != 1 { // among those whom the charter names
		t.Errorf("the forged line counts: %d", n)
	}
	margin := record.Unix(l.When()) - 1692770000
	for _, want := range []string{"甲：公共随机数、有见证", "2023-08-23 13:53:20（见证签名到齐）", num(margin) + "秒", "2023-08-23 13:51:40"} {
		if !strings.Contains(page, want) {
			t.Errorf("lacks %s", want)
		}
	}
}

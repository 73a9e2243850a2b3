package witness

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/ledger"
)

const origin = "demo.example/log"

func seed(n byte) (s [32]byte) { s[0], s[31] = n, 7; return s }

func logSigner(t testing.TB, name string, n byte) ledger.Signer {
	t.Helper()
	s, err := ledger.NewSigner(name, seed(n))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func witnessSigner(t testing.TB, n byte) ledger.Signer {
	t.Helper()
	s, err := ledger.NewWitnessSigner(fmt.Sprintf("w%d.example", n), seed(100+n))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func pqSigner(t testing.TB, n byte) ledger.Signer {
	t.Helper()
	s, err := ledger.NewPostQuantumSigner(fmt.Sprintf("w%d.example", n), seed(100+n))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// aLog is a log in memory: every prefix of it is a tree. With another salt it
// is another history.
type aLog struct {
	t      testing.TB
	signer ledger.Signer
	hashes []tlog.Hash
}

func newLog(t testing.TB, salt string, size int) *aLog {
	t.Helper()
	l := &aLog{t: t, signer: logSigner(t, origin, 1)}
	l.grow(salt, size)
	return l
}

func (l *aLog) ReadHashes(at []int64) ([]tlog.Hash, error) {
	out := make([]tlog.Hash, len(at))
	for i, x := range at {
		if x < 0 || x >= int64(len(l.hashes)) {
			return nil, fmt.Errorf("no hash %d", x)
		}
		out[i] = l.hashes[x]
	}
	return out, nil
}

func (l *aLog) size() (n int64) {
	for tlog.StoredHashIndex(0, n) < int64(len(l.hashes)) {
		n++
	}
	return n
}

func (l *aLog) grow(salt string, more int) {
	l.t.Helper()
	from := l.size()
	for i := range int64(more) {
		hs, err := tlog.StoredHashes(from+i, fmt.Appendf(nil, "%s %d", salt, from+i), l)
		if err != nil {
			l.t.Fatal(err)
		}
		l.hashes = append(l.hashes, hs...)
	}
}

// checkpoint signs the first n entries.
func (l *aLog) checkpoint(n int) []byte {
	l.t.Helper()
	root, err := tlog.TreeHash(int64(n), l)
	if err != nil {
		l.t.Fatal(err)
	}
	text, err := ledger.FormatCheckpoint(ledger.Checkpoint{Origin: l.signer.Key().Name, Size: uint64(n), Root: root})
	if err != nil {
		l.t.Fatal(err)
	}
	msg, err := ledger.FormatNote(text, l.signer)
	if err != nil {
		l.t.Fatal(err)
	}
	return msg
}

func (l *aLog) prove(n int) func(old uint64) ([]ledger.Hash, error) {
	return func(old uint64) ([]ledger.Hash, error) { return ledger.ProveConsistency(old, uint64(n), l) }
}

func (l *aLog) request(old, n int) []byte {
	l.t.Helper()
	r, err := NewRequest(l.checkpoint(n), uint64(old), l.prove(n))
	if err != nil {
		l.t.Fatal(err)
	}
	data, err := FormatRequest(r)
	if err != nil {
		l.t.Fatal(err)
	}
	return data
}

// testWitness is witness n with a store in a folder of its own.
type testWitness struct {
	*Witness
	dir   string
	now   int64
	store *Store
}

func newWitness(t testing.TB, n byte, extra ...ledger.Signer) *testWitness {
	t.Helper()
	w := &testWitness{dir: filepath.Join(t.TempDir(), "store"), now: 1_700_000_000}
	signers := append([]ledger.Signer{witnessSigner(t, n)}, extra...)
	var err error
	if w.store, err = OpenStore(w.dir, signers[0].Key(), true, nil); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { w.store.Close() })
	if w.Witness, err = New(w.store, signers, []ledger.Key{logSigner(t, origin, 1).Key()}, func() int64 { return w.now }); err != nil {
		t.Fatal(err)
	}
	return w
}

// wantLines holds an answer to be lines of the keys alone, at that time.
func wantLines(t testing.TB, text string, lines []byte, at int64, keys ...ledger.Key) {
	t.Helper()
	n, err := ledger.ParseNote([]byte(text + "\n" + string(lines)))
	if err != nil {
		t.Fatalf("%v\n%s", err, lines)
	}
	if len(n.Signatures) != len(keys) {
		t.Errorf("%d lines, want %d", len(n.Signatures), len(keys))
	}
	for _, k := range keys {
		if got, ok := n.CosignedAt(k); !ok || got != uint64(at) {
			t.Errorf("%s at %d, %v", k.Name, got, ok)
		}
	}
}

func wantRefusal(t testing.TB, err error, status int, code string) {
	t.Helper()
	var no *Refusal
	if !errors.As(err, &no) || no.Status != status || no.Err.Code != code {
		t.Errorf("got %v, want %d %s", err, status, code)
	}
}

func textOf(t testing.TB, msg []byte) string {
	t.Helper()
	n, err := ledger.ParseNote(msg)
	if err != nil {
		t.Fatal(err)
	}
	return n.Text
}

// TestAnswers walks c2sp.org/tlog-witness status by status.
func TestAnswers(t *testing.T) {
	w := newWitness(t, 1)
	key := w.store.key
	l, other := newLog(t, "a", 30), newLog(t, "b", 30)

	lines, err := w.Answer(l.request(0, 5))
	if err != nil {
		t.Fatal(err)
	}
	wantLines(t, textOf(t, l.checkpoint(5)), lines, w.now, key)
	w.now++
	lines, err = w.Answer(l.request(5, 12))
	if err != nil {
		t.Fatal(err)
	}
	wantLines(t, textOf(t, l.checkpoint(12)), lines, w.now, key)
	// Asked again after a lost answer: the same tree, a new line.
	w.now++
	if lines, err = w.Answer(l.request(12, 12)); err != nil {
		t.Fatal(err)
	}
	wantLines(t, textOf(t, l.checkpoint(12)), lines, w.now, key)

	foreign := newLog(t, "a", 30)
	foreign.signer = logSigner(t, "other.example/log", 1)
	forged := newLog(t, "a", 30)
	forged.signer = logSigner(t, origin, 2)
	wrongProof := bytes.Replace(l.request(12, 20), []byte("\n"), []byte("\n"+strings.Repeat("A", 43)+"=\n"), 1)
	old := bytes.Replace(l.request(12, 12), []byte("old 12"), []byte("old 13"), 1)
	for _, c := range []struct {
		name    string
		request []byte
		status  int
		code    string
	}{
		{"unknown origin", foreign.request(0, 5), 404, "witness.unknown-log"},
		{"another key of the origin", forged.request(12, 20), 403, "witness.unsigned"},
		{"old above size", old, 400, "witness.old-above"},
		{"replay of the first request", l.request(0, 5), 409, "witness.rollback"},
		{"an old request from its own size", l.request(5, 5), 409, "witness.rollback"},
		{"another old size", l.request(5, 20), 409, "witness.old-size"},
		{"old size zero", l.request(0, 20), 409, "witness.old-size"},
		{"the same size, another root", other.request(12, 12), 409, "witness.fork"},
		{"another history", other.request(12, 20), 422, "witness.proof"},
		{"a hash too many", wrongProof, 422, "witness.proof"},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := w.Answer(c.request)
			wantRefusal(t, err, c.status, c.code)
			var no *Refusal
			if errors.As(err, &no) && c.status == 409 && no.Size != 12 {
				t.Errorf("the witness is at %d", no.Size)
			}
		})
	}
	// After all of that it goes on from where it stood.
	if _, err := w.Answer(l.request(12, 20)); err != nil {
		t.Error(err)
	}
}

// TestHTTP holds status, content type and body of the handler.
func TestHTTP(t *testing.T) {
	w := newWitness(t, 1, pqSigner(t, 1))
	srv := httptest.NewServer(w)
	defer srv.Close()
	l := newLog(t, "a", 30)
	do := func(method, path string, body []byte) (int, string, string) {
		t.Helper()
		req, err := http.NewRequestWithContext(context.Background(), method, srv.URL+path, bytes.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		resp, err := srv.Client().Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		data, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, resp.Header.Get("Content-Type"), string(data)
	}
	path := "/" + PathOf(origin) + "/checkpoint"
	if code, _, _ := do("GET", path, nil); code != 404 {
		t.Errorf("a checkpoint before the first: %d", code)
	}
	code, kind, body := do("POST", "/add-checkpoint", l.request(0, 7))
	if code != 200 || kind != plainType {
		t.Errorf("%d %s %s", code, kind, body)
	}
	wantLines(t, textOf(t, l.checkpoint(7)), []byte(body), w.now, w.store.key, pqSigner(t, 1).Key())
	if code, kind, body := do("POST", "/add-checkpoint", l.request(3, 9)); code != 409 || kind != "text/x.tlog.size" || body != "7\n" {
		t.Errorf("conflict: %d %q %q", code, kind, body)
	}
	if code, _, body := do("GET", path, nil); code != 200 || !strings.HasPrefix(body, string(l.checkpoint(7))) || strings.Count(body, "\n— ") != 3 {
		t.Errorf("checkpoint: %d %q", code, body)
	}
	if code, _, body := do("GET", "/logs", nil); code != 200 || body != l.signer.Key().String()+"\n" {
		t.Errorf("logs: %d %q", code, body)
	}
	for _, c := range []struct {
		method, path string
		body         []byte
		code         int
	}{
		{"GET", "/add-checkpoint", nil, 405},
		{"PUT", "/add-checkpoint", l.request(7, 9), 405},
		{"POST", "/add-checkpoint", nil, 400},
		{"POST", "/add-checkpoint", []byte("old 7\n\n"), 400},
		{"POST", "/add-checkpoint", bytes.Repeat([]byte("A"), maxRequest+1), 413},
		{"POST", "/add-checkpoint", append(bytes.Repeat([]byte("old 7\n"), 100), l.request(7, 9)...), 400},
		{"POST", "/", l.request(7, 9), 404},
		{"GET", "/../store", nil, 404},
		{"GET", "/store", nil, 404},
		{"GET", "/lock/checkpoint", nil, 404},
		{"GET", "/" + strings.ToUpper(PathOf(origin)) + "/checkpoint", nil, 404},
		{"GET", "/" + PathOf("nobody") + "/checkpoint", nil, 404},
	} {
		if code, _, body := do(c.method, c.path, c.body); code != c.code {
			t.Errorf("%s %s: %d %q, want %d", c.method, c.path, code, body, c.code)
		}
	}
}

// TestAskTogether: our client and four of our servers, 3 of 4, one of them down.
func TestAskTogether(t *testing.T) {
	l := newLog(t, "a", 40)
	policy, urls := fourWitnesses(t, l)
	urls["w4"] = "http://127.0.0.1:1" // nobody listens there
	var report *Report
	ask := func(n int, opt Asking) ([]byte, error) {
		opt.Report = func(r *Report) { report = r }
		return Ask(context.Background(), policy, urls, opt)(l.checkpoint(n), l.prove(n))
	}
	for _, c := range []struct {
		n   int
		opt Asking
	}{{5, Asking{}}, {5, Asking{}}, {9, Asking{Old: 5}}, {17, Asking{Old: 3}}, {40, Asking{Old: 99}}} {
		msg, err := ask(c.n, c.opt)
		if err != nil {
			t.Fatalf("size %d: %v", c.n, err)
		}
		if _, err := policy.Open(msg); err != nil {
			t.Errorf("size %d: %v", c.n, err)
		}
		if len(report.Outcomes) != 4 || fault.Code(report.Outcomes[3].Err) != "witness.down" {
			t.Errorf("size %d: %+v", c.n, report.Outcomes)
		}
	}
}

// fourWitnesses serves four witnesses of ours; 3 of them are a quorum.
func fourWitnesses(t testing.TB, l *aLog) (*ledger.Policy, map[string]string) {
	t.Helper()
	text, urls := "log "+l.signer.Key().String()+"\n", map[string]string{}
	for i := range 4 {
		w := newWitness(t, byte(i+1))
		srv := httptest.NewServer(w)
		t.Cleanup(srv.Close)
		name := fmt.Sprintf("w%d", i+1)
		text += "witness " + name + " " + w.store.key.String() + "\n"
		urls[name] = srv.URL
	}
	policy, err := ledger.ParsePolicy([]byte(text + "group g 3 w1 w2 w3 w4\nquorum g\n"))
	if err != nil {
		t.Fatal(err)
	}
	return policy, urls
}

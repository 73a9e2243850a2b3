//go:build !windows

package witness

// The outside judges: witnesses and witness clients of others.

import (
	"bufio"
	"context"
	"crypto/ed25519"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	fnote "github.com/transparency-dev/formats/note"
	"github.com/transparency-dev/tessera"
	"github.com/transparency-dev/tessera/storage/posix"
	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
	"golang.org/x/mod/sumdb/note"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/ledger"
	"github.com/sunlot/sunlot/ledger/local"
)

// litewitness is filippo.io/torchwood's witness, running.
type litewitness struct {
	url string
	key ledger.Key
}

const liteName = "litewitness.example"

// startLitewitness builds torchwood's witness from tools/witness and runs it on
// the loopback, with its key in an ssh-agent of this process.
func startLitewitness(t *testing.T, log ledger.Key) *litewitness {
	t.Helper()
	dir := shortDir(t)
	build := exec.Command("go", "build", "-o", dir+string(filepath.Separator), "filippo.io/torchwood/cmd/litewitness", "./watch")
	build.Dir = filepath.Join("..", "..", "tools", "witness")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build litewitness: %v\n%s", err, out)
	}
	s := seed(9)
	secret := ed25519.NewKeyFromSeed(s[:])
	pub, err := ssh.NewPublicKey(secret.Public())
	if err != nil {
		t.Fatal(err)
	}
	socket := serveAgent(t, dir, &secret)
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address, db := free.Addr().String(), filepath.Join(dir, "lite.db")
	free.Close()
	run := exec.Command(filepath.Join(dir, "litewitness"), "-name", liteName, "-db", db, "-ssh-agent", socket, "-listen", address, "-key", ssh.FingerprintSHA256(pub))
	said, err := run.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = run.Process.Signal(os.Interrupt)
		_ = run.Wait()
	})
	lines := bufio.NewScanner(said)
	for lines.Scan() && !strings.Contains(lines.Text(), "listening") { // its tables stand by then
		t.Log(lines.Text())
	}
	go func() { _, _ = io.Copy(io.Discard, said) }()
	reachable(t, address)
	if out, err := exec.Command(filepath.Join(dir, "watch"), db, log.String()).CombinedOutput(); err != nil {
		t.Fatalf("watch: %v\n%s", err, out)
	}
	key, err := ledger.NewWitnessKey(liteName, secret.Public().(ed25519.PublicKey))
	if err != nil {
		t.Fatal(err)
	}
	return &litewitness{"http://" + address, key}
}

// shortDir has a name that leaves room for a socket's.
func shortDir(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "lw")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// serveAgent is an ssh-agent with one key.
func serveAgent(t *testing.T, dir string, secret *ed25519.PrivateKey) (socket string) {
	t.Helper()
	ring := agent.NewKeyring()
	if err := ring.Add(agent.AddedKey{PrivateKey: secret}); err != nil {
		t.Fatal(err)
	}
	socket = filepath.Join(dir, "agent")
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() { _ = agent.ServeAgent(ring, c) }()
		}
	}()
	return socket
}

// reachable waits until something listens there.
func reachable(t *testing.T, address string) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for range 500 {
		c, err := net.Dial("tcp", address)
		if err == nil {
			c.Close()
			return
		}
		<-tick.C
	}
	t.Fatal("nothing listens at " + address)
}

// formatsVerifier is the outside judge's key, of either type.
func formatsVerifier(t testing.TB, key ledger.Key) note.Verifier {
	t.Helper()
	v, err := fnote.NewVerifierForCosignatureV1(key.String())
	if err != nil {
		t.Fatal(err)
	}
	return v
}

// TestLitewitness: torchwood's witness and ours cosign a log of ours, 2 of 2,
// through our client and our publisher; a fork gets neither.
func TestLitewitness(t *testing.T) {
	log := logSigner(t, origin, 1)
	lite, own := startLitewitness(t, log.Key()), newWitness(t, 1, pqSigner(t, 1))
	srv := httptest.NewServer(own)
	defer srv.Close()
	text := fmt.Sprintf("log %s\nwitness lite %s %s\nwitness own %s %s\nwitness own-pq %s\ngroup both 2 lite own\nquorum both\n",
		log.Key(), lite.key, lite.url, own.store.key, srv.URL, pqSigner(t, 1).Key())
	policy, err := ledger.ParsePolicy([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	var report *Report
	options := func(dir string) local.Options {
		return local.Options{Dir: filepath.Join(dir, "ledger"), Guard: filepath.Join(dir, "guard"), Origin: origin, Log: log, Now: own.now, Copies: true,
			Policy: []byte(text), Witness: Ask(context.Background(), policy, nil, Asking{Report: func(r *Report) { report = r }})}
	}
	opt := options(t.TempDir())
	l, err := local.Create(opt)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	size := 0
	for _, n := range []int{3, 300} {
		var batch local.Batch
		for range n {
			batch.Entries = append(batch.Entries, fmt.Appendf(nil, "entry %d", size))
			size++
		}
		if _, err := l.Append(batch); err != nil {
			t.Fatalf("size %d: %v %+v", size, err, report.Outcomes)
		}
		msg, err := os.ReadFile(filepath.Join(opt.Dir, "checkpoint"))
		if err != nil {
			t.Fatal(err)
		}
		c, err := policy.Open(msg)
		if err != nil || c.Size != uint64(size) {
			t.Fatalf("size %d: %+v %v", size, c, err)
		}
		open, err := note.Open(msg, note.VerifierList(formatsVerifier(t, lite.key), formatsVerifier(t, own.store.key), formatsVerifier(t, pqSigner(t, 1).Key())))
		if err != nil || len(open.Sigs) != 3 {
			t.Fatalf("size %d: formats sees %+v, %v", size, open, err)
		}
	}
	// The same log key over another history: shorter than what was witnessed, as
	// long, longer.
	for _, c := range []struct {
		to   int
		code string
	}{{2, "witness.ahead"}, {303, "witness.fork"}, {310, "witness.fork"}} {
		var batch local.Batch
		for i := range c.to {
			batch.Entries = append(batch.Entries, fmt.Appendf(nil, "other %d", i))
		}
		// Each try is a log of its own: what is not witnessed stays pending.
		one := options(t.TempDir())
		g, err := local.Create(one)
		if err != nil {
			t.Fatal(err)
		}
		_, err = g.Append(batch)
		g.Close()
		if fault.Code(err) != "ledger.unwitnessed" {
			t.Errorf("a fork of %d: %v", c.to, err)
		}
		for _, o := range report.Outcomes[:2] {
			if fault.Code(o.Err) != c.code {
				t.Errorf("a fork of %d, %s: %v, want %s", c.to, o.Name, o.Err, c.code)
			}
		}
	}
}

// TestTesseraAsksUs: Tessera's witness client gets the cosignatures of two
// witnesses of ours, for a log that Tessera writes.
func TestTesseraAsksUs(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	var group []tessera.Witness
	var witnesses []*testWitness
	for i := range 2 {
		w := newWitness(t, byte(i+1), pqSigner(t, byte(i+1)))
		srv := httptest.NewServer(w)
		defer srv.Close()
		root, err := url.Parse(srv.URL)
		if err != nil {
			t.Fatal(err)
		}
		one, err := tessera.NewWitness(w.store.key.String(), root)
		if err != nil {
			t.Fatal(err)
		}
		group, witnesses = append(group, one), append(witnesses, w)
	}
	key, raw := logSigner(t, origin, 1).Key(), seed(1)
	signer, err := note.NewSigner(fmt.Sprintf("PRIVATE+KEY+%s+%08x+%s", key.Name, key.ID, base64.StdEncoding.EncodeToString(append([]byte{1}, raw[:]...))))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	driver, err := posix.New(ctx, posix.Config{Path: dir})
	if err != nil {
		t.Fatal(err)
	}
	appender, shutdown, reader, err := tessera.NewAppender(ctx, driver, tessera.NewAppendOptions().WithCheckpointSigner(signer).
		WithBatching(1, 50*time.Millisecond).WithCheckpointInterval(100*time.Millisecond).
		WithWitnesses(tessera.NewWitnessGroup(2, group[0], group[1]), nil))
	if err != nil {
		t.Fatal(err)
	}
	await := tessera.NewPublicationAwaiter(ctx, reader.ReadCheckpoint, 10*time.Millisecond)
	for i := range 3 {
		_, msg, err := await.Await(ctx, appender.Add(ctx, tessera.NewEntry(fmt.Appendf(nil, "entry %d", i))))
		if err != nil {
			t.Fatal(err)
		}
		c, n, err := ledger.OpenCheckpoint(msg, key)
		if err != nil || c.Size < uint64(i+1) {
			t.Fatalf("%+v %v", c, err)
		}
		for _, w := range witnesses {
			if at, ok := n.CosignedAt(w.store.key); !ok || at != uint64(w.now) {
				t.Errorf("size %d: %s did not sign: %d %v", c.Size, w.store.key.Name, at, ok)
			}
		}
	}
	if err := shutdown(ctx); err != nil {
		t.Fatal(err)
	}
	// What Tessera published last is what our witnesses show to monitors.
	msg, err := reader.ReadCheckpoint(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range witnesses {
		answer := httptest.NewRecorder()
		w.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/"+PathOf(origin)+"/checkpoint", nil))
		if c, _, err := ledger.OpenCheckpoint(answer.Body.Bytes(), key); err != nil || !strings.HasPrefix(string(msg), c.Origin+fmt.Sprintf("\n%d\n", c.Size)) {
			t.Errorf("%v: %q", err, answer.Body)
		}
	}
}

// TestFormatsPostQuantum: lines of type 0x06 that we make verify with formats,
// and theirs with us; the keys are the same text and id.
func TestFormatsPostQuantum(t *testing.T) {
	skey, vkey, err := fnote.GenerateMLDSAKey("pq.example")
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := ledger.ParseWitnessKey(vkey)
	if err != nil || theirs.Type != ledger.PostQuantum || theirs.String() != vkey {
		t.Fatalf("%v %v", theirs, err)
	}
	l := newLog(t, "a", 5)
	msg := l.checkpoint(5)
	logKey, err := note.NewVerifier(l.signer.Key().String())
	if err != nil {
		t.Fatal(err)
	}
	open, err := note.Open(msg, note.VerifierList(logKey))
	if err != nil {
		t.Fatal(err)
	}
	signer, err := fnote.NewMLDSASigner(skey)
	if err != nil {
		t.Fatal(err)
	}
	signed, err := note.Sign(open, signer)
	if err != nil {
		t.Fatal(err)
	}
	n, err := ledger.ParseNote(signed)
	if err != nil {
		t.Fatal(err)
	}
	if at, ok := n.CosignedAt(theirs); !ok || at == 0 {
		t.Error("their line does not verify with us")
	}
	for i := range n.Signatures {
		if n.Signatures[i].ID == theirs.ID {
			n.Signatures[i].Bytes[7] ^= 1
		}
	}
	if _, ok := n.CosignedAt(theirs); ok {
		t.Error("their line verifies with another time")
	}

	// A seed is the same key with formats as with us.
	raw := seed(103)
	shared, err := fnote.NewMLDSASigner(fmt.Sprintf("PRIVATE+KEY+w3.example+%08x+%s", pqSigner(t, 3).Key().ID,
		base64.StdEncoding.EncodeToString(append([]byte{ledger.PostQuantum}, raw[:]...))))
	if err != nil {
		t.Fatal(err)
	}
	if signed, err = note.Sign(open, shared); err != nil {
		t.Fatal(err)
	}
	if n, err = ledger.ParseNote(signed); err != nil || len(n.SignedBy(pqSigner(t, 3).Key())) != 1 {
		t.Errorf("the key of a seed is another: %v", err)
	}

	ours := pqSigner(t, 3)
	line, err := ledger.Cosign(textOf(t, msg), 1_700_000_000, ours)
	if err != nil {
		t.Fatal(err)
	}
	own, err := ledger.ParseNote(msg)
	if err != nil {
		t.Fatal(err)
	}
	own.Signatures = append(own.Signatures, line)
	data, err := own.Format()
	if err != nil {
		t.Fatal(err)
	}
	got, err := note.Open(data, note.VerifierList(formatsVerifier(t, ours.Key())))
	if err != nil || len(got.Sigs) != 1 {
		t.Fatalf("formats does not verify ours: %v", err)
	}
	at, err := fnote.CoSigV1Timestamp(got.Sigs[0])
	if err != nil || at.Unix() != 1_700_000_000 {
		t.Errorf("formats reads the time %v, %v", at, err)
	}
}

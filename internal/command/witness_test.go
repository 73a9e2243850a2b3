package command_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
	"golang.org/x/mod/sumdb/tlog"

	"github.com/sunlot/sunlot/internal/command"
	"github.com/sunlot/sunlot/internal/keyring"
	"github.com/sunlot/sunlot/ledger"
	"github.com/sunlot/sunlot/ledger/witness"
)

// toyLog is a log whose entries are numbers, in one of several histories.
type toyLog struct{ hashes []tlog.Hash }

func (l *toyLog) ReadHashes(at []int64) ([]tlog.Hash, error) {
	var out []tlog.Hash
	for _, x := range at {
		out = append(out, l.hashes[x])
	}
	return out, nil
}

func toySigner() (ledger.Signer, error) {
	return ledger.NewSigner("demo.example/toy", [32]byte{1, 2, 3})
}

// toyRequest asks for a cosignature over the first size numbers, proved from old.
func toyRequest(old, size int64, history string) ([]byte, error) {
	l := &toyLog{}
	for i := range size {
		hs, err := tlog.StoredHashes(i, fmt.Appendf(nil, "%s%d", history, i), l)
		if err != nil {
			return nil, err
		}
		l.hashes = append(l.hashes, hs...)
	}
	root, err := tlog.TreeHash(size, l)
	if err != nil {
		return nil, err
	}
	s, err := toySigner()
	if err != nil {
		return nil, err
	}
	text, err := ledger.FormatCheckpoint(ledger.Checkpoint{Origin: s.Key().Name, Size: uint64(size), Root: root})
	if err != nil {
		return nil, err
	}
	msg, err := ledger.FormatNote(text, s)
	if err != nil {
		return nil, err
	}
	r, err := witness.NewRequest(msg, uint64(old), func(old uint64) ([]ledger.Hash, error) { return ledger.ProveConsistency(old, uint64(size), l) })
	if err != nil {
		return nil, err
	}
	return witness.FormatRequest(r)
}

// cmdToyLog: toylog FILE.
func cmdToyLog(ts *testscript.TestScript, neg bool, args []string) {
	s, err := toySigner()
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte("# 演示账本\n"+s.Key().String()+"\n"), 0o644))
}

// cmdAsks: asks FILE OLD SIZE [HISTORY].
func cmdAsks(ts *testscript.TestScript, neg bool, args []string) {
	old, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	size, err := strconv.ParseInt(args[2], 10, 64)
	ts.Check(err)
	history := ""
	if len(args) > 3 {
		history = args[3]
	}
	data, err := toyRequest(old, size, history)
	ts.Check(err)
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), data, 0o644))
}

// serve answers requests until it is stopped, and shows what it signed; the
// command beside it signs at the same store meanwhile.
func TestWitnessServe(t *testing.T) {
	dir, p := t.TempDir(), newPerson(t.Name())
	must := func(args ...string) string {
		t.Helper()
		code, out, errOut := p.run(dir, fixtureEnv, args...)
		if code != 0 {
			t.Fatalf("%q: %d %s%s", args, code, out, errOut)
		}
		return out
	}
	must("witness", "key", "--name", "w.demo.example")
	s, err := toySigner()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "witness-logs.txt"), []byte(s.Key().String()+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	r, w := io.Pipe()
	var told bytes.Buffer
	c := command.Command{Args: []string{"witness", "serve", "--new", "--pq", "--listen", "127.0.0.1:0"}, Stdin: strings.NewReader(""), Stdout: w, Stderr: &told, Env: fixtureEnv,
		Now: func() time.Time { return firstMorning }, Rand: p.rand, Work: keyring.Making{Work: 10, Weak: true}, Dir: dir}
	done := make(chan int, 1)
	go func() { done <- c.Run(ctx); w.Close() }()
	said := make([]byte, 512)
	n, err := r.Read(said)
	if err != nil {
		t.Fatalf("%v %s", err, told.String())
	}
	go func() { _, _ = io.Copy(io.Discard, r) }()
	address := regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindString(string(said[:n]))
	post := func(old, size int64, history string) (int, string) {
		t.Helper()
		data, err := toyRequest(old, size, history)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := http.Post(address+"/add-checkpoint", "text/plain", bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		body, _ := io.ReadAll(resp.Body)
		return resp.StatusCode, string(body)
	}
	if code, body := post(0, 3, ""); code != 200 || strings.Count(body, "— w.demo.example ") != 2 {
		t.Errorf("first: %d %s", code, body)
	}
	data, err := toyRequest(3, 5, "")
	if err != nil {
		t.Fatal(err)
	}
	p.answer = string(data)
	if out := must("witness", "sign", "-"); strings.Count(out, "— w.demo.example ") != 1 {
		t.Errorf("beside the server: %s", out)
	}
	if code, body := post(3, 6, ""); code != 409 || body != "5\n" {
		t.Errorf("what the command signed: %d %q", code, body)
	}
	if code, _ := post(5, 8, "other"); code != 422 {
		t.Errorf("a fork: %d", code)
	}
	resp, err := http.Get(address + "/" + witness.PathOf("demo.example/toy") + "/checkpoint")
	if err != nil {
		t.Fatal(err)
	}
	body, _ := io.ReadAll(resp.Body)
	resp.Body.Close()
	if !strings.HasPrefix(string(body), "demo.example/toy\n5\n") {
		t.Errorf("for monitors: %s", body)
	}
	// The address is taken.
	if code, _, _ := p.run(dir, fixtureEnv, "witness", "serve", "--listen", strings.TrimPrefix(address, "http://")); code != 3 {
		t.Errorf("a second server at the address: exit %d", code)
	}
	stop()
	if code := <-done; code != 0 {
		t.Errorf("stopped server: exit %d", code)
	}
	if !strings.Contains(told.String(), "接不上") {
		t.Errorf("nobody was told of the fork: %q", told.String())
	}
}

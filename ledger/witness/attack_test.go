package witness

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/ledger"
)

// open opens a store again, as a process that starts does.
func reopen(t testing.TB, dir string, n byte, now int64, hook func(op, name string, do func() error) error) (*Witness, *Store) {
	t.Helper()
	s, err := OpenStore(dir, witnessSigner(t, n).Key(), false, hook)
	if err != nil {
		t.Fatal(err)
	}
	w, err := New(s, []ledger.Signer{witnessSigner(t, n)}, []ledger.Key{logSigner(t, origin, 1).Key()}, func() int64 { return now })
	if err != nil {
		t.Fatal(err)
	}
	return w, s
}

// TestRacingRequests: two histories, and many sizes of each, at once, through
// two stores at one folder as two processes have them. Whatever wins, all lines
// that left are of one history.
func TestRacingRequests(t *testing.T) {
	w := newWitness(t, 1)
	second, store := reopen(t, w.dir, 1, w.now, nil)
	defer store.Close()
	logs := []*aLog{newLog(t, "a", 40), newLog(t, "b", 40)}
	requests := make([][]byte, 0, 64)
	for size := 1; size <= 16; size++ {
		for _, l := range logs {
			requests = append(requests, l.request(0, size), l.request(size, size+16))
		}
	}
	var lock sync.Mutex
	signed := map[int]int{}
	var wg sync.WaitGroup
	for i, r := range requests {
		wg.Go(func() {
			door := []*Witness{w.Witness, second}[i%2]
			if _, err := door.Answer(r); err == nil {
				lock.Lock()
				signed[i/2%2]++
				lock.Unlock()
			}
		})
	}
	wg.Wait()
	if len(signed) != 1 {
		t.Errorf("signed of each history: %v", signed)
	}
	seen, err := w.store.Seen()
	if err != nil || len(seen) != 1 {
		t.Fatalf("%v %v", seen, err)
	}
}

// killed ends a process at its nth change of the disk: nothing happens any
// more, before (lost) or after (done) that change.
type killed struct {
	at   int
	done bool
	n    int
}

var errKilled = errors.New("killed")

func (k *killed) hook(op, name string, do func() error) error {
	k.n++
	switch {
	case k.n < k.at:
		return do()
	case k.n == k.at && k.done:
		if err := do(); err != nil {
			return err
		}
	}
	return errKilled
}

// TestCrashes: a crash at each change of the disk, before it and after it. No
// line leaves unless the memory of it is there; what was remembered is never
// contradicted; the same log goes on.
func TestCrashes(t *testing.T) {
	l, other := newLog(t, "a", 40), newLog(t, "b", 40)
	for _, before := range []int{0, 5} { // the first signature for a log, and a later one
		points := 0
		for at := 1; ; at++ {
			fired := false
			for _, done := range []bool{false, true} {
				w := newWitness(t, 1)
				if before > 0 {
					if _, err := w.Answer(l.request(0, before)); err != nil {
						t.Fatal(err)
					}
				}
				k := &killed{at: at, done: done}
				crashing, store := reopen(t, w.dir, 1, w.now, k.hook)
				lines, err := crashing.Answer(l.request(before, 9))
				store.Close()
				if err == nil {
					continue
				}
				fired = true
				points++
				if lines != nil {
					t.Errorf("change %d: a line left although the disk failed", at)
				}
				again, store := reopen(t, w.dir, 1, w.now, nil)
				last, err := store.recall(origin)
				if err != nil {
					t.Fatalf("change %d, done %v: %v", at, done, err)
				}
				if last.head.Size != uint64(before) && last.head.Size != 9 {
					t.Errorf("change %d: size %d", at, last.head.Size)
				}
				if last.head.Size == 9 {
					_, err = again.Answer(other.request(9, 9))
					wantRefusal(t, err, 409, "witness.fork")
				}
				if _, err = again.Answer(l.request(int(last.head.Size), 9)); err != nil {
					t.Errorf("change %d, done %v: the log does not go on: %v", at, done, err)
				}
				_, err = again.Answer(other.request(9, 12))
				wantRefusal(t, err, 422, "witness.proof")
				store.Close()
			}
			if !fired {
				break
			}
		}
		if points < 6 {
			t.Errorf("only %d crashes: the hook does not stand where the disk is written", points)
		}
	}
}

// TestFirstOpenings: a crash while a store is made is taken up by the same
// command, and nothing else is.
func TestFirstOpenings(t *testing.T) {
	key := witnessSigner(t, 1).Key()
	for at := 1; at <= 3; at++ {
		for _, done := range []bool{false, true} {
			dir := filepath.Join(t.TempDir(), "store")
			if _, err := OpenStore(dir, key, true, (&killed{at: at, done: done}).hook); err == nil {
				t.Fatalf("change %d: no crash", at)
			}
			_, missing := os.Stat(filepath.Join(dir, markerName))
			s, err := OpenStore(dir, key, missing != nil, nil)
			if err != nil {
				t.Fatalf("change %d, done %v: %v", at, done, err)
			}
			s.Close()
		}
	}
	dir := t.TempDir()
	wantCode := func(fresh bool, code string) {
		t.Helper()
		s, err := OpenStore(dir, key, fresh, nil)
		if err == nil {
			s.Close()
		}
		if fault.Code(err) != code {
			t.Errorf("got %v, want %q", err, code)
		}
	}
	wantCode(false, "witness.store-empty")
	if err := os.WriteFile(filepath.Join(dir, "anything"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	wantCode(true, "witness.store-exists")
	wantCode(false, "witness.store-empty")
	if err := os.Remove(filepath.Join(dir, "anything")); err != nil {
		t.Fatal(err)
	}
	wantCode(true, "")
	wantCode(true, "witness.store-exists")
	wantCode(false, "")
	for _, damage := range []string{"", "sunlot/v1 witness-store\n", markerHead + "\nkey x\n", markerHead + "\nkey " + key.String(), markerHead + "\nkey " + key.String() + "\nlog a\nlog a\n"} {
		if err := os.WriteFile(filepath.Join(dir, markerName), []byte(damage), 0o600); err != nil {
			t.Fatal(err)
		}
		if s, err := OpenStore(dir, key, false, nil); err == nil {
			s.Close()
			t.Errorf("a marker %q was read", damage)
		}
	}
}

// TestLostMemory: each way in which what was signed can go missing silences the
// witness instead of letting it sign another history.
func TestLostMemory(t *testing.T) {
	l, other := newLog(t, "a", 40), newLog(t, "b", 40)
	for _, c := range []struct {
		name, code string
		do         func(dir string) error
	}{
		{"the log's file is gone", "witness.store-lost", func(dir string) error { return os.RemoveAll(filepath.Join(dir, PathOf(origin))) }},
		{"the file is empty", "witness.store-damaged", func(dir string) error { return os.WriteFile(filepath.Join(dir, fileOf(origin)), nil, 0o600) }},
		{"one bit of the size", "witness.store-damaged", func(dir string) error {
			data, err := os.ReadFile(filepath.Join(dir, fileOf(origin)))
			if err != nil {
				return err
			}
			return os.WriteFile(filepath.Join(dir, fileOf(origin)), bytes.Replace(data, []byte("\n9\n"), []byte("\n1\n"), 1), 0o600)
		}},
		{"the log's own checkpoint in its place", "witness.store-damaged", func(dir string) error {
			return os.WriteFile(filepath.Join(dir, fileOf(origin)), other.checkpoint(9), 0o600)
		}},
		{"the marker is gone", "witness.store-empty", func(dir string) error { return os.Remove(filepath.Join(dir, markerName)) }},
	} {
		w := newWitness(t, 1)
		if _, err := w.Answer(l.request(0, 9)); err != nil {
			t.Fatal(err)
		}
		if err := c.do(w.dir); err != nil {
			t.Fatal(err)
		}
		s, err := OpenStore(w.dir, w.store.key, false, nil)
		if err == nil {
			again, newErr := New(s, []ledger.Signer{witnessSigner(t, 1)}, []ledger.Key{l.signer.Key()}, func() int64 { return w.now })
			if newErr != nil {
				t.Fatal(newErr)
			}
			_, err = again.Answer(other.request(0, 12))
			s.Close()
		}
		if fault.Code(err) != c.code {
			t.Errorf("%s: %v, want %s", c.name, err, c.code)
		}
		// Nor does the one that was running all the while.
		if _, err := w.Answer(other.request(0, 12)); err == nil {
			t.Errorf("%s: the running witness signed another history", c.name)
		}
	}
}

// TestClock: never a time before the last one, none at zero.
func TestClock(t *testing.T) {
	l := newLog(t, "a", 40)
	w := newWitness(t, 1)
	if _, err := w.Answer(l.request(0, 3)); err != nil {
		t.Fatal(err)
	}
	then := w.now
	for _, now := range []int64{then - 1, 1, 0, -5} {
		w.now = now
		_, err := w.Answer(l.request(3, 5))
		wantRefusal(t, err, http.StatusServiceUnavailable, "witness.clock")
	}
	w.now = then
	if _, err := w.Answer(l.request(3, 5)); err != nil {
		t.Error(err)
	}
	// Nor before the last one for another log, also after a start.
	other := newLog(t, "b", 5)
	other.signer = logSigner(t, "other.example/log", 3)
	now := then - 1
	again, err := New(w.store, []ledger.Signer{witnessSigner(t, 1)}, []ledger.Key{other.signer.Key()}, func() int64 { return now })
	if err != nil {
		t.Fatal(err)
	}
	_, err = again.Answer(other.request(0, 5))
	wantRefusal(t, err, http.StatusServiceUnavailable, "witness.clock")
	now = then
	if _, err = again.Answer(other.request(0, 5)); err != nil {
		t.Error(err)
	}
}

// TestSizeZero: an empty log has one root.
func TestSizeZero(t *testing.T) {
	l := newLog(t, "a", 3)
	w := newWitness(t, 1)
	if _, err := w.Answer(l.request(0, 0)); err != nil {
		t.Error(err)
	}
	text, err := ledger.FormatCheckpoint(ledger.Checkpoint{Origin: origin, Root: ledger.Hash{1}})
	if err != nil {
		t.Fatal(err)
	}
	msg, err := ledger.FormatNote(text, l.signer)
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.Answer(append([]byte("old 0\n\n"), msg...))
	wantRefusal(t, err, 422, "witness.proof")
	if _, err := w.Answer(l.request(0, 3)); err != nil {
		t.Error(err)
	}
}

// TestRequestForms: one form, and no work for what has another.
func TestRequestForms(t *testing.T) {
	l := newLog(t, "a", 40)
	good := string(l.request(5, 20))
	hash := strings.Split(good, "\n")[1]
	for _, c := range []struct{ name, from, to string }{
		{"no old", "old 5\n", "5\n"},
		{"two spaces", "old 5\n", "old  5\n"},
		{"a zero before", "old 5\n", "old 05\n"},
		{"a sign", "old 5\n", "old +5\n"},
		{"below zero", "old 5\n", "old -5\n"},
		{"beyond 63 bits", "old 5\n", "old 9223372036854775808\n"},
		{"carriage return", "old 5\n", "old 5\r\n"},
		{"a space after", "old 5\n", "old 5 \n"},
		{"a short hash", hash, hash[4:]},
		{"no padding", hash, strings.TrimRight(hash, "=")},
		{"a url-safe hash", hash, strings.Repeat("_", 43) + "="},
		{"spare bits", hash, hash[:42] + "/="},
		{"64 hashes", hash + "\n", strings.Repeat(strings.Repeat("A", 43)+"=\n", 64)},
		{"a line between", "\n\n", "\n\n\n"},
		{"no empty line", "\n\n" + origin, "\n" + origin},
		{"no signature", "\n— ", "\n- "},
	} {
		bad := strings.Replace(good, c.from, c.to, 1)
		if bad == good {
			t.Fatalf("%s: nothing to replace", c.name)
		}
		if _, err := ParseRequest([]byte(bad)); err == nil {
			t.Errorf("%s: was read", c.name)
		}
	}
	if _, err := ParseRequest([]byte(strings.Repeat("A", maxRequest+1))); fault.Code(err) != "witness.request-form" {
		t.Error(err)
	}
	if r, err := ParseRequest([]byte(good)); err != nil || r.Old != 5 {
		t.Errorf("%+v %v", r, err)
	}
}

// TestKeysOfALog: several keys of an origin each sign for it; the witness's own
// key, or one of another type, cannot be a log's or a second signer.
func TestKeysOfALog(t *testing.T) {
	w := newWitness(t, 1)
	next := logSigner(t, origin, 2)
	both, err := New(w.store, []ledger.Signer{witnessSigner(t, 1)}, []ledger.Key{logSigner(t, origin, 1).Key(), next.Key()}, func() int64 { return w.now })
	if err != nil {
		t.Fatal(err)
	}
	l := newLog(t, "a", 20)
	if _, err := both.Answer(l.request(0, 5)); err != nil {
		t.Error(err)
	}
	l.signer = next
	if _, err := both.Answer(l.request(5, 9)); err != nil {
		t.Error(err)
	}
	seven := seed(101) // of witness 1
	own, err := ledger.NewSigner(origin, seven)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		signers []ledger.Signer
		log     ledger.Key
		code    string
	}{
		{[]ledger.Signer{witnessSigner(t, 1)}, own.Key(), "witness.own-log"},
		{[]ledger.Signer{witnessSigner(t, 2)}, next.Key(), "witness.store-key"},
		{nil, next.Key(), "witness.store-key"},
		{[]ledger.Signer{witnessSigner(t, 1), witnessSigner(t, 2)}, next.Key(), "witness.signer"},
	} {
		if _, err := New(w.store, c.signers, []ledger.Key{c.log}, func() int64 { return 1 }); fault.Code(err) != c.code {
			t.Errorf("got %v, want %s", err, c.code)
		}
	}
}

func TestParseLogs(t *testing.T) {
	a, b := logSigner(t, "a.example", 1).Key().String(), logSigner(t, "b.example", 2).Key().String()
	keys, err := ParseLogs([]byte("# two\n" + a + "\n\n" + b + "\r\n"))
	if err != nil || len(keys) != 2 || keys[1].String() != b {
		t.Errorf("%v %v", keys, err)
	}
	for text, code := range map[string]string{
		"":                             "witness.no-logs",
		"# none\n":                     "witness.no-logs",
		a + "\n" + a + "\n":            "witness.log-twice",
		"log " + a + "\n":              "witness.logs-form",
		strings.ToUpper(a):             "witness.logs-form",
		witnessKeyText(t) + "\n":       "witness.logs-form",
		strings.Repeat("#\n", maxLogs): "witness.logs-form",
	} {
		if _, err := ParseLogs([]byte(text)); fault.Code(err) != code {
			t.Errorf("%.40q: %v, want %s", text, err, code)
		}
	}
}

func witnessKeyText(t *testing.T) string { return witnessSigner(t, 1).Key().String() }

func FuzzRequest(f *testing.F) {
	l := newLog(f, "a", 40)
	f.Add(l.request(0, 1))
	f.Add(l.request(5, 20))
	f.Add(l.request(20, 20))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := ParseRequest(data)
		if err != nil {
			return
		}
		again, err := FormatRequest(r)
		if err != nil || !bytes.Equal(again, data) {
			t.Fatalf("%q came back as %q, %v", data, again, err)
		}
	})
}

func FuzzAnswer(f *testing.F) {
	l := newLog(f, "a", 40)
	cp := l.checkpoint(20)
	policy, _ := someOf(f, 2, 3)
	f.Add([]byte(line(f, cp, 5, witnessSigner(f, 1))))
	f.Add([]byte(line(f, cp, 5, witnessSigner(f, 1)) + line(f, cp, 6, pqSigner(f, 2))))
	f.Fuzz(func(t *testing.T, lines []byte) {
		final, report, err := Accept(policy, cp, lines)
		if err != nil {
			return
		}
		n, err := ledger.ParseNote(final)
		if err != nil || !bytes.HasPrefix(final, cp) {
			t.Fatalf("%v: %q", err, final)
		}
		good := 0
		for _, o := range report.Outcomes {
			if o.Err == nil {
				good++
			}
		}
		if len(n.Signatures) != good+1 || report.Satisfied != policy.Satisfied(n) {
			t.Fatal(fmt.Sprint(good, report.Satisfied))
		}
	})
}

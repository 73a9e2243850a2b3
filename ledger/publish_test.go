package ledger

import (
	"bytes"
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sunlot/sunlot/internal/fault"
)

// memory is a Store that keeps the contract: nothing is durable before Sync,
// the checkpoint only ever replaced, no name put that a ledger has not.
type memory struct {
	t     testing.TB
	m     fstest.MapFS
	dirty map[string]bool
	log   []string
	fail  func(op, name string) error
}

func newMemory(t testing.TB) *memory {
	return &memory{t: t, m: fstest.MapFS{}, dirty: map[string]bool{}}
}

func (s *memory) FS() fs.FS { return s.m }

func (s *memory) step(op, name string) error {
	s.log = append(s.log, op+" "+name)
	if s.fail != nil {
		return s.fail(op, name)
	}
	return nil
}

func (s *memory) Put(name string, data []byte) error {
	if err := s.step("put", name); err != nil {
		return err
	}
	s.m[name] = &fstest.MapFile{Data: bytes.Clone(data)}
	s.dirty[name] = true
	return nil
}

func (s *memory) Sync() error {
	if err := s.step("sync", ""); err != nil {
		return err
	}
	clear(s.dirty)
	return nil
}

func (s *memory) Replace(name string, data []byte) error {
	if err := s.step("replace", name); err != nil {
		return err
	}
	if name == "checkpoint" && len(s.dirty) > 0 {
		s.t.Errorf("the checkpoint comes before %v are durable", s.dirty)
	}
	s.m[name] = &fstest.MapFile{Data: bytes.Clone(data)}
	return nil
}

func (s *memory) Remove(name string) error {
	if err := s.step("remove", name); err != nil {
		return err
	}
	for n := range s.m {
		if n == name || strings.HasPrefix(n, name+"/") {
			delete(s.m, n)
		}
	}
	return nil
}

func testPublisher(t testing.TB) *Publisher {
	p := &Publisher{Public: newMemory(t), Second: newMemory(t), Log: testSigner(t, "demo.example/log", 1), Now: 1_692_806_400, Copies: true}
	if err := p.Create(nil); err != nil {
		t.Fatal(err)
	}
	return p
}

func memOf(s Store) *memory { return s.(*memory) }

func wantClean(t testing.TB, p *Publisher) {
	t.Helper()
	rep := OpenDir(p.Public.FS()).Audit(p.Log.Key(), AuditOptions{Copies: p.Copies})
	for _, e := range rep.Problems {
		t.Errorf("audit: %v", e)
	}
}

func TestPublishOrder(t *testing.T) {
	p := testPublisher(t)
	pub, second := memOf(p.Public), memOf(p.Second)
	both := &[]string{}
	note := func(prefix string, s *memory) {
		s.fail = func(op, name string) error {
			*both = append(*both, prefix+op+" "+name)
			return nil
		}
	}
	note("", pub)
	note("guard ", second)
	err := p.Publish(0, &Batch{Entries: testEntries(2), Blobs: [][]byte{[]byte("b")}, Openings: map[uint64][]byte{1: []byte("o")}})
	if err != nil {
		t.Fatal(err)
	}
	wantOrder(t, *both,
		"put blob/sha256/3e/3e23e8160039594a33894f6564e1b1348bbd7a0088d42c4acb73eeaed59c009d", "put opening/1.json",
		"put tile/entries/000.p/2", "put tile/0/000.p/2", "sync ",
		"guard replace signed",
		"put entry/0.txt", "put proof/0.tlog-proof", "put entry/1.txt", "put proof/1.tlog-proof", "sync ",
		"replace checkpoint")
	wantClean(t, p)
	// Openings of entries that stand there already: added, rewritten and removed
	// after those of new ones, where an engine may refuse in between.
	*both = nil
	err = p.Publish(2, &Batch{Entries: testEntries(1), Openings: map[uint64][]byte{0: []byte("n"), 1: nil, 2: []byte("o")}})
	if err != nil {
		t.Fatal(err)
	}
	wantOrder(t, *both,
		"put opening/2.json", "put opening/0.json", "remove opening/1.json",
		"put tile/entries/000.p/3", "put tile/0/000.p/3", "sync ",
		"guard replace signed",
		"put entry/2.txt", "put proof/2.tlog-proof", "sync ",
		"replace checkpoint")
	wantClean(t, p)
}

func wantOrder(t testing.TB, got []string, want ...string) {
	t.Helper()
	if g := strings.Join(got, "\n"); g != strings.Join(want, "\n") {
		t.Fatalf("got\n%s", g)
	}
}

// Each operation of a step fails once, before or after it was done; the same
// call again completes the step, and nothing is wrong with the folder.
func TestEveryOperationMayFail(t *testing.T) {
	boom := errors.New("boom")
	for n := 0; ; n++ {
		p := testPublisher(t)
		if err := p.Publish(0, &Batch{Entries: testEntries(254)}); err != nil {
			t.Fatal(err)
		}
		count, failed := 0, ""
		fail := func(op, name string) error {
			count++
			if count-1 == n {
				failed = op + " " + name
				return boom
			}
			return nil
		}
		memOf(p.Public).fail, memOf(p.Second).fail = fail, fail
		b := &Batch{Entries: testEntries(258)[254:], Openings: map[uint64][]byte{0: nil, 1: []byte("x")}}
		err := p.Publish(254, b)
		if failed == "" {
			if err != nil {
				t.Fatal(err)
			}
			if n < 20 {
				t.Fatalf("only %d operations", n)
			}
			break
		}
		if !errors.Is(err, boom) {
			t.Fatalf("%s failed and nobody heard: %v", failed, err)
		}
		for range 2 { // the second time there is nothing to do
			if err := p.Publish(254, b); err != nil {
				t.Fatalf("after %s: %v", failed, err)
			}
		}
		wantClean(t, p)
		if size, err := p.Check(); err != nil || size != 258 {
			t.Fatalf("after %s: %d, %v", failed, size, err)
		}
	}
}

func TestCreateIsCompleted(t *testing.T) {
	boom := errors.New("boom")
	for n := range 3 {
		p := &Publisher{Public: newMemory(t), Second: newMemory(t), Log: testSigner(t, "demo.example/log", 1), Now: 5}
		count := 0
		fail := func(op, name string) error {
			if count++; count-1 == n {
				return boom
			}
			return nil
		}
		memOf(p.Public).fail, memOf(p.Second).fail = fail, fail
		if err := p.Create(nil); !errors.Is(err, boom) {
			t.Fatal(err)
		}
		if err := p.Recover(); err != nil {
			t.Fatal(err)
		}
		if _, err := p.Check(); fault.Code(err) == "ledger.not-created" {
			if err := p.Create(nil); err != nil {
				t.Fatal(err)
			}
		} else if err != nil {
			t.Fatal(err)
		}
		wantClean(t, p)
		wantCode(t, p.Create(nil), "ledger.exists")
		wantCode(t, p.Recover(), "")
	}
}

// Two clerks of one key: the batch pending here is not what stands there.
func TestPendingOfAnotherHistory(t *testing.T) {
	p := testPublisher(t)
	if err := p.Publish(0, &Batch{Entries: [][]byte{[]byte("a")}}); err != nil {
		t.Fatal(err)
	}
	wantCode(t, p.Publish(0, &Batch{Entries: [][]byte{[]byte("b")}}), "ledger.guard-other-writer")
	wantCode(t, p.Publish(0, &Batch{Entries: testEntries(3)}), "ledger.guard-other-writer")
	wantCode(t, p.Publish(2, &Batch{Entries: testEntries(3)}), "ledger.guard-other-writer")
	// Signed for size 2, then another batch of the same length is offered.
	memOf(p.Public).fail = func(op, name string) error {
		if op == "replace" {
			return errors.New("cut")
		}
		return nil
	}
	if err := p.Publish(1, &Batch{Entries: [][]byte{[]byte("c")}}); err == nil {
		t.Fatal("not cut")
	}
	memOf(p.Public).fail = nil
	wantCode(t, p.Publish(1, &Batch{Entries: [][]byte{[]byte("d")}}), "ledger.guard-fork")
	if err := p.Publish(1, &Batch{Entries: [][]byte{[]byte("c")}}); err != nil {
		t.Fatal(err)
	}
	wantClean(t, p)
}

// What changes between the two runs of the guard is seen by the second.
func TestGuardRunsTwice(t *testing.T) {
	for name, change := range map[string]func(p *Publisher){
		"ledger.guard-damaged": func(p *Publisher) { memOf(p.Public).m["tile/0/000.p/3"].Data[70] ^= 1 },
		"ledger.guard-other-writer": func(p *Publisher) {
			memOf(p.Public).m["checkpoint"].Data = signedCheckpoint(t, p.Log, "demo.example/log", 2, Hash{7})
		},
		"ledger.guard-record": func(p *Publisher) { memOf(p.Second).m["signed"].Data[3] ^= 1 },
	} {
		t.Run(name, func(t *testing.T) {
			p := testPublisher(t)
			if err := p.Publish(0, &Batch{Entries: testEntries(2)}); err != nil {
				t.Fatal(err)
			}
			signed := bytes.Clone(memOf(p.Second).m["signed"].Data)
			memOf(p.Public).fail = func(op, name string) error {
				if op == "sync" {
					change(p)
				}
				return nil
			}
			wantCode(t, p.Publish(2, &Batch{Entries: testEntries(1)}), name)
			if name != "ledger.guard-record" && !bytes.Equal(signed, memOf(p.Second).m["signed"].Data) {
				t.Fatal("something was signed")
			}
		})
	}
}

func TestWitnesses(t *testing.T) {
	p := testPublisher(t)
	w := []Signer{testWitness(t, "a.example", 21), testWitness(t, "b.example", 22), testWitness(t, "c.example", 23)}
	policy := &Policy{Logs: []PolicyKey{{Key: p.Log.Key()}}, Quorum: "two", Groups: []PolicyGroup{{"two", 2, []string{"a", "b", "c"}}}}
	for i, x := range w {
		policy.Witnesses = append(policy.Witnesses, PolicyKey{Name: string(rune('a' + i)), Key: x.Key()})
	}
	text, err := FormatPolicy(policy)
	if err != nil {
		t.Fatal(err)
	}
	up := 1
	var seen Checkpoint
	p.Witness = func(signed []byte, prove func(uint64) ([]Hash, error)) ([]byte, error) {
		c, n, err := OpenCheckpoint(signed, p.Log.Key())
		if err != nil {
			return nil, err
		}
		proof, err := prove(seen.Size)
		if err != nil {
			return nil, err
		}
		if seen.Size > 0 {
			if err := CheckConsistency(proof, seen.Size, seen.Root, c.Size, c.Root); err != nil {
				return nil, err
			}
		}
		for _, x := range w[:up] {
			if n.line(x.Key()) != nil {
				continue // it has signed before the crash
			}
			sig, err := Cosign(n.Text, 77, x)
			if err != nil {
				return nil, err
			}
			n.Signatures = append(n.Signatures, sig)
		}
		seen = c
		return n.Format()
	}
	b := &Batch{Entries: testEntries(2), Policy: text}
	wantCode(t, p.Publish(0, b), "ledger.unwitnessed")
	if size, _ := OpenDir(p.Public.FS()).Size(); size != 0 {
		t.Fatal("published without its witnesses")
	}
	up = 2
	if err := p.Publish(0, b); err != nil {
		t.Fatal(err)
	}
	wantClean(t, p)
	entry, err := OpenDir(p.Public.FS()).Proof(1)
	if err != nil {
		t.Fatal(err)
	}
	proof, err := ParseProof(entry)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := proof.Check(b.Entries[1], policy); err != nil {
		t.Fatal(err)
	}
	// The witnesses answer with something else than what they were given.
	was := p.Witness
	for name, lie := range map[string]func([]byte) []byte{
		"nothing":  func([]byte) []byte { return nil },
		"garbage":  func(b []byte) []byte { return []byte("404") },
		"replayed": func([]byte) []byte { return proof.Checkpoint },
		"no note":  func(b []byte) []byte { return append(b, "— a b\n"...) },
		"twice":    func(b []byte) []byte { return append(b, b[bytes.Index(b, []byte("— ")):]...) },
	} {
		p.Witness = func(signed []byte, prove func(uint64) ([]Hash, error)) ([]byte, error) {
			return lie(bytes.Clone(signed)), nil
		}
		if err := p.Publish(2, &Batch{Entries: testEntries(1)}); err == nil {
			t.Fatalf("%s: published", name)
		}
	}
	p.Witness = func([]byte, func(uint64) ([]Hash, error)) ([]byte, error) { return nil, errors.New("down") }
	wantCode(t, p.Publish(2, &Batch{Entries: testEntries(1)}), "ledger.unwitnessed")
	p.Witness = nil
	wantCode(t, p.Publish(2, &Batch{Entries: testEntries(1)}), "ledger.unwitnessed")
	p.Witness = was
	if err := p.Publish(2, &Batch{Entries: testEntries(1)}); err != nil {
		t.Fatal(err)
	}
	wantClean(t, p)
}

func TestUncopiedLogIsClean(t *testing.T) {
	p := testPublisher(t)
	p.Copies = false
	for i := range 3 {
		if err := p.Publish(uint64(i*200), &Batch{Entries: testEntries(200)}); err != nil {
			t.Fatal(err)
		}
	}
	wantClean(t, p)
	p.Copies = true
	rep := OpenDir(p.Public.FS()).Audit(p.Log.Key(), AuditOptions{Copies: true})
	if len(rep.Problems) != maxProblems || rep.Problems[0].Code != "ledger.audit-missing" {
		t.Fatalf("%d problems, %v", len(rep.Problems), rep.Problems[0])
	}
}

func TestBatchBounds(t *testing.T) {
	b := &Batch{Entries: [][]byte{{1}}}
	wantCode(t, b.Check(maxSize), "ledger.log-size")
	wantCode(t, (&Batch{Blobs: [][]byte{make([]byte, MaxBlob+1)}}).Check(0), "ledger.blob-size")
	wantCode(t, (&Batch{Openings: map[uint64][]byte{1: {1}}, Entries: [][]byte{{1}}}).Check(0), "ledger.opening-range")
	if err := b.Check(maxSize - 1); err != nil {
		t.Fatal(err)
	}
}

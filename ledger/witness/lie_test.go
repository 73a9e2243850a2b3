package witness

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/mod/sumdb/tlog"

	"github.com/sunlot/sunlot/internal/monitor"
	"github.com/sunlot/sunlot/ledger"
)

// TestPrefixOf: every proof between small sizes gives the root that it begins
// from, where that size is no power of two, and none where a bit differs.
func TestPrefixOf(t *testing.T) {
	l := newLog(t, "a", 70)
	for n := uint64(1); n <= 70; n++ {
		root, err := tlog.TreeHash(int64(n), l)
		if err != nil {
			t.Fatal(err)
		}
		c := ledger.Checkpoint{Origin: origin, Size: n, Root: root}
		for m := uint64(0); m <= n; m++ {
			proof, err := ledger.ProveConsistency(m, n, l)
			if err != nil {
				t.Fatal(err)
			}
			want, err := tlog.TreeHash(int64(m), l)
			if err != nil {
				t.Fatal(err)
			}
			says := m > 0 && m < n && m&(m-1) != 0
			if got, ok := prefixOf(proof, m, c); ok != says || ok && got != want {
				t.Fatalf("%d to %d: %v %v", m, n, got, ok)
			}
			for i := range proof {
				proof[i][3] ^= 1
				if _, ok := prefixOf(proof, m, c); ok {
					t.Fatalf("%d to %d: hash %d altered, and it leads to the root", m, n, i)
				}
				proof[i][3] ^= 1
			}
		}
	}
}

// TestCaught: a log that asks for another history leaves its own proof with the
// witness, as monitors have it; nobody else can make the witness hold one.
func TestCaught(t *testing.T) {
	for _, c := range []struct {
		name   string
		size   int
		fork   func(l, other *aLog) []byte
		caught bool
	}{
		{"the same size", 9, func(l, other *aLog) []byte { return other.request(9, 9) }, true},
		{"longer", 9, func(l, other *aLog) []byte { return other.request(9, 14) }, true},
		{"longer, from a power of two", 8, func(l, other *aLog) []byte { return other.request(8, 14) }, false},
		{"the same size, a power of two", 8, func(l, other *aLog) []byte { return other.request(8, 8) }, true},
		{"shorter", 9, func(l, other *aLog) []byte { return other.request(5, 6) }, false},
		{"an honest checkpoint with the proof of another", 9, func(l, other *aLog) []byte {
			r := &Request{Old: 9, Checkpoint: l.checkpoint(14)}
			var err error
			if r.Proof, err = other.prove(14)(9); err != nil {
				t.Fatal(err)
			}
			return r.text()
		}, false},
		{"an honest checkpoint without a proof", 9, func(l, other *aLog) []byte { return (&Request{Old: 9, Checkpoint: l.checkpoint(14)}).text() }, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			l, other := newLog(t, "a", 20), newLog(t, "b", 20)
			w := newWitness(t, 1)
			if _, err := w.Answer(l.request(0, c.size)); err != nil {
				t.Fatal(err)
			}
			if _, err := w.Answer(c.fork(l, other)); err == nil {
				t.Fatal("signed")
			}
			get := httptest.NewRecorder()
			w.ServeHTTP(get, httptest.NewRequest(http.MethodGet, "/"+PathOf(origin)+"/"+lieName, nil))
			if (get.Code == 200) != c.caught {
				t.Fatalf("%d %s", get.Code, get.Body)
			}
			// An honest log goes on all the same.
			if _, err := w.Answer(l.request(c.size, 16)); err != nil {
				t.Error(err)
			}
			if !c.caught {
				return
			}
			proof, err := monitor.ParseMisbehaviour(get.Body.Bytes())
			if err != nil {
				t.Fatal(err)
			}
			if err := proof.Check(l.signer.Key().String()); err != nil {
				t.Error(err)
			}
			// The first one stays.
			if _, err := w.Answer(newLog(t, "c", 20).request(16, 16)); err == nil {
				t.Error("signed a third history")
			}
			kept, err := os.ReadFile(filepath.Join(w.dir, PathOf(origin), lieName))
			if err != nil || !bytes.Equal(kept, get.Body.Bytes()) {
				t.Errorf("%v: another proof stands there", err)
			}
		})
	}
}

package verify

import (
	"errors"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/ledger"
)

// TestAhead: pieces come in order, whoever reads them; an error ends it, with
// few pieces read for nothing and nobody left reading.
func TestAhead(t *testing.T) {
	workers := runtime.GOMAXPROCS(0)
	window := uint64(workers * pieceAhead)
	end := errors.New("end")
	for _, count := range []uint64{0, 1, window, 10*window + 3} {
		for _, stop := range []uint64{count, 0, count / 2} {
			if stop == count && count == 0 {
				continue
			}
			var begun, reading atomic.Int64
			taken := uint64(0)
			err := ahead(count, func(n uint64, p *record.Parser) uint64 {
				begun.Add(1)
				reading.Add(1)
				defer reading.Add(-1)
				if p == nil {
					t.Error("no Parser")
				}
				return n * n
			}, func(n, square uint64) error {
				if n != taken || square != n*n {
					t.Fatalf("%d pieces: %d, %d instead of piece %d", count, n, square, taken)
				}
				if taken++; n == stop {
					return end
				}
				return nil
			})
			if stop < count && (err != end || taken != stop+1) || stop >= count && (err != nil || taken != count) {
				t.Errorf("%d pieces, ended at %d: %d taken, %v", count, stop, taken, err)
			}
			if n := begun.Load(); uint64(n) > taken+window || reading.Load() != 0 {
				t.Errorf("%d pieces, ended at %d: %d were read, %d still are", count, stop, n, reading.Load())
			}
		}
	}
}

// TestAheadPanic: a panic in a reader comes to whoever asked, wherever it was.
func TestAheadPanic(t *testing.T) {
	for _, at := range []uint64{0, 1, 200} {
		var came any
		func() {
			defer func() { came = recover() }()
			_ = ahead(201, func(n uint64, _ *record.Parser) uint64 {
				if n == at {
					panic("a bug")
				}
				return n
			}, func(uint64, uint64) error { return nil })
		}()
		if text, ok := came.(string); !ok || !strings.HasPrefix(text, "a bug\n") || !strings.Contains(text, "ahead_test.go") {
			t.Errorf("piece %d: %v", at, came)
		}
	}
}

// TestSignedAhead: whether a line was looked at ahead or not, it is good where it
// verifies, and only there.
func TestSignedAhead(t *testing.T) {
	sign := func(name string, seed byte) ledger.Signer {
		s, err := ledger.NewSigner(name, [32]byte{seed})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	office, other := sign("example.gov.cn/office", 1), sign("example.gov.cn/other", 2)
	again := sign("example.gov.cn/office", 3) // the same name, another key
	text := func(by string) string {
		s, err := record.Format(&record.Entry{Type: "filing", Origin: "example.gov.cn/sunlot", Env: record.Env{At: "2023-06-12T09:30:00+08:00", By: by},
			Body: &record.Filing{Plan: 1, To: "演示厅", Date: "2023-06-12"}})
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	var raws [][]byte
	for _, by := range [][]ledger.Signer{{office}, {other}, {office, other}, {again}} {
		raw, err := ledger.FormatNote(text("办公室"), by...)
		if err != nil {
			t.Fatal(err)
		}
		raws = append(raws, raw)
	}
	n, err := ledger.ParseNote(raws[0])
	if err != nil {
		t.Fatal(err)
	}
	n.Text = text("他人") // the line stands there and is of another text
	spoiled, err := n.Format()
	if err != nil {
		t.Fatal(err)
	}
	raws = append(raws, spoiled, []byte("no note"))
	keys := []*ledger.Key{}
	for _, s := range []ledger.Signer{office, other, again} {
		k := s.Key()
		keys = append(keys, &k)
	}
	want := [][]bool{{true, false, false}, {false, true, false}, {true, true, false}, {false, false, true}, {false, false, false}}
	for _, told := range [][]*ledger.Key{nil, keys[:1], keys[1:], keys} {
		b := new(Bundle)
		b.office.Store(&told)
		list := b.read(7, raws, record.NewParser())
		for i, good := range want {
			r := &list[i]
			if r.err != nil || r.Index != int64(7+i) || len(r.tried) != len(told) {
				t.Fatalf("%d keys told, entry %d: %d tried, %v", len(told), r.Index, len(r.tried), r.err)
			}
			for k, ok := range good {
				if r.signed(keys[k]) != ok {
					t.Errorf("%d keys told, entry %d, key %d: %t", len(told), i, k, !ok)
				}
			}
		}
		if last := list[len(want)]; last.err == nil || last.Record != nil || len(last.Hash) != 64 {
			t.Errorf("what is no note: %+v", last.Entry)
		}
	}
}

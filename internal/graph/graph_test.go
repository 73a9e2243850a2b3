package graph

import (
	"bytes"
	"reflect"
	"testing"

	"github.com/sunlot/sunlot/internal/fault"
)

type node struct {
	Name  string
	Count int64
	Small uint8
	On    bool
	Next  *node
	List  []*node
	Words []string
	ByID  map[int64]*node
	Tags  map[string][]string
	own   int // left out
}

// ring is a value in which everything occurs: nil and empty, one pointer in
// three places, a cycle, a repeated string.
func ring() *node {
	a := &node{Name: "甲", Count: -1 << 40, Small: 255, On: true, Words: []string{}, Tags: map[string][]string{"b": {"甲", ""}, "a": nil}, own: 1}
	b := &node{Name: "乙", Count: 1 << 40, Next: a, List: []*node{a, nil, a}, ByID: map[int64]*node{-3: a, 7: nil}}
	a.Next = b
	a.List = []*node{b, a}
	return a
}

func TestRoundTrip(t *testing.T) {
	a := ring()
	data, err := Write(a)
	if err != nil {
		t.Fatal(err)
	}
	got := new(node)
	if err := Read(data, got); err != nil {
		t.Fatal(err)
	}
	if got.own != 0 {
		t.Error("an unexported field came back")
	}
	a.own = 0
	if !reflect.DeepEqual(got, a) {
		t.Errorf("got %+v", got)
	}
	if got.Next.Next != got || got.List[1] != got || got.Next.List[0] != got.Next.List[2] || got.Next.ByID[-3] != got {
		t.Error("one pointer became two")
	}
	again, err := Write(got)
	if err != nil || !bytes.Equal(again, data) {
		t.Errorf("written again: %v, other bytes", err)
	}
}

// Every shortening is refused, and no change makes the reader fail otherwise
// than by an error.
func TestBroken(t *testing.T) {
	data, err := Write(ring())
	if err != nil {
		t.Fatal(err)
	}
	for n := range data {
		if err := Read(data[:n], new(node)); err == nil {
			t.Errorf("%d of %d bytes were enough", n, len(data))
		}
		for _, flip := range []byte{1, 0x80, 0xff} {
			changed := bytes.Clone(data)
			changed[n] ^= flip
			_ = Read(changed, new(node))
		}
	}
	if err := Read(append(data, 0), new(node)); fault.Code(err) != "graph.broken" {
		t.Errorf("a byte too many: %v", err)
	}
}

func TestOtherLayout(t *testing.T) {
	type before struct{ A, B string }
	type after struct{ A, C string }
	data, err := Write(&before{"1", "2"})
	if err != nil {
		t.Fatal(err)
	}
	if err := Read(data, new(after)); fault.Code(err) != "graph.other-layout" {
		t.Errorf("got %v", err)
	}
}

func TestUnfit(t *testing.T) {
	for _, v := range []any{struct{}{}, (*node)(nil), new(struct{ F func() }), new(struct{ I any }), new(struct{ M map[bool]int })} {
		if _, err := Write(v); fault.Code(err) != "graph.unfit" {
			t.Errorf("%T: %v", v, err)
		}
	}
	if err := Read(nil, new(chan int)); fault.Code(err) != "graph.unfit" {
		t.Errorf("got %v", err)
	}
}

func FuzzRead(f *testing.F) {
	data, err := Write(ring())
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Fuzz(func(t *testing.T, data []byte) {
		got := new(node)
		if Read(data, got) != nil {
			return
		}
		if _, err := Write(got); err != nil {
			t.Error(err)
		}
	})
}

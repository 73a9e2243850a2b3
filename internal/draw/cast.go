package draw

import (
	"cmp"
	"crypto/sha256"
	"encoding"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"slices"
	"strconv"
)

// Cast draws (draw1 §5 to §7). seed is 64 hex, from Seed. The case is tested in
// the order that the package comment lists; the error is then a *fault.Error
// and the outcome nil, with one exception: with draw.unstaffed-team (group
// teams that the inspectors cannot fill) the outcome stands beside the error,
// its objects drawn and all of them unstaffed.
func Cast(seed string, c Case) (*Outcome, error) {
	quotas, counts, err := check(seed, c)
	if err != nil {
		return nil, err
	}
	return castChecked(seed, c, quotas, counts)
}

// castChecked is Cast after its tests.
func castChecked(seed string, c Case, quotas, counts map[string]int) (*Outcome, error) {
	urns := drawTickets(seed, c, quotas)
	out := &Outcome{Seed: seed, Cells: make([]CellResult, 0, len(urns))}
	var drawn []pick
	for _, u := range urns {
		out.Cells = append(out.Cells, u.result(c.Objects, counts[u.cell]))
		if c.Slots != nil {
			drawn = append(drawn, u.picks...)
		}
	}
	slices.SortFunc(out.Cells, func(a, b CellResult) int { return cmp.Compare(a.Cell, b.Cell) })
	if c.Slots == nil {
		return out, nil
	}
	slices.SortFunc(drawn, pick.compare)
	order := make([]string, len(drawn))
	for i, p := range drawn {
		order[i] = c.Objects[p.index].Handle
	}
	return out, out.staff(seed, order, c)
}

// ticket is a SHA-256 as four big-endian words, which compare faster than
// bytes and in the same order.
type ticket [4]uint64

func ticketOf(sum []byte) (t ticket) {
	for i := range t {
		t[i] = binary.BigEndian.Uint64(sum[8*i:])
	}
	return t
}

func (t ticket) hex() string {
	var b [sha256.Size]byte
	for i, w := range t {
		binary.BigEndian.PutUint64(b[8*i:], w)
	}
	return hex.EncodeToString(b[:])
}

// pick is a candidate with its ticket. Objects ascend by handle, so that the
// index decides between equal tickets as the handle would.
type pick struct {
	ticket ticket
	index  int
}

func (p pick) compare(q pick) int {
	for i := range p.ticket {
		if c := cmp.Compare(p.ticket[i], q.ticket[i]); c != 0 {
			return c
		}
	}
	return cmp.Compare(p.index, q.index)
}

// urn holds the smallest tickets of one cell seen so far: unordered until it
// is full, then a heap with the largest on top, so that a pool of any size
// needs room for the drawn alone.
type urn struct {
	cell  string
	quota int
	picks []pick
}

// offer keeps p if it is among the smallest.
func (u *urn) offer(p pick) {
	switch {
	case len(u.picks) < u.quota:
		u.picks = append(u.picks, p)
		if len(u.picks) == u.quota {
			for i := len(u.picks)/2 - 1; i >= 0; i-- {
				u.sink(i)
			}
		}
	case u.quota > 0 && p.compare(u.picks[0]) < 0:
		u.picks[0] = p
		u.sink(0)
	}
}

func (u *urn) sink(i int) {
	for {
		top := i
		for _, child := range [2]int{2*i + 1, 2*i + 2} {
			if child < len(u.picks) && u.picks[child].compare(u.picks[top]) > 0 {
				top = child
			}
		}
		if top == i {
			return
		}
		u.picks[i], u.picks[top] = u.picks[top], u.picks[i]
		i = top
	}
}

// result lists the drawn of the cell in ascending (ticket, handle).
func (u *urn) result(objects []Object, count int) CellResult {
	slices.SortFunc(u.picks, pick.compare)
	r := CellResult{Cell: u.cell, Count: count, Quota: u.quota, Objects: make([]Drawn, len(u.picks))}
	for i, p := range u.picks {
		r.Objects[i] = Drawn{objects[p.index].Handle, p.ticket.hex()}
		r.Cutoff = r.Objects[i].Ticket
	}
	return r
}

// drawTickets computes every ticket and returns the urns of all cells, in the
// order of the groups (draw1 §6). Nothing is allocated per handle.
func drawTickets(seed string, c Case, quotas map[string]int) []*urn {
	var urns []*urn
	byCell := make(map[string]*urn)
	for _, g := range c.Groups {
		for _, cell := range g.Cells {
			u := &urn{cell: cell, quota: quotas[cell], picks: make([]pick, 0, quotas[cell])}
			urns = append(urns, u)
			byCell[cell] = u
		}
	}
	d := newDie(seed)
	for i := range c.Objects {
		if i%ahead == 0 {
			warm(c.Objects[i:min(i+ahead, len(c.Objects))])
		}
		o := &c.Objects[i]
		byCell[o.Cell].offer(pick{d.ticket(o.Handle, o.Weight), i})
	}
	return urns
}

// die computes tickets. The 64 characters of the seed are exactly one SHA-256
// block: its state is computed once and restored for each handle.
type die struct {
	hash    hash.Hash
	restore encoding.BinaryUnmarshaler
	state   []byte
	line    []byte
	sum     []byte
}

func newDie(seed string) *die {
	h := sha256.New()
	h.Write([]byte(seed))
	state, err := h.(encoding.BinaryMarshaler).MarshalBinary()
	if err != nil {
		panic(fmt.Sprintf("draw: sha256 state: %v", err)) // never fails in crypto/sha256
	}
	return &die{
		hash: h, restore: h.(encoding.BinaryUnmarshaler), state: state,
		line: make([]byte, 0, sha256.BlockSize), sum: make([]byte, 0, sha256.Size),
	}
}

// ticket is Ticket in words instead of digits.
func (d *die) ticket(handle string, weight int) ticket {
	line := append(d.line[:0], "|O|"...)
	line = append(line, handle...)
	line = append(line, '|')
	least := d.roll(append(line, '1'))
	for j := 2; j <= weight; j++ {
		t := d.roll(strconv.AppendInt(line, int64(j), 10))
		if (pick{ticket: t}).compare(pick{ticket: least}) < 0 {
			least = t
		}
	}
	return least
}

func (d *die) roll(line []byte) ticket {
	if err := d.restore.UnmarshalBinary(d.state); err != nil {
		panic(fmt.Sprintf("draw: sha256 state: %v", err)) // its own MarshalBinary wrote it
	}
	d.hash.Write(line)
	return ticketOf(d.hash.Sum(d.sum[:0]))
}

// ahead is how many handles are fetched together.
const ahead = 64

// warm reads one byte of each handle. In a pool put together in memory, not
// parsed from one file, each handle waits for a line of main memory, twice the
// time of its hash; in a loop as short as this one the processor fetches many
// at once.
//
//go:noinline
func warm(objects []Object) (sum byte) {
	for i := range objects {
		if h := objects[i].Handle; h != "" {
			sum ^= h[0]
		}
	}
	return sum
}

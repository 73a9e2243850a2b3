package lookup

import (
	"cmp"
	"crypto/sha256"
	"slices"
	"strconv"
)

// pair is two neighbouring characters of a folded name.
type pair uint64

func pairOf(a, b rune) pair { return pair(a)<<32 | pair(b) }

func (p pair) String() string { return string([]rune{rune(p >> 32), rune(p & 0xFFFFFFFF)}) }

// appendPairs appends the pairs of a folded name, each once.
func appendPairs(list []pair, folded string) []pair {
	last, from := rune(-1), len(list)
	for _, r := range folded {
		if last >= 0 {
			if p := pairOf(last, r); !slices.Contains(list[from:], p) {
				list = append(list, p)
			}
		}
		last = r
	}
	return list
}

// postings are the numbers of the names that hold each pair.
type postings struct {
	pairs    []pair
	start    []int32 // where the numbers of each pair begin, and the end
	numbers  []int32
	frequent []string // pairs that are not listed
	common   []string
	whole    map[string][]int32 // folded names all of whose pairs are frequent
}

// collect goes through the names twice: to count, and to place the numbers, so
// that a million names need four bytes for each listed pair of theirs.
func collect(n int, name func(i int) string, frequent, common int32) *postings {
	p := &postings{whole: map[string][]int32{}}
	slot := map[pair]int32{}
	var count []int32
	var list []pair
	for i := range n {
		list = appendPairs(list[:0], FoldName(name(i)))
		for _, g := range list {
			s, ok := slot[g]
			if !ok {
				s = int32(len(count))
				slot[g] = s
				count = append(count, 0)
				p.pairs = append(p.pairs, g)
			}
			count[s]++
		}
	}
	p.start = make([]int32, len(count)+1)
	for s, c := range count {
		if c > frequent {
			p.frequent = append(p.frequent, p.pairs[s].String())
			c = 0
		} else if c > common {
			p.common = append(p.common, p.pairs[s].String())
		}
		p.start[s+1] = p.start[s] + c
	}
	slices.Sort(p.frequent)
	slices.Sort(p.common)
	p.numbers = make([]int32, p.start[len(count)])
	next := slices.Clone(p.start)
	for i := range n {
		folded, listed := FoldName(name(i)), false
		list = appendPairs(list[:0], folded)
		for _, g := range list {
			if s := slot[g]; count[s] <= frequent {
				p.numbers[next[s]] = int32(i)
				next[s]++
				listed = true
			}
		}
		if !listed && len(list) > 0 {
			p.whole[folded] = append(p.whole[folded], int32(i))
		}
	}
	return p
}

// pairs is the block of all files of pairs. Its key is that of the sealed
// names: who has seen it need not count.
func (x *Index) pairs() Block {
	sealed, name := x.sealed(), x.Names.Key
	return Block{
		Name: "gram/index.js",
		Key: func() [32]byte {
			h, d := sha256.New(), digest{}
			for i := range sealed {
				d.buf = d.buf[:0]
				d.cell(name(i))
				h.Write(d.buf)
			}
			return [32]byte(h.Sum(nil))
		},
		Write: func(put Put) error {
			l := x.limits
			p := collect(sealed, name, int32(cmp.Or(l.frequent, Frequent)), int32(cmp.Or(l.common, Common)))
			return p.write(put, cmp.Or(l.pairsPerFile, PairsPerFile))
		},
	}
}

func (p *postings) write(put Put, perFile int) error {
	total := len(p.numbers)
	for _, list := range p.whole {
		total += len(list)
	}
	n := FileCount(total, perFile)
	index := [][]string{{"grams", strconv.Itoa(n)}, append([]string{"frequent"}, p.frequent...), append([]string{"common"}, p.common...)}
	if err := fileOf("gram/index", 1, index).write(put); err != nil {
		return err
	}
	files := make([]pairFile, n)
	for s, g := range p.pairs {
		if p.start[s] < p.start[s+1] {
			f := &files[Place(Hash(g.String()), n)]
			f.slots = append(f.slots, int32(s))
		}
	}
	for folded := range p.whole {
		f := &files[Place(Hash(folded), n)]
		f.whole = append(f.whole, folded)
	}
	for b, f := range files {
		list := p.rows(f)
		if err := fileOf("gram/"+strconv.Itoa(b), Modulus(b, n), list).write(put); err != nil {
			return err
		}
	}
	return nil
}

// pairFile is what falls into one file: pairs by their slot, and folded names.
type pairFile struct {
	slots []int32
	whole []string
}

func (p *postings) rows(f pairFile) [][]string {
	var rows [][]string
	for _, s := range f.slots {
		rows = append(rows, []string{p.pairs[s].String(), gaps(p.numbers[p.start[s]:p.start[s+1]])})
	}
	for _, folded := range f.whole {
		rows = append(rows, []string{folded, gaps(p.whole[folded])})
	}
	slices.SortFunc(rows, slices.Compare[[]string])
	return rows
}

// digits of the gaps between ascending numbers, five bits a sign, the lowest
// first; the upper half of them says that more signs follow.
const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567abcdefghijklmnopqrstuvwxyz0189-_"

// gaps writes ascending numbers: each as its distance from the one before it,
// the first from -1, less one.
func gaps(numbers []int32) string {
	buf, last := make([]byte, 0, 2*len(numbers)), int32(-1)
	for _, n := range numbers {
		gap := n - last - 1
		last = n
		for ; gap >= 32; gap >>= 5 {
			buf = append(buf, digits[32+gap&31])
		}
		buf = append(buf, digits[gap])
	}
	return string(buf)
}

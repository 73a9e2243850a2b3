// Package lookup writes the index by which the script of the site finds a
// record among very many: small static files, of which one answer needs few.
// It is pure: keys, names and cells come in, files go out. The bytes are in
// spec/lookup.md; what the cells say is the business of package site.
//
//	key/<n>.js     what is found by a whole key: a code, a handle, a draw's id
//	entry/<n>.js   entries of the ledger by their index
//	name/<n>.js    names with what belongs to them, in order of their first coming
//	gram/<n>.js    pairs of neighbouring characters → the names that hold them
//	gram/index.js  how many files of pairs there are, and which pairs are too frequent
//	index.js       how many of everything: the one file to begin with
//
// # Files that grow one by one
//
// Keys are spread over n files by their hash, n being the number of keys
// divided by KeysPerFile. One more key rewrites the file that it falls into,
// and once in KeysPerFile keys splits one file in two (linear hashing): never
// does one more record rewrite them all, and no file is ever looked into for
// nothing. So an answer by key takes index.js and one file more. Segments that
// are sealed and merged later would write less at once, but every answer would
// have to ask each of them.
//
// Names are numbered in order of their coming and sealed NamesPerSeal at a
// time; pairs are counted over the sealed names alone. The few names after the
// last seal are read as they stand. So one more name rewrites one file of
// names and, once in NamesPerSeal names, the files of the pairs that it holds.
package lookup

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Sizes of the files. All are chosen so that an answer by key stays below
// 32 KB and one by a part of a name below 100 KB, with a million keys and a
// hundred thousand names.
const (
	KeysPerFile    = 64    // on average; a file before its split holds twice as many
	EntriesPerFile = 256   // exactly, but for the last
	NamesPerFile   = 16    // exactly, but for the last
	NamesPerSeal   = 64    // a multiple of NamesPerFile
	PairsPerFile   = 1024  // name numbers, on average
	Frequent       = 16384 // a pair in more names than these is not listed
	Common         = 512   // a pair in more names than these is asked last
)

// Block is one or more files that change together. Key is made of the same
// values as the files and is cheaper: the same key, the same bytes.
type Block struct {
	Name  string // of its first file, below the index's folder
	Key   func() [32]byte
	Write func(put Put) error
}

// Put takes a file.
type Put func(name string, data []byte) error

// Index is what can be found.
type Index struct {
	Keys    Table // found by a whole key; two records may have one
	Entries Table // found by their number; Key is what stands first in the row
	Names   Table // found by a part of the key

	limits limits
}

// limits are other ones than the constants, in tests; 0: the constants.
type limits struct{ pairsPerFile, frequent, common int }

// Table is so many records.
type Table struct {
	Len   int
	Key   func(i int) string
	Cells func(i int, cells []string) []string // appends what an answer shows
	Sum   func(i int, sum []byte) []byte       // appends what tells other cells of record i from these; nil: the cells do
}

// add puts what record i says into a block's key.
func (t Table) add(d *digest, i int) {
	d.cell(t.Key(i))
	if t.Sum != nil {
		at := len(d.buf)
		d.buf = t.Sum(i, d.buf)
		d.int(len(d.buf) - at)
		return
	}
	cells := t.Cells(i, nil)
	d.int(len(cells))
	for _, c := range cells {
		d.cell(c)
	}
}

// Blocks hands out the index in blocks, in an order that depends on nothing but
// the index. Nothing is formatted that is not asked for.
func (x *Index) Blocks(visit func(Block) error) error {
	keys := x.Keys.spread()
	index := [][]string{
		{"keys", strconv.Itoa(keys.n)},
		{"entries", strconv.Itoa(x.Entries.Len), strconv.Itoa(EntriesPerFile)},
		{"names", strconv.Itoa(x.Names.Len), strconv.Itoa(NamesPerFile), strconv.Itoa(x.sealed())},
	}
	for _, blocks := range []func(func(Block) error) error{
		keys.blocks,
		x.Entries.blocks("entry/", EntriesPerFile),
		x.Names.blocks("name/", NamesPerFile),
	} {
		if err := blocks(visit); err != nil {
			return err
		}
	}
	if err := visit(x.pairs()); err != nil {
		return err
	}
	f := fileOf("index", 1, index)
	return visit(Block{Name: "index.js", Write: f.write, Key: func() [32]byte { return sha256.Sum256(fmt.Append(nil, index)) }})
}

// Write hands out every file.
func (x *Index) Write(put Put) error {
	return x.Blocks(func(b Block) error { return b.Write(put) })
}

// sealed is how many names the pairs cover.
func (x *Index) sealed() int { return x.Names.Len - x.Names.Len%NamesPerSeal }

// block is a file of the records that each goes through, in this order or
// another.
func (t Table) block(f file, each func(add func(i int))) Block {
	return Block{Name: f.name + ".js", Write: f.write, Key: func() [32]byte {
		d := digests.Get().(*digest)
		defer digests.Put(d)
		d.buf = d.buf[:0]
		d.cell(f.name)
		d.int(f.modulus)
		each(func(i int) { t.add(d, i) })
		return sha256.Sum256(d.buf)
	}}
}

// blocks cuts a table into files of so many rows.
func (t Table) blocks(prefix string, per int) func(func(Block) error) error {
	return func(visit func(Block) error) error {
		for from := 0; from < t.Len; from += per {
			name := prefix + strconv.Itoa(from/per)
			rows := func(each func([]string)) {
				var cells []string
				for i := from; i < min(from+per, t.Len); i++ {
					cells = t.Cells(i, append(cells[:0], t.Key(i)))
					each(cells)
				}
			}
			all := func(add func(i int)) {
				for i := from; i < min(from+per, t.Len); i++ {
					add(i)
				}
			}
			if err := visit(t.block(file{name, 1, rows}, all)); err != nil {
				return err
			}
		}
		return nil
	}
}

// spread is a table whose records have been sorted into files.
type spread struct {
	Table
	n     int
	order []int32 // records by file, then as they came
	start []int32 // where each file's begin in order, and the end
}

// spread counts, then places: eight bytes a record, whatever the keys are.
func (t Table) spread() *spread {
	s := &spread{Table: t, n: FileCount(t.Len, KeysPerFile)}
	s.start = make([]int32, s.n+1)
	at := make([]int32, t.Len)
	for i := range t.Len {
		at[i] = int32(Place(Hash(FoldKey(t.Key(i))), s.n))
		s.start[at[i]+1]++
	}
	for b := range s.n {
		s.start[b+1] += s.start[b]
	}
	next := slices.Clone(s.start)
	s.order = make([]int32, t.Len)
	for i, b := range at {
		s.order[next[b]] = int32(i)
		next[b]++
	}
	return s
}

func (s *spread) blocks(visit func(Block) error) error {
	for b := range s.n {
		f := file{"key/" + strconv.Itoa(b), Modulus(b, s.n), func(each func([]string)) { s.rows(b, each) }}
		all := func(add func(i int)) {
			for _, i := range s.order[s.start[b]:s.start[b+1]] {
				add(int(i))
			}
		}
		if err := visit(s.block(f, all)); err != nil {
			return err
		}
	}
	return nil
}

// rows are the rows of file b in order of key, then as they came, so that
// records that were found elsewhere in another order make the same file.
func (s *spread) rows(b int, each func([]string)) {
	list := s.order[s.start[b]:s.start[b+1]]
	rows := make([][]string, len(list))
	for j, i := range list {
		rows[j] = s.Cells(int(i), []string{FoldKey(s.Key(int(i)))})
	}
	slices.SortStableFunc(rows, slices.Compare[[]string])
	for _, r := range rows {
		each(r)
	}
}

// FileCount is how many files hold so many records.
func FileCount(records, per int) int { return max(1, (records+per-1)/per) }

// Place is the file of a hash among n: the hash modulo the power of two that
// is not below n, or modulo its half where no file has that number yet.
func Place(hash uint32, n int) int {
	m := ceilPower(n)
	if b := int(hash & uint32(m-1)); b < n {
		return b
	}
	return int(hash & uint32(m/2-1))
}

// Modulus is the power of two modulo which all hashes of file b are b. It
// stands in the file: a reader whose n is older or newer than the file sees it.
func Modulus(b, n int) int {
	m := ceilPower(n)
	if m > 1 && b < m/2 && b+m/2 >= n {
		return m / 2
	}
	return m
}

func ceilPower(n int) int {
	m := 1
	for m < n {
		m *= 2
	}
	return m
}

// Hash is FNV-1a with 32 bits.
func Hash(s string) uint32 {
	h := uint32(2166136261)
	for i := range len(s) {
		h = (h ^ uint32(s[i])) * 16777619
	}
	return h
}

// FoldKey is a key as it is compared: full-width signs as half-width ones,
// small letters, no spaces, without the words before a registration number.
func FoldKey(key string) string {
	if plainKey(key) {
		return key
	}
	var b strings.Builder
	for _, r := range key {
		if r = narrow(r); !space(r) {
			b.WriteRune(r)
		}
	}
	return strings.TrimPrefix(strings.TrimPrefix(b.String(), "注册号"), ":")
}

// plainKey reports whether FoldKey has nothing to do.
func plainKey(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && (c < 'a' || c > 'z') && c != '-' && c != '.' {
			return false
		}
	}
	return true
}

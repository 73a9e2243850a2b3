// Package demo makes counties that do not exist, in real places.
//
// Firms and People write rows of the registers that a county office would hand
// in: towns and villages are real (divisions.csv, 高青县 and 偃师区 as of
// 2023-06-30), everything else is made up and says so. Row i depends on the
// county, the seed and i alone: 3,000 rows are the beginning of 10,000,000, and
// rows can be made in any order, by anyone, without memory of the others.
//
//	for f := range demo.Firms(demo.Gaoqing, 1, 3000) {
//		fmt.Println(f.Code, f.Name) // 92370322TT… 高青…有限公司（演示）
//	}
//
// Nobody real can be met here:
//
//   - Codes have the form of GB 32100 with both check digits right, but their
//     body begins with TT, which no registrar issues, and every name ends in
//     （演示）.
//   - Identity numbers have the form of GB 11643 with the check digit right, but
//     a division that does not exist (370399, 410399).
//   - Telephone numbers begin with 0 after the area code: no such line can exist.
//   - Certificate numbers begin with YS.
//
// The shares of sectors, tags and states are invented so as to look like a
// county; they are no statistics of these two.
package demo

import (
	"math/bits"
	"time"
)

// The two counties, by their codes of GB/T 2260.
const (
	Gaoqing = "370322" // 高青县
	Yanshi  = "410307" // 偃师区
)

// county is what differs between the two.
type county struct {
	code, name, short string // 370322, 高青县, 高青
	city, cityShort   string // prefix of addresses, prefix of some names
	area              string // telephone area code
	local             int    // digits of a local number
	nobody            string // a division code that does not exist
	office            string
	brigade           string
	registrars        []share[string] // by whom firms were registered
	sectors           []share[string]
	tags              []tagShare
	villages          []village
}

// lookup panics for a county that is not here: callers name a constant.
func lookup(code string) *county {
	c := counties()[code]
	if c == nil {
		panic("demo: no county " + code)
	}
	return c
}

// rng is a splitmix64 generator: eight bytes of state, so that every row can
// afford its own.
type rng uint64

// row is the generator of row i of a kind (firm, person) of a county.
func row(county string, kind byte, seed uint64, i int) rng {
	r := rng(mix(mix(seed^uint64(kind)<<56^hashString(county)) ^ uint64(i)))
	return r
}

func (r *rng) next() uint64 {
	*r += 0x9e3779b97f4a7c15
	return mix(uint64(*r))
}

// below is uniform in 0..n-1, up to a bias of n/2^64.
func (r *rng) below(n int) int {
	high, _ := bits.Mul64(r.next(), uint64(n))
	return int(high)
}

// date is uniform in from..to, both included, as 2006-01-02. Days count from
// 1970-01-01.
func (r *rng) date(from, to int) string {
	return formatDay(from + r.below(to-from+1))
}

func formatDay(day int) string {
	return time.Unix(int64(day)*86400, 0).UTC().Format(time.DateOnly)
}

func day(year int, month time.Month, d int) int {
	return int(time.Date(year, month, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// mix is the finalizer of splitmix64: a bijection in which every bit of the
// input moves every bit of the output.
func mix(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}

// hashString is FNV-1a.
func hashString(s string) uint64 {
	h := uint64(14695981039346656037)
	for i := range len(s) {
		h = (h ^ uint64(s[i])) * 1099511628211
	}
	return h
}

// permute maps 0..n-1 to itself, one to one, in an order that key decides: a
// Feistel network of four rounds over the next even number of bits, walked
// until it comes back below n. Unique values without a memory of those used.
func permute(i, n, key uint64) uint64 {
	half := uint(bits.Len64(n-1)+1) / 2
	mask := uint64(1)<<half - 1
	for {
		left, right := i>>half, i&mask
		for round := range uint64(4) {
			left, right = right, left^mix(right^key+round*0x9e3779b97f4a7c15)&mask
		}
		if i = left<<half | right; i < n {
			return i
		}
	}
}

// share is a value with its weight among others.
type share[T any] struct {
	value  T
	weight int
}

// pick chooses by weight.
func pick[T any](r *rng, shares []share[T]) T {
	sum := 0
	for _, s := range shares {
		sum += s.weight
	}
	n := r.below(sum)
	for _, s := range shares {
		if n -= s.weight; n < 0 {
			return s.value
		}
	}
	panic("demo: weights do not add up")
}

// one chooses evenly.
func one(r *rng, values []string) string { return values[r.below(len(values))] }

package draw

import (
	"fmt"
	"math/bits"
	"slices"
	"strconv"
	"strings"

	"github.com/sunlot/sunlot/internal/fault"
)

// Total is ceil(ratio × base) in integers (draw1 §5). ratio is "1", or "0."
// and 1 to 6 digits; base is 0 or more.
func Total(ratio string, base int) (int, error) {
	if base < 0 || base >= maxInteger/1000 {
		return 0, fault.New("draw.bad-field", "base", strconv.Itoa(base), "0..999999999999")
	}
	if ratio == "1" {
		return base, nil
	}
	digits, found := strings.CutPrefix(ratio, "0.")
	if !found || len(digits) < 1 || len(digits) > 6 {
		return 0, fault.New("draw.bad-ratio", "ratio", clip(ratio), `"1", or "0." and 1 to 6 digits`)
	}
	numerator, denominator := 0, 1
	for _, c := range []byte(digits) {
		if c < '0' || c > '9' {
			return 0, fault.New("draw.bad-ratio", "ratio", clip(ratio), `"1", or "0." and 1 to 6 digits`)
		}
		numerator = numerator*10 + int(c-'0')
		denominator *= 10
	}
	// Below 10^6 × 10^12: no overflow of 63 bits.
	return (numerator*base + denominator - 1) / denominator, nil
}

// Quotas gives every cell of the groups its quota (名额) by Sainte-Laguë
// (draw1 §5); counts holds n_c of each cell, absent means 0. Fails with
// draw.minimum-over-total, or draw.bad-field on groups or counts that break
// their form.
func Quotas(groups []Group, counts map[string]int) (map[string]int, error) {
	if err := checkGroups(groups); err != nil {
		return nil, err
	}
	for cell, n := range counts {
		if n < 0 || n >= maxInteger {
			return nil, fault.New("draw.bad-field", "count of "+clip(cell), strconv.Itoa(n), "0..999999999999999")
		}
	}
	quotas := make(map[string]int)
	for i, g := range groups {
		if g.Rule == "census" {
			for _, cell := range g.Cells {
				quotas[cell] = counts[cell]
			}
			continue
		}
		if err := divide(fmt.Sprintf("groups[%d]", i), g, counts, quotas); err != nil {
			return nil, err
		}
	}
	return quotas, nil
}

// share is a cell that may still get a seat.
type share struct {
	cell string
	n, a uint64
}

// before tells whether s gets the next seat before t: n_s/(2a_s+1) is larger,
// or equal and the code smaller. Products are compared in 128 bits.
func (s share) before(t share) bool {
	h1, l1 := bits.Mul64(s.n, 2*t.a+1)
	h2, l2 := bits.Mul64(t.n, 2*s.a+1)
	if h1 != h2 {
		return h1 > h2
	}
	if l1 != l2 {
		return l1 > l2
	}
	return s.cell < t.cell
}

// divide writes the quotas of one group of rule total.
func divide(place string, g Group, counts, quotas map[string]int) error {
	population, given := 0, 0
	open := make([]share, 0, len(g.Cells))
	for _, cell := range g.Cells {
		n := counts[cell]
		a := min(g.Minimum, n)
		population += n
		given += a
		quotas[cell] = a
		if a < n {
			open = append(open, share{cell, uint64(n), uint64(a)})
		}
	}
	if given > g.Total {
		return fault.New("draw.minimum-over-total", place, strconv.Itoa(given), strconv.Itoa(g.Total))
	}
	if g.Total >= population {
		for _, cell := range g.Cells {
			quotas[cell] = counts[cell]
		}
		return nil
	}
	// A heap with the next cell on top: T seats over C cells cost T log C.
	slices.SortFunc(open, func(s, t share) int {
		if s.before(t) {
			return -1
		}
		return 1
	})
	for ; given < g.Total; given++ {
		open[0].a++
		quotas[open[0].cell]++
		if open[0].a == open[0].n {
			open[0] = open[len(open)-1]
			open = open[:len(open)-1]
		}
		sinkShare(open)
	}
	return nil
}

// sinkShare restores the heap after its top has changed.
func sinkShare(heap []share) {
	for i := 0; ; {
		best := i
		for _, child := range [2]int{2*i + 1, 2*i + 2} {
			if child < len(heap) && heap[child].before(heap[best]) {
				best = child
			}
		}
		if best == i {
			return
		}
		heap[i], heap[best] = heap[best], heap[i]
		i = best
	}
}

package draw

import (
	"flag"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
)

// Is the draw fair? The draw itself, Cast, is run over thousands of seeds and
// judged by chi-square. What holds was laid down before the first run:
//
//   - the seeds are Seed(C, -, rho) with rho = SHA-256 of "rho|" and a number,
//     from 0 on: what a beacon gives, fixed, so that a run can be repeated;
//   - every p-value is above 1e-4. With about 70 of them one in 150 choices of
//     seeds would fail a perfect draw; this choice was made once;
//   - the controls, draws that favour somebody, have p below 1e-12.
//
// make statistics runs 100,000 seeds and prints every p-value; make test runs
// 10,000.
var seedsFlag = flag.Int("seeds", 10000, "simulated seeds of the statistical test")

const (
	leastP   = 1e-4
	controlP = 1e-12
)

// simulated is how many seeds a run has: never so few that the controls pass.
func simulated() int { return max(*seedsFlag, 10000) }

func simulatedSeed(i int) string {
	return Seed(refH("a notice"), nil, refH(fmt.Sprintf("rho|%d", i)))
}

// accept prints a verdict and holds it to the threshold.
func accept(t *testing.T, v verdict) {
	t.Helper()
	t.Log(v)
	if v.p < leastP || math.IsNaN(v.p) {
		t.Errorf("p below %v: %v", leastP, v)
	}
}

// detect is accept for a draw that favours somebody.
func detect(t *testing.T, v verdict) {
	t.Helper()
	v.name = "must fail: " + v.name
	t.Log(v)
	if !(v.p < controlP) {
		t.Errorf("a biased draw was not detected: %v", v)
	}
}

func mustCast(t *testing.T, seed string, c Case) *Outcome {
	t.Helper()
	out, err := Cast(seed, c)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// statHandle is the handle of entry i: nothing about it is special.
func statHandle(kind string, i int) string { return refH(kind, fmt.Sprint(i))[:32] }

// statObjects makes n objects of a cell, sorted by handle.
func statObjects(cell string, n int) []Object {
	list := make([]Object, n)
	for i := range list {
		list[i] = Object{statHandle("O"+cell, i), cell, 1}
	}
	return list
}

func byHandle(a, b Object) int { return strings.Compare(a.Handle, b.Handle) }

// TestStatisticsEntries: in cells of many sizes every entry is drawn as often as
// every other, and as often first; every cell gets its quota each time; a census
// takes all.
func TestStatisticsEntries(t *testing.T) {
	sizes := map[string]int{"A": 40, "B": 25, "C": 17, "D": 9, "E": 5, "F": 2, "G": 1, "Z": 3}
	c := Case{Groups: []Group{{"equal", "total", 25, 1, []string{"A", "B", "C", "D", "E", "F", "G"}}, {"all", "census", 0, 0, []string{"Z"}}}}
	for cell, n := range sizes {
		c.Objects = append(c.Objects, statObjects(cell, n)...)
	}
	slices.SortFunc(c.Objects, byHandle)
	quotas, ok := refQuotas(c.Groups, sizes)
	if !ok {
		t.Fatal("the quotas do not work out")
	}
	seeds, drawn, first := simulated(), map[string]int{}, map[string]int{}
	for i := range seeds {
		for _, cell := range mustCast(t, simulatedSeed(i), c).Cells {
			if len(cell.Objects) != quotas[cell.Cell] {
				t.Fatalf("cell %s: %d drawn, quota %d", cell.Cell, len(cell.Objects), quotas[cell.Cell])
			}
			for k, o := range cell.Objects {
				drawn[o.Handle]++
				if k == 0 {
					first[o.Handle]++
				}
			}
		}
	}
	chi, df := 0.0, 0
	for _, cell := range []string{"A", "B", "C", "D", "E", "F", "G", "Z"} {
		var often, led []int
		for _, o := range c.Objects {
			if o.Cell == cell {
				often, led = append(often, drawn[o.Handle]), append(led, first[o.Handle])
			}
		}
		n, a := sizes[cell], quotas[cell]
		if a == n {
			for _, x := range often {
				if x != seeds {
					t.Errorf("cell %s: all are drawn, one only %d times of %d", cell, x, seeds)
				}
			}
			continue
		}
		v := subsets(fmt.Sprintf("cell %s: each of %d, %d drawn", cell, n, a), often, a, seeds)
		accept(t, v)
		accept(t, multinomial(fmt.Sprintf("cell %s: which of %d is first", cell, n), led, nil))
		chi, df = chi+v.chi, df+v.df
	}
	accept(t, judge("all cells together", chi, df))
}

// TestStatisticsOutcomes: a draw so small that all its outcomes can be listed.
// Each set of entries over two cells comes as often as each other one, also
// beside what the seed before gave.
func TestStatisticsOutcomes(t *testing.T) {
	c := Case{Groups: []Group{{"g", "total", 3, 0, []string{"A", "B"}}}, Objects: append(statObjects("A", 3), statObjects("B", 4)...)}
	slices.SortFunc(c.Objects, byHandle)
	one := Case{Groups: []Group{{"g", "total", 1, 0, []string{"A"}}}, Objects: statObjects("A", 8)}
	slices.SortFunc(one.Objects, byHandle)
	outcomes, pairs, before := map[string]int{}, make([]int, 64), 0
	seeds := simulated()
	for i := range seeds {
		var set []string
		for _, cell := range mustCast(t, simulatedSeed(i), c).Cells {
			for _, o := range cell.Objects {
				set = append(set, o.Handle)
			}
		}
		slices.Sort(set)
		outcomes[strings.Join(set, ",")]++
		got := slices.IndexFunc(one.Objects, func(o Object) bool {
			return o.Handle == mustCast(t, simulatedSeed(i), one).Cells[0].Objects[0].Handle
		})
		if i%2 == 1 {
			pairs[8*before+got]++
		}
		before = got
	}
	var counts []int
	for _, n := range outcomes {
		counts = append(counts, n)
	}
	if len(counts) != 18 { // 1 of 3 and 2 of 4
		t.Fatalf("%d outcomes, want 18", len(counts))
	}
	accept(t, multinomial("every outcome of 1 of 3 and 2 of 4", counts, nil))
	accept(t, multinomial("a seed and the next: 8 x 8", pairs, nil))
}

// TestStatisticsWeights: entries of weights 1 to 16 are drawn as often as their
// exact chances say.
func TestStatisticsWeights(t *testing.T) {
	weights, seeds := everyWeight(), simulated()
	for _, a := range []int{1, 5} {
		c := Case{Groups: []Group{{"g", "total", a, 0, []string{"A"}}}, Objects: statObjects("A", len(weights))}
		of := map[string]int{}
		for i := range weights {
			c.Objects[i].Weight = weights[i]
			of[c.Objects[i].Handle] = i
		}
		slices.SortFunc(c.Objects, byHandle)
		counts := make([]int, len(weights))
		for i := range seeds {
			for _, o := range mustCast(t, simulatedSeed(i), c).Cells[0].Objects {
				counts[of[o.Handle]]++
			}
		}
		for i, w := range weights {
			exact, _ := inclusion(weights, i, a).Float64()
			share := float64(counts[i]) / float64(seeds)
			z := (share - exact) / math.Sqrt(exact*(1-exact)/float64(seeds))
			accept(t, judge(fmt.Sprintf("%d of 16, weight %2d: %6.2f %% drawn, exact %6.2f %%", a, w, 100*share, 100*exact), z*z, 1))
		}
		accept(t, weighted(fmt.Sprintf("weights 1 to 16 together, %d drawn", a), counts, weights, a, seeds))
	}
}

// TestStatisticsKeys: whoever chooses K chooses nothing. Under one seed, over as
// many keys, each firm is drawn as often as each other one.
func TestStatisticsKeys(t *testing.T) {
	ids := make([]string, 12)
	for i := range ids {
		ids[i] = fmt.Sprintf("91370322MA3CTEST%02d", i)
	}
	counts, seeds, a := make([]int, len(ids)), simulated(), 3
	for i := range seeds {
		key := []byte(refH(fmt.Sprintf("K|%d", i)))[:32]
		c, of := Case{Groups: []Group{{"g", "total", a, 0, []string{"A"}}}}, map[string]int{}
		for n, id := range ids {
			h := Handle("O", Salt(key, "O", id), id)
			c.Objects, of[h] = append(c.Objects, Object{h, "A", 1}), n
		}
		slices.SortFunc(c.Objects, byHandle)
		for _, o := range mustCast(t, simulatedSeed(0), c).Cells[0].Objects {
			counts[of[o.Handle]]++
		}
	}
	accept(t, subsets("one seed, many keys: each of 12, 3 drawn", counts, a, seeds))
}

// TestStatisticsControls: draws that are not fair, judged by the same numbers.
// If these passed, the others would say nothing.
func TestStatisticsControls(t *testing.T) {
	const n, a = 16, 5
	weights, seeds := everyWeight(), simulated()
	handles := make([]string, n)
	for i := range handles {
		handles[i] = statHandle("OA", i)
	}
	ticket := func(seed string, i int) string { return refTicket(seed, handles[i], 1) }
	draw := func(rank func(seed string, i int) string) []int {
		counts := make([]int, n)
		for s := range seeds {
			list := make([]string, n)
			for i := range list {
				list[i] = rank(simulatedSeed(s), i) + fmt.Sprintf("|%02d", i)
			}
			slices.Sort(list)
			for _, l := range list[:a] {
				var i int
				if _, err := fmt.Sscanf(l[strings.LastIndex(l, "|")+1:], "%d", &i); err != nil {
					t.Fatal(err)
				}
				counts[i]++
			}
		}
		return counts
	}
	fair := draw(ticket)
	accept(t, subsets("the controls' own draw, unbiased", fair, a, seeds))
	detect(t, subsets("one firm in the hat twice", draw(func(seed string, i int) string {
		if i == 7 {
			return refTicket(seed, handles[i], 2)
		}
		return ticket(seed, i)
	}), a, seeds))
	detect(t, subsets("one firm put back every fifth time it is drawn", draw(func(seed string, i int) string {
		if i == 3 && ticket(seed, 0)[63] < '3' {
			return "f"
		}
		return ticket(seed, i)
	}), a, seeds))
	detect(t, subsets("the first hex digit alone decides, then the order", draw(func(seed string, i int) string {
		return ticket(seed, i)[:1]
	}), a, seeds))
	// Weights: a ticket divided by its weight looks right and is not.
	detect(t, weighted("tickets divided by weight", draw(func(seed string, i int) string {
		var v uint64
		if _, err := fmt.Sscanf(ticket(seed, i)[:15], "%x", &v); err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("%016x", v/uint64(weights[i]))
	}), weights, a, seeds))
	detect(t, weighted("weights left out", fair, weights, a, seeds))
	accept(t, weighted("the controls' own draw with weights, unbiased", draw(func(seed string, i int) string {
		return refTicket(seed, handles[i], weights[i])
	}), weights, a, seeds))
}

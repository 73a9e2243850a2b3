package draw

import (
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"testing"
)

// What chance is expected to do, worked out without the code that draws: the
// chi-square distribution, and how often weighted tickets are drawn. Numbers
// with a point are for judging draws, never for drawing.

// survival is the probability that a chi-square variable of df degrees of
// freedom exceeds x: the upper regularised gamma function Q(df/2, x/2), by its
// series below the mean and by Lentz's continued fraction above it.
func survival(x float64, df int) float64 {
	if x <= 0 {
		return 1
	}
	a, z := float64(df)/2, x/2
	lg, _ := math.Lgamma(a)
	head := math.Exp(a*math.Log(z) - z - lg)
	if z < a+1 {
		term, sum := 1/a, 1/a
		for n := 1; n < 10000 && term > sum*1e-17; n++ {
			term *= z / (a + float64(n))
			sum += term
		}
		return 1 - head*sum
	}
	const tiny = 1e-300
	b := z + 1 - a
	c, d := 1/tiny, 1/b
	h := d
	for i := 1; i < 10000; i++ {
		n := -float64(i) * (float64(i) - a)
		b += 2
		d = 1 / nonzero(n*d+b, tiny)
		c = nonzero(b+n/c, tiny)
		h *= d * c
		if math.Abs(d*c-1) < 1e-16 {
			break
		}
	}
	return head * h
}

func nonzero(x, tiny float64) float64 {
	if math.Abs(x) < tiny {
		return tiny
	}
	return x
}

// TestSurvival: against printed tables, and against the closed form that even
// degrees of freedom have: exp(-x/2) · Σ (x/2)^i / i!, i < df/2.
func TestSurvival(t *testing.T) {
	for _, tc := range []struct {
		x    float64
		df   int
		want float64
	}{{3.841459, 1, 0.05}, {6.634897, 1, 0.01}, {18.307038, 10, 0.05}, {29.588298, 10, 0.001}, {55.758479, 40, 0.05}, {124.342113, 100, 0.05}, {77.929465, 100, 0.95}} {
		if got := survival(tc.x, tc.df); math.Abs(got-tc.want) > 1e-6 {
			t.Errorf("survival(%v, %d) = %v, table %v", tc.x, tc.df, got, tc.want)
		}
	}
	for df := 2; df <= 400; df += 2 {
		for _, share := range []float64{0.3, 0.8, 1, 1.3, 2} {
			x := share * float64(df)
			term, sum := math.Exp(-x/2), 0.0
			for i := 0; i < df/2; i++ {
				sum += term
				term *= x / 2 / float64(i+1)
			}
			if got := survival(x, df); math.Abs(got-sum) > 1e-9 {
				t.Fatalf("survival(%v, %d) = %v, closed form %v", x, df, got, sum)
			}
		}
	}
}

// verdict is one chi-square with its p-value.
type verdict struct {
	name string
	chi  float64
	df   int
	p    float64
}

func judge(name string, chi float64, df int) verdict {
	return verdict{name, chi, df, survival(chi, df)}
}

func (v verdict) String() string {
	return fmt.Sprintf("%-58s chi2 %8.1f  df %4d  p %.4f", v.name, v.chi, v.df, v.p)
}

// multinomial judges counts of outcomes of which each seed has exactly one;
// weights are proportional to their probabilities, nil for equal ones.
func multinomial(name string, counts []int, weights []float64) verdict {
	total, mass := 0, 0.0
	for i, n := range counts {
		total += n
		if weights != nil {
			mass += weights[i]
		}
	}
	chi := 0.0
	for i, n := range counts {
		expected := float64(total) / float64(len(counts))
		if weights != nil {
			expected = float64(total) * weights[i] / mass
		}
		chi += (float64(n) - expected) * (float64(n) - expected) / expected
	}
	return judge(name, chi, len(counts)-1)
}

// subsets judges how often each of n equal entries was among the a drawn of each
// of so many seeds. The counts of one seed are not independent, they add up to
// a: their covariance is p(1-p) · n/(n-1) · (1 - J/n), p = a/n, and the square
// form below has n-1 degrees of freedom.
func subsets(name string, counts []int, a, seeds int) verdict {
	n, p := float64(len(counts)), float64(a)/float64(len(counts))
	sum := 0.0
	for _, x := range counts {
		sum += (float64(x) - float64(seeds)*p) * (float64(x) - float64(seeds)*p)
	}
	return judge(name, sum/(float64(seeds)*p*(1-p))*(n-1)/n, len(counts)-1)
}

// weighted judges the same where the entries have weights: by the exact chances
// and covariances of successive, see inclusion. The counts add up to a of each
// seed, so that the last entry tells nothing new.
func weighted(name string, counts, weights []int, a, seeds int) verdict {
	one, two := successive(weights, a)
	m := len(weights) - 1
	rows := make([][]float64, m)
	off := make([]float64, m)
	for i := range m {
		off[i] = (float64(counts[i]) - float64(seeds)*one[i]) / math.Sqrt(float64(seeds))
		rows[i] = make([]float64, m+1)
		for j := range m {
			rows[i][j] = two[i][j] - one[i]*one[j]
		}
		rows[i][m] = off[i]
	}
	solved, chi := solve(rows), 0.0
	for i := range m {
		chi += off[i] * solved[i]
	}
	return judge(name, chi, m)
}

// solve is Gauss's elimination with pivots; each row ends with its right side.
func solve(rows [][]float64) []float64 {
	n := len(rows)
	for c := range n {
		best := c
		for r := c; r < n; r++ {
			if math.Abs(rows[r][c]) > math.Abs(rows[best][c]) {
				best = r
			}
		}
		rows[c], rows[best] = rows[best], rows[c]
		for r := range n {
			if r == c {
				continue
			}
			f := rows[r][c] / rows[c][c]
			for k := c; k <= n; k++ {
				rows[r][k] -= f * rows[c][k]
			}
		}
	}
	x := make([]float64, n)
	for i := range n {
		x[i] = rows[i][n] / rows[i][i]
	}
	return x
}

// successive gives the chance of each entry, and of each two, to be among the a
// drawn, if entries are taken out one after the other, each time in proportion
// to the weights that are left. That is what drawing the smallest of weighted
// tickets comes to: the smallest of w uniform numbers behaves like an
// exponential time of rate w, and of such times the next one to ring is in
// proportion to the rates. It goes over all sets of entries, up to 2^16.
func successive(weights []int, a int) (one []float64, two [][]float64) {
	n := len(weights)
	one, two = make([]float64, n), make([][]float64, n)
	for i := range two {
		two[i] = make([]float64, n)
	}
	chance := make([]float64, 1<<n)
	chance[0] = 1
	for set := range chance {
		if bits.OnesCount(uint(set)) >= a {
			continue
		}
		left := 0
		for i, w := range weights {
			if set>>i&1 == 0 {
				left += w
			}
		}
		for i, w := range weights {
			if set>>i&1 == 0 {
				chance[set|1<<i] += chance[set] * float64(w) / float64(left)
			}
		}
	}
	for set, p := range chance {
		if bits.OnesCount(uint(set)) != a {
			continue
		}
		for i := range weights {
			for j := range weights {
				if set>>i&1 == 1 && set>>j&1 == 1 {
					two[i][j] += p
				}
			}
		}
	}
	for i := range one {
		one[i] = two[i][i]
	}
	return one, two
}

// inclusion is the chance of entry i alone, from the definition of a ticket and
// in fractions: the ticket is the smallest of w uniform numbers, so that it lies
// above t with chance s^w, s = 1-t. Entry i is drawn if fewer than a of the
// others lie below it:
//
//	∫ w s^(w-1) · Σ k<a of [z^k] Π j≠i ( s^wj + z (1 - s^wj) ) ds   over 0..1
//
// The product is a polynomial in s with whole coefficients.
func inclusion(weights []int, i, a int) *big.Rat {
	// below[k] is the polynomial of exactly k others below, by powers of s.
	below := make([][]*big.Int, a)
	degree := 0
	for _, w := range weights {
		degree += w
	}
	for k := range below {
		below[k] = make([]*big.Int, degree+1)
		for d := range below[k] {
			below[k][d] = new(big.Int)
		}
	}
	below[0][0].SetInt64(1)
	for j, w := range weights {
		if j == i {
			continue
		}
		for k := a - 1; k >= 0; k-- {
			for d := degree; d >= 0; d-- {
				v := new(big.Int)
				if d >= w {
					v.Add(v, below[k][d-w])
				}
				if k > 0 {
					v.Add(v, below[k-1][d])
					if d >= w {
						v.Sub(v, below[k-1][d-w])
					}
				}
				below[k][d] = v
			}
		}
	}
	sum, w := new(big.Rat), int64(weights[i])
	for k := range below {
		for d, v := range below[k] {
			if v.Sign() != 0 {
				term := new(big.Rat).SetFrac(new(big.Int).Mul(v, big.NewInt(w)), big.NewInt(w+int64(d)))
				sum.Add(sum, term)
			}
		}
	}
	return sum
}

// TestInclusion holds the two ways against each other, and both against what
// can be said without either.
func TestInclusion(t *testing.T) {
	for _, tc := range []struct {
		weights []int
		a       int
	}{{[]int{1, 1, 1, 1}, 2}, {[]int{1, 2}, 1}, {[]int{1, 2, 3}, 2}, {[]int{16, 1, 1, 1, 7}, 3}, {everyWeight(), 1}, {everyWeight(), 5}} {
		one, _ := successive(tc.weights, tc.a)
		total := new(big.Rat)
		for i := range tc.weights {
			exact := inclusion(tc.weights, i, tc.a)
			total.Add(total, exact)
			if f, _ := exact.Float64(); math.Abs(f-one[i]) > 1e-12 {
				t.Errorf("%v, %d drawn: entry %d has %v by integral, %v by sets", tc.weights, tc.a, i, f, one[i])
			}
			if i > 0 && tc.weights[i] > tc.weights[i-1] && one[i] <= one[i-1] {
				t.Errorf("%v: more weight, less chance: %v", tc.weights, one)
			}
		}
		if total.Cmp(big.NewRat(int64(tc.a), 1)) != 0 {
			t.Errorf("%v: chances add up to %v, want %d", tc.weights, total, tc.a)
		}
	}
	if got := inclusion([]int{1, 2, 3}, 0, 2); got.Cmp(big.NewRat(5, 12)) != 0 { // 1/6 + 2/6·1/4 + 3/6·1/3
		t.Errorf("weight 1 beside 2 and 3, two drawn: %v, want 5/12", got)
	}
}

// everyWeight is one entry of each weight that a pool may have.
func everyWeight() []int {
	w := make([]int, 16)
	for i := range w {
		w[i] = i + 1
	}
	return w
}

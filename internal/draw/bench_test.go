package draw

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// bigCase is a pool of n handles in 20 cells and one group that draws 1 %.
func bigCase(n int) Case {
	g := Group{Name: "g", Rule: "total", Total: n / 100}
	for i := range 20 {
		g.Cells = append(g.Cells, fmt.Sprintf("3703%02d", i))
	}
	c := Case{Groups: []Group{g}, Objects: make([]Object, n)}
	for i := range c.Objects {
		sum := sha256.Sum256([]byte(fmt.Sprint("handle ", i)))
		c.Objects[i] = Object{hex.EncodeToString(sum[:16]), g.Cells[int(sum[31])%20], 1}
	}
	slices.SortFunc(c.Objects, func(a, b Object) int { return strings.Compare(a.Handle, b.Handle) })
	return c
}

var benchSeed = Seed(strings.Repeat("1", 64), nil, strings.Repeat("2", 64))

func BenchmarkCast1M(b *testing.B) {
	const n = 1_000_000
	scattered := bigCase(n)
	parsed := scattered
	var err error
	if parsed.Objects, err = ParsePool(FormatPool(scattered.Objects)); err != nil {
		b.Fatal(err)
	}
	// A pool read from its file lies in one piece; one put together in memory
	// and sorted does not.
	for _, v := range []struct {
		name string
		c    Case
	}{{"parsed", parsed}, {"scattered", scattered}} {
		b.Run(v.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Cast(benchSeed, v.c); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/handle")
		})
	}
}

func BenchmarkParsePool1M(b *testing.B) {
	file := FormatPool(bigCase(1_000_000).Objects)
	b.SetBytes(int64(len(file)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := ParsePool(file); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkStaff500x45x2(b *testing.B) {
	for _, share := range []int{0, 30, 70} {
		b.Run(fmt.Sprintf("recused%d", share), func(b *testing.B) {
			c := staffCase(500, 45, share)
			for b.Loop() {
				if _, err := Cast(benchSeed, c); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// staffCase draws all n objects into teams of a lead and one more, of people
// of whom one in nine may lead; share per cent of all pairs are recused.
func staffCase(n, people, share int) Case {
	c := bigCase(n)
	c.Groups[0] = Group{Name: "g", Rule: "census", Cells: c.Groups[0].Cells}
	c.Slots = []string{"lead", ""}
	c.Recusals = make(map[string][]string)
	for i := range people {
		p := Inspector{Handle: fmt.Sprintf("%032x", i)}
		if i%9 == 0 {
			p.Qualifications = []string{"lead"}
		}
		c.Inspectors = append(c.Inspectors, p)
		for _, o := range c.Objects {
			if sum := sha256.Sum256([]byte(o.Handle + p.Handle)); int(sum[0])*100/256 < share {
				c.Recusals[o.Handle] = append(c.Recusals[o.Handle], p.Handle)
			}
		}
	}
	return c
}

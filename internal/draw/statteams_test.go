package draw

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// The statistical test of teams: inspectors' loads and pairings, over the seeds
// and with the thresholds of statistics_test.go.

// crewSize is the number of inspectors, couples that of pairs among them.
const (
	crewSize = 9
	couples  = crewSize * (crewSize - 1) / 2
)

// couple numbers the pair {i, j} of inspectors.
func couple(i, j int) int {
	if i > j {
		i, j = j, i
	}
	return i*(2*crewSize-i-1)/2 + j - i - 1
}

// crewCase draws 12 of 30 objects and gives each a team of two out of nine
// inspectors, the first leads of whom may lead; 0: all alike.
func crewCase(leads int) (c Case, of map[string]int) {
	c = Case{Groups: []Group{{"g", "total", 12, 0, []string{"A"}}}, Objects: statObjects("A", 30), Slots: []string{"", ""}}
	of = map[string]int{}
	for i := range crewSize {
		p := Inspector{Handle: statHandle("I", i)}
		if i < leads {
			p.Qualifications = []string{"lead"}
		}
		of[p.Handle] = i
		c.Inspectors = append(c.Inspectors, p)
	}
	if leads > 0 {
		c.Slots[0] = "lead"
	}
	slices.SortFunc(c.Objects, byHandle)
	slices.SortFunc(c.Inspectors, func(a, b Inspector) int { return strings.Compare(a.Handle, b.Handle) })
	return c, of
}

// TestStatisticsLoads: 24 places among nine inspectors are two each and three
// for six of them: for each as often. The teams of the first object, of one in
// the middle and of the last are every pair as often, and which object comes
// first says nothing about who goes there.
func TestStatisticsLoads(t *testing.T) {
	c, of := crewCase(0)
	index := map[string]int{}
	for i, o := range c.Objects {
		index[o.Handle] = i
	}
	seeds := simulated()
	more, leader := make([]int, crewSize), make([]int, crewSize)
	places := map[int][]int{0: make([]int, couples), 5: make([]int, couples), 11: make([]int, couples)}
	visits := make([]int, len(c.Objects)*crewSize)
	for s := range seeds {
		out := mustCast(t, simulatedSeed(s), c)
		loads := make([]int, crewSize)
		for k, team := range out.Teams {
			i, j := of[team.Members[0]], of[team.Members[1]]
			loads[i]++
			loads[j]++
			if counts := places[k]; counts != nil {
				counts[couple(i, j)]++
			}
			if k == 0 {
				leader[i]++
				visits[index[team.Object]*crewSize+i]++
			}
		}
		for i, n := range loads {
			if n < 2 || n > 3 || out.Cap != 3 || len(out.Unstaffed) > 0 {
				t.Fatalf("seed %d: loads %v under %d", s, loads, out.Cap)
			}
			more[i] += n - 2
		}
	}
	accept(t, subsets("loads: who of nine bears three, not two", more, 6, seeds))
	accept(t, multinomial("the first object's leader, of nine", leader, nil))
	for _, k := range []int{0, 5, 11} {
		accept(t, multinomial(fmt.Sprintf("the pair at object %2d of 12: each of %d", k+1, couples), places[k], nil))
	}
	accept(t, multinomial("first object and its leader: 30 x 9", visits, nil))
}

// TestStatisticsPairings: over all teams of a draw no two inspectors meet more
// often than any two others, beyond what their loads bring with them. What the
// loads bring is taken out (the part of a table of pairs that is a sum of two
// persons' parts); the rest of 27 dimensions is alike in all directions, since
// all nine are, and is measured by its own mean square.
func TestStatisticsPairings(t *testing.T) {
	c, of := crewCase(0)
	seeds := simulated()
	meet := func(favour bool) verdict {
		sum, square := make([]float64, couples), 0.0
		for s := range seeds {
			table := make([]float64, couples)
			for k, team := range mustCast(t, simulatedSeed(s), c).Teams {
				i, j := of[team.Members[0]], of[team.Members[1]]
				// The control: at the tenth object 1 and 2 go together one time in eight.
				if favour && k == 9 && s%8 == 0 {
					i, j = 1, 2
				}
				table[couple(i, j)]++
			}
			for i, v := range withoutLoads(table) {
				sum[i] += v
				square += v * v
			}
		}
		const dimensions = couples - crewSize
		chi := 0.0
		for _, v := range sum {
			chi += v * v
		}
		return judge("who meets whom, all teams", chi/(square/dimensions), dimensions)
	}
	accept(t, meet(false))
	detect(t, meet(true))
}

// withoutLoads takes out of a table of pairs its mean and each person's part.
func withoutLoads(table []float64) []float64 {
	const v = crewSize
	degree, total := make([]float64, v), 0.0
	for i := range v {
		for j := range v {
			if i != j {
				degree[i] += table[couple(i, j)]
			}
		}
		total += degree[i] / 2
	}
	rest := make([]float64, couples)
	for i := range v {
		for j := i + 1; j < v; j++ {
			rest[couple(i, j)] = table[couple(i, j)] - (degree[i]+degree[j])/(v-2) + 2*total/((v-1)*(v-2))
		}
	}
	return rest
}

// TestWithoutLoads: what remains has no person's part, and a table that is
// nothing but such parts leaves nothing.
func TestWithoutLoads(t *testing.T) {
	table, parts := make([]float64, couples), make([]float64, couples)
	for i := range crewSize {
		for j := i + 1; j < crewSize; j++ {
			table[couple(i, j)] = float64((7*i + 5*j*j) % 11)
			parts[couple(i, j)] = float64(i*i + j*j + 3)
		}
	}
	for i, v := range withoutLoads(parts) {
		if v < -1e-9 || v > 1e-9 {
			t.Errorf("pair %d: %v is left of a sum of parts", i, v)
		}
	}
	rest := withoutLoads(table)
	for i := range crewSize {
		sum := 0.0
		for j := range crewSize {
			if i != j {
				sum += rest[couple(i, j)]
			}
		}
		if sum < -1e-9 || sum > 1e-9 {
			t.Errorf("person %d keeps %v", i, sum)
		}
	}
}

// TestStatisticsQualified: where four of nine may lead, each of the four leads
// the first object as often, and each of the others goes along as often. Group
// teams are every pair as often, and each comes first as often.
func TestStatisticsQualified(t *testing.T) {
	c, of := crewCase(4)
	groups, _ := crewCase(0)
	groups.GroupTeams = 3
	seeds := simulated()
	leader, second := make([]int, 4), make([]int, crewSize-4)
	pair, comes := make([]int, couples), make([]int, 3)
	for s := range seeds {
		first := mustCast(t, simulatedSeed(s), c).Teams[0]
		leader[of[first.Members[0]]]++
		if i := of[first.Members[1]]; i >= 4 {
			second[i-4]++
		}
		out := mustCast(t, simulatedSeed(s), groups)
		team := out.GroupTeams[0]
		pair[couple(of[team.Members[0]], of[team.Members[1]])]++
		comes[slices.Index([]string{"team01", "team02", "team03"}, out.Teams[0].Members[0])]++
	}
	accept(t, multinomial("leader of the first object, of four", leader, nil))
	accept(t, multinomial("who of the other five goes along", second, nil))
	accept(t, multinomial(fmt.Sprintf("group teams: team01, each of %d pairs", couples), pair, nil))
	accept(t, multinomial("group teams: which of three comes first", comes, nil))
	// The control: the inspector with the smallest certificate has two hashes.
	biased := make([]int, crewSize)
	for s := range seeds {
		best, least := 0, ""
		for i := range crewSize {
			h := refH(simulatedSeed(s), "|M|", "object", "|", statHandle("I", i))
			if i == 0 {
				h = min(h, refH(simulatedSeed(s), "|M|", "object", "|", "again"))
			}
			if least == "" || h < least {
				best, least = i, h
			}
		}
		biased[best]++
	}
	detect(t, multinomial("an inspector with two hashes", biased, nil))
}

package draw

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/sunlot/sunlot/internal/fault"
)

var whole = flag.Bool("whole", false, "every staffing of 4 objects by 4 inspectors, for minutes")

// shapes are all teams of 1 to 3 slots that need a lead or nothing.
func shapes() (all [][]string) {
	for k := 1; k <= 3; k++ {
		for code := range 1 << k {
			shape := make([]string, k)
			for s := range k {
				shape[s] = []string{"", "lead"}[code>>s&1]
			}
			all = append(all, shape)
		}
	}
	return all
}

// smallCase has n objects and m inspectors; bit o*m+i of barred recuses i at
// o, bit i of leads qualifies i.
func smallCase(n, m int, barred uint, leads int, slots []string) (order []string, c Case) {
	c = Case{Slots: slots, Recusals: map[string][]string{}}
	for i := range m {
		p := Inspector{Handle: h32('a', i)}
		if leads>>i&1 == 1 {
			p.Qualifications = []string{"lead"}
		}
		c.Inspectors = append(c.Inspectors, p)
	}
	for o := range n {
		order = append(order, h32('0', o))
		for i, p := range c.Inspectors {
			if barred>>(o*m+i)&1 == 1 {
				c.Recusals[order[o]] = append(c.Recusals[order[o]], p.Handle)
			}
		}
	}
	return order, c
}

// agreeStaff compares one staffing with the reference.
func agreeStaff(t *testing.T, order []string, c Case) {
	t.Helper()
	var got, want Outcome
	err := got.staff(testSeed, order, c)
	code := refStaff(&want, order, testSeed, c)
	if code == "" != (err == nil) || code != "" && fault.Code(err) != "draw."+code {
		t.Fatalf("%+v: error %v, reference %q", c, err, code)
	}
	if got.Cap != want.Cap || !sameTeams(got.Teams, want.Teams) || !sameTeams(got.GroupTeams, want.GroupTeams) || !same(got.Unstaffed, want.Unstaffed) {
		t.Fatalf("case %+v\n got %+v\nwant %+v", c, got, want)
	}
}

func same(a, b []string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func sameTeams(a, b []Team) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Object != b[i].Object || !same(a[i].Members, b[i].Members) {
			return false
		}
	}
	return true
}

// TestStaffExhaustive compares every staffing of up to 4 objects by up to 4
// inspectors with 1 to 3 slots: all of those with at most 9 pairs of object
// and inspector, and of the larger ones a fixed fraction of those whose objects
// ascend by recusals; with -whole, all.
func TestStaffExhaustive(t *testing.T) {
	for n := 1; n <= 4; n++ {
		for m := 0; m <= 4; m++ {
			t.Run(fmt.Sprintf("%dx%d", n, m), func(t *testing.T) {
				t.Parallel()
				stride := map[int]int{12: 5, 16: 17}[n*m]
				if *whole || stride == 0 {
					stride = 1
				}
				seen := 0
				for barred := range uint(1) << (n * m) {
					if stride > 1 && !ascending(barred, n, m) {
						continue
					}
					for leads := range 1 << m {
						for _, slots := range shapes() {
							if seen++; seen%stride == 0 {
								order, c := smallCase(n, m, barred, leads, slots)
								agreeStaff(t, order, c)
							}
						}
					}
				}
			})
		}
	}
}

// ascending tells whether no object has fewer recusals, read as a number, than
// the one before: one of all orders of the same objects.
func ascending(barred uint, n, m int) bool {
	last := uint(0)
	for o := range n {
		row := barred >> (o * m) & (1<<m - 1)
		if row < last {
			return false
		}
		last = row
	}
	return true
}

// TestGroupTeamsExhaustive does the same for 1 to 3 group teams of up to 5
// inspectors over 2 objects.
func TestGroupTeamsExhaustive(t *testing.T) {
	for m := range 6 {
		for barred := range uint(1) << (2 * m) {
			if m == 5 && barred%11 != 0 {
				continue
			}
			for teams := 1; teams <= 3; teams++ {
				for i, slots := range shapes() {
					order, c := smallCase(2, m, barred, int(barred+uint(i))%(1<<m), slots)
					c.GroupTeams = teams
					agreeStaff(t, order, c)
				}
			}
		}
	}
}

// TestStaffLarge holds on offices of real size what can be held without the
// reference: everybody eligible, no one twice in a team, the cap reached and
// kept, the whole fast. 120 leads' places for 3 people who may lead make L 40.
func TestStaffLarge(t *testing.T) {
	for _, test := range []struct{ n, people, share, cap int }{
		{120, 27, 0, 40}, {120, 27, 40, 0}, {500, 45, 0, 100}, {500, 45, 60, 0},
	} {
		c := staffCase(test.n, test.people, test.share)
		out, err := Cast(benchSeed, c)
		if err != nil {
			t.Fatal(err)
		}
		if len(out.Teams)+len(out.Unstaffed) != test.n {
			t.Fatalf("%d teams and %d unstaffed of %d", len(out.Teams), len(out.Unstaffed), test.n)
		}
		leads, load, recused := map[string]bool{}, map[string]int{}, map[string]bool{}
		for _, p := range c.Inspectors {
			leads[p.Handle] = len(p.Qualifications) > 0
		}
		for o, list := range c.Recusals {
			for _, p := range list {
				recused[o+p] = true
			}
		}
		most := 0
		for _, team := range out.Teams {
			for _, p := range team.Members {
				load[p]++
				most = max(most, load[p])
				if recused[team.Object+p] {
					t.Fatalf("%s is recused at %s", p, team.Object)
				}
			}
			if !leads[team.Members[0]] || team.Members[0] == team.Members[1] {
				t.Fatalf("team %v", team)
			}
		}
		if most > out.Cap || test.cap > 0 && out.Cap != test.cap {
			t.Errorf("%+v: most %d, cap %d", test, most, out.Cap)
		}
	}
}

// TestCapIsLeast takes random tight cases and asks a plain augmenting-path
// flow, written apart, whether one less would do.
func TestCapIsLeast(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	for range 200 {
		n, m := 2+rng.IntN(12), 3+rng.IntN(6)
		order, c := smallCase(n, m, 0, rng.IntN(1<<m), shapes()[rng.IntN(14)])
		for _, o := range order {
			for _, p := range c.Inspectors {
				if rng.IntN(3) == 0 {
					c.Recusals[o] = append(c.Recusals[o], p.Handle)
				}
			}
		}
		var out Outcome
		if err := out.staff(testSeed, order, c); err != nil {
			t.Fatal(err)
		}
		staffed := make([]string, 0, n)
		for _, team := range out.Teams {
			staffed = append(staffed, team.Object)
		}
		if len(staffed) == 0 {
			continue
		}
		if !flows(staffed, c, out.Cap) || flows(staffed, c, out.Cap-1) {
			t.Fatalf("cap %d is not the least of %+v", out.Cap, c)
		}
	}
}

// flows tells whether a complete assignment under cap exists: maximum flow by
// depth-first augmentation over an edge map of named nodes.
func flows(objects []string, c Case, cap int) bool {
	room := map[[2]string]int{}
	next := map[string][]string{}
	edge := func(from, to string, n int) {
		room[[2]string{from, to}] = n
		next[from], next[to] = append(next[from], to), append(next[to], from)
	}
	for _, p := range c.Inspectors {
		edge(p.Handle, "sink", cap)
	}
	for _, o := range objects {
		for s, q := range c.Slots {
			slot := fmt.Sprint(o, s)
			edge("source", slot, 1)
			for _, p := range c.Inspectors {
				if q == "" || len(p.Qualifications) > 0 {
					edge(slot, o+p.Handle, 1)
				}
			}
		}
		for _, p := range c.Inspectors {
			free := 1
			for _, r := range c.Recusals[o] {
				if r == p.Handle {
					free = 0
				}
			}
			edge(o+p.Handle, p.Handle, free)
		}
	}
	var push func(at string, seen map[string]bool) bool
	push = func(at string, seen map[string]bool) bool {
		if at == "sink" {
			return true
		}
		seen[at] = true
		for _, to := range next[at] {
			if !seen[to] && room[[2]string{at, to}] > 0 && push(to, seen) {
				room[[2]string{at, to}]--
				room[[2]string{to, at}]++
				return true
			}
		}
		return false
	}
	sum := 0
	for push("source", map[string]bool{}) {
		sum++
	}
	return sum == len(objects)*len(c.Slots)
}

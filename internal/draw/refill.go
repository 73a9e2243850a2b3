package draw

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/sunlot/sunlot/internal/fault"
)

// Vacancy is a team with places that a lot fills anew (draw1 §8).
type Vacancy struct {
	Object  string   // 32 hex, or teamNN where teams are group teams
	Members []string // by slot: who stays, "" where somebody has left
	Barred  []string // recused at the object, or left it before, those who leave now among them
}

// RefillSeed is the seed of a replacement by lot (draw1 §8): seed that of the
// cast which gave the teams, request the hash of the request's entry, rho the
// randomness of its own round.
func RefillSeed(seed, request, rho string) string {
	return hashHex("draw1x|" + seed + "|" + request + "|" + rho)
}

// Refill (换人抽签) fills the empty places of teams, everybody else fixed
// (draw1 §8): teams in the given order, which is that of §7, and slots
// ascending, each by the first of those eligible in order (load, H(seed "|M|"
// object "|" inspector), handle). loads are the slots that each inspector holds
// without those left now; a slot filled here counts from then on. There is no
// cap. A place that nobody can take stays "".
//
// seed is 64 hex, from RefillSeed; people ascend by handle. Refusals, each
// tested over the whole input before the next: draw.bad-field,
// draw.bad-handle-order, draw.duplicate-handle.
func Refill(seed string, teams []Vacancy, slots []string, people []Inspector, loads map[string]int) ([]Team, error) {
	if err := checkRefill(seed, teams, slots, people, loads); err != nil {
		return nil, err
	}
	held := make([]int, len(people))
	for i, p := range people {
		held[i] = loads[p.Handle]
	}
	d, line := newDie(seed), []byte(nil)
	filled := make([]Team, len(teams))
	for n, v := range teams {
		members := slices.Clone(v.Members)
		for s := range members {
			if members[s] != "" {
				continue
			}
			best, least := -1, pick{}
			for i, p := range people {
				if best >= 0 && held[i] > held[best] || slices.Contains(members, p.Handle) || slices.Contains(v.Barred, p.Handle) ||
					slots[s] != "" && !slices.Contains(p.Qualifications, slots[s]) {
					continue
				}
				line = append(append(append(append(line[:0], "|M|"...), v.Object...), '|'), p.Handle...)
				if roll := (pick{d.roll(line), i}); best < 0 || held[i] < held[best] || roll.compare(least) < 0 {
					best, least = i, roll
				}
			}
			if best >= 0 {
				members[s] = people[best].Handle
				held[best]++
			}
		}
		filled[n] = Team{v.Object, members}
	}
	return filled, nil
}

// checkRefill runs the tests of Refill.
func checkRefill(seed string, teams []Vacancy, slots []string, people []Inspector, loads map[string]int) error {
	if !isHash(seed) {
		return fault.New("draw.bad-field", "seed", clip(seed), wantHash)
	}
	c := Case{Slots: slots, Inspectors: people}
	if slots == nil {
		return fault.New("draw.bad-field", "slots", "absent", "1..9 entries")
	}
	if err := checkTeamShape(c); err != nil {
		return err
	}
	if len(teams) == 0 {
		return fault.New("draw.bad-field", "teams", "none", "at least one")
	}
	for i, v := range teams {
		place := fmt.Sprintf("teams[%d].", i)
		if !isHandle(v.Object) && !isTeamName(v.Object) {
			return fault.New("draw.bad-field", place+"object", clip(v.Object), wantHandle+" or teamNN")
		}
		if len(v.Members) != len(slots) || !slices.Contains(v.Members, "") {
			return fault.New("draw.bad-field", place+"members", strconv.Itoa(len(v.Members)), "one for each slot, one of them empty")
		}
		for _, m := range slices.Concat(slices.DeleteFunc(slices.Clone(v.Members), func(m string) bool { return m == "" }), v.Barred) {
			if !isHandle(m) {
				return fault.New("draw.bad-field", place+"members", clip(m), wantHandle)
			}
		}
	}
	known := make(map[string]bool, len(people))
	for _, p := range people {
		known[p.Handle] = true
	}
	for h, n := range loads {
		if !known[h] || n < 0 {
			return fault.New("draw.bad-field", "loads", clip(h), "an inspector of this case, 0 or more")
		}
	}
	if err := checkHandles(c, sweep{order: -1, twin: -1}); err != nil {
		return err
	}
	seen := make(map[string]bool, len(teams))
	for i, v := range teams {
		if seen[v.Object] {
			return fault.New("draw.duplicate-handle", fmt.Sprintf("teams[%d]", i), v.Object, "each once")
		}
		seen[v.Object] = true
	}
	return nil
}

// RunRefillVector runs one case of spec/vectors/refill: the seed of a draw, the
// hash of the request and ρ of its round, the teams with their empty places and
// the people. Errors as of RunVector.
func RunRefillVector(data []byte) error {
	input, expect, err := openVector(data)
	if err != nil {
		return err
	}
	seed, filled, err := runRefill(input)
	if done, err := settleExpected(expect, err); done {
		return err
	}
	return differ("expect", objectNode(member{"seed", textNode(seed)}, member{"teams", teamsNode("object", filled)}), expect)
}

func runRefill(input node) (seed string, filled []Team, err error) {
	f := open(input, "", &err, []string{"desc", "version", "seed", "request", "rho", "slots", "inspectors", "teams"}, "loads")
	f.text("desc", anyText, "a string")
	f.text("version", func(s string) bool { return s == "draw1" }, `"draw1"`)
	seed = RefillSeed(f.text("seed", isHash, wantHash), f.text("request", isHash, wantHash), f.text("rho", isHash, wantHash))
	slots := f.texts("slots")
	people := (&vector{}).people(f)
	var teams []Vacancy
	for i, n := range f.list("teams") {
		t := open(n, fmt.Sprintf("teams[%d]", i), &err, []string{"object", "members", "barred"})
		teams = append(teams, Vacancy{t.text("object", anyText, "a string"), t.texts("members"), t.texts("barred")})
	}
	loads := map[string]int{}
	if n, found := f.by["loads"]; found {
		if n.kind != '{' {
			f.fail("loads", n, "an object")
		}
		for _, m := range n.members {
			if _, twice := loads[m.name]; twice {
				f.fail("loads", textNode(m.name), "each inspector once")
			}
			loads[m.name] = fields{"loads", map[string]node{m.name: m.value}, f.err}.integer(m.name, 0)
		}
	}
	if err != nil {
		return "", nil, err
	}
	filled, err = Refill(seed, teams, slots, people, loads)
	return seed, filled, err
}

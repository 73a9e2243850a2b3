package draw

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/big"
	"sort"
	"strconv"
	"strings"
)

// The reference: draw1 written once more from its page, slowly and in another
// shape, with sorting of everything, fractions and brute force. Tests compare
// the room with it and the vectors are written by it.

func refH(parts ...string) string {
	sum := sha256.Sum256([]byte(strings.Join(parts, "|")))
	return hex.EncodeToString(sum[:])
}

func refMAC(key []byte, parts ...string) string {
	m := hmac.New(sha256.New, key)
	m.Write([]byte(strings.Join(parts, "|")))
	return hex.EncodeToString(m.Sum(nil))[:32]
}

func refTicket(seed, handle string, weight int) string {
	var all []string
	for j := 1; j <= weight; j++ {
		all = append(all, refH(seed, "O", handle, fmt.Sprint(j)))
	}
	sort.Strings(all)
	return all[0]
}

// refTotal is ceil(ratio*base) in fractions.
func refTotal(ratio string, base int) int {
	r, _ := new(big.Rat).SetString(ratio)
	r.Mul(r, big.NewRat(int64(base), 1))
	q, rest := new(big.Int).QuoRem(r.Num(), r.Denom(), new(big.Int))
	if rest.Sign() > 0 {
		q.Add(q, big.NewInt(1))
	}
	return int(q.Int64())
}

// refQuotas gives quotas, or ok false where minimums exceed a total.
func refQuotas(groups []Group, n map[string]int) (quotas map[string]int, ok bool) {
	quotas = map[string]int{}
	for _, g := range groups {
		sum, all := 0, 0
		for _, cell := range g.Cells {
			quotas[cell] = n[cell]
			if g.Rule == "total" && g.Minimum < n[cell] {
				quotas[cell] = g.Minimum
			}
			sum += quotas[cell]
			all += n[cell]
		}
		if g.Rule == "census" {
			continue
		}
		if sum > g.Total {
			return nil, false
		}
		for sum < g.Total && sum < all {
			var best string
			var most *big.Rat
			for _, cell := range g.Cells {
				if quotas[cell] == n[cell] {
					continue
				}
				q := big.NewRat(int64(n[cell]), int64(2*quotas[cell]+1))
				if most == nil || q.Cmp(most) > 0 || q.Cmp(most) == 0 && cell < best {
					best, most = cell, q
				}
			}
			quotas[best]++
			sum++
		}
	}
	return quotas, true
}

// refCast returns the outcome and the word of the error, "" if none.
func refCast(seed string, c Case) (*Outcome, string) {
	if code := refTests(c); code != "" {
		return nil, code
	}
	n := map[string]int{}
	for _, o := range c.Objects {
		n[o.Cell]++
	}
	quotas, ok := refQuotas(c.Groups, n)
	if !ok {
		return nil, "minimum-over-total"
	}
	out := &Outcome{Seed: seed}
	var cells []string
	for cell := range quotas {
		cells = append(cells, cell)
	}
	sort.Strings(cells)
	var lots []string // "ticket handle" of all drawn
	for _, cell := range cells {
		var urn []string
		for _, o := range c.Objects {
			if o.Cell == cell {
				urn = append(urn, refTicket(seed, o.Handle, o.Weight)+" "+o.Handle)
			}
		}
		sort.Strings(urn)
		r := CellResult{Cell: cell, Count: n[cell], Quota: quotas[cell], Objects: []Drawn{}}
		for _, lot := range urn[:quotas[cell]] {
			r.Cutoff = lot[:64]
			r.Objects = append(r.Objects, Drawn{Handle: lot[65:], Ticket: lot[:64]})
			lots = append(lots, lot)
		}
		out.Cells = append(out.Cells, r)
	}
	if c.Slots == nil {
		return out, ""
	}
	sort.Strings(lots)
	var order []string
	for _, lot := range lots {
		order = append(order, lot[65:])
	}
	return out, refStaff(out, order, seed, c)
}

// refTests are the tests of a Case after bad-field and before the quotas.
func refTests(c Case) string {
	var objects, inspectors []string
	for _, o := range c.Objects {
		objects = append(objects, o.Handle)
	}
	for _, p := range c.Inspectors {
		inspectors = append(inspectors, p.Handle)
	}
	if !sort.StringsAreSorted(objects) || !sort.StringsAreSorted(inspectors) {
		return "bad-handle-order"
	}
	for _, list := range [][]string{objects, inspectors} {
		seen := map[string]bool{}
		for _, h := range list {
			if seen[h] {
				return "duplicate-handle"
			}
			seen[h] = true
		}
	}
	cells := " "
	for _, g := range c.Groups {
		cells += strings.Join(g.Cells, " ") + " "
	}
	for _, o := range c.Objects {
		if !strings.Contains(cells, " "+o.Cell+" ") {
			return "unknown-cell"
		}
	}
	for _, o := range c.Objects {
		if o.Weight < 1 || o.Weight > 16 {
			return "bad-weight"
		}
	}
	if len(c.Objects) == 0 {
		return "empty-pool"
	}
	return ""
}

// refCrew is the staffing of a list of objects, by trying everything.
type refCrew struct {
	seed    string
	objects []string
	slots   []string
	people  []Inspector // at most 12
	recused map[string]bool
	memo    map[refState]bool
}

// refState is where a trial stands: who is in the team of object o, whose slot
// s comes next, and everybody's load.
type refState struct {
	o, s, cap int
	team      uint16
	loads     [12]uint8
}

func refStaff(out *Outcome, order []string, seed string, c Case) string {
	recused := map[string]bool{}
	for o, list := range c.Recusals {
		for _, p := range list {
			recused[o+p] = true
		}
	}
	crew := refCrew{seed: seed, objects: order, slots: c.Slots, people: c.Inspectors, recused: recused}
	if c.GroupTeams > 0 {
		first := refCrew{seed: seed, slots: c.Slots, people: c.Inspectors, memo: map[refState]bool{}}
		for i := 1; i <= c.GroupTeams; i++ {
			first.objects = append(first.objects, fmt.Sprintf("team%02d", i))
		}
		if !first.possible(refState{cap: 1}) {
			out.Unstaffed = order
			return "unstaffed-team"
		}
		out.GroupTeams = first.assign(1)
		crew.slots, crew.people = []string{""}, nil
		for _, t := range out.GroupTeams {
			crew.people = append(crew.people, Inspector{Handle: t.Object})
			for _, o := range order {
				for _, m := range t.Members {
					if recused[o+m] {
						recused[o+t.Object] = true
					}
				}
			}
		}
	}
	var staffed []string
	for _, o := range order {
		alone := crew
		alone.objects, alone.memo = []string{o}, map[refState]bool{}
		if alone.possible(refState{cap: 1}) {
			staffed = append(staffed, o)
		} else {
			out.Unstaffed = append(out.Unstaffed, o)
		}
	}
	crew.objects, crew.memo = staffed, map[refState]bool{}
	for !crew.possible(refState{cap: out.Cap}) {
		out.Cap++
	}
	out.Teams = crew.assign(out.Cap)
	return ""
}

// may tells whether person i can take the next slot.
func (c *refCrew) may(at refState, i int) bool {
	q, has := c.slots[at.s], false
	for _, held := range c.people[i].Qualifications {
		has = has || held == q
	}
	return (q == "" || has) && !c.recused[c.objects[at.o]+c.people[i].Handle] &&
		at.team>>i&1 == 0 && int(at.loads[i]) < at.cap
}

func (c *refCrew) take(at refState, i int) refState {
	at.loads[i]++
	at.team |= 1 << i
	if at.s++; at.s == len(c.slots) {
		at.o, at.s, at.team = at.o+1, 0, 0
	}
	return at
}

// possible tries every way to fill what is left.
func (c *refCrew) possible(at refState) bool {
	if at.o == len(c.objects) {
		return true
	}
	if known, found := c.memo[at]; found {
		return known
	}
	found := false
	for i := 0; i < len(c.people) && !found; i++ {
		found = c.may(at, i) && c.possible(c.take(at, i))
	}
	c.memo[at] = found
	return found
}

func (c *refCrew) assign(cap int) []Team {
	at := refState{cap: cap}
	teams := []Team{}
	for at.o < len(c.objects) {
		object := c.objects[at.o]
		if at.s == 0 {
			teams = append(teams, Team{Object: object})
		}
		var line []string // "load hash index" sorts as load, hash, handle: people ascend
		for i, p := range c.people {
			line = append(line, fmt.Sprintf("%03d %s %02d", at.loads[i], refH(c.seed, "M", object, p.Handle), i))
		}
		sort.Strings(line)
		for _, l := range line {
			i, _ := strconv.Atoi(l[strings.LastIndex(l, " ")+1:])
			if c.may(at, i) && c.possible(c.take(at, i)) {
				t := &teams[len(teams)-1]
				t.Members = append(t.Members, c.people[i].Handle)
				at = c.take(at, i)
				break
			}
		}
	}
	return teams
}

package draw

import (
	"fmt"
	"strconv"

	"github.com/sunlot/sunlot/internal/fault"
)

// check runs the tests that come before any lot is cast, each over the whole
// case before the next (draw1 §10), and returns the quotas and the counts.
func check(seed string, c Case) (quotas, counts map[string]int, err error) {
	if !isHash(seed) {
		return nil, nil, fault.New("draw.bad-field", "seed", clip(seed), "64 lower-case hex digits")
	}
	if err := checkGroups(c.Groups); err != nil {
		return nil, nil, err
	}
	swept := sweepObjects(c)
	for _, test := range []func() error{
		func() error { return swept.fields(c) },
		func() error { return checkTeamShape(c) },
		func() error { return checkRecusals(c) },
		func() error { return checkHandles(c, swept) },
		func() error { return swept.lots(c) },
	} {
		if err := test(); err != nil {
			return nil, nil, err
		}
	}
	if quotas, err = Quotas(c.Groups, swept.counts); err != nil {
		return nil, nil, err
	}
	return quotas, swept.counts, nil
}

// sweep is what one pass over the objects finds. A pool is far larger than the
// processor's caches, so that a pass for each test would cost more than the
// hashing; the tests still speak in their order. Each field is the first index
// at fault, -1 for none.
type sweep struct {
	handle, cell       int // bad-field
	order, twin        int
	unknownCell, weigh int
	counts             map[string]int // n_c, if nothing is at fault
}

func sweepObjects(c Case) sweep {
	index := make(map[string]int)
	for _, g := range c.Groups {
		for _, cell := range g.Cells {
			index[cell] = len(index)
		}
	}
	tally := make([]int, len(index))
	w := sweep{-1, -1, -1, -1, -1, -1, make(map[string]int, len(index))}
	first := func(at *int, i int) {
		if *at < 0 {
			*at = i
		}
	}
	prev := ""
	for i := range c.Objects {
		if i%ahead == 0 {
			warm(c.Objects[i:min(i+ahead, len(c.Objects))])
		}
		o := &c.Objects[i]
		if !isHandle(o.Handle) {
			first(&w.handle, i)
		}
		if at, found := index[o.Cell]; found {
			tally[at]++
		} else if isName(o.Cell) {
			first(&w.unknownCell, i)
		} else {
			first(&w.cell, i)
		}
		if o.Weight < 1 || o.Weight > maxWeight {
			first(&w.weigh, i)
		}
		if prev > o.Handle {
			first(&w.order, i)
		} else if prev == o.Handle {
			first(&w.twin, i)
		}
		prev = o.Handle
	}
	for cell, at := range index {
		w.counts[cell] = tally[at]
	}
	return w
}

// fields is the test bad-field for the objects.
func (w sweep) fields(c Case) error {
	if i := w.handle; i >= 0 {
		return fault.New("draw.bad-field", fmt.Sprintf("objects[%d].handle", i), clip(c.Objects[i].Handle), "32 lower-case hex digits")
	}
	if i := w.cell; i >= 0 {
		return fault.New("draw.bad-field", fmt.Sprintf("objects[%d].cell", i), clip(c.Objects[i].Cell), "[0-9A-Za-z._~-]{1,64}")
	}
	return nil
}

// lots is unknown-cell, bad-weight, empty-pool.
func (w sweep) lots(c Case) error {
	if i := w.unknownCell; i >= 0 {
		return fault.New("draw.unknown-cell", fmt.Sprintf("objects[%d].cell", i), clip(c.Objects[i].Cell), "a cell of one of the groups")
	}
	if i := w.weigh; i >= 0 {
		return fault.New("draw.bad-weight", fmt.Sprintf("objects[%d].weight", i), strconv.Itoa(c.Objects[i].Weight), "1..16")
	}
	if len(c.Objects) == 0 {
		return fault.New("draw.empty-pool", "objects", "no objects", "at least one")
	}
	return nil
}

// checkGroups tests the form of groups and that names and cells are unique.
func checkGroups(groups []Group) error {
	if len(groups) == 0 {
		return fault.New("draw.bad-field", "groups", "no groups", "at least one")
	}
	names, cells := make(map[string]bool), make(map[string]bool)
	for i, g := range groups {
		place := fmt.Sprintf("groups[%d]", i)
		if !isName(g.Name) || names[g.Name] {
			return fault.New("draw.bad-field", place+".name", clip(g.Name), "[0-9A-Za-z._~-]{1,64}, each once")
		}
		names[g.Name] = true
		switch g.Rule {
		case "total":
			if g.Total < 0 || g.Total >= maxInteger {
				return fault.New("draw.bad-field", place+".total", strconv.Itoa(g.Total), "0..999999999999999")
			}
			if g.Minimum < 0 || g.Minimum >= maxInteger {
				return fault.New("draw.bad-field", place+".minimum", strconv.Itoa(g.Minimum), "0..999999999999999")
			}
		case "census":
			if g.Total != 0 || g.Minimum != 0 {
				return fault.New("draw.bad-field", place+".total", strconv.Itoa(max(g.Total, g.Minimum)), "neither total nor minimum in a census")
			}
		default:
			return fault.New("draw.bad-field", place+".rule", clip(g.Rule), `"total" or "census"`)
		}
		for j, cell := range g.Cells {
			if !isName(cell) || cells[cell] {
				return fault.New("draw.bad-field", fmt.Sprintf("%s.cells[%d]", place, j), clip(cell), "[0-9A-Za-z._~-]{1,64}, each once")
			}
			cells[cell] = true
		}
	}
	return nil
}

// checkTeamShape tests slots, group teams and inspectors.
func checkTeamShape(c Case) error {
	if c.Slots != nil && (len(c.Slots) < 1 || len(c.Slots) > maxSlots) {
		return fault.New("draw.bad-field", "slots", strconv.Itoa(len(c.Slots)), "1..9 entries")
	}
	for i, q := range c.Slots {
		if q != "" && !isName(q) {
			return fault.New("draw.bad-field", fmt.Sprintf("slots[%d]", i), clip(q), `"" or [0-9A-Za-z._~-]{1,64}`)
		}
	}
	if c.Slots != nil && c.Inspectors == nil {
		return fault.New("draw.bad-field", "inspectors", "absent", "given where slots are")
	}
	if c.GroupTeams < 0 || c.GroupTeams > maxTeams {
		return fault.New("draw.bad-field", "group_teams", strconv.Itoa(c.GroupTeams), "1..99")
	}
	if c.GroupTeams > 0 && c.Slots == nil {
		return fault.New("draw.bad-field", "group_teams", strconv.Itoa(c.GroupTeams), "slots beside it")
	}
	for i, p := range c.Inspectors {
		if !isHandle(p.Handle) {
			return fault.New("draw.bad-field", fmt.Sprintf("inspectors[%d].handle", i), clip(p.Handle), "32 lower-case hex digits")
		}
		for j, q := range p.Qualifications {
			if !isName(q) {
				return fault.New("draw.bad-field", fmt.Sprintf("inspectors[%d].qualifications[%d]", i, j), clip(q), "[0-9A-Za-z._~-]{1,64}")
			}
		}
	}
	return nil
}

// checkRecusals tests that every recusal names a known object and known
// inspectors.
func checkRecusals(c Case) error {
	if len(c.Recusals) == 0 {
		return nil
	}
	persons := make(map[string]bool, len(c.Inspectors))
	for _, p := range c.Inspectors {
		persons[p.Handle] = true
	}
	known := make(map[string]bool, len(c.Recusals))
	for i := range c.Objects {
		h := c.Objects[i].Handle
		if _, recused := c.Recusals[h]; recused {
			known[h] = true
		}
	}
	// The smallest faulty object is named, so that the refusal does not depend
	// on the order of a map.
	var worst *fault.Error
	least := ""
	for object, inspectors := range c.Recusals {
		if worst != nil && object > least {
			continue
		}
		if !known[object] {
			worst, least = fault.New("draw.bad-field", "recusals", clip(object), "the handle of an object of this case"), object
			continue
		}
		for _, p := range inspectors {
			if !persons[p] {
				worst, least = fault.New("draw.bad-field", "recusals."+object, clip(p), "the handle of an inspector of this case"), object
				break
			}
		}
	}
	if worst != nil {
		return worst
	}
	return nil
}

// checkHandles is bad-handle-order (objects, then inspectors), then
// duplicate-handle likewise. In ascending order equal handles are neighbours.
func checkHandles(c Case, w sweep) error {
	if i := w.order; i >= 0 {
		return fault.New("draw.bad-handle-order", fmt.Sprintf("objects[%d]", i), c.Objects[i].Handle, "after "+c.Objects[i-1].Handle)
	}
	twin := -1
	for i := 1; i < len(c.Inspectors); i++ {
		switch prev, h := c.Inspectors[i-1].Handle, c.Inspectors[i].Handle; {
		case prev > h:
			return fault.New("draw.bad-handle-order", fmt.Sprintf("inspectors[%d]", i), h, "after "+prev)
		case prev == h && twin < 0:
			twin = i
		}
	}
	if i := w.twin; i >= 0 {
		return fault.New("draw.duplicate-handle", fmt.Sprintf("objects[%d]", i), c.Objects[i].Handle, "each handle once")
	}
	if twin >= 0 {
		return fault.New("draw.duplicate-handle", fmt.Sprintf("inspectors[%d]", twin), c.Inspectors[twin].Handle, "each handle once")
	}
	return nil
}

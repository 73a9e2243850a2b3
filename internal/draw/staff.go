package draw

import (
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/fault"
)

// Staff forms the teams of objects that were drawn before (teams later, draw1
// §7), and the second run that gives experts to the drawn: objects in ascending
// (ticket, handle) of their draw, slots, people and recusals of the case; its
// groups and objects are not read. Refusals and the outcome beside
// draw.unstaffed-team as of Cast.
func Staff(seed string, objects []string, c Case) (*Outcome, error) {
	if c.Slots == nil {
		return nil, fault.New("draw.bad-field", "slots", "absent", "1..9 entries")
	}
	c.Groups = []Group{{Name: "all", Rule: "census", Cells: []string{"all"}}}
	c.Objects = make([]Object, len(objects))
	for i, h := range objects {
		c.Objects[i] = Object{Handle: h, Cell: "all", Weight: 1}
	}
	slices.SortFunc(c.Objects, func(a, b Object) int { return strings.Compare(a.Handle, b.Handle) })
	if _, _, err := check(seed, c); err != nil {
		return nil, err
	}
	out := &Outcome{Seed: seed}
	return out, out.staff(seed, slices.Clone(objects), c)
}

// RunTeamsVector runs one case of spec/vectors/teams: C and ρ of a teams notice,
// the objects to be staffed in the order of their draw, and the people. Errors
// as of RunVector.
func RunTeamsVector(data []byte) error {
	input, expect, err := openVector(data)
	if err != nil {
		return err
	}
	seed, c, out, err := runTeams(input)
	if done, err := settleExpected(expect, err); done {
		return err
	}
	n := objectNode(member{"seed", textNode(seed)}, member{"cap", numberNode(out.Cap)}, member{"teams", teamsNode("object", out.Teams)},
		member{"unstaffed", listNode(out.Unstaffed, textNode)})
	if c.GroupTeams > 0 {
		n.members = append(n.members, member{"group_teams", teamsNode("team", out.GroupTeams)})
	}
	return differ("expect", n, expect)
}

func runTeams(input node) (seed string, c Case, out *Outcome, err error) {
	var v vector
	f := open(input, "", &err, []string{"desc", "version", "C", "extras", "rho", "objects", "slots", "inspectors"}, "group_teams", "recusals")
	f.text("desc", anyText, "a string")
	f.text("version", func(s string) bool { return s == "draw1" }, `"draw1"`)
	v.c = f.text("C", isHash, wantHash)
	v.rho = f.text("rho", isHash, wantHash)
	v.extras = f.texts("extras")
	for _, x := range v.extras {
		if !isHash(x) {
			f.fail("extras", textNode(x), wantHash)
		}
	}
	objects := f.texts("objects")
	v.cast.Slots = f.texts("slots")
	v.cast.GroupTeams = f.integer("group_teams", 1)
	v.cast.Inspectors = v.people(f)
	v.decodeRecusals(f)
	if err != nil {
		return "", v.cast, nil, err
	}
	seed = Seed(v.c, v.extras, v.rho)
	out, err = Staff(seed, objects, v.cast)
	return seed, v.cast, out, err
}

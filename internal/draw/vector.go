package draw

import (
	"encoding/hex"
	"fmt"
	"slices"

	"github.com/sunlot/sunlot/internal/fault"
)

// vector is one case of spec/vectors/draw1 without its expect.
type vector struct {
	c, rho   string
	extras   []string
	k, ki    []byte // nil where absent
	commit   string // keycommit, "" where absent
	commitI  string
	openings []opening
	cast     Case
}

// opening is a member of "handles": what a key gives for one id.
type opening struct{ kind, id, salt, handle string }

// RunVector runs one case of the vector format (draw1 §10, spec/draw1.md). It
// returns nil if the outcome is the one expected, or the error is. Otherwise a
// *fault.Error: draw.bad-vector for a file that is no case at all (not JSON, no
// readable expect), draw.vector-differs with the place and both values.
func RunVector(data []byte) error {
	input, expect, err := openVector(data)
	if err != nil {
		return err
	}
	seed, c, out, err := runCase(input)
	if done, err := settleExpected(expect, err); done {
		return err
	}
	return differ("expect", outcomeNode(seed, c, out), expect)
}

// openVector separates the case from its expect.
func openVector(data []byte) (input, expect node, err error) {
	root, err := parseTree(data)
	if err != nil {
		return input, expect, err
	}
	input.kind = root.kind
	found := 0
	for _, m := range root.members {
		if m.name == "expect" {
			expect = m.value
			found++
		} else {
			input.members = append(input.members, m)
		}
	}
	if found != 1 || expect.kind != '{' {
		return input, expect, fault.New("draw.bad-vector", "expect", fmt.Sprintf("%d members, %s", found, expect.brief()), "one object")
	}
	return input, expect, nil
}

// settleExpected decides cases in which an error came or was expected; done
// tells whether it did.
func settleExpected(expect node, failed error) (done bool, err error) {
	at := slices.IndexFunc(expect.members, func(m member) bool { return m.name == "error" })
	code := fault.Code(failed)
	if at < 0 {
		if failed != nil {
			return true, &fault.Error{Code: "draw.vector-differs", Place: "expect", Got: code, Want: "an outcome", Err: failed}
		}
		return false, nil
	}
	value := expect.members[at].value
	if len(expect.members) != 1 || value.kind != '"' {
		return true, fault.New("draw.bad-vector", "expect", expect.names(), "error alone, a string")
	}
	if failed == nil {
		return true, fault.New("draw.vector-differs", "expect.error", "an outcome", clip(value.text))
	}
	if code != "draw."+value.text {
		return true, &fault.Error{Code: "draw.vector-differs", Place: "expect.error", Got: code, Want: clip(value.text), Err: failed}
	}
	return true, nil
}

// runCase runs every test in its order and then casts.
func runCase(input node) (seed string, c Case, out *Outcome, err error) {
	v, err := decodeVector(input)
	if err != nil {
		return "", c, nil, err
	}
	seed = Seed(v.c, v.extras, v.rho)
	quotas, counts, err := check(seed, v.cast)
	if err != nil {
		return "", c, nil, err
	}
	if err := v.checkOpenings(); err != nil {
		return "", c, nil, err
	}
	out, err = castChecked(seed, v.cast, quotas, counts)
	return seed, v.cast, out, err
}

// checkOpenings is the test bad-opening: fingerprints, salts and handles are
// what the keys give.
func (v *vector) checkOpenings() error {
	if v.commit != "" && v.commit != KeyCommit(v.k) {
		return fault.New("draw.bad-opening", "keycommit", v.commit, KeyCommit(v.k))
	}
	if v.commitI != "" && v.commitI != KeyCommit(v.ki) {
		return fault.New("draw.bad-opening", "keycommitI", v.commitI, KeyCommit(v.ki))
	}
	for i, o := range v.openings {
		key := v.ki
		if o.kind == "O" {
			key = v.k
		}
		if salt := Salt(key, o.kind, o.id); o.salt != salt {
			return fault.New("draw.bad-opening", fmt.Sprintf("handles[%d].salt", i), o.salt, salt)
		}
		if handle := Handle(o.kind, o.salt, o.id); o.handle != handle {
			return fault.New("draw.bad-opening", fmt.Sprintf("handles[%d].handle", i), o.handle, handle)
		}
	}
	return nil
}

const (
	wantHash   = "64 lower-case hex digits"
	wantHandle = "32 lower-case hex digits"
)

func anyText(string) bool { return true }

// decodeVector reads the members of a case; forms that a Case can hold are
// left to check.
func decodeVector(input node) (v vector, err error) {
	f := open(input, "", &err, []string{"desc", "version", "C", "extras", "rho", "groups", "objects"},
		"K", "KI", "keycommit", "keycommitI", "handles", "slots", "group_teams", "inspectors", "recusals")
	f.text("desc", anyText, "a string")
	f.text("version", func(s string) bool { return s == "draw1" }, `"draw1"`)
	v.c = f.text("C", isHash, wantHash)
	v.rho = f.text("rho", isHash, wantHash)
	v.extras = f.texts("extras")
	for i, x := range v.extras {
		if !isHash(x) {
			f.fail(fmt.Sprintf("extras[%d]", i), textNode(x), wantHash)
		}
	}
	v.decodeKeys(f)
	v.decodeGroups(f)
	for i, n := range f.list("objects") {
		o := open(n, fmt.Sprintf("objects[%d]", i), &err, []string{"handle", "cell", "weight"})
		v.cast.Objects = append(v.cast.Objects, Object{
			o.text("handle", isHandle, wantHandle), o.text("cell", isName, "a cell code"), o.integer("weight", -maxInteger)})
	}
	v.cast.Slots = f.texts("slots")
	v.cast.GroupTeams = f.integer("group_teams", 1)
	v.cast.Inspectors = v.people(f)
	v.decodeRecusals(f)
	return v, err
}

// people reads the inspectors; nil where the member is absent.
func (v *vector) people(f fields) []Inspector {
	if !f.has("inspectors") {
		return nil
	}
	people := []Inspector{}
	for i, n := range f.list("inspectors") {
		p := open(n, fmt.Sprintf("inspectors[%d]", i), f.err, []string{"handle", "qualifications"})
		people = append(people, Inspector{p.text("handle", isHandle, wantHandle), p.texts("qualifications")})
	}
	return people
}

// decodeKeys reads the keys and what belongs to them.
func (v *vector) decodeKeys(f fields) {
	key := func(name, commit string) ([]byte, string) {
		raw, _ := hex.DecodeString(f.text(name, isHash, wantHash))
		if f.has(commit) && !f.has(name) {
			f.fail(commit, f.by[commit], name+" beside it")
		}
		return raw, f.text(commit, isHash, wantHash)
	}
	v.k, v.commit = key("K", "keycommit")
	v.ki, v.commitI = key("KI", "keycommitI")
	for i, n := range f.list("handles") {
		h := open(n, fmt.Sprintf("handles[%d]", i), f.err, []string{"kind", "id", "salt", "handle"})
		o := opening{
			kind:   h.text("kind", func(s string) bool { return s == "O" || s == "I" || s == "E" }, "O, I or E"),
			salt:   h.text("salt", isHandle, wantHandle),
			handle: h.text("handle", isHandle, wantHandle),
		}
		form, keyName := PersonID, "KI"
		if o.kind == "O" {
			form, keyName = ObjectID, "K"
		}
		o.id = h.text("id", func(s string) bool { _, ok := form(s); return ok }, "an id in canonical form")
		if !f.has(keyName) {
			h.fail("kind", textNode(o.kind), keyName+" beside it")
		}
		v.openings = append(v.openings, o)
	}
}

func (v *vector) decodeGroups(f fields) {
	for i, n := range f.list("groups") {
		g := open(n, fmt.Sprintf("groups[%d]", i), f.err, []string{"name", "rule", "cells"}, "total", "minimum")
		group := Group{
			Name: g.text("name", isName, "a group name"), Rule: g.text("rule", anyText, "a string"),
			Total: g.integer("total", 0), Minimum: g.integer("minimum", 0), Cells: g.texts("cells"),
		}
		if group.Rule == "total" && !g.has("total") {
			g.fail("total", node{kind: 'n'}, "a total")
		}
		if group.Rule == "census" && (g.has("total") || g.has("minimum")) {
			g.fail("rule", textNode("census"), "neither total nor minimum beside it")
		}
		v.cast.Groups = append(v.cast.Groups, group)
	}
}

func (v *vector) decodeRecusals(f fields) {
	n, found := f.by["recusals"]
	if !found {
		return
	}
	if n.kind != '{' {
		f.fail("recusals", n, "an object")
	}
	v.cast.Recusals = make(map[string][]string)
	for _, m := range n.members {
		if _, twice := v.cast.Recusals[m.name]; twice {
			f.fail("recusals", textNode(m.name), "each object once")
		}
		line := fields{"recusals", map[string]node{m.name: m.value}, f.err}
		v.cast.Recusals[m.name] = line.texts(m.name)
	}
}

// outcomeNode is an outcome in the shape of expect.
func outcomeNode(seed string, c Case, out *Outcome) node {
	quotas := objectNode()
	for _, r := range out.Cells {
		quotas.members = append(quotas.members, member{r.Cell, numberNode(r.Quota)})
	}
	drawn := listNode(out.Cells, func(r CellResult) node {
		return objectNode(member{"cell", textNode(r.Cell)}, member{"cutoff", textNode(r.Cutoff)},
			member{"objects", listNode(r.Objects, func(d Drawn) node {
				return objectNode(member{"handle", textNode(d.Handle)}, member{"ticket", textNode(d.Ticket)})
			})})
	})
	n := objectNode(member{"seed", textNode(seed)}, member{"quotas", quotas}, member{"drawn", drawn})
	if c.Slots == nil {
		return n
	}
	n.members = append(n.members, member{"cap", numberNode(out.Cap)},
		member{"teams", teamsNode("object", out.Teams)}, member{"unstaffed", listNode(out.Unstaffed, textNode)})
	if c.GroupTeams > 0 {
		n.members = append(n.members, member{"group_teams", teamsNode("team", out.GroupTeams)})
	}
	return n
}

func teamsNode(name string, teams []Team) node {
	return listNode(teams, func(t Team) node {
		return objectNode(member{name, textNode(t.Object)}, member{"members", listNode(t.Members, textNode)})
	})
}

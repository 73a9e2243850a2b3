package draw

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/fault"
)

const teamVectors = "../../spec/vectors/teams"

// tCase is a case of spec/vectors/teams.
type tCase struct {
	Desc       string              `json:"desc"`
	Version    string              `json:"version"`
	C          string              `json:"C"`
	Extras     []string            `json:"extras"`
	Rho        string              `json:"rho"`
	Objects    []string            `json:"objects"`
	Slots      []string            `json:"slots"`
	GroupTeams int                 `json:"group_teams,omitempty"`
	Inspectors []vInspector        `json:"inspectors"`
	Recusals   map[string][]string `json:"recusals,omitempty"`
}

type tExpect struct {
	Seed       string   `json:"seed"`
	Cap        int      `json:"cap"`
	Teams      []vTeam  `json:"teams"`
	GroupTeams *[]vTeam `json:"group_teams,omitempty"`
	Unstaffed  []string `json:"unstaffed"`
}

// teamCases are the vectors by name; the code of those that fail.
func teamCases() (cases map[string]tCase, code map[string]string) {
	cases, code = map[string]tCase{}, map[string]string{}
	add := func(name, fails, desc string, change func(*tCase)) {
		c := tCase{Desc: desc, Version: "draw1", C: refH("teams notice"), Extras: []string{}, Rho: refH("later randomness"), Slots: []string{"lead", ""},
			Inspectors: *vPeople("lead", "lead", "", "")}
		for i := range 5 {
			c.Objects = append(c.Objects, refH("object", fmt.Sprint(i))[:32]) // in the order of their draw, not of their handles
		}
		change(&c)
		cases[name], code[name] = c, fails
	}
	back := func(c *tCase, object int, people ...int) {
		if c.Recusals == nil {
			c.Recusals = map[string][]string{}
		}
		list := []string{}
		for _, p := range people {
			list = append(list, c.Inspectors[p].Handle)
		}
		c.Recusals[c.Objects[object]] = list
	}
	add("ok-teams", "", "five objects in the order of their draw", func(*tCase) {})
	add("ok-order", "", "the same, drawn in another order", func(c *tCase) { slices.Reverse(c.Objects) })
	add("ok-recused", "", "who stands back is not in the team", func(c *tCase) { back(c, 0, 0); back(c, 2, 1, 2) })
	add("ok-unstaffed", "", "an object from which both leads stand back", func(c *tCase) { back(c, 1, 0, 1) })
	add("ok-groups", "", "two cars", func(c *tCase) { c.GroupTeams = 2 })
	add("ok-groups-recused", "", "a team is recused where a member is", func(c *tCase) { c.GroupTeams = 2; back(c, 0, 0); back(c, 3, 0) })
	add("bad-nobody", "empty-pool", "no object is left to staff", func(c *tCase) { c.Objects = []string{} })
	add("ok-one-place", "", "teams of one", func(c *tCase) { c.Slots = []string{""} })

	add("bad-three-groups", "unstaffed-team", "three teams need three leads", func(c *tCase) { c.GroupTeams = 3 })
	add("bad-no-slots", "bad-field", "no places", func(c *tCase) { c.Slots = []string{} })
	add("bad-ten-slots", "bad-field", "ten places", func(c *tCase) { c.Slots = make([]string, 10) })
	add("bad-hundred-groups", "bad-field", "a hundred teams", func(c *tCase) { c.GroupTeams = 100 })
	add("bad-object-twice", "duplicate-handle", "an object twice", func(c *tCase) { c.Objects[4] = c.Objects[0] })
	add("bad-object-short", "bad-field", "no handle", func(c *tCase) { c.Objects[4] = "team01" })
	add("bad-person-order", "bad-handle-order", "inspectors descend", func(c *tCase) { slices.Reverse(c.Inspectors) })
	add("bad-person-twice", "duplicate-handle", "an inspector twice", func(c *tCase) { c.Inspectors[1] = c.Inspectors[0] })
	add("bad-recusal-object", "bad-field", "recused from an object that is not staffed here", func(c *tCase) { back(c, 0, 0); c.Objects = c.Objects[1:] })
	add("bad-recusal-person", "bad-field", "a stranger stands back", func(c *tCase) { c.Recusals = map[string][]string{c.Objects[0]: {refH("x")[:32]}} })
	add("bad-qualification", "bad-field", "a place that needs two words", func(c *tCase) { c.Slots[0] = "a b" })
	add("bad-rho", "bad-field", "a short randomness", func(c *tCase) { c.Rho = c.Rho[1:] })
	return cases, code
}

// expected is what the slow reference makes of a case.
func (c tCase) expected(code string) any {
	in := Case{Slots: c.Slots, GroupTeams: c.GroupTeams, Recusals: c.Recusals}
	for _, p := range c.Inspectors {
		in.Inspectors = append(in.Inspectors, Inspector(p))
	}
	if code != "" && code != "unstaffed-team" {
		return vError(code)
	}
	out := &Outcome{Seed: refH(append(append([]string{"draw1", c.C}, c.Extras...), c.Rho)...)}
	if failed := refStaff(out, c.Objects, out.Seed, in); failed != "" {
		return vError(failed)
	}
	e := tExpect{Seed: out.Seed, Cap: out.Cap, Teams: []vTeam{}, Unstaffed: append([]string{}, out.Unstaffed...)}
	for _, t := range out.Teams {
		e.Teams = append(e.Teams, vTeam{Object: t.Object, Members: t.Members})
	}
	if c.GroupTeams > 0 {
		groups := []vTeam{}
		for _, t := range out.GroupTeams {
			groups = append(groups, vTeam{Team: t.Object, Members: t.Members})
		}
		e.GroupTeams = &groups
	}
	return e
}

// TestTeamVectors holds spec/vectors/teams to what the reference makes of them,
// and runs them; with -update it writes them.
func TestTeamVectors(t *testing.T) {
	cases, codes := teamCases()
	files, failing := map[string]string{}, 0
	for name, c := range cases {
		files[name+".json"] = vFile(vRender(c), c.expected(codes[name]))
		if codes[name] != "" {
			failing++
		}
		if strings.HasPrefix(name, "ok-") != (codes[name] == "") {
			t.Errorf("%s: name", name)
		}
	}
	if 2*failing <= len(files) {
		t.Errorf("%d of %d vectors fail: fewer than half", failing, len(files))
	}
	holdFiles(t, teamVectors, files)
	for _, path := range listVectors(t, teamVectors) {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := RunTeamsVector(data); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		changed := strings.Replace(string(data), `"cap": 3`, `"cap": 4`, 1)
		if err := RunTeamsVector([]byte(changed)); changed != string(data) && fault.Code(err) != "draw.vector-differs" {
			t.Errorf("%s with another cap: %v", path, err)
		}
	}
}

// TestStaffIsCast: with the objects of a census in ticket order Staff gives the
// teams that Cast gives.
func TestStaffIsCast(t *testing.T) {
	for seed := range 40 {
		c := Case{Groups: []Group{{Name: "all", Rule: "census", Cells: []string{"a"}}}, Slots: []string{"lead", ""}, GroupTeams: seed % 3, Recusals: map[string][]string{}}
		for _, o := range vObjects(6, "a") {
			c.Objects = append(c.Objects, Object(o))
		}
		for _, p := range *vPeople("lead", "lead", "lead", "", "", "") {
			c.Inspectors = append(c.Inspectors, Inspector(p))
		}
		c.Recusals[c.Objects[seed%6].Handle] = []string{c.Inspectors[seed%5].Handle}
		s := refH(fmt.Sprint("seed", seed))
		want, err := Cast(s, c)
		if err != nil {
			t.Fatal(err)
		}
		var order []string
		for _, d := range want.Cells[0].Objects {
			order = append(order, d.Handle)
		}
		got, err := Staff(s, order, c)
		if err != nil || fmt.Sprint(got.Teams, got.GroupTeams, got.Cap, got.Unstaffed) != fmt.Sprint(want.Teams, want.GroupTeams, want.Cap, want.Unstaffed) {
			t.Errorf("%d: %+v, %v; Cast says %+v", seed, got, err, want)
		}
	}
	if _, err := Staff(refH("s"), nil, Case{}); fault.Code(err) != "draw.bad-field" {
		t.Errorf("no slots: %v", err)
	}
}

// TestFillable is every hat of at most four people with two qualifications
// against trying all of their orders.
func TestFillable(t *testing.T) {
	quals := [][]string{nil, {"a"}, {"b"}, {"a", "b"}}
	wants := [][]string{{""}, {"a"}, {"", ""}, {"a", ""}, {"a", "a"}, {"a", "b"}, {"", "b"}, {"a", "b", ""}}
	tried := 0
	for n := range 5 {
		for code := range 1 << (2 * n) {
			people := make([]Inspector, n)
			for i := range people {
				people[i] = Inspector{Handle: h32('a', i), Qualifications: quals[code>>(2*i)&3]}
			}
			for _, slots := range wants {
				for teams := 1; teams <= 2; teams++ {
					tried++
					if got, want := Fillable(slots, teams, people), byHand(slots, teams, people, 0, 0); got != want {
						t.Fatalf("%v ×%d of %v: %v", slots, teams, people, got)
					}
				}
			}
		}
	}
	if tried < 5000 {
		t.Errorf("only %d", tried)
	}
}

// byHand tries every person for each place in turn.
func byHand(slots []string, teams int, people []Inspector, place int, used uint) bool {
	if place == teams*len(slots) {
		return true
	}
	q := slots[place%len(slots)]
	for i, p := range people {
		if used>>i&1 == 0 && (q == "" || slices.Contains(p.Qualifications, q)) && byHand(slots, teams, people, place+1, used|1<<i) {
			return true
		}
	}
	return false
}

func FuzzRunTeamsVector(f *testing.F) {
	cases, codes := teamCases()
	for _, name := range []string{"ok-teams", "ok-groups-recused", "bad-object-twice"} {
		f.Add([]byte(vFile(vRender(cases[name]), cases[name].expected(codes[name]))))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) < 1<<13 {
			_ = RunTeamsVector(data)
		}
	})
}

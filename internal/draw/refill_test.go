package draw

import (
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/fault"
)

const refillVectors = "../../spec/vectors/refill"

// rTeam is a team of a case of spec/vectors/refill.
type rTeam struct {
	Object  string   `json:"object"`
	Members []string `json:"members"`
	Barred  []string `json:"barred"`
}

type rCase struct {
	Desc       string         `json:"desc"`
	Version    string         `json:"version"`
	Seed       string         `json:"seed"`
	Request    string         `json:"request"`
	Rho        string         `json:"rho"`
	Slots      []string       `json:"slots"`
	Inspectors []vInspector   `json:"inspectors"`
	Teams      []rTeam        `json:"teams"`
	Loads      map[string]int `json:"loads,omitempty"`
}

type rExpect struct {
	Seed  string  `json:"seed"`
	Teams []vTeam `json:"teams"`
}

// refRefill fills places from the page of draw1 §8, once more and slowly: every
// person is a line of text, the lines are sorted, the first who may is taken.
func refRefill(seed string, teams []Vacancy, slots []string, people []Inspector, loads map[string]int) []Team {
	load := map[string]int{}
	for h, n := range loads {
		load[h] = n
	}
	out := []Team{}
	for _, v := range teams {
		now := append([]string{}, v.Members...)
		for s, need := range slots {
			if now[s] != "" {
				continue
			}
			var lines []string
			for _, p := range people {
				may := need == "" || strings.Contains(" "+strings.Join(p.Qualifications, " ")+" ", " "+need+" ")
				for _, taken := range append(append([]string{}, now...), v.Barred...) {
					may = may && taken != p.Handle
				}
				if may {
					lines = append(lines, fmt.Sprintf("%09d %s %s", load[p.Handle], refH(seed, "M", v.Object, p.Handle), p.Handle))
				}
			}
			sort.Strings(lines)
			if len(lines) > 0 {
				now[s] = lines[0][strings.LastIndex(lines[0], " ")+1:]
				load[now[s]]++
			}
		}
		out = append(out, Team{v.Object, now})
	}
	return out
}

// refillCases are the vectors by name; the code of those that fail.
func refillCases() (cases map[string]rCase, code map[string]string) {
	cases, code = map[string]rCase{}, map[string]string{}
	add := func(name, fails, desc string, change func(*rCase)) {
		c := rCase{Desc: desc, Version: "draw1", Seed: refH("seed"), Request: refH("request"), Rho: refH("randomness"), Slots: []string{"lead", ""},
			Inspectors: *vPeople("lead", "lead", "lead", "", "", "")}
		h := func(i int) string { return c.Inspectors[i].Handle }
		c.Teams = []rTeam{{refH("object", "1")[:32], []string{"", h(3)}, []string{h(0)}}}
		c.Loads = map[string]int{h(1): 2, h(2): 2, h(3): 2, h(4): 1}
		change(&c)
		cases[name], code[name] = c, fails
	}
	object := func(i int) string { return refH("object", fmt.Sprint(i))[:32] }
	person := func(c *rCase, i int) string { return c.Inspectors[i].Handle }
	add("ok-leader", "", "the leader has left: two may lead, of equal load", func(*rCase) {})
	add("ok-lighter", "", "the lighter of the two comes, whatever his hash", func(c *rCase) { c.Loads[person(c, 1)] = 1 })
	add("ok-lighter-other", "", "the same with the other", func(c *rCase) { c.Loads[person(c, 2)] = 1 })
	add("ok-both", "", "both places of one team, slot 0 first", func(c *rCase) { c.Teams[0] = rTeam{object(1), []string{"", ""}, []string{person(c, 0), person(c, 3)}} })
	add("ok-two-objects", "", "a place filled counts as load at the next object", func(c *rCase) {
		c.Loads = map[string]int{}
		c.Teams = append(c.Teams, rTeam{object(2), []string{"", person(c, 4)}, []string{}}, rTeam{object(3), []string{"", person(c, 4)}, []string{}})
	})
	add("ok-order", "", "the same in another order of the objects", func(c *rCase) {
		c.Loads = map[string]int{}
		c.Teams = []rTeam{{object(3), []string{"", person(c, 4)}, []string{}}, {object(2), []string{"", person(c, 4)}, []string{}}, c.Teams[0]}
	})
	add("ok-nobody", "", "nobody may take the place: it stays empty", func(c *rCase) {
		c.Teams[0].Barred = []string{person(c, 0), person(c, 1), person(c, 2)}
	})
	add("ok-nobody-then-somebody", "", "the first place stays empty, the second is filled", func(c *rCase) {
		c.Teams[0] = rTeam{object(1), []string{"", ""}, []string{person(c, 0), person(c, 1), person(c, 2)}}
	})
	add("ok-no-cap", "", "the only one who may comes, whatever he bears", func(c *rCase) {
		c.Teams[0].Barred = []string{person(c, 0), person(c, 1)}
		c.Loads[person(c, 2)] = 99
	})
	add("ok-group-team", "", "a place of a group team", func(c *rCase) { c.Teams[0].Object = "team02" })
	add("ok-no-loads", "", "nobody holds a slot yet", func(c *rCase) { c.Loads = nil })

	add("bad-full", "bad-field", "no place is empty", func(c *rCase) { c.Teams[0].Members[0] = person(c, 1) })
	add("bad-none", "bad-field", "no team", func(c *rCase) { c.Teams = []rTeam{} })
	add("bad-places", "bad-field", "three places in a team of two", func(c *rCase) { c.Teams[0].Members = append(c.Teams[0].Members, "") })
	add("bad-member", "bad-field", "a member who is no handle", func(c *rCase) { c.Teams[0].Members[1] = "张三" })
	add("bad-barred", "bad-field", "barred is no handle", func(c *rCase) { c.Teams[0].Barred = []string{""} })
	add("bad-object", "bad-field", "neither a handle nor a team", func(c *rCase) { c.Teams[0].Object = "team00" })
	add("bad-object-twice", "duplicate-handle", "an object twice", func(c *rCase) { c.Teams = append(c.Teams, c.Teams[0]) })
	add("bad-load-stranger", "bad-field", "the load of a stranger", func(c *rCase) { c.Loads[refH("x")[:32]] = 1 })
	add("bad-load-negative", "bad-field", "a load below nothing", func(c *rCase) { c.Loads[person(c, 0)] = -1 })
	add("bad-no-slots", "bad-field", "no places", func(c *rCase) { c.Slots = []string{} })
	add("bad-slot", "bad-field", "a place that needs two words", func(c *rCase) { c.Slots[0] = "a b" })
	add("bad-person-order", "bad-handle-order", "inspectors descend", func(c *rCase) { slices.Reverse(c.Inspectors) })
	add("bad-person-twice", "duplicate-handle", "an inspector twice", func(c *rCase) { c.Inspectors[1] = c.Inspectors[0]; c.Loads = nil })
	add("bad-request", "bad-field", "a short hash of the request", func(c *rCase) { c.Request = c.Request[1:] })
	add("bad-rho", "bad-field", "a randomness in capitals", func(c *rCase) { c.Rho = strings.ToUpper(c.Rho) })
	return cases, code
}

func (c rCase) input() (teams []Vacancy, people []Inspector) {
	for _, t := range c.Teams {
		teams = append(teams, Vacancy(t))
	}
	for _, p := range c.Inspectors {
		people = append(people, Inspector(p))
	}
	return teams, people
}

func (c rCase) expected(code string) any {
	if code != "" {
		return vError(code)
	}
	e := rExpect{Seed: refH("draw1x", c.Seed, c.Request, c.Rho), Teams: []vTeam{}}
	teams, people := c.input()
	for _, t := range refRefill(e.Seed, teams, c.Slots, people, c.Loads) {
		e.Teams = append(e.Teams, vTeam{Object: t.Object, Members: t.Members})
	}
	return e
}

// TestRefillVectors holds spec/vectors/refill to what the reference makes of
// them, and runs them; with -update it writes them.
func TestRefillVectors(t *testing.T) {
	cases, codes := refillCases()
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
	holdFiles(t, refillVectors, files)
	for _, path := range listVectors(t, refillVectors) {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := RunRefillVector(data); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		changed := strings.Replace(string(data), `"request": "`+refH("request"), `"request": "`+refH("another"), 1)
		if err := RunRefillVector([]byte(changed)); strings.Contains(path, "/ok-") && fault.Code(err) != "draw.vector-differs" {
			t.Errorf("%s for another request: %v", path, err)
		}
	}
}

// TestRefillAgrees compares with the reference over random small cases.
func TestRefillAgrees(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 1))
	empty := 0
	for n := range 3000 {
		slots := []string{"", "a", "b"}[:1+r.IntN(3)]
		people := []Inspector{}
		loads := map[string]int{}
		for i := range r.IntN(7) {
			p := Inspector{Handle: h32('c', i), Qualifications: [][]string{nil, {"a"}, {"b"}, {"a", "b"}}[r.IntN(4)]}
			people, loads[p.Handle] = append(people, p), r.IntN(3)
		}
		some := func() string {
			if len(people) == 0 || r.IntN(3) == 0 {
				return h32('d', r.IntN(5))
			}
			return people[r.IntN(len(people))].Handle
		}
		var teams []Vacancy
		for o := range 1 + r.IntN(3) {
			v := Vacancy{Object: h32('e', o), Members: make([]string, len(slots))}
			for s := range slots {
				if r.IntN(2) == 0 {
					v.Members[s] = some()
				}
			}
			v.Members[r.IntN(len(slots))] = ""
			for range r.IntN(3) {
				v.Barred = append(v.Barred, some())
			}
			teams = append(teams, v)
		}
		seed := refH("refill", fmt.Sprint(n))
		got, err := Refill(seed, teams, slots, people, loads)
		if want := refRefill(seed, teams, slots, people, loads); err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("%d: %v, %v; the reference says %v", n, got, err, want)
		}
		for _, team := range got {
			if slices.Contains(team.Members, "") {
				empty++
			}
		}
	}
	if empty == 0 || empty > 2900 {
		t.Errorf("%d places nobody could take", empty)
	}
}

func FuzzRunRefillVector(f *testing.F) {
	cases, codes := refillCases()
	for _, name := range []string{"ok-both", "ok-group-team", "bad-object-twice"} {
		f.Add([]byte(vFile(vRender(cases[name]), cases[name].expected(codes[name]))))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		if len(data) < 1<<13 {
			_ = RunRefillVector(data)
		}
	})
}

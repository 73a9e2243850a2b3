package draw

import (
	"bufio"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/fault"
)

// Random cases for programs in other languages: what spec/vectors has by the
// dozen, here by the thousand, always the same ones. With -cases they are
// written, a JSON object a line, for tools/web/check.sh; without, this only
// holds that our own runners agree with them.
var casesFlag = flag.String("cases", "", "folder for random cases in the form of spec/vectors, a line each")

// caseFile writes one kind of cases.
type caseFile struct {
	t     *testing.T
	w     *bufio.Writer
	count int
	bad   int
}

func openCases(t *testing.T, kind string) *caseFile {
	t.Helper()
	dir := *casesFlag
	if dir == "" {
		dir = t.TempDir()
	}
	f, err := os.Create(filepath.Join(dir, kind+".jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	c := &caseFile{t: t, w: bufio.NewWriter(f)}
	t.Cleanup(func() {
		if err := c.w.Flush(); err != nil {
			t.Error(err)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// add writes a case with its expectation; run must agree.
func (c *caseFile) add(v, expect any, run func([]byte) error) {
	c.t.Helper()
	line := strings.TrimSuffix(vCompact(v), "}") + `,"expect":` + vCompact(expect) + "}\n"
	if run != nil {
		if err := run([]byte(line)); err != nil {
			c.t.Fatalf("%v\n%s", err, line)
		}
	}
	if _, refused := expect.(vFailure); refused {
		c.bad++
	}
	c.count++
	if _, err := c.w.WriteString(line); err != nil {
		c.t.Fatal(err)
	}
}

// both holds that a kind has cases of both outcomes.
func (c *caseFile) both(least int) {
	c.t.Helper()
	if c.bad < least || c.count-c.bad < least {
		c.t.Errorf("%d cases, %d of them refused: at least %d of each", c.count, c.bad, least)
	}
}

func failure(err error) vFailure { return vError(strings.TrimPrefix(fault.Code(err), "draw.")) }

func TestRandomDrawCases(t *testing.T) {
	rng := rand.New(rand.NewPCG(2026, 1122))
	out := openCases(t, "draw1")
	for i := range 2000 {
		c := wideCase(rng, i)
		if rng.IntN(4) == 0 {
			breakCase(rng, &c)
		}
		v := vCase{Desc: fmt.Sprint(i), Version: "draw1", C: refH("C", fmt.Sprint(i)), Rho: refH("rho", fmt.Sprint(i)), Extras: []string{},
			Groups: []vGroup{}, Objects: []vObject{}, Slots: c.Slots, GroupTeams: c.GroupTeams, Recusals: c.Recusals}
		for j := range rng.IntN(3) {
			v.Extras = append(v.Extras, refH("x", fmt.Sprint(i, j)))
		}
		for _, g := range c.Groups {
			w := vGroup{Name: g.Name, Rule: g.Rule, Minimum: g.Minimum, Cells: append([]string{}, g.Cells...)}
			if g.Rule == "total" {
				w.Total = num(g.Total)
			}
			v.Groups = append(v.Groups, w)
		}
		for _, o := range c.Objects {
			v.Objects = append(v.Objects, vObject(o))
		}
		if c.Slots != nil {
			people := vPeopleOf(c.Inspectors)
			v.Inspectors = &people
		}
		o, err := Cast(Seed(v.C, v.Extras, v.Rho), c)
		if err != nil {
			out.add(v, failure(err), RunVector)
			continue
		}
		out.add(v, vExpect(o, c), RunVector)
	}
	out.both(200)
}

func vPeopleOf(people []Inspector) []vInspector {
	list := []vInspector{}
	for _, p := range people {
		list = append(list, vInspector{p.Handle, append([]string{}, p.Qualifications...)})
	}
	return list
}

// handleOf spreads handles over all digits, so that they do not ascend as they
// are numbered.
func handleOf(kind string, i, j int) string { return refH(kind, fmt.Sprint(i), fmt.Sprint(j))[:32] }

// wideCase is a case with every feature, somewhat larger than randomCase.
func wideCase(rng *rand.Rand, n int) Case {
	c := Case{}
	var cells []string
	for g := range 1 + rng.IntN(3) {
		group := Group{Name: fmt.Sprintf("g%d", g), Rule: "total", Minimum: rng.IntN(3), Cells: []string{}}
		for k := range 1 + rng.IntN(5) {
			group.Cells = append(group.Cells, fmt.Sprintf("%s.%d", group.Name, 370322100+(k*7+n)%11))
		}
		group.Total = group.Minimum*len(group.Cells) + rng.IntN(12)
		if rng.IntN(5) == 0 {
			group.Rule, group.Total, group.Minimum = "census", 0, 0
		}
		cells, c.Groups = append(cells, group.Cells...), append(c.Groups, group)
	}
	size := 1 + rng.IntN(40)
	for i := range size {
		o := Object{handleOf("o", n, i), cells[rng.IntN(len(cells))], 1}
		if rng.IntN(4) == 0 {
			o.Weight = 1 + rng.IntN(16)
		}
		c.Objects = append(c.Objects, o)
	}
	slices.SortFunc(c.Objects, func(a, b Object) int { return strings.Compare(a.Handle, b.Handle) })
	if rng.IntN(6) > 0 {
		people(rng, n, &c)
	}
	return c
}

// people gives a case slots, inspectors, recusals and group teams.
func people(rng *rand.Rand, n int, c *Case) {
	quals := []string{"", "lead", "food", "gas"}
	for range 1 + rng.IntN(4) {
		c.Slots = append(c.Slots, quals[rng.IntN(1+rng.IntN(4))])
	}
	c.Inspectors = []Inspector{}
	for i := range 1 + rng.IntN(4) + rng.IntN(14) {
		p := Inspector{Handle: handleOf("p", n, i)}
		for _, q := range quals[1:] {
			if rng.IntN(3) == 0 {
				p.Qualifications = append(p.Qualifications, q)
			}
		}
		c.Inspectors = append(c.Inspectors, p)
	}
	slices.SortFunc(c.Inspectors, func(a, b Inspector) int { return strings.Compare(a.Handle, b.Handle) })
	c.Recusals = map[string][]string{}
	share := rng.IntN(40) * rng.IntN(2)
	for _, o := range c.Objects {
		for _, p := range c.Inspectors {
			if rng.IntN(100) < share {
				c.Recusals[o.Handle] = append(c.Recusals[o.Handle], p.Handle)
			}
		}
	}
	if rng.IntN(4) == 0 {
		c.GroupTeams = 1 + rng.IntN(4)
	}
}

// breakCase makes one thing wrong, sometimes two.
func breakCase(rng *rand.Rand, c *Case) {
	for range 1 + rng.IntN(2) {
		o := &c.Objects[rng.IntN(max(1, len(c.Objects)))]
		switch rng.IntN(7) {
		case 0:
			o.Weight = []int{0, 17, -1, 1000}[rng.IntN(4)]
		case 1:
			o.Cell = "nowhere"
		case 2:
			c.Objects = append(c.Objects, c.Objects[0])
			slices.SortFunc(c.Objects, func(a, b Object) int { return strings.Compare(a.Handle, b.Handle) })
		case 3:
			slices.Reverse(c.Objects)
		case 4:
			for i := range c.Groups {
				if c.Groups[i].Rule == "total" {
					c.Groups[i].Total, c.Groups[i].Minimum = 0, 1
				}
			}
		case 5:
			slices.Reverse(c.Inspectors)
		case 6:
			c.Groups[0].Cells = append(c.Groups[0].Cells, c.Groups[0].Cells[0])
		}
	}
}

func TestRandomTeamCases(t *testing.T) {
	rng := rand.New(rand.NewPCG(2026, 1123))
	out := openCases(t, "teams")
	for i := range 1500 {
		c := wideCase(rng, i)
		if c.Slots == nil {
			people(rng, i, &c)
		}
		v := tCase{Desc: fmt.Sprint(i), Version: "draw1", C: refH("C'", fmt.Sprint(i)), Extras: []string{}, Rho: refH("rho'", fmt.Sprint(i)),
			Objects: []string{}, Slots: c.Slots, GroupTeams: c.GroupTeams, Inspectors: vPeopleOf(c.Inspectors), Recusals: c.Recusals}
		for _, o := range c.Objects {
			v.Objects = append(v.Objects, o.Handle)
		}
		rng.Shuffle(len(v.Objects), func(a, b int) { v.Objects[a], v.Objects[b] = v.Objects[b], v.Objects[a] })
		o, err := Staff(Seed(v.C, v.Extras, v.Rho), v.Objects, c)
		if err != nil {
			out.add(v, failure(err), RunTeamsVector)
			continue
		}
		e := vExpect(o, c)
		te := tExpect{Seed: e.Seed, Cap: *e.Cap, Teams: *e.Teams, GroupTeams: e.GroupTeams, Unstaffed: *e.Unstaffed}
		out.add(v, te, RunTeamsVector)
	}
	out.both(50)
}

func TestRandomRefillCases(t *testing.T) {
	rng := rand.New(rand.NewPCG(2026, 1124))
	out := openCases(t, "refill")
	for i := range 1000 {
		c := Case{Objects: []Object{{Handle: handleOf("o", i, 0)}, {Handle: handleOf("o", i, 1)}, {Handle: "team07"}}}
		people(rng, i, &c)
		v := rCase{Desc: fmt.Sprint(i), Version: "draw1", Seed: refH("s", fmt.Sprint(i)), Request: refH("q", fmt.Sprint(i)), Rho: refH("r", fmt.Sprint(i)),
			Slots: c.Slots, Inspectors: vPeopleOf(c.Inspectors), Loads: map[string]int{}}
		for _, p := range c.Inspectors {
			if n := rng.IntN(4); n > 0 {
				v.Loads[p.Handle] = n
			}
		}
		for _, o := range c.Objects[:1+rng.IntN(3)] {
			team := rTeam{Object: o.Handle, Members: make([]string, len(c.Slots)), Barred: []string{}}
			for s, p := range rng.Perm(max(len(c.Slots), len(c.Inspectors)))[:len(c.Slots)] {
				if p < len(c.Inspectors) && rng.IntN(2) == 0 {
					team.Members[s] = c.Inspectors[p].Handle
				}
			}
			if rng.IntN(50) > 0 {
				team.Members[rng.IntN(len(team.Members))] = "" // otherwise perhaps no place to fill
			}
			for _, p := range c.Inspectors {
				if rng.IntN(5) == 0 {
					team.Barred = append(team.Barred, p.Handle)
				}
			}
			v.Teams = append(v.Teams, team)
		}
		if rng.IntN(30) == 0 {
			slices.Reverse(v.Inspectors)
		}
		if rng.IntN(30) == 0 {
			v.Teams = append(v.Teams, v.Teams[0])
		}
		teams, list := v.input()
		seed := RefillSeed(v.Seed, v.Request, v.Rho)
		made, err := Refill(seed, teams, v.Slots, list, v.Loads)
		if err != nil {
			out.add(v, failure(err), RunRefillVector)
			continue
		}
		e := rExpect{Seed: seed, Teams: []vTeam{}}
		for _, m := range made {
			e.Teams = append(e.Teams, vTeam{Object: m.Object, Members: m.Members})
		}
		out.add(v, e, RunRefillVector)
	}
	out.both(30)
}

func TestRandomLineCases(t *testing.T) {
	rng := rand.New(rand.NewPCG(2026, 1125))
	out := openCases(t, "lines")
	type lineCase struct {
		Desc    string `json:"desc"`
		Version string `json:"version"`
		Kind    string `json:"kind"`
		File    string `json:"file"`
	}
	files := lineFilesOf(rng)
	kinds := make([]string, 0, len(files))
	for kind := range files {
		kinds = append(kinds, kind)
	}
	slices.Sort(kinds)
	for i := range 3600 {
		kind := kinds[i%len(kinds)]
		file := files[kind](i)
		for range rng.IntN(3) {
			file = spoil(rng, file)
		}
		v := lineCase{fmt.Sprint(i), "draw1", kind, string(file)}
		if _, err := reformat[kind](file); err != nil {
			out.add(v, failure(err), RunLinesVector)
			continue
		}
		digest, root, lines := FileSum(file)
		out.add(v, map[string]any{"sha256": digest, "root": root, "lines": lines}, RunLinesVector)
	}
	out.both(1000)
}

// lineFilesOf makes a good file of each kind.
func lineFilesOf(rng *rand.Rand) map[string]func(n int) []byte {
	some := func(n int, kind string, line func(h string) string) []byte {
		var lines []string
		for i := range rng.IntN(12) {
			lines = append(lines, line(handleOf(kind, n, i))+"\n")
		}
		slices.Sort(lines)
		return []byte(strings.Join(lines, ""))
	}
	names := func() string {
		list := []string{"a", "a.b", "food", "lead", "~z"}[rng.IntN(5):]
		return strings.Join(list[:rng.IntN(len(list)+1)], ",")
	}
	handles := func(n, most int) string {
		var list []string
		for i := range rng.IntN(most + 1) {
			list = append(list, handleOf("p", n, i))
		}
		slices.Sort(list)
		return strings.Join(list, ",")
	}
	hash := func() string { return refH(fmt.Sprint(rng.Uint64())) }
	return map[string]func(int) []byte{
		"pool": func(n int) []byte {
			return some(n, "o", func(h string) string { return fmt.Sprintf("%s|c%d|%d", h, rng.IntN(4), 1+rng.IntN(16)) })
		},
		"inspectors": func(n int) []byte { return some(n, "o", func(h string) string { return h + "|" + names() }) },
		"leftout": func(n int) []byte {
			return some(n, "o", func(h string) string { return h + "|" + []string{"g1", "-"}[rng.IntN(2)] + "|cap" })
		},
		"recusal-commits": func(n int) []byte { return some(n, "o", func(h string) string { return h + "|" + hash() }) },
		"drawn": func(n int) []byte {
			return some(n, "o", func(h string) string { return fmt.Sprintf("c%d|%s|%s", rng.IntN(3), hash(), h) })
		},
		"teams": func(n int) []byte {
			return some(n, "o", func(h string) string {
				if rng.IntN(3) == 0 {
					return fmt.Sprintf("%s|team%02d", h, 1+rng.IntN(9))
				}
				return h + "|" + handleOf("p", n, 1) + strings.ReplaceAll("|"+handles(n+1, 3), ",", "|")
			})
		},
		"recusals": func(n int) []byte {
			return some(n, "o", func(h string) string { return h + "|" + hash()[:32] + "|" + handles(n, 3) })
		},
		"declared": func(n int) []byte {
			return some(n, "o", func(h string) string { return h + "|" + h + "|" + fmt.Sprint(rng.IntN(40)) })
		},
		"unstaffed": func(n int) []byte { return some(n, "o", func(h string) string { return h }) },
	}
}

// spoil changes one byte, or one line, of a file.
func spoil(rng *rand.Rand, file []byte) []byte {
	if len(file) == 0 {
		return []byte("\n")
	}
	file = slices.Clone(file)
	lines := strings.SplitAfter(strings.TrimSuffix(string(file), "\n"), "\n")
	switch rng.IntN(6) {
	case 0:
		file[rng.IntN(len(file))] = "0a|,\n-T\r ~"[rng.IntN(10)]
	case 1:
		i := rng.IntN(len(file))
		file = slices.Delete(file, i, i+1)
	case 2:
		i := rng.IntN(len(file))
		file = slices.Insert(file, i, "0a|,\n1"[rng.IntN(6)])
	case 3:
		rng.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
		file = []byte(strings.Join(lines, "") + "\n")
	case 4:
		k := rng.IntN(len(lines))
		file = []byte(strings.Join(slices.Insert(lines, k, strings.TrimSuffix(lines[k], "\n")+"\n"), "") + "\n")
	case 5:
		file = []byte(strings.ReplaceAll(string(file), "|1", "|17"))
	}
	return file
}

package compare

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/rules"
)

// Team is the results of one team of a draw, or of one person with KI.
type Team struct {
	Draw    string   `json:"draw,omitempty"`
	Members []string `json:"members"` // handles of the draw, ascending; or a certificate number
	Results int      `json:"results"`
	Clean   int      `json:"clean"` // 未发现问题: the code that stands alone
}

// Pair is two inspectors who were in one team more than once.
type Pair struct {
	Draw  string    `json:"draw,omitempty"` // "": across draws, by certificate number
	Two   [2]string `json:"two"`
	Times int       `json:"times"`
}

// People is what shows with KI and certificate numbers.
type People struct {
	Draws   int      `json:"draws"`   // of which KI is there
	Unknown int      `json:"unknown"` // places in teams whose handle no given number explains
	Pairs   []Pair   `json:"pairs"`   // in more than one team across draws
	Teams   []Team   `json:"teams"`   // by person
	Idle    []string `json:"idle"`    // given numbers that stood in a hat and in no team
}

// clean reports whether a result in force says 未发现问题: the pack's code that
// stands with no other.
func clean(f *rules.Finished) bool {
	p := f.Lot.Pack
	codes := f.Outcome().Codes
	if p == nil || len(codes) != 1 {
		return false
	}
	c, ok := p.CodeOf(codes[0])
	return ok && c.Alone
}

// teams counts results by team, within each draw: the members of another draw
// bear other handles.
func (g *gather) teams() {
	for _, l := range g.lots {
		byTeam := map[string]*Team{}
		for _, o := range l.Objects {
			if o.Result == nil || len(o.Team) == 0 {
				continue
			}
			members := slices.Sorted(slices.Values(o.Team))
			key := strings.Join(members, ",")
			t := byTeam[key]
			if t == nil {
				t = &Team{Draw: l.Body.Draw, Members: members}
				byTeam[key] = t
			}
			t.count(o.Result)
		}
		for _, key := range sorted(byTeam) {
			g.r.Teams = append(g.r.Teams, *byTeam[key])
		}
	}
	slices.SortStableFunc(g.r.Teams, func(a, b Team) int { return b.Results - a.Results })
}

func (t *Team) count(f *rules.Finished) {
	t.Results++
	if clean(f) {
		t.Clean++
	}
}

// pairs counts how often two stood in one team, within each draw.
func (g *gather) pairs() {
	for _, l := range g.lots {
		times := map[[2]string]int{}
		for _, o := range l.Objects {
			count(times, o.Team)
		}
		g.r.Pairs = append(g.r.Pairs, often(times, l.Body.Draw)...)
	}
	slices.SortStableFunc(g.r.Pairs, func(a, b Pair) int { return b.Times - a.Times })
}

func count(times map[[2]string]int, team []string) {
	team = slices.Sorted(slices.Values(team))
	for i, a := range team {
		for _, b := range team[i+1:] {
			times[[2]string{a, b}]++
		}
	}
}

func often(times map[[2]string]int, id string) []Pair {
	var list []Pair
	for two, n := range times {
		if n > 1 {
			list = append(list, Pair{id, two, n})
		}
	}
	slices.SortFunc(list, func(a, b Pair) int {
		return cmp.Or(b.Times-a.Times, strings.Compare(a.Two[0], b.Two[0]), strings.Compare(a.Two[1], b.Two[1]))
	})
	return list
}

// people opens the handles of inspectors with KI and the certificate numbers
// that the reader has.
func (g *gather) people() {
	ids := slices.Clone(g.side.People)
	for _, l := range g.side.Lists {
		ids = append(ids, l.People...)
	}
	slices.Sort(ids)
	if ids = slices.Compact(ids); len(ids) == 0 {
		return
	}
	p := &People{Pairs: []Pair{}, Teams: []Team{}, Idle: []string{}}
	times, by, stood := map[[2]string]int{}, map[string]*Team{}, map[string]bool{}
	for _, l := range g.lots {
		hats := g.side.hats(l)
		if len(hats) == 0 {
			continue
		}
		p.Draws++
		name := map[string]string{}
		for _, t := range hats {
			for _, id := range ids {
				h := draw.Handle("I", draw.Salt(t.ki, "I", id), id)
				name[h] = id
				if _, in := t.People[h]; in {
					stood[id] = true
				}
			}
		}
		for _, o := range l.Objects {
			p.object(o, name, times, by)
		}
	}
	if p.Draws == 0 {
		return
	}
	p.Pairs = append(p.Pairs, often(times, "")...)
	for _, id := range sorted(by) {
		p.Teams = append(p.Teams, *by[id])
	}
	slices.SortStableFunc(p.Teams, func(a, b Team) int { return b.Results - a.Results })
	for _, id := range ids {
		if stood[id] && by[id] == nil {
			p.Idle = append(p.Idle, id)
		}
	}
	g.r.People = p
}

func (p *People) object(o *rules.Object, name map[string]string, times map[[2]string]int, by map[string]*Team) {
	var team []string
	for _, h := range o.Team {
		id := name[h]
		if id == "" {
			p.Unknown++
			continue
		}
		team = append(team, id)
		if by[id] == nil {
			by[id] = &Team{Members: []string{id}}
		}
		if o.Result != nil {
			by[id].count(o.Result)
		}
	}
	count(times, team)
}

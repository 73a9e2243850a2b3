package draw

import (
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/fault"
)

var testSeed = refH("a seed for tests")

// h32 is a handle for tests; those of one kind ascend with i.
func h32(kind byte, i int) string { return fmt.Sprintf("%c%031x", kind, i) }

// agree casts with the room and with the reference and compares everything.
func agree(t *testing.T, seed string, c Case) {
	t.Helper()
	got, err := Cast(seed, c)
	want, code := refCast(seed, c)
	if code != "" && fault.Code(err) != "draw."+code || code == "" && err != nil {
		t.Fatalf("case %+v\nerror %v, reference %q", c, err, code)
	}
	if g, w := fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want); g != w {
		t.Fatalf("case %+v\n got %s\nwant %s", c, g, w)
	}
}

func TestTicketOfTheSpec(t *testing.T) {
	const seed = "d3f4a217bc9b220724d92fa25e2a495a15efe303321c645d6fb2183be7920a66"
	const handle = "26d03da0c2d66c8087f27a4b61a838c8"
	const want = "2808e609a246d85669301bb3f93e25244f4da78f949ebec1156bac5e49a6409d"
	if got := Ticket(seed, handle, 1); got != want {
		t.Errorf("Ticket = %s, want %s", got, want)
	}
	if got := newDie(seed).ticket(handle, 1).hex(); got != want {
		t.Errorf("die = %s, want %s", got, want)
	}
}

func TestFormulas(t *testing.T) {
	key, _ := hex.DecodeString(refH("key"))
	x, c, rho := refH("x"), refH("c"), refH("rho")
	for _, test := range []struct{ name, got, want string }{
		{"seed", Seed(c, nil, rho), refH("draw1", c, rho)},
		{"seed with contributions", Seed(c, []string{x, c}, rho), refH("draw1", c, x, c, rho)},
		{"salt", Salt(key, "O", "91370322MA3D00000X"), refMAC(key, "draw1s", "O", "91370322MA3D00000X")},
		{"handle", Handle("I", h32('a', 1), "3703-01"), refH("draw1h", "I", h32('a', 1), "3703-01")[:32]},
		{"keycommit", KeyCommit(key), refH("draw1k", hex.EncodeToString(key))},
		{"rsalt", RecusalSalt(key, h32('0', 1)), refMAC(key, "draw1rs", h32('0', 1))},
		{"recusals", RecusalHash(h32('5', 5), []string{"b", "a"}), refH("draw1r", h32('5', 5), "a,b")},
		{"no recusals", RecusalHash(h32('5', 5), nil), refH("draw1r", h32('5', 5), "")},
	} {
		if test.got != test.want {
			t.Errorf("%s: %s, want %s", test.name, test.got, test.want)
		}
	}
	least := Ticket(c, x, 1)
	for w := 1; w <= 16; w++ {
		got := Ticket(c, x, w)
		if want := refTicket(c, x, w); got != want || newDie(c).ticket(x[:32], w).hex() != Ticket(c, x[:32], w) {
			t.Errorf("weight %d: %s, want %s", w, got, want)
		}
		if got > least {
			t.Errorf("weight %d makes the ticket larger", w)
		}
		least = got
	}
}

func TestIDs(t *testing.T) {
	for id, want := range map[string]bool{
		"91370322MA3D00000X": true, "91370322MA3D00000x": false, "91370322MA3D00000": false,
		"注册号:37032200": true, "注册号:3703220": false, "注册号:" + strings.Repeat("Z", 18): true,
		"注册号:" + strings.Repeat("Z", 19): false, "注册号：37032200": false, "": false,
		"𝟗1370322MA3D00000X": false, " 1370322MA3D00000X": false,
	} {
		got, ok := ObjectID(id)
		if ok != want || ok && got != id || !ok && got != "" {
			t.Errorf("ObjectID(%q) = %q, %v", id, got, ok)
		}
	}
	for id, want := range map[string]bool{
		"3703": true, "370": false, "3703-01": true, strings.Repeat("A", 32): true,
		strings.Repeat("A", 33): false, "3703_1": false, "鲁C-0001": false, "a703": false,
	} {
		if got, ok := PersonID(id); ok != want || ok && got != id || !ok && got != "" {
			t.Errorf("PersonID(%q) = %q, %v", id, got, ok)
		}
	}
}

func TestTotal(t *testing.T) {
	for _, ratio := range []string{"1", "0.0", "0.05", "0.050", "0.3", "0.333333", "0.000001", "0.999999"} {
		for _, base := range []int{0, 1, 2, 3, 19, 20, 21, 399, 400, 401, 999_999, 1_000_001, 999_999_999_999} {
			got, err := Total(ratio, base)
			if want := refTotal(ratio, base); err != nil || got != want {
				t.Errorf("Total(%s, %d) = %d, %v, want %d", ratio, base, got, err, want)
			}
		}
	}
	for _, ratio := range []string{"", "0", "0.", "1.0", "2", ".5", "0.1234567", "0,5", "5%", "0.-1", "+0.5", "00.5", "0.5 ", "1e-1"} {
		if got, err := Total(ratio, 100); fault.Code(err) != "draw.bad-ratio" {
			t.Errorf("Total(%q) = %d, %v", ratio, got, err)
		}
	}
	for _, base := range []int{-1, 1_000_000_000_000} {
		if got, err := Total("0.5", base); fault.Code(err) != "draw.bad-field" {
			t.Errorf("Total of base %d = %d, %v", base, got, err)
		}
	}
}

// TestQuotasExhaustive compares every division of up to 3 cells of up to 5.
func TestQuotasExhaustive(t *testing.T) {
	cells := []string{"a", "b", "c"}
	for k := range 4 {
		for code := range pow(6, k) {
			n := map[string]int{}
			for i, x := 0, code; i < k; i, x = i+1, x/6 {
				n[cells[i]] = x % 6
			}
			for total := range 17 {
				for minimum := range 4 {
					g := []Group{{Name: "g", Rule: "total", Total: total, Minimum: minimum, Cells: cells[:k]}}
					want, ok := refQuotas(g, n)
					got, err := Quotas(g, n)
					if ok != (err == nil) || !ok && fault.Code(err) != "draw.minimum-over-total" || fmt.Sprint(got) != fmt.Sprint(want) {
						t.Fatalf("%v of %v: %v, %v, want %v", g, n, got, err, want)
					}
				}
			}
		}
	}
}

func pow(b, e int) int {
	p := 1
	for range e {
		p *= b
	}
	return p
}

func TestQuotasLarge(t *testing.T) {
	// Products beyond 63 bits still compare exactly: (2^40+1)/1 > 2^40/1.
	const big = 1 << 49
	g := []Group{{Name: "g", Rule: "total", Total: 3, Cells: []string{"a", "b"}}}
	got, err := Quotas(g, map[string]int{"a": big - 1, "b": big})
	if err != nil || got["b"] != 2 || got["a"] != 1 {
		t.Errorf("got %v, %v", got, err)
	}
	rng := rand.New(rand.NewPCG(1, 1))
	for range 60 {
		groups := []Group{{Name: "g", Rule: "total", Total: rng.IntN(400), Minimum: rng.IntN(3)}, {Name: "h", Rule: "census", Cells: []string{"z"}}}
		n := map[string]int{"z": rng.IntN(5)}
		for i := range 1 + rng.IntN(20) {
			cell := fmt.Sprintf("c%d", i)
			groups[0].Cells = append(groups[0].Cells, cell)
			n[cell] = rng.IntN(60)
		}
		want, ok := refQuotas(groups, n)
		got, err := Quotas(groups, n)
		if ok != (err == nil) || fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("%v of %v: %v, %v, want %v", groups, n, got, err, want)
		}
	}
	if _, err := Quotas(g, map[string]int{"a": -1}); fault.Code(err) != "draw.bad-field" {
		t.Errorf("negative count: %v", err)
	}
}

// TestCastExhaustive casts every pool of up to 4 objects in 2 cells with every
// weight of 1, 2, 16 under every total and minimum that matter.
func TestCastExhaustive(t *testing.T) {
	weights := []int{1, 2, 16}
	for n := 1; n <= 4; n++ {
		for code := range pow(6, n) {
			var objects []Object
			for i, x := 0, code; i < n; i, x = i+1, x/6 {
				objects = append(objects, Object{h32('0', i), []string{"A", "B"}[x%2], weights[x/2%3]})
			}
			for total := range n + 2 {
				c := Case{Objects: objects, Groups: []Group{{Name: "g", Rule: "total", Total: total, Minimum: code % 2, Cells: []string{"B", "A"}}}}
				if code%5 == 0 {
					c.Groups = []Group{{Name: "g", Rule: "total", Total: total, Cells: []string{"B"}}, {Name: "h", Rule: "census", Cells: []string{"A", "C"}}}
				}
				agree(t, testSeed, c)
			}
		}
	}
}

// randomCase is a case of up to 9 objects and 7 inspectors.
func randomCase(rng *rand.Rand) Case {
	c := Case{}
	cells := []string{"x", "y", "z", "w"}
	rng.Shuffle(4, func(i, j int) { cells[i], cells[j] = cells[j], cells[i] })
	split := rng.IntN(5)
	c.Groups = []Group{{Name: "g", Rule: "total", Total: rng.IntN(9), Minimum: rng.IntN(2), Cells: cells[:split]}}
	if split < 4 {
		c.Groups = append(c.Groups, Group{Name: "h", Rule: []string{"census", "total"}[split%2], Cells: cells[split:]})
	}
	for i := range 1 + rng.IntN(9) {
		c.Objects = append(c.Objects, Object{h32('0', i), cells[rng.IntN(4)], 1 + rng.IntN(16)})
	}
	if rng.IntN(6) == 0 {
		return c
	}
	quals := []string{"", "lead", "food"}
	for range 1 + rng.IntN(3) {
		c.Slots = append(c.Slots, quals[rng.IntN(3)])
	}
	c.Inspectors = []Inspector{}
	for i := range rng.IntN(8) {
		p := Inspector{Handle: h32('a', i)}
		for _, q := range quals[1:] {
			if rng.IntN(2) == 0 {
				p.Qualifications = append(p.Qualifications, q)
			}
		}
		c.Inspectors = append(c.Inspectors, p)
	}
	c.Recusals = map[string][]string{}
	share := rng.IntN(100)
	for _, o := range c.Objects {
		for _, p := range c.Inspectors {
			if rng.IntN(100) < share {
				c.Recusals[o.Handle] = append(c.Recusals[o.Handle], p.Handle)
			}
		}
	}
	if rng.IntN(3) == 0 {
		c.GroupTeams = 1 + rng.IntN(3)
	}
	return c
}

func TestCastRandom(t *testing.T) {
	rng := rand.New(rand.NewPCG(20240714, 1))
	for i := range 1500 {
		agree(t, refH(fmt.Sprint(i)), randomCase(rng))
	}
}

// TestProperties holds what the algorithm promises: neither the order in which
// groups, cells and sets are written nor an object that is not drawn moves
// anything, a larger total only adds, and drawn means at most the cut-off.
func TestProperties(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	for range 300 {
		c := randomCase(rng)
		c.Groups[0].Minimum, c.GroupTeams = 0, 0
		out, err := Cast(testSeed, c)
		if err != nil {
			t.Fatal(err)
		}
		drawn := map[string]bool{}
		for _, r := range out.Cells {
			if len(r.Objects) != r.Quota {
				t.Fatalf("cell %s: %d drawn of quota %d", r.Cell, len(r.Objects), r.Quota)
			}
			for _, d := range r.Objects {
				drawn[d.Handle] = true
			}
		}
		for _, o := range c.Objects {
			r := out.Cells[slices.IndexFunc(out.Cells, func(r CellResult) bool { return r.Cell == o.Cell })]
			if below := Ticket(testSeed, o.Handle, o.Weight) <= r.Cutoff; below != drawn[o.Handle] {
				t.Fatalf("%s: at most the cut-off %v, drawn %v", o.Handle, below, drawn[o.Handle])
			}
		}
		shuffled := c
		shuffled.Groups = slices.Clone(c.Groups)
		for i, g := range c.Groups {
			shuffled.Groups[i].Cells = slices.Clone(g.Cells)
			slices.Reverse(shuffled.Groups[i].Cells)
		}
		slices.Reverse(shuffled.Groups)
		shuffled.Recusals = map[string][]string{}
		for o, list := range c.Recusals {
			shuffled.Recusals[o] = slices.Clone(list)
			slices.Reverse(shuffled.Recusals[o])
		}
		if again, err := Cast(testSeed, shuffled); err != nil || fmt.Sprintf("%v", again) != fmt.Sprintf("%v", out) {
			t.Fatalf("other order of writing: %v, %v, want %v", again, err, out)
		}
		more := c
		more.Groups = slices.Clone(c.Groups)
		more.Groups[0].Total++
		wider, err := Cast(testSeed, more)
		if err != nil {
			t.Fatal(err)
		}
		found := 0
		for _, r := range wider.Cells {
			for _, d := range r.Objects {
				if drawn[d.Handle] {
					found++
				}
			}
		}
		if found != len(drawn) {
			t.Fatalf("a larger total loses %d of %d", len(drawn)-found, len(drawn))
		}
	}
}

// TestCastRefuses names each test that a Case can fail, with its place.
func TestCastRefuses(t *testing.T) {
	good := func() Case {
		return Case{
			Groups:  []Group{{Name: "g", Rule: "total", Total: 1, Cells: []string{"a", "b"}}},
			Objects: []Object{{h32('0', 1), "a", 1}, {h32('0', 2), "b", 1}},
			Slots:   []string{""}, Inspectors: []Inspector{{h32('a', 1), nil}, {h32('a', 2), nil}},
			Recusals: map[string][]string{h32('0', 1): {h32('a', 1)}},
		}
	}
	agree(t, testSeed, good())
	for _, test := range []struct {
		code, place string
		spoil       func(c *Case)
	}{
		{"draw.bad-field", "groups", func(c *Case) { c.Groups = nil }},
		{"draw.bad-field", "groups[0].name", func(c *Case) { c.Groups[0].Name = "组" }},
		{"draw.bad-field", "groups[1].name", func(c *Case) { c.Groups = append(c.Groups, Group{Name: "g", Rule: "census"}) }},
		{"draw.bad-field", "groups[0].rule", func(c *Case) { c.Groups[0].Rule = "Total" }},
		{"draw.bad-field", "groups[0].total", func(c *Case) { c.Groups[0].Total = -1 }},
		{"draw.bad-field", "groups[0].minimum", func(c *Case) { c.Groups[0].Minimum = -1 }},
		{"draw.bad-field", "groups[0].total", func(c *Case) { c.Groups[0].Rule = "census" }},
		{"draw.bad-field", "groups[0].cells[1]", func(c *Case) { c.Groups[0].Cells[1] = "a" }},
		{"draw.bad-field", "objects[1].handle", func(c *Case) { c.Objects[1].Handle = strings.Repeat("A", 32) }},
		{"draw.bad-field", "objects[1].cell", func(c *Case) { c.Objects[1].Cell = strings.Repeat("a", 65) }},
		{"draw.bad-field", "slots", func(c *Case) { c.Slots = []string{} }},
		{"draw.bad-field", "slots", func(c *Case) { c.Slots = make([]string, 10) }},
		{"draw.bad-field", "slots[0]", func(c *Case) { c.Slots[0] = "a|b" }},
		{"draw.bad-field", "inspectors", func(c *Case) { c.Inspectors = nil }},
		{"draw.bad-field", "group_teams", func(c *Case) { c.GroupTeams = 100 }},
		{"draw.bad-field", "group_teams", func(c *Case) { c.GroupTeams, c.Slots = 1, nil }},
		{"draw.bad-field", "inspectors[1].handle", func(c *Case) { c.Inspectors[1].Handle = "" }},
		{"draw.bad-field", "inspectors[0].qualifications[0]", func(c *Case) { c.Inspectors[0].Qualifications = []string{""} }},
		{"draw.bad-field", "recusals", func(c *Case) { c.Recusals[h32('0', 9)] = nil }},
		{"draw.bad-field", "recusals." + h32('0', 1), func(c *Case) { c.Recusals[h32('0', 1)] = []string{h32('a', 9)} }},
		{"draw.bad-handle-order", "objects[1]", func(c *Case) { slices.Reverse(c.Objects) }},
		{"draw.bad-handle-order", "inspectors[1]", func(c *Case) { slices.Reverse(c.Inspectors) }},
		{"draw.duplicate-handle", "objects[1]", func(c *Case) { c.Objects[1].Handle = c.Objects[0].Handle }},
		{"draw.duplicate-handle", "inspectors[1]", func(c *Case) { c.Inspectors[1].Handle = c.Inspectors[0].Handle }},
		{"draw.unknown-cell", "objects[1].cell", func(c *Case) { c.Objects[1].Cell = "c" }},
		{"draw.bad-weight", "objects[0].weight", func(c *Case) { c.Objects[0].Weight = 0 }},
		{"draw.empty-pool", "objects", func(c *Case) { c.Objects, c.Recusals = nil, nil }},
		{"draw.minimum-over-total", "groups[0]", func(c *Case) { c.Groups[0].Minimum = 1 }},
		{"draw.unstaffed-team", "group_teams", func(c *Case) { c.GroupTeams = 3 }},
	} {
		c := good()
		test.spoil(&c)
		out, err := Cast(testSeed, c)
		var f *fault.Error
		if !errors.As(err, &f) || f.Code != test.code || f.Place != test.place {
			t.Errorf("want %s at %s, got %v", test.code, test.place, err)
		}
		if (out != nil) != (test.code == "draw.unstaffed-team") {
			t.Errorf("%s: outcome %v", test.code, out)
		}
	}
	if _, err := Cast("5eed", good()); fault.Code(err) != "draw.bad-field" {
		t.Errorf("short seed: %v", err)
	}
}

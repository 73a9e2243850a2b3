package draw

import (
	"fmt"
	"sort"
	"strings"
)

// vEntry is one vector to write: what it is, the error it is meant to show ("" for
// none; the reference must agree), and the text of the case.
type vEntry struct{ name, code, text string }

// vList collects the vectors.
type vList struct{ entries []vEntry }

// add makes a vector from the base case. Edits are pairs of old and new text
// for what a Go value cannot say; each old text must be there.
func (l *vList) add(name, code, desc string, change func(c *vCase), edits ...string) {
	c := vBase()
	c.Desc = desc
	if change != nil {
		change(&c)
	}
	text := vRender(c)
	for i := 0; i < len(edits); i += 2 {
		if !strings.Contains(text, edits[i]) {
			panic(name + ": nothing to edit: " + edits[i])
		}
		text = strings.Replace(text, edits[i], edits[i+1], 1)
	}
	l.entries = append(l.entries, vEntry{name, code, text})
}

func num(n int) *int { return &n }

// vObjects are n objects of weight 1, dealt to the cells in turn.
func vObjects(n int, cells ...string) []vObject {
	var list []vObject
	for i := range n {
		list = append(list, vObject{refH("object", fmt.Sprint(i))[:32], "", 1})
	}
	sort.Slice(list, func(i, j int) bool { return list[i].Handle < list[j].Handle })
	for i := range list {
		list[i].Cell = cells[i%len(cells)]
	}
	return list
}

// vPeople are inspectors in ascending order, one for each list of
// qualifications parted by commas.
func vPeople(quals ...string) *[]vInspector {
	list := []vInspector{}
	for i, q := range quals {
		p := vInspector{fmt.Sprintf("%02x%s", 10+20*i, refH("inspector", fmt.Sprint(i))[:30]), []string{}}
		if q != "" {
			p.Qualifications = strings.Split(q, ",")
		}
		list = append(list, p)
	}
	return &list
}

const vTownA, vTownB, vTownC = "370322101", "370322102", "370322103"

// vBase is a good case of 6 objects in 2 towns, of which 3 are drawn, for teams
// of a lead and one more.
func vBase() vCase {
	return vCase{
		Version: "draw1", C: refH("entry"), Extras: []string{}, Rho: refH("randomness"),
		Groups:  []vGroup{{Name: "all", Rule: "total", Total: num(3), Cells: []string{vTownA, vTownB}}},
		Objects: vObjects(6, vTownA, vTownB), Slots: []string{"lead", ""}, Inspectors: vPeople("lead", "lead", "", ""),
	}
}

// objectsOnly takes the teams away.
func objectsOnly(c *vCase) { c.Slots, c.Inspectors = nil, nil }

// recuse bars inspectors by position at objects by position.
func recuse(c *vCase, object int, people ...int) {
	if c.Recusals == nil {
		c.Recusals = map[string][]string{}
	}
	list := []string{}
	for _, p := range people {
		list = append(list, (*c.Inspectors)[p].Handle)
	}
	c.Recusals[c.Objects[object].Handle] = list
}

func census(c *vCase) {
	c.Groups = []vGroup{{Name: "all", Rule: "census", Cells: []string{vTownA, vTownB}}}
}

// keys gives K, KI, their fingerprints and openings of all three kinds.
func keys(c *vCase) {
	c.K, c.KI = refH("key for objects"), refH("key for inspectors")
	c.KeyCommit, c.KeyCommitI = refH("draw1k", c.K), refH("draw1k", c.KI)
	c.Handles = []vOpening{
		c.open("O", "91370322MA3D00001X"), c.open("O", "注册号:370322600012345"),
		c.open("I", "3703220001"), c.open("E", "E-2023-07"),
	}
}

func (l *vList) good() {
	l.add("ok-one-object", "", "one object, one cell, one place", func(c *vCase) {
		objectsOnly(c)
		c.Objects, c.Groups = vObjects(1, vTownA), []vGroup{{Name: "g", Rule: "total", Total: num(1), Cells: []string{vTownA}}}
	})
	l.add("ok-quotas-three-cells", "", "12 objects of 6, 4 and 2: Sainte-Lague gives 5 places as 3, 1, 1", func(c *vCase) {
		objectsOnly(c)
		c.Objects = vObjects(12, vTownA, vTownB, vTownA, vTownB, vTownA, vTownC)
		c.Groups = []vGroup{{Name: "g", Rule: "total", Total: num(5), Cells: []string{vTownA, vTownB, vTownC}}}
	})
	l.add("ok-quotas-tie", "", "equal quotients go to the smaller cell code, whatever the order of the cells", func(c *vCase) {
		objectsOnly(c)
		c.Objects = vObjects(9, vTownA, vTownB, vTownC)
		c.Groups = []vGroup{{Name: "g", Rule: "total", Total: num(4), Cells: []string{vTownC, vTownB, vTownA}}}
	})
	l.add("ok-quotas-tie-later", "", "a tie that comes up after some places are given: 6/(2*1+1) = 2/1", func(c *vCase) {
		objectsOnly(c)
		c.Objects = vObjects(8, vTownB, vTownB, vTownB, vTownA)
		c.Groups = []vGroup{{Name: "g", Rule: "total", Total: num(2), Cells: []string{vTownA, vTownB}}}
	})
	l.add("ok-cell-code-order", "", "cells in bytewise order, digits before upper case before _ before lower case before ~", func(c *vCase) {
		objectsOnly(c)
		c.Objects = vObjects(12, "~", "a.b", "_", "A-1", "0", "a")
		c.Groups = []vGroup{{Name: "g~._-", Rule: "total", Total: num(7), Cells: []string{"~", "a", "a.b", "_", "A-1", "0"}}}
	})
	l.add("ok-weights", "", "the ticket is the smallest of as many hashes as the weight", func(c *vCase) {
		objectsOnly(c)
		for i, w := range []int{1, 16, 2, 9, 10, 3} {
			c.Objects[i].Weight = w
		}
	})
	l.add("ok-census", "", "a census takes everybody", census)
	l.add("ok-census-beside-total", "", "two groups, the census apart from the draw", func(c *vCase) {
		c.Groups = []vGroup{{Name: "all", Rule: "total", Total: num(1), Cells: []string{vTownA}}, {Name: "b", Rule: "census", Cells: []string{vTownB}}}
	})
	l.add("ok-empty-cell", "", "a cell without objects has quota 0, no cut-off, and takes no place", func(c *vCase) {
		c.Groups[0].Cells = append(c.Groups[0].Cells, vTownC)
	})
	l.add("ok-census-empty", "", "a census of nobody beside a draw", func(c *vCase) {
		c.Groups = append(c.Groups, vGroup{Name: "b", Rule: "census", Cells: []string{"B"}})
	})
	l.add("ok-group-without-cells", "", "a group may have no cells at all", func(c *vCase) {
		c.Groups = append(c.Groups, vGroup{Name: "b", Rule: "census", Cells: []string{}})
	})
	l.add("ok-quota-zero", "", "one place for two cells: the other cell has quota 0", func(c *vCase) { c.Groups[0].Total = num(1) })
	l.add("ok-total-zero", "", "nothing to draw: cap 0, no teams", func(c *vCase) { c.Groups[0].Total = num(0) })
	l.add("ok-total-zero-no-teams", "", "nothing to draw and no team shape", func(c *vCase) { objectsOnly(c); c.Groups[0].Total = num(0) })
	l.add("ok-total-over-population", "", "more places than objects: all are drawn", func(c *vCase) { c.Groups[0].Total = num(999999999999999) })
	l.add("ok-minimum", "", "a minimum of 1 lifts the small cell", func(c *vCase) {
		objectsOnly(c)
		c.Objects = vObjects(11, vTownA, vTownA, vTownA, vTownA, vTownA, vTownA, vTownA, vTownA, vTownA, vTownA, vTownB)
		c.Groups[0].Minimum = 1
	})
	l.add("ok-minimum-of-few", "", "a minimum of 2 asks a cell of one object for that one only", func(c *vCase) {
		objectsOnly(c)
		c.Objects = vObjects(5, vTownA, vTownA, vTownA, vTownA, vTownB)
		c.Groups[0].Minimum = 2
	})
	l.add("ok-minimums-fill-total", "", "minimums together are the total", func(c *vCase) { c.Groups[0].Minimum = 1; c.Groups[0].Total = num(2) })
	l.add("ok-minimum-empty-cell", "", "an empty cell counts nothing towards the minimums", func(c *vCase) {
		c.Groups[0].Minimum, c.Groups[0].Total, c.Groups[0].Cells = 1, num(2), append(c.Groups[0].Cells, vTownC)
	})
	l.add("ok-extras-one", "", "one contribution", func(c *vCase) { c.Extras = []string{refH("x1")} })
	l.add("ok-extras-three", "", "three contributions in the notice's order, one of them twice", func(c *vCase) {
		c.Extras = []string{refH("x2"), refH("x1"), refH("x2")}
	})
	l.add("ok-lottery-with-extras", "", "rho of a lottery line, kl8:2023225:02,05,…,80, last after two contributions", func(c *vCase) {
		c.Extras, c.Rho = []string{refH("x1"), refH("x2")}, refH("kl8:2023225:02,05,09,11,14,18,23,27,30,33,38,41,46,50,52,59,63,68,74,80")
	})
	l.add("ok-dice", "", "rho of a ceremony, d6:3641526341526341523641", func(c *vCase) { c.Rho = refH("d6:3641526341526341523641") })
	l.add("ok-inspectors-without-slots", "", "inspectors alone make no teams", func(c *vCase) { c.Slots = nil })
	l.add("ok-desc-non-bmp", "", "阳光签 𠮷野家 🎲 \u0001 \"quoted\" \\ back", objectsOnly)
	l.add("ok-members-in-other-order", "", "members in any order, blanks anywhere", objectsOnly,
		`"version": "draw1",`, ``, `"objects": [`, "\t\"version\" :\r\n\"draw1\",\n\"objects\": [")
	l.add("ok-escaped-text", "", "escapes in names and texts mean the characters", objectsOnly,
		`"version": "draw1"`, `"\u0076ersion": "\u0064raw1"`)
	l.goodTeams()
	l.add("ok-keys", "", "salts and handles of K (objects) and KI (inspectors, experts)", func(c *vCase) { objectsOnly(c); keys(c) })
	l.add("ok-keys-in-the-hat", "", "the openings are those of the objects in the pool", func(c *vCase) {
		keys(c)
		c.Handles, c.Objects = nil, nil
		for i := range 4 {
			o := c.open("O", fmt.Sprintf("9137032200000000%02d", i))
			c.Handles, c.Objects = append(c.Handles, o), append(c.Objects, vObject{o.Handle, vTownA, 1})
		}
		sort.Slice(c.Objects, func(i, j int) bool { return c.Objects[i].Handle < c.Objects[j].Handle })
	})
	l.add("ok-keycommit-alone", "", "K and its fingerprint without handles", func(c *vCase) {
		objectsOnly(c)
		c.K, c.KeyCommit = refH("k"), refH("draw1k", refH("k"))
	})
	l.add("ok-key-alone", "", "K without its fingerprint", func(c *vCase) { objectsOnly(c); c.K = refH("k") })
}

func (l *vList) goodTeams() {
	l.add("ok-teams", "", "teams of a lead and one more", nil)
	l.add("ok-teams-load", "", "few inspectors for many objects: loads are levelled, cap 4", func(c *vCase) {
		c.Objects, c.Groups[0].Total, c.Inspectors = vObjects(16, vTownA, vTownB), num(8), vPeople("lead", "lead", "")
		c.Slots = []string{"", "lead"}
	})
	l.add("ok-teams-look-ahead", "", "the only lead is kept free for the slot that needs one", func(c *vCase) {
		c.Slots, c.Inspectors = []string{"", "lead"}, vPeople("lead", "")
		census(c)
	})
	l.add("ok-teams-look-ahead-next-object", "", "someone is kept free for a later object where the others are recused", func(c *vCase) {
		c.Slots, c.Inspectors = []string{""}, vPeople("", "", "", "", "", "")
		census(c)
		for i := range 6 {
			recuse(c, i, (i+1)%6, (i+2)%6, (i+3)%6, (i+4)%6)
		}
	})
	l.add("ok-teams-qualifications", "", "slots with different qualifications, held together or apart", func(c *vCase) {
		c.Slots, c.Inspectors = []string{"lead", "food", "food"}, vPeople("food,lead", "food", "lead", "fire,food", "lead")
	})
	l.add("ok-recusals", "", "recusals, also at objects that are not drawn, also empty ones", func(c *vCase) {
		for i := range 5 {
			recuse(c, i, i%4)
		}
		recuse(c, 5)
	})
	l.add("ok-recusals-in-any-order", "", "the list of the recused is a set", func(c *vCase) {
		census(c)
		recuse(c, 0, 2, 0)
		recuse(c, 1, 3, 3)
	})
	l.add("ok-unstaffed-by-recusal", "", "recusals leave two objects without a possible team", func(c *vCase) {
		census(c)
		recuse(c, 1, 0, 1)
		recuse(c, 4, 0, 2, 3)
		recuse(c, 2, 0, 1, 2)
	})
	l.add("ok-unstaffed-nobody", "", "no inspectors: all are unstaffed, cap 0", func(c *vCase) { c.Inspectors = vPeople() })
	l.add("ok-unstaffed-one-person", "", "two slots cannot be filled by one person", func(c *vCase) { c.Inspectors = vPeople("lead") })
	l.add("ok-unstaffed-no-lead", "", "nobody holds the qualification", func(c *vCase) { c.Slots = []string{"", "Lead"} })
	l.add("ok-nine-slots", "", "nine slots", func(c *vCase) {
		c.Slots, c.Inspectors = make([]string, 9), vPeople("", "", "", "", "", "", "", "", "", "")
	})
	l.add("ok-group-teams", "", "two teams formed once share all drawn objects", func(c *vCase) { census(c); c.GroupTeams = 2 })
	l.add("ok-group-teams-recusal", "", "a team is barred where any of its members is", func(c *vCase) {
		census(c)
		c.GroupTeams = 2
		recuse(c, 0, 0)
		recuse(c, 3, 1)
		recuse(c, 5, 2)
	})
	l.add("ok-group-teams-unstaffed", "", "an object at which a member of every team is recused", func(c *vCase) {
		census(c)
		c.GroupTeams = 2
		recuse(c, 2, 0, 1, 2, 3)
	})
	l.add("ok-group-teams-none-drawn", "", "teams are formed though nothing is drawn", func(c *vCase) { c.GroupTeams, c.Groups[0].Total = 1, num(0) })
	l.add("ok-group-teams-one-each", "", "twelve teams of one: two digits in the names, more teams than objects", func(c *vCase) {
		c.GroupTeams, c.Slots, c.Inspectors = 12, []string{""}, vPeople("", "", "", "", "", "", "", "", "", "", "", "")
	})
}

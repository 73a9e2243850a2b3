package draw

import (
	"slices"
	"strings"
)

// bad adds the failing vectors.
func (l *vList) bad() {
	l.badMembers()
	l.badForms()
	l.badRelations()
	l.badLater()
	l.badOrder()
}

// field is a vector with the error bad-field.
func (l *vList) field(name, desc string, change func(c *vCase), edits ...string) {
	l.add("bad-field-"+name, "bad-field", desc, change, edits...)
}

func (l *vList) badMembers() {
	l.field("no-desc", "", nil, `"desc": "",`, ``)
	l.field("no-version", "version is missing", nil, `"version": "draw1",`, ``)
	l.field("no-extras", "extras may be empty, not absent", nil, `"extras": [],`, ``)
	l.field("no-weight", "an object without weight", nil, `,"weight":1}`, `}`)
	l.field("no-qualifications", "an inspector without the member, not with an empty list", nil, `,"qualifications":["lead"]}`, `}`)
	l.field("no-total", "the rule total needs a total", func(c *vCase) { c.Groups[0].Total = nil })
	l.field("unknown-member", "a member that the format does not know", nil, `"groups":`, `"grade": "A", "groups":`)
	l.field("unknown-member-of-object", "the same within an object", nil, `"weight":1}`, `"weight":1,"name":"x"}`)
	l.field("name-in-other-case", "Weight is not weight", nil, `"weight":1}`, `"Weight":1}`)
	l.field("name-in-other-case-beside", "rho and Rho", nil, `"groups":`, `"Rho": "`+refH("other")+`", "groups":`)
	l.field("repeated-member", "the same member twice with the same value", nil, `"version": "draw1",`, `"version": "draw1", "version": "draw1",`)
	l.field("repeated-weight", "the last of repeated members does not count", nil, `"weight":1}`, `"weight":17,"weight":1}`)
	l.field("repeated-by-escape", "an escaped name is the same name", nil, `"weight":1}`, `"weight":1,"\u0077eight":1}`)
	l.field("repeated-recusal", "an object twice among the recusals", func(c *vCase) { recuse(c, 0) },
		`"recusals": {`, `"recusals": {"`+vBase().Objects[0].Handle+`":[],`)
	l.field("null", "null is not an empty list", nil, `"extras": []`, `"extras": null`)
	l.field("null-optional", "null is not absence", objectsOnly, `"groups":`, `"slots": null, "groups":`)
	l.field("weight-text", "a number in quotes", nil, `"weight":1}`, `"weight":"1"}`)
	l.field("weight-true", "true is not 1", nil, `"weight":1}`, `"weight":true}`)
	l.field("weight-fraction", "a fraction", nil, `"weight":1}`, `"weight":1.5}`)
	l.field("weight-point-zero", "1.0 is not a plain integer", nil, `"weight":1}`, `"weight":1.0}`)
	l.field("weight-exponent", "1e0 is not a plain integer", nil, `"weight":1}`, `"weight":1e0}`)
	l.field("weight-minus-zero", "-0 is not a plain integer", nil, `"weight":1}`, `"weight":-0}`)
	l.field("weight-sixteen-digits", "integers have at most 15 digits", nil, `"weight":1}`, `"weight":1000000000000000}`)
	l.field("total-negative", "a total is 0 or more", func(c *vCase) { c.Groups[0].Total = num(-1) })
	l.field("minimum-fraction", "a minimum is a plain integer", nil, `"total":3`, `"total":3,"minimum":0.5`)
	l.field("group-teams-zero", "group_teams is left out, not 0", nil, `"groups":`, `"group_teams": 0, "groups":`)
	l.field("group-teams-hundred", "at most 99 group teams", func(c *vCase) { c.GroupTeams = 100 })
	l.field("objects-not-a-list", "objects in an object", nil, `"objects": [`, `"objects": {}, "x": [`)
	l.field("recusals-not-an-object", "recusals in a list", nil, `"groups":`, `"recusals": [], "groups":`)
}

func (l *vList) badForms() {
	l.field("version", "another version", func(c *vCase) { c.Version = "draw2" })
	l.field("hash-upper-case", "hex is lower case", func(c *vCase) { c.C = strings.ToUpper(c.C) })
	l.field("hash-short", "63 digits", func(c *vCase) { c.Rho = c.Rho[1:] })
	l.field("extra-long", "a contribution of 65 digits", func(c *vCase) { c.Extras = []string{refH("x") + "0"} })
	l.field("handle-upper-case", "a handle with upper-case digits", func(c *vCase) { c.Objects[5].Handle = strings.ToUpper(c.Objects[5].Handle) })
	l.field("handle-as-hash", "a handle of 64 digits", func(c *vCase) { c.Objects[0].Handle += c.Objects[0].Handle })
	l.field("inspector-handle-empty", "an empty handle", func(c *vCase) { (*c.Inspectors)[0].Handle = "" })
	l.field("cell-empty", "an empty cell code", func(c *vCase) { c.Objects[0].Cell = "" })
	l.field("cell-blank", "a blank in a cell code", func(c *vCase) { c.Groups[0].Cells[0] = "370322 101" })
	l.field("cell-line-feed", "a line feed after a cell code", func(c *vCase) { c.Objects[2].Cell += "\n" })
	l.field("cell-65", "a cell code of 65 characters", func(c *vCase) { c.Groups[0].Cells[1] = strings.Repeat("x", 65) })
	l.field("cell-chinese", "a cell is named by code", func(c *vCase) { c.Groups[0].Cells[1] = "田镇街道" })
	l.field("cell-non-bmp", "characters beyond the basic plane", func(c *vCase) { c.Groups[0].Cells[1] = "𠮷" })
	l.field("group-name-pipe", "a pipe in a group name", func(c *vCase) { c.Groups[0].Name = "a|b" })
	l.field("qualification-empty", "an empty qualification of an inspector", func(c *vCase) { (*c.Inspectors)[1].Qualifications = []string{""} })
	l.field("slot-comma", "a comma in a slot", func(c *vCase) { c.Slots[0] = "lead,food" })
	l.field("rule", "an unknown rule", func(c *vCase) { c.Groups[0].Rule = "quota" })
	l.field("id-lower-case", "an id that is not upper-cased", func(c *vCase) { keys(c); c.Handles[0] = c.open("O", "91370322ma3d00001x") })
	l.field("id-full-width", "an id before NFKC", func(c *vCase) { keys(c); c.Handles[0] = c.open("O", "９１370322MA3D00001X") })
	l.field("id-non-bmp", "mathematical digits, which NFKC would make plain", func(c *vCase) { keys(c); c.Handles[0] = c.open("O", "𝟗𝟏370322MA3D00001X") })
	l.field("id-full-width-colon", "registration number after U+FF1A", func(c *vCase) { keys(c); c.Handles[1] = c.open("O", "注册号：370322600012345") })
	l.field("id-seventeen", "a credit code of 17 characters", func(c *vCase) { keys(c); c.Handles[0] = c.open("O", "91370322MA3D00001") })
	l.field("id-registration-short", "a registration number of 7", func(c *vCase) { keys(c); c.Handles[1] = c.open("O", "注册号:3703226") })
	l.field("id-person-short", "a certificate number of 3", func(c *vCase) { keys(c); c.Handles[2] = c.open("I", "370") })
	l.field("id-person-as-object", "a person's id is not an enterprise's", func(c *vCase) { keys(c); c.Handles[0] = c.open("O", "3703220001") })
	l.field("kind", "an unknown kind", func(c *vCase) { keys(c); c.Handles[0].Kind = "o" })
	l.field("key-short", "K of 31 bytes", func(c *vCase) { keys(c); c.K = c.K[2:] })
}

func (l *vList) badRelations() {
	l.field("no-groups", "at least one group", func(c *vCase) { c.Groups = []vGroup{} })
	l.field("group-name-twice", "two groups of one name", func(c *vCase) {
		c.Groups = append(c.Groups, vGroup{Name: "all", Rule: "census", Cells: []string{vTownC}})
	})
	l.field("cell-twice", "a cell twice in a group", func(c *vCase) { c.Groups[0].Cells = append(c.Groups[0].Cells, vTownA) })
	l.field("cell-in-two-groups", "a cell in two groups", func(c *vCase) {
		c.Groups = append(c.Groups, vGroup{Name: "b", Rule: "census", Cells: []string{vTownC, vTownB}})
	})
	l.field("total-in-census", "a census has no total", func(c *vCase) { census(c); c.Groups[0].Total = num(6) })
	l.field("minimum-in-census", "a census has no minimum, not even 0", census, `"rule":"census"`, `"rule":"census","minimum":0`)
	l.field("slots-empty", "slots has 1 to 9 entries", nil, `"slots": ["lead",""]`, `"slots": []`)
	l.field("slots-ten", "slots has 1 to 9 entries", func(c *vCase) { c.Slots = make([]string, 10) })
	l.field("slots-without-inspectors", "teams of whom", func(c *vCase) { c.Inspectors = nil })
	l.field("group-teams-without-slots", "group teams without a team shape", func(c *vCase) { c.Slots, c.GroupTeams = nil, 2 })
	l.field("recusal-of-unknown-object", "a recusal at an object that is not in the pool", func(c *vCase) {
		c.Recusals = map[string][]string{refH("nobody")[:32]: {}}
	})
	l.field("recusal-of-unknown-inspector", "a recusal of somebody who is not in the pool", func(c *vCase) {
		c.Recusals = map[string][]string{c.Objects[0].Handle: {refH("nobody")[:32]}}
	})
	l.field("recusal-without-inspectors", "a recusal where there are no inspectors", func(c *vCase) {
		recuse(c, 0, 1)
		objectsOnly(c)
	})
	l.field("recusals-swapped", "inspector and object in each other's place", func(c *vCase) {
		c.Recusals = map[string][]string{(*c.Inspectors)[0].Handle: {c.Objects[0].Handle}}
	})
	l.field("keycommit-without-key", "a fingerprint that nothing can be checked with", func(c *vCase) { keys(c); c.KI, c.Handles = "", nil })
	l.field("handle-without-key", "an opening of a kind whose key is not given", func(c *vCase) { keys(c); c.K, c.KeyCommit = "", "" })
}

func (l *vList) badLater() {
	l.add("bad-handle-order-objects", "bad-handle-order", "objects descend", func(c *vCase) { slices.Reverse(c.Objects) })
	l.add("bad-handle-order-last-objects", "bad-handle-order", "the last two objects are swapped", func(c *vCase) {
		c.Objects[4], c.Objects[5] = c.Objects[5], c.Objects[4]
	})
	l.add("bad-handle-order-inspectors", "bad-handle-order", "inspectors descend", func(c *vCase) { slices.Reverse(*c.Inspectors) })
	l.add("bad-handle-order-unused-inspectors", "bad-handle-order", "the order counts where no slots are, too", func(c *vCase) {
		c.Slots = nil
		slices.Reverse(*c.Inspectors)
	})
	l.add("bad-duplicate-handle-objects", "duplicate-handle", "an object twice", func(c *vCase) { c.Objects[3].Handle = c.Objects[2].Handle })
	l.add("bad-duplicate-handle-other-cell", "duplicate-handle", "an object in two cells", func(c *vCase) {
		c.Objects = append([]vObject{{c.Objects[0].Handle, vTownB, 1}}, c.Objects...)
	})
	l.add("bad-duplicate-handle-inspectors", "duplicate-handle", "an inspector twice", func(c *vCase) { (*c.Inspectors)[1].Handle = (*c.Inspectors)[0].Handle })
	l.add("bad-unknown-cell", "unknown-cell", "a cell of no group", func(c *vCase) { c.Objects[0].Cell = vTownC })
	l.add("bad-unknown-cell-prefix", "unknown-cell", "the beginning of a cell's code is not the cell", func(c *vCase) { c.Objects[5].Cell = vTownA[:8] })
	l.add("bad-unknown-cell-case", "unknown-cell", "codes differ by case", func(c *vCase) {
		c.Groups[0].Cells = append(c.Groups[0].Cells, "B")
		c.Objects[1].Cell = "b"
	})
	l.add("bad-weight-zero", "bad-weight", "weight 0", func(c *vCase) { c.Objects[2].Weight = 0 })
	l.add("bad-weight-seventeen", "bad-weight", "weight 17", func(c *vCase) { c.Objects[2].Weight = 17 })
	l.add("bad-weight-negative", "bad-weight", "weight -1 is an integer out of range", func(c *vCase) { c.Objects[0].Weight = -1 })
	l.add("bad-weight-large", "bad-weight", "a weight of 15 digits, in a census", func(c *vCase) { census(c); c.Objects[5].Weight = 999999999999999 })
	l.add("bad-empty-pool", "empty-pool", "no objects", func(c *vCase) { c.Objects = []vObject{} })
	l.add("bad-empty-pool-census", "empty-pool", "no objects for a census", func(c *vCase) { census(c); c.Objects = []vObject{} })
	l.add("bad-empty-pool-total-zero", "empty-pool", "no objects and none wanted", func(c *vCase) { c.Objects, c.Groups[0].Total = []vObject{}, num(0) })
	l.add("bad-minimum-over-total", "minimum-over-total", "two cells of at least 2 from a total of 3", func(c *vCase) { c.Groups[0].Minimum = 2 })
	l.add("bad-minimum-over-total-second-group", "minimum-over-total", "each group by itself", func(c *vCase) {
		c.Groups = []vGroup{{Name: "a", Rule: "total", Total: num(3), Minimum: 3, Cells: []string{vTownA}}, {Name: "b", Rule: "total", Total: num(0), Minimum: 1, Cells: []string{vTownB}}}
	})
	l.add("bad-minimum-over-total-large", "minimum-over-total", "a minimum beyond all cells asks for everybody", func(c *vCase) {
		c.Groups[0].Total, c.Groups[0].Minimum = num(5), 999999999999999
	})
	for _, v := range []struct {
		name, desc string
		change     func(c *vCase)
	}{
		{"keycommit", "the fingerprint of another K", func(c *vCase) { c.KeyCommit = refH("draw1k", c.KI) }},
		{"keycommit-of-hash", "the fingerprint of the bytes, not of their hex", func(c *vCase) { c.KeyCommit = refH(c.K) }},
		{"keycommit-inspectors", "the fingerprint of another KI", func(c *vCase) { c.KeyCommitI = refH("draw1k", c.K) }},
		{"salt", "a salt that K does not give", func(c *vCase) { c.Handles[0].Salt = c.Handles[1].Salt }},
		{"handle", "a handle that the salt does not give", func(c *vCase) { c.Handles[1].Handle = c.Handles[0].Handle }},
		{"other-id", "an opening passed off as another enterprise's", func(c *vCase) { c.Handles[0].ID = "91370322MA3D00002X" }},
		{"other-kind", "an inspector's opening as an expert's", func(c *vCase) { c.Handles[2].Kind = "E" }},
		{"own-salt", "salt and handle agree, but the key does not give the salt", func(c *vCase) {
			h := &c.Handles[0]
			h.Salt = refH("chosen")[:32]
			h.Handle = refH("draw1h", "O", h.Salt, h.ID)[:32]
		}},
		{"wrong-key", "an expert's opening made with K instead of KI", func(c *vCase) {
			swapped := *c
			swapped.K, swapped.KI = c.KI, c.K
			c.Handles[3] = swapped.open("E", "E-2023-07")
		}},
	} {
		l.add("bad-opening-"+v.name, "bad-opening", v.desc, func(c *vCase) { keys(c); v.change(c) })
	}
	l.add("bad-unstaffed-team-few", "unstaffed-team", "three teams of two from four inspectors", func(c *vCase) { c.GroupTeams = 3 })
	l.add("bad-unstaffed-team-leads", "unstaffed-team", "three leads from two who may lead", func(c *vCase) {
		c.GroupTeams, c.Inspectors = 3, vPeople("lead", "lead", "", "", "", "", "")
	})
	l.add("bad-unstaffed-team-nobody", "unstaffed-team", "a team of nobody", func(c *vCase) { c.GroupTeams, c.Inspectors = 1, vPeople() })
	l.add("bad-unstaffed-team-none-drawn", "unstaffed-team", "the teams are formed first, whatever is drawn", func(c *vCase) {
		c.GroupTeams, c.Groups[0].Total = 3, num(0)
	})
}

// badOrder adds, for each test and each later one, a case that fails both: the
// earlier names the error, though its fault stands last in the case.
func (l *vList) badOrder() {
	faults := []struct {
		code  string
		spoil func(c *vCase)
	}{
		{"bad-field", func(c *vCase) { c.Recusals = map[string][]string{c.Objects[0].Handle: {refH("nobody")[:32]}} }},
		{"bad-handle-order", func(c *vCase) { slices.Reverse(*c.Inspectors) }},
		{"duplicate-handle", func(c *vCase) { (*c.Inspectors)[1].Handle = (*c.Inspectors)[0].Handle }},
		{"unknown-cell", func(c *vCase) { c.Objects[5].Cell = vTownC }},
		{"bad-weight", func(c *vCase) { c.Objects[4].Weight = 17 }},
		{"minimum-over-total", func(c *vCase) { c.Groups[0].Minimum = 2 }},
		{"bad-opening", func(c *vCase) { keys(c); c.Handles[3].ID = "E-2023-08" }},
		{"unstaffed-team", func(c *vCase) { c.GroupTeams = 9 }},
	}
	for i, first := range faults {
		for _, then := range faults[i+1:] {
			l.add("bad-first-"+first.code+"-then-"+then.code, first.code, "fails "+first.code+" and "+then.code+"; the earlier test speaks",
				func(c *vCase) { then.spoil(c); first.spoil(c) })
		}
	}
	l.add("bad-first-bad-handle-order-then-duplicate-objects", "bad-handle-order", "inspectors out of order, objects doubled", func(c *vCase) {
		c.Objects[1].Handle = c.Objects[0].Handle
		slices.Reverse(*c.Inspectors)
	})
	l.add("bad-first-empty-pool-then-bad-opening", "empty-pool", "no objects and a false opening", func(c *vCase) {
		keys(c)
		c.Objects, c.KeyCommit = []vObject{}, refH("other")
	})
	l.add("bad-first-empty-pool-then-minimum", "empty-pool", "no objects; minimums of an empty cell are 0 anyhow", func(c *vCase) {
		c.Objects, c.Groups[0].Minimum = []vObject{}, 9
	})
}

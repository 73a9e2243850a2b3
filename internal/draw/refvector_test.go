package draw

import (
	"encoding/hex"
	"encoding/json"
	"io"
	"regexp"
	"sort"
	"strings"
)

// The vector form of draw1 §10 for the reference, and its shape as a table.

type vGroup struct {
	Name    string   `json:"name"`
	Rule    string   `json:"rule"`
	Total   *int     `json:"total,omitempty"`
	Minimum int      `json:"minimum,omitempty"`
	Cells   []string `json:"cells"`
}

type vObject struct {
	Handle string `json:"handle"`
	Cell   string `json:"cell"`
	Weight int    `json:"weight"`
}

type vInspector struct {
	Handle         string   `json:"handle"`
	Qualifications []string `json:"qualifications"`
}

type vOpening struct {
	Kind   string `json:"kind"`
	ID     string `json:"id"`
	Salt   string `json:"salt"`
	Handle string `json:"handle"`
}

type vCase struct {
	Desc       string              `json:"desc"`
	Version    string              `json:"version"`
	C          string              `json:"C"`
	Extras     []string            `json:"extras"`
	Rho        string              `json:"rho"`
	K          string              `json:"K,omitempty"`
	KI         string              `json:"KI,omitempty"`
	KeyCommit  string              `json:"keycommit,omitempty"`
	KeyCommitI string              `json:"keycommitI,omitempty"`
	Handles    []vOpening          `json:"handles,omitempty"`
	Groups     []vGroup            `json:"groups"`
	Objects    []vObject           `json:"objects"`
	Slots      []string            `json:"slots,omitempty"`
	GroupTeams int                 `json:"group_teams,omitempty"`
	Inspectors *[]vInspector       `json:"inspectors,omitempty"`
	Recusals   map[string][]string `json:"recusals,omitempty"`
}

type (
	vNumber string         // a number whose writing matches
	vDict   [2]any         // an object of any members: form of names, shape of values
	vObj    map[string]any // an object; names that end with ? are optional
)

const (
	vHash  = `^[0-9a-f]{64}$`
	vShort = `^[0-9a-f]{32}$`
	vName  = `^[0-9A-Za-z._~-]{1,64}$`
	vNat   = vNumber(`^(0|[1-9][0-9]{0,14})$`)
	vInt   = vNumber(`^(0|-?[1-9][0-9]{0,14})$`)
)

var vShape = vObj{
	"desc": ``, "version": `^draw1$`, "C": vHash, "extras": []any{vHash}, "rho": vHash,
	"K?": vHash, "KI?": vHash, "keycommit?": vHash, "keycommitI?": vHash,
	"handles?":     []any{vObj{"kind": `^[OIE]$`, "id": `^([0-9A-Z]{18}|注册号:[0-9A-Z]{8,18}|[0-9A-Z-]{4,32})$`, "salt": vShort, "handle": vShort}},
	"groups":       []any{vObj{"name": vName, "rule": `^(total|census)$`, "total?": vNat, "minimum?": vNat, "cells": []any{vName}}},
	"objects":      []any{vObj{"handle": vShort, "cell": vName, "weight": vInt}},
	"slots?":       []any{`^$|` + vName},
	"group_teams?": vNumber(`^[1-9][0-9]?$`),
	"inspectors?":  []any{vObj{"handle": vShort, "qualifications": []any{vName}}},
	"recusals?":    vDict{vShort, []any{vShort}},
}

func vFits(v, shape any) bool {
	switch s := shape.(type) {
	case string:
		text, ok := v.(string)
		return ok && regexp.MustCompile(s).MatchString(text)
	case vNumber:
		n, ok := v.(json.Number)
		return ok && regexp.MustCompile(string(s)).MatchString(n.String())
	case []any:
		list, ok := v.([]any)
		for _, item := range list {
			ok = ok && vFits(item, s[0])
		}
		return ok
	case vDict:
		dict, ok := v.(map[string]any)
		for name, item := range dict {
			ok = ok && vFits(name, s[0]) && vFits(item, s[1])
		}
		return ok
	case vObj:
		object, ok := v.(map[string]any)
		known := 0
		for name, inner := range s {
			item, found := object[strings.TrimSuffix(name, "?")]
			if found {
				known++
			}
			ok = ok && (found && vFits(item, inner) || !found && strings.HasSuffix(name, "?"))
		}
		return ok && known == len(object)
	}
	return false
}

// vRepeats tells whether any object of the text has a member twice.
func vRepeats(text string) bool {
	dec := json.NewDecoder(strings.NewReader(text))
	var names []map[string]bool // nil in arrays
	wantName := false
	for {
		token, err := dec.Token()
		if err == io.EOF {
			return false
		}
		top := len(names) - 1
		if name, isText := token.(string); isText && top >= 0 && names[top] != nil && wantName {
			if names[top][name] {
				return true
			}
			names[top][name], wantName = true, false
			continue
		}
		switch token {
		case json.Delim('{'):
			names = append(names, map[string]bool{})
		case json.Delim('['):
			names = append(names, nil)
		case json.Delim('}'), json.Delim(']'):
			names = names[:top]
		}
		wantName = true
	}
}

// refVector computes expect for the text of a case without it.
func refVector(text string) any {
	var tree any
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	if err := dec.Decode(&tree); err != nil {
		panic(err)
	}
	var v vCase
	if vRepeats(text) || !vFits(tree, vShape) || json.Unmarshal([]byte(text), &v) != nil {
		return vError("bad-field")
	}
	members := tree.(map[string]any)
	c, ok := v.fields(members)
	if !ok {
		return vError("bad-field")
	}
	seed := refH(append(append([]string{"draw1", v.C}, v.Extras...), v.Rho)...)
	out, code := refCast(seed, c)
	if (code == "" || code == "unstaffed-team") && !v.opens() {
		code = "bad-opening"
	}
	if code != "" {
		return vError(code)
	}
	return vExpect(out, c)
}

type vFailure struct {
	Error string `json:"error"`
}

func vError(code string) vFailure { return vFailure{code} }

// fields are the rules of bad-field that go beyond the shape.
func (v vCase) fields(members map[string]any) (c Case, ok bool) {
	ok = len(v.Groups) > 0
	var names, cells, handles []string
	for i, g := range v.Groups {
		raw := members["groups"].([]any)[i].(map[string]any)
		_, minimum := raw["minimum"]
		ok = ok && (g.Rule == "total") == (g.Total != nil) && !(g.Rule == "census" && minimum)
		group := Group{Name: g.Name, Rule: g.Rule, Minimum: g.Minimum, Cells: g.Cells}
		if g.Total != nil {
			group.Total = *g.Total
		}
		c.Groups = append(c.Groups, group)
		names, cells = append(names, g.Name), append(cells, g.Cells...)
	}
	ok = ok && distinct(names) && distinct(cells)
	for _, o := range v.Objects {
		c.Objects = append(c.Objects, Object(o))
		handles = append(handles, o.Handle)
	}
	_, slots := members["slots"]
	if slots {
		c.Slots = append([]string{}, v.Slots...)
		ok = ok && len(v.Slots) >= 1 && len(v.Slots) <= 9 && v.Inspectors != nil
	}
	ok = ok && (v.GroupTeams == 0 || slots)
	c.GroupTeams = v.GroupTeams
	var people []string
	if v.Inspectors != nil {
		c.Inspectors = []Inspector{}
		for _, p := range *v.Inspectors {
			c.Inspectors = append(c.Inspectors, Inspector(p))
			people = append(people, p.Handle)
		}
	}
	c.Recusals = v.Recusals
	for o, list := range v.Recusals {
		ok = ok && among(o, handles)
		for _, p := range list {
			ok = ok && among(p, people)
		}
	}
	ok = ok && (v.K != "" || v.KeyCommit == "") && (v.KI != "" || v.KeyCommitI == "")
	for _, h := range v.Handles {
		if h.Kind == "O" {
			ok = ok && v.K != "" && regexp.MustCompile(`^([0-9A-Z]{18}|注册号:.*)$`).MatchString(h.ID)
		} else {
			ok = ok && v.KI != "" && regexp.MustCompile(`^[0-9A-Z-]{4,32}$`).MatchString(h.ID)
		}
	}
	return c, ok
}

func among(s string, list []string) bool {
	for _, item := range list {
		if item == s {
			return true
		}
	}
	return false
}

func distinct(list []string) bool {
	sorted := append([]string{}, list...)
	sort.Strings(sorted)
	for i := 1; i < len(sorted); i++ {
		if sorted[i] == sorted[i-1] {
			return false
		}
	}
	return true
}

// opens tells whether the keys give what stands in the case.
func (v vCase) opens() bool {
	ok := v.KeyCommit == "" || v.KeyCommit == refH("draw1k", v.K)
	ok = ok && (v.KeyCommitI == "" || v.KeyCommitI == refH("draw1k", v.KI))
	for _, h := range v.Handles {
		ok = ok && h == v.open(h.Kind, h.ID)
	}
	return ok
}

// open is what the keys of the case give for an id.
func (v vCase) open(kind, id string) vOpening {
	text := v.KI
	if kind == "O" {
		text = v.K
	}
	key, _ := hex.DecodeString(text)
	salt := refMAC(key, "draw1s", kind, id)
	return vOpening{kind, id, salt, refH("draw1h", kind, salt, id)[:32]}
}

type vTeam struct {
	Object  string   `json:"object,omitempty"`
	Team    string   `json:"team,omitempty"`
	Members []string `json:"members"`
}

type vDrawn struct {
	Cell    string      `json:"cell"`
	Cutoff  string      `json:"cutoff"`
	Objects []vOneDrawn `json:"objects"`
}

type vOneDrawn struct {
	Handle string `json:"handle"`
	Ticket string `json:"ticket"`
}

type vOutcome struct {
	Seed       string         `json:"seed"`
	Quotas     map[string]int `json:"quotas"`
	Drawn      []vDrawn       `json:"drawn"`
	Cap        *int           `json:"cap,omitempty"`
	Teams      *[]vTeam       `json:"teams,omitempty"`
	GroupTeams *[]vTeam       `json:"group_teams,omitempty"`
	Unstaffed  *[]string      `json:"unstaffed,omitempty"`
}

func vExpect(out *Outcome, c Case) vOutcome {
	e := vOutcome{Seed: out.Seed, Quotas: map[string]int{}, Drawn: []vDrawn{}}
	for _, r := range out.Cells {
		e.Quotas[r.Cell] = r.Quota
		d := vDrawn{Cell: r.Cell, Cutoff: r.Cutoff, Objects: []vOneDrawn{}}
		for _, o := range r.Objects {
			d.Objects = append(d.Objects, vOneDrawn(o))
		}
		e.Drawn = append(e.Drawn, d)
	}
	if c.Slots == nil {
		return e
	}
	teams, unstaffed := []vTeam{}, append([]string{}, out.Unstaffed...)
	for _, t := range out.Teams {
		teams = append(teams, vTeam{Object: t.Object, Members: t.Members})
	}
	e.Cap, e.Teams, e.Unstaffed = &out.Cap, &teams, &unstaffed
	if c.GroupTeams > 0 {
		groups := []vTeam{}
		for _, t := range out.GroupTeams {
			groups = append(groups, vTeam{Team: t.Object, Members: t.Members})
		}
		e.GroupTeams = &groups
	}
	return e
}

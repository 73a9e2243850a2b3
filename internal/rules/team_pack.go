package rules

import (
	"slices"
	"strconv"
)

// TeamRule says who inspects together.
type TeamRule struct {
	Min      int      `json:"min" toml:"min"`
	Clause   string   `json:"clause" toml:"clause"`
	Unit     string   `json:"team_unit,omitempty" toml:"team_unit"`       // target (as without), batch, task: whose team 检查组 is
	Leader   string   `json:"leader" toml:"leader"`                       // slot0, named, none
	Replace  string   `json:"replace" toml:"replace"`                     // appoint, lot, either (the notice says which), none
	Grounds  []string `json:"grounds,omitempty" toml:"grounds"`           // of a replacement
	Other    string   `json:"other_ground,omitempty" toml:"other_ground"` // the one of them that needs a note
	Change   string   `json:"change_clause,omitempty" toml:"change_clause"`
	Coverage bool     `json:"coverage,omitempty" toml:"coverage"` // every speciality that an item needs is some slot's
	Cover    string   `json:"coverage_clause,omitempty" toml:"coverage_clause"`
	Direct   string   `json:"direct_clause,omitempty" toml:"direct_clause"` // 直接委派; without it there is none
	Factor   int      `json:"direct_factor,omitempty" toml:"direct_factor"` // also where the hat is smaller than so many teams (A20)
	Recusal  string   `json:"recusal_clause,omitempty" toml:"recusal_clause"`
	Experts  string   `json:"expert_clause,omitempty" toml:"expert_clause"` // without it no expert is drawn or appointed
}

// check returns place, got and want of what the engine could not act on.
func (t *TeamRule) check() (place, got, want string) {
	switch {
	case !slices.Contains([]string{"slot0", "named", "none"}, t.Leader) || t.Min < 1 || t.Min > 9:
		return "team", t.Leader, "leader slot0, named or none; min 1..9"
	case !slices.Contains([]string{"", "target", "batch", "task"}, t.Unit):
		return "team.team_unit", t.Unit, "target, batch or task"
	case !slices.Contains([]string{replaceAppoint, replaceLot, replaceEither, "none"}, t.Replace):
		return "team.replace", t.Replace, "appoint, lot, either or none"
	case t.Coverage != (t.Cover != ""):
		return "team.coverage", t.Cover, "coverage_clause with coverage = true, and not without"
	case t.Factor < 0 || t.Factor > 9 || t.Factor > 0 && t.Direct == "":
		return "team.direct_factor", strconv.Itoa(t.Factor), "0..9, with direct_clause"
	case t.Direct != "" && t.Replace == "none":
		return "team.direct_clause", t.Replace, "replace of another kind than none"
	case t.Other != "" && !slices.Contains(t.Grounds, t.Other):
		return "team.other_ground", t.Other, "one of grounds"
	}
	return "", "", ""
}

// together reports whether a team is formed for many objects at once.
func (t *TeamRule) together() bool { return t.Unit == "batch" || t.Unit == "task" }

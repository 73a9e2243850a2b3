package rules

import (
	"slices"
	"strconv"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
)

// JointRule ([joint]) says what joint checks of several departments (部门联合抽查)
// demand (Yanshi 4, 24–26; Gaoqing 6.2, 8.2). An empty one demands nothing.
type JointRule struct {
	MinPerYear int      `json:"min_per_year,omitempty" toml:"min_per_year"` // led or joined, in a calendar year
	WarnFrom   int      `json:"warn_from,omitempty" toml:"warn_from"`       // month from whose first day their lack is told
	Clause     string   `json:"clause,omitempty" toml:"clause"`             // of MinPerYear
	ListBy     string   `json:"list_clause,omitempty" toml:"list_clause"`   // a published list of partners
	Confirm    string   `json:"confirm,omitempty" toml:"confirm"`           // refuse, warn: a notice that a partner has not confirmed
	ConfirmOf  []string `json:"confirm_of,omitempty" toml:"confirm_of"`     // kinds of partners who confirm: section, department
	ConfirmBy  string   `json:"confirm_clause,omitempty" toml:"confirm_clause"`
	SendBy     string   `json:"dispatch_clause,omitempty" toml:"dispatch_clause"` // the list goes to each partner
	Leader     string   `json:"leader,omitempty" toml:"leader"`                   // lead-unit, none
	LeaderBy   string   `json:"leader_clause,omitempty" toml:"leader_clause"`
	Team       string   `json:"partner_team,omitempty" toml:"partner_team"` // own-selected, drawn
	TeamBy     string   `json:"team_clause,omitempty" toml:"team_clause"`
	JoinedBy   string   `json:"joined_clause,omitempty" toml:"joined_clause"` // taking part in another's check
	PlanBy     string   `json:"plan_clause,omitempty" toml:"plan_clause"`     // a yearly plan of joint checks
	Coverage   string   `json:"coverage,omitempty" toml:"coverage"`           // all, joint, none: the lines that must name every item
	CoverageBy string   `json:"coverage_clause,omitempty" toml:"coverage_clause"`
	MergeBy    string   `json:"merge_clause,omitempty" toml:"merge_clause"` // several tasks about one object are put together
	VisitBy    string   `json:"visit_clause,omitempty" toml:"visit_clause"` // one visit for all departments
	ResultBy   string   `json:"result_clause,omitempty" toml:"result_clause"`
}

// partnerKinds are the two kinds of a partner (Y-4.5).
var partnerKinds = []string{"section", "department"}

func (r *JointRule) check() error {
	bad := func(place, got, want string) error { return fault.New("rules.bad-pack", "joint."+place, got, want) }
	for _, c := range []struct {
		place, got string
		of         []string
	}{{"confirm", r.Confirm, []string{"refuse", "warn"}}, {"leader", r.Leader, []string{"lead-unit", "none"}},
		{"partner_team", r.Team, []string{"own-selected", "drawn"}}, {"coverage", r.Coverage, []string{"all", "joint", "none"}}} {
		if c.got != "" && !slices.Contains(c.of, c.got) {
			return bad(c.place, c.got, c.of[0]+" …")
		}
	}
	if r.MinPerYear < 0 || r.WarnFrom < 0 || r.WarnFrom > 12 || (r.MinPerYear > 0) != (r.WarnFrom > 0) {
		return bad("min_per_year, warn_from", strconv.Itoa(r.MinPerYear)+" "+strconv.Itoa(r.WarnFrom), "两项都写（warn_from 是 1—12），或者都不写")
	}
	for _, kind := range r.ConfirmOf {
		if !slices.Contains(partnerKinds, kind) {
			return bad("confirm_of", kind, "section、department")
		}
	}
	if (len(r.ConfirmOf) > 0) != (r.Confirm != "") {
		return bad("confirm", r.Confirm, "refuse 或 warn，并写 confirm_of")
	}
	return nil
}

// warnsFrom is the day of a year from which the lack of a joint check is told.
func (r *JointRule) warnsFrom(year int64) string {
	return num(year) + "-" + twoDigits(r.WarnFrom) + "-01"
}

func twoDigits(n int) string {
	if n < 10 {
		return "0" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

// confirms reports whether a partner has to confirm before the notice.
func (r *JointRule) confirms(p record.Partner) bool { return slices.Contains(r.ConfirmOf, p.Kind) }

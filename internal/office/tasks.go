package office

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sunlot/sunlot/internal/intake"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// Task turns a row of a task sheet into what is announced, resolving towns and
// specialities with the pack. What the sheet repeats of its plan line must be
// what the line says: the plan is public, and the draw follows it. t holds the
// randomness, or when the platform casts.
func (o *Office) Task(r *intake.Task, t rules.Task) (rules.Task, []intake.Problem, error) {
	t.Line, t.Name, t.From, t.To, t.Scheme, t.Earlier = r.Plan, r.Name, r.From, r.To, r.Scheme, r.Earlier
	when := t.When()
	s, err := o.State()
	if err != nil {
		return t, nil, err
	}
	var problems []intake.Problem
	for _, u := range r.Units {
		unit := record.Unit{Name: u.Name}
		for _, town := range u.Towns {
			unit.Towns = append(unit.Towns, named(s.Pack.Towns, town, r.Line, "任务执行单位", "office.unknown-town", &problems))
		}
		t.Units = append(t.Units, unit)
	}
	for _, q := range r.Slots {
		t.Slots = append(t.Slots, named(s.Pack.Specialities, q, r.Line, "所需专长", "office.unknown-speciality", &problems))
	}
	t.Groups, t.Later, t.ByLot = r.GroupTeams, r.TeamsLater, r.ByLot
	for range r.Experts {
		t.Experts = append(t.Experts, "")
	}
	for len(t.Slots) < r.TeamSize {
		t.Slots = append(t.Slots, "")
	}
	if r.Earlier != "" && s.Lot(r.Earlier) == nil {
		problems = append(problems, problem(r.Line, "重新抽取的原编号", "office.no-such-draw", r.Earlier, ""))
	}
	year, _ := strconv.Atoi(when[:4])
	if plan := s.Plan(int64(year)); plan != nil {
		if line := plan.Body.Line(r.Plan); line != nil {
			problems = append(problems, differs(s, r, line)...)
		}
	}
	return t, problems, nil
}

// differs lists what a row says of its plan line and the line does not.
func differs(s *rules.State, r *intake.Task, line *record.PlanLine) []intake.Problem {
	var problems []intake.Problem
	bad := func(header, got, want string) {
		problems = append(problems, problem(r.Line, header, "office.task-differs", got, or(want, "空着")))
	}
	if r.Mode != "" && r.Mode != line.Mode {
		bad("抽查类型", r.Mode, line.Mode)
	}
	if r.Filter != "" {
		f, err := rules.ParseFilter(s.Pack, r.Filter)
		switch {
		case err != nil:
			problems = append(problems, badFilter(r.Line, r.Filter, err))
		case f.Format(s.Pack) != line.Filter:
			bad("定向条件", r.Filter, s.Pack.FilterWords(line.Filter))
		}
	}
	many := amount(line.Ratio, line.Count, line.Census)
	if (r.Census || r.Ratio != "") && (r.Census != line.Census || r.Ratio != line.Ratio) {
		bad("抽查比例", amount(r.Ratio, 0, r.Census), many)
	}
	if r.Count > 0 && int64(r.Count) != line.Count {
		bad("抽取数量", num(r.Count)+"家", many)
	}
	if len(r.Items) > 0 {
		var items []string
		for _, written := range r.Items {
			items = append(items, or(itemNo(s.Checklist(), written), written))
		}
		want := slices.Clone(line.Items)
		slices.Sort(items)
		slices.Sort(want)
		if !slices.Equal(items, want) {
			bad("抽查事项", strings.Join(r.Items, "、"), strings.Join(line.Items, "、"))
		}
	}
	return problems
}

// amount says how many are drawn: 5%, 30家, 100%.
func amount(ratio string, count int64, census bool) string {
	switch {
	case census:
		return "100%"
	case ratio != "":
		return intake.Percent(ratio)
	}
	return num(count) + "家"
}

package office_test

import (
	"slices"
	"testing"

	"github.com/sunlot/sunlot/internal/intake"
	"github.com/sunlot/sunlot/internal/office"
	"github.com/sunlot/sunlot/internal/rules"
)

// standBack is a sheet on which inspectors stand back from every firm: half of
// the firms by code, half by name, each on a line of its own.
func standBack(people ...string) []intake.Recusal {
	var rows []intake.Recusal
	for _, id := range people {
		for i, f := range firms(40) {
			unit := f.Code
			if i%2 == 1 {
				unit = f.Name
			}
			rows = append(rows, intake.Recusal{Certificate: id, Name: nameOf(id), Units: []string{unit}, Date: "2023-07-03", Decided: "2023-07-03", By: "王演示",
				Line: intake.Place{File: "回避申报.xlsx", Row: i + 2}})
		}
	}
	return rows
}

func nameOf(id string) string {
	for _, p := range inspectors(9) {
		if p.Certificate == id {
			return p.Name
		}
	}
	return ""
}

// TestRecusalSheet: what is wrong with a sheet is said at once; a declaration
// replaces the inspector's own and nobody else's; one without units withdraws.
func TestRecusalSheet(t *testing.T) {
	b := begin(t, "guard")
	b.furnish()
	b.now = "2023-07-03 15:00:00"
	row := standBack("YS370000")[0]
	change := func(c func(*intake.Recusal)) intake.Recusal { r := row; r.Line.Row = 9; c(&r); return r }
	for code, bad := range map[string][]intake.Recusal{
		"office.no-such-person":   {change(func(r *intake.Recusal) { r.Certificate = "YS999" })},
		"office.other-name":       {change(func(r *intake.Recusal) { r.Name = "别人" })},
		"office.two-declarations": {row, change(func(r *intake.Recusal) { r.Date = "2023-07-02" })},
		"rules.date-order":        {change(func(r *intake.Recusal) { r.Decided = "2023-07-04" })},
	} {
		_, problems, err := b.open().Recusals(append(bad, change(func(r *intake.Recusal) { r.Certificate = "YS998" })))
		if err != nil || code != "rules.date-order" && (len(problems) != 2 || problems[0].Code != code) {
			t.Errorf("%s: %v %v", code, problems, err)
		}
		if _, problems, err = b.open().Recusals(bad); err != nil || len(problems) != 1 || problems[0].Code != code {
			t.Errorf("%s alone: %v %v", code, problems, err)
		}
	}
	say := func(at string, rows ...intake.Recusal) {
		b.write(at, func(o *office.Office) (*office.Draft, error) { return sheet(o.Recusals(rows)) })
	}
	say("2023-07-03 15:00:00", standBack("YS370000", "YS370001")...)
	say("2023-07-04 15:00:00", intake.Recusal{Certificate: "YS370000", Name: row.Name, None: true, Date: "2023-07-04", Decided: "2023-07-04", By: "王演示"})
	say("2023-07-05 15:00:00", intake.Recusal{Certificate: "YS370000", Name: row.Name, Units: row.Units, Date: "2023-07-05", Decided: "2023-07-05", By: "王演示"})
	s, err := b.open().State()
	b.must(err)
	var in []int64
	for _, d := range s.Recusals {
		if d.Next == 0 {
			in = append(in, d.Body.Units)
		}
	}
	if !slices.Equal(in, []int64{40, 1}) || len(s.Recusals) != 4 {
		t.Errorf("in force %v of %d", in, len(s.Recusals))
	}
	b.now = "2023-08-23 15:00:00"
	_, a, err := b.open().Announce(rules.Task{Line: "A", Round: 1000})
	b.must(err)
	if a.Notice.Declared != 41 || a.Notice.MostForOne != 2 {
		t.Errorf("%d declared, %d for one", a.Notice.Declared, a.Notice.MostForOne)
	}
}

// TestColumnWithoutDeclaration: what the register alone says is no recusal; the
// notice waits for the declaration.
func TestColumnWithoutDeclaration(t *testing.T) {
	b := begin(t, "guard")
	b.furnish()
	people := inspectors(6)
	people[2].Conflicts = []string{firms(40)[3].Name, "外地一家公司"}
	b.write("2023-07-02 10:00:00", func(o *office.Office) (*office.Draft, error) { return sheet(o.Inspectors(people, office.Listing{})) })
	b.now = "2023-08-23 15:00:00"
	b.refused("not declared", "office.recusal-undeclared", announce("A", 1000))
	b.write("2023-08-23 15:05:00", func(o *office.Office) (*office.Draft, error) {
		return sheet(o.Recusals([]intake.Recusal{{Certificate: people[2].Certificate, Name: people[2].Name, Units: []string{firms(40)[3].Code}, Date: "2023-08-23", Decided: "2023-08-23", By: "王演示"}}))
	})
	b.write("2023-08-23 15:10:00", announce("A", 1000))
	b.judge()
}

package office_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/intake"
	"github.com/sunlot/sunlot/internal/office"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// platformOffice has announced a task whose lots the platform casts. Two of its
// people bear one name, one's certificate runs out within the task, one must
// not inspect the first firm.
func platformOffice(tb testing.TB) *bureau {
	b := begin(tb, "guard")
	staff := inspectors(8)
	staff[6].Name, staff[7].ValidTo = staff[0].Name, "2023-09-01"
	b.write("2023-06-12 10:00:00", func(o *office.Office) (*office.Draft, error) { return sheet(o.Checklist(items(), office.Listing{})) })
	b.write("2023-06-13 09:00:00", func(o *office.Office) (*office.Draft, error) { return sheet(o.Firms(firms(40), office.Listing{})) })
	b.write("2023-06-13 10:00:00", func(o *office.Office) (*office.Draft, error) { return sheet(o.Inspectors(staff, office.Listing{})) })
	b.write("2023-06-20 09:00:00", func(o *office.Office) (*office.Draft, error) { return sheet(o.Plan(plan(), office.Listing{}, "")) })
	b.write("2023-07-02 10:00:00", func(o *office.Office) (*office.Draft, error) {
		return sheet(o.Recusals([]intake.Recusal{{Certificate: staff[1].Certificate, Name: staff[1].Name, Units: []string{firms(1)[0].Code}, Date: "2023-07-01", Decided: "2023-07-01", By: "王演示"}}))
	})
	b.write("2023-08-23 15:00:00", func(o *office.Office) (*office.Draft, error) {
		d, _, err := o.Announce(rules.Task{Line: "A", Before: "2023-08-24T09:00:00+08:00"})
		return d, err
	})
	b.now = "2023-08-24 10:00:00"
	return b
}

// exported is a list as it should be: four firms, two people each.
func exported() office.PlatformList {
	in := office.PlatformList{Draw: "2023-001", Export: record.Bytes{Bytes: 1, SHA256: strings.Repeat("a", 64)}}
	staff := inspectors(8)
	for i, f := range firms(4) {
		in.Rows = append(in.Rows, intake.PlatformRow{Task: "演示[2023]1号", Drawn: "2023-08-24T09:05:00+08:00", Code: f.Code, Name: f.Name,
			People: []string{staff[2].Name, staff[3].Name}, Line: intake.Place{File: "x.xlsx", Sheet: "1", Row: i + 2}})
	}
	return in
}

// TestRecordDrawRefuses: each fault of a list is named with its row; what only
// differs from the notice may be explained, what cannot be understood may not.
func TestRecordDrawRefuses(t *testing.T) {
	b, staff := platformOffice(t), inspectors(8)
	for _, c := range []struct {
		name      string
		change    func(in *office.PlatformList)
		want      string // codes of the problems
		explained bool   // an explanation lets it through
	}{
		{"as it should be", func(*office.PlatformList) {}, "", true},
		{"a namesake", func(in *office.PlatformList) { in.Rows[1].People[0] = staff[0].Name }, "office.platform-namesakes@3", false},
		{"a namesake by certificate", func(in *office.PlatformList) {
			in.Rows[1].Certificates = []string{staff[6].Certificate, staff[2].Certificate}
		}, "", true},
		{"nobody of the register", func(in *office.PlatformList) { in.Rows[2].People[1] = "外人某" }, "office.platform-person@4", false},
		{"a certificate that runs out", func(in *office.PlatformList) { in.Rows[0].People[0] = staff[7].Name }, "office.platform-off-duty@2", true},
		{"one who must stand back", func(in *office.PlatformList) { in.Rows[0].People[0] = staff[1].Name }, "office.platform-recused@2", true},
		{"the same one elsewhere", func(in *office.PlatformList) { in.Rows[1].People[0] = staff[1].Name }, "", true},
		{"all of them, each named twice", func(in *office.PlatformList) {
			for i := range 8 {
				in.Rows[0].Certificates = append(in.Rows[0].Certificates, staff[i].Certificate, staff[i].Certificate)
			}
		}, "office.platform-recused@2 office.platform-off-duty@2", true},
		{"a firm twice", func(in *office.PlatformList) { in.Rows[3].Code = in.Rows[0].Code }, "office.platform-number@0 office.firm-twice@5", false},
		{"a firm of nowhere", func(in *office.PlatformList) { in.Rows[3].Code = "91370322TT0000007J" }, "office.platform-stranger@5", true},
		{"one fewer", func(in *office.PlatformList) { in.Rows = in.Rows[:3] }, "office.platform-number@0", true},
		{"one inspector", func(in *office.PlatformList) { in.Rows[1].People = in.Rows[1].People[:1] }, "office.platform-team-small@3", true},
		{"one inspector, named twice", func(in *office.PlatformList) { in.Rows[1].People[1] = in.Rows[1].People[0] }, "office.platform-team-small@3", true},
		{"another firm's name", func(in *office.PlatformList) { in.Rows[2].Name = firms(2)[1].Name }, "office.platform-other-name@4", true},
		{"a time to come", func(in *office.PlatformList) {
			for i := range in.Rows {
				in.Rows[i].Drawn = "2023-08-24T10:00:01+08:00"
			}
		}, "office.platform-ahead@0", false},
		{"another task and nobody of the register", func(in *office.PlatformList) { in.Rows[3].Task, in.Rows[3].People[1] = "演示[2023]2号", "外人某" },
			"office.platform-number@0 office.platform-other-task@5 office.platform-person@5", false},
		{"rows that were not read", func(in *office.PlatformList) {
			in.Rows, in.Unread = in.Rows[:3], true
			in.Rows[0].People[0] = "外人某"
		}, "office.platform-person@2", false},
		{"two tasks", func(in *office.PlatformList) { in.Rows[3].Task = "演示[2023]2号" }, "office.platform-number@0 office.platform-other-task@5", false},
		{"another task", func(in *office.PlatformList) { in.Number = "演示[2023]2号" },
			"office.platform-number@0 office.platform-other-task@2 office.platform-other-task@3 office.platform-other-task@4 office.platform-other-task@5", false},
		{"no task", func(in *office.PlatformList) {
			for i := range in.Rows {
				in.Rows[i].Task = ""
			}
		}, "office.platform-no-number@0", false},
		{"two times", func(in *office.PlatformList) { in.Rows[3].Drawn = "2023-08-24T09:06:00+08:00" }, "office.platform-other-time@5", false},
		{"a day alone", func(in *office.PlatformList) {
			for i := range in.Rows {
				in.Rows[i].Drawn = "2023-08-24"
			}
		}, "office.platform-no-time@0", false},
		{"a day, and the time given", func(in *office.PlatformList) {
			for i := range in.Rows {
				in.Rows[i].Drawn = "2023-08-24"
			}
			in.Time = "2023-08-24T09:05:00+08:00"
		}, "", true},
		{"another day than the time given", func(in *office.PlatformList) { in.Time = "2023-08-23T09:05:00+08:00" },
			"office.platform-other-time@2 office.platform-other-time@3 office.platform-other-time@4 office.platform-other-time@5", false},
	} {
		for _, words := range []string{"", "平台的名录旧（演示）"} {
			in := exported()
			c.change(&in)
			in.Explained = words
			d, problems, err := b.open().RecordDraw(in)
			if err != nil {
				t.Errorf("%s: %v", c.name, err)
				continue
			}
			var got []string
			for _, p := range problems {
				got = append(got, fmt.Sprintf("%s@%d", p.Code, p.Row))
			}
			switch {
			case words == "" && strings.Join(got, " ") != c.want:
				t.Errorf("%s: %v, want %s", c.name, got, c.want)
			case words != "" && (len(got) == 0) != c.explained:
				t.Errorf("%s, explained: %v", c.name, got)
			case len(got) == 0 && d == nil:
				t.Errorf("%s: no draft", c.name)
			}
		}
	}
}

// TestRecordDraw: a recorded list is the draw; the leader stands first; nothing
// can be recorded over it, and no round is run beside it.
func TestRecordDraw(t *testing.T) {
	b, staff := platformOffice(t), inspectors(8)
	b.refused("a round", "office.platform-casts", cast("2023-001", 1000))
	b.refused("a dispatch", "office.platform-unlisted", dispatch("2023-001"))
	in := exported()
	in.Rows[0].Leader = staff[3].Name
	list := func(o *office.Office) (*office.Draft, error) { return sheet(o.RecordDraw(in)) }
	b.write("2023-08-24 10:00:00", list)
	b.refused("a second list", "rules.redraw", list)
	b.write("2023-08-24 10:30:00", dispatch("2023-001"))
	d, err := b.open().Drawing("2023-001")
	if err != nil || len(d.Lot.Objects) != 4 {
		t.Fatal(err)
	}
	for _, obj := range d.Lot.Objects {
		want := []string{staff[2].Name, staff[3].Name}
		if d.Firms[obj.Handle].Name == in.Rows[0].Name {
			want = []string{staff[3].Name, staff[2].Name}
		}
		if !slices.Equal(d.Team(obj), want) {
			t.Errorf("%s: %v", d.Firms[obj.Handle].Name, d.Team(obj))
		}
	}
	if no := d.Lot.Sent[0].Body.Platform; no != "演示[2023]1号" {
		t.Errorf("dispatched under %q", no)
	}
	b.judge()
	in.Draw = "2023-009"
	if _, _, err := b.open().RecordDraw(in); fault.Code(err) != "office.no-such-draw" {
		t.Error(err)
	}
}

// TestReconcileScope: a year's tasks must all be there; a task without a number
// on the platform is told as 未填 and is no difference.
func TestReconcileScope(t *testing.T) {
	b := platformOffice(t)
	b.write("2023-08-24 10:00:00", func(o *office.Office) (*office.Draft, error) { return sheet(o.RecordDraw(exported())) })
	b.write("2023-08-24 10:30:00", dispatch("2023-001"))
	b.write("2023-09-15 15:00:00", announce("B", 657413))
	b.write("2023-09-18 08:30:00", cast("2023-002", 657413))
	b.write("2023-09-18 09:00:00", dispatch("2023-002"))
	told := func(rows []intake.PlatformRow, results bool, in office.Scope) (string, *office.Reconciled) {
		t.Helper()
		rec, err := b.open().ReconcilePlatform(rows, results, in)
		if err != nil {
			t.Fatal(err)
		}
		var list []string
		for _, d := range rec.Differences {
			list = append(list, strings.TrimPrefix(d.What, "office.differs-"))
		}
		return strings.Join(list, " "), rec
	}
	rows := exported().Rows
	if got, rec := told(rows, false, office.Scope{Year: "2023"}); got != "" || rec.Same != 4 || len(rec.Blank) != 1 || !strings.HasPrefix(rec.Blank[0], "2023-002") {
		t.Errorf("%s %+v", got, rec)
	}
	other := slices.Clone(rows[:1])
	other[0].Task = "演示[2023]5号"
	for _, c := range []struct {
		in   office.Scope
		want string
	}{{office.Scope{}, "task"}, {office.Scope{Year: "2023"}, "task no-task"}, {office.Scope{Year: "2022"}, "task"}, {office.Scope{Draw: "2023-001"}, "only-here only-here only-here"}} {
		if got, _ := told(other, false, c.in); got != c.want {
			t.Errorf("%+v: %s, want %s", c.in, got, c.want)
		}
	}
	twice := append(slices.Clone(rows), rows[0])
	if got, _ := told(twice, false, office.Scope{}); got != "twice" {
		t.Errorf("twice: %s", got)
	}
	// Results that the ledger does not have yet, and those that nobody has yet.
	if got, _ := told(rows[:2], true, office.Scope{}); got != "no-result no-result" {
		t.Errorf("results: %s", got)
	}
	if got, _ := told(nil, true, office.Scope{Year: "2023"}); got != "" {
		t.Errorf("no results on either side: %s", got)
	}
}

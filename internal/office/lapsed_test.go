package office_test

import (
	"testing"

	"github.com/sunlot/sunlot/internal/intake"
	"github.com/sunlot/sunlot/internal/office"
)

// TestLapsed: a certificate that covers the task and not a late visit is found
// by the office, on the day after its last and not on it; a renewal in the
// register in force stands for it.
func TestLapsed(t *testing.T) {
	for _, c := range []struct {
		ended string
		found bool
	}{{"2023-09-28", false}, {"2023-09-29", true}} {
		b := begin(t, "guard")
		b.furnish()
		people := inspectors(6)
		for i := range people {
			people[i].ValidTo = "2023-09-28"
		}
		b.write("2023-06-21 10:00:00", func(o *office.Office) (*office.Draft, error) { return sheet(o.Inspectors(people, office.Listing{})) })
		b.write("2023-08-23 15:00:00", announce("A", 1000))
		b.write("2023-08-24 08:30:00", cast("2023-001", 1000))
		b.write("2023-08-24 08:40:00", func(o *office.Office) (*office.Draft, error) {
			return o.Dispatch(office.Sending{Draw: "2023-001", Confirmed: "王演示"})
		})
		b.write("2023-10-08 15:00:00", func(o *office.Office) (*office.Draft, error) {
			d, err := o.Drawing("2023-001")
			b.must(err)
			obj := d.Lot.Objects[0]
			f := d.Firms[obj.Handle]
			return sheet(o.Results([]intake.ResultRow{{Draw: "2023-001", Handle: obj.Handle, Code: f.ID, Name: f.Name, Codes: []string{"a"}, Started: "2023-09-05", Ended: c.ended,
				Signed: d.Team(obj), SignedOn: c.ended, Published: c.ended}}))
		})
		list, err := b.open().Lapsed()
		b.must(err)
		if (len(list) == 2) != c.found || !c.found && len(list) > 0 {
			t.Errorf("ended %s: %v", c.ended, list)
		}
		for i := range people {
			people[i].ValidTo = "2028-09-28"
		}
		b.write("2023-10-09 10:00:00", func(o *office.Office) (*office.Draft, error) { return sheet(o.Inspectors(people, office.Listing{})) })
		if list, err = b.open().Lapsed(); err != nil || len(list) > 0 {
			t.Errorf("ended %s, renewed: %v %v", c.ended, list, err)
		}
	}
}

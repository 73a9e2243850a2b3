package office_test

import (
	"slices"
	"testing"

	"github.com/sunlot/sunlot/internal/beacon"
	"github.com/sunlot/sunlot/internal/office"
)

// late makes the first draw one whose order does not hold, as its proof would.
func late(tb testing.TB, o *office.Office) {
	tb.Helper()
	s, err := o.State()
	if err != nil {
		tb.Fatal(err)
	}
	s.Lot("2023-001").Late = true
}

// TestLateDraw: nobody is sent out by a draw whose notice cannot be proved to
// come first; the office is told to announce another, which names it.
func TestLateDraw(t *testing.T) {
	b := begin(t, "guard")
	b.furnish()
	b.write("2023-08-23 15:00:00", announce("A", 1000))
	b.write("2023-08-24 08:30:00", cast("2023-001", 1000))
	b.refused("a dispatch of it", "office.late-draw", func(o *office.Office) (*office.Draft, error) {
		late(t, o)
		return dispatch("2023-001")(o)
	})
	o := b.open()
	late(t, o)
	list, err := o.Nexts()
	if err != nil || !slices.ContainsFunc(list, func(n office.Next) bool {
		return n.Code == "office.next-late" && n.Place == "2023-001" && n.Command == "sunlot draw announce --plan A"
	}) || slices.ContainsFunc(list, func(n office.Next) bool { return n.Code == "office.next-dispatch" }) {
		t.Errorf("%v %+v", err, list)
	}
}

// TestStamp: the latest round goes into an entry if it verifies and says more
// than the log does; once a step, and never a false one.
func TestStamp(t *testing.T) {
	b := begin(t, "guard")
	b.furnish()
	b.write("2023-08-23 15:00:00", announce("A", 1000))
	stamped := func(what string, r *beacon.Round, want int64) {
		t.Helper()
		asked := 0
		o := b.open()
		o.Latest = func() *beacon.Round { asked++; return r }
		d, err := o.Filing(office.Filed{Year: 2023, To: "市场监管局", Date: "2023-06-21"})
		if err != nil {
			t.Fatal(err)
		}
		got := int64(0)
		if s := d.Entries[0].Env.Beacon; s != nil {
			got = s.Round
		}
		if got != want || asked != 1 {
			t.Errorf("%s: round %d, want %d; asked %d times", what, got, want, asked)
		}
	}
	b.now = "2023-08-24 00:10:00"
	round := func(n uint64, of uint64) *beacon.Round {
		return &beacon.Round{Chain: beacon.Quicknet().Hash, Number: n, Signature: rounds()[of].Signature}
	}
	stamped("none to be had", nil, 0)
	stamped("a good one", round(1001, 1001), 1001)
	stamped("another's signature", round(1001, 1000), 0)
	stamped("another chain", &beacon.Round{Chain: "00", Number: 1001, Signature: rounds()[1001].Signature}, 0)
	b.write("2023-08-24 00:12:00", cast("2023-001", 1000))
	stamped("the draw's own round", round(1000, 1000), 0)
	stamped("one after it", round(1009, 1009), 1009)
}

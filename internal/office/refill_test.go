package office_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/office"
	"github.com/sunlot/sunlot/internal/rules"
)

// lotted opens an office whose notice chose replacement by lot and whose charter
// names witnesses; what is drafted moves the opened state on and is not written.
func lotted(t *testing.T, b *bureau) (*office.Office, *rules.Lot) {
	t.Helper()
	b.now = "2023-09-15 15:00:00"
	o := b.open()
	s, err := o.State()
	if err != nil {
		t.Fatal(err)
	}
	s.Charter().Policy = "three of four"
	l := s.Lot("2023-001")
	l.Body.Replace = "lot"
	return o, l
}

// TestAskLot: whoever cannot go leaves every team without a result that he is
// in, or the one that is named; then the lot gives who comes, and the list is
// written anew.
func TestAskLot(t *testing.T) {
	b := drawnOffice(t)
	o, l := lotted(t, b)
	d, err := o.Drawing("2023-001")
	if err != nil {
		t.Fatal(err)
	}
	gone := l.Objects[0].Team[0]
	in := office.Leaving{Draw: "2023-001", Kind: "更换", Leave: d.People[gone].ID, Ground: "身体健康状况", Consent: "执法大队", By: "负责人", Round: 657413}
	of := 0
	for _, obj := range l.Objects {
		if slices.Contains(obj.Team, gone) {
			of++
		}
	}
	draft, request, err := o.AskLot(in)
	if err != nil || len(request.Slots) != of || request.Notice != l.Index || len(draft.Entries) != 1 {
		t.Fatalf("%+v, %v: he is in %d teams", request, err, of)
	}
	index := draft.First
	if r := l.Requests[0]; !r.InTime || r.Index != index {
		t.Fatalf("%+v", r)
	}
	if said := d.Places(request, nil); len(said) != of || !strings.Contains(said[0], d.People[gone].Name+"退出") || strings.Contains(said[0], "接替") {
		t.Errorf("%v", said)
	}
	if _, _, err := o.RunRequest("2023-001", index, rounds()[657413]); fault.Code(err) != "office.too-early" {
		t.Errorf("before the number: %v", err)
	}
	b.now = "2023-09-18 09:00:00"
	if _, _, err := o.RunRequest("2023-001", index+1, rounds()[657413]); fault.Code(err) != "office.no-such-request" {
		t.Errorf("of no request: %v", err)
	}
	if _, _, err := o.RunRequest("2023-001", index, rounds()[1000]); fault.Code(err) != "office.other-round" {
		t.Errorf("another round: %v", err)
	}
	drawn, body, err := o.RunRequest("2023-001", index, rounds()[657413])
	if err != nil || len(body.Filled) != of || len(drawn.Entries) != 1 {
		t.Fatalf("%+v, %v", body, err)
	}
	for _, f := range body.Filled {
		obj := l.Object(f.Object)
		if f.Come == "" || slices.Contains(obj.Team, gone) || !slices.Contains(obj.Team, f.Come) {
			t.Errorf("%+v: %v", f, obj.Team)
		}
	}
	if said := d.Places(request, body.Filled); !strings.Contains(said[0], "接替") {
		t.Errorf("%v", said)
	}
	if _, _, err := o.RunRequest("2023-001", index, rounds()[657413]); fault.Code(err) != "rules.redraw" {
		t.Errorf("twice: %v", err)
	}
}

// TestAskLotRefuses: what cannot be asked is refused before anything is signed.
func TestAskLotRefuses(t *testing.T) {
	b := drawnOffice(t)
	for _, c := range []struct {
		code   string
		change func(*office.Leaving, *rules.Lot, *office.Drawing)
	}{
		{"rules.no-lot", func(_ *office.Leaving, l *rules.Lot, _ *office.Drawing) { l.Body.Replace = "appoint" }},
		{"rules.not-drawn", func(in *office.Leaving, _ *rules.Lot, _ *office.Drawing) { in.Object = strings.Repeat("f", 32) }},
		{"rules.not-in-team", func(in *office.Leaving, _ *rules.Lot, _ *office.Drawing) { in.Leave = "YS0" }},
		{"rules.change-ground", func(in *office.Leaving, _ *rules.Lot, _ *office.Drawing) { in.Ground = "不想去" }},
		{"rules.request-late", func(in *office.Leaving, _ *rules.Lot, _ *office.Drawing) { b.now = "2023-09-15 18:50:04" }},
		{"", func(in *office.Leaving, l *rules.Lot, _ *office.Drawing) {
			b.now, in.Object = "2023-09-15 18:50:03", l.Objects[0].Handle
		}},
	} {
		o, l := lotted(t, b)
		d, err := o.Drawing("2023-001")
		if err != nil {
			t.Fatal(err)
		}
		in := office.Leaving{Draw: "2023-001", Kind: "更换", Leave: d.People[l.Objects[0].Team[0]].ID, Ground: "身体健康状况", Consent: "执法大队", By: "负责人", Round: 657413}
		c.change(&in, l, d)
		if _, request, err := o.AskLot(in); fault.Code(err) != c.code || c.code == "" && len(request.Slots) != 1 {
			t.Errorf("%v, want %q", err, c.code)
		}
	}
}

// TestAbortCastsFirst: a draw is not given up unseen.
func TestAbortCastsFirst(t *testing.T) {
	b := begin(t, "guard")
	b.furnish()
	b.write("2023-08-23 15:00:00", announce("A", 1000))
	stop := func(v *office.Value) func(*office.Office) (*office.Draft, error) {
		return func(o *office.Office) (*office.Draft, error) { return o.Abort("2023-001", "演示", v) }
	}
	b.now = "2023-08-23 23:55:00"
	b.refused("the number is near", "office.abort-waits", stop(nil))
	b.now = "2023-08-24 08:30:00"
	b.refused("and known", "office.abort-unseen", stop(nil))
	b.refused("another one", "office.other-round", stop(&office.Value{Round: rounds()[1001]}))
	if w := b.write("2023-08-24 08:30:00", stop(&office.Value{Round: rounds()[1000]})); w.Count != 2 {
		t.Errorf("%d entries", w.Count)
	}
	bundle := b.judge()
	if l := bundle.State.Lot("2023-001"); bundle.Failed() || l.Abort == nil || len(l.Objects) != 4 || l.Undrawn || l.Hidden() {
		t.Errorf("%+v", l)
	}
}

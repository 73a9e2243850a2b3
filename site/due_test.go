package site

import (
	"strings"
	"testing"

	"github.com/sunlot/sunlot/content"
	"github.com/sunlot/sunlot/internal/record"
)

// After an extension every place gives the dates that follow from it.
func TestExtendedDates(t *testing.T) {
	for _, pack := range []string{"gaoqing", "yanshi"} {
		b := newBureau(t, pack, 30)
		lot := b.cast("2023-09-15T19:05:00", b.announce("2023-09-14T09:00:00", "1", 657413, "2023-09-18", "2023-10-31"))
		b.dispatch("2023-09-18T09:00:00", lot, "2023-09-18", "2023-10-31")
		old := lot.Due
		b.say("2023-10-20T09:00:00", &record.Extension{Notice: lot.Index, To: "2023-11-30", Ground: "企业停产", Approved: "演示甲", Date: "2023-10-20"}, false)
		if lot.Due.Results == old.Results || lot.Due.K == old.K {
			t.Fatalf("%s: nothing was put off: %+v", pack, lot.Due)
		}
		files := buildOf(t, b)
		page := string(files["draws/2023-001/index.html"])
		if !strings.Contains(page, "期限："+lot.Due.Results+"公示") || strings.Contains(page, "期限："+old.Results+"公示") {
			t.Errorf("%s: the draw's page does not give the date in force, %s", pack, lot.Due.Results)
		}
		if data := string(files["data/draws.csv"]); !strings.Contains(data, `"`+lot.Due.K+`"`) {
			t.Errorf("%s: the data do not give the day on which K opens, %s:\n%s", pack, lot.Due.K, data)
		}
	}
}

// The data say of the national date what the result's page says: where evidence
// was awaited it counts from that.
func TestNationalDate(t *testing.T) {
	b := newBureau(t, "yanshi", 30)
	lot := b.cast("2024-07-14T08:00:00", b.announce("2024-07-03T09:00:00", "1", 9367912, "2024-07-15", "2024-09-30"))
	b.dispatch("2024-07-15T09:00:00", lot, "2024-07-15", "2024-09-30")
	b.say("2024-07-16T09:00:00", &record.Calendar{Kind: "closure", Title: "演示停止办公通知", Ground: "洪涝", Off: []string{"2024-07-22"}}, false)
	index := b.finish("2024-07-30T09:00:00", lot, lot.Objects[0], "a", "2024-07-18", "2024-07-30")
	v := b.bundle()
	f := v.State.ResultAt(index)
	m, err := newMaker(v, content.FS, Options{}, memory{})
	if err != nil {
		t.Fatal(err)
	}
	for _, proof := range []string{"", "2024-07-24"} {
		f.Body.LastProof = proof
		legal, _, _ := m.s.Due(f)
		want := or(m.s.NationalDue(lot, f.Counted()), legal)
		if cells := m.resultCells(f); cells[14] != legal || cells[15] != want {
			t.Errorf("evidence %q: due %s, national %s, not %s, %s", proof, cells[14], cells[15], legal, want)
		}
	}
}

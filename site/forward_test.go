package site

import (
	"path/filepath"
	"testing"

	"github.com/sunlot/sunlot/content"
	"github.com/sunlot/sunlot/internal/record"
)

// A record without effect may name one that comes after it: its pages say what
// that is once it is there.
func TestNamesALaterRecord(t *testing.T) {
	b := newBureau(t, "gaoqing", 20)
	index := b.say("2024-02-01T09:00:00", &record.Abort{Notice: b.state.Size + 62, Ground: "某因", Date: "2024-02-01"}, true)
	b.say("2024-02-01T10:00:00", &record.Filing{Plan: b.state.Plan(2024).Index, To: "市场监管局", Date: "2024-02-01"}, false)
	for range 60 { // the list page of the record is full
		b.say("2024-02-01T10:00:00", &record.Filing{Plan: b.state.Plan(2024).Index, To: "市场监管局", Date: "2024-02-01"}, false)
	}
	name := filepath.Join(t.TempDir(), "public")
	buildInto(t, b, name, DirOptions{})
	b.announce("2024-07-01T09:00:00", "1", 9367912, "2024-07-15", "2024-09-30")
	kept := readAll(t, buildInto(t, b, name, DirOptions{}).fsys)
	cold := memory{}
	if err := Build(b.bundle(), content.FS, Options{}, cold); err != nil {
		t.Fatal(err)
	}
	cold[marker] = []byte(markerText)
	diff(t, int(index), kept, cold)
}

package office_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/office"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/ledger"
)

// TestContribute: what a contributor has signed is taken as it came, by the one
// key that the notice names, for the one notice.
func TestContribute(t *testing.T) {
	b := begin(t, "guard")
	b.furnish()
	school, err := ledger.NewSigner("演示高校", [32]byte{81})
	if err != nil {
		t.Fatal(err)
	}
	b.now = "2023-08-23 15:00:00"
	b.write(b.now, announce("A", 1000))
	if _, err := b.open().Requests("2023-001"); fault.Code(err) != "office.no-contributors" {
		t.Errorf("a request for nobody: %v", err)
	}
	// The notice asks nobody, so no key may sign.
	r := &office.Request{Origin: origin, Draw: "2023-001", Notice: 5, Commitment: strings.Repeat("0", 64), Contributor: "演示高校"}
	text, err := record.Format(r.Entry(strings.Repeat("5", 64), "2023-08-23T15:10:00+08:00"))
	if err != nil {
		t.Fatal(err)
	}
	note, err := ledger.FormatNote(text, school)
	if err != nil {
		t.Fatal(err)
	}
	for what, c := range map[string]struct {
		id, code string
		note     []byte
	}{
		"nobody asked":        {"2023-001", "office.bad-contribution", note},
		"no note":             {"2023-001", "office.bad-contribution", []byte("x")},
		"no such draw":        {"2023-002", "office.no-such-draw", note},
		"a request, unsigned": {"2023-001", "office.bad-contribution", []byte(text)},
	} {
		if _, err := b.open().Contribute(c.id, [][]byte{c.note}); fault.Code(err) != c.code {
			t.Errorf("%s: %v, want %s", what, err, c.code)
		}
	}
}

// TestRunByLottery: an office types the numbers as the newspaper has them; its
// ledger holds the one line.
func TestRunByLottery(t *testing.T) {
	b := begin(t, "guard")
	b.furnish()
	closes := "2023-08-23T21:00:00+08:00"
	b.write("2023-08-23 15:00:00", func(o *office.Office) (*office.Draft, error) {
		d, _, err := o.Announce(rules.Task{Line: "A", Random: &record.Randomness{Kind: "lottery", Time: closes, Draws: []record.LotteryDraw{{Game: "kl8", Issue: "2023225", Closes: closes}}}})
		return d, err
	})
	typed := "第2023225期：80 02 05 09 11 14 18 23 27 30 33 38 41 46 50 52 59 63 68 74"
	b.now = "2023-08-23 20:59:59"
	if _, _, err := b.open().Run("2023-001", office.Value{Line: typed}); fault.Code(err) != "office.too-early" {
		t.Errorf("before the sales close: %v", err)
	}
	b.write("2023-08-24 08:30:00", func(o *office.Office) (*office.Draft, error) {
		d, body, err := o.Run("2023-001", office.Value{Line: typed})
		if err == nil && body.Line != "kl8:2023225:02,05,09,11,14,18,23,27,30,33,38,41,46,50,52,59,63,68,74,80" {
			t.Errorf("line %q", body.Line)
		}
		return d, err
	})
	v := b.judge()
	if v.State.Lot("2023-001").Draw == nil || v.State.Lot("2023-001").Method() != "lottery" {
		t.Errorf("%+v", v.State.Lot("2023-001"))
	}
	if _, _, err := b.open().CeremonyRecord("2023-001", "1"); fault.Code(err) != "office.no-ceremony" {
		t.Errorf("the record of a lottery: %v", err)
	}
	if files, _ := filepath.Glob(filepath.Join(b.dir, "outbox", "*")); len(files) > 0 {
		t.Errorf("left behind: %v", files)
	}
}

// FuzzParseRequest: what is read is written again byte for byte.
func FuzzParseRequest(f *testing.F) {
	f.Add([]byte(`{"commitment":"0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef","contributor":"演示高校","draw":"2023-001","format":"sunlot-contribution-request/v1","key":"k","notice":5,"office":"演示局","origin":"demo.example/x","until":"2023-08-23T20:50:00+08:00"}` + "\n"))
	f.Add([]byte("{}\n"))
	f.Add([]byte(`{"format":"sunlot-contribution-request/v1","Notice":1}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := office.ParseRequest(data)
		if err != nil {
			return
		}
		line, err := record.Canonical(r)
		if err != nil || string(line)+"\n" != string(data) {
			t.Errorf("%q is read and not written again: %v", data, err)
		}
		// What a contributor signs is an entry or nothing.
		if text, err := record.Format(r.Entry(strings.Repeat("0", 64), "2023-08-23T15:10:00+08:00")); err == nil {
			if e, err := record.Parse(text); err != nil || e.Type != "contribution" {
				t.Errorf("%q: %v", text, err)
			}
		}
	})
}

// FuzzSignatures: the lines are those of a note over the record of a ceremony.
func FuzzSignatures(f *testing.F) {
	s, err := ledger.NewSigner("x", [32]byte{1})
	if err != nil {
		f.Fatal(err)
	}
	note, err := ledger.FormatNote(record.CeremonyText(origin, "2023-001", strings.Repeat("0", 64), "2023-08-24T09:30:00+08:00", "d6:1"), s)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(note)
	f.Add([]byte("x\n\n— x AAAAAAAA\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		lines, err := office.Signatures(data)
		if err == nil && (len(lines) == 0 || !strings.HasSuffix(string(data), strings.Join(lines, "\n")+"\n") || !strings.HasPrefix(string(data), "sunlot/v1 现场掷数记录\n")) {
			t.Errorf("%q of %q", lines, data)
		}
	})
}

package rules_test

import (
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// third is a pack that nobody's regulation is: other numbers, codes, towns.
func third(t testing.TB) *rules.Pack {
	t.Helper()
	data, err := os.ReadFile("testdata/yanxian.toml")
	if err != nil {
		t.Fatal(err)
	}
	p := new(rules.Pack)
	if _, err := toml.Decode(string(data), p); err != nil {
		t.Fatal(err)
	}
	return p
}

// TestThirdPack: a county of its own goes through a whole small year by the
// same engine, by its own numbers alone, with a finding on either side of each
// edge.
func TestThirdPack(t *testing.T) {
	p := third(t)
	if list := p.Faults(); len(list) > 0 {
		t.Fatal(list)
	}
	b := openPack(p, 40, 9)
	l := b.announce("notice", noticed, rules.Task{Line: "A", Round: firstRun})
	if n := len(l.Body.Slots); n != 3 || l.Body.Leader != "slot0" {
		t.Fatalf("%d slots, leader %s", n, l.Body.Leader)
	}
	b.cast("draw", drawn, l, nil)
	var towns []string
	for _, g := range l.Body.Groups {
		for _, c := range g.Cells {
			towns = append(towns, c.Name)
		}
	}
	if strings.Join(towns, " ") != "东演街道 西演镇 南演乡" {
		t.Errorf("cells %v", towns)
	}
	s := b.send(l, "执法大队", "2023-08-24T09:00:00+08:00", l.Objects)
	b.say("dispatch", s.At, s.Body, s.Blobs)
	for i, c := range []struct {
		published, code string
		codes           []string
		want            map[string]rules.Severity
	}{
		{"2023-09-11", "00", []string{"00"}, nil}, // the third working day after Wednesday 6 September
		{"2023-09-12", "00", []string{"00"}, map[string]rules.Severity{"rules.late-result": rules.Overdue}},
		{"2023-09-11", "10", []string{"10"}, nil},
	} {
		r := b.result(l, l.Objects[i], c.code)
		r.Published, r.Outcome.Codes, r.Outcome.Methods = c.published, c.codes, []string{"现场"}
		found := codes(b.say("result", "2023-09-13T09:00:00+08:00", r, nil))
		for code, sev := range c.want {
			if found[code] != sev {
				t.Errorf("result %d: %v", i, found)
			}
		}
		if c.want == nil && found["rules.late-result"] != "" {
			t.Errorf("result %d is late: %v", i, found)
		}
	}
	for code, change := range map[string]func(*record.Result){
		"rules.unknown-code":   func(r *record.Result) { r.Outcome.Items[0].Codes = []string{"a"} },
		"rules.refusal-ground": func(r *record.Result) { refuse(r, "拒绝进入") },
		"":                     func(r *record.Result) { refuse(r, "锁门") },
	} {
		r := b.result(l, l.Objects[3], "00")
		r.Outcome.Methods = []string{"现场"}
		change(r)
		st := step{At: "2023-09-14T09:00:00+08:00", Body: r, Origin: origin, Signers: []string{signer}, State: b.before("")}
		if found := codes(st.State.Apply(st.input())); found[code] != map[bool]rules.Severity{true: rules.Breach}[code != ""] {
			t.Errorf("%q: %v", code, found)
		}
	}
}

func refuse(r *record.Result, ground string) {
	for i := range r.Outcome.Items {
		r.Outcome.Items[i].Codes = []string{"99"}
	}
	r.Outcome.Codes, r.Outcome.Refusal, r.Outcome.Facts = []string{"99"}, []string{ground}, sealed("演示")
}

// TestThirdPackEdges: team of three, cap of three a year with its own
// exemption, two closed days, the pack's last day.
func TestThirdPackEdges(t *testing.T) {
	p := third(t)
	b := openPack(p, 40, 9)
	l := b.announce("notice", noticed, rules.Task{Line: "A", Round: firstRun})
	notice := b.copyOf("notice")
	notice.Body.(*record.Notice).Slots = notice.Body.(*record.Notice).Slots[:2]
	if found := codes(notice.State.Apply(notice.input())); found["rules.team-small"] != rules.Breach {
		t.Errorf("a team of two: %v", found)
	}
	if found := codes(b.before("notice").Apply(b.copyInput("notice"))); found["rules.pack-superseded"] != rules.Note {
		t.Errorf("its successor is not named: %v", found)
	}
	for hits, out := range map[int]bool{2: false, 3: true} {
		if got := capped(t, p, "s1", nil, hits); got != out {
			t.Errorf("%d times this year: left out %v", hits, got)
		}
	}
	if capped(t, p, "s3", []string{"blacklist"}, 5) || !capped(t, p, "s1", []string{"blacklist"}, 3) || !capped(t, p, "s3", nil, 3) {
		t.Error("the exemption is not: of the sector and with the tag")
	}
	for days, want := range map[int]rules.Severity{2: "", 3: rules.Breach} {
		c := step{At: "2023-06-21T09:00:00+08:00", Body: &record.Calendar{Kind: "closure", Title: "通知", Ground: "演示", Off: july(days)}, Origin: origin, Signers: []string{signer}}
		if found := codes(openPack(p, 4, 4).before("closure").Apply(c.input())); found["rules.closed-too-many"] != want {
			t.Errorf("%d closed days: %v", days, found)
		}
	}
	if l.Failed {
		t.Error("the notice failed")
	}
	after := third(t)
	after.EffectiveTo = "2023-08-22"
	b = openPack(after, 40, 9)
	b.announce("notice", noticed, rules.Task{Line: "A", Round: firstRun})
	if found := codes(b.before("notice").Apply(b.copyInput("notice"))); found["rules.pack-ended"] != rules.Warning {
		t.Errorf("after its last day: %v", found)
	}
}

// copyInput is a step of the book as it was.
func (b *book) copyInput(name string) rules.Input {
	s := b.copyOf(name)
	return s.input()
}

// capped reports whether a firm that was selected so often this year is left
// out of the hat.
func capped(t *testing.T, p *rules.Pack, sector string, tags []string, hits int) bool {
	t.Helper()
	b := openPack(p, 12, 9)
	f := b.reg.Firms[0]
	b.reg.Firms[0].Sector, b.reg.Firms[0].Tags = sector, tags
	b.reg.Hits = map[string][]string{f.ID: slices.Repeat([]string{"2023-02-01"}, hits)}
	a, err := b.state.Announce(rules.Task{Line: "A", Round: firstRun}, b.reg, b.keys)
	if err != nil {
		t.Fatal(err)
	}
	out := int64(0)
	for _, g := range a.Notice.Grounds {
		if g.Code == "cap" {
			out = g.Count
		}
	}
	return out > 0
}

package verify_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/verify"
)

// listed gives lines as a list from elsewhere.
func listed(rows []verify.Listed) verify.List {
	return func(yield func(verify.Listed) error) error {
		for _, r := range rows {
			if err := yield(r); err != nil {
				return err
			}
		}
		return nil
	}
}

// opened is a year whose register of objects the office has made of firms as it
// liked, drawn, with K open.
func opened(t *testing.T, firms func([]rules.Firm) []rules.Firm) (*writer, *rules.Lot) {
	t.Helper()
	w := newWriter(t, "yanshi")
	w.firms = firms(slices.Clone(w.firms))
	var ids, texts []string
	for _, f := range w.firms {
		ids, texts = append(ids, f.ID), append(texts, f.Name)
	}
	if file := w.state.Roster("objects").Body.File; file == rules.LinesOf(rules.RosterFile([]byte("objects"), "objects", ids, texts)) {
		ids[0] = "91370322TT00000099" // a register that was corrected since: what the draw uses is another matter
	}
	file := rules.RosterFile([]byte("objects"), "objects", ids, texts)
	w.say("2023-06-21T09:00:00", &record.Roster{Kind: "objects", Version: 2, Date: "2023-06-21", Reason: "更新", Count: int64(len(ids)), File: rules.LinesOf(file)}, file)
	k := rules.Keys{K: []byte(fmt.Sprintf("%032d", 5)), KI: []byte(fmt.Sprintf("i%031d", 5))}
	a, err := w.state.Announce(rules.Task{Line: "A", Round: 1000}, rules.Registers{Firms: w.firms, People: w.people}, k)
	w.must(err)
	index := w.say("2023-08-23T15:00:00", a.Notice, slices.Collect(maps.Values(a.Blobs))...)
	w.keys[index], w.beside[index] = k, new(record.Opening)
	l := w.state.LotAt(index)
	if l.Failed {
		t.Fatal("the notice has no effect")
	}
	w.cast("2023-08-24T08:30:00", l, nil)
	w.open(l.Body.Due.K+"T09:00:00", l, true)
	return w, l
}

// TestRegister: the market regulator's list is held to a pool; each of what an
// office may have done to it is found, by name, and nothing else.
func TestRegister(t *testing.T) {
	base := newWriter(t, "yanshi")
	towns := base.state.Pack.Towns
	honest := func(f []rules.Firm) []rules.Firm { return f }
	var rows []verify.Listed
	for i, f := range base.firms {
		town, _ := rules.Find(towns, f.Town)
		rows = append(rows, verify.Listed{Line: i + 2, ID: f.ID, Name: f.Name, Town: town.Name, Weight: 1})
	}
	rows[4].Also = "注册号:370322000000001"
	extra := func(id string) func([]rules.Firm) []rules.Firm {
		return func(f []rules.Firm) []rules.Firm {
			e := f[4]
			e.ID = id
			return append(f, e)
		}
	}
	code := rows[4].ID
	for what, c := range map[string]struct {
		firms func([]rules.Firm) []rules.Firm
		rows  func([]verify.Listed) []verify.Listed
		want  []string
		names string // stands in what is said of the first
	}{
		"sound":                            {firms: honest},
		"a firm that is not there":         {extra("91370322TT99999999"), nil, []string{"verify.register-ghost"}, ""},
		"a second time by its number":      {extra("注册号:370322000000001"), nil, []string{"verify.register-twice"}, code},
		"a second time, O for 0":           {extra(strings.Replace(code, "0", "O", 1)), nil, []string{"verify.register-twice"}, code},
		"a second time, another check":     {extra(code[:17] + "X"), nil, []string{"verify.register-twice"}, code[:17]},
		"a second time, code as a number":  {extra("注册号:" + code), nil, []string{"verify.register-twice"}, code},
		"one left out":                     {func(f []rules.Firm) []rules.Firm { return slices.Delete(f, 7, 8) }, nil, []string{"verify.register-missing"}, rows[7].ID},
		"moved to another town":            {func(f []rules.Firm) []rules.Firm { f[0].Town = f[1].Town; return f }, nil, []string{"verify.register-cell"}, rows[0].ID},
		"another weight":                   {honest, func(r []verify.Listed) []verify.Listed { r[3].Weight = 2; return r }, []string{"verify.register-weight"}, rows[3].ID},
		"under a code that is not its own": {func(f []rules.Firm) []rules.Firm { f[9].ID = strings.Replace(f[9].ID, "0", "O", 1); return f }, nil, []string{"verify.register-missing", "verify.register-twice"}, rows[9].ID},
		"left out with a ground":           {func(f []rules.Firm) []rules.Firm { f[2].Status = "注销"; return f }, nil, nil, ""},
		"a town that the pack knows not":   {honest, func(r []verify.Listed) []verify.Listed { r[3].Town = "某镇"; return r }, nil, ""},
	} {
		w, l := opened(t, c.firms)
		list := slices.Clone(rows)
		if c.rows != nil {
			list = c.rows(list)
		}
		b := w.judge("2024-01-02")
		if got := blamed(b); len(got) > 0 {
			t.Fatalf("%s: failed without a list: %v", what, got)
		}
		held, err := b.Register(listed(list), "")
		w.must(err)
		var got []string
		for _, f := range b.Findings {
			if f.Severity == rules.Breach {
				got = append(got, f.Code)
				if f.Entry != l.Index || f.Place != "2023-001" || f.Code == c.want[0] && !strings.Contains(f.Got, c.names) {
					t.Errorf("%s: %+v", what, f)
				}
			}
		}
		if slices.Sort(got); !slices.Equal(got, c.want) || len(held) != 1 || held[0].Sound() != (len(c.want) == 0) {
			t.Errorf("%s: %v, want %v (%+v)", what, got, c.want, held[0])
		}
		switch what {
		case "sound":
			if held[0].Matched != 30 || held[0].Lines != 30 || found(b, "verify.ok-register") == nil {
				t.Errorf("%+v", held[0])
			}
		case "left out with a ground":
			if held[0].Left["登记状态不是存续"] != 1 {
				t.Errorf("%+v", held[0])
			}
		case "a town that the pack knows not":
			if held[0].Unknown != 1 || found(b, "verify.register-town") == nil {
				t.Errorf("%+v", held[0])
			}
		}
	}
}

// TestRegisterNeedsK: before K is open nothing can be held to a list, and that is
// said, not passed over.
func TestRegisterNeedsK(t *testing.T) {
	w, _ := opening(t)
	b := w.judge("2023-09-01")
	for id, want := range map[string]string{"": "verify.register-closed", "2023-001": "verify.register-closed", "2023-009": "verify.no-such-draw"} {
		if _, err := b.Register(listed(nil), id); fault.Code(err) != want {
			t.Errorf("%q: %v", id, err)
		}
	}
}

// TestPeople: the auditor's check with KI: the hat by a list of certificates and
// every line of the recusals; what was planted is found.
func TestPeople(t *testing.T) {
	w, l, declared := withRecusals(t, nil)
	ki := fmt.Sprintf("%x", w.keys[l.Index].KI)
	var people []verify.Person
	given := map[string][]string{}
	for _, p := range w.people {
		people = append(people, verify.Person{ID: p.ID, Name: p.Name})
	}
	for _, f := range w.firms {
		for _, id := range declared[f.ID] {
			object := draw.Handle("O", draw.Salt(w.keys[l.Index].K, "O", f.ID), f.ID)
			given[object] = append(given[object], draw.Handle("I", draw.Salt(w.keys[l.Index].KI, "I", id), id))
		}
	}
	for what, g := range map[string]map[string][]string{"with the office's lists": given, "with nothing": nil} {
		b := w.judge("2023-09-01")
		h, err := b.People("2023-001", ki, people, g)
		w.must(err)
		if h.Hat != 5 || h.Known != 5 || len(h.Named) != len(declared) || h.Empty != 30-len(declared) || len(h.Closed) > 0 || b.Failed() || h.Teams == 0 || found(b, "verify.ok-people") == nil {
			t.Errorf("%s: %+v", what, h)
		}
	}
	b := w.judge("2023-09-01")
	h, err := b.People("2023-001", ki, append(people[1:], verify.Person{ID: "YS9999", Name: "外人"}), nil)
	w.must(err)
	if len(h.Ghosts) != 1 || len(h.Missing) != 1 || found(b, "verify.people-ghost") == nil || found(b, "verify.people-missing") == nil || !b.Failed() {
		t.Errorf("%+v", h)
	}
	for id, key := range map[string]string{"2023-009": ki, "2023-001": strings.Repeat("0", 64)} {
		want := map[string]string{"2023-009": "verify.no-such-draw", "2023-001": "verify.ki-differs"}[id]
		if _, err := w.judge("").People(id, key, people, nil); fault.Code(err) != want {
			t.Errorf("%s: %v", id, err)
		}
	}
}

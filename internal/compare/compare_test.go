package compare

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sunlot/sunlot/internal/demo"
	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/verify"
	"github.com/sunlot/sunlot/ledger"
)

// hand is a small ledger made by hand: versions of a register, and draws that
// use them.
type hand struct {
	b     *verify.Bundle
	files fstest.MapFS
	key   byte
}

func newHand() *hand {
	h := &hand{files: fstest.MapFS{}}
	h.b = &verify.Bundle{State: rules.New(), Dir: ledger.OpenDir(h.files)}
	h.b.State.Pack = &rules.Pack{Roster: rules.RosterRule{Statuses: []string{"存续"}, Special: "G-4.3a"}}
	return h
}

func (h *hand) entry(o *record.Opening) int64 {
	h.b.Entries = append(h.b.Entries, &verify.Entry{Index: int64(len(h.b.Entries)), Opening: o})
	return int64(len(h.b.Entries) - 1)
}

func (h *hand) blob(data []byte) record.File {
	f := rules.LinesOf(data)
	h.files[ledger.BlobPath(f.SHA256)] = &fstest.MapFile{Data: data}
	return f
}

// roster adds a version; its list is what the office keeps.
func (h *hand) roster(t *testing.T, date string, firms ...rules.Firm) *List {
	t.Helper()
	h.key++
	var text strings.Builder
	text.WriteString(`{"kind":"objects","key":"` + strings.Repeat(hex.EncodeToString([]byte{h.key}), 32) + "\"}\n")
	for _, f := range firms {
		line, _ := json.Marshal(struct {
			rules.Firm
			Address string `json:"address"` // in no committed line
		}{f, "x"})
		text.Write(append(line, '\n'))
	}
	l, err := ParseList(strings.NewReader(text.String()))
	if err != nil {
		t.Fatal(err)
	}
	h.b.State.Rosters = append(h.b.State.Rosters, rules.At[record.Roster]{Index: h.entry(nil), Time: date + "T09:00:00+08:00",
		Body: &record.Roster{Kind: "objects", Version: int64(h.key), Date: date, Count: int64(len(firms)), File: record.File{SHA256: l.SHA256}}})
	return l
}

// draw adds a draw of a version: pool and left out by code, K open.
func (h *hand) draw(id, date string, pool []string, out map[string]string, drawn ...string) *rules.Lot {
	h.key++
	k := bytes.Repeat([]byte{h.key}, 32)
	handle := func(code string) string { return draw.Handle("O", draw.Salt(k, "O", code), code) }
	var in []draw.Object
	for _, c := range pool {
		in = append(in, draw.Object{Handle: handle(c), Cell: "all", Weight: 1})
	}
	slices.SortFunc(in, func(a, b draw.Object) int { return strings.Compare(a.Handle, b.Handle) })
	var left []draw.LeftOut
	for c, ground := range out {
		left = append(left, draw.LeftOut{Handle: handle(c), Group: "g1", Ground: ground})
	}
	slices.SortFunc(left, func(a, b draw.LeftOut) int { return strings.Compare(a.Handle, b.Handle) })
	rosters := h.b.State.Rosters
	l := &rules.Lot{At: rules.At[record.Notice]{Index: h.entry(&record.Opening{K: hex.EncodeToString(k)}), Time: date + "T09:00:00+08:00",
		Body: &record.Notice{Draw: id, Key: draw.KeyCommit(k), Roster: record.RosterRef{Entry: rosters[len(rosters)-1].Index}, Pool: h.blob(draw.FormatPool(in)), Out: h.blob(draw.FormatLeftOut(left)),
			Randomness: &record.Randomness{Kind: "drand", Time: date + "T19:00:00+08:00"}}}, Draw: &rules.At[record.Draw]{}}
	for _, c := range drawn {
		l.Objects = append(l.Objects, &rules.Object{Handle: handle(c)})
	}
	h.b.State.Lots = append(h.b.State.Lots, l)
	return l
}

func code(n int) string { return "91370322TT0000000" + string(rune('A'+n)) }

func firm(n int, tags ...string) rules.Firm {
	return rules.Firm{ID: code(n), Name: "甲", Town: "370322105", Status: "存续", Tags: tags}
}

func compared(t *testing.T, a, b *Side) *Report {
	t.Helper()
	r, err := Compare(a, b)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Who came, went and was re-tagged, by the versions themselves.
func TestChanges(t *testing.T) {
	h := newHand()
	old := firm(2)
	old.Status = "注销"
	one := h.roster(t, "2023-01-10", firm(0), firm(1), old)
	two := h.roster(t, "2024-01-10", firm(1, "hazard"), firm(2), firm(3))
	a, b := &Side{Bundle: h.b, Year: 2023, Lists: []*List{one, two}}, &Side{Bundle: h.b, Year: 2024, Lists: []*List{one, two}}
	c := compared(t, a, b).Changes
	if c == nil || !slices.Equal(c.Added, []string{code(3)}) || !slices.Equal(c.Removed, []string{code(0)}) {
		t.Fatalf("%+v", c)
	}
	want := []Retag{{code(1), "tags", "", "hazard"}, {code(2), "status", "注销", "存续"}}
	if !slices.Equal(c.Retag, want) {
		t.Errorf("%+v", c.Retag)
	}
	h.b.State.Rosters[0].Body.Towns = []record.Count{{Name: "370322105", Count: 3}, {Name: "370322100", Count: 1}}
	h.b.State.Rosters[1].Body.Towns = []record.Count{{Name: "370322105", Count: 3}, {Name: "370322101", Count: 2}}
	h.b.State.Rosters[1].Body.Count = 5
	counts := compared(t, &Side{Bundle: h.b, Year: 2023}, &Side{Bundle: h.b, Year: 2024}).Counts
	if !slices.Equal(counts, []Moved{{"count", "", 3, 5}, {"town", "370322100", 1, 0}, {"town", "370322101", 0, 2}}) {
		t.Errorf("%+v", counts)
	}
	if r := compared(t, &Side{Bundle: h.b, Year: 2023}, &Side{Bundle: h.b, Year: 2024}); r.Changes != nil || !slices.Contains(r.Needs, "register") || !slices.Contains(r.Needs, "roster") {
		t.Errorf("without lists: %+v, needs %v", r.Changes, r.Needs)
	}
	own := compared(t, &Side{Bundle: h.b, Register: []string{code(0), code(1)}}, &Side{Bundle: h.b, Register: []string{code(1), code(5)}})
	if c := own.Changes; c.From != "register" || !slices.Equal(c.Added, []string{code(5)}) || !slices.Equal(c.Removed, []string{code(0)}) || c.Retag != nil {
		t.Errorf("own lists: %+v", c)
	}
}

// Out of the register just when lots are cast, and back: by opened versions and
// by K alone; both sides of every edge.
func TestAway(t *testing.T) {
	other := firm(1)
	for name, c := range map[string]struct {
		second   string // date of the version that the draw uses
		mid      []rules.Firm
		first    []rules.Firm
		third    []rules.Firm
		want     int
		midOut   map[string]string
		midStood bool
	}{
		"gone 29 days":   {second: "2023-05-03", first: []rules.Firm{firm(0), other}, mid: []rules.Firm{other}, third: []rules.Firm{firm(0), other}, want: 1},
		"gone 30 days":   {second: "2023-05-02", first: []rules.Firm{firm(0), other}, mid: []rules.Firm{other}, third: []rules.Firm{firm(0), other}},
		"new":            {second: "2023-05-20", first: []rules.Firm{other}, mid: []rules.Firm{other}, third: []rules.Firm{firm(0), other}},
		"gone for good":  {second: "2023-05-20", first: []rules.Firm{firm(0), other}, mid: []rules.Firm{other}, third: []rules.Firm{other}},
		"there":          {second: "2023-05-20", first: []rules.Firm{firm(0), other}, mid: []rules.Firm{firm(0), other}, third: []rules.Firm{firm(0), other}, midStood: true},
		"out of scope":   {second: "2023-05-20", first: []rules.Firm{firm(0), other}, mid: []rules.Firm{firm(0, "special"), other}, third: []rules.Firm{firm(0), other}, want: 1, midOut: map[string]string{code(0): "special"}},
		"out by the cap": {second: "2023-05-20", first: []rules.Firm{firm(0), other}, mid: []rules.Firm{firm(0), other}, third: []rules.Firm{firm(0), other}, midOut: map[string]string{code(0): "cap"}},
	} {
		h := newHand()
		pool := func(firms []rules.Firm) []string {
			var list []string
			for _, f := range firms {
				if c.midOut[f.ID] == "" {
					list = append(list, f.ID)
				}
			}
			return list
		}
		var lists []*List
		lists = append(lists, h.roster(t, "2023-02-01", c.first...))
		h.draw("2023-001", "2023-02-05", pool(c.first), nil)
		if c.midOut != nil {
			h.b.State.Lots = nil
			h.draw("2023-001", "2023-02-05", []string{code(0), code(1)}, nil)
		}
		lists = append(lists, h.roster(t, c.second, c.mid...))
		h.draw("2023-002", "2023-06-01", pool(c.mid), c.midOut)
		lists = append(lists, h.roster(t, "2023-06-20", c.third...))
		third := []string{code(1)}
		for _, f := range c.third {
			if f.ID == code(0) {
				third = append(third, f.ID)
			}
		}
		h.draw("2023-003", "2023-07-01", third, nil)
		for how, s := range map[string]*Side{"versions": {Bundle: h.b, Lists: lists}, "K": {Bundle: h.b, Register: []string{code(0), code(1)}}} {
			r := compared(t, s, s)
			if len(r.A.Away) != c.want || r.A.Watched != 1 {
				t.Errorf("%s by %s: %+v of %d draws, want %d", name, how, r.A.Away, r.A.Watched, c.want)
			}
			for _, a := range r.A.Away {
				if a != (Away{code(0), "2023-002", c.second, "2023-06-20"}) {
					t.Errorf("%s by %s: %+v", name, how, a)
				}
			}
		}
	}
}

// Who stood in a hat and was not drawn; a draw whose K is closed or whose files
// do not hold says nothing.
func TestNever(t *testing.T) {
	h := newHand()
	h.roster(t, "2023-01-10", firm(0), firm(1), firm(2))
	h.draw("2023-001", "2023-02-01", []string{code(0), code(1)}, map[string]string{code(2): "status"}, code(0))
	shut := h.draw("2023-002", "2023-03-01", []string{code(1)}, nil, code(1))
	h.b.Entries[shut.Index].Opening = nil
	lost := h.draw("2023-003", "2023-04-01", []string{code(1)}, nil, code(1))
	delete(h.files, ledger.BlobPath(lost.Body.Pool.SHA256))
	h.draw("2024-001", "2024-02-01", []string{code(1)}, nil, code(1))
	codes := []string{code(0), code(1), code(2), code(9)}
	r := compared(t, &Side{Bundle: h.b, Year: 2023, Register: codes}, &Side{Bundle: h.b, Year: 2024, Register: codes})
	if n := r.A.Never; n.Draws != 1 || n.Stood != 2 || !slices.Equal(n.Codes, []string{code(1)}) {
		t.Errorf("%+v", n)
	}
	if n := r.B.Never; n.Draws != 1 || n.Stood != 1 || len(n.Codes) != 0 {
		t.Errorf("%+v", n)
	}
	if !slices.Contains(r.Needs, "k") || len(r.A.Draws) != 3 || r.A.Draws[0].K != true || r.A.Draws[1].K {
		t.Errorf("%v %+v", r.Needs, r.A.Draws)
	}
}

// A pair shows within a draw by handle; across draws only with KI and numbers.
func TestPairs(t *testing.T) {
	h := newHand()
	h.roster(t, "2023-01-10", firm(0))
	people := []string{"YS001", "YS002", "YS003"}
	keys := map[string][]byte{}
	for i, id := range []string{"2023-001", "2023-002"} {
		l := h.draw(id, "2023-02-01", []string{code(0)}, nil, code(0), code(1))
		ki := bytes.Repeat([]byte{byte(100 + i)}, 32)
		keys[id] = ki
		l.Body.KeyI = draw.KeyCommit(ki)
		l.People = map[string][]string{}
		in := func(n int) string {
			x := draw.Handle("I", draw.Salt(ki, "I", people[n]), people[n])
			l.People[x] = nil
			return x
		}
		in(2)
		l.Objects[0].Team = []string{in(0), in(1)}
		if i == 0 {
			l.Objects[1].Team = []string{in(1), in(0)}
		} else {
			l.Objects[1].Team = []string{strings.Repeat("0", 32), in(1)}
		}
	}
	s := &Side{Bundle: h.b}
	r := compared(t, s, s)
	if len(r.A.Pairs) != 1 || r.A.Pairs[0].Times != 2 || r.A.Pairs[0].Draw != "2023-001" || r.A.People != nil || !slices.Contains(r.Needs, "ki") {
		t.Errorf("%+v %+v %v", r.A.Pairs, r.A.People, r.Needs)
	}
	s.KI, s.People = keys, people
	p := compared(t, s, s).A.People
	if p == nil || p.Draws != 2 || p.Unknown != 1 || len(p.Pairs) != 1 || p.Pairs[0] != (Pair{"", [2]string{"YS001", "YS002"}, 3}) || !slices.Equal(p.Idle, []string{"YS003"}) {
		t.Errorf("%+v", p)
	}
	// Teams drawn later bear handles of their own key.
	later := bytes.Repeat([]byte{200}, 32)
	in := func(n int) string { return draw.Handle("I", draw.Salt(later, "I", people[n]), people[n]) }
	h.b.State.Lots[1].Later = []*rules.Later{{At: rules.At[record.TeamsNotice]{Index: h.entry(nil), Body: &record.TeamsNotice{ID: "2023-002-T1", KeyI: draw.KeyCommit(later)}},
		Hat: rules.Hat{People: map[string][]string{in(2): nil}}}}
	h.b.State.Lots[1].Objects[1].Team = []string{in(2), in(1)}
	keys["2023-002-T1"] = later
	if p := compared(t, s, s).A.People; p.Draws != 2 || p.Unknown != 0 || len(p.Idle) != 0 || len(p.Pairs) != 1 {
		t.Errorf("teams later: %+v", p)
	}
	s.KI = map[string][]byte{"2023-001": bytes.Repeat([]byte{7}, 32), "2023-009": keys["2023-001"], "2023-002": keys["2023-002"]}
	if wrong := s.WrongKI(); !slices.Equal(wrong, []string{"2023-001", "2023-009"}) {
		t.Errorf("%v", wrong)
	}
	if p := compared(t, s, s).A.People; p.Draws != 1 {
		t.Errorf("a wrong key counts: %+v", p)
	}
}

// A demonstration office: its own registers fit its ledger, an edited one does
// not; results by team come from the entries.
func TestOffice(t *testing.T) {
	dir := t.TempDir()
	r, err := demo.NewRun("gaoqing", filepath.Join(dir, "office"), new(bytes.Buffer), nil)
	if err == nil {
		err = r.Small()
	}
	if err == nil {
		err = r.Build(filepath.Join(dir, "site"))
	}
	if err != nil {
		t.Fatal(err)
	}
	b, err := verify.Open(os.DirFS(filepath.Join(dir, "site")), verify.Options{Today: "2023-11-20"})
	if err != nil {
		t.Fatal(err)
	}
	s := &Side{Bundle: b, Year: 2023}
	files, _ := filepath.Glob(filepath.Join(dir, "office", "private", "registers", "*.jsonl"))
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		l, err := ParseList(bytes.NewReader(data))
		if err != nil {
			continue // the history, a declaration
		}
		if s.Lists = append(s.Lists, l); !s.Knows(l) {
			t.Errorf("%s fits no register of the ledger", name)
		}
		edited, err := ParseList(strings.NewReader(strings.Replace(string(data), "（演示）", "（演）", 1)))
		if err != nil || s.Knows(edited) {
			t.Errorf("%s: an edited list passes (%v)", name, err)
		}
	}
	if len(s.Lists) != 2 {
		t.Fatalf("%d lists", len(s.Lists))
	}
	rep := compared(t, s, &Side{Bundle: b, Year: 2024})
	a := rep.A
	if a.Tally.Draws != 1 || a.Tally.Drawn != 3 || a.Tally.Published != 3 || a.Tally.Corrected != [2]int{1, 3} || len(a.Teams) == 0 || a.Never == nil || a.Never.Stood != 38 || len(a.Never.Codes) != 35 {
		t.Errorf("%+v %+v", a.Tally, a.Never)
	}
	total := [2]int{}
	for _, x := range a.Teams {
		total[0], total[1] = total[0]+x.Clean, total[1]+x.Results
	}
	if total != [2]int{0, 3} { // the one without problems was corrected
		t.Errorf("teams: %v", total)
	}
	if rep.B.Tally.Draws != 0 || rep.B.Never != nil {
		t.Errorf("2024: %+v", rep.B)
	}
	for _, want := range []string{"只列数字，不下结论", "A 0 / 3（0%）", "35 户一次没有抽中", "B 0 / 0"} {
		if !strings.Contains(rep.Text(), want) {
			t.Errorf("lacks %s:\n%s", want, rep.Text())
		}
	}
}

// Whatever a list brings stays a text in a spreadsheet (T18).
func TestCSV(t *testing.T) {
	r := &Report{A: SideReport{Draws: []Draw{{Draw: "=1+1", Name: "＝x"}, {Draw: "@x", Name: "-1"}}}}
	var b bytes.Buffer
	if err := r.CSV(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"'=1+1", "'＝x", "'@x", "'-1"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("lacks %s:\n%s", want, b.String())
		}
	}
}

func TestParse(t *testing.T) {
	head := `{"kind":"objects","key":"` + strings.Repeat("00", 32) + `"}` + "\n"
	for text, want := range map[string]string{
		"":                            "compare.bad-list",
		"[]":                          "compare.bad-list",
		`{"kind":"objects","key":""}`: "compare.bad-list",
		strings.Replace(head, "objects", "history", 1) + "{}\n": "compare.bad-list",
		head + "x\n":                            "compare.bad-list",
		head + strings.Repeat("x", maxLine+1):   "compare.bad-list",
		head:                                    "",
		head + `{"id":"x","name":"y","more":1}`: "",
	} {
		if _, err := ParseList(strings.NewReader(text)); fault.Code(err) != want {
			t.Errorf("%.60q: %v, want %s", text, err, want)
		}
	}
	for text, want := range map[string][]string{
		"\ufeff名称,统一社会信用代码\n甲," + code(0) + "\n乙, " + strings.ToLower(code(1)) + "\n丙,\n": {code(0), code(1)},
		code(1) + "\n" + code(0) + "\n" + code(1) + "\nx\n":                               {code(0), code(1)},
		"": nil,
	} {
		if got, _, err := ParseCodes([]byte(text)); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %v %v", text, got, err)
		}
	}
	if _, odd, _ := ParseCodes([]byte("x\ny\n" + code(0))); odd != 2 {
		t.Errorf("%d odd lines", odd)
	}
	if _, _, err := ParseCodes([]byte("\xb4\xfa\xc2\xeb\n")); fault.Code(err) != "compare.not-utf8" {
		t.Error(err)
	}
	if ids, _, err := ParsePeople([]byte("执法证号,姓名\nYS001,甲\n")); err != nil || !slices.Equal(ids, []string{"YS001"}) {
		t.Error(ids, err)
	}
	for text, ok := range map[string]bool{"": true, `{"format":"sunlot-ki/v1","draw":"2023-001","KI":"` + strings.Repeat("0", 64) + `","recusals":{}}`: true,
		`{"format":"sunlot-ki/v2","draw":"2023-001","KI":"` + strings.Repeat("0", 64) + `"}`: false, `{"format":"sunlot-ki/v1","draw":"2023-001","KI":"00"}`: false, "{": false, "2023-001 " + strings.Repeat("0", 64) + "\n": true, "2023-001\n": false, "2023-001 00\n": false, "a " + strings.Repeat("0", 64) + "\na " + strings.Repeat("0", 64): false} {
		if _, err := ParseKI([]byte(text)); (err == nil) != ok {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// Whatever is read: no panic, and what is taken up has its form.
func FuzzParse(f *testing.F) {
	f.Add([]byte(`{"kind":"objects","key":"` + strings.Repeat("00", 32) + `"}` + "\n" + `{"id":"x","tags":["a"]}`))
	f.Add([]byte(`{"kind":"inspectors","key":"` + strings.Repeat("00", 32) + `"}` + "\n" + `{"id":"YS001"}`))
	f.Add([]byte("统一社会信用代码\n" + code(0) + "\n"))
	f.Add([]byte(`{"format":"sunlot-ki/v1","draw":"2023-001","KI":"` + strings.Repeat("0", 64) + `"}`))
	f.Add([]byte("2023-001 " + strings.Repeat("0", 64)))
	f.Fuzz(func(t *testing.T, data []byte) {
		if l, err := ParseList(bytes.NewReader(data)); err == nil && len(l.SHA256) != 64 {
			t.Errorf("%+v", l)
		}
		if codes, _, err := ParseCodes(data); err == nil {
			for _, c := range codes {
				if id, ok := draw.ObjectID(c); !ok || id != c {
					t.Errorf("%q is no code", c)
				}
			}
		}
		ParsePeople(data)
		keys, err := ParseKI(data)
		for id, k := range keys {
			if err != nil || len(k) != 32 || id == "" {
				t.Errorf("%q: %x", id, k)
			}
		}
	})
}

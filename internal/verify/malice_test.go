package verify_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/attack"
	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/verify"
	"github.com/sunlot/sunlot/ledger"
	"github.com/sunlot/sunlot/ledger/local"
)

// TestMalice: an office that writes past its own program. Each entry is signed,
// in the tree and opened as it should be; each is blamed at its index and has
// no effect.
func TestMalice(t *testing.T) {
	for _, c := range []struct {
		what string
		do   func(w *writer, l *rules.Lot) (index int64)
		want string
	}{
		{"a second draw of one notice", func(w *writer, l *rules.Lot) int64 { return w.say("2023-08-24T10:00:00", l.Draw.Body) }, "rules.redraw"},
		{"a second notice on the open line", func(w *writer, l *rules.Lot) int64 { return w.announce("2023-09-15T09:00:00", "A", 657413, nil).Index }, "rules.line-open"},
		{"a notice for a round that has come, by its own clock", func(w *writer, l *rules.Lot) int64 { return w.announce("2023-08-24T10:00:00", "B", 1001, nil).Index }, "rules.notice-late"},
		{"the same, backdated", func(w *writer, l *rules.Lot) int64 { return w.announce("2023-08-23T12:00:00", "B", 1001, nil).Index }, "rules.notice-late"},
		{"a result of a firm that was not drawn", func(w *writer, l *rules.Lot) int64 {
			s := stranger(w, l)
			o := &rules.Object{Handle: draw.Handle("O", s.Salt, s.ID), Team: l.Objects[0].Team}
			return w.result("2023-09-20T11:00:00", l, o, &rules.Firm{ID: s.ID, Name: "x"})
		}, "rules.not-drawn"},
		{"a second result of one firm", func(w *writer, l *rules.Lot) int64 {
			w.result("2023-09-20T11:00:00", l, l.Objects[0], w.firm(l, l.Objects[0]))
			w.open("2023-09-20T11:00:00", l, false, l.Objects[0])
			return w.result("2023-09-20T12:00:00", l, l.Objects[0], w.firm(l, l.Objects[0]))
		}, "rules.result-twice"},
		{"signed with the log's key", func(w *writer, l *rules.Lot) int64 {
			return w.sayAs(w.log, "2023-08-24T10:00:00", &record.Abort{Notice: l.Index, Ground: "x", Date: "2023-08-24"})
		}, "rules.unsigned"},
		{"signed with a key of one's own", func(w *writer, l *rules.Lot) int64 {
			return w.sayAs(attack.Signer(w.tb, origin+"/office", 9), "2023-08-24T10:00:00", &record.Abort{Notice: l.Index, Ground: "x", Date: "2023-08-24"})
		}, "rules.unsigned"},
		{"a charter that appoints its own signer", func(w *writer, l *rules.Lot) int64 {
			thief := attack.Signer(w.tb, origin+"/office", 9)
			body := *w.state.Charters[0].Body
			body.Keys = []record.RoleKey{body.Keys[0], {Role: "office", Key: thief.Key().String(), Held: "x"}}
			return w.sayAs(thief, "2023-08-24T10:00:00", &body)
		}, "rules.unsigned"},
		{"a replacement by one who was not in the hat", func(w *writer, l *rules.Lot) int64 {
			o := l.Objects[0]
			return w.say("2023-08-25T10:00:00", &record.TeamChange{Notice: l.Index, Kind: "replacement", Object: o.Handle, Leave: o.Team[1], Come: strings.Repeat("a", 32),
				Ground: w.state.Pack.Team.Grounds[0], Date: "2023-08-25", Consent: "执法大队", Agreed: "2023-08-25", By: "x"})
		}, "rules.not-qualified"},
		{"a dispatch of what was dispatched", func(w *writer, l *rules.Lot) int64 { return w.dispatch("2023-08-25T10:00:00", l) }, "rules.dispatched-twice"},
		{"a correction of what is not there", func(w *writer, l *rules.Lot) int64 {
			return w.say("2023-08-25T10:00:00", &record.Correction{Result: l.Index, Old: strings.Repeat("0", 64), Ground: "x", Approved: "x", Date: "2023-08-25",
				Outcome: record.Outcome{Items: []record.ItemCodes{{Item: "1", Codes: []string{"a"}}}, Codes: []string{"a"}}})
		}, "rules.no-such-entry"},
		{"a register beside the notice's", func(w *writer, l *rules.Lot) int64 {
			file := rules.RosterFile([]byte("k"), "objects", []string{"a"}, []string{"x"})
			return w.say("2023-08-25T10:00:00", &record.Roster{Kind: "objects", Version: 1, Date: "2023-08-25", Reason: "x", Count: 1, File: rules.LinesOf(file)}, file)
		}, "rules.version"},
	} {
		w, l := opening(t)
		before := w.judge("2023-09-21")
		if blamed(before) != nil {
			t.Fatal(blamed(before))
		}
		index := c.do(w, l)
		b := w.judge("2023-09-21")
		got := blamed(b)
		// A redraw can be wrong in more than one way, but only here.
		for _, g := range got {
			if !strings.HasSuffix(g, fmt.Sprintf(" at %d", index)) {
				t.Errorf("%s: blames %v, it is at %d", c.what, got, index)
			}
		}
		if !slices.Contains(got, fmt.Sprintf("%s at %d", c.want, index)) || !b.Failed() {
			t.Errorf("%s: %v, want %s at %d", c.what, got, c.want, index)
		}
		for _, o := range b.State.LotAt(l.Index).Objects {
			if o.Team[0] != l.Object(o.Handle).Team[0] || o.Dispatch != 7 {
				t.Errorf("%s: it has an effect on %+v", c.what, o)
			}
		}
	}
}

// TestMaliceInTheDraw: one draw, changed in every way that its writer can.
func TestMaliceInTheDraw(t *testing.T) {
	for what, change := range map[string]func(*record.Draw){
		"another seed":       func(d *record.Draw) { d.Seed = strings.Repeat("0", 64) },
		"one more":           func(d *record.Draw) { d.Count++ },
		"another cut-off":    func(d *record.Draw) { d.Cells[0].Cutoff = strings.Repeat("f", 64) },
		"the lists traded":   func(d *record.Draw) { d.Drawn, d.Teams = d.Teams, d.Drawn },
		"another load":       func(d *record.Draw) { d.Cap++ },
		"another round":      func(d *record.Draw) { d.Signature = attack.Rounds()[1001] },
		"another randomness": func(d *record.Draw) { d.Rho = strings.Repeat("0", 64) },
		"another commitment": func(d *record.Draw) { d.Commitment = strings.Repeat("0", 64) },
	} {
		w := newWriter(t, "gaoqing")
		l := w.announce("2023-08-23T15:00:00", "A", 1000, nil)
		index := w.cast("2023-08-24T08:30:00", l, change)
		b := w.judge("2023-08-25")
		if got := blamed(b); len(got) != 1 || !strings.HasSuffix(got[0], fmt.Sprintf(" at %d", index)) || b.State.LotAt(l.Index).Draw != nil {
			t.Errorf("%s: %v", what, got)
		}
	}
	// A friend taken off the list: another drawn list, well formed, in its place.
	w := newWriter(t, "gaoqing")
	l := w.announce("2023-08-23T15:00:00", "A", 1000, nil)
	var recusals []draw.RecusalLine
	for i := range l.Pool {
		recusals = append(recusals, rules.Recusal(l.Pool[i].Handle, nil, nil, w.keys[l.Index].KI))
	}
	body, blobs, err := l.Cast(record.Given{Signature: attack.Rounds()[1000]}, recusals)
	w.must(err)
	list := strings.Split(strings.TrimSpace(string(blobs[body.Drawn.SHA256])), "\n")
	friend := strings.Split(list[0], "|")
	for i := range l.Pool {
		if h := l.Pool[i].Handle; !strings.Contains(string(blobs[body.Drawn.SHA256]), h) {
			list[0] = friend[0] + "|" + friend[1] + "|" + h
			break
		}
	}
	forged := []byte(strings.Join(list, "\n") + "\n")
	body.Drawn = rules.LinesOf(forged)
	index := w.say("2023-08-24T08:30:00", body, append(slices.Collect(maps.Values(blobs)), forged)...)
	if got := blamed(w.judge("2023-08-25")); !slices.Contains(got, fmt.Sprintf("rules.draw-differs at %d", index)) {
		t.Errorf("a friend taken off: %v", got)
	}
}

// TestWithheld: evidence that is gone frees nobody: the draw stays listed and
// the verdict is a failure.
func TestWithheld(t *testing.T) {
	w, l := season(t)
	digests := []string{l.Body.Pool.SHA256, l.Body.Out.SHA256, l.Body.People.SHA256, l.Body.Recusals.SHA256, l.Draw.Body.Drawn.SHA256, l.Draw.Body.Teams.SHA256, l.Draw.Body.Recusals.SHA256,
		w.state.Rosters[0].Body.File.SHA256, w.state.Charters[0].Body.Pack.File.SHA256, l.Sent[0].Body.Objects.SHA256}
	for _, sum := range digests {
		name := ledger.BlobPath(sum)
		kept := w.dir[name]
		for what, data := range map[string][]byte{"missing": nil, "changed": append([]byte("x"), kept...)} {
			if w.dir[name] = data; data == nil {
				delete(w.dir, name)
			}
			b := w.judge("2024-07-31")
			if !b.Failed() || !slices.ContainsFunc(b.Findings, func(f rules.Finding) bool {
				return f.Severity == rules.Breach && strings.Contains(f.Place, sum)
			}) {
				t.Errorf("%s %s: %v", sum, what, blamed(b))
			}
		}
		w.dir[name] = kept
	}
	if b := w.judge("2024-07-31"); b.Failed() {
		t.Error(blamed(b))
	}
}

// TestUnreadable: entries of this log that no judge can read stand in it, are
// shown, and what comes after them is judged as if they were not there. Written
// with the engine that offices use.
func TestUnreadable(t *testing.T) {
	w, l := opening(t)
	good, err := ledger.FormatNote("sunlot/v1 abort\n"+origin+"\n{\"body\":{\"date\":\"2023-08-24\",\"ground\":\"x\",\"notice\":5},\"env\":{\"at\":\"2023-08-24T10:00:00+08:00\",\"by\":\"x\"}}\n", w.office)
	w.must(err)
	note := func(text string) []byte {
		raw, err := ledger.FormatNote(text, w.office)
		w.must(err)
		return raw
	}
	line := `{"body":{"date":"2023-08-24","ground":"x","notice":5},"env":{"at":"2023-08-24T10:00:00+08:00","by":"x"}}`
	bad := map[string][]byte{
		"no note":            []byte("hello"),
		"zeros":              make([]byte, 100),
		"not UTF-8":          bytes.Replace(good, []byte(`"x"`), []byte("\"\xff\""), 1),
		"no signature":       good[:bytes.LastIndex(good, []byte("\n\n"))+1],
		"another format":     note("sunlot/v2 abort\n" + origin + "\n" + line + "\n"),
		"unknown type":       note("sunlot/v1 banish\n" + origin + "\n" + line + "\n"),
		"not canonical":      note("sunlot/v1 abort\n" + origin + "\n" + strings.Replace(line, `,"env"`, `, "env"`, 1) + "\n"),
		"another member":     note("sunlot/v1 abort\n" + origin + "\n" + strings.Replace(line, `"ground"`, `"gift":1,"ground"`, 1) + "\n"),
		"a member twice":     note("sunlot/v1 abort\n" + origin + "\n" + strings.Replace(line, `"notice":5`, `"notice":5,"notice":5`, 1) + "\n"),
		"upper case":         note("sunlot/v1 abort\n" + origin + "\n" + strings.Replace(line, `"notice"`, `"Notice"`, 1) + "\n"),
		"a fraction":         note("sunlot/v1 abort\n" + origin + "\n" + strings.Replace(line, `5}`, `5.0}`, 1) + "\n"),
		"no such day":        note("sunlot/v1 abort\n" + origin + "\n" + strings.Replace(line, "2023-08-24\"", "2023-02-30\"", 1) + "\n"),
		"another time zone":  note("sunlot/v1 abort\n" + origin + "\n" + strings.Replace(line, "+08:00", "+09:00", 1) + "\n"),
		"a bidi control":     note("sunlot/v1 abort\n" + origin + "\n" + strings.Replace(line, `"x"`, "\"\u202ex\"", 1) + "\n"),
		"one line too many":  note("sunlot/v1 abort\n" + origin + "\n" + line + "\n\n"),
		"an origin with ..":  note("sunlot/v1 abort\nDemo.example.cn/x\n" + line + "\n"),
		"a draw of nonsense": note("sunlot/v1 draw\n" + origin + "\n" + line + "\n"),
	}
	dir := t.TempDir()
	w.spill(dir)
	log, err := local.Open(local.Options{Dir: filepath.Join(dir, "ledger"), Guard: filepath.Join(dir, "guard"), Origin: origin, Log: w.log, Now: 2, Copies: true})
	if err != nil {
		t.Fatal(err)
	}
	names := slices.Sorted(maps.Keys(bad))
	var entries [][]byte
	for _, n := range names {
		entries = append(entries, bad[n])
	}
	if _, err := log.Append(local.Batch{Entries: append(entries, good)}); err != nil {
		t.Fatal(err)
	}
	if err := log.Close(); err != nil {
		t.Fatal(err)
	}
	b, err := verify.Open(os.DirFS(dir), verify.Options{Today: "2023-08-25"})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{}
	for i, n := range names {
		e := b.Entries[8+i]
		want = append(want, fmt.Sprintf("verify.bad-entry at %d", 8+i))
		if e.Record != nil || len(e.Findings) != 1 || e.Findings[0].Code != "verify.bad-entry" || e.Findings[0].Got == "" || e.Hash != rules.Hash(bad[n]) {
			t.Errorf("%s: %+v", n, e)
		}
	}
	slices.Sort(want)
	if got := blamed(b); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	if a := b.State.LotAt(l.Index).Abort; a == nil || a.Index != int64(8+len(names)) {
		t.Errorf("the sound entry behind them: %+v", a)
	}
}

// spill writes the folder to a disk, with a guard that knows it.
func (w *writer) spill(dir string) {
	w.tb.Helper()
	for name, data := range w.dir {
		name = filepath.Join(dir, "ledger", filepath.FromSlash(name))
		w.must(os.MkdirAll(filepath.Dir(name), 0o755))
		w.must(os.WriteFile(name, data, 0o644))
	}
	w.must(local.Adopt(local.Options{Dir: filepath.Join(dir, "ledger"), Guard: filepath.Join(dir, "guard"), Origin: origin, Log: w.log, Now: 1, Copies: true}))
}

// TestPolicy: the key is the reader's where he gives one.
func TestPolicy(t *testing.T) {
	w, _ := season(t)
	policy := func(s ledger.Signer) []byte {
		p, err := ledger.FormatPolicy(&ledger.Policy{Logs: []ledger.PolicyKey{{Key: s.Key()}}})
		w.must(err)
		return p
	}
	open := func(pinned []byte) (*verify.Bundle, error) {
		return verify.Open(w.dir.FS(), verify.Options{Policy: pinned})
	}
	b, err := open(policy(w.log))
	if err != nil || b.Failed() || !b.Pinned || found(b, "verify.own-key") != nil {
		t.Errorf("the log's own: %v, %v", err, blamed(b))
	}
	if b, err = open(nil); err != nil || b.Pinned || found(b, "verify.own-key") == nil {
		t.Errorf("none: %v", err)
	}
	for what, pinned := range map[string][]byte{
		"another key of the same name": policy(attack.Signer(t, origin, 9)),
		"another log":                  policy(attack.Signer(t, "demo.example.cn/other", 1)),
		"the office's key":             policy(w.office),
	} {
		if b, err := open(pinned); err == nil || b != nil || fault.Code(err) != "verify.bad-checkpoint" {
			t.Errorf("%s: %v", what, err)
		}
	}
	for what, pinned := range map[string]string{"empty": "", "no line feed": "quorum none", "rubbish": "log x\nquorum none\n"} {
		if b, err := open([]byte(pinned)); err == nil || b != nil || fault.Code(err) != "verify.bad-policy" {
			t.Errorf("%s: %v", what, err)
		}
	}
}

// TestCharterKey: a log whose charter names another key than the one that
// signs its checkpoint, or another origin.
func TestCharterKey(t *testing.T) {
	w := newWriter(t, "gaoqing")
	body := *w.state.Charters[0].Body
	body.Keys = []record.RoleKey{{Role: "log", Key: attack.Signer(t, origin, 9).Key().String(), Held: "x"}, body.Keys[1]}
	w.say("2023-06-21T09:00:00", &body)
	if got, want := blamed(w.judge("")), []string{"verify.log-key at -1", "verify.policy-file at 5"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	w = newWriter(t, "gaoqing")
	e, err := record.Format(&record.Entry{Type: "charter", Origin: "demo.example.cn/other", Env: record.Env{At: "2023-06-12T09:00:00+08:00", By: "x"}, Body: w.state.Charters[0].Body})
	w.must(err)
	raw, err := ledger.FormatNote(e, w.office)
	w.must(err)
	pack := w.dir[ledger.BlobPath(w.state.Charters[0].Body.Pack.File.SHA256)]
	w.dir = attack.Memory{}
	w.pub = &ledger.Publisher{Public: w.dir, Second: attack.Memory{}, Log: w.log, Now: 1, Copies: true}
	w.must(w.pub.Create(nil))
	w.publish(0, raw, [][]byte{pack})
	if got, want := blamed(w.judge("")), []string{"verify.origin at -1"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
	// A log that begins with anything else has no charter for ever.
	w.dir = attack.Memory{}
	w.pub = &ledger.Publisher{Public: w.dir, Second: attack.Memory{}, Log: w.log, Now: 1, Copies: true}
	w.must(w.pub.Create(nil))
	w.publish(0, []byte("x"), nil)
	w.publish(1, raw, [][]byte{pack})
	if got, want := blamed(w.judge("")), []string{"rules.no-charter at 1", "verify.bad-entry at 0"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestReport: the same folder gives the same bytes, the parts hold every
// finding once, and the verdict is the failures'.
func TestReport(t *testing.T) {
	w, l := season(t)
	var first []byte
	for range 5 {
		b := w.judge("2024-07-31")
		data, err := b.JSON()
		w.must(err)
		if first == nil {
			first = data
		}
		if !bytes.Equal(first, data) {
			t.Fatalf("%s\n%s", first, data)
		}
	}
	var r struct {
		Verdict, Origin, Root string
		Size                  int
		Pinned                bool `json:"policy_pinned"`
		Findings              []rules.Finding
	}
	w.must(json.Unmarshal(first, &r))
	if r.Verdict != "sound" || r.Origin != origin || len(r.Root) != 64 || r.Size != 13 || r.Pinned || len(r.Findings) < 8 {
		t.Errorf("%+v", r)
	}
	w.say("2023-12-01T09:00:00", l.Draw.Body)
	delete(w.dir, ledger.BlobPath(l.Body.Pool.SHA256))
	var again []byte
	for range 3 {
		b := w.judge("2024-07-31")
		data, err := b.JSON()
		w.must(err)
		if again == nil {
			again = data
		}
		if !bytes.Equal(again, data) {
			t.Fatalf("%s\n%s", again, data)
		}
		n := 0
		for i, p := range b.Parts() {
			n += len(p.Findings)
			for _, f := range p.Findings {
				if want := map[rules.Severity]int{rules.OK: 0, rules.Breach: 1, rules.Believed: 2, rules.Unknown: 3}[f.Severity]; want != i && !(want == 0 && i == 4) {
					t.Errorf("%+v stands in %s", f, p.Name)
				}
			}
		}
		if n != len(b.Findings) || !b.Failed() {
			t.Errorf("%d of %d findings, failed %v", n, len(b.Findings), b.Failed())
		}
	}
	w.must(json.Unmarshal(again, &r))
	if r.Verdict != "unsound" {
		t.Error(r.Verdict)
	}
}

// TestRoot: a site and its ledger are both taken; anything else is named.
func TestRoot(t *testing.T) {
	w, _ := season(t)
	site := attack.Memory{}
	for name, data := range w.dir {
		site["ledger/"+name] = data
	}
	for what, dir := range map[string]attack.Memory{"ledger": w.dir, "site": site} {
		if b, err := verify.Open(dir.FS(), verify.Options{}); err != nil || b.Failed() {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := verify.Open(attack.Memory{"index.html": nil}.FS(), verify.Options{}); fault.Code(err) != "verify.no-ledger" {
		t.Error(err)
	}
	delete(w.dir, "policy")
	if _, err := verify.Open(w.dir.FS(), verify.Options{}); fault.Code(err) != "verify.no-policy" {
		t.Error(err)
	}
}

package verify_test

import (
	"encoding/hex"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/attack"
	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/ledger"
)

// TestKeyLost: a loss that is told frees nobody: the draw is a failed check from
// the day on which K was due, before and after an abort, until K turns up.
func TestKeyLost(t *testing.T) {
	lost := func(w *writer, l *rules.Lot) {
		w.say("2023-09-01T09:00:00", &record.Lost{Notice: l.Index, K: true, KI: true, Ground: "硬盘损坏", Date: "2023-09-01", Approved: "演示"})
	}
	for _, aborted := range []bool{false, true} {
		w, l := opening(t)
		lost(w, l)
		if aborted {
			w.say("2023-09-02T09:00:00", &record.Abort{Notice: l.Index, Ground: "启封钥匙遗失", Date: "2023-09-02"})
		}
		for today, want := range map[string][]string{"2023-11-01": nil, "2023-11-02": {"verify.k-lost at 5"}, "2099-01-01": {"verify.k-lost at 5"}} {
			b := w.judge(today)
			if got := blamed(b); !slices.Equal(got, want) {
				t.Errorf("aborted %v, on %s: %v, want %v", aborted, today, got, want)
			}
			if f := found(b, "rules.k-lost"); f == nil || f.Severity != rules.Warning {
				t.Errorf("the loss is not told: %+v", f)
			}
		}
		w.open("2023-10-20T09:00:00", l, true)
		b := w.judge("2023-11-02")
		if got := blamed(b); len(got) > 0 || found(b, "rules.key-found") == nil {
			t.Errorf("found again: %v", got)
		}
	}
}

// withRecusals is a draw in which the first inspector stands back from some of
// the firms: every third line names him, for he declared so before the notice.
func withRecusals(t *testing.T, stated func(*record.Notice)) (*writer, *rules.Lot, map[string][]string) {
	t.Helper()
	w := newWriter(t, "gaoqing")
	declared := map[string][]string{}
	var texts []string
	for i, f := range w.firms {
		if i%3 == 0 {
			declared[f.ID] = []string{w.people[0].ID}
			texts = append(texts, f.ID)
		}
	}
	list := rules.RosterFile([]byte("recusal"), "recusal", texts, texts)
	w.say("2023-07-03T09:00:00", &record.Recusal{Person: "演示", Date: "2023-07-01", Decided: "2023-07-02", By: "演示", Units: int64(len(texts)), List: rules.LinesOf(list)}, list)
	entry := w.state.Size - 1
	k := rules.Keys{K: []byte(fmt.Sprintf("%032d", 77)), KI: []byte(fmt.Sprintf("i%031d", 77))}
	a, err := w.state.Announce(rules.Task{Line: "A", Round: 1000, Declared: declared}, rules.Registers{Firms: w.firms, People: w.people}, k)
	w.must(err)
	if stated != nil {
		stated(a.Notice)
	}
	index := w.say("2023-08-23T15:00:00", a.Notice, slices.Collect(maps.Values(a.Blobs))...)
	w.keys[index], w.beside[index] = k, new(record.Opening)
	l := w.state.LotAt(index)
	if l.Failed {
		t.Fatal("the notice has no effect")
	}
	handles := map[string]string{}
	for _, p := range w.people {
		handles[p.ID] = draw.Handle("I", draw.Salt(k.KI, "I", p.ID), p.ID)
	}
	by := map[string]string{}
	for _, f := range w.firms {
		by[draw.Handle("O", draw.Salt(k.K, "O", f.ID), f.ID)] = f.ID
	}
	var lines []draw.RecusalLine
	for i := range l.Pool {
		h := l.Pool[i].Handle
		lines = append(lines, rules.Recusal(h, declared[by[h]], handles, k.KI))
	}
	body, blobs, err := l.Cast(record.Given{Signature: attack.Rounds()[l.Body.Round()]}, lines)
	w.must(err)
	opened, err := draw.ParseRecusals(blobs[body.Recusals.SHA256])
	w.must(err)
	var behind []draw.Declared
	for _, r := range opened {
		for _, p := range r.Inspectors {
			behind = append(behind, draw.Declared{Object: r.Object, Inspector: p, Entry: entry})
		}
	}
	if len(behind) > 0 {
		file := draw.FormatDeclared(behind)
		ref := rules.LinesOf(file)
		body.Declarations, blobs[ref.SHA256] = &ref, file
	}
	w.say("2023-08-24T08:30:00", body, slices.Collect(maps.Values(blobs))...)
	return w, l, declared
}

// TestDictionary (security.md T12, T22): before K no code of a full list opens a
// line of the pool; with K the list opens all of them, and no inspector, no
// recusal and no risk grade; with KI all of that.
func TestDictionary(t *testing.T) {
	w, l, declared := withRecusals(t, nil)
	k, ki := w.keys[l.Index].K, w.keys[l.Index].KI
	w.dispatch("2023-08-24T09:00:00", l)
	for _, o := range l.Objects {
		w.result("2023-09-20T09:00:00", l, o, w.firm(l, o))
	}
	w.open("2023-09-20T10:00:00", l, false, l.Objects...)
	digits := regexp.MustCompile(`[0-9a-f]{32,}`)
	public := func() map[string]bool { // every number of the site, whole and its first 32 digits
		all := map[string]bool{}
		for _, data := range w.dir {
			for _, m := range digits.FindAll(data, -1) {
				all[string(m)], all[string(m[:32])] = true, true
			}
		}
		return all
	}
	// What an outsider tries on every code: the digests without a key, and under
	// whatever of the site could be one.
	guesses := func(kind, id string, keys ...[]byte) []string {
		list := []string{rules.Hash([]byte(id)), rules.Hash([]byte("draw1h|" + kind + "||" + id))}
		for _, key := range keys {
			list = append(list, draw.Handle(kind, draw.Salt(key, kind, id), id))
		}
		return list
	}
	commit := func(s string) []byte { raw, _ := hex.DecodeString(s); return raw }
	count := func(site map[string]bool, kind string, ids []string, keys ...[]byte) int {
		n := 0
		for _, id := range ids {
			if slices.ContainsFunc(guesses(kind, id, keys...), func(h string) bool { return site[h] || site[h[:32]] }) {
				n++
			}
		}
		return n
	}
	var codes, certificates []string
	drawn := map[string]bool{}
	for _, o := range l.Objects {
		drawn[w.firm(l, o).ID] = true
	}
	for _, f := range w.firms {
		if !drawn[f.ID] { // the drawn are opened one by one with their results
			codes = append(codes, f.ID)
		}
	}
	for i := range 10000 { // every certificate number of the form
		certificates = append(certificates, fmt.Sprintf("YS%04d", i))
	}
	known := [][]byte{commit(l.Body.Key), commit(l.Body.KeyI), commit(l.Draw.Body.Seed), commit(l.C)}
	before := public()
	if n := count(before, "O", codes, known...); n != 0 {
		t.Errorf("K closed: %d firms recovered", n)
	}
	if n := count(before, "I", certificates, known...); n != 0 {
		t.Errorf("K closed: %d inspectors recovered", n)
	}
	w.open(l.Body.Due.K+"T09:00:00", l, true)
	after := public()
	known = append(known, k)
	if n := count(after, "O", codes, known...); n != len(codes) {
		t.Errorf("K open: %d of %d firms recovered: the attack does not work", n, len(codes))
	}
	if n := count(after, "I", certificates, known...); n != 0 {
		t.Errorf("K open: %d inspectors recovered", n)
	}
	if n := recusalsFound(w, l, known...); n != 0 {
		t.Errorf("K open: %d recusals recovered", n)
	}
	// Groups, cells and weights say nothing of risk: with the pool open a firm of
	// high risk differs from one of low risk in its town alone.
	pool, err := draw.ParsePool(w.dir[ledger.BlobPath(l.Body.Pool.SHA256)])
	w.must(err)
	class := map[string]bool{}
	for _, o := range pool {
		class[fmt.Sprint(o.Cell, o.Weight)] = true
	}
	if grades := len(class) / len(l.Body.Groups[0].Cells); grades != 1 {
		t.Errorf("%d grades can be told apart in a cell", grades)
	}
	if n := count(after, "I", certificates, append(known, ki)...); n != len(w.people) {
		t.Errorf("KI: %d of %d inspectors recovered: the attack does not work", n, len(w.people))
	}
	if n := recusalsFound(w, l, ki); n != len(declared) {
		t.Errorf("KI: %d of %d recusals recovered: the attack does not work", n, len(declared))
	}
	t.Logf("K closed: 0 of %d firms, 0 of %d inspectors; K open: all firms, 0 inspectors, 0 recusals; KI: %d inspectors, %d recusals", len(codes), len(w.people), len(w.people), len(declared))
}

// recusalsFound tries on every line that the draw did not open all subsets of the
// hat under each key, and counts the lines that are found to name somebody; those
// that the draw opened count too where their salts follow from the key.
func recusalsFound(w *writer, l *rules.Lot, keys ...[]byte) int {
	commits, err := draw.ParseRecusalCommits(w.dir[ledger.BlobPath(l.Body.Recusals.SHA256)])
	w.must(err)
	hat := slices.Sorted(maps.Keys(l.People))
	n := 0
	for _, c := range commits {
		for _, key := range keys {
			salt := draw.RecusalSalt(key, c.Handle)
			for mask := 1; mask < 1<<len(hat); mask++ {
				var set []string
				for i, h := range hat {
					if mask>>i&1 == 1 {
						set = append(set, h)
					}
				}
				if draw.RecusalHash(salt, set) == c.Hash {
					n++
				}
			}
		}
	}
	return n
}

// visible makes certificate numbers public by a later charter.
func (w *writer) visible(at string) {
	c := *w.state.Charter()
	c.Visibility = []record.Visible{{Field: "certificate", Rule: "on-result", Ground: "演示"}}
	w.say(at, &c)
}

// openKI logs the opening of KI and lays it, with the people who inspected.
func (w *writer) openKI(at string, l *rules.Lot) {
	o := w.beside[l.Index]
	o.KI = hex.EncodeToString(w.keys[l.Index].KI)
	for _, p := range w.people {
		salt := draw.Salt(w.keys[l.Index].KI, "I", p.ID)
		if slices.Contains(l.Objects[0].Team, draw.Handle("I", salt, p.ID)) {
			o.Handles = append(o.Handles, record.OpenHandle{Kind: "I", ID: p.ID, Salt: salt})
		}
	}
	w.say(at, &record.Opened{Notice: l.Index, KI: true})
	w.lay(l.Index)
}

// TestKI: what follows once KI is open, and what is found where a line of the
// recusals is not what the notice stated.
func TestKI(t *testing.T) {
	w, l, _ := withRecusals(t, nil)
	w.visible("2023-10-01T09:00:00")
	w.openKI("2023-11-01T09:00:00", l)
	w.open("2023-11-01T09:10:00", l, true)
	b := w.judge("2024-01-02")
	if got := blamed(b); len(got) > 0 || found(b, "verify.ki-closed") != nil {
		t.Errorf("sound: %v", got)
	}
	index := l.Index
	for what, c := range map[string]struct {
		spoil func(o *record.Opening)
		want  string
	}{
		"KI is gone":                {func(o *record.Opening) { o.KI = "" }, "verify.ki-missing"},
		"KI is another":             {func(o *record.Opening) { o.KI = strings.Repeat("0", 64) }, "verify.ki-differs"},
		"a person who is not in it": {func(o *record.Opening) { o.Handles[0].ID = "YS9999" }, "verify.opening-stranger"},
	} {
		keep := *w.beside[index]
		keep.Handles = slices.Clone(keep.Handles)
		c.spoil(w.beside[index])
		w.lay(index)
		if got := blamed(w.judge("2024-01-02")); !slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, c.want+" ") }) {
			t.Errorf("%s: %v, want %s", what, got, c.want)
		}
		*w.beside[index] = keep
		w.lay(index)
	}
	// The notice states more than its lines hold: somebody was to be steered.
	w, l, declared := withRecusals(t, func(n *record.Notice) { n.Declared-- })
	w.visible("2023-10-01T09:00:00")
	w.openKI("2023-11-01T09:00:00", l)
	w.open("2023-11-01T09:10:00", l, true)
	if got, want := blamed(w.judge("2024-01-02")), []string{fmt.Sprintf("verify.recusals-unlike at %d", l.Index)}; !slices.Equal(got, want) {
		t.Errorf("%d declared, one fewer stated: %v, want %v", len(declared), got, want)
	}
	// Public from before the notice: then KI is due with K.
	w = newWriter(t, "gaoqing")
	w.visible("2023-07-01T09:00:00")
	l = w.announce("2023-08-23T15:00:00", "A", 1000, nil)
	w.cast("2023-08-24T08:30:00", l, nil)
	w.open("2023-11-01T09:10:00", l, true)
	for today, want := range map[string][]string{"2023-11-01": nil, "2023-11-02": {"verify.ki-overdue at 6"}} {
		if got := blamed(w.judge(today)); !slices.Equal(got, want) {
			t.Errorf("due with K, on %s: %v, want %v", today, got, want)
		}
	}
	w.say("2023-11-02T09:10:00", &record.Lost{Notice: l.Index, KI: true, Ground: "硬盘损坏", Date: "2023-11-02", Approved: "演示"})
	if got, want := blamed(w.judge("2023-11-03")), []string{"verify.ki-lost at 6"}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

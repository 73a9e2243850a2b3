package verify_test

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	bls12381 "github.com/cloudflare/circl/ecc/bls12381"

	"github.com/sunlot/sunlot/internal/attack"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/verify"
	"github.com/sunlot/sunlot/ledger"
)

// decides is the time of round 1000.
var decides = record.Unix("2023-08-23T23:59:24+08:00")

// watched is a ledger whose charter asks for three of four; each witness signs
// what follows so many seconds before round 1000, or not at all.
func watched(t *testing.T, before map[string]int64) *bodies {
	t.Helper()
	w := newWriter(t, "gaoqing")
	x := bodiesOf(w)
	x.charter("2023-08-22T09:00:00", x.policy(3, "abcd"))
	x.sign(before)
	return x
}

// sign sets when each witness signs from here on: 0 seconds is the time 0.
func (x *bodies) sign(before map[string]int64) {
	x.up, x.times = "", map[string]uint64{}
	var times []int64
	for name, s := range before {
		x.up += name
		if x.times[name] = uint64(decides - s); s == 0 {
			x.times[name] = 0
		} else {
			times = append(times, decides-s)
		}
	}
	slices.Sort(times)
	if x.w.seen = 0; len(times) >= 3 {
		x.w.seen = times[2]
	}
}

// all is every witness at one time.
func all(s int64) map[string]int64 { return map[string]int64{"a": s, "b": s, "c": s, "d": s} }

// ordered is what the report says of the first draw, with what is blamed.
func ordered(t *testing.T, x *bodies, today string) (*verify.Bundle, verify.Order) {
	t.Helper()
	b := x.open(verify.Options{Today: today})
	return b, b.Orders()[0]
}

// TestOrder: the witnesses' times and the round's decide, to the second; who is
// needed for the quorum and late makes the notice late.
func TestOrder(t *testing.T) {
	for _, c := range []struct {
		name   string
		at     string // the notice's own claim
		before map[string]int64
		grade  rules.Grade
		margin int64
		who    string
		blamed string
		words  string
	}{
		{"601 seconds before", "", all(601), rules.GradeA, 601, "abcd", "", "经 4 家见证（a、b、c、d），不晚于 2023-08-23T23:49:23+08:00，比公共随机数公布（2023-08-23T23:59:24+08:00）早 601 秒"},
		{"600 seconds before", "", all(600), rules.GradeA, 600, "abcd", "", "早 600 秒"},
		{"599 seconds before", "", all(599), rules.GradeNone, 599, "abcd", "rules.notice-seen-late", "早 599 秒，不足 600 秒：先后不成立"},
		{"a second after", "", all(-1), rules.GradeNone, -1, "abcd", "rules.notice-seen-late", "晚 1 秒：先后不成立"},
		{"a day after", "", all(-86400), rules.GradeNone, -86400, "abcd", "rules.notice-seen-late", "到 2023-08-24T23:59:24+08:00 才有足够的见证"},
		{"two in time, the third in time", "", map[string]int64{"a": 5000, "b": 4000, "c": 600, "d": -50}, rules.GradeA, 600, "abc", "", "经 3 家见证（a、b、c）"},
		{"two in time, the third late", "", map[string]int64{"a": 5000, "b": 4000, "c": 599}, rules.GradeNone, 599, "abc", "rules.notice-seen-late", "不足 600 秒"},
		{"the third at the time 0", "", map[string]int64{"a": 5000, "b": 4000, "c": 0}, rules.GradeNone, 0, "", "rules.notice-unseen", "没有见证，"},
		{"an early claim helps nobody", "2023-08-23T08:00:00", all(-1), rules.GradeNone, -1, "abcd", "rules.notice-seen-late", "晚 1 秒"},
		{"a late claim harms nobody", "2023-08-24T08:00:00", all(601), rules.GradeA, 601, "abcd", "", "早 601 秒"},
	} {
		x := watched(t, c.before)
		at := c.at
		if at == "" {
			at = "2023-08-23T15:00:00"
		}
		l := x.w.announce(at, "A", 1000, nil)
		x.sign(all(-10 * 3600))
		x.w.cast("2023-08-24T09:30:00", l, nil)
		b, o := ordered(t, x, "2023-08-24")
		var want []string
		if c.blamed != "" {
			want = []string{fmt.Sprintf("%s at %d", c.blamed, l.Index)}
		}
		if c.blamed == "rules.notice-unseen" {
			want = append(want, fmt.Sprintf("verify.unwitnessed at %d", l.Index))
		}
		if got := blamed(b); !slices.Equal(got, want) {
			t.Errorf("%s: blames %v, want %v", c.name, got, want)
		}
		margin := int64(0)
		if o.Margin != nil {
			margin = *o.Margin
		}
		if o.Grade != c.grade || margin != c.margin || strings.Join(o.Witnesses, "") != c.who || !strings.Contains(o.Words, c.words) {
			t.Errorf("%s: grade %q, margin %d, by %v: %s", c.name, o.Grade, margin, o.Witnesses, o.Words)
		}
		// Whatever became of the order: what was drawn is computed and shown.
		if o.State != "drawn" || len(b.State.LotAt(l.Index).Objects) != 3 {
			t.Errorf("%s: %s", c.name, o.State)
		}
		if ahead := found(b, "rules.clock-ahead") != nil; ahead != (c.at == "2023-08-24T08:00:00") {
			t.Errorf("%s: the clock ahead: %v", c.name, ahead)
		}
	}
}

// TestOrderHidden: the evidence of an order that held is taken away, or put in
// its place: the draw fails, is shown, and its K is due.
func TestOrderHidden(t *testing.T) {
	early := func(x *bodies, l *rules.Lot) []byte { return x.w.dir[ledger.ProofPath(uint64(l.Index))] }
	for name, c := range map[string]struct {
		hide func(x *bodies, l *rules.Lot)
		want []string // of the notice, beside what the tree's audit says
	}{
		"as it was": {func(*bodies, *rules.Lot) {}, nil},
		"its proof gone": {func(x *bodies, l *rules.Lot) { delete(x.w.dir, ledger.ProofPath(uint64(l.Index))) },
			[]string{"rules.notice-unseen", "verify.unwitnessed"}},
		"a proof against a later checkpoint": {func(x *bodies, l *rules.Lot) {
			head := x.w.dir["checkpoint"]
			x.w.dir[ledger.ProofPath(uint64(l.Index))] = reproved(x, l, head)
		}, []string{"rules.notice-seen-late"}},
		"early lines on a later checkpoint": {func(x *bodies, l *rules.Lot) {
			p, err := ledger.ParseProof(early(x, l))
			x.w.must(err)
			was, err := ledger.ParseNote(p.Checkpoint)
			x.w.must(err)
			n, err := ledger.ParseNote(x.w.dir["checkpoint"])
			x.w.must(err)
			n.Signatures = append(n.Signatures[:1], was.Signatures[1:]...)
			forged, err := n.Format()
			x.w.must(err)
			x.w.dir[ledger.ProofPath(uint64(l.Index))] = reproved(x, l, forged)
		}, []string{"rules.notice-unseen", "verify.unwitnessed"}},
		"another entry's proof": {func(x *bodies, l *rules.Lot) {
			x.w.dir[ledger.ProofPath(uint64(l.Index))] = x.w.dir[ledger.ProofPath(uint64(l.Index)-1)]
		}, []string{"rules.notice-unseen", "verify.unwitnessed"}},
		"a bit of a witness's line": {func(x *bodies, l *rules.Lot) {
			p := slices.Clone(early(x, l))
			p[len(p)-8] ^= 1
			x.w.dir[ledger.ProofPath(uint64(l.Index))] = p
		}, []string{"rules.notice-unseen", "verify.unwitnessed"}},
	} {
		x := watched(t, map[string]int64{"a": 3000, "b": 3000, "c": 3000})
		l := x.w.announce("2023-08-23T15:00:00", "A", 1000, nil)
		x.sign(all(-10 * 3600))
		x.w.cast("2023-08-24T09:30:00", l, nil)
		c.hide(x, l)
		b, o := ordered(t, x, l.Body.Due.K)
		var got []string
		for _, f := range b.Findings {
			if f.Severity == rules.Breach && f.Entry == l.Index {
				got = append(got, f.Code)
			}
		}
		slices.Sort(got)
		if !slices.Equal(got, c.want) || b.Failed() != (c.want != nil) {
			t.Errorf("%s: %v, want %v; all %v", name, got, c.want, blamed(b))
		}
		lot := b.State.LotAt(l.Index)
		if lot.Failed || !lot.Drawn() || lot.Late != (c.want != nil) || o.State != "drawn" {
			t.Errorf("%s: %+v", name, o)
		}
		// The day after, K is a failed check of its own.
		if b = x.open(verify.Options{Today: "2023-12-31"}); !slices.Contains(blamed(b), fmt.Sprintf("verify.k-overdue at %d", l.Index)) {
			t.Errorf("%s: K is not missed: %v", name, blamed(b))
		}
	}
}

// reproved is the proof of a notice against a checkpoint of the whole log.
func reproved(x *bodies, l *rules.Lot, checkpoint []byte) []byte {
	dir := ledger.OpenDir(x.w.dir.FS())
	size := uint64(x.w.state.Size)
	path, err := ledger.ProveInclusion(uint64(l.Index), size, dir.HashReader(size))
	x.w.must(err)
	return ledger.FormatProof(uint64(l.Index), path, checkpoint)
}

// TestOrderRepeated: beside a draw whose order does not hold stands its repeat,
// which names it; both are listed, the first keeps its serial and the verdict.
func TestOrderRepeated(t *testing.T) {
	x := watched(t, all(599))
	first := x.w.announce("2023-08-23T15:00:00", "A", 1000, nil)
	x.sign(all(590))
	second := x.w.announce("2023-08-23T15:10:00", "A", 657413, nil)
	if second.Body.Earlier != first.Body.Draw || second.Body.Draw != "2023-002" {
		t.Fatalf("%+v", second.Body)
	}
	b, _ := ordered(t, x, "2023-08-24")
	if got := blamed(b); !slices.Equal(got, []string{fmt.Sprintf("rules.notice-seen-late at %d", first.Index)}) {
		t.Errorf("%v", got)
	}
	list := b.Orders()
	if len(list) != 2 || list[0].Grade != rules.GradeNone || list[1].Grade != rules.GradeA || list[0].State != "open" || !strings.HasSuffix(list[1].Words, "；还没有抽取。") {
		t.Errorf("%+v", list)
	}
	if !b.Failed() {
		t.Error("the repeat heals the first")
	}
}

// TestOrderTwoNotices: of two notices on one line, or under one draw id, the
// first in the log counts; the other has no effect and is listed all the same.
func TestOrderTwoNotices(t *testing.T) {
	for name, c := range map[string]struct {
		line   string
		change func(*record.Notice)
		want   string
	}{
		"on one line":       {"A", nil, "rules.line-open"},
		"under one draw id": {"B", func(b *record.Notice) { b.Serial, b.Draw = 1, "2023-001" }, "rules.serial"},
		"a serial left out": {"B", func(b *record.Notice) { b.Serial, b.Draw = 3, "2023-003" }, "rules.serial"},
	} {
		x := watched(t, all(3000))
		l := x.w.announce("2023-08-23T15:00:00", "A", 1000, nil)
		other := x.w.announce("2023-08-23T15:10:00", c.line, 1009, c.change)
		x.sign(all(-10 * 3600))
		x.w.cast("2023-08-24T09:30:00", l, nil)
		b, o := ordered(t, x, "2023-08-24")
		if got := blamed(b); !slices.Equal(got, []string{fmt.Sprintf("%s at %d", c.want, other.Index)}) {
			t.Errorf("%s: %v", name, got)
		}
		list := b.Orders()
		if o.State != "drawn" || o.Grade != rules.GradeA || len(list) != 2 || list[1].State != "failed" || list[1].Entry != other.Index || !strings.Contains(list[1].Words, "不发生效力") {
			t.Errorf("%s: %+v", name, list)
		}
	}
}

// TestOrderUnwitnessed: a draw before the charter that names witnesses is of the
// lower grade and no failure; a draw's own round dates what comes after it.
func TestOrderUnwitnessed(t *testing.T) {
	w := newWriter(t, "gaoqing")
	l := w.announce("2023-08-23T15:00:00", "A", 1000, nil)
	w.cast("2023-08-24T08:30:00", l, nil)
	next := w.filing("2023-08-24T09:00:00")
	back := w.filing("2023-08-23T20:00:00")
	b := w.judge("2023-08-24")
	o := b.Orders()[0]
	if b.Failed() || o.Grade != rules.GradeUnwitnessed || o.Margin != nil || !strings.Contains(o.Words, "没有见证，先后以单位填报为准：自报 2023-08-23T15:00:00+08:00 写成") {
		t.Errorf("%v %+v", blamed(b), o)
	}
	if f := found(b, "verify.unwitnessed-draws"); f == nil || f.Got != "1" || f.Severity != rules.Unknown {
		t.Errorf("%+v", f)
	}
	if got := b.Bracket(next); got != (verify.Bracket{NotBefore: decides}) || b.Bracket(l.Index) != (verify.Bracket{}) {
		t.Errorf("%+v", got)
	}
	if f := found(b, "rules.clock-back"); f == nil || f.Entry != back || f.Severity != rules.Warning {
		t.Errorf("clock set back: %+v", f)
	}
	var report struct {
		Draws []struct {
			Draw, Grade, Decides string
			Margin               *int64
		}
	}
	data, err := b.JSON()
	w.must(err)
	w.must(json.Unmarshal(data, &report))
	if len(report.Draws) != 1 || report.Draws[0].Grade != "unwitnessed" || report.Draws[0].Decides != "2023-08-23T23:59:24+08:00" || report.Draws[0].Margin != nil {
		t.Errorf("%+v", report)
	}
}

// TestSecondEncoding: the same round in its other encoding would be a second ρ:
// such an entry does not parse and has no effect, whoever signs it.
func TestSecondEncoding(t *testing.T) {
	w := newWriter(t, "gaoqing")
	l := w.announce("2023-08-23T15:00:00", "A", 1000, nil)
	raw, err := hex.DecodeString(attack.Rounds()[1000])
	w.must(err)
	p := new(bls12381.G1)
	w.must(p.SetBytes(raw))
	long := hex.EncodeToString(p.Bytes())
	if len(long) != 192 {
		t.Fatalf("%d digits", len(long))
	}
	text := fmt.Sprintf("sunlot/v1 draw\n%s\n", origin)
	w.cast("2023-08-24T08:30:00", l, nil)
	good, err := ledger.OpenDir(w.dir.FS()).Entry(uint64(w.state.Size - 1))
	w.must(err)
	n, err := ledger.ParseNote(good)
	w.must(err)
	if !strings.HasPrefix(n.Text, text) || !strings.Contains(n.Text, attack.Rounds()[1000]) {
		t.Fatal(n.Text)
	}
	forged, err := ledger.FormatNote(strings.Replace(n.Text, attack.Rounds()[1000], long, 1), w.office)
	w.must(err)
	w.publish(w.state.Size, forged, nil)
	if got, want := blamed(w.judge("2023-08-24")), []string{fmt.Sprintf("verify.bad-entry at %d", w.state.Size)}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestFileHidden: a file of the notice taken away after the draw frees nobody of
// it: it stays listed and failed, and its K is due.
func TestFileHidden(t *testing.T) {
	for _, open := range []bool{false, true} {
		w := newWriter(t, "gaoqing")
		l := w.announce("2023-08-23T15:00:00", "A", 1000, nil)
		w.cast("2023-08-24T08:30:00", l, nil)
		if open {
			w.open(l.Body.Due.K+"T09:00:00", l, true)
		}
		delete(w.dir, ledger.BlobPath(l.Body.Pool.SHA256))
		b := w.judge("2023-12-31")
		missing, overdue := fmt.Sprintf("rules.file-missing at %d", l.Index), fmt.Sprintf("verify.k-overdue at %d", l.Index)
		if got := blamed(b); !slices.Contains(got, missing) || slices.Contains(got, overdue) == open {
			t.Errorf("open %v: %v", open, got)
		}
		if o := b.Orders()[0]; o.State != "failed" || o.Grade != rules.GradeNone {
			t.Errorf("%+v", o)
		}
		due := false
		for _, d := range b.State.Duties("2023-12-31") {
			due = due || d.Code == "open-k" && d.Draw == "2023-001" && (d.Open == 0) == open
		}
		if !due {
			t.Errorf("open %v: K is not among the duties", open)
		}
	}
}

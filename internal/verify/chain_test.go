package verify_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/verify"
	"github.com/sunlot/sunlot/ledger"
)

// bodies are witnesses of one log: eight keys, of which those that are up sign
// at the time that stands in at.
type bodies struct {
	w    *writer
	keys []ledger.Signer
	up   string // names, a letter each
	at   uint64

	times map[string]uint64 // by name, in the place of at
}

func bodiesOf(w *writer) *bodies {
	x := &bodies{w: w, up: "abcdefgh", at: uint64(record.Unix("2023-08-23T10:00:00+08:00"))}
	for i := range 8 {
		s, err := ledger.NewWitnessSigner(string(rune('a'+i))+".example", [32]byte{byte(60 + i)})
		w.must(err)
		x.keys = append(x.keys, s)
	}
	w.pub.Witness = func(signed []byte, _ func(uint64) ([]ledger.Hash, error)) ([]byte, error) {
		n, err := ledger.ParseNote(signed)
		if err != nil {
			return nil, err
		}
		n.Signatures = n.Signatures[:1]
		for i, s := range x.keys {
			if strings.ContainsRune(x.up, rune('a'+i)) {
				at := x.at
				if t, ok := x.times[string(rune('a'+i))]; ok {
					at = t
				}
				sig, err := ledger.Cosign(n.Text, at, s)
				if err != nil {
					return nil, err
				}
				n.Signatures = append(n.Signatures, sig)
			}
		}
		return n.Format()
	}
	return x
}

// policy is k of the named.
func (x *bodies) policy(k int, names string) []byte {
	p := &ledger.Policy{Logs: []ledger.PolicyKey{{Key: x.w.log.Key()}}, Quorum: "够数"}
	g := ledger.PolicyGroup{Name: "够数", K: k}
	for _, r := range names {
		p.Witnesses = append(p.Witnesses, ledger.PolicyKey{Name: string(r), Key: x.keys[r-'a'].Key()})
		g.Members = append(g.Members, string(r))
	}
	p.Groups = []ledger.PolicyGroup{g}
	text, err := ledger.FormatPolicy(p)
	x.w.must(err)
	return text
}

// charter says a charter with that policy, nil for none.
func (x *bodies) charter(at string, policy []byte) int64 {
	body := *x.w.state.Charter()
	body.Policy = string(policy)
	x.w.policy = verify.PolicyOf(&body)
	return x.w.say(at, &body, x.w.dir[ledger.BlobPath(body.Pack.File.SHA256)])
}

func (x *bodies) open(opt verify.Options) *verify.Bundle {
	x.w.tb.Helper()
	b, err := verify.Open(x.w.dir.FS(), opt)
	x.w.must(err)
	return b
}

// filing is an entry of no consequence.
func (w *writer) filing(at string) int64 {
	return w.say(at, &record.Filing{Plan: w.state.Plan(2023).Index, To: "市场监管局", Date: at[:10]})
}

// TestWitnessed: from the charter that names witnesses every entry is seen by
// them, and the notice is in time by their clocks alone.
func TestWitnessed(t *testing.T) {
	w := newWriter(t, "gaoqing")
	x := bodiesOf(w)
	before := w.state.Size
	x.charter("2023-08-22T09:00:00", x.policy(3, "abcd"))
	x.up = "abd"
	l := w.announce("2023-08-23T15:00:00", "A", 1000, nil)
	b := x.open(verify.Options{})
	if b.Failed() {
		t.Fatal(blamed(b))
	}
	if got := b.Entries[l.Index].Bracket.NotAfter; uint64(got) != x.at || b.State.LotAt(l.Index).Seen != got || !b.State.LotAt(l.Index).InTime {
		t.Errorf("seen at %d, lot %+v", got, b.State.LotAt(l.Index).Seen)
	}
	if e := b.Entries[before]; e.Bracket.NotAfter != 0 || uint64(b.HeadSeen) != x.at {
		t.Errorf("the charter itself was judged by the one before it, which asked for nobody: %d; head %d", e.Bracket.NotAfter, b.HeadSeen)
	}
	for code, want := range map[string]string{"verify.ok-witnessed": "1", "verify.overlap": "2", "verify.before-witness": fmt.Sprint(before + 1), "verify.own-witnesses": "a、b、c、d"} {
		if f := found(b, code); f == nil || f.Got != want {
			t.Errorf("%s: %+v, want %s", code, f, want)
		}
	}
	if found(b, "verify.no-witness") != nil {
		t.Error("no witness, it says")
	}
	// The same with times that come too late for the round.
	x.at = uint64(record.Unix("2023-08-23T23:49:25+08:00"))
	l = w.announce("2023-08-23T15:10:00", "B", 1000, nil)
	if b = x.open(verify.Options{}); !slices.Equal(blamed(b), []string{"rules.notice-seen-late at " + fmt.Sprint(l.Index)}) || b.State.LotAt(l.Index).InTime || uint64(b.State.LotAt(l.Index).Seen) != x.at {
		t.Error(blamed(b), b.State.LotAt(l.Index).Seen)
	}
}

// TestUnwitnessed: an office that signs alone what its charter says others
// must sign is found at that entry, whatever it writes into ledger/policy.
func TestUnwitnessed(t *testing.T) {
	alone := func(w *writer) []byte { return []byte("log " + w.log.Key().String() + "\nquorum none\n") }
	for name, c := range map[string]struct {
		do   func(w *writer, x *bodies)
		want []string
	}{
		"an entry published alone": {func(w *writer, x *bodies) {
			x.up, w.policy, w.former = "ab", alone(w), alone(w)
			w.filing("2023-08-23T09:00:00")
			w.policy, w.former = x.policy(3, "abcd"), x.policy(3, "abcd")
			x.up = "abc"
			w.filing("2023-08-23T10:00:00")
		}, []string{"verify.unwitnessed at 6"}},
		"a charter that drops the witnesses, behind their backs": {func(w *writer, x *bodies) {
			x.up, w.former = "ab", alone(w)
			x.charter("2023-08-23T09:00:00", nil)
			w.filing("2023-08-23T10:00:00")
		}, []string{"verify.unwitnessed at 6"}},
		"another policy file": {func(w *writer, x *bodies) {
			w.dir["policy"] = x.policy(3, "abce")
		}, []string{"verify.policy-file at 5"}},
		"the proof file taken away": {func(w *writer, x *bodies) {
			i := w.filing("2023-08-23T09:00:00")
			delete(w.dir, ledger.ProofPath(uint64(i)))
		}, []string{"ledger.audit-missing at -1", "verify.unwitnessed at 6"}},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWriter(t, "gaoqing")
			x := bodiesOf(w)
			x.charter("2023-08-22T09:00:00", x.policy(3, "abcd"))
			c.do(w, x)
			if got := blamed(x.open(verify.Options{})); !slices.Equal(got, c.want) {
				t.Errorf("%v, want %v", got, c.want)
			}
			for _, pinned := range [][]byte{x.policy(3, "abcd")} {
				b, err := verify.Open(w.dir.FS(), verify.Options{Policy: pinned})
				if err == nil && !b.Failed() {
					t.Error("a reader who brought the policy saw nothing")
				}
			}
		})
	}
}

// TestPolicyWeakened: a later charter, properly witnessed, asks for less.
// Everybody is warned; who brought the policy, or the fingerprint, fails.
func TestPolicyWeakened(t *testing.T) {
	steps := func(all ...string) []string { return all }
	for name, c := range map[string]struct {
		policies []string // k and names, each a later charter
		weaker   []int    // of them, warned of
		broken   []int    // no longer what the reader of the first brought
	}{
		"none any more":             {steps("3abcd", ""), []int{1}, []int{1}},
		"two of three":              {steps("3abcd", "2abc"), []int{1}, []int{1}},
		"less overlap":              {steps("3abcd", "4abcdef"), nil, nil}, // 2 of 6: no less than 2 of 4
		"three of five":             {steps("3abcd", "3abcde"), []int{1}, []int{1}},
		"stronger":                  {steps("3abcd", "4abcde", "5abcde"), nil, nil},
		"a key exchanged":           {steps("3abcd", "3abce"), nil, nil},
		"two exchanged":             {steps("3abcd", "3abef"), []int{1}, []int{1}},
		"one after the other":       {steps("3abcd", "3abce", "3abfe"), []int{2}, []int{2}},
		"all, one after the other":  {steps("3abcd", "3ebcd", "3efcd", "3efgd", "3efgh"), []int{2, 3, 4}, []int{2, 3, 4}},
		"away and back":             {steps("3abcd", "", "3abcd"), []int{1}, []int{1}},
		"first names, then as good": {steps("", "3abcd"), nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWriter(t, "gaoqing")
			x := bodiesOf(w)
			first := w.state.Size
			var pin []byte
			for i, p := range c.policies {
				var text []byte
				if p != "" {
					text = x.policy(int(p[0]-'0'), p[1:])
				}
				x.charter(fmt.Sprintf("2023-08-2%dT09:00:00", i), text)
				if i == 0 {
					pin = verify.PolicyOf(w.state.Charter())
				}
			}
			w.filing("2023-08-29T09:00:00")
			b := x.open(verify.Options{})
			var weaker []int
			for _, f := range b.Findings {
				if f.Code == "rules.policy-weaker" {
					weaker = append(weaker, int(f.Entry-first))
				}
			}
			if b.Failed() || !slices.Equal(weaker, c.weaker) {
				t.Errorf("weaker at %v, want %v; failed: %v", weaker, c.weaker, blamed(b))
			}
			anchor := first
			if c.policies[0] == "" {
				anchor = 0 // no witnesses: the first charter's very policy
			}
			for what, opt := range map[string]verify.Options{"policy": {Policy: pin}, "fingerprint": {Fingerprint: b.Entries[anchor].Hash[:16]}} {
				b := x.open(opt)
				var broken []int
				for _, f := range b.Findings {
					if f.Severity == rules.Breach {
						if f.Code != "verify.policy-weakened" || f.Want != fmt.Sprint(anchor) {
							t.Errorf("%s: %+v", what, f)
						}
						broken = append(broken, int(f.Entry-first))
					}
				}
				if !slices.Equal(broken, c.broken) {
					t.Errorf("%s: broken at %v, want %v; anchored at %d of %d in %s", what, broken, c.broken, b.Anchor, anchor, opt.Policy)
				}
			}
		})
	}
}

// TestPinned: what a reader brings is found in a charter or is a failed check.
func TestPinned(t *testing.T) {
	w := newWriter(t, "gaoqing")
	x := bodiesOf(w)
	at := x.charter("2023-08-22T09:00:00", x.policy(3, "abcd"))
	w.filing("2023-08-23T09:00:00")
	withURL := strings.Replace(string(x.policy(3, "abcd")), "\nwitness b", " https://a.example/\nwitness b", 1)
	for name, c := range map[string]struct {
		opt    verify.Options
		want   []string
		anchor int64
	}{
		"the policy":              {verify.Options{Policy: x.policy(3, "abcd")}, nil, at},
		"with an address":         {verify.Options{Policy: []byte(withURL)}, nil, at},
		"the policy of entry 0":   {verify.Options{Policy: []byte("log " + w.log.Key().String() + "\nquorum none\n")}, nil, -1},
		"another quorum":          {verify.Options{Policy: x.policy(4, "abcd")}, []string{"verify.policy-unknown at -1"}, -1},
		"another witness":         {verify.Options{Policy: x.policy(3, "abce")}, []string{"verify.policy-unknown at -1"}, -1},
		"fingerprint of entry 0":  {verify.Options{Fingerprint: x.open(verify.Options{}).Entries[0].Hash}, nil, 0},
		"another fingerprint":     {verify.Options{Fingerprint: strings.Repeat("0", 16)}, []string{"verify.other-fingerprint at 0"}, -1},
		"of an entry, no charter": {verify.Options{Fingerprint: x.open(verify.Options{}).Entries[1].Hash}, []string{"verify.other-fingerprint at 0"}, -1},
	} {
		b := x.open(c.opt)
		if got := blamed(b); !slices.Equal(got, c.want) || b.Anchor != c.anchor {
			t.Errorf("%s: %v at %d, want %v at %d", name, got, b.Anchor, c.want, c.anchor)
		}
		if ok := found(b, "verify.ok-anchor") != nil; ok != (c.anchor >= 0) {
			t.Errorf("%s: anchored %v", name, ok)
		}
	}
	if b := x.open(verify.Options{Policy: []byte("log " + w.log.Key().String() + "\nquorum none\n")}); found(b, "verify.pinned-key") == nil {
		t.Error("a key alone says nothing of witnesses, and nobody was told")
	}
}

func TestFresh(t *testing.T) {
	w := newWriter(t, "gaoqing")
	b, err := verify.Open(w.dir.FS(), verify.Options{Today: "2023-08-25", Fresh: 30})
	w.must(err)
	if f := found(b, "verify.stale"); f == nil || !b.Failed() {
		t.Error("nobody has signed, and it counts as fresh")
	}
	x := bodiesOf(w)
	x.charter("2023-08-22T09:00:00", x.policy(3, "abcd")) // seen on 2023-08-23
	for _, c := range []struct {
		days  int
		today string
		stale bool
	}{{0, "2033-01-01", false}, {2, "2023-08-25", false}, {2, "2023-08-26", true}, {1, "2023-08-25", true}, {30, "", false}} {
		if b := x.open(verify.Options{Today: c.today, Fresh: c.days}); (found(b, "verify.stale") != nil) != c.stale || c.today != "" && b.Failed() != c.stale {
			t.Errorf("%d days on %s: %v", c.days, c.today, blamed(b))
		}
	}
}

func TestParseFingerprint(t *testing.T) {
	for in, want := range map[string]string{
		"0123456789abcdef":    "0123456789abcdef",
		"0123 4567 89AB CDEF": "0123456789abcdef",
		"０１２３－４５６７　８９ａｂ－ｃｄｅｆ": "0123456789abcdef",
		strings.Repeat("a", 64): strings.Repeat("a", 64),
		"0123456789abcde":       "", "0123456789abcdeg": "", "": "", strings.Repeat("a", 65): "",
	} {
		got, err := verify.ParseFingerprint(in)
		if got != want || (err == nil) != (want != "") || err != nil && fault.Code(err) != "verify.bad-fingerprint" {
			t.Errorf("%q: %q, %v", in, got, err)
		}
	}
	if got := verify.GroupedFingerprint("0123456789abcdef"); got != "0123 4567 89ab cdef" {
		t.Error(got)
	}
}

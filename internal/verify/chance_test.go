package verify_test

import (
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/attack"
	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/verify"
	"github.com/sunlot/sunlot/ledger"
)

const (
	kl8Line  = "kl8:2023225:02,05,09,11,14,18,23,27,30,33,38,41,46,50,52,59,63,68,74,80"
	diceLine = "d6:3641526341526341523641"
)

// guests are people who are not of the office, with keys of their own.
func guests(tb testing.TB) (school, archives ledger.Signer) {
	return attack.Signer(tb, "演示高校", 81), attack.Signer(tb, "演示档案馆", 82)
}

// announceBy says the notice of a task with its own randomness.
func (w *writer) announceBy(at, line string, r *record.Randomness) *rules.Lot {
	w.tb.Helper()
	k := rules.Keys{K: []byte(fmt.Sprintf("%032d", w.state.Size)), KI: []byte(fmt.Sprintf("i%031d", w.state.Size))}
	a, err := w.state.Announce(rules.Task{Line: line, Random: r}, rules.Registers{Firms: w.firms, People: w.people}, k)
	w.must(err)
	index := w.say(at, a.Notice, slices.Collect(maps.Values(a.Blobs))...)
	w.keys[index] = k
	w.beside[index] = new(record.Opening)
	return w.state.LotAt(index)
}

// castBy says the draw of a lot from given values. extras are the hashes of the
// contributions that the office says it took, at indexes.
func (w *writer) castBy(at string, l *rules.Lot, g record.Given, change func(*record.Draw)) int64 {
	w.tb.Helper()
	var recusals []draw.RecusalLine
	for i := range l.Pool {
		recusals = append(recusals, rules.Recusal(l.Pool[i].Handle, nil, nil, w.keys[l.Index].KI))
	}
	body, blobs, err := l.Cast(g, recusals)
	w.must(err)
	if change != nil {
		change(body)
	}
	return w.say(at, body, slices.Collect(maps.Values(blobs))...)
}

// contribute appends what a contributor has signed, and notes in the writer's
// state that it came in time, as a judge will find.
func (w *writer) contribute(at string, l *rules.Lot, by string, signers ...ledger.Signer) int64 {
	w.tb.Helper()
	e := &record.Entry{Type: "contribution", Origin: origin, Env: record.Env{At: at + "+08:00", By: by}, Body: &record.Contribution{Notice: l.Index, Commitment: l.C, Value: strings.Repeat("5", 64)}}
	text, err := record.Format(e)
	w.must(err)
	raw, err := ledger.FormatNote(text, signers...)
	w.must(err)
	index := w.state.Size
	w.state.Apply(rules.Input{Entry: e, Hash: rules.Hash(raw), Signers: []string{signers[0].Key().String()}, Seen: record.Unix(at + "+08:00")})
	w.publish(index, raw, nil)
	return index
}

func byKl8(contributors ...record.Contributor) *record.Randomness {
	closes := "2023-08-23T21:00:00+08:00"
	return &record.Randomness{Kind: "lottery", Time: closes, Draws: []record.LotteryDraw{{Game: "kl8", Issue: "2023225", Closes: closes}}, Contributors: contributors}
}

// TestContributions: two bodies add numbers; whatever the office does with
// them, and whatever they do themselves, shows.
func TestContributions(t *testing.T) {
	school, archives := guests(t)
	names := []record.Contributor{{Name: "演示高校", Key: school.Key().String()}, {Name: "演示档案馆", Key: archives.Key().String()}}
	for _, c := range []struct {
		what string
		make func(w *writer, x *bodies, l *rules.Lot)
		bad  string // code at the entry that is blamed, "" for none
	}{
		{"as it should be", func(w *writer, x *bodies, l *rules.Lot) {
			w.contribute("2023-08-23T15:30:00", l, "演示档案馆", archives)
			w.contribute("2023-08-23T15:20:00", l, "演示高校", school)
			w.castBy("2023-08-24T08:30:00", l, record.Given{Line: kl8Line}, nil)
		}, ""},
		{"one dropped from the draw", func(w *writer, x *bodies, l *rules.Lot) {
			w.contribute("2023-08-23T15:20:00", l, "演示高校", school)
			w.contribute("2023-08-23T15:30:00", l, "演示档案馆", archives)
			w.castBy("2023-08-24T08:30:00", l, record.Given{Line: kl8Line}, func(b *record.Draw) {
				b.Contributions = b.Contributions[:1]
				b.Seed = draw.Seed(l.C, []string{l.Extras[0].Hash}, b.Rho)
			})
		}, "rules.contribution-differs"},
		{"one never logged", func(w *writer, x *bodies, l *rules.Lot) {
			w.contribute("2023-08-23T15:20:00", l, "演示高校", school)
		}, "rules.contribution-missing"},
		{"one logged when the numbers were known", func(w *writer, x *bodies, l *rules.Lot) {
			w.contribute("2023-08-23T15:20:00", l, "演示高校", school)
			x.at = uint64(record.Unix("2023-08-24T08:00:00+08:00"))
			w.contribute("2023-08-23T15:30:00", l, "演示档案馆", archives) // so he says
			w.castBy("2023-08-24T08:30:00", l, record.Given{Line: kl8Line}, nil)
		}, "rules.contribution-missing"},
		{"signed by the office in his place", func(w *writer, x *bodies, l *rules.Lot) {
			w.contribute("2023-08-23T15:20:00", l, "演示高校", school)
			w.contribute("2023-08-23T15:30:00", l, "演示档案馆", w.office)
		}, "rules.unsigned"},
		{"a line beside the contributor's: the office turns the hash as it likes", func(w *writer, x *bodies, l *rules.Lot) {
			w.contribute("2023-08-23T15:20:00", l, "演示高校", school)
			w.contribute("2023-08-23T15:30:00", l, "演示档案馆", archives, w.office)
		}, "rules.unsigned"},
		{"under the other's name", func(w *writer, x *bodies, l *rules.Lot) {
			w.contribute("2023-08-23T15:20:00", l, "演示高校", school)
			w.contribute("2023-08-23T15:30:00", l, "演示高校", archives)
		}, "rules.contribution-other"},
	} {
		t.Run(c.what, func(t *testing.T) {
			w := newWriter(t, "gaoqing")
			x := bodiesOf(w)
			x.charter("2023-08-22T09:00:00", x.policy(3, "abcd"))
			x.at = uint64(record.Unix("2023-08-23T15:40:00+08:00"))
			l := w.announceBy("2023-08-23T15:00:00", "A", byKl8(names...))
			c.make(w, x, l)
			b := w.judge("2023-08-25")
			got := blamed(b)
			if c.bad == "" {
				if len(got) > 0 || b.State.LotAt(l.Index).Draw == nil || b.State.LotAt(l.Index).Grade() != rules.GradeB {
					t.Fatal(got, b.State.LotAt(l.Index).Grade())
				}
				if f := found(b, "rules.believed-lottery"); f == nil || f.Severity != rules.Believed || f.Got != kl8Line {
					t.Errorf("believed: %+v", f)
				}
				return
			}
			if !slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, c.bad+" at ") }) {
				t.Errorf("blamed %v, want %s", got, c.bad)
			}
		})
	}
}

// TestCeremonySigned: those present sign the record of what they saw; what the
// office writes instead is not what they signed.
func TestCeremonySigned(t *testing.T) {
	school, archives := guests(t)
	stranger := attack.Signer(t, "演示路人", 83)
	start := "2023-08-24T09:30:00+08:00"
	by := &record.Randomness{Kind: "ceremony", Time: start, Ceremony: &record.Ceremony{Throws: 22, Place: "演示会议室", Present: []record.Present{
		{Name: "甲", Body: "演示高校", Key: school.Key().String()}, {Name: "乙", Body: "演示档案馆", Key: archives.Key().String()}}}}
	lines := func(l *rules.Lot, c, start, line string, signers ...ledger.Signer) []string {
		text := record.CeremonyText(origin, l.Body.Draw, c, start, line)
		note, err := ledger.FormatNote(text, signers...)
		if err != nil {
			t.Fatal(err)
		}
		return strings.Split(strings.TrimSuffix(strings.TrimPrefix(string(note), text+"\n"), "\n"), "\n")
	}
	other := strings.Replace(diceLine, "d6:36", "d6:46", 1)
	for _, c := range []struct {
		what   string
		signed func(l *rules.Lot) []string
		line   string
		good   bool
	}{
		{"both", func(l *rules.Lot) []string { return lines(l, l.C, start, diceLine, school, archives) }, diceLine, true},
		{"nobody", func(l *rules.Lot) []string { return nil }, diceLine, false},
		{"one", func(l *rules.Lot) []string { return lines(l, l.C, start, diceLine, school) }, diceLine, false},
		{"one and a stranger", func(l *rules.Lot) []string { return lines(l, l.C, start, diceLine, school, stranger) }, diceLine, false},
		{"one and the office", func(l *rules.Lot) []string {
			return lines(l, l.C, start, diceLine, school, attack.Signer(t, origin+"/office", 2))
		}, diceLine, false},
		{"both and a stranger", func(l *rules.Lot) []string { return lines(l, l.C, start, diceLine, school, archives, stranger) }, diceLine, false},
		{"another result", func(l *rules.Lot) []string { return lines(l, l.C, start, diceLine, school, archives) }, other, false},
		{"of another notice", func(l *rules.Lot) []string { return lines(l, rules.Hash(nil), start, diceLine, school, archives) }, diceLine, false},
		{"begun earlier", func(l *rules.Lot) []string {
			return lines(l, l.C, "2023-08-24T09:00:00+08:00", diceLine, school, archives)
		}, diceLine, false},
		{"one line twice", func(l *rules.Lot) []string {
			s := lines(l, l.C, start, diceLine, school)
			return append(s, s...)
		}, diceLine, false},
		{"no signature lines at all", func(l *rules.Lot) []string { return []string{"甲", "乙"} }, diceLine, false},
		{"a flipped bit", func(l *rules.Lot) []string {
			s := lines(l, l.C, start, diceLine, school, archives)
			s[1] = s[1][:len(s[1])-8] + "AAAA" + s[1][len(s[1])-4:]
			return s
		}, diceLine, false},
	} {
		t.Run(c.what, func(t *testing.T) {
			w := newWriter(t, "gaoqing")
			l := w.announceBy("2023-08-23T15:00:00", "A", by)
			index := w.castBy("2023-08-24T10:00:00", l, record.Given{Line: c.line, Signed: c.signed(l)}, nil)
			b := w.judge("2023-08-24")
			want := []string{fmt.Sprintf("rules.ceremony-signature at %d", index)}
			if c.good {
				want = nil
			}
			if got := blamed(b); !slices.Equal(got, want) {
				t.Errorf("blamed %v, want %v", got, want)
			}
			if c.good && found(b, "rules.believed-ceremony") == nil {
				t.Error("not told that it rests on their word")
			}
		})
	}
}

// TestLotteryTampered: one number of the line, and everything computed from it
// with it: recomputing cannot tell, so it is told as believed with the line.
func TestLotteryTampered(t *testing.T) {
	w := newWriter(t, "gaoqing")
	l := w.announceBy("2023-08-23T15:00:00", "A", byKl8())
	w.castBy("2023-08-24T08:30:00", l, record.Given{Line: kl8Line}, func(b *record.Draw) { b.Line = strings.Replace(b.Line, "80", "79", 1) })
	if got := blamed(w.judge("2023-08-24")); len(got) != 1 || !strings.HasPrefix(got[0], "rules.draw-differs at ") {
		t.Error(got)
	}
	w = newWriter(t, "gaoqing")
	l = w.announceBy("2023-08-23T15:00:00", "A", byKl8())
	false80 := strings.Replace(kl8Line, "80", "79", 1)
	w.castBy("2023-08-24T08:30:00", l, record.Given{Line: false80}, nil)
	b := w.judge("2023-08-24")
	if f := found(b, "rules.believed-lottery"); len(blamed(b)) > 0 || f == nil || f.Got != false80 {
		t.Errorf("%v %+v", blamed(b), f)
	}
}

// TestAttestedHostile: no lines of an entry make the judge fail.
func TestAttestedHostile(t *testing.T) {
	w := newWriter(t, "gaoqing")
	school, archives := guests(t)
	l := w.announceBy("2023-08-23T15:00:00", "A", &record.Randomness{Kind: "ceremony", Time: "2023-08-24T09:30:00+08:00", Ceremony: &record.Ceremony{Throws: 22, Place: "演示会议室",
		Present: []record.Present{{Name: "甲", Body: "演示高校", Key: school.Key().String()}, {Name: "乙", Body: "演示档案馆", Key: archives.Key().String()}}}})
	for _, lines := range [][]string{nil, {""}, {"— x y"}, {"\n\n"}, {strings.Repeat("— a AAAAAAA=", 9)}, {hex.EncodeToString([]byte(l.C))}} {
		for _, line := range []string{diceLine, "", "\n\n— a b", diceLine + "\n"} {
			e := &record.Entry{Type: "draw", Body: &record.Draw{Notice: l.Index, Line: line, Signed: lines}}
			if by := verify.Attested(w.state, e); len(by) > 0 {
				t.Errorf("%q under %q: %v", lines, line, by)
			}
		}
	}
}

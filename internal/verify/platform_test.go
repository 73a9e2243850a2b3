package verify_test

import (
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

// platformNotice says a notice whose lots the platform casts.
func (w *writer) platformNotice(at, before string) *rules.Lot {
	w.tb.Helper()
	k := rules.Keys{K: []byte("platform 0123456789abcdef0123456"), KI: []byte("platform i123456789abcdef0123456")}
	a, err := w.state.Announce(rules.Task{Line: "A", Before: before}, rules.Registers{Firms: w.firms, People: w.people}, k)
	w.must(err)
	index := w.say(at, a.Notice, slices.Collect(maps.Values(a.Blobs))...)
	w.keys[index] = k
	w.beside[index] = new(record.Opening)
	return w.state.LotAt(index)
}

// platformList is a list of the first of the hat, two people each, with the
// file of those left out beside it.
func (w *writer) platformList(l *rules.Lot, when string) (*record.PlatformDraw, [][]byte) {
	w.tb.Helper()
	var handles []string
	var teams []draw.Team
	var recusals []draw.RecusalLine
	people := slices.Sorted(maps.Keys(l.People))
	for i := range int(l.Body.Groups[0].Total) {
		h := l.Pool[i].Handle
		handles = append(handles, h)
		teams = append(teams, draw.Team{Object: h, Members: people[:2]})
		recusals = append(recusals, rules.Recusal(h, nil, nil, w.keys[l.Index].KI))
	}
	files := [][]byte{draw.FormatUnstaffed(handles), draw.FormatTeams(teams), draw.FormatRecusals(recusals)}
	return &record.PlatformDraw{Notice: l.Index, Number: "演示抽查[2023]1号", Time: when, Export: record.Bytes{Bytes: 1, SHA256: strings.Repeat("a", 64)},
			Objects: rules.LinesOf(files[0]), Teams: rules.LinesOf(files[1]), Recusals: rules.LinesOf(files[2]), Count: int64(len(handles))},
		append(files, w.dir[ledger.BlobPath(l.Body.Out.SHA256)])
}

// platformSeason is a draw by the platform from notice to opened K.
func platformSeason(tb testing.TB) (*writer, *rules.Lot) {
	tb.Helper()
	w := newWriter(tb, "gaoqing")
	l := w.platformNotice("2023-08-23T15:00:00", "2023-08-24T09:00:00+08:00")
	body, files := w.platformList(l, "2023-08-24T09:05:00+08:00")
	w.say("2023-08-24T10:00:00", body, files...)
	w.dispatch("2023-08-24T11:00:00", l)
	for _, o := range l.Objects {
		w.result("2023-09-20T09:00:00", l, o, w.firm(l, o))
	}
	w.open("2023-09-20T10:00:00", l, false, l.Objects...)
	w.open(l.Body.Due.K+"T09:00:00", l, true)
	return w, l
}

func gotOf(b *verify.Bundle, code string) string {
	for _, f := range b.Findings {
		if f.Code == code {
			return f.Got
		}
	}
	return ""
}

// TestPlatformSeason: an honest one is sound; its casting is believed and
// counted apart from the draws that are cast again.
func TestPlatformSeason(t *testing.T) {
	w, l := platformSeason(t)
	b := w.judge("2023-12-31")
	if got := blamed(b); len(got) > 0 {
		t.Fatalf("blamed: %v", got)
	}
	if gotOf(b, "verify.believed-platform") != "1" || gotOf(b, "verify.believed-after") != "" || gotOf(b, "verify.ok-draws") != "" || gotOf(b, "verify.ok-k") != "1" || gotOf(b, "verify.ok-results") != "3" {
		t.Errorf("%d objects; %+v", len(l.Objects), b.Findings)
	}
}

// TestPlatformAfter: a notice that came after the platform's draw is sound, and
// said to be later.
func TestPlatformAfter(t *testing.T) {
	w := newWriter(t, "gaoqing")
	l := w.platformNotice("2023-08-23T15:00:00", "2023-08-24T09:00:00+08:00")
	body, files := w.platformList(l, "2023-08-23T14:00:00+08:00")
	w.say("2023-08-24T10:00:00", body, files...)
	b := w.judge("2023-08-24")
	if got := blamed(b); len(got) > 0 || gotOf(b, "verify.believed-after") != "1" || gotOf(b, "verify.believed-platform") != "" {
		t.Errorf("blamed %v: %+v", got, b.Findings)
	}
}

// TestPlatformMalice: what the list says cannot be changed afterwards.
func TestPlatformMalice(t *testing.T) {
	for _, c := range []struct {
		what string
		do   func(w *writer, l *rules.Lot)
		want string
	}{
		{"a second list", func(w *writer, l *rules.Lot) {
			body := *l.Platform.Body
			w.say("2023-09-21T10:00:00", &body)
		}, "rules.redraw"},
		{"a firm swapped at its result", func(w *writer, l *rules.Lot) {
			for i := range w.firms {
				if f := &w.firms[i]; f.ID != w.firm(l, l.Objects[0]).ID && l.Object(draw.Handle("O", draw.Salt(w.keys[l.Index].K, "O", f.ID), f.ID)) == nil {
					w.result("2023-09-20T09:00:00", l, l.Objects[0], f)
					w.open("2023-09-20T10:00:00", l, false, l.Objects[0])
					return
				}
			}
		}, "verify.other-firm"},
		{"a firm dispatched that is not on the list", func(w *writer, l *rules.Lot) {
			other := &rules.Lot{At: l.At}
			other.Objects = []*rules.Object{{Handle: strings.Repeat("e", 32), Team: l.Objects[0].Team}}
			w.dispatch("2023-08-24T12:00:00", other)
		}, "rules.not-drawn"},
		{"a round cast beside it", func(w *writer, l *rules.Lot) {
			w.say("2023-08-24T12:00:00", &record.Draw{Notice: l.Index, Commitment: l.C, Signature: attack.Rounds()[1000], Rho: strings.Repeat("0", 64), Seed: strings.Repeat("0", 64),
				Cells: []record.Cut{{Cell: "all"}}, Drawn: l.Platform.Body.Objects, Teams: l.Platform.Body.Teams, Recusals: l.Platform.Body.Recusals, Unstaffed: rules.LinesOf(nil)}, nil)
		}, "rules.redraw"},
		{"the file of those left out is changed", func(w *writer, l *rules.Lot) {
			w.dir[ledger.BlobPath(l.Body.Out.SHA256)] = []byte("x\n")
		}, "ledger.audit-blob"},
		{"K is never opened", func(*writer, *rules.Lot) {}, "verify.k-overdue"},
	} {
		t.Run(c.what, func(t *testing.T) {
			w := newWriter(t, "gaoqing")
			l := w.platformNotice("2023-08-23T15:00:00", "2023-08-24T09:00:00+08:00")
			body, files := w.platformList(l, "2023-08-24T09:05:00+08:00")
			w.say("2023-08-24T10:00:00", body, files...)
			if c.want != "rules.not-drawn" {
				w.dispatch("2023-08-24T11:00:00", l)
			}
			c.do(w, l)
			got := strings.Join(blamed(w.judge("2023-12-31")), " ")
			if !strings.Contains(got, c.want+" at ") {
				t.Errorf("blamed %s, want %s", got, c.want)
			}
		})
	}
}

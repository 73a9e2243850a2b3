package rules

import (
	"slices"
	"strings"
)

// Move is one change of a drawn team: who left, who came, on whose word or by
// which lot.
type Move struct {
	Entry       int64
	Date        string
	Kind        string // replacement, recusal, direct; lot
	Object      string // handle, or teamNN of a lot's group team
	Leave, Come string // handles; Come "" where a lot found nobody
	Ground      string
	Consent     string // the executing unit, and the day on which it agreed
	Request     int64  // of a lot: index of the request
}

// Moves lists every change of the draw's teams, by date.
func (l *Lot) Moves() []Move {
	var list []Move
	for _, o := range l.Objects {
		for _, c := range o.Changes {
			b := c.Body
			list = append(list, Move{Entry: c.Index, Date: b.Date, Kind: b.Kind, Object: b.Object, Leave: b.Leave, Come: b.Come, Ground: b.Ground, Consent: b.Consent + "（" + b.Agreed + "）"})
		}
	}
	for _, r := range l.Requests {
		if r.Done == nil {
			continue
		}
		for _, f := range r.Done.Body.Filled {
			list = append(list, Move{Entry: r.Done.Index, Date: r.Done.Time[:10], Kind: replaceLot, Object: f.Object, Leave: f.Leave, Come: f.Come,
				Ground: r.Body.Ground, Consent: r.Body.Consent + "（" + r.Body.Agreed + "）", Request: r.Index})
		}
	}
	slices.SortStableFunc(list, func(a, b Move) int { return strings.Compare(a.Date, b.Date) })
	return list
}

// Hand (人员变动) is how often one inspector of a draw left a team and came into
// one; by his handle, for his name stays closed.
type Hand struct {
	Handle     string
	Left, Came int
	Direct     int // of Came: assigned by hand (直接委派)
	ByLot      int // of Came: by lot
}

// Hands counts the draw's moves by inspector, the most moved first.
func (l *Lot) Hands() []Hand {
	of, order := map[string]*Hand{}, []string{}
	hand := func(h string) *Hand {
		if of[h] == nil {
			of[h], order = &Hand{Handle: h}, append(order, h)
		}
		return of[h]
	}
	for _, m := range l.Moves() {
		if m.Leave != "" {
			hand(m.Leave).Left++
		}
		if m.Come == "" {
			continue
		}
		h := hand(m.Come)
		h.Came++
		switch m.Kind {
		case "direct":
			h.Direct++
		case replaceLot:
			h.ByLot++
		}
	}
	list := make([]Hand, len(order))
	for i, h := range order {
		list[i] = *of[h]
	}
	slices.SortFunc(list, func(a, b Hand) int {
		if n := (b.Left + b.Came) - (a.Left + a.Came); n != 0 {
			return n
		}
		return strings.Compare(a.Handle, b.Handle)
	})
	return list
}

// Serial is one number of a year's draws.
type Serial struct {
	N    int64
	Lots []*Lot // that bear it: the one with effect first; none where it was skipped
}

// Serials lists every number of a year up to the highest that a notice with
// effect bears, those without a draw among them (draw1 §8).
func (s *State) Serials(year int64) []Serial {
	var list []Serial
	for _, l := range s.Lots {
		if yearOf(l.Body.Draw) != year || l.Failed || l.Body.Serial < 1 {
			continue
		}
		for int64(len(list)) < l.Body.Serial {
			list = append(list, Serial{N: int64(len(list)) + 1})
		}
	}
	for _, failed := range []bool{false, true} {
		for _, l := range s.Lots {
			if n := l.Body.Serial; yearOf(l.Body.Draw) == year && l.Failed == failed && n >= 1 && n <= int64(len(list)) {
				list[n-1].Lots = append(list[n-1].Lots, l)
			}
		}
	}
	return list
}

package office

import (
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/beacon"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
)

// Leaving (换人抽签申请) is what an officer says about who leaves which teams.
type Leaving struct {
	Draw, Teams string // id of the draw; of the teams notice where teams were drawn later
	Object      string // 签号, code or teamNN; "": every team of the person without a result
	Kind        string // 更换 or 回避, or the record's own word
	Leave       string // certificate number or name
	Ground      string
	Note        string
	Consent     string // unit that agreed
	Agreed, By  string // date ("" today) and person of the consent
	Applied     string // of a recusal: when the inspector applied for it
	Round       uint64 // of quicknet
}

// AskLot drafts a request that places be filled anew by lot, where the notice
// chose that (draw1 §8).
func (o *Office) AskLot(in Leaving) (*Draft, *record.Request, error) {
	d, err := o.Drawing(in.Draw)
	if err != nil {
		return nil, nil, err
	}
	l := d.Lot
	if l.Body.Replace != "lot" {
		return nil, nil, fault.New("rules.no-lot", in.Draw, l.Body.Replace, "lot")
	}
	chain := beacon.Quicknet()
	body := &record.Request{Notice: l.Index, Kind: or(changeKinds[in.Kind], in.Kind), Ground: in.Ground, Note: record.Sealed(in.Note), Date: o.Today(),
		Consent: in.Consent, Agreed: or(in.Agreed, o.Today()), By: record.Sealed(in.By), Applied: in.Applied,
		Randomness: record.Randomness{Kind: "drand", Chain: chain.Hash, Round: int64(in.Round), Time: record.Time(chain.Time(in.Round))}}
	if body.Slots, body.Notice, err = d.leaving(in); err != nil {
		return nil, nil, err
	}
	draft, err := o.draft(&Draft{}, body)
	return draft, body, err
}

// leaving lists the places that a person holds, and the index of the notice
// whose lot gave them.
func (d *Drawing) leaving(in Leaving) ([]record.Leaving, int64, error) {
	l, named := d.Lot, d.find(in.Object)
	if in.Object != "" && named == nil && !strings.HasPrefix(in.Object, "team") {
		return nil, 0, fault.New("rules.not-drawn", in.Object, "", "")
	}
	var slots []record.Leaving
	var notices []int64
	for _, o := range l.Objects {
		place, notice := o.Handle, l.Index
		if o.Group != "" {
			place = o.Group
		}
		if o.Staffed != 0 {
			notice = o.Staffed
		}
		meant := in.Object == "" || o == named || place == in.Object
		if !meant || o.Result != nil || l.Asking(o) != nil {
			continue
		}
		for slot, h := range o.Team {
			p := d.People[h]
			s := record.Leaving{Object: place, Slot: int64(slot), Leave: h}
			if p == nil || p.ID != in.Leave && p.Name != in.Leave || slices.Contains(o.Vacant, h) || slices.Contains(slots, s) {
				continue
			}
			slots, notices = append(slots, s), append(notices, notice)
		}
	}
	if len(slots) == 0 {
		return nil, 0, fault.New("rules.not-in-team", or(in.Object, in.Draw), in.Leave, "")
	}
	for i, n := range notices {
		if n != notices[0] { // teams of different lots: one seed each
			return nil, 0, fault.New("office.two-lots", in.Draw, slots[0].Object, slots[i].Object)
		}
		if slots[i].Leave != slots[0].Leave {
			return nil, 0, fault.New("office.many-inspectors", in.Draw, in.Leave, d.People[slots[0].Leave].ID+"、"+d.People[slots[i].Leave].ID)
		}
	}
	return slots, notices[0], nil
}

// RunRequest drafts the outcome of a request from its round; the units' lists
// are written anew with the teams.
func (o *Office) RunRequest(id string, index int64, round beacon.Round) (*Draft, *record.Replacement, error) {
	d, err := o.Drawing(id)
	if err != nil {
		return nil, nil, err
	}
	l, r := o.bundle.State.Request(index)
	switch {
	case r == nil || l != d.Lot:
		return nil, nil, fault.New("office.no-such-request", id, num(index), "").Of(fault.Usage)
	case r.Done != nil:
		return nil, nil, fault.New("rules.redraw", id, num(r.Done.Index), "")
	case o.Now().Unix() < record.Unix(r.Body.Randomness.Time):
		return nil, nil, fault.New("office.too-early", id, record.Time(o.Now().Unix()), r.Body.Randomness.Time)
	}
	if err := checkRound(id, &r.Body.Randomness, round); err != nil {
		return nil, nil, err
	}
	body, err := l.Refill(r, beacon.Quicknet(), round.Signature)
	if err != nil {
		return nil, nil, err
	}
	draft, err := o.draft(&Draft{}, body)
	if err != nil {
		return nil, nil, err
	}
	for _, u := range l.Body.Units {
		lists, err := o.listAgain(d, u.Name)
		if err != nil {
			return nil, nil, err
		}
		draft.lists = append(draft.lists, lists...)
	}
	return draft, body, nil
}

// Places says in words who leaves which teams of a request, and who comes as
// far as that is known.
func (d *Drawing) Places(b *record.Request, filled []record.Filled) []string {
	var list []string
	for _, s := range b.Slots {
		place, come := s.Object, ""
		if f := d.Firms[s.Object]; f != nil {
			place = f.Name
		} else {
			place = "第" + strings.TrimLeft(strings.TrimPrefix(place, "team"), "0") + "组"
		}
		if filled != nil {
			k := slices.IndexFunc(filled, func(f record.Filled) bool { return f.Object == s.Object && f.Slot == s.Slot })
			if come = "，没有符合条件的人员，须直接委派"; k >= 0 && filled[k].Come != "" {
				come = "，" + d.nameOf(filled[k].Come) + "接替"
			}
		}
		list = append(list, place+"："+d.nameOf(s.Leave)+"退出"+come)
	}
	return list
}

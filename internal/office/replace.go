package office

import (
	"errors"
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/intake"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// Replacing (更换) is an appointment in a team (另行指派).
type Replacing struct {
	Draw, Object string // 签号 or code
	Kind         string // 更换, 回避, 直接委派, or the record's own word
	Leave, Come  string // certificate numbers, or names
	Ground, Note string
	Date         string // "" today
	Consent      string // unit that agreed
	Agreed, By   string // date and person of the consent
	Applied      string // of a recusal: when the inspector applied for it
	Leads        bool
}

// Replace drafts a team change; the unit's list is written anew with it.
func (o *Office) Replace(in Replacing) (*Draft, error) {
	d, err := o.Drawing(in.Draw)
	if err != nil {
		return nil, err
	}
	if d.Lot.Body.Replace == "none" {
		return nil, fault.New("rules.no-replacement", in.Draw, "", "")
	}
	obj := d.find(in.Object)
	if obj == nil {
		return nil, fault.New("rules.not-drawn", in.Object, "", "")
	}
	leave := ""
	if in.Leave != "" {
		if leave, err = d.person(in.Leave, obj.Team); err != nil {
			return nil, err
		}
	}
	come, err := d.person(in.Come, nil)
	if err != nil {
		return nil, err
	}
	led := obj.Leader == leave && leave != ""
	body := &record.TeamChange{Notice: d.Lot.Index, Kind: or(changeKinds[in.Kind], in.Kind), Object: obj.Handle, Leave: leave, Come: come, Ground: in.Ground,
		Note: record.Sealed(in.Note), Date: or(in.Date, o.Today()), Consent: in.Consent, Agreed: or(in.Agreed, or(in.Date, o.Today())),
		By: record.Sealed(in.By), Applied: in.Applied, Leads: in.Leads || led}
	was := d.Team(obj)
	draft, err := o.draft(&Draft{About: []About{{Firm: d.Firms[obj.Handle].Name, Leave: d.nameOf(leave), Come: d.nameOf(come), Led: led}}}, body)
	if err != nil {
		return nil, d.inNames(err, obj, was, d.Lot.Pack.Team.Grounds)
	}
	if obj.Dispatch == 0 {
		return draft, nil // the list that goes out will have it
	}
	// The rules have moved the team on: the list shows it as it is now.
	draft.lists, err = o.listAgain(d, sentTo(d.Lot, obj))
	return draft, err
}

// person finds the handle of an inspector by certificate number or name; of
// several of one name the one in the team is meant, if there is one only.
func (d *Drawing) person(written string, team []string) (string, error) {
	var found, inTeam []string
	for h, p := range d.People {
		if p.ID == written {
			return h, nil
		}
		if intake.NameKey(p.Name) == intake.NameKey(written) {
			found = append(found, h)
			if slices.Contains(team, h) {
				inTeam = append(inTeam, h)
			}
		}
	}
	switch {
	case len(inTeam) == 1:
		return inTeam[0], nil
	case len(found) == 1:
		return found[0], nil
	case len(found) == 0:
		return "", fault.New("office.no-such-inspector", d.Lot.Body.Draw, written, "")
	}
	var ids []string
	for _, h := range found {
		ids = append(ids, d.People[h].ID)
	}
	slices.Sort(ids)
	return "", fault.New("office.many-inspectors", d.Lot.Body.Draw, written, strings.Join(ids, "、"))
}

func (d *Drawing) nameOf(handle string) string {
	if p := d.People[handle]; p != nil {
		return p.Name
	}
	return handle
}

// inNames puts names for handles into a refusal, and beside it what would have
// been allowed: the rules know handles only.
func (d *Drawing) inNames(err error, obj *rules.Object, team, grounds []string) error {
	var f *fault.Error
	if !errors.As(err, &f) {
		return err
	}
	said := *f
	if said.Place == obj.Handle {
		said.Place = d.Firms[obj.Handle].Name
	}
	said.Got = d.nameOf(said.Got)
	switch said.Code {
	case "rules.change-ground":
		said.Want = strings.Join(grounds, "、")
	case "rules.not-in-team", "rules.already-in-team":
		said.Want = strings.Join(team, "、")
	}
	return &said
}

// changeKinds are the kinds of a team change as officers say them.
var changeKinds = map[string]string{"更换": "replacement", "回避": "recusal", "直接委派": "direct"}

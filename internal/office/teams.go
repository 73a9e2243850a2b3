package office

import (
	"encoding/hex"

	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// AnnounceTeams drafts a teams notice (组队预告) for the dispatched objects of a
// draw that wait for their people. Its key is made here, as a draw's are.
func (o *Office) AnnounceTeams(id string, t rules.Task) (*Draft, *record.TeamsNotice, error) {
	d, err := o.Drawing(id)
	if err != nil {
		return nil, nil, err
	}
	s := o.bundle.State
	r, declared, odd, err := o.registers(s)
	if err != nil {
		return nil, nil, err
	}
	t.Declared = declared
	ki, err := o.random(32)
	if err != nil {
		return nil, nil, err
	}
	ids := make(map[string]string, len(d.Lot.Objects))
	for _, obj := range d.Lot.Objects {
		if f := d.Firms[obj.Handle]; f != nil {
			ids[obj.Handle] = f.ID
		}
	}
	body, blobs, err := s.AnnounceTeams(d.Lot, t, r.People, ids, ki)
	if err != nil {
		return nil, nil, err
	}
	keys, err := o.sealKeys(body.KeyI, drawKeys{KI: hex.EncodeToString(ki), Declared: declared})
	if err != nil {
		return nil, nil, err
	}
	draft, err := o.draft(&Draft{Blobs: blobs, private: []privateFile{keys}, Review: Review{Confirm: odd}}, body)
	return draft, body, err
}

// RunTeams drafts the 组队 of a teams notice from the value that it names; leaders are the
// certificate numbers of those who lead wherever they are drawn. The lists of
// the units are written anew with the teams.
func (o *Office) RunTeams(id string, v Value, leaders []string) (*Draft, *record.Teams, error) {
	s, err := o.State()
	if err != nil {
		return nil, nil, err
	}
	t := s.Teams(id)
	if t == nil {
		return nil, nil, fault.New("office.no-such-draw", id, "", "").Of(fault.Usage)
	}
	if t.Cast != nil {
		return nil, nil, fault.New("rules.redraw", id, num(t.Cast.Index), "")
	}
	given, err := o.given(id, &t.Body.Randomness, v)
	if err != nil {
		return nil, nil, err
	}
	given.Contributions = t.Added()
	d, err := o.drawing(t.Lot)
	if err != nil {
		return nil, nil, err
	}
	body, blobs, err := o.castTeams(d, t, given, leaders)
	if err != nil {
		return nil, nil, err
	}
	draft, err := o.draft(&Draft{Blobs: blobs}, body)
	if err != nil {
		return nil, nil, err
	}
	for _, u := range t.Lot.Body.Units {
		lists, err := o.listAgain(d, u.Name)
		if err != nil {
			return nil, nil, err
		}
		draft.lists = append(draft.lists, lists...)
	}
	return draft, body, nil
}

func (o *Office) castTeams(d *Drawing, t *rules.Later, given record.Given, leaders []string) (*record.Teams, map[string][]byte, error) {
	ki, secret, err := o.laterKeys(t)
	if err != nil {
		return nil, nil, err
	}
	handles := map[string]string{}
	for h, p := range d.People {
		if _, in := t.People[h]; in {
			handles[p.ID] = h
		}
	}
	var lines []draw.RecusalLine
	for _, h := range t.Objects {
		var ids []string
		if f := d.Firms[h]; f != nil {
			ids = secret.Declared[f.ID]
		}
		lines = append(lines, rules.Recusal(h, ids, handles, ki))
	}
	body, blobs, err := t.CastTeams(given, lines)
	if err != nil {
		return nil, nil, err
	}
	if body.Declarations, err = o.behind(d, o.bundle.State, t.Index, lines, blobs); err != nil {
		return nil, nil, err
	}
	data := draw.FormatTeams(d.leadersOf(t, body, blobs, leaders))
	body.Leaders = rules.LinesOf(data)
	blobs[body.Leaders.SHA256] = data
	return body, blobs, nil
}

// leadersOf names who leads each of the teams, where the pack says 选定: the
// first of the wanted who is in it, otherwise slot 0.
func (d *Drawing) leadersOf(t *rules.Later, body *record.Teams, blobs map[string][]byte, wanted []string) []draw.Team {
	if t.Lot.Pack.Team.Leader != "named" {
		return nil
	}
	teams, _ := draw.ParseTeams(blobs[body.Teams.SHA256])
	members := map[string][]string{}
	if body.GroupTeams != nil {
		groups, _ := draw.ParseTeams(blobs[body.GroupTeams.SHA256])
		for _, g := range groups {
			members[g.Object] = g.Members
		}
	}
	var list []draw.Team
	for _, team := range teams {
		if m := members[team.Members[0]]; m != nil {
			team.Members = m
		}
		lead := d.leader(&rules.Object{Team: team.Members}, wanted)
		list = append(list, draw.Team{Object: team.Object, Members: []string{lead}})
	}
	return list
}

// meet adds the people of the later teams and the experts to a drawing: under
// other keys they have other handles.
func (o *Office) meet(d *Drawing) error {
	for _, t := range d.Lot.Later {
		if t.Failed {
			continue
		}
		ki, _, err := o.laterKeys(t)
		if err != nil {
			return err
		}
		people, err := load(o, t.Body.Inspectors.SHA256, personLine)
		if err != nil {
			return err
		}
		d.know(people.Rows, ki)
	}
	if e := d.Lot.Body.Experts; e != nil {
		experts, err := load(o, e.Roster.SHA256, personLine)
		if err != nil {
			return err
		}
		for i := range experts.Rows {
			p := &experts.Rows[i]
			d.Experts[draw.Handle("E", draw.Salt(d.Keys.KI, "E", p.ID), p.ID)] = p
		}
	}
	return nil
}

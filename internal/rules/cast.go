package rules

import (
	"slices"

	"github.com/sunlot/sunlot/internal/beacon"
	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
)

// Cast (抽取) computes the draw entry of a notice from its given values (draw1
// §2) and the recusal lines of the objects (draw1 §6, §7). Lines of objects that are not drawn do not matter; the entry keeps those of the
// drawn. The office calls it to say the draw, everybody else to check it.
func (l *Lot) Cast(g record.Given, recusals []draw.RecusalLine) (*record.Draw, map[string][]byte, error) {
	rho, extras, err := l.chance().value(g)
	if err != nil {
		return nil, nil, err
	}
	lists, err := l.recused(recusals)
	if err != nil {
		return nil, nil, err
	}
	c := draw.Case{Objects: l.Pool, Recusals: map[string][]string{}}
	for h, line := range lists {
		c.Recusals[h] = line.Inspectors
	}
	c.Slots, c.GroupTeams, c.Inspectors = noticeHat(l.Body).needs(), int(l.Body.GroupTeams), l.Hat.inspectors()
	if c.Groups, err = castGroups(l.Body); err != nil {
		return nil, nil, fault.Wrap("rules.quota", l.Body.Draw, err)
	}
	out, err := draw.Cast(draw.Seed(l.C, extras, rho), c)
	if err != nil && fault.Code(err) != "draw.unstaffed-team" { // then all are drawn and unstaffed
		return nil, nil, err
	}
	return l.drawn(out, rho, g, lists)
}

// drawn writes the draw's body and files, the second run for the experts with it.
func (l *Lot) drawn(out *draw.Outcome, rho string, g record.Given, lists map[string]draw.RecusalLine) (*record.Draw, map[string][]byte, error) {
	body := &record.Draw{Notice: l.Index, Commitment: l.C, Signature: g.Signature, Line: g.Line, Signed: g.Signed, Scans: g.Scans, Contributions: l.Added(), Rho: rho, Seed: out.Seed, Cap: int64(out.Cap)}
	blobs := fillDraw(body, out, lists)
	return body, blobs, l.castExperts(body, out, blobs)
}

// recused holds each recusal line to its commitment in the notice.
func (h *Hat) recused(lines []draw.RecusalLine) (map[string]draw.RecusalLine, error) {
	found := make(map[string]draw.RecusalLine, len(lines))
	for _, r := range lines {
		if h.Recuse[r.Object] != draw.RecusalHash(r.Salt, r.Inspectors) {
			return nil, fault.New("rules.bad-recusal", r.Object, "", h.Recuse[r.Object])
		}
		found[r.Object] = r
	}
	return found, nil
}

// fillDraw writes the computed members and returns the four files by digest.
func fillDraw(body *record.Draw, out *draw.Outcome, lists map[string]draw.RecusalLine) map[string][]byte {
	var drawn []draw.DrawnLine
	var recusals []draw.RecusalLine
	for _, c := range out.Cells {
		body.Cells = append(body.Cells, record.Cut{Cell: c.Cell, Count: int64(c.Count), Quota: int64(c.Quota), Cutoff: c.Cutoff})
		for _, o := range c.Objects {
			drawn = append(drawn, draw.DrawnLine{Cell: c.Cell, Ticket: o.Ticket, Handle: o.Handle})
			if r, ok := lists[o.Handle]; ok {
				recusals = append(recusals, r)
			}
		}
	}
	body.Count = int64(len(drawn))
	blobs := map[string][]byte{}
	put := func(data []byte) record.File {
		f := LinesOf(data)
		blobs[f.SHA256] = data
		return f
	}
	body.Drawn = put(draw.FormatDrawn(drawn))
	body.Teams = put(draw.FormatTeams(out.Teams))
	if len(out.GroupTeams) > 0 {
		f := put(draw.FormatTeams(out.GroupTeams))
		body.GroupTeams = &f
	}
	body.Recusals = put(draw.FormatRecusals(recusals))
	body.Unstaffed = put(draw.FormatUnstaffed(out.Unstaffed))
	return blobs
}

// draw judges a draw entry: the same computation, byte for byte.
func (j *judge) draw(b *record.Draw) {
	lot := j.s.lots[b.Notice]
	switch {
	case lot == nil:
		j.breach("rules.no-such-entry", "", "notice", num(b.Notice), "notice")
		return
	case lot.Failed:
		j.breach("rules.notice-failed", "", lot.Body.Draw, "", "")
		return
	case lot.Drawn():
		index, _ := lot.Record()
		j.breach("rules.redraw", j.s.Pack.Draw.Before, lot.Body.Draw, num(index), "")
		return
	case lot.ByPlatform():
		j.breach("rules.draw-failed", j.s.Pack.Draw.Before, lot.Body.Draw, lot.Body.Casts, "sunlot")
		return
	case lot.Abort != nil && !lot.Hidden():
		j.breach("rules.aborted", "", lot.Body.Draw, num(lot.Abort.Index), "")
		return
	}
	data, ok := j.file(b.Recusals, "recusals")
	if !ok {
		return
	}
	recusals, err := draw.ParseRecusals(data)
	if err != nil {
		j.breach("rules.bad-file", "", "recusals", err.Error(), "")
		return
	}
	c := lot.chance()
	if !j.given(c, b.Given()) {
		return
	}
	want, blobs, err := lot.Cast(b.Given(), recusals)
	if err != nil {
		j.uncastable(c, b.Given(), err)
		return
	}
	lines := want.Count
	if len(lot.Body.Slots) == 0 {
		lines = 0 // teams later, and their recusals with them
	}
	if len(recusals) != int(lines) {
		j.breach("rules.recusals-count", "", lot.Body.Draw, num(len(recusals)), num(lines))
	}
	want.Declarations = b.Declarations // given, not computed
	j.differs(lot.Body.Draw, b, want, partsOf(b, want), blobs)
	j.stated(noticeHat(lot.Body), lot.Body.Draw, recusals)
	j.behind(&lot.Hat, lot.Body.Draw, recusals, b.Declarations)
	if !j.sound() {
		return
	}
	j.take(lot, b, blobs, recusals)
	j.believed(c, b.Given())
}

// stated holds the opened recusals to what the notice stated of all of them:
// their number and the most for one object (draw1 §7).
func (j *judge) stated(b *hatRef, name string, opened []draw.RecusalLine) {
	sum, most := int64(0), int64(0)
	for _, r := range opened {
		sum, most = sum+int64(len(r.Inspectors)), max(most, int64(len(r.Inspectors)))
	}
	if sum > b.declared || most > b.mostForOne {
		j.breach("rules.recusals-count", "", name, num(sum)+" "+num(most), num(b.declared)+" "+num(b.mostForOne))
	}
}

// take notes what was drawn.
func (j *judge) take(lot *Lot, b *record.Draw, blobs map[string][]byte, recusals []draw.RecusalLine) {
	d := at(j, b)
	lot.Draw = &d
	drawn, _ := draw.ParseDrawn(blobs[b.Drawn.SHA256])
	for _, d := range drawn {
		o := &Object{Handle: d.Handle, Cell: d.Cell, Ticket: d.Ticket}
		lot.Objects = append(lot.Objects, o)
		lot.byHandle[d.Handle] = o
	}
	j.staffed(lot, &lot.Hat, noticeHat(lot.Body), cast{teams: blobs[b.Teams.SHA256], unstaffed: blobs[b.Unstaffed.SHA256], groups: blobs[group(b.GroupTeams)], recusals: recusals})
	lot.takeExperts(blobs[group(b.Experts)])
	lot.Pool = nil
	j.s.Proven = max(j.s.Proven, beacon.Quicknet().Time(uint64(lot.Body.Round())))
}

// cast is what a lot gave of teams, as files.
type cast struct {
	teams, unstaffed, groups []byte
	recusals                 []draw.RecusalLine
}

// group is the digest of the file of group teams, "" where there is none.
func group(f *record.File) string {
	if f == nil {
		return ""
	}
	return f.SHA256
}

// takeGroups notes the members of the group teams, all of them.
func (h *Hat) takeGroups(file []byte) {
	teams, _ := draw.ParseTeams(file)
	for _, t := range teams {
		if h.Groups == nil {
			h.Groups = map[string][]string{}
		}
		h.Groups[t.Object] = t.Members
	}
}

// staffed notes the teams that the lot gave: with group teams (draw1 §7) an
// object's members are its team's.
func (j *judge) staffed(lot *Lot, h *Hat, b *hatRef, c cast) {
	teams, _ := draw.ParseTeams(c.teams)
	unstaffed, _ := draw.ParseUnstaffed(c.unstaffed)
	members := membersOf(c, b.groupTeams > 0)
	h.takeGroups(c.groups)
	for _, t := range teams {
		o := lot.byHandle[t.Object]
		if o.Drawn = members[t.Object]; b.groupTeams > 0 {
			o.Group = t.Members[0]
		}
		o.Team = slices.Clone(o.Drawn)
		if lot.Body.Leader == "slot0" {
			o.Leader = o.Drawn[0]
		}
	}
	for _, u := range unstaffed {
		lot.byHandle[u].Unstaffed = true
	}
	for _, r := range c.recusals {
		lot.byHandle[r.Object].Recused = r.Inspectors
	}
	h.Recuse = nil
	if len(b.slots) > 0 {
		j.chosen(lot, h, len(b.slots), c.recusals)
	}
	j.alone(lot.Body.Draw, unstaffed, b.groupTeams == 0 || len(c.groups) > 0)
}

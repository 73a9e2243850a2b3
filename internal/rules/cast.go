package rules

import (
	"encoding/hex"
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/beacon"
	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
)

// Cast (抽取) computes the draw entry of a notice from its given values: the
// round's signature and the recusal lines of the objects (draw1 §6, §7). Lines
// of objects that are not drawn do not matter; the entry keeps those of the
// drawn. The office calls it to say the draw, everybody else to check it.
func (l *Lot) Cast(chain beacon.Chain, signature string, recusals []draw.RecusalLine) (*record.Draw, map[string][]byte, error) {
	sig, err := hex.DecodeString(signature)
	if err != nil {
		return nil, nil, fault.Wrap("rules.bad-signature", l.Body.Draw, err)
	}
	rho, err := beacon.Verify(chain, uint64(l.Body.Round()), sig)
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
	for _, s := range l.Body.Slots {
		c.Slots = append(c.Slots, s.Needs)
	}
	if c.Groups, err = castGroups(l.Body); err != nil {
		return nil, nil, fault.Wrap("rules.quota", l.Body.Draw, err)
	}
	for h, quals := range l.People {
		c.Inspectors = append(c.Inspectors, draw.Inspector{Handle: h, Qualifications: quals})
	}
	slices.SortFunc(c.Inspectors, func(a, b draw.Inspector) int { return strings.Compare(a.Handle, b.Handle) })
	out, err := draw.Cast(draw.Seed(l.C, nil, rho), c)
	if err != nil {
		return nil, nil, err
	}
	body := &record.Draw{Notice: l.Index, Commitment: l.C, Signature: signature, Rho: rho, Seed: out.Seed, Cap: int64(out.Cap)}
	return body, fillDraw(body, out, lists), nil
}

// recused holds each recusal line to its commitment in the notice.
func (l *Lot) recused(lines []draw.RecusalLine) (map[string]draw.RecusalLine, error) {
	found := make(map[string]draw.RecusalLine, len(lines))
	for _, r := range lines {
		if l.Recuse[r.Object] != draw.RecusalHash(r.Salt, r.Inspectors) {
			return nil, fault.New("rules.bad-recusal", r.Object, "", l.Recuse[r.Object])
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
	case lot.Abort != nil:
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
	want, blobs, err := lot.Cast(beacon.Quicknet(), b.Signature, recusals)
	if err != nil {
		j.breach("rules.draw-failed", "", lot.Body.Draw, err.Error(), "")
		return
	}
	if len(recusals) != int(want.Count) {
		j.breach("rules.recusals-count", "", lot.Body.Draw, num(len(recusals)), num(want.Count))
	}
	got, _ := record.Canonical(b)
	exp, _ := record.Canonical(want)
	if string(got) != string(exp) {
		j.breach("rules.draw-differs", "", lot.Body.Draw, string(got), string(exp))
	}
	j.declared(lot, recusals)
	if !j.sound() {
		return
	}
	j.take(lot, b, blobs, recusals)
}

// declared holds the opened recusals to what the notice stated of all of them:
// their number and the most for one object (draw1 §7).
func (j *judge) declared(lot *Lot, opened []draw.RecusalLine) {
	sum, most := int64(0), int64(0)
	for _, r := range opened {
		sum, most = sum+int64(len(r.Inspectors)), max(most, int64(len(r.Inspectors)))
	}
	if sum > lot.Body.Declared || most > lot.Body.MostForOne {
		j.breach("rules.recusals-count", "", lot.Body.Draw, num(sum)+" "+num(most), num(lot.Body.Declared)+" "+num(lot.Body.MostForOne))
	}
}

// take notes what was drawn.
func (j *judge) take(lot *Lot, b *record.Draw, blobs map[string][]byte, recusals []draw.RecusalLine) {
	d := at(j, b)
	lot.Draw = &d
	drawn, _ := draw.ParseDrawn(blobs[b.Drawn.SHA256])
	teams, _ := draw.ParseTeams(blobs[b.Teams.SHA256])
	unstaffed, _ := draw.ParseUnstaffed(blobs[b.Unstaffed.SHA256])
	for _, d := range drawn {
		o := &Object{Handle: d.Handle, Cell: d.Cell, Ticket: d.Ticket}
		lot.Objects = append(lot.Objects, o)
		lot.byHandle[d.Handle] = o
	}
	for _, t := range teams {
		o := lot.byHandle[t.Object]
		o.Drawn = t.Members
		o.Team = slices.Clone(t.Members)
		if lot.Body.Leader == "slot0" {
			o.Leader = t.Members[0]
		}
	}
	for _, h := range unstaffed {
		lot.byHandle[h].Unstaffed = true
	}
	for _, r := range recusals {
		lot.byHandle[r.Object].Recused = r.Inspectors
	}
	lot.Pool, lot.Recuse = nil, nil
	j.s.proven = max(j.s.proven, beacon.Quicknet().Time(uint64(lot.Body.Round())))
}

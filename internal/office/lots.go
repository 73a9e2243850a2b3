package office

import (
	"encoding/hex"
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// Announce drafts a notice (抽取预告). The draw's two keys are made here and
// stand encrypted below private/ before the notice does: a notice whose keys are
// lost could never be drawn.
func (o *Office) Announce(t rules.Task) (*Draft, *rules.Announcement, error) {
	s, err := o.State()
	if err != nil {
		return nil, nil, err
	}
	r, declared, odd, err := o.registers(s)
	if err != nil {
		return nil, nil, err
	}
	if t.Declared == nil {
		t.Declared = declared
	}
	secret, err := o.random(64)
	if err != nil {
		return nil, nil, err
	}
	k := rules.Keys{K: secret[:32], KI: secret[32:]}
	if r.Conditions, err = o.conditions(s, t); err != nil {
		return nil, nil, err
	}
	a, err := s.Announce(t, r, k)
	if err != nil {
		return nil, nil, err
	}
	keys, err := o.sealKeys(a.Notice.Key, drawKeys{K: hex.EncodeToString(k.K), KI: hex.EncodeToString(k.KI), Declared: t.Declared})
	if err != nil {
		return nil, nil, err
	}
	d := &Draft{Blobs: a.Blobs, private: []privateFile{keys}, Review: Review{Confirm: odd}}
	if d.Review.Merge, err = o.overlapPool(s, a, r, k.K); err != nil {
		return nil, nil, err
	}
	d.Findings = uncounted(s)
	d.Review.Notices = unheld(s, a.Notice, s.LineOf(a.Notice), r.Conditions)
	d, err = o.draft(d, a.Notice)
	return d, a, err
}

// uncounted tells of the draws whose K is lost: whom they drew and nobody opened
// counts to no cap, for not even the office knows who that is.
func uncounted(s *rules.State) (list []rules.Finding) {
	for _, l := range s.Lots {
		if l.KLost() == nil || l.KOpened || !l.Drawn() {
			continue
		}
		n := 0
		for _, o := range l.Objects {
			if !o.Opened {
				n++
			}
		}
		if n > 0 {
			list = append(list, rules.Finding{Code: "office.lost-uncounted", Severity: rules.Warning, Clause: l.Pack.Cap.Clause, Entry: -1, Place: l.Body.Draw, Got: num(n)})
		}
	}
	return list
}

// Run drafts the draw (抽取) of a notice from the value that its notice names.
func (o *Office) Run(id string, v Value) (*Draft, *record.Draw, error) {
	body, blobs, err := o.cast(id, v)
	if err != nil {
		return nil, nil, err
	}
	draft, err := o.draft(&Draft{Blobs: blobs}, body)
	return draft, body, err
}

// cast computes the draw of a notice.
func (o *Office) cast(id string, v Value) (*record.Draw, map[string][]byte, error) {
	d, err := o.Drawing(id)
	if err != nil {
		return nil, nil, err
	}
	l := d.Lot
	if err := Drawable(l); err != nil {
		return nil, nil, err
	}
	given, err := o.given(id, l.Body.Randomness, v)
	if err != nil {
		return nil, nil, err
	}
	given.Contributions = l.Added()
	var lines []draw.RecusalLine
	if len(l.Body.Slots) > 0 {
		lines = d.recusals()
	}
	body, blobs, err := l.Cast(given, lines)
	if err != nil {
		return nil, nil, err
	}
	opened, err := draw.ParseRecusals(blobs[body.Recusals.SHA256])
	if err != nil {
		return nil, nil, err
	}
	body.Declarations, err = o.behind(d, o.bundle.State, l.Index, opened, blobs)
	return body, blobs, err
}

// Drawable refuses a draw that was cast already, or that can never be.
func Drawable(l *rules.Lot) error {
	switch {
	case l.Drawn():
		index, _ := l.Record()
		return fault.New("rules.redraw", l.Body.Draw, num(index), "")
	case l.Failed || l.Abort != nil && !l.Hidden():
		return fault.New("rules.notice-failed", l.Body.Draw, "", "")
	case l.ByPlatform():
		return fault.New("office.platform-casts", l.Body.Draw, "", l.Body.When())
	}
	return nil
}

// inHat are the handles of the people of the notice's hat, by certificate number.
func (d *Drawing) inHat() map[string]string {
	handles := map[string]string{}
	for h, p := range d.People {
		if _, in := d.Lot.People[h]; in {
			handles[p.ID] = h
		}
	}
	return handles
}

// recusals are the recusal lines of every object in the hat.
func (d *Drawing) recusals() []draw.RecusalLine {
	handles := d.inHat()
	lines := make([]draw.RecusalLine, 0, len(d.Lot.Pool))
	for i := range d.Lot.Pool {
		h := d.Lot.Pool[i].Handle
		var ids []string
		if f := d.Firms[h]; f != nil {
			ids = d.given.Declared[f.ID]
		}
		lines = append(lines, rules.Recusal(h, ids, handles, d.Keys.KI))
	}
	return lines
}

// Sending (派发) is what an officer decides about it.
type Sending struct {
	Draw      string
	Confirmed string   // who confirmed the list
	Platform  string   // task number on the state's platform
	Leaders   []string // certificate numbers of those who lead wherever they are drawn
	Scheme    string   // the executing unit's own 具体抽查工作方案: title and date
	SchemeSum string   // digest of that document, 64 hex
}

// Dispatch drafts one dispatch for each executing unit that still has drawn
// objects to receive, with its list, which is also the prefilled result form.
func (o *Office) Dispatch(in Sending) (*Draft, error) {
	d, err := o.Drawing(in.Draw)
	if err != nil {
		return nil, err
	}
	if !d.Lot.Drawn() {
		return nil, notDrawn(d.Lot)
	}
	if d.Lot.Late {
		// The ledger shows it, and nobody is sent out by it.
		return nil, fault.New("office.late-draw", in.Draw, "", "")
	}
	if d.Lot.Platform != nil {
		in.Platform = or(in.Platform, d.Lot.Platform.Body.Number)
	}
	draft := &Draft{Blobs: map[string][]byte{}}
	if draft.Review.Merge, err = o.overlapDrawn(d); err != nil {
		return nil, err
	}
	var bodies []any
	for i, u := range d.Lot.Body.Units {
		objects := d.undispatched(u)
		if len(objects) == 0 {
			continue
		}
		bodies = append(bodies, o.dispatchBody(d, u, i, objects, in, draft.Blobs))
		list, err := o.resultForm(d, objects)
		if err != nil {
			return nil, err
		}
		draft.lists = append(draft.lists, privateFile{listName(in.Draw, u.Name), list})
	}
	if len(bodies) == 0 {
		return nil, fault.New("office.nothing-to-dispatch", in.Draw, "", "")
	}
	return o.draft(draft, bodies...)
}

// notDrawn refuses a step after the draw while it is not known who was drawn.
func notDrawn(l *rules.Lot) error {
	if l.ByPlatform() {
		return fault.New("office.platform-unlisted", l.Body.Draw, "", "")
	}
	return fault.New("rules.not-drawn-yet", l.Body.Draw, "", "")
}

// undispatched lists a unit's objects that have not been handed over, by handle.
func (d *Drawing) undispatched(u record.Unit) []*rules.Object {
	var list []*rules.Object
	for _, obj := range d.Lot.Objects {
		if obj.Dispatch != 0 {
			continue
		}
		town := ""
		if f := d.Firms[obj.Handle]; f != nil {
			town = f.Town
		}
		if owner := d.Lot.Body.UnitOf(town); owner == u.Name {
			list = append(list, obj)
		}
	}
	byHandle(list)
	return list
}

func byHandle(list []*rules.Object) {
	slices.SortFunc(list, func(a, b *rules.Object) int { return strings.Compare(a.Handle, b.Handle) })
}

func (o *Office) dispatchBody(d *Drawing, u record.Unit, i int, objects []*rules.Object, in Sending, blobs map[string][]byte) *record.Dispatch {
	handles := make([]string, len(objects))
	var leaders []draw.Team
	for n, obj := range objects {
		handles[n] = obj.Handle
		if d.Lot.Body.Leader == "named" && len(obj.Team) > 0 {
			leaders = append(leaders, draw.Team{Object: obj.Handle, Members: []string{d.leader(obj, in.Leaders)}})
		}
	}
	put := func(data []byte) record.File {
		f := rules.LinesOf(data)
		blobs[f.SHA256] = data
		return f
	}
	number := d.Lot.Body.Draw
	if len(d.Lot.Body.Units) > 1 {
		number += "-" + num(i+1)
	}
	return &record.Dispatch{Notice: d.Lot.Index, Number: number, Unit: u.Name, Date: o.Today(), Confirmed: record.Sealed(in.Confirmed),
		Platform: in.Platform, Scheme: in.Scheme, SchemeSum: in.SchemeSum, Count: int64(len(objects)), Objects: put(draw.FormatUnstaffed(handles)), Leaders: put(draw.FormatTeams(leaders)),
		From: max(d.Lot.Body.From, d.Lot.When()[:10]), To: d.Lot.Ends()}
}

// leader is the first of the named who is in the team, otherwise slot 0.
func (d *Drawing) leader(obj *rules.Object, named []string) string {
	for _, h := range obj.Team {
		if p := d.People[h]; p != nil && slices.Contains(named, p.ID) {
			return h
		}
	}
	return obj.Team[0]
}

// fileName keeps a unit's name usable as a file's name on every system.
func fileName(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) || r < 0x20 {
			return '_'
		}
		return r
	}, s)
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// OpenK drafts the opening of a draw's K (启封钥匙), due with its last result.
func (o *Office) OpenK(id string) (*Draft, error) {
	d, err := o.Drawing(id)
	if err != nil {
		return nil, err
	}
	if d.Lot.KOpened {
		return nil, fault.New("office.k-open", id, "", "")
	}
	if err := o.keyDay(d.Lot); err != nil {
		return nil, err
	}
	op, err := o.openingOf(d.Lot)
	if err != nil {
		return nil, err
	}
	op.K = hex.EncodeToString(d.Keys.K)
	draft := &Draft{Openings: map[int64]*record.Opening{d.Lot.Index: op}}
	return o.draft(draft, &record.Opened{Notice: d.Lot.Index, K: true})
}

// openingOf is a copy of what is opened beside a notice so far.
func (o *Office) openingOf(l *rules.Lot) (*record.Opening, error) {
	e, err := o.bundle.Entry(l.Index)
	if err != nil {
		return nil, err
	}
	op := &record.Opening{}
	if have := e.Opening; have != nil {
		*op = *have
		op.Handles = slices.Clone(have.Handles)
	}
	return op, nil
}

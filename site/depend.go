package site

import (
	"encoding/json"
	"io/fs"
	"reflect"
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/verify"
	"github.com/sunlot/sunlot/ledger"
	"github.com/sunlot/sunlot/templates"
)

// keys are what the blocks of a build depend on. The key of a block is a hash
// over everything that its pages say, in few pieces:
//
//	all        what every page says or is judged by: templates and program,
//	           options, charters, rule pack, checklists, plans and calendars
//	alone[i]   record i by itself: its bytes, signers, proof, time bracket, what
//	           was found about it
//	since[i]   record i with its opening and every record that is about it, or
//	           about one of those
//	record[i]  the page of record i
//
// A page may say less than its key covers: then it is made again for nothing,
// found equal, and not written. It must never say more.
type keys struct {
	all    digest
	broken digest // what is wrong with files of the ledger
	alone  []digest
	since  []digest
	record []digest
	told   []digest              // of results: with draw, object and what came after
	lots   map[*rules.Lot]digest // what a page about one of its objects says of the draw
	object map[*rules.Object]objectAt
	firms  *nameSet // pages in firms/, without their ending
}

// objectAt is what the keys know of an object of a draw.
type objectAt struct {
	place int    // where it stands in its draw's list
	opens uint64 // which records opened its handle
	since int64  // the first of them
	firm  *firm  // the enterprise behind the handle, where it is open
}

// collectObjects finds every object's place and opening.
func (m *maker) collectObjects() {
	n := 0
	for _, l := range m.s.Lots {
		n += len(l.Objects)
	}
	m.keys.object = make(map[*rules.Object]objectAt, n)
	for _, l := range m.s.Lots {
		for i, o := range l.Objects {
			m.keys.object[o] = objectAt{place: i}
		}
		for _, op := range l.Opened {
			for _, handle := range op.Body.Handles {
				o := l.Object(handle)
				if o == nil {
					continue
				}
				at := m.keys.object[o]
				at.opens = at.opens*0x9e3779b97f4a7c15 + uint64(op.Index) + 1
				if at.since == 0 {
					at.since = op.Index
				}
				m.keys.object[o] = at
			}
		}
	}
}

// aloneKeys computes what depends on single records, and what is asked for by
// several goroutines later.
func (m *maker) aloneKeys() {
	n := len(m.b.Entries)
	m.duties()
	k := &m.keys
	k.alone, k.since = make([]digest, n), make([]digest, n)
	m.byChunk(n, func(h *hasher, i int) { k.alone[i] = m.aloneKey(h, m.b.Entries[i]) })
	m.sinceKeys()
	var h hasher
	for i := range m.b.Findings {
		if f := &m.b.Findings[i]; strings.HasPrefix(f.Code, "ledger.") { // of a file, which pages link to
			h.text(f.Code, f.Place, f.Got, f.Want)
		}
	}
	k.broken = h.key()
	k.all = m.allKey()
}

// depend computes the keys. It reads nothing: what was verified is in memory.
func (m *maker) depend() {
	k, n := &m.keys, len(m.b.Entries)
	k.lots = map[*rules.Lot]digest{}
	for _, l := range m.s.Lots {
		k.lots[l] = m.lotKey(l)
	}
	k.told, k.record = make([]digest, n), make([]digest, n)
	m.byChunk(len(m.s.Results), func(h *hasher, i int) {
		f := m.s.Results[i]
		k.told[f.Index] = m.toldKey(h, f)
	})
	m.byChunk(n, func(h *hasher, i int) { k.record[i] = m.recordKey(h, int64(i)) })
	k.firms = newNameSet()
	for _, f := range m.firms {
		k.firms.add(firmName(f.code))
	}
}

// byChunk computes n keys on all processors.
func (m *maker) byChunk(n int, one func(h *hasher, i int)) {
	_ = each((n+chunk-1)/chunk, func(c int) error { // it cannot fail
		var h hasher
		for i := c * chunk; i < min(n, (c+1)*chunk); i++ {
			one(&h, i)
		}
		return nil
	})
}

// chunk is how many records a goroutine takes at a time: a bundle of the log.
const chunk = ledger.TileWidth

// bareKey is of a record without what was found about it.
func bareKey(h *hasher, e *verify.Entry) {
	h.text(e.Hash).text(e.Signers...).num(int64(len(e.Signers)), e.Bracket.NotBefore, e.Bracket.NotAfter).sum(digest(e.ProofSum)).yes(e.Record == nil, voided(e.Findings))
}

func (h *hasher) finding(f *rules.Finding) {
	h.text(f.Code, string(f.Severity), f.Clause, f.Place, f.Got, f.Want)
}

func (m *maker) aloneKey(h *hasher, e *verify.Entry) digest {
	bareKey(h, e)
	for i := range e.Findings {
		h.finding(&e.Findings[i])
	}
	at := m.foundAt[m.foundFrom[e.Index]:m.foundFrom[e.Index+1]]
	for _, i := range at {
		h.finding(&m.b.Findings[i])
	}
	return h.num(int64(len(e.Findings)), int64(len(at))).key()
}

// sinceKeys lets every record count for those that it is about.
func (m *maker) sinceKeys() {
	var h hasher
	var about []int64
	for i, e := range m.b.Entries {
		k := h.sum(m.keys.alone[i], digest(e.OpeningSum)).key()
		m.keys.since[i] = k
		about = m.ancestors(about[:0], e)
		for _, a := range about {
			m.keys.since[a] = h.sum(m.keys.since[a], k).key()
		}
	}
}

// maxAbout bounds how far a record counts: a reply to a review of an objection to
// a result of a draw is four steps away from it.
const maxAbout = 16

// ancestors are the records that a record is about, directly or through others.
func (m *maker) ancestors(list []int64, e *verify.Entry) []int64 {
	list = m.mentioned(list, e.Index)
	for from, far := 0, 1; from < len(list) && far < maxAbout; far++ {
		for end := len(list); from < end; from++ {
			list = m.mentioned(list, list[from])
		}
	}
	return list
}

// mentioned appends the records before a record that it names and that are not
// in the list.
func (m *maker) mentioned(list []int64, i int64) []int64 {
	if r := m.b.Entries[i].Record; r != nil {
		var room [4]int64
		for _, a := range mentions(room[:0], r.Body) {
			if a < i && !slices.Contains(list, a) {
				list = append(list, a)
			}
		}
	}
	return list
}

// aboutNames are the members by which a body names the entry that it is about.
// Those by which it names what it rests on (a plan, a checklist, a register) are
// not among them: nothing is said there about the one who names it.
var aboutNames = []string{"Notice", "Result", "Request", "Objection", "Review", "Archive", "Entry", "Joined", "Correction"}

// aboutFields are the places of these members by type of body.
var aboutFields = func() map[reflect.Type][]int {
	fields := map[reflect.Type][]int{}
	for _, t := range record.Types {
		body := reflect.TypeOf(t())
		for body.Kind() == reflect.Pointer {
			body = body.Elem()
		}
		var list []int
		for i := range body.NumField() {
			if f := body.Field(i); f.Type.Kind() == reflect.Int64 && slices.Contains(aboutNames, f.Name) {
				list = append(list, i)
			}
		}
		fields[body] = list
	}
	return fields
}()

// mentions appends the entries that a body names as what it is about.
func mentions(list []int64, body any) []int64 {
	if r, ok := body.(*record.Result); ok { // nearly all are
		return mention(mention(list, r.Notice), r.Joined)
	}
	v := reflect.ValueOf(body).Elem()
	for _, i := range aboutFields[v.Type()] {
		list = mention(list, v.Field(i).Int())
	}
	return list
}

func mention(list []int64, n int64) []int64 {
	if n > 0 {
		list = append(list, n)
	}
	return list
}

// wide are the records by which every page is judged or worded.
var wide = []string{"charter", "checklist", "plan", "calendar"}

func (m *maker) allKey() digest {
	var h hasher
	h.text(m.opt.Base, m.opt.Program, m.witnessLine(), m.s.Origin).num(int64(len(m.s.Charters)))
	for _, e := range m.b.Entries {
		if e.Record != nil && slices.Contains(wide, e.Record.Type) {
			h.text(e.Hash).yes(voided(e.Findings))
		}
	}
	h.sum(m.keys.broken)
	pack, _ := json.Marshal(m.pack) // plain data: it can always be written
	h.text(string(pack))
	_ = fs.WalkDir(templates.FS, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := fs.ReadFile(templates.FS, name)
		h.text(name, string(data))
		return err
	}) // embedded: it can always be read
	return h.key()
}

// lotKey covers what the page of a result or an enterprise says of a draw: all
// but its other objects.
func (m *maker) lotKey(l *rules.Lot) digest {
	var h hasher
	at := func(i int64) {
		h.num(i)
		bareKey(&h, m.b.Entries[i])
	}
	h.text(m.drawDir[l.Index], l.Due.K, l.KDay).yes(l.Failed, l.Gone, l.KOpened, l.Drawn(), l.Undrawn, len(l.Objects) > drawnFirst)
	at(l.Index)
	if l.Draw != nil {
		at(l.Draw.Index)
	}
	if l.Platform != nil {
		at(l.Platform.Index)
	}
	if l.Abort != nil {
		at(l.Abort.Index)
	}
	for _, a := range l.Archives {
		h.sum(m.keys.since[a.Index])
	}
	return h.key()
}

// objectKey covers what was done about one object of a draw before its result.
func (m *maker) objectKey(h *hasher, o *rules.Object) {
	at := m.keys.object[o]
	if at.place < drawnFirst { // all stand on one page
		at.place = 0
	}
	h.text(o.Handle).num(int64(at.place), int64(at.opens), o.Dispatch).yes(o.Opened)
	for _, c := range o.Changes {
		h.num(c.Index)
	}
	h.num(o.Lots...).num(int64(len(o.Changes)), int64(len(o.Lots)))
}

// finishedKey covers a result wherever it is told: with its draw, its object,
// and what came after it.
func (m *maker) finishedKey(h *hasher, f *rules.Finished) { h.num(f.Index).sum(m.keys.told[f.Index]) }

func (m *maker) toldKey(h *hasher, f *rules.Finished) digest {
	h.num(f.Index).sum(m.keys.since[f.Index])
	if f.Lot != nil {
		h.sum(m.keys.lots[f.Lot])
	}
	if f.Object != nil {
		m.objectKey(h, f.Object)
	}
	if f.Joined != nil {
		h.sum(m.keys.alone[f.Joined.Index])
	}
	return h.key()
}

// recordKey is that of the page of a record: also whether it has neighbours and
// where they stand, and of the enterprise that it names.
func (m *maker) recordKey(h *hasher, i int64) digest {
	h.text("record").sum(m.keys.all, m.keys.since[i]).num(i).yes(i+1 < int64(len(m.b.Entries)))
	for _, j := range []int64{i - 1, i, i + 1} {
		h.yes(m.resultAt(j) != nil)
	}
	e, f := m.b.Entries[i], m.resultAt(i)
	if e.Record != nil {
		var room [4]int64
		for _, a := range mentions(room[:0], e.Record.Body) {
			if a == i || a >= int64(len(m.b.Entries)) || f != nil && f.Lot != nil && f.Lot.Index == a {
				continue // finishedKey covers the draw of a result
			}
			bareKey(h, m.b.Entries[a])
			h.num(a).yes(m.s.LotAt(a) != nil, m.resultAt(a) != nil).text(m.drawDir[a])
		}
	}
	if f != nil {
		m.finishedKey(h, f)
		code := m.value(i, "code")
		h.yes(m.firmOf[code] != nil)
	}
	return h.key()
}

// drawKey is that of a draw's page and the parts of its list: everything that was
// said about it, the day, the names of its enterprises, and what later draws say
// of it.
func (m *maker) drawKey(h *hasher, l *rules.Lot) digest {
	h.text("draw").sum(m.keys.all, m.keys.lots[l], m.keys.since[l.Index]).text(m.b.Today)
	for _, o := range l.Objects {
		m.objectKey(h, o)
		if f := m.keys.object[o].firm; f != nil {
			h.text(f.code, f.name())
		}
	}
	for _, other := range m.s.Lots {
		if other.Body.Earlier != "" && other.Body.Earlier == l.Body.Draw {
			h.text(m.drawDir[other.Index]).yes(other.Failed)
		}
	}
	for _, d := range m.duties() {
		if d.Draw == l.Body.Draw {
			h.text(d.Code, d.Due, d.National, d.Done).num(int64(d.Count), int64(d.Open), int64(d.Late)).yes(d.Sure)
		}
	}
	return h.key()
}

// firmKey is that of an enterprise's page.
func (m *maker) firmKey(h *hasher, f *firm) digest {
	h.text("firm", f.code, f.town, f.field).text(f.names...).num(int64(len(f.names))).sum(m.keys.all)
	for _, d := range f.drawn {
		h.sum(m.keys.lots[d.lot])
		m.objectKey(h, d.object)
		if d.object.Result != nil {
			m.finishedKey(h, d.object.Result)
		}
	}
	for _, r := range f.other {
		m.finishedKey(h, r)
	}
	return h.key()
}

// firmRowsKey is that of a page of a list of enterprises.
func (m *maker) firmRowsKey(s *firmShelf, n, parts int, rows []*firm) digest {
	h := newHasher().text("firms", s.dir, s.name, s.titleOf(n)).num(int64(n), int64(parts), int64(len(s.list))).sum(m.keys.all)
	if n > 0 {
		h = newHasher().text("firms", s.dir, s.name, s.titleOf(n)).num(int64(n)).yes(n < parts).sum(m.keys.all)
	}
	for _, f := range rows {
		h.text(f.code, f.name(), f.key, f.town, f.last()).num(int64(len(f.drawn)))
	}
	return h.key()
}

// drawnRowsKey covers rows of the list of all drawn objects.
func (m *maker) drawnRowsKey(h *hasher, from, to int) {
	i := 0
	for _, l := range m.s.Lots {
		if i < to && i+len(l.Objects) > from {
			h.sum(m.keys.lots[l])
			for _, o := range l.Objects[max(0, from-i):min(len(l.Objects), to-i)] {
				m.objectKey(h, o)
				if o.Result != nil {
					h.sum(m.keys.since[o.Result.Index])
				}
				if f := m.keys.object[o].firm; f != nil {
					h.text(f.code)
				}
				h.text(o.Team...).text(o.Leader)
			}
		}
		i += len(l.Objects)
	}
}

// rowsKey is that of a page of a list of results.
func (m *maker) rowsKey(h *hasher, name string, rows []*rules.Finished, more bool) digest {
	h.text("rows", name).sum(m.keys.all).yes(more)
	for _, f := range rows {
		m.finishedKey(h, f)
	}
	return h.key()
}

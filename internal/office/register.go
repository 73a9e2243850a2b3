package office

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"

	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/intake"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// FirmRow is a line of the private register of objects.
type FirmRow struct {
	rules.Firm
	LegalRep  string `json:"legal_rep,omitempty"`
	Address   string `json:"address,omitempty"`
	Scope     string `json:"scope,omitempty"`
	Ownership string `json:"ownership,omitempty"`
	Excluded  string `json:"excluded,omitempty"` // why it is left out of every draw (G-4.3a)
}

// PersonRow is a line of the private register of inspectors.
type PersonRow struct {
	rules.Person
	Sex      string `json:"sex,omitempty"`
	IDNumber string `json:"id_number,omitempty"`
	Phone    string `json:"phone,omitempty"`
	Title    string `json:"title,omitempty"`
	Level    string `json:"level,omitempty"`
	// Conflicts are firms, by code or name, that this person must not inspect
	// (需回避的单位): known beforehand, so kept out of his teams by the lot.
	Conflicts []string `json:"conflicts,omitempty"`
}

// HistoryRow is a selection of the time before the charter.
type HistoryRow struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
	Date string `json:"date"`
}

// register is one private register: a header line with the key of the line
// salts, then one JSON line an entry. The file is named by the digest of the
// committed file, so a roster's entry leads to its register and nothing else.
type register[T any] struct {
	Kind string
	Key  []byte
	Rows []T
}

type registerHead struct {
	Kind string `json:"kind"`
	Key  string `json:"key"`
}

func registerName(digest string) string { return "private/registers/" + digest[:32] + ".jsonl" }

func (r *register[T]) format() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	if err := enc.Encode(registerHead{r.Kind, hex.EncodeToString(r.Key)}); err != nil {
		return nil, err
	}
	for i := range r.Rows {
		if err := enc.Encode(&r.Rows[i]); err != nil {
			return nil, err
		}
	}
	return b.Bytes(), nil
}

// commit is the committed file of the register: text is what a draw depends
// on, the canonical JSON of the line's Firm or Person.
func (r *register[T]) commit(line func(*T) (id string, text any)) ([]byte, error) {
	ids, texts := make([]string, len(r.Rows)), make([]string, len(r.Rows))
	for i := range r.Rows {
		id, v := line(&r.Rows[i])
		text, err := record.Canonical(v)
		if err != nil {
			return nil, err
		}
		ids[i], texts[i] = id, string(text)
	}
	return rules.RosterFile(r.Key, r.Kind, ids, texts), nil
}

func firmLine(f *FirmRow) (string, any)       { return f.ID, f.Firm }
func personLine(p *PersonRow) (string, any)   { return p.ID, p.Person }
func historyLine(h *HistoryRow) (string, any) { return h.ID + "|" + h.Date, h }

// load reads the register behind a committed file and holds it to the digest:
// a register that was edited afterwards is refused.
func load[T any](o *Office, digest string, line func(*T) (string, any)) (*register[T], error) {
	name := o.path(filepath.FromSlash(registerName(digest)))
	f, err := os.Open(name)
	if err != nil {
		return nil, fault.Wrap("office.no-register", name, err).Of(fault.Unreachable)
	}
	defer f.Close()
	r := &register[T]{}
	dec := json.NewDecoder(bufio.NewReaderSize(f, 1<<20))
	var head registerHead
	if err := dec.Decode(&head); err != nil {
		return nil, fault.Wrap("office.bad-register", name, err)
	}
	r.Kind = head.Kind
	if r.Key, err = hex.DecodeString(head.Key); err != nil {
		return nil, fault.Wrap("office.bad-register", name, err)
	}
	for {
		var row T
		if err := dec.Decode(&row); err == io.EOF {
			break
		} else if err != nil {
			return nil, fault.Wrap("office.bad-register", name, err)
		}
		r.Rows = append(r.Rows, row)
	}
	data, err := r.commit(line)
	if err != nil {
		return nil, err
	}
	if got := rules.Hash(data); got != digest {
		return nil, fault.New("office.register-edited", name, got, digest)
	}
	return r, nil
}

// Drawing is a draw with the names behind its handles: for the office alone.
type Drawing struct {
	Lot     *rules.Lot
	Keys    rules.Keys
	Firms   map[string]*FirmRow   // by handle
	People  map[string]*PersonRow // by handle
	Experts map[string]*PersonRow // by handle
	given   *drawKeys
	salts   map[string]string // of People, by handle
}

// Drawing opens a draw of the office by its id.
func (o *Office) Drawing(id string) (*Drawing, error) {
	s, err := o.State()
	if err != nil {
		return nil, err
	}
	l := s.Lot(id)
	if l == nil {
		return nil, fault.New("office.no-such-draw", id, "", "").Of(fault.Usage)
	}
	return o.drawing(l)
}

func (o *Office) drawing(l *rules.Lot) (*Drawing, error) {
	k, given, err := o.drawKeys(l)
	if err != nil {
		return nil, err
	}
	firms, err := o.firmsBy(l, k.K)
	if err != nil {
		return nil, err
	}
	people, err := load(o, l.Body.Inspectors.SHA256, personLine)
	if err != nil {
		return nil, err
	}
	d := &Drawing{Lot: l, Keys: k, Firms: firms, People: map[string]*PersonRow{}, Experts: map[string]*PersonRow{}, given: given, salts: map[string]string{}}
	d.know(people.Rows, k.KI)
	return d, o.meet(d)
}

// know adds people under the handles that a key gives them.
func (d *Drawing) know(people []PersonRow, ki []byte) {
	for i := range people {
		p := &people[i]
		salt := draw.Salt(ki, "I", p.ID)
		h := draw.Handle("I", salt, p.ID)
		d.People[h], d.salts[h] = p, salt
	}
}

// team opens the handles of an object's team: kept privately beside its result,
// so that what is asked of certificates later needs no key.
func (d *Drawing) team(obj *rules.Object) []record.OpenHandle {
	var list []record.OpenHandle
	for _, h := range obj.Members() {
		if p := d.People[h]; p != nil {
			list = append(list, record.OpenHandle{Kind: "I", ID: p.ID, Salt: d.salts[h]})
		}
	}
	return list
}

// firmsBy are the firms behind the handles of a draw, by K.
func (o *Office) firmsBy(l *rules.Lot, k []byte) (map[string]*FirmRow, error) {
	firms, err := load(o, l.Body.Roster.SHA256, firmLine)
	if err != nil {
		return nil, err
	}
	by := make(map[string]*FirmRow, len(firms.Rows))
	for i := range firms.Rows {
		f := &firms.Rows[i]
		by[draw.Handle("O", draw.Salt(k, "O", f.ID), f.ID)] = f
	}
	return by, o.strangers(l, k, by)
}

// firmsOf is firmsBy with the K that is public, or else the office's own. Of a
// draw whose K is lost only the firms whose handles were opened are known.
func (o *Office) firmsOf(l *rules.Lot) (map[string]*FirmRow, error) {
	k := o.openK(l)
	if k == nil {
		keys, _, err := o.drawKeys(l)
		if err != nil && l.KLost() != nil {
			return o.firmsOpened(l)
		}
		if err != nil {
			return nil, err
		}
		k = keys.K
	}
	return o.firmsBy(l, k)
}

// firmsOpened are the firms behind the handles that everybody can open.
func (o *Office) firmsOpened(l *rules.Lot) (map[string]*FirmRow, error) {
	firms, err := load(o, l.Body.Roster.SHA256, firmLine)
	if err != nil {
		return nil, err
	}
	op, err := o.openingOf(l)
	if err != nil {
		return nil, err
	}
	ids := map[string]*FirmRow{}
	for i := range firms.Rows {
		ids[firms.Rows[i].ID] = &firms.Rows[i]
	}
	by := map[string]*FirmRow{}
	for _, h := range op.Handles {
		if f := ids[h.ID]; f != nil && h.Kind == "O" {
			by[draw.Handle("O", h.Salt, h.ID)] = f
		}
	}
	return by, nil
}

// Team lists the names of an object's team, slot 0 first.
func (d *Drawing) Team(obj *rules.Object) []string {
	var names []string
	for _, h := range obj.Members() {
		if p := d.People[h]; p != nil {
			names = append(names, p.Name)
		}
	}
	return names
}

// find is the drawn object that an officer means: by 签号 or by code.
func (d *Drawing) find(handleOrCode string) *rules.Object {
	if o := d.Lot.Object(handleOrCode); o != nil {
		return o
	}
	for h, f := range d.Firms {
		if f.ID == handleOrCode {
			return d.Lot.Object(h)
		}
	}
	return nil
}

// hits lists for every object the dates on which it was selected (draws that
// are not aborted, and the time before the charter) and the draws' ids.
func (o *Office) hits(s *rules.State) (hits, drawn map[string][]string, err error) {
	hits, drawn = map[string][]string{}, map[string][]string{}
	for _, l := range s.Lots {
		if !l.Drawn() {
			continue
		}
		firms, err := o.firmsOf(l)
		if err != nil {
			return nil, nil, err
		}
		day := l.When()[:10]
		for _, obj := range l.Objects {
			if f := firms[obj.Handle]; f != nil && l.Selected(obj) {
				hits[f.ID] = append(hits[f.ID], day)
				drawn[f.ID] = append(drawn[f.ID], l.Body.Draw)
			}
		}
	}
	for _, h := range s.Histories {
		r, err := load(o, h.Body.File.SHA256, historyLine)
		if err != nil {
			return nil, nil, err
		}
		for _, row := range r.Rows {
			hits[row.ID] = append(hits[row.ID], row.Date)
		}
	}
	if err := o.joinedHits(s, hits); err != nil {
		return nil, nil, err
	}
	for id := range hits {
		slices.Sort(hits[id])
	}
	return hits, drawn, nil
}

// registers are the two latest registers, for a notice, and the recusals that
// inspectors declared beforehand: object id → certificate numbers; odd are the
// declared units that are not in the register.
func (o *Office) registers(s *rules.State) (r rules.Registers, declared map[string][]string, odd []intake.Problem, err error) {
	objects, inspectors := s.Roster("objects"), s.Roster("inspectors")
	if objects == nil || inspectors == nil {
		return r, nil, nil, fault.New("rules.no-roster", "", "", "")
	}
	firms, err := load(o, objects.Body.File.SHA256, firmLine)
	if err != nil {
		return r, nil, nil, err
	}
	people, err := load(o, inspectors.Body.File.SHA256, personLine)
	if err != nil {
		return r, nil, nil, err
	}
	for i := range firms.Rows {
		r.Firms = append(r.Firms, firms.Rows[i].Firm)
	}
	ids := unitIDs(firms.Rows)
	for i := range people.Rows {
		r.People = append(r.People, people.Rows[i].Person)
	}
	if e := s.Roster("experts"); e != nil {
		experts, err := load(o, e.Body.File.SHA256, personLine)
		if err != nil {
			return r, nil, nil, err
		}
		for i := range experts.Rows {
			r.Experts = append(r.Experts, experts.Rows[i].Person)
		}
	}
	if declared, odd, err = o.recused(s, ids, people.Rows); err != nil {
		return r, nil, nil, err
	}
	r.Hits, r.Drawn, err = o.hits(s)
	return r, declared, odd, err
}

// unitIDs finds a unit of the register by its code or its name: → id.
func unitIDs(firms []FirmRow) map[string]string {
	ids := make(map[string]string, 2*len(firms))
	for i := range firms {
		f := &firms[i].Firm
		ids[f.ID], ids[intake.NameKey(f.Name)] = f.ID, f.ID
	}
	return ids
}

// named resolves a written name with a list of the pack; what it does not know
// is a problem of the sheet.
func named(list []rules.Named, written string, at intake.Place, header, code string, problems *[]intake.Problem) string {
	if written == "" {
		return ""
	}
	if n, ok := rules.Find(list, written); ok {
		return n.Code
	}
	*problems = append(*problems, problem(at, header, code, written, ""))
	return written
}

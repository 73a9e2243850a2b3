package office

import (
	"encoding/json"
	"errors"
	"strings"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/ledger"
)

// Request (加数请求) is the file by which an office asks a contributor for his
// number: one line of RFC 8785 JSON and a line feed. What he signs is an entry
// of the ledger; he needs nothing else to write it.
type Request struct {
	Format      string `json:"format"` // requestFormat
	Origin      string `json:"origin"`
	Office      string `json:"office"`
	Draw        string `json:"draw"`
	Notice      int64  `json:"notice"`     // index of its entry
	Commitment  string `json:"commitment"` // C
	Contributor string `json:"contributor"`
	Key         string `json:"key"`
	Until       string `json:"until"` // witnessed by then, form time
}

const requestFormat = "sunlot-contribution-request/v1"

// maxRequest bounds a request's file in bytes.
const maxRequest = 4096

// ParseRequest reads the file of a request, in its one form.
func ParseRequest(data []byte) (*Request, error) {
	r := new(Request)
	if len(data) > maxRequest {
		return nil, fault.New("office.bad-request", "", num(len(data)), num(maxRequest))
	}
	if err := json.Unmarshal(data, r); err != nil || r.Format != requestFormat {
		return nil, fault.New("office.bad-request", "", r.Format, requestFormat)
	}
	if again, err := r.text(); err != nil || string(again) != string(data) {
		return nil, fault.New("office.bad-request", r.Draw, "", requestFormat)
	}
	return r, nil
}

func (r *Request) text() ([]byte, error) {
	line, err := record.Canonical(r)
	return append(line, '\n'), err
}

// Entry is the contribution that answers the request: value is the
// contributor's own randomness, at his own clock.
func (r *Request) Entry(value, at string) *record.Entry {
	return &record.Entry{Type: "contribution", Origin: r.Origin, Env: record.Env{At: at, By: r.Contributor},
		Body: &record.Contribution{Notice: r.Notice, Commitment: r.Commitment, Value: value}}
}

// awaited is what a draw or a 组队 waits for.
type awaited struct {
	index int64
	c     string
	r     *record.Randomness
	added []int64
	cast  bool
}

// awaited finds a notice or teams notice by its id.
func (o *Office) awaited(id string) (*awaited, error) {
	s, err := o.State()
	if err != nil {
		return nil, err
	}
	if t := s.Teams(id); t != nil {
		return &awaited{t.Index, t.C, &t.Body.Randomness, t.Added(), t.Cast != nil}, nil
	}
	l := s.Lot(id)
	switch {
	case l == nil:
		return nil, fault.New("office.no-such-draw", id, "", "").Of(fault.Usage)
	case l.Body.Randomness == nil:
		return nil, fault.New("office.platform-casts", id, "", l.Body.When())
	}
	return &awaited{l.Index, l.C, l.Body.Randomness, l.Added(), l.Drawn()}, nil
}

// Requests writes a request for each contributor of a notice whose number is
// not in the ledger yet, and names the files.
func (o *Office) Requests(id string) (files []string, err error) {
	a, err := o.awaited(id)
	if err != nil {
		return nil, err
	}
	if len(a.r.Contributors) == 0 {
		return nil, fault.New("office.no-contributors", id, "", "")
	}
	var list []privateFile
	for i, who := range a.r.Contributors {
		if a.added[i] > 0 {
			continue
		}
		r := Request{Format: requestFormat, Origin: o.Config.Origin, Office: o.Config.Name, Draw: id, Notice: a.index, Commitment: a.c,
			Contributor: who.Name, Key: who.Key, Until: record.Time(record.Unix(a.r.Time) - rules.Lead)}
		data, err := r.text()
		if err != nil {
			return nil, err
		}
		name := "outbox/加数请求-" + id + "-" + fileName(who.Name) + ".json"
		list, files = append(list, privateFile{name, data}), append(files, name)
	}
	return files, o.put(list, 0o644)
}

// Contribute drafts the contributions that contributors have signed: each is an
// entry as it came, with their key alone. The office adds nothing to it.
func (o *Office) Contribute(id string, notes [][]byte) (*Draft, error) {
	a, err := o.awaited(id)
	if err != nil {
		return nil, err
	}
	s := o.bundle.State
	d := &Draft{First: s.Size, Openings: map[int64]*record.Opening{}}
	for _, raw := range notes {
		if err := o.judgeNote(s, d, a, raw); err != nil {
			o.bundle = nil // the state has gone past what stands in the ledger
			return nil, err
		}
	}
	return d, nil
}

func (o *Office) judgeNote(s *rules.State, d *Draft, a *awaited, raw []byte) error {
	place := num(len(d.Entries) + 1)
	note, err := ledger.ParseNote(raw)
	if err != nil {
		return fault.Wrap("office.bad-contribution", place, err)
	}
	e, err := record.Parse(note.Text)
	if err != nil {
		return fault.Wrap("office.bad-contribution", place, err)
	}
	if b, ok := e.Body.(*record.Contribution); !ok || b.Notice != a.index || len(note.Signatures) != 1 {
		return fault.New("office.bad-contribution", place, e.Type, "")
	}
	var signers []string
	for _, vkey := range s.Keys(e) {
		if k, err := ledger.ParseKey(vkey); err == nil && len(note.SignedBy(k)) == 1 {
			signers = append(signers, vkey)
		}
	}
	if len(signers) == 0 { // by a key that the notice does not name
		return fault.New("office.bad-contribution", place, note.Signatures[0].Name, "0")
	}
	d.Entries, d.signers, d.notes = append(d.Entries, e), append(d.signers, signers), append(d.notes, raw)
	// Its own time is the contributor's: that of the office stands for the
	// witnesses, who have not seen it yet.
	found := s.Apply(rules.Input{Entry: e, Hash: rules.Hash(raw), Signers: signers, Seen: o.Now().Unix()})
	for _, f := range found {
		if f.Severity == rules.Breach {
			return fault.New(f.Code, f.Place, f.Got, f.Want)
		}
	}
	d.Findings = append(d.Findings, found...)
	return nil
}

// CeremonyRecord writes the record of a ceremony that those present sign, with
// the result as it was typed, and says its line and the file's name.
func (o *Office) CeremonyRecord(id, typed string) (line, file string, err error) {
	a, err := o.awaited(id)
	if err != nil {
		return "", "", err
	}
	if a.r.Ceremony == nil || a.r.Ceremony.Paper {
		return "", "", fault.New("office.no-ceremony", id, "", "").Of(fault.Usage)
	}
	g, err := o.given(id, a.r, Value{Line: typed})
	if err != nil {
		return "", "", err
	}
	file = "outbox/现场记录-" + id + ".txt"
	text := record.CeremonyText(o.Config.Origin, id, a.c, a.r.Time, g.Line)
	return g.Line, file, o.put([]privateFile{{file, []byte(text)}}, 0o644)
}

// Signatures reads the lines that people put under the record of a ceremony:
// each file is a signed note.
func Signatures(data []byte) ([]string, error) {
	note, err := ledger.ParseNote(data)
	if err == nil {
		if _, _, _, _, _, ok := record.ReadCeremony(note.Text); !ok {
			err = errors.New(strings.SplitN(note.Text, "\n", 2)[0])
		}
	}
	if err != nil {
		return nil, fault.Wrap("office.bad-signed", "", err)
	}
	lines := strings.TrimSuffix(strings.TrimPrefix(string(data), note.Text+"\n"), "\n")
	return strings.Split(lines, "\n"), nil
}

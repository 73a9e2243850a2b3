package office

import (
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/intake"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// Archive drafts the archive entries of a sheet: one for each result or draw
// whose documents stand in rows one after another (Y-20, G-9.2d).
func (o *Office) Archive(rows []intake.ArchiveRow) (*Draft, []intake.Problem, error) {
	s, err := o.State()
	if err != nil {
		return nil, nil, err
	}
	draft, sheet := &Draft{}, judged{}
	var body *record.Archive // of the rows that are being gathered
	var first *intake.ArchiveRow
	for i := range rows {
		r := &rows[i]
		f, l, found := o.archived(s, r)
		if sheet.refuse(found...); f == nil && l == nil {
			body = nil
			continue
		}
		p, fresh := s.Pack, &record.Archive{Date: r.Archived, Class: rules.ForYears, Ground: r.Ground, Place: record.Sealed(r.Place)}
		if l != nil {
			p = l.Pack
		}
		known := term(p, fresh, r)
		known = append(known, paper(p, r)...)
		if sheet.refuse(known...); f != nil {
			fresh.Result = f.Index
		} else {
			fresh.Notice = l.Index
		}
		if body == nil || !sameFile(body, first, fresh, r) {
			body, first = fresh, r
			about := About{}
			if f != nil {
				about = About{Firm: o.firmOf(f)}
			}
			draft.About = append(draft.About, about)
			sheet.add(r.Line, body, known)
		}
		body.Documents = append(body.Documents, record.Document{Kind: r.Kind, Number: record.Sealed(r.Number), Date: r.Date, SHA256: r.Scan, Pages: int64(r.Pages)})
		last := len(sheet.known) - 1
		sheet.known[last] = append(sheet.known[last], known...)
	}
	return sheet.judge(o, draft)
}

// sameFile reports whether a row goes on with the file that another began.
func sameFile(a *record.Archive, first *intake.ArchiveRow, b *record.Archive, r *intake.ArchiveRow) bool {
	return a.Result == b.Result && a.Notice == b.Notice && a.Date == b.Date && first.Years == r.Years && a.Ground == b.Ground && first.Place == r.Place
}

// archived finds the result, or the draw, that a row is about.
func (o *Office) archived(s *rules.State, r *intake.ArchiveRow) (*rules.Finished, *rules.Lot, []intake.Problem) {
	if r.Draws() {
		if l := s.Lot(r.Draw); l != nil {
			return nil, l, nil
		}
		return nil, nil, []intake.Problem{problem(r.Line, "抽取编号", "office.no-such-draw", r.Draw, "")}
	}
	f, found := o.resultOf(s, &r.Ref)
	if f == nil {
		return nil, nil, found
	}
	return f, f.Lot, nil
}

// term sets the years of keeping: those of the row, or the pack's.
func term(p *rules.Pack, b *record.Archive, r *intake.ArchiveRow) []intake.Problem {
	switch {
	case r.Years == intake.Forever:
		b.Class = rules.ForEver
		return nil
	case r.Years > 0:
		b.Years = int64(r.Years)
	default:
		b.Years = int64(p.Archive.MinYears)
	}
	if b.Years == 0 {
		return []intake.Problem{problem(r.Line, "保管期限", "rules.archive-years", "", "1")}
	}
	if b.Years != int64(p.Archive.MinYears) && b.Ground == "" {
		return []intake.Problem{problem(r.Line, "期限依据", "rules.archive-ground", num(b.Years), num(p.Archive.MinYears))}
	}
	b.RetainUntil = rules.RetainUntil(b.Date, b.Years)
	return nil
}

// paper holds a document to the pack, so that its own row is named.
func paper(p *rules.Pack, r *intake.ArchiveRow) []intake.Problem {
	var list []intake.Problem
	if kinds := p.Archive.Documents; len(kinds) > 0 && r.Kind != rules.OtherDocument && !slices.Contains(kinds, r.Kind) {
		list = append(list, problem(r.Line, "材料种类", "rules.archive-kind", r.Kind, strings.Join(kinds, "、")))
	}
	if r.Date > r.Archived {
		list = append(list, problem(r.Line, "材料日期", "rules.date-order", r.Date, r.Archived))
	}
	return list
}

// Purging (销毁) of what was archived.
type Purging struct {
	Archives         []int64
	Date             string // "" today
	Ground, Approved string
}

// Purge drafts the destruction of archived documents: refused before their time
// and while anything about the result is open (Y-20.2). The program holds no
// document; numbers and places stay below private/ as the register of what was
// destroyed (销毁清册).
func (o *Office) Purge(in Purging) (*Draft, error) {
	s, err := o.State()
	if err != nil {
		return nil, err
	}
	draft := &Draft{}
	var bodies []any
	for _, index := range in.Archives {
		a := s.ArchiveAt(index)
		if a == nil {
			return nil, fault.New("office.no-such-archive", num(index), num(index), "")
		}
		draft.About = append(draft.About, About{Firm: o.archiveName(a)})
		bodies = append(bodies, &record.Purge{Archive: index, Date: or(in.Date, o.Today()), Ground: in.Ground, Approved: record.Sealed(in.Approved)})
	}
	return o.draft(draft, bodies...)
}

// Kept is an archive entry as the office lists it.
type Kept struct {
	Entry       int64  `json:"entry"`
	Name        string `json:"name"` // of the firm, or the draw
	Documents   int    `json:"documents"`
	Date        string `json:"date"`
	RetainUntil string `json:"retain_until,omitempty"` // "": for ever
	Purged      string `json:"purged,omitempty"`
	Place       string `json:"place,omitempty"`
}

// Kept lists what is archived; with due only what may be destroyed today.
func (o *Office) Kept(due bool) ([]Kept, error) {
	s, err := o.State()
	if err != nil {
		return nil, err
	}
	var list []Kept
	for _, a := range s.Archives {
		if due && !a.Expired(o.Today()) {
			continue
		}
		k := Kept{Entry: a.Index, Name: o.archiveName(a), Documents: len(a.Body.Documents), Date: a.Body.Date, RetainUntil: a.Body.RetainUntil, Place: o.sealedText(a.Index, "place")}
		if a.Purge != nil {
			k.Purged = a.Purge.Body.Date
		}
		list = append(list, k)
	}
	return list, nil
}

// archiveName is the firm or the draw that something was archived about.
func (o *Office) archiveName(a *rules.Archived) string {
	if a.Of != nil {
		return o.firmOf(a.Of)
	}
	return "抽取 " + a.Lot.Body.Draw
}

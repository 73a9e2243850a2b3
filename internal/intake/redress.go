package intake

import (
	"strconv"
	"strings"
)

// Ref names a published result as a row does: by its entry, or by 签号 or code,
// and by the draw where that leaves several.
type Ref struct {
	Draw, Handle, Code, Name string
	Entry                    int // index of the result's entry, 0 = not named
	Line                     Place
}

// Draws reports whether only a draw is named, and no result of it.
func (f *Ref) Draws() bool {
	return f.Draw != "" && f.Handle == "" && f.Code == "" && f.Name == "" && f.Entry == 0
}

func (r *rowReader) ref() Ref {
	return Ref{Draw: narrow(r.text("draw")), Handle: r.handle(), Code: r.unit(), Name: r.text("name"), Entry: r.count("entry"), Line: r.line()}
}

// identify asks for one of the names of a result.
func (r *rowReader) identify(f *Ref) {
	if f.Entry == 0 && f.Handle == "" && f.Code == "" {
		r.anonymous(f.Name, "原记录号、签号或统一社会信用代码", "code", "handle", "entry")
	}
}

// ObjectionRow is an objection to a published result (Gaoqing 9.2).
type ObjectionRow struct {
	Ref
	Received, Applicant, Content, Way, Number string
}

// Objections reads a 异议.
func (t *Table) Objections() ([]ObjectionRow, *Report) {
	return readTable(t, KindObjections, func(r *rowReader) ObjectionRow {
		x := ObjectionRow{Ref: r.ref(), Received: r.day("received"), Applicant: r.text("applicant"), Content: r.text("content"), Way: r.text("way"), Number: r.text("number")}
		r.identify(&x.Ref)
		return x
	})
}

// ReviewRow decides an objection.
type ReviewRow struct {
	Objection, Correction int // indexes of entries; Correction 0 = the last since the objection
	Name                  string
	Outcome               string // 维持, 更正
	Decided, Reasons      string
	DecidedBy, Late       string
	Line                  Place
}

// Reviews reads a 复核.
func (t *Table) Reviews() ([]ReviewRow, *Report) {
	return readTable(t, KindReviews, func(r *rowReader) ReviewRow {
		return ReviewRow{Objection: r.count("objection"), Correction: r.count("correction"), Name: r.text("name"),
			Outcome: r.choice("outcome", map[string]string{"维持原结果": "维持", "予以更正": "更正", "确有错误": "更正"}),
			Decided: r.day("decided"), Reasons: r.text("reasons"), DecidedBy: r.person("decided_by"), Late: r.text("late"), Line: r.line()}
	})
}

// Forever is the number of years of what is kept for ever.
const Forever = -1

// ArchiveRow is one document put into the archive.
type ArchiveRow struct {
	Ref
	Kind, Number, Date, Scan string
	Pages                    int
	Archived                 string
	Years                    int // 0 = not written, Forever
	Ground, Place            string
}

// Archive reads a 归档.
func (t *Table) Archive() ([]ArchiveRow, *Report) {
	return readTable(t, KindArchive, func(r *rowReader) ArchiveRow {
		x := ArchiveRow{Ref: r.ref(), Kind: r.text("kind"), Number: r.text("number"), Date: r.day("date"), Scan: r.digest("scan"), Pages: r.count("pages"),
			Archived: r.day("archived"), Years: r.years("keep"), Ground: r.text("ground"), Place: r.text("place")}
		if !x.Draws() {
			r.identify(&x.Ref)
		}
		return x
	})
}

// years reads a term of keeping.
func (r *rowReader) years(field string) int {
	s := r.text(field)
	if s == "" {
		return 0
	}
	n, ok := yearsOf(s)
	if !ok {
		r.problem(field, "intake.bad-years", s, "几年，或永久")
	}
	return n
}

// yearsOf reads 永久, 10年, 定期10年, 定期（10年） or 10.
func yearsOf(s string) (years int, ok bool) {
	s = strings.Trim(strings.TrimPrefix(narrow(s), "定期"), "() ")
	if s == "永久" {
		return Forever, true
	}
	n, err := strconv.Atoi(strings.TrimSuffix(s, "年"))
	if err != nil || n < 1 || n > 999 {
		return 0, false
	}
	return n, true
}

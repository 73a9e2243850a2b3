package verify

import (
	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/ledger"
)

// mayHold reports whether the opening of an entry may hold handles: a notice
// those of its draw, the result of a joined task its one.
func mayHold(e *record.Entry, o *record.Opening) bool {
	r, ok := e.Body.(*record.Result)
	if ok && r.Joined != 0 {
		return len(o.Handles) <= 1 && o.K == "" && o.KI == ""
	}
	return e.Type == "notice" || len(o.Handles) == 0 && o.K == "" && o.KI == ""
}

// joined checks that each result of a joined task names the firm that stands on
// the lead's list: the handle opens to the code that the result opens.
func (b *Bundle) joined() {
	for _, f := range b.State.Results {
		if f.Joined != nil && f.Index >= int64(b.Resumed) {
			b.joinedResult(f)
		}
	}
	if n := len(b.State.Joined); n > 0 {
		b.add(rules.Finding{Code: "verify.believed-joined", Severity: rules.Believed, Entry: -1, Got: num(n)})
	}
}

func (b *Bundle) joinedResult(f *rules.Finished) {
	e := b.Entries[f.Index]
	path := ledger.OpeningPath(uint64(f.Index))
	code := e.Value("code")
	switch {
	case b.taken(f.Index, "code"): // by an entry that says so
	case e.Opening == nil || len(e.Opening.Handles) == 0:
		if code != "" || len(rules.OpenAtOnce(e.Record)) > 0 {
			b.breach("verify.handle-unopened", f.Index, path, f.Body.Object, "")
		}
	case draw.Handle("O", e.Opening.Handles[0].Salt, e.Opening.Handles[0].ID) != f.Body.Object || e.Opening.Handles[0].Kind != "O":
		b.breach("verify.opening-stranger", f.Index, path, e.Opening.Handles[0].ID, "")
	case e.Opening.Handles[0].ID != code:
		b.breach("verify.other-firm", f.Index, f.Body.Object, code, e.Opening.Handles[0].ID)
	default:
		b.held.openings++
		b.held.results++
	}
}

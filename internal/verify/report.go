package verify

import (
	"encoding/hex"
	"encoding/json"
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/rules"
)

// standing adds what was found to hold, what rests on the office's word, and
// what nobody can check from this ledger: the other three parts of the report.
func (b *Bundle) standing() {
	ok := func(code, got string) { b.add(rules.Finding{Code: code, Severity: rules.OK, Entry: -1, Got: got}) }
	tree := "verify.ok-tree"
	if slices.ContainsFunc(b.Findings, aboutFile) {
		tree = "verify.ok-tree-alone" // the files beside the tree are another matter
	}
	ok(tree, num(b.Checkpoint.Size))
	draws, platform, after, listed, refills := 0, 0, 0, 0, 0
	for _, l := range b.State.Lots {
		for _, r := range l.Requests {
			if r.Done != nil {
				refills++
			}
		}
		switch {
		case l.Draw != nil:
			draws++
			if l.Equal {
				listed++
			}
		case l.Drawn() && l.Afterwards():
			after++
		case l.Drawn():
			platform++
		}
	}
	for _, c := range []struct {
		code string
		n    int
	}{{"verify.ok-draws", draws}, {"verify.ok-refills", refills}, {"verify.ok-openings", b.held.openings}, {"verify.ok-results", b.held.results}, {"verify.ok-k", b.held.keys}, {"verify.ok-listed", listed}} {
		if c.n > 0 {
			ok(c.code, num(c.n))
		}
	}
	// Lots that the platform cast are counted apart: nobody can cast them again.
	for _, c := range []struct {
		code string
		n    int
	}{{"verify.believed-platform", platform}, {"verify.believed-after", after}} {
		if c.n > 0 {
			b.add(rules.Finding{Code: c.code, Severity: rules.Believed, Entry: -1, Got: num(c.n)})
		}
	}
	for _, code := range []string{"verify.believed-register", "verify.believed-people", "verify.believed-dates", "verify.believed-visits", "verify.believed-pages"} {
		b.add(rules.Finding{Code: code, Severity: rules.Believed, Entry: -1})
	}
	if p := b.State.Pack; p != nil && p.Objection.ReviewDays > 0 {
		b.add(rules.Finding{Code: "verify.believed-objections", Severity: rules.Believed, Entry: -1})
	}
	b.ordered()
	b.witnesses()
	if !b.Pinned && b.Anchor < 0 {
		b.add(rules.Finding{Code: "verify.own-key", Severity: rules.Unknown, Entry: -1, Got: b.LogKey()})
	}
}

// ordered counts the draws by what their order rests on.
func (b *Bundle) ordered() {
	count := map[rules.Severity]int{}
	for _, l := range b.State.Lots {
		switch {
		case l.InTime && l.Grade() != rules.GradeNone:
			count[rules.OK]++
		case l.Grade() == rules.GradePaper:
			count[rules.Believed]++
		case l.Grade() == rules.GradeUnwitnessed:
			count[rules.Unknown]++
		}
	}
	for _, c := range []struct {
		sev  rules.Severity
		code string
	}{{rules.OK, "verify.ok-order"}, {rules.Believed, "verify.believed-paper"}, {rules.Unknown, "verify.unwitnessed-draws"}} {
		if n := count[c.sev]; n > 0 {
			b.add(rules.Finding{Code: c.code, Severity: c.sev, Entry: -1, Got: num(n)})
		}
	}
}

// overdue reports what the draws demand and nobody has done by Today. A K that
// is not open is more than late: that is a failed check (draw1 §3).
func (b *Bundle) overdue() {
	if b.Today == "" || b.State.Pack == nil {
		return
	}
	for _, d := range b.State.Duties(b.Today) {
		if d.Open == 0 || d.Late == 0 || d.Code == "open-k" || d.Code == "open-ki" {
			continue
		}
		entry := d.Entry
		if l := b.State.Lot(d.Draw); entry == 0 && l != nil {
			entry = l.Index
		}
		if entry > 0 {
			b.add(rules.Finding{Code: "rules.duty-" + d.Code, Severity: rules.Overdue, Clause: d.Clause, Entry: entry, Place: d.Place(), Got: num(d.Open), Want: d.Due})
		}
	}
	for _, f := range append(b.State.Uncontributed(b.Today), b.State.Uncast(b.Today)...) {
		b.add(f)
	}
	for _, f := range b.State.Yearly(b.Today) {
		b.add(f)
	}
}

// aboutFile: something is wrong with a file beside the tree.
func aboutFile(f rules.Finding) bool {
	return f.Severity == rules.Breach && (strings.HasPrefix(f.Code, "ledger.audit-") || strings.HasPrefix(f.Place, "opening/"))
}

// Part of a report (words.md): 核验相符, 不相符, 依单位填报未核验, 无法核验; the
// notes stand between, they are no verdict.
type Part struct {
	Name     string // verified, failed, believed, unknown, noted
	Findings []rules.Finding
}

// PartNames are the parts of a report in their order.
var PartNames = []string{"verified", "failed", "believed", "unknown", "noted"}

// PartOf is the place of a finding's part in PartNames.
func PartOf(f *rules.Finding) int { return partOf(f.Severity) }

// Parts sorts the findings into the report's parts, in its order.
func (b *Bundle) Parts() []Part {
	var parts []Part
	for _, name := range PartNames {
		parts = append(parts, Part{Name: name})
	}
	counts := make([]int, len(parts))
	for i := range b.Findings {
		counts[partOf(b.Findings[i].Severity)]++
	}
	for i, n := range counts {
		if n > 0 {
			parts[i].Findings = make([]rules.Finding, 0, n)
		}
	}
	for _, f := range b.Findings {
		i := partOf(f.Severity)
		parts[i].Findings = append(parts[i].Findings, f)
	}
	return parts
}

func partOf(s rules.Severity) int {
	switch s {
	case rules.OK:
		return 0
	case rules.Breach:
		return 1
	case rules.Believed:
		return 2
	case rules.Unknown:
		return 3
	}
	return 4
}

// JSON is the report for machines, indented, with a stable order.
func (b *Bundle) JSON() ([]byte, error) {
	quoted := make([]Quoted, len(b.Findings))
	for i, f := range b.Findings {
		quoted[i] = b.Quote(f)
	}
	verdict, pack := "sound", ""
	if p := b.State.Pack; p != nil {
		pack = p.ID
	}
	if b.Failed() {
		verdict = "unsound"
	}
	return json.MarshalIndent(struct {
		Verdict  string   `json:"verdict"`
		Origin   string   `json:"origin"`
		Size     uint64   `json:"size"`
		Root     string   `json:"root"`
		Pinned   bool     `json:"policy_pinned"`
		Pack     string   `json:"pack,omitempty"`
		Shipped  bool     `json:"pack_shipped"` // with this program; otherwise the office's own
		Today    string   `json:"today,omitempty"`
		Draws    []Order  `json:"draws,omitempty"`
		Findings []Quoted `json:"findings"`
	}{verdict, b.Checkpoint.Origin, b.Checkpoint.Size, hex.EncodeToString(b.Checkpoint.Root[:]), b.Pinned, pack, b.Shipped(), b.Today, b.Orders(), quoted}, "", "  ")
}

package evidence

import (
	"slices"

	"github.com/sunlot/sunlot/internal/beacon"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/ledger"
)

// bracket is the time of an entry that does not rest on the office's clock
// (ledger.md "Time"): not before the latest round that it or an earlier entry
// knew, not after the cosignatures on its proof. Form time, "" where nothing
// bounds it.
type bracket struct {
	from, to  string
	witnesses []cosigned
	margin    int64 // seconds from the witnesses to the value that decides; only with to
}

// cosigned is one witness's line on the proof of an entry.
type cosigned struct{ name, at string }

func (m *maker) bracket(l *rules.Lot) bracket {
	var v bracket
	var proven int64
	for _, e := range m.b.Entries {
		if e.Index > l.Index {
			break
		}
		if e.Record == nil || e.Record.Env.Beacon == nil {
			continue
		}
		k := e.Record.Env.Beacon
		c, err := beacon.Find(k.Chain)
		if err != nil || k.Round < 1 {
			continue
		}
		if _, err := beacon.Verify(c, uint64(k.Round), unhex(k.Signature)); err == nil {
			proven = max(proven, c.Time(uint64(k.Round)))
		}
	}
	if proven > 0 {
		v.from = record.Time(proven)
	}
	v.witnesses = m.witnesses(l.Index)
	if l.Seen > 0 {
		v.to = record.Time(l.Seen)
		v.margin = record.Unix(l.When()) - l.Seen
	}
	return v
}

// witnesses are the lines that verify on the checkpoint in an entry's proof, of
// those whom the charter of that time names, by time.
func (m *maker) witnesses(index int64) []cosigned {
	if len(m.b.State.Charters) == 0 {
		return nil
	}
	policy, err := ledger.ParsePolicy(m.policyOf(m.charterOf(index)))
	if err != nil {
		return nil
	}
	data, err := m.b.Dir.Proof(uint64(index))
	if err != nil {
		return nil
	}
	p, err := ledger.ParseProof(data)
	if err != nil {
		return nil
	}
	entry, err := m.b.Dir.Entry(uint64(index))
	if err != nil {
		return nil
	}
	// What the quorum makes of these lines is not asked here: whoever saw the
	// entry is named, whether enough did is the judge's.
	if _, err := p.Check(entry, &ledger.Policy{Logs: policy.Logs, Quorum: "none"}); err != nil {
		return nil
	}
	note, err := ledger.ParseNote(p.Checkpoint)
	if err != nil {
		return nil
	}
	var list []cosigned
	for _, w := range policy.Witnesses {
		if at, ok := note.CosignedAt(w.Key); ok {
			list = append(list, cosigned{w.Key.Name, record.Time(int64(at))})
		}
	}
	slices.SortStableFunc(list, func(a, b cosigned) int { return int(record.Unix(a.at) - record.Unix(b.at)) })
	return list
}

// grade is what the order of notice and randomness rests on, in the words of
// the report.
func grade(l *rules.Lot) string {
	switch {
	case l.ByPlatform() && l.Afterwards():
		return "事后登记"
	case l.ByPlatform():
		return "存证"
	case l.InTime:
		return "甲：公共随机数、有见证"
	}
	return "未见证"
}

// timePart says when the notice stood, as far as that does not rest on the
// office's word.
func (m *maker) timePart(l *rules.Lot) []part {
	v := m.bracket(l)
	f := part{}
	f.is("等级", grade(l))
	f.is("本单位填报的入账时间", second(l.Time))
	f.is("时间区间：不早于", or(second(v.from), "没有依据"))
	f.is("时间区间：不晚于", or(second(v.to), "没有依据（没有足够的见证签名）"))
	if v.to != "" {
		f.is("见证比号码早", num(v.margin)+"秒")
	}
	if len(v.witnesses) == 0 {
		return []part{f, {Say: "没有见证单位为这份预告签名：预告早于号码，只能以本单位填报为准。", Class: "warn"}}
	}
	t := table("见证单位", "见证时间")
	for _, w := range v.witnesses {
		t.row(w.name, second(w.at))
	}
	return []part{f, t}
}

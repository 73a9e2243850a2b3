package evidence

import (
	"slices"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/ledger"
)

// cosigned is one witness's line on the proof of an entry.
type cosigned struct{ name, at string }

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
			list = append(list, cosigned{w.Name + "（" + w.Key.Name + "）", record.Time(int64(at))})
		}
	}
	slices.SortStableFunc(list, func(a, b cosigned) int { return int(record.Unix(a.at) - record.Unix(b.at)) })
	return list
}

// timePart says when the notice stood, as far as that does not rest on the
// office's word: the judge's grade and bracket, and who signed.
func (m *maker) timePart(l *rules.Lot) []part {
	o := l.Order()
	f := part{}
	f.is("等级", o.Grade.Name()+"："+o.Grade.Text())
	f.is("本单位填报的入账时间", second(l.Time))
	from, to := "没有依据", "没有依据（没有足够的见证签名）"
	if o.NotBefore > 0 {
		from = second(record.Time(o.NotBefore)) + "（账本里已有这一时刻产生的公共随机数）"
	}
	if o.NotAfter > 0 {
		to = second(record.Time(o.NotAfter)) + "（见证签名到齐）"
	}
	f.is("时间区间：不早于", from)
	f.is("时间区间：不晚于", to)
	value := "号码"
	if l.ByPlatform() {
		value = "平台抽取"
	}
	f.is(value+"的时间", second(record.Time(o.Decides)))
	if o.NotAfter > 0 {
		f.is("预告比"+value+"早", num(o.Margin)+"秒", "至少应早"+num(o.Least)+"秒")
	}
	for _, p := range l.Paper {
		f.is("纸面见证", p.Body.Body, "签字时间（纸面所写）"+second(p.Body.Signed), "签字人 "+or(m.value(p.Index, "person"), closedWords), "扫描件校验码", p.Body.Scan, entryWord(p.Index))
	}
	parts := []part{f}
	if l.Late {
		parts = append(parts, part{Say: "不能证明预告在" + value + "之前：这次抽取没有通过核对，照实列出。", Class: "bad"})
	}
	if list := m.witnesses(l.Index); len(list) > 0 {
		t := table("见证单位", "见证时间")
		for _, w := range list {
			t.row(w.name, second(w.at))
		}
		return append(parts, t)
	}
	return append(parts, part{Say: "没有见证单位为这份预告签名：预告早于号码，只能以本单位填报为准。", Class: "warn"})
}

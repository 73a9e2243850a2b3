package site

import (
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/verify"
)

// witnessSentence says who witnesses, in one sentence.
func (m *maker) witnessSentence() string {
	p := m.b.InForce()
	if p == nil {
		return "本单位未设见证"
	}
	return verify.PolicyWords(p)
}

// witnessLine says it in half a sentence, for the head of every page.
func (m *maker) witnessLine() string {
	p := m.b.InForce()
	if p == nil {
		return "本单位未设见证"
	}
	return num(p.Count()) + "家见证单位中至少" + num(p.Least()) + "家签名，记录才发布"
}

// witnessFacts are the witnesses of the charter in force, what they bear, and
// by what a reader with a stamped sheet knows this ledger.
func (m *maker) witnessFacts(p *page, f *facts) {
	f.add("见证", text(m.witnessSentence()))
	if pol := m.b.InForce(); pol != nil {
		for _, w := range pol.Witnesses {
			f.add("见证单位　"+w.Name, hash(w.Key.String()))
		}
		if at := m.b.HeadSeen; at > 0 {
			f.add("最近一次见证", text(minute(record.Time(at))))
		}
	}
	for _, c := range m.s.Charters {
		if e := m.b.Entries[c.Index]; e != nil {
			f.add("开账声明校验码", hash(e.Hash), p.record(c.Index))
		}
	}
}

// anchors are what a reader compares with a stamped sheet: the fingerprint of
// every charter, in groups of four as on paper.
func (m *maker) anchors(p *page) facts {
	var f facts
	for _, c := range m.s.Charters {
		if e := m.b.Entries[c.Index]; e != nil {
			f.add("开账声明校验码", hash(verify.GroupedFingerprint(e.Hash)), p.record(c.Index))
		}
	}
	return f
}

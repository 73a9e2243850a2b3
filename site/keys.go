package site

import (
	"strings"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// keyText says of a draw's K when it is public, who holds it until then, and
// what its state lets a reader check (draw1 §3).
func (m *maker) keyText(l *rules.Lot) string {
	day := "期限：" + l.Due.K + "公开启封钥匙。"
	switch {
	case l.KLate():
		day += l.KDay + "才公开，这次抽取的核验从此不通过。"
	case !l.KOpened && m.b.Today > l.Due.K && !l.Due.Provisional:
		day += "已过期限，没有公开，这次抽取的核验不通过。"
	}
	switch {
	case l.KOpened:
		return day + "任何人拿自己知道的企业名单，都能查出谁在签筒里、有没有重复、有没有漏掉、分区对不对。"
	case l.KLost() != nil:
		return day + "启封钥匙已经遗失：已公开名称的，仍可以逐户核对；签筒里还有谁、有没有漏掉或重复，谁也不能再核对。登记遗失不改变期限，抽中的仍算抽中。"
	}
	held := ""
	if c := m.s.Charter(); c != nil {
		for _, k := range c.Keys {
			if k.Role == "office" && k.Held != "" {
				held = "（" + k.Held + "）"
			}
		}
	}
	return day + "公开以前由本单位加密保管" + held + "，已公开名称的可以逐户核对；公开以后，任何人拿自己知道的企业名单，都能查出谁在签筒里、有没有重复、有没有漏掉。"
}

// peopleText is the state of the inspectors' hat.
func (m *maker) peopleText(l *rules.Lot, opened bool) string {
	switch {
	case opened:
		return "已启封：有执法证号名单的人可以核对"
	case l.KILost() != nil:
		return "人员启封钥匙已经遗失，核对不到个人"
	case l.Certificates:
		return "未启封，期限：" + l.Due.K
	case l.Body.Auditor != "":
		return "未启封：执法证号不公开，由" + l.Body.Auditor + "核对"
	}
	return "未启封：执法证号不公开，审计人员可以另行核对"
}

// lostFacts shows the records of a loss and, of a key that was not opened since,
// the state.
func (m *maker) lostFacts(p *page, l *rules.Lot, s *step) {
	for i := range l.Lost {
		s.Facts.add("遗失记录", p.record(l.Lost[i].Index), text(l.Lost[i].Body.Date+"，"+lostWords(l.Lost[i].Body)+"："+l.Lost[i].Body.Ground))
	}
	if l.KLost() != nil && !l.KOpened {
		s.State = tag{"启封钥匙遗失", "warn"}
	}
}

// lostWords name the keys of a loss.
func lostWords(b *record.Lost) string {
	var list []string
	if b.K {
		list = append(list, "启封钥匙")
	}
	if b.KI {
		list = append(list, "人员启封钥匙")
	}
	return strings.Join(list, "、")
}

package verify

import (
	"fmt"
	"strings"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// Order is what the report says of the order of one draw's notice and the value
// that decides it; of a teams notice too, which is cast by a round of its own.
type Order struct {
	Draw      string      `json:"draw"`
	Entry     int64       `json:"entry"` // of the notice
	State     string      `json:"state"` // open, drawn, aborted (nothing was drawn), hidden (aborted, nobody can say before what, and what was drawn is not said), stopped (drawn, then aborted), failed (no effect)
	Grade     rules.Grade `json:"grade"` // A, B, C, platform, paper, unwitnessed, after, or "" for none
	Name      string      `json:"grade_name"`
	Method    string      `json:"method"`               // drand, lottery, ceremony, platform
	NotBefore string      `json:"not_before,omitempty"` // form time: a public round that stands in the log before it
	NotAfter  string      `json:"not_after,omitempty"`  // form time: the cosignatures satisfied the policy
	Witnesses []string    `json:"witnesses,omitempty"`  // of the policy, whose cosignatures are no later than that
	Decides   string      `json:"decides"`              // form time
	Margin    *int64      `json:"margin,omitempty"`     // seconds from not_after to decides
	Least     int64       `json:"margin_least"`         // seconds that are asked for
	Words     string      `json:"words"`                // all of it in a sentence
	claimed   string      // env.at of the notice
	hidden    bool        // aborted, and nobody saw that it was before the number
}

// Orders lists every notice in the order of the log, those without effect and
// those without a draw too: a serial without a draw is seen here (draw1 §8).
func (b *Bundle) Orders() []Order {
	var list []Order
	for _, l := range b.State.Lots {
		list = append(list, b.Order(l))
		for _, t := range l.Later {
			list = append(list, b.OrderOfTeams(t))
		}
	}
	return list
}

// Order is the order of one draw.
func (b *Bundle) Order(l *rules.Lot) Order {
	o := Order{Draw: l.Body.Draw, Entry: l.Index, Method: l.Method(), claimed: l.Time, hidden: l.Hidden()}
	switch {
	case l.Failed:
		o.State = "failed"
	case l.Abort != nil && l.Drawn():
		o.State = "stopped"
	case l.Hidden():
		o.State = "hidden"
	case l.Abort != nil:
		o.State = "aborted"
	case l.Drawn():
		o.State = "drawn"
	default:
		o.State = "open"
	}
	return b.fill(o, l.Order())
}

// OrderOfTeams is the order of one teams notice.
func (b *Bundle) OrderOfTeams(t *rules.Later) Order {
	o := Order{Draw: t.Body.ID, Entry: t.Index, Method: t.Body.Randomness.Kind, State: "open", claimed: t.Time}
	switch {
	case t.Failed:
		o.State = "failed"
	case t.Cast != nil:
		o.State = "drawn"
	}
	return b.fill(o, t.Order())
}

func (b *Bundle) fill(o Order, r rules.Order) Order {
	o.Grade, o.Name, o.Least, o.Decides = r.Grade, r.Grade.Name(), r.Least, record.Time(r.Decides)
	if r.NotBefore > 0 {
		o.NotBefore = record.Time(r.NotBefore)
	}
	if r.NotAfter > 0 {
		o.NotAfter, o.Margin = record.Time(r.NotAfter), &r.Margin
		o.Witnesses = b.cosigners(o.Entry, r.NotAfter)
	}
	o.Words = o.words(r)
	return o
}

// decided says of each kind of value when it decides.
var decided = map[string]string{"drand": "公共随机数公布", "lottery": "彩票停止销售", "ceremony": "现场掷数开始", "platform": "平台抽取"}

// words is the order in plain sentences: who saw the notice when, and how long
// before the value.
func (o *Order) words(r rules.Order) string {
	var s strings.Builder
	fmt.Fprintf(&s, "预告（第%d条记录）", o.Entry)
	what := decided[o.Method] + "（" + o.Decides + "）"
	if o.NotAfter == "" {
		s.WriteString("没有见证")
	} else {
		fmt.Fprintf(&s, "经 %d 家见证", len(o.Witnesses))
		if len(o.Witnesses) > 0 {
			s.WriteString("（" + strings.Join(o.Witnesses, "、") + "）")
		}
	}
	if o.NotBefore != "" {
		s.WriteString("，不早于 " + o.NotBefore)
	}
	switch {
	case o.State == "failed":
		return s.String() + "；没有通过核对，不发生效力。"
	case o.NotAfter == "" && o.Grade == rules.GradeNone:
		s.WriteString("，不能证明它在" + what + "之前入账：先后不成立")
	case o.NotAfter == "":
		s.WriteString("，先后以单位填报为准：自报 " + o.claimed + " 写成，" + decided[o.Method] + "的时间是 " + o.Decides)
	case r.Margin >= 0:
		fmt.Fprintf(&s, "，不晚于 %s，比%s早 %d 秒", o.NotAfter, what, r.Margin)
	default:
		fmt.Fprintf(&s, "，到 %s 才有足够的见证，比%s晚 %d 秒", o.NotAfter, what, -r.Margin)
	}
	switch {
	case o.NotAfter != "" && o.Grade == rules.GradeNone && 0 <= r.Margin && r.Margin < r.Least:
		fmt.Fprintf(&s, "，不足 %d 秒：先后不成立", r.Least)
	case o.NotAfter != "" && o.Grade == rules.GradeNone:
		s.WriteString("：先后不成立")
	case o.Grade == rules.GradePaper:
		s.WriteString("，纸面预告上有人签字")
	}
	if o.hidden {
		return s.String() + "；已终止，没有列出抽中名单：终止是否在号码之前，以单位填报为准。"
	}
	s.WriteString(map[string]string{"open": "；还没有抽取", "aborted": "；抽取前已终止，没有抽取", "hidden": "；已终止，不能证明终止在号码之前，抽中了谁没有写入账本", "stopped": "；抽取后终止"}[o.State])
	return s.String() + "。"
}

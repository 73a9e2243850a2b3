package site

import (
	"strings"

	"github.com/sunlot/sunlot/internal/rules"
)

// versus puts a ticket beside the cut-off of its group, with the first digits
// that differ marked, and says in words which is smaller: a reader sees without
// counting that the lot fell as it must (draw1 §4).
type versus struct {
	Ticket, Cutoff digits
	Words          string
}

// digits is a long number with one digit marked; Mark is "" where two numbers
// are the same.
type digits struct{ Before, Mark, After string }

// againstCutoff is nil where there are no tickets: the platform cast.
func againstCutoff(l *rules.Lot, o *rules.Object) *versus {
	line := cutoff(l, o.Cell)
	if o.Ticket == "" || line == "" {
		return nil
	}
	v := versusOf(o.Ticket, line)
	return &v
}

func versusOf(ticket, line string) versus {
	n := 0
	for n < len(ticket) && n < len(line) && ticket[n] == line[n] {
		n++
	}
	if n == len(ticket) || n == len(line) {
		return versus{digits{Before: ticket}, digits{Before: line}, "签值与中签线完全相同：这是本分区最后一支抽中的签。"}
	}
	at := func(s string) digits { return digits{s[:n], s[n : n+1], s[n+1:]} }
	same := "第1位就不同"
	if n > 0 {
		same = "前" + num(n) + "位相同，第" + num(n+1) + "位不同"
	}
	v := versus{Ticket: at(ticket), Cutoff: at(line)}
	if strings.Compare(ticket, line) < 0 {
		v.Words = same + "：" + ticket[n:n+1] + " 小于 " + line[n:n+1] + "，所以签值小于中签线，抽中。"
	} else {
		v.Words = same + "：" + ticket[n:n+1] + " 大于 " + line[n:n+1] + "，所以签值大于中签线，没有抽中。"
	}
	return v
}

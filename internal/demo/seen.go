package demo

import (
	"fmt"
	"strings"
)

// onPaper: before any charter names witnesses, somebody outside the office of
// 高青 signs the printed notice, eight hours before the round.
func (r *Run) onPaper(id string) {
	if r.Office.Pack != "gaoqing" {
		return
	}
	r.at("2023-08-23 15:05:00", 0, "draw", "paper", id, "--print")
	signed := r.put("纸面预告扫描件（演示）.txt", []byte("演示：纸面预告的扫描件应在这里。\n"), nil)
	r.at("2023-08-23 15:50:00", 0, "draw", "paper", id, "--body", bodies[r.Name][0], "--person", "司法局值班人员（演示）", "--signed", "2023-08-23 15:30", "--scan", signed, "--yes")
}

// someMissing: in 偃师 two of the four do not answer on the day of a notice. It
// is recorded and not witnessed, status says so, and nothing else may be written;
// an hour later one of them is back, and three are enough.
func (r *Run) someMissing(announce func(want int)) {
	if r.Office.Pack != "yanshi" || r.alone {
		announce(0)
		return
	}
	r.down(1, 3)
	announce(3)
	r.at("2023-09-15 15:05:00", 0, "status")
	r.at("2023-09-15 15:10:00", 3, "check")
	r.down(3)
	r.at("2023-09-15 16:00:00", 0, "witnesses", "ask")
	r.at("2023-09-15 16:05:00", 0, "witnesses", "show")
	r.down()
}

// nameWitnesses writes the charter that names them, three of four, until which
// nobody but the office had seen its notices.
func (r *Run) nameWitnesses(when string) {
	if r.err != nil || r.alone {
		return
	}
	if r.err = r.openNeighbours(); r.err != nil {
		return
	}
	var b strings.Builder
	var names []string
	for _, n := range r.neighbours.list {
		fmt.Fprintf(&b, "witness %s %s https://%s/\n", n.name, n.key, n.host)
		names = append(names, n.name)
	}
	fmt.Fprintf(&b, "group 四家中的三家 3 %s\nquorum 四家中的三家\n", strings.Join(names, " "))
	r.at(when, 0, "witnesses", "set", r.put("见证约定.txt", []byte(b.String()), nil), "--yes")
}

package office

import (
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// worklist collects the next steps from the duties that are open: list what
// comes first, later what runs its time or has none.
type worklist struct {
	o           *Office
	s           *rules.State
	soon        string // the day up to which what runs its time is told
	list, later []Next
}

// stuck takes up a duty of a draw that can go on no more, by what is left to do
// about the draw; false where the duty stands as it is.
func (w *worklist) stuck(d rules.Duty) bool {
	l := w.s.Lot(d.Draw)
	switch {
	case l == nil:
		return false
	case l.KILost() != nil && d.Code == "open-ki":
		return true
	case l.KLost() != nil && slices.Contains([]string{"dispatch", "result", "open-k"}, d.Code):
		// Without K nothing of it can be done; what is left is to end it.
		n := Next{Code: "office.next-lost", Place: d.Draw, Due: d.Due, Late: d.Late, Command: "sunlot draw abort " + d.Draw + " --ground 启封钥匙遗失"}
		told := slices.ContainsFunc(w.list, func(o Next) bool { return o.Code == n.Code && o.Place == n.Place })
		if l.Abort == nil && !l.Closed() && !told {
			w.list = append(w.list, n)
		}
		return true
	case l.Late && slices.Contains([]string{"run", "dispatch"}, d.Code):
		w.list = append(w.list, Next{Code: "office.next-late", Place: d.Draw, Command: "sunlot draw announce --plan " + l.Body.Line})
		return true
	}
	return false
}

// take adds the command that does a duty.
func (w *worklist) take(d rules.Duty) {
	n := Next{Code: "office.next-" + d.Code, Place: d.Place(), Due: d.Due, Late: d.Late}
	early, later := false, false // nothing to do yet; after everything else
	switch d.Code {
	case "run":
		w.run(d, &n)
	case "refill":
		w.refill(d, &n)
	case "dispatch":
		n.Command = "sunlot dispatch " + d.Draw
	case "result":
		n.Command = "sunlot result " + w.o.openList(w.s.Lot(d.Draw))
		early = w.s.Lot(d.Draw).Sent == nil // first the dispatch
	case "open-ki":
		n.Command = "sunlot draw open-ki " + d.Draw
		early = w.o.Today() < d.Due && !w.s.Lot(d.Draw).Closed()
	case "open-k":
		n.Command = "sunlot draw open " + d.Draw
		early = w.o.Today() < d.Due && !w.s.Lot(d.Draw).Closed()
	case "review":
		n.Command = "sunlot objection decide " + num(d.Entry) + " --outcome 维持"
	case "review-feedback":
		n.Command = "sunlot objection told " + num(d.Entry) + " --way 送达方式"
	case "joined":
		n.Command = "sunlot result " + joinedListName(w.s.JoinedTask(d.Draw).Body)
	case "joint":
		n.Command = "sunlot form 计划，或 sunlot joint --help"
		later = d.Late == 0 // it has the year: what a draw demands comes first
	case "follow-up":
		n.Command = "sunlot follow-up " + num(d.Entry) + " --kind 方式 --closed"
		later = d.Late == 0 && d.Due != "" // it runs its time: what else is to be done comes first
		early = later && d.Due > w.soon
	case "feedback":
		n.Command, later = "sunlot form 反馈，再 sunlot feedback 反馈.xlsx", true
	case "file-plan":
		n.Command = "sunlot file-plan --to 市场监管部门 --date 日期"
	}
	switch {
	case early:
	case later:
		w.later = append(w.later, n)
	default:
		w.list = append(w.list, n)
	}
}

// run is the cast of a draw or of a teams notice; before its number is out the
// notice is to be published first.
func (w *worklist) run(d rules.Duty, n *Next) {
	n.Command = "sunlot draw run " + d.Draw
	at, l := "", w.s.Lot(d.Draw)
	if t := w.s.Teams(d.Draw); t != nil {
		at = t.Body.Randomness.Time
	} else if at = l.Body.When(); l.ByPlatform() {
		n.Command = "sunlot draw record " + d.Draw + " 平台导出的名单.xlsx"
	}
	if l != nil && w.contributions(l, at, n) {
		return
	}
	if l != nil && l.Hidden() {
		n.Code = "office.next-run-aborted"
		return
	}
	// What makes the notice worth anything: it is public before the number.
	w.publish(n, "office.next-publish", d.Draw, at)
}

// contributions asks for those that are missing; true where it is too late for
// them, and all that is left is to end the draw.
func (w *worklist) contributions(l *rules.Lot, at string, n *Next) bool {
	missing, last := l.Missing(), record.Unix(at)-600 // ten minutes before the number
	place := l.Body.Draw + "（" + strings.Join(missing, "、") + "）"
	switch {
	case len(missing) == 0:
	case w.o.Now().Unix() < last:
		w.list = append(w.list, Next{Code: "office.next-contribute", Place: place, Due: clock(record.Time(last)), Command: "sunlot draw contribute " + l.Body.Draw + " 加数文件"})
	case l.Abort == nil:
		n.Code, n.Place, n.Command = "office.next-uncontributed", place, "sunlot draw abort "+l.Body.Draw+" --ground 缺少加数"
		return true
	}
	return false
}

// refill is the lot of a request.
func (w *worklist) refill(d rules.Duty, n *Next) {
	_, r := w.s.Request(d.Entry)
	n.Place, n.Command = d.Draw, "sunlot draw run "+d.Draw+" --request "+num(d.Entry)
	w.publish(n, "office.next-publish-request", num(d.Entry), r.Body.Randomness.Time)
}

// publish says, as long as the number of a step is not out, that its notice is
// published before.
func (w *worklist) publish(n *Next, code, place, at string) {
	if w.o.Now().Unix() >= record.Unix(at) {
		return
	}
	w.list = append(w.list, Next{Code: code, Command: "sunlot build，再 sunlot publish --to 网站目录", Place: place, Due: clock(at)})
	n.Code, n.Due = "office.next-run-later", clock(at)
}

package office

import (
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// Next (下一步) is the command that the office should run next and why.
type Next struct {
	Code    string `json:"code"`    // see Nexts
	Command string `json:"command"` // as it would be typed
	Place   string `json:"place,omitempty"`
	Due     string `json:"due,omitempty"`
	Late    int    `json:"late,omitempty"` // working days
}

// Nexts lists what is to be done, most urgent first: what a draw demands, then
// what a year's work still lacks.
//
// After a Write it takes the state that the rules reached while they judged the
// draft: it is the ledger's, and verifying all of it a second time would cost
// more than the step did.
func (o *Office) Nexts() ([]Next, error) {
	s := o.ahead
	if s == nil {
		var err error
		if s, err = o.State(); err != nil {
			return nil, err
		}
	}
	var list, later []Next
	soon := record.Day(o.Now().Unix() + 14*24*3600)
	for _, d := range s.Duties(o.Today()) {
		if d.Open == 0 {
			continue
		}
		if l := s.Lot(d.Draw); l != nil && l.KLost() != nil && d.Code != "run" && slices.Contains([]string{"dispatch", "result", "open-k"}, d.Code) {
			// Without K nothing of it can be done; what is left is to end it.
			if n := (Next{Code: "office.next-lost", Place: d.Draw, Due: d.Due, Late: d.Late, Command: "sunlot draw abort " + d.Draw + " --ground 启封钥匙遗失"}); l.Abort == nil && !l.Closed() &&
				!slices.ContainsFunc(list, func(o Next) bool { return o.Code == n.Code && o.Place == n.Place }) {
				list = append(list, n)
			}
			continue
		}
		if l := s.Lot(d.Draw); l != nil && l.Late && slices.Contains([]string{"run", "dispatch"}, d.Code) {
			list = append(list, Next{Code: "office.next-late", Place: d.Draw, Command: "sunlot draw announce --plan " + l.Body.Line})
			continue
		}
		n := Next{Code: "office.next-" + d.Code, Place: d.Place(), Due: d.Due, Late: d.Late}
		switch d.Code {
		case "run":
			n.Command = "sunlot draw run " + d.Draw
			at := ""
			if t := s.Teams(d.Draw); t != nil {
				at = t.Body.Randomness.Time
			} else if at = s.Lot(d.Draw).Body.When(); s.Lot(d.Draw).ByPlatform() {
				n.Command = "sunlot draw record " + d.Draw + " 平台导出的名单.xlsx"
			}
			l := s.Lot(d.Draw)
			var missing []string
			if l != nil {
				missing = l.Missing()
			}
			last := record.Unix(at) - 600 // ten minutes before the number
			switch {
			case len(missing) > 0 && o.Now().Unix() < last:
				list = append(list, Next{Code: "office.next-contribute", Place: d.Draw + "（" + strings.Join(missing, "、") + "）", Due: clock(record.Time(last)),
					Command: "sunlot draw contribute " + d.Draw + " 加数文件"})
			case len(missing) > 0 && l.Abort == nil:
				n.Code, n.Place, n.Command = "office.next-uncontributed", d.Draw+"（"+strings.Join(missing, "、")+"）", "sunlot draw abort "+d.Draw+" --ground 缺少加数"
				list = append(list, n)
				continue
			}
			if l != nil && l.Hidden() {
				n.Code = "office.next-run-aborted"
			} else if o.Now().Unix() < record.Unix(at) {
				// What makes the notice worth anything: it is public before the number.
				list = append(list, Next{Code: "office.next-publish", Command: "sunlot build，再 sunlot publish --to 网站目录", Place: d.Draw, Due: clock(at)})
				n.Code, n.Due = "office.next-run-later", clock(at)
			}
		case "refill":
			_, r := s.Request(d.Entry)
			at := r.Body.Randomness.Time
			n.Place = d.Draw
			n.Command = "sunlot draw run " + d.Draw + " --request " + num(d.Entry)
			if o.Now().Unix() < record.Unix(at) {
				list = append(list, Next{Code: "office.next-publish-request", Command: "sunlot build，再 sunlot publish --to 网站目录", Place: num(d.Entry), Due: clock(at)})
				n.Code, n.Due = "office.next-run-later", clock(at)
			}
		case "dispatch":
			n.Command = "sunlot dispatch " + d.Draw
		case "result":
			n.Command = "sunlot result " + o.openList(s.Lot(d.Draw))
			if s.Lot(d.Draw).Sent == nil {
				continue // first the dispatch
			}
		case "open-ki":
			n.Command = "sunlot draw open-ki " + d.Draw
			if l := s.Lot(d.Draw); o.Today() < d.Due && !l.Closed() || l.KILost() != nil {
				continue
			}
		case "open-k":
			n.Command = "sunlot draw open " + d.Draw
			if o.Today() < d.Due && !s.Lot(d.Draw).Closed() {
				continue
			}
		case "review":
			n.Command = "sunlot objection decide " + num(d.Entry) + " --outcome 维持"
		case "review-feedback":
			n.Command = "sunlot objection told " + num(d.Entry) + " --way 送达方式"
		case "joined":
			n.Command = "sunlot result " + joinedListName(s.JoinedTask(d.Draw).Body)
		case "joint":
			n.Command = "sunlot form 计划，或 sunlot joint --help"
			if d.Late == 0 { // it has the year: what a draw demands comes first
				later = append(later, n)
				continue
			}
		case "follow-up":
			n.Command = "sunlot follow-up " + num(d.Entry) + " --kind 方式 --closed"
			if d.Late == 0 && d.Due != "" { // it runs its time: what else is to be done comes first
				if d.Due <= soon {
					later = append(later, n)
				}
				continue
			}
		case "feedback":
			n.Command = "sunlot form 反馈，再 sunlot feedback 反馈.xlsx"
			later = append(later, n)
			continue
		case "file-plan":
			n.Command = "sunlot file-plan --to 市场监管部门 --date 日期"
		}
		list = append(list, n)
	}
	// What has no date waits for what has one.
	slices.SortStableFunc(list, func(a, b Next) int {
		switch {
		case (a.Due == "") == (b.Due == ""):
			return 0
		case a.Due == "":
			return 1
		}
		return -1
	})
	return append(append(list, o.missing(s)...), later...), nil
}

// clock writes a time of the ledger for people.
func clock(at string) string { return at[:10] + " " + at[11:16] }

// missing is what must stand before a draw can be announced, and what of the
// plan has not been drawn.
func (o *Office) missing(s *rules.State) []Next {
	year := int64(o.Now().In(record.Beijing).Year())
	switch {
	case s.Checklist() == nil:
		return []Next{{Code: "office.next-checklist", Command: "sunlot form 清单"}}
	case s.Roster("objects") == nil:
		return []Next{{Code: "office.next-firms", Command: "sunlot record 名录库.xlsx"}}
	case s.Roster("inspectors") == nil:
		return []Next{{Code: "office.next-inspectors", Command: "sunlot record 人员库.xlsx"}}
	case s.Plan(year) == nil:
		return []Next{{Code: "office.next-plan", Command: "sunlot record 计划.xlsx", Place: num(year)}}
	}
	var list []Next
	add := func(code string, l *record.PlanLine) {
		drawn := slices.ContainsFunc(s.Lots, func(lot *rules.Lot) bool {
			return !lot.Failed && !lot.Late && lot.Body.Line == l.No && lot.Body.Draw[:4] == num(year) && lot.Abort == nil
		})
		if !drawn {
			list = append(list, Next{Code: code, Command: "sunlot draw announce --plan " + l.No, Place: l.No + " " + l.Name, Due: l.To})
		}
	}
	lines := s.Plan(year).Body.Lines
	for i := range lines {
		add("office.next-announce", &lines[i])
	}
	for _, t := range s.Tasks {
		if t.Body.Year == year {
			add("office.next-announce-task", &t.Body.Line)
		}
	}
	return list
}

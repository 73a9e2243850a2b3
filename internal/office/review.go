package office

import (
	"errors"
	"reflect"
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/intake"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// Review is what a person should look at before a register or list is written:
// how it differs from the version in force, words that nobody knows and that
// would change a draw, and how many take part in draws.
type Review struct {
	Before  *Difference      // nil: there is no earlier version
	Confirm []intake.Problem // odd but possible
	Counts  []Tally
	Filters []string         // plan lines with their conditions, as people say them
	Groups  []string         // groups of plan lines with condition, quantity and number of firms
	Notices []intake.Problem // what must be seen: it changes who may be drawn
	Merge   []Overlap        // firms that stand in another open task too
}

// Difference is between the version in force and the new one.
type Difference struct {
	Unit                 string // 家, 人, 项
	Old, New             int
	Added, Gone, Changed int
	Names                []string // of the first five that are gone
}

// Tally is a sentence (Code) about a number and the numbers beside it.
type Tally struct {
	Code  string
	N     int64
	Words []record.Count
}

// Same reports whether a register says of everybody what the version in force
// says: it is then recorded as 核对无变化. Lists and plans have no such thing.
func (d *Difference) Same() bool { return d.Unit != "项" && d.Added+d.Gone+d.Changed == 0 }

// compare finds what two versions have in common by their keys; nil without an
// earlier version.
func compare[T any](unit string, old, now []T, key func(*T) (id, name string)) *Difference {
	if len(old) == 0 {
		return nil
	}
	d := &Difference{Unit: unit, Old: len(old), New: len(now)}
	have := make(map[string]*T, len(old))
	for i := range old {
		id, _ := key(&old[i])
		have[id] = &old[i]
	}
	stay := make(map[string]bool, len(now))
	for i := range now {
		id, _ := key(&now[i])
		stay[id] = true
		was, ok := have[id]
		switch {
		case !ok:
			d.Added++
		case !reflect.DeepEqual(*was, now[i]):
			d.Changed++
		}
	}
	for i := range old {
		if id, name := key(&old[i]); !stay[id] {
			if d.Gone++; len(d.Names) < 5 {
				d.Names = append(d.Names, or(name, id))
			}
		}
	}
	return d
}

// before compares a register with the private one in force. One that cannot be
// read is no reason to refuse a new one, but a person should know.
func before[T any](o *Office, s *rules.State, reg *register[T], line func(*T) (string, any), confirm []intake.Problem, name func(*T) string) (*Difference, []intake.Problem) {
	prev := s.Roster(reg.Kind)
	if prev == nil {
		return nil, confirm
	}
	old, err := load(o, prev.Body.File.SHA256, line)
	if err != nil {
		return nil, append(confirm, intake.Problem{Code: "office.no-comparison", Got: num(prev.Body.Version)})
	}
	return compare(map[string]string{"objects": "家", "inspectors": "人"}[reg.Kind], saved(old.Rows), saved(reg.Rows), func(r *T) (string, string) {
		id, _ := line(r)
		return id, name(r)
	}), confirm
}

// saved are rows as they come back from the disk: without empty lists.
func saved[T any](rows []T) []T {
	out := slices.Clone(rows)
	for i := range out {
		v := reflect.ValueOf(&out[i]).Elem()
		dropEmpty(v)
	}
	return out
}

func dropEmpty(v reflect.Value) {
	for i := range v.NumField() {
		switch f := v.Field(i); f.Kind() {
		case reflect.Struct:
			dropEmpty(f)
		case reflect.Slice:
			if f.Len() == 0 {
				f.SetZero()
			}
		}
	}
}

// bare are plan lines without what the office computed from its register.
func bare(lines []record.PlanLine) []record.PlanLine {
	out := saved(lines)
	for i := range out {
		out[i].Base, out[i].Estimate = 0, 0
		out[i].Classes = slices.Clone(out[i].Classes)
		for k := range out[i].Classes {
			out[i].Classes[k].Base, out[i].Classes[k].Estimate = 0, 0
		}
	}
	return out
}

// ended are the words for units that no longer carry on business.
var ended = []string{"注销", "吊销", "迁出", "撤销", "清算", "停业", "歇业", "关闭", "破产", "除名"}

// risks are the words for a unit's risk, without 风险 or 级 behind them.
var risks = []string{"低", "一般", "较大", "重大", "中", "高", "较低", "较高", "红", "橙", "黄", "蓝", "红色", "橙色", "黄色", "蓝色", "A", "B", "C", "D", "Ⅰ", "Ⅱ", "Ⅲ", "Ⅳ", "一", "二", "三", "四", "1", "2", "3", "4"}

// reviewFirms counts who takes part in draws, and the words of the sheet that
// the pack does not know and that decide it.
func reviewFirms(p *rules.Pack, rows []intake.Firm, today string) Review {
	alive, otherTown, noSector := int64(0), int64(0), int64(0)
	out := map[string]int64{}
	var odd oddWords
	for i := range rows {
		r := &rows[i]
		status := or(r.Status, "存续")
		if slices.Contains(p.Roster.Statuses, status) {
			alive++
		} else {
			out[status]++
			if !slices.ContainsFunc(ended, func(w string) bool { return strings.Contains(status, w) }) {
				odd.add(r.Line, "登记状态", "office.unknown-status", status)
			}
		}
		if _, known := rules.Find(p.Towns, r.Town); !known {
			otherTown++
			odd.add(r.Line, "所属镇街", "office.other-town", or(r.Town, "空着"))
		}
		if r.Registered > today {
			odd.add(r.Line, "成立日期", "office.registered-ahead", r.Registered)
		}
		if r.Sector == "" {
			noSector++
		}
		risk := strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(strings.ToUpper(r.Risk), "等级"), "风险"), "级")
		if risk != "" && !slices.Contains(risks, risk) {
			odd.add(r.Line, "安全风险等级", "office.unknown-risk", r.Risk)
		}
	}
	v := Review{Confirm: odd.problems(), Counts: []Tally{{Code: "office.count-firms", N: alive, Words: counts(out)}}}
	if otherTown > 0 {
		v.Counts = append(v.Counts, Tally{Code: "office.count-towns", N: otherTown})
	}
	if noSector > 0 {
		v.Counts = append(v.Counts, Tally{Code: "office.count-sectors", N: noSector})
	}
	return v
}

// oddWords collects words by column, each at its first place with its count.
type oddWords struct {
	list []intake.Problem
	n    map[[2]string]int
}

func (w *oddWords) add(at intake.Place, header, code, word string) {
	if w.n == nil {
		w.n = map[[2]string]int{}
	}
	if w.n[[2]string{code, word}]++; w.n[[2]string{code, word}] == 1 {
		w.list = append(w.list, problem(at, header, code, word, ""))
	}
}

func (w *oddWords) problems() []intake.Problem {
	for i := range w.list {
		w.list[i].Want = num(w.n[[2]string{w.list[i].Code, w.list[i].Got}])
	}
	return w.list
}

// badFilter is the problem of a row whose 定向条件 cannot be read.
func badFilter(at intake.Place, written string, err error) intake.Problem {
	got, want := written, ""
	if f := new(fault.Error); errors.As(err, &f) {
		got, want = or(f.Got, got), f.Want
	}
	return problem(at, "定向条件", "rules.bad-filter", got, want)
}

// unusable are the columns of a plan line that would change its draws and that
// this version cannot follow: refused, not passed over.
func unusable(p *rules.Pack, r *intake.PlanLine) []intake.Problem {
	var problems []intake.Problem
	if r.Cap != "" && r.Cap != num(p.Cap.Max) {
		problems = append(problems, problem(r.Line, "频次上限", "office.other-cap", r.Cap, num(p.Cap.Max)))
	}
	if len(r.Groups) > 0 && p.Plan.ClassBy == "" {
		problems = append(problems, problem(r.Line, "分组", "intake.not-supported", r.Groups[0].Name, "规则包没有分级定比例的依据，每组请单列一个计划项"))
	}
	if r.Ground != "" {
		problems = append(problems, problem(r.Line, "不受频次比例限制的依据", "intake.not-supported", r.Ground, "先写入计划，再用 sunlot waiver 登记依据"))
	}
	return problems
}

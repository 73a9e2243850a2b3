package rules

import (
	"slices"

	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/record"
)

// Declaration is a 回避申报 with the declaration that replaced it.
type Declaration struct {
	At[record.Recusal]
	Next int64 // index of the inspector's next declaration, 0 while this one holds
}

// HoldsAt reports whether the declaration was in force for an entry.
func (d *Declaration) HoldsAt(entry int64) bool {
	return d.Index < entry && (d.Next == 0 || d.Next > entry)
}

// recusal judges a declaration (G-7.3e 有利害关系的，应当申请回避): made and
// decided before it is written, each of an inspector once in force.
func (j *judge) recusal(b *record.Recusal) {
	clause := j.s.Pack.Team.Recusal
	if b.Decided < b.Date || b.Decided > j.today() {
		j.breach("rules.date-order", clause, "date, decided", b.Date+" "+b.Decided, j.today())
	}
	if b.List.Lines != b.Units {
		j.breach("rules.recusals-count", clause, "units", num(b.Units), num(b.List.Lines))
	}
	var earlier *Declaration
	if b.Earlier != 0 {
		i := slices.IndexFunc(j.s.Recusals, func(d *Declaration) bool { return d.Index == b.Earlier })
		if i < 0 || j.s.Recusals[i].Next != 0 {
			j.breach("rules.no-such-entry", clause, "earlier", num(b.Earlier), "recusal")
		} else if earlier = j.s.Recusals[i]; earlier.Body.Date > b.Date {
			j.breach("rules.date-order", clause, "date", b.Date, earlier.Body.Date)
		}
	}
	if _, ok := j.file(b.List, "list"); !ok || !j.sound() {
		return
	}
	if earlier != nil {
		earlier.Next = j.index
	}
	j.s.Recusals = append(j.s.Recusals, &Declaration{At: at(j, b)})
}

// standBack holds the recusals that a hat states to the declarations logged
// before it (draw1 §7): never more than were declared, and of one object no more
// than there are inspectors who declared.
func (j *judge) standBack(b *hatRef) {
	units, people := int64(0), int64(0)
	for _, d := range j.s.Recusals {
		if d.HoldsAt(j.index) && d.Body.Units > 0 {
			units, people = units+d.Body.Units, people+1
		}
	}
	if b.declared > units || b.mostForOne > people {
		j.breach("rules.recusal-undeclared", j.s.Pack.Team.Recusal, b.name, num(b.declared)+" "+num(b.mostForOne), num(units)+" "+num(people))
	}
}

// behind holds each opened recusal to the declaration behind it: in force when
// the hat was committed to, one declaration an inspector, no more units than he
// declared (draw1 §7).
func (j *judge) behind(h *Hat, name string, opened []draw.RecusalLine, ref *record.File) {
	var lines []draw.Declared
	clause := j.s.Pack.Team.Recusal
	if ref != nil {
		data, ok := j.file(*ref, "declarations")
		if !ok {
			return
		}
		var err error
		if lines, err = draw.ParseDeclared(data); err != nil {
			j.breach("rules.bad-file", clause, "declarations", err.Error(), "")
			return
		}
	}
	given := map[[2]string]int64{}
	for _, l := range lines {
		given[[2]string{l.Object, l.Inspector}] = l.Entry
	}
	by, of, used := map[string]int64{}, map[int64]string{}, map[int64]int64{}
	for _, o := range opened {
		for _, person := range o.Inspectors {
			pair := [2]string{o.Object, person}
			entry, ok := given[pair]
			delete(given, pair)
			i := slices.IndexFunc(j.s.Recusals, func(d *Declaration) bool { return d.Index == entry && d.HoldsAt(h.Entry) })
			if !ok || i < 0 || by[person] != 0 && by[person] != entry || of[entry] != "" && of[entry] != person || used[entry] == j.s.Recusals[i].Body.Units {
				j.breach("rules.recusal-undeclared", clause, name+" "+o.Object, person, num(entry))
				return
			}
			by[person], of[entry] = entry, person
			used[entry]++
		}
	}
	if len(given) > 0 {
		j.breach("rules.recusals-count", clause, name, num(len(lines)), num(len(lines)-len(given)))
	}
}

// alone: the objects that only recusals left without a team are named (draw1 §7):
// the hat as a whole could have staffed each of them.
func (j *judge) alone(name string, unstaffed []string, whole bool) {
	if !whole {
		return // no group teams could be formed: not the recusals' doing
	}
	for _, h := range unstaffed {
		j.add(Warning, "rules.recusal-unstaffed", j.s.Pack.Team.Recusal, name+" "+h, "", "")
	}
}

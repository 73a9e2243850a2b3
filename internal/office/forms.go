package office

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/intake"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// listName is where the list of an executing unit stands.
func listName(id, unit string) string {
	return "outbox/" + id + "-" + fileName(unit) + "-任务清单.xlsx"
}

// Again writes the lists of a draw anew: the objects that still lack a result,
// with their teams as they are now. Nothing is recorded. It returns the files;
// with write false it only names them.
func (o *Office) Again(id string, write bool) ([]string, error) {
	d, err := o.Drawing(id)
	if err != nil {
		return nil, err
	}
	var lists []privateFile
	for _, u := range d.Lot.Body.Units {
		list, err := o.listAgain(d, u.Name)
		if err != nil {
			return nil, err
		}
		lists = append(lists, list...)
	}
	if len(lists) == 0 {
		return nil, fault.New("office.nothing-open", id, "", "")
	}
	if write {
		if err := o.put(lists, 0o644); err != nil {
			return nil, err
		}
	}
	var names []string
	for _, f := range lists {
		names = append(names, f.name)
	}
	return names, nil
}

// listAgain is a unit's list of what is still open, empty if nothing is. The
// list that stands there is kept beside it: it may be half filled in.
func (o *Office) listAgain(d *Drawing, unit string) ([]privateFile, error) {
	open := d.open(unit)
	if len(open) == 0 {
		return nil, nil
	}
	data, err := o.resultForm(d, open)
	if err != nil {
		return nil, err
	}
	name := listName(d.Lot.Body.Draw, unit)
	old, err := os.ReadFile(o.path(filepath.FromSlash(name)))
	switch {
	case err == nil && !bytes.Equal(old, data):
		kept := strings.TrimSuffix(name, ".xlsx") + "（旧 " + o.Now().Format("20060102-150405") + "）.xlsx"
		return []privateFile{{kept, old}, {name, data}}, nil
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, fault.Wrap("office.unreadable", name, err).Of(fault.Unreachable)
	}
	return []privateFile{{name, data}}, nil
}

// open lists the objects that a unit has received and not yet reported on, by
// handle.
func (d *Drawing) open(unit string) []*rules.Object {
	var list []*rules.Object
	for _, obj := range d.Lot.Objects {
		if obj.Dispatch != 0 && obj.Result == nil && sentTo(d.Lot, obj) == unit {
			list = append(list, obj)
		}
	}
	byHandle(list)
	return list
}

// sentTo is the unit that an object was dispatched to, "" before.
func sentTo(l *rules.Lot, obj *rules.Object) string {
	for _, sent := range l.Sent {
		if sent.Index == obj.Dispatch {
			return sent.Body.Unit
		}
	}
	return ""
}

// openList is the list that should come back next: the file where it stands,
// or the form of its name.
func (o *Office) openList(l *rules.Lot) string {
	for _, obj := range l.Objects {
		if obj.Result != nil || obj.Dispatch == 0 {
			continue
		}
		name := listName(l.Body.Draw, sentTo(l, obj))
		if _, err := os.Stat(o.path(filepath.FromSlash(name))); err == nil {
			return name
		}
	}
	return "outbox/" + l.Body.Draw + "-….xlsx"
}

// resultForm is the list of an executing unit: what it must inspect, and the
// form in which the results come back.
func (o *Office) resultForm(d *Drawing, objects []*rules.Object) ([]byte, error) {
	rows := make([]intake.ResultRow, len(objects))
	for i, obj := range objects {
		f := d.Firms[obj.Handle]
		rows[i] = intake.ResultRow{Draw: d.Lot.Body.Draw, Handle: obj.Handle, Code: f.ID, Name: f.Name, Town: o.townName(f.Town),
			Address: f.Address, Team: d.Team(obj)}
		if p := d.People[obj.Leader]; p != nil {
			rows[i].Leader = p.Name
		} else if len(rows[i].Team) > 0 && d.Lot.Body.Leader != "none" {
			rows[i].Leader = rows[i].Team[0]
		}
	}
	return intake.ResultForm(rows, o.intakeCodes(), o.itemNames(d.Lot.Body))
}

func (o *Office) townName(code string) string {
	if n, ok := rules.Find(o.bundle.State.Pack.Towns, code); ok {
		return n.Name
	}
	return code
}

func (o *Office) intakeCodes() []intake.Code {
	var list []intake.Code
	for _, c := range o.bundle.State.Pack.Result.Codes {
		list = append(list, intake.Code{Code: c.Code, Text: c.Name, Alone: c.Alone})
	}
	return list
}

// itemNames are the items of a notice as the form heads them: number and name,
// in the version of the checklist that the notice names.
func (o *Office) itemNames(n *record.Notice) []string {
	words := map[string]string{}
	for _, c := range o.bundle.State.Checklists {
		if c.Index == n.Checklist {
			for _, it := range c.Body.Items {
				words[it.No] = " " + it.Name
			}
		}
	}
	names := make([]string, len(n.Items))
	for i, no := range n.Items {
		names[i] = no + words[no]
	}
	return names
}

// Package monitor watches a ledger from outside, visit by visit: what was shown
// once must still be there, and everybody must be shown the same.
//
//	m, err := monitor.Open("state")
//	rep, err := m.Visit(views, monitor.Options{Policy: pinned, Today: "2024-07-31", Now: now})
//
// A visit takes views: sites and mirrors, of which everything is verified
// (package verify), and witnesses, of which only the latest checkpoint is seen.
// The longest site is held against every other checkpoint of this visit and
// against those kept from earlier ones: each must be a beginning of it, proved
// from its tiles (RFC 6962 §2.1.2). Two checkpoints that one key signed and
// that do not fit are written down as a Misbehaviour, which needs no ledger to
// be checked.
//
// The state is one folder a ledger, named by the first 16 hex digits of the
// SHA-256 of its origin:
//
//	state.json                     the log key, what was told, what was seen last
//	checkpoint/<size>-<root>.note  checkpoints as they were signed, the last 64
//	misbehaviour/<hash>.json       what was proved; a breach at every later visit
//
// The first visit believes the key that it finds, unless a policy is pinned;
// every later one asks for the same key, and for the same ledger at the same
// address: a new origin there is no way out of the old one's history.
package monitor

import (
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/verify"
	"github.com/sunlot/sunlot/ledger"
)

// View is one place that shows the ledger: a site (FS), or a witness, of which
// only the Checkpoint is known. Err is why it could not be reached.
type View struct {
	Name       string // as the reader gave it: an address or a folder
	FS         fs.FS
	Unlisted   bool // FS cannot list folders
	Checkpoint []byte
	Err        error
}

// Options of a visit.
type Options struct {
	Policy []byte   // pinned c2sp.org/tlog-policy text; nil: the key of the first visit
	Today  string   // yyyy-mm-dd, for what is due
	Local  bool     // verify.Options.Local
	Now    int64    // seconds since 1970
	Grace  int64    // seconds for which a witness may know more than the sites show
	Watch  []string // 统一社会信用代码 of the enterprises to tell about

	Say func(error) string // an error as events tell it; nil: its text
}

// Event is something a visit has to tell. Severity: breach (somebody must look
// at once), overdue, note, or unreachable.
type Event struct {
	Code     string `json:"code"`
	Severity string `json:"severity"`
	View     string `json:"view,omitempty"`
	Entry    int64  `json:"entry"` // -1: of no single entry
	Place    string `json:"place,omitempty"`
	Got      string `json:"got,omitempty"`
	Want     string `json:"want,omitempty"`
	New      bool   `json:"new"` // not told by an earlier visit
}

// The severities of events.
const (
	Breach      = "breach"
	Overdue     = "overdue"
	Note        = "note"
	Unreachable = "unreachable"
)

func (e *Event) key() string {
	switch e.Code {
	case "monitor.forked":
		return e.Code + "|" + e.Place // the same proof, seen live or remembered
	case "monitor.unsound":
		return e.Code + "|" + e.View + "|" + e.Got // another fault is news
	}
	return e.Code + "|" + e.View + "|" + strconv.FormatInt(e.Entry, 10) + "|" + e.Place + "|" + e.Want
}

// Report is what one visit found.
type Report struct {
	Origin string  `json:"origin"`
	Size   uint64  `json:"size"`
	Root   string  `json:"root"`
	First  bool    `json:"first,omitempty"` // nothing was seen of this ledger before
	Events []Event `json:"events"`
}

// Worst is the most serious severity among the events; "" if there is none.
func (r *Report) Worst() string {
	for _, s := range []string{Breach, Unreachable, Overdue, Note} {
		if slices.ContainsFunc(r.Events, func(e Event) bool { return e.Severity == s }) {
			return s
		}
	}
	return ""
}

// Monitor is a state folder. One visit at a time.
type Monitor struct{ dir string }

// Open makes the folder where it is missing.
func Open(dir string) (*Monitor, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fault.Wrap("monitor.state", dir, err).Of(fault.Unreachable)
	}
	return &Monitor{dir: dir}, nil
}

// seen is a checkpoint of this visit or an earlier one, its signature checked.
type seen struct {
	from string // the view's name; "" for one that was kept
	note []byte
	head ledger.Checkpoint
}

// visit is the work of one Visit.
type visit struct {
	opt    Options
	state  *state
	rep    *Report
	key    ledger.Key
	sites  []site
	heads  []seen
	shrunk uint64 // the longest ledger that was shown before and is not now
}

type site struct {
	seen
	b *verify.Bundle
}

// Visit looks at all views once, compares, keeps and reports. Views must be of
// one ledger. An error without a report means that nothing could be said: no
// view was reached, or the state cannot be read; with one, that the state cannot
// be written.
func (m *Monitor) Visit(views []View, opt Options) (*Report, error) {
	v := &visit{opt: opt, rep: &Report{}}
	for _, view := range views {
		v.open(view)
	}
	if len(v.sites) == 0 {
		return nil, v.nothing()
	}
	if err := v.load(m.dir); err != nil {
		return nil, err
	}
	if err := v.moved(m.dir); err != nil {
		return nil, err
	}
	longest := v.longest()
	v.rep.Origin, v.rep.Size, v.rep.Root = longest.head.Origin, longest.head.Size, hex.EncodeToString(longest.head.Root[:])
	for _, s := range v.sites {
		v.findings(s)
	}
	var unwritten error
	for _, h := range v.heads {
		unwritten = errors.Join(unwritten, v.compare(longest, h))
	}
	unwritten = errors.Join(unwritten, v.remembered())
	if v.shrunk > 0 {
		v.event(Event{Code: "monitor.shrunk", Severity: Breach, View: longest.from, Entry: -1, Got: num(longest.head.Size), Want: num(v.shrunk)})
	}
	v.watch(longest.b)
	v.tell()
	return v.rep, errors.Join(unwritten, v.state.save(v.heads, opt.Now))
}

// moved tells a first visit, and an address that showed another ledger before.
func (v *visit) moved(dir string) error {
	if v.rep.First {
		v.event(Event{Code: "monitor.first", Severity: Note, View: v.sites[0].from, Entry: -1, Got: v.state.Key, Want: v.state.Origin})
	}
	others, err := otherStates(dir, v.state.dir)
	if err != nil {
		return err
	}
	for _, s := range v.sites {
		place := strings.TrimRight(s.from, "/")
		for _, o := range others {
			if slices.Contains(o.Places, place) {
				v.event(Event{Code: "monitor.other-ledger", Severity: Breach, View: s.from, Entry: -1, Got: v.state.Origin, Want: o.Origin})
			}
		}
		if s.head.Origin == v.state.Origin && !slices.Contains(v.state.Places, place) {
			v.state.Places = append(v.state.Places, place)
		}
	}
	return nil
}

// remembered tells of a misbehaviour that was proved once: a log that outgrew it
// is no better for that.
func (v *visit) remembered() error {
	if slices.ContainsFunc(v.rep.Events, func(e Event) bool { return e.Code == "monitor.forked" }) {
		return nil
	}
	name, older, newer, err := v.state.blamed(v.key)
	if name != "" {
		v.event(Event{Code: "monitor.forked", Severity: Breach, Entry: -1, Place: name, Got: num(older), Want: num(newer)})
	}
	return err
}

// nothing names every view that could not be read.
func (v *visit) nothing() error {
	var all []error
	for _, e := range v.rep.Events {
		kind := fault.Unreachable
		if e.Severity == Breach {
			kind = fault.Unsound
		}
		all = append(all, fault.New(e.Code, e.View, e.Got, e.Want).Of(kind))
	}
	if len(all) == 0 {
		return fault.New("monitor.no-site", "", "", "").Of(fault.Usage)
	}
	return errors.Join(all...)
}

func (v *visit) say(err error) string {
	if v.opt.Say == nil {
		return err.Error()
	}
	return v.opt.Say(err)
}

func (v *visit) event(e Event) { v.rep.Events = append(v.rep.Events, e) }

// open verifies a site, or takes a witness's checkpoint.
func (v *visit) open(view View) {
	if view.Err == nil && view.FS != nil {
		b, err := verify.Open(view.FS, verify.Options{Policy: v.opt.Policy, Today: v.opt.Today, Local: v.opt.Local, Unlisted: view.Unlisted})
		if err == nil {
			v.sites = append(v.sites, site{seen{view.Name, b.Signed, b.Checkpoint}, b})
			v.heads = append(v.heads, v.sites[len(v.sites)-1].seen)
			return
		}
		if !unreachable(err) {
			v.event(Event{Code: "monitor.unsound", Severity: Breach, View: view.Name, Entry: -1, Got: v.say(err)})
			// Its checkpoint may still be one that contradicts another.
			if root, err := verify.Root(view.FS); err == nil {
				view.Checkpoint, _ = ledger.OpenDir(root).Checkpoint()
			}
		}
		view.Err = err
		if !unreachable(err) {
			view.Err = nil
		}
	}
	switch {
	case view.Err != nil:
		v.event(Event{Code: "monitor.unreachable", Severity: Unreachable, View: view.Name, Entry: -1, Got: v.say(view.Err)})
	case view.Checkpoint != nil:
		v.heads = append(v.heads, seen{from: view.Name, note: view.Checkpoint}) // its key is checked once it is known
	}
}

func unreachable(err error) bool {
	var f *fault.Error
	return errors.As(err, &f) && f.Kind == fault.Unreachable
}

// load reads the state of the sites' ledger and holds key and checkpoints
// against it.
func (v *visit) load(dir string) error {
	first := v.sites[0]
	var err error
	if v.state, err = loadState(dir, first.head.Origin); err != nil {
		return err
	}
	if v.state.Key == "" {
		v.state.Key = first.b.LogKey()
	}
	if v.key, err = ledger.ParseKey(v.state.Key); err != nil {
		return fault.Wrap("monitor.state", v.state.name(stateFile), err)
	}
	var sound []seen
	for _, h := range v.heads {
		head, _, err := ledger.OpenCheckpoint(h.note, v.key)
		if err != nil {
			v.event(Event{Code: "monitor.other-key", Severity: Breach, View: h.from, Entry: -1, Want: v.state.Key})
			continue
		}
		h.head = head
		sound = append(sound, h)
	}
	kept, err := v.state.kept(v.key)
	if err != nil {
		return err
	}
	v.rep.First = len(kept) == 0
	for _, k := range kept {
		if !slices.ContainsFunc(sound, func(h seen) bool { return same(h, k) }) {
			sound = append(sound, k)
		}
	}
	v.heads = sound
	return nil
}

// longest is the site with the most entries under the known key; where none is
// under that key, the first: it has been blamed.
func (v *visit) longest() site {
	best := v.sites[0]
	for _, s := range v.sites {
		if _, _, err := ledger.OpenCheckpoint(s.note, v.key); err == nil && s.head.Size > best.head.Size {
			best = s
		}
	}
	return best
}

// findings turns what a site's verification found into events.
func (v *visit) findings(s site) {
	for _, f := range s.b.Findings {
		severity := map[rules.Severity]string{rules.Breach: Breach, rules.Overdue: Overdue}[f.Severity]
		if severity == "" || severity == Overdue && s.from != v.longest().from {
			continue // lateness is the same on every mirror
		}
		v.event(Event{Code: f.Code, Severity: severity, View: s.from, Entry: f.Entry, Place: f.Place, Got: f.Got, Want: f.Want})
	}
}

// compare holds one checkpoint against the longest site. Writing a misbehaviour
// down may fail, and is told all the same; nothing else does.
func (v *visit) compare(longest site, h seen) error {
	size := num(h.head.Size)
	switch {
	case same(h, longest.seen):
		delete(v.state.Hidden, fileOf(h))
		return nil
	case h.head.Size > longest.head.Size && h.from == "" && !v.waited(h):
		v.shrunk = max(v.shrunk, h.head.Size)
		return nil
	case h.head.Size > longest.head.Size:
		v.hidden(longest, h)
		return nil
	}
	c, err := contradiction(h, longest)
	if err != nil {
		v.event(Event{Code: "monitor.unproved", Severity: Breach, View: longest.from, Entry: -1, Got: v.say(err), Want: size})
		return nil
	}
	delete(v.state.Hidden, fileOf(h)) // shown now
	if c != nil {
		name, err := v.state.blame(c)
		from := h.from
		if from == "" {
			from = longest.from
		}
		v.event(Event{Code: "monitor.forked", Severity: Breach, View: from, Entry: -1, Place: name, Got: size, Want: num(longest.head.Size)})
		return err
	}
	if h.from != "" && h.head.Size < longest.head.Size && h.from != longest.from {
		v.event(Event{Code: "monitor.behind", Severity: Note, View: h.from, Entry: -1, Got: size, Want: num(longest.head.Size)})
	}
	return nil
}

// hidden: a witness has signed a longer ledger than any site shows. A short
// while that is how publishing goes; after it something is held back.
func (v *visit) hidden(longest site, h seen) {
	since, ok := v.state.Hidden[fileOf(h)]
	if !ok {
		since = v.opt.Now
		v.state.Hidden[fileOf(h)] = since
	}
	e := Event{Code: "monitor.ahead", Severity: Note, View: h.from, Entry: -1, Got: num(h.head.Size), Want: num(longest.head.Size)}
	if v.opt.Now-since >= v.opt.Grace {
		e.Code, e.Severity = "monitor.hidden", Breach
	}
	v.event(e)
}

// waited: no site has shown this head yet, only a witness.
func (v *visit) waited(h seen) bool {
	_, ok := v.state.Hidden[fileOf(h)]
	return ok
}

// watch tells what the ledger says of the enterprises that the reader named.
func (v *visit) watch(b *verify.Bundle) {
	for _, code := range v.opt.Watch {
		for _, l := range b.State.Lots {
			for _, o := range l.Objects {
				if o.ID == code && l.Draw != nil {
					v.event(Event{Code: "monitor.drawn", Severity: Note, Entry: l.Draw.Index, Place: l.Body.Draw, Got: code, Want: o.Handle})
				}
			}
		}
		for _, f := range b.State.Results {
			if f.Code != code {
				continue
			}
			v.event(Event{Code: "monitor.result", Severity: Note, Entry: f.Index, Got: code, Place: f.Body.Published})
			for _, c := range f.Corrections {
				v.event(Event{Code: "monitor.corrected", Severity: Note, Entry: c.Index, Got: code, Want: num(f.Index)})
			}
		}
	}
}

// tell marks what is new and puts it first; what was told and is no longer so is
// forgotten, so that it is new again when it comes back.
func (v *visit) tell() {
	told := map[string]int64{}
	for i := range v.rep.Events {
		e := &v.rep.Events[i]
		when, before := v.state.Told[e.key()]
		if e.New = !before; e.New {
			when = v.opt.Now
		}
		told[e.key()] = when
	}
	v.state.Told = told
	slices.SortStableFunc(v.rep.Events, func(a, b Event) int {
		if a.New == b.New {
			return 0
		}
		if a.New {
			return -1
		}
		return 1
	})
}

// folder of a ledger's state.
func folder(dir, origin string) string { return filepath.Join(dir, rules.Hash([]byte(origin))[:16]) }

func num[T ~int64 | ~uint64](n T) string { return strconv.FormatInt(int64(n), 10) }

// same: both checkpoints are of one tree.
func same(a, b seen) bool { return a.head.Size == b.head.Size && a.head.Root == b.head.Root }

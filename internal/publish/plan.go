package publish

import (
	"bytes"
	"cmp"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/durable"
	"github.com/sunlot/sunlot/internal/fault"
)

// plan is everything decided before the first write.
type plan struct {
	order  []string        // every file but the checkpoint, in order of writing
	same   map[string]bool // those that stand there already
	gone   []string        // to be removed after the checkpoint
	either []string        // what may stand there by us until the end, sorted
}

// newPlan compares the two sides. It refuses where something that is not ours
// stands in the way.
func newPlan(src *source, dst *target) (*plan, error) {
	p := &plan{same: map[string]bool{}}
	for _, name := range src.names {
		same, err := p.compare(src, dst, name)
		if err != nil {
			return nil, err
		}
		if same {
			p.same[name] = true
		}
		if name != checkpointName {
			p.order = append(p.order, name)
		}
	}
	stage := make(map[string]int, len(p.order))
	for _, name := range p.order {
		_, stands := dst.stands[name]
		stage[name] = stageOf(name, stands)
	}
	slices.SortStableFunc(p.order, func(a, b string) int { return cmp.Compare(stage[a], stage[b]) })
	if err := p.leave(src, dst); err != nil {
		return nil, err
	}
	either := maps.Clone(src.has)
	for name := range dst.ours {
		if dst.listed || dst.stands[name].IsRegular() {
			either[name] = true
		}
	}
	p.either = sortedKeys(either)
	return p, nil
}

// leave decides what goes: listed files that the site no longer has, and
// temporary names that a crash left. What else stands in the ledger's closed
// folder would make every verifier complain, and is not ours to remove.
func (p *plan) leave(src *source, dst *target) error {
	for _, name := range sortedKeys(dst.stands) {
		if src.has[name] || dst.stands[name].IsDir() {
			continue
		}
		base, temp := strings.CutSuffix(name, durable.TempSuffix)
		switch {
		case dst.ours[name], temp && (dst.ours[base] || base == listName):
			p.gone = append(p.gone, name)
		case strings.HasPrefix(name, "ledger/"):
			return fault.New("publish.foreign", dst.at(name), "", "")
		}
	}
	return nil
}

// compare says whether the file stands in the target with the same bytes.
func (p *plan) compare(src *source, dst *target, name string) (bool, error) {
	for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
		if mode, ok := dst.stands[dir]; ok && !mode.IsDir() {
			return false, fault.New("publish.in-the-way", dst.at(dir), mode.String(), "a folder")
		}
	}
	mode, ok := dst.stands[name]
	switch {
	case !ok:
		return false, nil
	case !mode.IsRegular():
		return false, fault.New("publish.in-the-way", dst.at(name), mode.String(), "a file")
	}
	same, err := sameBytes(src.root, dst.root, name)
	if err != nil {
		return false, fault.Wrap("publish.target-unreadable", dst.at(name), err).Of(fault.Unreachable)
	}
	if !same && !dst.ours[name] {
		return false, fault.New("publish.foreign", dst.at(name), "", "")
	}
	return same, nil
}

// stages of writing; the checkpoint comes after all of them.
const (
	stageLedger = iota
	stageAsset
	stageNewRecord
	stageNewList
	stageRecord
	stageList
	stageFront
	stagePolicy
)

// stageOf: a page that is new comes before one that stands and may now point
// to it, so no page that a reader can reach ever points to a missing one.
func stageOf(name string, stands bool) int {
	switch {
	case name == policyName:
		return stagePolicy
	case strings.HasPrefix(name, "ledger/"):
		return stageLedger
	case name == "index.html", name == "lookup/index.js":
		return stageFront
	case strings.HasPrefix(name, "lookup/"): // what is found there stands by then
		return stageList
	case slices.Contains([]string{".css", ".svg", ".png", ".jpg", ".ico", ".js", ".woff2"}, path.Ext(name)):
		return stageAsset
	}
	stage := stageNewRecord
	if isList(name) {
		stage = stageNewList
	}
	if stands {
		stage += stageRecord - stageNewRecord
	}
	return stage
}

// isList: what stands at the top, and what leads to others: index.html and
// page-N.html or list-N.html of a section. The files beside them are records.
func isList(name string) bool {
	dir, base := path.Split(name)
	switch strings.Count(dir, "/") {
	case 0:
		return true
	case 1:
		return base == "index.html" || strings.HasPrefix(base, "page-") || strings.HasPrefix(base, "list-")
	}
	return false
}

// sameBytes compares a file on both sides without holding it.
func sameBytes(a, b *os.Root, name string) (bool, error) {
	name = filepath.FromSlash(name)
	f, err := a.Open(name)
	if err != nil {
		return false, err
	}
	defer f.Close()
	g, err := b.Open(name)
	if err != nil {
		return false, err
	}
	defer g.Close()
	x, err := f.Stat()
	if err != nil {
		return false, err
	}
	y, err := g.Stat()
	if err != nil || x.Size() != y.Size() {
		return false, err
	}
	return sameStream(f, g)
}

func sameStream(f, g io.Reader) (bool, error) {
	var x, y [1 << 15]byte
	for {
		n, err := io.ReadFull(f, x[:])
		m, err2 := io.ReadFull(g, y[:])
		if !bytes.Equal(x[:n], y[:m]) {
			return false, nil
		}
		end := func(err error) bool { return err == io.EOF || err == io.ErrUnexpectedEOF }
		switch {
		case end(err) && end(err2):
			return true, nil
		case err != nil && !end(err):
			return false, err
		case err2 != nil && !end(err2):
			return false, err2
		case err != nil || err2 != nil:
			return false, nil
		}
	}
}

func sortedKeys[V bool | fs.FileMode](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

package site

import (
	"bytes"
	"html/template"
	"io/fs"
	"maps"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/verify"
	"github.com/sunlot/sunlot/ledger"
)

// maker is one build.
type maker struct {
	b       *verify.Bundle
	s       *rules.State
	pack    *rules.Pack
	charter *record.Charter
	content fs.FS
	opt     Options
	out     Out
	dir     *Dir // out, where it is one
	tmpl    *template.Template
	quick   *quick // the same, faster; nil: only tmpl
	site    *identity
	*shared

	made   *nameSet  // names handed out
	files  *[]string // of the block that this maker makes; of what belongs to no block
	within *run      // to which the blocks of this maker belong
	pages  []made    // for the site maps, in order of making, without records and enterprises
	total  int       // estimate for Progress
	keys   keys      // what blocks depend on

	foundAt     []int32                   // of the findings about entries, in order of these; see found
	foundFrom   []int32                   // where those of an entry begin in foundAt
	noted       map[int64][]*verify.Entry // notice or result index → entries about it that have no effect
	results     []*rules.Finished         // by record, nil where it is none
	drawDir     map[int64]string          // notice index → folder of its page
	firms       []*firm                   // in order of their list
	firmShelves map[string]*firmShelf     // by folder
	firmOf      map[string]*firm          // by code
	shelves     []*shelf                  // of results, in order of their first
	shelfOf     map[string]*shelf         // by folder
	due         []rules.Duty              // as of the bundle's day; see duties
	counted     map[int64]*rules.Stats    // by year; see stats
}

// shared is what the makers of several blocks use at a time.
type shared struct {
	mu      sync.Mutex
	chromes map[string]chrome
	links   map[string]string // target name that is not made yet → a page that points to it
	asked   *nameSet          // the targets in links
	said    int               // files that Progress was told of
	tally   sync.Mutex        // of counted
	slow    atomic.Int64      // templates that were not for the quick way
}

func newShared() *shared {
	return &shared{chromes: map[string]chrome{}, links: map[string]string{}, asked: newNameSet()}
}

// made is a page for the site maps.
type made struct {
	Name, Title, Section, Day string
}

// identity is what every page says about the site.
type identity struct {
	Name, Office, Region, Origin string
	Service                      string // what the site is, where its name is the office's
	Demo                         bool
	Witness                      string // how many witness, half a sentence
	Site                         record.Site
	Channel, Errors              weblink

	home  func(entry int64) string // see maker.home
	metas []meta                   // that every page has
}

// weblink is an address that the charter gives: a link where it is one, text
// where it is not.
type weblink struct{ URL, Text string }

func (m *maker) identity() *identity {
	id := &identity{
		Name: m.charter.Site.Name, Office: m.charter.Office, Region: m.pack.RegionName, Origin: m.s.Origin,
		Demo: m.charter.Demo, Site: m.charter.Site, Witness: m.witnessLine(),
		Channel: outward(m.charter.Site.Channel), Errors: outward(m.charter.Site.Errors), home: m.home,
	}
	id.metas = metas(nil, "SiteName", id.Site.Name, "SiteDomain", id.Site.Domain, "SiteIDCode", id.Site.IDCode)
	if id.Name == id.Office {
		id.Service = "双随机抽查公开账本"
	}
	return id
}

// outward makes a link of what is an absolute web address.
func outward(s string) weblink {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" {
		return weblink{Text: s}
	}
	return weblink{URL: u.String(), Text: s}
}

func cleanBase(base string) (string, error) {
	if base == "" {
		return "", nil
	}
	u, err := url.Parse(base)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return "", fault.New("site.base", "base", base, "https://host/path/").Of(fault.Usage)
	}
	if !strings.HasSuffix(u.Path, "/") {
		u.Path += "/"
	}
	return u.String(), nil
}

// put hands one file out.
func (m *maker) put(name string, data []byte) error {
	if err := m.putOne(name, data); err != nil {
		return err
	}
	m.handed(name)
	return nil
}

// handed notes a file that stands now.
func (m *maker) handed(name string) {
	if m.files != nil {
		*m.files = append(*m.files, name)
	}
	m.tell()
}

func (m *maker) stopped(name string) error {
	select {
	case <-m.opt.Stop:
		return fault.New("site.stopped", name, "", "").Of(fault.Unreachable)
	default:
		return nil
	}
}

func (m *maker) putOne(name string, data []byte) error {
	if err := m.stopped(name); err != nil {
		return err
	}
	if m.dir != nil {
		return m.dir.Put(name, data) // which keeps the names
	}
	if !m.made.add(name) {
		return fault.New("site.twice", name, "two files of one name", "one")
	}
	m.mu.Lock() // any other Out is for one goroutine at a time
	defer m.mu.Unlock()
	return m.out.Put(name, data)
}

// tell says how far the build is; from one call to the next it never goes
// back.
func (m *maker) tell() {
	if m.opt.Progress == nil {
		return
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	done := 0
	if m.dir != nil {
		done = m.dir.files()
	} else {
		done = m.made.size()
	}
	m.said = max(m.said, min(done, m.total-1))
	m.opt.Progress(m.said, m.total)
}

// point notes the links of a page, to be checked once everything is made.
func (m *maker) point(from string, html []byte) error {
	root := strings.Repeat("../", strings.Count(from, "/"))
	for rest := html; ; {
		i := bytes.Index(rest, []byte("=\""))
		if i < 0 {
			return nil
		}
		attr := rest[max(0, i-5):i]
		value, after, _ := bytes.Cut(rest[i+2:], []byte{'"'})
		rest = after
		if !bytes.HasSuffix(attr, []byte(" href")) && !bytes.HasSuffix(attr, []byte(" src")) || m.leads(root, value) {
			continue
		}
		if err := m.pointOne(from, string(value)); err != nil {
			return err
		}
	}
}

// leads is the quick answer for what most links are: through the site's top to a
// file that is made already.
func (m *maker) leads(root string, value []byte) bool {
	if len(value) < len(root) || string(value[:len(root)]) != root {
		return false
	}
	name, _, _ := bytes.Cut(value[len(root):], []byte{'#'})
	// Names of the sets, and those that sure knows, are in their one form.
	return m.made.hasBytes(name) || m.asked.hasBytes(name) || m.sure(string(name))
}

func (m *maker) pointOne(from, value string) error {
	value, _, _ = strings.Cut(value, "#")
	switch {
	case value == "":
		return nil
	case strings.HasPrefix(value, "https://"), strings.HasPrefix(value, "http://"):
		return nil // the charter's and the text pages' own; nothing is fetched from there
	case strings.HasPrefix(value, "data:image/png;base64,"):
		return nil // the QR code of sheet.go: templates let no other address of this kind through
	case strings.HasPrefix(value, "/") && from == "404.html":
		return nil // it is shown under any address, so its links begin at the server's root
	}
	target := path.Join(path.Dir(from), value)
	if strings.HasPrefix(target, "..") || strings.HasPrefix(value, "/") || strings.Contains(value, ":") {
		return fault.New("site.dead-link", from, value, "a file of the site")
	}
	if m.made.has(target) || m.sure(target) {
		return nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, ok := m.links[target]; !ok {
		m.links[target] = from
		m.asked.add(target)
	}
	return nil
}

// sure reports whether a page is one of those, by far the most, that are made
// for every record and every enterprise: links to them need not be kept.
func (m *maker) sure(target string) bool {
	page, ok := strings.CutSuffix(target, ".html")
	section, name, _ := strings.Cut(page, "/")
	switch {
	case !ok:
		return false
	case section == "firms":
		return m.keys.firms.has(name)
	case section != "book" && section != "results":
		return false
	}
	i, err := strconv.ParseInt(name, 10, 64)
	return err == nil && i >= 0 && i < int64(len(m.b.Entries)) && m.home(i) == target
}

// hasProof, hasOpening and hasBlob report whether these files of the ledger go
// out. Ask once they have (ledgerFiles).
func (m *maker) hasProof(i int64) bool { return m.hasBeside(i, ledger.ProofPath(uint64(i))) }

func (m *maker) hasOpening(i int64) bool { return m.hasBeside(i, ledger.OpeningPath(uint64(i))) }

func (m *maker) hasBeside(i int64, path string) bool {
	return m.hasOf("bundle/"+num(i/chunk), "ledger/"+path)
}

func (m *maker) hasBlob(sum string) bool { return m.hasOf("blob/"+sum, "ledger/"+ledger.BlobPath(sum)) }

// hasOf reports whether a file was made that belongs to the block.
func (m *maker) hasOf(block, name string) bool {
	if m.made.has(name) {
		return true
	}
	if m.dir == nil {
		return false
	}
	m.dir.name(blockID(block))
	return m.made.has(name)
}

// checkLinks: nothing points to a file that is not there. What the pages of a
// block that was kept point to is part of its key.
func (m *maker) checkLinks() error {
	if m.dir != nil {
		if err := m.dir.settle(m.asked, func(name string) { delete(m.links, name) }); err != nil {
			return err
		}
	}
	for _, target := range slices.Sorted(maps.Keys(m.links)) {
		if !m.made.has(target) && target != "ledger/checkpoint" {
			return fault.New("site.dead-link", m.links[target], target, "a file of the site")
		}
	}
	return nil
}

// index sorts what was found and said by the entry that it concerns.
func (m *maker) index() {
	m.noted = map[int64][]*verify.Entry{}
	m.sortFound()
	for _, e := range m.b.Entries {
		if e.Record == nil || !voided(e.Findings) {
			continue
		}
		if about, ok := aboutEntry(e.Record.Body); ok {
			m.noted[about] = append(m.noted[about], e)
		}
	}
	m.drawDir = drawDirs(m.s)
	m.results = make([]*rules.Finished, len(m.b.Entries))
	for _, f := range m.s.Results {
		m.results[f.Index] = f
	}
	steps := []func(){
		func() { m.collectObjects(); m.collectFirms(); m.collectFirmShelves() },
		m.collectShelves,
		m.aloneKeys,
	}
	_ = each(len(steps), func(i int) error { steps[i](); return nil }) // they cannot fail
	m.depend()
}

// resultAt is the result that a record is, nil for any other.
func (m *maker) resultAt(i int64) *rules.Finished {
	if i < 0 || i >= int64(len(m.results)) {
		return nil
	}
	return m.results[i]
}

// sortFound sorts what was found about entries, whatever found it, by the entry.
func (m *maker) sortFound() {
	n := len(m.b.Entries)
	m.foundFrom = make([]int32, n+1)
	about := func(f *rules.Finding) bool { return f.Entry >= 0 && f.Entry < int64(n) && !inside(*f) }
	all := m.b.Findings
	for i := range all {
		if about(&all[i]) {
			m.foundFrom[all[i].Entry+1]++
		}
	}
	for i := range n {
		m.foundFrom[i+1] += m.foundFrom[i]
	}
	m.foundAt = make([]int32, m.foundFrom[n])
	next := slices.Clone(m.foundFrom)
	for i := range all {
		if about(&all[i]) {
			e := all[i].Entry
			m.foundAt[next[e]] = int32(i)
			next[e]++
		}
	}
}

// found is what was found about an entry, in the order of the report.
func (m *maker) found(entry int64) []*rules.Finding {
	if entry < 0 || entry >= int64(len(m.b.Entries)) {
		return nil
	}
	at := m.foundAt[m.foundFrom[entry]:m.foundFrom[entry+1]]
	if len(at) == 0 {
		return nil
	}
	list := make([]*rules.Finding, len(at))
	for i, k := range at {
		list[i] = &m.b.Findings[k]
	}
	return list
}

func breached(found []*rules.Finding) bool {
	for _, f := range found {
		if f.Severity == rules.Breach {
			return true
		}
	}
	return false
}

// aboutEntry is the index of the entry that a body follows from.
func aboutEntry(body any) (int64, bool) {
	switch b := body.(type) {
	case *record.Draw:
		return b.Notice, true
	case *record.Dispatch:
		return b.Notice, true
	case *record.TeamChange:
		return b.Notice, true
	case *record.Request:
		return b.Notice, true
	case *record.Replacement:
		return b.Request, true
	case *record.Opened:
		return b.Notice, true
	case *record.Abort:
		return b.Notice, true
	case *record.Contribution:
		return b.Notice, true
	case *record.Paper:
		return b.Notice, true
	case *record.PlatformDraw:
		return b.Notice, true
	case *record.TeamsNotice:
		return b.Notice, true
	case *record.Extension:
		return b.Notice, true
	case *record.Lost:
		return b.Notice, true
	case *record.Expert:
		return b.Notice, true
	case *record.PartnerDispatch:
		return b.Notice, true
	case *record.PartnerTeam:
		return b.Notice, b.Notice > 0 // otherwise of a joined task
	case *record.Teams:
		return b.Notice, true // of the teams
	case *record.Result:
		return b.Notice, b.Origin == "random"
	case *record.Correction:
		return b.Result, true
	case *record.FollowUp:
		return b.Result, true
	case *record.Objection:
		return b.Result, true
	case *record.Feedback:
		return b.Result, true
	case *record.Review:
		return b.Objection, true
	case *record.Archive:
		return max(b.Result, b.Notice), true // one of them is absent
	case *record.Purge:
		return b.Archive, true
	case *record.Takedown:
		return b.Entry, true
	}
	return 0, false
}

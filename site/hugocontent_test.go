package site

import (
	"embed"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/content"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/verify"
	"github.com/sunlot/sunlot/templates"
)

// The equivalent form of the large site, for Hugo: the results of the same
// ledger with the same facts, in layouts that make the same elements and words
// as our templates. What stands on every page is written out in a layout; what
// an outcome, an item or a draw says is in data files; what differs from page
// to page is front matter, in JSON, which Hugo reads fastest; the text of the
// record is the rest of the file, shown as it is. Nothing goes through Markdown.
//
//go:embed all:testdata/hugo
var hugoLayouts embed.FS

// hugoConfig: taxonomies are our shelves and enterprises; feeds for the front
// and the results alone, for every term would be thirteen thousand.
const hugoConfig = `baseURL = "https://www.example.gov.cn/sunlot/"
title = "双随机抽查公开账本"
locale = "zh-CN"
timeout = "10m"
uglyURLs = true
[taxonomies]
year = "years"
code = "codes"
draw = "draws"
firm = "firms"
[permalinks.page]
results = "/results/:contentbasename/"
[pagination]
disableAliases = true
[outputs]
home = ["html", "rss"]
section = ["html", "rss"]
taxonomy = ["html"]
term = ["html"]
`

// hugoResult is the front matter of a result: what no other page says.
type hugoResult struct {
	Title   string   `json:"title"`
	Date    string   `json:"date"`
	Weight  int64    `json:"weight"`
	Years   string   `json:"years"`
	Codes   string   `json:"codes"`
	Draws   string   `json:"draws"`
	Place   int      `json:"draws_weight"` // in the drawn list
	Firms   string   `json:"firms"`
	Later   int64    `json:"firms_weight"` // the latest first
	Months  string   `json:"months"`       // of publication
	Clauses []string `json:"clauses"`      // under which something was noted

	No        string      `json:"no"`
	Name      string      `json:"name"`
	Firm      string      `json:"firm"`
	Unit      string      `json:"unit"`
	State     string      `json:"state"`
	Since     string      `json:"since"`
	Handle    string      `json:"handle"`
	Ticket    string      `json:"ticket"`
	Same      int         `json:"same"` // leading digits that ticket and cut-off share
	Part      int         `json:"part"`
	Team      string      `json:"team"`
	Items     []hugoItem  `json:"items"`
	Methods   string      `json:"methods"`
	Ended     string      `json:"ended"`
	Published string      `json:"public"`
	Due       string      `json:"due"`
	Strict    string      `json:"strict"`
	Signed    int         `json:"signed"`
	SignedOn  string      `json:"signed_on"`
	Follow    *hugoFollow `json:"follow,omitempty"`
	Missing   string      `json:"missing"`
	Overdue   bool        `json:"overdue,omitempty"` // what follows is
	Opened    string      `json:"opened"`
	By        string      `json:"by"`
	Signer    string      `json:"signer"`
	Sum       string      `json:"sum"`
	CodeSalt  string      `json:"codesalt"`
	NameSalt  string      `json:"namesalt"`
	Size      string      `json:"size"`
	Root      string      `json:"root"`
}

type hugoItem struct {
	Item string `json:"item"`
	Code string `json:"code"`
}

type hugoFollow struct {
	Kind   string `json:"kind"`
	Owner  string `json:"owner"`
	Due    string `json:"due"`
	Number string `json:"number"`
}

// hugoSite writes folders of content.
type hugoSite struct {
	b    *testing.B
	m    *maker
	dir  string
	made map[string]bool

	place map[*rules.Object]int // in its drawn list
}

func (h *hugoSite) put(name string, data []byte) {
	file := filepath.Join(h.dir, filepath.FromSlash(name))
	if up := filepath.Dir(file); !h.made[up] {
		h.made[up] = true
		if err := os.MkdirAll(up, 0o755); err != nil {
			h.b.Fatal(err)
		}
	}
	if err := os.WriteFile(file, data, 0o644); err != nil {
		h.b.Fatal(err)
	}
}

func (h *hugoSite) json(name string, v any) {
	data, err := json.Marshal(v)
	if err != nil {
		h.b.Fatal(err)
	}
	h.put(name, data)
}

// layHugo writes into a folder what Hugo needs for the results of a ledger but
// the last: that stands beside, for the second run. The pages that ours has
// for some of them are put aside, to be laid beside Hugo's.
func layHugo(b *testing.B, ledger, public, dir string) {
	v, err := verify.Open(os.DirFS(ledger), verify.Options{Today: "2024-07-31"})
	if err != nil {
		b.Fatal(err)
	}
	m, err := newMaker(v, content.FS, Options{Base: "https://www.example.gov.cn/sunlot/", Program: "bench"}, nil)
	if err != nil {
		b.Fatal(err)
	}
	h := &hugoSite{b: b, m: m, dir: filepath.Join(dir, "hugo"), made: map[string]bool{}, place: map[*rules.Object]int{}}
	for _, l := range m.s.Lots {
		for i, o := range l.Objects {
			h.place[o] = i
		}
	}
	h.frame()
	last := m.s.Results[len(m.s.Results)-1].Index
	err = v.Dir.Entries(0, uint64(len(v.Entries)), func(at uint64, raw []byte) error {
		f := m.s.ResultAt(int64(at))
		if f == nil {
			return nil
		}
		name := "content/results/draw-" + f.Lot.Body.Draw + "/" + num(f.Index) + ".md"
		if f.Index == last {
			name = "../hugo-more/" + name
		}
		front, err := json.Marshal(h.result(f))
		h.put(name, slices.Concat(front, []byte{'\n'}, raw))
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	h.aside(public)
	countFiles(b, public, "ours")
}

// frame writes the configuration, the layouts, the data and what pages load.
func (h *hugoSite) frame() {
	m, s := h.m, h.m.site
	config := hugoConfig + "[params.office]\n"
	for _, p := range [][2]string{{"name", s.Name}, {"office", s.Office}, {"origin", s.Origin}, {"domain", s.Site.Domain}, {"idcode", s.Site.IDCode},
		{"icp", s.Site.ICP}, {"police", s.Site.Police}, {"contact", s.Site.Contact}, {"channel", s.Channel.URL}, {"errors", s.Errors.URL}, {"witness", s.Witness}, {"offline", offlineSum()}} {
		config += p[0] + " = '" + p[1] + "'\n"
	}
	h.put("hugo.toml", []byte(config))
	layouts, _ := fs.Sub(hugoLayouts, "testdata/hugo")
	err := fs.WalkDir(layouts, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(layouts, name)
		h.put(name, data)
		return err
	})
	if err != nil {
		h.b.Fatal(err)
	}
	h.put("static/style.css", templates.Style())
	h.put("static/check.css", templates.CheckStyle())
	for _, name := range append(templates.Scripts(), templates.Offline, "icon.svg") {
		data, err := templates.FS.ReadFile(name)
		if err != nil {
			h.b.Fatal(err)
		}
		h.put("static/"+name, data)
	}
	h.put("content/results/_index.md", []byte(`{"title": "抽查结果"}`))
	for name, title := range h.lists() {
		h.put("content/"+name+"/_index.md", []byte(`{"title": "`+title+`", "outputs": ["html"]}`))
	}
	h.menus()
	p := m.newPage("index.html", "results", "")
	codes, items, draws := map[string]any{}, map[string]string{}, map[string]any{}
	for _, c := range m.codeMeanings(&p, []string{"a", "b", "e"}) {
		codes[c.Code] = map[string]string{"name": c.Name, "gloss": c.Gloss, "clause": c.Clause.Text, "href": c.Clause.Href}
	}
	for _, it := range m.s.Checklists[0].Body.Items {
		items[it.No] = it.No + " " + it.Name
	}
	for _, l := range m.s.Lots {
		draws[l.Body.Draw] = map[string]any{"name": l.Body.Name, "when": second(l.When()), "day": day(l.When()), "minute": minute(l.Draw.Time), "cutoff": cutoff(l, l.Objects[0].Cell), "count": num(len(l.Objects)),
			"notice": num(l.Index), "noticeday": day(l.Time), "draw": num(l.Draw.Index), "drawday": day(l.Draw.Time), "dispatch": num(l.Sent[0].Index), "dispatchday": day(l.Sent[0].Time)}
		h.put("content/results/draw-"+l.Body.Draw+"/_index.md", []byte(`{"title": "抽取 `+l.Body.Draw+` 的抽查结果", "outputs": ["html"]}`))
	}
	h.json("data/codes.json", codes)
	h.json("data/items.json", items)
	h.json("data/draws.json", draws)
}

// lists are sections without pages of their own: of the ledger, of a month, of
// what was noted under a clause. As taxonomies they would cost Hugo more.
func (h *hugoSite) lists() map[string]string {
	list := map[string]string{"book": "账本", "months": "统计", "clauses": "规则"}
	for _, f := range h.m.s.Results {
		month := f.Published()[:7]
		list["months/"+month] = month
		for _, found := range h.m.found(f.Index) {
			list["clauses/"+strings.ToLower(found.Clause)] = found.Clause
		}
	}
	return list
}

// menus are the columns of the site and its menus.
func (h *hugoSite) menus() {
	item := func(s section) map[string]string {
		return map[string]string{"key": s.Key, "href": s.Href, "text": s.Text, "about": s.About}
	}
	columns := map[string]any{"years": item(sectionOf("results")), "codes": item(sectionOf("results")), "months": item(sectionOf("stats")), "clauses": item(sectionOf("rules"))}
	var row, groups []any
	for _, s := range sections {
		if columns[s.Key] = item(s); s.Main {
			row = append(row, item(s))
		}
	}
	for _, g := range menu {
		var items []any
		for _, key := range g.Keys {
			items = append(items, item(sectionOf(key)))
		}
		groups = append(groups, map[string]any{"title": g.Title, "items": items})
	}
	h.json("data/sections.json", columns)
	h.json("data/menu.json", map[string]any{"row": row, "groups": groups})
}

// result is what the page of a result says, from where ours takes it.
func (h *hugoSite) result(f *rules.Finished) hugoResult {
	m, b, e, o := h.m, f.Body, h.m.b.Entries[f.Index], f.Object
	legal, strict, _ := m.s.Due(f)
	place := h.place[o]
	head, _ := m.proofHead(f.Index)
	p := m.newPage("index.html", "results", "")
	trail := f.Trail()
	r := hugoResult{Title: m.resultTitle(f), Date: f.Time, Weight: f.Index, Years: yearOf(f), Codes: strings.Join(f.Outcome().Codes, "、"), Draws: f.Lot.Body.Draw, Place: place + 1, Firms: m.value(f.Index, "code"), Later: 1<<30 - f.Index, Months: f.Published()[:7],
		No: num(f.Index), Name: m.firmName(f), Firm: firmName(m.value(f.Index, "code")), Unit: b.Unit, State: m.stateTags(f.Index)[0].Text, Since: strings.TrimPrefix(m.stateLine(&p, f.Index).Times[0], "不早于 "),
		Handle: o.Handle, Ticket: o.Ticket, Same: len(againstCutoff(f.Lot, o).Ticket.Before), Part: place/drawnPerPage + 1, Team: m.drawnRow(&p, f.Lot, o, "", "").Team,
		Methods: strings.Join(f.Outcome().Methods, "、"), Ended: f.Ended(), Published: f.OnPlatform(), Due: legal, Strict: strict, Signed: len(b.Signed), SignedOn: b.SignedOn,
		Opened: num(trail[len(trail)-1]), By: e.Record.Env.By, Signer: strings.Join(e.Signers, "、"), Sum: e.Hash,
		CodeSalt: salt(e, "code"), NameSalt: salt(e, "name"), Size: num(head.Size), Root: rootOf(head)}
	for _, it := range f.Outcome().Items {
		r.Items = append(r.Items, hugoItem{it.Item, it.Codes[0]})
	}
	if d := b.FollowUp; d != nil {
		r.Follow = &hugoFollow{d.Kind, or(d.Owner, b.Unit), d.Due, d.Number}
	}
	for _, found := range m.found(f.Index) {
		r.Clauses = append(r.Clauses, found.Clause)
		if found.Code == "rules.incomplete" {
			r.Missing = found.Got
		}
		r.Overdue = r.Overdue || found.Severity == rules.Overdue
	}
	return r
}

// salt is what a sealed value was sealed with.
func salt(e *verify.Entry, path string) string {
	for _, f := range e.Fields {
		if f.Path == path {
			return f.Salt
		}
	}
	return ""
}

// beside is a page of ours and the same of Hugo's, whole or a part of both.
type beside struct{ Kind, Ours, Hugo, Part string }

// aside copies what ours has for a result with something to follow, for its
// enterprise, for its row of the drawn list, and for a full page of a list.
func (h *hugoSite) aside(public string) {
	m := h.m
	var list []beside
	for _, f := range m.s.Results[len(m.s.Results)/2:] {
		firm := m.firmOf[m.value(f.Index, "code")]
		whole := !slices.ContainsFunc(firm.drawn, func(d drawnFirm) bool { return d.object.Result == nil })
		full := h.place[f.Object] >= drawnPerPage && h.place[f.Object] < len(f.Lot.Objects)-2*drawnPerPage // a full part, with ours and with Hugo
		if f.Body.FollowUp == nil || !whole || !full {
			continue
		}
		drawn, _, _ := strings.Cut(m.drawnAnchor(f.Lot, f.Object), "#")
		list = []beside{{"result", resultPath(f.Index), resultPath(f.Index), ""}, {"enterprise", firm.path(), firm.path(), ""},
			{"drawn", drawn, "draws/" + f.Lot.Body.Draw + "/page/" + num(h.place[f.Object]/drawnPerPage+1) + ".html", `<tr id="h-` + f.Object.Handle + `">.*?</tr>`},
			{"list", resultPartPath(3), "results/page/3/index.html", `(?s)<tbody>.*?</tbody>`}}
		break
	}
	for _, p := range list {
		data, err := os.ReadFile(filepath.Join(public, filepath.FromSlash(p.Ours)))
		if err != nil {
			h.b.Fatal(err)
		}
		h.put("../ours/"+p.Kind+".html", data)
	}
	h.json("../ours/list.json", list)
}

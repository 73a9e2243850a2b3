package site

import (
	"bytes"
	"html/template"
	"slices"
	"strings"
	"sync"

	"github.com/sunlot/sunlot/templates"
)

// page is the frame of every page; each view embeds it.
type page struct {
	Path    string // "draws/2023-001/index.html"
	Root    string // "../../": from the page to the site's top
	Section string // key of the navigation entry that it belongs to
	Title   string // its one h1
	Line    string // of the title element: thing – service – site
	Crumbs  []link
	Metas   []meta
	Entry   int64    // index of the record that the page shows, -1 for none
	Address string   // printed on paper
	Sheet   *sheet   // foot of the printed page of a record
	Scripts []string // names from the site's top, loaded after the page
	Feed    *link    // of what the page lists, nil for none
	Site    *identity
}

func (p *page) frame() *page { return p }

// to is a link to a file of the site, named from its top.
func (p *page) to(href, text string) *link { return &link{p.Root + href, text} }

// home is the file of the page on which a record stands.
func (p *page) home(i int64) string { return p.Site.home(i) }

// entry is a link to a record of the ledger.
func (p *page) entry(i int64) *link { return p.to(p.home(i), "第"+num(i)+"条记录") }

// view is what render writes: a struct that embeds page.
type view interface{ frame() *page }

// meta is a tag of 政府网站发展指引, appendix 2.
type meta struct{ Name, Content string }

// link is relative to the page that it stands on (page.to makes it).
type link struct{ Href, Text string }

// article says what the meta tags of a record's page need.
type article struct {
	time     string // env.at of the entry
	keywords string
}

// section is a part of the site that the menu leads to.
type section struct {
	Key, Href, Text, About string
	Main                   bool // one of the few in the row at the head of every page
}

var sections = []section{
	{"front", "index.html", "首页", "", true},
	{"checklist", "checklist/index.html", "事项清单", "随机抽查事项清单的各个版本，每个事项的依据、方式和类别", false},
	{"plan", "plan/index.html", "年度计划", "年度抽查工作计划，每一计划项的比例、时间和进展", true},
	{"draws", "draws/index.html", "抽取", "每次抽取的预告、摇号、派发、结果和启封", true},
	{"results", "results/index.html", "抽查结果", "每户企业的抽查结果、更正和后续处置", true},
	{"stats", "stats/index.html", "统计", "每一年的计划项、比例和任务执行单位，到了哪一步", false},
	{"firms", "firms/index.html", "企业", "已公开名称的被抽查企业", true},
	{"rules", "rules/index.html", "规则", "本单位执行的制度，逐条列出", false},
	{"book", "book/index.html", "账本", "公开账本的每一条记录", false},
	{"verify", "verify/index.html", "怎样核验", "不用相信本单位，自己核对每一步", true},
}

// corners are columns of one page each, which stand in the menu alone.
var corners = []section{
	{"search", "search/index.html", "查一查", "按名称、代码、签号或编号查找企业、抽取和记录", false},
	{"calendar", "calendar/index.html", "期限", "应当办什么、什么时候到期、什么时候办结", false},
	{"workdays", workdaysPath, "工作日", "计算期限所用的工作日", false},
	{"report", "report/index.html", "核验报告", "生成本网站时的核验，分四个部分", false},
	{"limits", "limits/index.html", "本账本不能证明什么", "哪些事核对得出，哪些事核对不出", false},
	{"data", "data/index.html", "数据下载", "与页面内容相同的数据表", false},
	{"about", "about/index.html", "关于本账本", "谁主办、怎样工作", false},
	{"accessibility", "accessibility/index.html", "无障碍声明", "本网站怎样让人人都能使用", false},
	{"sitemap", "sitemap.html", "站点地图", "本网站的全部栏目", false},
}

func sectionOf(key string) section {
	for _, list := range [][]section{sections, corners} {
		for _, s := range list {
			if s.Key == key {
				return s
			}
		}
	}
	return section{Key: key}
}

// menu is what the menu of every page holds, by what somebody comes for.
var menu = []struct {
	Title string
	Keys  []string
}{
	{"抽查", []string{"search", "plan", "draws", "results", "firms", "stats"}},
	{"依据", []string{"checklist", "rules", "calendar", "workdays"}},
	{"核对", []string{"verify", "book", "report", "limits", "data"}},
	{"本站", []string{"front", "about", "accessibility", "sitemap"}},
}

// chrome is what stands before and after the main part: it depends on depth
// and section alone and is rendered once for each.
type chrome struct{ head, foot []byte }

func parseTemplates() (*template.Template, error) {
	return template.New("site").Funcs(template.FuncMap{"short": short, "rows": titled}).ParseFS(templates.FS, "*.html")
}

// titledRows are the rows of a table that several pages share, with its
// caption.
type titledRows struct {
	Title string
	Rows  any
}

func titled(title string, rows any) titledRows { return titledRows{title, rows} }

// newPage begins a page at a path; the crumbs, named from the site's top, lead
// through its section.
func (m *maker) newPage(path, key, title string, crumbs ...link) page {
	sec := sectionOf(key)
	p := page{
		Path: path, Root: strings.Repeat("../", strings.Count(path, "/")), Section: key, Title: title,
		Entry: -1, Address: m.opt.Base + path, Site: m.site,
	}
	service := sec.Text
	p.Line = title + " – " + m.site.Name
	if service != "" && service != title && path != sec.Href {
		p.Line = title + " – " + service + " – " + m.site.Name
	}
	if path != "index.html" {
		p.Crumbs = append(p.Crumbs, *p.to("index.html", "首页"))
		if sec.Href != "" && path != sec.Href {
			p.Crumbs = append(p.Crumbs, *p.to(sec.Href, sec.Text))
		}
		for _, c := range crumbs {
			p.Crumbs = append(p.Crumbs, *p.to(c.Href, c.Text))
		}
	}
	p.Metas = append(make([]meta, 0, mostMetas), m.site.metas...)
	p.Feed = feedOf(&p)
	return p
}

// mostMetas is how many tags a record's page has.
const mostMetas = 14

// metas appends tags by names and contents; an empty content makes no tag.
func metas(list []meta, pairs ...string) []meta {
	for i := 0; i < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			list = append(list, meta{pairs[i], pairs[i+1]})
		}
	}
	return list
}

// asList adds the tags of a column page (栏目页).
func (p *page) asList() { p.Metas = columnMetas(p.Metas, sectionOf(p.Section), p.Title) }

// columnMetas appends the tags of a column; a page of the office's own is a
// column by its title.
func columnMetas(list []meta, s section, title string) []meta {
	name := or(s.Text, title)
	return metas(list, "ColumnName", name, "ColumnDescription", or(s.About, name), "ColumnKeywords", name+",双随机,抽查", "ColumnType", "重点领域信息公开")
}

// asArticle adds the tags of an article after those of its column: PubDate is
// the record's own time, never the build's.
func (m *maker) asArticle(p *page, a article) {
	p.asList()
	p.Metas = metas(p.Metas, "ArticleTitle", p.Title, "PubDate", minute(a.time),
		"ContentSource", m.site.Office, "Keywords", a.keywords, "Description", p.Title+"，"+m.site.Office)
	if m.opt.Base != "" {
		p.Metas = append(p.Metas, meta{"Url", p.Address})
	}
}

// render writes one page: head, chrome, the template named kind, foot.
func (m *maker) render(kind string, v view) error {
	p := v.frame()
	c, err := m.chrome(p.Root, p.Section, p.Path)
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(p.Metas, func(m meta) bool { return m.Name == "ColumnName" }) && p.Section != "front" && p.Section != "404" {
		p.asList()
	}
	if p.Entry >= 0 {
		if p.Sheet, err = m.sheet(p); err != nil {
			return err
		}
	}
	buf := pageBuffers.Get().(*bytes.Buffer)
	defer pageBuffers.Put(buf)
	buf.Reset()
	if err := m.execute(buf, "head", p); err != nil {
		return err
	}
	head := buf.Len()
	buf.Write(c.head)
	main := buf.Len()
	for _, name := range []string{"crumbs", kind, "paper"} {
		if err := m.execute(buf, name, v); err != nil {
			return err
		}
	}
	for _, part := range [][]byte{buf.Bytes()[:head], buf.Bytes()[main:]} { // what stands between was looked at when it was made
		if err := m.point(p.Path, part); err != nil {
			return err
		}
	}
	buf.Write(c.foot)
	return m.put(p.Path, buf.Bytes())
}

// pageBuffers hold one page each until it is put.
var pageBuffers = sync.Pool{New: func() any { return new(bytes.Buffer) }}

// execute appends what a template makes of data.
func (m *maker) execute(buf *bytes.Buffer, name string, data any) error {
	if m.quick != nil {
		if err := m.quick.execute(buf, name, data); err != errSlow {
			return err
		}
		m.slow.Add(1)
	}
	return m.tmpl.ExecuteTemplate(buf, name, data)
}

// list notes a page for the site maps; day is that of its record, or "".
func (m *maker) list(p *page, day string) {
	m.pages = append(m.pages, made{p.Path, p.Title, p.Section, day})
}

// listed is list for a page that may not be made in this build.
func (m *maker) listed(path, section, title string) {
	m.pages = append(m.pages, made{path, title, section, ""})
}

// navItem is a link of a menu; Here marks the column of the page.
type navItem struct {
	link
	Here bool
}

// navGroup is a column of the menu under its heading.
type navGroup struct {
	Title string
	Items []navItem
}

// frame is what the header and footer of a page are made from.
type frame struct {
	Root string
	Site *identity
	Nav  []navItem  // the row of a wide screen
	Menu []navGroup // everything, behind 目录 at the head and open at the foot
	Away bool       // the page's column is in the menu alone
}

// chrome makes what stands around the pages of a depth and a section, and looks
// at its links from the first of them: they lead to the same files from all.
func (m *maker) chrome(root, key, from string) (chrome, error) {
	m.mu.Lock()
	c, ok := m.chromes[root+"|"+key]
	m.mu.Unlock()
	if ok {
		return c, nil
	}
	data := frame{Root: root, Site: m.site, Away: true}
	for _, s := range sections {
		if s.Main {
			data.Nav = append(data.Nav, navItem{link{s.Href, s.Text}, s.Key == key})
			data.Away = data.Away && s.Key != key
		}
	}
	for _, g := range menu {
		group := navGroup{Title: g.Title}
		for _, k := range g.Keys {
			s := sectionOf(k)
			group.Items = append(group.Items, navItem{link{s.Href, s.Text}, k == key})
		}
		data.Menu = append(data.Menu, group)
	}
	var head, foot bytes.Buffer
	if err := m.tmpl.ExecuteTemplate(&head, "header", data); err != nil {
		return chrome{}, err
	}
	if err := m.tmpl.ExecuteTemplate(&foot, "footer", data); err != nil {
		return chrome{}, err
	}
	c = chrome{head.Bytes(), foot.Bytes()}
	for _, part := range [][]byte{c.head, c.foot} {
		if err := m.point(from, part); err != nil {
			return chrome{}, err
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.chromes[root+"|"+key] = c
	return c, nil
}

// assets are the files that pages load, and the check page in one file.
func (m *maker) assets() error {
	if err := m.put("check.css", templates.CheckStyle()); err != nil {
		return err
	}
	for _, name := range append(templates.Scripts(), templates.Offline, templates.Licenses) {
		if err := m.embedded(name); err != nil {
			return err
		}
	}
	return m.look()
}

// look is what every page loads, the portal's too.
func (m *maker) look() error {
	if err := m.put("style.css", templates.Style()); err != nil {
		return err
	}
	return m.embedded("icon.svg")
}

func (m *maker) embedded(name string) error {
	data, err := templates.FS.ReadFile(name)
	if err != nil {
		return err
	}
	return m.put(name, data)
}

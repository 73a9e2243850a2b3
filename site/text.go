package site

import (
	"bytes"
	"errors"
	"html/template"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/ast"
	"github.com/yuin/goldmark/extension"
	mdtext "github.com/yuin/goldmark/text"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/rules"
)

// textView is a hand-written page: parts of Markdown with blocks of live facts
// between them, each on a line of its own in the source: [[账本]].
type textView struct {
	page
	Parts   []textPart
	Ledger  facts
	Key     string // verifier key of the log, one line
	Print   string // SHA-256 of Key, as anybody computes it with printf and sha256sum
	Anchors facts  // fingerprints of the charters, as they stand on paper
	Example *example
	Draw    *link
	Office  facts
	Scripts facts
	Check   *checkPart
}

// textPart is rendered Markdown, or the name of a block.
type textPart struct {
	HTML  template.HTML
	Block string
}

// blocks are the live facts that a text page may ask for.
var blocks = map[string]string{"账本": "ledger", "公钥": "key", "一行命令": "example", "本单位": "office", "自己核验": "check", "核验程序": "software"}

// textOrder puts the pages of the project first on the site map.
var textOrder = []string{"verify", "about", "limits", "accessibility"}

const (
	maxText  = 256 << 10
	maxMedia = 4 << 20
)

// mediaTypes are the images that a text page may show: none that can hold a
// script or fetch anything.
var mediaTypes = []string{".png", ".jpg", ".jpeg", ".gif", ".webp"}

// textPages renders content/pages/*.md, each to a folder of its name.
func (m *maker) textPages() error {
	names, err := fs.Glob(m.content, "pages/*.md")
	if err != nil {
		return err
	}
	if err := m.media(); err != nil {
		return err
	}
	for _, key := range textOrder {
		if !slices.Contains(names, "pages/"+key+".md") {
			return fault.New("site.no-page", "pages/"+key+".md", "", "the page")
		}
	}
	slices.SortStableFunc(names, func(a, b string) int { return textRank(a) - textRank(b) })
	for _, name := range names {
		if err := m.textPage(name); err != nil {
			return err
		}
	}
	return nil
}

func textRank(name string) int {
	i := slices.Index(textOrder, pageKey(name))
	if i < 0 {
		return len(textOrder)
	}
	return i
}

func pageKey(name string) string { return strings.TrimSuffix(path.Base(name), ".md") }

func (m *maker) readContent(name string, limit int64) ([]byte, error) {
	info, err := fs.Stat(m.content, name)
	if err != nil {
		return nil, fault.Wrap("site.page-read", name, err).Of(fault.Unreachable)
	}
	if info.Size() > limit {
		return nil, fault.New("site.page-size", name, num(info.Size()), num(limit))
	}
	data, err := fs.ReadFile(m.content, name)
	if err != nil {
		return nil, fault.Wrap("site.page-read", name, err).Of(fault.Unreachable)
	}
	return data, nil
}

// media copies the images of the text pages.
func (m *maker) media() error {
	list, err := fs.ReadDir(m.content, "pages/media")
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fault.Wrap("site.page-read", "pages/media", err).Of(fault.Unreachable)
	}
	for _, e := range list {
		name := e.Name()
		if !slices.Contains(mediaTypes, strings.ToLower(path.Ext(name))) || !plainAnchor.MatchString(name) {
			return fault.New("site.media", "pages/media/"+name, "", strings.Join(mediaTypes, " "))
		}
		data, err := m.readContent("pages/media/"+name, maxMedia)
		if err != nil {
			return err
		}
		if err := m.put("media/"+name, data); err != nil {
			return err
		}
	}
	return nil
}

func (m *maker) textPage(name string) error {
	key := pageKey(name)
	if !plainAnchor.MatchString(key) || m.made.has(key+"/index.html") {
		return fault.New("site.page-name", name, key, "a-z 0-9 . _ -")
	}
	src, err := m.readContent(name, maxText)
	if err != nil {
		return err
	}
	first, rest, _ := strings.Cut(strings.ReplaceAll(string(src), "\r\n", "\n"), "\n")
	title, ok := strings.CutPrefix(first, "# ")
	if title = strings.TrimSpace(title); !ok || title == "" {
		return fault.New("site.page-title", name, clip(first), "# 标题")
	}
	v := &textView{page: m.newPage(key+"/index.html", key, title)}
	p := &v.page
	v.Ledger, v.Key, v.Anchors = m.headFacts(p), m.b.LogKey(), m.anchors(p)
	v.Print, v.Office = rules.Hash([]byte(v.Key)), m.officeFacts(p)
	for i := len(m.s.Lots) - 1; i >= 0; i-- {
		if l := m.s.Lots[i]; l.Draw != nil && len(l.Objects) > 0 {
			v.Example, v.Draw = m.example(l), p.to(m.drawPath(l), l.Body.Draw+" "+l.Body.Name)
			break
		}
	}
	if v.Parts, err = m.textParts(p, name, rest); err != nil {
		return err
	}
	if slices.ContainsFunc(v.Parts, func(t textPart) bool { return t.Block == "check" }) {
		v.Check = m.check(p)
	}
	v.Scripts = m.softwareFacts(p)
	m.list(p, "")
	return m.render("text", v)
}

// textParts cuts the source at its block lines and renders what is between.
func (m *maker) textParts(p *page, name, src string) ([]textPart, error) {
	var parts []textPart
	var run strings.Builder
	flush := func() error {
		if strings.TrimSpace(run.String()) == "" {
			run.Reset()
			return nil
		}
		html, err := m.markdown(p, name, run.String())
		run.Reset()
		parts = append(parts, textPart{HTML: html})
		return err
	}
	for line := range strings.Lines(src) {
		word, ok := strings.CutPrefix(strings.TrimSpace(line), "[[")
		word, ok2 := strings.CutSuffix(word, "]]")
		if !ok || !ok2 {
			run.WriteString(line)
			continue
		}
		if blocks[word] == "" {
			return nil, fault.New("site.page-block", name, word, "账本、公钥、一行命令、本单位、自己核验、核验程序")
		}
		if err := flush(); err != nil {
			return nil, err
		}
		parts = append(parts, textPart{Block: blocks[word]})
	}
	return parts, flush()
}

// markdown renders without raw HTML. Links and images of the site are written
// from its top and made relative to the page; an image from elsewhere and a
// link that is no web address are refused (T16).
func (m *maker) markdown(p *page, name, src string) (template.HTML, error) {
	md := goldmark.New(goldmark.WithExtensions(extension.Table))
	data := []byte(src)
	doc := md.Parser().Parse(mdtext.NewReader(data))
	var bad error
	err := ast.Walk(doc, func(n ast.Node, entering bool) (ast.WalkStatus, error) {
		if !entering {
			return ast.WalkContinue, nil
		}
		switch n := n.(type) {
		case *ast.Image:
			n.Destination, bad = pageTarget(p, name, string(n.Destination), false)
		case *ast.Link:
			n.Destination, bad = pageTarget(p, name, string(n.Destination), true)
		case *ast.AutoLink:
			_, bad = pageTarget(p, name, string(n.URL(data)), true)
		case *ast.Heading:
			if n.Level == 1 {
				bad = fault.New("site.page-title", name, "two headings of the first level", "one")
			}
		case *ast.HTMLBlock, *ast.RawHTML:
			bad = fault.New("site.page-html", name, "HTML", "Markdown")
		}
		if bad != nil {
			return ast.WalkStop, bad
		}
		return ast.WalkContinue, nil
	})
	if err != nil {
		return "", err
	}
	var buf bytes.Buffer
	if err := md.Renderer().Render(&buf, data, doc); err != nil {
		return "", err
	}
	return template.HTML(buf.String()), nil //nolint:gosec // goldmark escapes, raw HTML was refused above
}

func pageTarget(p *page, name, dest string, away bool) ([]byte, error) {
	w := outward(dest)
	switch {
	case strings.HasPrefix(dest, "#"):
		return []byte(dest), nil
	case w.URL != "" && away:
		return []byte(w.URL), nil
	case dest == "" || strings.ContainsAny(dest, ":\\\"'<> ") || strings.HasPrefix(dest, "/") || strings.HasPrefix(path.Clean(dest), ".."):
		return nil, fault.New("site.page-link", name, clip(dest), "an address on the web or a file of the site")
	}
	return []byte(p.Root + dest), nil
}

// officeFacts are the charter in words.
func (m *maker) officeFacts(p *page) facts {
	var f facts
	c := m.charter
	f.add("主办单位", text(c.Office))
	f.add("地区", text(m.pack.RegionName))
	f.add("联系方式", text(c.Site.Contact))
	f.add("执行的制度", p.at("rules/index.html", m.pack.Title))
	f.add("法定公示渠道", value{Text: c.Site.Channel, Href: m.site.Channel.URL})
	f.add("网站标识码", text(c.Site.IDCode))
	f.add("ICP备案", text(c.Site.ICP))
	f.add("公安备案", text(c.Site.Police))
	f.add("开账", p.record(m.s.Charters[0].Index), text(minute(m.s.Charters[0].Time)))
	m.witnessFacts(p, &f)
	for _, k := range c.Keys {
		f.add(or(keyNames[k.Role], k.Role), hash(k.Key), text(k.Held))
	}
	return f
}

var keyNames = map[string]string{"log": "账本公钥", "office": "单位公钥"}

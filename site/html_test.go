package site

import (
	"fmt"
	"html"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/templates"
)

// element is a start tag as the tokenizer below sees it.
type element struct {
	name  string
	attrs map[string]string
}

var void = []string{"meta", "link", "br", "img", "hr", "input"}

// what pages may be made of: anything else came in through data.
var (
	allowedElements = strings.Fields("html head meta title link body a header div span nav ul li p main h1 h2 h3 footer ol dl dt dd table caption thead tbody tr th td pre code strong em br details summary img script form label input button section figure figcaption output progress time svg path rect g line circle polyline text desc defs pattern blockquote")
	allowedAttrs    = strings.Fields("lang charset http-equiv content name rel href type class aria-label aria-current id scope data-label colspan rowspan src alt start defer integrity for type value name placeholder autocomplete hidden role aria-live aria-describedby aria-labelledby aria-hidden datetime tabindex d x y x1 y1 x2 y2 cx cy r width height viewBox points fill stroke transform x1 y1 x2 y2 dx title patternUnits data-check data-root data-entry data-notice data-draw data-charters data-later download data-kind data-key data-find data-names")
)

// tokenize reads a page strictly: elements and attributes of the lists above,
// double quotes, every element closed in order. It returns start tags and the
// page's text.
func tokenize(page string) ([]element, string, error) {
	var list []element
	var text strings.Builder
	var open []string
	rest, ok := strings.CutPrefix(page, "<!doctype html>\n")
	if !ok {
		return nil, "", fmt.Errorf("no doctype")
	}
	for rest != "" {
		i := strings.IndexByte(rest, '<')
		if i < 0 {
			i = len(rest)
		}
		if strings.Contains(rest[:i], ">") {
			return nil, "", fmt.Errorf("bare > in text %q", rest[:i])
		}
		text.WriteString(html.UnescapeString(rest[:i]))
		if rest = rest[i:]; rest == "" {
			break
		}
		end := strings.IndexByte(rest, '>')
		if end < 0 {
			return nil, "", fmt.Errorf("open tag %q", rest[:min(40, len(rest))])
		}
		body := rest[1:end]
		rest = rest[end+1:]
		if name, ok := strings.CutPrefix(body, "/"); ok {
			if len(open) == 0 || open[len(open)-1] != name {
				return nil, "", fmt.Errorf("</%s> closes %v", name, open)
			}
			open = open[:len(open)-1]
			continue
		}
		e, err := tagOf(body)
		if err != nil {
			return nil, "", err
		}
		list = append(list, e)
		if !slices.Contains(void, e.name) {
			open = append(open, e.name)
		}
	}
	if len(open) > 0 {
		return nil, "", fmt.Errorf("never closed: %v", open)
	}
	return list, text.String(), nil
}

func tagOf(body string) (element, error) {
	name, rest, _ := strings.Cut(body, " ")
	e := element{name, map[string]string{}}
	if !slices.Contains(allowedElements, name) {
		return e, fmt.Errorf("element <%s>", body)
	}
	for rest = strings.TrimSpace(rest); rest != ""; rest = strings.TrimSpace(rest) {
		if bare, after, _ := strings.Cut(rest, " "); bare == "defer" || bare == "hidden" || bare == "multiple" {
			e.attrs[bare], rest = "", after
			continue
		}
		attr, after, ok := strings.Cut(rest, `="`)
		value, after, ok2 := strings.Cut(after, `"`)
		if !ok || !ok2 || !slices.Contains(allowedAttrs, attr) {
			return e, fmt.Errorf("attribute in <%s>", body)
		}
		e.attrs[attr] = html.UnescapeString(value)
		rest = after
	}
	return e, nil
}

// pagesOf are the pages of a site: not the check page in one file, which has
// its script and style inside.
func pagesOf(files memory) []string {
	var names []string
	for _, n := range slices.Sorted(maps.Keys(files)) {
		if strings.HasSuffix(n, ".html") && n != templates.Offline {
			names = append(names, n)
		}
	}
	return names
}

// TestFrame holds every page of both sites to what every page must have.
func TestFrame(t *testing.T) {
	const maxPage = 200 << 10
	for pack, files := range map[string]memory{"gaoqing": gaoqing().files, "yanshi": yanshi().files} {
		titles := map[string]string{}
		for _, name := range pagesOf(files) {
			page := string(files[name])
			list, text, err := tokenize(page)
			if err != nil {
				t.Fatalf("%s %s: %v", pack, name, err)
			}
			count := map[string]int{}
			for _, e := range list {
				count[e.name]++
			}
			if count["h1"] != 1 || count["main"] != 1 || count["title"] != 1+checkDrawings(t, name, list) || count["table"] != count["caption"] {
				t.Errorf("%s %s: %v", pack, name, count)
			}
			if list[0].attrs["lang"] != "zh-CN" || list[2].attrs["charset"] != "utf-8" || list[3].attrs["http-equiv"] != "Content-Security-Policy" ||
				!strings.HasPrefix(list[3].attrs["content"], "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'none'") {
				t.Errorf("%s %s: head is %v", pack, name, list[:4])
			}
			if i := slices.IndexFunc(list, func(e element) bool { return e.name == "body" }); list[i+1].attrs["href"] != "#main" {
				t.Errorf("%s %s: the skip link does not come first", pack, name)
			}
			for _, want := range []string{"演示：本站内容是虚构的", "法定公示以省平台和国家企业信用信息公示系统为准", "本单位未设见证", "主办单位", "网站标识码", "无障碍声明", "站点地图", "找错"} {
				if !strings.Contains(text, want) {
					t.Errorf("%s %s: no %q", pack, name, want)
				}
			}
			if len(page) > maxPage {
				t.Errorf("%s %s: %d bytes", pack, name, len(page))
			}
			title := page[strings.Index(page, "<title>"):strings.Index(page, "</title>")]
			if other := titles[title]; other != "" && !strings.Contains(name, "page-") {
				t.Errorf("%s: %s and %s have one title %s", pack, name, other, title)
			}
			titles[title] = name
			if n := strings.Count(page, "<script"); n != strings.Count(page, `<script src="`) || n != strings.Count(page, ` defer></script>`) {
				t.Errorf("%s %s: a script stands inside the page", pack, name)
			}
			checkTables(t, name, list)
			checkIDs(t, name, list)
		}
	}
}

func checkTables(t *testing.T, name string, list []element) {
	for _, e := range list {
		if e.name == "th" && e.attrs["scope"] == "" {
			t.Errorf("%s: th without scope", name)
		}
		if e.name == "img" && e.attrs["alt"] == "" {
			t.Errorf("%s: image without alt", name)
		}
	}
}

// checkDrawings: a drawing that says something has a title and a description
// of its own by which it is named; one that does not is hidden from who cannot
// see it. It returns how many say something.
func checkDrawings(t *testing.T, name string, list []element) int {
	ids, n := map[string]string{}, 0
	for _, e := range list {
		ids[e.attrs["id"]] = e.name
	}
	for _, e := range list {
		if e.name != "svg" || e.attrs["aria-hidden"] == "true" {
			continue
		}
		by := strings.Fields(e.attrs["aria-labelledby"])
		if n++; e.attrs["role"] != "img" || len(by) != 2 || ids[by[0]] != "title" || ids[by[1]] != "desc" {
			t.Errorf("%s: a drawing without a name: %v", name, e.attrs)
		}
	}
	return n
}

func checkIDs(t *testing.T, name string, list []element) {
	seen := map[string]bool{}
	for _, e := range list {
		if id, ok := e.attrs["id"]; ok {
			if id == "" || seen[id] || strings.ContainsAny(id, " \t\n") {
				t.Errorf("%s: id %q", name, id)
			}
			seen[id] = true
		}
	}
}

// TestLinks: every link and every anchor leads to something that is there, and
// nothing but the charter's two addresses leads out.
func TestLinks(t *testing.T) {
	for pack, b := range map[string]built{"gaoqing": gaoqing(), "yanshi": yanshi()} {
		site := b.bureau.state.Charter().Site
		ids := map[string]map[string]bool{}
		for _, name := range pagesOf(b.files) {
			list, _, err := tokenize(string(b.files[name]))
			if err != nil {
				t.Fatal(name, err)
			}
			ids[name] = map[string]bool{}
			for _, e := range list {
				ids[name][e.attrs["id"]] = true
			}
		}
		links := 0
		for _, name := range pagesOf(b.files) {
			list, _, _ := tokenize(string(b.files[name]))
			for _, e := range list {
				for _, attr := range []string{"href", "src"} {
					value, ok := e.attrs[attr]
					if !ok || value == site.Channel || value == site.Errors || strings.HasPrefix(value, "data:image/png;base64,") {
						continue
					}
					links++
					file, fragment, _ := strings.Cut(value, "#")
					target := path.Join(path.Dir(name), file)
					if name == "404.html" {
						target = strings.TrimPrefix(file, "/sunlot/")
					}
					if file == "" {
						target = name
					}
					if _, ok := b.files[target]; !ok {
						t.Errorf("%s %s: %s leads to nothing", pack, name, value)
					} else if fragment != "" && !ids[target][fragment] {
						t.Errorf("%s %s: %s: no such anchor", pack, name, value)
					}
				}
			}
		}
		if links < 1000 {
			t.Errorf("%s: only %d links were looked at", pack, links)
		}
	}
}

// TestHostile: names that carry markup arrive as text. TestFrame has shown
// that no element or attribute came in; here each name is seen again as text.
func TestHostile(t *testing.T) {
	files := gaoqing().files
	var all strings.Builder
	for _, name := range pagesOf(files) {
		_, text, err := tokenize(string(files[name]))
		if err != nil {
			t.Fatal(name, err)
		}
		all.WriteString(text)
	}
	for _, h := range []int{0, 1, 2, 4, 5, 7, 8, 9} {
		if !strings.Contains(all.String(), hostile[h]) {
			t.Errorf("%q reached no page as text", hostile[h])
		}
	}
}

// The tokenizer itself must find what it is there for.
func TestTokenizeFinds(t *testing.T) {
	for _, bad := range []string{
		"<p>no doctype</p>",
		"<!doctype html>\n<object>x</object>",
		"<!doctype html>\n<p autofocus>x</p>",
		"<!doctype html>\n<p onclick=\"x\">a</p>",
		"<!doctype html>\n<p style=\"x\">a</p>",
		"<!doctype html>\n<p class='x'>a</p>",
		"<!doctype html>\n<p>a</div>",
		"<!doctype html>\n<p>a",
		"<!doctype html>\n<p>a > b</p>",
	} {
		if _, _, err := tokenize(bad); err == nil {
			t.Errorf("%q was taken", bad)
		}
	}
}

// TestPolicy: the policy that servers are told to send is that of every page.
func TestPolicy(t *testing.T) {
	files := gaoqing().files
	for _, name := range pagesOf(files) {
		list, _, err := tokenize(string(files[name]))
		if err != nil {
			t.Fatal(name, err)
		}
		if got := list[3].attrs["content"]; got != templates.Policy() {
			t.Errorf("%s has %q", name, got)
		}
	}
}

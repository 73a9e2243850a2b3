package site

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sunlot/sunlot/internal/fault"
)

const plainPage = "# 标题\n\n正文\n"

func pagesFS(extra map[string]string) fstest.MapFS {
	m := fstest.MapFS{}
	for _, key := range textOrder {
		m["pages/"+key+".md"] = &fstest.MapFile{Data: []byte(plainPage)}
	}
	for name, text := range extra {
		m[name] = &fstest.MapFile{Data: []byte(text)}
	}
	return m
}

func TestTextPages(t *testing.T) {
	b := gaoqing().bureau.bundle()
	for name, c := range map[string]struct{ file, text, code string }{
		"raw html":     {"pages/x.md", plainPage + "<div>x</div>\n", "site.page-html"},
		"inline html":  {"pages/x.md", plainPage + "a <b>x</b>\n", "site.page-html"},
		"script link":  {"pages/x.md", plainPage + "[x](javascript:alert(1))\n", "site.page-link"},
		"data link":    {"pages/x.md", plainPage + "[x](data:text/html,x)\n", "site.page-link"},
		"remote image": {"pages/x.md", plainPage + "![x](https://evil.example/x.png)\n", "site.page-link"},
		"image scheme": {"pages/x.md", plainPage + "![x](//evil.example/x.png)\n", "site.page-link"},
		"outside":      {"pages/x.md", plainPage + "[x](../../x.html)\n", "site.page-link"},
		"dead":         {"pages/x.md", plainPage + "[x](nowhere/index.html)\n", "site.dead-link"},
		"no image":     {"pages/x.md", plainPage + "![x](media/none.png)\n", "site.dead-link"},
		"no title":     {"pages/x.md", "正文\n", "site.page-title"},
		"two titles":   {"pages/x.md", plainPage + "# 又一个\n", "site.page-title"},
		"block":        {"pages/x.md", plainPage + "[[没有]]\n", "site.page-block"},
		"name":         {"pages/我.md", plainPage, "site.page-name"},
		"taken":        {"pages/rules.md", plainPage, "site.page-name"},
		"size":         {"pages/x.md", plainPage + strings.Repeat("长", maxText), "site.page-size"},
		"media":        {"pages/media/x.svg", "<svg/>", "site.media"},
		"media name":   {"pages/media/a b.png", "x", "site.media"},
		"good":         {"pages/x.md", plainPage + "[规则](rules/index.html)，[网](https://www.gov.cn/)\n\n| a | b |\n|---|---|\n| 1 | 2 |\n", ""},
	} {
		out := memory{}
		err := Build(b, pagesFS(map[string]string{c.file: c.text}), Options{}, out)
		if got := fault.Code(err); got != c.code || c.code == "" && err != nil {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
		if c.code == "" && !strings.Contains(string(out["x/index.html"]), `<a href="../rules/index.html">规则</a>`) {
			t.Errorf("%s: %s", name, out["x/index.html"])
		}
	}
	missing := pagesFS(nil)
	delete(missing, "pages/limits.md")
	if err := Build(b, missing, Options{}, memory{}); fault.Code(err) != "site.no-page" {
		t.Errorf("without a page: %v", err)
	}
	out := memory{}
	if err := Build(b, pagesFS(map[string]string{"pages/media/a.png": "png", "pages/x.md": plainPage + "![图](media/a.png)\n"}), Options{}, out); err != nil || string(out["media/a.png"]) != "png" {
		t.Errorf("an image of the site: %v", err)
	}
}

// FuzzText: whatever stands in a text page, it is refused or it becomes a page
// of nothing but plain elements.
func FuzzText(f *testing.F) {
	for _, s := range append([]string{"- a\n- b\n", "[[账本]]\n", "```\n<b>\n```\n", "![x](y)\n", "<http://a.b>\n", "\\<script>\n"}, hostile...) {
		f.Add(s)
	}
	m := &maker{}
	f.Fuzz(func(t *testing.T, src string) {
		p := &page{Root: "../"}
		parts, err := m.textParts(p, "x.md", src)
		if err != nil {
			return
		}
		for _, part := range parts {
			for _, bad := range []string{"<script", "<img src=\"http", "javascript:", "<style", "<svg", "<iframe"} {
				if strings.Contains(strings.ToLower(string(part.HTML)), bad) && !strings.Contains(strings.ToLower(src), "javascript:") {
					t.Fatalf("%q gives %s", src, part.HTML)
				}
			}
		}
	})
}

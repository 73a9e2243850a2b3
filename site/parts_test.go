package site

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/content"
)

// A page of links says the title of its list and leads back by its name: both
// change with the first enterprise of a character before all others.
func TestLinkPagesTitle(t *testing.T) {
	b := newBureau(t, "gaoqing", 20).bundle()
	name := filepath.Join(t.TempDir(), "public")
	list := &partList{dir: "firms/c-4e00/", section: "firms", parts: latestParts + 1,
		path: func(n int) string { return firmShelfPath("c-4e00", n) }, name: func(n int) string { return "第" + num(n) + "页" }}
	for _, words := range [][2]string{{"乙 至 丁", "乙 至 丁"}, {"甲 至 丁", "乙 至 丁"}, {"甲 至 丁", "甲 至 丁"}} {
		list.title, list.crumbs = words[0]+"的企业", []link{{firmShelfPath("c-4e00", 0), words[1]}}
		d := openDir(t, name, DirOptions{})
		m, err := newMaker(b, content.FS, Options{}, d)
		if err != nil {
			t.Fatal(err)
		}
		if err := m.linkPages(list); err != nil {
			t.Fatal(err)
		}
		write(t, d, map[string]string{"ledger/checkpoint": "x"})
		page := string(readAll(t, d.fsys)[list.shelf(1)])
		for _, want := range []string{words[0] + "的企业，第1至", ">" + words[1] + "</a>"} {
			if !strings.Contains(page, want) {
				t.Errorf("%q: the page does not say %q:\n%s", words, want, page)
			}
		}
	}
}

package site

import (
	"encoding/xml"
	"strings"
	"testing"
)

// The map for people leads to the entrance of every section, to no single
// record and to no second page of a list.
func TestSitemapPage(t *testing.T) {
	files := gaoqing().files
	to := hrefsOf(t, files, "sitemap.html")
	for _, s := range sections {
		if files[s.Href] != nil && !to[s.Href] {
			t.Errorf("no way to %s", s.Href)
		}
	}
	for _, name := range []string{"calendar/index.html", "report/index.html", "data/index.html", "workdays/index.html", "stats/2023/index.html", "draws/2023-001/index.html", "plan/2023/index.html"} {
		if !to[name] {
			t.Errorf("no way to %s", name)
		}
	}
	for name := range to {
		if strings.Contains(name, "/page-") || strings.HasPrefix(name, "results/1") || strings.HasPrefix(name, "book/5/") {
			t.Errorf("%s is no entrance", name)
		}
	}
	p := &page{Root: ""}
	g := sitemapGroup{}
	for i := range 500 {
		g.Links = append(g.Links, link{"draws/" + num(i) + "/index.html", num(i)})
	}
	g.Links = append(g.Links, link{"draws/index.html", "抽取"})
	g.arrange(p, sectionOf("draws"))
	if len(g.Links) != perGroup || g.Links[0].Href != "draws/index.html" || g.Links[perGroup-1].Text != "499" {
		t.Errorf("%d links, first %v, last %v", len(g.Links), g.Links[0], g.Links[len(g.Links)-1])
	}
}

// The map for machines names pages that are there, each once.
func TestSitemapXML(t *testing.T) {
	files := gaoqing().files
	var set struct {
		XMLName xml.Name `xml:"http://www.sitemaps.org/schemas/sitemap/0.9 urlset"`
		URL     []struct {
			Loc  string `xml:"loc"`
			Last string `xml:"lastmod"`
		} `xml:"url"`
	}
	if err := xml.Unmarshal(files["sitemap.xml"], &set); err != nil {
		t.Fatal(err)
	}
	seen, last := map[string]bool{}, map[string]string{}
	for _, u := range set.URL {
		name, ok := strings.CutPrefix(u.Loc, "https://www.example.gov.cn/sunlot/")
		if !ok || files[name] == nil || seen[name] {
			t.Errorf("%s", u.Loc)
		}
		seen[name], last[name] = true, u.Last
	}
	corrected := 0
	b := gaoqing().bureau
	for _, f := range b.state.Results {
		for _, c := range f.Corrections {
			corrected++
			firm := "firms/" + strings.ToLower(b.firmOf(f.Object.Handle).ID) + ".html"
			if at := day(c.Time); last[resultPath(f.Index)] < at || last[firm] < at || at <= day(f.Time) {
				t.Errorf("%s was corrected on %s, and the map says %q, of its enterprise %q", resultPath(f.Index), at, last[resultPath(f.Index)], last[firm])
			}
		}
	}
	if corrected == 0 {
		t.Error("nothing was corrected")
	}
	for _, name := range []string{"index.html", "stats/2023/index.html", "calendar/2023/index.html", "results/12.html", "draws/2023-001/index.html"} {
		if !seen[name] {
			t.Errorf("%s is not listed", name)
		}
	}
}

package site

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"net/url"
	"path"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sunlot/sunlot/content"
)

const atomSpace = "http://www.w3.org/2005/Atom"

type atomLink struct {
	Rel  string `xml:"rel,attr"`
	Href string `xml:"href,attr"`
}

type atomFeed struct {
	XMLName xml.Name   `xml:"http://www.w3.org/2005/Atom feed"`
	ID      []string   `xml:"http://www.w3.org/2005/Atom id"`
	Title   []string   `xml:"http://www.w3.org/2005/Atom title"`
	Updated []string   `xml:"http://www.w3.org/2005/Atom updated"`
	Author  []string   `xml:"http://www.w3.org/2005/Atom author>name"`
	Links   []atomLink `xml:"http://www.w3.org/2005/Atom link"`
	Entries []struct {
		ID       []string   `xml:"http://www.w3.org/2005/Atom id"`
		Title    []string   `xml:"http://www.w3.org/2005/Atom title"`
		Updated  []string   `xml:"http://www.w3.org/2005/Atom updated"`
		Summary  []string   `xml:"http://www.w3.org/2005/Atom summary"`
		Links    []atomLink `xml:"http://www.w3.org/2005/Atom link"`
		Category []struct {
			Term string `xml:"term,attr"`
		} `xml:"http://www.w3.org/2005/Atom category"`
	} `xml:"http://www.w3.org/2005/Atom entry"`
}

// atomOf reads a feed as RFC 4287 §4.1 demands it: elements of its name space
// alone, one id, title and updated each, absolute ids that do not repeat, times
// of RFC 3339, none after the feed's own.
func atomOf(data []byte) (*atomFeed, error) {
	d := xml.NewDecoder(bytes.NewReader(data))
	for {
		token, err := d.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
		if e, ok := token.(xml.StartElement); ok && (e.Name.Space != atomSpace ||
			!slices.Contains(strings.Fields("feed id title updated author name link entry category summary"), e.Name.Local)) {
			return nil, fmt.Errorf("element %v", e.Name)
		}
	}
	f := new(atomFeed)
	if err := xml.Unmarshal(data, f); err != nil {
		return nil, err
	}
	if len(f.Author) != 1 || f.Author[0] == "" {
		return nil, fmt.Errorf("authors %v", f.Author)
	}
	seen := map[string]bool{}
	one := func(id, title, updated []string) error {
		if len(id) != 1 || len(title) != 1 || len(updated) != 1 || title[0] == "" || seen[id[0]] {
			return fmt.Errorf("id %v, title %v, updated %v", id, title, updated)
		}
		seen[id[0]] = true
		if u, err := url.Parse(id[0]); err != nil || u.Scheme != "tag" || u.Opaque == "" {
			return fmt.Errorf("id %s: %v", id[0], err)
		}
		_, err := time.Parse(time.RFC3339, updated[0])
		return err
	}
	if err := one(f.ID, f.Title, f.Updated); err != nil {
		return nil, err
	}
	for _, e := range f.Entries {
		if err := one(e.ID, e.Title, e.Updated); err != nil {
			return nil, err
		}
		if len(e.Links) != 1 || e.Links[0].Rel != "alternate" || len(e.Category) != 1 || e.Category[0].Term == "" || len(e.Summary) != 1 {
			return nil, fmt.Errorf("entry %s: %v %v %v", e.ID[0], e.Links, e.Category, e.Summary)
		}
		if e.Updated[0] > f.Updated[0] {
			return nil, fmt.Errorf("%s is after %s", e.Updated[0], f.Updated[0])
		}
	}
	return f, nil
}

func TestFeeds(t *testing.T) {
	b := gaoqing()
	bare := memory{}
	if err := Build(b.bureau.bundle(), content.FS, Options{}, bare); err != nil {
		t.Fatal(err)
	}
	const base = "https://www.example.gov.cn/sunlot/"
	for _, f := range feeds {
		based, err := atomOf(b.files[f.path])
		if err != nil {
			t.Fatal(f.path, err)
		}
		alone, err := atomOf(bare[f.path])
		if err != nil {
			t.Fatal(f.path, err)
		}
		if n := len(based.Entries); n < 5 || n > perFeed || n != len(alone.Entries) {
			t.Fatalf("%s has %d entries", f.path, n)
		}
		if len(based.Links) != 2 || based.Links[0] != (atomLink{"self", base + f.path}) || based.Links[1] != (atomLink{"alternate", base + f.page}) {
			t.Errorf("%s: %v", f.path, based.Links)
		}
		for i, e := range based.Entries {
			there, ok := strings.CutPrefix(e.Links[0].Href, base)
			here := path.Join(path.Dir(f.path), alone.Entries[i].Links[0].Href)
			if !ok || there != here || b.files[there] == nil {
				t.Errorf("%s: %s and %s", f.path, e.Links[0].Href, alone.Entries[i].Links[0].Href)
			}
			if e.ID[0] != alone.Entries[i].ID[0] || !strings.HasPrefix(e.ID[0], "tag:example.gov.cn,2023-08-01:gaoqing/entry/") {
				t.Errorf("%s: id %s", f.path, e.ID[0])
			}
		}
		want := `<link rel="alternate" type="application/atom+xml" title="` + f.title + `（Atom）" href="` + strings.Repeat("../", strings.Count(f.page, "/")) + f.path + `">`
		if !strings.Contains(string(b.files[f.page]), want) {
			t.Errorf("%s does not name its feed", f.page)
		}
	}
	if news, _ := atomOf(b.files["news.xml"]); news.Updated[0] != "2024-07-14T08:00:00+08:00" || len(news.Entries) < 40 {
		t.Errorf("the news are of %s, %d entries", news.Updated[0], len(news.Entries))
	}
	if !bytes.Contains(b.files["draws/atom.xml"], []byte("（不相符，没有效力）")) {
		t.Error("a record without effect looks like one with it")
	}
}

// A feed's entry stays as it is when records come.
func TestFeedStays(t *testing.T) {
	b := newBureau(t, "gaoqing", 60)
	before, err := atomOf(buildOf(t, b)["news.xml"])
	b.must(err)
	b.announce("2024-07-01T09:00:00", "1", 9367912, "2024-07-15", "2024-09-30")
	after, err := atomOf(buildOf(t, b)["news.xml"])
	b.must(err)
	if len(after.Entries) != len(before.Entries)+1 {
		t.Fatalf("%d entries, then %d", len(before.Entries), len(after.Entries))
	}
	for i, e := range before.Entries {
		if now := after.Entries[i+1]; e.ID[0] != now.ID[0] || e.Title[0] != now.Title[0] || e.Updated[0] != now.Updated[0] {
			t.Errorf("%v became %v", e, now)
		}
	}
}

// The reader of this test must find what it is there for.
func TestAtomFinds(t *testing.T) {
	good := string(gaoqing().files["draws/atom.xml"])
	if _, err := atomOf([]byte(good)); err != nil {
		t.Fatal(err)
	}
	for what, bad := range map[string]string{
		"another name space": strings.Replace(good, atomSpace, "http://example.org", 1),
		"an element":         strings.Replace(good, "<entry>", "<script></script><entry>", 1),
		"a relative id":      strings.Replace(good, "<id>tag:", "<id>", 2),
		"no time":            strings.Replace(good, "<updated>2", "<updated>x", 1),
		"two titles":         strings.Replace(good, "<title>", "<title>x</title><title>", 1),
		"one id twice":       strings.Replace(good, "</feed>", good[strings.Index(good, "<entry>"):], 1),
		"not closed":         strings.Replace(good, "</entry>", "", 1),
		"bare ampersand":     strings.Replace(good, "<title>", "<title>&", 1),
	} {
		if _, err := atomOf([]byte(bad)); err == nil {
			t.Errorf("%s passes", what)
		}
	}
}

package command_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestProvinceLinks: no page of the portal leads to an office that has published
// nothing; once it has, they do.
func TestProvinceLinks(t *testing.T) {
	dir := counties(t, 2)
	config := filepath.Join(dir, "county-001", "office.toml")
	if err := os.Rename(config, config+".kept"); err != nil {
		t.Fatal(err)
	}
	pages := func() (all string) {
		for _, name := range []string{"index.html", "draws/index.html", "overdue/index.html", "verify/index.html"} {
			data, err := os.ReadFile(filepath.Join(dir, "public", filepath.FromSlash(name)))
			if err != nil {
				t.Fatal(err)
			}
			all += string(data)
		}
		return all
	}
	if code, _ := publishes(t, t.Context(), dir, nil); code != 3 {
		t.Errorf("exit %d", code)
	}
	if all := pages(); strings.Contains(all, "county-001/") || !strings.Contains(all, `href="county-000/index.html"`) {
		t.Errorf("links: %s", all)
	}
	if err := os.Rename(config+".kept", config); err != nil {
		t.Fatal(err)
	}
	if code, got := publishes(t, t.Context(), dir, nil); code != 0 {
		t.Errorf("exit %d: %+v", code, got)
	}
	if !strings.Contains(pages(), `href="county-001/index.html"`) {
		t.Error("no link to a site that stands")
	}
}

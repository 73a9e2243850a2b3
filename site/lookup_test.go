package site

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/lookup"
)

// lookupRows are the rows of all files of the index below a folder.
func lookupRows(t *testing.T, files memory, folder string) [][]string {
	t.Helper()
	var all [][]string
	for name, data := range files {
		if !strings.HasPrefix(name, "lookup/"+folder+"/") {
			continue
		}
		text, ok := strings.CutSuffix(string(data), ")\n")
		_, inside, ok2 := strings.Cut(text, ",[")
		var rows [][]string
		if err := json.Unmarshal([]byte("["+inside), &rows); err != nil || !ok || !ok2 {
			t.Fatalf("%s: %v", name, err)
		}
		all = append(all, rows...)
	}
	if len(all) == 0 {
		t.Fatalf("nothing in %s", folder)
	}
	return all
}

// TestLookup: every enterprise, drawn handle, draw and entry is in the index,
// and every address in it leads to a page.
func TestLookup(t *testing.T) {
	for pack, b := range map[string]built{"gaoqing": gaoqing(), "yanshi": yanshi()} {
		keys, names, entries := lookupRows(t, b.files, "key"), lookupRows(t, b.files, "name"), lookupRows(t, b.files, "entry")
		has := func(key, kind string) bool {
			return slices.ContainsFunc(keys, func(r []string) bool { return r[0] == lookup.FoldKey(key) && r[1] == kind })
		}
		bundle := b.bureau.bundle()
		for _, l := range bundle.State.Lots {
			if !has(l.Body.Draw, "draw") {
				t.Errorf("%s: no draw %s", pack, l.Body.Draw)
			}
			for _, o := range l.Objects {
				if !has(o.Handle, "drawn") || o.ID != "" && !has(o.ID, "firm") {
					t.Errorf("%s: %s %s is not found", pack, o.Handle, o.ID)
				}
			}
		}
		if len(entries) != len(bundle.Entries) {
			t.Errorf("%s: %d of %d entries", pack, len(entries), len(bundle.Entries))
		}
		for _, f := range bundle.State.Results {
			name, code := bundle.Entries[f.Index].Value("name"), bundle.Entries[f.Index].Value("code")
			if name != "" && !slices.ContainsFunc(names, func(r []string) bool { return r[0] == name && r[2] == code }) {
				t.Errorf("%s: %q is not found", pack, name)
			}
			if code != "" && !has(code, "firm") {
				t.Errorf("%s: %s of result %d is not found", pack, code, f.Index)
			}
		}
		for _, r := range slices.Concat(keys, names, entries) {
			if page := addressOf(r) + ".html"; b.files[page] == nil {
				t.Errorf("%s: %q leads to %s", pack, r, page)
			}
		}
	}
}

// addressOf is the page of a row, as spec/lookup.md has it.
func addressOf(r []string) string {
	switch r[1] {
	case "firm":
		if r[5] == "" {
			return "firms/" + strings.ToLower(r[2])
		}
		return r[5]
	case "drawn":
		return r[3]
	case "draw":
		return r[4]
	}
	return r[3]
}

// TestLookupCloses: what no opening tells is not in the index either.
func TestLookupCloses(t *testing.T) {
	b := newBureau(t, "gaoqing", 60)
	lot := b.cast("2023-09-15T19:05:00", b.announce("2023-09-14T09:00:00", "1", 657413, "2023-09-18", "2023-10-31"))
	b.dispatch("2023-09-18T09:00:00", lot, "2023-09-18", "2023-10-31")
	b.finish("2023-10-21T10:00:00", lot, lot.Objects[0], "a", "2023-10-12", "2023-10-18")
	open := b.firmOf(lot.Objects[0].Handle)
	found := map[string]bool{}
	for name, data := range buildOf(t, b) {
		if !strings.HasPrefix(name, "lookup/") {
			continue
		}
		for _, f := range b.firms {
			if strings.Contains(string(data), f.ID) || strings.Contains(string(data), f.Name) {
				found[f.ID] = true
			}
		}
	}
	if len(found) != 1 || !found[open.ID] {
		t.Errorf("the index tells %v, and only %s is open", found, open.ID)
	}
}

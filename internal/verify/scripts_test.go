package verify_test

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/verify"
)

// TestScripts: a site serves the scripts that its ledger names.
func TestScripts(t *testing.T) {
	w := newWriter(t, "gaoqing")
	old, now := []byte("old"), []byte("now")
	for i, data := range [][]byte{old, now} {
		w.say([]string{"2023-08-01T10:00:00", "2023-08-02T10:00:00"}[i], &record.Software{Date: "2023-08-01", Files: []record.Script{{Name: "verify.js", SHA256: rules.Hash(data), Bytes: 3}}})
	}
	for _, c := range []struct {
		name   string
		script []byte // nil: none
		whole  bool
		want   []string
	}{
		{"as named", now, true, nil},
		{"of an earlier entry", old, true, []string{"verify.script-old"}},
		{"nobody's", []byte("evil"), true, []string{"verify.script-differs"}},
		{"as named, and more behind it", append(slices.Clone(now), make([]byte, 9<<20)...), true, []string{"verify.script-differs"}},
		{"none", nil, true, []string{"verify.script-missing"}},
		{"the ledger alone", nil, false, nil},
	} {
		site, prefix := fstest.MapFS{}, ""
		if c.whole {
			prefix = "ledger/"
		}
		for name, data := range w.dir {
			site[prefix+name] = &fstest.MapFile{Data: data}
		}
		if c.script != nil {
			site["script/verify.js"] = &fstest.MapFile{Data: c.script}
		}
		b, err := verify.Open(site, verify.Options{Today: "2023-08-03"})
		if err != nil {
			t.Fatal(c.name, err)
		}
		var got []string
		for _, f := range b.Findings {
			if strings.HasPrefix(f.Code, "verify.script") {
				got = append(got, f.Code)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v", c.name, got)
		}
		if bad := slices.Contains(c.want, "verify.script-differs"); b.Failed() != bad {
			t.Errorf("%s: failed %v", c.name, b.Failed())
		}
	}
}

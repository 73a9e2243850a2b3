package demo

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sunlot/sunlot/internal/cluster"
)

// Both years once more, with their ledgers on real log servers: every command
// says what it says with the ledger on this machine, and entries, tiles, roots,
// proofs, the guard's record and the site are the same bytes.
func TestYearsUnderTrillian(t *testing.T) {
	c := cluster.New(t, cluster.Options{Interval: 20 * time.Millisecond})
	settings := filepath.Join(t.TempDir(), "servers.toml")
	var addresses []string
	for _, s := range c.LogServers {
		addresses = append(addresses, fmt.Sprintf("%q", s.Addr))
	}
	if err := os.WriteFile(settings, fmt.Appendf(nil, "[ledger]\naddress = [%s]\nwait_seconds = 60\n", strings.Join(addresses, ", ")), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, name := range Names {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a := year(t, name)
			b := &lived{name: name, dir: filepath.Join(base, name+" on servers"), site: filepath.Join(base, name+" on servers, site")}
			r, err := NewRun(name, b.dir, &b.log, nil)
			if err != nil {
				t.Fatal(err)
			}
			r.ledger = settings
			if err := r.Live(); err != nil {
				t.Fatal(err)
			}
			if err := r.Build(b.site); err != nil {
				t.Fatal(err)
			}
			if x, y := steady(a.log.String(), a.dir, a.site), steady(b.log.String(), b.dir, b.site); x != y {
				t.Errorf("the transcripts differ: %s", difference(x, y))
			}
			sameTree(t, filepath.Join(a.dir, "ledger"), filepath.Join(b.dir, "ledger"), 400)
			sameTree(t, a.site, b.site, 800)
			same := func(file string) {
				x, err := os.ReadFile(filepath.Join(a.dir, file))
				y, err2 := os.ReadFile(filepath.Join(b.dir, file))
				if err != nil || err2 != nil || !bytes.Equal(x, y) {
					t.Errorf("%s differs: %v, %v", file, err, err2)
				}
			}
			same("guard/signed")
			// And the tree holds them all: this office did not write on its own.
			if out := r.at("2024-07-31 18:00:00", 0, "ledger", "status", "--all", "--json"); !strings.Contains(out, `"engine": "trillian"`) || !strings.Contains(out, `"all": true`) {
				t.Errorf("status: %s", out)
			}
		})
	}
}

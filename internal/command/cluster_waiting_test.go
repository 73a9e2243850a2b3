package command_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sunlot/sunlot/internal/command"
)

// cutOff is a copy of an office that has announced a draw and lost its power
// while it wrote the next entry: its newest record is signed and not public.
func cutOff(t *testing.T, folder string) {
	t.Helper()
	from, _, err := stage("gaoqing", "planned")
	if err != nil {
		t.Fatal(err)
	}
	put(t, from, folder)
	now, err := time.ParseInLocation("2006-01-02 15:04:05", "2023-08-23 15:00:00", firstMorning.Location())
	if err != nil {
		t.Fatal(err)
	}
	cut := false
	c := command.Command{Args: []string{"draw", "announce", "--plan", "G1", "--round", "123", "--yes"}, Stdin: strings.NewReader(""), Stdout: io.Discard, Stderr: io.Discard, Env: fixtureEnv,
		Now: func() time.Time { return now }, Rand: newPerson(t.Name()).rand, Dir: folder, Hook: func(_, name string, do func() error) error {
			if cut = cut || strings.HasPrefix(name, "tile/"); cut {
				return errors.New("no power")
			}
			return do()
		}}
	if code := c.Run(t.Context()); code == 0 || !cut {
		t.Fatalf("exit %d, cut off: %v", code, cut)
	}
}

// TestProvinceWaiting: what an office has published stands while its newest
// records wait, unless something is wrong with it; that comes first.
func TestProvinceWaiting(t *testing.T) {
	dir := counties(t, 3)
	from, _, err := stage("gaoqing", "planned")
	if err != nil {
		t.Fatal(err)
	}
	put(t, from, filepath.Join(dir, "county-000"))
	fresh := copied(t, dir)
	if code, got := publishes(t, t.Context(), dir, nil); code != 0 {
		t.Fatalf("exit %d: %+v", code, got)
	}
	cutOff(t, filepath.Join(dir, "county-000"))
	code, got := publishes(t, t.Context(), dir, nil)
	if o := got.Offices[0]; code != 3 || o.Did != "waiting" || o.State != "核验相符" || o.Error != "command.unfinished" || got.Unreached != 1 {
		t.Errorf("exit %d: %+v", code, got)
	}
	p := newPerson(t.Name())
	p.now = firstMorning.AddDate(0, 3, 0)
	if code, out, _ := p.run(dir, fixtureEnv, "cluster", "status", "--json"); code != 0 || !strings.Contains(out, `"command.unfinished"`) {
		t.Errorf("exit %d: %s", code, out)
	}
	if code, out, _ := p.run(dir, fixtureEnv, "cluster", "status"); code != 0 || !strings.Contains(out, "没有写完") {
		t.Errorf("exit %d: %s", code, out)
	}
	if err := os.WriteFile(filepath.Join(dir, "public", "county-000", "ledger", "stray"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, got = publishes(t, t.Context(), dir, nil); code != 1 || got.Offices[0].Did != "waiting" || got.Offices[0].State != "不相符" || got.Unsound != 1 {
		t.Errorf("with a stray file: exit %d: %+v", code, got)
	}

	// Nothing is published yet, with a folder there and without.
	cutOff(t, filepath.Join(fresh, "county-000"))
	for range 2 {
		if code, got = publishes(t, t.Context(), fresh, nil); code != 3 || got.Offices[0].Error != "command.unfinished" || got.Offices[0].State != "无法核验" {
			t.Errorf("not published: exit %d: %+v", code, got)
		}
		page, err := os.ReadFile(filepath.Join(fresh, "public", "portal.json"))
		if err != nil || !bytes.Contains(page, []byte(`"command.unfinished"`)) {
			t.Errorf("%v %s", err, page)
		}
		if err := os.MkdirAll(filepath.Join(fresh, "public", "county-000"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
}

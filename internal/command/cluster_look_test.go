package command_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sunlot/sunlot/internal/province"
)

// status runs cluster status --json.
func status(t *testing.T, dir string) (int, toured) {
	t.Helper()
	p := newPerson(t.Name())
	p.now = firstMorning.AddDate(0, 3, 0)
	code, out, errOut := p.run(dir, fixtureEnv, "cluster", "status", "--json")
	var got toured
	if err := json.Unmarshal([]byte(out), &got); err != nil {
		t.Fatalf("exit %d: %v\n%s%s", code, err, out, errOut)
	}
	return code, got
}

// put replaces a folder with another one.
func put(t *testing.T, from, to string) {
	t.Helper()
	err := os.RemoveAll(to)
	if err == nil {
		err = os.CopyFS(to, os.DirFS(from))
	}
	if err != nil {
		t.Fatal(err)
	}
}

// made is the site of an office like the third of counties, at another hour, by
// somebody whose randomness begins with seed.
func madeSite(t *testing.T, seed string) string {
	t.Helper()
	dir := t.TempDir()
	p := newPerson(seed)
	p.now = p.now.Add(time.Hour)
	for _, args := range [][]string{
		{"init", dir, "--pack", "gaoqing", "--name", "演示第2县应急管理局", "--origin", "demo.example/county-002", "--demo", "--internet=false"},
		{"build", "-C", dir},
	} {
		if code, out, errOut := p.run(dir, fixtureEnv, args...); code != 0 {
			t.Fatal(out, errOut)
		}
	}
	return filepath.Join(dir, "public")
}

// TestProvinceForged: a ledger that verifies by itself counts only if it is the
// office's own.
func TestProvinceForged(t *testing.T) {
	first := counties(t, 3)
	if code, got := publishes(t, t.Context(), first, nil); code != 0 {
		t.Fatalf("exit %d: %+v", code, got)
	}
	if code, got := status(t, first); code != 0 || got.Offices[2].State != "核验相符" {
		t.Fatalf("exit %d: %+v", code, got)
	}
	site := func(dir, id string) string { return filepath.Join(dir, "public", id) }
	for _, c := range []struct {
		name string
		do   func(dir string)
		bad  map[int]string
	}{
		{"swapped", func(dir string) {
			put(t, site(first, "county-000"), site(dir, "county-001"))
			put(t, site(first, "county-001"), site(dir, "county-000"))
		}, map[int]string{0: "office.pin-other", 1: "office.pin-other"}},
		{"another key", func(dir string) { put(t, madeSite(t, "forger"), site(dir, "county-002")) }, map[int]string{2: "office.pin-other"}},
		{"its own key", func(dir string) { put(t, madeSite(t, t.Name()), site(dir, "county-002")) }, map[int]string{2: "office.pin-fork"}},
		{"another key, and no keys here", func(dir string) {
			put(t, madeSite(t, "forger"), site(dir, "county-002"))
			if err := os.RemoveAll(filepath.Join(dir, "county-002", "private")); err != nil {
				t.Fatal(err)
			}
		}, map[int]string{2: "office.pin-other"}},
		{"no keys here", func(dir string) {
			if err := os.RemoveAll(filepath.Join(dir, "county-002", "private")); err != nil {
				t.Fatal(err)
			}
		}, nil},
		{"nothing to know it by", func(dir string) {
			for _, name := range []string{"private", "ledger"} {
				if err := os.RemoveAll(filepath.Join(dir, "county-002", name)); err != nil {
					t.Fatal(err)
				}
			}
		}, map[int]string{2: "office.pin-none"}},
		{"a ledger that is behind its site", func(dir string) {
			from, _, err := stage("gaoqing", stages[0].name)
			if err != nil {
				t.Fatal(err)
			}
			put(t, filepath.Join(from, "ledger"), filepath.Join(dir, "county-000", "ledger"))
		}, nil},
	} {
		dir := copied(t, first)
		c.do(dir)
		code, got := status(t, dir)
		for i, o := range got.Offices {
			if want := c.bad[i]; o.Error != want || (o.State == "核验相符") != (want == "") || (o.State == "不相符") != (want != "" && want != "office.pin-none") {
				t.Errorf("%s: %+v, want %q", c.name, o, want)
			}
		}
		if (code == 0) != (len(c.bad) == 0) || (code == 1) != (got.Unsound > 0) {
			t.Errorf("%s: exit %d", c.name, code)
		}
	}
}

// TestProvinceForgedPage: the key of who made a ledger up stands on no page.
func TestProvinceForgedPage(t *testing.T) {
	dir := counties(t, 3)
	if code, got := publishes(t, t.Context(), dir, nil); code != 0 {
		t.Fatalf("exit %d: %+v", code, got)
	}
	put(t, madeSite(t, "forger"), filepath.Join(dir, "public", "county-002"))
	policy, err := os.ReadFile(filepath.Join(dir, "public", "county-002", "ledger", "policy"))
	if err != nil {
		t.Fatal(err)
	}
	key := strings.Fields(string(policy))[1]
	p := newPerson(t.Name())
	p.now = firstMorning.AddDate(0, 3, 0)
	if code, _, errOut := p.run(dir, fixtureEnv, "cluster", "publish", "county-000"); code != 1 {
		t.Errorf("exit %d: %s", code, errOut)
	}
	for _, name := range []string{"portal.json", "verify/index.html", "index.html"} {
		page, err := os.ReadFile(filepath.Join(dir, "public", filepath.FromSlash(name)))
		if err != nil || !strings.Contains(key, "demo.example/county-002") || bytes.Contains(page, []byte(key)) {
			t.Errorf("%s names %s: %v", name, key, err)
		}
	}
}

// TestProvinceForgedFirst: nothing that another key signed is published as the
// office's own.
func TestProvinceForgedFirst(t *testing.T) {
	dir := counties(t, 3)
	put(t, filepath.Join(madeSite(t, "forger"), "ledger"), filepath.Join(dir, "county-002", "ledger"))
	code, got := publishes(t, t.Context(), dir, nil)
	if o := got.Offices[2]; code != 1 || o.Error != "office.pin-other" || o.State != "不相符" {
		t.Errorf("exit %d: %+v", code, got)
	}
	if _, err := os.Stat(filepath.Join(dir, "public", "county-002", "ledger")); !os.IsNotExist(err) {
		t.Error(err)
	}
}

// TestProvinceTwins: one ledger under two ids is nobody's.
func TestProvinceTwins(t *testing.T) {
	dir := counties(t, 3)
	put(t, filepath.Join(dir, "county-000"), filepath.Join(dir, "county-003"))
	var list []province.Office
	for _, id := range []string{"county-000", "county-001", "county-002", "county-003"} {
		list = append(list, province.Office{ID: id, Folder: id})
	}
	if err := os.WriteFile(filepath.Join(dir, province.Name), province.Format("演示省（演示）", list), 0o644); err != nil {
		t.Fatal(err)
	}
	code, got := publishes(t, t.Context(), dir, nil)
	if code != 1 || got.Unsound != 2 {
		t.Errorf("exit %d: %+v", code, got)
	}
	for i, o := range got.Offices {
		if twin := i == 0 || i == 3; (o.Error == "province.same-ledger") != twin || (o.State == "不相符") != twin {
			t.Errorf("%+v", o)
		}
	}
}

// TestProvinceStands: what keeps a site from being renewed is no judgement of the
// site that stands, and the exit code says what the rows say.
func TestProvinceStands(t *testing.T) {
	first := counties(t, 3)
	if code, got := publishes(t, t.Context(), first, nil); code != 0 {
		t.Fatalf("exit %d: %+v", code, got)
	}
	write := func(dir, name, text string) {
		f, err := os.OpenFile(filepath.Join(dir, filepath.FromSlash(name)), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
		if err == nil {
			_, err = f.WriteString(text)
			f.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		name  string
		do    func(dir string)
		code  int
		state string
	}{
		{"a damaged checkpoint here", func(dir string) { write(dir, "county-002/ledger/checkpoint", "x\n") }, 3, "核验相符"},
		{"and a stray file in the site's ledger", func(dir string) {
			write(dir, "county-002/ledger/checkpoint", "x\n")
			write(dir, "public/county-002/ledger/stray", "x\n")
		}, 1, "不相符"},
		{"an unknown key in office.toml", func(dir string) { write(dir, "county-002/office.toml", "\n[colour]\nred = 1\n") }, 3, "无法核验"},
	} {
		dir := copied(t, first)
		c.do(dir)
		code, got := publishes(t, t.Context(), dir, nil)
		if o := got.Offices[2]; code != c.code || o.State != c.state || o.Did != "failed" || o.Error == "" || (got.Unsound == 1) != (c.code == 1) {
			t.Errorf("%s: exit %d, %+v", c.name, code, got)
		}
		page, err := os.ReadFile(filepath.Join(dir, "public", "portal.json"))
		if err != nil || (c.code == 3 && c.state == "核验相符") != bytes.Contains(page, []byte(`"province.not-renewed"`)) && c.code == 3 {
			t.Errorf("%s: %v\n%s", c.name, err, page)
		}
	}
}

// TestProvincePortalFails: a portal that cannot be written is no ledger's fault,
// and --json stays one document.
func TestProvincePortalFails(t *testing.T) {
	dir := counties(t, 3)
	if err := os.MkdirAll(filepath.Join(dir, "public"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "public", "index.html"), []byte("ours"), 0o644); err != nil {
		t.Fatal(err)
	}
	code, got := publishes(t, t.Context(), dir, nil)
	if code != 3 || got.Portal != nil {
		t.Errorf("exit %d: %+v", code, got)
	}
	if err := os.WriteFile(filepath.Join(dir, "public", ".sunlot-portal"), []byte("ours"), 0o644); err != nil {
		t.Fatal(err)
	}
	if code, _ := publishes(t, t.Context(), dir, nil); code != 3 {
		t.Errorf("exit %d", code)
	}
}

func TestClusterMemory(t *testing.T) {
	dir := t.TempDir()
	for _, memory := range []string{"0", "9007199254740993", "9223372036854775807"} {
		if code, _, errOut := newPerson(t.Name()).run(dir, fixtureEnv, "cluster", "status", "--memory", memory); code != 2 || !strings.Contains(errOut, "--memory") {
			t.Errorf("%s: exit %d: %s", memory, code, errOut)
		}
	}
}

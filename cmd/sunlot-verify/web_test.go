package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/verify"
)

// served is a plain web server over a folder: no lists of folders.
func served(t *testing.T, dir string) string {
	t.Helper()
	files := http.FileServer(http.Dir(dir))
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/") {
			http.NotFound(w, r)
			return
		}
		files.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	return srv.URL
}

// Over the web the report is the one of the folder, word for word.
func TestURL(t *testing.T) {
	dir := memory(t)
	if err := site(dir, ""); err != nil {
		t.Fatal(err)
	}
	url := served(t, dir)
	for _, format := range [][]string{nil, {"--json"}, {"--policy", filepath.Join(dir, "ledger", "policy")}} {
		code, want := run(append([]string{dir}, format...)...)
		if code != 0 {
			t.Fatalf("folder: exit %d\n%s", code, want)
		}
		for _, place := range []string{url, url + "/", url + "/ledger", url + "/ledger/"} {
			if code, got := run(append([]string{place}, format...)...); code != 0 || got != want {
				t.Errorf("%s %v: exit %d\n%s\nwant\n%s", place, format, code, got, want)
			}
		}
	}
}

// What can be seen without a list of the folder is seen: every file that an
// entry speaks of. A file too many is not.
func TestDamageOverTheWeb(t *testing.T) {
	if testing.Short() {
		t.Skip("hundreds of verifications are no short test")
	}
	files := ledgerFiles(t)
	dir := memory(t)
	if err := site(dir, "ledger/"); err != nil {
		t.Fatal(err)
	}
	url := served(t, dir)
	ledger := filepath.Join(dir, "ledger")
	for name, data := range files {
		file := filepath.Join(ledger, filepath.FromSlash(name))
		for _, change := range []string{"flipped", "gone"} {
			var err error
			if change == "gone" {
				err = os.Remove(file)
			} else {
				bad := append([]byte(data), 0)[:max(len(data), 1)]
				bad[len(bad)/2] ^= 1
				err = os.WriteFile(file, bad, 0o644)
			}
			if err != nil {
				t.Fatal(err)
			}
			want := 1
			if change == "gone" && name == "checkpoint" {
				want = 3
			}
			if code, out := run(url); code != want || !strings.Contains(out, name) {
				t.Errorf("%s %s: exit %d, want %d, or not named\n%s", name, change, code, want, out)
			}
		}
		if err := os.WriteFile(file, []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(ledger, "extra"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if code, out := run(url); code != 0 {
		t.Errorf("a file too many: exit %d over the web\n%s", code, out)
	}
	if code, _ := run(dir); code != 1 {
		t.Errorf("a file too many: exit %d in the folder", code)
	}
}

// A server that breaks off is 3, never a verdict; one that says 500 likewise.
func TestBadServers(t *testing.T) {
	for name, h := range map[string]http.HandlerFunc{
		"500":     func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(500) },
		"hang up": func(w http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) },
		"short": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "1000")
			fmt.Fprint(w, "demo")
		},
	} {
		srv := httptest.NewServer(h)
		if code, out := run(srv.URL); code != 3 || !strings.Contains(out, "checkpoint") {
			t.Errorf("%s: exit %d\n%s", name, code, out)
		}
		srv.Close()
	}
	srv := httptest.NewServer(http.NotFoundHandler())
	defer srv.Close()
	if code, out := run(srv.URL); code != 3 {
		t.Errorf("404: exit %d\n%s", code, out)
	}
}

// Of many findings of one kind the first are printed and the rest counted, each
// kind in the order in which it came; every run prints the same.
func TestManyFindings(t *testing.T) {
	var list []rules.Finding
	codes := []string{"verify.k-missing", "ledger.audit-copy", "ledger.audit-proof", "verify.bad-opening", "rules.quota"}
	for i := range 150 {
		list = append(list, rules.Finding{Code: codes[i%len(codes)], Severity: rules.Breach, Entry: int64(i), Place: fmt.Sprint("place ", i)})
	}
	var first string
	for range 10 {
		var b bytes.Buffer
		(&Command{Stdout: &b}).findings(&verify.Bundle{State: rules.New()}, list)
		if first == "" {
			first = b.String()
		}
		if b.String() != first {
			t.Fatalf("two runs differ:\n%s\n%s", first, &b)
		}
	}
	var more []string
	for line := range strings.Lines(first) {
		if strings.Contains(line, "另有") {
			more = append(more, line)
		}
	}
	if strings.Count(first, "\n") != len(codes)*(shown+1) || len(more) != len(codes) {
		t.Fatalf("%d lines\n%s", strings.Count(first, "\n"), first)
	}
	for i, code := range codes {
		if want := fmt.Sprintf("  · 另有 %d 项同类（%s），--json 列出全部\n", 30-shown, code); more[i] != want {
			t.Errorf("got %q, want %q", more[i], want)
		}
	}
}

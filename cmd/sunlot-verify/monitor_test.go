package main

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Visits over the web, as cron makes them: quiet while nothing is new, one line
// of JSON an event, exit 1 for as long as something does not hold.
func TestMonitor(t *testing.T) {
	dir, state := memory(t), memory(t)
	if err := site(dir, "ledger/"); err != nil {
		t.Fatal(err)
	}
	url := served(t, dir)
	watched := firstResult(t)
	visit := func(want int, args ...string) string {
		t.Helper()
		code, out := run(append([]string{"monitor", url, "--state", state, "--today", "2023-11-02"}, args...)...)
		if code != want {
			t.Fatalf("exit %d, want %d\n%s", code, want, out)
		}
		return out
	}
	out := visit(0, "--watch", watched)
	for _, want := range []string{"【提示】" + watched + " 在 2023-001 次抽取中被抽中", "的检查结果已公示", "结论：第一次看，没有以前的快照可比；核验相符。"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if out := visit(0, "--watch", watched, "--quiet"); out != "" {
		t.Errorf("nothing is new, and yet\n%s", out)
	}
	if out := visit(0); !strings.Contains(out, "结论：与以前看到的前后一致，核验相符。") {
		t.Errorf("the third visit\n%s", out)
	}
	if out := visit(0, "--watch", watched, "--all"); strings.Count(out, watched) != 3 { // drawn, result, its correction
		t.Errorf("--all\n%s", out)
	}

	// The office hides its pool file after a draw.
	pools, err := filepath.Glob(filepath.Join(dir, "ledger", "opening", "*.json"))
	if err != nil || len(pools) == 0 {
		t.Fatal(pools, err)
	}
	if err := os.Remove(pools[0]); err != nil {
		t.Fatal(err)
	}
	for _, fresh := range []bool{true, false} {
		out := visit(1, "--json", "--all")
		found := false
		for line := range strings.Lines(out) {
			var e struct {
				Severity, Message, Time string
				New                     bool
			}
			if err := json.Unmarshal([]byte(line), &e); err != nil {
				t.Fatalf("%q: %v", line, err)
			}
			found = found || e.Severity == "breach" && e.New == fresh && e.Message != "" && e.Time == "2023-11-02T17:00:00+08:00"
		}
		if !found {
			t.Errorf("new %v: no breach told\n%s", fresh, out)
		}
	}
}

// firstResult is the code of a firm whose result of the small office is public
// and was corrected.
func firstResult(t *testing.T) string {
	t.Helper()
	dir := memory(t)
	if err := site(dir, "ledger/"); err != nil {
		t.Fatal(err)
	}
	names, _ := filepath.Glob(filepath.Join(dir, "ledger", "opening", "*.json"))
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var o struct {
			Fields map[string]struct{ Value string }
		}
		if err := json.Unmarshal(data, &o); err != nil {
			t.Fatal(err)
		}
		if code := o.Fields["code"].Value; code != "" {
			return code
		}
	}
	t.Fatal("no result is open")
	return ""
}

// A witness shows the latest checkpoint that it has cosigned: a site that shows
// less holds something back.
func TestMonitorWitness(t *testing.T) {
	dir := memory(t)
	if err := site(dir, "ledger/"); err != nil {
		t.Fatal(err)
	}
	checkpoint, err := os.ReadFile(filepath.Join(dir, "ledger", "checkpoint"))
	if err != nil {
		t.Fatal(err)
	}
	witness := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.Write(checkpoint) }))
	t.Cleanup(witness.Close)
	if code, out := run("monitor", dir, "--state", memory(t), "--today", "2023-11-02", "--witness", witness.URL); code != 0 {
		t.Errorf("exit %d\n%s", code, out)
	}
	checkpoint = []byte("nothing that a key has signed\n")
	if code, out := run("monitor", dir, "--state", memory(t), "--today", "2023-11-02", "--witness", witness.URL); code != 1 || !strings.Contains(out, "不是用原来的账本钥匙签的") {
		t.Errorf("exit %d\n%s", code, out)
	}
	witness.Close()
	if code, out := run("monitor", dir, "--state", memory(t), "--today", "2023-11-02", "--witness", witness.URL); code != 3 || !strings.Contains(out, "读不到") {
		t.Errorf("exit %d\n%s", code, out)
	}
}

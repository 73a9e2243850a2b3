package command_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/sunlot/sunlot/internal/command"
)

// served starts serve on an office and gives its address, the ticks by which
// it looks, and what stops it and gives its exit code.
func served(t *testing.T, dir string, args ...string) (address string, tick chan<- time.Time, stop func() int) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	t.Cleanup(cancel)
	ticks := make(chan time.Time)
	r, w := io.Pipe()
	p := newPerson(t.Name())
	c := command.Command{Args: append([]string{"serve", "--port", "0"}, args...), Stdin: strings.NewReader(""), Stdout: w, Stderr: io.Discard, Env: fixtureEnv,
		Now: func() time.Time { return firstMorning }, Rand: p.rand, Dir: dir, Tick: ticks}
	done := make(chan int, 1)
	go func() {
		code := c.Run(ctx)
		w.Close()
		done <- code
	}()
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		if address = regexp.MustCompile(`http://127\.0\.0\.1:\d+/`).FindString(lines.Text()); address != "" {
			break
		}
	}
	if address == "" {
		t.Fatalf("no loopback address; exit %d", <-done)
	}
	go func() { _, _ = io.Copy(io.Discard, r) }()
	return address, ticks, func() int { cancel(); return <-done }
}

func got(t *testing.T, address string) (int, string) {
	t.Helper()
	resp, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

func emptyOffice(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(mustStage(t, "gaoqing", "empty"))); err != nil {
		t.Fatal(err)
	}
	return dir
}

// serve builds, answers on the loopback alone, and ends when it is stopped.
func TestServe(t *testing.T) {
	dir := emptyOffice(t)
	address, _, stop := served(t, dir)
	for path, want := range map[string]int{"": 200, "about/": 200, "ledger/checkpoint": 200, "../private/keys": 404, "%2e%2e/office.toml": 404, "nothing": 404, "nothing.html": 404} {
		code, body := got(t, address+path)
		if code != want {
			t.Errorf("%s: %d", path, code)
		}
		if want == 200 && len(body) == 0 {
			t.Errorf("%s is empty", path)
		}
	}
	// A name that somebody made to point here reads nothing (DNS rebinding).
	for host, ok := range map[string]bool{"evil.example": false, "evil.example:8400": false, "localhost.evil.example:80": false, "127.0.0.1.evil.example": false,
		"localhost:8400": true, "[::1]:8400": true, "127.0.0.1": true} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address+"ledger/checkpoint", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = host
		resp, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if want := map[bool]int{true: http.StatusOK, false: http.StatusMisdirectedRequest}[ok]; resp.StatusCode != want {
			t.Errorf("Host %s: %d, want %d", host, resp.StatusCode, want)
		}
	}
	// The port is taken.
	_, port, _ := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(address, "http://"), "/"), ":")
	p := newPerson("second")
	p.now = firstMorning
	if code, _, _ := p.run(dir, fixtureEnv, "serve", "--port", port); code != 3 {
		t.Errorf("a second serve on the port: exit %d", code)
	}
	if code := stop(); code != 0 {
		t.Errorf("stopped serve: exit %d", code)
	}
}

// A change of the hand-written pages is built at the next look, the page that
// waits is told, and the files hold nothing of it.
func TestServeFollows(t *testing.T) {
	dir := emptyOffice(t)
	address, tick, stop := served(t, dir)
	defer stop()
	if _, body := got(t, address+"about/index.html"); !strings.Contains(body, `src="/-/reload.js"`) {
		t.Error("the page will not be loaded again")
	}
	file, err := os.ReadFile(filepath.Join(dir, "public", "about", "index.html"))
	if err != nil || strings.Contains(string(file), "reload") {
		t.Errorf("the file itself has it: %v", err)
	}
	resp, err := http.Get(address + "-/changes")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if err := os.MkdirAll(filepath.Join(dir, "content", "pages"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "content", "pages", "about.md"), []byte("# 关于我们的演示\n\n新写的一句话。\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	tick <- time.Time{}
	if line, err := bufio.NewReader(resp.Body).ReadString('\n'); err != nil || line != "data: changed\n" {
		t.Fatalf("%q %v", line, err)
	}
	if _, body := got(t, address+"about/index.html"); !strings.Contains(body, "新写的一句话") {
		t.Error("the new words are not shown")
	}
	// What cannot be built leaves the old pages, and the next good change is built.
	if err := os.WriteFile(filepath.Join(dir, "content", "pages", "about.md"), []byte("no title"), 0o644); err != nil {
		t.Fatal(err)
	}
	tick <- time.Time{}
	tick <- time.Time{} // taken only when the one before is done with
	if _, body := got(t, address+"about/index.html"); !strings.Contains(body, "新写的一句话") {
		t.Error("a page that cannot be built took the old one away")
	}
}

// --still shows what stands, and nothing else.
func TestServeStill(t *testing.T) {
	dir := emptyOffice(t)
	p := newPerson(t.Name())
	p.now = firstMorning
	if code, _, _ := p.run(dir, fixtureEnv, "serve", "--still", "--port", "0"); code != 2 {
		t.Errorf("nothing was built, yet serve ended with %d", code)
	}
	if code, out, errOut := p.run(dir, fixtureEnv, "build"); code != 0 {
		t.Fatalf("build: %d %s%s", code, out, errOut)
	}
	address, _, stop := served(t, dir, "--still")
	defer stop()
	if code, body := got(t, address); code != 200 || strings.Contains(body, "/-/") {
		t.Errorf("%d, with a script: %v", code, strings.Contains(body, "/-/"))
	}
	if code, _ := got(t, address+"-/reload.js"); code != 404 {
		t.Errorf("reload.js: %d", code)
	}
}

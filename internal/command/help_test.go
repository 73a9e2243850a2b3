package command_test

import (
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sunlot/sunlot/internal/command"
)

func runPlain(t *testing.T, args ...string) (code int, out, errOut string) {
	t.Helper()
	return newPerson(t.Name()).run(t.TempDir(), fixtureEnv, args...)
}

var (
	subcommand = regexp.MustCompile(`(?m)^  ([a-z-]+)  `)
	latin      = regexp.MustCompile(`[A-Za-z]{4,}`)
)

// commands lists every command line below args that help shows, args included.
func commands(t *testing.T, args ...string) [][]string {
	t.Helper()
	code, out, errOut := runPlain(t, append(slices.Clone(args), "--help")...)
	if code != 0 || errOut != "" {
		t.Fatalf("%q --help: exit %d, %s", args, code, errOut)
	}
	all := [][]string{args}
	_, list, _ := strings.Cut(out, "\n命令：\n")
	list, _, _ = strings.Cut(list, "\n\n")
	for _, m := range subcommand.FindAllStringSubmatch(list, -1) {
		all = append(all, commands(t, append(slices.Clone(args), m[1])...)...)
	}
	return all
}

// Every command's help is in Chinese, shows an example that begins with the
// command, and ends a mistake in its use with exit code 2.
func TestHelpOfEveryCommand(t *testing.T) {
	all := commands(t)
	if len(all) < 24 {
		t.Fatalf("only %d commands: %q", len(all), all)
	}
	for _, args := range all {
		name := strings.Join(append([]string{"sunlot"}, args...), " ")
		_, out, _ := runPlain(t, append(slices.Clone(args), "--help")...)
		if len(args) > 0 && (!strings.Contains(out, "\n例：\n") || !strings.Contains(out, "\n  "+name)) {
			t.Errorf("%s shows no example:\n%s", name, out)
		}
		for line := range strings.Lines(out) {
			if latin.MatchString(line) && !strings.ContainsFunc(line, func(r rune) bool { return r > 0x2E80 }) && !strings.HasPrefix(strings.TrimSpace(line), "sunlot ") &&
				!strings.HasPrefix(strings.TrimSpace(line), "--") {
				t.Errorf("%s: a line without a Chinese word: %q", name, line)
			}
		}
		code, _, errOut := runPlain(t, append(slices.Clone(args), "--no-such-flag")...)
		if code != 2 || !strings.Contains(errOut, "没有 --no-such-flag 这个选项") {
			t.Errorf("%s --no-such-flag: exit %d, %s", name, code, errOut)
		}
	}
	for _, args := range [][]string{{"drow"}, {"draw", "nothing"}} {
		if code, out, errOut := runPlain(t, args...); code != 2 {
			t.Errorf("%q: exit %d\n%s%s", args, code, out, errOut)
		}
	}
	if code, out, _ := runPlain(t); code != 0 || !strings.Contains(out, "sunlot init") {
		t.Errorf("sunlot alone: exit %d, %s", code, out)
	}
}

// Every command has a transcript that runs it well, and one that it refuses.
func TestEveryCommandHasTranscripts(t *testing.T) {
	files, err := filepath.Glob("testdata/script/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal(err)
	}
	var lines []string
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, strings.Split(string(data), "\n")...)
	}
	for _, args := range commands(t) {
		name := strings.Join(args, " ")
		if name == "" || name == "serve" || name == "witness serve" { // TestServe, TestWitnessServe
			continue
		}
		call := regexp.MustCompile(`^(! )?sunlot (-C \S+ )?` + name + `( |$)`)
		good, bad := 0, 0
		for _, line := range lines {
			if m := call.FindStringSubmatch(line); m != nil && m[1] == "" {
				good++
			} else if m != nil {
				bad++
			}
		}
		if good == 0 || bad == 0 {
			t.Errorf("sunlot %s: %d good and %d bad transcripts", name, good, bad)
		}
	}
}

// serve answers on the loopback alone until it is stopped.
func TestServe(t *testing.T) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(mustStage(t, "gaoqing", "empty"))); err != nil {
		t.Fatal(err)
	}
	p := newPerson(t.Name())
	p.now = firstMorning
	if code, out, errOut := p.run(dir, fixtureEnv, "build"); code != 0 {
		t.Fatalf("build: %d %s%s", code, out, errOut)
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	r, w := io.Pipe()
	c := command.Command{Args: []string{"serve", "--port", "0"}, Stdin: strings.NewReader(""), Stdout: w, Stderr: io.Discard, Env: fixtureEnv,
		Now: func() time.Time { return firstMorning }, Rand: p.rand, Dir: dir}
	done := make(chan int, 1)
	go func() { done <- c.Run(ctx) }()
	said := make([]byte, 512)
	n, err := r.Read(said)
	if err != nil {
		t.Fatal(err)
	}
	go func() { _, _ = io.Copy(io.Discard, r) }()
	address := regexp.MustCompile(`http://127\.0\.0\.1:\d+/`).FindString(string(said[:n]))
	if address == "" {
		t.Fatalf("no loopback address in %q", said[:n])
	}
	for path, want := range map[string]int{"": 200, "ledger/checkpoint": 200, "../private/keys": 404, "%2e%2e/office.toml": 404, "nothing": 404} {
		resp, err := http.Get(address + path)
		if err != nil {
			t.Fatal(err)
		}
		body, _ := io.ReadAll(resp.Body)
		resp.Body.Close()
		if resp.StatusCode != want {
			t.Errorf("%s: %s", path, resp.Status)
		}
		if want == 200 && len(body) == 0 {
			t.Errorf("%s is empty", path)
		}
	}
	// The port is taken.
	_, port, _ := strings.Cut(strings.TrimSuffix(strings.TrimPrefix(address, "http://"), "/"), ":")
	if code, _, _ := p.run(dir, fixtureEnv, "serve", "--port", port); code != 3 {
		t.Errorf("a second serve on the port: exit %d", code)
	}
	stop()
	if code := <-done; code != 0 {
		t.Errorf("stopped serve: exit %d", code)
	}
}

func mustStage(t *testing.T, pack, name string) string {
	t.Helper()
	madeLock.Lock()
	defer madeLock.Unlock()
	dir, _, err := stage(pack, name)
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

package command_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
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

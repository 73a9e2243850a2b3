package main

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/sunlot/sunlot/internal/attack"
)

// TestAttacks is the attack suite: each file of testdata/attacks is one attack,
// made for real with the office's own keys, and the sentence by which it is
// caught. A script has the commands
//
//	attack NAME           makes the attack of that name (attacks): a ledger in the
//	                      folder ledger, the policy that a citizen has pinned in
//	                      policy, and what else the attack leaves
//	honest                the same office without an attack: control, must be sound
//	caught PATTERN [ARGS]    sunlot-verify finds it: exit 1 and the sentence
//	believed [ARGS]          sunlot-verify finds nothing: exit 0
//	watched PATTERN [ARGS]   sunlot-verify monitor, having seen the folder before,
//	                         finds it in the folder ledger: exit 1 and the sentence
//	proved                   the misbehaviour that the monitor wrote down holds
//
// It closes with `N of N caught`, N being the attacks that there are.
func TestAttacks(t *testing.T) {
	found := &tally{names: map[string]bool{}}
	t.Run("scripts", func(t *testing.T) {
		testscript.Run(t, testscript.Params{
			Dir: "testdata/attacks", RequireExplicitExec: true,
			Setup: func(env *testscript.Env) error {
				env.Setenv("LC_ALL", "C.UTF-8")
				return nil
			},
			Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
				"attack": found.attack, "honest": honest, "caught": found.caught, "believed": believed, "watched": found.watched, "proved": proved,
			},
		})
	})
	scripts, err := filepath.Glob("testdata/attacks/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range scripts {
		if name := strings.TrimSuffix(filepath.Base(s), ".txtar"); attacks[name] == nil && name != "honest" {
			t.Errorf("%s: no such attack", s)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(attacks)) {
		if !found.names[name] {
			t.Errorf("%s: not caught", name)
		}
	}
	fmt.Printf("%d of %d caught\n", len(found.names), len(attacks))
}

// tally counts the attacks that were caught.
type tally struct {
	mu    sync.Mutex
	names map[string]bool
}

// made is the attack of the running script.
const made = "ATTACK"

// attack: attack NAME.
func (f *tally) attack(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 || attacks[args[0]] == nil {
		ts.Fatalf("usage: attack NAME")
	}
	dir := ts.MkAbs(".")
	tb := &scriptTB{TB: attackTB, ts: ts, dir: ts.MkAbs("tmp")}
	defer tb.cleanup()
	o := attacks[args[0]](tb, dir)
	if o != nil {
		o.Spill(filepath.Join(dir, "ledger"))
		ts.Check(os.WriteFile(filepath.Join(dir, "policy"), o.Policy(), 0o644))
	}
	ts.Setenv(made, args[0])
}

// honest: the season without an attack, under witnesses.
func honest(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 0 {
		ts.Fatalf("usage: honest")
	}
	tb := &scriptTB{TB: attackTB, ts: ts, dir: ts.MkAbs("tmp")}
	defer tb.cleanup()
	o := attack.New(tb, attack.Witnessed)
	o.Season()
	o.Spill(ts.MkAbs("ledger"))
	ts.Check(os.WriteFile(ts.MkAbs("policy"), o.Policy(), 0o644))
}

// verdict runs the program and returns its exit code and what it printed.
func verdict(ts *testscript.TestScript, args ...string) (int, string) {
	err := ts.Exec("sunlot-verify", args...)
	code := 0
	if exit, ok := err.(interface{ ExitCode() int }); ok {
		code = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	return code, ts.ReadFile("stdout") + ts.ReadFile("stderr")
}

func (f *tally) caught(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: caught PATTERN [ARGS]")
	}
	code, out := verdict(ts, append([]string{"ledger", "--policy", "policy", "--today", "2023-08-25"}, args[1:]...)...)
	f.hold(ts, args[0], code, out)
}

func (f *tally) watched(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: watched PATTERN [ARGS]")
	}
	common := []string{"--state", "state", "--policy", "policy", "--today", "2023-08-25"}
	if code, out := verdict(ts, append([]string{"monitor", "before"}, common...)...); code != 0 {
		ts.Fatalf("before the attack: exit code %d\n%s", code, out)
	}
	code, out := verdict(ts, append(append([]string{"monitor", "ledger"}, common...), args[1:]...)...)
	f.hold(ts, args[0], code, out)
}

// hold: exit 1 and the sentence, or the script fails.
func (f *tally) hold(ts *testscript.TestScript, pattern string, code int, out string) {
	if found, err := regexp.MatchString(pattern, out); err != nil || !found || code != 1 {
		ts.Fatalf("exit code %d, want 1 and %s\n%s", code, pattern, out)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if name := ts.Getenv(made); name != "" {
		f.names[name] = true
	}
}

func believed(ts *testscript.TestScript, neg bool, args []string) {
	if code, out := verdict(ts, append([]string{"ledger", "--policy", "policy", "--today", "2023-08-25"}, args...)...); neg || code != 0 {
		ts.Fatalf("exit code %d, want 0\n%s", code, out)
	}
}

// proved: the file that the monitor wrote, under the pinned key.
func proved(ts *testscript.TestScript, neg bool, args []string) {
	names, err := filepath.Glob(filepath.Join(ts.MkAbs("state"), "*", "misbehaviour", "*.json"))
	if err != nil || len(names) != 1 || neg || len(args) > 0 {
		ts.Fatalf("one misbehaviour expected: %v, %v", names, err)
	}
	if code, out := verdict(ts, "misbehaviour", names[0], "--policy", "policy"); code != 0 || !strings.Contains(out, "证明成立") {
		ts.Fatalf("exit code %d\n%s", code, out)
	}
}

// attackTB lends its method set to scriptTB, which overrides all that is used.
var attackTB testing.TB

// scriptTB is what a script gives package attack for a testing.TB.
type scriptTB struct {
	testing.TB
	ts   *testscript.TestScript
	dir  string
	dirs int
	done []func()
}

func (s *scriptTB) Helper()                      {}
func (s *scriptTB) Fatal(args ...any)            { s.ts.Fatalf("%s", fmt.Sprintln(args...)) }
func (s *scriptTB) Fatalf(f string, args ...any) { s.ts.Fatalf(f, args...) }
func (s *scriptTB) Cleanup(f func())             { s.done = append(s.done, f) }
func (s *scriptTB) cleanup() {
	for _, f := range slices.Backward(s.done) {
		f()
	}
}

func (s *scriptTB) TempDir() string {
	s.dirs++
	dir := filepath.Join(s.dir, fmt.Sprint(s.dirs))
	if err := os.MkdirAll(dir, 0o755); err != nil {
		s.Fatal(err)
	}
	return dir
}

package command_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/sunlot/sunlot/content"
	"github.com/sunlot/sunlot/internal/command"
	"github.com/sunlot/sunlot/internal/keyring"
)

// TestScripts runs the transcripts of testdata/script. Beside the commands of
// testscript they have
//
//	sunlot …                     the program; ! wants it to fail
//	code N                       the exit code of the last sunlot
//	clock TIME                   what the office's clock says from here on
//	answer TEXT                  what the person types at the next sunlot; @FILE its contents
//	office DIR PACK STAGE        an office that has come to a stage (fixture_test.go)
//	sheet FILE TABLE, csv …      an Excel or CSV file from a text table
//	fill FILE FORM [ROW] K=V …   a form, filled in
//	json PATH VALUE, setjson …   what --json printed
//	cells FILE                   prints a workbook
//	column VAR TABLE HEADING     the cells of a text table
//	holds DIR TEXT               each line of TEXT stands in some file there
//	relay VAR ROUNDS             a drand relay on the loopback
//	recovery VAR                 the characters of the recovery sheet that was printed
//	serve VAR DIR                a web server on the loopback
//	toylog FILE, asks FILE OLD SIZE [HISTORY]  the key of a log of numbers; a request to a witness of it
//	flipped SITE PLACE FILE …    a bit in each file: sunlot-verify exits 1 and names the place
//	toml FILE K=V …              lines of office.toml
//	bytes FILE HEX               a file of these bytes
//	flip FILE, lines N TEXT      one bit; how many lines of the output hold TEXT
//	witness VERB …               neighbours on the loopback (witness_test.go)
//	mark DIR, same DIR           nothing in the folder has changed since
//
// UPDATE=1 rewrites what cmp compares with.
func TestScripts(t *testing.T) {
	for _, dir := range []string{"script"} {
		testscript.Run(t, testscript.Params{
			Dir:             filepath.Join("testdata", dir),
			WorkdirRoot:     workRoot(t),
			Setup:           setup,
			UpdateScripts:   os.Getenv("UPDATE") != "",
			ContinueOnError: os.Getenv("CONTINUE") != "",
			Cmds: map[string]func(*testscript.TestScript, bool, []string){
				"sunlot": cmdSunlot, "code": cmdCode, "clock": cmdClock, "answer": cmdAnswer, "office": cmdOffice, "sheet": cmdSheet, "csv": cmdCSV,
				"fill": cmdFill, "json": cmdJSON, "setjson": cmdSetJSON, "mark": cmdMark, "same": cmdSame, "flip": cmdFlip, "lines": cmdLines,
				"cells": cmdCells, "column": cmdColumn, "holds": cmdHolds, "relay": cmdRelay, "bytes": cmdBytes, "toml": cmdTOML, "recovery": cmdRecovery, "serve": cmdServe, "flipped": cmdFlipped, "witness": cmdWitness,
				"toylog": cmdToyLog, "asks": cmdAsks, "servers": cmdServers, "rootof": cmdRootOf,
			},
		})
	}
}

// workRoot is a directory in memory where the system has one: the transcripts
// make thousands of durable files.
func workRoot(t *testing.T) string {
	dir, err := os.MkdirTemp("/dev/shm", "sunlot-script")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// person is who runs the commands of one script.
type person struct {
	now    time.Time
	rand   *rand.ChaCha8
	answer string
	code   int
	marks  map[string]string
	http   *http.Client // by which this person's program reaches witnesses
}

// firstMorning is when the clock of a script starts.
var firstMorning = time.Date(2023, 6, 12, 9, 0, 0, 0, time.FixedZone("", 8*3600))

func setup(env *testscript.Env) error {
	// Every script has randomness of its own, and no two steps of one the same.
	who, near := newPerson(env.WorkDir), neighbours{}
	who.http = &http.Client{Transport: wire{near}}
	env.Values["person"], env.Values["neighbours"] = who, near
	env.Setenv("SUNLOT_PASSPHRASE_1", passphrases[0])
	env.Setenv("SUNLOT_PASSPHRASE_2", passphrases[1])
	env.Setenv("SUNLOT_PASSPHRASE", passphrases[0])
	here, err := filepath.Abs("testdata")
	if err != nil {
		return err
	}
	env.Setenv("TESTDATA", here)
	data, err := content.FS.ReadFile("demo/drand-quicknet.json")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(env.WorkDir, "drand.json"), data, 0o644); err != nil {
		return err
	}
	env.Setenv("PATH", programs()+string(filepath.ListSeparator)+env.Getenv("PATH"))
	return nil
}

// newPerson seeds by the script's name alone: its path differs from run to run.
func newPerson(script string) *person {
	return &person{now: firstMorning, rand: rand.NewChaCha8(sha256.Sum256([]byte(filepath.Base(script)))), marks: map[string]string{}}
}

// programs builds both doors once, as they are shipped: the transcripts run
// the citizen's in every script and the office's in real.txtar.
var programs = sync.OnceValue(func() string {
	dir, err := os.MkdirTemp("", "sunlot-programs")
	if err != nil {
		panic(err)
	}
	build := exec.Command("go", "build", "-trimpath", "-o", dir+string(filepath.Separator), "github.com/sunlot/sunlot/cmd/sunlot", "github.com/sunlot/sunlot/cmd/sunlot-verify")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		panic(string(out))
	}
	return dir
})

func TestMain(m *testing.M) {
	code := m.Run()
	if err := serversDown(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.RemoveAll(programs())
	for _, dir := range madeDirs {
		os.RemoveAll(dir)
	}
	os.Exit(code)
}

func of(ts *testscript.TestScript) *person { return ts.Value("person").(*person) }

// run is one command line.
func (p *person) run(dir string, env func(string) (string, bool), args ...string) (code int, stdout, stderr string) {
	var out, errOut bytes.Buffer
	c := command.Command{Args: args, Stdin: strings.NewReader(p.answer), Stdout: &out, Stderr: &errOut, Env: env,
		Now: func() time.Time { return p.now }, Rand: p.rand, Work: keyring.Making{Work: 10, Weak: true}, Dir: dir, HTTP: p.http, Grace: -1}
	p.answer = ""
	p.code = c.Run(context.Background())
	return p.code, out.String(), errOut.String()
}

func cmdSunlot(ts *testscript.TestScript, neg bool, args []string) {
	p := of(ts)
	env := func(name string) (string, bool) { v := ts.Getenv(name); return v, v != "" }
	code, out, errOut := p.run(ts.MkAbs("."), env, args...)
	fmt.Fprint(ts.Stdout(), out)
	fmt.Fprint(ts.Stderr(), errOut)
	if code != 0 {
		ts.Logf("[exit %d]", code)
	}
	if (code != 0) != neg {
		ts.Fatalf("exit code %d", code)
	}
	if why := proper(slices.Contains(args, "--json"), code, out, errOut); why != "" {
		ts.Fatalf("%s", why)
	}
}

// raw is a code that has not become a sentence.
var raw = regexp.MustCompile(`\b(rules|office|ledger|intake|keyring|publish|site|command|fetch|beacon|draw|record|verify|witness)\.[a-z0-9]+(-[a-z0-9]+)+\b`)

// stamp is a time as machines write it.
var stamp = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d`)

// proper holds what every command prints to the promises of the door: no code
// and no Go error where people read, a reason for every failure, and with
// --json nothing but JSON on standard output.
func proper(json bool, code int, out, errOut string) string {
	people := errOut
	if !json {
		people += out
	}
	for _, bad := range []string{"%!", "<nil>", "panic", "\x00", "goroutine ", ": got ", ", want "} {
		if strings.Contains(out+errOut, bad) {
			return fmt.Sprintf("it printed %q", bad)
		}
	}
	if found := raw.FindString(people); found != "" {
		return fmt.Sprintf("people read %s", found)
	}
	if found := stamp.FindString(people); found != "" {
		return fmt.Sprintf("people read %s", found)
	}
	if code != 0 && strings.TrimSpace(errOut) == "" {
		return fmt.Sprintf("exit code %d without a word", code)
	}
	if json {
		if err := allJSON(out); err != nil {
			return fmt.Sprintf("with --json it printed something else: %v", err)
		}
	}
	return ""
}

func cmdCode(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	if got := of(ts).code; (got == want) == neg {
		ts.Fatalf("exit code %d, want %d", got, want)
	}
}

func cmdClock(ts *testscript.TestScript, neg bool, args []string) {
	t, err := time.Parse("2006-01-02T15:04:05", args[0])
	ts.Check(err)
	of(ts).now = t.Add(-8 * time.Hour).In(firstMorning.Location())
}

func cmdAnswer(ts *testscript.TestScript, neg bool, args []string) {
	if name, ok := strings.CutPrefix(args[0], "@"); ok {
		of(ts).answer = ts.ReadFile(name)
		return
	}
	of(ts).answer = strings.Join(args, " ") + "\n"
}

// tree is a digest of everything in a folder.
func tree(dir string) (string, error) {
	var all []string
	err := filepath.WalkDir(dir, func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		all = append(all, fmt.Sprintf("%s %x", name, sha256.Sum256(data)))
		return err
	})
	if errors.Is(err, fs.ErrNotExist) {
		return "nothing", nil
	}
	slices.Sort(all)
	return strings.Join(all, "\n"), err
}

func cmdMark(ts *testscript.TestScript, neg bool, args []string) {
	for _, dir := range args {
		digest, err := tree(ts.MkAbs(dir))
		ts.Check(err)
		of(ts).marks[ts.MkAbs(dir)] = digest
	}
}

func cmdSame(ts *testscript.TestScript, neg bool, args []string) {
	for _, dir := range args {
		now, err := tree(ts.MkAbs(dir))
		ts.Check(err)
		was, ok := of(ts).marks[ts.MkAbs(dir)]
		if !ok {
			ts.Fatalf("%s was not marked", dir)
		}
		if (was == now) == neg {
			ts.Fatalf("%s: same is %v\nwas:\n%s\nnow:\n%s", dir, was == now, was, now)
		}
	}
}

// cmdFlip turns one bit in the middle of a file.
func cmdFlip(ts *testscript.TestScript, neg bool, args []string) {
	for _, name := range args {
		data, err := os.ReadFile(ts.MkAbs(name))
		ts.Check(err)
		data[len(data)/2] ^= 1
		ts.Check(os.WriteFile(ts.MkAbs(name), data, 0o644))
	}
}

// cmdLines counts the lines of the last output that hold a text.
func cmdLines(ts *testscript.TestScript, neg bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	n := 0
	for line := range strings.Lines(ts.ReadFile("stdout")) {
		if strings.Contains(line, args[1]) {
			n++
		}
	}
	if n != want {
		ts.Fatalf("%d lines with %q, want %d", n, args[1], want)
	}
}

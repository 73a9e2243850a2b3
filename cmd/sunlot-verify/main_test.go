package main

import (
	"bytes"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/sunlot/sunlot/internal/demo"
)

var (
	update = flag.Bool("update", false, "write the expected texts of the transcripts anew")
	long   = flag.Bool("long", false, "flip nearly every byte of every file: some ten minutes, give -timeout 60m")
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"sunlot-verify": main})
}

// small is the site of a small office with one draw, made once by the product:
// about fifty files of a ledger, every kind among them.
var small = sync.OnceValues(func() (map[string]string, error) {
	dir, err := os.MkdirTemp("", "sunlot-verify-test")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	r, err := demo.NewRun("gaoqing", filepath.Join(dir, "office"), new(bytes.Buffer), nil)
	if err == nil {
		err = r.Small()
	}
	if err == nil {
		err = r.Build(filepath.Join(dir, "site"))
	}
	if err != nil {
		return nil, err
	}
	files := map[string]string{}
	fsys := os.DirFS(filepath.Join(dir, "site"))
	err = fs.WalkDir(fsys, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := fs.ReadFile(fsys, name)
		files[name] = string(data)
		return err
	})
	return files, err
})

// site writes the small site, or only its ledger, into a folder.
func site(dir, below string) error {
	files, err := small()
	if err != nil {
		return err
	}
	for name, data := range files {
		if !strings.HasPrefix(name, below) {
			continue
		}
		file := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, []byte(data), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// The transcripts: what each way of asking prints, with its exit code.
// `go test ./cmd/sunlot-verify -update` writes the expected texts anew.
func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script", UpdateScripts: *update, RequireExplicitExec: true,
		Setup: func(env *testscript.Env) error {
			env.Setenv("LC_ALL", "C.UTF-8")
			return nil
		},
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"site": scriptSite, "flip": scriptFlip, "verify": scriptVerify, "unpack": scriptUnpack, "firm": scriptFirm,
		},
	})
}

// scriptSite: site DIR puts the small office's site there.
func scriptSite(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: site DIR")
	}
	ts.Check(site(ts.MkAbs(args[0]), ""))
}

// scriptFlip: flip FILE OFFSET changes one bit of one byte.
func scriptFlip(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: flip FILE OFFSET")
	}
	name := ts.MkAbs(args[0])
	data, err := os.ReadFile(name)
	ts.Check(err)
	at, err := strconv.Atoi(args[1])
	ts.Check(err)
	data[at] ^= 1
	ts.Check(os.WriteFile(name, data, 0o644))
}

// scriptVerify: verify CODE ARGS… runs the program, expects the exit code, and
// lays what it printed, both streams in turn, into the file out.
func scriptVerify(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: verify CODE ARGS...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	err = ts.Exec("sunlot-verify", args[1:]...)
	got := 0
	if exit, ok := err.(interface{ ExitCode() int }); ok {
		got = exit.ExitCode()
	} else {
		ts.Check(err)
	}
	text := ts.ReadFile("stdout") + ts.ReadFile("stderr")
	ts.Check(os.WriteFile(ts.MkAbs("out"), []byte(text), 0o644))
	if got != want {
		ts.Fatalf("exit code %d, want %d\n%s", got, want, text)
	}
}

// run is the program in this process, on the small demonstration's last day.
func run(args ...string) (code int, out string) {
	var b bytes.Buffer
	c := Command{Args: args, Stdin: strings.NewReader(""), Stdout: &b, Stderr: &b,
		Now: func() time.Time { return time.Date(2023, 11, 2, 9, 0, 0, 0, time.UTC) }}
	return c.Run(), b.String()
}

// memory is a folder in memory where there is one.
func memory(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "sunlot-verify")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

package main

import (
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/cluster"
	"github.com/sunlot/sunlot/internal/fault"
)

// TestUpStatusDown: what one call has started another finds and ends, and the
// database is there the next time.
func TestUpStatusDown(t *testing.T) {
	if testing.Short() {
		t.Skip("left out in short mode: real servers (PostgreSQL, etcd, Trillian)")
	}
	top, err := os.MkdirTemp("", "sunlot-run-") // t.TempDir's parent lets no other user pass
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(top) })
	if err := os.Chmod(top, 0o755); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(top, "left running")
	call := func(words ...string) (string, error) {
		var out strings.Builder
		err := run(append([]string{"-port=0"}, append(words, dir)...), &out)
		return out.String(), err
	}
	t.Cleanup(func() { call("down") })
	if _, err := call("status"); fault.Code(err) != "cluster.no-cluster" {
		t.Errorf("status of nothing: %v", err)
	}
	for _, want := range []string{"0", "1"} {
		out, err := call("up")
		if err != nil || strings.Count(out, " 正常\n") != 6 {
			t.Fatalf("%v\n%s", err, out)
		}
		running, err := cluster.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		got, err := running.Postgres.SQL(t.Context(), "SELECT count(*) FROM Trees; INSERT INTO Trees VALUES (1, 'FROZEN', 'LOG', 'n', 'd', 1, 1, 0, false, NULL) ON CONFLICT DO NOTHING")
		if err != nil || got != want {
			t.Errorf("%q trees, %v; want %s", got, err, want)
		}
		if _, err := call("up"); fault.Code(err) != "cluster.already-up" {
			t.Errorf("up twice: %v", err)
		}
		if err := running.Etcd.Kill(); err != nil {
			t.Fatal(err)
		}
		out, err = call("status")
		if fault.Code(err) != "cluster.not-running" || strings.Count(out, " 没有运行\n") != 1 {
			t.Errorf("status without etcd: %v\n%s", err, out)
		}
		if _, err := call("down"); err != nil {
			t.Fatal(err)
		}
		out, err = call("status")
		if fault.Code(err) != "cluster.not-running" || strings.Count(out, " 没有运行\n") != 6 {
			t.Errorf("status after down: %v\n%s", err, out)
		}
	}
}

func TestUsage(t *testing.T) {
	for _, words := range [][]string{nil, {"up"}, {"sideways", "x"}, {"-nothing", "up", "x"}} {
		if err := run(words, io.Discard); !errors.Is(err, flag.ErrHelp) {
			t.Errorf("%q: %v", words, err)
		}
	}
}

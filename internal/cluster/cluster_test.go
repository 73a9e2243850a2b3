//go:build linux

package cluster

import (
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/words"
)

// TestUpAndDown lives through what the harness promises: every server answers,
// none as root, each comes back under its address, and at the end nothing runs.
func TestUpAndDown(t *testing.T) {
	c := New(t, Options{Interval: 50_000_000})
	ctx := t.Context()
	if n := len(c.All()); n != 6 {
		t.Fatalf("%d servers, want PostgreSQL, etcd, two log servers and two signers", n)
	}
	for _, s := range c.All() {
		if err := s.Ready(ctx); err != nil {
			t.Errorf("%s: %v", s.Name, err)
		}
		info, err := os.Stat("/proc/" + strconv.Itoa(s.Pid()))
		if err != nil {
			t.Fatal(err)
		}
		if uid := info.Sys().(*syscall.Stat_t).Uid; uid == 0 {
			t.Errorf("%s runs as root", s.Name)
		}
		if s.Addr != c.socketDir() && !strings.HasPrefix(s.Addr, "127.") {
			t.Errorf("%s listens on %s", s.Name, s.Addr)
		}
	}
	if got, err := c.Postgres.SQL(ctx, "SHOW fsync; SELECT count(*) FROM Trees;"); err != nil || got != "on\n0" {
		t.Errorf("fsync and trees: %q, %v", got, err)
	}
	t.Run("comes back", func(t *testing.T) {
		for _, s := range c.All() {
			before := s.Pid()
			if err := s.Kill(); err != nil {
				t.Fatal(err)
			}
			if s.Running() || s.Pid() != 0 || s.Ready(ctx) == nil {
				t.Errorf("%s runs after it was killed", s.Name)
			}
			if err := s.Start(ctx); err != nil {
				t.Fatal(err)
			}
			if s.Pid() == before {
				t.Errorf("%s is the same process", s.Name)
			}
		}
		for _, s := range c.LogServers { // their connections to the killed database are mended
			if err := s.await(ctx); err != nil {
				t.Errorf("%s: %v", s.Name, err)
			}
		}
	})
	t.Run("database", func(t *testing.T) { testDatabase(t, c) })
	t.Run("paused", func(t *testing.T) { testPause(t, c) })
	t.Run("two in one folder", func(t *testing.T) {
		if _, err := Up(ctx, Options{Dir: c.Dir, Bin: c.opt.Bin}); fault.Code(err) != "cluster.already-up" {
			t.Errorf("a second cluster in the folder: %v", err)
		}
		other, err := Open(c.Dir)
		if err != nil || len(other.All()) != 6 {
			t.Fatalf("%v: %v", other, err)
		}
		for i, s := range other.All() {
			if s.Pid() != c.All()[i].Pid() {
				t.Errorf("%s: process %d, want %d", s.Name, s.Pid(), c.All()[i].Pid())
			}
		}
	})
	var procs []proc
	for _, s := range c.All() {
		pid, ticks := s.process()
		procs = append(append(procs, s.family()...), proc{pid, ticks})
	}
	if !anyAlive(procs) || len(procs) < 8 {
		t.Fatalf("%d processes: the test looks at the wrong ones", len(procs))
	}
	if err := c.Down(); err != nil {
		t.Fatal(err)
	}
	if anyAlive(procs) {
		t.Error("a process is left")
	}
	if _, err := os.Stat(c.Dir); !os.IsNotExist(err) {
		t.Errorf("the folder is left: %v", err)
	}
}

func testDatabase(t *testing.T, c *Cluster) {
	ctx := t.Context()
	const tree = "INSERT INTO Trees VALUES (%, 'FROZEN', 'LOG', 'n', 'd', 1, 1, 0, false, NULL)"
	sql := func(q string) string {
		t.Helper()
		out, err := c.Postgres.SQL(ctx, q)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	sql(strings.ReplaceAll(tree, "%", "1"))
	dump := filepath.Join(t.TempDir(), "yesterday.sql")
	if err := c.Postgres.Dump(ctx, dump); err != nil {
		t.Fatal(err)
	}
	sql(strings.ReplaceAll(tree, "%", "2"))
	if err := c.Postgres.Immediate(); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Postgres.SQL(ctx, "SELECT 1"); fault.Code(err) != "cluster.sql" {
		t.Errorf("a stopped database answers: %v", err)
	}
	if err := c.Postgres.Start(ctx); err != nil {
		t.Fatal(err)
	}
	if got := sql("SELECT TreeId FROM Trees ORDER BY 1"); got != "1\n2" {
		t.Errorf("after an immediate stop: %q", got)
	}
	if err := c.Postgres.Restore(ctx, dump); err != nil {
		t.Fatal(err)
	}
	if got := sql("SELECT TreeId FROM Trees ORDER BY 1"); got != "1" {
		t.Errorf("after the restore: %q", got)
	}
	if err := c.Postgres.Analyze(ctx); err != nil {
		t.Error(err)
	}
	if _, err := c.Postgres.SQL(ctx, "SELECT nothing"); fault.Code(err) != "cluster.sql" || !strings.Contains(err.Error(), "nothing") {
		t.Errorf("a wrong statement: %v", err)
	}
	sql("DELETE FROM Trees")
}

// testPause: a paused server keeps its port and says nothing.
func testPause(t *testing.T, c *Cluster) {
	s := c.LogServers[0]
	if err := s.Pause(); err != nil {
		t.Fatal(err)
	}
	if state, _, _, _ := stat(s.Pid()); state != 'T' {
		t.Errorf("state %c, want T", state)
	}
	conn, err := net.Dial("tcp", s.Addr)
	if err != nil {
		t.Errorf("the port of a paused server: %v", err)
	} else {
		conn.Close()
	}
	if err := s.Resume(); err != nil {
		t.Fatal(err)
	}
	if err := s.await(t.Context()); err != nil {
		t.Error(err)
	}
}

// TestRefusals: what cannot be started says why.
func TestRefusals(t *testing.T) {
	if testing.Short() {
		t.Skip("left out in short mode: real servers (PostgreSQL, etcd, Trillian)")
	}
	bin := t.TempDir()
	for _, c := range []struct {
		code string
		opt  Options
	}{
		{"cluster.bad-folder", Options{Bin: bin}}, // no programs there
		{"cluster.bad-folder", Options{Bin: bin, Dir: filepath.Join(t.TempDir(), strings.Repeat("long", 20))}},
	} {
		_, err := Up(t.Context(), c.opt)
		if fault.Code(err) != c.code {
			t.Errorf("%+v: %v, want %s", c.opt, err, c.code)
		}
	}
	if _, err := Open(bin); fault.Code(err) != "cluster.no-cluster" {
		t.Errorf("an empty folder: %v", err)
	}
}

// TestNoPostgreSQL: who has none, or half of one, is told the package's name.
func TestNoPostgreSQL(t *testing.T) {
	half := t.TempDir()
	for _, name := range []string{"postgres", "psql"} {
		if err := os.WriteFile(filepath.Join(half, name), nil, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, dirs := range [][]string{nil, {half}, {filepath.Join(half, "nothing")}} {
		_, err := firstWhole(dirs)
		if fault.Code(err) != "cluster.no-postgresql" {
			t.Fatalf("%q: %v", dirs, err)
		}
		if said := words.Error(err); !strings.Contains(said, "postgresql-15") {
			t.Errorf("no name of a package in %q", said)
		}
	}
	whole := t.TempDir()
	for _, name := range []string{"postgres", "initdb", "psql", "createdb", "pg_dump"} {
		if err := os.WriteFile(filepath.Join(whole, name), nil, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if dir, err := firstWhole([]string{half, whole}); dir != whole || err != nil {
		t.Errorf("%s, %v", dir, err)
	}
}

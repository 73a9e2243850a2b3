//go:build linux

package trillian

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/sunlot/sunlot/internal/cluster"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/ledger/local"
)

// small is a folder on a disk of its own of that many MiB, with a way to fill
// it and to make room again. Where nothing may be mounted it is nil.
type small struct{ dir string }

func newSmall(t *testing.T, megabytes int) *small {
	t.Helper()
	dir, err := os.MkdirTemp("", "sunlot-disk-") // package testing's folders are closed to another user
	did(t, err)
	t.Cleanup(func() { os.RemoveAll(dir) })
	did(t, os.Chmod(dir, 0o755))
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size="+strconv.Itoa(megabytes)+"m"); err != nil {
		t.Logf("no disk may be mounted here (%v): the files of the database may not grow instead", err)
		return nil
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Errorf("unmount %s: %v", dir, err)
		}
	})
	return &small{dir}
}

func (s *small) ballast() string { return filepath.Join(s.dir, "ballast") }

// fill leaves no byte.
func (s *small) fill(t *testing.T) {
	t.Helper()
	f, err := os.Create(s.ballast())
	did(t, err)
	defer f.Close()
	for _, size := range []int{1 << 20, 4 << 10, 1} {
		block := make([]byte, size)
		for err = nil; err == nil; {
			_, err = f.Write(block)
		}
		if !errors.Is(err, syscall.ENOSPC) {
			t.Fatal(err)
		}
	}
}

// The disk of the database is full: whatever the servers make of it, nothing is
// signed that is not in the tree, and with room again the step is completed.
func TestDatabaseDiskFull(t *testing.T) {
	if testing.Short() {
		broken.up(t) // says what is left out
	}
	disk := newSmall(t, 128)
	opt := cluster.Options{Interval: interval}
	if disk != nil {
		opt.DataDir = filepath.Join(disk.dir, "pg")
	}
	c := cluster.New(t, opt)
	if disk == nil || *long {
		t.Run("files that may not grow", func(t *testing.T) { full(t, c, func() { mayGrow(t, c, "0") }, func() { mayGrow(t, c, "unlimited") }) })
	}
	if disk != nil {
		t.Run("small disk", func(t *testing.T) { full(t, c, func() { disk.fill(t) }, func() { did(t, os.Remove(disk.ballast())) }) })
	}
}

// mayGrow limits the files of the database and of each of its sessions.
func mayGrow(t *testing.T, c *cluster.Cluster, limit string) {
	t.Helper()
	own := strconv.Itoa(c.Postgres.Pid())
	out, err := exec.Command("pgrep", "-P", own).Output()
	did(t, err)
	for _, pid := range append([]string{own}, strings.Fields(string(out))...) {
		cmd := exec.Command("prlimit", "--pid", pid, "--fsize="+limit+":unlimited")
		if info, err := os.Stat("/proc/" + pid); err == nil && os.Geteuid() == 0 { // root of a container may not, its owner may
			st := info.Sys().(*syscall.Stat_t)
			cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: st.Uid, Gid: st.Gid}}
		}
		if out, err := cmd.CombinedOutput(); err != nil && pid == own {
			t.Fatalf("%v: %s", err, out)
		}
	}
}

func full(t *testing.T, c *cluster.Cluster, fill, empty func()) {
	d := newDesk(t, addressesOf(c)...)
	d.must(d.next(3))
	fill()
	// PostgreSQL has some pages left in its files: step after step until it has
	// none. It may end by itself then.
	d.cfg.Wait = brief
	d.cfg.Call = brief / 3
	var failed error
	for range 40 {
		var large [][]byte
		for i := range 20 {
			large = append(large, append(make([]byte, 60<<10), byte(i)))
		}
		if failed = d.step(local.Batch{Entries: large}); failed != nil {
			break
		}
		d.holds()
	}
	switch fault.Code(failed) {
	case "ledger.tree-unreachable", "ledger.tree-late", "ledger.tree-refused":
		t.Logf("after %d entries: %v", len(d.acked), failed)
	default:
		t.Fatalf("after %d entries: %v", len(d.acked), failed)
	}
	d.holds()
	was := len(d.acked)
	if err := d.step(local.Batch{}); err != nil && len(d.acked) != was {
		t.Errorf("%d entries, then %d and %v", was, len(d.acked), err)
	}
	empty()
	if !c.Postgres.Running() || c.Postgres.Ready(t.Context()) != nil {
		did(t, c.Postgres.Kill())
		did(t, c.Postgres.Start(context.Background()))
	}
	d.cfg.Wait, d.cfg.Call = 0, 0
	d.mends()
}

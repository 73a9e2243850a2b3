//go:build unix

package command_test

import (
	"context"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// TestProvincePipe: a pipe in place of a file keeps nobody waiting; where it is
// not looked for, an interrupt ends the waiting.
func TestProvincePipe(t *testing.T) {
	first := counties(t, 3)
	if code, got := publishes(t, t.Context(), first, nil); code != 0 {
		t.Fatalf("exit %d: %+v", code, got)
	}
	pipe := func(dir, name string) {
		name = filepath.Join(dir, filepath.FromSlash(name))
		if err := os.Remove(name); err != nil {
			t.Fatal(err)
		}
		if err := syscall.Mkfifo(name, 0o644); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { // whoever still waits there is let go
			if f, err := os.OpenFile(name, os.O_RDWR, 0); err == nil {
				time.AfterFunc(time.Second, func() { f.Close() })
			}
		})
	}
	for _, c := range []struct{ name, state string }{
		{"county-002/ledger/checkpoint", "核验相符"},
		{"county-002/office.toml", "无法核验"},
	} {
		dir := copied(t, first)
		pipe(dir, c.name)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		code, got := publishes(t, ctx, dir, nil, "--jobs", "1")
		cancel()
		if o := got.Offices[2]; code != 3 || o.Error != "province.not-a-file" || o.State != c.state || got.Offices[0].State != "核验相符" {
			t.Errorf("%s: exit %d: %+v", c.name, code, got)
		}
	}
	dir := copied(t, first)
	pipe(dir, "public/county-002/ledger/checkpoint")
	if code, got := status(t, dir); code != 3 || got.Offices[2].Error != "province.not-a-file" || got.Offices[0].State != "核验相符" {
		t.Errorf("exit %d: %+v", code, got)
	}
	dir = copied(t, first)
	const tile = "county-001/ledger/tile/entries/000.p/8"
	pipe(dir, tile)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	held := make(chan *os.File, 1)
	go func() { // as soon as somebody waits there, an interrupt
		defer cancel()
		for range 60_000 {
			// Only where there is a reader does this open.
			if f, err := os.OpenFile(filepath.Join(dir, tile), os.O_WRONLY|syscall.O_NONBLOCK, 0); err == nil {
				held <- f
				time.AfterFunc(20*time.Second, func() { f.Close() }) // so that a run that does not stop fails, and does not hang
				return
			}
			time.Sleep(time.Millisecond)
		}
	}()
	code, got := publishes(t, ctx, dir, nil, "--jobs", "2")
	if len(held) == 0 {
		t.Fatal("nobody waited at the pipe")
	}
	defer (<-held).Close()
	if code != 130 || got.Offices[1].Did != "stopped" {
		t.Errorf("exit %d: %+v", code, got)
	}
}

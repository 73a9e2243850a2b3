package keyring

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// pty is a terminal and the side where its person sits.
func pty(t *testing.T) (master, tty *os.File) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	tty, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	return master, tty
}

func echoes(t *testing.T, tty *os.File) bool {
	t.Helper()
	state, err := unix.IoctlGetTermios(int(tty.Fd()), unix.TCGETS)
	if err != nil {
		t.Error(err)
		return false
	}
	return state.Lflag&unix.ECHO != 0
}

// leftOpen are the two ends at which the read that an interrupt leaves behind
// still stands: closed, its number would soon be another file's.
var leftOpen []*os.File

// An interrupt ends the prompt at once and gives the echo back.
func TestTerminalCancelled(t *testing.T) {
	master, tty := pty(t)
	leftOpen = append(leftOpen, master, tty)
	ctx, stop := context.WithCancel(t.Context())
	go func() {
		for echoes(t, tty) {
			runtime.Gosched()
		}
		stop()
	}()
	_, err := Terminal(ctx, tty, io.Discard)("口令")
	wantCode(t, err, "keyring.cancelled")
	if !echoes(t, tty) {
		t.Error("the echo is still off")
	}
}

// A real terminal: what is typed comes back, and is not echoed.
func TestTerminal(t *testing.T) {
	master, tty := pty(t)
	defer master.Close()
	defer tty.Close()

	// Type as soon as the echo is off.
	done := make(chan struct{})
	defer close(done)
	go func() {
		for {
			state, err := unix.IoctlGetTermios(int(tty.Fd()), unix.TCGETS)
			if err == nil && state.Lflag&unix.ECHO == 0 {
				fmt.Fprintf(master, "%s\n", passOne)
				return
			}
			select {
			case <-done:
				return
			default:
				runtime.Gosched()
			}
		}
	}()
	var out bytes.Buffer
	got, err := Terminal(t.Context(), tty, &out)("口令")
	if err != nil || got != passOne {
		t.Fatalf("got %q, %v", got, err)
	}
	if out.String() != "口令：\n" {
		t.Errorf("shown: %q", out.String())
	}
	fmt.Fprint(tty, "end")
	seen := make([]byte, 4096)
	read, err := master.Read(seen)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(seen[:read], []byte("黄河")) {
		t.Error("the passphrase was echoed")
	}
}

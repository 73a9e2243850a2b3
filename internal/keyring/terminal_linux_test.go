package keyring

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"
)

// A real terminal: what is typed comes back, and is not echoed.
func TestTerminal(t *testing.T) {
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer master.Close()
	if err := unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	tty, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
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
	got, err := Terminal(tty, &out)("口令")
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

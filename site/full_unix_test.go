//go:build unix

package site

import (
	"io"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/sunlot/sunlot/internal/fault"
)

// A disk that takes no more is told as such, in pieces as whole.
func TestStreamDiskFull(t *testing.T) {
	d := openDir(t, filepath.Join(t.TempDir(), "public"), DirOptions{})
	if err := d.Put("a", nil); err != nil {
		t.Fatal(err)
	}
	var old syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		t.Fatal(err)
	}
	small := old
	small.Cur = 1 << 20
	signal.Ignore(syscall.SIGXFSZ)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &small); err != nil {
		t.Fatal(err)
	}
	text := strings.Repeat("a", 2<<20)
	whole := d.Put("whole", []byte(text))
	parts := d.Stream("data/x.zip", func(w io.Writer) error {
		_, err := io.WriteString(w, text)
		return err
	})
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &old); err != nil {
		t.Fatal(err)
	}
	signal.Reset(syscall.SIGXFSZ)
	for _, err := range []error{whole, parts} {
		if fault.Code(err) != "site.write" || !strings.Contains(err.Error(), "too large") {
			t.Errorf("a full disk: %v", err)
		}
	}
}

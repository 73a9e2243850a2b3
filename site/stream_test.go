package site

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDirStream: a file in pieces is written where it is new or another, and
// only then; what fails on the way leaves the old one.
func TestDirStream(t *testing.T) {
	name := filepath.Join(t.TempDir(), "public")
	long := strings.Repeat("演示", compareBuffer/4)
	say := func(parts ...string) func(io.Writer) error {
		return func(w io.Writer) error {
			for _, p := range parts {
				if _, err := io.WriteString(w, p); err != nil {
					return err
				}
			}
			return nil
		}
	}
	broken := errors.New("broken")
	for _, c := range []struct {
		what          string
		write         func(io.Writer) error
		err           error
		stands        string
		written, same int
	}{
		{"new", say("a", long), nil, "a" + long, 1, 0},
		{"the same in other pieces", say("a"+long[:100], long[100:]), nil, "a" + long, 0, 1},
		{"longer", say("a", long, "b"), nil, "a" + long + "b", 1, 0},
		{"shorter", say("a", long), nil, "a" + long, 1, 0},
		{"one byte", say("a", long[:len(long)-1], "x"), nil, "a" + long[:len(long)-1] + "x", 1, 0},
		{"broken before it differs", func(io.Writer) error { return broken }, broken, "a" + long[:len(long)-1] + "x", 0, 0},
		{"broken after it differs", func(w io.Writer) error {
			_ = say("other")(w) // an archive may go on
			return broken
		}, broken, "a" + long[:len(long)-1] + "x", 0, 0},
		{"empty", say(), nil, "", 1, 0},
	} {
		d, err := OpenDir(name, DirOptions{})
		if err != nil {
			t.Fatal(err)
		}
		written := d.Written
		if err := d.Stream("data/x.zip", c.write); !errors.Is(err, c.err) {
			t.Errorf("%s: %v", c.what, err)
		}
		if d.Written-written != c.written || c.err == nil && d.Same+d.Written != 2 {
			t.Errorf("%s: written %d, same %d", c.what, d.Written, d.Same)
		}
		if data, _ := os.ReadFile(filepath.Join(name, "data/x.zip")); string(data) != c.stands {
			t.Errorf("%s: %d bytes stand there", c.what, len(data))
		}
		if left, _ := filepath.Glob(filepath.Join(name, "data", "*.tmp")); len(left) > 0 {
			t.Errorf("%s: %v is left", c.what, left)
		}
		d.Close()
	}
	d := openDir(t, name, DirOptions{})
	for _, bad := range []string{"../x", "data/x.zip"} {
		if err := errors.Join(d.Stream(bad, say("a")), d.Stream(bad, say("a"))); err == nil {
			t.Errorf("%s twice passes", bad)
		}
	}
}

// FuzzJSONString: a text stands in our files as encoding/json writes it.
func FuzzJSONString(f *testing.F) {
	for _, s := range []string{"", "高青县", `a"b\\c`, "<&>", "\x00\n\t\x1f\x7f", "\u2028\u2029", "\xff\xc3", "\ufffd", "𠮷", strings.Repeat("长", 5000)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var b bytes.Buffer
		w := bufio.NewWriter(&b)
		jsonString(w, s)
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		if want, _ := json.Marshal(s); !bytes.Equal(b.Bytes(), want) {
			t.Errorf("%q is %s, not %s", s, b.Bytes(), want)
		}
	})
}

package site

import (
	"bytes"
	"crypto/sha256"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/content"
)

// TestTampered: the list of what was built is no promise. A page changed by
// hand, hidden behind a list made anew with a good sum, is found with All; so
// is a file that the list was made to know. A list that names what lies outside
// the folder is thrown away.
func TestTampered(t *testing.T) {
	b := year(t, "gaoqing", 20)
	name := filepath.Join(t.TempDir(), "public")
	build := func(all bool) (written, removed int) {
		t.Helper()
		d, err := OpenDir(name, DirOptions{All: all})
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		if err := Build(b.bundle(), content.FS, Options{}, d); err != nil {
			t.Fatal(err)
		}
		if err := d.Finish(); err != nil {
			t.Fatal(err)
		}
		return d.Written, d.Removed
	}
	build(false)
	page, list := filepath.Join(name, "book/3.html"), filepath.Join(name, builtName)
	right := read(t, page)
	built := read(t, list)
	for _, forged := range [][]byte{built, resum(bytes.Replace(built, []byte("book/"), []byte("../x/"), 1)), built[:len(built)-1]} {
		for file, data := range map[string]string{page: strings.Replace(string(right), "</main>", "<p>假的</p></main>", 1), filepath.Join(name, "planted.html"): "x"} {
			if err := os.WriteFile(file, []byte(data), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.WriteFile(list, forged, 0o644); err != nil {
			t.Fatal(err)
		}
		all := bytes.Equal(forged, built)
		if written, removed := build(all); written != 1 || removed != 1 || !bytes.Equal(read(t, page), right) {
			t.Errorf("all %v: %d written, %d removed, the page right: %v", all, written, removed, bytes.Equal(read(t, page), right))
		}
	}
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	data, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// resum gives a changed list its sum.
func resum(list []byte) []byte {
	body := bytes.Clone(list[:len(list)-32])
	sum := sha256.Sum256(body)
	return append(body, sum[:]...)
}

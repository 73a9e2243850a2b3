package site

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/content"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/words"
)

// An archive that somebody took away is missed, for the page of the data says how
// large it is: the build says what to do, and that does it.
func TestArchiveGone(t *testing.T) {
	b := newBureau(t, "gaoqing", 20)
	name := filepath.Join(t.TempDir(), "public")
	archive := filepath.Join(name, "data", archiveName(1))
	buildInto(t, b, name, DirOptions{})
	if err := os.Remove(archive); err != nil {
		t.Fatal(err)
	}
	d := openDir(t, name, DirOptions{})
	err := Build(b.bundle(), content.FS, Options{}, d)
	if fault.Code(err) != "site.file-gone" || !strings.Contains(words.Error(err), "data/"+archiveName(1)) || !strings.Contains(words.Error(err), "--all") {
		t.Errorf("without an archive: %v", err)
	}
	buildInto(t, b, name, DirOptions{All: true})
	if _, err := os.Stat(archive); err != nil {
		t.Error(err)
	}
}

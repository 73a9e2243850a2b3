package command

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/sunlot/sunlot/internal/durable"
	"github.com/sunlot/sunlot/internal/fault"
)

// TestAlone: one build at a time works on a folder, and what is no folder is left
// to OpenDir.
func TestAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "public")
	first, err := alone(dir)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := alone(dir); durable.LockDirs && fault.Code(err) != "command.building" {
		t.Errorf("a second build: %v", err)
	}
	if err := first.Close(); err != nil {
		t.Fatal(err)
	}
	next, err := alone(dir)
	if err != nil {
		t.Fatalf("after it: %v", err)
	}
	next.Close()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{file, filepath.Join(file, "below"), filepath.Join(dir, "no", "where")} {
		c, err := alone(name)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		c.Close()
	}
}

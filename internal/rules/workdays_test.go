package rules

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestOneCalendar: only the files of the calendar itself ask for the one that
// the program carries; everything else counts by the state's, or a closure and
// an added year would not reach it.
func TestOneCalendar(t *testing.T) {
	own := map[string]bool{"calendar.go": true, "calendar_vector.go": true, "workdays.go": true}
	call := regexp.MustCompile(`(^|[^.\w])Workdays\(\)|rules\.Workdays\(\)`)
	seen := 0
	for _, pattern := range []string{"*.go", "../*/*.go", "../../site/*.go", "../../cmd/*/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") || own[filepath.Base(name)] {
				continue
			}
			data, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			if seen++; call.Match(data) {
				t.Errorf("%s counts by the program's calendar, not by the one in force", name)
			}
		}
	}
	if seen < 100 {
		t.Fatalf("only %d files", seen)
	}
}

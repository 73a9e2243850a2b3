package rules_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var (
	packFault = regexp.MustCompile(`(rules\.bad-pack"|\bbad\()(.*)$`)
	quoted    = regexp.MustCompile(`"([^"]*)"`)
	english   = regexp.MustCompile(`[A-Za-z]{2,} (a|of|or|and|the|with|one|no|each|once|[a-z]{3,})\b`)
)

// What lint says of a pack is read by officers: its wants are no English.
func TestPackFaultsAreChinese(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	seen := 0
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for i, row := range strings.Split(string(src), "\n") {
			m := packFault.FindStringSubmatch(row)
			if m == nil {
				continue
			}
			seen++
			for _, q := range quoted.FindAllStringSubmatch(m[2], -1) {
				if english.MatchString(q[1]) {
					t.Errorf("%s:%d: %q", name, i+1, q[1])
				}
			}
		}
	}
	if seen < 15 {
		t.Fatalf("only %d faults of packs found", seen)
	}
}

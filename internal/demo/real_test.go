package demo

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Tables that real offices published go through `sunlot record --dry-run` of
// both offices: the transcript says what was understood, what was refused and
// why. Nothing is written, whatever they hold.
func TestRealTables(t *testing.T) {
	tables, err := filepath.Glob("../intake/testdata/real/*.csv")
	if err != nil || len(tables) < 7 {
		t.Fatal(tables, err)
	}
	for _, name := range Names {
		t.Run(name, func(t *testing.T) {
			r, err := NewRun(name, filepath.Join(fast(t), "office"), new(bytes.Buffer), nil)
			if err != nil {
				t.Fatal(err)
			}
			r.Office.Firms, r.Office.People = 60, 8
			r.begin()
			if r.err != nil {
				t.Fatal(r.err)
			}
			before := tree(t, filepath.Join(r.Dir, "ledger"))
			private := tree(t, filepath.Join(r.Dir, "private"))
			var log strings.Builder
			for _, table := range tables {
				base := filepath.Base(table)
				data := must(os.ReadFile(table))
				r.put(base, data, nil)
				commands := []string{"record"}
				if strings.HasPrefix(base, "result-") {
					commands = append(commands, "result")
				}
				for _, command := range commands {
					var out bytes.Buffer
					code := sunlot{Dir: r.Dir, When: "2023-06-26 09:00:00", Args: []string{command, "inbox/" + base, "--yes"}}.run(&out, nil)
					fmt.Fprintf(&log, "$ sunlot %s inbox/%s --yes\n%s（退出码 %d）\n\n", command, base, &out, code)
					if text := out.String(); code > 2 || strings.Contains(text, "已写入") || (code == 0) != strings.Contains(text, "未写入") {
						t.Errorf("%s: exit %d\n%s", base, code, text)
					}
					if code == 1 {
						markedCopy(t, r, base)
					}
				}
			}
			for name, was := range map[string]map[string]string{"ledger": before, "private": private} {
				now := tree(t, filepath.Join(r.Dir, name))
				if len(now) != len(was) {
					t.Errorf("%s: %d files, now %d", name, len(was), len(now))
				}
				for file, data := range was {
					if now[file] != data {
						t.Errorf("%s/%s has changed", name, file)
					}
				}
			}
			golden(t, "real-"+name+".txt", steady(log.String(), r.Dir, "网站"))
		})
	}
}

// markedCopy: a refused table comes back as a copy that names what is wrong.
func markedCopy(t *testing.T, r *Run, base string) {
	t.Helper()
	copies := must(filepath.Glob(filepath.Join(r.Dir, "inbox", strings.TrimSuffix(base, ".csv")+"*.xlsx")))
	if len(copies) != 1 {
		t.Errorf("%s was refused without a marked copy: %q", base, copies)
	}
}

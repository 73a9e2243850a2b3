// Command clauses prints spec/clauses.csv for people: where each clause of the
// two regulations has its home, and which test holds it. With -ran FILE (lines
// "package TestName" of tests that passed, as testsum writes them) it says
// instead which rows' tests did not run, and fails if there are any.
package main

import (
	"encoding/csv"
	"flag"
	"fmt"
	"io"
	"os"
	"path"
	"strings"
)

func main() {
	ran := flag.String("ran", "", "file of the tests that passed")
	flag.Parse()
	if err := run(flag.Arg(0), *ran, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "clauses:", err)
		os.Exit(1)
	}
}

func run(table, ran string, w io.Writer) error {
	f, err := os.Open(table)
	if err != nil {
		return err
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		return err
	}
	if ran == "" {
		show(rows, w)
		return nil
	}
	data, err := os.ReadFile(ran)
	if err != nil {
		return err
	}
	missing := unrun(rows, string(data))
	for _, m := range missing {
		fmt.Fprintln(w, m)
	}
	if len(missing) > 0 {
		return fmt.Errorf("%d clauses whose test did not run", len(missing))
	}
	fmt.Fprintf(w, "%d clauses, the test of each has run\n", len(rows)-1)
	return nil
}

// show prints a block for each row: a table would be wider than a screen.
func show(rows [][]string, w io.Writer) {
	out := 0
	for _, r := range rows[1:] {
		if r[1] == "X" {
			out++
			fmt.Fprintf(w, "%-10s %-6s out of scope: %s\n", r[0], r[1], r[4])
			continue
		}
		note := ""
		if r[4] != "" {
			note = "\n" + strings.Repeat(" ", 18) + r[4]
		}
		fmt.Fprintf(w, "%-10s %-6s %s\n%s%s%s\n", r[0], r[1], r[2], strings.Repeat(" ", 18), r[3], note)
	}
	fmt.Fprintf(w, "\n%d rows, %d of them out of scope\n", len(rows)-1, out)
}

// unrun lists the rows whose test is not among those that ran; a case may go on
// after its name with an underscore and what was tried.
func unrun(rows [][]string, ran string) []string {
	passed := map[string]bool{}
	for line := range strings.Lines(ran) {
		pkg, test, _ := strings.Cut(strings.TrimSpace(line), " ")
		name := path.Base(pkg) + "." + test
		passed[name] = true
		for i, c := range name {
			if c == '_' {
				passed[name[:i]] = true
			}
		}
	}
	var list []string
	for _, r := range rows[1:] {
		if r[1] != "X" && !passed[r[3]] {
			list = append(list, r[0]+": "+r[3])
		}
	}
	return list
}

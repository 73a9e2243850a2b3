// Command testsum reads `go test -json` and prints what a person wants to see:
// a line for each package, the output of what failed, and how many tests ran.
// Into the file that is named, if one is, it writes "package TestName" of each
// that passed.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
)

func main() {
	passed := io.Discard
	if len(os.Args) > 1 {
		f, err := os.Create(os.Args[1])
		if err != nil {
			fmt.Fprintln(os.Stderr, "testsum:", err)
			os.Exit(3)
		}
		defer f.Close()
		passed = f
	}
	failed, err := run(os.Stdin, os.Stdout, passed)
	if err != nil {
		fmt.Fprintln(os.Stderr, "testsum:", err)
		os.Exit(3)
	}
	if failed {
		os.Exit(1)
	}
}

// event is one line of go test -json (go doc cmd/test2json).
type event struct {
	Action     string
	Package    string
	ImportPath string
	Test       string
	Elapsed    float64
	Output     string
}

// run prints packages as they end and reports whether anything failed; a run
// without a test is a failure too.
func run(r io.Reader, w, names io.Writer) (failed bool, err error) {
	var passed, broken, skipped int
	output := map[string]string{} // of tests that still run, by package and test
	in := bufio.NewScanner(r)
	in.Buffer(nil, 16<<20)
	for in.Scan() {
		var e event
		if err := json.Unmarshal(in.Bytes(), &e); err != nil {
			fmt.Fprintln(w, in.Text()) // not of go test: a build's own words
			continue
		}
		key := e.Package + " " + e.Test
		switch e.Action {
		case "output":
			output[key] += e.Output
			continue
		case "build-output":
			fmt.Fprint(w, e.Output)
			continue
		case "build-fail":
			broken++
			continue
		case "pass", "fail", "skip":
		default:
			continue
		}
		switch {
		case e.Test == "":
			if e.Action == "fail" {
				failed = true
				fmt.Fprint(w, output[key])
			} else {
				fmt.Fprintf(w, "%-4s %s %.1fs\n", verdict[e.Action], e.Package, e.Elapsed)
			}
		case e.Action == "pass":
			passed++
			fmt.Fprintln(names, e.Package, e.Test)
		case e.Action == "skip":
			skipped++
			fmt.Fprint(w, output[key])
		default:
			broken++
			fmt.Fprint(w, output[key])
		}
		delete(output, key)
	}
	fmt.Fprintf(w, "\n%d passed, %d failed, %d skipped\n", passed, broken, skipped)
	return failed || broken > 0 || passed == 0, in.Err()
}

// verdict of a package, in go test's own words.
var verdict = map[string]string{"pass": "ok", "skip": "?"}

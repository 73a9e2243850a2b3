package main

import (
	"io"
	"strings"
	"testing"
)

func TestRun(t *testing.T) {
	for name, c := range map[string]struct {
		in, want string
		failed   bool
	}{
		"passed": {`{"Action":"output","Package":"p","Test":"TestA","Output":"noise\n"}
{"Action":"pass","Package":"p","Test":"TestA","Elapsed":0}
{"Action":"pass","Package":"p","Test":"TestA/sub","Elapsed":0}
{"Action":"pass","Package":"p","Elapsed":1.25}`, "ok   p 1.2s\n\n2 passed, 0 failed, 0 skipped\n", false},
		"failed": {`{"Action":"output","Package":"p","Test":"TestA","Output":"a_test.go:1: wrong\n"}
{"Action":"fail","Package":"p","Test":"TestA","Elapsed":0}
{"Action":"output","Package":"p","Output":"FAIL\n"}
{"Action":"fail","Package":"p","Elapsed":0.1}`, "a_test.go:1: wrong\nFAIL\n\n0 passed, 1 failed, 0 skipped\n", true},
		"does not build": {`{"ImportPath":"p","Action":"build-output","Output":"p.go:1: undefined: x\n"}
{"ImportPath":"p","Action":"build-fail"}
{"Action":"fail","Package":"p","Elapsed":0}`, "p.go:1: undefined: x\n\n0 passed, 1 failed, 0 skipped\n", true},
		"a test is skipped": {`{"Action":"output","Package":"p","Test":"TestB","Output":"no such machine\n"}
{"Action":"skip","Package":"p","Test":"TestB","Elapsed":0}
{"Action":"pass","Package":"p","Test":"TestA","Elapsed":0}`, "no such machine\n\n1 passed, 0 failed, 1 skipped\n", false},
		"no test at all":   {`{"Action":"skip","Package":"p","Elapsed":0}`, "?    p 0.0s\n\n0 passed, 0 failed, 0 skipped\n", true},
		"words of a build": {"go: no such module\n", "go: no such module\n\n0 passed, 0 failed, 0 skipped\n", true},
		"nothing":          {"", "\n0 passed, 0 failed, 0 skipped\n", true},
	} {
		var b strings.Builder
		failed, err := run(strings.NewReader(c.in), &b, io.Discard)
		if err != nil || failed != c.failed || b.String() != c.want {
			t.Errorf("%s: failed %t, err %v, printed %q, want %q", name, failed, err, b.String(), c.want)
		}
	}
}

// TestNames: what passed is named, for whoever asks whether a test ran.
func TestNames(t *testing.T) {
	var b, names strings.Builder
	in := `{"Action":"pass","Package":"p","Test":"TestA/sub"}
{"Action":"fail","Package":"p","Test":"TestB"}
{"Action":"pass","Package":"p"}`
	if _, err := run(strings.NewReader(in), &b, &names); err != nil || names.String() != "p TestA/sub\n" {
		t.Errorf("%q %v", names.String(), err)
	}
}

package site

import (
	"strings"
	"testing"
)

// TestLasting: lengths of time in two units at most.
func TestLasting(t *testing.T) {
	for in, want := range map[int64]string{0: "0秒", 59: "59秒", 60: "1分", 599: "9分59秒", 2364: "39分24秒", 3600: "1小时", 66680: "18小时31分", 86400: "1天", 90000: "1天1小时"} {
		if got := lasting(in); got != want {
			t.Errorf("lasting(%d) = %s, not %s", in, got, want)
		}
	}
}

// TestStorySteps: the steps of a draw stand in their order, once on the line of
// time and once in the story, and a table of its groups stands there once.
func TestStorySteps(t *testing.T) {
	for name, want := range map[string]string{
		"draws/2023-001/index.html": "notice seen number cast send visit result open",
		"draws/2024-001/index.html": "notice seen number cast open abort",
		"draws/2024-002/index.html": "notice seen number cast send visit result open",
	} {
		list, _, err := tokenize(string(gaoqing().files[name]))
		if err != nil {
			t.Fatal(err)
		}
		var steps, line []string
		for _, e := range list {
			if strings.HasPrefix(e.attrs["class"], "step") {
				steps = append(steps, e.attrs["id"])
			}
			if id, ok := strings.CutPrefix(e.attrs["href"], "#"); ok && len(line) < len(steps)+10 {
				line = append(line, id)
			}
		}
		if got := strings.Join(steps, " "); got != want {
			t.Errorf("%s: steps are %q", name, got)
		}
		if got := strings.Join(line, " "); !strings.Contains(got, want) {
			t.Errorf("%s: the line of time is %q", name, got)
		}
		if n := strings.Count(string(gaoqing().files[name]), `<table class="cells`); n != 1 {
			t.Errorf("%s: %d tables of groups", name, n)
		}
	}
}

package main

import (
	"slices"
	"strings"
	"testing"
)

func TestUnrun(t *testing.T) {
	rows := [][]string{{"clause", "kind", "home", "test", "note"}, {"Y-1", "C", "h", "rules.TestTrials/no-basis", ""}, {"Y-2", "C", "h", "rules.TestX", ""},
		{"Y-3", "X", "", "", "aim"}, {"Y-4", "C", "h", "command.TestScripts/record", ""}, {"Y-5", "C", "h", "site.TestX", ""}}
	ran := "m/internal/rules TestTrials/no-basis_document_alone\nm/internal/rules TestX\nm/internal/command TestScripts/recorded\n"
	if got, want := unrun(rows, ran), []string{"Y-4: command.TestScripts/record", "Y-5: site.TestX"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestShow(t *testing.T) {
	var b strings.Builder
	if err := run("../../spec/clauses.csv", "", &b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Y-22.1", "rules.late-result", "rules.TestResultDue", "out of scope: ", "151 rows"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q", want)
		}
	}
	if err := run("nowhere.csv", "", &b); err == nil {
		t.Error("no table and no error")
	}
}

package verify_test

import (
	"encoding/hex"
	"slices"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/ledger"
)

// TestDictionaryOfRisk (security.md T22): the two places where a risk grade
// stands, a class's condition in the plan and a firm's line in the register, are
// tried with a full dictionary, with K open and every other number of the site as
// a salt: 0 are recovered. With the salts all are, so the attack works.
func TestDictionaryOfRisk(t *testing.T) {
	w, l := season(t)
	grades := []string{"低", "一般", "较高", "高"}
	var conditions []string
	for _, field := range []string{"风险", "风险等级", "risk_grade"} {
		for _, g := range grades {
			conditions = append(conditions, field+" = "+g, field+" in ("+g+")", field+"="+g)
		}
	}
	known := []string{"", l.C, l.Body.Key, l.Body.KeyI, l.Draw.Body.Seed, l.Draw.Body.Rho, hex.EncodeToString(w.keys[l.Index].K), string(w.keys[l.Index].K)}
	plan := &record.Plan{Year: 2024, Version: 1, Date: "2023-12-01", Title: "演示", Reason: "制定", Lines: []record.PlanLine{{No: "C", Name: "演示", Mode: "不定向", Items: []string{"1"}, Scope: "全部", Ratio: "0.1",
		From: "2024-01-01", To: "2024-12-01", Unit: "执法大队", Classes: []record.Class{{Name: "g1", Condition: "风险等级 = 高", Census: true}, {Name: "g2", Condition: "风险等级 = 较高", Ratio: "0.5"}}}}}
	salts := 0
	fields, err := record.Seal(plan, func() string { salts++; return rules.Hash([]byte{7, byte(salts)}) })
	w.must(err)
	if len(fields) != 2 {
		t.Fatalf("%d sealed conditions", len(fields))
	}
	found := func(with func(path string) []string) (n int) {
		for i, class := range plan.Lines[0].Classes {
			path := []string{"lines.0.classes.0.condition", "lines.0.classes.1.condition"}[i]
			if _, ok := fields[path]; !ok {
				t.Fatalf("no opening of %s: %v", path, fields)
			}
			if slices.ContainsFunc(with(path), func(salt string) bool {
				return slices.ContainsFunc(conditions, func(c string) bool { return record.SealDigest(salt, path, c) == string(class.Condition) })
			}) {
				n++
			}
		}
		return n
	}
	if n := found(func(string) []string { return known }); n != 0 {
		t.Errorf("K open: %d conditions of classes recovered", n)
	}
	if n := found(func(path string) []string { return []string{fields[path].Salt} }); n != 2 {
		t.Errorf("with the salts %d of 2: the attack does not work", n)
	}

	// The register: a firm's line is salted by a key of the register's own.
	const register = "a register's own key"
	var ids, texts []string
	for i, f := range w.firms {
		ids, texts = append(ids, f.ID), append(texts, f.Name+" "+grades[i%len(grades)])
	}
	file := rules.RosterFile([]byte(register), "objects", ids, texts)
	index := w.say("2023-12-02T09:00:00", &record.Roster{Kind: "objects", Version: 2, Date: "2023-12-02", Reason: "更新", Count: int64(len(ids)), File: rules.LinesOf(file)}, file)
	if _, ok := w.dir[ledger.BlobPath(rules.Hash(file))]; !ok {
		t.Fatalf("entry %d has no file", index)
	}
	public := map[string]bool{}
	for _, line := range slices.Collect(lines(file)) {
		public[line] = true
	}
	recovered := func(keys ...string) (n int) {
		for i := range ids {
			if slices.ContainsFunc(grades, func(g string) bool {
				return slices.ContainsFunc(keys, func(key string) bool {
					return slices.ContainsFunc(slices.Collect(lines(rules.RosterFile([]byte(key), "objects", ids[i:i+1], []string{w.firms[i].Name + " " + g}))), func(line string) bool { return public[line] })
				})
			}) {
				n++
			}
		}
		return n
	}
	if n := recovered(known...); n != 0 {
		t.Errorf("K open: the grades of %d firms recovered", n)
	}
	if n := recovered(register); n != len(ids) {
		t.Errorf("with the register's key %d of %d: the attack does not work", n, len(ids))
	}
	t.Logf("K open: 0 of 2 conditions, 0 of %d firms' risk grades; with the salts 2 and %d", len(ids), len(ids))
}

// lines are the lines of a file without their ends.
func lines(file []byte) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		for line := range strings.Lines(string(file)) {
			if !yield(strings.TrimSuffix(line, "\n")) {
				return
			}
		}
	}
}

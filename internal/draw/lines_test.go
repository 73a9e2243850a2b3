package draw

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/fault"
)

// vLines is a vector of spec/vectors/lines.
type vLines struct {
	Desc    string `json:"desc"`
	Version string `json:"version"`
	Kind    string `json:"kind"`
	File    string `json:"file"`
}

type vSums struct {
	SHA256 string `json:"sha256"`
	Root   string `json:"root"`
	Lines  int    `json:"lines"`
}

// refRoot is RFC 6962 §2.1 as it is written there: split at the largest power
// of two below n.
func refRoot(leaves []string) string {
	sum := func(s string) string {
		d := sha256.Sum256([]byte(s))
		return string(d[:])
	}
	var root func(leaves []string) string
	root = func(leaves []string) string {
		switch len(leaves) {
		case 0:
			return sum("")
		case 1:
			return sum("\x00" + leaves[0])
		}
		k := 1
		for 2*k < len(leaves) {
			k *= 2
		}
		return sum("\x01" + root(leaves[:k]) + root(leaves[k:]))
	}
	return hex.EncodeToString([]byte(root(leaves)))
}

func TestFileSum(t *testing.T) {
	var lines []string
	for n := range 70 {
		file := ""
		for _, l := range lines {
			file += l + "\n"
		}
		digest, root, count := FileSum([]byte(file))
		if want := sha256.Sum256([]byte(file)); digest != hex.EncodeToString(want[:]) || root != refRoot(lines) || count != n {
			t.Fatalf("%d lines: %s %s %d", n, digest, root, count)
		}
		lines = append(lines, fmt.Sprint("line ", n))
	}
}

// lineFiles are the texts of all vectors of file lines, by name.
func lineFiles() map[string]string {
	files := map[string]string{}
	add := func(name, code, kind, desc string, lines ...string) {
		v := vLines{desc, "draw1", kind, strings.Join(lines, "\n")}
		var expect any = vError(code)
		if code == "" {
			all := sha256.Sum256([]byte(v.File))
			var leaves []string
			if len(lines) > 0 {
				leaves = lines[:len(lines)-1] // the last is the empty rest after the last line feed
			}
			expect = vSums{hex.EncodeToString(all[:]), refRoot(leaves), len(leaves)}
		}
		files[name] = vFile(vRender(v), expect)
	}
	a, b, c := refH("a")[:32], refH("b")[:32], refH("c")[:32]
	handles := []string{a, b, c}
	slices.Sort(handles)
	a, b, c = handles[0], handles[1], handles[2]
	t1, t2 := refH("t1"), refH("t2")
	if t1 > t2 {
		t1, t2 = t2, t1
	}

	add("ok-pool", "", "pool", "three candidates", a+"|370322101|1", b+"|370322102|16", c+"|~a.B_-|2", "")
	add("ok-pool-one", "", "pool", "one candidate: the root is the leaf", a+"|B|1", "")
	add("ok-pool-empty", "", "pool", "no lines")
	add("bad-pool-no-last-line-feed", "bad-line", "pool", "the last line has no line feed", a+"|B|1", b+"|B|1")
	add("bad-pool-empty-line", "bad-line", "pool", "an empty line", a+"|B|1", "", b+"|B|1", "")
	add("bad-pool-only-line-feed", "bad-line", "pool", "nothing but a line feed", "", "")
	add("bad-pool-carriage-return", "bad-line", "pool", "CR LF", a+"|B|1\r", "")
	add("bad-pool-byte-order-mark", "bad-line", "pool", "a byte order mark", "\ufeff"+a+"|B|1", "")
	add("bad-pool-blank", "bad-line", "pool", "a blank after a field", a+"|B |1", "")
	add("bad-pool-fields", "bad-line", "pool", "a fourth field", a+"|B|1|", "")
	add("bad-pool-no-weight", "bad-line", "pool", "two fields", a+"|B", "")
	add("bad-pool-weight-leading-zero", "bad-line", "pool", "weight 01", a+"|B|01", "")
	add("bad-pool-weight-sign", "bad-line", "pool", "weight +1", a+"|B|+1", "")
	add("bad-pool-weight-zero", "bad-weight", "pool", "weight 0", a+"|B|0", "")
	add("bad-pool-weight-seventeen", "bad-weight", "pool", "weight 17", a+"|B|17", "")
	add("bad-pool-handle-upper-case", "bad-line", "pool", "an upper-case handle", strings.ToUpper(a)+"|B|1", "")
	add("bad-pool-order", "bad-line-order", "pool", "lines descend", b+"|B|1", a+"|B|1", "")
	add("bad-pool-same-line", "duplicate-handle", "pool", "a line twice", a+"|B|1", a+"|B|1", "")
	add("bad-pool-same-handle", "duplicate-handle", "pool", "a handle in two cells", a+"|A|1", a+"|B|1", "")
	add("bad-pool-same-handle-descending", "bad-line-order", "pool", "the order speaks before the repetition", a+"|B|1", a+"|A|1", "")

	add("ok-inspectors", "", "inspectors", "qualifications ascend; none leaves the field empty", a+"|", b+"|food,lead", c+"|lead", "")
	add("ok-inspectors-empty", "", "inspectors", "no lines")
	add("bad-inspectors-no-field", "bad-line", "inspectors", "no pipe", a, "")
	add("bad-inspectors-order-within", "bad-line", "inspectors", "qualifications descend", a+"|lead,food", "")
	add("bad-inspectors-twice-within", "bad-line", "inspectors", "a qualification twice", a+"|lead,lead", "")
	add("bad-inspectors-trailing-comma", "bad-line", "inspectors", "an empty qualification", a+"|lead,", "")
	add("bad-inspectors-same-handle", "duplicate-handle", "inspectors", "an inspector twice", a+"|", a+"|lead", "")

	add("ok-leftout", "", "leftout", "left out of two groups, once of each; - sorts before the pipe", a+"|all-2|cap", a+"|all|scope", b+"|all|status", "")
	add("bad-leftout-order", "bad-line-order", "leftout", "lines are in the order of their bytes, not of their fields", a+"|all|scope", a+"|all-2|cap", "")
	add("bad-leftout-two-grounds", "duplicate-handle", "leftout", "one ground is enough", a+"|all|cap", a+"|all|scope", "")
	add("bad-leftout-ground-chinese", "bad-line", "leftout", "grounds are named by code", a+"|all|注销", "")

	add("ok-drawn", "", "drawn", "cells, then tickets", "370322101|"+t1+"|"+b, "370322101|"+t2+"|"+a, "370322102|"+t1+"|"+c, "")
	add("bad-drawn-order", "bad-line-order", "drawn", "tickets descend", "370322101|"+t2+"|"+b, "370322101|"+t1+"|"+a, "")
	add("bad-drawn-twice", "duplicate-handle", "drawn", "drawn in two cells", "370322101|"+t1+"|"+a, "370322102|"+t2+"|"+a, "")
	add("bad-drawn-ticket-short", "bad-line", "drawn", "a ticket of 63 digits", "370322101|"+t1[1:]+"|"+a, "")

	add("ok-teams", "", "teams", "members in the order of slots", a+"|"+c+"|"+b, b+"|"+a, "")
	add("ok-teams-group", "", "teams", "group teams, and objects that they take", a+"|team01", b+"|team12", "team01|"+c+"|"+a, "team12|"+b, "")
	add("bad-teams-nobody", "bad-line", "teams", "no member", a+"|", "")
	add("bad-teams-twice-within", "bad-line", "teams", "a member twice", a+"|"+b+"|"+b, "")
	add("bad-teams-ten", "bad-line", "teams", "ten members", a+"|"+strings.Join(manyHandles(10), "|"), "")
	add("bad-teams-two-teams", "bad-line", "teams", "two group teams at an object", a+"|team01|team02", "")
	add("bad-teams-team-zero", "bad-line", "teams", "team00", a+"|team00", "")
	add("bad-teams-team-of-team", "bad-line", "teams", "a group team in a group team", "team01|team02", "")
	add("bad-teams-object-twice", "duplicate-handle", "teams", "two teams for an object", a+"|"+b, a+"|"+c, "")

	add("ok-recusals", "", "recusals", "opened recusals, nobody and two", a+"|"+b+"|", b+"|"+c+"|"+a+","+c, "")
	add("bad-recusals-order-within", "bad-line", "recusals", "inspectors descend", a+"|"+b+"|"+c+","+a, "")
	add("bad-recusals-no-list", "bad-line", "recusals", "two fields", a+"|"+b, "")
	add("bad-recusals-twice", "duplicate-handle", "recusals", "an object twice", a+"|"+b+"|", a+"|"+c+"|", "")
	add("ok-recusal-commits", "", "recusal-commits", "one line for every object",
		a+"|"+refH("draw1r", b, ""), b+"|"+refH("draw1r", c, a+","+c), "")
	add("bad-recusal-commits-short", "bad-line", "recusal-commits", "a hash of 32 digits", a+"|"+b, "")
	add("bad-recusal-commits-twice", "duplicate-handle", "recusal-commits", "an object twice", a+"|"+t1, a+"|"+t2, "")

	add("ok-declared", "", "declared", "the declaration behind each opened recusal", a+"|"+b+"|7", a+"|"+c+"|12", b+"|"+c+"|12", "")
	add("bad-declared-leading-zero", "bad-line", "declared", "index 07", a+"|"+b+"|07", "")
	add("bad-declared-twice", "duplicate-handle", "declared", "two declarations behind one recusal", a+"|"+b+"|12", a+"|"+b+"|7", "")

	add("ok-unstaffed", "", "unstaffed", "two objects", a, b, "")
	add("bad-unstaffed-twice", "duplicate-handle", "unstaffed", "an object twice", a, a, "")
	add("bad-unstaffed-order", "bad-line-order", "unstaffed", "lines descend", b, a, "")
	return files
}

func manyHandles(n int) (list []string) {
	for i := range n {
		list = append(list, h32('a', i))
	}
	return list
}

// TestFormatSorts: what Format writes from any order is what Parse reads.
func TestFormatSorts(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	var objects []Object
	var drawn []DrawnLine
	for i := range 200 {
		objects = append(objects, Object{h32('0', i), fmt.Sprint("c", i%7), 1 + i%16})
		drawn = append(drawn, DrawnLine{fmt.Sprint("c", i%7), refH(fmt.Sprint(i)), h32('0', i)})
	}
	want := slices.Clone(objects)
	rng.Shuffle(200, func(i, j int) { objects[i], objects[j] = objects[j], objects[i] })
	if got, err := ParsePool(FormatPool(objects)); err != nil || !slices.Equal(got, want) {
		t.Errorf("pool: %v", err)
	}
	if got, err := ParseDrawn(FormatDrawn(drawn)); err != nil || len(got) != 200 {
		t.Errorf("drawn: %d, %v", len(got), err)
	}
	got, err := ParseInspectors(FormatInspectors([]Inspector{{h32('b', 1), []string{"lead", "food"}}, {h32('a', 1), nil}}))
	if err != nil || got[0].Handle != h32('a', 1) || !slices.Equal(got[1].Qualifications, []string{"food", "lead"}) {
		t.Errorf("inspectors: %v, %v", got, err)
	}
	if got, err := ParseInspectors(nil); got == nil || err != nil {
		t.Errorf("no inspectors: %v, %v", got, err)
	}
}

func TestRunLinesVectorRefuses(t *testing.T) {
	good := lineFiles()["ok-pool"]
	for name, test := range map[string]struct{ code, text string }{
		"root":         {"draw.vector-differs", strings.Replace(good, `"root": "`, `"root": "0`, 1)},
		"lines":        {"draw.vector-differs", strings.Replace(good, `"lines": 3`, `"lines": 4`, 1)},
		"error":        {"draw.vector-differs", strings.Replace(lineFiles()["bad-pool-order"], "bad-line-order", "bad-line", 1)},
		"unknown kind": {"draw.bad-vector", strings.Replace(good, `"pool"`, `"Pool"`, 1)},
		"more members": {"draw.bad-vector", strings.Replace(good, `"kind"`, `"more": 1, "kind"`, 1)},
	} {
		if err := RunLinesVector([]byte(test.text)); fault.Code(err) != test.code || test.text == good {
			t.Errorf("%s: got %v, want %s", name, err, test.code)
		}
	}
}

// fuzzLines: whatever a parser accepts comes out of its formatter unchanged.
func fuzzLines(f *testing.F, kind string) {
	for name, text := range lineFiles() {
		if strings.Contains(text, `"kind": "`+kind+`"`) {
			tree, err := parseTree([]byte(text))
			if err != nil {
				f.Fatalf("%s: %v", name, err)
			}
			for _, m := range tree.members {
				if m.name == "file" {
					f.Add([]byte(m.value.text))
				}
			}
		}
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		out, err := reformat[kind](data)
		if err == nil && string(out) != string(data) {
			t.Errorf("%q comes out as %q", data, out)
		}
		if err != nil && !strings.HasPrefix(fault.Code(err), "draw.") {
			t.Errorf("%v", err)
		}
	})
}

func FuzzParsePool(f *testing.F)           { fuzzLines(f, "pool") }
func FuzzParseInspectors(f *testing.F)     { fuzzLines(f, "inspectors") }
func FuzzParseLeftOut(f *testing.F)        { fuzzLines(f, "leftout") }
func FuzzParseDrawn(f *testing.F)          { fuzzLines(f, "drawn") }
func FuzzParseTeams(f *testing.F)          { fuzzLines(f, "teams") }
func FuzzParseRecusals(f *testing.F)       { fuzzLines(f, "recusals") }
func FuzzParseRecusalCommits(f *testing.F) { fuzzLines(f, "recusal-commits") }
func FuzzParseDeclared(f *testing.F)       { fuzzLines(f, "declared") }
func FuzzParseUnstaffed(f *testing.F)      { fuzzLines(f, "unstaffed") }

package content_test

import (
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/BurntSushi/toml"

	"github.com/sunlot/sunlot/content"
	"github.com/sunlot/sunlot/internal/rules"
)

// names are the packs with the number of their clauses and readings: a clause
// that falls out of a pack must be taken out here as well.
var names = []struct {
	name               string
	clauses, readings  int
	towns, codes, tags int
}{
	{"gaoqing", 58, 25, 9, 13, 16},
	{"yanshi", 75, 26, 13, 13, 12},
}

func load(t *testing.T, name string) *rules.Pack {
	t.Helper()
	data, err := content.FS.ReadFile("packs/" + name + ".toml")
	if err != nil {
		t.Fatal(err)
	}
	p := new(rules.Pack)
	meta, err := toml.Decode(string(data), p)
	if err != nil {
		t.Fatal(err)
	}
	if extra := meta.Undecoded(); len(extra) > 0 {
		t.Fatalf("%s: the schema does not have %v", name, extra)
	}
	return p
}

func TestPacksRoundTrip(t *testing.T) {
	for _, n := range names {
		p := load(t, n.name)
		if err := p.Check(); err != nil {
			t.Fatalf("%s: %v", n.name, err)
		}
		data, err := rules.FormatPack(p)
		if err != nil {
			t.Fatalf("%s: %v", n.name, err)
		}
		if len(data) > rules.MaxPack/4 {
			t.Errorf("%s: %d bytes leave little room for what a county adds", n.name, len(data))
		}
		q, err := rules.ParsePack(data)
		if err != nil {
			t.Fatalf("%s: %v", n.name, err)
		}
		again, err := rules.FormatPack(q)
		if err != nil || string(again) != string(data) {
			t.Errorf("%s: another text after the round trip (%v)", n.name, err)
		}
	}
}

func TestPacksAreWhole(t *testing.T) {
	for _, n := range names {
		p := load(t, n.name)
		got := []int{len(p.Clauses), min(len(p.Readings), n.readings), len(p.Towns), len(p.Result.Codes), len(p.Tags)}
		if want := []int{n.clauses, n.readings, n.towns, n.codes, n.tags}; !slices.Equal(got, want) {
			t.Errorf("%s: clauses, readings (at least), towns, codes, tags = %v, want %v", n.name, got, want)
		}
	}
	files, err := fs.Glob(content.FS, "packs/*.toml")
	if err != nil || len(files) != len(names) {
		t.Errorf("packs %v (%v), want %d", files, err, len(names))
	}
}

func squeeze(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

// TestWordsAreTheRegulations holds every quotation to the regulation: its
// pieces between … occur there in that order, white space aside.
func TestWordsAreTheRegulations(t *testing.T) {
	for _, n := range names {
		raw, err := content.FS.ReadFile("packs/" + n.name + ".txt")
		if err != nil {
			t.Fatal(err)
		}
		text := squeeze(string(raw))
		for _, c := range load(t, n.name).Clauses {
			rest := text
			for piece := range strings.SplitSeq(squeeze(c.Words), "…") {
				_, after, ok := strings.Cut(rest, piece)
				if !ok || piece == "" {
					t.Errorf("%s %s: %q is not in the regulation (after what precedes it)", n.name, c.ID, piece)
					break
				}
				rest = after
			}
		}
	}
}

var (
	clauseID = regexp.MustCompile(`^[GY]-[0-9]+(\.[0-9]+)*[a-e]?$`)
	token    = regexp.MustCompile(`^[0-9A-Za-z._~-]{1,64}$`)
	code     = regexp.MustCompile(`^[a-z0-9]{1,8}$`)
	ratio    = regexp.MustCompile(`^(1|0\.[0-9]{1,6})$`)
	han      = regexp.MustCompile(`\p{Han}`)
)

func TestClauses(t *testing.T) {
	kinds := []string{"field", "rule", "deadline", "publication", "record", "out"}
	for _, n := range names {
		p := load(t, n.name)
		for _, c := range p.Clauses {
			if !clauseID.MatchString(c.ID) || !strings.HasPrefix(c.ID, p.Prefix+"-") {
				t.Errorf("%s: clause id %q", n.name, c.ID)
			}
			if c.Cite == "" || !strings.HasSuffix(c.Gist, "。") || strings.Count(c.Gist, "。") != 1 {
				t.Errorf("%s: %s: cite %q, gist must be one sentence: %q", n.name, c.ID, c.Cite, c.Gist)
			}
			if len(c.Kinds) == 0 || slices.ContainsFunc(c.Kinds, func(k string) bool { return !slices.Contains(kinds, k) }) {
				t.Errorf("%s: %s: kinds %q", n.name, c.ID, c.Kinds)
			}
		}
		seen := map[string]bool{}
		for _, r := range p.Readings {
			if seen[r.ID] || !strings.HasSuffix(r.Text, "。") || r.Clause == "" {
				t.Errorf("%s: reading %q of clause %q: %q", n.name, r.ID, r.Clause, r.Text)
			}
			seen[r.ID] = true
		}
	}
}

// TestLists holds codes to the form of cells and qualifications (draw1,
// Notation) and every spelling to one meaning, and writes each name into a
// filter and back: a name with a bracket or a comma could not be committed.
func TestLists(t *testing.T) {
	for _, n := range names {
		p := load(t, n.name)
		for _, list := range []struct {
			field   string
			entries []rules.Named
		}{{"镇街", p.Towns}, {"行业", p.Sectors}, {"标签", p.Tags}, {"", p.Specialities}} {
			owner := map[string]string{}
			for _, e := range list.entries {
				if !token.MatchString(e.Code) || !han.MatchString(e.Name) {
					t.Errorf("%s: %s %q %q", n.name, list.field, e.Code, e.Name)
				}
				for _, s := range slices.Concat([]string{e.Code, e.Name}, e.Also) {
					if by, ok := owner[s]; ok {
						t.Errorf("%s: %s: %q means %s and %s", n.name, list.field, s, by, e.Code)
					}
					owner[s] = e.Code
					if got, ok := rules.Find(list.entries, s); !ok || got.Code != e.Code {
						t.Errorf("%s: Find(%q) = %q", n.name, s, got.Code)
					}
				}
				if list.field == "" {
					continue
				}
				text := list.field + " = " + e.Name
				f, err := rules.ParseFilter(p, text)
				if err != nil {
					t.Errorf("%s: filter %q: %v", n.name, text, err)
				} else if got := f.Format(p); got != text {
					t.Errorf("%s: filter %q comes back as %q", n.name, text, got)
				}
			}
		}
	}
}

// TestParametersNameTheLists: what ratios and exemptions name must exist, and
// values have the form that the engine reads.
func TestParametersNameTheLists(t *testing.T) {
	for _, n := range names {
		p := load(t, n.name)
		check := func(what string, list []rules.Named, codes []string) {
			for _, c := range codes {
				if !slices.ContainsFunc(list, func(e rules.Named) bool { return e.Code == c }) {
					t.Errorf("%s: %s names %q, which is no code of the pack", n.name, what, c)
				}
			}
		}
		for _, r := range p.Ratios {
			check("ratio "+r.Name, p.Sectors, r.Sectors)
			check("ratio "+r.Name, p.Tags, r.Tags)
			if r.Op != "none" && !ratio.MatchString(r.Value) {
				t.Errorf("%s: ratio %s has the value %q", n.name, r.Name, r.Value)
			}
		}
		for i, e := range p.Cap.Exempt {
			check("cap.exempt "+strconv.Itoa(i), p.Sectors, e.Sectors)
			check("cap.exempt "+strconv.Itoa(i), p.Tags, e.Tags)
		}
		if p.Items.Share != "" && !ratio.MatchString(p.Items.Share) {
			t.Errorf("%s: share_min %q", n.name, p.Items.Share)
		}
		checkCodes(t, p)
		fields := map[string]bool{}
		for _, v := range p.Visibility {
			if fields[v.Field] || !token.MatchString(v.Field) || v.Why == "" || !slices.Contains([]string{"public", "on-result", "never"}, v.Rule) {
				t.Errorf("%s: visibility %+v", n.name, v)
			}
			fields[v.Field] = true
		}
	}
}

func checkCodes(t *testing.T, p *rules.Pack) {
	seen := map[string]bool{}
	for i, c := range p.Result.Codes {
		if seen[c.Code] || !code.MatchString(c.Code) || c.Name == "" {
			t.Errorf("%s: result code %+v", p.ID, c)
		}
		seen[c.Code] = true
		// The eight of Gaoqing 8.3 come first, in its order; Yanshi borrows
		// all, Gaoqing only the five that say that the unit is gone.
		own := i < 8 && p.Prefix == "G"
		if i < 8 && c.Code != string(rune('a'+i)) || c.Borrowed == own {
			t.Errorf("%s: result code %d is %+v", p.ID, i, c)
		}
		if i >= 8 && !c.Alone {
			t.Errorf("%s: %s stands with others", p.ID, c.Code)
		}
	}
	if c := p.Result.RefuseC; !seen[c] { // a text without grounds has the code alone: a word of the facts is asked
		t.Errorf("%s: refusal %q with the grounds %q", p.ID, c, p.Result.Refusal)
	}
}

// TestKeySectors: the sectors marked as key are those of the two rules that
// speak of 重点行业领域 (Gaoqing 5.1.2, 6.2).
func TestKeySectors(t *testing.T) {
	p := load(t, "gaoqing")
	var key []string
	for _, s := range p.Sectors {
		if s.Key {
			key = append(key, s.Code)
		}
	}
	for _, list := range [][]string{p.Ratios[1].Sectors, p.Exempts()[0].Sectors} {
		got := slices.Sorted(slices.Values(list))
		if !slices.Equal(got, slices.Sorted(slices.Values(key))) {
			t.Errorf("key sectors %v, rule names %v", key, got)
		}
	}
}

// TestEmbedded: no file that only this machine has gets into the binary.
func TestEmbedded(t *testing.T) {
	err := fs.WalkDir(content.FS, ".", func(name string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() && (strings.HasPrefix(path.Base(name), ".") || strings.HasSuffix(name, "~")) {
			t.Errorf("embedded: %s", name)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

package intake

import (
	"strings"
	"testing"
	"time"

	"github.com/sunlot/sunlot/internal/fault"
)

type tomlSample struct {
	Name  string             `toml:"name"`
	Count int                `toml:"count"`
	Ratio float64            `toml:"ratio"`
	When  time.Time          `toml:"when"`
	Inner struct{ A string } `toml:"inner"`
	Rows  []struct {
		Code string   `toml:"code"`
		Tags []string `toml:"tags"`
	} `toml:"row"`
	Free map[string]int `toml:"free"`
}

func TestTOML(t *testing.T) {
	v, err := TOML[tomlSample]("office.toml", []byte("\xEF\xBB\xBFname = \"演示\" # 说明\ncount = 3\nwhen = 2023-06-08\n[inner]\nA = \"x\"\n[[row]]\ncode = \"1\"\ntags = [\"a\",\"b\"]\n[[row]]\ncode = '2'\n[free]\nany = 1\n"))
	if err != nil || v.Name != "演示" || v.Count != 3 || v.Inner.A != "x" || len(v.Rows) != 2 || v.Rows[0].Tags[1] != "b" || v.Free["any"] != 1 {
		t.Fatalf("%+v %v", v, err)
	}
	for name, c := range map[string]struct{ text, code, place string }{
		"unknown key":    {"name = \"x\"\nnmae = 1\n", "intake.toml-unknown-key", "t.toml:2"},
		"folded case":    {"Name = \"x\"\n", "intake.toml-unknown-key", "t.toml:1"},
		"folded inner":   {"[inner]\na = \"x\"\n", "intake.toml-unknown-key", "t.toml:2"},
		"unknown table":  {"name = \"x\"\n\n[outer]\n", "intake.toml-unknown-key", "t.toml:3"},
		"unknown in row": {"[[row]]\ncode = \"1\"\n[[row]]\nkode = \"2\"\n", "intake.toml-unknown-key", "t.toml:4"},
		"inline unknown": {"row = [{code=\"1\"},{kode=\"2\"}]\n", "intake.toml-unknown-key", "t.toml:1"},
		"dotted unknown": {"inner.B = \"x\"\n", "intake.toml-unknown-key", "t.toml:1"},
		"duplicate":      {"name = \"x\"\nname = \"y\"\n", "intake.toml-bad", "t.toml:2"},
		"wrong type":     {"name = 1\n", "intake.toml-bad", "t.toml"},
		"huge number":    {"count = 99999999999999999999\n", "intake.toml-bad", "t.toml:1"},
		"syntax":         {"name = \n", "intake.toml-bad", "t.toml:1"},
		"not UTF-8":      {"name = \"\xff\"\n", "intake.toml-bad", "t.toml"},
		"NUL":            {"name = \"a\x00\"\n", "intake.toml-bad", "t.toml:1"},
		"deep":           {"name = " + strings.Repeat("[", 100000), "intake.toml-bad", "t.toml:1"},
		"deep inline":    {"\nname = " + strings.Repeat("{a=", 100000), "intake.toml-bad", "t.toml:2"},
		"too large":      {"#" + strings.Repeat("x", maxTOML), "intake.too-large", "t.toml"},
	} {
		_, err := TOML[tomlSample]("t.toml", []byte(c.text))
		f, _ := err.(*fault.Error)
		if f == nil || f.Code != c.code || !strings.HasPrefix(f.Place, c.place) {
			t.Errorf("%s: %v", name, err)
		}
	}
	// brackets in strings and comments are no nesting
	if _, err := TOML[tomlSample]("t.toml", []byte("# "+strings.Repeat("[", 50)+"\nname = \""+strings.Repeat("[", 50)+"\"\n")); err != nil {
		t.Error(err)
	}
}

func TestTOMLRows(t *testing.T) {
	text := "kind = \"名录库\"\n[[row]]\ncode = \"91370322TT0000007J\"\nname = \"演示甲公司\"\nregistered = 2015-06-01\ntags = [\"有限空间\", \"粉尘涉爆\"]\nblacklist = true\n" +
		"[[row]]\ncode = 110108000000016\nname = \"演示乙经营部\"\n"
	firms, rep := table(t, "firms.toml", []byte(text), Options{}).Firms()
	if len(firms) != 2 || rep.ProblemCount != 0 || firms[0].Registered != "2015-06-01" || strings.Join(firms[0].Tags, "|") != "有限空间|粉尘涉爆|黑名单" || firms[1].Code != "注册号:110108000000016" {
		t.Errorf("%+v %s", firms, found(rep.Problems))
	}
	for text, code := range map[string]string{
		"kind = \"什么\"\n":                            "intake.toml-kind",
		"[[row]]\nname = \"x\"\n":                    "intake.toml-kind",
		"kind = \"firms\"\n[[row]]\nnmae = \"x\"\n":  "intake.toml-unknown-key",
		"kind = \"firms\"\n[[row]]\nname = {a=1}\n":  "intake.toml-unknown-key",
		"kind = \"firms\"\n[[row]]\nname = [[{}]]\n": "intake.toml-bad",
	} {
		if _, err := Read("x.toml", []byte(text)); fault.Code(err) != code {
			t.Errorf("%q: %v", text, err)
		}
	}
	plan := "kind = \"plan\"\n[[row]]\nno = \"1\"\nname = \"甲\"\nmode = \"不定向\"\nratio = 0.05\nfrom = 2023-06-01\nto = 2023-12-31\nitems = [\"A-1\", \"A-2\"]\n"
	lines, rep := table(t, "plan.toml", []byte(plan), Options{}).PlanLines()
	if len(lines) != 1 || lines[0].Ratio != "0.05" || strings.Join(lines[0].Items, "|") != "A-1|A-2" || rep.ProblemCount != 0 {
		t.Errorf("%+v %s", lines, found(rep.Problems))
	}
}

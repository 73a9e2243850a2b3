package rules_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"

	"github.com/sunlot/sunlot/content"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/rules"
)

func pack(t testing.TB, name string) *rules.Pack {
	t.Helper()
	data, err := content.FS.ReadFile("packs/" + name + ".toml")
	if err != nil {
		t.Fatal(err)
	}
	p := new(rules.Pack)
	if _, err := toml.Decode(string(data), p); err != nil {
		t.Fatal(err)
	}
	return p
}

// TestPackCheck breaks a good pack in one place after another.
func TestPackCheck(t *testing.T) {
	for what, change := range map[string]func(p *rules.Pack){
		"schema":               func(p *rules.Pack) { p.Schema = 1 },
		"no id":                func(p *rules.Pack) { p.ID = "" },
		"no title":             func(p *rules.Pack) { p.Title = "" },
		"no issuer":            func(p *rules.Pack) { p.Issuer = "" },
		"no region":            func(p *rules.Pack) { p.Region = "" },
		"no prefix":            func(p *rules.Pack) { p.Prefix = "" },
		"no towns":             func(p *rules.Pack) { p.Towns = nil },
		"no codes":             func(p *rules.Pack) { p.Result.Codes = nil },
		"no ranks":             func(p *rules.Pack) { p.Items.Ranks = nil },
		"no statuses":          func(p *rules.Pack) { p.Roster.Statuses = nil },
		"window":               func(p *rules.Pack) { p.Cap.Window = "year" },
		"cap 0":                func(p *rules.Pack) { p.Cap.Max = 0 },
		"balance":              func(p *rules.Pack) { p.Draw.Balance = "village" },
		"leader":               func(p *rules.Pack) { p.Team.Leader = "first" },
		"team of none":         func(p *rules.Pack) { p.Team.Min = 0 },
		"team of ten":          func(p *rules.Pack) { p.Team.Min = 10 },
		"replace":              func(p *rules.Pack) { p.Team.Replace = "redraw" },
		"publish start":        func(p *rules.Pack) { p.Publish.Start = "today" },
		"publish days":         func(p *rules.Pack) { p.Publish.Days = 0 },
		"no day of the year":   func(p *rules.Pack) { p.Year.WarnFrom = "11-32" },
		"ratio without code":   func(p *rules.Pack) { p.Ratios[0].Code = "" },
		"ratio code twice":     func(p *rules.Pack) { p.Ratios[1].Code = p.Ratios[0].Code },
		"unknown plan clause":  func(p *rules.Pack) { p.Year.Plan = "G-99" },
		"ratio op":             func(p *rules.Pack) { p.Ratios[0].Op = "max" },
		"min without value":    func(p *rules.Pack) { p.Ratios[0].Value = "" },
		"none with value":      func(p *rules.Pack) { p.Ratios[1].Op, p.Ratios[1].Value = "none", "0.05" },
		"clause twice":         func(p *rules.Pack) { p.Clauses[1].ID = p.Clauses[0].ID },
		"clause without id":    func(p *rules.Pack) { p.Clauses[1].ID = "" },
		"clause without words": func(p *rules.Pack) { p.Clauses[1].Words = "" },
		"clause without gist":  func(p *rules.Pack) { p.Clauses[1].Gist = "" },
		"unknown cap clause":   func(p *rules.Pack) { p.Cap.Clause = "G-99" },
		"unknown tag clause":   func(p *rules.Pack) { p.Tags[0].Clause = "G-99" },
		"unknown exempt":       func(p *rules.Pack) { p.Cap.Options[0].Exempt[1].Clause = "G-99" },
		"takes no option":      func(p *rules.Pack) { p.Cap.Take = "" },
		"options and exempt":   func(p *rules.Pack) { p.Cap.Exempt = p.Cap.Options[0].Exempt },
		"option twice":         func(p *rules.Pack) { p.Cap.Options[1].Name = p.Cap.Options[0].Name },
		"deployment no ground": func(p *rules.Pack) { p.Waiver.Deployment = nil },
		"shortfall no clause":  func(p *rules.Pack) { p.Waiver.ShortBy = "" },
		"ad hoc no clause":     func(p *rules.Pack) { p.Plan.AdHocBy = "" },
		"extends for ever":     func(p *rules.Pack) { p.Extend.Max = 13 },
		"extends by nothing":   func(p *rules.Pack) { p.Extend.Clause = "" },
		"records no tag":       func(p *rules.Pack) { p.Cap.RecordsTag = "" },
		"records of a friend":  func(p *rules.Pack) { p.Cap.RecordsTag = "friend" },
		"class by what":        func(p *rules.Pack) { p.Plan.ClassFields = []string{"法定代表人"} },
		"unknown waiver":       func(p *rules.Pack) { p.Waiver.Clause = "G-99" },
		"unknown reading":      func(p *rules.Pack) { p.Readings[0].Clause = "G-99" },
		"unknown ratio clause": func(p *rules.Pack) { p.Ratios[0].Clause = "G-99" },
		"origin twice":         func(p *rules.Pack) { p.Origins[1].Code = p.Origins[0].Code },
		"origin of the lot":    func(p *rules.Pack) { p.Origins[0].Code = rules.Random },
		"origin needs luck":    func(p *rules.Pack) { p.Origins[0].Needs = []string{"luck"} },
		"origin clause":        func(p *rules.Pack) { p.Origins[0].Clause = "G-99" },
		"ground without law":   func(p *rules.Pack) { p.Withhold.Grounds[0].Basis = "" },
		"ground twice":         func(p *rules.Pack) { p.Withhold.Grounds[1].Code = p.Withhold.Grounds[0].Code },
		"transfer of no list":  func(p *rules.Pack) { p.Follow.Transfers = []string{"送走"} },
		"nothing of no list":   func(p *rules.Pack) { p.Follow.Nothing = []string{"算了"} },
		"unknown told clause":  func(p *rules.Pack) { p.Result.Told = "G-99" },
		"unknown sign clause":  func(p *rules.Pack) { p.Result.SignBy = "G-99" },
	} {
		p := pack(t, "gaoqing")
		change(p)
		if data, err := rules.FormatPack(p); fault.Code(err) != "rules.bad-pack" || data != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
}

func TestParsePackRefuses(t *testing.T) {
	data, err := rules.FormatPack(pack(t, "yanshi"))
	if err != nil {
		t.Fatal(err)
	}
	text := string(data)
	for what, bad := range map[string]string{
		"empty":          "",
		"null":           "null",
		"half":           text[:len(text)/2],
		"line feed":      text + "\n",
		"two packs":      text + text,
		"space":          strings.Replace(text, `":`, `": `, 1),
		"unknown member": strings.Replace(text, `"archive":`, `"also":1,"archive":`, 1),
		"member twice":   strings.Replace(text, `"prefix":"Y"`, `"prefix":"Y","prefix":"Y"`, 1),
		"upper case":     strings.Replace(text, `"prefix":`, `"Prefix":`, 1),
		"empty note":     strings.Replace(text, `"prefix":"Y"`, `"prefix":"Y","superseded_by":""`, 1),
		"schema 1":       strings.Replace(text, `"schema":2`, `"schema":1`, 1),
		"escaped":        strings.Replace(text, "偃", `\u5043`, 1),
		"not UTF-8":      strings.Replace(text, "偃", "\xff", 1),
	} {
		if bad == text {
			t.Fatalf("%s: nothing changed", what)
		}
		if _, err := rules.ParsePack([]byte(bad)); fault.Code(err) != "rules.bad-pack" {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := rules.ParsePack(make([]byte, rules.MaxPack+1)); fault.Code(err) != "rules.pack-too-long" {
		t.Errorf("too long: %v", err)
	}
}

// FuzzParsePack: what ParsePack accepts, FormatPack writes back.
func FuzzParsePack(f *testing.F) {
	for _, name := range []string{"gaoqing", "yanshi"} {
		data, err := rules.FormatPack(pack(f, name))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte("{}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := rules.ParsePack(data)
		if err != nil {
			return
		}
		if again, err := rules.FormatPack(p); err != nil || !bytes.Equal(again, data) {
			t.Errorf("ParsePack accepted what FormatPack does not write (%v)", err)
		}
	})
}

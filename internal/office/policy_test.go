package office

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/intake"
	"github.com/sunlot/sunlot/ledger"
)

func keyOf(t *testing.T, name string, n byte, witness bool) ledger.Key {
	t.Helper()
	make := ledger.NewSigner
	if witness {
		make = ledger.NewWitnessSigner
	}
	s, err := make(name, [32]byte{n})
	if err != nil {
		t.Fatal(err)
	}
	return s.Key()
}

// TestMakePolicy: what an officer writes becomes the one form of the charter.
func TestMakePolicy(t *testing.T) {
	log := keyOf(t, "demo.example/log", 1, false)
	var lines []string
	for i, name := range []string{"甲局", "乙馆", "丙县", "丁校"} {
		lines = append(lines, "witness "+name+" "+keyOf(t, string(rune('a'+i))+".example", byte(10+i), true).String())
	}
	const tail = "group 够数 3 甲局 乙馆 丙县 丁校\nquorum 够数\n"
	plain := strings.Join(lines, "\n") + "\n" + tail
	want := "log " + log.String() + "\n" + plain
	for name, c := range map[string]struct{ in, want, code string }{
		"as it is":           {plain, want, ""},
		"with the log":       {"log " + log.String() + "\n" + plain, want, ""},
		"another log":        {"log " + keyOf(t, "demo.example/other", 1, false).String() + "\n" + plain, "", "office.policy-other-log"},
		"from a notepad":     {"\xEF\xBB\xBF# 说明\r\n" + strings.ReplaceAll(plain, "\n", "\r\n"), want, ""},
		"without a last end": {strings.TrimSuffix(plain, "\n"), want, ""},
		"nobody":             {"quorum none\n", "", ""},
		"all spelled":        {strings.ReplaceAll(plain, "group 够数 3", "group  够数   3"), want, ""},
		"a key cut short":    {strings.Replace(plain, "==", "", 1) + "x", "", "ledger.policy-form"},
		"the form itself":    {"witness 司法局 填写司法局的见证公钥 https://填写网址/\nquorum 司法局\n", "", "ledger.key-form"},
		"empty":              {"", "", "ledger.policy-form"},
	} {
		got, err := MakePolicy([]byte(c.in), log, false)
		if fault.Code(err) != c.code || err == nil && got.Text != c.want {
			t.Errorf("%s: %v, %+v", name, err, got)
		}
	}
	addressed := strings.Replace(plain, lines[1], lines[1]+" https://b.example/w/", 1)
	for _, public := range []bool{false, true} {
		got, err := MakePolicy([]byte(addressed), log, public)
		if err != nil || strings.Contains(got.Text, "https") != public || !slices.Equal(got.Addresses, []Witness{{"乙馆", "https://b.example/w/"}}) {
			t.Errorf("addresses (public %v): %v, %+v", public, err, got)
		}
	}
}

// TestSisters: two keys of one body that count twice are pointed at.
func TestSisters(t *testing.T) {
	log := keyOf(t, "demo.example/log", 1, false)
	a, b, c := keyOf(t, "a.example", 2, true).String(), keyOf(t, "a.example", 3, true).String(), keyOf(t, "c.example", 4, true).String()
	for in, want := range map[string][]string{
		"witness x " + a + "\nwitness y " + b + "\nwitness z " + c + "\ngroup q 2 x y z\nquorum q\n":                {"x、y"},
		"witness x " + a + "\nwitness y " + b + "\nwitness z " + c + "\ngroup g any x y\ngroup q 2 g z\nquorum q\n": nil,
		"witness x " + a + "\nwitness z " + c + "\ngroup q 2 x z\nquorum q\n":                                       nil,
	} {
		got, err := MakePolicy([]byte(in), log, false)
		if err != nil || !slices.Equal(got.Sisters, want) {
			t.Errorf("%v: %v, want %v", err, got.Sisters, want)
		}
	}
}

// TestAddAddresses: office.toml gets what it lacks, and keeps what an officer wrote.
func TestAddAddresses(t *testing.T) {
	dir := t.TempDir()
	o := &Office{Dir: dir, Config: Config{Name: "演示", Origin: "demo.example/log", Guard: "guard", Witnesses: []Witness{{"甲局", "https://a.example/"}}}}
	if err := os.WriteFile(filepath.Join(dir, ConfigName), o.Config.format(), 0o644); err != nil {
		t.Fatal(err)
	}
	other, err := o.AddAddresses([]Witness{{"甲局", "https://elsewhere.example/"}, {"乙馆", "https://b.example/\""}, {"丙县", ""}})
	if err != nil || !slices.Equal(other, []string{"甲局"}) {
		t.Fatal(other, err)
	}
	data, err := os.ReadFile(filepath.Join(dir, ConfigName))
	if err != nil {
		t.Fatal(err)
	}
	c, err := intake.TOML[Config](ConfigName, data)
	if err != nil || !slices.Equal(c.Witnesses, []Witness{{"甲局", "https://a.example/"}, {"乙馆", "https://b.example/\""}, {"丙县", ""}}) {
		t.Fatalf("%v, %+v", err, c.Witnesses)
	}
	if _, err := o.AddAddresses([]Witness{{"乙馆", "https://b.example/\""}}); err != nil {
		t.Fatal(err)
	}
	if again, _ := os.ReadFile(filepath.Join(dir, ConfigName)); !bytes.Equal(again, data) {
		t.Error("written again")
	}
}

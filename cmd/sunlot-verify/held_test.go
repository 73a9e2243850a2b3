package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/verify"
)

// written puts a text into a file.
func written(t testing.TB, data string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "list.csv")
	if err := os.WriteFile(name, []byte(data), 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

func gbk(t testing.TB, s string) string {
	t.Helper()
	out, err := simplifiedchinese.GBK.NewEncoder().String(s)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// TestLists: the same lines from every writing that offices and auditors use.
func TestLists(t *testing.T) {
	table := "统一社会信用代码,企业名称,所属镇街,权重\n91370322MA00000011,甲公司（演示）,田镇街道,1\n91370322MA00000022,乙公司（演示）,芦湖街道,\n"
	want := []verify.Listed{{Line: 2, ID: "91370322MA00000011", Name: "甲公司（演示）", Town: "田镇街道", Weight: 1}, {Line: 3, ID: "91370322MA00000022", Name: "乙公司（演示）", Town: "芦湖街道"}}
	codes := []verify.Listed{{Line: 1, ID: "91370322MA00000011"}, {Line: 2, ID: "注册号:370322000000001"}}
	for what, c := range map[string]struct {
		text string
		want []verify.Listed
		bad  int
	}{
		"UTF-8":             {table, want, 0},
		"a mark before it":  {"\xEF\xBB\xBF" + table, want, 0},
		"GBK":               {gbk(t, table), want, 0},
		"Windows lines":     {strings.ReplaceAll(table, "\n", "\r\n"), want, 0},
		"tabs":              {strings.ReplaceAll(table, ",", "\t"), want, 0},
		"semicolons":        {strings.ReplaceAll(table, ",", ";"), want, 0},
		"other writings":    {strings.Replace(strings.Replace(table, "91370322MA00000011", `="91370322ma00000011"`, 1), "91370322MA00000022", "９１３７０３２２ＭＡ００００００２２", 1), want, 0},
		"a line of nothing": {table + ",,,\n不详,丙公司（演示）,,\n", want, 1},
		"plain codes":       {"91370322MA00000011\n370322000000001\n", codes, 0},
		"both numbers": {"注册号,统一社会信用代码\n370322000000001,91370322MA00000011\n370322000000001,\n",
			[]verify.Listed{{Line: 2, ID: "91370322MA00000011", Also: "注册号:370322000000001"}, {Line: 3, ID: "注册号:370322000000001"}}, 0},
	} {
		l, err := openList(written(t, c.text), "code")
		if err != nil {
			t.Errorf("%s: %v", what, err)
			continue
		}
		for range 2 { // it is read as often as it is needed
			var got []verify.Listed
			err = l.firms()(func(f verify.Listed) error { got = append(got, f); return nil })
			if err != nil || l.bad != c.bad || len(got) != len(c.want) {
				t.Errorf("%s: %+v, %d unread, %v", what, got, l.bad, err)
				continue
			}
			for i := range got {
				if got[i] != c.want[i] {
					t.Errorf("%s: %+v, want %+v", what, got[i], c.want[i])
				}
			}
		}
	}
	for what, c := range map[string]struct{ text, want string }{
		"xlsx":            {"PK\x03\x04....", "verify.list-xlsx"},
		"xls":             {"\xD0\xCF\x11\xE0....", "verify.list-xlsx"},
		"UTF-16":          {"\xFF\xFE9\x001\x00", "verify.list-encoding"},
		"other columns":   {"企业名称,镇街\n甲,乙\n", "verify.list-columns"},
		"an endless line": {strings.Repeat("9", maxRow+2), "verify.list-form"},
	} {
		if _, err := openList(written(t, c.text), "code"); fault.Code(err) != c.want {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := openList(filepath.Join(t.TempDir(), "none"), "code"); fault.Code(err) != "verify.unreadable" {
		t.Error(err)
	}
	l, err := openList(written(t, gbk(t, "姓名,执法证号\n甲,ys0001\n乙,YS-0002\n丙,YS0001\n丁,？\n")), "person")
	if err != nil {
		t.Fatal(err)
	}
	people, err := l.people()
	if err != nil || len(people) != 2 || people[0] != (verify.Person{Line: 2, ID: "YS0001", Name: "甲"}) || people[1].ID != "YS-0002" || l.bad != 1 {
		t.Errorf("%+v %v", people, err)
	}
}

// TestEmptyLists: a list in which nothing was read accuses nobody.
func TestEmptyLists(t *testing.T) {
	dir := t.TempDir()
	if err := site(dir, "ledger/"); err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"", "\n\n", "统一社会信用代码,名称\n", "统一社会信用代码,名称\n,甲\n不详,乙\n"} {
		code, out := run(dir, "--register", written(t, text), "--today", "2024-07-31")
		if code != 2 || !strings.Contains(out, "一个代码也没有读出来") {
			t.Errorf("%q: exit %d\n%s", text, code, out)
		}
	}
}

// TestPrintable: what a name could do to a terminal it does not do.
func TestPrintable(t *testing.T) {
	for in, want := range map[string]string{
		"甲（演示）\t1\n":               "甲（演示）\t1\n",
		"\xEF\xBB\xBFa,b\r\nc\r\n": "\xEF\xBB\xBFa,b\r\nc\r\n",
		"\x1b[2J甲\r\n":             "\uFFFD[2J甲\r\n",
		"a\rb\x7f\u009b31m":        "a\uFFFDb\uFFFD\uFFFD31m",
		"\u202Ecba\u2066":          "\uFFFDcba\uFFFD",
		"bad \xff":                 "bad \uFFFD",
	} {
		var b strings.Builder
		if n, err := (printable{&b}).Write([]byte(in)); n != len(in) || err != nil || b.String() != want {
			t.Errorf("%q: %q, want %q", in, b.String(), want)
		}
	}
	var b strings.Builder
	c := Command{Args: []string{"/none\x1b[31m"}, Stdout: &b, Stderr: &b, Now: time.Now}
	if code := c.Run(); code != 3 || strings.Contains(b.String(), "\x1b") {
		t.Errorf("exit %d %q", code, b.String())
	}
}

// TestManyLines: a list of 200,000 lines goes by in seconds, in either encoding.
func TestManyLines(t *testing.T) {
	var text strings.Builder
	text.WriteString("统一社会信用代码,名称\n")
	for i := range 200000 {
		text.WriteString("9137032200")
		text.WriteString(strings.Repeat("0", 8-len(itoa(i))) + itoa(i) + ",企业（演示）\n")
	}
	for _, data := range []string{text.String(), gbk(t, text.String())} {
		l, err := openList(written(t, data), "code")
		if err != nil {
			t.Fatal(err)
		}
		n, start := 0, time.Now()
		if err := l.firms()(func(verify.Listed) error { n++; return nil }); err != nil || n != 200000 {
			t.Fatal(n, err)
		}
		if took := time.Since(start); took > 20*time.Second {
			t.Errorf("%d lines took %s", n, took)
		}
	}
}

func itoa(i int) string {
	b, _ := json.Marshal(i)
	return string(b)
}

// FuzzList: whatever stands in a list, it ends, and every code is canonical.
func FuzzList(f *testing.F) {
	f.Add([]byte("统一社会信用代码,名称\n91370322MA00000011,甲\n"))
	f.Add([]byte("91370322MA00000011\n\"a\"\"b\n"))
	f.Add([]byte("\xEF\xBB\xBF注册号;镇街\n1;2\n"))
	f.Add([]byte("\xcd\xb3\xd2\xbb\xc9\xe7\xbb\xe1\xd0\xc5\xd3\xc3\xb4\xfa\xc2\xeb\n9"))
	f.Fuzz(func(t *testing.T, data []byte) {
		name := filepath.Join(t.TempDir(), "l")
		if err := os.WriteFile(name, data, 0o600); err != nil {
			t.Fatal(err)
		}
		l, err := openList(name, "code")
		if err != nil {
			return
		}
		err = l.firms()(func(r verify.Listed) error {
			if again, ok := unit(r.ID, false); !ok || again != r.ID {
				t.Errorf("%q", r.ID)
			}
			return nil
		})
		if err != nil && fault.Code(err) == "" {
			t.Error(err)
		}
	})
}

// FuzzKI: the auditor's file is read strictly.
func FuzzKI(f *testing.F) {
	f.Add([]byte(strings.Repeat("0", 64)))
	f.Add([]byte(`{"format":"sunlot-ki/v1","origin":"a/b","draw":"2023-001","notice":5,"KI":"` + strings.Repeat("0", 64) + `"}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		k, err := parseKI("x", data)
		if (err == nil) != (k != nil) || k != nil && len(k.KI) != 64 {
			t.Errorf("%+v %v", k, err)
		}
	})
}

// verified runs the program over the small site with lists beside it.
func verified(t *testing.T, dir string, args ...string) (code int, out, errOut string) {
	t.Helper()
	var o, e bytes.Buffer
	c := Command{Args: append([]string{dir}, args...), Stdout: &o, Stderr: &e, Now: time.Now}
	code = c.Run()
	return code, o.String(), e.String()
}

// TestHeld: the whole way, from a file on a disk to exit code and sentence.
func TestHeld(t *testing.T) {
	dir := t.TempDir()
	if err := site(dir, ""); err != nil {
		t.Fatal(err)
	}
	list := written(t, "91370322MA00000011\n91370322MA00000022\nxx\n")
	code, out, errOut := verified(t, dir, "--register", list)
	if code == 1 { // its K is open: none of these firms is in the pool
		if !strings.Contains(out, "找不到企业") || !strings.Contains(out, "没有写明未列入") || !strings.Contains(out, "读不出代码") {
			t.Errorf("%s", out)
		}
		code, out, _ = verified(t, dir, "--register", list, "--json")
		var report struct {
			Verdict string
			Held    struct{ Register []verify.HeldDraw }
		}
		if err := json.Unmarshal([]byte(out), &report); err != nil || code != 1 || report.Verdict != "unsound" || len(report.Held.Register) == 0 || report.Held.Register[0].Absent != 2 {
			t.Errorf("%d %v %+v", code, err, report)
		}
	} else if code != 2 || !strings.Contains(errOut, "还没有公开") {
		t.Errorf("%d %s %s", code, out, errOut)
	}
	for _, c := range []struct {
		args []string
		code int
	}{
		{[]string{"--register", list, "--draw", "2019-001"}, 2},
		{[]string{"--ki", list}, 2},
		{[]string{"--people", list}, 2},
		{[]string{"--draw", "2023-001"}, 2},
		{[]string{"--register", list, "--code", "91370322MA00000011"}, 2},
		{[]string{"--register", filepath.Join(dir, "none")}, 3},
		{[]string{"--ki", list, "--people", list}, 1},
		{[]string{"--ki", written(t, strings.Repeat("0", 64)), "--people", list, "--draw", "2019-001"}, 2},
	} {
		if code, out, errOut := verified(t, dir, c.args...); code != c.code || errOut == "" {
			t.Errorf("%v: %d, want %d: %s %s", c.args, code, c.code, out, errOut)
		}
	}
	if _, err := io.ReadAll(&shortLines{r: strings.NewReader(strings.Repeat("x", maxRow+1))}); !errors.Is(err, errLongLine) {
		t.Error(err)
	}
}

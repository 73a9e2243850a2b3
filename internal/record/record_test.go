package record

import (
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/fault"
)

func TestRoundTrip(t *testing.T) {
	page, err := os.ReadFile(specFile)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range typeNames() {
		if !strings.Contains(string(page), "\n| `"+name+"` | [") {
			t.Errorf("%s does not stand in the table of types of spec/record.md", name)
		}
	}
	for _, name := range typeNames() {
		for _, all := range []bool{true, false} {
			e := filled(t, name, all)
			text := format(t, e)
			got, err := Parse(text)
			if err != nil {
				t.Errorf("%s: %v\n%s", name, err, text)
				continue
			}
			if !reflect.DeepEqual(got, e) {
				t.Errorf("%s (all %v): read back as another entry", name, all)
			}
			if again := format(t, got); again != text {
				t.Errorf("%s (all %v): written again as\n%s\nfirst\n%s", name, all, again, text)
			}
			if strings.Count(text, "\n") != 3 || !strings.HasPrefix(text, "sunlot/v1 "+name+"\n"+testOrigin+"\n{\"body\":{") {
				t.Errorf("%s: text\n%s", name, text)
			}
			if TypeOf(e.Body) != name {
				t.Errorf("TypeOf(%T) = %q", e.Body, TypeOf(e.Body))
			}
		}
	}
}

// TestExample holds the format to bytes written by hand.
func TestExample(t *testing.T) {
	e := &Entry{Type: "filing", Origin: testOrigin,
		Env:  Env{At: "2023-06-12T09:30:00+08:00", By: "办公室"},
		Body: &Filing{Plan: 3, To: "高青县市场监督管理局", Date: "2023-06-12"}}
	want := `sunlot/v1 filing
example.gov.cn/sunlot
{"body":{"date":"2023-06-12","plan":3,"to":"高青县市场监督管理局"},"env":{"at":"2023-06-12T09:30:00+08:00","by":"办公室"}}
`
	if got := format(t, e); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func refuse(t *testing.T, what, text string, codes ...string) {
	t.Helper()
	e, err := Parse(text)
	if err == nil {
		t.Errorf("%s: accepted as %T\n%s", what, e.Body, text[:min(len(text), 2000)])
		return
	}
	code := fault.Code(err)
	for _, c := range codes {
		if code == c {
			return
		}
	}
	t.Errorf("%s: %v, want %s", what, err, strings.Join(codes, " or "))
}

func TestLines(t *testing.T) {
	text := format(t, filled(t, "filing", false))
	line, number := line3(text), strconv.Itoa(maxInt)
	for what, c := range map[string]struct{ text, code string }{
		"empty":              {"", "record.bad-lines"},
		"no last line feed":  {strings.TrimSuffix(text, "\n"), "record.bad-lines"},
		"one line feed more": {text + "\n", "record.bad-lines"},
		"carriage returns":   {strings.ReplaceAll(text, "\n", "\r\n"), "record.unknown-type"},
		"empty first line":   {"\n" + text, "record.bad-lines"},
		"signature lines":    {text + "\n— example.gov.cn/sunlot AAAA\n", "record.bad-lines"},
		"other version":      {strings.Replace(text, "v1", "v2", 1), "record.bad-magic"},
		"upper-case magic":   {strings.Replace(text, "sunlot/v1", "Sunlot/v1", 1), "record.bad-magic"},
		"byte order mark":    {"\ufeff" + text, "record.bad-magic"},
		"unknown type":       {strings.Replace(text, "filing", "filling", 1), "record.unknown-type"},
		"upper-case type":    {strings.Replace(text, " filing", " Filing", 1), "record.unknown-type"},
		"no type":            {strings.Replace(text, " filing", " ", 1), "record.unknown-type"},
		"two spaces":         {strings.Replace(text, " filing", "  filing", 1), "record.unknown-type"},
		"space after type":   {strings.Replace(text, "filing\n", "filing \n", 1), "record.unknown-type"},
		"body of other type": {strings.Replace(text, "filing", "abort", 1), "record.bad-json"},
		"empty JSON line":    {withLine(text, ""), "record.bad-json"},
		"JSON null":          {withLine(text, "null"), "record.not-canonical"},
		"JSON array":         {withLine(text, "["+line+"]"), "record.bad-json"},
		"JSON string":        {withLine(text, `"x"`), "record.bad-json"},
		"two JSON values":    {withLine(text, line+"{}"), "record.not-canonical"},
		"half the JSON":      {withLine(text, line[:len(line)/2]), "record.bad-json"},
		"body null":          {withLine(text, `{"body":null,"env":{"at":"2023-06-12T09:30:00+08:00","by":"办公室"}}`), "record.null"},
		"env before body":    {withLine(text, `{"env":`+line[strings.Index(line, `"env":`)+6:len(line)-1]+`,`+line[1:strings.Index(line, `,"env"`)]+`}`), "record.not-canonical"},
		"third member":       {withLine(text, strings.TrimSuffix(line, "}")+`,"z":1}`), "record.bad-json"},
		"body twice":         {withLine(text, `{"body":{},`+line[1:]), "record.not-canonical"},
		"upper-case body":    {withLine(text, strings.Replace(line, `"body"`, `"Body"`, 1)), "record.not-canonical"},
		"deep nonsense":      {withLine(text, strings.Repeat(`{"body":`, 8000)), "record.bad-json"},
		"too long":           {withLine(text, line+strings.Repeat(" ", MaxSize)), "record.too-long"},
		"space at the end":   {withLine(text, line+" "), "record.not-canonical"},
		"space at the start": {withLine(text, " "+line), "record.not-canonical"},
		"tab inside":         {withLine(text, strings.Replace(line, ":", ":\t", 1)), "record.not-canonical"},
		"bytes not UTF-8":    {strings.Replace(text, "演示", "演\xff示", 1), "record.not-canonical"},
		"escaped Han":        {strings.Replace(text, "演", `\u6f14`, 1), "record.not-canonical"},
		"escaped slash":      {withLine(text, strings.Replace(line, "）", `\/`, 1)), "record.not-canonical"},
		"lone surrogate":     {strings.Replace(text, "演", `\ud800`, 1), "record.not-canonical"},
		"escaped name":       {withLine(text, strings.Replace(line, `"plan"`, `"pl\u0061n"`, 1)), "record.not-canonical"},
		"raw control":        {strings.Replace(text, "演", "\x01", 1), "record.bad-json"},
		"escaped control":    {strings.Replace(text, "演", `\u0001`, 1), "record.bad-character"},
		"single quotes":      {withLine(text, strings.ReplaceAll(line, `"`, `'`)), "record.bad-json"},
		"comma after last":   {withLine(text, strings.Replace(line, "}}", ",}}", 1)), "record.bad-json"},
		"fraction":           {withLine(text, strings.Replace(line, number, "3.5", 1)), "record.bad-json"},
		"whole fraction":     {withLine(text, strings.Replace(line, number, "3.0", 1)), "record.bad-json"},
		"exponent":           {withLine(text, strings.Replace(line, number, "3e0", 1)), "record.bad-json"},
		"leading zero":       {withLine(text, strings.Replace(line, number, "03", 1)), "record.bad-json"},
		"plus sign":          {withLine(text, strings.Replace(line, number, "+3", 1)), "record.bad-json"},
		"minus zero":         {withLine(text, strings.Replace(line, number, "-0", 1)), "record.not-canonical"},
		"minus one":          {withLine(text, strings.Replace(line, number, "-1", 1)), "record.bad-number"},
		"2^53":               {withLine(text, strings.Replace(line, number, "9007199254740992", 1)), "record.bad-number"},
		"2^64":               {withLine(text, strings.Replace(line, number, "18446744073709551616", 1)), "record.bad-json"},
		"hexadecimal":        {withLine(text, strings.Replace(line, number, "0x3", 1)), "record.bad-json"},
		"not a number":       {withLine(text, strings.Replace(line, number, "NaN", 1)), "record.bad-json"},
		"number as string":   {withLine(text, strings.Replace(line, number, `"3"`, 1)), "record.bad-json"},
		"comment":            {withLine(text, strings.Replace(line, "{", "{/**/", 1)), "record.bad-json"},
	} {
		refuse(t, what, c.text, c.code)
	}
}

func TestOrigins(t *testing.T) {
	e := filled(t, "filing", false)
	text := format(t, e)
	for _, bad := range []string{
		"", "example.gov.cn", "example.gov.cn/", "/sunlot", "/", "//", "example.gov.cn//sunlot", "https://example.gov.cn/sunlot",
		"Example.gov.cn/sunlot", "example.gov.cn/Sunlot", "example.gov.cn/sun lot", "example.gov.cn/sunlot ", " example.gov.cn/sunlot",
		"example.gov.cn/阳光", "example.gov.cn/sunlot?x", "example.gov.cn/sunlot#x", "example.gov.cn:80/sunlot", "example.gov.cn/sunlot+x",
		"example.gov.cn/sunlot\t", "example.gov.cn\\sunlot", "example.gov.cn/" + strings.Repeat("x", 106),
	} {
		refuse(t, "origin "+bad, strings.Replace(text, testOrigin, bad, 1), "record.bad-origin", "record.bad-lines")
		e.Origin = bad
		if _, err := Format(e); fault.Code(err) != "record.bad-origin" {
			t.Errorf("Format with origin %q: %v", bad, err)
		}
	}
	for _, ok := range []string{"a/b", "example.gov.cn/sunlot/2", "localhost/x_y-z.9", "example.gov.cn/" + strings.Repeat("x", 105)} {
		e.Origin = ok
		if got, err := Parse(format(t, e)); err != nil || got.Origin != ok {
			t.Errorf("origin %q: %v", ok, err)
		}
	}
}

func TestFormatRefuses(t *testing.T) {
	var none *Filing
	for what, c := range map[string]struct {
		e    *Entry
		code string
	}{
		"no body":           {&Entry{Type: "filing", Origin: testOrigin}, "record.unknown-type"},
		"body not pointer":  {&Entry{Type: "filing", Origin: testOrigin, Body: Filing{}}, "record.unknown-type"},
		"body of other":     {&Entry{Type: "abort", Origin: testOrigin, Body: &Filing{}}, "record.unknown-type"},
		"part of a body":    {&Entry{Type: "plan", Origin: testOrigin, Body: &PlanLine{}}, "record.unknown-type"},
		"unknown type":      {&Entry{Type: "x", Origin: testOrigin, Body: &struct{}{}}, "record.unknown-type"},
		"nil pointer":       {&Entry{Type: "filing", Origin: testOrigin, Env: Env{At: good["time"], By: "办公室"}, Body: none}, "record.null"},
		"empty body":        {&Entry{Type: "filing", Origin: testOrigin, Env: Env{At: good["time"], By: "办公室"}, Body: &Filing{}}, "record.missing"},
		"empty env":         {&Entry{Type: "filing", Origin: testOrigin, Body: filled(t, "filing", true).Body}, "record.missing"},
		"negative integer":  {&Entry{Type: "filing", Origin: testOrigin, Env: Env{At: good["time"], By: "办公室"}, Body: &Filing{Plan: -1, To: "甲", Date: good["date"]}}, "record.bad-number"},
		"integer too large": {&Entry{Type: "filing", Origin: testOrigin, Env: Env{At: good["time"], By: "办公室"}, Body: &Filing{Plan: maxInt + 1, To: "甲", Date: good["date"]}}, "record.bad-number"},
		"not UTF-8":         {&Entry{Type: "filing", Origin: testOrigin, Env: Env{At: good["time"], By: "办公室"}, Body: &Filing{To: "甲\xff", Date: good["date"]}}, "record.bad-utf8"},
		"forbidden rune":    {&Entry{Type: "filing", Origin: testOrigin, Env: Env{At: good["time"], By: "办公室"}, Body: &Filing{To: "甲\u202e乙", Date: good["date"]}}, "record.bad-character"},
	} {
		if text, err := Format(c.e); fault.Code(err) != c.code {
			t.Errorf("%s: %v %q, want %s", what, err, text, c.code)
		}
	}
}

// TestTooLong grows an entry across the limit of 65,535 bytes.
func TestTooLong(t *testing.T) {
	e := filled(t, "plan", false)
	p := e.Body.(*Plan)
	line := p.Lines[0]
	for len(format(t, e)) < MaxSize-2000 {
		line.No = "n" + strconv.Itoa(len(p.Lines))
		p.Lines = append(p.Lines, line)
	}
	room := MaxSize - len(format(t, e))
	last := &p.Lines[len(p.Lines)-1]
	last.Filter = strings.Repeat("x", room-len(`"filter":"",`))
	text := format(t, e)
	if len(text) != MaxSize {
		t.Fatalf("%d bytes, want %d", len(text), MaxSize)
	}
	if _, err := Parse(text); err != nil {
		t.Errorf("%d bytes: %v", len(text), err)
	}
	longer := strings.Replace(text, last.Filter, last.Filter+"x", 1)
	refuse(t, "one byte more", longer, "record.too-long")
	last.Filter += "x"
	if _, err := Format(e); fault.Code(err) != "record.too-long" {
		t.Errorf("one byte more: %v", err)
	}
}

func TestDayAndTime(t *testing.T) {
	// 2023-06-12 00:00 in Beijing is 16:00 of the day before in Greenwich.
	const midnight = 1686499200
	if got := Time(midnight); got != "2023-06-12T00:00:00+08:00" {
		t.Errorf("Time = %s", got)
	}
	if got := Day(midnight - 1); got != "2023-06-11" {
		t.Errorf("Day = %s", got)
	}
	if got := Unix("2023-06-12T00:00:00+08:00"); got != midnight {
		t.Errorf("Unix = %d", got)
	}
	if got := Unix("12 June"); got != 0 {
		t.Errorf("Unix of no time = %d", got)
	}
}

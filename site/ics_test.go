package site

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/sunlot/sunlot/content"
)

// eventsOf reads a calendar file as RFC 5545 §3 demands it and returns its
// events, texts unescaped.
func eventsOf(data []byte) ([]map[string]string, error) {
	for _, line := range strings.SplitAfter(string(data), "\r\n") {
		if len(line) > 77 || strings.ContainsAny(strings.TrimSuffix(line, "\r\n"), "\r\n") {
			return nil, fmt.Errorf("line %q", line)
		}
		if !strings.HasSuffix(line, "\r\n") && line != "" {
			return nil, fmt.Errorf("no end of line: %q", line)
		}
	}
	whole := strings.ReplaceAll(string(data), "\r\n ", "")
	if !strings.HasPrefix(whole, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:") || !strings.HasSuffix(whole, "\r\nEND:VCALENDAR\r\n") {
		return nil, fmt.Errorf("no calendar")
	}
	var events []map[string]string
	var now map[string]string
	uids := map[string]bool{}
	for _, line := range strings.Split(strings.TrimSpace(whole), "\r\n") {
		name, value, ok := strings.Cut(line, ":")
		switch {
		case !ok:
			return nil, fmt.Errorf("no property: %q", line)
		case line == "BEGIN:VEVENT":
			now = map[string]string{}
		case line == "END:VEVENT":
			start, err := time.Parse("20060102", now["DTSTART;VALUE=DATE"])
			if _, err2 := time.Parse("20060102T150405Z", now["DTSTAMP"]); err != nil || err2 != nil || now["UID"] == "" || uids[now["UID"]] || now["SUMMARY"] == "" || start.Year() < 2020 {
				return nil, fmt.Errorf("event %v", now)
			}
			uids[now["UID"]] = true
			events, now = append(events, now), nil
		case now != nil:
			if now[name] != "" {
				return nil, fmt.Errorf("%s twice", name)
			}
			now[name] = strings.NewReplacer(`\\`, `\`, `\;`, ";", `\,`, ",", `\n`, "\n").Replace(value)
			if regexp.MustCompile(`(^|[^\\])[;,]`).MatchString(value) {
				return nil, fmt.Errorf("not escaped: %q", line)
			}
		}
	}
	return events, nil
}

func TestCalendarFile(t *testing.T) {
	b := gaoqing()
	events, err := eventsOf(b.files["calendar.ics"])
	if err != nil {
		t.Fatal(err)
	}
	dated, open := 0, 0
	for _, d := range gaoqingMaker(t).duties() {
		if d.Due != "" {
			dated++
		}
		if d.Due != "" && d.Open > 0 {
			open++
		}
	}
	todo := 0
	for _, e := range events {
		if strings.HasPrefix(e["SUMMARY"], "未办：") {
			todo++
		}
		if e["URL"] != "https://www.example.gov.cn/sunlot/calendar/index.html" || !strings.HasSuffix(e["UID"], "@example.gov.cn/gaoqing") {
			t.Errorf("%v", e)
		}
	}
	if len(events) != dated || todo != open || open == 0 || open == dated {
		t.Errorf("%d events of %d, %d open of %d", len(events), dated, todo, open)
	}
	later := memory{}
	if err := Build(b.bureau.bundle(), content.FS, Options{Base: "https://www.example.gov.cn/sunlot/", Built: "2030-01-01T00:00:00+08:00"}, later); err != nil {
		t.Fatal(err)
	}
	if string(later["calendar.ics"]) != string(b.files["calendar.ics"]) {
		t.Error("the file depends on the build's time")
	}
}

func TestIcsWriter(t *testing.T) {
	c := &icsWriter{}
	c.text("SUMMARY", strings.Repeat("公示；", 40)+"a;b,c\\d\ne\r\nf")
	lines := strings.Split(strings.TrimSuffix(c.buf.String(), "\r\n"), "\r\n")
	for i, l := range lines {
		if len(l) > 75 || i > 0 && l[0] != ' ' || strings.ContainsRune(l, '\uFFFD') || strings.ToValidUTF8(l, "") != l {
			t.Errorf("line %d: %q", i, l)
		}
	}
	if got := strings.ReplaceAll(c.buf.String(), "\r\n ", ""); !strings.HasSuffix(got, `a\;b\,c\\d\ne\nf`+"\r\n") || len(lines) < 5 {
		t.Errorf("%q", got)
	}
	for _, bad := range []string{"BEGIN:VEVENT\r\n", "BEGIN:VCALENDAR\nEND:VCALENDAR\n", "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\nUID:1\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"} {
		if _, err := eventsOf([]byte(bad)); err == nil {
			t.Errorf("%q passes", bad)
		}
	}
}

// What is due stands month by month, what is done on a page a year, all of it.
func TestCalendarMonths(t *testing.T) {
	b := gaoqing()
	page := string(b.files["calendar/index.html"])
	for _, w := range []string{"<caption>2024年", `href="../calendar/2023/index.html"`, `href="../calendar.ics"`} {
		if !strings.Contains(page, w) {
			t.Errorf("no %s", w)
		}
	}
	done := 0
	for _, d := range gaoqingMaker(t).duties() {
		if d.Open == 0 {
			done++
		}
	}
	rows := 0
	for _, year := range []string{"2023", "2024", "0000"} {
		rows += strings.Count(string(b.files["calendar/"+year+"/index.html"]), `<tr><th scope="row"`)
	}
	if rows != done || done == 0 {
		t.Errorf("%d rows of %d duties that are done", rows, done)
	}
}

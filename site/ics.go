package site

import (
	"bytes"
	"strings"
	"time"

	"github.com/sunlot/sunlot/internal/rules"
)

// calendarFile is the deadlines for calendar programs (RFC 5545): one event of
// a whole day for each duty with a date, open or done.
const calendarFile = "calendar.ics"

// calendarFile depends on the duties and on nothing of the build: how late an
// open one is changes every day and is left to the page.
func (m *maker) calendarFile() error {
	c := &icsWriter{}
	for _, line := range []string{"BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//sunlot//calendar//ZH", "CALSCALE:GREGORIAN"} {
		c.line(line)
	}
	c.text("X-WR-CALNAME", m.site.Office+"双随机抽查期限")
	seen := map[string]int{}
	for _, d := range m.duties() {
		if len(d.Due) == 10 {
			m.icsEvent(c, d, seen)
		}
	}
	c.line("END:VCALENDAR")
	return m.put(calendarFile, c.buf.Bytes())
}

func (m *maker) icsEvent(c *icsWriter, d rules.Duty, seen map[string]int) {
	name := anchor(d.Code) + "-" + anchor(or(d.Draw, num(d.Entry)))
	if d.Draw != "" && d.Entry > 0 {
		name += "-" + num(d.Entry)
	}
	if seen[name]++; seen[name] > 1 {
		name += "-" + num(seen[name])
	}
	what := or(dutyNames[d.Code], d.Code)
	switch {
	case m.s.Lot(d.Draw) != nil:
		what += "（" + m.s.Lot(d.Draw).Body.Draw + "）"
	case d.Draw != "":
		what += "（" + d.Draw + "）"
	case d.Entry > 0:
		what += "（第" + num(d.Entry) + "条记录）"
	}
	state, about := "未办：", ""
	if d.Open == 0 {
		state, about = "已办结：", "办结 "+or(d.Done, "–")+"。"
	}
	if d.Count > 1 {
		about += "已办" + num(d.Count-d.Open) + "户，共" + num(d.Count) + "户。"
	}
	if clause := m.pack.Clause(d.Clause); clause.ID != "" {
		about += "依据" + or(clause.Cite, clause.ID) + "。"
	}
	c.line("BEGIN:VEVENT")
	c.text("UID", name+"@"+m.s.Origin)
	c.line("DTSTAMP:" + m.icsStamp(d))
	c.line("DTSTART;VALUE=DATE:" + strings.ReplaceAll(d.Due, "-", ""))
	c.text("SUMMARY", state+what)
	c.text("DESCRIPTION", about+"法定公示以省平台和国家企业信用信息公示系统为准。")
	if !d.Sure {
		c.line("STATUS:TENTATIVE")
	} else {
		c.line("STATUS:CONFIRMED")
	}
	c.line("TRANSP:TRANSPARENT")
	if m.opt.Base != "" {
		c.line("URL:" + m.opt.Base + "calendar/index.html")
	}
	c.line("END:VEVENT")
}

// icsStamp is when the duty came to be: the time of the notice or of the entry
// that demands it, otherwise of the charter; in UTC, as the format asks.
func (m *maker) icsStamp(d rules.Duty) string {
	at := m.s.Charters[0].Time
	if l := m.s.Lot(d.Draw); l != nil {
		at = l.Time
	} else if d.Entry > 0 && d.Entry < int64(len(m.b.Entries)) {
		at = or(timeOf(m.b.Entries[d.Entry]), at)
	}
	t, err := time.Parse(time.RFC3339, at)
	if err != nil {
		t = time.Unix(0, 0)
	}
	return t.UTC().Format("20060102T150405Z")
}

// icsWriter writes content lines (RFC 5545 §3.1): CRLF, folded at 75 octets
// without cutting a character.
type icsWriter struct{ buf bytes.Buffer }

func (c *icsWriter) line(s string) {
	for room := 75; len(s) > room; room = 74 {
		cut := room
		for cut > 0 && s[cut]&0xC0 == 0x80 {
			cut--
		}
		c.buf.WriteString(s[:cut] + "\r\n ")
		s = s[cut:]
	}
	c.buf.WriteString(s + "\r\n")
}

// text writes a property whose value is text (§3.3.11).
func (c *icsWriter) text(name, s string) {
	c.line(name + ":" + strings.NewReplacer(`\`, `\\`, ";", `\;`, ",", `\,`, "\r\n", `\n`, "\n", `\n`, "\r", "").Replace(s))
}

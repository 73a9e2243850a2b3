package intake

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// beijing is the time of every date and time in an office's tables.
var beijing = time.FixedZone("+08:00", 8*3600)

// forever stands for 长期 in a certificate's validity.
const forever = "9999-12-31"

var (
	dayRE     = regexp.MustCompile(`^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})[日号]?(.*)$`)
	compactRE = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})$`)
	monthRE   = regexp.MustCompile(`^\d{4}[-/.年]\d{1,2}月?$`)
	shortRE   = regexp.MustCompile(`^\d{1,2}[-/.年]\d{1,2}[-/.月]\d{1,4}日?$`)
	hanDayRE  = regexp.MustCompile(`^([〇零○一二三四五六七八九]{4})年([一二三四五六七八九十]{1,2})月([一二三四五六七八九十]{1,3})[日号](.*)$`)
	clockRE   = regexp.MustCompile(`^T?(上午|下午|中午|晚上|AM|PM)?(\d{1,2})[::时点](?:(\d{1,2})(?:[::分](\d{1,2})?(?:\.\d+)?秒?)?)?(AM|PM|整)?(?:\+08:00|\+0800)?$`)
	betweenRE = regexp.MustCompile(`(\d)[\s\p{Z}]+(\d)`) // a space between date and time means something
	serialRE  = regexp.MustCompile(`^[2-7]\d{4}(?:\.\d+)?$`)
)

// moment is a day with or without a time of day.
type moment struct {
	day   string // 2006-01-02
	clock string // 15:04:05, "" if none stood there
}

// String is the day, or day and time as RFC 3339 in +08:00.
func (m moment) String() string {
	if m.clock == "" {
		return m.day
	}
	return m.day + "T" + m.clock + "+08:00"
}

// momentOf reads a date as people write it: 2023-06-08, 2023/6/8, 2023.6.8,
// 2023年6月8日, 二〇二三年六月八日, 20230608, the serial 45085, each with or
// without a time. Years of two digits and the American order are refused.
func momentOf(c Cell, from1904 bool) (m moment, repair, bad string) {
	s := strings.Trim(strings.ToUpper(narrow(betweenRE.ReplaceAllString(c.Text, "${1}T$2"))), ".;,。")
	switch s {
	case "长期", "永久", "长期有效", "无固定期限", "永久有效":
		return moment{day: forever}, "intake.fixed-date", ""
	}
	if m := compactRE.FindStringSubmatch(s); m != nil {
		out, bad := checkDay(m[1], m[2], m[3])
		return moment{day: out}, "intake.fixed-date", bad
	}
	if serialRE.MatchString(s) {
		v, _ := strconv.ParseFloat(s, 64)
		if text, ok := serialText(v, from1904); ok {
			day, clock, _ := strings.Cut(text, " ")
			return moment{day, clock}, "intake.fixed-serial-date", ""
		}
	}
	if h := hanDayRE.FindStringSubmatch(s); h != nil {
		y, ok1 := hanNumber(h[1])
		mo, ok2 := hanNumber(h[2])
		d, ok3 := hanNumber(h[3])
		if ok1 && ok2 && ok3 {
			s = strconv.Itoa(y) + "年" + strconv.Itoa(mo) + "月" + strconv.Itoa(d) + "日" + h[4]
		}
	}
	p := dayRE.FindStringSubmatch(s)
	switch {
	case p == nil && monthRE.MatchString(s):
		return m, "", "intake.date-no-day"
	case p == nil && shortRE.MatchString(s):
		return m, "", "intake.date-order"
	case p == nil:
		return m, "", "intake.bad-date"
	}
	if m.day, bad = checkDay(p[1], p[2], p[3]); bad != "" {
		return m, "", bad
	}
	if p[4] != "" {
		var ok bool
		if m.clock, ok = clockOf(p[4]); !ok {
			return m, "", "intake.bad-date"
		}
	}
	if c.Kind != CellDate && !strings.HasPrefix(c.Text, m.day) {
		repair = "intake.fixed-date"
	}
	if m.clock == "00:00:00" && c.Kind != CellDate && strings.Contains(p[4], "00:00:00") { // what an export adds
		m.clock = ""
	}
	return m, repair, ""
}

// clockOf reads the time behind a date.
func clockOf(s string) (string, bool) {
	p := clockRE.FindStringSubmatch(s)
	if p == nil {
		return "", false
	}
	h, _ := strconv.Atoi(p[2])
	mi, _ := strconv.Atoi(p[3])
	sec, _ := strconv.Atoi(p[4])
	if half := p[1] + p[5]; h < 12 && (strings.Contains(half, "PM") || strings.Contains(half, "下午") || strings.Contains(half, "晚上")) {
		h += 12
	}
	if h > 23 || mi > 59 || sec > 59 {
		return "", false
	}
	return time.Date(2000, 1, 1, h, mi, sec, 0, time.UTC).Format("15:04:05"), true
}

// checkDay accepts real days of 1900 to 2199.
func checkDay(y, m, d string) (string, string) {
	yy, _ := strconv.Atoi(y)
	mm, _ := strconv.Atoi(m)
	dd, _ := strconv.Atoi(d)
	t := time.Date(yy, time.Month(mm), dd, 0, 0, 0, 0, time.UTC)
	if t.Year() != yy || int(t.Month()) != mm || t.Day() != dd {
		return "", "intake.no-such-day"
	}
	if out := t.Format("2006-01-02"); (yy < 1900 || yy > 2199) && out != forever {
		return "", "intake.date-range"
	}
	return t.Format("2006-01-02"), ""
}

const (
	yearPart = `(?:(\d{4})年?[-/.]?)?`
	sepPart  = `(?:至|到|~|-{1,2})`
)

var (
	daysRE    = regexp.MustCompile(`^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})[日号]?` + sepPart + `(?:(\d{4})[-/.年])?(?:(\d{1,2})[-/.月])?(\d{1,2})[日号]?(?:止|前|底)?$`)
	monthsRE  = regexp.MustCompile(`^` + yearPart + `(\d{1,2})月?份?` + sepPart + yearPart + `(\d{1,2})月?[份底末]?$`)
	oneRE     = regexp.MustCompile(`^` + yearPart + `(\d{1,2})月份?$`)
	yearRE    = regexp.MustCompile(`^(?:(\d{4})年?)?(全年|年度|全年度|年)?$`)
	quarterRE = regexp.MustCompile(`^(?:(\d{4})年)?第?([一二三四1-4])季度?$`)
	halfRE    = regexp.MustCompile(`^(?:(\d{4})年)?([上下])半年$`)
	beforeRE  = regexp.MustCompile(`(前|底|末|完成)`)
)

var spanWords = strings.NewReplacer("—", "-", "～", "~", "起", "", "--", "-")

// periodOf reads a time span: 1月—12月, 7-12, 2025年2月至10月, 2025年9月, 2025年,
// 全年, 第三季度, 下半年, 2023年5月8日至7月31日. year serves where none is written.
func periodOf(text string, year int) (from, to, bad string) {
	s := strings.Trim(narrow(text), "。;,.")
	s = spanWords.Replace(s)
	if p := daysRE.FindStringSubmatch(s); p != nil {
		y, m := p[4], p[5]
		if y == "" {
			y = p[1]
		}
		if m == "" {
			m = p[2]
		}
		from, bad = checkDay(p[1], p[2], p[3])
		if bad == "" {
			to, bad = checkDay(y, m, p[6])
		}
		return ordered(from, to, bad)
	}
	if p := dayRE.FindStringSubmatch(s); p != nil && p[4] == "" {
		from, bad = checkDay(p[1], p[2], p[3])
		return from, from, bad
	}
	var y1, y2 string
	m1, m2 := 1, 12
	if p := monthsRE.FindStringSubmatch(s); p != nil {
		y1, y2 = p[1], p[3]
		m1, _ = strconv.Atoi(p[2])
		m2, _ = strconv.Atoi(p[4])
	} else if p := oneRE.FindStringSubmatch(s); p != nil {
		y1 = p[1]
		m1, _ = strconv.Atoi(p[2])
		m2 = m1
	} else if p := yearRE.FindStringSubmatch(s); p != nil && s != "" {
		y1 = p[1]
	} else if p := quarterRE.FindStringSubmatch(s); p != nil {
		y1 = p[1]
		q, _ := number(p[2])
		m1, m2 = 3*q-2, 3*q
	} else if p := halfRE.FindStringSubmatch(s); p != nil {
		y1, m2 = p[1], 6
		if p[2] == "下" {
			m1, m2 = 7, 12
		}
	} else if beforeRE.MatchString(s) {
		return "", "", "intake.period-no-start"
	} else {
		return "", "", "intake.bad-period"
	}
	if y1 == "" {
		if year == 0 {
			return "", "", "intake.no-year"
		}
		y1 = strconv.Itoa(year)
	}
	if y2 == "" {
		y2 = y1
	}
	if m2 < 1 || m2 > 12 {
		return "", "", "intake.no-such-day"
	}
	yy, _ := strconv.Atoi(y2)
	last := time.Date(yy, time.Month(m2+1), 0, 0, 0, 0, 0, time.UTC).Day()
	from, bad = checkDay(y1, strconv.Itoa(m1), "1")
	if bad == "" {
		to, bad = checkDay(y2, strconv.Itoa(m2), strconv.Itoa(last))
	}
	return ordered(from, to, bad)
}

func ordered(from, to, bad string) (string, string, string) {
	if bad == "" && to < from {
		bad = "intake.period-backwards"
	}
	if bad != "" {
		return "", "", bad
	}
	return from, to, ""
}

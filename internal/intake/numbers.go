package intake

import (
	"math/big"
	"regexp"
	"strconv"
	"strings"
)

// hanDigits are the digits that people write.
var hanDigits = map[rune]int{'〇': 0, '零': 0, '○': 0, '一': 1, '壹': 1, '二': 2, '贰': 2, '两': 2, '三': 3, '叁': 3, '四': 4, '肆': 4,
	'五': 5, '伍': 5, '六': 6, '陆': 6, '七': 7, '柒': 7, '八': 8, '捌': 8, '九': 9, '玖': 9}

var hanUnits = map[rune]int{'十': 10, '拾': 10, '百': 100, '佰': 100, '千': 1000, '仟': 1000}

// hanNumber reads 五, 十二, 二十, 一百零三 or a row of digits such as 二〇二三; up
// to 9999.
func hanNumber(s string) (int, bool) {
	total, digit, units, count := 0, -1, false, 0
	for _, r := range s {
		if d, ok := hanDigits[r]; ok {
			if digit >= 0 && !units && count > 0 { // a row of digits
				if digit = digit*10 + d; digit > 9999 {
					return 0, false
				}
			} else {
				digit = d
			}
			count++
			continue
		}
		u, ok := hanUnits[r]
		if !ok || digit > 9 {
			return 0, false
		}
		if digit < 0 {
			digit = 1
		}
		total += digit * u
		digit, units, count = -1, true, 0
	}
	if digit >= 0 {
		total += digit
	}
	return total, s != "" && total <= 9999
}

// number is digits or Han digits.
func number(s string) (int, bool) {
	if allDigits(s) && len(s) <= 9 {
		n, _ := strconv.Atoi(s)
		return n, true
	}
	return hanNumber(s)
}

var (
	percentRE  = regexp.MustCompile(`^(\d{1,6}(?:\.\d{1,6})?)([%‰])$`)
	decimalRE  = regexp.MustCompile(`^\d{1,6}(?:\.\d{1,9})?$`)
	atLeastRE  = regexp.MustCompile(`^(?:不低于|不少于|不小于|大于等于|大于或等于|至少|达到|约|按|>=|≥|=|比例为?|抽查比例为?)+`)
	atMostRE   = regexp.MustCompile(`不超过|不高于|不大于|小于|少于|以下|以内|<|≤`)
	rangeRE    = regexp.MustCompile(`^-|\d[%‰]?(?:-|~|至|到)\d`) // 5-10%
	innerPctRE = regexp.MustCompile(`\d+(?:\.\d+)?[%‰]|(?:百分之|千分之|万分之)[〇零一二两三四五六七八九十百]+`)
)

// ratioOf reads a ratio as a decimal string with at most six digits, "0.05" for
// 5%, "1" for all of them. percent says that the heading names per cent as the
// unit. repair is set where the words were more than the number.
func ratioOf(c Cell, percent bool) (ratio, repair, bad string) {
	s := strings.ReplaceAll(narrow(c.Text), ",", "")
	if c.Kind == CellNumber || c.Kind == CellText && decimalRE.MatchString(s) {
		v, ok := new(big.Rat).SetString(s)
		one := big.NewRat(1, 1)
		switch {
		case !ok:
			return "", "", "intake.bad-ratio"
		case c.Percent:
		case percent && v.Cmp(one) >= 0:
			v.Quo(v, big.NewRat(100, 1))
		case percent || v.Cmp(one) >= 0: // 0.05 under （%）, or a bare 5: per cent or not?
			return "", "", "intake.ratio-no-unit"
		}
		ratio, bad = ratioText(v)
		return ratio, "", bad
	}
	t := s
	switch t {
	case "全部", "全覆盖", "全数", "全数检查", "全部检查", "全部抽取", "百分之百", "100%全覆盖":
		t = "100%"
	}
	if rangeRE.MatchString(t) {
		return "", "", "intake.bad-ratio"
	}
	if atMostRE.MatchString(t) && !strings.Contains(t, "不少于") && !strings.Contains(t, "不小于") {
		return "", "", "intake.bad-ratio"
	}
	t = atLeastRE.ReplaceAllString(t, "")
	t = strings.TrimSuffix(strings.TrimSuffix(t, "以上"), "左右")
	if !percentRE.MatchString(t) && !strings.HasPrefix(t, "百分之") && !decimalRE.MatchString(t) {
		all := innerPctRE.FindAllString(t, 2)
		if len(all) != 1 {
			return "", "", "intake.bad-ratio"
		}
		t = all[0]
	}
	v, ok := percentValue(t)
	if !ok {
		return "", "", "intake.bad-ratio"
	}
	ratio, bad = ratioText(v)
	if t != s {
		repair = "intake.fixed-ratio-words"
	}
	return ratio, repair, bad
}

// percentValue reads 5%, 5‰, 百分之五, 0.05.
func percentValue(t string) (*big.Rat, bool) {
	for prefix, base := range map[string]int64{"百分之": 100, "千分之": 1000, "万分之": 10000} {
		if rest, ok := strings.CutPrefix(t, prefix); ok {
			n, ok := number(rest)
			if !ok && decimalRE.MatchString(rest) {
				v, _ := new(big.Rat).SetString(rest)
				return v.Quo(v, big.NewRat(base, 1)), true
			}
			return big.NewRat(int64(n), base), ok
		}
	}
	if m := percentRE.FindStringSubmatch(t); m != nil {
		v, _ := new(big.Rat).SetString(m[1])
		base := int64(100)
		if m[2] == "‰" {
			base = 1000
		}
		return v.Quo(v, big.NewRat(base, 1)), true
	}
	if decimalRE.MatchString(t) && strings.HasPrefix(t, "0.") {
		v, ok := new(big.Rat).SetString(t)
		return v, ok
	}
	return nil, false
}

// ratioText is draw1 §5: "1" or "0." and 1 to 6 digits.
func ratioText(v *big.Rat) (string, string) {
	if v.Sign() <= 0 || v.Cmp(big.NewRat(1, 1)) > 0 {
		return "", "intake.ratio-range"
	}
	s := strings.TrimRight(v.FloatString(6), "0")
	if back, _ := new(big.Rat).SetString(s); back == nil || back.Cmp(v) != 0 {
		return "", "intake.ratio-digits"
	}
	return strings.TrimSuffix(s, "."), ""
}

var countRE = regexp.MustCompile(`^(?:约|大约|预计|共|不少于|至少|=)?(\d{1,9})(?:户|家|个|名|人|组|次|项|户次|家次|批次)?(.*)$`)

// countOf reads a whole number with or without its unit; words after it are
// left out visibly.
func countOf(c Cell) (n int, repair, bad string) {
	s := strings.ReplaceAll(narrow(c.Text), ",", "")
	if v, ok := hanNumber(strings.TrimRight(s, "户家个名人组次项")); ok && s != "" {
		return v, "", ""
	}
	m := countRE.FindStringSubmatch(s)
	if m == nil {
		return 0, "", "intake.bad-count"
	}
	rest := strings.Trim(m[2], "。左右;,")
	if rest != "" && !strings.HasPrefix(rest, "(") {
		return 0, "", "intake.bad-count"
	}
	if m[2] != "" {
		repair = "intake.fixed-count-words"
	}
	n, _ = strconv.Atoi(m[1])
	return n, repair, ""
}

var (
	capRE   = regexp.MustCompile(`(?:上限|不超过|最多)[^\d一二两三四五六七八九十]{0,3}([\d一二两三四五六七八九十]{1,3})次`)
	perRE   = regexp.MustCompile(`(?:每(年|半年|季度|季|月)|一年)[^\d一二两三四五六七八九十]{0,6}([\d一二两三四五六七八九十]{1,3})次`)
	timesRE = regexp.MustCompile(`([\d一二两三四五六七八九十]{1,3})次(?:/?(?:每)?(年|半年|季度|季|月))?`)
	bareRE  = regexp.MustCompile(`^(>=|≥|=|不少于)?(\d{1,3})$`)
)

// frequencyOf reads how often in a year: 1, 1次/年, 每季度1次 (4), =1, >=1, and
// beside it a cap (检查频次:1次/年/单位 上限:2次/年/单位). 0 = not named.
func frequencyOf(text string) (times, limit int, bad string) {
	s := narrow(text)
	if m := bareRE.FindStringSubmatch(s); m != nil {
		n, _ := strconv.Atoi(m[2])
		return n, 0, ""
	}
	perYear := map[string]int{"": 1, "年": 1, "半年": 2, "季度": 4, "季": 4, "月": 12}
	if m := capRE.FindStringSubmatchIndex(s); m != nil {
		limit, _ = number(s[m[2]:m[3]])
		s = s[:m[0]] + s[m[1]:]
	}
	if m := perRE.FindStringSubmatch(s); m != nil {
		n, ok := number(m[2])
		if !ok {
			return 0, 0, "intake.bad-frequency"
		}
		return n * perYear[m[1]], limit, ""
	}
	if m := timesRE.FindStringSubmatch(s); m != nil {
		n, ok := number(m[1])
		if !ok {
			return 0, 0, "intake.bad-frequency"
		}
		return n * perYear[m[2]], limit, ""
	}
	if limit == 0 {
		return 0, 0, "intake.bad-frequency"
	}
	return 0, limit, ""
}

// boolOf reads 是, √, 有 …; "" counts as no.
func boolOf(c Cell) (yes bool, bad string) {
	switch s := strings.ToUpper(narrow(c.Text)); s {
	case "是", "有", "√", "✓", "✔", "☑", "对", "Y", "YES", "TRUE", "1", "属于", "已列入", "列入":
		return true, ""
	case "", "否", "无", "×", "✗", "✘", "X", "☐", "□", "N", "NO", "FALSE", "0", "-", "--", "/", "不是", "没有", "不属于", "未列入":
		return false, ""
	default:
		if strings.HasPrefix(s, "是(") || strings.HasPrefix(s, "是,") {
			return true, ""
		}
		return false, "intake.bad-yes-no"
	}
}

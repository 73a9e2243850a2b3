package intake

import (
	"strings"
	"time"
)

// unitAlphabet is the alphabet of GB 32100-2015: digits and capitals without
// I, O, S, V, Z.
const unitAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY"

// codeJunk is what stands in and around codes that were forced to be text.
var codeJunk = strings.NewReplacer("-", "", "'", "", "`", "", "\"", "", "=", "")

// verdict is a code's finding: what to take, a refusal or a warning.
type verdict struct {
	value  string // canonical id, "" if refused
	code   string // problem, "" if none
	doubt  string // to be confirmed, "" if none
	repair string // why the value differs from what stood there, "" if it does not
	want   string // suggestion
}

// unitCode reads a 统一社会信用代码 (GB 32100-2015) or, where there is none, an
// old 注册号; registration says that the column is one of 注册号 only. A failed
// check digit is a doubt, never a refusal: real codes fail (M0000 series).
func unitCode(c Cell, registration bool) verdict {
	s := strings.ToUpper(narrow(c.Text))
	v := verdict{}
	s = codeJunk.Replace(s)
	s = strings.TrimPrefix(s, "注册号:")
	if c.Kind == CellDate {
		return verdict{code: "intake.text-became-date", want: "文本格式的代码"}
	}
	if c.Long || isExponent(s) {
		return verdict{code: "intake.code-as-number", want: "文本格式的18位代码"}
	}
	if t := lookAlikes.Replace(s); t != s {
		return verdict{code: "intake.bad-code", want: suggest(t)}
	}
	v.value = s
	switch {
	case len(s) == 18 && !registration || len(s) == 18 && strings.Trim(s, unitAlphabet) == "":
		return unit18(s)
	case len(s) == 9 && allDigits(s[:8]) && !registration:
		return verdict{code: "intake.org-code", want: "18位统一社会信用代码"}
	case len(s) < 8 || len(s) > 18 || !alnum(s):
		return verdict{code: "intake.bad-code", want: "18位统一社会信用代码，或15位注册号"}
	case !registration && !(allDigits(s) && (len(s) == 13 || len(s) == 15)):
		return verdict{code: "intake.bad-code", want: "18位统一社会信用代码，或15位注册号"}
	}
	if len(s) == 15 && allDigits(s) && !registrationCheck(s) {
		v.doubt, v.want = "intake.code-check-digit", "注册号的校验位不符"
	}
	if c.Kind == CellNumber {
		v.repair = "intake.fixed-number-as-text"
	}
	v.value = "注册号:" + s
	return v
}

func unit18(s string) verdict {
	if strings.Trim(s, unitAlphabet) != "" {
		return verdict{code: "intake.bad-code", want: suggest(s)}
	}
	want := unitCheck(s[:17])
	inner := orgCheck(s[8:16])
	if allDigits(s) && strings.HasSuffix(s, "000") && (want != s[17] || inner != s[16]) {
		return verdict{code: "intake.code-as-number", want: "文本格式的18位代码"}
	}
	v := verdict{value: s}
	switch {
	case want != s[17]:
		v.doubt, v.want = "intake.code-check-digit", "末位按其余各位算应为 "+string(want)
		if t := strings.ReplaceAll(s, "L", "1"); t != s && unitCheck(t[:17]) == t[17] { // l typed for 1
			v.want = "是不是 " + t
		}
	case inner != s[16]:
		v.doubt, v.want = "intake.code-check-digit", "第17位按第9至16位算应为 "+string(inner)
	}
	return v
}

var mistaken = strings.NewReplacer("O", "0", "I", "1", "S", "5", "Z", "2", "V", "U")

// suggest replaces letters that the alphabet lacks by the digits they are
// mistaken for, if the result then holds both check digits.
func suggest(s string) string {
	t := mistaken.Replace(s)
	if len(t) == 18 && strings.Trim(t, unitAlphabet) == "" && unitCheck(t[:17]) == t[17] {
		return "是不是 " + t
	}
	return "18位统一社会信用代码（没有字母 I O S V Z）"
}

// unitCheck is the 18th character of GB 32100-2015: weights 3^(i−1) mod 31.
func unitCheck(s string) byte {
	sum, w := 0, 1
	for i := 0; i < len(s); i++ {
		sum += strings.IndexByte(unitAlphabet, s[i]) * w
		w = w * 3 % 31
	}
	return unitAlphabet[(31-sum%31)%31]
}

// orgCheck is the 9th character of GB 11714: weights 3 7 9 10 5 8 4 2.
func orgCheck(s string) byte {
	sum := 0
	for i, w := range []int{3, 7, 9, 10, 5, 8, 4, 2} {
		n := int(s[i] - '0')
		if s[i] >= 'A' {
			n = int(s[i]-'A') + 10
		}
		sum += n * w
	}
	return "0X987654321"[sum%11]
}

// registrationCheck is GS 15-2006, ISO 7064 MOD 11,10, over 15 digits.
func registrationCheck(s string) bool {
	p := 10
	for i := 0; i < len(s); i++ {
		t := p%11 + int(s[i]-'0')
		if i == len(s)-1 {
			return t%10 == 1
		}
		if t %= 10; t == 0 {
			t = 10
		}
		p = t * 2
	}
	return false
}

// person18 checks a citizen's number, GB 11643-1999.
func person18(s string) bool {
	if len(s) != 18 || !allDigits(s[:17]) {
		return false
	}
	if _, err := time.Parse("20060102", s[6:14]); err != nil {
		return false
	}
	sum := 0
	for i, w := range []int{7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2} {
		sum += int(s[i]-'0') * w
	}
	return "10X98765432"[sum%11] == s[17]
}

// maskID shows no more of a number than its two ends.
func maskID(s string) string {
	r := []rune(s)
	if len(r) < 9 {
		return strings.Repeat("*", len(r))
	}
	return string(r[:6]) + strings.Repeat("*", len(r)-8) + string(r[len(r)-2:])
}

var certificateJunk = strings.NewReplacer("(", "", ")", "", "〔", "", "〕", "", "[", "", "]", "", "'", "", "_", "-", ".", "-", "/", "-")

// certificate reads the number of an enforcement certificate into the form that
// draws use, [0-9A-Z-]{4,32}; a province's short name in front is left out.
func certificate(c Cell) verdict {
	s := strings.ToUpper(narrow(c.Text))
	if c.Kind == CellDate {
		return verdict{code: "intake.text-became-date", want: "文本格式的证号"}
	}
	if c.Long || isExponent(s) {
		return verdict{code: "intake.code-as-number", want: "文本格式的证号"}
	}
	v := verdict{}
	t := strings.TrimSuffix(strings.TrimPrefix(s, "第"), "号")
	t = certificateJunk.Replace(t)
	if r := []rune(t); len(r) > 4 && strings.ContainsRune(provinces, r[0]) {
		t = string(r[1:])
		v.repair = "intake.fixed-certificate"
	}
	t = strings.Trim(t, "-")
	if t != s && v.repair == "" {
		v.repair = "intake.fixed-certificate"
	}
	if len(t) < 4 || len(t) > 32 || !alnum(strings.ReplaceAll(t, "-", "")) {
		return verdict{code: "intake.bad-certificate", want: "4至32位数字、大写字母或短横线"}
	}
	if c.Kind == CellNumber {
		v.repair = "intake.fixed-number-as-text"
	}
	v.value = t
	return v
}

// provinces are the one-character names that stand before certificate numbers.
const provinces = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"

func allDigits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

func alnum(s string) bool {
	for i := 0; i < len(s); i++ {
		if (s[i] < '0' || s[i] > '9') && (s[i] < 'A' || s[i] > 'Z') {
			return false
		}
	}
	return s != ""
}

// isExponent recognises 9.1370322706E+17, what a table makes of a long number.
func isExponent(s string) bool {
	m, e, ok := strings.Cut(s, "E+")
	return ok && allDigits(strings.Replace(m, ".", "", 1)) && allDigits(e)
}

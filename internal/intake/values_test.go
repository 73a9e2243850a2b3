package intake

import (
	"strings"
	"testing"
)

func text(s string) Cell { return Cell{Text: s, Kind: CellText} }
func num(s string) Cell  { return Cell{Text: s, Kind: CellNumber} }

func TestUnitCode(t *testing.T) {
	for _, c := range []struct {
		in           Cell
		registration bool
		value, code  string
		doubt, want  string
	}{
		{in: text("91350100M000100Y43"), value: "91350100M000100Y43"}, // the standard's own example
		{in: text("91512081MA62K0260E"), value: "91512081MA62K0260E"},
		{in: text("12100000400000624D"), value: "12100000400000624D"},
		{in: text("91370322TT0000007J"), value: "91370322TT0000007J"},
		{in: text("91370322tt0000007j"), value: "91370322TT0000007J"},
		{in: text("９１３７０３２２ＴＴ００００００７Ｊ"), value: "91370322TT0000007J"},
		{in: text(" 9137 0322 TT00 0000 7J "), value: "91370322TT0000007J"},
		{in: text("91370322-TT0000007-J"), value: "91370322TT0000007J"},
		{in: text("91350100M000100Y4Z"), code: "intake.bad-code", want: "没有字母"}, // the standard's bad example
		{in: text("91350100MO00100Y43"), code: "intake.bad-code", want: "是不是 91350100M000100Y43"},
		{in: text("9l350100M000100Y43"), value: "9L350100M000100Y43", doubt: "intake.code-check-digit", want: "是不是 91350100M000100Y43"},
		{in: text("9I350100M000100Y43"), code: "intake.bad-code", want: "是不是 91350100M000100Y43"},
		{in: text("91350100М000100Y43"), code: "intake.bad-code", want: "是不是 91350100M000100Y43"},                  // Cyrillic М
		{in: text("91350211M0000XUF46"), value: "91350211M0000XUF46", doubt: "intake.code-check-digit", want: "R"}, // real, fails
		{in: text("91350100M0001TGQXM"), value: "91350100M0001TGQXM", doubt: "intake.code-check-digit", want: "1"},
		{in: text("91440300192203821"), code: "intake.bad-code"}, // 17
		{in: text("913703227060912000"), code: "intake.code-as-number"},
		{in: Cell{Text: "913703227060912000", Kind: CellNumber, Long: true}, code: "intake.code-as-number"},
		{in: text("9.13703227060912E+17"), code: "intake.code-as-number"},
		{in: Cell{Text: "2023-06-08", Kind: CellDate}, code: "intake.text-became-date"},
		{in: text("110108000000016"), value: "注册号:110108000000016"},
		{in: num("110108000000016"), value: "注册号:110108000000016"},
		{in: text("110108000000017"), value: "注册号:110108000000017", doubt: "intake.code-check-digit"},
		{in: text("3703001800123"), value: "注册号:3703001800123"},
		{in: text("123456789"), code: "intake.org-code"},
		{in: text("370322600"), code: "intake.org-code"},
		{in: text("无证"), code: "intake.bad-code"},
		{in: text("鲁淄3703226001"), registration: true, code: "intake.bad-code"},
		{in: text("LZ370322600123"), registration: true, value: "注册号:LZ370322600123"},
		{in: text("LZ370322600123"), code: "intake.bad-code"},
		{in: text("91370322TT0000007J"), registration: true, value: "91370322TT0000007J"},
	} {
		v := unitCode(c.in, c.registration)
		if v.code != c.code || v.doubt != c.doubt || c.code == "" && v.value != c.value || !strings.Contains(v.want, c.want) {
			t.Errorf("%q: %+v, want %q %q %q %q", c.in.Text, v, c.value, c.code, c.doubt, c.want)
		}
	}
}

func TestPersonNumbers(t *testing.T) {
	for s, want := range map[string]bool{
		"11010519491231002X": true, "440524188001010014": true, "37032219850312123X": true, "410381199001010027": true,
		"110105194912310021": false, "11010519491331002X": false, "1101051949123100": false, "37032219850230123X": false, "": false,
	} {
		if got := person18(s); got != want {
			t.Errorf("%q: %v", s, got)
		}
	}
	if got := maskID("37032219850312123X"); got != "370322**********3X" {
		t.Errorf("masked %q", got)
	}
}

func TestCertificate(t *testing.T) {
	for _, c := range []struct {
		in          Cell
		value, code string
		repaired    bool
	}{
		{text("370322001"), "370322001", "", false},
		{text("鲁C03-220015"), "C03-220015", "", true},
		{text("豫 C 2023—001"), "C2023-001", "", true},
		{text("第16030322001号"), "16030322001", "", true},
		{num("16030322001"), "16030322001", "", true},
		{text("12"), "", "intake.bad-certificate", false},
		{text("应急执法证一号"), "", "intake.bad-certificate", false},
		{Cell{Text: "1603032200112345678", Kind: CellNumber, Long: true}, "", "intake.code-as-number", false},
		{Cell{Text: "2023-03-01", Kind: CellDate}, "", "intake.text-became-date", false},
	} {
		v := certificate(c.in)
		if v.value != c.value || v.code != c.code || v.repair != "" != c.repaired {
			t.Errorf("%q: %+v", c.in.Text, v)
		}
	}
}

func TestRatio(t *testing.T) {
	for _, c := range []struct {
		in       Cell
		percent  bool
		ratio    string
		repaired bool
		bad      string
	}{
		{in: text("5%"), ratio: "0.05"},
		{in: text("0.05"), ratio: "0.05"},
		{in: text("百分之五"), ratio: "0.05"},
		{in: text("百分之二十五"), ratio: "0.25"},
		{in: text("百分之一百"), ratio: "1"},
		{in: text("20％"), ratio: "0.2"},
		{in: text(" ５ ％ "), ratio: "0.05"},
		{in: text("0.5%"), ratio: "0.005"},
		{in: text("5‰"), ratio: "0.005"},
		{in: text("千分之三"), ratio: "0.003"},
		{in: text("100%"), ratio: "1"},
		{in: text("全覆盖"), ratio: "1", repaired: true},
		{in: text("不少于5%"), ratio: "0.05", repaired: true},
		{in: text("≥5%"), ratio: "0.05", repaired: true},
		{in: text("5%以上"), ratio: "0.05", repaired: true},
		{in: text("企业抽查比例为20%"), ratio: "0.2", repaired: true},
		{in: Cell{Text: "0.05", Kind: CellNumber, Percent: true}, ratio: "0.05"},
		{in: Cell{Text: "1", Kind: CellNumber, Percent: true}, ratio: "1"},
		{in: num("0.05"), ratio: "0.05"},
		{in: num("5"), percent: true, ratio: "0.05"},
		{in: text("5"), percent: true, ratio: "0.05"},
		{in: num("5"), bad: "intake.ratio-no-unit"},
		{in: text("1"), bad: "intake.ratio-no-unit"},
		{in: num("0.05"), percent: true, bad: "intake.ratio-no-unit"},
		{in: text("不超过5%"), bad: "intake.bad-ratio"},
		{in: text("≤5%"), bad: "intake.bad-ratio"},
		{in: text("5%-10%"), bad: "intake.bad-ratio"},
		{in: text("低风险1%，高风险10%"), bad: "intake.bad-ratio"},
		{in: text("0%"), bad: "intake.ratio-range"},
		{in: text("120%"), bad: "intake.ratio-range"},
		{in: text("0.00000049%"), bad: "intake.bad-ratio"},
		{in: text("0.00005%"), bad: "intake.ratio-digits"},
		{in: text("若干"), bad: "intake.bad-ratio"},
		{in: text("-5%"), bad: "intake.bad-ratio"},
		{in: text("5-10%"), bad: "intake.bad-ratio"},
		{in: text("5%至10%"), bad: "intake.bad-ratio"},
	} {
		ratio, repair, bad := ratioOf(c.in, c.percent)
		if ratio != c.ratio || bad != c.bad || repair != "" != c.repaired {
			t.Errorf("%q (%v): %q %q %q", c.in.Text, c.percent, ratio, repair, bad)
		}
	}
}

func TestCount(t *testing.T) {
	for s, want := range map[string]int{"30": 30, "30家": 30, "约30户": 30, "1户(实际以联合双随机牵头单位抽查数为准。)": 1, "1家": 1, "1,200": 1200, "十二": 12, "三户": 3, "０": 0} {
		if n, _, bad := countOf(text(s)); n != want || bad != "" {
			t.Errorf("%q: %d %q", s, n, bad)
		}
	}
	for _, s := range []string{"8+3", "若干", "5%", "3至5家", "-3", "1.5", "30家以内"} {
		if n, _, bad := countOf(text(s)); bad == "" {
			t.Errorf("%q: %d", s, n)
		}
	}
}

func TestFrequency(t *testing.T) {
	for s, want := range map[string][2]int{
		"1": {1, 0}, "=1": {1, 0}, ">=1": {1, 0}, "1次/年": {1, 0}, "每年1次": {1, 0}, "一年一次": {1, 0}, "每季度1次": {4, 0}, "2次/半年": {4, 0}, "每月一次": {12, 0},
		"检查频次:1次/年/单位 上限:2次/年/单位": {1, 2}, "抽查1次": {1, 0}, "全年不超过2次": {0, 2},
	} {
		if n, m, bad := frequencyOf(s); n != want[0] || m != want[1] || bad != "" {
			t.Errorf("%q: %d %d %q", s, n, m, bad)
		}
	}
	for _, s := range []string{"", "经常", "5%", "每年"} {
		if n, m, bad := frequencyOf(s); bad == "" {
			t.Errorf("%q: %d %d", s, n, m)
		}
	}
}

func TestYesNo(t *testing.T) {
	for s, want := range map[string]bool{"是": true, "√": true, "有": true, "Y": true, "１": true, "TRUE": true, "否": false, "无": false, "×": false, "": false, "/": false, " 否 ": false} {
		if yes, bad := boolOf(text(s)); yes != want || bad != "" {
			t.Errorf("%q: %v %q", s, yes, bad)
		}
	}
	for _, s := range []string{"可能", "2", "待定"} {
		if _, bad := boolOf(text(s)); bad == "" {
			t.Errorf("%q accepted", s)
		}
	}
}

func TestMoment(t *testing.T) {
	for _, c := range []struct {
		in   Cell
		from bool // 1904
		want string
		bad  string
	}{
		{in: text("2023-06-08"), want: "2023-06-08"},
		{in: text("2023/6/8"), want: "2023-06-08"},
		{in: text("2023.6.8"), want: "2023-06-08"},
		{in: text("2023年6月8日"), want: "2023-06-08"},
		{in: text("2023 年 6月 8 日"), want: "2023-06-08"},
		{in: text("二〇二三年六月八日"), want: "2023-06-08"},
		{in: text("二○二三年十二月三十一日"), want: "2023-12-31"},
		{in: text("20230608"), want: "2023-06-08"},
		{in: text("２０２３－０６－０８"), want: "2023-06-08"},
		{in: text("2023-06-08 00:00:00"), want: "2023-06-08"},
		{in: text("2023-6-8 10:05"), want: "2023-06-08T10:05:00+08:00"},
		{in: text("2023年8月23日 23时15分"), want: "2023-08-23T23:15:00+08:00"},
		{in: text("2023-08-23T23:15:30+08:00"), want: "2023-08-23T23:15:30+08:00"},
		{in: text("2023/8/23 下午3:05"), want: "2023-08-23T15:05:00+08:00"},
		{in: num("45085"), want: "2023-06-08"},
		{in: text("45085"), want: "2023-06-08"},
		{in: num("43623"), from: true, want: "2023-06-08"},
		{in: num("45161.96875"), want: "2023-08-23T23:15:00+08:00"},
		{in: num("20230608"), want: "2023-06-08"},
		{in: text("长期"), want: "9999-12-31"},
		{in: text("2024-02-29"), want: "2024-02-29"},
		{in: text("2023-02-29"), bad: "intake.no-such-day"},
		{in: text("2023-13-01"), bad: "intake.no-such-day"},
		{in: text("06-08-23"), bad: "intake.date-order"},
		{in: text("6/8/2023"), bad: "intake.date-order"},
		{in: text("23.6.8"), bad: "intake.date-order"},
		{in: text("2023年6月"), bad: "intake.date-no-day"},
		{in: text("2023-06"), bad: "intake.date-no-day"},
		{in: text("0023-06-08"), bad: "intake.date-range"},
		{in: text("2023-06-08 25:00"), bad: "intake.bad-date"},
		{in: text("下周一"), bad: "intake.bad-date"},
		{in: text("2023-06-08至2023-07-01"), bad: "intake.bad-date"},
		{in: num("45"), bad: "intake.bad-date"},
	} {
		m, _, bad := momentOf(c.in, c.from)
		if bad != c.bad || bad == "" && m.String() != c.want {
			t.Errorf("%q: %s %q, want %s %q", c.in.Text, m, bad, c.want, c.bad)
		}
	}
}

func TestSerialDates(t *testing.T) {
	for _, c := range []struct {
		v    float64
		mac  bool
		want string
	}{
		{45085, false, "2023-06-08"}, {43623, true, "2023-06-08"}, {1, false, "1900-01-01"}, {59, false, "1900-02-28"}, {61, false, "1900-03-01"},
		{0, true, "1904-01-01"}, {0.5, false, "12:00:00"}, {45085.999999, false, "2023-06-09"}, {2958465, false, "9999-12-31"}, {45161.96875, false, "2023-08-23 23:15:00"},
	} {
		if got, ok := serialText(c.v, c.mac); !ok || got != c.want {
			t.Errorf("%v: %q", c.v, got)
		}
	}
	for _, v := range []float64{60, -1, 2958466} {
		if got, ok := serialText(v, false); ok {
			t.Errorf("%v: %q", v, got)
		}
	}
}

func TestPeriod(t *testing.T) {
	for s, want := range map[string][2]string{
		"1月—12月": {"2023-01-01", "2023-12-31"}, "3月-12月": {"2023-03-01", "2023-12-31"}, "7-12": {"2023-07-01", "2023-12-31"}, "7～12月": {"2023-07-01", "2023-12-31"},
		"2025年2月至10月": {"2025-02-01", "2025-10-31"}, "2025年": {"2025-01-01", "2025-12-31"}, "2024年2月": {"2024-02-01", "2024-02-29"}, "全年": {"2023-01-01", "2023-12-31"},
		"2023年5月8日至7月31日": {"2023-05-08", "2023-07-31"}, "2023-05-08至2023-07-31": {"2023-05-08", "2023-07-31"}, "2023.5.8-2023.7.31": {"2023-05-08", "2023-07-31"},
		"第三季度": {"2023-07-01", "2023-09-30"}, "2024年第1季度": {"2024-01-01", "2024-03-31"}, "下半年": {"2023-07-01", "2023-12-31"}, "9月": {"2023-09-01", "2023-09-30"},
		"2023年11月-2024年2月": {"2023-11-01", "2024-02-29"}, "2023年9月1日": {"2023-09-01", "2023-09-01"}, "3月至11月底": {"2023-03-01", "2023-11-30"},
	} {
		if from, to, bad := periodOf(s, 2023); from != want[0] || to != want[1] || bad != "" {
			t.Errorf("%q: %s %s %q", s, from, to, bad)
		}
	}
	for s, code := range map[string]string{
		"12月底前": "intake.period-no-start", "择期": "intake.bad-period", "13月": "intake.no-such-day", "0-5月": "intake.no-such-day", "10月至3月": "intake.period-backwards",
		"2023年5月8日至4月1日": "intake.period-backwards", "": "intake.bad-period",
	} {
		if from, to, bad := periodOf(s, 2023); bad != code {
			t.Errorf("%q: %s %s %q, want %q", s, from, to, bad, code)
		}
	}
	if _, _, bad := periodOf("1月—12月", 0); bad != "intake.no-year" {
		t.Errorf("without a year: %q", bad)
	}
}

func TestHanNumber(t *testing.T) {
	for s, want := range map[string]int{"五": 5, "十": 10, "十二": 12, "二十": 20, "二十五": 25, "一百": 100, "一百零三": 103, "二〇二三": 2023, "三千二百": 3200, "两百": 200, "零": 0} {
		if n, ok := hanNumber(s); !ok || n != want {
			t.Errorf("%q: %d %v", s, n, ok)
		}
	}
	for _, s := range []string{"", "五个", "五六七八九", "abc", "九千九百九十九千"} {
		if n, ok := hanNumber(s); ok {
			t.Errorf("%q: %d", s, n)
		}
	}
}

func TestClean(t *testing.T) {
	for _, c := range []struct {
		in, out string
		lines   bool
		why     string
		bad     string
	}{
		{in: "演示机械（高青）有限公司", out: "演示机械（高青）有限公司"},
		{in: "  演示　机械 ", out: "演示 机械", why: "intake.fixed-space"},
		{in: "演示\u00a0机械", out: "演示 机械", why: "intake.fixed-space"},
		{in: "演示\u200b机械", out: "演示机械", why: "intake.fixed-invisible"},
		{in: "\ufeff演示", out: "演示", why: "intake.fixed-invisible"},
		{in: "Ａ１２ｂ", out: "A12b", why: "intake.fixed-width"},
		{in: "演示\n机械", out: "演示机械", why: "intake.fixed-newline"},
		{in: "a\r\nb", out: "a b", why: "intake.fixed-newline"},
		{in: "甲\n乙", lines: true, out: "甲\n乙"},
		{in: "'0123", out: "0123", why: "intake.fixed-apostrophe"},
		{in: `="913"`, out: "913", why: "intake.fixed-apostrophe"},
		{in: "⼀⼆", out: "一二", why: "intake.fixed-character"}, // Kangxi radicals
		{in: "金\uf900", out: "金\u8c48", why: "intake.fixed-character"},
		{in: "e\u0301", out: "\u00e9", why: "intake.fixed-character"},
		{in: "①安全", out: "①安全"},
		{in: "演示\u202e司公", bad: "intake.bidi-control"},
		{in: "演示\u2067x", bad: "intake.bidi-control"},
		{in: "演示\x01", bad: "intake.control-char"},
		{in: "演示\x7f", bad: "intake.control-char"},
		{in: "演示\ufffd", bad: "intake.replacement-char"},
		{in: "=SUM(A1)", out: "=SUM(A1)"},
		{in: "演示\u2028机械", out: "演示机械", why: "intake.fixed-newline"},
		{in: "", out: ""},
	} {
		out, f, bad := clean(c.in, c.lines)
		why := ""
		if f != 0 {
			why = f.why()
		}
		if out != c.out || bad != c.bad || bad == "" && why != c.why {
			t.Errorf("%q: %q %q %q, want %q %q %q", c.in, out, why, bad, c.out, c.why, c.bad)
		}
		if again, g, _ := clean(out, c.lines); bad == "" && (again != out || g != 0) && !strings.HasPrefix(out, "=") {
			t.Errorf("%q: cleaning again gives %q", c.in, again)
		}
	}
	if NameKey("高青演示（集团） 有限公司") != NameKey("高青演示(集团)有限公司") || NameKey("甲公司") == NameKey("乙公司") {
		t.Error("NameKey")
	}
	for s, want := range map[string]string{"АВС公司": "intake.look-alike", "\ue000某": "intake.private-use", "锟斤拷": "intake.mojibake", "演示公司": ""} {
		if got := odd(s); got != want {
			t.Errorf("odd %q: %q", s, got)
		}
	}
}

func TestBasis(t *testing.T) {
	for _, c := range []struct {
		in    string
		kinds []string
		want  []Basis
	}{
		{in: "《安全生产法》第六十二条第二款;《生产安全事故应急预案管理办法》(国家安全监管总局令第88号)", want: []Basis{
			{"法律", "安全生产法", "第六十二条第二款", ""}, {"部门规章", "生产安全事故应急预案管理办法", "", "国家安全监管总局令第88号"}}},
		{in: "【法律】《中华人民共和国矿山安全法》第三十四条", want: []Basis{{"法律", "中华人民共和国矿山安全法", "第三十四条", ""}}},
		{in: "《食盐专营办法》第四条、第二十三条", want: []Basis{{"未知", "食盐专营办法", "第四条、第二十三条", ""}}},
		{in: "《食盐专营办法》第四条、第二十三条", kinds: []string{"行政法规"}, want: []Basis{{"行政法规", "食盐专营办法", "第四条、第二十三条", ""}}},
		{in: "《监控化学品管理条例》第五条;实施细则第三条、第四十四条、第四十五条", want: []Basis{
			{"行政法规", "监控化学品管理条例", "第五条", ""}, {"未知", "实施细则", "第三条、第四十四条、第四十五条", ""}}},
		{in: "《生产安全事故报告和调查处理条例》(国务院令第493号)", want: []Basis{{"行政法规", "生产安全事故报告和调查处理条例", "", "国务院令第493号"}}},
		{in: "《山东省安全生产条例》第十条", want: []Basis{{"地方性法规", "山东省安全生产条例", "第十条", ""}}},
		{in: "《山东省生产经营单位安全生产主体责任规定》（山东省人民政府令第303号）第三条", want: []Basis{{"地方政府规章", "山东省生产经营单位安全生产主体责任规定", "第三条", "山东省人民政府令第303号"}}},
		{in: "《工贸企业粉尘防爆安全规定》（应急管理部令第6号）第五条\n《安全生产法》第62条", want: []Basis{
			{"部门规章", "工贸企业粉尘防爆安全规定", "第五条", "应急管理部令第6号"}, {"法律", "安全生产法", "第62条", ""}}},
		{in: "《关于推广随机抽查规范事中事后监管的通知》（国办发〔2015〕58号）", want: []Basis{{"规范性文件", "关于推广随机抽查规范事中事后监管的通知", "", "国办发〔2015〕58号"}}},
		{in: "1.《中华人民共和国消防法》第三条 2.《危险化学品安全管理条例》第六条第（一）项", want: []Basis{
			{"法律", "中华人民共和国消防法", "第三条", ""}, {"行政法规", "危险化学品安全管理条例", "第六条", ""}}},
		{in: "【规章】《河南省某某管理办法》第二条", want: []Basis{{"地方政府规章", "河南省某某管理办法", "第二条", ""}}},
		{in: "安全生产法第三十六条之一", want: []Basis{{"法律", "安全生产法", "第三十六条之一", ""}}},
		{in: "按上级要求"},
		{in: "《》"},
		{in: ""},
	} {
		got := parseBasis(c.in, c.kinds)
		if len(got) != len(c.want) {
			t.Errorf("%q: %+v", c.in, got)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%q: %+v, want %+v", c.in, got[i], c.want[i])
			}
		}
	}
}

func TestReadCodes(t *testing.T) {
	all := DefaultCodes()
	for s, want := range map[string]string{
		"a": "a", "A": "a", "ａ": "a", "a 未发现问题": "a", "a）未发现问题": "a", "未发现问题": "a", "a.未发现问题": "a", "(e)": "e",
		"e、g": "e,g", "e 发现问题已责令改正；g 发现问题待后续处理": "e,g", "发现问题已责令改正\n发现问题待后续处理": "e,g",
		"c 公示信息隐瞒真实情况、弄虚作假": "c", "公示信息隐瞒真实情况、弄虚作假、发现问题已责令改正": "c,e", "b,c": "b,c",
		"通过登记的住所(经营场所)无法联系": "d", "x9 注销": "x9", "e、e": "e",
	} {
		codes, _, bad := readCodes(s, all)
		if strings.Join(codes, ",") != want || bad != "" {
			t.Errorf("%q: %v %q", s, codes, bad)
		}
	}
	for s, want := range map[string]string{
		"正常": "intake.unknown-result", "z": "intake.unknown-result", "b 未发现问题": "intake.result-mismatch", "a、e": "intake.result-alone", "eg": "intake.unknown-result", "、": "intake.unknown-result",
	} {
		if codes, _, bad := readCodes(s, all); bad != want {
			t.Errorf("%q: %v %q", s, codes, bad)
		}
	}
	if _, want, _ := readCodes("正常", all); want != "是不是 a 未发现问题" {
		t.Errorf("suggestion %q", want)
	}
}

package intake

import (
	"regexp"
	"testing"
	"time"
	"unicode/utf8"
)

// drain reads everything that can be read of a file: nothing may panic, nothing
// may be larger than the limits.
func drain(t *testing.T, name string, data []byte) {
	wb, err := Read(name, data)
	if err != nil {
		return
	}
	for _, s := range wb.Sheets {
		last := 0
		err := s.Each(func(r *Row) error {
			if r.Number <= last || len(r.Cells) > maxColumns {
				t.Fatalf("row %d after %d with %d cells", r.Number, last, len(r.Cells))
			}
			last = r.Number
			for _, c := range r.Cells {
				if utf8.RuneCountInString(c.Text) > maxCell {
					t.Fatal("long cell")
				}
			}
			return nil
		})
		if err != nil {
			return
		}
	}
	for _, as := range append(Kinds(), KindPlatform, "") {
		tables, err := wb.Tables(Options{As: as, Year: 2023})
		if err != nil {
			continue
		}
		for _, tb := range tables {
			_, rep := readAny(tb)
			for _, p := range rep.Problems {
				if p.Code == "" {
					t.Fatalf("%+v", p)
				}
			}
		}
	}
}

func FuzzCSV(f *testing.F) {
	for _, s := range []string{
		"统一社会信用代码,企业名称\n91370322TT0000007J,演示\n", "\xEF\xBB\xBFa;b\n\"c\nd\";e\n", "a\tb\n", "\xFF\xFEa\x00,\x00b\x00", "\xB1\xE0\xBA\xC5,\xC3\xFB\xB3\xC6\n1,2\n",
		"sep=;\na;b\n", "\"open", "a\x00b", ",,,\n,,\n", "抽查任务名称,抽查比例,时间安排\n甲,5%,全年\n", "事项[1],签号,单位名称\na,b,c\n",
		"抽查任务编号,抽查市场主体名称,统一社会信用代码/注册号,检查人员,抽取时间,检查结果,公示时间\n演[2023]1号,演示,91370322TT0000007J,李演示、王演示,2023-08-24 09:05:00,未发现问题,2023.9.8\n",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) { drain(t, "x.csv", data) })
}

func FuzzSheetXML(f *testing.F) {
	for _, s := range []string{
		inline([]string{"统一社会信用代码", "企业名称", "成立日期"}, []string{"91370322TT0000007J", "演示", "2020-01-01"}),
		`<sheetData><row r="1" hidden="1"><c r="A1"><v>45085</v></c><c r="C1" t="b"><v>1</v></c></row></sheetData><mergeCells><mergeCell ref="A1:B3"/></mergeCells>`,
		`<cols><col min="1" max="3" hidden="1"/></cols><sheetData><row><c t="s"><v>0</v></c><c t="e"><f>1/0</f><v>#DIV/0!</v></c></row></sheetData>`,
		`<sheetData><row r="3"><c r="B3" t="d"><v>2023-06-08T00:00:00</v></c></row><row/></sheetData><autoFilter><filterColumn/></autoFilter>`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, xml string) {
		drain(t, "x.xlsx", rawBook(t, xml, map[string]string{"xl/sharedStrings.xml": "<sst><si><t>演示</t></si></sst>"}))
	})
}

func FuzzZip(f *testing.F) {
	f.Add(rawBook(f, inline([]string{"统一社会信用代码", "企业名称"}), nil))
	f.Add([]byte("PK\x03\x04"))
	f.Add([]byte("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1"))
	f.Fuzz(func(t *testing.T, data []byte) { drain(t, "x.xlsx", data) })
}

func FuzzTOMLRows(f *testing.F) {
	f.Add([]byte("kind = \"firms\"\n[[row]]\ncode = \"91370322TT0000007J\"\nname = \"x\"\n"))
	f.Add([]byte("kind = \"plan\"\nrow = [{no=1,from=2023-06-01T10:00:00Z,items=[\"a\",1.5,true]}]\n"))
	f.Add([]byte("a = '''\n''' # [[[\n"))
	f.Fuzz(func(t *testing.T, data []byte) { drain(t, "x.toml", data) })
}

func FuzzBasis(f *testing.F) {
	for _, s := range []string{"《安全生产法》第六十二条第二款;《办法》(国家安全监管总局令第88号)", "【法律】《矿山安全法》第三十四条", "《监控化学品管理条例》第五条;实施细则第三条、第四十四条", "《", "第一条", "《甲》《乙》"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, b := range parseBasis(s, nil) {
			if b.Title == "" || !contains(basisKinds, b.Kind) && b.Kind != basisUnknown {
				t.Fatalf("%q: %+v", s, b)
			}
		}
	})
}

func FuzzRatio(f *testing.F) {
	for _, s := range []string{"5%", "0.05", "百分之五", "20％", "不少于5%", "5‰", "1", "全部", "5-10%", "1/20"} {
		f.Add(s, false)
		f.Add(s, true)
	}
	form := regexp.MustCompile(`^(1|0\.\d{1,6})$`)
	f.Fuzz(func(t *testing.T, s string, percent bool) {
		ratio, _, bad := ratioOf(Cell{Text: s, Kind: CellText}, percent)
		if bad == "" != form.MatchString(ratio) {
			t.Fatalf("%q: %q %q", s, ratio, bad)
		}
		if again, _, bad := ratioOf(Cell{Text: ratio, Kind: CellText}, false); ratio != "" && ratio != "1" && (again != ratio || bad != "") {
			t.Fatalf("%q: %q, again %q", s, ratio, again)
		}
		countOf(Cell{Text: s, Kind: CellText})
		frequencyOf(s)
	})
}

func FuzzDates(f *testing.F) {
	for _, s := range []string{"2023-06-08", "2023年6月8日 10时", "二〇二三年六月八日", "20230608", "45085.5", "1月—12月", "2023年5月8日至7月31日", "7-12", "第三季度", "长期"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if m, _, bad := momentOf(Cell{Text: s, Kind: CellText}, false); bad == "" {
			if _, err := time.Parse("2006-01-02", m.day); err != nil {
				t.Fatalf("%q: %v", s, m)
			}
			if _, err := time.Parse("15:04:05", m.clock); m.clock != "" && err != nil {
				t.Fatalf("%q: %v", s, m)
			}
			if again, _, _ := momentOf(Cell{Text: m.String(), Kind: CellText}, false); again != m && m.clock != "00:00:00" {
				t.Fatalf("%q: %v, again %v", s, m, again)
			}
		}
		if from, to, bad := periodOf(s, 2023); bad == "" && (from > to || len(from) != 10 || len(to) != 10) {
			t.Fatalf("%q: %s %s", s, from, to)
		}
	})
}

// Cleaned text is clean, and codes come out in their grammar.
func FuzzText(f *testing.F) {
	for _, s := range []string{"演示（高青）公司", " a\u200b\n\tb ", "'1", "=\"1\"", "９１３７０３２２ＴＴ００００００７Ｊ", "鲁C03-220015", "\u202e", "⼀", "a、e", "b 未发现问题"} {
		f.Add(s)
	}
	id := regexp.MustCompile(`^([0-9A-Z]{18}|注册号:[0-9A-Z]{8,18})$`)
	cert := regexp.MustCompile(`^[0-9A-Z-]{4,32}$`)
	f.Fuzz(func(t *testing.T, s string) {
		for _, lines := range []bool{false, true} {
			out, _, bad := clean(s, lines)
			for _, r := range out {
				if _, _, code := cleanRune(r); code != "" || bad != "" {
					t.Fatalf("%q: %q", s, out)
				}
			}
		}
		c := Cell{Text: s, Kind: CellText}
		for _, registration := range []bool{false, true} {
			if v := unitCode(c, registration); v.code == "" && !id.MatchString(v.value) {
				t.Fatalf("%q: %+v", s, v)
			}
		}
		if v := certificate(c); v.code == "" && !cert.MatchString(v.value) {
			t.Fatalf("%q: %+v", s, v)
		}
		if codes, _, bad := readCodes(s, defaultCodes); bad == "" && len(codes) == 0 {
			t.Fatalf("%q", s)
		}
	})
}

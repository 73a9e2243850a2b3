package intake

import (
	"bytes"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// Each empty form is read back: its kind, every heading, the example passed
// over; and with the example's 示例 taken away, a row without any problem.
func TestFormsRoundTrip(t *testing.T) {
	for _, kind := range Kinds() {
		o := FormOptions{}
		if kind == KindResults {
			o.Items = []string{"GQ-01 （演示）危险作业安全管理情况", "GQ-02 预案"}
		}
		data, err := Form(kind, o)
		if err != nil {
			t.Fatal(err)
		}
		tb := table(t, "表.xlsx", data, Options{})
		if tb.Kind != kind || len(tb.Missing) != 0 {
			t.Errorf("%s: %s, missing %v", kind, tb.Kind, tb.Missing)
		}
		for i, m := range tb.Mapping {
			if m.Field == "" || strings.TrimPrefix(m.Header, "*") != Heads(kind, o)[i] {
				t.Errorf("%s: %+v", kind, m)
			}
		}
		if _, rep := readAny(tb); found(rep.Problems) != "no-rows" || mended(rep.Repairs) != "A2 skipped-example" {
			t.Errorf("%s: %s; %s", kind, found(rep.Problems), mended(rep.Repairs))
		}
		row := make([]string, 0)
		for _, c := range formColumns(kind, o) {
			row = append(row, strings.TrimPrefix(c.example, "示例"))
		}
		if data, err = Prefilled(kind, o, [][]string{row}); err != nil {
			t.Fatal(err)
		}
		n, rep := readAny(table(t, "表.xlsx", data, Options{}))
		if n != 1 || rep.ProblemCount != 0 {
			t.Errorf("%s: %d rows, %s", kind, n, found(rep.Problems))
		}
		if len(rep.Repairs) != 0 && kind != KindPlan { // 1次/年 is read as 1, visibly
			t.Errorf("%s: %s", kind, mended(rep.Repairs))
		}
	}
}

// readAny reads a table of whatever kind.
func readAny(t *Table) (int, *Report) {
	switch t.Kind {
	case KindFirms:
		return count(t.Firms())
	case KindInspectors:
		return count(t.Inspectors())
	case KindItems:
		return count(t.Items())
	case KindPlan:
		return count(t.PlanLines())
	case KindTask:
		return count(t.Tasks())
	case KindResults:
		return count(t.Results())
	case KindExperts:
		return count(t.Experts())
	case KindRecusals:
		return count(t.Recusals())
	case KindCorrections:
		return count(t.Corrections())
	case KindFeedback:
		return count(t.Feedback())
	case KindPlatform:
		return count(t.PlatformRows())
	case KindCalendar:
		return count(t.Days())
	case KindObjections:
		return count(t.Objections())
	case KindReviews:
		return count(t.Reviews())
	case KindArchive:
		return count(t.Archive())
	case KindPartners:
		return count(t.Partners())
	case KindAgreement:
		return count(t.Agreements())
	case KindPartnerTeam:
		return count(t.PartnerPeople())
	case KindLeadList:
		return count(t.LeadList())
	}
	return count(t.History())
}

func count[T any](rows []T, rep *Report) (int, *Report) { return len(rows), rep }

// What the form itself offers: text cells, drop-downs, frozen heading, guide.
func TestFormFurniture(t *testing.T) {
	data, err := Form(KindFirms, FormOptions{Choices: map[string][]string{"所属镇街": {"田镇街道", "芦湖街道"}}})
	if err != nil {
		t.Fatal(err)
	}
	f, err := excelize.OpenReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if list := f.GetSheetList(); len(list) < 2 || list[0] != "名录库" || !contains(list, "填表说明") {
		t.Error(list)
	}
	heads := Heads(KindFirms, FormOptions{})
	town, code := -1, -1
	for i, h := range heads {
		switch h {
		case "所属镇街":
			town = i
		case "统一社会信用代码":
			code = i
		}
	}
	dvs, err := f.GetDataValidations("名录库")
	if err != nil {
		t.Fatal(err)
	}
	ok := false
	for _, dv := range dvs {
		ok = ok || strings.HasPrefix(dv.Sqref, letter(town)+"2:") && strings.Contains(dv.Formula1, "芦湖街道")
	}
	if !ok {
		t.Error("no drop-down of towns")
	}
	id, err := f.GetColStyle("名录库", letter(code))
	if err != nil {
		t.Fatal(err)
	}
	if st, err := f.GetStyle(id); err != nil || st.NumFmt != 49 {
		t.Errorf("codes are not text: %+v %v", st, err)
	}
	if p, err := f.GetPanes("名录库"); err != nil || !p.Freeze || p.YSplit != 1 {
		t.Errorf("%+v %v", p, err)
	}
	rows, err := f.GetRows("填表说明")
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]bool{}
	for _, r := range rows {
		if len(r) >= 3 && r[2] != "" {
			said[r[0]] = true
		}
	}
	for _, h := range heads {
		if !said[h] {
			t.Errorf("填表说明 says nothing of %s", h)
		}
	}
}

// The dispatch list goes out, is filled, and comes back as results.
func TestDispatchListComesBack(t *testing.T) {
	h1, h2 := strings.Repeat("0a", 16), strings.Repeat("1e", 16)
	out, err := ResultForm([]ResultRow{
		{Draw: "2023-001", Handle: h1, Code: "91370322TT0000007J", Name: "高青演示甲（集团）公司", Town: "田镇街道", Address: "演示路1号", Signed: []string{"李演示", "王演示"}, Leader: "李演示"},
		{Draw: "2023-001", Handle: h2, Code: "注册号:110108000000016", Name: "演示乙经营部", Signed: []string{"李演示", "王演示"}},
	}, nil, []string{"GQ-01", "GQ-02"})
	if err != nil {
		t.Fatal(err)
	}
	rows, rep := table(t, "派发.xlsx", out, Options{}).Results() // nothing filled yet
	if len(rows) != 0 || rep.RepairCounts["intake.skipped-unfilled"] != 2 {
		t.Fatalf("%+v %v", rows, rep.RepairCounts)
	}
	f, err := excelize.OpenReader(bytes.NewReader(out))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for i, h := range Heads(KindResults, FormOptions{Items: []string{"GQ-01", "GQ-02"}}) {
		v := map[string]any{"事项[GQ-01]": "a 未发现问题", "事项[GQ-02]": "e 发现问题已责令改正", "检查开始日期": "2023-09-01", "检查结束日期": 45171, "平台录入日期": "2023.9.5",
			"全体签字人": "李演示 王演示", "签字日期": "2023/9/2", "检查方式": "查阅资料、检查现场", "后续处置": "责令改正", "扫描件校验码": strings.Repeat("AB", 32)}[h]
		if v != nil {
			if err := f.SetCellValue("结果", letter(i)+"2", v); err != nil {
				t.Fatal(err)
			}
		}
	}
	var b bytes.Buffer
	if err := f.Write(&b); err != nil {
		t.Fatal(err)
	}
	rows, rep = table(t, "结果.xlsx", b.Bytes(), Options{}).Results()
	if len(rows) != 1 || rep.ProblemCount != 0 {
		t.Fatalf("%+v %s", rows, found(rep.Problems))
	}
	r := rows[0]
	if r.Draw != "2023-001" || r.Handle != h1 || r.Code != "91370322TT0000007J" || r.Name != "高青演示甲（集团）公司" || r.Origin != "random" ||
		strings.Join(r.ItemCodes["GQ-01"], "") != "a" || strings.Join(r.ItemCodes["GQ-02"], "") != "e" || r.Started != "2023-09-01" || r.Ended != "2023-09-02" ||
		r.Entered != "2023-09-05" || strings.Join(r.Signed, "|") != "李演示|王演示" || r.SignedOn != "2023-09-02" || r.Scan != strings.Repeat("ab", 32) ||
		strings.Join(r.Methods, "|") != "查阅资料|检查现场" || r.FollowUp != "责令改正" || strings.Join(r.Team, "|") != "李演示|王演示" {
		t.Errorf("%+v", r)
	}
}

func TestResultRefusals(t *testing.T) {
	csv := "抽取编号,签号,单位名称,事项[1],事项[2],检查开始日期,检查结束日期,检查来源,扫描件校验码\n" +
		"2023-001," + strings.Repeat("0a", 16) + ",演示甲,a,正常,2023-09-02,2023-09-01,双随机,\n" +
		"2023-001,123,演示乙,a,a,,2023-09-01,双随机,\n" +
		"2023-001,,演示丙,a,a,,2023-09-01,投诉举报,xyz\n" +
		"2023-001," + strings.Repeat("0b", 16) + ",演示丁,,,,2023-09-01,心血来潮,\n" +
		"2023-001,12345678901234567890123456789012E+5,演示戊,a,a,,2023-09-01,,\n"
	rows, rep := table(t, "结果.csv", []byte(csv), Options{}).Results()
	want := "E2 unknown-result, G2 period-backwards, B3 bad-handle, 3 no-identity, I4 bad-digest, 4 no-ground, 4 no-identity, 5 no-result, B6 code-as-number, 6 no-identity"
	if got := found(rep.Problems); len(rows) != 0 || got != want {
		t.Errorf("%+v\n%s\n%s", rows, got, want)
	}
}

func TestMarked(t *testing.T) {
	say := func(p Problem) string { return "【" + p.Code + "】" }
	for _, c := range []struct {
		name string
		data []byte
	}{
		{"名录库.xlsx", bookOf(t, "企业", [][]any{{"演示名录库"}, {"统一社会信用代码", "企业名称", "成立日期"}, {"91370322TT0000007J", "演示甲公司", "2020-01-01"}, {"91440300192203821", "演示乙公司", "2020-13-01"}}, func(f *excelize.File) {
			if err := f.MergeCell("企业", "A1", "C1"); err != nil {
				t.Fatal(err)
			}
		})},
		{"名录库.csv", []byte("统一社会信用代码,企业名称,成立日期\n91370322TT0000007J,演示甲公司,2020-01-01\n91440300192203821,演示乙公司,2020-13-01\n")},
	} {
		tb := table(t, c.name, c.data, Options{Required: []string{"住所"}})
		_, rep := tb.Firms()
		name, data, err := tb.Marked(rep.Problems, say)
		if err != nil || name != "名录库（问题说明）.xlsx" {
			t.Fatal(name, err)
		}
		again := table(t, name, data, Options{Required: []string{"住所"}})
		_, rep2 := again.Firms()
		if found(rep2.Problems) != found(rep.Problems) { // the copy is the same table
			t.Errorf("%s\n%s", found(rep2.Problems), found(rep.Problems))
		}
		wb, err := Read(name, data)
		if err != nil {
			t.Fatal(err)
		}
		rows := rowsOf(t, wb)
		head, last := rows[len(rows)-3], rows[len(rows)-1]
		if len(head) != 4 || !strings.HasPrefix(head[3], "问题说明") || !strings.Contains(head[3], "住所：【intake.missing-column】") {
			t.Errorf("%q", head)
		}
		if len(last) != 4 || !strings.Contains(last[3], "A 统一社会信用代码：【intake.bad-code】") || !strings.Contains(last[3], "C 成立日期：【intake.no-such-day】") {
			t.Errorf("%q", last)
		}
		if ok := rows[len(rows)-2]; len(ok) != 3 {
			t.Errorf("%q", ok)
		}
		// a marked copy of a marked copy has one such column
		name2, data2, err := again.Marked(rep2.Problems, say)
		if err != nil || name2 != name {
			t.Fatal(name2, err)
		}
		if wb, err = Read(name2, data2); err != nil {
			t.Fatal(err)
		}
		if rows := rowsOf(t, wb); len(rows[len(rows)-1]) != 4 {
			t.Errorf("%q", rows)
		}
		// and what has been mended since is said no more
		_, data3, err := again.Marked(nil, say)
		if err != nil {
			t.Fatal(err)
		}
		if wb, err = Read(name, data3); err != nil {
			t.Fatal(err)
		}
		if rows := rowsOf(t, wb); len(rows[len(rows)-1]) != 3 || rows[len(rows)-3][3] != "问题说明" {
			t.Errorf("%q", rows)
		}
	}
}

func TestPrefilledRefusesUnevenRows(t *testing.T) {
	if _, err := Prefilled(KindFirms, FormOptions{}, [][]string{{"1"}}); err == nil {
		t.Error("a row of one cell")
	}
	if _, err := Form("什么", FormOptions{}); err == nil {
		t.Error("a form of nothing")
	}
}

package intake

import (
	"slices"
	"strings"
	"testing"
)

// What a result sheet says besides its codes, under officers' headings.
func TestDescribedResults(t *testing.T) {
	head := "抽取编号,签号,单位名称,检查结果,检查开始时间,检查完成日期,检验检测出具日期,利用的其他结论,审核时间,审核意见,审核退回日期,是否签订廉政承诺,不公开理由,不予公开文号,不公开所依据的规定,整改跟踪单位,是否涉嫌犯罪,反馈时间,反馈方式,签收人,委托机构,委托书编号,报告编号,检查来源,检查事由,移送单位,受理编号\n"
	h := strings.Repeat("0a", 16)
	row := "2023-001," + h + ",演示甲,e,2023-09-01,2023-09-02,2023-09-04,\"检验检测报告，演示中心，演检1号，2023年9月4日；专家结论,演示专家组,2023-09-03\",2023-09-05,同意（演示）,2023-09-03、2023-09-04,是,其他规定,演1号,《演示条例》第一条,法规科,否,2023-09-06,邮寄,张演示,演示中心,委1号,报1号,随机,,,\n"
	rows, rep := table(t, "结果.csv", []byte(head+row), Options{}).Results()
	if len(rows) != 1 {
		t.Fatal(found(rep.Problems))
	}
	r := rows[0]
	want := []Proof{{"检验检测报告", "演示中心", "演检1号", "2023-09-04"}, {"专家结论", "演示专家组", "", "2023-09-03"}}
	if !slices.Equal(r.Proofs, want) || r.LastProof != "2023-09-04" || r.Reviewed != "2023-09-05" || r.Opinion != "同意（演示）" || !slices.Equal(r.Returned, []string{"2023-09-03", "2023-09-04"}) ||
		!r.Pledge || r.Withheld != "其他规定" || r.WithheldNo != "演1号" || r.WithheldLaw != "《演示条例》第一条" || r.FollowOwner != "法规科" || r.Criminal ||
		r.Feedback != "2023-09-06" || r.FeedbackWay != "邮寄" || r.Receiver != "张演示" || r.Body != "演示中心" || r.Letter != "委1号" || r.BodyReport != "报1号" || r.Origin != "random" {
		t.Errorf("%+v", r)
	}
	other := "2023-001," + h + ",演示甲,e,,2023-09-02,,,,,,,,,,,,,,,,,,转办案件,转办（演示）,演示厅,演移1号\n"
	rows, rep = table(t, "结果.csv", []byte(head+other), Options{}).Results()
	if len(rows) != 1 || rows[0].Origin != "转办案件" || rows[0].Issuer != "演示厅" || rows[0].Document != "演移1号" {
		t.Errorf("%+v %s", rows, found(rep.Problems))
	}
	for bad, code := range map[string]string{
		"2023-001," + h + ",演示甲,e,,2023-09-02,,演示中心,,,,,,,,,,,,,,,,,,,\n":                   "bad-proof",
		"2023-001," + h + ",演示甲,e,,2023-09-02,,\"甲,乙,丙,丁\",,,,,,,,,,,,,,,,,,,\n":            "bad-proof",
		"2023-001," + h + ",演示甲,e,,2023-09-02,,\"甲,乙,丙,丁,2023-09-03\",,,,,,,,,,,,,,,,,,,\n": "bad-proof",
		"2023-001," + h + ",演示甲,e,,2023-09-02,,,,,昨天,,,,,,,,,,,,,,,,\n":                     "bad-date",
		"2023-001," + h + ",演示甲,e,,2023-09-02,,,,,,,不好看,,,,,,,,,,,,,,\n":                    "withheld-no",
		"2023-001," + h + ",演示甲,e,,2023-09-02,,,,,,,,,,,,,邮寄,,,,,,,,\n":                     "feedback-date",
		"2023-001," + h + ",演示甲,e,,2023-09-02,,,,,,,,,,,,,,,演示中心,,,,,,\n":                   "entrusted-no",
	} {
		if _, rep := table(t, "结果.csv", []byte(head+bad), Options{}).Results(); !strings.Contains(found(rep.Problems), code) {
			t.Errorf("%s: %s, want %s", bad, found(rep.Problems), code)
		}
	}
}

// A 反馈 names the result, the day and the way.
func TestFeedbackRows(t *testing.T) {
	csv := "抽取编号,签号,单位名称,结果记录号,送达日期,送达方式,签收人\n2023-001," + strings.Repeat("0a", 16) + ",演示甲,,2023-09-06,邮寄,张演示\n,,演示乙,12,2023-09-07,电话,\n"
	rows, rep := table(t, "反馈.csv", []byte(csv), Options{}).Feedback()
	if len(rows) != 2 || rows[0].Date != "2023-09-06" || rows[0].Way != "邮寄" || rows[0].Receiver != "张演示" || rows[1].Entry != 12 || rows[1].Handle != "" {
		t.Errorf("%+v %s", rows, found(rep.Problems))
	}
	bad := "抽取编号,签号,单位名称,结果记录号,反馈日期,反馈方式\n2023-001,,演示甲,,2023-09-06,邮寄\n2023-001," + strings.Repeat("0a", 16) + ",演示甲,,,邮寄\n"
	if rows, rep := table(t, "反馈.csv", []byte(bad), Options{}).Feedback(); len(rows) != 0 || found(rep.Problems) != "2 no-identity, E3 empty-required" {
		t.Errorf("%+v %s", rows, found(rep.Problems))
	}
}

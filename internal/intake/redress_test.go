package intake

import (
	"strconv"
	"strings"
	"testing"
)

func TestObjectionsReviewsArchive(t *testing.T) {
	csv := "抽取编号,签号,统一社会信用代码,单位名称,原记录号,接到申请材料日期,申请人,异议内容,递交方式\n" +
		"2023-001,,91370322TT0000007J,演示甲公司,,2023年10月20日,演示甲公司,结果有误,邮寄\n" +
		",,,演示乙公司,9,2023-10-21,李演示,结果有误,\n" +
		"2023-001,,,演示丙公司,,2023-10-21,,结果有误,\n"
	objections, rep := table(t, "异议.csv", []byte(csv), Options{}).Objections()
	if len(objections) != 2 || objections[0].Received != "2023-10-20" || objections[0].Way != "邮寄" || objections[1].Entry != 9 {
		t.Errorf("%+v", objections)
	}
	if got := found(rep.Problems); got != "G4 empty-required, C4 no-identity" {
		t.Error(got)
	}
	csv = "异议记录号,复核结论,复核日期,复核理由,复核决定人,更正记录号\n21,维持,2023-11-02,无误,钱 演示,\n22,确有错误,2023-11-02,有误,钱演示,25\n23,再说,2023-11-02,有误,钱演示,\n"
	reviews, rep := table(t, "复核.csv", []byte(csv), Options{}).Reviews()
	if len(reviews) != 2 || reviews[0].Outcome != "维持" || reviews[0].DecidedBy != "钱演示" || reviews[1].Outcome != "更正" || reviews[1].Correction != 25 {
		t.Errorf("%+v", reviews)
	}
	if got := found(rep.Problems); got != "B4 unknown-word" {
		t.Error(got)
	}
	csv = "抽取编号,统一社会信用代码,材料种类,文书号,材料日期,页数,归档日期,保管期限,期限依据,扫描件校验码\n" +
		"2023-001,91370322TT0000007J,执法文书,演示1号,2023-09-01,3,2023-12-20,10年,保管期限表," + strings.Repeat("0a", 32) + "\n" +
		"2023-001,,其他,,,,2023-12-20,永久,,\n" +
		",,其他,,,,2023-12-20,,,\n" +
		"2023-001,,其他,,,,2023-12-20,很久,,\n"
	papers, rep := table(t, "归档.csv", []byte(csv), Options{}).Archive()
	if len(papers) != 2 || papers[0].Years != 10 || papers[0].Pages != 3 || papers[0].Draws() || papers[1].Years != Forever || !papers[1].Draws() {
		t.Errorf("%+v", papers)
	}
	if got := found(rep.Problems); got != "B4 no-identity, H5 bad-years" {
		t.Error(got)
	}
}

func FuzzYears(f *testing.F) {
	for _, s := range []string{"10年", "永久", "定期（30年）", "定期", "0", "-1", "１０年", "999999999999999999999"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, ok := yearsOf(s)
		if ok != (n == Forever || n >= 1 && n <= 999) {
			t.Fatalf("%q: %d %v", s, n, ok)
		}
		if again, good := yearsOf(strconv.Itoa(n)); n > 0 && (!good || again != n) {
			t.Fatalf("%q: %d, again %d", s, n, again)
		}
	})
}

package intake

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
)

const benchHead = "序号,统一社会信用代码,企业名称,单位类型,法定代表人,住所,经营范围,所属镇街,行业类别,登记状态"

// benchUnit is a valid code for n, by the standard's own check characters.
func benchUnit(n int) string {
	s := fmt.Sprintf("91370322TT%06d", n)
	s += string(orgCheck(s[8:16]))
	return s + string(unitCheck(s))
}

func benchLine(i int) string {
	return fmt.Sprintf("%d,%s,高青演示机械%d号有限公司（演示）,有限责任公司,张演示,高青县田镇街道演示路%d号,机械零部件加工、销售；金属制品销售,田镇街道,机械,存续", i, benchUnit(i), i, i)
}

func benchCSV(n int) string {
	var b strings.Builder
	b.WriteString(benchHead + "\n")
	for i := range n {
		b.WriteString(benchLine(i) + "\n")
	}
	return b.String()
}

func benchFirms(b *testing.B, name string, data []byte) {
	for b.Loop() {
		wb, err := Read(name, data)
		if err != nil {
			b.Fatal(err)
		}
		tables, err := wb.Tables(Options{})
		if err != nil {
			b.Fatal(err)
		}
		firms, rep := tables[0].Firms()
		if len(firms) != 100_000 || rep.ProblemCount != 0 {
			b.Fatalf("%d firms, %s", len(firms), found(rep.Problems))
		}
	}
}

func BenchmarkCSV100k(b *testing.B) { benchFirms(b, "x.csv", []byte(benchCSV(100_000))) }

func BenchmarkGB18030CSV100k(b *testing.B) {
	s, err := simplifiedchinese.GB18030.NewEncoder().String(benchCSV(100_000))
	if err != nil {
		b.Fatal(err)
	}
	benchFirms(b, "x.csv", []byte(s))
}

func benchBook(b *testing.B) []byte {
	f := excelize.NewFile()
	defer f.Close()
	sw, err := f.NewStreamWriter("Sheet1")
	if err != nil {
		b.Fatal(err)
	}
	for i, line := range strings.Split(strings.TrimSpace(benchCSV(100_000)), "\n") {
		var row []any
		for _, v := range strings.Split(line, ",") {
			row = append(row, v)
		}
		if err := sw.SetRow("A"+itoa(i+1), row); err != nil {
			b.Fatal(err)
		}
	}
	if err := sw.Flush(); err != nil {
		b.Fatal(err)
	}
	var out bytes.Buffer
	if err := f.Write(&out); err != nil {
		b.Fatal(err)
	}
	return out.Bytes()
}

func BenchmarkXLSX100k(b *testing.B) { benchFirms(b, "x.xlsx", benchBook(b)) }

// BenchmarkExcelizeRows is the same book through excelize's streaming reader,
// which gives the cells' texts without their kinds.
func BenchmarkExcelizeRows(b *testing.B) {
	data := benchBook(b)
	for b.Loop() {
		f, err := excelize.OpenReader(bytes.NewReader(data), excelize.Options{RawCellValue: true})
		if err != nil {
			b.Fatal(err)
		}
		rows, err := f.Rows("Sheet1")
		if err != nil {
			b.Fatal(err)
		}
		for rows.Next() {
			if _, err := rows.Columns(); err != nil {
				b.Fatal(err)
			}
		}
		f.Close()
	}
}

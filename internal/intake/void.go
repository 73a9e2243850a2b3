package intake

// Gone (对象灭失) is what a row says of an object that was not there to be
// inspected: why, by what evidence, since when (2006-01-02).
type Gone struct {
	Ground, Evidence, Date string
	Scan                   string // digest of the evidence, 64 hex
}

// goneColumns stand in a sheet only where somebody was not there.
var goneColumns = []column{
	{field: "gone", blank: true, head: "灭失情形", weight: 4, typ: tText, also: "对象灭失情形 灭失原因 对象灭失", help: "已关闭、注销、被吊销、迁出等没有检查成的，写明情形；会公开"},
	{field: "gone_proof", blank: true, head: "灭失证据", weight: 4, typ: tText, also: "灭失证明", help: "注销登记通知书、现场照片等的名称和文号；会公开"},
	{field: "gone_on", blank: true, head: "灭失日期", weight: 4, typ: tDate, also: "灭失时间", help: "按证据，从哪一天起"},
	{field: "gone_scan", blank: true, head: "灭失证据校验码", weight: 4, typ: tText, also: "灭失证据指纹", help: "证据扫描件的校验码（64位），可不填"},
}

// gone reads them: all of the three or none.
func (r *rowReader) gone() *Gone {
	g := Gone{Ground: r.text("gone"), Evidence: r.text("gone_proof"), Date: r.day("gone_on"), Scan: r.digest("gone_scan")}
	if g == (Gone{}) {
		return nil
	}
	for _, c := range []struct{ field, value string }{{"gone", g.Ground}, {"gone_proof", g.Evidence}, {"gone_on", g.Date}} {
		if c.value == "" {
			r.problem(c.field, "intake.gone-half", g.Ground+g.Evidence+g.Date, "")
			return nil
		}
	}
	return &g
}

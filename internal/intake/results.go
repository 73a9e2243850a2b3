package intake

import (
	"sort"
	"strings"
	"unicode/utf8"
)

// ResultRow is one inspected object: a line of a filled result form or of a
// platform's export.
type ResultRow struct {
	Draw        string // 抽取编号
	Handle      string // 签号
	Code        string // canonical id
	Name        string
	Town        string
	Address     string // private
	Team        []string
	Leader      string
	Item        string              // what an export says was inspected, in words
	Origin      string              // random, or the word of another origin as written
	Ground      string              // why, where the origin is not random
	Issuer      string              // who ordered it or passed it on
	Document    string              // by which letter
	Codes       []string            // for all items
	ItemCodes   map[string][]string // by number of the item
	Refusal     []string            // Yanshi 21
	Facts       string              // private
	Methods     []string
	Form        string // 综合联查 …
	Started     string // 2006-01-02
	Ended       string
	LastProof   string // date of the last evidence that was awaited
	Proofs      []Proof
	Body        string // 委托的专业机构, private
	Letter      string // 委托书
	BodyReport  string // its report
	Entered     string // 平台录入
	Published   string // 平台公示
	EnteredBy   string
	ReviewedBy  string
	Reviewed    string
	Opinion     string              // private
	Returned    []string            // 退回
	Work        map[string][]string // 分工: names by number of the item
	Signed      []string
	SignedOn    string
	Scan        string // 64 hex
	Late        string // 逾期说明
	FollowUp    string
	FollowUpNo  string
	FollowUpTo  string
	FollowUpDue string
	FollowOwner string
	Criminal    bool
	Pledge      bool
	Withheld    string // ground, as written
	WithheldNo  string // number of the decision
	WithheldLaw string
	Gone        *Gone // nil: the object was there
	Feedback    string
	FeedbackWay string
	Receiver    string // private
	Unit        string
	Remark      string // private
	Line        Place
}

// Results reads a 结果: the filled dispatch list, or a platform's export. Lines
// that nobody has filled yet are passed over visibly.
func (t *Table) Results() ([]ResultRow, *Report) { return readTable(t, KindResults, parseResult) }

// originWords are the ways to write that a lot chose the unit.
var originWords = map[string]string{"双随机": "random", "随机": "random", "随机抽查": "random", "双随机抽查": "random", "random": "random"}

func (r *rowReader) origin() string {
	s := r.text("origin")
	if s == "" {
		return "random"
	}
	if o, ok := originWords[headKey(s)]; ok {
		return o
	}
	return narrow(s) // a word of the pack, or of nobody: the office looks it up
}

func parseResult(r *rowReader) ResultRow {
	x := ResultRow{
		Draw: narrow(r.text("draw")), Handle: r.handle(), Code: r.unit(), Name: r.text("name"), Town: r.text("town"), Address: r.text("address"),
		Team: r.persons("team"), Leader: r.person("leader"), Item: r.text("item"), Origin: r.origin(), Ground: r.text("ground"),
		Issuer: r.text("issuer"), Document: r.text("document"),
		Codes: r.codes("result", r.cell("result")), Refusal: r.list("refusal"), Facts: r.text("facts"), Methods: r.list("methods"), Form: r.text("form"),
		Started: r.day("started"), Ended: r.day("ended"), LastProof: r.day("evidence"), Proofs: r.proofs("external"), Entered: r.day("entered"), Published: r.day("published"),
		EnteredBy: r.person("entered_by"), ReviewedBy: r.person("reviewed_by"), Reviewed: r.day("reviewed"), Opinion: r.text("opinion"), Returned: r.days("returned"), Signed: r.persons("signed"), SignedOn: r.day("signed_on"),
		Scan: r.digest("scan"), Late: r.text("late"), FollowUp: r.text("follow_up"), FollowUpNo: r.text("follow_up_no"),
		FollowUpTo: r.text("follow_up_to"), FollowUpDue: r.day("follow_up_due"), FollowOwner: r.text("follow_up_owner"),
		Criminal: r.yes("criminal"), Pledge: r.yes("pledge"), Body: r.text("entrusted"), Letter: r.text("entrusted_no"), BodyReport: r.text("entrusted_report"),
		Withheld: r.text("withheld"), WithheldNo: r.text("withheld_no"), WithheldLaw: r.text("withheld_law"), Gone: r.gone(),
		Feedback: r.day("feedback"), FeedbackWay: r.choice("feedback_way", wayWords), Receiver: r.person("receiver"),
		Unit: r.text("unit"), Remark: r.text("note"), Line: r.line(),
	}
	x.ItemCodes, x.Work = r.itemCodes(), r.work("work")
	switch {
	case len(x.Codes) == 0 && len(x.ItemCodes) == 0:
		r.problem("result", "intake.no-result", "", r.codeList())
	case x.Origin != "random" && x.Ground == "":
		r.problem("ground", "intake.no-ground", x.Origin, "检查原因")
	}
	if x.Handle == "" && x.Code == "" {
		r.anonymous(x.Name, "签号或统一社会信用代码", "code", "handle")
	}
	if x.Started != "" && x.Ended != "" && x.Ended < x.Started {
		r.problem("ended", "intake.period-backwards", x.Started+" "+x.Ended, "")
	}
	if x.Withheld != "" && x.WithheldNo == "" {
		r.problem("withheld_no", "intake.withheld-no", x.Withheld, "")
	}
	if x.Letter == "" && x.Body+x.BodyReport != "" {
		r.problem("entrusted_no", "intake.entrusted-no", x.Body+x.BodyReport, "")
	}
	if x.Feedback == "" && x.FeedbackWay+x.Receiver != "" {
		r.problem("feedback", "intake.feedback-date", x.FeedbackWay+x.Receiver, "")
	}
	return x
}

// Proof is what another department or a professional body found.
type Proof struct{ Kind, Issuer, Number, Date string }

// proofs reads a cell of 利用的其他结论: 种类，出具单位，文号，日期, the number may
// be left out, several parted by ； or lines.
func (r *rowReader) proofs(field string) []Proof {
	var out []Proof
	for _, one := range strings.FieldsFunc(r.cell(field).Text, func(c rune) bool { return strings.ContainsRune("；;\n", c) }) {
		parts := strings.FieldsFunc(one, func(c rune) bool { return c == '，' || c == ',' })
		for i := range parts {
			parts[i] = strings.TrimSpace(parts[i])
		}
		if len(parts) == 0 || len(parts) == 1 && r.blank(parts[0]) == "" {
			continue
		}
		p := Proof{}
		m, _, bad := momentOf(Cell{Kind: CellText, Text: parts[len(parts)-1]}, false)
		if len(parts) < 3 || len(parts) > 4 || bad != "" {
			r.problem(field, "intake.bad-proof", one, "检验检测报告，演示检测中心，演检1号，2023-09-05")
			return nil
		}
		if p = (Proof{Kind: parts[0], Issuer: parts[1], Date: m.day}); len(parts) == 4 {
			p.Number = parts[2]
		}
		out = append(out, p)
	}
	return out
}

// work reads who inspected what: 事项编号：姓名、姓名, one item a sentence.
func (r *rowReader) work(field string) map[string][]string {
	if r.blank(r.text(field)) == "" {
		return nil
	}
	out := map[string][]string{}
	for _, one := range strings.FieldsFunc(r.cell(field).Text, func(c rune) bool { return strings.ContainsRune("；;\n", c) }) {
		at := strings.IndexAny(one, "：:")
		if strings.TrimSpace(one) == "" {
			continue
		}
		if at < 0 {
			r.problem(field, "intake.bad-work", one, "")
			return nil
		}
		_, colon := utf8.DecodeRuneInString(one[at:])
		item := narrow(one[:at])
		for _, name := range strings.FieldsFunc(one[at+colon:], func(c rune) bool { return strings.ContainsRune("、，,", c) }) {
			if name = strings.TrimSpace(name); name != "" {
				out[item] = append(out[item], name)
			}
		}
		if item == "" || len(out[item]) == 0 {
			r.problem(field, "intake.bad-work", one, "")
			return nil
		}
	}
	return out
}

// days are several dates in one cell.
func (r *rowReader) days(field string) []string {
	var out []string
	for _, s := range r.list(field) {
		m, _, bad := momentOf(Cell{Kind: CellText, Text: s}, false)
		if bad != "" {
			r.problem(field, bad, s, "2023-06-08、2023-06-09")
			return nil
		}
		out = append(out, m.day)
	}
	return out
}

// itemCodes reads the columns of single items.
func (r *rowReader) itemCodes() map[string][]string {
	var out map[string][]string
	defer func() { r.here = nil }()
	for i := range r.p.items {
		it := &r.p.items[i]
		if it.col >= len(r.row.Cells) {
			continue
		}
		r.here = it
		codes := r.codes("result", r.at("result", column{typ: tResult}, r.row.Cells[it.col]))
		if codes != nil {
			if out == nil {
				out = map[string][]string{}
			}
			out[it.item] = codes
		}
	}
	return out
}

// unfilled is a line of the dispatch list that has come back as it went out.
func (r *rowReader) unfilled() bool {
	for _, it := range r.p.items {
		if it.col < len(r.row.Cells) && r.row.Cells[it.col].Kind != CellEmpty {
			return false
		}
	}
	for _, f := range []string{"result", "started", "ended", "methods", "entered", "published", "signed_on", "entered_by", "refusal", "follow_up"} {
		if r.cellOf(f).Kind != CellEmpty {
			return false
		}
	}
	return r.cellOf("handle").Kind != CellEmpty
}

func (r *rowReader) resultCodes() []Code {
	if r.t.options.Codes != nil {
		return r.t.options.Codes
	}
	return defaultCodes
}

var defaultCodes = DefaultCodes()

func (r *rowReader) codeList() string {
	var out []string
	for _, c := range r.resultCodes() {
		out = append(out, c.Code+" "+c.Text)
	}
	return strings.Join(out, "；")
}

// codes reads a cell of result codes.
func (r *rowReader) codes(field string, c Cell) []string {
	if r.blank(c.Text) == "" {
		return nil
	}
	codes, want, bad := readCodes(c.Text, r.resultCodes())
	if bad != "" {
		if want == "" {
			want = r.codeList()
		}
		r.problem(field, bad, c.Text, want)
		return nil
	}
	return codes
}

// usual words of exports and the code that may be meant: suggested, not taken,
// because each pack's wording is exact (requirements §2.3).
var usualWords = []struct{ word, code string }{
	{"未发现", "a"}, {"正常", "a"}, {"合格", "a"}, {"符合", "a"}, {"无问题", "a"}, {"无法联系", "d"}, {"查无", "d"}, {"整改", "e"}, {"责令", "e"},
	{"不配合", "f"}, {"拒绝", "f"}, {"后续", "g"}, {"立案", "g"}, {"未开展", "h"}, {"停业", "x7"}, {"清算", "x7"}, {"注销", "x9"}, {"吊销", "x10"}, {"撤销", "x11"}, {"迁出", "x12"},
}

// readCodes reads letters, exact wordings, or both (a 未发现问题), several
// parted by 、 ; or lines. A letter beside another code's wording is refused.
func readCodes(text string, all []Code) (codes []string, want, bad string) {
	s := strings.ToLower(narrow(strings.ReplaceAll(text, "\n", ";")))
	byLength := append([]Code(nil), all...)
	sort.SliceStable(byLength, func(i, j int) bool { return len(byLength[i].Text) > len(byLength[j].Text) })
	for _, c := range byLength {
		s = strings.ReplaceAll(s, strings.ToLower(narrow(c.Text)), "@"+c.Code+";")
	}
	alone := false
	for _, piece := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(";,、/+和", r) }) {
		letter, named, has := strings.Cut(piece, "@")
		letter = strings.Trim(letter, "()[].:-_ ")
		code := letter
		if has {
			if letter != "" && letter != named {
				return nil, "", "intake.result-mismatch"
			}
			code = named
		}
		if code == "" {
			continue
		}
		known := false
		for _, c := range all {
			if strings.ToLower(c.Code) == code {
				known, alone, code = true, alone || c.Alone, c.Code
			}
		}
		if !known {
			for _, u := range usualWords {
				for _, c := range all {
					if c.Code == u.code && strings.Contains(code, u.word) {
						return nil, "是不是 " + c.Code + " " + c.Text, "intake.unknown-result"
					}
				}
			}
			return nil, "", "intake.unknown-result"
		}
		if !contains(codes, code) {
			codes = append(codes, code)
		}
	}
	switch {
	case len(codes) == 0:
		return nil, "", "intake.unknown-result"
	case alone && len(codes) > 1:
		return nil, "", "intake.result-alone"
	}
	return codes, "", ""
}

// CorrectionRow puts a new result in the place of an old one (Gaoqing 9.1).
type CorrectionRow struct {
	Draw, Handle, Code, Name string
	Entry                    int    // index of the result's entry, 0 = not named
	Old                      string // as written, for the eye
	Codes                    []string
	ItemCodes                map[string][]string
	Refusal                  []string
	Started, Ended           string // as they should have been, "" where they were right
	LastProof                string
	Entered, Published       string
	Ground                   string
	Gone                     *Gone
	ApprovedBy               string
	Date                     string
	Remark                   string
	Line                     Place
}

// Corrections reads a 更正.
func (t *Table) Corrections() ([]CorrectionRow, *Report) {
	return readTable(t, KindCorrections, parseCorrection)
}

func parseCorrection(r *rowReader) CorrectionRow {
	x := CorrectionRow{
		Draw: narrow(r.text("draw")), Handle: r.handle(), Code: r.unit(), Name: r.text("name"), Entry: r.count("entry"), Old: r.text("old"),
		Codes: r.codes("result", r.cell("result")), Refusal: r.list("refusal"), Ended: r.day("ended"), Ground: r.text("ground"),
		Started: r.day("started"), LastProof: r.day("evidence"), Entered: r.day("entered"), Published: r.day("published"),
		Gone: r.gone(), ApprovedBy: r.person("approved_by"), Date: r.day("date"), Remark: r.text("note"), Line: r.line(),
	}
	x.ItemCodes = r.itemCodes()
	if len(x.Codes) == 0 && len(x.ItemCodes) == 0 {
		r.problem("result", "intake.no-result", "", r.codeList())
	}
	if x.Entry == 0 && x.Handle == "" && x.Code == "" {
		r.anonymous(x.Name, "签号或统一社会信用代码", "code", "handle", "entry")
	}
	return x
}

// HistoryRow is a selection of the time before the ledger's first day: it counts
// toward caps, not toward fairness.
type HistoryRow struct {
	Code, Name string
	Date       string // of the selection, or of the inspection where that is unknown
	Drawn      string
	Inspected  string
	Published  string
	PlanName   string
	Mode       string
	Role       string // 本部门, 联合牵头, 联合参与
	Origin     string // as in ResultRow; only random ones count
	Codes      []string
	Source     string
	Note       string
	Line       Place
}

// History reads a 开账前历史.
func (t *Table) History() ([]HistoryRow, *Report) { return readTable(t, KindHistory, parseHistory) }

func parseHistory(r *rowReader) HistoryRow {
	x := HistoryRow{
		Code: r.unit(), Name: r.text("name"), Drawn: r.day("drawn"), Inspected: r.day("inspected"), Published: r.day("published"),
		PlanName: r.text("plan_name"), Mode: r.choice("mode", modeWords), Role: r.choice("role", map[string]string{"牵头": "联合牵头", "参与": "联合参与", "单部门": "本部门"}),
		Origin: r.origin(), Codes: r.codes("result", r.cell("result")), Source: r.text("source"), Note: r.text("note"), Line: r.line(),
	}
	if x.Role == "" {
		x.Role = "本部门"
	}
	if x.Date = x.Drawn; x.Date == "" {
		x.Date = x.Inspected
	}
	if x.Drawn != "" && x.Inspected != "" && x.Inspected < x.Drawn {
		r.problem("inspected", "intake.period-backwards", x.Drawn+" "+x.Inspected, "")
	}
	return x
}

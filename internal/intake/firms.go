package intake

import (
	"reflect"
	"strings"
)

// Firm is one line of the 检查对象名录库 (Gaoqing 3.3, Yanshi 5 and 11). Strings
// are cleaned; words of sector, town and tags stay as written, rule packs know
// their synonyms.
type Firm struct {
	Code        string // 统一社会信用代码, or 注册号:… (draw1, Notation)
	Name        string
	Type        string // 单位类型
	LegalRep    string // private
	Address     string // private
	Scope       string // 经营范围
	Town        string // name of town or street
	Sector      string
	Supervision string // 监管类型
	Status      string // 存续 for all its synonyms, otherwise as written; "" if the sheet has none
	Registered  string // 成立日期, 2006-01-02
	Registrar   string // 登记机关
	Risk        string // 安全风险等级, private
	Credit      string // 信用风险等级, private
	Ownership   string // 隶属关系: 中央驻鲁, 省管 …
	Tags        []string
	TagBasis    string // the document by which the unit is on a list
	Listed      string // on the list from
	Delisted    string // to
	Complaints  int    // recorded complaints (投诉举报次数)
	Excluded    string // ground for which the unit is outside random inspection (Gaoqing 4.3)
	Unit        string // section in charge
	Source      string
	Note        string // private
	Line        Place
}

// alive are the words of registers that all mean 存续 (requirements §1.5).
var alive = map[string]bool{"存续": true, "在业": true, "在营": true, "开业": true, "在册": true, "正常": true, "存续在营开业在册": true,
	"存续在营": true, "在营开业": true, "在营开业在册": true, "存续开业": true, "在业存续": true, "存续在业": true, "正常经营": true, "营业": true, "正常营业": true, "开业在营": true}

// tagFields are the 是/否 columns and the tag that each stands for.
var tagFields = []struct{ field, tag string }{
	{"dust_explosion", "粉尘涉爆"}, {"confined_space", "有限空间"}, {"ammonia", "液氨制冷"}, {"major_hazard_source", "重大危险源"},
	{"serious_dishonest", "严重失信"}, {"blacklist", "黑名单"}, {"complaints", "投诉举报多"}, {"abnormal", "经营异常"},
	{"grave_violation", "严重违法"}, {"watchlist", "重点关注名录"},
}

// Firms reads a 名录库. A unit entered twice in the same words is taken once,
// visibly; twice in different words is a problem.
func (t *Table) Firms() ([]Firm, *Report) {
	firms, rep := readTable(t, KindFirms, parseFirm)
	return distinct(firms, rep, t, "code", func(f *Firm) (string, string, *Place) { return f.Code, f.Name, &f.Line }), rep
}

func parseFirm(r *rowReader) Firm {
	f := Firm{
		Code: r.unit(), Name: r.text("name"), Type: r.text("type"), LegalRep: r.person("legal_rep"), Address: r.text("address"),
		Scope: r.text("scope"), Town: r.text("town"), Sector: r.text("sector"), Supervision: r.text("supervision"),
		Status: r.text("status"), Registered: r.day("registered"), Registrar: r.text("registrar"), Risk: r.text("risk"),
		Credit: r.text("credit"), Ownership: r.text("ownership"), Tags: r.list("tags"), TagBasis: r.text("tag_basis"),
		Listed: r.day("listed"), Delisted: r.day("delisted"), Excluded: r.text("excluded"), Complaints: r.count("complaint_times"), Unit: r.text("unit"),
		Source: r.text("source"), Note: r.text("note"), Line: r.line(),
	}
	if f.Status != "" && f.Status != "存续" && alive[headKey(f.Status)] {
		r.repair("status", "intake.fixed-word", f.Status, "存续")
		f.Status = "存续"
	}
	for _, tf := range tagFields {
		if r.yes(tf.field) && !contains(f.Tags, tf.tag) {
			f.Tags = append(f.Tags, tf.tag)
		}
	}
	if n := len([]rune(f.Name)); n == 1 || n > 100 || f.Name != "" && allDigits(narrow(f.Name)) {
		r.problem("name", "intake.bad-name", f.Name, "营业执照上的全称")
	}
	return f
}

// distinct drops rows that say the same as an earlier one, and refuses rows that
// have its key and say something else. names in two keys are to be confirmed.
func distinct[T any](rows []T, rep *Report, t *Table, field string, of func(*T) (key, name string, at *Place)) []T {
	first := make(map[string]int, len(rows))
	named := make(map[string]int, len(rows))
	out := rows[:0]
	col := forms[t.Kind].columns[forms[t.Kind].fields[field]].head
	for i := range rows {
		key, name, at := of(&rows[i])
		place := *at
		j, seen := first[key]
		if key == "" || !seen {
			if key != "" {
				first[key] = len(out)
			}
			if nk := NameKey(name); name != "" {
				if k, twice := named[nk]; twice {
					_, _, other := of(&out[k])
					code := "intake.same-name"
					if t.Kind == KindInspectors || t.Kind == KindExperts {
						code = "intake.same-person-name"
					}
					rep.confirm(Problem{File: place.File, Sheet: place.Sheet, Row: place.Row, Header: col, Code: code, Got: name, Want: other.String()})
				} else {
					named[nk] = len(out)
				}
			}
			out = append(out, rows[i])
			continue
		}
		_, _, other := of(&out[j])
		otherPlace := *other
		*at = otherPlace
		same := reflect.DeepEqual(rows[i], out[j])
		*at = place
		if same {
			rep.repair(Repair{Place: place, Header: col, From: strings.TrimSpace(name + " " + key), Why: "intake.skipped-duplicate"})
			continue
		}
		rep.problem(Problem{File: place.File, Sheet: place.Sheet, Row: place.Row, Header: col, Code: "intake.duplicate", Got: strings.TrimSpace(name + " " + key), Want: otherPlace.String()})
	}
	return out
}

// Inspector is one line of the 执法检查人员名录库 (Gaoqing 3.4). Nothing of it
// is public by default.
type Inspector struct {
	Certificate  string // [0-9A-Z-]{4,32}
	Name         string
	Sex          string // 男, 女 or ""
	IDNumber     string // 18 characters or ""
	Phone        string
	Unit         string
	Title        string // 职务或职称
	Level        string // 县级, 乡级 or ""
	ValidFrom    string // 2006-01-02
	ValidTo      string // 2006-01-02; 9999-12-31 for 长期
	Specialities []string
	Status       string // "" for one on duty, otherwise why not
	Expert       bool
	Conflicts    []string // ids or names of units to be recused from
	Change       string
	Note         string
	Line         Place
}

// Inspectors reads a 人员库.
func (t *Table) Inspectors() ([]Inspector, *Report) {
	people, rep := readTable(t, KindInspectors, parseInspector)
	return distinct(people, rep, t, "certificate", func(p *Inspector) (string, string, *Place) { return p.Certificate, p.Name, &p.Line }), rep
}

func parseInspector(r *rowReader) Inspector {
	p := Inspector{
		Name: r.person("name"), Sex: r.choice("sex", map[string]string{"m": "男", "f": "女", "男性": "男", "女性": "女"}),
		IDNumber: r.idNumber(), Phone: r.phone(), Unit: r.text("unit"), Title: r.text("title"),
		Level:     r.choice("level", map[string]string{"县": "县级", "乡": "乡级", "区级": "县级", "镇级": "乡级", "镇": "乡级", "街道": "乡级", "镇街": "乡级", "乡镇": "乡级", "乡镇级": "乡级", "县区级": "县级", "镇街级": "乡级", "乡镇街道": "乡级"}),
		ValidFrom: r.day("valid_from"), Specialities: r.list("specialities"), Status: r.text("status"),
		Expert: r.yes("expert"), Conflicts: r.list("conflicts"), Change: r.text("change"), Note: r.text("note"), Line: r.line(),
	}
	switch headKey(p.Status) {
	case "", "在岗", "在职", "在编", "正常", "启用", "有效":
		p.Status = ""
	case "停用", "调离", "退休", "离职", "离岗", "不在岗", "调出", "辞职", "注销", "停职":
	default:
		r.problem("status", "intake.unknown-word", p.Status, "在岗、停用、调离、退休")
	}
	if c := r.cell("certificate"); r.blank(c.Text) != "" {
		p.Certificate = r.verdict("certificate", c, certificate(c))
	}
	p.ValidFrom, p.ValidTo = r.validity(p.ValidFrom)
	if p.ValidFrom != "" && p.ValidTo != "" && p.ValidTo < p.ValidFrom {
		r.problem("valid_to", "intake.period-backwards", p.ValidFrom+" "+p.ValidTo, "")
	}
	return p
}

// validity reads 证件有效期止, which some sheets fill with the whole span.
func (r *rowReader) validity(from string) (string, string) {
	c := r.cell("valid_to")
	if from == "" && c.Kind == CellText {
		if a, b, bad := periodOf(c.Text, 0); bad == "" && a != b {
			r.repair("valid_to", "intake.fixed-date", c.Text, a+" "+b)
			return a, b
		}
	}
	return from, r.day("valid_to")
}

// idNumber checks a citizen's number; messages show it masked.
func (r *rowReader) idNumber() string {
	c := r.cell("id_number")
	s := strings.ToUpper(narrow(r.blank(c.Text)))
	switch {
	case s == "":
		return ""
	case c.Long || isExponent(s):
		r.problem("id_number", "intake.code-as-number", maskID(s), "文本格式的18位号码")
	case strings.Contains(s, "*"):
		r.confirm("id_number", "intake.masked-id", s, "18位号码")
	case !person18(s):
		r.problem("id_number", "intake.bad-id-number", maskID(s), "18位公民身份号码")
	default:
		return s
	}
	return ""
}

// phone keeps the digits of one or more numbers.
func (r *rowReader) phone() string {
	s := r.digits("phone")
	for _, c := range s {
		if !strings.ContainsRune("0123456789-+()/、,;;转", c) {
			r.problem("phone", "intake.bad-phone", s, "13800000000")
			return ""
		}
	}
	return s
}

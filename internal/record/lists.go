package record

// File names a file beside the log, ledger/blob/sha256/<2 hex>/<64 hex>. For a
// file of lines (draw1, Notation) Lines and Root are given: Root is the
// RFC 6962 root over the lines without their line feeds, so that one line can
// be proved without the others.
type File struct {
	SHA256 string `json:"sha256" form:"hex64"`
	Bytes  int64  `json:"bytes"`
	Lines  int64  `json:"lines,omitempty"`
	Root   string `json:"root,omitempty" form:"hex64"`
}

// Charter (开账声明) says who keeps this ledger, with which keys and under
// which rules. Entry 0 is a charter; a later one replaces it from the next
// index on.
type Charter struct {
	Office     string    `json:"office" form:"name"` // 高青县应急管理局
	Region     string    `json:"region" form:"token"`
	Site       Site      `json:"site"`
	Keys       []RoleKey `json:"keys"`
	Policy     string    `json:"policy,omitempty" form:"lines"` // c2sp.org/tlog-policy text; none: no witness
	Pack       PackRef   `json:"pack"`
	Visibility []Visible `json:"visibility,omitempty"`
	Internet   bool      `json:"internet"`
	Demo       bool      `json:"demo"` // 演示: no real firm, no real act
}

// Site is the identity that 政府网站发展指引 demands on every page.
type Site struct {
	Name    string `json:"name" form:"name"`
	Domain  string `json:"domain,omitempty" form:"name"`
	IDCode  string `json:"id_code,omitempty" form:"name"`  // 网站标识码
	ICP     string `json:"icp,omitempty" form:"name"`      // ICP备案号
	Police  string `json:"police,omitempty" form:"name"`   // 公安备案号
	Contact string `json:"contact,omitempty" form:"name"`  // phone or address of the office, not of a person
	Errors  string `json:"errors,omitempty" form:"name"`   // address of the office's 找错 page
	Channel string `json:"platform,omitempty" form:"name"` // where the statutory publication stands
}

// RoleKey is a verifier key (c2sp.org/signed-note vkey) and what it may sign:
// `log` signs checkpoints, `office` signs entries.
type RoleKey struct {
	Role string `json:"role" form:"token"`
	Key  string `json:"key" form:"name"`
	Held string `json:"held,omitempty" form:"name"` // 经办人与负责人 …
}

// PackRef names the rule pack by its canonical JSON file.
type PackRef struct {
	ID   string `json:"id" form:"token"`
	File File   `json:"file"`
}

// Visible widens or narrows the pack's visibility of a field, with its ground.
type Visible struct {
	Field  string `json:"field" form:"token"`
	Rule   string `json:"rule" form:"token"`
	Ground string `json:"ground"`
}

// Checklist (随机抽查事项清单), one version.
type Checklist struct {
	Version  int64  `json:"version"`
	Year     int64  `json:"year"`
	Date     string `json:"date" form:"date"`
	Unit     string `json:"unit" form:"name"`
	Reason   string `json:"reason" form:"name"`             // 制定, 立, 改, 废, 释, 层级权限, 其他
	Upstream string `json:"upstream,omitempty" form:"name"` // the requirement of above that it follows
	AllItems int64  `json:"all_items,omitempty"`            // count of all enforcement items (Y-14.1b)
	Source   string `json:"all_items_source,omitempty" form:"name"`
	Items    []Item `json:"items"`
}

// Item (抽查事项) is one thing that may be inspected, with its legal basis.
type Item struct {
	No       string   `json:"no" form:"token"`
	Name     string   `json:"name" form:"name"`
	Object   string   `json:"object,omitempty"`
	Category string   `json:"category,omitempty" form:"name"`
	Content  string   `json:"content,omitempty"`
	Methods  []string `json:"methods,omitempty" form:"name"`
	Body     string   `json:"body,omitempty" form:"name"`
	Level    string   `json:"level,omitempty" form:"name"`
	Basis    []Basis  `json:"basis"`
	// Specialities (需要的业务专长) are codes of the pack: the team must hold them (Y-13.1).
	Specialities []string `json:"specialities,omitempty" form:"token"`
	Standard     string   `json:"standard,omitempty" form:"name"` // 业务标准 (Gaoqing 3.1)
}

// Basis is a provision of law: kind 法律, 行政法规, 地方性法规, 部门规章,
// 地方政府规章 (or 规范性文件, which alone is refused: Y-7.2).
type Basis struct {
	Kind    string `json:"kind" form:"name"`
	Title   string `json:"title" form:"name"`
	Article string `json:"article,omitempty" form:"name"`
}

// Roster (名录库) commits to one version of a register. Kind `objects` is the
// 检查对象名录库, `inspectors` the 执法检查人员名录库. File holds one line for
// each entry, H("open1|" + salt + "|line|" + text), sorted; the register
// itself stays with the office (requirements §7).
type Roster struct {
	Kind    string  `json:"kind" form:"token"`
	Version int64   `json:"version"`
	Date    string  `json:"date" form:"date"`
	Source  string  `json:"source,omitempty" form:"name"`
	Reason  string  `json:"reason" form:"name"`
	Count   int64   `json:"count"`
	File    File    `json:"file"`
	Towns   []Count `json:"towns,omitempty"`
	Sectors []Count `json:"sectors,omitempty"`
	Unsure  int64   `json:"unsure,omitempty"`  // entries whose code's check digit was confirmed by hand
	Classes []Count `json:"classes,omitempty"` // of each ratio class, by its code: objects that may be drawn
	// Unchanged (核对无变化): the register was checked and is the version before,
	// File and all (Yanshi 5: at least once a year).
	Unchanged bool `json:"unchanged,omitempty"`
}

// Count is a published number of a class.
type Count struct {
	Name  string `json:"name" form:"name"`
	Count int64  `json:"count"`
}

// Plan (年度抽查工作计划), one version.
type Plan struct {
	Year    int64      `json:"year"`
	Version int64      `json:"version"`
	Date    string     `json:"date" form:"date"`
	Title   string     `json:"title" form:"name"`
	Reason  string     `json:"reason" form:"name"`
	Lines   []PlanLine `json:"lines"`
}

// PlanLine (计划项). Exactly one of Ratio, Count and Census says how many.
// Filter is the expression of rules.ParseFilter for a 定向 line, Scope the
// same in words.
type PlanLine struct {
	No        string   `json:"no" form:"token"`
	Name      string   `json:"name" form:"name"`
	Mode      string   `json:"mode" form:"name"` // 不定向, 定向
	Items     []string `json:"items" form:"token"`
	Scope     string   `json:"scope" form:"name"`
	Filter    string   `json:"filter,omitempty" form:"expr"`
	Ratio     string   `json:"ratio,omitempty" form:"ratio"`
	Count     int64    `json:"count,omitempty"`
	Census    bool     `json:"census,omitempty"`
	Base      int64    `json:"base,omitempty"`     // 基数 when the plan was made
	Estimate  int64    `json:"estimate,omitempty"` // 预估数量
	Frequency string   `json:"frequency,omitempty" form:"name"`
	From      string   `json:"from" form:"date"`
	To        string   `json:"to" form:"date"`
	Unit      string   `json:"unit" form:"name"`
	Partners  []string `json:"partners,omitempty" form:"name"` // other departments of a joint check
	Method    string   `json:"method,omitempty" form:"name"`
	// Of a joint check (部门联合抽查): led by this office or joined, with whom.
	Joint string    `json:"joint,omitempty" form:"token"` // led, joined; absent: the office's own
	With  []Partner `json:"with,omitempty"`               // instead of Partners, which names departments only
	Lead  string    `json:"lead,omitempty" form:"name"`   // of a joined one: who leads

	Batches int64   `json:"batches,omitempty"` // the year's number is drawn in so many notices
	Minimum int64   `json:"minimum,omitempty"` // least number in every cell
	Classes []Class `json:"classes,omitempty"` // first match wins; the line's own quantity is the rest's
}

// Class (分级) is a part of a plan line's scope with a quantity of its own
// (G-6.2b, Y-14.5). Condition is a filter's text: who is a higher risk stays
// closed, also after K (requirements §7); that it stood before the draw does not.
type Class struct {
	Name      string `json:"name" form:"token"` // g1, g2 … in order: says nothing
	Condition Sealed `json:"condition"`
	Ratio     string `json:"ratio,omitempty" form:"ratio"`
	Count     int64  `json:"count,omitempty"`
	Census    bool   `json:"census,omitempty"`
	Base      int64  `json:"base,omitempty"`     // 基数 when the plan was made
	Estimate  int64  `json:"estimate,omitempty"` // 预估数量
}

// Filing (备案、上报) is the receipt for a plan filed with another body (G-6.1c)
// or a checklist reported upward (Y-8.2).
type Filing struct {
	Plan    int64  `json:"plan"` // index of the plan's entry, or of the checklist's
	To      string `json:"to" form:"name"`
	Date    string `json:"date" form:"date"`
	Receipt string `json:"receipt,omitempty" form:"name"`
}

// History (开账前历史) holds selections of the time before the charter: they
// count toward caps, not toward fairness. File lines are sealed as in Roster.
type History struct {
	Date  string `json:"date" form:"date"`
	From  string `json:"from" form:"date"`
	To    string `json:"to" form:"date"`
	Count int64  `json:"count"`
	File  File   `json:"file"`
}

// KeysOf lists the charter's verifier keys of a role.
func (c *Charter) KeysOf(role string) []string {
	var keys []string
	for _, k := range c.Keys {
		if k.Role == role {
			keys = append(keys, k.Key)
		}
	}
	return keys
}

// Times is how many draws a year a line says (频次): a number that begins its
// words, otherwise 1.
func (l *PlanLine) Times() int64 {
	n := int64(0)
	for _, c := range l.Frequency {
		if c < '0' || c > '9' || n > 365 {
			break
		}
		n = 10*n + int64(c-'0')
	}
	return max(n, 1)
}

// Line finds a line by its number, nil if the plan has none such.
func (p *Plan) Line(no string) *PlanLine {
	for i := range p.Lines {
		if p.Lines[i].No == no {
			return &p.Lines[i]
		}
	}
	return nil
}

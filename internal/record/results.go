package record

// Result (抽查结果) of one object in one draw, or of an inspection of another
// origin (then Notice is absent, Object empty, and Ground says why it was made).
// Town, Sector and Classes stand in ink so that everybody can compute the
// statistics from entries alone.
type Result struct {
	Origin    string       `json:"origin" form:"token"` // random, or an origin of the pack
	Notice    int64        `json:"notice,omitempty"`
	Object    string       `json:"object,omitempty" form:"hex32"`
	Joined    int64        `json:"joined,omitempty"` // index of the joint task of another department
	Ground    string       `json:"ground,omitempty" form:"name"`
	Issuer    string       `json:"issuer,omitempty" form:"name"`   // who ordered it or passed it on
	Document  string       `json:"document,omitempty" form:"name"` // number of its letter
	Code      Sealed       `json:"code"`
	Name      Sealed       `json:"name"`
	Town      string       `json:"town,omitempty" form:"name"` // code of the pack, or a zone's own name
	Sector    string       `json:"sector,omitempty" form:"token"`
	Classes   []string     `json:"classes,omitempty" form:"token"` // public ratio classes of the pack
	Unit      string       `json:"unit" form:"name"`
	Outcome   Outcome      `json:"outcome"`
	Withheld  *Withheld    `json:"withheld,omitempty"`
	Evidence  []Evidence   `json:"evidence,omitempty"`
	Entrusted *Entrusted   `json:"entrusted,omitempty"`
	Parts     []Part       `json:"parts,omitempty"` // of a joint check, a department each
	Started   string       `json:"started,omitempty" form:"date"`
	Ended     string       `json:"ended" form:"date"`                   // 检查结束
	LastProof string       `json:"last_evidence,omitempty" form:"date"` // 检验检测 or other evidence that was awaited
	Entered   string       `json:"entered,omitempty" form:"date"`       // 平台录入
	Published string       `json:"published,omitempty" form:"date"`     // 平台公示
	EnteredBy Sealed       `json:"entered_by,omitempty"`
	Reviewed  Sealed       `json:"reviewed_by,omitempty"`
	ReviewOn  string       `json:"reviewed_on,omitempty" form:"date"`
	Opinion   Sealed       `json:"opinion,omitempty"`              // of who reviewed it
	Returned  []string     `json:"returned,omitempty" form:"date"` // days on which it was sent back (退回)
	Team      []string     `json:"team,omitempty" form:"hex32"`    // handles of those who inspected, in the team's order
	Signed    []Sealed     `json:"signed,omitempty"`               // every member of the team, by name
	SignedOn  string       `json:"signed_on,omitempty" form:"date"`
	Scan      string       `json:"scan,omitempty" form:"hex64"` // digest of the scanned sheet
	Pledge    bool         `json:"pledge,omitempty"`            // 廉政承诺 was signed
	Criminal  bool         `json:"criminal,omitempty"`          // 涉嫌犯罪
	Late      string       `json:"late,omitempty"`              // the office's 说明
	FollowUp  *FollowUpDue `json:"follow_up,omitempty"`
	Remark    Sealed       `json:"remark,omitempty"`
}

// Withheld (不予公开): the name and what was found stay closed by law. Then
// Result.Outcome may be empty and its text, the canonical JSON of an Outcome,
// stand here sealed.
type Withheld struct {
	Ground   string `json:"ground" form:"token"` // of the pack
	Words    string `json:"words,omitempty" form:"name"`
	Document string `json:"document" form:"name"` // the decision
	Outcome  Sealed `json:"outcome,omitempty"`
}

// Evidence (利用的其他结论) of another department or of a professional body.
type Evidence struct {
	Kind   string `json:"kind" form:"name"`
	Issuer string `json:"issuer" form:"name"`
	Number string `json:"number,omitempty" form:"name"`
	Date   string `json:"date" form:"date"`
}

// Entrusted (委托的专业机构) took part in the inspection.
type Entrusted struct {
	Name   Sealed `json:"name,omitempty"`
	Letter string `json:"letter" form:"name"` // 委托书
	Report string `json:"report,omitempty" form:"name"`
}

// Part is what one department of a joint check answers for (Y-25.5, G-8.2d).
type Part struct {
	Department string      `json:"department" form:"name"`
	Items      []ItemCodes `json:"items"`
	Ended      string      `json:"ended" form:"date"`
	Published  string      `json:"published,omitempty" form:"date"`
}

// Outcome is what was found: codes for each item, and the unit's line derived
// from them (rules.UnitLine).
type Outcome struct {
	Items   []ItemCodes `json:"items,omitempty"`              // absent only where the result is withheld
	Codes   []string    `json:"codes,omitempty" form:"token"` // the unit's line
	Refusal []string    `json:"refusal,omitempty" form:"name"`
	Facts   Sealed      `json:"facts,omitempty"` // facts of a refusal (Y-21)
	Methods []string    `json:"methods,omitempty" form:"name"`
	Form    string      `json:"organised,omitempty" form:"name"` // 综合联查 …
	Void    *Void       `json:"void,omitempty"`
}

// Void (对象灭失) says why a drawn object could not be inspected at all: closed
// down, struck off, moved away. It stays drawn, with ground and evidence
// (draw1 §8), and nobody takes its place.
type Void struct {
	Ground   string `json:"ground" form:"name"`
	Evidence string `json:"evidence" form:"name"`          // what shows it: 注销登记通知书 …
	Date     string `json:"date" form:"date"`              // since when, by that evidence
	SHA256   string `json:"sha256,omitempty" form:"hex64"` // digest of the scanned evidence, which stays with the office
}

// ItemCodes are the result codes of one item of the checklist.
type ItemCodes struct {
	Item  string   `json:"item" form:"token"`
	Codes []string `json:"codes" form:"token"`
	By    []Sealed `json:"by,omitempty"` // 分工: the members who inspected it, by name
}

// FollowUpDue (后续处置) as far as it is known with the result.
type FollowUpDue struct {
	Kind   string `json:"kind" form:"name"` // 责令改正, 立案, 移交, 移送司法 …
	To     string `json:"to,omitempty" form:"name"`
	Owner  string `json:"owner,omitempty" form:"name"` // who sees to it; the unit of the result if absent
	Due    string `json:"due,omitempty" form:"date"`
	Number string `json:"number,omitempty" form:"name"`
}

// Correction (更正) puts a new outcome beside the old one; both stay visible.
// Dates are those that were wrong.
type Correction struct {
	Result    int64   `json:"result"`           // index of the result
	Old       string  `json:"old" form:"hex64"` // H of the entry corrected: the result or its last correction
	Ground    string  `json:"ground" form:"name"`
	Outcome   Outcome `json:"outcome"`
	Started   string  `json:"started,omitempty" form:"date"`
	Ended     string  `json:"ended,omitempty" form:"date"`
	LastProof string  `json:"last_evidence,omitempty" form:"date"`
	Entered   string  `json:"entered,omitempty" form:"date"`
	Published string  `json:"published,omitempty" form:"date"`
	Approved  Sealed  `json:"approved_by"` // 任务执行单位主要负责人
	Date      string  `json:"date" form:"date"`
	Remark    Sealed  `json:"remark,omitempty"`
}

// FollowUp (后续处置) reports a step of it or closes it.
type FollowUp struct {
	Result int64  `json:"result"`
	Kind   string `json:"kind" form:"name"`
	Number string `json:"number,omitempty" form:"name"`
	To     string `json:"to,omitempty" form:"name"`    // to whom it was handed
	Owner  string `json:"owner,omitempty" form:"name"` // who sees to it from now on
	Due    string `json:"due,omitempty" form:"date"`   // until when, from now on
	Date   string `json:"date" form:"date"`
	Closed bool   `json:"closed"`
	Remark Sealed `json:"remark,omitempty"`
}

// Feedback (逐户反馈) tells an enterprise its result, or the outcome of the
// review of its objection.
type Feedback struct {
	Result   int64  `json:"result"`
	Review   int64  `json:"review,omitempty"`  // index of the review, of that kind
	Kind     string `json:"kind" form:"token"` // result, review
	Date     string `json:"date" form:"date"`
	Way      string `json:"way" form:"name"` // 当场告知, 送达文书 …
	Receiver Sealed `json:"receiver,omitempty"`
	Remark   Sealed `json:"remark,omitempty"`
}

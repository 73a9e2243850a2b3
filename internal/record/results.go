package record

// Result (抽查结果) of one object in one draw, or of an inspection of another
// origin (then Notice is absent, Object empty, and Ground says why it was made).
type Result struct {
	Origin    string       `json:"origin" form:"token"` // random, complaint, report, assigned, transferred, other
	Notice    int64        `json:"notice,omitempty"`
	Object    string       `json:"object,omitempty" form:"hex32"`
	Ground    string       `json:"ground,omitempty" form:"name"`
	Code      Sealed       `json:"code"`
	Name      Sealed       `json:"name"`
	Unit      string       `json:"unit" form:"name"`
	Outcome   Outcome      `json:"outcome"`
	Started   string       `json:"started,omitempty" form:"date"`
	Ended     string       `json:"ended" form:"date"`               // 检查结束
	Entered   string       `json:"entered,omitempty" form:"date"`   // 平台录入
	Published string       `json:"published,omitempty" form:"date"` // 平台公示
	EnteredBy Sealed       `json:"entered_by,omitempty"`
	Reviewed  Sealed       `json:"reviewed_by,omitempty"`
	Signed    []Sealed     `json:"signed,omitempty"` // every member of the team, by name
	SignedOn  string       `json:"signed_on,omitempty" form:"date"`
	Scan      string       `json:"scan,omitempty" form:"hex64"` // digest of the scanned sheet
	Late      string       `json:"late,omitempty"`              // the office's 说明
	FollowUp  *FollowUpDue `json:"follow_up,omitempty"`
	Remark    Sealed       `json:"remark,omitempty"`
}

// Outcome is what was found: codes for each item, and the unit's line derived
// from them (rules.UnitLine).
type Outcome struct {
	Items   []ItemCodes `json:"items"`
	Codes   []string    `json:"codes" form:"token"` // the unit's line
	Refusal []string    `json:"refusal,omitempty" form:"name"`
	Facts   Sealed      `json:"facts,omitempty"` // facts of a refusal (Y-21)
	Methods []string    `json:"methods,omitempty" form:"name"`
	Form    string      `json:"organised,omitempty" form:"name"` // 综合联查 …
}

// ItemCodes are the result codes of one item of the checklist.
type ItemCodes struct {
	Item  string   `json:"item" form:"token"`
	Codes []string `json:"codes" form:"token"`
}

// FollowUpDue (后续处置) as far as it is known with the result.
type FollowUpDue struct {
	Kind   string `json:"kind" form:"name"` // 责令改正, 立案, 移交, 移送司法 …
	To     string `json:"to,omitempty" form:"name"`
	Due    string `json:"due,omitempty" form:"date"`
	Number string `json:"number,omitempty" form:"name"`
}

// Correction (更正) puts a new outcome beside the old one; both stay visible.
type Correction struct {
	Result   int64   `json:"result"`           // index of the result
	Old      string  `json:"old" form:"hex64"` // H of the entry corrected: the result or its last correction
	Ground   string  `json:"ground" form:"name"`
	Outcome  Outcome `json:"outcome"`
	Ended    string  `json:"ended,omitempty" form:"date"`
	Approved Sealed  `json:"approved_by"` // 任务执行单位主要负责人
	Date     string  `json:"date" form:"date"`
	Remark   Sealed  `json:"remark,omitempty"`
}

// FollowUp (后续处置) reports a step of it or closes it.
type FollowUp struct {
	Result int64  `json:"result"`
	Kind   string `json:"kind" form:"name"`
	Number string `json:"number,omitempty" form:"name"`
	Date   string `json:"date" form:"date"`
	Closed bool   `json:"closed"`
	Remark Sealed `json:"remark,omitempty"`
}

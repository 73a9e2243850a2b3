package record

// Objection (异议) of an inspected enterprise to its result, as the office
// received it (Gaoqing 9.2). Several to one result are possible.
type Objection struct {
	Result    int64  `json:"result"`                       // index of the result
	Received  string `json:"received" form:"date"`         // 接到申请材料之日
	Applicant Sealed `json:"applicant"`                    // who objects
	Content   Sealed `json:"content"`                      // what is objected to
	Way       string `json:"way,omitempty" form:"name"`    // 当面递交, 邮寄 …
	Number    string `json:"number,omitempty" form:"name"` // of the receipt
}

// Review (复核) decides an objection: the result is upheld (维持), or corrected
// by the correction that it names.
type Review struct {
	Objection  int64  `json:"objection"` // index of the objection
	Decided    string `json:"decided" form:"date"`
	Outcome    string `json:"outcome" form:"token"` // upheld, corrected
	Correction int64  `json:"correction,omitempty"` // index of the correction
	Reasons    Sealed `json:"reasons"`
	DecidedBy  Sealed `json:"decided_by"`
	Late       string `json:"late,omitempty"` // the office's 说明
}

// Archive (归档) is the index of what was put into the archive about one result
// or one draw (Y-20, G-9.2d). The documents stay with the office.
type Archive struct {
	Result      int64      `json:"result,omitempty"` // index of the result, or
	Notice      int64      `json:"notice,omitempty"` // of the notice
	Documents   []Document `json:"documents"`
	Date        string     `json:"date" form:"date"`
	Class       string     `json:"class" form:"name"`                  // 定期 or 永久
	Years       int64      `json:"years,omitempty"`                    // of 定期
	Ground      string     `json:"ground,omitempty" form:"name"`       // by which rule, where the years are not the pack's
	RetainUntil string     `json:"retain_until,omitempty" form:"date"` // last day of keeping; absent for 永久
	Place       Sealed     `json:"place,omitempty"`
}

// Document is one of an archive.
type Document struct {
	Kind   string `json:"kind" form:"name"` // of the pack's list, or 其他
	Number Sealed `json:"number,omitempty"` // 文书号
	Date   string `json:"date,omitempty" form:"date"`
	SHA256 string `json:"sha256,omitempty" form:"hex64"` // of the scan
	Pages  int64  `json:"pages,omitempty"`
}

// Purge (销毁) of the documents of one archive entry, after their time.
type Purge struct {
	Archive  int64  `json:"archive"` // index of the archive's entry
	Date     string `json:"date" form:"date"`
	Ground   string `json:"ground" form:"name"`
	Approved Sealed `json:"approved_by"`
}

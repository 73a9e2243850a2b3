package record

// Calendar (工作日补充) is the office's own signed addition to the calendar of
// working days. Kind `closure`: days on which the office itself was shut
// (停止办公: flood, epidemic, suspension), with ground and document. Kind
// `year`: the State Council's arrangement (放假安排) of a year that the program
// does not carry yet. Neither can speak about a day before its own entry.
type Calendar struct {
	Kind   string   `json:"kind" form:"token"`
	Title  string   `json:"title" form:"name"`            // the document
	Number string   `json:"number,omitempty" form:"name"` // its 文号
	Ground string   `json:"ground,omitempty" form:"name"` // of a closure
	Year   int64    `json:"year,omitempty"`
	Off    []string `json:"off" form:"date"` // ascending
	MakeUp []string `json:"make_up,omitempty" form:"date"`
}

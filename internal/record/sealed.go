package record

// Lost (启封钥匙遗失) says that nobody of the office holds a key of a draw any
// more (draw1 §3): what it was to open stays closed for ever, and the draw a
// failed check from the day on which K was due. It frees from nothing.
type Lost struct {
	Notice   int64  `json:"notice"` // index of the notice; of a teams notice for the key of its hat
	K        bool   `json:"k,omitempty"`
	KI       bool   `json:"ki,omitempty"`
	Ground   string `json:"ground"`
	Date     string `json:"date" form:"date"` // when it was found out
	Approved Sealed `json:"approved_by"`
}

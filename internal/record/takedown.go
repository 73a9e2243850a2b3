package record

// Takedown (撤下) says that openings beside a result were taken away, and by
// which rule: the digests stay in the result, what they mean does not.
type Takedown struct {
	Entry    int64    `json:"entry"`               // index of the result
	Fields   []string `json:"fields" form:"token"` // paths in its body, sorted
	Class    string   `json:"class" form:"name"`   // 公示期满, 依法撤下
	Years    int64    `json:"years,omitempty"`     // of publicity, with 公示期满
	Ground   string   `json:"ground" form:"name"`  // the rule that gives the years, or the decision
	Date     string   `json:"date" form:"date"`
	Approved Sealed   `json:"approved_by"`
}

package intake

// FeedbackRow tells one enterprise its result (Yanshi 19).
type FeedbackRow struct {
	Ref
	Date, Way        string
	Receiver, Remark string // private
}

// Feedback reads a 反馈.
func (t *Table) Feedback() ([]FeedbackRow, *Report) {
	return readTable(t, KindFeedback, func(r *rowReader) FeedbackRow {
		x := FeedbackRow{Ref: r.ref(), Date: r.day("date"), Way: r.choice("way", wayWords), Receiver: r.person("receiver"), Remark: r.text("note")}
		r.identify(&x.Ref)
		return x
	})
}

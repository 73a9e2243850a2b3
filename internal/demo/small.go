package demo

// Small lives the beginning of the office's first year with few firms: charter,
// lists, one draw of three firms with its dispatch, results, a correction and
// the opening of K. Every kind of file that a ledger has stands there after two
// seconds; other rooms' tests take it for a true ledger. Only 高青 draws over
// the whole library, so only its pack gives few enough.
func (r *Run) Small() error {
	r.Office.Firms, r.Office.People = 60, 8
	r.begin()
	beacon := r.beacon()
	r.at("2023-08-23 15:00:00", 0, "draw", "announce", "--plan", r.Office.prefix()+"2301", "--round", "123", "--yes")
	r.at("2023-08-23 23:16:00", 0, "draw", "run", "2023-001", "--beacon", beacon, "--yes")
	r.at("2023-08-24 08:50:00", 0, "dispatch", "2023-001", "--confirmed-by", "负责人（演示）", "--scheme", "具体抽查工作方案（演示）", "--yes")
	d := r.show("2023-08-24 08:55:00", "2023-001")
	list := all(d)
	if r.err != nil {
		return r.err
	}
	r.results("2023-09-12 15:00:00", d, list, batch{codes: [][]string{{"a"}, {"e"}, {"g"}}, ended: "2023-09-06", entered: "2023-09-11", published: "2023-09-12"})
	r.correct(d, 0)
	r.openK("2023-11-01", "2023-001")
	return r.err
}

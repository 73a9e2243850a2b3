package record

// Software (网页核验程序) names the scripts by which pages let a reader check:
// who fetches one compares it with the ledger, which cannot be changed for one
// reader alone. A new version of the program makes a new entry.
type Software struct {
	Date  string   `json:"date" form:"date"`
	Files []Script `json:"files"` // ascending by name
}

// Script is one file of the site's folder script/.
type Script struct {
	Name   string `json:"name" form:"token"`
	SHA256 string `json:"sha256" form:"hex64"`
	Bytes  int64  `json:"bytes"`
}

package office

// DraftOf drafts bodies as they are: what a test has to say without a sheet.
func (o *Office) DraftOf(bodies ...any) (*Draft, error) { return o.draft(&Draft{}, bodies...) }

// SetLedger and SameHistory are what ledger_test.go looks at.
func (o *Office) SetLedger(l Ledger) error { return o.setLedger(l) }

func (l *Ledger) Check() error { return l.check() }

var SameHistory = sameHistory

package office

// DraftOf drafts bodies as they are: what a test has to say without a sheet.
func (o *Office) DraftOf(bodies ...any) (*Draft, error) { return o.draft(&Draft{}, bodies...) }

package intake

// CodesOf reads a text as a cell of results is read: letters, exact wordings,
// or both. ok is false for what is none of all.
func CodesOf(text string, all []Code) (codes []string, ok bool) {
	codes, _, bad := readCodes(text, all)
	return codes, bad == ""
}

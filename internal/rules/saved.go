package rules

// Resume takes up a state whose exported fields read sets as they stood in
// another State, and makes anew what is not kept because it follows from them:
// every unexported field of the state and of what it holds. Whoever applies
// further entries to it finds what he would have found after all of them.
func Resume(read func(*State) error) (*State, error) {
	s := New()
	if err := read(s); err != nil {
		return nil, err
	}
	for _, l := range s.Lots {
		s.lots[l.Index] = l
		l.byHandle = make(map[string]*Object, len(l.Objects))
		for _, o := range l.Objects {
			l.byHandle[o.Handle] = o
		}
	}
	for _, a := range s.Archives {
		if a.Purge == nil {
			s.keep(a)
		}
	}
	s.reckon()
	return s, nil
}

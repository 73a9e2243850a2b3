package rules

import "slices"

// Trail lists the entries that say what was done about one inspected
// enterprise, in order: the draw from its notice on, then its own result and
// what followed (Gaoqing 10.2 a: 已履行抽查检查职责 is shown by these).
func (f *Finished) Trail() []int64 {
	var list []int64
	if l := f.Lot; l != nil {
		list = append(list, l.Index)
		if l.Draw != nil {
			list = append(list, l.Draw.Index)
		}
		if l.Platform != nil {
			list = append(list, l.Platform.Index)
		}
		for _, a := range l.Archives {
			list = append(list, a.Index)
		}
	}
	if o := f.Object; o != nil {
		list = append(list, o.Dispatch)
		list = append(append(list, indexes(o.Changes)...), o.Lots...)
		for _, op := range f.Lot.Opened {
			if slices.Contains(op.Body.Handles, o.Handle) {
				list = append(list, op.Index)
			}
		}
	}
	if list = append(list, f.Index); f.Body.Joined > 0 {
		list = append(list, f.Body.Joined)
	}
	for _, c := range f.Corrections {
		list = append(list, c.Index)
	}
	list = append(append(list, indexes(f.FollowUps)...), indexes(f.Feedbacks)...)
	for _, o := range f.Objections {
		if list = append(list, o.Index); o.Review != nil {
			list = append(list, o.Review.Index)
		}
		list = append(list, indexes(o.Told)...)
	}
	for _, a := range f.Archives {
		if list = append(list, a.Index); a.Purge != nil {
			list = append(list, a.Purge.Index)
		}
	}
	list = append(list, indexes(f.Takedowns)...)
	slices.Sort(list)
	return slices.Compact(list)
}

func indexes[T any](all []At[T]) []int64 {
	var list []int64
	for _, a := range all {
		list = append(list, a.Index)
	}
	return list
}

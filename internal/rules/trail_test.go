package rules_test

import (
	"slices"
	"testing"

	"github.com/sunlot/sunlot/internal/record"
)

// TestTrail: the trail of a result names every entry of the year that is about
// it or its draw, and none about another enterprise (Gaoqing 10.2 a).
func TestTrail(t *testing.T) {
	b := gaoqing()
	lot := b.state.Lot("2023-001")
	for i, o := range lot.Objects {
		trail := o.Result.Trail()
		if !slices.IsSorted(trail) || len(slices.Compact(slices.Clone(trail))) != len(trail) {
			t.Fatalf("%v", trail)
		}
		for n, s := range b.steps {
			index, about := int64(n), false
			switch body := s.Body.(type) {
			case *record.Notice:
				about = index == lot.Index
			case *record.Draw:
				about = body.Notice == lot.Index
			case *record.Dispatch:
				about = body.Notice == lot.Index
			case *record.TeamChange:
				about = body.Notice == lot.Index && body.Object == o.Handle
			case *record.Opened:
				about = body.Notice == lot.Index && slices.Contains(body.Handles, o.Handle)
			case *record.Result:
				about = body.Object == o.Handle && body.Notice == lot.Index
			case *record.Correction:
				about = body.Result == o.Result.Index
			case *record.FollowUp:
				about = body.Result == o.Result.Index
			case *record.Feedback:
				about = body.Result == o.Result.Index
			case *record.Objection:
				about = body.Result == o.Result.Index
			case *record.Review:
				about = b.state.ObjectionAt(body.Objection).Of == o.Result
			case *record.Archive:
				about = body.Result == o.Result.Index || body.Notice == lot.Index
			case *record.Purge:
				about = b.state.ArchiveAt(body.Archive).Of == o.Result
			case *record.Takedown:
				about = body.Entry == o.Result.Index
			}
			if slices.Contains(trail, index) != about {
				t.Errorf("object %d: entry %d (%s): in the trail %v, about it %v", i, index, b.names[n], !about, about)
			}
		}
	}
	if complaint := b.state.Results[len(b.state.Results)-1]; complaint.Lot != nil || !slices.Equal(complaint.Trail(), []int64{complaint.Index}) {
		t.Errorf("a result of no draw: %v", complaint.Trail())
	}
}

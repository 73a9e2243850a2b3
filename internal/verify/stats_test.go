package verify

import (
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/rules"
)

// What is said of a class: nothing without a floor, nothing short while the year
// runs, never less than none.
func TestClassWords(t *testing.T) {
	for _, c := range []struct {
		today, op string
		public    int
		want      string
	}{
		{"2023-12-31", "min", 1, "年内还有 1 户"}, {"2024-01-01", "min", 1, "比应抽的少 1 户"}, {"2024-01-01", "min", 2, "已达到应抽的户数"},
		{"2023-12-31", "min", 3, "已达到应抽的户数"}, {"2024-01-01", "none", 0, ""},
	} {
		st := &rules.Stats{Year: 2023, Today: c.today}
		cl := &rules.ClassStat{Op: c.op, Known: true, Base: 21, Floor: 2, Published: c.public}
		if got := ClassReached(st, cl); got != c.want {
			t.Errorf("%s %s %d: %s, want %s", c.today, c.op, c.public, got, c.want)
		}
	}
	if got := ClassReached(&rules.Stats{Year: 2023, Today: "2024-01-01"}, &rules.ClassStat{Op: "min"}); got != "" || ClassBase(&rules.ClassStat{Op: "min"}) != "户数未填" {
		t.Errorf("a class that nobody counted: %s", got)
	}
	if got := ClassBase(&rules.ClassStat{Op: "min", Known: true, Base: 21, BaseEntry: 2, Floor: 2, Now: 41, NowEntry: 9, NowFloor: 3}); !strings.HasSuffix(got, "最近一版 41 户（第9条记录），按此为 3 户") {
		t.Error(got)
	}
}

func TestShareAndBacklogWords(t *testing.T) {
	if got := ShareWords(&rules.ShareStat{Version: 1, Items: 3}); !strings.HasSuffix(got, "总数未填") || strings.Contains(got, "%") {
		t.Error(got)
	}
	if got := ShareWords(&rules.ShareStat{Version: 1, Items: 3, All: 7, Floor: 4, Source: "目录"}); !strings.Contains(got, "占 42.9%，应不少于 4 项") {
		t.Error(got)
	}
	for _, c := range []struct {
		b    rules.Backlog
		want string
	}{
		{rules.Backlog{Draw: "2023-001", Open: 2, Unsent: 1, Due: "2023-09-28", Sure: true, Late: 3}, "2023-001　未派发 1 户　未公示 2 户，期限 2023-09-28，已晚 3 个工作日"},
		{rules.Backlog{Draw: "2023-001", Open: 2, Due: "2023-09-28", Sure: true, Follow: 4}, "2023-001　未公示 2 户，期限 2023-09-28；后续处置未办结 4 件"},
		{rules.Backlog{Draw: "2023-001", Open: 2, Due: "2027-09-28"}, "2023-001　未公示 2 户，期限暂定 2027-09-28"},
		{rules.Backlog{Draw: "2023-001", Follow: 1}, "2023-001　后续处置未办结 1 件"},
	} {
		if got := BacklogWords(&c.b); got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
}

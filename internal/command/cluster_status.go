package command

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/portal"
)

func (c *Command) newClusterStatus() *cobra.Command {
	var f clusterFlags
	cmd := &cobra.Command{
		Use:   "status",
		Short: "核验各单位已经发布的网站，列成一张表",
		Long: `把每个单位已经发布的网站重新核验一遍，并核对确是该单位自己的账本，列出：单位、记录条数、快照时间、见证、逾期、核验结果。不写任何文件。
退出码：0 都相符；1 有单位不相符；3 没有不相符，但有单位读不到。` + exitCodes,
		Example: "  sunlot cluster status\n  sunlot cluster status --file 全省.toml --json",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, args []string) error { return c.clusterStatus(&f) },
	}
	f.flags(cmd)
	return cmd
}

func (c *Command) clusterStatus(f *clusterFlags) error {
	t, err := c.newTour(f)
	if err != nil {
		return err
	}
	t.run(func(int) bool { return false })
	if c.flags.json {
		if err := t.statusJSON(); err != nil {
			return err
		}
		return t.end()
	}
	table := [][]string{{"单位", "记录", "快照时间", "见证", "逾期", "核验"}}
	for i := range t.done {
		table = append(table, t.statusLine(i))
	}
	for _, line := range aligned(table) {
		c.printf("%s\n", line)
	}
	for i := range t.done {
		s := &t.done[i]
		for _, say := range append(said(s.err), said(s.waits)...) {
			c.printf("%s：%s\n", t.called(i), strings.ReplaceAll(say, "\n", "\n　　"))
		}
		if s.err == nil && s.waits == nil && s.behind {
			c.printf("%s：账本里有新记录还没有发布，运行 sunlot cluster publish %s\n", t.called(i), t.list.Offices[i].ID)
		}
	}
	return t.end()
}

// statusLine is an office in the table; nothing of an unverified one.
func (t *tour) statusLine(i int) []string {
	s := &t.done[i]
	f, ok := s.row.Facts()
	if !ok {
		return []string{t.called(i), "–", "–", "–", "–", s.row.State()}
	}
	seen := "未设"
	if f.Of > 0 {
		seen = num(f.Signed) + "/" + num(f.Of) + "（须 " + num(f.Needed) + "）"
	}
	return []string{t.called(i), num(int(f.Size)), f.When(), seen, num(f.Overdue), s.row.State()}
}

func (t *tour) statusJSON() error {
	type line struct {
		stopJSON
		Behind  bool          `json:"behind"`
		Waiting string        `json:"waiting,omitempty"` // why newer records are not public yet
		Facts   *portal.Facts `json:"facts,omitempty"`
	}
	lines := make([]line, len(t.done))
	for i, s := range t.stopsJSON() {
		lines[i] = line{stopJSON: s, Behind: t.done[i].behind, Waiting: fault.Code(t.done[i].waits)}
		if f, ok := t.done[i].row.Facts(); ok {
			lines[i].Facts = &f
		}
	}
	unsound, unreached := t.failures()
	return t.c.printJSON(map[string]any{"offices": lines, "unsound": unsound, "unreached": unreached, "interrupted": t.c.ctx.Err() != nil})
}

// aligned makes lines of equal columns; a Chinese character is two wide.
func aligned(table [][]string) []string {
	var widths []int
	for _, row := range table {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], columns(cell))
		}
	}
	lines := make([]string, len(table))
	for k, row := range table {
		var b strings.Builder
		for i, cell := range row {
			b.WriteString(cell)
			if i < len(row)-1 {
				b.WriteString(strings.Repeat(" ", widths[i]-columns(cell)+2))
			}
		}
		lines[k] = b.String()
	}
	return lines
}

func columns(s string) int {
	n := 0
	for _, r := range s {
		n++
		if r > 0x2E80 {
			n++
		}
	}
	return n
}

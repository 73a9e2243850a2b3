package command

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/verify"
	"github.com/sunlot/sunlot/site"
)

type statistics struct {
	year int
	unit string
	csv  bool
}

func (c *Command) newStats() *cobra.Command {
	var in statistics
	cmd := &cobra.Command{
		Use:   "stats",
		Short: "统计一年：计划项、比例、单位，按期和晚于期限；也作单位的进展报告",
		Long: `统计一年的抽查：每个计划项到了哪一步，各类企业达到的比例，每个任务执行单位抽中、检查、公示、
按期和晚于期限的户次。全部由账本算出，别人用 sunlot-verify stats 算出的是同样的数。只列事实，不打分、不排名。` + exitCodes,
		Example: "  sunlot stats --year 2023\n  sunlot stats --year 2023 --unit 综合行政执法大队\n  sunlot stats --year 2023 --csv > 2023统计.csv",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, args []string) error { return c.stats(in) },
	}
	cmd.Flags().IntVar(&in.year, "year", c.Now().Year(), "年度，缺省为今年")
	cmd.Flags().StringVar(&in.unit, "unit", "", "只列这个单位，作进展报告")
	cmd.Flags().BoolVar(&in.csv, "csv", false, "输出 CSV（可用 Excel 打开）")
	return cmd
}

func (c *Command) stats(in statistics) error {
	o, b, err := c.verified()
	if err != nil {
		return err
	}
	st := b.State.Stats(int64(in.year), o.Today())
	if in.unit != "" {
		if names := unitNames(st); !slices.Contains(names, in.unit) {
			return usage("command.no-unit", "--unit", in.unit, strings.Join(names, "、"))
		}
	}
	switch {
	case c.flags.json && in.csv:
		return usage("command.two-forms", "--csv", "--json", "")
	case c.flags.json:
		err = c.printJSON(statsJSON(st, b.State, in.unit))
	case in.csv:
		_, err = c.Stdout.Write(site.StatsCSV(st, in.unit))
	default:
		c.printf("%s\n%s", o.Config.Name, verify.StatsText(b.State, st, in.unit))
	}
	if err == nil && b.Failed() {
		return c.failed(b)
	}
	return err
}

func unitNames(st *rules.Stats) []string {
	var names []string
	for _, u := range st.Units {
		if u.Name != "" {
			names = append(names, u.Name)
		}
	}
	return names
}

// statsJSON is the whole, or with a unit what is of that unit.
func statsJSON(st *rules.Stats, s *rules.State, unit string) any {
	if unit == "" {
		return st
	}
	of := map[string]any{"year": st.Year, "today": st.Today, "since": st.Since}
	for _, u := range st.Units {
		if u.Name == unit {
			of["unit"] = u
		}
	}
	lines, open := []rules.LineStat{}, []rules.Backlog{}
	for _, l := range st.Lines {
		if l.Unit == unit {
			lines = append(lines, l)
		}
	}
	for _, b := range s.Backlogs(st.Today) {
		if b.Unit == unit {
			open = append(open, b)
		}
	}
	of["lines"], of["open"] = lines, open
	return of
}

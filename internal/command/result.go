package command

import (
	"strconv"

	"github.com/spf13/cobra"

	"github.com/sunlot/sunlot/internal/intake"
	"github.com/sunlot/sunlot/internal/office"
	"github.com/sunlot/sunlot/internal/rules"
)

func (c *Command) newResult() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "result 结果表…",
		Short: "读入填好的任务清单，公示抽查结果",
		Long: `读入派发时生成、检查后填好的 Excel 表。一张表是一批，要么全部写入，要么一条不写。
写入后企业名称随结果公开。没有抽中的企业、不认识的结果代码、签字不全、日期早于抽取的，拒绝。` + exitCodes,
		Example: "  sunlot result outbox/2023-001-高青县应急管理局-任务清单.xlsx",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, name := range args {
				if err := c.results(name); err != nil {
					return err
				}
			}
			return nil
		},
	}
	return c.writing(cmd)
}

func (c *Command) results(name string) error {
	o, err := c.open()
	if err != nil {
		return err
	}
	t, err := c.table(o, name, string(intake.KindResults), "", 0)
	if err != nil {
		return err
	}
	rows, rep := t.Results()
	if err := c.reading(t, name, rep); err != nil {
		return err
	}
	d, problems, err := o.Results(rows)
	return c.finish(o, t, name, d, problems, err, "将公示抽查结果：%d 家\n", len(rows))
}

// finish refuses a sheet with problems, or shows and commits its draft.
func (c *Command) finish(o *office.Office, t *intake.Table, name string, d *office.Draft, problems []intake.Problem, err error, what string, n int) error {
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		return c.refuse(t, name, problems)
	}
	c.note(what, n)
	return c.commit(o, d)
}

func (c *Command) newCorrect() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "correct 更正表",
		Short:   "更正已公示的结果：新旧并列，写明理由和负责人签字",
		Example: "  sunlot form 更正\n  sunlot correct 更正.xlsx",
		Args:    cobra.ExactArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return c.correct(args[0]) },
	}
	return c.writing(cmd)
}

func (c *Command) correct(name string) error {
	o, err := c.open()
	if err != nil {
		return err
	}
	t, err := c.table(o, name, string(intake.KindCorrections), "", 0)
	if err != nil {
		return err
	}
	rows, rep := t.Corrections()
	if err := c.reading(t, name, rep); err != nil {
		return err
	}
	d, problems, err := o.Corrections(rows)
	return c.finish(o, t, name, d, problems, err, "将更正结果：%d 条，旧结果仍然可见\n", len(rows))
}

// tasks reads a task sheet.
func (c *Command) tasks(o *office.Office, name string) ([]rules.Task, error) {
	t, err := c.table(o, name, string(intake.KindTask), "", 0)
	if err != nil {
		return nil, err
	}
	rows, rep := t.Tasks()
	if err := c.reading(t, name, rep); err != nil {
		return nil, err
	}
	var list []rules.Task
	for i := range rows {
		r := &rows[i]
		var given uint64
		if len(r.Rounds) == 1 {
			given, _ = strconv.ParseUint(r.Rounds[0], 10, 64)
		}
		round, err := c.round(r.DrawAt, given)
		if err != nil {
			return nil, err
		}
		task, problems, err := o.Task(r, round)
		if err != nil {
			return nil, err
		}
		if len(problems) > 0 {
			return nil, c.refuse(t, name, problems)
		}
		list = append(list, task)
	}
	return list, nil
}

func (c *Command) newFollowUp() *cobra.Command {
	var in office.Following
	cmd := &cobra.Command{
		Use:     "follow-up 结果记录号",
		Short:   "登记后续处置：整改、立案、移交，直到办结",
		Example: "  sunlot follow-up 23 --kind 责令限期整改 --date 2023-10-20 --closed",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			n, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil {
				return usage("office.no-such-result", args[0], "", "")
			}
			in.Result = n
			return c.draft(func(o *office.Office) (*office.Draft, error) { return o.FollowUp(in) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&in.Kind, "kind", "", "处置方式，用规则包列出的说法")
	f.StringVar(&in.Number, "number", "", "文书号")
	f.StringVar(&in.Date, "date", "", "日期，缺省为今天")
	f.BoolVar(&in.Closed, "closed", false, "已办结")
	f.StringVar(&in.Remark, "remark", "", "补充说明（不公开）")
	_ = cmd.MarkFlagRequired("kind")
	return c.writing(cmd)
}

package command

import (
	"github.com/spf13/cobra"

	"github.com/sunlot/sunlot/internal/intake"
)

func (c *Command) newFeedback() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "feedback 反馈表",
		Short: "登记逐户反馈：哪天、怎样把检查结果告知企业",
		Long: `读入反馈表，每行一户，用签号、统一社会信用代码或结果记录号指明结果。
结果表的“反馈日期”填过的不用再登记；同样的反馈登记过的，跳过。接收人只留在本单位，不公开。` + exitCodes,
		Example: "  sunlot form 反馈\n  sunlot feedback 反馈.xlsx",
		Args:    cobra.ExactArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return c.feedback(args[0]) },
	}
	return c.writing(cmd)
}

func (c *Command) feedback(name string) error {
	o, err := c.open()
	if err != nil {
		return err
	}
	t, err := c.table(o, name, string(intake.KindFeedback), "", 0)
	if err != nil {
		return err
	}
	rows, rep := t.Feedback()
	firms := map[intake.Place]string{}
	for i := range rows {
		firms[rows[i].Line] = rows[i].Name
	}
	if err := c.shown(t, name, rep); err != nil {
		return err
	}
	d, problems, err := o.Feedback(rows)
	if err := c.refuseRows(t, name, rep, problems, firms, err); err != nil {
		return err
	}
	if n := len(d.Passed); n > 0 {
		c.note("%d 户已登记过，跳过：%s\n", n, some(d.Passed, shownNames))
	}
	c.told(d)
	if len(d.Entries) == 0 {
		c.note("表里没有新的反馈，没有写入。\n")
		if c.flags.json {
			return c.printJSON(map[string]any{"count": 0, "passed": len(d.Passed)})
		}
		return nil
	}
	c.note("将登记逐户反馈：%d 户\n", len(d.Entries))
	return c.commit(o, d)
}

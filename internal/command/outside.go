package command

import (
	"github.com/spf13/cobra"

	"github.com/sunlot/sunlot/internal/intake"
	"github.com/sunlot/sunlot/internal/office"
)

// deciding adds the flags of what stands behind a task or a waiver.
func deciding(cmd *cobra.Command, d *office.Deciding, ground string) {
	f := cmd.Flags()
	f.StringVar(&d.Ground, "ground", "", ground)
	f.StringVar(&d.Title, "document", "", "依据文件的标题")
	f.StringVar(&d.Number, "number", "", "依据文件的文号")
	f.StringVar(&d.Issuer, "issuer", "", "印发单位")
	f.StringVar(&d.Approved, "approved-by", "", "批准的人（不公开）")
	f.StringVar(&d.Date, "date", "", "决定的日期，缺省为今天")
	for _, name := range []string{"ground", "document", "issuer", "approved-by"} {
		_ = cmd.MarkFlagRequired(name)
	}
}

func (c *Command) newWaiver() *cobra.Command {
	var in office.Waiving
	cmd := &cobra.Command{
		Use:   "waiver",
		Short: "登记不受频次比例限制的依据，先于抽取预告",
		Long: `登记一次抽取不受频次限制（另行部署）或者抽不满应抽数（应抽数不足）的依据。
依据先入账，之后的抽取预告自动引用；一份依据只用于一次抽取，网站列明文件和户数。` + exitCodes,
		Example: `  sunlot waiver --plan G02 --kind 另行部署 --ground 上级指令 --document 关于开展专项检查的通知 \
    --number 演示〔2023〕1号 --issuer 演示省应急管理厅 --approved-by 王某某
  sunlot waiver --plan G01 --kind 应抽数不足 --ground 达到频次上限的企业不再抽取 --document 情况说明 --issuer 本单位 --approved-by 王某某`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.draft(func(o *office.Office) (*office.Draft, error) { return o.Waive(in) })
		},
	}
	cmd.Flags().StringVar(&in.Line, "plan", "", "计划项或者临时任务的编号")
	cmd.Flags().Int64Var(&in.Year, "year", int64(c.Now().Year()), "年度")
	cmd.Flags().StringVar(&in.Kind, "kind", "", "另行部署 或 应抽数不足")
	deciding(cmd, &in.Deciding, "理由，用规则包列出的说法")
	for _, name := range []string{"plan", "kind"} {
		_ = cmd.MarkFlagRequired(name)
	}
	return c.writing(cmd)
}

func (c *Command) newTask() *cobra.Command {
	var in office.Deciding
	var year int
	cmd := &cobra.Command{
		Use:   "task 计划表",
		Short: "登记计划外的临时抽查任务（规则包允许的）",
		Long: `登记年度计划以外的临时抽查任务。表用年度计划的空白表（sunlot form 计划），一行一项，编号不与计划重复；
登记以后同计划项一样发抽取预告，适用同样的规则。规则包没有临时任务的，先修订计划。` + exitCodes,
		Example: `  sunlot task 临时任务.xlsx --ground 专项整治 --document 关于开展专项检查的通知 --number 演示〔2023〕1号 \
    --issuer 演示省应急管理厅 --approved-by 王某某`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error { return c.task(args[0], year, in) },
	}
	cmd.Flags().IntVar(&year, "year", 0, "年度，缺省为今年")
	deciding(cmd, &in, "为什么等不到年度计划")
	return c.writing(cmd)
}

func (c *Command) task(name string, year int, in office.Deciding) error {
	o, err := c.open()
	if err != nil {
		return err
	}
	t, err := c.table(o, name, "计划", "", year)
	if err != nil {
		return err
	}
	rows, rep := t.PlanLines()
	if err := c.reading(t, name, rep); err != nil {
		return err
	}
	var d *office.Draft
	var problems []intake.Problem
	if d, problems, err = o.Tasks(rows, int64(year), in); err != nil {
		return err
	}
	if len(problems) > 0 {
		return c.refuse(t, name, problems)
	}
	c.note("将写入临时抽查任务：%d 项，全文公开。\n", len(rows))
	return c.commit(o, d)
}

func (c *Command) newExtend() *cobra.Command {
	var in office.Extending
	cmd := &cobra.Command{
		Use:   "extend 抽取编号",
		Short: "延期：任务结束日之前登记新的结束日",
		Long: `把一次抽取的任务结束日推后，写明事由。须在原结束日当天或之前登记，次数由规则包限定，不跨年；
结果公示和启封的期限随之顺延，前后日期都在网站公开。` + exitCodes,
		Example: "  sunlot draw extend 2023-001 --to 2023-10-31 --ground 企业停产检修 --approved-by 王某某",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			in.Draw = args[0]
			return c.draft(func(o *office.Office) (*office.Draft, error) { return o.Extend(in) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&in.To, "to", "", "新的任务结束日")
	f.StringVar(&in.Ground, "ground", "", "延期的事由")
	f.StringVar(&in.Approved, "approved-by", "", "批准的人（不公开）")
	f.StringVar(&in.Date, "date", "", "决定的日期，缺省为今天")
	for _, name := range []string{"to", "ground", "approved-by"} {
		_ = cmd.MarkFlagRequired(name)
	}
	return c.writing(cmd)
}

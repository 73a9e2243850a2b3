package command

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/sunlot/sunlot/internal/office"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

func (c *Command) newAbort() *cobra.Command {
	var ground string
	var in runFlags
	cmd := &cobra.Command{
		Use:   "abort 抽取编号",
		Short: "终止一次抽取，写明理由；已抽中的仍然列出",
		Long: `终止一次抽取。号码产生前十分钟以上终止的，什么也没有抽；其后终止还没有抽取的，先用预告指定的那一期号码
摇号，再终止，两条记录一起写入：抽中的照样列出，注明已抽中、未执行。号码的取法同 sunlot draw run，彩票用 --line 写开奖号码；
现场掷数的，先用 sunlot draw run 写入结果，再终止。` + exitCodes,
		Example: "  sunlot draw abort 2023-001 --ground 检查对象名录库有误，重新公告\n  sunlot draw abort 2023-001 --ground 上级通知暂缓 --beacon 随机数.json\n  sunlot draw abort 2023-004 --ground 上级通知暂缓 --line '02 05 09 11 14 18 23 27 30 33 38 41 46 50 52 59 63 68 74 80'",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if ground == "" {
				return usage("command.need-flag", "draw abort", "", "--ground")
			}
			return c.abort(cmd.Context(), args[0], ground, in)
		},
	}
	cmd.Flags().StringVar(&ground, "ground", "", "终止的理由")
	cmd.Flags().StringVar(&in.file, "beacon", "", "号码已经产生、还没有抽取的：公开随机数的文件，- 为标准输入")
	cmd.Flags().StringVar(&in.signature, "signature", "", "同上：手工输入该期的 signature（96 个字符）")
	cmd.Flags().StringVar(&in.line, "line", "", "同上：彩票的开奖号码；几期彩票用分号隔开")
	cmd.Flags().StringArrayVar(&in.scans, "scan", nil, "同上：报纸或开奖公告的扫描件，可多次；只写入校验码，文件留在本单位")
	return c.writing(cmd)
}

func (c *Command) abort(ctx context.Context, id, ground string, in runFlags) error {
	o, err := c.open()
	if err != nil {
		return err
	}
	cast, err := o.Awaits(id)
	if err != nil {
		return err
	}
	var value *office.Value
	if cast {
		s, err := o.State()
		if err != nil {
			return err
		}
		a := awaitedBy(s.Lot(id).Body)
		a.step = "draw abort " + id + " --ground " + ground
		if a.r.Kind == "ceremony" { // its record is signed first by those who were present
			return usage("command.cast-first", id, "", rules.Numbers(a.r))
		}
		c.note("%s 的号码已经产生，还没有抽取：先摇号、再终止，抽中的照样列出。\n", id)
		v, ready, err := c.value(ctx, o, a, in)
		if err != nil || !ready {
			return err
		}
		value = &v
	}
	d, err := o.Abort(id, ground, value)
	if err != nil {
		return err
	}
	if b, ok := d.Entries[0].Body.(*record.Draw); ok {
		s, err := o.State()
		if err != nil {
			return err
		}
		c.showDraw(s.LotAt(b.Notice).Body, b)
	}
	if err := c.say(o, d); err != nil {
		return err
	}
	c.told(d)
	return c.commit(o, d)
}

package command

import (
	"os"

	"github.com/spf13/cobra"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/office"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

func (c *Command) newOpenKI() *cobra.Command {
	var auditor bool
	var out string
	cmd := &cobra.Command{
		Use:   "open-ki 抽取编号",
		Short: "公开人员启封钥匙，或导出给审计单位",
		Long: `人员启封钥匙能把执法证号对到人员签筒和回避名单上。开账声明或规则包把执法证号列为公开的，才能向所有人公开；
不公开的，用 --for-auditor 导出一个文件当面交给审计单位：它不是公开，不写账本。
审计单位拿到后运行：sunlot-verify 网站 --ki 文件 --people 人员名单.csv。` + exitCodes,
		Example: "  sunlot draw open-ki 2023-001\n  sunlot draw open-ki 2023-001 --for-auditor -o 2023-001-审计.json",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			switch {
			case auditor && out == "":
				return usage("command.need-flag", "draw open-ki", "", "-o")
			case auditor:
				return c.forAuditor(args[0], out)
			case out != "":
				return usage("command.need-flag", "draw open-ki", "", "--for-auditor")
			}
			return c.draft(func(o *office.Office) (*office.Draft, error) { return o.OpenKI(args[0]) })
		},
	}
	cmd.Flags().BoolVar(&auditor, "for-auditor", false, "导出给审计单位，不公开，不写账本")
	cmd.Flags().StringVarP(&out, "output", "o", "", "导出到这个文件（已有的文件不覆盖）")
	return c.writing(cmd)
}

// forAuditor writes the auditor's file, for its owner alone.
func (c *Command) forAuditor(id, out string) error {
	c.flags.writes = false
	o, err := c.open()
	if err != nil {
		return err
	}
	data, auditor, err := o.ForAuditor(id)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(c.abs(out), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if os.IsExist(err) {
		return usage("command.output-exists", out, "", "")
	}
	if err == nil {
		_, err = f.Write(data)
		if cerr := f.Close(); err == nil {
			err = cerr
		}
	}
	if err != nil {
		return fault.Wrap("command.unwritable", out, err).Of(fault.Unreachable)
	}
	if c.flags.json {
		return c.printJSON(map[string]any{"file": out, "auditor": auditor})
	}
	if auditor == "" {
		auditor = "审计单位（抽取预告没有写明）"
	}
	c.note("已导出 %s，账本没有变动。\n拿到这个文件和人员名单的人能算出每家企业由谁检查、谁回避了哪些企业：请当面交给%s，本机不再需要时删除。\n", out, auditor)
	return nil
}

func (c *Command) newLost() *cobra.Command {
	var in office.Losing
	cmd := &cobra.Command{
		Use:   "lost 抽取编号",
		Short: "登记启封钥匙遗失：写明后果，不解除任何义务",
		Long: `启封钥匙加密保存在 private/draws，由有口令的人员和恢复单打开，备份里也有。文件和备份都没有了，才用这个命令登记。
登记以后这次抽取的签筒永远打不开，到期不公开照样核验不通过，抽中的仍算抽中。
以后又找到的，仍用 sunlot draw open 公开。组队预告的编号（如 2023-001-T1）登记的是那次组队的人员启封钥匙。` + exitCodes,
		Example: "  sunlot draw lost 2023-001 --ground 硬盘损坏且没有备份 --approved-by 王某某",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if in.Ground == "" || in.Approved == "" {
				return usage("command.need-flag", "draw lost", "", "--ground --approved-by")
			}
			in.Draw = args[0]
			return c.draft(func(o *office.Office) (*office.Draft, error) { return o.LostKey(in) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&in.Keys, "keys", "全部", "K（启封钥匙）、KI（人员启封钥匙）或 全部")
	f.StringVar(&in.Ground, "ground", "", "怎样遗失的（公开，不写个人姓名）")
	f.StringVar(&in.Approved, "approved-by", "", "批准登记的负责人（不公开）")
	f.StringVar(&in.Date, "date", "", "发现遗失的日期，缺省为今天")
	return c.writing(cmd)
}

func (c *Command) sayOpened(draw string, b *record.Opened) {
	if b.K {
		c.note("将公开 %s 的启封钥匙：从此任何人可以拿名单核对签筒，公开后不能收回\n", draw)
	}
	if b.KI {
		c.note("将公开 %s 的人员启封钥匙和检查人员的执法证号：从此任何人可以核对谁在人员签筒里、谁回避了哪些企业，公开后不能收回\n", draw)
	}
}

// sayLost says what a loss means before anybody writes it.
func (c *Command) sayLost(s *rules.State, b *record.Lost) {
	l := s.LotAt(b.Notice)
	if l == nil {
		c.note("将登记组队的人员启封钥匙遗失：这次组队不能再摇号，人员签筒和回避名单永远核对不到个人。\n")
		return
	}
	if b.K {
		c.note("将登记 %s 的启封钥匙遗失。后果：\n", l.Body.Draw)
		c.note("  · 从此谁也打不开这次抽取的签筒：有没有漏掉、重复、塞进不存在的企业，永远无法核对。\n")
		c.note("  · 还没有公开名称的签号不能再公开，检查结果不能再对到签号上，没有办完的只能终止后重新抽取。\n")
		c.note("  · %s 以后这次抽取核验不通过，一直写在网站首页和核验报告里。\n", l.Due.K)
	}
	if b.KI {
		c.note("将登记 %s 的人员启封钥匙遗失。后果：人员签筒和没有公开的回避名单永远核对不到个人，审计单位也不能。\n", l.Body.Draw)
	}
	c.note("  · 登记遗失不解除任何义务：抽中的仍算抽中，期限照旧，记录不能撤回。以后找到的，仍须公开。\n")
}

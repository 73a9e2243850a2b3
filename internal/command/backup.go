package command

import (
	"github.com/spf13/cobra"

	"github.com/sunlot/sunlot/internal/office"
)

func (c *Command) newBackup() *cobra.Command {
	return &cobra.Command{
		Use:   "backup 文件",
		Short: "加密备份：钥匙、名录、抽取密钥、第二存放处、账本",
		Long: `把本单位文件夹中不能丢的部分（private/、第二存放处、ledger/、office.toml、content/）打成一个加密文件，
用各保管人的口令或恢复单都能打开。请存到另一台机器或光盘。` + exitCodes,
		Example: "  sunlot backup /media/usb/2023-09-01.sunlot",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			o, err := c.open()
			if err != nil {
				return err
			}
			n, err := o.Backup(c.abs(args[0]))
			if err != nil {
				return err
			}
			if c.flags.json {
				return c.printJSON(map[string]any{"file": args[0], "bytes": n})
			}
			c.note("已备份到 %s（%d 字节，已加密）\n下一步：把它存到另一处，并在另一台电脑上试着 sunlot restore 一次\n", args[0], n)
			return nil
		},
	}
}

func (c *Command) newRestore() *cobra.Command {
	return &cobra.Command{
		Use:   "restore 文件 文件夹",
		Short: "从加密备份恢复到一个新文件夹",
		Long: `恢复到一个还不存在的文件夹。备份之后又写过账本的，恢复出来的是旧账本：
第二存放处会发现并拒绝继续写，请先从网站取回新的账本。` + exitCodes,
		Example: "  sunlot restore /media/usb/2023-09-01.sunlot yanshi",
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := office.Restore(c.abs(args[0]), c.abs(args[1]), c.secrets()); err != nil {
				return err
			}
			c.note("已恢复到 %s\n下一步：sunlot -C %s check\n", args[1], args[1])
			return nil
		},
	}
}

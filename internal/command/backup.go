package command

import (
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/sunlot/sunlot/internal/office"
	"github.com/sunlot/sunlot/internal/words"
)

func (c *Command) newBackup() *cobra.Command {
	return &cobra.Command{
		Use:   "backup 文件",
		Short: "加密备份：签名钥匙、名录、启封钥匙、留底、账本",
		Long: `把本单位文件夹中不能丢的部分（private/、留底、ledger/、office.toml、content/）打成一个加密文件，
用各保管人的口令或恢复单都能打开。已有的文件不会被覆盖，每次请用新的文件名。请存到另一台机器或光盘。` + exitCodes,
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
		Long: `恢复到一个还不存在的或空的文件夹。备份之后账本可能又写过，在旧账本上接着写会使账本分叉，
所以恢复出来的账本先不能写：请把总校验码与网站上公布的或打印存档的核对，一致的用 sunlot adopt 认定；
网站上条数更多的，先用网站的 ledger 文件夹覆盖恢复出来的 ledger 文件夹，再核对、认定。
留底原来放在别的盘上、本机还在的，继续用它；否则恢复在新文件夹里面。` + exitCodes,
		Example: "  sunlot restore /media/usb/2023-09-01.sunlot yanshi",
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.restore(args[0], args[1])
		},
	}
}

func (c *Command) restore(file, dir string) error {
	if err := office.Restore(c.abs(file), c.abs(dir), c.secrets()); err != nil {
		return err
	}
	o, err := office.Open(c.abs(dir))
	if err != nil {
		return err
	}
	guard := o.Config.Guard
	if !filepath.IsAbs(guard) {
		guard = filepath.Join(dir, guard)
	}
	c.note("已恢复到 %s，留底在 %s\n", dir, guard)
	c.note("%s\n下一步：sunlot -C %s status，看总校验码\n", words.Error(o.Restored()), dir)
	if c.flags.json {
		return c.printJSON(map[string]any{"office": dir, "restored": true})
	}
	return nil
}

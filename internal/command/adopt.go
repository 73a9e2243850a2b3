package command

import (
	"encoding/hex"

	"github.com/spf13/cobra"
)

func (c *Command) newAdopt() *cobra.Command {
	var root string
	cmd := &cobra.Command{
		Use:   "adopt",
		Short: "核对总校验码后重新认定账本：从备份恢复、留底丢失、别处写过或时钟错过之后",
		Long: `从备份恢复的账本，以及留底丢失或对不上的账本，程序拒绝再写。先把账本现在的总校验码（sunlot status）
与网站上公布的或打印存档的核对一致，再用本命令重新认定。网站上的条数更多时，不要认定：先用网站的
ledger 文件夹覆盖本单位的 ledger 文件夹，再核对、认定。账本比留底短的（退回旧版）、与留底矛盾的，本命令照样拒绝。` + exitCodes,
		Example: "  sunlot status\n  sunlot adopt --root 核对过的总校验码",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, args []string) error { return c.adopt(root) },
	}
	cmd.Flags().StringVar(&root, "root", "", "核对过的总校验码（64 个字符）")
	_ = cmd.MarkFlagRequired("root")
	return cmd
}

// adopt asks for the root that a person has compared, so that nobody adopts
// what he has not looked at.
func (c *Command) adopt(root string) error {
	o, err := c.open()
	if err != nil {
		return err
	}
	b, err := o.Bundle()
	if err != nil {
		return err
	}
	if is := hex.EncodeToString(b.Checkpoint.Root[:]); root != is {
		return usage("command.other-root", "--root", root, is)
	}
	if err := o.Adopt(); err != nil {
		return err
	}
	c.note("已重新认定：%d 条记录，总校验码 %s\n", b.Checkpoint.Size, root)
	return c.next(o)
}

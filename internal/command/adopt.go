package command

import (
	"encoding/hex"

	"github.com/spf13/cobra"
)

func (c *Command) newAdopt() *cobra.Command {
	var root string
	cmd := &cobra.Command{
		Use:   "adopt",
		Short: "重新认定留底：第二存放处丢失、别处写过或时钟错过之后",
		Long: `第二存放处的留底丢失或对不上时，程序拒绝再写账本。先把账本现在的总校验码与最近一次打印、
公布或备份的核对一致，再用本命令重新认定。账本比留底短的（退回旧版）、与留底矛盾的，本命令照样拒绝。` + exitCodes,
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
	o, b, err := c.verified()
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

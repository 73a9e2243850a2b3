package command

import (
	"github.com/spf13/cobra"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/words"
	"github.com/sunlot/sunlot/ledger/witness"
)

func (c *Command) newWitnessLogs() *cobra.Command {
	var store string
	cmd := &cobra.Command{
		Use:     "logs",
		Short:   "看存档：替哪些账本签过，签到了哪里",
		Long:    `列出签过的账本、最近一次签的条数、总校验码和时间。不需要口令。` + exitCodes,
		Example: "  sunlot witness logs",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, args []string) error { return c.witnessLogs(store) },
	}
	cmd.Flags().StringVar(&store, "store", "witness-store", "存档文件夹")
	return cmd
}

func (c *Command) witnessLogs(dir string) error {
	key, err := witness.StoreKey(c.abs(dir))
	if err != nil {
		return err
	}
	store, err := witness.OpenStore(c.abs(dir), key, false, c.Hook)
	if err != nil {
		return err
	}
	defer store.Close()
	seen, err := store.Seen()
	if err != nil {
		return err
	}
	if c.flags.json {
		list := []map[string]any{}
		for _, s := range seen {
			list = append(list, map[string]any{"origin": s.Head.Origin, "size": s.Head.Size, "root": s.Head.Root.String(), "at": record.Time(int64(s.At)), "path": s.Path, "misbehaviour": s.Lie})
		}
		return c.printJSON(map[string]any{"key": key.String(), "logs": list})
	}
	c.printf("见证公钥：%s\n", key)
	if len(seen) == 0 {
		c.printf("还没有签过。\n")
	}
	for _, s := range seen {
		c.printf("%s　%d 条，总校验码 %s，%s 签\n", s.Head.Origin, s.Head.Size, s.Head.Root, words.Clock(record.Time(int64(s.At))))
		if s.Lie != "" {
			c.printf("　　这个账本签过两套互相矛盾的内容，证明在 %s/%s，请保存并交给其他见证单位和上级；核对：sunlot-verify misbehaviour 文件\n", dir, s.Lie)
		}
	}
	return nil
}

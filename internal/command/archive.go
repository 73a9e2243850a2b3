package command

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/intake"
	"github.com/sunlot/sunlot/internal/office"
	"github.com/sunlot/sunlot/site"
)

func (c *Command) newArchive() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "archive 归档表…",
		Short: "登记归档、销毁，列出保管期满的材料",
		Long: `读入归档表，一份材料一行；同一户相连的行合成一条归档记录。公开的只有份数、日期、校验码和保管期限，
文书号和存放位置不公开。材料本身由本单位保管，本程序不保存。
保管期限空着的用规则包的年数；规则包没有年数，或者年数与它不同的，要写明依据。短于规则包的，拒绝。` + exitCodes,
		Example: "  sunlot form 归档\n  sunlot archive 归档.xlsx\n  sunlot archive list --due\n  sunlot archive purge 40 41 --ground 保管期满 --approved 钱某",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, name := range args {
				if err := c.redressSheet(name, string(intake.KindArchive)); err != nil {
					return err
				}
			}
			return nil
		},
	}
	cmd.AddCommand(c.newPurge(), c.newKept(), c.newTrail())
	return c.writing(cmd)
}

func (c *Command) newPurge() *cobra.Command {
	var in office.Purging
	cmd := &cobra.Command{
		Use:   "purge 归档记录号…",
		Short: "登记保管期满的材料已经销毁",
		Long: `保管期没有满的（保管到的那一天也不行），所对应的结果还有没有复核的异议、没有办结的后续处置的，拒绝。
账本里的记录不会删除；文书号和存放位置留在 private/ 下，作为销毁清册。` + exitCodes,
		Example: "  sunlot archive purge 40 41 --ground 保管期满 --approved 钱某",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, a := range args {
				n, err := index(a)
				if err != nil {
					return err
				}
				in.Archives = append(in.Archives, n)
			}
			return c.draft(func(o *office.Office) (*office.Draft, error) { return o.Purge(in) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&in.Ground, "ground", "", "销毁的理由，会公开")
	f.StringVar(&in.Approved, "approved", "", "批准人（不公开）")
	f.StringVar(&in.Date, "date", "", "销毁日期，缺省为今天")
	for _, name := range []string{"ground", "approved"} {
		_ = cmd.MarkFlagRequired(name)
	}
	return c.writing(cmd)
}

func (c *Command) newKept() *cobra.Command {
	var due bool
	cmd := &cobra.Command{
		Use:     "list",
		Short:   "列出归档的材料和保管到哪一天",
		Example: "  sunlot archive list --due",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			o, _, err := c.verified()
			if err != nil {
				return err
			}
			list, err := o.Kept(due)
			if err != nil {
				return err
			}
			if c.flags.json {
				return c.printJSON(map[string]any{"archives": list})
			}
			for _, k := range list {
				keep := "永久保管"
				if k.RetainUntil != "" {
					keep = "保管到 " + k.RetainUntil
				}
				if k.Purged != "" {
					keep = "已于 " + k.Purged + " 销毁"
				}
				c.printf("第 %d 条记录　%s　%s\n", k.Entry, k.Name, strings.Join(filled(num(k.Documents)+" 份", k.Date+" 归档", keep, k.Place), "，"))
			}
			if len(list) == 0 {
				c.printf("没有可列的材料。\n")
			}
			return nil
		},
	}
	cmd.Flags().BoolVar(&due, "due", false, "只列今天可以销毁的")
	return cmd
}

// trailed is one record about an inspection, for machines.
type trailed struct {
	Entry int64  `json:"entry"`
	Type  string `json:"type"`
	Date  string `json:"date"`
}

func (c *Command) newTrail() *cobra.Command {
	return &cobra.Command{
		Use:   "trail 结果记录号",
		Short: "列出账本里关于一次检查的全部记录：从抽取预告到归档",
		Long: `从抽取预告、抽取、派发到结果、更正、后续处置、反馈、异议、归档，按先后列出。
需要说明已经履行抽查检查职责时，按这张清单取各条记录和证明。` + exitCodes,
		Example: "  sunlot archive trail 23 --json",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			n, err := index(args[0])
			if err != nil {
				return err
			}
			return c.trail(n)
		},
	}
}

func (c *Command) trail(n int64) error {
	_, b, err := c.verified()
	if err != nil {
		return err
	}
	f := b.State.ResultAt(n)
	if f == nil {
		return fault.New("office.no-such-result", fmt.Sprint(n), "第 "+fmt.Sprint(n)+" 条", "")
	}
	var list []trailed
	for _, i := range f.Trail() {
		e, err := b.Entry(i)
		if err != nil {
			return err
		}
		list = append(list, trailed{i, e.Record.Type, e.Record.Env.At[:len("2006-01-02")]})
	}
	if c.flags.json {
		return c.printJSON(map[string]any{"result": n, "entries": list})
	}
	for _, t := range list {
		c.printf("%s　第 %d 条记录　%s\n", t.Date, t.Entry, site.TypeName(t.Type))
	}
	return nil
}

package command

import (
	"github.com/spf13/cobra"

	"github.com/sunlot/sunlot/internal/rules"
)

func (c *Command) newAdoptPack() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "adopt 规则包",
		Short: "启用另一个规则包：写一条新的开账声明，以后的任务按新规则包",
		Long: `启用另一个规则包（制度修订、废止后的新制度，或规则包的新版本）：写一条新的开账声明，其余不变。
规则包写有施行日期（effective_from）的，从那一天起用，之前仍用原来的。已经发布抽取预告的任务始终按预告时的规则包办理。` + exitCodes,
		Example: "  sunlot rules lint 新规则.toml\n  sunlot rules adopt 新规则.toml",
		Args:    cobra.ExactArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return c.adoptPack(args[0]) },
	}
	return c.writing(cmd)
}

func (c *Command) adoptPack(name string) error {
	o, err := c.open()
	if err != nil {
		return err
	}
	s, err := o.State()
	if err != nil {
		return err
	}
	was := s.Pack
	d, p, err := o.AdoptPack(c.packName(name))
	if err != nil {
		return err
	}
	c.note("将启用规则包：%s（%s）\n", p.Title, p.ID)
	c.packChanges(was.Changes(p))
	if p.EffectiveFrom > o.Today() {
		c.note("  施行日期 %s，在此之前仍用原来的规则包。\n", p.EffectiveFrom)
	}
	return c.commit(o, d)
}

// packChanges says what the new pack has otherwise, one line each.
func (c *Command) packChanges(list []rules.PackChange) {
	c.note("  与现行规则包相比，%d 处不同：\n", len(list))
	for _, d := range list {
		what := "参数 "
		if d.Clause {
			what = "条文 "
		}
		switch {
		case d.Old == "":
			c.note("  新增　%s%s：%s\n", what, d.What, d.New)
		case d.New == "":
			c.note("  删去　%s%s：原为 %s\n", what, d.What, d.Old)
		default:
			c.note("  改动　%s%s：%s → %s\n", what, d.What, d.Old, d.New)
		}
	}
}

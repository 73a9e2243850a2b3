package command

import (
	"github.com/spf13/cobra"

	"github.com/sunlot/sunlot/internal/office"
)

func (c *Command) newTakedown() *cobra.Command {
	var in office.TakingDown
	cmd := &cobra.Command{
		Use:   "takedown 结果记录号…",
		Short: "公示期满或者依法撤下企业名称和代码",
		Long: `写入一条撤下的记录，同时从公开账本的启封凭据里去掉企业名称和代码；检查结果、日期和是否逾期仍在账本里。
公示期满的写 --years 公示几年，期满的次日起才能撤下；有决定要求撤下的写 --by-law。两种都写明依据。
撤下以后只看账本不能再核对这一条是哪家企业；启封钥匙公开以后，知道企业代码的人仍能认出它的签号；以前下载过的人手里仍有副本，公开过的钥匙收不回。
本单位 private/ 下的底账不动。` + exitCodes,
		Example: "  sunlot takedown 23 24 --years 5 --ground 公示期限规定 --approved 钱某\n  sunlot takedown 23 --by-law --ground 〔2024〕某号决定 --approved 钱某",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if in.ByLaw == (in.Years > 0) {
				return usage("command.need-flag", "sunlot takedown", "", "--years 或者 --by-law（只写一个）")
			}
			for _, a := range args {
				n, err := index(a)
				if err != nil {
					return err
				}
				in.Results = append(in.Results, n)
			}
			return c.draft(func(o *office.Office) (*office.Draft, error) { return o.TakeDown(in) })
		},
	}
	f := cmd.Flags()
	f.Int64Var(&in.Years, "years", 0, "公示几年，从公示之日起算")
	f.BoolVar(&in.ByLaw, "by-law", false, "依决定撤下，不看公示期")
	f.StringSliceVar(&in.Fields, "field", nil, "只撤下其中一项：name 名称、code 代码（缺省两项都撤）")
	f.StringVar(&in.Ground, "ground", "", "公示期限的规定，或者撤下的决定，会公开")
	f.StringVar(&in.Approved, "approved", "", "批准人（不公开）")
	f.StringVar(&in.Date, "date", "", "撤下日期，缺省为今天")
	for _, name := range []string{"ground", "approved"} {
		_ = cmd.MarkFlagRequired(name)
	}
	return c.writing(cmd)
}

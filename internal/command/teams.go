package command

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/sunlot/sunlot/internal/office"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// teamFlags shape the teams of a draw, or name the draw whose teams come later.
type teamFlags struct {
	of       string
	from, to string
	groups   int
	later    bool
	experts  int
	byLot    bool
}

func (t *teamFlags) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&t.of, "teams-for", "", "为这次抽取已派发而还没有检查组的企业发布组队预告")
	f.IntVar(&t.groups, "group-teams", 0, "先编好几个组再分企业；缺省每家各抽一组")
	f.BoolVar(&t.later, "teams-later", false, "只抽企业，检查人员以后另发组队预告")
	f.BoolVar(&t.byLot, "replace-by-lot", false, "检查人员不能参加的，用换人抽签更换；缺省为另行指派")
	f.IntVar(&t.experts, "experts", 0, "每家摇号选几名专家，不计入检查组人数")
	f.StringVar(&t.from, "visits-from", "", "组队：上门检查自哪天起，缺省为摇号当天")
	f.StringVar(&t.to, "visits-to", "", "组队：上门检查到哪天止，缺省为任务结束日")
}

func (t *teamFlags) apply(task *rules.Task) {
	if t.groups > 0 {
		task.Groups = t.groups
	}
	task.Later, task.ByLot = task.Later || t.later, task.ByLot || t.byLot
	if t.experts > 0 {
		task.Experts = make([]string, t.experts)
	}
}

// announceTeams writes a teams notice (组队预告).
func (c *Command) announceTeams(files []string, line string, random *randomFlags, t teamFlags) error {
	if len(files) > 0 || line != "" || t.later || t.experts > 0 {
		return usage("command.teams-for", "--teams-for", t.of, "")
	}
	o, err := c.open()
	if err != nil {
		return err
	}
	task := rules.Task{Groups: t.groups, From: t.from, To: t.to}
	if err := c.random(o, random, &task); err != nil {
		return err
	}
	d, b, err := o.AnnounceTeams(t.of, task)
	if err != nil {
		return err
	}
	c.note("组队预告 %s：%d 家已派发、还没有检查组\n", b.ID, b.Count)
	c.showPeople(o, hatView{b.Slots, b.GroupTeams, b.People, b.Inspectors, b.PeopleWhy, b.Declared, b.MostForOne})
	c.showRandom(&b.Randomness)
	c.note("  上门检查 %s 至 %s\n", b.From, b.To)
	if err := c.commit(o, d); err != nil {
		return err
	}
	if c.flags.dry {
		return nil
	}
	return c.whatNext(o, awaitedTeams(b))
}

func awaitedTeams(b *record.TeamsNotice) awaited {
	return awaited{id: b.ID, r: &b.Randomness}
}

// runTeams casts the teams of a teams notice.
func (c *Command) runTeams(ctx context.Context, o *office.Office, t *rules.Later, in runFlags) error {
	a := awaitedTeams(t.Body)
	v, ready, err := c.value(ctx, o, a, in)
	if err != nil || !ready {
		return err
	}
	d, body, err := o.RunTeams(a.id, v, in.leaders)
	if err != nil {
		return err
	}
	c.note("组队 %s：%d 家已有检查组，每名人员（组）最多承担 %d 家，摇号种子 %s\n", a.id, body.Teams.Lines, body.Cap, body.Seed)
	if n := body.Unstaffed.Lines; n > 0 {
		c.note("注意：%d 家排不出符合条件的检查组，须直接委派。\n", n)
	}
	return c.commit(o, d)
}

func (c *Command) newExpert() *cobra.Command {
	var in office.Naming
	cmd := &cobra.Command{
		Use:   "expert 抽取编号",
		Short: "直接委派专家参与检查",
		Long: `为一家抽中的企业从专家库中直接委派一名专家，或者接替摇号选出的专家。不在专家库里、已停用或者不在聘期内的，
已经是这一家的专家的，命令会拒绝。专家不计入检查组人数；姓名不公开，公开的是理由和日期。摇号选专家的，发布抽取预告时用 --experts。规则包没有规定专家的，命令会拒绝。` + exitCodes,
		Example: "  sunlot expert 2023-001 --object 签号 --person 赵某某 --ground 涉及粉尘防爆 --approved-by 王某某",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			in.Draw = args[0]
			return c.draft(func(o *office.Office) (*office.Draft, error) { return o.Expert(in) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&in.Object, "object", "", "签号或统一社会信用代码")
	f.StringVar(&in.Person, "person", "", "专家的编号或姓名（不公开）")
	f.StringVar(&in.Leave, "leave", "", "接替哪一名摇号选出的专家：编号或姓名")
	f.StringSliceVar(&in.Specialities, "speciality", nil, "业务专长，用规则包列出的说法，可多次")
	f.StringVar(&in.Ground, "ground", "", "委派的理由")
	f.StringVar(&in.Date, "date", "", "委派日期，缺省为今天")
	f.StringVar(&in.ApprovedBy, "approved-by", "", "批准的人（不公开）")
	for _, name := range []string{"object", "person", "ground", "approved-by"} {
		_ = cmd.MarkFlagRequired(name)
	}
	return c.writing(cmd)
}

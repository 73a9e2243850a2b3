package command

import (
	"os"

	"github.com/spf13/cobra"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/office"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/words"
)

func (c *Command) newShow() *cobra.Command {
	return &cobra.Command{
		Use:     "show 抽取编号",
		Short:   "查看一次抽取的全部经过（含名单，只在本单位看）",
		Example: "  sunlot draw show 2023-001\n  sunlot draw show 2023-001 --json",
		Args:    cobra.ExactArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return c.show(args[0]) },
	}
}

func (c *Command) show(id string) error {
	o, err := c.open()
	if err != nil {
		return err
	}
	d, err := o.Drawing(id)
	if err != nil {
		return err
	}
	view := drawView(d)
	if c.flags.json {
		return c.printJSON(view)
	}
	c.showNotice(o, d.Lot.Body)
	if d.Lot.Abort != nil {
		c.printf("已终止：%s\n", d.Lot.Abort.Body.Ground)
	}
	switch {
	case !d.Lot.Drawn():
		c.printf("尚未抽取。\n")
		return nil
	case d.Lot.Draw != nil:
		c.printf("摇号种子 %s\n", d.Lot.Draw.Body.Seed)
	default:
		c.printf("平台任务 %s，%s 抽取\n", d.Lot.Platform.Body.Number, words.Clock(d.Lot.When()))
	}
	c.printf("抽中 %d 家：\n", len(view.Objects))
	for i, v := range view.Objects {
		c.printf("%4d　%s　%s　%s\n      签号 %s　检查组 %s　%s\n", i+1, v.Name, v.Code, cellName(d.Lot.Body, v.Cell), v.Handle, teamWords(v), v.State)
	}
	for _, a := range view.Asked {
		c.printf("换人抽签申请（第 %d 条记录）：%s\n", a.Entry, askedStates[a.State])
		for _, line := range a.Places {
			c.printf("      %s\n", line)
		}
	}
	return nil
}

type objectView struct {
	Handle  string   `json:"handle"`
	Cell    string   `json:"cell"`
	Ticket  string   `json:"ticket"`
	Code    string   `json:"code"`
	Name    string   `json:"name"`
	Team    []string `json:"team"`
	IDs     []string `json:"certificates"`
	Experts []string `json:"experts,omitempty"`
	Leader  string   `json:"leader,omitempty"`
	State   string   `json:"state"`
	lead    string   // certificate number of the leader: names may be twice in a team
}

type lotView struct {
	Draw    string       `json:"draw"`
	Seed    string       `json:"seed,omitempty"`
	Objects []objectView `json:"objects"`
	Asked   []askedView  `json:"requests,omitempty"`
}

func drawView(d *office.Drawing) lotView {
	v := lotView{Draw: d.Lot.Body.Draw, Objects: []objectView{}}
	if !d.Lot.Drawn() {
		return v
	}
	if d.Lot.Draw != nil {
		v.Seed = d.Lot.Draw.Body.Seed
	}
	for _, obj := range d.Lot.Objects {
		o := objectView{Handle: obj.Handle, Cell: obj.Cell, Ticket: obj.Ticket, Team: d.Team(obj), State: objectState(obj)}
		if f := d.Firms[obj.Handle]; f != nil {
			o.Code, o.Name = f.ID, f.Name
		}
		for _, h := range obj.Members() {
			if p := d.People[h]; p != nil {
				o.IDs = append(o.IDs, p.ID)
			}
		}
		for _, h := range obj.Experts {
			if p := d.Experts[h]; p != nil {
				o.Experts = append(o.Experts, p.Name)
			}
		}
		if p := d.People[obj.Leader]; p != nil {
			o.Leader, o.lead = p.Name, p.ID
		}
		v.Objects = append(v.Objects, o)
	}
	for _, r := range d.Lot.Requests {
		v.Asked = append(v.Asked, asked(d, r))
	}
	return v
}

func objectState(o *rules.Object) string {
	switch {
	case o.Result != nil:
		return "已公示结果"
	case o.Dispatch != 0:
		return "已派发"
	case o.Unstaffed:
		return "待直接委派"
	}
	return "待派发"
}

func teamWords(v objectView) string {
	s := ""
	for i, name := range v.Team {
		if i > 0 {
			s += "、"
		}
		s += name + "（执法证号 " + v.IDs[i]
		if v.IDs[i] == v.lead {
			s += "，组长"
		}
		s += "）"
	}
	return s
}

func (c *Command) newOpen() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "open 抽取编号",
		Short:   "公开启封钥匙：从此任何人可以拿名单核对签筒",
		Long:    "公开一次抽取的启封钥匙。期限是最后一个结果应公示之日；到期不公开，核验不通过。" + exitCodes,
		Example: "  sunlot draw open 2023-001",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.draft(func(o *office.Office) (*office.Draft, error) { return o.OpenK(args[0]) })
		},
	}
	return c.writing(cmd)
}

// draft opens the office, makes one step, says what it will write and commits it.
func (c *Command) draft(step func(*office.Office) (*office.Draft, error)) error {
	o, err := c.open()
	if err != nil {
		return err
	}
	d, err := step(o)
	if err != nil {
		return err
	}
	if err := c.say(o, d); err != nil {
		return err
	}
	c.told(d)
	return c.commit(o, d)
}

func (c *Command) newDispatch() *cobra.Command {
	var in office.Sending
	var again bool
	var scheme string
	cmd := &cobra.Command{
		Use:   "dispatch 抽取编号",
		Short: "派发：给每个执行单位一张任务清单（也是结果表），发布抽查任务公告",
		Long: `确认名单并派发。每个执行单位得到一张 Excel 清单（outbox/），检查后在同一张表里填结果交回；
同时在账本写入派发记录，网站据此发布抽查任务公告。
清单丢了，或检查人员换过，用 --again 重新生成：只列还没有公示结果的企业和现在的检查组，不写账本。` + exitCodes,
		Example: "  sunlot dispatch 2023-001 --confirmed-by 王某某\n  sunlot dispatch 2023-001 --again",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			in.Draw = args[0]
			if again {
				return c.listsAgain(in.Draw)
			}
			if scheme != "" {
				data, err := os.ReadFile(c.abs(scheme))
				if err != nil {
					return fault.Wrap("command.unreadable", scheme, err).Of(fault.Unreachable)
				}
				in.SchemeSum = rules.Hash(data)
			}
			return c.draft(func(o *office.Office) (*office.Draft, error) { return o.Dispatch(in) })
		},
	}
	cmd.Flags().StringVar(&in.Confirmed, "confirmed-by", "", "确认名单的人（不公开）")
	cmd.Flags().StringVar(&in.Platform, "platform-no", "", "监管平台上的任务编号")
	cmd.Flags().StringArrayVar(&in.Leaders, "leader", nil, "指定组长的执法证号，可给多次；不给时为组内第一人")
	cmd.Flags().StringVar(&in.Scheme, "scheme", "", "执行单位的具体抽查工作方案：名称和日期（公开）")
	cmd.Flags().StringVar(&scheme, "scheme-file", "", "方案的文件；只写入它的校验码，文件留在本单位")
	cmd.Flags().BoolVar(&again, "again", false, "只重新生成任务清单，不写账本")
	return c.writing(cmd)
}

// listsAgain writes the lists of a draw anew.
func (c *Command) listsAgain(id string) error {
	o, err := c.open()
	if err != nil {
		return err
	}
	files, err := o.Again(id, !c.flags.dry)
	if err != nil {
		return err
	}
	done := "已生成"
	if c.flags.dry {
		done = "将生成（--dry-run，未写）"
	}
	for _, f := range files {
		c.note("%s %s\n", done, f)
	}
	c.note("账本没有变动。\n")
	if c.flags.json {
		return c.printJSON(map[string]any{"files": files})
	}
	return nil
}

func (c *Command) newFilePlan() *cobra.Command {
	var in office.Filed
	cmd := &cobra.Command{
		Use:     "file-plan",
		Short:   "登记年度计划已备案，或清单已上报",
		Example: "  sunlot file-plan --year 2023 --date 2023-06-20 --receipt 备案回执1号\n  sunlot file-plan --list --to 上级机关 --date 2023-06-20",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.draft(func(o *office.Office) (*office.Draft, error) { return o.Filing(in) })
		},
	}
	cmd.Flags().Int64Var(&in.Year, "year", int64(c.Now().Year()), "计划年度")
	cmd.Flags().StringVar(&in.To, "to", "", "备案机关，缺省按规则包")
	cmd.Flags().StringVar(&in.Date, "date", "", "备案日期，缺省为今天")
	cmd.Flags().StringVar(&in.Receipt, "receipt", "", "回执")
	cmd.Flags().BoolVar(&in.List, "list", false, "登记的是现行随机抽查事项清单的上报，不是计划的备案")
	cmd.Flags().BoolVar(&in.Again, "again", false, "这一版已经登记过备案，仍再登记一次")
	return c.writing(cmd)
}

package command

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/intake"
	"github.com/sunlot/sunlot/internal/office"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

func (c *Command) newJoint() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "joint",
		Short: "部门联合抽查：约定、向协同部门派发、协同人员、参与别的部门牵头的抽查",
		Long: `本单位牵头的联合抽查：
  1. 年度计划里写明联合部门（sunlot record 计划.xlsx；联合名单用 sunlot record 联合名单.xlsx）
  2. sunlot joint agree      各协同部门确认名录库、事项和日期，在抽取预告之前
  3. sunlot draw announce    公告、抽取、派发同平常一样
  4. sunlot joint dispatch   把整份名单派发给各协同部门
  5. sunlot joint team       登记协同部门派出的人员（姓名不公开）
参与别的部门牵头的联合抽查：
  1. sunlot joint import     读入牵头部门的名单
  2. sunlot joint team       登记本单位派出的人员
  3. sunlot result           填好任务清单，公示结果` + exitCodes,
		Example: "  sunlot joint                 查看今年的联合抽查办到哪一步\n  sunlot joint agree 联合抽查约定.xlsx",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, args []string) error { return c.jointStatus() },
	}
	cmd.AddCommand(c.newJointAgree(), c.newJointDispatch(), c.newJointTeam(), c.newJointImport())
	return cmd
}

func (c *Command) newJointAgree() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "agree 联合抽查约定表",
		Short: "登记各协同部门对联合抽查的确认",
		Long: `读入联合抽查约定表：一行一个协同部门，写明计划编号、约定的事项、日期和对方确认人（不公开）。
约定的是最新一版名录库和事项清单；名录库改版以后要重新约定。抽取预告公开之后不能补登。` + exitCodes,
		Example: "  sunlot form 联合抽查约定\n  sunlot joint agree 联合抽查约定.xlsx",
		Args:    cobra.ExactArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return c.agree(args[0]) },
	}
	return c.writing(cmd)
}

func (c *Command) agree(name string) error {
	o, t, err := c.jointTable(name, intake.KindAgreement)
	if err != nil {
		return err
	}
	rows, rep := t.Agreements()
	said := map[intake.Place]string{}
	for i := range rows {
		said[rows[i].Line] = rows[i].Partner
	}
	return c.jointSheet(o, t, name, rep, said, func() (*office.Draft, []intake.Problem, error) { return o.Agreements(rows) })
}

func (c *Command) newJointTeam() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "team 协同人员表",
		Short: "登记协同部门派出的人员，或本单位参与联合抽查的人员",
		Long: `读入协同人员表：一行一人。公开的只有部门、人数和选派方式，姓名和证号不公开。
本单位牵头的写抽取编号和协同部门；参与的写联合任务编号（如 2023-J01）和本单位的执行单位，人员应在人员库里。
协同人员不能任组长：组长只能是本单位摇中的检查人员。` + exitCodes,
		Example: "  sunlot form 协同人员\n  sunlot joint team 协同人员.xlsx",
		Args:    cobra.ExactArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return c.partnerTeam(args[0]) },
	}
	return c.writing(cmd)
}

func (c *Command) partnerTeam(name string) error {
	o, t, err := c.jointTable(name, intake.KindPartnerTeam)
	if err != nil {
		return err
	}
	rows, rep := t.PartnerPeople()
	said := map[intake.Place]string{}
	for i := range rows {
		said[rows[i].Line] = rows[i].Name
	}
	return c.jointSheet(o, t, name, rep, said, func() (*office.Draft, []intake.Problem, error) { return o.PartnerTeams(rows) })
}

func (c *Command) newJointImport() *cobra.Command {
	var in office.Joining
	var from leadLedger
	cmd := &cobra.Command{
		Use:   "import 名单",
		Short: "读入牵头部门的名单，参与联合抽查",
		Long: `读入牵头部门发来的名单（单位名称、统一社会信用代码、所属镇街）。名单本身不公开，公开的是户数、签号和名单文件的校验码；
企业名称随结果公开。名单是对方抽取的，本账本不证明其随机；抽中的企业计入本单位的频次。
计划里有这一项的写 --plan，牵头部门、事项、日期缺省照计划。对方也用本程序记账的，可用 --lead-origin 等写明对方账本。` + exitCodes,
		Example: `  sunlot joint import 牵头方名单.xlsx --plan Y2304 --number 市监抽查〔2023〕8号 --drawn 2023-10-09`,
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if in.Ledger, err = from.draw(); err != nil {
				return err
			}
			return c.join(args[0], in)
		},
	}
	f := cmd.Flags()
	f.StringVar(&in.Line, "plan", "", "计划编号；不在计划里的不写")
	f.StringVar(&in.Lead, "lead", "", "牵头部门，缺省照计划")
	f.StringVar(&in.Name, "name", "", "任务名称，缺省照计划")
	f.StringVar(&in.Number, "number", "", "牵头部门的任务编号，缺省照名单")
	f.StringVar(&in.Drawn, "drawn", "", "牵头部门抽取的日期，缺省照名单")
	f.StringVar(&in.Received, "received", "", "收到名单的日期，缺省为今天")
	f.StringArrayVar(&in.Items, "item", nil, "本单位检查的事项，可给多次；缺省照计划")
	f.StringVar(&in.From, "from", "", "约定的开始日期，缺省照计划")
	f.StringVar(&in.To, "to", "", "约定的结束日期，缺省照计划")
	f.StringVar(&in.Unit, "unit", "", "本单位的执行单位，缺省照计划")
	f.StringVar(&in.Confirmed, "confirmed-by", "", "与谁商定（不公开）")
	f.StringVar(&in.Document, "document", "", "函或会议纪要，会公开")
	f.StringVar(&from.origin, "lead-origin", "", "牵头部门账本的名称（域名/路径）")
	f.StringVar(&from.id, "lead-draw", "", "牵头部门账本里的抽取编号")
	f.Int64Var(&from.size, "lead-size", 0, "所见牵头部门账本快照的条数")
	f.StringVar(&from.root, "lead-root", "", "所见牵头部门账本快照的总校验码")
	return c.writing(cmd)
}

// leadLedger is what the flags say of the lead's own ledger.
type leadLedger struct {
	origin, id, root string
	size             int64
}

func (l leadLedger) draw() (*record.LeadDraw, error) {
	if l == (leadLedger{}) {
		return nil, nil
	}
	if l.origin == "" || l.id == "" || l.root == "" || l.size == 0 {
		return nil, usage("command.need-flag", "joint import", "", "--lead-origin --lead-draw --lead-size --lead-root")
	}
	return &record.LeadDraw{Origin: l.origin, Draw: l.id, Size: l.size, Root: l.root}, nil
}

func (c *Command) join(name string, in office.Joining) error {
	o, t, err := c.jointTable(name, intake.KindLeadList)
	if err != nil {
		return err
	}
	rows, rep := t.LeadList()
	said := map[intake.Place]string{}
	for i := range rows {
		said[rows[i].Line] = rows[i].Name
	}
	data, err := os.ReadFile(c.abs(name))
	if err != nil {
		return fault.Wrap("command.unreadable", name, err).Of(fault.Unreachable)
	}
	return c.jointSheet(o, t, name, rep, said, func() (*office.Draft, []intake.Problem, error) {
		if len(rows) == 0 {
			return nil, nil, nil
		}
		return o.Join(in, rows, data)
	})
}

func (c *Command) newJointDispatch() *cobra.Command {
	var in office.PartnerSending
	cmd := &cobra.Command{
		Use:   "dispatch 抽取编号",
		Short: "把抽中的整份名单派发给各协同部门",
		Long: `每个协同部门得到一份完整的名单（outbox/，对方可以用 sunlot joint import 读入），账本写入派发记录。
不写 --partner 时派发给还没有名单的所有部门。本单位自己的任务清单用 sunlot dispatch。` + exitCodes,
		Example: "  sunlot joint dispatch 2023-003 --received-by 孙某",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			in.Draw = args[0]
			return c.draft(func(o *office.Office) (*office.Draft, error) { return o.PartnerDispatch(in) })
		},
	}
	f := cmd.Flags()
	f.StringArrayVar(&in.Partners, "partner", nil, "协同部门，可给多次；缺省为还没有名单的所有部门")
	f.StringVar(&in.Received, "received-by", "", "接收名单的人（不公开）")
	f.StringVar(&in.Number, "number", "", "发函的文号，会公开")
	return c.writing(cmd)
}

// jointView is one joint check as `joint` prints it.
type jointView struct {
	Task     string   `json:"task"` // draw, joined task, or plan line
	Name     string   `json:"name"`
	Role     string   `json:"role"` // led, joined
	Partners []string `json:"partners"`
	Lacks    []string `json:"lacks"`
}

func (c *Command) jointStatus() error {
	o, _, err := c.verified()
	if err != nil {
		return err
	}
	s, err := o.State()
	if err != nil {
		return err
	}
	year := int64(c.Now().In(record.Beijing).Year())
	list := jointViews(s, year)
	ledByUs, joined := s.JointCount(year)
	if c.flags.json {
		return c.printJSON(map[string]any{"year": year, "led": ledByUs, "joined": joined, "checks": list})
	}
	c.printf("%d 年部门联合抽查：牵头 %d 次，参与 %d 次\n", year, ledByUs, joined)
	for _, v := range list {
		c.printf("  %s　%s（%s：%s）", v.Task, v.Name, rules.JointWord(v.Role), strings.Join(v.Partners, "、"))
		if len(v.Lacks) > 0 {
			c.printf("　还缺：%s", strings.Join(v.Lacks, "、"))
		}
		c.printf("\n")
	}
	return nil
}

// jointViews lists the year's joint lines and tasks with what each still lacks.
func jointViews(s *rules.State, year int64) []jointView {
	list := []jointView{}
	begun := map[string]bool{}
	for _, l := range s.Lots {
		if l.Led == nil || l.Failed || l.Abort != nil || !strings.HasPrefix(l.Body.Draw, fmt.Sprint(year)) {
			continue
		}
		begun[l.Body.Line] = true
		v := jointView{Task: l.Body.Draw, Name: l.Body.Name, Role: "led", Lacks: []string{}}
		for _, p := range l.Led.Line.Joining() {
			v.Partners = append(v.Partners, p.Name)
			if p.Kind == "department" {
				v.Lacks = append(v.Lacks, l.Led.Lacks(p.Name)...)
			}
		}
		list = append(list, v)
	}
	for _, t := range s.Joined {
		if t.Year() != year {
			continue
		}
		begun[t.Body.Line] = true
		v := jointView{Task: t.Body.Task, Name: t.Body.Name, Role: "joined", Partners: []string{t.Body.Lead}, Lacks: []string{}}
		if len(t.Teams) == 0 {
			v.Lacks = append(v.Lacks, "本单位人员")
		}
		if n := len(t.Handles) - len(t.Results); n > 0 {
			v.Lacks = append(v.Lacks, fmt.Sprintf("%d 户结果", n))
		}
		list = append(list, v)
	}
	plan := s.Plan(year)
	if plan == nil {
		return list
	}
	for i := range plan.Body.Lines {
		line := &plan.Body.Lines[i]
		if line.Joint == "" || begun[line.No] {
			continue
		}
		v := jointView{Task: line.No, Name: line.Name, Role: line.Joint, Lacks: []string{}}
		if line.Joint == "joined" {
			v.Partners, v.Lacks = []string{line.Lead}, []string{"牵头部门的名单"}
		}
		for _, p := range line.Joining() {
			if line.Joint == "led" {
				v.Partners = append(v.Partners, p.Name)
			}
			if line.Joint == "led" && p.Kind == "department" && s.Agreed(year, line, p.Name) == nil {
				v.Lacks = append(v.Lacks, p.Name+"的确认")
			}
		}
		list = append(list, v)
	}
	return list
}

func (c *Command) jointTable(name string, kind intake.Kind) (*office.Office, *intake.Table, error) {
	o, err := c.open()
	if err != nil {
		return nil, nil, err
	}
	t, err := c.table(o, name, string(kind), "", 0)
	return o, t, err
}

// jointSheet drafts and writes what a sheet of a joint check says.
func (c *Command) jointSheet(o *office.Office, t *intake.Table, name string, rep *intake.Report, said map[intake.Place]string,
	draft func() (*office.Draft, []intake.Problem, error)) error {
	if err := c.shown(t, name, rep); err != nil {
		return err
	}
	d, problems, err := draft()
	if err := c.refuseRows(t, name, rep, problems, said, err); err != nil {
		return err
	}
	if err := c.say(o, d); err != nil {
		return err
	}
	c.told(d)
	return c.commit(o, d)
}

// sayJoint says in one line what an entry of a joint check will write.
func (c *Command) sayJoint(s *rules.State, body any) {
	switch b := body.(type) {
	case *record.Agreement:
		c.note("将登记约定：计划项 %s，%s，%s 至 %s，事项 %s\n", b.Line, b.Partner, b.From, b.To, strings.Join(b.Items, "、"))
	case *record.PartnerDispatch:
		c.note("将派发给协同部门：%s，%d 家\n", b.Partner, b.Count)
	case *record.PartnerTeam:
		task := ""
		if t := s.JoinedAt(b.Joined); t != nil && b.Joined != 0 {
			task = t.Body.Task
		} else if l := s.LotAt(b.Notice); l != nil {
			task = l.Body.Draw
		}
		way := map[string]string{"own-selected": "自行选派", "drawn": "随机抽取"}[b.Way]
		c.note("将登记协同人员：%s，%s，%d 人，%s；姓名不公开\n", task, b.Partner, len(b.Names), way)
	case *record.Joined:
		c.note("将登记参与的联合抽查 %s：%s 牵头，任务编号 %s，%s 抽取，%d 家，本单位检查 %s，%s 至 %s\n", b.Task, b.Lead, b.Number, b.Drawn, b.Count, strings.Join(b.Items, "、"), b.From, b.To)
	}
}

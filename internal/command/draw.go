package command

import (
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sunlot/sunlot/internal/beacon"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/office"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/words"
)

func (c *Command) newDraw() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "draw",
		Short:   "抽取：预告、摇号、平台名单登记、查看、启封、延期、终止",
		Example: "  sunlot draw announce --plan G01\n  sunlot draw run 2023-001\n  sunlot draw show 2023-001",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, args []string) error { return cmd.Help() },
	}
	cmd.AddCommand(c.newAnnounce(), c.newRun(), c.newRecordDraw(), c.newContribute(), c.newShow(), c.newOpen(), c.newOpenKI(), c.newLost(), c.newExtend(), c.newAbort(), c.newPaper())
	return cmd
}

func (c *Command) newAnnounce() *cobra.Command {
	var line string
	var platform bool
	var auditor string
	var random randomFlags
	var teams teamFlags
	cmd := &cobra.Command{
		Use:   "announce [任务表]",
		Short: "发布抽取预告：从哪些企业、按什么比例、用哪一期号码",
		Long: `发布抽取预告。名录库、排除的条款、分区、名额、检查人员名单和将用的公开随机数期号都在
抽取前写入账本；号码公布后任何人可以重算。

号码事先没有人知道，事后人人可查，有三种：
  drand      公共随机数，缺省用下一个工作日上午 10 时的一期；本机不上网也可以用，号码用手机抄来
  kl8        当晚的快乐8，写 --issue 期号，第二天早上抄开奖号码抽取；本机不上网的缺省用它。双色球、大乐透要三期
  ceremony   现场掷骰子或摸球，至少两位外单位的人在场并签名：能证明的只是他们的说法
另可请外单位加数（--contributor）：每家抽取前各加一个自己的随机数，缺一家就不成立。` + exitCodes,
		Example: "  sunlot draw announce --plan G01\n  sunlot draw announce --plan G01 --at \"2024-07-14 05:45:00\"\n  sunlot draw announce --plan G01 --random kl8 --issue 2023225\n  sunlot draw announce --plan G01 --random ceremony --at \"2024-07-14 09:30\" --place 会议室 --dice 22 --present 张三,司法局,张三.age.pub --present 李四,档案馆,李四.age.pub\n  sunlot draw announce --plan G01 --platform --at \"2024-07-14 09:00\"\n  sunlot draw announce 任务.xlsx",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if teams.of != "" {
				return c.announceTeams(args, line, &random, teams)
			}
			return c.announce(args, line, &random, platform, auditor, teams)
		},
	}
	cmd.Flags().StringVar(&line, "plan", "", "年度计划中的计划项编号")
	random.flags(cmd)
	cmd.Flags().BoolVar(&platform, "platform", false, "由监管平台抽取：--at 写平台任务的时间，抽取后用 sunlot draw record 登记名单")
	cmd.Flags().StringVar(&auditor, "auditor", "", "写明人员启封钥匙交给哪个审计单位（公开）；缺省用 office.toml 的 auditor")
	teams.flags(cmd)
	return c.writing(cmd)
}

func (c *Command) announce(files []string, line string, random *randomFlags, platform bool, auditor string, teams teamFlags) error {
	if (len(files) == 1) == (line != "") {
		return usage("command.announce-what", "draw announce", "", "--plan")
	}
	o, err := c.open()
	if err != nil {
		return err
	}
	tasks := []rules.Task{{Line: line}}
	if platform {
		if tasks[0].Before, err = platformTime(random.at, random.round); err != nil {
			return err
		}
	}
	if len(files) == 1 {
		if tasks, err = c.tasks(o, files[0], random); err != nil {
			return err
		}
	}
	if auditor == "" {
		auditor = o.Config.Auditor
	}
	for i := range tasks {
		tasks[i].Auditor = auditor
		teams.apply(&tasks[i])
		if tasks[i].Later && tasks[i].Groups > 0 { // said and not acted on: never in silence
			return usage("command.teams-later-groups", "draw announce", fmt.Sprint(tasks[i].Groups), "")
		}
		if err := c.random(o, random, &tasks[i]); err != nil {
			return err
		}
	}
	if len(tasks) > 1 {
		if err := c.rehearse(tasks); err != nil {
			return err
		}
	}
	for _, t := range tasks {
		d, a, err := o.Announce(t)
		if err != nil {
			return err
		}
		c.showNotice(o, a.Notice)
		if err := o.Close(a.Notice.When()); fault.Code(err) == "office.round-close" {
			c.note("注意：%s\n", words.Error(err))
		} else if err != nil {
			return err
		}
		if err := c.commit(o, d); err != nil {
			return err
		}
		if !c.flags.dry && a.Notice.Randomness != nil {
			if err := c.whatNext(o, awaitedBy(a.Notice)); err != nil {
				return err
			}
		}
	}
	return nil
}

// rehearse announces the tasks of a sheet without writing: what its last line
// would be refused for must be known before its first is in the ledger.
func (c *Command) rehearse(tasks []rules.Task) error {
	o, err := c.open()
	for i := 0; i < len(tasks) && err == nil; i++ {
		_, _, err = o.Announce(tasks[i])
	}
	return err
}

// round chooses the round: the one given, that of a time, or that of the next
// working day at ten, when an office is at its desk.
func (c *Command) round(o *office.Office, at string, given uint64) (uint64, error) {
	chain, now := beacon.Quicknet(), c.Now()
	if given > 0 {
		return given, nil
	}
	when := time.Time{}
	if at != "" {
		var err error
		if when, err = parseTime(at); err != nil {
			return 0, err
		}
	} else {
		s, err := o.State()
		if err != nil {
			return 0, err
		}
		day, ok := s.Workdays().Add(record.Day(now.Unix()), 1)
		if !ok {
			day = record.Day(now.Add(24 * time.Hour).Unix())
		}
		when, _ = time.ParseInLocation("2006-01-02 15:04", day+" 10:00", record.Beijing)
	}
	r := roundFrom(chain, when.Unix())
	if r == 0 {
		return 0, usage("command.bad-time", "--at", at, record.Time(chain.Genesis))
	}
	return r, nil
}

// platformTime is the time that the platform's task states.
func platformTime(at string, round uint64) (string, error) {
	if at == "" || round > 0 {
		return "", usage("command.platform-time", "draw announce --platform", at, "--at")
	}
	when, err := parseTime(at)
	if err != nil {
		return "", err
	}
	return record.Time(when.Unix()), nil
}

func parseTime(s string) (time.Time, error) {
	for _, layout := range []string{"2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02T15:04:05", "2006-01-02T15:04"} {
		if t, err := time.ParseInLocation(layout, strings.TrimSpace(s), record.Beijing); err == nil {
			return t, nil
		}
	}
	if t, err := time.Parse(time.RFC3339, s); err == nil {
		return t, nil
	}
	if day, err := time.Parse(time.DateOnly, strings.TrimSpace(s)); err == nil {
		return time.Time{}, usage("command.no-clock", "--at", day.Format(time.DateOnly), "")
	}
	return time.Time{}, usage("command.bad-time", "--at", s, "")
}

func (c *Command) showNotice(o *office.Office, n *record.Notice) {
	s, err := o.State()
	word := "计划项"
	if err == nil {
		word = s.LineWord(n.Plan)
	}
	c.note("抽取预告 %s：%s（%s，%s %s%s）\n", n.Draw, n.Name, n.Mode, word, n.Line, batchWords(n.Batch))
	if err == nil && n.Filter != "" {
		c.note("  定向条件：%s\n", s.Pack.FilterWords(n.Filter))
	}
	for _, g := range n.Groups {
		switch g.Rule {
		case "census":
			c.note("  %s：全数检查（100%%），不是抽签\n", g.Words)
		default:
			c.note("  %s：基数 %d，应抽 %d%s\n", g.Words, g.Base, g.Total, ratioWords(g.Ratio))
		}
		for _, cell := range g.Cells {
			c.note("    %s　企业 %d　名额 %d\n", cell.Name, cell.Count, cell.Quota)
		}
	}
	for _, g := range n.Freed {
		c.note("  列入 %d 家：%s（%s）\n", g.Count, g.Words, g.Clause)
	}
	for _, g := range n.Grounds {
		c.note("  未列入 %d 家：%s（%s）\n", g.Count, g.Words, g.Clause)
	}
	c.showHat(o, n)
	if n.Randomness == nil {
		c.note("  由监管平台抽取（存证），平台任务时间 %s\n", words.Clock(n.When()))
	} else {
		c.showRandom(n.Randomness)
	}
	c.note("  检查期 %s 至 %s，派发期限 %s，结果公示期限 %s\n", n.From, n.To, n.Due.Dispatch, n.Due.Results)
	if len(n.Told) > 0 {
		c.note("注意：%d 个分区的企业太少或全部抽中，从预告就能知道是谁。\n", len(n.Told))
	}
}

// batchWords names the batch of a notice that is one.
func batchWords(n int64) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("，第 %d 批", n)
}

func ratioWords(ratio string) string {
	if ratio == "" {
		return ""
	}
	return "（比例 " + percent(ratio) + "，不足一家的进为一家）"
}

// percent writes 0.05 as 5%, in whole digits: no floating point near a quota.
func percent(ratio string) string {
	if ratio == "1" {
		return "100%"
	}
	digits := strings.TrimPrefix(ratio, "0.")
	for len(digits) < 2 {
		digits += "0"
	}
	whole := strings.TrimLeft(digits[:2], "0")
	if whole == "" {
		whole = "0"
	}
	if rest := strings.TrimRight(digits[2:], "0"); rest != "" {
		whole += "." + rest
	}
	return whole + "%"
}

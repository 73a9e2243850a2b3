package command

import (
	"context"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sunlot/sunlot/internal/beacon"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/fetch"
	"github.com/sunlot/sunlot/internal/office"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/words"
)

func (c *Command) newRun() *cobra.Command {
	var file, signature string
	var leaders []string
	var request int64
	cmd := &cobra.Command{
		Use:   "run 抽取编号",
		Short: "摇号：用预告指定的那一期公开随机数抽取",
		Long: `用预告指定的那一期公开随机数抽取企业和检查人员。组队预告的编号（如 2023-001-T1）用来摇检查人员；--request 写换人抽签申请是第几条记录，用来摇接替的人员。随机数从文件、标准输入（-）、命令行
或设置中的网址取得，取得后都要核验签名；不是那一期、签名不对的一律不用。` + exitCodes,
		Example: "  sunlot draw run 2023-001\n  sunlot draw run 2023-001 --beacon 随机数.json\n  sunlot draw run 2023-001 --signature b44679b9…\n  sunlot draw run 2023-001 --request 21 --beacon 随机数.json",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if cmd.Flags().Changed("request") {
				return c.runRequest(cmd.Context(), args[0], request, file, signature)
			}
			return c.run(cmd.Context(), args[0], file, signature, leaders)
		},
	}
	cmd.Flags().StringVar(&file, "beacon", "", "公开随机数的文件，- 为标准输入")
	cmd.Flags().StringVar(&signature, "signature", "", "手工输入该期的 signature（96 个字符）")
	cmd.Flags().Int64Var(&request, "request", 0, "换人抽签：申请是第几条记录")
	cmd.Flags().StringSliceVar(&leaders, "leader", nil, "组队：抽到哪组就任组长的人员执法证号，可多次")
	return c.writing(cmd)
}

func (c *Command) run(ctx context.Context, id, file, signature string, leaders []string) error {
	o, err := c.open()
	if err != nil {
		return err
	}
	s, err := o.State()
	if err != nil {
		return err
	}
	if t := s.Teams(id); t != nil {
		return c.runTeams(ctx, o, t, file, signature, leaders)
	}
	lot := s.Lot(id)
	if lot == nil {
		return usage("office.no-such-draw", id, "", "")
	}
	if err := office.Drawable(lot); err != nil {
		return err
	}
	if at := lot.Body.When(); c.Now().Unix() < record.Unix(at) {
		c.howToDraw(o, awaitedBy(lot.Body))
		return fault.New("office.too-early", id, record.Time(c.Now().Unix()), at)
	}
	round, err := c.beacon(ctx, o, awaitedBy(lot.Body), file, signature)
	if err != nil {
		if file == "" && signature == "" {
			c.howToDraw(o, awaitedBy(lot.Body))
		}
		return err
	}
	d, body, err := o.Run(id, office.Value{Round: round})
	if err != nil {
		return err
	}
	c.showDraw(lot.Body, body)
	return c.commit(o, d)
}

// showDraw says what was drawn in each cell.
func (c *Command) showDraw(n *record.Notice, body *record.Draw) {
	c.note("抽取 %s：抽中 %d 家，摇号种子 %s\n", n.Draw, body.Count, body.Seed)
	for _, cell := range body.Cells {
		if cell.Quota > 0 {
			c.note("  %s　%d 家中抽 %d 家，中签线 %s\n", cellName(n, cell.Cell), cell.Count, cell.Quota, cell.Cutoff)
		}
	}
	if n := body.Unstaffed.Lines; n > 0 {
		c.note("注意：%d 家排不出符合条件的检查组，须直接委派。\n", n)
	}
}

func cellName(n *record.Notice, code string) string {
	for _, g := range n.Groups {
		for _, cell := range g.Cells {
			if cell.Cell == code {
				return cell.Name
			}
		}
	}
	return code
}

// beacon gets the round's signature; whatever the source, office verifies it.
func (c *Command) beacon(ctx context.Context, o *office.Office, a awaited, file, signature string) (beacon.Round, error) {
	want := uint64(a.round)
	switch {
	case signature != "":
		return beacon.Round{Chain: a.chain, Number: want, Signature: strings.ToLower(strings.Join(strings.Fields(signature), ""))}, nil
	case file != "":
		data, err := c.readInput(file)
		if err != nil {
			return beacon.Round{}, err
		}
		rounds, err := beacon.ParseRounds(data)
		if err != nil {
			return beacon.Round{}, err
		}
		for _, r := range rounds {
			if r.Number == want {
				return r, nil
			}
		}
		return beacon.Round{}, fault.New("command.no-round", file, "", strconv.FormatUint(want, 10))
	case !o.Config.Internet || len(o.Config.Relays) == 0:
		return beacon.Round{}, usage("command.need-beacon", a.id, "", strconv.FormatUint(want, 10))
	}
	chain, err := beacon.Find(a.chain)
	if err != nil {
		return beacon.Round{}, err
	}
	check := func(data []byte) error {
		r, err := beacon.ParseRound(data)
		if err != nil {
			return err
		}
		if r.Number != want {
			return fault.New("office.other-round", a.id, strconv.FormatUint(r.Number, 10), strconv.FormatUint(want, 10))
		}
		_, err = r.Check(chain)
		return err
	}
	data, err := fetch.Beacon(ctx, o.Config.Relays, chain.Hash, want, check, fetch.Options{})
	if err != nil {
		return beacon.Round{}, err
	}
	return beacon.ParseRound(data)
}

// readInput reads a small file, or standard input for "-".
func (c *Command) readInput(name string) ([]byte, error) {
	if in, ok := c.Stdin.(*os.File); ok && name == "-" && isTerminal(in) {
		return c.typedLines()
	}
	return c.readCapped(name, beacon.MaxBytes)
}

// howToDraw tells how the number of a notice is got: by the program itself, or
// on any device with internet and carried in by file or by hand.
func (c *Command) howToDraw(o *office.Office, a awaited) {
	round := strconv.FormatInt(a.round, 10)
	c.note("%s 之后取第 %s 期公开随机数。", words.Clock(a.when), round)
	if o.Config.Internet {
		c.note("本机能上网时直接运行：sunlot %s\n本机取不到时，", a.command())
	} else {
		c.note("本机不上网，")
	}
	c.note("在能上网的电脑或手机上打开下面任一网址，把整页内容存成文件，或抄下 signature：\n")
	for _, r := range relaysOf(o) {
		c.note("  %s\n", roundURL(r, a.chain, uint64(a.round)))
	}
	c.note("然后运行：sunlot %s --beacon 文件　或　sunlot %s --signature 抄下的字符\n", a.command(), a.command())
}

// awaited is a round that a cast waits for: the notice's or a teams notice's.
type awaited struct {
	id, chain, when string
	round           int64
	step            string // the command that takes it; "" draw run
}

func (a awaited) command() string {
	if a.step != "" {
		return a.step
	}
	return "draw run " + a.id
}

func awaitedBy(n *record.Notice) awaited {
	return awaited{id: n.Draw, chain: n.Chain(), when: n.When(), round: n.Round()}
}

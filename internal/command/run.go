package command

import (
	"context"
	"os"
	"strconv"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/sunlot/sunlot/internal/beacon"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/fetch"
	"github.com/sunlot/sunlot/internal/office"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/words"
)

func (c *Command) newRun() *cobra.Command {
	var in runFlags
	var request int64
	cmd := &cobra.Command{
		Use:   "run 抽取编号",
		Short: "摇号：用预告指定的那一期号码抽取",
		Long: `用预告指定的那一期公开随机数抽取企业和检查人员。组队预告的编号（如 2023-001-T1）用来摇检查人员；--request 写换人抽签申请是第几条记录，用来摇接替的人员。随机数从文件、标准输入（-）、命令行
或设置中的网址取得，取得后都要核验签名；不是那一期、签名不对的一律不用。
预告用彩票的，--line 写开奖号码；用现场掷数的，--line 写结果，在场人的签名用 --signed，纸上签字的扫描件用 --scan。` + exitCodes,
		Example: "  sunlot draw run 2023-001\n  sunlot draw run 2023-001 --beacon 随机数.json\n  sunlot draw run 2023-001 --signature b44679b9…\n  sunlot draw run 2023-001 --request 21 --beacon 随机数.json\n  sunlot draw run 2023-004 --line '02 05 09 11 14 18 23 27 30 33 38 41 46 50 52 59 63 68 74 80'",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if cmd.Flags().Changed("request") {
				return c.runRequest(cmd.Context(), args[0], request, in.file, in.signature)
			}
			return c.run(cmd.Context(), args[0], in)
		},
	}
	cmd.Flags().StringVar(&in.file, "beacon", "", "公开随机数的文件，- 为标准输入")
	cmd.Flags().StringVar(&in.signature, "signature", "", "手工输入该期的 signature（96 个字符）")
	cmd.Flags().StringVar(&in.line, "line", "", "彩票的开奖号码，或现场掷数的结果；几期彩票用分号隔开")
	cmd.Flags().StringArrayVar(&in.signed, "signed", nil, "现场掷数：在场人签名的文件，可多次")
	cmd.Flags().StringArrayVar(&in.scans, "scan", nil, "签字单、报纸或开奖公告的扫描件，可多次；只写入校验码，文件留在本单位")
	cmd.Flags().Int64Var(&request, "request", 0, "换人抽签：申请是第几条记录")
	cmd.Flags().StringSliceVar(&in.leaders, "leader", nil, "组队：抽到哪组就任组长的人员执法证号，可多次")
	return c.writing(cmd)
}

// runFlags are the values that an officer brings to a cast.
type runFlags struct {
	file, signature, line string
	signed, scans         []string
	leaders               []string
}

func (c *Command) run(ctx context.Context, id string, in runFlags) error {
	o, err := c.open()
	if err != nil {
		return err
	}
	s, err := o.State()
	if err != nil {
		return err
	}
	if t := s.Teams(id); t != nil {
		return c.runTeams(ctx, o, t, in)
	}
	lot := s.Lot(id)
	if lot == nil {
		return usage("office.no-such-draw", id, "", "")
	}
	if err := office.Drawable(lot); err != nil {
		return err
	}
	v, ready, err := c.value(ctx, o, awaitedBy(lot.Body), in)
	if err != nil || !ready {
		return err
	}
	d, body, err := o.Run(id, v)
	if err != nil {
		return err
	}
	c.showDraw(lot.Body, body)
	return c.commit(o, d)
}

// showDraw says what was drawn in each cell.
func (c *Command) showDraw(n *record.Notice, body *record.Draw) {
	if body.Line != "" {
		c.note("号码的规范写法（请与开奖公告或现场结果核对）：%s\n", body.Line)
	}
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

// value gets what a cast takes from outside; not ready: those present have to
// sign first.
func (c *Command) value(ctx context.Context, o *office.Office, a awaited, in runFlags) (v office.Value, ready bool, err error) {
	if now := c.Now().Unix(); now < record.Unix(a.r.Last()) {
		if a.r.Kind == "drand" {
			c.howToDraw(o, a)
		} else if err := c.whatNext(o, a); err != nil {
			return v, false, err
		}
		return v, false, fault.New("office.too-early", a.id, record.Time(now), a.r.Last())
	}
	switch {
	case a.r.Kind == "drand" && in.line != "":
		return v, false, usage("command.not-by-line", a.id, "", "")
	case a.r.Kind != "drand" && in.file+in.signature != "":
		return v, false, usage("command.not-by-beacon", a.id, "", rules.Numbers(a.r))
	}
	if a.r.Kind == "drand" {
		if v.Round, err = c.beacon(ctx, o, a, in.file, in.signature); err != nil && in.file == "" && in.signature == "" {
			c.howToDraw(o, a)
		}
		return v, err == nil, err
	}
	if in.line == "" {
		return v, false, usage("command.need-line", a.id, "", rules.Numbers(a.r))
	}
	v.Line = in.line
	if v.Scans, err = c.scansOf(in.scans); err == nil {
		v.Signed, err = c.signedOf(in.signed)
	}
	if err != nil {
		return v, false, err
	}
	if a.r.Kind == "ceremony" && !a.r.Ceremony.Paper && len(in.signed) == 0 {
		line, file, err := o.CeremonyRecord(a.id, in.line)
		if err != nil {
			return v, false, err
		}
		c.note("结果的规范写法：%s\n已生成 %s\n请在场人各自核对后签名：sunlot guest sign 现场记录.txt --key 钥匙文件 --out 签名.txt\n再运行：sunlot draw run %s --line '%s' --signed 签名.txt …\n账本没有变动。\n", line, file, a.id, line)
		return v, false, nil
	}
	return v, true, nil
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
	want := uint64(a.r.Round)
	switch {
	case signature != "":
		typed, err := typedHex(signature)
		return beacon.Round{Chain: a.r.Chain, Number: want, Signature: typed}, err
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
	chain, err := beacon.Find(a.r.Chain)
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

// narrow maps the full-width forms of Chinese input methods to ASCII.
func narrow(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '！' && r <= '～' {
			r -= '！' - '!'
		}
		return r
	}, text)
}

// typedHex is a signature that a person typed: case, gaps and full-width
// forms do not matter. The first character that is no
// digit of it is named.
func typedHex(text string) (string, error) {
	var b strings.Builder
	for _, r := range narrow(text) {
		switch r = unicode.ToLower(r); {
		case unicode.IsSpace(r):
		case strings.ContainsRune("0123456789abcdef", r):
			b.WriteRune(r)
		default:
			return "", fault.New("command.typed-hex", num(b.Len()+1), string(r), "")
		}
	}
	return b.String(), nil
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
	c.note("%s 之后取第 %d 期公开随机数。", words.Clock(a.r.Time), a.r.Round)
	if o.Config.Internet {
		c.note("本机能上网时直接运行：sunlot %s\n本机取不到时，", a.command())
	} else {
		c.note("本机不上网，")
	}
	c.note("在能上网的电脑或手机上打开下面任一网址，把整页内容存成文件，或抄下 signature：\n")
	for _, r := range relaysOf(o) {
		c.note("  %s\n", roundURL(r, a.r.Chain, uint64(a.r.Round)))
	}
	c.note("然后运行：sunlot %s --beacon 文件　或　sunlot %s --signature 抄下的字符\n", a.command(), a.command())
}

// awaited is what a cast waits for: the notice's or a teams notice's.
type awaited struct {
	id   string
	r    *record.Randomness
	step string // the command that takes it; "" draw run
}

func (a awaited) command() string {
	if a.step != "" {
		return a.step
	}
	return "draw run " + a.id
}

func awaitedBy(n *record.Notice) awaited {
	return awaited{id: n.Draw, r: n.Randomness}
}

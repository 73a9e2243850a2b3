package command

import (
	"os"

	"github.com/spf13/cobra"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/office"
	"github.com/sunlot/sunlot/internal/record"
)

// maxScan bounds a scanned sheet, in bytes.
const maxScan = 64 << 20

func (c *Command) newPaper() *cobra.Command {
	var in office.PaperWitness
	var print bool
	var scan string
	cmd := &cobra.Command{
		Use:   "paper 抽取编号",
		Short: "纸面见证：打印预告请外单位的人签字，签字后登记",
		Long: `没有联网的见证单位时，把抽取预告打印出来，在号码产生至少 10 分钟之前请本单位以外的人签字、写明时间并自留一份。
先用 --print 生成可打印的一页（outbox/），签字后扫描，再登记。必须在抽取之前登记。扫描件由本单位保存，账本只写它的校验码。
这样的抽取标为“纸面见证”：高于未见证，低于见证单位的数字签名，因为它以纸面为凭。` + exitCodes,
		Example: `  sunlot draw paper 2023-001 --print
  sunlot draw paper 2023-001 --body 高青县司法局 --person 王某某 --signed "2023-08-23 15:30" --scan 扫描件.pdf`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			in.Draw = args[0]
			if print {
				return c.sheet(func(o *office.Office) (string, error) { return o.PaperSheet(in.Draw) })
			}
			return c.paper(in, scan)
		},
	}
	f := cmd.Flags()
	f.BoolVar(&print, "print", false, "生成可打印的一页")
	f.StringVar(&in.Body, "body", "", "签字人的单位，不能是本单位")
	f.StringVar(&in.Person, "person", "", "签字人（不公开）")
	f.StringVar(&in.Signed, "signed", "", "纸上写的签字日期和时间，如 \"2023-08-23 15:30\"")
	f.StringVar(&in.Checksum, "checksum", "", "从纸上读到的校验码 C，至少前 16 个字符，核对用")
	f.StringVar(&scan, "scan", "", "签字后的扫描件")
	return c.writing(cmd)
}

func (c *Command) paper(in office.PaperWitness, scan string) error {
	for _, flag := range [][2]string{{"--body", in.Body}, {"--person", in.Person}, {"--signed", in.Signed}, {"--scan", scan}} {
		if flag[1] == "" {
			return usage("command.paper-missing", "draw paper", flag[0], "--body --person --signed --scan")
		}
	}
	when, err := parseTime(in.Signed)
	if err != nil {
		return usage("command.bad-time", "--signed", in.Signed, "2023-08-23 15:30")
	}
	in.Signed = record.Time(when.Unix())
	if st, err := os.Stat(c.abs(scan)); err == nil && st.Size() > maxScan {
		return usage("command.scan-large", scan, num(int(st.Size()>>20)), num(maxScan>>20))
	}
	if in.Scan, err = os.ReadFile(c.abs(scan)); err != nil {
		return fault.Wrap("command.unreadable", scan, err).Of(fault.Unreachable)
	}
	return c.draft(func(o *office.Office) (*office.Draft, error) { return o.Paper(in) })
}

// sheet makes a page to be printed and says where it is.
func (c *Command) sheet(make func(*office.Office) (string, error)) error {
	o, err := c.open()
	if err != nil {
		return err
	}
	name, err := make(o)
	if err != nil {
		return err
	}
	if c.flags.json {
		return c.printJSON(map[string]any{"file": name})
	}
	c.note("已生成 %s，请用浏览器打开后打印。\n", name)
	return nil
}

func (c *Command) newCharter() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "charter",
		Short:   "开账声明：打印盖章件",
		Example: "  sunlot charter print",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, args []string) error { return cmd.Help() },
	}
	cmd.AddCommand(&cobra.Command{
		Use:   "print",
		Short: "生成现行开账声明的可打印一页：校验码、公钥、见证约定",
		Long: `生成现行开账声明的可打印一页（outbox/），盖章后存档、张贴。核验的人凭上面的校验码确认是本单位的账本、
见证单位没有被换过：sunlot-verify --fingerprint 校验码 网址。换了见证约定或规则包以后请重新打印、盖章。` + exitCodes,
		Example: "  sunlot charter print",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.sheet((*office.Office).CharterSheet)
		},
	})
	return cmd
}

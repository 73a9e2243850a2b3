package command

import (
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/sunlot/sunlot/internal/durable"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/keyring"
	"github.com/sunlot/sunlot/internal/office"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/words"
	"github.com/sunlot/sunlot/ledger"
)

func (c *Command) newGuest() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "guest",
		Short: "外单位的人用：为别的单位的抽取加数，或在现场记录上签名",
		Long: `这几个命令由不是抽查单位的人使用，不需要本单位文件夹：抽取前加一个自己的随机数，或者在场见证掷数后签名。
钥匙自己做、自己保管，公钥当面或用盖章的纸交给抽查单位，由它写进抽取预告。` + exitCodes,
		Example: "  sunlot guest key 我的钥匙.age --name 演示高校\n  sunlot guest add 加数请求.json --key 我的钥匙.age --out 加数.txt\n  sunlot guest sign 现场记录.txt --key 我的钥匙.age --out 签名.txt",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, args []string) error { return cmd.Help() },
	}
	cmd.AddCommand(c.newGuestKey(), c.newGuestAdd(), c.newGuestSign())
	return cmd
}

func (c *Command) newGuestKey() *cobra.Command {
	var name string
	cmd := &cobra.Command{
		Use:   "key 钥匙文件",
		Short: "做一把自己的钥匙",
		Long: `做一把钥匙，用口令加密存在一个文件里，公钥写在旁边的 .pub 文件里。口令从终端输入，或由 --passphrase-fd、环境变量 SUNLOT_PASSPHRASE_1 给出；
以后开启时读 SUNLOT_PASSPHRASE。钥匙或口令丢了就换一把，由对方在下一次预告里写新的公钥。` + exitCodes,
		Example: "  sunlot guest key 我的钥匙.age --name 演示高校",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			pass, err := c.secrets().NewSecret("请为钥匙设定口令", 1)
			if err != nil {
				return err
			}
			m := c.Work
			m.Random = c.Rand
			s, err := keyring.CreateGuest(c.abs(args[0]), name, pass, m)
			if err != nil {
				return err
			}
			pub := args[0] + ".pub"
			if err := durable.WriteFile(c.abs(pub), []byte(s.Key().String()+"\n"), 0o644); err != nil {
				return fault.Wrap("command.unwritable", pub, err).Of(fault.Unreachable)
			}
			if c.flags.json {
				return c.printJSON(map[string]any{"file": args[0], "public": pub, "key": s.Key().String()})
			}
			c.note("钥匙已存入 %s，公钥在 %s，请把公钥交给抽查单位：\n", args[0], pub)
			c.printf("%s\n", s.Key())
			return nil
		},
	}
	cmd.Flags().StringVar(&name, "name", "", "钥匙的名称，写单位，不写个人姓名（它一直留在公开账本里）；没有空格和加号")
	_ = cmd.MarkFlagRequired("name")
	return cmd
}

// guestFlags are where a guest's key is and where the answer goes.
type guestFlags struct{ key, out string }

func (f *guestFlags) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.key, "key", "", "钥匙文件")
	cmd.Flags().StringVar(&f.out, "out", "", "签好的文件写到哪里")
	_ = cmd.MarkFlagRequired("key")
	_ = cmd.MarkFlagRequired("out")
}

func (c *Command) newGuestAdd() *cobra.Command {
	var f guestFlags
	cmd := &cobra.Command{
		Use:   "add 加数请求",
		Short: "抽取前为一次抽取加一个自己的随机数",
		Long: `读抽查单位给的加数请求，由本机产生一个随机数，签名，写成一条记录，交回抽查单位原样写入账本。
请先在抽查单位的网站核对预告的校验码；交回后在网站查看自己的记录是不是在号码产生以前出现、有没有被改动。` + exitCodes,
		Example: "  sunlot guest add 加数请求.json --key 我的钥匙.age --out 加数.txt",
		Args:    cobra.ExactArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return c.guestAdd(args[0], f) },
	}
	f.flags(cmd)
	cmd.Flags().BoolVar(&c.flags.yes, "yes", false, "不再询问")
	return cmd
}

func (c *Command) guestAdd(name string, f guestFlags) error {
	data, err := c.readInput(name)
	if err != nil {
		return err
	}
	r, err := office.ParseRequest(data)
	if err != nil {
		return err
	}
	c.note("%s 的抽取 %s（账本 %s 第 %d 条记录）\n预告的校验码 %s\n加数人：%s，%s 以前要写入账本并得到见证\n", r.Office, r.Draw, r.Origin, r.Notice, r.Commitment, r.Contributor, words.Clock(r.Until))
	value := make([]byte, 32)
	if _, err := io.ReadFull(c.Rand, value); err != nil {
		return fault.Wrap("office.no-randomness", "", err)
	}
	text, err := record.Format(r.Entry(hex.EncodeToString(value), record.Time(c.Now().Unix())))
	if err != nil {
		return err
	}
	return c.guestSigned(text, r.Key, f)
}

func (c *Command) newGuestSign() *cobra.Command {
	var f guestFlags
	cmd := &cobra.Command{
		Use:   "sign 现场记录",
		Short: "在现场掷数的记录上签名",
		Long: `显示现场记录，核对无误后签名。只签现场记录，别的文件一律不签；结果改动一个数字，签名就不再有效。
请核对：抽取预告在掷数以前已经公开，开始时间、每一个数字与现场所见相同，没有重来。` + exitCodes,
		Example: "  sunlot guest sign 现场记录-2023-004.txt --key 我的钥匙.age --out 签名.txt",
		Args:    cobra.ExactArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return c.guestSign(args[0], f) },
	}
	f.flags(cmd)
	cmd.Flags().BoolVar(&c.flags.yes, "yes", false, "不再询问")
	return cmd
}

func (c *Command) guestSign(name string, f guestFlags) error {
	data, err := c.readInput(name)
	if err != nil {
		return err
	}
	text := string(data)
	if _, _, _, _, _, ok := record.ReadCeremony(text); !ok {
		return fault.New("command.no-ceremony-record", name, "", "").Of(fault.Usage)
	}
	c.note("%s", words.Clock(text))
	return c.guestSigned(text, "", f)
}

// guestSigned signs a text with a guest's key and writes the note. want is the
// key that was asked for, "" for any.
func (c *Command) guestSigned(text, want string, f guestFlags) error {
	if _, err := os.Lstat(c.abs(f.out)); !errors.Is(err, fs.ErrNotExist) {
		return usage("command.out-exists", f.out, "", "")
	}
	if !c.flags.yes {
		ok, err := c.ask("签名？")
		if err != nil || !ok {
			c.note("未签名。\n")
			return err
		}
	}
	s, err := keyring.UnlockGuest(c.abs(f.key), c.secrets())
	if err != nil {
		return err
	}
	if key := s.Key().String(); want != "" && key != want {
		return fault.New("command.other-guest-key", f.key, key, want)
	}
	note, err := ledger.FormatNote(text, s)
	if err != nil {
		return err
	}
	if err := durable.WriteFile(c.abs(f.out), note, 0o644); err != nil {
		return fault.Wrap("command.unwritable", f.out, err).Of(fault.Unreachable)
	}
	c.note("已签名：%s，请交给抽查单位。\n", f.out)
	return nil
}

func (c *Command) newContribute() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "contribute 抽取编号 [加数文件…]",
		Short: "见证人加数：生成加数请求，或把各家签好的加数写入账本",
		Long: `不给文件时，为还没有加数的各家重新生成加数请求（outbox/）。给出文件时，把各家签好的加数原样写入账本：
只认预告写明的钥匙，写明这一次预告的校验码，每家第一次为准；要在号码产生十分钟以前得到见证，缺一家这次抽取就不成立。` + exitCodes,
		Example: "  sunlot draw contribute 2023-004\n  sunlot draw contribute 2023-004 加数1.txt 加数2.txt",
		Args:    cobra.MinimumNArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return c.contribute(args[0], args[1:]) },
	}
	return c.writing(cmd)
}

func (c *Command) contribute(id string, files []string) error {
	o, err := c.open()
	if err != nil {
		return err
	}
	if len(files) == 0 {
		made, err := o.Requests(id)
		if fault.Code(err) == "office.no-contributors" {
			c.note("%s 的预告没有请人加数，不需要加数请求。\n", id)
			return nil
		}
		if err != nil {
			return err
		}
		for _, f := range made {
			c.note("已生成 %s\n", f)
		}
		c.note("账本没有变动。\n")
		return nil
	}
	var notes [][]byte
	for _, name := range files {
		data, err := c.readInput(name)
		if err != nil {
			return err
		}
		notes = append(notes, data)
	}
	d, err := o.Contribute(id, notes)
	if err != nil {
		return err
	}
	for _, e := range d.Entries {
		c.note("%s 为 %s 加数\n", e.Env.By, id)
	}
	return c.commit(o, d)
}

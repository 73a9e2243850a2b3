package command

import (
	"fmt"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/keyring"
	"github.com/sunlot/sunlot/internal/office"
)

func (c *Command) newInit() *cobra.Command {
	var cfg office.Config
	var witnesses string
	var public bool
	var people []string
	var sheet, settings string
	var agent keyring.AgentChoice
	cmd := &cobra.Command{
		Use:   "init 文件夹",
		Short: "建立本单位文件夹、钥匙和账本，写入开账声明",
		Long: `建立本单位文件夹、两把签名钥匙（账本、单位）和空账本，写入第 0 条记录：开账声明。
签名钥匙用口令加密，至少两个人（经办人、负责人）各有自己的口令，另打印一张恢复单封存。
口令从终端输入，或由 --passphrase-fd、环境变量 SUNLOT_PASSPHRASE_1、SUNLOT_PASSPHRASE_2 给出
（这两个只在设定口令时用；以后各命令读 SUNLOT_PASSPHRASE）。
留底是最近一次签名的账本快照，存在账本之外的第二处（--guard），账本被退回旧版时靠它发现；最好在另一块盘上。
文件夹须不存在或是空的；没有建成时什么也不留下。` + exitCodes,
		Example: `  sunlot init yanshi --pack yanshi --name 洛阳市偃师区应急管理局 --origin example.gov.cn/yanshi \
    --person-name 张某某 --person-name 李某某`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			l, err := c.settings(settings)
			if err != nil {
				return err
			}
			if l != nil {
				cfg.Ledger = *l
			}
			return c.init(args[0], cfg, people, agent, sheet, witnesses, public)
		},
	}
	f := cmd.Flags()
	f.StringVar(&cfg.Pack, "pack", "", "规则包：gaoqing、yanshi，或自己写的 .toml 文件")
	f.StringVar(&cfg.Name, "name", "", "单位全称")
	f.StringVar(&cfg.Origin, "origin", "", "账本名称，主机名/路径，如 example.gov.cn/sunlot")
	f.StringVar(&cfg.Role, "role", "办公室", "写入记录的机构")
	f.BoolVar(&cfg.Internet, "internet", true, "本机能访问互联网")
	f.BoolVar(&cfg.Demo, "demo", false, "演示用，页面处处标明")
	f.StringVar(&cfg.Guard, "guard", "guard", "留底的位置，最好在另一块盘上")
	f.StringSliceVar(&cfg.Relays, "relay", []string{"https://api.drand.sh", "https://drand.cloudflare.com"}, "公开随机数的取用网址")
	f.StringVar(&cfg.Site.IDCode, "site-id", "", "网站标识码")
	f.StringVar(&cfg.Site.ICP, "icp", "", "ICP备案号")
	f.StringVar(&cfg.Site.Police, "police", "", "公安备案号")
	f.StringVar(&cfg.Site.Contact, "contact", "", "单位联系方式")
	f.StringVar(&cfg.Site.Domain, "domain", "", "网站域名")
	f.StringVar(&cfg.Base, "base", "", "网站发布后的完整网址")
	f.StringVar(&cfg.Site.Channel, "platform", "", "法定公示的平台名称")
	f.StringArrayVar(&people, "person-name", nil, "有口令的人，写两次以上：先经办人，后负责人")
	f.StringVar(&witnesses, "witnesses", "", "见证约定文件（样表：sunlot witnesses form）；不给则暂不设见证单位")
	f.BoolVar(&public, "public-urls", false, "把见证单位的网址也写入开账声明")
	f.StringVar(&sheet, "sheet", "", "把恢复单写到这个文件，打印后删除（不给则显示在屏幕上）")
	f.StringVar(&settings, "ledger-settings", "", "账本的次序由日志服务器保管：机房提供的设置文件（样例：sunlot ledger move --help）")
	f.StringVar(&agent.Log, "agent-log-key", "", "账本钥匙在 ssh-agent 中的指纹或注释（代替文件）")
	f.StringVar(&agent.Office, "agent-office-key", "", "单位钥匙在 ssh-agent 中的指纹或注释")
	return cmd
}

func (c *Command) init(dir string, cfg office.Config, names []string, agent keyring.AgentChoice, sheet, witnesses string, public bool) error {
	if cfg.Pack == "" || cfg.Name == "" || cfg.Origin == "" {
		return usage("command.init-missing", "init", "", "--pack --name --origin")
	}
	if strings.HasSuffix(cfg.Pack, ".toml") {
		cfg.Pack = c.abs(cfg.Pack)
	}
	cfg.Beacon.Stamp = cfg.Internet && len(cfg.Relays) > 0
	opt := keyring.Options{Making: c.Work}
	if agent.Log != "" || agent.Office != "" {
		agent.Socket, _ = c.Env("SSH_AUTH_SOCK")
		opt.Agent = &agent
	}
	in := office.Beginning{Dir: c.abs(dir), Config: cfg, Keyring: opt, Now: c.Now, Rand: c.Rand, Public: public}
	in.HTTP, in.Grace, in.Context, in.Writer = c.HTTP, c.Grace, c.ctx, c.Writer
	if witnesses != "" {
		data, err := c.readInput(witnesses)
		if err != nil {
			return err
		}
		in.Witnesses = data
	}
	people, err := keyPeople(names)
	if err == nil {
		err = in.Check()
	}
	if err != nil {
		return err
	}
	src := c.secrets()
	for i := range people {
		p := &people[i]
		if p.Passphrase, err = src.NewSecret(fmt.Sprintf("请为%s（%s）设定口令", p.Name, p.Role), i+1); err != nil {
			return err
		}
	}
	in.Keyring.People = people
	to, err := c.sheetFile(sheet)
	if err != nil {
		return err
	}
	o, w, text, err := office.Begin(in)
	if fault.Code(err) == "ledger.unwitnessed" {
		// The office stands and its charter waits for the witnesses: what they
		// must be told is the log's key.
		c.at = o
		if err := to.hand(text); err != nil {
			return err
		}
		if c.flags.json { // the sheet stands nowhere else
			if err := c.initJSON(o, &office.Written{}, dir, to.text(text)); err != nil {
				return err
			}
		}
		c.note("已建立 %s。开账声明等见证单位签名后发布。请把账本公钥交给各见证单位（%s 文件里 log 一行）。\n", dir, filepath.Join(dir, "ledger", "policy"))
		return err
	}
	if err != nil {
		to.drop()
		return err
	}
	if err := to.hand(text); err != nil {
		return err
	}
	if c.flags.json {
		if err := c.initJSON(o, w, dir, to.text(text)); err != nil {
			return err
		}
	}
	c.note("已建立 %s，开账声明是第 0 条记录，总校验码 %s\n", dir, w.Root)
	if dir != "." {
		c.note("先运行：cd %s\n", dir)
	}
	return c.next(o)
}

// keyPeople are those who get a passphrase: two at least, before anything else
// is asked.
func keyPeople(names []string) ([]keyring.NewPerson, error) {
	if len(names) == 0 {
		names = []string{"经办人", "负责人"}
	}
	if len(names) == 1 {
		return nil, usage("command.one-person", "--person-name", names[0], "")
	}
	var people []keyring.NewPerson
	for i, name := range names {
		p := keyring.NewPerson{Name: name, Role: []string{"经办人", "负责人", "保管人"}[min(i, 2)]}
		if err := keyring.CheckNames(p.Name, p.Role); err != nil {
			return nil, err
		}
		people = append(people, p)
	}
	return people, nil
}

func (c *Command) initJSON(o *office.Office, w *office.Written, dir, sheet string) error {
	keys, err := o.Unlock()
	if err != nil {
		return err
	}
	return c.printJSON(map[string]any{"office": dir, "origin": o.Config.Origin, "log_key": keys.Log.Key().String(),
		"office_key": keys.Office.Key().String(), "size": w.Size, "root": w.Root, "recovery_sheet": sheet})
}

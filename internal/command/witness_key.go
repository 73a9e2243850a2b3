package command

import (
	"github.com/spf13/cobra"

	"github.com/sunlot/sunlot/internal/keyring"
	"github.com/sunlot/sunlot/ledger"
)

func (c *Command) newWitnessKey() *cobra.Command {
	var name, nick string
	var recipients []string
	var show bool
	cmd := &cobra.Command{
		Use:   "key [钥匙文件]",
		Short: "做一把见证钥匙，打印公钥和对方要写进见证约定的一行",
		Long: `做一把见证钥匙，用口令加密存在一个文件里（缺省 witness.age），打印公钥。
口令从终端输入，或由 --passphrase-fd、环境变量 SUNLOT_PASSPHRASE_1 给出；以后开启时读 SUNLOT_PASSPHRASE。
给出 --recipient（age1 开头的收件码，可多次）时不设口令，凭对应的 age 私钥打开。
文件里有两把钥匙：Ed25519 的计入见证数目，后量子的（ML-DSA-44）可另列一行，只作存证。
钥匙或口令丢了就换一把，由对方在下一次声明里换上新的公钥。` + exitCodes,
		Example: "  sunlot witness key --name witness.example.gov.cn --as 司法局\n  sunlot witness key --show",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			file := "witness.age"
			if len(args) == 1 {
				file = args[0]
			}
			if show {
				return c.showWitnessKey(file, nick)
			}
			return c.makeWitnessKey(file, nick, keyring.WitnessOptions{Making: c.Work, Name: name, Recipients: recipients})
		},
	}
	f := cmd.Flags()
	f.StringVar(&name, "name", "", "见证单位的名称，写在每一行签名上，如 witness.example.gov.cn")
	f.StringVar(&nick, "as", "见证", "在对方的见证约定里怎么称呼，如 司法局")
	f.StringArrayVar(&recipients, "recipient", nil, "age 收件码，可多次；给出后不用口令")
	f.BoolVar(&show, "show", false, "不做新的，打开已有的钥匙文件，再打印一次公钥")
	return cmd
}

func (c *Command) makeWitnessKey(file, nick string, opt keyring.WitnessOptions) error {
	if opt.Name == "" {
		return usage("command.witness-name", "--name", "", "")
	}
	opt.Random = c.Rand
	if len(opt.Recipients) == 0 {
		pass, err := c.secrets().NewSecret("请为见证钥匙设定口令", 1)
		if err != nil {
			return err
		}
		opt.Passphrase = pass
	}
	signers, err := keyring.CreateWitness(c.abs(file), opt)
	if err != nil {
		return err
	}
	c.note("见证钥匙已存入 %s，请另抄一份存好\n", file)
	return c.tellWitnessKey(file, nick, signers)
}

func (c *Command) showWitnessKey(file, nick string) error {
	signers, err := keyring.UnlockWitness(c.abs(file), c.secrets())
	if err != nil {
		return err
	}
	return c.tellWitnessKey(file, nick, signers)
}

func (c *Command) tellWitnessKey(file, nick string, signers []ledger.Signer) error {
	key, pq := signers[0].Key(), signers[1].Key()
	if c.flags.json {
		return c.printJSON(map[string]any{"file": file, "name": key.Name, "key": key.String(), "pq_key": pq.String(),
			"policy": policyLine(nick, key), "pq_policy": policyLine(nick+"-pq", pq)})
	}
	c.printf("公钥：\n%s\n", key)
	c.printf("请当面或用盖章的纸交给对方，由对方写进见证约定（--pq 启动的，第二行也可以写上）：\n%s\n%s\n", policyLine(nick, key), policyLine(nick+"-pq", pq))
	c.printf("下一步：把要见证的账本公钥写进 witness-logs.txt，然后 sunlot witness serve --new\n")
	return nil
}

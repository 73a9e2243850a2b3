package command

import (
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/keyring"
	"github.com/sunlot/sunlot/ledger"
	"github.com/sunlot/sunlot/ledger/witness"
)

func (c *Command) newWitness() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "witness",
		Short: "替别的单位的账本作见证：钥匙、服务、U 盘签名",
		Long: `见证单位是一家外单位：它记住某个账本给它看过的最大的一份，只在新的一份确实接着旧的往下写时才签名。
有了见证，账本不能对两批人讲两套话，预告早于随机数也有了外人的时间为证。
这几个命令由作见证的单位使用，不需要本单位文件夹；要见证的账本公钥写在一个清单文件里，一行一把。

  sunlot witness key               做一把见证钥匙，把打印出的公钥告诉对方
  sunlot witness serve --new       第一次启动服务（以后不加 --new）
  sunlot witness sign 请求         不联网：签 U 盘送来的请求` + exitCodes,
		Example: "  sunlot witness key --name witness.example.gov.cn",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, args []string) error { return cmd.Help() },
	}
	cmd.AddCommand(c.newWitnessKey(), c.newWitnessServe(), c.newWitnessSign(), c.newWitnessLogs())
	return cmd
}

// witnessPlace is where a witness keeps what it needs.
type witnessPlace struct {
	key, store, logs string
	fresh, pq        bool
}

func (p *witnessPlace) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&p.key, "key", "witness.age", "见证钥匙文件")
	f.StringVar(&p.store, "store", "witness-store", "存档文件夹：记着每个账本签到了哪里，不能丢")
	f.StringVar(&p.logs, "logs", "witness-logs.txt", "要见证的账本公钥清单，一行一把")
	f.BoolVar(&p.fresh, "new", false, "第一次使用：存档还是空的")
	f.BoolVar(&p.pq, "pq", false, "另加一行后量子签名（ML-DSA-44）")
}

// witness opens what the flags name. Close the store.
func (c *Command) witness(p *witnessPlace) (*witness.Witness, *witness.Store, error) {
	data, err := c.readCapped(p.logs, maxWitnessFile)
	if err != nil {
		return nil, nil, err
	}
	logs, err := witness.ParseLogs(data)
	if err != nil {
		return nil, nil, err
	}
	signers, err := keyring.UnlockWitness(c.abs(p.key), c.secrets())
	if err != nil {
		return nil, nil, err
	}
	if !p.pq {
		signers = signers[:1]
	}
	store, err := witness.OpenStore(c.abs(p.store), signers[0].Key(), p.fresh, c.Hook)
	if err != nil {
		return nil, nil, err
	}
	w, err := witness.New(store, signers, logs, func() int64 { return c.Now().Unix() })
	if err != nil {
		store.Close()
		return nil, nil, err
	}
	return w, store, nil
}

// maxWitnessFile bounds a list of logs and a request, in bytes.
const maxWitnessFile = 1 << 20

// readCapped reads a file, or standard input for "-", and at most a byte more
// than the limit: whoever parses it says that it is too long.
func (c *Command) readCapped(name string, limit int64) ([]byte, error) {
	if name == "-" {
		return io.ReadAll(io.LimitReader(c.Stdin, limit+1))
	}
	f, err := os.Open(c.abs(name))
	if err != nil {
		return nil, fault.Wrap("command.unreadable", name, err).Of(fault.Unreachable)
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, limit+1))
}

// policyLine is the line by which an office's policy names a witness.
func policyLine(name string, key ledger.Key) string { return "witness " + name + " " + key.String() }

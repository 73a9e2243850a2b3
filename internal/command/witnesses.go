package command

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sunlot/sunlot/internal/durable"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/office"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/verify"
	"github.com/sunlot/sunlot/internal/words"
	"github.com/sunlot/sunlot/ledger"
)

func (c *Command) newWitnesses() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "witnesses",
		Short: "本单位的见证单位：写见证约定、请签名、U 盘往返",
		Long: `见证单位是本单位以外的单位（司法局、档案馆、邻县、高校），在账本快照上签名，证明大家看到的是同一本账，
也证明抽取预告确实先于号码。没有够数的见证签名就不发布：记录保留，状态是“已记录、未见证”。
给别的单位做见证，用 sunlot witness。` + exitCodes,
		Example: "  sunlot witnesses form > 见证约定.txt\n  sunlot witnesses set 见证约定.txt\n  sunlot witnesses ask",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, args []string) error { return cmd.Help() },
	}
	cmd.AddCommand(c.newWitnessesForm(), c.newWitnessesShow(), c.newWitnessesSet(), c.newWitnessesAsk(), c.newWitnessesRequest(), c.newWitnessesAccept())
	return cmd
}

// policyForm is the example that an office begins from: 3 of 4.
const policyForm = `# 见证约定（样表，四家见证单位中够三家）。# 开头的是说明，不会写入账本。
# 每家一行：witness 名称 公钥 网址。公钥由见证单位给出（sunlot witness key），网址可不写（U 盘往返）。
# 名称中间不留空格。本单位自己不能做见证。
witness 司法局 填写司法局的见证公钥 https://填写网址/
witness 档案馆 填写档案馆的见证公钥 https://填写网址/
witness 邻县应急局 填写邻县应急局的见证公钥
witness 某高校 填写某高校的见证公钥
# 同一家单位有两把钥匙的，先合成一组，只算一家：group 司法局 any 司法局甲 司法局乙
# 四家中够三家：任意两套够数的至少有两家相同，有一家作假也不能给不同的人看不同的账。
group 够数 3 司法局 档案馆 邻县应急局 某高校
quorum 够数
`

func (c *Command) newWitnessesForm() *cobra.Command {
	return &cobra.Command{
		Use:     "form",
		Short:   "打印见证约定的样表",
		Example: "  sunlot witnesses form > 见证约定.txt",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			c.printf("%s", policyForm)
			return nil
		},
	}
}

func (c *Command) newWitnessesShow() *cobra.Command {
	return &cobra.Command{
		Use:     "show",
		Short:   "现行的见证约定、各家是否已签名、开账声明的校验码",
		Example: "  sunlot witnesses show\n  sunlot witnesses show --json",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, args []string) error { return c.showWitnesses() },
	}
}

func (c *Command) showWitnesses() error {
	o, err := c.open()
	if err != nil {
		return err
	}
	w, err := o.Waiting()
	if err != nil {
		return err
	}
	b, err := o.Bundle()
	if err != nil {
		if w == nil || fault.Code(err) != "office.no-charter" {
			return err
		}
		waiting(c.Stdout, w)
		return nil
	}
	type charter struct {
		Entry       int64  `json:"entry"`
		Fingerprint string `json:"fingerprint"`
	}
	var charters []charter
	for _, at := range b.State.Charters {
		e, err := b.Entry(at.Index)
		if err != nil {
			return err
		}
		charters = append(charters, charter{at.Index, e.Hash})
	}
	p := b.InForce()
	if c.flags.json {
		out := map[string]any{"policy": string(verify.PolicyOf(b.State.Charter())), "charters": charters, "waiting": w != nil}
		if p != nil {
			overlap, err := p.Overlap()
			if err != nil {
				return err
			}
			out["needed"], out["of"], out["overlap"], out["witnesses"] = p.Least(), p.Count(), overlap, verify.Witnesses(p)
		}
		return c.printJSON(out)
	}
	if w != nil {
		waiting(c.Stdout, w)
	}
	if p == nil {
		c.printf("未设见证单位。样表：sunlot witnesses form\n")
	} else {
		c.policy(o, p)
	}
	for _, ch := range charters {
		c.printf("开账声明（第 %d 条记录）校验码\n  %s\n", ch.Entry, verify.GroupedFingerprint(ch.Fingerprint))
	}
	return nil
}

// policy prints who witnesses and what it bears.
func (c *Command) policy(o *office.Office, p *ledger.Policy) {
	c.note("%s\n", verify.PolicyWords(p))
	for _, w := range p.Witnesses {
		url := w.URL
		for _, at := range o.Config.Witnesses {
			if at.Name == w.Name {
				url = at.URL
			}
		}
		if url == "" {
			url = "没有写网址，用 U 盘往返"
		}
		c.note("  %s　%s　%s\n", w.Name, w.Key.Name, url)
	}
}

func (c *Command) newWitnessesSet() *cobra.Command {
	var public bool
	cmd := &cobra.Command{
		Use:   "set 见证约定文件",
		Short: "写一条新的开账声明，指定、更换或撤销见证单位",
		Long: `写一条新的开账声明，其余不变，只换见证约定。这条声明要由原来的见证单位和新的见证单位都签名才发布。
约定改弱（需要的家数减少、重合减少、撤销见证）会在网站和核验报告里列明；手里有原约定的人核验，判为不相符。
文件里的网址写进 office.toml，不写入账本；要公开网址的加 --public-urls。撤销见证：文件只写一行 quorum none。` + exitCodes,
		Example: "  sunlot witnesses set 见证约定.txt",
		Args:    cobra.ExactArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return c.setWitnesses(args[0], public) },
	}
	cmd.Flags().BoolVar(&public, "public-urls", false, "把见证单位的网址也写入开账声明")
	return c.writing(cmd)
}

func (c *Command) setWitnesses(name string, public bool) error {
	o, err := c.open()
	if err != nil {
		return err
	}
	s, err := o.State()
	if err != nil {
		return err
	}
	log, err := ledger.ParseKey(s.Charter().KeysOf("log")[0])
	if err != nil {
		return err
	}
	p, err := c.makePolicy(name, log, public)
	if err != nil {
		return err
	}
	d, err := o.SetWitnesses(p)
	if err != nil {
		return err
	}
	if err := c.say(o, d); err != nil {
		return err
	}
	if err := c.newPolicy(o, p); err != nil {
		return err
	}
	if !c.flags.dry {
		// Before the entry: where they are asked is no secret, and the entry needs it.
		if err := c.addresses(o, p); err != nil {
			return err
		}
	}
	return c.commit(o, d)
}

// makePolicy reads a policy file.
func (c *Command) makePolicy(name string, log ledger.Key, public bool) (*office.NewPolicy, error) {
	data, err := c.readInput(name)
	if err != nil {
		return nil, err
	}
	return office.MakePolicy(data, log, public)
}

// newPolicy prints what is going to hold.
func (c *Command) newPolicy(o *office.Office, p *office.NewPolicy) error {
	if p.Text == "" {
		c.note("撤销见证：以后的记录不再要见证单位签名。\n")
		return nil
	}
	parsed, err := ledger.ParsePolicy([]byte(p.Text))
	if err != nil {
		return err
	}
	c.note("%s\n", verify.PolicyWords(parsed))
	for _, pair := range p.Sisters {
		c.note("注意：%s的公钥名称相同，像是同一家单位的两把钥匙，却各算一家。同一家的请先合成一组：group 名称 any …\n", pair)
	}
	return nil
}

func (c *Command) addresses(o *office.Office, p *office.NewPolicy) error {
	other, err := o.AddAddresses(p.Addresses)
	if len(other) > 0 {
		c.note("注意：office.toml 里%s的网址与文件里的不同，没有改动，请自行核对。\n", strings.Join(other, "、"))
	}
	return err
}

func (c *Command) newWitnessesAsk() *cobra.Command {
	return &cobra.Command{
		Use:     "ask",
		Short:   "再请见证单位签名，够数就发布",
		Long:    "已记录、未见证的记录，再请还没有签名的见证单位签名；够数就接着发布。已经签过的不再问。" + exitCodes,
		Example: "  sunlot witnesses ask",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			o, err := c.open()
			if err != nil {
				return err
			}
			waited, err := o.Ask()
			if err == nil && !waited {
				c.note("没有等待见证的记录。\n")
				return nil
			}
			return c.witnessed(o, err)
		},
	}
}

// witnessed tells that what waited is published now.
func (c *Command) witnessed(o *office.Office, err error) error {
	if err != nil {
		return err
	}
	b, err := o.Bundle()
	if err != nil {
		return err
	}
	if c.flags.json {
		if err := c.printJSON(map[string]any{"size": b.Checkpoint.Size, "witnessed": true}); err != nil {
			return err
		}
	}
	c.note("见证签名够数，已写入。账本共 %d 条。\n", b.Checkpoint.Size)
	c.late(o)
	return c.next(o)
}

// late tells at once which notice was witnessed too late for its number.
func (c *Command) late(o *office.Office) {
	for _, err := range o.Late() {
		c.note("注意：%s\n", words.Error(err))
	}
}

func (c *Command) newWitnessesRequest() *cobra.Command {
	var out string
	var sizes []string
	cmd := &cobra.Command{
		Use:   "request",
		Short: "把请求写成文件，用 U 盘带给还没有签名的见证单位",
		Long: `给每家还没有签名的见证单位写一个请求文件，用 U 盘带去；对方运行 sunlot witness sign 请求文件 --out 答复文件，把答复带回来，
再运行 sunlot witnesses accept 答复文件。答复只有一两行，也可以照着念、照着打。
请求从该单位上次签名的条数写起；对方说条数不对的，用 --old 名称=条数 重写。` + exitCodes,
		Example: "  sunlot witnesses request -o /media/usb\n  sunlot witnesses request -o /media/usb --old 档案馆=12",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, args []string) error { return c.requests(out, sizes) },
	}
	cmd.Flags().StringVarP(&out, "out", "o", "outbox", "放请求文件的文件夹")
	cmd.Flags().StringArrayVar(&sizes, "old", nil, "名称=条数：该见证单位上次签名时账本有多少条，可多次")
	return cmd
}

func (c *Command) requests(out string, sizes []string) error {
	o, err := c.open()
	if err != nil {
		return err
	}
	old := map[string]uint64{}
	for _, s := range sizes {
		name, size, _ := strings.Cut(s, "=")
		n, err := strconv.ParseUint(strings.TrimSpace(size), 10, 62)
		if err != nil {
			return usage("command.old-size", "--old", s, "")
		}
		old[name] = n
	}
	list, err := o.WitnessRequests(old)
	if err != nil {
		return err
	}
	dir := c.abs(out)
	if out == "outbox" {
		dir = filepath.Join(o.Dir, out)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fault.Wrap("command.unwritable", dir, err).Of(fault.Unreachable)
	}
	var files []string
	for i, r := range list {
		name := filepath.Join(dir, fmt.Sprintf("见证请求-%d-%s.txt", i+1, safe(r.Name)))
		if err := durable.WriteFile(name, r.Data, 0o644); err != nil {
			return fault.Wrap("command.unwritable", name, err).Of(fault.Unreachable)
		}
		files = append(files, filepath.Base(name))
		c.note("已生成 %s（给%s）\n", filepath.Base(name), r.Name)
	}
	if c.flags.json {
		return c.printJSON(map[string]any{"files": files})
	}
	return nil
}

// safe is a name that a file may have everywhere.
func safe(name string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|.`, r) || r < 0x20 {
			return '_'
		}
		return r
	}, name)
}

func (c *Command) newWitnessesAccept() *cobra.Command {
	return &cobra.Command{
		Use:   "accept 答复文件…",
		Short: "收下见证单位的答复（文件，或 - 从键盘），够数就发布",
		Long: `收下用 U 盘带回、照着打的见证签名。全角字符、空格、换行、各种破折号都认；签名对不上的不收。
一次可以收几家；还不够数的先留着，下次再收。` + exitCodes,
		Example: "  sunlot witnesses accept /media/usb/答复-档案馆.txt\n  sunlot witnesses accept -",
		Args:    cobra.MinimumNArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return c.accept(args) },
	}
}

func (c *Command) accept(names []string) error {
	o, err := c.open()
	if err != nil {
		return err
	}
	var answers [][]byte
	for _, name := range names {
		data, err := c.readInput(name)
		if err != nil {
			return err
		}
		answers = append(answers, data)
	}
	taken, err := o.Carried(answers)
	if taken > 0 {
		c.note("收下 %d 份见证签名。\n", taken)
	}
	return c.witnessed(o, err)
}

// waitingView is what --json says of it.
func waitingView(w *office.Waiting) any {
	type who struct {
		Name string `json:"name"`
		At   string `json:"at,omitempty"`
		Why  string `json:"why,omitempty"`
	}
	type demand struct {
		Needed    int   `json:"needed"`
		Of        int   `json:"of"`
		Got       int   `json:"got"`
		Witnesses []who `json:"witnesses"`
	}
	var list []demand
	for _, d := range w.Demands {
		v := demand{Needed: d.Needed, Of: d.Of, Got: d.Got}
		for _, a := range d.Asked {
			x := who{Name: a.Name, Why: fault.Code(a.Why)}
			if a.At > 0 {
				x.At = record.Time(a.At)
			}
			v.Witnesses = append(v.Witnesses, x)
		}
		list = append(list, v)
	}
	return map[string]any{"first": w.First, "count": w.Count, "demands": list}
}

// whoIsMissing says under an error what waits for which witness.
func (c *Command) whoIsMissing(err error) {
	if code := fault.Code(err); c.at == nil || code != "ledger.unwitnessed" && code != "command.unwitnessed" {
		return
	}
	if w, err := c.at.Waiting(); err == nil && w != nil {
		waiting(c.Stderr, w)
	}
	if c.held {
		fmt.Fprintln(c.Stderr, "  等着的是以前的记录；这一次的命令没有做，够数以后请再运行一次。")
	}
}

// waiting prints what waits for whom.
func waiting(to io.Writer, w *office.Waiting) {
	danger := ""
	fmt.Fprintf(to, "已记录、未见证：%s%s。网站和公众还看不到。\n", entries(w.First, w.Count), ofKinds(w.Types))
	for _, d := range w.Demands {
		fmt.Fprintf(to, "  需要 %d 家中的 %d 家签名，已有 %d 家\n", d.Of, d.Needed, d.Got)
		for _, a := range d.Asked {
			said := "还没有签名"
			if a.At > 0 {
				said = "已签名 " + words.Clock(record.Time(a.At))
			} else if a.Why != nil {
				said = why(a.Why)
			}
			fmt.Fprintf(to, "    %s　%s\n", a.Name, said)
			if code := fault.Code(a.Why); a.At == 0 && (code == "witness.fork" || code == "witness.ahead") {
				_, danger = words.Say(code, a.Name, "", "")
			}
		}
	}
	if danger != "" { // asking again does not help
		fmt.Fprintf(to, "  注意：%s\n", danger)
		return
	}
	fmt.Fprintln(to, "  联系上见证单位后运行 sunlot witnesses ask；不联网的用 sunlot witnesses request 写请求，带回答复后 sunlot witnesses accept。")
}

// ofKinds says what the entries are: （抽取预告）; of many kinds the first three.
func ofKinds(types []string) string {
	var list []string
	for _, t := range types {
		if name := words.Type(t); !slices.Contains(list, name) {
			list = append(list, name)
		}
	}
	switch {
	case len(list) == 0:
		return ""
	case len(list) > 3:
		return "（" + strings.Join(list[:3], "、") + "等）"
	}
	return "（" + strings.Join(list, "、") + "）"
}

// why is what a witness did instead of signing, without a remedy.
func why(err error) string {
	said, _, _ := strings.Cut(words.Error(err), "\n")
	return said
}

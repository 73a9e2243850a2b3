package command

import (
	"os"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/office"
	"github.com/sunlot/sunlot/internal/words"
)

// settingsHelp is the sample of the section that both commands read.
const settingsHelp = `
设置文件（由机房提供，只有 [ledger] 一节）：
  [ledger]                                       账本引擎一节
  address = ["10.1.2.3:8090", "10.1.2.4:8090"]   日志服务器，前一个不通就用后一个
  ca      = "ca.pem"       服务器证书的签发者；文件名相对本单位文件夹
  cert    = "office.pem"   本单位连接用的证书，可不填
  key     = "office.key"   证书的私钥，可不填
  call_seconds = 5         一次请求最多等多少秒
  wait_seconds = 30        一次写入最多等多少秒
`

func (c *Command) newLedger() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "ledger",
		Short: "账本引擎：查看、写完、建树、重建、在本机与日志服务器之间搬移",
		Long: `账本的先后次序可以由本机文件夹（local）保管，也可以由多个单位共用的日志服务器（trillian）保管。
无论哪一种，公布的都是 ledger 文件夹，名称、序号、总校验码和已有的证明都一样。本组命令除 finish 外不签名，不需要口令。` + exitCodes,
		Example: "  sunlot ledger status\n  sunlot ledger move --to trillian --settings 省平台.toml",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, args []string) error { return cmd.Help() },
	}
	cmd.AddCommand(c.newLedgerStatus(), c.newLedgerCreateTree(), c.newLedgerRebuild(), c.newLedgerMove(), c.newLedgerFinish())
	return cmd
}

func (c *Command) newLedgerStatus() *cobra.Command {
	var all bool
	cmd := &cobra.Command{
		Use:   "status",
		Short: "账本、留底和树各有多少条，是否一致",
		Long: `核验账本文件夹，问日志服务器，比较树与账本：最近的记录和抽取的一段旧记录逐条比较；--all 比较全部。
只读，不改动任何东西。` + exitCodes,
		Example: "  sunlot ledger status\n  sunlot ledger status --all --json",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, args []string) error { return c.ledgerStatus(all) },
	}
	cmd.Flags().BoolVar(&all, "all", false, "逐条比较全部记录")
	return cmd
}

func (c *Command) ledgerStatus(all bool) error {
	o, err := c.open()
	if err != nil {
		return err
	}
	s, err := o.LedgerStatus(all, c.leaves("比较"))
	if s == nil {
		return err
	}
	if c.flags.json {
		if perr := c.printJSON(struct {
			*office.LedgerStatus
			Agrees bool   `json:"agrees"`
			Error  string `json:"error,omitempty"`
		}{s, err == nil, fault.Code(err)}); perr != nil {
			return perr
		}
		c.flags.json = false // the report has been printed
		return err
	}
	c.printf("账本引擎：%s\n", engineWords(s.Engine))
	c.printf("账本　%d 条记录，总校验码 %s\n留底　%d 条\n", s.Size, s.Root, s.Signed)
	if s.Pending >= 0 {
		c.printf("未完成　%d 条记录，其中 %d 条已在树里；下一次写入时接着做完\n", s.Pending, s.Queued)
	}
	if s.Holder != "" {
		c.printf("正在写入　%s\n", s.Holder)
	}
	if t := s.Tree; t != nil {
		c.printf("树　　%d 条，总校验码 %x\n　　　树号 %d（%s），%s，日志服务器 %s\n", t.Size, t.Root[:], t.Tree, t.Name, stateWords(t.State), t.Server)
	}
	switch {
	case err != nil:
		return err
	case s.All:
		c.printf("核对：树与账本逐条一致。\n")
	case s.Tree != nil:
		c.printf("核对：树与账本一致（比较了最近的和抽取的一段旧记录；--all 比较全部）。\n")
	default:
		c.printf("核对：账本与留底一致。\n")
	}
	return nil
}

func engineWords(engine string) string {
	if engine == office.EngineTrillian {
		return "多单位共用的日志服务器（trillian）"
	}
	return "本机文件夹（local）"
}

func stateWords(state string) string {
	switch state {
	case "ACTIVE":
		return "可写"
	case "FROZEN":
		return "已冻结"
	}
	return state
}

// leaves is a progress bar over entries.
func (c *Command) leaves(what string) func(done, of uint64) {
	p := c.progressOf(what, "条记录")
	if p == nil {
		return nil
	}
	return func(done, of uint64) { p(int(done), int(of)) }
}

func (c *Command) newLedgerCreateTree() *cobra.Command {
	var settings string
	cmd := &cobra.Command{
		Use:   "create-tree",
		Short: "在日志服务器上为本单位建一棵空树，树号写入 office.toml",
		Long: `在日志服务器上建一棵空树，把地址和树号写入 office.toml 的 [ledger] 一节；账本仍在原来的引擎上，
用 sunlot ledger move --to trillian 搬过去。每个单位一棵树，不可共用。` + settingsHelp + exitCodes,
		Example: "  sunlot ledger create-tree --settings 省平台.toml",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, args []string) error { return c.createTree(settings) },
	}
	cmd.Flags().StringVar(&settings, "settings", "", "机房提供的设置文件；不给则用 office.toml 里的")
	return cmd
}

func (c *Command) createTree(settings string) error {
	o, err := c.open()
	if err != nil {
		return err
	}
	l, err := c.settings(settings)
	if err != nil {
		return err
	}
	id, err := o.CreateTree(l)
	if err != nil {
		return err
	}
	if c.flags.json {
		return c.printJSON(map[string]any{"tree": strconv.FormatInt(id, 10)})
	}
	c.note("已建树 %d，已写入 office.toml。\n下一步：sunlot ledger move --to trillian\n", id)
	return nil
}

// settings reads the file that a machine room hands out, nil where none is named.
func (c *Command) settings(name string) (*office.Ledger, error) {
	if name == "" {
		return nil, nil
	}
	data, err := c.readInput(name)
	if err != nil {
		return nil, err
	}
	l, err := office.LedgerSettings(name, data)
	return &l, err
}

func (c *Command) newLedgerRebuild() *cobra.Command {
	var files, anew bool
	var from, root string
	cmd := &cobra.Command{
		Use:   "rebuild",
		Short: "由公布的账本文件重建树；或用 --files 修好账本文件夹",
		Long: `不带 --files：使树与账本文件一致。树里的记录都对、只是短了的（从旧备份恢复过），补齐缺的；
损坏的、不见了的、混进别的程序写的，另建一棵树，由账本文件装入，旧树冻结留查。
树里有这个账本在别处写入的记录，或者树已冻结：多半账本已在别处继续，本命令不动它。查明没有别处的，先把账本
现在的总校验码与网站上公布的、打印存档的核对一致，再用 --new --root 另建一棵。
带 --files：修好损坏的账本文件夹。记录取自 --from 给的公布过的副本，没有的取自树，再没有的取自文件夹里
的记录包；算出的总校验码与最近一次签名的一致才动文件夹。已撤下的内容不会恢复。` + exitCodes,
		Example: "  sunlot ledger rebuild\n  sunlot ledger rebuild --new --root 核对过的总校验码\n  sunlot ledger rebuild --files --from /media/usb/site/ledger",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			if files {
				return c.rebuildFiles(from)
			}
			if from != "" {
				return usage("command.from-files", "--from", "", "--files")
			}
			if anew != (root != "") {
				return usage("command.new-root", "--new", "", "--root")
			}
			return c.rebuildTree(anew, root)
		},
	}
	cmd.Flags().BoolVar(&files, "files", false, "修账本文件夹，而不是树")
	cmd.Flags().StringVar(&from, "from", "", "公布过的 ledger 文件夹的副本")
	cmd.Flags().BoolVar(&anew, "new", false, "旧树不再用，另建一棵；要同时给 --root")
	cmd.Flags().StringVar(&root, "root", "", "核对过的账本总校验码（64 个字符）")
	cmd.MarkFlagsMutuallyExclusive("files", "new")
	return cmd
}

func (c *Command) rebuildTree(anew bool, root string) error {
	o, err := c.open()
	if err != nil {
		return err
	}
	r, err := o.Rebuild(anew, root, c.leaves("重建"))
	if err != nil {
		return err
	}
	return c.rebuilt(r)
}

// rebuilt says what became of the tree.
func (c *Command) rebuilt(r *office.Rebuilt) error {
	if c.flags.json {
		if err := c.printJSON(r); err != nil {
			return err
		}
		c.flags.json = r.Unfrozen() == nil // the report has been printed
		return r.Unfrozen()
	}
	if r.Why != "" {
		sentence, _ := words.Say(r.Why, "树 "+strconv.FormatInt(r.Old, 10), "", "")
		c.note("旧树不能再用：%s\n", sentence)
	}
	switch {
	case r.Old != 0:
		c.note("已另建树 %d，装入 %d 条记录，总校验码与最近一次签名的一致。旧树 %d 留查，不再使用。\n", r.Tree, r.Size, r.Old)
	case r.New:
		c.note("已建树 %d，装入 %d 条记录，总校验码与最近一次签名的一致。\n", r.Tree, r.Size)
	case r.Found < r.Size:
		c.note("树 %d 已补齐：原有 %d 条，补入 %d 条，与账本逐条一致。\n", r.Tree, r.Found, r.Size-r.Found)
	default:
		c.note("树 %d 与账本逐条一致，共 %d 条，没有改动。\n", r.Tree, r.Size)
	}
	if r.Unfrozen() != nil {
		c.note("旧树没有冻结成，请机房冻结树 %d：\n", r.Old)
	}
	return r.Unfrozen()
}

func (c *Command) rebuildFiles(from string) error {
	o, err := c.open()
	if err != nil {
		return err
	}
	if from != "" {
		from = c.abs(from)
		if st, err := os.Stat(from); err != nil || !st.IsDir() {
			return usage("command.no-folder", from, "", "ledger")
		}
	}
	m, err := o.RebuildFiles(from, c.leaves("核算"))
	if err != nil {
		return err
	}
	if c.flags.json {
		left := []string{}
		for _, p := range m.Left {
			left = append(left, p.Code+" "+p.Place)
		}
		if err := c.printJSON(map[string]any{"size": m.Size, "root": m.Root, "files": m.Files, "left": left}); err != nil {
			return err
		}
	}
	c.note("账本 %d 条记录，重写了 %d 个文件。\n", m.Size, len(m.Files))
	for i, name := range m.Files {
		if i == 20 {
			c.note("  …\n")
			break
		}
		c.note("  %s\n", name)
	}
	for _, p := range m.Left {
		c.note("%s\n", words.Error(p))
	}
	if len(m.Left) > 0 {
		return fault.New("command.ledger-not-mended", o.Public(), num(len(m.Left)), "")
	}
	c.note("账本文件夹完好。下一步：sunlot check\n")
	return nil
}

func (c *Command) newLedgerMove() *cobra.Command {
	var to, settings string
	var gone bool
	cmd := &cobra.Command{
		Use:   "move",
		Short: "把账本的次序交给日志服务器，或收回本机",
		Long: `--to trillian：在日志服务器上装入账本的全部记录，总校验码与最近一次签名的一致后，才改用它。
--to local：树与账本逐条比较一致后收回本机，树冻结。
名称、序号、总校验码、已有的证明都不变；已公布的文件一个字节也不改。没有写完的一步要先写完。` + settingsHelp + exitCodes,
		Example: "  sunlot ledger move --to trillian --settings 省平台.toml\n  sunlot ledger move --to local",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, args []string) error { return c.move(to, settings, gone) },
	}
	cmd.Flags().StringVar(&to, "to", "", "local 本机文件夹，trillian 日志服务器")
	cmd.Flags().StringVar(&settings, "settings", "", "机房提供的设置文件；不给则用 office.toml 里的")
	cmd.Flags().BoolVar(&gone, "servers-gone", false, "日志服务器已不复存在：不比较，收回本机")
	_ = cmd.MarkFlagRequired("to")
	return cmd
}

func (c *Command) move(to, settings string, gone bool) error {
	o, err := c.open()
	if err != nil {
		return err
	}
	l, err := c.settings(settings)
	if err != nil {
		return err
	}
	r, err := o.Move(to, l, gone, c.leaves("装入"))
	if err != nil {
		return err
	}
	if to == office.EngineTrillian {
		if err := c.rebuilt(r); err != nil {
			return err
		}
	} else if c.flags.json {
		if err := c.printJSON(r); err != nil {
			return err
		}
	}
	c.note("账本引擎现在是：%s\n", engineWords(to))
	return nil
}

func (c *Command) newLedgerFinish() *cobra.Command {
	return &cobra.Command{
		Use:   "finish",
		Short: "把中断的一步接着写完",
		Long: `上一次写入中断了（断电、连不上日志服务器、见证签名不够）时，接着写完那一步。它已经保存，不会丢失，也不会
重复；其中的记录一条也不改。要输入口令。` + exitCodes,
		Example: "  sunlot ledger finish",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, args []string) error { return c.finish() },
	}
}

func (c *Command) finish() error {
	o, err := c.open()
	if err != nil {
		return err
	}
	n, err := o.Complete()
	if err != nil {
		return err
	}
	if n < 0 {
		return usage("command.nothing-unfinished", o.Public(), "", "")
	}
	if c.flags.json {
		return c.printJSON(map[string]any{"entries": n})
	}
	c.note("已写完 %d 条记录。\n", n)
	return c.next(o)
}

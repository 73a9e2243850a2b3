package command

import (
	"errors"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/office"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/words"
)

func (c *Command) newRules() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "rules",
		Short:   "规则包：检查一个规则包，查一条条文",
		Example: "  sunlot rules lint 本县.toml\n  sunlot rules explain G-6.2c",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, args []string) error { return cmd.Help() },
	}
	cmd.AddCommand(c.newLint(), c.newExplain(), c.newAdoptPack())
	return cmd
}

func (c *Command) newLint() *cobra.Command {
	return &cobra.Command{
		Use:   "lint 规则包",
		Short: "检查规则包文件（.toml）写得对不对",
		Long: `检查规则包：字段、取值、引用的条文编号。自带的规则包用名称 gaoqing、yanshi。
写法见 spec/rulepack.md；可以从自带的一个改起。` + exitCodes,
		Example: "  sunlot rules lint 本县.toml\n  sunlot rules lint gaoqing --json",
		Args:    cobra.ExactArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return c.lint(args[0]) },
	}
}

func (c *Command) lint(name string) error {
	p, err := office.Pack(c.packName(name))
	if err != nil {
		return c.lintFaults(name, err)
	}
	out := 0
	for _, cl := range p.Clauses {
		if len(cl.Kinds) == 1 && cl.Kinds[0] == "out" {
			out++
		}
	}
	if c.flags.json {
		return c.printJSON(map[string]any{"id": p.ID, "title": p.Title, "problems": []lintFault{}, "clauses": len(p.Clauses), "not_computed": out,
			"readings": len(p.Readings), "towns": len(p.Towns), "codes": len(p.Result.Codes)})
	}
	c.printf("规则包可用：%s（%s）\n  条文 %d 条，其中 %d 条只列不算；对条文的理解 %d 处；镇街 %d 个；结果代码 %d 个\n", p.Title, p.ID,
		len(p.Clauses), out, len(p.Readings), len(p.Towns), len(p.Result.Codes))
	return nil
}

// lintFault is one problem of a pack: where (file:line path), its code, the
// sentence and the remedy.
type lintFault struct {
	Place  string `json:"place"`
	Code   string `json:"code"`
	Got    string `json:"got,omitempty"`
	Want   string `json:"want,omitempty"`
	Text   string `json:"text"`
	Remedy string `json:"remedy,omitempty"`
}

// lintFaults tells every problem of a pack by its line; what is not about the
// pack (no such file) is an error like any other.
func (c *Command) lintFaults(name string, err error) error {
	var list []lintFault
	for _, e := range each(err) {
		var f *fault.Error
		if !errors.As(e, &f) || f.Kind != fault.Unsound {
			return err
		}
		l := lintFault{Place: f.Place, Code: f.Code, Got: f.Got, Want: f.Want}
		l.Text, l.Remedy = words.Say(f.Code, f.Place, f.Got, f.Want)
		list = append(list, l)
	}
	if c.flags.json {
		if err := c.printJSON(map[string]any{"problems": list}); err != nil {
			return err
		}
	} else {
		for _, l := range list {
			c.printf("%s　处理办法：%s\n", l.Text, l.Remedy)
		}
	}
	return fault.New("command.pack-faults", filepath.Base(name), strconv.Itoa(len(list)), "")
}

func (c *Command) newExplain() *cobra.Command {
	var pack string
	cmd := &cobra.Command{
		Use:     "explain 条文编号",
		Short:   "一条条文：原文、程序怎样处理、采用的理解",
		Long:    "查一条条文：原文、程序怎样处理、采用的理解。\n条文编号写“定向条件”，说明定向条件的写法、可用的项目和名称。" + exitCodes,
		Example: "  sunlot rules explain G-6.2c\n  sunlot rules explain Y-14.2 --pack yanshi\n  sunlot rules explain 定向条件",
		Args:    cobra.ExactArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return c.explain(args[0], pack) },
	}
	cmd.Flags().StringVar(&pack, "pack", "", "规则包；缺省用本单位的")
	return cmd
}

func (c *Command) explain(id, name string) error {
	p, err := c.pack(name)
	if err != nil {
		return err
	}
	if id == "定向条件" {
		lines := rules.FilterHelp(p)
		if c.flags.json {
			return c.printJSON(map[string]any{"help": lines})
		}
		c.printf("%s\n", strings.Join(lines, "\n"))
		return nil
	}
	cl := p.Clause(id)
	if cl.ID == "" {
		return usage("command.no-clause", id, "", strings.Join(near(p, id), "、"))
	}
	readings, rests := p.ReadingsOf(id), p.RestingOn(id)
	if c.flags.json {
		return c.printJSON(map[string]any{"pack": p.ID, "clause": cl, "readings": readings, "parameters": rests})
	}
	c.printf("%s　%s　%s\n种类：%s\n原文：%s\n处理：%s\n", cl.ID, p.Title, cl.Cite, kinds(cl.Kinds), cl.Words, cl.Gist)
	for _, r := range readings {
		c.printf("采用的理解（%s）：%s\n", r.ID, r.Text)
		for _, o := range r.Others {
			c.printf("  没有采用的理解：%s\n", o)
		}
	}
	for _, r := range rests {
		c.printf("规则包参数：%s\n", strings.Join(append([]string{r.Path}, r.Values...), "　"))
	}
	return nil
}

// kinds are the kinds of a clause in words.
func kinds(list []string) string {
	words := map[string]string{"field": "数据项", "rule": "规则", "deadline": "期限", "publication": "公开", "record": "留痕", "out": "只列不算"}
	var out []string
	for _, k := range list {
		out = append(out, words[k])
	}
	return strings.Join(out, "、")
}

// packName is the name of one of our packs, or the path of a file.
func (c *Command) packName(name string) string {
	if strings.HasSuffix(name, ".toml") {
		return c.abs(name)
	}
	return name
}

// pack is the named pack, or that of the office in whose folder we are.
func (c *Command) pack(name string) (*rules.Pack, error) {
	if name != "" {
		return office.Pack(c.packName(name))
	}
	o, err := c.open()
	if err != nil {
		return nil, err
	}
	s, err := o.State()
	if err != nil {
		return nil, err
	}
	return s.Pack, nil
}

// near are the clauses whose ids begin like the one that was asked for.
func near(p *rules.Pack, id string) []string {
	var list []string
	head, _, _ := strings.Cut(id, ".")
	for _, cl := range p.Clauses {
		if strings.HasPrefix(cl.ID, head) && len(list) < 10 {
			list = append(list, cl.ID)
		}
	}
	return list
}

package command

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/office"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/words"
)

func (c *Command) newReplace() *cobra.Command {
	var in office.Replacing
	var lot refillFlags
	cmd := &cobra.Command{
		Use:   "replace 抽取编号",
		Short: "更换检查人员（另行指派）、回避、直接委派",
		Long: `检查前更换一名检查人员：写明理由和执行单位的同意，原抽取结果保留可见；任务清单同时重新生成。
人员写执法证号，没有重名的也可以写姓名。规则包不允许更换的，命令会拒绝。
抽取预告写明换人抽签的，用 --by-lot：只写谁退出（不写 --object 就是他还没有检查的每一家），先发布申请、指定一期还没有产生的公开随机数，
号码产生后用 sunlot draw run 抽取编号 --request 申请的记录号 抽出接替的人。` + exitCodes,
		Example: `  sunlot replace 2023-001 --object 签号 --leave YS0001 --come YS0002 --ground 身体健康状况 \
    --consent 高青县应急管理局 --agreed-by 王某某
  sunlot replace 2023-001 --by-lot --leave YS0001 --ground 身体健康状况 --consent 高青县应急管理局 --agreed-by 王某某`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			in.Draw = args[0]
			if lot.byLot {
				return c.askLot(in, lot)
			}
			switch {
			case in.Object == "":
				return usage("command.need-flag", "replace", "", "--object")
			case in.Come == "":
				return usage("command.need-flag", "replace", "", "--come")
			}
			if lot.at != "" || lot.round > 0 {
				return usage("command.only-by-lot", "replace", "", "--by-lot")
			}
			return c.draft(func(o *office.Office) (*office.Draft, error) { return o.Replace(in) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&in.Object, "object", "", "签号或统一社会信用代码")
	f.StringVar(&in.Kind, "kind", "更换", "更换、回避 或 直接委派")
	f.StringVar(&in.Leave, "leave", "", "退出人员的执法证号或姓名")
	f.StringVar(&in.Come, "come", "", "接替人员的执法证号或姓名")
	f.StringVar(&in.Ground, "ground", "", "理由，用规则包列出的说法")
	f.StringVar(&in.Note, "note", "", "补充说明（不公开）")
	f.StringVar(&in.Consent, "consent", "", "同意的任务执行单位")
	f.StringVar(&in.By, "agreed-by", "", "同意的人（不公开）")
	f.StringVar(&in.Agreed, "agreed", "", "同意的日期，缺省为今天")
	f.StringVar(&in.Applied, "applied", "", "回避：本人申请的日期")
	f.BoolVar(&in.Leads, "leads", false, "接替人员任组长")
	f.BoolVar(&lot.byLot, "by-lot", false, "换人抽签：发布申请，接替的人由以后的一期公开随机数抽出")
	f.StringVar(&lot.at, "at", "", "换人抽签：用这一刻（北京时间）或其后第一期公开随机数，缺省为下一个工作日上午 10 时")
	f.Uint64Var(&lot.round, "round", 0, "换人抽签：直接指定期号")
	for _, name := range []string{"ground", "consent", "agreed-by"} {
		_ = cmd.MarkFlagRequired(name)
	}
	return c.writing(cmd)
}

// refillFlags ask for a replacement by lot.
type refillFlags struct {
	byLot bool
	at    string
	round uint64
}

// askLot writes a request that places be filled anew by lot (换人抽签申请).
func (c *Command) askLot(in office.Replacing, lot refillFlags) error {
	switch {
	case in.Leave == "":
		return usage("command.need-flag", "replace --by-lot", "", "--leave")
	case in.Come != "" || in.Leads:
		return usage("command.by-lot-names", "replace --by-lot", in.Come, "")
	}
	o, err := c.open()
	if err != nil {
		return err
	}
	l := office.Leaving{Draw: in.Draw, Object: in.Object, Kind: in.Kind, Leave: in.Leave, Ground: in.Ground, Note: in.Note, Consent: in.Consent, Agreed: in.Agreed, By: in.By, Applied: in.Applied}
	if l.Round, err = c.round(o, lot.at, lot.round); err != nil {
		return err
	}
	d, b, err := o.AskLot(l)
	if err != nil {
		return err
	}
	drawing, err := o.Drawing(in.Draw)
	if err != nil {
		return err
	}
	c.note("换人抽签申请：\n")
	for _, line := range drawing.Places(b, nil) {
		c.note("  %s\n", line)
	}
	c.note("  理由 %s，公开随机数：drand quicknet 第 %d 期，%s\n", b.Ground, b.Randomness.Round, words.Clock(b.Randomness.Time))
	if err := c.commit(o, d); err != nil {
		return err
	}
	if !c.flags.dry && !o.Config.Internet {
		c.howToDraw(o, awaitedRequest(in.Draw, d.First, b))
	}
	return nil
}

func awaitedRequest(id string, index int64, b *record.Request) awaited {
	r := b.Randomness
	return awaited{id: id, r: &r, step: "draw run " + id + " --request " + fmt.Sprint(index)}
}

// runRequest draws who comes.
func (c *Command) runRequest(ctx context.Context, id string, index int64, file, signature string) error {
	o, err := c.open()
	if err != nil {
		return err
	}
	drawing, err := o.Drawing(id)
	if err != nil {
		return err
	}
	s, err := o.State()
	if err != nil {
		return err
	}
	lot, r := s.Request(index)
	if r == nil || lot.Body.Draw != id {
		return usage("office.no-such-request", id, fmt.Sprint(index), "")
	}
	a := awaitedRequest(id, index, r.Body)
	if c.Now().Unix() < record.Unix(a.r.Time) {
		c.howToDraw(o, a)
		return fault.New("office.too-early", id, record.Time(c.Now().Unix()), a.r.Time)
	}
	round, err := c.beacon(ctx, o, a, file, signature)
	if err != nil {
		if file == "" && signature == "" {
			c.howToDraw(o, a)
		}
		return err
	}
	d, b, err := o.RunRequest(id, index, round)
	if err != nil {
		return err
	}
	c.note("换人抽签（申请：第 %d 条记录），摇号种子 %s\n", index, b.Seed)
	for _, line := range drawing.Places(r.Body, b.Filled) {
		c.note("  %s\n", line)
	}
	return c.commit(o, d)
}

// askedView is a 换人抽签申请 of a draw, for the office's eyes.
type askedView struct {
	Entry  int64    `json:"entry"`
	State  string   `json:"state"`  // late, open, done
	Places []string `json:"places"` // who leaves, and who comes as far as a lot has said
}

var askedStates = map[string]string{"late": "没有在号码产生前十分钟以上得到见证，不起作用", "open": "还没有摇号", "done": "已摇号"}

func asked(d *office.Drawing, r *rules.Requested) askedView {
	v := askedView{Entry: r.Index, State: "open"}
	switch {
	case !r.InTime:
		v.State = "late"
	case r.Done != nil:
		v.State, v.Places = "done", d.Places(r.Body, r.Done.Body.Filled)
		return v
	}
	v.Places = d.Places(r.Body, nil)
	return v
}

package command

import (
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/intake"
	"github.com/sunlot/sunlot/internal/office"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

func (c *Command) newObjection() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "objection 异议表或复核表…",
		Short: "登记异议、复核和复核情况的反馈",
		Long: `读入异议表（收到的异议）或复核表（复核的结论），按列名认出是哪一种；只有一件的可用 receive、decide。
申请人、内容、理由和决定人不公开，公开的是日期、期限和结论。
经复核确有错误的，先用 sunlot correct 登记更正，再登记复核，结论写“更正”。` + exitCodes,
		Example: "  sunlot form 异议\n  sunlot objection 异议.xlsx\n  sunlot objection receive 23 --received 2023-10-20 --applicant 李某 --content 认为结果有误\n  sunlot objection decide 31 --outcome 维持 --reasons 记录无误 --by 钱某\n  sunlot objection told 31 --way 送达文书",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, name := range args {
				if err := c.redressSheet(name, ""); err != nil {
					return err
				}
			}
			return nil
		},
	}
	cmd.AddCommand(c.newReceive(), c.newDecide(), c.newTold())
	return c.writing(cmd)
}

// redressSheet reads a sheet of objections, reviews or archived documents.
func (c *Command) redressSheet(name, as string) error {
	o, err := c.open()
	if err != nil {
		return err
	}
	t, err := c.table(o, name, as, "", 0)
	if err != nil {
		return err
	}
	firms := map[intake.Place]string{}
	var rep *intake.Report
	var draft func() (*office.Draft, []intake.Problem, error)
	switch t.Kind {
	case intake.KindObjections:
		rows, r := t.Objections()
		for i := range rows {
			firms[rows[i].Line] = rows[i].Name
		}
		rep, draft = r, func() (*office.Draft, []intake.Problem, error) { return o.Objections(rows) }
	case intake.KindReviews:
		rows, r := t.Reviews()
		for i := range rows {
			firms[rows[i].Line] = rows[i].Name
		}
		rep, draft = r, func() (*office.Draft, []intake.Problem, error) { return o.Reviews(rows) }
	case intake.KindArchive:
		rows, r := t.Archive()
		for i := range rows {
			firms[rows[i].Line] = rows[i].Name
		}
		rep, draft = r, func() (*office.Draft, []intake.Problem, error) { return o.Archive(rows) }
	default:
		return usage("command.other-command", name, string(t.Kind), takes(t.Kind))
	}
	if err := c.shown(t, name, rep); err != nil {
		return err
	}
	d, problems, err := draft()
	if err := c.refuseRows(t, name, rep, problems, firms, err); err != nil {
		return err
	}
	if err := c.say(o, d); err != nil {
		return err
	}
	c.told(d)
	return c.commit(o, d)
}

// index reads the number of an entry.
func index(written string) (int64, error) {
	n, err := strconv.ParseInt(written, 10, 64)
	if err != nil || n < 0 {
		return 0, usage("command.bad-index", written, written, "")
	}
	return n, nil
}

func (c *Command) newReceive() *cobra.Command {
	var r intake.ObjectionRow
	cmd := &cobra.Command{
		Use:     "receive 结果记录号",
		Short:   "登记收到的一件异议",
		Example: "  sunlot objection receive 23 --received 2023-10-20 --applicant 李某 --content 认为结果有误 --way 当面递交",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			n, err := index(args[0])
			if err != nil {
				return err
			}
			r.Entry = int(n)
			return c.draft(func(o *office.Office) (*office.Draft, error) {
				if r.Received == "" {
					r.Received = o.Today()
				}
				return one(o.Objections([]intake.ObjectionRow{r}))
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&r.Received, "received", "", "接到申请材料的日期，缺省为今天")
	f.StringVar(&r.Applicant, "applicant", "", "申请人（不公开）")
	f.StringVar(&r.Content, "content", "", "异议内容（不公开）")
	f.StringVar(&r.Way, "way", "", "递交方式，会公开")
	f.StringVar(&r.Number, "number", "", "受理编号，会公开")
	for _, name := range []string{"applicant", "content"} {
		_ = cmd.MarkFlagRequired(name)
	}
	return c.writing(cmd)
}

// one gives the draft of a single row, or the first problem as the error.
func one(d *office.Draft, problems []intake.Problem, err error) (*office.Draft, error) {
	if err != nil || len(problems) == 0 {
		return d, err
	}
	p := problems[0]
	return nil, fault.New(p.Code, p.Header, p.Got, p.Want)
}

func (c *Command) newDecide() *cobra.Command {
	var r intake.ReviewRow
	cmd := &cobra.Command{
		Use:   "decide 异议记录号",
		Short: "登记对一件异议的复核：维持或更正",
		Long: `结论是更正的，先用 sunlot correct 登记更正；不写 --correction 时取收到异议以后的最后一次更正。
规则包有复核期限的，超过期限照实显示，可用 --late 写明原因。` + exitCodes,
		Example: "  sunlot objection decide 31 --outcome 维持 --reasons 记录无误 --by 钱某\n  sunlot objection decide 31 --outcome 更正 --correction 33 --reasons 录入有误 --by 钱某",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			n, err := index(args[0])
			if err != nil {
				return err
			}
			if r.Outcome != "维持" && r.Outcome != "更正" {
				return usage("command.bad-outcome", "--outcome", r.Outcome, "维持、更正")
			}
			r.Objection = int(n)
			return c.draft(func(o *office.Office) (*office.Draft, error) {
				if r.Decided == "" {
					r.Decided = o.Today()
				}
				return one(o.Reviews([]intake.ReviewRow{r}))
			})
		},
	}
	f := cmd.Flags()
	f.StringVar(&r.Outcome, "outcome", "", "结论：维持、更正")
	f.IntVar(&r.Correction, "correction", 0, "更正的记录号")
	f.StringVar(&r.Decided, "date", "", "作出复核的日期，缺省为今天")
	f.StringVar(&r.Reasons, "reasons", "", "复核理由（不公开）")
	f.StringVar(&r.DecidedBy, "by", "", "复核决定人（不公开）")
	f.StringVar(&r.Late, "late", "", "超过期限的原因，会公开")
	for _, name := range []string{"outcome", "reasons", "by"} {
		_ = cmd.MarkFlagRequired(name)
	}
	return c.writing(cmd)
}

func (c *Command) newTold() *cobra.Command {
	var in office.Telling
	cmd := &cobra.Command{
		Use:     "told 异议记录号",
		Short:   "登记复核情况已反馈被检查对象",
		Example: "  sunlot objection told 31 --way 送达文书 --date 2023-11-10",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			if in.Objection, err = index(args[0]); err != nil {
				return err
			}
			return c.draft(func(o *office.Office) (*office.Draft, error) { return o.ToldReview(in) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&in.Way, "way", "", "反馈方式："+strings.Join(intake.FeedbackWays(), "、"))
	f.StringVar(&in.Date, "date", "", "反馈日期，缺省为今天")
	f.StringVar(&in.Receiver, "receiver", "", "接收人（不公开）")
	_ = cmd.MarkFlagRequired("way")
	return c.writing(cmd)
}

// sayRedress says in one line what an entry about objections or the archive
// will write.
func (c *Command) sayRedress(s *rules.State, body any, a office.About) {
	switch b := body.(type) {
	case *record.Objection:
		due := ""
		if obj := s.Objections; len(obj) > 0 {
			for _, x := range obj {
				if x.Body == b {
					due, _ = s.ReviewDue(x)
				}
			}
		}
		if due != "" {
			due = "，复核期限 " + due
		}
		c.note("将登记异议：%s（第 %d 条记录），%s收到%s；申请人和内容不公开\n", a.Firm, b.Result, b.Received, due)
	case *record.Review:
		outcome := "维持"
		if b.Outcome == "corrected" {
			outcome = "更正（第 " + strconv.FormatInt(b.Correction, 10) + " 条记录）"
		}
		c.note("将登记复核：%s（第 %d 条记录的异议），%s，%s；理由不公开\n", a.Firm, b.Objection, b.Decided, outcome)
	case *record.Feedback:
		c.note("将登记反馈：%s，%s\n", a.Firm, strings.Join(filled(b.Date, b.Way), "，"))
	case *record.Archive:
		what, keep := a.Firm, "永久保管"
		if b.Notice > 0 {
			what = "抽取 " + s.LotAt(b.Notice).Body.Draw
		}
		if b.RetainUntil != "" {
			keep = "保管到 " + b.RetainUntil
		}
		c.note("将登记归档：%s，%d 份，%s归档，%s\n", what, len(b.Documents), b.Date, keep)
	case *record.Takedown:
		c.note("将撤下：%s（第 %d 条记录）的 %s，%s，依据 %s；撤下后不能收回\n", a.Firm, b.Entry, strings.Join(b.Fields, "、"), b.Class, b.Ground)
	case *record.Purge:
		c.note("将登记销毁：%s（第 %d 条记录归档），%s，理由 %s；销毁清册在本单位留存\n", a.Firm, b.Archive, b.Date, b.Ground)
	}
}

package command

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sunlot/sunlot/internal/durable"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/intake"
	"github.com/sunlot/sunlot/internal/office"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/words"
)

func (c *Command) newResult() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "result 结果表…",
		Short: "读入填好的任务清单，公示抽查结果",
		Long: `读入派发时生成、检查后填好的 Excel 表。一张表是一批，要么全部写入，要么一条不写。
同一张清单可以分几次交：还没有填的行跳过，已公示且未变的行也跳过；与已公示的不同的，拒绝（用 sunlot correct 更正）。
写入后企业名称随结果公开。没有抽中的企业、不认识的结果代码、签字不全、日期早于抽取的，拒绝，并一次列出全部问题。` + exitCodes,
		Example: "  sunlot result outbox/2023-001-高青县应急管理局-任务清单.xlsx",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, name := range args {
				if err := c.results(name); err != nil {
					return err
				}
			}
			return nil
		},
	}
	return c.writing(cmd)
}

func (c *Command) results(name string) error {
	o, err := c.open()
	if err != nil {
		return err
	}
	t, err := c.table(o, name, string(intake.KindResults), "", 0)
	if err != nil {
		return err
	}
	rows, rep := t.Results()
	firms := map[intake.Place]string{}
	for i := range rows {
		firms[rows[i].Line] = rows[i].Name
	}
	if err := c.shown(t, name, rep); err != nil {
		return err
	}
	d, problems, err := o.Results(rows)
	if err := c.refuseRows(t, name, rep, problems, firms, err); err != nil {
		return err
	}
	if n := len(d.Passed); n > 0 {
		c.note("%d 家已公示且未变，跳过：%s\n", n, some(d.Passed, shownNames))
	}
	if len(d.Entries) == 0 {
		c.told(d)
		c.note("表里没有新的结果，没有写入。\n")
		if c.flags.json {
			return c.printJSON(map[string]any{"count": 0, "passed": len(d.Passed)})
		}
		return nil
	}
	if err := c.sayResults(o, d); err != nil {
		return err
	}
	c.told(d)
	return c.commit(o, d)
}

// shown tells how a sheet was read. Its problems wait for what the rules say of
// the other rows: an officer mends a sheet once.
func (c *Command) shown(t *intake.Table, name string, rep *intake.Report) error {
	read := *rep
	read.Problems, read.ProblemCount = nil, 0
	return c.reading(t, name, &read)
}

// refuseRows refuses a sheet with problems of either kind, under the file and the
// sheet. Each line names the row, the column and, where it could be read, the
// firm. A sheet that lacks a column is told so and no more: what the rules say
// of its rows follows from the gap.
func (c *Command) refuseRows(t *intake.Table, name string, rep *intake.Report, problems []intake.Problem, firms map[intake.Place]string, err error) error {
	switch gap := slices.ContainsFunc(rep.Problems, func(p intake.Problem) bool { return p.Code == "intake.missing-column" }); {
	case gap:
		problems = nil
	case err != nil:
		return err
	}
	if problems = append(slices.Clone(rep.Problems), problems...); len(problems) == 0 {
		return nil
	}
	problems = t.Located(problems)
	slices.SortStableFunc(problems, func(a, b intake.Problem) int {
		return cmp.Or(strings.Compare(a.Sheet, b.Sheet), a.Row-b.Row)
	})
	sheets := t.Sheets()
	say := func(p intake.Problem) string { return rowSentence(p, firms) }
	for i, p := range problems {
		if i == 0 || len(sheets) > 1 && p.Sheet != problems[i-1].Sheet {
			c.note("  %s：\n", strings.TrimSpace(name+" "+p.Sheet))
		}
		if i == shownFirms {
			c.note("  另有 %d 处，见副本\n", len(problems)-i)
			break
		}
		c.note("  问题　%s\n", say(p))
	}
	return c.marked(t, name, problems, say)
}

// marked leaves a copy of the sheet that says beside each row what is wrong.
func (c *Command) marked(t *intake.Table, name string, problems []intake.Problem, say func(intake.Problem) string) error {
	copied, data, err := t.Marked(problems, say)
	if err != nil {
		return err
	}
	copied = filepath.Join(filepath.Dir(name), copied)
	if c.flags.dry {
		return fault.New("command.refused-dry", name, problems[0].Code, copied)
	}
	if err := durable.WriteFile(c.abs(copied), data, 0o600); err != nil {
		return fault.Wrap("command.unwritable", copied, err).Of(fault.Unreachable)
	}
	return fault.New("command.refused", name, problems[0].Code, copied)
}

// rowSentence says a problem with its row, column and firm; the sentence itself
// is about the heading then.
func rowSentence(p intake.Problem, firms map[intake.Place]string) string {
	say := strings.ReplaceAll(words.Error(fault.New(p.Code, oneLine(strings.TrimPrefix(p.Header, "*")), p.Got, p.Want)), "\n", "　")
	if p.Row == 0 || p.Code == "intake.missing-column" {
		return say
	}
	row := fmt.Sprintf("第 %d 行", p.Row)
	if p.Column != "" {
		row += " " + p.Column + " 列"
	}
	return strings.TrimSpace(row+" "+firms[intake.Place{File: p.File, Sheet: p.Sheet, Row: p.Row}]) + "：" + say
}

func (c *Command) newCorrect() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "correct 更正表",
		Short: "更正已公示的结果：新旧并列，写明理由和负责人签字",
		Long: `读入更正表。每行用原记录号，或签号、统一社会信用代码指明原结果（有几次的再写抽取编号）；
填了“原检查结果”的，与现行结果核对。与现行结果完全相同的更正，拒绝。` + exitCodes,
		Example: "  sunlot form 更正\n  sunlot correct 更正.xlsx",
		Args:    cobra.ExactArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return c.correct(args[0]) },
	}
	return c.writing(cmd)
}

func (c *Command) correct(name string) error {
	o, err := c.open()
	if err != nil {
		return err
	}
	t, err := c.table(o, name, string(intake.KindCorrections), "", 0)
	if err != nil {
		return err
	}
	rows, rep := t.Corrections()
	firms := map[intake.Place]string{}
	for i := range rows {
		firms[rows[i].Line] = rows[i].Name
	}
	if err := c.shown(t, name, rep); err != nil {
		return err
	}
	d, problems, err := o.Corrections(rows)
	if err := c.refuseRows(t, name, rep, problems, firms, err); err != nil {
		return err
	}
	if err := c.sayCorrections(o, d); err != nil {
		return err
	}
	c.told(d)
	return c.commit(o, d)
}

// tasks reads a task sheet.
func (c *Command) tasks(o *office.Office, name string, random *randomFlags) ([]rules.Task, error) {
	t, err := c.table(o, name, string(intake.KindTask), "", 0)
	if err != nil {
		return nil, err
	}
	rows, rep := t.Tasks()
	if err := c.reading(t, name, rep); err != nil {
		return nil, err
	}
	var list []rules.Task
	var all []intake.Problem
	for i := range rows {
		r := &rows[i]
		base := rules.Task{Before: r.DrawAt}
		if !r.Platform {
			said := *random
			if r.DrawAt != "" || r.Round > 0 { // what the sheet says of its row comes first
				said = randomFlags{kind: "drand", at: r.DrawAt, round: r.Round, contributors: random.contributors}
			}
			base = rules.Task{}
			if err := c.random(o, &said, &base); err != nil {
				return nil, err
			}
		}
		task, problems, err := o.Task(r, base)
		if err != nil {
			return nil, err
		}
		all = append(all, problems...)
		list = append(list, task)
	}
	if len(all) > 0 {
		return nil, c.refuse(t, name, all)
	}
	return list, nil
}

func (c *Command) newFollowUp() *cobra.Command {
	var in office.Following
	cmd := &cobra.Command{
		Use:     "follow-up 结果记录号",
		Short:   "登记后续处置：整改、立案、移交，直到办结",
		Example: "  sunlot follow-up 23 --kind 责令限期整改 --date 2023-10-20 --closed",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			n, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil {
				return usage("office.no-such-result", args[0], "", "")
			}
			in.Result = n
			return c.draft(func(o *office.Office) (*office.Draft, error) { return o.FollowUp(in) })
		},
	}
	f := cmd.Flags()
	f.StringVar(&in.Kind, "kind", "", "处置方式，用规则包列出的说法")
	f.StringVar(&in.Number, "number", "", "文书号")
	f.StringVar(&in.To, "to", "", "移交给哪个部门")
	f.StringVar(&in.Owner, "owner", "", "由谁跟到办结，缺省为检查单位")
	f.StringVar(&in.Due, "due", "", "办理期限；已有期限的改为这一天，前后都列出")
	f.StringVar(&in.Date, "date", "", "日期，缺省为今天")
	f.BoolVar(&in.Closed, "closed", false, "已办结")
	f.StringVar(&in.Remark, "remark", "", "补充说明（不公开）")
	_ = cmd.MarkFlagRequired("kind")
	return c.writing(cmd)
}

package command

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sunlot/sunlot/internal/intake"
	"github.com/sunlot/sunlot/internal/office"
	"github.com/sunlot/sunlot/internal/words"
)

type recording struct {
	as, sheet string
	listing   office.Listing
	title     string
}

func (c *Command) newRecord() *cobra.Command {
	var r recording
	cmd := &cobra.Command{
		Use:   "record 文件…",
		Short: "读入名录库、人员库、清单、计划、开账前历史、工作日补充、回避申报、专家库并写入账本",
		Long: `读入 Excel（.xlsx）、CSV（UTF-8 或 GB18030）或 TOML，按列名认出是哪种表，显示读到了什么、
改正了什么、将写入什么，再问是否写入。有错的表不写入，另存一份带“问题说明”列的副本。
身份证号、电话、住所等不公开的列只存在本单位 private/ 下，不进账本。` + exitCodes,
		Example: "  sunlot record inbox/名录库.xlsx\n  sunlot record --as 清单 inbox/导出.csv --dry-run",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.recordAll(args, r)
		},
	}
	f := cmd.Flags()
	f.StringVar(&r.as, "as", "", "表的种类（按列名认不出或认错时用）："+formNames())
	f.StringVar(&r.sheet, "sheet", "", "只读这张工作表")
	f.IntVar(&r.listing.Year, "year", 0, "清单或计划的年度，缺省为今年")
	f.StringVar(&r.listing.Date, "date", "", "版本日期，缺省为今天")
	f.StringVar(&r.listing.Source, "source", "", "数据来源，或清单依据的上级要求")
	f.StringVar(&r.listing.Reason, "reason", "", "版本的缘由：制定、更新、立、改、废、释、层级权限、其他")
	f.IntVar(&r.listing.AllItems, "all-items", 0, "清单：本单位全部执法检查事项的总数")
	f.StringVar(&r.listing.AllSource, "all-items-source", "", "清单：该总数的来源，如某文件")
	f.StringVar(&r.title, "title", "", "计划的标题")
	return c.writing(cmd)
}

// recordAll records the files in turn and stops at the first that is refused.
func (c *Command) recordAll(names []string, r recording) error {
	var last *office.Office
	for i, name := range names {
		o, written, err := c.record(name, r)
		if err != nil {
			if rest := names[i+1:]; len(rest) > 0 {
				fmt.Fprintf(c.Stderr, "到此停下，下列文件没有读：%s\n", strings.Join(rest, "、"))
			}
			return err
		}
		if written {
			last = o
		}
	}
	if last == nil {
		return nil
	}
	return c.next(last)
}

func (c *Command) record(name string, r recording) (o *office.Office, written bool, err error) {
	if o, err = c.open(); err != nil {
		return nil, false, err
	}
	t, err := c.table(o, name, r.as, r.sheet, r.listing.Year)
	if err != nil {
		return nil, false, err
	}
	d, problems, err := c.drafted(o, t, name, r)
	if err != nil {
		return nil, false, err
	}
	if len(problems) > 0 {
		return nil, false, c.refuse(t, name, problems)
	}
	written, err = c.write(o, d)
	return o, written, err
}

// review shows how a register or list differs from the version in force, and
// what a person should look at before it is written.
func (c *Command) review(v *office.Review) {
	for _, t := range v.Counts {
		var list []string
		for _, w := range t.Words {
			list = append(list, fmt.Sprintf("%s %d", w.Name, w.Count))
		}
		s, _ := words.Say(t.Code, "", fmt.Sprint(t.N), strings.Join(list, "、"))
		c.note("  %s\n", s)
	}
	for _, f := range v.Filters {
		c.note("  定向条件　%s\n", f)
	}
	for _, g := range v.Groups {
		c.note("  分组　%s\n", g)
	}
	for _, p := range v.Notices {
		c.note("注意：%s\n", sentence(p))
	}
	c.confirm(v.Confirm)
	c.merge(v.Merge)
	if d := v.Before; d != nil {
		c.note("上一版 %d %s，这一版 %d %s：新增 %d、减少 %d、变动 %d", d.Old, d.Unit, d.New, d.Unit, d.Added, d.Gone, d.Changed)
		if d.Gone > 0 {
			c.note("；减少的有：%s", strings.Join(d.Names, "、"))
			if d.Gone > len(d.Names) {
				c.note("等")
			}
		}
		if d.Same() {
			s, _ := words.Say("office.roster-same", "", "", "")
			c.note("。%s\n", s)
		} else {
			c.note("。整张表替换上一版，不是追加。\n")
		}
	}
}

// merge names the firms that another open task has drawn too (G-4.3b): for the
// office alone, nothing of it is written.
func (c *Command) merge(list []office.Overlap) {
	for i, o := range list {
		if i == 5 {
			c.note("  可以合并检查　另有 %d 家\n", len(list)-i)
			break
		}
		c.note("  可以合并检查　%s（%s）：也在 %s 的任务中\n", o.Firm, o.Code, strings.Join(o.Draws, "、"))
	}
}

// confirm lists what a person must look at.
func (c *Command) confirm(list []intake.Problem) {
	for i, p := range list {
		if i == 10 {
			c.note("  请核对　另有 %d 处\n", len(list)-i)
			break
		}
		c.note("  请核对　%s\n", sentence(p))
	}
}

// drafted reads the rows of a table and drafts what its kind becomes.
func (c *Command) drafted(o *office.Office, t *intake.Table, name string, r recording) (*office.Draft, []intake.Problem, error) {
	switch t.Kind {
	case intake.KindFirms:
		rows, rep := t.Firms()
		if err := c.reading(t, name, rep); err != nil {
			return nil, nil, err
		}
		for _, p := range rep.Confirm {
			if p.Code == "intake.code-check-digit" {
				r.listing.Unsure++
			}
		}
		c.note("将写入检查对象名录库：%d 家。公开的只有户数、各镇街户数和校验码。\n", len(rows))
		return o.Firms(rows, r.listing)
	case intake.KindInspectors:
		rows, rep := t.Inspectors()
		if err := c.reading(t, name, rep); err != nil {
			return nil, nil, err
		}
		c.note("将写入执法检查人员名录库：%d 人。公开的只有人数和校验码。\n", len(rows))
		return o.Inspectors(rows, r.listing)
	case intake.KindItems:
		rows, rep := t.Items()
		if err := c.reading(t, name, rep); err != nil {
			return nil, nil, err
		}
		c.note("将写入随机抽查事项清单：%d 项，全文公开。\n", len(rows))
		return o.Checklist(rows, r.listing)
	case intake.KindPlan:
		rows, rep := t.PlanLines()
		if err := c.reading(t, name, rep); err != nil {
			return nil, nil, err
		}
		c.note("将写入年度抽查工作计划：%d 个计划项，全文公开。\n", len(rows))
		return o.Plan(rows, r.listing, r.title)
	case intake.KindHistory:
		rows, rep := t.History()
		if err := c.reading(t, name, rep); err != nil {
			return nil, nil, err
		}
		c.note("将写入开账前历史：%d 次抽查，只计入频次，不作公正性证明。\n", len(rows))
		return o.History(rows)
	case intake.KindPartners:
		rows, rep := t.Partners()
		if err := c.reading(t, name, rep); err != nil {
			return nil, nil, err
		}
		c.note("将写入联合名单：%d 个单位，全文公开。\n", len(rows))
		return o.Partners(rows, r.listing)
	case intake.KindCalendar:
		rows, rep := t.Days()
		if err := c.reading(t, name, rep); err != nil {
			return nil, nil, err
		}
		c.note("将写入工作日补充：%d 天，全文公开；只用于推算期限，全国的日期一并列出。\n", len(rows))
		return o.Days(rows)
	case intake.KindExperts:
		rows, rep := t.Experts()
		if err := c.reading(t, name, rep); err != nil {
			return nil, nil, err
		}
		c.note("将写入专家名录：%d 人。公开的只有人数和校验码。\n", len(rows))
		return o.Experts(rows, r.listing)
	case intake.KindRecusals:
		rows, rep := t.Recusals()
		if err := c.reading(t, name, rep); err != nil {
			return nil, nil, err
		}
		c.note("将写入回避申报：%d 行，每人一条记录。公开的只有户数和日期，姓名和单位不公开。\n", len(rows))
		return o.Recusals(rows)
	}
	return nil, nil, usage("command.other-command", name, string(t.Kind), takes(t.Kind))
}

// table opens a file and finds the one table in it.
func (c *Command) table(o *office.Office, name, as, sheet string, year int) (*intake.Table, error) {
	opt := intake.Options{Sheet: sheet, Year: year}
	if opt.Year == 0 {
		opt.Year = c.Now().Year()
	}
	if as != "" {
		kind, ok := intake.KindOf(as)
		if !ok {
			return nil, usage("command.no-form", "--as", as, formNames())
		}
		opt.As = kind
	}
	var err error
	if opt.Codes, err = o.Codes(); err != nil {
		return nil, err
	}
	wb, err := intake.Open(c.abs(name))
	if err != nil {
		return nil, err
	}
	tables, err := wb.Tables(opt)
	if err != nil {
		return nil, err
	}
	if len(tables) != 1 {
		return nil, usage("command.many-tables", name, "", "--as")
	}
	// Which columns the regulation demands depends on the kind, known only now.
	opt.As = tables[0].Kind
	if opt.Required, err = o.Required(opt.As); err != nil {
		return nil, err
	}
	if tables, err = wb.Tables(opt); err != nil {
		return nil, err
	}
	t := tables[0]
	c.note("%s：认作“%s”\n", name, t.Kind)
	c.columns(t)
	return t, nil
}

// columns says which heading was taken for what where the words differ, and
// which columns are not used; the rest needs no words.
func (c *Command) columns(t *intake.Table) {
	var same int
	var other, unused []string
	for _, m := range t.Mapping {
		written := strings.TrimPrefix(oneLine(m.Header), "*")
		switch {
		case m.Field == "":
			unused = append(unused, written)
		case m.Field == written:
			same++
		default:
			other = append(other, written+"→"+m.Field)
		}
	}
	c.note("  列：%d 列按列名认出", same)
	if len(other) > 0 {
		c.note("；另认作　%s", strings.Join(other, "　"))
	}
	if len(unused) > 0 {
		c.note("；不用　%s", strings.Join(unused, "　"))
	}
	c.note("\n")
}

// reading shows what was mended and what a person must confirm; problems refuse
// the file.
func (c *Command) reading(t *intake.Table, name string, rep *intake.Report) error {
	c.note("  读到 %d 行\n", rep.Rows)
	if len(rep.Unused) > 0 {
		c.note("  以下各列本版本不使用：%s\n", strings.Join(rep.Unused, "、"))
	}
	c.repairs(rep, "未读", true)
	c.repairs(rep, "已改正", false)
	c.confirm(rep.Confirm)
	if len(rep.Problems) > 0 {
		return c.refuse(t, name, rep.Problems)
	}
	return nil
}

// repairs lists the rows that were passed over, or what was changed in cells.
func (c *Command) repairs(rep *intake.Report, title string, passed bool) {
	shown := map[string]int{}
	for _, r := range rep.Repairs {
		if strings.HasPrefix(r.Why, "intake.skipped-") != passed {
			continue
		}
		if shown[r.Why]++; shown[r.Why] > 3 {
			continue
		}
		s, _ := words.Say(r.Why, r.Place.String(), r.From, r.To)
		c.note("  %s　%s\n", title, s)
	}
	for _, why := range slices.Sorted(maps.Keys(shown)) {
		if n := rep.RepairCounts[why]; n > 3 {
			s, _ := words.Say(why, "", "", "")
			c.note("  %s　同类共 %d 处（%s）\n", title, n, oneLine(s))
		}
	}
}

func sentence(p intake.Problem) string {
	return strings.ReplaceAll(words.Error(p.Fault()), "\n", "　")
}

// refuse lists the problems and leaves a marked copy beside the file.
func (c *Command) refuse(t *intake.Table, name string, problems []intake.Problem) error {
	problems = t.Located(problems)
	for i, p := range problems {
		if i == 20 {
			c.note("  另有 %d 处，见副本\n", len(problems)-i)
			break
		}
		c.note("  问题　%s\n", sentence(p))
	}
	return c.marked(t, name, problems, sentence)
}

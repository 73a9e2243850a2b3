package command

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sunlot/sunlot/internal/durable"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/intake"
	"github.com/sunlot/sunlot/internal/office"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/words"
)

func (c *Command) newRecordDraw() *cobra.Command {
	in := office.PlatformList{}
	cmd := &cobra.Command{
		Use:   "record 抽取编号 平台导出表",
		Short: "登记平台抽取：读入监管平台导出的名单",
		Long: `由监管平台抽取的（抽取预告写明的），把平台导出的名单（.xlsx 或 .csv）登记进账本；账本只记签号、平台任务编号、
抽取时间和导出文件的校验码，导出文件由本单位保存。由本系统摇号、再把名单录入平台的，也用它登记，两份名单逐户比对。
名单与抽取预告不同的（不在签筒里、户数不对、检查人员不在岗等），一次列出全部，不写入；平台确实这样抽的，
用 --explain 写明说明，照实登记，差异和说明都会公开。` + exitCodes,
		Example: "  sunlot draw record 2023-001 平台名单.xlsx\n  sunlot draw record 2023-001 平台名单.csv --number 演应急抽查[2023]1号 --at \"2023-08-24 09:05\"",
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			in.Draw = args[0]
			return c.recordDraw(in, args[1])
		},
	}
	f := cmd.Flags()
	f.StringVar(&in.Number, "number", "", "平台任务编号，导出表里没有的才写")
	f.StringVar(&in.Time, "at", "", "平台抽取的时间（北京时间），导出表里没有的才写")
	f.StringVar(&in.Explained, "explain", "", "名单与抽取预告不同时的说明（公开）")
	return c.writing(cmd)
}

func (c *Command) recordDraw(in office.PlatformList, name string) error {
	if in.Time != "" {
		when, err := parseTime(in.Time)
		if err != nil {
			return err
		}
		in.Time = record.Time(when.Unix())
	}
	o, err := c.open()
	if err != nil {
		return err
	}
	if in.Export, err = c.digest(name); err != nil {
		return err
	}
	t, err := c.table(o, name, string(intake.KindPlatform), "", 0)
	if err != nil {
		return err
	}
	rows, rep := t.PlatformRows()
	if err := c.shown(t, name, rep); err != nil {
		return err
	}
	in.Rows, in.Unread = rows, rep.ProblemCount > 0
	d, problems, err := o.RecordDraw(in)
	if err := c.refuseRows(t, name, rep, problems, nil, err); err != nil {
		return err
	}
	b := d.Entries[0].Body.(*record.PlatformDraw)
	c.note("平台抽取登记 %s：平台任务 %s，%s 抽取，%d 家，其中 %d 家有检查人员。\n", in.Draw, b.Number, words.Clock(b.Time), b.Count, b.Teams.Lines)
	return c.commit(o, d)
}

// digest is the SHA-256 and length of a file as it was handed in.
func (c *Command) digest(name string) (record.Bytes, error) {
	f, err := os.Open(c.abs(name))
	if err != nil {
		return record.Bytes{}, fault.Wrap("command.unreadable", name, err).Of(fault.Unreachable)
	}
	defer f.Close()
	h := sha256.New()
	n, err := io.Copy(h, f)
	if err != nil {
		return record.Bytes{}, fault.Wrap("command.unreadable", name, err).Of(fault.Unreachable)
	}
	return record.Bytes{Bytes: n, SHA256: hex.EncodeToString(h.Sum(nil))}, nil
}

// lists are what --as may say to reconcile, and the kind of sheet.
var lists = map[string]intake.Kind{"平台结果": intake.KindPlatform, "平台名单": intake.KindPlatform, "名录库": intake.KindFirms, "人员库": intake.KindInspectors}

func (c *Command) newReconcile() *cobra.Command {
	var as string
	var in office.Scope
	cmd := &cobra.Command{
		Use:   "reconcile 表",
		Short: "对账：平台导出的名单、结果，或另一来源的名录，与账本逐户比对",
		Long: `把一张表与账本（或名录库）逐户比对，说明哪里不同；不写账本。有差异时在旁边生成“…-差异.xlsx”。
平台导出的结果：比任务编号、企业、检查人员、检查结果、检查完成日期、录入和公示日期。
平台导出的名单：比企业和检查人员（本系统摇号、再录入平台的，也这样比）。
另一来源的企业名录：比谁只在一边，名称、登记状态、镇街哪里不同。
持证人员名单：比谁没有录入人员名录库。
是哪一种按列名认，也可以用 --as 写明。退出码 0 相同，1 有差异。` + exitCodes,
		Example: "  sunlot reconcile 平台结果.xlsx\n  sunlot reconcile 平台结果.xlsx --year 2023\n  sunlot reconcile 市场主体名录.xlsx --as 名录库",
		Args:    cobra.ExactArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return c.reconcile(args[0], as, in) },
	}
	f := cmd.Flags()
	f.StringVar(&as, "as", "", "平台结果、平台名单、名录库 或 人员库")
	f.StringVar(&in.Draw, "draw", "", "表里没有任务编号的，写明是哪次抽取")
	f.StringVar(&in.Year, "year", "", "这一年派发的任务都应在表里，缺的也算差异")
	return cmd
}

func (c *Command) reconcile(name, as string, in office.Scope) error {
	kind, known := lists[as]
	if as != "" && !known {
		return usage("command.reconcile-as", "--as", as, "平台结果、平台名单、名录库、人员库")
	}
	o, err := c.open()
	if err != nil {
		return err
	}
	t, err := c.foreign(name, kind)
	if err != nil {
		return err
	}
	var rec *office.Reconciled
	switch t.Kind {
	case intake.KindFirms:
		rows, rep := t.Firms()
		if err := c.reading(t, name, rep); err != nil {
			return err
		}
		rec, err = o.ReconcileFirms(rows)
	case intake.KindInspectors:
		rows, rep := t.Inspectors()
		if err := c.reading(t, name, rep); err != nil {
			return err
		}
		rec, err = o.ReconcilePeople(rows)
	default:
		rows, rep := t.PlatformRows()
		if err := c.reading(t, name, rep); err != nil {
			return err
		}
		rec, err = o.ReconcilePlatform(rows, as == "平台结果" || as == "" && (t.Has("result") || t.Has("published")), in)
	}
	if err != nil {
		return err
	}
	return c.reconciled(name, rec)
}

// foreign reads a list of another's making: it must hold only what is compared,
// not all that the regulation demands of our own.
func (c *Command) foreign(name string, kind intake.Kind) (*intake.Table, error) {
	var err error
	if kind == "" {
		if kind, err = c.whichList(name); err != nil {
			return nil, err
		}
	}
	wb, err := intake.Open(c.abs(name))
	if err != nil {
		return nil, err
	}
	tables, err := wb.Tables(intake.Options{As: kind})
	if err != nil {
		return nil, err
	}
	if len(tables) != 1 {
		return nil, usage("command.many-tables", name, "", "--as")
	}
	c.note("%s：认作“%s”\n", name, tables[0].Kind)
	c.columns(tables[0])
	return tables[0], nil
}

// whichList recognises the sheet: a task's number, a time of drawing or a day
// of publication stand in no register.
func (c *Command) whichList(name string) (intake.Kind, error) {
	wb, err := intake.Open(c.abs(name))
	if err != nil {
		return "", err
	}
	if tables, err := wb.Tables(intake.Options{As: intake.KindPlatform}); err == nil && len(tables) == 1 {
		if t := tables[0]; t.Has("task_no") || t.Has("drawn") || t.Has("result") || t.Has("published") {
			return intake.KindPlatform, nil
		}
	}
	if wb, err = intake.Open(c.abs(name)); err != nil {
		return "", err
	}
	tables, err := wb.Tables(intake.Options{})
	if err != nil {
		return "", err
	}
	if k := tables[0].Kind; len(tables) == 1 && (k == intake.KindFirms || k == intake.KindInspectors) {
		return k, nil
	}
	return "", usage("command.reconcile-as", name, string(tables[0].Kind), "平台结果、平台名单、名录库、人员库")
}

// reconciled prints the differences and leaves them beside the file.
func (c *Command) reconciled(name string, rec *office.Reconciled) error {
	heads := []string{"序号", "差异", "任务编号", "名称", "统一社会信用代码（证号）", "本单位", "对方", "原表行号"}
	var rows [][]string
	for i, d := range rec.Differences {
		say, _ := words.Say(d.What, d.Place(), d.Here, d.There)
		line := ""
		if d.Line.Row > 0 {
			line = num(d.Line.Row)
		}
		rows = append(rows, []string{num(i + 1), oneLine(say), d.Task, d.Name, d.Code, d.Here, d.There, line})
		if i < shownFirms {
			c.note("  差异　%s\n", oneLine(say))
		}
	}
	if n := len(rows) - shownFirms; n > 0 {
		c.note("  另有 %d 处\n", n)
	}
	for _, b := range rec.Blank {
		c.note("  未填　%s 没有写平台任务编号，没有比对\n", b)
	}
	copied := ""
	if len(rows) > 0 {
		data, err := intake.List("差异", heads, rows)
		if err != nil {
			return err
		}
		base := filepath.Base(name)
		copied = filepath.Join(filepath.Dir(name), strings.TrimSuffix(base, filepath.Ext(base))+"-差异.xlsx")
		if err := durable.WriteFile(c.abs(copied), data, 0o600); err != nil {
			return fault.Wrap("command.unwritable", copied, err).Of(fault.Unreachable)
		}
	}
	if c.flags.json {
		if rec.Differences == nil {
			rec.Differences = []office.Differing{}
		}
		if err := c.printJSON(rec); err != nil {
			return err
		}
	}
	c.note("表里 %d 行：与账本相符 %d 行；差异共 %d 处（一行可以有几处，账本有而表里没有的也算）。\n", rec.Rows, rec.Same, len(rows))
	if len(rows) > 0 {
		return fault.New("command.differs", name, num(len(rows)), copied)
	}
	return nil
}

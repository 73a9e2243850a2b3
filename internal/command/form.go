package command

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sunlot/sunlot/internal/durable"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/intake"
	"github.com/sunlot/sunlot/internal/office"
)

func (c *Command) newForm() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "form 名称",
		Short: "生成空白 Excel 表：" + formNames(),
		Long: `生成一张空白 Excel 表，有列名、下拉选项、一行示例和填表说明。
在本单位文件夹里（或用 -C）生成的，下拉选项和示例用本单位规则包的说法。已有的文件不覆盖。
名称：` + formNames() + exitCodes,
		Example: "  sunlot form 名录库\n  sunlot form 结果 -o inbox/结果.xlsx",
		Args:    cobra.ExactArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return c.form(args[0], out) },
	}
	cmd.Flags().StringVarP(&out, "output", "o", "", "写到哪个文件（缺省为 名称.xlsx）")
	return cmd
}

func formNames() string {
	var names []string
	for _, k := range intake.Kinds() {
		names = append(names, string(k))
	}
	return strings.Join(names, "、")
}

func (c *Command) form(name, out string) error {
	kind, ok := intake.KindOf(name)
	if !ok {
		return usage("command.no-form", name, name, formNames())
	}
	if out == "" {
		out = string(kind) + ".xlsx"
	}
	if ext := filepath.Ext(out); !strings.EqualFold(ext, ".xlsx") {
		return usage("command.form-xlsx", "-o", out, "")
	}
	if _, err := os.Lstat(c.abs(out)); err == nil { // it may be the filled one
		return usage("command.form-exists", out, "", "")
	}
	var opt intake.FormOptions
	if o, err := office.Open(c.abs(c.flags.office)); err == nil {
		o.Now = c.Now
		if opt, err = o.FormOptions(kind); err != nil {
			return err
		}
	}
	data, err := intake.Form(kind, opt)
	if err != nil {
		return err
	}
	if err := durable.WriteFile(c.abs(out), data, 0o644); err != nil {
		return fault.Wrap("command.unwritable", out, err).Of(fault.Unreachable)
	}
	c.note("已生成 %s。填好后运行：sunlot %s %s\n", out, takes(kind), filepath.ToSlash(out))
	return nil
}

// takes is the command that reads a form of that kind.
func takes(kind intake.Kind) string {
	switch kind {
	case intake.KindResults:
		return "result"
	case intake.KindCorrections:
		return "correct"
	case intake.KindObjections, intake.KindReviews:
		return "objection"
	case intake.KindArchive:
		return "archive"
	case intake.KindFeedback:
		return "feedback"
	case intake.KindTask:
		return "draw announce"
	case intake.KindAgreement:
		return "joint agree"
	case intake.KindPartnerTeam:
		return "joint team"
	case intake.KindLeadList:
		return "joint import"
	}
	return "record"
}

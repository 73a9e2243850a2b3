package command

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sunlot/sunlot/internal/durable"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/office"
	"github.com/sunlot/sunlot/internal/province"
)

func (c *Command) newClusterNew() *cobra.Command {
	var title, group string
	cmd := &cobra.Command{
		Use:   "new 文件 单位文件夹…",
		Short: "写一份单位列表（cluster.toml）",
		Long: `为所列的单位文件夹写一份单位列表，每一项都有说明，再用记事本补充汇总页的名称、网址等。
编号取文件夹的名称；名称不是小写字母、数字和连字符的，编为 office-1、office-2……` + exitCodes,
		Example: "  sunlot cluster new cluster.toml 单位/gaoqing 单位/yanshi\n  sunlot cluster new 全省.toml 单位/* --title 某某省双随机抽查公开账本",
		Args:    cobra.MinimumNArgs(2),
		RunE:    func(cmd *cobra.Command, args []string) error { return c.clusterNew(args[0], args[1:], title, group) },
	}
	cmd.Flags().StringVar(&title, "title", "", "汇总页的名称")
	cmd.Flags().StringVar(&group, "group", "", "这些单位在哪一组（市）")
	return cmd
}

func (c *Command) clusterNew(name string, dirs []string, title, group string) error {
	to := c.abs(name)
	if _, err := os.Lstat(to); err == nil {
		return usage("command.output-exists", name, "", "")
	}
	var offices []province.Office
	taken, demo := map[string]bool{}, false
	for i, dir := range dirs {
		o, err := office.Open(c.abs(dir))
		if err != nil {
			return err
		}
		demo = demo || o.Config.Demo
		at := province.Office{ID: province.ID(filepath.Base(c.abs(dir)), i+1), Name: o.Config.Name, Group: group, Folder: relative(filepath.Dir(to), c.abs(dir))}
		for n := i + 1; taken[at.ID]; n++ {
			at.ID = province.ID("", n)
		}
		taken[at.ID] = true
		offices = append(offices, at)
	}
	if title == "" {
		title = "双随机抽查公开账本"
	}
	if demo && !strings.Contains(title, "演示") {
		title += "（演示）"
	}
	err := durable.WriteFile(to, province.Format(title, offices), 0o644)
	if err != nil {
		return fault.Wrap("command.unwritable", name, err).Of(fault.Unreachable)
	}
	if _, err := province.Open(to); err != nil {
		return errors.Join(err, dropped(to))
	}
	if c.flags.json {
		if err := c.printJSON(map[string]any{"file": name, "offices": len(offices)}); err != nil {
			return err
		}
	}
	c.note("已写好 %s，列有 %d 个单位。请补充汇总页的名称、网址、主办单位。\n", name, len(offices))
	c.note("下一步：sunlot cluster publish --all --file %s\n", name)
	return nil
}

// dropped takes away a list that cannot be read again (two folders in one place).
func dropped(name string) error {
	if err := os.Remove(name); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fault.Wrap("command.unwritable", name, err).Of(fault.Unreachable)
	}
	return nil
}

// relative is a path as it stands in a file of a folder, absolute where there is
// no way from there.
func relative(from, to string) string {
	a, err := filepath.Abs(from)
	if err != nil {
		return filepath.ToSlash(to)
	}
	b, err := filepath.Abs(to)
	if err != nil {
		return filepath.ToSlash(to)
	}
	rel, err := filepath.Rel(a, b)
	if err != nil {
		return filepath.ToSlash(b)
	}
	return filepath.ToSlash(rel)
}

package command

import (
	"slices"

	"github.com/spf13/cobra"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/templates"
)

func (c *Command) newScripts() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "scripts",
		Short: "把网页核验程序的校验码记入账本（开账后、每次更新 sunlot 后做一次）",
		Long: `网页上“自己核验”用的程序随 sunlot 一起更新。把它们的校验码记入账本，公众和审计人员就能发现网站上的程序有没有被换过。
没有变化时不写入。` + exitCodes,
		Example: "  sunlot scripts",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, args []string) error { return c.scripts() },
	}
	return c.writing(cmd)
}

func (c *Command) scripts() error {
	files := siteScripts()
	o, err := c.open()
	if err != nil {
		return err
	}
	d, err := o.Software(files)
	if err != nil {
		return err
	}
	if d == nil {
		if c.flags.json {
			return c.printJSON(map[string]any{"same": true, "files": files})
		}
		c.note("网页核验程序没有变化，不用登记\n")
		return nil
	}
	if err := c.say(o, d); err != nil {
		return err
	}
	c.told(d)
	return c.commit(o, d)
}

// siteScripts are the scripts that this program puts beside its pages.
func siteScripts() []record.Script {
	var files []record.Script
	for _, p := range templates.Programs() {
		files = append(files, record.Script{Name: p.Name, SHA256: p.SHA256, Bytes: p.Bytes})
	}
	return files
}

// unlisted tells the officer where the ledger does not know the scripts that
// the pages carry.
func (c *Command) unlisted(s *rules.State) {
	if n := len(s.Software); n == 0 || !slices.Equal(s.Software[n-1].Body.Files, siteScripts()) {
		c.note("提示：网页核验程序的校验码还没有记入账本，请运行 sunlot scripts\n")
	}
}

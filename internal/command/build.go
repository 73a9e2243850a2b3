package command

import (
	"errors"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/spf13/cobra"

	"github.com/sunlot/sunlot/internal/durable"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/office"
	"github.com/sunlot/sunlot/internal/publish"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/verify"
	"github.com/sunlot/sunlot/internal/words"
	"github.com/sunlot/sunlot/site"
)

func (c *Command) newBuild() *cobra.Command {
	var out string
	var all bool
	cmd := &cobra.Command{
		Use:   "build",
		Short: "核验账本，由账本生成网站（public/）",
		Long: `先用与公众相同的办法核验账本，再只用核验过的内容生成网页。账本本身（ledger/）是网站的一部分。
账本不相符时仍生成页面，但如实标出不相符之处，退出码为 1。

只重新生成受新记录影响的页面，只改写内容有变化的文件，结果与从头生成的逐字节相同。中断了再运行一次即可，
那一次会逐个文件核对。有人手工改过、删过 public/ 里的文件时，用 --all 逐个文件核对。` + exitCodes,
		Example: "  sunlot build\n  sunlot build --all\n  sunlot build -o /srv/www/sunlot",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, args []string) error { return c.build(out, all) },
	}
	cmd.Flags().BoolVar(&all, "all", false, "逐个文件核对，包括没有变化的页面")
	cmd.Flags().StringVarP(&out, "output", "o", "", "写到哪个文件夹（缺省为本单位文件夹下的 public）")
	return cmd
}

func (c *Command) build(out string, all bool) error {
	start := time.Now()
	o, b, err := c.verified()
	if err != nil {
		return err
	}
	runtime.GC() // what the verification has left is no part of the bundle, above which a build takes so much and no more
	dir := o.SiteDir()
	if out != "" {
		dir = c.abs(out)
	}
	w, err := c.pages(o, b, dir, all, site.Options{Progress: c.progress("生成网页")})
	if err != nil {
		return err
	}
	if c.flags.json {
		if err := c.printJSON(map[string]any{"folder": dir, "written": w.Written, "same": w.Same, "removed": w.Removed, "sound": !b.Failed()}); err != nil {
			return err
		}
	}
	c.note("已生成 %s：写入 %d 个文件，未变 %d 个，删除 %d 个，用时 %.1f 秒\n", dir, w.Written, w.Same, w.Removed, time.Since(start).Seconds())
	c.unlisted(b.State)
	if b.Failed() {
		return c.failed(b)
	}
	c.note("下一步：用浏览器打开 %s/index.html 查看，或运行 sunlot publish --to 网站目录\n", dir)
	return nil
}

// pages makes the site of a bundle in a folder. What it returns is closed, and
// counts.
func (c *Command) pages(o *office.Office, b *verify.Bundle, dir string, all bool, opt site.Options) (*site.Dir, error) {
	lock, err := alone(dir)
	if err != nil {
		return nil, err
	}
	defer lock.Close()
	w, err := site.OpenDir(dir, site.DirOptions{All: all || office.Program() == "", Hook: c.Hook})
	if err != nil {
		return nil, err
	}
	defer w.Close()
	opt.Base, opt.Built, opt.Program, opt.Stop = o.Config.Base, record.Time(o.Now().Unix()), office.Program(), c.ctx.Done()
	if err := site.Build(b, o.Pages(), opt, w); err != nil {
		return nil, err
	}
	return w, w.Finish()
}

// alone keeps a second build out of a folder while one works there: their files
// would mix under a list that vouches for them. What else is wrong with the
// folder OpenDir says. Where a system has no lock for folders nothing is kept out.
func alone(dir string) (io.Closer, error) {
	if !durable.LockDirs {
		return io.NopCloser(nil), nil
	}
	_ = os.Mkdir(dir, 0o755)
	f, err := os.Open(dir)
	if err != nil {
		return io.NopCloser(nil), nil
	}
	if err := durable.TryLock(f); errors.Is(err, durable.ErrBusy) {
		f.Close()
		return nil, fault.New("command.building", dir, "", "sunlot build").Of(fault.Unreachable)
	}
	return f, nil
}

// failed lists what is 不相符 and gives the error that ends the command.
func (c *Command) failed(b *verify.Bundle) error {
	var first *fault.Error
	for _, p := range b.Parts() {
		if p.Name != "failed" {
			continue
		}
		for _, f := range p.Findings {
			s, remedy := words.Say(f.Code, f.Place, f.Got, f.Want)
			c.note("不相符：%s　%s\n", s, remedy)
			if first == nil {
				first = fault.New("command.unsound", f.Place, f.Code, "")
			}
		}
	}
	return first
}

func (c *Command) newPublish() *cobra.Command {
	var to string
	cmd := &cobra.Command{
		Use:   "publish",
		Short: "把生成的网站发布到一个目录，账本快照最后写",
		Long: `把 public/ 发布到网站目录：先账本文件，再页面，再目录页，账本快照最后；多余的旧文件最后删除。
中断后再运行一次即可。发布前核对 public/ 与账本一致。` + exitCodes,
		Example: "  sunlot publish --to /srv/www/sunlot",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, args []string) error { return c.publish(to) },
	}
	cmd.Flags().StringVar(&to, "to", "", "网站目录")
	_ = cmd.MarkFlagRequired("to")
	return cmd
}

// carry publishes the office's built site to a folder.
func (c *Command) carry(to string, progress func(done, total int)) (none publish.Summary, err error) {
	o, err := c.open()
	if err != nil {
		return none, err
	}
	if err := o.Restored(); err != nil {
		return none, err // what is older than the site must not replace it
	}
	if err := o.Built(); err != nil {
		return none, err
	}
	if site.Unfinished(os.DirFS(o.SiteDir())) {
		return none, usage("command.half-built", o.SiteDir(), "", "sunlot build") // its checkpoint may be the one of before
	}
	return publish.Dir(o.SiteDir(), c.abs(to), publish.Options{Today: o.Today(), Progress: progress})
}

func (c *Command) publish(to string) error {
	sum, err := c.carry(to, c.progress("发布"))
	if err != nil {
		return err
	}
	if c.flags.json {
		return c.printJSON(sum)
	}
	c.note("已发布到 %s：写入 %d 个文件，未变 %d 个，删除 %d 个。快照 %d 条，总校验码 %s\n", to, sum.Written, sum.Same, sum.Removed, sum.Size, sum.Root)
	c.note("下一步：请在另一台电脑上运行 sunlot-verify 网址\n")
	return nil
}

func (c *Command) newVersion() *cobra.Command {
	return &cobra.Command{
		Use:     "version",
		Short:   "版本",
		Example: "  sunlot version",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, args []string) error {
			v := "(devel)"
			if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
				v = info.Main.Version
			}
			if c.flags.json {
				return c.printJSON(map[string]string{"version": v, "draw": "draw1", "entry": "sunlot/v1"})
			}
			c.printf("sunlot %s（draw1，sunlot/v1）\n", v)
			return nil
		},
	}
}

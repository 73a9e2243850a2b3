package command

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/portal"
	"github.com/sunlot/sunlot/internal/province"
	"github.com/sunlot/sunlot/internal/verify"
	"github.com/sunlot/sunlot/ledger"
)

func (c *Command) newCluster() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "cluster",
		Short: "许多单位一起：核验、生成、发布，再做一套汇总页",
		Long: `一个省、一个市把各单位的网站一起发布。各单位列在 cluster.toml 里（sunlot cluster new 写一份）。
发布不用签名钥匙：只核验已经写好的账本，生成网页。一个单位出错，别的照常发布。`,
		Example: "  sunlot cluster new cluster.toml 高青 偃师\n  sunlot cluster publish --all\n  sunlot cluster status",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, args []string) error { return cmd.Help() },
	}
	cmd.AddCommand(c.newClusterNew(), c.newClusterPublish(), c.newClusterStatus())
	return cmd
}

// clusterFlags are those of the commands that read the list.
type clusterFlags struct {
	file   string
	jobs   int
	memory int64
	all    bool
}

func (f *clusterFlags) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&f.file, "file", province.Name, "单位列表")
	cmd.Flags().IntVar(&f.jobs, "jobs", 0, "同时做几个单位，0 为与处理器一样多")
	cmd.Flags().Int64Var(&f.memory, "memory", 2048, "同时做的各单位的账本一共可占多少内存（MB，按账本大小估计）")
}

func (f *clusterFlags) limits() (province.Limits, error) {
	if f.jobs < 0 || f.memory < 1 {
		return province.Limits{}, usage("command.cluster-limits", "", "", "")
	}
	lim := province.Limits{Jobs: f.jobs, Memory: f.memory << 20}
	if lim.Jobs == 0 {
		lim.Jobs = runtime.GOMAXPROCS(0)
	}
	return lim, nil
}

// tour is one run over the offices of a list.
type tour struct {
	c    *Command
	list *province.List
	lim  province.Limits
	at   int64 // when it began: by it the rows say when they were verified
	told *told
	done []stop
}

// stop is what became of one office.
type stop struct {
	row                    portal.Row
	did                    string // one of the words below
	err                    error
	written, same, removed int
	size                   uint64
	behind                 bool // its ledger has more than its site shows
}

// What can become of an office; --json has the key.
const (
	didPublish = "published"
	didNothing = "unchanged"
	didLook    = "looked"
	didWait    = "waiting"
	didFail    = "failed"
	didStop    = "stopped" // an interrupt came before it was its turn, or while its pages were made
)

func (c *Command) newTour(f *clusterFlags) (*tour, error) {
	lim, err := f.limits()
	if err != nil {
		return nil, err
	}
	list, err := province.Open(c.abs(f.file))
	if err != nil {
		return nil, err
	}
	return &tour{c: c, list: list, lim: lim, at: c.Now().Unix(), done: make([]stop, len(list.Offices))}, nil
}

// place is what the portal is told of an office before anything is verified.
func (t *tour) place(i int) portal.Place {
	o := &t.list.Offices[i]
	return portal.Place{ID: o.ID, Name: o.Name, Group: o.Group, Href: o.Address}
}

// run works on every office, publishes those that are chosen and looks at what
// the others have published.
func (t *tour) run(chosen func(i int) bool) {
	tasks := make([]province.Task, len(t.list.Offices))
	for i := range tasks {
		o := &t.list.Offices[i]
		tasks[i] = province.Task{Weight: province.Weight(os.DirFS(filepath.Join(o.Folder, "ledger"))), Do: func() error {
			defer t.told.finished(i)
			if chosen(i) {
				return t.publish(i)
			}
			return t.look(i)
		}}
	}
	for i, err := range province.Each(t.c.ctx, tasks, t.lim) {
		s := &t.done[i]
		if s.err == nil {
			s.err = err
		}
		if s.did == "" { // it never began, or it broke
			s.did = didFail
		}
		if s.did == didFail {
			s.row = portal.Failed(t.place(i), s.err, t.at)
		}
		if code := fault.Code(s.err); code == "province.not-begun" || code == "site.stopped" {
			s.did = didStop
		}
	}
}

// alone is the command for one office, apart from all others but for the clock.
func (t *tour) alone(i int) *Command {
	one := *t.c
	one.flags.office, one.flags.writes, one.flags.json = t.list.Offices[i].Folder, false, true
	one.Stdin, one.Stdout, one.Stderr = nil, io.Discard, io.Discard
	one.at, one.Keys = nil, nil
	return &one
}

// look verifies what an office has published.
func (t *tour) look(i int) error {
	s, o := &t.done[i], &t.list.Offices[i]
	s.did = didFail
	b, err := t.published(o)
	if err != nil {
		s.err = err
		return err
	}
	s.did, s.row, s.size = didLook, portal.Of(t.place(i), b, t.at), b.Checkpoint.Size
	s.behind = behind(o, b)
	if b.Failed() {
		s.err = firstBreach(b)
	}
	return s.err
}

// published verifies the site of an office where everybody sees it.
func (t *tour) published(o *province.Office) (*verify.Bundle, error) {
	root, err := os.OpenRoot(o.To)
	if errors.Is(err, os.ErrNotExist) {
		return nil, fault.New("province.not-published", o.To, "", "").Of(fault.Unreachable)
	}
	if err != nil {
		return nil, fault.Wrap("province.unreadable", o.To, err).Of(fault.Unreachable)
	}
	defer root.Close() // a row keeps nothing that is read later
	b, err := verify.Open(root.FS(), verify.Options{Today: today(t.c)})
	if err != nil {
		return nil, err
	}
	if b.State.Charter() == nil || b.State.Pack == nil {
		return nil, fault.New("office.no-charter", o.To, num(int(b.Checkpoint.Size)), "")
	}
	return b, nil
}

// behind reports whether the office's own ledger has records that its site does
// not show. Both are what their checkpoints claim: a hint, no fact.
func behind(o *province.Office, b *verify.Bundle) bool {
	own, err := ledger.OpenDir(os.DirFS(filepath.Join(o.Folder, "ledger"))).Checkpoint()
	return err == nil && string(own) != string(b.Signed)
}

// failures counts the offices whose ledger does not hold, and those that could
// not be read or published.
func (t *tour) failures() (unsound, unreached int) {
	for i := range t.done {
		var f *fault.Error
		switch err := t.done[i].err; {
		case err == nil:
		case errors.As(err, &f) && f.Kind == fault.Unsound:
			unsound++
		default:
			unreached++
		}
	}
	return unsound, unreached
}

// end is the error that ends a run: an interrupt, else what is worst. What is
// wrong comes before what could not be reached.
func (t *tour) end() error {
	if t.c.ctx.Err() != nil {
		return fault.New("command.cluster-stopped", "", "", "").Of(fault.Unreachable)
	}
	unsound, unreached := t.failures()
	all := num(len(t.done))
	switch {
	case unsound > 0:
		return fault.New("command.cluster-failed", "", num(unsound+unreached), all)
	case unreached > 0:
		return fault.New("command.cluster-failed", "", num(unreached), all).Of(fault.Unreachable)
	}
	return nil
}

package command

import (
	"io"
	"math"
	"os"
	"path/filepath"
	"runtime"

	"github.com/spf13/cobra"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/portal"
	"github.com/sunlot/sunlot/internal/province"
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
	if f.jobs < 0 || f.memory < 1 || f.memory > math.MaxInt64>>20 {
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
	behind                 bool  // its ledger has more than its site shows
	waits                  error // why what its ledger has cannot be published yet
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
		ledger := filepath.Join(t.list.Offices[i].Folder, "ledger")
		tasks[i] = province.Task{Weight: func() int64 { return province.Weight(os.DirFS(ledger)) }, Do: func() error {
			defer t.told.finished(i)
			return t.settle(i, province.Caught(func() error {
				if chosen(i) {
					return t.publish(i)
				}
				return t.look(i)
			}))
		}}
	}
	for i, err := range province.Each(t.c.ctx, tasks, t.lim) {
		_ = t.settle(i, err) // of one that never began
	}
	t.twins()
}

// settle notes what ended the work on an office. One that never began, or
// broke, has no row yet.
func (t *tour) settle(i int, err error) error {
	s := &t.done[i]
	if s.err == nil {
		s.err = err
	}
	if s.did == "" {
		s.did, s.row = didFail, portal.Failed(t.place(i), s.err, t.at)
	}
	if stopped(s.err) {
		s.did = didStop
	}
	return err
}

func stopped(err error) bool {
	code := fault.Code(err)
	return code == "province.not-begun" || code == "site.stopped"
}

// alone is the command for one office, apart from all others but for the clock.
func (t *tour) alone(i int) *Command {
	one := *t.c
	one.flags.office, one.flags.writes, one.flags.json = t.list.Offices[i].Folder, false, true
	one.Stdin, one.Stdout, one.Stderr = nil, io.Discard, io.Discard
	one.at, one.Keys = nil, nil
	return &one
}

// failures counts the offices whose rows say 不相符, and the others that could
// not be read or published: the exit code says what the rows say.
func (t *tour) failures() (unsound, unreached int) {
	for i := range t.done {
		switch s := &t.done[i]; {
		case s.row.State() == portal.Unsound:
			unsound++
		case s.err != nil:
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

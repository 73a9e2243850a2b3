package command

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/office"
	"github.com/sunlot/sunlot/internal/portal"
	"github.com/sunlot/sunlot/internal/province"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/verify"
	"github.com/sunlot/sunlot/internal/words"
	"github.com/sunlot/sunlot/site"
)

func (c *Command) newClusterPublish() *cobra.Command {
	var f clusterFlags
	cmd := &cobra.Command{
		Use:   "publish [编号…]",
		Short: "核验、生成、发布各单位的网站，再更新汇总页",
		Long: `对每个单位做 sunlot build 和 sunlot publish 做的事，几个单位同时做，最后更新汇总页。
写编号的只发布那几个；汇总页上别的单位，取它们已经发布的网站重新核验。
汇总页上的数都取自核验过的账本；核验不成的单位，只写原因。网站上的账本还要确是该单位的
（密钥、账本名、历史都与该单位文件夹里的一致），别人造的、换错的算不相符。

一个单位出错（账本不符、文件夹读不到、发布目录写不进……），别的照常发布，最后逐个列出；
这个单位原来的网站不动，照样核验。
按 Ctrl+C 时不再开始新的单位；正在发布的做完，每个单位的网站不是旧的就是新的，汇总页不动。
退出码：0 都已发布、相符；1 有单位不相符；3 没有不相符，但有单位读不到或发布不成。` + exitCodes,
		Example: "  sunlot cluster publish --all\n  sunlot cluster publish --all --jobs 4 --file 全省.toml\n  sunlot cluster publish gaoqing yanshi",
		RunE:    func(cmd *cobra.Command, args []string) error { return c.clusterPublish(&f, args) },
	}
	f.flags(cmd)
	cmd.Flags().BoolVar(&f.all, "all", false, "列表里的全部单位")
	return cmd
}

func (c *Command) clusterPublish(f *clusterFlags, ids []string) error {
	if f.all == (len(ids) > 0) {
		return usage("command.cluster-which", "", "", "sunlot cluster publish --all")
	}
	t, err := c.newTour(f)
	if err != nil {
		return err
	}
	list, err := t.list.Find(ids)
	if err != nil {
		return err
	}
	folder := t.list.Portal.Folder
	out, err := portal.OpenFolder(folder, c.Hook)
	if err != nil {
		return unreached(err)
	}
	defer out.Close()
	lock, err := alone(folder)
	if err != nil {
		return fault.New("command.cluster-busy", folder, "", "").Of(fault.Unreachable)
	}
	defer lock.Close()
	chosen := map[int]bool{}
	for _, i := range list {
		chosen[i] = true
	}
	start := time.Now()
	t.told = c.telling(t, len(t.list.Offices))
	t.run(func(i int) bool { return chosen[i] })
	t.told.end()
	if c.ctx.Err() == nil {
		if err := t.portal(out); err != nil {
			return t.withoutPortal(err, time.Since(start))
		}
	} else {
		out = nil
	}
	if err := t.report(out, nil, time.Since(start)); err != nil {
		return err
	}
	return t.end()
}

// withoutPortal ends a run whose portal could not be written. No ledger is the
// worse for it.
func (t *tour) withoutPortal(why error, took time.Duration) error {
	if err := t.report(nil, why, took); err != nil {
		return err
	}
	all := fault.New("command.cluster-portal", t.list.Portal.Folder, "", "").Of(fault.Unreachable)
	if unsound, _ := t.failures(); unsound > 0 {
		all.Kind = fault.Unsound
	}
	return errors.Join(all, why)
}

// unreached is an error of the portal's folder: it says nothing of a ledger.
func unreached(err error) error {
	var f *fault.Error
	if !errors.As(err, &f) || f.Kind != fault.Unsound {
		return err
	}
	as := *f
	return as.Of(fault.Unreachable)
}

// portal makes the pages over all offices.
func (t *tour) portal(out *portal.Folder) error {
	p := &t.list.Portal
	rows := make([]portal.Row, len(t.done))
	for i := range t.done {
		rows[i] = t.done[i].row
		if _, err := os.Lstat(filepath.Join(t.list.Offices[i].To, "index.html")); err != nil {
			rows[i] = rows[i].Unlinked()
		}
	}
	opt := portal.Options{Title: p.Title, Base: p.Base, Unit: p.Unit, At: t.at, Site: p.Site()}
	if err := portal.Build(rows, opt, out); err != nil {
		return err
	}
	return out.Finish()
}

// publish renews the site of one office. Where that fails, what stands there
// counts.
func (t *tour) publish(i int) error {
	err := province.Caught(func() error { return t.renew(i) })
	if t.done[i].did == "" {
		err = t.stands(i, err)
	}
	return err
}

// renew does for one office what `sunlot build` and `sunlot publish` do, by
// their own functions. Its bundle is gone before the files are carried.
func (t *tour) renew(i int) error {
	s, o := &t.done[i], &t.list.Offices[i]
	row, err := t.build(i)
	if err != nil && fault.Code(err) != "command.cluster-unsound" {
		return err
	}
	// From here on an interrupt waits: the site that stands there is old, then new.
	sum, carried := t.alone(i).carry(o.To, t.told.part(i, carrying))
	if carried != nil {
		return carried
	}
	s.did, s.row, s.err, s.size = didPublish, row, err, sum.Size
	s.written, s.same, s.removed = sum.Written, sum.Same, sum.Removed
	if sum.Written == 0 && sum.Removed == 0 {
		s.did = didNothing
	}
	return err
}

// build verifies an office's ledger and makes its pages. The error of a ledger
// that is 不相符 in its contents comes with a site that says so.
func (t *tour) build(i int) (row portal.Row, err error) {
	one := t.alone(i)
	type verified struct {
		o *office.Office
		b *verify.Bundle
	}
	v, err := waited(t.c.ctx, func() (v verified, err error) {
		if err := plainFiles(t.list.Offices[i].Folder, office.ConfigName, "ledger/checkpoint", "ledger/policy", "private/keys/people.json"); err != nil {
			return v, err
		}
		if v.o, v.b, err = one.verified(); err != nil {
			return v, err
		}
		pin, err := v.o.Pin(v.b)
		if err != nil {
			return v, err
		}
		return v, pin.Holds(v.b, v.o.Public())
	})
	if err != nil {
		return row, err
	}
	row = portal.Of(t.place(i), v.b, t.at)
	opt := site.Options{Progress: t.told.part(i, building), Beside: t.lim.Jobs > 1}
	if !opt.Beside {
		runtime.GC() // as build does
	}
	if _, err := one.pages(v.o, v.b, v.o.SiteDir(), false, opt); err != nil {
		return row, err
	}
	return row, firstBreach(v.b)
}

// firstBreach is the error of a ledger in which something is 不相符, nil for any
// other.
func firstBreach(b *verify.Bundle) error {
	first, count := "", 0
	for _, f := range b.Findings {
		if f.Severity != rules.Breach {
			continue
		}
		if count++; count == 1 {
			first = words.Sentence(f.Code, f.Place, f.Got, f.Want)
		}
	}
	if count == 0 {
		return nil
	}
	return fault.New("command.cluster-unsound", first, num(count), "")
}

func today(c *Command) string { return record.Day(c.Now().Unix()) }

// didWords are what the summary says.
var didWords = map[string]string{didPublish: "已发布", didNothing: "没有变化", didLook: "这次没有发布", didWait: "有新记录还不能发布", didFail: "失败", didStop: "停下了，没有改动"}

// report tells what became of every office. out is nil where the portal was not
// made, for the reason why if it was tried.
func (t *tour) report(out *portal.Folder, why error, took time.Duration) error {
	if t.c.flags.json {
		return t.reportJSON(out, why)
	}
	count := map[string]int{}
	for i := range t.done {
		s := &t.done[i]
		count[s.did]++
		line := t.called(i) + "　" + didWords[s.did]
		switch s.did {
		case didPublish:
			line += fmt.Sprintf("：写入 %d 个文件，未变 %d 个，删除 %d 个，快照 %d 条", s.written, s.same, s.removed, s.size)
		case didNothing:
			line += fmt.Sprintf("：快照 %d 条", s.size)
		case didLook:
			line += "，网站" + s.row.State()
		}
		t.c.printf("%s\n", line)
		if s.did != didStop {
			for _, say := range said(s.err) {
				t.c.printf("　　%s\n", strings.ReplaceAll(say, "\n", "\n　　"))
			}
		}
	}
	var sums []string
	for _, did := range []string{didPublish, didNothing, didLook, didWait, didStop, didFail} {
		if count[did] > 0 {
			sums = append(sums, fmt.Sprintf("%s %d 个", didWords[did], count[did]))
		}
	}
	t.c.printf("共 %d 个单位：%s。用时 %.1f 秒\n", len(t.done), strings.Join(sums, "，"), took.Seconds())
	if out == nil {
		t.c.printf("汇总页没有更新。\n")
		return nil
	}
	t.c.printf("汇总页 %s：写入 %d 个文件，未变 %d 个，删除 %d 个\n", t.list.Portal.Folder, out.Written, out.Same, out.Removed)
	if t.list.Portal.Base == "" {
		t.c.printf("列表里没有写汇总页的网址（base），“怎样核验”一页的命令行里只能写“网址”二字。\n")
	}
	return nil
}

// said are the errors of an office for people.
func said(err error) (list []string) {
	if err == nil {
		return nil
	}
	for _, e := range each(err) {
		list = append(list, words.Error(e))
	}
	return list
}

// called is an office's name with its id.
func (t *tour) called(i int) string {
	name, id := t.done[i].row.Name(), t.list.Offices[i].ID
	if name == id {
		return id
	}
	return name + "（" + id + "）"
}

// stopJSON is an office in the report for machines.
type stopJSON struct {
	ID      string `json:"id"`
	Name    string `json:"name"`
	Did     string `json:"did"`
	State   string `json:"state"`
	Size    uint64 `json:"size,omitempty"`
	Written int    `json:"written"`
	Same    int    `json:"same"`
	Removed int    `json:"removed"`
	Error   string `json:"error,omitempty"`
	Say     string `json:"say,omitempty"`
}

func (t *tour) stopsJSON() []stopJSON {
	list := make([]stopJSON, len(t.done))
	for i := range t.done {
		s := &t.done[i]
		list[i] = stopJSON{ID: t.list.Offices[i].ID, Name: s.row.Name(), Did: s.did, State: s.row.State(), Size: s.size, Written: s.written, Same: s.same, Removed: s.removed}
		if s.err != nil {
			list[i].Error, list[i].Say = fault.Code(s.err), strings.Join(said(s.err), "\n")
		}
	}
	return list
}

func (t *tour) reportJSON(out *portal.Folder, why error) error {
	unsound, unreached := t.failures()
	v := map[string]any{"offices": t.stopsJSON(), "unsound": unsound, "unreached": unreached, "interrupted": t.c.ctx.Err() != nil}
	if out != nil {
		v["portal"] = map[string]any{"folder": t.list.Portal.Folder, "written": out.Written, "same": out.Same, "removed": out.Removed}
	}
	if why != nil {
		v["portal_error"] = map[string]any{"error": fault.Code(why), "say": words.Error(why)}
	}
	return t.c.printJSON(v)
}

// The parts of the work on one office, by their share of its bar.
type share struct{ from, to int }

var (
	building = share{0, 700}
	carrying = share{700, 1000}
)

// told tells how far a tour is: one bar on a terminal, elsewhere a line for
// every office that is done.
type told struct {
	t    *tour
	bar  func(done, total int)
	mu   sync.Mutex
	each []int // thousandths
	done int
}

func (c *Command) telling(t *tour, n int) *told {
	return &told{t: t, bar: c.progressIn("发布", "个单位", 1000), each: make([]int, n)}
}

// part is the Progress of a part of one office's work; nil where nobody looks.
func (t *told) part(i int, s share) func(done, total int) {
	if t == nil || t.bar == nil {
		return nil
	}
	return func(done, total int) { t.moved(i, s.from+(s.to-s.from)*min(done, total)/max(total, 1)) }
}

func (t *told) moved(i, to int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.each[i] = max(t.each[i], to)
	sum := 0
	for _, n := range t.each {
		sum += n
	}
	t.bar(min(sum, 1000*len(t.each)-1), 1000*len(t.each)) // end takes the bar away
}

// finished notes that an office is done, whatever came of it.
func (t *told) finished(i int) {
	switch {
	case t == nil:
	case t.bar != nil:
		t.moved(i, 1000)
	default:
		t.mu.Lock()
		defer t.mu.Unlock()
		t.done++
		fmt.Fprintf(t.t.c.Stderr, "（%d/%d）%s　%s\n", t.done, len(t.each), t.t.list.Offices[i].ID, didWords[t.t.done[i].did])
	}
}

func (t *told) end() {
	if t.bar != nil {
		t.bar(1000*len(t.each), 1000*len(t.each))
	}
}

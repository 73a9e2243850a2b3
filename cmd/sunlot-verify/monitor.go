package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/fetch"
	"github.com/sunlot/sunlot/internal/monitor"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/verify"
	"github.com/sunlot/sunlot/internal/words"
	"github.com/sunlot/sunlot/ledger"
)

const monitorHelp = `sunlot-verify monitor 隔一段时间去看一次公开账本：以前有的还在不在，各处看到的是不是同一个。

用法：
  sunlot-verify monitor 网址或目录… --state 目录 [--witness 网址]… [--watch 统一社会信用代码]… [--json]

每次都从头核验，并与以前看到的每个账本快照比对。适合放进计划任务（cron），有新情况才有输出：
  7 6 * * *  sunlot-verify monitor https://example.gov.cn/sunlot/ --state /var/lib/sunlot --quiet

选项：
  --state 目录    存放以前看到的快照，必须给；请备份，不要删除
  --policy 文件   从别处得到的账本钥匙；不给时以第一次看到的为准，换了就报
  --witness 网址  见证单位公开的最新快照，可给多个：网站比它短，就是有记录被扣着
  --watch 代码    一家企业被抽中、结果公示或更正时告知，可给多个。名称随结果启封，在那之前谁也看不出
  --grace 时长    见证单位比网站超前多久以内不算扣着，如 2h，默认 24h
  --within 时长   一次最多看多久，默认 1h：拖着不答的网站，按读不到报
  --today 日期    按哪一天判断是否到期；不给时用本机日期，演示账本用它最后一条记录的日期
  --all           以前告知过、仍然存在的也列出
  --quiet         没有新情况就什么也不输出
  --json          每件事一行 JSON

退出码：0 没有不相符；1 有不相符（账本、历史被改、被扣着），只要还存在，每次都是 1；2 用法不对；3 有一处读不到。
逾期不影响退出码。
`

// list is a flag that may stand several times.
type list []string

func (l *list) String() string     { return strings.Join(*l, " ") }
func (l *list) Set(s string) error { *l = append(*l, s); return nil }

type monitoring struct {
	state, policy, today string
	witnesses, watch     list
	grace, within        time.Duration
	all, quiet, json     bool
	places               []string
}

func parseMonitor(args []string) (*monitoring, error) {
	opt := &monitoring{}
	set := flag.NewFlagSet("monitor", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.StringVar(&opt.state, "state", "", "")
	set.StringVar(&opt.policy, "policy", "", "")
	set.StringVar(&opt.today, "today", "", "")
	set.Var(&opt.witnesses, "witness", "")
	set.Var(&opt.watch, "watch", "")
	set.DurationVar(&opt.grace, "grace", 24*time.Hour, "")
	set.DurationVar(&opt.within, "within", time.Hour, "")
	set.BoolVar(&opt.all, "all", false, "")
	set.BoolVar(&opt.quiet, "quiet", false, "")
	set.BoolVar(&opt.json, "json", false, "")
	bad := func(place, got, want string) error {
		return fault.New("verify.bad-usage", place, got, want).Of(fault.Usage)
	}
	for len(args) > 0 {
		if err := set.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return opt, err
			}
			return opt, bad("", mistake(err), "sunlot-verify monitor --help")
		}
		if args = set.Args(); len(args) > 0 {
			opt.places, args = append(opt.places, args[0]), args[1:]
		}
	}
	switch {
	case len(opt.places) == 0:
		return opt, fault.New("monitor.no-site", "", "", "").Of(fault.Usage)
	case opt.state == "":
		return opt, bad("--state", "", "--state 目录")
	case opt.grace < 0:
		return opt, bad("--grace", opt.grace.String(), "24h")
	case opt.within <= 0:
		return opt, bad("--within", opt.within.String(), "1h")
	}
	for i, code := range opt.watch {
		id, ok := draw.ObjectID(code)
		if !ok {
			return opt, bad("--watch", code, "18 位统一社会信用代码")
		}
		opt.watch[i] = id
	}
	return opt, checkDay(opt.today)
}

func checkDay(day string) error {
	if _, err := time.Parse("2006-01-02", day); day != "" && err != nil {
		return fault.New("verify.bad-usage", "--today", day, "2024-07-31").Of(fault.Usage)
	}
	return nil
}

// monitor is one visit.
func (c *Command) monitor(args []string) int {
	opt, err := parseMonitor(args)
	if errors.Is(err, flag.ErrHelp) {
		fmt.Fprint(c.Stdout, monitorHelp)
		return 0
	}
	var rep *monitor.Report
	if err == nil {
		rep, err = c.visit(opt)
	}
	if rep != nil { // told even where the state cannot be written
		c.tell(opt, rep)
	}
	if err != nil {
		c.say(&options{json: opt.json && rep == nil}, err)
	}
	switch {
	case rep != nil && rep.Worst() == monitor.Breach:
		return 1
	case err != nil:
		return worstCode(err)
	case rep.Worst() == monitor.Unreachable:
		return 3
	}
	return 0
}

// worstCode is the exit code of joined errors: what does not hold outweighs what
// could not be reached.
func worstCode(err error) int {
	code := 0
	for _, e := range each(err) {
		if got := exitCode(e); code == 0 || got < code {
			code = got
		}
	}
	return code
}

func (c *Command) visit(opt *monitoring) (*monitor.Report, error) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	// A site that answers drop by drop would keep its monitor from ever speaking.
	ctx, cancel := context.WithTimeout(ctx, opt.within)
	defer cancel()
	m, err := monitor.Open(opt.state)
	if err != nil {
		return nil, err
	}
	o := monitor.Options{Today: opt.today, Now: c.Now().Unix(), Grace: int64(opt.grace / time.Second), Watch: opt.watch, Say: brief}
	if o.Today == "" {
		o.Today, o.Local = record.Day(o.Now), true
	}
	if opt.policy != "" {
		if o.Policy, err = readPolicy(opt.policy); err != nil {
			return nil, err
		}
	}
	var views []monitor.View
	origin := ""
	for _, place := range opt.places {
		v := verify.Options{}
		fsys, closer, err := open(ctx, place, &v)
		if err == nil {
			defer closer()
			if origin == "" {
				origin = originOf(fsys)
			}
		}
		views = append(views, monitor.View{Name: place, FS: fsys, Unlisted: v.Unlisted, Err: err})
	}
	for _, address := range opt.witnesses {
		note, err := witnessed(ctx, address, origin)
		views = append(views, monitor.View{Name: address, Checkpoint: note, Err: err})
	}
	return m.Visit(views, o)
}

// brief is an error in a sentence: the first of what was joined, and how many
// there are.
func brief(err error) string {
	all := each(err)
	if len(all) == 0 {
		return err.Error()
	}
	text, _, _ := strings.Cut(words.Error(all[0]), "\n")
	text = strings.TrimSuffix(text, "。")
	if len(all) > 1 {
		text += fmt.Sprintf("；共 %d 处", len(all))
	}
	return text
}

// originOf is the origin that a site claims, "" where it cannot be read.
func originOf(fsys fs.FS) string {
	root, err := verify.Root(fsys)
	if err != nil {
		return ""
	}
	data, err := ledger.OpenDir(root).Checkpoint()
	if err != nil {
		return ""
	}
	first, _, _ := strings.Cut(string(data), "\n")
	return first
}

// witnessed is the latest checkpoint that a witness has cosigned, at the place
// that c2sp.org/tlog-witness gives it below the witness's address.
func witnessed(ctx context.Context, address, origin string) ([]byte, error) {
	fsys, err := fetch.FS(ctx, address, fetch.Options{MaxFile: 1 << 20})
	if err != nil {
		return nil, err
	}
	return fs.ReadFile(fsys, rules.Hash([]byte(origin))+"/checkpoint")
}

// tell prints the events: the new ones, and with --all those told before.
func (c *Command) tell(opt *monitoring, rep *monitor.Report) {
	now := record.Time(c.Now().Unix())
	old := 0
	for _, e := range rep.Events {
		if !e.New {
			if old++; !opt.all {
				continue
			}
		}
		sentence, remedy := words.Say(e.Code, e.Place, e.Got, e.Want)
		if opt.json {
			data, err := json.Marshal(struct {
				Time   string `json:"time"`
				Origin string `json:"origin"`
				monitor.Event
				Message string `json:"message"`
				Remedy  string `json:"remedy,omitempty"`
			}{now, rep.Origin, e, sentence, remedy})
			if err == nil {
				fmt.Fprintf(c.Stdout, "%s\n", data)
			}
			continue
		}
		c.event(e, sentence, remedy)
	}
	if opt.json || opt.quiet && !anyNew(rep) {
		return
	}
	if old > 0 && !opt.all {
		fmt.Fprintf(c.Stdout, "以前告知过、仍然存在的还有 %d 件，--all 列出。\n", old)
	}
	fmt.Fprintf(c.Stdout, "%s：%d 条记录，总校验码 %s。\n", rep.Origin, rep.Size, rep.Root)
	switch rep.Worst() {
	case monitor.Breach:
		fmt.Fprintln(c.Stdout, "结论：不相符。")
	case monitor.Unreachable:
		fmt.Fprintln(c.Stdout, "结论：有一处读不到；读到的没有不相符。")
	default:
		if rep.First {
			fmt.Fprintln(c.Stdout, "结论：第一次看，没有以前的快照可比；核验相符。")
			return
		}
		fmt.Fprintln(c.Stdout, "结论：与以前看到的前后一致，核验相符。")
	}
}

func anyNew(rep *monitor.Report) bool {
	for _, e := range rep.Events {
		if e.New {
			return true
		}
	}
	return false
}

var severities = map[string]string{monitor.Breach: "不相符", monitor.Overdue: "逾期", monitor.Note: "提示", monitor.Unreachable: "读不到"}

func (c *Command) event(e monitor.Event, sentence, remedy string) {
	fmt.Fprintf(c.Stdout, "【%s】%s", severities[e.Severity], sentence)
	if e.Entry >= 0 {
		fmt.Fprintf(c.Stdout, "（第%d条记录）", e.Entry)
	}
	if e.View != "" {
		fmt.Fprintf(c.Stdout, "　%s", e.View)
	}
	fmt.Fprintln(c.Stdout)
	if remedy != "" && (e.Severity == monitor.Breach || e.Severity == monitor.Unreachable) {
		fmt.Fprintf(c.Stdout, "　　%s\n", remedy)
	}
}

const misbehaviourHelp = `sunlot-verify misbehaviour 核验监看写下的两份账本快照：同一把钥匙签的，却自相矛盾。

用法：
  sunlot-verify misbehaviour 文件 [--policy 文件] [--json]

文件在监看目录里（--state 目录/…/misbehaviour/…json），不需要账本，也不用上网。
  --policy 文件   从别处得到的账本钥匙；不给时只能证明有一把钥匙签了两套历史，不能证明它是谁的
  --json          输出给机器读的结果

退出码：0 证明成立（账本分叉）；1 证明不成立；2 用法不对；3 读不到。
`

// misbehaviour checks a file that a monitor wrote: exit code 0 says that the two
// checkpoints prove that one key has signed two histories.
func (c *Command) misbehaviour(args []string) int {
	opt := &options{}
	set := flag.NewFlagSet("misbehaviour", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.StringVar(&opt.policy, "policy", "", "")
	set.BoolVar(&opt.json, "json", false, "")
	for len(args) > 0 {
		if err := set.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return c.end(opt, err, misbehaviourHelp)
			}
			opt.paths = nil
			break
		}
		if args = set.Args(); len(args) > 0 {
			opt.paths, args = append(opt.paths, args[0]), args[1:]
		}
	}
	err := c.proveMisbehaviour(opt)
	if err != nil {
		c.say(opt, err)
		return exitCode(err)
	}
	return 0
}

func (c *Command) proveMisbehaviour(opt *options) error {
	if len(opt.paths) != 1 {
		return fault.New("verify.bad-usage", "", "misbehaviour", "sunlot-verify misbehaviour 文件 [--policy 文件]").Of(fault.Usage)
	}
	data, err := readFile(opt.paths[0], 1<<20)
	if err != nil {
		return err
	}
	m, err := monitor.ParseMisbehaviour(data)
	if err != nil {
		return err
	}
	keys, whose := []string{m.Log}, "文件里所写的钥匙（要确认是谁的，请用 --policy 给出从别处得到的钥匙）"
	if opt.policy != "" {
		text, err := readPolicy(opt.policy)
		if err != nil {
			return err
		}
		p, err := ledger.ParsePolicy(text)
		if err != nil {
			return err
		}
		keys, whose = nil, "所给的钥匙"
		for _, l := range p.Logs {
			keys = append(keys, l.Key.String())
		}
	}
	for _, k := range keys {
		if err = m.Check(k); err == nil {
			if opt.json {
				fmt.Fprintf(c.Stdout, "{\n  \"proved\": true,\n  \"key\": %q\n}\n", k)
				return nil
			}
			fmt.Fprintf(c.Stdout, "证明成立：%s\n%s签了两份互相矛盾的账本快照。\n", k, whose)
			return nil
		}
	}
	return err
}

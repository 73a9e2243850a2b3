package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"strings"
	"time"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/fetch"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/verify"
	"github.com/sunlot/sunlot/internal/words"
	"github.com/sunlot/sunlot/ledger"
)

const help = `sunlot-verify 核验一个阳光签公开账本：签名、校验树、每条记录、每次抽取、启封凭据、结果。

用法：
  sunlot-verify 目录或网址 [--policy 文件] [--json]
  sunlot-verify stats 目录或网址 --year 2023 [--json]
  sunlot-verify --proof 入账证明 [--entry 记录文件] --policy 文件
  sunlot-verify monitor 网址或目录… --state 目录        隔一段时间看一次，见 monitor --help
  sunlot-verify misbehaviour 文件 [--policy 文件]       核验监看所得的两份矛盾快照
  sunlot-verify vectors 文件或目录…
  sunlot-verify 目录或网址 --register 名单.csv [--draw 抽取编号] [--json]
  sunlot-verify 目录或网址 --ki 文件 --people 人员名单.csv [--draw 抽取编号]
  sunlot-verify evidence 目录或网址 --code 代码 -o 文件.zip …      证据包，见 sunlot-verify evidence --help
  sunlot-verify compare 目录或网址 [目录或网址] …              两年或两本账的对照，见 sunlot-verify compare --help

例：
  sunlot-verify public/gaoqing
  sunlot-verify https://example.gov.cn/sunlot/ --policy gaoqing.policy
  sunlot-verify --proof 17.tlog-proof --entry 17.txt --policy gaoqing.policy

选项：
  --policy 文件   从别处得到的账本钥匙（纸面开账声明、档案馆）。不给时用网站自带的钥匙，
                  只能证明网站前后一致，不能证明它是谁的
  --fingerprint 字符  盖章的开账声明上印的校验码：至少前 16 个字符，64 个全输才防得住单位自己；
                  空格、全角字符都行
  --fresh 天数    见证单位最近一次签名早于这么多天的，判为不相符（网站停在旧状态）
  --today 日期    按哪一天判断是否到期，如 2024-07-31；不给时用本机日期，
                  演示账本用它最后一条记录的日期
  --year 年度     stats：统计哪一年；不给时为是否到期所按日期的那一年
  --json          输出给机器读的结果
  --proof 文件    只核一条记录的入账证明（.tlog-proof）
  --entry 文件    该条记录（ledger/entry/N.txt）；不给时用证明文件旁的 ../entry/N.txt

  --register 文件 拿一份独立的企业名单（如市场监管部门的登记名单）核对启封钥匙已公开的签筒：有没有多出来的、
                  重复的、漏掉的、分区不对的。CSV（UTF-8 或 GBK），列名 统一社会信用代码、注册号、名称、镇街、权重，
                  或每行一个代码。Excel 表请另存为 CSV。--draw 编号 只核一次抽取
  --ki 文件       审计用：单位导出的人员启封钥匙文件，与 --people 人员名单（CSV，列名 执法证号、姓名）一起，
                  核对人员签筒、检查组和回避名单

退出码：0 相符；1 不相符（格式、签名、校验树、抽取、启封）；2 用法不对；3 读不到。
逾期、提示、注意不影响退出码；启封钥匙到期没有公开不是逾期，是不相符。
`

// Command is one run of the program with everything that it may touch.
type Command struct {
	Args           []string
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Now            func() time.Time
	Self           string // path of the running program, "" where there is none

	terminal *os.File // Stderr where it is a file, for progress
}

type options struct {
	policy, proof, entry, today string
	fingerprint                 string
	fresh                       int
	json                        bool
	year                        int
	stats                       bool
	paths                       []string

	evidence *evidencing

	register, ki, people, draw string // lists from elsewhere, and the one draw to hold them to
}

// Run does what Args say and returns the exit code.
func (c *Command) Run() int {
	c.terminal, _ = c.Stderr.(*os.File)
	c.Stdout, c.Stderr = printable{c.Stdout}, printable{c.Stderr}
	if len(c.Args) > 0 {
		switch c.Args[0] {
		case "monitor":
			return c.monitor(c.Args[1:])
		case "evidence":
			return c.evidence(c.Args[1:])
		case "compare":
			return c.compare(c.Args[1:])
		case "misbehaviour":
			return c.misbehaviour(c.Args[1:])
		}
	}
	opt, err := c.parse()
	if err == nil {
		err = c.do(opt)
	}
	return c.end(opt, err, help)
}

// end says what went wrong and returns the exit code.
func (c *Command) end(opt *options, err error, help string) int {
	switch {
	case err == nil:
		return 0
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprint(c.Stdout, help)
		return 0
	}
	var unsound unsoundError
	if errors.As(err, &unsound) {
		return 1
	}
	c.say(opt, err)
	return exitCode(err)
}

// unsoundError: the report has been printed and holds something 不相符.
type unsoundError struct{}

func (unsoundError) Error() string { return "unsound" }

func exitCode(err error) int {
	var f *fault.Error
	if !errors.As(err, &f) {
		return 3
	}
	return map[fault.Kind]int{fault.Unsound: 1, fault.Usage: 2, fault.Unreachable: 3}[f.Kind]
}

func (c *Command) parse() (*options, error) {
	opt := &options{}
	set := flag.NewFlagSet("sunlot-verify", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.StringVar(&opt.policy, "policy", "", "")
	set.StringVar(&opt.proof, "proof", "", "")
	set.StringVar(&opt.entry, "entry", "", "")
	set.StringVar(&opt.today, "today", "", "")
	set.StringVar(&opt.fingerprint, "fingerprint", "", "")
	set.IntVar(&opt.fresh, "fresh", 0, "")
	set.BoolVar(&opt.json, "json", false, "")
	set.IntVar(&opt.year, "year", 0, "")
	opt.heldFlags(set)
	// Flags may stand before and after the paths: people type them in any order.
	for args := c.Args; len(args) > 0; {
		if err := set.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return opt, err
			}
			return opt, fault.New("verify.bad-usage", "", mistake(err), "sunlot-verify --help").Of(fault.Usage)
		}
		args = set.Args()
		if len(args) > 0 {
			opt.paths = append(opt.paths, args[0])
			args = args[1:]
		}
	}
	if opt.today != "" {
		if _, err := time.Parse("2006-01-02", opt.today); err != nil {
			return opt, fault.New("verify.bad-usage", "--today", opt.today, "2024-07-31").Of(fault.Usage)
		}
	}
	return opt, nil
}

// mistake says a command line error of the flag library in Chinese.
func mistake(err error) string {
	text := err.Error()
	for english, chinese := range map[string]string{"flag provided but not defined: ": "没有这个选项：", "flag needs an argument: ": "选项后面要有内容："} {
		if name, ok := strings.CutPrefix(text, english); ok {
			return chinese + name
		}
	}
	return text
}

func (c *Command) do(opt *options) error {
	switch {
	case opt.lists():
		return c.site(opt)
	case opt.register+opt.ki+opt.people+opt.draw != "": // said and not acted on: never in silence
	case opt.proof != "":
		return c.proof(opt)
	case len(opt.paths) > 1 && opt.paths[0] == "vectors":
		return c.vectors(opt.paths[1:])
	case len(opt.paths) == 2 && opt.paths[0] == "stats":
		opt.paths, opt.stats = opt.paths[1:], true
		return c.site(opt)
	case len(opt.paths) == 1 && opt.paths[0] != "vectors" && opt.paths[0] != "stats" && opt.year == 0:
		return c.site(opt)
	}
	return fault.New("verify.bad-usage", "", strings.Join(c.Args, " "), "sunlot-verify --help").Of(fault.Usage)
}

// judged verifies a directory or a URL. The bundle reads from it until it is
// closed.
func (c *Command) judged(ctx context.Context, place string, opt *options) (b *verify.Bundle, closer func(), err error) {
	v := verify.Options{Today: opt.today, Progress: c.progress()}
	if v.Today == "" {
		v.Today, v.Local = record.Day(c.Now().Unix()), true
	}
	if opt.policy != "" {
		if v.Policy, err = readPolicy(opt.policy); err != nil {
			return nil, nil, err
		}
	}
	if opt.fingerprint != "" {
		if v.Fingerprint, err = verify.ParseFingerprint(opt.fingerprint); err != nil {
			return nil, nil, err
		}
	}
	v.Fresh = opt.fresh
	fsys, closer, err := open(ctx, place, &v)
	if err != nil {
		return nil, nil, err
	}
	if b, err = verify.Open(fsys, v); err != nil {
		closer()
		return nil, nil, err
	}
	return b, closer, nil
}

// site verifies a directory or a URL and says what was asked of it.
func (c *Command) site(opt *options) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	b, closer, err := c.judged(ctx, opt.paths[0], opt)
	if err != nil {
		return err
	}
	defer closer()
	switch {
	case opt.stats:
		err = c.stats(b, opt)
	case opt.evidence != nil:
		err = c.bundle(b, opt)
	case opt.lists():
		err = c.lists(b, opt)
	case opt.json:
		var data []byte
		if data, err = b.JSON(); err == nil {
			fmt.Fprintf(c.Stdout, "%s\n", data)
		}
	default:
		c.report(b)
	}
	if err != nil {
		return err
	}
	if b.Failed() {
		return unsoundError{}
	}
	return nil
}

func open(ctx context.Context, place string, v *verify.Options) (fs.FS, func(), error) {
	if strings.HasPrefix(place, "http://") || strings.HasPrefix(place, "https://") {
		v.Unlisted = true
		fsys, err := fetch.FS(ctx, place, fetch.Options{})
		return fsys, func() {}, err
	}
	root, err := os.OpenRoot(place)
	if err != nil {
		return nil, nil, fault.Wrap("verify.unreadable", place, err).Of(fault.Unreachable)
	}
	return root.FS(), func() { root.Close() }, nil
}

// progress shows how far the walk is, on a terminal only.
func (c *Command) progress() func(done, total uint64) {
	f := c.terminal
	if f == nil {
		return nil
	}
	if st, err := f.Stat(); err != nil || st.Mode()&os.ModeCharDevice == 0 {
		return nil
	}
	return func(done, total uint64) {
		if done%512 == 0 || done == total {
			fmt.Fprintf(f, "\r核验记录 %d/%d", done, total)
		}
		if done == total {
			fmt.Fprint(f, "\r\033[K")
		}
	}
}

func readFile(name string, limit int64) ([]byte, error) {
	st, err := os.Stat(name)
	if err == nil && (st.IsDir() || st.Size() > limit) {
		return nil, fault.New("verify.too-large", name, "", "").Of(fault.Usage)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fault.Wrap("verify.unreadable", name, err).Of(fault.Unreachable)
	}
	return data, nil
}

// readPolicy reads the reader's own file: one that is none says nothing about
// the ledger.
func readPolicy(name string) ([]byte, error) {
	text, err := readFile(name, 1<<20)
	if err != nil {
		return nil, err
	}
	if _, err := ledger.ParsePolicy(text); err != nil {
		return nil, fault.Wrap("verify.bad-policy", name, err).Of(fault.Usage)
	}
	return text, nil
}

// say prints an error: in plain words, or with --json as its code.
func (c *Command) say(opt *options, err error) {
	if opt.json {
		fmt.Fprintf(c.Stdout, "{\n  \"verdict\": %q,\n  \"code\": %q\n}\n", map[int]string{1: "unsound", 2: "usage", 3: "unreachable"}[exitCode(err)], fault.Code(err))
	}
	for _, e := range each(err) {
		fmt.Fprintln(c.Stderr, words.Error(e))
	}
}

// each splits a joined error so that every place that is wrong is named.
func each(err error) []error {
	if j, ok := err.(interface{ Unwrap() []error }); ok {
		return j.Unwrap()
	}
	return []error{err}
}

// Package command is the office's door as a value: every command of `sunlot`
// with its arguments, streams, environment, clock and randomness given, so the
// program, the transcripts and the demonstration years all run the same code.
//
// One file a command: newX wires flags, its run function makes one call into
// room office and prints. Everything printed here is plain Chinese; codes of
// faults become sentences in package words alone.
package command

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sunlot/sunlot/internal/durable"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/keyring"
	"github.com/sunlot/sunlot/internal/office"
	"github.com/sunlot/sunlot/internal/verify"
	"github.com/sunlot/sunlot/internal/words"
)

// Command is one run of sunlot with everything that it may touch.
type Command struct {
	Args           []string
	Stdin          io.Reader
	Stdout, Stderr io.Writer
	Env            func(string) (string, bool)
	Now            func() time.Time
	Rand           io.Reader
	Work           keyring.Making   // work factor of new keys; zero is the product's own. No flag sets it
	Dir            string           // where relative paths start; "" the process's own folder
	Hook           durable.Hook     // tests: stands around every change of office and site
	SaveAfter      int              // tests: entries after which the judged state is saved; 0: the product's own number
	HTTP           *http.Client     // by which witnesses are asked; nil: the usual one
	Grace          time.Duration    // tests: how long late witnesses are waited for once there are enough
	Tick           <-chan time.Time // tests: when serve looks for changes; nil: twice a second
	Writer         string           // who works here, in a line: another writer on the same ledger is told
	Keys           *office.Keys     // already unlocked keys, handed over by a caller in the same process

	at    *office.Office // the one that this command opened
	held  bool           // it stopped because what an earlier one wrote still waits
	typed *bufio.Reader  // what a person types at questions

	ctx   context.Context // of Run: an interrupt ends what waits for a person
	flags struct {
		office       string
		json         bool
		yes          bool
		dry          bool
		writes       bool
		passphraseFD int
		person       string
		known        string
	}
}

const exitCodes = `
退出码：0 成功；1 不相符或被规则拒绝；2 用法不对；3 读不到或连不上。
逾期、提示、注意不影响退出码；启封钥匙到期没有公开不是逾期，是不相符。`

// Run does what Args say and returns the exit code.
func (c *Command) Run(ctx context.Context) int {
	c.ctx = ctx
	root := c.root()
	root.SetArgs(c.Args)
	root.SetIn(c.Stdin)
	root.SetOut(c.Stdout)
	root.SetErr(c.Stderr)
	used, err := root.ExecuteContextC(ctx)
	if err == nil {
		return 0
	}
	return c.fail(used, err)
}

// fail prints an error and gives its exit code.
func (c *Command) fail(used *cobra.Command, err error) int {
	var f *fault.Error
	code := 2 // what the command line library says is about the command line
	if errors.As(err, &f) {
		code = map[fault.Kind]int{fault.Unsound: 1, fault.Usage: 2, fault.Unreachable: 3}[f.Kind]
	} else if plain(err) == "" {
		code = 3
	}
	if why := fault.Code(err); why == "keyring.cancelled" || why == "site.stopped" || why == "ledger.tree-stopped" || why == "ledger.load-stopped" || why == "command.cluster-stopped" {
		code = 130 // as shells have it
	}
	if c.flags.json && !slices.Contains([]string{"command.unsound", "command.cluster-failed", "command.cluster-portal", "command.cluster-stopped", "command.differs", "command.pack-faults", "command.rounds-refused"}, fault.Code(err)) { // its report has been printed
		_ = c.printJSON(map[string]any{"error": fault.Code(err), "exit": code})
	}
	if f == nil && code == 3 {
		fmt.Fprintln(c.Stderr, "读写出错："+err.Error())
		return code
	}
	if f == nil {
		fmt.Fprintln(c.Stderr, usageError(used, err))
		return code
	}
	for _, e := range each(err) {
		fmt.Fprintln(c.Stderr, words.Error(e))
	}
	c.whoIsMissing(err)
	return code
}

func each(err error) []error {
	if j, ok := err.(interface{ Unwrap() []error }); ok {
		return j.Unwrap()
	}
	return []error{err}
}

func (c *Command) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "sunlot",
		Short: "阳光签：双随机抽查的公开账本和网站",
		Long: `阳光签（sunlot）把“双随机、一公开”的每一次抽取和结果写进只增不改的公开账本，
并由账本生成网站。任何人都可以用 sunlot-verify 核验。

第一次用：
  sunlot init 本单位文件夹 --pack gaoqing --name 单位名称 --origin 域名/路径
  sunlot form 名录库            得到空白表，填好后
  sunlot record 名录库.xlsx     写入
  sunlot status                 看下一步做什么` + exitCodes,
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetHelpCommand(&cobra.Command{Use: "help [命令]", Hidden: true, RunE: func(cmd *cobra.Command, args []string) error {
		about, _, err := root.Find(args)
		if err != nil {
			return err
		}
		return about.Help()
	}})
	root.SetUsageFunc(printUsage)
	f := root.PersistentFlags()
	f.StringVarP(&c.flags.office, "office", "C", ".", "本单位文件夹")
	f.BoolVar(&c.flags.json, "json", false, "输出给机器读的结果")
	f.BoolP("help", "h", false, "显示说明")
	f.IntVar(&c.flags.passphraseFD, "passphrase-fd", -1, "从该文件描述符读口令")
	f.StringVar(&c.flags.person, "person", "", "用谁的口令（姓名或序号）")
	root.DisableFlagsInUseLine = true
	root.AddCommand(c.newInit(), c.newForm(), c.newRecord(), c.newDraw(), c.newDispatch(), c.newResult(), c.newCorrect(), c.newFeedback(),
		c.newReplace(), c.newExpert(), c.newFollowUp(), c.newObjection(), c.newArchive(), c.newTakedown(), c.newFilePlan(), c.newBuild(), c.newServe(), c.newScripts(), c.newHeaders(), c.newStatus(), c.newStats(), c.newCheck(), c.newRules(), c.newPublish(), c.newPeople(), c.newBackup(), c.newRestore(), c.newAdopt(), c.newVersion())
	root.AddCommand(c.newReconcile())
	root.AddCommand(c.newTask(), c.newWaiver())
	root.AddCommand(c.newWitnesses(), c.newCharter())
	root.AddCommand(c.newJoint())
	root.AddCommand(c.newGuest(), c.newBeacon())
	root.AddCommand(c.newWitness())
	root.AddCommand(c.newLedger())
	root.AddCommand(c.newCluster())
	return root
}

// writing adds the flags of commands that write to the ledger.
func (c *Command) writing(cmd *cobra.Command) *cobra.Command {
	cmd.Flags().BoolVarP(&c.flags.yes, "yes", "y", false, "不再询问，直接写入")
	cmd.Flags().BoolVar(&c.flags.dry, "dry-run", false, "只看将写入什么，不写入")
	cmd.Flags().StringVar(&c.flags.known, "beacon-file", "", "最近一期公开随机数的文件（- 为标准输入）：写进记录，证明不早于那时")
	cmd.PreRun = func(*cobra.Command, []string) { c.flags.writes = true }
	return cmd
}

// abs makes a path that a person typed independent of the process's folder.
func (c *Command) abs(path string) string {
	if filepath.IsAbs(path) || c.Dir == "" {
		return path
	}
	return filepath.Join(c.Dir, path)
}

// open opens the office's folder.
func (c *Command) open() (*office.Office, error) {
	o, err := office.Open(c.abs(c.flags.office))
	if err != nil {
		return nil, err
	}
	o.Now, o.Rand, o.Hook = c.Now, c.Rand, c.Hook
	o.HTTP, o.Grace, o.Context, o.Writer = c.HTTP, c.Grace, c.ctx, c.Writer
	c.at = o
	o.Signs, o.SaveAfter = c.flags.writes && !c.flags.dry, c.SaveAfter
	o.Unlock = func() (office.Keys, error) {
		if c.Keys != nil {
			return *c.Keys, nil
		}
		k, err := o.UnlockKeys(c.secrets())
		if err == nil {
			c.Keys = &k // a command that writes several times asks once
		}
		return k, err
	}
	if c.flags.writes && !c.flags.dry {
		if err := o.Restored(); err != nil {
			return nil, err
		}
	}
	if c.flags.writes {
		if err := c.complete(o); err != nil {
			return nil, err
		}
		return o, c.stamps(o)
	}
	return o, nil
}

// complete ends what a crash left half written, before a new step is looked at,
// and then stops: the person decides whether the step is still wanted.
func (c *Command) complete(o *office.Office) error {
	if c.flags.dry {
		return unfinished(o)
	}
	n, err := o.Complete()
	if err != nil || n < 0 {
		c.held = err != nil
		return err
	}
	return fault.New("command.completed", o.Public(), num(n), "")
}

// unfinished is the error by which commands that do not write tell of it.
func unfinished(o *office.Office) error {
	n, err := o.Unfinished()
	if err != nil || n < 0 {
		return err
	}
	if w, err := o.Waiting(); err != nil || w != nil {
		if err == nil {
			err = fault.New("command.unwitnessed", o.Public(), num(n), "").Of(fault.Unreachable)
		}
		return err
	}
	return fault.New("command.unfinished", o.Public(), num(n), "")
}

// verified opens the office and verifies its ledger, which must be finished.
func (c *Command) verified() (*office.Office, *verify.Bundle, error) {
	o, err := c.open()
	if err != nil {
		return nil, nil, err
	}
	if err := unfinished(o); err != nil {
		return nil, nil, err
	}
	b, err := o.Bundle()
	return o, b, err
}

// secrets says where passphrases come from: descriptor, environment, prompt.
func (c *Command) secrets() *keyring.Source {
	src := &keyring.Source{Env: c.Env, Person: c.flags.person}
	if c.flags.passphraseFD >= 0 {
		src.FD = os.NewFile(uintptr(c.flags.passphraseFD), "passphrase")
	}
	if in, ok := c.Stdin.(*os.File); ok && isTerminal(in) {
		src.Prompt = keyring.Terminal(c.ctx, in, c.Stderr)
		src.Say = func(err error) { fmt.Fprintln(c.Stderr, words.Error(err)) }
	}
	return src
}

func isTerminal(f *os.File) bool {
	st, err := f.Stat()
	return err == nil && st.Mode()&os.ModeCharDevice != 0
}

func (c *Command) printJSON(v any) error {
	enc := json.NewEncoder(c.Stdout)
	enc.SetIndent("", "  ")
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

func (c *Command) printf(format string, args ...any) { fmt.Fprintf(c.Stdout, format, args...) }

// note prints to people only: with --json standard output is for machines.
func (c *Command) note(format string, args ...any) {
	w := c.Stdout
	if c.flags.json {
		w = c.Stderr
	}
	fmt.Fprintf(w, format, args...)
}

func usage(code, place, got, want string) error {
	return fault.New(code, place, got, want).Of(fault.Usage)
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

func num(n int) string { return fmt.Sprint(n) }

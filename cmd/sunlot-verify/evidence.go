package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/sunlot/sunlot/internal/evidence"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/verify"
)

const evidenceHelp = `sunlot-verify evidence 把一家企业的一次或几次抽取做成证据包：一个 zip，内有可打印的网页和它所依据的账本文件。

用法：
  sunlot-verify evidence 目录或网址 --code 代码 -o 文件.zip [--draw 抽取编号] [--salt 随机串]
  sunlot-verify evidence 目录或网址 --code 代码 -o 文件.zip --sealed [--openings 文件]…

选项：
  --code 代码     企业的统一社会信用代码（或 注册号:…）
  -o 文件         写到哪里；已经有的文件不覆盖
  --draw 编号     只要一次抽取，如 2023-002；不给时是签筒里有这家企业的各次抽取
  --salt 随机串   启封以前，用单位告知企业的随机串认出自己的签；证据包因此标明“非公开”
  --sealed        封存形式：交法院、复议或审计机关，不得上网，每页标明“非公开”
  --openings 文件 封存形式用：单位提供的启封凭据，名称是“记录号.json”，或放着它们的目录；可以写几次
  --with-verifier 文件  把核验程序装进证据包，可以写几次
  --policy 文件   从别处得到的账本钥匙
  --today 日期    按哪一天判断是否到期；不给时用本机日期，演示账本用它最后一条记录的日期
  --json          输出给机器读的结果

账本和写法相同时，每次生成的文件逐字节相同。
退出码：0 相符；1 不相符（证据包照样写出，第一句就写明不相符）；2 用法不对，或者看不出、不在签筒里，没有写出；3 读不到。
`

// evidencing is what the evidence command is asked.
type evidencing struct {
	code, draw, salt, out string
	sealed                bool
	openings, verifiers   list
}

func parseEvidence(args []string) (*options, error) {
	e := &evidencing{}
	opt := &options{evidence: e}
	set := flag.NewFlagSet("evidence", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.StringVar(&opt.policy, "policy", "", "")
	set.StringVar(&opt.today, "today", "", "")
	set.StringVar(&opt.fingerprint, "fingerprint", "", "")
	set.IntVar(&opt.fresh, "fresh", 0, "")
	set.BoolVar(&opt.json, "json", false, "")
	set.StringVar(&e.code, "code", "", "")
	set.StringVar(&e.draw, "draw", "", "")
	set.StringVar(&e.salt, "salt", "", "")
	set.StringVar(&e.out, "o", "", "")
	set.BoolVar(&e.sealed, "sealed", false, "")
	set.Var(&e.openings, "openings", "")
	set.Var(&e.verifiers, "with-verifier", "")
	for len(args) > 0 {
		if err := set.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return opt, err
			}
			return opt, fault.New("verify.bad-usage", "", mistake(err), "sunlot-verify evidence --help").Of(fault.Usage)
		}
		if args = set.Args(); len(args) > 0 {
			opt.paths, args = append(opt.paths, args[0]), args[1:]
		}
	}
	if len(opt.paths) != 1 || e.code == "" || e.out == "" {
		return opt, fault.New("verify.bad-usage", "evidence", "", "sunlot-verify evidence --help").Of(fault.Usage)
	}
	return opt, checkDay(opt.today)
}

// evidence writes the evidence bundle of one enterprise.
func (c *Command) evidence(args []string) int {
	opt, err := parseEvidence(args)
	if err == nil {
		err = c.site(opt)
	}
	return c.end(opt, err, evidenceHelp)
}

// bundle writes the bundle from a verified ledger. Where the ledger does not
// hold it is written all the same, and says so: what is wrong is evidence too.
func (c *Command) bundle(b *verify.Bundle, opt *options) error {
	e := opt.evidence
	req := evidence.Request{Code: strings.ToUpper(strings.TrimSpace(e.code)), Draw: e.draw, Salt: e.salt, Sealed: e.sealed}
	var err error
	if req.Openings, err = readOpenings(e.openings); err != nil {
		return err
	}
	if req.Programs, err = c.programs(e.verifiers); err != nil {
		return err
	}
	if _, err := os.Lstat(e.out); err == nil {
		return fault.New("evidence.exists", e.out, "", "").Of(fault.Usage)
	}
	made, err := evidence.Make(b, req)
	if err != nil {
		return err
	}
	sum, size, err := writeNew(e.out, made.Write)
	if err != nil {
		return err
	}
	if opt.json {
		enc := json.NewEncoder(c.Stdout)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		err = enc.Encode(map[string]any{"verdict": map[bool]string{false: "sound", true: "unsound"}[made.Unsound], "sentence": made.Verdict, "sealed": made.Sealed,
			"draws": made.Draws, "files": made.Files(), "bytes": size, "sha256": sum, "unused_openings": append([]int64{}, made.Unused...)})
	} else {
		fmt.Fprintf(c.Stdout, "%s\n\n证据包：%s（%d 个文件，%d 字节）\nSHA-256 %s\n", made.Verdict, e.out, made.Files(), size, sum)
		if made.Sealed {
			fmt.Fprintln(c.Stdout, "非公开：含没有公开的内容，不得上网。")
		}
		if n := len(made.Unused); n > 0 {
			fmt.Fprintf(c.Stdout, "给出的启封凭据有 %d 份与本包无关，没有装入。\n", n)
		}
	}
	if err == nil && made.Unsound {
		return unsoundError{}
	}
	return err
}

// readOpenings reads opening files, each named by its entry as in ledger/opening,
// or folders of them.
func readOpenings(paths []string) (map[int64]*record.Opening, error) {
	all := map[int64]*record.Opening{}
	for _, p := range paths {
		files := []string{p}
		if st, err := os.Stat(p); err == nil && st.IsDir() {
			files, _ = filepath.Glob(filepath.Join(p, "*.json"))
		}
		for _, name := range files {
			base := strings.TrimSuffix(filepath.Base(name), ".json")
			index, err := strconv.ParseUint(base, 10, 53)
			if err != nil || strconv.FormatUint(index, 10) != base {
				return nil, fault.New("evidence.opening-name", name, "", "").Of(fault.Usage)
			}
			data, err := readFile(name, record.MaxOpening)
			if err != nil {
				return nil, err
			}
			o, err := record.ParseOpening(data)
			if err != nil {
				return nil, fault.Wrap("evidence.opening-wrong", name, err)
			}
			all[int64(index)] = o
		}
	}
	return all, nil
}

// programs are the running program, by its digest, and those that are to be
// copied in.
func (c *Command) programs(paths []string) ([]evidence.Program, error) {
	var list []evidence.Program
	if c.Self != "" {
		p, err := program(c.Self)
		if err != nil {
			return nil, err
		}
		p.Open, p.Name = nil, "sunlot-verify"
		list = append(list, p)
	}
	for _, path := range paths {
		p, err := program(path)
		if err != nil {
			return nil, err
		}
		if len(list) > 0 && list[0].Open == nil && list[0].SHA256 == p.SHA256 {
			p.Name = list[0].Name
			list[0] = p // the running one is itself given
			continue
		}
		list = append(list, p)
	}
	return list, nil
}

func program(path string) (evidence.Program, error) {
	f, err := os.Open(path)
	if err != nil {
		return evidence.Program{}, fault.Wrap("verify.unreadable", path, err).Of(fault.Unreachable)
	}
	defer f.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, f)
	if err != nil {
		return evidence.Program{}, fault.Wrap("verify.unreadable", path, err).Of(fault.Unreachable)
	}
	return evidence.Program{Name: filepath.Base(path), SHA256: hex.EncodeToString(sum.Sum(nil)), Size: n,
		Open: func() (io.ReadCloser, error) { return os.Open(path) }}, nil
}

// writeNew writes a file that was not there: beside its place first, so that
// a run that fails leaves nothing under its name.
func writeNew(name string, write func(io.Writer) error) (sum string, size int64, err error) {
	f, err := os.CreateTemp(filepath.Dir(name), ".sunlot-*")
	if err != nil {
		return "", 0, fault.Wrap("verify.unwritable", name, err).Of(fault.Unreachable)
	}
	defer os.Remove(f.Name())
	defer f.Close()
	h := sha256.New()
	if err := write(io.MultiWriter(f, h)); err != nil {
		return "", 0, err
	}
	size, err = f.Seek(0, io.SeekCurrent)
	if err == nil {
		err = f.Close()
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		return "", 0, fault.Wrap("verify.unwritable", name, err).Of(fault.Unreachable)
	}
	return hex.EncodeToString(h.Sum(nil)), size, nil
}

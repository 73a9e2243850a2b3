package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/sunlot/sunlot/internal/evidence"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/verify"
)

// evidence writes the evidence bundle of one enterprise. Where the ledger does
// not hold it is written all the same, and says so: what is wrong is evidence
// too.
func (c *Command) evidence(b *verify.Bundle, opt *options) error {
	req := evidence.Request{Code: strings.ToUpper(strings.TrimSpace(opt.code)), Draw: opt.draw, Salt: opt.salt, Sealed: opt.sealed}
	var err error
	if req.Openings, err = readOpenings(opt.openings); err != nil {
		return err
	}
	if req.Programs, err = c.programs(opt.verifiers); err != nil {
		return err
	}
	if _, err := os.Lstat(opt.out); err == nil {
		return fault.New("evidence.exists", opt.out, "", "").Of(fault.Usage)
	}
	made, err := evidence.Make(b, req)
	if err != nil {
		return err
	}
	sum, size, err := writeNew(opt.out, made.Write)
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
		fmt.Fprintf(c.Stdout, "%s\n\n证据包：%s（%d 个文件，%d 字节）\nSHA-256 %s\n", made.Verdict, opt.out, made.Files(), size, sum)
		if made.Sealed {
			fmt.Fprintln(c.Stdout, "非公开：含没有公开的内容，不得上网。")
		}
		for _, i := range made.Unused {
			fmt.Fprintf(c.Stdout, "第 %d 条记录的启封凭据与本包无关，没有装入。\n", i)
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

// evidenceOnly are the options that the evidence command alone reads.
var evidenceOnly = []string{"code", "draw", "salt", "sealed", "openings", "with-verifier", "o"}

func (opt *options) evidenceFlags(set *flag.FlagSet) {
	set.StringVar(&opt.code, "code", "", "")
	set.StringVar(&opt.draw, "draw", "", "")
	set.StringVar(&opt.salt, "salt", "", "")
	set.StringVar(&opt.out, "o", "", "")
	set.BoolVar(&opt.sealed, "sealed", false, "")
	set.Func("openings", "", func(s string) error { opt.openings = append(opt.openings, s); return nil })
	set.Func("with-verifier", "", func(s string) error { opt.verifiers = append(opt.verifiers, s); return nil })
}

// only reports whether an option was written that another command reads.
func (opt *options) only(names []string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return opt.given[n] })
}

package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"os"
	"os/signal"
	"slices"
	"strconv"
	"strings"

	"github.com/sunlot/sunlot/internal/compare"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/verify"
)

const compareHelp = `sunlot-verify compare 把两年、两本账放在一起对照：只列数字和依据，不下结论。

用法：
  sunlot-verify compare 目录或网址 --years 2023 2024
  sunlot-verify compare 目录或网址 目录或网址 [--years 2023 2024]

看得出多少，取决于公开了多少、手里有什么：
  --register 文件 自己持有的企业名单（CSV，UTF-8，有“统一社会信用代码”一列，或每行一个代码）；可给两次，
                  第一次是 A 的，第二次是 B 的。启封以后看出谁进过签筒、谁一次没有抽中
  --roster 文件   单位保存的名录库版本（一行一户的 JSON），可给几次；先与账本里的校验码核对，
                  再看新增、移出、改标签、抽取前移出抽取后又回来
  --ki 文件       人员启封钥匙：单位导出给审计单位的文件，或每行“抽取编号 钥匙”；可给几次。
                  与 --people 一起，跨抽取看同组和结果
  --people 文件   执法证号（CSV 或每行一个）
  --policy 文件   从别处得到的账本钥匙；两本账时给两次
  --today 日期    按哪一天判断是否到期
  --json、--csv   输出给机器读的结果；列出全部，不截短

退出码：0 两边账本核验相符（数字高低不影响）；1 有一边账本核验不相符，或给出的名录、钥匙与账本不符；2 用法不对；3 读不到。
`

type comparing struct {
	places, registers, rosters, policies, ki list
	people, today                            string
	years                                    []int64
	json, csv                                bool
}

func parseCompare(args []string) (*comparing, error) {
	o := &comparing{}
	bad := func(place, got, want string) error {
		return fault.New("verify.bad-usage", place, got, want).Of(fault.Usage)
	}
	args, years := takeYears(args)
	for _, y := range years {
		n, err := strconv.ParseInt(y, 10, 32)
		if err != nil || n < 2000 || n > 9999 {
			return o, bad("--years", strings.Join(years, " "), "2023 2024")
		}
		o.years = append(o.years, n)
	}
	set := flag.NewFlagSet("compare", flag.ContinueOnError)
	set.SetOutput(io.Discard)
	set.Var(&o.registers, "register", "")
	set.Var(&o.rosters, "roster", "")
	set.Var(&o.policies, "policy", "")
	set.Var(&o.ki, "ki", "")
	set.StringVar(&o.people, "people", "", "")
	set.StringVar(&o.today, "today", "", "")
	set.BoolVar(&o.json, "json", false, "")
	set.BoolVar(&o.csv, "csv", false, "")
	for len(args) > 0 {
		if err := set.Parse(args); err != nil {
			if errors.Is(err, flag.ErrHelp) {
				return o, err
			}
			return o, bad("", mistake(err), "sunlot-verify compare --help")
		}
		if args = set.Args(); len(args) > 0 {
			o.places, args = append(o.places, args[0]), args[1:]
		}
	}
	switch {
	case len(o.places) < 1 || len(o.places) > 2 || o.json && o.csv || len(o.registers) > 2 || len(o.policies) > len(o.places):
		return o, bad("compare", strings.Join(o.places, " "), "sunlot-verify compare --help")
	case len(o.years) != 2 && (len(o.places) == 1 || len(o.years) != 0):
		return o, bad("--years", strings.Join(years, " "), "2023 2024")
	}
	return o, checkDay(o.today)
}

// takeYears takes --years and the two years behind it, or 2023,2024 in one, out
// of the arguments.
func takeYears(args []string) (rest, years []string) {
	i := slices.IndexFunc(args, func(s string) bool { return strings.TrimLeft(s, "-") == "years" && s != "years" })
	if i < 0 {
		return args, nil
	}
	end := i + 1
	for end < len(args) && len(years) < 2 && strings.Trim(args[end], "0123456789,") == "" && args[end] != "" {
		years = append(years, strings.Split(args[end], ",")...)
		end++
	}
	return slices.Concat(args[:i], args[end:]), append(years, "")[:max(len(years), 1)]
}

func (c *Command) compare(args []string) int {
	o, err := parseCompare(args)
	if err == nil {
		err = c.comparison(o)
	}
	return c.end(&options{json: o.json}, err, compareHelp)
}

func (c *Command) comparison(o *comparing) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	var bundles []*verify.Bundle
	for i, place := range o.places {
		policy := ""
		if i < len(o.policies) {
			policy = o.policies[i]
		}
		b, closer, err := c.judged(ctx, place, &options{policy: policy, today: o.today})
		if err != nil {
			return err
		}
		defer closer()
		bundles = append(bundles, b)
	}
	a, b := &compare.Side{Bundle: bundles[0]}, &compare.Side{Bundle: bundles[len(bundles)-1]}
	if len(o.years) == 2 {
		a.Year, b.Year = o.years[0], o.years[1]
	}
	if err := c.held(o, a, b); err != nil {
		return err
	}
	r, err := compare.Compare(a, b)
	if err != nil {
		return err
	}
	switch {
	case o.json:
		enc := json.NewEncoder(c.Stdout)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		err = enc.Encode(r)
	case o.csv:
		err = r.CSV(c.Stdout)
	default:
		fmt.Fprint(c.Stdout, r.Text())
	}
	if err == nil && (a.Bundle.Failed() || b.Bundle.Failed()) {
		return unsoundError{}
	}
	return err
}

// held reads what the reader holds beside the ledgers. A register that is none
// of the ledger's, or a key that the notice did not commit to, is refused: it
// would make numbers out of nothing.
func (c *Command) held(o *comparing, a, b *compare.Side) error {
	for i, name := range o.registers {
		codes, err := c.column(name, compare.ParseCodes)
		if err != nil {
			return err
		}
		if i == 0 {
			a.Register = codes
		}
		if i == 1 || len(o.registers) == 1 {
			b.Register = codes
		}
	}
	for _, name := range o.rosters {
		l, err := readList(name)
		if err != nil {
			return err
		}
		knows := false
		for _, s := range []*compare.Side{a, b} {
			if s.Knows(l) {
				s.Lists, knows = append(s.Lists, l), true
			}
		}
		if !knows {
			return fault.New("compare.list-stranger", name, l.SHA256, "")
		}
	}
	if o.people != "" {
		ids, err := c.column(o.people, compare.ParsePeople)
		if err != nil {
			return err
		}
		a.People, b.People = ids, ids
	}
	return keys(o.ki, a, b)
}

// keys reads what opens the handles of inspectors.
func keys(files []string, a, b *compare.Side) error {
	a.KI = map[string][]byte{}
	b.KI = a.KI
	for _, name := range files {
		data, err := readFile(name, 1<<24)
		if err != nil {
			return err
		}
		given, err := compare.ParseKI(data)
		if err != nil {
			return err
		}
		maps.Copy(a.KI, given)
		for _, id := range a.WrongKI() {
			if slices.Contains(b.WrongKI(), id) {
				return fault.New("compare.wrong-ki", name, id, "")
			}
		}
	}
	return nil
}

// column reads a list of numbers, and says how many were none.
func (c *Command) column(name string, parse func([]byte) ([]string, int, error)) ([]string, error) {
	data, err := readFile(name, 256<<20)
	if err != nil {
		return nil, err
	}
	ids, odd, err := parse(data)
	if err != nil {
		var f *fault.Error
		if errors.As(err, &f) && f.Place == "" {
			f.Place = name
		}
		return nil, err
	}
	if len(ids) == 0 {
		return nil, fault.New("compare.no-codes", name, strconv.Itoa(odd), "").Of(fault.Usage)
	}
	if odd > 0 {
		fmt.Fprintf(c.Stderr, "%s：%d 行不是合格的代码，没有采用。\n", name, odd)
	}
	return ids, nil
}

func readList(name string) (*compare.List, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, fault.Wrap("verify.unreadable", name, err).Of(fault.Unreachable)
	}
	defer f.Close()
	l, err := compare.ParseList(f)
	var bad *fault.Error
	if errors.As(err, &bad) {
		bad.Place = name + " 第" + bad.Place + "行"
	}
	return l, err
}

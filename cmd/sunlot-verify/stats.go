package main

import (
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/sunlot/sunlot/internal/verify"
)

// stats counts a year of a verified ledger: the same numbers as the office's own
// `sunlot stats` and the site's page, computed anew.
func (c *Command) stats(b *verify.Bundle, opt *options) error {
	year := int64(opt.year)
	if year == 0 && len(b.Today) >= 4 {
		year, _ = strconv.ParseInt(b.Today[:4], 10, 64)
	}
	st := b.State.Stats(year, b.Today)
	if opt.json {
		enc := json.NewEncoder(c.Stdout)
		enc.SetIndent("", "  ")
		enc.SetEscapeHTML(false)
		return enc.Encode(st)
	}
	fmt.Fprint(c.Stdout, verify.StatsText(b.State, st, ""))
	if b.Failed() {
		fmt.Fprintln(c.Stdout, "\n账本有不相符之处，以上数字不能采信；不带 stats 再运行一次，看是哪些。")
	}
	return nil
}

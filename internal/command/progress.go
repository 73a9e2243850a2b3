package command

import (
	"fmt"
	"os"
	"strings"
	"time"
)

// barWidth is of the bar alone; the line stays below 80 columns.
const barWidth = 24

// redraw is how often a bar moves at most.
const redraw = 100 * time.Millisecond

// progress shows a bar on a terminal, nothing elsewhere: there the line at the
// end is all.
func (c *Command) progress(what string) func(done, total int) { return c.progressOf(what, "个文件") }

// progressOf counts something else than files.
func (c *Command) progressOf(what, unit string) func(done, total int) {
	return c.progressIn(what, unit, 1)
}

// progressIn counts things of so many parts each.
func (c *Command) progressIn(what, unit string, parts int) func(done, total int) {
	f, ok := c.Stderr.(*os.File)
	if !ok || !isTerminal(f) {
		return nil
	}
	start := time.Now()
	var last time.Time
	return func(done, total int) {
		if done == total {
			fmt.Fprint(f, "\r\033[K")
			return
		}
		if now := time.Now(); now.Sub(last) >= redraw {
			last = now
			fmt.Fprint(f, "\r"+bar(what, unit, parts, done, total, now.Sub(start))+"\033[K")
		}
	}
}

// bar is one line: how much of the whole, how many, for how long.
func bar(what, unit string, parts, done, total int, elapsed time.Duration) string {
	done = min(max(done, 0), total)
	full := 0
	if total > 0 {
		full = done * barWidth / total
	}
	return fmt.Sprintf("%s [%s%s] %3d%%　%d/%d %s　%.0f 秒", what, strings.Repeat("#", full), strings.Repeat("-", barWidth-full),
		done*100/max(total, 1), done/parts, total/parts, unit, elapsed.Seconds())
}

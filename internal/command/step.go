package command

import (
	"bufio"
	"fmt"
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/office"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/words"
)

// commit shows what the rules noticed, asks 写入？, writes, and says the next
// step. Before it a command prints what will be written.
func (c *Command) commit(o *office.Office, d *office.Draft) error {
	written, err := c.write(o, d)
	if err != nil || !written {
		return err
	}
	return c.next(o)
}

// write is commit without the next step.
func (c *Command) write(o *office.Office, d *office.Draft) (written bool, err error) {
	c.review(&d.Review)
	c.findings(d.Findings)
	if c.flags.dry {
		c.note("未写入（--dry-run）。\n")
		return false, nil
	}
	if !c.flags.yes {
		ok, err := c.ask("写入？")
		if err != nil || !ok {
			c.note("未写入。\n")
			return false, err
		}
	}
	w, err := o.Write(d)
	if err != nil {
		return false, err
	}
	if c.flags.json {
		if err := c.printJSON(map[string]any{"first": w.First, "count": w.Count, "size": w.Size, "root": w.Root, "files": w.Files}); err != nil {
			return false, err
		}
	}
	c.note("已写入%s。账本共 %d 条，总校验码 %s\n", entries(w.First, w.Count), w.Size, w.Root)
	c.late(o)
	for _, f := range w.Files {
		c.note("已生成 %s\n", f)
	}
	if w.Encrypted > 0 {
		c.note("旧版本留下的 %d 个未加密的启封钥匙文件已加密，明文已删除；旧备份和副本里的明文请自行清理。\n", w.Encrypted)
	}
	c.custody(w.Custody)
	return true, nil
}

// custody tells what does not stand as it should among the keys of the draws.
func (c *Command) custody(is office.Custody) {
	if is.Plain > 0 {
		c.note("注意：%d 个启封钥匙文件没有加密，下一次写入账本时会自动加密。\n", is.Plain)
	}
	if is.Stale > 0 {
		c.note("注意：%d 个启封钥匙文件还没有加密给现有人员，请运行 sunlot people reseal。\n", is.Stale)
	}
}

func entries(first, count int64) string {
	if count == 1 {
		return fmt.Sprintf("第 %d 条记录", first)
	}
	return fmt.Sprintf("第 %d 至 %d 条记录", first, first+count-1)
}

// findings prints what the rules noticed and did not refuse.
func (c *Command) findings(list []rules.Finding) {
	seen := map[string]int{}
	for _, f := range list {
		if seen[f.Code]++; seen[f.Code] > 5 || f.Severity == rules.OK {
			continue
		}
		s, _ := words.Say(f.Code, f.Place, f.Got, f.Want)
		if f.Clause != "" {
			s += "（条款 " + f.Clause + "）"
		}
		c.note("%s：%s\n", severityWord(f.Severity), s)
	}
}

func severityWord(s rules.Severity) string {
	switch s {
	case rules.Note:
		return "提示"
	case rules.Warning:
		return "注意"
	case rules.Overdue:
		return "逾期"
	case rules.Breach:
		return "不相符"
	case rules.Unknown:
		return "无法核验"
	case rules.Believed:
		return "依单位填报未核验"
	}
	return "相符"
}

// ask puts a question to the person; without anybody to answer it is an error.
func (c *Command) ask(question string) (bool, error) {
	fmt.Fprintf(c.Stderr, "%s（输入 y 或 是）", question)
	line, err := c.line()
	if fault.Code(err) == "keyring.cancelled" {
		return false, err
	}
	answer := strings.ToLower(strings.TrimSpace(line))
	if err != nil && answer == "" {
		fmt.Fprintln(c.Stderr)
		return false, usage("command.no-answer", "", "", "--yes")
	}
	return slices.Contains([]string{"y", "yes", "ｙ", "ｙｅｓ", "是", "好"}, answer), nil
}

// line is what the person types next. An interrupt ends the waiting at once;
// the read is left behind, for nothing can end it.
func (c *Command) line() (string, error) {
	if c.typed == nil {
		c.typed = bufio.NewReader(c.Stdin) // one for all questions: it reads ahead
	}
	type typed struct {
		text string
		err  error
	}
	done := make(chan typed, 1)
	go func() {
		text, err := c.typed.ReadString('\n')
		done <- typed{text, err}
	}()
	select {
	case <-c.ctx.Done():
		fmt.Fprintln(c.Stderr)
		return "", fault.New("keyring.cancelled", "", "", "").Of(fault.Usage)
	case t := <-done:
		return t.text, t.err
	}
}

// next says what to do now: the first of the office's list.
func (c *Command) next(o *office.Office) error {
	list, err := o.Nexts()
	if err != nil {
		return err
	}
	if len(list) == 0 {
		c.note("下一步：没有待办。可以运行 sunlot build 更新网站。\n")
		return nil
	}
	c.note("下一步：%s\n", c.nextLine(list[0]))
	return nil
}

func (c *Command) nextLine(n office.Next) string {
	s, _ := words.Say(n.Code, n.Place, "", n.Due)
	if n.Late > 0 {
		s += fmt.Sprintf("（已晚 %d 个工作日）", n.Late)
	}
	return s + "：" + n.Command
}

package command

import (
	"encoding/hex"
	"slices"

	"github.com/spf13/cobra"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/office"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/verify"
	"github.com/sunlot/sunlot/internal/words"
)

func (c *Command) newStatus() *cobra.Command {
	return &cobra.Command{
		Use:     "status",
		Short:   "现在到哪一步了：到期的、没做完的、下一步命令",
		Example: "  sunlot status\n  sunlot status --json",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, args []string) error { return c.status() },
	}
}

func (c *Command) status() error {
	o, err := c.open()
	if err != nil {
		return err
	}
	if w, err := o.Waiting(); err != nil || w != nil {
		if err != nil {
			return err
		}
		return c.statusWaiting(o, w)
	}
	o, b, err := c.verified()
	if err != nil {
		return err
	}
	list, err := o.Nexts()
	if err != nil {
		return err
	}
	restored := o.Restored()
	if restored != nil { // nothing else can be written before
		list = slices.Insert(list, 0, office.Next{Code: "office.next-adopt", Command: "sunlot adopt --root 核对过的总校验码"})
	}
	duties := b.State.Duties(o.Today())
	if c.flags.json {
		err := c.printJSON(map[string]any{"origin": b.Checkpoint.Origin, "size": b.Checkpoint.Size,
			"root": hex.EncodeToString(b.Checkpoint.Root[:]), "today": o.Today(), "duties": duties, "units": b.State.Backlogs(o.Today()), "next": list, "sound": !b.Failed()})
		if err != nil || !b.Failed() {
			return err
		}
		return c.failed(b)
	}
	c.printf("%s　现在 %s\n账本 %d 条记录，总校验码 %s\n", o.Config.Name, o.Now().In(record.Beijing).Format("2006-01-02 15:04"), b.Checkpoint.Size, hex.EncodeToString(b.Checkpoint.Root[:]))
	for _, d := range duties {
		if line := dutyLine(d); line != "" {
			c.printf("  %s\n", line)
		}
	}
	c.backlogs(b.State.Backlogs(o.Today()))
	if restored != nil {
		c.printf("%s\n", words.Error(restored))
	}
	if is, err := o.Custody(); err == nil {
		c.custody(is)
	}
	if len(list) == 0 {
		c.printf("没有待办。\n")
	}
	for i, n := range list {
		if i == 0 {
			c.printf("下一步：\n")
		}
		c.printf("  %s\n", c.nextLine(n))
	}
	if b.Failed() {
		return c.failed(b)
	}
	return nil
}

// statusWaiting is the status while a batch waits for its witnesses: that comes
// first, and beside it only what the published ledger demands.
func (c *Command) statusWaiting(o *office.Office, w *office.Waiting) error {
	var duties []rules.Duty
	size, root := uint64(0), ""
	b, err := o.Bundle()
	if err == nil {
		duties, size, root = b.State.Duties(o.Today()), b.Checkpoint.Size, hex.EncodeToString(b.Checkpoint.Root[:])
	} else if fault.Code(err) != "office.no-charter" { // the charter itself may wait
		return err
	}
	next := office.Next{Code: "office.next-witnesses", Command: "sunlot witnesses ask"}
	if c.flags.json {
		return c.printJSON(map[string]any{"origin": o.Config.Origin, "size": size, "root": root, "today": o.Today(), "waiting": waitingView(w), "duties": duties, "next": []office.Next{next}})
	}
	c.printf("%s　现在 %s\n", o.Config.Name, o.Now().In(record.Beijing).Format("2006-01-02 15:04"))
	waiting(c.Stdout, w)
	if size > 0 {
		c.printf("已发布的账本 %d 条记录，总校验码 %s\n", size, root)
	}
	for _, d := range duties {
		if line := dutyLine(d); line != "" {
			c.printf("  %s\n", line)
		}
	}
	c.printf("下一步：\n  %s\n", c.nextLine(next))
	return nil
}

// backlogs lists what each unit has still to do: for the office that urges
// (Yanshi 29).
func (c *Command) backlogs(list []rules.Backlog) {
	for i := range list {
		if i == 0 {
			c.printf("各单位未完成：\n")
		}
		if i == 0 || list[i].Unit != list[i-1].Unit {
			name := list[i].Unit
			if name == "" {
				name = "未定单位"
			}
			c.printf("  %s\n", name)
		}
		c.printf("    %s\n", verify.BacklogWords(&list[i]))
	}
}

// dutyLine says what is due and how far it is done, in one line.
func dutyLine(d rules.Duty) string {
	s, _ := words.Say("rules.duty-"+d.Code, d.Place(), "", d.Due)
	if d.Count > 1 {
		s += "，" + num(d.Count-d.Open) + "/" + num(d.Count)
	}
	switch {
	case d.Open == 0 && d.Late > 0:
		return s + "，已完成，晚 " + num(d.Late) + " 个工作日"
	case d.Open == 0:
		return s + "，已完成"
	case d.Late > 0:
		return s + "，已晚 " + num(d.Late) + " 个工作日"
	case !d.Sure:
		return s + "（该年放假安排尚未公布，期限待定）"
	}
	return s
}

func (c *Command) newCheck() *cobra.Command {
	return &cobra.Command{
		Use:     "check",
		Short:   "用与公众相同的办法核验本单位的账本，列出条款方面的发现",
		Long:    "核验本单位账本：签名、校验树、每条记录、抽取、启封；并列出逾期、注意、提示和对应条款。" + exitCodes,
		Example: "  sunlot check\n  sunlot check --json",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, args []string) error { return c.check() },
	}
}

func (c *Command) check() error {
	o, b, err := c.verified()
	if err != nil {
		return err
	}
	if c.flags.json {
		data, err := b.JSON()
		if err != nil {
			return err
		}
		c.printf("%s\n", data)
	} else {
		quoted := map[string]bool{}
		for _, f := range b.Findings {
			if f.Severity == rules.OK || f.Severity == rules.Breach || f.Severity == rules.Believed {
				continue
			}
			s, remedy := words.Say(f.Code, f.Place, f.Got, f.Want)
			text := b.Quote(f).Text()
			if f.Clause != "" {
				s += "（条款 " + f.Clause + "）"
			}
			c.printf("%s：%s　%s\n", severityWord(f.Severity), s, remedy)
			if text != "" && !quoted[text] { // the words once, under the first that names them
				quoted[text] = true
				c.printf("  条文　%s\n", text)
			}
		}
		if err := c.lapsed(o); err != nil {
			return err
		}
	}
	if b.Failed() {
		return c.failed(b)
	}
	c.note("核验相符：%d 条记录，总校验码 %s\n", b.Checkpoint.Size, hex.EncodeToString(b.Checkpoint.Root[:]))
	return nil
}

// lapsed tells what only the office can find: its private registers say whose
// certificate was not valid on the day. Without them the public check stands.
func (c *Command) lapsed(o *office.Office) error {
	found, err := o.Lapsed()
	if fault.Code(err) == "office.no-register" || fault.Code(err) == "office.no-draw-keys" {
		return nil
	}
	for _, f := range found {
		s, remedy := words.Say(f.Code, f.Place, f.Got, f.Want)
		c.printf("%s：%s　%s\n", severityWord(f.Severity), s, remedy)
	}
	return err
}

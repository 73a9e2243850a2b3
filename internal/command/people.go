package command

import (
	"errors"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/keyring"
	"github.com/sunlot/sunlot/internal/office"
)

func (c *Command) newPeople() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "people",
		Short: "有口令的人员：列出、添加、移除、改口令、重做恢复单",
		Long: `列出有口令、能打开签名钥匙的人员。更换人员时先添加新的，再移除旧的。口令遗失的人不能改口令：
由另一位人员或凭恢复单重新添加，再移除旧的序号。改动之后请重新备份：以前的备份仍用以前的口令和恢复单打开。
要打开签名钥匙时读 SUNLOT_PASSPHRASE；设定新口令时读带序号的 SUNLOT_PASSPHRASE_3 等。` + exitCodes,
		Example: "  sunlot people\n  sunlot people add 王某某 --role 负责人",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, args []string) error { return c.people() },
	}
	cmd.AddCommand(c.newPeopleAdd(), c.newPeopleRemove(), c.newPeoplePassphrase(), c.newPeopleSheet(), c.newPeopleReseal())
	return cmd
}

func (c *Command) people() error {
	o, err := c.open()
	if err != nil {
		return err
	}
	people, recovery, err := o.People()
	if err != nil {
		return err
	}
	if c.flags.json {
		list := []map[string]any{}
		for _, p := range people {
			list = append(list, map[string]any{"number": p.Number, "name": p.Name, "role": p.Role})
		}
		return c.printJSON(map[string]any{"people": list, "recovery": recovery})
	}
	for _, p := range people {
		c.printf("%d号  %s（%s）\n", p.Number, p.Name, p.Role)
	}
	c.printf("现行恢复单的恢复收件码：%s\n", recovery)
	return nil
}

func (c *Command) newPeopleAdd() *cobra.Command {
	var role string
	cmd := &cobra.Command{
		Use:     "add 姓名",
		Short:   "添加一个有口令的人",
		Long:    `先由现有的一位人员输入口令（或输入恢复单上的恢复密钥），再由新的人员设定自己的口令。` + exitCodes,
		Example: "  sunlot people add 王某某 --role 负责人",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.person("已添加", func(o *office.Office, src *keyring.Source) (keyring.Person, error) {
				return o.AddPerson(src, args[0], role, c.Work)
			})
		},
	}
	cmd.Flags().StringVar(&role, "role", "保管人", "职务，如 经办人、负责人")
	return cmd
}

func (c *Command) newPeopleRemove() *cobra.Command {
	return &cobra.Command{
		Use:     "remove 序号",
		Short:   "移除一个人，他的口令不再能打开签名钥匙",
		Long:    `至少留两个人。他以前拿到的备份或副本仍能用他的口令打开，请一并收回。` + exitCodes,
		Example: "  sunlot people remove 2",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.person("已移除", func(o *office.Office, src *keyring.Source) (keyring.Person, error) {
				return o.RemovePerson(src, args[0])
			})
		},
	}
}

func (c *Command) newPeoplePassphrase() *cobra.Command {
	return &cobra.Command{
		Use:     "passphrase 序号",
		Short:   "改一个人的口令",
		Long:    `先输入这个人原来的口令，再设定新的。` + exitCodes,
		Example: "  sunlot people passphrase 1",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.person("已改口令：", func(o *office.Office, src *keyring.Source) (keyring.Person, error) {
				return o.ChangePassphrase(src, args[0], c.Work)
			})
		},
	}
}

// person does one change of people and says what was done.
func (c *Command) person(done string, change func(*office.Office, *keyring.Source) (keyring.Person, error)) error {
	o, err := c.open()
	if err != nil {
		return err
	}
	p, err := change(o, c.secrets())
	if err != nil {
		return err
	}
	if c.flags.json {
		return c.printJSON(map[string]any{"number": p.Number, "name": p.Name, "role": p.Role})
	}
	c.note("%s%d号  %s（%s）\n下一步：重新备份，sunlot backup 新的文件名\n", done, p.Number, p.Name, p.Role)
	return nil
}

func (c *Command) newPeopleReseal() *cobra.Command {
	return &cobra.Command{
		Use:   "reseal",
		Short: "把各次抽取的启封钥匙重新加密给现有人员",
		Long: `更换人员、重做恢复单时，启封钥匙会一并重新加密；中途断电等没有做完的，用这个命令补上。
由一位更换前就在列的人员输入口令。` + exitCodes,
		Example: "  sunlot people reseal",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, args []string) error { return c.reseal() },
	}
}

func (c *Command) reseal() error {
	o, err := c.open()
	if err != nil {
		return err
	}
	n, err := o.Reseal(c.secrets())
	if err != nil {
		return err
	}
	if c.flags.json {
		return c.printJSON(map[string]any{"resealed": n})
	}
	c.note("已把 %d 个启封钥匙文件重新加密给现有人员。\n", n)
	return nil
}

func (c *Command) newPeopleSheet() *cobra.Command {
	var file string
	cmd := &cobra.Command{
		Use:   "sheet",
		Short: "重做一张恢复单，旧单作废",
		Long: `信封拆过、恢复单遗失或没有打印时用。旧单从此打不开签名钥匙，但以前的备份仍能用旧单打开：
请重新备份，再销毁旧单和旧备份。` + exitCodes,
		Example: "  sunlot people sheet\n  sunlot people sheet --sheet 恢复单.txt",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, args []string) error { return c.newSheet(file) },
	}
	cmd.Flags().StringVar(&file, "sheet", "", "把恢复单写到这个文件，打印后删除（不给则显示在屏幕上）")
	return cmd
}

func (c *Command) newSheet(file string) error {
	o, err := c.open()
	if err != nil {
		return err
	}
	to, err := c.sheetFile(file)
	if err != nil {
		return err
	}
	text, err := o.NewSheet(c.secrets(), c.Work)
	if text == "" {
		to.drop()
		return err
	}
	if herr := to.hand(text); err != nil || herr != nil { // a sheet that was made is never lost
		return errors.Join(err, herr)
	}
	if c.flags.json {
		return c.printJSON(map[string]any{"recovery_sheet": to.text(text)})
	}
	c.note("已重做恢复单，旧单作废。\n下一步：重新备份，sunlot backup 新的文件名\n")
	return nil
}

// sheetTo is where a recovery sheet goes: a file, or a person's eyes.
type sheetTo struct {
	c    *Command
	name string
	file *os.File // nil: shown
}

// sheetFile opens the file before the secret exists, so that a wrong name
// refuses the step and loses no sheet. A file that stands there stays.
func (c *Command) sheetFile(name string) (*sheetTo, error) {
	to := &sheetTo{c: c, name: name}
	if name == "" {
		return to, nil
	}
	var err error
	to.file, err = os.OpenFile(c.abs(name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if os.IsExist(err) {
		return nil, usage("command.sheet-exists", name, "", "")
	}
	if err != nil {
		return nil, fault.Wrap("command.unwritable", name, err).Of(fault.Unreachable)
	}
	return to, nil
}

// drop takes the file away again: there is no sheet.
func (to *sheetTo) drop() {
	if to.file != nil {
		to.file.Close()
		_ = os.Remove(to.c.abs(to.name))
	}
}

// text is what --json says of the sheet: nothing where a file has it.
func (to *sheetTo) text(sheet string) string {
	if to.file != nil {
		return ""
	}
	return sheet
}

// hand gives the sheet over. On a screen it stands until the person has
// copied it; then the screen is cleared, for the secret must not stay there.
func (to *sheetTo) hand(sheet string) error {
	c := to.c
	if to.file != nil {
		_, err := to.file.WriteString(sheet)
		if err == nil {
			err = to.file.Sync()
		}
		if cerr := to.file.Close(); err == nil {
			err = cerr
		}
		if err != nil { // the step is done: the sheet must not be lost with the disk
			c.printf("%s\n", sheet)
			return fault.Wrap("command.unwritable", to.name, err).Of(fault.Unreachable)
		}
		c.note("恢复单已写到 %s：请打印出来，装入密封信封交另一人保管，打印后立即删除这个文件。\n", to.name)
		return nil
	}
	if c.flags.json {
		return nil
	}
	c.printf("%s\n", sheet)
	c.note("请把上面的恢复单打印或抄写下来，装入密封信封交另一人保管；本机不保存它。\n")
	in, ok := c.Stdin.(*os.File)
	out, ok2 := c.Stdout.(*os.File)
	if !ok || !ok2 || !keyring.IsTerminal(in) || !keyring.IsTerminal(out) {
		return nil
	}
	fmt.Fprint(c.Stderr, "打印或抄写后按回车清屏：")
	_, _ = c.line()                              // an interrupt says the same: he has seen it
	fmt.Fprint(c.Stdout, "\x1b[H\x1b[2J\x1b[3J") // home, the screen, what has scrolled off it
	return nil
}

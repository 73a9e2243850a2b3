package command

import (
	"bytes"
	"errors"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/sunlot/sunlot/internal/durable"
	"github.com/sunlot/sunlot/internal/fault"
)

func (c *Command) newWitnessSign() *cobra.Command {
	var place witnessPlace
	var out string
	cmd := &cobra.Command{
		Use:   "sign 请求",
		Short: "不联网：签 U 盘送来的请求",
		Long: `签一份请求文件（- 为标准输入），见证签名写到 --out 指定的文件或屏幕，由对方带回。
与 serve 用同一个存档、同样的核对：账本接不上以前签过的，不签。服务正在运行时也可以用。` + exitCodes,
		Example: "  sunlot witness sign /media/usb/请求.txt --out /media/usb/答复.txt",
		Args:    cobra.ExactArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return c.witnessSign(&place, args[0], out) },
	}
	place.flags(cmd)
	cmd.Flags().StringVarP(&out, "out", "o", "", "见证签名写到这个文件（不给则显示在屏幕上）")
	return cmd
}

func (c *Command) witnessSign(place *witnessPlace, name, out string) error {
	request, err := c.readCapped(name, maxWitnessFile)
	if err != nil {
		return err
	}
	// Notepad and mail programs leave these; nothing signed has them.
	request = bytes.TrimPrefix(bytes.ReplaceAll(request, []byte("\r\n"), []byte("\n")), []byte("\ufeff"))
	if out != "" {
		if _, err := os.Lstat(c.abs(out)); !errors.Is(err, fs.ErrNotExist) {
			return usage("command.witness-answer", out, "", "")
		}
	}
	w, store, err := c.witness(place)
	if err != nil {
		return err
	}
	defer store.Close()
	lines, err := w.Answer(request)
	if err != nil {
		return err
	}
	if out != "" {
		if err := durable.WriteFile(c.abs(out), lines, 0o644); err != nil {
			return fault.Wrap("command.unwritable", out, err).Of(fault.Unreachable)
		}
		c.note("已签，见证签名在 %s，请带回给对方\n", out)
	}
	switch {
	case c.flags.json:
		return c.printJSON(map[string]any{"lines": string(lines), "keys": bytes.Count(lines, []byte("\n"))})
	case out == "":
		c.printf("%s", lines)
	}
	return nil
}

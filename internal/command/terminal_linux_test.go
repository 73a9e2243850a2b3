package command_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/sunlot/sunlot/internal/command"
	"github.com/sunlot/sunlot/internal/keyring"
)

// sits runs a command line at a real terminal, where somebody has typed lines
// ahead, and returns the exit code and what stood on the screen. interrupt is
// Ctrl-C as soon as the echo is off.
func sits(t *testing.T, dir, typed string, interrupt bool, args ...string) (code int, screen string) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	n, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	tty, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	// A read that an interrupt left behind stands there still: both stay open.
	leftOpen = append(leftOpen, master, tty)
	if _, err := io.WriteString(master, typed); err != nil {
		t.Fatal(err)
	}
	seen := make(chan string, 1)
	go func() {
		var all strings.Builder
		buf := make([]byte, 4096)
		for !strings.Contains(all.String(), "[the end]") {
			n, err := master.Read(buf)
			all.Write(buf[:n])
			if err != nil {
				break
			}
		}
		seen <- all.String()
	}()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	if interrupt {
		go func() {
			for ctx.Err() == nil {
				if state, err := unix.IoctlGetTermios(int(tty.Fd()), unix.TCGETS); err == nil && state.Lflag&unix.ECHO == 0 {
					stop()
				}
			}
		}()
	}
	c := command.Command{Args: args, Stdin: tty, Stdout: tty, Stderr: tty, Env: func(string) (string, bool) { return "", false },
		Now: func() time.Time { return firstMorning }, Rand: rand.NewChaCha8(sha256.Sum256([]byte(t.Name()))), Work: keyring.Making{Work: 10, Weak: true}, Dir: dir}
	code = c.Run(ctx)
	fmt.Fprint(tty, "[the end]")
	return code, <-seen
}

var leftOpen []*os.File

// At a terminal a passphrase that is refused is asked for again before the next
// person's; the sheet stands until Enter and is cleared; ｙ is y.
func TestAtATerminal(t *testing.T) {
	dir := t.TempDir()
	one, two := passphrases[0], passphrases[1]
	typed := strings.Join([]string{"short", one, two, one, one /* and the second */, one, two, two /* Enter */, ""}, "\n") + "\n"
	code, screen := sits(t, dir, typed, false, "init", "o", "--pack", "gaoqing", "--name", "演示县应急管理局", "--origin", "demo.example/o", "--demo",
		"--person-name", "张演示", "--person-name", "李演示")
	if code != 0 {
		t.Fatalf("exit %d\n%s", code, screen)
	}
	for _, want := range []string{"口令太短", "两次输入的口令不一样", "这个口令与另一人的或原来的相同", "打印或抄写后按回车清屏"} {
		if !strings.Contains(screen, want) {
			t.Errorf("not on the screen: %s\n%s", want, screen)
		}
	}
	_, after, cleared := strings.Cut(screen, "\x1b[2J\x1b[3J")
	if !cleared || strings.Contains(after, "校验 ") || !strings.Contains(after, "先运行：cd o") {
		t.Errorf("after the sheet: %q", after)
	}
	if err := supply("gaoqing", dir, "清单.xlsx"); err != nil {
		t.Fatal(err)
	}
	code, screen = sits(t, dir, "ｙ\nwrong-one-here\n"+two+"\n", false, "-C", "o", "record", "清单.xlsx")
	if code != 0 || !strings.Contains(screen, "口令不对") || !strings.Contains(screen, "已写入第 1 条记录") {
		t.Errorf("record: exit %d\n%s", code, screen)
	}
	code, screen = sits(t, dir, "", false, "-C", "o", "build")
	if code != 0 || !strings.Contains(screen, "生成网页 [") || !strings.Contains(screen, "% ") && !strings.Contains(screen, "%　") || !strings.Contains(screen, "已生成") {
		t.Errorf("build: exit %d\n%s", code, screen)
	}
	code, screen = sits(t, dir, "y\nwrong-one-here\nwrong-two-here\nwrong-three-here\n"+two+"\n", false, "-C", "o", "record", "清单.xlsx")
	if code != 3 || strings.Contains(screen, "已写入") {
		t.Errorf("three wrong ones: exit %d\n%s", code, screen)
	}
}

// Ctrl-C at a passphrase ends the program at once; nothing is made.
func TestInterruptAtAPassphrase(t *testing.T) {
	dir := t.TempDir()
	code, screen := sits(t, dir, "", true, "init", "o", "--pack", "gaoqing", "--name", "演示", "--origin", "demo.example/o")
	if code != 130 || !strings.Contains(screen, "已取消") {
		t.Errorf("exit %d\n%s", code, screen)
	}
	if _, err := os.Stat(filepath.Join(dir, "o")); err == nil {
		t.Error("a folder was made")
	}
}

// A round typed at a terminal ends with an empty line, in one row or several.
func TestTypedAtATerminal(t *testing.T) {
	const signature = "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39"
	for _, typed := range []string{"1000 " + signature + "\n\n", "\n{\"round\":1000,\n\"signature\":\"" + signature + "\"}\n\n"} {
		code, screen := sits(t, t.TempDir(), typed, false, "beacon", "verify", "-")
		if code != 0 || !strings.Contains(screen, "空行") || !strings.Contains(screen, "相符　drand quicknet 第 1000 期") {
			t.Errorf("exit %d\n%s", code, screen)
		}
	}
	if code, screen := sits(t, t.TempDir(), "1000 "+signature[1:]+"\n\n", false, "beacon", "verify", "-"); code != 1 {
		t.Errorf("one character less: exit %d\n%s", code, screen)
	}
	if code, screen := sits(t, t.TempDir(), "\x04", false, "beacon", "verify", "-"); code != 1 {
		t.Errorf("nothing typed: exit %d\n%s", code, screen)
	}
}

// At a terminal one bar moves over all offices of a list and is gone at the end;
// no line is written for each.
func TestProvinceBar(t *testing.T) {
	dir := counties(t, 3)
	code, screen := sits(t, dir, "", false, "cluster", "publish", "--all")
	if code != 0 || !strings.Contains(screen, "发布 [") || !strings.Contains(screen, "/3 个单位") || strings.Contains(screen, "（1/3）") || !strings.Contains(screen, "共 3 个单位：已发布 3 个") {
		t.Errorf("exit %d: %q", code, screen)
	}
}

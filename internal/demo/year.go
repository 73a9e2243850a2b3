package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/sunlot/sunlot/content"
	"github.com/sunlot/sunlot/internal/command"
	"github.com/sunlot/sunlot/internal/keyring"
	"github.com/sunlot/sunlot/internal/record"
)

// Run is a demonstration year being lived: each step is a command of the
// product, with the clock set to the minute at which the office would run it.
type Run struct {
	Office *Office
	Name   string    // gaoqing, yanshi
	Dir    string    // the office's folder
	Log    io.Writer // the transcript: every command with what it printed
	Tell   io.Writer // one line a step, for the terminal
	save   int       // command.Command.SaveAfter
	rand   *rand.ChaCha8
	day    string // date of the step
	err    error
}

// passphrase of the 经办人 in the demonstration; it protects nothing real.
const passphrase = "demo-jingbanren-2023"

// NewRun prepares a run. The randomness comes from the name alone, so the same
// program makes the same ledger, byte for byte.
func NewRun(name, dir string, log, tell io.Writer) (*Run, error) {
	o, err := Load(name)
	if err != nil {
		return nil, err
	}
	var seed [32]byte
	copy(seed[:], "sunlot demo "+name)
	return &Run{Office: o, Name: name, Dir: dir, Log: log, Tell: tell, rand: rand.NewChaCha8(seed)}, nil
}

// at runs a command at a Beijing time and expects exit code want.
func (r *Run) at(when string, want int, args ...string) string {
	if r.err != nil {
		return ""
	}
	t, err := time.ParseInLocation("2006-01-02 15:04:05", when, record.Beijing)
	if err != nil {
		r.err = err
		return ""
	}
	r.day = when[:10]
	var out, errOut bytes.Buffer
	c := command.Command{Args: append(args, "-C", r.Dir), Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errOut, Env: env,
		Now: func() time.Time { return t }, Rand: r.rand, Work: keyring.Making{Work: 10, Weak: true}, SaveAfter: r.save}
	shown := "sunlot " + strings.Join(args, " ")
	code := c.Run(context.Background())
	fmt.Fprintf(r.Log, "[%s] $ %s\n%s%s", when, shown, out.String(), errOut.String())
	if code != 0 {
		fmt.Fprintf(r.Log, "（退出码 %d）\n", code)
	}
	if code != want {
		r.err = fmt.Errorf("demo: %s: %s: exit %d, want %d\n%s%s", when, shown, code, want, out.String(), errOut.String())
	}
	if r.Tell != nil {
		fmt.Fprintf(r.Tell, "  %s  %s\n", when[:16], strings.ReplaceAll(shown, r.Dir+string(filepath.Separator), ""))
	}
	return out.String()
}

func env(name string) (string, bool) {
	switch name {
	case "SUNLOT_PASSPHRASE", "SUNLOT_PASSPHRASE_1":
		return passphrase, true
	case "SUNLOT_PASSPHRASE_2":
		return "demo-fuzeren-2023", true
	}
	return "", false
}

// put writes a sheet into the office's inbox and returns its path.
func (r *Run) put(name string, data []byte, err error) string {
	path := filepath.Join(r.Dir, "inbox", name)
	if r.err == nil && err != nil {
		r.err = err
	}
	if r.err == nil {
		r.err = os.WriteFile(path, data, 0o644)
	}
	return path
}

// drawn is what `draw show --json` tells about a draw.
type drawn struct {
	Draw    string `json:"draw"`
	Objects []struct {
		Handle, Cell, Code, Name, Leader, State string
		Team                                    []string
		Certificates                            []string
	} `json:"objects"`
}

func (r *Run) show(when, id string) *drawn {
	out := r.at(when, 0, "draw", "show", id, "--json")
	d := new(drawn)
	if r.err == nil {
		r.err = json.Unmarshal([]byte(out), d)
	}
	return d
}

// beacon writes the file of real drand rounds that the draws read.
func (r *Run) beacon() string {
	data, err := content.FS.ReadFile("demo/drand-quicknet.json")
	return r.put("drand-quicknet.json", data, err)
}

func gbCSV(rows [][]string) ([]byte, error) {
	var b strings.Builder
	for _, row := range rows {
		for i, v := range row {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(`"` + strings.ReplaceAll(v, `"`, `""`) + `"`)
		}
		b.WriteString("\r\n")
	}
	return simplifiedchinese.GB18030.NewEncoder().Bytes([]byte(b.String()))
}

package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
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
	ledger string    // file with the section [ledger] of an office on log servers; "" is this machine
	alone  bool      // benchmarks: no witnesses are named, so that a process can go on
	rand   *rand.ChaCha8
	clock  time.Time // of the step
	err    error

	neighbours *neighbours // who witnesses, once a charter has named them
}

// passphrase of the 经办人 in the demonstration; it protects nothing real.
const passphrase = "demo-jingbanren-2023"

// patience with which the witnesses that answer late are waited for: they all
// answer or refuse at once, and who signed must not depend on this machine.
const patience = time.Minute

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
	r.clock = t
	var out, errOut bytes.Buffer
	given := append(args[:len(args):len(args)], "-C", r.Dir)
	if args[0] == "init" && r.ledger != "" { // the transcript is that of every engine
		given = append(given, "--ledger-settings", r.ledger)
	}
	c := command.Command{Args: given, Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errOut, Env: env,
		Now: func() time.Time { return t }, Rand: r.rand, Work: keyring.Making{Work: 10, Weak: true}, SaveAfter: r.save,
		HTTP: &http.Client{Transport: r.neighbours}, Grace: patience}
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

// known writes the file of the one round that has come by the first night's
// second notice: that notice cannot be older.
func (r *Run) known() string {
	data, err := content.FS.ReadFile("demo/drand-quicknet.json")
	var rounds []json.RawMessage
	if err == nil {
		err = json.Unmarshal(data, &rounds)
	}
	if err != nil || len(rounds) == 0 {
		return r.put("最近一期随机数.json", nil, err)
	}
	return r.put("最近一期随机数.json", rounds[0], nil)
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

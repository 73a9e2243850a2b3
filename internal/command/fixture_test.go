package command_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/sunlot/sunlot/content"
)

var passphrases = [2]string{"jingban-ren-2023", "fuze-ren-2023"}

// step is one command of an office's life, at a time of Beijing.
type step struct {
	when string
	args []string
}

// stages are how far an office has come. Each is the one before with these
// commands; %s is the pack's letter. The sheets are those of testdata/PACK.
var stages = []struct {
	name  string
	steps []step
}{
	{"empty", []step{{"2023-06-12 09:00:00", []string{"init", ".", "--pack", "PACK", "--name", "演示县应急管理局", "--origin", "demo.example/PACK", "--demo",
		"--internet=false", "--person-name", "张演示", "--person-name", "李演示"}}}},
	{"listed", []step{
		{"2023-06-12 10:00:00", []string{"record", "清单.xlsx", "--yes"}},
		{"2023-06-13 09:00:00", []string{"record", "名录库.xlsx", "人员库.xlsx", "--yes", "--source", "演示"}},
	}},
	{"planned", []step{{"2023-06-20 10:00:00", []string{"record", "计划.xlsx", "--yes"}}}},
	{"announced", []step{{"2023-08-23 15:00:00", []string{"draw", "announce", "--plan", "L1", "--round", "123", "--yes"}}}},
	{"drawn", []step{{"2023-08-23 23:16:00", []string{"draw", "run", "2023-001", "--beacon", "drand.json", "--yes"}}}},
	{"dispatched", []step{{"2023-08-24 08:40:00", []string{"dispatch", "2023-001", "--confirmed-by", "王演示", "--yes"}}}},
}

var (
	madeLock sync.Mutex
	made     = map[string]string{}
	madeDirs []string
)

// stage is a folder with the office at a stage, made once a test run: a copy of
// the stage before it, taken further.
func stage(pack, name string) (dir string, now time.Time, err error) {
	for i, s := range stages {
		if s.name == name {
			dir, err = stageAt(pack, i)
			now, _ = time.ParseInLocation("2006-01-02 15:04:05", s.steps[len(s.steps)-1].when, firstMorning.Location())
			return dir, now, err
		}
	}
	return "", now, fmt.Errorf("no stage %s", name)
}

func stageAt(pack string, i int) (string, error) {
	key := pack + " " + stages[i].name
	if dir := made[key]; dir != "" {
		return dir, nil
	}
	dir, err := os.MkdirTemp("", "sunlot-stage")
	if err != nil {
		return "", err
	}
	madeDirs = append(madeDirs, dir)
	if i > 0 {
		before, err := stageAt(pack, i-1)
		if err != nil {
			return "", err
		}
		if err := os.CopyFS(dir, os.DirFS(before)); err != nil {
			return "", err
		}
	}
	p := newPerson(key)
	for _, s := range stages[i].steps {
		if p.now, err = time.ParseInLocation("2006-01-02 15:04:05", s.when, firstMorning.Location()); err != nil {
			return "", err
		}
		args := append([]string(nil), s.args...)
		for n, a := range args {
			a = strings.ReplaceAll(a, "PACK", pack)
			args[n] = strings.ReplaceAll(a, "L1", strings.ToUpper(pack[:1])+"1")
			if err := supply(pack, dir, args[n]); err != nil {
				return "", err
			}
		}
		if code, out, errOut := p.run(dir, fixtureEnv, args...); code != 0 {
			return "", fmt.Errorf("%s: %q: exit %d\n%s%s", key, args, code, out, errOut)
		}
	}
	made[key] = dir
	return dir, nil
}

// supply puts a file that a step names into the folder.
func supply(pack, dir, name string) error {
	var data []byte
	base, isSheet := strings.CutSuffix(name, ".xlsx")
	switch {
	case isSheet:
		text, err := os.ReadFile(filepath.Join("testdata", pack, base+".txt"))
		if err != nil {
			return err
		}
		if data, err = xlsx(table(string(text))); err != nil {
			return err
		}
	case name == "drand.json":
		var err error
		if data, err = content.FS.ReadFile("demo/drand-quicknet.json"); err != nil {
			return err
		}
	default:
		return nil
	}
	return os.WriteFile(filepath.Join(dir, name), data, 0o644)
}

func fixtureEnv(name string) (string, bool) {
	switch name {
	case "SUNLOT_PASSPHRASE", "SUNLOT_PASSPHRASE_1":
		return passphrases[0], true
	case "SUNLOT_PASSPHRASE_2":
		return passphrases[1], true
	}
	return "", false
}

// cmdOffice: office DIR PACK STAGE.
func cmdOffice(ts *testscript.TestScript, neg bool, args []string) {
	madeLock.Lock()
	defer madeLock.Unlock()
	dir, now, err := stage(args[1], args[2])
	ts.Check(err)
	ts.Check(os.CopyFS(ts.MkAbs(args[0]), os.DirFS(dir)))
	ts.Check(os.Chmod(filepath.Join(ts.MkAbs(args[0]), "private"), 0o700))
	of(ts).now = now
}

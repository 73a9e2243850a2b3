package demo

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/keyring"
	"github.com/sunlot/sunlot/ledger/local"
)

// An init that was cut short before its charter leaves an office with an empty
// ledger. No command panics there or writes anything; those that read the
// ledger say what has happened.
func TestNoCharter(t *testing.T) {
	r := must(NewRun("gaoqing", filepath.Join(fast(t), "office"), new(bytes.Buffer), nil))
	r.Office.Firms, r.Office.People = 60, 8
	r.begin()
	if r.err != nil {
		t.Fatal(r.err)
	}
	keys := must(must(keyring.Open(filepath.Join(r.Dir, "private", "keys"))).Unlock(passphrase, ""))
	for _, name := range []string{"ledger", "guard"} {
		if err := os.RemoveAll(filepath.Join(r.Dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	empty := must(local.Create(local.Options{Dir: filepath.Join(r.Dir, "ledger"), Guard: filepath.Join(r.Dir, "guard"), Origin: r.Office.Origin,
		Log: keys.Log(), Now: 1_686_531_600, Copies: true}))
	if err := empty.Close(); err != nil {
		t.Fatal(err)
	}
	before := tree(t, filepath.Join(r.Dir, "ledger"))
	for _, args := range []string{"status", "check", "build", "record inbox/随机抽查事项清单.xlsx --yes", "record inbox/检查对象名录库.xlsx --yes",
		"draw announce --plan G2301 --round 123 --yes", "draw show 2023-001", "draw run 2023-001 --yes", "dispatch 2023-001 --yes",
		"result inbox/随机抽查事项清单.xlsx --yes", "correct inbox/随机抽查事项清单.xlsx --yes", "file-plan --yes", "draw open 2023-001 --yes", "form 结果"} {
		var out bytes.Buffer
		code := sunlot{Dir: r.Dir, When: "2023-06-23 09:00:00", Args: strings.Fields(args)}.run(&out, nil)
		if code != 1 || !strings.Contains(out.String(), "开账没有做完") {
			t.Errorf("%s: exit %d\n%s", args, code, &out)
		}
	}
	if after := tree(t, filepath.Join(r.Dir, "ledger")); len(after) != len(before) || after["checkpoint"] != before["checkpoint"] {
		t.Error("the ledger has changed")
	}
}

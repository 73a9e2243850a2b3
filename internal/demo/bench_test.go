package demo

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/sunlot/sunlot/internal/intake"
	"github.com/sunlot/sunlot/internal/keyring"
	"github.com/sunlot/sunlot/internal/verify"
)

// program is the sunlot that is shipped: built once, as make release builds it.
var program = sync.OnceValues(func() (string, error) {
	file := filepath.Join(disk, "sunlot")
	cmd := exec.Command("go", "build", "-trimpath", "-o", file, "../../cmd/sunlot")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%w\n%s", err, out)
	}
	return file, nil
})

// fullYear is 高青 with 3,000 firms after both years, for benchmarks: without
// witnesses, who are in the process that lives the years and in no other.
var fullYear = sync.OnceValues(func() (*Run, error) {
	r, err := NewRun("gaoqing", filepath.Join(disk, "full"), new(bytes.Buffer), nil)
	if err != nil {
		return nil, err
	}
	r.alone = true
	return r, r.Live()
})

// unlocked is the environment in which the key is handed over: the identity of
// a person, so that no passphrase is asked and no scrypt is paid.
func unlocked(b *testing.B, dir string) []string {
	b.Helper()
	ring := must(keyring.Open(filepath.Join(dir, "private", "keys")))
	keys := must(ring.Unlock(passphrase, ""))
	defer keys.Close()
	return append(os.Environ(), "SUNLOT_PASSPHRASE="+keys.Identity())
}

// medianOf runs the program as a process once an iteration, prepared without
// the clock, and reports the median beside the mean: from start to exit.
func medianOf(b *testing.B, env []string, prepare func() (dir string), args ...string) {
	b.Helper()
	file, err := program()
	if err != nil {
		b.Fatal(err)
	}
	var took []time.Duration
	for b.Loop() {
		b.StopTimer()
		dir := prepare()
		cmd := exec.Command(file, append(slices.Clone(args), "-C", dir)...)
		cmd.Dir, cmd.Env = dir, env
		start := time.Now()
		b.StartTimer()
		if out, err := cmd.CombinedOutput(); err != nil {
			b.Fatalf("%v\n%s", err, out)
		}
		took = append(took, time.Since(start))
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds())/1000, "median-ms")
}

// ten is 高青 with its lists of 3,000 firms and a ledger of ten entries.
func ten(b *testing.B) *Run {
	b.Helper()
	r := must(NewRun("gaoqing", filepath.Join(b.TempDir(), "office"), new(bytes.Buffer), nil))
	r.begin()
	for range 3 {
		r.at("2023-06-22 09:00:00", 0, "file-plan", "--year", "2023", "--date", "2023-06-21", "--receipt", "备案回执（演示）", "--again", "--yes")
	}
	if r.err != nil {
		b.Fatal(r.err)
	}
	if size := must(verify.Open(os.DirFS(r.Dir), verify.Options{})).Checkpoint.Size; size != 10 {
		b.Fatalf("%d entries", size)
	}
	return r
}

var filePlan = []string{"file-plan", "--year", "2023", "--date", "2023-06-21", "--receipt", "备案回执（演示）", "--again", "--yes"}

// copyOf is a fresh copy of an office on the disk.
func copyOf(b *testing.B, dir string) string {
	to := filepath.Join(must(os.MkdirTemp(disk, "bench")), "office")
	if err := os.CopyFS(to, os.DirFS(dir)); err != nil {
		b.Fatal(err)
	}
	return to
}

// One entry appended by the program as a process, on a ledger of ten entries.
func BenchmarkProcessAppend(b *testing.B) {
	r := ten(b)
	medianOf(b, unlocked(b, r.Dir), func() string { return copyOf(b, r.Dir) }, filePlan...)
}

// The same back to back: one process after another on one ledger, which grows
// from ten entries to twenty.
func BenchmarkProcessAppendBackToBack(b *testing.B) {
	r := ten(b)
	n, dir := 0, ""
	medianOf(b, unlocked(b, r.Dir), func() string {
		if n++; n%10 == 1 {
			dir = copyOf(b, r.Dir)
		}
		return dir
	}, filePlan...)
}

// `sunlot result` of a sheet with one line, as a process, on the ledger of the
// whole demonstration.
func BenchmarkResultOfOneLine(b *testing.B) {
	r, err := fullYear()
	if err != nil {
		b.Fatal(err)
	}
	d := r.show("2024-07-31 17:00:00", "2024-001")
	i := slices.IndexFunc(d.Objects, func(o struct {
		Handle, Cell, Code, Name, Leader, State string
		Team                                    []string
		Certificates                            []string
	}) bool {
		return o.State != "已公示结果"
	})
	row := r.resultRow(d, i, batch{ended: "2024-07-30", entered: "2024-07-31", published: "2024-07-31"}, []string{"a"})
	data, err := sheet(intake.KindResults, []map[string]string{row})
	r.put("一行.xlsx", data, err)
	if r.err != nil {
		b.Fatal(r.err)
	}
	medianOf(b, unlocked(b, r.Dir), func() string { return copyOf(b, r.Dir) }, "result", "inbox/一行.xlsx", "--yes")
}

// The judge over the whole demonstration, as every command of the office and
// every citizen runs it.
func BenchmarkVerifyOffice(b *testing.B) {
	r, err := fullYear()
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		v, err := verify.Open(os.DirFS(r.Dir), verify.Options{Today: Today})
		if err != nil || v.Failed() {
			b.Fatal(err)
		}
	}
}

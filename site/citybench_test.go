package site

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/sunlot/sunlot/content"
	"github.com/sunlot/sunlot/internal/verify"
)

// The large site of make bench-site. Each phase is a process of its own, so that
// one does not keep what another has read; tools/bench-site.sh runs them.
var (
	cityPhase   = flag.String("city", "", "phase of BenchmarkCity: lay, build, hugo-light, hugo-lay, hugo; none: a thousand results, laid and built")
	cityDir     = flag.String("city-dir", "", "its folder")
	cityResults = flag.Int("city-results", 100_000, "how many results it has")
	cityHugo    = flag.String("city-hugo", "hugo", "the Hugo that runs beside")
)

// BenchmarkCity is one phase.
//
//	lay         makes the ledger with real signatures, and beside it what one
//	            more result changes (not timed)
//	build       verifies the ledger and builds the site on what stands
//	hugo-light  makes as many small pages for Hugo, builds them, adds one,
//	            builds again
//	hugo-lay    makes of the ledger what Hugo needs for the same result pages
//	            (not timed); the site must stand beside it
//	hugo        builds them, lays some beside ours, adds one, builds again
func BenchmarkCity(b *testing.B) {
	switch *cityPhase {
	case "lay":
		layCity(b, *cityDir, *cityResults)
	case "build":
		buildCity(b, filepath.Join(*cityDir, "ledger"), filepath.Join(*cityDir, "public"))
	case "hugo-light":
		lightHugo(b, filepath.Join(*cityDir, "light"), *cityResults)
	case "hugo-lay":
		layHugo(b, filepath.Join(*cityDir, "ledger"), filepath.Join(*cityDir, "public"), *cityDir)
	case "hugo":
		wholeHugo(b, *cityDir)
	case "":
		dir := b.TempDir()
		layCity(b, dir, 1000)
		buildCity(b, filepath.Join(dir, "ledger"), filepath.Join(dir, "public"))
	default:
		b.Fatal(*cityPhase)
	}
}

// layCity writes a ledger, and beside it what one more result changes.
func layCity(b *testing.B, dir string, results int) {
	b.Helper()
	c := newCity(b, results)
	c.store.lay(b, filepath.Join(dir, "ledger"))
	before := map[string]int{}
	for name, data := range c.store {
		before[name] = len(data)
	}
	old := c.store["checkpoint"]
	c.sheet(c.left[:1])
	more := memory{}
	for name, data := range c.store {
		if n, ok := before[name]; !ok || n != len(data) || name == "checkpoint" && !bytes.Equal(old, data) {
			more[name] = data
		}
	}
	more.lay(b, filepath.Join(dir, "more"))
}

// measured prints one number for the script.
func measured(what string, value float64, unit string) {
	fmt.Printf("City/%s 1 %.3f %s\n", what, value, unit)
}

func buildCity(b *testing.B, ledger, public string) {
	start := time.Now()
	used := cpuTime()
	lap := func(what string) {
		measured(what, time.Since(start).Seconds(), "s")
		measured(what+"-cpu", (cpuTime() - used).Seconds(), "s")
		start, used = time.Now(), cpuTime()
	}
	v, err := verify.Open(os.DirFS(ledger), verify.Options{Today: "2024-07-31"})
	if err != nil {
		b.Fatal(err)
	}
	lap("verify")
	measured("verify-peak", memoryOf("VmHWM"), "MiB")
	measured("records", float64(len(v.Entries)), "records")
	debug.FreeOSMemory()
	held := memoryOf("VmRSS")
	measured("bundle", held, "MiB")
	_ = os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // VmHWM begins anew
	start, used = time.Now(), cpuTime()
	begin, before := start, used
	d, err := OpenDir(public, DirOptions{})
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	defer frugal()()
	m, err := newMaker(v, content.FS, Options{Base: "https://www.example.gov.cn/sunlot/", Program: "bench"}, d)
	if err != nil {
		b.Fatal(err)
	}
	lap("index")
	if err := m.ledgerFiles(); err != nil {
		b.Fatal(err)
	}
	lap("ledger")
	if err := m.rest(); err != nil {
		b.Fatal(err)
	}
	lap("pages")
	if err := d.Finish(); err != nil {
		b.Fatal(err)
	}
	lap("finish")
	measured("build", time.Since(begin).Seconds(), "s")
	measured("build-cpu", (cpuTime() - before).Seconds(), "s")
	measured("peak", memoryOf("VmHWM"), "MiB")
	measured("above", memoryOf("VmHWM")-held, "MiB")
	measured("written", float64(d.Written), "files")
	measured("same", float64(d.Same), "files")
	measured("names", float64(len(m.made.slots)*8)/float64(d.Written+d.Same), "B/file")
	measured("list", float64(len(d.next.data)+88*len(d.next.blocks))/float64(d.Written+d.Same), "B/file")
	pages, bytes := 0, int64(0)
	for _, f := range v.State.Results {
		if info, err := os.Stat(filepath.Join(public, resultPath(f.Index))); err == nil {
			pages, bytes = pages+1, bytes+info.Size()
		}
	}
	measured("result-pages", float64(pages), "pages")
	measured("result-page", float64(bytes)/1024/float64(max(pages, 1)), "KiB")
}

// memoryOf reads a line of this process's status, in MiB; 0 where there is none.
func memoryOf(line string) float64 {
	data, _ := os.ReadFile("/proc/self/status")
	for row := range strings.Lines(string(data)) {
		if rest, ok := strings.CutPrefix(row, line+":"); ok {
			n, _ := strconv.ParseFloat(strings.Fields(rest)[0], 64)
			return n / 1024
		}
	}
	return 0
}

// TestCity: the short form of make bench-site, in counts. One more result on a
// thousand: its page, its neighbours', its draw's, its enterprise's, the last
// part of each list, and what is made at every build.
func TestCity(t *testing.T) {
	const results, most = 1000, 150
	c := newCity(t, results)
	f := newRebuilt(t)
	build := func() *Dir {
		t.Helper()
		d := openDir(t, f.name, DirOptions{})
		if err := Build(c.bundle(), content.FS, Options{Base: "https://www.example.gov.cn/sunlot/"}, d); err != nil {
			t.Fatal(err)
		}
		if err := d.Finish(); err != nil {
			t.Fatal(err)
		}
		return d
	}
	cold := build()
	if cold.Written < 4*results {
		t.Errorf("a cold build wrote %d files", cold.Written)
	}
	if again := build(); again.Written+again.Removed != 0 || again.begun {
		t.Errorf("nothing changed, and %d files were written, %d removed", again.Written, again.Removed)
	}
	c.sheet(c.left[:1])
	more := build()
	if more.Written > most || more.Written < 10 || more.Removed > 10 {
		t.Errorf("one more result: %d files written, %d removed", more.Written, more.Removed)
	}
	if more.next.made > most {
		t.Errorf("one more result: %d blocks were made again", more.next.made)
	}
	if perFile := float64(len(cold.names.slots)*8) / float64(cold.Written); perFile > 32 {
		t.Errorf("%.0f bytes a name", perFile)
	}
	f.check(c.bundle(), content.FS, Options{Base: "https://www.example.gov.cn/sunlot/"})
}

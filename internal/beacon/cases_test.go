package beacon

import (
	"encoding/json"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/fault"
)

// Random cases for programs in other languages, a line each, in the form of
// spec/vectors/lottery; see the flag of the same name in internal/draw.
var casesFlag = flag.String("cases", "", "folder for random cases in the form of spec/vectors, a line each")

func TestRandomLineCases(t *testing.T) {
	rng := rand.New(rand.NewPCG(2026, 1127))
	dir := *casesFlag
	if dir == "" {
		dir = t.TempDir()
	}
	var lines []byte
	bad := 0
	for i := range 2000 {
		v := lineVector{Desc: fmt.Sprint(i), Version: "draw1"}
		var line, bits string
		var rho func(string) (string, error)
		var err error
		if i%3 == 0 {
			form := Ceremony{Balls: []int64{0, 2, 10, 99, 1, 100}[rng.IntN(6)], Throws: 15 + rng.Int64N(50)}
			v.Ceremony, err, line = &form, form.Check(), throwsLine(rng, form)
			bits, rho = form.Bits(), func(l string) (string, error) { return ParseCeremony(form, l) }
		} else {
			v.Issues, line = someIssues(rng)
			var games []string
			for _, d := range v.Issues {
				games = append(games, d.Game)
			}
			err, bits = CheckIssues(v.Issues), Bits(games...)
			rho = func(l string) (string, error) { return ParseLottery(v.Issues, l) }
		}
		expect := map[string]any{"bits": bits}
		if err == nil {
			for range rng.IntN(3) {
				line = spoilLine(rng, line)
			}
			v.Line = &line
			var r string
			r, err = rho(line)
			expect["rho"] = r
		}
		out := map[string]any{"desc": v.Desc, "version": v.Version}
		if v.Issues != nil {
			out["issues"] = v.Issues
		}
		if v.Ceremony != nil {
			out["ceremony"] = v.Ceremony
		}
		if v.Line != nil {
			out["line"] = line
		}
		if err != nil {
			out["error"] = strings.TrimPrefix(fault.Code(err), "beacon.")
			bad++
		} else {
			out["expect"] = expect
		}
		data, failed := json.Marshal(out)
		if failed != nil {
			t.Fatal(failed)
		}
		if differs := RunLineVector(data); differs != nil {
			t.Fatalf("%v\n%s", differs, data)
		}
		lines = append(append(lines, data...), '\n')
	}
	if bad < 400 || bad > 1600 {
		t.Errorf("%d of 2000 refused", bad)
	}
	if err := os.WriteFile(filepath.Join(dir, "lottery.jsonl"), lines, 0o644); err != nil {
		t.Fatal(err)
	}
}

// pick writes n different numbers of 1..of.
func pick(rng *rand.Rand, n, of int) string {
	list := rng.Perm(of)[:n]
	slices.Sort(list)
	s := make([]string, n)
	for i, x := range list {
		s[i] = fmt.Sprintf("%02d", x+1)
	}
	return strings.Join(s, ",")
}

// someIssues names draws, rarely wrong ones, and writes their line.
func someIssues(rng *rand.Rand) (want []Issue, line string) {
	var parts []string
	for range 1 + rng.IntN(4) {
		game := []string{"kl8", "ssq", "dlt", "kl8", "ssq", "dlt", "3d"}[rng.IntN(7-rng.IntN(2))]
		number := fmt.Sprintf("20%02d%03d", rng.IntN(100), 1+rng.IntN(366))
		if game == "dlt" {
			number = number[2:]
		}
		if rng.IntN(30) == 0 {
			number = number[:len(number)-1] + "x"
		}
		want = append(want, Issue{Game: game, Number: number})
		numbers := map[string]string{"kl8": pick(rng, 20, 80), "ssq": pick(rng, 6, 33) + "+" + pick(rng, 1, 16), "dlt": pick(rng, 5, 35) + "+" + pick(rng, 2, 12)}[game]
		parts = append(parts, game+":"+number+":"+numbers)
	}
	return want, strings.Join(parts, ";")
}

func throwsLine(rng *rand.Rand, form Ceremony) string {
	if form.Balls == 0 {
		line := "d6:"
		for range form.Throws {
			line += fmt.Sprint(1 + rng.IntN(6))
		}
		return line
	}
	var balls []string
	for range form.Throws {
		balls = append(balls, fmt.Sprintf("%02d", 1+rng.Int64N(form.Balls)))
	}
	return fmt.Sprintf("balls:%d:", form.Balls) + strings.Join(balls, ",")
}

// spoilLine changes a character of a line, or drops or adds one.
func spoilLine(rng *rand.Rand, line string) string {
	i := rng.IntN(len(line))
	switch rng.IntN(4) {
	case 0:
		return line[:i] + string("0189,;+: kx"[rng.IntN(11)]) + line[i+1:]
	case 1:
		return line[:i] + line[i+1:]
	case 2:
		return line[:i] + string("07,;+"[rng.IntN(5)]) + line[i:]
	}
	return line
}

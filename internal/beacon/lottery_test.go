package beacon

import (
	"crypto/sha256"
	"fmt"
	"math"
	"math/bits"
	"strings"
	"testing"
)

var (
	kl8      = []Issue{{"kl8", "2023001"}}
	mixed    = []Issue{{"ssq", "2023040"}, {"dlt", "23041"}, {"ssq", "2023041"}}
	dice     = Ceremony{Throws: 22}
	tenBalls = Ceremony{Balls: 10, Throws: 17}
)

const (
	kl8Line   = "kl8:2023001:01,04,08,15,16,23,27,33,38,42,44,49,51,56,60,63,69,72,77,80"
	mixedLine = "ssq:2023040:01,07,13,19,25,33+16;dlt:23041:02,09,17,28,35+03,12;ssq:2023041:03,05,11,20,29,31+01"
	diceLine  = "d6:3641526341526341523641"
	ballsLine = "balls:10:07,10,01,07,03,02,09,09,04,05,06,08,01,10,02,03,04"
)

func sumHex(s string) string { return fmt.Sprintf("%x", sha256.Sum256([]byte(s))) }

// TestLinesGiveRho: rho is the plain SHA-256 of the line, so that anybody can
// have it from a shell.
func TestLinesGiveRho(t *testing.T) {
	for _, tc := range []struct {
		want []Issue
		line string
	}{{kl8, kl8Line}, {mixed, mixedLine}} {
		if rho, err := ParseLottery(tc.want, tc.line); err != nil || rho != sumHex(tc.line) {
			t.Errorf("%s: %s, %v", tc.line, rho, err)
		}
		if line, err := ReadLottery(tc.want, tc.line); err != nil || line != tc.line {
			t.Errorf("%s read as %s, %v", tc.line, line, err)
		}
	}
	for _, tc := range []struct {
		form Ceremony
		line string
	}{{dice, diceLine}, {tenBalls, ballsLine}} {
		if rho, err := ParseCeremony(tc.form, tc.line); err != nil || rho != sumHex(tc.line) {
			t.Errorf("%s: %s, %v", tc.line, rho, err)
		}
		if line, err := ReadCeremony(tc.form, tc.line); err != nil || line != tc.line {
			t.Errorf("%s read as %s, %v", tc.line, line, err)
		}
	}
}

// TestEveryCharacterCounts changes each character of a line to each other one
// that lines are made of: it is refused, or it says other numbers of the same
// form and gives another rho. Leaving a character out and doubling one likewise.
func TestEveryCharacterCounts(t *testing.T) {
	parse := map[string]func(string) (string, error){
		kl8Line:   func(s string) (string, error) { return ParseLottery(kl8, s) },
		mixedLine: func(s string) (string, error) { return ParseLottery(mixed, s) },
		diceLine:  func(s string) (string, error) { return ParseCeremony(dice, s) },
		ballsLine: func(s string) (string, error) { return ParseCeremony(tenBalls, s) },
	}
	accepted, refused := 0, 0
	for line, parse := range parse {
		good, _ := parse(line)
		try := func(s string) {
			rho, err := parse(s)
			switch {
			case err != nil:
				refused++
			case s != line && rho == good || len(s) != len(line) || rho != sumHex(s):
				t.Errorf("%q accepted beside %q with %s", s, line, rho)
			default:
				accepted++
			}
		}
		for i := range line {
			for _, c := range "0123456789,;:+ klsqdtb\n\x00" {
				if line[i] != byte(c) {
					try(line[:i] + string(c) + line[i+1:])
				}
			}
			try(line[:i] + line[i+1:])
			try(line[:i] + line[i:i+1] + line[i:])
		}
		for _, s := range []string{"", " " + line, line + " ", line + "\n", line + ";", ";" + line, line + ";" + line, strings.ToUpper(line), "\ufeff" + line} {
			if rho, err := parse(s); err == nil {
				t.Errorf("%q accepted with %s", s, rho)
			}
		}
	}
	if accepted < 100 || refused < 4000 {
		t.Errorf("%d other lines, %d refused: the test does not reach both", accepted, refused)
	}
}

// TestEntropyIsCounted holds the counting to numbers worked out another way:
// Pascal's triangle for the lotteries, repeated multiplication for ceremonies.
func TestEntropyIsCounted(t *testing.T) {
	var pascal [81][81]uint64
	for n := range pascal {
		pascal[n][0] = 1
		for k := 1; k <= n && k <= 20; k++ {
			pascal[n][k] = pascal[n-1][k-1] + pascal[n-1][k]
		}
	}
	for code, want := range map[string]uint64{
		"kl8": pascal[80][20],
		"ssq": pascal[33][6] * 16,
		"dlt": pascal[35][5] * pascal[12][2],
	} {
		g, _ := findGame(code)
		if got := g.ways(); !got.IsUint64() || got.Uint64() != want {
			t.Errorf("%s has %v results, want %d", code, got, want)
		}
		if got, want := Bits(code), fmt.Sprintf("%.1f", math.Floor(10*math.Log2(float64(want)))/10); got != want {
			t.Errorf("%s has %s bits, want %s", code, got, want)
		}
	}
	for list, want := range map[string]bool{
		"kl8": true, "ssq": false, "dlt": false, "ssq ssq": false, "ssq dlt": false, "dlt dlt": false,
		"ssq ssq ssq": true, "dlt dlt dlt": true, "ssq dlt ssq": true, "kl8 ssq": true, "kl8 3d": false, "": false,
	} {
		if got := Enough(strings.Fields(list)...); got != want {
			t.Errorf("Enough(%s) = %v: %s bits", list, got, Bits(strings.Fields(list)...))
		}
	}
	for balls := int64(0); balls <= 99; balls++ {
		faces := uint64(balls)
		switch balls {
		case 0:
			faces = 6
		case 1:
			continue
		}
		least, n := int64(0), uint64(1)
		for n < 1<<56 {
			hi, lo := bits.Mul64(n, faces)
			least++
			if n = lo; hi > 0 {
				break
			}
		}
		if err := (Ceremony{balls, least}).Check(); err != nil {
			t.Errorf("%d balls, %d throws: %v", balls, least, err)
		}
		wantCode(t, Ceremony{balls, least - 1}.Check(), "beacon.few-bits")
		if balls == 0 && least != 22 {
			t.Errorf("a die needs %d throws, draw1 says 22", least)
		}
	}
}

func TestCheckIssues(t *testing.T) {
	for _, tc := range []struct {
		want []Issue
		code string
	}{
		{nil, "beacon.bad-issue"},
		{make([]Issue, maxIssues+1), "beacon.bad-issue"},
		{[]Issue{{"KL8", "2023001"}}, "beacon.unknown-game"},
		{[]Issue{{"", "2023001"}}, "beacon.unknown-game"},
		{[]Issue{{"kl8", "23001"}}, "beacon.bad-issue"},
		{[]Issue{{"kl8", "2023000"}}, "beacon.bad-issue"},
		{[]Issue{{"kl8", "2023367"}}, "beacon.bad-issue"},
		{[]Issue{{"kl8", "1923001"}}, "beacon.bad-issue"},
		{[]Issue{{"kl8", "2023 01"}}, "beacon.bad-issue"},
		{[]Issue{{"kl8", "20230011"}}, "beacon.bad-issue"},
		{[]Issue{{"dlt", "2023001"}, {"dlt", "23002"}, {"dlt", "23003"}}, "beacon.bad-issue"},
		{[]Issue{{"kl8", "2023001"}, {"kl8", "2023001"}}, "beacon.duplicate-issue"},
		{[]Issue{{"ssq", "2023001"}, {"dlt", "23001"}, {"ssq", "2023001"}}, "beacon.duplicate-issue"},
		{[]Issue{{"ssq", "2023001"}, {"dlt", "23001"}}, "beacon.few-bits"},
		{[]Issue{{"ssq", "2023001"}}, "beacon.few-bits"},
		{[]Issue{{"kl8", "2023366"}}, ""},
		{mixed, ""},
	} {
		wantCode(t, CheckIssues(tc.want), tc.code)
	}
	for _, c := range []Ceremony{{1, 60}, {-6, 60}, {100, 60}, {math.MinInt64, 60}, {math.MaxInt64, math.MaxInt64}, {0, 0}, {0, -22}, {0, maxThrows + 1}, {2, math.MaxInt64}} {
		wantCode(t, c.Check(), "beacon.bad-ceremony")
		if got := c.Bits(); c.Throws != 60 && got != "0.0" {
			t.Errorf("%+v has %s bits", c, got)
		}
	}
}

// TestTyped: what an officer's keyboard makes of the numbers.
func TestTyped(t *testing.T) {
	spaced := strings.NewReplacer(",", " ", ":", " ", "kl8", "").Replace(kl8Line)
	for _, typed := range []string{
		spaced, strings.Map(widen2, spaced), "快乐8 第2023001期：" + strings.TrimPrefix(strings.TrimSpace(spaced), "2023001"),
		"80 77、72，69 63 60 56 51 49 44 42 38 33 27 23 16 15 8 4 1", "\ufeff\r\n" + kl8Line + "\r\n\r\n", strings.ToUpper(kl8Line),
		"福彩快乐８开奖号码　８０－７７－７２－６９－６３－６０－５６－５１－４９－４４－４２－３８－３３－２７－２３－１６－１５－８－４－１",
	} {
		if line, err := ReadLottery(kl8, typed); err != nil || line != kl8Line {
			t.Errorf("%q read as %s, %v", typed, line, err)
		}
	}
	for _, typed := range []string{
		"1 7 13 19 25 33 + 16\n2 9 17 28 35 + 3 12\n3 5 11 20 29 31 | 1",
		"双色球第2023040期 红球 33 25 19 13 7 1 蓝球 16；超级大乐透第23041期 前区 2 9 17 28 35 后区 12 3；ssq 2023041 03 05 11 20 29 31 01",
		"1,7,13,19,25,33,16\n\n2,9,17,28,35,3,12\n3,5,11,20,29,31,1",
	} {
		if line, err := ReadLottery(mixed, typed); err != nil || line != mixedLine {
			t.Errorf("%q read as %s, %v", typed, line, err)
		}
	}
	for _, typed := range []string{"3641526341526341523641", "3 6 4 1 5 2 6 3 4 1 5 2 6 3 4 1 5 2 3 6 4 1", "３６４１５２，６３４１５２\n６３４１５２；３６４１", "D6：3641526341526341523641"} {
		if line, err := ReadCeremony(dice, typed); err != nil || line != diceLine {
			t.Errorf("%q read as %s, %v", typed, line, err)
		}
	}
	for _, typed := range []string{"7 10 1 7 3 2 9 9 4 5 6 8 1 10 2 3 4", "Balls:10:07、10、01、07、03、02、09、09、04、05、06、08、01、10、02、03、04"} {
		if line, err := ReadCeremony(tenBalls, typed); err != nil || line != ballsLine {
			t.Errorf("%q read as %s, %v", typed, line, err)
		}
	}
}

func widen2(r rune) rune {
	if r > ' ' && r <= '~' {
		return widen(r)
	}
	return r
}

// FuzzLines: what the strict readers take is its own and only writing; what the
// generous ones make is taken by the strict ones.
func FuzzLines(f *testing.F) {
	for i, line := range []string{kl8Line, mixedLine, diceLine, ballsLine} {
		f.Add(uint8(i), line)
		f.Add(uint8(i), strings.NewReplacer(",", " ", "d6", "", "balls", "", "kl8", "快乐8", "ssq", "双色球").Replace(line))
	}
	f.Add(uint8(1), "1 7 13 19 25 33 蓝球 16\n前区 2 9 17 28 35 后区 3 12\n2023041 3 5 11 20 29 31 + 1")
	f.Fuzz(func(t *testing.T, which uint8, text string) {
		parse := []func(string) (string, error){
			func(s string) (string, error) { return ParseLottery(kl8, s) },
			func(s string) (string, error) { return ParseLottery(mixed, s) },
			func(s string) (string, error) { return ParseCeremony(dice, s) },
			func(s string) (string, error) { return ParseCeremony(tenBalls, s) },
		}[which%4]
		read := []func(string) (string, error){
			func(s string) (string, error) { return ReadLottery(kl8, s) },
			func(s string) (string, error) { return ReadLottery(mixed, s) },
			func(s string) (string, error) { return ReadCeremony(dice, s) },
			func(s string) (string, error) { return ReadCeremony(tenBalls, s) },
		}[which%4]
		rho, strict := parse(text)
		line, err := read(text)
		if strict == nil && (rho != sumHex(text) || err != nil || line != text) {
			t.Fatalf("%q: rho %s; read as %q, %v", text, rho, line, err)
		}
		if err == nil {
			if again, err := parse(line); err != nil || again != sumHex(line) {
				t.Fatalf("%q read as %q, which gives %s, %v", text, line, again, err)
			}
		}
	})
}

// TestMoreIsNeverLess: a further draw or throw never takes bits away, so that an
// office that adds one is never refused for it.
func TestMoreIsNeverLess(t *testing.T) {
	codes := []string{"kl8", "ssq", "dlt"}
	var lists [][]string
	for n := range 81 { // every list of up to four games, with repetitions
		list := []string{}
		for ; n > 0; n /= 3 {
			list = append(list, codes[n%3])
		}
		lists = append(lists, list)
	}
	for _, list := range lists {
		for _, code := range codes {
			longer := append(append([]string{}, list...), code)
			if ways(longer).Cmp(ways(list)) <= 0 || Enough(list...) && !Enough(longer...) {
				t.Errorf("%v has %s bits, %v %s", list, Bits(list...), longer, Bits(longer...))
			}
		}
	}
	for balls := int64(2); balls <= 99; balls++ {
		for throws := int64(1); throws < maxThrows; throws++ {
			c := Ceremony{balls, throws}
			if c.Check() == nil && ((Ceremony{balls, throws + 1}).Check() != nil || balls < 99 && (Ceremony{balls + 1, throws}).Check() != nil) {
				t.Fatalf("%+v is enough, one more is not", c)
			}
		}
	}
}

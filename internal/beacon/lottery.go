package beacon

import (
	"crypto/sha256"
	"encoding/hex"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/sunlot/sunlot/internal/fault"
)

// minBits is what a draw's randomness must hold at least (draw1 §2): the notice
// is fixed first, so that even 2^40 tried notices move a chance of 5 % by less
// than 2·10⁻⁷.
const minBits = 56

// maxIssues bounds the lottery draws of one notice; three of the smaller games
// are enough.
const maxIssues = 8

// Issue names one draw of a public lottery (彩票第N期). Game is kl8 (快乐8), ssq
// (双色球) or dlt (大乐透); Number is the issue as its operator prints it: year
// and three digits, 2023001, for dlt the year in two digits, 23001. Each issue
// has this one writing, so that no draw can stand in a notice twice.
type Issue struct {
	Game   string `json:"game"`
	Number string `json:"issue"`
}

// game is a lottery's form: front numbers of 1..frontOf without repetition, and
// back numbers likewise. An issue begins with century and is as long as example.
type game struct {
	code, name       string
	front, frontOf   int
	back, backOf     int
	century, example string
}

// games is the closed list of draw1 §2.
var games = []game{
	{code: "kl8", name: "快乐8", front: 20, frontOf: 80, century: "20", example: "2023001"},
	{code: "ssq", name: "双色球", front: 6, frontOf: 33, back: 1, backOf: 16, century: "20", example: "2023001"},
	{code: "dlt", name: "大乐透", front: 5, frontOf: 35, back: 2, backOf: 12, example: "23001"},
}

func findGame(code string) (game, bool) {
	i := slices.IndexFunc(games, func(g game) bool { return g.code == code })
	if i < 0 {
		return game{}, false
	}
	return games[i], true
}

// ways is the number of results that the game has, all equally likely.
func (g game) ways() *big.Int {
	n := new(big.Int).Binomial(int64(g.frontOf), int64(g.front))
	return n.Mul(n, new(big.Int).Binomial(int64(g.backOf), int64(g.back)))
}

// issue says whether number is written as the game's operator prints it.
func (g game) issue(number string) bool {
	if len(number) != len(g.example) || !strings.HasPrefix(number, g.century) || !digits(number) {
		return false
	}
	n, _ := strconv.Atoi(number[len(number)-3:])
	return 1 <= n && n <= 366
}

// ways is the product over the games, 0 if one of them is unknown.
func ways(codes []string) *big.Int {
	n := big.NewInt(1)
	for _, code := range codes {
		g, ok := findGame(code)
		if !ok {
			return new(big.Int)
		}
		n.Mul(n, g.ways())
	}
	return n
}

// enough compares with 2^56 in whole numbers: no logarithm decides.
func enough(n *big.Int) bool { return n.Cmp(new(big.Int).Lsh(big.NewInt(1), minBits)) >= 0 }

// tenths writes log2(n) rounded down to one digit, "61.6": the bit length of
// n^10 less one is ten times the logarithm rounded down.
func tenths(n *big.Int) string {
	if n.Sign() <= 0 {
		return "0.0"
	}
	t := new(big.Int).Exp(n, big.NewInt(10), nil).BitLen() - 1
	return strconv.Itoa(t/10) + "." + strconv.Itoa(t%10)
}

// Enough says whether one draw of each of these games, given by code, together
// holds at least 56 bits. A game may stand there several times.
func Enough(games ...string) bool { return enough(ways(games)) }

// Bits tells how many bits one draw of each of these games holds together,
// rounded down to a tenth: "61.6" for kl8, "0.0" with an unknown game.
func Bits(games ...string) string { return tenths(ways(games)) }

// CheckIssues holds the lottery draws that a notice names to draw1 §2: known
// games, issues in their one writing, none twice, 56 bits together.
func CheckIssues(want []Issue) error {
	if len(want) == 0 || len(want) > maxIssues {
		return fault.New("beacon.bad-issue", "lottery", strconv.Itoa(len(want))+" draws", "1.."+strconv.Itoa(maxIssues)+" draws")
	}
	codes := make([]string, len(want))
	for i, w := range want {
		g, ok := findGame(w.Game)
		if !ok {
			return fault.New("beacon.unknown-game", "lottery", clip(w.Game), "kl8, ssq or dlt")
		}
		if !g.issue(w.Number) {
			return fault.New("beacon.bad-issue", g.name, clip(w.Number), g.example)
		}
		if slices.Contains(want[:i], w) {
			return fault.New("beacon.duplicate-issue", "lottery", w.Game+":"+w.Number, "each issue once")
		}
		codes[i] = w.Game
	}
	if !Enough(codes...) {
		return fault.New("beacon.few-bits", "lottery", Bits(codes...), strconv.Itoa(minBits))
	}
	return nil
}

// ParseLottery reads the numbers of the draws that a notice names, as the draw
// entry carries them, and returns rho = H(line) (draw1 §2, grade B):
//
//	kl8:2023001:01,04,…,80
//	ssq:2023001:01,07,13,19,25,33+16;dlt:23001:02,…,35+03,12;…
//
// The draws stand in the notice's order, the numbers ascend, two digits each.
// Nothing else is read: a second writing would be a second rho. Whether these
// numbers were drawn cannot be seen from them; they are believed.
func ParseLottery(want []Issue, line string) (rho string, err error) {
	if err := CheckIssues(want); err != nil {
		return "", err
	}
	if len(line) > maxTyped {
		return "", fault.New("beacon.bad-line", "lottery", strconv.Itoa(len(line))+" bytes", "at most "+strconv.Itoa(maxTyped))
	}
	parts := strings.Split(line, ";")
	if len(parts) != len(want) {
		return "", fault.New("beacon.bad-line", "lottery", clip(line), strconv.Itoa(len(want))+" draws joined by ;")
	}
	numbers := make([][]int, len(want))
	for i, part := range parts {
		head, list, ok := strings.Cut(strings.TrimPrefix(part, want[i].Game+":"), ":")
		if !ok || head != want[i].Number || !strings.HasPrefix(part, want[i].Game+":") {
			return "", fault.New("beacon.other-issue", "lottery", clip(part), want[i].Game+":"+want[i].Number)
		}
		// The separators are compared below, with the whole line.
		for _, n := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == '+' }) {
			if len(n) != 2 || !digits(n) {
				return "", fault.New("beacon.bad-line", want[i].Game+":"+want[i].Number, clip(n), "two digits")
			}
			v, _ := strconv.Atoi(n)
			numbers[i] = append(numbers[i], v)
		}
	}
	again, err := FormatLottery(want, numbers)
	if err != nil {
		return "", err
	}
	if again != line {
		return "", fault.New("beacon.bad-line", "lottery", clip(line), again)
	}
	return hashLine(line), nil
}

// FormatLottery writes the line of ParseLottery. numbers holds one list for each
// of want: the front numbers in any order, then the back numbers in any order.
func FormatLottery(want []Issue, numbers [][]int) (string, error) {
	if err := CheckIssues(want); err != nil {
		return "", err
	}
	if len(numbers) != len(want) {
		return "", fault.New("beacon.bad-line", "lottery", strconv.Itoa(len(numbers))+" draws", strconv.Itoa(len(want))+" draws")
	}
	parts := make([]string, len(want))
	for i, w := range want {
		g, _ := findGame(w.Game)
		place := w.Game + ":" + w.Number
		if len(numbers[i]) != g.front+g.back {
			return "", fault.New("beacon.bad-numbers", place, strconv.Itoa(len(numbers[i]))+" numbers", strconv.Itoa(g.front+g.back))
		}
		front, err := ascending(place, numbers[i][:g.front], g.frontOf)
		if err != nil {
			return "", err
		}
		parts[i] = place + ":" + front
		if g.back > 0 {
			back, err := ascending(place, numbers[i][g.front:], g.backOf)
			if err != nil {
				return "", err
			}
			parts[i] += "+" + back
		}
	}
	return strings.Join(parts, ";"), nil
}

// ascending writes different numbers of 1..most.
func ascending(place string, numbers []int, most int) (string, error) {
	numbers = slices.Sorted(slices.Values(numbers))
	for i, n := range numbers {
		if n < 1 || n > most || i > 0 && n == numbers[i-1] {
			return "", fault.New("beacon.bad-numbers", place, strconv.Itoa(n), "different numbers of 1.."+strconv.Itoa(most))
		}
	}
	return joined(numbers), nil
}

// joined writes numbers below 100 with two digits each, joined by commas.
func joined(numbers []int) string {
	var b strings.Builder
	for i, n := range numbers {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteByte(byte('0' + n/10))
		b.WriteByte(byte('0' + n%10))
	}
	return b.String()
}

func hashLine(line string) string {
	sum := sha256.Sum256([]byte(line))
	return hex.EncodeToString(sum[:])
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// GameName is what people call a game: 快乐8 for kl8, the code itself where it is
// unknown.
func GameName(code string) string {
	if g, ok := findGame(code); ok {
		return g.name
	}
	return code
}

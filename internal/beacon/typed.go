package beacon

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sunlot/sunlot/internal/fault"
)

// What an officer types, and what the strict readers of lottery.go and
// ceremony.go take, are two things. The readers here are generous with writing
// and never with meaning: each returns the one line that the strict reader
// takes, to be shown and confirmed before it counts.

// maxTyped bounds what is typed or pasted.
const maxTyped = 4096

// between are the characters that may stand between numbers, and the words that
// a results page puts there.
const between = " \t\r,、.。·/-_:|+"

var pageWords = strings.NewReplacer("开奖号码", " ", "开奖结果", " ", "开奖", " ", "号码", " ", "红球", " ", "蓝球", "+", "前区", " ", "后区", "+",
	"福彩", " ", "体彩", " ", "超级", " ", "中国", " ", "第", " ", "期", " ", "骰子", " ", "摸球", " ")

// ReadLottery reads the numbers of the draws that a notice names as a person
// types them: one draw a line or joined by ;, in the notice's order, in any
// writing of digits, numbers of each part in any order, with or without the
// game's name and the issue, which must be the right ones if they are there. It
// returns the line for ParseLottery.
func ReadLottery(want []Issue, typed string) (line string, err error) {
	if err := CheckIssues(want); err != nil {
		return "", err
	}
	rows, err := typedRows(typed)
	if err != nil {
		return "", err
	}
	if len(rows) != len(want) {
		return "", fault.New("beacon.bad-line", "lottery", strconv.Itoa(len(rows))+" lines", strconv.Itoa(len(want))+" lines, one a draw")
	}
	numbers := make([][]int, len(want))
	for i, row := range rows {
		if numbers[i], err = readDraw(want[i], row); err != nil {
			return "", err
		}
	}
	return FormatLottery(want, numbers)
}

// readDraw reads one draw of a lottery.
func readDraw(want Issue, row string) ([]int, error) {
	place := want.Game + ":" + want.Number
	row = strings.TrimSpace(strings.ToLower(row))
	// Names first: 快乐8 and kl8 hold a digit.
	for _, g := range games {
		for _, name := range []string{g.code, g.name} {
			rest := strings.Replace(row, name, " ", 1)
			if rest == row {
				continue
			}
			if g.code != want.Game {
				return nil, fault.New("beacon.other-issue", "lottery", g.code, place)
			}
			row = rest
		}
	}
	fields, back, err := typedNumbers(place, row)
	if err != nil {
		return nil, err
	}
	if len(fields) > 0 && len(fields[0]) > 2 && len(fields[0]) < 10 {
		if fields[0] != want.Number {
			return nil, fault.New("beacon.other-issue", "lottery", want.Game+":"+clip(fields[0]), place)
		}
		fields, back = fields[1:], back-1
	}
	g, _ := findGame(want.Game)
	if back >= 0 && (g.back == 0 || back != g.front) {
		return nil, fault.New("beacon.bad-numbers", place, strconv.Itoa(back)+" numbers before the +", strconv.Itoa(g.front))
	}
	return values(place, fields)
}

// ReadCeremony reads what was thrown in a ceremony as a person types it, in the
// order of the throws: in any writing of digits and with any gaps, dice in one
// run or apart. It returns the line for ParseCeremony.
func ReadCeremony(form Ceremony, typed string) (line string, err error) {
	if err := form.Check(); err != nil {
		return "", err
	}
	rows, err := typedRows(typed)
	if err != nil {
		return "", err
	}
	text := strings.ToLower(strings.Join(rows, " "))
	text = strings.TrimPrefix(strings.TrimSpace(text), form.head())
	fields, _, err := typedNumbers("ceremony", text)
	if err != nil {
		return "", err
	}
	if form.Balls == 0 {
		fields = strings.Split(strings.Join(fields, ""), "")
	}
	throws, err := values("ceremony", fields)
	if err != nil {
		return "", err
	}
	return FormatCeremony(form, throws)
}

// typedRows makes narrow rows of what was typed, without the empty ones.
func typedRows(typed string) ([]string, error) {
	if len(typed) > maxTyped {
		return nil, fault.New("beacon.bad-line", "typed", strconv.Itoa(len(typed))+" bytes", "at most "+strconv.Itoa(maxTyped))
	}
	if !utf8.ValidString(typed) {
		return nil, fault.New("beacon.bad-line", "typed", clip(typed), "text in UTF-8")
	}
	typed = strings.Map(narrow, strings.TrimPrefix(typed, "\ufeff"))
	var rows []string
	for _, row := range strings.FieldsFunc(typed, func(r rune) bool { return r == '\n' || r == ';' }) {
		if strings.TrimSpace(row) != "" {
			rows = append(rows, row)
		}
	}
	return rows, nil
}

// typedNumbers cuts a row into runs of digits. back is how many of them stand
// before the first + or |, -1 without one. Anything that is neither a digit nor
// known to stand between numbers is refused: a word that is not understood may
// say that these are not the numbers.
func typedNumbers(place, row string) (fields []string, back int, err error) {
	row = pageWords.Replace(row)
	row = strings.NewReplacer("|", "+").Replace(row)
	for _, r := range row {
		if (r < '0' || r > '9') && !strings.ContainsRune(between, r) {
			return nil, 0, fault.New("beacon.bad-line", place, strconv.QuoteToGraphic(string(r)), "digits")
		}
	}
	number := func(s string) []string {
		return strings.FieldsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
	}
	front, rest, cut := strings.Cut(row, "+")
	fields, back = number(front), -1
	if cut {
		back = len(fields)
		fields = append(fields, number(rest)...)
	}
	return fields, back, nil
}

// values reads numbers of one or two digits.
func values(place string, fields []string) ([]int, error) {
	numbers := make([]int, len(fields))
	for i, f := range fields {
		if len(f) > 2 || !digits(f) {
			return nil, fault.New("beacon.bad-line", place, clip(f), "numbers of one or two digits, apart")
		}
		numbers[i], _ = strconv.Atoi(f)
	}
	return numbers, nil
}

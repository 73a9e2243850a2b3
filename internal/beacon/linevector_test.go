package beacon

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const lineVectorDir = "../../spec/vectors/lottery"

// TestLineVectors holds the files of spec/vectors/lottery to what this test
// derives, and runs each.
func TestLineVectors(t *testing.T) {
	made := map[string][]byte{}
	put := func(name string, v lineVector) {
		v.Version = "draw1"
		var b bytes.Buffer
		e := json.NewEncoder(&b)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		if err := e.Encode(v); err != nil {
			t.Fatal(err)
		}
		if _, twice := made[name+".json"]; twice {
			t.Fatalf("vector %s made twice", name)
		}
		made[name+".json"] = b.Bytes()
	}
	goodLineVectors(put)
	badLineVectors(put)
	if *update {
		if err := os.MkdirAll(lineVectorDir, 0o755); err != nil {
			t.Fatal(err)
		}
		for name, data := range made {
			if err := os.WriteFile(filepath.Join(lineVectorDir, name), data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	files, err := filepath.Glob(lineVectorDir + "/*.json")
	if err != nil {
		t.Fatal(err)
	}
	failing := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := RunLineVector(data); err != nil {
			t.Errorf("%s: %v", filepath.Base(file), err)
		}
		if !bytes.Equal(data, made[filepath.Base(file)]) {
			t.Errorf("%s is not what the test derives: go test ./internal/beacon -update", filepath.Base(file))
		}
		if bytes.Contains(data, []byte(`"error":`)) {
			failing++
		}
	}
	if len(files) != len(made) || 2*failing <= len(files) {
		t.Errorf("%d files, %d of them failing; %d derived", len(files), failing, len(made))
	}
}

func goodLineVectors(put func(string, lineVector)) {
	lottery := func(name, desc, bits string, want []Issue, line string) {
		put("good-"+name, lineVector{Desc: desc, Issues: want, Line: &line, Expect: &lineExpectation{Bits: bits, Rho: sumHex(line)}})
	}
	lottery("kl8", "one draw of 快乐8 is enough", "61.6", kl8, kl8Line)
	lottery("three-draws", "three draws of the smaller games, in the notice's order", "72.5", mixed, mixedLine)
	lottery("kl8-and-ssq", "more than needed", "85.6", []Issue{kl8[0], mixed[0]}, kl8Line+";"+mixedLine[:strings.Index(mixedLine, ";")])
	ceremony := func(name, desc, bits string, form Ceremony, line string) {
		put("good-"+name, lineVector{Desc: desc, Ceremony: &form, Line: &line, Expect: &lineExpectation{Bits: bits, Rho: sumHex(line)}})
	}
	ceremony("dice", "22 throws of a die", "56.8", dice, diceLine)
	ceremony("balls", "17 balls of 10", "56.4", tenBalls, ballsLine)
	ceremony("coin", "56 tosses of a coin: two balls", "56.0", Ceremony{2, 56}, "balls:2:"+strings.TrimSuffix(strings.Repeat("01,02,02,01,", 14), ","))
	typed := func(name, desc, bits, text, line string, want []Issue, form *Ceremony) {
		put("typed-"+name, lineVector{Desc: desc, Issues: want, Ceremony: form, Typed: &text, Expect: &lineExpectation{Bits: bits, Line: line, Rho: sumHex(line)}})
	}
	typed("page", "as a results page prints it, in wide digits, not sorted", "61.6",
		"快乐8 第２０２３００１期　80 77 72 69 63 60 56 51 49 44 42 38 33 27 23 16 15 8 4 1\r\n", kl8Line, kl8, nil)
	typed("rows", "one row a draw, without names", "72.5", "7 1 13 19 25 33 + 16\n2 9 17 28 35 | 12 3\n3 5 11 20 29 31 + 1\n", mixedLine, mixed, nil)
	typed("dice", "dice in groups", "56.8", "36415 26341 52634 15236 41", diceLine, nil, &dice)
}

func badLineVectors(put func(string, lineVector)) {
	issues := func(name, desc, code string, want ...Issue) {
		put("bad-"+name, lineVector{Desc: desc, Issues: want, Error: code})
	}
	issues("two-draws", "48.3 bits", "few-bits", mixed[0], mixed[1])
	issues("one-ssq", "24.0 bits", "few-bits", mixed[0])
	issues("game", "a game that is not in the list", "unknown-game", Issue{"3d", "2023001"})
	issues("game-upper-case", "codes are compared exactly", "unknown-game", Issue{"KL8", "2023001"})
	issues("issue-twice", "one draw counted twice", "duplicate-issue", mixed[0], mixed[1], mixed[0])
	issues("issue-short", "the year in two digits", "bad-issue", Issue{"kl8", "23001"})
	issues("issue-long-dlt", "the year in four digits: a second writing of 23041", "bad-issue", mixed[0], mixed[1], Issue{"dlt", "2023041"})
	issues("issue-zero", "issues begin with 001", "bad-issue", Issue{"kl8", "2023000"})
	issues("issue-letter", "not digits", "bad-issue", Issue{"kl8", "20230O1"})
	put("bad-dice-21", lineVector{Desc: "21 throws: 54.2 bits", Ceremony: &Ceremony{Throws: 21}, Error: "few-bits"})
	put("bad-balls-16", lineVector{Desc: "16 balls of 10: 53.1 bits", Ceremony: &Ceremony{10, 16}, Error: "few-bits"})
	put("bad-one-ball", lineVector{Desc: "one ball says nothing", Ceremony: &Ceremony{1, 60}, Error: "bad-ceremony"})
	put("bad-hundred-balls", lineVector{Desc: "numbers have two digits", Ceremony: &Ceremony{100, 60}, Error: "bad-ceremony"})
	put("bad-throws", lineVector{Desc: "more throws than a ceremony may have", Ceremony: &Ceremony{0, 201}, Error: "bad-ceremony"})

	line := func(name, desc, code string, want []Issue, text string) {
		put("bad-line-"+name, lineVector{Desc: desc, Issues: want, Line: &text, Error: code})
	}
	swap := func(old, new string) string { return strings.Replace(kl8Line, old, new, 1) }
	line("unsorted", "a second writing of the same numbers", "bad-line", kl8, swap("01,04", "04,01"))
	line("one-digit", "a second writing of the same numbers", "bad-line", kl8, swap("01,04", "1,04"))
	line("space", "a space after a comma", "bad-line", kl8, swap("01,04", "01, 04"))
	line("line-feed", "a line feed at the end", "bad-line", kl8, kl8Line+"\n")
	line("wide", "full-width digits", "bad-line", kl8, swap("01,", "０１,"))
	line("plus", "a + where the game has no back numbers", "bad-line", kl8, swap("77,80", "77+80"))
	line("comma-at-end", "a comma after the last number", "bad-line", kl8, kl8Line+",")
	line("twice", "a number drawn twice", "bad-numbers", kl8, swap("01,04", "04,04"))
	line("zero", "00 is no number", "bad-numbers", kl8, swap("01,04", "00,04"))
	line("81", "one more than there are", "bad-numbers", kl8, swap("77,80", "77,81"))
	line("nineteen", "one number missing", "bad-numbers", kl8, swap("01,", ""))
	line("twenty-one", "one number too many", "bad-numbers", kl8, swap("01,", "01,02,"))
	line("other-issue", "the issue after the one named", "other-issue", kl8, swap("2023001", "2023002"))
	line("other-game", "another game", "other-issue", kl8, swap("kl8", "ssq"))
	line("upper-case", "codes are compared exactly", "other-issue", kl8, strings.ToUpper(kl8Line))
	line("order", "not the notice's order", "other-issue", mixed, mixedLine[strings.Index(mixedLine, ";")+1:]+";"+mixedLine[:strings.Index(mixedLine, ";")])
	line("one-missing", "two draws where three are named", "bad-line", mixed, mixedLine[:strings.LastIndex(mixedLine, ";")])
	line("back-first", "front and back changed places", "bad-numbers", mixed, strings.Replace(mixedLine, ":01,07,13,19,25,33+16", ":16+01,07,13,19,25,33", 1))
	line("back-17", "a back number that there is not", "bad-numbers", mixed, strings.Replace(mixedLine, "33+16", "33+17", 1))
	line("empty", "nothing", "other-issue", kl8, "")

	throws := func(name, desc, code string, form Ceremony, text string) {
		put("bad-throws-"+name, lineVector{Desc: desc, Ceremony: &form, Line: &text, Error: code})
	}
	throws("seven", "a die has six faces", "bad-numbers", dice, strings.Replace(diceLine, "36", "37", 1))
	throws("one-more", "thrown on after the last: whoever may stop when he likes chooses", "bad-numbers", dice, diceLine+"6")
	throws("one-less", "one throw missing", "bad-numbers", dice, diceLine[:len(diceLine)-1])
	throws("gap", "a space", "bad-line", dice, diceLine[:10]+" "+diceLine[11:])
	throws("head", "another form than the notice's", "bad-line", dice, ballsLine)
	throws("other-balls", "as many balls as the notice says", "bad-line", tenBalls, strings.Replace(ballsLine, "balls:10", "balls:11", 1))
	throws("eleven", "a ball that there is not", "bad-numbers", tenBalls, strings.Replace(ballsLine, "07,10", "07,11", 1))
	throws("one-digit", "two digits each", "bad-line", tenBalls, strings.Replace(ballsLine, "07,", "7,", 1))
	throws("run", "without commas", "bad-line", tenBalls, "balls:10:"+strings.ReplaceAll(ballsLine[9:], ",", ""))

	typed := func(name, desc, code, text string, want []Issue) {
		put("bad-typed-"+name, lineVector{Desc: desc, Issues: want, Typed: &text, Error: code})
	}
	typed("word", "a word that is not understood", "bad-line", "试机号 "+kl8Line[12:], kl8)
	typed("issue", "yesterday's numbers", "other-issue", "快乐8 2022365 "+kl8Line[12:], kl8)
	typed("game", "another game's name", "other-issue", "双色球 "+kl8Line[12:], kl8)
	typed("run", "numbers that run together", "bad-line", strings.ReplaceAll(kl8Line[12:], ",", ""), kl8)
	typed("plus", "front and back changed places", "bad-numbers", "16 + 1 7 13 19 25 33\n2 9 17 28 35 + 3 12\n3 5 11 20 29 31 + 1", mixed)
	typed("rows", "two rows where three draws are named", "bad-line", "1 7 13 19 25 33 16\n2 9 17 28 35 3 12", mixed)
	typed("missing", "one number missing", "bad-numbers", kl8Line[:len(kl8Line)-3], kl8)
}

// TestRunLineVectorNotices changes what a good and a bad case expect.
func TestRunLineVectorNotices(t *testing.T) {
	read := func(name string) string {
		data, err := os.ReadFile(filepath.Join(lineVectorDir, name))
		if err != nil {
			t.Fatal(err)
		}
		return string(data)
	}
	good, bad := read("good-kl8.json"), read("bad-line-81.json")
	for _, text := range []string{
		strings.Replace(good, `"rho": "`, `"rho": "0`, 1),
		strings.Replace(good, `"61.6"`, `"61.7"`, 1),
		strings.Replace(good, `:01,04,08`, `:01,04,07`, 1),
		strings.Replace(good, `"draw1"`, `"draw2"`, 1),
		strings.Replace(good, `"desc"`, `"description"`, 1),
		strings.Replace(good, `"line"`, `"typed": "", "line"`, 1),
		strings.Replace(good, `"line"`, `"ceremony": {"balls": 0, "throws": 22}, "line"`, 1),
		strings.Replace(bad, `"bad-numbers"`, `"bad-line"`, 1),
		strings.Replace(bad, `77,81`, `77,80`, 1),
		good + "{}", "", "[]", "null", "{}",
	} {
		if text == good || text == bad {
			t.Fatal("nothing was changed")
		}
		if err := RunLineVector([]byte(text)); err == nil {
			t.Errorf("accepted %.300s", text)
		}
	}
}

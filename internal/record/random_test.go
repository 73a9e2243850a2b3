package record

import (
	"strings"
	"testing"
)

const diceLine = "d6:3641526341526341523641"

// TestCeremonyText: one text for one ceremony, and no other text is read.
func TestCeremonyText(t *testing.T) {
	c, start := strings.Repeat("0123456789abcdef", 4), "2023-08-24T09:30:00+08:00"
	text := CeremonyText(testOrigin, "2023-004", c, start, diceLine)
	origin, draw, c2, start2, line, ok := ReadCeremony(text)
	if !ok || origin != testOrigin || draw != "2023-004" || c2 != c || start2 != start || line != diceLine {
		t.Fatalf("%q %q %q %q %q %v", origin, draw, c2, start2, line, ok)
	}
	for what, other := range map[string]string{
		"no last line feed": strings.TrimSuffix(text, "\n"),
		"a line more":       text + "x\n",
		"another origin":    CeremonyText("http://x/y", "2023-004", c, start, diceLine),
		"no draw":           CeremonyText(testOrigin, "", c, start, diceLine),
		"C in capitals":     CeremonyText(testOrigin, "2023-004", strings.ToUpper(c), start, diceLine),
		"a day":             CeremonyText(testOrigin, "2023-004", c, "2023-08-24", diceLine),
		"no result":         CeremonyText(testOrigin, "2023-004", c, start, ""),
		"a line feed in it": CeremonyText(testOrigin, "2023-004", c, start, "d6:1\n2"),
		"another promise":   strings.Replace(text, "没有重来", "重来过", 1),
		"an entry":          format(t, filled(t, "contribution", true)),
		"nothing":           "",
	} {
		if _, _, _, _, _, ok := ReadCeremony(other); ok {
			t.Errorf("%s is read: %q", what, other)
		}
	}
	if _, err := Parse(text); err == nil {
		t.Error("the record of a ceremony is an entry")
	}
}

// TestLast: what several lotteries give is known with the last of them.
func TestLast(t *testing.T) {
	r := &Randomness{Time: "2023-08-27T20:00:00+08:00"}
	if r.Last() != r.Time {
		t.Error(r.Last())
	}
	r.Draws = []LotteryDraw{{Closes: "2023-08-29T20:00:00+08:00"}, {Closes: r.Time}}
	if r.Last() != "2023-08-29T20:00:00+08:00" {
		t.Error(r.Last())
	}
}

func FuzzReadCeremony(f *testing.F) {
	f.Add(CeremonyText(testOrigin, "2023-004", strings.Repeat("0", 64), "2023-08-24T09:30:00+08:00", diceLine))
	f.Add("sunlot/v1 现场掷数记录\n")
	f.Fuzz(func(t *testing.T, text string) {
		if origin, draw, c, start, line, ok := ReadCeremony(text); ok && CeremonyText(origin, draw, c, start, line) != text {
			t.Errorf("%q has a second writing", text)
		}
	})
}

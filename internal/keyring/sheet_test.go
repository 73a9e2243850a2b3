package keyring

import (
	"fmt"
	"strings"
	"testing"

	"filippo.io/age"

	"github.com/sunlot/sunlot/internal/fault"
)

// typed is what somebody copies from the sheet: the groups, with or without
// the line checks.
func typed(identity string, checks bool) string {
	rest := strings.TrimPrefix(identity, identityPrefix)
	var b strings.Builder
	for i, n := range sheetLines {
		b.WriteString(rest[:n])
		if checks {
			b.WriteString(lineCheck(i+1, rest[:n]))
		}
		rest = rest[n:]
	}
	return b.String()
}

func wide(s string) string {
	return strings.Map(func(r rune) rune {
		if r > ' ' && r < 0x7f {
			return r + 0xfee0
		}
		return r
	}, s)
}

func TestSheetRetyped(t *testing.T) {
	_, sheet := made(t)
	id, err := ParseSheet(sheet)
	if err != nil {
		t.Fatal(err)
	}
	bare, checked := typed(id, false), typed(id, true)
	groups := ""
	for i := 0; i < len(bare); i += 4 {
		groups += bare[i:min(i+4, len(bare))] + " "
	}
	confused := strings.NewReplacer("L", "I", "0", "O", "8", "B").Replace(bare)
	for _, text := range []string{
		id, bare, checked, groups, confused,
		strings.ToLower(checked), strings.ToLower(groups), strings.Replace(bare, "L", "1", -1),
		wide(groups), strings.ReplaceAll(groups, " ", "　"), strings.ReplaceAll(groups, " ", "-"), strings.ReplaceAll(groups, " ", "\r\n"),
		"第1行：" + checked[:22] + "\n第2行 " + checked[22:44] + "\n 第 3 行 " + checked[44:],
		"第1行" + bare[:20] + "\n第2行" + bare[20:40] + "\n第3行" + bare[40:],
		strings.ReplaceAll(sheet, "\n", "\r\n"), strings.ToLower(sheet), wide(sheet),
	} {
		got, err := ParseSheet(text)
		if err != nil || got != id {
			t.Errorf("%.40q: %v", text, err)
		}
	}
}

// Every single slip, in every place: found, and with the checks typed its line
// is named.
func TestSheetSlips(t *testing.T) {
	_, sheet := made(t)
	id, _ := ParseSheet(sheet)
	bare, checked := typed(id, false), typed(id, true)
	for i := range bare {
		for _, c := range bech32Digits {
			if byte(c) == bare[i] {
				continue
			}
			_, err := ParseSheet(bare[:i] + string(c) + bare[i+1:])
			wantCode(t, err, "keyring.sheet-check")
		}
	}
	missed := 0
	for i := range checked {
		line := fmt.Sprint(min(i/22, 2) + 1)
		for _, c := range bech32Digits {
			if byte(c) == checked[i] {
				continue
			}
			_, err := ParseSheet(checked[:i] + string(c) + checked[i+1:])
			switch f, _ := err.(*fault.Error); {
			case f == nil:
				t.Fatalf("a slip at %d was not seen", i)
			case f.Code == "keyring.sheet-check":
				missed++ // ten bits a line let one in 1024 through
			case f.Code != "keyring.sheet-line" || f.Got != line:
				t.Fatalf("slip at %d: %v", i, err)
			}
		}
	}
	if missed > 10 {
		t.Errorf("%d slips were found by the last checksum only", missed)
	}
}

func TestSheetRefuses(t *testing.T) {
	_, sheet := made(t)
	id, _ := ParseSheet(sheet)
	bare, checked := typed(id, false), typed(id, true)
	swapped := checked[22:44] + checked[:22] + checked[44:]
	for _, c := range []struct{ text, code string }{
		{"", "keyring.sheet-length"},
		{bare[1:], "keyring.sheet-length"},
		{bare + bare, "keyring.sheet-length"},
		{id + id, "keyring.sheet-length"},
		{strings.Repeat(" ", maxSheet+1), "keyring.sheet-length"},
		{bare[:57] + "?", "keyring.sheet-character"},
		{bare[:57] + "中", "keyring.sheet-character"},
		{bare[:57] + "\x00", "keyring.sheet-character"},
		{"\xff" + bare, "keyring.sheet-character"},
		{bare[1:] + bare[:1], "keyring.sheet-check"},
		{swapped, "keyring.sheet-line"},
	} {
		_, err := ParseSheet(c.text)
		wantCode(t, err, c.code)
		if c.text != "" && strings.Contains(err.Error(), bare[8:16]) {
			t.Errorf("the error says the secret: %v", err)
		}
	}
}

func TestSheetSays(t *testing.T) {
	dir, sheet := made(t)
	r := opened(t, dir)
	for _, want := range []string{
		"演示县市场监督管理局", "2023-08-01", "1号  演示甲（经办人）", "2号  演示乙（负责人）", "密封",
		r.Log.String(), r.Office.String(), r.Recovery, r.People[0].Recipient, r.People[1].Recipient,
	} {
		if !strings.Contains(sheet, want) {
			t.Errorf("the sheet lacks %q", want)
		}
	}
	id, _ := ParseSheet(sheet)
	if parsed, err := age.ParseX25519Identity(id); err != nil || parsed.Recipient().String() != r.Recovery {
		t.Error("the sheet's secret is not the recovery recipient's")
	}
	if strings.Contains(sheet, id) {
		t.Error("the secret stands in one piece")
	}
}

func TestMadePassphrases(t *testing.T) {
	random := making(4).Random
	seen := map[string]bool{}
	for range 100 {
		p, err := NewPassphrase(random)
		if err != nil || len(p) != 29 || seen[p] || checkPassphrase(p) != nil {
			t.Fatalf("made %q: %v", p, err)
		}
		seen[p] = true
		for _, same := range []string{strings.ToUpper(p), strings.ReplaceAll(p, "-", ""), strings.ReplaceAll(p, "-", " "), p + "\n"} {
			if canonicalPassphrase(same) != p {
				t.Fatalf("%q is another passphrase than %q", same, p)
			}
		}
	}
	_, err := NewPassphrase(strings.NewReader("short"))
	wantCode(t, err, "keyring.random")
	for _, own := range []string{" leading and trailing ", "UPPER and lower", "演示-演示 演示-演示 演示", "abcd-efgh-jkmn-pqrs-tuvw-x23"} {
		if canonicalPassphrase(own) != own {
			t.Errorf("%q was changed", own)
		}
	}
}

// A long passphrase of the letters of a sheet is a passphrase.
func TestPassphraseLikeASheet(t *testing.T) {
	long := strings.Repeat("mary had a lamb ", 5)
	for n := 40; n < len(long); n++ {
		id, err := identityOf(long[:n])
		if id != nil || err != nil {
			t.Fatalf("%q is taken for a sheet: %v", long[:n], err)
		}
	}
}

func FuzzSheet(f *testing.F) {
	_, sheet := made(f)
	id, _ := ParseSheet(sheet)
	f.Add(sheet)
	f.Add(id)
	f.Add(typed(id, true))
	f.Add("第1行")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := ParseSheet(text)
		if err != nil {
			if fault.Code(err) == "" {
				t.Fatalf("no code: %v", err)
			}
			return
		}
		if again, err := ParseSheet(typed(got, true)); err != nil || again != got {
			t.Fatalf("%v", err)
		}
	})
}

package beacon

import (
	"encoding/json"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/fault"
)

func TestDemoRounds(t *testing.T) {
	data, err := os.ReadFile("../../content/demo/drand-quicknet.json")
	if err != nil {
		t.Fatal(err)
	}
	rounds, err := ParseRounds(data)
	if err != nil {
		t.Fatal(err)
	}
	var numbers []uint64
	for _, r := range rounds {
		if _, err := r.Check(Quicknet()); err != nil {
			t.Errorf("round %d: %v", r.Number, err)
		}
		numbers = append(numbers, r.Number)
	}
	want := "[123 1000 1001 1002 1003 1004 1005 1006 1007 1008 1009 657413 9367912]"
	if fmt.Sprint(numbers) != want {
		t.Errorf("rounds %v, want %s", numbers, want)
	}
}

func TestParseRound(t *testing.T) {
	r := readRounds(t).Rounds[4]
	want := Round{Number: r.Round, Signature: r.Signature}
	named := want
	named.Chain = Quicknet().Hash
	own, err := json.Marshal(named)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		text string
		want Round
	}{
		{fmt.Sprintf(`{"round":%d,"randomness":%q,"signature":%q}`, r.Round, r.Randomness, r.Signature), want},
		{fmt.Sprintf("\ufeff {\"signature\":%q,\r\n\"round\":%d}\r\n", r.Signature, r.Round), want},
		{fmt.Sprintf(`{"round":%d,"signature":%q,"relay":{"round":5,"more":[1,2]},"previous_signature":""}`, r.Round, r.Signature), want},
		{fmt.Sprintf(`[{"round":%d,"signature":%q}]`, r.Round, r.Signature), want},
		{string(own), named},
		{FormatRound(want), want},
		{"1000\t" + strings.ToUpper(r.Signature) + "\r\n", want},
		{"\ufeff\n  1000  " + r.Signature[:48] + " " + r.Signature[48:] + "\n\n", want},
		{"１０００　" + strings.Map(widen, r.Signature), want},
	} {
		got, err := ParseRound([]byte(tc.text))
		if err != nil || got != tc.want {
			t.Errorf("%q: %+v, %v", tc.text, got, err)
			continue
		}
		if rho, err := got.Check(Quicknet()); err != nil || rho != r.Randomness {
			t.Errorf("%q: rho %s, %v", tc.text, rho, err)
		}
	}
}

func widen(r rune) rune { return r - '!' + '！' }

func TestParseRoundRefuses(t *testing.T) {
	r := readRounds(t).Rounds[4]
	sig := r.Signature
	object := func(number, signature string) string {
		return `{"round":` + number + `,"signature":` + signature + `}`
	}
	quoted := `"` + sig + `"`
	for text, code := range map[string]string{
		"":                                      "beacon.bad-form",
		" \n\ufeff":                             "beacon.bad-form",
		"{":                                     "beacon.bad-form",
		"[":                                     "beacon.bad-form",
		"[]":                                    "beacon.bad-form",
		"[1]":                                   "beacon.bad-form",
		"[[]]":                                  "beacon.bad-form",
		"{}":                                    "beacon.bad-form",
		"\xff\xfe1000":                          "beacon.bad-form",
		"<html>404</html>":                      "beacon.bad-form",
		`{"message":"not found"}`:               "beacon.bad-form",
		object(`"1000"`, quoted):                "beacon.bad-round",
		object(`1000.0`, quoted):                "beacon.bad-round",
		object(`1e3`, quoted):                   "beacon.bad-round",
		object(`-1000`, quoted):                 "beacon.bad-round",
		object(`0`, quoted):                     "beacon.bad-round",
		object(`null`, quoted):                  "beacon.bad-round",
		object(`9007199254740992`, quoted):      "beacon.bad-round",
		object(`18446744073709552616`, quoted):  "beacon.bad-round",
		object(`01000`, quoted):                 "beacon.bad-form",
		object(`1000`, `null`):                  "beacon.bad-signature-form",
		object(`1000`, `""`):                    "beacon.bad-signature-form",
		object(`1000`, `"`+sig[:94]+`"`):        "beacon.bad-signature-form",
		object(`1000`, `"`+sig+sig+`"`):         "beacon.bad-signature-form",
		object(`1000`, strings.ToUpper(quoted)): "beacon.bad-signature-form",
		object(`1000`, `"`+sig[:95]+`g"`):       "beacon.bad-signature-form",
		object(`1000`, `"`+sig[:90]+`\u0039"`):  "beacon.bad-signature-form",
		object(`1000`, `["`+sig+`"]`):           "beacon.bad-signature-form",
		`{"Round":1000,"Signature":` + quoted + `}`:                                 "beacon.bad-form",
		`{"round":1000,"round":1000,"signature":` + quoted + `}`:                    "beacon.duplicate-member",
		`{"round":1000,"signature":` + quoted + `,"\u0072ound":1001}`:               "beacon.duplicate-member",
		object(`1000`, quoted) + object(`1001`, quoted):                             "beacon.bad-form",
		object(`1000`, quoted) + "]":                                                "beacon.bad-form",
		`[` + object(`1000`, quoted) + `,` + object(`1001`, quoted) + `]`:           "beacon.bad-form",
		`[` + object(`1000`, quoted) + `,` + object(`1000`, quoted) + `]`:           "beacon.duplicate-round",
		`[` + object(`1000`, quoted) + `,]`:                                         "beacon.bad-form",
		`[` + object(`1000`, quoted):                                                "beacon.bad-form",
		`{"round":1000,"signature":` + quoted + `,"randomness":"` + sig[:64] + `"}`: "beacon.wrong-randomness",
		`{"round":1000,"signature":` + quoted + `,"randomness":""}`:                 "beacon.bad-signature-form",
		`{"round":1000,"signature":` + quoted + `,"randomness":null}`:               "beacon.bad-signature-form",
		`{"round":1000,"signature":` + quoted + `,"chain":"quicknet"}`:              "beacon.bad-signature-form",
		`{"round":1000}`:                "beacon.bad-form",
		"1000":                          "beacon.bad-signature-form",
		"1000 " + sig[:95]:              "beacon.bad-signature-form",
		"1000 " + sig + "0":             "beacon.bad-signature-form",
		"01000 " + sig:                  "beacon.bad-round",
		"+1000 " + sig:                  "beacon.bad-round",
		sig + " 1000":                   "beacon.bad-form",
		"1000 " + sig + "\n1001 " + sig: "beacon.bad-form",
		"1000 " + sig + "\n1000 " + sig: "beacon.duplicate-round",
		strings.Repeat(" ", MaxBytes+1): "beacon.too-large",
	} {
		_, err := ParseRound([]byte(text))
		if fault.Code(err) != code {
			t.Errorf("%.120q: got %v, want %s", text, err, code)
		}
	}
}

func TestCheckWrongChain(t *testing.T) {
	real := readRounds(t)
	r := Round{Chain: real.Default.Hash, Number: 1000, Signature: real.Rounds[4].Signature}
	_, err := r.Check(Quicknet())
	wantCode(t, err, "beacon.wrong-chain")
	r.Chain = ""
	r.Signature = strings.ToUpper(r.Signature)
	_, err = r.Check(Quicknet())
	wantCode(t, err, "beacon.bad-length")
}

// FuzzParseRound: what is read can be written in its one form and read again.
func FuzzParseRound(f *testing.F) {
	r := readRounds(f).Rounds[4]
	f.Add([]byte(`{"round":1000,"randomness":"` + r.Randomness + `","signature":"` + r.Signature + `","chain":"` + r.Randomness + `"}`))
	f.Add([]byte("1000 " + r.Signature))
	f.Add([]byte("１０００　" + strings.ToUpper(r.Signature[:40]) + " " + r.Signature[40:]))
	f.Add([]byte(`[{"round":1,"signature":"` + r.Signature + `"},{}]`))
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := ParseRound(data)
		if err != nil {
			if fault.Code(err) == "" {
				t.Errorf("error without a code: %v", err)
			}
			return
		}
		if got.Number == 0 || got.Number > MaxRound || len(got.Signature) != 96 || (got.Chain != "" && len(got.Chain) != 64) {
			t.Errorf("read %+v", got)
		}
		again, err := ParseRound([]byte(FormatRound(got)))
		if err != nil || again != (Round{Number: got.Number, Signature: got.Signature}) {
			t.Errorf("%+v comes back as %+v, %v", got, again, err)
		}
	})
}

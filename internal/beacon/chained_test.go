package beacon

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/cloudflare/circl/ecc/bls12381"

	"github.com/sunlot/sunlot/internal/fault"
)

// realRound is a round of either chain, with what the world says of it.
type realRound struct {
	Round
	chain Chain
	time  int64
	rho   string
}

// everyRound are the 23 rounds of both chains.
func everyRound(t testing.TB) []realRound {
	t.Helper()
	real := readRounds(t)
	var all []realRound
	for _, r := range real.Rounds {
		all = append(all, realRound{Round{Quicknet().Hash, r.Round, r.Signature, ""}, Quicknet(), r.Time, r.Randomness})
	}
	for _, r := range real.DefaultRounds {
		all = append(all, realRound{Round{DefaultChain().Hash, r.Round, r.Signature, r.Previous}, DefaultChain(), r.Time, r.Randomness})
	}
	return all
}

// TestAllRealRounds: 23 rounds of both chains accepted with their randomness and
// time, also through the texts that carry them, both false ones refused.
func TestAllRealRounds(t *testing.T) {
	accepted := 0
	for _, r := range everyRound(t) {
		if rho, err := r.Check(r.chain); err != nil || rho != r.rho {
			t.Errorf("%s round %d: %s, %v; want %s", r.chain.BeaconID, r.Number, rho, err, r.rho)
			continue
		}
		if at := r.chain.Time(r.Number); at != r.time || r.chain.RoundAt(at) != r.Number || r.chain.RoundAt(at-1) != r.Number-1 {
			t.Errorf("%s round %d at %d, want %d", r.chain.BeaconID, r.Number, at, r.time)
		}
		object, err := json.Marshal(r.Round)
		if err != nil {
			t.Fatal(err)
		}
		unnamed := r.Round
		unnamed.Chain = ""
		for text, want := range map[string]Round{string(object): r.Round, FormatRound(r.Round): unnamed} {
			if got, err := ReadRounds([]byte(text)); err != nil || len(got) != 1 || got[0] != want {
				t.Errorf("%.80s read as %+v, %v", text, got, err)
			}
		}
		accepted++
	}
	refused := 0
	for _, r := range readRounds(t).Refused {
		c := Quicknet()
		if r.Chain == "default" {
			c = DefaultChain()
		}
		rho, err := Round{Number: r.Round, Signature: r.Signature, Previous: r.Previous}.Check(c)
		if fault.Code(err) != "beacon.bad-signature" {
			t.Errorf("%s round %d (%s): %s, %v", r.Chain, r.Round, r.Source, rho, err)
			continue
		}
		refused++
	}
	t.Logf("%d real rounds accepted, %d false ones refused", accepted, refused)
	if accepted != 23 || refused != 2 {
		t.Errorf("%d accepted, %d refused; want 23 and 2", accepted, refused)
	}
}

// TestBitFlips flips single bits of real rounds: every bit of every signature,
// every bit of the round number, every eighth bit of the previous signature. All
// are refused.
func TestBitFlips(t *testing.T) {
	codes, flips, stride := map[string]int{}, 0, 1
	if testing.Short() {
		stride = 16
	}
	try := func(r realRound, number uint64, previous, signature []byte) {
		flips++
		var rho string
		var err error
		if r.Previous == "" {
			rho, err = Verify(r.chain, number, signature)
		} else {
			rho, err = VerifyChained(r.chain, number, previous, signature)
		}
		if err == nil {
			t.Errorf("%s round %d taken for %d with %s", r.chain.BeaconID, r.Number, number, rho)
		}
		codes[fault.Code(err)]++
	}
	flip := func(b []byte, bit int) []byte {
		b = append([]byte(nil), b...)
		b[bit/8] ^= 0x80 >> (bit % 8)
		return b
	}
	for _, r := range everyRound(t) {
		signature, previous := unhex(t, r.Signature), unhex(t, r.Previous)
		for bit := 0; bit < 8*len(signature); bit += stride {
			try(r, r.Number, previous, flip(signature, bit))
		}
		for bit := 0; bit < 64; bit += stride {
			try(r, r.Number^1<<bit, previous, signature)
		}
		for bit := 0; bit < 8*len(previous); bit += 8 * stride {
			try(r, r.Number, flip(previous, bit), signature)
		}
	}
	t.Logf("%d bit flips refused: %v", flips, codes)
	if stride == 1 && flips < 10000 {
		t.Errorf("only %d bit flips were tried", flips)
	}
	for _, code := range []string{"beacon.bad-point", "beacon.bad-signature", "beacon.bad-round"} {
		if codes[code] == 0 {
			t.Errorf("no flip was refused with %s", code)
		}
	}
}

// TestChainedIsForReading: no way of a draw leads to a round of the old chain.
func TestChainedIsForReading(t *testing.T) {
	for _, r := range everyRound(t)[16:] {
		_, err := Find(r.chain.Hash)
		wantCode(t, err, "beacon.unknown-chain")
		_, err = Verify(r.chain, r.Number, unhex(t, r.Signature))
		wantCode(t, err, "beacon.bad-length")
		_, err = r.Check(Quicknet())
		wantCode(t, err, "beacon.wrong-chain")
		r.Chain = ""
		_, err = r.Check(Quicknet())
		wantCode(t, err, "beacon.bad-length")
		object, err := json.Marshal(r.Round)
		if err != nil {
			t.Fatal(err)
		}
		for _, text := range []string{string(object), FormatRound(r.Round)} {
			_, err = ParseRound([]byte(text))
			wantCode(t, err, "beacon.bad-signature-form")
		}
	}
	_, err := VerifyChained(Quicknet(), 1000, make([]byte, 96), make([]byte, 96))
	wantCode(t, err, "beacon.unknown-scheme")
}

func TestChainedRefuses(t *testing.T) {
	all := everyRound(t)[16:]
	c, r := DefaultChain(), all[3]
	signature, previous := unhex(t, r.Signature), unhex(t, r.Previous)
	var point bls12381.G2
	if err := point.SetBytes(signature); err != nil {
		t.Fatal(err)
	}
	long := point.Bytes()
	var again bls12381.G2
	if err := again.SetBytes(long); err != nil || !again.IsEqual(&point) {
		t.Fatalf("the library no longer reads the uncompressed point: %v; is the length check still needed?", err)
	}
	identity := append([]byte{0xc0}, make([]byte, 95)...)
	dirty := append([]byte{0xe0}, make([]byte, 95)...)
	opposite := point
	opposite.Neg()
	group := unhex(t, c.GroupHash)
	for name, tc := range map[string]struct {
		round               uint64
		previous, signature []byte
		code                string
	}{
		"uncompressed":           {r.Number, previous, long, "beacon.bad-length"},
		"empty":                  {r.Number, previous, nil, "beacon.bad-length"},
		"48 bytes":               {r.Number, previous, signature[:48], "beacon.bad-length"},
		"97 bytes":               {r.Number, previous, append(signature, 0), "beacon.bad-length"},
		"round 0":                {0, previous, signature, "beacon.bad-round"},
		"round 2^53":             {MaxRound + 1, previous, signature, "beacon.bad-round"},
		"no previous":            {r.Number, nil, signature, "beacon.bad-length"},
		"previous of round 1":    {r.Number, group, signature, "beacon.bad-length"},
		"round 1, long previous": {1, previous, unhex(t, all[0].Signature), "beacon.bad-length"},
		"round 1, other group":   {1, unhex(t, c.Hash), unhex(t, all[0].Signature), "beacon.bad-signature"},
		"identity":               {r.Number, previous, identity, "beacon.identity"},
		"identity with sign":     {r.Number, previous, dirty, "beacon.bad-point"},
		"negated":                {r.Number, previous, opposite.BytesCompressed(), "beacon.bad-signature"},
		"generator":              {r.Number, previous, bls12381.G2Generator().BytesCompressed(), "beacon.bad-signature"},
		"its own previous":       {r.Number, signature, signature, "beacon.bad-signature"},
		"changed places":         {r.Number, signature, previous, "beacon.bad-signature"},
		"all ones":               {r.Number, previous, []byte(strings.Repeat("\xff", 96)), "beacon.bad-point"},
	} {
		rho, err := VerifyChained(c, tc.round, tc.previous, tc.signature)
		if fault.Code(err) != tc.code {
			t.Errorf("%s: %s, %v; want %s", name, rho, err, tc.code)
		}
	}
	// Round 2 signs round 1's signature: the chain can be followed.
	if all[1].Previous != all[0].Signature || all[0].Previous != c.GroupHash {
		t.Error("the first rounds do not follow each other")
	}
	// The description is held to its hash here as well.
	for name, change := range map[string]func(*Chain){
		"hash":   func(c *Chain) { c.Hash = Quicknet().Hash },
		"key":    func(c *Chain) { c.PublicKey = hex.EncodeToString(bls12381.G1Generator().BytesCompressed()) },
		"period": func(c *Chain) { c.Period = 3 },
		"group":  func(c *Chain) { c.GroupHash = c.Hash },
		"id":     func(c *Chain) { c.BeaconID = "quicknet" },
		"identity": func(c *Chain) {
			c.PublicKey = "c0" + strings.Repeat("0", 94)
			c.Hash = c.hash(unhex(t, c.PublicKey), group)
		},
		"no point": func(c *Chain) {
			c.PublicKey = strings.Repeat("9", 96)
			c.Hash = c.hash(unhex(t, c.PublicKey), group)
		},
		"key of 96": func(c *Chain) { c.PublicKey = Quicknet().PublicKey },
	} {
		altered := DefaultChain()
		change(&altered)
		_, err := VerifyChained(altered, r.Number, previous, signature)
		if fault.Code(err) != "beacon.bad-chain" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestReadRounds(t *testing.T) {
	all := everyRound(t)
	q, d := all[4].Round, all[19].Round
	mixed := fmt.Sprintf("%s\n%s\n", FormatRound(q), FormatRound(d))
	got, err := ReadRounds([]byte(mixed))
	if err != nil || len(got) != 2 || got[0].Previous != "" || got[1].Previous != d.Previous {
		t.Errorf("a file of both chains: %+v, %v", got, err)
	}
	gaps := fmt.Sprintf("%d %s %s\t%s %s", d.Number, strings.ToUpper(d.Previous[:50]), d.Previous[50:], d.Signature[:7], d.Signature[7:])
	if got, err := ReadRounds([]byte(gaps)); err != nil || got[0].Signature != d.Signature || got[0].Previous != d.Previous {
		t.Errorf("typed with gaps: %+v, %v", got, err)
	}
	object := func(previous string) string {
		return fmt.Sprintf(`{"round":%d,%s"signature":"%s"}`, d.Number, previous, d.Signature)
	}
	for text, code := range map[string]string{
		object(""):                           "beacon.bad-signature-form",
		object(`"previous_signature":"",`):   "beacon.bad-signature-form",
		object(`"previous_signature":"zz",`): "beacon.bad-signature-form",
		object(`"previous_signature":"` + DefaultChain().GroupHash + `",`):                             "beacon.bad-signature-form",
		object(`"previous_signature":"` + d.Previous + `","previous_signature":"` + d.Previous + `",`): "beacon.duplicate-member",
		object(`"randomness":"` + q.Chain + `","previous_signature":"` + d.Previous + `",`):            "beacon.wrong-randomness",
		fmt.Sprintf("%d %s", d.Number, d.Signature):                                                    "beacon.bad-signature-form",
		fmt.Sprintf("1 %s %s", d.Previous, d.Signature):                                                "beacon.bad-signature-form",
		fmt.Sprintf("%d %s %s", q.Number, q.Signature, q.Signature):                                    "beacon.bad-signature-form",
		FormatRound(d) + "\n" + FormatRound(d):                                                         "beacon.duplicate-round",
	} {
		_, err := ReadRounds([]byte(text))
		if fault.Code(err) != code {
			t.Errorf("%.90q: got %v, want %s", text, err, code)
		}
	}
}

// FuzzReadRounds: what is read is written in its one form and read again.
func FuzzReadRounds(f *testing.F) {
	all := everyRound(f)
	for _, i := range []int{4, 16, 19} {
		object, err := json.Marshal(all[i].Round)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(object)
		f.Add([]byte(FormatRound(all[i].Round) + "\n" + FormatRound(all[5].Round)))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		rounds, err := ReadRounds(data)
		if err != nil {
			if fault.Code(err) == "" {
				t.Errorf("error without a code: %v", err)
			}
			return
		}
		var text strings.Builder
		for i := range rounds {
			rounds[i].Chain = ""
			text.WriteString(FormatRound(rounds[i]) + "\n")
		}
		again, err := ReadRounds([]byte(text.String()))
		if err != nil || fmt.Sprint(again) != fmt.Sprint(rounds) {
			t.Errorf("%+v comes back as %+v, %v", rounds, again, err)
		}
	})
}

func BenchmarkVerifyChained(b *testing.B) {
	r := everyRound(b)[19]
	for b.Loop() {
		if _, err := r.Check(r.chain); err != nil {
			b.Fatal(err)
		}
	}
}

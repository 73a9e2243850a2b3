package beacon

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"

	"github.com/cloudflare/circl/ecc/bls12381"

	"github.com/sunlot/sunlot/internal/fault"
)

// realRounds is testdata/rounds.json: rounds that the League of Entropy made,
// and what other people's verifiers found bad.
type realRounds struct {
	Note     string
	Quicknet drandInfo
	Default  drandInfo
	Rounds   []struct {
		Round                         uint64
		Time                          int64
		Signature, Randomness, Source string
		RandomnessSource              string `json:"randomness_source"`
	}
	DefaultRounds []struct {
		Round                         uint64
		Time                          int64
		Signature, Randomness, Source string
		Previous                      string `json:"previous_signature"`
		RandomnessSource              string `json:"randomness_source"`
	} `json:"default_rounds"`
	Refused []struct {
		Chain             string
		Round             uint64
		Signature, Source string
		Previous          string `json:"previous_signature"`
	}
}

type drandInfo struct {
	PublicKey string `json:"public_key"`
	Period    int64
	Genesis   int64 `json:"genesis_time"`
	Hash      string
	GroupHash string
	Scheme    string `json:"schemeID"`
	BeaconID  string
}

func (i drandInfo) chain() Chain {
	return Chain{Hash: i.Hash, Scheme: i.Scheme, PublicKey: i.PublicKey, Period: i.Period,
		Genesis: i.Genesis, GroupHash: i.GroupHash, BeaconID: i.BeaconID}
}

func readRounds(t testing.TB) realRounds {
	t.Helper()
	data, err := os.ReadFile("testdata/rounds.json")
	if err != nil {
		t.Fatal(err)
	}
	var r realRounds
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	if len(r.Rounds) != 16 || len(r.DefaultRounds) != 7 || len(r.Refused) != 2 {
		t.Fatalf("testdata/rounds.json holds %d and %d rounds and %d refused ones", len(r.Rounds), len(r.DefaultRounds), len(r.Refused))
	}
	return r
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(s)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	if fault.Code(err) != code {
		t.Errorf("got error %v, want %s", err, code)
	}
}

// TestQuicknetIsWhatDrandPublishes recomputes the chain hash from the info, for
// the pinned chain and for drand's first one, whose id is not hashed.
func TestQuicknetIsWhatDrandPublishes(t *testing.T) {
	real := readRounds(t)
	if Quicknet() != real.Quicknet.chain() {
		t.Errorf("pinned %+v, published %+v", Quicknet(), real.Quicknet.chain())
	}
	if DefaultChain() != real.Default.chain() {
		t.Errorf("pinned %+v, published %+v", DefaultChain(), real.Default.chain())
	}
	for _, c := range []Chain{Quicknet(), real.Default.chain()} {
		if got := c.hash(unhex(t, c.PublicKey), unhex(t, c.GroupHash)); got != c.Hash {
			t.Errorf("chain %s: hash recomputed as %s, want %s", c.BeaconID, got, c.Hash)
		}
	}
	if c, err := Find(Quicknet().Hash); err != nil || c != Quicknet() {
		t.Errorf("Find(quicknet) = %+v, %v", c, err)
	}
	_, err := Find(real.Default.Hash)
	wantCode(t, err, "beacon.unknown-chain")
}

func TestRealRounds(t *testing.T) {
	real := readRounds(t)
	c := Quicknet()
	for _, r := range real.Rounds {
		rho, err := Verify(c, r.Round, unhex(t, r.Signature))
		if err != nil || rho != r.Randomness {
			t.Errorf("round %d: %s, %v; want %s", r.Round, rho, err, r.Randomness)
		}
		if got := c.Time(r.Round); got != r.Time {
			t.Errorf("time of round %d is %d, want %d", r.Round, got, r.Time)
		}
		for _, unix := range []int64{r.Time, r.Time + 1, r.Time + 2} {
			if got := c.RoundAt(unix); got != r.Round {
				t.Errorf("round at %d is %d, want %d", unix, got, r.Round)
			}
		}
		if got := c.RoundAt(r.Time - 1); got != r.Round-1 {
			t.Errorf("round before %d is %d, want %d", r.Time, got, r.Round-1)
		}
	}
}

func TestRefusedRounds(t *testing.T) {
	real := readRounds(t)
	for _, r := range real.Refused {
		if rho, err := Verify(Quicknet(), r.Round, unhex(t, r.Signature)); err == nil {
			t.Errorf("%s round %d (%s) accepted with %s", r.Chain, r.Round, r.Source, rho)
		}
	}
	for _, r := range real.DefaultRounds {
		_, err := Verify(Quicknet(), r.Round, unhex(t, r.Signature))
		wantCode(t, err, "beacon.bad-length")
	}
	for i, r := range real.Rounds {
		other := real.Rounds[(i+1)%len(real.Rounds)]
		_, err := Verify(Quicknet(), other.Round, unhex(t, r.Signature))
		wantCode(t, err, "beacon.bad-signature")
	}
	_, err := Verify(real.Default.chain(), 1000, unhex(t, real.Rounds[4].Signature))
	wantCode(t, err, "beacon.unknown-scheme")
}

// TestEveryBitCounts flips each of the 384 bits of a signature.
func TestEveryBitCounts(t *testing.T) {
	r := readRounds(t).Rounds[4]
	signature := unhex(t, r.Signature)
	codes := map[string]int{}
	for bit := range 8 * len(signature) {
		flipped := append([]byte(nil), signature...)
		flipped[bit/8] ^= 0x80 >> (bit % 8)
		rho, err := Verify(Quicknet(), r.Round, flipped)
		if err == nil {
			t.Errorf("bit %d flipped: accepted with %s", bit, rho)
		}
		codes[fault.Code(err)]++
	}
	// The sign bit gives the negated point, a good encoding: only the pairing
	// refuses it. All others fall out of the curve or of the subgroup.
	if codes["beacon.bad-signature"] != 1 || codes["beacon.bad-point"] != 383 {
		t.Errorf("refusals by code: %v", codes)
	}
}

// TestOneEncodingOnly tries the other writings of a good point.
func TestOneEncodingOnly(t *testing.T) {
	r := readRounds(t).Rounds[4]
	signature := unhex(t, r.Signature)
	var point bls12381.G1
	if err := point.SetBytes(signature); err != nil {
		t.Fatal(err)
	}
	long := point.Bytes()
	var again bls12381.G1
	if err := again.SetBytes(long); err != nil || !again.IsEqual(&point) {
		t.Fatalf("the library no longer reads the uncompressed point: %v; is the length check still needed?", err)
	}
	_, err := Verify(Quicknet(), r.Round, long)
	wantCode(t, err, "beacon.bad-length")
	identity := append([]byte{0xc0}, make([]byte, 47)...)
	_, err = Verify(Quicknet(), r.Round, identity)
	wantCode(t, err, "beacon.identity")
	for n := range 120 {
		if n == 48 {
			continue
		}
		b := make([]byte, n)
		copy(b, signature)
		_, err := Verify(Quicknet(), r.Round, b)
		wantCode(t, err, "beacon.bad-length")
	}
}

// TestSmallOrder adds a point of order 3 to a good signature. The pairing does
// not see it; the subgroup check does.
func TestSmallOrder(t *testing.T) {
	r := readRounds(t).Rounds[4]
	signature := unhex(t, r.Signature)
	good := decompress(t, signature)
	three := affine{x: number(0), y: number(2)}
	if !three.onCurve() || !good.onCurve() {
		t.Fatal("reference points are not on the curve")
	}
	if double := three.add(three); double.x.Cmp(three.x) != 0 || double.y.Cmp(negate(three.y)) != 0 {
		t.Fatal("(0, 2) is not of order 3")
	}
	for _, p := range []affine{good.add(three), good.add(three).add(three), three} {
		if !p.onCurve() {
			t.Fatal("sum is not on the curve")
		}
		_, err := Verify(Quicknet(), r.Round, p.compress())
		wantCode(t, err, "beacon.bad-point")
	}
	back := good.add(three).add(three).add(three)
	if string(back.compress()) != string(signature) {
		t.Error("the reference arithmetic does not come back to the signature")
	}
}

// TestUnreducedX writes x as x + p where that fits into 381 bits.
func TestUnreducedX(t *testing.T) {
	tried := 0
	for _, r := range readRounds(t).Rounds {
		second := unreduced(unhex(t, r.Signature))
		if second == nil {
			continue
		}
		tried++
		_, err := Verify(Quicknet(), r.Round, second)
		wantCode(t, err, "beacon.bad-point")
	}
	if tried == 0 {
		t.Error("no round has a second encoding: the case was not tried")
	}
}

func TestOwnChain(t *testing.T) {
	c, sign := ownChain(t)
	for _, round := range []uint64{1, 2, 1 << 40, MaxRound} {
		signature := sign(round, dst, true)
		rho, err := Verify(c, round, signature)
		sum := sha256.Sum256(signature)
		if err != nil || rho != hex.EncodeToString(sum[:]) {
			t.Errorf("round %d: %s, %v", round, rho, err)
		}
	}
	_, err := Verify(c, 5, sign(5, "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_", true))
	wantCode(t, err, "beacon.bad-signature")
	_, err = Verify(c, 5, sign(5, dst, false))
	wantCode(t, err, "beacon.bad-signature")
	for _, round := range []uint64{0, MaxRound + 1, math.MaxUint64} {
		_, err = Verify(c, round, sign(round, dst, true))
		wantCode(t, err, "beacon.bad-round")
	}
}

// TestAlteredChain changes each member of the description in turn.
func TestAlteredChain(t *testing.T) {
	r := readRounds(t).Rounds[4]
	signature := unhex(t, r.Signature)
	own, _ := ownChain(t)
	zero := "c" + strings.Repeat("0", 191)
	rehash := func(c *Chain) { c.Hash = c.hash(unhex(t, c.PublicKey), unhex(t, c.GroupHash)) }
	for name, tc := range map[string]struct {
		change func(*Chain)
		code   string
	}{
		"hash":               {func(c *Chain) { c.Hash = own.Hash }, "beacon.bad-chain"},
		"scheme":             {func(c *Chain) { c.Scheme = "bls-unchained-on-g1" }, "beacon.unknown-scheme"},
		"key":                {func(c *Chain) { c.PublicKey = own.PublicKey }, "beacon.bad-chain"},
		"key, hash fitting":  {func(c *Chain) { c.PublicKey = own.PublicKey; rehash(c) }, "beacon.bad-signature"},
		"key upper case":     {func(c *Chain) { c.PublicKey = strings.ToUpper(c.PublicKey) }, "beacon.bad-chain"},
		"key identity":       {func(c *Chain) { c.PublicKey = zero; rehash(c) }, "beacon.bad-chain"},
		"key not a point":    {func(c *Chain) { c.PublicKey = c.PublicKey[:191] + "b"; rehash(c) }, "beacon.bad-chain"},
		"key short":          {func(c *Chain) { c.PublicKey = c.PublicKey[:96] }, "beacon.bad-chain"},
		"period":             {func(c *Chain) { c.Period = 4 }, "beacon.bad-chain"},
		"period none":        {func(c *Chain) { c.Period = 0; rehash(c) }, "beacon.bad-chain"},
		"period beyond be32": {func(c *Chain) { c.Period += 1 << 32 }, "beacon.bad-chain"},
		"genesis":            {func(c *Chain) { c.Genesis++ }, "beacon.bad-chain"},
		"genesis negative":   {func(c *Chain) { c.Genesis = -1; rehash(c) }, "beacon.bad-chain"},
		"group":              {func(c *Chain) { c.GroupHash = c.Hash }, "beacon.bad-chain"},
		"group short":        {func(c *Chain) { c.GroupHash = c.GroupHash[:62] }, "beacon.bad-chain"},
		"id":                 {func(c *Chain) { c.BeaconID = "quicknet-t" }, "beacon.bad-chain"},
	} {
		t.Run(name, func(t *testing.T) {
			c := Quicknet()
			tc.change(&c)
			_, err := Verify(c, r.Round, signature)
			wantCode(t, err, tc.code)
		})
	}
}

func TestTimes(t *testing.T) {
	c := Quicknet()
	for _, tc := range []struct {
		unix  int64
		round uint64
	}{
		{math.MinInt64, 0}, {-1, 0}, {0, 0}, {c.Genesis - 1, 0},
		{c.Genesis, 1}, {c.Genesis + 2, 1}, {c.Genesis + 3, 2},
		{c.Genesis + 3*(MaxRound-1) + 2, MaxRound}, {c.Genesis + 3*MaxRound, 0}, {math.MaxInt64, 0},
	} {
		if got := c.RoundAt(tc.unix); got != tc.round {
			t.Errorf("RoundAt(%d) = %d, want %d", tc.unix, got, tc.round)
		}
	}
	for _, round := range []uint64{0, MaxRound + 1, math.MaxUint64} {
		if got := c.Time(round); got != 0 {
			t.Errorf("Time(%d) = %d, want 0", round, got)
		}
	}
	if got, want := c.Time(MaxRound), c.Genesis+3*(MaxRound-1); got != want {
		t.Errorf("Time(MaxRound) = %d, want %d", got, want)
	}
	for _, bad := range []Chain{{}, {Period: -3, Genesis: 1}, {Period: 3, Genesis: -1}} {
		if bad.RoundAt(100) != 0 || bad.Time(1) != 0 {
			t.Errorf("chain %+v has rounds", bad)
		}
	}
}

func BenchmarkVerify(b *testing.B) {
	r := readRounds(b).Rounds[4]
	signature := unhex(b, r.Signature)
	for b.Loop() {
		if _, err := Verify(Quicknet(), r.Round, signature); err != nil {
			b.Fatal(err)
		}
	}
}

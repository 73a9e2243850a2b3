package beacon

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/cloudflare/circl/ecc/bls12381"
)

var update = flag.Bool("update", false, "write spec/vectors/beacon anew")

const vectorDir = "../../spec/vectors/beacon"

// TestVectors holds the files of spec/vectors/beacon to what this test derives
// from the real rounds, and runs each.
func TestVectors(t *testing.T) {
	made := makeVectors(t)
	if *update {
		for name, data := range made {
			if err := os.WriteFile(filepath.Join(vectorDir, name), data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	files, err := filepath.Glob(vectorDir + "/*.json")
	if err != nil {
		t.Fatal(err)
	}
	failing := 0
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if err := RunVector(data); err != nil {
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

// TestRunVectorNotices changes what a good and a bad case expect.
func TestRunVectorNotices(t *testing.T) {
	made := makeVectors(t)
	good, bad := string(made["good-round-1000.json"]), string(made["bad-wrong-round.json"])
	for _, text := range []string{
		strings.Replace(good, `"rho": "fe`, `"rho": "ef`, 1),
		strings.Replace(good, `"time": 1692806364`, `"time": 1692806365`, 1),
		strings.Replace(good, `"round": 1000,`, `"round": 1001,`, 1),
		strings.Replace(good, `"desc"`, `"description"`, 1),
		strings.Replace(good, `"draw1"`, `"draw2"`, 1),
		strings.Replace(good, `"signature": "b4`, `"signature": "zz`, 1),
		strings.Replace(bad, `"error": "bad-signature"`, `"error": "bad-point"`, 1),
		strings.Replace(bad, `"error": "bad-signature"`, `"at": 5, "error": "bad-signature"`, 1),
		strings.Replace(bad, `"round": 1001`, `"round": 1000`, 1),
		good + "{}", "", "[]", "null", "{}",
	} {
		if text == good || text == bad {
			t.Fatal("nothing was changed")
		}
		if err := RunVector([]byte(text)); err == nil {
			t.Errorf("accepted %.300s", text)
		}
	}
}

// makeVectors derives all cases, by file name.
func makeVectors(t *testing.T) map[string][]byte {
	t.Helper()
	m := vectorMaker{t: t, real: readRounds(t), out: map[string][]byte{}}
	m.good()
	m.badBytes()
	m.badChains()
	m.badTexts()
	m.chained()
	return m.out
}

type vectorMaker struct {
	t    *testing.T
	real realRounds
	out  map[string][]byte
}

func (m *vectorMaker) put(name string, v vector) {
	m.t.Helper()
	v.Version = "draw1"
	if v.Chain == "" {
		v.Chain = Quicknet().Hash
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		m.t.Fatal(err)
	}
	if _, twice := m.out[name+".json"]; twice {
		m.t.Fatalf("vector %s made twice", name)
	}
	m.out[name+".json"] = b.Bytes()
}

func (m *vectorMaker) good() {
	for _, i := range []int{0, 4, 14, 15} {
		r := m.real.Rounds[i]
		m.put(fmt.Sprintf("good-round-%d", r.Round), vector{Desc: "a real round of quicknet",
			Round: &r.Round, Signature: &r.Signature, Expect: &expectation{r.Randomness, r.Round, r.Time}})
	}
	r := m.real.Rounds[4]
	expect := &expectation{r.Randomness, r.Round, r.Time}
	for name, text := range map[string]string{
		"relay":   fmt.Sprintf(`{"round":%d,"randomness":"%s","signature":"%s"}`, r.Round, r.Randomness, r.Signature),
		"members": fmt.Sprintf(`{"signature":"%s","previous_signature":"","round":%d,"chain":"%s"}`, r.Signature, r.Round, Quicknet().Hash),
		"typed":   "1000 " + strings.ToUpper(r.Signature[:32]) + "  " + r.Signature[32:] + "\r\n",
	} {
		m.put("good-text-"+name, vector{Desc: "a real round as text: " + name, Text: &text, Expect: expect})
	}
	for name, at := range map[string]int64{"genesis": 1692803367, "within": 1692806366, "before-genesis": 1692803366, "epoch": 0} {
		n := uint64(0)
		if at >= 1692803367 {
			n = uint64(at-1692803367)/3 + 1
		}
		e := &expectation{Round: n}
		if n > 0 {
			e.Time = 1692803367 + int64(n-1)*3
		}
		m.put("time-"+name, vector{Desc: "the latest round public at a Unix time, 0 if none", At: &at, Expect: e})
	}
	c, sign := ownChain(m.t)
	n, signature := uint64(MaxRound), hex.EncodeToString(sign(MaxRound, dst, true))
	rho, err := Verify(c, n, sign(MaxRound, dst, true))
	if err != nil {
		m.t.Fatal(err)
	}
	m.put("good-own-chain", vector{Desc: "the last round number, on a chain made for this case", Chain: c.Hash, Info: describe(c),
		Round: &n, Signature: &signature, Expect: &expectation{rho, n, c.Time(n)}})
}

func describe(c Chain) *info {
	return &info{c.PublicKey, c.Period, c.Genesis, c.GroupHash, c.Scheme, c.BeaconID}
}

func (m *vectorMaker) bad(name, desc string, round uint64, signature []byte, code string) {
	m.t.Helper()
	text := hex.EncodeToString(signature)
	m.put("bad-"+name, vector{Desc: desc, Round: &round, Signature: &text, Error: code})
}

func (m *vectorMaker) badBytes() {
	t := m.t
	r := m.real.Rounds[4]
	sig := unhex(t, r.Signature)
	alter := func(at int, with byte) []byte {
		b := slices.Clone(sig)
		b[at] ^= with
		return b
	}
	var point bls12381.G1
	if err := point.SetBytes(sig); err != nil {
		t.Fatal(err)
	}
	identity := make([]byte, 96)
	outside, lost := outsider(t)
	three := affine{x: number(0), y: number(2)}
	good := decompress(t, sig)

	m.bad("uncompressed", "the good point in 96 bytes: a library may read it, its hash would be a second rho", 1000, point.Bytes(), "bad-length")
	m.bad("empty", "no bytes", 1000, nil, "bad-length")
	m.bad("short", "47 bytes", 1000, sig[:47], "bad-length")
	m.bad("long", "49 bytes", 1000, append(slices.Clone(sig), 0), "bad-length")
	m.bad("other-chain-round", "round 1000 of drand's first chain: a point of G2 in 96 bytes", 1000, unhex(t, m.real.DefaultRounds[3].Signature), "bad-length")
	identity[0] = 0x40
	m.bad("identity-uncompressed", "the identity in 96 bytes", 1000, identity, "bad-length")
	identity[0] = 0xc0
	m.bad("identity", "the identity, compressed", 1000, identity[:48], "identity")
	m.bad("identity-sign", "the identity with the sign bit", 1000, append([]byte{0xe0}, identity[1:48]...), "bad-point")
	m.bad("identity-dirty", "the infinity bit on other digits than zero", 1000, alter(0, 0x40), "bad-point")
	m.bad("flag-cleared", "the compression bit is missing", 1000, alter(0, 0x80), "bad-point")
	m.bad("negated", "the sign bit flipped: a good point, the wrong one", 1000, alter(0, 0x20), "bad-signature")
	m.bad("last-bit", "the last bit flipped", 1000, alter(47, 1), "bad-point")
	m.bad("not-on-curve", "no point has this x", 1000, lost, "bad-point")
	m.bad("outside-subgroup", "on the curve, not in the subgroup", 1000, outside, "bad-point")
	m.bad("order-3", "the point (0, 2) of order 3", 1000, three.compress(), "bad-point")
	m.bad("plus-order-3", "the good point plus (0, 2): passes the pairing, is not in the subgroup", 1000, good.add(three).compress(), "bad-point")
	m.bad("unreduced", "round 1006 with x + p in place of x", 1006, unreduced(unhex(t, m.real.Rounds[10].Signature)), "bad-point")
	m.bad("x-is-p", "x = p, a second zero", 1000, affine{x: prime, y: number(2)}.compress(), "bad-point")
	m.bad("all-ones", "48 bytes of ones", 1000, bytes.Repeat([]byte{0xff}, 48), "bad-point")
	m.bad("generator", "the generator, which signs nothing", 1000, bls12381.G1Generator().BytesCompressed(), "bad-signature")
	m.bad("wrong-round", "the signature of round 1000 for round 1001", 1001, sig, "bad-signature")
	m.bad("seen-elsewhere", "refused by another verifier's documentation", m.real.Refused[0].Round, unhex(t, m.real.Refused[0].Signature), "bad-signature")
	m.bad("round-0", "rounds begin with 1", 0, sig, "bad-round")
	m.bad("round-too-great", "2^53", MaxRound+1, sig, "bad-round")
}

func (m *vectorMaker) badChains() {
	r := m.real.Rounds[4]
	put := func(name, desc, code string, c Chain) {
		m.put("bad-chain-"+name, vector{Desc: desc, Chain: c.Hash, Info: describe(c), Round: &r.Round, Signature: &r.Signature, Error: code})
	}
	m.put("bad-chain-unknown", vector{Desc: "a chain hash that is not pinned", Chain: m.real.Default.Hash, Round: &r.Round, Signature: &r.Signature, Error: "unknown-chain"})
	own, sign := ownChain(m.t)
	put("other", "another chain with another key", "bad-signature", own)
	for name, change := range map[string]func(*Chain){
		"period":  func(c *Chain) { c.Period = 30 },
		"genesis": func(c *Chain) { c.Genesis-- },
		"key":     func(c *Chain) { c.PublicKey = own.PublicKey },
		"group":   func(c *Chain) { c.GroupHash = own.GroupHash },
		"id":      func(c *Chain) { c.BeaconID = "default" },
	} {
		c := Quicknet()
		change(&c)
		put(name, "the chain's "+name+" is not what its hash covers", "bad-chain", c)
	}
	c := Quicknet()
	c.Scheme = "bls-unchained-on-g1"
	put("scheme", "another scheme, which the hash does not cover", "unknown-scheme", c)

	five := uint64(5)
	for name, signature := range map[string][]byte{
		"tag":     sign(5, "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_NUL_", true),
		"message": sign(5, dst, false),
	} {
		text := hex.EncodeToString(signature)
		m.put("bad-signed-"+name, vector{Desc: "signed by the right key under another " + name, Chain: own.Hash, Info: describe(own),
			Round: &five, Signature: &text, Error: "bad-signature"})
	}
}

func (m *vectorMaker) badTexts() {
	r := m.real.Rounds[4]
	cases := map[string][2]string{
		"randomness":       {`{"round":1000,"randomness":"` + m.real.Rounds[5].Randomness + `","signature":"` + r.Signature + `"}`, "wrong-randomness"},
		"chain":            {`{"round":1000,"signature":"` + r.Signature + `","chain":"` + m.real.Default.Hash + `"}`, "wrong-chain"},
		"twice":            {`{"round":1000,"round":1001,"signature":"` + r.Signature + `"}`, "duplicate-member"},
		"upper-case":       {`{"round":1000,"signature":"` + strings.ToUpper(r.Signature) + `"}`, "bad-signature-form"},
		"other-case-name":  {`{"ROUND":1000,"signature":"` + r.Signature + `"}`, "bad-form"},
		"round-as-string":  {`{"round":"1000","signature":"` + r.Signature + `"}`, "bad-round"},
		"round-fraction":   {`{"round":1000.0,"signature":"` + r.Signature + `"}`, "bad-round"},
		"round-exponent":   {`{"round":1e3,"signature":"` + r.Signature + `"}`, "bad-round"},
		"no-signature":     {`{"round":1000,"randomness":"` + r.Randomness + `"}`, "bad-form"},
		"two-objects":      {`{"round":1000,"signature":"` + r.Signature + `"}{}`, "bad-form"},
		"truncated":        {`{"round":1000,"signature":"` + r.Signature, "bad-form"},
		"page":             {"<!DOCTYPE html><title>502 Bad Gateway</title>", "bad-form"},
		"typed-short":      {"1000 " + r.Signature[1:], "bad-signature-form"},
		"typed-zero-round": {"01000 " + r.Signature, "bad-round"},
		"typed-wrong":      {"1001 " + r.Signature, "bad-signature"},
		"two-rounds":       {"1000 " + r.Signature + "\n1001 " + m.real.Rounds[5].Signature + "\n", "bad-form"},
		"uncompressed":     {"1000 " + r.Signature + r.Signature, "bad-signature-form"},
	}
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		text := cases[name][0]
		m.put("bad-text-"+name, vector{Desc: "text that is no good round: " + name, Text: &text, Error: cases[name][1]})
	}
}

// chained are the rounds of drand's first chain, which can be read and named by
// no notice.
func (m *vectorMaker) chained() {
	c := DefaultChain()
	put := func(name, desc string, round uint64, previous, signature, code string, e *expectation) {
		m.put(name, vector{Desc: desc, Chain: c.Hash, Round: &round, Previous: &previous, Signature: &signature, Expect: e, Error: code})
	}
	for _, i := range []int{0, 1, 3, 6} {
		r := m.real.DefaultRounds[i]
		put(fmt.Sprintf("good-chained-%d", r.Round), "a real round of drand's first chain, read", r.Round, r.Previous, r.Signature, "",
			&expectation{r.Randomness, r.Round, r.Time})
	}
	r, one := m.real.DefaultRounds[3], m.real.DefaultRounds[0]
	bad := func(name, desc string, round uint64, previous, signature, code string) {
		put("bad-chained-"+name, desc, round, previous, signature, code, nil)
	}
	refused := m.real.Refused[1]
	bad("seen-elsewhere", "refused by another verifier's tests", refused.Round, refused.Previous, refused.Signature, "bad-signature")
	bad("wrong-round", "the signature of the round before", r.Round+1, r.Previous, r.Signature, "bad-signature")
	bad("previous", "another previous signature", r.Round, m.real.DefaultRounds[4].Previous, r.Signature, "bad-signature")
	bad("previous-short", "the previous signature of round 1 elsewhere", r.Round, c.GroupHash, r.Signature, "bad-length")
	bad("previous-long", "96 bytes before round 1", 1, r.Previous, one.Signature, "bad-length")
	bad("last-bit", "the last bit flipped", r.Round, r.Previous, r.Signature[:191]+"3", "bad-point")
	bad("identity", "the identity, compressed", r.Round, r.Previous, "c0"+strings.Repeat("0", 190), "identity")
	bad("identity-sign", "the identity with the sign bit", r.Round, r.Previous, "e0"+strings.Repeat("0", 190), "bad-point")
	bad("quicknet", "48 bytes, as quicknet has them", r.Round, r.Previous, m.real.Rounds[4].Signature, "bad-length")
	bad("round-0", "rounds begin with 1", 0, r.Previous, r.Signature, "bad-round")
	var point bls12381.G2
	if err := point.SetBytes(unhex(m.t, r.Signature)); err != nil {
		m.t.Fatal(err)
	}
	bad("uncompressed", "the good point in 192 bytes", r.Round, r.Previous, hex.EncodeToString(point.Bytes()), "bad-length")
	m.put("bad-chained-named-by-notice", vector{Desc: "a notice cannot name this chain", Chain: c.Hash, Round: &r.Round, Signature: &r.Signature, Error: "unknown-chain"})
	previous, signature := one.Signature, r.Signature
	m.put("bad-chained-on-quicknet", vector{Desc: "quicknet is not chained", Chain: Quicknet().Hash, Round: &r.Round, Previous: &previous, Signature: &signature, Error: "unknown-scheme"})
}

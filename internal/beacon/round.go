package beacon

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/sunlot/sunlot/internal/fault"
)

// MaxBytes is the most that a relay's answer or a file of rounds may hold.
const MaxBytes = 64 << 10

// Round is one round as somebody carried it in: a claim until Check has passed.
// Chain is the chain's hash or, where the source does not say, "". Signature is
// 96 lower-case hex digits. Of a chained round (see ReadRounds) it is 192, and
// Previous the signature before it, else "".
type Round struct {
	Chain     string `json:"chain"`
	Number    uint64 `json:"round"`
	Signature string `json:"signature"`
	Previous  string `json:"previous_signature,omitempty"`
}

// Check verifies the round under c (see Verify, and VerifyChained for a chain of
// that scheme) and returns rho. A round that names another chain is
// beacon.wrong-chain.
func (r Round) Check(c Chain) (rho string, err error) {
	if r.Chain != "" && r.Chain != c.Hash {
		return "", fault.New("beacon.wrong-chain", "round "+strconv.FormatUint(r.Number, 10), clip(r.Chain), c.Hash)
	}
	if c.Scheme == chainedScheme {
		return r.checkChained(c)
	}
	signature, err := hexBytes(r.Signature, signatureBytes)
	if err != nil {
		return "", fault.New("beacon.bad-length", "signature", strconv.Itoa(len(r.Signature))+" characters", "96 lower-case hex digits")
	}
	return Verify(c, r.Number, signature)
}

// FormatRound is the line that a person writes down: number, space, signature;
// of a chained round the previous signature before it.
func FormatRound(r Round) string {
	if r.Previous != "" {
		return strconv.FormatUint(r.Number, 10) + " " + r.Previous + " " + r.Signature
	}
	return strconv.FormatUint(r.Number, 10) + " " + r.Signature
}

// ParseRound reads exactly one round: the JSON object that a relay serves at
// /public/<n> or /<chain hash>/public/<n>, or a line `round signature` typed by
// hand (see FormatRound). It does not verify the signature.
//
// Of an object the members round and signature count and must be there once;
// randomness and chain count if present: the first must be the SHA-256 of the
// signature, the second 64 hex digits. Other members are skipped, for relays
// add some. In a line upper case, full-width characters and gaps within the
// signature are allowed, as they come from paper and from input methods.
func ParseRound(data []byte) (Round, error) {
	rounds, err := ParseRounds(data)
	if err != nil {
		return Round{}, err
	}
	if len(rounds) != 1 {
		return Round{}, fault.New("beacon.bad-form", "rounds", strconv.Itoa(len(rounds)), "one round")
	}
	return rounds[0], nil
}

// ParseRounds reads a file of rounds: one object, an array of objects, or lines
// (see ParseRound). No round may stand there twice.
func ParseRounds(data []byte) ([]Round, error) { return reader{}.rounds(data) }

// ReadRounds reads a file of rounds for looking at, of the chain of draws and of
// drand's older default chain, where each round has its Previous. A draw takes
// ParseRounds, which knows no such round. Of an object the member
// previous_signature counts beside the others where the signature has 192 hex
// digits; a line has the previous signature before the signature.
func ReadRounds(data []byte) ([]Round, error) { return reader{chained: true}.rounds(data) }

// reader reads texts of rounds; chained says whether rounds of a chained scheme
// are understood.
type reader struct{ chained bool }

func (p reader) rounds(data []byte) ([]Round, error) {
	if len(data) > MaxBytes {
		return nil, fault.New("beacon.too-large", "rounds", strconv.Itoa(len(data))+" bytes", strconv.Itoa(MaxBytes)+" bytes")
	}
	if !utf8.Valid(data) {
		return nil, fault.New("beacon.bad-form", "rounds", "bytes that are not UTF-8", "JSON or a line `round signature`")
	}
	// Notepad writes a byte order mark.
	data = bytes.TrimSpace(bytes.TrimPrefix(data, []byte("\ufeff")))
	var rounds []Round
	var err error
	if len(data) > 0 && (data[0] == '{' || data[0] == '[') {
		rounds, err = p.json(data)
	} else {
		rounds, err = p.lines(string(data))
	}
	if err != nil {
		return nil, err
	}
	if len(rounds) == 0 {
		return nil, fault.New("beacon.bad-form", "rounds", "nothing", "JSON or a line `round signature`")
	}
	type place struct {
		chained bool
		number  uint64
	}
	seen := make(map[place]bool, len(rounds))
	for _, r := range rounds {
		at := place{r.Previous != "", r.Number}
		if seen[at] {
			return nil, fault.New("beacon.duplicate-round", "rounds", strconv.FormatUint(r.Number, 10), "each round once")
		}
		seen[at] = true
	}
	return rounds, nil
}

const signatureBytes = 48

func (p reader) json(data []byte) ([]Round, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber() // a float64 would round a number instead of refusing it
	var rounds []Round
	first, err := d.Token()
	if err != nil {
		return nil, notJSON(err)
	}
	if first == json.Delim('{') {
		r, err := p.object(d)
		if err != nil {
			return nil, err
		}
		rounds = append(rounds, r)
	} else {
		for d.More() {
			if t, err := d.Token(); err != nil {
				return nil, notJSON(err)
			} else if t != json.Delim('{') {
				return nil, fault.New("beacon.bad-form", "rounds", "an array of something else", "an array of objects")
			}
			r, err := p.object(d)
			if err != nil {
				return nil, err
			}
			rounds = append(rounds, r)
		}
		if _, err := d.Token(); err != nil {
			return nil, notJSON(err)
		}
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, fault.New("beacon.bad-form", "rounds", "something after the JSON value", "one JSON value")
	}
	return rounds, nil
}

// object reads a relay's object after its opening brace. It goes member by
// member: encoding/json would match names in any case and let the last of two
// equal names win, so that two readers of one answer could see two rounds.
func (p reader) object(d *json.Decoder) (Round, error) {
	members := map[string]json.RawMessage{}
	for d.More() {
		name, err := d.Token()
		if err != nil {
			return Round{}, notJSON(err)
		}
		var value json.RawMessage
		if err := d.Decode(&value); err != nil {
			return Round{}, notJSON(err)
		}
		if _, twice := members[name.(string)]; twice {
			return Round{}, fault.New("beacon.duplicate-member", "round", clip(name.(string)), "each member once")
		}
		members[name.(string)] = value
	}
	if _, err := d.Token(); err != nil {
		return Round{}, notJSON(err)
	}
	for _, name := range []string{"round", "signature"} {
		if _, ok := members[name]; !ok {
			return Round{}, fault.New("beacon.bad-form", "round", "an object without "+name, "the members round and signature")
		}
	}
	var r Round
	var err error
	if r.Number, err = parseNumber(string(members["round"])); err != nil {
		return Round{}, err
	}
	if p.chained && len(members["signature"]) == 2*chainedBytes+2 {
		if r.Signature, err = hexMember(members, "signature", chainedBytes); err != nil {
			return Round{}, err
		}
		if r.Previous, err = hexMember(members, "previous_signature", previousBytes(r.Number)); err != nil {
			return Round{}, err
		}
	} else if r.Signature, err = hexMember(members, "signature", signatureBytes); err != nil {
		return Round{}, err
	}
	if _, ok := members["chain"]; ok {
		if r.Chain, err = hexMember(members, "chain", sha256.Size); err != nil {
			return Round{}, err
		}
	}
	if _, ok := members["randomness"]; ok {
		got, err := hexMember(members, "randomness", sha256.Size)
		if err != nil {
			return Round{}, err
		}
		if want := randomness(r.Signature); got != want {
			return Round{}, fault.New("beacon.wrong-randomness", "round "+strconv.FormatUint(r.Number, 10), got, want)
		}
	}
	return r, nil
}

// lines reads `round signature`, one round a line.
func (p reader) lines(text string) ([]Round, error) {
	var rounds []Round
	for line := range strings.Lines(text) {
		fields := strings.Fields(strings.Map(narrow, line))
		if len(fields) == 0 {
			continue
		}
		if c := fields[0][0]; c != '+' && c != '-' && (c < '0' || c > '9') {
			return nil, fault.New("beacon.bad-form", "rounds", clip(fields[0]), "JSON or a line `round signature`")
		}
		number, err := parseNumber(fields[0])
		if err != nil {
			return nil, err
		}
		r := Round{Number: number, Signature: strings.ToLower(strings.Join(fields[1:], ""))}
		if before := 2 * previousBytes(number); p.chained && len(r.Signature) == before+2*chainedBytes && lowerHex(r.Signature) {
			r.Previous, r.Signature = r.Signature[:before], r.Signature[before:]
		} else if len(r.Signature) != 2*signatureBytes || !lowerHex(r.Signature) {
			return nil, fault.New("beacon.bad-signature-form", "round "+fields[0], clip(r.Signature), "96 hex digits")
		}
		rounds = append(rounds, r)
	}
	return rounds, nil
}

// parseNumber reads a round number: decimal, no sign, no leading zero, no
// fraction, 1..MaxRound.
func parseNumber(s string) (uint64, error) {
	n, err := strconv.ParseUint(s, 10, 64)
	if err != nil || n == 0 || n > MaxRound || strconv.FormatUint(n, 10) != s {
		return 0, fault.New("beacon.bad-round", "round", clip(s), "a whole number 1.."+strconv.Itoa(MaxRound))
	}
	return n, nil
}

// hexMember reads a member that must be a string of n bytes in lower-case hex.
// The raw JSON is compared, so that an escaped digit is no digit.
func hexMember(members map[string]json.RawMessage, name string, n int) (string, error) {
	raw := string(members[name])
	if len(raw) != 2*n+2 || raw[0] != '"' || raw[len(raw)-1] != '"' || !lowerHex(raw[1:len(raw)-1]) {
		return "", fault.New("beacon.bad-signature-form", name, clip(raw), strconv.Itoa(2*n)+" lower-case hex digits")
	}
	return raw[1 : len(raw)-1], nil
}

func randomness(signature string) string {
	raw, err := hex.DecodeString(signature)
	if err != nil {
		panic("beacon: signature was checked to be hex: " + err.Error())
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// narrow maps the full-width forms that Chinese input methods produce to ASCII.
func narrow(r rune) rune {
	switch {
	case r >= '！' && r <= '～':
		return r - '！' + '!'
	case r == '\u3000':
		return ' '
	}
	return r
}

func notJSON(err error) error { return fault.Wrap("beacon.bad-form", "rounds", err) }

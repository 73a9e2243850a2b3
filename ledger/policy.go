package ledger

import (
	"bytes"
	"fmt"
	"math/bits"
	"slices"
	"strconv"
	"strings"

	"github.com/sunlot/sunlot/internal/fault"
)

// Bounds of a policy file.
const (
	maxPolicy      = 1 << 16
	maxPolicyLines = 64 // logs, witnesses, groups: each
	maxOverlap     = 16 // witnesses of which all subsets are tried
)

// noQuorum is the predefined name for "no witness needed".
const noQuorum = "none"

// Policy says which checkpoints count, c2sp.org/tlog-policy: those signed by
// one of Logs and cosigned as Quorum demands. The zero Quorum means none.
type Policy struct {
	Logs      []PolicyKey // Name is empty
	Witnesses []PolicyKey
	Groups    []PolicyGroup // each names only witnesses and groups before it
	Quorum    string        // a witness, a group, or "none"
}

// PolicyKey is a log or a witness. Name has a meaning only in the policy.
type PolicyKey struct {
	Name string
	Key  Key
	URL  string // may be empty
}

// PolicyGroup has witnessed a checkpoint when K of its members have.
type PolicyGroup struct {
	Name    string
	K       int
	Members []string
}

// FormatPolicy writes the policy in the form that the folder carries: one
// space, thresholds as numbers, logs, witnesses, groups, quorum. It refuses
// what ParsePolicy would refuse.
func FormatPolicy(p *Policy) ([]byte, error) {
	text := p.text()
	if _, err := ParsePolicy(text); err != nil {
		return nil, err
	}
	return text, nil
}

func (p *Policy) text() []byte {
	var b strings.Builder
	line := func(words ...string) {
		b.WriteString(strings.TrimRight(strings.Join(words, " "), " "))
		b.WriteByte('\n')
	}
	for _, l := range p.Logs {
		line("log", l.Key.String(), l.URL)
	}
	for _, w := range p.Witnesses {
		line("witness", w.Name, w.Key.String(), w.URL)
	}
	for _, g := range p.Groups {
		line("group", g.Name, strconv.Itoa(g.K), strings.Join(g.Members, " "))
	}
	quorum := p.Quorum
	if quorum == "" {
		quorum = noQuorum
	}
	line("quorum", quorum)
	return []byte(b.String())
}

// ParsePolicy reads any file that c2sp.org/tlog-policy allows, comments and
// spare white space included, whose keys are of the types 0x01 (logs) and 0x04
// or 0x06 (witnesses). A witness of type 0x06 is listed so that its lines are
// kept and checked; it does not count, so no group and no quorum may name it.
func ParsePolicy(data []byte) (*Policy, error) {
	if len(data) > maxPolicy {
		return nil, fault.New("ledger.policy-size", "policy", strconv.Itoa(len(data)), fmt.Sprintf("at most %d bytes", maxPolicy))
	}
	for i, c := range data {
		if c < 0x20 && c != '\n' && c != '\t' || c == 0x7f {
			return nil, fault.New("ledger.policy-form", fmt.Sprintf("policy byte %d", i), fmt.Sprintf("0x%02x", c), "no control characters")
		}
	}
	text, ok := strings.CutSuffix(string(data), "\n")
	if !ok {
		return nil, fault.New("ledger.policy-form", "policy", "no newline at the end", "lines")
	}
	r := &policyReader{p: &Policy{}, names: map[string]bool{}, aside: map[string]bool{}, used: map[string]bool{}, keys: map[string]bool{}}
	for i, line := range strings.Split(text, "\n") {
		words := strings.FieldsFunc(line, func(r rune) bool { return r == ' ' || r == '\t' })
		if len(words) == 0 || strings.HasPrefix(words[0], "#") {
			continue
		}
		r.place = fmt.Sprintf("policy line %d", i+1)
		if err := r.line(words); err != nil {
			return nil, err
		}
	}
	if r.p.Quorum == "" {
		return nil, fault.New("ledger.policy-quorum", "policy", "no quorum line", "one")
	}
	return r.p, nil
}

type policyReader struct {
	p     *Policy
	place string
	names map[string]bool // defined so far, witnesses and groups
	aside map[string]bool // of them the witnesses that do not count
	used  map[string]bool // members of some group
	keys  map[string]bool // public keys by kind
}

func (r *policyReader) line(words []string) error {
	switch kind := words[0]; {
	case kind == "log" && (len(words) == 2 || len(words) == 3):
		return r.key("", words[1:], &r.p.Logs, Ed25519)
	case kind == "witness" && (len(words) == 3 || len(words) == 4):
		if err := r.define(words[1]); err != nil {
			return err
		}
		return r.key(words[1], words[2:], &r.p.Witnesses, Cosigning, PostQuantum)
	case kind == "group" && len(words) >= 4:
		return r.group(words[1], words[2], words[3:])
	case kind == "quorum" && len(words) == 2:
		if r.p.Quorum != "" {
			return fault.New("ledger.policy-quorum", r.place, "a second quorum line", "one")
		}
		if words[1] != noQuorum && !r.names[words[1]] {
			return fault.New("ledger.policy-name", r.place, clip(words[1]), "a name of a line before")
		}
		if r.aside[words[1]] {
			return notCounted(r.place, words[1])
		}
		r.p.Quorum = words[1]
		return nil
	}
	return fault.New("ledger.policy-form", r.place, clip(strings.Join(words, " ")), "log, witness, group or quorum")
}

func notCounted(place, name string) error {
	return fault.New("ledger.policy-not-counted", place, clip(name), "a witness with an Ed25519 key, 0x04")
}

func (r *policyReader) define(name string) error {
	if name == noQuorum || r.names[name] {
		return fault.New("ledger.policy-name", r.place, clip(name), "a new name")
	}
	r.names[name] = true
	return nil
}

func (r *policyReader) key(name string, words []string, to *[]PolicyKey, types ...byte) error {
	k, err := parseKey(words[0], types...)
	if err != nil {
		return err
	}
	r.aside[name] = k.Type == PostQuantum
	id := string(k.Type) + string(k.Public)
	if r.keys[id] {
		return fault.New("ledger.policy-duplicate", r.place, clip(words[0]), "each public key once")
	}
	r.keys[id] = true
	if len(*to) == maxPolicyLines {
		return fault.New("ledger.policy-size", r.place, "one more key", fmt.Sprintf("at most %d", maxPolicyLines))
	}
	pk := PolicyKey{Name: name, Key: k}
	if len(words) > 1 {
		pk.URL = words[1]
	}
	*to = append(*to, pk)
	return nil
}

func (r *policyReader) group(name, threshold string, members []string) error {
	if len(r.p.Groups) == maxPolicyLines || len(members) > maxPolicyLines {
		return fault.New("ledger.policy-size", r.place, "one more group", fmt.Sprintf("at most %d", maxPolicyLines))
	}
	k := 0
	switch threshold {
	case "any":
		k = 1
	case "all":
		k = len(members)
	default:
		var err error
		if k, err = strconv.Atoi(threshold); err != nil || strconv.Itoa(k) != threshold || k < 1 || k > len(members) {
			return fault.New("ledger.policy-threshold", r.place, clip(threshold), fmt.Sprintf("any, all or 1..%d", len(members)))
		}
	}
	for _, m := range members {
		if !r.names[m] {
			return fault.New("ledger.policy-name", r.place, clip(m), "a name of a line before")
		}
		if r.aside[m] {
			return notCounted(r.place, m)
		}
		if r.used[m] {
			return fault.New("ledger.policy-duplicate", r.place, clip(m), "each name in one group")
		}
		r.used[m] = true
	}
	r.p.Groups = append(r.p.Groups, PolicyGroup{name, k, members})
	return r.define(name)
}

// Open parses a signed checkpoint and refuses it unless one of the logs signed
// it (origin and key name equal) and the quorum of witnesses is there.
func (p *Policy) Open(checkpoint []byte) (Checkpoint, error) {
	err := error(fault.New("ledger.policy-no-log", "policy", "no log line", "the log's key"))
	for _, l := range p.Logs {
		var c Checkpoint
		var n *Note
		if c, n, err = OpenCheckpoint(checkpoint, l.Key); err != nil {
			continue
		}
		if !p.Satisfied(n) {
			return Checkpoint{}, fault.New("ledger.unwitnessed", "checkpoint of size "+strconv.FormatUint(c.Size, 10),
				fmt.Sprintf("%d cosignatures that verify", len(n.SignedBy(keysOf(p.Witnesses)...))), "quorum "+clip(p.Quorum))
		}
		return c, nil
	}
	return Checkpoint{}, err
}

// Satisfied says whether the witnesses whose lines in the note verify make up
// the quorum. It does not look at the log's signature.
func (p *Policy) Satisfied(n *Note) bool {
	var set uint64
	for i, w := range p.Witnesses {
		if _, ok := n.CosignedAt(w.Key); ok {
			set |= 1 << i
		}
	}
	return p.satisfiedBy(set)
}

// Since is the earliest time, seconds since 1970, by which the witnesses whose
// lines in the note verify made up the quorum: lines with 0 < time ≤ Since do,
// those before it do not. ok is false where all lines together do not, and
// under a policy that needs no witness, for then nothing is dated.
func (p *Policy) Since(n Cosigned) (at int64, ok bool) {
	if p.Quorum == noQuorum || p.Quorum == "" {
		return 0, false
	}
	times := make([]int64, len(p.Witnesses)) // 0: no line
	for i, w := range p.Witnesses {
		if t, ok := n.CosignedAt(w.Key); ok {
			times[i] = int64(t) // CosignedAt refuses more than 63 bits
		}
	}
	tries := slices.Compact(slices.Sorted(slices.Values(times)))
	for _, at = range tries {
		var set uint64
		for i, t := range times {
			if 0 < t && t <= at {
				set |= 1 << i
			}
		}
		if p.satisfiedBy(set) {
			return at, true
		}
	}
	return 0, false
}

// satisfiedBy decides for a set of witnesses, bit i being Witnesses[i].
func (p *Policy) satisfiedBy(set uint64) bool {
	if p.Quorum == noQuorum || p.Quorum == "" {
		return true
	}
	done := map[string]bool{}
	for i, w := range p.Witnesses {
		done[w.Name] = set>>i&1 == 1
	}
	for _, g := range p.Groups {
		k := 0
		for _, m := range g.Members {
			if done[m] {
				k++
			}
		}
		done[g.Name] = k >= g.K
	}
	return done[p.Quorum]
}

// CheckQuorum refuses a policy under which a log could show two histories: one
// that two sets of witnesses without a common member satisfy
// (ledger.policy-split), one with more than 16 witnesses, and one in which a
// log is its own witness (ledger.policy-own). A quorum of none is allowed: what
// it is worth is said elsewhere.
func (p *Policy) CheckQuorum() error {
	for _, w := range p.Witnesses {
		for _, l := range p.Logs {
			if bytes.Equal(w.Key.Public, l.Key.Public) {
				return fault.New("ledger.policy-own", "policy", "witness "+clip(w.Name), "a key other than the log's")
			}
		}
	}
	if p.Quorum == noQuorum || p.Quorum == "" {
		return nil
	}
	n, err := p.Overlap()
	if err != nil {
		return err
	}
	if n < 1 {
		return fault.New("ledger.policy-split", "policy", "quorum "+clip(p.Quorum), "any two sets of witnesses that satisfy it share one")
	}
	return nil
}

// Overlap is the least number of witnesses that any two sets which satisfy the
// policy share: 0 lets a fork collect two full quorums, and n bears n−1
// dishonest witnesses. All subsets are tried, of at most 16 witnesses that count.
func (p *Policy) Overlap() (int, error) {
	p = p.counting()
	if len(p.Witnesses) > maxOverlap {
		return 0, fault.New("ledger.policy-size", "policy", strconv.Itoa(len(p.Witnesses)), fmt.Sprintf("at most %d witnesses", maxOverlap))
	}
	least := p.minimal()
	if !p.Asks() {
		least = []uint64{0}
	}
	overlap := len(p.Witnesses)
	for i, a := range least {
		for _, b := range least[i:] {
			overlap = min(overlap, bits.OnesCount64(a&b))
		}
	}
	return overlap, nil
}

func keysOf(ws []PolicyKey) []Key {
	ks := make([]Key, len(ws))
	for i, w := range ws {
		ks[i] = w.Key
	}
	return ks
}

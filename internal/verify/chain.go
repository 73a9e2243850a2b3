package verify

import (
	"bytes"
	"strings"
	"unicode"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/ledger"
)

// minFingerprint is the fewest characters of a fingerprint that are compared.
const minFingerprint = 16

// chain follows the charters: the policy file is the latest one's, the
// checkpoint carries its witnesses, and what the reader brought (a policy, or
// characters of a charter's fingerprint) is found in one of them. From there on
// no later charter may be weaker: each change was published under the policy
// before it (witnessed), and the reader's own still holds.
func (b *Bundle) chain(opt Options) {
	c := b.State.Charter()
	if c == nil {
		return
	}
	last := b.State.Charters[len(b.State.Charters)-1].Index
	text, err := b.Dir.Policy()
	if want := PolicyOf(c); err == nil && !bytes.Equal(text, want) {
		b.add(rules.Finding{Code: "verify.policy-file", Severity: rules.Breach, Entry: last, Place: "ledger/policy"})
	}
	if p := b.InForce(); p != nil && b.Pinned { // otherwise head has asked
		if _, note, err := ledger.OpenCheckpoint(b.Signed, b.log); err != nil || !p.Satisfied(note) {
			b.add(rules.Finding{Code: "verify.head-unwitnessed", Severity: rules.Breach, Entry: last, Place: "ledger/checkpoint", Want: needed(p)})
		}
	}
	b.Anchor = -1
	switch {
	case opt.Fingerprint != "":
		b.anchorFingerprint(opt.Fingerprint)
	case b.Pinned && !b.Policy.Asks() && c.Policy != "":
		// A key alone was brought: it says nothing about witnesses.
		b.add(rules.Finding{Code: "verify.pinned-key", Severity: rules.Unknown, Entry: -1, Got: b.LogKey()})
	case b.Pinned:
		b.anchorPolicy()
	}
	b.holds()
}

// anchorPolicy finds the first charter whose policy is the reader's.
func (b *Bundle) anchorPolicy() {
	want := essence(b.Policy)
	for _, c := range b.State.Charters {
		p, err := ledger.ParsePolicy(PolicyOf(c.Body))
		if err == nil && essence(p) == want {
			b.Anchor = c.Index
			return
		}
	}
	b.add(rules.Finding{Code: "verify.policy-unknown", Severity: rules.Breach, Entry: -1, Place: "policy"})
}

// essence is a policy in its one form without addresses: where witnesses are
// asked is no part of what they promise.
func essence(p *ledger.Policy) string {
	bare := &ledger.Policy{Groups: p.Groups, Quorum: p.Quorum}
	for _, l := range p.Logs {
		bare.Logs = append(bare.Logs, ledger.PolicyKey{Key: l.Key})
	}
	for _, w := range p.Witnesses {
		bare.Witnesses = append(bare.Witnesses, ledger.PolicyKey{Name: w.Name, Key: w.Key})
	}
	text, err := ledger.FormatPolicy(bare)
	if err != nil {
		return ""
	}
	return string(text)
}

// anchorFingerprint finds the charter whose entry has that fingerprint: the
// SHA-256 of its signed bytes, of which the reader typed 16 characters or more.
func (b *Bundle) anchorFingerprint(typed string) {
	for _, c := range b.State.Charters {
		if e := b.Entries[c.Index]; e != nil && strings.HasPrefix(e.Hash, typed) {
			b.Anchor = c.Index
			return
		}
	}
	got := ""
	if e := b.Entries[b.State.Charters[0].Index]; e != nil {
		got = GroupedFingerprint(e.Hash)
	}
	b.add(rules.Finding{Code: "verify.other-fingerprint", Severity: rules.Breach, Entry: b.State.Charters[0].Index, Got: got, Want: GroupedFingerprint(typed)})
}

// ParseFingerprint reads what a person typed from a sheet: spaces and dashes
// between the groups, upper case and full-width characters are fine.
func ParseFingerprint(typed string) (string, error) {
	var s strings.Builder
	for _, r := range typed {
		if r >= '！' && r <= '～' { // as Chinese input methods write
			r -= '！' - '!'
		}
		switch r = unicode.ToLower(r); {
		case r >= '0' && r <= '9' || r >= 'a' && r <= 'f':
			s.WriteRune(r)
		case strings.ContainsRune(" \t\r\n\u3000-–—·:", r):
		default:
			return "", fault.New("verify.bad-fingerprint", "--fingerprint", typed, "").Of(fault.Usage)
		}
	}
	if n := s.Len(); n < minFingerprint || n > 64 {
		return "", fault.New("verify.bad-fingerprint", "--fingerprint", typed, num(minFingerprint)).Of(fault.Usage)
	}
	return s.String(), nil
}

// GroupedFingerprint writes a fingerprint in groups of four, as sheets do.
func GroupedFingerprint(hash string) string {
	var parts []string
	for len(hash) > 4 {
		parts, hash = append(parts, hash[:4]), hash[4:]
	}
	return strings.Join(append(parts, hash), " ")
}

// holds compares every charter after the reader's with it, not only with the
// one before: four exchanges of one witness each are an exchange of all. The
// judge of the charter has warned everybody; a reader who brought what he
// trusts is told that it no longer holds.
func (b *Bundle) holds() {
	if b.Anchor < 0 {
		return
	}
	var pinned *record.Charter
	for _, c := range b.State.Charters {
		switch {
		case c.Index == b.Anchor:
			pinned = c.Body
		case pinned != nil && pinned.Policy != "":
			t := Terms(&rules.State{Charters: []rules.At[record.Charter]{{Body: pinned}}}, c.Body)
			was := rules.Change{Needed: 1}
			if t != nil {
				was = t.Against[0]
			}
			if why := was.Weaker(t); why != "" {
				b.add(rules.Finding{Code: "verify.policy-weakened", Severity: rules.Breach, Entry: c.Index, Place: "policy", Got: why, Want: num(b.Anchor)})
			}
		}
	}
}

// fresh reports a checkpoint whose witnesses saw it too long ago: a host that
// shows an old state shows nothing false. Without witnesses nobody knows.
func (b *Bundle) fresh(days int) {
	p := b.InForce()
	var at int64
	if p != nil {
		if _, note, err := ledger.OpenCheckpoint(b.Signed, b.log); err == nil {
			at, _ = p.Since(note)
		}
	}
	b.HeadSeen = at
	if days <= 0 || b.Today == "" {
		return
	}
	if at == 0 || record.Day(at+int64(days)*24*3600) < b.Today {
		seen := ""
		if at != 0 {
			seen = record.Time(at)
		}
		b.add(rules.Finding{Code: "verify.stale", Severity: rules.Breach, Entry: -1, Place: "ledger/checkpoint", Got: seen, Want: num(days)})
	}
}

// witnesses are the report's lines on who witnessed what.
func (b *Bundle) witnesses() {
	p := b.InForce()
	if p == nil {
		b.add(rules.Finding{Code: "verify.no-witness", Severity: rules.Unknown, Entry: -1})
	} else {
		overlap, _ := p.Overlap()
		seen := ""
		if b.HeadSeen != 0 {
			seen = record.Time(b.HeadSeen)
		}
		if b.held.unwitnessed == 0 {
			b.add(rules.Finding{Code: "verify.ok-witnessed", Severity: rules.OK, Entry: -1, Place: seen, Got: num(b.held.witnessed), Want: needed(p)})
		}
		b.add(rules.Finding{Code: "verify.overlap", Severity: rules.Note, Entry: -1, Got: num(overlap), Want: num(overlap - 1)})
		if before := int(b.Checkpoint.Size) - b.held.witnessed - b.held.unwitnessed; before > 0 {
			b.add(rules.Finding{Code: "verify.before-witness", Severity: rules.Unknown, Entry: -1, Got: num(before)})
		}
		if !b.Pinned && b.Anchor < 0 {
			b.add(rules.Finding{Code: "verify.own-witnesses", Severity: rules.Unknown, Entry: -1, Got: strings.Join(Witnesses(p), "、")})
		}
	}
	if b.Anchor >= 0 {
		b.add(rules.Finding{Code: "verify.ok-anchor", Severity: rules.OK, Entry: -1, Got: num(b.Anchor)})
	}
}

// Witnesses are the names of a policy's witnesses, in its order.
func Witnesses(p *ledger.Policy) []string {
	var names []string
	for _, w := range p.Witnesses {
		names = append(names, w.Name)
	}
	return names
}

// PolicyWords says a policy for people: who, how many of how many, and what
// that bears.
func PolicyWords(p *ledger.Policy) string {
	overlap, err := p.Overlap()
	if !p.Asks() || err != nil {
		return "未设见证单位"
	}
	var names []string
	for _, w := range p.Witnesses {
		if w.Key.Type == ledger.Cosigning {
			names = append(names, w.Name)
		}
	}
	s := strings.Join(names, "、") + "共" + num(p.Count()) + "家见证单位，至少" + num(p.Least()) + "家签名才发布；任意两套够数的签名至少有" + num(overlap) + "家相同，"
	if overlap < 2 {
		return s + "有一家作假就可能给不同的人看不同的账"
	}
	return s + "其中" + num(overlap-1) + "家作假，也不能给不同的人看不同的账"
}

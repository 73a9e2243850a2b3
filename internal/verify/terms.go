package verify

import (
	"bytes"
	"encoding/base64"
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/ledger"
)

// PolicyOf is the verifier's policy that a charter makes: its own text, or
// where it names no witness the line of its log key alone. nil for a charter
// without a log key.
func PolicyOf(c *record.Charter) []byte {
	if c.Policy != "" {
		return []byte(c.Policy)
	}
	keys := c.KeysOf("log")
	if len(keys) != 1 {
		return nil
	}
	return []byte("log " + keys[0] + "\nquorum none\n")
}

// Terms is what a charter's policy comes to, compared with those of the
// charters so far; nil where it names no witness. The office asks before it
// writes a charter what everybody asks who reads it.
func Terms(s *rules.State, c *record.Charter) *rules.Terms {
	if c.Policy == "" {
		return nil
	}
	p, fault := charterPolicy(c)
	if fault != "" {
		return &rules.Terms{Fault: fault}
	}
	t := &rules.Terms{Witnesses: p.Count(), Own: ownKey(p, c), Needed: p.Least()}
	t.Overlap, _ = p.Overlap() // charterPolicy has asked
	for _, was := range s.Charters {
		t.Against = append(t.Against, change(was.Body, p))
	}
	return t
}

// charterPolicy reads a charter's policy: of this log alone, in the one form,
// with a quorum of witnesses that can be counted out.
func charterPolicy(c *record.Charter) (p *ledger.Policy, fault string) {
	p, err := ledger.ParsePolicy([]byte(c.Policy))
	if err != nil {
		return nil, err.Error()
	}
	form, err := ledger.FormatPolicy(p)
	log := c.KeysOf("log")
	switch {
	case err != nil:
		return nil, err.Error()
	case !bytes.Equal(form, []byte(c.Policy)):
		return nil, "不是规范写法"
	case len(p.Logs) != 1 || len(log) != 1 || p.Logs[0].Key.String() != log[0]:
		return nil, "log 一行不是本账本的账本公钥"
	case !p.Asks():
		return nil, "quorum none"
	}
	if _, err := p.Overlap(); err != nil {
		return nil, err.Error()
	}
	return p, ""
}

// ownKey is the name of a witness whose public key is one of the charter's own.
func ownKey(p *ledger.Policy, c *record.Charter) string {
	for _, k := range c.Keys {
		_, b64, _ := strings.Cut(strings.TrimPrefix(k.Key, strings.SplitN(k.Key, "+", 2)[0]+"+"), "+")
		raw, err := base64.StdEncoding.DecodeString(b64)
		if err != nil || len(raw) == 0 {
			continue
		}
		for _, w := range p.Witnesses {
			if bytes.Equal(w.Key.Public, raw[1:]) {
				return w.Name
			}
		}
	}
	return ""
}

// change compares an earlier charter's policy with a later one.
func change(was *record.Charter, p *ledger.Policy) rules.Change {
	old, err := ledger.ParsePolicy([]byte(was.Policy))
	if was.Policy == "" || err != nil {
		return rules.Change{}
	}
	c := rules.Change{Witnesses: old.Count(), Needed: old.Least(), Shared: old.Shared(p)}
	c.Overlap, _ = old.Overlap()
	for _, w := range old.Witnesses {
		if !slices.ContainsFunc(p.Witnesses, func(n ledger.PolicyKey) bool { return bytes.Equal(n.Key.Public, w.Key.Public) }) {
			c.Gone = append(c.Gone, w.Name)
		}
	}
	return c
}

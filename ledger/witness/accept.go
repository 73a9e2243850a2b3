package witness

import (
	"fmt"
	"strconv"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/ledger"
)

// Outcome is what became of one witness of a policy.
type Outcome struct {
	Name string // in the policy
	Key  ledger.Key
	At   uint64 // time of its cosignature in seconds since 1970, where Err is nil
	Err  error  // why there is none
}

// Report is what asking or accepting came to.
type Report struct {
	Size      uint64    // of the checkpoint
	Outcomes  []Outcome // one a witness of the policy, in its order
	Lines     []byte    // every good line: hand them in again as Asking.Have
	Satisfied bool      // whether they make up the quorum
}

// gathering collects the good lines for one checkpoint, one a key.
type gathering struct {
	policy *ledger.Policy
	signed []byte
	text   string
	size   uint64
	sigs   []*ledger.Signature // by witness of the policy, nil: none
	at     []uint64
	stays  []bool // its line stands in the signed checkpoint already
	why    []error
}

func gather(policy *ledger.Policy, signed []byte) (*gathering, error) {
	n, err := ledger.ParseNote(signed)
	if err != nil {
		return nil, err
	}
	c, err := ledger.ParseCheckpoint(n.Text)
	if err != nil {
		return nil, err
	}
	many := len(policy.Witnesses)
	g := &gathering{policy: policy, signed: signed, text: n.Text, size: c.Size,
		sigs: make([]*ledger.Signature, many), at: make([]uint64, many), stays: make([]bool, many), why: make([]error, many)}
	g.take(n.Signatures)
	for w, s := range g.sigs {
		g.stays[w] = s != nil
	}
	return g, nil
}

// take keeps those lines that verify under a key of the policy; foreign ones
// are dropped. Of two good lines of a key, come from two addresses, the earlier
// stays, so that the order of arrival decides nothing. It returns the witnesses
// of the policy whose line stood there, good or bad.
func (g *gathering) take(sigs []ledger.Signature) (stood map[int]bool) {
	stood = map[int]bool{}
	for i := range sigs {
		s := &sigs[i]
		for w, k := range g.policy.Witnesses {
			if s.Name != k.Key.Name || s.ID != k.Key.ID {
				continue
			}
			stood[w] = true
			at, ok := (&ledger.Note{Text: g.text, Signatures: []ledger.Signature{*s}}).CosignedAt(k.Key)
			// A line without a time is allowed, and dates nothing.
			if k.Key.Type == ledger.Cosigning && at == 0 {
				ok = false
			}
			switch {
			case g.stays[w] || g.sigs[w] != nil && (!ok || at >= g.at[w]):
			case !ok:
				g.why[w] = fault.New("witness.bad-line", k.Name, "a line that does not verify", k.Key.String())
			default:
				g.sigs[w], g.at[w] = s, at
			}
		}
	}
	return stood
}

// lines are the good ones, in the policy's order.
func (g *gathering) good() []ledger.Signature {
	var good []ledger.Signature
	for _, s := range g.sigs {
		if s != nil {
			good = append(good, *s)
		}
	}
	return good
}

func (g *gathering) satisfied() bool {
	return g.policy.Satisfied(&ledger.Note{Text: g.text, Signatures: g.good()})
}

func (g *gathering) report() (*Report, error) {
	lines, err := formatLines(g.text, g.good())
	if err != nil {
		return nil, err
	}
	r := &Report{Size: g.size, Lines: lines, Satisfied: g.satisfied()}
	for w, k := range g.policy.Witnesses {
		o := Outcome{Name: k.Name, Key: k.Key, At: g.at[w]}
		if g.sigs[w] == nil {
			o.Err = g.why[w]
			if o.Err == nil {
				o.Err = fault.New("witness.no-line", k.Name, "", "")
			}
		}
		r.Outcomes = append(r.Outcomes, o)
	}
	return r, nil
}

// cosigned is the signed checkpoint with the good lines that it lacks added.
func (g *gathering) cosigned() ([]byte, error) {
	n, err := ledger.ParseNote(g.signed)
	if err != nil {
		return nil, err
	}
	for _, s := range g.good() {
		if !holds(n, s) {
			n.Signatures = append(n.Signatures, s)
		}
	}
	return n.Format()
}

func holds(n *ledger.Note, s ledger.Signature) bool {
	for _, o := range n.Signatures {
		if o.Name == s.Name && o.ID == s.ID {
			return true
		}
	}
	return false
}

// quorum is the error where the good lines are too few.
func (g *gathering) quorum() error {
	return fault.New("witness.quorum", fmt.Sprintf("checkpoint of size %d", g.size), strconv.Itoa(len(g.good())), "quorum "+clip(g.policy.Quorum)).Of(fault.Unreachable)
}

// Accept adds lines that came without a network, on a USB stick or typed, to a
// signed checkpoint: those that verify under a key of the policy, one a key.
// Foreign lines are dropped. It refuses lines of another form
// (witness.garbage), a key twice (witness.same-key), and lines of which none
// is a witness's over this checkpoint (witness.no-line, or witness.bad-line
// where one of the policy's keys stood there and did not sign this).
func Accept(policy *ledger.Policy, checkpoint, lines []byte) ([]byte, *Report, error) {
	g, err := gather(policy, checkpoint)
	if err != nil {
		return nil, nil, err
	}
	sigs, err := parseLines(g.text, lines)
	if err != nil {
		return nil, nil, err
	}
	stood := g.take(sigs)
	found := false
	for w := range stood {
		found = found || g.sigs[w] != nil
	}
	report, err := g.report()
	if err != nil {
		return nil, nil, err
	}
	if !found {
		for w := range stood {
			return nil, report, g.why[w]
		}
		return nil, report, fault.New("witness.no-line", "answer", clip(string(lines)), "a line of a witness of the policy")
	}
	final, err := g.cosigned()
	return final, report, err
}

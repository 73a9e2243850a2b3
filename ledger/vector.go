package ledger

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"

	"github.com/sunlot/sunlot/internal/fault"
)

// vector is one case of spec/vectors/ledger (spec/ledger.md, Vectors). Text or
// Hex is the input; which other members there are depends on Kind.
type vector struct {
	Desc string  `json:"desc"`
	Kind string  `json:"kind"`
	Text *string `json:"text,omitempty"`
	Hex  string  `json:"hex,omitempty"` // input that is no UTF-8

	Keys   []string `json:"keys,omitempty"`   // note: candidates; checkpoint: the log's key
	Policy string   `json:"policy,omitempty"` // proof, quorum
	Entry  string   `json:"entry,omitempty"`  // proof
	Width  int      `json:"width,omitempty"`  // bundle

	Signed    []string `json:"signed,omitempty"`    // note: those of keys that signed
	Size      uint64   `json:"size,omitempty"`      // checkpoint, proof, quorum
	Root      string   `json:"root,omitempty"`      // checkpoint, proof, quorum: base64
	Canonical string   `json:"canonical,omitempty"` // policy: its form in a ledger folder
	Overlap   *int     `json:"overlap,omitempty"`   // policy: least witnesses that two quorums share
	Entries   []string `json:"entries,omitempty"`   // bundle

	Expect string `json:"expect,omitempty"` // "ok"
	Error  string `json:"error,omitempty"`  // the code without "ledger."
}

// RunVector runs one case of spec/vectors/ledger and says how its outcome
// differs from what the case expects, nil if it does not.
func RunVector(data []byte) error {
	var v vector
	if err := fault.ReadVector(data, &v); err != nil {
		return err
	}
	input, err := hex.DecodeString(v.Hex)
	if err != nil || (v.Text == nil) == (v.Hex == "") || (v.Expect == "ok") == (v.Error != "") || v.Expect != "" && v.Expect != "ok" {
		return errors.New("read vector: members do not go together")
	}
	if v.Text != nil {
		input = []byte(*v.Text)
	}
	run := vectorKinds[v.Kind]
	if run == nil {
		return fmt.Errorf("read vector: unknown kind %q", v.Kind)
	}
	err = run(&v, input)
	var wrong *otherResult
	switch {
	case errors.As(err, &wrong):
		return err
	case err != nil && v.Error == "":
		return fmt.Errorf("got error %w, want ok", err)
	case err != nil && fault.Code(err) != "ledger."+v.Error:
		return fmt.Errorf("got error %w, want ledger.%s", err, v.Error)
	case err == nil && v.Error != "":
		return fmt.Errorf("accepted, want error ledger.%s", v.Error)
	}
	return nil
}

// otherResult is an accepted input with another outcome than expected.
type otherResult struct{ got, want any }

func (o *otherResult) Error() string { return fmt.Sprintf("accepted as %v, want %v", o.got, o.want) }

func same(got, want any) error {
	if g, w := fmt.Sprint(got), fmt.Sprint(want); g != w {
		return &otherResult{g, w}
	}
	return nil
}

var vectorKinds = map[string]func(v *vector, input []byte) error{
	"key": func(v *vector, input []byte) error {
		k, err := ParseKey(string(input))
		if err != nil {
			return err
		}
		return same(k, string(input))
	},
	"witness-key": func(v *vector, input []byte) error {
		k, err := ParseWitnessKey(string(input))
		if err != nil {
			return err
		}
		return same(k, string(input))
	},
	"note": func(v *vector, input []byte) error {
		n, err := ParseNote(input)
		if err != nil {
			return err
		}
		var signed []string
		for _, vkey := range v.Keys {
			k, err := parseAnyKey(vkey)
			if err != nil {
				return err
			}
			if len(n.SignedBy(k)) > 0 {
				signed = append(signed, vkey)
			}
		}
		return same(signed, v.Signed)
	},
	"checkpoint": func(v *vector, input []byte) error {
		if len(v.Keys) != 1 {
			return errors.New("read vector: one key")
		}
		key, err := ParseKey(v.Keys[0])
		if err != nil {
			return err
		}
		c, _, err := OpenCheckpoint(input, key)
		return v.sameHead(c, err)
	},
	"proof": func(v *vector, input []byte) error {
		policy, err := ParsePolicy([]byte(v.Policy))
		if err != nil {
			return err
		}
		p, err := ParseProof(input)
		if err != nil {
			return err
		}
		c, err := p.Check([]byte(v.Entry), policy)
		return v.sameHead(c, err)
	},
	"quorum": func(v *vector, input []byte) error {
		policy, err := ParsePolicy([]byte(v.Policy))
		if err != nil {
			return err
		}
		c, err := policy.Open(input)
		return v.sameHead(c, err)
	},
	"policy": func(v *vector, input []byte) error {
		p, err := ParsePolicy(input)
		if err != nil {
			return err
		}
		if err := same(string(p.text()), v.Canonical); err != nil || v.Overlap == nil {
			return err
		}
		n, err := p.Overlap()
		if err != nil {
			return err
		}
		return same(n, *v.Overlap)
	},
	"bundle": func(v *vector, input []byte) error {
		entries, err := ParseBundle(input, v.Width)
		if err != nil {
			return err
		}
		var got []string
		for _, e := range entries {
			got = append(got, string(e))
		}
		if !slices.Equal(got, v.Entries) {
			return &otherResult{got, v.Entries}
		}
		return nil
	},
}

func (v *vector) sameHead(c Checkpoint, err error) error {
	if err != nil {
		return err
	}
	if err := same(c.Size, v.Size); err != nil {
		return err
	}
	return same(base64.StdEncoding.EncodeToString(c.Root[:]), v.Root)
}

func parseAnyKey(vkey string) (Key, error) {
	if k, err := ParseWitnessKey(vkey); err == nil {
		return k, nil
	}
	return ParseKey(vkey)
}

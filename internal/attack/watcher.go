package attack

import (
	"errors"
	"fmt"

	"github.com/sunlot/sunlot/ledger"
	"github.com/sunlot/sunlot/ledger/witness"
)

// A Watcher is a witness: honest, and a program of its own. The office may find
// it down; one that Colludes signs whatever it is given.
type Watcher struct {
	Name     string
	Signer   ledger.Signer
	Down     bool
	Colludes bool
	Dates    uint64 // unix seconds; 0: as of now

	*witness.Witness
}

// engage makes four witnesses and returns the policy that asks three of them.
func (o *Office) engage() []byte {
	o.TB.Helper()
	p := &ledger.Policy{Logs: []ledger.PolicyKey{{Key: o.Log.Key()}}, Quorum: "见证"}
	var names []string
	for i, name := range []string{"司法局", "档案馆", "邻县", "高校"} {
		s, err := ledger.NewWitnessSigner(fmt.Sprintf("w%d.example.cn", i), [32]byte{byte(50 + i)})
		o.must(err)
		w := &Watcher{Name: name, Signer: s}
		o.Remember(w)
		o.Witnesses = append(o.Witnesses, w)
		p.Witnesses = append(p.Witnesses, ledger.PolicyKey{Name: name, Key: s.Key()})
		names = append(names, name)
	}
	p.Groups = []ledger.PolicyGroup{{Name: "见证", K: 3, Members: names}}
	text, err := ledger.FormatPolicy(p)
	o.must(err)
	return text
}

// Remember gives a witness an empty memory: at its beginning, or because it lost
// the one that it had and was started all the same.
func (o *Office) Remember(w *Watcher) {
	o.TB.Helper()
	store, err := witness.OpenStore(o.TB.TempDir(), w.Signer.Key(), true, nil)
	o.must(err)
	o.TB.Cleanup(func() { store.Close() })
	w.Witness, err = witness.New(store, []ledger.Signer{w.Signer}, []ledger.Key{o.Log.Key()}, func() int64 { return o.Truth })
	o.must(err)
}

// ask takes a checkpoint to those witnesses that are up.
func (o *Office) ask(checkpoint []byte, prove func(old uint64) ([]ledger.Hash, error)) ([]byte, error) {
	final := checkpoint
	for _, w := range o.Witnesses {
		lines, err := w.line(checkpoint, prove, uint64(o.Truth))
		if err != nil || lines == nil {
			continue // the quorum decides
		}
		if final, _, err = witness.Accept(o.policy, final, lines); err != nil {
			return nil, err
		}
	}
	return final, nil
}

// line is the witness's answer, nil where it gives none.
func (w *Watcher) line(checkpoint []byte, prove func(old uint64) ([]ledger.Hash, error), now uint64) ([]byte, error) {
	if w.Down {
		return nil, nil
	}
	if w.Colludes {
		n, err := ledger.ParseNote(checkpoint)
		if err != nil {
			return nil, err
		}
		if w.Dates > 0 {
			now = w.Dates
		}
		sig, err := ledger.Cosign(n.Text, now, w.Signer)
		if err != nil {
			return nil, err
		}
		n.Signatures = append(n.Signatures, sig)
		all, err := n.Format()
		if err != nil {
			return nil, err
		}
		return all[len(checkpoint):], nil
	}
	old := uint64(0)
	for {
		r, err := witness.NewRequest(checkpoint, old, prove)
		if err != nil {
			return nil, err
		}
		text, err := witness.FormatRequest(r)
		if err != nil {
			return nil, err
		}
		lines, err := w.Answer(text)
		if err == nil {
			return lines, nil
		}
		refusal := new(witness.Refusal)
		if !errors.As(err, &refusal) || refusal.Size == 0 || refusal.Size == old {
			return nil, err
		}
		old = refusal.Size
	}
}

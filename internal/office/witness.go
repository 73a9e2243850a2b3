package office

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"slices"
	"time"

	"github.com/sunlot/sunlot/internal/durable"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/ledger"
	"github.com/sunlot/sunlot/ledger/local"
	"github.com/sunlot/sunlot/ledger/witness"
)

// Witness (见证单位) says where one of the charter's witnesses is asked.
type Witness struct {
	Name string `toml:"name"` // as in the charter's policy
	URL  string `toml:"url"`
}

// defaultPatience is how long all witnesses together are waited for.
const defaultPatience = 20 * time.Second

// sizesName, beside the guard's record, remembers for each witness key the size
// that it signed last: a request on paper or a stick must begin there.
const sizesName = "witnesses.json"

// Asked is what became of one witness.
type Asked struct {
	Name string
	At   int64 // unix seconds of its signature, 0: none
	Why  error // why there is none; nil where nobody has asked yet
}

// Waiting (已记录、未见证) is the batch that has been signed and waits for its
// witnesses. Nobody outside knows of it.
type Waiting struct {
	First, Count int64    // its entries
	Types        []string // of each, as package record names them
	Demands      []Demand
}

// Demand is what one policy asks for and has got. Beside a charter that brings
// another policy there are two.
type Demand struct {
	Needed, Of, Got int // the fewest that satisfy it, of how many, and how many have signed
	Satisfied       bool
	Asked           []Asked
}

// Waiting is nil where nothing waits for witnesses.
func (o *Office) Waiting() (*Waiting, error) {
	from, b, err := local.Pending(os.DirFS(o.guard()))
	if err != nil || b == nil {
		return nil, err
	}
	if o.Config.Ledger.Shared() && ledger.SignedSize(os.DirFS(o.guard())) != from+uint64(len(b.Entries)) {
		return nil, nil // it is not signed yet: the tree has not got all of it
	}
	pols, err := o.demanded()
	if err != nil {
		return nil, err
	}
	w := &Waiting{First: int64(from), Count: int64(len(b.Entries))}
	for _, e := range b.Entries {
		if note, err := ledger.ParseNote(e); err == nil {
			if parsed, err := record.Parse(note.Text); err == nil {
				w.Types = append(w.Types, parsed.Type)
			}
		}
	}
	n := o.cosigned(from + uint64(len(b.Entries)))
	for _, p := range pols {
		if !p.Asks() {
			continue
		}
		d := Demand{Needed: p.Least(), Of: p.Count(), Satisfied: n != nil && p.Satisfied(n)}
		for _, k := range p.Witnesses {
			a := Asked{Name: k.Name, Why: o.why[k.Key.String()]}
			if at, ok := cosignedAt(n, k.Key); ok {
				a.At, a.Why = at, nil
			}
			if k.Key.Type == ledger.Cosigning {
				d.Asked = append(d.Asked, a)
				d.Got += min(1, int(a.At))
			}
		}
		w.Demands = append(w.Demands, d)
	}
	if len(w.Demands) == 0 {
		return nil, nil // what a crash left, and nobody else has to sign
	}
	return w, nil
}

func cosignedAt(n *ledger.Note, k ledger.Key) (int64, bool) {
	if n == nil {
		return 0, false
	}
	at, ok := n.CosignedAt(k)
	return int64(at), ok
}

// cosigned is the checkpoint of that size with the lines so far, nil if there
// are none.
func (o *Office) cosigned(size uint64) *ledger.Note {
	data, err := os.ReadFile(o.guardFile(ledger.CosignedRecord))
	if err != nil {
		return nil
	}
	n, err := ledger.ParseNote(data)
	if err != nil {
		return nil
	}
	if c, err := ledger.ParseCheckpoint(n.Text); err != nil || c.Size != size {
		return nil
	}
	return n
}

// demanded are the policies that the pending batch must satisfy, or where
// nothing is pending the one in force.
func (o *Office) demanded() ([]*ledger.Policy, error) {
	_, b, err := local.Pending(os.DirFS(o.guard()))
	if err != nil {
		return nil, err
	}
	texts := [][]byte{nil}
	if b != nil && b.Former != nil {
		texts[0] = b.Former
		if b.Policy != nil {
			texts = append(texts, b.Policy)
		}
	} else if texts[0], err = ledger.OpenDir(os.DirFS(o.Public())).Policy(); err != nil {
		return nil, fault.Wrap("office.unreadable", "policy", err).Of(fault.Unreachable)
	}
	var pols []*ledger.Policy
	for i, text := range texts {
		if i > 0 && bytes.Equal(text, texts[0]) {
			continue
		}
		p, err := ledger.ParsePolicy(text)
		if err != nil {
			return nil, err
		}
		pols = append(pols, p)
	}
	return pols, nil
}

// carrying is what is done with a checkpoint that lacks lines: the witnesses
// are asked, or lines taken that came otherwise, or requests written.
type carrying func(p *ledger.Policy, checkpoint []byte, prove func(uint64) ([]ledger.Hash, error)) ([]byte, error)

// witness is the office's WitnessFunc: every policy in turn, each asking only
// those whose line is not there yet.
func (o *Office) witness(carry carrying) ledger.WitnessFunc {
	return func(checkpoint []byte, prove func(uint64) ([]ledger.Hash, error)) ([]byte, error) {
		pols, err := o.demanded()
		if err != nil {
			return nil, err
		}
		var failed error
		for _, p := range pols {
			if !p.Asks() {
				continue
			}
			got, err := carry(p, checkpoint, prove)
			if len(got) > 0 {
				checkpoint = got
			}
			if err != nil {
				failed = err
			}
		}
		o.remember(checkpoint)
		return checkpoint, failed
	}
}

// ask goes to the witnesses by network.
func (o *Office) ask(p *ledger.Policy, checkpoint []byte, prove func(uint64) ([]ledger.Hash, error)) ([]byte, error) {
	urls := map[string]string{}
	for _, w := range o.Config.Witnesses {
		urls[w.Name] = w.URL
	}
	limit := time.Duration(o.Config.Patience) * time.Second
	if limit <= 0 {
		limit = defaultPatience
	}
	ctx := o.Context
	if ctx == nil {
		ctx = context.Background()
	}
	old, _ := ledger.OpenDir(os.DirFS(o.Public())).Size() // unread: they say so themselves
	var rep *witness.Report
	got, err := witness.Ask(ctx, p, urls, witness.Asking{Old: old, HTTP: o.HTTP, Limit: limit,
		Grace: o.Grace, Report: func(r *witness.Report) { rep = r }})(checkpoint, prove)
	if rep == nil {
		return checkpoint, err
	}
	o.note(rep)
	if err == nil {
		return got, nil
	}
	// Too few, which the publisher says; some are kept.
	if len(rep.Lines) > 0 {
		if some, _, err := witness.Accept(p, checkpoint, rep.Lines); err == nil {
			return some, nil
		}
	}
	return checkpoint, nil
}

// note keeps why a witness did not sign.
func (o *Office) note(rep *witness.Report) {
	if o.why == nil {
		o.why = map[string]error{}
	}
	for _, out := range rep.Outcomes {
		delete(o.why, out.Key.String())
		if out.Err != nil {
			o.why[out.Key.String()] = out.Err
		}
	}
}

// Carried takes answers that came on a stick or were typed, and completes what
// waits for them if they are enough. Each is looked at as it is, and then as a
// person types: full-width characters, other dashes, gaps within a signature.
func (o *Office) Carried(answers [][]byte) (taken int, err error) {
	var problems []error
	carry := func(p *ledger.Policy, checkpoint []byte, _ func(uint64) ([]ledger.Hash, error)) ([]byte, error) {
		problems = nil
		for _, a := range answers {
			got, rep, err := witness.Accept(p, checkpoint, a)
			if err != nil {
				got, rep, err = witness.Accept(p, checkpoint, witness.Typed(a))
			}
			if err != nil {
				problems = append(problems, err)
				continue
			}
			if !bytes.Equal(got, checkpoint) { // a request handed back brings nothing new
				taken++
			}
			o.note(rep)
			checkpoint = got
		}
		return checkpoint, nil
	}
	w, err := o.Waiting()
	if err != nil {
		return 0, err
	}
	if w == nil {
		return 0, fault.New("office.nothing-waits", "", "", "").Of(fault.Usage)
	}
	err = o.complete(carry)
	if taken == 0 && len(problems) > 0 {
		return 0, errors.Join(problems...)
	}
	return taken, err
}

// WitnessRequest is what one witness is to be handed.
type WitnessRequest struct {
	Name string // of the witness
	Data []byte
}

// WitnessRequests makes the requests for the witnesses that have not signed what
// waits. old gives for names the size that they signed last, where this office
// does not know better.
func (o *Office) WitnessRequests(old map[string]uint64) ([]WitnessRequest, error) {
	w, err := o.Waiting()
	if err != nil {
		return nil, err
	}
	if w == nil {
		return nil, fault.New("office.nothing-waits", "", "", "").Of(fault.Usage)
	}
	var list []WitnessRequest
	sizes := o.sizes()
	carry := func(p *ledger.Policy, checkpoint []byte, prove func(uint64) ([]ledger.Hash, error)) ([]byte, error) {
		n, err := ledger.ParseNote(checkpoint)
		if err != nil {
			return nil, err
		}
		for _, k := range p.Witnesses {
			if _, ok := n.CosignedAt(k.Key); ok || k.Key.Type != ledger.Cosigning || slices.ContainsFunc(list, func(r WitnessRequest) bool { return r.Name == k.Name }) {
				continue
			}
			from, said := old[k.Name]
			if !said {
				from = sizes[k.Key.String()]
			}
			r, err := witness.NewRequest(checkpoint, from, prove)
			if err != nil {
				return nil, err
			}
			data, err := witness.FormatRequest(r)
			if err != nil {
				return nil, err
			}
			list = append(list, WitnessRequest{k.Name, data})
		}
		return checkpoint, nil
	}
	err = o.complete(carry)
	if fault.Code(err) == "ledger.unwitnessed" && len(list) > 0 {
		err = nil // that is why requests are written
	}
	return list, err
}

// Ask asks again for what waits, and completes it. waited is false where
// nothing did.
func (o *Office) Ask() (waited bool, err error) {
	w, err := o.Waiting()
	if err != nil || w == nil {
		return false, err
	}
	return true, o.complete(o.ask)
}

// complete ends a pending batch through the function that began it.
func (o *Office) complete(carry carrying) error {
	if err := o.Restored(); err != nil {
		return err
	}
	k, err := o.unlock()
	if err != nil {
		return err
	}
	_, b, err := local.Pending(os.DirFS(o.guard()))
	if err != nil {
		return err
	}
	opt, closing, err := o.local(k)
	if err != nil {
		return err
	}
	defer closing()
	if err := o.unchanged(); err != nil { // while somebody typed a passphrase
		return err
	}
	opt.Witness = o.witness(carry)
	log, err := local.Open(opt)
	if err != nil {
		return err
	}
	o.bundle = nil
	if b != nil {
		o.timed(log.Dir(), b.Entries)
	}
	return log.Close()
}

// remember notes what each witness has signed up to.
func (o *Office) remember(checkpoint []byte) {
	n, err := ledger.ParseNote(checkpoint)
	if err != nil {
		return
	}
	c, err := ledger.ParseCheckpoint(n.Text)
	pols, err2 := o.demanded()
	if err != nil || err2 != nil {
		return
	}
	sizes := o.sizes()
	for _, p := range pols {
		for _, k := range p.Witnesses {
			if _, ok := n.CosignedAt(k.Key); ok {
				sizes[k.Key.String()] = c.Size
			}
		}
	}
	if len(sizes) == 0 {
		return
	}
	if data, err := json.MarshalIndent(sizes, "", "  "); err == nil {
		// Lost, it costs a witness one more round trip.
		_ = durable.WriteFile(o.guardFile(sizesName), append(data, '\n'), 0o600)
	}
}

func (o *Office) sizes() map[string]uint64 {
	sizes := map[string]uint64{}
	if data, err := os.ReadFile(o.guardFile(sizesName)); err == nil && len(data) < 1<<20 {
		if json.Unmarshal(data, &sizes) != nil {
			return map[string]uint64{}
		}
	}
	return sizes
}

// timed finds the notices among entries that have just been published whose
// witnesses came too late for the value that they wait for.
func (o *Office) timed(dir *ledger.Dir, entries [][]byte) {
	o.late = nil
	text, err := dir.Policy()
	if err != nil {
		return
	}
	p, err := ledger.ParsePolicy(text)
	msg, err2 := dir.Checkpoint()
	if err != nil || err2 != nil || !p.Asks() {
		return
	}
	n, err := ledger.ParseNote(msg)
	if err != nil {
		return
	}
	at, ok := p.Since(n)
	for _, raw := range entries {
		note, err := ledger.ParseNote(raw)
		if err != nil {
			continue
		}
		e, err := record.Parse(note.Text)
		if err != nil {
			continue
		}
		id, when, ahead, request := "", "", int64(lead), false
		switch b := e.Body.(type) {
		case *record.Notice:
			id, when = b.Draw, b.When()
			ahead = leadOf(b)
		case *record.TeamsNotice:
			id, when = b.ID, b.Randomness.Time
		case *record.Request:
			when, request = b.Randomness.Time, true
		default:
			continue
		}
		latest := record.Unix(when) - ahead
		switch {
		case ok && at <= latest:
		case request:
			o.late = append(o.late, fault.New("office.request-not-in-time", "", record.Time(at), record.Time(latest)))
		default:
			o.late = append(o.late, fault.New("office.notice-not-in-time", id, record.Time(at), record.Time(latest)))
		}
	}
}

// lead is how long before the value a notice must be witnessed, seconds (draw1 §1).
const lead = 600

// leadOf is that of a notice: of the platform's draw only "before" is asked.
func leadOf(n *record.Notice) int64 {
	if n.Randomness == nil {
		return 1
	}
	return lead
}

// Late tells which notices that this command published, or completed, were
// witnessed too late for the value that they wait for.
func (o *Office) Late() []error { return o.late }

// Close tells whether a value comes so soon that witnesses may not sign a
// notice in time: within an hour of the last moment where they are asked by
// network, within a working day where somebody carries a stick.
func (o *Office) Close(when string) error {
	pols, err := o.demanded()
	if err != nil || len(pols) == 0 || !pols[len(pols)-1].Asks() {
		return err
	}
	p, asked := pols[len(pols)-1], 0
	for _, w := range p.Witnesses {
		if w.URL != "" || slices.ContainsFunc(o.Config.Witnesses, func(c Witness) bool { return c.Name == w.Name && c.URL != "" }) {
			asked++
		}
	}
	room := int64(3600)
	if asked < p.Least() {
		room = 8 * 3600
	}
	if latest := record.Unix(when) - lead; latest-o.Now().Unix() < room {
		return fault.New("office.round-close", "", record.Time(latest), num(room/3600))
	}
	return nil
}

func (o *Office) guardFile(name string) string { return o.guard() + string(os.PathSeparator) + name }

// Package office is the bureau's folder and what is done in it. Each step is
// the same chain: rules decides → record formats → the office key signs →
// ledger appends; what is private stays below private/.
//
//	office.toml   name, origin, pack, site identity
//	content/      own text pages
//	inbox/        sheets handed in        outbox/  lists and forms to hand out
//	ledger/       the public ledger       public/  the built site
//	private/      0700: keys, registers, draws, openings
//	guard/        the second place of the last signed checkpoint
//
// A step is first a Draft: computed, judged by the same rules that citizens
// run, nothing written. Write signs and appends it, all or nothing.
package office

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/sunlot/sunlot/internal/beacon"
	"github.com/sunlot/sunlot/internal/durable"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/verify"
	"github.com/sunlot/sunlot/ledger"
	"github.com/sunlot/sunlot/ledger/local"
)

// Keys are the two unlocked keys of an office, and what opens the files that are
// encrypted to the same people: the keys of its draws.
type Keys struct {
	Log, Office ledger.Signer
	Open        func(place string, raw []byte) ([]byte, error)
}

// Office is an opened folder. Clock, randomness and the unlocking of keys are
// values, so a year can be lived in a test.
type Office struct {
	Dir       string
	Config    Config
	Now       func() time.Time
	Rand      io.Reader
	Unlock    func() (Keys, error) // asked at most once, before the first signature
	Signs     bool                 // the step ends with a signature: it may begin from the saved state
	SaveAfter int                  // entries after which a state is saved; 0: the product's own number
	Latest    func() *beacon.Round // the latest public round, asked for at most once; nil: none is written into entries
	HTTP      *http.Client         // by which witnesses are asked; nil: the usual one
	Context   context.Context      // ends the waiting for witnesses; nil: never
	Grace     time.Duration        // see witness.Asking
	Writer    string               // who works here, in a line: another writer is told
	Hook      durable.Hook         // tests: stands around every change of the disk; a private file or list is one op, "file"

	bundle  *verify.Bundle
	inForce []byte       // the policy of the charter that was in force when bundle was read
	ahead   *rules.State // after a Write: what the rules made of its entries
	keys    *Keys
	latest  *beacon.Round
	asked   bool
	why     map[string]error // by key of a witness: why it has not signed
	late    []error          // notices published too late for the value that they wait for
}

func (o *Office) path(parts ...string) string {
	return filepath.Join(append([]string{o.Dir}, parts...)...)
}

// Today is the office's date in Beijing, yyyy-mm-dd.
func (o *Office) Today() string { return record.Day(o.Now().Unix()) }

// Public is the folder of the ledger that everybody may read.
func (o *Office) Public() string { return o.path("ledger") }

// guard is the second place of the last signed checkpoint.
func (o *Office) guard() string {
	if filepath.IsAbs(o.Config.Guard) {
		return o.Config.Guard
	}
	return o.path(o.Config.Guard)
}

// Bundle verifies the office's own ledger with the judge that everybody runs,
// once a command.
func (o *Office) Bundle() (*verify.Bundle, error) {
	b, err := o.read()
	if err == nil && b.State.Pack == nil {
		return nil, fault.New("office.no-charter", o.Public(), num(b.Checkpoint.Size), "")
	}
	return b, err
}

// read is Bundle for a ledger whose charter is still to be written.
func (o *Office) read() (*verify.Bundle, error) {
	if o.bundle != nil {
		return o.bundle, nil
	}
	root, err := os.OpenRoot(o.Public())
	if err != nil {
		return nil, fault.Wrap("office.no-ledger", o.Public(), err).Of(fault.Unreachable)
	}
	// The bundle reads blobs later, so the folder stays open as long as it.
	b, err := o.judged(root.FS())
	if err != nil {
		root.Close()
		return nil, err
	}
	o.bundle = b
	if c := b.State.Charter(); c != nil {
		o.inForce = verify.PolicyOf(c)
	}
	return b, nil
}

// policyHolds refuses a policy file that is not the charter's: the publisher asks
// the witnesses that it names, and every reader those of the charter.
func (o *Office) policyHolds(dir *ledger.Dir) error {
	text, err := dir.Policy()
	if err != nil || o.inForce == nil || bytes.Equal(text, o.inForce) {
		return err
	}
	return fault.New("ledger.policy-not-charter", "policy", "", "")
}

// judged is the ledger as the rules see it, from the saved state on where there
// is one and the step will sign.
func (o *Office) judged(public fs.FS) (*verify.Bundle, error) {
	var b *verify.Bundle
	var err error
	if o.Signs {
		if b, err = o.resumed(public); err != nil {
			return nil, err
		}
	}
	if b == nil {
		if b, err = verify.Open(public, verify.Options{Today: o.Today()}); err != nil {
			return nil, err
		}
	}
	if o.Signs {
		o.putAside(b)
	}
	return b, nil
}

// State is the state of the ledger as the rules see it.
func (o *Office) State() (*rules.State, error) {
	b, err := o.Bundle()
	if err != nil {
		return nil, err
	}
	b.State.Turn(o.Today()) // a pack may come into force today
	return b.State, nil
}

func (o *Office) unlock() (Keys, error) {
	if o.keys == nil {
		k, err := o.Unlock()
		if err != nil {
			return Keys{}, err
		}
		o.keys = &k
	}
	return *o.keys, nil
}

// random returns n fresh bytes.
func (o *Office) random(n int) ([]byte, error) {
	b := make([]byte, n)
	if _, err := io.ReadFull(o.Rand, b); err != nil {
		return nil, fault.Wrap("office.no-randomness", "", err)
	}
	return b, nil
}

// Draft is a step that has been computed and judged and is not yet written.
type Draft struct {
	Entries  []*record.Entry
	Blobs    map[string][]byte
	Openings map[int64]*record.Opening   // whole new files, by index
	Findings []rules.Finding             // what the rules noticed: no breach among them
	Review   Review                      // of a register or list: what a person should look at
	About    []About                     // beside Entries: whom they are about, in names
	Passed   []string                    // firms of a sheet whose results stand already as it says
	First    int64                       // index of the first entry
	signers  [][]string                  // beside Entries: the keys that may sign each
	teams    map[any][]record.OpenHandle // of results, by body: who inspected
	notes    [][]byte                    // beside Entries: signed by others, taken as they came; nil where the office signs
	private  []privateFile               // written before the ledger: nothing may be said whose secret is lost
	lists    []privateFile               // to hand out; written before it, too, for nobody asks for them again
}

type privateFile struct {
	name string // slash separated, below the office's folder
	data []byte
}

// draft seals and judges bodies as the next entries. A breach is returned as
// an error: the office cannot say what a citizen would refuse.
func (o *Office) draft(d *Draft, bodies ...any) (*Draft, error) {
	refused, err := o.judge(d, bodies)
	if err != nil {
		return nil, err
	}
	for _, list := range refused {
		if len(list) > 0 {
			return nil, list[0]
		}
	}
	return d, nil
}

// judge seals bodies as the next entries of a draft and lists for each what is
// refused about it. If anything is, the draft is void: what was judged after a
// breach was judged as if its body had not been there.
func (o *Office) judge(d *Draft, bodies []any) (refused [][]*fault.Error, err error) {
	b, err := o.read()
	if err != nil {
		return nil, err
	}
	s := b.State
	d.First = s.Size
	if d.Openings == nil {
		d.Openings = map[int64]*record.Opening{}
	}
	refused = make([][]*fault.Error, len(bodies))
	for i, body := range bodies {
		list, err := o.judgeOne(s, d, body)
		if err != nil || len(list) > 0 {
			o.bundle = nil // the state has gone past what stands in the ledger
		}
		if err != nil {
			return nil, err
		}
		refused[i] = list
	}
	return refused, nil
}

func (o *Office) judgeOne(s *rules.State, d *Draft, body any) ([]*fault.Error, error) {
	index := s.Size
	fields, err := o.seal(body)
	if err != nil {
		return malformed(err)
	}
	if len(fields) > 0 {
		d.Openings[index] = o.visible(s, body, fields)
		if err := d.keep(index, fields, d.teams[body]); err != nil {
			return malformed(err)
		}
	}
	e := &record.Entry{Type: record.TypeOf(body), Origin: o.Config.Origin, Body: body,
		Env: record.Env{At: record.Time(o.Now().Unix()), By: o.Config.Role, Beacon: o.stamp(s)}}
	text, err := record.Format(e)
	if err != nil {
		return malformed(err)
	}
	keys := s.Keys(e)
	var terms *rules.Terms
	if c, ok := body.(*record.Charter); ok {
		terms = verify.Terms(s, c)
	}
	d.Entries, d.signers = append(d.Entries, e), append(d.signers, keys)
	found := s.Apply(rules.Input{Entry: e, Hash: rules.Hash([]byte(text)), Signers: keys, Attested: verify.Attested(s, e), Blobs: d.Blobs, Pending: true, Terms: terms})
	d.Findings = append(d.Findings, found...)
	var list []*fault.Error
	for _, f := range found {
		if f.Severity == rules.Breach {
			list = append(list, fault.New(f.Code, f.Place, f.Got, f.Want))
		}
	}
	return list, nil
}

// malformed is a body that has no text as an entry: that is about the body,
// unless the machine has failed.
func malformed(err error) ([]*fault.Error, error) {
	var f *fault.Error
	if errors.As(err, &f) && f.Code != "office.no-randomness" {
		return []*fault.Error{f}, nil
	}
	return nil, err
}

func (o *Office) seal(body any) (map[string]record.Field, error) {
	var failed error
	fields, err := record.Seal(body, func() string {
		b, err := o.random(32)
		if err != nil {
			failed = err
		}
		return hex.EncodeToString(b)
	})
	if failed != nil {
		return nil, failed
	}
	return fields, err
}

// visible is the public part of the openings; the rest stays private.
func (o *Office) visible(s *rules.State, body any, fields map[string]record.Field) *record.Opening {
	pub := &record.Opening{Fields: map[string]record.Field{}}
	e := &record.Entry{Type: record.TypeOf(body), Body: body}
	for _, path := range rules.OpenAtOnce(e) {
		if f, ok := fields[path]; ok {
			pub.Fields[path] = f
		}
	}
	return pub
}

// keep notes all openings of an entry below private/: they can be produced for
// an auditor although the public does not see them.
func (d *Draft) keep(index int64, fields map[string]record.Field, handles []record.OpenHandle) error {
	data, err := record.FormatOpening(&record.Opening{Fields: fields, Handles: handles})
	if err != nil {
		return err
	}
	d.private = append(d.private, privateFile{"private/openings/" + num(index) + ".json", data})
	return nil
}

// Written says what a step has put into the ledger.
type Written struct {
	First, Count int64
	Size         uint64
	Root         string
	Files        []string // handed out, relative to the office's folder
	Encrypted    int      // keys of draws that an earlier version had left in the clear
	Custody      Custody  // what is left of that, and of a change of people
}

// Write signs a draft's entries and appends them under one checkpoint.
func (o *Office) Write(d *Draft) (*Written, error) {
	if err := o.Restored(); err != nil {
		return nil, err
	}
	k, err := o.unlock()
	if err != nil {
		return nil, err
	}
	batch := ledger.Batch{Openings: map[uint64][]byte{}, Policy: policyOf(d)}
	batch.Entries = append(batch.Entries, d.notes...)
	for i, e := range d.Entries[len(d.notes):] {
		// Another office's key, or one that no charter names yet: what it signed
		// would stand in the ledger for ever, without effect.
		if key := k.Office.Key().String(); !slices.Contains(d.signers[i], key) {
			return nil, fault.New("rules.unsigned", e.Type, key, "")
		}
		text, err := record.Format(e)
		if err != nil {
			return nil, err
		}
		note, err := ledger.FormatNote(text, k.Office)
		if err != nil {
			return nil, err
		}
		batch.Entries = append(batch.Entries, note)
	}
	for _, data := range d.Blobs {
		batch.Blobs = append(batch.Blobs, data)
	}
	for index, op := range d.Openings {
		if len(op.Fields) == 0 && len(op.Handles) == 0 && op.K == "" && op.KI == "" {
			if index < d.First {
				batch.Openings[uint64(index)] = nil // taken down: the file goes
			}
			continue
		}
		if batch.Openings[uint64(index)], err = record.FormatOpening(op); err != nil {
			return nil, err
		}
	}
	encrypted, err := o.convert()
	if err != nil {
		return nil, err
	}
	custody, err := o.Custody()
	if err != nil {
		return nil, err
	}
	w, err := o.append(k, batch, d)
	if err != nil {
		return nil, err
	}
	w.Encrypted, w.Custody = encrypted, custody
	for _, f := range d.lists {
		w.Files = append(w.Files, f.name)
	}
	return w, nil
}

// Unfinished is how many entries a crash left half written, -1 if nothing was
// left. Until they are completed a step cannot be drafted: openings may stand
// there already that no entry tells of.
func (o *Office) Unfinished() (int, error) {
	_, b, err := local.Pending(os.DirFS(o.guard()))
	if err != nil || b == nil {
		return -1, err
	}
	return len(b.Entries), nil
}

// Complete writes what a crash left to its end and says how many entries that
// were, -1 if nothing was left. The caller stops then: the command that was cut
// short may be the very one that is now run again, and what is said twice
// stands twice.
func (o *Office) Complete() (int, error) {
	n, err := o.Unfinished()
	if err != nil || n < 0 {
		return n, err
	}
	return n, o.complete(o.ask)
}

// append hands the batch to the ledger. The draft was judged over d.First
// entries: if another process was quicker it no longer holds.
func (o *Office) append(k Keys, batch ledger.Batch, d *Draft) (*Written, error) {
	opt, closing, err := o.local(k)
	if err != nil {
		return nil, err
	}
	defer closing()
	if err := o.unchanged(); err != nil {
		return nil, err
	}
	log, err := local.Open(opt)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	if err := o.unchanged(); err != nil { // now that the lock is ours
		return nil, err
	}
	if err := o.policyHolds(log.Dir()); err != nil {
		return nil, err
	}
	if log.Size() != uint64(d.First) {
		return nil, fault.New("office.overtaken", o.Public(), num(log.Size()), num(d.First))
	}
	// From here on nobody refuses. What the ledger will speak of stands before
	// it does: a crash leaves a secret without its commitment, or a list without
	// its dispatch, and the command that is run again writes both anew.
	if err := o.put(d.private, 0o600); err != nil {
		return nil, err
	}
	if err := o.put(d.lists, 0o644); err != nil {
		return nil, err
	}
	at, err := log.Append(batch)
	if err != nil {
		o.bundle = nil
		return nil, err
	}
	o.timed(log.Dir(), batch.Entries)
	if o.bundle != nil {
		o.ahead, o.bundle = o.bundle.State, nil
	}
	w := &Written{First: int64(at), Count: int64(len(batch.Entries)), Size: log.Size()}
	if msg, err := log.Dir().Checkpoint(); err == nil {
		if c, _, err := ledger.OpenCheckpoint(msg, k.Log.Key()); err == nil {
			w.Root = hex.EncodeToString(c.Root[:])
		}
	}
	return w, nil
}

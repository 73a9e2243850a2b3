// Package verify is the judge: it opens a published ledger, checks signature,
// tree and every file, walks the entries index by index with package rules,
// and reports. Officials, citizens and the page builder all call Open; a page
// can only be made from the Bundle that it returns.
//
//	b, err := verify.Open(os.DirFS("public/gaoqing"), verify.Options{Policy: pinned, Today: "2024-07-31"})
//
// Open fails only where nothing can be believed: a broken form, signature or
// tree. Whatever else is wrong (a failed draw, an opening that does not fit, a
// changed copy) is carried in the Bundle as a finding and shown as failed.
package verify

import (
	"crypto/sha256"
	"errors"
	"io/fs"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/ledger"
)

// Options of a verification. The zero value trusts the site's own policy and
// asserts no lateness.
type Options struct {
	Fingerprint string // what the reader typed of a charter's fingerprint (ParseFingerprint), "": nothing
	Fresh       int    // days after which the witnesses' latest signature is too old; 0: not asked
	Policy      []byte // pinned c2sp.org/tlog-policy text, nil: the site's own
	Today       string // yyyy-mm-dd, for what is due; "": nothing is
	Local       bool   // Today is only this machine's date: a demonstration, which has a calendar of its own, is judged by the day of its last entry
	Unlisted    bool   // fsys cannot list folders (a web server): nothing foreign is looked for
	Progress    func(done, total uint64)
}

// Entry is one record of the ledger with everything found about it.
type Entry struct {
	Index    int64
	Record   *record.Entry      // nil where it does not parse
	Hash     string             // lower hex SHA-256 of the signed entry
	Signers  []string           // names of the office keys that signed
	Opening  *record.Opening    // handles and keys of its opening, nil where it has none; the rest stands in Fields
	Fields   []record.OpenField // what its opening opens of its body, by path
	Bracket  Bracket
	Findings []rules.Finding

	ProofSum   Sum // of its proof file as it stands, sound or not
	OpeningSum Sum // of its opening file as it stands; only of entries that may have one

	Head *ledger.Checkpoint // of its proof file, nil where that does not hold; entries of one publication share it
}

// Sum is the beginning of the SHA-256 of a file, by which whoever made
// something of it knows whether it is still the same; zero where no file was
// read.
type Sum [16]byte

func sumOf(data []byte) Sum {
	sum := sha256.Sum256(data)
	return Sum(sum[:])
}

// Value is the opened value of a sealed body path, "" where it is not opened
// or its opening does not fit.
func (e *Entry) Value(path string) string {
	for i := range e.Fields {
		if e.Fields[i].Path == path {
			return e.Fields[i].Value
		}
	}
	return ""
}

// Bundle is a ledger that has been verified: the only thing pages are made of.
type Bundle struct {
	Dir        *ledger.Dir
	Checkpoint ledger.Checkpoint
	Signed     []byte // the checkpoint as signed
	Policy     *ledger.Policy
	Pinned     bool // the policy was given by the reader, not by the site
	State      *rules.State
	Entries    []*Entry
	Findings   []rules.Finding // of the whole, in order of index; openings and files too
	Anchor     int64           // index of the charter that the reader's policy or fingerprint is of, -1: none
	HeadSeen   int64           // unix seconds by which the checkpoint's witnesses had signed, 0: not
	Today      string
	Resumed    uint64 // Entries below it are nil: only Resume leaves it above 0

	signers  map[string]*ledger.Key        // parsed keys of charters, nil for a bad one
	office   atomic.Pointer[[]*ledger.Key] // those of the charter in force, for who reads ahead
	policies map[string]*ledger.Policy     // parsed policies of charters, nil for a bad one
	needed   map[string]bool               // digests of the files beside the log that entries name
	unlisted bool
	proved   proved     // checkpoints of the proofs that hold, until the walk has come by
	dated    seenBy     // of the checkpoint that was looked at last
	log      ledger.Key // that signed the checkpoint
	held     held
	ks       map[int64][]byte // opened and checked, by index of the notice
}

// held counts what was checked beside the entries and found to fit.
type held struct{ openings, keys, results, witnessed, unwitnessed int }

// Root returns the folder that holds the ledger: fsys/ledger where a whole
// site was given, fsys itself where it is the ledger.
func Root(fsys fs.FS) (fs.FS, error) {
	if _, err := fs.Stat(fsys, "ledger/checkpoint"); err == nil {
		return fs.Sub(fsys, "ledger")
	}
	if _, err := fs.Stat(fsys, "checkpoint"); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, fault.Wrap("verify.no-ledger", "ledger/checkpoint", err).Of(fault.Unreachable)
		}
		return nil, err
	}
	return fsys, nil
}

// Open verifies a site or a ledger folder.
func Open(fsys fs.FS, opt Options) (*Bundle, error) {
	root, err := Root(fsys)
	if err != nil {
		return nil, err
	}
	b := &Bundle{Dir: ledger.OpenDir(root), State: rules.New(), Pinned: opt.Policy != nil, Today: opt.Today,
		signers: map[string]*ledger.Key{}, policies: map[string]*ledger.Policy{}, needed: map[string]bool{}, unlisted: opt.Unlisted}
	if err := b.head(opt.Policy); err != nil {
		return nil, err
	}
	if err := b.audit(); err != nil {
		return nil, err
	}
	if err := b.walk(opt.Progress); err != nil {
		return nil, err
	}
	first := b.gather()
	if c := b.State.Charters; opt.Local && len(c) > 0 && c[0].Body.Demo { // the first: none becomes a demonstration later
		b.Today = b.lastDay()
	}
	b.charterKey()
	b.chain(opt)
	b.fresh(opt.Fresh)
	if !b.unlisted {
		if err := b.strays(root); err != nil {
			return nil, err
		}
	}
	b.openings()
	if err := b.scripts(fsys); err != nil {
		return nil, err
	}
	b.Findings = append(b.Findings, b.State.Across()...)
	b.overdue()
	b.standing()
	b.share(first)
	return b, nil
}

// share makes each entry's findings a part of the bundle's, among which they
// stand from the index first, and no copy.
func (b *Bundle) share(first int) {
	b.Findings = slices.Clone(b.Findings)
	for _, e := range b.Entries {
		if to := first + len(e.Findings); to > first {
			e.Findings, first = b.Findings[first:to:to], to
		}
	}
}

// head reads policy and checkpoint and checks the log's signature.
func (b *Bundle) head(pinned []byte) error {
	text := pinned
	if text == nil {
		var err error
		if text, err = b.Dir.Policy(); err != nil {
			return fault.Wrap("verify.no-policy", "ledger/policy", err)
		}
	}
	var err error
	if b.Policy, err = ledger.ParsePolicy(text); err != nil {
		return about("verify.bad-policy", "policy", err)
	}
	if b.Signed, err = b.Dir.Checkpoint(); err != nil {
		return about("verify.bad-checkpoint", "ledger/checkpoint", err)
	}
	demand := b.Policy
	if pinned != nil {
		// The reader's policy may be an earlier charter's: chain follows from
		// there to the one whose witnesses must have signed.
		demand = &ledger.Policy{Logs: b.Policy.Logs}
	}
	if b.Checkpoint, err = demand.Open(b.Signed); err != nil {
		return about("verify.bad-checkpoint", "ledger/checkpoint", err)
	}
	for _, l := range b.Policy.Logs {
		if _, _, err := ledger.OpenCheckpoint(b.Signed, l.Key); err == nil {
			b.log = l.Key // a policy may list several logs: the one that signed counts
			break
		}
	}
	return nil
}

// about names the file that a fault of its contents is about.
func about(code, place string, err error) error {
	e := fault.Wrap(code, place, err)
	if f := new(fault.Error); errors.As(err, &f) {
		e.Kind = f.Kind
	}
	return e
}

// audit recomputes tree and files. What breaks the tree ends the verification;
// a changed copy, proof or blob beside it is a finding.
func (b *Bundle) audit() error {
	b.proved.audited = true
	rep := b.Dir.Audit(b.log, ledger.AuditOptions{Copies: true, Unlisted: b.unlisted, Proved: b.proved.add, Read: b.proved.read})
	var broken []error
	for _, p := range rep.Problems {
		if p.Kind == fault.Unreachable || breaksTree(p) {
			broken = append(broken, p)
			continue
		}
		got := p.Got
		if got == "" && p.Err != nil {
			got = p.Err.Error()
		}
		b.add(rules.Finding{Code: p.Code, Severity: rules.Breach, Entry: -1, Place: "ledger/" + p.Place, Got: got, Want: p.Want})
	}
	return errors.Join(broken...)
}

// breaksTree: after these nothing that the folder says can be believed.
func breaksTree(p *fault.Error) bool {
	switch p.Code {
	case "ledger.audit-copy", "ledger.audit-proof", "ledger.audit-blob", "ledger.audit-policy", "ledger.audit-foreign", "ledger.audit-beyond":
		return false
	case "ledger.audit-cosignature": // in a proof file it dates nothing; nobody's tree hangs on it
		return p.Place == "checkpoint"
	}
	return p.Code != "ledger.audit-missing" || strings.HasPrefix(p.Place, "tile/") || p.Place == "checkpoint"
}

func (b *Bundle) add(f rules.Finding) { b.Findings = append(b.Findings, f) }

// lastDay is the date that the last readable entry claims.
func (b *Bundle) lastDay() string {
	for _, e := range slices.Backward(b.Entries) {
		if e.Record != nil {
			return e.Record.Env.At[:len("2006-01-02")]
		}
	}
	return ""
}

func unreachable(err error) bool {
	var f *fault.Error
	return errors.As(err, &f) && f.Kind == fault.Unreachable
}

// charterKey: the key that signed the checkpoint is the charter's.
func (b *Bundle) charterKey() {
	c := b.State.Charter()
	if c == nil {
		return
	}
	if !slices.Contains(c.KeysOf("log"), b.LogKey()) {
		b.add(rules.Finding{Code: "verify.log-key", Severity: rules.Breach, Entry: -1, Place: "policy", Got: b.LogKey()})
	}
	if b.State.Origin != b.Checkpoint.Origin {
		b.add(rules.Finding{Code: "verify.origin", Severity: rules.Breach, Entry: -1, Place: "checkpoint", Got: b.Checkpoint.Origin, Want: b.State.Origin})
	}
}

// LogKey is the verifier key that signed the checkpoint.
func (b *Bundle) LogKey() string { return b.log.String() }

// Failed reports whether anything is 不相符.
func (b *Bundle) Failed() bool {
	for _, f := range b.Findings {
		if f.Severity == rules.Breach {
			return true
		}
	}
	return false
}

func num[T ~int | ~int64 | ~uint64](n T) string { return strconv.FormatInt(int64(n), 10) }

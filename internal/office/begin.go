package office

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/sunlot/sunlot/content"
	"github.com/sunlot/sunlot/internal/durable"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/intake"
	"github.com/sunlot/sunlot/internal/keyring"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/ledger"
	"github.com/sunlot/sunlot/ledger/local"
)

// Beginning is what `init` needs.
type Beginning struct {
	Dir       string
	Config    Config
	Witnesses []byte          // a policy file (MakePolicy); nil: none
	Public    bool            // its addresses stand in the charter too
	Keyring   keyring.Options // people, work factor; names are filled here
	Now       func() time.Time
	Rand      io.Reader
	HTTP      *http.Client // see Office
	Grace     time.Duration
	Context   context.Context
	Writer    string
}

// Check refuses what Begin would refuse before anything is made, and before
// anybody is asked for a passphrase.
func (in *Beginning) Check() error {
	_, _, _, err := in.office()
	return err
}

// office is the office to be made and its rule pack.
func (in *Beginning) office() (o *Office, packFile []byte, pack *rules.Pack, err error) {
	c := in.Config
	if packFile, pack, err = packOf(c.Pack); err != nil {
		return nil, nil, nil, err
	}
	c.Guard = or(c.Guard, "guard")
	c.Role, c.Region = or(c.Role, "办公室"), or(c.Region, pack.Region)
	c.Site.Name = or(c.Site.Name, c.Name)
	if err := c.check(); err != nil {
		return nil, nil, nil, err
	}
	// What a crash left of an earlier init may be completed.
	if err := vacant(in.Dir, ours...); err != nil {
		return nil, nil, nil, err
	}
	o = &Office{Dir: in.Dir, Config: c, Now: in.Now, Rand: in.Rand, HTTP: in.HTTP, Grace: in.Grace, Context: in.Context, Writer: in.Writer}
	if err := o.guardApart(); err != nil {
		return nil, nil, nil, err
	}
	return o, packFile, pack, o.guardFree()
}

// Begin makes the office's folder, its keys and its ledger with the charter
// (开账声明) as entry 0. It returns the recovery sheet to be printed: the one
// place where its secret stands. A refusal leaves nothing behind.
func Begin(in Beginning) (*Office, *Written, string, error) {
	o, packFile, pack, err := in.office()
	if err != nil {
		return nil, nil, "", err
	}
	c := o.Config
	undo, err := o.folders()
	if err != nil {
		undo()
		return nil, nil, "", err
	}
	opt := in.Keyring
	opt.Random, opt.Office, opt.LogName, opt.OfficeName, opt.At = in.Rand, c.Name, c.Origin, c.Origin+"/office", in.Now()
	keys, sheet, err := keyring.Create(o.keyDir(), opt)
	if err != nil {
		undo() // refused for a passphrase or too few people: nothing was made
		return nil, nil, "", err
	}
	k := Keys{Log: keys.Log(), Office: keys.Office(), Open: keys.OpenSealed}
	o.Unlock = func() (Keys, error) { return k, nil }
	d, err := o.found(k, pack, packFile, keys.Ring(), in)
	if err != nil {
		// Nothing was said with these keys: they go, and all that was made.
		for _, name := range []string{o.keyDir(), o.Public(), filepath.Join(o.guard(), ledger.GuardRecord), filepath.Join(o.guard(), "lock"), o.path(ConfigName)} {
			_ = os.RemoveAll(name)
		}
		undo()
		return nil, nil, "", err
	}
	// Without its witnesses the charter waits for them; the office stands, and so
	// does the sheet.
	w, err := o.Write(d)
	return o, w, sheet, err
}

// found makes the empty ledger and office.toml and drafts the charter.
func (o *Office) found(k Keys, pack *rules.Pack, packFile []byte, ring *keyring.Ring, in Beginning) (*Draft, error) {
	policy := &NewPolicy{}
	if in.Witnesses != nil {
		var err error
		if policy, err = MakePolicy(in.Witnesses, k.Log.Key(), in.Public); err != nil {
			return nil, err
		}
		o.Config.Witnesses = policy.Addresses
	}
	// office.toml last before the charter: a folder without it is no office, and
	// `init` may be called on it again.
	if err := o.firstTree(); err != nil {
		return nil, err
	}
	opt, closing, err := o.local(k)
	if err != nil {
		return nil, err
	}
	defer closing()
	log, err := local.Create(opt)
	if err != nil {
		return nil, err
	}
	log.Close()
	if err := durable.WriteFile(o.path(ConfigName), o.Config.format(), 0o644); err != nil {
		return nil, fault.Wrap("office.unwritable", o.path(ConfigName), err)
	}
	return o.charter(k, pack, packFile, ring, policy.Text)
}

// guardFree refuses a ledger or a guard's record that stands there already,
// before anything is made.
func (o *Office) guardFree() error {
	for _, name := range []string{filepath.Join(o.guard(), ledger.GuardRecord), filepath.Join(o.Public(), "checkpoint")} {
		if _, err := os.Lstat(name); err == nil {
			return fault.New("ledger.exists", name, "", "").Of(fault.Usage)
		}
	}
	return nil
}

// Pack reads a rule pack: one of ours by its name, or the office's own file.
func Pack(name string) (*rules.Pack, error) {
	_, p, err := packOf(name)
	return p, err
}

// packOf returns a pack and its canonical JSON.
func packOf(name string) ([]byte, *rules.Pack, error) {
	text, err := content.FS.ReadFile("packs/" + name + ".toml")
	if strings.HasSuffix(name, ".toml") {
		if text, err = os.ReadFile(name); err != nil {
			return nil, nil, fault.Wrap("office.unreadable", name, err).Of(fault.Unreachable)
		}
	} else if err != nil {
		return nil, nil, fault.New("office.no-pack", name, name, "gaoqing, yanshi").Of(fault.Usage)
	}
	p, faults := intake.Lint(filepath.Base(strings.TrimSuffix(name, ".toml"))+".toml", text, (*rules.Pack).Faults)
	if len(faults) > 0 {
		var all []error
		for _, f := range faults {
			all = append(all, f)
		}
		return nil, nil, errors.Join(all...)
	}
	data, err := rules.FormatPack(p)
	return data, p, err
}

func (c *Config) check() error {
	if c.Name == "" || c.Origin == "" {
		return fault.New("office.bad-config", ConfigName, "", "name, origin").Of(fault.Usage)
	}
	if err := c.Ledger.check(); err != nil {
		return err
	}
	if strings.Trim(c.Origin, "abcdefghijklmnopqrstuvwxyz0123456789.-/_") != "" || !strings.Contains(c.Origin, "/") {
		return fault.New("office.bad-origin", ConfigName, c.Origin, "example.gov.cn/sunlot").Of(fault.Usage)
	}
	return nil
}

// folders makes the office's folders. undo takes away again those that it made
// and that are still empty.
func (o *Office) folders() (undo func(), err error) {
	var made []func()
	undo = func() {
		for _, un := range slices.Backward(made) {
			un()
		}
	}
	dirs := []struct {
		name string
		mode os.FileMode
	}{{o.Dir, 0o755}, {o.path("content"), 0o755}, {o.path("inbox"), 0o755}, {o.path("outbox"), 0o755}, {o.path("private"), 0o700}, {o.guard(), 0o700}}
	for _, d := range dirs {
		un, err := makeAll(d.name, d.mode)
		made = append(made, un)
		if err != nil {
			return undo, err
		}
	}
	return undo, nil
}

// guardApart refuses a second place within the ledger's folder, or around it,
// before anything is made: one mistaken restore would change both.
func (o *Office) guardApart() error {
	a, err1 := filepath.Abs(o.Public())
	b, err2 := filepath.Abs(o.guard())
	if err := errors.Join(err1, err2); err != nil {
		return fault.Wrap("office.unwritable", o.Dir, err).Of(fault.Unreachable)
	}
	for _, pair := range [][2]string{{a, b}, {b, a}} {
		if rel, err := filepath.Rel(pair[0], pair[1]); err == nil && filepath.IsLocal(rel) {
			return fault.New("ledger.guard-inside", o.guard(), o.guard(), o.Public()).Of(fault.Usage)
		}
	}
	return nil
}

// charter drafts entry 0.
func (o *Office) charter(k Keys, pack *rules.Pack, file []byte, ring *keyring.Ring, policy string) (*Draft, error) {
	held := ""
	for _, p := range ring.People {
		held += "、" + p.Role
	}
	ref := rules.FileOf(file)
	body := &record.Charter{Office: o.Config.Name, Region: o.Config.Region, Site: o.Config.Site.record(), Internet: o.Config.Internet, Demo: o.Config.Demo,
		Pack: record.PackRef{ID: pack.ID, File: ref}, Policy: policy,
		Keys: []record.RoleKey{
			{Role: "log", Key: k.Log.Key().String(), Held: strings.TrimPrefix(held, "、")},
			{Role: "office", Key: k.Office.Key().String(), Held: strings.TrimPrefix(held, "、")},
		}}
	return o.draft(&Draft{Blobs: map[string][]byte{ref.SHA256: file}}, body)
}

// Policy is the verifier's policy of this office: what a citizen pins.
func Policy(k ledger.Key) ([]byte, error) {
	return ledger.FormatPolicy(&ledger.Policy{Logs: []ledger.PolicyKey{{Key: k}}, Quorum: "none"})
}

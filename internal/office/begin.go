package office

import (
	"io"
	"os"
	"path/filepath"
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
	Dir     string
	Config  Config
	Keyring keyring.Options // people, work factor; names are filled here
	Now     func() time.Time
	Rand    io.Reader
}

// Begin makes the office's folder, its keys and its ledger with the charter
// (开账声明) as entry 0. It returns the recovery sheet to be printed: the one
// place where its secret stands.
func Begin(in Beginning) (*Office, *Written, string, error) {
	c := in.Config
	packFile, pack, err := packOf(c.Pack)
	if err != nil {
		return nil, nil, "", err
	}
	c.Guard = or(c.Guard, "guard")
	c.Role, c.Region = or(c.Role, "办公室"), or(c.Region, pack.Region)
	c.Site.Name = or(c.Site.Name, c.Name)
	if err := c.check(); err != nil {
		return nil, nil, "", err
	}
	if _, err := os.Stat(filepath.Join(in.Dir, ConfigName)); err == nil {
		return nil, nil, "", fault.New("office.exists", in.Dir, ConfigName, "").Of(fault.Usage)
	}
	o := &Office{Dir: in.Dir, Config: c, Now: in.Now, Rand: in.Rand}
	if err := o.folders(); err != nil {
		return nil, nil, "", err
	}
	opt := in.Keyring
	opt.Random, opt.Office, opt.LogName, opt.OfficeName, opt.At = in.Rand, c.Name, c.Origin, c.Origin+"/office", in.Now()
	keys, sheet, err := keyring.Create(o.path("private", "keys"), opt)
	if err != nil {
		return nil, nil, "", err
	}
	k := Keys{Log: keys.Log(), Office: keys.Office()}
	o.Unlock = func() (Keys, error) { return k, nil }
	// office.toml last before the ledger: a folder without it is no office, and
	// `init` may be called on it again.
	log, err := local.Create(o.local(k))
	if err != nil {
		return nil, nil, "", err
	}
	log.Close()
	if err := durable.WriteFile(o.path(ConfigName), c.format(), 0o644); err != nil {
		return nil, nil, "", fault.Wrap("office.unwritable", o.path(ConfigName), err)
	}
	w, err := o.charter(k, pack, packFile, keys.Ring())
	return o, w, sheet, err
}

func packOf(name string) ([]byte, *rules.Pack, error) {
	text, err := content.FS.ReadFile("packs/" + name + ".toml")
	if err != nil {
		return nil, nil, fault.New("office.no-pack", name, name, "gaoqing, yanshi").Of(fault.Usage)
	}
	p, err := intake.TOML[rules.Pack](name+".toml", text)
	if err != nil {
		return nil, nil, err
	}
	data, err := rules.FormatPack(&p)
	return data, &p, err
}

func (c *Config) check() error {
	if c.Name == "" || c.Origin == "" {
		return fault.New("office.bad-config", ConfigName, "", "name, origin").Of(fault.Usage)
	}
	if strings.Trim(c.Origin, "abcdefghijklmnopqrstuvwxyz0123456789.-/_") != "" || !strings.Contains(c.Origin, "/") {
		return fault.New("office.bad-origin", ConfigName, c.Origin, "example.gov.cn/sunlot").Of(fault.Usage)
	}
	return nil
}

func (o *Office) folders() error {
	for name, mode := range map[string]os.FileMode{"": 0o755, "content": 0o755, "inbox": 0o755, "outbox": 0o755, "private": 0o700, o.Config.Guard: 0o700} {
		dir := o.path(name)
		if filepath.IsAbs(name) {
			dir = name
		}
		if err := os.MkdirAll(dir, mode); err != nil {
			return fault.Wrap("office.unwritable", dir, err)
		}
	}
	return nil
}

// charter drafts and writes entry 0.
func (o *Office) charter(k Keys, pack *rules.Pack, file []byte, ring *keyring.Ring) (*Written, error) {
	held := ""
	for _, p := range ring.People {
		held += "、" + p.Role
	}
	ref := rules.FileOf(file)
	body := &record.Charter{Office: o.Config.Name, Region: o.Config.Region, Site: o.Config.Site.record(), Internet: o.Config.Internet, Demo: o.Config.Demo,
		Pack: record.PackRef{ID: pack.ID, File: ref},
		Keys: []record.RoleKey{
			{Role: "log", Key: k.Log.Key().String(), Held: strings.TrimPrefix(held, "、")},
			{Role: "office", Key: k.Office.Key().String(), Held: strings.TrimPrefix(held, "、")},
		}}
	d, err := o.draft(&Draft{Blobs: map[string][]byte{ref.SHA256: file}}, body)
	if err != nil {
		return nil, err
	}
	return o.Write(d)
}

// Policy is the verifier's policy of this office: what a citizen pins.
func Policy(k ledger.Key) ([]byte, error) {
	return ledger.FormatPolicy(&ledger.Policy{Logs: []ledger.PolicyKey{{Key: k}}, Quorum: "none"})
}

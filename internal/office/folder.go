package office

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/sunlot/sunlot/internal/durable"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/intake"
)

// Open reads the office's folder. It looks at office.toml alone; the ledger is
// verified when it is first needed.
func Open(dir string) (*Office, error) {
	name := filepath.Join(dir, ConfigName)
	data, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New("office.not-an-office", dir, "", ConfigName).Of(fault.Usage)
	}
	if err != nil {
		return nil, fault.Wrap("office.unreadable", name, err).Of(fault.Unreachable)
	}
	c, err := intake.TOML[Config](name, data)
	if err != nil {
		return nil, err
	}
	if c.Name == "" || c.Origin == "" || c.Guard == "" {
		return nil, fault.New("office.bad-config", name, "", "name, origin, guard")
	}
	if err := c.Ledger.check(); err != nil {
		return nil, err
	}
	return &Office{Dir: dir, Config: c}, nil
}

// put writes files below the office's folder, making folders as needed;
// private/ and guard/ stay 0700.
func (o *Office) put(files []privateFile, perm fs.FileMode) (err error) {
	for _, f := range files {
		name := o.path(filepath.FromSlash(f.name))
		mode := fs.FileMode(0o755)
		if strings.HasPrefix(f.name, "private/") {
			mode = 0o700
		}
		if err := os.MkdirAll(filepath.Dir(name), mode); err != nil {
			return fault.Wrap("office.unwritable", name, err)
		}
		write := func() error { return durable.WriteFile(name, f.data, perm) }
		if hook := o.Hook; hook != nil {
			err = hook("file", f.name, write)
		} else {
			err = write()
		}
		if err != nil {
			return fault.Wrap("office.unwritable", name, err)
		}
	}
	return nil
}

func num[T ~int | ~int64 | ~uint64](n T) string { return strconv.FormatInt(int64(n), 10) }

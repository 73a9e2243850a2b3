// Package publish takes a built site out of the door: for now to a directory,
// which a web server serves or somebody copies on.
//
//	sum, err := publish.Dir("public", "/srv/www/sunlot", publish.Options{Today: "2024-07-31"})
//
// Order, so that a reader always meets a whole site and a cut-off run is
// finished by the next one:
//
//	.sunlot-published   what stands here by us: old and new names together
//	ledger/…            blobs, tiles, bundles, copies, proofs, openings
//	assets              css, svg, images
//	new pages           records, then lists: nobody points to them yet
//	changed pages       records, then lists, index.html last
//	ledger/policy
//	ledger/checkpoint   only when all of the above is durable
//	deletions           what an earlier run put here and the site no longer has
//	.sunlot-published   the new names alone
//
// Each file is written under a temporary name and renamed; one of the same
// bytes is left alone; nothing is cleared first.
//
// .sunlot-published is text: the line "sunlot-published/1", the ledger's
// origin, then the names, one a line, sorted. Only names that stand in it are
// ever removed or replaced. A directory without it is taken if it is empty but
// for what hosts put there (names with a leading dot, lost+found, web.config,
// WEB-INF, robots.txt, favicon.ico), or if it holds nothing but an earlier copy of this
// very site, whose checkpoint our tiles continue. Anything else is refused
// before the first write: another office's ledger, a larger one, one that is
// not an ancestor, a file that is not ours where one of ours must stand.
package publish

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/sunlot/sunlot/internal/durable"
	"github.com/sunlot/sunlot/internal/fault"
)

// Options of a run.
type Options struct {
	Today    string                // yyyy-mm-dd, for the verification; "": nothing is due
	Progress func(done, total int) // files; may be nil
}

// Summary is what a run did.
type Summary struct {
	Written int    `json:"written"`
	Same    int    `json:"same"`
	Removed int    `json:"removed"`
	Size    uint64 `json:"size"`
	Root    string `json:"root"` // lower hex
}

// Dir publishes the built site in from to the directory to, which is made if
// its parent exists. It verifies from first and refuses what is broken in
// signature, tree or files; a failed draw is no reason to hide the pages that
// say so. Errors are faults: publish.…; after publish.unwritable or a kill the
// same call finishes the work.
func Dir(from, to string, opt Options) (Summary, error) { return run(from, to, opt, nil) }

// run is Dir with a hook around every change of the disk, for tests.
func run(from, to string, opt Options, hook durable.Hook) (Summary, error) {
	if err := apart(from, to); err != nil {
		return Summary{}, err
	}
	src, err := openSource(from, opt.Today)
	if err != nil {
		return Summary{}, err
	}
	defer src.close()
	dst, err := openTarget(to, src, hook)
	if err != nil {
		return Summary{}, err
	}
	defer dst.close()
	p, err := newPlan(src, dst)
	if err != nil {
		return Summary{}, err
	}
	c := &carrier{src: src, dst: dst, plan: p, progress: opt.Progress}
	c.sum.Size, c.sum.Root = src.head.Size, hexOf(src.head.Root)
	if err := c.carry(); err != nil {
		var f *fault.Error
		if !errors.As(err, &f) {
			err = fault.Wrap("publish.unwritable", to, err).Of(fault.Unreachable)
		}
		return Summary{}, err
	}
	return c.sum, nil
}

// carrier is one run past all its checks.
type carrier struct {
	src      *source
	dst      *target
	plan     *plan
	sum      Summary
	done     int
	progress func(done, total int)
}

func (c *carrier) carry() error {
	// From here on a crash leaves names in the list that may not stand there:
	// harmless, a missing file is nothing to remove.
	if err := c.dst.list(c.plan.either); err != nil {
		return err
	}
	for _, name := range c.plan.order {
		if err := c.file(name); err != nil {
			return err
		}
	}
	// A crash up to here leaves the old checkpoint over old and new files.
	if err := c.dst.dir.Sync(); err != nil {
		return err
	}
	if err := c.checkpoint(); err != nil {
		return err
	}
	// A crash from here on leaves files too many, which are in the list.
	for _, name := range c.plan.gone {
		stood, err := c.dst.remove(name)
		if err != nil {
			return err
		}
		if stood {
			c.sum.Removed++
		}
		c.step()
	}
	if err := c.dst.dir.Sync(); err != nil {
		return err
	}
	c.dst.prune(c.plan.gone)
	return c.dst.list(c.src.names)
}

// file carries one file, unless it stands there already.
func (c *carrier) file(name string) error {
	defer c.step()
	if c.plan.same[name] {
		c.sum.Same++
		return nil
	}
	data, err := c.src.read(name)
	if err != nil {
		return err
	}
	c.sum.Written++
	return c.dst.dir.Put(name, data)
}

// checkpoint writes the very bytes that were verified, once more making sure
// that nobody built the site again in the meantime.
func (c *carrier) checkpoint() error {
	defer c.step()
	now, err := c.src.read(checkpointName)
	if err != nil {
		return err
	}
	if !bytes.Equal(now, c.src.signed) {
		return fault.New("publish.changed", checkpointName, "", "").Of(fault.Unreachable)
	}
	if c.plan.same[checkpointName] {
		c.sum.Same++
		return nil
	}
	c.sum.Written++
	return c.dst.dir.Replace(checkpointName, c.src.signed)
}

func (c *carrier) step() {
	c.done++
	if c.progress != nil {
		c.progress(c.done, len(c.plan.order)+1+len(c.plan.gone))
	}
}

// apart refuses two folders of which one lies in the other.
func apart(from, to string) error {
	a, b := real(from), real(to)
	for _, pair := range [][2]string{{a, b}, {b, a}} {
		rel, err := filepath.Rel(pair[0], pair[1])
		if err == nil && rel != ".." && !strings.HasPrefix(rel, ".."+string(filepath.Separator)) {
			return fault.New("publish.same-folder", to, to, "a folder apart from "+from).Of(fault.Usage)
		}
	}
	return nil
}

// real is the absolute path without links, as far as it exists.
func real(name string) string {
	abs, err := filepath.Abs(name)
	if err != nil {
		return name
	}
	for rest := ""; ; {
		if r, err := filepath.EvalSymlinks(abs); err == nil {
			return filepath.Join(r, rest)
		}
		up := filepath.Dir(abs)
		if up == abs {
			return filepath.Join(abs, rest)
		}
		rest = filepath.Join(filepath.Base(abs), rest)
		abs = up
	}
}

// missing says that a name does not stand in root.
func missing(root *os.Root, name string) bool {
	_, err := root.Lstat(filepath.FromSlash(name))
	return errors.Is(err, fs.ErrNotExist)
}

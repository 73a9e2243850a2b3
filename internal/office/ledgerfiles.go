package office

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"github.com/sunlot/sunlot/internal/durable"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/ledger"
	"github.com/sunlot/sunlot/ledger/local"
)

// rebuilding is where the files stand until their root is the signed one.
const rebuilding = ".rebuilding"

// MendedFiles says what was done to the ledger's folder.
type MendedFiles struct {
	Size  uint64         `json:"size"`
	Root  string         `json:"root"`
	Files []string       `json:"files"` // written anew, sorted as they were met
	Left  []*fault.Error `json:"-"`     // what is still wrong
}

// RebuildFiles mends the ledger's folder. Its entries come from a published copy
// of it, from the tree on the servers, or where neither is there from its own
// bundles; they are accepted only if they lead to the root that was signed last,
// and until then nothing in the folder is touched. From a copy everything else
// that is missing or wrong is taken too, as far as it proves itself.
func (o *Office) RebuildFiles(from string, progress func(done, of uint64)) (*MendedFiles, error) {
	if err := o.Restored(); err != nil {
		return nil, err
	}
	k, err := o.unlock() // for the key of the log: the folder itself is in doubt
	if err != nil {
		return nil, err
	}
	h, err := local.Hold(local.Options{Dir: o.Public(), Guard: o.guard(), Writer: o.Writer})
	if err != nil {
		return nil, err
	}
	defer h.Close()
	o.bundle = nil
	m := &mending{o: o, key: k.Log.Key(), to: h.Public(), progress: progress}
	if from != "" {
		m.from = os.DirFS(from)
	}
	if m.head, err = m.signed(h); err != nil {
		return nil, err
	}
	if err := m.tiles(); err != nil {
		return nil, err
	}
	if err := m.beside(); err != nil {
		return nil, err
	}
	return &MendedFiles{Size: m.head.Size, Root: m.head.Root.String(), Files: m.files, Left: m.left}, nil
}

// mending is one run of RebuildFiles.
type mending struct {
	o        *Office
	key      ledger.Key
	to       *durable.Dir
	from     fs.FS // nil: no copy
	head     ledger.Checkpoint
	progress func(done, of uint64)
	files    []string
	left     []*fault.Error
}

// signed is the tree that the folder has to show: the one signed last, or while a
// step is unfinished the one before it.
func (m *mending) signed(h *local.Held) (ledger.Checkpoint, error) {
	head, err := h.Signed(m.key)
	if err != nil {
		return head, err
	}
	if head.Origin == "" {
		return head, fault.New("ledger.guard-lost", m.o.guard(), "", "")
	}
	from, pending, err := h.Pending()
	if err != nil || pending == nil || from >= head.Size {
		return head, err
	}
	msg, err := ledger.OpenDir(m.to.FS()).Checkpoint()
	if err == nil {
		head, _, err = ledger.OpenCheckpoint(msg, m.key)
	}
	if err != nil || head.Size != from {
		return head, &fault.Error{Code: "ledger.guard-rolled-back", Place: "checkpoint", Got: num(head.Size), Want: num(from), Err: err}
	}
	return head, nil
}

// tiles renders bundles and tiles beside the folder, and brings over what
// differs once their root is the signed one.
func (m *mending) tiles() error {
	dir := m.o.path(rebuilding)
	if err := os.RemoveAll(dir); err != nil {
		return fault.Wrap("office.unwritable", dir, err)
	}
	stage, err := durable.Open(dir, durable.Options{Private: true})
	if err != nil {
		return fault.Wrap("office.unwritable", dir, err)
	}
	defer os.RemoveAll(dir)
	defer stage.Close()
	if err := m.render(stage); err != nil {
		return err
	}
	err = fs.WalkDir(stage.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		data, err := fs.ReadFile(stage.FS(), name)
		if err != nil {
			return err
		}
		return m.put(name, data)
	})
	if err == nil {
		err = m.to.Sync()
	}
	return mendingFault(err)
}

// render fills the stage from the best source that there is.
func (m *mending) render(stage *durable.Dir) error {
	if m.from == nil && m.o.Config.Ledger.Shared() {
		tree, err := m.o.tree()
		if err != nil {
			return err
		}
		defer tree.Close()
		return tree.Render(m.o.context(), stage, m.head, m.progress)
	}
	source := ledger.OpenDir(m.to.FS())
	if m.from != nil {
		source = ledger.OpenDir(m.from)
	}
	size := m.head.Size
	if m.from != nil { // a copy may have gone on; its bundles are as wide as it is long
		var err error
		if size, err = source.Size(); err != nil {
			return err
		}
		if size < m.head.Size {
			return fault.New("ledger.copy-short", "checkpoint", num(size), num(m.head.Size))
		}
	}
	r := ledger.NewRenderer(stage.Put)
	for n := uint64(0); n*ledger.TileWidth < m.head.Size; n++ {
		entries, err := source.Bundle(n, size)
		if err != nil {
			return err
		}
		if err := r.Add(entries[:min(uint64(len(entries)), m.head.Size-n*ledger.TileWidth)]); err != nil {
			return mendingFault(err)
		}
		if m.progress != nil {
			m.progress(min((n+1)*ledger.TileWidth, m.head.Size), m.head.Size)
		}
	}
	root, err := r.Close()
	if err == nil && root != m.head.Root {
		err = fault.New("ledger.rebuild-root", "tile/entries", root.String(), m.head.Root.String())
	}
	return mendingFault(err)
}

// put writes a file whose bytes are not those.
func (m *mending) put(name string, data []byte) error {
	if was, err := fs.ReadFile(m.to.FS(), name); err == nil && bytes.Equal(was, data) {
		return nil
	}
	m.files = append(m.files, name)
	return m.to.Put(name, data)
}

// beside mends what is no tile: entry copies from the entries; checkpoint,
// proofs, blobs and openings from the copy, where the audit misses them.
func (m *mending) beside() error {
	dir := ledger.OpenDir(m.to.FS())
	if err := m.checkpoint(dir); err != nil {
		return err
	}
	err := dir.Entries(0, m.head.Size, func(i uint64, entry []byte) error { return m.put(ledger.EntryPath(i), entry) })
	if err == nil && m.from != nil {
		err = m.missing()
	}
	if err != nil {
		return mendingFault(err)
	}
	for range 2 { // the second time without what could be mended
		rep := dir.Audit(m.key, ledger.AuditOptions{Copies: true})
		if m.left = rep.Problems; len(m.left) == 0 {
			break
		}
		for _, p := range m.left {
			if err := m.one(p); err != nil {
				return mendingFault(err)
			}
		}
	}
	return mendingFault(m.to.Sync())
}

// one mends what the audit found, if it can be.
func (m *mending) one(p *fault.Error) error {
	if p.Code == "ledger.audit-beyond" || p.Code == "ledger.audit-foreign" {
		return nil // nobody's to take away but a person's
	}
	if data := m.narrower(p.Place); data != nil {
		return m.put(p.Place, data)
	}
	if m.from == nil {
		return nil
	}
	data, err := fs.ReadFile(m.from, p.Place)
	if err != nil {
		return nil // the copy has not got it either
	}
	return m.put(p.Place, data)
}

// narrower is the partial tile or bundle of that name as the wider one of today
// has it, nil if it is none: readers of an older checkpoint still ask for it.
func (m *mending) narrower(name string) []byte {
	base, width, ok := strings.Cut(name, ".p/")
	w, err := strconv.Atoi(width)
	if !ok || err != nil || w < 1 || w >= ledger.TileWidth {
		return nil
	}
	wide := ledger.TileWidth
	data, err := fs.ReadFile(m.to.FS(), base)
	for v := wide - 1; err != nil && v > w; v-- {
		wide = v
		data, err = fs.ReadFile(m.to.FS(), base+".p/"+strconv.Itoa(v))
	}
	if err != nil {
		return nil
	}
	if !strings.HasPrefix(name, "tile/entries/") {
		return data[:min(w*len(ledger.Hash{}), len(data))]
	}
	entries, err := ledger.ParseBundle(data, wide)
	if err != nil {
		return nil
	}
	data, err = ledger.FormatBundle(entries[:w])
	if err != nil {
		return nil
	}
	return data
}

// checkpoint takes the copy's where the folder's is not the signed one.
func (m *mending) checkpoint(dir *ledger.Dir) error {
	open := func(d *ledger.Dir) ([]byte, error) {
		msg, err := d.Checkpoint()
		if err != nil {
			return nil, err
		}
		c, _, err := ledger.OpenCheckpoint(msg, m.key)
		if err == nil && (c.Size != m.head.Size || c.Root != m.head.Root) {
			err = fault.New("ledger.guard-rolled-back", "checkpoint", num(c.Size), num(m.head.Size))
		}
		return msg, err
	}
	_, err := open(dir)
	if err == nil || m.from == nil {
		return err
	}
	msg, err := open(ledger.OpenDir(m.from))
	if err != nil {
		return err
	}
	m.files = append(m.files, "checkpoint")
	return m.to.Replace("checkpoint", msg)
}

// missing takes the blobs and openings that the folder lacks from a copy of the
// same state: an older one may still have what was purged since, a newer one
// what this ledger does not speak of.
func (m *mending) missing() error {
	if size, err := ledger.OpenDir(m.from).Size(); err != nil || size != m.head.Size {
		return nil
	}
	for _, top := range []string{"blob", "opening"} {
		err := fs.WalkDir(m.from, top, func(name string, e fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) && name == top {
				return nil // the copy has none
			}
			if err != nil || !e.Type().IsRegular() {
				return err
			}
			if _, err := fs.Stat(m.to.FS(), name); !errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			data, err := fs.ReadFile(m.from, name)
			if err != nil {
				return err
			}
			return m.put(name, data) // the audit looks at it
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// mendingFault gives an error of the disk its code; faults keep theirs.
func mendingFault(err error) error {
	var f *fault.Error
	if err == nil || errors.As(err, &f) {
		return err
	}
	return fault.Wrap("ledger.write-failed", "ledger", err).Of(fault.Unreachable)
}

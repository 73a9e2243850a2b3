package office

import (
	"bytes"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/sunlot/sunlot/internal/durable"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/keyring"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/verify"
	"github.com/sunlot/sunlot/ledger"
	"github.com/sunlot/sunlot/ledger/local"
)

// rebuilding is where the files stand until their root is the signed one.
const rebuilding = ".rebuilding"

// MendedFiles says what was done to the ledger's folder.
type MendedFiles struct {
	Size  uint64         `json:"size"`
	Root  string         `json:"root"`  // hexadecimal
	Files []string       `json:"files"` // written anew, in the order in which they were
	Left  []*fault.Error `json:"-"`     // what is still wrong
}

// RebuildFiles mends the ledger's folder. Its entries come from a published copy
// of it, from the tree on the servers, or where neither is there from its own
// bundles; they are accepted only if they lead to the root that was signed last,
// and until then nothing in the folder is touched. The policy is the charter's.
// Everything else is taken from the copy only where the folder lacks it or has it
// wrong, and as far as it proves itself.
func (o *Office) RebuildFiles(from string, progress func(done, of uint64)) (*MendedFiles, error) {
	if err := o.Restored(); err != nil {
		return nil, err
	}
	ring, err := keyring.Open(o.keyDir()) // its keys, for the folder itself is in doubt
	if err != nil {
		return nil, err
	}
	h, err := local.Hold(local.Options{Dir: o.Public(), Guard: o.guard(), Writer: o.Writer})
	if err != nil {
		return nil, err
	}
	defer h.Close()
	o.bundle = nil
	m := &mending{o: o, ring: ring, to: h.Public(), progress: progress, files: []string{}}
	if from != "" {
		// A copy may come from anywhere: no link in it leads out of it.
		root, err := os.OpenRoot(from)
		if err != nil {
			return nil, fault.Wrap("ledger.unreadable", from, err).Of(fault.Unreachable)
		}
		defer root.Close()
		m.from = root.FS()
	}
	if m.head, err = m.signed(h); err != nil {
		return nil, err
	}
	for _, step := range []func() error{m.tiles, m.checkpoint, m.policy, m.copies, m.audited, m.judged} {
		if err := step(); err != nil {
			return nil, mendingFault(err)
		}
		if err := m.to.Sync(); err != nil {
			return nil, mendingFault(err)
		}
	}
	return &MendedFiles{Size: m.head.Size, Root: hex.EncodeToString(m.head.Root[:]), Files: m.files, Left: m.left}, nil
}

// mending is one run of RebuildFiles.
type mending struct {
	o        *Office
	ring     *keyring.Ring
	to       *durable.Dir
	from     fs.FS // nil: no copy
	head     ledger.Checkpoint
	pending  bool // a step is not finished: its files stand there already
	progress func(done, of uint64)
	files    []string
	left     []*fault.Error
}

// signed is the tree that the folder has to show: the one signed last, or while a
// step is unfinished the one before it.
func (m *mending) signed(h *local.Held) (ledger.Checkpoint, error) {
	head, err := h.Signed(m.ring.Log)
	if err != nil {
		return head, err
	}
	if head.Origin == "" {
		return head, fault.New("ledger.guard-lost", m.o.guard(), "", "")
	}
	from, pending, err := h.Pending()
	if m.pending = pending != nil; err != nil || !m.pending || from >= head.Size {
		return head, err
	}
	msg, err := ledger.OpenDir(m.to.FS()).Checkpoint()
	if err == nil {
		head, _, err = ledger.OpenCheckpoint(msg, m.ring.Log)
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
		return fault.Wrap("office.unwritable", dir, err).Of(fault.Unreachable)
	}
	stage, err := durable.Open(dir, durable.Options{Private: true})
	if err != nil {
		return fault.Wrap("office.unwritable", dir, err).Of(fault.Unreachable)
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
	return err
}

// render fills the stage from the best source that there is.
func (m *mending) render(stage *durable.Dir) error {
	if m.from == nil && m.o.Config.Ledger.Shared() {
		tree, err := m.o.tree(m.o.Config.Ledger)
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

// checkpoint takes the copy's where the folder's is not the signed one.
func (m *mending) checkpoint() error {
	open := func(d *ledger.Dir) ([]byte, error) {
		msg, err := d.Checkpoint()
		if err != nil {
			return nil, err
		}
		c, _, err := ledger.OpenCheckpoint(msg, m.ring.Log)
		if err == nil && (c.Size != m.head.Size || c.Root != m.head.Root) {
			err = fault.New("ledger.guard-rolled-back", "checkpoint", num(c.Size), num(m.head.Size))
		}
		return msg, err
	}
	_, err := open(ledger.OpenDir(m.to.FS()))
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

// policy is that of the last charter among the signed entries that the office's
// own key signed: never a copy's word.
func (m *mending) policy() error {
	var text []byte
	err := ledger.OpenDir(m.to.FS()).Entries(0, m.head.Size, func(_ uint64, entry []byte) error {
		n, err := ledger.ParseNote(entry)
		if err != nil || len(n.SignedBy(m.ring.Office)) == 0 {
			return nil // of no effect (ledger.md)
		}
		if e, err := record.Parse(n.Text); err == nil {
			if c, ok := e.Body.(*record.Charter); ok {
				text = verify.PolicyOf(c)
			}
		}
		return nil
	})
	if err != nil || text == nil {
		return err
	}
	return m.put("policy", text)
}

// copies are the readable entries.
func (m *mending) copies() error {
	return ledger.OpenDir(m.to.FS()).Entries(0, m.head.Size, func(i uint64, entry []byte) error { return m.put(ledger.EntryPath(i), entry) })
}

// audited mends what the ledger's own audit finds; the second time it is only
// looked at.
func (m *mending) audited() error {
	for again := range 2 {
		rep := ledger.OpenDir(m.to.FS()).Audit(m.ring.Log, ledger.AuditOptions{Copies: true})
		m.left = slices.DeleteFunc(rep.Problems, func(p *fault.Error) bool { return m.pending && p.Code == "ledger.audit-beyond" })
		for _, p := range m.left {
			if again == 0 && p.Code != "ledger.audit-beyond" && p.Code != "ledger.audit-foreign" { // those are a person's to take away
				if err := m.one(p.Place); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// one mends a file of the ledger, if it can be.
func (m *mending) one(name string) error {
	if data := m.narrower(name); data != nil {
		return m.put(name, data)
	}
	data, ok, err := m.copied(name)
	if err != nil || !ok {
		return err
	}
	return m.put(name, data)
}

// copied is a file of the copy; not ok where it has none that could be right: a
// blob has to hash to its name, what else it is the audit tells.
func (m *mending) copied(name string) (data []byte, ok bool, err error) {
	if m.from == nil {
		return nil, false, nil
	}
	if sum, blob := strings.CutPrefix(name, "blob/sha256/"); blob {
		_, sum, _ = strings.Cut(sum, "/")
		data, err = ledger.OpenDir(m.from).Blob(sum, ledger.MaxBlob)
		return data, err == nil, nil // not this one, or not there
	}
	st, err := fs.Stat(m.from, name)
	if err != nil || !st.Mode().IsRegular() || st.Size() > maxCopied {
		return nil, false, nil
	}
	if data, err = fs.ReadFile(m.from, name); err != nil {
		return nil, false, fault.Wrap("ledger.unreadable", name, err).Of(fault.Unreachable)
	}
	return data, true, nil
}

// maxCopied bounds proofs and openings, in bytes (spec/ledger.md: 64 MiB).
const maxCopied = 64 << 20

// judged mends what everybody's verification misses beside the tree: blobs that
// entries name, openings that they owe. One that is mended may show that the next
// is missing; each is tried once. What was taken down stays down.
func (m *mending) judged() error {
	for tried := map[string]bool{}; ; {
		more, err := m.judgedOnce(tried)
		if err != nil || !more {
			return err
		}
	}
}

// judgedOnce tries what was not tried before; where nothing is, it tells what is
// left.
func (m *mending) judgedOnce(tried map[string]bool) (more bool, err error) {
	root, err := os.OpenRoot(m.o.Public())
	if err != nil {
		return false, fault.Wrap("ledger.unreadable", m.o.Public(), err).Of(fault.Unreachable)
	}
	defer root.Close()
	b, err := verify.Open(root.FS(), verify.Options{Today: m.o.Today()})
	if err != nil {
		return false, err
	}
	var left []*fault.Error
	for _, f := range b.Findings {
		name := strings.TrimPrefix(f.Place, "ledger/")
		opening := strings.HasPrefix(name, "opening/") && f.Severity == rules.Breach && strings.HasPrefix(f.Code, "verify.")
		blob := strings.HasPrefix(name, "blob/") && strings.HasPrefix(f.Code, "ledger.audit-")
		switch {
		case !opening && !blob || m.listed(name):
			continue
		case tried[name]:
			left = append(left, fault.New(f.Code, name, f.Got, f.Want))
			continue
		case blob:
			err = m.one(name)
		default:
			err = m.opening(b, name)
		}
		if tried[name], more = true, true; err != nil {
			return false, err
		}
	}
	if !more {
		m.left = append(m.left, left...)
	}
	return more, m.to.Sync()
}

// listed: the audit has told of it, and could not mend it.
func (m *mending) listed(name string) bool {
	return slices.ContainsFunc(m.left, func(p *fault.Error) bool { return p.Place == name })
}

// opening takes the copy's, without what was taken down since.
func (m *mending) opening(b *verify.Bundle, name string) error {
	data, ok, err := m.copied(name)
	if err != nil || !ok {
		return err
	}
	o, err := record.ParseOpening(data)
	if err != nil {
		return nil // told by whoever looks at it again
	}
	entry, err := strconv.ParseInt(strings.TrimSuffix(strings.TrimPrefix(name, "opening/"), ".json"), 10, 64)
	if err != nil {
		return nil
	}
	if f := b.State.ResultAt(entry); f != nil {
		for field := range o.Fields {
			if f.Taken(field) != nil {
				delete(o.Fields, field)
			}
		}
	}
	if data, err = record.FormatOpening(o); err != nil {
		return err
	}
	return m.put(name, data)
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

// mendingFault gives an error of the disk its code; faults keep theirs.
func mendingFault(err error) error {
	var f *fault.Error
	if err == nil || errors.As(err, &f) {
		return err
	}
	return fault.Wrap("ledger.write-failed", "ledger", err).Of(fault.Unreachable)
}

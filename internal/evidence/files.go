package evidence

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/words"
	"github.com/sunlot/sunlot/ledger"
)

// file is one file of the bundle. Its bytes are read twice, once for the index
// and once for the zip: a pool of a city does not wait in memory between them.
type file struct {
	name, what string
	size       int64
	sum        string // "" where the site does not have it
	read       func() ([]byte, error)
	open       func() (io.ReadCloser, error) // of a program, instead of read
}

// The pages of the bundle.
const (
	mainPage  = "证据包.html"
	checkPage = "核对.html"
	sums      = "SHA256SUMS"
)

func (m *maker) add(name, what string, read func() ([]byte, error)) {
	f := file{name: name, what: what, read: read}
	if data, err := read(); err == nil {
		f.size, f.sum = int64(len(data)), digest(data)
	}
	m.files = append(m.files, f)
}

func (m *maker) addBytes(name, what string, data []byte) {
	m.add(name, what, func() ([]byte, error) { return data, nil })
}

// collect gathers the files of the ledger that the case rests on, each under
// the name that it has on the site, so that --proof finds them there.
func (m *maker) collect() {
	d := m.b.Dir
	m.addBytes("ledger/checkpoint", "账本快照", m.b.Signed)
	m.add("ledger/policy", "网站现行的见证约定", d.Policy)
	blobs := map[string]bool{}
	for _, e := range m.usedEntries() {
		i := uint64(e.Index)
		name := words.Type(e.Record.Type)
		m.add("ledger/"+ledger.EntryPath(i), "第"+num(i)+"条记录："+name, func() ([]byte, error) {
			raw, err := d.Entry(i)
			return slices.Clone(raw), err
		})
		m.add("ledger/"+ledger.ProofPath(i), "第"+num(i)+"条记录的入账证明", func() ([]byte, error) { return d.Proof(i) })
		if _, err := d.Opening(i); err == nil || !errors.Is(err, fs.ErrNotExist) {
			m.add("ledger/"+ledger.OpeningPath(i), "第"+num(i)+"条记录的启封凭据", func() ([]byte, error) { return d.Opening(i) })
		}
		if data := m.sealedFile(e.Index); data != nil {
			m.addBytes("openings/"+num(i)+".json", "第"+num(i)+"条记录未公开的启封凭据（非公开）", data)
		}
		for _, f := range blobsOf(e.Record.Body) {
			if sum := f.sum; !blobs[sum] {
				blobs[sum] = true
				m.add("ledger/"+ledger.BlobPath(sum), "第"+num(i)+"条记录（"+name+"）所附："+or(memberWords[f.member], "文件"), func() ([]byte, error) { return d.Blob(sum, ledger.MaxBlob) })
			}
		}
	}
	for n, c := range m.b.State.Charters {
		text := m.policyOf(n)
		m.addBytes(policyName(n), "第"+num(c.Index)+"条记录（开账声明）写明的见证约定", text)
	}
	for n, p := range m.req.Programs {
		if p.Open != nil {
			m.files = append(m.files, file{name: "verifier/" + plainName(p.Name, n), what: "核验程序", size: p.Size, sum: p.SHA256, open: p.Open})
		}
	}
}

// policyOf is the text of the n-th charter's policy; of one without witnesses
// the log's key alone.
func (m *maker) policyOf(n int) []byte {
	c := m.b.State.Charters[n].Body
	if c.Policy != "" {
		return []byte(c.Policy)
	}
	p := &ledger.Policy{Quorum: "none"}
	for _, vkey := range c.KeysOf("log") {
		if k, err := ledger.ParseKey(vkey); err == nil {
			p.Logs = append(p.Logs, ledger.PolicyKey{Key: k})
		}
	}
	text, err := ledger.FormatPolicy(p)
	if err != nil {
		return nil
	}
	return text
}

func policyName(n int) string { return "policy/" + num(n) + ".policy" }

// charterOf is the position of the charter by whose policy an entry is judged:
// the last one before it, for entry 0 its own.
func (m *maker) charterOf(index int64) int {
	at := 0
	for n, c := range m.b.State.Charters {
		if c.Index < index {
			at = n
		}
	}
	return at
}

// plainName is a name that no unpacker reads as anything but a file's.
func plainName(s string, n int) string {
	ok := s != "" && len(s) <= 64 && s[0] != '.' && s[0] != '-'
	for _, r := range s {
		ok = ok && (r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || strings.ContainsRune("._-", r))
	}
	if !ok {
		s = "program"
	}
	if n > 0 {
		return num(n) + "-" + s
	}
	return s
}

// finish adds the page and the list of digests.
func (m *maker) finish(main []byte) {
	m.addBytes(mainPage, "证据包", main)
	m.sort()
	var b strings.Builder
	for _, f := range m.files {
		if f.sum != "" {
			b.WriteString(f.sum + "  " + f.name + "\n")
		}
	}
	m.addBytes(sums, "校验码表", []byte(b.String()))
	m.sort()
}

func (m *maker) sort() {
	slices.SortFunc(m.files, func(a, b file) int { return strings.Compare(a.name, b.name) })
}

// Write writes the zip. Nothing is compressed: then its bytes depend on no
// library's version.
func (c *Case) Write(w io.Writer) error {
	z := zip.NewWriter(w)
	at := time.Unix(record.Unix(c.time), 0).In(record.Beijing)
	for _, f := range c.files {
		if f.sum == "" {
			continue
		}
		if err := f.write(z, at); err != nil {
			return err
		}
	}
	return z.Close()
}

func (f *file) write(z *zip.Writer, at time.Time) error {
	h := &zip.FileHeader{Name: f.name, Method: zip.Store, Modified: at}
	h.SetMode(0o644) // made by Unix: some unpackers read other names as of an old code page
	read := func() (io.ReadCloser, error) {
		data, err := f.read()
		return io.NopCloser(bytes.NewReader(data)), err
	}
	if f.open != nil {
		read = f.open
		h.SetMode(0o755)
	}
	r, err := read()
	if err != nil {
		return err
	}
	defer r.Close()
	w, err := z.CreateHeader(h)
	if err != nil {
		return err
	}
	sum := sha256.New()
	if _, err = io.Copy(io.MultiWriter(w, sum), r); err != nil {
		return err
	}
	if got := hex.EncodeToString(sum.Sum(nil)); got != f.sum {
		return fault.New("evidence.changed", f.name, got, f.sum)
	}
	return nil
}

func digest(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

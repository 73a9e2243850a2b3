package site

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"sync"

	"github.com/sunlot/sunlot/internal/fault"
)

// stream hands one file out that is too large to be held, and says how large it
// is. write gives its bytes, the same at every call: it may be called twice.
func (m *maker) stream(name string, write func(io.Writer) error) (size int, err error) {
	counted := func(w io.Writer) error {
		size = 0
		return write(writerFunc(func(p []byte) (int, error) {
			n, err := w.Write(p)
			size += n
			return n, err
		}))
	}
	if m.dir == nil {
		var buf bytes.Buffer
		if err := counted(&buf); err != nil {
			return 0, err
		}
		return size, m.put(name, buf.Bytes())
	}
	if err := m.stopped(name); err != nil {
		return 0, err
	}
	if err := m.dir.Stream(name, counted); err != nil {
		return 0, err
	}
	m.handed(name)
	return size, nil
}

type writerFunc func(p []byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// Stream is Put of a file that is too large to be held. write is asked for its
// bytes once to compare them with what stands there, and once more if they
// differ.
func (d *Dir) Stream(name string, write func(io.Writer) error) error {
	if err := d.take(name); err != nil {
		return err
	}
	switch same, err := d.sameStream(name, write); {
	case err != nil:
		return err
	case same:
		d.stood(name)
		return nil
	}
	if err := d.begin(); err != nil {
		return fault.Wrap("site.write", name, err).Of(fault.Unreachable)
	}
	var disk, said error // what the disk met; what write itself met is told as it is
	d.change.Lock()
	err := d.dir.PutFrom(name, func(w io.Writer) error {
		d.change.Unlock() // it takes long, and others have files too
		defer d.change.Lock()
		said = write(writerFunc(func(p []byte) (n int, err error) {
			n, err = w.Write(p)
			disk = errors.Join(disk, err)
			return n, err
		}))
		return said
	})
	d.change.Unlock()
	if said != nil && disk == nil {
		return said
	}
	if err != nil {
		return fault.Wrap("site.write", name, err).Of(fault.Unreachable)
	}
	d.count(&d.Written)
	return nil
}

func (d *Dir) sameStream(name string, write func(io.Writer) error) (bool, error) {
	if d.fresh {
		return false, nil
	}
	info, err := fs.Lstat(d.fsys, name)
	if err != nil {
		return false, nil // as Dir.same
	}
	if !info.Mode().IsRegular() {
		return false, d.remove(name)
	}
	f, err := d.fsys.Open(name)
	if err != nil {
		return false, nil
	}
	defer f.Close()
	c := &comparer{old: bufio.NewReaderSize(f, compareBuffer)}
	if err := write(c); err != nil && !c.differs {
		return false, err
	}
	_, err = c.old.ReadByte()
	return !c.differs && err == io.EOF, nil
}

// comparer takes the bytes of a file that stands.
type comparer struct {
	old     *bufio.Reader
	differs bool
}

const compareBuffer = 64 << 10

var errDiffers = errors.New("another file stands there")

func (c *comparer) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		n := min(len(rest), compareBuffer)
		got, _ := c.old.Peek(n)
		if !bytes.Equal(got, rest[:n]) {
			c.differs = true
			return 0, errDiffers
		}
		_, _ = c.old.Discard(n) // it was peeked
		rest = rest[n:]
	}
	return len(p), nil
}

// holds reports whether a file of as many bytes holds data.
func holds(fsys fs.FS, name string, data []byte) bool {
	f, err := fsys.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	room := compareRooms.Get().(*[compareBuffer]byte)
	defer compareRooms.Put(room)
	for len(data) > 0 {
		n, err := io.ReadFull(f, room[:min(len(data), compareBuffer)])
		if err != nil || !bytes.Equal(room[:n], data[:n]) {
			return false
		}
		data = data[n:]
	}
	return true
}

var compareRooms = sync.Pool{New: func() any { return new([compareBuffer]byte) }}

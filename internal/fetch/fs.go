package fetch

import (
	"bytes"
	"context"
	"io/fs"
	"net/url"
	"path"
	"sync"
	"time"

	"github.com/sunlot/sunlot/internal/fault"
)

// The cache spares the second reading of small files (checkpoint, policy, tiles
// near the root). It is a convenience, not a snapshot: a file that fell out is
// asked for again and may have changed.
const (
	cacheFile  = 256 << 10
	cacheTotal = 16 << 20
)

// site is a static site. Safe for use by several goroutines.
type site struct {
	ctx  context.Context
	base *url.URL
	opt  Options

	mu    sync.Mutex
	spent int64
	cache map[string][]byte
	order []string // names in the cache, oldest first
	held  int64
}

// FS is the static site at an address such as https://example.gov.cn/sunlot as
// a file system of files: Open and ReadFile do one GET each and return the whole
// file or an error; directories cannot be listed and do not exist. It is safe
// for use by several goroutines and lives as long as ctx.
//
// A bad address is fetch.bad-address, of kind Usage; nothing is asked for until
// the first Open.
func FS(ctx context.Context, address string, opt Options) (fs.FS, error) {
	base, err := parseBase(address)
	if err != nil {
		return nil, err
	}
	return &site{ctx: ctx, base: base, opt: opt.withDefaults(128<<20, time.Minute), cache: map[string][]byte{}}, nil
}

// ReadFile implements fs.ReadFileFS. The caller may change the bytes.
func (s *site) ReadFile(name string) ([]byte, error) {
	data, err := s.read(name)
	if err != nil {
		return nil, &fs.PathError{Op: "read", Path: name, Err: err}
	}
	return data, nil
}

// Open implements fs.FS.
func (s *site) Open(name string) (fs.File, error) {
	data, err := s.read(name)
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: err}
	}
	return &file{Reader: bytes.NewReader(data), name: path.Base(name), size: int64(len(data))}, nil
}

func (s *site) read(name string) ([]byte, error) {
	if !fs.ValidPath(name) {
		return nil, fs.ErrInvalid
	}
	if name == "." {
		return nil, fs.ErrNotExist
	}
	s.mu.Lock()
	data, ok := s.cache[name]
	left := s.opt.MaxTotal - s.spent
	s.mu.Unlock()
	if ok {
		return bytes.Clone(data), nil
	}
	u := *s.base
	u.Path += "/" + name
	data, err := get(s.ctx, s.opt, u.String(), left)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	// Counted again: others may have read meanwhile.
	if s.spent += int64(len(data)); s.spent > s.opt.MaxTotal {
		return nil, fault.New("fetch.too-much", u.String(), "more than allowed in all", "a smaller site").Of(fault.Unreachable)
	}
	s.keep(name, data)
	return data, nil
}

// keep puts a copy into the cache and drops the oldest. The caller holds mu.
func (s *site) keep(name string, data []byte) {
	if _, there := s.cache[name]; there || len(data) > cacheFile {
		return
	}
	s.cache[name] = bytes.Clone(data)
	s.order = append(s.order, name)
	// A name costs room too: a million empty files are no small cache.
	const overhead = 256
	s.held += int64(len(data)) + overhead
	for s.held > cacheTotal {
		oldest := s.order[0]
		s.held -= int64(len(s.cache[oldest])) + overhead
		delete(s.cache, oldest)
		s.order = s.order[1:]
	}
}

// file is a whole file in memory.
type file struct {
	*bytes.Reader
	name   string
	size   int64
	closed bool
}

func (f *file) Stat() (fs.FileInfo, error) { return info{f.name, f.size}, nil }

func (f *file) Read(p []byte) (int, error) {
	if f.closed {
		return 0, fs.ErrClosed
	}
	return f.Reader.Read(p)
}

func (f *file) Close() error {
	if f.closed {
		return fs.ErrClosed
	}
	f.closed = true
	return nil
}

// info is what a site tells of a file: name and size.
type info struct {
	name string
	size int64
}

func (i info) Name() string       { return i.name }
func (i info) Size() int64        { return i.size }
func (i info) Mode() fs.FileMode  { return 0o444 }
func (i info) ModTime() time.Time { return time.Time{} }
func (i info) IsDir() bool        { return false }
func (i info) Sys() any           { return nil }

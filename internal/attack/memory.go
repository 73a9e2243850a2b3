package attack

import (
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing/fstest"
)

// memory is a ledger folder in memory.
type memory map[string][]byte

func (m memory) Put(name string, data []byte) error     { m[name] = slices.Clone(data); return nil }
func (m memory) Replace(name string, data []byte) error { return m.Put(name, data) }
func (m memory) Sync() error                            { return nil }
func (m memory) Remove(name string) error {
	maps.DeleteFunc(m, func(n string, _ []byte) bool { return n == name || strings.HasPrefix(n, name+"/") })
	return nil
}

func (m memory) FS() fs.FS {
	files := fstest.MapFS{}
	for name, data := range m {
		files[name] = &fstest.MapFile{Data: data}
	}
	return files
}

// clone is a copy that later changes do not reach.
func (m memory) clone() memory {
	c := memory{}
	for name, data := range m {
		c[name] = slices.Clone(data)
	}
	return c
}

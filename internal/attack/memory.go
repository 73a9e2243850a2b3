package attack

import (
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing/fstest"
)

// Memory is a ledger folder in memory: a ledger.Store.
type Memory map[string][]byte

// Put implements ledger.Store, as do the others.
func (m Memory) Put(name string, data []byte) error     { m[name] = slices.Clone(data); return nil }
func (m Memory) Replace(name string, data []byte) error { return m.Put(name, data) }
func (m Memory) Sync() error                            { return nil }
func (m Memory) Remove(name string) error {
	maps.DeleteFunc(m, func(n string, _ []byte) bool { return n == name || strings.HasPrefix(n, name+"/") })
	return nil
}

// FS is the folder as it stands.
func (m Memory) FS() fs.FS {
	files := fstest.MapFS{}
	for name, data := range m {
		files[name] = &fstest.MapFile{Data: data}
	}
	return files
}

// clone is a copy that later changes do not reach.
func (m Memory) clone() Memory {
	c := Memory{}
	for name, data := range m {
		c[name] = slices.Clone(data)
	}
	return c
}

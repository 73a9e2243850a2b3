package site

import (
	"hash/maphash"
	"sync"
)

// nameSet is a set of file names in eight bytes a name and as many of room: a
// hash with a seed of this process stands for the name, so that a hundred
// thousand pages cost a few megabytes. Two names of a site of a million files
// meet with a chance of one in thirty million, and then the build ends with
// "two files of one name". Several goroutines may use it.
type nameSet struct {
	mu    sync.Mutex
	slots []uint64 // open addressing, 0 is free
	n     int
}

// nameSeed is that of all sets of this process: a name is hashed once to be asked
// of several.
var nameSeed = maphash.MakeSeed()

func newNameSet() *nameSet { return &nameSet{slots: make([]uint64, 1024)} }

func hashString(name string) uint64 { return max(maphash.String(nameSeed, name), 1) }

func hashBytes(name []byte) uint64 { return max(maphash.Bytes(nameSeed, name), 1) }

// add puts a name in and reports whether it was not there.
func (s *nameSet) add(name string) bool { return s.addHash(hashString(name)) }

func (s *nameSet) addBytes(name []byte) bool { return s.addHash(hashBytes(name)) }

func (s *nameSet) addHash(h uint64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	at, found := s.find(h)
	if found {
		return false
	}
	s.slots[at] = h
	if s.n++; s.n*4 > len(s.slots)*3 {
		s.grow()
	}
	return true
}

func (s *nameSet) has(name string) bool { return s.hasHash(hashString(name)) }

func (s *nameSet) hasBytes(name []byte) bool { return s.hasHash(hashBytes(name)) }

func (s *nameSet) hasHash(h uint64) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	_, found := s.find(h)
	return found
}

func (s *nameSet) size() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.n
}

func (s *nameSet) find(h uint64) (at uint64, found bool) {
	mask := uint64(len(s.slots) - 1)
	for at = h & mask; s.slots[at] != 0; at = (at + 1) & mask {
		if s.slots[at] == h {
			return at, true
		}
	}
	return at, false
}

func (s *nameSet) grow() {
	old := s.slots
	s.slots = make([]uint64, 2*len(old))
	for _, h := range old {
		if h != 0 {
			at, _ := s.find(h)
			s.slots[at] = h
		}
	}
}

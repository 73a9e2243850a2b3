package witness

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"github.com/sunlot/sunlot/internal/durable"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/ledger"
)

// What stands in a store. The marker says whose memory this is and which logs
// it has ever signed for, so that a file that went missing is missed:
//
//	sunlot/v1 witness-store
//	key <vkey of the witness>
//	log <origin>
//
// and for each log there is <hex SHA-256 of its origin>/checkpoint, the last
// checkpoint that the witness signed, with the log's line and the witness's.
const (
	markerName = "store"
	markerHead = "sunlot/v1 witness-store"
	lockName   = "lock"
	maxMarker  = 1 << 20
)

// Store is a witness's memory on a disk. Every step holds the store's lock, so
// a server and a command at the same folder take turns.
type Store struct {
	dir  string
	key  ledger.Key
	disk *durable.Dir
	turn sync.Mutex
}

// OpenStore opens the memory of the witness with that key (type 0x04). An
// empty or missing folder is refused (witness.store-empty) unless fresh is
// set: a witness that lost its memory would sign another history. With fresh
// set anything that stands there is refused (witness.store-exists). A store of
// another key is witness.store-key.
func OpenStore(dir string, key ledger.Key, fresh bool, hook durable.Hook) (*Store, error) {
	_, err := os.Stat(filepath.Join(dir, markerName))
	switch {
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return nil, unreadable(dir, err)
	case err != nil && !fresh:
		return nil, fault.New("witness.store-empty", dir, "", markerName).Of(fault.Usage)
	case fresh:
		names, err := os.ReadDir(dir)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, unreadable(dir, err)
		}
		if names = leftOver(names); len(names) > 0 {
			return nil, fault.New("witness.store-exists", dir, names[0].Name(), "").Of(fault.Usage)
		}
	}
	disk, err := durable.Open(dir, durable.Options{Hook: hook})
	if err != nil {
		return nil, unreadable(dir, err)
	}
	s := &Store{dir: dir, key: key, disk: disk}
	err = s.locked(func() error {
		if fresh {
			return s.writeMarker(nil)
		}
		_, err := s.origins()
		return err
	})
	if err != nil {
		disk.Close()
		return nil, err
	}
	return s, nil
}

// leftOver are the names that a store begun and cut short does not explain.
func leftOver(names []fs.DirEntry) []fs.DirEntry {
	return slices.DeleteFunc(names, func(e fs.DirEntry) bool {
		return e.Name() == lockName || e.Name() == markerName+durable.TempSuffix
	})
}

// StoreKey is the key of the witness whose memory the folder is.
func StoreKey(dir string) (ledger.Key, error) {
	f, err := os.Open(filepath.Join(dir, markerName))
	if errors.Is(err, fs.ErrNotExist) {
		return ledger.Key{}, fault.New("witness.store-empty", dir, "", markerName).Of(fault.Usage)
	}
	if err != nil {
		return ledger.Key{}, unreadable(dir, err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxMarker))
	if err != nil {
		return ledger.Key{}, unreadable(dir, err)
	}
	lines := strings.SplitN(string(data), "\n", 3)
	vkey := ""
	if len(lines) == 3 && lines[0] == markerHead {
		vkey, _ = strings.CutPrefix(lines[1], "key ")
	}
	key, err := ledger.ParseWitnessKey(vkey)
	if err != nil {
		return ledger.Key{}, fault.Wrap("witness.store-damaged", filepath.Join(dir, markerName), err)
	}
	return key, nil
}

// Seen is a log and what the witness signed last for it.
type Seen struct {
	Head ledger.Checkpoint
	At   uint64 // time of that signature in seconds since 1970
	Path string // below the monitoring prefix
	Lie  string // file with the proof that the log signed two histories, "" if there is none
}

// Seen lists the logs that the witness has ever signed for, by origin.
func (s *Store) Seen() ([]Seen, error) {
	var list []Seen
	err := s.locked(func() error {
		known, err := s.origins()
		if err != nil {
			return err
		}
		slices.Sort(known)
		for _, origin := range known {
			last, err := s.recall(origin)
			if err != nil {
				return err
			}
			seen := Seen{Head: last.head, At: last.at, Path: fileOf(origin)}
			if _, err := fs.Stat(s.disk.FS(), PathOf(origin)+"/"+lieName); err == nil {
				seen.Lie = PathOf(origin) + "/" + lieName
			}
			list = append(list, seen)
		}
		return nil
	})
	return list, err
}

// Close frees what the store holds.
func (s *Store) Close() error { return s.disk.Close() }

// locked does one step alone: in this process, and among processes.
func (s *Store) locked(do func() error) error {
	s.turn.Lock()
	defer s.turn.Unlock()
	f, err := os.OpenFile(filepath.Join(s.dir, lockName), os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return unreadable(s.dir, err)
	}
	defer f.Close()
	if err := durable.Lock(f); err != nil {
		return unreadable(s.dir, err)
	}
	return do()
}

// origins reads the marker: the logs that this witness has ever signed for.
func (s *Store) origins() ([]string, error) {
	data, err := s.read(markerName, maxMarker)
	if err != nil {
		return nil, err
	}
	bad := fault.New("witness.store-damaged", filepath.Join(s.dir, markerName), clip(string(data)), markerHead)
	text, ok := strings.CutSuffix(string(data), "\n")
	lines := strings.Split(text, "\n")
	if !ok || len(lines) < 2 || lines[0] != markerHead {
		return nil, bad
	}
	key, ok := strings.CutPrefix(lines[1], "key ")
	if !ok {
		return nil, bad
	}
	if key != s.key.String() {
		return nil, fault.New("witness.store-key", s.dir, clip(key), s.key.String()).Of(fault.Usage)
	}
	var list []string
	for _, l := range lines[2:] {
		origin, ok := strings.CutPrefix(l, "log ")
		if !ok || origin == "" || slices.Contains(list, origin) {
			return nil, bad
		}
		list = append(list, origin)
	}
	return list, nil
}

func (s *Store) writeMarker(origins []string) error {
	text := markerHead + "\nkey " + s.key.String() + "\n"
	for _, o := range origins {
		text += "log " + o + "\n"
	}
	if err := s.disk.Replace(markerName, []byte(text)); err != nil {
		return unwritable(s.dir, err)
	}
	return nil
}

// remembered is what the witness signed last for a log.
type remembered struct {
	head ledger.Checkpoint // of size 0 and the empty root where it never signed
	at   uint64            // time of that signature
	note []byte            // nil where it never signed
}

// recall reads the memory of one log. A log that the marker names and that has
// no file is witness.store-lost; a file that this witness did not sign is
// witness.store-damaged.
func (s *Store) recall(origin string) (*remembered, error) {
	known, err := s.origins()
	if err != nil {
		return nil, err
	}
	name := fileOf(origin)
	data, err := s.read(name, maxRequest)
	if errors.Is(err, fs.ErrNotExist) {
		if slices.Contains(known, origin) {
			return nil, fault.New("witness.store-lost", filepath.Join(s.dir, name), clip(origin), "")
		}
		return &remembered{head: ledger.Checkpoint{Origin: origin, Root: ledger.LinesRoot(nil)}}, nil
	}
	if err != nil {
		return nil, err
	}
	n, err := ledger.ParseNote(data)
	if err != nil {
		return nil, fault.Wrap("witness.store-damaged", filepath.Join(s.dir, name), err)
	}
	c, err := ledger.ParseCheckpoint(n.Text)
	if err != nil {
		return nil, fault.Wrap("witness.store-damaged", filepath.Join(s.dir, name), err)
	}
	at, ok := n.CosignedAt(s.key)
	if !ok || c.Origin != origin {
		return nil, fault.New("witness.store-damaged", filepath.Join(s.dir, name), clip(n.Text), "a checkpoint that this witness signed")
	}
	return &remembered{head: c, at: at, note: data}, nil
}

// latest is the latest time of any signature that can be read. A log whose
// file is lost or damaged does not silence the others.
func (s *Store) latest() (at uint64, err error) {
	known, err := s.origins()
	if err != nil {
		return 0, err
	}
	for _, origin := range known {
		if last, err := s.recall(origin); err == nil {
			at = max(at, last.at)
		}
	}
	return at, nil
}

// keep makes note the memory of the log, durably. A crash between the two
// files leaves the first, which is what counts.
func (s *Store) keep(origin string, note []byte) error {
	if err := s.disk.Replace(fileOf(origin), note); err != nil {
		return unwritable(s.dir, err)
	}
	known, err := s.origins()
	if err != nil || slices.Contains(known, origin) {
		return err
	}
	return s.writeMarker(append(known, origin))
}

func (s *Store) read(name string, limit int64) ([]byte, error) {
	f, err := s.disk.FS().Open(name)
	if err != nil {
		return nil, unreadable(filepath.Join(s.dir, name), err)
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, unreadable(filepath.Join(s.dir, name), err)
	}
	if int64(len(data)) > limit {
		return nil, fault.New("witness.store-damaged", filepath.Join(s.dir, name), "a longer file", fmt.Sprintf("at most %d bytes", limit))
	}
	return data, nil
}

// fileOf is where a log's memory stands, and below which path it is served.
func fileOf(origin string) string { return PathOf(origin) + "/checkpoint" }

// PathOf is the path below which a witness shows what it signed for a log, as
// c2sp.org/tlog-witness has it: the origin's SHA-256 in lower-case hex.
func PathOf(origin string) string {
	sum := sha256.Sum256([]byte(origin))
	return hex.EncodeToString(sum[:])
}

func unreadable(place string, err error) error {
	return fault.Wrap("witness.store-unreadable", place, err).Of(fault.Unreachable)
}

func unwritable(place string, err error) error {
	return fault.Wrap("witness.store-unwritable", place, err).Of(fault.Unreachable)
}

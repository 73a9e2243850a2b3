package monitor

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/sunlot/sunlot/internal/durable"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/ledger"
)

const (
	stateFile  = "state.json"
	stateForm  = "sunlot/monitor/v1"
	maxState   = 16 << 20
	maxKept    = 64 // checkpoints: those of the last visits
	keptFolder = "checkpoint"
	blameDir   = "misbehaviour"
)

// state is state.json.
type state struct {
	Format string           `json:"format"`
	Origin string           `json:"origin"`
	Key    string           `json:"key"`              // log vkey that the first visit found, or that was pinned
	Places []string         `json:"places,omitempty"` // names of the sites that showed it
	Visit  int64            `json:"visit"`            // seconds since 1970 of the last visit
	Told   map[string]int64 `json:"told"`             // key of every event that still holds → when first
	Hidden map[string]int64 `json:"hidden"`           // checkpoint of a witness that no site shows → since when

	dir string
}

func (s *state) name(parts ...string) string {
	return filepath.Join(append([]string{s.dir}, parts...)...)
}

// loadState reads the state of a ledger; a new one where there is none.
func loadState(dir, origin string) (*state, error) {
	s := &state{Format: stateForm, Origin: origin, dir: folder(dir, origin)}
	data, err := os.ReadFile(s.name(stateFile))
	if err == nil {
		read := &state{dir: s.dir}
		d := json.NewDecoder(bytes.NewReader(data))
		d.DisallowUnknownFields()
		if err = d.Decode(read); err == nil && (read.Format != stateForm || read.Origin != origin || len(data) > maxState) {
			err = errors.New("state of another ledger")
		}
		s = read
		if err != nil {
			return nil, fault.Wrap("monitor.state", s.name(stateFile), err)
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, fault.Wrap("monitor.state", s.name(stateFile), err).Of(fault.Unreachable)
	} else if left, _ := os.ReadDir(s.name(keptFolder)); len(left) > 0 {
		// Who took state.json away would make the monitor believe any key anew.
		return nil, fault.New("monitor.state-lost", s.name(stateFile), "", "")
	}
	if s.Told == nil {
		s.Told = map[string]int64{}
	}
	if s.Hidden == nil {
		s.Hidden = map[string]int64{}
	}
	return s, nil
}

// otherStates are the states of other ledgers in the same folder: own is left out.
func otherStates(dir, own string) ([]state, error) {
	names, err := filepath.Glob(filepath.Join(dir, strings.Repeat("[0-9a-f]", 16), stateFile))
	if err != nil {
		return nil, fault.Wrap("monitor.state", dir, err).Of(fault.Unreachable)
	}
	var list []state
	for _, name := range names {
		if filepath.Dir(name) == own {
			continue
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, fault.Wrap("monitor.state", name, err).Of(fault.Unreachable)
		}
		var s state
		if err := json.Unmarshal(data, &s); err != nil {
			return nil, fault.Wrap("monitor.state", name, err)
		}
		list = append(list, s)
	}
	return list, nil
}

// kept are the checkpoints of earlier visits.
func (s *state) kept(key ledger.Key) ([]seen, error) {
	names, err := os.ReadDir(s.name(keptFolder))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fault.Wrap("monitor.state", s.name(keptFolder), err).Of(fault.Unreachable)
	}
	var list []seen
	for _, d := range names {
		if !strings.HasSuffix(d.Name(), ".note") {
			continue // what a crash left
		}
		note, err := os.ReadFile(s.name(keptFolder, d.Name()))
		if err != nil {
			return nil, fault.Wrap("monitor.state", s.name(keptFolder, d.Name()), err).Of(fault.Unreachable)
		}
		head, _, err := ledger.OpenCheckpoint(note, key)
		if err != nil {
			return nil, fault.Wrap("monitor.state", s.name(keptFolder, d.Name()), err)
		}
		list = append(list, seen{note: note, head: head})
	}
	return list, nil
}

func fileOf(h seen) string {
	return num(h.head.Size) + "-" + hex.EncodeToString(h.head.Root[:8]) + ".note"
}

// save keeps the checkpoints of the visit, forgets the oldest beyond maxKept and
// writes state.json last: a crash before it repeats the visit.
func (s *state) save(heads []seen, now int64) error {
	for _, dir := range []string{s.dir, s.name(keptFolder)} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return fault.Wrap("monitor.state", dir, err).Of(fault.Unreachable)
		}
	}
	slices.SortStableFunc(heads, func(a, b seen) int {
		return int(min(1, max(-1, int64(a.head.Size)-int64(b.head.Size))))
	})
	have := map[string]bool{}
	for _, h := range heads {
		name := fileOf(h)
		// The first one of a head stays: its lines of witnesses are the early ones.
		if _, err := os.Lstat(s.name(keptFolder, name)); !have[name] && errors.Is(err, fs.ErrNotExist) {
			if err := durable.WriteFile(s.name(keptFolder, name), h.note, 0o644); err != nil {
				return fault.Wrap("monitor.state", s.name(keptFolder, name), err).Of(fault.Unreachable)
			}
		}
		have[name] = true
	}
	names, err := os.ReadDir(s.name(keptFolder))
	if err != nil {
		return fault.Wrap("monitor.state", s.name(keptFolder), err).Of(fault.Unreachable)
	}
	slices.SortFunc(names, func(a, b fs.DirEntry) int { return sizeOf(a) - sizeOf(b) })
	for _, d := range names[:max(0, len(names)-maxKept)] {
		if err := os.Remove(s.name(keptFolder, d.Name())); err != nil {
			return fault.Wrap("monitor.state", s.name(keptFolder, d.Name()), err).Of(fault.Unreachable)
		}
	}
	s.Visit = now
	data, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	if err := durable.WriteFile(s.name(stateFile), append(data, '\n'), 0o644); err != nil {
		return fault.Wrap("monitor.state", s.name(stateFile), err).Of(fault.Unreachable)
	}
	return nil
}

// sizeOf is the size in a kept file's name.
func sizeOf(d fs.DirEntry) int {
	digits, _, _ := strings.Cut(d.Name(), "-")
	n, _ := strconv.Atoi(digits)
	return n
}

// blame writes a misbehaviour down and returns the file's name.
func (s *state) blame(c *Misbehaviour) (string, error) {
	data, err := FormatMisbehaviour(c)
	if err != nil {
		return "", err
	}
	if err := os.MkdirAll(s.name(blameDir), 0o755); err != nil {
		return "", fault.Wrap("monitor.state", s.name(blameDir), err).Of(fault.Unreachable)
	}
	name := s.name(blameDir, rules.Hash(data)[:16]+".json")
	if err := durable.WriteFile(name, data, 0o644); err != nil {
		return "", fault.Wrap("monitor.state", name, err).Of(fault.Unreachable)
	}
	return name, nil
}

// blamed is one misbehaviour of the key that was written down before, and the
// sizes of its two checkpoints; "" where there is none.
func (s *state) blamed(key ledger.Key) (name string, older, newer uint64, err error) {
	files, err := os.ReadDir(s.name(blameDir))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", 0, 0, fault.Wrap("monitor.state", s.name(blameDir), err).Of(fault.Unreachable)
	}
	for _, f := range files {
		name := s.name(blameDir, f.Name())
		data, err := os.ReadFile(name)
		if err != nil {
			return "", 0, 0, fault.Wrap("monitor.state", name, err).Of(fault.Unreachable)
		}
		c, err := ParseMisbehaviour(data)
		if err != nil || c.Check(key.String()) != nil {
			continue // not of this key, or what a crash left
		}
		a, _, _ := ledger.OpenCheckpoint([]byte(c.Older), key)
		b, _, _ := ledger.OpenCheckpoint([]byte(c.Newer), key)
		return name, a.Size, b.Size, nil
	}
	return "", 0, 0, nil
}

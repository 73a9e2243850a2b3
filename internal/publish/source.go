package publish

import (
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/verify"
	"github.com/sunlot/sunlot/ledger"
)

const (
	checkpointName = "ledger/checkpoint"
	policyName     = "ledger/policy"

	// builderName is where the page builder notes that the folder is its own to
	// tidy up. It must not stand where somebody might build into it.
	builderName = "sunlot-site.txt"
)

// source is a built site that was verified.
type source struct {
	root   *os.Root
	head   ledger.Checkpoint
	signed []byte // the checkpoint as verified
	policy *ledger.Policy
	ledger *ledger.Dir
	names  []string // every file, sorted
	has    map[string]bool
}

func openSource(from, today string) (*source, error) {
	root, err := os.OpenRoot(from)
	if err != nil {
		return nil, fault.Wrap("publish.no-site", from, err).Of(fault.Usage)
	}
	s := &source{root: root, has: map[string]bool{}}
	err = s.open(from, today)
	if err != nil {
		root.Close()
		return nil, err
	}
	return s, nil
}

func (s *source) open(from, today string) error {
	if missing(s.root, checkpointName) || missing(s.root, "index.html") {
		return fault.New("publish.no-site", from, "", "index.html, "+checkpointName).Of(fault.Usage)
	}
	if err := s.walk(); err != nil {
		return err
	}
	b, err := verify.Open(s.root.FS(), verify.Options{Today: today})
	if err != nil {
		return unsound(from, err)
	}
	for _, f := range b.Findings {
		if f.Severity == rules.Breach && ofFiles(f.Code) {
			return &fault.Error{Code: "publish.damaged", Place: path.Join(filepath.ToSlash(from), f.Place), Got: f.Code}
		}
	}
	s.head, s.signed, s.policy, s.ledger = b.Checkpoint, b.Signed, b.Policy, b.Dir
	return nil
}

// unsound keeps apart what is wrong and what could not be read.
func unsound(from string, err error) error {
	out := fault.Wrap("publish.unsound", from, err)
	var f *fault.Error
	if errors.As(err, &f) {
		out.Kind = f.Kind
	}
	return out
}

// ofFiles: findings that say that a file was changed or is left over since the
// site was built. All others are about what was recorded, and are published
// with the pages that show them.
func ofFiles(code string) bool {
	return strings.HasPrefix(code, "ledger.audit-") || code == "verify.bad-opening" || code == "verify.opening-differs"
}

// walk lists the files. The builder's note and names with a leading dot stay
// at home; a link is refused rather than followed.
func (s *source) walk() error {
	// Folder by folder is not yet sorted: calendar.ics stands before calendar/.
	defer func() { slices.Sort(s.names) }()
	return fs.WalkDir(s.root.FS(), ".", func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return fault.Wrap("publish.unreadable", name, err).Of(fault.Unreachable)
		case name != "." && strings.HasPrefix(e.Name(), "."):
			if e.IsDir() {
				return fs.SkipDir
			}
			return nil
		case e.IsDir(), name == builderName:
			return nil
		case !e.Type().IsRegular():
			return fault.New("publish.not-a-file", name, e.Type().String(), "a file")
		case strings.ContainsAny(name, "\n\r"):
			return fault.New("publish.not-a-file", strings.Map(visible, name), "a line break in the name", "a name")
		}
		s.names = append(s.names, name)
		s.has[name] = true
		return nil
	})
}

func visible(r rune) rune {
	if r < 0x20 {
		return '?'
	}
	return r
}

// maxFile bounds what is read into memory: no file of a site is larger than
// the largest blob.
const maxFile = ledger.MaxBlob

func (s *source) read(name string) ([]byte, error) {
	st, err := s.root.Lstat(filepath.FromSlash(name))
	if err == nil && (!st.Mode().IsRegular() || st.Size() > maxFile) {
		return nil, fault.New("publish.not-a-file", name, st.Mode().String(), "a file")
	}
	var data []byte
	if err == nil {
		data, err = s.root.ReadFile(filepath.FromSlash(name))
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New("publish.changed", name, "", "").Of(fault.Unreachable)
	}
	if err != nil {
		return nil, fault.Wrap("publish.unreadable", name, err).Of(fault.Unreachable)
	}
	return data, nil
}

func (s *source) close() { s.root.Close() }

func hexOf(h ledger.Hash) string { return hex.EncodeToString(h[:]) }

package publish

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/sunlot/sunlot/internal/durable"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/ledger"
)

// listName is the file in the target that says what was put there.
const listName = ".sunlot-published"

const (
	listHead = "sunlot-published/1"
	maxList  = 256 << 20
)

// target is the directory that is published to.
type target struct {
	place  string
	origin string
	dir    *durable.Dir // writes
	root   *os.Root     // looks, without following links
	unlock func()

	listed bool            // a list stands there
	ours   map[string]bool // names that a run of ours put there
	stands map[string]fs.FileMode
}

func openTarget(to string, src *source, hook durable.Hook) (*target, error) {
	t := &target{place: to, origin: src.head.Origin, ours: map[string]bool{}, stands: map[string]fs.FileMode{}}
	var err error
	if t.dir, err = durable.Open(to, durable.Options{Hook: hook}); err != nil {
		return nil, fault.Wrap("publish.unwritable", to, err).Of(fault.Unreachable)
	}
	if err = t.open(to, src); err != nil {
		t.close()
		return nil, err
	}
	return t, nil
}

func (t *target) open(to string, src *source) (err error) {
	if t.root, err = os.OpenRoot(to); err != nil {
		return fault.Wrap("publish.unwritable", to, err).Of(fault.Unreachable)
	}
	if t.unlock, err = lock(to); err != nil {
		return err
	}
	if err := t.readList(); err != nil {
		return err
	}
	if err := t.look(src); err != nil {
		return err
	}
	held, err := t.ancestor(src)
	if err != nil || t.listed {
		return err
	}
	return t.adopt(src, held)
}

func (t *target) close() {
	if t.unlock != nil {
		t.unlock()
	}
	if t.root != nil {
		t.root.Close()
	}
	t.dir.Close()
}

// readList reads the list of an earlier run.
func (t *target) readList() error {
	st, err := t.root.Lstat(listName)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err == nil && (!st.Mode().IsRegular() || st.Size() > maxList) {
		return fault.New("publish.bad-list", t.at(listName), st.Mode().String(), listHead)
	}
	data, err := t.root.ReadFile(listName)
	if err != nil {
		return fault.Wrap("publish.target-unreadable", t.at(listName), err).Of(fault.Unreachable)
	}
	origin, names, bad := parseList(data)
	if bad != nil {
		bad.Place = t.at(listName)
		return bad
	}
	if origin != t.origin {
		return fault.New("publish.other-ledger", t.place, origin, t.origin)
	}
	t.listed = true
	for _, n := range names {
		t.ours[n] = true
	}
	return nil
}

// formatList writes names, which must be sorted.
func formatList(origin string, names []string) []byte {
	var b strings.Builder
	b.WriteString(listHead + "\n" + origin + "\n")
	for _, n := range names {
		b.WriteString(n + "\n")
	}
	return []byte(b.String())
}

// parseList reads what formatList writes, and nothing else: what it lists may
// be removed.
func parseList(data []byte) (origin string, names []string, bad *fault.Error) {
	text, ok := strings.CutSuffix(string(data), "\n")
	lines := strings.Split(text, "\n")
	if !ok || len(lines) < 2 || lines[0] != listHead || lines[1] == "" {
		return "", nil, fault.New("publish.bad-list", listName, clip(text), listHead)
	}
	names = lines[2:]
	for i, n := range names {
		if !fs.ValidPath(n) || n == "." || n == listName || strings.ContainsAny(n, "\\\r\x00") || i > 0 && names[i-1] >= n {
			return "", nil, fault.New("publish.bad-list", listName, clip(n), "names within the folder, sorted")
		}
	}
	return lines[1], names, nil
}

func clip(s string) string {
	if r := []rune(s); len(r) > 80 {
		return string(r[:80]) + "…"
	}
	return s
}

// list writes the list of names, durably.
func (t *target) list(names []string) error {
	data := formatList(t.origin, names)
	if st, err := t.root.Lstat(listName); err == nil && st.Size() == int64(len(data)) {
		if old, err := t.root.ReadFile(listName); err == nil && string(old) == string(data) {
			return nil
		}
	}
	return t.dir.Replace(listName, data)
}

// look walks those top folders that hold something of ours, old or new.
func (t *target) look(src *source) error {
	tops := map[string]bool{}
	for _, names := range []map[string]bool{t.ours, src.has} {
		for n := range names {
			top, _, _ := strings.Cut(n, "/")
			tops[top] = true
		}
	}
	entries, err := fs.ReadDir(t.root.FS(), ".")
	if err != nil {
		return fault.Wrap("publish.target-unreadable", t.place, err).Of(fault.Unreachable)
	}
	for _, e := range entries {
		t.stands[e.Name()] = e.Type()
		if !e.IsDir() || !tops[e.Name()] {
			continue
		}
		err := fs.WalkDir(t.root.FS(), e.Name(), func(name string, e fs.DirEntry, err error) error {
			if err != nil {
				return fault.Wrap("publish.target-unreadable", t.at(name), err).Of(fault.Unreachable)
			}
			t.stands[name] = e.Type()
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// ancestor refuses unless the ledger in the target is one that ours continues.
// It says whether there is one.
func (t *target) ancestor(src *source) (bool, error) {
	if _, ok := t.stands[checkpointName]; !ok {
		return false, nil
	}
	sub, err := fs.Sub(t.root.FS(), "ledger")
	if err != nil {
		return false, err
	}
	msg, err := ledger.OpenDir(sub).Checkpoint()
	if err != nil {
		return false, fault.Wrap("publish.target-checkpoint", t.at(checkpointName), err)
	}
	n, err := ledger.ParseNote(msg)
	if err != nil {
		return false, fault.Wrap("publish.target-checkpoint", t.at(checkpointName), err)
	}
	old, err := ledger.ParseCheckpoint(n.Text)
	if err != nil {
		return false, fault.Wrap("publish.target-checkpoint", t.at(checkpointName), err)
	}
	if old.Origin != src.head.Origin {
		return false, fault.New("publish.other-ledger", t.place, old.Origin, src.head.Origin)
	}
	signed := func(l ledger.PolicyKey) bool { return len(n.SignedBy(l.Key)) > 0 }
	if !slices.ContainsFunc(src.policy.Logs, signed) {
		return false, fault.New("publish.target-checkpoint", t.at(checkpointName), "no good signature", src.head.Origin)
	}
	if old.Size > src.head.Size {
		return false, fault.New("publish.target-newer", t.place, strconv.FormatUint(old.Size, 10), strconv.FormatUint(src.head.Size, 10))
	}
	proof, err := ledger.ProveConsistency(old.Size, src.head.Size, src.ledger.HashReader(src.head.Size))
	if err != nil {
		return false, unsound("ledger", err)
	}
	if err := ledger.CheckConsistency(proof, old.Size, old.Root, src.head.Size, src.head.Root); err != nil {
		return false, &fault.Error{Code: "publish.target-fork", Place: t.place, Got: strconv.FormatUint(old.Size, 10) + " " + hexOf(old.Root),
			Want: strconv.FormatUint(src.head.Size, 10) + " " + hexOf(src.head.Root), Err: err}
	}
	return true, nil
}

// ofHost: what hosts put into an empty web folder.
func ofHost(name string) bool {
	return strings.HasPrefix(name, ".") || slices.Contains([]string{"lost+found", "web.config", "WEB-INF", "robots.txt", "favicon.ico"}, name)
}

// adopt decides about a target without a list. held says that it has a ledger
// that ours continues: then it is a copy of this site that lost its list, if
// it has nothing else at the top. Pages in it that the site no longer has
// cannot be told from foreign ones and stay; the builder's note goes.
func (t *target) adopt(src *source, held bool) error {
	tops := map[string]bool{builderName: held}
	for n := range src.has {
		top, _, _ := strings.Cut(n, "/")
		tops[top] = held
	}
	for _, name := range sortedKeys(t.stands) {
		if !strings.Contains(name, "/") && !ofHost(name) && !tops[name] {
			return fault.New("publish.not-empty", t.place, name, "").Of(fault.Usage)
		}
	}
	for name := range t.stands {
		if held && (src.has[name] || ofLedger(name) || name == builderName) {
			t.ours[name] = true
		}
	}
	return nil
}

// ofLedger: the folders of the ledger are closed, so what stands in them is
// the ledger's.
func ofLedger(name string) bool {
	parts := strings.SplitN(name, "/", 3)
	return len(parts) == 3 && parts[0] == "ledger" && slices.Contains([]string{"tile", "entry", "proof", "opening", "blob"}, parts[1])
}

// remove deletes a file, never a folder, and says whether it stood there.
func (t *target) remove(name string) (bool, error) {
	st, err := t.root.Lstat(filepath.FromSlash(name))
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err == nil && st.IsDir() {
		return false, fault.New("publish.in-the-way", t.at(name), "a folder", "a file")
	}
	return true, t.dir.Remove(name)
}

// prune removes the folders that the removed files left empty. One that a
// crash leaves does no harm.
func (t *target) prune(gone []string) {
	for _, name := range gone {
		for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
			if t.root.Remove(filepath.FromSlash(dir)) != nil {
				break // not empty
			}
		}
	}
}

func (t *target) at(name string) string { return filepath.Join(t.place, filepath.FromSlash(name)) }

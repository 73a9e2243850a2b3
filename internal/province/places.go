package province

import (
	"cmp"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/sunlot/sunlot/internal/fault"
)

// spot is a folder of the list, with links followed as far as it exists.
type spot struct {
	place string // of its office in the file
	key   string // folder, to
	path  string // as the file has it
	real  string
}

// apart refuses folders that lie within each other: what is served would hold
// what is private, or one site would clear another away. A site may stand beside
// the portal's pages, in a folder of its own.
func (l *List) apart(places []string) error {
	var spots []spot
	for i, o := range l.Offices {
		spots = append(spots, spot{places[i], "folder", o.Folder, real(o.Folder)}, spot{places[i], "to", o.To, real(o.To)})
	}
	portal := real(l.Portal.Folder)
	for _, s := range spots {
		below, inside := rest(portal, s.real)
		first, _, _ := strings.Cut(below, string(filepath.Separator))
		switch {
		case s.key == "to" && inside && idForm.MatchString(first) && !slices.Contains(taken, first):
		case s.key == "to" && inside:
			return fault.New("province.in-portal", s.place, s.path, "")
		case inside || holds(s.real, portal):
			return fault.New("province.overlap", s.place, s.key+" = "+s.path, "[portal] folder = "+l.Portal.Folder)
		}
	}
	slices.SortFunc(spots, func(a, b spot) int { return cmp.Compare(ended(a.real), ended(b.real)) })
	for i, s := range spots[1:] { // what lies within a folder follows it, or follows what does
		if before := spots[i]; before.real == s.real || holds(before.real, s.real) {
			return fault.New("province.overlap", s.place, s.key+" = "+s.path, before.key+" = "+before.path+"（"+before.place+"）")
		}
	}
	return nil
}

// real follows links in what there is of a path.
func real(path string) string {
	tail := ""
	for p := path; ; p = filepath.Dir(p) {
		if r, err := filepath.EvalSymlinks(p); err == nil {
			return filepath.Join(r, tail)
		}
		if filepath.Dir(p) == p {
			return path
		}
		tail = filepath.Join(filepath.Base(p), tail)
	}
}

func ended(dir string) string {
	return strings.TrimSuffix(dir, string(os.PathSeparator)) + string(os.PathSeparator)
}

// holds says whether path lies within dir.
func holds(dir, path string) bool { return dir != path && strings.HasPrefix(path, ended(dir)) }

// rest is path below dir; inside where it is dir or lies within.
func rest(dir, path string) (below string, inside bool) {
	if dir == path {
		return "", true
	}
	return strings.CutPrefix(path, ended(dir))
}

// legible refuses text with characters that nobody sees: a terminal obeys some,
// and others turn what follows about.
func legible(place, key, text string) error {
	if i := strings.IndexFunc(text, func(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf) }); i >= 0 {
		return fault.New("province.bad-text", place, key, "")
	}
	return nil
}

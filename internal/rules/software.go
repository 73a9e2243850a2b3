package rules

import (
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/record"
)

// software: the scripts that pages carry, by name and digest. It says what it
// says once; the same files again are no news and would hide a change among
// them.
func (j *judge) software(b *record.Software) {
	j.notAhead(b.Date)
	last := ""
	for _, f := range b.Files {
		if !scriptName(f.Name) || f.Name <= last {
			j.breach("rules.software-name", "", "files", f.Name, last)
		}
		if f.Bytes == 0 {
			j.breach("rules.software-empty", "", "files", f.Name, "")
		}
		last = f.Name
	}
	if n := len(j.s.Software); n > 0 && slices.Equal(j.s.Software[n-1].Body.Files, b.Files) {
		j.breach("rules.software-same", "", "files", "", "")
	}
	if j.sound() {
		j.s.Software = append(j.s.Software, at(j, b))
	}
}

// scriptName: a plain file name, so that nobody is sent elsewhere by it.
func scriptName(s string) bool {
	return s != "" && s[0] != '.' && s[0] != '-' && strings.Trim(s, "abcdefghijklmnopqrstuvwxyz0123456789.-") == "" && !strings.Contains(s, "..")
}

// Script tells which digest the latest entry about software demands of a
// script, "" where it names none of that name, and whether any entry ever gave
// the script the digest sum.
func (s *State) Script(name, sum string) (want string, known bool) {
	for i, at := range s.Software {
		for _, f := range at.Body.Files {
			if f.Name != name {
				continue
			}
			known = known || f.SHA256 == sum
			if i == len(s.Software)-1 {
				want = f.SHA256
			}
		}
	}
	return want, known
}

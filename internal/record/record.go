// Package record is what is said: the types of entries of the ledger and the
// one exact text form of each.
//
// An entry's text is three lines; signature lines follow after an empty line
// and belong to room ledger (c2sp.org/signed-note):
//
//	sunlot/v1 checklist
//	example.gov.cn/sunlot
//	{"body":{…},"env":{"at":"2023-06-12T09:30:00+08:00","by":"办公室"}}
//
// The third line is RFC 8785 canonical JSON with exactly the members `body`
// and `env`. Integers only, no null, no empty optional member. A body's Go
// struct is its schema: the tag `form` names the grammar of a string (forms
// below), `omitempty` marks an optional member, and a field of type Sealed
// holds not its value but a salted digest whose opening stands beside the log.
//
// Parse formats what it has read and compares bytes, so one entry has one
// text. Sources: RFC 8785; c2sp.org/signed-note; spec/record.md.
package record

import (
	"reflect"
	"strconv"
	"strings"

	"github.com/sunlot/sunlot/internal/fault"
)

// MaxSize is the largest entry in bytes, signature lines included: the length
// prefix of an entry bundle has 16 bits (c2sp.org/tlog-tiles).
const MaxSize = 65535

// magic begins every entry; another number is another format.
const magic = "sunlot/v1 "

// Entry is one record of the ledger (第N条记录) without its signatures.
type Entry struct {
	Type   string // "charter", "notice", … : the keys of Types
	Origin string // the log's origin, ASCII host/path
	Env    Env
	Body   any // pointer to the struct of Type
}

// Env says when and in which role the entry was written. At is a claim of the
// office; only witnesses and rounds bound it.
type Env struct {
	At     string  `json:"at" form:"time"`
	By     string  `json:"by" form:"name"`
	Beacon *Beacon `json:"beacon,omitempty"`
}

// Beacon is the latest public round known when the entry was written: the
// entry is not older than that round.
type Beacon struct {
	Chain     string `json:"chain" form:"hex64"`
	Round     int64  `json:"round"`
	Signature string `json:"signature" form:"hex96"`
}

// Types lists every entry type with a maker of its body.
var Types = map[string]func() any{
	"charter":     func() any { return new(Charter) },
	"checklist":   func() any { return new(Checklist) },
	"roster":      func() any { return new(Roster) },
	"plan":        func() any { return new(Plan) },
	"filing":      func() any { return new(Filing) },
	"history":     func() any { return new(History) },
	"calendar":    func() any { return new(Calendar) },
	"notice":      func() any { return new(Notice) },
	"draw":        func() any { return new(Draw) },
	"dispatch":    func() any { return new(Dispatch) },
	"team-change": func() any { return new(TeamChange) },
	"request":     func() any { return new(Request) },
	"replacement": func() any { return new(Replacement) },
	"result":      func() any { return new(Result) },
	"correction":  func() any { return new(Correction) },
	"follow-up":   func() any { return new(FollowUp) },
	"feedback":    func() any { return new(Feedback) },
	"opened":      func() any { return new(Opened) },
	"abort":       func() any { return new(Abort) },
	"objection":   func() any { return new(Objection) },
	"review":      func() any { return new(Review) },
	"archive":     func() any { return new(Archive) },
	"purge":       func() any { return new(Purge) },
	"takedown":    func() any { return new(Takedown) },

	"platform-draw":    func() any { return new(PlatformDraw) },
	"partners":         func() any { return new(Partners) },
	"agreement":        func() any { return new(Agreement) },
	"joined":           func() any { return new(Joined) },
	"partner-dispatch": func() any { return new(PartnerDispatch) },
	"partner-team":     func() any { return new(PartnerTeam) },
	"recusal":          func() any { return new(Recusal) },

	"teams-notice": func() any { return new(TeamsNotice) },
	"teams":        func() any { return new(Teams) },
	"expert":       func() any { return new(Expert) },
	"task":         func() any { return new(Task) },
	"waiver":       func() any { return new(Waiver) },
	"extension":    func() any { return new(Extension) },
	"lost":         func() any { return new(Lost) },
	"paper":        func() any { return new(Paper) },
	"contribution": func() any { return new(Contribution) },
	"software":     func() any { return new(Software) },
}

// TypeOf returns the type name of a body, "" for a value that is none.
func TypeOf(body any) string {
	t := reflect.TypeOf(body)
	for name, make := range Types {
		if reflect.TypeOf(make()) == t {
			return name
		}
	}
	return ""
}

type payload struct {
	Body any `json:"body"`
	Env  Env `json:"env"`
}

// Format writes the text of an entry, ending in a line feed, ready to be
// signed. It refuses a body that Parse would refuse.
func Format(e *Entry) (string, error) {
	name := TypeOf(e.Body)
	if name == "" || name != e.Type {
		return "", fault.New("record.unknown-type", "", e.Type, name)
	}
	if err := checkOrigin(e.Origin); err != nil {
		return "", err
	}
	if err := check(e); err != nil {
		return "", err
	}
	line, err := Canonical(payload{e.Body, e.Env})
	if err != nil {
		return "", err
	}
	text := magic + e.Type + "\n" + e.Origin + "\n" + string(line) + "\n"
	if len(text) > MaxSize {
		return "", fault.New("record.too-long", e.Type, strconv.Itoa(len(text)), strconv.Itoa(MaxSize))
	}
	return text, nil
}

// checkOrigin holds an origin to schema-less ASCII host/path, as
// c2sp.org/tlog-checkpoint recommends.
func checkOrigin(s string) error {
	host, path, ok := strings.Cut(s, "/")
	if !ok || host == "" || path == "" || len(s) > 120 || strings.Contains(s, "//") || strings.HasSuffix(s, "/") {
		return fault.New("record.bad-origin", "line 2", excerpt([]byte(s), 0), "host/path")
	}
	for i := range len(s) {
		c := s[i]
		if !(c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '.' || c == '-' || c == '/' || c == '_') {
			return fault.New("record.bad-origin", "line 2", excerpt([]byte(s), 0), "a-z 0-9 . - _ /")
		}
	}
	return nil
}

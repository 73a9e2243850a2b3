package compare

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// List is one version of a register as the office keeps it: the file behind a
// roster's entry. SHA256 is the digest that the file in the ledger must have.
type List struct {
	Kind   string
	SHA256 string
	Firms  map[string]rules.Firm // by code; of kind objects
	People []string              // certificate numbers; of kind inspectors
}

// maxLine bounds a line of a list.
const maxLine = 1 << 16

// ParseList reads a version of a register: first a line {"kind","key"}, then one
// JSON object a line, of which the members of a Firm or Person count (spec/
// evidence.md). It is the form in which the office keeps it, so it needs no
// conversion; members that stand in no committed line (address, telephone) may
// be taken out beforehand.
func ParseList(r io.Reader) (*List, error) {
	sc := bufio.NewScanner(r)
	sc.Buffer(make([]byte, 4096), maxLine)
	var head struct{ Kind, Key string }
	if !sc.Scan() || json.Unmarshal(sc.Bytes(), &head) != nil {
		return nil, fault.New("compare.bad-list", "1", "", `{"kind":…,"key":…}`)
	}
	key, err := hex.DecodeString(head.Key)
	if err != nil || len(key) != 32 {
		return nil, fault.New("compare.bad-list", "1", "key", "64 hex")
	}
	l := &List{Kind: head.Kind, Firms: map[string]rules.Firm{}}
	var ids, texts []string
	for n := 2; sc.Scan(); n++ {
		id, text, err := l.line(sc.Bytes())
		if err != nil {
			return nil, fault.Wrap("compare.bad-list", num(n), err)
		}
		ids, texts = append(ids, id), append(texts, text)
	}
	if err := sc.Err(); err != nil {
		return nil, fault.Wrap("compare.bad-list", num(len(ids)+2), err)
	}
	l.SHA256 = rules.Hash(rules.RosterFile(key, l.Kind, ids, texts))
	return l, nil
}

var errKind = errors.New("kind is neither objects nor inspectors")

// line keeps one line and returns what was committed to.
func (l *List) line(data []byte) (id, text string, err error) {
	var v any
	switch l.Kind {
	case "objects":
		f := new(rules.Firm)
		if err = json.Unmarshal(data, f); err == nil {
			id, v = f.ID, f
			l.Firms[f.ID] = *f
		}
	case "inspectors":
		p := new(rules.Person)
		if err = json.Unmarshal(data, p); err == nil {
			id, v = p.ID, p
			l.People = append(l.People, p.ID)
		}
	default:
		err = errKind
	}
	if err != nil {
		return "", "", err
	}
	canonical, err := record.Canonical(v)
	return id, string(canonical), err
}

// headings under which a table gives the code of an enterprise, or the number
// of a certificate.
var (
	codeHeads   = []string{"统一社会信用代码", "社会信用代码", "信用代码", "代码", "code", "id"}
	personHeads = []string{"执法证号", "证号", "证件号", "certificate", "id"}
)

// ParseCodes reads the codes of a list of enterprises: a CSV in UTF-8 with a
// column of one of the usual headings, or one code a line. Each code once; what
// is no code is counted.
func ParseCodes(data []byte) (codes []string, odd int, err error) {
	return parseColumn(data, codeHeads, draw.ObjectID)
}

// ParsePeople reads certificate numbers, as ParseCodes does codes.
func ParsePeople(data []byte) (ids []string, odd int, err error) {
	return parseColumn(data, personHeads, draw.PersonID)
}

func parseColumn(data []byte, heads []string, check func(string) (string, bool)) (ids []string, odd int, err error) {
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if !utf8.Valid(data) {
		return nil, 0, fault.New("compare.not-utf8", "", "", "").Of(fault.Usage)
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord, r.LazyQuotes, r.ReuseRecord = -1, true, true
	column := 0
	for n := 0; ; n++ {
		row, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, 0, fault.Wrap("compare.bad-table", num(n+1), err).Of(fault.Usage)
		}
		if n == 0 {
			if at := slices.IndexFunc(row, func(s string) bool { return slices.Contains(heads, strings.ToLower(strings.TrimSpace(s))) }); at >= 0 {
				column = at
				continue
			}
		}
		if column >= len(row) || strings.TrimSpace(row[column]) == "" {
			continue
		}
		if id, ok := check(strings.ToUpper(strings.TrimSpace(row[column]))); ok {
			ids = append(ids, id)
		} else {
			odd++
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids), odd, nil
}

// ParseKI reads keys KI: the file that the office makes for an auditor
// (`sunlot draw open-ki --for-auditor`), or lines of a draw's id and 64 hex
// digits. A teams notice has a key of its own, by its own id.
func ParseKI(data []byte) (map[string][]byte, error) {
	keys := map[string][]byte{}
	if text := bytes.TrimSpace(data); len(text) > 0 && text[0] == '{' {
		var f struct{ Format, Draw, KI string }
		key := []byte(nil)
		if json.Unmarshal(text, &f) == nil && f.Format == "sunlot-ki/v1" && f.Draw != "" {
			key, _ = hex.DecodeString(f.KI)
		}
		if len(key) != 32 {
			return nil, fault.New("compare.bad-ki", "1", "", "").Of(fault.Usage)
		}
		keys[f.Draw] = key
		return keys, nil
	}
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		var key []byte
		if len(f) == 2 {
			key, _ = hex.DecodeString(f[1])
		}
		if len(key) != 32 || keys[f[0]] != nil {
			return nil, fault.New("compare.bad-ki", num(n), "", "").Of(fault.Usage)
		}
		keys[f[0]] = key
	}
	return keys, nil
}

// list is the opened version of a register with the digest, nil if the reader
// does not hold it.
func (s *Side) list(sum string) *List {
	for _, l := range s.Lists {
		if l.SHA256 == sum {
			return l
		}
	}
	return nil
}

// Knows reports whether the ledger has a register of the list's digest: a list
// that was edited afterwards, or is another office's, fits none.
func (s *Side) Knows(l *List) bool {
	for _, at := range s.Bundle.State.Rosters {
		if at.Body.File.SHA256 == l.SHA256 {
			return true
		}
	}
	return false
}

// k is the opened K of a draw, nil where it is closed or wrong.
func (s *Side) k(l *rules.Lot) []byte {
	e := s.Bundle.Entries[l.Index]
	if e == nil || e.Opening == nil {
		return nil
	}
	if k, err := hex.DecodeString(e.Opening.K); err == nil && len(k) == 32 && draw.KeyCommit(k) == l.Body.Key {
		return k
	}
	return nil
}

// hat is the people of a notice or of a later teams notice, with its KI.
type hat struct {
	rules.Hat
	ki []byte
}

// hats are those of a draw of which KI is open or given, and is the one that the
// notice committed to.
func (s *Side) hats(l *rules.Lot) []hat {
	var list []hat
	add := func(h rules.Hat, id, commit string) {
		given := s.KI[id]
		if e := s.Bundle.Entries[h.Entry]; given == nil && e != nil && e.Opening != nil {
			given, _ = hex.DecodeString(e.Opening.KI)
		}
		if len(given) == 32 && draw.KeyCommit(given) == commit {
			list = append(list, hat{h, given})
		}
	}
	own := l.Hat
	own.Entry = l.Index
	add(own, l.Body.Draw, l.Body.KeyI)
	for _, t := range l.Later {
		later := t.Hat
		later.Entry = t.Index
		add(later, t.Body.ID, t.Body.KeyI)
	}
	return list
}

// WrongKI names the draws whose given KI is not the one committed to, or that
// the ledger does not have.
func (s *Side) WrongKI() []string {
	var list []string
	for _, id := range sorted(s.KI) {
		commit := ""
		if l := s.Bundle.State.Lot(id); l != nil {
			commit = l.Body.KeyI
		} else if t := s.Bundle.State.Teams(id); t != nil {
			commit = t.Body.KeyI
		}
		if draw.KeyCommit(s.KI[id]) != commit {
			list = append(list, id)
		}
	}
	return list
}

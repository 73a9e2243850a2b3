package record

import (
	"hash/maphash"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/sunlot/sunlot/internal/fault"
)

// Parse reads the text of an entry (the part that is signed). It accepts
// exactly what Format writes.
func Parse(text string) (*Entry, error) { return new(Parser).Parse(text) }

// Parser reads the entries of a whole ledger, and what they open. Of a hundred
// thousand most say the same in most places: what says the same shares its
// memory, so what a Parser returns is for reading only. Several goroutines need
// a Parser each.
type Parser struct {
	keep *shelf // nil: each entry alone
	buf  []byte
}

// NewParser returns a Parser that shares.
func NewParser() *Parser { return &Parser{keep: &shelf{seed: maphash.MakeSeed()}} }

// Parse is Parse.
func (p *Parser) Parse(text string) (*Entry, error) {
	if len(text) > MaxSize {
		return nil, fault.New("record.too-long", "", strconv.Itoa(len(text)), strconv.Itoa(MaxSize))
	}
	lines := strings.Split(text, "\n")
	if len(lines) != 4 || lines[3] != "" {
		return nil, fault.New("record.bad-lines", "", strconv.Itoa(len(lines)-1)+" lines", "3 lines")
	}
	name, ok := strings.CutPrefix(lines[0], magic)
	if !ok {
		return nil, fault.New("record.bad-magic", "line 1", excerpt([]byte(lines[0]), 0), magic+"<type>")
	}
	maker, ok := Types[name]
	if !ok {
		return nil, fault.New("record.unknown-type", "line 1", excerpt([]byte(name), 0), "a type of spec/record.md")
	}
	if err := checkOrigin(lines[1]); err != nil {
		return nil, err
	}
	said := payload{Body: maker()}
	if !p.decode(lines[2], &said) {
		said = payload{Body: maker()}
		if err := decodeStrict([]byte(lines[2]), &said); err != nil {
			return nil, err
		}
	}
	e := &Entry{Type: p.keep.text(name), Origin: p.keep.text(lines[1]), Env: said.Env, Body: said.Body}
	if err := check(e); err != nil {
		return nil, err
	}
	return e, nil
}

// decode is decodeStrict for what is as it should be: the value is formatted
// again and compared, byte for byte. Of anything else it says no more than that.
func (p *Parser) decode(data string, v any) bool {
	r := reader{data: data, keep: p.keep}
	if !r.value(reflect.ValueOf(v)) || r.at != len(data) {
		return false
	}
	again, err := appendValue(p.buf[:0], reflect.ValueOf(v), 0)
	if err != nil {
		return false
	}
	p.buf = again
	return string(again) == data
}

// openingForm is Opening with its fields in a list.
type openingForm struct {
	Fields  []OpenField  `json:"fields,omitempty"`
	Handles []OpenHandle `json:"handles,omitempty"`
	K       string       `json:"K,omitempty"`
	KI      string       `json:"KI,omitempty"`
}

// ParseOpening is ParseOpening, with the fields in a list by path and not in the
// Opening; that is nil where the file holds nothing else.
func (p *Parser) ParseOpening(data []byte) (*Opening, []OpenField, error) {
	var f openingForm
	if len(data) > MaxOpening || !p.decode(string(data), &f) || slices.ContainsFunc(f.Fields, func(o OpenField) bool { return !o.sound(o.Path) }) {
		o, err := ParseOpening(data)
		if err != nil {
			return nil, nil, err
		}
		f = openingForm{Handles: o.Handles, K: o.K, KI: o.KI}
		for _, path := range slices.Sorted(maps.Keys(o.Fields)) {
			f.Fields = append(f.Fields, OpenField{path, o.Fields[path]})
		}
	}
	if len(f.Handles) == 0 && f.K == "" && f.KI == "" {
		return nil, f.Fields, nil
	}
	o := &Opening{Handles: f.Handles, K: f.K, KI: f.KI}
	return o, f.Fields, o.check()
}

// shelf keeps texts and lists that are met again and again once, as far as it
// remembers them, and the other texts in few large pieces of memory. All its
// methods may be called of nil, which keeps nothing.
type shelf struct {
	seed  maphash.Seed
	piece strings.Builder
	texts [1 << 10]string
	lists [1 << 9]keptList
}

type keptList struct {
	text string
	list reflect.Value
}

const (
	shelfPiece = 16 << 10 // bytes of a piece of texts
	shelfText  = 40       // bytes of a text that may be met again
	shelfList  = 300      // likewise of a list's
)

func (s *shelf) text(t string) string {
	switch {
	case s == nil || t == "":
		return t
	case len(t) > shelfText:
		return s.copy(t)
	}
	at := &s.texts[maphash.String(s.seed, t)%uint64(len(s.texts))]
	if *at != t {
		*at = s.copy(t)
	}
	return *at
}

// copy puts t behind what stands in the piece: a Builder that need not grow
// leaves what it has written where it is.
func (s *shelf) copy(t string) string {
	if s.piece.Cap()-s.piece.Len() < len(t) {
		s.piece = strings.Builder{}
		s.piece.Grow(max(shelfPiece, len(t)))
	}
	from := s.piece.Len()
	s.piece.WriteString(t)
	return s.piece.String()[from:]
}

// at is the place of a list's text, nil for lists that hardly come again.
func (s *shelf) at(t reflect.Type, text string) *keptList {
	if s == nil || len(text) > shelfList || t.Elem() == sealedType || t == openFieldsType {
		return nil
	}
	return &s.lists[maphash.String(s.seed, text)%uint64(len(s.lists))]
}

// list sets v to the list of that text, if it remembers one.
func (s *shelf) list(v reflect.Value, text string) bool {
	at := s.at(v.Type(), text)
	if at == nil || at.text != text || at.list.Type() != v.Type() {
		return false
	}
	v.Set(at.list)
	return true
}

func (s *shelf) put(list reflect.Value, text string) {
	if at := s.at(list.Type(), text); at != nil {
		*at = keptList{text, list}
	}
}

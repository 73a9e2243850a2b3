package record

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/sunlot/sunlot/internal/fault"
)

// Opening (启封凭据) is the removable file ledger/opening/<index>.json beside
// entry <index>: what its sealed values are, and, beside a notice, the handles
// opened so far and the keys of the draw once due. Absent members are omitted;
// the file is canonical JSON without a line feed.
type Opening struct {
	Fields  map[string]Field `json:"fields,omitempty"`
	Handles []OpenHandle     `json:"handles,omitempty"` // sorted by kind, then id
	K       string           `json:"K,omitempty"`       // 64 lower hex
	KI      string           `json:"KI,omitempty"`
}

// Field is one opened value: H("open1|" + salt + "|" + path + "|" + value)
// stands in the entry's body at path.
type Field struct {
	Salt  string `json:"salt"` // 64 lower hex
	Value string `json:"value"`
}

// OpenHandle opens one handle of a pool (draw1 §3): kind O, I or E.
type OpenHandle struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
	Salt string `json:"salt"` // 32 lower hex
}

// OpenField is one member of an opening's Fields. A list of them, by path, takes
// a fifth of the map's memory, in one piece.
type OpenField struct {
	Path string
	Field
}

// SealDigest is what stands in an entry for a sealed value.
func SealDigest(salt, path, value string) string {
	var buf [512]byte // most are shorter
	b := append(append(append(buf[:0], "open1|"...), salt...), '|')
	b = append(append(append(b, path...), '|'), value...)
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// LineDigest is what stands in a blob for a line that names somebody.
func LineDigest(salt, text string) string { return SealDigest(salt, "line", text) }

// Seal replaces every value of type Sealed in body by its digest and returns
// the openings by body path. salt is called once for each and must give 32
// fresh random bytes as lower hex.
func Seal(body any, salt func() string) (map[string]Field, error) {
	fields := map[string]Field{}
	err := walk(reflect.ValueOf(body), "", true, "", func(v reflect.Value, path string, _ bool, _ string) error {
		if v.Kind() != reflect.String || v.Type() != sealedType || v.String() == "" {
			return nil
		}
		if err := checkText(v.String(), path); err != nil {
			return err
		}
		path = strings.TrimPrefix(path, ".")
		f := Field{Salt: salt(), Value: v.String()}
		fields[path] = f
		v.SetString(SealDigest(f.Salt, path, f.Value))
		return nil
	})
	return fields, err
}

// SealedPaths returns path → digest of every sealed value in a body.
func SealedPaths(body any) map[string]string {
	found := map[string]string{}
	_ = eachSealed(body, func(path []byte, digest string) error {
		found[string(path)] = digest
		return nil
	})
	return found
}

// HasSealed reports whether a body has a sealed value.
func HasSealed(body any) bool { return anySealed(reflect.ValueOf(body)) }

func anySealed(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Pointer:
		return anySealed(v.Elem())
	case reflect.Struct:
		for _, f := range fieldsOf(v.Type()) {
			if f.sealed && anySealed(v.Field(f.at)) {
				return true
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			if anySealed(v.Index(i)) {
				return true
			}
		}
	case reflect.String:
		return v.Type() == sealedType && v.Len() > 0
	}
	return false
}

// eachSealed visits the sealed values of a body that has its required lists.
func eachSealed(body any, visit func(path []byte, digest string) error) error {
	w := walker{path: make([]byte, 0, 64), sealed: true}
	w.visit = func(v reflect.Value, _ bool, _ string) error {
		if v.Kind() != reflect.String || v.String() == "" {
			return nil
		}
		return visit(w.path[1:], v.String())
	}
	return w.walk(reflect.ValueOf(body), true, "")
}

// FormatOpening writes an opening file, its handles sorted. It refuses what
// ParseOpening would refuse.
func FormatOpening(o *Opening) ([]byte, error) {
	sorted := *o
	sorted.Handles = slices.Clone(o.Handles)
	slices.SortFunc(sorted.Handles, compareHandles)
	if err := sorted.check(); err != nil {
		return nil, err
	}
	data, err := Canonical(sorted)
	if err == nil && len(data) > MaxOpening {
		err = fault.New("record.too-long", "opening", strconv.Itoa(len(data)), strconv.Itoa(MaxOpening))
	}
	if err != nil {
		return nil, err
	}
	return data, nil
}

func compareHandles(a, b OpenHandle) int {
	if c := strings.Compare(a.Kind, b.Kind); c != 0 {
		return c
	}
	return strings.Compare(a.ID, b.ID)
}

// MaxOpening bounds an opening file: 100,000 opened handles.
const MaxOpening = 16 << 20

// ParseOpening reads an opening file strictly: format again and compare.
func ParseOpening(data []byte) (*Opening, error) {
	if len(data) > MaxOpening {
		return nil, fault.New("record.too-long", "opening", strconv.Itoa(len(data)), strconv.Itoa(MaxOpening))
	}
	o := new(Opening)
	if err := decodeStrict(data, o); err != nil {
		return nil, err
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	return o, nil
}

func (o *Opening) check() error {
	for _, path := range slices.Sorted(maps.Keys(o.Fields)) {
		if f := o.Fields[path]; !f.sound(path) {
			return fault.New("record.bad-form", "fields."+path, excerpt([]byte(f.Salt), 0), "64 hex salt and a value")
		}
	}
	for i, h := range o.Handles {
		place := "handles." + strconv.Itoa(i)
		if !slices.Contains([]string{"O", "I", "E"}, h.Kind) || !formOK("hex32", h.Salt) || h.ID == "" {
			return fault.New("record.bad-form", place, excerpt([]byte(h.Kind+" "+h.Salt), 0), "kind O, I or E, id, 32 hex salt")
		}
		if i > 0 && compareHandles(o.Handles[i-1], h) >= 0 {
			return fault.New("record.not-canonical", place, excerpt([]byte(h.ID), 0), "sorted, none twice")
		}
	}
	for i, k := range []string{o.K, o.KI} {
		if k != "" && !formOK("hex64", k) {
			return fault.New("record.bad-form", []string{"K", "KI"}[i], excerpt([]byte(k), 0), "64 lower hex")
		}
	}
	return nil
}

// CheckFields holds every opened field to the digest in the body. It returns
// the paths that do not match or that the body does not have, sorted. A salt
// with a bar in it could open one digest to two values and matches nothing.
func CheckFields(body any, fields map[string]Field) []string {
	good := map[string]bool{}
	_ = eachSealed(body, func(path []byte, digest string) error {
		if f, ok := fields[string(path)]; ok && f.opens(path, digest) {
			good[string(path)] = true
		}
		return nil
	})
	var bad []string
	for _, path := range slices.Sorted(maps.Keys(fields)) {
		if !good[path] {
			bad = append(bad, path)
		}
	}
	return bad
}

// CheckOpened is CheckFields of a list: it returns the first path that does not
// match, "" if all do.
func CheckOpened(body any, list []OpenField) (bad string) {
	good := 0
	_ = eachSealed(body, func(path []byte, digest string) error {
		for i := range list {
			if list[i].Path == string(path) && list[i].opens(path, digest) {
				good++
			}
		}
		return nil
	})
	if good == len(list) {
		return ""
	}
	fields := make(map[string]Field, len(list))
	for _, o := range list {
		fields[o.Path] = o.Field
	}
	return CheckFields(body, fields)[0]
}

func (f Field) sound(path string) bool { return path != "" && formOK("hex64", f.Salt) && f.Value != "" }

// opens reports whether the digest is the field's.
func (f Field) opens(path []byte, digest string) bool {
	return formOK("hex64", f.Salt) && SealDigest(f.Salt, string(path), f.Value) == digest
}

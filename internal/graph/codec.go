package graph

import (
	"cmp"
	"encoding/binary"
	"reflect"
	"slices"
	"sync"

	"github.com/sunlot/sunlot/internal/fault"
)

// codec writes and reads the values of one type. It is made once a type, so
// that a value costs no look at its type.
type codec struct {
	put func(*writer, reflect.Value)
	get func(*reader, reflect.Value)
}

// seen is a pointer that has been written: a struct and its first field have
// one address and two types.
type seen struct {
	address uintptr
	typ     reflect.Type
}

type writer struct {
	out   []byte
	texts map[string]uint64
	seen  map[seen]uint64
}

func (w *writer) count(n uint64) { w.out = binary.AppendUvarint(w.out, n) }

// text writes a string in full the first time and by its number from then on.
func (w *writer) text(s string) {
	if n, ok := w.texts[s]; ok {
		w.count(n<<1 | 1)
		return
	}
	w.texts[s] = uint64(len(w.texts))
	w.count(uint64(len(s)) << 1)
	w.out = append(w.out, s...)
}

type reader struct {
	in       string
	at       int
	texts    []string
	pointers []reflect.Value
	broken   bool
}

func (r *reader) count() uint64 {
	var n uint64
	for shift := uint(0); shift < 64; shift += 7 {
		if r.at >= len(r.in) {
			break
		}
		b := r.in[r.at]
		r.at++
		if n |= uint64(b&0x7f) << shift; b < 0x80 {
			return n
		}
	}
	r.broken = true
	return 0
}

// length reads one more than the number of things that follow, each of at least
// one byte, or 0.
func (r *reader) length() int {
	n := r.count()
	if n > uint64(len(r.in)-r.at)+1 {
		r.broken = true
		return 0
	}
	return int(n)
}

func (r *reader) text() string {
	n := r.count()
	if n&1 == 1 {
		if n >>= 1; n < uint64(len(r.texts)) {
			return r.texts[n]
		}
		r.broken = true
		return ""
	}
	if n >>= 1; n > uint64(len(r.in)-r.at) {
		r.broken = true
		return ""
	}
	s := r.in[r.at : r.at+int(n)]
	r.at += int(n)
	r.texts = append(r.texts, s)
	return s
}

var (
	codecs = map[reflect.Type]*codec{}
	making sync.Mutex
)

// codecOf makes the codec of a type and of all that it holds.
func codecOf(t reflect.Type) (*codec, error) {
	making.Lock()
	defer making.Unlock()
	fresh := map[reflect.Type]*codec{}
	c, err := makeCodec(t, fresh)
	if err != nil {
		return nil, err
	}
	for t, c := range fresh {
		codecs[t] = c
	}
	return c, nil
}

func makeCodec(t reflect.Type, fresh map[reflect.Type]*codec) (*codec, error) {
	if c := codecs[t]; c != nil {
		return c, nil
	}
	if c := fresh[t]; c != nil {
		return c, nil // in the making: a type that holds itself
	}
	c := new(codec)
	fresh[t] = c
	switch t.Kind() {
	case reflect.String:
		c.put = func(w *writer, v reflect.Value) { w.text(v.String()) }
		c.get = func(r *reader, v reflect.Value) { v.SetString(r.text()) }
	case reflect.Bool:
		c.put = func(w *writer, v reflect.Value) { w.count(map[bool]uint64{true: 1}[v.Bool()]) }
		c.get = func(r *reader, v reflect.Value) { v.SetBool(r.count() == 1) }
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		c.put = func(w *writer, v reflect.Value) { w.out = binary.AppendVarint(w.out, v.Int()) }
		c.get = func(r *reader, v reflect.Value) {
			n := r.count()
			v.SetInt(int64(n>>1) ^ -int64(n&1))
		}
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		c.put = func(w *writer, v reflect.Value) { w.count(v.Uint()) }
		c.get = func(r *reader, v reflect.Value) { v.SetUint(r.count()) }
	case reflect.Pointer, reflect.Slice:
		elem, err := makeCodec(t.Elem(), fresh)
		if err != nil {
			return nil, err
		}
		if t.Kind() == reflect.Pointer {
			c.pointer(t, elem)
		} else {
			c.slice(t, elem)
		}
	case reflect.Map:
		return c, c.table(t, fresh)
	case reflect.Struct:
		return c, c.record(t, fresh)
	default:
		return nil, fault.New("graph.unfit", "", t.String(), "")
	}
	return c, nil
}

// pointer: 0 is nil, n is the n-th pointer of the value; the next number means
// that what it points to follows.
func (c *codec) pointer(t reflect.Type, elem *codec) {
	c.put = func(w *writer, v reflect.Value) {
		if v.IsNil() {
			w.count(0)
			return
		}
		at := seen{v.Pointer(), t}
		if n, ok := w.seen[at]; ok {
			w.count(n)
			return
		}
		n := uint64(len(w.seen) + 1)
		w.seen[at] = n
		w.count(n)
		elem.put(w, v.Elem())
	}
	c.get = func(r *reader, v reflect.Value) {
		n := r.count()
		switch {
		case n == 0 || r.broken:
		case n <= uint64(len(r.pointers)) && r.pointers[n-1].Type() == t:
			v.Set(r.pointers[n-1])
		case n == uint64(len(r.pointers))+1:
			p := reflect.New(t.Elem())
			r.pointers = append(r.pointers, p)
			v.Set(p)
			elem.get(r, p.Elem())
		default:
			r.broken = true
		}
	}
}

// slice: 0 is nil, n+1 is n members.
func (c *codec) slice(t reflect.Type, elem *codec) {
	c.put = func(w *writer, v reflect.Value) {
		if v.IsNil() {
			w.count(0)
			return
		}
		w.count(uint64(v.Len()) + 1)
		for i := range v.Len() {
			elem.put(w, v.Index(i))
		}
	}
	c.get = func(r *reader, v reflect.Value) {
		n := r.length()
		if n == 0 || r.broken {
			return
		}
		v.Set(reflect.MakeSlice(t, n-1, n-1))
		for i := 0; i < n-1 && !r.broken; i++ {
			elem.get(r, v.Index(i))
		}
	}
}

// table: a map, in the order of its keys.
func (c *codec) table(t reflect.Type, fresh map[reflect.Type]*codec) error {
	if k := t.Key().Kind(); k != reflect.String && k != reflect.Int64 {
		return fault.New("graph.unfit", "", t.String(), "map[string] or map[int64]")
	}
	key, err := makeCodec(t.Key(), fresh)
	if err != nil {
		return err
	}
	elem, err := makeCodec(t.Elem(), fresh)
	if err != nil {
		return err
	}
	c.put = func(w *writer, v reflect.Value) {
		if v.IsNil() {
			w.count(0)
			return
		}
		keys := v.MapKeys()
		slices.SortFunc(keys, func(a, b reflect.Value) int {
			if a.Kind() == reflect.String {
				return cmp.Compare(a.String(), b.String())
			}
			return cmp.Compare(a.Int(), b.Int())
		})
		w.count(uint64(len(keys)) + 1)
		for _, k := range keys {
			key.put(w, k)
			elem.put(w, v.MapIndex(k))
		}
	}
	c.get = func(r *reader, v reflect.Value) {
		n := r.length()
		if n == 0 || r.broken {
			return
		}
		v.Set(reflect.MakeMapWithSize(t, n-1))
		for i := 0; i < n-1 && !r.broken; i++ {
			k, e := reflect.New(t.Key()).Elem(), reflect.New(t.Elem()).Elem()
			key.get(r, k)
			elem.get(r, e)
			v.SetMapIndex(k, e)
		}
	}
	return nil
}

// record: the exported fields of a struct in their order.
func (c *codec) record(t reflect.Type, fresh map[reflect.Type]*codec) error {
	type member struct {
		at int
		*codec
	}
	var members []member
	for f := range fields(t) {
		m, err := makeCodec(t.Field(f).Type, fresh)
		if err != nil {
			return fault.New("graph.unfit", t.String()+"."+t.Field(f).Name, t.Field(f).Type.String(), "")
		}
		members = append(members, member{f, m})
	}
	c.put = func(w *writer, v reflect.Value) {
		for _, m := range members {
			m.put(w, v.Field(m.at))
		}
	}
	c.get = func(r *reader, v reflect.Value) {
		for _, m := range members {
			m.get(r, v.Field(m.at))
		}
	}
	return nil
}

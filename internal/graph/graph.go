// Package graph writes a value made of structs, pointers, slices, maps with
// string or integer keys, strings, integers and booleans as bytes and reads it
// back, keeping which pointers are one: what a replay has learned can be put
// aside and taken up again.
//
//	data, err := graph.Write(state)
//	err = graph.Read(data, state)
//
// Unexported fields are left out: they are for what follows from the others.
// The bytes begin with a digest of the type's layout, so that a program whose
// structs differ refuses them. They are one program's own notes, no format for
// others.
package graph

import (
	"crypto/sha256"
	"fmt"
	"reflect"
	"strings"

	"github.com/sunlot/sunlot/internal/fault"
)

// Write returns the bytes of what v points to. Equal values give equal bytes:
// maps are written in the order of their keys.
func Write(v any) ([]byte, error) {
	p := reflect.ValueOf(v)
	if p.Kind() != reflect.Pointer || p.IsNil() {
		return nil, fault.New("graph.unfit", "", fmt.Sprintf("%T", v), "a pointer")
	}
	c, err := codecOf(p.Type().Elem())
	if err != nil {
		return nil, err
	}
	layout := layoutOf(p.Type().Elem())
	w := &writer{texts: map[string]uint64{}, seen: map[seen]uint64{}, out: layout[:]}
	w.seen[seen{p.Pointer(), p.Type()}] = 1
	c.put(w, p.Elem())
	return w.out, nil
}

// Read sets what v points to from what Write returned for a value of the same
// type. Strings of the result share the memory of one copy of data. After an
// error v is half read and to be thrown away.
func Read(data []byte, v any) error {
	p := reflect.ValueOf(v)
	if p.Kind() != reflect.Pointer || p.IsNil() {
		return fault.New("graph.unfit", "", fmt.Sprintf("%T", v), "a pointer")
	}
	c, err := codecOf(p.Type().Elem())
	if err != nil {
		return err
	}
	layout := layoutOf(p.Type().Elem())
	if len(data) < len(layout) || [sha256.Size]byte(data[:sha256.Size]) != layout {
		return fault.New("graph.other-layout", p.Type().String(), "", "")
	}
	r := &reader{in: string(data[sha256.Size:]), pointers: []reflect.Value{p}}
	c.get(r, p.Elem())
	if r.at != len(r.in) {
		r.broken = true
	}
	if r.broken {
		return fault.New("graph.broken", p.Type().String(), "", "")
	}
	return nil
}

// layoutOf is a digest of every struct that a value of the type can hold.
func layoutOf(t reflect.Type) [sha256.Size]byte {
	var b strings.Builder
	b.WriteString("graph 1\n")
	known := map[reflect.Type]bool{}
	var walk func(t reflect.Type)
	walk = func(t reflect.Type) {
		b.WriteString(t.String())
		b.WriteByte(' ')
		b.WriteString(t.Kind().String())
		b.WriteByte('\n')
		if known[t] {
			return
		}
		known[t] = true
		switch t.Kind() {
		case reflect.Pointer, reflect.Slice:
			walk(t.Elem())
		case reflect.Map:
			walk(t.Key())
			walk(t.Elem())
		case reflect.Struct:
			for f := range fields(t) {
				b.WriteString(t.Field(f).Name)
				b.WriteByte(' ')
				walk(t.Field(f).Type)
			}
		}
	}
	walk(t)
	return sha256.Sum256([]byte(b.String()))
}

// fields yields the positions of the fields that are kept.
func fields(t reflect.Type) func(yield func(int) bool) {
	return func(yield func(int) bool) {
		for i := range t.NumField() {
			if t.Field(i).IsExported() && !yield(i) {
				return
			}
		}
	}
}

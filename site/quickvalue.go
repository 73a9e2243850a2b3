package site

import (
	"html/template"
	"reflect"
	"slices"
	"strings"
	"sync/atomic"
	"text/template/parse"
)

// value compiles one command: a pipeline of several is not known.
func (c *compiler) value(cmds []*parse.CommandNode) (eval, error) {
	if len(cmds) != 1 {
		return nil, errSlow
	}
	args := cmds[0].Args
	if id, ok := args[0].(*parse.IdentifierNode); ok {
		return c.function(id.Ident, args[1:])
	}
	if len(args) != 1 {
		return nil, errSlow // a method with arguments
	}
	one, err := c.operand(args[0])
	if err != nil {
		return nil, err
	}
	return func(s *scene, dot reflect.Value) (reflect.Value, error) {
		v, err := one(s, dot)
		if err == nil && v.Kind() == reflect.Interface {
			if v.IsNil() || v.NumMethod() > 0 {
				return v, errSlow
			}
			v = v.Elem()
		}
		return v, err
	}, nil
}

func (c *compiler) operand(n parse.Node) (eval, error) {
	constant := func(v any) (eval, error) {
		at := reflect.ValueOf(v)
		return func(*scene, reflect.Value) (reflect.Value, error) { return at, nil }, nil
	}
	switch n := n.(type) {
	case *parse.DotNode:
		return func(_ *scene, dot reflect.Value) (reflect.Value, error) {
			if !dot.IsValid() {
				return dot, errSlow
			}
			return dot, nil
		}, nil
	case *parse.FieldNode:
		return c.fields(func(_ *scene, dot reflect.Value) (reflect.Value, error) { return dot, nil }, n.Ident), nil
	case *parse.VariableNode:
		slot := slotOf(c.vars, n.Ident[0])
		if slot < 0 {
			return nil, errSlow
		}
		return c.fields(func(s *scene, _ reflect.Value) (reflect.Value, error) { return s.vars[slot], nil }, n.Ident[1:]), nil
	case *parse.StringNode:
		return constant(n.Text)
	case *parse.NumberNode:
		if !n.IsInt {
			return nil, errSlow
		}
		return constant(int(n.Int64))
	case *parse.PipeNode:
		if len(n.Decl) > 0 {
			return nil, errSlow
		}
		return c.value(n.Cmds)
	}
	return nil, errSlow
}

func slotOf(vars []string, name string) int {
	for i := len(vars) - 1; i >= 0; i-- {
		if vars[i] == name {
			return i
		}
	}
	return -1
}

func (c *compiler) fields(from eval, names []string) eval {
	for _, name := range names {
		f, up := &member{name: name}, from
		from = func(s *scene, dot reflect.Value) (reflect.Value, error) {
			v, err := up(s, dot)
			if err != nil {
				return v, err
			}
			return f.of(v)
		}
	}
	return from
}

// member is a field, or a method without arguments, of whatever types come by.
type member struct {
	name string
	seen atomic.Pointer[[]place]
}

type place struct {
	t      reflect.Type
	index  []int // of the field
	method int   // of the method, where index is nil
	addr   bool  // the method is the pointer's
}

func (f *member) of(v reflect.Value) (reflect.Value, error) {
	for v.Kind() == reflect.Pointer || v.Kind() == reflect.Interface {
		if v.IsNil() {
			return v, errSlow
		}
		v = v.Elem()
	}
	if v.Kind() != reflect.Struct {
		return v, errSlow
	}
	at, ok := f.find(v)
	switch {
	case !ok:
		return v, errSlow
	case at.index != nil:
		got, err := v.FieldByIndexErr(at.index)
		if err != nil {
			return v, errSlow
		}
		return got, nil
	case at.addr:
		v = v.Addr()
	}
	return v.Method(at.method).Call(nil)[0], nil
}

func (f *member) find(v reflect.Value) (place, bool) {
	t := v.Type()
	var known []place
	if list := f.seen.Load(); list != nil {
		known = *list
	}
	for i := range known {
		if known[i].t == t && (!known[i].addr || v.CanAddr()) {
			return known[i], true
		}
	}
	at := place{t: t}
	if m, ok := reflect.PointerTo(t).MethodByName(f.name); ok && v.CanAddr() {
		at.method, at.addr = m.Index, true
	} else if m, ok := t.MethodByName(f.name); ok {
		at.method = m.Index
	} else if sf, ok := t.FieldByName(f.name); ok && sf.IsExported() {
		at.index = sf.Index
	} else {
		return at, false
	}
	if at.index == nil {
		m := v
		if at.addr {
			m = v.Addr()
		}
		if sig := m.Method(at.method).Type(); sig.NumIn() != 0 || sig.NumOut() != 1 {
			return at, false
		}
	}
	list := append(slices.Clone(known), at)
	f.seen.Store(&list)
	return at, true
}

// function compiles the few functions that the templates use.
func (c *compiler) function(name string, nodes []parse.Node) (eval, error) {
	var args []eval
	for _, n := range nodes {
		a, err := c.operand(n)
		if err != nil {
			return nil, err
		}
		args = append(args, func(s *scene, dot reflect.Value) (reflect.Value, error) {
			v, err := a(s, dot)
			if err == nil && v.Kind() == reflect.Interface {
				if v.IsNil() {
					return v, errSlow
				}
				v = v.Elem()
			}
			return v, err
		})
	}
	f, ok := quickFuncs[name]
	if !ok || f.args >= 0 && f.args != len(args) || len(args) == 0 {
		return nil, errSlow
	}
	if name == "or" {
		return firstTrue(args), nil
	}
	return func(s *scene, dot reflect.Value) (reflect.Value, error) {
		var list [2]reflect.Value
		for i, a := range args {
			v, err := a(s, dot)
			if err != nil {
				return v, err
			}
			list[i] = v
		}
		return f.do(list[0], list[1])
	}, nil
}

func firstTrue(args []eval) eval {
	return func(s *scene, dot reflect.Value) (v reflect.Value, err error) {
		for _, a := range args {
			if v, err = a(s, dot); err != nil {
				return v, err
			}
			if truth, ok := template.IsTrue(reader(v)); !ok {
				return v, errSlow
			} else if truth {
				return v, nil
			}
		}
		return v, nil
	}
}

type quickFunc struct {
	args int // -1: any
	do   func(a, b reflect.Value) (reflect.Value, error)
}

var yesNo = map[bool]reflect.Value{true: reflect.ValueOf(true), false: reflect.ValueOf(false)}

// compared makes a function of two numbers, or two texts, from one of their
// order.
func compared(texts bool, holds func(order int) bool) quickFunc {
	return quickFunc{2, func(a, b reflect.Value) (reflect.Value, error) {
		switch {
		case a.CanInt() && b.CanInt():
			x, y := a.Int(), b.Int()
			order := 0
			if x < y {
				order = -1
			} else if x > y {
				order = 1
			}
			return yesNo[holds(order)], nil
		case texts && a.Kind() == reflect.String && b.Kind() == reflect.String:
			return yesNo[holds(strings.Compare(a.String(), b.String()))], nil
		}
		return a, errSlow
	}}
}

var quickFuncs = map[string]quickFunc{
	"or": {args: -1},
	"not": {1, func(a, _ reflect.Value) (reflect.Value, error) {
		truth, ok := template.IsTrue(reader(a))
		if !ok {
			return a, errSlow
		}
		return yesNo[!truth], nil
	}},
	"eq": compared(true, func(o int) bool { return o == 0 }), "ne": compared(true, func(o int) bool { return o != 0 }),
	"lt": compared(false, func(o int) bool { return o < 0 }), "le": compared(false, func(o int) bool { return o <= 0 }),
	"gt": compared(false, func(o int) bool { return o > 0 }), "ge": compared(false, func(o int) bool { return o >= 0 }),
	"len": {1, func(a, _ reflect.Value) (reflect.Value, error) {
		switch a.Kind() {
		case reflect.Slice, reflect.String, reflect.Array:
			return reflect.ValueOf(a.Len()), nil
		}
		return a, errSlow
	}},
	"short": {1, func(a, _ reflect.Value) (reflect.Value, error) {
		if a.Kind() != reflect.String {
			return a, errSlow
		}
		return reflect.ValueOf(short(a.String())), nil
	}},
	"rows": {2, func(a, b reflect.Value) (reflect.Value, error) {
		if a.Kind() != reflect.String {
			return a, errSlow
		}
		return reflect.ValueOf(titled(a.String(), b.Interface())), nil
	}},
}

package site

import (
	"bytes"
	"errors"
	"html/template"
	"io"
	"reflect"
	"slices"
	"strings"
	"sync"
	"text/template/parse"
)

// quick runs the templates of package templates several times faster than
// html/template does, with the same bytes. It takes their trees as
// html/template has escaped them, so what is escaped and how is decided there;
// it only walks them without asking anew at every page where a field lies or
// what a function is. Whatever it does not know, a node, a type, an escaper, a
// character in an address, it leaves to html/template: at once for a whole page
// (errSlow), or for one value (slowly). TestQuick builds whole sites both ways.
type quick struct {
	set map[string]*quickTemplate
}

type quickTemplate struct {
	run   []stroke
	slots int
	known bool // every node is
}

// errSlow: html/template must do it.
var errSlow = errors.New("not for the quick way")

// scene is one execution of one template; vars[0] is $.
type scene struct {
	q    *quick
	buf  *bytes.Buffer
	vars []reflect.Value
}

type stroke func(s *scene, dot reflect.Value) error

// eval gives a value; the zero Value is never one.
type eval func(s *scene, dot reflect.Value) (reflect.Value, error)

// newQuick compiles a parsed set. The set must not change any more.
func newQuick(t *template.Template) *quick {
	q := &quick{set: map[string]*quickTemplate{}}
	names := map[string]*parse.Tree{}
	for _, one := range t.Templates() {
		_ = t.ExecuteTemplate(io.Discard, one.Name(), nil) // escapes it first, whatever comes of it then
		if at := t.Lookup(one.Name()); at != nil && at.Tree != nil {
			names[one.Name()] = at.Tree
			q.set[one.Name()] = &quickTemplate{}
		}
	}
	for name, tree := range names {
		c := &compiler{q: q, vars: []string{"$"}, most: 1}
		run, err := c.list(tree.Root)
		*q.set[name] = quickTemplate{run: run, slots: c.most, known: err == nil}
	}
	return q
}

// execute appends what the template makes of data, or nothing and errSlow.
func (q *quick) execute(buf *bytes.Buffer, name string, data any) error {
	n := buf.Len()
	err := q.call(buf, name, reflect.ValueOf(data))
	if err != nil {
		buf.Truncate(n)
	}
	return err
}

func (q *quick) call(buf *bytes.Buffer, name string, dot reflect.Value) error {
	t := q.set[name]
	if t == nil || !t.known {
		return errSlow
	}
	s := scenes.Get().(*scene)
	defer scenes.Put(s)
	s.q, s.buf = q, buf
	s.vars = slices.Grow(s.vars[:0], t.slots)[:t.slots]
	clear(s.vars)
	s.vars[0] = dot
	return s.all(t.run, dot)
}

var scenes = sync.Pool{New: func() any { return new(scene) }}

func (s *scene) all(list []stroke, dot reflect.Value) error {
	for _, run := range list {
		if err := run(s, dot); err != nil {
			return err
		}
	}
	return nil
}

// compiler turns one tree into steps. vars are the names in scope; their places
// are those in scene.vars.
type compiler struct {
	q    *quick
	vars []string
	most int
}

func (c *compiler) declare(name string) int {
	c.vars = append(c.vars, name)
	c.most = max(c.most, len(c.vars))
	return len(c.vars) - 1
}

func (c *compiler) list(l *parse.ListNode) ([]stroke, error) {
	if l == nil {
		return nil, nil
	}
	var steps []stroke
	for _, n := range l.Nodes {
		run, err := c.node(n)
		if err != nil {
			return nil, err
		}
		if run != nil {
			steps = append(steps, run)
		}
	}
	return steps, nil
}

func (c *compiler) node(n parse.Node) (stroke, error) {
	switch n := n.(type) {
	case *parse.TextNode:
		text := n.Text
		return func(s *scene, _ reflect.Value) error { s.buf.Write(text); return nil }, nil
	case *parse.CommentNode:
		return nil, nil
	case *parse.ActionNode:
		return c.action(n.Pipe)
	case *parse.IfNode:
		return c.branch(&n.BranchNode, false)
	case *parse.WithNode:
		return c.branch(&n.BranchNode, true)
	case *parse.RangeNode:
		return c.loop(n)
	case *parse.TemplateNode:
		return c.template(n)
	}
	return nil, errSlow
}

func (c *compiler) action(p *parse.PipeNode) (stroke, error) {
	if len(p.Decl) > 0 {
		value, err := c.value(p.Cmds)
		if err != nil || len(p.Decl) != 1 || p.IsAssign {
			return nil, errSlow
		}
		slot := c.declare(p.Decl[0].Ident[0])
		return func(s *scene, dot reflect.Value) error {
			v, err := value(s, dot)
			s.vars[slot] = v
			return err
		}, nil
	}
	// html/template has put the escapers at the end.
	n := len(p.Cmds)
	for n > 0 && escaper(p.Cmds[n-1]) != "" {
		n--
	}
	var chain []string
	for _, cmd := range p.Cmds[n:] {
		chain = append(chain, escaper(cmd))
	}
	kind, ok := escapes[strings.Join(chain, " ")]
	if !ok {
		return nil, errSlow
	}
	value, err := c.value(p.Cmds[:n])
	if err != nil {
		return nil, err
	}
	return func(s *scene, dot reflect.Value) error {
		v, err := value(s, dot)
		if err != nil {
			return err
		}
		return kind.write(s.buf, v)
	}, nil
}

func escaper(cmd *parse.CommandNode) string {
	if len(cmd.Args) == 1 {
		if id, ok := cmd.Args[0].(*parse.IdentifierNode); ok {
			if name, ok := strings.CutPrefix(id.Ident, "_html_template_"); ok {
				return name
			}
		}
	}
	return ""
}

func (c *compiler) branch(b *parse.BranchNode, with bool) (stroke, error) {
	scope := len(c.vars)
	defer func() { c.vars = c.vars[:scope] }()
	slot := -1
	if len(b.Pipe.Decl) > 1 || b.Pipe.IsAssign {
		return nil, errSlow
	}
	value, err := c.value(b.Pipe.Cmds)
	if err != nil {
		return nil, err
	}
	if len(b.Pipe.Decl) == 1 {
		slot = c.declare(b.Pipe.Decl[0].Ident[0])
	}
	yes, no, err := c.bodies(b, scope)
	if err != nil {
		return nil, err
	}
	return func(s *scene, dot reflect.Value) error {
		v, err := value(s, dot)
		if err != nil {
			return err
		}
		if slot >= 0 {
			s.vars[slot] = v
		}
		truth, ok := template.IsTrue(reader(v))
		switch {
		case !ok:
			return errSlow
		case !truth:
			return s.all(no, dot)
		case with:
			return s.all(yes, v)
		}
		return s.all(yes, dot)
	}, nil
}

// bodies are what a branch does and what it does otherwise, where the variables
// of the first are gone.
func (c *compiler) bodies(b *parse.BranchNode, scope int) (yes, no []stroke, err error) {
	if yes, err = c.list(b.List); err != nil {
		return nil, nil, err
	}
	c.vars = c.vars[:scope]
	no, err = c.list(b.ElseList)
	return yes, no, err
}

// reader keeps IsTrue from copying a struct, which is always true.
func reader(v reflect.Value) any {
	switch v.Kind() {
	case reflect.Struct:
		return true
	case reflect.Slice, reflect.Map, reflect.String, reflect.Array:
		return v.Len() > 0
	case reflect.Pointer, reflect.Interface:
		return !v.IsNil()
	case reflect.Bool:
		return v.Bool()
	}
	return v.Interface()
}

func (c *compiler) loop(n *parse.RangeNode) (stroke, error) {
	scope := len(c.vars)
	defer func() { c.vars = c.vars[:scope] }()
	value, err := c.value(n.Pipe.Cmds)
	if err != nil || n.Pipe.IsAssign || len(n.Pipe.Decl) > 2 {
		return nil, errSlow
	}
	var slots []int
	for _, d := range n.Pipe.Decl {
		slots = append(slots, c.declare(d.Ident[0]))
	}
	body, none, err := c.bodies(&n.BranchNode, scope)
	if err != nil {
		return nil, err
	}
	return func(s *scene, dot reflect.Value) error {
		v, err := value(s, dot)
		if err != nil {
			return err
		}
		if v.Kind() == reflect.Pointer || v.Kind() != reflect.Slice && v.Kind() != reflect.Array {
			return errSlow
		}
		if v.Len() == 0 {
			return s.all(none, dot)
		}
		for i := range v.Len() {
			e := v.Index(i)
			switch len(slots) {
			case 1:
				s.vars[slots[0]] = e
			case 2:
				s.vars[slots[0]], s.vars[slots[1]] = reflect.ValueOf(i), e
			}
			if err := s.all(body, e); err != nil {
				return err
			}
		}
		return nil
	}, nil
}

func (c *compiler) template(n *parse.TemplateNode) (stroke, error) {
	if c.q.set[n.Name] == nil {
		return nil, errSlow
	}
	if n.Pipe == nil {
		return nil, errSlow
	}
	if len(n.Pipe.Decl) > 0 {
		return nil, errSlow
	}
	value, err := c.value(n.Pipe.Cmds)
	if err != nil {
		return nil, err
	}
	return func(s *scene, dot reflect.Value) error {
		v, err := value(s, dot)
		if err != nil {
			return err
		}
		return s.q.call(s.buf, n.Name, v)
	}, nil
}

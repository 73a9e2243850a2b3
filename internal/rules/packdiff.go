package rules

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// PackChange is one difference between two packs: a parameter by its path as
// authors write it (publish.days), or a clause by its id. Old or New is "" where
// the pack does not have it.
type PackChange struct {
	What     string `json:"what"`
	Clause   bool   `json:"clause,omitempty"`
	Old, New string
}

// Changes lists what another pack says differently: parameters first, then
// clauses, each in order of their names.
func (p *Pack) Changes(q *Pack) []PackChange {
	var list []PackChange
	old, now := flatPack(p), flatPack(q)
	both := maps.Clone(old)
	maps.Copy(both, now)
	for _, path := range slices.Sorted(maps.Keys(both)) {
		if old[path] != now[path] {
			list = append(list, PackChange{What: path, Old: old[path], New: now[path]})
		}
	}
	clauses := func(p *Pack) map[string]string {
		m := map[string]string{}
		for _, c := range p.Clauses {
			m[c.ID] = c.Words
		}
		return m
	}
	was, is := clauses(p), clauses(q)
	ids := maps.Clone(was)
	maps.Copy(ids, is)
	for _, id := range slices.Sorted(maps.Keys(ids)) {
		if was[id] != is[id] {
			list = append(list, PackChange{What: id, Clause: true, Old: was[id], New: is[id]})
		}
	}
	return list
}

// flatPack is a pack's parameters by path. Members of a list go by their code,
// name or field, otherwise by their place; clauses are left out.
func flatPack(p *Pack) map[string]string {
	out := map[string]string{}
	data, err := json.Marshal(p)
	if err != nil {
		return out
	}
	var tree map[string]any
	if json.Unmarshal(data, &tree) != nil {
		return out
	}
	delete(tree, "clauses")
	flatten(out, "", tree)
	return out
}

func flatten(out map[string]string, path string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for key, x := range v {
			flatten(out, strings.TrimPrefix(path+"."+key, "."), x)
		}
	case []any:
		var words []string
		for i, x := range v {
			m, ok := x.(map[string]any)
			if !ok {
				words = append(words, fmt.Sprint(x))
				continue
			}
			name := strconv.Itoa(i + 1)
			for _, key := range []string{"code", "id", "field", "name"} {
				if s, ok := m[key].(string); ok {
					name = s
					break
				}
			}
			flatten(out, path+"["+name+"]", x)
		}
		if len(words) > 0 {
			out[path] = strings.Join(words, "、")
		}
	default:
		out[path] = fmt.Sprint(v)
	}
}

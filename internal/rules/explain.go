package rules

import (
	"encoding/json"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// Parameter is a section of a pack, or one list member of it, with the members
// that rest on a clause: Path as authors write it (cap.exempt[0]), Values as
// "max = 1".
type Parameter struct {
	Path   string   `json:"path"`
	Values []string `json:"values,omitempty"`
}

// RestingOn lists the parameters that name a clause as their ground.
func (p *Pack) RestingOn(id string) []Parameter {
	var list []Parameter
	var walk func(v reflect.Value, path string)
	walk = func(v reflect.Value, path string) {
		switch v.Kind() {
		case reflect.Pointer:
			if !v.IsNil() {
				walk(v.Elem(), path)
			}
		case reflect.Slice:
			for i := range v.Len() {
				walk(v.Index(i), path+"["+strconv.Itoa(i)+"]")
			}
		case reflect.Struct:
			if _, ok := v.Interface().(Reading); ok {
				return // said by itself
			}
			list = append(list, restingIn(v, path, id)...)
			for i := range v.NumField() {
				walk(v.Field(i), strings.TrimPrefix(path+"."+tomlName(v.Type().Field(i)), "."))
			}
		}
	}
	walk(reflect.ValueOf(p).Elem(), "")
	return list
}

// restingIn: a member `clause` stands for all its neighbours that have no
// clause of their own, `x_clause` for those whose name begins in x.
func restingIn(v reflect.Value, path, id string) []Parameter {
	var list []Parameter
	var stems []string
	for i := range v.NumField() {
		if stem, ok := strings.CutSuffix(tomlName(v.Type().Field(i)), "_clause"); ok {
			stems = append(stems, stem)
		}
	}
	for i := range v.NumField() {
		name := tomlName(v.Type().Field(i))
		stem, ok := strings.CutSuffix(name, "_clause")
		if !ok && name != "clause" || v.Field(i).Kind() != reflect.String || v.Field(i).String() != id {
			continue
		}
		where := strings.TrimPrefix(path+"."+stem, ".")
		if name == "clause" {
			stem, where = "", path
		}
		list = append(list, Parameter{where, valuesOf(v, stem, stems)})
	}
	return list
}

func valuesOf(v reflect.Value, stem string, stems []string) []string {
	var list []string
	for i := range v.NumField() {
		name, f := tomlName(v.Type().Field(i)), v.Field(i)
		other := slices.ContainsFunc(stems, func(s string) bool { return strings.HasPrefix(name, s) })
		switch {
		case name == "clause", strings.HasSuffix(name, "_clause"), f.IsZero():
			continue
		case stem == "" && other, stem != "" && !strings.HasPrefix(name, stem):
			continue
		case f.Kind() == reflect.Slice && f.Type().Elem().Kind() == reflect.Struct, f.Kind() == reflect.Struct, f.Kind() == reflect.Pointer:
			continue
		}
		text, err := json.Marshal(f.Interface())
		if err == nil {
			list = append(list, name+" = "+strings.ReplaceAll(string(text), `","`, `", "`))
		}
	}
	return list
}

func tomlName(f reflect.StructField) string {
	if tag := f.Tag.Get("toml"); tag != "" {
		return tag
	}
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}

// ReadingsOf lists the readings taken of a clause.
func (p *Pack) ReadingsOf(id string) []Reading {
	var list []Reading
	for _, r := range p.Readings {
		if r.Clause == id && id != "" {
			list = append(list, r)
		}
	}
	return list
}

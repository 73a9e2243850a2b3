package site

import (
	"bytes"
	"encoding/json"
)

// The description of the data for programs: for every set a JSON Schema (draft
// 2020-12) beside it, data/<set>.schema.json, and data/index.json, which names
// all files of data/ with their numbers of rows.

const draft = "https://json-schema.org/draft/2020-12/schema"

// patterns are what values look like, by member; others are any text. A member
// has one meaning in all sets but for those that differ, written set.member.
var patterns = map[string]string{
	"entry": countForm, "notice": countForm, "dispatch": countForm, "result": countForm, "pool": countForm, "sent": countForm, "results": countForm,
	"drawn": countForm, "dispatched": countForm, "corrections": countForm, "version": countForm, "base": countForm, "estimate": countForm, "late": countForm, "count": countForm, "open": countForm,
	"inspected": countForm, "stats.published": countForm, "withheld": countForm, "on_time": countForm, "late_most": countForm, "unsure": countForm, "overdue": countForm,
	"aborted": countForm, "follow_open": countForm, "replaced": countForm, "recused": countForm, "direct": countForm, "objections": countForm, "joint": countForm, "others": countForm,
	"year": `^[0-9]{4}$`, "k_opened": "^(是|否)$",
	"ended": dateForm, "published": dateForm, "from": dateForm, "to": dateForm, "as_of": dateForm,
	"commitment": hashForm, "seed": hashForm, "ticket": hashForm, "cutoff": hashForm, "handle": `^[0-9a-f]{32}$`, "leader": `^[0-9a-f]{32}$`,
	"logged":     `^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\+08:00$`,
	"completion": `^[0-9]+(\.[0-9])?%$`, "settled": `^[0-9]+(\.[0-9])?%$`,
}

const (
	countForm = `^(0|[1-9][0-9]*)$`
	dateForm  = `^[0-9]{4}-[0-9]{2}-[0-9]{2}$`
	hashForm  = `^[0-9a-f]{64}$`
)

// schema describes a set's JSON files: each an object with its rows.
func (t table) schema() []byte {
	heads, cells := object{}, object{}
	var names []string
	for _, c := range t.columns {
		heads = append(heads, pair{c[1], object{{"const", c[0]}}})
		names = append(names, c[1])
		cell := object{{"description", c[0]}, {"type", "string"}, {"minLength", 1}}
		if form := or(patterns[t.name+"."+c[1]], patterns[c[1]]); form != "" {
			cell = append(cell, pair{"pattern", form})
		}
		cells = append(cells, pair{c[1], cell})
	}
	row := object{{"type", "object"}, {"required", t.keys}, {"additionalProperties", false}, {"properties", cells}}
	return written(object{
		{"$schema", draft}, {"title", t.title}, {"description", t.about}, {"type", "object"},
		{"required", []string{"$schema", "name", "columns", "rows"}}, {"additionalProperties", false},
		{"properties", object{
			{"$schema", object{{"const", t.name + ".schema.json"}}},
			{"name", object{{"const", t.title}}},
			{"columns", object{{"type", "object"}, {"required", names}, {"additionalProperties", false}, {"properties", heads}}},
			{"rows", object{{"type", "array"}, {"items", row}}},
		}},
	})
}

// indexSchema describes data/index.json.
func indexSchema() []byte {
	text, count := object{{"type", "string"}, {"minLength", 1}}, object{{"type", "integer"}, {"minimum", 0}}
	list := func(item object) object { return object{{"type", "array"}, {"items", item}} }
	exact := func(members object) object {
		var names []string
		for _, m := range members {
			names = append(names, m.name)
		}
		return object{{"type", "object"}, {"required", names}, {"additionalProperties", false}, {"properties", members}}
	}
	file := exact(object{{"csv", text}, {"json", text}, {"rows", count}})
	archive := exact(object{{"file", text}, {"from", count}, {"to", count}})
	whole := exact(object{
		{"$schema", object{{"const", "index.schema.json"}}},
		{"sets", list(exact(object{{"name", text}, {"title", text}, {"schema", text}, {"rows", count}, {"parts", list(file)}}))},
		{"ledger", list(archive)},
	})
	return written(append(object{{"$schema", draft}, {"title", "数据目录"}, {"description", "各数据表和账本存档的文件；to 是最后一条记录的编号"}}, whole...))
}

// dataIndex is data/index.json.
type dataIndex struct {
	Sets   []indexSet
	Ledger []indexArchive
}

type indexSet struct {
	Name   string      `json:"name"`
	Title  string      `json:"title"`
	Schema string      `json:"schema"`
	Rows   int         `json:"rows"`
	Parts  []indexPart `json:"parts"`
}

type indexPart struct {
	CSV  string `json:"csv"`
	JSON string `json:"json"`
	Rows int    `json:"rows"`
}

// indexArchive is one archive of the ledger: entries From to To, both inside.
type indexArchive struct {
	File string `json:"file"`
	From int64  `json:"from"`
	To   int64  `json:"to"`
}

func (m *maker) dataList(v *dataView, list *dataIndex) error {
	if err := m.put("data/index.json", written(object{{"$schema", "index.schema.json"}, {"sets", list.Sets}, {"ledger", list.Ledger}})); err != nil {
		return err
	}
	v.Files = append(v.Files, *v.to("data/index.json", "全部文件的目录（JSON）"), *v.to("data/index.schema.json", "目录的格式说明"))
	return m.put("data/index.schema.json", indexSchema())
}

// object is a JSON object in an order of its own, so that its bytes are always
// the same and read as they were meant.
type object []pair

type pair struct {
	name  string
	value any
}

// MarshalJSON writes the members in their order.
func (o object) MarshalJSON() ([]byte, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, p := range o {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := json.Marshal(p.name)
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		value, err := json.Marshal(p.value)
		if err != nil {
			return nil, err
		}
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// written is JSON for people and programs, two blanks a level.
func written(o object) []byte {
	data, err := json.MarshalIndent(o, "", "  ")
	if err != nil {
		panic(err) // strings and numbers of ours
	}
	return append(data, '\n')
}

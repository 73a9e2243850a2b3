package demo

import (
	_ "embed"
	"encoding/csv"
	"strings"
	"sync"
)

// divisions.csv holds the towns and villages of both counties by their
// statistical codes of 2023-06-30: level, code, name, parent.
//
//go:embed divisions.csv
var divisions string

type village struct {
	name                      string // 布村
	town, townShort, townCode string // 缑氏镇, 缑氏, 410307106
}

// counties is made once: the file is our own, so that a fault in it is a bug.
var counties = sync.OnceValue(func() map[string]*county {
	gaoqing := &county{
		code: Gaoqing, name: "高青县", short: "高青", city: "高青县", cityShort: "淄博",
		area: "0533", local: 7, nobody: "370399",
		office: "高青县应急管理局", brigade: "高青县应急管理综合行政执法大队",
		registrars: []share[string]{{"370322", 1}},
		sectors:    gaoqingSectors, tags: withRates(gaoqingTags, gaoqingSectors),
	}
	yanshi := &county{
		code: Yanshi, name: "偃师区", short: "偃师", city: "洛阳市偃师区", cityShort: "洛阳",
		area: "0379", local: 8, nobody: "410399",
		office: "偃师区应急管理局", brigade: "偃师区应急管理综合行政执法大队",
		registrars: []share[string]{{"410381", 70}, {"410307", 25}, {"410300", 5}},
		sectors:    yanshiSectors, tags: withRates(yanshiTags, yanshiSectors),
	}
	out := map[string]*county{Gaoqing: gaoqing, Yanshi: yanshi}
	lines, err := csv.NewReader(strings.NewReader(divisions)).ReadAll()
	if err != nil {
		panic("demo: divisions.csv: " + err.Error())
	}
	towns := map[string]string{}
	for _, line := range lines[1:] {
		level, code, name, parent := line[0], line[1], line[2], line[3]
		switch level {
		case "town":
			towns[code] = name
		case "village":
			c := out[parent[:6]]
			c.villages = append(c.villages, village{
				name: villageName(name), town: towns[parent], townShort: townShort(towns[parent]), townCode: parent,
			})
		}
	}
	return out
})

// villageName is the place that a committee is named after: 布村村民委员会 sits in
// 布村, 魏家村委会 in 魏家村, 绿景居民委员会 in 绿景社区.
func villageName(committee string) string {
	for _, c := range []struct{ ending, kind string }{
		{"村民委员会", "村"}, {"村委会", "村"}, {"居民委员会", "社区"}, {"居委会", "社区"},
	} {
		if name, ok := strings.CutSuffix(committee, c.ending); ok {
			return strings.TrimSuffix(name, c.kind) + c.kind
		}
	}
	return committee
}

func townShort(name string) string {
	if short, ok := strings.CutSuffix(name, "街道"); ok {
		return short
	}
	return strings.TrimSuffix(name, "镇")
}

package lookup

import (
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// made are records that a formula makes, so that they take no memory: half of
// the keys are enterprises, half handles of drawn objects.
type made struct{ records, names, changed int } // the records from changed on have had one more result

// words of names as the register of a county has them.
var words = struct{ towns, brands, trades, ends []string }{
	strings.Fields("田镇 芦湖 青城 高城 黑里寨 唐坊 常家 花沟 木李"),
	strings.Split("菱榆鑫源华盛恒达宏瑞丰泰荞璇樟珏雁砚翎桦柏葵荻芦润禾景泓铭钧朗煜祺翰东方新兴民安永利信诚博远天成金玉龙凤海山川江河春秋明光辉腾飞万千百福禄寿喜康宁平和顺隆昌旺富贵广大中正元亨贞吉庆祥云霞松竹梅兰菊", ""),
	strings.Fields("加油站 化工 机械制造 建材 纺织 商贸 农机 食品 物流 木业 烟花爆竹 塑料制品 金属制品 粮油 服装 印刷包装 石油 燃气 电气 家具"),
	strings.Fields("有限公司 有限公司 有限公司 有限责任公司 厂 经营部 合作社 分公司"),
}

func (m made) name(i int) string {
	h := Hash("name" + strconv.Itoa(i))
	pick := func(list []string) string {
		k := h % uint32(len(list))
		h = h/uint32(len(list)) ^ h*16777619
		return list[k]
	}
	return "高青县" + pick(words.towns) + pick(words.brands) + pick(words.brands) + pick(words.trades) + pick(words.ends)
}

func (m made) code(i int) string { return fmt.Sprintf("91370322TT%08d", i) }

func (m made) firm(i int, cells []string) []string {
	state := "发现问题已责令改正"
	if i < m.changed {
		state = "未发现问题（已更正）"
	}
	return append(cells, "firm", m.code(i), m.name(i), "田镇街道", "", "3", "2023-09-15", state)
}

func (m made) key(i int) string {
	if i%2 == 0 {
		return m.code(i / 2)
	}
	return fmt.Sprintf("%08x%024x", Hash(m.code(i)), i)
}

func (m made) cells(i int, cells []string) []string {
	if i%2 == 0 {
		return m.firm(i/2, cells)
	}
	const ticket = "01312a63fc16d62f3d3828649f83c2cf4e2f7ae1d59a55e29d208dba785ecd2e"
	return append(cells, "drawn", "2023-002 工矿商贸企业安全生产综合抽查", "draws/2023-002/page-12", "田镇街道", ticket, ticket, "未发现问题", m.name(i), "firms/"+m.code(i))
}

func (m made) index() *Index {
	return &Index{
		Keys:  Table{Len: m.records, Key: m.key, Cells: m.cells},
		Names: Table{Len: m.names, Key: m.name, Cells: m.firm},
		Entries: Table{Len: m.records, Key: strconv.Itoa, Cells: func(i int, cells []string) []string {
			return append(cells, "抽查结果", "2023-10-21", "results/"+strconv.Itoa(i))
		}},
	}
}

// sizes are the bytes of every file, and its content's hash.
type sizes map[string]struct {
	bytes int
	sum   uint32
}

func sizesOf(b *testing.B, x *Index) sizes {
	files := sizes{}
	if err := x.Write(func(name string, data []byte) error {
		files[name] = struct {
			bytes int
			sum   uint32
		}{len(data), Hash(string(data))}
		return nil
	}); err != nil {
		b.Fatal(err)
	}
	return files
}

// rewritten is what differs: files, and bytes that have to be written.
func (s sizes) rewritten(before sizes) (files, bytes int) {
	for name, f := range s {
		if before[name] != f {
			files++
			bytes += f.bytes
		}
	}
	return files, bytes
}

// perAnswer is the most and the mean that an answer by key takes: index.js and
// one file, each weighed by the records in it.
func (s sizes) perAnswer(b *testing.B, x *Index) (most, mean float64) {
	first := s["index.js"].bytes
	n := FileCount(x.Keys.Len, KeysPerFile)
	total := 0
	for i := range x.Keys.Len {
		size := s["key/"+strconv.Itoa(Place(Hash(FoldKey(x.Keys.Key(i))), n))+".js"].bytes
		if size == 0 {
			b.Fatal("a record without a file")
		}
		total += size + first
		most = max(most, float64(size+first))
	}
	return most, float64(total) / float64(x.Keys.Len)
}

// BenchmarkMillion builds the index of a million keys, a million entries and a
// hundred thousand names, and says what an answer by key takes.
func BenchmarkMillion(b *testing.B) {
	x := made{records: 1_000_000, names: 100_000}.index()
	var files, bytes int
	var most uint64
	for b.Loop() {
		files, bytes, most = 0, 0, 0
		runtime.GC()
		var stat runtime.MemStats
		runtime.ReadMemStats(&stat)
		before := stat.HeapInuse
		if err := x.Write(func(name string, data []byte) error {
			if files++; files%1000 == 0 {
				runtime.ReadMemStats(&stat)
				most = max(most, stat.HeapInuse-min(before, stat.HeapInuse))
			}
			bytes += len(data)
			return nil
		}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(files), "files")
	b.ReportMetric(float64(bytes)/(1<<20), "MiB")
	b.ReportMetric(float64(most)/(1<<20), "peak-MiB")
	largest, mean := sizesOf(b, x).perAnswer(b, x)
	b.ReportMetric(largest, "most-bytes/answer")
	b.ReportMetric(mean, "mean-bytes/answer")
}

// BenchmarkMillionKeys only asks what has changed.
func BenchmarkMillionKeys(b *testing.B) {
	x := made{records: 1_000_000, names: 100_000}.index()
	for b.Loop() {
		if err := x.Blocks(func(k Block) error { k.Key(); return nil }); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkMillionMore: what one result, and a batch of 300, rewrites of a
// million keys: each brings a key, an entry and a name, and changes the row of
// an enterprise that stood there.
func BenchmarkMillionMore(b *testing.B) {
	old := made{records: 1_000_000, names: 100_000}
	before := sizesOf(b, old.index())
	for _, more := range []int{1, 300} {
		b.Run(fmt.Sprintf("results=%d", more), func(b *testing.B) {
			var files, bytes int
			for b.Loop() {
				files, bytes = sizesOf(b, made{old.records + more, old.names + more, more}.index()).rewritten(before)
			}
			b.ReportMetric(float64(files), "files-rewritten")
			b.ReportMetric(float64(bytes)/1000, "kB-rewritten")
		})
	}
}

// BenchmarkNames asks a hundred thousand names for parts of two to six signs
// and says what an answer takes: its first ten hits, read as lookup.md says.
func BenchmarkNames(b *testing.B) {
	x := made{records: 1000, names: 100_000}.index()
	files := map[string][]byte{}
	if err := x.Write(func(name string, data []byte) error { files[name] = data; return nil }); err != nil {
		b.Fatal(err)
	}
	p := collect(x.sealed(), x.Names.Key, Frequent, Common)
	r := newReader(p)
	var taken []int
	var hits, frequent, names int
	for b.Loop() {
		taken, hits, frequent, names = nil, 0, 0, 0
		for q := range 2000 {
			signs := strings.Split(FoldName(x.Names.Key(q*49)), "")
			from, length := int(Hash(strconv.Itoa(q))%uint32(len(signs)-2)), 2+q%5
			asked := strings.Join(signs[from:min(len(signs), from+length)], "")
			want := r.files(asked, x)
			if want == nil {
				frequent++
				continue
			}
			bytes := 0
			for name := range want {
				bytes += len(files[name])
			}
			taken = append(taken, bytes)
			hits++
			names += len(want)
		}
	}
	slices.Sort(taken)
	b.ReportMetric(float64(taken[len(taken)/2]), "median-bytes/answer")
	b.ReportMetric(float64(taken[len(taken)*95/100]), "p95-bytes/answer")
	b.ReportMetric(float64(taken[len(taken)-1]), "most-bytes/answer")
	b.ReportMetric(float64(names)/float64(hits), "files/answer")
	b.ReportMetric(float64(frequent)/20, "percent-too-frequent")
}

// reader says which files the first ten hits of a search take.
type reader struct {
	p    *postings
	n    int
	slot map[string]int
}

func newReader(p *postings) *reader {
	r := &reader{p: p, n: FileCount(len(p.numbers), PairsPerFile), slot: map[string]int{}}
	for s, g := range p.pairs {
		r.slot[g.String()] = s
	}
	return r
}

func (r *reader) files(asked string, x *Index) map[string]bool {
	want := map[string]bool{"index.js": true, "gram/index.js": true}
	var listed []string
	for _, g := range appendPairs(nil, asked) {
		if text := g.String(); !slices.Contains(r.p.frequent, text) {
			listed = append(listed, text)
		}
	}
	if listed == nil {
		return nil
	}
	slices.SortStableFunc(listed, func(a, b string) int { return rank(r.p.common, a) - rank(r.p.common, b) })
	var numbers []int32
	for i, g := range listed {
		if i >= 2 && len(numbers) <= 20 {
			break
		}
		want["gram/"+strconv.Itoa(Place(Hash(g), r.n))+".js"] = true
		s := r.slot[g]
		list := r.p.numbers[r.p.start[s]:r.p.start[s+1]]
		if i == 0 {
			numbers = slices.Clone(list)
		} else {
			numbers = slices.DeleteFunc(numbers, func(n int32) bool { _, ok := slices.BinarySearch(list, n); return !ok })
		}
	}
	for n := x.sealed(); n < x.Names.Len; n++ {
		want["name/"+strconv.Itoa(n/NamesPerFile)+".js"] = true
	}
	hits := 0
	for _, n := range slices.Backward(numbers) {
		if want["name/"+strconv.Itoa(int(n)/NamesPerFile)+".js"] = true; strings.Contains(FoldName(x.Names.Key(int(n))), asked) {
			if hits++; hits == 10 {
				break
			}
		}
	}
	return want
}

func rank(list []string, text string) int {
	if slices.Contains(list, text) {
		return 1
	}
	return 0
}

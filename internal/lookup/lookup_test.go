package lookup

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"
)

var update = flag.Bool("update", false, "write the cases of the reader in TypeScript again")

// casesFile is read by the tests of templates/lookup too: an index that the
// writer has made, and what must be found in it.
const casesFile = "../../templates/lookup/test/index.json"

// record is one row in tests: its key, then its cells.
type record []string

func tableOf(list []record) Table {
	return Table{Len: len(list), Key: func(i int) string { return list[i][0] },
		Cells: func(i int, cells []string) []string { return append(cells, list[i][1:]...) }}
}

// sample is an index with everything that may come: markup, quotes, line
// separators, signs beyond U+FFFF, names of one sign and of none that counts.
type sample struct {
	Keys    []record          `json:"keys"`
	Entries []record          `json:"-"`
	Names   []record          `json:"names"`
	Files   map[string]string `json:"files"`
}

var odd = []string{
	`<script>alert(1)</script>`, `</script><svg/onload=alert(1)>`, `"],["x","y`, `\"); alert(1); ("`, "行\u2028分隔\u2029符", "<!-- 注释 -->", "`${alert(1)}`", `'+alert(1)+'`,
	"高青𠮷野家食品有限公司", "高青葛\U000E0100城商贸有限公司", "ＡＢＣ高青分公司", "abc 高青 分公司", "高 青（淄博）· 联 营 厂", "々〆〇商店", "一", "（·）", "__proto__", "constructor", "toString",
	"鑫鑫鑫鑫加油站", "\u202e反转", "\ufeff开头", "a\x00b", "坏\xff字节",
}

func sampleOf(names int) *sample {
	rng := rand.New(rand.NewPCG(1, 2))
	pick := func(list string) string {
		runes := []rune(list)
		return string(runes[rng.IntN(len(runes))])
	}
	s := &sample{}
	for i := range names {
		name := "高青县" + []string{"田镇", "芦湖", "青城", "高城", "黑里寨", "唐坊"}[rng.IntN(6)] + pick("菱榆鑫源华盛恒达宏瑞丰泰") + pick("菱榆鑫源华盛恒达宏瑞丰泰") +
			[]string{"加油站", "化工", "机械", "烟花爆竹", "建材", "纺织"}[rng.IntN(6)] + "有限公司"
		if rng.IntN(20) == 0 {
			name = "高青县有限公司" // nothing but what is frequent
		}
		if i < len(odd) {
			name = odd[i]
		}
		code := fmt.Sprintf("91370322MA%08X", i*2654435761&0xFFFFFFFF)
		if i%17 == 5 {
			code = fmt.Sprintf("注册号:3703226%08d", i)
		}
		path := "firms/" + strings.ToLower(code)
		s.Keys = append(s.Keys, record{code, "firm", code, name, "田镇", path, strconv.Itoa(i % 7), "2023-09-15", "未发现问题"})
		s.Names = append(s.Names, record{name, "firm", code, name, "田镇", path, strconv.Itoa(i % 7), "2023-09-15", "未发现问题"})
		handle := fmt.Sprintf("%032x", i*40503)
		s.Keys = append(s.Keys, record{handle, "drawn", "2023-001", "draws/2023-001", "田镇", "00", "18", "结果未公示", "", ""})
	}
	s.Keys = append(s.Keys, record{"2023-001", "draw", "2023-001", odd[0], "draws/2023-001", "2023-09-15", "24", "已启封"})
	for i := range 600 {
		s.Entries = append(s.Entries, record{strconv.Itoa(i), "抽查结果", "2023-10-21", "results/" + strconv.Itoa(i)})
	}
	s.Files = map[string]string{}
	must(s.index().Write(func(name string, data []byte) error {
		if _, ok := s.Files[name]; ok {
			return fmt.Errorf("two files %s", name)
		}
		s.Files[name] = string(data)
		return nil
	}))
	return s
}

func (s *sample) index() *Index {
	return &Index{Keys: tableOf(s.Keys), Entries: tableOf(s.Entries), Names: tableOf(s.Names), limits: limits{100, 60, 20}}
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

// rowsOf reads a file as a program would: what stands between the brackets of
// the call is JSON.
func rowsOf(t *testing.T, name, text string) (modulus int, rows [][]string) {
	t.Helper()
	inside, ok := strings.CutPrefix(text, "sunlotShard(")
	inside, ok2 := strings.CutSuffix(inside, ")\n")
	var call []json.RawMessage
	if err := json.Unmarshal([]byte("["+inside+"]"), &call); !ok || !ok2 || err != nil || len(call) != 3 {
		t.Fatalf("%s is no call: %v\n%s", name, err, text[:min(200, len(text))])
	}
	var said string
	if json.Unmarshal(call[0], &said) != nil || said+".js" != name || json.Unmarshal(call[1], &modulus) != nil || json.Unmarshal(call[2], &rows) != nil {
		t.Fatalf("%s says %s %s", name, call[0], call[1])
	}
	return modulus, rows
}

// TestEveryKey: each record stands in the one file that its key leads to.
func TestEveryKey(t *testing.T) {
	s := sampleOf(400)
	_, index := rowsOf(t, "index.js", s.Files["index.js"])
	n, _ := strconv.Atoi(index[0][1])
	if n < 8 {
		t.Fatalf("only %d files of keys", n)
	}
	for _, r := range s.Keys {
		key := FoldKey(r[0])
		b := Place(Hash(key), n)
		name := "key/" + strconv.Itoa(b) + ".js"
		modulus, rows := rowsOf(t, name, s.Files[name])
		want := append([]string{key}, r[1:]...)
		for i := range want {
			want[i] = strings.ToValidUTF8(want[i], "\ufffd")
		}
		if !slices.ContainsFunc(rows, func(row []string) bool { return slices.Equal(row, want) }) {
			t.Errorf("%q is not in %s", r[0], name)
		}
		if modulus != Modulus(b, n) {
			t.Errorf("%s says modulus %d, want %d", name, modulus, Modulus(b, n))
		}
	}
}

// TestEveryPair: the files of pairs list every sealed name under each of its
// pairs, unless the pair is frequent; a name without another pair stands under
// the whole of it.
func TestEveryPair(t *testing.T) {
	s := sampleOf(400)
	_, index := rowsOf(t, "gram/index.js", s.Files["gram/index.js"])
	n, _ := strconv.Atoi(index[0][1])
	frequent := index[1][1:]
	if len(frequent) == 0 || len(index[2]) == 1 || n < 2 {
		t.Fatalf("nothing is frequent, common or spread: %q", index)
	}
	count, listed := map[string]int{}, 0
	for i, r := range s.Names[:len(s.Names)/NamesPerSeal*NamesPerSeal] {
		signs := strings.Split(FoldName(r[0]), "")
		pairs := map[string]bool{}
		for j := 1; j < len(signs); j++ {
			pairs[signs[j-1]+signs[j]] = true
		}
		alone := len(pairs) > 0
		for p := range pairs {
			count[p]++
			if !slices.Contains(frequent, p) {
				alone = false
				listed++
				if !slices.Contains(numbersOf(t, s, p, n), i) {
					t.Errorf("%q is not under %q", r[0], p)
				}
			}
		}
		if alone && !slices.Contains(numbersOf(t, s, FoldName(r[0]), n), i) {
			t.Errorf("%q is found by nothing", r[0])
		}
	}
	for p, c := range count {
		if (c > 60) != slices.Contains(frequent, p) || (c > 20 && c <= 60) != slices.Contains(index[2][1:], p) {
			t.Errorf("%q is in %d names", p, c)
		}
	}
	if listed < 1000 {
		t.Errorf("only %d were looked at", listed)
	}
}

// numbersOf reads the numbers of a text by the definition of lookup.md.
func numbersOf(t *testing.T, s *sample, text string, n int) []int {
	t.Helper()
	name := "gram/" + strconv.Itoa(Place(Hash(text), n)) + ".js"
	_, rows := rowsOf(t, name, s.Files[name])
	for _, r := range rows {
		if r[0] != text {
			continue
		}
		var list []int
		last, gap, shift := -1, 0, 0
		for _, c := range r[1] {
			d := strings.IndexRune(digits, c)
			gap |= d % 32 << shift
			shift += 5
			if d < 32 {
				last += gap + 1
				list = append(list, last)
				gap, shift = 0, 0
			}
		}
		return list
	}
	return nil
}

// TestHostileFiles: no file holds a sign that could end its string, its line or
// an element into which it was pasted.
func TestHostileFiles(t *testing.T) {
	for name, text := range sampleOf(400).Files {
		if !utf8.ValidString(text) || strings.ContainsAny(text, "<>&'`\u2028\u2029\ufeff\r\x00") {
			t.Errorf("%s holds what it must not", name)
		}
	}
}

// TestPlace, exhaustively for small numbers: every hash has a file, the file's
// modulus leads to it, and one file more takes records from one file alone.
func TestPlace(t *testing.T) {
	for n := 1; n <= 130; n++ {
		from := map[int]bool{}
		for h := range uint32(1024) {
			b := Place(h, n)
			if b < 0 || b >= n || int(h)%Modulus(b, n) != b {
				t.Fatalf("hash %d of %d files is in %d with modulus %d", h, n, b, Modulus(b, n))
			}
			if next := Place(h, n+1); next != b {
				from[b] = true
				if next != n {
					t.Fatalf("hash %d moves from %d to %d with %d files", h, b, next, n+1)
				}
			}
		}
		if len(from) != 1 {
			t.Errorf("%d files give to file %d", len(from), n)
		}
	}
}

func TestHash(t *testing.T) {
	for in, want := range map[string]uint32{"": 0x811c9dc5, "a": 0xe40c292c, "foobar": 0xbf9cf968} { // of the algorithm's authors
		if Hash(in) != want {
			t.Errorf("Hash(%q) = %08x", in, Hash(in))
		}
	}
}

func TestFold(t *testing.T) {
	for in, want := range map[string]string{
		"高青县（演示）": "高青县演示", "ＡＢｃ１２": "abc12", " 高　青\u00a0县\u200b": "高青县", "𠮷野家": "𠮷野家", "葛\U000E0100城": "葛城", "々〆〇": "々〆〇",
		"<b>“名”</b>": "b名b", "联·营・厂": "联营厂", "國国": "國国", "...": "", "é": "é",
	} {
		if got := FoldName(in); got != want {
			t.Errorf("FoldName(%q) = %q", in, got)
		}
	}
	for in, want := range map[string]string{
		"91370322TT1KQHPF7G": "91370322tt1kqhpf7g", "９１３７ 0322": "91370322", "注册号:370322600012345": "370322600012345", "注册号：370322600012345": "370322600012345",
		"2023-001": "2023-001", " 2023-001\n": "2023-001", "注册号": "", "a注册号": "a注册号",
	} {
		if got := FoldKey(in); got != want {
			t.Errorf("FoldKey(%q) = %q", in, got)
		}
	}
}

func TestGaps(t *testing.T) {
	for want, list := range map[string][]int32{"": {}, "A": {0}, "AA": {0, 1}, "_B": {63}, "AaB": {0, 33}, "aaBA": {1024, 1025}} {
		if got := gaps(list); got != want {
			t.Errorf("gaps(%v) = %q, want %q", list, got, want)
		}
	}
}

// TestOneMoreRecord: what one more record rewrites.
func TestOneMoreRecord(t *testing.T) {
	s := sampleOf(400)
	changed := func(x *Index) []string {
		var list []string
		must(x.Write(func(name string, data []byte) error {
			if s.Files[name] != string(data) {
				list = append(list, name)
			}
			return nil
		}))
		return list
	}
	if list := changed(s.index()); list != nil {
		t.Errorf("another run gives other %v", list)
	}
	more := *s
	more.Keys = append(slices.Clone(s.Keys), record{"91370322MA00000NEW", "firm", "91370322MA00000NEW", "新来的", "", "firms/x", "1", "", ""})
	more.Names = append(slices.Clone(s.Names), record{"新来的加油站", "firm"})
	more.Entries = append(slices.Clone(s.Entries), record{"600", "抽查结果", "", ""})
	list := changed(more.index())
	if len(list) > 6 || !slices.Contains(list, "index.js") || !slices.Contains(list, "entry/2.js") || !slices.Contains(list, "name/25.js") {
		t.Errorf("one more record rewrites %v", list)
	}
	for _, name := range list {
		if strings.HasPrefix(name, "gram/") {
			t.Errorf("one more name rewrites %s before it is sealed", name)
		}
	}
}

// TestBlockKeys: a block's key changes exactly when its files do.
func TestBlockKeys(t *testing.T) {
	type seen struct {
		key   [32]byte
		files string
	}
	blocks := func(s *sample) map[string]seen {
		all := map[string]seen{}
		must(s.index().Blocks(func(b Block) error {
			var text bytes.Buffer
			must(b.Write(func(name string, data []byte) error { text.WriteString(name); text.Write(data); return nil }))
			all[b.Name] = seen{b.Key(), text.String()}
			return nil
		}))
		return all
	}
	before := sampleOf(400)
	after := *before
	after.Keys = slices.Clone(before.Keys)
	after.Keys[7] = slices.Clone(after.Keys[7])
	after.Keys[7][4] = "另一镇"
	after.Names = slices.Clone(before.Names)
	after.Names[3] = append(record{"另一个名称"}, after.Names[3][1:]...)
	a, b := blocks(before), blocks(&after)
	changed := 0
	for name, x := range a {
		if (x.key == b[name].key) != (x.files == b[name].files) {
			t.Errorf("%s: key and files disagree", name)
		}
		if x.key != b[name].key {
			changed++
		}
	}
	if changed != 3 || len(a) != len(b) {
		t.Errorf("%d blocks changed", changed)
	}
}

// TestSum: where the caller has a sum of a record, the key asks for no cells.
func TestSum(t *testing.T) {
	sum := byte(1)
	x := &Index{Keys: Table{Len: 1, Key: func(int) string { return "2023-001" },
		Cells: func(int, []string) []string { t.Error("cells were made for a key"); return nil },
		Sum:   func(_ int, to []byte) []byte { return append(to, sum) }}}
	key := func() (k [32]byte) {
		must(x.Blocks(func(b Block) error {
			if b.Name == "key/0.js" {
				k = b.Key()
			}
			return nil
		}))
		return k
	}
	before := key()
	if key() != before {
		t.Error("two keys of one block")
	}
	if sum = 2; key() == before {
		t.Error("another sum, and the same key")
	}
}

func TestEmpty(t *testing.T) {
	files := map[string]string{}
	must(new(Index).Write(func(name string, data []byte) error { files[name] = string(data); return nil }))
	if got := slices.Sorted(maps.Keys(files)); !slices.Equal(got, []string{"gram/0.js", "gram/index.js", "index.js", "key/0.js"}) {
		t.Errorf("an empty index has %v", got)
	}
}

// TestCases: the index that the tests in TypeScript read is the one that this
// source writes; go test -update writes it again.
func TestCases(t *testing.T) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	must(e.Encode(sampleOf(260)))
	if *update {
		must(os.WriteFile(casesFile, b.Bytes(), 0o644))
	}
	data, err := os.ReadFile(casesFile)
	if err != nil || !bytes.Equal(data, b.Bytes()) {
		t.Errorf("%s is not what the source writes (go test ./internal/lookup -update): %v", casesFile, err)
	}
}

package words

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/sunlot/sunlot/internal/fault"
)

// A code is room.kebab-case. A literal that ends in a hyphen and to which
// something is added is the head of codes whose tails are duties.
var codeForm = regexp.MustCompile(`^(draw|record|beacon|rules|ledger|verify|intake|site|publish|keyring|office|command|fetch|graph|durable|fault|local|words|desk|demo|monitor|evidence|witness|attack|compare|cluster|portal|province)\.[a-z0-9-]+$`)

// fileName tells office.toml from a code.
var fileName = regexp.MustCompile(`\.(toml|age|json|md|xlsx|csv|tsv|txt|html|css|js|go|key|pub|tar)$`)

// sourceCodes reads the literals of every Go file that is not a test: codes
// with a file of each, heads, and as tails the codes of duties.
func sourceCodes(t *testing.T) (codes map[string]string, heads, tails []string) {
	t.Helper()
	codes = map[string]string{}
	top := filepath.Join("..", "..")
	err := filepath.WalkDir(top, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if _, err := os.Stat(filepath.Join(name, "go.mod")); name != top && (err == nil || d.Name() == "testdata" || strings.HasPrefix(d.Name(), ".")) {
				return fs.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		tree, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			if code := dutyCode(n); code != "" && tree.Name.Name == "rules" {
				tails = append(tails, code)
			}
			if sum, ok := n.(*ast.BinaryExpr); ok && sum.Op == token.ADD {
				if s := literal(sum.X); codeForm.MatchString(s) && strings.HasSuffix(s, "-") {
					heads = append(heads, s)
				}
			}
			e, ok := n.(ast.Expr)
			if !ok {
				return true
			}
			if s := literal(e); codeForm.MatchString(s) && !fileName.MatchString(s) && !strings.HasSuffix(s, "-") {
				codes[s] = name
			}
			return true
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(codes) < 200 || len(tails) < 4 {
		t.Fatalf("only %d codes and %d duties found: the test does not look where the source stands", len(codes), len(tails))
	}
	return codes, heads, tails
}

var plainCode = regexp.MustCompile(`^[a-z]+(-[a-z]+)*$`)

// dutyCode is the word of a member Code: "dispatch", "" for anything else.
func dutyCode(n ast.Node) string {
	kv, ok := n.(*ast.KeyValueExpr)
	if !ok {
		return ""
	}
	if key, ok := kv.Key.(*ast.Ident); !ok || key.Name != "Code" {
		return ""
	}
	if s := literal(kv.Value); plainCode.MatchString(s) {
		return s
	}
	return ""
}

// literal is the text of a string literal, "" for any other expression.
func literal(e ast.Expr) string {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return ""
	}
	s, _ := strconv.Unquote(lit.Value)
	return s
}

func TestEveryCodeHasALine(t *testing.T) {
	codes, heads, tails := sourceCodes(t)
	for code, name := range codes {
		if !Known(code) {
			t.Errorf("%s of %s has no line in codes.tsv", code, name)
		}
	}
	for _, head := range heads {
		for _, tail := range tails {
			if !Known(head + tail) {
				t.Errorf("%s%s, the code of a duty, has no line in codes.tsv", head, tail)
			}
		}
	}
}

func TestEveryLineHasACode(t *testing.T) {
	codes, heads, tails := sourceCodes(t)
	for _, code := range Codes() {
		made := slices.ContainsFunc(heads, func(head string) bool {
			tail, ok := strings.CutPrefix(code, head)
			return ok && slices.Contains(tails, tail)
		})
		if codes[code] == "" && !made {
			t.Errorf("%s stands in codes.tsv and nowhere in the source", code)
		}
	}
}

// avoided words (words.md) promise or accuse more than a draw can.
var avoided = []string{"封号", "公证", "电子签章", "区块链", "铁证", "违规", "中奖", "豁免"}

var (
	member = regexp.MustCompile(`\{[^}]*\}`)
	double = regexp.MustCompile(`\[\[|\]\]`)
)

func TestTableReadsWell(t *testing.T) {
	last := ""
	for row := range strings.Lines(table) {
		f := strings.Split(strings.TrimSuffix(row, "\n"), "\t")
		if len(f) != 3 || f[0] <= last || !strings.HasSuffix(row, "\n") {
			t.Errorf("three columns, sorted, each code once: %q", row)
			continue
		}
		last = f[0]
		for _, text := range f[1:] {
			if bad := badText(text); bad != "" {
				t.Errorf("%s: %s: %q", f[0], bad, text)
			}
		}
		if f[1] == "" {
			t.Errorf("%s says nothing", f[0])
		}
	}
}

// badText says what is wrong with a sentence, "" if nothing is.
func badText(text string) string {
	if text == "" {
		return ""
	}
	if strings.TrimSpace(text) != text {
		return "spaces at its ends"
	}
	if !strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
		return "not Chinese"
	}
	for _, w := range avoided {
		if strings.Contains(text, w) {
			return "avoided word " + w
		}
	}
	for _, m := range member.FindAllString(text, -1) {
		if m != "{place}" && m != "{got}" && m != "{want}" {
			return "unknown member " + m
		}
	}
	if rest := double.ReplaceAllString(optional.ReplaceAllString(text, ""), "!"); strings.ContainsAny(rest, "!") {
		return "brackets do not pair"
	}
	for _, piece := range optional.FindAllString(text, -1) {
		if !member.MatchString(piece) {
			return "a piece without a member is never left out: " + piece
		}
	}
	return ""
}

func TestBadText(t *testing.T) {
	for text, bad := range map[string]bool{
		"":                           false,
		"没有 {place}[[：{got}]]。":      false,
		"not Chinese":                true,
		" 空格。":                       true,
		"没有 {plaec}。":                true,
		"没有[[：{got}。":                true,
		"没有 {got}]]。":                true,
		"没有[[什么]]。":                  true,
		"没有[[[[{got}]]]]。":           true,
		"这是" + "违" + "规 {got}。":      true,
		"{place} 应为 {want}，是 {got}。": false,
	} {
		if got := badText(text); (got != "") != bad {
			t.Errorf("%q: %q", text, got)
		}
	}
}

func TestFill(t *testing.T) {
	const text = "在 {place}[[：{got}]][[，应为 {want}]]。"
	for _, c := range []struct{ place, got, want, out string }{
		{"第 3 行", "7", "1", "在 第 3 行：7，应为 1。"},
		{"第 3 行", "", "1", "在 第 3 行，应为 1。"},
		{"第 3 行", "", "", "在 第 3 行。"},
		// What stands in a value is no member: a spreadsheet cell is hostile.
		{"{got}", "{want}", "x[[y]]", "在 {got}：{want}，应为 x[[y]]。"},
	} {
		if out := fill(text, c.place, c.got, c.want); out != c.out {
			t.Errorf("%q %q %q: %q, want %q", c.place, c.got, c.want, out, c.out)
		}
	}
}

// TestBare: a sentence that wants a value does not come without.
func TestBare(t *testing.T) {
	if s, ok := Bare("ledger.proof-form"); s != "入账证明的格式不对。" || !ok {
		t.Errorf("%q %v", s, ok)
	}
	for _, code := range []string{"ledger.audit-blob", "none.such"} {
		if s, ok := Bare(code); ok {
			t.Errorf("%s: %q", code, s)
		}
	}
}

func TestError(t *testing.T) {
	code := "rules.no-plan"
	sentence, remedy := Say(code, "2023", "", "")
	if !strings.Contains(sentence, "2023") || remedy == "" {
		t.Fatalf("%q %q", sentence, remedy)
	}
	err := error(fault.New(code, "2023", "", ""))
	if got, want := Error(err), sentence+"\n处理办法："+remedy; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	wrapped := fault.Wrap(code, "2023", errors.New("disk gone"))
	if got := Error(wrapped); !strings.Contains(got, "（disk gone）") {
		t.Errorf("the cause is missing: %q", got)
	}
	inside := fault.Wrap(code, "2023", fault.New("rules.no-line", "7", "", ""))
	if got := Error(inside); !strings.Contains(got, "7") {
		t.Errorf("the cause's sentence is missing: %q", got)
	}
	if got := Error(errors.New("plain")); got != "plain" {
		t.Errorf("%q", got)
	}
	if got, _ := Say("rules.nobody-said-so", "a", "b", "c"); got != "rules.nobody-said-so a b c" {
		t.Errorf("a code without a line: %q", got)
	}
}

// What the systems below say in English reaches nobody in English.
func TestPlain(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
	}{
		{fault.New("ledger.policy-form", "policy line 6", "qourum 够数", ""), "见证约定的写法不对（第 6 行：qourum 够数）。"},
		{fault.New("ledger.policy-threshold", "policy line 5", "三", "any, all or 1..4"), "（第 5 行：三，应为 any、all 或 1 到 4）"},
		{fault.New("ledger.policy-quorum", "policy", "no quorum line", "one"), "（一行也没有）"},
		{fault.New("beacon.bad-length", "signature", "90 characters", "96 lower-case hex digits"), "签名长度为 90 个字符，应为 96 个十六进制字符。"},
		{fault.New("beacon.bad-signature", "round 123", "", ""), "第 123 期 的签名"},
		{fault.New("ledger.key-id", "key 司法局", "x", "y"), "公钥 司法局 的编号"},
		{fault.Wrap("command.unreadable", "a.txt", &fs.PathError{Op: "open", Path: "a.txt", Err: fs.ErrNotExist}), "（没有这个文件或文件夹）"},
		{fault.Wrap("command.unreadable", "a.txt", errors.New("open a.txt: no such file or directory")), "（没有这个文件或文件夹）"},
		{fault.Wrap("command.witness-listen", "127.0.0.1:1", errors.New("listen tcp 127.0.0.1:1: bind: address already in use")), "（端口已被占用）"},
	} {
		if got := Error(c.err); !strings.Contains(got, c.want) {
			t.Errorf("%v: %s", c.err, got)
		}
	}
}

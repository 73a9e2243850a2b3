package evidence

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/sunlot/sunlot/internal/demo"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/verify"
)

// office is the site of a small office with one draw, and its private folder.
var office = sync.OnceValues(func() (string, error) {
	dir, err := os.MkdirTemp("", "sunlot-evidence-test")
	if err != nil {
		return "", err
	}
	r, err := demo.NewRun("gaoqing", filepath.Join(dir, "office"), new(bytes.Buffer), nil)
	if err == nil {
		err = r.Small()
	}
	if err == nil {
		err = r.Build(filepath.Join(dir, "site"))
	}
	return dir, err
})

func TestMain(m *testing.M) {
	code := m.Run()
	if dir, err := office(); err == nil {
		os.RemoveAll(dir)
	}
	os.Exit(code)
}

// bundle opens the small site anew: tests change what it holds.
func bundle(t *testing.T) *verify.Bundle {
	t.Helper()
	dir, err := office()
	if err != nil {
		t.Fatal(err)
	}
	b, err := verify.Open(os.DirFS(filepath.Join(dir, "site")), verify.Options{Today: "2023-11-02"})
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// lotAt is the entry of the small office's notice.
func lotAt(b *verify.Bundle) int64 { return b.State.Lots[0].Index }

// drawn and undrawn are codes of the small office: one whose result is public,
// and one that K alone finds in the hat.
func drawn(b *verify.Bundle) string { return b.Entries[lotAt(b)].Opening.Handles[0].ID }

func undrawn(t *testing.T, b *verify.Bundle) string {
	t.Helper()
	for f := range demo.Firms(demo.Gaoqing, 1, 60) {
		c, err := Make(b, Request{Code: f.Code})
		if err == nil && strings.Contains(c.Verdict, "未抽中") {
			return f.Code
		}
	}
	t.Fatal("every firm of the register was drawn")
	return ""
}

// unpacked writes the bundle and unpacks it as text by name.
func unpacked(t *testing.T, c *Case) (files map[string]string, raw []byte) {
	t.Helper()
	var b bytes.Buffer
	if err := c.Write(&b); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	files = map[string]string{}
	var names []string
	for _, f := range z.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		data, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		files[f.Name], names = string(data), append(names, f.Name)
		if f.Method != zip.Store || strings.Contains(f.Name, "..") || strings.HasPrefix(f.Name, "/") || strings.Contains(f.Name, `\`) {
			t.Errorf("%q: method %d", f.Name, f.Method)
		}
	}
	if !slices.IsSorted(names) || len(slices.Compact(names)) != c.Files() {
		t.Errorf("%d files: %v", c.Files(), names)
	}
	return files, b.Bytes()
}

func make1(t *testing.T, b *verify.Bundle, req Request) *Case {
	t.Helper()
	c, err := Make(b, req)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// Two runs give the same bytes; SHA256SUMS lists every other file.
func TestSameBytes(t *testing.T) {
	b := bundle(t)
	req := Request{Code: drawn(b)}
	files, first := unpacked(t, make1(t, b, req))
	if _, second := unpacked(t, make1(t, bundle(t), req)); !bytes.Equal(first, second) {
		t.Error("two runs differ")
	}
	listed := map[string]string{}
	for line := range strings.Lines(files["SHA256SUMS"]) {
		sum, name, _ := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
		listed[name] = sum
	}
	for name, text := range files {
		sum := sha256.Sum256([]byte(text))
		if name != "SHA256SUMS" && listed[name] != hex.EncodeToString(sum[:]) {
			t.Errorf("%s: listed as %q", name, listed[name])
		}
	}
	if len(listed) != len(files)-1 {
		t.Errorf("%d listed of %d", len(listed), len(files))
	}
	at := num(lotAt(b))
	for _, want := range []string{"ledger/checkpoint", "ledger/policy", "policy/0.policy", "ledger/entry/0.txt", "ledger/entry/" + at + ".txt", "ledger/proof/" + at + ".tlog-proof", "ledger/opening/" + at + ".json", "证据包.html", "核对.html"} {
		if files[want] == "" {
			t.Errorf("%s is not there", want)
		}
	}
}

// Every Linux line of the check page is run in the unpacked folder, for one who
// was drawn and one who was not, and prints what the page says.
func TestStepsRun(t *testing.T) {
	b := bundle(t)
	for _, code := range []string{drawn(b), undrawn(t, b)} {
		c := make1(t, b, Request{Code: code})
		files, _ := unpacked(t, c)
		dir := t.TempDir()
		for name, text := range files {
			file := filepath.Join(dir, filepath.FromSlash(name))
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		m := &maker{b: b, req: Request{Code: code}, sealed: map[int64]*record.Opening{}, used: map[int64]bool{}}
		if err := m.find(); err != nil {
			t.Fatal(err)
		}
		steps := m.steps(m.sheet(m.stands[0]))
		if len(steps) < 11 {
			t.Fatalf("%d steps", len(steps))
		}
		for _, s := range steps {
			if s.Tools != "" {
				if _, err := exec.LookPath(s.Tools); err != nil {
					t.Logf("%s is not here: %s", s.Tools, s.Say)
					continue
				}
			}
			cmd := exec.Command("sh", "-c", s.Linux)
			cmd.Dir = dir
			out, err := cmd.CombinedOutput()
			if got := strings.TrimSuffix(strings.TrimSpace(string(out)), "  -"); err != nil || s.Want == "" || got != s.Want {
				t.Errorf("%s\n%s\nprints %s (%v), want %s", s.Say, s.Linux, out, err, s.Want)
			}
			if page := strings.NewReplacer("&#39;", "'", "&lt;", "<", "&#43;", "+").Replace(files["核对.html"]); !strings.Contains(page, s.Linux) || !strings.Contains(page, s.Want) {
				t.Errorf("not on the page: %s", s.Linux)
			}
		}
	}
}

// Who was not drawn is told so with both numbers.
func TestNotDrawn(t *testing.T) {
	b := bundle(t)
	code := undrawn(t, b)
	c := make1(t, b, Request{Code: code, Draw: "2023-001"})
	files, _ := unpacked(t, c)
	page := files["证据包.html"]
	if !strings.Contains(page, "签值大于中签线：未抽中。") || c.Sealed || c.Unsound {
		t.Errorf("sealed %v, unsound %v\n%s", c.Sealed, c.Unsound, c.Verdict)
	}
	for _, no := range []string{"检查组、变动和派发", "非公开</div>"} {
		if strings.Contains(page, no) {
			t.Errorf("holds %s", no)
		}
	}
	for _, f := range b.State.Results {
		if files["ledger/entry/"+num(f.Index)+".txt"] != "" {
			t.Error("the result of another enterprise is in the bundle")
		}
	}
}

// closedK takes K and the openings of the hat away, as they are before their day.
func closedK(b *verify.Bundle) (salt string) {
	e := b.Entries[lotAt(b)]
	salt = e.Opening.Handles[0].Salt
	e.Opening = nil
	return salt
}

func TestRefused(t *testing.T) {
	open, shut := bundle(t), bundle(t)
	code := drawn(open)
	salt := closedK(shut)
	lost := bundle(t)
	closedK(lost)
	lost.State.Lots[0].Lost = []rules.At[record.Lost]{{Index: 9, Body: &record.Lost{Notice: lotAt(lost), K: true}}}
	at, result := lotAt(open), open.State.Results[0].Index
	for _, c := range []struct {
		b    *verify.Bundle
		req  Request
		want string
	}{
		{open, Request{Code: "x"}, "evidence.bad-code"},
		{open, Request{Code: "91370322TT000000'; rm"}, "evidence.bad-code"},
		{open, Request{Code: code, Salt: "00"}, "evidence.bad-salt"},
		{open, Request{Code: code, Salt: strings.ToUpper(salt)}, "evidence.bad-salt"},
		{open, Request{Code: code, Draw: "2023-009"}, "evidence.no-draw"},
		{open, Request{Code: "91370322TT00000000"}, "evidence.in-no-pool"},
		{open, Request{Code: "91370322TT00000000", Draw: "2023-001"}, "evidence.not-in-pool"},
		{shut, Request{Code: code}, "evidence.none-decidable"},
		{shut, Request{Code: code, Draw: "2023-001"}, "evidence.undecidable"},
		{lost, Request{Code: code, Draw: "2023-001"}, "evidence.key-lost"},
		{shut, Request{Code: code, Salt: strings.Repeat("0", 32)}, "evidence.none-decidable"},
		{open, Request{Code: code, Openings: map[int64]*record.Opening{at: {}}}, "evidence.openings-public"},
		{open, Request{Code: code, Sealed: true, Openings: map[int64]*record.Opening{99: {}}}, "evidence.opening-wrong"},
		{open, Request{Code: code, Sealed: true, Openings: map[int64]*record.Opening{at: {K: strings.Repeat("0", 64)}}}, "evidence.opening-wrong"},
		{open, Request{Code: code, Sealed: true, Openings: map[int64]*record.Opening{result: {Fields: map[string]record.Field{"remark": {Salt: strings.Repeat("0", 64), Value: "x"}}}}}, "evidence.opening-wrong"},
	} {
		if _, err := Make(c.b, c.req); fault.Code(err) != c.want {
			t.Errorf("%+v: %v, want %s", c.req, err, c.want)
		}
	}
}

// Before K opens the enterprise's own salt finds its handle; the bundle then
// holds what is not public, and says so on every page.
func TestOwnSalt(t *testing.T) {
	b := bundle(t)
	code := drawn(b)
	salt := closedK(b)
	c := make1(t, b, Request{Code: code, Salt: salt})
	files, _ := unpacked(t, c)
	for _, page := range []string{"证据包.html", "核对.html"} {
		if !strings.Contains(files[page], `<div class="stamp">非公开</div>`) {
			t.Errorf("%s is not marked", page)
		}
	}
	if !c.Sealed || !strings.Contains(files["证据包.html"], "由持有人提供") {
		t.Error(c.Verdict)
	}
}

// The sealed form takes what the office gives of this enterprise, and nothing of
// the others: K would name everybody in the hat.
func TestSealed(t *testing.T) {
	b := bundle(t)
	code := drawn(b)
	k := b.Entries[lotAt(b)].Opening.K
	closedK(b)
	dir, _ := office()
	given := map[int64]*record.Opening{}
	for i := range int64(len(b.Entries)) {
		data, err := os.ReadFile(filepath.Join(dir, "office", "private", "openings", num(i)+".json"))
		if err != nil {
			continue
		}
		o, err := record.ParseOpening(data)
		if err != nil {
			t.Fatal(err)
		}
		given[i] = o
	}
	given[lotAt(b)] = &record.Opening{K: k}
	c := make1(t, b, Request{Code: code, Sealed: true, Openings: given})
	files, raw := unpacked(t, c)
	page := files["证据包.html"]
	if strings.Contains(page, "2名检查组成员：未公开") || !strings.Contains(page, "2名检查组成员：") {
		t.Error("the names that the office gave are not on the page")
	}
	if bytes.Contains(raw, []byte(k)) && !strings.Contains(files["ledger/opening/"+num(lotAt(b))+".json"], k) {
		t.Error("K is in the bundle")
	}
	own := files["openings/"+num(lotAt(b))+".json"]
	if strings.Count(own, `"id"`) != 1 || !strings.Contains(own, code) || strings.Contains(own, `"K"`) {
		t.Errorf("opened: %s", own)
	}
	if len(c.Unused) == 0 { // results of the other two
		t.Error("the openings of other enterprises are taken in")
	}
	for _, i := range c.Unused {
		if files["openings/"+num(i)+".json"] != "" {
			t.Errorf("openings/%d.json is in the bundle", i)
		}
	}
}

// What the office keeps back keeps nobody from a bundle: K overdue, lost or
// wrong, the file of the hat gone. The bundle is written and says 不相符.
func TestWithheld(t *testing.T) {
	for name, c := range map[string]struct {
		change func(b *verify.Bundle)
		want   string
	}{
		"K overdue": {func(b *verify.Bundle) {
			closedK(b)
			b.Findings = append(b.Findings, rules.Finding{Code: "verify.k-overdue", Severity: rules.Breach, Entry: lotAt(b), Place: "2023-001", Want: "2023-11-01"})
		}, "启封钥匙应于 2023-11-01 公开，没有公开或不对"},
		"K lost": {func(b *verify.Bundle) {
			closedK(b)
			b.State.Lots[0].Lost = []rules.At[record.Lost]{{Index: 9, Body: &record.Lost{Notice: lotAt(b), K: true}}}
			b.Findings = append(b.Findings, rules.Finding{Code: "verify.k-lost", Severity: rules.Breach, Entry: lotAt(b), Got: "9", Want: "2023-11-01"})
		}, "启封钥匙已遗失"},
		"pool gone": {func(b *verify.Bundle) {
			b.State.Lots[0].Body.Pool.SHA256 = strings.Repeat("0", 64)
			b.Findings = append(b.Findings, rules.Finding{Code: "ledger.audit-missing", Severity: rules.Breach, Entry: lotAt(b), Place: "blob"})
		}, "签筒文件没有公开，不能判断"},
	} {
		b := bundle(t)
		code := drawn(b)
		c.change(b)
		made := make1(t, b, Request{Code: code, Draw: "2023-001"})
		files, _ := unpacked(t, made)
		if !made.Unsound || !strings.HasPrefix(made.Verdict, "不相符") || !strings.Contains(files["证据包.html"], c.want) || !strings.Contains(files["证据包.html"], "该公开的没有公开") {
			t.Errorf("%s: %s", name, made.Verdict)
		}
	}
}

// What somebody typed stays text: in the page, in names, in commands.
func TestHostile(t *testing.T) {
	b := bundle(t)
	code := drawn(b)
	bad := "<script>alert(1)</script>\"'&\u202e</td>`$(x)`"
	l := b.State.Lots[0]
	f := l.Object(l.Objects[0].Handle).Result
	for _, o := range l.Objects {
		if o.ID == code {
			f = o.Result
		}
	}
	b.Entries[f.Index].Fields[1].Value = bad // the name
	l.Body.Name, l.Body.Scope, f.Body.Unit, f.Body.Outcome.Items[0].Item = bad, bad, bad, bad
	for i := range l.Body.Groups {
		for j := range l.Body.Groups[i].Cells {
			l.Body.Groups[i].Cells[j].Name = bad
		}
	}
	b.Findings = append(b.Findings, rules.Finding{Code: "verify.bad-entry", Severity: rules.Breach, Entry: lotAt(b), Got: bad})
	dir := t.TempDir()
	evil := filepath.Join(dir, "..\u202e evil;rm.sh")
	if err := os.WriteFile(evil, []byte("program"), 0o755); err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256([]byte("program"))
	open := func() (io.ReadCloser, error) { return os.Open(evil) }
	c := make1(t, b, Request{Code: code, Programs: []Program{{Name: "../../x", SHA256: "00"}, {Name: filepath.Base(evil), SHA256: hex.EncodeToString(sum[:]), Size: 7, Open: open}}})
	files, _ := unpacked(t, c)
	for _, page := range []string{"证据包.html", "核对.html"} {
		for _, no := range []string{"<script", "\"'&\u202e", "onerror", "http-equiv=\"refresh", "src=", "href="} {
			if strings.Contains(files[page], no) {
				t.Errorf("%s holds %q", page, no)
			}
		}
	}
	if files["verifier/1-program"] != "program" {
		t.Errorf("no plain name for a program")
	}
	if !c.Unsound || !strings.HasPrefix(c.Verdict, "不相符") {
		t.Error(c.Verdict)
	}
}

// A program that is another one by the time it is copied is not passed off as
// the first.
func TestChanged(t *testing.T) {
	b := bundle(t)
	open := func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader("another")), nil }
	c := make1(t, b, Request{Code: drawn(b), Programs: []Program{{Name: "x", SHA256: strings.Repeat("0", 64), Size: 7, Open: open}}})
	if err := c.Write(io.Discard); fault.Code(err) != "evidence.changed" {
		t.Error(err)
	}
}

// Where the platform casts there is no ticket; where the notice failed nothing
// was drawn; where the firm was left out the ground is named.
func TestOtherDraws(t *testing.T) {
	for name, c := range map[string]struct {
		change func(l *rules.Lot)
		want   []string
	}{
		"platform": {func(l *rules.Lot) {
			l.Body.Casts, l.Body.Before, l.Body.Randomness, l.Draw = "platform", l.Body.Randomness.Time, nil, nil
			l.Platform = &rules.At[record.PlatformDraw]{Index: 8, Time: l.Time, Body: &record.PlatformDraw{Number: "P1", Time: l.Body.Before}}
		}, []string{"由监管平台抽取（存证）", "平台导出的名单里有本企业的签号", "2023-001 平台抽中"}},
		"late":    {func(l *rules.Lot) { l.Late = true }, []string{"2023-001 抽中，但不能证明预告在号码之前", "不能证明预告在号码之前：这次抽取没有通过核对"}},
		"failed":  {func(l *rules.Lot) { l.Failed, l.Draw, l.Objects = true, nil, nil }, []string{"不发生效力"}},
		"waiting": {func(l *rules.Lot) { l.Draw, l.Objects = nil, nil }, []string{"在签筒里，尚未抽取"}},
		"aborted": {func(l *rules.Lot) {
			l.Abort = &rules.At[record.Abort]{Index: 9, Body: &record.Abort{Ground: "演练", Date: "2023-08-25"}}
		}, []string{"终止：演练"}},
		"swapped": {func(l *rules.Lot) { l.Draw.Body.Cells[0].Cutoff = strings.Repeat("0", 64) }, []string{"不一致", "不相符："}},
	} {
		b := bundle(t)
		c.change(b.State.Lots[0])
		files, _ := unpacked(t, make1(t, b, Request{Code: drawn(b)}))
		for _, want := range c.want {
			if !strings.Contains(files["证据包.html"], want) {
				t.Errorf("%s: lacks %s", name, want)
			}
		}
	}
}

package main

import (
	"archive/zip"
	"bytes"
	"html"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/sunlot/sunlot/internal/evidence"
	"github.com/sunlot/sunlot/internal/verify"
)

// scriptUnpack: unpack ZIP DIR
func scriptUnpack(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: unpack ZIP DIR")
	}
	z, err := zip.OpenReader(ts.MkAbs(args[0]))
	ts.Check(err)
	defer z.Close()
	for _, f := range z.File {
		r, err := f.Open()
		ts.Check(err)
		data, err := io.ReadAll(r)
		ts.Check(err)
		name := filepath.Join(ts.MkAbs(args[1]), filepath.FromSlash(f.Name))
		ts.Check(os.MkdirAll(filepath.Dir(name), 0o755))
		ts.Check(os.WriteFile(name, data, 0o644))
	}
}

// scriptFirm: firm SITE sets CODE and SALT to those of the first enterprise that
// the first draw opens, NOTICE and RESULT to the indexes of its entries.
func scriptFirm(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: firm SITE")
	}
	b, err := verify.Open(os.DirFS(ts.MkAbs(args[0])), verify.Options{})
	ts.Check(err)
	l := b.State.Lots[0]
	h := b.Entries[l.Index].Opening.Handles[0]
	ts.Setenv("CODE", h.ID)
	ts.Setenv("SALT", h.Salt)
	ts.Setenv("NOTICE", strconv.FormatInt(l.Index, 10))
	for _, f := range b.State.Results {
		if f.Code == h.ID {
			ts.Setenv("RESULT", strconv.FormatInt(f.Index, 10))
		}
	}
}

var (
	tags   = regexp.MustCompile(`(?s)<style>.*?</style>|<[^>]*>`)
	breaks = regexp.MustCompile(`^<(?:dt|h1|h2|h3|p|tr|li|pre|br|header|title|/section|/table)\b`)
	spaces = regexp.MustCompile(`[ \t]+`)
)

// plain is the text of a page, a line for each block.
func plain(page string) string {
	text := tags.ReplaceAllStringFunc(page, func(tag string) string {
		switch {
		case strings.HasPrefix(tag, "<style"):
			return ""
		case breaks.MatchString(tag):
			return "\n"
		case tag == "</td>" || tag == "</th>" || tag == "</span>" || tag == "<dd>":
			return "　"
		}
		return ""
	})
	var b strings.Builder
	for line := range strings.Lines(html.UnescapeString(text)) {
		if line = strings.Trim(spaces.ReplaceAllString(line, " "), " 　\n"); line != "" {
			b.WriteString(line + "\n")
		}
	}
	return b.String()
}

// The text of both pages for one enterprise, as it is printed: `-update` writes
// it anew. Every proof of the bundle is then checked by the program itself, in
// the unpacked folder, with the line that the page gives.
func TestEvidencePages(t *testing.T) {
	dir := memory(t)
	if err := site(dir, ""); err != nil {
		t.Fatal(err)
	}
	b, err := verify.Open(os.DirFS(dir), verify.Options{Today: "2023-11-02"})
	if err != nil {
		t.Fatal(err)
	}
	c, err := evidence.Make(b, evidence.Request{Code: b.Entries[b.State.Lots[0].Index].Opening.Handles[0].ID, Programs: []evidence.Program{{Name: "sunlot-verify", SHA256: strings.Repeat("0", 64)}}})
	if err != nil {
		t.Fatal(err)
	}
	var raw bytes.Buffer
	if err := c.Write(&raw); err != nil {
		t.Fatal(err)
	}
	z, err := zip.NewReader(bytes.NewReader(raw.Bytes()), int64(raw.Len()))
	if err != nil {
		t.Fatal(err)
	}
	out := memory(t)
	if err := os.CopyFS(out, z); err != nil {
		t.Fatal(err)
	}
	main, err := os.ReadFile(filepath.Join(out, "证据包.html"))
	if err != nil {
		t.Fatal(err)
	}
	check, err := os.ReadFile(filepath.Join(out, "核对.html"))
	if err != nil {
		t.Fatal(err)
	}
	got := plain(string(main)) + "\n" + plain(string(check))
	golden := filepath.Join("testdata", "evidence.txt")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if want, _ := os.ReadFile(golden); string(want) != got {
		t.Errorf("the pages differ from %s; -update writes it anew\n%s", golden, got)
	}
	proofs := regexp.MustCompile(`sunlot-verify (--proof \S+ --policy \S+)`).FindAllStringSubmatch(got, -1)
	if len(proofs) < 8 {
		t.Fatalf("%d proofs", len(proofs))
	}
	t.Chdir(out)
	for _, p := range proofs {
		if code, text := run(strings.Fields(p[1])...); code != 0 || !strings.HasPrefix(text, "相符") {
			t.Errorf("%s: exit %d\n%s", p[0], code, text)
		}
	}
}

package demo

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/ledger"
)

// TestReadmeChecksOneDrawByHand holds the READMEs' worked example to the demo:
// each number of it is recomputed here from the built site with SHA-256 alone.
// `-update` writes the example anew.
func TestReadmeChecksOneDrawByHand(t *testing.T) {
	site := year(t, "gaoqing").site
	for file, say := range map[string]handWords{"README.md": handEnglish, "README.zh-CN.md": handChinese} {
		name := filepath.Join("..", "..", file)
		have, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		before, rest, ok1 := strings.Cut(string(have), say.from)
		old, after, ok2 := strings.Cut(rest, say.to)
		if !ok1 || !ok2 {
			t.Fatalf("%s lacks the example's headings", file)
		}
		want := hand(t, site, say)
		if old == want {
			continue
		}
		if !*update {
			t.Fatalf("%s: the example differs from the demo; run with -update.\n%s", file, want)
		}
		if err := os.WriteFile(name, []byte(before+say.from+want+say.to+after), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

type handWords struct{ from, to, head, commit, rho, seed, firm, ticket, below string }

var handEnglish = handWords{
	from: "### Check one by hand\n", to: "## What it does not prove",
	head:   "After `make demo`, in `public/gaoqing/ledger`: draw 2023-003, notice in entry %d, draw in entry %d.",
	commit: "C is the hash of the notice's entry, for which three of four witnesses had signed by %s, before the round's time, %s:",
	rho:    "ρ is the hash of the signature of round %d, which nobody at the office can make:",
	seed:   "Both make the seed:",
	firm:   "%s (code %s; its name is public since its result) stands in the pool under a handle, a hash with the salt of its opening, `opening/%d.json` (first 32 characters):",
	ticket: "Its ticket:",
	below:  "That is not larger than the published cut-off `%s`: drawn. Everybody in the pool with a larger ticket was not.",
}

var handChinese = handWords{
	from: "### 亲手核对一次\n", to: "## 它不能证明什么",
	head:   "运行 `make demo` 之后，在 `public/gaoqing/ledger` 里：抽取 2023-003，预告是第 %d 条记录，抽取是第 %d 条记录。",
	commit: "C 是预告那条记录的校验码。四家见证单位中至少三家不晚于 %s 签名，早于随机数产生的 %s：",
	rho:    "ρ 是第 %d 期随机数签名的校验码，本单位造不出来：",
	seed:   "两者合成摇号种子：",
	firm:   "%s（代码 %s，名称已随结果公开）在签筒里只有签号，由启封凭据 `opening/%d.json` 里的随机串算出（前 32 个字符）：",
	ticket: "它的签值：",
	below:  "不大于公布的中签线 `%s`，所以抽中；签筒里签值比它大的都没有抽中。",
}

// hand is the example's text; it fails where a step does not come out.
func hand(t *testing.T, site string, say handWords) string {
	t.Helper()
	dir := ledger.OpenDir(os.DirFS(filepath.Join(site, "ledger")))
	entry := func(i int64) (*record.Entry, []byte) {
		raw, err := dir.Entry(uint64(i))
		if err != nil {
			t.Fatal(err)
		}
		note, err := ledger.ParseNote(bytes.Clone(raw))
		if err != nil {
			t.Fatal(err)
		}
		e, err := record.Parse(note.Text)
		if err != nil {
			t.Fatal(err)
		}
		return e, raw
	}
	var at int64
	var draw *record.Draw
	var notice *record.Notice
	var first *record.Result
	var firstAt int64
	size, err := dir.Size()
	if err != nil {
		t.Fatal(err)
	}
	for i := range int64(size) {
		e, _ := entry(i)
		switch b := e.Body.(type) {
		case *record.Notice:
			if b.Draw == "2023-003" {
				notice = b
			}
		case *record.Draw:
			if notice != nil && draw == nil {
				at, draw = i, b
			}
		case *record.Result:
			if draw != nil && first == nil && b.Notice == draw.Notice {
				firstAt, first = i, b
			}
		}
	}
	_, raw := entry(draw.Notice)
	opened, result := opening(t, dir, draw.Notice), opening(t, dir, firstAt)
	code := result.Fields["code"].Value
	salt := ""
	for _, h := range opened.Handles {
		if h.ID == code {
			salt = h.Salt
		}
	}
	sum := func(s string) string { h := sha256.Sum256([]byte(s)); return hex.EncodeToString(h[:]) }
	sig, err := hex.DecodeString(draw.Signature)
	if err != nil {
		t.Fatal(err)
	}
	c, rho := sum(string(raw)), sum(string(sig))
	seed := sum("draw1|" + c + "|" + rho)
	handle := sum("draw1h|O|" + salt + "|" + code)
	ticket := sum(seed + "|O|" + handle[:32] + "|1")
	if c != draw.Commitment || rho != draw.Rho || seed != draw.Seed || handle[:32] != first.Object || ticket > draw.Cells[0].Cutoff {
		t.Fatalf("the draw does not come out by hand: %s %s %s %s %s", c, rho, seed, handle, ticket)
	}
	clock := func(s string) string { return strings.Replace(s[:19], "T", " ", 1) }
	var b strings.Builder
	step := func(text, line, out string) { fmt.Fprintf(&b, "\n%s\n\n    $ %s\n    %s\n", text, line, out) }
	fmt.Fprintf(&b, "\n"+say.head+"\n", draw.Notice, at)
	step(fmt.Sprintf(say.commit, clock(record.Time(seen(t, dir, draw.Notice))), clock(notice.When())), fmt.Sprintf("sha256sum < entry/%d.txt", draw.Notice), c)
	step(fmt.Sprintf(say.rho, notice.Round()), "printf "+draw.Signature+" | xxd -r -p | sha256sum", rho)
	step(say.seed, "printf '%s' 'draw1|"+c+"|"+rho+"' | sha256sum", seed)
	step(fmt.Sprintf(say.firm, result.Fields["name"].Value, code, draw.Notice), "printf '%s' 'draw1h|O|"+salt+"|"+code+"' | sha256sum", handle)
	step(say.ticket, "printf '%s' '"+seed+"|O|"+handle[:32]+"|1' | sha256sum", ticket)
	fmt.Fprintf(&b, "\n"+say.below+"\n\n", draw.Cells[0].Cutoff)
	return b.String()
}

// seen is by when the witnesses had signed for an entry, from its proof file.
func seen(t *testing.T, dir *ledger.Dir, i int64) int64 {
	t.Helper()
	policy := must(ledger.ParsePolicy(must(dir.Policy())))
	at, ok := policy.Since(must(ledger.ParseNote(must(ledger.ParseProof(must(dir.Proof(uint64(i))))).Checkpoint)))
	if !ok {
		t.Fatalf("entry %d is not witnessed", i)
	}
	return at
}

func opening(t *testing.T, dir *ledger.Dir, i int64) *record.Opening {
	t.Helper()
	data, err := dir.Opening(uint64(i))
	if err != nil {
		t.Fatal(err)
	}
	o := new(record.Opening)
	if err := json.Unmarshal(data, o); err != nil {
		t.Fatal(err)
	}
	return o
}

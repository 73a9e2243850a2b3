package ledger

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

var update = flag.Bool("update", false, "write spec/vectors/ledger anew")

const vectorDir = "../spec/vectors/ledger"

func TestVectors(t *testing.T) {
	if *update {
		writeVectors(t)
	}
	files, err := filepath.Glob(vectorDir + "/*.json")
	if err != nil {
		t.Fatal(err)
	}
	bad, kinds := 0, map[string][2]int{}
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		if err := RunVector(data); err != nil {
			t.Errorf("%s: %v", filepath.Base(f), err)
		}
		var v vector
		if err := json.Unmarshal(data, &v); err != nil {
			t.Fatal(err)
		}
		if (v.Error != "") != strings.HasPrefix(filepath.Base(f), "bad-") {
			t.Errorf("%s: its name says otherwise", filepath.Base(f))
		}
		k := kinds[v.Kind]
		if v.Error != "" {
			bad++
			k[1]++
		} else {
			k[0]++
		}
		kinds[v.Kind] = k
	}
	if len(files) < 80 || bad*3 < len(files)*2 {
		t.Errorf("%d cases, %d of them failing ones", len(files), bad)
	}
	for kind := range vectorKinds {
		if kinds[kind][0] == 0 || kinds[kind][1] == 0 {
			t.Errorf("%s: %d good, %d bad", kind, kinds[kind][0], kinds[kind][1])
		}
	}
}

// Each case, with its expectation turned round or spoilt, must fail.
func TestRunVectorRefuses(t *testing.T) {
	files, _ := filepath.Glob(vectorDir + "/*.json")
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var v vector
		if err := json.Unmarshal(data, &v); err != nil {
			t.Fatal(err)
		}
		if v.Expect == "ok" {
			v.Expect, v.Error = "", "note-form"
		} else {
			v.Expect, v.Error = "ok", ""
		}
		turned, _ := json.Marshal(v)
		if RunVector(turned) == nil {
			t.Errorf("%s passes both ways", filepath.Base(f))
		}
	}
	key := testSigner(t, "demo.example/log", 1).Key().String()
	for _, c := range []string{
		`{"desc":"","kind":"key","text":"` + key + `"}`,
		`{"desc":"","kind":"key","text":"` + key + `","expect":"good"}`,
		`{"desc":"","kind":"key","text":"` + key + `","expect":"ok","error":"key-id"}`,
		`{"desc":"","kind":"key","text":"` + key + `","hex":"00","expect":"ok"}`,
		`{"desc":"","kind":"key","hex":"0","error":"key-form"}`,
		`{"desc":"","kind":"key","expect":"ok"}`,
		`{"desc":"","kind":"kee","text":"x","error":"key-form"}`,
		`{"desc":"","kind":"key","text":"x","error":"key-id"}`,
		`{"desc":"","kind":"key","text":"x","error":"key-form","x":1}`,
		`{"desc":"","kind":"key","text":"x","error":"key-form"} 1`,
		`{"desc":"","kind":"policy","text":"quorum none\n","expect":"ok"}`,
		`{"desc":"","kind":"policy","text":"quorum none\n","canonical":"quorum none\n","overlap":1,"expect":"ok"}`,
		`{"desc":"","kind":"bundle","hex":"000161","width":1,"entries":["b"],"expect":"ok"}`,
		`{"desc":"","kind":"checkpoint","text":"x","error":"note-form"}`,
		`[]`, ``,
	} {
		if RunVector([]byte(c)) == nil {
			t.Errorf("passed: %s", c)
		}
	}
	if err := RunVector([]byte(`{"desc":"","kind":"key","text":"x","error":"key-form"}`)); err != nil {
		t.Error(err)
	}
}

// vectorWriter makes the files. What each case must give is written here by
// hand; TestVectors then holds the code against it.
type vectorWriter struct {
	t     testing.TB
	names map[string]bool
}

func (w *vectorWriter) put(name string, v vector, input string) {
	w.t.Helper()
	if utf8.ValidString(input) && v.Kind != "bundle" {
		v.Text = &input
	} else {
		v.Hex = hex.EncodeToString([]byte(input))
	}
	prefix := "bad-"
	if v.Error == "" {
		v.Expect, prefix = "ok", "good-"
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(v); err != nil {
		w.t.Fatal(err)
	}
	file := filepath.Join(vectorDir, prefix+v.Kind+"-"+name+".json")
	if w.names[file] {
		w.t.Fatalf("%s twice", file)
	}
	w.names[file] = true
	if err := os.WriteFile(file, []byte(b.String()), 0o644); err != nil {
		w.t.Fatal(err)
	}
}

// swap replaces the first old by new and fails if there is none.
func (w *vectorWriter) swap(s, old, new string) string {
	w.t.Helper()
	if !strings.Contains(s, old) {
		w.t.Fatalf("%q is not in %q", old, s)
	}
	return strings.Replace(s, old, new, 1)
}

func writeVectors(t *testing.T) {
	old, _ := filepath.Glob(vectorDir + "/*.json")
	for _, f := range old {
		if err := os.Remove(f); err != nil {
			t.Fatal(err)
		}
	}
	w := &vectorWriter{t, map[string]bool{}}
	w.keys()
	w.notes()
	w.checkpoints()
	w.proofs()
	w.policies()
	w.bundles()
}

func (w *vectorWriter) keys() {
	key := testSigner(w.t, "demo.example/log", 1).Key()
	good := key.String()
	raw := func(typ byte, pub string) string {
		b, err := hex.DecodeString(pub)
		if err != nil {
			w.t.Fatal(err)
		}
		k := Key{Name: "demo.example/log", ID: keyID("demo.example/log", typ, b), Public: b, Type: typ}
		return k.String()
	}
	w.put("ascii", vector{Kind: "key", Desc: "a name, the id that follows from name and key, type 1 and 32 bytes"}, good)
	w.put("chinese", vector{Kind: "key", Desc: "a name is any UTF-8 without spaces and plus signs"}, testSigner(w.t, "演示办公室", 2).Key().String())
	w.put("plain", vector{Kind: "witness-key", Desc: "type 4: timestamped cosignatures"}, testWitness(w.t, "w.example", 3).Key().String())
	pq, err := NewPostQuantumSigner("w.example", [32]byte{3})
	if err != nil {
		w.t.Fatal(err)
	}
	w.put("post-quantum", vector{Kind: "witness-key", Desc: "type 6: ML-DSA-44, 1312 bytes; here of the seed 03 and 31 zeros"}, pq.Key().String())
	w.put("post-quantum-short", vector{Kind: "witness-key", Desc: "type 6 with 1309 bytes", Error: "key-form"}, pq.Key().String()[:len(pq.Key().String())-4])
	w.put("post-quantum-log", vector{Kind: "key", Desc: "type 6 is no log's key", Error: "key-type"}, pq.Key().String())
	w.put("log-key", vector{Kind: "witness-key", Desc: "a log's key is no witness's key", Error: "key-type"}, good)
	for _, c := range []struct{ name, code, desc, text string }{
		{"witness", "key-type", "a witness's key is no log's key", testWitness(w.t, "w.example", 3).Key().String()},
		{"id", "key-id", "an id that does not follow from name and key", w.swap(good, good[17:25], "00000000")},
		{"id-upper", "key-id", "the id in upper case", strings.Replace(good, good[17:25], strings.ToUpper(good[17:25]), 1)},
		{"name", "key-id", "another name with the id left as it was", w.swap(good, "demo", "dema")},
		{"empty-name", "key-name", "no name", "+" + strings.SplitN(good, "+", 2)[1]},
		{"space", "key-name", "a space in the name", w.swap(good, "demo.", "demo ")},
		{"wide-space", "key-name", "an ideographic space in the name", w.swap(good, "demo.", "demo\u3000")},
		{"newline", "key-form", "a newline at the end", good + "\n"},
		{"padding", "key-form", "a padding sign where none belongs", good + "="},
		{"short", "key-form", "a byte too few", good[:len(good)-4]},
		{"no-key", "key-form", "name and id alone", "demo.example/log+00000000"},
		{"empty", "key-form", "nothing", ""},
		{"identity", "key-point", "the neutral point", raw(1, "0100000000000000000000000000000000000000000000000000000000000000")},
		{"order-8", "key-point", "a point of order 8", raw(1, "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")},
		{"not-reduced", "key-point", "y = p + 1: a second encoding of the neutral point", raw(1, "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f")},
		{"off-curve", "key-point", "no point of the curve", raw(1, "0200000000000000000000000000000000000000000000000000000000000000")},
		{"torsion", "key-point", "a good key with the point of order 2 added", raw(1, w.torsion(key))},
	} {
		w.put(c.name, vector{Kind: "key", Desc: c.desc, Error: c.code}, c.text)
	}
}

// torsion is the key plus the point of order 2, which is (−x, −y).
func (w *vectorWriter) torsion(k Key) string {
	p := [32]byte(k.Public)
	sign := p[31] >> 7
	p[31] &= 0x7f
	borrow := 0 // y' = p − y with p = 2^255 − 19
	for i := range p {
		prime := 0xff
		if i == 0 {
			prime = 0xed
		} else if i == 31 {
			prime = 0x7f
		}
		d := prime - int(p[i]) - borrow
		borrow = 0
		if d < 0 {
			d, borrow = d+256, 1
		}
		p[i] = byte(d)
	}
	p[31] |= (1 - sign) << 7
	return hex.EncodeToString(p[:])
}

func (w *vectorWriter) notes() {
	a, b := testSigner(w.t, "demo.example/log", 1), testSigner(w.t, "演示办公室", 2)
	text := "sunlot/v1 charter\ndemo.example/log\n{}\n"
	format := func(text string, s ...Signer) string {
		msg, err := FormatNote(text, s...)
		if err != nil {
			w.t.Fatal(err)
		}
		return string(msg)
	}
	ka, kb := a.Key().String(), b.Key().String()
	one, two := format(text, a), format(text, a, b)
	line := strings.TrimPrefix(one, text+"\n")
	b64 := strings.Fields(line)[2]
	keys := []string{ka, kb}
	w.put("one", vector{Kind: "note", Desc: "one signature", Keys: keys, Signed: []string{ka}}, one)
	w.put("two", vector{Kind: "note", Desc: "two signatures", Keys: keys, Signed: keys}, two)
	w.put("empty-lines", vector{Kind: "note", Desc: "the last empty line ends the text", Keys: keys, Signed: []string{ka}}, format("a\n\n\nb\n", a))
	w.put("altered", vector{Kind: "note", Desc: "a well-formed note whose text was altered: nobody signed it", Keys: keys}, w.swap(one, "charter", "charters"))
	w.put("unknown-kind", vector{Kind: "note", Desc: "a line of a kind that is not verified is no harm", Keys: keys, Signed: []string{ka}}, one+"— pq.example AAAAAAEC\n")
	w.put("bad-line", vector{Kind: "note", Desc: "a line of a listed key that does not verify does not count", Keys: keys, Signed: []string{kb}}, w.swap(two, b64[:40], b64[:36]+"AAAA"))
	w.put("other-id", vector{Kind: "note", Desc: "the name of a key with another id is another key", Keys: keys}, w.swap(one, b64[:4], "AAAA"))
	w.put("s-too-large", vector{Kind: "note", Desc: "S + L in place of S does not verify", Keys: keys}, w.swap(one, b64, w.largeS(b64)))
	for _, c := range []struct{ name, code, desc, text string }{
		{"carriage-return", "note-text", "a text with \\r\\n", strings.ReplaceAll(one, "charter\n", "charter\r\n")},
		{"cr-in-base64", "note-form", "a \\r that decoders skip within the base64", w.swap(one, b64, b64[:8]+"\r"+b64[8:])},
		{"tab", "note-text", "a control character", w.swap(one, "{}", "{\t}")},
		{"no-last-newline", "note-form", "no newline at the end", strings.TrimSuffix(one, "\n")},
		{"extra-newline", "note-form", "an empty line after the signatures", one + "\n"},
		{"no-signature", "note-form", "a text and an empty line", text + "\n"},
		{"no-empty-line", "note-form", "signatures right after the text", text + line},
		{"hyphen", "note-form", "a hyphen in place of the dash", w.swap(one, "— ", "- ")},
		{"no-space", "note-form", "no space after the dash", w.swap(one, "— ", "—")},
		{"two-spaces", "note-base64", "two spaces before the base64", w.swap(one, " "+b64, "  "+b64)},
		{"trailing-space", "note-base64", "a space after the base64", w.swap(one, b64, b64+" ")},
		{"spare-bits", "note-base64", "spare bits of the last character set", w.swap(one, b64, w.spareBits(b64))},
		{"no-padding", "note-base64", "the padding left out", w.swap(one, b64, strings.TrimRight(b64, "="))},
		{"url-base64", "note-base64", "the other alphabet of base64", w.swap(one, b64, strings.NewReplacer("+", "-", "/", "_").Replace(b64))},
		{"id-only", "note-base64", "an id and no signature", text + "\n— demo.example/log AAAAAA==\n"},
		{"duplicate", "note-duplicate", "two lines of one key", one + line},
		{"plus-in-name", "note-name", "a plus sign in a name", w.swap(one, "— demo", "— demo+")},
		{"wide-space-in-name", "note-name", "an ideographic space in a name", w.swap(one, "— demo", "— demo\u3000")},
		{"65-lines", "note-signatures", "more than 64 lines", text + "\n" + strings.Repeat(line, 65)},
		{"not-utf-8", "note-text", "a byte that is no UTF-8", w.swap(one, "{}", "\xff")},
		{"overlong", "note-text", "a NUL in two bytes", w.swap(one, "{}", "\xc0\x80")},
		{"byte-order-mark-dash", "note-form", "a byte order mark before the dash", w.swap(one, "— ", "\ufeff— ")},
		{"empty", "note-form", "nothing", ""},
	} {
		w.put(c.name, vector{Kind: "note", Desc: c.desc, Keys: keys, Error: c.code}, c.text)
	}
}

func (w *vectorWriter) spareBits(b64 string) string {
	trimmed := strings.TrimRight(b64, "=")
	if len(trimmed) == len(b64) {
		w.t.Fatal("no padding, no spare bits")
	}
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
	last := strings.IndexByte(alphabet, trimmed[len(trimmed)-1])
	return trimmed[:len(trimmed)-1] + string(alphabet[last|1]) + b64[len(trimmed):]
}

func (w *vectorWriter) largeS(b64 string) string {
	raw, err := base64.StdEncoding.DecodeString(b64)
	if err != nil {
		w.t.Fatal(err)
	}
	order, _ := hex.DecodeString("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010")
	carry := 0
	for i := range 32 {
		carry += int(raw[36+i]) + int(order[i])
		raw[36+i] = byte(carry)
		carry >>= 8
	}
	return base64.StdEncoding.EncodeToString(raw)
}

package ledger

import (
	"encoding/base64"
	"fmt"
	"strings"
)

func (w *vectorWriter) checkpoints() {
	s := testSigner(w.t, "demo.example/log", 1)
	key := []string{s.Key().String()}
	root := Hash{1, 2, 3}
	r64 := base64.StdEncoding.EncodeToString(root[:])
	good := string(signedCheckpoint(w.t, s, "demo.example/log", 9, root))
	sign := func(text string) string {
		msg, err := FormatNote(text, s)
		if err != nil {
			w.t.Fatal(err)
		}
		return string(msg)
	}
	empty := rootOf(nil)
	w.put("plain", vector{Kind: "checkpoint", Desc: "origin, size, root", Keys: key, Size: 9, Root: r64}, good)
	w.put("empty-tree", vector{Kind: "checkpoint", Desc: "size 0 and the hash of nothing", Keys: key, Root: base64.StdEncoding.EncodeToString(empty[:])},
		string(signedCheckpoint(w.t, s, "demo.example/log", 0, empty)))
	w.put("extension", vector{Kind: "checkpoint", Desc: "a further line", Keys: key, Size: 9, Root: r64}, sign("demo.example/log\n9\n"+r64+"\nmore\n"))
	for _, c := range []struct{ name, code, desc, text string }{
		{"leading-zero", "checkpoint-form", "09", sign("demo.example/log\n09\n" + r64 + "\n")},
		{"plus", "checkpoint-form", "+9", sign("demo.example/log\n+9\n" + r64 + "\n")},
		{"hex", "checkpoint-form", "0x9", sign("demo.example/log\n0x9\n" + r64 + "\n")},
		{"too-large", "checkpoint-form", "2^64", sign("demo.example/log\n18446744073709551616\n" + r64 + "\n")},
		{"no-size", "checkpoint-form", "an empty second line", sign("demo.example/log\n\n" + r64 + "\n")},
		{"no-origin", "checkpoint-form", "an empty first line", sign("\n9\n" + r64 + "\n")},
		{"two-lines", "checkpoint-form", "no root", sign("demo.example/log\n9\n")},
		{"root-spare-bits", "checkpoint-form", "spare bits in the root", sign("demo.example/log\n9\n" + w.spareBits(r64) + "\n")},
		{"root-short", "checkpoint-form", "31 bytes of root", sign("demo.example/log\n9\n" + base64.StdEncoding.EncodeToString(root[:31]) + "\n")},
		{"empty-extension", "checkpoint-form", "an empty further line", sign("demo.example/log\n9\n" + r64 + "\n\nmore\n")},
		{"other-origin", "checkpoint-origin", "the origin of another log, signed by this one", sign("other.example/log\n9\n" + r64 + "\n")},
		{"altered-size", "checkpoint-unsigned", "9 made 8", w.swap(good, "\n9\n", "\n8\n")},
		{"altered-root", "checkpoint-unsigned", "another root", w.swap(good, r64[:2], "BB")},
		{"other-key", "checkpoint-unsigned", "signed by another key of the same name", string(signedCheckpoint(w.t, testSigner(w.t, "demo.example/log", 2), "demo.example/log", 9, root))},
		{"no-checkpoint", "checkpoint-form", "a good note of another kind", sign("hello\n")},
		{"crlf", "note-text", "\\r\\n", w.swap(good, "\n9\n", "\r\n9\n")},
	} {
		w.put(c.name, vector{Kind: "checkpoint", Desc: c.desc, Keys: key, Error: c.code}, c.text)
	}
}

func (w *vectorWriter) proofs() {
	s, entries, data := testProof(w.t, 3)
	good := string(data)
	log := s.Key().String()
	policy := "log " + log + "\nquorum none\n"
	p, err := ParseProof(data)
	if err != nil {
		w.t.Fatal(err)
	}
	c, _, err := OpenCheckpoint(p.Checkpoint, s.Key())
	if err != nil {
		w.t.Fatal(err)
	}
	lines := strings.SplitAfter(good, "\n")
	h0, h1 := lines[2], lines[3]
	base := vector{Kind: "proof", Policy: policy, Entry: string(entries[3]), Size: 9, Root: base64.StdEncoding.EncodeToString(c.Root[:])}
	with := func(desc string) vector { v := base; v.Desc = desc; return v }
	w.put("plain", with("entry 3 of 9"), good)
	w.put("extra", with("opaque extra data is allowed and protected by nothing"), w.swap(good, "index ", "extra AAEC\nindex "))
	_, _, last := testProof(w.t, 8)
	v := with("the last entry: a path of one hash")
	v.Entry = string(entries[8])
	w.put("last", v, string(last))
	one := signedCheckpoint(w.t, s, "demo.example/log", 1, LeafHash(entries[0]))
	v = with("the only entry: no path at all")
	v.Entry, v.Size = string(entries[0]), 1
	leaf := LeafHash(entries[0])
	v.Root = base64.StdEncoding.EncodeToString(leaf[:])
	w.put("only", v, string(FormatProof(0, nil, one)))
	fail := func(name, code, desc, text string) {
		v := base
		v.Desc, v.Error, v.Size, v.Root = desc, code, 0, ""
		w.put(name, v, text)
	}
	fail("index-zero", "proof-form", "03", w.swap(good, "index 3", "index 03"))
	fail("index-other", "proof-wrong", "the path of another index", w.swap(good, "index 3", "index 2"))
	fail("index-beyond", "proof-range", "an index that the checkpoint does not cover", w.swap(good, "index 3", "index 9"))
	fail("index-huge", "proof-form", "2^64", w.swap(good, "index 3", "index 18446744073709551616"))
	fail("index-missing", "proof-form", "no index line", w.swap(good, "index 3\n", ""))
	fail("header", "proof-form", "another version", w.swap(good, "@v1", "@v2"))
	fail("header-missing", "proof-form", "no header", strings.TrimPrefix(good, lines[0]))
	fail("path-short", "proof-wrong", "a hash too few", w.swap(good, h1, ""))
	fail("path-long", "proof-wrong", "a hash too many", w.swap(good, h0, h0+h0))
	fail("path-swapped", "proof-wrong", "two hashes in the wrong order", w.swap(good, h0+h1, h1+h0))
	fail("path-spare-bits", "proof-form", "spare bits in a hash", w.swap(good, strings.TrimSpace(h0), w.spareBits(strings.TrimSpace(h0))))
	fail("path-no-padding", "proof-form", "the padding of a hash left out", w.swap(good, h0, strings.Replace(h0, "=", "", 1)))
	fail("path-cr", "proof-form", "a \\r that decoders skip within a hash", w.swap(good, h0, h0[:4]+"\r"+h0[4:]))
	fail("path-65", "proof-form", "more than 64 hashes", w.swap(good, h0, strings.Repeat(h0, 65)))
	fail("extra-spare-bits", "proof-form", "spare bits in the extra data", w.swap(good, "index ", "extra AB==\nindex "))
	fail("extra-twice", "proof-form", "two extra lines", w.swap(good, "index ", "extra AAEC\nextra AAEC\nindex "))
	fail("extra-after", "proof-form", "extra after the index", w.swap(good, "index 3\n", "index 3\nextra AAEC\n"))
	fail("no-checkpoint", "note-form", "no checkpoint", strings.SplitAfter(good, "\n\n")[0])
	fail("two-empty-lines", "checkpoint-form", "two empty lines before the checkpoint", w.swap(good, "\n\n", "\n\n\n"))
	fail("checkpoint-altered", "checkpoint-unsigned", "the size in the checkpoint altered", w.swap(good, "\n9\n", "\n10\n"))
	fail("checkpoint-crlf", "note-text", "\\r\\n in the checkpoint", w.swap(good, "\n9\n", "\r\n9\n"))
	v = base
	v.Desc, v.Error, v.Entry, v.Size, v.Root = "the proof of entry 3 held against entry 4", "proof-wrong", string(entries[4]), 0, ""
	w.put("other-entry", v, good)
	v.Desc, v.Error, v.Entry, v.Policy = "a policy without a log proves nothing", "policy-no-log", string(entries[3]), "quorum none\n"
	w.put("no-log", v, good)
	v.Desc, v.Error, v.Policy = "a policy with another log", "checkpoint-unsigned", "log "+testSigner(w.t, "demo.example/log", 2).Key().String()+"\nquorum none\n"
	w.put("other-log", v, good)
	v.Desc, v.Error, v.Policy = "a policy that wants a witness", "unwitnessed", policyText(w.t, "log "+log+"\nwitness a $W0\nquorum a\n")
	w.put("unwitnessed", v, good)
}

func (w *vectorWriter) policies() {
	two := 2
	zero := 0
	one := 1
	for _, c := range []struct {
		name, desc, text, canonical string
		overlap                     *int
	}{
		{"log-only", "a log and no witnesses", "log $L0\nquorum none\n", "log $L0\nquorum none\n", &zero},
		{"three-of-four", "3 of 4: any two quorums share 2", threeOfFour, threeOfFour, &two},
		{"two-of-three", "2 of 3: any two quorums share 1", "log $L0\nwitness a $W0\nwitness b $W1\nwitness c $W2\ngroup g 2 a b c\nquorum g\n", "log $L0\nwitness a $W0\nwitness b $W1\nwitness c $W2\ngroup g 2 a b c\nquorum g\n", &one},
		{"any", "two keys of one body form a group of any", "log $L0\nwitness a1 $W0\nwitness a2 $W1\nwitness b $W2\ngroup a any a1 a2\ngroup g all a b\nquorum g\n",
			"log $L0\nwitness a1 $W0\nwitness a2 $W1\nwitness b $W2\ngroup a 1 a1 a2\ngroup g 2 a b\nquorum g\n", &one},
		{"comments", "comments, tabs and empty lines are read over", "# 演示\n\n\tlog\t$L0 \n \nwitness  司法局  $W0\n  # end\nquorum 司法局\n", "log $L0\nwitness 司法局 $W0\nquorum 司法局\n", &one},
		{"url", "a URL may stand after a key", "log $L0 https://demo.example/\nwitness a $W0 https://w.example/\nquorum a\n", "log $L0 https://demo.example/\nwitness a $W0 https://w.example/\nquorum a\n", &one},
		{"post-quantum", "a witness of type 6 is listed, and named by no group", "log $L0\nwitness a $W0\nwitness a-pq $P\nquorum a\n", "log $L0\nwitness a $W0\nwitness a-pq $P\nquorum a\n", &one},
		{"order", "the order of logs and witnesses means nothing", "witness a $W0\nquorum a\nlog $L0\n", "log $L0\nwitness a $W0\nquorum a\n", &one},
	} {
		w.put(c.name, vector{Kind: "policy", Desc: c.desc, Canonical: policyText(w.t, c.canonical), Overlap: c.overlap}, policyText(w.t, c.text))
	}
	for _, c := range []struct{ name, code, desc, text string }{
		{"no-quorum", "policy-quorum", "no quorum line", "log $L0\n"},
		{"two-quorums", "policy-quorum", "two quorum lines", "quorum none\nquorum none\n"},
		{"no-newline", "policy-form", "no newline at the end", "quorum none"},
		{"crlf", "policy-form", "\\r\\n", "quorum none\r\n"},
		{"nul", "policy-form", "a NUL", "# \x00\nquorum none\n"},
		{"comment-after", "policy-form", "a comment after other words", "quorum none # ours\n"},
		{"unknown-word", "policy-form", "an unknown first word", "mirror $L0\nquorum none\n"},
		{"wide-space", "policy-form", "an ideographic space between words", "log\u3000$L0\nquorum none\n"},
		{"empty-group", "policy-form", "a group without members", "group g any\nquorum none\n"},
		{"undefined", "policy-name", "a quorum that nobody defined", "quorum a\n"},
		{"defined-later", "policy-name", "a member defined after its group", "group g any a\nwitness a $W0\nquorum g\n"},
		{"named-none", "policy-name", "a witness called none", "witness none $W0\nquorum none\n"},
		{"name-twice", "policy-name", "one name for two witnesses", "witness a $W0\nwitness a $W1\nquorum a\n"},
		{"key-twice", "policy-duplicate", "one key under two names", "witness a $W0\nwitness b $W0\nquorum a\n"},
		{"log-twice", "policy-duplicate", "one log twice", "log $L0\nlog $L0\nquorum none\n"},
		{"member-twice", "policy-duplicate", "one member twice in a group", "witness a $W0\nwitness b $W1\ngroup g 2 a a\nquorum g\n"},
		{"two-groups", "policy-duplicate", "one member in two groups", "witness a $W0\nwitness b $W1\ngroup g any a b\ngroup h any a\nquorum g\n"},
		{"threshold-0", "policy-threshold", "0 of 1", "witness a $W0\ngroup g 0 a\nquorum g\n"},
		{"threshold-large", "policy-threshold", "2 of 1", "witness a $W0\ngroup g 2 a\nquorum g\n"},
		{"threshold-01", "policy-threshold", "01", "witness a $W0\ngroup g 01 a\nquorum g\n"},
		{"post-quantum-member", "policy-not-counted", "a witness of type 6 in a group", "witness a $W0\nwitness a-pq $P\ngroup g any a a-pq\nquorum g\n"},
		{"post-quantum-quorum", "policy-not-counted", "a witness of type 6 as the quorum", "witness a-pq $P\nquorum a-pq\n"},
		{"log-is-witness", "key-type", "a witness's key for a log", "log $W0\nquorum none\n"},
		{"witness-is-log", "key-type", "a log's key for a witness", "witness a $L0\nquorum a\n"},
		{"bad-key", "key-form", "no key", "log demo.example\nquorum none\n"},
	} {
		w.put(c.name, vector{Kind: "policy", Desc: c.desc, Error: c.code}, policyText(w.t, c.text))
	}
	w.quorums()
}

func (w *vectorWriter) quorums() {
	s := testSigner(w.t, "demo0.example/log", 1)
	root := Hash{9}
	msg := signedCheckpoint(w.t, s, "demo0.example/log", 5, root)
	cosigned := func(which ...int) string {
		n, err := ParseNote(msg)
		if err != nil {
			w.t.Fatal(err)
		}
		for _, i := range which {
			sig, err := Cosign(n.Text, 1_692_806_400, testWitness(w.t, fmt.Sprintf("w%d.example", i), byte(20+i)))
			if err != nil {
				w.t.Fatal(err)
			}
			n.Signatures = append(n.Signatures, sig)
		}
		out, err := n.Format()
		if err != nil {
			w.t.Fatal(err)
		}
		return string(out)
	}
	policy := policyText(w.t, threeOfFour)
	good := vector{Kind: "quorum", Policy: policy, Size: 5, Root: base64.StdEncoding.EncodeToString(root[:])}
	good.Desc = "three of four cosigned"
	w.put("three", good, cosigned(0, 2, 3))
	good.Desc = "all cosigned, and one whom the policy does not know"
	w.put("four", good, cosigned(0, 1, 2, 3, 7))
	bad := vector{Kind: "quorum", Policy: policy, Error: "unwitnessed", Desc: "two of four cosigned"}
	w.put("two", bad, cosigned(0, 1))
	bad.Desc = "two of four, and two whom the policy does not know"
	w.put("strangers", bad, cosigned(0, 1, 7, 8))
	w.postQuantum(good, cosigned(0, 2, 3), cosigned(0, 2))
	full := cosigned(0, 1, 2)
	n, err := ParseNote([]byte(full))
	if err != nil {
		w.t.Fatal(err)
	}
	n.Signatures[2].Bytes[7]++ // the second witness's time, one second later
	out, err := n.Format()
	if err != nil {
		w.t.Fatal(err)
	}
	bad.Desc = "the time of one cosignature altered"
	w.put("time-altered", bad, string(out))
	bad.Desc, bad.Error = "the same cosignature twice", "note-duplicate"
	lines := strings.SplitAfter(cosigned(0, 1), "\n")
	w.put("twice", bad, strings.Join(lines, "")+lines[len(lines)-2])
	bad.Desc, bad.Error = "cosigned by three, and not signed by the log", "checkpoint-unsigned"
	w.put("log-missing", bad, w.swap(full, strings.SplitAfter(string(msg), "\n")[4], ""))
}

// postQuantum adds a line of type 6 to three cosignatures and to two.
func (w *vectorWriter) postQuantum(good vector, three, two string) {
	pq, err := NewPostQuantumSigner("w0.example", [32]byte{40})
	if err != nil {
		w.t.Fatal(err)
	}
	add := func(msg string, flip byte) string {
		n, err := ParseNote([]byte(msg))
		if err != nil {
			w.t.Fatal(err)
		}
		sig, err := Cosign(n.Text, 1_692_806_400, pq)
		if err != nil {
			w.t.Fatal(err)
		}
		sig.Bytes[7] ^= flip
		n.Signatures = append(n.Signatures, sig)
		out, err := n.Format()
		if err != nil {
			w.t.Fatal(err)
		}
		return string(out)
	}
	good.Policy = policyText(w.t, strings.Replace(threeOfFour, "group", "witness a-pq $P\ngroup", 1))
	good.Desc = "three of four cosigned, and a line of type 6"
	w.put("post-quantum", good, add(three, 0))
	good.Desc = "three of four cosigned, and a line of type 6 whose time was altered: it does not count and spoils nothing"
	w.put("post-quantum-bad", good, add(three, 1))
	w.put("post-quantum-two", vector{Kind: "quorum", Policy: good.Policy, Error: "unwitnessed", Desc: "two of four cosigned; a line of type 6 does not count"}, add(two, 0))
	key := pq.Key().String()
	w.put("post-quantum", vector{Kind: "note", Desc: "a line of type 6 over a checkpoint", Keys: []string{key}, Signed: []string{key}}, add(three, 0))
	w.put("post-quantum-time", vector{Kind: "note", Desc: "a line of type 6 whose time was altered", Keys: []string{key}}, add(three, 1))
}

func (w *vectorWriter) bundles() {
	good, err := FormatBundle([][]byte{[]byte("a"), nil, []byte("抽")})
	if err != nil {
		w.t.Fatal(err)
	}
	w.put("three", vector{Kind: "bundle", Desc: "three entries, one of them empty", Width: 3, Entries: []string{"a", "", "抽"}}, string(good))
	for _, c := range []struct {
		name, desc string
		width      int
		data       string
	}{
		{"narrow", "an entry more than the width", 2, string(good)},
		{"wide", "an entry less than the width", 4, string(good)},
		{"cut", "cut within an entry", 3, string(good[:len(good)-1])},
		{"cut-length", "cut within a length", 2, string(good[:4])},
		{"tail", "a byte behind the last entry", 3, string(good) + "\x00"},
	} {
		w.put(c.name, vector{Kind: "bundle", Desc: c.desc, Width: c.width, Error: "bundle-form"}, c.data)
	}
}

package ledger

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
)

// text is a policy of up to four witnesses a group, as a careful or careless
// hand writes it.
func (w *caseWriter) policy(keys []Key) string {
	gap := func() string { return pick(w, " ", " ", " ", "\t", "  ") }
	var b strings.Builder
	var free []string // names that a group may take
	for i, k := range keys {
		name := fmt.Sprintf("w%d", i)
		if k.Type == Ed25519 {
			fmt.Fprintf(&b, "log%s%s\n", gap(), k)
			continue
		}
		url := pick(w, "", "", " https://w.example/")
		fmt.Fprintf(&b, "witness%s%s%s%s%s\n", gap(), name, gap(), k, url)
		if k.Type == Cosigning || w.IntN(20) == 0 {
			free = append(free, name)
		}
	}
	for g := range w.IntN(4) {
		n := w.IntN(len(free)) + 1
		w.Shuffle(len(free), func(i, j int) { free[i], free[j] = free[j], free[i] })
		k := pick(w, "any", "all", "1", fmt.Sprint(n), fmt.Sprint(n/2+1), fmt.Sprint(w.IntN(n+2)))
		name := pick(w, fmt.Sprintf("g%d", g), "演示"+fmt.Sprint(g))
		fmt.Fprintf(&b, "group%s%s%s%s%s%s\n", gap(), name, gap(), k, gap(), strings.Join(free[:n], " "))
		free = append(slices.Clone(free[n:]), name)
		if w.IntN(10) == 0 {
			b.WriteString(pick(w, "\n", "# words\n", " \t\n", "\t# words\n", "#\n"))
		}
	}
	fmt.Fprintf(&b, "quorum%s%s\n", gap(), pick(w, append(free, "none", free[len(free)-1])...))
	return b.String()
}

// randomPolicies are policies and checkpoints that count under them or not.
func randomPolicies(w *caseWriter) {
	logs := []Signer{testSigner(w.t, "demo.example/log", 1), testSigner(w.t, "other.example/log", 2)}
	var witnesses []Signer
	for i := range 5 {
		witnesses = append(witnesses, testWitness(w.t, fmt.Sprintf("w%d.example", i), byte(10+i)))
	}
	pq, err := NewPostQuantumSigner("w9.example", [32]byte{9})
	if err != nil {
		w.t.Fatal(err)
	}
	for i := range 600 {
		list := slices.Clone(witnesses[:1+w.IntN(5)])
		if i%6 == 0 {
			list = append(list, pq)
		}
		var keys []Key
		for _, s := range slices.Concat(logs[:pick(w, 0, 1, 1, 1, 2, 2)], list) {
			keys = append(keys, s.Key())
		}
		text := []byte(w.policy(keys))
		if w.IntN(3) == 0 {
			text = w.mutate(text)
		}
		p, err := ParsePolicy(text)
		if err != nil {
			w.add("policy", "refused", nil, text)
			continue
		}
		overlap, err := p.Overlap()
		if err != nil {
			w.t.Fatal(err)
		}
		w.add("policy", fmt.Sprintf("%s%d", p.text(), overlap), nil, text)
		w.quorum(p, text, logs, list)
	}
}

// quorum is a checkpoint under a policy.
func (w *caseWriter) quorum(p *Policy, policy []byte, logs, list []Signer) {
	root := w.hash()
	log := logs[w.IntN(6)/5]
	origin, size := log.Key().Name, fmt.Sprint(w.Uint64N(1<<20))
	switch w.IntN(12) {
	case 0:
		origin = pick(w, "third.example/log", logs[1].Key().Name)
	case 1, 2:
		size = pick(w, "0", "281474976710656", "281474976710657", "01", "-1", "9007199254740993")
	}
	extra := pick(w, "", "", "", "more\n")
	n := &Note{Text: fmt.Sprintf("%s\n%s\n%s\n%s", origin, size, base64.StdEncoding.EncodeToString(root[:]), extra)}
	for _, s := range append([]Signer{log}, list...) {
		if w.IntN(7) > 0 {
			n.Signatures = append(n.Signatures, signed(w, n.Text, s))
		}
	}
	if len(n.Signatures) == 0 {
		return
	}
	msg := n.bytes()
	want := "refused"
	if c, err := p.Open(msg); err == nil {
		want = fmt.Sprintf("%s %d %x", c.Origin, c.Size, c.Root[:])
		for _, witness := range p.Witnesses {
			if at, ok := n.CosignedAt(witness.Key); ok {
				want += fmt.Sprintf(" %s@%d", witness.Name, at)
			}
		}
	}
	w.add("quorum", want, nil, msg, policy)
}

// path is PATH(m, D[n]) of RFC 6962 §2.1.1, straight from its definition.
func path(m int, d []Hash) []Hash {
	if len(d) <= 1 {
		return nil
	}
	k := below(len(d))
	if m < k {
		return append(path(m, d[:k]), rootOf(d[k:]))
	}
	return append(path(m-k, d[k:]), rootOf(d[:k]))
}

// proof is SUBPROOF(m, D[n], b) of RFC 6962 §2.1.2.
func proof(m int, d []Hash, whole bool) []Hash {
	if m == len(d) {
		if whole {
			return nil
		}
		return []Hash{rootOf(d)}
	}
	k := below(len(d))
	if m <= k {
		return append(proof(m, d[:k], whole), rootOf(d[k:]))
	}
	return append(proof(m-k, d[k:], false), rootOf(d[:k]))
}

// below is the largest power of two below n.
func below(n int) int {
	k := 1
	for k*2 < n {
		k *= 2
	}
	return k
}

// tree is n entries and their leaves.
func (w *caseWriter) tree(n int) (entries [][]byte, leaves []Hash) {
	for range n {
		e := w.bytes(1 + w.IntN(8))
		entries, leaves = append(entries, e), append(leaves, LeafHash(e))
	}
	return entries, leaves
}

// spoil changes a list of hashes, or nothing.
func (w *caseWriter) spoil(list []Hash) []Hash {
	list = slices.Clone(list)
	if len(list) == 0 {
		return pick(w, list, []Hash{w.hash()})
	}
	i, j := w.IntN(len(list)), w.IntN(len(list))
	switch w.IntN(8) {
	case 0:
		list[i][w.IntN(32)] ^= 1
	case 1:
		list[i], list[j] = list[j], list[i]
	case 2:
		list = slices.Delete(list, i, i+1)
	case 3:
		list = slices.Insert(list, i, list[j])
	case 4:
		list = slices.Insert(list, i, w.hash())
	}
	return list
}

// randomProofs are proof files of trees of all sizes up to 130, and some larger.
func randomProofs(w *caseWriter) {
	log := testSigner(w.t, "demo.example/log", 1)
	policy := fmt.Appendf(nil, "log %s\nquorum none\n", log.Key())
	p, err := ParsePolicy(policy)
	if err != nil {
		w.t.Fatal(err)
	}
	for i := range 500 {
		size := 1 + i%130
		if i%50 == 0 {
			size = 1 + w.IntN(1000)
		}
		entries, leaves := w.tree(size)
		index := w.IntN(size)
		hashes := path(index, leaves)
		if w.IntN(3) == 0 {
			hashes = w.spoil(hashes)
		}
		named := uint64(pick(w, index, index, index, index, index, w.IntN(size+1), size))
		data := FormatProof(named, hashes, signedCheckpoint(w.t, log, log.Key().Name, uint64(size), rootOf(leaves)))
		if w.IntN(4) == 0 {
			data = w.mutate(data)
		}
		entry := entries[index]
		want := "refused"
		if f, err := ParseProof(data); err == nil {
			if c, err := f.Check(entry, p); err == nil {
				want = fmt.Sprintf("%d %d %x", f.Index, c.Size, c.Root[:])
			}
		}
		w.add("proof", want, nil, data, entry, policy)
	}
}

// randomPaths are paths in trees that nobody could build, up to 2^48 leaves:
// the root is where the hashes lead.
func randomPaths(w *caseWriter) {
	for range 400 {
		size := 1 + w.Uint64N(1<<w.IntN(49))
		index := pick(w, w.Uint64N(size), size-1, 0, w.Uint64N(size)&^(1<<w.IntN(48)-1))
		var left []bool // from the root down
		for m, n := index, size; n > 1; {
			k := uint64(1)
			for k*2 < n {
				k *= 2
			}
			if left = append(left, m < k); m < k {
				n = k
			} else {
				m, n = m-k, n-k
			}
		}
		leaf := w.hash()
		root, hashes := leaf, make([]Hash, 0, len(left))
		for _, l := range slices.Backward(left) {
			h := w.hash()
			hashes = append(hashes, h)
			if l {
				root = nodeHash(root, h)
			} else {
				root = nodeHash(h, root)
			}
		}
		if w.IntN(3) == 0 {
			hashes = w.spoil(hashes)
		}
		index, size = pick(w, index, index, index, index^1, index+1), pick(w, size, size, size, size+1, size-1)
		in := [][]byte{leaf[:], root[:]}
		for _, h := range hashes {
			in = append(in, h[:])
		}
		want := "good"
		if CheckInclusion(hashes, index, leaf, size, root) != nil {
			want = "refused"
		}
		w.add("path", want, []uint64{index, size}, in...)
	}
}

func randomConsistency(w *caseWriter) {
	for i := range 700 {
		size := i % 66
		_, leaves := w.tree(size)
		old := w.IntN(size + 1)
		var hashes []Hash
		if old > 0 {
			hashes = proof(old, leaves, true)
		}
		oldRoot, root := rootOf(leaves[:old]), rootOf(leaves)
		if w.IntN(3) == 0 {
			hashes = w.spoil(hashes)
		}
		switch w.IntN(10) {
		case 0:
			oldRoot[3] ^= 1
		case 1:
			root[3] ^= 1
		case 2:
			old = w.IntN(size + 2)
		}
		in := [][]byte{oldRoot[:], root[:]}
		for _, h := range hashes {
			in = append(in, h[:])
		}
		want := "good"
		if CheckConsistency(hashes, uint64(old), oldRoot, uint64(size), root) != nil {
			want = "refused"
		}
		w.add("consistency", want, []uint64{uint64(old), uint64(size)}, in...)
	}
}

package ledger

import (
	"bytes"
	"testing"
)

func FuzzNote(f *testing.F) {
	s := testSigner(f, "demo.example/log", 1)
	msg, _ := FormatNote("一\n\ntwo\n", s)
	f.Add(msg)
	f.Add([]byte("x\n\n— a AAAAAAA=\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		n, err := ParseNote(data)
		if err != nil {
			return
		}
		if again, err := n.Format(); err != nil || !bytes.Equal(again, data) {
			t.Fatalf("%q came back as %q, %v", data, again, err)
		}
		if len(n.SignedBy(s.Key())) > 0 && n.Text != "一\n\ntwo\n" {
			t.Fatalf("a forged note: %q", data)
		}
	})
}

func FuzzCheckpoint(f *testing.F) {
	f.Add("demo.example/log\n9\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n")
	f.Fuzz(func(t *testing.T, text string) {
		if c, err := ParseCheckpoint(text); err == nil {
			if again, err := FormatCheckpoint(c); err != nil || again != text {
				t.Fatalf("%q came back as %q, %v", text, again, err)
			}
		}
	})
}

func FuzzProof(f *testing.F) {
	_, _, data := testProof(f, 3)
	f.Add(data)
	f.Add(bytes.Replace(data, []byte("index"), []byte("extra AA==\nindex"), 1))
	f.Fuzz(func(t *testing.T, data []byte) {
		if p, err := ParseProof(data); err == nil && !bytes.Equal(p.Format(), data) {
			t.Fatalf("%q came back as %q", data, p.Format())
		}
	})
}

func FuzzKey(f *testing.F) {
	f.Add(testSigner(f, "demo.example/log", 1).Key().String())
	f.Fuzz(func(t *testing.T, vkey string) {
		if k, err := ParseKey(vkey); err == nil && k.String() != vkey {
			t.Fatalf("%q came back as %q", vkey, k)
		}
	})
}

func FuzzPolicy(f *testing.F) {
	f.Add([]byte(policyText(f, threeOfFour)))
	f.Add([]byte(policyText(f, "# x\n log $L0 \nquorum none\n")))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := ParsePolicy(data)
		if err != nil {
			return
		}
		text, err := FormatPolicy(p)
		if err != nil {
			t.Fatalf("%q: %v", data, err)
		}
		if again, err := ParsePolicy(text); err != nil || !bytes.Equal(again.text(), text) {
			t.Fatalf("%q: not the same again: %v", data, err)
		}
	})
}

func FuzzBundle(f *testing.F) {
	data, _ := FormatBundle(testEntries(3))
	f.Add(data, 3)
	f.Fuzz(func(t *testing.T, data []byte, width int) {
		if width < 1 || width > TileWidth {
			return
		}
		if entries, err := ParseBundle(data, width); err == nil {
			if again, err := FormatBundle(entries); err != nil || !bytes.Equal(again, data) {
				t.Fatalf("another bundle came back: %v", err)
			}
		}
	})
}

func FuzzTileName(f *testing.F) {
	f.Add("tile/2/x001/x234/067.p/9")
	f.Add("tile/entries/000")
	f.Fuzz(func(t *testing.T, name string) {
		level, n, width, ok := parseTileName(name)
		if !ok {
			return
		}
		again := TilePath(level, n, width)
		if level < 0 {
			again = BundlePath(n, width)
		}
		if again != name {
			t.Fatalf("%q came back as %q", name, again)
		}
	})
}

func FuzzGuardRecord(f *testing.F) {
	s := testSigner(f, "demo.example/log", 1)
	f.Add(formatRecord(5, signedCheckpoint(f, s, "demo.example/log", 0, rootOf(nil))))
	f.Fuzz(func(t *testing.T, data []byte) {
		if r, err := parseRecord(data, s.Key()); err == nil && !bytes.Equal(formatRecord(r.time, r.checkpoint), data) {
			t.Fatalf("%q came back otherwise", data)
		}
	})
}

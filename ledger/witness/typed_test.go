package witness

import (
	"bytes"
	"testing"
)

func TestTyped(t *testing.T) {
	const one = "— w1.example AAECAwQFBgcICQoLDA0ODw==\n"
	const two = "— w2.example/sub //8AAQID+/v7+w==\n"
	for in, want := range map[string]string{
		one:       one,
		one + two: one + two,
		"－　ｗ１．ｅｘａｍｐｌｅ　ＡＡＥＣ AwQF BgcI\nCQoLDA0ODw＝＝":                                             one,
		"—— w1.example AAECAwQFBgcICQoLDA0ODw==":                                                one,
		"-w1.example AAECAwQFBgcICQoLDA0ODw==":                                                  one,
		"- w1.example\r\n AAECAwQF\r\n BgcICQoLDA0ODw==\r\n-- w2.example/sub //8AAQID +/v7+w==": one + two,
		"见证签名如下：\n" + one:                                                                       one,
		"— w1.example":                                                                          "",
		"":                                                                                      "",
		"— —":                                                                                   "",
	} {
		if got := string(Typed([]byte(in))); got != want {
			t.Errorf("%q:\n%q, want\n%q", in, got, want)
		}
	}
}

func FuzzTyped(f *testing.F) {
	f.Add([]byte("— w1.example AAECAwQFBgcICQoLDA0ODw==\n"))
	f.Add([]byte("－ ｗ AA\n— "))
	f.Fuzz(func(t *testing.T, data []byte) {
		if once := Typed(data); !bytes.Equal(Typed(once), once) {
			t.Fatalf("%q becomes %q, and that something else", data, once)
		}
	})
}

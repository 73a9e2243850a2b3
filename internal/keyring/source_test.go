package keyring

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/sunlot/sunlot/internal/fault"
)

// prompts answers in turn and counts.
type prompts struct {
	answers []string
	labels  []string
}

func (p *prompts) ask(label string) (string, error) {
	p.labels = append(p.labels, label)
	if len(p.answers) == 0 {
		return "", errors.New("asked once too often")
	}
	a := p.answers[0]
	p.answers = p.answers[1:]
	return a, nil
}

func TestSourceOrder(t *testing.T) {
	vars := env(map[string]string{"SUNLOT_PASSPHRASE": "from env"})
	ask := func() *prompts { return &prompts{answers: []string{"from prompt"}} }
	for want, s := range map[string]*Source{
		"from fd":     {FD: strings.NewReader("from fd\r\nnext"), Env: vars, Prompt: ask().ask},
		"from env":    {Env: vars, Prompt: ask().ask},
		"from prompt": {Env: env(map[string]string{"SUNLOT_PASSPHRASE": ""}), Prompt: ask().ask},
	} {
		for range 2 { // asked once, remembered
			if got, err := s.Secret("label"); got != want || err != nil {
				t.Errorf("got %q, %v, want %q", got, err, want)
			}
		}
	}
}

func TestSourceRefuses(t *testing.T) {
	for _, c := range []struct {
		s    *Source
		code string
	}{
		{&Source{}, "keyring.no-secret"},
		{&Source{Env: env(nil)}, "keyring.no-secret"},
		{&Source{FD: strings.NewReader("")}, "keyring.no-secret"},
		{&Source{FD: strings.NewReader("\nnext")}, "keyring.no-secret"},
		{&Source{FD: strings.NewReader(strings.Repeat("x", 5000))}, "keyring.passphrase-form"},
		{&Source{FD: iotest.ErrReader(io.ErrClosedPipe)}, "keyring.unreadable"},
	} {
		_, err := c.s.Secret("label")
		wantCode(t, err, c.code)
	}
}

func TestNewSecret(t *testing.T) {
	s := &Source{FD: strings.NewReader(passOne + "\n" + passTwo + "\nshort\n")}
	for n, want := range []string{passOne, passTwo} {
		if got, err := s.NewSecret("label", n+1); got != want || err != nil {
			t.Errorf("got %q, %v", got, err)
		}
	}
	_, err := s.NewSecret("label", 3)
	wantCode(t, err, "keyring.passphrase-short")

	s = &Source{Env: env(map[string]string{"SUNLOT_PASSPHRASE": "for unlocking", "SUNLOT_PASSPHRASE_2": passTwo})}
	if got, err := s.NewSecret("label", 2); got != passTwo || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	_, err = s.NewSecret("label", 1)
	wantCode(t, err, "keyring.no-secret")

	p := &prompts{answers: []string{passOne, passOne}}
	if got, err := (&Source{Prompt: p.ask}).NewSecret("甲的口令", 1); got != passOne || err != nil || len(p.labels) != 2 {
		t.Errorf("got %q, %v after %d prompts", got, err, len(p.labels))
	}
	p = &prompts{answers: []string{passOne, passTwo, "weak", passOne, passTwo, passOne, passOne}}
	var said []string
	s = &Source{Prompt: p.ask, Say: func(err error) { said = append(said, fault.Code(err)) }}
	_, err = s.NewSecret("甲的口令", 1)
	wantCode(t, err, "keyring.prompt-differs") // the third time
	if want := []string{"keyring.prompt-differs", "keyring.passphrase-short"}; !slices.Equal(said, want) {
		t.Errorf("said %q, want %q", said, want)
	}
	if got, err := s.NewSecret("甲的口令", 1); got != passOne || err != nil {
		t.Errorf("got %q, %v", got, err)
	}
	p.answers = []string{passOne, passTwo, passTwo}
	if got, err := s.NewSecret("乙的口令", 2); got != passTwo || err != nil || said[2] != "keyring.same-passphrase" {
		t.Errorf("got %q, %v, said %q", got, err, said)
	}
	s = &Source{FD: strings.NewReader(passOne + "\n" + passOne + "\n" + passTwo + "\n")}
	if _, err := s.NewSecret("甲的口令", 1); err != nil {
		t.Error(err)
	}
	_, err = s.NewSecret("乙的口令", 2)
	wantCode(t, err, "keyring.same-passphrase") // a descriptor is not asked again
}

// At a prompt a passphrase that does not fit is asked for again, three times in
// all; anywhere else it is refused at once.
func TestTry(t *testing.T) {
	dir, _ := made(t)
	for answers, code := range map[string]string{
		"x|" + passOne:         "",
		"|x|" + passTwo:        "",
		"x|y|z|" + passOne:     "keyring.wrong-passphrase",
		"AGE-SECRET-KEY-1QQ|x": "asked once too often",
	} {
		p := &prompts{answers: strings.Split(answers, "|")}
		said := 0
		k, err := Unlock(dir, &Source{Env: env(nil), Prompt: p.ask, Say: func(error) { said++ }})
		if code == "" && (err != nil || said != len(p.labels)-1) {
			t.Errorf("%q: %v, said %d", answers, err, said)
		} else if code != "" && (err == nil || !strings.Contains(err.Error(), code) || len(p.labels) != 3) {
			t.Errorf("%q: %v after %d prompts, want %s", answers, err, len(p.labels), code)
		}
		if k != nil {
			k.Close()
		}
	}
	p := &prompts{answers: []string{passOne}}
	_, err := Unlock(dir, &Source{Env: env(map[string]string{"SUNLOT_PASSPHRASE": "wrong one here"}), Prompt: p.ask})
	wantCode(t, err, "keyring.wrong-passphrase")
	if len(p.labels) != 0 {
		t.Error("a secret of the environment led to a prompt")
	}
}

func TestUnlockFromSource(t *testing.T) {
	dir, _ := made(t)
	p := &prompts{answers: []string{passTwo}}
	k, err := Unlock(dir, &Source{Env: env(nil), Prompt: p.ask, Person: "2"})
	if err != nil {
		t.Fatal(err)
	}
	defer k.Close()
	child, err := Unlock(dir, &Source{Env: env(map[string]string{"SUNLOT_PASSPHRASE": k.Identity()})})
	if err != nil {
		t.Fatal(err)
	}
	defer child.Close()
	signs(t, child)
	_, err = Unlock(dir, &Source{FD: strings.NewReader(passTwo), Person: "1"})
	wantCode(t, err, "keyring.wrong-passphrase")
	_, err = Unlock(filepath.Join(dir, "none"), &Source{})
	wantCode(t, err, "keyring.missing")
	_, err = Unlock(dir, &Source{})
	wantCode(t, err, "keyring.no-secret")
}

func TestNoTerminal(t *testing.T) {
	f, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	_, err = Terminal(t.Context(), f, io.Discard)("label")
	wantCode(t, err, "keyring.no-terminal")
}

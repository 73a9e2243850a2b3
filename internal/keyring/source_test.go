package keyring

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
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
	p = &prompts{answers: []string{passOne, passTwo}}
	_, err = (&Source{Prompt: p.ask}).NewSecret("甲的口令", 1)
	wantCode(t, err, "keyring.prompt-differs")
	p = &prompts{answers: []string{"weak"}}
	_, err = (&Source{Prompt: p.ask}).NewSecret("甲的口令", 1)
	wantCode(t, err, "keyring.passphrase-short")
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
	_, err = Terminal(f, io.Discard)("label")
	wantCode(t, err, "keyring.no-terminal")
}

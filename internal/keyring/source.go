package keyring

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"golang.org/x/term"

	"github.com/sunlot/sunlot/internal/fault"
)

const (
	envPassphrase = "SUNLOT_PASSPHRASE"
	envAgent      = "SSH_AUTH_SOCK"
)

// Source is where a command's secret may come from. The first that is there
// counts: FD, Env, Prompt. Its methods are for one goroutine.
type Source struct {
	FD     io.Reader                          // descriptor named on the command line, opened by the door; nil if none
	Env    func(string) (string, bool)        // os.LookupEnv; nil reads nothing
	Prompt func(label string) (string, error) // Terminal; nil never asks
	Say    func(error)                        // tells why the prompt asks again; nil says nothing
	Person string                             // number or name of who unlocks, "" tries each

	lines  *bufio.Reader
	secret *string
	given  []string // what NewSecret returned
}

// tries is how often a prompt asks for one secret.
const tries = 3

// Secret is the passphrase or identity to unlock with: the next line of FD,
// SUNLOT_PASSPHRASE, or what is typed at the prompt. It is asked for once.
func (s *Source) Secret(label string) (string, error) {
	if s.secret != nil {
		return *s.secret, nil
	}
	got, err := s.read(label, envPassphrase)
	if err != nil {
		return "", err
	}
	s.secret = &got
	return got, nil
}

// Try hands the secret to use. At a prompt, one that does not fit is asked for
// again; from a descriptor or the environment it is what it is.
func (s *Source) Try(label string, use func(secret string) error) error {
	return s.again(envPassphrase, func() error {
		secret, err := s.Secret(label)
		if err != nil {
			return err
		}
		if err = use(secret); err != nil && s.asks(envPassphrase) {
			s.secret = nil
		}
		return err
	})
}

// NewSecret is a new passphrase for person n, not weak and no other than those
// that this source gave before: the next line of FD, SUNLOT_PASSPHRASE_<n>, or
// typed twice at the prompt, which asks again for one that is refused.
func (s *Source) NewSecret(label string, n int) (got string, err error) {
	env := fmt.Sprintf("%s_%d", envPassphrase, n)
	err = s.again(env, func() error {
		got, err = s.newSecret(label, env)
		return err
	})
	if err != nil {
		return "", err
	}
	s.given = append(s.given, canonicalPassphrase(got))
	return got, nil
}

func (s *Source) newSecret(label, env string) (string, error) {
	got, err := s.read(label, env)
	if err != nil {
		return "", err
	}
	if err := checkPassphrase(got); err != nil {
		return "", err
	}
	pass := canonicalPassphrase(got)
	if slices.Contains(s.given, pass) || s.secret != nil && canonicalPassphrase(*s.secret) == pass {
		return "", fault.New("keyring.same-passphrase", label, "", "").Of(fault.Usage)
	}
	if !s.asks(env) {
		return got, nil
	}
	again, err := s.Prompt(label + "（再输入一次）")
	if err != nil {
		return "", err
	}
	if canonicalPassphrase(again) != pass {
		return "", fault.New("keyring.prompt-differs", "prompt", "", "").Of(fault.Usage)
	}
	return got, nil
}

// asks says whether a prompt is where the secret comes from.
func (s *Source) asks(env string) bool { return s.FD == nil && s.env(env) == "" && s.Prompt != nil }

// again repeats do while a person at the prompt has mistyped.
func (s *Source) again(env string, do func() error) error {
	for n := 1; ; n++ {
		err := do()
		if err == nil || n == tries || !s.asks(env) || !mistyped(err) {
			return err
		}
		if s.Say != nil {
			s.Say(err)
		}
	}
}

// mistyped says whether another input may help.
func mistyped(err error) bool {
	switch fault.Code(err) {
	case "keyring.wrong-passphrase", "keyring.wrong-identity", "keyring.sheet-length", "keyring.sheet-character", "keyring.sheet-line", "keyring.sheet-check",
		"keyring.passphrase-form", "keyring.passphrase-short", "keyring.passphrase-simple", "keyring.same-passphrase", "keyring.prompt-differs":
		return true
	}
	return false
}

func (s *Source) read(label, env string) (string, error) {
	if s.FD != nil {
		return s.line()
	}
	if v := s.env(env); v != "" {
		return v, nil
	}
	if s.Prompt == nil {
		return "", fault.New("keyring.no-secret", env, "", "").Of(fault.Usage)
	}
	return s.Prompt(label)
}

func (s *Source) env(name string) string {
	if s.Env == nil {
		return ""
	}
	v, _ := s.Env(name)
	return v
}

// line is the next line of FD, at most maxPassphrase bytes.
func (s *Source) line() (string, error) {
	if s.lines == nil {
		s.lines = bufio.NewReaderSize(s.FD, maxPassphrase+2)
	}
	raw, err := s.lines.ReadSlice('\n')
	text := strings.TrimRight(string(raw), "\r\n")
	clear(raw)
	switch {
	case errors.Is(err, bufio.ErrBufferFull):
		return "", fault.New("keyring.passphrase-form", "--passphrase-fd", "", onePassphrase).Of(fault.Usage)
	case err != nil && err != io.EOF:
		return "", fault.Wrap("keyring.unreadable", "--passphrase-fd", err).Of(fault.Unreachable)
	case text == "":
		return "", fault.New("keyring.no-secret", "--passphrase-fd", "", "").Of(fault.Usage)
	}
	return text, nil
}

// Terminal asks on out and reads a line from in without echo. It refuses when
// in is no terminal, so that nothing waits for ever in a script. When ctx ends
// (an interrupt) it gives the terminal its echo back and returns
// keyring.cancelled; the read is left behind, for nothing can end it.
func Terminal(ctx context.Context, in *os.File, out io.Writer) func(label string) (string, error) {
	return func(label string) (string, error) {
		fd := int(in.Fd())
		was, err := term.GetState(fd)
		if err != nil {
			return "", fault.New("keyring.no-terminal", in.Name(), "", envPassphrase).Of(fault.Usage)
		}
		fmt.Fprint(out, label+"：")
		type typed struct {
			raw []byte
			err error
		}
		done := make(chan typed, 1)
		go func() {
			raw, err := term.ReadPassword(fd)
			done <- typed{raw, err}
		}()
		select {
		case <-ctx.Done():
			_ = term.Restore(fd, was) // the program ends: nothing more can be done
			fmt.Fprintln(out)
			return "", fault.New("keyring.cancelled", in.Name(), "", "").Of(fault.Usage)
		case t := <-done:
			fmt.Fprintln(out)
			defer clear(t.raw)
			if t.err != nil {
				return "", fault.Wrap("keyring.unreadable", in.Name(), t.err).Of(fault.Unreachable)
			}
			return string(t.raw), nil
		}
	}
}

// IsTerminal says whether a person sits at f.
func IsTerminal(f *os.File) bool { return term.IsTerminal(int(f.Fd())) }

// Unlock opens the folder and its keys: by the agent that SSH_AUTH_SOCK names
// where agent.json stands, else with the secret of src.
func Unlock(dir string, src *Source) (k *Keys, err error) {
	r, err := Open(dir)
	if err != nil {
		return nil, err
	}
	if r.agent {
		return r.Agent(src.env(envAgent))
	}
	err = src.Try("口令（或恢复单上的恢复密钥）", func(secret string) error {
		k, err = r.Unlock(secret, src.Person)
		return err
	})
	return k, err
}

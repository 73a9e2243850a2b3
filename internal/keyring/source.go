package keyring

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
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
	Person string                             // number or name of who unlocks, "" tries each

	lines  *bufio.Reader
	secret *string
}

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

// NewSecret is a new passphrase for person n, not weak: the next line of FD,
// SUNLOT_PASSPHRASE_<n>, or typed twice at the prompt.
func (s *Source) NewSecret(label string, n int) (string, error) {
	env := fmt.Sprintf("%s_%d", envPassphrase, n)
	got, err := s.read(label, env)
	if err != nil {
		return "", err
	}
	if err := checkPassphrase(got); err != nil {
		return "", err
	}
	if s.FD != nil || s.env(env) != "" {
		return got, nil
	}
	again, err := s.Prompt(label + "（再输入一次）")
	if err != nil {
		return "", err
	}
	if canonicalPassphrase(again) != canonicalPassphrase(got) {
		return "", fault.New("keyring.prompt-differs", "prompt", "", "the same passphrase twice").Of(fault.Usage)
	}
	return got, nil
}

func (s *Source) read(label, env string) (string, error) {
	if s.FD != nil {
		return s.line()
	}
	if v := s.env(env); v != "" {
		return v, nil
	}
	if s.Prompt == nil {
		return "", fault.New("keyring.no-secret", env, "nothing", "a passphrase").Of(fault.Usage)
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
		return "", fault.New("keyring.passphrase-form", "descriptor", "a longer line", fmt.Sprintf("at most %d bytes", maxPassphrase)).Of(fault.Usage)
	case err != nil && err != io.EOF:
		return "", fault.Wrap("keyring.unreadable", "descriptor", err).Of(fault.Unreachable)
	case text == "":
		return "", fault.New("keyring.no-secret", "descriptor", "nothing", "a passphrase").Of(fault.Usage)
	}
	return text, nil
}

// Terminal asks on out and reads a line from in without echo. It refuses when
// in is no terminal, so that nothing waits for ever in a script.
func Terminal(in *os.File, out io.Writer) func(label string) (string, error) {
	return func(label string) (string, error) {
		fd := int(in.Fd())
		if !term.IsTerminal(fd) {
			return "", fault.New("keyring.no-terminal", in.Name(), "no terminal", "a terminal, "+envPassphrase+" or a descriptor").Of(fault.Usage)
		}
		fmt.Fprint(out, label+"：")
		raw, err := term.ReadPassword(fd)
		fmt.Fprintln(out)
		defer clear(raw)
		if err != nil {
			return "", fault.Wrap("keyring.unreadable", in.Name(), err).Of(fault.Unreachable)
		}
		return string(raw), nil
	}
}

// Unlock opens the folder and its keys: by the agent that SSH_AUTH_SOCK names
// where agent.json stands, else with the secret of src.
func Unlock(dir string, src *Source) (*Keys, error) {
	r, err := Open(dir)
	if err != nil {
		return nil, err
	}
	if r.agent {
		return r.Agent(src.env(envAgent))
	}
	secret, err := src.Secret("口令（或恢复单上的密钥）")
	if err != nil {
		return nil, err
	}
	return r.Unlock(secret, src.Person)
}

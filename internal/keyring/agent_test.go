package keyring

import (
	"bufio"
	"bytes"
	"crypto/ed25519"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"
)

// socketName is short: socket paths end at about 100 bytes.
func socketName(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "keyring")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	return filepath.Join(dir, "s")
}

// serve answers the agent protocol on a socket.
func serve(t *testing.T, a agent.Agent) string {
	t.Helper()
	socket := socketName(t)
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				agent.ServeAgent(a, c)
				c.Close()
			}()
		}
	}()
	return socket
}

// openssh starts the system's ssh-agent, or serves x/crypto's where there is
// none.
func openssh(t *testing.T) string {
	t.Helper()
	bin, err := exec.LookPath("ssh-agent")
	if err != nil {
		return serve(t, agent.NewKeyring())
	}
	socket := socketName(t)
	out, err := exec.Command(bin, "-s", "-a", socket).Output()
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(out), "SSH_AGENT_PID=")
	digits, _, _ := strings.Cut(rest, ";")
	pid, err := strconv.Atoi(digits)
	if err != nil {
		t.Fatalf("ssh-agent said %q", out)
	}
	t.Cleanup(func() {
		if p, err := os.FindProcess(pid); err == nil {
			p.Kill()
		}
	})
	return socket
}

func client(t *testing.T, socket string) agent.ExtendedAgent {
	t.Helper()
	c, err := net.Dial("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return agent.NewClient(c)
}

// load puts keys into an agent and returns their public halves.
func load(t *testing.T, socket string, comments ...string) []ed25519.PublicKey {
	t.Helper()
	var pubs []ed25519.PublicKey
	for i, comment := range comments {
		secret := ed25519.NewKeyFromSeed([]byte(fmt.Sprintf("%032d", i)))
		if err := client(t, socket).Add(agent.AddedKey{PrivateKey: secret, Comment: comment}); err != nil {
			t.Fatal(err)
		}
		pubs = append(pubs, secret.Public().(ed25519.PublicKey))
	}
	return pubs
}

func agentOptions(socket, log, office string) Options {
	o := options(1)
	o.Agent = &AgentChoice{Socket: socket, Log: log, Office: office}
	return o
}

func env(m map[string]string) func(string) (string, bool) {
	return func(k string) (string, bool) { v, ok := m[k]; return v, ok }
}

func TestAgents(t *testing.T) {
	for name, start := range map[string]func(*testing.T) string{
		"openssh":   openssh,
		"inprocess": func(t *testing.T) string { return serve(t, agent.NewKeyring()) },
	} {
		t.Run(name, func(t *testing.T) {
			socket := start(t)
			pubs := load(t, socket, "log@demo", "office@demo", "unused")
			dir := filepath.Join(t.TempDir(), "keys")
			line := string(ssh.MarshalAuthorizedKey(sshKey(pubs[1])))
			k, sheet, err := Create(dir, agentOptions(socket, ssh.FingerprintSHA256(sshKey(pubs[0])), strings.TrimSpace(line)+" a comment"))
			if err != nil {
				t.Fatal(err)
			}
			signs(t, k)
			k.Close()
			if !bytes.Equal(k.Ring().Log.Public, pubs[0]) || !bytes.Equal(k.Ring().Office.Public, pubs[1]) {
				t.Fatal("other keys than chosen")
			}
			if !strings.Contains(sheet, "ssh-agent") || strings.Contains(sheet, "log.age") {
				t.Error("the sheet speaks of key files")
			}
			src := &Source{Env: env(map[string]string{"SSH_AUTH_SOCK": socket})}
			if k, err = Unlock(dir, src); err != nil {
				t.Fatal(err)
			}
			defer k.Close()
			signs(t, k)
			if _, who := k.Person(); who || k.Identity() != "" {
				t.Error("an agent is no person")
			}
			// People change as ever; the seal is the agent's.
			if _, err := k.AddPerson(NewPerson{"演示丙", "领导", passThree}, making(5)); err != nil {
				t.Fatal(err)
			}
			if err := k.RemovePerson(1); err != nil {
				t.Fatal(err)
			}
			r := opened(t, dir)
			if len(r.People) != 2 || !r.UsesAgent() {
				t.Errorf("after: %+v", r.People)
			}
			_, err = r.Unlock(passTwo, "")
			wantCode(t, err, "keyring.agent-only")
			if names, _ := os.ReadDir(dir); len(names) != 4 {
				t.Errorf("%d files", len(names))
			}
			// The agent forgets a key; then it is gone.
			if err := client(t, socket).Remove(sshKey(pubs[1])); err != nil {
				t.Fatal(err)
			}
			_, err = k.Office().Sign([]byte("x"))
			wantCode(t, err, "keyring.agent-refused")
			_, err = r.Agent(socket)
			wantCode(t, err, "keyring.agent-key")
		})
	}
}

func TestAgentRefusals(t *testing.T) {
	socket := serve(t, agent.NewKeyring())
	pubs := load(t, socket, "log@demo", "office@demo", "office@demo")
	for code, o := range map[string]Options{
		"keyring.agent-same": agentOptions(socket, "log@demo", "log@demo"),
		"keyring.no-agent":   agentOptions(filepath.Join(t.TempDir(), "none"), "log@demo", "x"),
		"ledger.key-name": func() Options {
			o := agentOptions(socket, "log@demo", ssh.FingerprintSHA256(sshKey(pubs[1])))
			o.OfficeName = "a b"
			return o
		}(),
	} {
		_, _, err := Create(filepath.Join(t.TempDir(), "keys"), o)
		wantCode(t, err, code)
	}
	for _, choice := range []string{"", "absent", "office@demo", "ssh-ed25519", "SHA256:"} {
		_, _, err := Create(filepath.Join(t.TempDir(), "keys"), agentOptions(socket, "log@demo", choice))
		wantCode(t, err, "keyring.agent-key")
	}
	dir, _ := made(t)
	_, err := opened(t, dir).Agent(socket)
	wantCode(t, err, "keyring.no-agent-file")
}

// badAgent holds keys and answers a request for a signature as it likes.
type badAgent struct {
	agent.Agent
	sign func(key ssh.PublicKey, data []byte) (*ssh.Signature, error)
}

func (b badAgent) Sign(key ssh.PublicKey, data []byte) (*ssh.Signature, error) {
	return b.sign(key, data)
}

// A signature that an agent hands back is believed when it verifies.
func TestLyingAgents(t *testing.T) {
	honest := agent.NewKeyring()
	load(t, serve(t, honest), "log@demo", "office@demo")
	for code, signers := range map[string][]func(ssh.PublicKey, []byte) (*ssh.Signature, error){
		"keyring.agent-signature": {
			func(k ssh.PublicKey, d []byte) (*ssh.Signature, error) { return honest.Sign(k, append(d, 'x')) },
			func(k ssh.PublicKey, d []byte) (*ssh.Signature, error) {
				s, err := honest.Sign(k, d)
				s.Blob = s.Blob[:63]
				return s, err
			},
			func(k ssh.PublicKey, d []byte) (*ssh.Signature, error) {
				s, err := honest.Sign(k, d)
				s.Format = "ssh-rsa"
				return s, err
			},
			func(k ssh.PublicKey, d []byte) (*ssh.Signature, error) {
				s, err := honest.Sign(k, d)
				s.Rest = []byte("more")
				return s, err
			},
		},
		"keyring.agent-refused": {
			func(ssh.PublicKey, []byte) (*ssh.Signature, error) { return nil, errors.New("user said no") },
		},
	} {
		for _, sign := range signers {
			dir := filepath.Join(t.TempDir(), "keys")
			_, _, err := Create(dir, agentOptions(serve(t, badAgent{honest, sign}), "log@demo", "office@demo"))
			wantCode(t, err, code)
			if _, err := os.Stat(dir); err == nil {
				t.Error("a folder stands")
			}
		}
	}
}

// Something that is no agent listens there.
func TestNotAnAgent(t *testing.T) {
	socket := socketName(t)
	l, err := net.Listen("unix", socket)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			bufio.NewReader(c).ReadByte()
			io.WriteString(c, "HTTP/1.0 400 Bad Request\r\n\r\n")
			c.Close()
		}
	}()
	_, _, err = Create(filepath.Join(t.TempDir(), "keys"), agentOptions(socket, "log@demo", "office@demo"))
	wantCode(t, err, "keyring.agent-failed")
}

func TestAgentFile(t *testing.T) {
	t.Parallel()
	socket := serve(t, agent.NewKeyring())
	load(t, socket, "log@demo", "office@demo")
	dir := filepath.Join(t.TempDir(), "keys")
	k, _, err := Create(dir, agentOptions(socket, "log@demo", "office@demo"))
	if err != nil {
		t.Fatal(err)
	}
	k.Close()
	name := filepath.Join(dir, agentFile)
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for i := range whole {
		bad := append([]byte(nil), whole...)
		bad[i] ^= 1 << (i % 8)
		os.Remove(name) // a file system may sync what is truncated
		if err := os.WriteFile(name, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		_, err := Open(dir)
		wantCode(t, err, "keyring.agent-file")
	}
}

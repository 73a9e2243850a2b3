package keyring

import (
	"crypto/ed25519"
	"io"
	"net"
	"os"
	"runtime"
	"strings"

	"golang.org/x/crypto/ssh"
	"golang.org/x/crypto/ssh/agent"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/ledger"
)

// AgentChoice names two different keys of an ssh-agent. A key is named by its
// fingerprint (SHA256:…), its comment, or its line "ssh-ed25519 AAAA…".
type AgentChoice struct {
	Socket string // "" is the system's own pipe on Windows
	Log    string
	Office string
}

const agentFormat = "sunlot-agent/v1"

// windowsPipe is where Windows' own OpenSSH agent listens.
const windowsPipe = `\\.\pipe\openssh-ssh-agent`

// agentJSON is the text of agent.json, written like people.json.
type agentJSON struct {
	Format string   `json:"format"`
	Log    agentKey `json:"log"`
	Office agentKey `json:"office"`
}

type agentKey struct {
	Key string `json:"key"` // verifier key, as in people.json
	SSH string `json:"ssh"` // fingerprint as ssh-add -l prints it
}

func (r *Ring) agentText() []byte {
	entry := func(k ledger.Key) agentKey { return agentKey{k.String(), ssh.FingerprintSHA256(sshKey(k.Public))} }
	return indent(agentJSON{agentFormat, entry(r.Log), entry(r.Office)})
}

// checkAgentFile holds agent.json against the keys of people.json: there is
// one text it can have.
func (r *Ring) checkAgentFile(raw []byte) error {
	if string(raw) != string(r.agentText()) {
		return fault.New("keyring.agent-file", agentFile, "another text", "the two keys of people.json")
	}
	return nil
}

func sshKey(pub ed25519.PublicKey) ssh.PublicKey {
	k, err := ssh.NewPublicKey(pub)
	if err != nil {
		panic("keyring: an ed25519 key has an ssh form: " + err.Error())
	}
	return k
}

// agentConn is a connection to an ssh-agent.
type agentConn struct {
	client agent.ExtendedAgent
	conn   io.ReadWriteCloser
}

// dialAgent opens a socket, or a named pipe on Windows.
func dialAgent(socket string) (*agentConn, error) {
	if socket == "" && runtime.GOOS == "windows" {
		socket = windowsPipe
	}
	if socket == "" {
		return nil, fault.New("keyring.no-agent", envAgent, "nothing", "the agent's socket").Of(fault.Unreachable)
	}
	var conn io.ReadWriteCloser
	var err error
	if strings.HasPrefix(socket, `\\.\pipe\`) {
		conn, err = os.OpenFile(socket, os.O_RDWR, 0)
	} else {
		conn, err = net.Dial("unix", socket)
	}
	if err != nil {
		return nil, fault.Wrap("keyring.no-agent", socket, err).Of(fault.Unreachable)
	}
	return &agentConn{agent.NewClient(conn), conn}, nil
}

func (c *agentConn) Close() error { return c.conn.Close() }

// find is the one Ed25519 key that choice names.
func (c *agentConn) find(choice string) (ed25519.PublicKey, error) {
	keys, err := c.client.List()
	if err != nil {
		return nil, fault.Wrap("keyring.agent-failed", "ssh-agent", err).Of(fault.Unreachable)
	}
	var found []ed25519.PublicKey
	var there []string
	for _, k := range keys {
		pub, ok := ed25519Of(k)
		if !ok {
			continue
		}
		print := ssh.FingerprintSHA256(k)
		there = append(there, print+" "+k.Comment)
		line := strings.Fields(choice)
		if choice == print || choice == k.Comment && choice != "" || len(line) >= 2 && strings.Join(line[:2], " ") == authorizedKey(k) {
			found = append(found, pub)
		}
	}
	if len(found) != 1 {
		want := strings.Join(there, "、")
		return nil, fault.New("keyring.agent-key", "ssh-agent", clip(choice), want).Of(fault.Usage)
	}
	return found[0], nil
}

func authorizedKey(k ssh.PublicKey) string {
	return strings.TrimSpace(string(ssh.MarshalAuthorizedKey(k)))
}

// ed25519Of is the raw key of an ssh-ed25519 key; other kinds sign other bytes.
func ed25519Of(k *agent.Key) (ed25519.PublicKey, bool) {
	if k.Type() != ssh.KeyAlgoED25519 {
		return nil, false
	}
	p, err := ssh.ParsePublicKey(k.Blob)
	if err != nil {
		return nil, false
	}
	c, ok := p.(ssh.CryptoPublicKey)
	if !ok {
		return nil, false
	}
	pub, ok := c.CryptoPublicKey().(ed25519.PublicKey)
	return pub, ok
}

// agentSigner signs the bytes as they are: an ssh-ed25519 signature of the
// agent protocol is RFC 8032's 64 bytes, RFC 8709 §6.
type agentSigner struct {
	key  ledger.Key
	conn *agentConn
}

func (s *agentSigner) Key() ledger.Key { return s.key }

func (s *agentSigner) Sign(msg []byte) ([]byte, error) {
	sig, err := s.conn.client.Sign(sshKey(s.key.Public), msg)
	if err != nil {
		return nil, fault.Wrap("keyring.agent-refused", s.key.Name, err).Of(fault.Unreachable)
	}
	if sig.Format != ssh.KeyAlgoED25519 || len(sig.Rest) != 0 || !ed25519.Verify(s.key.Public, msg, sig.Blob) {
		return nil, fault.New("keyring.agent-signature", s.key.Name, sig.Format, "a signature that verifies")
	}
	return sig.Blob, nil
}

// agentKeys takes both keys from an agent and makes each sign once, so that a
// key which needs what is not there is found before anything is written.
func (r *Ring) agentKeys(opt Options, files map[string][]byte) (*Keys, error) {
	conn, err := dialAgent(opt.Agent.Socket)
	if err != nil {
		return nil, err
	}
	k := &Keys{ring: r, closer: conn}
	logKey, err := conn.find(opt.Agent.Log)
	if err != nil {
		return k, err
	}
	officeKey, err := conn.find(opt.Agent.Office)
	if err != nil {
		return k, err
	}
	if logKey.Equal(officeKey) {
		return k, fault.New("keyring.agent-same", "ssh-agent", clip(opt.Agent.Office), "two different keys").Of(fault.Usage)
	}
	if r.Log, err = ledger.NewKey(opt.LogName, logKey); err != nil {
		return k, err
	}
	if r.Office, err = ledger.NewKey(opt.OfficeName, officeKey); err != nil {
		return k, err
	}
	k.log, k.office = &agentSigner{r.Log, conn}, &agentSigner{r.Office, conn}
	files[agentFile] = r.agentText()
	_, err = k.log.Sign([]byte("sunlot keyring trial\n"))
	return k, err
}

// Agent opens both keys of an ssh-agent. "" is the system's own pipe on
// Windows. Nothing is signed yet; that the agent holds the keys is checked.
//
// Errors: keyring.no-agent, keyring.agent-key, keyring.agent-failed.
func (r *Ring) Agent(socket string) (*Keys, error) {
	if !r.agent {
		return nil, fault.New("keyring.no-agent-file", r.dir, "", agentFile).Of(fault.Usage)
	}
	conn, err := dialAgent(socket)
	if err != nil {
		return nil, err
	}
	for _, key := range []ledger.Key{r.Log, r.Office} {
		if _, err := conn.find(ssh.FingerprintSHA256(sshKey(key.Public))); err != nil {
			conn.Close()
			return nil, err
		}
	}
	return &Keys{ring: r, log: &agentSigner{r.Log, conn}, office: &agentSigner{r.Office, conn}, closer: conn}, nil
}

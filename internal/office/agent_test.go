package office_test

import (
	"crypto/ed25519"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"testing"

	"golang.org/x/crypto/ssh/agent"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/keyring"
	"github.com/sunlot/sunlot/internal/office"
)

// agentSocket serves an ssh-agent with two keys.
func agentSocket(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("", "office")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	held := agent.NewKeyring()
	for i, comment := range []string{"log@demo", "office@demo"} {
		if err := held.Add(agent.AddedKey{PrivateKey: ed25519.NewKeyFromSeed([]byte(fmt.Sprintf("%032d", i))), Comment: comment}); err != nil {
			t.Fatal(err)
		}
	}
	socket := filepath.Join(dir, "s")
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
			go func() { _ = agent.ServeAgent(held, c); c.Close() }()
		}
	}()
	return socket
}

// TestAgentAndDrawKeys: an agent signs; what is encrypted to the people it cannot
// open, so a step that needs K asks for a passphrase, once, and no other does.
func TestAgentAndDrawKeys(t *testing.T) {
	socket := agentSocket(t)
	b := &bureau{tb: t, dir: filepath.Join(t.TempDir(), "office"), guard: "guard", now: "2023-06-12 09:00:00", rand: rand.NewChaCha8([32]byte{7})}
	in := beginning(b.dir, "guard", b.clock, 1)
	in.Keyring.Agent = &keyring.AgentChoice{Socket: socket, Log: "log@demo", Office: "office@demo"}
	o, _, _, err := office.Begin(in)
	b.must(err)
	if b.keys, err = o.Unlock(); err != nil {
		t.Fatal(err)
	}
	b.furnish()
	asked := 0
	src := func(pass string) *keyring.Source {
		return &keyring.Source{Env: func(name string) (string, bool) {
			switch name {
			case "SSH_AUTH_SOCK":
				return socket, true
			case "SUNLOT_PASSPHRASE":
				asked++
				return pass, pass != ""
			}
			return "", false
		}}
	}
	with := func(pass string) { // a fresh command
		if b.keys, err = b.open().UnlockKeys(src(pass)); err != nil {
			t.Fatal(err)
		}
	}
	with("")
	b.write("2023-08-23 15:00:00", announce("A", 1000))
	if asked != 0 {
		t.Error("asked for a passphrase where nothing was to be opened")
	}
	b.now = "2023-08-24 08:30:00"
	b.refused("K without a passphrase", "keyring.no-secret", cast("2023-001", 1000))
	with("a passphrase of nobody")
	b.refused("K with a wrong one", "keyring.wrong-passphrase", cast("2023-001", 1000))
	with(people[0].Passphrase)
	asked = 0
	b.write(b.now, cast("2023-001", 1000))
	b.write("2023-08-24 09:00:00", dispatch("2023-001"))
	if asked == 0 {
		t.Error("opened without a passphrase")
	}
	// A change of people takes the keys of the draws with it.
	if _, err := b.open().NewSheet(src(""), keyring.Making{Work: 10, Weak: true}); fault.Code(err) != "keyring.no-secret" {
		t.Errorf("a new sheet and the keys of the draws left behind: %v", err)
	}
	_, err = b.open().NewSheet(src(people[1].Passphrase), keyring.Making{Work: 10, Weak: true})
	b.must(err)
	if is, err := b.open().Custody(); err != nil || is != (office.Custody{}) {
		t.Errorf("%+v %v", is, err)
	}
}

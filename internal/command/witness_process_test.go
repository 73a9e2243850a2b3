//go:build !windows

package command_test

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
)

// witnessProcess is the program itself, as shipped, serving.
type witnessProcess struct {
	*exec.Cmd
	address string
}

func startWitness(t *testing.T, dir string, args ...string) *witnessProcess {
	t.Helper()
	run := exec.Command(filepath.Join(programs(), "sunlot"), append([]string{"witness", "serve", "--listen", "127.0.0.1:0"}, args...)...)
	run.Dir = dir
	run.Env = append(os.Environ(), "SUNLOT_PASSPHRASE="+passphrases[0])
	out, err := run.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := run.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = run.Process.Kill()
		_ = run.Wait()
	})
	said, err := bufio.NewReader(out).ReadString('\n')
	address := regexp.MustCompile(`http://127\.0\.0\.1:\d+`).FindString(said)
	if err != nil || address == "" {
		t.Fatalf("it said %q, %v", said, err)
	}
	go func() { _, _ = io.Copy(io.Discard, out) }()
	return &witnessProcess{run, address}
}

// ask posts a request of the toy log.
func (w *witnessProcess) ask(t *testing.T, old, size int64) (int, string) {
	t.Helper()
	data, err := toyRequest(old, size, "")
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.Post(w.address+"/add-checkpoint", "text/plain", bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

// The program stops with exit code 0 when it is told to, and knows where it
// stood after that and after it was killed.
func TestWitnessProcess(t *testing.T) {
	dir, p := t.TempDir(), newPerson(t.Name())
	if code, out, errOut := p.run(dir, fixtureEnv, "witness", "key", "--name", "w.demo.example"); code != 0 {
		t.Fatalf("%d %s%s", code, out, errOut)
	}
	s, err := toySigner()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "witness-logs.txt"), []byte(s.Key().String()+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	size := int64(0)
	for i, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL, syscall.SIGINT} {
		var args []string
		if i == 0 {
			args = []string{"--new"}
		}
		w := startWitness(t, dir, args...)
		if size > 0 {
			if code, body := w.ask(t, 0, size+3); code != 409 || strings.TrimSpace(body) == "0" {
				t.Errorf("before %v: it forgot: %d %q", signal, code, body)
			}
		}
		if code, body := w.ask(t, size, size+3); code != 200 || !strings.HasPrefix(body, "— w.demo.example ") {
			t.Fatalf("before %v: %d %s", signal, code, body)
		}
		size += 3
		if err := w.Process.Signal(signal); err != nil {
			t.Fatal(err)
		}
		err := w.Wait()
		if signal != syscall.SIGKILL && err != nil {
			t.Errorf("%v: %v", signal, err)
		}
	}
}

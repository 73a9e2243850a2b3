package cluster

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path"
	"sync"
	"testing"
	"time"
)

// served counts the calls that a server of HTTP/2 has done, by name.
type served struct {
	mu    sync.Mutex
	calls map[string]int
	addr  string
}

// serve starts a server that speaks as one of gRPC does: headers, data, trailers.
func serve(t *testing.T) *served {
	s := &served{calls: map[string]int{}}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s.addr = l.Addr().String()
	srv := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		s.mu.Lock()
		s.calls[path.Base(r.URL.Path)]++
		s.mu.Unlock()
		w.Header().Set("Trailer", "Grpc-Status")
		fmt.Fprint(w, "done ", path.Base(r.URL.Path))
		w.Header().Set("Grpc-Status", "0")
	}), Protocols: new(http.Protocols)}
	srv.Protocols.SetUnencryptedHTTP2(true)
	go srv.Serve(l)
	t.Cleanup(func() { srv.Close() })
	return s
}

func (s *served) count(call string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls[call]
}

// caller speaks HTTP/2 to an address, with TLS where a config is given.
func caller(config *tls.Config) *http.Client {
	tr := &http.Transport{TLSClientConfig: config, Protocols: new(http.Protocols)}
	tr.Protocols.SetHTTP2(config != nil)
	tr.Protocols.SetUnencryptedHTTP2(config == nil)
	return &http.Client{Transport: tr}
}

func call(t *testing.T, c *http.Client, url string) (string, error) {
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	data, err := io.ReadAll(resp.Body)
	return string(data), err
}

// TestLose: the two ways in which a call fails: never done, and done without
// the client's knowledge. Calls of other names pass.
func TestLose(t *testing.T) {
	s := serve(t)
	c := &Cluster{host: "127.0.0.1"}
	p, err := c.Proxy(&Server{Addr: s.addr})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	web := caller(nil)
	url := "http://" + p.Addr + "/trillian.TrillianLog/"
	for what, done := range map[Loss]int{Request: 0, Answer: 1} {
		before := s.count("QueueLeaf")
		happened := p.Lose("QueueLeaf", what)
		if got, err := call(t, web, url+"GetLeaves"); err != nil || got != "done GetLeaves" {
			t.Errorf("another call: %q, %v", got, err)
		}
		select {
		case <-happened:
			t.Error("another call was lost")
		default:
		}
		if got, err := call(t, web, url+"QueueLeaf"); err == nil {
			t.Errorf("loss %d: the client was told %q", what, got)
		}
		select {
		case <-happened:
		case <-time.After(10 * time.Second):
			t.Fatal("nothing was lost")
		}
		if got := s.count("QueueLeaf") - before; got != done {
			t.Errorf("loss %d: done %d times, want %d", what, got, done)
		}
		if got, err := call(t, web, url+"QueueLeaf"); err != nil || got != "done QueueLeaf" {
			t.Errorf("the call after: %q, %v", got, err)
		}
	}
}

func TestCut(t *testing.T) {
	s := serve(t)
	c := &Cluster{host: "127.0.0.1"}
	p, err := c.Proxy(&Server{Addr: s.addr})
	if err != nil {
		t.Fatal(err)
	}
	web := caller(nil)
	url := "http://" + p.Addr + "/x"
	if _, err := call(t, web, url); err != nil {
		t.Fatal(err)
	}
	p.Cut()
	if _, err := call(t, web, url); err == nil {
		t.Error("a cut network carried a call")
	}
	if _, err := net.Dial("tcp", p.Addr); err == nil {
		t.Error("the port is open")
	}
	if err := p.Restore(); err != nil {
		t.Fatal(err)
	}
	if _, err := call(t, web, url); err != nil {
		t.Error(err)
	}
	if err := c.Down(); err != nil {
		t.Fatal(err)
	}
	if _, err := net.Dial("tcp", p.Addr); err == nil {
		t.Error("the port is open after Down")
	}
}

// TestFront: a certificate of the authority opens, none and another's do not.
func TestFront(t *testing.T) {
	s := serve(t)
	a, err := NewAuthority(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	other, err := NewAuthority(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	c := &Cluster{host: "127.0.0.1"}
	p, err := c.Front(&Server{Addr: s.addr}, a)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	pem, err := os.ReadFile(a.File)
	if err != nil {
		t.Fatal(err)
	}
	trust := x509.NewCertPool()
	if !trust.AppendCertsFromPEM(pem) {
		t.Fatal("no certificate in ca.pem")
	}
	pair := func(a *Authority) tls.Certificate {
		cert, key, err := a.Client("office")
		if err != nil {
			t.Fatal(err)
		}
		pair, err := tls.LoadX509KeyPair(cert, key)
		if err != nil {
			t.Fatal(err)
		}
		return pair
	}
	url := "https://" + p.Addr + "/trillian.TrillianLog/QueueLeaf"
	if got, err := call(t, caller(&tls.Config{RootCAs: trust, Certificates: []tls.Certificate{pair(a)}}), url); err != nil || got != "done QueueLeaf" {
		t.Errorf("with a certificate: %q, %v", got, err)
	}
	if _, err := call(t, caller(&tls.Config{RootCAs: trust}), url); err == nil {
		t.Error("without a certificate the call passed")
	}
	if _, err := call(t, caller(&tls.Config{RootCAs: trust, Certificates: []tls.Certificate{pair(other)}}), url); err == nil {
		t.Error("with another authority's certificate the call passed")
	}
	var unknown *tls.CertificateVerificationError
	if _, err := call(t, caller(&tls.Config{Certificates: []tls.Certificate{pair(a)}}), url); !errors.As(err, &unknown) {
		t.Errorf("a client that does not know the authority: %v", err)
	}
	if got := s.count("QueueLeaf"); got != 1 {
		t.Errorf("%d calls reached the server, want 1", got)
	}
}

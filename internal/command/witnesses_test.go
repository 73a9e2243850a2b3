package command_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/sunlot/sunlot/ledger"
	"github.com/sunlot/sunlot/ledger/witness"
)

// neighbour is a real witness on the loopback, which can be told to fail.
type neighbour struct {
	name   string
	signer ledger.Signer
	store  *witness.Store
	at     *witness.Witness
	server *httptest.Server
	mode   string // "", down, slow, garbage, conflict, twice, forged
}

// neighbours are those of one script, by name.
type neighbours map[string]*neighbour

// cmdWitness: the witnesses of a script. They share the script's clock.
//
//	witness start NAME…              they run, and watch nobody yet; ${URL_NAME} is where
//	witness policy FILE K NAME…      a policy file: K of them
//	witness watch DIR NAME…          from now on they watch that office's ledger
//	witness do MODE NAME…            up, down, slow, garbage, conflict, twice, forged
//	witness sign NAME REQUEST ANSWER what somebody with a stick does there
//	witness key FILE NAME            a policy file's line with the key that stands in FILE
func cmdWitness(ts *testscript.TestScript, neg bool, args []string) {
	all, _ := ts.Value("neighbours").(neighbours)
	verb, args := args[0], args[1:]
	switch verb {
	case "start":
		for _, name := range args {
			all[name] = startNeighbour(ts, name)
		}
	case "policy":
		ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(all.policy(args[1], args[2:])), 0o644))
	case "watch":
		data := ts.ReadFile(filepath.Join(args[0], "ledger", "policy"))
		vkey, _, _ := strings.Cut(strings.TrimPrefix(data, "log "), "\n")
		key, err := ledger.ParseKey(vkey)
		ts.Check(err)
		p := of(ts)
		for _, name := range args[1:] {
			n := all[name]
			n.at, err = witness.New(n.store, []ledger.Signer{n.signer}, []ledger.Key{key}, func() int64 { return p.now.Unix() })
			ts.Check(err)
		}
	case "do":
		for _, name := range args[1:] {
			all[name].mode = strings.TrimPrefix(args[0], "up")
		}
	case "sign":
		lines, err := all[args[0]].at.Answer([]byte(ts.ReadFile(args[1])))
		if err != nil {
			ts.Logf("%v", err)
		}
		if (err != nil) != neg {
			ts.Fatalf("answered: %v", err)
		}
		ts.Check(os.WriteFile(ts.MkAbs(args[2]), lines, 0o644))
	default:
		ts.Fatalf("witness %s?", verb)
	}
}

func (all neighbours) policy(k string, names []string) string {
	var b strings.Builder
	for _, name := range names {
		fmt.Fprintf(&b, "witness %s %s %s\n", name, all[name].signer.Key(), all[name].server.URL)
	}
	fmt.Fprintf(&b, "group 够数 %s %s\nquorum 够数\n", k, strings.Join(names, " "))
	return b.String()
}

func startNeighbour(ts *testscript.TestScript, name string) *neighbour {
	signer, err := ledger.NewWitnessSigner(fmt.Sprintf("%x.example", sha256.Sum256([]byte(name)))[:20], sha256.Sum256([]byte(name)))
	ts.Check(err)
	store, err := witness.OpenStore(ts.MkAbs("witness-"+name), signer.Key(), true, nil)
	ts.Check(err)
	n := &neighbour{name: name, signer: signer, store: store}
	n.server = httptest.NewServer(n)
	ts.Setenv("URL_"+name, n.server.URL)
	ts.Defer(func() {
		n.server.CloseClientConnections()
		n.server.Close()
		store.Close()
	})
	return n
}

func (n *neighbour) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case n.at == nil:
		http.NotFound(w, r)
		return
	case n.mode == "garbage":
		fmt.Fprintln(w, "<html>登录</html>")
		return
	case n.mode == "conflict":
		w.Header().Set("Content-Type", "text/x.tlog.size")
		w.WriteHeader(http.StatusConflict)
		fmt.Fprintln(w, 1000)
		return
	}
	rec := httptest.NewRecorder()
	n.at.ServeHTTP(rec, r)
	body := rec.Body.Bytes()
	if rec.Code == http.StatusOK && n.mode == "twice" {
		body = append(bytes.Clone(body), body...)
	}
	if rec.Code == http.StatusOK && n.mode == "forged" {
		body = bytes.Replace(body, []byte("AAAA"), []byte("AAAB"), 1) // its time
	}
	for k, v := range rec.Header() {
		w.Header()[k] = v
	}
	w.WriteHeader(rec.Code)
	_, _ = w.Write(body)
}

// wire is the network of a script: a witness that is down refuses, and one that
// is slow answers after the patience of every office. No time passes.
type wire struct{ all neighbours }

func (t wire) RoundTrip(r *http.Request) (*http.Response, error) {
	for _, n := range t.all {
		if !strings.HasPrefix(r.URL.String(), n.server.URL) {
			continue
		}
		switch n.mode {
		case "down":
			return nil, errors.New("connection refused")
		case "slow":
			_, _ = io.Copy(io.Discard, r.Body)
			return nil, context.DeadlineExceeded
		}
	}
	return http.DefaultTransport.RoundTrip(r)
}

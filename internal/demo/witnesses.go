package demo

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"

	"github.com/sunlot/sunlot/ledger"
	"github.com/sunlot/sunlot/ledger/witness"
)

// neighbours are the four bodies that witness a demonstration office's ledger:
// each a true witness of package witness with a key and a memory of its own. No
// port is opened: the office's requests come by Go calls.
type neighbours struct {
	dir  string // of the memories, beside the office's folder
	list []*neighbour
}

type neighbour struct {
	name  string // in the policy
	host  string
	key   ledger.Key
	at    *witness.Witness
	store *witness.Store
	down  bool
}

// bodies are the four of each office: two of the county, a neighbour, a school.
var bodies = map[string][4]string{
	"gaoqing": {"高青县司法局（演示）", "高青县档案馆（演示）", "邻县应急管理局（演示）", "某高校（演示）"},
	"yanshi":  {"偃师区司法局（演示）", "偃师区档案馆（演示）", "邻区应急管理局（演示）", "某高校（演示）"},
}

// hosts name the keys of the bodies, and where they are asked.
var hosts = [4]string{"sifa", "dangan", "lin", "gaoxiao"}

// openNeighbours opens the four witnesses of the office's log, whose memory is
// empty. Their keys come from their names: the ledger is the same each time.
func (r *Run) openNeighbours() error {
	log, err := r.logKey()
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp(filepath.Dir(r.Dir), "witnesses-")
	if err != nil {
		return err
	}
	r.neighbours = &neighbours{dir: dir}
	for i, name := range bodies[r.Name] {
		n := &neighbour{name: name, host: hosts[i] + "." + r.Name + ".demo.example.cn"}
		signer, err := ledger.NewWitnessSigner(n.host, sha256.Sum256([]byte("sunlot demo witness "+n.host)))
		if err != nil {
			return err
		}
		n.key = signer.Key()
		if n.store, err = witness.OpenStore(filepath.Join(dir, hosts[i]), n.key, true, nil); err != nil {
			return err
		}
		r.neighbours.list = append(r.neighbours.list, n)
		if n.at, err = witness.New(n.store, []ledger.Signer{signer}, []ledger.Key{log}, func() int64 { return r.clock.Unix() }); err != nil {
			return err
		}
	}
	return nil
}

// logKey is the log's key, as the witnesses were given it: from the public policy.
func (r *Run) logKey() (ledger.Key, error) {
	data, err := os.ReadFile(filepath.Join(r.Dir, "ledger", "policy"))
	if err != nil {
		return ledger.Key{}, err
	}
	p, err := ledger.ParsePolicy(data)
	if err != nil {
		return ledger.Key{}, err
	}
	return p.Logs[0].Key, nil
}

// down says which of the four, by their place, do not answer from now on.
func (r *Run) down(places ...int) {
	if r.neighbours == nil {
		return
	}
	for i, n := range r.neighbours.list {
		n.down = false
		for _, p := range places {
			n.down = n.down || p == i
		}
	}
}

// Close takes the memories of the witnesses away; without them a ledger that
// has named witnesses cannot go on.
func (r *Run) Close() error {
	if r.neighbours == nil {
		return nil
	}
	var errs []error
	for _, n := range r.neighbours.list {
		errs = append(errs, n.store.Close())
	}
	return errors.Join(append(errs, os.RemoveAll(r.neighbours.dir))...)
}

// RoundTrip carries a request to the neighbour of its host, without a network.
func (ns *neighbours) RoundTrip(q *http.Request) (*http.Response, error) {
	if ns != nil {
		for _, n := range ns.list {
			if n.host != q.URL.Host {
				continue
			}
			if n.down {
				return nil, errors.New("connection refused")
			}
			a := &answer{Response: http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Request: q}}
			n.at.ServeHTTP(a, q)
			a.Body = io.NopCloser(&a.body)
			return &a.Response, nil
		}
	}
	return nil, fmt.Errorf("demo: no network: %s", q.URL)
}

// answer is a response that a handler writes into memory.
type answer struct {
	http.Response
	body bytes.Buffer
}

func (a *answer) Header() http.Header         { return a.Response.Header }
func (a *answer) WriteHeader(code int)        { a.StatusCode = code }
func (a *answer) Write(p []byte) (int, error) { return a.body.Write(p) }

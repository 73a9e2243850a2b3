package office

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/sunlot/sunlot/internal/durable"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/intake"
	"github.com/sunlot/sunlot/ledger/local"
	"github.com/sunlot/sunlot/ledger/trillian"
)

// The engines of a ledger.
const (
	EngineLocal    = "local"    // the folder itself, on this machine
	EngineTrillian = "trillian" // a tree on the log servers that many offices share
)

// Ledger (账本引擎) is the section [ledger] of office.toml: who keeps the order
// of the entries. Whatever it is, the folder ledger/ is what everybody reads.
type Ledger struct {
	Engine  string   `toml:"engine"`       // "" is EngineLocal
	Address []string `toml:"address"`      // host:port of log servers
	Tree    int64    `toml:"tree"`         // 0: none made yet
	CA      string   `toml:"ca"`           // PEM of those who may vouch for the servers; file names are relative to the office's folder
	Cert    string   `toml:"cert"`         // PEM of this office's certificate
	Key     string   `toml:"key"`          // and of its key
	Server  string   `toml:"server_name"`  // in the servers' certificate, where it is not the address
	Plain   bool     `toml:"plain"`        // without TLS, to other machines too
	Call    int64    `toml:"call_seconds"` // one request; 0: 5
	Wait    int64    `toml:"wait_seconds"` // a whole append; 0: 30
}

// Shared reports whether a tree on servers keeps the order.
func (l *Ledger) Shared() bool { return l.Engine == EngineTrillian }

// check refuses what cannot be meant, before anything is asked.
func (l *Ledger) check() error {
	bad := func(key, got, want string) error {
		return fault.New("ledger.tree-config", ConfigName+" [ledger] "+key, got, want).Of(fault.Usage)
	}
	switch {
	case l.Engine != "" && l.Engine != EngineLocal && l.Engine != EngineTrillian:
		return bad("engine", l.Engine, EngineLocal+"、"+EngineTrillian)
	case l.Tree < 0:
		return bad("tree", strconv.FormatInt(l.Tree, 10), "")
	case l.Call < 0 || l.Call > 600:
		return bad("call_seconds", strconv.FormatInt(l.Call, 10), "0–600")
	case l.Wait < 0 || l.Wait > 3600:
		return bad("wait_seconds", strconv.FormatInt(l.Wait, 10), "0–3600")
	case (l.Cert == "") != (l.Key == ""):
		return bad("cert", l.Cert, "cert 和 key 要一起填")
	case l.Cert != "" && l.CA == "":
		return bad("ca", "", "ca.pem")
	case !l.Shared():
		return nil
	case len(l.Address) == 0:
		return bad("address", "", `["127.0.0.1:8090"]`)
	}
	for _, addr := range l.Address {
		host, _, err := net.SplitHostPort(addr)
		if err != nil {
			return bad("address", addr, "主机:端口")
		}
		if ip := net.ParseIP(host); l.CA == "" && !l.Plain && host != "localhost" && (ip == nil || !ip.IsLoopback()) {
			return bad("ca", addr, "ca.pem；内网确定不加密的，写 plain = true")
		}
	}
	return nil
}

// format is the section with a word of explanation for every key that is used.
func (l *Ledger) format() string {
	var b strings.Builder
	line := func(key, value, why string) { fmt.Fprintf(&b, "%-7s = %s  # %s\n", key, value, why) }
	b.WriteString("\n[ledger]\n")
	line("engine", intake.String(or(l.Engine, EngineLocal)), "账本引擎：local 本机文件夹，trillian 多单位共用的日志服务器；请用 sunlot ledger move 改")
	if len(l.Address) > 0 {
		quoted := make([]string, len(l.Address))
		for i, a := range l.Address {
			quoted[i] = intake.String(a)
		}
		line("address", "["+strings.Join(quoted, ", ")+"]", "日志服务器，主机:端口，前一个不通就用后一个")
	}
	if l.Tree != 0 {
		line("tree", strconv.FormatInt(l.Tree, 10), "本单位的树号")
	}
	for _, f := range []struct{ key, value, why string }{
		{"ca", l.CA, "日志服务器证书的签发者（PEM 文件）"}, {"cert", l.Cert, "本单位连接用的证书（PEM 文件）"},
		{"key", l.Key, "证书的私钥（PEM 文件）"}, {"server_name", l.Server, "服务器证书上的名称，与地址不同时填"},
	} {
		if f.value != "" {
			line(f.key, intake.String(f.value), f.why)
		}
	}
	if l.Plain {
		line("plain", "true", "到日志服务器不加密")
	}
	if l.Call != 0 {
		line("call_seconds", strconv.FormatInt(l.Call, 10), "一次请求最多等多少秒，0 为缺省 5 秒")
	}
	if l.Wait != 0 {
		line("wait_seconds", strconv.FormatInt(l.Wait, 10), "一次写入最多等多少秒，0 为缺省 30 秒")
	}
	return b.String()
}

// LedgerSettings reads a file with the section [ledger] alone, as a province
// hands it to its offices.
func LedgerSettings(name string, data []byte) (Ledger, error) {
	v, err := intake.TOML[struct {
		Ledger Ledger `toml:"ledger"`
	}](name, data)
	if err != nil {
		return Ledger{}, err
	}
	v.Ledger.Engine = EngineTrillian
	return v.Ledger, v.Ledger.check()
}

// setLedger replaces the section [ledger] of office.toml and leaves every other
// line as its people wrote it.
func (o *Office) setLedger(l Ledger) error {
	text, err := o.withLedger(l)
	if err != nil {
		return err
	}
	name := o.path(ConfigName)
	if err := durable.WriteFile(name, text, 0o644); err != nil {
		return fault.Wrap("office.unwritable", name, err).Of(fault.Unreachable)
	}
	o.Config.Ledger = l
	return nil
}

// withLedger is office.toml with that section. What it gives reads as what is
// meant, and everything else as it did, or it is refused: so it is asked before
// anything is changed on a server.
func (o *Office) withLedger(l Ledger) ([]byte, error) {
	name := o.path(ConfigName)
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, fault.Wrap("office.unreadable", name, err).Of(fault.Unreachable)
	}
	was, err := intake.TOML[Config](name, data)
	if err != nil {
		return nil, err
	}
	text := append(bytes.TrimRight(withoutLedger(data), "\n"), '\n')
	text = append(text, l.format()...)
	is, err := intake.TOML[Config](name, text)
	if err == nil {
		was.Ledger, is.Ledger.Engine = l, or(is.Ledger.Engine, EngineLocal)
		was.Ledger.Engine = or(l.Engine, EngineLocal)
	}
	if err != nil || !reflect.DeepEqual(was, is) {
		return nil, &fault.Error{Code: "office.ledger-section", Place: name, Kind: fault.Usage, Err: err}
	}
	return text, nil
}

// withoutLedger cuts the section: from its header to the last of its keys. What
// comments stand before the next header belong to that.
func withoutLedger(data []byte) []byte {
	var kept, cut []string
	within := false
	for line := range strings.Lines(string(data)) {
		switch head := strings.TrimSpace(line); {
		case strings.HasPrefix(head, "["):
			name, _, _ := strings.Cut(strings.NewReplacer(" ", "", "\t", "", `"`, "", "'", "").Replace(head), "#")
			if within = name == "[ledger]"; !within {
				kept = append(kept, cut...)
			}
			cut = nil
		case within && (head == "" || strings.HasPrefix(head, "#")):
			cut = append(cut, line)
		case within:
			cut = nil
		}
		if !within {
			kept = append(kept, line)
		}
	}
	return []byte(strings.Join(kept, ""))
}

// unchanged refuses to go on with settings that somebody has changed since they
// were read: a move, while a person typed a passphrase.
func (o *Office) unchanged() error {
	now, err := Open(o.Dir)
	if err != nil {
		return err
	}
	if now.Config.Ledger.format() != o.Config.Ledger.format() {
		return fault.New("office.engine-changed", o.path(ConfigName), or(now.Config.Ledger.Engine, EngineLocal), or(o.Config.Ledger.Engine, EngineLocal))
	}
	return nil
}

// local says how the ledger is opened for writing. closing frees what the
// engine holds.
func (o *Office) local(k Keys) (opt local.Options, closing func(), err error) {
	opt = local.Options{Dir: o.Public(), Guard: o.guard(), Origin: o.Config.Origin, Log: k.Log,
		Now: o.Now().Unix(), Copies: true, Hook: o.Hook, Witness: o.witness(o.ask), Writer: o.Writer}
	if !o.Config.Ledger.Shared() {
		return opt, func() {}, nil
	}
	tree, err := o.tree(o.Config.Ledger)
	if err != nil {
		return opt, nil, err
	}
	opt.Sequence = tree.Sequence(o.context())
	return opt, func() { tree.Close() }, nil
}

func (o *Office) context() context.Context {
	if o.Context == nil {
		return context.Background()
	}
	return o.Context
}

// tree is the tree that l names on the servers; nothing is asked of them yet.
func (o *Office) tree(l Ledger) (*trillian.Tree, error) {
	tc, err := o.tls(l)
	if err != nil {
		return nil, err
	}
	return trillian.Open(trillian.Config{Addresses: l.Address, Tree: l.Tree, Origin: o.Config.Origin, TLS: tc, Writer: o.Writer,
		Call: time.Duration(l.Call) * time.Second, Wait: time.Duration(l.Wait) * time.Second})
}

// tls is nil where nothing is encrypted.
func (o *Office) tls(l Ledger) (*tls.Config, error) {
	if l.CA == "" {
		return nil, nil
	}
	file := func(name string) ([]byte, error) {
		if !filepath.IsAbs(name) {
			name = o.path(name)
		}
		data, err := os.ReadFile(name)
		if err != nil {
			return nil, fault.Wrap("office.unreadable", name, err).Of(fault.Unreachable)
		}
		return data, nil
	}
	ca, err := file(l.CA)
	if err != nil {
		return nil, err
	}
	tc := &tls.Config{RootCAs: x509.NewCertPool(), ServerName: l.Server, MinVersion: tls.VersionTLS12}
	if !tc.RootCAs.AppendCertsFromPEM(ca) {
		return nil, fault.New("ledger.tree-config", l.CA, "", "PEM").Of(fault.Usage)
	}
	if l.Cert == "" {
		return tc, nil
	}
	cert, err := file(l.Cert)
	if err != nil {
		return nil, err
	}
	key, err := file(l.Key)
	if err != nil {
		return nil, err
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return nil, &fault.Error{Code: "ledger.tree-config", Place: l.Cert, Want: "PEM", Kind: fault.Usage, Err: err}
	}
	tc.Certificates = []tls.Certificate{pair}
	return tc, nil
}

// firstTree makes the tree of a new office.
func (o *Office) firstTree() error {
	if !o.Config.Ledger.Shared() || o.Config.Ledger.Tree != 0 {
		return nil
	}
	tree, err := o.tree(o.Config.Ledger)
	if err != nil {
		return err
	}
	defer tree.Close()
	o.Config.Ledger.Tree, err = tree.Create(o.context(), o.Config.Name)
	return err
}

package cluster

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/sunlot/sunlot/internal/durable"
	"github.com/sunlot/sunlot/internal/fault"
)

// Options say what is started; the zero value is two log servers and two
// signers in a folder that Down takes away.
type Options struct {
	Dir        string        // "" is a temporary folder
	Bin        string        // the built programs; "" builds them into bin/cluster
	DataDir    string        // the database elsewhere, on a small disk for example
	Interval   time.Duration // between two passes of a sequencer; 0 is 100 ms
	LogServers int           // 0 is 2
	Signers    int           // 0 is 2
	Quota      string        // "" is noop
	Force      bool          // every signer believes that it is the only one
	Hold       time.Duration // how long a signer holds a tree; 0 is a minute, less than 10 s is 10 s
	Port       int           // of the first server on 127.0.0.1; 0 is free ports of a host of its own
	Detach     bool          // the servers outlive this process
}

// A Cluster is the servers of one folder.
type Cluster struct {
	Dir        string
	Postgres   *Database
	Etcd       *Server
	LogServers []*Server
	Signers    []*Server

	opt     Options
	temp    bool
	host    string
	owner   *owner
	starter *starter
	tools   string // folder of PostgreSQL's programs
	mu      sync.Mutex
	proxies []*Proxy
}

func (o *Options) complete() {
	if o.Interval == 0 {
		o.Interval = 100 * time.Millisecond
	}
	if o.LogServers == 0 {
		o.LogServers = 2
	}
	if o.Signers == 0 {
		o.Signers = 2
	}
	if o.Quota == "" {
		o.Quota = "noop"
	}
	if o.Hold == 0 {
		o.Hold = time.Minute
	}
}

// Up starts the servers and returns when each of them answers. What it has
// started before a failure is down again.
func Up(ctx context.Context, opt Options) (*Cluster, error) {
	opt.complete()
	if err := Available(); err != nil {
		return nil, err
	}
	if opt.Bin == "" {
		bin, err := Build(ctx)
		if err != nil {
			return nil, err
		}
		opt.Bin = bin
	}
	who, err := findOwner()
	if err != nil {
		return nil, err
	}
	c := &Cluster{Dir: opt.Dir, opt: opt, owner: who, starter: newStarter(opt.Detach)}
	for _, step := range []func() error{c.choose, c.prepare, c.plan, func() error { return c.startAll(ctx) }} {
		if err := step(); err != nil {
			return nil, errors.Join(err, c.Down())
		}
	}
	return c, nil
}

// choose finds the folder, in which nothing may run, and the programs.
func (c *Cluster) choose() error {
	var err error
	if c.tools, err = postgresTools(); err != nil {
		return err
	}
	if c.Dir == "" {
		// Short, for the path of a socket has a limit of 107 bytes, and open to
		// another user, which the folders of package testing are not.
		if c.Dir, err = os.MkdirTemp("", "sunlot-cluster-"); err != nil {
			return fault.Wrap("cluster.bad-folder", os.TempDir(), err).Of(fault.Unreachable)
		}
		c.temp = true
	}
	if c.Dir, err = filepath.Abs(c.Dir); err != nil {
		return fault.Wrap("cluster.bad-folder", c.Dir, err).Of(fault.Unreachable)
	}
	if was, err := Open(c.Dir); err == nil && was.running() {
		return fault.New("cluster.already-up", c.Dir, "", "").Of(fault.Usage)
	}
	if n := len(c.socketDir()); n > 80 {
		return fault.New("cluster.bad-folder", c.Dir, "path too long", "").Of(fault.Usage)
	}
	return nil
}

// prepare makes the folders; nothing runs yet.
func (c *Cluster) prepare() error {
	// Elections of servers that are no more: a restart would wait for them.
	if err := os.RemoveAll(c.etcdDir()); err != nil {
		return fault.Wrap("cluster.bad-folder", c.etcdDir(), err).Of(fault.Unreachable)
	}
	for _, dir := range []string{c.Dir, c.socketDir(), filepath.Join(c.Dir, "log"), c.etcdDir(), c.dataDir()} {
		if err := c.folder(dir); err != nil {
			return fault.Wrap("cluster.bad-folder", dir, err).Of(fault.Unreachable)
		}
	}
	if err := c.owner.reach(c.dataDir()); err != nil {
		return fault.Wrap("cluster.bad-folder", c.dataDir(), err).Of(fault.Usage)
	}
	var err error
	if c.opt.Bin, err = c.owner.programs(c.opt.Bin, filepath.Join(c.Dir, "bin")); err != nil {
		return fault.Wrap("cluster.bad-folder", c.opt.Bin, err).Of(fault.Unreachable)
	}
	return nil
}

// folder makes a folder that the servers' user owns. The top one is left to
// whoever calls: others must pass through it.
func (c *Cluster) folder(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if dir == c.Dir {
		return os.Chmod(dir, 0o755)
	}
	if err := os.Chmod(dir, 0o700); err != nil {
		return err
	}
	return c.owner.give(dir)
}

func (c *Cluster) socketDir() string { return filepath.Join(c.Dir, "s") }
func (c *Cluster) etcdDir() string   { return filepath.Join(c.Dir, "etcd") }
func (c *Cluster) dataDir() string {
	if c.opt.DataDir != "" {
		return c.opt.DataDir
	}
	return filepath.Join(c.Dir, "pg")
}

// plan chooses the addresses and writes down the servers.
func (c *Cluster) plan() error {
	next := c.opt.Port
	c.host = "127.0.0.1"
	if next == 0 {
		c.host = ownHost()
	}
	taken := map[string]bool{}
	address := func() (string, error) {
		for range 1000 {
			addr, err := freeAddress(c.host, next)
			if next != 0 {
				next++
			}
			if err == nil && !taken[addr] {
				taken[addr] = true
				return addr, nil
			} else if err != nil && next == 0 {
				return "", err
			}
		}
		return "", errors.New("no free port")
	}
	// The log servers first: with Port they have the numbers that people write
	// into an office.toml.
	addrs := make([]string, 0, 2*(c.opt.LogServers+c.opt.Signers)+2)
	for range cap(addrs) {
		addr, err := address()
		if err != nil {
			return fault.Wrap("cluster.no-port", c.host, err).Of(fault.Unreachable)
		}
		addrs = append(addrs, addr)
	}
	take := func() string { a := addrs[0]; addrs = addrs[1:]; return a }
	for i := range c.opt.LogServers {
		c.LogServers = append(c.LogServers, c.logServer(i, take(), ""))
	}
	for _, s := range c.LogServers {
		c.useHealth(s, take())
	}
	c.Etcd = c.etcd(take(), take())
	for i := range c.opt.Signers {
		c.Signers = append(c.Signers, c.signer(i, take(), take()))
	}
	c.Postgres = c.database()
	return nil
}

// startAll: etcd and PostgreSQL, then Trillian's four.
func (c *Cluster) startAll(ctx context.Context) error {
	ctx, cancel := withDeadline(ctx)
	defer cancel()
	err := both(
		func() error { return c.Postgres.create(ctx) },
		func() error { return c.Etcd.Start(ctx) })
	if err != nil {
		return err
	}
	var starts []func() error
	for _, s := range append(c.Signers[:len(c.Signers):len(c.Signers)], c.LogServers...) {
		starts = append(starts, func() error {
			err := s.Start(ctx)
			if err != nil {
				cancel() // one that fails at once is not waited out by the others
			}
			return err
		})
	}
	return both(starts...)
}

// both runs functions beside each other and joins what they say.
func both(calls ...func() error) error {
	errs := make([]error, len(calls))
	var wg sync.WaitGroup
	for i, call := range calls {
		wg.Go(func() { errs[i] = call() })
	}
	wg.Wait()
	return errors.Join(errs...)
}

// All lists the servers in the order in which they are started.
func (c *Cluster) All() []*Server {
	var all []*Server
	if c.Postgres != nil {
		all = append(all, c.Postgres.Server)
	}
	if c.Etcd != nil {
		all = append(all, c.Etcd)
	}
	return append(append(all, c.Signers...), c.LogServers...)
}

func (c *Cluster) running() bool {
	for _, s := range c.All() {
		if s.Running() {
			return true
		}
	}
	return false
}

// Down ends every process and, of a temporary folder, takes the folder away.
// Trillian's servers and etcd are killed: they hold nothing that a transaction
// or a lease does not undo, and take ten seconds to end by themselves.
// PostgreSQL is shut down in order where its data stays.
func (c *Cluster) Down() error {
	c.mu.Lock()
	proxies := c.proxies
	c.proxies = nil
	c.mu.Unlock()
	for _, p := range proxies {
		p.Close()
	}
	var stops []func() error
	for _, s := range c.All() {
		stop := s.Kill
		if c.Postgres != nil && s == c.Postgres.Server && !c.temp {
			stop = c.Postgres.Stop
		}
		stops = append(stops, stop)
	}
	err := both(stops...)
	if c.starter != nil {
		c.starter.close()
	}
	if c.temp && err == nil {
		err = os.RemoveAll(c.Dir)
	}
	return err
}

// state is cluster.json: which processes these are. Start ticks tell a process
// from a later one that got its number.
type state struct {
	Host    string  `json:"host"`
	Options Options `json:"options"`
	Servers []entry `json:"servers"`
}

type entry struct {
	Name  string   `json:"name"`
	Addr  string   `json:"addr"`
	HTTP  string   `json:"http,omitempty"`
	Exe   string   `json:"exe"`
	Args  []string `json:"args"`
	Pid   int      `json:"pid,omitempty"`
	Ticks uint64   `json:"ticks,omitempty"`
}

func (c *Cluster) stateFile() string { return filepath.Join(c.Dir, "cluster.json") }

// note writes the state after each start and end of a process.
func (c *Cluster) note() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	st := state{Host: c.host, Options: c.opt}
	for _, s := range c.All() {
		pid, ticks := s.process()
		st.Servers = append(st.Servers, entry{s.Name, s.Addr, s.HTTP, s.exe, s.args, pid, ticks})
	}
	data, err := json.MarshalIndent(st, "", "\t")
	if err == nil {
		err = durable.WriteFile(c.stateFile(), append(data, '\n'), 0o644)
	}
	return err
}

// Open reads the cluster of a folder, whose processes may be running or not.
func Open(dir string) (*Cluster, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fault.Wrap("cluster.bad-folder", dir, err).Of(fault.Unreachable)
	}
	var st state
	data, err := os.ReadFile(filepath.Join(dir, "cluster.json"))
	if err == nil {
		err = json.Unmarshal(data, &st)
	}
	if err != nil {
		return nil, fault.Wrap("cluster.no-cluster", dir, err).Of(fault.Unreachable)
	}
	who, err := findOwner()
	if err != nil {
		return nil, err
	}
	c := &Cluster{Dir: dir, opt: st.Options, host: st.Host, owner: who, starter: newStarter(true)}
	c.tools, _ = postgresTools()
	for _, e := range st.Servers {
		s := &Server{Name: e.Name, Addr: e.Addr, HTTP: e.HTTP, exe: e.Exe, args: e.Args, c: c, Log: c.logFile(e.Name)}
		if alive(e.Pid, e.Ticks) {
			s.pid, s.ticks = e.Pid, e.Ticks
		}
		switch {
		case e.Name == "postgres":
			c.Postgres = &Database{s}
			s.answers, s.term = c.Postgres.ready, interrupt
		case e.Name == "etcd":
			c.Etcd = s
		case s.is("signer"):
			c.Signers = append(c.Signers, s)
		default:
			c.LogServers = append(c.LogServers, s)
		}
	}
	return c, nil
}

func (c *Cluster) logFile(name string) string { return filepath.Join(c.Dir, "log", name+".log") }

// freeAddress is an address on which nothing listens.
func freeAddress(host string, port int) (string, error) {
	l, err := net.Listen("tcp", net.JoinHostPort(host, strconv.Itoa(port)))
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// withDeadline bounds a wait that the caller has not bounded.
func withDeadline(ctx context.Context) (context.Context, context.CancelFunc) {
	if _, ok := ctx.Deadline(); ok {
		return context.WithCancel(ctx)
	}
	return context.WithTimeoutCause(ctx, time.Minute, fmt.Errorf("no answer for a minute"))
}

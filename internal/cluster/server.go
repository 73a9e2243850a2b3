package cluster

import (
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/sunlot/sunlot/internal/fault"
)

// tick is how often a wait looks again.
const tick = 10 * time.Millisecond

// A Server is one process that can be ended and started again.
type Server struct {
	Name string
	Addr string // of gRPC; of PostgreSQL the folder of its socket
	HTTP string // of /healthz and /metrics
	Log  string // file with what it prints

	exe     string
	args    []string
	term    endSignal                   // how it is asked to end
	answers func(context.Context) error // nil asks HTTP and dials Addr
	c       *Cluster

	mu    sync.Mutex
	pid   int
	ticks uint64
	ended chan struct{} // closed when a process that we started was reaped
}

func (s *Server) is(kind string) bool { return strings.HasPrefix(s.Name, kind) }

func (s *Server) process() (pid int, ticks uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pid, s.ticks
}

// Pid of the process, 0 if none runs.
func (s *Server) Pid() int {
	if !s.Running() {
		return 0
	}
	pid, _ := s.process()
	return pid
}

// Running reports whether the process is there, paused or not.
func (s *Server) Running() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pid != 0 && !s.gone()
}

// gone is asked with the lock held.
func (s *Server) gone() bool {
	if s.ended == nil {
		return !alive(s.pid, s.ticks)
	}
	select {
	case <-s.ended:
		return true
	default:
		return false
	}
}

// Start starts the process and waits until it answers. A context without a
// deadline is given one minute.
func (s *Server) Start(ctx context.Context) error {
	ctx, cancel := withDeadline(ctx)
	defer cancel()
	for {
		if err := s.launch(); err != nil {
			return err
		}
		err := s.await(ctx)
		if err == nil {
			return s.c.note()
		}
		last := s.tail()
		if ctx.Err() == nil && !s.Running() && strings.Contains(last, "shared memory block") {
			// The children of a killed PostgreSQL are still ending.
			pause(ctx)
			continue
		}
		return errors.Join(&fault.Error{Code: "cluster.no-answer", Place: s.Name, Got: last, Want: s.Log, Kind: fault.Unreachable, Err: err}, s.Kill())
	}
}

func (s *Server) launch() error {
	if s.Running() {
		return fault.New("cluster.already-up", s.Name, "", "").Of(fault.Usage)
	}
	log, err := os.OpenFile(s.Log, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
	if err != nil {
		return fault.Wrap("cluster.bad-folder", s.Log, err).Of(fault.Unreachable)
	}
	defer log.Close()
	pid, ended, err := s.c.starter.start(s.exe, s.args, s.c.Dir, log, s.c.owner)
	if err != nil {
		return &fault.Error{Code: "cluster.no-answer", Place: s.Name, Got: err.Error(), Want: s.Log, Kind: fault.Unreachable, Err: err}
	}
	s.mu.Lock()
	s.pid, s.ticks, s.ended = pid, ticksOf(pid), ended
	s.mu.Unlock()
	return s.c.note()
}

// await waits until the process answers, ends, or the time is over.
func (s *Server) await(ctx context.Context) error {
	ask := s.answers
	if ask == nil {
		ask = s.health
	}
	for {
		err := ask(ctx)
		if err == nil {
			return nil
		}
		if !s.Running() {
			return errors.New("ended at once")
		}
		if !pause(ctx) {
			return errors.Join(context.Cause(ctx), err)
		}
	}
}

// Ready asks once whether the server answers.
func (s *Server) Ready(ctx context.Context) error {
	if s.answers != nil {
		return s.answers(ctx)
	}
	return s.health(ctx)
}

// health asks what Trillian's servers and etcd serve under HTTP, then whether
// the address of gRPC takes a connection: it opens a little later.
func (s *Server) health(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	page := "/healthz"
	if s.is("etcd") {
		page = "/health"
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.HTTP+page, nil)
	if err != nil {
		return err
	}
	resp, err := client.Do(req)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(io.LimitReader(resp.Body, 4096))
	if err != nil {
		return err
	}
	if resp.StatusCode != http.StatusOK {
		return errors.New(resp.Status + ": " + string(body))
	}
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", s.Addr)
	if err == nil {
		err = conn.Close()
	}
	return err
}

// client keeps no connection: a server that was killed would leave a dead one.
var client = &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}

// pause waits a tick; false if the time is over.
func pause(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(tick):
		return true
	}
}

// tail is the last line that the server has printed.
func (s *Server) tail() string {
	data, err := os.ReadFile(s.Log)
	if err != nil {
		return ""
	}
	text := strings.TrimSpace(string(data[max(0, len(data)-2000):]))
	lines := strings.Split(text, "\n")
	return strings.Join(lines[max(0, len(lines)-3):], " / ")
}

// Stop asks the process to end and waits until it has. Trillian's servers take
// five to ten seconds, in which they answer nothing any more.
func (s *Server) Stop() error { return s.end(s.term, quitLimit) }

// Kill ends the process as a power cut would.
func (s *Server) Kill() error { return s.end(kill, quitLimit) }

// Signal sends the signal of Stop and does not wait.
func (s *Server) Signal() error { return s.send(s.term) }

func (s *Server) end(sig endSignal, limit time.Duration) error {
	if !s.Running() {
		return nil
	}
	family := s.family()
	if sig != kill {
		s.Resume() // a paused process does not hear
	}
	if err := s.send(sig); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	for s.Running() || anyAlive(family) {
		if !pause(ctx) {
			return fault.New("cluster.does-not-end", s.Name, strconv.Itoa(s.Pid()), "").Of(fault.Unreachable)
		}
	}
	s.mu.Lock()
	s.pid, s.ticks, s.ended = 0, 0, nil
	s.mu.Unlock()
	return s.c.note()
}

// Pause stops the process and its children where they stand; Resume lets them
// go on. Connections stay open and nobody answers. Pause returns when they
// stand: the signal alone takes effect a little later.
func (s *Server) Pause() error {
	if err := s.sendAll(stopSignal); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), quitLimit)
	defer cancel()
	for !s.standing() {
		if !pause(ctx) {
			return fault.New("cluster.does-not-end", s.Name, strconv.Itoa(s.Pid()), "").Of(fault.Unreachable)
		}
	}
	return nil
}

func (s *Server) Resume() error { return s.sendAll(contSignal) }

func (s *Server) send(sig endSignal) error {
	pid := s.Pid()
	if pid == 0 {
		return fault.New("cluster.not-running", s.Name, "", "").Of(fault.Unreachable)
	}
	return signal(pid, sig)
}

func (s *Server) sendAll(sig endSignal) error {
	if err := s.send(sig); err != nil {
		return err
	}
	for _, p := range s.family() {
		if err := signal(p.pid, sig); err != nil && alive(p.pid, p.ticks) {
			return err
		}
	}
	return nil
}

// logServer and signer are Trillian's two programs.
func (c *Cluster) logServer(i int, addr, health string) *Server {
	return c.trillian("logserver", i, addr, health, "trillian_log_server",
		"--tree_gc=false", // a tree that was deleted by mistake can be had back
	)
}

func (c *Cluster) signer(i int, addr, health string) *Server {
	args := []string{
		"--sequencer_interval=" + c.opt.Interval.String(),
		"--election_system=etcd",
		"--etcd_servers=" + c.Etcd.Addr,
		"--lock_file_path=" + electionPath,
		"--pre_election_pause=10ms", // the least that it takes
		"--master_hold_interval=" + c.opt.Hold.String(),
		"--master_hold_jitter=" + (2 * c.opt.Hold).String(),
	}
	if c.opt.Force {
		args = append(args, "--force_master")
	}
	return c.trillian("signer", i, addr, health, "trillian_log_signer", args...)
}

func (c *Cluster) trillian(kind string, i int, addr, health, program string, args ...string) *Server {
	name := kind + "-" + strconv.Itoa(i)
	s := &Server{Name: name, Addr: addr, Log: c.logFile(name), exe: filepath.Join(c.opt.Bin, program), c: c,
		args: append([]string{
			"--rpc_endpoint=" + addr,
			"--storage_system=postgresql",
			"--postgresql_uri=" + c.uri(),
			"--quota_system=" + c.opt.Quota,
		}, args...)}
	if health != "" {
		c.useHealth(s, health)
	}
	return s
}

func (c *Cluster) useHealth(s *Server, addr string) {
	s.HTTP = addr
	s.args = append(s.args, "--http_endpoint="+addr)
}

// poolSize is how many connections each of Trillian's servers may hold: a
// signer has ten workers, the listing of trees and the check of its health.
const poolSize = 16

func (c *Cluster) uri() string {
	// Not QueryEscape: pgx takes a + of a query for itself.
	return "postgresql:///" + databaseName + "?host=" + url.PathEscape(c.socketDir()) + "&user=" + databaseUser + "&pool_max_conns=" + strconv.Itoa(poolSize)
}

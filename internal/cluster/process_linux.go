package cluster

import (
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/sunlot/sunlot/internal/durable"
	"github.com/sunlot/sunlot/internal/fault"
)

type endSignal = syscall.Signal

// What servers are told: PostgreSQL ends its sessions on an interrupt and
// waits for them on SIGTERM.
const (
	terminate  = syscall.SIGTERM
	interrupt  = syscall.SIGINT
	quit       = syscall.SIGQUIT
	kill       = syscall.SIGKILL
	stopSignal = syscall.SIGSTOP
	contSignal = syscall.SIGCONT
	quitLimit  = 30 * time.Second // for a process to do as it was told
)

func supported() error { return nil }

func signal(pid int, sig endSignal) error {
	if sig == 0 {
		sig = terminate
	}
	return syscall.Kill(pid, sig)
}

// ownHost is a loopback address that nobody else uses: all of 127.0.0.0/8 is
// the loopback.
func ownHost() string {
	n := func() string { return strconv.Itoa(1 + rand.IntN(250)) }
	return "127." + n() + "." + n() + "." + n()
}

// owner is the user of the servers, nil for our own.
type owner struct{ uid, gid int }

func findOwner() (*owner, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		u, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, err1 := strconv.Atoi(u.Uid)
		gid, err2 := strconv.Atoi(u.Gid)
		if err1 == nil && err2 == nil && uid != 0 {
			return &owner{uid, gid}, nil
		}
	}
	return nil, fault.New("cluster.no-user", "", "", "postgres").Of(fault.Unreachable)
}

func (o *owner) give(name string) error {
	if o == nil {
		return nil
	}
	return os.Chown(name, o.uid, o.gid)
}

func (o *owner) attributes() *syscall.SysProcAttr {
	attr := &syscall.SysProcAttr{}
	if o != nil {
		attr.Credential = &syscall.Credential{Uid: uint32(o.uid), Gid: uint32(o.gid)}
	}
	return attr
}

func (o *owner) become(cmd *exec.Cmd) { cmd.SysProcAttr = o.attributes() }

// reach says which folder above a file the servers' user cannot pass.
func (o *owner) reach(name string) error {
	if o == nil {
		return nil
	}
	for dir := filepath.Dir(name); ; dir = filepath.Dir(dir) {
		info, err := os.Stat(dir)
		if err != nil {
			return err
		}
		st := info.Sys().(*syscall.Stat_t)
		switch mode := info.Mode().Perm(); {
		case int(st.Uid) == o.uid && mode&0o100 != 0, int(st.Gid) == o.gid && mode&0o010 != 0, mode&0o001 != 0:
		default:
			return errors.New("user " + strconv.Itoa(o.uid) + " cannot pass " + dir)
		}
		if dir == filepath.Dir(dir) {
			return nil
		}
	}
}

// programs returns a folder with the programs that the servers' user can reach:
// bin itself or, where the source lies in somebody's home, copies.
func (o *owner) programs(bin, copies string) (string, error) {
	names := []string{"etcd", "trillian_log_server", "trillian_log_signer"}
	bin, err := filepath.Abs(bin)
	for _, name := range names {
		if err == nil {
			_, err = os.Stat(filepath.Join(bin, name))
		}
	}
	if err != nil || o.reach(filepath.Join(bin, names[0])) == nil {
		return bin, err
	}
	if err := os.MkdirAll(copies, 0o755); err != nil {
		return "", err
	}
	for _, name := range names {
		from, to := filepath.Join(bin, name), filepath.Join(copies, name)
		os.Remove(to)
		if os.Link(from, to) == nil {
			continue
		}
		data, err := os.ReadFile(from)
		if err != nil {
			return "", err
		}
		if err := os.WriteFile(to, data, 0o755); err != nil {
			return "", err
		}
	}
	return copies, nil
}

// A starter starts the processes of a cluster from one thread that lives as
// long as the cluster: the kernel kills them when that thread ends, so that a
// test that dies leaves no servers. Detached ones stay.
type starter struct {
	detach bool
	calls  chan func()
	once   sync.Once
}

func newStarter(detach bool) *starter {
	s := &starter{detach: detach, calls: make(chan func())}
	go func() {
		runtime.LockOSThread()
		for call := range s.calls {
			call()
		}
	}()
	return s
}

func (s *starter) close() { s.once.Do(func() { close(s.calls) }) }

func (s *starter) start(exe string, args []string, dir string, log io.Writer, who *owner) (pid int, ended chan struct{}, err error) {
	cmd := exec.Command(exe, args...)
	cmd.Dir, cmd.Stdout, cmd.Stderr = dir, log, log
	cmd.Env = []string{"LC_ALL=C", "PATH=" + os.Getenv("PATH"), "TZ=UTC"}
	cmd.SysProcAttr = who.attributes()
	cmd.SysProcAttr.Setsid = true // an interrupt of the terminal is not theirs
	if !s.detach {
		cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL
	}
	done := make(chan error)
	s.calls <- func() { done <- cmd.Start() }
	if err := <-done; err != nil {
		return 0, nil, err
	}
	ended = make(chan struct{})
	go func() {
		cmd.Wait() // how it ended, its log says
		close(ended)
	}()
	return cmd.Process.Pid, ended, nil
}

// proc is a process, told by its start from a later one of the same number.
type proc struct {
	pid   int
	ticks uint64
}

// stat reads state, parent and start of a process.
func stat(pid int) (state byte, parent int, ticks uint64, ok bool) {
	data, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/stat")
	if err != nil {
		return 0, 0, 0, false
	}
	// The second field is the name in brackets, which may hold anything.
	text := string(data)
	f := strings.Fields(text[strings.LastIndexByte(text, ')')+1:])
	if len(f) < 20 {
		return 0, 0, 0, false
	}
	parent, _ = strconv.Atoi(f[1])
	ticks, err = strconv.ParseUint(f[19], 10, 64)
	return f[0][0], parent, ticks, err == nil
}

func ticksOf(pid int) uint64 {
	_, _, ticks, _ := stat(pid)
	return ticks
}

func alive(pid int, ticks uint64) bool {
	if pid == 0 {
		return false
	}
	state, _, since, ok := stat(pid)
	return ok && since == ticks && state != 'Z' && state != 'X'
}

func anyAlive(procs []proc) bool {
	for _, p := range procs {
		if alive(p.pid, p.ticks) {
			return true
		}
	}
	return false
}

// family lists the children of the process: PostgreSQL has one a session.
func (s *Server) family() []proc {
	own := s.Pid()
	if own == 0 {
		return nil
	}
	var children []proc
	names, _ := filepath.Glob("/proc/[0-9]*")
	for _, name := range names {
		pid, _ := strconv.Atoi(filepath.Base(name))
		if _, parent, ticks, ok := stat(pid); ok && parent == own {
			children = append(children, proc{pid, ticks})
		}
	}
	return children
}

// standing reports whether every thread of the process and of its children has
// stopped.
func (s *Server) standing() bool {
	for _, p := range append(s.family(), proc{pid: s.Pid()}) {
		tasks, _ := filepath.Glob("/proc/" + strconv.Itoa(p.pid) + "/task/*/stat")
		for _, task := range tasks {
			data, err := os.ReadFile(task)
			if err != nil {
				continue // it has ended
			}
			if _, rest, _ := strings.Cut(string(data[strings.LastIndexByte(string(data), ')')+1:]), " "); rest != "" && rest[0] != 'T' {
				return false
			}
		}
	}
	return true
}

// lockFile waits for a lock that ends with us.
func lockFile(name string) (unlock func(), err error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	if err := durable.Lock(f); err != nil {
		f.Close()
		return nil, err
	}
	return func() { f.Close() }, nil
}

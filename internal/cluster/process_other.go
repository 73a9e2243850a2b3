//go:build !linux

package cluster

import (
	"errors"
	"io"
	"os/exec"
	"time"

	"github.com/sunlot/sunlot/internal/fault"
)

// Elsewhere nothing is started: Available says so before anything else is asked.

type endSignal int

const (
	terminate endSignal = iota
	interrupt
	quit
	kill
	stopSignal
	contSignal
	quitLimit = 30 * time.Second
)

var errNowhere = errors.New("not on this system")

func supported() error {
	return fault.New("cluster.not-linux", "", "", "").Of(fault.Unreachable)
}

func signal(int, endSignal) error { return errNowhere }
func ownHost() string             { return "127.0.0.1" }

type owner struct{}

func findOwner() (*owner, error)                        { return nil, nil }
func (o *owner) give(string) error                      { return nil }
func (o *owner) become(*exec.Cmd)                       {}
func (o *owner) reach(string) error                     { return nil }
func (o *owner) programs(bin, _ string) (string, error) { return bin, nil }

type starter struct{}

func newStarter(bool) *starter { return &starter{} }
func (s *starter) close()      {}
func (s *starter) start(string, []string, string, io.Writer, *owner) (int, chan struct{}, error) {
	return 0, nil, errNowhere
}

type proc struct {
	pid   int
	ticks uint64
}

func ticksOf(int) uint64         { return 0 }
func alive(int, uint64) bool     { return false }
func anyAlive([]proc) bool       { return false }
func (s *Server) family() []proc { return nil }
func (s *Server) standing() bool { return true }

func lockFile(string) (func(), error) { return func() {}, nil }

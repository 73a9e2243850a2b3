package command_test

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/sunlot/sunlot/internal/cluster"
)

// servers are the log servers that all scripts share, started by the first.
var (
	serversLock sync.Mutex
	servers     *cluster.Cluster
)

func serversUp() (*cluster.Cluster, error) {
	serversLock.Lock()
	defer serversLock.Unlock()
	if servers != nil {
		return servers, nil
	}
	c, err := cluster.Up(context.Background(), cluster.Options{Interval: 20 * time.Millisecond})
	if err == nil {
		servers = c
	}
	return c, err
}

func serversDown() error {
	serversLock.Lock()
	defer serversLock.Unlock()
	if servers == nil {
		return nil
	}
	return servers.Down()
}

// cmdServers writes the file that a province hands to its offices: servers FILE.
// servers sql STATEMENT changes the database behind them, as its operator could;
// servers pause and servers resume are of those that sequence.
func cmdServers(ts *testscript.TestScript, neg bool, args []string) {
	c, err := serversUp()
	ts.Check(err)
	if len(args) == 2 && args[0] == "sql" {
		_, err := c.Postgres.SQL(context.Background(), args[1])
		ts.Check(err)
		return
	}
	if len(args) == 1 && (args[0] == "pause" || args[0] == "resume") {
		for _, s := range c.Signers {
			if args[0] == "pause" {
				ts.Check(s.Pause())
			} else {
				ts.Check(s.Resume())
			}
		}
		return
	}
	if neg || len(args) != 1 {
		ts.Fatalf("usage: servers FILE, servers sql STATEMENT, servers pause, servers resume")
	}
	var list []string
	for _, s := range c.LogServers {
		list = append(list, fmt.Sprintf("%q", s.Addr))
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), fmt.Appendf(nil, "[ledger]\naddress = [%s]\n", strings.Join(list, ", ")), 0o644))
}

// cmdRootOf puts a line of a file into the environment: rootof FILE NAME.
func cmdRootOf(ts *testscript.TestScript, neg bool, args []string) {
	ts.Setenv(args[1], strings.TrimSpace(ts.ReadFile(args[0])))
}

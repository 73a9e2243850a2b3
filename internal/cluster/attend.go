package cluster

import (
	"testing"
)

// New is Up for a test, and Down at its end. In short mode the test is left out
// and says so; where a server cannot be started it fails: make test leaves
// nothing out.
func New(tb testing.TB, opt Options) *Cluster {
	tb.Helper()
	if testing.Short() {
		tb.Skip("left out in short mode: real servers (PostgreSQL, etcd, Trillian)")
	}
	c, err := Up(tb.Context(), opt)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if tb.Failed() {
			for _, s := range c.All() {
				tb.Logf("%s: %s", s.Name, s.tail())
			}
		}
		if err := c.Down(); err != nil {
			tb.Error(err)
		}
	})
	return c
}

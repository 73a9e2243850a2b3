package trillian

import (
	"context"
	"testing"
	"time"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/ledger"
)

// A person who does not want to wait any longer is not told that the servers
// are at fault; a deadline that passes is.
func TestStopped(t *testing.T) {
	tree, err := Open(Config{Addresses: []string{"127.0.0.1:1"}, Tree: 1, Origin: "o", Wait: 30 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	stopped, stop := context.WithCancel(t.Context())
	stop()
	for want, ctx := range map[string]context.Context{"ledger.tree-stopped": stopped, "ledger.tree-unreachable": t.Context()} {
		if _, err := tree.Sequence(ctx)(ledger.Checkpoint{Origin: "o"}, nil, nil); fault.Code(err) != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}

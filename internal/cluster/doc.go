// Package cluster runs the servers of the many-office engine as real processes
// on the loopback, for tests, benchmarks and `make cluster`: PostgreSQL, one
// etcd, Trillian's log servers and its sequencers ("signers").
//
//	c, err := cluster.Up(ctx, cluster.Options{})
//	defer c.Down()
//	… c.LogServers[0].Addr …
//	c.Signers[0].Kill(); c.Fence(ctx); c.Postgres.Immediate(); c.Postgres.Start(ctx)
//
// Every server is a process of its own that can be stopped, killed, paused and
// started again under the same address. Run as root, they run as the user
// postgres (or nobody), for PostgreSQL refuses root. The addresses are of a
// loopback host of the cluster's own (127.x.y.z), so that what is free when it
// is chosen is still free when a killed server comes back.
//
// What stands in Dir: pg/ the database, etcd/ the elections, log/ one log a
// server, s/ the socket of PostgreSQL (it listens nowhere else), cluster.json
// which processes these are. Nothing in it is an office's: what an office must
// keep is its own folder.
//
// Facts of Trillian v1.8.0 that a test of faults needs:
//
//   - Both servers answer SIGTERM at once and end five to ten seconds later:
//     Stop waits for that, Kill does not.
//   - Every tree has an election of its own. The lease of a killed signer holds
//     its trees for up to 60 s, a constant of etcd's client: Fence ends it.
//   - A signer holds a tree for 10 s at least before it lets another have it.
//   - A signer that loses etcd goes on for about 40 s and then ends; when etcd is
//     back, so are the leases that it had, for another 60 s.
//
// Log servers are told nothing of etcd: they would only announce themselves
// there, which nobody reads, and end when it is away.
//
// The quota is noop: PostgreSQL's counts the queue of all trees with a query a
// write, and at its limit stops every office for the sake of one. Our writer
// waits for what it has queued, so the queue is bounded without it.
package cluster

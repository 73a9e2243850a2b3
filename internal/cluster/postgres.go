package cluster

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/sunlot/sunlot/internal/fault"
)

const (
	databaseName = "trillian"
	databaseUser = "trillian"
)

// A Database is PostgreSQL with what tests do to it.
type Database struct{ *Server }

func (c *Cluster) database() *Database {
	conns := poolSize*(c.opt.LogServers+c.opt.Signers) + 20
	d := &Database{&Server{Name: "postgres", Addr: c.socketDir(), Log: c.logFile("postgres"), exe: filepath.Join(c.tools, "postgres"), term: interrupt, c: c,
		args: []string{
			"-D", c.dataDir(),
			"-c", "listen_addresses=", "-c", "unix_socket_directories=" + c.socketDir(),
			"-c", "fsync=on", "-c", "synchronous_commit=on", "-c", "full_page_writes=on",
			"-c", "max_connections=" + strconv.Itoa(conns),
			"-c", "log_min_messages=warning",
		}}}
	if c.opt.DataDir != "" { // perhaps a small disk: files of 1 MiB instead of 16
		d.args = append(d.args, "-c", "min_wal_size=4MB", "-c", "max_wal_size=16MB")
	}
	d.answers = d.ready
	return d
}

// ready: the socket takes connections, and the server queries.
func (d *Database) ready(ctx context.Context) error {
	conn, err := net.Dial("unix", filepath.Join(d.Addr, ".s.PGSQL.5432"))
	if err != nil {
		return err // cheaper than a process
	}
	conn.Close()
	_, err = d.run(ctx, nil, nil, "psql", "-X", "-q", "-d", "postgres", "-c", "SELECT 1")
	return err
}

// create starts the database, made anew where there is none.
func (d *Database) create(ctx context.Context) error {
	_, err := os.Stat(filepath.Join(d.c.dataDir(), "PG_VERSION"))
	if err == nil {
		return d.Start(ctx)
	}
	args := []string{"-D", d.c.dataDir(), "-U", databaseUser, "--auth-local=trust", "--auth-host=reject", "--encoding=UTF8", "--locale=C", "--no-sync"}
	if d.c.opt.DataDir != "" {
		args = append(args, "--wal-segsize=1")
	}
	if _, err := d.c.run(ctx, nil, nil, "initdb", args...); err != nil {
		return fault.Wrap("cluster.no-database", d.c.dataDir(), err).Of(fault.Unreachable)
	}
	if err := d.Start(ctx); err != nil {
		return err
	}
	schema, err := schemaFile(ctx)
	if err != nil {
		return err
	}
	defer schema.Close()
	if _, err := d.run(ctx, nil, nil, "createdb", databaseName); err != nil {
		return err
	}
	_, err = d.run(ctx, schema, nil, "psql", "-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-d", databaseName, "-f", "-")
	return err
}

// SQL runs statements in one transaction and returns what they print: fields
// parted by |, rows by line ends.
func (d *Database) SQL(ctx context.Context, statements string) (string, error) {
	out, err := d.run(ctx, strings.NewReader(statements), nil, "psql", "-X", "-q", "-A", "-t", "-1", "-v", "ON_ERROR_STOP=1", "-d", databaseName, "-f", "-")
	return strings.TrimSpace(out), err
}

// Analyze lets the planner know the tables: after many leaves at once range
// reads are far slower before it.
func (d *Database) Analyze(ctx context.Context) error {
	_, err := d.SQL(ctx, "ANALYZE")
	return err
}

// Dump writes every row to a file.
func (d *Database) Dump(ctx context.Context, file string) error {
	f, err := os.Create(file)
	if err != nil {
		return fault.Wrap("cluster.bad-folder", file, err).Of(fault.Unreachable)
	}
	_, err = d.run(ctx, nil, f, "pg_dump", "--data-only", "-d", databaseName)
	return errors.Join(err, f.Close())
}

// tables of the schema, those that others refer to among them.
const tables = "Trees, TreeControl, Subtree, TreeHead, LeafData, SequencedLeafData, Unsequenced"

// Restore puts the rows of a dump in the place of all that stand there, in one
// transaction and under the servers' feet, as an operator would.
func (d *Database) Restore(ctx context.Context, file string) error {
	f, err := os.Open(file)
	if err != nil {
		return fault.Wrap("cluster.bad-folder", file, err).Of(fault.Unreachable)
	}
	defer f.Close()
	rows := io.MultiReader(strings.NewReader("TRUNCATE "+tables+" CASCADE;\n"), f)
	_, err = d.run(ctx, rows, nil, "psql", "-X", "-q", "-1", "-v", "ON_ERROR_STOP=1", "-d", databaseName, "-f", "-")
	return err
}

// Immediate ends the database as pg_ctl stop -m immediate does: no checkpoint,
// recovery at the next start.
func (d *Database) Immediate() error { return d.end(quit, quitLimit) }

// run is a client program of PostgreSQL with the address of this one.
func (d *Database) run(ctx context.Context, in io.Reader, out io.Writer, program string, args ...string) (string, error) {
	return d.c.run(ctx, in, out, program, append([]string{"-h", d.Addr, "-U", databaseUser}, args...)...)
}

// run is a program of PostgreSQL, as the servers' user.
func (c *Cluster) run(ctx context.Context, in io.Reader, out io.Writer, program string, args ...string) (string, error) {
	ctx, cancel := withDeadline(ctx)
	defer cancel()
	cmd := exec.CommandContext(ctx, filepath.Join(c.tools, program), args...)
	var stdout, stderr bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr, cmd.Dir = in, &stdout, &stderr, c.Dir
	if out != nil {
		cmd.Stdout = out
	}
	cmd.Env = []string{"LC_ALL=C", "PATH=" + os.Getenv("PATH"), "PGCONNECT_TIMEOUT=10"}
	c.owner.become(cmd)
	if err := cmd.Run(); err != nil {
		said := strings.TrimSpace(stderr.String())
		return stdout.String(), &fault.Error{Code: "cluster.sql", Place: program, Got: said, Kind: fault.Unreachable, Err: err}
	}
	return stdout.String(), nil
}

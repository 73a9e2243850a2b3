package cluster

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/sunlot/sunlot/internal/fault"
)

// Available says why no cluster can be started here, nil if one can.
func Available() error {
	if err := supported(); err != nil {
		return err
	}
	_, err := postgresTools()
	return err
}

// postgresTools is the folder of PostgreSQL's programs: of 15 where Debian puts
// it, else of the newest there, else of PATH.
func postgresTools() (string, error) {
	all, _ := filepath.Glob("/usr/lib/postgresql/*/bin")
	slices.SortFunc(all, func(a, b string) int { return version(b) - version(a) })
	dirs := append([]string{"/usr/lib/postgresql/15/bin"}, all...)
	if p, err := exec.LookPath("postgres"); err == nil {
		dirs = append(dirs, filepath.Dir(p))
	}
	return firstWhole(dirs)
}

// firstWhole is the first folder that has every program.
func firstWhole(dirs []string) (string, error) {
	for _, dir := range dirs {
		missing := false
		for _, program := range []string{"postgres", "initdb", "psql", "createdb", "pg_dump"} {
			_, err := os.Stat(filepath.Join(dir, program))
			missing = missing || err != nil
		}
		if !missing {
			return dir, nil
		}
	}
	return "", fault.New("cluster.no-postgresql", "", "", "postgresql-15").Of(fault.Unreachable)
}

func version(dir string) int {
	n, _ := strconv.Atoi(filepath.Base(filepath.Dir(dir)))
	return n
}

// side modules and what is built of each.
var programs = map[string][]string{
	"trillian": {"github.com/google/trillian/cmd/trillian_log_server", "github.com/google/trillian/cmd/trillian_log_signer"},
	"etcd":     {"go.etcd.io/etcd/server/v3"},
}

// Build builds the three programs from their modules into bin/cluster of the
// source and returns that folder. What is there and new enough stays.
func Build(ctx context.Context) (string, error) {
	top, err := source()
	if err != nil {
		return "", err
	}
	bin := filepath.Join(top, "bin", "cluster")
	if err := os.MkdirAll(bin, 0o755); err != nil {
		return "", fault.Wrap("cluster.bad-folder", bin, err).Of(fault.Unreachable)
	}
	// Tests of several rooms may build at once.
	unlock, err := lockFile(filepath.Join(bin, ".lock"))
	if err != nil {
		return "", fault.Wrap("cluster.bad-folder", bin, err).Of(fault.Unreachable)
	}
	defer unlock()
	for _, module := range []string{"trillian", "etcd"} {
		for _, pkg := range programs[module] {
			// etcd's main package stands at the root of its module, whose path ends
			// in its version.
			name := filepath.Base(pkg)
			if module == "etcd" {
				name = "etcd"
			}
			cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-o", filepath.Join(bin, name), pkg)
			cmd.Dir = filepath.Join(top, "tools", module)
			cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOWORK=off")
			if out, err := cmd.CombinedOutput(); err != nil {
				return "", &fault.Error{Code: "cluster.no-programs", Place: name, Got: lastLine(out), Kind: fault.Unreachable, Err: err}
			}
		}
	}
	return bin, nil
}

// schemaFile is the schema of the database as Trillian's module has it.
func schemaFile(ctx context.Context) (*os.File, error) {
	top, err := source()
	if err != nil {
		return nil, err
	}
	cmd := exec.CommandContext(ctx, "go", "list", "-m", "-f", "{{.Dir}}", "github.com/google/trillian")
	cmd.Dir = filepath.Join(top, "tools", "trillian")
	cmd.Env = append(os.Environ(), "GOWORK=off")
	out, err := cmd.Output()
	if err != nil {
		return nil, fault.Wrap("cluster.no-programs", "github.com/google/trillian", err).Of(fault.Unreachable)
	}
	f, err := os.Open(filepath.Join(strings.TrimSpace(string(out)), "storage", "postgresql", "schema", "storage.sql"))
	if err != nil {
		return nil, fault.Wrap("cluster.no-programs", "storage.sql", err).Of(fault.Unreachable)
	}
	return f, nil
}

// source is the top folder of this source, above the folder that we run in.
func source() (string, error) {
	wd, err := os.Getwd()
	if err != nil {
		return "", fault.Wrap("cluster.no-source", ".", err).Of(fault.Unreachable)
	}
	for dir := wd; ; dir = filepath.Dir(dir) {
		if _, err := os.Stat(filepath.Join(dir, "tools", "trillian", "go.mod")); err == nil {
			return dir, nil
		}
		if dir == filepath.Dir(dir) {
			return "", fault.New("cluster.no-source", wd, "", "").Of(fault.Usage)
		}
	}
}

func lastLine(out []byte) string {
	out = bytes.TrimSpace(out)
	return string(out[bytes.LastIndexByte(out, '\n')+1:])
}

package house

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// The servers of the many-office engine are programs of their own modules
// (tools/trillian, tools/etcd). What the office's program links of Trillian is
// its messages and its client; no storage, no server, no database driver.
func TestProductLinksTheClientAlone(t *testing.T) {
	allowed := []string{"", "/client", "/client/backoff", "/types", "/types/internal/tls"}
	foreign := []string{"go.etcd.io/", "github.com/jackc/", "github.com/lib/pq", "github.com/go-sql-driver/", "cloud.google.com/", "github.com/cockroachdb/",
		"k8s.io/client-go", "k8s.io/api", "github.com/prometheus/", "database/sql"}
	count := map[string]int{}
	for _, program := range []string{"sunlot", "sunlot-verify"} {
		modules := map[string]bool{}
		for _, line := range listDeps(t, "./cmd/"+program) {
			pkg, mod, _ := strings.Cut(line, " ")
			if mod != "" {
				modules[mod] = true
			}
			if rest, ok := strings.CutPrefix(pkg, "github.com/google/trillian"); ok {
				count[program]++
				if !slices.Contains(allowed, rest) {
					t.Errorf("%s links %s", program, pkg)
				}
			}
			for _, f := range foreign {
				if strings.HasPrefix(pkg, f) {
					t.Errorf("%s links %s", program, pkg)
				}
			}
		}
		t.Logf("%s links %d modules", program, len(modules)-1)
	}
	if count["sunlot"] == 0 || count["sunlot-verify"] != 0 {
		t.Errorf("packages of Trillian: %v; the office's program has the engine, the citizen's has not", count)
	}
}

// listDeps are the packages that a program links, each with its module.
func listDeps(t *testing.T, program string) []string {
	t.Helper()
	cmd := exec.Command("go", "list", "-deps", "-f", "{{.ImportPath}} {{with .Module}}{{.Path}}{{end}}", program)
	cmd.Dir = top(t)
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return strings.Split(strings.TrimSpace(string(out)), "\n")
}

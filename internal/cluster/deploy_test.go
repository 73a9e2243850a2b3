//go:build linux

package cluster

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/trillian"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/types/known/durationpb"
)

// The files of deploy/ are run nowhere by themselves: these tests hold them to
// the programs and to each other.

func deployed(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("..", "..", "deploy", filepath.FromSlash(name)))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

// settings reads an EnvironmentFile.
func settings(t *testing.T, name string) map[string]string {
	t.Helper()
	env := map[string]string{}
	for line := range strings.Lines(deployed(t, name)) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		key, value, ok := strings.Cut(line, "=")
		if !ok || env[key] != "" {
			t.Fatalf("%s: %q", name, line)
		}
		env[key] = value
	}
	return env
}

// command is the ExecStart of a unit, its variables taken from a file.
func command(t *testing.T, unit string, env map[string]string) []string {
	t.Helper()
	m := regexp.MustCompile(`(?m)^ExecStart=(.+)$`).FindAllStringSubmatch(deployed(t, "systemd/"+unit), -1)
	if len(m) != 1 {
		t.Fatalf("%s: %d commands", unit, len(m))
	}
	return strings.Fields(os.Expand(m[0][1], func(name string) string {
		if env[name] == "" {
			t.Errorf("%s: no value for %s", unit, name)
		}
		return env[name]
	}))
}

var flagForm = regexp.MustCompile(`^--([a-z][a-z0-9_-]*)=?`)

// flagsOf lists the flags among words.
func flagsOf(words []string) []string {
	var list []string
	for _, w := range words {
		if m := flagForm.FindStringSubmatch(w); m != nil {
			list = append(list, m[1])
		}
	}
	return list
}

// composed is a service of compose.yaml: its program and the words of its
// command, with those of an anchor in the place of its name.
func composed(t *testing.T) map[string][]string {
	t.Helper()
	services, anchors := map[string][]string{}, map[string][]string{}
	name, anchor := "", ""
	for line := range strings.Lines(deployed(t, "container/compose.yaml")) {
		line = strings.TrimRight(line, "\n")
		word := strings.TrimSpace(line)
		switch {
		case regexp.MustCompile(`^  [a-z0-9-]+:$`).MatchString(line):
			name, anchor = strings.TrimSuffix(word, ":"), ""
		case strings.HasPrefix(word, "entrypoint: "):
			services[name] = []string{filepath.Base(strings.Trim(word[len("entrypoint: "):], `[]"`))}
		case strings.HasPrefix(word, "command: &"):
			anchor = word[len("command: &"):]
		case strings.HasPrefix(word, "command: *"):
			services[name] = append(services[name], anchors[word[len("command: *"):]]...)
		case strings.HasPrefix(word, "- --"):
			services[name] = append(services[name], word[2:])
			if anchor != "" {
				anchors[anchor] = append(anchors[anchor], word[2:])
			}
		}
	}
	return services
}

// TestDeployFlags: every flag of the units, of their files and of the compose
// file is one that the program knows.
func TestDeployFlags(t *testing.T) {
	if testing.Short() {
		t.Skip("left out in short mode: the servers' programs are not built")
	}
	bin, err := Build(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	help := map[string]string{}
	for _, p := range []string{"etcd", "trillian_log_server", "trillian_log_signer"} {
		out, _ := exec.CommandContext(t.Context(), filepath.Join(bin, p), "--help").CombinedOutput()
		help[p] = string(out)
	}
	checked := 0
	check := func(where, program string, flags []string) {
		t.Helper()
		for _, f := range flags {
			checked++
			if !regexp.MustCompile(`(?m)^\s+--?` + f + `\b`).MatchString(help[program]) {
				t.Errorf("%s: %s knows no --%s", where, program, f)
			}
		}
	}
	both := strings.Fields(deployed(t, "etc/trillian.flags"))
	for unit, files := range map[string][]string{"trillian-log-server@.service": {"log-server-1", "log-server-2"}, "trillian-log-signer@.service": {"log-signer-1", "log-signer-2"}} {
		for _, file := range files {
			words := command(t, unit, settings(t, "etc/"+file+".env"))
			program := filepath.Base(words[0])
			check(unit, program, flagsOf(words))
			check("trillian.flags", program, flagsOf(both))
		}
	}
	words := command(t, "sunlot-publish.service", settings(t, "etc/publish.env"))
	sunlot := exec.CommandContext(t.Context(), "go", append([]string{"run", "./cmd/sunlot"}, words[1], words[2], "--help")...)
	sunlot.Dir = filepath.Join("..", "..")
	out, err := sunlot.Output()
	if err != nil {
		t.Fatal(err)
	}
	help["sunlot"] = string(out)
	check("sunlot-publish.service", "sunlot", flagsOf(words))
	if got := strings.Join(words[:3], " "); got != "/usr/local/bin/sunlot cluster publish" || !strings.Contains(string(out), "sunlot cluster publish [") {
		t.Errorf("sunlot-publish.service runs %s; its help says\n%s", got, out)
	}
	var etcd []string
	for key := range settings(t, "etc/etcd.env") {
		etcd = append(etcd, strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(key, "ETCD_"), "_", "-")))
	}
	check("etcd.env", "etcd", etcd)
	services := composed(t)
	for name, words := range services {
		check("compose.yaml "+name, words[0], flagsOf(words))
	}
	if len(services) != 5 || checked < 70 {
		t.Errorf("%d services, %d flags: the test does not look where they stand", len(services), checked)
	}
}

// TestDeployFits: ports, sizes and marks of the files fit each other.
func TestDeployFits(t *testing.T) {
	nginx, compose := deployed(t, "nginx/log-server.conf"), deployed(t, "container/compose.yaml")
	ports := map[string]string{}
	var logs []string
	for _, name := range []string{"log-server-1", "log-server-2", "log-signer-1", "log-signer-2"} {
		env := settings(t, "etc/"+name+".env")
		for _, key := range []string{"RPC_ENDPOINT", "HTTP_ENDPOINT"} {
			addr := env[key]
			if ports[addr] != "" || !strings.HasPrefix(addr, "127.0.0.1:") {
				t.Errorf("%s: %s %q, as %q has", name, key, addr, ports[addr])
			}
			ports[addr] = name
		}
		if strings.HasPrefix(name, "log-server") {
			logs = append(logs, env["RPC_ENDPOINT"])
		} else if got, want := env["ETCD_SERVERS"], strings.TrimPrefix(settings(t, "etc/etcd.env")["ETCD_LISTEN_CLIENT_URLS"], "http://"); got != want {
			t.Errorf("%s: etcd at %s, want %s", name, got, want)
		}
	}
	var passed []string
	for _, server := range strings.Split(nginx, "\nserver {")[1:] {
		to := map[string]bool{}
		for _, m := range regexp.MustCompile(`grpc_pass grpc://([0-9.:]+);`).FindAllStringSubmatch(server, -1) {
			to[m[1]] = true
		}
		if len(to) != 1 { // one server behind a port, nothing balanced
			t.Errorf("a server of nginx passes to %v", to)
		}
		passed = append(passed, slices.Collect(maps.Keys(to))...)
		for _, line := range []string{"ssl_verify_client on;", "grpc_next_upstream off;", "client_max_body_size 8m;", "location / {\n\t\treturn 403;"} {
			if !strings.Contains(server, line) {
				t.Errorf("a server of nginx has no %q", line)
			}
		}
	}
	if !slices.Equal(passed, logs) {
		t.Errorf("nginx passes to %q, want %q", passed, logs)
	}
	services := composed(t)
	for i, name := range []string{"log-server-1", "log-server-2"} {
		if !slices.Contains(services[name], "--rpc_endpoint=0.0.0.0:8090") || !strings.Contains(compose, fmt.Sprintf("ports: [\"%s:8090\"]", logs[i])) {
			t.Errorf("compose.yaml: %s is not to be had at %s", name, logs[i])
		}
	}
	for _, path := range []string{"systemd/trillian-log-signer@.service", "container/compose.yaml"} {
		if !strings.Contains(deployed(t, path), "--lock_file_path="+electionPath) {
			t.Errorf("%s: elections elsewhere than in %s", path, electionPath)
		}
	}
	for _, name := range []string{"container/compose.yaml", "container/Dockerfile"} {
		text := deployed(t, name)
		if !strings.Contains(text, "Not run here") {
			t.Errorf("%s does not say that it was not run", name)
		}
		for _, m := range regexp.MustCompile(`(?m)^\s*(?:image:|FROM) (\S+)`).FindAllStringSubmatch(text, -1) {
			if !regexp.MustCompile(`:[0-9]+\.[0-9]+`).MatchString(m[1]) {
				t.Errorf("%s: %s has no tag", name, m[1])
			}
		}
	}
	if !strings.Contains(deployed(t, "systemd/sunlot-publish.service"), "\nUMask=0022\n") {
		t.Error("sunlot-publish.service writes pages that no web server can read")
	}
	for _, unit := range []string{"sunlot-etcd.service", "trillian-log-server@.service", "trillian-log-signer@.service", "sunlot-publish.service"} {
		text := deployed(t, "systemd/"+unit)
		for _, line := range []string{"\nUser=", "\nNoNewPrivileges=yes\n", "\nProtectSystem=strict\n", "\nCapabilityBoundingSet=\n", "\nEnvironmentFile=/etc/sunlot/"} {
			if !strings.Contains(text, line) {
				t.Errorf("%s has no %q", unit, strings.TrimSpace(line))
			}
		}
	}
}

// TestDeployRuns starts servers with the command lines of the units, only their
// addresses changed, and sends calls through nginx with its configuration.
func TestDeployRuns(t *testing.T) {
	c := New(t, Options{LogServers: 1, Signers: 1})
	flags, n := deployed(t, "etc/trillian.flags"), 0
	flags = regexp.MustCompile(`(?m)^--postgresql_uri=.*$`).ReplaceAllStringFunc(flags, func(was string) string {
		n++
		if !strings.Contains(was, "pool_max_conns=16") {
			t.Errorf("%s: not the sessions that PostgreSQL is made for", was)
		}
		return "--postgresql_uri=" + c.uri()
	})
	file := filepath.Join(c.Dir, "trillian.flags")
	if err := os.WriteFile(file, []byte(flags), 0o644); err != nil || n != 1 {
		t.Fatal(err, n)
	}
	unit := func(name, unit, env string) *Server {
		set := settings(t, "etc/"+env+".env")
		for _, key := range []string{"RPC_ENDPOINT", "HTTP_ENDPOINT"} {
			addr, err := freeAddress(c.host, 0)
			if err != nil {
				t.Fatal(err)
			}
			set[key] = addr
		}
		set["ETCD_SERVERS"] = c.Etcd.Addr
		words := command(t, unit, set)
		for i, w := range words {
			if strings.HasPrefix(w, "--config=") {
				words[i] = "--config=" + file
			}
		}
		s := &Server{Name: name, Addr: set["RPC_ENDPOINT"], HTTP: set["HTTP_ENDPOINT"], Log: c.logFile(name), exe: filepath.Join(c.opt.Bin, filepath.Base(words[0])), args: words[1:], c: c}
		if err := s.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { s.Kill() })
		return s
	}
	signer := unit("unit-signer", "trillian-log-signer@.service", "log-signer-1")
	first := unit("unit-log-1", "trillian-log-server@.service", "log-server-1")
	second := unit("unit-log-2", "trillian-log-server@.service", "log-server-2")
	if err := c.Signers[0].Kill(); err != nil { // the unit's signer alone has the elections now
		t.Fatal(err)
	}
	if page, err := signer.metrics(t.Context()); err != nil || !strings.Contains(page, "go_info") {
		t.Errorf("metrics of the signer: %v", err)
	}
	front(t, c, first, second)
}

// front sends calls through nginx.
func front(t *testing.T, c *Cluster, logs ...*Server) {
	program, err := exec.LookPath("nginx")
	if err != nil {
		program, err = exec.LookPath("/usr/sbin/nginx") // Debian's, and not on everybody's PATH
	}
	if err != nil {
		t.Fatal("nginx is missing (Debian: nginx-light): its settings cannot be tried")
	}
	a, err := NewAuthority(c.Dir)
	if err != nil {
		t.Fatal(err)
	}
	cert, key, err := a.Server("nginx", c.host)
	if err != nil {
		t.Fatal(err)
	}
	swap := []string{"/etc/sunlot/tls/server.pem", cert, "/etc/sunlot/tls/server-key.pem", key, "/etc/sunlot/tls/ca.pem", a.File}
	var addrs []string
	for i, s := range logs {
		addr, err := freeAddress(c.host, 0)
		if err != nil {
			t.Fatal(err)
		}
		addrs = append(addrs, addr)
		swap = append(swap, fmt.Sprintf("listen %d ", 8443+i), "listen "+addr+" ", fmt.Sprintf("grpc://127.0.0.1:%d;", 8090+i), "grpc://"+s.Addr+";")
	}
	conf := "pid nginx.pid;\nerror_log stderr;\nevents {}\nhttp {\naccess_log off;\n"
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		conf += kind + "_temp_path " + kind + ";\n"
	}
	conf += strings.NewReplacer(swap...).Replace(deployed(t, "nginx/log-server.conf")) + "}\n"
	file := filepath.Join(c.Dir, "nginx.conf")
	if err := os.WriteFile(file, []byte(conf), 0o644); err != nil {
		t.Fatal(err)
	}
	out, err := os.Create(c.logFile("nginx"))
	if err != nil {
		t.Fatal(err)
	}
	defer out.Close()
	pid, ended, err := c.starter.start(program, []string{"-p", c.Dir, "-c", file, "-g", "daemon off;"}, c.Dir, out, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { signal(pid, interrupt); <-ended })
	for i := range logs {
		t.Run(fmt.Sprint("nginx ", i+1), func(t *testing.T) { through(t, addrs[i], a) })
	}
}

// through is what one server of nginx lets pass, and for whom.
func through(t *testing.T, addr string, a *Authority) {
	trees := &log{t: t, conn: dial(t, addr, a, "trees")}
	office := &log{t: t, conn: dial(t, addr, a)}
	stranger := &log{t: t, conn: dialWith(t, addr, a)}
	ask := &trillian.CreateTreeRequest{Tree: &trillian.Tree{TreeState: trillian.TreeState_ACTIVE, TreeType: trillian.TreeType_LOG, MaxRootDuration: durationpb.New(0)}}
	for { // until nginx listens
		_, err := trillian.NewTrillianAdminClient(office.conn).CreateTree(t.Context(), ask)
		if status.Code(err) == codes.PermissionDenied {
			if got := status.Convert(err).Message(); !strings.HasPrefix(got, "这张证书不能建树") {
				t.Errorf("nginx refuses with %q", got)
			}
			break
		}
		if status.Code(err) != codes.Unavailable || !pause(t.Context()) {
			t.Fatalf("an office makes a tree: %v", err)
		}
	}
	trees.create("演示")
	office.id, stranger.id = trees.id, trees.id
	if err := office.queue(strings.Repeat("x", 60000)); err != nil {
		t.Error(err)
	}
	office.await(1)
	if err := stranger.queue("x"); err == nil {
		t.Error("a client without a certificate was let in")
	}
	admin := trillian.NewTrillianAdminClient(trees.conn)
	if _, err := admin.DeleteTree(t.Context(), &trillian.DeleteTreeRequest{TreeId: trees.id}); status.Code(err) != codes.PermissionDenied {
		t.Errorf("a tree is deleted: %v", err)
	}
	if _, err := trillian.NewTrillianAdminClient(office.conn).GetTree(t.Context(), &trillian.GetTreeRequest{TreeId: trees.id}); err != nil {
		t.Error(err)
	}
	if office.size() != 1 {
		t.Errorf("%d leaves, want 1", office.size())
	}
}

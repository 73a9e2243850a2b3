package command

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"os"
	"path"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/sunlot/sunlot/internal/fault"
)

func (c *Command) newServe() *cobra.Command {
	var port int
	var still bool
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "生成网站并在本机浏览，账本或文字有变化时自动更新（只在本机）",
		Long: `先生成网站，再在本机打开一个只有这台电脑能访问的地址。账本、office.toml 或 content/ 有变化时重新核验、重新生成，
打开着的网页自动刷新。生成的文件与 sunlot build 的完全相同，自动刷新只存在于这个地址，不写进文件。` + exitCodes,
		Example: "  sunlot serve\n  sunlot serve --port 8400\n  sunlot serve --still",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, args []string) error { return c.serve(cmd.Context(), port, still) },
	}
	cmd.Flags().IntVar(&port, "port", 8400, "端口，0 为任意空闲端口")
	cmd.Flags().BoolVar(&still, "still", false, "只看已经生成的网站，不重新生成")
	return cmd
}

// between is how long serve waits from one look at what may have changed to
// the next.
const between = 500 * time.Millisecond

func (c *Command) serve(ctx context.Context, port int, still bool) error {
	o, err := c.open()
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return fault.Wrap("command.cannot-listen", fmt.Sprintf("127.0.0.1:%d", port), err).Of(fault.Unreachable)
	}
	defer l.Close()
	if _, err := os.Stat(o.SiteDir()); err != nil && still {
		return usage("command.not-built", o.SiteDir(), "", "sunlot build")
	}
	source := os.DirFS(o.Dir)
	before := stamp(source)
	if !still {
		if err := c.rebuild(ctx); err != nil {
			return err
		}
	}
	root, err := os.OpenRoot(o.SiteDir())
	if err != nil {
		return usage("command.not-built", o.SiteDir(), "", "sunlot build")
	}
	defer root.Close()
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w := &window{files: root.FS(), live: !still, gone: ctx.Done(), next: make(chan struct{})}
	srv := &http.Server{Handler: w, ReadHeaderTimeout: 10 * time.Second}
	c.note("网站在 http://%s/ ，按 Ctrl+C 结束\n", l.Addr())
	var running sync.WaitGroup
	running.Go(func() {
		<-ctx.Done()
		stop, cancel := context.WithTimeout(context.Background(), 3*time.Second)
		defer cancel()
		_ = srv.Shutdown(stop) // a reader that holds on longer is left
	})
	if !still {
		running.Go(func() { c.follow(ctx, source, before, w) })
	}
	err = srv.Serve(l)
	cancel()
	running.Wait() // a build that has begun ends at its next file
	if !errors.Is(err, http.ErrServerClosed) {
		return fault.Wrap("command.cannot-listen", l.Addr().String(), err).Of(fault.Unreachable)
	}
	return nil
}

// rebuild is `sunlot build` by a command of its own, so that it reads the
// office anew. A ledger that is 不相符 is built and shown as such.
func (c *Command) rebuild(ctx context.Context) error {
	one := *c
	one.Args, one.at, one.Stdout = []string{"build", "-C", c.flags.office}, nil, c.Stderr
	if code := one.Run(ctx); code > 1 {
		return fault.New("command.build-failed", "", "", "sunlot serve").Of(fault.Kind(code - 1))
	}
	return nil
}

// follow builds again whenever something changed. What fails is said by the
// build itself; the old pages stay.
func (c *Command) follow(ctx context.Context, source fs.FS, before string, w *window) {
	tick := c.Tick
	if tick == nil {
		t := time.NewTicker(between)
		defer t.Stop()
		tick = t.C
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick:
		}
		now := stamp(source)
		if now == before {
			continue
		}
		before = now
		if err := c.rebuild(ctx); err == nil {
			w.changed()
		}
	}
}

// stamp tells by size and time whether something that pages are made of has
// changed: the ledger's head, the configuration, the hand-written pages.
func stamp(source fs.FS) string {
	var b strings.Builder
	for _, root := range []string{"ledger/checkpoint", "office.toml", "content"} {
		_ = fs.WalkDir(source, root, func(name string, e fs.DirEntry, err error) error {
			if err != nil {
				return nil // not there yet
			}
			if info, err := e.Info(); err == nil && !e.IsDir() {
				fmt.Fprintln(&b, name, info.Size(), info.ModTime().UnixNano())
			}
			return nil
		})
	}
	return b.String()
}

// window shows the folder of a site. Where it is live it adds to each page, on
// the way out, a script of this address that loads the page again after a
// change; the files know nothing of it.
type window struct {
	files fs.FS
	live  bool
	gone  <-chan struct{}

	mu   sync.Mutex
	next chan struct{} // closed by the next change
}

const (
	reloadPath  = "/-/reload.js"
	changesPath = "/-/changes"
	reload      = `new EventSource("` + changesPath + `").onmessage=function(){location.reload()}`
)

func (w *window) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	out.Header().Set("Cache-Control", "no-store")
	if !ownHost(r.Host) {
		http.Error(out, "421 此地址只供本机浏览", http.StatusMisdirectedRequest)
		return
	}
	switch {
	case w.live && r.URL.Path == reloadPath:
		out.Header().Set("Content-Type", "text/javascript")
		_, _ = io.WriteString(out, reload)
	case w.live && r.URL.Path == changesPath:
		w.wait(out, r)
	case w.live && w.page(out, r):
	default:
		http.FileServerFS(w.files).ServeHTTP(out, r)
	}
}

// ownHost tells whether a reader asked for this computer by an address or as
// localhost. Any other name was made to point here by whoever owns it, so that
// a page of theirs may read what is not published yet.
func ownHost(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	return host == "localhost" || net.ParseIP(strings.Trim(host, "[]")) != nil
}

// page sends an HTML file with the script; false where there is none of that
// name.
func (w *window) page(out http.ResponseWriter, r *http.Request) bool {
	name := strings.TrimPrefix(path.Clean("/"+r.URL.Path), "/")
	if name == "" || strings.HasSuffix(r.URL.Path, "/") {
		name = path.Join(name, "index.html")
	}
	if !strings.HasSuffix(name, ".html") {
		return false
	}
	data, err := fs.ReadFile(w.files, name)
	if err != nil {
		return false
	}
	data = bytes.Replace(data, []byte("</head>"), []byte(`<script src="`+reloadPath+`" defer></script></head>`), 1)
	out.Header().Set("Content-Type", "text/html; charset=utf-8")
	_, _ = out.Write(data)
	return true
}

// wait holds a reader's connection until the next change.
func (w *window) wait(out http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	next := w.next
	w.mu.Unlock()
	out.Header().Set("Content-Type", "text/event-stream")
	out.WriteHeader(http.StatusOK)
	if f, ok := out.(http.Flusher); ok {
		f.Flush()
	}
	select {
	case <-next:
		_, _ = io.WriteString(out, "data: changed\n\n")
	case <-r.Context().Done():
	case <-w.gone:
	}
}

// changed wakes every page that waits.
func (w *window) changed() {
	w.mu.Lock()
	defer w.mu.Unlock()
	close(w.next)
	w.next = make(chan struct{})
}

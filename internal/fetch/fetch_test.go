package fetch

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/sunlot/sunlot/internal/fault"
)

// serve starts a loopback server for one test and counts its requests.
func serve(t *testing.T, h http.HandlerFunc) (address string, requests *atomic.Int64) {
	t.Helper()
	requests = new(atomic.Int64)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		h(w, r)
	}))
	t.Cleanup(s.Close)
	return s.URL, requests
}

func open(t *testing.T, address string, opt Options) fs.FS {
	t.Helper()
	fsys, err := FS(t.Context(), address, opt)
	if err != nil {
		t.Fatal(err)
	}
	return fsys
}

// wantFault checks code and kind, and that a path error carries them.
func wantFault(t *testing.T, err error, code string, kind fault.Kind) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Code != code || f.Kind != kind {
		t.Errorf("got %v, want %s of kind %d", err, code, kind)
	}
}

func TestSite(t *testing.T) {
	files := fstest.MapFS{
		"checkpoint":            {Data: []byte("example.gov.cn/sunlot\n1\n")},
		"tile/0/000":            {Data: bytes.Repeat([]byte{7}, 8192)},
		"进度 100%?#.html":        {Data: []byte("named oddly")},
		"blob/sha256/ab/abcdef": {Data: bytes.Repeat([]byte("line\n"), 100_000)},
		"empty":                 {Data: nil},
	}
	address, requests := serve(t, http.StripPrefix("/sun lot", http.FileServerFS(files)).ServeHTTP)
	fsys := open(t, address+"/sun%20lot/", Options{})
	for name, want := range files {
		got, err := fs.ReadFile(fsys, name)
		if err != nil || !bytes.Equal(got, want.Data) {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
		f, err := fsys.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		info, err := f.Stat()
		if err != nil || info.Size() != int64(len(want.Data)) || info.IsDir() || !info.Mode().IsRegular() || !strings.HasSuffix(name, info.Name()) {
			t.Errorf("%s: stat %v, %v", name, info, err)
		}
		if got, err := io.ReadAll(f); err != nil || !bytes.Equal(got, want.Data) {
			t.Errorf("%s: read %d bytes, %v", name, len(got), err)
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
		if _, err := f.Read(make([]byte, 1)); !errors.Is(err, fs.ErrClosed) && len(want.Data) > 0 {
			t.Errorf("%s: read after close: %v", name, err)
		}
		if err := f.Close(); !errors.Is(err, fs.ErrClosed) {
			t.Errorf("%s: second close: %v", name, err)
		}
	}
	// The 500 kB file is too long for the cache and was asked for twice.
	if got, want := requests.Load(), int64(len(files)+1); got != want {
		t.Errorf("%d requests, want %d", got, want)
	}
	for _, name := range []string{"nothing", "tile", ".", "blob/sha256"} {
		if _, err := fs.ReadFile(fsys, name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %v, want ErrNotExist", name, err)
		}
		if _, err := fs.Stat(fsys, name); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("stat %s: %v, want ErrNotExist", name, err)
		}
	}
	before := requests.Load()
	for _, name := range []string{"", "/checkpoint", "../checkpoint", "a//b", "a/../b", "a/"} {
		if _, err := fsys.Open(name); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("%q: %v, want ErrInvalid", name, err)
		}
	}
	if requests.Load() != before {
		t.Error("an invalid name was asked for")
	}
}

// TestCacheIsACopy: what a caller does to its bytes does not reach the next.
func TestCacheIsACopy(t *testing.T) {
	address, _ := serve(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "abc") })
	fsys := open(t, address, Options{})
	for range 3 {
		data, err := fs.ReadFile(fsys, "x")
		if err != nil || string(data) != "abc" {
			t.Fatalf("%q, %v", data, err)
		}
		data[0] = 'z'
	}
}

func TestCacheStaysSmall(t *testing.T) {
	body := bytes.Repeat([]byte{1}, cacheFile)
	address, _ := serve(t, func(w http.ResponseWriter, r *http.Request) { w.Write(body) })
	fsys := open(t, address, Options{})
	for i := range 80 {
		if _, err := fs.ReadFile(fsys, fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	s := fsys.(*site)
	sum := 0
	for _, data := range s.cache {
		sum += len(data)
	}
	if sum > cacheTotal || sum < cacheTotal/2 || len(s.order) != len(s.cache) {
		t.Errorf("cache holds %d bytes in %d files, order %d", sum, len(s.cache), len(s.order))
	}
	if s.cache["79"] == nil || s.cache["0"] != nil {
		t.Error("not the oldest was dropped")
	}
}

func TestFailures(t *testing.T) {
	elsewhere, elsewhereRequests := serve(t, func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "elsewhere") })
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	z.Write(make([]byte, 1<<20))
	z.Close()
	const limit = 4096
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(code) }
	}
	for name, tc := range map[string]struct {
		handler http.HandlerFunc
		code    string // "" is fs.ErrNotExist
	}{
		"404": {status(404), ""},
		"410": {status(410), ""},
		"403": {status(403), "fetch.status"},
		"500": {status(500), "fetch.status"},
		"204": {status(204), "fetch.status"},
		"206": {status(206), "fetch.status"},
		"oversize, declared": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "9999999")
			w.Write(make([]byte, 10))
		}, "fetch.too-large"},
		"oversize, streamed": {func(w http.ResponseWriter, r *http.Request) {
			for range 100 {
				w.Write(make([]byte, 1024))
				w.(http.Flusher).Flush()
			}
		}, "fetch.too-large"},
		"oversize by one": {func(w http.ResponseWriter, r *http.Request) {
			w.Write(make([]byte, limit))
			w.(http.Flusher).Flush()
			w.Write([]byte{0})
		}, "fetch.too-large"},
		"gzip bomb": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(bomb.Bytes())
		}, "fetch.too-large"},
		"truncated": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "1000")
			w.Write(make([]byte, 10))
		}, "fetch.truncated"},
		"slow to answer": {func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }, "fetch.timeout"},
		"slow to end": {func(w http.ResponseWriter, r *http.Request) {
			w.Write([]byte("a"))
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}, "fetch.timeout"},
		"hangs up": {func(w http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) }, "fetch.unreachable"},
		"other host": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere+"/x", http.StatusFound)
		}, "fetch.redirect"},
		"file scheme": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "file:///etc/hostname", http.StatusFound)
		}, "fetch.redirect"},
		"with password": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://a:b@"+r.Host+"/y", http.StatusFound)
		}, "fetch.redirect"},
		"endless": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.Path+"a", http.StatusFound)
		}, "fetch.redirect"},
		"directory": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.Path+"/", http.StatusMovedPermanently)
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			address, _ := serve(t, tc.handler)
			timeout := 10 * time.Second
			if tc.code == "fetch.timeout" {
				timeout = 30 * time.Millisecond
			}
			data, err := fs.ReadFile(open(t, address, Options{MaxFile: limit, Timeout: timeout}), "x")
			if err == nil {
				t.Fatalf("%d bytes accepted", len(data))
			}
			if tc.code == "" {
				if !errors.Is(err, fs.ErrNotExist) {
					t.Errorf("got %v, want ErrNotExist", err)
				}
				return
			}
			wantFault(t, err, tc.code, fault.Unreachable)
			if errors.Is(err, fs.ErrNotExist) {
				t.Errorf("%v counts as not there", err)
			}
		})
	}
	t.Cleanup(func() {
		if elsewhereRequests.Load() != 0 {
			t.Error("another host was asked")
		}
	})
}

func TestRedirectOnOneHost(t *testing.T) {
	address, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/new/x" {
			http.Redirect(w, r, "/new/x", http.StatusMovedPermanently)
			return
		}
		io.WriteString(w, "moved")
	})
	if data, err := fs.ReadFile(open(t, address, Options{}), "x"); err != nil || string(data) != "moved" {
		t.Errorf("%q, %v", data, err)
	}
}

func TestSameHost(t *testing.T) {
	for _, tc := range []struct {
		from, to string
		ok       bool
	}{
		{"http://a.cn/x", "https://a.cn/x", true},
		{"https://a.cn/x", "https://a.cn/y", true},
		{"https://a.cn/x", "http://a.cn/x", false},
		{"http://a.cn/x", "https://a.cn:8443/x", false},
		{"http://a.cn:8080/x", "https://a.cn/x", false},
		{"http://a.cn/x", "http://a.cn:8080/x", false},
		{"https://a.cn/x", "https://b.a.cn/x", false},
		{"https://a.cn/x", "https://a.cn@b.cn/x", false},
	} {
		from, err := url.Parse(tc.from)
		if err != nil {
			t.Fatal(err)
		}
		to, err := url.Parse(tc.to)
		if err != nil {
			t.Fatal(err)
		}
		err = sameHost(&http.Request{URL: to}, []*http.Request{{URL: from}})
		if (err == nil) != tc.ok {
			t.Errorf("%s to %s: %v", tc.from, tc.to, err)
		}
	}
}

// TestGarbage speaks something else than HTTP.
func TestGarbage(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			io.WriteString(c, "220 mail ready\r\n\x00\xff\r\n\r\n")
			c.Close()
		}
	}()
	_, err = fs.ReadFile(open(t, "http://"+l.Addr().String(), Options{}), "x")
	wantFault(t, err, "fetch.unreachable", fault.Unreachable)
	l.Close()
	_, err = fs.ReadFile(open(t, "http://"+l.Addr().String(), Options{}), "x")
	wantFault(t, err, "fetch.unreachable", fault.Unreachable)
}

func TestCancelled(t *testing.T) {
	address, requests := serve(t, func(w http.ResponseWriter, r *http.Request) {})
	ctx, cancel := context.WithCancel(t.Context())
	fsys, err := FS(ctx, address, Options{})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	_, err = fs.ReadFile(fsys, "x")
	wantFault(t, err, "fetch.unreachable", fault.Unreachable)
	if !errors.Is(err, context.Canceled) || requests.Load() != 0 {
		t.Errorf("%v after %d requests", err, requests.Load())
	}
}

func TestTotal(t *testing.T) {
	address, _ := serve(t, func(w http.ResponseWriter, r *http.Request) { w.Write(make([]byte, 100)) })
	fsys := open(t, address, Options{MaxTotal: 250})
	for i := range 2 {
		if _, err := fs.ReadFile(fsys, fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
	}
	_, err := fs.ReadFile(fsys, "2")
	wantFault(t, err, "fetch.too-much", fault.Unreachable)
	if _, err := fs.ReadFile(fsys, "1"); err != nil {
		t.Errorf("cached file: %v", err)
	}

	// Several at once together stay below the cap.
	fsys = open(t, address, Options{MaxTotal: 1000})
	var good atomic.Int64
	var wg sync.WaitGroup
	for i := range 30 {
		wg.Go(func() {
			if _, err := fs.ReadFile(fsys, fmt.Sprint(i)); err == nil {
				good.Add(1)
			}
		})
	}
	wg.Wait()
	if good.Load() == 0 || good.Load() > 10 {
		t.Errorf("%d files of 100 bytes under a cap of 1000", good.Load())
	}
}

func TestBadAddress(t *testing.T) {
	for _, address := range []string{
		"", "example.gov.cn/sunlot", "ftp://a.cn", "file:///etc", "http://", "http:///x", "http://:80/x", "https:a.cn",
		"http://a:b@a.cn", "http://a.cn/?q", "http://a.cn/?", "http://a.cn/#f", "http://a.cn/%zz", "http://a\x00b", strings.Repeat("x", 5000),
	} {
		_, err := FS(t.Context(), address, Options{})
		wantFault(t, err, "fetch.bad-address", fault.Usage)
		_, err = Beacon(t.Context(), []string{address}, "c", 1, func([]byte) error { return nil }, Options{})
		wantFault(t, err, "fetch.bad-address", fault.Usage)
	}
	if _, err := FS(t.Context(), "https://例子.中国/阳光", Options{}); err != nil {
		t.Error(err)
	}
}

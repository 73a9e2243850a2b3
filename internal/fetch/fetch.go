// Package fetch reads what strangers serve over HTTP, with caps on everything:
// time, bytes of a file, bytes in all, redirects.
//
// FS is a static site as an fs.FS, so that a judge reads a published site as it
// reads a directory; Beacon asks several relays for one round of randomness.
// Neither believes anything: bytes go to whoever checks them.
//
// Failures are of kind Unreachable, as nothing can be said about what could not
// be read, but for one: a site that answers 404 or 410 says that there is no
// such file, which is fs.ErrNotExist.
package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/sunlot/sunlot/internal/fault"
)

// Options are the caps. A zero member takes its default.
type Options struct {
	// Client makes the connections; its Timeout and CheckRedirect are replaced
	// by the rules here. The default is a client of its own.
	Client *http.Client
	// MaxFile is the most bytes that one answer may hold, after any content
	// encoding: 128 MiB, a pool of two million lines. Beacon: 64 KiB.
	MaxFile int64
	// MaxTotal is the most bytes that one FS reads in its life: 4 GiB.
	MaxTotal int64
	// Timeout bounds one request with its whole answer: 60 s. Beacon: 10 s.
	Timeout time.Duration
}

// withDefaults fills zero members. The client is a copy with redirects held to
// one host.
func (o Options) withDefaults(maxFile int64, timeout time.Duration) Options {
	if o.MaxFile <= 0 {
		o.MaxFile = maxFile
	}
	if o.MaxTotal <= 0 {
		o.MaxTotal = 4 << 30
	}
	if o.Timeout <= 0 {
		o.Timeout = timeout
	}
	var client http.Client
	if o.Client != nil {
		client = *o.Client
	} else {
		client.Transport = &http.Transport{
			Proxy:                  http.ProxyFromEnvironment,
			TLSHandshakeTimeout:    timeout,
			MaxResponseHeaderBytes: 64 << 10,
			MaxIdleConnsPerHost:    4,
			IdleConnTimeout:        30 * time.Second,
			ForceAttemptHTTP2:      true,
		}
	}
	client.Timeout = 0 // the context bounds the request
	client.CheckRedirect = sameHost
	o.Client = &client
	return o
}

// errDirectory is a redirect from a name to the same name with a slash, which is
// how servers say that a directory stands there.
var errDirectory = errors.New("a directory stands there")

const maxRedirects = 3

// sameHost lets a redirect lead to another path or from http to https, never to
// another host, nor back to http: whoever named an address meant that address.
func sameHost(next *http.Request, via []*http.Request) error {
	from := via[len(via)-1].URL
	if next.URL.Host == from.Host && next.URL.Path == from.Path+"/" {
		return errDirectory
	}
	upgrade := from.Scheme == "http" && next.URL.Scheme == "https" && from.Port() == "" && next.URL.Port() == ""
	if next.URL.Hostname() != from.Hostname() || (!upgrade && (next.URL.Host != from.Host || next.URL.Scheme != from.Scheme)) || next.URL.User != nil {
		return fault.New("fetch.redirect", from.String(), next.URL.Redacted(), "an answer from "+from.Host).Of(fault.Unreachable)
	}
	if len(via) > maxRedirects {
		return fault.New("fetch.redirect", from.String(), "more than "+strconv.Itoa(maxRedirects)+" redirects", "an answer").Of(fault.Unreachable)
	}
	return nil
}

// parseBase checks an address that a person gave: http or https, a host, no
// query, fragment or password. The path comes back without a closing slash.
func parseBase(address string) (*url.URL, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, &fault.Error{Code: "fetch.bad-address", Place: "address", Got: strconv.Quote(clip(address)), Want: "http:// or https://", Kind: fault.Usage}
	}
	if (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" || u.Hostname() == "" || u.User != nil ||
		u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || u.Opaque != "" {
		return nil, &fault.Error{Code: "fetch.bad-address", Place: "address", Got: clip(u.Redacted()), Want: "http:// or https:// with a host and a path", Kind: fault.Usage}
	}
	u.Path = strings.TrimSuffix(u.Path, "/")
	u.RawPath = ""
	return u, nil
}

// get does one GET and reads at most o.MaxFile bytes and at most left bytes.
func get(ctx context.Context, o Options, address string, left int64) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, o.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, fault.Wrap("fetch.unreachable", address, err).Of(fault.Unreachable)
	}
	req.Header.Set("User-Agent", "sunlot")
	resp, err := o.Client.Do(req)
	if err != nil {
		return nil, explain(ctx, o, address, err)
	}
	defer resp.Body.Close()
	switch resp.StatusCode {
	case http.StatusOK:
	case http.StatusNotFound, http.StatusGone:
		return nil, fs.ErrNotExist
	default:
		return nil, fault.New("fetch.status", address, clip(resp.Status), "200 OK").Of(fault.Unreachable)
	}
	// A declared length saves reading what would be refused.
	if resp.ContentLength > o.MaxFile {
		return nil, tooLarge(address, o.MaxFile)
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, min(o.MaxFile, left)+1))
	switch {
	case err != nil:
		return nil, explain(ctx, o, address, err)
	case int64(len(data)) > o.MaxFile:
		return nil, tooLarge(address, o.MaxFile)
	case int64(len(data)) > left:
		return nil, fault.New("fetch.too-much", address, "more than allowed in all", fmt.Sprint(o.MaxTotal, " bytes")).Of(fault.Unreachable)
	}
	return data, nil
}

func tooLarge(address string, most int64) error {
	return fault.New("fetch.too-large", address, "a longer answer", fmt.Sprint(most, " bytes")).Of(fault.Unreachable)
}

// explain gives the failure of a request its code.
func explain(ctx context.Context, o Options, address string, err error) error {
	var known *fault.Error
	switch {
	case errors.As(err, &known):
		return known
	case errors.Is(err, errDirectory):
		return fs.ErrNotExist
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fault.Wrap("fetch.truncated", address, err).Of(fault.Unreachable)
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return (&fault.Error{Code: "fetch.timeout", Place: address, Want: "an answer within " + o.Timeout.String(), Err: err}).Of(fault.Unreachable)
	}
	return fault.Wrap("fetch.unreachable", address, err).Of(fault.Unreachable)
}

func clip(s string) string {
	const most = 200
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}

package witness

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/ledger"
)

// maxLogs bounds a list of logs, in bytes.
const maxLogs = 1 << 20

// ServeHTTP answers at
//
//	POST /add-checkpoint                          c2sp.org/tlog-witness
//	GET  /<hex SHA-256 of the origin>/checkpoint  the last checkpoint signed, for monitors
//	GET  /<the same>/misbehaviour.json            the first proof that the log signed two histories, where there is one
//	GET  /logs                                    the keys of the logs watched, one a line
//
// with the status codes of c2sp.org/tlog-witness. What a refusal says is its
// code, in plain text.
func (w *Witness) ServeHTTP(rw http.ResponseWriter, r *http.Request) { w.mux.ServeHTTP(rw, r) }

func (w *Witness) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /add-checkpoint", w.serveAdd)
	mux.HandleFunc("GET /{origin}/checkpoint", w.serveFile("checkpoint", plainType))
	mux.HandleFunc("GET /{origin}/"+lieName, w.serveFile(lieName, "application/json"))
	mux.HandleFunc("GET /logs", w.serveLogs)
	return mux
}

func (w *Witness) serveAdd(rw http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(rw, r.Body, maxRequest))
	if err != nil {
		var long *http.MaxBytesError
		if errors.As(err, &long) {
			reply(rw, http.StatusRequestEntityTooLarge, "witness.request-form")
		} else {
			reply(rw, http.StatusBadRequest, "witness.request-form")
		}
		return
	}
	lines, err := w.Answer(body)
	var no *Refusal
	switch {
	case errors.As(err, &no) && no.Status == http.StatusConflict && no.Err.Code != "witness.fork":
		rw.Header().Set("Content-Type", sizeType)
		rw.WriteHeader(http.StatusConflict)
		fmt.Fprintf(rw, "%d\n", no.Size)
	case errors.As(err, &no):
		reply(rw, no.Status, no.Err.Code)
	case err != nil:
		reply(rw, http.StatusInternalServerError, fault.Code(err))
	default:
		rw.Header().Set("Content-Type", plainType)
		_, _ = rw.Write(lines) // a client that has gone asks again
	}
}

const plainType = "text/plain; charset=utf-8"

func reply(rw http.ResponseWriter, status int, text string) {
	rw.Header().Set("Content-Type", plainType)
	rw.WriteHeader(status)
	fmt.Fprintln(rw, text)
}

// serveFile shows what the store holds about a log, also about one that is no
// longer watched: what was signed stays said.
func (w *Witness) serveFile(name, kind string) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		dir := r.PathValue("origin")
		if len(dir) != 64 || strings.Trim(dir, "0123456789abcdef") != "" {
			reply(rw, http.StatusNotFound, "witness.unknown-log")
			return
		}
		data, err := w.store.read(dir+"/"+name, 4*maxRequest)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			reply(rw, http.StatusNotFound, "witness.unknown-log")
		case err != nil:
			reply(rw, http.StatusInternalServerError, fault.Code(err))
		default:
			rw.Header().Set("Content-Type", kind)
			rw.Header().Set("Cache-Control", "no-cache")
			_, _ = rw.Write(data)
		}
	}
}

func (w *Witness) serveLogs(rw http.ResponseWriter, r *http.Request) {
	var lines []string
	for _, keys := range w.logs {
		for _, k := range keys {
			lines = append(lines, k.String()+"\n")
		}
	}
	slices.Sort(lines)
	rw.Header().Set("Content-Type", plainType)
	_, _ = io.WriteString(rw, strings.Join(lines, ""))
}

// ParseLogs reads the logs that a witness watches: one verifier key (0x01) a
// line; empty lines and those that begin with # are skipped. None at all is
// witness.no-logs, a key twice witness.log-twice.
func ParseLogs(data []byte) ([]ledger.Key, error) {
	if len(data) > maxLogs {
		return nil, fault.New("witness.logs-form", "logs", fmt.Sprint(len(data)), fmt.Sprintf("at most %d bytes", maxLogs))
	}
	var keys []ledger.Key
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		line = strings.TrimRight(line, "\r\n")
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		place := fmt.Sprintf("logs line %d", n)
		k, err := ledger.ParseKey(line)
		if err != nil {
			return nil, fault.Wrap("witness.logs-form", place, err)
		}
		for _, o := range keys {
			if o.Equal(k) {
				return nil, fault.New("witness.log-twice", place, clip(line), "")
			}
		}
		keys = append(keys, k)
	}
	if len(keys) == 0 {
		return nil, fault.New("witness.no-logs", "logs", "", "").Of(fault.Usage)
	}
	return keys, nil
}

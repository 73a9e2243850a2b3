package fetch

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/sunlot/sunlot/internal/fault"
)

const chain = "52db9ba70e0cc0f6eaf7803dd07447a1f5477735fd3f661792ba94600c84e971"

var good = []byte(`{"round":1000,"signature":"good"}`)

var errBad = errors.New("not the round")

func isGood(data []byte) error {
	if !bytes.Equal(data, good) {
		return errBad
	}
	return nil
}

func text(s string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, s) }
}

func hang(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }

func TestBeaconFirstGoodWins(t *testing.T) {
	var asked string
	right, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked = r.URL.Path
		w.Write(good)
	})
	slow, _ := serve(t, hang)
	lying, _ := serve(t, text(`{"round":1000,"signature":"bad"}`))
	gone, _ := serve(t, http.NotFound)
	start := time.Now()
	data, err := Beacon(t.Context(), []string{slow, lying, gone, right + "/v/"}, chain, 1000, isGood, Options{Timeout: time.Minute})
	if err != nil || !bytes.Equal(data, good) {
		t.Fatalf("%q, %v", data, err)
	}
	if asked != "/v/"+chain+"/public/1000" {
		t.Errorf("asked for %s", asked)
	}
	// The slow relay is not waited for.
	if time.Since(start) > 30*time.Second {
		t.Errorf("took %v", time.Since(start))
	}
}

func TestBeaconNoneGood(t *testing.T) {
	slow, _ := serve(t, hang)
	lying, _ := serve(t, text("<html>"))
	early, _ := serve(t, http.NotFound)
	long, _ := serve(t, text(strings.Repeat("x", 64<<10+1)))
	short, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "100")
		w.Write(good)
	})
	away, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, slow, http.StatusFound)
	})
	_, err := Beacon(t.Context(), []string{slow, lying, early, long, short, away}, chain, 1000, isGood, Options{Timeout: 200 * time.Millisecond})
	wantFault(t, err, "fetch.no-round", fault.Unreachable)
	if !errors.Is(err, errBad) {
		t.Errorf("the refusal's ground is lost: %v", err)
	}
	// Every relay's failure is told, in the order of the relays.
	rest := err.Error()
	for _, code := range []string{"fetch.timeout", "fetch.refused-round", "fetch.status", "fetch.too-large", "fetch.truncated", "fetch.redirect"} {
		_, after, found := strings.Cut(rest, code)
		if !found {
			t.Errorf("%s is missing, or out of order, in %v", code, err)
			continue
		}
		rest = after
	}
}

func TestBeaconRelays(t *testing.T) {
	_, err := Beacon(t.Context(), nil, chain, 1, isGood, Options{})
	wantFault(t, err, "fetch.no-relay", fault.Usage)
	_, err = Beacon(t.Context(), make([]string, maxRelays+1), chain, 1, isGood, Options{})
	wantFault(t, err, "fetch.no-relay", fault.Usage)
}

// hostileRelays are what a relay that does not wish well may do, with the code
// that tells of it.
func hostileRelays(t *testing.T) map[string]struct {
	handler http.HandlerFunc
	code    string
} {
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	if _, err := z.Write(make([]byte, 32<<20)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	elsewhere, asked := serve(t, text(string(good)))
	t.Cleanup(func() {
		if asked.Load() != 0 {
			t.Error("another host was asked")
		}
	})
	const signature = "b44679b9a59af2ec876b1a6b1ad52ea9b1615fc3982b19576350f93447cb1125e342b73a8dd2bacbe47e4b6b63ed5e39"
	return map[string]struct {
		handler http.HandlerFunc
		code    string
	}{
		"garbage":               {text("\x00\xff\x1f\x8b{"), "fetch.refused-round"},
		"nothing":               {text(""), "fetch.refused-round"},
		"96 bytes":              {text(`{"round":1000,"signature":"` + signature + signature + `"}`), "fetch.refused-round"},
		"other chain":           {text(`{"round":1000,"signature":"good","chain":"8990e7a9aaed2ffed73dbd7092123d6f289930540d7651336225dc172e51b2ce"}`), "fetch.refused-round"},
		"the good one and more": {text(string(good) + " "), "fetch.refused-round"},
		"trickle": {func(w http.ResponseWriter, r *http.Request) {
			for {
				if _, err := w.Write([]byte(" ")); err != nil {
					return
				}
				w.(http.Flusher).Flush()
				select {
				case <-r.Context().Done():
					return
				case <-time.After(5 * time.Millisecond):
				}
			}
		}, "fetch.timeout"},
		"headers alone": {func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusOK)
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		}, "fetch.timeout"},
		"endless": {func(w http.ResponseWriter, r *http.Request) {
			for {
				if _, err := w.Write(make([]byte, 8<<10)); err != nil {
					return
				}
			}
		}, "fetch.too-large"},
		"gzip bomb": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(bomb.Bytes())
		}, "fetch.too-large"},
		"says gzip": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			w.Write(good)
		}, "fetch.unreachable"},
		"huge header": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("X-Much", strings.Repeat("x", 1<<20))
			w.Write(good)
		}, "fetch.unreachable"},
		"a gigabyte declared": {func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Length", "1073741824")
			w.Write(good)
		}, "fetch.too-large"},
		"hangs up": {func(w http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) }, "fetch.unreachable"},
		"another host": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, elsewhere+r.URL.Path, http.StatusFound)
		}, "fetch.redirect"},
		"round and round": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.Path+"a", http.StatusFound)
		}, "fetch.redirect"},
		"created": {func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusCreated)
			w.Write(good)
		}, "fetch.status"},
	}
}

// TestBeaconHostileRelays asks each alone, and then all of them beside a good
// one, which wins.
func TestBeaconHostileRelays(t *testing.T) {
	hostile := hostileRelays(t)
	var all []string
	for name, tc := range hostile {
		address, _ := serve(t, tc.handler)
		all = append(all, address)
		t.Run(name, func(t *testing.T) {
			timeout := time.Minute
			if tc.code == "fetch.timeout" {
				timeout = 50 * time.Millisecond
			}
			_, err := Beacon(t.Context(), []string{address}, chain, 1000, isGood, Options{Timeout: timeout})
			wantFault(t, err, "fetch.no-round", fault.Unreachable)
			if !strings.Contains(err.Error(), tc.code) {
				t.Errorf("got %v, want %s", err, tc.code)
			}
		})
	}
	late, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-time.After(100 * time.Millisecond): // behind all that answer at once
		}
		w.Write(good)
	})
	start := time.Now()
	data, err := Beacon(t.Context(), append(all[:maxRelays-1:maxRelays-1], late), chain, 1000, isGood, Options{Timeout: time.Minute})
	if err != nil || !bytes.Equal(data, good) {
		t.Errorf("%d hostile relays beside a good one: %q, %v", maxRelays-1, data, err)
	}
	if took := time.Since(start); took > 30*time.Second {
		t.Errorf("the good one won after %v", took)
	}
	if len(all) < maxRelays-1 {
		t.Errorf("only %d hostile relays", len(all))
	}
}

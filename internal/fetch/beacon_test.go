package fetch

import (
	"bytes"
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

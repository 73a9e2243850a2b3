package witness

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/ledger"
)

// round answers requests without a network: what a recorded witness would.
type round map[string]func(r *http.Request) (*http.Response, error)

func (rt round) RoundTrip(r *http.Request) (*http.Response, error) { return rt[r.URL.Host](r) }

// said is a response.
func said(code int, kind, body string) func(*http.Request) (*http.Response, error) {
	return func(*http.Request) (*http.Response, error) {
		return &http.Response{StatusCode: code, Header: http.Header{"Content-Type": {kind}}, Body: io.NopCloser(strings.NewReader(body))}, nil
	}
}

// from lets a handler answer.
func from(h http.Handler) func(*http.Request) (*http.Response, error) {
	return func(r *http.Request) (*http.Response, error) {
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Result(), r.Context().Err()
	}
}

// twoOf is a policy of witnesses 1 to n of which k are enough, asked at w1 … wn.
func someOf(t testing.TB, k, n int) (*ledger.Policy, map[string]string) {
	t.Helper()
	text, urls, names := "log "+logSigner(t, origin, 1).Key().String()+"\n", map[string]string{}, ""
	for i := range n {
		name := fmt.Sprintf("w%d", i+1)
		text += "witness " + name + " " + witnessSigner(t, byte(i+1)).Key().String() + "\n"
		urls[name] = "http://" + name
		names += " " + name
	}
	p, err := ledger.ParsePolicy([]byte(text + fmt.Sprintf("group g %d%s\nquorum g\n", k, names)))
	if err != nil {
		t.Fatal(err)
	}
	return p, urls
}

// line is a signature line of a witness over a checkpoint.
func line(t testing.TB, checkpoint []byte, at uint64, s ledger.Signer) string {
	t.Helper()
	text := textOf(t, checkpoint)
	sig, err := ledger.Cosign(text, at, s)
	if err != nil {
		t.Fatal(err)
	}
	out, err := formatLines(text, []ledger.Signature{sig})
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

// TestOutcomes: every way in which a witness can fail to answer has its code,
// and none of them keeps the others' lines out. The shapes are those that the
// witnesses of others give: text/x.tlog.size, plain text, HTML of a proxy.
func TestOutcomes(t *testing.T) {
	l := newLog(t, "a", 30)
	cp := l.checkpoint(20)
	one, two := witnessSigner(t, 1), witnessSigner(t, 2)
	other := line(t, l.checkpoint(19), 5, two)
	raw, err := base64.StdEncoding.DecodeString(strings.Fields(line(t, cp, 5, two))[2])
	if err != nil {
		t.Fatal(err)
	}
	binary.BigEndian.PutUint64(raw[4:], 1<<63)
	late := "— " + two.Key().Name + " " + base64.StdEncoding.EncodeToString(raw) + "\n"
	for _, c := range []struct {
		name   string
		answer func(*http.Request) (*http.Response, error)
		code   string
	}{
		{"refused connection", func(*http.Request) (*http.Response, error) { return nil, errors.New("connection refused") }, "witness.down"},
		{"never answers", func(r *http.Request) (*http.Response, error) { <-r.Context().Done(); return nil, r.Context().Err() }, "witness.slow"},
		{"a body that never ends", func(r *http.Request) (*http.Response, error) {
			return &http.Response{StatusCode: 200, Body: io.NopCloser(hanging{r.Context()})}, nil
		}, "witness.slow"},
		{"500", said(500, "text/plain", "database is locked"), "witness.down"},
		{"503 of a proxy", said(503, "text/html", "<html>"), "witness.down"},
		{"400", said(400, "text/plain", "invalid input"), "witness.refused"},
		{"301", said(301, "text/plain", ""), "witness.refused"},
		{"404", said(404, "text/plain", "unknown log"), "witness.not-listed"},
		{"403", said(403, "text/plain; charset=utf-8", "invalid signature\n"), "witness.other-key"},
		{"422", said(422, "text/plain; charset=utf-8", "bad consistency proof\n"), "witness.fork"},
		{"409 that says the same again", said(409, "text/x.tlog.size", "7\n"), "witness.refused"},
		{"409 of a longer tree", said(409, "text/x.tlog.size", "21\n"), "witness.ahead"},
		{"409 of the same size", said(409, "text/x.tlog.size", "20\n"), "witness.fork"},
		{"409 without a size, first", said(409, "text/plain", "conflict"), "witness.garbage"},
		{"409 without a newline", said(409, "text/x.tlog.size", "7"), "witness.garbage"},
		{"409 with zeros before", said(409, "text/x.tlog.size", "007\n"), "witness.garbage"},
		{"409 below zero", said(409, "text/x.tlog.size", "-7\n"), "witness.garbage"},
		{"409 beyond 63 bits", said(409, "text/x.tlog.size", "9223372036854775808\n"), "witness.garbage"},
		{"nothing", said(200, "text/plain", ""), "witness.wrong-key"},
		{"a page", said(200, "text/html", "<html></html>\n"), "witness.garbage"},
		{"too long", said(200, "text/plain", strings.Repeat("x", maxAnswer+1)), "witness.garbage"},
		{"another note before the lines", said(200, "text/plain", "x\n\n"+line(t, cp, 5, two)), "witness.garbage"},
		{"its line without a newline", said(200, "text/plain", strings.TrimSuffix(line(t, cp, 5, two), "\n")), "witness.garbage"},
		{"its line over another size", said(200, "text/plain", other), "witness.bad-line"},
		{"its line with a time of 64 bits", said(200, "text/plain", late), "witness.bad-line"},
		{"its line without a time", said(200, "text/plain", line(t, cp, 0, two)), "witness.bad-line"},
		{"its line twice", said(200, "text/plain", line(t, cp, 5, two)+line(t, cp, 5, two)), "witness.same-key"},
		{"its line at two times", said(200, "text/plain", line(t, cp, 5, two)+line(t, cp, 6, two)), "witness.same-key"},
		{"a stranger's line", said(200, "text/plain", line(t, cp, 5, witnessSigner(t, 9))), "witness.wrong-key"},
		{"another witness's line", said(200, "text/plain", line(t, cp, 5, one)), "witness.wrong-key"},
		{"the log's own line", said(200, "text/plain", string(cp[strings.Index(string(cp), "—"):])), "witness.wrong-key"},
		{"its line and a stranger's", said(200, "text/plain", line(t, cp, 5, witnessSigner(t, 9))+line(t, cp, 5, two)), ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			policy, urls := someOf(t, 1, 2)
			var report *Report
			asking := Asking{HTTP: &http.Client{Transport: round{"w1": said(200, "", line(t, cp, 5, one)), "w2": c.answer}},
				Limit: 2 * time.Second, Grace: time.Second, Report: func(r *Report) { report = r }}
			if strings.Contains(c.name, "never") {
				asking.Grace = 50 * time.Millisecond
			}
			msg, err := Ask(t.Context(), policy, urls, asking)(cp, l.prove(20))
			if err != nil {
				t.Fatal(err)
			}
			want := 2
			if c.code == "" {
				want = 3
			}
			if n, err := ledger.ParseNote(msg); err != nil || len(n.Signatures) != want {
				t.Errorf("%v: %d lines\n%s", err, len(n.Signatures), msg)
			}
			if got := fault.Code(report.Outcomes[1].Err); got != c.code {
				t.Errorf("got %q (%v), want %q", got, report.Outcomes[1].Err, c.code)
			}
			if report.Outcomes[0].Err != nil || report.Outcomes[0].At != 5 {
				t.Errorf("the other: %+v", report.Outcomes[0])
			}
			if want == 3 != (bytes.Count(report.Lines, []byte("\n")) == 2) {
				t.Errorf("lines to keep: %q", report.Lines)
			}
		})
	}
}

type hanging struct{ ctx context.Context }

func (h hanging) Read([]byte) (int, error) { <-h.ctx.Done(); return 0, h.ctx.Err() }

// TestFewerThanTheQuorum fails closed, keeps what came, and with it needs only
// the rest the next time.
func TestFewerThanTheQuorum(t *testing.T) {
	l := newLog(t, "a", 30)
	cp := l.checkpoint(20)
	policy, urls := someOf(t, 2, 3)
	down := func(*http.Request) (*http.Response, error) { return nil, errors.New("down") }
	var report *Report
	asking := Asking{HTTP: &http.Client{Transport: round{"w1": from(newWitness(t, 1)), "w2": down, "w3": down}}, Report: func(r *Report) { report = r }}
	msg, err := Ask(t.Context(), policy, urls, asking)(cp, l.prove(20))
	if fault.Code(err) != "witness.quorum" || msg != nil || report.Satisfied {
		t.Fatalf("%q %v", msg, err)
	}
	// A USB stick brings the second line; the first is not asked for again.
	final, second, err := Accept(policy, cp, append(bytes.Clone(report.Lines), line(t, cp, 9, witnessSigner(t, 3))...))
	if err != nil || !second.Satisfied {
		t.Fatalf("%+v %v", second, err)
	}
	if _, err := policy.Open(final); err != nil {
		t.Error(err)
	}
	asking.Have = report.Lines
	asking.HTTP = &http.Client{Transport: round{"w2": from(newWitness(t, 2)), "w3": down}} // nobody may ask w1
	if msg, err = Ask(t.Context(), policy, urls, asking)(cp, l.prove(20)); err != nil {
		t.Fatal(err)
	}
	if _, err := policy.Open(msg); err != nil {
		t.Error(err)
	}
	// Lines of another checkpoint are worth nothing.
	asking.HTTP = &http.Client{Transport: round{"w1": down, "w2": down, "w3": down}}
	if _, err = Ask(t.Context(), policy, urls, asking)(l.checkpoint(21), l.prove(21)); fault.Code(err) != "witness.quorum" {
		t.Errorf("replayed lines: %v", err)
	}
}

// TestEarlierLineStays: of two lines of one key from two addresses the earlier
// one stays, whichever comes first.
func TestEarlierLineStays(t *testing.T) {
	l := newLog(t, "a", 30)
	cp := l.checkpoint(20)
	policy, urls := someOf(t, 2, 2)
	one, two := witnessSigner(t, 1), witnessSigner(t, 2)
	for range 20 {
		var report *Report
		asking := Asking{Report: func(r *Report) { report = r }, HTTP: &http.Client{Transport: round{
			"w1": said(200, "", line(t, cp, 9, one)+line(t, cp, 5, two)), "w2": said(200, "", line(t, cp, 8, two)+line(t, cp, 12, one))}}}
		if _, err := Ask(t.Context(), policy, urls, asking)(cp, l.prove(20)); err != nil {
			t.Fatal(err)
		}
		if report.Outcomes[0].At != 9 || report.Outcomes[1].At != 5 {
			t.Fatalf("%+v", report.Outcomes)
		}
	}
}

// TestAcceptRefuses what is no answer to this checkpoint.
func TestAcceptRefuses(t *testing.T) {
	l := newLog(t, "a", 30)
	cp := l.checkpoint(20)
	policy, _ := someOf(t, 2, 3)
	good := line(t, cp, 5, witnessSigner(t, 1))
	for _, c := range []struct{ name, lines, code string }{
		{"nothing", "", "witness.no-line"},
		{"text", "hello\n", "witness.garbage"},
		{"carriage returns", strings.ReplaceAll(good, "\n", "\r\n"), "witness.garbage"},
		{"the same line twice", good + good, "witness.same-key"},
		{"a line over an older checkpoint", line(t, l.checkpoint(19), 5, witnessSigner(t, 1)), "witness.bad-line"},
		{"a stranger", line(t, cp, 5, witnessSigner(t, 9)), "witness.no-line"},
		{"a request", string(l.request(3, 20)), "witness.garbage"},
	} {
		if _, _, err := Accept(policy, cp, []byte(c.lines)); fault.Code(err) != c.code {
			t.Errorf("%s: %v, want %s", c.name, err, c.code)
		}
	}
	// A line that the checkpoint has already is not added again.
	once, _, err := Accept(policy, cp, []byte(good))
	if err != nil {
		t.Fatal(err)
	}
	twice, report, err := Accept(policy, once, []byte(line(t, cp, 8, witnessSigner(t, 1))))
	if err != nil || !bytes.Equal(once, twice) || report.Outcomes[0].At != 5 {
		t.Errorf("%v %+v\n%s", err, report, twice)
	}
}

// TestStopsAtTheQuorum: who is slow delays nobody once the quorum is there, and
// who answers within the grace still counts.
func TestStopsAtTheQuorum(t *testing.T) {
	l := newLog(t, "a", 30)
	cp := l.checkpoint(20)
	policy, urls := someOf(t, 2, 3)
	first := make(chan struct{})
	var once sync.Once
	asked := func(n byte) func(*http.Request) (*http.Response, error) {
		return func(r *http.Request) (*http.Response, error) {
			defer once.Do(func() { close(first) })
			return said(200, "", line(t, cp, 5, witnessSigner(t, n)))(r)
		}
	}
	stuck := func(r *http.Request) (*http.Response, error) { <-r.Context().Done(); return nil, r.Context().Err() }
	late := func(r *http.Request) (*http.Response, error) {
		<-first
		return said(200, "", line(t, cp, 5, witnessSigner(t, 3)))(r)
	}
	for _, c := range []struct {
		name  string
		third func(*http.Request) (*http.Response, error)
		grace time.Duration
		code  string
	}{{"stuck, no grace", stuck, -1, "witness.slow"}, {"stuck", stuck, 30 * time.Millisecond, "witness.slow"}, {"late", late, time.Minute, ""}} {
		var report *Report
		asking := Asking{HTTP: &http.Client{Transport: round{"w1": asked(1), "w2": asked(2), "w3": c.third}}, Limit: 2 * time.Minute, Grace: c.grace,
			Report: func(r *Report) { report = r }}
		if _, err := Ask(t.Context(), policy, urls, asking)(cp, l.prove(20)); err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		if got := fault.Code(report.Outcomes[2].Err); got != c.code {
			t.Errorf("%s: %v", c.name, report.Outcomes[2].Err)
		}
	}
	// The limit ends it where the quorum does not come.
	asking := Asking{HTTP: &http.Client{Transport: round{"w1": asked(1), "w2": stuck, "w3": stuck}}, Limit: 50 * time.Millisecond}
	if _, err := Ask(t.Context(), policy, urls, asking)(cp, l.prove(20)); fault.Code(err) != "witness.quorum" {
		t.Error(err)
	}
	// So does whoever started it.
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Ask(ctx, policy, urls, asking)(cp, l.prove(20)); fault.Code(err) != "witness.quorum" {
		t.Error(err)
	}
}

// TestNoProofAfterwards: an address that was given up makes no more proofs: by
// then the log's tiles are read by somebody else.
func TestNoProofAfterwards(t *testing.T) {
	l := newLog(t, "a", 30)
	policy, _ := someOf(t, 1, 1)
	g, err := gather(policy, l.checkpoint(20))
	if err != nil {
		t.Fatal(err)
	}
	proofs := 0
	prove := func(old uint64) ([]ledger.Hash, error) { proofs++; return l.prove(20)(old) }
	var a *asker
	a = newAsker(g, prove, Asking{HTTP: &http.Client{Transport: round{"w1": func(r *http.Request) (*http.Response, error) {
		a.close() // meanwhile the quorum came
		return said(409, sizeType, "5\n")(r)
	}}}})
	if _, err := a.one(t.Context(), "http://w1"); fault.Code(err) != "witness.slow" || proofs != 1 {
		t.Errorf("%d proofs, %v", proofs, err)
	}
}

// TestWhereToAsk: the office's address before the policy's; none is said so;
// two keys at one address are asked once; redirects are not followed.
func TestWhereToAsk(t *testing.T) {
	l := newLog(t, "a", 30)
	cp := l.checkpoint(20)
	w1, w2, pq := witnessSigner(t, 1).Key(), witnessSigner(t, 2).Key(), pqSigner(t, 1).Key()
	text := fmt.Sprintf("log %s\nwitness a %s http://wrong\nwitness a-pq %s\nwitness b %s http://two\nwitness c %s\ngroup g 2 a b c\nquorum g\n",
		l.signer.Key(), w1, pq, w2, witnessSigner(t, 3).Key())
	policy, err := ledger.ParsePolicy([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	both := newWitness(t, 1, pqSigner(t, 1))
	hosts := round{"two": from(newWitness(t, 2)), "one": func(r *http.Request) (*http.Response, error) {
		count++
		if r.URL.Path != "/at/add-checkpoint" || r.Method != http.MethodPost {
			t.Errorf("%s %s", r.Method, r.URL)
		}
		r.URL.Path = "/add-checkpoint"
		return from(both)(r)
	}}
	var report *Report
	asking := Asking{HTTP: &http.Client{Transport: hosts}, Report: func(r *Report) { report = r }}
	msg, err := Ask(t.Context(), policy, map[string]string{"a": "http://one/at/"}, asking)(cp, l.prove(20))
	if err != nil {
		t.Fatal(err)
	}
	n, err := ledger.ParseNote(msg)
	if err != nil || len(n.Signatures) != 4 || len(n.SignedBy(w1, pq, w2)) != 3 {
		t.Errorf("%v\n%s", err, msg)
	}
	if count != 1 || fault.Code(report.Outcomes[3].Err) != "witness.no-address" {
		t.Errorf("%d requests, %v", count, report.Outcomes[3].Err)
	}
	redirected := 0
	hosts["one"] = func(r *http.Request) (*http.Response, error) {
		redirected++
		resp, err := said(307, "", "")(r)
		resp.Header.Set("Location", "http://inside/")
		return resp, err
	}
	if _, err := Ask(t.Context(), policy, map[string]string{"a": "http://one/at/"}, asking)(cp, l.prove(20)); fault.Code(err) != "witness.quorum" || redirected != 1 {
		t.Errorf("%v, %d", err, redirected)
	}
	if _, err := Ask(t.Context(), policy, map[string]string{"a": "http://one\x7f"}, asking)(cp, l.prove(20)); fault.Code(report.Outcomes[0].Err) != "witness.bad-address" {
		t.Errorf("%v %v", err, report.Outcomes[0].Err)
	}
}

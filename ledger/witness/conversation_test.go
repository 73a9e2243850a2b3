package witness

import (
	"encoding/hex"
	"encoding/json"
	"flag"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/ledger"
)

var update = flag.Bool("update", false, "write testdata/conversation.json anew")

// conversation is what a log and a fresh witness say to each other: any
// implementation with these keys and this clock gives these answers, byte for
// byte (its ML-DSA signatures deterministic).
type conversation struct {
	Desc  string   `json:"desc"`
	Name  string   `json:"name"` // of both keys of the witness
	Seed  string   `json:"seed"` // hex: RFC 8032 and FIPS 204
	Keys  []string `json:"keys"`
	Logs  []string `json:"logs"`
	Steps []step   `json:"steps"`
}

type step struct {
	Desc   string `json:"desc"`
	Now    int64  `json:"now"`
	Get    string `json:"get,omitempty"`  // path, or
	Post   string `json:"post,omitempty"` // body of add-checkpoint
	Status int    `json:"status"`
	Type   string `json:"type,omitempty"` // where it matters
	Body   string `json:"body,omitempty"` // where it matters
}

const conversationFile = "testdata/conversation.json"

// TestConversation drives a fresh witness through the recorded requests.
func TestConversation(t *testing.T) {
	if *update {
		writeConversation(t)
	}
	data, err := os.ReadFile(conversationFile)
	if err != nil {
		t.Fatal(err)
	}
	var c conversation
	if err := json.Unmarshal(data, &c); err != nil {
		t.Fatal(err)
	}
	answers := speak(t, &c)
	for i, s := range c.Steps {
		a := answers[i]
		if a.Code != s.Status || s.Type != "" && a.Header().Get("Content-Type") != s.Type || s.Body != "" && a.Body.String() != s.Body {
			t.Errorf("%s: %d %s\n%s\nwant %d %s\n%s", s.Desc, a.Code, a.Header().Get("Content-Type"), a.Body, s.Status, s.Type, s.Body)
		}
	}
	if len(c.Steps) < 15 {
		t.Errorf("only %d steps", len(c.Steps))
	}
}

// speak runs the steps against a witness that is made for them.
func speak(t *testing.T, c *conversation) []*httptest.ResponseRecorder {
	t.Helper()
	raw, err := hex.DecodeString(c.Seed)
	if err != nil {
		t.Fatal(err)
	}
	first, err := ledger.NewWitnessSigner(c.Name, [32]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	second, err := ledger.NewPostQuantumSigner(c.Name, [32]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Keys) != 2 || first.Key().String() != c.Keys[0] || second.Key().String() != c.Keys[1] {
		t.Fatalf("other keys than %q", c.Keys)
	}
	logs, err := ParseLogs([]byte(strings.Join(c.Logs, "\n") + "\n"))
	if err != nil {
		t.Fatal(err)
	}
	store, err := OpenStore(filepath.Join(t.TempDir(), "store"), first.Key(), true, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	now := int64(0)
	w, err := New(store, []ledger.Signer{first, second}, logs, func() int64 { return now })
	if err != nil {
		t.Fatal(err)
	}
	var answers []*httptest.ResponseRecorder
	for _, s := range c.Steps {
		now = s.Now
		r := httptest.NewRequest(http.MethodPost, "/add-checkpoint", strings.NewReader(s.Post))
		if s.Get != "" {
			r = httptest.NewRequest(http.MethodGet, s.Get, nil)
		}
		a := httptest.NewRecorder()
		w.ServeHTTP(a, r)
		answers = append(answers, a)
	}
	return answers
}

// writeConversation makes the file: statuses and content types stand here by
// hand, bodies are what the witness says.
func writeConversation(t *testing.T) {
	s := seed(42)
	l, other := newLog(t, "a", 300), newLog(t, "b", 300)
	stranger, forged := newLog(t, "a", 9), newLog(t, "a", 9)
	stranger.signer, forged.signer = logSigner(t, "other.example/log", 1), logSigner(t, origin, 2)
	ed, err := ledger.NewWitnessSigner("witness.example", s)
	if err != nil {
		t.Fatal(err)
	}
	pq, err := ledger.NewPostQuantumSigner("witness.example", s)
	if err != nil {
		t.Fatal(err)
	}
	c := conversation{Desc: "a fresh witness with both keys, one log, and what they say to each other", Name: "witness.example", Seed: hex.EncodeToString(s[:]),
		Keys: []string{ed.Key().String(), pq.Key().String()}, Logs: []string{l.signer.Key().String()}}
	const at = 1_700_000_000
	path := "/" + PathOf(origin) + "/checkpoint"
	post := func(now int64, desc string, status int, kind string, body []byte) {
		c.Steps = append(c.Steps, step{Desc: desc, Now: now, Post: string(body), Status: status, Type: kind})
	}
	get := func(desc, path string, status int) {
		c.Steps = append(c.Steps, step{Desc: desc, Now: at, Get: path, Status: status})
	}
	get("nothing signed yet", path, 404)
	post(at, "an old size of a witness that never signed", 409, sizeType, l.request(3, 7))
	post(at, "the first checkpoint", 200, plainType, l.request(0, 7))
	get("what monitors see", path, 200)
	get("which logs are watched", "/logs", 200)
	post(at+5, "a second, with its proof", 200, plainType, l.request(7, 260))
	post(at+6, "the same again, as after a lost answer", 200, plainType, l.request(260, 260))
	post(at+6, "the first again", 409, sizeType, l.request(0, 7))
	post(at+6, "from an old size that is not the last", 409, sizeType, l.request(7, 300))
	post(at+6, "the same size with another root", 409, plainType, other.request(260, 260))
	post(at+6, "another history", 422, plainType, other.request(260, 300))
	post(at+6, "a hash too many", 422, plainType, []byte(strings.Replace(string(l.request(260, 300)), "\n", "\n"+strings.Repeat("A", 43)+"=\n", 1)))
	post(at+6, "old above the size", 400, plainType, []byte(strings.Replace(string(l.request(260, 260)), "old 260", "old 261", 1)))
	post(at+6, "a sign before the size", 400, plainType, []byte(strings.Replace(string(l.request(260, 300)), "old 260", "old +260", 1)))
	post(at+6, "no checkpoint", 400, plainType, []byte("old 260\n\n"))
	post(at+6, "a log that is not watched", 404, plainType, stranger.request(0, 9))
	post(at+6, "another key under the name of the log", 403, plainType, forged.request(0, 9))
	post(at+5, "a clock that went back", 503, plainType, l.request(260, 300))
	post(at+7, "on as before", 200, plainType, l.request(260, 300))
	get("what monitors see then", path, 200)
	for i, a := range speak(t, &c) {
		if s := &c.Steps[i]; a.Code == 200 || s.Type == sizeType {
			s.Body = a.Body.String()
		}
	}
	data, err := json.MarshalIndent(c, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(conversationFile), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(conversationFile, append(data, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}

package witness

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/ledger"
)

// Asking says how the witnesses of a policy are asked.
type Asking struct {
	Old    uint64        // size that they are thought to have signed last; 0: they say so themselves, in one more round trip
	Have   []byte        // lines that came before, or without a network: kept where they verify
	HTTP   *http.Client  // nil: http.DefaultClient. Redirects are not followed
	Limit  time.Duration // for all of them together; 0: ten seconds
	Grace  time.Duration // for those still asked once the quorum is there; 0: one second; negative: none
	Report func(*Report) // what became of each; may be nil
}

const (
	askLimit = 10 * time.Second
	askGrace = time.Second
)

// sizeType is the content type of a conflict's body.
const sizeType = "text/x.tlog.size"

// Ask asks every witness of the policy at once, at urls[name in the policy]
// or, where urls lacks it, at the policy's own URL (submission prefixes of
// c2sp.org/tlog-witness), and adds the lines that verify. A witness whose line
// is in opt.Have is not asked again. One that remembers another size is asked
// once more, from there. The error, where the quorum is not reached, is
// witness.quorum; opt.Report says why.
func Ask(ctx context.Context, policy *ledger.Policy, urls map[string]string, opt Asking) ledger.WitnessFunc {
	return func(checkpoint []byte, prove func(old uint64) ([]ledger.Hash, error)) ([]byte, error) {
		g, err := gather(policy, checkpoint)
		if err != nil {
			return nil, err
		}
		had, err := parseLines(g.text, opt.Have)
		if err != nil {
			return nil, err
		}
		g.take(had)
		a := newAsker(g, prove, opt)
		a.all(ctx, urls, opt)
		a.close()
		report, err := g.report()
		if err != nil {
			return nil, err
		}
		if opt.Report != nil {
			opt.Report(report)
		}
		if !report.Satisfied {
			return nil, g.quorum()
		}
		return g.cosigned()
	}
}

type asker struct {
	g      *gathering
	client http.Client
	old    uint64
	lock   sync.Mutex // of prove: it reads a log's tiles, one reader at a time
	prove  func(old uint64) ([]ledger.Hash, error)
}

func newAsker(g *gathering, prove func(old uint64) ([]ledger.Hash, error), opt Asking) *asker {
	a := &asker{g: g, old: min(opt.Old, g.size), prove: prove}
	if opt.HTTP != nil {
		a.client = *opt.HTTP
	}
	// A witness is asked where the office says, and nowhere else.
	a.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return a
}

// answered is what one address said.
type answered struct {
	url  string
	sigs []ledger.Signature
	err  error
}

// all asks until everybody has answered, or the quorum is there and the grace
// is over, or the limit is.
func (a *asker) all(ctx context.Context, urls map[string]string, opt Asking) {
	ctx, cancel := context.WithTimeout(ctx, orElse(opt.Limit, askLimit))
	defer cancel()
	at := a.addresses(urls)
	answers := make(chan answered, len(at)) // nobody who comes too late waits for ever
	for url := range at {
		go func() {
			sigs, err := a.one(ctx, url)
			answers <- answered{url, sigs, err}
		}()
	}
	var grace <-chan time.Time
	for left := len(at); left > 0; {
		if grace == nil && a.g.satisfied() {
			if opt.Grace < 0 {
				break
			}
			timer := time.NewTimer(orElse(opt.Grace, askGrace))
			defer timer.Stop()
			grace = timer.C
		}
		select {
		case got := <-answers:
			a.note(at[got.url], got)
			delete(at, got.url)
			left--
			continue
		case <-grace:
		case <-ctx.Done():
		}
		// What has arrived in the same moment still counts.
		for len(answers) > 0 {
			got := <-answers
			a.note(at[got.url], got)
			delete(at, got.url)
		}
		break
	}
	for _, ws := range at {
		for _, w := range ws {
			a.g.why[w] = fault.New("witness.slow", a.g.policy.Witnesses[w].Name, "", "").Of(fault.Unreachable)
		}
	}
}

func orElse(d, otherwise time.Duration) time.Duration {
	if d == 0 {
		return otherwise
	}
	return d
}

// addresses lists who is asked where, one request an address. A witness that
// does not count is not asked on its own: its line comes with its sister's.
func (a *asker) addresses(urls map[string]string) map[string][]int {
	at := map[string][]int{}
	for w, k := range a.g.policy.Witnesses {
		url := urls[k.Name]
		if url == "" {
			url = k.URL
		}
		switch {
		case a.g.sigs[w] != nil || k.Key.Type != ledger.Cosigning:
		case url == "":
			a.g.why[w] = fault.New("witness.no-address", k.Name, "", "").Of(fault.Usage)
		default:
			at[url] = append(at[url], w)
		}
	}
	return at
}

// note takes the lines of an answer and says of each witness who was expected
// there why its line is missing.
func (a *asker) note(expected []int, got answered) {
	stood := a.g.take(got.sigs)
	for _, w := range expected {
		name := a.g.policy.Witnesses[w].Name
		switch {
		case a.g.sigs[w] != nil || stood[w]:
		case got.err != nil:
			var f *fault.Error
			if errors.As(got.err, &f) {
				named := *f
				named.Place = name
				got.err = &named
			}
			a.g.why[w] = got.err
		default:
			a.g.why[w] = fault.New("witness.wrong-key", name, names(got.sigs), a.g.policy.Witnesses[w].Key.Name)
		}
	}
}

func names(sigs []ledger.Signature) string {
	var list []string
	for _, s := range sigs {
		list = append(list, s.Name)
	}
	return clip(strings.Join(slices.Compact(list), " "))
}

// one asks one address, and once more where the witness is at another size.
func (a *asker) one(ctx context.Context, url string) ([]ledger.Signature, error) {
	old := a.old
	for again := false; ; again = true {
		code, kind, body, err := a.post(ctx, url, old)
		switch {
		case err != nil:
			return nil, err
		case code == http.StatusOK:
			return parseLines(a.g.text, body)
		case code != http.StatusConflict:
			return nil, refused(code, body)
		}
		media, _, err := mime.ParseMediaType(kind)
		if media != sizeType && old == a.g.size {
			return nil, fault.New("witness.fork", "", refusal(code, body), "the root that it signed")
		}
		line, ok := strings.CutSuffix(string(body), "\n")
		size, sizeErr := parseSize(line)
		switch {
		case err != nil || media != sizeType || !ok || sizeErr != nil:
			return nil, fault.New("witness.garbage", "", clip(kind+" "+string(body)), sizeType)
		case size > a.g.size:
			return nil, fault.New("witness.ahead", "", strconv.FormatUint(size, 10), strconv.FormatUint(a.g.size, 10))
		case size == old && old == a.g.size:
			return nil, fault.New("witness.fork", "", refusal(code, body), "the root that it signed")
		case again || size == old:
			return nil, fault.New("witness.refused", "", "409 "+strconv.FormatUint(size, 10), "200")
		}
		old = size
	}
}

// close ends the use of prove: whoever lent it goes on with the log's tiles,
// while an address that was given up may still be on its way to a second try.
func (a *asker) close() {
	a.lock.Lock()
	defer a.lock.Unlock()
	a.prove = nil
}

func (a *asker) request(old uint64) (*Request, error) {
	a.lock.Lock()
	defer a.lock.Unlock()
	if a.prove == nil {
		return nil, fault.New("witness.slow", "", "", "").Of(fault.Unreachable)
	}
	return NewRequest(a.g.signed, old, a.prove)
}

// post sends the request with the proof from old.
func (a *asker) post(ctx context.Context, url string, old uint64) (code int, kind string, body []byte, err error) {
	r, err := a.request(old)
	if err != nil {
		return 0, "", nil, err
	}
	data, err := FormatRequest(r)
	if err != nil {
		return 0, "", nil, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(url, "/")+"/add-checkpoint", bytes.NewReader(data))
	if err != nil {
		return 0, "", nil, fault.Wrap("witness.bad-address", "", err).Of(fault.Usage)
	}
	req.Header.Set("Content-Type", "text/plain; charset=utf-8")
	resp, err := a.client.Do(req)
	if err != nil {
		return 0, "", nil, unreached(ctx, err)
	}
	defer resp.Body.Close()
	body, err = io.ReadAll(io.LimitReader(resp.Body, maxAnswer+1))
	if err != nil {
		return 0, "", nil, unreached(ctx, err)
	}
	if len(body) > maxAnswer {
		return 0, "", nil, fault.New("witness.garbage", "", fmt.Sprintf("more than %d bytes", maxAnswer), "an answer")
	}
	return resp.StatusCode, resp.Header.Get("Content-Type"), body, nil
}

func unreached(ctx context.Context, err error) error {
	if ctx.Err() != nil || errors.Is(err, context.DeadlineExceeded) {
		return fault.Wrap("witness.slow", "", err).Of(fault.Unreachable)
	}
	return fault.Wrap("witness.down", "", err).Of(fault.Unreachable)
}

// refused is what a status other than 200 and 409 means.
func refused(code int, body []byte) error {
	got := refusal(code, body)
	switch {
	case code == http.StatusUnprocessableEntity:
		return fault.New("witness.fork", "", got, "a proof from the tree that it signed")
	case code == http.StatusNotFound:
		return fault.New("witness.not-listed", "", got, "")
	case code == http.StatusForbidden:
		return fault.New("witness.other-key", "", got, "")
	case code >= 500:
		return fault.New("witness.down", "", got, "200").Of(fault.Unreachable)
	}
	return fault.New("witness.refused", "", got, "200")
}

func refusal(code int, body []byte) string {
	text, _, _ := strings.Cut(strings.ToValidUTF8(string(body), "?"), "\n")
	return strings.TrimSpace(fmt.Sprintf("%d %s", code, clip(text)))
}

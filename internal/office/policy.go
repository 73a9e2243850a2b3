package office

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sunlot/sunlot/internal/durable"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/intake"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/verify"
	"github.com/sunlot/sunlot/ledger"
)

// NewPolicy is a charter's witness policy made from a file of witness, group
// and quorum lines: the log's line is filled in, addresses go to office.toml
// unless they are to be public. "" where the file asks for nobody.
type NewPolicy struct {
	Text      string
	Addresses []Witness
	Sisters   []string // two witnesses of one key name that do not stand in one `any` group
}

// MakePolicy reads such a file for a log key.
func MakePolicy(data []byte, log ledger.Key, public bool) (*NewPolicy, error) {
	data = bytes.ReplaceAll(bytes.TrimPrefix(data, []byte("\xEF\xBB\xBF")), []byte("\r\n"), []byte("\n"))
	if !utf8.Valid(data) {
		return nil, fault.New("office.policy-encoding", "", "", "")
	}
	if len(data) > 0 && !bytes.HasSuffix(data, []byte("\n")) {
		data = append(bytes.Clone(data), '\n') // editors leave it out
	}
	p, err := ledger.ParsePolicy(data)
	if err != nil {
		return nil, err
	}
	for _, l := range p.Logs {
		if !l.Key.Equal(log) {
			return nil, fault.New("office.policy-other-log", "policy", l.Key.String(), log.String())
		}
	}
	made := &NewPolicy{}
	p.Logs = []ledger.PolicyKey{{Key: log}}
	for i := range p.Witnesses {
		if w := &p.Witnesses[i]; w.URL != "" {
			made.Addresses = append(made.Addresses, Witness{w.Name, w.URL})
			if !public {
				w.URL = ""
			}
		}
	}
	if !p.Asks() {
		return made, nil
	}
	made.Sisters = sisters(p)
	text, err := ledger.FormatPolicy(p)
	made.Text = string(text)
	return made, err
}

// sisters lists pairs of witnesses that look like one body's and count twice.
func sisters(p *ledger.Policy) []string {
	var list []string
	for i, a := range p.Witnesses {
		for _, b := range p.Witnesses[i+1:] {
			same := a.Key.Name == b.Key.Name && a.Key.Type == ledger.Cosigning && b.Key.Type == ledger.Cosigning
			joined := slices.ContainsFunc(p.Groups, func(g ledger.PolicyGroup) bool {
				return g.K == 1 && slices.Contains(g.Members, a.Name) && slices.Contains(g.Members, b.Name)
			})
			if same && !joined {
				list = append(list, a.Name+"、"+b.Name)
			}
		}
	}
	return list
}

// SetWitnesses drafts a charter with another witness policy: everything else
// stays. The witnesses of the one in force sign it, and the new ones.
func (o *Office) SetWitnesses(p *NewPolicy) (*Draft, error) {
	s, err := o.State()
	if err != nil {
		return nil, err
	}
	body := *s.Charter()
	if body.Policy == p.Text {
		return nil, fault.New("office.policy-in-force", "", "", "").Of(fault.Usage)
	}
	body.Policy = p.Text
	b, err := o.Bundle()
	if err != nil {
		return nil, err
	}
	file, err := b.Dir.Blob(body.Pack.File.SHA256, ledger.MaxBlob)
	if err != nil {
		return nil, fault.Wrap("office.unreadable", "pack", err).Of(fault.Unreachable)
	}
	return o.draft(&Draft{Blobs: map[string][]byte{body.Pack.File.SHA256: file}}, &body)
}

// AddAddresses appends to office.toml where witnesses are asked that it does
// not name yet. It returns the names that it did not touch because they have
// another address there.
func (o *Office) AddAddresses(list []Witness) (other []string, err error) {
	var b strings.Builder
	for _, w := range list {
		i := slices.IndexFunc(o.Config.Witnesses, func(c Witness) bool { return c.Name == w.Name })
		if i >= 0 {
			if o.Config.Witnesses[i].URL != w.URL {
				other = append(other, w.Name)
			}
			continue
		}
		o.Config.Witnesses = append(o.Config.Witnesses, w)
		b.WriteString(w.format())
	}
	if b.Len() == 0 {
		return other, nil
	}
	name := o.path(ConfigName)
	data, err := os.ReadFile(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return other, fault.Wrap("office.unreadable", name, err).Of(fault.Unreachable)
	}
	if len(data) > 0 && !bytes.HasSuffix(data, []byte("\n")) {
		data = append(data, '\n')
	}
	if err := durable.WriteFile(name, append(data, b.String()...), 0o644); err != nil {
		return other, fault.Wrap("office.unwritable", name, err)
	}
	return other, nil
}

func (w Witness) format() string {
	return "\n[[witness]]\nname = " + intake.String(w.Name) + "  # 见证单位，与见证约定里的名称相同\nurl  = " + intake.String(w.URL) + "  # 去哪里请它签名\n"
}

// policyOf is the policy file that goes public with a draft: a new charter's.
func policyOf(d *Draft) []byte {
	for _, e := range slices.Backward(d.Entries) {
		if c, ok := e.Body.(*record.Charter); ok {
			return verify.PolicyOf(c)
		}
	}
	return nil
}

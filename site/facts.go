package site

import (
	"encoding/hex"
	"strings"

	"github.com/sunlot/sunlot/ledger"
)

// facts is a list of named values: the dl of a record.
type facts []fact

type fact struct {
	Term   string
	Values []value
}

// value is text, a link, or a long number that may break anywhere.
type value struct {
	Text, Href string
	Hash       bool
}

// Lead is the beginning of a digest, by which people recognise it; the page
// sets it off. "" for anything else.
func (v value) Lead() string {
	if !v.Hash || len(v.Text) < 32 || strings.Trim(v.Text, "0123456789abcdef") != "" {
		return ""
	}
	return v.Text[:8]
}

// Rest is the text after Lead: nothing is left out of what a reader copies.
func (v value) Rest() string { return v.Text[len(v.Lead()):] }

// add appends a term with those of its values that are not empty, and nothing
// if none is left. A term stands once: what is said of it later joins what was
// said before.
func (f *facts) add(term string, values ...value) {
	n := 0
	for i := range values {
		if values[i].Text != "" {
			n++
		}
	}
	if n == 0 {
		return
	}
	list := make([]value, 0, n)
	for i := range values {
		if values[i].Text != "" {
			list = append(list, values[i])
		}
	}
	if cap(*f) == 0 {
		*f = make(facts, 0, 8)
	}
	for i := range *f {
		if (*f)[i].Term == term {
			(*f)[i].Values = append((*f)[i].Values, list...)
			return
		}
	}
	*f = append(*f, fact{term, list})
}

func text(s string) value { return value{Text: s} }
func hash(s string) value { return value{Text: s, Hash: true} }

func (p *page) at(href, text string) value { return value{Text: text, Href: p.Root + href} }

func (p *page) record(i int64) value { return p.at(p.home(i), "第"+num(i)+"条记录") }

// blob links to a file beside the log, if it is there.
func (m *maker) blob(p *page, sum, name string) value {
	if !m.hasBlob(sum) {
		return text(name + "缺失")
	}
	return p.at("ledger/"+ledger.BlobPath(sum), name)
}

// rootOf is the 总校验码 as it is written everywhere: lower hex, like every
// other digest of the ledger; the checkpoint file itself has it in base64.
func rootOf(c ledger.Checkpoint) string { return hex.EncodeToString(c.Root[:]) }

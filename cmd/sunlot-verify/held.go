package main

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/verify"
)

// held is what lists from elsewhere showed, beside the report.
type held struct {
	Register []*verify.HeldDraw `json:"register,omitempty"`
	People   *verify.HeldHat    `json:"people,omitempty"`
	Unread   int                `json:"unread_lines,omitempty"`
	Lines    []int              `json:"unread,omitempty"`
}

func (opt *options) heldFlags(set *flag.FlagSet) {
	set.StringVar(&opt.register, "register", "", "")
	set.StringVar(&opt.ki, "ki", "", "")
	set.StringVar(&opt.people, "people", "", "")
	set.StringVar(&opt.draw, "draw", "", "")
}

// lists reports whether lists are to be held to one site and nothing else.
func (opt *options) lists() bool {
	some := opt.register != "" || opt.ki != "" && opt.people != ""
	return some && (opt.ki == "") == (opt.people == "") && len(opt.paths) == 1 && opt.proof == "" && opt.year == 0
}

// lists verifies with lists from elsewhere: what differs stands in the report as
// failed, and by name after it.
func (c *Command) lists(b *verify.Bundle, opt *options) error {
	h, err := c.hold(b, opt)
	if err != nil {
		return err
	}
	if !opt.json {
		c.report(b)
		h.tell(c.Stdout)
		return nil
	}
	data, err := b.JSON()
	if err != nil {
		return err
	}
	more, err := json.MarshalIndent(h, "  ", "  ")
	if err != nil {
		return err
	}
	fmt.Fprintf(c.Stdout, "%s,\n  \"held\": %s\n}\n", bytes.TrimSuffix(data, []byte("\n}")), more)
	return nil
}

// hold holds the lists that were given to the draws.
func (c *Command) hold(b *verify.Bundle, opt *options) (*held, error) {
	h := &held{}
	if opt.register != "" {
		list, err := openList(opt.register, "code")
		if err != nil {
			return nil, err
		}
		if h.Register, err = b.Register(list.firms(), opt.draw); err != nil {
			return nil, err
		}
		if h.Register[0].Lines == 0 { // it would make a ghost of every firm
			return nil, fault.New("verify.list-empty", opt.register, "", headings["code"][0]).Of(fault.Usage)
		}
		h.Unread, h.Lines = list.bad, list.unread
	}
	if opt.ki != "" {
		key, err := readKI(opt.ki)
		if err != nil {
			return nil, err
		}
		if key.Origin != "" && key.Origin != b.State.Origin {
			return nil, fault.New("verify.ki-origin", opt.ki, key.Origin, b.State.Origin)
		}
		id := opt.draw
		if id == "" {
			id = key.Draw
		}
		list, err := openList(opt.people, "person")
		if err != nil {
			return nil, err
		}
		people, err := list.people()
		if err != nil {
			return nil, err
		}
		if len(people) == 0 {
			return nil, fault.New("verify.list-empty", opt.people, "", headings["person"][0]).Of(fault.Usage)
		}
		if h.People, err = b.People(id, key.KI, people, key.Recusals); err != nil {
			return nil, err
		}
		h.Unread, h.Lines = h.Unread+list.bad, append(h.Lines, list.unread...)
	}
	return h, nil
}

// keyFile is what `sunlot draw open-ki --for-auditor` writes (spec/verify.md).
type keyFile struct {
	Format   string              `json:"format"`
	Origin   string              `json:"origin"`
	Draw     string              `json:"draw"`
	Notice   int64               `json:"notice"`
	Auditor  string              `json:"auditor,omitempty"`
	KI       string              `json:"KI"`
	Recusals map[string][]string `json:"recusals,omitempty"`
}

const keyFormat = "sunlot-ki/v1"

// readKI reads the auditor's file, or one line of 64 digits.
func readKI(name string) (*keyFile, error) {
	data, err := readFile(name, 16<<20)
	if err != nil {
		return nil, err
	}
	return parseKI(name, data)
}

func parseKI(name string, data []byte) (*keyFile, error) {
	if bare := strings.TrimSpace(string(data)); len(bare) == 64 && strings.Trim(bare, "0123456789abcdef") == "" {
		return &keyFile{Format: keyFormat, KI: bare}, nil
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	k := new(keyFile)
	err := d.Decode(k)
	if err == nil {
		if _, more := d.Token(); more != io.EOF {
			err = fmt.Errorf("more than one value")
		}
	}
	if err != nil || k.Format != keyFormat || len(k.KI) != 64 {
		return nil, fault.New("verify.bad-ki", name, "", keyFormat)
	}
	return k, nil
}

// tell prints what the lists showed, for people.
func (h *held) tell(w io.Writer) {
	for _, r := range h.Register {
		fmt.Fprintf(w, "\n名单与抽取 %s 的签筒（预告是第 %d 条记录）：名单 %d 行，签筒 %d 支签，对上 %d 支\n", r.Draw, r.Notice, r.Lines, r.Pool, r.Matched)
		part(w, fmt.Sprintf("签筒里有、名单里没有（其中抽中 %d 支），签号", r.Drawn), len(r.Ghosts), r.Ghosts)
		part(w, "同一家不止一支签，或写成别的代码", len(r.Twice), r.Twice)
		part(w, "名单里有、签筒和未列入里都没有", r.Absent, r.Missing)
		part(w, "分区不对", r.Moved, r.Cells)
		part(w, "权重不对", r.Heavy, r.Weights)
		for _, ground := range slices.Sorted(maps.Keys(r.Left)) {
			fmt.Fprintf(w, "  未列入（%s）%d 家\n", ground, r.Left[ground])
		}
	}
	if p := h.People; p != nil {
		fmt.Fprintf(w, "\n人员名单与抽取 %s 的人员签筒（预告是第 %d 条记录）：签筒 %d 人，对上 %d 人；抽中的检查组里对上 %d 人次；回避名单空的 %d 家，不空的 %d 家（其中没有抽中的 %d 家）\n",
			p.Draw, p.Notice, p.Hat, p.Known, p.Teams, p.Empty, len(p.Named), p.Undrawn)
		part(w, "人员签筒里有、名单里没有，签号", len(p.Ghosts), p.Ghosts)
		part(w, "名单里有、人员签筒和未列入里都没有", len(p.Missing), p.Missing)
		part(w, "回避", len(p.Named), p.Named)
		part(w, "打不开的回避名单，签号", len(p.Closed), p.Closed)
	}
	if h.Unread > 0 {
		fmt.Fprintf(w, "名单中有 %d 行读不出代码，没有核对：第 %s 行\n", h.Unread, strings.Trim(strings.Join(strings.Fields(fmt.Sprint(h.Lines)), "、"), "[]"))
	}
}

// part lists at most twenty.
func part(w io.Writer, what string, n int, who []string) {
	if n == 0 {
		return
	}
	fmt.Fprintf(w, "  %s：%d\n", what, n)
	for i, s := range who {
		if i == 20 {
			fmt.Fprintf(w, "    …\n")
			break
		}
		fmt.Fprintf(w, "    %s\n", s)
	}
}

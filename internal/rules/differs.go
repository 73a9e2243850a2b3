package rules

import (
	"strings"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
)

// part is a member of a cast, in words, as it was said and as it was computed.
type part struct {
	words     string
	got, want any
}

// differs holds the body of a cast (抽取、组队) against the one that everybody
// computes, and names the first part that differs: the parts stand in the order
// in which they follow from one another, so that is where it was tampered with.
func (j *judge) differs(name string, said, computed any, parts []part, blobs map[string][]byte) {
	got, _ := record.Canonical(said)
	want, _ := record.Canonical(computed)
	if string(got) == string(want) {
		return
	}
	for _, p := range append(parts, part{"写法", said, computed}) {
		got, _ := record.Canonical(p.got)
		want, _ := record.Canonical(p.want)
		if string(got) == string(want) {
			continue
		}
		is, should := string(got), string(want)
		if a, ok := p.got.(record.File); ok {
			if b, ok := p.want.(record.File); ok {
				is, should = firstLine(j.in.Blobs[a.SHA256], blobs[b.SHA256])
			}
		}
		j.breach("rules.draw-differs", "", name+" 的"+p.words, brief(is), brief(should))
		return
	}
}

// firstLine is the first line in which two files of lines differ; "" stands for
// the end of a file.
func firstLine(a, b []byte) (string, string) {
	x, y := strings.Split(string(a), "\n"), strings.Split(string(b), "\n")
	for i := range min(len(x), len(y)) {
		if x[i] != y[i] {
			return x[i], y[i]
		}
	}
	return strings.Join(x[min(len(x), len(y)):], " "), strings.Join(y[min(len(x), len(y)):], " ")
}

// brief keeps a long value readable.
func brief(s string) string {
	const most = 240
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}

// partsOf lists a draw's parts beside those computed.
func partsOf(got, want *record.Draw) []part {
	return []part{
		{"预告指纹", got.Commitment, want.Commitment},
		{"随机数", got.Rho, want.Rho},
		{"种子", got.Seed, want.Seed},
		{"名额和中签线", got.Cells, want.Cells},
		{"抽中名单", got.Drawn, want.Drawn},
		{"抽中户数", got.Count, want.Count},
		{"检查人员", got.Teams, want.Teams},
		{"检查小组", file(got.GroupTeams), file(want.GroupTeams)},
		{"每人最多户数", got.Cap, want.Cap},
		{"回避名单", got.Recusals, want.Recusals},
		{"直接委派名单", got.Unstaffed, want.Unstaffed},
		{"专家", file(got.Experts), file(want.Experts)},
		{"专家每人最多户数", got.ExpertCap, want.ExpertCap},
	}
}

// partsOfTeams is partsOf for a later cast of teams.
func partsOfTeams(got, want *record.Teams) []part {
	return []part{
		{"预告指纹", got.Commitment, want.Commitment},
		{"随机数", got.Rho, want.Rho},
		{"种子", got.Seed, want.Seed},
		{"检查人员", got.Teams, want.Teams},
		{"检查小组", file(got.GroupTeams), file(want.GroupTeams)},
		{"每人最多户数", got.Cap, want.Cap},
		{"回避名单", got.Recusals, want.Recusals},
		{"直接委派名单", got.Unstaffed, want.Unstaffed},
	}
}

// file is a file that may be absent.
func file(f *record.File) record.File {
	if f == nil {
		return record.File{}
	}
	return *f
}

// uncastable says why a cast cannot be computed: most often because the given
// value is not the one that its notice waits for.
func (j *judge) uncastable(c *chance, g record.Given, err error) {
	if !strings.HasPrefix(fault.Code(err), "beacon.") {
		j.breach("rules.draw-failed", "", c.name, err.Error(), "")
		return
	}
	waits := "预告写明的" + map[string]string{byLottery: "彩票期号", byCeremony: "现场公开掷数"}[c.r.Kind]
	if c.r.Kind == byDrand {
		waits = "第 " + num(c.r.Round) + " 期公开随机数"
	}
	j.breach("rules.other-value", j.s.Pack.Draw.Before, c.name, brief(g.Signature+g.Line), waits)
}

package draw

import (
	"bytes"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// Random draws as records: bodies of notice and draw with their files, made of
// the outcome of Cast in the members of spec/record.md, so that a program that
// computes draws again from the records alone can be held to them.

const wholeOrigin = "example.gov.cn/sunlot"

type members = map[string]any

// wholeCase is a draw and everything that it names.
type wholeCase struct {
	Origin  string            `json:"origin"`
	Entry   string            `json:"entry"` // the notice's, with its signature line
	Notice  members           `json:"notice"`
	Draw    members           `json:"draw"`
	Files   map[string]string `json:"files"`
	Entries map[string]string `json:"entries"`
}

// file keeps a file and describes it as a record does.
func (w *wholeCase) file(data []byte) members {
	digest, root, lines := FileSum(data)
	w.Files[digest] = string(data)
	m := members{"sha256": digest, "root": root, "bytes": len(data)}
	if lines > 0 {
		m["lines"] = lines
	}
	return m
}

// signer is somebody with a key of the signed note form.
type signer struct {
	name string
	key  ed25519.PrivateKey
}

func newSigner(name string) signer {
	seed := sha256.Sum256([]byte(name))
	return signer{name, ed25519.NewKeyFromSeed(seed[:])}
}

func (s signer) id() []byte {
	sum := sha256.Sum256(append([]byte(s.name+"\n\x01"), s.key.Public().(ed25519.PublicKey)...))
	return sum[:4]
}

func (s signer) vkey() string {
	typed := append([]byte{1}, s.key.Public().(ed25519.PublicKey)...)
	return fmt.Sprintf("%s+%08x+%s", s.name, binary.BigEndian.Uint32(s.id()), base64.StdEncoding.EncodeToString(typed))
}

func (s signer) line(text string) string {
	return "— " + s.name + " " + base64.StdEncoding.EncodeToString(append(s.id(), ed25519.Sign(s.key, []byte(text))...))
}

// entryOf is an entry with one signature line.
func entryOf(kind string, body, env members, s signer) string {
	text := "sunlot/v1 " + kind + "\n" + wholeOrigin + "\n" + plainJSON(members{"body": body, "env": env}) + "\n"
	return text + "\n" + s.line(text) + "\n"
}

func plainJSON(v any) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err)
	}
	return strings.TrimSpace(b.String())
}

// rounds are real ones of quicknet, from the vectors.
func quicknetRounds(t *testing.T) (rounds []members) {
	t.Helper()
	for _, n := range []string{"1", "1000", "657413", "9367912"} {
		data, err := os.ReadFile("../../spec/vectors/beacon/good-round-" + n + ".json")
		if err != nil {
			t.Fatal(err)
		}
		var v struct {
			Chain, Signature string
			Round            int
			Expect           struct {
				Rho  string
				Time int64
			}
		}
		if err := json.Unmarshal(data, &v); err != nil {
			t.Fatal(err)
		}
		rounds = append(rounds, members{"chain": v.Chain, "round": v.Round, "signature": v.Signature, "rho": v.Expect.Rho, "time": v.Expect.Time})
	}
	return rounds
}

func beijing(unix int64) string {
	return time.Unix(unix, 0).In(time.FixedZone("", 8*3600)).Format(time.RFC3339)
}

// randomValue gives what a notice names and what the draw brings for it: rho,
// and the members of the draw once C is known.
func randomValue(rng *rand.Rand, rounds []members) (named members, rho string, bring func(id, c string) members) {
	opens := "2026-11-22T09:30:00+08:00"
	switch rng.IntN(3) {
	case 0:
		r := rounds[rng.IntN(len(rounds))]
		named = members{"kind": "drand", "chain": r["chain"], "round": r["round"], "time": beijing(r["time"].(int64))}
		return named, r["rho"].(string), func(string, string) members { return members{"signature": r["signature"]} }
	case 1:
		pick := func(n, of int) string {
			list := rng.Perm(of)[:n]
			slices.Sort(list)
			var s []string
			for _, x := range list {
				s = append(s, fmt.Sprintf("%02d", x+1))
			}
			return strings.Join(s, ",")
		}
		draws, line := []members{{"game": "kl8", "issue": "2026226", "closes": opens}}, "kl8:2026226:"+pick(20, 80)
		if rng.IntN(2) == 0 {
			draws = []members{{"game": "ssq", "issue": "2026040", "closes": opens}, {"game": "dlt", "issue": "26041", "closes": "2026-11-22T10:30:00+08:00"}, {"game": "ssq", "issue": "2026041", "closes": "2026-11-24T09:30:00+08:00"}}
			line = "ssq:2026040:" + pick(6, 33) + "+" + pick(1, 16) + ";dlt:26041:" + pick(5, 35) + "+" + pick(2, 12) + ";ssq:2026041:" + pick(6, 33) + "+" + pick(1, 16)
		}
		named = members{"kind": "lottery", "draws": draws, "time": opens}
		return named, refH(line), func(string, string) members { return members{"line": line} }
	}
	line := "d6:"
	for range 22 {
		line += fmt.Sprint(1 + rng.IntN(6))
	}
	guests := []signer{newSigner("guest.a"), newSigner("guest.b"), newSigner("guest.c")}
	var present []members
	for _, g := range guests {
		present = append(present, members{"body": g.name, "key": g.vkey(), "name": refH(g.name)})
	}
	named = members{"kind": "ceremony", "time": opens, "ceremony": members{"place": "here", "throws": 22, "present": present}}
	signed := guests[:2+rng.IntN(2)]
	return named, refH(line), func(id, c string) members {
		text := fmt.Sprintf("sunlot/v1 现场掷数记录\n%s\n抽取 %s\n预告 %s\n开始 %s\n结果 %s\n在场确认：抽取预告在先；现场不早于上述时间开始；结果是当场所得，没有重来。\n", wholeOrigin, id, c, opens, line)
		var lines []string
		for _, g := range signed {
			lines = append(lines, g.line(text))
		}
		return members{"line": line, "signed": lines}
	}
}

// wholeNotice writes the notice of a case.
func wholeNotice(rng *rand.Rand, w *wholeCase, c *Case, ki []byte) {
	counts := map[string]int{}
	for _, o := range c.Objects {
		counts[o.Cell]++
	}
	var groups []members
	var told []string
	for i := range c.Groups {
		g := &c.Groups[i]
		size := 0
		for _, cell := range g.Cells {
			size += counts[cell]
		}
		m := members{"name": g.Name, "rule": g.Rule, "words": "all", "base": size}
		if g.Rule == "total" && g.Minimum == 0 && rng.IntN(2) == 0 {
			capped := rng.IntN(9) // left out by the cap, and counted in the base
			m["base"], m["ratio"] = size+capped, []string{"0.05", "0.1", "0.333333", "1", "0.5"}[rng.IntN(5)]
			g.Total, _ = Total(m["ratio"].(string), size+capped)
		}
		if g.Total > 0 {
			m["total"] = g.Total
		}
		if g.Minimum > 0 {
			m["minimum"] = g.Minimum
		}
		groups = append(groups, m)
	}
	quota, err := Quotas(c.Groups, counts)
	if err != nil {
		panic(err)
	}
	for i, g := range c.Groups {
		var cells []members
		for _, cell := range g.Cells {
			cells = append(cells, members{"cell": cell, "name": cell, "count": counts[cell], "quota": quota[cell]})
			if quota[cell] == counts[cell] {
				told = append(told, cell)
			}
		}
		groups[i]["cells"] = cells
	}
	var commits []RecusalCommit
	most, sum := 0, 0
	for _, o := range c.Objects {
		commits = append(commits, RecusalCommit{o.Handle, RecusalHash(RecusalSalt(ki, o.Handle), c.Recusals[o.Handle])})
		most = max(most, len(c.Recusals[o.Handle]))
		sum += len(c.Recusals[o.Handle])
	}
	w.Notice = members{"draw": "2026-001", "casts": "sunlot", "groups": groups, "pool": w.file(FormatPool(c.Objects)),
		"people": w.file(FormatInspectors(c.Inspectors)), "recusals": w.file(FormatRecusalCommits(commits)), "most_for_one": most, "declared": sum}
	if told != nil {
		w.Notice["told"] = told
	}
	if c.Slots != nil {
		w.Notice["slots"] = slotMembers(c.Slots)
	}
	if c.GroupTeams > 0 {
		w.Notice["group_teams"] = c.GroupTeams
	}
}

func slotMembers(slots []string) (list []members) {
	for _, s := range slots {
		m := members{}
		if s != "" {
			m["needs"] = s
		}
		list = append(list, m)
	}
	return list
}

// wholeDraw writes the draw.
func wholeDraw(w *wholeCase, c Case, out *Outcome, ki []byte) {
	var cells []members
	var drawn []DrawnLine
	for _, r := range out.Cells {
		m := members{"cell": r.Cell, "count": r.Count, "quota": r.Quota}
		if r.Cutoff != "" {
			m["cutoff"] = r.Cutoff
		}
		cells = append(cells, m)
		for _, o := range r.Objects {
			drawn = append(drawn, DrawnLine{r.Cell, o.Ticket, o.Handle})
		}
	}
	var opened []RecusalLine
	var declared []Declared
	if c.Slots != nil {
		for _, d := range drawn {
			away := slices.Sorted(slices.Values(c.Recusals[d.Handle]))
			opened = append(opened, RecusalLine{d.Handle, RecusalSalt(ki, d.Handle), away})
			for _, p := range away {
				declared = append(declared, Declared{d.Handle, p, 3 + int64(slices.IndexFunc(c.Inspectors, func(x Inspector) bool { return x.Handle == p }))})
			}
		}
	}
	w.Draw["cells"], w.Draw["count"], w.Draw["drawn"] = cells, len(drawn), w.file(FormatDrawn(drawn))
	w.Draw["load"], w.Draw["seed"], w.Draw["recusals"] = out.Cap, out.Seed, w.file(FormatRecusals(opened))
	w.Draw["teams"], w.Draw["unstaffed"] = w.file(FormatTeams(out.Teams)), w.file(FormatUnstaffed(out.Unstaffed))
	if out.GroupTeams != nil {
		w.Draw["group_teams"] = w.file(FormatTeams(out.GroupTeams))
	}
	if declared != nil {
		w.Draw["declarations"] = w.file(FormatDeclared(declared))
	}
}

// wholeExperts adds a second run to a draw.
func wholeExperts(rng *rand.Rand, w *wholeCase, n int, seed string, out *Outcome, draw bool, e *Case) {
	if !draw {
		people(rng, n+100000, e)
		e.Recusals, e.GroupTeams = nil, 0
		w.Notice["experts"] = members{"pool": w.file(FormatInspectors(e.Inspectors)), "slots": slotMembers(e.Slots)}
		return
	}
	var all []Drawn
	for _, r := range out.Cells {
		all = append(all, r.Objects...)
	}
	slices.SortFunc(all, func(a, b Drawn) int { return strings.Compare(a.Ticket+a.Handle, b.Ticket+b.Handle) })
	var order []string
	for _, o := range all {
		order = append(order, o.Handle)
	}
	if len(order) == 0 {
		w.Draw["experts"], w.Draw["expert_load"] = w.file(nil), 0
		return
	}
	second, err := Staff(seed, order, *e)
	if err != nil {
		panic(err)
	}
	w.Draw["experts"] = w.file(FormatTeams(second.Teams))
	if second.Cap > 0 {
		w.Draw["expert_load"] = second.Cap
	}
}

func TestRandomWholeCases(t *testing.T) {
	rng := rand.New(rand.NewPCG(2026, 1126))
	out := openCases(t, "whole")
	rounds := quicknetRounds(t)
	office := newSigner("example.gov.cn/sunlot/office")
	seen := map[string]int{}
	for i := range 1200 {
		c := wideCase(rng, i)
		w := &wholeCase{Origin: wholeOrigin, Draw: members{}, Files: map[string]string{}, Entries: map[string]string{}}
		ki := sha256.Sum256([]byte(fmt.Sprint("KI", i)))
		wholeNotice(rng, w, &c, ki[:])
		named, rho, bring := randomValue(rng, rounds)
		var experts Case
		if c.Slots != nil && rng.IntN(6) == 0 {
			wholeExperts(rng, w, i, "", nil, false, &experts)
		}
		var guests []signer
		for j := range rng.IntN(3) * rng.IntN(2) {
			guests = append(guests, newSigner(fmt.Sprintf("contributor.%d", j)))
		}
		var contributors []members
		for _, g := range guests {
			contributors = append(contributors, members{"key": g.vkey(), "name": g.name})
		}
		if guests != nil {
			named["contributors"] = contributors
		}
		w.Notice["randomness"] = named
		w.Entry = entryOf("notice", w.Notice, members{"at": "2026-11-21T09:00:00+08:00", "by": "office"}, office)
		commitment := refH(w.Entry)
		var extras []string
		var indexes []int
		for j, g := range guests {
			body := members{"commitment": commitment, "notice": 7, "value": refH("value", fmt.Sprint(i, j))}
			e := entryOf("contribution", body, members{"at": "2026-11-21T10:00:00+08:00", "by": g.name}, g)
			w.Entries[fmt.Sprint(8+j)] = e
			extras, indexes = append(extras, refH(e)), append(indexes, 8+j)
		}
		seed := Seed(commitment, extras, rho)
		o, err := Cast(seed, c)
		if o == nil {
			t.Fatal(err)
		}
		w.Draw = bring("2026-001", commitment)
		w.Draw["commitment"], w.Draw["rho"], w.Draw["notice"] = commitment, rho, 7
		if indexes != nil {
			w.Draw["contributions"] = indexes
		}
		wholeDraw(w, c, o, ki[:])
		if w.Notice["experts"] != nil {
			wholeExperts(rng, w, i, seed, o, true, &experts)
			seen["experts"]++
		}
		for what, there := range map[string]bool{"teams": len(o.Teams) > 0, "groups": len(o.GroupTeams) > 0, "unstaffed": len(o.Unstaffed) > 0,
			"groups unfilled": err != nil, "declared": w.Draw["declarations"] != nil, "contributions": indexes != nil, named["kind"].(string): true} {
			if there {
				seen[what]++
			}
		}
		out.add(w, struct{}{}, nil)
	}
	for _, what := range []string{"teams", "groups", "unstaffed", "groups unfilled", "declared", "contributions", "experts", "drand", "lottery", "ceremony"} {
		if seen[what] < 50 {
			t.Errorf("%d cases with %s", seen[what], what)
		}
	}
}

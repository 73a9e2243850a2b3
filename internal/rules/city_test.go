package rules_test

import (
	"fmt"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/sunlot/sunlot/internal/beacon"
	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// city is a large city's ledger that is written and replayed at once: every
// entry is made as its office would make it, put into words, and then, by the
// clock, parsed and applied as everybody does. One entry is in memory at a
// time, so what stays is the state that a replay holds.
type city struct {
	*book
	took    time.Duration // parsing and applying
	entries int
}

// say puts the body into words and replays it.
func (c *city) say(at string, body any, blobs map[string][]byte) {
	e := &record.Entry{Type: record.TypeOf(body), Origin: origin, Env: record.Env{At: at, By: "办公室"}, Body: body}
	text, err := record.Format(e)
	if err != nil {
		panic(err)
	}
	hash := rules.Hash([]byte(text))
	start := time.Now()
	e, err = record.Parse(text)
	if err != nil {
		panic(err)
	}
	found := c.state.Apply(rules.Input{Entry: e, Hash: hash, Signers: []string{officeKey}, Blobs: blobs})
	c.took += time.Since(start)
	c.entries++
	for _, f := range found {
		if f.Severity == rules.Breach {
			panic(fmt.Sprintf("%.200s: %+v", text, f))
		}
	}
}

// cityRounds are draws of three years as far as real rounds are at hand.
var cityRounds = []uint64{1000, 1001, 1002, 1003, 1004, 1005, 1006, 1007, 1008, 1009, 657413, 9367912}

// grow lives the years of a city: firms objects, twelve draws of a twentieth
// of them each, and for every drawn object a result and what follows until
// there are about 3⅓ entries to a result.
func grow(firms int) *city {
	small := open("gaoqing", 10, 1)
	c := &city{book: &book{pack: small.pack, state: rules.New(), keys: small.keys}}
	for _, s := range small.steps[:2] {
		c.say(s.At, s.Body, s.Blobs)
	}
	for i := range firms {
		c.reg.Firms = append(c.reg.Firms, rules.Firm{ID: fmt.Sprintf("91370322TT%08d", i), Name: fmt.Sprintf("演示%d", i), Town: c.pack.Towns[i%9].Code,
			Sector: c.pack.Sectors[i%len(c.pack.Sectors)].Code, Status: "存续"})
	}
	for i := range max(20, firms/200) {
		c.reg.People = append(c.reg.People, rules.Person{ID: fmt.Sprintf("YS%04d", i), Name: fmt.Sprintf("演示%d", i), From: "2020-01-01", To: "2030-01-01"})
	}
	ids := func(kind string, n int, id func(int) string) {
		list := make([]string, n)
		for i := range list {
			list[i] = id(i)
		}
		data := rules.RosterFile([]byte(kind), kind, list, list)
		c.say("2023-06-13T09:00:00+08:00", &record.Roster{Kind: kind, Version: 1, Date: "2023-06-13", Reason: "建库", Count: int64(n), File: rules.LinesOf(data)}, map[string][]byte{rules.Hash(data): data})
	}
	ids("objects", firms, func(i int) string { return c.reg.Firms[i].ID })
	ids("inspectors", len(c.reg.People), func(i int) string { return c.reg.People[i].ID })
	for _, year := range []int64{2023, 2024} {
		p := &record.Plan{Year: year, Version: 1, Date: "2023-06-20", Title: "演示计划", Reason: "制定"}
		for i := range cityRounds {
			p.Lines = append(p.Lines, record.PlanLine{No: fmt.Sprintf("L%02d", i), Name: "演示任务", Mode: "不定向", Items: []string{"1", "2"}, Scope: "演示范围", Ratio: "0.05",
				From: fmt.Sprintf("%d-01-01", year), To: fmt.Sprintf("%d-09-28", year), Unit: "执法大队"})
		}
		c.say("2023-06-20T09:00:00+08:00", p, nil)
	}
	for _, night := range [][]int{{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, {10}, {11}} {
		var lots []*rules.Lot
		for _, i := range night {
			lots = append(lots, c.announceCity(i))
		}
		for n, i := range night {
			c.campaign(i, lots[n])
		}
	}
	return c
}

// after is a time so long after the round of a campaign.
func after(i int, days, minutes int64) string {
	return record.Time(beacon.Quicknet().Time(cityRounds[i]) + days*86400 + minutes*60)
}

func (c *city) ownKeys(i int) {
	c.keys.K, c.keys.KI = fmt.Appendf(nil, "K%031d", i), fmt.Appendf(nil, "I%031d", i)
}

func (c *city) announceCity(i int) *rules.Lot {
	c.ownKeys(i)
	a, err := c.state.Announce(rules.Task{Line: fmt.Sprintf("L%02d", i), Round: cityRounds[i]}, c.reg, c.keys)
	if err != nil {
		panic(err)
	}
	c.say(after(i, 0, -300), a.Notice, a.Blobs)
	return c.state.Lot(a.Notice.Draw)
}

// campaign is one draw from its lots to the last thing that follows them.
func (c *city) campaign(i int, l *rules.Lot) {
	c.ownKeys(i)
	at := func(days, minutes int64) string { return after(i, days, minutes) }
	ids := make(map[string]string, len(c.reg.Firms))
	for _, f := range c.reg.Firms {
		ids[draw.Handle("O", draw.Salt(c.keys.K, "O", f.ID), f.ID)] = f.ID
	}
	lines := make([]draw.RecusalLine, len(l.Pool))
	for i := range l.Pool {
		lines[i] = rules.Recusal(l.Pool[i].Handle, nil, nil, c.keys.KI)
	}
	body, blobs, err := l.Cast(record.Given{Signature: rounds()[int64(cityRounds[i])]}, lines)
	if err != nil {
		panic(err)
	}
	c.say(at(0, 10), body, blobs)
	s := c.send(l, "执法大队", at(0, 20), l.Objects)
	s.Body.(*record.Dispatch).From = at(0, 20)[:10]
	c.say(s.At, s.Body, s.Blobs)
	var opened []string
	for n, o := range l.Objects {
		visited := at(5+int64(n%20), 0)[:10]
		r := c.resultOf(l, o, ids[o.Handle], []string{"a", "e"}[n%2])
		r.Started, r.Ended, r.SignedOn, r.Entered, r.Published = visited, visited, visited, at(27, 0)[:10], at(27, 0)[:10]
		c.say(at(28, int64(n)), r, nil)
		f := c.state.Results[len(c.state.Results)-1]
		c.say(at(28, int64(n)), &record.Feedback{Kind: "result", Result: f.Index, Date: at(28, int64(n))[:10], Way: "当场告知"}, nil)
		if n%2 == 1 {
			c.say(at(29, int64(n)), &record.FollowUp{Result: f.Index, Kind: "复查", Date: at(29, int64(n))[:10], Closed: true}, nil)
		}
		if n%7 == 0 {
			c.say(at(30, int64(n)), &record.Correction{Result: f.Index, Old: f.Hash, Ground: "录入错误", Approved: sealed("演示"), Date: at(30, int64(n))[:10], Outcome: r.Outcome}, nil)
		}
		if n%3 != 0 {
			c.say(at(31, int64(n)), &record.Archive{Result: f.Index, Date: at(31, int64(n))[:10], Class: rules.ForYears, Years: 10, Ground: "演示办法", RetainUntil: rules.RetainUntil(at(31, int64(n))[:10], 10),
				Documents: []record.Document{{Kind: "执法文书", Number: sealed("演示"), Date: visited}}}, nil)
		}
		if opened = append(opened, o.Handle); len(opened) == 2 || n == len(l.Objects)-1 {
			slices.Sort(opened)
			c.say(at(31, int64(n)), &record.Opened{Notice: l.Index, Handles: opened}, nil)
			opened = nil
		}
	}
	c.say(at(60, 0), &record.Opened{Notice: l.Index, K: true}, nil)
}

// BenchmarkReplayCity: three years of a large city, 100,000 objects in each of
// twelve pools, 60,000 results, 228,630 entries; only parsing and rules are
// timed, the making of the entries and signatures are not.
func BenchmarkReplayCity(b *testing.B) {
	for b.Loop() {
		c := grow(100_000)
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		b.ReportMetric(c.took.Seconds(), "replay-s")
		b.ReportMetric(float64(c.entries), "entries")
		b.ReportMetric(float64(len(c.state.Results)), "results")
		b.ReportMetric(float64(m.HeapAlloc)/(1<<20), "held-MiB")
		b.ReportMetric(float64(m.Sys)/(1<<20), "peak-MiB")
		runtime.KeepAlive(c)
	}
}

// TestCity: the same at a hundredth, so that it cannot rot.
func TestCity(t *testing.T) {
	if c := grow(1000); len(c.state.Results) != 600 || c.entries < 1800 || !c.state.Lots[11].KOpened {
		t.Errorf("%d entries, %d results", c.entries, len(c.state.Results))
	}
}

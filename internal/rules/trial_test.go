package rules_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// trial puts another entry in a step's place and says what is found then. bad
// must give exactly code (with also); good, the neighbour, must not give it,
// and where it is nil the step as it was is the neighbour.
type trial struct {
	name string // what is tried
	pack string // "" gaoqing
	step string
	code string
	sev  rules.Severity // "" breach
	also []string       // what cannot be avoided beside it
	bad  func(*step)
	good func(*step)
}

func (c *trial) run(t *testing.T) {
	name := c.pack
	if name == "" {
		name = "gaoqing"
	}
	b := bookOf(name)
	sev := c.sev
	if sev == "" {
		sev = rules.Breach
	}
	s := b.copyOf(c.step)
	c.bad(&s)
	found := codes(s.State.Apply(s.input()))
	if found[c.code] != sev {
		t.Fatalf("found %v, want %s (%s)", found, c.code, sev)
	}
	delete(found, "rules.no-witness") // found in every notice that holds
	delete(found, "rules.no-witness-platform")
	if !slices.Contains(c.also, "rules.noted-late") {
		delete(found, "rules.noted-late") // of results: the book enters them when yanshi's days are over
	}
	delete(found, "rules.undrawn-beside") // in the second of two: the first is not cast yet
	delete(found, c.code)
	for _, code := range c.also {
		if found[code] == "" {
			t.Errorf("not beside it: %s", code)
		}
		delete(found, code)
	}
	if len(found) > 0 {
		t.Errorf("beside %s: %v", c.code, found)
	}
	s = b.copyOf(c.step)
	if c.good != nil {
		c.good(&s)
	}
	if found := codes(s.State.Apply(s.input())); found[c.code] != "" {
		t.Errorf("the neighbour has it too: %v", found)
	}
}

// as gives a change of the body of one type.
func as[T any](change func(*T)) func(*step) {
	return func(s *step) { change(s.Body.(*T)) }
}

// unsigned, or signed with the log's key: the judge is told who signed of
// those who may, and the log's key is none of them.
func nobody(s *step) { s.Signers = nil }

// rewrite gives the lines of one of the step's files another content.
func rewrite(ref func(any) *record.File, change func(lines []string) []string) func(*step) {
	return func(s *step) {
		f := ref(s.Body)
		lines := strings.Split(strings.TrimSuffix(string(s.Blobs[f.SHA256]), "\n"), "\n")
		lines = change(slices.DeleteFunc(lines, func(l string) bool { return l == "" }))
		text := strings.Join(lines, "\n")
		if len(lines) > 0 {
			text += "\n"
		}
		*f = s.put([]byte(text))
	}
}

func pool(b any) *record.File     { return &b.(*record.Notice).Pool }
func out(b any) *record.File      { return &b.(*record.Notice).Out }
func persons(b any) *record.File  { return &b.(*record.Notice).People }
func recusals(b any) *record.File { return &b.(*record.Notice).Recusals }
func opened(b any) *record.File   { return &b.(*record.Draw).Recusals }
func objects(b any) *record.File  { return &b.(*record.Dispatch).Objects }
func leaders(b any) *record.File  { return &b.(*record.Dispatch).Leaders }

func half(lines []string) []string       { return lines[:len(lines)/2] }
func withoutOne(lines []string) []string { return lines[1:] }
func upper(lines []string) []string      { lines[0] = strings.ToUpper(lines[0]); return lines }

// both runs changes one after the other.
func both(changes ...func(*step)) func(*step) {
	return func(s *step) {
		for _, c := range changes {
			c(s)
		}
	}
}

func lot(s *step, id string) *rules.Lot { return s.State.Lot(id) }

// team is an object of the first draw as it stands before the step.
func team(s *step, i int) *rules.Object { return lot(s, "2023-001").Objects[i] }

// come sets who comes to a member of nobody's team.
func come(s *step, h string) { s.Body.(*record.TeamChange).Come = h }

func TestTrials(t *testing.T) {
	var all []trial
	for _, list := range [][]trial{redress, lists, calendars, notices, draws, afters, finals, counted, platforms, joints, peoples, laters, described, closedOff, followed, claims, witnessed, orders, chances, keysLost, asked, softwares} {
		all = append(all, list...)
	}
	seen := map[string]bool{}
	for _, c := range all {
		seen[c.code] = true
		t.Run(strings.TrimPrefix(c.code, "rules.")+" "+c.name, c.run)
	}
	for _, code := range spoken(t) {
		if !seen[code] && elsewhere[code] == "" {
			t.Errorf("no trial provokes %s", code)
		}
		if seen[code] && elsewhere[code] != "" {
			t.Errorf("%s is tried here: not elsewhere", code)
		}
	}
}

// elsewhere are codes that no entry provokes, and the tests that do.
var elsewhere = map[string]string{
	"rules.lot-nobody":       "TestRefillNobody",
	"rules.slot-vacant":      "TestRefillNobody",
	"rules.request-order":    "TestRefillOrder",
	"rules.one-letter":       "TestVisits",
	"rules.visits-often":     "TestVisitsOften",
	"rules.bad-calendar":     "TestTotalsAreChecked",
	"rules.after-title":      "TestInForce",
	"rules.before-effect":    "TestInForce",
	"rules.pack-ended":       "TestInForce",
	"rules.pack-superseded":  "TestInForce",
	"rules.pack-adopted":     "TestSuccession",
	"rules.other-successor":  "TestOtherSuccessor",
	"rules.pack-clause":      "TestEveryClauseIsChecked",
	"rules.pack-form":        "TestPackFaults",
	"rules.pack-missing":     "TestPackFaults",
	"rules.pack-twice":       "TestPackFaults",
	"rules.pack-word":        "TestPackFaults",
	"rules.calendar-added":   "TestCalendarInForce",
	"rules.office-closed":    "TestClosurePutsOff",
	"rules.closure-used":     "TestClosurePutsOff",
	"rules.bad-date":         "TestBeyondTheCalendar",
	"rules.calendar-horizon": "TestBeyondTheCalendar",
	"rules.pack-too-long":    "TestParsePackRefuses",
	"rules.bad-signature":    "TestCastRefuses",
	"rules.bad-recusal":      "TestCastRefuses",
	"rules.empty-pool":       "TestAnnounceRefuses",
	"rules.no-plan":          "TestAnnounceRefuses",
	"rules.no-roster":        "TestAnnounceRefuses",
	"rules.no-expert-roster": "TestAnnounceRefuses",
	"rules.shortfall":        "TestShortfall",
	"rules.class-base":       "TestClassBase",
	"rules.joint-few":        "TestJointYear",
	"rules.class-unknown":    "TestYearlyRatios",
	"rules.class-unsaid":     "TestYearlyRatios",
	"rules.ratio-now":        "TestYearlyRatios",
	"rules.ratio-short":      "TestYearlyRatios",
	"rules.line-undrawn":     "TestYearlyLines",
	"rules.share-unsaid":     "TestYearlyShare",
	"rules.year-share":       "TestYearlyShare",
	"rules.year-checklist":   "TestYearlyVersions",
	"rules.year-plan":        "TestYearlyVersions",
	"rules.year-roster":      "TestYearlyVersions",
}

// spoken lists every code that the source of this package speaks of.
func spoken(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	set := map[string]bool{}
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") || f == "calendar_vector.go" {
			continue
		}
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`"(rules\.[a-z-]+)"`).FindAllStringSubmatch(string(data), -1) {
			set[m[1]] = true
		}
	}
	if len(set) < 80 {
		t.Fatalf("only %d codes: the test does not look where the source stands", len(set))
	}
	var list []string
	for c := range set {
		list = append(list, c)
	}
	slices.Sort(list)
	return list
}

// lists: charter, checklist, registers, plan, and what every entry must be.
var lists = []trial{
	{name: "entry 0 is a plan", step: "charter", code: "rules.no-charter", bad: func(s *step) { s.Body = gaoqing().copyOf("plan").Body }},
	{name: "other origin", step: "checklist", code: "rules.other-origin", bad: func(s *step) { s.Origin = "demo.example.cn/other" }},
	{name: "not signed", step: "checklist", code: "rules.unsigned", bad: nobody},
	{name: "charter not signed", step: "charter", code: "rules.unsigned", bad: nobody},
	{name: "a beacon that does not verify", step: "checklist", code: "rules.randomness", sev: rules.Warning,
		bad:  func(s *step) { s.Beacon = &record.Beacon{Chain: quicknet.Hash, Round: 1001, Signature: rounds()[1000]} },
		good: func(s *step) { s.Beacon = &record.Beacon{Chain: quicknet.Hash, Round: 1000, Signature: rounds()[1000]} }},
	{name: "a beacon of another chain", step: "checklist", code: "rules.randomness", sev: rules.Warning,
		bad: func(s *step) {
			s.Beacon = &record.Beacon{Chain: strings.Repeat("0", 64), Round: 1000, Signature: rounds()[1000]}
		}},
	{name: "earlier than the entry before it", step: "checklist", code: "rules.date-order", sev: rules.Warning,
		bad: func(s *step) { s.At, s.Body.(*record.Checklist).Date = "2023-06-12T08:59:59+08:00", "2023-06-12" }, good: func(s *step) { s.At = "2023-06-12T09:00:00+08:00" }},
	{name: "no office key", step: "charter", code: "rules.charter-keys", bad: as(func(b *record.Charter) { b.Keys = b.Keys[:1] })},
	{name: "two log keys", step: "charter", code: "rules.charter-keys", bad: as(func(b *record.Charter) { b.Keys = append(b.Keys, b.Keys[0]) }),
		good: as(func(b *record.Charter) { b.Keys = append(b.Keys, b.Keys[1]) })},
	{name: "pack missing", step: "charter", code: "rules.file-missing", bad: func(s *step) { s.Blobs = nil }},
	{name: "pack of another length", step: "charter", code: "rules.file-differs", bad: as(func(b *record.Charter) { b.Pack.File.Bytes++ })},
	{name: "pack of another id", step: "charter", code: "rules.bad-pack", bad: as(func(b *record.Charter) { b.Pack.ID += "2" })},
	{name: "no pack", step: "charter", code: "rules.bad-pack", bad: func(s *step) {
		c := s.Body.(*record.Charter)
		s.Blobs = map[string][]byte{rules.Hash([]byte("{}")): []byte("{}")}
		c.Pack.File = rules.FileOf([]byte("{}"))
	}},
	{name: "checklist 2 first", step: "checklist", code: "rules.version", bad: as(func(b *record.Checklist) { b.Version = 2 })},
	{name: "roster 2 first", step: "objects", code: "rules.version", bad: as(func(b *record.Roster) { b.Version = 2 })},
	{name: "plan 2 first", step: "plan", code: "rules.version", bad: as(func(b *record.Plan) { b.Version = 2 })},
	{name: "checklist of tomorrow", step: "checklist", code: "rules.date-order", bad: as(func(b *record.Checklist) { b.Date = "2023-06-13" }),
		good: as(func(b *record.Checklist) { b.Date = "2022-06-12" })},
	{name: "roster of tomorrow", step: "objects", code: "rules.date-order", bad: as(func(b *record.Roster) { b.Date = "2023-06-14" })},
	{name: "plan of tomorrow", step: "plan", code: "rules.date-order", bad: as(func(b *record.Plan) { b.Date = "2023-06-21" })},
	{name: "number twice", step: "checklist", code: "rules.item-twice", bad: as(func(b *record.Checklist) { b.Items[1].No = "1" })},
	{name: "document alone", step: "checklist", code: "rules.no-basis", bad: as(func(b *record.Checklist) { b.Items[0].Basis[0].Kind = "规范性文件" }),
		good: as(func(b *record.Checklist) {
			b.Items[0].Basis = append([]record.Basis{{Kind: "规范性文件", Title: "通知"}}, b.Items[0].Basis...)
		})},
	{name: "no such category", step: "checklist", code: "rules.item-category", bad: as(func(b *record.Checklist) { b.Items[0].Category = "特别事项" })},
	{name: "yanshi knows none", pack: "yanshi", step: "checklist", code: "rules.item-field", bad: as(func(b *record.Checklist) { b.Items[0].Methods = nil }),
		good: as(func(b *record.Checklist) { b.Items[0].Category = "特别事项" })},
	{name: "no object", step: "checklist", code: "rules.item-field", bad: as(func(b *record.Checklist) { b.Items[0].Object = "" })},
	{name: "no level", step: "checklist", code: "rules.item-field", bad: as(func(b *record.Checklist) { b.Items[0].Level = "" })},
	{name: "no body", pack: "yanshi", step: "checklist", code: "rules.item-field", bad: as(func(b *record.Checklist) { b.Items[0].Body = "" }),
		good: as(func(b *record.Checklist) { b.Items[0].Level, b.Items[0].Object = "", "" })},
	{name: "3 of 7", pack: "yanshi", step: "checklist", code: "rules.share-low", sev: rules.Warning, bad: as(func(b *record.Checklist) { b.AllItems = 7 })},
	{name: "gaoqing has no share", pack: "yanshi", step: "checklist", code: "rules.share-low", sev: rules.Warning, bad: as(func(b *record.Checklist) { b.AllItems = 100 }),
		good: as(func(b *record.Checklist) { b.AllItems = 0 })},
	{name: "cars", step: "objects", code: "rules.roster-kind", bad: as(func(b *record.Roster) { b.Kind = "cars" })},
	{name: "one more", step: "objects", code: "rules.roster-count", bad: as(func(b *record.Roster) { b.Count++ })},
	{name: "nobody", step: "objects", code: "rules.roster-count", bad: func(s *step) {
		b := s.Body.(*record.Roster)
		b.Count, b.File, b.Classes = 0, s.put(nil), nil
	}},
	{name: "line twice", step: "plan", code: "rules.line-twice", bad: as(func(b *record.Plan) { b.Lines[1].No = "A" })},
	{name: "item of no list", step: "plan", code: "rules.item-unknown", bad: as(func(b *record.Plan) { b.Lines[0].Items = []string{"9"} })},
	{name: "ratio and count", step: "plan", code: "rules.line-quantity", bad: as(func(b *record.Plan) { b.Lines[0].Count = 3 })},
	{name: "neither", step: "plan", code: "rules.line-quantity", bad: as(func(b *record.Plan) { b.Lines[0].Ratio = "" })},
	{name: "nothing of all", step: "plan", code: "rules.line-quantity", bad: as(func(b *record.Plan) { b.Lines[0].Ratio = "0.000000" }),
		good: as(func(b *record.Plan) { b.Lines[0].Ratio = "0.000001" })},
	{name: "half directed", step: "plan", code: "rules.line-mode", bad: as(func(b *record.Plan) { b.Lines[0].Mode = "随机" })},
	{name: "directed without filter", step: "plan", code: "rules.line-filter", bad: as(func(b *record.Plan) { b.Lines[1].Filter = "" })},
	{name: "undirected with filter", step: "plan", code: "rules.line-filter", bad: as(func(b *record.Plan) { b.Lines[0].Filter = b.Lines[1].Filter })},
	{name: "unknown sector", step: "plan", code: "rules.bad-filter", bad: as(func(b *record.Plan) { b.Lines[1].Filter = "行业 = 航天" })},
	{name: "another spelling", step: "plan", code: "rules.bad-filter", bad: as(func(b *record.Plan) { b.Lines[1].Filter = "行业 = 矿山" }),
		good: as(func(b *record.Plan) { b.Lines[1].Filter = "行业 = 非煤矿山" })},
	{name: "backwards", step: "plan", code: "rules.line-dates", bad: as(func(b *record.Plan) { b.Lines[0].To = "2023-07-31" }),
		good: as(func(b *record.Plan) { b.Lines[0].To = "2023-08-01" })},
	{name: "begins in another year", step: "plan", code: "rules.line-dates", bad: as(func(b *record.Plan) { b.Lines[0].From = "2022-12-31" })},
	{name: "ends in another year", step: "plan", code: "rules.line-dates", bad: as(func(b *record.Plan) { b.Lines[0].To = "9999-12-31" }),
		good: as(func(b *record.Plan) { b.Lines[0].To = "2023-12-31" })},
	{name: "filing of a roster", step: "filing", code: "rules.no-such-entry", bad: as(func(b *record.Filing) { b.Plan-- })},
	{name: "filed tomorrow", step: "filing", code: "rules.date-order", bad: as(func(b *record.Filing) { b.Date = "2029-01-01" })},
	{name: "history of another count", step: "history", code: "rules.roster-count", bad: as(func(b *record.History) { b.Count++ })},
	{name: "history of after", step: "history", code: "rules.history-dates", bad: as(func(b *record.History) { b.To = "2023-06-13" }),
		good: as(func(b *record.History) { b.To = "2023-06-12" })},
	{name: "history backwards", step: "history", code: "rules.history-dates", bad: as(func(b *record.History) { b.From = "2023-02-02" })},
	{name: "history's file", step: "history", code: "rules.file-missing", bad: func(s *step) { s.Blobs = nil }},
}

// notices: every way in which a 抽取预告 can say what it may not.
var notices = []trial{
	{name: "2 first", step: "notice", code: "rules.serial", bad: as(func(b *record.Notice) { b.Serial, b.Draw = 2, "2023-002" })},
	{name: "id of another year", step: "notice", code: "rules.serial", also: []string{"rules.no-line"}, bad: as(func(b *record.Notice) { b.Draw = "2024-001" })},
	{name: "id of four digits", step: "notice", code: "rules.serial", bad: as(func(b *record.Notice) { b.Draw = "2023-0001" })},
	{name: "plan is a roster", step: "notice", code: "rules.not-latest", bad: as(func(b *record.Notice) { b.Plan-- })},
	{name: "checklist is a charter", step: "notice", code: "rules.not-latest", bad: as(func(b *record.Notice) { b.Checklist-- })},
	{name: "register of another digest", step: "notice", code: "rules.not-latest", bad: as(func(b *record.Notice) { b.Roster.SHA256 = b.Inspectors.SHA256 })},
	{name: "register of people is that of firms", step: "notice", code: "rules.not-latest", bad: as(func(b *record.Notice) { b.Inspectors.Entry-- })},
	{name: "no such line", step: "notice", code: "rules.no-line", bad: as(func(b *record.Notice) { b.Line = "Z" })},
	{name: "another mode", step: "notice", code: "rules.notice-differs", bad: as(func(b *record.Notice) { b.Mode = "定向" })},
	{name: "another filter", step: "notice", code: "rules.notice-differs", bad: as(func(b *record.Notice) { b.Filter = "行业 = 冶金" })},
	{name: "other words", step: "notice", code: "rules.notice-differs", bad: as(func(b *record.Notice) { b.Scope = "全部企业" })},
	{name: "item of another line", step: "notice", code: "rules.item-unknown", bad: as(func(b *record.Notice) { b.Items = append(b.Items, "3") }),
		good: as(func(b *record.Notice) { b.Items = b.Items[:1] })},
	{name: "item twice", step: "notice", code: "rules.item-unknown", bad: as(func(b *record.Notice) { b.Items = append(b.Items, b.Items[0]) })},
	{name: "names the one that it does not repeat", step: "notice", code: "rules.notice-differs", bad: as(func(b *record.Notice) { b.Earlier = "2023-002" })},
	{name: "does not name the aborted one", step: "again", code: "rules.notice-differs", bad: as(func(b *record.Notice) { b.Earlier = "" }), good: freshKeys},
	{name: "a second one on an open line", step: "draw", code: "rules.line-open", bad: func(s *step) {
		*s = gaoqing().copyOf("notice B")
		s.State = gaoqing().before("abort")
		b := s.Body.(*record.Notice)
		b.Serial, b.Draw = 3, "2023-003"
		b.Key, b.KeyI = b.Pool.SHA256, b.Out.SHA256
	}},
	{name: "later than the plan", step: "notice", code: "rules.task-dates", bad: func(s *step) { until(s, "2023-12-31") }, good: func(s *step) { until(s, "2023-09-27") }},
	{name: "before the draw", step: "notice", code: "rules.task-dates", bad: as(func(b *record.Notice) { b.From = "2023-08-22" })},
	{name: "backwards", step: "notice", code: "rules.task-dates", bad: as(func(b *record.Notice) { b.From = "2023-09-29" }),
		good: as(func(b *record.Notice) { b.From = "2023-09-28" })},
	{name: "one alone", step: "notice", code: "rules.team-small", bad: as(func(b *record.Notice) { b.Slots = b.Slots[:1] }),
		good: as(func(b *record.Notice) { b.Slots = append(b.Slots, record.Slot{}) })},
	{name: "ten", step: "notice", code: "rules.notice-differs", bad: as(func(b *record.Notice) { b.Slots = make([]record.Slot, 10) }),
		good: as(func(b *record.Notice) { b.Slots = make([]record.Slot, 9) })},
	{name: "what nobody can", step: "notice", code: "rules.notice-differs", bad: as(func(b *record.Notice) { b.Slots[0].Needs = "flying" }), also: []string{"rules.few-inspectors"},
		good: as(func(b *record.Notice) { b.Slots[0].Needs = gaoqing().pack.Specialities[0].Code })},
	{name: "another leader", step: "notice", code: "rules.notice-differs", bad: as(func(b *record.Notice) { b.Leader = "slot0" })},
	{name: "no replacement", step: "notice", code: "rules.notice-differs", bad: as(func(b *record.Notice) { b.Replace = "none" })},
	{name: "names before", step: "notice", code: "rules.notice-differs", bad: as(func(b *record.Notice) { b.Names = "on-dispatch" })},
	{name: "one key for both", step: "notice", code: "rules.notice-differs", bad: as(func(b *record.Notice) { b.KeyI = b.Key })},
	{name: "the key of an earlier draw", step: "again", code: "rules.notice-differs", sev: rules.Warning, bad: func(*step) {}, good: freshKeys},
	{name: "the inspectors' key of an earlier draw", step: "again", code: "rules.notice-differs", sev: rules.Warning,
		bad: both(freshKeys, func(s *step) { s.Body.(*record.Notice).Key = lot(s, "2023-001").Body.KeyI }), good: freshKeys},
	{name: "unit twice", step: "notice", code: "rules.notice-differs", bad: as(func(b *record.Notice) { b.Units = append(b.Units, b.Units[0]) }),
		good: as(func(b *record.Notice) { b.Units = append(b.Units, record.Unit{Name: "二队"}) })},
	{name: "town twice", step: "notice", code: "rules.notice-differs", bad: as(func(b *record.Notice) {
		town := gaoqing().pack.Towns[0].Code
		b.Units = append(b.Units, record.Unit{Name: "二队", Towns: []string{town}}, record.Unit{Name: "三队", Towns: []string{town}})
	})},
	{name: "no such town", step: "notice", code: "rules.notice-differs", bad: as(func(b *record.Notice) { b.Units[0].Towns = []string{"370322999"} }),
		good: as(func(b *record.Notice) { b.Units[0].Towns = []string{gaoqing().pack.Towns[0].Code} })},
	{name: "K a day later", step: "notice", code: "rules.due-differs", bad: as(func(b *record.Notice) { b.Due.K = "2023-12-31" })},
	{name: "provisional", step: "notice", code: "rules.due-differs", bad: as(func(b *record.Notice) { b.Due.Provisional = true })},
	{name: "pool missing", step: "notice", code: "rules.file-missing", bad: func(s *step) { delete(s.Blobs, pool(s.Body).SHA256) }},
	{name: "pool of fewer lines", step: "notice", code: "rules.file-differs", bad: func(s *step) { pool(s.Body).Lines-- }},
	{name: "pool in capitals", step: "notice", code: "rules.bad-file", bad: rewrite(pool, upper)},
	{name: "out in capitals", step: "notice", code: "rules.bad-file", bad: rewrite(out, upper)},
	{name: "people in capitals", step: "notice", code: "rules.bad-file", bad: rewrite(persons, upper)},
	{name: "recusals in capitals", step: "notice", code: "rules.bad-file", bad: rewrite(recusals, upper)},
	{name: "in the hat and left out", step: "notice", code: "rules.bad-file", bad: func(s *step) {
		hat := string(s.Blobs[pool(s.Body).SHA256])[:32]
		rewrite(out, func(l []string) []string { l[0] = hat + l[0][32:]; slices.Sort(l); return l })(s)
	}},
	{name: "left out twice", step: "notice", code: "rules.bad-file", bad: rewrite(out, func(l []string) []string {
		l[1] = l[0][:32] + "|-|status"
		l[0] = l[0][:32] + "|g1|status"
		slices.Sort(l)
		return l
	})},
	{name: "dropped in silence", step: "notice", code: "rules.pool-count", also: []string{"rules.grounds"}, bad: rewrite(out, withoutOne)},
	{name: "more people than the register", step: "notice", code: "rules.pool-count", bad: rewrite(persons, func(l []string) []string {
		l = append(l, strings.Repeat("f", 32)+"|")
		return l
	})},
	{name: "one of the register dropped in silence", step: "notice", code: "rules.pool-count", bad: rewrite(persons, withoutOne)},
	{name: "one alone in the hat", step: "notice", code: "rules.few-inspectors", also: []string{"rules.pool-count"}, bad: rewrite(persons, func(l []string) []string { return l[:1] }),
		good: rewrite(persons, func(l []string) []string { return l[:2] })},
	{name: "two lots", step: "notice", code: "rules.notice-differs", bad: rewrite(pool, func(l []string) []string { l[7] = l[7][:len(l[7])-1] + "2"; return l })},
	{name: "recusals of half", step: "notice", code: "rules.recusals-count", bad: rewrite(recusals, half)},
	{name: "recusals of a stranger", step: "notice", code: "rules.recusals-count", bad: rewrite(recusals, func(l []string) []string {
		l[len(l)-1] = strings.Repeat("f", 32) + l[len(l)-1][32:]
		return l
	})},
	{name: "fewer than the most", step: "notice", code: "rules.recusals-count", bad: as(func(b *record.Notice) { b.Declared = 0 }),
		good: as(func(b *record.Notice) { b.Declared-- })},
	{name: "more than all", step: "notice", code: "rules.recusals-count", bad: as(func(b *record.Notice) { b.Declared++ })},
	{name: "more than the people", step: "notice", code: "rules.recusals-count", bad: as(func(b *record.Notice) { b.MostForOne = 10 }), also: []string{"rules.recusal-undeclared"},
		good: as(func(b *record.Notice) { b.MostForOne = 9 })},
	{name: "counted wrong", step: "notice", code: "rules.grounds", bad: as(func(b *record.Notice) { b.Grounds[0].Count++ })},
	{name: "not in the table", step: "notice", code: "rules.grounds", bad: as(func(b *record.Notice) { b.Grounds = nil })},
	{name: "another clause", step: "notice", code: "rules.grounds", bad: as(func(b *record.Notice) { b.Grounds[0].Clause = "G-7.1" })},
	{name: "a ground of the office's own", step: "notice", code: "rules.grounds", bad: ground("friend", "G-7.1", "朋友")},
	{name: "filter where there is none", step: "notice", code: "rules.grounds", bad: ground("filter", "G-7.2a", "不在本次定向条件内")},
	{name: "special where the pack knows none", pack: "yanshi", step: "notice", code: "rules.grounds", bad: ground("special", "Y-11", "制度列明不适用随机抽查")},
	{name: "capped out of the base", step: "notice", code: "rules.grounds", bad: both(ground("cap", "G-6.2c", "已达频次上限"), as(func(b *record.Notice) {}))},
	{name: "base", step: "notice", code: "rules.base", bad: as(func(b *record.Notice) { b.Groups[0].Base += 50 })},
	{name: "another rule", step: "notice", code: "rules.notice-differs", also: []string{"rules.quota", "rules.told"}, bad: as(func(b *record.Notice) { b.Groups[0].Rule, b.Groups[0].Total, b.Groups[0].Ratio = "census", 0, "" })},
	{name: "another ratio", step: "notice", code: "rules.notice-differs", bad: as(func(b *record.Notice) { b.Groups[0].Ratio = "0.20" })},
	{name: "another count", step: "notice B", code: "rules.quota", bad: as(func(b *record.Notice) { b.Groups[0].Total = 4 })},
	{name: "total", step: "notice", code: "rules.quota", bad: as(func(b *record.Notice) { b.Groups[0].Total++ })},
	{name: "quota", step: "notice", code: "rules.quota", bad: as(func(b *record.Notice) { b.Groups[0].Cells[0].Quota-- })},
	{name: "census with a total", step: "notice", code: "rules.quota", also: []string{"rules.told"}, bad: as(func(b *record.Notice) { b.Groups[0].Rule = "census" })},
	{name: "no such rule", step: "notice", code: "rules.quota", bad: as(func(b *record.Notice) { b.Groups[0].Rule = "some" })},
	{name: "count of a cell", pack: "yanshi", step: "notice", code: "rules.quota", bad: as(func(b *record.Notice) { b.Groups[0].Cells[0].Count++; b.Groups[0].Cells[1].Count-- })},
	{name: "cell left out", pack: "yanshi", step: "notice", code: "rules.quota", bad: as(func(b *record.Notice) {
		g := &b.Groups[0]
		g.Cells[1].Count += g.Cells[0].Count
		g.Cells = g.Cells[1:]
	})},
	{name: "minimum", step: "notice", code: "rules.notice-differs", bad: as(func(b *record.Notice) { b.Groups[0].Minimum = 1 })},
	{name: "minimum over total", step: "notice", code: "rules.quota", also: []string{"rules.notice-differs"}, bad: as(func(b *record.Notice) { b.Groups[0].Minimum = 50 })},
	{name: "name of the group", step: "notice", code: "rules.notice-differs", bad: as(func(b *record.Notice) { b.Groups[0].Name = "risky" })},
	{name: "words of the group", step: "notice", code: "rules.notice-differs", bad: as(func(b *record.Notice) { b.Groups[0].Words = "风险企业" })},
	{name: "friends in cells of their own", step: "notice", code: "rules.notice-differs", bad: starve},
	{name: "towns where the pack has none", step: "notice", code: "rules.notice-differs", bad: as(func(b *record.Notice) { b.Groups[0].Cells[0].Name = "田镇街道" })},
	{name: "a town under another name", pack: "yanshi", step: "notice", code: "rules.notice-differs", bad: as(func(b *record.Notice) { b.Groups[0].Cells[0].Name = b.Groups[0].Cells[1].Name })},
	{name: "cell of nobody", pack: "yanshi", step: "notice", code: "rules.notice-differs", bad: as(func(b *record.Notice) {
		b.Groups[0].Cells = append(b.Groups[0].Cells, record.Cell{Cell: "other", Name: "其他区域"})
	})},
	{name: "cells in another order", pack: "yanshi", step: "notice", code: "rules.notice-differs", bad: as(func(b *record.Notice) { slices.Reverse(b.Groups[0].Cells) })},
	{name: "told nothing", step: "notice B", code: "rules.told", bad: as(func(b *record.Notice) { b.Told = nil })},
	{name: "told too much", step: "notice", code: "rules.told", bad: as(func(b *record.Notice) { b.Told = []string{"all"} })},
	{name: "platform", step: "notice", code: "rules.randomness", bad: as(func(b *record.Notice) { b.Casts = "platform" })},
	{name: "another chain", step: "notice", code: "rules.randomness", bad: as(func(b *record.Notice) { b.Randomness.Chain = b.Key })},
	{name: "lottery", step: "notice", code: "rules.randomness", bad: as(func(b *record.Notice) { b.Randomness.Kind = "kl8" })},
	{name: "round and time apart", step: "notice", code: "rules.randomness", bad: as(func(b *record.Notice) { b.Randomness.Round++ })},
	{name: "round 0", step: "notice", code: "rules.randomness", bad: as(func(b *record.Notice) { b.Randomness.Round = 0 })},
	{name: "backdated behind an entry of the next day", step: "notice", code: "rules.notice-late", sev: rules.Warning, also: []string{"rules.date-order"},
		bad: func(s *step) { s.State.Apply(tomorrow("2023-08-24T09:00:00+08:00")) }, good: func(s *step) { s.State.Apply(tomorrow("2023-08-23T14:59:59+08:00")) }},
	{name: "none at all, yet declared", step: "notice", code: "rules.recusals-count", bad: as(func(b *record.Notice) { b.MostForOne = 0 })},
}

// tomorrow is another entry, a receipt, that claims a time.
func tomorrow(at string) rules.Input {
	s := gaoqing().copyOf("filing")
	s.At = at
	return s.input()
}

// freshKeys commits to two keys that nobody had before.
func freshKeys(s *step) {
	b := s.Body.(*record.Notice)
	b.Key, b.KeyI = b.Pool.SHA256, b.Out.SHA256
}

// late is a notice for line C after the first draw was cast that claims to
// stand before it.
func late(round uint64) step {
	b := gaoqing()
	k := rules.Keys{K: []byte("late 0123456789abcdef01234567890"), KI: []byte("late fedcba9876543210fedcba98765")}
	s := step{At: noticed, Signers: []string{signer}, Origin: origin, State: b.before("dispatch")}
	a, err := s.State.Announce(rules.Task{Line: "C", Round: round}, b.reg, k)
	if err != nil {
		panic(err)
	}
	s.Body, s.Blobs = a.Notice, a.Blobs
	return s
}

// until gives the task another end, with the due dates that follow from it.
func until(s *step, day string) {
	b := s.Body.(*record.Notice)
	b.To = day
	b.Due = gaoqing().pack.NoticeDue(rules.Workdays(), b.When(), day)
}

// ground gives the last firm left out another ground, and the table its line.
func ground(code, clause, words string) func(*step) {
	return func(s *step) {
		rewrite(out, func(l []string) []string {
			l[0] = l[0][:32] + "|-|" + code
			return l
		})(s)
		b := s.Body.(*record.Notice)
		b.Grounds[0].Count--
		b.Grounds = append(b.Grounds, record.Ground{Code: code, Clause: clause, Words: words, Count: 1})
		if code == "cap" {
			return
		}
		slices.SortFunc(b.Grounds, func(a, b record.Ground) int { return strings.Compare(a.Code, b.Code) })
	}
}

// starve puts ten firms into cells of their own: beside a cell of many,
// Sainte-Laguë never gives a cell of one a seat.
func starve(s *step) {
	counts := map[string]int{}
	rewrite(pool, func(l []string) []string {
		for i := range l {
			f := strings.Split(l[i], "|")
			if f[1] = "zz"; i < 10 {
				f[1] = "c" + string(rune('0'+i))
			}
			counts[f[1]]++
			l[i] = strings.Join(f, "|")
		}
		return l
	})(s)
	b := s.Body.(*record.Notice)
	g := &b.Groups[0]
	g.Cells = nil
	var cells []string
	for c := range counts {
		cells = append(cells, c)
	}
	slices.Sort(cells)
	quotas, err := draw.Quotas([]draw.Group{{Name: g.Name, Rule: g.Rule, Total: int(g.Total), Cells: cells}}, counts)
	if err != nil {
		panic(err)
	}
	for _, c := range cells {
		g.Cells = append(g.Cells, record.Cell{Cell: c, Name: "全部", Count: int64(counts[c]), Quota: int64(quotas[c])})
		if c != "zz" && quotas[c] != 0 {
			panic("not starved")
		}
	}
	b.Told = cells[:10]
}

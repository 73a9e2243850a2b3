package rules

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"

	"github.com/sunlot/sunlot/internal/beacon"
	"github.com/sunlot/sunlot/internal/record"
)

// Input is one entry with what Apply needs to judge it.
type Input struct {
	Entry   *record.Entry
	Hash    string            // lower hex SHA-256 of the signed entry's bytes; a notice's C
	Signers []string          // of Keys(entry), those whose signature verified
	Blobs   map[string][]byte // by digest, all that Needs(entry) lists

	// Seen is the earliest time, unix seconds, by which the cosignatures in the
	// entry's proof file satisfied State.Policy; 0 where they do not, or where
	// that policy asks for none. What follows from the entry needs it of those
	// that State.Dated names; of the others it is held against the time they claim.
	Seen int64
	// Attested are those of State.Attest's keys whose line verified.
	Attested []string
	// Pending: the entry is not in the ledger yet, so nobody can have cosigned
	// it. Its own time stands for Seen: an office that cannot be in time by its
	// own clock is refused before it writes.
	Pending bool

	Terms *Terms // of a charter: what its policy comes to; nil where it has none
}

// Keys lists the verifier keys that may sign the entry at the state's next
// index: the office keys of the charter in force, for entry 0 its own, and for
// a contribution those of its notice's contributors alone.
func (s *State) Keys(e *record.Entry) []string {
	if b, ok := e.Body.(*record.Contribution); ok {
		return s.contributorKeys(b)
	}
	c := s.Charter()
	if own, ok := e.Body.(*record.Charter); ok && c == nil {
		c = own
	}
	if c == nil {
		return nil
	}
	return c.KeysOf("office")
}

// Needs lists the digests of the files beside the log that Apply reads.
func (s *State) Needs(e *record.Entry) []string {
	switch b := e.Body.(type) {
	case *record.Charter:
		return []string{b.Pack.File.SHA256}
	case *record.Roster:
		return []string{b.File.SHA256}
	case *record.History:
		return []string{b.File.SHA256}
	case *record.Notice:
		list := append([]string{b.Pool.SHA256, b.Out.SHA256, b.People.SHA256, b.Recusals.SHA256}, given(b.PeopleOut)...)
		if b.Experts != nil {
			list = append(append(list, b.Experts.Pool.SHA256), given(b.Experts.Out)...)
		}
		return list
	case *record.TeamsNotice:
		return append([]string{b.Objects.SHA256, b.People.SHA256, b.Recusals.SHA256}, given(b.PeopleOut)...)
	case *record.Teams:
		return append([]string{b.Teams.SHA256, b.Recusals.SHA256, b.Unstaffed.SHA256, b.Leaders.SHA256}, given(b.GroupTeams, b.Declarations)...)
	case *record.Draw:
		list := []string{b.Drawn.SHA256, b.Teams.SHA256, b.Recusals.SHA256, b.Unstaffed.SHA256}
		return append(list, given(b.GroupTeams, b.Declarations, b.Experts)...)
	case *record.Recusal:
		return []string{b.List.SHA256}
	case *record.PlatformDraw:
		return s.platformNeeds(b)
	case *record.Dispatch:
		return []string{b.Objects.SHA256, b.Leaders.SHA256}
	case *record.PartnerDispatch:
		return []string{b.Objects.SHA256}
	case *record.Joined:
		return []string{b.Objects.SHA256}
	}
	return nil
}

// given lists the digests of those files that are there.
func given(files ...*record.File) (list []string) {
	for _, f := range files {
		if f != nil {
			list = append(list, f.SHA256)
		}
	}
	return list
}

// judge collects the findings on one entry.
type judge struct {
	s     *State
	in    Input
	index int64
	found []Finding
	lot   *Lot // the draw that the entry is about, if any
}

func (j *judge) add(sev Severity, code, clause, place, got, want string) {
	j.found = append(j.found, Finding{Code: code, Severity: sev, Clause: clause, Entry: j.index, Place: place, Got: got, Want: want})
}

func (j *judge) breach(code, clause, place, got, want string) {
	j.add(Breach, code, clause, place, got, want)
}

func (j *judge) sound() bool {
	return !slices.ContainsFunc(j.found, func(f Finding) bool { return f.Severity == Breach })
}

// Apply moves the state on by one entry and returns what it finds. An entry
// with a breach keeps its index and has no effect (a notice and a draw stay
// listed as failed). The office calls Apply before it appends: any breach is a
// refusal there, and the State is then to be thrown away.
func (s *State) Apply(in Input) []Finding {
	j := &judge{s: s, in: in, index: s.Size}
	s.Size++
	j.envelope()
	if j.sound() {
		if foreign(in.Entry) { // nothing of the office turns on another's clock
			j.body()
		} else {
			s.Turn(in.Entry.Env.At[:10])
			j.body()
			s.year(yearOf(in.Entry.Env.At))
		}
	}
	j.unjudged()
	return j.found
}

// Unreadable keeps the index of an entry that does not parse: it is shown and
// has no effect.
func (s *State) Unreadable() { s.Size++ }

func (j *judge) envelope() {
	s, e := j.s, j.in.Entry
	_, charter := e.Body.(*record.Charter)
	switch {
	case j.index == 0 && !charter:
		j.breach("rules.no-charter", "", "", e.Type, "charter")
	case j.index == 0:
		s.Origin = e.Origin
	case len(s.Charters) == 0:
		j.breach("rules.no-charter", "", "", e.Type, "charter")
	case e.Origin != s.Origin:
		j.breach("rules.other-origin", "", "", e.Origin, s.Origin)
	}
	if len(j.in.Signers) == 0 {
		j.breach("rules.unsigned", "", "", "", "office key")
	}
	if e.Env.Beacon != nil {
		j.beacon(e.Env.Beacon)
	}
	if j.sound() && !foreign(e) {
		j.clock()
		s.Clock = max(s.Clock, e.Env.At)
	}
}

// beacon: a public round in an entry proves that it and all after it were
// written later than the round. One that does not verify proves nothing.
func (j *judge) beacon(b *record.Beacon) {
	chain := beacon.Quicknet()
	sig, err := hex.DecodeString(b.Signature)
	if err == nil && b.Chain == chain.Hash {
		_, err = beacon.Verify(chain, uint64(b.Round), sig)
	}
	if err != nil || b.Chain != chain.Hash {
		j.add(Warning, "rules.randomness", "", "env.beacon", num(b.Round), chain.Hash)
		return
	}
	j.s.Proven = max(j.s.Proven, chain.Time(uint64(b.Round)))
}

func (j *judge) body() {
	switch b := j.in.Entry.Body.(type) {
	case *record.Charter:
		j.charter(b)
	case *record.Checklist:
		j.checklist(b)
	case *record.Roster:
		j.roster(b)
	case *record.Plan:
		j.plan(b)
	case *record.Filing:
		j.filing(b)
	case *record.History:
		j.history(b)
	case *record.Calendar:
		j.calendar(b)
	case *record.Software:
		j.software(b)
	case *record.Notice:
		j.notice(b)
	case *record.Draw:
		j.draw(b)
	case *record.Dispatch:
		j.dispatch(b)
	case *record.Partners, *record.Agreement, *record.PartnerDispatch, *record.PartnerTeam, *record.Joined:
		j.joint(b)
	case *record.TeamChange:
		j.teamChange(b)
	case *record.Request:
		j.request(b)
	case *record.Replacement:
		j.replacement(b)
	case *record.Result:
		j.result(b)
	case *record.Correction:
		j.correction(b)
	case *record.FollowUp:
		j.followUp(b)
	case *record.Feedback:
		j.feedback(b)
	case *record.Opened:
		j.opened(b)
	case *record.PlatformDraw:
		j.platformDraw(b)
	case *record.Abort:
		j.abort(b)
	case *record.Objection:
		j.objection(b)
	case *record.Review:
		j.review(b)
	case *record.Archive:
		j.archive(b)
	case *record.Purge:
		j.purge(b)
	case *record.Takedown:
		j.takedown(b)
	case *record.Recusal:
		j.recusal(b)
	case *record.TeamsNotice:
		j.teamsNotice(b)
	case *record.Teams:
		j.teams(b)
	case *record.Expert:
		j.expert(b)
	case *record.Task:
		j.task(b)
	case *record.Waiver:
		j.waiver(b)
	case *record.Extension:
		j.extension(b)
	case *record.Lost:
		j.lost(b)
	case *record.Paper:
		j.paper(b)
	case *record.Contribution:
		j.contribution(b)
	}
}

// foreign: the entry is signed by somebody who is not the office, with a clock
// of his own.
func foreign(e *record.Entry) bool {
	_, ok := e.Body.(*record.Contribution)
	return ok
}

func at[T any](j *judge, b *T) At[T] { return At[T]{Index: j.index, Time: j.in.Entry.Env.At, Body: b} }

// file returns the bytes of a file beside the log if they are what ref says.
func (j *judge) file(ref record.File, place string) ([]byte, bool) {
	data, ok := j.in.Blobs[ref.SHA256]
	if !ok {
		j.breach("rules.file-missing", "", place, "", ref.SHA256)
		return nil, false
	}
	is := FileOf(data)
	if ref.Root != "" || ref.Lines != 0 {
		is = LinesOf(data)
	}
	if is != ref {
		j.breach("rules.file-differs", "", place, is.SHA256+" "+strconv.FormatInt(is.Lines, 10), ref.SHA256+" "+strconv.FormatInt(ref.Lines, 10))
		return nil, false
	}
	return data, true
}

func (j *judge) charter(b *record.Charter) {
	if len(b.KeysOf("log")) != 1 || len(b.KeysOf("office")) == 0 {
		j.breach("rules.charter-keys", "", "keys", strconv.Itoa(len(b.Keys)), "one log key, at least one office key")
	}
	j.witnesses(b)
	data, ok := j.file(b.Pack.File, "pack")
	if !ok {
		return
	}
	p, err := ParsePack(data)
	switch {
	case err != nil:
		j.breach("rules.bad-pack", "", "pack", err.Error(), "")
	case p.ID != b.Pack.ID:
		j.breach("rules.bad-pack", "", "pack", p.ID, b.Pack.ID)
	}
	if j.sound() {
		j.s.Charters = append(j.s.Charters, at(j, b))
		j.adopt(p, b)
	}
}

func (j *judge) checklist(b *record.Checklist) {
	p := j.s.Pack
	j.notAhead(b.Date)
	if want := int64(len(j.s.Checklists) + 1); b.Version != want {
		j.breach("rules.version", "", "version", strconv.FormatInt(b.Version, 10), strconv.FormatInt(want, 10))
	}
	j.checklistReason(b)
	seen := map[string]bool{}
	for _, it := range b.Items {
		if seen[it.No] {
			j.breach("rules.item-twice", p.Items.Clause, it.No, it.Name, "")
		}
		seen[it.No] = true
		j.item(&it)
	}
	if b.AllItems > 0 && p.Items.Share != "" {
		if floor, err := total(p.Items.Share, int(b.AllItems)); err == nil && len(b.Items) < floor {
			j.add(Warning, "rules.share-low", p.Items.ShareBy, "items", strconv.Itoa(len(b.Items)), strconv.Itoa(floor))
		}
	}
	if j.sound() {
		if was := j.s.Checklist(); was != nil {
			j.meaning(b, was.Body)
		}
		j.s.Checklists = append(j.s.Checklists, at(j, b))
		j.covered(j.s.Plan(b.Year))
	}
}

// item holds one item to the pack: a basis of sufficient rank (Y-7.2), the
// required fields, a category of the list.
func (j *judge) item(it *record.Item) {
	p := j.s.Pack
	ranked := slices.ContainsFunc(it.Basis, func(b record.Basis) bool { return slices.Contains(p.Items.Ranks, b.Kind) })
	if !ranked {
		kinds := ""
		for _, b := range it.Basis {
			kinds += b.Kind + " "
		}
		j.breach("rules.no-basis", p.Items.Rank, it.No, it.Name+" "+kinds, "")
	}
	if len(p.Items.Categories) > 0 && !slices.Contains(p.Items.Categories, it.Category) {
		j.breach("rules.item-category", p.Items.Clause, it.No, it.Category, "")
	}
	for i, q := range it.Specialities {
		if !p.speciality(q) || slices.Contains(it.Specialities[:i], q) {
			j.breach("rules.item-speciality", p.Items.Clause, it.No, q, "规则包所列的专长，各一次")
		}
	}
	for _, heading := range p.Lacks(it) {
		j.breach("rules.item-field", p.Items.Clause, it.No, it.Name, heading)
	}
}

// Lacks lists the headings of the regulation that an item leaves empty.
func (p *Pack) Lacks(it *record.Item) []string {
	var list []string
	for _, heading := range p.Items.Required {
		if itemField(it, heading) == "" {
			list = append(list, heading)
		}
	}
	return list
}

// itemField is the value of an item under a heading of the regulations
// (Gaoqing 5.1.1, Yanshi 8).
func itemField(it *record.Item, heading string) string {
	first := func(list []string) string {
		if len(list) == 0 {
			return ""
		}
		return list[0]
	}
	switch heading {
	case "抽查事项":
		return it.Name
	case "检查对象":
		return it.Object
	case "事项类别":
		return it.Category
	case "检查方式", "抽查方式":
		return first(it.Methods)
	case "检查部门", "抽查主体":
		return it.Body
	case "检查部门及实施层级":
		if it.Level == "" {
			return ""
		}
		return it.Body
	case "实施层级":
		return it.Level
	case "抽查内容":
		if it.Content == "" {
			return it.Name
		}
		return it.Content
	case "检查依据", "抽查依据":
		if len(it.Basis) > 0 {
			return it.Basis[0].Title
		}
	}
	return ""
}

func (j *judge) roster(b *record.Roster) {
	if !slices.Contains([]string{"objects", "inspectors", "experts"}, b.Kind) {
		j.breach("rules.roster-kind", "", "kind", b.Kind, "objects, inspectors, experts")
		return
	}
	j.notAhead(b.Date)
	want := int64(1)
	prev := j.s.Roster(b.Kind)
	if prev != nil {
		want = prev.Body.Version + 1
	}
	if b.Version != want {
		j.breach("rules.version", "", "version", strconv.FormatInt(b.Version, 10), strconv.FormatInt(want, 10))
	}
	j.unchanged(b, prev)
	j.rosterClasses(b)
	if b.File.Lines != b.Count || b.Count == 0 {
		j.breach("rules.roster-count", "", "count", strconv.FormatInt(b.Count, 10), strconv.FormatInt(b.File.Lines, 10))
	}
	if _, ok := j.file(b.File, "file"); ok && j.sound() {
		j.s.Rosters = append(j.s.Rosters, at(j, b))
	}
}

func (j *judge) filing(b *record.Filing) {
	// A checklist is reported upward as a plan is filed (Y-8.2 统一汇总上报).
	if !slices.ContainsFunc(j.s.Plans, func(p At[record.Plan]) bool { return p.Index == b.Plan }) && j.s.checklistAt(b.Plan) == nil {
		j.breach("rules.no-such-entry", j.s.Pack.Plan.Filing, "plan", strconv.FormatInt(b.Plan, 10), "plan, checklist")
		return
	}
	if j.notAhead(b.Date); j.sound() {
		j.s.Filings = append(j.s.Filings, at(j, b))
	}
}

// notAhead: what an entry reports has happened by its own day.
func (j *judge) notAhead(date string) {
	if date > j.today() {
		j.breach("rules.date-order", "", "date", date, j.today())
	}
}

func (j *judge) history(b *record.History) {
	if b.File.Lines != b.Count {
		j.breach("rules.roster-count", "", "count", strconv.FormatInt(b.Count, 10), strconv.FormatInt(b.File.Lines, 10))
	}
	if b.From > b.To || b.To > j.s.Charters[0].Time[:10] {
		j.breach("rules.history-dates", "", "to", b.To, j.s.Charters[0].Time[:10])
	}
	if _, ok := j.file(b.File, "file"); ok && j.sound() {
		if slices.ContainsFunc(j.s.Lots, func(l *Lot) bool { return !l.Failed }) {
			// Who adds selections once draws are announced can keep a chosen firm
			// out of the next one: its past is now the office's word on a known name.
			j.add(Warning, "rules.history-late", j.s.Pack.Cap.Clause, "", num(b.Count), "")
		}
		j.s.Histories = append(j.s.Histories, at(j, b))
	}
}

// Hash is lower-case hex SHA-256, H of draw1.
func Hash(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

package rules

import "github.com/sunlot/sunlot/internal/record"

// Lead is how long before the value that decides a notice must stand in the
// ledger, seconds (draw1 §1).
const Lead = 600

// clockSlack is by how much two honest clocks may differ, seconds.
const clockSlack = 300

// Stood is when a notice stood in the ledger, by what others vouch for and not
// by the office's clock: the bracket of its entry, and what follows for order.
type Stood struct {
	NotBefore int64 // unix seconds: the latest public round that stands in the log up to it; 0: none
	Seen      int64 // unix seconds: by then it had the cosignatures of its policy (Input.Seen); 0: it had not
	Asked     bool  // the policy in force asks for witnesses
	InTime    bool  // Seen is early enough before the value that decides (draw1 §1)
	Late      bool  // the order does not hold: the check has failed, what was drawn is computed and shown all the same
}

// Grade of a draw: what its order and its randomness rest on. The value is
// what --json prints; Name and Text are the words for people (words.md).
type Grade string

const (
	GradeNone        Grade = ""            // the notice has no effect, or the order does not hold
	GradeA           Grade = "A"           // drand, witnessed
	GradeB           Grade = "B"           // lottery lines, witnessed
	GradeC           Grade = "C"           // a ceremony, witnessed
	GradePlatform    Grade = "platform"    // the platform cast, notice witnessed
	GradePaper       Grade = "paper"       // seen on paper before the draw
	GradeUnwitnessed Grade = "unwitnessed" // recomputable, order on the office's word
	GradeAfter       Grade = "after"       // the notice came after the platform's draw
)

var gradeWords = map[Grade][2]string{
	GradeNone:        {"无等级", "预告不发生效力，不能证明它在号码之前，或者见证人加数没有按时"},
	GradeA:           {"甲", "公共随机数、有见证"},
	GradeB:           {"乙", "彩票号码、有见证"},
	GradeC:           {"丙", "现场掷数、有见证"},
	GradePlatform:    {"存证", "平台抽取，名单前后未改可核验、抽取过程不可复算"},
	GradePaper:       {"纸面见证", "抽取前有人在纸面预告上签字"},
	GradeUnwitnessed: {"未见证", "可以重算，名单与号码的先后以单位填报为准"},
	GradeAfter:       {"事后登记", "预告在平台抽取之后"},
}

// Name is the grade's word (甲, 未见证 …), Text says what it means.
func (g Grade) Name() string { return gradeWords[g][0] }

// Text says in half a sentence what the grade means.
func (g Grade) Text() string { return gradeWords[g][1] }

// Method is what decides a draw: drand, lottery, ceremony, or platform.
func (l *Lot) Method() string {
	if l.ByPlatform() || l.Body.Randomness == nil {
		return castByPlatform
	}
	return l.Body.Randomness.Kind
}

// MethodName is Method in the words of words.md.
func (l *Lot) MethodName() string {
	switch l.Method() {
	case "lottery":
		return "彩票号码"
	case "ceremony":
		return "现场掷数"
	case castByPlatform:
		return "平台抽取（存证）"
	}
	return "公共随机数"
}

// Grade decides the draw's grade. Nothing else does: pages, reports and the
// demonstration ask here.
func (l *Lot) Grade() Grade {
	switch {
	case l.Failed || l.Late || l.uncontributed():
		return GradeNone
	case l.Afterwards():
		return GradeAfter
	case !l.InTime && len(l.Paper) > 0:
		return GradePaper
	case !l.InTime:
		return GradeUnwitnessed
	}
	return witnessedBy(l.Method())
}

// witnessedBy is the grade of a draw in order, by what decides it.
func witnessedBy(method string) Grade {
	switch method {
	case byLottery:
		return GradeB
	case byCeremony:
		return GradeC
	case castByPlatform:
		return GradePlatform
	}
	return GradeA
}

// Order is what can be said about a draw's order: the bracket of its notice,
// the time of the value that decides, and what lies between.
type Order struct {
	Grade     Grade
	Method    string // drand, lottery, ceremony, platform
	NotBefore int64  // unix seconds, 0: unknown
	NotAfter  int64  // unix seconds, 0: not witnessed
	Decides   int64  // unix seconds: time(R), the close of sales, the start of the ceremony, the platform's time
	Margin    int64  // Decides − NotAfter, seconds; only where NotAfter is known
	Least     int64  // the margin that is asked for, seconds
}

// Order sums up the draw's order.
func (l *Lot) Order() Order {
	o := Order{Grade: l.Grade(), Method: l.Method(), NotBefore: l.NotBefore, NotAfter: l.Seen, Decides: record.Unix(l.When()), Least: l.lead()}
	if o.NotAfter > 0 {
		o.Margin = o.Decides - o.NotAfter
	}
	return o
}

// Order sums up the order of a teams notice: by its value it is a draw of its own.
func (t *Later) Order() Order {
	o := Order{Grade: witnessedBy(t.Body.Randomness.Kind), Method: t.Body.Randomness.Kind, NotBefore: t.NotBefore, NotAfter: t.Seen, Decides: record.Unix(t.Body.Randomness.Time), Least: Lead}
	switch {
	case t.Failed || t.Late:
		o.Grade = GradeNone
	case !t.InTime:
		o.Grade = GradeUnwitnessed
	}
	if o.NotAfter > 0 {
		o.Margin = o.Decides - o.NotAfter
	}
	return o
}

// lead is how long before the value the notice must have been witnessed: of the
// platform's draw only "before" is asked (draw1 §9).
func (l *Lot) lead() int64 {
	if l.ByPlatform() {
		return 1
	}
	return Lead
}

// void reports whether a repeat may take the draw's place: it was aborted, or
// its order does not hold. Both stay listed.
func (l *Lot) void() bool { return l.Abort != nil || l.Late }

// Policy is the text of the witness policy (c2sp.org/tlog-policy) by which the
// next entry is judged: the charter's in force before it, for entry 0 its own.
// "" asks for no witness; a charter whose policy asks for none has no effect.
func (s *State) Policy(e *record.Entry) string {
	c := s.Charter()
	if own, ok := e.Body.(*record.Charter); ok && c == nil {
		c = own
	}
	if c == nil {
		return ""
	}
	return c.Policy
}

// PolicyAt is the policy by which the entry at an index was judged.
func (s *State) PolicyAt(index int64) string {
	text := ""
	for _, c := range s.Charters {
		if c.Index < index || c.Index == 0 {
			text = c.Body.Policy
		}
	}
	return text
}

// Dated says of which entries it matters when witnesses saw them: those that
// must stand before a value that nobody knows yet (draw1 §1).
func (s *State) Dated(e *record.Entry) bool {
	switch b := e.Body.(type) {
	case *record.Notice, *record.TeamsNotice, *record.Abort, *record.Contribution, *record.Request:
		return true
	case *record.Opened:
		return b.K // its day is that on which others saw it (draw1 §3)
	}
	return false
}

// inTime: the entry was witnessed at least Lead before a time in unix
// seconds (draw1 §1). Without witnesses nothing is in time.
func (j *judge) inTime(t int64) bool { return j.seenBy(t - Lead) }

// seenBy: the entry was witnessed by a time. Of an entry that is not in the
// ledger yet the office's own time stands for that.
func (j *judge) seenBy(t int64) bool {
	if j.s.Policy(j.in.Entry) == "" {
		return false
	}
	seen := j.in.Seen
	if j.in.Pending {
		seen = max(record.Unix(j.in.Entry.Env.At), 1)
	}
	return 0 < seen && seen <= t
}

// stood notes the bracket of the entry and whether it is in time for a value
// that comes at a time in unix seconds.
func (j *judge) stood(decides, lead int64) Stood {
	return Stood{NotBefore: j.s.Proven, Seen: j.in.Seen, Asked: j.s.Policy(j.in.Entry) != "", InTime: j.seenBy(decides - lead)}
}

// ordered judges whether a notice stands early enough before the value that
// decides. Where witnesses are asked for, their time alone counts: what the
// office's own clock says neither helps nor harms it. A notice that is not in
// time fails the check and keeps its serial: what is drawn from it is computed
// and shown, its K is due, a repeat stands beside it (draw1 §1).
func (j *judge) ordered(w *Stood, place, when string) {
	clause, limit := j.s.Pack.Draw.Before, record.Unix(when)-Lead
	at := record.Unix(j.in.Entry.Env.At)
	switch {
	case j.s.Proven > limit:
		// A later round already stands in the log: this was written after it.
		j.breach("rules.notice-late", clause, place, record.Time(j.s.Proven), when)
		w.Late = true
	case (j.in.Pending || !w.Asked) && at > limit:
		// The office's own clock proves nothing, but a notice that by its own word
		// is not earlier than its round is late whatever the clock was.
		j.breach("rules.notice-late", clause, place, j.in.Entry.Env.At, when)
		w.Late = true
	case w.Asked && w.Seen == 0 && !w.InTime:
		j.breach("rules.notice-unseen", clause, place, "", record.Time(limit))
		w.Late = true
	case w.Asked && !w.InTime:
		j.breach("rules.notice-seen-late", clause, place, record.Time(w.Seen), when)
		w.Late = true
	case !w.Asked && record.Unix(j.s.Clock) > limit:
		// An entry before it claims a time by which it should have stood.
		j.add(Warning, "rules.notice-late", clause, place, j.s.Clock, when)
	}
	if !w.Asked && !w.Late {
		j.add(Note, "rules.no-witness", "", place, "", "")
	}
}

// clock holds the time that an entry claims against the log's order and its
// bracket. The order is a fact, a public round and a cosignature are facts, the
// times are claims: where they differ a claim is wrong. A warning, for one
// wrong clock must not end a ledger.
func (j *judge) clock() {
	s, claim := j.s, j.in.Entry.Env.At
	at := record.Unix(claim)
	switch {
	case at < s.Proven-clockSlack:
		j.add(Warning, "rules.clock-back", "", "env.at", claim, record.Time(s.Proven))
	case claim < s.Clock:
		j.add(Warning, "rules.date-order", "", "env.at", claim, s.Clock)
	}
	if j.in.Seen > 0 && at > j.in.Seen+clockSlack {
		j.add(Warning, "rules.clock-ahead", "", "env.at", claim, record.Time(j.in.Seen))
	}
}

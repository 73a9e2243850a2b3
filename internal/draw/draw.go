// Package draw casts lots (draw1).
//
// One deterministic function of bytes that the office runs to draw and that
// anyone runs to check. No floating point, no locale, no clock, no I/O. The
// normative page, sufficient for a second implementation in any language, is
// spec/draw1.md; the cases that it must pass are spec/vectors/draw1.
//
// From the seed of a draw each candidate's handle (签号) gets a ticket (签值),
// the smallest of as many hashes as its weight:
//
//	ticket = min over j = 1..weight of SHA-256(seed "|O|" handle "|" j)
//
// In each cell (分区) the quota's worth of smallest (ticket, handle) are drawn,
// and the largest drawn ticket is the cell's cut-off (中签线). Quotas (名额)
// come from Sainte-Laguë division over the numbers of candidates. One person
// checks one enterprise with one hash:
//
//	$ printf '%s' 'd3f4a217bc9b220724d92fa25e2a495a15efe303321c645d6fb2183be7920a66|O|26d03da0c2d66c8087f27a4b61a838c8|1' | sha256sum
//	2808e609a246d85669301bb3f93e25244f4da78f949ebec1156bac5e49a6409d  -
//
// Inspectors are then given to the drawn objects: each object in ticket order,
// each slot in turn, the least loaded inspector, by smallest hash, whose choice
// leaves nobody later without a team (检查组).
//
// # Forms
//
// seed, ticket, hash: 64 lower-case hex digits. handle, salt: 32. Cells, group
// names, qualifications: [0-9A-Za-z._~-]{1,64}. Team names of group teams:
// team01 … team99. Files: lines in bytewise ascending order, each closed by one
// LF; see the Parse and Format pairs.
//
// # Errors
//
// Every refusal is a *fault.Error. Those of Cast carry the words of the vector
// format after "draw.": bad-field, bad-handle-order, duplicate-handle,
// unknown-cell, bad-weight, empty-pool, minimum-over-total, bad-opening,
// unstaffed-team; each is tested over the whole case before the next.
package draw

// Object is one candidate of a pool (签筒).
type Object struct {
	Handle string // 32 hex
	Cell   string // name form
	Weight int    // lots in the hat, 1..16
}

// Inspector is one person of the inspectors' pool.
type Inspector struct {
	Handle         string   // 32 hex, or teamNN where group teams stand in
	Qualifications []string // name form, a set
}

// Group is a population and its rule. Rule "total" draws Total of it, at least
// Minimum from each cell that has so many; Rule "census" (全数检查) takes all,
// and Total and Minimum are then 0.
type Group struct {
	Name, Rule     string
	Total, Minimum int
	Cells          []string // a cell belongs to one group
}

// Case is the input of one cast, everything but the seed.
type Case struct {
	Groups  []Group
	Objects []Object // ascending by handle
	// Slots names the qualification that each place in a team needs, "" for
	// none; 1..9 of them, slot 0 leads. nil: no teams.
	Slots      []string
	GroupTeams int                 // number of teams formed once for the whole draw; 0: a team for each object
	Inspectors []Inspector         // ascending by handle; not nil where Slots is given
	Recusals   map[string][]string // object handle → inspector handles, sets
}

// Drawn is a drawn object and its ticket (64 hex).
type Drawn struct{ Handle, Ticket string }

// CellResult is the draw of one cell.
type CellResult struct {
	Cell    string
	Count   int     // n_c, candidates of the cell
	Quota   int     // a_c, drawn
	Cutoff  string  // largest drawn ticket, "" if none is drawn
	Objects []Drawn // ascending (ticket, handle)
}

// Team is the inspectors of one object, Members[i] in slot i. With group teams
// Object may be teamNN, and then an object's Members are one teamNN.
type Team struct {
	Object  string
	Members []string
}

// Outcome is everything that a cast decides.
type Outcome struct {
	Seed       string
	Cells      []CellResult // every cell of the case, ascending by code
	Cap        int          // L, the most objects that one inspector (or group team) bears; 0 if nothing is staffed
	Teams      []Team       // in order of assignment
	GroupTeams []Team       // team01 …, in order
	Unstaffed  []string     // drawn, but no possible team; ascending (ticket, handle)
}

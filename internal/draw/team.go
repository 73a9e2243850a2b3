package draw

import (
	"math/bits"
	"slices"
	"strconv"

	"github.com/sunlot/sunlot/internal/fault"
)

// staff fills the team part of out (draw1 §7): order is the drawn objects in
// ascending (ticket, handle).
func (out *Outcome) staff(seed string, order []string, c Case) error {
	slots, people, recusals := c.Slots, c.Inspectors, c.Recusals
	if c.GroupTeams > 0 {
		names := make([]string, c.GroupTeams)
		for i := range names {
			names[i] = teamName(i + 1)
		}
		first := newRota(seed, names, slots, people, nil)
		first.cap = 1
		if !first.complete(false) {
			out.Unstaffed = order
			return fault.New("draw.unstaffed-team", "group_teams", strconv.Itoa(len(people)), strconv.Itoa(c.GroupTeams))
		}
		out.GroupTeams = first.choose()
		slots, people, recusals = []string{""}, standIns(out.GroupTeams), teamRecusals(out.GroupTeams, recusals)
	}
	all := newRota(seed, order, slots, people, recusals)
	var staffed []string
	for o, object := range order {
		if all.fillable(o) {
			staffed = append(staffed, object)
		} else {
			out.Unstaffed = append(out.Unstaffed, object)
		}
	}
	if len(staffed) < len(order) {
		all = newRota(seed, staffed, slots, people, recusals)
	}
	all.complete(true)
	out.Cap, out.Teams = all.cap, all.choose()
	return nil
}

// Fillable tells whether the slots of so many teams can be filled by different
// inspectors: the first run of group teams (draw1 §7), or with one team whether
// the inspectors can staff any object at all.
func Fillable(slots []string, teams int, inspectors []Inspector) bool {
	r := newRota("", make([]string, teams), slots, inspectors, nil)
	r.cap = 1
	return r.complete(false)
}

// standIns are the group teams in the place of inspectors.
func standIns(teams []Team) []Inspector {
	people := make([]Inspector, len(teams))
	for i, t := range teams {
		people[i].Handle = t.Object
	}
	return people
}

// teamRecusals bars a team from an object where any member is recused.
func teamRecusals(teams []Team, recusals map[string][]string) map[string][]string {
	teamOf := make(map[string]string)
	for _, t := range teams {
		for _, m := range t.Members {
			teamOf[m] = t.Object
		}
	}
	barred := make(map[string][]string)
	for object, inspectors := range recusals {
		for _, p := range inspectors {
			if name, member := teamOf[p]; member {
				barred[object] = append(barred[object], name)
			}
		}
	}
	return barred
}

// bitset is a set of inspectors by index.
type bitset []uint64

func newBitset(n int) bitset    { return make(bitset, (n+63)/64) }
func (b bitset) set(i int)      { b[i/64] |= 1 << (i % 64) }
func (b bitset) has(i int) bool { return b[i/64]>>(i%64)&1 == 1 }
func (b bitset) word(w int) uint64 {
	if b == nil {
		return 0
	}
	return b[w]
}

// rota is an assignment in the making. A task is one slot of one object; task
// o*k+s is slot s of object o. Tasks below decided are settled for good; the
// others hold somebody for now, so that there is always one complete
// assignment at hand, and a choice is possible exactly if one augmenting path
// mends what it breaks: a flow of slots to (object, inspector) pairs of
// capacity 1, on to inspectors of capacity cap.
type rota struct {
	seed    string
	objects []string
	people  []Inspector
	k       int      // slots an object
	able    []bitset // by slot: who holds the qualification
	barred  []bitset // by object: who is recused, nil for nobody
	cap     int      // L

	decided int     // tasks settled
	held    []int   // by task: inspector, -1 for nobody yet
	load    []int   // by inspector: tasks held
	settled []int   // by inspector: settled tasks held, the load of draw1 §7
	loose   [][]int // by inspector: unsettled tasks held

	seen    bitset // inspectors visited by the running search
	visited []int  // by task: number of the search that visited it last
	search  int    // number of the running search
	parent  []int  // by task: the task that takes what this one holds, -1 at the start
	queue   []int
}

func newRota(seed string, objects []string, slots []string, people []Inspector, recusals map[string][]string) *rota {
	n, tasks := len(people), len(objects)*len(slots)
	r := &rota{
		seed: seed, objects: objects, people: people, k: len(slots),
		able: make([]bitset, len(slots)), barred: make([]bitset, len(objects)),
		held: make([]int, tasks), load: make([]int, n), settled: make([]int, n), loose: make([][]int, n),
		seen: newBitset(n), visited: make([]int, tasks), parent: make([]int, tasks),
	}
	for t := range r.held {
		r.held[t] = -1
	}
	index := make(map[string]int, n)
	for i, p := range people {
		index[p.Handle] = i
	}
	for s, q := range slots {
		r.able[s] = newBitset(n)
		for i, p := range people {
			if q == "" || slices.Contains(p.Qualifications, q) {
				r.able[s].set(i)
			}
		}
	}
	for o, object := range objects {
		for _, p := range recusals[object] {
			if r.barred[o] == nil {
				r.barred[o] = newBitset(n)
			}
			r.barred[o].set(index[p])
		}
	}
	return r
}

// eligible tells whether inspector i has the qualification of task t and is
// not recused at its object.
func (r *rota) eligible(t, i int) bool {
	barred := r.barred[t/r.k]
	return r.able[t%r.k].has(i) && (barred == nil || !barred.has(i))
}

// fillable tells whether the slots of object o alone can be filled by
// different eligible inspectors: a bipartite matching.
func (r *rota) fillable(o int) bool {
	slotOf := make(map[int]int, r.k)
	var place func(s int, tried bitset) bool
	place = func(s int, tried bitset) bool {
		for i := range r.people {
			if !r.eligible(o*r.k+s, i) || tried.has(i) {
				continue
			}
			tried.set(i)
			if other, taken := slotOf[i]; !taken || place(other, tried) {
				slotOf[i] = s
				return true
			}
		}
		return false
	}
	for s := range r.k {
		if !place(s, newBitset(len(r.people))) {
			return false
		}
	}
	return true
}

// complete gives every task a holder. With grow it raises cap from where it
// stands to the smallest that allows it: a search that fails proves that no
// assignment of the tasks so far exists under cap. Without grow it reports
// failure.
func (r *rota) complete(grow bool) bool {
	for t := range r.held {
		for !r.mend(t, -1) {
			if !grow {
				return false
			}
			r.cap++ // every object is fillable by itself: this ends
		}
	}
	return true
}

// mend finds a home for homeless task t or, where t is -1, moves one loose
// task away from overfull inspector i, by breadth-first search of an
// augmenting path, which it applies. It changes nothing if there is none.
func (r *rota) mend(t, i int) bool {
	r.search++
	r.queue = r.queue[:0]
	clear(r.seen)
	if t >= 0 {
		r.visit(t, -1)
	} else {
		r.seen.set(i)
		for _, moved := range r.loose[i] {
			r.visit(moved, -1)
		}
	}
	for head := 0; head < len(r.queue); head++ {
		task := r.queue[head]
		able, barred := r.able[task%r.k], r.barred[task/r.k]
		for w := range able {
			for left := able[w] &^ barred.word(w) &^ r.seen[w]; left != 0; left &= left - 1 {
				next := w*64 + bits.TrailingZeros64(left)
				if next == r.held[task] {
					continue
				}
				if mate := r.mate(task, next); mate >= 0 {
					// In the team already: only by taking the mate's place.
					if mate >= r.decided {
						r.visit(mate, task)
					}
					continue
				}
				if r.load[next] < r.cap {
					r.shift(task, next)
					if t < 0 {
						r.load[i]--
					}
					return true
				}
				r.seen.set(next)
				for _, moved := range r.loose[next] {
					r.visit(moved, task)
				}
			}
		}
	}
	return false
}

func (r *rota) visit(task, parent int) {
	if r.visited[task] != r.search {
		r.visited[task] = r.search
		r.parent[task] = parent
		r.queue = append(r.queue, task)
	}
}

// mate is the other task of the same object that inspector i holds, or -1.
func (r *rota) mate(task, i int) int {
	first := task - task%r.k
	for t := first; t < first+r.k; t++ {
		if t != task && r.held[t] == i {
			return t
		}
	}
	return -1
}

// shift applies the path that ends with task taking free inspector i.
func (r *rota) shift(task, i int) {
	r.load[i]++
	for task >= 0 {
		before := r.held[task]
		r.drop(task)
		r.hold(task, i)
		task, i = r.parent[task], before
	}
}

// drop takes task out of its holder's loose list; loads are the caller's.
func (r *rota) drop(task int) {
	i := r.held[task]
	if i < 0 {
		return
	}
	list := r.loose[i]
	at := slices.Index(list, task)
	list[at] = list[len(list)-1]
	r.loose[i] = list[:len(list)-1]
	r.held[task] = -1
}

func (r *rota) hold(task, i int) {
	r.held[task] = i
	r.loose[i] = append(r.loose[i], task)
}

// choose settles every task in order and returns the teams. Each takes the
// first inspector by (load, H(seed "|M|" object "|" inspector), handle) whose
// choice leaves the rest possible.
func (r *rota) choose() []Team {
	teams := make([]Team, 0, len(r.objects))
	q := &ranking{rota: r, die: newDie(r.seed), rolled: make([]ticket, len(r.people)), at: make([]int, len(r.people))}
	for o, object := range r.objects {
		members := make([]string, r.k)
		for s := range r.k {
			members[s] = r.people[q.first(o*r.k+s)].Handle
		}
		teams = append(teams, Team{object, members})
	}
	return teams
}

// ranking orders inspectors for one slot after another. Nearly always the first
// of the least loaded is possible, so only those of one load are hashed and none
// are sorted until one is refused.
type ranking struct {
	*rota
	die    *die
	rolled []ticket // by inspector: the hash at the object
	at     []int    // by inspector: 1 + the object of rolled
	picks  []pick
	line   []byte
}

// first settles task and returns whom it takes.
func (q *ranking) first(task int) int {
	for load := range q.cap {
		q.picks = q.picks[:0]
		for i := range q.people {
			if q.settled[i] == load && q.eligible(task, i) {
				q.picks = append(q.picks, pick{q.roll(task/q.k, i), i})
			}
		}
		for rest := q.picks; len(rest) > 0; rest = rest[1:] {
			if len(q.picks)-len(rest) == 3 { // refused thrice: more may be
				slices.SortFunc(rest, pick.compare)
			} else if len(q.picks)-len(rest) < 3 {
				least := 0
				for n := range rest {
					if rest[n].compare(rest[least]) < 0 {
						least = n
					}
				}
				rest[0], rest[least] = rest[least], rest[0]
			}
			if q.settle(task, rest[0].index) {
				return rest[0].index
			}
		}
	}
	panic("draw: nobody can take a slot that somebody holds") // the holder for now is always possible
}

// roll gives an inspector the hash that orders equal loads at an object. People
// ascend by handle, so that a pick's index decides as the handle would.
func (q *ranking) roll(object, i int) ticket {
	if q.at[i] != object+1 {
		q.line = append(append(append(append(q.line[:0], "|M|"...), q.objects[object]...), '|'), q.people[i].Handle...)
		q.rolled[i], q.at[i] = q.die.roll(q.line), object+1
	}
	return q.rolled[i]
}

// settle gives task to inspector i for good if that leaves a complete
// assignment of the rest; otherwise it leaves everything as it was.
func (r *rota) settle(task, i int) bool {
	mate := r.mate(task, i)
	if !r.eligible(task, i) || r.settled[i] == r.cap || mate >= 0 && mate < task {
		return false
	}
	before := r.held[task]
	r.drop(task)
	r.load[before]--
	r.held[task] = i
	r.load[i]++
	r.decided = task + 1
	sound := true
	switch {
	case mate >= 0:
		r.drop(mate)
		r.load[i]--
		if sound = r.mend(mate, -1); !sound {
			r.hold(mate, i)
			r.load[i]++
		}
	case r.load[i] > r.cap:
		sound = r.mend(-1, i)
	}
	if !sound {
		r.load[i]--
		r.hold(task, before)
		r.load[before]++
		r.decided = task
		return false
	}
	r.settled[i]++
	return true
}

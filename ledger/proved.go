package ledger

// Cosigned tells the time of a witness's line on one checkpoint, if the line
// stands there and verifies: a Note, or what an audit has found already.
type Cosigned interface {
	CosignedAt(k Key) (at uint64, ok bool)
}

// Proved is a checkpoint in proof files that an audit has found good: the log
// signed it and its tree continues it. What the audit found of the lines of the
// policy file's witnesses is kept; it never changes, so goroutines may share it.
type Proved struct {
	Head  Checkpoint  // what it says
	text  string      // as signed
	keys  []PolicyKey // the policy file's witnesses
	times []int64     // by key: seconds since 1970, −1 without a line that verifies
}

// CosignedAt is that of the note. The line of a witness whom the policy file
// does not list, for an earlier charter did, is verified now.
func (p *Proved) CosignedAt(k Key) (at uint64, ok bool) {
	for i, w := range p.keys {
		if w.Key.Equal(k) {
			return uint64(max(p.times[i], 0)), p.times[i] >= 0
		}
	}
	n, err := ParseNote([]byte(p.text))
	if err != nil {
		return 0, false
	}
	return n.CosignedAt(k)
}

// verified looks at the line of each listed witness, of either type: its time,
// −1 where none verifies. Bad are those whose line stands in the note and does
// not: never a reason to skip an entry, always one to ask.
func (p *Policy) verified(n *Note) (times []int64, bad []Key) {
	times = make([]int64, len(p.Witnesses))
	for i, w := range p.Witnesses {
		at, ok := n.CosignedAt(w.Key)
		times[i] = int64(at) // CosignedAt refuses more than 63 bits
		if ok {
			continue
		}
		times[i] = -1
		if n.line(w.Key) != nil {
			bad = append(bad, w.Key)
		}
	}
	return times, bad
}

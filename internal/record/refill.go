package record

// Request (换人抽签申请) asks that places of drawn teams be filled anew by lot,
// where the notice chose that (draw1 §8). It stands before its own round; the
// hash of its entry goes into the seed.
type Request struct {
	Notice     int64      `json:"notice"` // of the notice, or of the teams notice, whose lot gave the teams
	Slots      []Leaving  `json:"slots"`
	Kind       string     `json:"kind" form:"token"` // replacement, recusal
	Ground     string     `json:"ground" form:"name"`
	Note       Sealed     `json:"note,omitempty"`
	Date       string     `json:"date" form:"date"`
	Consent    string     `json:"consent" form:"name"` // the executing unit that agreed
	Agreed     string     `json:"agreed" form:"date"`
	By         Sealed     `json:"agreed_by"`
	Applied    string     `json:"applied,omitempty" form:"date"` // recusal: the inspector's application
	Randomness Randomness `json:"randomness"`                    // a round of drand
}

// Leaving is one place of a team and who leaves it.
type Leaving struct {
	Object string `json:"object" form:"token"` // handle, or teamNN where teams are group teams
	Slot   int64  `json:"slot"`                // from 0
	Leave  string `json:"leave" form:"hex32"`
}

// Replacement (换人抽签) is the outcome of a request: the signature of its round
// is given, everything else is computed, and everybody compares bytes.
type Replacement struct {
	Request    int64    `json:"request"`
	Commitment string   `json:"commitment" form:"hex64"` // hash of the request's entry
	Signature  string   `json:"signature" form:"hex96"`
	Rho        string   `json:"rho" form:"hex64"`
	Seed       string   `json:"seed" form:"hex64"`
	Filled     []Filled `json:"filled"` // by object in the order of the lot, then slot
}

// Filled is one place after the lot. Without Come nobody was eligible: the place
// is then filled by direct assignment.
type Filled struct {
	Object string `json:"object" form:"token"`
	Slot   int64  `json:"slot"`
	Leave  string `json:"leave" form:"hex32"`
	Come   string `json:"come,omitempty" form:"hex32"`
}

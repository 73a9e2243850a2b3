package verify

import (
	"encoding/hex"
	"maps"
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/ledger"
)

// Listed is one line of an independent list of enterprises, the market
// regulator's own for one: what the office says of its pool is held to it.
type Listed struct {
	Line   int    // in the file, from 1
	ID     string // draw1's canonical writing
	Also   string // the registration number, canonical, where the list has both
	Name   string
	Town   string // as written; "" where the list does not say
	Weight int    // 0 where the list does not say
}

// Who names a line of the list for people.
func (l *Listed) Who() string {
	if l.Name == "" {
		return l.ID
	}
	return l.Name + "（" + l.ID + "）"
}

// List reads a list from its start, line by line, as often as it is called.
type List func(yield func(Listed) error) error

// HeldDraw is what a list shows of the pool of one draw whose K is open.
type HeldDraw struct {
	Draw    string         `json:"draw"`
	Notice  int64          `json:"notice"`
	Pool    int            `json:"pool"`             // lines of the pool
	Matched int            `json:"matched"`          // of these, firms of the list
	Lines   int            `json:"lines"`            // of the list
	Left    map[string]int `json:"left,omitempty"`   // firms of the list that were left out, by ground
	Ghosts  []string       `json:"ghosts,omitempty"` // handles of the pool that no line of the list gives; drawn ones first
	Drawn   int            `json:"ghosts_drawn,omitempty"`
	Twice   []string       `json:"twice,omitempty"`   // firms that stand there more than once, with the other writing
	Missing []string       `json:"missing,omitempty"` // of the list, neither in the pool nor left out
	Absent  int            `json:"missing_count,omitempty"`
	Cells   []string       `json:"cells,omitempty"` // firms that stand in another cell than their town's
	Moved   int            `json:"cells_count,omitempty"`
	Weights []string       `json:"weights,omitempty"`
	Heavy   int            `json:"weights_count,omitempty"`
	Unknown int            `json:"unknown_towns,omitempty"` // lines whose town the pack does not know
}

// examples is how many of each kind are named.
const examples = 20

// Sound reports whether the pool is the list's.
func (h *HeldDraw) Sound() bool {
	return len(h.Ghosts) == 0 && len(h.Twice) == 0 && h.Absent == 0 && h.Moved == 0 && h.Heavy == 0
}

// Register holds a list to the pools of the draws whose K is open, or of one
// draw by its id (draw1 §3 "K → salts, any list against the pool"). What differs
// becomes a failed finding of the bundle.
//
// Errors: verify.no-such-draw, verify.register-closed, those of list.
func (b *Bundle) Register(list List, id string) ([]*HeldDraw, error) {
	var held []*holding
	for _, l := range b.State.Lots {
		if id != "" && l.Body.Draw != id || l.Failed {
			continue
		}
		k := b.keyOf(l)
		if k == nil {
			if id != "" {
				return nil, fault.New("verify.register-closed", id, "", l.Due.K).Of(fault.Usage)
			}
			continue
		}
		h, err := b.holding(l, k)
		if err != nil {
			return nil, err
		}
		held = append(held, h)
	}
	if len(held) == 0 {
		if id != "" {
			return nil, fault.New("verify.no-such-draw", id, "", "").Of(fault.Usage)
		}
		return nil, fault.New("verify.register-closed", "", "", "").Of(fault.Usage)
	}
	err := list(func(row Listed) error {
		for _, h := range held {
			h.line(&row)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if err := b.otherWritings(list, held); err != nil {
		return nil, err
	}
	var out []*HeldDraw
	for _, h := range held {
		h.close()
		b.blame(&h.HeldDraw)
		out = append(out, &h.HeldDraw)
	}
	return out, nil
}

// keyOf is the K of a draw that fits its notice, nil before it is open.
func (b *Bundle) keyOf(l *rules.Lot) []byte {
	e, err := b.Entry(l.Index)
	if err != nil || e.Opening == nil || e.Opening.K == "" {
		return nil
	}
	k, err := hex.DecodeString(e.Opening.K)
	if err != nil || draw.KeyCommit(k) != l.Body.Key {
		return nil
	}
	return k
}

// holding is a draw while the list goes by.
type holding struct {
	HeldDraw
	lot    *rules.Lot
	k      []byte
	pool   map[string]draw.Object
	out    map[string]string // ground by handle
	owner  map[string]string // who of the list a handle is
	drawn  map[string]bool
	towns  bool // the cells are towns
	ground map[string]string
}

func (b *Bundle) holding(l *rules.Lot, k []byte) (*holding, error) {
	h := &holding{HeldDraw: HeldDraw{Draw: l.Body.Draw, Notice: l.Index, Left: map[string]int{}}, lot: l, k: k,
		pool: map[string]draw.Object{}, out: map[string]string{}, owner: map[string]string{}, drawn: map[string]bool{}, ground: map[string]string{}}
	data, err := b.Dir.Blob(l.Body.Pool.SHA256, ledger.MaxBlob)
	if err != nil {
		return nil, fault.Wrap("verify.unreadable", ledger.BlobPath(l.Body.Pool.SHA256), err)
	}
	pool, err := draw.ParsePool(data)
	if err != nil {
		return nil, err
	}
	if data, err = b.Dir.Blob(l.Body.Out.SHA256, ledger.MaxBlob); err != nil {
		return nil, fault.Wrap("verify.unreadable", ledger.BlobPath(l.Body.Out.SHA256), err)
	}
	left, err := draw.ParseLeftOut(data)
	if err != nil {
		return nil, err
	}
	for _, o := range pool {
		h.pool[o.Handle] = o
	}
	for _, o := range left {
		h.out[o.Handle] = o.Ground
	}
	for _, g := range l.Body.Grounds {
		h.ground[g.Code] = g.Words
	}
	for _, o := range l.Objects {
		h.drawn[o.Handle] = true
	}
	h.Pool = len(pool)
	h.towns = l.Pack.Draw.Balance == "town" && l.Body.Mode == "不定向"
	return h, nil
}

func (h *holding) handle(id string) string { return draw.Handle("O", draw.Salt(h.k, "O", id), id) }

// there reports whether a handle stands in the pool or among the left out.
func (h *holding) there(handle string) bool {
	_, in := h.pool[handle]
	return in || h.out[handle] != ""
}

// line holds one line of the list to the draw.
func (h *holding) line(row *Listed) {
	h.Lines++
	ids := []string{row.ID}
	if row.Also != "" && row.Also != row.ID {
		ids = append(ids, row.Also)
	}
	var found []string
	for _, id := range ids {
		if handle := h.handle(id); h.there(handle) {
			found = append(found, handle)
			if h.owner[handle] == "" {
				h.owner[handle] = row.Who()
			}
		}
	}
	if len(found) == 2 {
		h.Twice = append(h.Twice, row.Who()+" 与 "+row.Also)
	}
	if len(found) == 0 {
		if h.Absent++; len(h.Missing) < examples {
			h.Missing = append(h.Missing, row.Who())
		}
		return
	}
	o, in := h.pool[found[0]]
	if !in {
		return
	}
	h.place(row, o)
	if row.Weight > 0 && row.Weight != o.Weight {
		if h.Heavy++; len(h.Weights) < examples {
			h.Weights = append(h.Weights, row.Who())
		}
	}
}

// place: the town of the list against the cell.
func (h *holding) place(row *Listed, o draw.Object) {
	if !h.towns || row.Town == "" {
		return
	}
	town, ok := rules.Find(h.lot.Pack.Towns, row.Town)
	if !ok {
		h.Unknown++
		return
	}
	if cell := h.lot.Body.TownOf(o.Cell); cell != town.Code {
		if h.Moved++; len(h.Cells) < examples {
			h.Cells = append(h.Cells, row.Who()+"："+town.Name+"，在签筒里是 "+h.cellName(o.Cell))
		}
	}
}

func (h *holding) cellName(code string) string {
	for _, g := range h.lot.Body.Groups {
		for _, c := range g.Cells {
			if c.Cell == code {
				return c.Name
			}
		}
	}
	return code
}

// ghosts are the handles of the pool that nobody of the list is.
func (h *holding) ghosts() []string {
	var list []string
	for handle := range h.pool {
		if h.owner[handle] == "" {
			list = append(list, handle)
		}
	}
	slices.Sort(list)
	slices.SortStableFunc(list, func(a, b string) int {
		switch {
		case h.drawn[a] == h.drawn[b]:
			return 0
		case h.drawn[a]:
			return -1
		}
		return 1
	})
	return list
}

// otherWritings looks behind ghosts for a firm of the list in another writing:
// the same one put in twice, or under a code that is not its own.
func (b *Bundle) otherWritings(list List, held []*holding) error {
	var odd []*holding
	for _, h := range held {
		if len(h.ghosts()) > 0 {
			odd = append(odd, h)
		}
	}
	if len(odd) == 0 {
		return nil
	}
	return list(func(row Listed) error {
		for _, h := range odd {
			h.writings(&row)
		}
		return nil
	})
}

// strangers is how many lines of a list, beside four for each of the pool, may be
// absent before those are no longer tried in other writings.
const strangers = 20000

func (h *holding) writings(row *Listed) {
	own := h.there(h.handle(row.ID))
	if !own && h.Absent > strangers+4*h.Pool {
		return // a list of a whole province: only who is in the pool may be in it twice
	}
	for _, id := range writings(row.ID) {
		handle := h.handle(id)
		if _, in := h.pool[handle]; !in || h.owner[handle] != "" {
			continue
		}
		h.owner[handle] = row.Who()
		word := " 写成 "
		if own {
			word = " 与 "
		}
		h.Twice = append(h.Twice, row.Who()+word+id)
	}
}

// lookAlike are characters that are taken for one another in codes.
var lookAlike = map[byte]string{'0': "OQD", 'O': "0", 'Q': "0", 'D': "0", '1': "IL", 'I': "1", 'L': "1", '2': "Z", 'Z': "2", '5': "S", 'S': "5", '8': "B", 'B': "8", 'U': "V", 'V': "U"}

// alphabet is that of ids.
const alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"

// writings are ways in which one code may be written so that it gives another
// handle: other case, spaces, the registration prefix, one look-alike, another
// check digit, a part of it.
func writings(id string) []string {
	bare := strings.TrimPrefix(id, "注册号:")
	list := []string{strings.ToLower(id), bare, "注册号:" + bare, "注册号：" + bare, id + " ", " " + id, "'" + id}
	for i := 0; i < len(bare); i++ {
		for _, c := range lookAlike[bare[i]] {
			list = append(list, bare[:i]+string(c)+bare[i+1:])
		}
	}
	if len(bare) == 18 {
		for _, c := range alphabet {
			list = append(list, bare[:17]+string(c))
		}
		list = append(list, bare[8:17], bare[8:16]+"-"+bare[16:17], bare[2:17])
		list = append(list, bare[:2]+"-"+bare[2:], bare[:8]+" "+bare[8:])
	}
	wide := strings.Map(func(r rune) rune {
		if r > ' ' && r <= '~' {
			return r + 0xFEE0
		}
		return r
	}, bare)
	list = append(list, wide)
	slices.Sort(list)
	return slices.DeleteFunc(slices.Compact(list), func(s string) bool { return s == id || s == "" })
}

func (h *holding) close() {
	ghosts := h.ghosts()
	for _, g := range ghosts {
		if h.drawn[g] {
			h.Drawn++
		}
	}
	h.Ghosts = ghosts
	h.Matched = h.Pool - len(ghosts)
	for handle, ground := range h.out {
		if h.owner[handle] != "" {
			h.Left[or(h.ground[ground], ground)]++
		}
	}
	slices.Sort(h.Twice)
	h.Twice = slices.Compact(h.Twice)
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// blame makes findings of what differs.
func (b *Bundle) blame(h *HeldDraw) {
	say := func(code string, n int, who []string) {
		if n > 0 {
			b.breach(code, h.Notice, h.Draw, strings.Join(who[:min(len(who), 3)], "、"), num(n))
		}
	}
	say("verify.register-ghost", len(h.Ghosts), h.Ghosts)
	say("verify.register-twice", len(h.Twice), h.Twice)
	say("verify.register-missing", h.Absent, h.Missing)
	say("verify.register-cell", h.Moved, h.Cells)
	say("verify.register-weight", h.Heavy, h.Weights)
	if h.Sound() {
		b.add(rules.Finding{Code: "verify.ok-register", Severity: rules.OK, Entry: h.Notice, Place: h.Draw, Got: num(h.Matched)})
	}
	for _, ground := range slices.Sorted(maps.Keys(h.Left)) {
		b.add(rules.Finding{Code: "verify.register-left", Severity: rules.Note, Entry: h.Notice, Place: h.Draw, Got: num(h.Left[ground]), Want: ground})
	}
	if h.Unknown > 0 {
		b.add(rules.Finding{Code: "verify.register-town", Severity: rules.Unknown, Entry: h.Notice, Place: h.Draw, Got: num(h.Unknown)})
	}
}

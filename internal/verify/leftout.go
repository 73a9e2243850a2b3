package verify

import (
	"encoding/hex"
	"slices"
	"strconv"

	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/ledger"
)

// leftBy keeps the opened K of a draw whose notice left somebody out because of
// earlier draws: now it can be seen whom.
func (b *Bundle) leftBy(l *rules.Lot, k string) {
	for _, g := range l.Body.Grounds {
		if g.Code == "cap" || g.Code == "batch" {
			if b.ks == nil {
				b.ks = map[int64][]byte{}
			}
			b.ks[l.Index], _ = hex.DecodeString(k)
		}
	}
}

// leftOut holds those left out as selected before to the earlier draws, as far
// as their codes are opened: a friend who was never drawn is none of them, and
// who was drawn in an earlier batch does not stand in the hat again.
func (b *Bundle) leftOut() {
	for _, l := range b.State.Lots {
		k := b.ks[l.Index]
		if k == nil {
			continue
		}
		data, err := b.Dir.Blob(l.Body.Out.SHA256, ledger.MaxBlob)
		if err != nil {
			continue // the walk has said so
		}
		out, _ := draw.ParseLeftOut(data)
		b.capped(l, k, out)
		b.batched(l, k, out)
	}
}

func handleBy(k []byte, id string) string { return draw.Handle("O", draw.Salt(k, "O", id), id) }

// capped: what the opened codes do not explain the closed ones must.
func (b *Bundle) capped(l *rules.Lot, k []byte, out []draw.LeftOut) {
	days, hidden := b.State.KnownTo(l)
	times := map[string]int{}
	for id, on := range days {
		times[handleBy(k, id)] = len(on)
	}
	lacks, who := int64(0), 0
	for _, o := range out {
		if n := l.Pack.Cap.Max - times[o.Handle]; o.Ground == "cap" && n > 0 {
			lacks, who = lacks+int64(n), who+1
		}
	}
	if lacks > hidden {
		b.breach("verify.cap-stranger", l.Index, l.Body.Draw, strconv.Itoa(who), strconv.FormatInt(hidden, 10))
	}
}

// batched: those left out as drawn in an earlier batch are those.
func (b *Bundle) batched(l *rules.Lot, k []byte, out []draw.LeftOut) {
	if l.Body.Batch < 2 {
		return
	}
	ids, hidden := b.State.BatchesBefore(l)
	drawn := map[string]bool{}
	for _, id := range ids {
		drawn[handleBy(k, id)] = true
	}
	strangers := int64(0)
	for _, o := range out {
		if o.Ground == "batch" && !drawn[o.Handle] {
			strangers++
		}
	}
	if strangers > hidden {
		b.breach("verify.batch-stranger", l.Index, l.Body.Draw, strconv.FormatInt(strangers, 10), strconv.FormatInt(hidden, 10))
	}
	data, err := b.Dir.Blob(l.Body.Pool.SHA256, ledger.MaxBlob)
	if err != nil {
		return
	}
	pool, _ := draw.ParsePool(data)
	if slices.ContainsFunc(pool, func(o draw.Object) bool { return drawn[o.Handle] }) {
		b.breach("verify.batch-again", l.Index, l.Body.Draw, "", "")
	}
}

package rules

import (
	"slices"

	"github.com/sunlot/sunlot/internal/record"
)

// certificates is the field of a pack's table of visibility that says whether
// certificate numbers of inspectors are public.
const certificates = "certificate"

// visible is the rule for a field: the charter's own where it differs from the
// pack's (public, on-result, never; "" where neither knows the field).
func (s *State) visible(field string) string {
	if c := s.Charter(); c != nil {
		for _, v := range slices.Backward(c.Visibility) {
			if v.Field == field {
				return v.Rule
			}
		}
	}
	if s.Pack != nil {
		for _, v := range s.Pack.Visibility {
			if v.Field == field {
				return v.Rule
			}
		}
	}
	return ""
}

// CertificatesPublic: the charter in force makes the certificate numbers of
// inspectors public, so that KI may be opened to everybody (draw1 §3).
func (s *State) CertificatesPublic() bool {
	v := s.visible(certificates)
	return v == "public" || v == "on-result"
}

// KLost is the entry that says that K is lost, nil if none does.
func (l *Lot) KLost() *At[record.Lost] { return lostIn(l.Lost, true) }

// KILost is that of KI.
func (l *Lot) KILost() *At[record.Lost] { return lostIn(l.Lost, false) }

func lostIn(list []At[record.Lost], k bool) *At[record.Lost] {
	for i := range list {
		if b := list[i].Body; k && b.K || !k && b.KI {
			return &list[i]
		}
	}
	return nil
}

// KLate reports whether K was opened after its day: that stays (draw1 §3).
func (l *Lot) KLate() bool { return l.KDay > l.Due.K && !l.Due.Provisional }

// KIOpened reports whether an entry says that KI was published.
func (l *Lot) KIOpened() bool {
	return slices.ContainsFunc(l.Opened, func(o At[record.Opened]) bool { return o.Body.KI })
}

// lost judges the loss of a key: of a draw or of a teams notice, each key once,
// not one that everybody has. It changes nothing of what is due.
func (j *judge) lost(b *record.Lost) {
	lot := j.s.lots[b.Notice]
	var later *Later
	if lot == nil {
		later = j.s.laterAt(b.Notice)
	}
	switch {
	case lot == nil && later == nil:
		j.breach("rules.no-such-entry", "", "notice", num(b.Notice), "notice")
		return
	case lot != nil && lot.Failed || later != nil && later.Failed:
		j.breach("rules.notice-failed", "", num(b.Notice), "", "")
		return
	}
	var since, place string
	var said []At[record.Lost]
	opened := false
	if lot != nil {
		since, place, said = lot.Time[:10], lot.Body.Draw, lot.Lost
		opened = b.K && lot.KOpened || b.KI && lot.KIOpened()
	} else {
		since, place, said = later.Time[:10], later.Body.ID, later.Lost
		opened = b.K // it has a key of people alone
	}
	if !b.K && !b.KI || opened || b.K && lostIn(said, true) != nil || b.KI && lostIn(said, false) != nil {
		j.breach("rules.lost-nothing", "", place, "", "")
	}
	if b.Date < since || b.Date > j.today() {
		j.breach("rules.date-order", "", "date", b.Date, since+" … "+j.today())
	}
	if !j.sound() {
		return
	}
	if lot != nil {
		lot.Lost = append(lot.Lost, at(j, b))
	} else {
		later.Lost = append(later.Lost, at(j, b))
	}
	if b.K {
		j.add(Warning, "rules.k-lost", "", place, b.Ground, "")
	}
	if b.KI {
		j.add(Warning, "rules.ki-lost", "", place, b.Ground, "")
	}
}

// laterAt finds a teams notice by its index.
func (s *State) laterAt(index int64) *Later {
	for _, l := range s.Lots {
		for _, t := range l.Later {
			if t.Index == index {
				return t
			}
		}
	}
	return nil
}

// openKI: KI shows who inspects whom to whoever has a list of certificate
// numbers, so it is public only where those are (draw1 §3).
func (j *judge) openKI(lot *Lot) {
	if !lot.Certificates && !j.s.CertificatesPublic() {
		j.breach("rules.ki-private", "", lot.Body.Draw, "", lot.Body.Auditor)
	}
}

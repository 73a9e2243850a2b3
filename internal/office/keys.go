package office

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"io/fs"
	"slices"

	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/ledger"
)

// keyDay refuses to open a key before its day: outsiders would know who is about
// to be inspected.
func (o *Office) keyDay(l *rules.Lot) error {
	if day := o.Today(); day < l.Due.K && !l.Closed() {
		return fault.New("office.k-early", l.Body.Draw, day, l.Due.K)
	}
	return nil
}

// OpenKI drafts the opening of a draw's KI (人员启封钥匙) with the certificate
// numbers of those who inspected, where the charter makes those public.
func (o *Office) OpenKI(id string) (*Draft, error) {
	s, err := o.State()
	if err != nil {
		return nil, err
	}
	l := s.Lot(id)
	switch {
	case l == nil:
		return nil, fault.New("office.no-such-draw", id, "", "").Of(fault.Usage)
	case !l.Certificates && !s.CertificatesPublic():
		return nil, fault.New("rules.ki-private", id, "", l.Body.Auditor)
	case l.KIOpened():
		return nil, fault.New("office.ki-open", id, "", "")
	}
	if err := o.keyDay(l); err != nil {
		return nil, err
	}
	d, err := o.drawing(l)
	if err != nil {
		return nil, err
	}
	op, err := o.openingOf(l)
	if err != nil {
		return nil, err
	}
	op.KI = hex.EncodeToString(d.Keys.KI)
	op.Handles = append(op.Handles, d.inspected()...)
	return o.draft(&Draft{Openings: map[int64]*record.Opening{l.Index: op}}, &record.Opened{Notice: l.Index, KI: true})
}

// inspected are the people of the notice's own hat who stand in a team of a
// drawn object, each once.
func (d *Drawing) inspected() []record.OpenHandle {
	var list []record.OpenHandle
	for _, obj := range d.Lot.Objects {
		for _, h := range d.team(obj) {
			own := h.Salt == draw.Salt(d.Keys.KI, "I", h.ID) // another key's are those of teams drawn later
			if own && !slices.Contains(list, h) {
				list = append(list, h)
			}
		}
	}
	return list
}

// ForAuditor is the file that an auditor gets where certificate numbers are not
// public: KI, and who was recused at which object, for sunlot-verify --ki.
//
//	{"format":"sunlot-ki/v1","origin":…,"draw":…,"notice":…,"KI":…,"recusals":{object:[inspector handle,…]}}
type ForAuditor struct {
	Format   string              `json:"format"`
	Origin   string              `json:"origin"`
	Draw     string              `json:"draw"`
	Notice   int64               `json:"notice"`
	Auditor  string              `json:"auditor,omitempty"`
	KI       string              `json:"KI"`
	Recusals map[string][]string `json:"recusals,omitempty"`
}

// ForAuditor makes that file. It is no publication, so nothing is logged; before
// the draw is cast nobody gets it.
func (o *Office) ForAuditor(id string) ([]byte, string, error) {
	d, err := o.Drawing(id)
	if err != nil {
		return nil, "", err
	}
	if !d.Lot.Drawn() && d.Lot.Abort == nil {
		return nil, "", notDrawn(d.Lot)
	}
	f := ForAuditor{Format: "sunlot-ki/v1", Origin: o.Config.Origin, Draw: id, Notice: d.Lot.Index, Auditor: d.Lot.Body.Auditor,
		KI: hex.EncodeToString(d.Keys.KI), Recusals: map[string][]string{}}
	if f.Recusals, err = o.recusedHandles(d); err != nil {
		return nil, "", err
	}
	data, err := json.MarshalIndent(f, "", "  ")
	return append(data, '\n'), d.Lot.Body.Auditor, err
}

// Losing (启封钥匙遗失) is what an officer states about a key that is gone.
type Losing struct {
	Draw     string // of a draw or of a teams notice
	Keys     string // K, KI, or 全部
	Ground   string
	Date     string // when it was found out; "" today
	Approved string
}

// LostKey drafts the loss of a draw's keys. A key that can still be read is not
// lost: the office is told where it stands.
func (o *Office) LostKey(in Losing) (*Draft, error) {
	s, err := o.State()
	if err != nil {
		return nil, err
	}
	body := &record.Lost{Ground: in.Ground, Date: or(in.Date, o.Today()), Approved: record.Sealed(in.Approved)}
	switch in.Keys {
	case "K":
		body.K = true
	case "KI":
		body.KI = true
	case "全部", "":
		body.K, body.KI = true, true
	default:
		return nil, fault.New("office.lost-which", "--keys", in.Keys, "K、KI、全部").Of(fault.Usage)
	}
	if t := s.Teams(in.Draw); t != nil {
		body.Notice, body.K = t.Index, false
		_, _, err = o.laterKeys(t)
	} else if l := s.Lot(in.Draw); l != nil {
		body.Notice = l.Index
		_, _, err = o.drawKeys(l)
	} else {
		return nil, fault.New("office.no-such-draw", in.Draw, "", "").Of(fault.Usage)
	}
	switch code := fault.Code(err); {
	case err == nil:
		return nil, fault.New("office.not-lost", in.Draw, o.path("private", "draws"), "")
	case code == "office.no-draw-keys" && errors.Is(err, fs.ErrNotExist):
	case slices.Contains([]string{"office.other-draw-keys", "office.bad-register", "keyring.damaged"}, code):
	default:
		return nil, err // no passphrase, no disk: nobody knows yet
	}
	return o.draft(&Draft{}, body)
}

// recusedHandles are the inspectors recused beforehand at each object of the
// hat, by handles; objects where nobody is are left out.
func (o *Office) recusedHandles(d *Drawing) (map[string][]string, error) {
	data, err := o.bundle.Dir.Blob(d.Lot.Body.Recusals.SHA256, ledger.MaxBlob)
	if err != nil {
		return nil, err
	}
	commits, err := draw.ParseRecusalCommits(data)
	if err != nil {
		return nil, err
	}
	handles := d.inHat()
	recused := map[string][]string{}
	for _, c := range commits {
		if f := d.Firms[c.Handle]; f != nil {
			if line := rules.Recusal(c.Handle, d.given.Declared[f.ID], handles, d.Keys.KI); len(line.Inspectors) > 0 {
				recused[c.Handle] = line.Inspectors
			}
		}
	}
	return recused, nil
}

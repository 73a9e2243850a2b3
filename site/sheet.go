package site

import (
	"bytes"
	"encoding/base64"
	"html/template"
	"image"
	"image/color"
	"image/png"
	"sync"

	"rsc.io/qr/coding"
)

// sheet is what stands at the foot of every sheet of paper that a record's
// page is printed on: where it came from, and the state of the ledger when the
// record was published (spec/site.md, On paper). It depends on the record's
// own proof and the site's address, never on the latest checkpoint.
type sheet struct {
	Code  template.URL // the QR code, an image of one pixel a module
	Width int          // its side in pixels
	Size  string       // records in the ledger then
	Root  string       // its root, hex
}

// sheet makes the foot of a record's page, nil where the record has no proof.
func (m *maker) sheet(p *page) (*sheet, error) {
	c, ok := m.proofHead(p.Entry)
	if !ok {
		return nil, nil
	}
	s := &sheet{Size: num(c.Size), Root: rootOf(c)}
	code, err := qrCode(m.codeText(p, s))
	if err != nil {
		return nil, err
	}
	s.Width = code.Size
	s.Code, err = qrImage(code)
	return s, err
}

// codeText is what the QR code says: the page's address with the checkpoint as
// its fragment, which no server sees; without an address the ledger's name,
// the entry and the checkpoint.
func (m *maker) codeText(p *page, s *sheet) string {
	head := s.Size + "-" + s.Root
	if m.opt.Base == "" {
		return m.site.Origin + " " + num(p.Entry) + " " + head
	}
	return p.Address + "#" + head
}

// qrPlans are the layouts of the QR versions at level M: making one takes
// longer than all that is done with it on a page.
var qrPlans [coding.MaxVersion + 1]struct {
	sync.Once
	plan *coding.Plan
	err  error
}

// qrCode is text at level M, mask 0, in the smallest version that holds it.
func qrCode(text string) (*coding.Code, error) {
	s := coding.String(text)
	v := coding.Version(coding.MinVersion)
	for v < coding.MaxVersion && s.Bits(v) > v.DataBytes(coding.M)*8 {
		v++
	}
	p := &qrPlans[v]
	p.Do(func() { p.plan, p.err = coding.NewPlan(v, coding.M, 0) })
	if p.err != nil {
		return nil, p.err
	}
	return p.plan.Encode(s)
}

// qrPNG keeps what the encoder of images allocates.
var (
	qrPNG     = png.Encoder{CompressionLevel: png.NoCompression, BufferPool: &pngPool{}}
	qrPalette = color.Palette{color.White, color.Black}
)

// pngPool is sync.Pool as package png wants it.
type pngPool struct{ pool sync.Pool }

func (p *pngPool) Get() *png.EncoderBuffer  { b, _ := p.pool.Get().(*png.EncoderBuffer); return b }
func (p *pngPool) Put(b *png.EncoderBuffer) { p.pool.Put(b) }

// qrImage is the code as a data URI: one bit a module, which is a sixth of the
// same code as an SVG path. The style sheet scales it without smoothing.
func qrImage(c *coding.Code) (template.URL, error) {
	img := image.NewPaletted(image.Rect(0, 0, c.Size, c.Size), qrPalette)
	for y := range c.Size {
		for x := range c.Size {
			if c.Black(x, y) {
				img.Pix[y*img.Stride+x] = 1
			}
		}
	}
	var buf bytes.Buffer
	if err := qrPNG.Encode(&buf, img); err != nil {
		return "", err
	}
	return template.URL("data:image/png;base64," + base64.StdEncoding.EncodeToString(buf.Bytes())), nil //nolint:gosec // our own bytes
}

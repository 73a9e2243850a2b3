package site

import (
	"encoding/base64"
	"encoding/binary"
	"hash/adler32"
	"hash/crc32"
	"html/template"
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
	s.Width, s.Code = code.Size, qrImage(code)
	return s, nil
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

// qrImage is the code as a data URI: one bit a module, which is a sixth of the
// same code as an SVG path. The style sheet scales it without smoothing.
func qrImage(c *coding.Code) template.URL {
	room := qrRooms.Get().(*qrRoom)
	defer qrRooms.Put(room)
	room.png = qrPNG(room.png[:0], &room.data, c)
	room.uri = base64.StdEncoding.AppendEncode(append(room.uri[:0], "data:image/png;base64,"...), room.png)
	return template.URL(room.uri) //nolint:gosec // our own bytes
}

// qrRoom is what a code passes through, kept for the next.
type qrRoom struct{ data, png, uri []byte }

var qrRooms = sync.Pool{New: func() any { return new(qrRoom) }}

// qrPNG appends a PNG of two colours (ISO/IEC 15948): its rows are those of the
// code as they are, in one stored block, so that it takes no time on any of a
// hundred thousand pages. room is for what it passes through.
func qrPNG(out []byte, room *[]byte, c *coding.Code) []byte {
	width := (c.Size + 7) / 8
	n := uint16(c.Size * (1 + width)) // at most 177 rows of 24 bytes
	data := binary.LittleEndian.AppendUint16(append((*room)[:0], 0x78, 0x01, 0x01), n)
	data = binary.LittleEndian.AppendUint16(data, ^n)
	begin := len(data)
	for y := range c.Size {
		data = append(append(data, 0), c.Bitmap[y*c.Stride:][:width]...) // 0: no filter
	}
	data = binary.BigEndian.AppendUint32(data, adler32.Checksum(data[begin:]))
	*room = data

	size := uint32(c.Size)
	out = append(out, "\x89PNG\r\n\x1a\n"...)
	out = pngChunk(out, "IHDR", byte(size>>24), byte(size>>16), byte(size>>8), byte(size), byte(size>>24), byte(size>>16), byte(size>>8), byte(size), 1, 3, 0, 0, 0) // one bit, by palette
	out = pngChunk(out, "PLTE", 0xff, 0xff, 0xff, 0, 0, 0)
	out = pngChunk(out, "IDAT", data...)
	return pngChunk(out, "IEND")
}

func pngChunk(out []byte, name string, data ...byte) []byte {
	out = binary.BigEndian.AppendUint32(out, uint32(len(data)))
	begin := len(out)
	out = append(append(out, name...), data...)
	return binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(out[begin:]))
}

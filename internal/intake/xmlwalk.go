package intake

import (
	"archive/zip"
	"bufio"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/sunlot/sunlot/internal/fault"
)

var (
	errTooLarge = errors.New("part is larger than it says or than the limit")
	errToken    = errors.New("too much text between two tags")
	errDeep     = errors.New("elements nested too deep")
	errDTD      = errors.New("document type declaration")
)

// xmlWalk yields the tokens of one part of a zip under all limits: bytes, bytes
// between tags, depth. encoding/xml knows no entities beyond the five and reads
// UTF-8 only; a DTD is refused.
type xmlWalk struct {
	d     *xml.Decoder
	in    *capReader
	part  string
	depth int
	close func() error
}

// capReader counts the bytes of the part and those since the last token.
type capReader struct {
	r           *bufio.Reader
	left, token int
	err         error
}

func (c *capReader) ReadByte() (byte, error) {
	b, err := c.r.ReadByte()
	if err != nil {
		return 0, err
	}
	if c.left--; c.left < 0 {
		c.err = errTooLarge
		return 0, c.err
	}
	if c.token++; c.token > maxToken {
		c.err = errToken
		return 0, c.err
	}
	return b, nil
}

func (c *capReader) Read(p []byte) (int, error) {
	for i := range p {
		b, err := c.ReadByte()
		if err != nil {
			return i, err
		}
		p[i] = b
	}
	return len(p), nil
}

// walk opens a part; limit is the most bytes that it may unzip to.
func walk(f *zip.File, limit int) (*xmlWalk, error) {
	if f.UncompressedSize64 > uint64(limit) || f.UncompressedSize64 > ratioFrom && f.UncompressedSize64/maxRatio > f.CompressedSize64 {
		return nil, fault.New("intake.zip-bomb", f.Name, megabytes(int64(min(f.UncompressedSize64, 1<<60))), megabytes(int64(limit)))
	}
	r, err := f.Open()
	if err != nil {
		return nil, fault.Wrap("intake.bad-xlsx", f.Name, err)
	}
	in := &capReader{r: bufio.NewReaderSize(r, 1<<16), left: min(limit, int(f.UncompressedSize64))}
	return &xmlWalk{d: xml.NewDecoder(in), in: in, part: f.Name, close: r.Close}, nil
}

// next returns the next start, end or text token; nil at the end of the part.
func (x *xmlWalk) next() (xml.Token, error) {
	for {
		x.in.token = 0
		t, err := x.d.Token()
		if err == io.EOF {
			return nil, nil
		}
		if err != nil {
			return nil, x.bad(err)
		}
		switch t.(type) {
		case xml.StartElement:
			if x.depth++; x.depth > maxDepth {
				return nil, x.bad(errDeep)
			}
		case xml.EndElement:
			x.depth--
		case xml.Directive:
			return nil, x.bad(errDTD)
		case xml.CharData:
		default:
			continue
		}
		return t, nil
	}
}

// bad gives the fault for an error while walking; the caller adds the file.
func (x *xmlWalk) bad(err error) error {
	if x.in.err != nil {
		err = x.in.err
	}
	switch {
	case errors.Is(err, errTooLarge), errors.Is(err, errToken), errors.Is(err, errDeep):
		return fault.Wrap("intake.zip-bomb", x.part, err)
	}
	return fault.Wrap("intake.bad-xlsx", x.part, err)
}

// elements calls start for every element of a part, and text with the path's
// last element for character data; for the small parts.
func elements(f *zip.File, limit int, start func(xml.StartElement) error) error {
	x, err := walk(f, limit)
	if err != nil {
		return err
	}
	defer x.close()
	for {
		t, err := x.next()
		if err != nil || t == nil {
			return err
		}
		if s, ok := t.(xml.StartElement); ok {
			if err := start(s); err != nil {
				return err
			}
		}
	}
}

// attr is the value of an attribute by local name, "" if it is missing.
func attr(s xml.StartElement, name string) string {
	for _, a := range s.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

func attrTrue(s xml.StartElement, name string) bool {
	v := attr(s, name)
	return v == "1" || v == "true"
}

// unescape undoes _x000D_ and its like, as ECMA-376 22.4.2.4 writes characters
// that XML cannot hold.
func unescape(s string) string {
	if !strings.Contains(s, "_x") {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); {
		if i+7 <= len(s) && s[i] == '_' && s[i+1] == 'x' && s[i+6] == '_' {
			if n, err := strconv.ParseUint(s[i+2:i+6], 16, 16); err == nil && (n < 0xD800 || n > 0xDFFF) {
				b.WriteRune(rune(n))
				i += 7
				continue
			}
		}
		b.WriteByte(s[i])
		i++
	}
	return b.String()
}

func megabytes(n int64) string {
	if n < 1<<20 {
		return fmt.Sprintf("%d 字节", n)
	}
	return fmt.Sprintf("%d MiB", n>>20)
}

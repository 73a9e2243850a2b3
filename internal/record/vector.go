package record

import (
	"errors"
	"fmt"

	"github.com/sunlot/sunlot/internal/fault"
)

// vector is one case of spec/vectors/record (spec/record.md, Vectors). Exactly
// one of Text, an entry's text, and Opening, an opening file, is there.
type vector struct {
	Desc    string  `json:"desc"`
	Text    *string `json:"text,omitempty"`
	Opening *string `json:"opening,omitempty"`
	Expect  string  `json:"expect,omitempty"` // "ok"
	Error   string  `json:"error,omitempty"`  // the code without "record."
}

// RunVector runs one case of spec/vectors/record and says how its outcome
// differs from what the case expects, nil if it does not. A text that is
// accepted must also come out of Format unchanged.
func RunVector(data []byte) error {
	var v vector
	if err := fault.ReadVector(data, &v); err != nil {
		return err
	}
	if (v.Text == nil) == (v.Opening == nil) || (v.Expect == "ok") == (v.Error != "") || v.Expect != "" && v.Expect != "ok" {
		return errors.New("read vector: members do not go together")
	}
	text, again, err := v.run()
	switch {
	case err != nil && v.Error == "":
		return fmt.Errorf("got error %w, want ok", err)
	case err != nil && fault.Code(err) != "record."+v.Error:
		return fmt.Errorf("got error %w, want record.%s", err, v.Error)
	case err == nil && v.Error != "":
		return fmt.Errorf("accepted, want error record.%s", v.Error)
	case err == nil && text != again:
		return fmt.Errorf("accepted, but formatted as %q", again)
	}
	return nil
}

func (v *vector) run() (text, again string, err error) {
	if v.Opening != nil {
		o, err := ParseOpening([]byte(*v.Opening))
		if err != nil {
			return "", "", err
		}
		data, err := FormatOpening(o)
		return *v.Opening, string(data), err
	}
	e, err := Parse(*v.Text)
	if err != nil {
		return "", "", err
	}
	again, err = Format(e)
	return *v.Text, again, err
}

package fault

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// ReadVector decodes one case of spec/vectors into v: one JSON value, no member
// that v lacks. Every room that runs cases reads them with it; what is refused
// here is a mistake of the case, not of the room.
func ReadVector(data []byte, v any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return fmt.Errorf("read vector: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return errors.New("read vector: something after the JSON value")
	}
	return nil
}

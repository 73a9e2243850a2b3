package beacon

import (
	"errors"
	"fmt"
	"strings"

	"github.com/sunlot/sunlot/internal/fault"
)

// lineVector is one case of spec/vectors/lottery (spec/beacon.md, Vectors):
// either Issues or Ceremony says what the notice names. Without a Line it asks
// for the bits alone, with Typed for the line that is read from it.
type lineVector struct {
	Desc     string    `json:"desc"`
	Version  string    `json:"version"`
	Issues   []Issue   `json:"issues,omitempty"`
	Ceremony *Ceremony `json:"ceremony,omitempty"`
	Line     *string   `json:"line,omitempty"`  // read it strictly
	Typed    *string   `json:"typed,omitempty"` // read it as a person types

	Expect *lineExpectation `json:"expect,omitempty"`
	Error  string           `json:"error,omitempty"` // the code without "beacon."
}

type lineExpectation struct {
	Bits string `json:"bits"`           // rounded down to a tenth
	Line string `json:"line,omitempty"` // of typed
	Rho  string `json:"rho,omitempty"`  // of line and typed
}

// RunLineVector runs one case of spec/vectors/lottery and says how its outcome
// differs from what the case expects, nil if it does not.
func RunLineVector(data []byte) error {
	var v lineVector
	if err := fault.ReadVector(data, &v); err != nil {
		return err
	}
	if v.Version != "draw1" || (v.Issues != nil) == (v.Ceremony != nil) || v.Line != nil && v.Typed != nil || (v.Expect != nil) == (v.Error != "") {
		return errors.New("read vector: members do not go together")
	}
	got, err := v.run()
	if err != nil {
		if want := "beacon." + v.Error; v.Error == "" || fault.Code(err) != want {
			return fmt.Errorf("got error %w, want %s", err, strings.TrimSuffix(want, "."))
		}
		return nil
	}
	if v.Expect == nil {
		return fmt.Errorf("got %+v, want error beacon.%s", got, v.Error)
	}
	if got != *v.Expect {
		return fmt.Errorf("got %+v, want %+v", got, *v.Expect)
	}
	return nil
}

func (v *lineVector) run() (got lineExpectation, err error) {
	read := func(typed string) (string, error) { return ReadLottery(v.Issues, typed) }
	parse := func(line string) (string, error) { return ParseLottery(v.Issues, line) }
	if v.Ceremony != nil {
		read = func(typed string) (string, error) { return ReadCeremony(*v.Ceremony, typed) }
		parse = func(line string) (string, error) { return ParseCeremony(*v.Ceremony, line) }
		err = v.Ceremony.Check()
		got.Bits = v.Ceremony.Bits()
	} else {
		err = CheckIssues(v.Issues)
		var codes []string
		for _, w := range v.Issues {
			codes = append(codes, w.Game)
		}
		got.Bits = Bits(codes...)
	}
	if err != nil {
		return got, err
	}
	line := v.Line
	if v.Typed != nil {
		if got.Line, err = read(*v.Typed); err != nil {
			return got, err
		}
		line = &got.Line
	}
	if line != nil {
		got.Rho, err = parse(*line)
	}
	return got, err
}

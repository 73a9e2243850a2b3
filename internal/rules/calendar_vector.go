package rules

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/sunlot/sunlot/internal/fault"
)

// workdayVector is one case of spec/vectors/workdays. Exactly one of Date (is
// it a working day?), Start with Days (which date is the n-th working day
// after it?) and After with Through (how many working days?) asks.
type workdayVector struct {
	Desc    string          `json:"desc"`
	Date    string          `json:"date,omitempty"`
	Start   string          `json:"start,omitempty"`
	Days    int             `json:"days,omitempty"`
	After   string          `json:"after,omitempty"`
	Through string          `json:"through,omitempty"`
	Expect  json.RawMessage `json:"expect,omitempty"` // true or false, a date, a number
	Error   string          `json:"error,omitempty"`  // the code without "rules."
}

// RunWorkdayVector runs one case of spec/vectors/workdays and says how its
// outcome differs from what the case expects, nil if it does not.
func RunWorkdayVector(data []byte) error {
	var v workdayVector
	if err := fault.ReadVector(data, &v); err != nil {
		return err
	}
	asked := 0
	for _, s := range []string{v.Date, v.Start, v.After} {
		if s != "" {
			asked++
		}
	}
	if asked != 1 || (v.Through != "") != (v.After != "") || (len(v.Expect) > 0) == (v.Error != "") {
		return errors.New("read vector: members do not go together")
	}
	got, err := v.run(Workdays())
	if err != nil {
		if want := "rules." + v.Error; fault.Code(err) != want {
			return fmt.Errorf("got error %w, want %s", err, strings.TrimSuffix(want, "."))
		}
		return nil
	}
	if text, err := json.Marshal(got); err != nil || string(text) != string(v.Expect) {
		return fmt.Errorf("got %s, want %s%s", text, v.Expect, v.Error)
	}
	return nil
}

func (v *workdayVector) run(c *Calendar) (any, error) {
	beyond := func(date string) error {
		for _, s := range []string{v.Start, v.After, v.Through} {
			if _, ok := parseDay(s); s != "" && !ok {
				return fault.New("rules.bad-date", "", s, "yyyy-mm-dd")
			}
		}
		return fault.New("rules.calendar-horizon", "", date, c.Last())
	}
	switch {
	case v.Date != "":
		return c.Workday(v.Date)
	case v.Start != "":
		due, ok := c.Add(v.Start, v.Days)
		if !ok {
			return nil, beyond(due)
		}
		return due, nil
	}
	n, ok := c.Between(v.After, v.Through)
	if !ok {
		return nil, beyond(v.Through)
	}
	return n, nil
}

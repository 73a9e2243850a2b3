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
// after it?) and After with Through (how many working days?) asks. Added is
// what an office has entered (工作日补充), if anything.
type workdayVector struct {
	Desc    string          `json:"desc"`
	Date    string          `json:"date,omitempty"`
	Start   string          `json:"start,omitempty"`
	Days    int             `json:"days,omitempty"`
	After   string          `json:"after,omitempty"`
	Through string          `json:"through,omitempty"`
	Added   *addedDays      `json:"added,omitempty"`
	Expect  json.RawMessage `json:"expect,omitempty"` // true or false, a date, a number
	Error   string          `json:"error,omitempty"`  // the code without "rules."
}

// addedDays are a calendar's additions: To is the last day of the years that
// are added, empty where days off are taken from known years alone.
type addedDays struct {
	To     string   `json:"to,omitempty"`
	Off    []string `json:"off"`
	MakeUp []string `json:"make_up,omitempty"`
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
	got, err := v.run()
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

func (v *workdayVector) run() (any, error) {
	c := Workdays()
	if v.Added != nil {
		var err error
		if c, err = c.Extend(v.Added.To, v.Added.Off, v.Added.MakeUp); err != nil {
			return nil, err
		}
	}
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

package fault

import "testing"

func TestReadVector(t *testing.T) {
	for text, ok := range map[string]bool{
		`{"a":1}`:        true,
		" {\"a\":2}\n":   true,
		`{"a":1}{"a":1}`: false,
		`{"a":1} x`:      false,
		`{"a":1,"b":2}`:  false,
		`{"a":"1"}`:      false,
		`{"a":1`:         false,
		``:               false,
	} {
		var v struct {
			A int `json:"a"`
		}
		if err := ReadVector([]byte(text), &v); (err == nil) != ok {
			t.Errorf("%q: %v", text, err)
		}
	}
}

package site

import (
	"reflect"
	"testing"

	"github.com/sunlot/sunlot/content"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/ledger"
)

// An opening beside a record that nobody can read is nothing that its page
// speaks of: verify does not read it, so no key knows whether it is there.
func TestUnreadableOpening(t *testing.T) {
	b := newBureau(t, "gaoqing", 20)
	index := uint64(b.state.Size)
	b.must(b.pub.Publish(index, &ledger.Batch{Entries: [][]byte{[]byte("no entry at all")}}))
	b.state.Unreadable()
	f := newRebuilt(t)
	f.check(b.bundle(), content.FS, Options{})
	b.store[ledger.OpeningPath(index)] = []byte("{}")
	f.check(b.bundle(), content.FS, Options{})
	delete(b.store, ledger.OpeningPath(index))
	f.check(b.bundle(), content.FS, Options{})
}

// Every kind of record that names a notice or a result follows from it: its page
// leads there, and one without effect is listed there.
func TestAboutEntry(t *testing.T) {
	kinds := 0
	for _, kind := range record.Types {
		for _, name := range []string{"Notice", "Result"} {
			body := kind()
			field := reflect.ValueOf(body).Elem().FieldByName(name)
			if !field.IsValid() || field.Kind() != reflect.Int64 {
				continue
			}
			if field.SetInt(7); reflect.TypeOf(body) == reflect.TypeFor[*record.Result]() {
				body.(*record.Result).Origin = "random"
			}
			kinds++
			if about, ok := aboutEntry(body); about != 7 || !ok {
				t.Errorf("%T of %s 7 is about %d, %v", body, name, about, ok)
			}
		}
	}
	if kinds < 20 {
		t.Errorf("only %d kinds", kinds)
	}
}

// The calendar is reckoned before the steps that ask for it run beside each
// other: it is kept in the state without a lock.
func TestCalendarBeforeSteps(t *testing.T) {
	m, err := newMaker(newBureau(t, "gaoqing", 20).bundle(), content.FS, Options{}, memory{})
	if err != nil {
		t.Fatal(err)
	}
	if reflect.ValueOf(m.s).Elem().FieldByName("national").IsNil() {
		t.Error("it is not")
	}
}

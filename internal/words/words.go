// Package words is the one table that turns a code into plain Chinese: for
// each code of a fault or a finding one sentence and one remedy. The doors and
// the page builder read it; rooms below speak in codes only.
//
// codes.tsv has three columns, code, sentence, remedy, separated by tabs and
// sorted by code. {place}, {got} and {want} stand for the fault's members;
// a piece in double brackets, [[…{got}…]], is left out where its member is
// empty. A test holds the table complete: every code in the source has a line
// and every line has a code in the source.
package words

import (
	_ "embed"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"github.com/sunlot/sunlot/internal/fault"
)

//go:embed codes.tsv
var table string

type line struct{ sentence, remedy string }

var lines = sync.OnceValue(func() map[string]line {
	m := map[string]line{}
	for row := range strings.Lines(table) {
		f := strings.Split(strings.TrimSuffix(row, "\n"), "\t")
		if len(f) != 3 || m[f[0]].sentence != "" {
			panic(fmt.Sprintf("codes.tsv: bad or repeated line %q", row))
		}
		m[f[0]] = line{f[1], f[2]}
	}
	return m
})

// Known reports whether the table has the code.
func Known(code string) bool { _, ok := lines()[code]; return ok }

// Codes lists every code of the table.
func Codes() []string {
	var all []string
	for c := range lines() {
		all = append(all, c)
	}
	return all
}

// Say is the sentence and the remedy for a code with its members.
func Say(code, place, got, want string) (sentence, remedy string) {
	l, ok := lines()[code]
	if !ok {
		return strings.Join([]string{code, place, got, want}, " "), ""
	}
	return fill(l.sentence, place, got, want), fill(l.remedy, place, got, want)
}

// Sentence is Say without the remedy.
func Sentence(code, place, got, want string) string {
	l, ok := lines()[code]
	if !ok {
		return strings.Join([]string{code, place, got, want}, " ")
	}
	return fill(l.sentence, place, got, want)
}

// Bare is a code's sentence with nothing filled in; false where it does not read
// without a value, or the code has no line.
func Bare(code string) (string, bool) {
	l, ok := lines()[code]
	s := optional.ReplaceAllString(l.sentence, "")
	return s, ok && !strings.Contains(s, "{")
}

var optional = regexp.MustCompile(`\[\[([^\]]*)\]\]`)

func fill(text, place, got, want string) string {
	place, got, want = plain(place), plain(got), plain(want)
	if strings.Contains(text, "[[") {
		text = fillOptional(text, place, got, want)
	}
	return Clock(replaced(text, place, got, want))
}

// replaced puts the values in their places, in one pass.
func replaced(text, place, got, want string) string {
	if !strings.Contains(text, "{") {
		return text
	}
	var b strings.Builder
	b.Grow(len(text) + len(place) + len(got) + len(want))
	for {
		before, rest, found := strings.Cut(text, "{")
		b.WriteString(before)
		if !found {
			return b.String()
		}
		text = rest
		name, after, _ := strings.Cut(rest, "}")
		switch name {
		case "place":
			b.WriteString(place)
		case "got":
			b.WriteString(got)
		case "want":
			b.WriteString(want)
		default:
			b.WriteByte('{')
			continue
		}
		text = after
	}
}

// fillOptional leaves out the pieces in [[ ]] that want a value that is not there.
func fillOptional(text, place, got, want string) string {
	values := map[string]string{"{place}": place, "{got}": got, "{want}": want}
	return optional.ReplaceAllStringFunc(text, func(piece string) string {
		for name, v := range values {
			if v == "" && strings.Contains(piece, name) {
				return ""
			}
		}
		return piece[2 : len(piece)-2]
	})
}

var beijing = regexp.MustCompile(`\b(\d{4}-\d{2}-\d{2})T(\d{2}:\d{2}:\d{2})\+08:00`)

// Clock writes the times in a text as people do: 2023-08-23 23:15:33. All of
// them are of Beijing.
func Clock(text string) string {
	if !strings.Contains(text, "+08:00") {
		return text
	}
	return beijing.ReplaceAllString(text, "$1 $2")
}

// Error is what a person reads for an error: the sentence, and below it the
// remedy if there is one. An error without a code keeps its text.
func Error(err error) string {
	var f *fault.Error
	if !errors.As(err, &f) {
		return err.Error()
	}
	sentence, remedy := Say(f.Code, f.Place, f.Got, f.Want)
	if because := inner(f); because != "" {
		sentence += "（" + because + "）"
	}
	if remedy == "" {
		return sentence
	}
	return sentence + "\n处理办法：" + remedy
}

// inner is the sentence of the cause, where it has one of its own; of several
// causes, one after the other.
func inner(f *fault.Error) string {
	var c *fault.Error
	if f.Err == nil {
		return ""
	}
	if many, ok := f.Err.(interface{ Unwrap() []error }); ok {
		var said []string
		for _, err := range many.Unwrap() {
			said = append(said, inner(&fault.Error{Err: err}))
		}
		return strings.Join(said, "")
	}
	if errors.As(f.Err, &c) {
		s, _ := Say(c.Code, c.Place, c.Got, c.Want)
		return s
	}
	return cause(f.Err)
}

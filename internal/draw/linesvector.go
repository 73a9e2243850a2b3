package draw

import (
	"bytes"

	"github.com/sunlot/sunlot/internal/fault"
)

// RunLinesVector runs one case of spec/vectors/lines: a file of lines of one
// kind, and either its digest, root and number of lines or the error that
// refuses it. A file that parses must also come out of Format unchanged.
// Errors as of RunVector.
func RunLinesVector(data []byte) error {
	input, expect, err := openVector(data)
	if err != nil {
		return err
	}
	f := open(input, "", &err, []string{"desc", "version", "kind", "file"})
	f.text("desc", anyText, "a string")
	f.text("version", func(s string) bool { return s == "draw1" }, `"draw1"`)
	kind := f.text("kind", func(s string) bool { return reformat[s] != nil }, "a kind of file")
	file := []byte(f.text("file", anyText, "a string"))
	if err != nil {
		return fault.Wrap("draw.bad-vector", "file", err)
	}
	again, err := reformat[kind](file)
	if done, err := settleExpected(expect, err); done {
		return err
	}
	if !bytes.Equal(again, file) {
		return fault.New("draw.vector-differs", "file", clip(string(again)), clip(string(file)))
	}
	digest, root, lines := FileSum(file)
	return differ("expect", objectNode(member{"sha256", textNode(digest)},
		member{"root", textNode(root)}, member{"lines", numberNode(lines)}), expect)
}

// reformat parses a file of each kind and formats it again.
var reformat = map[string]func([]byte) ([]byte, error){
	"pool":            again(ParsePool, FormatPool),
	"inspectors":      again(ParseInspectors, FormatInspectors),
	"leftout":         again(ParseLeftOut, FormatLeftOut),
	"drawn":           again(ParseDrawn, FormatDrawn),
	"teams":           again(ParseTeams, FormatTeams),
	"recusals":        again(ParseRecusals, FormatRecusals),
	"declared":        again(ParseDeclared, FormatDeclared),
	"recusal-commits": again(ParseRecusalCommits, FormatRecusalCommits),
	"unstaffed":       again(ParseUnstaffed, FormatUnstaffed),
}

func again[T any](parse func([]byte) ([]T, error), format func([]T) []byte) func([]byte) ([]byte, error) {
	return func(data []byte) ([]byte, error) {
		items, err := parse(data)
		if err != nil {
			return nil, err
		}
		return format(items), nil
	}
}

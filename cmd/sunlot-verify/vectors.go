package main

import (
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/beacon"
	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/ledger"
)

// runners by the name of the folder that a case stands in.
var runners = map[string]func([]byte) error{
	"draw1":    draw.RunVector,
	"teams":    draw.RunTeamsVector,
	"refill":   draw.RunRefillVector,
	"lines":    draw.RunLinesVector,
	"beacon":   beacon.RunVector,
	"lottery":  beacon.RunLineVector,
	"workdays": rules.RunWorkdayVector,
	"record":   record.RunVector,
	"ledger":   ledger.RunVector,
}

// vectors runs case files, says which fail and why, and counts.
func (c *Command) vectors(paths []string) error {
	var files []string
	for _, p := range paths {
		err := filepath.WalkDir(p, func(name string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && strings.HasSuffix(name, ".json") {
				files = append(files, name)
			}
			return err
		})
		if err != nil {
			return fault.Wrap("verify.unreadable", p, err).Of(fault.Unreachable)
		}
	}
	slices.Sort(files)
	failed := 0
	for _, name := range files {
		if err := runVector(name); err != nil {
			failed++
			fmt.Fprintf(c.Stdout, "FAIL %s: %v\n", name, err)
		}
	}
	fmt.Fprintf(c.Stdout, "%d passed, %d failed\n", len(files)-failed, failed)
	if failed > 0 || len(files) == 0 {
		return unsoundError{}
	}
	return nil
}

func runVector(name string) error {
	abs, err := filepath.Abs(name)
	if err != nil {
		return err
	}
	run, ok := runners[filepath.Base(filepath.Dir(abs))]
	if !ok {
		return fmt.Errorf("no runner for folder %s", filepath.Base(filepath.Dir(abs)))
	}
	data, err := readFile(name, 4<<20)
	if err != nil {
		return err
	}
	return run(data)
}

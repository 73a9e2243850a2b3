package demo

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/sunlot/sunlot/internal/verify"
	"github.com/sunlot/sunlot/internal/words"
)

// gradesName is the file beside the offices' folders that keeps what Grades
// printed.
const gradesName = "等级.txt"

// Grades prints what the order of every draw of some verified offices rests on:
// grade, bracket, and how many seconds lie between the witnesses' time and the
// value that decides. It asks the bundles alone.
func Grades(w io.Writer, offices []*verify.Bundle) error {
	table := [][]string{{"单位", "抽取", "等级", "预告不早于", "预告不晚于", "见证", "号码产生", "早多少秒"}}
	for _, b := range offices {
		for _, o := range b.Orders() {
			row := []string{b.State.Charter().Office, o.Draw, o.Name, "—", "—", "—", words.Clock(o.Decides), "—"}
			if o.NotBefore != "" {
				row[3] = words.Clock(o.NotBefore)
			}
			if o.NotAfter != "" {
				row[4], row[5] = words.Clock(o.NotAfter), strconv.Itoa(len(o.Witnesses))+"家"
			}
			if o.Margin != nil {
				row[7] = strconv.FormatInt(*o.Margin, 10)
			}
			row[7] += map[string]string{"aborted": "（抽取前终止）", "stopped": "（抽取后终止）"}[o.State]
			table = append(table, row)
		}
	}
	return columns(w, table)
}

// columns prints rows with each column as wide as its widest cell; a Chinese
// character is two wide.
func columns(w io.Writer, table [][]string) error {
	wide := make([]int, len(table[0]))
	for _, row := range table {
		for i, cell := range row {
			wide[i] = max(wide[i], width(cell))
		}
	}
	for _, row := range table {
		var line strings.Builder
		for i, cell := range row {
			line.WriteString(cell + strings.Repeat(" ", wide[i]-width(cell)+2))
		}
		if _, err := fmt.Fprintln(w, strings.TrimRight(line.String(), " ")); err != nil {
			return err
		}
	}
	return nil
}

func width(s string) (n int) {
	for _, r := range s {
		if n++; r > 0x2e80 {
			n++
		}
	}
	return n
}

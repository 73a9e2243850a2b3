package site

import (
	"strconv"
	"strings"
)

// chart is a drawing of numbers, made when the site is built: values in, the
// geometry of one SVG out; template "chart" only writes it down. Widths are in
// per cent of the page's column and heights in em of the reader's own type, so
// that the writing keeps its size on a phone, on paper and in large type. A
// series is told by its pattern and by its name, never by colour alone, and
// Desc says every number in words; the table with the same numbers stands
// beside it on the page.
type chart struct {
	ID, Title, Desc string
	Height          string // em
	Series          []chartSeries
	Rects           []chartRect
	Strokes         []chartStroke
	Dots            []chartDot
	Texts           []chartText
	Note            string // under the drawing, "" for none
}

// chartSeries is a pattern with what it stands for; Key 1 to 4 names the
// pattern. Line: drawn as a line in a chart of lines.
type chartSeries struct {
	Key  int
	Name string
	Line bool
}

type chartRect struct {
	X, Y, Width, Height string
	Key                 int
}

type chartStroke struct{ X1, Y1, X2, Y2, Class string }

type chartDot struct {
	X, Y string
	Key  int
}

// chartText is writing; Class holds its anchor (end, mid) and size.
type chartText struct{ X, Y, Shift, Class, Text string }

// chartRow is one bar of a chart: a name, a value for each series, and the
// words written beside each value where they say more than the number.
type chartRow struct {
	Name   string
	Values []int
	Words  []string
}

const (
	chartRows  = 24   // more are in the table alone
	chartWide  = 15.5 // em of writing that fit a phone in large type
	barFull    = 66.0 // per cent of the width for the largest value; the rest is for its words
	barHigh    = 1.1  // em
	lineHigh   = 10.0 // em of the field of a line chart
	smallType  = 0.8  // of the chart's size: class small in css/70-chart.css
	rowSpacing = 0.7  // em between rows
)

// barChart draws for each row one bar a series, its value written behind it.
func barChart(id, title string, series []string, rows []chartRow) *chart {
	c := newChart(id, title, series, rows)
	rows = rows[:min(len(rows), chartRows)]
	most, y := 1, 0.0
	for _, r := range rows {
		for _, v := range r.Values {
			most = max(most, v)
		}
	}
	for _, r := range rows {
		c.write("0", y+1, "", "", clipName(r.Name))
		y += 1.4
		for k, v := range r.Values {
			wide := barFull * float64(v) / float64(most)
			c.bar(0, y, wide, k+1)
			words := num(v)
			if k < len(r.Words) {
				words = r.Words[k]
			}
			if len(series) > 1 {
				words = series[k] + " " + words
			}
			c.write(percents(wide), y+barHigh-0.2, "0.4em", "", words)
			y += barHigh + 0.2
		}
		y += rowSpacing
	}
	c.Height = em(y)
	return c
}

// stackChart draws for each row one bar that is cut in the parts of its sum.
func stackChart(id, title string, series []string, rows []chartRow) *chart {
	c := newChart(id, title, series, rows)
	rows = rows[:min(len(rows), chartRows)]
	most, y := 1, 0.0
	for _, r := range rows {
		most = max(most, sum(r.Values))
	}
	for _, r := range rows {
		c.write("0", y+1, "", "", clipName(r.Name))
		y += 1.4
		x := 0.0
		for k, v := range r.Values {
			wide := 100 * float64(v) / float64(most)
			c.bar(x, y, wide, k+1)
			x += wide
		}
		y += barHigh + 0.2
		for _, line := range partsOf(series, r.Values) {
			c.write("0", y+0.8, "", "", line)
			y += 1.2
		}
		y += rowSpacing
	}
	c.Height = em(y)
	return c
}

// partsOf writes the parts that there are, in lines that fit.
func partsOf(series []string, values []int) []string {
	var lines []string
	for k, v := range values {
		if v == 0 {
			continue
		}
		part := series[k] + " " + num(v)
		if n := len(lines); n > 0 && spread(lines[n-1]+"　"+part) <= chartWide {
			lines[n-1] += "　" + part
		} else {
			lines = append(lines, part)
		}
	}
	return lines
}

// spread is how many em a text takes, about: a character of the Chinese kind is
// one, any other little more than half.
func spread(s string) float64 {
	w := 0.0
	for _, r := range s {
		w += 0.6
		if r >= 0x2e80 {
			w += 0.4
		}
	}
	return w
}

// lineChart draws one line a series over the heads; the first is solid and
// carries its numbers, the others are dashed.
func lineChart(id, title string, series, heads []string, values [][]int) *chart {
	var rows []chartRow
	for i, h := range heads {
		r := chartRow{Name: h}
		for _, line := range values {
			r.Values = append(r.Values, line[i])
		}
		rows = append(rows, r)
	}
	c := newChart(id, title, series, rows)
	for k := range c.Series {
		c.Series[k].Line = true
	}
	most := 1
	for _, r := range rows {
		for _, v := range r.Values {
			most = max(most, v)
		}
	}
	const top, foot = 1.9, 1.6
	at := func(v int) float64 { return top + lineHigh*(1-float64(v)/float64(most)) }
	across := func(i int) float64 { return (float64(i) + 0.5) * 100 / float64(len(heads)) }
	c.Strokes = append(c.Strokes, chartStroke{"0", em(at(0)), "100%", em(at(0)), "axis"})
	for k := len(values) - 1; k >= 0; k-- {
		for i, v := range values[k] {
			if i > 0 {
				c.Strokes = append(c.Strokes, chartStroke{percents(across(i - 1)), em(at(values[k][i-1])), percents(across(i)), em(at(v)), "line s" + num(k+1)})
			}
			c.Dots = append(c.Dots, chartDot{percents(across(i)), em(at(v)), k + 1})
			if k == 0 && v > 0 {
				c.write(percents(across(i)), at(v)-0.8, "", "mid small", num(v))
			}
		}
	}
	for i, h := range heads {
		c.write(percents(across(i)), top+lineHigh+1.2, "", "mid small", h)
	}
	c.Height = em(top + lineHigh + foot)
	return c
}

// newChart begins a drawing and says its numbers in words.
func newChart(id, title string, series []string, rows []chartRow) *chart {
	c := &chart{ID: id, Title: title}
	for i, s := range series {
		c.Series = append(c.Series, chartSeries{Key: i + 1, Name: s})
	}
	var words []string
	for _, r := range rows[:min(len(rows), chartRows)] {
		var list []string
		for k, v := range r.Values {
			w := num(v)
			if k < len(r.Words) {
				w = r.Words[k]
			}
			if len(series) > 1 {
				w = series[k] + w
			}
			list = append(list, w)
		}
		words = append(words, r.Name+"："+strings.Join(list, "，"))
	}
	c.Desc = strings.Join(words, "；") + "。"
	c.Note = firstOf(min(len(rows), chartRows), len(rows))
	return c
}

// firstOf says that a drawing shows no more than the first n of all, "" where it
// shows them all.
func firstOf(n, all int) string {
	if n == all {
		return ""
	}
	return "图中只画前" + num(n) + "项，全部" + num(all) + "项在表里。"
}

// bar adds a rectangle; what is 0 has none.
func (c *chart) bar(x, y, wide float64, key int) {
	if wide > 0 {
		c.Rects = append(c.Rects, chartRect{percents(x), em(y), percents(max(wide, 0.6)), em(barHigh), key})
	}
}

func (c *chart) write(x string, y float64, shift, class, words string) {
	if strings.Contains(class, "small") {
		y /= smallType // an em of this writing is as much smaller
	}
	c.Texts = append(c.Texts, chartText{x, em(y), shift, class, words})
}

func clipName(s string) string {
	if spread(s) <= chartWide {
		return s
	}
	r := []rune(s)
	for spread(string(r))+1 > chartWide {
		r = r[:len(r)-1]
	}
	return string(r) + "…"
}

func percents(v float64) string { return strconv.FormatFloat(v, 'f', 2, 64) + "%" }
func em(v float64) string       { return strconv.FormatFloat(v, 'f', 2, 64) + "em" }

func sum(values []int) int {
	n := 0
	for _, v := range values {
		n += v
	}
	return n
}

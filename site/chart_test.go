package site

import (
	"math"
	"strconv"
	"strings"
	"testing"
)

// length reads "12.50%" or "3.00em".
func length(t *testing.T, s, unit string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(strings.TrimSuffix(s, unit), 64)
	if err != nil || s != "0" && !strings.HasSuffix(s, unit) {
		t.Fatalf("%q is no length in %s", s, unit)
	}
	return v
}

// insideBounds holds a drawing to its own bounds and to the words that say it.
func insideBounds(t *testing.T, c *chart) {
	t.Helper()
	high := length(t, c.Height, "em")
	for _, r := range c.Rects {
		if x, w := length(t, r.X, "%"), length(t, r.Width, "%"); x < 0 || w <= 0 || x+w > 100.01 {
			t.Errorf("%s: a bar from %v, %v wide", c.ID, x, w)
		}
		if y := length(t, r.Y, "em"); y < 0 || y+length(t, r.Height, "em") > high {
			t.Errorf("%s: a bar at %v of %v", c.ID, y, high)
		}
	}
	for _, s := range c.Texts {
		y := length(t, s.Y, "em")
		if strings.Contains(s.Class, "small") {
			y *= smallType
		}
		if w := spread(s.Text); s.X == "0" && w > chartWide {
			t.Errorf("%s: %q is %v wide", c.ID, s.Text, w)
		}
		if y <= 0 || y > high || s.Text == "" {
			t.Errorf("%s: %q at %v of %v", c.ID, s.Text, y, high)
		}
	}
	for _, d := range c.Dots {
		if x, y := length(t, d.X, "%"), length(t, d.Y, "em"); x < 0 || x > 100 || y < 0 || y > high {
			t.Errorf("%s: a dot at %v %v", c.ID, x, y)
		}
	}
}

func TestBarChart(t *testing.T) {
	c := barChart("b", "计划", []string{"计划", "公示"}, []chartRow{{Name: "一", Values: []int{30, 15}}, {Name: strings.Repeat("长", 40), Values: []int{0, 1}}})
	insideBounds(t, c)
	if len(c.Rects) != 3 {
		t.Fatalf("%d bars: nothing is drawn of 0", len(c.Rects))
	}
	if full, half := length(t, c.Rects[0].Width, "%"), length(t, c.Rects[1].Width, "%"); full != barFull || math.Abs(full-2*half) > 0.01 {
		t.Errorf("30 is %v wide, 15 is %v", full, half)
	}
	if c.Rects[0].Key == c.Rects[1].Key {
		t.Error("two series of one pattern")
	}
	if c.Desc != "一：计划30，公示15；"+strings.Repeat("长", 40)+"：计划0，公示1。" {
		t.Errorf("said: %s", c.Desc)
	}
	written := ""
	for _, s := range c.Texts {
		written += s.Text + "|"
	}
	if !strings.Contains(written, "计划 30|公示 15|"+strings.Repeat("长", 14)+"…|计划 0|") {
		t.Errorf("written: %s", written)
	}
	insideBounds(t, barChart("n", "没有", []string{"份"}, []chartRow{{Name: "一", Values: []int{0}}}))
	var many []chartRow
	for i := range 40 {
		many = append(many, chartRow{Name: num(i), Values: []int{i}})
	}
	if c = barChart("m", "多", []string{"份"}, many); !strings.Contains(c.Note, "40项") || strings.Contains(c.Desc, "39：") {
		t.Errorf("%q %q", c.Note, c.Desc)
	}
	insideBounds(t, c)
}

func TestStackChart(t *testing.T) {
	c := stackChart("s", "公示", []string{"按期", "晚"}, []chartRow{{Name: "甲队", Values: []int{71, 29}}, {Name: "乙队", Values: []int{0, 50}}})
	insideBounds(t, c)
	if len(c.Rects) != 3 || c.Rects[1].X != c.Rects[0].Width || c.Rects[1].Width != "29.00%" || c.Rects[2].X != "0.00%" || c.Rects[2].Width != "50.00%" {
		t.Errorf("%+v", c.Rects)
	}
	c = stackChart("w", "公示", []string{"按期", "晚于期限", "期限未定", "未完成"}, []chartRow{{Name: "甲队", Values: []int{12345, 678, 0, 12345}}})
	insideBounds(t, c)
	if len(c.Texts) != 3 || c.Texts[1].Text != "按期 12345　晚于期限 678" || c.Texts[2].Text != "未完成 12345" || !strings.Contains(c.Desc, "期限未定0") {
		t.Errorf("%+v", c.Texts)
	}
}

func TestLineChart(t *testing.T) {
	c := lineChart("l", "每月", []string{"公示", "结束"}, []string{"1", "2", "3"}, [][]int{{0, 10, 5}, {10, 0, 0}})
	insideBounds(t, c)
	if len(c.Dots) != 6 || len(c.Strokes) != 5 {
		t.Errorf("%d dots, %d strokes", len(c.Dots), len(c.Strokes))
	}
	if zero := length(t, c.Strokes[0].Y1, "em"); zero != length(t, c.Dots[3].Y, "em") || length(t, c.Dots[4].Y, "em") >= length(t, c.Dots[5].Y, "em") {
		t.Errorf("the axis at %v, dots %+v", zero, c.Dots)
	}
}

func TestSpan(t *testing.T) {
	for seconds, want := range map[int64]string{0: "0秒", 59: "59秒", 60: "1分", 3600: "1小时", 14403: "4小时", 14460: "4小时1分", 90061: "1天1小时", -61: "晚1分1秒"} {
		if got := span(seconds); got != want {
			t.Errorf("span(%d) = %s, not %s", seconds, got, want)
		}
	}
	if tenths(1, 3) != 333 || tenths(1, 0) != 0 || tenths(5, 5) != 1000 {
		t.Error("tenths")
	}
}

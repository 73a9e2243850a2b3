package site

import (
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/verify"
)

// Glance is what a page over the sites of several offices (package portal) may
// tell of one: in the words of that site's own pages, with the names of the
// pages that say more.
type Glance struct {
	Name, Office, Region, Contact string
	Demo                          bool
	Draws                         []Glimpse // the latest first
	Late                          []Glimpse // what is overdue, the earliest date first
}

// Glimpse is one line of a Glance: a draw, or something that is overdue.
type Glimpse struct {
	Day, Text, State string
	Class            string // colour of the state: good, warn, bad or none
	Count            int    // how many parts of what is overdue are not done; of a draw, how many were drawn
	Path             string // of the page, from the site's top
}

// Look takes a glance at the site of a bundle.
func Look(b *verify.Bundle) Glance {
	s := b.State
	c := s.Charter()
	g := Glance{Name: c.Site.Name, Office: c.Office, Region: s.Pack.RegionName, Contact: c.Site.Contact, Demo: c.Demo}
	dirs := drawDirs(s)
	for _, l := range slices.Backward(s.Lots) {
		t := drawState(l)
		g.Draws = append(g.Draws, Glimpse{Day: day(l.When()), Text: l.Body.Draw + " " + l.Body.Name, State: t.Text, Class: t.Class,
			Count: len(l.Objects), Path: "draws/" + dirs[l.Index] + "/index.html"})
	}
	slices.SortStableFunc(g.Draws, func(a, b Glimpse) int { return strings.Compare(b.Day, a.Day) })
	for _, d := range s.Duties(b.Today) {
		if d.Open == 0 || d.Late == 0 || d.Code == "open-k" || d.Code == "open-ki" {
			continue // a key that is not open in time is no lateness but a failed check
		}
		o := Glimpse{Day: d.Due, Text: or(dutyNames[d.Code], d.Code), State: "逾期" + num(d.Late) + "个工作日", Class: "warn", Count: d.Open, Path: sectionOf("calendar").Href}
		if l := s.Lot(d.Draw); l != nil {
			o.Text += "（" + l.Body.Draw + "）"
			o.Path = "draws/" + dirs[l.Index] + "/index.html"
		}
		g.Late = append(g.Late, o)
	}
	slices.SortStableFunc(g.Late, func(a, b Glimpse) int { return strings.Compare(a.Day, b.Day) })
	return g
}

// drawDirs are the folders of the pages of the draws, by index of the notice.
func drawDirs(s *rules.State) map[int64]string {
	dirs, taken := map[int64]string{}, map[string]bool{}
	for _, l := range s.Lots {
		dir := "notice-" + num(l.Index)
		if drawID.MatchString(l.Body.Draw) && !taken[l.Body.Draw] {
			dir = l.Body.Draw
		}
		taken[dir] = true
		dirs[l.Index] = dir
	}
	return dirs
}

package site

import (
	"bytes"
	"regexp"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/verify"
)

// PortalOffice is one office of a portal: the folder beside index.html in
// which its site stands, and the bundle that it was made from.
type PortalOffice struct {
	Folder string
	Bundle *verify.Bundle
}

// portalView is the entrance to the sites of several offices.
type portalView struct {
	Title   string
	Demo    bool
	Offices []portalRow
}

type portalRow struct {
	Name, Office, Region, Contact, Href string
	Facts                               facts
	Draws                               []news
	Links                               []link // that the foot of every page must have
}

var portalFolder = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,63}$`)

// Portal writes index.html and what it loads into a folder that holds the
// sites of several offices.
func Portal(offices []PortalOffice, out Out) error {
	v := &portalView{Title: "双随机抽查公开账本"}
	m := &maker{out: out, made: newNameSet(), shared: newShared()}
	var err error
	if m.tmpl, err = parseTemplates(); err != nil {
		return err
	}
	for _, o := range offices {
		row, demo, err := portalOffice(o)
		if err != nil {
			return err
		}
		v.Demo = v.Demo || demo
		v.Offices = append(v.Offices, row)
	}
	if err := m.look(); err != nil {
		return err
	}
	if err := m.embedded("script/site.js"); err != nil {
		return err
	}
	var buf bytes.Buffer
	if err := m.tmpl.ExecuteTemplate(&buf, "portal", v); err != nil {
		return err
	}
	return m.put("index.html", buf.Bytes())
}

func portalOffice(o PortalOffice) (portalRow, bool, error) {
	if !portalFolder.MatchString(o.Folder) {
		return portalRow{}, false, fault.New("site.folder", "portal", o.Folder, "a-z 0-9 -").Of(fault.Usage)
	}
	m, err := newMaker(o.Bundle, nil, Options{}, nil)
	if err != nil {
		return portalRow{}, false, err
	}
	p := &page{Root: o.Folder + "/", Site: m.site}
	row := portalRow{Name: m.site.Name, Office: m.site.Office, Region: m.site.Region, Href: o.Folder + "/index.html", Facts: m.headFacts(p)}
	row.Contact = m.site.Site.Contact
	for _, key := range []string{"about", "sitemap", "accessibility"} {
		s := sectionOf(key)
		row.Links = append(row.Links, *p.to(s.Href, s.Text))
	}
	for i := len(m.s.Lots) - 1; i >= 0 && len(row.Draws) < 3; i-- {
		l := m.s.Lots[i]
		row.Draws = append(row.Draws, news{Day: day(l.When()), Text: m.drawState(l).Text, Link: p.to(m.drawPath(l), l.Body.Draw+" "+l.Body.Name)})
	}
	return row, m.site.Demo, nil
}

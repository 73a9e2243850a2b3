// Package templates is the look of the site: html/template files, one style
// sheet and one icon. It holds no logic; the views that the templates read are
// the documented structs of package site.
//
//	page.html    what stands around every page: head, header, footer
//	parts.html   pieces that several pages share
//	<kind>.html  the main part of one kind of page, defined under its name
//	style.css    light and dark, phone to A4
//	icon.svg     the site's mark
package templates

import "embed"

// FS holds the files beside this one.
//
//go:embed *.html *.css *.svg
var FS embed.FS

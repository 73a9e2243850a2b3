// Package province is the list of the offices that one body publishes together,
// and the order in which their work is done: several at a time, within a
// bound of memory, each alone in its failure.
//
//	list, err := province.Open("cluster.toml")
//	errs := province.Each(ctx, work, province.Limits{Jobs: 4, Memory: 2 << 30})
//
// cluster.toml has one [portal] and an [[office]] for each:
//
//	[portal]
//	title  = "某某省双随机抽查公开账本"
//	folder = "public"                    # of the portal's pages
//
//	[[office]]
//	id     = "gaoqing"                   # on the command line and in addresses
//	folder = "offices/gaoqing"           # with its office.toml
//
// Paths are relative to the file. An office's site goes to the folder of its
// id beside the portal's pages unless `to` says otherwise.
package province

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/intake"
	"github.com/sunlot/sunlot/internal/record"
)

// Name is what the file is usually called.
const Name = "cluster.toml"

// List is cluster.toml with every path made whole.
type List struct {
	Portal  Portal   `toml:"portal"`
	Offices []Office `toml:"office"`
}

// Portal is the page set over all offices.
type Portal struct {
	Title   string `toml:"title"`
	Folder  string `toml:"folder"`
	Base    string `toml:"base"` // https://…/ of the portal
	Unit    string `toml:"unit"` // 主办单位
	Domain  string `toml:"domain"`
	IDCode  string `toml:"id_code"`
	ICP     string `toml:"icp"`
	Police  string `toml:"police"`
	Contact string `toml:"contact"`
	Errors  string `toml:"errors"`
	Channel string `toml:"platform"`
}

// Site is the identity of its pages (政府网站发展指引).
func (p *Portal) Site() record.Site {
	return record.Site{Name: p.Title, Domain: p.Domain, IDCode: p.IDCode, ICP: p.ICP, Police: p.Police, Contact: p.Contact, Errors: p.Errors, Channel: p.Channel}
}

// Office is one of the list.
type Office struct {
	ID      string `toml:"id"`
	Folder  string `toml:"folder"`
	Name    string `toml:"name"`    // shown where its ledger is not verified
	Group   string `toml:"group"`   // 市
	To      string `toml:"to"`      // where its site is published
	Address string `toml:"address"` // of its site, where it is not beside the portal's pages
}

// most bounds a list: a province has some two hundred counties.
const most = 10_000

// idForm is what may name a folder and stand in an address.
var idForm = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{0,63}$`)

// taken are the folders of the portal's own pages.
var taken = []string{"draws", "offices", "overdue", "script", "verify"}

// Open reads the file.
func Open(name string) (*List, error) {
	data, err := os.ReadFile(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New("province.no-list", name, "", "").Of(fault.Usage)
	}
	if err != nil {
		return nil, fault.Wrap("province.unreadable", name, err).Of(fault.Unreachable)
	}
	l, err := intake.TOML[List](name, data)
	if err != nil {
		return nil, err
	}
	at, err := filepath.Abs(filepath.Dir(name))
	if err != nil {
		return nil, fault.Wrap("province.unreadable", name, err).Of(fault.Unreachable)
	}
	if err := l.settle(name, at, lines(data)); err != nil {
		return nil, err
	}
	return &l, nil
}

// settle checks what the form cannot and fills in what is left out. at is the
// folder of the file, line the lines on which its offices begin.
func (l *List) settle(name, at string, line []int) error {
	p := &l.Portal
	switch {
	case p.Title == "":
		return fault.New("province.missing", name, "", "[portal] title")
	case p.Folder == "":
		return fault.New("province.missing", name, "", "[portal] folder")
	case len(l.Offices) == 0:
		return fault.New("province.missing", name, "", "[[office]]")
	case len(l.Offices) > most:
		return fault.New("province.too-many", name, strconv.Itoa(len(l.Offices)), strconv.Itoa(most))
	}
	p.Folder = within(at, p.Folder)
	var ok bool
	if p.Base, ok = address(p.Base); !ok {
		return fault.New("province.bad-address", name, p.Base, "https://www.example.gov.cn/sunlot/")
	}
	for _, t := range [][2]string{{"title", p.Title}, {"unit", p.Unit}, {"domain", p.Domain}, {"id_code", p.IDCode}, {"icp", p.ICP}, {"police", p.Police},
		{"contact", p.Contact}, {"errors", p.Errors}, {"platform", p.Channel}, {"folder", p.Folder}} {
		if err := legible(name, t[0], t[1]); err != nil {
			return err
		}
	}
	var places []string
	seen := map[string]string{} // what two offices must not share → place of the first
	for i := range l.Offices {
		place := name
		if i < len(line) {
			place = name + ":" + strconv.Itoa(line[i])
		}
		if err := l.Offices[i].settle(place, at, p.Folder, seen); err != nil {
			return err
		}
		places = append(places, place)
	}
	return l.apart(places)
}

func (o *Office) settle(place, at, portal string, seen map[string]string) error {
	var ok bool
	switch {
	case o.ID == "":
		return fault.New("province.missing", place, "", "id")
	case !idForm.MatchString(o.ID) || slices.Contains(taken, o.ID):
		return fault.New("province.bad-id", place, o.ID, strings.Join(taken, "、"))
	case o.Folder == "":
		return fault.New("province.missing", place, "", "folder")
	}
	for _, t := range [][2]string{{"name", o.Name}, {"group", o.Group}, {"folder", o.Folder}, {"to", o.To}} {
		if err := legible(place, t[0], t[1]); err != nil {
			return err
		}
	}
	given := o.Address
	if o.Address, ok = address(given); !ok {
		return fault.New("province.bad-address", place, given, "https://www.example.gov.cn/"+o.ID+"/")
	}
	o.Folder = within(at, o.Folder)
	beside := filepath.Join(portal, o.ID)
	if o.To == "" {
		o.To = beside
	} else if o.To = within(at, o.To); o.To == portal {
		return fault.New("province.in-portal", place, o.To, "")
	}
	if o.Address == "" && o.To == beside {
		o.Address = o.ID + "/"
	}
	keys := []string{"id " + o.ID, "folder " + o.Folder, "to " + o.To}
	if o.Address != "" {
		keys = append(keys, "address "+o.Address)
	}
	for _, key := range keys {
		if other := seen[key]; other != "" {
			what, value, _ := strings.Cut(key, " ")
			return fault.New("province.twice", place, what+" = "+value, other)
		}
		seen[key] = place
	}
	return nil
}

// within makes a path of the file whole.
func within(at, path string) string {
	if filepath.IsAbs(path) {
		return filepath.Clean(path)
	}
	return filepath.Join(at, path)
}

// address ends with a slash, so that a page's name can follow it. "" is one.
func address(s string) (string, bool) {
	if s == "" {
		return "", true
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return s, false
	}
	if !strings.HasSuffix(u.Path, "/") {
		u.Path += "/"
	}
	return u.String(), true
}

// lines are those on which the offices begin, for messages: the decoder does
// not tell.
func lines(data []byte) []int {
	var at []int
	for i, line := range strings.Split(string(data), "\n") {
		if strings.HasPrefix(strings.ReplaceAll(strings.TrimSpace(line), " ", ""), "[[office]]") {
			at = append(at, i+1)
		}
	}
	return at
}

// Find are the offices of these ids, in the list's order; of none, all.
func (l *List) Find(ids []string) ([]int, error) {
	wanted := map[string]bool{}
	for _, id := range ids {
		if !slices.ContainsFunc(l.Offices, func(o Office) bool { return o.ID == id }) {
			var known []string
			for _, o := range l.Offices[:min(len(l.Offices), 8)] {
				known = append(known, o.ID)
			}
			return nil, fault.New("province.no-office", id, "", strings.Join(known, "、")).Of(fault.Usage)
		}
		wanted[id] = true
	}
	var list []int
	for i := range l.Offices {
		if len(ids) == 0 || wanted[l.Offices[i].ID] {
			list = append(list, i)
		}
	}
	return list, nil
}

// Format writes a cluster.toml of offices with a word of explanation for every
// key. Paths are as they shall stand there.
func Format(title string, offices []Office) []byte {
	var b strings.Builder
	line := func(key, value, why string) {
		fmt.Fprintf(&b, "%-7s = %s", key, intake.String(value))
		if why != "" {
			b.WriteString("  # " + why)
		}
		b.WriteByte('\n')
	}
	b.WriteString("# 阳光签（sunlot）一起发布的单位和汇总页。用记事本改动后保存为 UTF-8 即可。\n")
	b.WriteString("# 文件夹写相对路径的，从本文件所在的文件夹算起。\n\n[portal]\n")
	line("title", title, "汇总页的名称")
	line("folder", "public", "汇总页写到哪个文件夹；各单位的网站缺省发布到它里面以 id 命名的文件夹")
	line("base", "", "汇总页发布后的完整网址，如 https://www.example.gov.cn/sunlot/")
	line("unit", "", "主办单位")
	line("contact", "", "联系方式（单位的，不写个人）")
	line("domain", "", "域名")
	line("id_code", "", "网站标识码")
	line("icp", "", "ICP备案号")
	line("police", "", "公安备案号")
	line("errors", "", "“找错”页面网址")
	line("platform", "", "法定公示的平台名称或网址")
	b.WriteString("\n# 每个单位一段。可以另写：\n#   to      = \"/srv/www/gaoqing\"            它的网站发布到哪里\n#   address = \"https://www.example.gov.cn/\"  它的网址，网站不在汇总页旁边的要写\n")
	for _, o := range offices {
		b.WriteString("\n[[office]]\n")
		line("id", o.ID, "")
		line("name", o.Name, "")
		line("group", o.Group, "")
		line("folder", o.Folder, "")
		if o.Address != "" {
			line("address", o.Address, "")
		}
	}
	return []byte(b.String())
}

// ID makes what names an office of the name of its folder, or else of its number
// in the list.
func ID(folder string, number int) string {
	if id := strings.ToLower(folder); idForm.MatchString(id) && !slices.Contains(taken, id) {
		return id
	}
	return "office-" + strconv.Itoa(number)
}

package office

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/sunlot/sunlot/internal/intake"
	"github.com/sunlot/sunlot/internal/record"
)

// ConfigName is the file that makes a folder an office.
const ConfigName = "office.toml"

// Config is office.toml.
type Config struct {
	Name      string    `toml:"name"`     // 高青县应急管理局
	Origin    string    `toml:"origin"`   // example.gov.cn/sunlot
	Role      string    `toml:"role"`     // 办公室: who writes the entries
	Region    string    `toml:"region"`   // 370322
	Pack      string    `toml:"pack"`     // gaoqing
	Internet  bool      `toml:"internet"` // relays may be asked
	Demo      bool      `toml:"demo"`     // 演示
	Guard     string    `toml:"guard"`    // second place, relative to the folder or absolute
	Relays    []string  `toml:"relays"`   // drand HTTP relays
	Base      string    `toml:"base"`     // address of the published site
	Auditor   string    `toml:"auditor"`  // body to which KI of each draw is handed; "" is left out of the file
	Beacon    Beacon    `toml:"beacon"`
	Site      Site      `toml:"site"`
	Ledger    Ledger    `toml:"ledger"`          // who keeps the order of the entries
	Patience  int64     `toml:"witness_seconds"` // all witnesses together are waited for; 0: as long as the program says
	Witnesses []Witness `toml:"witness"`         // where the charter's witnesses are asked
}

// Beacon says what is done with public randomness beside the draws.
type Beacon struct {
	Stamp bool `toml:"stamp"` // write the latest round into entries: they are not older
}

// Site is the identity on every page (政府网站发展指引).
type Site struct {
	Name    string `toml:"name"`
	Domain  string `toml:"domain"`
	IDCode  string `toml:"id_code"`
	ICP     string `toml:"icp"`
	Police  string `toml:"police"`
	Contact string `toml:"contact"`
	Errors  string `toml:"errors"`
	Channel string `toml:"platform"`
}

func (s Site) record() record.Site {
	return record.Site(record.Site{Name: s.Name, Domain: s.Domain, IDCode: s.IDCode, ICP: s.ICP, Police: s.Police, Contact: s.Contact, Errors: s.Errors, Channel: s.Channel})
}

// format writes office.toml with a word of explanation for every key.
func (c *Config) format() []byte {
	var b strings.Builder
	line := func(key, value, why string) { fmt.Fprintf(&b, "%-9s= %s  # %s\n", key, value, why) }
	text := func(key, value, why string) { line(key, intake.String(value), why) }
	b.WriteString("# 阳光签（sunlot）本单位设置。用记事本改动后保存为 UTF-8 即可。\n")
	b.WriteString("# name、origin、region、pack 和 [site] 已写入开账声明；改动后页面仍以账本为准。\n\n")
	text("name", c.Name, "单位全称")
	text("origin", c.Origin, "账本名称，也是签名钥匙的名称：主机名/路径，定下后不改")
	text("role", c.Role, "写入记录的机构")
	text("region", c.Region, "行政区划代码")
	text("pack", c.Pack, "规则包")
	line("internet", strconv.FormatBool(c.Internet), "本机能否访问互联网（取公开随机数）")
	line("demo", strconv.FormatBool(c.Demo), "是否演示")
	text("guard", c.Guard, "留底的位置（快照的第二存放处），最好在另一块盘上，可写绝对路径")
	quoted := make([]string, len(c.Relays))
	for i, r := range c.Relays {
		quoted[i] = intake.String(r)
	}
	line("relays", "["+strings.Join(quoted, ", ")+"]", "公开随机数的取用网址，可多个，取到的都要核验")
	text("base", c.Base, "网站发布后的完整网址，如 https://www.example.gov.cn/sunlot/")
	if c.Auditor != "" {
		text("auditor", c.Auditor, "审计单位：执法证号不公开时，人员启封钥匙交给它")
	}
	line("witness_seconds", strconv.FormatInt(c.Patience, 10), "等见证单位签名多少秒，0 为缺省 20 秒")
	b.WriteString("\n[beacon]\n")
	line("stamp", strconv.FormatBool(c.Beacon.Stamp), "写记录时是否联网取最近一期公开随机数写进去，证明记录不早于那时；取不到照常写入")
	b.WriteString("\n[site]\n")
	text("name", c.Site.Name, "网站名称")
	text("domain", c.Site.Domain, "域名")
	text("id_code", c.Site.IDCode, "网站标识码")
	text("icp", c.Site.ICP, "ICP备案号")
	text("police", c.Site.Police, "公安备案号")
	text("contact", c.Site.Contact, "联系方式（单位的，不写个人）")
	text("errors", c.Site.Errors, "“找错”页面网址")
	text("platform", c.Site.Channel, "法定公示的平台名称")
	if c.Ledger.Engine != "" {
		b.WriteString(c.Ledger.format())
	}
	for _, w := range c.Witnesses {
		b.WriteString(w.format())
	}
	return []byte(b.String())
}

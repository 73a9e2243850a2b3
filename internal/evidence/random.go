package evidence

import (
	"regexp"

	"github.com/sunlot/sunlot/internal/beacon"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/ledger"
)

// relays are where anybody asks for a round of drand.
var relays = []string{"https://api.drand.sh/", "https://drand.cloudflare.com/"}

// games are the lotteries of grade B and who publishes their numbers.
var games = map[string][2]string{
	"kl8": {"快乐8", "中国福利彩票（www.cwl.gov.cn）和当日报纸的开奖公告"},
	"ssq": {"双色球", "中国福利彩票（www.cwl.gov.cn）和当日报纸的开奖公告"},
	"dlt": {"大乐透", "中国体育彩票（www.lottery.gov.cn）和当日报纸的开奖公告"},
}

// randomParts say which value decided and where it can be had without the
// office. This file alone knows the kinds of randomness (draw1 §2).
func (m *maker) randomParts(l *rules.Lot) []part {
	f := part{}
	r := l.Body.Randomness
	if r == nil {
		f.is("由谁抽取", "监管平台", "任务时间 "+second(l.Body.When()))
		return []part{f, say("平台抽取没有公开的随机数，不能重算。")}
	}
	note := "这一期号码由多国机构共同产生，到点以前没有人知道；签名由链的公钥验证，任何中继站、任何人的存档都给出同样的字节。"
	switch r.Kind {
	case "lottery":
		note = "号码由开奖公告证实：本程序核对了期号、格式和由它算出的种子；号码和停售时间以公告为准。"
		f.lottery(r)
	case "ceremony":
		note = "现场掷数只由在场人的签字证明。"
		m.ceremony(&f, l)
	default:
		f.drand(r)
	}
	if d := l.Draw; d != nil {
		f.is("该期签名", d.Body.Signature)
		f.is("号码", d.Body.Line)
		f.is("随机数 ρ", d.Body.Rho)
		for i, n := range d.Body.Contributions {
			f.is("见证人加数"+num(i+1), contributor(r, i), entryWord(n), m.hash(n))
		}
	}
	if len(r.Contributors) > 0 && l.Draw == nil {
		f.is("见证人加数", num(len(r.Contributors))+"家")
	}
	return []part{f, small(note)}
}

func contributor(r *record.Randomness, i int) string {
	if i < len(r.Contributors) {
		return r.Contributors[i].Name
	}
	return ""
}

func (m *maker) hash(index int64) string {
	if e := m.entry(index); e != nil {
		return e.Hash
	}
	return ""
}

func (p *part) drand(r *record.Randomness) {
	p.is("随机数", "drand quicknet 第"+num(r.Round)+"期")
	p.is("产生时间", second(r.Time))
	p.is("链", r.Chain)
	var urls []string
	for _, relay := range relays {
		urls = append(urls, relay+r.Chain+"/public/"+num(r.Round))
	}
	p.is("从哪里能另外取得", urls...)
	if c, err := beacon.Find(r.Chain); err == nil {
		p.is("链的公钥", c.PublicKey)
	}
}

func (p *part) lottery(r *record.Randomness) {
	for _, d := range r.Draws {
		p.is("彩票", or(games[d.Game][0], d.Game)+" 第"+d.Issue+"期", "停售时间 "+second(d.Closes))
		p.is("从哪里能另外取得", games[d.Game][1])
	}
}

func (m *maker) ceremony(p *part, l *rules.Lot) {
	r, c := l.Body.Randomness, l.Body.Randomness.Ceremony
	p.is("随机数", "现场掷数", second(r.Time))
	if c == nil {
		return
	}
	form := "骰子，掷 " + num(c.Throws) + " 次"
	if c.Balls > 0 {
		form = "号码球 1 至 " + num(c.Balls) + " 号，每次放回，取 " + num(c.Throws) + " 次"
	}
	p.is("怎样掷", form, c.Place)
	for i, w := range c.Present {
		signed := w.Key
		if c.Paper {
			signed = "在纸面上签字"
		}
		p.is("在场人", w.Body, or(m.value(l.Index, "randomness.ceremony.present."+num(i)+".name"), "姓名"+closedWords), signed)
	}
	if l.Draw != nil {
		for _, s := range l.Draw.Body.Scans {
			p.is("记录的扫描件校验码", s.SHA256)
		}
	}
}

// plainLine is a line that stands in a command as it is.
var plainLine = regexp.MustCompile(`^[a-z0-9:;,+]+$`)

// randomSteps lead from what is published to the seed.
func (m *maker) randomSteps(v *sheet) []command {
	d := v.stand.lot.Draw.Body
	var list []command
	switch {
	case d.Signature != "":
		list = append(list, command{Say: "随机数 ρ：该期签名的校验码", Want: d.Rho, Tools: "xxd", Linux: "printf '%s' " + d.Signature + " | xxd -r -p | sha256sum"})
	case plainLine.MatchString(d.Line):
		list = append(list, hashCommand("随机数 ρ：号码那一行的校验码", d.Line, d.Rho))
	}
	for i, n := range d.Contributions {
		list = append(list, fileHash("见证人加数"+num(i+1)+"：那条记录的校验码", "ledger/"+ledger.EntryPath(uint64(n)), m.hash(n)))
	}
	if v.seedLine != "" {
		list = append(list, hashCommand("摇号种子：由预告校验码 C、见证人加数（有的话）和随机数 ρ 依次合成", v.seedLine, v.seed))
	}
	return list
}

// seedLine is the text whose SHA-256 is the seed (draw1 §2), "" where it is not.
func (m *maker) seedLine(l *rules.Lot) string {
	d := l.Draw.Body
	line := "draw1|" + l.C + "|"
	for _, n := range d.Contributions {
		line += m.hash(n) + "|"
	}
	if line += d.Rho; digest([]byte(line)) != d.Seed {
		return ""
	}
	return line
}

package office

import (
	"bytes"
	"encoding/hex"
	"html/template"
	"strings"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/verify"
)

// sheet is one A4 page to be printed, signed or stamped.
type sheet struct {
	Title, Office string
	Lead          string
	Rows          []sheetRow
	Sign          []string // what is written by hand, a line each
	Foot          string
	Demo          bool
}

type sheetRow struct {
	Name  string
	Lines []string
	Mono  bool
}

// The page stands alone: no style sheet, script or picture of anybody's.
var sheetPage = template.Must(template.New("sheet").Parse(`<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<title>{{.Title}}　{{.Office}}</title>
<style>
@page { size: A4; margin: 18mm }
body { font: 11pt/1.55 "Noto Serif CJK SC", SimSun, serif; color: #000; max-width: 174mm; margin: 0 auto }
h1 { font-size: 18pt; text-align: center; margin: 0 0 2mm }
p.office { text-align: center; margin: 0 0 5mm }
p.demo { border: 1.5pt solid #000; text-align: center; padding: 1mm }
table { width: 100%; border-collapse: collapse }
th, td { border: .75pt solid #000; padding: 1.2mm 2mm; text-align: left; vertical-align: top }
th { width: 30mm; font-weight: normal }
td.mono { font-family: "Noto Sans Mono CJK SC", Consolas, monospace; font-size: 10pt; overflow-wrap: anywhere }
tr { break-inside: avoid }
.sign th { width: 60mm; height: 13mm }
.foot { font-size: 9.5pt }
</style>
</head>
<body>
<h1>{{.Title}}</h1>
<p class="office">{{.Office}}</p>
{{if .Demo}}<p class="demo">演示：内容是虚构的，没有效力</p>{{end}}
<p>{{.Lead}}</p>
<table>
{{range .Rows}}<tr><th scope="row">{{.Name}}</th><td{{if .Mono}} class="mono"{{end}}>{{range $i, $l := .Lines}}{{if $i}}<br>{{end}}{{$l}}{{end}}</td></tr>
{{end}}</table>
<p></p>
<table class="sign">
{{range .Sign}}<tr><th scope="row">{{.}}</th><td></td></tr>
{{end}}</table>
<p class="foot">{{.Foot}}</p>
</body>
</html>
`))

func (s *sheet) add(name string, lines ...string) {
	s.Rows = append(s.Rows, sheetRow{name, lines, false})
}
func (s *sheet) mono(name string, lines ...string) {
	s.Rows = append(s.Rows, sheetRow{name, lines, true})
}

// toSecond writes a time of the ledger with its seconds.
func toSecond(at string) string { return at[:10] + " " + at[11:19] }

// hand writes a sheet into outbox/ and returns its name there.
func (o *Office) hand(name string, s *sheet) (string, error) {
	var b bytes.Buffer
	if err := sheetPage.Execute(&b, s); err != nil {
		return "", err
	}
	return "outbox/" + name, o.put([]privateFile{{"outbox/" + name, b.Bytes()}}, 0o644)
}

// PaperSheet prints the notice of a draw for a paper witness (纸面见证) and
// returns the file. C stands on it whole: of a short form the office could make
// two notices.
func (o *Office) PaperSheet(id string) (string, error) {
	b, err := o.Bundle()
	if err != nil {
		return "", err
	}
	l := b.State.Lot(id)
	switch {
	case l == nil || l.Failed:
		return "", fault.New("office.no-such-draw", id, "", "").Of(fault.Usage)
	case l.Drawn():
		return "", fault.New("rules.paper-after", id, "", "")
	}
	n, c := l.Body, b.State.Charter()
	latest := record.Time(record.Unix(n.When()) - leadOf(n))
	s := &sheet{Title: "抽取预告（纸面见证）", Office: c.Office, Demo: c.Demo,
		Lead: "以下抽取预告已写入公开账本。抽取所用的号码此时无人知道。请在最晚签字时间之前签字，写明日期和时间（到分），并自留一份。",
		Sign: []string{"见证单位（盖章）", "见证人签字", "签字日期和时间（到分）"},
		Foot: "见证人签字只证明：签字时这份预告已经写成，校验码如上。日后核对：公开账本中这条记录的校验码与纸上的逐字相同。留存的一份请勿交回本单位。"}
	s.add("抽取编号", n.Draw)
	s.add("任务", n.Name)
	s.add("计划项", n.Line)
	s.add("范围", n.Scope)
	s.add("候选名单", num(n.Pool.Lines)+" 户")
	s.mono("候选名单校验码", verify.GroupedFingerprint(n.Pool.SHA256))
	s.add("号码产生", toSecond(n.When()))
	s.add("最晚签字时间", toSecond(latest))
	s.add("账本记录", "第 "+num(l.Index)+" 条，"+toSecond(l.Time)+"（本单位填报）")
	s.mono("校验码 C", verify.GroupedFingerprint(l.C))
	s.mono("账本快照", num(b.Checkpoint.Size)+" 条　总校验码", verify.GroupedFingerprint(hex.EncodeToString(b.Checkpoint.Root[:])))
	return o.hand("纸面见证-"+id+".html", s)
}

// CharterSheet prints the charter in force (开账声明) for the stamp and the
// archive: the anchor of everybody who verifies. It returns the file.
func (o *Office) CharterSheet() (string, error) {
	b, err := o.Bundle()
	if err != nil {
		return "", err
	}
	at := b.State.Charters[len(b.State.Charters)-1]
	e, err := b.Entry(at.Index)
	if err != nil {
		return "", err
	}
	c := at.Body
	s := &sheet{Title: "开账声明", Office: c.Office, Demo: c.Demo,
		Lead: "本单位的双随机抽查公开账本由下列钥匙签名，由下列见证单位见证。盖章后存档案馆一份，张贴一份；任何人核验时以此为准。",
		Sign: []string{"单位负责人签字", "盖章", "日期"},
		Foot: "核验：sunlot-verify --fingerprint 校验码 网址。至少输入前 16 个字符；64 个全输，才防得住本单位自己另做一份开头相同的声明。"}
	s.add("账本名称", b.State.Origin)
	s.add("账本记录", "第 "+num(at.Index)+" 条，"+toSecond(at.Time)+"（本单位填报）")
	s.mono("开账声明校验码", verify.GroupedFingerprint(e.Hash))
	for _, k := range c.Keys {
		s.mono(map[string]string{"log": "账本公钥", "office": "单位公钥"}[k.Role], k.Key)
	}
	if p := b.InForce(); p != nil {
		s.add("见证约定", verify.PolicyWords(p))
		for _, w := range p.Witnesses {
			s.mono("见证单位　"+w.Name, w.Key.String())
		}
	} else {
		s.add("见证约定", "未设见证单位")
	}
	if pack := b.State.Pack; pack != nil {
		s.add("执行的制度", pack.Title)
		s.mono("规则包校验码", verify.GroupedFingerprint(c.Pack.File.SHA256))
	}
	return o.hand("开账声明-"+num(at.Index)+".html", s)
}

// PaperWitness is a sheet that somebody signed.
type PaperWitness struct {
	Draw, Body, Person string
	Signed             string // form time, as written on it
	Checksum           string // what of C was read from it, "" nothing
	Scan               []byte // of the signed sheet
}

// Paper drafts the entry of a signed sheet.
func (o *Office) Paper(in PaperWitness) (*Draft, error) {
	s, err := o.State()
	if err != nil {
		return nil, err
	}
	l := s.Lot(in.Draw)
	if l == nil {
		return nil, fault.New("office.no-such-draw", in.Draw, "", "").Of(fault.Usage)
	}
	if in.Checksum != "" {
		read, err := verify.ParseFingerprint(in.Checksum)
		if err != nil {
			return nil, fault.New("office.paper-checksum", in.Draw, in.Checksum, "").Of(fault.Usage)
		}
		if !strings.HasPrefix(l.C, read) {
			return nil, fault.New("rules.paper-other", in.Draw, in.Checksum, l.C)
		}
	}
	return o.draft(&Draft{}, &record.Paper{Notice: l.Index, Body: in.Body, Person: record.Sealed(in.Person), Signed: in.Signed, Checksum: l.C, Scan: rules.Hash(in.Scan)})
}

package evidence

import (
	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/ledger"
)

// sheet is the enterprise's own sheet of one draw: from its code to drawn or
// not, each step a number that anybody computes again.
type sheet struct {
	*stand
	seed, ticket, cutoff string
	lot                  int      // which of its lots in the hat gave the ticket
	drawn                bool     // as the draw's entry says
	fits                 bool     // ticket and cut-off say the same
	seedLine             string   // whose SHA-256 is the seed; "" where this program cannot tell
	tickets              []string // of every lot in the hat
}

func (m *maker) sheet(s *stand) *sheet {
	v := &sheet{stand: s, drawn: s.object != nil && s.lot.Drawn()}
	d := s.lot.Draw
	if d == nil || s.where != inside || s.lot.ByPlatform() {
		return v
	}
	v.seed = d.Body.Seed
	v.ticket = draw.Ticket(v.seed, s.handle, s.weight)
	for j := 1; j <= s.weight; j++ {
		t := digest([]byte(ticketLine(v.seed, s.handle, j)))
		v.tickets = append(v.tickets, t)
		if t == v.ticket {
			v.lot = j
		}
	}
	for _, c := range d.Body.Cells {
		if c.Cell == s.cell {
			v.cutoff = c.Cutoff
		}
	}
	v.fits = v.drawn == (v.cutoff != "" && v.ticket <= v.cutoff)
	v.seedLine = m.seedLine(s.lot)
	return v
}

func ticketLine(seed, handle string, lot int) string {
	return seed + "|O|" + handle + "|" + num(lot)
}

// outcome is what became of the enterprise in the draw, in a few words.
func (v *sheet) outcome() string {
	l := v.stand.lot
	switch {
	case v.where == left:
		return "未入签筒（" + groundWords(l, v.ground) + "）"
	case v.where == absent:
		return "不在签筒里"
	case v.where == hidden:
		return "签筒文件没有公开，不能判断"
	case v.where == unknown && v.withheld && l.KLost() == nil:
		return "不能判断（启封钥匙应于 " + l.Due.K + " 公开，没有公开或不对）"
	case v.where == unknown && l.KLost() != nil:
		return "不能判断（启封钥匙已遗失，" + entryWord(l.KLost().Index) + "）"
	case v.where == unknown:
		return "还不能判断（启封钥匙 " + l.Due.K + " 到期公开）"
	case l.Failed:
		return "在签筒里，但抽取预告不相符，不发生效力"
	case v.drawn && l.Late:
		return "抽中，但不能证明预告在号码之前，抽取不相符"
	case v.drawn && l.ByPlatform():
		return "平台抽中"
	case v.drawn && v.cell != "" && v.isCensus():
		return "全数检查，抽中"
	case v.drawn:
		return "抽中"
	case l.Hidden():
		return "在签筒里，已终止，没有列出抽中名单（终止是否在号码之前以单位填报为准）"
	case !l.Drawn() && l.Abort != nil:
		return "在签筒里，抽取前已终止"
	case !l.Drawn():
		return "在签筒里，尚未抽取"
	case l.ByPlatform():
		return "在签筒里，平台未抽中"
	}
	return "未抽中"
}

func (v *sheet) isCensus() bool {
	for _, g := range v.stand.lot.Body.Groups {
		for _, c := range g.Cells {
			if c.Cell == v.cell {
				return g.Rule == "census"
			}
		}
	}
	return false
}

func groundWords(l *rules.Lot, code string) string {
	for _, g := range l.Body.Grounds {
		if g.Code == code {
			return g.Words
		}
	}
	return code
}

func cellName(l *rules.Lot, code string) string {
	for _, g := range l.Body.Groups {
		for _, c := range g.Cells {
			if c.Cell == code {
				return c.Name
			}
		}
	}
	return code
}

var knownBy = map[string]string{
	"opened": "随启封凭据公开", "key": "由已公开的启封钥匙算出", "given": "由持有人提供，尚未公开", "sealed": "由本单位为本包提供，尚未公开",
}

// own is the section of the sheet.
func (m *maker) own(v *sheet) []part {
	l := v.stand.lot
	f := part{}
	f.is("企业代码", m.req.Code)
	f.is("随机串", v.salt, knownBy[v.by])
	f.is("签号", v.handle)
	if v.where == unknown || v.where == hidden {
		f.is("结果", v.outcome())
		return []part{f, {Say: "该公开的没有公开，所以本企业在不在签筒里、抽中与否，谁也不能核对：这次抽取因此不相符。", Class: "bad"}}
	}
	if v.where == left {
		f.is("未入签筒的依据", groundWords(l, v.ground), clauseWords(l.Pack, groundClause(l, v.ground)))
		return []part{f, say("这支签列在未入签筒名单里，没有参加摇号。")}
	}
	f.is("分区", cellName(l, v.cell))
	f.is("签数", num(v.weight)+"支")
	if v.seed == "" {
		f.is("结果", v.outcome())
		return append([]part{f}, m.unseeded(l)...)
	}
	f.is("摇号种子", v.seed)
	f.is("签值", v.ticket)
	f.is("本分区的中签线", or(v.cutoff, "本分区名额为 0，没有中签线"))
	parts := []part{f}
	switch {
	case !v.fits:
		parts = append(parts, part{Say: "签值与中签线的比较，同抽取记录写的抽中与否不一致。", Class: "bad"})
	case v.drawn:
		parts = append(parts, part{Say: "签值不大于中签线：抽中。", Class: "good"})
	case v.cutoff == "":
		parts = append(parts, part{Say: "本分区没有名额：未抽中。", Class: "good"})
	default:
		parts = append(parts, part{Say: "签值大于中签线：未抽中。", Class: "good"})
	}
	return append(parts, lines(v.ticketCommands()...), small("一行命令就能亲自算出签值；更多步骤见“"+checkPage+"”。"))
}

func (m *maker) unseeded(l *rules.Lot) []part {
	switch {
	case l.Failed:
		return []part{{Say: "抽取预告没有通过核对，没有依据它抽取。", Class: "bad"}}
	case l.ByPlatform():
		return []part{say("这次由监管平台抽取（存证）：名单上的签号可以与签筒核对，名单入账以后没有改过；平台怎样抽的不能重算，所以没有签值和中签线。")}
	}
	return []part{say("账本里没有有效的抽取记录，所以还没有种子、签值和中签线。")}
}

func groundClause(l *rules.Lot, code string) string {
	for _, g := range l.Body.Grounds {
		if g.Code == code {
			return g.Clause
		}
	}
	return ""
}

// ticketCommands compute the ticket of each lot that the enterprise has in the
// hat: the smallest counts.
func (v *sheet) ticketCommands() []command {
	var list []command
	for j, want := range v.tickets {
		text := "签值"
		if len(v.tickets) > 1 {
			text = "第" + num(j+1) + "支签的签值（几支中最小的算数）"
		}
		list = append(list, hashCommand(text, ticketLine(v.seed, v.handle, j+1), want))
	}
	return list
}

// hashCommand is SHA-256 of a line of plain text.
func hashCommand(text, line, want string) command {
	return command{Say: text, Linux: "printf '%s' '" + line + "' | sha256sum", PowerShell: shellHash(line), Want: want}
}

func shellHash(line string) string {
	return "-join ([Security.Cryptography.SHA256]::Create().ComputeHash([Text.Encoding]::UTF8.GetBytes('" + line + "')) | % { $_.ToString('x2') })"
}

// steps are everything that a person without this program computes about one
// draw, from the notice to drawn or not. Each is run by a test.
func (m *maker) steps(v *sheet) []command {
	l := v.stand.lot
	blob := func(sum string) string { return "ledger/" + ledger.BlobPath(sum) }
	list := []command{fileHash("预告校验码 C：抽取预告那条记录的校验码", "ledger/"+ledger.EntryPath(uint64(l.Index)), l.C)}
	if v.salt == "" {
		return list
	}
	list = append(list, hashCommand("签号：前 32 个字符", "draw1h|O|"+v.salt+"|"+m.req.Code, v.handle))
	h := &list[len(list)-1]
	h.Linux += " | cut -c1-32"
	h.PowerShell = "(" + h.PowerShell + ").Substring(0,32)"
	if k := m.publicKey(l); k != "" {
		list = append(list, hashCommand("启封钥匙 K 合不合预告里的钥匙指纹", "draw1k|"+k, l.Body.Key),
			command{Say: "随机串：由 K 和企业代码算出，前 32 个字符", Want: v.salt, Tools: "openssl",
				Linux: "printf '%s' 'draw1s|O|" + m.req.Code + "' | openssl dgst -sha256 -mac HMAC -macopt hexkey:" + k + " -r | cut -c1-32"})
	}
	pool, text, line := l.Body.Pool.SHA256, "签筒文件", v.handle+"|"+v.cell+"|"+num(v.weight)
	if v.where == left {
		pool, text, line = l.Body.Out.SHA256, "未入签筒名单", ""
	}
	if v.where == hidden {
		return list
	}
	list = append(list, fileHash(text+"的校验码，与抽取预告写的相同", blob(pool), pool))
	list = append(list, command{Say: text + "里有这支签", Linux: "grep '^" + v.handle + "|' " + blob(pool), PowerShell: "Select-String '^" + v.handle + "\\|' " + blob(pool), Want: line, Files: true})
	if v.seed == "" {
		return list
	}
	d := l.Draw.Body
	list = append(list, m.randomSteps(v)...)
	list = append(list, v.ticketCommands()...)
	n := "0"
	if v.drawn {
		n = "1"
	}
	list = append(list, fileHash("抽中名单的校验码，与抽取记录写的相同", blob(d.Drawn.SHA256), d.Drawn.SHA256),
		command{Say: "抽中名单里有几行这支签（1 抽中，0 未抽中）", Linux: "grep -c '|" + v.handle + "$' " + blob(d.Drawn.SHA256) + " || true",
			PowerShell: "@(Select-String '\\|" + v.handle + "$' " + blob(d.Drawn.SHA256) + ").Count", Want: n, Files: true})
	return list
}

func fileHash(text, name, want string) command {
	return command{Say: text, Linux: "sha256sum < " + name, PowerShell: "(Get-FileHash " + name + " -Algorithm SHA256).Hash.ToLower()", Want: want, Files: true}
}

// publicKey is the K on the site, "" where it is closed.
func (m *maker) publicKey(l *rules.Lot) string {
	if e := m.entry(l.Index); e != nil && e.Opening != nil && keyOf(e.Opening, l) != nil {
		return e.Opening.K
	}
	return ""
}

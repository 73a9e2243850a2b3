package evidence

import (
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/verify"
	"github.com/sunlot/sunlot/internal/words"
	"github.com/sunlot/sunlot/ledger"
)

// verdict is the bundle in one sentence, and whether anything is 不相符.
func (m *maker) verdict() (sentence string, unsound bool) {
	var list []string
	open := map[rules.Grade][]string{} // draws whose order nobody but the office vouches for
	fits := true
	for _, s := range m.stands {
		if s.subject() {
			v := m.sheet(s)
			fits = fits && (v.seed == "" || v.fits)
			list = append(list, s.lot.Body.Draw+" "+v.outcome())
			if g := s.lot.Grade(); g == rules.GradeUnwitnessed || g == rules.GradeAfter || g == rules.GradeNone {
				open[g] = append(open[g], s.lot.Body.Draw)
			}
		}
	}
	who := m.name() + "（" + m.req.Code + "）"
	if m.name() == "" {
		who = "代码为 " + m.req.Code + " 的企业"
	}
	all, own := m.breaches()
	if all > 0 || !fits {
		return "不相符：账本核验有 " + num(all) + " 处不相符，其中 " + num(own) + " 处与本企业的抽取直接有关；账本对" + who + "所记的是：" + strings.Join(list, "；") + "。", true
	}
	limit := ""
	for _, g := range slices.Sorted(maps.Keys(open)) {
		limit += "但是 " + strings.Join(open[g], "、") + " " + g.Name() + "：" + g.Text() + "。"
	}
	return "核验相符：" + who + "在公开账本 " + m.b.Checkpoint.Origin + " 中，" + strings.Join(list, "；") + "；签名、校验树、抽取和启封凭据都已重新计算，没有不相符之处。" + limit, false
}

// name is the enterprise's name as its latest result opens it, "" where no name
// is public.
func (m *maker) name() string {
	for _, f := range slices.Backward(m.b.State.Results) {
		if m.used[f.Index] && m.value(f.Index, "code") == m.req.Code {
			if n := m.value(f.Index, "name"); n != "" {
				return n
			}
		}
	}
	return ""
}

// breaches counts what is 不相符, in all and about the case.
func (m *maker) breaches() (all, own int) {
	for _, f := range m.b.Findings {
		if f.Severity == rules.Breach {
			all++
			if f.Entry < 0 || m.used[f.Entry] {
				own++
			}
		}
	}
	return all, own
}

// pages renders both pages and closes the list of files.
func (m *maker) pages(c *Case) error {
	base := page{Title: "证据包", Office: m.b.State.Origin, Code: m.req.Code, Firm: m.name(), Sealed: c.Sealed, Bad: c.Unsound, Verdict: c.Verdict, When: second(c.time)}
	if ch := m.b.State.Charter(); ch != nil {
		base.Office, base.Demo = ch.Office, ch.Demo
	}
	base.Form = "公开形式：只含网站上已经公开的内容。"
	if c.Sealed {
		base.Form = "封存形式：含没有公开的内容，只交法院、复议机关、审计机关或本企业，不得上网。"
	}
	check := base
	check.Title, check.Check = "核对用的数字和步骤", true
	check.Sections = m.checkSections()
	checkHTML, err := check.render()
	if err != nil {
		return err
	}
	// The index is a part of the page, so the other files come first.
	m.addBytes(checkPage, "核对用的数字和步骤", checkHTML)
	m.sort()
	base.Sections = m.mainSections()
	mainHTML, err := base.render()
	if err != nil {
		return err
	}
	m.finish(mainHTML)
	return nil
}

func (m *maker) mainSections() []section {
	var list []section
	for _, s := range m.stands {
		if s.subject() {
			list = append(list, m.drawSections(m.sheet(s))...)
		}
	}
	list = append(list, section{Title: "账本里的全部抽取", Draw: true, Parts: m.overview()})
	list = append(list, section{Title: "账本、开账声明和钥匙指纹", Parts: m.ledgerParts()})
	list = append(list, section{Title: "核验结果", Parts: m.foundParts()})
	list = append(list, section{Title: "没有证明什么", Parts: m.unproved()})
	list = append(list, section{Title: "没有本程序怎样核对", Parts: m.byHand()})
	list = append(list, section{Title: "用程序核对本包里的记录", Parts: m.byTool()})
	list = append(list, section{Title: "核验程序", Parts: m.programs()})
	return append(list, section{Title: "文件目录", Parts: m.index()})
}

func (m *maker) overview() []part {
	t := table("抽取", "名称", "时间", "等级", "本企业")
	for _, s := range m.stands {
		state := m.sheet(s).outcome()
		if !s.subject() && m.req.Draw != "" && !s.asked && s.where != unknown {
			state = "不在本包范围"
		}
		t.row(s.lot.Body.Draw, s.lot.Body.Name, second(s.lot.When()), s.lot.Grade().Name(), state)
	}
	return []part{t}
}

func (m *maker) ledgerParts() []part {
	b := m.b
	f := part{}
	f.is("账本", b.Checkpoint.Origin)
	f.is("账本快照", num(b.Checkpoint.Size)+" 条记录", "总校验码", hex.EncodeToString(b.Checkpoint.Root[:]))
	f.is("账本钥匙", b.LogKey())
	pinned := "取自网站自身：只证明账本前后一致。请与纸面开账声明上的钥匙核对"
	if b.Pinned {
		pinned = "核验时另外给出，与账本相符"
	}
	f.is("钥匙从哪里来", pinned)
	if p := b.State.Pack; p != nil {
		f.is("执行的制度", p.Title, p.DocNo)
	}
	f.is("是否到期的判断日", b.Today)
	parts := []part{f}
	for n, c := range b.State.Charters {
		x := part{Head: "第" + num(n+1) + "份开账声明（" + entryWord(c.Index) + "，" + day(c.Time) + "）"}
		parts = append(parts, x)
		f := part{}
		f.is("单位", c.Body.Office)
		if e := m.entry(c.Index); e != nil {
			f.is("声明的校验码", e.Hash)
			f.is("印在纸面开账声明上的写法", verify.GroupedFingerprint(e.Hash))
		}
		for _, k := range c.Body.Keys {
			f.is(map[string]string{"log": "账本钥匙", "office": "本单位钥匙"}[k.Role]+mark(k.Role), k.Key, k.Held)
		}
		f.is("规则包", c.Body.Pack.ID, c.Body.Pack.File.SHA256)
		f.is("见证约定", m.policyWords(n), policyName(n))
		parts = append(parts, f)
	}
	return parts
}

func mark(role string) string {
	if role == "log" || role == "office" {
		return ""
	}
	return role
}

func (m *maker) policyWords(n int) string {
	p, err := ledger.ParsePolicy(m.policyOf(n))
	switch {
	case err != nil:
		return "见证约定读不出"
	case len(p.Witnesses) == 0 || p.Quorum == "none":
		return "没有见证单位"
	}
	var names []string
	for _, w := range p.Witnesses {
		names = append(names, w.Key.Name)
	}
	return "见证单位 " + num(len(names)) + " 家：" + strings.Join(names, "、")
}

// maxFound bounds how many findings of the case are printed.
const maxFound = 60

func (m *maker) foundParts() []part {
	all, own := m.breaches()
	first := part{Say: "整本账核验相符。", Class: "good"}
	if all > 0 {
		first = part{Say: fmt.Sprintf("整本账有 %d 处不相符，其中与本企业的抽取直接有关的 %d 处。", all, own), Class: "bad"}
	}
	t := table("结论", "说明", "条款", "记录")
	n := 0
	for _, want := range []rules.Severity{rules.Breach, rules.Overdue, rules.Warning, rules.Note, rules.OK} {
		for _, f := range m.b.Findings {
			if f.Severity != want || f.Entry >= 0 && !m.used[f.Entry] || f.Entry < 0 && want != rules.OK && want != rules.Breach {
				continue
			}
			if n++; n > maxFound {
				continue
			}
			text, _ := words.Say(f.Code, f.Place, f.Got, f.Want)
			entry := "–"
			if f.Entry >= 0 {
				entry = num(f.Entry)
			}
			t.row(severityNames[f.Severity], text, or(clauseWords(m.b.State.PackAt(max(f.Entry, 0)), f.Clause), "–"), entry)
		}
	}
	parts := []part{first, say("下表是与本包有关的各项，关于整本账的各项结论见运行 sunlot-verify 的报告。"), t}
	if n > maxFound {
		parts = append(parts, say("另有 "+num(n-maxFound)+" 项没有列出。"))
	}
	return parts
}

var severityNames = map[rules.Severity]string{rules.OK: "相符", rules.Note: "提示", rules.Warning: "注意", rules.Overdue: "逾期", rules.Breach: "不相符"}

// unproved is what rests on the office's word, and what nobody can check.
func (m *maker) unproved() []part {
	parts := []part{say("以下各项账本不能证明，或者这次无法核验："), {Rows: [][]string{}}}
	t := &parts[1]
	t.Heads = []string{"性质", "内容"}
	seen := map[string]bool{}
	for _, f := range m.b.Findings {
		kind := map[rules.Severity]string{rules.Believed: "依单位填报未核验", rules.Unknown: "无法核验"}[f.Severity]
		if kind == "" || f.Entry >= 0 && !m.used[f.Entry] {
			continue
		}
		text, _ := words.Say(f.Code, f.Place, f.Got, f.Want)
		if !seen[text] {
			seen[text] = true
			t.row(kind, text)
		}
	}
	t.row("不在账本之内", "号码产生以后、名单公开以前，持有启封钥匙的人能知道谁被抽中：封存只挡外人，不挡泄密的人。")
	t.row("不在账本之内", "账本以外的检查、没有登记的异议、纸面签字是否本人，账本都不能证明。")
	return parts
}

func (m *maker) byHand() []part {
	parts := []part{
		say("只要一台能算 SHA-256 的电脑（任何 Linux 都有 sha256sum，Windows 用 PowerShell），照下面几步就能从抽取预告一直算到本企业抽中与否；每一步该得到的数字写在“" + checkPage + "”里。"),
		say("1．先核对本包没有被改过：在解开的文件夹里运行 sha256sum -c " + sums + "。"),
		say("2．算抽取预告那条记录的校验码，得到 C；C 里包括签筒、名额和将用哪一期号码，号码产生以后再改任何一个字，C 就不同。"),
		say("3．从报纸、中继站或他人的存档另外取得公开随机数，算出 ρ；由 C 和 ρ 算出摇号种子。"),
		say("4．由随机串和企业代码算出签号，在签筒文件里找到它；由种子和签号算出签值，与中签线比大小。"),
	}
	return parts
}

func (m *maker) byTool() []part {
	parts := []part{say("在解开的文件夹里运行，不需要联网，也不需要别的文件。每行应当输出“相符”。--policy 后面最好换成从网站以外得到的见证约定。")}
	t := table("记录", "命令")
	for _, f := range m.files {
		name, ok := strings.CutSuffix(f.name, ".tlog-proof")
		if !ok || f.sum == "" {
			continue
		}
		n := strings.TrimPrefix(name, "ledger/proof/")
		var index int64
		fmt.Sscan(n, &index)
		t.row(n, m.proofCommand(index))
	}
	slices.SortStableFunc(t.Rows, func(a, b []string) int {
		if len(a[0]) != len(b[0]) {
			return len(a[0]) - len(b[0])
		}
		return strings.Compare(a[0], b[0])
	})
	return append(parts, t)
}

func (m *maker) proofCommand(index int64) string {
	return "sunlot-verify --proof ledger/" + ledger.ProofPath(uint64(index)) + " --policy " + policyName(m.charterOf(index))
}

func (m *maker) programs() []part {
	t := table("程序", "SHA-256", "在本包里")
	inside := false
	for n, p := range m.req.Programs {
		at := "没有"
		if p.Open != nil {
			at, inside = "verifier/"+plainName(p.Name, n), true
		}
		t.row(p.Name, p.SHA256, at)
	}
	parts := []part{say("本包由 sunlot-verify 生成，核验一律由它从账本第 0 条记录起重新计算；它与本单位所用的程序分开，只含核验所需的部分，源代码公开，任何人可以自己编译，编译结果逐字节相同。")}
	if len(t.Rows) > 0 {
		parts = append(parts, t)
	}
	if !inside {
		parts = append(parts, say("程序没有装进本包：请从源代码自己编译，或者从公开发布处取得，并与上面的校验码核对。"))
	}
	return append(parts, say("第二个核验途径是“"+checkPage+"”：它只有数字和步骤，不含程序，自己不核验什么；照它用电脑自带的工具一步步算，不需要信任本程序。"))
}

func (m *maker) index() []part {
	t := table("序号", "是什么", "文件和它的 SHA-256")
	for i, f := range m.files {
		t.row(num(i+1), f.what, f.name+"\n"+or(f.sum, "网站上没有这个文件"))
	}
	return []part{t, small("本页和 " + sums + " 不能写出自己的校验码：本页的校验码在 " + sums + " 里。")}
}

// checkSections are the page of numbers and steps.
func (m *maker) checkSections() []section {
	list := []section{{Title: "这一页是什么", Parts: []part{
		say("这一页只有数字和步骤，不含程序，不联网：它自己不核验什么。每一步都可以用电脑自带的工具亲自算一遍，得到的数字应当与这里写的完全相同；有一步不同，就是不相符。"),
		say("命令在解开证据包的文件夹里运行。Linux 一行在生成程序的试验中实际运行过；PowerShell 一行未在此环境运行。"),
	}}}
	for _, s := range m.stands {
		if s.subject() {
			l := s.lot
			list = append(list, section{Title: l.Body.Draw + "　" + l.Body.Name + "：" + m.sheet(s).outcome(), Draw: true, Parts: []part{lines(m.steps(m.sheet(s))...)}})
		}
	}
	return list
}

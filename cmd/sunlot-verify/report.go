package main

import (
	"encoding/hex"
	"fmt"
	"strings"

	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/verify"
	"github.com/sunlot/sunlot/internal/words"
)

var partNames = map[string]string{"verified": "核验相符", "failed": "不相符", "believed": "依单位填报未核验", "unknown": "无法核验", "noted": "提示与逾期"}

// shown is how many findings of one kind are printed; --json has them all.
const shown = 20

// report prints the four parts and what was noted between them.
func (c *Command) report(b *verify.Bundle) {
	if !b.Pinned && b.Anchor < 0 {
		fmt.Fprintln(c.Stdout, "账本钥匙取自网站自身：以下只证明它前后一致。要确认是谁的账本，请用 --policy 给出从别处得到的钥匙。")
	}
	name := b.State.Origin
	if ch := b.State.Charter(); ch != nil {
		name = ch.Office
		if ch.Demo && !strings.Contains(name, "演示") {
			name += "（演示）"
		}
	}
	fmt.Fprintf(c.Stdout, "%s　%s\n账本快照：%d 条记录，总校验码 %s\n", name, b.Checkpoint.Origin, b.Checkpoint.Size, hex.EncodeToString(b.Checkpoint.Root[:]))
	if p := b.State.Pack; p != nil {
		whose := "单位自编的规则包，请与制度原文核对"
		if b.Shipped() {
			whose = "随程序提供的规则包"
		}
		fmt.Fprintf(c.Stdout, "执行的制度：%s（%s，%s）\n", p.Title, p.ID, whose)
	}
	if b.Today != "" {
		fmt.Fprintf(c.Stdout, "是否到期，按 %s 判断。\n", b.Today)
	}
	for _, p := range b.Parts() {
		if len(p.Findings) == 0 && p.Name != "failed" {
			continue
		}
		fmt.Fprintf(c.Stdout, "\n【%s】%s\n", partNames[p.Name], count(len(p.Findings)))
		c.findings(b, p.Findings)
	}
	c.orders(b.Orders())
	if b.Failed() {
		fmt.Fprintln(c.Stdout, "\n结论：不相符。")
	} else {
		fmt.Fprintln(c.Stdout, "\n结论：核验相符。")
	}
}

// orders prints what each draw's order rests on.
func (c *Command) orders(list []verify.Order) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintln(c.Stdout, "\n【每次抽取的等级和先后】")
	for _, o := range list {
		fmt.Fprintf(c.Stdout, "  · %s　%s（%s）。%s\n", o.Draw, o.Name, o.Grade.Text(), words.Clock(o.Words))
	}
}

func count(n int) string {
	if n == 0 {
		return "无"
	}
	return ""
}

// findings prints the findings of one part; many of one code are counted.
// The words of a clause stand under the first finding of the part that names it.
func (c *Command) findings(b *verify.Bundle, list []rules.Finding) {
	printed, quoted := map[string]int{}, map[string]bool{}
	var many []string // codes that came too often, in the order in which they did
	for _, f := range list {
		if printed[f.Code]++; printed[f.Code] == shown+1 {
			many = append(many, f.Code)
		}
		if printed[f.Code] > shown {
			continue
		}
		sentence, _ := words.Say(f.Code, f.Place, f.Got, f.Want)
		if f.Severity == rules.Overdue {
			sentence = "逾期：" + sentence
		}
		fmt.Fprintf(c.Stdout, "  · %s%s\n", sentence, source(f, sentence))
		if text := b.Quote(f).Text(); text != "" && !quoted[text] {
			quoted[text] = true
			fmt.Fprintf(c.Stdout, "    条文　%s\n", text)
		}
	}
	for _, code := range many {
		fmt.Fprintf(c.Stdout, "  · 另有 %d 项同类（%s），--json 列出全部\n", printed[code]-shown, code)
	}
}

// source says where a finding stands: the entry, the clause, and the file where
// the sentence does not name it.
func source(f rules.Finding, sentence string) string {
	var parts []string
	if f.Entry >= 0 {
		parts = append(parts, fmt.Sprintf("第%d条记录", f.Entry))
	}
	if f.Clause != "" {
		parts = append(parts, "条款 "+f.Clause)
	}
	if strings.Contains(f.Place, "/") && !strings.Contains(sentence, f.Place) {
		parts = append(parts, "文件 "+f.Place)
	}
	if len(parts) == 0 {
		return ""
	}
	return "（" + strings.Join(parts, "，") + "）"
}

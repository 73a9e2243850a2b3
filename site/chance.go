package site

import (
	"strings"

	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
)

// numberName says in a sentence which numbers decide.
func numberName(r *record.Randomness) string {
	switch {
	case r == nil:
		return "平台的号码"
	case len(r.Draws) > 0:
		return rules.Numbers(r) + "开奖号码"
	case r.Ceremony != nil:
		return rules.Numbers(r) + "的结果"
	}
	return "第" + num(r.Round) + "期公开随机数"
}

// shortNumber is the same in a table's cell.
func shortNumber(r *record.Randomness) string {
	if r == nil || r.Round > 0 {
		return "第" + num(roundOf(r)) + "期"
	}
	return rules.Numbers(r)
}

func roundOf(r *record.Randomness) int64 {
	if r == nil {
		return 0
	}
	return r.Round
}

// numberFacts says, before the numbers exist, which they will be and how
// anybody can look them up.
func (m *maker) numberFacts(f *facts, r *record.Randomness) {
	switch r.Kind {
	case "lottery":
		f.add("公开随机数", text(rules.Numbers(r)+"，开奖号码公布后人人可查：中国福利彩票、中国体育彩票网站的开奖公告，报纸和各投注站"))
		f.add("停售时间（本单位填报）", text(rules.Closings(r)))
	case "ceremony":
		f.add("公开随机数", text(rules.Numbers(r)+"，"+second(r.Time)+"开始，地点"+r.Ceremony.Place))
		f.add("在场人", text(rules.Presence(r.Ceremony)))
		for _, p := range r.Ceremony.Present {
			if p.Key != "" {
				f.add("在场人的公钥", text(p.Body), hash(p.Key))
			}
		}
	default:
		f.add("公开随机数", text("drand quicknet 第"+num(r.Round)+"期，将在"+second(r.Time)+"产生"))
	}
}

// contributorFacts says who adds a number, and what has come of it.
func (m *maker) contributorFacts(p *page, f *facts, r *record.Randomness, extras []rules.Extra) {
	for i, c := range r.Contributors {
		switch x := extras[i]; {
		case x.Index == 0:
			f.add("见证人加数", text(c.Name), text("尚未登记；加数要么全有，要么这次抽取不成立"), hash(c.Key))
		case !x.InTime:
			f.add("见证人加数", text(c.Name), p.record(x.Index), text("没有在号码产生十分钟以前得到见证，不起作用"))
		default:
			f.add("见证人加数", text(c.Name), p.record(x.Index), text("加数校验码 x"+num(i+1)), hash(x.Hash))
		}
	}
}

// givenFacts says what came in from outside when the lots were cast, and how ρ
// follows from it with nothing but sha256sum.
func (m *maker) givenFacts(f *facts, r *record.Randomness, g record.Given, rho string) {
	byHand := "printf '%s' '" + g.Line + "' | sha256sum"
	switch r.Kind {
	case "lottery":
		f.add("公开随机数", text(rules.Numbers(r)+"，停售时间（本单位填报）"+second(r.Time)))
		f.add("开奖号码（本单位填报）", hash(g.Line), text("可与报纸或开奖公告核对"))
	case "ceremony":
		f.add("公开随机数", text(rules.Numbers(r)+"，"+second(r.Time)+"开始，地点"+r.Ceremony.Place))
		f.add("现场结果", hash(g.Line), text("在场人："+rules.Presence(r.Ceremony)))
		for _, line := range g.Signed {
			name, _, _ := strings.Cut(strings.TrimPrefix(line, "— "), " ")
			f.add("在场人的签名", text(name+"，对现场记录签名，已核对"))
		}
		if r.Ceremony.Paper {
			f.add("在场人的签名", text("在纸上签字，这里只有扫描件的校验码"))
		}
	default:
		f.add("公开随机数", text("drand quicknet 第"+num(r.Round)+"期，"+second(r.Time)))
		f.add("该期签名", hash(g.Signature))
		byHand = "printf " + g.Signature + " | xxd -r -p | sha256sum"
	}
	for _, s := range g.Scans {
		f.add("扫描件校验码", hash(s.SHA256))
	}
	f.add("随机数 ρ", hash(rho), text("自己算："), hash(byHand))
}

// seedFacts say how the seed follows from C, what contributors added, and ρ
// (draw1 §3).
func seedFacts(f *facts, d *record.Draw, extras []rules.Extra) {
	f.add("预告校验码 C", hash(d.Commitment))
	seed := "draw1|" + d.Commitment + "|"
	for _, x := range extras {
		seed += x.Hash + "|"
	}
	f.add("摇号种子怎么算", hash("printf '%s' '"+seed+d.Rho+"' | sha256sum"))
}

// numberCell is the round's number in the open data, or the name of what decides
// in its place; 0 where the platform casts.
func numberCell(r *record.Randomness) string {
	if r == nil || r.Round > 0 {
		return num(roundOf(r))
	}
	return rules.Numbers(r)
}

// momentName says what the time of the numbers is, where it is not theirs alone.
func momentName(r *record.Randomness) string {
	if r.Round > 0 {
		return ""
	}
	return rules.Moment(r) + " "
}

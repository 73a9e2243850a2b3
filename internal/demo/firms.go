package demo

import (
	"iter"
	"slices"
	"strconv"
	"time"
)

// Firm is a row of the register of objects (检查对象名录库), as an office would
// type it: plain strings, the words of the rule packs. The first six members
// are those that Gaoqing 3.3 requires, the next three its dimensions.
type Firm struct {
	Code       string // 统一社会信用代码
	Name       string // 生产经营单位名称, ends in （演示）
	EntityType string // 单位类型
	LegalRep   string // 法定代表人
	Address    string // 住所
	Scope      string // 经营范围

	TownCode    string // 9 digits
	Town        string // 行政区划: the town's name
	Sector      string // 行业类别
	Supervision string // 监管类型

	Tags       []string // in the order of the pack, nil if none
	Risk       string   // 风险等级
	Registered string   // 成立日期, 2006-01-02
	Status     string   // 登记状态: 存续, 注销, 吊销, 迁出
}

// MaxFirms is how many rows a seed has: the codes that TT leaves.
const MaxFirms = 31 * 31 * 31 * 31 * 31 * 31

// Firms makes the first n rows of a county's register. Within one county and
// seed no code and no name comes twice. It panics for another county than the
// two and for n beyond MaxFirms.
func Firms(county string, seed uint64, n int) iter.Seq[Firm] {
	c := lookup(county)
	if n < 0 || n > MaxFirms {
		panic("demo: " + strconv.Itoa(n) + " firms")
	}
	return func(yield func(Firm) bool) {
		for i := range n {
			if !yield(c.firm(seed, i)) {
				return
			}
		}
	}
}

// blacklisted marks one row in every block of a thousand, so that even a small
// county has its census of them.
func (c *county) blacklisted(seed uint64, i int) bool {
	block := row(c.code, 'b', seed, i/1000)
	return i%1000 == block.below(1000)
}

func (c *county) firm(seed uint64, i int) Firm {
	r := row(c.code, 'f', seed, i)
	key := mix(seed ^ hashString(c.code))
	f := Firm{Status: pick(&r, statuses), Sector: pick(&r, c.sectors)}
	black := c.blacklisted(seed, i)
	if black {
		f.Status = "存续"
	}
	words := sectorWords[f.Sector]
	f.Supervision = words.supervision

	class := pick(&r, words.classes)
	f.EntityType = class.entity
	registrar := pick(&r, c.registrars)
	f.Code = makeCode(class.code, registrar, permute(uint64(i), MaxFirms, key))
	from, to := day(2003, time.January, 1), day(2023, time.April, 30)
	switch registrar {
	case "410381": // 偃师市 became 偃师区, 410307, in March 2021
		to = day(2021, time.February, 28)
	case "410307":
		from = day(2021, time.March, 1)
	}
	f.Registered = r.date(from, to)

	v := c.villages[r.below(len(c.villages))]
	f.Town, f.TownCode = v.town, v.townCode
	f.Address = c.city + v.town + v.name + strconv.Itoa(1+r.below(299)) + "号"
	f.LegalRep = personName(&r)
	kinds := words.makers
	switch class.code {
	case "92":
		kinds = words.shops
	case "93":
		kinds = growers
	}
	does := kinds[r.below(len(kinds))]
	f.Name = c.firmName(&r, class, does, v, tradeName(uint64(i), key))
	f.Scope = scope(&r, does, words.more)
	f.Tags = c.pickTags(&r, f.Sector, black)
	f.Risk = pick(&r, words.risks)
	return f
}

// firmName is place, trade name, trade, form, mark.
func (c *county) firmName(r *rng, class entityClass, does business, v village, own string) string {
	place := c.short
	switch {
	case class.code == "92":
		place = c.name + v.townShort
	case r.below(10) == 0:
		place = c.cityShort
	case r.below(10) < 2:
		place = c.name
	}
	return place + own + does.word + class.suffix + "（演示）"
}

// scope lists one to three lines of business, the firm's own first.
func scope(r *rng, does business, more []string) string {
	text := does.scope
	from := r.below(len(more))
	for k := range r.below(min(3, len(more)+1)) {
		text += "；" + more[(from+k)%len(more)]
	}
	return text
}

// tradeName is the part of a name that tells a firm from all others: the
// shortest names first, in an order that key decides, none twice.
func tradeName(i, key uint64) string {
	n := uint64(len(tradeSigns))
	length, count := 2, n*n
	for i >= count {
		i -= count
		length, count = length+1, count*n
	}
	i = permute(i, count, key^uint64(length))
	var name [6]rune // 80^5 is more than MaxFirms
	for k := range length {
		name[k] = tradeSigns[i%n]
		i /= n
	}
	return string(name[:length])
}

// tagShare is a tag with its share of all firms, in millionths, and the sectors
// that have it, nil for all.
type tagShare struct {
	tag     string
	share   int
	sectors []string
	rate    int // share among those sectors, in millionths; see withRates
}

func (c *county) pickTags(r *rng, sector string, black bool) []string {
	var tags []string
	for _, t := range c.tags {
		if n := r.below(1_000_000); n < t.rate && (t.sectors == nil || slices.Contains(t.sectors, sector)) {
			tags = append(tags, t.tag)
		}
	}
	if black {
		tags = append(tags, "黑名单")
	}
	return tags
}

// withRates turns shares of all firms into shares of the firms in a tag's
// sectors, whose weights are in ten-thousandths.
func withRates(tags []tagShare, sectors []share[string]) []tagShare {
	tags = slices.Clone(tags)
	for i := range tags {
		among := 0
		for _, s := range sectors {
			if tags[i].sectors == nil || slices.Contains(tags[i].sectors, s.value) {
				among += s.weight
			}
		}
		tags[i].rate = tags[i].share * 10_000 / among
	}
	return tags
}

const alphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY" // GB 32100-2015: no I, O, S, V, Z

// makeCode is a unified code: class, registrar, TT, six digits of body, the
// check digit of GB 11714 over the eight and that of GB 32100 over all.
func makeCode(class, registrar string, body uint64) string {
	var b [18]byte
	copy(b[:], class)
	copy(b[2:], registrar)
	b[8], b[9] = 'T', 'T'
	for k := 15; k >= 10; k-- {
		b[k] = alphabet[body%31]
		body /= 31
	}
	sum := 0
	for k, weight := range [8]int{3, 7, 9, 10, 5, 8, 4, 2} {
		sum += weight * int(value36[b[8+k]])
	}
	b[16] = "0X987654321"[sum%11]
	sum = 0
	for k, weight := range [17]int{1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28} {
		sum += weight * int(value31[b[k]])
	}
	b[17] = alphabet[(31-sum%31)%31]
	return string(b[:])
}

// value31 and value36 are the values of a character in the two standards.
var value31, value36 = func() (v31, v36 [128]byte) {
	for i, c := range alphabet {
		v31[c] = byte(i)
	}
	for i, c := range "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ" {
		v36[c] = byte(i)
	}
	return v31, v36
}()

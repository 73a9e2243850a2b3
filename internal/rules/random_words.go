package rules

import (
	"strings"

	"github.com/sunlot/sunlot/internal/beacon"
	"github.com/sunlot/sunlot/internal/record"
)

// Numbers names a notice's randomness for people: drand quicknet 第1000期;
// 快乐8第2023225期; 现场掷骰子22次.
func Numbers(r *record.Randomness) string {
	switch r.Kind {
	case byLottery:
		var list []string
		for _, d := range r.Draws {
			list = append(list, beacon.GameName(d.Game)+"第"+d.Issue+"期")
		}
		return strings.Join(list, "、")
	case byCeremony:
		if r.Ceremony.Balls == 0 {
			return "现场掷骰子" + num(r.Ceremony.Throws) + "次"
		}
		return "现场从" + num(r.Ceremony.Balls) + "个球中摸" + num(r.Ceremony.Throws) + "次，每次放回"
	}
	return "drand quicknet 第" + num(r.Round) + "期"
}

// Moment says what the time of a notice's randomness is.
func Moment(r *record.Randomness) string {
	switch r.Kind {
	case byLottery:
		return "停售时间"
	case byCeremony:
		return "开始时间"
	}
	return "产生时间"
}

// Closings tells the closing time of each lottery draw; they are believed.
func Closings(r *record.Randomness) string {
	var list []string
	for _, d := range r.Draws {
		list = append(list, beacon.GameName(d.Game)+"第"+d.Issue+"期 "+strings.Replace(strings.TrimSuffix(d.Closes, "+08:00"), "T", " ", 1))
	}
	return strings.Join(list, "；")
}

// Presence tells which bodies stand by a ceremony, and how they sign.
func Presence(c *record.Ceremony) string {
	var list []string
	for _, p := range c.Present {
		list = append(list, p.Body)
	}
	how := "（用密钥签名）"
	if c.Paper {
		how = "（在纸上签字，比密钥签名弱）"
	}
	return strings.Join(list, "、") + how
}

// ContributorNames lists who adds a number.
func ContributorNames(r *record.Randomness) string {
	var list []string
	for _, c := range r.Contributors {
		list = append(list, c.Name)
	}
	return strings.Join(list, "、")
}

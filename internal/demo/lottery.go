package demo

import (
	"os"
	"path/filepath"
	"strings"
)

// The numbers of these two draws are invented (draw1 §2, grades B and C): the
// names of their plan lines say 演示, and nobody finds them in a newspaper.
const (
	demoIssue = "2024202"
	demoLine  = "03 07 12 15 19 22 26 31 34 40 43 47 51 55 58 62 66 71 75 79"
	demoDice  = "2615 3426 5143 6251 4362 51"
)

// lottery: in summer one draw by 快乐8, as an office without internet does it,
// its numbers typed the next morning; and one by dice before two people who are
// not of the office, whose record they sign with keys of their own.
func (r *Run) lottery() {
	p, kl8, dice := r.Office.prefix(), "2024-003", "2024-004"
	r.at("2024-07-30 15:31:00", 0, "draw", "announce", "--plan", p+"2408", "--issue", demoIssue, "--yes")
	r.at("2024-07-30 15:40:00", 1, "draw", "run", kl8, "--line", demoLine, "--yes") // nobody knows them yet
	r.at("2024-07-31 08:30:00", 1, "draw", "run", kl8, "--line", strings.Replace(demoLine, " 79", "", 1), "--yes")
	r.at("2024-07-31 08:31:00", 0, "draw", "run", kl8, "--line", demoLine, "--yes")

	court, archives := r.guest("2024-07-31 08:40:00", "司法局（演示）"), r.guest("2024-07-31 08:41:00", "档案馆（演示）")
	r.at("2024-07-31 09:00:00", 0, "draw", "announce", "--plan", p+"2409", "--random", "ceremony", "--at", "2024-07-31 10:00", "--place", "一楼会议室（演示）", "--dice", "22",
		"--present", "张见证（演示）,司法局（演示）,"+court+".pub", "--present", "李见证（演示）,档案馆（演示）,"+archives+".pub", "--yes")
	r.at("2024-07-31 10:20:00", 0, "draw", "run", dice, "--line", demoDice, "--yes")
	record := filepath.Join(r.Dir, "outbox", "现场记录-"+dice+".txt")
	signed := []string{court + ".signed", archives + ".signed"}
	r.at("2024-07-31 10:25:00", 0, "guest", "sign", record, "--key", court, "--out", signed[0], "--yes")
	r.at("2024-07-31 10:26:00", 0, "guest", "sign", record, "--key", archives, "--out", signed[1], "--yes")
	r.at("2024-07-31 10:29:00", 1, "draw", "run", dice, "--line", strings.Replace(demoDice, "2615", "6615", 1), "--signed", signed[0], "--signed", signed[1], "--yes") // not what they signed
	r.at("2024-07-31 10:30:00", 0, "draw", "run", dice, "--line", demoDice, "--signed", signed[0], "--signed", signed[1], "--yes")
	for i, id := range []string{kl8, dice} {
		r.at("2024-07-31 10:4"+string(rune('0'+i))+":00", 0, "dispatch", id, "--confirmed-by", "负责人（演示）", "--scheme", "具体抽查工作方案（演示）", "--yes")
	}
	for _, name := range append(signed, court, court+".pub", archives, archives+".pub") {
		if err := os.Remove(name); err != nil && r.err == nil {
			r.err = err
		}
	}
}

// guest makes the key of somebody who is not of the office, and names its file:
// it is his, and stands in the office's folder only while the year runs.
func (r *Run) guest(when, body string) string {
	file := filepath.Join(r.Dir, "inbox", body+".age")
	r.at(when, 0, "guest", "key", file, "--name", body)
	return file
}

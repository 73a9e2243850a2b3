package record

import "strings"

// Randomness names the value that nobody knows yet (draw1 §2): a round of
// drand, draws of public lotteries, or a ceremony. Time is the moment to which
// "in time" counts: the round's, the earliest close of sales, the start of the
// ceremony.
type Randomness struct {
	Kind  string `json:"kind" form:"token"` // drand, lottery, ceremony
	Chain string `json:"chain,omitempty" form:"hex64"`
	Round int64  `json:"round,omitempty"`
	Time  string `json:"time" form:"time"`

	Draws        []LotteryDraw `json:"draws,omitempty"` // in the order of the line
	Ceremony     *Ceremony     `json:"ceremony,omitempty"`
	Contributors []Contributor `json:"contributors,omitempty"` // in the order of the seed
}

// LotteryDraw is one draw of a public lottery (开奖), named by its issue.
type LotteryDraw struct {
	Game   string `json:"game" form:"token"`  // kl8, ssq, dlt
	Issue  string `json:"issue" form:"token"` // 期号
	Closes string `json:"closes" form:"time"` // 停售时间
}

// Ceremony (现场掷数): dice thrown, or balls drawn and put back, before people
// who are not of the office.
type Ceremony struct {
	Balls   int64     `json:"balls,omitempty"` // in the drum, numbered from 1; none: dice of six faces
	Throws  int64     `json:"throws"`
	Place   string    `json:"place" form:"name"`
	Present []Present `json:"present"`
	Paper   bool      `json:"paper,omitempty"` // signed on paper: weaker, the scan's digest is logged
}

// Present (在场人) is a person not of the office who signs the record of a
// ceremony for a body.
type Present struct {
	Name Sealed `json:"name"`
	Body string `json:"body" form:"name"`
	Key  string `json:"key,omitempty" form:"name"` // c2sp.org/signed-note vkey; none on paper
}

// Contributor (加数人) is a body that adds a number of its own.
type Contributor struct {
	Name string `json:"name" form:"name"`
	Key  string `json:"key" form:"name"`
}

// Contribution (见证人加数) carries the commitment of the notice that names its
// signer. Its entry's hash enters the seed: Value is what makes that hash
// unforeseeable to the office.
type Contribution struct {
	Notice     int64  `json:"notice"`
	Commitment string `json:"commitment" form:"hex64"` // C
	Value      string `json:"value" form:"hex64"`      // 32 bytes of the contributor's own randomness
}

// Given are the values that a cast takes from outside, each checked against
// its notice; everything else is computed from them.
type Given struct {
	Signature     string   // of the round, 96 hex
	Line          string   // of the lottery or the ceremony
	Signed        []string // signature lines of those present
	Scans         []Bytes  // files that bear the line out
	Contributions []int64  // indexes, in the order of the contributors
}

// Last is when the last part of the value becomes known: of several lottery
// draws the latest close of sales, otherwise Time.
func (r *Randomness) Last() string {
	last := r.Time
	for _, d := range r.Draws {
		last = max(last, d.Closes)
	}
	return last
}

// Given are the given values of a draw.
func (d *Draw) Given() Given {
	return Given{d.Signature, d.Line, d.Signed, d.Scans, d.Contributions}
}

// Given are the given values of a 组队.
func (t *Teams) Given() Given {
	return Given{t.Signature, t.Line, t.Signed, t.Scans, t.Contributions}
}

// CeremonyText is what those present sign: the text of a signed note, without
// the empty line.
//
//	sunlot/v1 现场掷数记录
//	example.gov.cn/sunlot
//	抽取 2023-004
//	预告 <C>
//	开始 2023-08-24T09:30:00+08:00
//	结果 d6:5316624165…
//	在场确认：抽取预告在先；现场不早于上述时间开始；结果是当场所得，没有重来。
//
// It is no entry: those have three lines.
func CeremonyText(origin, draw, c, start, line string) string {
	return strings.Join([]string{"sunlot/v1 现场掷数记录", origin, "抽取 " + draw, "预告 " + c, "开始 " + start, "结果 " + line,
		"在场确认：抽取预告在先；现场不早于上述时间开始；结果是当场所得，没有重来。", ""}, "\n")
}

// ReadCeremony takes the text of CeremonyText apart; false for any other text,
// so that whoever signs one signs nothing else.
func ReadCeremony(text string) (origin, draw, c, start, line string, ok bool) {
	f := strings.Split(text, "\n")
	if len(f) != 8 || len(text) > MaxSize {
		return "", "", "", "", "", false
	}
	cut := func(i int, head string) string { return strings.TrimPrefix(f[i], head) }
	origin, draw, c, start, line = f[1], cut(2, "抽取 "), cut(3, "预告 "), cut(4, "开始 "), cut(5, "结果 ")
	ok = CeremonyText(origin, draw, c, start, line) == text && checkOrigin(origin) == nil &&
		formOK("hex64", c) && formOK("time", start) && formOK("token", draw) && draw != "" && line != ""
	return origin, draw, c, start, line, ok
}

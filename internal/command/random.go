package command

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sunlot/sunlot/internal/beacon"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/office"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/internal/words"
	"github.com/sunlot/sunlot/ledger"
)

// randomFlags choose the randomness of a notice (draw1 §2).
type randomFlags struct {
	kind           string // drand, kl8, ssq, dlt, ceremony
	at             string
	round          uint64
	issues, closes []string
	dice           int
	balls, place   string
	present        []string
	paper          bool
	contributors   []string
}

func (f *randomFlags) flags(cmd *cobra.Command) {
	s := cmd.Flags()
	s.StringVar(&f.kind, "random", "", "用什么号码：drand、kl8（快乐8）、ssq（双色球）、dlt（大乐透）、ceremony（现场掷数）；缺省能上网的用 drand，不上网的用 kl8")
	s.StringVar(&f.at, "at", "", "北京时间：用这一刻或其后第一期公开随机数；现场掷数写开始时间")
	s.Uint64Var(&f.round, "round", 0, "drand：直接指定期号")
	s.StringArrayVar(&f.issues, "issue", nil, "彩票期号，如 2023225；双色球、大乐透共要三期，可写 ssq:2023098")
	s.StringArrayVar(&f.closes, "closes", nil, "彩票的停售时间，与 --issue 一一对应；快乐8缺省为今天（来不及则明天）21 时")
	s.IntVar(&f.dice, "dice", 0, "现场掷数：掷骰子的次数，至少 22")
	s.StringVar(&f.balls, "balls", "", "现场掷数：几个球摸几次，如 10x17，每次放回")
	s.StringVar(&f.place, "place", "", "现场掷数：地点")
	s.StringArrayVar(&f.present, "present", nil, "现场掷数的在场人，至少两位，不是本单位的人：姓名,单位,公钥（或公钥文件）；姓名不公开")
	s.BoolVar(&f.paper, "paper", false, "在场人在纸上签字，不用密钥：证明力较弱")
	s.StringArrayVar(&f.contributors, "contributor", nil, "见证人加数：名称=公钥（或公钥文件），可多次；要有见证单位")
}

// given reports whether anything was said about the randomness.
func (f *randomFlags) given() bool {
	return f.kind != "" || f.at != "" || f.round > 0 || len(f.issues) > 0
}

// task fills the randomness of a task whose sheet says nothing of it.
func (c *Command) random(o *office.Office, f *randomFlags, t *rules.Task) (err error) {
	if t.Round > 0 || t.Before != "" {
		return nil
	}
	kind := f.kind
	switch {
	case kind != "":
	case len(f.issues) > 0, !f.given() && !o.Config.Internet:
		kind = "kl8"
	default:
		kind = "drand"
	}
	r := &record.Randomness{Kind: "drand"}
	switch kind {
	case "drand":
		if t.Round, err = c.round(o, f.at, f.round); err != nil {
			return err
		}
	case "kl8", "ssq", "dlt":
		r, err = c.lottery(kind, f)
	case "ceremony":
		r, err = c.ceremony(f)
	default:
		return usage("command.random-kind", "--random", kind, "drand、kl8、ssq、dlt、ceremony")
	}
	if err == nil {
		r.Contributors, err = c.contributorsOf(f.contributors)
	}
	t.Random = r
	return err
}

// closeHours are the hours at which sales usually close.
var closeHours = map[string]string{"kl8": "21:00", "ssq": "20:00", "dlt": "21:00"}

// lottery makes the randomness of lottery draws named by issue.
func (c *Command) lottery(game string, f *randomFlags) (*record.Randomness, error) {
	if len(f.issues) == 0 {
		return nil, usage("command.need-issue", "--issue", beacon.GameName(game), "")
	}
	if n := len(f.closes); n != 0 && n != len(f.issues) || n == 0 && (game != "kl8" || len(f.issues) > 1) {
		return nil, usage("command.need-closes", "--closes", strconv.Itoa(n), strconv.Itoa(len(f.issues)))
	}
	r := &record.Randomness{Kind: "lottery"}
	for i, issue := range f.issues {
		issue = strings.TrimSpace(narrow(issue))
		d := record.LotteryDraw{Game: game, Issue: issue}
		if g, number, ok := strings.Cut(issue, ":"); ok {
			d.Game, d.Issue = g, number
		}
		when := c.tonight(closeHours["kl8"])
		if len(f.closes) > 0 {
			var err error
			if when, err = parseTime(f.closes[i]); err != nil {
				return nil, err
			}
		}
		d.Closes = record.Time(when.Unix())
		if r.Draws = append(r.Draws, d); i == 0 || d.Closes < r.Time {
			r.Time = d.Closes
		}
	}
	return r, nil
}

// tonight is the next time of that hour before which there is half an hour left.
func (c *Command) tonight(clock string) time.Time {
	now := c.Now()
	when, _ := time.ParseInLocation("2006-01-02 15:04", record.Day(now.Unix())+" "+clock, record.Beijing)
	if when.Sub(now) < 30*time.Minute {
		when = when.AddDate(0, 0, 1)
	}
	return when
}

// ceremony makes the randomness of dice or balls.
func (c *Command) ceremony(f *randomFlags) (*record.Randomness, error) {
	if f.at == "" || f.place == "" || (f.dice > 0) == (f.balls != "") {
		return nil, usage("command.need-ceremony", "--random ceremony", "", "--at、--place、--dice 或 --balls、--present")
	}
	when, err := parseTime(f.at)
	if err != nil {
		return nil, err
	}
	form := &record.Ceremony{Throws: int64(f.dice), Place: f.place, Paper: f.paper}
	if f.balls != "" {
		n, times, _ := strings.Cut(strings.ToLower(f.balls), "x")
		balls, err1 := strconv.Atoi(n)
		throws, err2 := strconv.Atoi(times)
		if err1 != nil || err2 != nil || balls < 1 {
			return nil, usage("command.bad-balls", "--balls", f.balls, "10x17")
		}
		form.Balls, form.Throws = int64(balls), int64(throws)
	}
	for _, text := range f.present {
		fields := slices.Collect(strings.SplitSeq(strings.ReplaceAll(text, "，", ","), ","))
		if f.paper && len(fields) == 2 {
			fields = append(fields, "")
		}
		if len(fields) != 3 || fields[0] == "" || fields[1] == "" {
			return nil, usage("command.bad-present", "--present", text, "")
		}
		key, err := c.vkey(fields[2])
		if err != nil {
			return nil, err
		}
		form.Present = append(form.Present, record.Present{Name: record.Sealed(fields[0]), Body: fields[1], Key: key})
	}
	return &record.Randomness{Kind: "ceremony", Time: record.Time(when.Unix()), Ceremony: form}, nil
}

func (c *Command) contributorsOf(list []string) (all []record.Contributor, err error) {
	for _, text := range list {
		name, key, ok := strings.Cut(text, "=")
		if !ok || name == "" || key == "" {
			return nil, usage("command.bad-contributor", "--contributor", text, "")
		}
		if key, err = c.vkey(key); err != nil {
			return nil, err
		}
		all = append(all, record.Contributor{Name: name, Key: key})
	}
	return all, nil
}

// vkey is a verifier key as written, or the one in a file; "" stays "".
func (c *Command) vkey(text string) (string, error) {
	text = strings.TrimSpace(text)
	if text == "" {
		return "", nil
	}
	if !strings.Contains(text, "+") {
		data, err := c.readInput(text)
		if err != nil {
			return "", err
		}
		text = strings.TrimSpace(string(data))
	}
	k, err := ledger.ParseKey(text)
	if err != nil {
		return "", fault.Wrap("command.bad-vkey", "", err).Of(fault.Usage)
	}
	return k.String(), nil
}

// showRandom tells a notice's randomness before it is written.
func (c *Command) showRandom(r *record.Randomness) {
	switch r.Kind {
	case "drand":
		c.note("  公开随机数：drand quicknet 第 %d 期，%s\n", r.Round, words.Clock(r.Time))
	default:
		c.note("  公开随机数：%s，%s %s\n", rules.Numbers(r), rules.Moment(r), words.Clock(r.Time))
	}
	switch r.Kind {
	case "lottery":
		c.note("  停售时间（请核对，写入后不能改）：%s\n", rules.Closings(r))
	case "ceremony":
		c.note("  地点 %s；在场人：%s\n", r.Ceremony.Place, rules.Presence(r.Ceremony))
	}
	if len(r.Contributors) > 0 {
		c.note("  见证人加数：%s（缺一家，这次抽取就不成立）\n", rules.ContributorNames(r))
	}
}

// whatNext tells what the officer does for a draw that waits for its numbers.
func (c *Command) whatNext(o *office.Office, a awaited) error {
	if len(a.r.Contributors) > 0 {
		files, err := o.Requests(a.id)
		if err != nil {
			return err
		}
		for _, f := range files {
			c.note("已生成 %s\n", f)
		}
		c.note("请把加数请求交给各家；各家用 sunlot guest add 签好后带回，%s 以前运行：sunlot draw contribute %s 加数文件…\n",
			words.Clock(record.Time(record.Unix(a.r.Time)-2*rules.Lead)), a.id)
	}
	switch a.r.Kind {
	case "lottery":
		c.note("要做的事：%s 停售，开奖后（一般第二天早上）看开奖公告或报纸，运行：\n  sunlot draw run %s --line '%s'\n", words.Clock(a.r.Last()), a.id, typedExample(a.r))
		c.note("号码按开奖公告抄写，用空格或逗号隔开都可以；写入前会显示规范写法请您核对。报纸或公告的照片可以用 --scan 记下校验码。\n")
	case "ceremony":
		c.note("要做的事：%s 在%s，%s；在场人：%s。\n记下结果，运行：sunlot draw run %s --line '结果'\n", words.Clock(a.r.Time), a.r.Ceremony.Place, rules.Numbers(a.r), rules.Presence(a.r.Ceremony), a.id)
		if a.r.Ceremony.Paper {
			c.note("在场人在结果单上签字，扫描后加上 --scan 扫描件。\n")
		} else {
			c.note("程序会生成现场记录，请在场人各用 sunlot guest sign 签名，再加上 --signed 签名文件。\n")
		}
	default:
		if !o.Config.Internet {
			c.howToDraw(o, a)
		}
	}
	return nil
}

// typedExample shows how many numbers are to be typed.
func typedExample(r *record.Randomness) string {
	var rows []string
	for _, d := range r.Draws {
		rows = append(rows, map[string]string{"kl8": "20 个号码", "ssq": "6 个红球 + 1 个蓝球", "dlt": "前区 5 个 + 后区 2 个"}[d.Game])
	}
	return strings.Join(rows, " ; ")
}

// scansOf are the digests of files that stay with the office.
func (c *Command) scansOf(files []string) (list []record.Bytes, err error) {
	for _, name := range files {
		data, err := os.ReadFile(c.abs(name))
		if err != nil {
			return nil, fault.Wrap("command.unreadable", name, err).Of(fault.Unreachable)
		}
		list = append(list, record.Bytes{Bytes: int64(len(data)), SHA256: rules.Hash(data)})
	}
	return list, nil
}

// signedOf are the signature lines of notes that those present have signed.
func (c *Command) signedOf(files []string) (list []string, err error) {
	for _, name := range files {
		data, err := c.readInput(name)
		if err != nil {
			return nil, err
		}
		lines, err := office.Signatures(data)
		if err != nil {
			return nil, err
		}
		list = append(list, lines...)
	}
	return list, nil
}

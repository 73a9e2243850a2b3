package command

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sunlot/sunlot/internal/beacon"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/office"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/words"
)

// publicRelays serve drand to everybody. Two are always named, so that an office
// whose settings name none, or one that is down, has where to go.
var publicRelays = []string{"https://api.drand.sh", "https://drand.cloudflare.com"}

// relaysOf are the relays of the office's settings, with public ones up to two.
func relaysOf(o *office.Office) []string {
	var relays []string
	if o != nil {
		relays = slices.Clone(o.Config.Relays)
	}
	for i := 0; len(relays) < 2 && i < len(publicRelays); i++ {
		if !slices.Contains(relays, publicRelays[i]) {
			relays = append(relays, publicRelays[i])
		}
	}
	return relays
}

// roundURL is where a relay serves a round.
func roundURL(relay, chain string, round uint64) string {
	return strings.TrimSuffix(relay, "/") + "/" + chain + "/public/" + strconv.FormatUint(round, 10)
}

// roundFrom is the first round at a time or after it, 0 if there is none.
func roundFrom(chain beacon.Chain, unix int64) uint64 {
	r := chain.RoundAt(unix)
	if r > 0 && chain.Time(r) < unix {
		r++
	}
	return r
}

func (c *Command) newBeacon() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "beacon",
		Short:   "公开随机数：某一刻是第几期、到哪里取、取来的对不对",
		Long:    `公开随机数（drand）的期号、时间、取用网址和核验。不需要本单位文件夹，任何人都可以用。` + exitCodes,
		Example: "  sunlot beacon round --at \"2024-07-14 05:45\"\n  sunlot beacon verify 随机数.json",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, args []string) error { return cmd.Help() },
	}
	cmd.AddCommand(c.newBeaconRound(), c.newBeaconVerify())
	return cmd
}

func (c *Command) newBeaconRound() *cobra.Command {
	var at, chain string
	var latest bool
	cmd := &cobra.Command{
		Use:   "round [期号]",
		Short: "某一刻或其后第一期是第几期；某一期是什么时间、到哪里取",
		Long: `算出某一刻或其后第一期公开随机数的期号、北京时间和两个取用网址。只按时间推算，不上网。
--latest 按本机时钟算出现在已公布的最后一期。` + exitCodes,
		Example: "  sunlot beacon round --at \"2024-07-14 05:45\"\n  sunlot beacon round 9367912\n  sunlot beacon round --latest",
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.beaconRound(args, at, latest, chain)
		},
	}
	cmd.Flags().StringVar(&at, "at", "", "北京时间，取这一刻或其后第一期")
	cmd.Flags().BoolVar(&latest, "latest", false, "现在（按本机时钟）已公布的最后一期")
	cmd.Flags().StringVar(&chain, "chain", "quicknet", "哪一条链：quicknet，或只供查阅旧期号的 default")
	return cmd
}

// roundShown is what `beacon round --json` prints.
type roundShown struct {
	Chain  string   `json:"chain"`
	Hash   string   `json:"hash"`
	Round  uint64   `json:"round"`
	Time   string   `json:"time"`
	Public bool     `json:"public"` // by this machine's clock
	URLs   []string `json:"urls"`
}

func (c *Command) beaconRound(args []string, at string, latest bool, name string) error {
	chain, err := chainNamed(name)
	if err != nil {
		return err
	}
	now := c.Now().Unix()
	var round uint64
	switch {
	case len(args) == 1 && at == "" && !latest:
		if round, err = strconv.ParseUint(args[0], 10, 64); err != nil || chain.Time(round) == 0 {
			return usage("beacon.bad-round", "round", args[0], "1.."+strconv.Itoa(beacon.MaxRound))
		}
	case len(args) == 0 && at == "" && latest:
		round = chain.RoundAt(now)
	case len(args) == 0 && at != "" && !latest:
		when, err := parseTime(at)
		if err != nil {
			return err
		}
		round = roundFrom(chain, when.Unix())
	default:
		return usage("command.beacon-what", "beacon round", "", "--at")
	}
	if round == 0 {
		return usage("command.bad-time", "--at", at, record.Time(chain.Genesis))
	}
	o, err := office.Open(c.abs(c.flags.office))
	if err != nil {
		o = nil // anybody may ask, from anywhere
	}
	shown := roundShown{Chain: chain.BeaconID, Hash: chain.Hash, Round: round, Time: record.Time(chain.Time(round)), Public: chain.Time(round) <= now}
	for _, r := range relaysOf(o) {
		shown.URLs = append(shown.URLs, roundURL(r, chain.Hash, round))
	}
	if c.flags.json {
		return c.printJSON(shown)
	}
	state := "按本机时钟，这一期已经公布。"
	if !shown.Public {
		state = "按本机时钟，这一期还没有公布，到时间后再取。"
	}
	c.printf("drand %s 第 %d 期　北京时间 %s\n%s\n取用网址（任选一个，内容相同）：\n", shown.Chain, round, words.Clock(shown.Time), state)
	for _, u := range shown.URLs {
		c.printf("  %s\n", u)
	}
	c.printf(`本机不上网时：在能上网的电脑或手机上打开其中一个网址，把整页内容存成文件用 U 盘带回，
或把 signature 后面的 %d 个字符抄下来。先核对：sunlot beacon verify 文件
`, signatureDigits(chain))
	if chain.Hash == beacon.Quicknet().Hash {
		c.printf("再抽取：sunlot draw run 抽取编号 --beacon 文件　或　sunlot draw run 抽取编号 --signature 抄下的字符\n")
	} else {
		c.printf("这条链的期号只供查阅，不能用于抽取。\n")
	}
	return nil
}

func signatureDigits(c beacon.Chain) int {
	if c.Hash == beacon.Quicknet().Hash {
		return 96
	}
	return 192
}

// chainNamed finds a chain by its name or hash.
func chainNamed(name string) (beacon.Chain, error) {
	for _, c := range []beacon.Chain{beacon.Quicknet(), beacon.DefaultChain()} {
		if name == c.BeaconID || name == c.Hash {
			return c, nil
		}
	}
	return beacon.Chain{}, usage("command.no-chain", "--chain", name, "quicknet, default")
}

func (c *Command) newBeaconVerify() *cobra.Command {
	var chain string
	cmd := &cobra.Command{
		Use:   "verify 文件|-…",
		Short: "核验取来的公开随机数：是不是那一期、有没有被改动",
		Long: `核验取来的公开随机数，一个文件可以有多期：中继站返回的 JSON，或每行“期号 签名”（手工抄录的也行）；
- 从标准输入读。旧链 default 的期号也能核验，但只供查阅，不能用于抽取。` + exitCodes,
		Example: "  sunlot beacon verify 随机数.json\n  sunlot beacon verify -\n  sunlot beacon verify --chain default 旧期号.txt",
		Args:    cobra.MinimumNArgs(1),
		RunE:    func(cmd *cobra.Command, args []string) error { return c.beaconVerify(args, chain) },
	}
	cmd.Flags().StringVar(&chain, "chain", "", "只认这一条链：quicknet 或 default；缺省按号码的形式判断")
	return cmd
}

// roundJudged is one row of `beacon verify --json`.
type roundJudged struct {
	File  string `json:"file"`
	Chain string `json:"chain,omitempty"`
	Round uint64 `json:"round,omitempty"`
	Time  string `json:"time,omitempty"`
	Rho   string `json:"randomness,omitempty"`
	Error string `json:"error,omitempty"`
	err   error
}

// beaconVerify judges every round of every file; one bad one does not hide the
// others.
func (c *Command) beaconVerify(files []string, name string) error {
	var only beacon.Chain
	if name != "" {
		var err error
		if only, err = chainNamed(name); err != nil {
			return err
		}
	}
	var rows []roundJudged
	for _, file := range files {
		data, err := c.readInput(file)
		if err != nil {
			return err
		}
		read := beacon.ReadRounds
		if only.Hash == beacon.Quicknet().Hash {
			read = beacon.ParseRounds
		}
		rounds, err := read(data)
		if err != nil {
			rows = append(rows, roundJudged{File: file, Error: fault.Code(err), err: err})
			continue
		}
		for _, r := range rounds {
			rows = append(rows, judge(file, r, only))
		}
	}
	return c.showJudged(rows)
}

// judge verifies one round under the only chain that counts or, where any does,
// under the one that it names or has the form of.
func judge(file string, r beacon.Round, chain beacon.Chain) roundJudged {
	if chain.Hash == "" {
		chain = beacon.Quicknet()
		if r.Previous != "" {
			chain = beacon.DefaultChain()
		}
	}
	row := roundJudged{File: file, Chain: chain.BeaconID, Round: r.Number, Time: record.Time(chain.Time(r.Number))}
	if row.Rho, row.err = r.Check(chain); row.err != nil {
		row.Rho, row.Error = "", fault.Code(row.err)
	}
	return row
}

func (c *Command) showJudged(rows []roundJudged) error {
	var failures []error
	for _, row := range rows {
		if row.err != nil {
			failures = append(failures, row.err)
		}
		switch {
		case c.flags.json:
		case row.err == nil:
			c.printf("相符　drand %s 第 %d 期　北京时间 %s\n　　随机数 %s\n", row.Chain, row.Round, words.Clock(row.Time), row.Rho)
		case row.Round > 0:
			c.printf("不相符　drand %s 第 %d 期（%s）\n", row.Chain, row.Round, row.File)
		default:
			c.printf("不相符　%s\n", row.File)
		}
	}
	if c.flags.json {
		if err := c.printJSON(rows); err != nil {
			return err
		}
	}
	if len(failures) == 0 {
		return nil
	}
	// The count comes first: --json has told the rest.
	count := fault.New("command.rounds-refused", "", strconv.Itoa(len(failures)), strconv.Itoa(len(rows)))
	return errors.Join(append([]error{count}, failures...)...)
}

// typedLines reads what a person types or pastes at a terminal, up to an empty
// line: an end of file is not a key that people know.
func (c *Command) typedLines() ([]byte, error) {
	fmt.Fprintln(c.Stderr, "请粘贴或逐行键入，完后再按一次回车（空行）结束：")
	var all strings.Builder
	for all.Len() <= beacon.MaxBytes {
		line, err := c.line()
		if fault.Code(err) != "" {
			return nil, err
		}
		if err == nil && strings.TrimSpace(line) == "" && all.Len() == 0 {
			continue
		}
		all.WriteString(line)
		if err != nil || strings.TrimSpace(line) == "" {
			break
		}
	}
	return []byte(all.String()), nil
}

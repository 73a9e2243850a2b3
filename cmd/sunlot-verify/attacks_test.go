package main

import (
	"encoding/hex"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sunlot/sunlot/internal/attack"
	"github.com/sunlot/sunlot/internal/draw"
	"github.com/sunlot/sunlot/internal/record"
	"github.com/sunlot/sunlot/internal/rules"
	"github.com/sunlot/sunlot/ledger"
)

// making makes one attack. The office that it returns is what the public sees;
// nil: it has laid everything into dir itself.
type making func(tb testing.TB, dir string) *attack.Office

// attacks by the names of their scripts.
var attacks = map[string]making{
	"roster-after-notice":      rosterAfterNotice,
	"notice-after-round":       noticeAfterRound,
	"clock-set-back":           clockSetBack,
	"second-notice-one-id":     secondNoticeOneID,
	"two-notices-one-pool":     twoNoticesOnePool,
	"another-round":            anotherRound,
	"signature-forged":         signatureForged,
	"signature-truncated":      signatureOf(func(s string) string { return s[:94] }),
	"signature-second-form":    signatureOf(func(s string) string { return s + s }),
	"randomness-not-matching":  randomnessNotMatching,
	"contribution-after-round": contributionAfterRound,
	"contribution-dropped":     contributionDropped,
	"drawn-swapped":            drawnSwapped,
	"dispatch-swapped":         dispatchSwapped,
	"result-swapped":           resultSwapped,
	"result-of-another-firm":   resultOfAnotherFirm,
	"result-never-opened":      resultNeverOpened,
	"quota-moved":              quotaMoved,
	"team-refilled":            teamRefilled,
	"early-checkpoint-hidden":  earlyCheckpointHidden,
	"pool-hidden":              poolHidden,
	"recusals-faked":           recusalsFaked,
	"abort-hides":              abortHides,
	"enterprise-twice": listed(func(o *attack.Office) {
		twin := o.Firms[4]
		twin.ID = "注册号:" + twinNumber
		o.Firms = append(o.Firms, twin)
	}),
	"enterprise-left-out": listed(func(o *attack.Office) { o.Firms = append(o.Firms[:7:7], o.Firms[8:]...) }),
	"enterprise-invented": listed(func(o *attack.Office) {
		ghost := o.Firms[4]
		ghost.ID = "91370322TT99999999"
		o.Firms = append(o.Firms, ghost)
	}),
	"k-late":                    kLate,
	"k-missing":                 kMissing,
	"k-taken-back":              kTakenBack,
	"k-wrong":                   kWrong,
	"log-forked-for-one":        logForkedForOne,
	"fork-under-witnesses":      secondHistory(func(*attack.Office) {}), // none signs it
	"backup-restored":           backupRestored,
	"witness-without-memory":    secondHistory(func(o *attack.Office) { o.Remember(o.Witnesses[2]) }),
	"witness-minority-colludes": secondHistory(func(o *attack.Office) { o.Witnesses[0].Colludes = true }),
	"policy-weakened":           policyWeakened,
}

const (
	noon    = "2023-08-23T15:00:00"
	morning = "2023-08-24T08:30:00"
)

// rosterAfterNotice: a friend is struck from the register after the notice, and
// the lot is cast over the hat without him.
func rosterAfterNotice(tb testing.TB, _ string) *attack.Office {
	o := attack.New(tb, attack.Witnessed)
	l := o.Announce(noon, "A", 1000, nil)
	friend := l.Pool[0].Handle
	o.Firms = slices.DeleteFunc(slices.Clone(o.Firms), func(f rules.Firm) bool { return o.Handle(l, f.ID) == friend })
	o.Register("2023-08-23T16:00:00", "objects")
	body, files := o.DrawnFrom(l, attack.Rounds()[1000], slices.DeleteFunc(slices.Clone(l.Pool), func(c draw.Object) bool { return c.Handle == friend }))
	o.Say(morning, body, files.All()...)
	return o
}

// noticeAfterRound: the round is known, the notice claims the day before.
func noticeAfterRound(tb testing.TB, _ string) *attack.Office {
	o := attack.New(tb, attack.Witnessed)
	o.Truth = record.Unix("2023-08-24T07:00:00+08:00")
	l := o.Announce(noon, "A", 1000, nil)
	o.Cast(morning, l, nil)
	return o
}

// clockSetBack: no witness looks, but a round that was known when an earlier
// entry was written stands in the log.
func clockSetBack(tb testing.TB, _ string) *attack.Office {
	o := attack.New(tb, attack.Alone)
	first := o.Announce(noon, "A", 1000, nil)
	o.Cast(morning, first, nil)
	second := o.Announce("2023-08-23T15:10:00", "B", 1000, nil)
	o.SayForced(morning, second)
	return o
}

func secondNoticeOneID(tb testing.TB, _ string) *attack.Office {
	o := attack.New(tb, attack.Witnessed)
	o.Announce("2023-08-23T14:00:00", "A", 1000, nil)
	l := o.Announce(noon, "B", 1000, func(n *record.Notice, _ attack.Files) { n.Draw, n.Serial = "2023-001", 1 })
	o.SayForced(morning, l)
	return o
}

// twoNoticesOnePool: two rounds are tried, the better outcome is executed.
func twoNoticesOnePool(tb testing.TB, _ string) *attack.Office {
	o := attack.New(tb, attack.Witnessed)
	o.Announce("2023-08-23T14:00:00", "A", 123, nil)
	second := o.Announce(noon, "A", 1000, func(n *record.Notice, _ attack.Files) { n.Earlier = "" })
	o.SayForced(morning, second)
	return o
}

func anotherRound(tb testing.TB, _ string) *attack.Office {
	o := attack.New(tb, attack.Witnessed)
	l := o.Announce(noon, "A", 1000, nil)
	other, body, r := *l, *l.Body, *l.Body.Randomness
	r.Round = 1001
	body.Randomness = &r
	other.Body = &body
	said, files := o.Drawn(&other, attack.Rounds()[1001])
	o.Say(morning, said, files.All()...)
	return o
}

func signatureForged(tb testing.TB, _ string) *attack.Office {
	o := attack.New(tb, attack.Witnessed)
	l := o.Announce(noon, "A", 1000, nil)
	o.Cast(morning, l, func(d *record.Draw, _ attack.Files) {
		d.Signature = attack.Rounds()[1001]
		d.Rho = rhoOf(d.Signature)
		d.Seed = draw.Seed(l.C, nil, d.Rho)
	})
	return o
}

// signatureOf writes the round's signature in another form.
func signatureOf(form func(string) string) making {
	return func(tb testing.TB, _ string) *attack.Office {
		o := attack.New(tb, attack.Witnessed)
		l := o.Announce(noon, "A", 1000, nil)
		body, _ := o.Drawn(l, attack.Rounds()[1000])
		o.SayText(strings.Replace(o.Text(morning, body), attack.Rounds()[1000], form(attack.Rounds()[1000]), 1))
		return o
	}
}

func randomnessNotMatching(tb testing.TB, _ string) *attack.Office {
	o := attack.New(tb, attack.Witnessed)
	l := o.Announce(noon, "A", 1000, nil)
	o.Cast(morning, l, func(d *record.Draw, _ attack.Files) {
		d.Rho = strings.Repeat("0", 64)
		d.Seed = draw.Seed(l.C, nil, d.Rho)
	})
	return o
}

// contributing is a draw that waits for one contributor's number.
func contributing(o *attack.Office) (l *rules.Lot, who ledger.Signer, number *record.Contribution) {
	who = attack.Signer(o.TB, "contributor.example.cn", 70)
	l = o.Announce(noon, "A", 1000, func(n *record.Notice, _ attack.Files) {
		n.Randomness.Contributors = []record.Contributor{{Name: attack.Contributor, Key: who.Key().String()}}
	})
	return l, who, &record.Contribution{Notice: l.Index, Commitment: l.C, Value: strings.Repeat("7", 64)}
}

// contributionAfterRound: the number comes when the round is known, of many the
// one that suits.
func contributionAfterRound(tb testing.TB, _ string) *attack.Office {
	o := attack.New(tb, attack.Witnessed)
	l, who, number := contributing(o)
	o.Truth = record.Unix("2023-08-24T07:00:00+08:00")
	o.SayAs(who, "2023-08-23T16:00:00", number)
	l.Extras[0].InTime = true // as its own program would have it
	o.Cast(morning, l, nil)
	return o
}

// contributionDropped: the number came in time and is left out of the seed.
func contributionDropped(tb testing.TB, _ string) *attack.Office {
	o := attack.New(tb, attack.Witnessed)
	l, who, number := contributing(o)
	o.SayAs(who, "2023-08-23T16:00:00", number)
	l.Extras = nil
	o.Cast(morning, l, nil)
	return o
}

// drawnSwapped: a friend among the drawn goes, another firm of the hat comes.
func drawnSwapped(tb testing.TB, _ string) *attack.Office {
	o := attack.New(tb, attack.Witnessed)
	l := o.Announce(noon, "A", 1000, nil)
	o.Cast(morning, l, func(d *record.Draw, files attack.Files) {
		text := string(files[d.Drawn.SHA256])
		lines := strings.Split(strings.TrimSpace(text), "\n")
		friend := strings.Split(lines[0], "|")
		lines[0] = friend[0] + "|" + friend[1] + "|" + outside(l, text)
		d.Drawn = files.Put([]byte(strings.Join(lines, "\n") + "\n"))
	})
	return o
}

// outside is a handle of the hat that does not stand in a text.
func outside(l *rules.Lot, text string) string {
	for i := range l.Pool {
		if h := l.Pool[i].Handle; !strings.Contains(text, h) {
			return h
		}
	}
	return ""
}

func drawn(o *attack.Office) *rules.Lot {
	l := o.Announce(noon, "A", 1000, nil)
	o.Cast(morning, l, nil)
	return l
}

// pooled is a handle that was in the hat and not drawn.
func pooled(o *attack.Office, l *rules.Lot) string {
	for _, line := range o.Lines(l.Body.Pool) {
		if h, _, _ := strings.Cut(line, "|"); l.Object(h) == nil {
			return h
		}
	}
	return ""
}

func dispatchSwapped(tb testing.TB, _ string) *attack.Office {
	o := attack.New(tb, attack.Witnessed)
	l := drawn(o)
	o.Dispatch("2023-08-24T09:00:00", l, func(list []string) []string {
		list[0] = pooled(o, l)
		return list
	})
	return o
}

func resultSwapped(tb testing.TB, _ string) *attack.Office {
	o := attack.New(tb, attack.Witnessed)
	l := drawn(o)
	o.Dispatch("2023-08-24T09:00:00", l, nil)
	h := pooled(o, l)
	o.Result("2023-09-20T09:00:00", l, h, o.Firm(l, h), nil)
	return o
}

// resultOfAnotherFirm: the drawn handle, and behind it the name of another firm.
func resultOfAnotherFirm(tb testing.TB, _ string) *attack.Office {
	o := attack.New(tb, attack.Witnessed)
	l := drawn(o)
	o.Dispatch("2023-08-24T09:00:00", l, nil)
	h := l.Objects[0].Handle
	o.Result("2023-09-20T09:00:00", l, h, o.Firm(l, pooled(o, l)), nil)
	o.Open("2023-09-20T10:00:00", l, false, h)
	return o
}

func resultNeverOpened(tb testing.TB, _ string) *attack.Office {
	o := attack.New(tb, attack.Witnessed)
	l := drawn(o)
	o.Dispatch("2023-08-24T09:00:00", l, nil)
	h := l.Objects[0].Handle
	o.Result("2023-09-20T09:00:00", l, h, o.Firm(l, h), nil)
	return o
}

// quotaMoved: one place goes from a town to another before the lot is cast.
func quotaMoved(tb testing.TB, _ string) *attack.Office {
	o := attack.Begin(tb, attack.Witnessed, "yanshi")
	l := o.Announce(noon, "A", 1000, func(n *record.Notice, _ attack.Files) {
		cells := n.Groups[0].Cells
		cells[0].Quota--
		cells[1].Quota++
	})
	o.SayForced(morning, l)
	return o
}

// teamRefilled: the team that the lot gave, with one of them exchanged.
func teamRefilled(tb testing.TB, _ string) *attack.Office {
	o := attack.New(tb, attack.Witnessed)
	l := o.Announce(noon, "A", 1000, nil)
	o.Cast(morning, l, func(d *record.Draw, files attack.Files) {
		lines := strings.Split(strings.TrimSpace(string(files[d.Teams.SHA256])), "\n")
		team := strings.Split(lines[0], "|")
		for h := range l.Hat.People {
			if !slices.Contains(team, h) {
				team[2] = h
				break
			}
		}
		lines[0] = strings.Join(team, "|")
		d.Teams = files.Put([]byte(strings.Join(lines, "\n") + "\n"))
	})
	return o
}

// earlyCheckpointHidden: the notice was in time; its early checkpoint is
// exchanged for a later one, so that the draw may be called void.
func earlyCheckpointHidden(tb testing.TB, _ string) *attack.Office {
	o := attack.New(tb, attack.Witnessed)
	l := drawn(o)
	late := o.File("checkpoint")
	o.Reprove(l.Index, late)
	return o
}

func poolHidden(tb testing.TB, _ string) *attack.Office {
	o := attack.New(tb, attack.Witnessed)
	l := drawn(o)
	o.Remove(ledger.BlobPath(l.Body.Pool.SHA256))
	return o
}

// kMissing: its day is over, K is not there.
func kMissing(tb testing.TB, _ string) *attack.Office {
	o := attack.New(tb, attack.Witnessed)
	drawn(o)
	return o
}

func kTakenBack(tb testing.TB, _ string) *attack.Office {
	o := attack.New(tb, attack.Witnessed)
	l := o.Season()
	o.Beside[l.Index].K = ""
	o.Lay(l.Index)
	return o
}

func kWrong(tb testing.TB, _ string) *attack.Office {
	o := attack.New(tb, attack.Witnessed)
	l := o.Season()
	o.Beside[l.Index].K = hex.EncodeToString(o.Keys[l.Index].KI)
	o.Lay(l.Index)
	return o
}

// kLate: K comes two days after its day.
func kLate(tb testing.TB, _ string) *attack.Office {
	o := attack.New(tb, attack.Witnessed)
	l := drawn(o)
	o.Open("2023-11-03T09:00:00", l, true)
	return o
}

// recusalsFaked: most inspectors are recused at every firm, so that two friends
// are in every team; nobody has declared anything.
func recusalsFaked(tb testing.TB, _ string) *attack.Office {
	o := attack.New(tb, attack.Witnessed)
	o.Recused = map[string][]string{}
	for _, f := range o.Firms {
		for _, p := range o.People[3:] {
			o.Recused[f.ID] = append(o.Recused[f.ID], p.ID)
		}
	}
	o.SayForced(morning, o.Announce(noon, "A", 1000, nil))
	return o
}

// abortHides: the number is known and not liked; the draw is called off without
// saying whom it would have drawn.
func abortHides(tb testing.TB, _ string) *attack.Office {
	o := attack.New(tb, attack.Witnessed)
	l := o.Announce(noon, "A", 1000, nil)
	o.Say(morning, &record.Abort{Notice: l.Index, Ground: "演示", Date: "2023-08-24"})
	return o
}

// twinNumber is the registration number of one firm.
const twinNumber = "370322000000004"

// listed is an office whose register is not the one of the market regulator: a
// whole season, K open, and the regulator's list in register.csv.
func listed(tamper func(o *attack.Office)) making {
	return func(tb testing.TB, dir string) *attack.Office {
		o := attack.New(tb, attack.Witnessed)
		var csv strings.Builder
		csv.WriteString("统一社会信用代码,注册号,名称\n")
		for i, f := range o.Firms {
			number := ""
			if i == 4 {
				number = twinNumber
			}
			csv.WriteString(f.ID + "," + number + "," + f.Name + "\n")
		}
		if err := os.WriteFile(filepath.Join(dir, "register.csv"), []byte(csv.String()), 0o644); err != nil {
			tb.Fatal(err)
		}
		tamper(o)
		o.Register("2023-06-21T09:00:00", "objects")
		o.Season()
		return o
	}
}

// logForkedForOne: no witnesses; one reader is shown another history.
func logForkedForOne(tb testing.TB, dir string) *attack.Office {
	o := attack.New(tb, attack.Alone)
	l := o.Announce(noon, "A", 1000, nil)
	early := o.Backup()
	o.Cast(morning, l, nil)
	o.Spill(filepath.Join(dir, "before"))
	o.Restore(early)
	o.Say(morning, &record.Filing{Plan: 4, To: "上级机关", Date: "2023-08-24"})
	return o
}

// backupRestored: yesterday's backup is put back and the ledger goes on from it.
func backupRestored(tb testing.TB, dir string) *attack.Office {
	o := attack.New(tb, attack.Alone)
	l := drawn(o)
	yesterday := o.Backup()
	o.Dispatch("2023-08-24T09:00:00", l, nil)
	o.Spill(filepath.Join(dir, "before"))
	o.Restore(yesterday)
	o.Say("2023-08-24T09:10:00", &record.Abort{Notice: l.Index, Ground: "演示", Date: "2023-08-24"})
	o.Say("2023-08-24T09:20:00", &record.Filing{Plan: 4, To: "上级机关", Date: "2023-08-24"})
	return o
}

// secondHistory: under honest witnesses a draw is cast, its ledger seen by a
// reader; then a backup is put back and another history signed and shown, after
// change has made of the witnesses what it could.
func secondHistory(change func(o *attack.Office)) making {
	return func(tb testing.TB, dir string) *attack.Office {
		o := attack.New(tb, attack.Witnessed)
		l := o.Announce(noon, "A", 1000, nil)
		early := o.Backup()
		o.Cast(morning, l, nil)
		o.Spill(filepath.Join(dir, "before"))
		o.Restore(early)
		change(o)
		o.Shameless = true
		o.Say("2023-08-24T08:40:00", &record.Abort{Notice: l.Index, Ground: "演示", Date: "2023-08-24"})
		return o
	}
}

// policyWeakened: a later charter asks one witness only, its friend; then a
// notice that this one dates as it is told.
func policyWeakened(tb testing.TB, _ string) *attack.Office {
	o := attack.New(tb, attack.Witnessed)
	weak := *o.State.Charters[0].Body
	p, err := ledger.ParsePolicy([]byte(weak.Policy))
	if err != nil {
		tb.Fatal(err)
	}
	p.Witnesses, p.Groups, p.Quorum = p.Witnesses[:1], nil, p.Witnesses[0].Name
	text, err := ledger.FormatPolicy(p)
	if err != nil {
		tb.Fatal(err)
	}
	weak.Policy = string(text)
	for _, w := range o.Witnesses[1:] {
		w.Down = true
	}
	o.Shameless = true
	o.Say("2023-08-23T14:00:00", &weak)
	l := o.Announce(noon, "A", 1000, nil)
	o.Cast(morning, l, nil)
	return o
}

func rhoOf(signature string) string {
	raw, err := hex.DecodeString(signature)
	if err != nil {
		panic(err)
	}
	return rules.Hash(raw)
}

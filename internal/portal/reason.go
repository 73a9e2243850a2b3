package portal

import (
	"errors"
	"strings"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/words"
)

// reason is why a row has no facts, or which newer records are not in them.
type reason struct {
	code, text string
	unsound    bool // it was looked at and does not hold
}

// because puts an error in words that may stand on a public page. What a fault
// holds was not verified: folders of this machine, names of stray files, the
// first line of a stranger's checkpoint. None of it goes on; the remedy, which
// is for officers, does not either.
func because(err error) *reason {
	if many, ok := err.(interface{ Unwrap() []error }); ok && len(many.Unwrap()) > 0 {
		list := many.Unwrap()
		r := because(list[0])
		if len(list) > 1 {
			r.text = strings.TrimSuffix(r.text, "。") + "（共" + num(len(list)) + "处）。"
		}
		return r
	}
	var f *fault.Error
	if !errors.As(err, &f) {
		return &reason{text: "读写出错。"}
	}
	return &reason{f.Code, public(f), unsound(f)}
}

// public is the sentence of a fault without anything of the fault in it, but for
// the number of records that wait.
func public(f *fault.Error) string {
	if before, after, ok := strings.Cut(spoken[f.Code], "{got}"); ok {
		return before + count(f.Got) + after
	}
	if s := spoken[f.Code]; s != "" {
		return s
	}
	if s, ok := words.Bare(f.Code); ok {
		return s
	}
	room, _, _ := strings.Cut(f.Code, ".")
	switch {
	case unsound(f):
		return "账本核验不成立。"
	case room == "publish":
		return "网站这次没有发布。"
	case f.Kind == fault.Unreachable:
		return "读不到账本或网站的文件。"
	}
	return "账本或网站的文件处理不了。"
}

// count is a number of a few digits, and of anything else a word.
func count(s string) string {
	if s == "" || len(s) > 9 || strings.Trim(s, "0123456789") != "" {
		return "若干"
	}
	return s
}

// spoken are the sentences of faults whose own name a place or a value.
var spoken = map[string]string{
	"command.unfinished":        "有{got}条记录还没有写完，公众还看不到。",
	"command.unwitnessed":       "有{got}条记录已记录、未见证，公众还看不到。",
	"ledger.audit-blob":         "有附件的内容与它的校验码不符。",
	"ledger.audit-bundle":       "有记录文件读不出原来的记录。",
	"ledger.audit-copy":         "有可读副本与账本里的记录不一致。",
	"ledger.audit-cosignature":  "有见证签名核验不过。",
	"ledger.audit-entry":        "有记录被改动。",
	"ledger.audit-foreign":      "账本文件夹里多出了不属于账本的东西。",
	"ledger.audit-missing":      "账本文件夹里缺少文件。",
	"ledger.audit-policy":       "见证约定文件与应有的内容不符。",
	"ledger.audit-proof":        "有入账证明核验不过。",
	"ledger.audit-tile":         "有校验树文件与记录算出的不一致。",
	"ledger.checkpoint-origin":  "账本快照是别的账本的。",
	"ledger.unreadable":         "读不到账本的文件。",
	"office.pin-fork":           "网站上的账本与本单位自己的账本不是同一段历史。",
	"office.pin-none":           "没有办法确认网站上的账本是本单位的。",
	"office.pin-other":          "网站上的账本不是本单位的。",
	"province.not-a-file":       "有一个要读的文件不是普通文件，没有读。",
	"province.same-ledger":      "另一个单位公布的是同一本账本，两个都不算数。",
	"publish.busy":              "另一个发布还没有结束。",
	"publish.damaged":           "要发布的网站里有文件与账本对不上，没有发布。",
	"publish.foreign":           "发布目录里有别的东西占了网站文件的位置。",
	"publish.in-the-way":        "发布目录里有别的东西占了网站文件的位置。",
	"publish.not-empty":         "发布目录里已有别的东西，不能确定是本网站的。",
	"publish.other-ledger":      "发布目录里是另一个账本，不是本单位的。",
	"publish.target-checkpoint": "发布目录里的账本快照不是本单位签名的，可能被改动过。",
	"publish.target-fork":       "发布目录里的账本快照与本单位的账本不是同一段历史。",
	"publish.target-newer":      "发布目录里的账本比本单位要发布的条数多。",
	"publish.target-unreadable": "读不出发布目录里的文件。",
	"publish.unsound":           "要发布的网站核验不通过，没有发布。",
	"publish.unwritable":        "写不进发布目录。",
	"verify.bad-checkpoint":     "账本快照不成立。",
	"verify.log-key":            "账本快照的账本公钥不是开账声明写明的那一把。",
	"verify.no-ledger":          "这里还没有公开账本。",
	"verify.unreadable":         "读不到账本的文件。",
}

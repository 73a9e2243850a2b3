package keyring

import (
	"crypto/sha256"
	"fmt"
	"regexp"
	"strings"
	"time"
	"unicode"

	"filippo.io/age"

	"github.com/sunlot/sunlot/internal/fault"
)

// The secret on a recovery sheet is the 58 characters after AGE-SECRET-KEY-1,
// in three lines of groups of four; two more characters a line check that
// line, so that a slip of the pen names its line.
var sheetLines = [3]int{20, 20, 18}

const (
	sheetSecret = 58
	sheetChecks = 2
	sheetTyped  = sheetSecret + 3*sheetChecks // with the three checks

	maxSheet = 64 << 10 // bytes
)

// lineCheck is ten bits of SHA-256("sunlot sheet line <n>|" + characters).
func lineCheck(n int, chars string) string {
	h := sha256.Sum256(fmt.Appendf(nil, "sunlot sheet line %d|%s", n, chars))
	return string([]byte{bech32Digits[h[0]&31], bech32Digits[h[1]&31]})
}

// sheetText is the printed recovery sheet 恢复单, to be read by somebody
// who has never seen the program.
func sheetText(office string, at time.Time, id *age.X25519Identity, r *Ring) string {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("阳光签（sunlot）恢复单")
	line("")
	line("本单位：%s", office)
	line("制作日期：%s", at.Format("2006-01-02"))
	line("")
	line("一、这是什么")
	if r.agent {
		line("本单位的签名钥匙由 ssh-agent 或硬件保管，不在文件里。凭这张纸可以打开本单位的加密备份，")
		line("但不能代替签名钥匙本身。")
	} else {
		line("本单位的公开账本用两把签名钥匙（账本钥匙、单位钥匙）签名。钥匙加密存放，平时由下列人员凭各自的口令打开：")
	}
	for _, p := range r.People {
		line("  %d号  %s（%s）", p.Number, p.Name, p.Role)
	}
	line("他们的口令都遗失时，凭这张纸也能打开。谁拿到这张纸，谁就能打开。")
	line("")
	line("二、怎样保管")
	line("打印一份，当面装入信封，密封后由两人在封口处签名，交本单位主要负责人或档案室保管。")
	line("不拍照，不扫描，不存入电脑；打印后清除打印机和屏幕上的内容。拆封要记录时间和事由。")
	line("")
	line("三、恢复密钥（三行，每行末尾两位是本行校验）")
	line("")
	rest := strings.TrimPrefix(id.String(), identityPrefix)
	for i, n := range sheetLines {
		var groups []string
		for j := 0; j < n; j += 4 {
			groups = append(groups, rest[j:min(j+4, n)])
		}
		line("  第%d行  %s  校验 %s", i+1, strings.Join(groups, " "), lineCheck(i+1, rest[:n]))
		rest = rest[n:]
	}
	line("")
	line("字母不分大小写，空格可有可无。没有字母 B、I、O 和数字 1：像 O 的是数字 0，像 I 的是字母 L。")
	line("")
	line("四、怎样使用")
	if r.agent {
		line("1. 运行 sunlot restore，问口令时把上面三行连着输入，再按回车。")
	} else {
		line("1. 运行任何一条要签名的 sunlot 命令，问口令时把上面三行连着输入，再按回车。")
	}
	line("   校验两位一并输入最好：输错时会指出是哪一行；不输入也可以。")
	line("2. 随后用 sunlot people add 添加新的人员，用 sunlot people remove 移除旧的，")
	line("   再用 sunlot people sheet 重做一张恢复单；旧单当场销毁。")
	line("3. 没有本程序也能用：在三行连写（不含校验）前面加上 %s，", identityPrefix)
	line("   存为文本文件，用 age 软件（age-encryption.org）解开%s。", opens(r))
	line("")
	line("五、公开部分（可以给人看，用来核对是不是这一套钥匙）")
	line("账本钥匙：%s", r.Log)
	line("单位钥匙：%s", r.Office)
	line("恢复收件码：%s", r.Recovery)
	for _, p := range r.People {
		line("%d号收件码：%s", p.Number, p.Recipient)
	}
	return b.String()
}

func opens(r *Ring) string {
	if r.agent {
		return "备份文件"
	}
	return " log.age、office.age 和备份文件"
}

var sheetLabel = regexp.MustCompile(`第\s*([1-3１-３])\s*行`)

// ParseSheet returns the age identity AGE-SECRET-KEY-1… of a recovery sheet:
// the whole text of one, or its secret as somebody types it: with or without
// labels, line checks and the prefix, in any case, spacing and width.
//
// Errors: keyring.sheet-length, keyring.sheet-character, keyring.sheet-line
// (which line does not fit its check), keyring.sheet-check (the characters do
// not fit the checksum). None says what stood there.
func ParseSheet(text string) (identity string, err error) {
	if len(text) > maxSheet {
		return "", fault.New("keyring.sheet-length", "sheet", fmt.Sprint(len(text)), fmt.Sprintf("%d 或 %d", sheetSecret, sheetTyped))
	}
	chars, err := sheetChars(text)
	if err != nil {
		return "", err
	}
	switch len(chars) {
	case sheetSecret:
	case sheetTyped:
		if chars, err = checkLines(chars); err != nil {
			return "", err
		}
	default:
		return "", fault.New("keyring.sheet-length", "sheet", fmt.Sprint(len(chars)), fmt.Sprintf("%d 或 %d", sheetSecret, sheetTyped))
	}
	id, err := age.ParseX25519Identity(identityPrefix + chars)
	if err != nil || id.String() != identityPrefix+chars {
		return "", fault.New("keyring.sheet-check", "sheet", "", "characters that fit the checksum")
	}
	return id.String(), nil
}

// sheetChars are the characters that count, in upper case and one width.
// Where lines with labels stand, only those count.
func sheetChars(text string) (string, error) {
	var kept []string
	for _, l := range strings.Split(text, "\n") {
		if at := sheetLabel.FindStringIndex(l); at != nil {
			kept = append(kept, l[at[1]:])
		}
	}
	if kept != nil {
		text = strings.Join(kept, "\n")
	}
	text = strings.ReplaceAll(text, "校验", "")
	var b strings.Builder
	for _, r := range text {
		if r >= 0xff01 && r <= 0xff5e { // full width forms
			r -= 0xfee0
		}
		switch {
		case unicode.IsSpace(r) || strings.ContainsRune("-—–·:：", r):
		case r > unicode.MaxASCII:
			return "", fault.New("keyring.sheet-character", "sheet", "", "letters and digits")
		default:
			b.WriteRune(unicode.ToUpper(r))
		}
	}
	chars := strings.TrimPrefix(b.String(), strings.ReplaceAll(identityPrefix, "-", ""))
	chars = strings.NewReplacer("1", "L", "I", "L", "O", "0", "B", "8").Replace(chars)
	if strings.Trim(chars, bech32Digits) != "" {
		return "", fault.New("keyring.sheet-character", "sheet", "", "letters and digits")
	}
	return chars, nil
}

// checkLines holds three lines against their checks and returns them without.
func checkLines(chars string) (string, error) {
	out, wrong := "", []string(nil)
	for i, n := range sheetLines {
		body, check := chars[:n], chars[n:n+sheetChecks]
		if lineCheck(i+1, body) != check {
			wrong = append(wrong, fmt.Sprint(i+1))
		}
		out, chars = out+body, chars[n+sheetChecks:]
	}
	if wrong != nil {
		return "", fault.New("keyring.sheet-line", "sheet", strings.Join(wrong, "、"), "")
	}
	return out, nil
}

// identityOf says what a secret is: an identity, or (nil, nil) a passphrase.
// What is marked as an identity or sheet and is not a sound one is an error;
// so are three checked lines of which two fit.
func identityOf(secret string) (*age.X25519Identity, error) {
	text, err := ParseSheet(secret)
	if err == nil {
		id, err := age.ParseX25519Identity(text)
		if err != nil {
			panic("keyring: a parsed identity does not parse: " + err.Error())
		}
		return id, nil
	}
	head := strings.ToUpper(strings.TrimSpace(secret))
	if strings.HasPrefix(head, identityPrefix) || sheetLabel.MatchString(secret) {
		return nil, err
	}
	if f, ok := err.(*fault.Error); ok && f.Code == "keyring.sheet-line" && len(f.Got) == 1 {
		return nil, err
	}
	return nil, nil
}

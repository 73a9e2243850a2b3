package words

import (
	"regexp"
	"strings"
)

// rooms below name places and what they wanted in short English: what of it a
// person may meet is put into Chinese here, in this order.
var terms = []struct {
	english *regexp.Regexp
	chinese string
}{
	{regexp.MustCompile(`\b(?:policy|logs) line (\d+)`), "第 $1 行"},
	{regexp.MustCompile(`\bpolicy byte (\d+)`), "第 $1 个字节"},
	{regexp.MustCompile(`^answer$`), "这份答复"},
	{regexp.MustCompile(`^key (\S+)$`), "$1"},
	{regexp.MustCompile(`^no quorum line$`), "一行也没有"},
	{regexp.MustCompile(`^no newline at the end$`), "文件是空的，或最后一行没有换行"},
	{regexp.MustCompile(`^any, all or 1\.\.(\d+)$`), "any、all 或 1 到 $1"},
	{regexp.MustCompile(`^round (\d+)$`), "第 $1 期"},
	{regexp.MustCompile(`^entry (\d+)$`), "第 $1 条记录"},
	{regexp.MustCompile(`^tree (\d+)$`), "树 $1"},
	{regexp.MustCompile(`^throw (\d+)$`), "第 $1 次"},
	{regexp.MustCompile(`^rounds?$`), "公开随机数"},
	{regexp.MustCompile(`^randomness\.draws$`), "彩票"},
	{regexp.MustCompile(`^randomness\.ceremony$`), "现场掷数"},
	{regexp.MustCompile(`^randomness\.ceremony\.present$`), "在场人"},
	{regexp.MustCompile(`^randomness$`), "随机数"},
	{regexp.MustCompile(`^lottery (\d)`), "$1"},
	{regexp.MustCompile(`^ceremony (\d)`), "$1"},
	{regexp.MustCompile(`^lottery$`), "开奖号码"},
	{regexp.MustCompile(`^ceremony$`), "现场掷数"},
	{regexp.MustCompile(`^typed$`), "键入的内容"},
	{regexp.MustCompile(`^nothing$`), "什么也没有"},
	{regexp.MustCompile(`^kl8:"?(\d+)"?$`), "快乐8第${1}期"},
	{regexp.MustCompile(`^ssq:"?(\d+)"?$`), "双色球第${1}期"},
	{regexp.MustCompile(`^dlt:"?(\d+)"?$`), "大乐透第${1}期"},
	{regexp.MustCompile(`^appoint$`), "另行指派"},
	{regexp.MustCompile(`^(?:agreed, )?date$`), "登记"},
	{regexp.MustCompile(`^date, decided$`), "登记、决定"},
	{regexp.MustCompile(`^decided$`), "决定"},
	{regexp.MustCompile(`^received$`), "收到"},
	{regexp.MustCompile(`^signed$`), "签字"},
	{regexp.MustCompile(`^applied$`), "本人申请"},
	{regexp.MustCompile(`^(?:last_)?evidence$`), "证据"},
	{regexp.MustCompile(`^env\.at$`), "写入"},
	{regexp.MustCompile(`^digits$`), "数字"},
	{regexp.MustCompile(`^two digits$`), "两位数字"},
	{regexp.MustCompile(`^text in UTF-8$`), "UTF-8 编码的文字"},
	{regexp.MustCompile(`^bytes that are not UTF-8$`), "不是文本的内容"},
	{regexp.MustCompile("^JSON or a line `round signature`$"), "中继站返回的 JSON，或一行“期号 签名”"},
	{regexp.MustCompile(`^something after the JSON value$`), "JSON 后面还有别的内容"},
	{regexp.MustCompile(`^one JSON value$`), "只有一段 JSON"},
	{regexp.MustCompile(`^an array of something else$`), "别的内容"},
	{regexp.MustCompile(`^an array of objects$`), "几期公开随机数"},
	{regexp.MustCompile(`^an object without (\S+)$`), "缺少 $1"},
	{regexp.MustCompile(`^the members round and signature$`), "有 round 和 signature"},
	{regexp.MustCompile(`^one round$`), "一期"},
	{regexp.MustCompile(`^a whole number 1\.\.(\d+)$`), "1 到 $1 的整数"},
	{regexp.MustCompile(`^(?:different numbers of )1\.\.(\d+)$`), "1 到 $1 之间互不相同的号码"},
	{regexp.MustCompile(`^1\.\.(\d+)$`), "1 到 $1"},
	{regexp.MustCompile(`^at most (\d+)$`), "不超过 $1 个字节"},
	{regexp.MustCompile(`^at most (\d+) bytes$`), "不超过 $1 个字节"},
	{regexp.MustCompile(`^more than (\d+) bytes$`), "超过 $1 个字节"},
	{regexp.MustCompile(`^(\d+) bytes$`), "$1 个字节"},
	{regexp.MustCompile(`^(\d+) characters$`), "$1 个字符"},
	{regexp.MustCompile(`^(\d+) (?:lower-case )?hex digits$`), "$1 个十六进制字符"},
	{regexp.MustCompile(`^(\d+) throws$`), "$1 次"},
	{regexp.MustCompile(`^(\d+) balls$`), "$1 个球"},
	{regexp.MustCompile(`^(\d+) draws$`), "$1 期"},
	{regexp.MustCompile(`^(\d+) lines$`), "$1 行"},
	{regexp.MustCompile(`^(\d+) lines, one a draw$`), "$1 行，每期一行"},
	{regexp.MustCompile(`^(\d+) draws joined by ;$`), "$1 期，用分号隔开"},
	{regexp.MustCompile(`^(\d+) numbers$`), "$1 个号码"},
	{regexp.MustCompile(`^(\d+) numbers before the \+$`), "加号前有 $1 个号码"},
	{regexp.MustCompile(`^numbers of one or two digits, apart$`), "一位或两位的号码，互相隔开"},
}

// plain is a value of a fault as a person reads it.
func plain(value string) string {
	if !strings.ContainsFunc(value, func(r rune) bool { return 'g' <= r && r <= 'z' || 'A' <= r && r <= 'Z' && r != 'T' || r == '.' }) {
		return value // a number, a time, a digest, words of our own: no term is of such letters alone
	}
	for _, t := range terms {
		value = t.english.ReplaceAllString(value, t.chinese)
	}
	return value
}

// causes are what operating systems and networks say, by the words that stand
// in every such message whatever the file or address.
var causes = []struct{ english, chinese string }{
	{"no such file or directory", "没有这个文件或文件夹"},
	{"file does not exist", "没有这个文件或文件夹"},
	{"cannot find the file", "没有这个文件或文件夹"},
	{"cannot find the path", "没有这个文件或文件夹"},
	{"file exists", "已经有同名的文件"},
	{"permission denied", "没有权限"},
	{"Access is denied", "没有权限"},
	{"is a directory", "这是一个文件夹，不是文件"},
	{"not a directory", "路径中有一段是文件，不是文件夹"},
	{"no space left", "磁盘已满"},
	{"read-only file system", "磁盘是只读的"},
	{"address already in use", "端口已被占用"},
	{"cannot assign requested address", "本机没有这个地址"},
	{"invalid port", "端口写法不对，应为 1 到 65535"},
	{"connection refused", "对方没有在这个网址上开着服务"},
	{"connection reset", "连接被对方断开"},
	{"no such host", "找不到这个域名"},
	{"network is unreachable", "本机没有联网"},
	{"no route to host", "网络不通"},
	{"unsupported protocol scheme", "网址要以 http:// 或 https:// 开头"},
	{"deadline exceeded", "等得太久，没有回答"},
	{"Client.Timeout", "等得太久，没有回答"},
	{"i/o timeout", "等得太久，没有回答"},
	{"certificate", "对方网站的证书不对"},
	{"incorrect encoding", "这一串字符不是签名，多半抄错了"},
	{"invalid character", "不是完整的 JSON"},
	{"unexpected end of JSON", "不是完整的 JSON"},
	{"unexpected EOF", "内容没有传完就断了"},
}

// cause is what the system said, in Chinese where it is one of the usual
// things; the rest is kept for whoever is called for help.
func cause(err error) string {
	text := err.Error()
	for _, c := range causes {
		if strings.Contains(text, c.english) {
			return c.chinese
		}
	}
	return text
}

package command

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
)

// printUsage is the part of a help text below its description, in Chinese.
func printUsage(cmd *cobra.Command) error {
	var b strings.Builder
	line := cmd.UseLine()
	line = strings.TrimSuffix(line, " [flags]")
	if cmd.HasAvailableSubCommands() {
		line += " 命令"
	}
	fmt.Fprintf(&b, "用法：\n  %s [选项]\n", line)
	if cmd.HasAvailableSubCommands() {
		b.WriteString("\n命令：\n")
		for _, sub := range cmd.Commands() {
			if sub.IsAvailableCommand() {
				fmt.Fprintf(&b, "  %-10s  %s\n", sub.Name(), sub.Short)
			}
		}
	}
	if cmd.HasExample() {
		fmt.Fprintf(&b, "\n例：\n%s\n", cmd.Example)
	}
	if f := cmd.LocalFlags(); f.HasAvailableFlags() {
		fmt.Fprintf(&b, "\n选项：\n%s", flagWords(f.FlagUsages()))
	}
	if f := cmd.InheritedFlags(); f.HasAvailableFlags() {
		fmt.Fprintf(&b, "\n通用选项：\n%s", flagWords(f.FlagUsages()))
	}
	_, err := fmt.Fprint(cmd.OutOrStdout(), b.String())
	return err
}

var flagTypes = regexp.MustCompile(`(--[a-z-]+) (stringToString|stringArray|strings|string|int64|uint|int)\b( *)`)

var flagDefault = regexp.MustCompile(`(?m)\(default (.*)\)$`)

// flagWords puts the names of the flag library's types into words.
func flagWords(usages string) string {
	usages = strings.ReplaceAll(usages, " (default [])", "")
	usages = flagTypes.ReplaceAllStringFunc(usages, func(s string) string {
		m := flagTypes.FindStringSubmatch(s)
		word := "文字"
		if strings.HasSuffix(m[2], "int") || strings.HasPrefix(m[2], "int") {
			word = "数"
		}
		pad := len(m[2]) + len(m[3]) - 2*len([]rune(word)) // a Chinese character is two columns wide
		return m[1] + " " + word + strings.Repeat(" ", max(pad, 1))
	})
	return flagDefault.ReplaceAllString(usages, "（缺省 $1）")
}

// mistakes are the command line errors of the flag library, in words.
var mistakes = []struct{ pattern, say string }{
	{`^unknown command "([^"]*)"`, "没有“$1”这个命令"},
	{`^unknown flag: (.*)$`, "没有 $1 这个选项"},
	{`^unknown shorthand flag: '(.)'`, "没有 -$1 这个选项"},
	{`^flag needs an argument: (.*)$`, "选项 $1 后面要有内容"},
	{`^required flag\(s\) (.*) not set$`, "缺少选项 $1"},
	{`^invalid argument "([^"]*)" for "([^"]*)" flag.*$`, "选项 $2 不能是“$1”"},
	{`^accepts (\d+) arg\(s\), received (\d+)$`, "这个命令要 $1 个参数，给了 $2 个"},
	{`^accepts at most (\d+) arg\(s\), received (\d+)$`, "这个命令最多 $1 个参数，给了 $2 个"},
	{`^requires at least (\d+) arg\(s\), only received (\d+)$`, "这个命令至少要 $1 个参数，给了 $2 个"},
}

// missing says which flags a command still needs, with their meaning.
func missing(cmd *cobra.Command, text string) string {
	m := regexp.MustCompile(`^required flag\(s\) (.*) not set$`).FindStringSubmatch(text)
	if m == nil {
		return ""
	}
	var list []string
	for _, name := range strings.Split(m[1], ", ") {
		name = strings.Trim(name, `"`)
		if f := cmd.Flags().Lookup(name); f != nil {
			list = append(list, "--"+name+"（"+f.Usage+"）")
		}
	}
	return "缺少选项 " + strings.Join(list, "、")
}

// usageError says in Chinese what is wrong with a command line, and where its
// help is; "" for any other error.
func usageError(cmd *cobra.Command, err error) string {
	text := strings.SplitN(err.Error(), "\n", 2)[0]
	said := plain(err)
	if flags := missing(cmd, text); flags != "" {
		said = flags
	}
	if lack := regexp.MustCompile(`^(?:accepts \d+ arg\(s\), received 0|requires at least \d+ arg\(s\), only received 0)$`); lack.MatchString(text) {
		_, args, _ := strings.Cut(cmd.Use, " ")
		said = "缺少“" + args + "”"
	}
	return "命令写法不对：" + said + "\n用 " + cmd.CommandPath() + " --help 查看写法。"
}

// plain says a command line error in Chinese, "" for any other error.
func plain(err error) string {
	text := strings.SplitN(err.Error(), "\n", 2)[0]
	for _, m := range mistakes {
		if re := regexp.MustCompile(m.pattern); re.MatchString(text) {
			return re.ReplaceAllString(re.FindString(text), m.say)
		}
	}
	return ""
}

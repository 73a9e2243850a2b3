package command

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/publish"
)

func (c *Command) newHeaders() *cobra.Command {
	return &cobra.Command{
		Use:   "headers 服务器",
		Short: "给网站服务器用的响应头配置（nginx、Apache、IIS、东方通）",
		Long: `写出一段配置：内容安全策略与网页里的相同，不许浏览器猜文件类型，不向别的网站透露从哪里来；
校验树、名单和记录原文一经发布就不再变，缓存一年，网页缓存五分钟，账本快照每次都问；文字文件按 UTF-8 发送。
没有这段配置，网站照样能看、能核验；有了它，更快，也多一道防护。配置里的说明写着放在哪里。` + exitCodes,
		Example: `  sunlot headers nginx > sunlot.conf
  sunlot headers apache > /srv/www/sunlot/.htaccess
  sunlot headers iis > web.config
  sunlot headers tongweb > WEB-INF/web.xml`,
		Args:      cobra.ExactArgs(1),
		ValidArgs: publish.Servers,
		RunE: func(cmd *cobra.Command, args []string) error {
			text, ok := publish.Headers(args[0])
			if !ok {
				return fault.New("command.no-server", args[0], "", strings.Join(publish.Servers, "、")).Of(fault.Usage)
			}
			_, err := c.Stdout.Write(text)
			return err
		},
	}
}

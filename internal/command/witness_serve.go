package command

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/spf13/cobra"

	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/words"
)

func (c *Command) newWitnessServe() *cobra.Command {
	var place witnessPlace
	var listen string
	cmd := &cobra.Command{
		Use:   "serve",
		Short: "启动见证服务",
		Long: `等各单位的账本把新的一份送来签名（c2sp.org/tlog-witness），也让监督的人取走最近签过的一份：
  网址/账本名称的校验码/checkpoint
存档里一家账本一个文件，写稳之后签名才发出。存档丢了的见证单位会替另一套账本作保，所以存档是空的就不启动，
第一次使用请加 --new。要对外服务时前面放一个带 HTTPS 的网页服务器。按 Ctrl+C 结束。` + exitCodes,
		Example: "  sunlot witness serve --new\n  sunlot witness serve --listen 0.0.0.0:8401 --pq",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, args []string) error { return c.witnessServe(cmd.Context(), &place, listen) },
	}
	place.flags(cmd)
	cmd.Flags().StringVar(&listen, "listen", "127.0.0.1:8401", "地址和端口，端口 0 为任意空闲端口")
	return cmd
}

func (c *Command) witnessServe(ctx context.Context, place *witnessPlace, listen string) error {
	l, err := net.Listen("tcp", listen)
	if err != nil {
		return fault.Wrap("command.witness-listen", listen, err).Of(fault.Unreachable)
	}
	defer l.Close()
	w, store, err := c.witness(place)
	if err != nil {
		return err
	}
	defer store.Close()
	w.Refused = func(err error) { fmt.Fprintln(c.Stderr, words.Error(err)) }
	// A request is a few kilobytes: whoever takes longer than this for it is
	// not a log.
	srv := &http.Server{Handler: w, ReadTimeout: 10 * time.Second, WriteTimeout: 20 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 1 << 14}
	c.note("见证服务在 http://%s ，存档在 %s，按 Ctrl+C 结束\n", l.Addr(), place.store)
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		<-ctx.Done()
		end, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = srv.Shutdown(end) // what is being signed is finished first
	}()
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fault.Wrap("command.witness-listen", l.Addr().String(), err).Of(fault.Unreachable)
	}
	<-stopped
	return nil
}

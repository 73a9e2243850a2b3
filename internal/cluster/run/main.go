// Command run is make cluster and make cluster-down: it starts the servers of
// package cluster in a folder, leaves them running, tells how they are, and
// ends them. It is no part of the product.
//
//	go run ./internal/cluster/run up|status|down DIR
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"time"

	"github.com/sunlot/sunlot/internal/cluster"
	"github.com/sunlot/sunlot/internal/fault"
	"github.com/sunlot/sunlot/internal/words"
)

const usage = `用法：go run ./internal/cluster/run [参数] up|status|down 文件夹

  up      启动 PostgreSQL、etcd、两个日志服务和两个排序服务，全部只在本机
  status  列出各个服务的地址、进程和状态
  down    停止；数据库留在文件夹里，下次 up 接着用

参数：
`

const hint = `
各单位的账本可以放到这里：把下面两行写进一个文件，如 集群.toml，再在单位文件夹里运行
sunlot ledger move --to trillian --settings 集群.toml。

[ledger]
address = ["%s", "%s"]

日志和数据库都在 %s；停止：make cluster-down。
`

func main() {
	if err := run(os.Args[1:], os.Stdout); err != nil {
		var f *fault.Error
		code := 1
		if errors.As(err, &f) {
			sentence, remedy := words.Say(f.Code, f.Place, f.Got, f.Want)
			fmt.Fprintf(os.Stderr, "%s\n%s\n", sentence, remedy)
			code = map[fault.Kind]int{fault.Usage: 2, fault.Unreachable: 3}[f.Kind]
		} else if errors.Is(err, flag.ErrHelp) {
			code = 2
		} else {
			fmt.Fprintln(os.Stderr, err)
		}
		os.Exit(max(1, code))
	}
}

func run(args []string, out io.Writer) error {
	flags := flag.NewFlagSet("run", flag.ContinueOnError)
	flags.Usage = func() {
		fmt.Fprint(flags.Output(), usage)
		flags.PrintDefaults()
	}
	interval := flags.Duration("interval", 100*time.Millisecond, "排序服务每隔多久排一次")
	port := flags.Int("port", 8090, "第一个端口，其余依次往后")
	if err := flags.Parse(args); err != nil {
		return flag.ErrHelp
	}
	if flags.NArg() != 2 {
		flags.Usage()
		return flag.ErrHelp
	}
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt)
	defer cancel()
	switch dir := flags.Arg(1); flags.Arg(0) {
	case "up":
		fmt.Fprintln(out, "正在编译并启动（第一次编译 Trillian 和 etcd 要一两分钟）……")
		c, err := cluster.Up(ctx, cluster.Options{Dir: dir, Interval: *interval, Port: *port, Detach: true})
		if err != nil {
			return err
		}
		if err := tell(ctx, out, c); err != nil {
			return err
		}
		fmt.Fprintf(out, hint, c.LogServers[0].Addr, c.LogServers[1].Addr, dir)
		return nil
	case "status":
		c, err := cluster.Open(dir)
		if err != nil {
			return err
		}
		return tell(ctx, out, c)
	case "down":
		c, err := cluster.Open(dir)
		if err != nil {
			return err
		}
		return c.Down()
	}
	flags.Usage()
	return flag.ErrHelp
}

// tell lists the servers; one that is not well is told last, as a fault.
func tell(ctx context.Context, out io.Writer, c *cluster.Cluster) error {
	var bad error
	for _, s := range c.All() {
		word := "正常"
		if !s.Running() {
			word = "没有运行"
			bad = fault.New("cluster.not-running", s.Name, "", "").Of(fault.Unreachable)
		} else if err := s.Ready(ctx); err != nil {
			word = "没有应答"
			bad = &fault.Error{Code: "cluster.no-answer", Place: s.Name, Got: err.Error(), Want: s.Log, Kind: fault.Unreachable, Err: err}
		}
		fmt.Fprintf(out, "%-12s %-24s 进程 %-8d %s\n", s.Name, s.Addr, s.Pid(), word)
	}
	return bad
}

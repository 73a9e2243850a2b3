// Command sunlot (阳光签) is the office's tool: it records, draws, publishes.
package main

import (
	"context"
	"crypto/rand"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/sunlot/sunlot/internal/command"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	c := command.Command{Args: os.Args[1:], Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		Env: os.LookupEnv, Now: time.Now, Rand: rand.Reader, Writer: command.Writer(os.LookupEnv, os.Args[1:], time.Now())}
	os.Exit(c.Run(ctx))
}

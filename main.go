// Command livetape is a live ticker tape for any Server-Sent Events feed of prices and news.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"livetape/ui/cli"
	"livetape/ui/cli/exitcode"
	"livetape/ui/cli/noquery"
)

func main() {
	os.Exit(run())
}

// run hands the process over to the command line, and ends it at a signal.
func run() int {
	ctx, stop := context.WithCancelCause(context.Background())
	defer stop(nil)
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		s := <-signals
		stop(exitcode.Signal{Signal: s})
		<-signals // the second one means: now
		os.Exit(exitcode.OfSignal(s))
	}()

	noquery.RestoreTerm()
	cli.CaptureLog(os.Stderr)
	return cli.Run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
}

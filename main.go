// Command livetape is a live ticker tape for any Server-Sent Events feed of prices and news.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"livetape/ui/cli"
	"livetape/ui/cli/noquery"
)

func main() {
	os.Exit(run())
}

// run hands the process over to the command line and turns a signal into the conventional exit code.
func run() int {
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	caught := make(chan os.Signal, 1)
	go func() {
		s := <-signals
		caught <- s
		stop()
		<-signals // the second one means: now
		os.Exit(exitCode(s))
	}()

	noquery.RestoreTerm()
	cli.CaptureLog(os.Stderr)
	code := cli.Run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	select {
	case s := <-caught:
		return exitCode(s)
	default:
		return code
	}
}

// exitCode is what a shell reports for a process that the signal ended.
func exitCode(s os.Signal) int {
	if n, ok := s.(syscall.Signal); ok {
		return 128 + int(n)
	}
	return cli.ExitError
}

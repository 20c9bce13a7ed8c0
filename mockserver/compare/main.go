// Command compare measures livetape beside what else does its work: subscribers, a pipe of curl and jq, a Bubble Tea program
// that takes one message an event, and a server made of r3labs/sse. All that a row of its table compares reads the same
// events in the same run, and the row says what else the machine did meanwhile.
//
//	go run .                          every part but memory and growth
//	go run . -only screen,latency     some parts
//	go run . -write                   every part; docs/performance.md and its pictures are written anew
//
// It is a module of its own, so that livetape does not depend on what only this needs. It reads processor times as Linux
// tells them.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// part is a group of measurements.
type part struct {
	name, help string
	long       bool // it takes minutes
	measure    func(*bench) error
}

func parts() []part {
	return []part{
		{"feed", "from HTTP to the board, against other subscribers", false, measureFeed},
		{"stream", "livetape stream, against curl and jq", false, measureStream},
		{"screen", "processor time of livetape watch, against r3labs/sse alone and a naive program", false, measureScreen},
		{"latency", "from an event's stamp until it is on the terminal, and from the start to the first price", false, measureLatency},
		{"server", "the mock server, against one of r3labs/sse", false, measureServers},
		{"memory", "of livetape watch, after ten million events", true, measureMemory},
		{"growth", "how cost grows: the points of the plots", true, measureGrowth},
	}
}

func main() {
	if len(os.Args) > 2 && os.Args[1] == roleFlag {
		exit(playRole(os.Args[2], os.Args[3:]))
	}
	only := flag.String("only", "", "comma-separated `PARTS`:\n"+partHelp())
	quick := flag.Bool("quick", false, "measure briefly, to see that it works: the figures say little")
	write := flag.Bool("write", false, "every part, unless -only names some; write the results into "+docs)
	draw := flag.Bool("draw", false, "measure nothing; write the pictures and the table of "+docs+" anew")
	flag.Parse()
	if *draw {
		exit(drawDocs(docs))
	}
	chosen, err := choose(*only, *write)
	if *quick && *write {
		err = errors.New("-quick measures nothing that is worth writing down: leave out -quick or -write")
	}
	if err == nil {
		err = compare(os.Stdout, chosen, *quick, *write)
	}
	exit(err)
}

func exit(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, "compare:", err)
		os.Exit(1)
	}
	os.Exit(0)
}

func partHelp() string {
	var b strings.Builder
	for _, p := range parts() {
		fmt.Fprintf(&b, "%-8s %s\n", p.name, p.help)
	}
	return b.String()
}

// choose is the parts that are named; without names, all, or all that do not take long.
func choose(names string, all bool) (chosen []part, err error) {
	for _, p := range parts() {
		if names == "" && (all || !p.long) || slices.Contains(strings.Split(names, ","), p.name) {
			chosen = append(chosen, p)
		}
	}
	if names != "" && len(chosen) < len(strings.Split(names, ",")) {
		return nil, fmt.Errorf("-only %s: the parts are\n%s", names, partHelp())
	}
	return chosen, nil
}

func compare(w io.Writer, chosen []part, quick, write bool) error {
	b, err := newBench(quick)
	if err != nil {
		return err
	}
	defer b.close()
	for _, p := range chosen {
		fmt.Fprintln(os.Stderr, "measuring:", p.name)
		b.part = p.name
		if err := p.measure(b); err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
	}
	if write {
		if err := writeDocs(docs, b.results); err != nil {
			return err
		}
	}
	return b.results.print(w)
}

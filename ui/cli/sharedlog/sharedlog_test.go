package sharedlog_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"livetape/feed"
	"livetape/mockserver"
	"livetape/ui/cli/sharedlog"
)

// parse reads a command line.
func parse(t *testing.T, args ...string) *sharedlog.Flags {
	t.Helper()
	var f sharedlog.Flags
	set := pflag.NewFlagSet("test", pflag.ContinueOnError)
	f.Register(set)
	if err := set.Parse(args); err != nil {
		t.Fatal(err)
	}
	return &f
}

func TestFlagsThatCannotBeAreExplained(t *testing.T) {
	t.Parallel()
	const log = "--log=nats://localhost:4222/DESK"
	for args, want := range map[string]string{
		"":                            "",
		log:                           "",
		log + " --serve-only":         "",
		log + " --stream-age=1h":      "",
		"--serve-only":                "need --log",
		"--stream-size=5GiB":          "need --log",
		log + " --stream-size=512MiB": "",
		"--log=nats://localhost:4222": "the name of a stream is missing",
		"--log=http://localhost/DESK": "the address of a NATS server is wrong",
		log + " --log-cert=x":         "need each other",
		log + " --stream-age=1ms":     "shorter than a second",
		log + " --stream-events=-1":   "below 0",
		log + " --stream-copies=6":    "not from 1 to 5",
	} {
		err := parse(t, strings.Fields(args)...).Check()
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, want %s", args, err, want)
		}
	}
}

func TestFilesThatAreMissingAreNamed(t *testing.T) {
	t.Parallel()
	for _, flag := range []string{"--log-credentials", "--log-ca"} {
		var c mockserver.Config
		err := parse(t, "--log=nats://localhost:4222/DESK", flag+"=/no/such/file").Open(&c, 0)
		if err == nil || !strings.Contains(err.Error(), flag) || !strings.Contains(err.Error(), "/no/such/file") {
			t.Errorf("%s: %v", flag, err)
		}
	}
}

// TestTheLogIsReportedLikeAFeed holds what clients are told of the log to what they read.
func TestTheLogIsReportedLikeAFeed(t *testing.T) {
	t.Parallel()
	for state, want := range map[string]feed.State{"quiet": feed.Quiet, "live": feed.Live} {
		var r feed.Report
		if err := json.Unmarshal(sharedlog.Report(state, "why"), &r); err != nil {
			t.Fatal(err)
		}
		if r.Feed != "event log" || r.Status.State != want || r.Status.Cause != "why" || r.Status.Since.IsZero() {
			t.Errorf("%s is %+v", state, r)
		}
	}
}

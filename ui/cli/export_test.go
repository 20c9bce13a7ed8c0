package cli

import (
	"context"
	"io"
	"log"
	"net/http"
	"os"

	"github.com/spf13/cobra"

	"livetape/feed"
	"livetape/feed/decode"
	"livetape/feed/decode/preset"
	"livetape/ui"
	"livetape/ui/cli/config"
)

// NewHTTPServer is the server in which livetape serves whatever it serves.
func NewHTTPServer(handler http.Handler) *http.Server {
	return newHTTPServer(handler, log.New(io.Discard, "", 0))
}

// RunPanicking watches a feed on a screen whose fault menu has one entry: a panic.
func RunPanicking(url string) int {
	cmd := &cobra.Command{Use: "panicking"}
	cmd.SetIn(os.Stdin)
	cmd.SetOut(os.Stdout)
	err := runScreen(context.Background(), cmd, screenOptions{
		targets: []feedTarget{{config: feed.Config{Name: "panicking", URL: url, Decoder: decode.Native{}}}},
		faults:  []ui.FaultMenuItem{{Name: "panic", Help: "panic", Inject: func(context.Context) error { panic("a bug") }}},
	})
	if err != nil {
		return ExitError
	}
	return ExitOK
}

// ReadAgain is the decoder that a replay makes of what a recording says of a feed.
func ReadAgain(name string, d preset.Definition) (decode.Decoder, error) {
	feeds, err := newRecordedFeeds([]feedTarget{{
		config: feed.Config{Name: name, URL: "http://desk.example/"},
		origin: config.Feed{Definition: d},
	}})
	if err != nil {
		return nil, err
	}
	return recordingDecoder(config.NewSymbolTable())(feeds.source(name)), nil
}

// AwaitClose and SayDiskWaits are what a recording does where its disk does not answer.
var (
	AwaitClose   = awaitClose
	SayDiskWaits = sayDiskWaits
)

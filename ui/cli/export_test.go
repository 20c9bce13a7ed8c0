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
	"livetape/ui"
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
	err := watch(context.Background(), cmd, watching{
		feeds:  []target{{config: feed.Config{Name: "panicking", URL: url, Decoder: decode.Native{}}}},
		faults: []ui.Fault{{Name: "panic", Help: "panic", Inject: func(context.Context) error { panic("a bug") }}},
	})
	if err != nil {
		return ExitError
	}
	return ExitOK
}

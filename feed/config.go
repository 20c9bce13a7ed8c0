package feed

import (
	"net/http"
	"time"

	"livetape/feed/decode"
)

// Config says what one feed is and how to treat it.
type Config struct {
	Name        string            // unique in a set; shown on screen
	URL         string            // http or https; ${NAME} is read from the environment
	Header      map[string]string // sent to the URL's own origin only; ${NAME} is read from the environment; values never shown
	LastEventID string            // to resume from on the first connection; empty for none
	IdleTimeout time.Duration     // drop a connection on which nothing was received for so long; 0 means 90 s, negative never
	MaxEvent    int               // bytes of one event; 0 means 1 MiB, at most 64 MiB
	Decoder     decode.Decoder    // nil: messages carry no updates
	Client      *http.Client      // nil: a client with sensible timeouts; its Timeout must be 0
}

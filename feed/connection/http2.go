package connection

import (
	"regexp"
	"strings"
)

// What net/http says of HTTP/2 has no types that can be asked for, only these words.
var (
	goAway      = regexp.MustCompile(`received GOAWAY from server ErrCode:([A-Z_]+)|sent GOAWAY and closed the connection; .*ErrCode=([A-Z_]+)`)
	streamReset = regexp.MustCompile(`stream error: stream ID \d+; ([A-Z_]+)(?:; received from peer)?`)
)

// isServerShutdown reports whether err says that an HTTP/2 server closed the connection or the stream on purpose.
func isServerShutdown(err error) bool {
	if err == nil {
		return false
	}
	code, ok := http2Code(err.Error())
	return ok && code == "NO_ERROR"
}

// http2Code is the error code (RFC 9113 §7) of a connection or a stream that the other side ended.
func http2Code(text string) (code string, ok bool) {
	for _, pattern := range []*regexp.Regexp{goAway, streamReset} {
		if m := pattern.FindStringSubmatch(text); m != nil {
			return strings.Join(m[1:], ""), true
		}
	}
	return "", false
}

func explainHTTP2(err error) explanation {
	text := innermostError(err).Error()
	code, ended := http2Code(text)
	switch {
	case ended && (code == "NO_ERROR" || code == "CANCEL"), strings.Contains(text, "graceful shutdown GOAWAY"):
		return brokenBecause("the server closed the connection")
	case ended:
		return brokenBecause("the server ended the stream with the HTTP/2 error " + code)
	case strings.Contains(text, "client connection lost"):
		return brokenBecause("connection lost")
	case strings.HasPrefix(text, "http2: "), strings.HasPrefix(text, "connection error: "):
		return brokenBecause("the server's HTTP/2 cannot be understood")
	}
	return explanation{}
}

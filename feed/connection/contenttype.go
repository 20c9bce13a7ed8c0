package connection

import (
	"cmp"
	"net/http"
	"slices"
	"strings"
)

// jsonLines are the content types that say by themselves that a body is JSON lines.
var jsonLines = []string{
	"application/x-ndjson", "application/ndjson", "application/jsonl", "application/x-jsonl", "application/jsonlines", "application/x-jsonlines",
}

// FormatOf is how the body of an answer is cut into events: as the feed's configuration says, or else its content type.
func (e *Endpoint) FormatOf(resp *http.Response) Format {
	if e.config.Format == "" && slices.Contains(jsonLines, MediaType(resp.Header)) {
		return NDJSON
	}
	return cmp.Or(e.config.Format, SSE)
}

// checkContentType says what is wrong with a content type for the feed's format, and what to do; empty when nothing is.
func (e *Endpoint) checkContentType(kind string) (problem, advice string) {
	const elsewhere = "check the URL: what is there is not a stream"
	if e.config.Format == NDJSON {
		switch {
		case mayBeJSONLines(kind):
			return "", ""
		case kind == acceptEvents:
			return "an event stream instead of JSON lines", "set the feed's format to sse"
		}
		return kind + " instead of JSON lines", elsewhere
	}
	switch {
	case kind == acceptEvents, e.config.Format == "" && slices.Contains(jsonLines, kind):
		return "", ""
	case kind == "":
		return "without a content type instead of an event stream", "check the URL: its server does not say that it is a stream"
	case isJSON(kind):
		return kind + " instead of an event stream", "check the URL; if it sends one JSON value a line, set the feed's format to ndjson"
	}
	return kind + " instead of an event stream", elsewhere
}

// mayBeJSONLines reports whether a body of that content type can be JSON lines, for which servers use many: application/x-ndjson,
// application/json, application/jsonl, application/stream+json, application/vnd.….streams.v2+json; plain text, bytes, or
// none at all.
func mayBeJSONLines(kind string) bool {
	return kind == "" || kind == "text/plain" || kind == "application/octet-stream" || isJSON(kind)
}

func isJSON(kind string) bool {
	_, subtype, _ := strings.Cut(kind, "/")
	return strings.Contains(subtype, "json")
}

package doctor_test

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
	"time"

	"livetape/feed"
	"livetape/ui/cli/doctor"
)

// TestAnEndlessServerIsLeftInTime listens briefly, on the real clock, to servers that send as fast as they can.
func TestAnEndlessServerIsLeftInTime(t *testing.T) {
	endless := func(contentType, begin, again string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", contentType)
			io.WriteString(w, begin)
			for block := strings.Repeat(again, 1000); ; {
				if _, err := io.WriteString(w, block); err != nil {
					return
				}
			}
		}
	}
	for name, h := range map[string]http.HandlerFunc{
		"one line":       endless(sseType, "data: ", "x"),
		"one comment":    endless(sseType, ":", "x"),
		"one event":      endless(sseType, "", "data: x\n"),
		"comments":       endless(sseType, "", ":\n\n"),
		"events":         endless(sseType, "", "id: 1\ndata: {\"symbol\":\"A\",\"price\":1}\n\n"),
		"unknown fields": endless(sseType, "", "x\n"),
		"blank lines":    endless("application/x-ndjson", "", "\n"),
		"JSON lines":     endless("application/json", "", "{\"symbol\":\"A\",\"price\":1}\n"),
		"one JSON line":  endless("application/x-ndjson", "[", "1,"),
		"a page":         endless("text/plain", "", "x"),
		"a refusal": func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusForbidden)
			endless("text/plain", "", "no")(w, r)
		},
		"a bomb": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			w.Header().Set("Content-Type", sseType)
			http.NewResponseController(w).Flush() // the answer begins before there is enough to send
			for z := gzip.NewWriter(w); ; {
				if _, err := z.Write(make([]byte, 1<<20)); err != nil {
					return
				}
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(h)
			defer server.Close()
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			r, err := doctor.Examine(t.Context(), feed.Config{Name: "desk", URL: server.URL}, doctor.Options{For: 50 * time.Millisecond})
			if err != nil {
				t.Fatal(err)
			}
			runtime.GC()
			runtime.ReadMemStats(&after)
			if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 32<<20 {
				t.Errorf("%d MiB are kept", grown>>20)
			}
			if r.Connection.Status == 0 {
				t.Errorf("%s", reportText(t, r))
			}
		})
	}
}

func TestARedirectLoopEnds(t *testing.T) {
	t.Parallel()
	r := examineServer(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/events", http.StatusFound) }, feed.Config{}, doctor.Options{})
	requireFinding(t, r, "answer", doctor.Bad, "redirect loop")
	if r.Verdict != doctor.Refused || len(r.Connection.Redirects) > 10 {
		t.Errorf("%s", reportText(t, r))
	}
}
